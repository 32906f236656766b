//! What has a bar and takes a whole Pult with its surroundings: small in an ordinary run, which asks only whether everything arrives;
//! at full size with its figures kept where `cargo xtask bench` wants them.
//!
//! Full size is asked for by `PULT_BENCH_FIGURES`, the folder the figures are put into. Deliberately not here: the bars.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use pult_simulators::finesse::{Simulator, control::StateOrder};
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::MissedTickBehavior};

use crate::{
    caller::Caller,
    house::{Pultd, Setup},
    network::{Answer, Service, certificate, describe, trusting},
    platform::{PLATFORM_PASSWORD, live, order, platform_of, watching},
};

/// Where figures are wanted, when they are.
fn folder() -> Option<PathBuf> {
    std::env::var_os("PULT_BENCH_FIGURES").map(PathBuf::from)
}

/// Whether figures are wanted.
pub(crate) fn full_size() -> bool {
    folder().is_some()
}

/// Keeps the figures of a story.
pub(crate) fn tell(story: &str, figures: &Value) {
    if let Some(folder) = folder() {
        std::fs::write(folder.join(format!("{story}.json")), figures.to_string()).unwrap();
    }
}

/// The time below which 99 of 100 lie, milliseconds.
fn p99(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[(times.len() * 99).div_ceil(100) - 1].as_secs_f64() * 1e3
}

/// Changes that were told by the platform and not pushed to the console yet, by operator.
type Underway = Arc<Mutex<HashMap<i64, Instant>>>;

/// Changes somebody's state every so often, everybody in turn; how many changes there were.
async fn change_everybody(
    platform: &Simulator,
    people: &[(String, i64)],
    underway: &Underway,
    every: Duration,
    rounds: usize,
) -> usize {
    let mut turn = tokio::time::interval(every);
    turn.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for round in 0..rounds {
        let state = if round % 2 == 0 { "READY" } else { "WORK" };
        for (login, id) in people {
            turn.tick().await;
            assert!(underway.lock().unwrap().insert(*id, Instant::now()).is_none(), "{login}'s last change never came");
            // Also who is in this state already is in it anew.
            let order = StateOrder { at: Some(Timestamp::now().to_string()), ..order(state, None) };
            assert!(platform.core().set_state(login, &order).unwrap());
        }
    }
    people.len() * rounds
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_of_a_busy_floor_is_pushed_to_the_console() {
    let (teams, per_second, rounds) = if full_size() { (25, 200, 12) } else { (2, 40, 2) };
    let platform = platform_of(teams, 20, true).await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    let board = live(&chief).await;
    let rows = board["operators"].as_array().unwrap();
    let people: Vec<(String, i64)> =
        rows.iter().map(|row| (row["login_id"].as_str().unwrap().to_owned(), row["id"].as_i64().unwrap())).collect();
    let mut events = chief.listen().await;
    let (rows_of, mut wanted) = mpsc::unbounded_channel::<(i64, Instant)>();
    // What a console does about it: it reads again what is on its screen, everything that came meanwhile at once.
    let reading: tokio::task::JoinHandle<Vec<Duration>> = tokio::spawn({
        let chief = chief.clone();
        async move {
            let (mut times, mut batch) = (vec![], vec![]);
            while wanted.recv_many(&mut batch, 500).await > 0 {
                let ids: Vec<i64> = batch.iter().map(|(id, _)| *id).collect();
                chief.must("floor.rows", json!({ "ids": ids })).await;
                times.extend(batch.drain(..).map(|(_, told)| told.elapsed()));
            }
            times
        }
    });
    let underway = Underway::default();
    let all = people.len() * rounds;
    let listening = tokio::spawn({
        let underway = underway.clone();
        async move {
            let mut times = vec![];
            while times.len() < all {
                for id in events.ids_of("floor").await {
                    if let Some(told) = underway.lock().unwrap().remove(&id) {
                        times.push(told.elapsed());
                        rows_of.send((id, told)).unwrap();
                    }
                }
            }
            times
        }
    });
    let every = Duration::from_secs(1) / per_second;
    let began = Instant::now();
    assert_eq!(change_everybody(&platform, &people, &underway, every, rounds).await, all);
    let rate = all as f64 / began.elapsed().as_secs_f64();
    let (pushed, read) = (listening.await.unwrap(), reading.await.unwrap());
    assert_eq!((pushed.len(), read.len()), (all, all));
    tell("floor", &json!({ "per_second": rate, "pushed_p99_ms": p99(pushed), "read_p99_ms": p99(read) }));
    platform.stop().await;
}

/// How long a program has been at work on a processor.
fn worked(pultd: &Pultd) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pultd.id())).unwrap();
    // The name, which may hold anything, ends at the last bracket; user and system time are the 14th and 15th words, in hundredths
    // of a second.
    let words: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = words[11].parse::<u64>().unwrap() + words[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

/// How many targets have been asked, and how many of them by echo requests.
async fn seen(chief: &Caller) -> (usize, usize) {
    let list = chief.must("network.list", json!({})).await;
    let targets = list["targets"].as_array().unwrap().iter();
    let asked: Vec<_> = targets.filter(|t| t["definition"]["enabled"] == true && t["last"].is_object()).collect();
    (asked.len(), asked.iter().filter(|t| t["last"]["tcp_instead"] == false).count())
}

/// When a target was asked last, milliseconds UTC.
async fn newest(chief: &Caller) -> i64 {
    let list = chief.must("network.list", json!({})).await;
    list["targets"].as_array().unwrap().iter().filter_map(|t| t["last"]["at"].as_i64()).max().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watching_many_targets_costs_little() {
    let (count, minutes) = if full_size() { (100, 5) } else { (5, 0) };
    let folder = tempfile::tempdir().unwrap();
    let (acceptor, pem) = certificate(400);
    let setup: Setup = trusting(&folder, &pem);
    let house = setup.build();
    let (pultd, chief) = house.open().await;
    let secure = Service::open(Answer::Secure(acceptor)).await;
    for n in 1..=count {
        let more = json!({ "kind": "icmp", "host": format!("127.0.1.{n}"), "packets": null, "certificate_port": secure.at.port() });
        describe(&chief, &format!("t{n}"), "icmp", secure.at, more).await;
    }
    chief.until(async || (seen(&chief).await.0 >= count).then_some(())).await;
    let (began, before) = (Instant::now(), worked(&pultd));
    // Somebody glances at the list as often as the targets are asked, until they were asked for so long.
    let (from, mut glance) = (newest(&chief).await, tokio::time::interval(Duration::from_secs(10)));
    while newest(&chief).await < from + minutes * 60_000 {
        glance.tick().await;
    }
    let (length, spent) = (began.elapsed(), worked(&pultd) - before);
    let (asked, by_echo) = seen(&chief).await;
    assert!(asked >= count);
    let share = 100.0 * spent.as_secs_f64() / length.as_secs_f64();
    tell("network", &json!({ "core_percent": share, "by_echo": by_echo }));
}

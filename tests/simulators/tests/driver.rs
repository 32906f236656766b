//! The driver against a small stand-in for Pult that checks every request against the contract. Time is tokio's paused
//! clock: a generated day passes at once, a `Retry-After` too. The driver's own time limit is off, because a paused
//! clock runs ahead of a socket.

#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Form, Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{Timestamp, civil::date, tz::TimeZone};
use pult_simulators::{
    catalogue::{CURATORS, THEMES},
    clock::Clock,
    secret::{Keyring, Secret},
    telephony::{
        arrivals::Profile,
        driver::{Backfilled, Driver, DriverError, Hook, Target},
        mischief::Mischief,
        moscow,
        pace::Pace,
        sign::signature,
        tally::Kind,
        vilnius,
    },
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::Instant};
use tokio_util::sync::CancellationToken;
use url::Url;

const NOW: i64 = 1_790_000_000;

#[derive(Default)]
struct Seen {
    /// `(type, ani, curator)` of legacy and signed hooks, in the order of arrival.
    events: Vec<(String, String, String)>,
    event_ids: Vec<String>,
    themes: BTreeMap<String, String>,
    followed: u32,
    rows: BTreeMap<String, Value>,
    batches: Vec<usize>,
    /// Answers still to be given instead of the right one: status and `Retry-After`.
    trouble: Vec<(StatusCode, Option<u64>)>,
    wrong: Vec<String>,
}

type Shared = Arc<Mutex<Seen>>;

fn complain(seen: &Shared, what: impl Into<String>) -> Response {
    seen.lock().unwrap().wrong.push(what.into());
    StatusCode::BAD_REQUEST.into_response()
}

fn trouble(seen: &Shared) -> Option<Response> {
    let (status, after) = seen.lock().unwrap().trouble.pop()?;
    let mut response = status.into_response();
    if let Some(seconds) = after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Some(response)
}

async fn legacy(State(seen): State<Shared>, Query(query): Query<HashMap<String, String>>) -> Response {
    if query.get("key").map(String::as_str) != Some("client key & more") {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(response) = trouble(&seen) {
        return response;
    }
    let names: BTreeSet<_> = query.keys().map(String::as_str).collect();
    if names != BTreeSet::from(["ani", "curator_id", "key", "type"]) {
        return complain(&seen, format!("parameters {names:?}"));
    }
    let (kind, ani, curator) = (&query["type"], &query["ani"], &query["curator_id"]);
    let number = ani.strip_prefix('+').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    if !number && !matches!(ani.as_str(), "" | "unknown") {
        return complain(&seen, format!("ani {ani:?}"));
    }
    let mut seen = seen.lock().unwrap();
    seen.events.push((kind.clone(), ani.clone(), curator.clone()));
    match kind.as_str() {
        "newcall" => {
            let location = format!("/call-card/{}", seen.events.len());
            (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
        }
        _ => "summary".into_response(),
    }
}

async fn theme(
    State(seen): State<Shared>,
    Path(id): Path<String>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    match form.get("theme") {
        Some(theme) if form.len() == 1 && THEMES.contains(&theme.as_str()) => {
            seen.lock().unwrap().themes.insert(id, theme.clone());
            Json(json!({"status": "success"})).into_response()
        }
        _ => complain(&seen, format!("form {form:?}")),
    }
}

async fn signed(State(seen): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let Ok(sent) = text("X-Pult-Timestamp").parse::<i64>() else { return complain(&seen, "no timestamp") };
    if text("X-Pult-Signature") != signature(&Secret::new("tulip"), sent, &body) || (NOW - sent).abs() > 300 {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let event: Value = serde_json::from_slice(&body).unwrap();
    let names: BTreeSet<_> = event.as_object().unwrap().keys().map(String::as_str).collect();
    if names != BTreeSet::from(["ani", "curator_id", "event", "event_id", "theme"]) {
        return complain(&seen, format!("keys {names:?}"));
    }
    if (event["event"] == "theme") != event["theme"].is_string() {
        return complain(&seen, "theme and event disagree");
    }
    let word = |name: &str| event[name].as_str().unwrap().to_owned();
    let mut seen = seen.lock().unwrap();
    seen.event_ids.push(word("event_id"));
    seen.events.push((word("event"), word("ani"), word("curator_id")));
    StatusCode::OK.into_response()
}

const FEED_KEYS: [&str; 9] = [
    "source_id",
    "calls",
    "cards",
    "telephone",
    "operators",
    "privat_processing",
    "calls_result",
    "agentstvo",
    "time_rezhim",
];

async fn feed(State(seen): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    if headers.get("X-Api-Key").and_then(|value| value.to_str().ok()) != Some("feed key") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if let Some(response) = trouble(&seen) {
        return response;
    }
    let Ok(sent) = serde_json::from_slice::<Value>(&body) else { return StatusCode::BAD_REQUEST.into_response() };
    let rows = sent["calls"].as_array().unwrap().clone();
    if rows.len() > 500 {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let (mut accepted, mut updated) = (0, 0);
    for row in &rows {
        let unknown = row.as_object().unwrap().keys().find(|key| !FEED_KEYS.contains(&key.as_str()));
        let dated = row["calls"]["datetime"].as_str().is_some_and(|text| text.parse::<Timestamp>().is_ok());
        if unknown.is_some() || !dated {
            return complain(&seen, format!("row {row}"));
        }
        let id = row["source_id"].as_str().unwrap().to_owned();
        match seen.lock().unwrap().rows.insert(id, row.clone()) {
            None => accepted += 1,
            Some(_) => updated += 1,
        }
    }
    seen.lock().unwrap().batches.push(rows.len());
    Json(json!({"success": true, "accepted": accepted, "updated": updated, "rejected": []})).into_response()
}

async fn followed(State(seen): State<Shared>) -> StatusCode {
    seen.lock().unwrap().followed += 1;
    StatusCode::OK
}

struct Stand {
    seen: Shared,
    pult: Url,
}

async fn stand() -> Stand {
    let seen = Shared::default();
    let pages = Router::new()
        .route("/contact-center/vilnius/tel/", get(legacy))
        .route("/call-card/{id}", get(followed))
        .route("/call-card/{id}/theme", post(theme))
        .route("/hooks/telephony", post(signed))
        .route("/api/v1/calls", post(feed))
        .layer(DefaultBodyLimit::max(2 << 20))
        .with_state(Arc::clone(&seen));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pult = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await.unwrap() });
    Stand { seen, pult }
}

fn clock() -> Clock {
    Arc::new(|| Timestamp::from_second(NOW).unwrap())
}

fn driver(stand: &Stand, hook: Hook) -> Driver {
    let keys = Keyring {
        client_key: Some(Secret::new("client key & more")),
        feed_key: Some(Secret::new("feed key")),
        hook_secret: Some(Secret::new("tulip")),
        ..Keyring::default()
    };
    let target = Target { hook, timeout: None, ..Target::new(stand.pult.clone(), keys) };
    Driver::new(target, clock()).unwrap()
}

fn vilnius_calls() -> Vec<vilnius::Call> {
    let zone = TimeZone::get(vilnius::ZONE).unwrap();
    let calls = vilnius::Plan { seed: 11, profile: Profile::office(40.0) }.day(date(2026, 2, 2), &zone);
    calls.into_iter().take(120).collect()
}

fn moscow_calls(count: usize) -> Vec<moscow::Call> {
    let zone = TimeZone::get(moscow::ZONE).unwrap();
    let calls = moscow::Plan { seed: 11, profile: Profile::office(120.0) }.day(date(2026, 2, 2), &zone);
    calls.into_iter().take(count).collect()
}

fn pace(first: Timestamp) -> Pace {
    Pace::start(first, Timestamp::from_second(NOW).unwrap(), 1.0)
}

fn expected(calls: &[vilnius::Call]) -> (u64, u64, u64, u64) {
    let count = |of: &dyn Fn(&vilnius::Call) -> usize| calls.iter().map(of).sum::<usize>() as u64;
    (
        calls.len() as u64,
        count(&|call| call.repeats.len()),
        count(&|call| call.ends_after.iter().count()),
        count(&|call| call.theme.iter().count()),
    )
}

#[tokio::test(start_paused = true)]
async fn a_legacy_day_is_performed_whole() {
    let stand = stand().await;
    let driver = driver(&stand, Hook::Legacy);
    let calls = vilnius_calls();
    driver.vilnius(calls.clone().into_iter(), pace(calls[0].at), &CancellationToken::new()).await.unwrap();
    let (tally, seen) = (driver.tally(), stand.seen.lock().unwrap());
    assert_eq!(seen.wrong, Vec::<String>::new());
    assert_eq!((tally.new_calls, tally.repeats, tally.end_calls, tally.themes), expected(&calls));
    assert_eq!((tally.refused, tally.retries, tally.lost, seen.followed), (0, 0, 0, 0));
    assert_eq!(seen.themes.len() as u64, tally.themes);
    let cards = tally.acknowledged.iter().filter(|one| matches!(one.kind, Kind::NewCall | Kind::Repeat));
    assert!(cards.clone().all(|one| one.card.as_ref().is_some_and(|card| card.starts_with("/call-card/"))));
    let curators: BTreeSet<_> = seen.events.iter().map(|(_, _, curator)| curator.as_str()).collect();
    assert!(curators.len() > 2 && curators.iter().all(|login| CURATORS.iter().any(|person| person.login == *login)));
}

#[tokio::test(start_paused = true)]
async fn a_signed_day_is_performed_whole_with_an_id_for_every_event() {
    let stand = stand().await;
    let driver = driver(&stand, Hook::Signed);
    let calls = vilnius_calls();
    driver.vilnius(calls.clone().into_iter(), pace(calls[0].at), &CancellationToken::new()).await.unwrap();
    let (tally, seen) = (driver.tally(), stand.seen.lock().unwrap());
    assert_eq!(seen.wrong, Vec::<String>::new());
    assert_eq!((tally.new_calls, tally.repeats, tally.end_calls, tally.themes), expected(&calls));
    assert_eq!(seen.event_ids.iter().collect::<BTreeSet<_>>().len(), seen.event_ids.len());
}

#[tokio::test(start_paused = true)]
async fn the_feed_gets_every_row_and_the_final_result() {
    let stand = stand().await;
    let driver = driver(&stand, Hook::Legacy);
    let calls = moscow_calls(150);
    let stop = CancellationToken::new();
    driver.moscow(calls.clone().into_iter(), "live-1/", pace(calls[0].at), &stop).await.unwrap();
    let (tally, seen) = (driver.tally(), stand.seen.lock().unwrap());
    let resent = calls.iter().filter(|call| call.resend.is_some()).count() as u64;
    assert!(resent > 0);
    assert_eq!((tally.rows_accepted, tally.rows_updated, tally.rows_rejected), (150, resent, 0));
    assert!(seen.batches.iter().all(|size| (1..=20).contains(size)));
    for call in &calls {
        assert_eq!(seen.rows[&format!("live-1/{}", call.key)]["calls"]["result"], call.result);
    }
}

#[tokio::test(start_paused = true)]
async fn a_backfill_goes_in_full_batches_and_changes_nothing_the_second_time() {
    let stand = stand().await;
    let driver = driver(&stand, Hook::Legacy);
    let zone = TimeZone::get(moscow::ZONE).unwrap();
    let until = date(2026, 2, 6).at(15, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
    let plan = moscow::Plan { seed: 3, profile: Profile::office(60.0) };
    let stop = CancellationToken::new();
    let first = driver.backfill(plan.clone(), 3, until, zone.clone(), &stop).await.unwrap();
    let rows = stand.seen.lock().unwrap().rows.clone();
    assert!(first.rows > 1_000);
    let batches = stand.seen.lock().unwrap().batches.clone();
    assert!(batches[..batches.len() - 1].iter().all(|size| *size == 500));
    let times: Vec<Timestamp> =
        rows.values().map(|row| row["calls"]["datetime"].as_str().unwrap().parse().unwrap()).collect();
    assert!(times.iter().all(|at| *at < until && until.duration_since(*at).as_hours() <= 72));
    let cards = rows.values().filter(|row| row["calls"]["privat_processing_id"].is_u64()).count();
    assert!(cards * 5 > rows.len(), "client cards exist");

    let second = driver.backfill(plan, 3, until, zone, &stop).await.unwrap();
    assert_eq!(second, first);
    assert_eq!(stand.seen.lock().unwrap().rows, rows);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_waited_for() {
    let stand = stand().await;
    let driver = driver(&stand, Hook::Legacy);
    stand.seen.lock().unwrap().trouble =
        vec![(StatusCode::TOO_MANY_REQUESTS, Some(7)), (StatusCode::SERVICE_UNAVAILABLE, Some(20))];
    let call = moscow::Call { resend: None, ..moscow_calls(1).remove(0) };
    let before = Instant::now();
    let start = call.ends;
    driver.moscow(std::iter::once(call), "", pace(start), &CancellationToken::new()).await.unwrap();
    let waited = before.elapsed();
    assert!((Duration::from_secs(27)..Duration::from_secs(30)).contains(&waited), "{waited:?}");
    assert_eq!((driver.tally().retries, driver.tally().rows_accepted), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_hook_is_given_up_after_its_tries_and_the_next_call_goes_on() {
    let stand = stand().await;
    let driver = driver(&stand, Hook::Legacy);
    stand.seen.lock().unwrap().trouble = vec![(StatusCode::SERVICE_UNAVAILABLE, None); 4];
    let calls: Vec<_> = vilnius_calls()
        .into_iter()
        .take(2)
        .map(|call| vilnius::Call { repeats: Vec::new(), theme: None, ends_after: None, ..call })
        .collect();
    let apart = vilnius::Call { at: calls[0].at + Duration::from_secs(600), ..calls[1].clone() };
    let start = calls[0].at;
    let all = [calls[0].clone(), apart].into_iter();
    driver.vilnius(all, pace(start), &CancellationToken::new()).await.unwrap();
    let tally = driver.tally();
    assert_eq!((tally.new_calls, tally.retries, tally.lost), (1, 3, 1));
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_day_between_two_calls() {
    let stand = stand().await;
    let driver = driver(&stand, Hook::Legacy);
    let calls = vilnius_calls();
    let stop = CancellationToken::new();
    let (start, tenth) = (calls[0].at, calls[9].at);
    let watched = calls.clone().into_iter().inspect({
        let stop = stop.clone();
        move |call| {
            if call.at > tenth {
                stop.cancel();
            }
        }
    });
    driver.vilnius(watched, pace(start), &stop).await.unwrap();
    assert!(driver.tally().new_calls <= 10);
    assert_eq!(stand.seen.lock().unwrap().wrong, Vec::<String>::new());
}

#[tokio::test]
async fn misbehaviour_is_met_as_the_contract_says() {
    let stand = stand().await;
    let driver = driver(&stand, Hook::Signed);
    for (mischief, statuses) in [
        (Mischief::WrongKey, BTreeMap::from([(401, 1), (403, 1)])),
        (Mischief::BrokenJson, BTreeMap::from([(400, 1)])),
        (Mischief::WrongSignature, BTreeMap::from([(401, 1)])),
        (Mischief::StaleSignature, BTreeMap::from([(401, 1)])),
        (Mischief::Flood(200), BTreeMap::from([(200, 200)])),
    ] {
        let met = driver.misbehave(mischief).await.unwrap();
        assert_eq!((met.statuses, met.broken), (statuses, 0), "{mischief:?}");
    }
    let met = driver.misbehave(Mischief::GiantBody(4 << 20)).await.unwrap();
    // The stand-in answers 413 and hangs up; which of the two the client sees first is the network's choice.
    assert!(met.statuses.get(&413) == Some(&1) || met.broken == 1, "{met:?}");
}

#[tokio::test]
async fn a_missing_key_and_a_refusing_feed_are_told_apart() {
    let stand = stand().await;
    let stop = CancellationToken::new();
    let keyless = Driver::new(Target::new(stand.pult.clone(), Keyring::default()), clock()).unwrap();
    let start = vilnius_calls()[0].at;
    let refused = keyless.vilnius(vilnius_calls().into_iter(), pace(start), &stop).await;
    assert!(matches!(refused, Err(DriverError::SecretMissing("client_key"))));

    let keys = Keyring { feed_key: Some(Secret::new("old feed key")), ..Keyring::default() };
    let outdated = Driver::new(Target::new(stand.pult.clone(), keys), clock()).unwrap();
    let zone = TimeZone::get(moscow::ZONE).unwrap();
    let plan = moscow::Plan { seed: 3, profile: Profile::flat(10.0) };
    let until = Timestamp::from_second(NOW).unwrap();
    let refused = outdated.backfill(plan, 1, until, zone.clone(), &stop).await;
    assert!(matches!(refused, Err(DriverError::BatchRefused(401))));
    let silent = moscow::Plan { seed: 3, profile: Profile::flat(0.0) };
    assert_eq!(outdated.backfill(silent, 1, until, zone, &stop).await.unwrap(), Backfilled::default());
}

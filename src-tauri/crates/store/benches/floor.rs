//! The scrubber of the floor: what is read when somebody looks at any second of the last 90 days.
//!
//! Five hundred operators in twenty teams, a stretch of a state every twelve minutes of their ten hours a day, and a call of the journal in
//! every fourth. The database is generated once and kept: `PULT_BENCH_DIR` says where. Deliberately not here: drawing (the console's), and
//! pushing what changes (the whole program is measured for that).

#![allow(missing_docs, reason = "a benchmark has no readers")]

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use criterion::Criterion;
use pult_domain::Instant;
use pult_store::{FILE, Store, calls::Sight, floor};
use rusqlite::{Connection, params};

const OPERATORS: i64 = 500;
const TEAMS: i64 = 20;
const DAYS: i64 = 90;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Everybody works from six to sixteen o'clock UTC.
const WORK: [i64; 2] = [6 * HOUR, 16 * HOUR];
const STRETCH: i64 = 12 * MINUTE;
/// 1 January 2026, UTC.
const BEGIN: i64 = 1_767_225_600_000;
const END: i64 = BEGIN + DAYS * DAY;

fn main() -> Result<()> {
    let dir =
        std::env::var_os("PULT_BENCH_DIR").map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let folder = dir.join("floor-90-days");
    if !folder.exists() {
        let unfinished = dir.join("floor-unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        generate(&unfinished)?;
        fs::rename(&unfinished, &folder)?;
    }
    let connection = Connection::open(folder.join(FILE))?;
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let mut group = criterion.benchmark_group("floor");
    let (sight, now) = (Sight::default(), Instant::from_millisecond(END)?);
    for (name, day) in [("a second of today", DAYS - 1), ("a second 90 days ago", 0)] {
        let at = Instant::from_millisecond(BEGIN + day * DAY + 11 * HOUR + 20_000)?;
        let there = floor::moment(&connection, &sight, at, now)?;
        anyhow::ensure!(
            there.iter().filter(|one| one.state.is_some()).count() as i64 == OPERATORS,
            "everybody is known"
        );
        group.bench_function(name, |b| b.iter(|| floor::moment(&connection, &sight, black_box(at), now)));
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}

fn generate(folder: &Path) -> Result<()> {
    drop(Store::open(folder)?);
    let conn = Connection::open(folder.join(FILE))?;
    conn.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN")?;
    {
        let mut team = conn.prepare("INSERT INTO floor_team (id, team_id, name) VALUES (?1, ?1, 'Команда ' || ?1)")?;
        let mut watch = conn.prepare("INSERT INTO floor_watch (team, began, upto, open) VALUES (?1, ?2, ?3, 0)")?;
        for id in 1..=TEAMS {
            team.execute([id])?;
            // The engine was stopped for a minute each night.
            for day in 0..DAYS {
                watch.execute([id, BEGIN + day * DAY, BEGIN + (day + 1) * DAY - MINUTE])?;
            }
        }
        let mut operator = conn.prepare(
            "INSERT INTO floor_operator (id, login_id, name, state) VALUES (?1, 70000 + ?1, 'Оператор ' || ?1, 'ready')",
        )?;
        let mut member = conn.prepare("INSERT INTO floor_member (team, operator) VALUES (?1, ?2)")?;
        let mut taker = conn.prepare("INSERT INTO operators (id, name) VALUES (?1, 'Оператор ' || ?1)")?;
        for id in 1..=OPERATORS {
            operator.execute([id])?;
            member.execute([1 + id % TEAMS, id])?;
            taker.execute([id])?;
        }
        let mut stretch = conn.prepare(
            "INSERT INTO floor_interval (operator, began, ended, state, approximate) VALUES (?1, ?2, ?3, ?4, 0)",
        )?;
        let mut call = conn.prepare(
            "INSERT INTO calls (source_key, centre, day, started_at, ended_at, state, phone, operator_id)
             VALUES ('feed/' || ?1, 0, 20260101, ?2, ?3, 1, '7495' || (1000000 + ?1), ?4)",
        )?;
        let mut calls = 0_i64;
        for day in 0..DAYS {
            for (n, began) in (WORK[0]..WORK[1]).step_by(STRETCH as usize).enumerate() {
                for id in 1..=OPERATORS {
                    let (began, turn) = (BEGIN + day * DAY + began + id * 31, (n as i64 + id) % 4);
                    let state = ["ready", "talking", "wrap_up", "not_ready"][turn as usize];
                    stretch.execute(params![id, began, began + STRETCH, state])?;
                    if turn == 1 {
                        calls += 1;
                        call.execute(params![calls, began, began + STRETCH, id])?;
                    }
                }
            }
        }
    }
    conn.execute_batch("COMMIT")?;
    Ok(())
}

//! The history of the network against its bar (design/quality 1): what is read when 30 days of a target are drawn.
//!
//! A hundred targets asked every ten seconds for 30 days: their minutes, and of one of them the cycles of the last week as well. The
//! database is generated once and kept: `PULT_BENCH_DIR` says where. Deliberately not here: asking (the whole program is measured for
//! that) and drawing (the console's).

#![allow(missing_docs, reason = "a benchmark has no readers")]

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use criterion::Criterion;
use pult_domain::TargetId;
use pult_store::network::{Span, availability, chart};
use rusqlite::{Connection, params};

const MIGRATION: &str = include_str!("../../../../migrations/0005_network.sql");
const TARGETS: i64 = 100;
/// The one that is drawn, in the middle of the others.
const DRAWN: TargetId = TargetId(50);
const PERIOD_MS: i64 = 10_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// 1 January 2026, UTC.
const BEGIN: i64 = 1_767_225_600_000;
const END: i64 = BEGIN + 30 * DAY;

fn main() -> Result<()> {
    let dir =
        std::env::var_os("PULT_BENCH_DIR").map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    fs::create_dir_all(&dir)?;
    let path = dir.join("network-30-days.sqlite");
    if !path.exists() {
        let unfinished = dir.join("network-unfinished.sqlite");
        if unfinished.exists() {
            fs::remove_file(&unfinished)?;
        }
        generate(&unfinished)?;
        fs::rename(&unfinished, &path)?;
    }
    let connection = Connection::open(&path)?;
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let mut group = criterion.benchmark_group("network");
    for (name, length) in [("30 days of a target", 30 * DAY), ("five hours of a target", 5 * 60 * MINUTE)] {
        let span = Span { from: END - length, until: END };
        group.bench_function(name, |b| {
            b.iter(|| {
                let points = chart(&connection, DRAWN, black_box(span), PERIOD_MS, END - 7 * DAY)?;
                Ok::<_, pult_store::StoreError>((points, availability(&connection, DRAWN, span)?))
            });
        });
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}

fn generate(path: &Path) -> Result<()> {
    let conn = Connection::open(path)?;
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;")?;
    conn.execute_batch(MIGRATION)?;
    conn.execute_batch("BEGIN")?;
    {
        let mut minute = conn.prepare(
            "INSERT INTO network_minute (target_id, minute, cycles, failed, planned, planned_failed, sent, lost, min_us, max_us, \
             medians_us, jitters_us) VALUES (?1, ?2, 6, ?3, 0, 0, 30, ?4, ?5, ?6, ?7, ?8)",
        )?;
        let mut watch = conn.prepare("INSERT INTO network_watch (target_id, from_at, until_at) VALUES (?1, ?2, ?3)")?;
        for target in 1..=TARGETS {
            for n in 0..30 * 24 * 60 {
                // A bad quarter of an hour each day.
                let failed = if n % 1440 < 15 { 2 } else { 0 };
                let typical = 900 + (n * 37 + target * 11) % 700;
                let values = params![
                    target,
                    BEGIN / MINUTE + n,
                    failed,
                    failed * 5,
                    typical - 200,
                    typical + 4_000,
                    typical * (6 - failed),
                    90 * (6 - failed)
                ];
                minute.execute(values)?;
            }
            // The engine was stopped for a minute each night.
            for day in 0..30 {
                watch.execute(params![target, BEGIN + day * DAY, BEGIN + (day + 1) * DAY - MINUTE])?;
            }
        }
        let mut cycle = conn.prepare(
            "INSERT INTO network_cycle (target_id, at, grade, sent, lost, min_us, median_us, max_us, jitter_us, tcp_instead, planned) \
             VALUES (?1, ?2, 0, 5, 0, ?3, ?4, ?5, 90, 0, 0)",
        )?;
        for n in 0..7 * DAY / PERIOD_MS {
            let typical = 900 + (n * 37) % 700;
            cycle.execute(params![DRAWN.0, END - 7 * DAY + n * PERIOD_MS, typical - 200, typical, typical + 4_000])?;
        }
    }
    conn.execute_batch("COMMIT")?;
    Ok(())
}

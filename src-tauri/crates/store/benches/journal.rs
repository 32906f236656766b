//! The journal of calls against its bars (design/quality 1): reads of five million calls, and what writing one more costs.
//!
//! The database is generated once and kept: `PULT_BENCH_DIR` says where, `PULT_BENCH_ROWS` how many calls. It has the schema of the
//! migration; only the order of work differs, for indexes, roll-ups and triggers are put on after the rows.
//! Deliberately not here: the writer thread and its group commit.

#![allow(missing_docs, reason = "a benchmark has no readers")]

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use criterion::{BenchmarkId, Criterion, Throughput};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
    tz::TimeZone,
};
use pult_domain::{
    AgencyId, CallId, FactKey, PhoneNumber,
    areas::calls::{Centre, Change, Fact, NewCall, Policy, rule::hook_key},
};
use pult_store::calls::{self, Cursor, DayRange, Direction, Filter, PhonePart, Place, Zones, day_number};
use rusqlite::{Connection, params};

const MIGRATION: &str = include_str!("../../../../migrations/0002_calls.sql");
const CALLS_A_DAY: i64 = 5_000;
const FIRST_DAY: Date = date(2023, 1, 2);
const OPERATORS: i64 = 300;
/// Ten of the day's hours are worked in.
const WORKED_MS: i64 = 10 * 3_600_000;

fn main() -> Result<()> {
    let rows: i64 = match std::env::var("PULT_BENCH_ROWS") {
        Ok(text) => text.parse().context("PULT_BENCH_ROWS is a number of calls")?,
        Err(_) => 5_000_000,
    };
    let dir =
        std::env::var_os("PULT_BENCH_DIR").map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    fs::create_dir_all(&dir)?;
    let path = dir.join(format!("journal-{rows}.sqlite"));
    if !path.exists() {
        let unfinished = dir.join("journal-unfinished.sqlite");
        remove(&unfinished)?;
        generate(&unfinished, rows)?;
        fs::rename(&unfinished, &path)?;
    }
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    read(&mut criterion, &open(&path)?, rows)?;
    let copy = dir.join("journal-written.sqlite");
    remove(&copy)?;
    fs::copy(&path, &copy)?;
    write(&mut criterion, &open(&copy)?)?;
    remove(&copy)?;
    criterion.final_summary();
    Ok(())
}

fn open(path: &Path) -> Result<Connection> {
    let conn = Connection::open(path)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.set_prepared_statement_cache_capacity(128);
    Ok(conn)
}

fn remove(path: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{end}", path.display()));
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    Ok(())
}

fn zones() -> Zones {
    Zones { moscow: TimeZone::fixed(jiff::tz::offset(3)), vilnius: TimeZone::fixed(jiff::tz::offset(2)) }
}

/// Numbers that look random and are the same every time (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 1) as i64 % sides
    }
}

fn phone_of(dice: &mut Dice) -> String {
    let codes = ["7495", "7499", "7903", "7916", "7926", "7985", "7812", "3706"];
    format!("{}{:07}", codes[dice.roll(8) as usize], dice.roll(10_000_000))
}

fn generate(path: &Path, rows: i64) -> Result<()> {
    let conn = Connection::open(path)?;
    conn.execute_batch(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;",
    )?;
    conn.execute_batch(MIGRATION)?;
    let later: Vec<(String, String, String)> = conn
        .prepare(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ('calls', 'cc_privat_processing') \
             AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        )?
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (kind, name, _) in &later {
        conn.execute_batch(&format!("DROP {kind} {name}"))?;
    }
    conn.execute_batch("BEGIN")?;
    for n in 1..=OPERATORS {
        conn.execute("INSERT INTO operators (id, name) VALUES (?1, ?2)", params![n, format!("Оператор {n}")])?;
    }
    fill(&conn, rows)?;
    for (_, _, sql) in later.iter().filter(|(kind, _, _)| kind == "index") {
        conn.execute_batch(sql)?;
    }
    conn.execute_batch(
        "INSERT INTO call_hours SELECT started_at / 3600000, centre, CASE WHEN result BETWEEN 0 AND 6 THEN result ELSE -1 END AS r, \
         count(*) FROM calls GROUP BY 1, 2, r; \
         INSERT INTO call_days SELECT day, centre, count(*), count(ended_at), coalesce(sum(ended_at - started_at), 0) \
         FROM calls GROUP BY 1, 2; \
         INSERT INTO call_themes SELECT theme, count(*) FROM calls WHERE theme IS NOT NULL GROUP BY 1; \
         INSERT INTO call_phones (call_phones) VALUES ('rebuild'); \
         UPDATE call_phones_upto SET id = (SELECT max(id) FROM calls);",
    )?;
    for (_, _, sql) in later.iter().filter(|(kind, _, _)| kind == "trigger") {
        conn.execute_batch(sql)?;
    }
    conn.execute_batch("COMMIT")?;
    Ok(())
}

fn fill(conn: &Connection, rows: i64) -> Result<()> {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut add = conn.prepare(
        "INSERT INTO calls (id, source_key, centre, day, started_at, ended_at, state, phone, phone_rev, operator_id, result, type_call, \
         theme, agency_id, card_id, pp_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    let mut enquiry = conn.prepare("INSERT INTO cc_privat_processing (id) VALUES (?1)")?;
    let mut today = (0, 0);
    for id in 1..=rows {
        let (day, of_day) = ((id - 1) / CALLS_A_DAY, (id - 1) % CALLS_A_DAY);
        if of_day == 0 {
            let date = FIRST_DAY.checked_add(day.days())?;
            today = (day_number(date), date.at(6, 0, 0, 0).to_zoned(TimeZone::UTC)?.timestamp().as_millisecond());
        }
        let started = today.1 + of_day * (WORKED_MS / CALLS_A_DAY) + dice.roll(1_000);
        let vilnius = dice.roll(5) == 0;
        let phone = phone_of(&mut dice);
        let reversed: String = phone.chars().rev().collect();
        let client = (!vilnius && dice.roll(4) == 0).then_some(id);
        let source = if vilnius { "telephony" } else { "feed" };
        add.execute(params![
            id,
            format!("{source}/{id}"),
            i64::from(vilnius),
            today.0,
            started,
            vilnius.then(|| started + 20_000 + dice.roll(600_000)),
            phone,
            reversed,
            1 + dice.roll(OPERATORS),
            (!vilnius).then(|| dice.roll(7)),
            (!vilnius).then(|| dice.roll(8)),
            (vilnius && dice.roll(3) == 0).then(|| format!("Тема {}", dice.roll(40))),
            vilnius.then(|| dice.roll(4_000)),
            client,
            client,
        ])?;
        if let Some(id) = client {
            enquiry.execute([id])?;
        }
    }
    Ok(())
}

fn read(criterion: &mut Criterion, conn: &Connection, rows: i64) -> Result<()> {
    let zones = zones();
    let middle = FIRST_DAY.checked_add((rows / CALLS_A_DAY / 2).days())?;
    let month = DayRange { from: middle, to: middle.checked_add(29.days())? };
    let day = Filter { days: Some(DayRange::day(middle)), ..Filter::default() };
    let part = |digits: &str, place| Some(PhonePart { digits: digits.to_owned(), place });
    let page = |filter: &Filter, cursor| calls::day_page(conn, filter, cursor, Direction::Older, 100, &zones);
    let mut group = criterion.benchmark_group("journal");
    group.bench_function("day page", |b| b.iter(|| page(black_box(&day), None)));
    let first = page(&day, None)?;
    group.bench_function("day page, next", |b| b.iter(|| page(black_box(&day), first.next)));
    let all = Filter::default();
    let deep = Cursor { started_at: first.next.context("a full page")?.started_at, id: CallId(i64::MAX) };
    group.bench_function("page from the middle of everything", |b| b.iter(|| page(black_box(&all), Some(deep))));
    let searches = [
        ("phone part within a day", Filter { phone: part("4567", Place::Anywhere), ..day.clone() }),
        ("phone part within a day, none fits", Filter { phone: part("0123456789", Place::Anywhere), ..day.clone() }),
        ("phone part over all time, 3 digits", Filter { phone: part("457", Place::Anywhere), ..all.clone() }),
        ("phone part over all time, 4 digits", Filter { phone: part("4567", Place::Anywhere), ..all.clone() }),
        ("phone part over all time, 6 digits", Filter { phone: part("916456", Place::Anywhere), ..all.clone() }),
        ("phone part over all time, 7 digits", Filter { phone: part("4561237", Place::Anywhere), ..all.clone() }),
        (
            "phone part over all time, none fits",
            Filter { phone: part("7495790379167", Place::Anywhere), ..all.clone() },
        ),
        ("phone part over a month", Filter { phone: part("4567", Place::Anywhere), days: Some(month), ..all.clone() }),
        ("last 4 digits over all time", Filter { phone: part("4567", Place::End), ..all.clone() }),
        ("last 7 digits over all time", Filter { phone: part("4561237", Place::End), ..all.clone() }),
        ("one operator over all time", Filter { operator: Some("Оператор 17".to_owned()), ..all.clone() }),
        (
            "one operator and result over all time",
            Filter { operator: Some("Оператор 17".to_owned()), result: Some(3), ..all.clone() },
        ),
        ("no such result over all time", Filter { result: Some(6), type_call: Some(9), ..all.clone() }),
    ];
    for (name, filter) in &searches {
        group.bench_with_input(BenchmarkId::from_parameter(name), filter, |b, filter| b.iter(|| page(filter, None)));
    }
    group.bench_function("operator totals of a day", |b| {
        b.iter(|| calls::operator_totals(conn, black_box(&day), &zones))
    });
    group.bench_function("count of a day", |b| b.iter(|| calls::count(conn, black_box(&day), &zones)));
    let ms = |date: Date| date.to_zoned(TimeZone::UTC).map(|z| z.timestamp().as_millisecond());
    let (from, to) = (ms(month.from)?, ms(month.to)?);
    group.bench_function("hourly histogram of 30 days", |b| {
        b.iter(|| calls::hour_histogram(conn, black_box(from), to, None))
    });
    group.bench_function("calls by month over all time", |b| {
        b.iter(|| calls::monthly_stats(conn, &calls::Sight::default()))
    });
    group.bench_function("calls of the Moscow centre of a day", |b| b.iter(|| calls::moscow_day(conn, middle, &zones)));
    let ids: Vec<CallId> = first.rows.iter().map(|r| r.id).collect();
    group.bench_function("100 rows by id", |b| b.iter(|| calls::by_ids(conn, &ids)));
    group.bench_function("history of an agency", |b| {
        b.iter(|| calls::history_of_agency(conn, &calls::Sight::default(), AgencyId(77), CallId(0), 5, &zones))
    });
    group.bench_function("latest five", |b| b.iter(|| calls::latest(conn, &calls::Sight::default(), 5, &zones)));
    group.finish();
    Ok(())
}

fn write(criterion: &mut Criterion, conn: &Connection) -> Result<()> {
    const BATCH: u64 = 256;
    let zones = zones();
    let policy = Policy {
        repeat: jiff::SignedDuration::from_secs(60),
        same_call: jiff::SignedDuration::from_secs(60),
        open_at_most: jiff::SignedDuration::from_hours(4),
        card_wait: jiff::SignedDuration::from_mins(10),
        region: "lt".to_owned(),
        wrapup: Default::default(),
        agency_service: true,
    };
    let mut dice = Dice(42);
    let began = Timestamp::from_second(1_900_000_000)?;
    let mut group = criterion.benchmark_group("journal, 256 records a transaction");
    group.throughput(Throughput::Elements(BATCH));
    group.bench_function("a call begins: snapshot and row", |b| {
        b.iter(|| -> Result<()> {
            let transaction = conn.unchecked_transaction()?;
            for _ in 0..BATCH {
                let number = PhoneNumber::digits_of(&phone_of(&mut dice)).context("digits")?;
                let key = FactKey(format!("bench/{}", dice.roll(i64::MAX)));
                let curator = format!("Оператор {}", 1 + dice.roll(OPERATORS));
                let fact =
                    Fact::CallStarted { ani: String::new(), number: Some(number.clone()), curator: curator.clone() };
                let known = calls::load_known(&transaction, &fact, &key, &policy)?;
                let call = NewCall {
                    id: known.next_call,
                    source_key: hook_key(&key),
                    at: began,
                    phone: number,
                    curator,
                    agency: AgencyId(0),
                    region: "lt".to_owned(),
                    card_asked: false,
                };
                calls::apply(&transaction, &Change::Begin(call), None, &zones)?;
                calls::apply(&transaction, &Change::End { call: known.next_call, at: Some(began) }, None, &zones)?;
            }
            transaction.commit()?;
            Ok(())
        });
    });
    group.finish();
    let written =
        calls::today_stats(conn, began.to_zoned(zones.of(Centre::Vilnius).clone()).date(), Some(Centre::Vilnius))?;
    anyhow::ensure!(written.calls > 0, "the writes of the benchmark are in the journal");
    Ok(())
}

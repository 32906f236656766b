//! Asks SQLite's planner about every statement there is: none may walk through a table that grows.

use jiff::{civil::date, tz::TimeZone};
use pult_domain::{AgencyId, areas::calls::Centre};
use rusqlite::Connection;

use super::{
    DayRange, Filter, PhonePart, Place, Sight, Zones, catalogue_sql, read::totals_statement, search::Search, sql,
};

/// Tables with a row for each call, enquiry or number there ever was.
const GROWING: [&str; 12] = [
    "calls",
    "call_aliases",
    "call_phones",
    "call_hours",
    "cc_cards",
    "cc_telephone",
    "cc_privat_processing",
    "cc_calls_result",
    "cc_names",
    "cc_agentstvo",
    "agency_phone",
    "operators",
];

/// The whole roll-up by day is what the totals of all time are made of: two rows a day.
const WALKS_ALLOWED: [&str; 2] = ["MONTHS", "THEMES"];

fn database() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(include_str!("../../../../../migrations/0002_calls.sql")).unwrap();
    conn
}

fn zones() -> Zones {
    Zones { moscow: TimeZone::fixed(jiff::tz::offset(3)), vilnius: TimeZone::fixed(jiff::tz::offset(2)) }
}

/// The steps of a plan, the planner's own words.
fn plan(conn: &Connection, statement: &str) -> Vec<String> {
    let mut explain =
        conn.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap_or_else(|e| panic!("{e}: {statement}"));
    explain.raw_query().mapped(|r| r.get(3)).collect::<Result<_, _>>().unwrap()
}

/// The step that walks through a whole growing table or index, if there is one.
fn walk(steps: &[String], tables: &[(&str, &str)]) -> Option<String> {
    steps
        .iter()
        .find(|step| {
            let Some(rest) = step.strip_prefix("SCAN ") else { return false };
            let name = rest.split_whitespace().next().unwrap_or_default();
            let table = tables.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, table)| *table);
            // A full-text index says SCAN even when it looks something up; the number after the colon says what it was given.
            let looked_up =
                rest.contains("VIRTUAL TABLE INDEX") && rest.split(':').nth(1).is_some_and(|how| !how.is_empty());
            // Open calls are few: the index holds nothing else.
            let open = rest.contains("INDEX calls_open");
            GROWING.contains(&table) && !looked_up && !open
        })
        .cloned()
}

/// The aliases the statements use.
const ALIASES: [(&str, &str); 10] = [
    ("c", "calls"),
    ("f", "call_phones"),
    ("o", "operators"),
    ("p", "cc_privat_processing"),
    ("k", "cc_cards"),
    ("t", "cc_telephone"),
    ("g", "cc_agentstvo"),
    ("a", "call_aliases"),
    ("client", "cc_names"),
    ("manager", "cc_names"),
];

#[test]
fn no_fixed_statement_walks_through_a_growing_table() {
    let conn = database();
    let tables = catalogue_sql::TABLES.iter().flatten().map(|sql| ("a table of names", *sql));
    let statements: Vec<_> = sql::ALL.iter().chain(catalogue_sql::ALL).copied().chain(tables).collect();
    assert!(statements.len() > 60, "the lists are there");
    for (name, statement) in statements {
        let steps = plan(&conn, statement);
        let walk = walk(&steps, &ALIASES).filter(|_| !WALKS_ALLOWED.contains(&name));
        assert_eq!(walk, None, "{name}: {statement}\n{steps:#?}");
    }
}

/// A search may be bounded and still be the wrong one: an operator has tens of thousands of calls, a number has a few.
#[test]
fn a_call_of_an_operator_and_a_number_is_looked_up_by_the_number() {
    let conn = database();
    let by = [
        (sql::OPEN_OF_OPERATOR, "calls_open (operator_id=? AND phone_rev=?)"),
        (sql::NEWEST_OF_OPERATOR, "calls_phone (phone_rev=?)"),
        (sql::TWIN, "calls_phone (phone_rev=? AND started_at>? AND started_at<?)"),
        (catalogue_sql::ENQUIRY, "calls_enquiry (pp_id=?)"),
    ];
    for (statement, index) in by {
        let steps = plan(&conn, statement);
        assert!(steps.iter().any(|step| step.ends_with(index)), "{statement}: {steps:#?}");
    }
}

#[test]
fn the_test_sees_a_walk_when_there_is_one() {
    let conn = database();
    for statement in [
        "SELECT id FROM calls WHERE theme LIKE '%x%' AND region = 'lt'",
        "SELECT c.id FROM calls c WHERE c.started_at / 1000 = 5",
        "SELECT rowid FROM call_phones",
    ] {
        assert!(walk(&plan(&conn, statement), &ALIASES).is_some(), "{statement}: {:?}", plan(&conn, statement));
    }
}

#[test]
fn no_search_walks_through_the_journal_or_sorts_it() {
    let conn = database();
    let zones = zones();
    let days =
        [None, Some(DayRange::day(date(2026, 3, 1))), Some(DayRange { from: date(2025, 3, 1), to: date(2026, 3, 1) })];
    let part = |digits: &str, place| Some(PhonePart { digits: digits.to_owned(), place });
    let phones = [
        None,
        part("12", Place::Anywhere),
        part("123", Place::Anywhere),
        part("12", Place::End),
        part("1234", Place::End),
        part("12345678", Place::Whole),
    ];
    let mut seen = 0;
    for bits in 0..256_u32 {
        let has = |bit: u32| bits & (1 << bit) != 0;
        for days in days {
            for phone in &phones {
                let filter = Filter {
                    centre: has(0).then_some(Centre::Moscow),
                    days,
                    phone: phone.clone(),
                    operator: has(1).then(|| "Анна".to_owned()),
                    result: has(2).then_some(1),
                    type_call: has(3).then_some(-1),
                    theme: has(4).then(|| "Оплата".to_owned()),
                    agency: has(5).then_some(AgencyId(7)),
                    only_open: has(6),
                    sight: Sight::of(true, has(7).then(|| vec![(5, "Анна".to_owned())])),
                };
                let search = Search::plan(&filter, has(1).then_some(5), &zones).unwrap();
                let searches = if search.by_id { vec![search.beyond(5), search] } else { vec![search] };
                let mut statements = vec![totals_statement(&searches).0];
                for search in searches {
                    let (low, high) = search.edges();
                    statements.extend([
                        search.between("1", low, high, " LIMIT 10").0,
                        search.between(sql::ROW, low, high, &format!("{} LIMIT 10", search.order(true))).0,
                        search.between(sql::ROW, low, high, &format!("{} LIMIT 10", search.order(false))).0,
                    ]);
                    if search.strides && !search.by_id {
                        let tail = format!("{} LIMIT 1 OFFSET 50000", search.order(true));
                        statements.push(search.unchecked_between("c.started_at, c.id", low, high, &tail).0);
                    }
                }
                for (n, statement) in statements.iter().enumerate() {
                    let steps = plan(&conn, statement);
                    assert_eq!(walk(&steps, &ALIASES), None, "{statement}\n{steps:#?}");
                    let sorts = steps.iter().any(|s| s.contains("FOR ORDER BY"));
                    // Endings of numbers and open calls have no order of their own; both are few.
                    let few =
                        statement.contains("INDEXED BY calls_open") || statement.contains("INDEXED BY calls_phone");
                    assert!(n == 0 || few || !sorts, "{statement}\n{steps:#?}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 18_000, "{seen} statements");
}

/// A statement written down anywhere else would escape these tests.
#[test]
fn statements_are_written_in_their_lists_only() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![dir.join("agencies.rs")];
    for entry in std::fs::read_dir(dir.join("calls")).unwrap() {
        files.push(entry.unwrap().path());
    }
    let mut read = 0;
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if ["sql.rs", "catalogue_sql.rs", "planner_tests.rs"].contains(&name.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for start in ["\"INSERT ", "\"UPDATE ", "\"DELETE ", "\"SELECT "] {
            for (at, _) in text.match_indices(start) {
                let line = text[at..].lines().next().unwrap();
                // Composed from a search, and asked about above.
                let composed = line.contains("{inner}") || line.contains("{columns}");
                assert!(composed, "{name}: {line}");
            }
        }
        read += 1;
    }
    assert!(read > 10, "{read} files");
}

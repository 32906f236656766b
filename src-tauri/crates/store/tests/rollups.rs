//! Whatever happens to calls, their totals are what counting them again would give.

#![allow(clippy::unwrap_used, reason = "a test's own helpers stop the test")]

mod common;

use common::*;
use proptest::prelude::*;
use pult_domain::{CallId, PhoneNumber, areas::calls::Change};
use pult_store::calls::{apply, erase_phone, next_id};
use rusqlite::Connection;

#[derive(Debug, Clone)]
enum Act {
    Begin { minute: i64, phone: u8, operator: u8 },
    Report { minute: i64, phone: u8, result: Option<i64> },
    ReportAgain { call: i64, minute: i64, phone: u8, result: Option<i64> },
    End { call: i64, seconds: Option<i64> },
    Theme { call: i64, theme: u8 },
    Erase { phone: u8 },
    Index,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let minute = 0..4_000_i64;
    let result = prop::option::of(-2..9_i64);
    let act = prop_oneof![
        (minute.clone(), 0..5_u8, 0..3_u8).prop_map(|(minute, phone, operator)| Act::Begin { minute, phone, operator }),
        (minute.clone(), 0..5_u8, result.clone()).prop_map(|(minute, phone, result)| Act::Report {
            minute,
            phone,
            result
        }),
        (1..20_i64, minute, 0..5_u8, result).prop_map(|(call, minute, phone, result)| Act::ReportAgain {
            call,
            minute,
            phone,
            result
        }),
        (1..20_i64, prop::option::of(0..900_i64)).prop_map(|(call, seconds)| Act::End { call, seconds }),
        (1..20_i64, 0..4_u8).prop_map(|(call, theme)| Act::Theme { call, theme }),
        (0..5_u8).prop_map(|phone| Act::Erase { phone }),
        Just(Act::Index),
    ];
    prop::collection::vec(act, 1..60)
}

fn minute(n: i64) -> String {
    at("2026-03-01T00:00:00Z").checked_add(jiff::SignedDuration::from_mins(n)).unwrap().to_string()
}

fn number(n: u8) -> String {
    format!("749500011{n:02}")
}

fn carry_out(conn: &Connection, act: &Act, n: usize) {
    let z = zones();
    let report_of = |call: Option<CallId>, key: String, began: i64, phone: u8, result: Option<i64>| {
        let mut reported = reported(&n.to_string(), &minute(began), &number(phone), "Анна");
        reported.result = result;
        Change::Report { call, source_key: key, reported: Box::new(reported) }
    };
    let change = match *act {
        Act::Begin { minute: began, phone, operator } => {
            begin(conn, &minute(began), &number(phone), &format!("c{operator}"), i64::from(phone));
            return;
        }
        Act::Index => {
            index_phones_upto(conn, next_id(conn).unwrap().0 - 1);
            return;
        }
        Act::Erase { phone } => {
            erase_phone(conn, &PhoneNumber::digits_of(&number(phone)).unwrap(), |_| false).unwrap();
            return;
        }
        Act::Report { minute, phone, result } => report_of(None, format!("feed/{n}"), minute, phone, result),
        Act::ReportAgain { call, minute, phone, result } => {
            let key = conn.query_row("SELECT source_key FROM calls WHERE id = ?1", [call], |r| r.get(0));
            report_of(Some(CallId(call)), key.unwrap_or_else(|_| format!("feed/{n}")), minute, phone, result)
        }
        Act::End { call, seconds } => {
            let began: i64 =
                conn.query_row("SELECT started_at FROM calls WHERE id = ?1", [call], |r| r.get(0)).unwrap_or(0);
            let end = seconds.map(|s| jiff::Timestamp::from_millisecond(began + s * 1_000).unwrap());
            Change::End { call: CallId(call), at: end }
        }
        Act::Theme { call, theme } => Change::SetTheme { call: CallId(call), theme: " Виза".repeat(theme.into()) },
    };
    apply(conn, &change, None, &z).unwrap();
}

fn rows(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).unwrap();
    statement.query_map([], |r| r.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn totals_equal_a_recount(acts in acts()) {
        let conn = database();
        for (n, act) in acts.iter().enumerate() {
            carry_out(&conn, act, n);
        }
        prop_assert_eq!(
            rows(&conn, "SELECT concat_ws(' ', hour, centre, result, calls) FROM call_hours WHERE calls <> 0 ORDER BY hour, centre, result"),
            rows(&conn, "SELECT concat_ws(' ', started_at / 3600000, centre, CASE WHEN result BETWEEN 0 AND 6 THEN result ELSE -1 END, \
                count(*)) FROM calls GROUP BY started_at / 3600000, centre, CASE WHEN result BETWEEN 0 AND 6 THEN result ELSE -1 END \
                ORDER BY started_at / 3600000, centre, CASE WHEN result BETWEEN 0 AND 6 THEN result ELSE -1 END")
        );
        prop_assert_eq!(
            rows(&conn, "SELECT concat_ws(' ', day, centre, calls, timed, ms) FROM call_days WHERE calls <> 0 ORDER BY day, centre"),
            rows(&conn, "SELECT concat_ws(' ', day, centre, count(*), count(ended_at), coalesce(sum(ended_at - started_at), 0)) \
                FROM calls GROUP BY day, centre ORDER BY day, centre")
        );
        prop_assert_eq!(
            rows(&conn, "SELECT concat_ws(' ', theme, calls) FROM call_themes ORDER BY theme"),
            rows(&conn, "SELECT concat_ws(' ', theme, count(*)) FROM calls WHERE theme IS NOT NULL GROUP BY theme ORDER BY theme")
        );
        // The index of number parts agrees with the numbers it indexes, once it has come to the end.
        carry_out(&conn, &Act::Index, 0);
        conn.execute("INSERT INTO call_phones (call_phones, rank) VALUES ('integrity-check', 1)", []).unwrap();
    }
}

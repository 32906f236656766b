//! Whose calls somebody may see: the same part of the journal in pages, counts, files, totals and the old figures.

#![allow(clippy::unwrap_used, reason = "a test's own helpers stop the test")]

mod common;

use std::ops::ControlFlow;

use common::*;
use jiff::civil::date;
use pult_domain::{
    AgencyId, CallId, Instant,
    areas::calls::{Centre, Change},
};
use pult_store::calls::{
    DayRange, Direction, Filter, PhonePart, Place, Sight, apply, by_ids, count, day_page, for_each_row,
    history_of_agency, hours, latest, monthly_stats, operator_totals, stats_of_day,
};
use rusqlite::Connection;

const DAY: DayRange = DayRange { from: date(2026, 3, 1), to: date(2026, 3, 1) };

/// Two calls of Moscow and four of Vilnius: Anna (or `c1`), Boris (or `c2`), and one that nobody took.
fn journal() -> Connection {
    let conn = database();
    report(&conn, &reported("1", "2026-03-01T09:00:00Z", "74950010001", "Анна"));
    report(&conn, &reported("2", "2026-03-01T10:00:00Z", "74950010002", "Борис"));
    for (n, curator) in [(3, "c1"), (4, "c2"), (5, "")] {
        let id = begin(&conn, &format!("2026-03-01T1{n}:00:00Z"), &format!("3706001000{n}"), curator, 7);
        apply(&conn, &Change::End { call: id, at: Some(at("2026-03-01T20:00:00Z")) }, None, &zones()).unwrap();
    }
    conn
}

/// Anna's calls, by both her names.
fn of_anna(conn: &Connection, moscow: bool) -> Sight {
    let id = |name: &str| {
        conn.query_row("SELECT id FROM operators WHERE name = ?1", [name], |r| r.get::<_, i64>(0)).unwrap()
    };
    Sight::of(moscow, Some(["Анна", "c1"].map(|name| (id(name), name.to_owned())).to_vec()))
}

#[test]
fn pages_counts_files_and_totals_hold_the_same_calls() {
    let conn = journal();
    let sights = [
        (Sight::default(), vec![5, 4, 3, 2, 1]),
        (Sight::of(false, None), vec![5, 4, 3]),
        (of_anna(&conn, true), vec![5, 3, 1]),
        (of_anna(&conn, false), vec![5, 3]),
        (Sight::of(true, Some(vec![])), vec![5]),
    ];
    for (sight, want) in sights {
        for days in [None, Some(DAY)] {
            let filter = Filter { days, sight: sight.clone(), ..Filter::default() };
            let page = day_page(&conn, &filter, None, Direction::Older, 10, &zones()).unwrap();
            assert_eq!(page.rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), want, "{filter:?}");
            assert_eq!(count(&conn, &filter, &zones()).unwrap().calls, want.len() as i64);
            let mut streamed = vec![];
            for_each_row(&conn, &filter, &zones(), |row| {
                streamed.push(row.id.0);
                ControlFlow::Continue(())
            })
            .unwrap();
            assert_eq!(streamed, want);
            let total: i64 = operator_totals(&conn, &filter, &zones()).unwrap().iter().map(|one| one.calls).sum();
            assert_eq!(total, want.len() as i64);
            let bars: i64 = hours(&conn, &filter, &zones()).unwrap().iter().map(|bar| bar.calls).sum();
            assert_eq!(bars, if days.is_some() { want.len() as i64 } else { 0 });
        }
        assert_eq!(stats_of_day(&conn, DAY.from, None, &sight, &zones()).unwrap().calls, want.len() as i64);
        let ids: Vec<CallId> = (1..=5).map(CallId).collect();
        let kept = by_ids(&conn, &ids).unwrap().into_iter().filter(|row| sight.keeps(row)).count();
        assert_eq!(kept, want.len());
    }
}

#[test]
fn a_number_an_operator_or_a_centre_that_is_asked_for_opens_nothing_more() {
    let conn = journal();
    let asked = |filter: Filter| {
        let page = day_page(&conn, &filter, None, Direction::Older, 10, &zones()).unwrap();
        page.rows.into_iter().map(|row| row.id.0).collect::<Vec<_>>()
    };
    let (anna, vilnius) = (of_anna(&conn, true), Sight::of(false, None));
    let phone = |digits: &str| Some(PhonePart { digits: digits.to_owned(), place: Place::Anywhere });
    let of = |sight: &Sight| Filter { sight: sight.clone(), ..Filter::default() };
    assert_eq!(asked(Filter { operator: Some("Борис".to_owned()), ..of(&anna) }), [0_i64; 0]);
    assert_eq!(asked(Filter { operator: Some("Анна".to_owned()), ..of(&anna) }), [1]);
    assert_eq!(asked(Filter { phone: phone("001000"), ..of(&anna) }), [5, 3, 1]);
    assert_eq!(asked(Filter { phone: phone("7495"), ..of(&vilnius) }), [0_i64; 0]);
    assert_eq!(asked(Filter { centre: Some(Centre::Moscow), ..of(&vilnius) }), [0_i64; 0]);
}

#[test]
fn the_history_of_an_agency_is_narrowed_too() {
    let conn = journal();
    conn.execute("UPDATE calls SET agency_id = 7 WHERE id IN (1, 2)", []).unwrap();
    let before = |sight: &Sight| {
        let calls = history_of_agency(&conn, sight, AgencyId(7), CallId(5), 5, &zones()).unwrap();
        calls.into_iter().map(|call| call.id.0).collect::<Vec<_>>()
    };
    assert_eq!(before(&Sight::default()), [4, 3, 2, 1]);
    assert_eq!(before(&Sight::of(false, None)), [4, 3]);
    assert_eq!(before(&of_anna(&conn, true)), [3, 1]);
}

#[test]
fn the_old_figures_are_narrowed_too() {
    let conn = journal();
    let anna = of_anna(&conn, true);
    let months = |sight: &Sight| monthly_stats(&conn, sight).unwrap().iter().map(|month| month.count).sum::<i64>();
    assert_eq!([&Sight::default(), &anna, &Sight::of(false, None)].map(months), [2, 1, 0]);
    let last = |sight: &Sight| {
        let calls = latest(&conn, sight, 5, &zones()).unwrap();
        calls.into_iter().map(|call| call.call_info_id.0).collect::<Vec<_>>()
    };
    assert_eq!((last(&Sight::default()), last(&anna)), (vec![5, 4, 3], vec![5, 3]));
    let of_day = stats_of_day(&conn, DAY.from, None, &anna, &zones()).unwrap();
    let mean =
        |began: &str| (at("2026-03-01T20:00:00Z").duration_since(began.parse::<Instant>().unwrap())).as_secs_f64();
    let want = (mean("2026-03-01T13:00:00Z") + mean("2026-03-01T15:00:00Z")) / 2.0;
    assert_eq!((of_day.calls, of_day.mean_seconds), (3, Some(want)));
}

#[test]
fn an_enquiry_is_told_of_where_a_call_of_it_is() {
    let conn = journal();
    conn.execute("UPDATE calls SET pp_id = 21 WHERE id IN (1, 2)", []).unwrap();
    conn.execute("UPDATE calls SET pp_id = 22 WHERE id = 2", []).unwrap();
    let seen = |sight: &Sight, id| sight.keeps_enquiry(&conn, id).unwrap();
    let (anna, vilnius) = (of_anna(&conn, true), Sight::of(false, None));
    assert_eq!([21, 22, 23].map(|id| seen(&anna, id)), [true, false, false]);
    assert!(!seen(&vilnius, 21) && seen(&Sight::default(), 23));
}

//! The journal of calls: what changes write, what a rule sees, what a reader finds.

#![allow(clippy::unwrap_used, reason = "a test's own helpers stop the test")]

mod common;

use std::ops::ControlFlow;

use common::*;
use jiff::civil::{Date, date};
use pult_domain::{
    AgencyId, CallId, FactKey, PhoneNumber, RecordId,
    areas::calls::{
        AgencyCard, CallState, Centre, Change, Fact, Known, Lack, NewCall, Reference, ReportedPhone, codes::Badge,
        decide, rule::hook_key,
    },
};
use pult_store::{
    agencies::{PhoneRow, import_agency_phone},
    calls::{
        CardState, Cursor, DayRange, Direction, Filter, PhonePart, Place, Sight, apply, by_ids, count, day_page,
        detail, for_each_row, history_of_agency, hour_histogram, latest, load_known, merge_phone_parts, next_id,
        operator_totals, themes_used,
    },
};
use rusqlite::Connection;

fn ids(conn: &Connection, filter: &Filter) -> Vec<i64> {
    let page = day_page(conn, filter, None, Direction::Older, 500, &zones()).unwrap();
    page.rows.iter().map(|r| r.id.0).collect()
}

fn day(d: Date) -> Option<DayRange> {
    Some(DayRange::day(d))
}

fn part(digits: &str, place: Place) -> Option<PhonePart> {
    Some(PhonePart { digits: digits.to_owned(), place })
}

fn started(phone: &str, curator: &str) -> Fact {
    Fact::CallStarted { ani: phone.to_owned(), number: PhoneNumber::digits_of(phone), curator: curator.to_owned() }
}

fn known(conn: &Connection, fact: &Fact) -> Known {
    load_known(conn, fact, &FactKey::from("k1"), &policy()).unwrap()
}

#[test]
fn a_promised_id_is_kept_and_never_given_again() {
    let conn = database();
    assert_eq!(next_id(&conn).unwrap(), CallId(1));
    let id = begin(&conn, "2026-03-01T10:00:00Z", "+370 600 11122", "c1", 0);
    assert_eq!((id, next_id(&conn).unwrap()), (CallId(1), CallId(2)));
    conn.execute("DELETE FROM calls", []).unwrap();
    assert_eq!(next_id(&conn).unwrap(), CallId(2));
}

#[test]
fn a_call_goes_from_open_to_ended_with_its_theme_and_mark() {
    let conn = database();
    let id = begin(&conn, "2026-03-01T10:00:00Z", "+37060011122", "c1", 7);
    let row = || by_ids(&conn, &[id]).unwrap().remove(0);
    let first = row();
    assert_eq!((first.state, first.ended_at, first.card_state), (CallState::Open, None, CardState::Asked));
    assert_eq!(
        (first.phone.as_deref(), first.operator.as_deref(), first.agency_id),
        (Some("37060011122"), Some("c1"), Some(AgencyId(7)))
    );
    let z = zones();
    let change = |c: Change| apply(&conn, &c, None, &z).unwrap();
    assert_eq!(change(Change::End { call: id, at: Some(at("2026-03-01T10:01:05Z")) }), Some(id));
    assert_eq!(change(Change::SetTheme { call: id, theme: "я".repeat(200) }), Some(id));
    let mark = Some(("anna".to_owned(), at("2026-03-01T11:00:00Z")));
    assert_eq!(change(Change::SetCalledBack { call: id, mark }), Some(id));
    let second = row();
    assert_eq!(second.ended_at.map(|e| e - second.started_at), Some(65_000));
    assert_eq!(second.theme.as_deref(), Some("я".repeat(128).as_str()));
    assert_eq!((second.called_back_by.as_deref(), second.called_back_at.is_some()), (Some("anna"), true));
    change(Change::SetCalledBack { call: id, mark: None });
    assert_eq!((row().called_back_by, row().called_back_at), (None, None));
    assert_eq!(change(Change::End { call: CallId(99), at: None }), None);
    change(Change::End { call: id, at: None });
    assert_eq!((row().state, row().ended_at), (CallState::Ended, None));
}

#[test]
fn a_card_is_kept_with_its_names_once_and_a_lack_does_not_hide_it() {
    let conn = database();
    let id = begin(&conn, "2026-03-01T10:00:00Z", "37060011122", "c1", 7);
    let z = zones();
    apply(&conn, &Change::NoCard { call: id, lack: Lack::TooLate }, None, &z).unwrap();
    let missing = detail(&conn, id).unwrap().unwrap();
    assert_eq!(
        (missing.row.card_state, missing.row.lack, missing.card),
        (CardState::Missing, Some(Lack::TooLate), None)
    );
    let card = |name: &str| AgencyCard {
        agency_name: Some(name.to_owned()),
        agency_contact_person: Some("п".repeat(60)),
        agency_blacklist: Some(true),
        ..AgencyCard::default()
    };
    for name in ["Первое имя", "Второе имя"] {
        apply(&conn, &Change::KeepCard { call: id, card: Box::new(card(name)) }, None, &z).unwrap();
    }
    apply(&conn, &Change::NoCard { call: id, lack: Lack::Unknown }, None, &z).unwrap();
    let found = detail(&conn, id).unwrap().unwrap();
    assert_eq!((found.row.card_state, found.row.lack, found.row.blacklist), (CardState::Found, None, Some(true)));
    assert_eq!(found.row.agency_name.as_deref(), Some("Первое имя"));
    assert_eq!(found.row.agency_manager.as_deref(), Some("п".repeat(50).as_str()));
    assert_eq!(found.card, Some(card("Второе имя")));
    assert_eq!(found.region.as_deref(), Some("lt"));
    assert_eq!(detail(&conn, CallId(5)).unwrap(), None);
}

#[test]
fn a_call_remembers_the_record_it_began_with() {
    let conn = database();
    let id = next_id(&conn).unwrap();
    let call = NewCall {
        id,
        source_key: "telephony/1".to_owned(),
        at: at("2026-03-01T10:00:00Z"),
        phone: PhoneNumber::digits_of(&"9".repeat(20)).unwrap(),
        curator: String::new(),
        agency: AgencyId(0),
        region: "long".to_owned(),
        card_asked: false,
    };
    apply(&conn, &Change::Begin(call), Some(RecordId(41)), &zones()).unwrap();
    let call = detail(&conn, id).unwrap().unwrap();
    assert_eq!((call.record, call.row.operator, call.region.as_deref()), (Some(RecordId(41)), None, Some("lon")));
    assert_eq!(call.row.phone, Some("9".repeat(15)));
    let again = known(&conn, &started(&"9".repeat(20), ""));
    assert_eq!(again.open.len(), 1, "compared as it is kept");
}

#[test]
fn the_rule_sees_open_calls_of_this_operator_and_number_only() {
    let conn = database();
    let z = zones();
    let old = begin(&conn, "2026-03-01T10:00:00Z", "37060011122", "c1", 0);
    let new = begin(&conn, "2026-03-01T10:05:00Z", "37060011122", "c1", 0);
    begin(&conn, "2026-03-01T10:05:00Z", "37060011122", "c2", 0);
    begin(&conn, "2026-03-01T10:05:00Z", "37060011123", "c1", 0);
    let open = |fact: &Fact| known(&conn, fact).open.iter().map(|c| c.id).collect::<Vec<_>>();
    assert_eq!(open(&started("+370 600 11122", "c1")), [new, old]);
    assert_eq!(open(&started("60011122", "c1")), []);
    assert_eq!(open(&started("37060011122", "somebody new")), []);
    let end = Fact::CallEnded { number: PhoneNumber::digits_of("37060011122"), curator: "c1".to_owned() };
    assert_eq!(open(&end), [new, old]);
    apply(&conn, &Change::End { call: new, at: Some(at("2026-03-01T10:06:00Z")) }, None, &z).unwrap();
    assert_eq!(open(&end), [old]);
    assert_eq!(known(&conn, &end).next_call, CallId(5));
    let theme = Fact::ThemeSet { call: new, theme: "t".to_owned(), by: "c1".to_owned() };
    assert_eq!(known(&conn, &theme).call.map(|c| (c.id, c.state)), Some((new, CallState::Ended)));
    let gone = Fact::EndNeverReported { call: CallId(77) };
    assert_eq!(known(&conn, &gone).call, None);
}

#[test]
fn a_call_is_found_by_the_fact_it_began_with_and_a_theme_finds_the_newest_call() {
    let conn = database();
    let id = next_id(&conn).unwrap();
    let call = NewCall {
        id,
        source_key: hook_key(&FactKey::from("k7")),
        at: at("2026-03-01T10:00:00Z"),
        phone: PhoneNumber::digits_of("37060011122").unwrap(),
        curator: "c1".to_owned(),
        agency: AgencyId(0),
        region: "lt".to_owned(),
        card_asked: false,
    };
    apply(&conn, &Change::Begin(call), None, &zones()).unwrap();
    apply(&conn, &Change::End { call: id, at: Some(at("2026-03-01T10:01:00Z")) }, None, &zones()).unwrap();
    let call_of = |fact: &Fact, key: &str| {
        load_known(&conn, fact, &FactKey::from(key), &policy()).unwrap().call.map(|c| (c.id, c.state))
    };
    let began = started("37060011122", "c1");
    assert_eq!(call_of(&began, "k7"), Some((id, CallState::Ended)));
    assert_eq!(call_of(&began, "k8"), None);
    let theme = |curator: &str| Fact::ThemeGiven {
        number: PhoneNumber::digits_of("37060011122"),
        curator: curator.to_owned(),
        theme: "Виза".to_owned(),
    };
    assert_eq!(call_of(&theme("c1"), "k9"), Some((id, CallState::Ended)));
    assert_eq!(call_of(&theme("c2"), "k9"), None);
}

#[test]
fn agencies_are_found_by_the_whole_number_largest_first() {
    let conn = database();
    for (agency, phone) in [
        (12, "+370 600 11122"),
        (90, "8-370-600-11122"),
        (90, "37060011122"),
        (55, "+37060011122"),
        (3, "0037060011122"),
    ] {
        let row = PhoneRow { agency_id: agency, agency_phone: phone.to_owned(), oc_rowid: None, o_rowid: None };
        import_agency_phone(&conn, &row).unwrap();
    }
    let agencies = |phone: &str| known(&conn, &started(phone, "c1")).agencies;
    assert_eq!(agencies("+37060011122"), [AgencyId(90), AgencyId(55), AgencyId(12)]);
    assert_eq!(agencies("60011122"), []);
}

#[test]
fn a_feed_row_finds_itself_then_another_sources_row_within_a_minute() {
    let conn = database();
    let z = zones();
    let other = begin(&conn, "2026-03-01T10:00:00Z", "74950001122", "Анна", 0);
    let fact = |id: &str, began: &str| Fact::CallReported(Box::new(reported(id, began, "+7 (495) 000-11-22", "Анна")));
    assert_eq!(known(&conn, &fact("1", "2026-03-01T10:01:00Z")).twin, Some(other));
    assert_eq!(known(&conn, &fact("1", "2026-03-01T09:59:00Z")).twin, Some(other));
    for late in ["2026-03-01T10:01:00.001Z", "2026-03-01T09:58:59.999Z"] {
        assert_eq!(known(&conn, &fact("1", late)).twin, None, "{late}");
    }
    let stranger = Fact::CallReported(Box::new(reported("1", "2026-03-01T10:00:30Z", "74950001122", "Борис")));
    assert_eq!(known(&conn, &stranger).twin, None);

    let first = fact("1", "2026-03-01T10:00:30Z");
    let decision = decide(&first, &FactKey::from("k1"), at("2026-03-01T10:02:00Z"), &known(&conn, &first), &policy());
    assert_eq!(apply(&conn, &decision.changes[0], None, &z).unwrap(), Some(other));
    let row = by_ids(&conn, &[other]).unwrap().remove(0);
    assert_eq!((row.centre, row.started_at), (Centre::Vilnius, at("2026-03-01T10:00:00Z").as_millisecond()));
    // The same again is found by its own key, and a second call of the same source is a call of its own.
    assert_eq!(known(&conn, &first).call.map(|c| c.id), Some(other));
    let second = known(&conn, &fact("2", "2026-03-01T10:00:40Z"));
    assert_eq!((second.call, second.twin), (None, None));
    let own = report(&conn, &reported("3", "2026-03-01T12:00:00Z", "74950001122", "Анна"));
    assert_eq!(known(&conn, &fact("4", "2026-03-01T12:00:10Z")).twin, None, "the same source never names a call twice");
    assert_eq!(known(&conn, &fact("3", "2026-03-01T12:00:00Z")).call.map(|c| c.id), Some(own));
}

#[test]
fn a_second_report_adds_and_never_takes_away() {
    let conn = database();
    let mut call = reported("1", "2026-03-01T21:30:00Z", "+7 495 000-11-22", "Анна");
    call.result = Some(1);
    let id = report(&conn, &call);
    let mut again = reported("1", "2026-03-01T20:30:00Z", "unknown", "Анна");
    again.telephone = None;
    again.type_call = Some(4);
    let key = "feed/1".to_owned();
    let change = Change::Report { call: Some(id), source_key: key, reported: Box::new(again) };
    assert_eq!(apply(&conn, &change, None, &zones()).unwrap(), Some(id));
    let row = by_ids(&conn, &[id]).unwrap().remove(0);
    assert_eq!((row.result, row.badge, row.type_text.as_str()), (Some(1), Badge::Success, "Покупка билетов"));
    assert_eq!(row.phone.as_deref(), Some("74950001122"));
    assert_eq!(ids(&conn, &Filter { days: day(date(2026, 3, 1)), ..Filter::default() }), [id.0]);
    assert_eq!(
        ids(&conn, &Filter { days: day(date(2026, 3, 2)), ..Filter::default() }),
        [] as [i64; 0],
        "it moved back a day"
    );
    let gone = Change::Report { call: Some(CallId(9)), source_key: "feed/2".to_owned(), reported: Box::new(call) };
    assert_eq!(apply(&conn, &gone, None, &zones()).unwrap(), None);
}

#[test]
fn a_number_without_digits_is_kept_as_it_was_sent() {
    let conn = database();
    let id = report(&conn, &reported("1", "2026-03-01T10:00:00Z", "скрыт", "Анна"));
    let row = by_ids(&conn, &[id]).unwrap().remove(0);
    assert_eq!((row.phone, row.ani.as_deref()), (None, Some("скрыт")));
}

#[test]
fn an_operator_known_by_id_gets_a_name_and_keeps_the_calls() {
    let conn = database();
    let with = |id: &str, operator: Reference| {
        let mut call = reported(id, "2026-03-01T10:00:00Z", "74950001122", "");
        call.operator = Some(operator);
        report(&conn, &call)
    };
    let shown = |id: CallId| by_ids(&conn, &[id]).unwrap().remove(0).operator.unwrap();
    let anna = || Some("Анна".to_owned());
    let first = with("1", Reference { id: Some(5), name: None });
    assert_eq!(shown(first), "5");
    let second = with("2", Reference { id: Some(5), name: anna() });
    assert_eq!((shown(first), shown(second)), ("Анна".to_owned(), "Анна".to_owned()));
    let same_name = with("3", Reference { id: Some(6), name: anna() });
    let by_name = with("4", Reference { id: None, name: anna() });
    assert_eq!((shown(same_name), shown(by_name)), ("Анна".to_owned(), "Анна".to_owned()));
    let renamed = with("5", Reference { id: Some(6), name: Some("Анна К.".to_owned()) });
    assert_eq!(shown(renamed), "Анна К.");
    assert_eq!(shown(first), "Анна", "a name others share is not taken along");
}

/// Ten calls: id n began n minutes after noon UTC, odd ones in Vilnius.
fn ten(conn: &Connection) {
    for n in 1..=10 {
        let began = format!("2026-03-01T12:{n:02}:00Z");
        if n % 2 == 1 {
            begin(conn, &began, &format!("3706001{n:04}"), "c1", 7);
        } else {
            let mut call = reported(&n.to_string(), &began, &format!("7495001{n:04}"), "Анна");
            call.result = Some(n - 2);
            call.type_call = Some(n - 2);
            report(conn, &call);
        }
    }
}

#[test]
fn pages_follow_one_another_in_both_directions_without_a_gap() {
    let conn = database();
    ten(&conn);
    let z = zones();
    // Wherever the index of number parts has come to.
    for indexed in [0, 4, 5, 10] {
        index_phones_upto(&conn, indexed);
        for filter in [
            Filter::default(),
            Filter { days: day(date(2026, 3, 1)), ..Filter::default() },
            Filter { days: Some(DayRange { from: date(2026, 1, 1), to: date(2026, 12, 31) }), ..Filter::default() },
            Filter { phone: part("001", Place::Anywhere), ..Filter::default() },
        ] {
            let mut cursor = None;
            let mut seen = vec![];
            loop {
                let page = day_page(&conn, &filter, cursor, Direction::Older, 3, &z).unwrap();
                seen.extend(page.rows.iter().map(|r| r.id.0));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, (1..=10).rev().collect::<Vec<_>>(), "{indexed} {filter:?}");
            let from = by_ids(&conn, &[CallId(4)]).unwrap().remove(0);
            let from = Some(Cursor { started_at: from.started_at, id: from.id });
            let newer = day_page(&conn, &filter, from, Direction::Newer, 3, &z).unwrap();
            assert_eq!(newer.rows.iter().map(|r| r.id.0).collect::<Vec<_>>(), [7, 6, 5], "{indexed} {filter:?}");
            let older = day_page(&conn, &filter, from, Direction::Older, 2, &z).unwrap();
            assert_eq!(older.rows.iter().map(|r| r.id.0).collect::<Vec<_>>(), [3, 2], "{indexed} {filter:?}");
        }
    }
}

#[test]
fn rows_that_began_together_are_told_apart_by_id() {
    let conn = database();
    for n in 0..5 {
        report(&conn, &reported(&n.to_string(), "2026-03-01T10:00:00Z", "74950001122", "Анна"));
    }
    let z = zones();
    let first = day_page(&conn, &Filter::default(), None, Direction::Older, 2, &z).unwrap();
    let second = day_page(&conn, &Filter::default(), first.next, Direction::Older, 2, &z).unwrap();
    assert_eq!(second.rows.iter().map(|r| r.id.0).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn a_page_is_never_longer_than_its_bound() {
    let conn = database();
    for n in 0..501 {
        report(&conn, &reported(&n.to_string(), "2026-03-01T10:00:00Z", "74950001122", "Анна"));
    }
    let page = |limit| day_page(&conn, &Filter::default(), None, Direction::Older, limit, &zones()).unwrap();
    assert_eq!((page(0).rows.len(), page(500).rows.len(), page(5_000).rows.len()), (1, 500, 500));
    assert!(page(5_000).next.is_some());
}

#[test]
fn every_part_of_a_filter_has_to_fit_with_and_without_a_day() {
    let conn = database();
    ten(&conn);
    apply(&conn, &Change::SetTheme { call: CallId(3), theme: "Оплата".to_owned() }, None, &zones()).unwrap();
    apply(&conn, &Change::End { call: CallId(5), at: None }, None, &zones()).unwrap();
    let cases = [
        (Filter { centre: Some(Centre::Vilnius), ..Filter::default() }, vec![9, 7, 5, 3, 1]),
        (Filter { operator: Some("Анна".to_owned()), ..Filter::default() }, vec![10, 8, 6, 4, 2]),
        (Filter { operator: Some("никто".to_owned()), ..Filter::default() }, vec![]),
        (Filter { result: Some(4), ..Filter::default() }, vec![6]),
        (Filter { result: Some(-1), ..Filter::default() }, vec![10, 9, 7, 5, 3, 1]),
        (Filter { type_call: Some(6), ..Filter::default() }, vec![8]),
        (Filter { type_call: Some(99), centre: Some(Centre::Moscow), ..Filter::default() }, vec![10]),
        (Filter { theme: Some("Оплата".to_owned()), ..Filter::default() }, vec![3]),
        (Filter { only_open: true, ..Filter::default() }, vec![9, 7, 3, 1]),
        (Filter { agency: Some(AgencyId(7)), ..Filter::default() }, vec![9, 7, 5, 3, 1]),
        (Filter { agency: Some(AgencyId(0)), ..Filter::default() }, vec![]),
        (Filter { phone: part("0010", Place::Anywhere), ..Filter::default() }, (1..=10).rev().collect()),
        (Filter { phone: part("4950010", Place::Anywhere), ..Filter::default() }, vec![10, 8, 6, 4, 2]),
        (Filter { phone: part("0010", Place::End), ..Filter::default() }, vec![10]),
        (Filter { phone: part("8", Place::End), ..Filter::default() }, vec![8]),
        (Filter { phone: part("37", Place::Anywhere), ..Filter::default() }, vec![9, 7, 5, 3, 1]),
        (Filter { phone: part("+7 495 001 0004", Place::Whole), ..Filter::default() }, vec![4]),
        (Filter { phone: part("4950010004", Place::Whole), ..Filter::default() }, vec![]),
        (Filter { phone: part("001", Place::Anywhere), result: Some(6), ..Filter::default() }, vec![8]),
        (Filter { phone: part("", Place::Anywhere), ..Filter::default() }, vec![]),
        (Filter { phone: part(&"1".repeat(16), Place::Anywhere), ..Filter::default() }, vec![]),
    ];
    // Wherever the index of number parts has come to.
    for indexed in [0, 5, 10] {
        index_phones_upto(&conn, indexed);
        for (filter, want) in &cases {
            for days in [None, day(date(2026, 3, 1)), Some(DayRange { from: date(2026, 1, 1), to: date(2026, 6, 1) })] {
                let filter = Filter { days, ..filter.clone() };
                assert_eq!(&ids(&conn, &filter), want, "{indexed} {filter:?}");
                let counted = count(&conn, &filter, &zones()).unwrap();
                assert_eq!((counted.calls, counted.at_least), (want.len() as i64, false), "{indexed} {filter:?}");
                let mut streamed = vec![];
                for_each_row(&conn, &filter, &zones(), |row| {
                    streamed.push(row.id.0);
                    ControlFlow::Continue(())
                })
                .unwrap();
                assert_eq!(&streamed, want, "{indexed} {filter:?}");
                let total: i64 = operator_totals(&conn, &filter, &zones()).unwrap().iter().map(|t| t.calls).sum();
                assert_eq!(total, want.len() as i64, "{indexed} {filter:?}");
            }
            let other_day = Filter { days: day(date(2026, 3, 2)), ..filter.clone() };
            assert_eq!(ids(&conn, &other_day), [] as [i64; 0]);
        }
    }
}

#[test]
fn all_the_threes_of_a_part_are_not_yet_the_part() {
    let conn = database();
    report(&conn, &reported("1", "2026-03-01T10:00:00Z", "12342340", "Анна"));
    report(&conn, &reported("2", "2026-03-01T10:00:00Z", "34123400", "Анна"));
    index_phones_upto(&conn, 2);
    assert_eq!(ids(&conn, &Filter { phone: part("3412340", Place::Anywhere), ..Filter::default() }), [2]);
    // 123, 234 and 342 are all in the first, and 12342 is in it alone.
    assert_eq!(ids(&conn, &Filter { phone: part("12342", Place::Anywhere), ..Filter::default() }), [1]);
}

#[test]
fn the_index_of_number_parts_lags_behind_by_few_calls_and_no_search_notices() {
    let conn = database();
    let filter = Filter { phone: part("4950011", Place::Anywhere), ..Filter::default() };
    for n in 1..=1_100 {
        report(&conn, &reported(&n.to_string(), "2026-03-01T10:00:00Z", "74950011122", "Анна"));
        let upto: i64 = conn.query_row("SELECT id FROM call_phones_upto", [], |r| r.get(0)).unwrap();
        assert!((n - 511..=n).contains(&upto), "{upto} of {n}");
        if n % 100 == 0 {
            assert_eq!(count(&conn, &filter, &zones()).unwrap().calls, n);
        }
    }
    let mut steps = 0;
    while merge_phone_parts(&conn).unwrap() {
        steps += 1;
    }
    assert!(steps < 100, "merging comes to an end");
    assert_eq!(count(&conn, &filter, &zones()).unwrap().calls, 1_100);
}

#[test]
fn a_typed_part_says_where_it_looks() {
    assert_eq!(PhonePart::typed(" 600-11"), part("60011", Place::Anywhere));
    assert_eq!(PhonePart::typed(" *11 22"), part("1122", Place::End));
    assert_eq!(PhonePart::typed("*"), None);
}

#[test]
fn a_day_is_the_centres_own_day() {
    let conn = database();
    // 21:30 UTC: half past midnight in Moscow, half past eleven of the day before in Vilnius.
    let vilnius = begin(&conn, "2026-03-01T21:30:00Z", "37060011122", "c1", 0);
    let moscow = report(&conn, &reported("1", "2026-03-01T21:30:00Z", "74950001122", "Анна"));
    for (day_of, want) in [(date(2026, 3, 1), vilnius), (date(2026, 3, 2), moscow)] {
        assert_eq!(ids(&conn, &Filter { days: day(day_of), ..Filter::default() }), [want.0], "{day_of}");
    }
}

#[test]
fn a_stream_stops_when_told() {
    let conn = database();
    ten(&conn);
    let mut seen = 0;
    for_each_row(&conn, &Filter::default(), &zones(), |_| {
        seen += 1;
        if seen == 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .unwrap();
    assert_eq!(seen, 4);
}

#[test]
fn operators_are_totalled_with_the_mean_of_known_durations() {
    let conn = database();
    let z = zones();
    for (n, end) in [(1, Some("2026-03-01T10:01:00Z")), (2, Some("2026-03-01T10:00:31Z")), (3, None)] {
        let id = begin(&conn, "2026-03-01T10:00:00Z", &format!("3706001112{n}"), "c1", 0);
        apply(&conn, &Change::End { call: id, at: end.map(at) }, None, &z).unwrap();
    }
    begin(&conn, "2026-03-01T10:00:00Z", "37060011129", "", 0);
    let totals = operator_totals(&conn, &Filter { days: day(date(2026, 3, 1)), ..Filter::default() }, &z).unwrap();
    let totals: Vec<_> = totals.iter().map(|t| (t.operator.as_deref(), t.calls, t.mean_seconds)).collect();
    assert_eq!(totals, [(None, 1, None), (Some("c1"), 3, Some(45.5))]);
}

#[test]
fn hours_are_counted_by_centre_and_result_and_follow_a_change() {
    let conn = database();
    let mut call = reported("1", "2026-03-01T10:59:59.999Z", "74950001122", "Анна");
    call.result = Some(1);
    let id = report(&conn, &call);
    report(&conn, &reported("2", "2026-03-01T11:00:00Z", "74950001122", "Анна"));
    begin(&conn, "2026-03-01T10:00:00Z", "37060011122", "c1", 0);
    let bars = |from: &str, to: &str, centre| {
        let (from, to) = (at(from).as_millisecond(), at(to).as_millisecond());
        let bars = hour_histogram(&conn, from, to, centre).unwrap();
        bars.iter().map(|b| (b.hour / 3_600_000 % 24, b.centre, b.result, b.calls)).collect::<Vec<_>>()
    };
    let (moscow, vilnius) = (Centre::Moscow, Centre::Vilnius);
    assert_eq!(
        bars("2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z", None),
        [(10, moscow, Some(1), 1), (10, vilnius, None, 1), (11, moscow, None, 1)]
    );
    assert_eq!(bars("2026-03-01T10:00:01Z", "2026-03-01T12:00:00Z", None), [(11, moscow, None, 1)]);
    assert_eq!(bars("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", Some(vilnius)), [(10, vilnius, None, 1)]);
    call.result = Some(42);
    let change = Change::Report { call: Some(id), source_key: "feed/1".to_owned(), reported: Box::new(call) };
    apply(&conn, &change, None, &zones()).unwrap();
    assert_eq!(bars("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", Some(moscow)), [(10, moscow, None, 1)]);
}

#[test]
fn the_history_of_an_agency_leaves_out_the_call_at_hand() {
    let (conn, all) = (database(), Sight::default());
    let first = begin(&conn, "2026-03-01T10:00:00Z", "37060011122", "c1", 7);
    assert_eq!(history_of_agency(&conn, &all, AgencyId(7), first, 5, &zones()).unwrap(), []);
    for n in 0..7 {
        begin(&conn, &format!("2026-03-01T11:0{n}:00Z"), "37060011122", "c1", if n == 3 { 8 } else { 7 });
    }
    let history = |n| history_of_agency(&conn, &all, AgencyId(7), CallId(8), n, &zones()).unwrap();
    assert_eq!(history(5).iter().map(|r| r.id.0).collect::<Vec<_>>(), [7, 6, 4, 3, 2]);
    assert_eq!(history(50).len(), 6);
    assert_eq!(history_of_agency(&conn, &all, AgencyId(0), CallId(8), 5, &zones()).unwrap(), []);
}

#[test]
fn the_latest_calls_are_the_last_written_of_vilnius() {
    let conn = database();
    assert_eq!(latest(&conn, &Sight::default(), 5, &zones()).unwrap(), []);
    let first = begin(&conn, "2026-03-01T10:00:00Z", "37060011122", "c1", 0);
    let second = begin(&conn, "2026-03-01T09:00:00Z", "37060011123", "c1", 0);
    report(&conn, &reported("1", "2026-03-01T10:00:00Z", "74950001122", "Анна"));
    apply(&conn, &Change::End { call: first, at: None }, None, &zones()).unwrap();
    let calls = latest(&conn, &Sight::default(), 5, &zones()).unwrap();
    let shown: Vec<_> = calls.iter().map(|c| (c.call_info_id, c.time_begin.as_str(), c.time_end.as_str())).collect();
    assert_eq!(shown, [(second, "01.03.2026 11:00", "01.03.2026 11:00"), (first, "01.03.2026 12:00", "N/A")]);
    assert_eq!(latest(&conn, &Sight::default(), 1, &zones()).unwrap().len(), 1);
    let json = serde_json::to_value(&calls[0]).unwrap();
    let names: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        names,
        [
            "AGENCY_MANAGER",
            "AGENCY_NAME",
            "CALL_INFO_ID",
            "CURRATOR",
            "PHONE_NUMBER",
            "REGION",
            "THEME",
            "TIME_BEGIN",
            "TIME_END"
        ]
    );
}

#[test]
fn themes_are_offered_the_most_frequent_first_and_leave_when_unused() {
    let conn = database();
    ten(&conn);
    let set = |call: i64, theme: &str| {
        apply(&conn, &Change::SetTheme { call: CallId(call), theme: theme.to_owned() }, None, &zones()).unwrap();
    };
    set(1, "Оплата");
    set(2, "Виза");
    set(3, "Виза");
    assert_eq!(themes_used(&conn, 10).unwrap(), ["Виза", "Оплата"]);
    assert_eq!(themes_used(&conn, 1).unwrap(), ["Виза"]);
    set(1, "  Виза ");
    assert_eq!(themes_used(&conn, 10).unwrap(), ["Виза"]);
    set(1, " ");
    assert_eq!(by_ids(&conn, &[CallId(1)]).unwrap()[0].theme, None);
}

#[test]
fn the_old_names_show_the_same_journal() {
    let conn = database();
    let id = begin(&conn, "2026-03-01T10:00:00.250Z", "37060011122", "c1", 7);
    let shown = |id: CallId| -> (String, Option<String>, String, String, String) {
        conn.query_row(
            "SELECT TIME_BEGIN, TIME_END, AGENCY_ID, CURRATOR, state FROM call_info WHERE CALL_INFO_ID = ?1",
            [id.0],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)),
        )
        .unwrap()
    };
    let begun = "2026-03-01T10:00:00.250Z".to_owned();
    assert_eq!(shown(id), (begun.clone(), Some(begun.clone()), "7".to_owned(), "c1".to_owned(), "open".to_owned()));
    apply(&conn, &Change::End { call: id, at: None }, None, &zones()).unwrap();
    assert_eq!((shown(id).1, shown(id).4.as_str()), (None, "ended"));
    let mut call = reported("1", "2026-03-01T10:00:00Z", "74950001122", "Анна");
    (call.result, call.card_id, call.privat_processing_id) = (Some(2), Some(5), Some(6));
    call.telephone = Some(ReportedPhone { id: Some(9), number: Some("+7 495".to_owned()), ..ReportedPhone::default() });
    report(&conn, &call);
    let row: (String, i64, i64, i64) = conn
        .query_row("SELECT datetime, card_id, privat_processing_id, result FROM cc_calls", [], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
        })
        .unwrap();
    assert_eq!(row, ("2026-03-01T10:00:00.000Z".to_owned(), 5, 6, 2));
}

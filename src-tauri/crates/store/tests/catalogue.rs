//! The Moscow centre's catalogue: what reports write of it, the legacy shapes read from it, imports, and forgetting.

#![allow(clippy::unwrap_used, reason = "a test's own helpers stop the test")]

mod common;

use common::*;
use jiff::civil::date;
use pult_domain::{
    AgencyId, CallId, PhoneNumber,
    areas::calls::{
        CallResultRow, Centre, Change, Reference, ReportedAgency, ReportedCall, ReportedPhone, ReportedProcessing,
    },
};
use pult_store::{
    agencies::{PhoneRow, agencies_search, agency_details, import_agency_phone},
    calls::{
        DayRange, Direction, Filter, HistoryRow, Imported, PhonePart, Place, Schedule, Sight, agency_of_enquiry, apply,
        by_ids, client_card, day_page, delete_before, erase_phone, import_history, import_reported, import_schedule,
        monthly_stats, moscow_day, today_stats,
    },
};
use rusqlite::Connection;

fn name(text: &str) -> Option<Reference> {
    Some(Reference { id: None, name: Some(text.to_owned()) })
}

fn phone(id: Option<i64>, number: &str) -> ReportedPhone {
    ReportedPhone {
        id, number: Some(number.to_owned()), comment: Some("приёмная".to_owned()), time_rezhim_id: Some(3)
    }
}

fn result(id: Option<i64>, telephone: ReportedPhone, result: i64, datetime: &str) -> CallResultRow {
    CallResultRow { id, telephone: Some(telephone), result: Some(result), datetime: Some(at(datetime)) }
}

/// A call with everything a source can tell.
fn full() -> ReportedCall {
    let mut call = reported("1", "2026-03-01T10:00:00Z", "+7 (495) 000-11-22", "Анна");
    call.card_id = Some(11);
    call.privat_processing_id = Some(21);
    call.result = Some(1);
    call.type_call = Some(5);
    call.privat_processing = Some(ReportedProcessing {
        country: name("Италия"),
        metro: Some(Reference { id: Some(4), name: Some("Сокол".to_owned()) }),
        manager_name: name("Ольга"),
        client_name: name("Пётр"),
        client_city: name("Тверь"),
        ads: name("Радио"),
        ..ReportedProcessing::default()
    });
    call.calls_result = vec![
        result(Some(31), phone(Some(41), "8 499 1"), 1, "2026-03-01T10:05:00Z"),
        result(None, phone(None, "8 499 2"), 0, "2026-03-01T10:06:00Z"),
    ];
    call.agentstvo = Some(ReportedAgency {
        id: Some(51),
        name: Some("Ромашка".to_owned()),
        english_name: Some("Romashka".to_owned()),
        adres: Some("Ленина, 1".to_owned()),
        telephones: vec![phone(Some(41), "8 499 1"), phone(None, "8 499 2")],
        city: name("Москва"),
        metro: name("Сокол"),
        district: name("САО"),
        area: name("Сокол-район"),
        region: name("Центр"),
        bank_card: Some(true),
        tickets: Some(false),
        ..ReportedAgency::default()
    });
    call
}

fn again(conn: &Connection, id: CallId, call: ReportedCall) {
    let change = Change::Report { call: Some(id), source_key: "feed/1".to_owned(), reported: Box::new(call) };
    assert_eq!(apply(conn, &change, None, &zones()).unwrap(), Some(id));
}

fn counted(conn: &Connection, table: &str) -> i64 {
    conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0)).unwrap()
}

#[test]
fn a_report_again_adds_no_second_row_anywhere() {
    let conn = database();
    let id = report(&conn, &full());
    let tables = [
        "calls",
        "operators",
        "cc_telephone",
        "cc_cards",
        "cc_privat_processing",
        "cc_calls_result",
        "cc_agentstvo",
        "cc_names",
        "cc_city",
        "cc_metro",
        "cc_district",
        "cc_areas",
        "cc_regions",
        "cc_country",
        "cc_ads",
    ];
    let before: Vec<_> = tables.iter().map(|t| counted(&conn, t)).collect();
    assert_eq!(before, [1, 1, 3, 1, 1, 2, 1, 2, 2, 1, 1, 1, 1, 1, 1]);
    again(&conn, id, full());
    assert_eq!(tables.iter().map(|t| counted(&conn, t)).collect::<Vec<_>>(), before);
}

#[test]
fn a_row_named_without_an_id_gets_one_of_our_own_range() {
    let conn = database();
    report(&conn, &full());
    let own: i64 = conn.query_row("SELECT id FROM cc_city WHERE name = 'Москва'", [], |r| r.get(0)).unwrap();
    assert!(own > 1_000_000_000_000, "{own}");
    let listed: String =
        conn.query_row("SELECT calls_results_ids FROM cc_privat_processing WHERE id = 21", [], |r| r.get(0)).unwrap();
    assert_eq!(listed, "31|1000000000001");
}

#[test]
fn the_client_card_needs_a_card_an_enquiry_and_its_row() {
    let conn = database();
    for (n, card, enquiry, row, want) in [
        (1, Some(11), Some(21), true, true),
        (2, None, Some(22), true, false),
        (3, Some(0), Some(23), true, false),
        (4, Some(-1), Some(24), true, false),
        (5, Some(15), None, false, false),
        (6, Some(16), Some(0), true, false),
        (7, Some(17), Some(27), false, false),
    ] {
        let mut call = full();
        (call.source_id, call.card_id, call.privat_processing_id) = (n.to_string(), card, enquiry);
        if !row {
            call.privat_processing = None;
            call.calls_result = vec![];
        }
        let id = report(&conn, &call);
        assert_eq!(by_ids(&conn, &[id]).unwrap()[0].has_client_card, want, "case {n}");
        assert_eq!(client_card(&conn, id).unwrap().is_some(), want, "case {n}");
        let day = moscow_day(&conn, date(2026, 3, 1), &zones()).unwrap();
        assert_eq!(day.iter().find(|c| c.id == id).unwrap().has_client_card, want, "case {n}");
    }
    let card = client_card(&conn, CallId(1)).unwrap().unwrap();
    let json = serde_json::to_value(card).unwrap();
    let want = serde_json::json!({
        "processing_id": 21, "client_name": "Пётр", "client_city": "Тверь", "manager_name": "Ольга", "metro_name": "Сокол",
        "country_name": "Италия", "ad_name": "Радио", "phone": "+7 (495) 000-11-22",
    });
    assert_eq!(json, want);
    assert_eq!(client_card(&conn, CallId(99)).unwrap(), None);
}

#[test]
fn a_day_of_moscow_has_the_legacy_shape() {
    let conn = database();
    report(&conn, &full());
    let mut late = reported("2", "2026-03-01T20:59:59Z", "скрыт", "");
    late.telephone = None;
    report(&conn, &late);
    report(&conn, &reported("3", "2026-03-01T21:00:00Z", "1234567", "Анна"));
    begin(&conn, "2026-03-01T10:00:00Z", "37060011122", "c1", 0);
    let day = moscow_day(&conn, date(2026, 3, 1), &zones()).unwrap();
    let want = serde_json::json!([
        {"id": 2, "phone_number": null, "operator": null, "time": "01.03.2026, 23:59:59", "card_id": null, "pp_id": null,
         "has_client_card": false, "result": null, "call_result_text": "Неизвестный результат", "call_type_text": "Неизвестный тип"},
        {"id": 1, "phone_number": "+7 (495) 000-11-22", "operator": "Анна", "time": "01.03.2026, 13:00:00", "card_id": 11, "pp_id": 21,
         "has_client_card": true, "result": 1, "call_result_text": "Обработано", "call_type_text": "Заказ тура"},
    ]);
    assert_eq!(serde_json::to_value(day).unwrap(), want);
}

#[test]
fn the_agency_of_an_enquiry_is_that_of_its_latest_call() {
    let conn = database();
    report(&conn, &full());
    let found = |excluded: &[i64]| agency_of_enquiry(&conn, 21, excluded, &zones()).unwrap();
    let agency = found(&[280, 318]).unwrap();
    assert_eq!((agency.agency_db_id, agency.id), (51, 1_000_000_000_001));
    assert_eq!((agency.result, agency.call_result_text.as_str()), (Some(0), "дозвон"));
    assert_eq!(agency.datetime.as_deref(), Some("01.03.2026 13:06:00"));
    let texts = [
        &agency.agency_name_ru,
        &agency.agency_name_en,
        &agency.agency_address,
        &agency.columns.city_name,
        &agency.agency_metro_name,
        &agency.columns.district_name,
        &agency.columns.area_name,
        &agency.columns.region_name_from_db,
        &agency.client_country,
        &agency.client_metro,
        &agency.manager_name,
        &agency.client_name,
        &agency.operator_name,
    ];
    assert_eq!(
        texts.map(|t| t.as_deref().unwrap()),
        [
            "Ромашка",
            "Romashka",
            "Ленина, 1",
            "Москва",
            "Сокол",
            "САО",
            "Сокол-район",
            "Центр",
            "Италия",
            "Сокол",
            "Ольга",
            "Пётр",
            "Анна"
        ]
    );
    assert_eq!(
        (agency.columns.bank_card, agency.columns.tickets, agency.columns.english),
        (Some(true), Some(false), None)
    );
    assert_eq!(
        agency.telephones_detailed.iter().map(|t| t.number.as_deref().unwrap()).collect::<Vec<_>>(),
        ["8 499 1", "8 499 2"]
    );
    assert_eq!(serde_json::to_value(&agency).unwrap().as_object().unwrap().len(), 41);
    assert_eq!(found(&[51]), None, "excluded");
    assert_eq!(agency_of_enquiry(&conn, 22, &[], &zones()).unwrap(), None);
    conn.execute("UPDATE cc_district SET hidden = 1", []).unwrap();
    assert_eq!(found(&[]), None, "in a hidden district");
    conn.execute("UPDATE cc_district SET hidden = 0", []).unwrap();
    conn.execute("UPDATE cc_agentstvo SET hidden = 1", []).unwrap();
    assert_eq!(found(&[]), None, "hidden");
}

#[test]
fn agencies_are_searched_in_every_column_without_regard_to_case() {
    let conn = database();
    report(&conn, &full());
    let mut other = full();
    other.source_id = "2".to_owned();
    other.agentstvo = Some(ReportedAgency { name: Some("Астра".to_owned()), ..ReportedAgency::default() });
    report(&conn, &other);
    let mut hidden = full();
    hidden.source_id = "3".to_owned();
    hidden.agentstvo = Some(ReportedAgency {
        id: Some(9),
        name: Some("Тайна".to_owned()),
        hidden: Some(true),
        ..ReportedAgency::default()
    });
    report(&conn, &hidden);
    let names = |search: Option<&str>, most| {
        let found = agencies_search(&conn, search, most).unwrap();
        found.into_iter().map(|a| a.name.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(names(None, 200), ["Астра", "Ромашка"]);
    assert_eq!(names(Some("  "), 1), ["Астра"]);
    for search in ["РОМАШ", "romash", "ленина", "МОСКВА", "сокол", "сао", "499 2"] {
        assert_eq!(names(Some(search), 200), ["Ромашка"], "{search}");
    }
    assert_eq!(names(Some("Тайна"), 200), [] as [String; 0]);
    let line = serde_json::to_value(&agencies_search(&conn, Some("Ромашка"), 1).unwrap()[0]).unwrap();
    assert_eq!(
        (&line["ID_TR"], &line["telephone_2_number"], &line["ALL_TELEPHONES_CONCAT"]),
        (&51.into(), &"8 499 2".into(), &"8 499 1, 8 499 2".into())
    );
}

#[test]
fn an_agency_shows_the_hours_of_its_telephones() {
    let conn = database();
    report(&conn, &full());
    let details = |id| agency_details(&conn, id).unwrap();
    assert_eq!(details(51).unwrap().telephones[0].work_schedule, None);
    let mut schedule = Schedule { id: 3, ..Schedule::default() };
    schedule.days[0] = Some(("09:00".to_owned(), "18:00".to_owned()));
    import_schedule(&conn, &schedule).unwrap();
    import_schedule(&conn, &schedule).unwrap();
    let json = serde_json::to_value(details(51).unwrap()).unwrap();
    assert_eq!(json["telephones"][0]["work_schedule"]["monday"], "09:00 - 18:00");
    assert_eq!(json["telephones"][0]["work_schedule"]["sunday"], "Выходной");
    assert_eq!((&json["telephones"][0]["id"], &json["telephones"][0]["comment"]), (&41.into(), &"приёмная".into()));
    assert_eq!(
        (&json["name"], &json["city_name"], &json["hidden"]),
        (&"Ромашка".into(), &"Москва".into(), &false.into())
    );
    assert_eq!(details(52), None);
}

#[test]
fn a_second_report_of_an_agency_takes_nothing_away() {
    let conn = database();
    let id = report(&conn, &full());
    let mut less = full();
    less.agentstvo =
        Some(ReportedAgency { id: Some(51), comment: Some("новое".to_owned()), ..ReportedAgency::default() });
    again(&conn, id, less);
    let agency = agency_details(&conn, 51).unwrap().unwrap();
    assert_eq!((agency.agency.name.as_deref(), agency.agency.comment.as_deref()), (Some("Ромашка"), Some("новое")));
    assert_eq!(agency.telephones.len(), 2);
}

#[test]
fn months_and_days_are_counted_from_the_totals() {
    let conn = database();
    for (n, began) in ["2025-12-31T20:59:59Z", "2025-12-31T21:00:00Z", "2026-01-15T10:00:00Z"].iter().enumerate() {
        report(&conn, &reported(&n.to_string(), began, "1234567", "Анна"));
    }
    let id = begin(&conn, "2026-01-15T10:00:00Z", "37060011122", "c1", 0);
    apply(&conn, &Change::End { call: id, at: Some(at("2026-01-15T10:03:15Z")) }, None, &zones()).unwrap();
    let months: Vec<_> =
        monthly_stats(&conn, &Sight::default()).unwrap().iter().map(|m| (m.year, m.month, m.count)).collect();
    assert_eq!(months, [(2025, 12, 1), (2026, 1, 2)]);
    let today = |day, centre| today_stats(&conn, day, centre).unwrap();
    let both = today(date(2026, 1, 15), None);
    assert_eq!((both.calls, both.mean_seconds), (2, Some(195.0)));
    let moscow = today(date(2026, 1, 15), Some(Centre::Moscow));
    assert_eq!((moscow.calls, moscow.mean_seconds), (1, None));
    assert_eq!(today(date(2026, 1, 16), None).calls, 0);
}

fn history(id: i64, theme: &str) -> HistoryRow {
    HistoryRow {
        call_info_id: id,
        time_begin: at("2020-05-05T10:00:00Z"),
        time_end: Some(at("2020-05-05T10:00:00Z")),
        agency_id: Some(AgencyId(7)),
        phone_number: Some("+37060011122".to_owned()),
        currator: Some("c1".to_owned()),
        theme: Some(theme.to_owned()),
        region: Some("lt".to_owned()),
        agency_manager: None,
        agency_name: None,
    }
}

#[test]
fn imported_rows_are_written_once_by_their_key() {
    let conn = database();
    assert_eq!(import_history(&conn, &history(5, "Виза"), &zones()).unwrap(), Imported::Added);
    assert_eq!(import_history(&conn, &history(5, "Оплата"), &zones()).unwrap(), Imported::Updated);
    let rows = by_ids(&conn, &[CallId(1)]).unwrap();
    assert_eq!((counted(&conn, "calls"), rows[0].theme.as_deref(), rows[0].ended_at), (1, Some("Оплата"), None));
    let (id, outcome) = import_reported(&conn, "calls/9", &full(), &zones()).unwrap();
    assert_eq!(outcome, Imported::Added);
    assert_eq!(import_reported(&conn, "calls/9", &full(), &zones()).unwrap(), (id, Imported::Updated));
    let row = |phone: &str| PhoneRow { agency_id: 7, agency_phone: phone.to_owned(), oc_rowid: None, o_rowid: None };
    assert_eq!(import_agency_phone(&conn, &row("+370 1")).unwrap(), Some(Imported::Added));
    assert_eq!(import_agency_phone(&conn, &row("+370 1")).unwrap(), Some(Imported::Updated));
    assert_eq!(import_agency_phone(&conn, &row("нет")).unwrap(), None);
}

#[test]
fn an_erased_person_is_nowhere_and_the_totals_stay() {
    let conn = database();
    let id = report(&conn, &full());
    let other = report(&conn, &reported("2", "2026-03-01T11:00:00Z", "74950001123", "Анна"));
    let phone = PhoneNumber::digits_of("+7 495 000 11 22").unwrap();
    let erased = erase_phone(&conn, &phone, |_| false).unwrap();
    assert_eq!((erased.calls, erased.telephones, erased.enquiries, erased.kept), (vec![id], 1, 1, 0));
    let row = by_ids(&conn, &[id]).unwrap().remove(0);
    assert_eq!((row.phone, row.pp_id, row.has_client_card), (None, None, false));
    assert_eq!(by_ids(&conn, &[other]).unwrap()[0].phone.as_deref(), Some("74950001123"));
    let part = Some(PhonePart { digits: "50001122".to_owned(), place: Place::Anywhere });
    for days in [None, Some(DayRange::day(date(2026, 3, 1)))] {
        let filter = Filter { phone: part.clone(), days, ..Filter::default() };
        assert_eq!(day_page(&conn, &filter, None, Direction::Older, 10, &zones()).unwrap().rows, []);
    }
    let left: i64 = conn
        .query_row(
            "SELECT (SELECT count(*) FROM cc_names WHERE name = 'Пётр') + (SELECT count(*) FROM cc_telephone WHERE number LIKE '%11-22')",
            [],
            |r| r.get(0),
        )
        .unwrap();
    assert_eq!(left, 0);
    assert_eq!(today_stats(&conn, date(2026, 3, 1), None).unwrap().calls, 2);
    // An agency's own telephone is the agency's.
    let agency = erase_phone(&conn, &PhoneNumber::digits_of("84991").unwrap(), |_| false).unwrap();
    assert_eq!((agency.calls, agency.telephones, agency.kept), (vec![], 0, 1));
    assert_eq!(agency_details(&conn, 51).unwrap().unwrap().telephones.len(), 2);
}

#[test]
fn old_calls_go_in_slices_and_leave_their_totals() {
    let conn = database();
    for n in 0..5 {
        report(&conn, &reported(&n.to_string(), &format!("2026-03-0{}T10:00:00Z", n + 1), "74950001122", "Анна"));
    }
    // Begun on 3 March in UTC, on the 4th in Moscow.
    let edge = report(&conn, &reported("edge", "2026-03-03T22:00:00Z", "74950001122", "Анна"));
    let slice = || delete_before(&conn, date(2026, 3, 4), 2).unwrap();
    assert_eq!((slice(), slice(), slice()), (2, 1, 0));
    assert_eq!(by_ids(&conn, &[CallId(3), CallId(4), edge]).unwrap().len(), 2);
    assert_eq!(monthly_stats(&conn, &Sight::default()).unwrap()[0].count, 6);
    let filter =
        Filter { phone: Some(PhonePart { digits: "0001".to_owned(), place: Place::Anywhere }), ..Filter::default() };
    assert_eq!(day_page(&conn, &filter, None, Direction::Older, 10, &zones()).unwrap().rows.len(), 3);
}

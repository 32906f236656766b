//! The Moscow journal: rows of the feed and of watched files, and what the addresses of old answer about them.
//!
//! Deliberately not here: single fields of a row, which have samples beside the integration.

use std::fs;

use jiff::{Timestamp, tz::TimeZone};
use pult_domain::areas::calls::codes::{result_text, type_text};
use serde_json::{Value, json};

use crate::{
    caller::{Caller, look_until},
    house::{FEED_KEY, House, Setup},
    senders::{feed, ring, row},
};

const DAY: &str = "2026-03-10";

fn at(time: &str) -> String {
    format!("{DAY} {time}")
}

async fn legacy(chief: &Caller, path: &str) -> Value {
    let answer = chief.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

async fn moscow(chief: &Caller, date: &str) -> Vec<Value> {
    let answer = legacy(chief, &format!("/api/moscow-calls?date={date}")).await;
    assert_eq!(answer["success"], true);
    answer["calls"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_same_source_id_twice_is_one_call_brought_up_to_date() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let hooks = pultd.at_hooks();
    let mut call = row("m-1", &at("10:00:00"), "+74950001111");
    let first = feed(&hooks, &[call.clone()]).await.json();
    assert_eq!(first, json!({ "success": true, "accepted": 1, "updated": 0, "rejected": [] }));
    call["calls"]["result"] = json!(1);
    let second = feed(&hooks, &[call.clone(), call]).await.json();
    assert_eq!(second, json!({ "success": true, "accepted": 0, "updated": 2, "rejected": [] }));
    let calls = moscow(&chief, DAY).await;
    assert_eq!((calls.len(), &calls[0]["call_result_text"]), (1, &json!("Обработано")));
    assert_eq!(calls[0]["time"], "10.03.2026, 10:00:00");
}

#[tokio::test]
async fn five_hundred_rows_are_taken_and_one_more_is_too_many() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let rows: Vec<Value> = (0..501).map(|n| row(&format!("m-{n}"), &at("10:00:00"), "+74950001111")).collect();
    let many = feed(&pultd.at_hooks(), &rows).await;
    assert_eq!((many.status, &many.json()["success"]), (413, &json!(false)));
    assert_eq!(moscow(&chief, DAY).await.len(), 0, "nothing of it is taken");
    let most = feed(&pultd.at_hooks(), &rows[..500]).await.json();
    assert_eq!((&most["accepted"], &most["rejected"]), (&json!(500), &json!([])));
    assert_eq!(moscow(&chief, DAY).await.len(), 500);
}

#[tokio::test]
async fn a_bad_row_stops_no_other() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let rows = [
        row("m-1", &at("10:00:00"), "+74950001111"),
        json!({ "source_id": "m-2", "calls": {} }),
        json!({ "calls": { "datetime": at("10:00:01") } }),
        json!({ "source_id": "m-4", "calls": { "datetime": "yesterday" } }),
        row("m-5", &at("10:00:02"), "+74950001111"),
    ];
    let answer = feed(&pultd.at_hooks(), &rows).await;
    let body = answer.json();
    assert_eq!((answer.status, &body["accepted"]), (200, &json!(2)));
    let rejected = body["rejected"].as_array().unwrap();
    assert_eq!(rejected.iter().map(|r| r["index"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(rejected[0]["error"].as_str().unwrap().contains("calls.datetime"));
    assert_eq!(moscow(&chief, DAY).await.len(), 2);
}

#[tokio::test]
async fn a_batch_that_is_none_and_a_wrong_key_are_told_apart() {
    let house = House::usual();
    let pultd = house.serve().await;
    let hooks = pultd.at_hooks();
    let send = |key: &str, body: &'static str| {
        let caller = hooks.with_key(key);
        async move { caller.send(caller.request(reqwest::Method::POST, "/api/v1/calls").body(body)).await.status }
    };
    assert_eq!(send(FEED_KEY, "not json").await, 400);
    assert_eq!(send(FEED_KEY, "{\"rows\":[]}").await, 400);
    assert_eq!(send("wrong", "{\"calls\":[]}").await, 401);
    assert_eq!(hooks.post("/api/v1/calls", &json!({ "calls": [] })).await.status, 401);
}

#[tokio::test]
async fn a_missing_or_malformed_date_is_today() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let today = Timestamp::now().to_zoned(TimeZone::get("Europe/Moscow").unwrap());
    let now = today.strftime("%Y-%m-%d %H:%M:%S").to_string();
    feed(&pultd.at_hooks(), &[row("now", &now, "+74950001111"), row("then", &at("10:00:00"), "+74950002222")]).await;
    let midnight_is_near = today.hour() == 23 && today.minute() == 59;
    for date in ["", "?date=", "?date=2026-13-40", "?date=10.03.2026", "?date=today"] {
        for path in ["/api/moscow-calls", "/api/calls"] {
            let calls = legacy(&chief, &format!("{path}{date}")).await;
            let numbers: Vec<_> =
                calls["calls"].as_array().unwrap().iter().map(|c| c["phone_number"].clone()).collect();
            assert!(
                midnight_is_near || numbers.len() == 1 && numbers[0].as_str().unwrap().ends_with("1111"),
                "{numbers:?}"
            );
        }
    }
    assert_eq!(moscow(&chief, DAY).await.len(), 1);
}

#[tokio::test]
async fn every_code_has_its_text() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let codes = [None, Some(-1), Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), Some(6), Some(7), Some(99)];
    let mut rows = vec![];
    for (n, code) in codes.into_iter().enumerate() {
        let mut call = row(&format!("m-{n}"), &at(&format!("10:00:{n:02}")), "+74950001111");
        call["calls"]["result"] = json!(code);
        call["calls"]["type_call"] = json!(code);
        rows.push(call);
    }
    assert_eq!(feed(&pultd.at_hooks(), &rows).await.json()["accepted"], codes.len());
    let calls = moscow(&chief, DAY).await;
    // Newest first.
    for (call, code) in calls.iter().rev().zip(codes) {
        assert_eq!(call["call_result_text"], result_text(code), "{code:?}");
        assert_eq!(call["call_type_text"], type_text(code), "{code:?}");
    }
    assert_eq!(calls.iter().filter(|c| c["call_result_text"] == "Неизвестный результат").count(), 4);
    assert_eq!(calls.iter().filter(|c| c["call_type_text"] == "Неизвестный тип").count(), 3);
}

#[tokio::test]
async fn a_client_card_needs_a_card_an_enquiry_and_its_row() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let of = |n: i64, card: Value, enquiry: Value, known: bool| {
        let mut call = row(&format!("m-{n}"), &at(&format!("10:00:{n:02}")), "+74950001111");
        call["calls"]["card_id"] = card;
        call["calls"]["privat_processing_id"] = enquiry.clone();
        if known {
            call["privat_processing"] = json!({ "id": enquiry, "client_name_id": "Иван Заречный" });
        }
        call
    };
    let rows = [
        of(0, json!(7), json!(70), true),
        of(1, json!(0), json!(71), true),
        of(2, Value::Null, json!(72), true),
        of(3, json!(7), json!(0), false),
        of(4, json!(7), Value::Null, false),
        of(5, json!(7), json!(75), false),
    ];
    assert_eq!(feed(&pultd.at_hooks(), &rows).await.json()["accepted"], rows.len());
    let calls = moscow(&chief, DAY).await;
    let has: Vec<_> = calls.iter().rev().map(|c| c["has_client_card"].as_bool().unwrap()).collect();
    assert_eq!(has, [true, false, false, false, false, false]);

    let with = calls.last().unwrap();
    let card = legacy(&chief, &format!("/api/client-card/call/{}", with["id"])).await;
    assert_eq!((&card["success"], &card["client_data"]["client_name"]), (&json!(true), &json!("Иван Заречный")));
    let none = legacy(&chief, &format!("/api/client-card/call/{}", calls[0]["id"])).await;
    assert_eq!(none, json!({ "success": false, "error": "Информация о клиенте не найдена" }));
}

#[tokio::test]
async fn statistics_count_what_is_there_and_nothing_else() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let of = |n: i64, day: &str, operator: Option<&str>| {
        let mut call = row(&format!("m-{n}"), &format!("{day} 10:00:{n:02}"), "+74950001111");
        if let Some(name) = operator {
            call["operators"] = json!({ "name": name });
        }
        call
    };
    let rows = [
        of(0, DAY, Some("Савина Елена")),
        of(1, DAY, Some("Родин Денис")),
        of(2, DAY, Some("Савина Елена")),
        of(3, DAY, None),
        of(4, "2026-02-28", Some("Родин Денис")),
        of(5, "2025-12-31", Some("Родин Денис")),
    ];
    feed(&pultd.at_hooks(), &rows).await;
    let stats = legacy(&chief, &format!("/api/moscow-operator-stats?date={DAY}")).await;
    let want = json!([
        { "operator_name": "Родин Денис", "call_count": 1 }, { "operator_name": "Савина Елена", "call_count": 2 }
    ]);
    assert_eq!(stats, json!({ "success": true, "stats": want }));
    let months = legacy(&chief, "/api/moscow-calls-monthly-stats").await;
    let want = json!([
        { "year": 2025, "month": 12, "count": 1 }, { "year": 2026, "month": 2, "count": 1 },
        { "year": 2026, "month": 3, "count": 4 }
    ]);
    assert_eq!(months, json!({ "success": true, "stats": want }));
    let today = legacy(&chief, "/api/call_stats").await;
    assert_eq!(today, json!({ "total_calls": 0, "avg_time": "0:00" }));
}

#[tokio::test]
async fn the_addresses_of_old_are_closed_to_strangers_and_to_those_without_the_grant() {
    let house = House::usual();
    house.person("eye", "viewer").await;
    let (pultd, _) = house.open().await;
    let (nobody, eye) = (pultd.at_console(), pultd.signed_in("eye").await);
    for path in [
        "/api/moscow-calls",
        "/api/calls",
        "/api/moscow-operator-stats",
        "/api/moscow-calls-monthly-stats",
        "/api/client-card/call/1",
        "/api/call-agency-data/1",
        "/api/agencies",
        "/api/agency-details/1",
    ] {
        assert_eq!(nobody.get(path).await.status, 401, "{path}");
        assert_eq!(eye.get(path).await.status, 403, "{path}");
    }
    assert_eq!((nobody.get("/api/call_stats").await.status, eye.get("/api/call_stats").await.status), (401, 200));
}

#[tokio::test]
async fn a_centre_is_chosen_and_both_are_shown() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    feed(&pultd.at_hooks(), &[row("m-1", &at("10:00:00"), "+74950001111")]).await;
    ring(&pultd.at_hooks(), "newcall", "+37060011122", "o.belova").await;
    chief.until_settled().await;
    for (centre, want) in [(json!("moscow"), 1), (json!("vilnius"), 1), (Value::Null, 2)] {
        let rows = chief.calls_of(json!({ "centre": centre })).await;
        assert_eq!(rows.len(), want, "{centre}");
        assert!(centre.is_null() || rows.iter().all(|row| row["centre"] == centre));
    }
}

#[tokio::test]
async fn a_new_row_is_told_by_its_id_and_then_read() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let mut events = chief.listen().await;
    feed(&pultd.at_hooks(), &[row("m-1", &at("10:00:00"), "+74950001111")]).await;
    let ids = events.ids_of("calls").await;
    assert_eq!(ids.len(), 1);
    let rows = chief.must("calls.rows", json!({ "ids": ids })).await;
    assert_eq!(rows["rows"][0]["phone"], "74950001111");
    // The same row with the filter of a screen that shows another centre: it is not for that screen.
    let elsewhere = json!({
        "centre": "vilnius", "days": null, "phone": null, "operator": null, "result": null, "type_call": null,
        "theme": null, "agency": null, "only_open": false
    });
    let rows = chief.must("calls.rows", json!({ "ids": ids, "filter": elsewhere })).await;
    assert_eq!(rows["rows"], json!([]));
}

#[tokio::test]
async fn a_watched_folder_takes_tables_and_json() {
    let incoming = tempfile::tempdir().unwrap();
    let house = Setup::new().areas(&format!("watch_dir = \"{}\"\n", incoming.path().display())).build();
    let table = format!(
        "source_id,calls.datetime,calls.result,telephone.number\nf-1,{DAY} 10:00:00,1,+74950001111\nf-2,never,1,+74950002222\n"
    );
    fs::write(incoming.path().join("a.csv"), table).unwrap();
    let rows = json!({ "calls": [row("f-3", &at("10:00:01"), "+74950003333"), { "source_id": "f-4", "calls": {} }] });
    fs::write(incoming.path().join("b.json"), rows.to_string()).unwrap();
    let (_pultd, chief) = house.open().await;
    let errors = |name: &str| fs::read_to_string(incoming.path().join(name)).ok();
    let done = |name: &str| incoming.path().join("done").join(name).is_file();
    look_until(|| (done("a.csv") && done("b.json")).then_some(())).await;
    chief.until_settled().await;
    let calls = moscow(&chief, DAY).await;
    let numbers: Vec<_> = calls.iter().map(|c| c["phone_number"].as_str().unwrap().trim_start_matches('+')).collect();
    assert_eq!(numbers, ["74950003333", "74950001111"]);
    assert!(errors("a.csv.errors.csv").unwrap().contains("never"));
    assert!(errors("b.json.errors.csv").unwrap().contains("f-4"));
    // The same file once more: nothing is doubled.
    fs::copy(incoming.path().join("done/a.csv"), incoming.path().join("again.csv")).unwrap();
    look_until(|| done("again.csv").then_some(())).await;
    chief.until_settled().await;
    assert_eq!(moscow(&chief, DAY).await.len(), 2);
}

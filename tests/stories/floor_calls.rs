//! Calls the floor has seen, as rows of the journal of calls (behaviour/helpdesk 1.5): from the first ring at the platform to the row.
//!
//! Deliberately not here: what a row is made of and which row it fills (the rule's tables), and who may follow calls (`floor_news`).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    caller::look_until,
    platform::{PLATFORM_PASSWORD, live, operator, platform, put, subscribed, watching},
};

#[tokio::test]
async fn a_call_seen_on_the_floor_is_in_the_journal_once_when_it_is_over() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    // Its calls are told to whoever asked for them, and nothing of before.
    let asked = || subscribed(&platform, 0, "/71003/Dialogs").len();
    look_until(|| (asked() > 0).then_some(())).await;
    put(&platform, "71003", "RESERVED");
    let ringing = operator(&chief, "71003", |row| row["dialogs"][0]["phase"] == "ringing").await;
    let dialog = ringing["dialogs"][0].clone();
    assert_eq!(dialog["direction"], "inbound", "{dialog}");
    put(&platform, "71003", "TALKING");
    operator(&chief, "71003", |row| row["dialogs"][0]["phase"] == "active").await;
    chief.until_settled().await;
    assert_eq!(chief.calls().await, Vec::<Value>::new(), "what goes on is no row yet");
    put(&platform, "71003", "WORK");
    put(&platform, "71003", "READY");
    let calls = chief.until(async || Some(chief.calls().await).filter(|calls| !calls.is_empty())).await;
    let [call] = &calls[..] else { panic!("{calls:?}") };
    let began: Timestamp = dialog["began"].as_str().unwrap().parse().unwrap();
    let known = (&call["operator"], &call["started_at"], &call["state"], &call["centre"]);
    assert_eq!(known, (&ringing["name"], &json!(began.as_millisecond()), &json!("ended"), &json!("moscow")));
    let number = dialog["number"].as_str().unwrap();
    assert_eq!(call["phone"].as_str(), Some(number), "the number as it came");
    assert_eq!((&call["result"], &call["type_call"]), (&Value::Null, &Value::Null), "the house's map names no reason");
    let row = operator(&chief, "71003", |row| row["group"] == "ready").await;
    assert_eq!(row["dialogs"], json!([]));
    // The next one is another row, and the first is not told again.
    put(&platform, "71003", "TALKING");
    operator(&chief, "71003", |row| row["dialogs"][0]["phase"] == "active").await;
    put(&platform, "71003", "READY");
    chief.until(async || (chief.calls().await.len() > 1).then_some(())).await;
    chief.until_settled().await;
    let calls = chief.calls().await;
    assert_eq!((calls.len(), &calls[1]["id"]), (2, &call["id"]));
    platform.stop().await;
}

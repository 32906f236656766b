//! The tracker's contract, its scenarios 1, 4 to 8 and 10, with the real tracker at the other end (contracts/redmine 10).
//!
//! Deliberately not here: scenarios that need a clock or an order of commits of their own (`tickets_rounds`, `tickets_many`), and what the
//! tracker does by itself (the facts the simulator is held to).

use pult_simulators::redmine_server::{AGENT, REPORTER, SUPERVISOR};
use serde_json::{Value, json};

use crate::{
    bridge_house::notices as standing,
    redmine_house::Office,
    tickets_house::{IN_PROGRESS, NEW, known, notices},
};

/// The tracker's number of a status that a reporter may not set.
const RESOLVED: i64 = 3;

/// The last entry of a ticket's history as somebody sees it.
fn last(ticket: &Value) -> Value {
    ticket["entries"].as_array().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn one_entry_is_one_notice_with_both_parts_and_whoever_had_a_ticket_hears_of_its_going() {
    let (office, id) = Office::with("admin").await;
    let (vera, anna, boris) = (
        office.pultd.signed_in("vera").await,
        office.pultd.signed_in("anna").await,
        office.pultd.signed_in("boris").await,
    );
    let both = json!({ "status_id": IN_PROGRESS, "notes": "Смотрю <b>кабель</b>" });
    office.tracker.update(AGENT, id, both).await;
    let [notice] = office.notices(&boris, id, 1).await.try_into().unwrap();
    let values = &notice["values"];
    assert_eq!(
        (notice["code"].as_str(), values["by"].as_str()),
        (Some("tickets.entry"), Some(&*office.tracker.name(AGENT).await))
    );
    assert_eq!((values["old_status"].as_str(), values["new_status"].as_str()), (Some("New"), Some("In Progress")));
    assert_eq!(values["comment"], "Смотрю <b>кабель</b>");
    assert!(notices(&anna, id).await.is_empty() && notices(&vera, id).await.is_empty(), "nobody else");

    let manager = office.tracker.id(SUPERVISOR).await;
    office.tracker.update("admin", id, json!({ "assigned_to_id": manager })).await;
    let told = office.notices(&anna, id, 1).await;
    assert_eq!((&told[0]["values"]["assigned"], &told[0]["why"]), (&json!(true), &json!("was_assignee")));
    assert_eq!(told[0]["values"]["new_assignee"].as_str(), Some(&*office.tracker.name(SUPERVISOR).await));
}

#[tokio::test]
async fn private_words_are_read_by_those_with_the_right_and_by_nobody_else() {
    let (office, id) = Office::with("admin").await;
    let (anna, boris) = (office.pultd.signed_in("anna").await, office.pultd.signed_in("boris").await);
    office.tracker.update(SUPERVISOR, id, json!({ "notes": "Позвоните ей сначала", "private_notes": true })).await;
    let [notice] = office.notices(&anna, id, 1).await.try_into().unwrap();
    assert_eq!((&notice["values"]["private"], notice["values"]["comment"].as_str()), (&json!(true), None));
    let shown = last(&anna.must("tickets.detail", json!({ "id": id })).await);
    assert_eq!((&shown["hidden"], shown["notes"].as_str()), (&json!(true), None));
    anna.must("tickets.connect", json!({ "key": office.tracker.key(AGENT) })).await;
    anna.must("tickets.open", json!({ "id": id })).await;
    let words =
        async || last(&anna.must("tickets.detail", json!({ "id": id })).await)["notes"].as_str().map(str::to_owned);
    assert_eq!(anna.until(words).await, "Позвоните ей сначала");
    boris.must("tickets.connect", json!({ "key": office.tracker.key(REPORTER) })).await;
    boris.must("tickets.open", json!({ "id": id })).await;
    office.chief.until_settled().await;
    assert_eq!(last(&boris.must("tickets.detail", json!({ "id": id })).await)["notes"], Value::Null, "no right to it");

    // With a new status the tracker makes two entries of it.
    let both = json!({ "status_id": IN_PROGRESS, "notes": "И ещё раз", "private_notes": true });
    office.tracker.update(SUPERVISOR, id, both).await;
    let told = office.notices(&anna, id, 3).await;
    let (words, status): (Vec<_>, Vec<_>) = told[1..].iter().partition(|notice| notice["values"]["private"] == true);
    assert_eq!((words.len(), status.len()), (1, 1), "{told:?}");
    assert_eq!((words[0]["values"]["comment"].as_str(), &words[0]["values"]["commented"]), (None, &json!(true)));
    assert_eq!(
        (&status[0]["values"]["commented"], &status[0]["values"]["new_status"]),
        (&json!(false), &json!("In Progress"))
    );
}

#[tokio::test]
async fn a_key_without_rights_hears_nothing_private_and_leaves_what_the_workflow_forbids() {
    let (office, id) = Office::with(REPORTER).await;
    let anna = office.pultd.signed_in("anna").await;
    let vera = office.pultd.signed_in("vera").await;
    anna.must("tickets.connect", json!({ "key": office.tracker.key(AGENT) })).await;
    office.tracker.update(SUPERVISOR, id, json!({ "notes": "Только для своих", "private_notes": true })).await;
    office.tracker.update(SUPERVISOR, id, json!({ "notes": "Для всех" })).await;
    let [notice] = office.notices(&anna, id, 1).await.try_into().unwrap();
    assert_eq!((notice["values"]["comment"].as_str(), &notice["values"]["private"]), (Some("Для всех"), &json!(false)));
    assert!(standing(&office.chief).await.is_empty(), "and no trouble");

    let mut forbidden = json!({ "id": id, "wanted": { "status": RESOLVED }, "seen": { "status": NEW } });
    forbidden["note"] = "Проверьте".into();
    let made = office.change(&vera, forbidden).await;
    assert_eq!((made["state"].as_str(), &made["trouble"]["parts"]), (Some("partly"), &json!(["status"])), "{made}");
    let issue = office.tracker.issue(id).await;
    let said = |issue: &Value| issue["journals"].to_string().matches("Проверьте").count();
    assert_eq!((issue["status"]["id"].as_i64(), said(&issue)), (Some(NEW), 1));
    office.chief.until_settled().await;
    assert_eq!(said(&office.tracker.issue(id).await), 1, "it is not asked for again");
}

#[tokio::test]
async fn whoever_was_first_is_not_overwritten() {
    let (office, id) = Office::with("admin").await;
    let vera = office.pultd.signed_in("vera").await;
    office.tracker.update(AGENT, id, json!({ "status_id": RESOLVED })).await;
    let wanted = |seen: i64| json!({ "id": id, "wanted": { "status": IN_PROGRESS }, "seen": { "status": seen } });
    let refused = office.change(&vera, wanted(NEW)).await;
    assert_eq!(
        (&refused["state"], &refused["trouble"]["fields"]),
        (&json!("conflict"), &json!(["status"])),
        "{refused}"
    );
    // Between the tracker's own look and its write: it refuses without a word.
    office.tracker.overtake(id).await;
    let refused = office.change(&vera, wanted(RESOLVED)).await;
    assert_eq!(
        (&refused["state"], &refused["trouble"]["fields"]),
        (&json!("conflict"), &json!(["status"])),
        "{refused}"
    );
    let issue = office.tracker.issue(id).await;
    assert_eq!((issue["status"]["id"].as_i64(), issue["journals"].as_array().map(Vec::len)), (Some(RESOLVED), Some(1)));
}

#[tokio::test]
async fn an_interface_switched_off_is_one_alert_and_a_deleted_ticket_is_told_as_gone_once() {
    let (office, id) = Office::with("admin").await;
    let anna = office.pultd.signed_in("anna").await;
    office.tracker.set_rest(false).await;
    office.tracker.comment_on_a_page(id, "Пока было выключено").await;
    let alert = "source.refused".to_owned();
    office.chief.until(async || standing(&office.chief).await.contains(&alert).then_some(())).await;
    assert!(notices(&anna, id).await.is_empty());
    office.tracker.set_rest(true).await;
    let told = office.notices(&anna, id, 1).await;
    assert_eq!(told[0]["values"]["comment"], "Пока было выключено");
    office.chief.until(async || standing(&office.chief).await.is_empty().then_some(())).await;
    let all = office.chief.must("notices.list", json!({ "which": "all", "limit": 500 })).await;
    let alerts = all["rows"].as_array().unwrap().iter().filter(|row| row["code"] == "source.refused").count();
    assert_eq!(alerts, 1, "{all}");

    known(&office.chief, id).await;
    office.tracker.delete(id).await;
    let gone = async || {
        let rows = notices(&anna, id).await;
        rows.into_iter().filter(|row| row["code"] == "tickets.gone").count()
    };
    office
        .chief
        .until(async || {
            anna.give("tickets.open", json!({ "id": id })).await;
            (gone().await == 1).then_some(())
        })
        .await;
    // A further look is no news.
    anna.give("tickets.open", json!({ "id": id })).await;
    office.chief.until_settled().await;
    assert_eq!(gone().await, 1);
}

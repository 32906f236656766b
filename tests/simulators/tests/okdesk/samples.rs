//! Every call of the samples is made, and every webhook of the samples is brought about; shapes are compared, and refusals
//! to the letter.

use pult_simulators::{
    okdesk::{Desk, switches::SwitchOrder, world::Author},
    service::fault::{Fault, FaultOrder},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, TOKEN, said},
    kit::{differences, sample, samples, send},
};

/// What has to be so before the sample's call.
fn prepare(name: &str, desk: &Desk) {
    match name {
        "err_forbidden" => {
            desk.switch(&SwitchOrder { forbidden: Some(vec!["contacts".to_owned()]), ..SwitchOrder::default() });
        }
        "err_rate_limited" => {
            let fault = Fault::Refuse { status: 429, body: Value::Null, retry_after: None };
            desk.faults.set(FaultOrder::new(fault, "issues/list", 1));
        }
        "err_server_html" => desk.faults.set(FaultOrder::new(Fault::Html { status: 502 }, "issue", 1)),
        "status_post_ok" => {
            desk.enter(5120, "completed", None, true);
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_call_of_the_samples_is_answered_in_its_shape() {
    let mut calls = 0;
    for (name, sample) in samples("okdesk").into_iter().filter(|(_, sample)| sample["kind"] == "call") {
        let house = House::new().await;
        prepare(&name, house.account.desk());
        let asked = &sample["request"];
        let method = Method::from_bytes(asked["method"].as_str().unwrap().as_bytes()).unwrap();
        let path = asked["path"].as_str().unwrap().strip_prefix("/api/v1/").unwrap();
        let token = if name == "err_bad_token" { "another" } else { TOKEN };
        let mut request = house.http.request(method, format!("{}{path}", house.account.base()));
        for pair in asked["query"].as_array().unwrap() {
            let (key, value) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            request = request.query(&[(key, if key == "api_token" { token } else { value })]);
        }
        if !asked["body"].is_null() {
            request = request.json(&asked["body"]);
        }
        let answer = send(request).await.unwrap();
        let wanted = &sample["response"];
        assert_eq!(json!(answer.status), wanted["status"], "{name}: {}", answer.text);
        calls += 1;
        if name == "err_server_html" {
            assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{name}");
            continue;
        }
        assert_eq!(answer.headers["content-type"], wanted["headers"]["Content-Type"].as_str().unwrap(), "{name}");
        if answer.status >= 400 {
            assert_eq!(answer.json(), wanted["body"], "{name}");
        }
        // The sample of a contact without mail leaves out what the other one shows; times of statuses are in none.
        let more: &[&str] = match name.as_str() {
            "contact_without_email" => &["patronymic", "mobile_phone", "position", "parameters"],
            "status_post_ok" => &["closed", "completed"],
            _ => &[],
        };
        assert_eq!(differences(&wanted["body"], &answer.json(), more), Vec::<String>::new(), "{name}");
    }
    assert!(calls > 20, "{calls}");
}

/// A sample, the keys it leaves out, and what brings it about.
type Deed<'a> = (&'a str, &'a [&'a str], &'a dyn Fn(&Desk));

#[tokio::test]
async fn every_webhook_of_the_samples_is_sent_in_its_shape() {
    let (house, receiver) = House::heard().await;
    let desk = house.account.desk();
    let root =
        SwitchOrder { hook_shape: Some(serde_json::from_value(json!("root")).unwrap()), ..SwitchOrder::default() };
    desk.enter(5120, "completed", None, true);
    let contact = Some(208);
    let order = serde_json::from_value(json!({ "contact": contact })).unwrap();
    let orphan = serde_json::from_value(json!({ "silent": true, "status": "completed" })).unwrap();
    // The samples of a status without its comment are those of a program that does not read it.
    let status: &[&str] = &["comment", "attachments", "parameters", "time_entries", "old_assignee", "new_assignee"];
    let brief: &[&str] = &["author", "attachments"];
    let deeds: [Deed<'_>; 11] = [
        ("webhook_new_ticket", &[], &|desk| {
            desk.make(&order);
        }),
        ("webhook_status_closed", &[], &|desk| {
            desk.close(5120);
        }),
        ("webhook_csat", &[], &|desk| {
            desk.rate_elsewhere(5120, "good", false);
        }),
        ("webhook_status_reopened", status, &|desk| {
            desk.reopen(5120);
        }),
        ("webhook_status_not_closed", status, &|desk| {
            desk.enter(5120, "completed", None, false);
        }),
        ("webhook_new_comment", &[], &|desk| {
            desk.comment(5120, "<p>Спасибо</p>", Author::Contact(208), true);
        }),
        ("webhook_assignee", &[], &|desk| {
            desk.tell_event(5120, "new_assignee");
        }),
        ("webhook_deadline", &[], &|desk| {
            desk.tell_event(5120, "new_deadline");
        }),
        ("webhook_unknown_event", brief, &|desk| {
            desk.tell_event(5120, "something_new");
        }),
        ("webhook_no_contact", status, &|desk| {
            let id = desk.make(&orphan);
            desk.close(id);
        }),
        ("webhook_status_closed_contact_root", status, &|desk| {
            desk.switch(&root);
            desk.close(5123);
        }),
    ];
    for (name, more, deed) in deeds {
        deed(desk);
        desk.settled().await;
        let got = said(&receiver.take().pop().unwrap());
        let wanted = &sample("okdesk", name)["delivery"]["body"];
        assert_eq!(differences(wanted, &got, more), Vec::<String>::new(), "{name}: {got}");
        assert_eq!(got["event"]["event_type"], wanted["event"]["event_type"], "{name}");
    }
    desk.delete(5120);
    desk.settled().await;
    let deleted = said(&receiver.take().pop().unwrap());
    assert_eq!(deleted["issue"], json!({ "id": "5120", "title": "Не печатает МФУ" }));
    desk.tell_raw(&sample("okdesk", "webhook_bad_shape")["delivery"]["body"]);
    desk.settled().await;
    assert_eq!(said(&receiver.take().pop().unwrap()), json!({ "event": "new_ticket_status", "issue": [] }));
}

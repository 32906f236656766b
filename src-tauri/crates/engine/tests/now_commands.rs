//! The console's commands of Now: what is shown, who may take an incident on, and what a shift is told.
//!
//! Deliberately not here: how incidents come to be (the engine's own tests), and the order of the sentence.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod house;

use pult_domain::{
    Audience, Instant, Level, Notice, NoticeChange, NoticeClass, Subject,
    trouble::{Cause, Change as Course, Incident},
};
use pult_engine::{
    auth::{Actor, Role, role::Rights},
    error::ErrorCode,
};
use pult_store::{
    audit::{self, NewAudit},
    incidents, notices,
};
use serde_json::json;

use house::House;

fn at(seconds: i64) -> Instant {
    Instant::from_second(1_790_000_000 + seconds).unwrap()
}

fn person(login: &str, role: Role) -> Actor {
    Actor { login: login.to_owned(), rights: Rights::of(role), ..Actor::local_window() }
}

impl House {
    /// An incident with so many notices.
    async fn incident(&self, name: &str, notices_of_it: usize) {
        let (cause, now) = (Cause::Source(name.to_owned()), self.clock.now());
        let keys: Vec<String> = (0..notices_of_it).map(|n| format!("network/{name}/{n}")).collect();
        let write = move |c: &pult_store::Connection| {
            let mut members = std::collections::BTreeSet::new();
            for key in keys {
                let notice = Notice {
                    // The engine itself takes back what stands for systems it does not know.
                    class: NoticeClass::NetworkIncident,
                    level: Level::Warning,
                    subject: Subject(key.clone()),
                    key,
                    code: "network.lost".to_owned(),
                    values: serde_json::Map::new(),
                    to: Audience::Everyone,
                };
                members.extend(notices::apply(c, &NoticeChange::Raise(notice), None, now)?.map(|raised| raised.id));
            }
            let head = *members.first().unwrap();
            let incident = Incident { cause, since: now, level: Level::Warning, head, members };
            incidents::apply(c, &[Course::Begin(incident)], now)
        };
        self.write(write).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_is_taken_on_by_a_supervisor_and_the_trail_names_them() {
    let house = House::start(at(0));
    let (vera, olga) = (person("vera", Role::Supervisor), person("olga", Role::Viewer));
    house.incident("desk", 60).await;
    let now = house.must(&olga, "now.get", json!({})).await;
    assert_eq!((&now["sentence"]["code"], &now["sentence"]["level"]), (&json!("incident"), &json!("attention")));
    let incident = &now["incidents"][0];
    assert_eq!(incident["members"].as_array().unwrap().len(), 60);
    assert_eq!((incident["notices"].as_array().unwrap().len(), &incident["notices"][0]["id"]), (50, &incident["head"]));
    let request = json!({ "id": incident["id"], "acknowledged": true });
    let refused = house.ask(&olga, "now.acknowledge", request.clone()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let now = house.must(&vera, "now.acknowledge", request).await;
    assert_eq!((&now["sentence"]["code"], &now["sentence"]["name"]), (&json!("handled"), &json!("vera")));
    let trail = house.must(&person("chief", Role::Admin), "audit.page", json!({ "filter": {}, "limit": 5 })).await;
    assert!(trail.to_string().contains("now.acknowledge"), "{trail}");
    let missing = house.ask(&vera, "now.acknowledge", json!({ "id": 99, "acknowledged": true })).await.unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_that_was_put_off_is_out_of_the_sentence_until_its_time() {
    let house = House::start(at(0));
    let vera = person("vera", Role::Supervisor);
    house.incident("desk", 1).await;
    house.incident("portal", 1).await;
    let now = house.must(&vera, "now.get", json!({})).await;
    let first = now["incidents"][0]["id"].clone();
    let past = house.ask(&vera, "now.snooze", json!({ "id": first, "until": 1 })).await.unwrap_err();
    assert_eq!(past.field.as_deref(), Some("until"));
    let until = at(600).as_millisecond();
    let now = house.must(&vera, "now.snooze", json!({ "id": first, "until": until })).await;
    assert_eq!((&now["sentence"]["count"], &now["incidents"][1]["id"]), (&json!(1), &first), "it goes to the end");
    house.clock.set(at(601));
    let now = house.must(&vera, "now.get", json!({})).await;
    assert_eq!((&now["sentence"]["count"], &now["incidents"][0]["id"]), (&json!(2), &first));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_is_taken_on_by_supervisors_and_only_in_the_state_that_is_too_long() {
    let house = House::start(at(0));
    let (vera, olga) = (person("vera", Role::Supervisor), person("olga", Role::Viewer));
    for (name, request) in [
        ("now.take_operator", json!({ "operator": 1, "interval": 2, "taken": true })),
        ("now.snooze_operator", json!({ "operator": 1, "interval": 2, "until": at(600).as_millisecond() })),
    ] {
        assert_eq!(house.ask(&olga, name, request.clone()).await.unwrap_err().code, ErrorCode::Forbidden);
        assert_eq!(house.ask(&vera, name, request).await.unwrap_err().code, ErrorCode::Conflict);
    }
    let past = json!({ "operator": 1, "interval": 2, "until": 1 });
    let refused = house.ask(&vera, "now.snooze_operator", past).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("until"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_traffic_is_looked_through_within_its_bounds_and_saved_as_it_is_shown() {
    let house = House::start(at(0));
    let olga = person("olga", Role::Viewer);
    for (list, file) in
        [("deliveries.records", "deliveries.records_export"), ("deliveries.effects", "deliveries.effects_export")]
    {
        let found = house.must(&olga, list, json!({ "filter": { "search": "+370 600 11122" }, "limit": 5 })).await;
        assert_eq!(found["rows"], json!([]));
        let long = json!({ "filter": { "search": "x".repeat(201) }, "limit": 5 });
        assert_eq!(house.ask(&olga, list, long).await.unwrap_err().field.as_deref(), Some("filter.search"));
        let turned = json!({ "filter": { "from": 5, "until": 5 }, "limit": 5 });
        assert_eq!(house.ask(&olga, list, turned).await.unwrap_err().field.as_deref(), Some("filter.until"));
        let saved = house.must(&olga, file, json!({ "filter": { "search": "4312" }, "format": "csv" })).await;
        assert!(saved["name"].as_str().unwrap().ends_with(".csv"), "{saved}");
    }
    let nobody = person("ivan", Role::Operator);
    for name in ["deliveries.records_export", "deliveries.effects_export", "ratings.export"] {
        let refused = house.ask(&nobody, name, json!({ "filter": {}, "format": "csv" })).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden, "{name}");
    }
    assert!(house.ask(&nobody, "tickets.export", json!({ "filter": {}, "format": "xlsx" })).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_audit_holds_every_act_and_not_only_a_page_of_them() {
    let house = House::start(at(0));
    let write = |c: &pult_store::Connection| {
        for n in 0..1_200_u32 {
            let actor = if n % 2 == 0 { "ann" } else { "bob" };
            let detail = json!({ "n": n });
            let act =
                NewAudit { at: at(n.into()), actor, action: "person.block", object: "person:1", detail, address: "" };
            audit::insert(c, &act)?;
        }
        Ok(())
    };
    house.write(write).await;
    let chief = person("chief", Role::Admin);
    for (actor, lines) in [(None, 1_200), (Some("ann"), 600)] {
        let asked = json!({ "filter": { "actor": actor }, "format": "csv" });
        let file = house.must(&chief, "audit.export", asked).await;
        let bytes = data_encoding::BASE64.decode(file["content_base64"].as_str().unwrap().as_bytes()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let acts: Vec<&str> = text.lines().filter(|line| line.contains("person.block")).collect();
        assert_eq!(acts.len(), lines);
        assert!(acts.iter().all(|line| line.contains(actor.unwrap_or(""))));
    }
    let book = house.must(&chief, "audit.export", json!({ "filter": {}, "format": "xlsx" })).await;
    assert!(book["name"].as_str().unwrap().ends_with(".xlsx"), "{book}");
    let vera = person("vera", Role::Supervisor);
    let refused = house.ask(&vera, "audit.export", json!({ "filter": {}, "format": "csv" })).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_says_the_same_in_both_languages_and_has_a_bound() {
    let house = House::start(at(0));
    let vera = person("vera", Role::Supervisor);
    house.incident("desk", 1).await;
    house.clock.set(at(60));
    let first = house.must(&vera, "handover.get", json!({})).await;
    assert_eq!(first, house.must(&vera, "handover.get", json!({})).await);
    assert!(first["text"].as_str().unwrap().starts_with("Передача смены\n"), "{first}");
    let english = house.must(&vera, "handover.get", json!({ "language": "en" })).await;
    assert!(english["text"].as_str().unwrap().contains("Incidents: 1\n- desk: system out of reach"), "{english}");
    assert_eq!(english["incidents"], first["incidents"]);
    let week_ago = at(-7 * 86_400).as_millisecond();
    for since in [week_ago, at(61).as_millisecond()] {
        let refused = house.ask(&vera, "handover.get", json!({ "since": since })).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("since"));
    }
}

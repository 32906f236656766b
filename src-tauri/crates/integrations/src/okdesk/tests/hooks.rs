//! What the service desk tells us: who is let in, what is kept, what it means and what is answered.

use bytes::Bytes;
use http::HeaderMap;
use proptest::prelude::*;
use pult_domain::{
    Fact, FactKey, IssueId, RecordId,
    areas::ratings::{self, Rate, Sighting, StatusChange},
};
use serde_json::{Value, json};

use super::{samples::body, *};
use crate::{Admission, HttpAnswer, Outcome, Rejection, Reply, Unverified, Verdict};

pub(super) fn request(okdesk: &Okdesk, route: usize, query: &str) -> Unverified {
    let route = okdesk.routes()[route];
    Unverified {
        route,
        method: route.method.parse().unwrap(),
        path: route.path.to_owned(),
        query: query.to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        peer: "198.51.100.9".parse().unwrap(),
    }
}

/// A hook as it is kept.
pub(super) fn hook(okdesk: &Okdesk, body: &str) -> StoredRequest {
    let mut request = request(okdesk, 0, &format!("key={KEY}"));
    request.body = body.to_owned().into();
    let verified = request.accept(okdesk, now()).unwrap();
    assert_eq!(okdesk.admit(&verified), Admission::Record);
    okdesk.redact(&verified)
}

fn meaning(body: &Value) -> (FactKey, ratings::Fact) {
    let okdesk = okdesk();
    let mut parsed = okdesk.parse(&hook(&okdesk, &body.to_string()), now()).unwrap();
    assert_eq!((parsed.facts.len(), parsed.rejected.len()), (1, 0));
    let observed = parsed.facts.remove(0);
    assert_eq!(observed.at, now());
    let Fact::Ratings(fact) = observed.fact else { panic!("{observed:?}") };
    (observed.key, fact)
}

fn change(body: &Value) -> StatusChange {
    let ratings::Fact::StatusChanged(change) = meaning(body).1 else { panic!("{body}") };
    *change
}

fn sample(name: &str) -> Value {
    serde_json::from_str(&body(name)).unwrap()
}

fn committed(okdesk: &Okdesk, body: &str) -> (u16, Value) {
    let answer = okdesk.answer(&hook(okdesk, body), &Outcome::Committed { record: RecordId(1) });
    let HttpAnswer::Json { status, body } = answer else { panic!("{answer:?}") };
    (status, body)
}

#[test]
fn only_the_key_lets_a_hook_in() {
    let okdesk = okdesk();
    let fits = || Ok(Verdict::Key { client: NAME.to_owned() });
    for (query, header, want) in [
        (format!("key={KEY}"), None, fits()),
        (String::new(), Some(KEY), fits()),
        ("key=wrong".to_owned(), Some(KEY), fits()),
        (format!("key={KEY}"), Some("wrong"), fits()),
        (String::new(), None, Err(Rejection::Missing)),
        ("key=".to_owned(), Some(""), Err(Rejection::Missing)),
        ("key=wrong".to_owned(), None, Err(Rejection::Wrong)),
        (format!("key={KEY}x"), None, Err(Rejection::Wrong)),
        (format!("KEY={KEY}"), None, Err(Rejection::Missing)),
        (String::new(), Some("wrong"), Err(Rejection::Wrong)),
    ] {
        for route in [0, 1] {
            let mut request = request(&okdesk, route, &query);
            if let Some(header) = header {
                request.headers.insert("x-webhook-key", header.parse().unwrap());
            }
            assert_eq!(okdesk.verify(&request, now()), want, "{query} {header:?}");
        }
    }
    let mut keyless = secrets();
    Arc::get_mut(&mut keyless).unwrap().0.insert(WEBHOOK_KEY.to_owned(), String::new());
    let off = Settings { enabled: false, ..okdesk.settings.clone() };
    for closed in [connected(okdesk.settings.clone(), keyless), connected(off, secrets())] {
        for query in ["", "key=", &format!("key={KEY}")] {
            assert_eq!(closed.verify(&request(&closed, 0, query), now()), Err(Rejection::NotSetUp));
        }
    }
}

#[test]
fn a_hook_that_is_turned_away_hears_why() {
    let okdesk = okdesk();
    let answers = [Rejection::Missing, Rejection::Wrong, Rejection::Stale, Rejection::NotSetUp].map(|rejection| {
        let HttpAnswer::Json { status, body } = okdesk.turn_away(&okdesk.routes()[0], &rejection) else { panic!() };
        assert_eq!(body["detail"], json!(rejection.to_string()));
        status
    });
    assert_eq!(answers, [401, 403, 403, 503]);
}

#[test]
fn the_key_is_kept_nowhere() {
    let okdesk = okdesk();
    let mut request = request(&okdesk, 1, &format!("key={KEY}&more={KEY}"));
    request.headers.insert("x-webhook-key", KEY.parse().unwrap());
    request.headers.insert("user-agent", format!("Desk/{KEY}").parse().unwrap());
    request.headers.insert("cookie", KEY.parse().unwrap());
    request.body = json!({"event": {"event_type": "x"}, "url": format!("/hooks/okdesk?key={KEY}")}).to_string().into();
    let stored = okdesk.redact(&request.accept(&okdesk, now()).unwrap());
    let kept = format!("{stored:?} {}", String::from_utf8_lossy(&stored.body));
    assert!(!kept.contains(KEY) && kept.contains("Desk/***") && kept.contains("key=***"), "{kept}");
    assert_eq!(okdesk.reply(&stored), Reply::AtCommit);
}

#[test]
fn the_answers_of_old_are_given_word_for_word() {
    let okdesk = okdesk();
    let message = |text: &str| (200, json!({ "message": text }));
    for (name, want) in [
        ("webhook_status_closed", "Rating request added successfully"),
        ("webhook_status_closed_contact_root", "Rating request added successfully"),
        ("webhook_status_not_closed", "code_status was changed to: completed. Skipping"),
        ("webhook_status_reopened", "code_status was changed to: opened. Skipping"),
        ("webhook_no_contact", "... no contact. Skipping"),
    ] {
        assert_eq!(committed(&okdesk, &body(name)), message(want), "{name}");
    }
    let mut rated = sample("webhook_status_closed");
    rated["issue"]["rate"] = json!("normal");
    assert_eq!(committed(&okdesk, &rated.to_string()), message("issue 5120 is rated already. Skipping"));
    // Which statuses are closed is a setting.
    let completed = Settings { closed_codes: vec!["completed".to_owned()], ..okdesk.settings.clone() };
    let okdesk = connected(completed, secrets());
    let got = [body("webhook_status_not_closed"), body("webhook_status_closed")].map(|body| committed(&okdesk, &body));
    let want = ["Rating request added successfully", "code_status was changed to: closed. Skipping"].map(message);
    assert_eq!(got, want);
}

#[test]
fn what_cannot_be_understood_is_recorded_and_answered_so() {
    let okdesk = okdesk();
    for (body, field) in [
        ("", "body"),
        ("{\"event\":", "body"),
        ("[]", "body"),
        ("{}", "event"),
        (r#"{"event":"new_ticket_status","issue":[]}"#, "event"),
        (r#"{"event":{}}"#, "event.event_type"),
        (r#"{"event":{"event_type":5}}"#, "event.event_type"),
        (r#"{"event":{"event_type":"new_ticket_status"}}"#, "issue"),
        (r#"{"event":{"event_type":"new_csat_rate"},"issue":[]}"#, "issue"),
        (r#"{"event":{"event_type":"new_csat_rate"},"issue":{"id":"x"}}"#, "issue.id"),
        (r#"{"event":{"event_type":"new_ticket_status"},"issue":{"id":1}}"#, "event.new_status.code"),
        (r#"{"event":{"new_status":{"code":"closed"}},"issue":{"id":0}}"#, "issue.id"),
    ] {
        let stored = hook(&okdesk, body);
        let error = okdesk.parse(&stored, now()).unwrap_err();
        assert_eq!(error.field, field, "{body}");
        let (status, answer) = committed(&okdesk, body);
        assert_eq!((status, &answer["detail"]), (422, &json!(error.to_string())), "{body}");
        let told = okdesk.answer(&stored, &Outcome::NotUnderstood { record: RecordId(1), error });
        assert_eq!(told, HttpAnswer::Json { status, body: answer });
    }
    let lost = okdesk.answer(&hook(&okdesk, "{}"), &Outcome::NotRecorded);
    assert!(matches!(lost, HttpAnswer::Json { status: 503, .. }), "{lost:?}");
}

#[test]
fn both_shapes_of_one_closing_mean_the_same() {
    let (text, numbers) = (sample("webhook_status_closed"), sample("webhook_status_closed_contact_root"));
    assert_eq!(meaning(&text), meaning(&numbers));
    assert_eq!(
        change(&text),
        StatusChange {
            issue: IssueId(5120),
            title: "Не печатает МФУ".to_owned(),
            status: "closed".to_owned(),
            contact: Some(208),
            rate: None,
            sighting: Sighting::Told,
        }
    );
}

#[test]
fn the_contact_is_looked_for_in_three_places() {
    let base = sample("webhook_no_contact");
    let (client, root) = (json!({"contact": {"id": "1"}}), json!({"id": 2}));
    for (client, root, author, want) in [
        (client.clone(), root.clone(), json!({"id": "3", "type": "contact"}), Some(1)),
        (json!({"contact": null}), root.clone(), json!({"id": "3", "type": "contact"}), Some(2)),
        (json!({"contact": {"id": ""}}), json!({"id": "2"}), Value::Null, Some(2)),
        (Value::Null, Value::Null, json!({"id": "3", "type": "contact"}), Some(3)),
        (Value::Null, Value::Null, json!({"id": "3", "type": "employee"}), None),
        (Value::Null, Value::Null, json!({"id": "3"}), None),
        (json!([]), json!("2"), json!([]), None),
    ] {
        let mut body = base.clone();
        body["issue"]["client"] = client;
        body["issue"]["contact"] = root;
        body["issue"]["author"] = author;
        assert_eq!(change(&body).contact, want, "{}", body["issue"]);
    }
}

#[test]
fn the_events_other_names_and_none_are_understood() {
    let closed = sample("webhook_status_closed");
    let want = meaning(&closed);
    for kind in [json!("issue.status_changed"), Value::Null] {
        let mut other = closed.clone();
        other["event"]["event_type"] = kind;
        assert_eq!(meaning(&other), want);
    }
    let mut bare = closed;
    bare["event"] = json!({"event_type": "issue.status_changed"});
    assert_eq!(change(&bare).status, "closed", "the issue's own status where the event names none");
    let okdesk = okdesk();
    for kind in ["issue.created", "new_ticket", "ticket_deleted", "something_new"] {
        let body = json!({"event": {"event_type": kind}}).to_string();
        assert!(okdesk.parse(&hook(&okdesk, &body), now()).unwrap().facts.is_empty(), "{kind}");
        assert_eq!(committed(&okdesk, &body).0, 200);
    }
}

#[test]
fn a_rating_in_either_shape_is_told() {
    let told = |event: Value, issue: Value| {
        let body = json!({"event": {"event_type": "new_csat_rate", "rate": event}, "issue": {"id": 5, "rate": issue}});
        let ratings::Fact::RatedElsewhere { issue: IssueId(5), rate } = meaning(&body).1 else { panic!("{body}") };
        rate
    };
    assert_eq!(told(json!("bad"), Value::Null), Some(Rate::Bad));
    assert_eq!(told(json!({"value": "bad"}), json!("good")), Some(Rate::Good));
    assert_eq!(told(Value::Null, json!({"id": 3, "value": "normal"})), Some(Rate::Normal));
    assert_eq!(told(json!("excellent"), json!("good")), None, "a fourth step is none of ours");
    let closed = |rate: Value| {
        let mut body = sample("webhook_status_closed");
        body["issue"]["rate"] = rate;
        change(&body).rate
    };
    assert_eq!(closed(json!("excellent")).as_deref(), Some("excellent"));
    assert_eq!(closed(json!({"id": 1, "value": "good"})).as_deref(), Some("good"));
    assert_eq!(closed(json!("")), None);
}

#[test]
fn a_repeat_has_the_same_key_and_another_event_another() {
    let closed = sample("webhook_status_closed");
    let key = |path: &str, value: Value| {
        let mut body = closed.clone();
        *body.pointer_mut(path).unwrap() = value;
        meaning(&body).0
    };
    let first = meaning(&closed).0;
    assert_eq!(key("/issue/title", json!("Другое")), first);
    for other in [
        key("/issue/id", json!("5121")),
        key("/issue/completed_at", json!("2026-10-30T00:00:00Z")),
        key("/event/old_status/code", json!("opened")),
        key("/event/new_status/code", json!("completed")),
        // Where one text ends and the next begins counts as well.
        key("/event/old_status/code", json!("complete")),
        meaning(&sample("webhook_csat")).0,
    ] {
        assert_ne!(other, first);
    }
    let mut rated_anew = sample("webhook_csat");
    rated_anew["event"]["rate"] = json!("bad");
    assert_ne!(meaning(&rated_anew).0, meaning(&sample("webhook_csat")).0);
}

#[test]
fn a_long_title_is_cut_and_what_concerns_one_issue_stays_in_order() {
    let mut body = sample("webhook_status_closed");
    body["issue"]["title"] = json!("ы".repeat(3000));
    assert_eq!(change(&body).title.chars().count(), 500);
    let okdesk = okdesk();
    let order = |name: &str| okdesk.order_of(&hook(&okdesk, &self::body(name)));
    assert_eq!(order("webhook_status_closed"), Some("okdesk:5120".to_owned()));
    assert_eq!(order("webhook_status_closed_contact_root"), order("webhook_status_reopened"));
    assert_eq!(order("webhook_bad_shape"), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        route in "hook|hook_legacy|poll|rating_answer|\\PC{0,5}",
        query in prop::collection::vec(("rate|issue_id|request|\\PC{0,5}", "good|7|\\PC{0,20}"), 0..5),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "(\\{|\\}|\\[|\\]|:|,|\"|event|event_type|new_ticket_status|new_status|code|issue|id|[0-9]|\\PC){0,80}",
    ) {
        let okdesk = &*OKDESK;
        for body in [bytes, text.into_bytes()] {
            let record = StoredRequest {
                route: route.clone(),
                method: String::new(),
                path: String::new(),
                query: query.clone(),
                headers: vec![],
                body: body.into(),
            };
            let _ = okdesk.parse(&record, now());
            let _ = okdesk.order_of(&record);
            let _ = okdesk.answer(&record, &Outcome::Committed { record: RecordId(1) });
        }
    }

    #[test]
    fn no_query_gets_in_without_the_key(query in "\\PC{0,80}", route in 0_usize..4) {
        let okdesk = &*OKDESK;
        prop_assert!(okdesk.verify(&request(okdesk, route, &query), now()).is_err());
    }
}

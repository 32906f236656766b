//! What the messenger tells us: who is let in, what it means, what is answered, and what the history adds.

use http::HeaderMap;
use proptest::prelude::*;
use pult_domain::{
    Answer, Fact, RecordId,
    areas::chat_link::{self, Action, ChatMessage, Field, Place},
};
use serde_json::{Value, json};

use super::{
    samples::{answer_of, answered, raw},
    server::{Chat, line},
    *,
};
use crate::{Outcome, ParseError, Rejection, Reply, Unverified, Verdict};

fn signature(body: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SIGNING.as_bytes()).unwrap();
    mac.update(body);
    data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
}

fn request(pachca: &Pachca, body: &str, headers: &[(&'static str, &str)]) -> Unverified {
    let route = pachca.routes()[0];
    let headers = headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()));
    Unverified {
        route,
        method: http::Method::POST,
        path: route.path.to_owned(),
        query: "x=1".to_owned(),
        headers: headers.collect::<HeaderMap>(),
        body: body.to_owned().into(),
        peer: "198.51.100.9".parse().unwrap(),
    }
}

fn stored(body: &Value) -> StoredRequest {
    let pachca = pachca();
    let mut body = body.clone();
    if body.is_object() {
        body["webhook_timestamp"] = now().as_second().into();
    }
    let body = body.to_string();
    let signature = signature(body.as_bytes());
    let verified = request(&pachca, &body, &[("pachca-signature", &signature)]).accept(&pachca, now()).unwrap();
    pachca.redact(&verified)
}

fn facts(body: &Value) -> Result<Vec<(String, chat_link::Fact)>, ParseError> {
    let parsed = pachca().parse(&stored(body), now())?;
    let fact = |observed: pult_domain::Observed| {
        let Fact::ChatLink(fact) = observed.fact else { panic!() };
        (observed.key.0, fact)
    };
    Ok(parsed.facts.into_iter().map(fact).collect())
}

fn one(body: &Value) -> (String, chat_link::Fact) {
    facts(body).unwrap().remove(0)
}

fn sample(name: &str) -> Value {
    serde_json::from_str(&raw(name)).unwrap()
}

#[test]
fn only_the_right_signature_over_these_very_bytes_lets_an_event_in() {
    let pachca = pachca();
    let body = format!("{{ \"type\" : \"message\", \"webhook_timestamp\":{} }}\n", now().as_second());
    let right = signature(body.as_bytes());
    let again = serde_json::from_str::<Value>(&body).unwrap().to_string();
    let rewritten = signature(again.as_bytes());
    let fits = Ok(Verdict::Signature { client: NAME.to_owned() });
    for (headers, want) in [
        (vec![("pachca-signature", right.as_str())], fits.clone()),
        (vec![("pachca_signature", right.as_str())], fits.clone()),
        (vec![("signature", right.as_str())], fits),
        (vec![("pachca-signature", &right[..63])], Err(Rejection::Wrong)),
        (vec![("pachca-signature", rewritten.as_str())], Err(Rejection::Wrong)),
        (vec![("pachca-signature", rewritten.as_str()), ("signature", right.as_str())], Err(Rejection::Wrong)),
        (vec![("pachca-signature", "ы")], Err(Rejection::Missing)),
        (vec![("pachca-signature", "")], Err(Rejection::Missing)),
        (vec![("x-signature", right.as_str())], Err(Rejection::Missing)),
        (vec![], Err(Rejection::Missing)),
    ] {
        assert_eq!(pachca.verify(&request(&pachca, &body, &headers), now()), want, "{headers:?}");
    }
    let mute = connected(pachca.settings.clone(), crate::samples::secrets(WEBHOOK_SECRET, ""));
    let unset = mute.verify(&request(&mute, &body, &[("signature", &right)]), now());
    assert_eq!(unset, Err(Rejection::NotSetUp));
    for (rejection, want) in [
        (Rejection::Missing, 401),
        (Rejection::Wrong, 401),
        (Rejection::Stale, 401),
        (Rejection::NotSetUp, 401),
        (Rejection::BadField { field: "body", reason: "not JSON".to_owned() }, 400),
    ] {
        let (status, body) = answer_of(pachca.turn_away(&pachca.routes()[0], &rejection));
        assert_eq!((status, &body["error"]), (want, &json!(rejection.to_string())));
    }
}

#[test]
fn a_signed_event_has_to_be_of_this_minute() {
    let at = |window: u32, age: i64| {
        let mut settings = pachca().settings.clone();
        settings.window_s = window;
        let pachca = connected(settings, secrets());
        let body = json!({"webhook_timestamp": now().as_second() - age}).to_string();
        let signature = signature(body.as_bytes());
        pachca.verify(&request(&pachca, &body, &[("signature", &signature)]), now()).is_ok()
    };
    for (window, age, want) in [
        (60, 60, true),
        (60, 61, false),
        (60, -60, true),
        (60, -61, false),
        (600, 600, true),
        (600, 601, false),
        (600, -61, false),
        (9_000, 601, false),
        (5, -6, false),
        (0, 1, true),
    ] {
        assert_eq!(at(window, age), want, "{age} s with a window of {window} s");
    }
    let pachca = pachca();
    for (body, want) in [
        ("{}", Rejection::Stale),
        (r#"{"webhook_timestamp":"soon"}"#, Rejection::Stale),
        ("not json", Rejection::BadField { field: "body", reason: "not JSON".to_owned() }),
        ("[]", Rejection::BadField { field: "body", reason: "must be an object".to_owned() }),
    ] {
        let signature = signature(body.as_bytes());
        assert_eq!(pachca.verify(&request(&pachca, body, &[("signature", &signature)]), now()), Err(want));
    }
}

#[test]
fn networks_that_are_named_are_the_only_ones() {
    let mut settings = pachca().settings.clone();
    settings.allow_addresses = vec!["203.0.113.0/24".parse().unwrap()];
    let pachca = connected(settings, secrets());
    let body = json!({"webhook_timestamp": now().as_second()}).to_string();
    let signature = signature(body.as_bytes());
    let mut request = request(&pachca, &body, &[("signature", &signature)]);
    assert_eq!(pachca.verify(&request, now()), Err(Rejection::Wrong));
    request.peer = "203.0.113.7".parse().unwrap();
    assert!(pachca.verify(&request, now()).is_ok());
}

#[test]
fn no_secret_is_kept() {
    let pachca = pachca();
    let body =
        json!({"webhook_timestamp": now().as_second(), "content": format!("{SIGNING} {SECRET_TOKEN}")}).to_string();
    let signature = signature(body.as_bytes());
    let request = request(&pachca, &body, &[("signature", &signature), ("user-agent", SIGNING), ("cookie", "sid")]);
    let kept = pachca.redact(&request.accept(&pachca, now()).unwrap());
    let kept = format!("{kept:?} {}", String::from_utf8_lossy(&kept.body));
    for secret in [SIGNING, "wörd", &signature, "sid"] {
        assert!(!kept.contains(secret), "{kept}");
    }
}

#[test]
fn a_message_stands_where_the_messenger_says() {
    let place = |change: Value| {
        let mut body = sample("webhook_message_new");
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        facts(&body).map(|facts| match facts.into_iter().next() {
            Some((_, chat_link::Fact::Written(ChatMessage { place, chat, .. }))) => Some((place, chat)),
            None => None,
            other => panic!("{other:?}"),
        })
    };
    let thread = |parent| Ok(Some((Place::Thread { parent }, 51_840)));
    assert_eq!(place(json!({})), Ok(Some((Place::Chat, 51_840))));
    assert_eq!(place(json!({"entity_type": "user", "entity_id": 811})), Ok(Some((Place::Private, 51_840))));
    assert_eq!(place(json!({"entity_type": "thread", "thread": {"message_id": 7}})), thread(Some(7)));
    assert_eq!(place(json!({"entity_type": "thread", "thread": {"message_id": null}})), thread(None));
    assert_eq!(place(json!({"entity_type": "thread", "thread": null, "parent_message_id": 7})), thread(None));
    assert_eq!(place(json!({"thread": {"message_id": 7}})), thread(Some(7)));
    assert_eq!(place(json!({"entity_type": "bot"})), Ok(None));
    assert_eq!(place(json!({"chat_id": 3_000_000_000_i64})), Ok(Some((Place::Chat, 3_000_000_000))));
    assert_eq!(place(json!({"chat_id": null, "entity_id": 5})), Ok(Some((Place::Chat, 5))));
    for (change, field) in [
        (json!({"id": null}), "id"),
        (json!({"user_id": 0}), "user_id"),
        (json!({"chat_id": null, "entity_type": "user"}), "chat_id"),
    ] {
        assert_eq!(place(change).unwrap_err().field, field);
    }
}

#[test]
fn keys_tell_edits_and_presses_apart_and_repeats_together() {
    let key = |body: &Value| one(body).0;
    assert_eq!(key(&sample("webhook_message_new")), "message:new:700120");
    let edit = sample("webhook_message_update");
    let with = |name: &str, value: Value| {
        let mut body = edit.clone();
        body[name] = value;
        body
    };
    assert_eq!(key(&edit), key(&with("url", json!("elsewhere"))));
    assert_ne!(key(&edit), key(&with("changed_at", json!("2026-11-20T09:17:00.000Z"))));
    assert_ne!(key(&edit), key(&with("content", json!("Другое"))));
    assert_eq!(
        one(&with("event", json!("delete"))),
        ("message:delete:700120".to_owned(), chat_link::Fact::Deleted { message: 700_120 })
    );
    assert_eq!(key(&sample("webhook_button_click")), "button:1f0d2c6e-0f3a-4f5e-9b1d-6f5a3f1c9e10");
    let mut press = sample("webhook_button_click");
    press.as_object_mut().unwrap().remove("trigger_id");
    assert_eq!(key(&press), "", "the record tells it apart");
    assert_eq!(key(&sample("webhook_view_submit")), "", "the rule knows it by what was filled in");
}

#[test]
fn a_press_is_read_in_every_shape() {
    let pressed = |change: Value| {
        let mut body =
            json!({"type": "button", "event": "click", "trigger_id": "t", "data": "v1:take:5", "user_id": 811});
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let (_, chat_link::Fact::Pressed { user, chat, press, .. }) = one(&body) else { panic!() };
        (user, chat, press.action)
    };
    assert_eq!(pressed(json!({})), (811, None, Action::Take));
    for data in [
        json!("my_tasks"),
        json!(r#"{"id": "my_tasks"}"#),
        json!(r#"{"action": "my_tasks"}"#),
        json!({"data": "my_tasks"}),
    ] {
        assert_eq!(pressed(json!({ "data": data })).2, Action::Lists);
    }
    assert_eq!(pressed(json!({"data": "{broken"})).2, Action::Form);
    assert_eq!(
        pressed(json!({"user_id": null, "actor_id": 7, "message": {"entity_id": 9}})),
        (7, Some(9), Action::Take)
    );
    assert_eq!(pressed(json!({"user_id": null, "user": {"id": 7}, "chat": {"id": 9}})), (7, Some(9), Action::Take));
    assert_eq!(pressed(json!({"chat_id": 1, "chat": {"id": 9}})).1, Some(1));
}

#[test]
fn a_form_is_read_and_known_again() {
    let filled = |body: &Value| {
        let (_, chat_link::Fact::Submitted(given)) = one(body) else { panic!() };
        *given
    };
    let form = sample("webhook_view_submit");
    let first = filled(&form);
    let with = |path: &str, value: Value| {
        let mut body = form.clone();
        *body.pointer_mut(path).unwrap() = value;
        filled(&body)
    };
    assert_eq!(
        with("/data/files/0/url", json!("https://files.example.test/t/1?X-Amz-Signature=2")).digest,
        first.digest
    );
    for other in [
        with("/user_id", json!(1)),
        with("/data/description", json!("Другое")),
        with("/private_metadata", json!("8")),
        with("/callback_id", json!("x")),
    ] {
        assert_ne!(other.digest, first.digest);
    }
    let texts = |given: Value| with("/data/topic", given).fields["topic"].clone();
    assert_eq!(texts(json!(null)), Field::Texts(vec![]));
    assert_eq!(
        texts(json!(["a", 2, true, null])),
        Field::Texts(vec!["a".to_owned(), "2".to_owned(), "true".to_owned()])
    );
    let older = json!({"type": "view_submission", "event": "x", "user_id": 811, "state": {"values": {"b": {"topic": {"value": "phone"}}}}});
    assert_eq!(filled(&older).fields["topic"], Field::Texts(vec!["phone".to_owned()]));
}

#[test]
fn an_event_is_answered_at_once_and_a_form_when_it_is_decided() {
    let pachca = pachca();
    let (message, form) = (stored(&sample("webhook_message_new")), stored(&sample("webhook_view_submit")));
    assert_eq!(pachca.reply(&message), Reply::AtCommit);
    assert_eq!(pachca.reply(&form), Reply::AtDecision { limit: Duration::from_secs(2) });
    let record = RecordId(1);
    let decided = |answers| Outcome::Decided { record, answers, rejected: vec![], effects: vec![] };
    let error = ParseError::at("user_id", crate::reason!("x"));
    let not_understood = Outcome::NotUnderstood { record, error };
    let status = |record: &StoredRequest, outcome: &Outcome| answer_of(pachca.answer(record, outcome)).0;
    for (outcome, of_message, of_form) in [
        (Outcome::Committed { record }, 200, 503),
        (decided(vec![]), 200, 200),
        (decided(vec![Answer::Done]), 200, 200),
        (decided(vec![Answer::FormRefused { faults: vec![] }]), 200, 400),
        (not_understood, 200, 400),
        (Outcome::NotRecorded, 503, 503),
    ] {
        assert_eq!((status(&message, &outcome), status(&form, &outcome)), (of_message, of_form), "{outcome:?}");
    }
    assert_eq!(answer_of(pachca.answer(&message, &Outcome::Committed { record })), (200, json!("ok")));
}

fn row(id: &str, at: &str, payload: Value) -> Value {
    json!({"id": id, "event_type": "x", "payload": payload, "created_at": at})
}

fn page(rows: &[Value], next: Option<&str>) -> String {
    let paginate = json!({"next_page": next.unwrap_or("end"), "has_next": next.is_some()});
    json!({"data": rows, "meta": {"paginate": paginate}}).to_string()
}

#[tokio::test]
async fn the_first_look_records_nothing_and_the_next_one_what_came_since() {
    let (chat, pachca) = Chat::with([line(200, answered("events_history")), line(200, page(&[], None))]).await;
    let poll = pachca.poll().unwrap();
    assert_eq!(poll.every(), Duration::from_secs(60));
    let first = poll.fetch(None, now()).await.unwrap();
    assert_eq!((first.records.len(), first.next_cursor.as_deref()), (0, Some("01KBAAJ3S1QZ8N5T7X2M4C6D8F")));
    let empty = poll.fetch(None, now()).await.unwrap();
    assert_eq!((empty.records.len(), empty.next_cursor.clone()), (0, Some("0".repeat(26))));
    chat.go_on([line(200, answered("events_history"))]);
    let page = poll.fetch(empty.next_cursor.as_deref(), now()).await.unwrap();
    assert_eq!(
        (page.records.len(), page.next_cursor.as_deref(), page.more),
        (1, Some("01KBAAJ3S1QZ8N5T7X2M4C6D8F"), false)
    );
    let told = pachca.parse(&page.records[0], now()).unwrap();
    let hooked = pachca.parse(&stored(&sample("webhook_message_new")), now()).unwrap();
    assert_eq!(told, hooked, "the same fact under the same key");
}

#[tokio::test]
async fn the_history_is_read_back_to_what_is_known_in_the_order_things_happened() {
    let new =
        |id: i64| json!({"type": "message", "event": "new", "id": id, "chat_id": 5, "user_id": 811, "content": "x"});
    let ulid = |n: u32| format!("01KBAAJ3S1QZ8N5T7X2M4C6D{n:02}");
    let at = "2026-11-20T09:15:00.000Z";
    let people = json!({"type": "company_member", "event": "update", "user_ids": [811]});
    let script = [
        line(200, page(&[row(&ulid(9), at, new(9)), row(&ulid(8), at, people), row(&ulid(7), at, new(7))], Some("a"))),
        line(200, page(&[row(&ulid(7), at, new(7)), row(&ulid(6), at, new(6)), row(&ulid(5), at, new(5))], Some("b"))),
    ];
    let (chat, pachca) = Chat::with(script).await;
    let page = pachca.poll().unwrap().fetch(Some(&ulid(5)), now()).await.unwrap();
    let rows: Vec<_> = page.records.iter().map(|record| record.query_value("row").unwrap().to_owned()).collect();
    assert_eq!(rows, [ulid(6), ulid(7), ulid(9)]);
    assert_eq!(page.next_cursor, Some(ulid(9)));
    let heard = chat.heard();
    assert_eq!(heard.iter().map(|heard| heard.param("cursor")).collect::<Vec<_>>(), [None, Some("a")]);
    assert_eq!(heard[0].line, "GET webhooks/events");
}

#[test]
fn a_press_of_the_history_opens_a_form_only_while_it_can() {
    let record = |at: &str| StoredRequest {
        route: "history".to_owned(),
        method: "GET".to_owned(),
        path: String::new(),
        query: vec![("at".to_owned(), at.to_owned())],
        headers: vec![],
        body: raw("webhook_button_click").into(),
    };
    for (at, opens) in [("2026-11-20T09:29:58.000Z", true), ("2026-11-20T09:29:56.000Z", false)] {
        let parsed = pachca().parse(&record(at), now()).unwrap();
        let Fact::ChatLink(chat_link::Fact::Pressed { trigger, .. }) = &parsed.facts[0].fact else { panic!() };
        assert_eq!((trigger.is_some(), parsed.facts[0].at), (opens, at.parse().unwrap()));
    }
}

#[test]
fn a_history_that_nobody_wants_is_not_asked_for() {
    let mut settings = pachca().settings.clone();
    settings.poll_s = 0;
    assert!(connected(settings, secrets()).poll().is_none());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        route in "event|history|\\PC{0,5}",
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "(\\{|\\}|\\[|\\]|:|,|\"|type|event|message|new|button|click|view|submit|data|id|[0-9]|\\PC){0,80}",
    ) {
        let pachca = &*PACHCA;
        for body in [bytes, text.into_bytes()] {
            let record = StoredRequest {
                route: route.clone(),
                method: String::new(),
                path: String::new(),
                query: vec![],
                headers: vec![],
                body: body.into(),
            };
            let _ = (pachca.parse(&record, now()), pachca.order_of(&record), pachca.reply(&record));
            let _ = pachca.answer(&record, &Outcome::Committed { record: RecordId(1) });
        }
    }

    #[test]
    fn nothing_gets_in_without_the_signature(header in "[ -~]{0,80}", body in "\\PC{0,80}") {
        let pachca = &*PACHCA;
        prop_assert!(pachca.verify(&request(pachca, &body, &[("pachca-signature", &header)]), now()).is_err());
    }
}

//! Events pushed and fetched: who may say them, what is kept of them, and what they mean.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use proptest::prelude::*;
use pult_domain::{Fact, RecordId, areas::ratings};

use super::{samples::names, *};
use crate::{
    HttpAnswer, Outcome, Rejection, Reply, Route, Unverified, Verdict,
    bitrix24::{intake, poll},
    samples::text,
};

fn request(route: Route, body: impl Into<Bytes>) -> Unverified {
    let headers: HeaderMap =
        [(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap())].into_iter().collect();
    Unverified {
        route,
        method: route.method.parse().unwrap(),
        path: route.path.to_owned(),
        query: String::new(),
        headers,
        body: body.into(),
        peer: "198.51.100.9".parse().unwrap(),
    }
}

fn body_of(sample: &str) -> String {
    let sample: Value = serde_json::from_str(&text(NAME, &format!("{sample}.json"))).unwrap();
    sample["delivery"]["body_raw"].as_str().unwrap().to_owned()
}

/// What becomes of a body up to its facts.
fn take_in(body: &str) -> Value {
    let (connection, now) = (closed(|_, _| {}), Instant::from_second(1_793_180_500).unwrap());
    let route = connection.routes()[0];
    let request = request(route, body.to_owned());
    let verified = match request.accept(&connection, now) {
        Ok(verified) => verified,
        Err(rejection) => {
            let HttpAnswer::Json { status, body } = connection.turn_away(&route, &rejection) else { panic!() };
            return json!({"turned_away": status, "body": body});
        }
    };
    let stored = connection.redact(&verified);
    assert_eq!(connection.reply(&stored), Reply::AtCommit);
    let kept = format!("{}{}", serde_json::to_string(&stored).unwrap(), String::from_utf8_lossy(&stored.body));
    for secret in [APP, "BOT_ACCESS", "=ACCESS", "REFRESH"] {
        assert!(!kept.contains(secret), "{secret} in {kept}");
    }
    let meaning = match connection.parse(&stored, now) {
        Ok(parsed) => json!({"facts": parsed.facts, "rejected": parsed.rejected}),
        Err(error) => json!({"not_understood": error}),
    };
    json!({"stored": stored, "meaning": meaning})
}

/// The facts of an event whose pairs follow the proof.
fn facts(pairs: &str) -> Vec<(String, ratings::Fact)> {
    let meaning = take_in(&format!("auth[application_token]={APP}&{pairs}"))["meaning"].take();
    assert!(meaning["rejected"].as_array().unwrap().is_empty(), "{meaning}");
    let facts: Vec<pult_domain::Observed> = serde_json::from_value(meaning["facts"].clone()).unwrap();
    facts
        .into_iter()
        .map(|observed| match observed.fact {
            Fact::Ratings(fact) => (observed.key.0, fact),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn events_mean_what_their_snapshots_say() {
    for name in names("event_") {
        insta::assert_json_snapshot!(name.clone(), take_in(&body_of(&name)));
    }
}

#[test]
fn only_the_one_token_at_the_top_lets_an_event_in() {
    let verdict = |body: &str, connection: &Bitrix24| {
        connection.verify(&request(connection.routes()[0], body.to_owned()), Instant::UNIX_EPOCH)
    };
    let set = closed(|_, _| {});
    let good = Ok(Verdict::Key { client: NAME.to_owned() });
    for (body, want) in [
        (format!("event=A&auth[application_token]={APP}"), good.clone()),
        (format!("event=A&auth%5Bapplication_token%5D={APP}"), good),
        ("event=A".to_owned(), Err(Rejection::Missing)),
        (format!("event=A&data[BOT][1][auth][application_token]={APP}"), Err(Rejection::Missing)),
        (format!("event=A&auth[application_token][]={APP}"), Err(Rejection::Missing)),
        ("event=A&auth[application_token]=".to_owned(), Err(Rejection::Wrong)),
        (format!("event=A&auth[application_token]={APP}&auth[application_token]=X"), Err(Rejection::Wrong)),
        (format!("event=A&auth[application_token]=X&auth[application_token]={APP}"), Err(Rejection::Wrong)),
    ] {
        assert_eq!(verdict(&body, &set), want, "{body}");
    }
    let unset = closed(|_, secrets| _ = secrets.insert(APPLICATION_TOKEN.to_owned(), String::new()));
    assert_eq!(verdict("auth[application_token]=", &unset), Err(Rejection::NotSetUp));
}

#[test]
fn commands_of_one_event_are_answers_of_their_own() {
    let command = |id: u32, name: &str, params: &str| {
        format!(
            "data[COMMAND][{id}][COMMAND]={name}&data[COMMAND][{id}][COMMAND_ID]={id}&data[COMMAND][{id}][COMMAND_PARAMS]={params}&"
        )
    };
    let event = |more: &str| {
        let three = command(19, "rate", "153+good") + &command(20, "/RATE", "154+BAD") + &command(21, "help", "");
        facts(&format!("event=ONIMCOMMANDADD&{three}data[PARAMS][MESSAGE_ID]=88&data[USER][ID]=41{more}"))
    };
    let answers = event("");
    let keys: Vec<_> = answers.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["rate/88/19/41/153", "rate/88/20/41/154"]);
    let ratings::Fact::Answered { request: None, issue, rate, voice } = &answers[1].1 else { panic!("{answers:?}") };
    assert_eq!((issue.unwrap().0, *rate), (154, ratings::Rate::Bad));
    assert_eq!(*voice, ratings::Voice::Command { user: "41".to_owned() });
    assert_eq!(event("&data[USER][IS_BOT]=Y"), []);
    assert_eq!(event("&data[PARAMS][SYSTEM]=Y"), []);
}

#[test]
fn a_command_may_be_typed_and_nothing_else_is_read_into_a_text() {
    let old = |message: &str| {
        facts(&format!(
            "event=ONIMBOTMESSAGEADD&data[PARAMS][MESSAGE]={message}&data[PARAMS][MESSAGE_ID]=9&data[PARAMS][FROM_USER_ID]=41"
        ))
    };
    assert_eq!(old("/rate+153+good")[0].0, "rate/9/text/41/153");
    for text in ["153+good", "rate+153+good", "/rating+153+good", "/rate", "good"] {
        assert_eq!(old(text), [], "{text}");
    }
    let new = "event=ONIMBOTV2MESSAGEADD&data[message][id]=9&data[message][text]=/rate+153++normal+&data[user][id]=41&data[user][bot]=";
    assert_eq!(facts(&format!("{new}0"))[0].0, "rate/9/text/41/153");
    assert_eq!(facts(&format!("{new}1")), []);
}

#[test]
fn a_command_with_other_words_is_shown_and_answers_nothing() {
    for params in ["153+excellent", "x+good", "153", "", "-1+good", "153+good+bad"] {
        let body = format!(
            "auth[application_token]={APP}&event=ONIMBOTV2COMMANDADD&data[command][command]=/rate&data[command][params]={params}&data[message][id]=9&data[user][id]=41"
        );
        let meaning = take_in(&body)["meaning"].take();
        assert_eq!(
            (meaning["facts"].as_array().unwrap().len(), meaning["rejected"].as_array().unwrap().len()),
            (0, 1),
            "{params}"
        );
    }
    let nameless = take_in(&format!("auth[application_token]={APP}&data[x]=1"));
    assert_eq!(nameless["meaning"]["not_understood"]["field"], "event");
}

#[tokio::test]
async fn a_press_has_one_key_whether_it_was_pushed_or_fetched() {
    let (portal, connection) = connected(|settings, _| settings.bot_id = Some(640)).await;
    portal.tell("imbot.v2.Command.register", 200, &good(json!({"command": {"id": 19}})));
    let sample: Value = serde_json::from_str(&text(NAME, "imbot_v2_event_get.json")).unwrap();
    portal.tell("imbot.v2.Event.get", 200, &sample["response"]["body"]);
    let page = connection.poll().unwrap().fetch(Some("127.0.0.1/640/2001"), Instant::UNIX_EPOCH).await.unwrap();
    assert_eq!(portal.last(), json!({"botId": 640, "botToken": BOT, "limit": 100, "offset": 2001}));
    assert_eq!((page.next_cursor.as_deref(), page.more, page.records.len()), (Some("127.0.0.1/640/2002"), false, 1));
    let late = Instant::from_second(1_900_000_000).unwrap();
    let fetched = connection.parse(&page.records[0], late).unwrap().facts.remove(0);
    assert_eq!(fetched.at.to_string(), "2026-10-28T09:05:09Z", "when it was pressed, not when we heard of it");
    let pushed = take_in(&body_of("event_v2_commandadd_webhook"));
    assert_eq!(pushed["meaning"]["facts"][0]["key"], json!(fetched.key.0));
    let early = connection.parse(&page.records[0], Instant::UNIX_EPOCH).unwrap().facts.remove(0);
    assert_eq!(early.at, Instant::UNIX_EPOCH, "the portal's clock may be ahead");
}

#[tokio::test]
async fn a_fetch_confirms_what_was_recorded_and_never_turns_in_a_circle() {
    let event = |id: i64| json!({"eventId": id, "type": "ONIMBOTV2JOINCHAT", "data": {"bot": {"auth": {"access_token": "x"}}, "text": KEY}});
    let (portal, connection) = connected(|settings, _| settings.bot_id = Some(640)).await;
    portal.tell("imbot.v2.Command.register", 200, &good(json!({"command": {"id": 19}})));
    for (cursor, result, want) in [
        (None, json!({"events": [], "nextOffset": 0, "hasMore": false}), (Some("0"), false, 0)),
        (None, json!({"events": [event(5), event(6)], "nextOffset": 7, "hasMore": true}), (Some("7"), true, 2)),
        (Some("7"), json!({"events": [event(7)], "nextOffset": "7", "hasMore": true}), (Some("8"), true, 1)),
        (Some("8"), json!({"events": [], "hasMore": true}), (Some("8"), false, 0)),
        (Some("8"), json!({"events": {"0": event(3)}, "nextOffset": 4, "hasMore": "1"}), (Some("8"), false, 1)),
    ] {
        portal.tell("imbot.v2.Event.get", 200, &good(result.clone()));
        let cursor = cursor.map(|offset| format!("127.0.0.1/640/{offset}"));
        let page = connection.poll().unwrap().fetch(cursor.as_deref(), Instant::UNIX_EPOCH).await.unwrap();
        let next = page.next_cursor.as_deref().map(|cursor| cursor.strip_prefix("127.0.0.1/640/").unwrap());
        assert_eq!((next, page.more, page.records.len()), want, "{result}");
        for record in page.records {
            let kept = String::from_utf8_lossy(&record.body);
            assert!(!kept.contains(KEY) && kept.contains(r#""access_token":"***""#), "{kept}");
            assert_eq!(connection.parse(&record, Instant::UNIX_EPOCH).unwrap(), Parsed::default());
        }
    }
    assert_eq!(portal.methods().iter().filter(|method| *method == "imbot.v2.Command.register").count(), 1);
    for strange in ["127.0.0.1/641/90", "portal.example/640/90", "90", ""] {
        portal.tell("imbot.v2.Event.get", 200, &good(json!({"events": []})));
        connection.poll().unwrap().fetch(Some(strange), Instant::UNIX_EPOCH).await.unwrap();
        assert_eq!(portal.last().get("offset"), None, "{strange} would confirm what another queue has");
    }
}

#[test]
fn answers_are_fetched_for_our_own_bot_only() {
    let polls = |method, token: &str| {
        let connection = closed(|settings, secrets| {
            settings.message_method = method;
            secrets.insert(BOT_TOKEN.to_owned(), token.to_owned());
        });
        connection.poll().is_some()
    };
    use MessageMethod::{Auto, Im, Imbot, ImbotV2};
    assert_eq!([Auto, ImbotV2, Imbot, Im].map(|method| polls(method, BOT)), [true, true, false, false]);
    assert_eq!([Auto, ImbotV2, Imbot, Im].map(|method| polls(method, "")), [false; 4]);
}

#[test]
fn every_outcome_has_its_answer() {
    let connection = closed(|_, _| {});
    let record = StoredRequest {
        route: intake::EVENT.to_owned(),
        method: String::new(),
        path: String::new(),
        query: vec![],
        headers: vec![],
        body: Bytes::new(),
    };
    let status = |outcome| match connection.answer(&record, &outcome) {
        HttpAnswer::Json { status, .. } => status,
        other => panic!("{other:?}"),
    };
    assert_eq!(status(Outcome::Committed { record: RecordId(1) }), 200);
    assert_eq!(status(Outcome::NotRecorded), 503);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200), text in "(event|type|data|\\[|\\]|=|&|ONIMCOMMANDADD|COMMAND|\"|:|\\{|\\}|\\PC){0,60}") {
        for (route, body) in [(intake::EVENT, body.clone()), (poll::FETCH, body), (intake::EVENT, text.clone().into_bytes()), (poll::FETCH, text.into_bytes())] {
            let record = StoredRequest { route: route.to_owned(), method: String::new(), path: String::new(), query: vec![], headers: vec![], body: body.into() };
            let _ = crate::bitrix24::events::meaning(&record, Instant::UNIX_EPOCH);
        }
    }

    #[test]
    fn nobody_gets_in_without_the_token(body in "(auth|\\[application_token\\]|=|&|%5B|\\PC){0,60}") {
        static CONNECTION: LazyLock<Bitrix24> = LazyLock::new(|| {
            closed(|_, secrets| _ = secrets.insert(APPLICATION_TOKEN.to_owned(), "a token nobody guesses".to_owned()))
        });
        let route = CONNECTION.routes()[0];
        prop_assert!(CONNECTION.verify(&request(route, body), Instant::UNIX_EPOCH).is_err());
    }
}

use http::HeaderMap;
use proptest::prelude::*;
use pult_domain::RecordId;
use serde_json::json;

use super::*;
use crate::{
    HttpAnswer, Outcome, Rejection, Reply, Unverified, Verdict,
    samples::{Secrets, samples, secrets},
};

fn telephony(secret: &str) -> Telephony {
    let settings = Settings {
        enabled: true,
        clients: vec!["unset".to_owned(), "desk".to_owned()],
        allow_addresses: vec!["192.0.2.0/24".parse().unwrap()],
        ..Settings::default()
    };
    Telephony::new(settings, secrets("telephony.client.desk", secret))
}

#[test]
fn samples_mean_what_their_snapshots_say() {
    for sample in samples(NAME) {
        insta::assert_json_snapshot!(sample.sample.as_str(), sample.take_in(&telephony(&sample.secret)));
    }
}

fn request(telephony: &Telephony, route: usize, query: &str) -> Unverified {
    let route = telephony.routes()[route];
    Unverified {
        route,
        method: route.method.parse().unwrap(),
        path: route.path.to_owned(),
        query: query.to_owned(),
        headers: HeaderMap::new(),
        body: bytes::Bytes::new(),
        peer: "::ffff:192.0.2.1".parse().unwrap(),
    }
}

#[test]
fn nobody_is_let_in_before_a_key_or_an_address_is_set() {
    let open = Settings { enabled: true, ..Settings::default() };
    let keyless = Settings { clients: vec!["desk".to_owned()], ..open.clone() };
    let listed = Settings { allow_addresses: vec!["192.0.2.1/32".parse().unwrap()], ..open.clone() };
    let off = Settings { enabled: false, ..listed.clone() };
    let elsewhere = Settings { allow_addresses: vec!["198.51.100.0/24".parse().unwrap()], ..open.clone() };
    for (settings, entry, event) in [
        (open, Err(Rejection::NotSetUp), Rejection::NotSetUp),
        (keyless, Err(Rejection::NotSetUp), Rejection::NotSetUp),
        (off, Err(Rejection::NotSetUp), Rejection::NotSetUp),
        // A mapped address is the IPv4 address it stands for; the signed hook does not go by addresses.
        (listed, Ok(Verdict::Address), Rejection::NotSetUp),
        (elsewhere, Err(Rejection::Wrong), Rejection::NotSetUp),
    ] {
        let telephony = Telephony::new(settings, Arc::new(Secrets::default()));
        let now = Instant::UNIX_EPOCH;
        assert_eq!(telephony.verify(&request(&telephony, 0, "type=newcall&key="), now), entry);
        assert_eq!(telephony.verify(&request(&telephony, 4, ""), now), Err(event));
    }
}

#[test]
fn an_empty_key_fits_no_client_whose_key_is_empty() {
    let settings = Settings { enabled: true, clients: vec!["desk".to_owned()], ..Settings::default() };
    let telephony = Telephony::new(settings, secrets("telephony.client.desk", ""));
    assert_eq!(telephony.verify(&request(&telephony, 0, "key="), Instant::UNIX_EPOCH), Err(Rejection::NotSetUp));
}

#[test]
fn every_outcome_has_its_answer() {
    let telephony = telephony("k");
    let id = RecordId(12);
    let error = ParseError::at("theme", crate::reason!("must not be empty"));
    let outcomes = [
        Outcome::Committed { record: id },
        Outcome::Decided { record: id, answers: vec![], rejected: vec![], effects: vec![] },
        Outcome::NotUnderstood { record: id, error },
        Outcome::NotRecorded,
    ];
    let record = |route: &str| StoredRequest {
        route: route.to_owned(),
        method: String::new(),
        path: "/contact-center/vilnius/tel/%2B370600/".to_owned(),
        query: vec![],
        headers: vec![],
        body: bytes::Bytes::new(),
    };
    let (entry, event) = (record("entry"), record("event"));
    for outcome in &outcomes[..3] {
        assert_eq!(telephony.answer(&entry, outcome), HttpAnswer::OpenCard { record: id });
    }
    assert_eq!(
        telephony.answer(&entry, &outcomes[3]),
        HttpAnswer::CardNotRecorded { ani: "+370600".to_owned() },
        "the card still shows the number"
    );
    let answers: Vec<_> = outcomes
        .iter()
        .map(|outcome| match telephony.answer(&event, outcome) {
            HttpAnswer::Json { status, body } => (status, body),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(answers[0], (200, json!({"ok": true, "record": 12})));
    assert_eq!(answers[1], answers[0]);
    assert_eq!((answers[2].0, &answers[2].1["error"]["field"]), (400, &json!("theme")));
    assert_eq!((answers[3].0, &answers[3].1["error"]["code"]), (503, &json!("not_recorded")));
    assert_eq!(telephony.reply(&event), Reply::AtCommit);
}

#[test]
fn a_number_prefix_is_taken_away_once_and_only_in_front() {
    let settings = Settings { number_prefix: "9,".to_owned(), ..Settings::default() };
    let telephony = Telephony::new(settings, Arc::new(Secrets::default()));
    for (ani, digits) in [("9,0037060011122", "0037060011122"), ("9,9,1", "91"), ("19,1", "191"), ("+370", "370")] {
        let record = StoredRequest {
            route: "entry".to_owned(),
            method: "GET".to_owned(),
            path: String::new(),
            query: vec![("type".to_owned(), "newcall".to_owned()), ("ani".to_owned(), ani.to_owned())],
            headers: vec![],
            body: bytes::Bytes::new(),
        };
        let parsed = telephony.parse(&record, Instant::UNIX_EPOCH).unwrap();
        let pult_domain::Fact::Calls(pult_domain::areas::calls::Fact::CallStarted { number, .. }) =
            &parsed.facts[0].fact
        else {
            panic!("{parsed:?}")
        };
        assert_eq!(number.as_ref().unwrap().as_str(), digits);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        event in any::<bool>(),
        path in "\\PC{0,80}",
        query in prop::collection::vec(("type|ani|curator_id|\\PC{0,5}", "newcall|endcall|\\PC{0,80}"), 0..5),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let route = if event { "event" } else { "entry" }.to_owned();
        let path = format!("/contact-center/vilnius/tel/{path}");
        let record =
            StoredRequest { route, method: String::new(), path, query, headers: vec![], body: body.into() };
        let _ = telephony("k").parse(&record, Instant::UNIX_EPOCH);
    }

    #[test]
    fn no_query_or_header_gets_in_without_the_key(query in "\\PC{0,80}", stamp in "[0-9-]{0,20}", hex in "(sha256=)?[0-9a-f]{0,64}") {
        let mut telephony = telephony("a key nobody guesses");
        telephony.settings.allow_addresses.clear();
        prop_assert!(telephony.verify(&request(&telephony, 0, &query), Instant::UNIX_EPOCH).is_err());
        let mut event = request(&telephony, 4, &query);
        event.headers.insert("x-pult-timestamp", stamp.parse().unwrap());
        event.headers.insert("x-pult-signature", hex.parse().unwrap());
        prop_assert!(telephony.verify(&event, Instant::UNIX_EPOCH).is_err());
    }
}

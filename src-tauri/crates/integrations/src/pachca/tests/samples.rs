//! What each sample of the contract means.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use pult_domain::{Effect, EffectKey, RecordId, areas::chat_link::form::Fault};
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::{Asked, HttpAnswer, Outcome, Rejection, Unverified, samples::text, transport::http::Answer};

#[derive(Deserialize)]
struct Sample {
    sample: String,
    #[serde(default)]
    now: i64,
    delivery: Option<Told>,
    expected: Option<Expected>,
    request: Option<Request>,
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Told {
    method: String,
    headers: BTreeMap<String, String>,
    raw_body: String,
}

#[derive(Deserialize)]
struct Expected {
    http_status: u16,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    path: String,
    body: Value,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Value,
}

fn headers(given: &BTreeMap<String, String>) -> HeaderMap {
    let pair = |(name, value): (&String, &String)| {
        (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
    };
    given.iter().map(pair).collect()
}

fn sample(name: &str) -> Sample {
    serde_json::from_str(&text(NAME, &format!("{name}.json"))).unwrap()
}

fn all() -> Vec<Sample> {
    let mut files: Vec<_> =
        std::fs::read_dir(crate::samples::folder(NAME)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

/// The answer of a sample, as JSON text.
pub(super) fn answered(name: &str) -> String {
    sample(name).response.unwrap().body.to_string()
}

/// The body of a sample's request.
pub(super) fn asked(name: &str) -> Value {
    sample(name).request.unwrap().body
}

/// The bytes of a sample's webhook.
pub(super) fn raw(name: &str) -> String {
    sample(name).delivery.unwrap().raw_body
}

/// The status, and the body where there is one.
pub(super) fn answer_of(answer: HttpAnswer) -> (u16, Value) {
    match answer {
        HttpAnswer::Json { status, body } => (status, body),
        HttpAnswer::Raw { status, body, .. } => (status, String::from_utf8_lossy(&body).into_owned().into()),
        other => panic!("{other:?}"),
    }
}

/// What becomes of a webhook up to its facts; of one that is turned away, the answer.
fn taken_in(sample: &Sample) -> Value {
    let pachca = pachca();
    let told = sample.delivery.as_ref().unwrap();
    let at = Instant::from_second(sample.now).unwrap();
    let route = pachca.routes()[0];
    assert_eq!(told.method, route.method);
    let request = Unverified {
        route,
        method: told.method.parse().unwrap(),
        path: route.path.to_owned(),
        query: String::new(),
        headers: headers(&told.headers),
        body: told.raw_body.clone().into(),
        peer: "198.51.100.9".parse().unwrap(),
    };
    let verified = match request.accept(&pachca, at) {
        Ok(verified) => verified,
        Err(rejection) => {
            assert!(matches!(rejection, Rejection::Wrong | Rejection::Stale));
            let (status, body) = answer_of(pachca.turn_away(&route, &rejection));
            assert_eq!(status, sample.expected.as_ref().unwrap().http_status, "{}", sample.sample);
            return json!({"turned_away": status, "body": body});
        }
    };
    let stored = pachca.redact(&verified);
    let parsed = pachca.parse(&stored, at).unwrap();
    json!({
        "stored": stored, "reply": format!("{:?}", pachca.reply(&stored)), "order": pachca.order_of(&stored),
        "facts": parsed.facts,
    })
}

/// What an answer is taken to say, for the first kind of effect that its call is made for; of a call we do not make, how it is judged.
fn heard(request: &Request, response: &Response) -> String {
    let answer = Answer {
        status: StatusCode::from_u16(response.status).unwrap(),
        headers: headers(&response.headers),
        body: if response.body.is_null() { String::new() } else { response.body.to_string() }.into(),
    };
    let path: Vec<_> = request.path.trim_start_matches("/api/shared/v1/").split('/').collect();
    let method = match (request.method.as_str(), path.as_slice()) {
        ("GET", ["messages", _]) => "messages.get",
        ("POST", ["messages"]) => "messages.create",
        ("PUT", ["messages", _]) => "messages.update",
        ("POST", ["messages", _, "thread"]) => "threads.create",
        ("GET", ["users"]) => "users.list",
        ("GET", ["oauth", "token", "info"]) => "token.info",
        ("POST", ["views", "open"]) => "views.open",
        _ => return format!("{:#?}", trouble::judge(&answer, trouble::Intent::Once).map(|_| "taken")),
    };
    let pachca = pachca();
    let known = pachca.methods().iter().find(|known| known.name == method).unwrap();
    let (effect, key) = (Effect::example(known.kind).unwrap(), EffectKey::from("sample"));
    let understood = pachca.understand(&Asked { method, effect: &effect, key: &key, at: now() }, &answer);
    let people = match method {
        "users.list" => format!("{:#?}", people::cards(&response.body, Some(90_210))),
        _ => String::new(),
    };
    format!("{method} of {}: {understood:#?}\n{people}", known.kind)
}

#[test]
fn samples_mean_what_their_snapshots_say() {
    let samples = all();
    assert_eq!(samples.len(), 33);
    for sample in samples {
        match (&sample.delivery, &sample.request, &sample.response) {
            (Some(_), ..) => insta::assert_json_snapshot!(sample.sample.as_str(), taken_in(&sample)),
            (_, Some(request), Some(response)) => {
                insta::assert_snapshot!(sample.sample.as_str(), heard(request, response));
            }
            _ => panic!("{} is of a new kind: say what it means", sample.sample),
        }
    }
}

#[test]
fn a_refused_form_of_the_samples_stays_open_with_words_beside_its_blocks() {
    let (pachca, told) = (pachca(), sample("webhook_view_submit_invalid"));
    let stored: StoredRequest = serde_json::from_value(taken_in(&told)["stored"].clone()).unwrap();
    let stored = StoredRequest { body: told.delivery.unwrap().raw_body.into(), ..stored };
    let faults = ["topic", "description"].map(|block| Fault { block: block.to_owned(), text: "ы".repeat(2_001) });
    let refused = pult_domain::Answer::FormRefused { faults: faults.into() };
    let record = RecordId(1);
    let outcome = Outcome::Decided { record, answers: vec![refused], rejected: vec![], effects: vec![] };
    let (status, body) = answer_of(pachca.answer(&stored, &outcome));
    let text = "ы".repeat(2_000);
    assert_eq!(
        (status, body),
        (told.expected.unwrap().http_status, json!({"errors": {"topic": text, "description": text}}))
    );
}

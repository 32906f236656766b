//! The samples, what the tracker tells us, and what is asked of a small tracker of ours.

mod changing;
mod checks;
mod commenting;
mod creating;
mod errors;
mod files;
mod finding;
mod fuzz;
mod hooks;
mod linking;
mod polling;
mod samples;
mod server;
mod simulated;

use std::collections::BTreeMap;

use bytes::Bytes;
use pult_domain::{
    ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, Effect, EffectKey, Fact, FactKey, Failure, Observed,
    areas::chat_link::{self, FileLink, IssueCard},
};
use serde_json::{Value, json};

use super::*;
use crate::{CallError, Settled, samples::Secrets};

const SECRET_TOKEN: &str = "y0_to/ken+of=ours";
const KEY: &str = "c0ffee00112233445566778899aabbccddeeff00112233445566778899aabbcc";
const NEXT_KEY: &str = "d0ffee00112233445566778899aabbccddeeff00112233445566778899aabbcd";
const SET: &str = "66b0c1d2e3f4a5b6c7d8e9f0";

fn now() -> Instant {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn key() -> EffectKey {
    EffectKey::from("chat/700108/post_comment/0")
}

fn secrets() -> BTreeMap<String, String> {
    let secrets = [(TOKEN, SECRET_TOKEN), (HOOK_KEY, KEY)];
    secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// The messenger's files: each holds its own name, some are gone, some come later.
struct Messenger;

#[async_trait]
impl Attachments for Messenger {
    async fn fetch(&self, file: &FileLink, _at_most: u64) -> Result<Bytes, CallError> {
        match file.source.as_str() {
            "gone" => Err(CallError::Refused { reason: "gone".to_owned(), why: Failure::DoesNotExist }),
            "locked" => Err(CallError::Unauthorized { detail: "no token".to_owned() }),
            _ => Ok(Bytes::from(format!("content of {}", file.name))),
        }
    }
}

fn file(name: &str, source: &str) -> FileLink {
    FileLink { name: name.to_owned(), size: None, source: source.to_owned(), page: None }
}

fn settings() -> Settings {
    Settings::new("7654321", "DESK")
}

fn connected(settings: Settings, secrets: BTreeMap<String, String>) -> Tracker {
    crate::transport::http::tests::provider();
    Tracker::new(settings, Arc::new(Secrets(secrets)), Arc::new(Messenger), Arc::new(now)).unwrap()
}

/// A connection that nothing is asked of.
fn tracker() -> Tracker {
    connected(settings(), secrets())
}

/// The one fact of a receipt.
fn fact(outcome: Result<Vec<Observed>, CallError>) -> chat_link::Fact {
    let facts = outcome.unwrap();
    let [Observed { key: of, fact: Fact::ChatLink(fact), .. }] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!(*of, FactKey(key().0));
    fact.clone()
}

/// An outcome in a few words.
fn word(outcome: &Result<Vec<Observed>, CallError>) -> String {
    match outcome {
        Ok(facts) => match facts.as_slice() {
            [] => "a step".to_owned(),
            [Observed { fact, .. }] => fact.kind().to_owned(),
            other => format!("{other:?}"),
        },
        Err(CallError::Refused { why, reason }) => format!("refused {}: {reason}", why.as_ref()),
        Err(CallError::Unauthorized { detail }) => format!("unauthorized: {detail}"),
        Err(CallError::Unreachable { .. }) => "unreachable".to_owned(),
        Err(CallError::OutcomeUnknown { .. }) => "unknown".to_owned(),
        Err(CallError::Retry { after, .. }) => format!("retry {after:?}"),
        Err(CallError::Locked { .. }) => "locked".to_owned(),
    }
}

fn settled(settled: Settled) -> String {
    match settled {
        Settled::Done(facts) => format!("done {}", word(&Ok(facts))),
        Settled::NotDone => "not done".to_owned(),
        Settled::NotYet { .. } => "not yet".to_owned(),
        Settled::Unknown(error) => word(&Err(error)),
    }
}

/// An issue as the tracker shows it, with more fields, or others.
fn issue(key: &str, more: Value) -> Value {
    let mut issue = json!({
        "self": format!("https://api.tracker.yandex.net/v3/issues/{key}"),
        "id": "673d9f0a1b2c3d4e5f607182",
        "key": key,
        "version": 1,
        "summary": "Нет гудка",
        "queue": {"id": "29", "key": "DESK", "display": "Служба поддержки"},
        "status": {"id": "1", "key": "open", "display": "Открыт"},
        "createdAt": "2026-11-20T09:15:04.120+0000",
        "updatedAt": "2026-11-20T09:15:04.120+0000",
    });
    for (name, value) in more.as_object().unwrap() {
        issue[name] = value.clone();
    }
    issue
}

/// A local field's key in calls.
fn local(key: &str) -> String {
    format!("{SET}--{key}")
}

/// The list of a queue's local fields.
fn local_fields(keys: &[&str]) -> Value {
    let field = |key: &&str| json!({"id": local(key), "key": key, "type": "local", "schema": {"type": "string"}});
    keys.iter().map(field).collect()
}

const ALL: [&str; 7] =
    ["pachcaUserId", "pachcaMessageId", "pachcaChatId", "name", "department", "pachcaIssueKey", "sourceRef"];

#[test]
fn settings_name_only_what_differs_from_the_usual() {
    let text = r#"{"enabled": true, "org_id": "7654321", "queue_key": "DESK"}"#;
    assert_eq!(serde_json::from_str::<Settings>(text).unwrap(), settings());
    assert!(serde_json::from_str::<Settings>(r#"{"queue_key": "DESK", "token": "x"}"#).is_err());
}

#[test]
fn settings_that_cannot_work_are_refused_at_once() {
    crate::transport::http::tests::provider();
    let at = |base: &str| Settings { base: Some(base.parse().unwrap()), ..settings() };
    let table = [
        (settings(), true),
        (at("https://tracker.example.com"), true),
        (at("http://localhost:8080/"), true),
        (at("http://tracker.example.com"), false),
        (at("ftp://localhost/"), false),
        (Settings { queue_key: " ".to_owned(), ..settings() }, false),
        (Settings { queue_key: "DESK Updated: today()".to_owned(), ..settings() }, false),
        (Settings { ca: Some("/nowhere/ca.pem".into()), ..settings() }, false),
    ];
    for (settings, good) in table {
        let shown = format!("{settings:?}");
        let made = Tracker::new(settings, Arc::new(Secrets(secrets())), Arc::new(Messenger), Arc::new(now));
        assert_eq!(made.is_ok(), good, "{shown}");
    }
}

#[test]
fn an_issue_has_a_page_for_people() {
    assert_eq!(settings().page("DESK-41"), "https://tracker.yandex.ru/DESK-41");
    let settings = Settings { people_url: Some("https://t.example.com/x".parse().unwrap()), ..settings() };
    assert_eq!(settings.page("DESK-41"), "https://t.example.com/x/DESK-41");
}

//! The samples, what the tracker tells us, and what is asked of a small tracker of ours.

mod changing;
mod checks;
mod creating;
mod desk;
mod errors;
mod files;
mod fuzz;
mod hooks;
mod lists;
mod notes;
mod paging;
mod people;
mod polling;
mod samples;
mod server;
mod spellings;
mod watching;

use std::{collections::BTreeMap, sync::Mutex};

use bytes::Bytes;
use pult_domain::{
    Effect, EffectKey, Fact, FactKey, Failure, Observed, TicketId,
    areas::tickets::{self, Ticket, Upload},
};
use serde_json::{Value, json};

use super::*;
use crate::{CallError, Settled, samples::Secrets};

const SECRET: &str = "0123456789abcdef0123456789abcdef01234567";
const PERSON_KEY: &str = "fedcba9876543210fedcba9876543210fedcba98";
const HOOK_KEY: &str = "sim-redmine-secret";
/// Our own account there.
const ME: i64 = 9;
/// Somebody's own.
const PERSON: i64 = 6;
const MARK: &str = "[pult 7f3a-12]";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn now() -> Instant {
    at("2026-11-20T10:00:00Z")
}

fn key() -> EffectKey {
    EffectKey::from("ticket/41/change_ticket/0")
}

fn secrets() -> BTreeMap<String, String> {
    let person = persons::secret_name(PERSON);
    let secrets = [(KEY, SECRET), (HOOK_SECRET, HOOK_KEY), (person.as_str(), PERSON_KEY)];
    secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Files that people attach: each holds its own digest, some are gone, some come later.
struct Kept;

#[async_trait]
impl Uploads for Kept {
    async fn bytes(&self, sha256: &str) -> Result<Bytes, CallError> {
        match sha256 {
            "gone" => Err(CallError::Refused { reason: "gone".to_owned(), why: Failure::DoesNotExist }),
            "locked" => Err(CallError::Unreachable { detail: "the store is locked".to_owned() }),
            _ => Ok(Bytes::copy_from_slice(sha256.as_bytes())),
        }
    }
}

fn upload(name: &str, sha256: &str) -> Upload {
    Upload {
        sha256: sha256.to_owned(),
        name: name.to_owned(),
        content_type: "text/plain".to_owned(),
        size: sha256.len() as u64,
    }
}

fn settings(base: &str) -> Settings {
    Settings::new(base.parse().unwrap())
}

fn connected(settings: Settings, secrets: BTreeMap<String, String>) -> Redmine {
    crate::transport::http::tests::provider();
    let every = Arc::new(AtomicU32::new(15));
    Redmine::at_pace(settings, Arc::new(Secrets(secrets)), Arc::new(Kept), every, Arc::new(now), 1_000_000).unwrap()
}

/// A connection that nothing is asked of.
fn tracker() -> Redmine {
    connected(settings("https://help.example.com/redmine"), secrets())
}

/// The one fact of a receipt.
fn fact(outcome: Result<Vec<Observed>, CallError>) -> tickets::Fact {
    let facts = outcome.unwrap();
    let [Observed { key: of, fact: Fact::Tickets(fact), .. }] = facts.as_slice() else { panic!("{facts:?}") };
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
        Err(error) => wrong(error),
    }
}

fn wrong(error: &CallError) -> String {
    match error {
        CallError::Refused { why, reason } => format!("refused {}: {reason}", why.as_ref()),
        CallError::Unauthorized { detail } => format!("unauthorized: {detail}"),
        CallError::Unreachable { .. } => "unreachable".to_owned(),
        CallError::OutcomeUnknown { .. } => "unknown".to_owned(),
        CallError::Retry { after, .. } => format!("retry {after:?}"),
        CallError::Locked { .. } => "locked".to_owned(),
    }
}

fn settled(settled: Settled) -> String {
    match settled {
        Settled::Done(facts) => format!("done {}", word(&Ok(facts))),
        Settled::NotDone => "not done".to_owned(),
        Settled::NotYet { .. } => "not yet".to_owned(),
        Settled::Unknown(error) => wrong(&error),
    }
}

/// An issue as the tracker shows it, with more fields, or others.
fn issue(id: i64, more: Value) -> Value {
    let mut issue = json!({
        "id": id,
        "project": {"id": 1, "name": "Desk"},
        "tracker": {"id": 3, "name": "Support"},
        "status": {"id": 1, "name": "New", "is_closed": false},
        "priority": {"id": 2, "name": "Normal"},
        "author": {"id": 5, "name": "Vera Shift"},
        "subject": format!("Ticket {id}"),
        "description": "d",
        "done_ratio": 0,
        "is_private": false,
        "spent_hours": 0.0,
        "created_on": "2026-11-20T08:00:00Z",
        "updated_on": "2026-11-20T09:00:00Z",
        "closed_on": null,
    });
    for (name, value) in more.as_object().unwrap() {
        issue[name] = value.clone();
    }
    issue
}

fn journal(id: i64, user: i64, notes: &str, details: Value) -> Value {
    json!({
        "id": id,
        "user": {"id": user, "name": "Somebody"},
        "notes": notes,
        "created_on": "2026-11-20T09:59:00Z",
        "private_notes": false,
        "details": details,
    })
}

fn change_of(name: &str, old: Value, new: Value) -> Value {
    json!({"property": "attr", "name": name, "old_value": old, "new_value": new})
}

#[test]
fn settings_name_only_what_differs_from_the_usual() {
    let text = r#"{"enabled": true, "base": "https://help.example.com/redmine"}"#;
    assert_eq!(serde_json::from_str::<Settings>(text).unwrap(), settings("https://help.example.com/redmine"));
    assert!(serde_json::from_str::<Settings>(r#"{"base": "https://a.example.com", "key": "x"}"#).is_err());
    let overlap = |overlap_s| Settings { overlap_s, ..settings("https://a.example.com") }.overlap().as_secs();
    assert_eq!([1, 10, 120, 3600, 9999].map(overlap), [10, 10, 120, 3600, 3600]);
}

#[test]
fn settings_that_cannot_work_are_refused_at_once() {
    crate::transport::http::tests::provider();
    let with_ca = Settings { ca: Some("/nowhere/ca.pem".into()), ..settings("https://a.example.com") };
    for (settings, good) in [
        (settings("https://help.example.com"), true),
        (settings("http://127.0.0.1:3100/"), true),
        (settings("http://help.example.com"), false),
        (settings("ftp://localhost/"), false),
        (with_ca, false),
    ] {
        let shown = format!("{settings:?}");
        let made = Redmine::new(settings, Arc::new(Secrets(secrets())), Arc::new(Kept), Arc::default(), Arc::new(now));
        assert_eq!(made.is_ok(), good, "{shown}");
    }
}

#[test]
fn a_ticket_has_a_page_for_people() {
    assert_eq!(settings("https://help.example.com/redmine/").page(), "https://help.example.com/redmine/issues/{id}");
}

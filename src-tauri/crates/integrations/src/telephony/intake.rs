//! How the telephony client calls us: its addresses, how it proves itself, what is kept, and what it hears.
//!
//! Deliberately not here: the meaning of a request (`wire`).

use std::{borrow::Cow, time::Duration};

use http::HeaderMap;
use pult_domain::Instant;
use serde_json::json;

use crate::{
    Admission, HttpAnswer, Outcome, Rejection, Reply, Route, StoredRequest, Unverified, Verdict, Verified, Webhook,
    transport::{
        mask::{HIDDEN, Mask},
        proof,
    },
};

use super::{
    Telephony,
    wire::{EntryType, MAX_ANI, MAX_CURATOR, entry_number},
};

/// The route of signed events.
pub(super) const EVENT: &str = "event";
/// The header of a record that says whose signature fitted; a header of that name from outside is never kept.
pub(super) const CLIENT: &str = "x-pult-client";
const TIMESTAMP: &str = "x-pult-timestamp";
const SIGNATURE: &str = "x-pult-signature";
/// How far the sender's clock may be from ours, seconds.
const WINDOW: i64 = 300;
/// How long an opened card waits for the decision; it fills itself in afterwards.
const CARD_WAIT: Duration = Duration::from_millis(300);
/// A configured key shorter than this could be a part of any number, so it is not looked for in other fields.
const TELLING: usize = 8;

const fn entry(path: &'static str, name: &'static str) -> Route {
    let summary = "A call began or ended: opens the call card";
    Route { method: "GET", path, name, summary, max_body: 4 * 1024, cors: true }
}

const ROUTES: &[Route] = &[
    entry("/contact-center/vilnius/tel/", "entry"),
    entry("/contact-center/vilnius/tel", "entry_no_slash"),
    entry("/contact-center/vilnius/tel/{tel}/", "entry_number"),
    entry("/contact-center/vilnius/tel/{tel}", "entry_number_no_slash"),
    Route {
        method: "POST",
        path: "/hooks/telephony",
        name: EVENT,
        summary: "A signed event of the telephony: a call began, ended or was given a theme",
        max_body: 16 * 1024,
        cors: false,
    },
];

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn refusal(status: u16, code: &str, field: Option<&str>, message: &str) -> HttpAnswer {
    HttpAnswer::Json { status, body: json!({"error": {"code": code, "field": field, "message": message}}) }
}

impl Telephony {
    fn verify_event(&self, request: &Unverified, now: Instant) -> Result<Verdict, Rejection> {
        let keys = self.keys();
        if keys.is_empty() {
            return Err(Rejection::NotSetUp);
        }
        let stamp = header(&request.headers, TIMESTAMP).ok_or(Rejection::Missing)?;
        let signature = header(&request.headers, SIGNATURE).ok_or(Rejection::Missing)?;
        let hex = signature.strip_prefix("sha256=").ok_or(Rejection::Wrong)?;
        let parts: [&[u8]; 3] = [stamp.as_bytes(), b".", &request.body];
        // Every key is tried, so that the time taken does not tell which one fitted.
        let mut fitting = None;
        for (client, key) in &keys {
            if proof::hmac_fits(key, &parts, hex) {
                fitting = Some((*client).to_owned());
            }
        }
        let client = fitting.ok_or(Rejection::Wrong)?;
        let stamp: i64 = stamp.parse().map_err(|_| Rejection::Stale)?;
        if now.as_second().abs_diff(stamp) > WINDOW.unsigned_abs() {
            return Err(Rejection::Stale);
        }
        Ok(Verdict::Signature { client })
    }

    fn verify_entry(&self, request: &Unverified) -> Result<Verdict, Rejection> {
        let keys = self.keys();
        if keys.is_empty() && self.settings.allow_addresses.is_empty() {
            return Err(Rejection::NotSetUp);
        }
        let given = request.query_value("key").filter(|key| !key.is_empty());
        let mut fitting = None;
        for (client, key) in &keys {
            if proof::same_secret(given.as_deref().unwrap_or_default(), key) {
                fitting = Some((*client).to_owned());
            }
        }
        let peer = request.peer.to_canonical();
        let verdict = match fitting {
            Some(client) => Verdict::Key { client },
            None if self.settings.allow_addresses.iter().any(|network| network.contains(&peer)) => Verdict::Address,
            None if given.is_none() && !keys.is_empty() => return Err(Rejection::Missing),
            None => return Err(Rejection::Wrong),
        };
        // Only after the proof: a stranger learns nothing of what is allowed.
        let bad = |field, reason: String| Rejection::BadField { field, reason };
        let long = |text: &str, most: usize| text.chars().nth(most).is_some();
        EntryType::read(request.query_value("type").as_deref()).map_err(|allowed| bad("type", allowed.to_string()))?;
        let number = entry_number(request.query_value("ani").as_deref(), &request.path);
        if long(&number, MAX_ANI) {
            return Err(bad("ani", format!("at most {MAX_ANI} characters")));
        }
        if long(&request.query_value("curator_id").unwrap_or_default(), MAX_CURATOR) {
            return Err(bad("curator_id", format!("at most {MAX_CURATOR} characters")));
        }
        Ok(verdict)
    }
}

impl Webhook for Telephony {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn verify(&self, request: &Unverified, now: Instant) -> Result<Verdict, Rejection> {
        if !self.settings.enabled {
            return Err(Rejection::NotSetUp);
        }
        if request.route.name == EVENT { self.verify_event(request, now) } else { self.verify_entry(request) }
    }

    fn admit(&self, request: &Verified) -> Admission {
        let request = request.request();
        let kind = request.query_value("type");
        if request.route.name == EVENT || !matches!(EntryType::read(kind.as_deref()), Ok(None)) {
            return Admission::Record;
        }
        let ani = entry_number(request.query_value("ani").as_deref(), &request.path);
        Admission::Glance(HttpAnswer::OpenNumber { ani })
    }

    fn redact(&self, request: &Verified) -> StoredRequest {
        let (verdict, request) = (request.verdict(), request.request());
        let keys = self.keys();
        let telling = keys.iter().map(|(_, key)| key.as_str()).filter(|key| key.len() >= TELLING);
        let mut mask = Mask::new(telling);
        if matches!(verdict, Verdict::Key { .. }) {
            // The key is known to be one here, however short, and is dropped from the address it may be repeated in.
            for key in keys.iter().map(|(_, key)| key).filter(|key| request.path.contains(key.as_str())) {
                mask.add(key);
            }
        }
        let hide = |text: &str| mask.hide(text).into_owned();
        let query = url::form_urlencoded::parse(request.query.as_bytes())
            .filter(|(name, _)| name != "key")
            .map(|(name, value)| (hide(&name), hide(&value)))
            .collect();
        let mut headers = vec![];
        for name in ["content-type", "user-agent", "origin", TIMESTAMP] {
            headers.extend(header(&request.headers, name).map(|value| (name.to_owned(), hide(value))));
        }
        // The page a browser came from may be this very address, key included.
        headers.extend(header(&request.headers, "referer").map(|value| {
            let page = value.split(['?', '#']).next().unwrap_or_default();
            ("referer".to_owned(), hide(page))
        }));
        for name in ["authorization", "cookie", SIGNATURE] {
            headers.extend(request.headers.contains_key(name).then(|| (name.to_owned(), HIDDEN.to_owned())));
        }
        if let Verdict::Signature { client } = verdict {
            headers.push((CLIENT.to_owned(), client.clone()));
        }
        let body = match (request.route.name, std::str::from_utf8(&request.body)) {
            (EVENT, Ok(text)) => match mask.hide(text) {
                Cow::Borrowed(_) => request.body.clone(),
                Cow::Owned(hidden) => hidden.into(),
            },
            (EVENT, Err(_)) => request.body.clone(),
            // A GET says nothing in its body.
            _ => bytes::Bytes::new(),
        };
        StoredRequest {
            route: request.route.name.to_owned(),
            method: request.method.to_string(),
            path: hide(&request.path),
            query,
            headers,
            body,
        }
    }

    fn reply(&self, record: &StoredRequest) -> Reply {
        if record.route == EVENT { Reply::AtCommit } else { Reply::AtDecision { limit: CARD_WAIT } }
    }

    fn answer(&self, record: &StoredRequest, outcome: &Outcome) -> HttpAnswer {
        let event = record.route == EVENT;
        match outcome {
            Outcome::NotUnderstood { error, .. } if event => {
                refusal(400, "bad_field", Some(&error.field), &error.reason)
            }
            Outcome::Committed { record } | Outcome::Decided { record, .. } if event => {
                HttpAnswer::Json { status: 200, body: json!({"ok": true, "record": record}) }
            }
            Outcome::NotRecorded if event => {
                refusal(503, "not_recorded", None, "the event was not recorded; send it again with the same event_id")
            }
            Outcome::Committed { record } | Outcome::Decided { record, .. } | Outcome::NotUnderstood { record, .. } => {
                HttpAnswer::OpenCard { record: *record }
            }
            Outcome::NotRecorded => {
                HttpAnswer::CardNotRecorded { ani: entry_number(record.query_value("ani"), &record.path) }
            }
        }
    }

    fn turn_away(&self, _route: &Route, rejection: &Rejection) -> HttpAnswer {
        let (status, code, field) = match rejection {
            Rejection::Missing => (401, "key_missing", None),
            Rejection::Wrong => (403, "key_wrong", None),
            Rejection::Stale => (403, "stale", None),
            Rejection::NotSetUp => (503, "not_set_up", None),
            Rejection::BadField { field, .. } => (400, "bad_field", Some(*field)),
        };
        let message = match rejection {
            Rejection::BadField { reason, .. } => reason.clone(),
            other => other.to_string(),
        };
        refusal(status, code, field, &message)
    }

    fn cors_origins(&self) -> &[String] {
        &self.settings.cors_origins
    }
}

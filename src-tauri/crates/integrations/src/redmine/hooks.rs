//! How the tracker calls us, from its version 7.0 on (contracts/redmine 7).
//!
//! It calls once, and not for every ticket: a call only makes a look come sooner. The ticket is read with our own account, because the words of
//! a call lack what only some may see. Deliberately not here: reading it.

use bytes::Bytes;
use http::{HeaderMap, header};
use pult_domain::{Fact, FactKey, Instant, Observed, TicketId, areas::tickets};
use serde_json::{Value, json};

use crate::{
    HttpAnswer, Outcome, ParseError, Parsed, Rejection, Reply, Route, StoredRequest, Unverified, Verdict, Verified,
    Webhook, reason,
    transport::{
        mask::{HIDDEN, Mask},
        proof,
    },
};

use super::{
    HOOK_SECRET, NAME, Redmine,
    loose::{at, digest, instant, number},
    wire::SAID,
};

/// The route's word.
pub(super) const HOOK: &str = "hook";
const SIGNATURE: &str = "x-redmine-signature-256";
/// From when on changes count, as it stood when the call came: without it the next look finds everything.
const FROM: &str = "from";
/// A secret shorter than this could be a part of any text, so it is not looked for in what is told.
const TELLING: usize = 8;

const ROUTES: &[Route] = &[Route {
    method: "POST",
    path: "/hooks/redmine",
    name: HOOK,
    summary: "The issue tracker says that an issue was changed",
    max_body: 1024 * 1024,
    cors: false,
}];

fn head<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// The ticket a call speaks of; nothing where it speaks of something else.
fn ticket(body: &Value) -> Option<i64> {
    let kind = at(body, &["type"]).as_str()?;
    let id = number(at(body, &["data", "issue", "id"]))?;
    matches!(kind, "issue.created" | "issue.updated" | "issue.deleted").then_some(id)
}

/// What stays in order with a call.
pub(super) fn ticket_of(record: &StoredRequest) -> Option<i64> {
    ticket(&serde_json::from_slice(&record.body).ok()?)
}

/// What a call means.
pub(super) fn told(record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
    let body: Value = serde_json::from_slice(&record.body).map_err(|_| ParseError::at("body", reason!("not JSON")))?;
    if !at(&body, &["type"]).is_string() {
        return Err(ParseError::at("type", reason!("a word for what happened is required")));
    }
    let from = record.query_value(FROM).and_then(|from| instant(&from.into()));
    let facts = ticket(&body).zip(from).map(|(ticket, from)| Observed {
        key: FactKey(format!("hook:{}", digest(&record.body))),
        at: received_at,
        fact: Fact::Tickets(tickets::Fact::Stirred { ticket: TicketId(ticket), from }),
    });
    Ok(Parsed { facts: facts.into_iter().collect(), rejected: vec![] })
}

impl Redmine {
    /// What the tracker signs its calls with.
    pub(super) fn hook_secret(&self) -> Option<String> {
        self.credentials.secret(HOOK_SECRET).filter(|secret| !secret.is_empty())
    }
}

impl Webhook for Redmine {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn verify(&self, request: &Unverified, _now: Instant) -> Result<Verdict, Rejection> {
        let secret = self.hook_secret().filter(|_| self.settings.enabled).ok_or(Rejection::NotSetUp)?;
        let given = head(&request.headers, SIGNATURE).filter(|given| !given.is_empty()).ok_or(Rejection::Missing)?;
        let fits = given.strip_prefix("sha256=").is_some_and(|hex| proof::hmac_fits(&secret, &[&request.body], hex));
        if fits { Ok(Verdict::Signature { client: NAME.to_owned() }) } else { Err(Rejection::Wrong) }
    }

    fn redact(&self, request: &Verified) -> StoredRequest {
        let request = request.request();
        let secrets = [self.hook_secret(), self.client.secret(super::client::As::Engine)];
        let mask = Mask::new(secrets.iter().flatten().map(String::as_str).filter(|secret| secret.len() >= TELLING));
        let kept = [header::CONTENT_TYPE, header::USER_AGENT].into_iter().filter_map(|name| {
            let value = mask.hide(head(&request.headers, name.as_str())?).into_owned();
            Some((name.to_string(), value))
        });
        let hidden = request.headers.contains_key(SIGNATURE).then(|| (SIGNATURE.to_owned(), HIDDEN.to_owned()));
        StoredRequest {
            route: request.route.name.to_owned(),
            method: request.method.to_string(),
            path: request.path.clone(),
            // The contract knows nothing in the query: this is ours.
            query: self.mark.get().map(|from| (FROM.to_owned(), from.to_string())).into_iter().collect(),
            headers: kept.chain(hidden).collect(),
            body: match std::str::from_utf8(&without_words(&request.body)) {
                Ok(text) => mask.hide(text).into_owned().into(),
                Err(_) => request.body.clone(),
            },
        }
    }

    fn reply(&self, _record: &StoredRequest) -> Reply {
        Reply::AtCommit
    }

    /// Whatever was said: the tracker calls once.
    fn answer(&self, _record: &StoredRequest, outcome: &Outcome) -> HttpAnswer {
        match outcome {
            Outcome::NotRecorded => refusal(503, "the event was not recorded"),
            _ => HttpAnswer::Json { status: 200, body: json!({"ok": true}) },
        }
    }

    fn turn_away(&self, _route: &Route, rejection: &Rejection) -> HttpAnswer {
        let status = match rejection {
            Rejection::NotSetUp => 503,
            Rejection::Missing => 401,
            Rejection::Wrong | Rejection::Stale => 403,
            Rejection::BadField { .. } => 400,
        };
        refusal(status, &rejection.to_string())
    }
}

/// A call without what was said: it does not tell whether only some may read that. The ticket itself is read anew.
fn without_words(body: &Bytes) -> Bytes {
    let Ok(mut call) = serde_json::from_slice::<Value>(body) else { return body.clone() };
    match call.pointer_mut("/data/journal/notes").filter(|notes| notes.is_string()) {
        Some(notes) => *notes = SAID.into(),
        None => return body.clone(),
    }
    call.to_string().into()
}

fn refusal(status: u16, detail: &str) -> HttpAnswer {
    HttpAnswer::Json { status, body: json!({ "detail": detail }) }
}

//! How the messenger calls us: one address, a signature over the raw bytes, and forms whose sender waits (contracts/pachca 8).
//!
//! A signed event that comes again within its window is a second record of the same fact, and a fact's key is known for as long as its
//! journal entry is: that is what keeps an accepted event from being accepted twice. Deliberately not here: its meaning (`events`).

use std::time::Duration;

use bytes::Bytes;
use pult_domain::{Answer, Instant};
use serde_json::{Map, Value, json};

use crate::{
    HttpAnswer, Outcome, Rejection, Reply, Route, StoredRequest, Unverified, Verdict, Verified, Webhook,
    transport::{mask::Mask, proof},
};

use super::{
    NAME, Pachca, TOKEN,
    events::{self, Kind},
    wire::at,
};

/// The route of events.
pub(super) const EVENT: &str = "event";
/// Headers the signature may stand in, the vendor's own first.
const SIGNATURE: [&str; 3] = ["pachca-signature", "pachca_signature", "signature"];
/// A signature is so many hexadecimal digits.
const DIGITS: usize = 64;
/// An event may be ahead of our clock by this, whatever the window.
const AHEAD: i64 = 60;
/// The longest window, seconds.
const LONGEST_WINDOW: u32 = 600;
/// How long the sender of a form waits: a second less than the vendor does.
const DECISION: Duration = Duration::from_secs(2);
/// The most characters of what stands beside a block.
const MAX_FAULT: usize = 2_000;
/// A secret shorter than this could be a part of any text, so it is not looked for in what is kept.
const TELLING: usize = 8;

const ROUTES: &[Route] = &[Route {
    method: "POST",
    path: "/hooks/pachca",
    name: EVENT,
    summary: "An event of the messenger: a message, a pressed button, a form",
    max_body: 256 * 1024,
    cors: false,
}];

fn ok() -> HttpAnswer {
    HttpAnswer::Raw { status: 200, content_type: "text/plain; charset=utf-8", body: Bytes::from_static(b"ok") }
}

fn refusal(status: u16, error: impl Into<String>) -> HttpAnswer {
    HttpAnswer::Json { status, body: json!({"error": error.into()}) }
}

fn is_form(record: &StoredRequest) -> bool {
    events::event(&record.body).is_ok_and(|event| events::kind(&event) == Kind::Submit)
}

/// Seconds since 1970: a number, or its digits as text.
fn stamp(event: &Value) -> Option<i64> {
    let stamp = at(event, "webhook_timestamp");
    stamp.as_i64().or_else(|| stamp.as_str()?.trim().parse().ok())
}

/// What the sender of a form is told.
fn decided(answers: &[Answer]) -> HttpAnswer {
    let faults = answers.iter().find_map(|answer| match answer {
        Answer::FormRefused { faults } => Some(faults),
        _ => None,
    });
    let Some(faults) = faults else { return ok() };
    let mut errors = Map::new();
    for fault in faults {
        let text: String = fault.text.chars().take(MAX_FAULT).collect();
        errors.insert(fault.block.clone(), text.into());
    }
    HttpAnswer::Json { status: 400, body: json!({"errors": errors}) }
}

impl Webhook for Pachca {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn verify(&self, request: &Unverified, now: Instant) -> Result<Verdict, Rejection> {
        let secret = self.webhook_secret().ok_or(Rejection::NotSetUp)?;
        let networks = &self.settings.allow_addresses;
        if !networks.is_empty() && !networks.iter().any(|network| network.contains(&request.peer)) {
            return Err(Rejection::Wrong);
        }
        let given = SIGNATURE.iter().filter_map(|name| request.headers.get(*name)?.to_str().ok());
        let given = given.map(str::trim).find(|given| !given.is_empty()).ok_or(Rejection::Missing)?;
        if given.len() != DIGITS || !proof::hmac_fits(&secret, &[&request.body], given) {
            return Err(Rejection::Wrong);
        }
        // Only now are the bytes anybody's words.
        let event = events::event(&request.body)
            .map_err(|error| Rejection::BadField { field: "body", reason: error.reason.to_string() })?;
        let stamp = stamp(&event).ok_or(Rejection::Stale)?;
        let window = i64::from(self.settings.window_s.clamp(1, LONGEST_WINDOW));
        let age = now.as_second().saturating_sub(stamp);
        if (-AHEAD.min(window)..=window).contains(&age) {
            Ok(Verdict::Signature { client: NAME.to_owned() })
        } else {
            Err(Rejection::Stale)
        }
    }

    fn redact(&self, request: &Verified) -> StoredRequest {
        let request = request.request();
        let secrets = [self.webhook_secret(), self.credentials.secret(TOKEN)];
        let telling = secrets.iter().flatten().filter(|secret| secret.len() >= TELLING);
        let mask = Mask::new(telling.map(String::as_str));
        let header = |name: &str| {
            let value = request.headers.get(name)?.to_str().ok()?;
            Some((name.to_owned(), mask.hide(value).into_owned()))
        };
        StoredRequest {
            route: request.route.name.to_owned(),
            method: request.method.to_string(),
            path: request.path.clone(),
            // The contract knows no query; whatever is in it is not ours to keep.
            query: vec![],
            headers: ["content-type", "user-agent"].into_iter().filter_map(header).collect(),
            body: match std::str::from_utf8(&request.body) {
                Ok(text) => mask.hide(text).into_owned().into(),
                Err(_) => request.body.clone(),
            },
        }
    }

    fn reply(&self, record: &StoredRequest) -> Reply {
        let Ok(event) = events::event(&record.body) else { return Reply::AtCommit };
        if events::kind(&event) == Kind::Submit { Reply::AtDecision { limit: DECISION } } else { Reply::AtCommit }
    }

    fn answer(&self, record: &StoredRequest, outcome: &Outcome) -> HttpAnswer {
        match (outcome, is_form(record)) {
            (Outcome::NotRecorded, _) => refusal(503, "the event was not recorded; send it again"),
            (Outcome::Decided { answers, .. }, true) => decided(answers),
            (Outcome::Committed { .. }, true) => refusal(503, "the form is not decided yet; send it again"),
            (Outcome::NotUnderstood { error, .. }, true) => refusal(400, error.to_string()),
            // Repeating it would not help: it is kept, understood or not.
            (_, false) => ok(),
        }
    }

    fn turn_away(&self, _route: &Route, rejection: &Rejection) -> HttpAnswer {
        let status = match rejection {
            // Without a secret nobody can be told from anybody else (behaviour/chat_tracker 2).
            Rejection::Missing | Rejection::Wrong | Rejection::Stale | Rejection::NotSetUp => 401,
            Rejection::BadField { .. } => 400,
        };
        refusal(status, rejection.to_string())
    }
}

//! How the portal calls us: its address, the token that proves it, and what is kept (contracts/bitrix24, events by push).
//!
//! The portal never sends an event twice, so whatever is genuine is recorded, understood or not. Deliberately not here: its meaning
//! (`events`).

use pult_domain::Instant;
use serde_json::json;
use url::form_urlencoded;

use crate::{
    HttpAnswer, Outcome, Rejection, Reply, Route, StoredRequest, Unverified, Verdict, Verified, Webhook,
    transport::{mask::Mask, proof},
};

use super::{APPLICATION_TOKEN, BOT_TOKEN, Bitrix24, NAME, client::Key, form};

/// The address of events.
pub(super) const PATH: &str = "/hooks/bitrix24";
/// The route of events.
pub(super) const EVENT: &str = "event";
/// The pair of the body that proves the portal; tokens deeper in the body prove nothing.
const PROOF: &str = "auth[application_token]";

const ROUTES: &[Route] = &[Route {
    method: "POST",
    path: PATH,
    name: EVENT,
    summary: "An event of the portal: a person pressed a button or wrote to the bot",
    max_body: 256 * 1024,
    cors: false,
}];

fn refusal(status: u16, code: &str, message: &str) -> HttpAnswer {
    HttpAnswer::Json { status, body: json!({"error": {"code": code, "field": null, "message": message}}) }
}

impl Bitrix24 {
    /// Whatever of ours must not be kept.
    pub(super) fn mask(&self) -> Mask {
        let names = [APPLICATION_TOKEN, BOT_TOKEN, Key::Users.secret(), Key::Messages.secret()];
        let secrets: Vec<_> = names.iter().filter_map(|name| self.secret(name)).collect();
        Mask::new(secrets.iter().map(String::as_str))
    }
}

impl Webhook for Bitrix24 {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn verify(&self, request: &Unverified, _now: Instant) -> Result<Verdict, Rejection> {
        let expected = self.secret(APPLICATION_TOKEN).ok_or(Rejection::NotSetUp)?;
        let mut given = form_urlencoded::parse(&request.body).filter(|(key, _)| key == PROOF);
        let (_, token) = given.next().ok_or(Rejection::Missing)?;
        // Of two the portal's language would take the last, others the first: neither is believed.
        if given.next().is_none() && proof::same_secret(&token, &expected) {
            Ok(Verdict::Key { client: NAME.to_owned() })
        } else {
            Err(Rejection::Wrong)
        }
    }

    fn redact(&self, request: &Verified) -> StoredRequest {
        let request = request.request();
        let mask = self.mask();
        let hide = |text: &str| mask.hide(text).into_owned();
        let header = |name: &str| {
            let value = request.headers.get(name)?.to_str().ok()?;
            Some((name.to_owned(), hide(value)))
        };
        StoredRequest {
            route: request.route.name.to_owned(),
            method: request.method.to_string(),
            path: hide(&request.path),
            query: form_urlencoded::parse(request.query.as_bytes()).map(|(k, v)| (hide(&k), hide(&v))).collect(),
            headers: ["content-type", "user-agent"].into_iter().filter_map(header).collect(),
            body: form::redacted(&request.body, &mask).into(),
        }
    }

    fn reply(&self, _record: &StoredRequest) -> Reply {
        Reply::AtCommit
    }

    fn answer(&self, _record: &StoredRequest, outcome: &Outcome) -> HttpAnswer {
        match outcome {
            Outcome::Committed { record } | Outcome::Decided { record, .. } | Outcome::NotUnderstood { record, .. } => {
                HttpAnswer::Json { status: 200, body: json!({"ok": true, "record": record}) }
            }
            Outcome::NotRecorded => refusal(503, "not_recorded", "the event was not recorded"),
        }
    }

    fn turn_away(&self, _route: &Route, rejection: &Rejection) -> HttpAnswer {
        let message = rejection.to_string();
        match rejection {
            Rejection::Missing => refusal(403, "key_missing", &message),
            Rejection::Wrong | Rejection::Stale => refusal(403, "key_wrong", &message),
            Rejection::NotSetUp => refusal(503, "not_set_up", &message),
            Rejection::BadField { .. } => refusal(400, "bad_field", &message),
        }
    }
}

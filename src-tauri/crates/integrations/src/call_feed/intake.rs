//! How the call centre's database calls us: one address, one key, and an answer that counts.
//!
//! Deliberately not here: the rows (`wire`) and files (`folder`).

use std::time::Duration;

use pult_domain::{Answer, Instant};
use serde_json::json;

use crate::{
    HttpAnswer, Outcome, Rejection, Reply, Route, StoredRequest, Unverified, Verdict, Verified, Webhook,
    transport::{
        mask::{HIDDEN, Mask},
        proof,
    },
};

use super::{CallFeed, NAME, wire};

/// The route of posted batches.
pub(super) const BATCH: &str = "batch";
const KEY: &str = "x-api-key";
/// How long a sender waits for its counts. A batch that takes longer is safe all the same.
const DECISION: Duration = Duration::from_secs(10);

const ROUTES: &[Route] = &[Route {
    method: "POST",
    path: "/api/v1/calls",
    name: BATCH,
    summary: "Up to 500 calls of the Moscow journal, new or brought up to date",
    max_body: 4 * 1024 * 1024,
    cors: false,
}];

fn refusal(status: u16, error: impl Into<String>) -> HttpAnswer {
    HttpAnswer::Json { status, body: json!({"success": false, "error": error.into()}) }
}

impl Webhook for CallFeed {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn verify(&self, request: &Unverified, _now: Instant) -> Result<Verdict, Rejection> {
        let key = self.key().filter(|_| self.settings.enabled).ok_or(Rejection::NotSetUp)?;
        let given = request.headers.get(KEY).ok_or(Rejection::Missing)?;
        let fits = given.to_str().is_ok_and(|given| proof::same_secret(given, &key));
        if fits { Ok(Verdict::Key { client: NAME.to_owned() }) } else { Err(Rejection::Wrong) }
    }

    fn redact(&self, request: &Verified) -> StoredRequest {
        let request = request.request();
        let key = self.key().unwrap_or_default();
        let mask = Mask::new([key.as_str()]);
        let mut headers = vec![(KEY.to_owned(), HIDDEN.to_owned())];
        for name in ["content-type", "user-agent"] {
            let value = request.headers.get(name).and_then(|value| value.to_str().ok());
            headers.extend(value.map(|value| (name.to_owned(), mask.hide(value).into_owned())));
        }
        StoredRequest {
            route: request.route.name.to_owned(),
            method: request.method.to_string(),
            path: request.path.clone(),
            // The contract knows no query; whatever is in it is not ours to keep.
            query: vec![],
            headers,
            body: request.body.clone(),
        }
    }

    fn reply(&self, _record: &StoredRequest) -> Reply {
        Reply::AtDecision { limit: DECISION }
    }

    fn answer(&self, _record: &StoredRequest, outcome: &Outcome) -> HttpAnswer {
        match outcome {
            Outcome::Decided { answers, rejected, .. } => {
                let (mut new, mut known) = (0_u32, 0_u32);
                for answer in answers {
                    if let Answer::Counted { accepted, updated } = answer {
                        new = new.saturating_add(*accepted);
                        known = known.saturating_add(*updated);
                    }
                }
                let body = json!({"success": true, "accepted": new, "updated": known, "rejected": rejected});
                HttpAnswer::Json { status: 200, body }
            }
            Outcome::NotUnderstood { error, .. } if error.field == wire::TOO_MANY => {
                refusal(413, error.reason.to_string())
            }
            Outcome::NotUnderstood { error, .. } => refusal(400, error.to_string()),
            Outcome::Committed { .. } => {
                refusal(503, "the batch is recorded and not counted yet; sending it again does no harm")
            }
            Outcome::NotRecorded => refusal(503, "the batch was not recorded; send it again"),
        }
    }

    fn turn_away(&self, _route: &Route, rejection: &Rejection) -> HttpAnswer {
        let status = match rejection {
            Rejection::NotSetUp => 503,
            Rejection::BadField { .. } => 400,
            Rejection::Missing | Rejection::Wrong | Rejection::Stale => 401,
        };
        refusal(status, rejection.to_string())
    }
}

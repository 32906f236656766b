//! What an answer of the portal means: the envelope of contracts/bitrix24 2, and what each error code says to do next (7).
//!
//! Codes decide, never descriptions. Deliberately not here: sending, and what a result is (its reader's).

use std::time::Duration;

use pult_domain::Failure;
use serde_json::{Map, Value};

use crate::{CallError, transport::http::Answer};

use super::{
    super::loose::{entry, number, text},
    Intent,
};

/// The most kept of a description or of a page that is no answer, characters.
const MAX_WORDS: usize = 200;

/// A good answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Success {
    /// The result, of whatever form.
    pub result: Value,
    /// How many rows there are in all, where that was counted.
    pub total: Option<u64>,
    /// From which row the next page goes; `None` on the last one.
    pub next: Option<u64>,
    /// In how long the oldest of the method's time buckets is emptied, counted from this answer.
    pub reset_in: Option<Duration>,
}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct Trouble {
    /// The portal's own code, in capitals; empty where it named none.
    pub code: String,
    /// What to do next.
    pub error: CallError,
}

impl From<Trouble> for CallError {
    fn from(trouble: Trouble) -> Self {
        trouble.error
    }
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        Self { code: String::new(), error }
    }
}

/// Reads an answer of any status.
///
/// # Errors
/// What the status, the code or a body that is no envelope says to do next.
pub fn read(answer: &Answer, method: &str, intent: Intent) -> Result<Success, Trouble> {
    let status = answer.status.as_u16();
    let Ok(Value::Object(mut body)) = serde_json::from_slice::<Value>(&answer.body) else {
        return Err(no_envelope(answer, intent).into());
    };
    if let Some(code) = body.get("error") {
        return Err(complaint(status, code, body.get("error_description"), method, intent));
    }
    if !answer.status.is_success() {
        return Err(of_status(status, format!("HTTP {status} without a code"), intent).into());
    }
    let Some(result) = body.remove("result") else {
        return Err(failed(format!("HTTP {status}, an answer without a result"), intent).into());
    };
    Ok(Success {
        result,
        total: count(&body, "total"),
        next: count(&body, "next"),
        reset_in: reset_in(body.get("time")),
    })
}

fn count(body: &Map<String, Value>, key: &str) -> Option<u64> {
    number(body.get(key)?)?.try_into().ok()
}

/// By the portal's own clock, which need not be ours.
fn reset_in(time: Option<&Value>) -> Option<Duration> {
    let (reset, finish) = (entry(time?, "operating_reset_at")?.as_f64()?, entry(time?, "finish")?.as_f64()?);
    Duration::try_from_secs_f64(reset - finish).ok()
}

/// What a body with an error says, or one command's entry among the errors of a batch.
pub(super) fn complaint(
    status: u16,
    code: &Value,
    description: Option<&Value>,
    method: &str,
    intent: Intent,
) -> Trouble {
    let code = text(code).unwrap_or_default().to_ascii_uppercase();
    let words = description.and_then(Value::as_str).map(plain).unwrap_or_default();
    let error = of_code(status, &code, &words, method, intent);
    Trouble { code, error }
}

fn of_code(status: u16, code: &str, words: &str, method: &str, intent: Intent) -> CallError {
    let mut seen = format!("{method}: {}", if code.is_empty() { "an error without a code" } else { code });
    if !words.is_empty() {
        seen = format!("{seen} ({words})");
    }
    let refused = |why: Failure, reason: String| CallError::Refused { reason, why };
    match code {
        "QUERY_LIMIT_EXCEEDED" | "OPERATION_TIME_LIMIT" => CallError::Retry { after: None, detail: seen },
        "OVERLOAD_LIMIT" => CallError::Unauthorized {
            detail: format!("{seen}: the portal has blocked REST by hand; have the block lifted, then try again"),
        },
        "PORTAL_DELETED" => CallError::Unauthorized { detail: format!("{seen}: the portal is closed") },
        "NO_AUTH_FOUND" | "EXPIRED_TOKEN" => CallError::Unauthorized {
            detail: format!("{seen}: the webhook is wrong or has expired; a new one is needed"),
        },
        "INTERNAL_SERVER_ERROR" | "ERROR_UNEXPECTED_ANSWER" => failed(seen, intent),
        "INSUFFICIENT_SCOPE" => {
            refused(Failure::Rights, format!("{seen}: the webhook lacks the scope {}", scope(method)))
        }
        "INVALID_CREDENTIALS" | "USER_ACCESS_ERROR" | "ACCESS_DENIED" | "ACCESS_ERROR" | "WRONG_AUTH_TYPE" => {
            refused(Failure::Rights, seen)
        }
        "INVALID_REQUEST" => refused(Failure::Refused, format!("{seen}: the address must be https")),
        "ERROR_METHOD_NOT_FOUND" | "ERROR_BATCH_LENGTH_EXCEEDED" | "ERROR_BATCH_METHOD_NOT_ALLOWED" => {
            refused(Failure::Unsupported, seen)
        }
        "USER_NOT_FOUND" | "CHAT_ID" | "ERROR_NOT_FOUND" | "BOT_NOT_FOUND" | "BOT_ID_ERROR" => {
            refused(Failure::DoesNotExist, seen)
        }
        "APP_ID_ERROR" | "BOT_OWNERSHIP_ERROR" | "BOT_TOKEN_NOT_SPECIFIED" | "BOT_TOKEN_INVALID_LENGTH" => {
            refused(Failure::Refused, format!("{seen}: the bot is set up for somebody else, or not at all"))
        }
        _ => of_status(status, seen, intent),
    }
}

fn of_status(status: u16, detail: String, intent: Intent) -> CallError {
    match status {
        401 => CallError::Unauthorized { detail },
        403 => CallError::Refused { reason: detail, why: Failure::Rights },
        429 => CallError::Retry { after: None, detail },
        500.. => failed(detail, intent),
        _ => CallError::Refused { reason: detail, why: Failure::Refused },
    }
}

/// The portal failed, and whether it had done what was asked is not known.
pub(super) fn failed(detail: String, intent: Intent) -> CallError {
    match intent {
        Intent::Repeatable => CallError::Unreachable { detail },
        Intent::Once => CallError::OutcomeUnknown { detail },
    }
}

/// A page of something in between, or half an answer.
fn no_envelope(answer: &Answer, intent: Intent) -> CallError {
    let status = answer.status.as_u16();
    let page = plain(&String::from_utf8_lossy(&answer.body[..answer.body.len().min(4 * MAX_WORDS)]));
    let detail = format!("HTTP {status}, not an answer of the portal: {page}");
    match answer.worth_reading() {
        Err(CallError::Retry { after, .. }) => CallError::Retry { after, detail },
        _ if status == 401 => CallError::Unauthorized { detail },
        // Somebody before the portal turned it away: it was not done.
        _ if (300..500).contains(&status) => CallError::Unreachable { detail },
        _ => failed(detail, intent),
    }
}

/// A text of the portal's in a line.
fn plain(words: &str) -> String {
    let line = words.replace("<br>", " ").replace("<br />", " ").replace("<br/>", " ");
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_WORDS).collect()
}

/// The scope a method belongs to.
fn scope(method: &str) -> &str {
    match method.split('.').next().unwrap_or(method) {
        "tasks" => "task",
        "sonet_group" => "sonet",
        family => family,
    }
}

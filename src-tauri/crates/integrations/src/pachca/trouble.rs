//! What an answer of the messenger means for the call it answers (contracts/pachca 7).
//!
//! Deliberately not here: what a limit and a page for people look like (the transport's).

use http::StatusCode;
use pult_domain::Failure;
use serde_json::Value;

use crate::{
    CallError,
    transport::{http::Answer, mask::Mask},
};

/// The most kept of the vendor's words, characters.
const MAX_WORDS: usize = 500;
/// The most complaints looked at.
const MAX_COMPLAINTS: usize = 20;

/// What it means when nobody knows what became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// It only reads, or changes nothing more when it is done twice.
    Repeatable,
    /// Done twice it is two things.
    Once,
}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trouble {
    /// The vendor's code; empty where there is none.
    pub(super) code: String,
    /// The status, where there was an answer.
    pub(super) status: Option<u16>,
    /// The connection broke before there was an answer, and after something may have been sent.
    pub(super) broke: bool,
    /// What to do next.
    pub(super) error: CallError,
}

impl Trouble {
    /// A trouble of ours, or of the transport.
    pub(super) fn of(error: CallError) -> Self {
        Self { code: String::new(), status: None, broke: false, error }
    }

    /// The same without what `mask` knows.
    pub(super) fn hidden(self, mask: &Mask) -> Self {
        let hide = |text: String| mask.hide(&text).into_owned();
        let error = match self.error {
            CallError::Retry { after, detail } => CallError::Retry { after, detail: hide(detail) },
            CallError::Locked { detail } => CallError::Locked { detail: hide(detail) },
            CallError::Unauthorized { detail } => CallError::Unauthorized { detail: hide(detail) },
            CallError::Refused { reason, why } => CallError::Refused { reason: hide(reason), why },
            CallError::Unreachable { detail } => CallError::Unreachable { detail: hide(detail) },
            CallError::OutcomeUnknown { detail } => CallError::OutcomeUnknown { detail: hide(detail) },
        };
        Self { error, ..self }
    }
}

impl From<Trouble> for CallError {
    fn from(trouble: Trouble) -> Self {
        trouble.error
    }
}

/// A refusal of our own.
pub(super) fn refused(why: Failure, reason: impl Into<String>) -> CallError {
    CallError::Refused { reason: reason.into(), why }
}

/// The vendor failed, or somebody in between answered for it.
pub(super) fn failed(detail: impl Into<String>, intent: Intent) -> CallError {
    let detail = detail.into();
    match intent {
        Intent::Repeatable => CallError::Unreachable { detail },
        Intent::Once => CallError::OutcomeUnknown { detail },
    }
}

/// The answer's content, `null` where it has none, or what to do next.
pub(super) fn judge(answer: &Answer, intent: Intent) -> Result<Value, Trouble> {
    let status = answer.status;
    let content = serde_json::from_slice::<Value>(&answer.body);
    let (code, words) = content.as_ref().map(complaint).unwrap_or_default();
    let trouble = |error| Err(Trouble { code: code.clone(), status: Some(status.as_u16()), broke: false, error });
    let seen = match words.is_empty() {
        true => format!("HTTP {}", status.as_u16()),
        false => format!("HTTP {}: {words}", status.as_u16()),
    };
    let refuse = |why: Failure, seen: String| trouble(CallError::Refused { reason: seen, why });
    match (status.as_u16(), answer.worth_reading()) {
        // A limit is one whatever its status.
        (429, Err(CallError::Retry { after, .. })) => trouble(CallError::Retry { after, detail: seen }),
        (400..=499, _) if code == "rate_limit" => trouble(CallError::Retry { after: None, detail: seen }),
        (503, Err(CallError::Retry { after, .. })) if intent == Intent::Repeatable => {
            trouble(CallError::Retry { after, detail: seen })
        }
        (500.., _) => trouble(failed(seen, intent)),
        (301 | 308, _) => trouble(CallError::Unauthorized {
            detail: format!("{seen}: the address of the settings leads elsewhere, and no token is sent there"),
        }),
        (401, _) => trouble(CallError::Unauthorized { detail: seen }),
        (200..=299, _) if answer.body.trim_ascii().is_empty() => Ok(Value::Null),
        (200..=299, Ok(())) if content.is_ok() => Ok(content.unwrap_or_default()),
        (200..=299, _) => trouble(failed(format!("{seen}, and the answer is not JSON"), intent)),
        // Somebody before the messenger turned it away: it was not done.
        (_, Err(error)) => trouble(error),
        (402, _) => refuse(Failure::Unsupported, format!("{seen}: the messenger's tariff does not allow it")),
        (403, _) if code == "insufficient_scope" => {
            refuse(Failure::Rights, format!("{seen}: the token lacks this scope"))
        }
        (403, _) => refuse(Failure::Rights, seen),
        (404, _) => refuse(Failure::DoesNotExist, seen),
        (409, _) => refuse(Failure::State, seen),
        (410, _) if code == "trigger_not_found" => refuse(Failure::State, seen),
        (410, _) => refuse(Failure::TooLate, seen),
        _ => refuse(Failure::Refused, seen),
    }
}

/// What it means that no whole answer came.
pub(super) fn unanswered(error: CallError, status: Option<StatusCode>, intent: Intent) -> CallError {
    match (error, status.map(|status| status.as_u16()), intent) {
        // It was there, and began to answer.
        (CallError::Unreachable { detail }, Some(200..=299 | 500..), _) => failed(detail, intent),
        (CallError::OutcomeUnknown { detail }, _, _) => failed(detail, intent),
        (error, _, _) => error,
    }
}

/// The code, and the words in a line: `key: message` of each complaint, or the two words of the sign-in's errors.
fn complaint(content: &Value) -> (String, String) {
    let word = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_str).map(|text| text.chars().take(MAX_WORDS).collect::<String>())
    };
    if let Some(errors) = content.get("errors").and_then(Value::as_array) {
        let lines = errors.iter().take(MAX_COMPLAINTS).map(|error| {
            let parts = [word(error, "key"), word(error, "message").or_else(|| word(error, "code"))];
            parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
        });
        let line = lines.collect::<Vec<_>>().join("; ").chars().take(MAX_WORDS).collect();
        return (errors.iter().find_map(|error| word(error, "code")).unwrap_or_default(), line);
    }
    let code = word(content, "error").unwrap_or_default();
    let parts = [Some(code.clone()).filter(|code| !code.is_empty()), word(content, "error_description")];
    (code, parts.into_iter().flatten().collect::<Vec<_>>().join(": "))
}

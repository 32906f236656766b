//! What an answer of the tracker means for the call it answers (contracts/yandex_tracker 5).
//!
//! Deliberately not here: what a limit, a failure of the server and a page for people look like (the transport's).

use std::fmt::Write;

use http::StatusCode;
use pult_domain::Failure;
use serde_json::Value;

use crate::{
    CallError,
    transport::{http::Answer, mask::Mask},
};

/// The most kept of the vendor's words, characters.
const MAX_WORDS: usize = 1000;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// Something that only looks.
    Reading,
    /// A change that may as well be made twice.
    Repeatable,
    /// A change that must not be made twice.
    Once,
}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trouble {
    /// What to do next.
    pub(super) error: CallError,
    /// The status, where the tracker gave one.
    pub(super) status: Option<StatusCode>,
    /// The fields it complains of.
    pub(super) fields: Vec<String>,
}

impl From<Trouble> for CallError {
    fn from(trouble: Trouble) -> Self {
        trouble.error
    }
}

impl Trouble {
    /// One that the tracker has not spoken of.
    pub(super) fn of(error: CallError) -> Self {
        Self { error, status: None, fields: vec![] }
    }

    /// Whether somebody else changed the issue meanwhile.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self.status.map(|status| status.as_u16()), Some(409 | 412 | 428))
    }

    /// Whether it was refused because of what it says, and not of who says it.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self.error, CallError::Refused { why: Failure::Refused | Failure::DoesNotExist, .. })
    }
}

/// What became of a call that brought no answer worth reading.
pub(super) fn without_answer(error: CallError, answered: bool, intent: Intent) -> CallError {
    match (error, intent) {
        (CallError::Unreachable { detail }, Intent::Once) if answered => CallError::OutcomeUnknown { detail },
        (CallError::OutcomeUnknown { detail }, Intent::Reading | Intent::Repeatable) => {
            CallError::Unreachable { detail }
        }
        (error, _) => error,
    }
}

/// The answer's content, or what to do next. The words of a refusal are shown without what `mask` knows.
pub(super) fn judge(answer: &Answer, intent: Intent, mask: &Mask) -> Result<Value, Trouble> {
    let status = answer.status;
    let said = |error| Trouble { error, status: Some(status), fields: vec![] };
    if status != StatusCode::PAYLOAD_TOO_LARGE {
        answer.worth_reading().map_err(|error| said(without_answer(error, true, intent)))?;
    }
    let content = serde_json::from_slice::<Value>(&answer.body);
    if status.is_success() {
        return match content {
            Ok(content) => Ok(content),
            Err(_) if status == StatusCode::NO_CONTENT => Ok(Value::Null),
            Err(_) => {
                let error = strange(&format!("HTTP {}, and the answer is not JSON", status.as_u16()));
                Err(said(without_answer(error, true, intent)))
            }
        };
    }
    let (words, fields) = content.as_ref().map(complaint).unwrap_or_default();
    let words = if words.is_empty() { format!("HTTP {}", status.as_u16()) } else { mask.hide(&words).into_owned() };
    let refused = |why: Failure, reason: String| CallError::Refused { reason, why };
    let error = match status.as_u16() {
        401 => CallError::Unauthorized { detail: words },
        403 => refused(
            Failure::Rights,
            format!("{words} (has the account a right and a licence, and is the organization's id right?)"),
        ),
        404 => refused(Failure::DoesNotExist, words),
        409 | 412 | 428 => refused(Failure::State, words),
        // A bulk change holds this issue; the others go on (contracts/yandex_tracker 5).
        423 => CallError::Locked { detail: words },
        _ => refused(Failure::Refused, words),
    };
    Err(Trouble { error, status: Some(status), fields })
}

/// An answer that makes no sense: a page of something in between, so it may pass.
pub(super) fn strange(detail: &str) -> CallError {
    CallError::Unreachable { detail: detail.to_owned() }
}

/// A refusal of our own making.
pub(super) fn refused(reason: impl Into<String>) -> CallError {
    CallError::Refused { reason: reason.into(), why: Failure::Refused }
}

/// The tracker's complaint in a line, `field: text; text`, and the fields it names.
fn complaint(content: &Value) -> (String, Vec<String>) {
    let (mut words, mut fields) = (String::new(), vec![]);
    let mut add = |field: &str, text: &Value| {
        let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        // Enough is enough: the rest would be cut off.
        if words.len() < 4 * MAX_WORDS && !text.is_empty() {
            let separator = if words.is_empty() { "" } else { "; " };
            let field = if field.is_empty() { String::new() } else { format!("{}: ", short(field)) };
            let _ = write!(words, "{separator}{field}{text}");
        }
    };
    for (field, text) in content.get("errors").and_then(Value::as_object).into_iter().flatten() {
        add(field, text);
        fields.push(field.clone());
    }
    content.get("errorMessages").and_then(Value::as_array).into_iter().flatten().for_each(|text| add("", text));
    (words.chars().take(MAX_WORDS).collect(), fields)
}

/// A field without the digits of its set.
fn short(field: &str) -> &str {
    field.split_once("--").map_or(field, |(_, key)| key)
}

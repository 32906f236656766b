//! What an answer of the tracker means for the call it answers (contracts/redmine 9).
//!
//! Deliberately not here: what a limit, a failure of the server and a page for people look like (the transport's).

use std::fmt::Write;

use http::{StatusCode, header};
use pult_domain::Failure;
use serde_json::Value;

use crate::{
    CallError,
    transport::{http::Answer, mask::Mask},
};

/// The most kept of the tracker's words, characters.
const MAX_WORDS: usize = 1000;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// Something that only looks.
    Reading,
    /// Something that may as well be done twice.
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
    /// Refused without a word: somebody else was first.
    pub(super) wordless: bool,
}

impl From<Trouble> for CallError {
    fn from(trouble: Trouble) -> Self {
        trouble.error
    }
}

impl Trouble {
    /// One that the tracker has not spoken of.
    pub(super) fn of(error: CallError) -> Self {
        Self { error, status: None, wordless: false }
    }

    /// Whether what was sent was too large, or is refused for what it is.
    pub(super) fn is_unwelcome(&self) -> bool {
        matches!(self.status, Some(StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY))
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
    let said = |error| Err(Trouble { error, status: Some(status), wordless: false });
    let content = serde_json::from_slice::<Value>(&answer.body);
    let words = || {
        let words = content.as_ref().map(complaint).unwrap_or_default();
        if words.is_empty() { format!("HTTP {}", status.as_u16()) } else { mask.hide(&words).into_owned() }
    };
    let refused = |why: Failure, hint: &str| said(CallError::Refused { reason: format!("{}{hint}", words()), why });
    match status.as_u16() {
        300..=399 if leads_to_login(answer) => {
            said(CallError::Unauthorized { detail: format!("HTTP {}: sent to the sign-in page", status.as_u16()) })
        }
        // Nothing was done there.
        300..=399 => said(answer.worth_reading().err().unwrap_or_else(|| strange("sent elsewhere"))),
        401 => said(CallError::Unauthorized { detail: words() }),
        403 => refused(Failure::Rights, " (has the account the right, and is the REST web service on?)"),
        404 => refused(Failure::DoesNotExist, ""),
        409 => refused(Failure::State, ""),
        412 => said(CallError::Unauthorized { detail: format!("{}: no such user to act for", words()) }),
        400 | 406 | 413 => refused(Failure::Refused, ""),
        422 if content.as_ref().is_ok_and(is_wordless) => {
            let error =
                CallError::Refused { reason: "somebody else changed it meanwhile".to_owned(), why: Failure::State };
            Err(Trouble { error, status: Some(status), wordless: true })
        }
        422 => refused(Failure::Refused, ""),
        _ => {
            if let Err(error) = answer.worth_reading() {
                return said(without_answer(error, true, intent));
            }
            match content {
                _ if !status.is_success() => refused(Failure::Refused, ""),
                Ok(content) => Ok(content),
                Err(_) if intent != Intent::Reading && answer.body.trim_ascii().is_empty() => Ok(Value::Null),
                Err(_) => {
                    let error = strange(&format!("HTTP {}, and the answer is not JSON", status.as_u16()));
                    said(without_answer(error, true, intent))
                }
            }
        }
    }
}

/// An answer that makes no sense: something in between gave it, so it may pass.
pub(super) fn strange(detail: &str) -> CallError {
    CallError::Unreachable { detail: detail.to_owned() }
}

/// A refusal of our own making.
pub(super) fn refused(why: Failure, reason: impl Into<String>) -> CallError {
    CallError::Refused { reason: reason.into(), why }
}

fn leads_to_login(answer: &Answer) -> bool {
    let to = answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    let path = to.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').ends_with("/login")
}

fn is_wordless(content: &Value) -> bool {
    content.get("errors").and_then(Value::as_array).is_some_and(Vec::is_empty)
}

/// The tracker's complaint in a line: texts, or texts of an attribute.
fn complaint(content: &Value) -> String {
    let mut words = String::new();
    let mut add = |attribute: &str, text: &Value| {
        let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        // Enough is enough: the rest would be cut off.
        if words.len() < 4 * MAX_WORDS && !text.is_empty() {
            let separator = if words.is_empty() { "" } else { "; " };
            let gap = if attribute.is_empty() { "" } else { " " };
            let _ = write!(words, "{separator}{attribute}{gap}{text}");
        }
    };
    for error in content.get("errors").and_then(Value::as_array).into_iter().flatten() {
        match error.get("messages").and_then(Value::as_array) {
            Some(messages) => {
                let attribute = error.get("attribute").and_then(Value::as_str).unwrap_or_default();
                messages.iter().for_each(|text| add(attribute, text));
            }
            None => add("", error),
        }
    }
    words.chars().take(MAX_WORDS).collect()
}

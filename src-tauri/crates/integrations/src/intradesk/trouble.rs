//! What an answer of the service desk means for the call it answers (contracts/intradesk 8).
//!
//! Deliberately not here: what a limit, a failure of the server and a page for people look like (the transport's).

use http::StatusCode;
use pult_domain::Failure;
use serde_json::Value;

use crate::{
    CallError,
    transport::{http::Answer, mask::Mask},
};

use super::loose::{field, text};

/// The most kept of the vendor's words, characters.
const MAX_WORDS: usize = 500;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// Something that only looks.
    Reading,
    /// A change.
    Writing,
}

/// The answer's content, or what to do next. A good status with `isSuccess: false` is a refusal; a change whose success has an
/// unknown shape is `null`, because the ticket shows it. The words of a refusal are shown without what `mask` knows.
pub(super) fn judge(answer: &Answer, intent: Intent, mask: &Mask) -> Result<Value, CallError> {
    answer.worth_reading()?;
    let status = answer.status;
    let content = serde_json::from_slice::<Value>(&answer.body);
    let words = || {
        let words = match &content {
            Ok(content) => complaint(content),
            Err(_) => text(&Value::from(String::from_utf8_lossy(&answer.body).as_ref()), MAX_WORDS),
        };
        let words = words.unwrap_or_else(|| format!("HTTP {}", status.as_u16()));
        mask.hide(&words).into_owned()
    };
    let refuse = |why: Failure| Err(CallError::Refused { reason: words(), why });
    match status {
        StatusCode::UNAUTHORIZED => Err(CallError::Unauthorized { detail: words() }),
        StatusCode::FORBIDDEN => refuse(Failure::Rights),
        StatusCode::NOT_FOUND => refuse(Failure::DoesNotExist),
        StatusCode::CONFLICT => refuse(Failure::State),
        status if !status.is_success() => refuse(Failure::Refused),
        _ => match (&content, intent) {
            (Ok(content), _) if field(content, "isSuccess") == &Value::Bool(false) => refuse(Failure::Refused),
            (Ok(content), _) => Ok(content.clone()),
            (Err(_), Intent::Writing) => Ok(Value::Null),
            (Err(_), Intent::Reading) => Err(strange(&format!("HTTP {}, and the answer is not JSON", status.as_u16()))),
        },
    }
}

/// A refusal of our own.
pub(super) fn refused(reason: impl Into<String>) -> CallError {
    CallError::Refused { reason: reason.into(), why: Failure::Refused }
}

/// An answer to a reading that makes no sense: something in between gave it, so it may pass.
pub(super) fn strange(detail: &str) -> CallError {
    CallError::Unreachable { detail: detail.to_owned() }
}

/// The vendor's complaint: of the gateway, of the list's expressions, of the token service, or of the classic product.
fn complaint(content: &Value) -> Option<String> {
    let error = field(content, "error");
    let word = text(error, MAX_WORDS);
    let described = text(field(content, "error_description"), MAX_WORDS);
    let said = match (word, described) {
        (Some(word), Some(described)) => Some(format!("{word}: {described}")),
        (word, described) => word.or(described),
    };
    said.or_else(|| text(field(error, "message"), MAX_WORDS))
        .or_else(|| text(field(content, "message"), MAX_WORDS))
        .or_else(|| text(field(content, "title"), MAX_WORDS))
        .or_else(|| field(content, "errorType").as_i64().map(|kind| format!("errorType {kind}")))
}

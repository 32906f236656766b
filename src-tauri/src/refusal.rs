//! What the page is told when a request is refused, wherever the engine is.
//!
//! Deliberately not here: words for people; the page has its own for every code.

use pult_engine::error::ApiError;
use serde::{Deserialize, Serialize};

/// A refusal as the page reads it. The code is text, because a server may be newer than this window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    /// What to do next.
    pub(crate) code: String,
    /// The field at fault.
    #[serde(default)]
    pub(crate) field: Option<String>,
    /// For support.
    #[serde(default)]
    pub(crate) message: String,
    /// When to try again, milliseconds.
    #[serde(default)]
    pub(crate) retry_after_ms: Option<u64>,
    /// How many more tries a wrong password leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tries_left: Option<u32>,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), field: None, message: message.into(), retry_after_ms: None, tries_left: None }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self {
            code: error.code.as_ref().to_owned(),
            field: error.field,
            message: error.message,
            retry_after_ms: error.retry_after_ms,
            tries_left: error.tries_left,
        }
    }
}

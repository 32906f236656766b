//! The error a console command answers with. The console switches on the code; the text is for the log and for support.
//!
//! Deliberately not here: errors of intake (integrations word those) and of start-up (`anyhow` in the binaries).

use pult_domain::areas::chat_link::ShapeFault;
use pult_store::StoreError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the reader does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ErrorCode {
    /// Sign in first.
    SignInNeeded,
    /// Ask somebody with more rights.
    Forbidden,
    /// Correct the named field.
    BadField,
    /// It is not there (any more).
    NotFound,
    /// Somebody else changed it, or it is so already: read again.
    Conflict,
    /// Wait and try again.
    Busy,
    /// Make room on the disk; nothing was lost.
    DiskFull,
    /// The vendor or the network did not do it.
    Unreachable,
    /// A defect: the log has it.
    Internal,
}

/// Why a command did not do what was asked. Nothing of it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What to do next.
    pub code: ErrorCode,
    /// The field at fault, dotted, for [`ErrorCode::BadField`].
    pub field: Option<String>,
    /// For support; the console has its own words for every code.
    pub message: String,
    /// For [`ErrorCode::Busy`], and after too many wrong passwords: when to try again, milliseconds.
    #[ts(type = "number | null")]
    pub retry_after_ms: Option<u64>,
    /// For a wrong password of another system: how many more tries there are before nobody may try for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tries_left: Option<u32>,
    /// For a setting that is the menu or the form of the bridge: what is wrong with its shape, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub shape: Option<Box<ShapeFault>>,
}

impl ApiError {
    /// An error with a code and a text for support.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, field: None, message: message.into(), retry_after_ms: None, tries_left: None, shape: None }
    }

    /// A field is wrong.
    #[must_use]
    pub fn field(field: &str, reason: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorCode::BadField, reason) }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => {
                Self { retry_after_ms: Some(1000), ..Self::new(ErrorCode::Busy, "too many writes are waiting") }
            }
            StoreError::DiskFull => Self::new(ErrorCode::DiskFull, "the disk is full"),
            StoreError::NotFound(what) => Self::new(ErrorCode::NotFound, format!("no such {what}")),
            StoreError::Conflict(why) => Self::new(ErrorCode::Conflict, why),
            StoreError::Closed => Self { retry_after_ms: Some(3000), ..Self::new(ErrorCode::Busy, "shutting down") },
            StoreError::Failed(detail) => {
                tracing::error!(detail, "the store failed");
                Self::new(ErrorCode::Internal, "the database failed; the log has the details")
            }
        }
    }
}

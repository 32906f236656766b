//! How a command ends: its exit code, and the text for whoever typed it.
//!
//! Deliberately not here: texts of single errors, which say themselves what to do next.

use std::{fmt, process::ExitCode};

use pult_engine::{
    config::ConfigError,
    error::{ApiError, ErrorCode},
    secrets::SecretError,
};
use pult_store::{OpenError, StoreError};

/// The exit codes, as `--help` lists them.
pub(super) const CODES: &str = "\
Exit codes:
  0  done
  1  it failed; the text says why
  2  the command line is wrong
  3  not set up: the settings are missing or not usable
  4  the running engine cannot be reached or is busy: try again
  5  the database cannot be opened: damaged, in use, or of a newer version";

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// What was asked is done.
    Done = 0,
    /// It was not; the text says why.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Settings are missing or not usable.
    NotSetUp = 3,
    /// The running engine cannot be reached, or is busy: the same command may work in a moment.
    Unreachable = 4,
    /// The database cannot be opened.
    Database = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// For the person at the terminal.
    pub text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Failure {
    pub(super) fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self { exit, text: text.into() }
    }

    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self::new(Exit::Failed, text)
    }

    pub(super) fn usage(text: impl Into<String>) -> Self {
        Self::new(Exit::Usage, text)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        let exit = match () {
            () if error.downcast_ref::<ConfigError>().is_some() => Exit::NotSetUp,
            () if error.downcast_ref::<OpenError>().is_some() => Exit::Database,
            () => Exit::Failed,
        };
        Self { exit, text: format!("{error:#}") }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::new(Exit::Database, error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::NotSetUp, error.to_string())
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        ApiError::from(error).into()
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let exit = if error.code == ErrorCode::Busy { Exit::Unreachable } else { Exit::Failed };
        let text = match &error.field {
            Some(field) if field != "request" => format!("{field}: {}", error.message),
            _ => error.message,
        };
        Self { exit, text }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::failed(format!(
            "an answer of the engine is not of the expected form ({error}): is it of another version?"
        ))
    }
}

//! What can be wrong with the configuration, and what to do about it.
//!
//! Deliberately not here: values. A misplaced password must not travel into a log through an error, so problems name
//! the place and what is allowed, never what was found.

use std::fmt;
use std::path::PathBuf;

use pult_domain::areas::chat_link::ShapeFault;
use serde::Serialize;
use ts_rs::TS;

/// What the Settings screen switches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// Not TOML.
    Syntax,
    /// No such section or setting.
    UnknownKey,
    /// A secret was about to be written, or a name that sounds like one.
    SecretHere,
    /// Wrong type, or outside the bounds.
    NotAllowed,
    /// Allowed alone, but not together with another setting.
    Conflict,
    /// Would leave a listener open to strangers.
    Unsafe,
}

/// One thing wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Problem {
    /// What kind of problem.
    pub code: ProblemCode,
    /// Dotted path of the setting; empty when the text could not be read that far.
    pub path: String,
    /// Line in the file, from 1; absent when the setting is not in it.
    pub line: Option<u32>,
    /// What is wrong and what is allowed, in English.
    pub message: String,
    /// Of a menu or form: what is wrong with its shape and where. It names parts of the value, so no message repeats it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub shape: Option<Box<ShapeFault>>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// Why a configuration could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no file. A first start goes on with the defaults; a path given by a person is corrected.
    #[error("there is no configuration file {}: check the path, or start without one to use the defaults", file.display())]
    Missing {
        /// The file looked for.
        file: PathBuf,
    },
    /// The file is there but cannot be read.
    #[error("cannot read the configuration file {}: {reason}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// The content is wrong; nothing was changed.
    #[error("the configuration {} is not usable; correct it and try again:{}", file.display(), list(problems))]
    Invalid {
        /// The file.
        file: PathBuf,
        /// Everything found, in file order.
        problems: Vec<Problem>,
    },
    /// The new content could not be saved; the old file is unchanged.
    #[error(
        "cannot save the configuration file {}: {reason}; it is unchanged, check the folder's rights and free space",
        file.display()
    )]
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
}

impl ConfigError {
    /// The problems of an invalid configuration, else none.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Invalid { problems, .. } => problems,
            _ => &[],
        }
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}

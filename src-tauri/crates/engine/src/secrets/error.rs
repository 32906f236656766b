//! Why a secret could not be read or stored, and what to do about it.
//!
//! Deliberately not here: values, and texts that were refused as names.

use std::path::PathBuf;

use super::{SecretName, SecretSource};

/// What the caller does next stands in each text.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Not a name.
    #[error("this is not the name of a secret: use parts of a-z, 0-9, - and _ joined by dots, at most 64 characters")]
    BadName,
    /// Not a value we keep.
    #[error("this cannot be stored as a secret: {reason}")]
    Unfit {
        /// Why, and what to do.
        reason: &'static str,
    },
    /// No source has it.
    #[error("the secret {name} is not set: set it in Settings, or with the command `secret set {name}`")]
    NotSet {
        /// Its name.
        name: SecretName,
    },
    /// A read-only source provides it.
    #[error(
        "the secret {name} is provided by {by}, which comes first: change it there, or take it out there and try again"
    )]
    Shadowed {
        /// Its name.
        name: SecretName,
        /// The source that provides it.
        by: SecretSource,
    },
    /// Other people of this machine may read the file.
    #[error("{} can be read or changed by others (mode {mode:03o}): run `chmod 600 {}`, then change the secrets in it", file.display(), file.display())]
    Exposed {
        /// The file.
        file: PathBuf,
        /// Its rights.
        mode: u32,
    },
    /// The file or variable holds something else than expected.
    #[error("cannot use {place}: {reason}")]
    Unreadable {
        /// File or variable.
        place: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The source does not answer.
    #[error("{source_kind} cannot be used now: {reason}")]
    Unavailable {
        /// The source.
        source_kind: SecretSource,
        /// Why, and what to do.
        reason: String,
    },
}

//! A person's own connection to a system: showing that their password is right, and who they are there.
//!
//! Deliberately not here: keeping the password (the engine's), and what is done with it (the delivery's).

use async_trait::async_trait;
use pult_domain::{Instant, areas::floor::OperatorReport};
use serde::Serialize;

use crate::CallError;

/// A person as the system knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnUser {
    /// What everybody may see.
    pub report: OperatorReport,
    /// Whether they may ask for other people's states.
    pub supervisor: bool,
    /// The team they belong to.
    pub team: Option<String>,
}

/// Why a person is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// The user id or the password is wrong.
    #[error("wrong user id or password")]
    Wrong {
        /// How often in a row.
        tries: u32,
        /// How many more tries there are before nobody may try for a while.
        left: u32,
    },
    /// Wrong too often; the system would lock the account.
    #[error("blocked until {until}")]
    Blocked {
        /// When the next try is allowed.
        until: Instant,
    },
    /// Nobody of that id.
    #[error("no such user")]
    Unknown,
    /// The system could not say.
    #[error("{detail}")]
    NotAsked {
        /// A code of the console's texts.
        cause: String,
        /// What was seen.
        detail: String,
    },
}

/// A system in which people have accounts of their own that Pult may act with.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Shows an account's password to the system, once.
    ///
    /// # Errors
    /// Why it was not taken, or not shown.
    async fn sign_in(&self, id: &str, password: &str) -> Result<OwnUser, SignInRefusal>;

    /// Whether the password kept for an account may still be shown: it is there, and was not refused since.
    fn is_good(&self, id: &str) -> bool;

    /// The name of the secret in which the account's password is kept.
    fn secret_of(&self, id: &str) -> String;
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyOwner {
    /// The system's number of the person.
    pub id: i64,
    /// What they sign in with there.
    pub login: String,
    /// Their name.
    pub name: String,
}

/// A system in which people have keys of their own that Pult may act with.
#[async_trait]
pub trait PersonKeys: Send + Sync {
    /// Asks the system whose key this is, once.
    ///
    /// # Errors
    /// [`CallError::Unauthorized`] for a key that is not good; else what was seen.
    async fn whose(&self, key: &str) -> Result<KeyOwner, CallError>;

    /// Whether the key kept for a person may still be shown: it is there, and was not refused since.
    fn is_good(&self, id: i64) -> bool;

    /// The name of the secret in which a person's key is kept.
    fn secret_of(&self, id: i64) -> String;
}

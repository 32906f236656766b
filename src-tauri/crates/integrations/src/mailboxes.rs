//! The accounts of people's own with which messages are said and heard, as the engine keeps them.
//!
//! Deliberately not here: their passwords ([`crate::Credentials`]), and holding their sessions (the integration's).

use async_trait::async_trait;
use pult_domain::{
    Instant,
    areas::messages::{Account, Address},
};

/// A person's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Whose, by their number among the console's people.
    pub person: i64,
    /// What it is called there.
    pub address: Address,
}

/// How far an account's archive has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveMark {
    /// The archive's own id of the newest message we have of it.
    pub id: String,
    /// When that was written.
    pub at: Instant,
}

/// Knows whose sessions are to be held.
#[async_trait]
pub trait Mailboxes: Send + Sync {
    /// Every person's account that is set up now.
    async fn all(&self) -> Vec<Mailbox>;

    /// How far an account's archive has been read; `None` for an account that has read nothing of it yet.
    async fn read_upto(&self, account: Account) -> Option<ArchiveMark>;
}

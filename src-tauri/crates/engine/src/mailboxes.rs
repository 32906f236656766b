//! Whose own accounts of the messenger are connected, for the integration that holds their sessions.
//!
//! Deliberately not here: passwords (secrets), and connecting one (`api`).

use async_trait::async_trait;
use pult_domain::areas::messages::Account;
use pult_integrations::{ArchiveMark, Mailbox, Mailboxes};
use pult_store::{Store, messages};

/// The accounts as they are kept.
pub struct KeptMailboxes(pub Store);

#[async_trait]
impl Mailboxes for KeptMailboxes {
    async fn all(&self) -> Vec<Mailbox> {
        let kept = self.0.read(messages::mailboxes).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "people's accounts of the messenger cannot be read; none is held for now");
            vec![]
        });
        kept.into_iter().map(|(person, address)| Mailbox { person, address }).collect()
    }

    async fn read_upto(&self, account: Account) -> Option<ArchiveMark> {
        let (id, at) = self.0.read(move |c| messages::read_upto(c, account)).await.ok().flatten()?;
        Some(ArchiveMark { id, at })
    }
}

/// Where nobody has connected anything: for looking at integrations, checking and previewing them.
pub struct NoMailboxes;

#[async_trait]
impl Mailboxes for NoMailboxes {
    async fn all(&self) -> Vec<Mailbox> {
        vec![]
    }

    async fn read_upto(&self, _account: Account) -> Option<ArchiveMark> {
        None
    }
}

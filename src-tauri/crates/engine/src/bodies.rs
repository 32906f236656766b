//! What records came with, for effects that need more of them than their facts hold.
//!
//! Deliberately not here: keeping and erasing bodies (the store's).

use async_trait::async_trait;
use bytes::Bytes;
use pult_domain::{Failure, RecordId};
use pult_integrations::{CallError, Uploads};
use pult_store::{
    Store, StoreError,
    inbox::{self, StoredBody},
};

/// Reads bodies of the inbox.
pub struct Kept(pub Store);

impl Kept {
    /// The bytes of a stored body; `None` once it is erased.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub async fn bytes(store: &Store, body: &StoredBody) -> Result<Option<Bytes>, StoreError> {
        match body {
            StoredBody::Inline(bytes) => Ok(Some(bytes.clone().into())),
            StoredBody::Erased => Ok(None),
            StoredBody::Blob(hash) => {
                let (store, hash) = (store.clone(), hash.clone());
                let read = tokio::task::spawn_blocking(move || store.blobs().get(&hash)).await;
                read.map_err(|_| StoreError::Closed)?.map(|bytes| Some(bytes.into()))
            }
        }
    }
}

#[async_trait]
impl pult_integrations::Bodies for Kept {
    async fn body(&self, record: RecordId) -> Option<Bytes> {
        let kept = self.0.read(move |c| inbox::get(c, record)).await.ok()?;
        Self::bytes(&self.0, &kept.body).await.ok()?
    }
}

#[async_trait]
impl Uploads for Kept {
    async fn bytes(&self, sha256: &str) -> Result<Bytes, CallError> {
        let kept = Self::bytes(&self.0, &StoredBody::Blob(sha256.to_owned())).await;
        kept.ok().flatten().ok_or_else(gone)
    }
}

fn gone() -> CallError {
    CallError::Refused { reason: "the file is no longer kept".to_owned(), why: Failure::DoesNotExist }
}

/// Where there are no records: for looking at integrations, checking and previewing them.
pub struct NoRecords;

#[async_trait]
impl pult_integrations::Bodies for NoRecords {
    async fn body(&self, _record: RecordId) -> Option<Bytes> {
        None
    }
}

#[async_trait]
impl Uploads for NoRecords {
    async fn bytes(&self, _sha256: &str) -> Result<Bytes, CallError> {
        Err(gone())
    }
}

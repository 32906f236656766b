//! How one integration comes by the files of another: by name, at the moment they are needed.
//!
//! A changed configuration makes new connections, so none is held here. Deliberately not here: what is done with a file.

use std::sync::{Arc, PoisonError, RwLock, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use pult_domain::{Failure, areas::chat_link::FileLink};
use pult_integrations::{Attachments, CallError, Integration, Shared};

/// The integrations at work, as they know each other. Clones see the same ones.
#[derive(Clone, Default)]
pub(crate) struct Peers(Arc<RwLock<Vec<Weak<dyn Integration>>>>);

impl Peers {
    /// Takes the integrations of a configuration in place of those before.
    pub(crate) fn know(&self, integrations: &[Shared]) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = integrations.iter().map(Arc::downgrade).collect();
    }

    /// The files of the integration of a name, whichever connection that is when one is asked for.
    #[must_use]
    pub(crate) fn files_of(&self, name: &'static str) -> Arc<dyn Attachments> {
        Arc::new(FilesOf { peers: self.clone(), name })
    }

    fn get(&self, name: &str) -> Option<Shared> {
        let peers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        peers.iter().filter_map(Weak::upgrade).find(|peer| peer.name() == name)
    }
}

struct FilesOf {
    peers: Peers,
    name: &'static str,
}

#[async_trait]
impl Attachments for FilesOf {
    async fn fetch(&self, file: &FileLink, at_most: u64) -> Result<Bytes, CallError> {
        let peer = self.peers.get(self.name);
        match peer.as_deref().and_then(Integration::attachments) {
            Some(files) => files.fetch(file, at_most).await,
            None => {
                let reason = format!("{} is not connected", self.name);
                Err(CallError::Refused { reason, why: Failure::Unsupported })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_of_what_is_not_connected_are_refused_with_its_name() {
        let file = FileLink { name: "a.png".to_owned(), size: None, source: "1".to_owned(), page: None };
        let error = Peers::default().files_of("tracker").fetch(&file, 10).await.unwrap_err();
        assert!(error.to_string().contains("tracker is not connected"), "{error}");
    }
}

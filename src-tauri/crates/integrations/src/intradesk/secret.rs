//! What opens the service desk, read at each use. One that was refused is not sent a second time: accounts are locked for that.
//!
//! Deliberately not here: which answer means that it was refused (the two products').

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::{CallError, Credentials, transport::mask::Mask};

/// The password of the account.
pub(super) const PASSWORD: &str = "carousel.password";
/// The key of the API.
pub(super) const API_KEY: &str = "carousel.api_key";

/// One secret by its name.
pub(super) struct Secret {
    name: &'static str,
    credentials: Arc<dyn Credentials>,
    /// Digest of the one that was refused last.
    refused: Mutex<Option<[u8; 32]>>,
}

impl Secret {
    pub(super) fn new(name: &'static str, credentials: Arc<dyn Credentials>) -> Self {
        Self { name, credentials, refused: Mutex::default() }
    }

    fn memory(&self) -> MutexGuard<'_, Option<[u8; 32]>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secret, unless it was refused before and is still the same.
    pub(super) fn get(&self) -> Result<String, CallError> {
        let unauthorized = |detail: String| CallError::Unauthorized { detail };
        let set = self.credentials.secret(self.name).filter(|secret| !secret.is_empty());
        let secret = set.ok_or_else(|| unauthorized(format!("no {} has been set", self.name)))?;
        if *self.memory() == Some(Sha256::digest(&secret).into()) {
            return Err(unauthorized(format!(
                "{} was refused and is still the same: change it, or check the connection to try it once more",
                self.name
            )));
        }
        Ok(secret)
    }

    /// This one was refused.
    pub(super) fn refuse(&self, secret: &str) {
        *self.memory() = Some(Sha256::digest(secret).into());
    }

    /// A person wants the refused one tried again.
    pub(super) fn forgive(&self) {
        *self.memory() = None;
    }

    /// What hides it.
    pub(super) fn mask(&self) -> Mask {
        Mask::new(self.credentials.secret(self.name).as_deref())
    }
}

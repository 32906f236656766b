//! Secrets as integrations ask for them: by name, at every request.
//!
//! A source may be a file to be parsed or a keyring to be asked over a bus, so an answer is good for a moment. Whatever is changed
//! here is seen at once; what is edited by hand, a moment later. Deliberately not here: what people ask for, which is looked up.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pult_integrations::Credentials;

use super::{Secret, SecretName, SecretStore};

/// How long an answer is good for.
const MOMENT: Duration = Duration::from_secs(1);

/// Lets integrations read secrets by name at the moment they need them.
pub struct FromSecrets {
    store: SecretStore,
    recalled: Mutex<HashMap<String, Recalled>>,
}

struct Recalled {
    secret: Option<Secret>,
    at: Instant,
    changes: u64,
}

impl FromSecrets {
    /// Reads from this store.
    #[must_use]
    pub fn new(store: SecretStore) -> Self {
        Self { store, recalled: Mutex::default() }
    }

    /// The secret as its source has it now; nothing when the source does not say, which is then asked again at once.
    fn look_up(&self, name: &str) -> Option<Option<Secret>> {
        let parsed: SecretName = name.parse().ok()?;
        match self.store.get(&parsed) {
            Ok(secret) => Some(secret),
            Err(error) => {
                tracing::error!(%error, name, "a secret could not be read");
                None
            }
        }
    }
}

impl Credentials for FromSecrets {
    fn secret(&self, name: &str) -> Option<String> {
        // Taken before the source is asked: what changes meanwhile makes the answer an old one.
        let changes = self.store.changes();
        let lock = || self.recalled.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |r: &Recalled| r.changes == changes && r.at.elapsed() < MOMENT;
        if let Some(recalled) = lock().get(name).filter(|r| fresh(r)) {
            return recalled.secret.as_ref().map(|s| s.expose().to_owned());
        }
        let secret = self.look_up(name)?;
        let answer = secret.as_ref().map(|s| s.expose().to_owned());
        let mut recalled = lock();
        recalled.retain(|_, r| fresh(r));
        recalled.insert(name.to_owned(), Recalled { secret, at: Instant::now(), changes });
        answer
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_changed_here_is_seen_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = SecretStore::with_file(folder.path(), |_| None);
        let asked = FromSecrets::new(store.clone());
        let name = SecretName::CARD_SIGNING_KEY;
        assert_eq!(asked.secret(name.as_str()), None);
        for value in ["first", "second"] {
            store.set(&name, &Secret::new(value).unwrap()).unwrap();
            assert_eq!(asked.secret(name.as_str()).as_deref(), Some(value));
            assert_eq!(asked.secret(name.as_str()).as_deref(), Some(value), "and it is remembered");
        }
        store.remove(&name).unwrap();
        assert_eq!(asked.secret(name.as_str()), None);
        assert_eq!(asked.secret("Not A Name"), None);
    }

    #[test]
    fn a_source_that_does_not_answer_is_asked_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = SecretStore::with_file(folder.path(), |_| None);
        let (asked, file) = (FromSecrets::new(store.clone()), folder.path().join("secrets.toml"));
        let name = SecretName::CARD_SIGNING_KEY;
        store.set(&name, &Secret::new("key").unwrap()).unwrap();
        let whole = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, "not TOML").unwrap();
        assert_eq!(asked.secret(name.as_str()), None);
        std::fs::write(&file, whole).unwrap();
        assert_eq!(asked.secret(name.as_str()).as_deref(), Some("key"));
    }
}

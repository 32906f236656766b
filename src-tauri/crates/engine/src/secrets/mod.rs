//! Secrets: passwords, keys and tokens, looked up by name in an ordered list of sources.
//!
//! Read-only sources come first, so that an operator's service unit wins: the credentials folder of systemd, then the
//! environment. Behind them stands one writable vault: the keyring of the person's session, or a file for its owner
//! only. Deliberately not here: settings (`config`), people's passwords (stored as hashes) and personal tokens of a
//! signed-in person beyond their name.
//!
//! Everything here blocks, and a keyring may even wait for a person to unlock it: async code goes through
//! [`SecretStore::blocking`].

mod catalog;
mod credentials;
mod environment;
mod error;
mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod name;
mod recall;
mod secret;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use rand::TryRngCore as _;
use serde::Serialize;
use ts_rs::TS;

pub use catalog::{Expected, expected};
pub use error::SecretError;
pub use name::SecretName;
pub use recall::FromSecrets;
pub use secret::Secret;

use credentials::Credentials;
use environment::Environment;

/// Where a secret comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// A file in the credentials folder given by systemd. Read-only.
    Credentials,
    /// An environment variable. Read-only.
    Environment,
    /// The operating system's keyring.
    Keyring,
    /// `secrets.toml` in the data folder.
    File,
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Credentials => "the credentials folder of the service",
            Self::Environment => "the environment",
            Self::Keyring => "the keyring",
            Self::File => "the secrets file",
        })
    }
}

/// A place that can be asked.
trait Source: Send + Sync {
    fn kind(&self) -> SecretSource;
    fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretError>;
    /// Names this source can tell by itself; it may hold more.
    fn names(&self) -> Result<Vec<SecretName>, SecretError>;
}

/// A source that can be written.
trait Vault: Source {
    fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretError>;
    /// True when there was something to remove.
    fn remove(&self, name: &SecretName) -> Result<bool, SecretError>;
}

/// A secret as a person may see it: its name and where it is, never its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SecretEntry {
    /// Its name.
    #[ts(type = "string")]
    pub name: SecretName,
    /// The source that answers for it, when it is set.
    pub source: Option<SecretSource>,
    /// Whether any source has it.
    pub set: bool,
}

/// What became of [`SecretStore::remove`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// True when the vault had it.
    pub removed: bool,
    /// The read-only source that still provides it; it must be taken out there by hand.
    pub still_set_by: Option<SecretSource>,
}

/// All sources in order. Cheap to clone; clones share the vault.
#[derive(Clone)]
pub struct SecretStore {
    inner: Arc<Inner>,
}

struct Inner {
    given: Vec<Box<dyn Source>>,
    vault: Box<dyn Vault>,
    // One change at a time, so that two callers of `get_or_create` end up with the same key.
    changing: Mutex<()>,
    changes: AtomicU64,
}

impl fmt::Debug for SecretStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretStore").field("vault", &self.inner.vault.kind()).finish_non_exhaustive()
    }
}

impl SecretStore {
    /// Sources of a server, with `secrets.toml` in `data_dir` as the vault.
    ///
    /// `variable` looks up an environment variable; `main` passes `|name| std::env::var_os(name)`. The file is made by
    /// the first [`Self::set`].
    pub fn with_file(data_dir: &Path, variable: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Self::with(variable, Box::new(file::SecretFile::new(data_dir.join(file::NAME))))
    }

    /// Sources of a desktop, with the session's keyring as the vault. Blocks until the keyring answers.
    ///
    /// # Errors
    /// [`SecretError::Unavailable`] when the session has no keyring. Whether to go on with [`Self::with_file`] is the
    /// caller's decision, because secrets kept in a keyring that is away today would seem to be gone.
    #[cfg(feature = "keyring")]
    pub fn with_keyring(
        variable: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static,
    ) -> Result<Self, SecretError> {
        Ok(Self::with(variable, Box::new(keyring::Keyring::open()?)))
    }

    fn with(variable: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static, vault: Box<dyn Vault>) -> Self {
        let mut given: Vec<Box<dyn Source>> = Vec::new();
        if let Some(folder) = variable(credentials::FOLDER_VARIABLE).filter(|folder| !folder.is_empty()) {
            given.push(Box::new(Credentials::new(folder.into())));
        }
        given.push(Box::new(Environment::new(variable)));
        Self { inner: Arc::new(Inner { given, vault, changing: Mutex::default(), changes: AtomicU64::default() }) }
    }

    /// Which vault [`Self::set`] writes to.
    #[must_use]
    pub fn vault(&self) -> SecretSource {
        self.inner.vault.kind()
    }

    /// The secret of this name, from the first source that has it.
    ///
    /// # Errors
    /// When a source that should be asked cannot be; later sources are then not asked, because an older value might
    /// answer.
    pub fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretError> {
        match self.given(name)? {
            Some((_, secret)) => Ok(Some(secret)),
            None => self.inner.vault.get(name),
        }
    }

    /// Like [`Self::get`], for a secret the caller cannot do without.
    ///
    /// # Errors
    /// Those of [`Self::get`], and [`SecretError::NotSet`], which says how to set it.
    pub fn require(&self, name: &SecretName) -> Result<Secret, SecretError> {
        self.get(name)?.ok_or_else(|| SecretError::NotSet { name: name.clone() })
    }

    /// Writes a secret to the vault.
    ///
    /// # Errors
    /// [`SecretError::Shadowed`] when a read-only source provides this name: the new value would never be used, so it
    /// is not stored. Otherwise what the vault answers.
    pub fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretError> {
        let _changing = self.inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((by, _)) = self.given(name)? {
            return Err(SecretError::Shadowed { name: name.clone(), by });
        }
        self.change(|vault| vault.set(name, secret))
    }

    /// Removes a secret from the vault.
    ///
    /// # Errors
    /// What the sources answer.
    pub fn remove(&self, name: &SecretName) -> Result<Removal, SecretError> {
        let _changing = self.inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let still_set_by = self.given(name)?.map(|(source, _)| source);
        Ok(Removal { removed: self.change(|vault| vault.remove(name))?, still_set_by })
    }

    /// The secret of this name, made from `bytes` random bytes and stored in the vault when no source has it. For keys
    /// of our own, such as those that sign links.
    ///
    /// The secret is text (base64url of the bytes); its characters are the key. The bytes come from the operating
    /// system and not from a seed passed in: a repeatable signing key would be no key.
    ///
    /// # Errors
    /// What the sources answer, and [`SecretError::Unavailable`] when the system has no randomness.
    pub fn get_or_create(&self, name: &SecretName, bytes: usize) -> Result<Secret, SecretError> {
        let _changing = self.inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = self.get(name)? {
            return Ok(secret);
        }
        let mut random = zeroize::Zeroizing::new(vec![0; bytes]);
        rand::rngs::OsRng.try_fill_bytes(&mut random).map_err(|error| SecretError::Unavailable {
            source_kind: self.vault(),
            reason: format!("the system gives no random bytes: {error}"),
        })?;
        let secret = Secret::new(data_encoding::BASE64URL_NOPAD.encode(&random))?;
        self.change(|vault| vault.set(name, &secret))?;
        Ok(secret)
    }

    /// The `expected` names and all that the sources tell of, by name, with where each is set.
    ///
    /// # Errors
    /// What the sources answer.
    pub fn list(&self, expected: &[SecretName]) -> Result<Vec<SecretEntry>, SecretError> {
        let mut found: BTreeMap<SecretName, Option<SecretSource>> = BTreeMap::new();
        let sources = || self.inner.given.iter().map(|source| source.as_ref() as &dyn Source);
        let vault: &dyn Source = self.inner.vault.as_ref();
        for source in sources().chain([vault]) {
            for name in source.names()? {
                found.insert(name, None);
            }
        }
        for name in expected {
            found.insert(name.clone(), None);
        }
        for (name, by) in &mut found {
            for source in sources().chain([vault]) {
                if source.get(name)?.is_some() {
                    *by = Some(source.kind());
                    break;
                }
            }
        }
        Ok(found.into_iter().map(|(name, source)| SecretEntry { name, source, set: source.is_some() }).collect())
    }

    /// Runs calls of this store on a thread that may block: `secrets.blocking(move |s| s.get(&name)).await`.
    ///
    /// # Errors
    /// Those of `act`, and [`SecretError::Unavailable`] when the runtime is shutting down.
    pub async fn blocking<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Self) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let store = self.clone();
        match tokio::task::spawn_blocking(move || act(&store)).await {
            Ok(result) => result,
            Err(stopped) => match stopped.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(SecretError::Unavailable {
                    source_kind: self.vault(),
                    reason: "Pult is shutting down".to_owned(),
                }),
            },
        }
    }

    /// How often the vault was changed by way of this store: an answer from before the last change is an old one.
    fn changes(&self) -> u64 {
        self.inner.changes.load(Ordering::Acquire)
    }

    /// Changes the vault. A change that failed counts as well, for nobody knows how far it came.
    fn change<T>(&self, act: impl FnOnce(&dyn Vault) -> Result<T, SecretError>) -> Result<T, SecretError> {
        let result = act(self.inner.vault.as_ref());
        self.inner.changes.fetch_add(1, Ordering::Release);
        result
    }

    /// The secret from a read-only source, with that source.
    fn given(&self, name: &SecretName) -> Result<Option<(SecretSource, Secret)>, SecretError> {
        for source in &self.inner.given {
            if let Some(secret) = source.get(name)? {
                return Ok(Some((source.kind(), secret)));
            }
        }
        Ok(None)
    }
}

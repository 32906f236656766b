//! The vault of a desktop: the keyring of the person's session, one entry per secret under the service `pult`.
//!
//! Deliberately not here: unlocking. The keyring asks the person itself, and calls wait for the answer.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};

use super::{Secret, SecretError, SecretName, SecretSource, Source, Vault};

/// Under this service the entries are found by other programs of the person too.
const SERVICE: &str = "pult";

pub(super) struct Keyring {
    store: Arc<CredentialStore>,
}

impl Keyring {
    /// Connects to the platform's keyring.
    pub(super) fn open() -> Result<Self, SecretError> {
        Ok(Self { store: open().map_err(|error| unavailable(&error))? })
    }

    fn entry(&self, name: &SecretName) -> Result<Entry, SecretError> {
        // The label is what a person sees in the keyring's own window; other platforms show service and name.
        #[cfg(target_os = "linux")]
        let label = format!("Pult: {name}");
        #[cfg(target_os = "linux")]
        let modifiers = Some(HashMap::from([("label", label.as_str())]));
        #[cfg(not(target_os = "linux"))]
        let modifiers: Option<HashMap<&str, &str>> = None;
        self.store.build(SERVICE, name.as_str(), modifiers.as_ref()).map_err(|error| unavailable(&error))
    }
}

impl Source for Keyring {
    fn kind(&self) -> SecretSource {
        SecretSource::Keyring
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretError> {
        match self.entry(name)?.get_password() {
            Ok(text) => Secret::new(text).map(Some),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    fn names(&self) -> Result<Vec<SecretName>, SecretError> {
        // The Windows store searches by a pattern of its own form; there everything is asked for and sorted out below.
        let spec = if cfg!(windows) { HashMap::new() } else { HashMap::from([("service", SERVICE)]) };
        let entries = self.store.search(&spec).map_err(|error| unavailable(&error))?;
        let ours = entries.iter().filter_map(Entry::get_specifiers).filter(|(service, _)| service == SERVICE);
        Ok(ours.filter_map(|(_, user)| user.parse().ok()).collect())
    }
}

impl Vault for Keyring {
    fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretError> {
        self.entry(name)?.set_password(secret.expose()).map_err(|error| unavailable(&error))
    }

    fn remove(&self, name: &SecretName) -> Result<bool, SecretError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(unavailable(&error)),
        }
    }
}

/// What to do, by the kind of the failure. Errors that carry the stored bytes are put into words without them.
fn unavailable(error: &Error) -> SecretError {
    let reason = match error {
        Error::NoStorageAccess(_) => "it is locked; unlock it and try again".to_owned(),
        Error::PlatformFailure(cause) => {
            format!("{cause}; check that a keyring runs in this session, or keep secrets in a file")
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            "the entry is not text; remove it in the keyring's own window and set it anew".to_owned()
        }
        Error::Ambiguous(_) => "it holds the entry twice; remove one in the keyring's own window".to_owned(),
        Error::TooLong(_, limit) => format!("it takes at most {limit} characters"),
        _ => "it does not support this; keep secrets in a file".to_owned(),
    };
    SecretError::Unavailable { source_kind: SecretSource::Keyring, reason }
}

#[cfg(target_os = "linux")]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NotSupportedByStore("no keyring is known for this system".to_owned()))
}

//! Connections that outlive a change of the settings: whoever holds a session must not lose it because something else was saved.
//!
//! Deliberately not here: how each of them is made (their own files).

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use pult_integrations::{Shared, finesse, xmpp};

/// The connections that hold sessions.
#[derive(Default)]
pub(super) struct Held {
    pub(super) platform: Place<finesse::Settings>,
    pub(super) messenger: Place<xmpp::Settings>,
    /// Passwords that the platform refused, whatever has become of the connection since.
    pub(super) attempts: Arc<finesse::Attempts>,
}

/// A place for one connection.
pub(super) struct Place<S>(Mutex<Option<Made<S>>>);

/// A connection and what it was made of: its settings, and the certificates of the file they name as they were then.
struct Made<S> {
    settings: S,
    certificates: Option<Vec<u8>>,
    connection: Shared,
}

impl<S> Default for Place<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S: Clone + PartialEq> Place<S> {
    /// The connection of these settings: the one there is, or one made now. Without settings there is none.
    pub(super) fn of(
        &self,
        settings: Option<S>,
        certificates: Option<&PathBuf>,
        make: impl FnOnce(S) -> Option<Shared>,
    ) -> Option<Shared> {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(settings) = settings else {
            *place = None;
            return None;
        };
        // A file that cannot be read is told of by whoever needs it.
        let certificates = certificates.and_then(|file| fs::read(file).ok());
        let same = |made: &&Made<S>| made.settings == settings && made.certificates == certificates;
        if let Some(made) = place.as_ref().filter(same) {
            return Some(made.connection.clone());
        }
        let connection = make(settings.clone());
        *place = connection.clone().map(|connection| Made { settings, certificates, connection });
        connection
    }
}

#[cfg(test)]
mod tests {
    use pult_integrations::{Credentials, telephony};

    use super::*;

    struct Nobody;

    impl Credentials for Nobody {
        fn secret(&self, _: &str) -> Option<String> {
            None
        }
    }

    fn connection(clients: Vec<String>) -> Option<Shared> {
        let settings = telephony::Settings { clients, ..telephony::Settings::default() };
        Some(Arc::new(telephony::Telephony::new(settings, Arc::new(Nobody))))
    }

    #[test]
    fn a_connection_stays_until_its_own_settings_or_certificates_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        fs::write(&file, "one").unwrap();
        let place = Place::default();
        let made = |name: &str| place.of(Some(vec![name.to_owned()]), Some(&file), connection).unwrap();
        let first = made("a");
        assert!(Arc::ptr_eq(&first, &made("a")));
        let second = made("b");
        assert!(!Arc::ptr_eq(&first, &second));
        fs::write(&file, "two").unwrap();
        let third = made("b");
        assert!(!Arc::ptr_eq(&second, &third));
        assert!(place.of(None, Some(&file), connection).is_none(), "it is switched off");
        assert!(!Arc::ptr_eq(&third, &made("b")));
    }
}

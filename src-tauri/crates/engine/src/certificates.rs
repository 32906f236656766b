//! How the certificates of our own listeners are: since when the present one serves, and why a newer one does not.
//!
//! Deliberately not here: reading the files and serving with them (the server's).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use pult_domain::Instant;
use serde::Serialize;
use ts_rs::TS;

/// The certificate of one of our listeners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OwnCertificate {
    /// Which listener: `console` or `hooks`.
    #[ts(type = "string")]
    pub listener: &'static str,
    /// When the files were read that it serves with, milliseconds UTC.
    #[ts(type = "number")]
    pub read_at: i64,
    /// Newer files that cannot be used; it serves with the older ones meanwhile.
    pub trouble: Option<CertificateTrouble>,
}

/// Files of a certificate that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CertificateTrouble {
    /// When they were found, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// What is wrong with them, in the words of whoever read them.
    pub why: String,
}

/// The certificates of all listeners that have one. Clones speak of the same ones.
#[derive(Clone, Default)]
pub struct OwnCertificates(Arc<Mutex<BTreeMap<&'static str, OwnCertificate>>>);

impl OwnCertificates {
    /// A listener serves with what it has just read.
    pub fn serves(&self, listener: &'static str, now: Instant) {
        let fresh = OwnCertificate { listener, read_at: now.as_millisecond(), trouble: None };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(listener, fresh);
    }

    /// Newer files of a listener cannot be used.
    pub fn troubled(&self, listener: &'static str, why: String, now: Instant) {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(listener) {
            known.trouble = Some(CertificateTrouble { at: now.as_millisecond(), why });
        }
    }

    /// All of them, by listener.
    #[must_use]
    pub fn all(&self) -> Vec<OwnCertificate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

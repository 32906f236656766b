//! What stands between us and another machine, told apart so that a person knows where to look.
//!
//! Deliberately not here: what the other machine itself said, and what to do next.

use std::{error::Error, io};

/// What stood in the way before the other side could say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::AsRefStr)]
#[strum(serialize_all = "snake_case")]
pub enum Obstacle {
    /// The name is not known.
    Dns,
    /// Nobody listens there.
    Refused,
    /// No answer in time.
    Timeout,
    /// No secure connection came about.
    Tls,
    /// The connection broke, or something else.
    Broken,
}

impl Obstacle {
    /// What an error and its causes tell.
    #[must_use]
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let mut found = None;
        let mut next = Some(error);
        while let Some(cause) = next {
            if cause.is::<rustls::Error>() {
                return Self::Tls;
            }
            if let Some(cause) = cause.downcast_ref::<io::Error>() {
                found = of_kind(cause.kind()).or(found);
                // An error wrapped by this kind is no `source`.
                if cause.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
                    return Self::Tls;
                }
            }
            // A failed look-up has no type of its own.
            let words = cause.to_string();
            if words.contains("dns error") || words.contains("failed to lookup address") {
                found = Some(Self::Dns);
            }
            next = cause.source();
        }
        found.unwrap_or(Self::Broken)
    }
}

fn of_kind(kind: io::ErrorKind) -> Option<Obstacle> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some(Obstacle::Refused),
        io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Some(Obstacle::Timeout)
        }
        _ => None,
    }
}

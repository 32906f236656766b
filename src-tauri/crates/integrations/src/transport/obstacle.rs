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
            if tls_error(cause).is_some() {
                return Self::Tls;
            }
            if let Some(cause) = cause.downcast_ref::<io::Error>() {
                found = of_kind(cause.kind()).or(found);
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

/// What TLS says, which errors of input and output wrap in themselves, and in one another, without naming it their cause.
pub(super) fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let wrapped = || tls_error(error.downcast_ref::<io::Error>()?.get_ref()?);
    error.downcast_ref::<rustls::Error>().or_else(wrapped)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tls_says_is_found_however_deep_it_is_wrapped() {
        let mut error = io::Error::other(rustls::Error::HandshakeNotComplete);
        for _ in 0..3 {
            assert_eq!(Obstacle::of(&error), Obstacle::Tls);
            error = io::Error::other(error);
        }
        assert_eq!(Obstacle::of(&io::Error::other("reset")), Obstacle::Broken);
    }
}

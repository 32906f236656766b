//! Why there is no session, or no longer, and what that means for the next try (contracts/xmpp 6, 9).
//!
//! Deliberately not here: how long to wait ([`super::session`]).

use pult_domain::Failure;

use crate::{SessionState, transport::obstacle::Obstacle};

/// Why there is no session, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Lost {
    /// The other side could not be reached, or the connection broke.
    #[error("{1}")]
    Broken(Obstacle, String),
    /// Nobody we trust vouches for the server, or it shows another certificate than a person has accepted.
    #[error("{0}")]
    Certificate(String),
    /// The server offers no encryption.
    #[error("the server offers no encryption, so nothing is said to it")]
    NoTls,
    /// The server takes the password in clear only, which is not allowed.
    #[error("the server takes the password only as it is (PLAIN); the setting allow_plain would allow that within TLS")]
    PlainOnly,
    /// The server offers no way of signing in that we have.
    #[error("no way to sign in that we have: {0}")]
    NoMechanism(String),
    /// There is nothing to sign in with.
    #[error("no password is set")]
    NoPassword,
    /// Signing in was refused, by its name in RFC 6120 6.5.
    #[error("sign-in refused: {0}")]
    Refused(String),
    /// The server could not prove that it knows the password, or wanted the proof made weak.
    #[error("not the server it says it is: {0}")]
    NotProven(String),
    /// Signing in is not possible at the moment, by its name in RFC 6120 6.5.
    #[error("sign-in put off: {0}")]
    Later(String),
    /// The resource was refused, by its name in RFC 6120 8.3.3.
    #[error("no resource given: {0}")]
    NotBound(String),
    /// The server ended the stream for a reason, by its name in RFC 6120 4.9.3.
    #[error("ended by the server: {0}")]
    Ended(String),
    /// The server sends us to another host.
    #[error("sent elsewhere by the server: {0}")]
    Elsewhere(String),
    /// What came is no XMPP, or over the bounds.
    #[error("no XMPP: {0}")]
    Garbled(String),
}

/// What to do after a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Try again, not before so many milliseconds.
    Again(u64),
    /// Another program has our resource: go on with another one.
    OtherResource,
    /// Nothing more is sent until a person has acted.
    Stop(SessionState),
}

/// The least pause after the server found us too busy, milliseconds.
const BUSY: u64 = 60_000;

impl Lost {
    /// What to do about it.
    pub(super) fn next(&self) -> Next {
        match self {
            Self::Certificate(_) => Next::Stop(SessionState::CertProblem),
            Self::NoTls | Self::PlainOnly | Self::NoMechanism(_) => Next::Stop(SessionState::SsoUnsupported),
            Self::NoPassword | Self::Refused(_) | Self::NotProven(_) => Next::Stop(SessionState::AuthFailed),
            Self::NotBound(condition) if condition == "conflict" => Next::OtherResource,
            Self::Ended(condition) => match condition.as_str() {
                "conflict" => Next::OtherResource,
                "host-unknown" | "host-gone" => Next::Stop(SessionState::Offline),
                "not-authorized" => Next::Stop(SessionState::AuthFailed),
                "policy-violation" | "resource-constraint" => Next::Again(BUSY),
                _ => Next::Again(0),
            },
            Self::NotBound(condition) if condition == "resource-constraint" => Next::Again(BUSY),
            Self::Broken(..) | Self::Later(_) | Self::NotBound(_) | Self::Elsewhere(_) | Self::Garbled(_) => {
                Next::Again(0)
            }
        }
    }

    /// A code of the console's texts for what stands in the way.
    pub(super) fn cause(&self) -> String {
        match self {
            Self::Broken(obstacle, _) => obstacle.as_ref().to_owned(),
            Self::Certificate(_) => "certificate".to_owned(),
            Self::NoTls => "no_starttls".to_owned(),
            Self::PlainOnly => "plain_only".to_owned(),
            Self::NoMechanism(_) => "no_mechanism".to_owned(),
            Self::NoPassword => "no_password".to_owned(),
            Self::NotProven(_) => "unproven".to_owned(),
            Self::Elsewhere(_) => "see_other_host".to_owned(),
            Self::Garbled(_) => "garbled".to_owned(),
            Self::Refused(condition) | Self::Later(condition) => condition.replace('-', "_"),
            Self::NotBound(condition) | Self::Ended(condition) => condition.replace('-', "_"),
        }
    }

    /// Whether the server holds our own words against us: what was said last is never said again.
    pub(super) fn is_our_fault(&self) -> bool {
        matches!(self, Self::Ended(condition)
            if ["not-well-formed", "invalid-xml", "bad-format", "restricted-xml"].contains(&condition.as_str()))
    }

    /// Whether the connection may be gone while the server still holds the session for us.
    pub(super) fn leaves_the_session(&self) -> bool {
        matches!(self, Self::Broken(..) | Self::Later(_))
    }
}

/// What a condition of a stanza's error (RFC 6120 8.3.3) means for a message: why it failed, and whether another try may go better.
pub(super) fn of_condition(condition: &str, waits: bool) -> (Failure, bool) {
    match condition {
        _ if waits => (Failure::State, true),
        "service-unavailable" | "item-not-found" | "gone" | "jid-malformed" => (Failure::DoesNotExist, false),
        "remote-server-not-found" | "remote-server-timeout" | "recipient-unavailable" | "resource-constraint" => {
            (Failure::State, true)
        }
        "forbidden" | "not-allowed" | "not-authorized" | "registration-required" | "subscription-required" => {
            (Failure::Rights, false)
        }
        "feature-not-implemented" => (Failure::Unsupported, false),
        _ => (Failure::Refused, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_of_the_contract_has_its_decision() {
        let ended = |condition: &str| Lost::Ended(condition.to_owned());
        let words = String::new;
        for (lost, next) in [
            (Lost::Broken(Obstacle::Dns, words()), Next::Again(0)),
            (Lost::Broken(Obstacle::Refused, words()), Next::Again(0)),
            (Lost::Broken(Obstacle::Timeout, words()), Next::Again(0)),
            (Lost::Certificate(words()), Next::Stop(SessionState::CertProblem)),
            (Lost::NoTls, Next::Stop(SessionState::SsoUnsupported)),
            (Lost::PlainOnly, Next::Stop(SessionState::SsoUnsupported)),
            (Lost::NoMechanism(words()), Next::Stop(SessionState::SsoUnsupported)),
            (Lost::NoPassword, Next::Stop(SessionState::AuthFailed)),
            (Lost::Refused("not-authorized".to_owned()), Next::Stop(SessionState::AuthFailed)),
            (Lost::Refused("account-disabled".to_owned()), Next::Stop(SessionState::AuthFailed)),
            (Lost::Refused("credentials-expired".to_owned()), Next::Stop(SessionState::AuthFailed)),
            (Lost::NotProven(words()), Next::Stop(SessionState::AuthFailed)),
            (Lost::Later("temporary-auth-failure".to_owned()), Next::Again(0)),
            (ended("conflict"), Next::OtherResource),
            (Lost::NotBound("conflict".to_owned()), Next::OtherResource),
            (ended("system-shutdown"), Next::Again(0)),
            (ended("reset"), Next::Again(0)),
            (ended("not-well-formed"), Next::Again(0)),
            (ended("policy-violation"), Next::Again(BUSY)),
            (ended("resource-constraint"), Next::Again(BUSY)),
            (ended("host-unknown"), Next::Stop(SessionState::Offline)),
        ] {
            assert_eq!(lost.next(), next, "{lost:?}");
        }
        assert!(ended("not-well-formed").is_our_fault());
        assert!(!ended("system-shutdown").is_our_fault());
    }

    #[test]
    fn every_error_of_a_message_has_its_decision() {
        for (condition, waits, expected) in [
            ("service-unavailable", false, (Failure::DoesNotExist, false)),
            ("item-not-found", false, (Failure::DoesNotExist, false)),
            ("remote-server-not-found", false, (Failure::State, true)),
            ("remote-server-timeout", false, (Failure::State, true)),
            ("recipient-unavailable", false, (Failure::State, true)),
            ("undefined-condition", true, (Failure::State, true)),
            ("not-acceptable", false, (Failure::Refused, false)),
            ("forbidden", false, (Failure::Rights, false)),
            ("policy-violation", false, (Failure::Refused, false)),
        ] {
            assert_eq!(of_condition(condition, waits), expected, "{condition}");
        }
    }
}

//! What an answer that is no success means (contracts/finesse 7).
//!
//! Deliberately not here: what to do about it (`session`, `delivery`).

use std::time::Duration;

use crate::{
    CallError, Exchange,
    transport::{
        http::{Answer, Said},
        obstacle::Obstacle,
        tls::Shown,
    },
};

use super::wire::system::Complaint;

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum Trouble {
    /// The password is wrong. Only an answer about the account's own user says so; the client asks for it where another is refused.
    #[error("the user id or the password is wrong")]
    WrongPassword,
    /// No password has been set.
    #[error("no password has been set")]
    NoSecret,
    /// This password was refused before and is not sent again.
    #[error("this password was refused; it is not sent again")]
    Stopped,
    /// The account lacks the right.
    #[error("no rights: {words}", words = .0.words())]
    NoRights(Complaint),
    /// It does not exist.
    #[error("it does not exist there")]
    NotFound,
    /// The server turned it down.
    #[error("HTTP {0}: {words}", words = .1.words())]
    Refused(u16, Complaint),
    /// It asks for patience.
    #[error("asked to come back later")]
    Later(Option<Duration>),
    /// The node is out of service.
    #[error("HTTP 503")]
    OutOfService,
    /// This deployment cannot do it.
    #[error("HTTP 501")]
    Unsupported,
    /// The node failed.
    #[error("HTTP {0}")]
    Failed(u16),
    /// The answer is not what was asked for.
    #[error("{0}")]
    Strange(String),
    /// Nobody could be asked.
    #[error("{1}")]
    Unreachable(Obstacle, String),
    /// The node's certificate is not trusted.
    #[error("the certificate is not trusted")]
    Certificate(Box<Shown>),
    /// A change may or may not have been made.
    #[error("{0}")]
    Unknown(String),
}

impl Trouble {
    /// A code of the console's texts.
    pub(super) fn cause(&self) -> String {
        match self {
            Self::WrongPassword | Self::Stopped => "http_401".to_owned(),
            Self::NoSecret => "no_secret".to_owned(),
            Self::NoRights(_) => "no_rights".to_owned(),
            Self::NotFound => "http_404".to_owned(),
            Self::Refused(status, _) | Self::Failed(status) => format!("http_{status}"),
            Self::Later(_) | Self::OutOfService => "http_503".to_owned(),
            Self::Unsupported => "http_501".to_owned(),
            Self::Strange(_) => "not_understood".to_owned(),
            Self::Unreachable(obstacle, _) => obstacle.as_ref().to_owned(),
            Self::Certificate(shown) => {
                format!("tls_{}", shown.problem.as_ref().map_or("untrusted", |problem| problem.as_ref()))
            }
            Self::Unknown(_) => "timeout".to_owned(),
        }
    }

    /// Whether the password may not be sent again, or is missing.
    pub(super) fn is_the_secrets(&self) -> bool {
        matches!(self, Self::WrongPassword | Self::Stopped | Self::NoSecret)
    }

    /// Whether the node itself, not this one request, is in question.
    pub(super) fn node_is_down(&self) -> bool {
        matches!(self, Self::OutOfService | Self::Unreachable(..) | Self::Later(None))
    }
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// About the account's own user.
    Own,
    /// Anything else that only looks.
    Reading,
    /// A change.
    Writing,
}

/// What a received answer means, success included.
pub(super) fn judge_answer(answer: &Answer, asked: Asked) -> Result<(), Trouble> {
    let status = answer.status.as_u16();
    answer.worth_reading().map_err(|error| of_error(error, Some(status), None, asked, None))?;
    match answer.status.is_success() {
        true => Ok(()),
        false => {
            let complaint = Complaint::read(&answer.body).unwrap_or_default();
            Err(of_status(status, complaint, asked))
        }
    }
}

/// The answer, or what its absence or refusal means.
pub(super) fn judge(said: Said, asked: Asked, seen: Option<Shown>) -> (Exchange, Result<Answer, Trouble>) {
    let Said { exchange, outcome, obstacle, .. } = said;
    let judged = match outcome {
        Ok(answer) => judge_answer(&answer, asked).map(|()| answer),
        Err(error) => Err(of_error(error, exchange.status, obstacle, asked, seen)),
    };
    (exchange, judged)
}

fn of_error(
    error: CallError,
    status: Option<u16>,
    obstacle: Option<Obstacle>,
    asked: Asked,
    seen: Option<Shown>,
) -> Trouble {
    let words = error.to_string();
    match (error, status, obstacle) {
        (CallError::Retry { after, .. }, ..) => Trouble::Later(after),
        (CallError::OutcomeUnknown { detail }, ..) => Trouble::Unknown(detail),
        (_, None, Some(Obstacle::Tls)) => match seen.filter(|shown| shown.problem.is_some()) {
            Some(shown) => Trouble::Certificate(Box::new(shown)),
            None => Trouble::Unreachable(Obstacle::Tls, words),
        },
        (_, Some(status), None) if status >= 400 => of_status(status, Complaint::default(), asked),
        (CallError::Unreachable { detail }, Some(status), _) if (300..400).contains(&status) => {
            Trouble::Unreachable(Obstacle::Broken, detail)
        }
        // A web page with a good status, or too much of an answer.
        (_, Some(_), None) => Trouble::Strange(words),
        (_, _, obstacle) => Trouble::Unreachable(obstacle.unwrap_or(Obstacle::Broken), words),
    }
}

fn of_status(status: u16, complaint: Complaint, asked: Asked) -> Trouble {
    match status {
        401 if asked == Asked::Own => Trouble::WrongPassword,
        // Some releases answer this one with 401.
        401 if complaint.is("Invalid State") => Trouble::Refused(status, complaint),
        401 | 403 => Trouble::NoRights(complaint),
        404 => Trouble::NotFound,
        501 => Trouble::Unsupported,
        503 => Trouble::OutOfService,
        500.. if asked == Asked::Writing => Trouble::Unknown(format!("HTTP {status}")),
        500.. => Trouble::Failed(status),
        _ => Trouble::Refused(status, complaint),
    }
}

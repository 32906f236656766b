//! What can happen to the rating of an issue.
//!
//! Deliberately not here: the vendors' names of it (their integrations') and consequences (the rule's).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Failure, Instant, IssueId, RatingId};

/// A rating, in the service desk's three steps (behaviour/ratings 3).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Rate {
    /// «Отлично».
    Good,
    /// «Хорошо».
    Normal,
    /// «Плохо».
    Bad,
}

/// Something about the rating of an issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// The service desk says that an issue has another status, or its list shows a closed one.
    StatusChanged(Box<StatusChange>),
    /// The service desk says that an issue was rated there, not through us.
    RatedElsewhere {
        /// Which.
        issue: IssueId,
        /// How, where it is said in our three steps.
        rate: Option<Rate>,
    },
    /// Who the author of the issue is.
    ContactFound {
        /// For which request.
        request: RatingId,
        /// Who.
        contact: Contact,
    },
    /// Nobody to ask: for a stated reason.
    ContactMissing {
        /// For which request.
        request: RatingId,
        /// Why.
        lack: Lack,
    },
    /// The messenger's user with the author's address.
    PersonFound {
        /// For which request.
        request: RatingId,
        /// The messenger's id.
        user: String,
    },
    /// The messenger has no such user, or several.
    PersonMissing {
        /// For which request.
        request: RatingId,
        /// Why.
        lack: Lack,
    },
    /// The question went out.
    Asked {
        /// For which request.
        request: RatingId,
        /// The messenger's id of the message.
        message: String,
        /// Which of the messenger's ways it went: needed again to take the buttons away.
        way: String,
    },
    /// The question could not be put: the messenger refused it, or its time had passed.
    AskFailed {
        /// For which request.
        request: RatingId,
        /// Why.
        failure: Failure,
        /// The messenger's reason, without secrets.
        detail: String,
    },
    /// The author answered.
    Answered {
        /// Which request's link was opened or button pressed; absent for a typed command, which names the issue.
        request: Option<RatingId>,
        /// Which issue, for a command.
        issue: Option<IssueId>,
        /// How.
        rate: Rate,
        /// In which way, and who.
        voice: Voice,
    },
    /// The service desk keeps the rating: seen when the issue was read again.
    RateKept {
        /// Of which request.
        request: RatingId,
        /// What the issue shows. Another one than was asked for was there before us.
        rate: Rate,
    },
    /// The service desk does not take the rating.
    RateRefused {
        /// Of which request.
        request: RatingId,
        /// Why.
        failure: Failure,
        /// The service desk's reason, without secrets.
        detail: String,
    },
    /// The buttons are gone from the message.
    QuestionWithdrawn {
        /// Of which request.
        request: RatingId,
        /// Whether it was done; the message may be gone.
        done: bool,
    },
    /// The time for an answer is over.
    Due {
        /// Of which request.
        request: RatingId,
    },
    /// A supervisor stops the clock.
    Held {
        /// Of which request.
        request: RatingId,
        /// Why, 1 to 500 characters.
        reason: String,
        /// Who.
        by: String,
    },
    /// A supervisor lets the clock go on.
    Released {
        /// Of which request.
        request: RatingId,
        /// Who.
        by: String,
    },
    /// A supervisor says that no rating is wanted.
    Cancelled {
        /// Which request.
        request: RatingId,
        /// Why, 1 to 500 characters.
        reason: String,
        /// Who.
        by: String,
    },
    /// A supervisor has the author asked again.
    AskedAgain {
        /// Which request.
        request: RatingId,
        /// Who.
        by: String,
    },
    /// A supervisor rates in the author's stead.
    RatedByHand {
        /// Which request.
        request: RatingId,
        /// How.
        rate: Rate,
        /// Who.
        by: String,
    },
}

impl Fact {
    /// A stable word for logs, counters and the journal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::StatusChanged(_) => "status_changed",
            Self::RatedElsewhere { .. } => "rated_elsewhere",
            Self::ContactFound { .. } => "contact_found",
            Self::ContactMissing { .. } => "contact_missing",
            Self::PersonFound { .. } => "person_found",
            Self::PersonMissing { .. } => "person_missing",
            Self::Asked { .. } => "asked",
            Self::AskFailed { .. } => "ask_failed",
            Self::Answered { .. } => "answered",
            Self::RateKept { .. } => "rate_kept",
            Self::RateRefused { .. } => "rate_refused",
            Self::QuestionWithdrawn { .. } => "question_withdrawn",
            Self::Due { .. } => "due",
            Self::Held { .. } => "held",
            Self::Released { .. } => "released",
            Self::Cancelled { .. } => "cancelled",
            Self::AskedAgain { .. } => "asked_again",
            Self::RatedByHand { .. } => "rated_by_hand",
        }
    }
}

/// An issue as its new status was told, or found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// Which.
    pub issue: IssueId,
    /// Its title, at most 500 characters; may be empty.
    pub title: String,
    /// The code of the status it has now.
    pub status: String,
    /// Who wrote it, as the service desk numbers its clients' people. Absent: nobody is named.
    pub contact: Option<i64>,
    /// The rating it has already; any word of the service desk's.
    pub rate: Option<String>,
    /// How we know, and with that from when the day of waiting counts.
    pub sighting: Sighting,
}

/// How a status became known (behaviour/ratings 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Sighting {
    /// The service desk told us: closed when that arrived.
    Told,
    /// Found in its list of issues.
    Found {
        /// When it was closed, where the list says so; else the finding counts.
        closed_at: Option<Instant>,
    },
}

/// The author of an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The full name; may be empty.
    pub name: String,
    /// The e-mail address as it is written there.
    pub email: String,
}

/// Why an author cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "RatingLack")]
pub enum Lack {
    /// The service desk knows no such person.
    NoContact,
    /// The person has no e-mail address.
    NoEmail,
    /// Nobody in the messenger has that address.
    NoUser,
    /// Several in the messenger have that address.
    SeveralUsers,
    /// A system refused to tell: rights or settings.
    Refused,
    /// It could not be found out while it mattered.
    TooLate,
}

impl Lack {
    /// What the failure of a look-up means.
    #[must_use]
    pub fn of(failure: Failure, unknown: Self) -> Self {
        match failure {
            Failure::DoesNotExist => unknown,
            Failure::TooLate => Self::TooLate,
            Failure::State | Failure::Rights | Failure::Unsupported | Failure::Refused => Self::Refused,
        }
    }
}

/// How an answer was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Voice {
    /// A link of ours: whoever has it may answer.
    Link,
    /// A button or a typed command in the messenger.
    Command {
        /// The messenger's id of whoever it was.
        user: String,
    },
}

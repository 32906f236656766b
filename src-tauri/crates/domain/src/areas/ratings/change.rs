//! What a decision does to the asking for ratings.
//!
//! Deliberately not here: rows and columns (the store's).

use serde::{Deserialize, Serialize};

use super::{Ending, Lack, Message, Origin, Rate};
use crate::{Instant, IssueId, RatingId};

/// A closed issue whose author is to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRequest {
    /// Its id.
    pub id: RatingId,
    /// Of which issue.
    pub issue: IssueId,
    /// The issue's title.
    pub title: String,
    /// The service desk's id of the author.
    pub contact: i64,
    /// When the issue was closed.
    pub closed_at: Instant,
    /// When the time for an answer is over.
    pub deadline: Instant,
    /// When we learnt of it.
    pub at: Instant,
}

/// One change, applied in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The asking begins.
    Begin(NewRequest),
    /// The author is looked up once more.
    LookUpAgain {
        /// Of which request.
        request: RatingId,
    },
    /// The author is known.
    Contact {
        /// Of which request.
        request: RatingId,
        /// The full name; may be empty.
        name: String,
        /// The e-mail address.
        email: String,
    },
    /// The messenger's user is known.
    Person {
        /// Of which request.
        request: RatingId,
        /// The messenger's id.
        user: String,
    },
    /// The author cannot be asked.
    Undeliverable {
        /// Which request.
        request: RatingId,
        /// Why.
        lack: Lack,
        /// In the other side's words; may be empty.
        detail: String,
    },
    /// The question is out.
    Asked {
        /// Which request.
        request: RatingId,
        /// Since when.
        at: Instant,
        /// The message.
        message: Message,
        /// When the time for an answer is over.
        deadline: Instant,
    },
    /// A rating is on its way to the service desk.
    Rate {
        /// Which request.
        request: RatingId,
        /// How.
        rate: Rate,
        /// Whose it is.
        origin: Origin,
        /// The supervisor, when it is one's.
        by: Option<String>,
    },
    /// The service desk keeps the rating.
    Rated {
        /// Which request.
        request: RatingId,
        /// Since when.
        at: Instant,
    },
    /// The service desk refused the rating.
    Refused {
        /// Which request.
        request: RatingId,
        /// In its own words.
        detail: String,
    },
    /// The clock stands.
    Hold {
        /// Of which request.
        request: RatingId,
        /// Since when.
        at: Instant,
        /// Why.
        reason: String,
        /// Who.
        by: String,
    },
    /// The clock goes on.
    Release {
        /// Of which request.
        request: RatingId,
        /// When the time for an answer is over now.
        deadline: Instant,
    },
    /// No rating is wanted any more.
    Cancel {
        /// Which request.
        request: RatingId,
        /// Why.
        ending: Ending,
        /// The rating seen at the service desk.
        rate: Option<Rate>,
        /// A supervisor's reason.
        reason: Option<String>,
        /// The supervisor.
        by: Option<String>,
        /// Since when.
        at: Instant,
    },
}

//! What the rules of ratings may look at: a small snapshot, loaded for one fact.
//!
//! Deliberately not here: pages, counts and satisfaction figures for people (queries of the store).

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Lack, Rate};
use crate::{Instant, IssueId, RatingId};

/// Where the asking stands (behaviour/ratings 4).
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
pub enum State {
    /// The issue was closed; its author is being looked up.
    Received,
    /// The author is known; the messenger's user is being found and asked.
    Resolving,
    /// The question is out.
    Asked,
    /// A rating is on its way to the service desk.
    Rating,
    /// The service desk keeps the rating.
    Rated,
    /// The author could not be asked: «не спрошен». No answer of theirs, and not counted as one.
    Undeliverable,
    /// No rating is wanted any more.
    Cancelled,
}

impl State {
    /// Whether it is over.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Rated | Self::Cancelled)
    }
}

/// Whose rating it is.
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
pub enum Origin {
    /// The author's own answer.
    User,
    /// Nobody's: the time for an answer was over.
    Auto,
    /// A supervisor's, by hand.
    Supervisor,
}

/// Why no rating is wanted any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "RatingEnding")]
pub enum Ending {
    /// The issue was opened again.
    Reopened,
    /// The issue was rated at the service desk, not through us.
    RatedElsewhere,
    /// The issue is gone from the service desk.
    Gone,
    /// A supervisor said so.
    ByHand,
}

/// The message a question is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The messenger's id of it.
    pub id: String,
    /// Which of the messenger's ways it went.
    pub way: String,
}

/// The asking for one rating as far as a rule needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Which.
    pub id: RatingId,
    /// Of which issue.
    pub issue: IssueId,
    /// The issue's title.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// The service desk's id of the author.
    pub contact: i64,
    /// The author's name, once known.
    pub name: Option<String>,
    /// The author's address, once known.
    pub email: Option<String>,
    /// The messenger's id of the author, once known.
    pub user: Option<String>,
    /// When the issue was closed.
    pub closed_at: Instant,
    /// When the time for an answer is over.
    pub deadline: Instant,
    /// Since when a supervisor has stopped the clock.
    pub held_at: Option<Instant>,
    /// When the question went out.
    pub asked_at: Option<Instant>,
    /// The question.
    pub message: Option<Message>,
    /// The rating chosen.
    pub rate: Option<Rate>,
    /// Whose.
    pub origin: Option<Origin>,
    /// The service desk has refused the rating chosen.
    pub refused: bool,
    /// Why the author could not be asked.
    pub lack: Option<Lack>,
    /// Why it ended without a rating.
    pub ending: Option<Ending>,
}

/// The snapshot for one fact; the parts a fact has no use for are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The id the next new request will get.
    pub next: RatingId,
    /// The request the fact names; for a fact about an issue, its newest.
    pub request: Option<Request>,
}

/// What the administrator settled for ratings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether closed issues lead to anything.
    pub enabled: bool,
    /// Codes of statuses that count as closed.
    pub closed: Vec<String>,
    /// Codes of statuses that count as opened again.
    pub reopened: Vec<String>,
    /// How long an answer is waited for.
    pub patience: SignedDuration,
    /// What a silence counts as.
    pub silence: Rate,
    /// Whether an author who was never asked is rated automatically as well.
    pub rate_unasked: bool,
    /// Whether contacts can be looked up and ratings set.
    pub desk: bool,
    /// Whether people can be found and asked.
    pub messenger: bool,
}

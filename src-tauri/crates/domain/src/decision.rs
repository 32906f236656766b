//! What a rule returns: changes, effects, an answer for a waiting caller, and why.
//!
//! Deliberately not here: how any of it is carried out.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    DocumentId, EffectOrder, Instant, MessageId, NoticeChange, TicketChangeId,
    areas::{chat_link::form::Fault, erp::Trouble},
};

/// The outcome of one rule for one fact. `C` is the area's own change type.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<C> {
    /// What becomes of the area's state, in order.
    pub changes: Vec<C>,
    /// What is owed to the outside world.
    pub effects: Vec<EffectOrder>,
    /// Deadlines set or lifted.
    pub timers: Vec<TimerChange>,
    /// What a person should know from now on, or no longer.
    pub notices: Vec<NoticeChange>,
    /// For a caller that waits for the decision.
    pub answer: Option<Answer>,
    /// Why, stored beside the fact.
    pub explanation: Explanation,
}

impl<C> Decision<C> {
    /// A decision that changes nothing and says why.
    #[must_use]
    pub fn nothing(explanation: Explanation) -> Self {
        Self { changes: vec![], effects: vec![], timers: vec![], notices: vec![], answer: None, explanation }
    }
}

/// A deadline of an area. The key is the area's own; setting it again moves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "timer", rename_all = "snake_case")]
pub enum TimerChange {
    /// Wake the area at `due` with the fact its key stands for.
    Set {
        /// Unique within the area, for instance `open/17`.
        key: String,
        /// When.
        due: Instant,
    },
    /// No longer needed.
    Lift {
        /// The key it was set with.
        key: String,
    },
}

/// What a waiting caller is told; each integration turns it into its own wire shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It was done.
    Done,
    /// Nothing had to be done: it was so already, or there was nothing to change.
    Unchanged,
    /// A call the request speaks of does not exist.
    NoSuchCall,
    /// How many rows of a batch were new and how many already known.
    Counted {
        /// New rows.
        accepted: u32,
        /// Rows that were known and are now as reported.
        updated: u32,
    },
    /// The rating is taken and goes to the service desk.
    RatingTaken,
    /// The issue has been rated, or is being rated, already.
    RatedAlready,
    /// Nobody waits for a rating of this issue: it is unknown, or the asking is over.
    RatingNotAwaited,
    /// Somebody else was asked.
    NotAsked,
    /// Tasks of a document are being made.
    DocumentUnderway {
        /// Which document.
        document: DocumentId,
        /// Whether every task is there already, and only what comes after is missing.
        all_there: bool,
    },
    /// Every task of the document is there and up to date.
    DocumentDone,
    /// Every task of the document is there; what came after failed.
    DocumentUpdateFailed,
    /// Not every task of the document could be made.
    DocumentFailed {
        /// Why.
        trouble: Trouble,
    },
    /// A change of a ticket is on its way.
    TicketAsked {
        /// Which.
        change: TicketChangeId,
    },
    /// A message is on its way.
    MessageTaken {
        /// Which.
        message: MessageId,
    },
    /// A form is not filled in as it must be: it stays open, with these words beside its blocks.
    FormRefused {
        /// Each block at fault.
        faults: Vec<Fault>,
    },
}

/// Why a rule decided as it did. Codes and values only: the console says it in the reader's language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Explanation {
    /// The rule's branch, for instance `call_started.repeat`; the console's texts have a sentence for each.
    pub rule: String,
    /// Values for the sentence.
    #[ts(type = "Record<string, string | number | boolean | null>")]
    pub values: serde_json::Map<String, serde_json::Value>,
    /// Who or what was considered.
    pub candidates: Vec<Candidate>,
    /// What would have to be different for another outcome, as a code of the console's texts.
    pub otherwise: Option<String>,
    /// The state the rule saw, enough to run it again.
    #[ts(type = "unknown")]
    pub inputs: serde_json::Value,
}

impl Explanation {
    /// An explanation without candidates.
    #[must_use]
    pub fn of(rule: &str, inputs: serde_json::Value) -> Self {
        Self { rule: rule.to_owned(), values: serde_json::Map::new(), candidates: vec![], otherwise: None, inputs }
    }

    /// Adds what would have led elsewhere; nothing where there is no such thing.
    #[must_use]
    pub fn had(mut self, otherwise: Option<String>) -> Self {
        self.otherwise = otherwise;
        self
    }

    /// Adds a value for the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }
}

/// One thing a rule chose between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Candidate {
    /// What it is, readable: an id, a name.
    pub name: String,
    /// Whether it was taken.
    pub chosen: bool,
    /// Why it was taken or left, as a code of the console's texts.
    pub reason: String,
}

//! What the console shows of each thing of a case, and how far somebody may look.
//!
//! Deliberately not here: reading any of it (`load`).

use std::collections::BTreeSet;

use pult_domain::{
    AgencyId, DocumentId, OperatorId, PhoneNumber,
    areas::{
        cases::{Hand, Piece, Thing},
        erp::TaskState,
    },
};
use serde::Serialize;
use ts_rs::TS;

use crate::{
    calls::{self, CallRow},
    chat_link::PairRow,
    erp::DocumentRow,
    floor::Stretch,
    ratings::RatingRow,
    tickets::{TicketRow, Viewer},
};

/// How far somebody may look: what is not in it is not there for them.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    /// Calls, as far as the journal shows them; none where it is absent.
    pub calls: Option<calls::Sight>,
    /// Tickets, as far as this viewer sees them.
    pub tickets: Option<Viewer>,
    /// Pairs of an issue and its conversation.
    pub pairs: bool,
    /// Ratings.
    pub ratings: bool,
    /// Documents and their tasks.
    pub documents: bool,
    /// States of operators.
    pub floor: bool,
    /// Of these operators only; of all where it is absent.
    pub operators: Option<BTreeSet<OperatorId>>,
}

/// A thing as the console shows it: the same rows its own screen shows.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", content = "row", rename_all = "snake_case")]
pub enum CaseCard {
    /// A caller's number: its digits.
    Phone(#[ts(type = "string")] PhoneNumber),
    /// A call.
    Call(Box<CallRow>),
    /// A ticket.
    Ticket(Box<TicketRow>),
    /// An issue and its conversation.
    Pair(Box<PairRow>),
    /// The asking for a rating.
    Rating(Box<RatingRow>),
    /// A document.
    Document(Box<DocumentRow>),
    /// An agency.
    Agency(AgencyCard),
    /// A stretch of an operator's state.
    Stretch(Box<StretchCard>),
    /// A task of a document.
    Task(TaskCard),
}

/// An agency, as its last call knew it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CaseAgency")]
pub struct AgencyCard {
    /// The agency service's number of it.
    pub id: AgencyId,
    /// Its name.
    pub name: Option<String>,
    /// Its contact person.
    pub manager: Option<String>,
    /// Whether it is on the black list, where its card says so.
    pub blacklist: Option<bool>,
}

/// A stretch of an operator's state.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "CaseStretch")]
pub struct StretchCard {
    /// Who.
    pub operator: OperatorId,
    /// Their name.
    pub name: String,
    /// What, from when to when.
    pub stretch: Stretch,
}

/// A task of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CaseTask")]
pub struct TaskCard {
    /// The portal's number of it.
    #[ts(type = "number")]
    pub task: i64,
    /// Where it stands.
    pub state: TaskState,
    /// Whose work it is; may be empty.
    pub responsible: String,
    /// The sub-department's name.
    pub name: String,
    /// Of which document.
    pub document: DocumentId,
    /// When somebody was chosen, milliseconds UTC.
    #[ts(type = "number")]
    pub given_at: i64,
}

/// A thing that is there for somebody: what the rules look at, and what they are shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// For the rules.
    pub piece: Piece,
    /// For the screen.
    pub card: CaseCard,
    /// What was said by hand of it and others, the last word about each.
    pub hand: Vec<Hand>,
}

impl Found {
    /// Which thing it is.
    #[must_use]
    pub fn thing(&self) -> &Thing {
        &self.piece.thing
    }
}

//! What both products can be asked, in words of our own. Each keeps its own way of saying it.
//!
//! Deliberately not here: the order of reading and writing (`assign`), and facts (`delivery`).

use async_trait::async_trait;
use pult_domain::{
    EmployeeId, Failure, ServiceId, TicketNumber,
    areas::carousel::{Catalogue, Listing},
};
use serde_json::Value;

use crate::{Asked, CallError, CheckChoice, CheckStep, Exchange, Method, transport::http::Answer};

use super::loose::{field, id, text};

/// The most characters of a state's name.
const MAX_NAME: usize = 200;
/// How many names a step shows.
const NAMES: usize = 5;

/// One of the two products.
#[async_trait]
pub(super) trait Desk: Send + Sync {
    /// The methods called there.
    fn methods(&self) -> &'static [Method];

    /// What one answer says.
    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Reading, CallError>;

    /// The tickets of a service that nobody has, all pages, up to the bound of a look.
    async fn unassigned(
        &self,
        service: ServiceId,
        oldest_first: bool,
        said: &mut Vec<Exchange>,
    ) -> Result<Listing, CallError>;

    /// Who has a ticket; `None` where there is no such ticket.
    async fn holders(&self, ticket: TicketNumber, said: &mut Vec<Exchange>) -> Result<Option<Holders>, CallError>;

    /// Writes a person into a ticket, whoever stands there.
    async fn write(
        &self,
        ticket: TicketNumber,
        person: EmployeeId,
        said: &mut Vec<Exchange>,
    ) -> Result<Written, CallError>;

    /// Whether it shows that a person cannot be given tickets of a service.
    async fn is_barred(
        &self,
        person: EmployeeId,
        service: ServiceId,
        said: &mut Vec<Exchange>,
    ) -> Result<bool, CallError>;

    /// All services, people and groups.
    async fn catalogue(&self, said: &mut Vec<Exchange>) -> Result<Catalogue, CallError>;

    /// The "Check" button.
    async fn check(&self) -> Vec<CheckStep>;
}

/// What one answer says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// A part of something larger.
    Step,
    /// Tickets that nobody has.
    Tickets(Listing),
    /// Who has a ticket; `None` where there is no such ticket.
    Ticket(Option<Holders>),
    /// What became of a change.
    Written(Written),
}

/// Who has a ticket. Somebody who cannot be told by number counts as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Holders(Vec<Option<EmployeeId>>);

impl FromIterator<Option<EmployeeId>> for Holders {
    fn from_iter<T: IntoIterator<Item = Option<EmployeeId>>>(people: T) -> Self {
        Self(people.into_iter().collect())
    }
}

impl IntoIterator for Holders {
    type Item = Option<EmployeeId>;
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Holders {
    /// Whether nobody has it.
    pub(super) fn is_nobody(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this person has it, alone or with others.
    pub(super) fn has(&self, person: EmployeeId) -> bool {
        self.0.contains(&Some(person))
    }

    /// Whether it may be given away: nobody has it, or the one who is to be replaced, alone.
    pub(super) fn is_free(&self, instead_of: Option<EmployeeId>) -> bool {
        self.0.iter().all(|holder| holder.is_some() && *holder == instead_of)
    }

    /// One of those who have it.
    pub(super) fn first(&self) -> Option<EmployeeId> {
        self.0.iter().copied().flatten().next()
    }
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// It was taken, or the answer is of no shape we know: the ticket shows which.
    Perhaps,
    /// There is no such ticket.
    Gone,
    /// It clashed with another change, in the vendor's words.
    Clash(String),
    /// It was refused, in the vendor's words.
    Refused(String),
    /// The vendor failed in the course of it, or somebody in between answered.
    Failed(String),
}

impl Written {
    /// What the judgement of an answer to a change means.
    pub(super) fn of(judged: Result<Value, CallError>) -> Result<Self, CallError> {
        match judged {
            Ok(_) => Ok(Self::Perhaps),
            Err(CallError::Refused { why: Failure::DoesNotExist, .. }) => Ok(Self::Gone),
            Err(CallError::Refused { why: Failure::State, reason }) => Ok(Self::Clash(reason)),
            Err(CallError::Refused { why: Failure::Refused, reason }) => Ok(Self::Refused(reason)),
            Err(other) => Err(other),
        }
    }
}

/// Rows of a list as something to choose from, by name.
pub(super) fn choices(rows: &[Value]) -> Vec<CheckChoice> {
    let choice =
        |row: &Value| Some(CheckChoice { value: id(field(row, "id"))?, name: text(field(row, "name"), MAX_NAME)? });
    rows.iter().filter_map(choice).collect()
}

/// The step that tells the states tickets can be in. Where they may not be read, they are typed as numbers.
pub(super) fn states(read: Result<Vec<CheckChoice>, CallError>) -> CheckStep {
    match read {
        Ok(choices) => {
            let names: Vec<_> = choices.iter().take(NAMES).map(|choice| choice.name.as_str()).collect();
            let detail = format!("{} states to choose from: {}", choices.len(), names.join(", "));
            CheckStep::good("statuses", detail).with_choices(choices)
        }
        Err(CallError::Refused { reason, .. }) => {
            CheckStep::good("statuses", format!("the states are not told, so they are typed as numbers: {reason}"))
        }
        Err(error) => CheckStep::bad("statuses", error.to_string()),
    }
}

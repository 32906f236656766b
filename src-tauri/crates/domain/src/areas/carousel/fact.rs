//! What can happen on the carousel, and what the service desk is asked and told on its way.
//!
//! Deliberately not here: the service desk's names of it (its integration's) and consequences (the rule's).

use serde::{Deserialize, Serialize};

use super::{Absence, Catalogue};
use crate::{AbsenceId, AssignmentId, Effect, EmployeeId, Failure, Instant, ServiceId, TicketNumber};

/// A ticket without an executor, as the service desk lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number.
    pub number: TicketNumber,
    /// When it was made; unknown where the service desk does not say.
    pub created_at: Option<Instant>,
    /// The service desk's number of its state.
    pub status: Option<i64>,
}

/// The tickets of a service that nobody has taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// In the order asked for.
    pub tickets: Vec<Ticket>,
    /// Whether there are more than were read.
    pub cut: bool,
}

/// Something on the carousel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// It is time to look for tickets.
    PassDue,
    /// Somebody has them looked for now.
    PassAsked {
        /// Who.
        by: String,
    },
    /// The tickets of a service that nobody has taken were read.
    Listed {
        /// Which service.
        service: ServiceId,
        /// What was read.
        listing: Listing,
    },
    /// They could not be read.
    ListFailed {
        /// Which service.
        service: ServiceId,
        /// Why.
        failure: Failure,
        /// The service desk's reason, without secrets.
        detail: String,
    },
    /// The ticket shows the person it was given to.
    Assigned {
        /// Which assignment.
        assignment: AssignmentId,
    },
    /// Somebody took the ticket before; it was left alone.
    Taken {
        /// Which assignment.
        assignment: AssignmentId,
        /// Who has it.
        by: Option<EmployeeId>,
    },
    /// The ticket is there no more.
    Gone {
        /// Which assignment.
        assignment: AssignmentId,
    },
    /// The service desk does not take this person for the ticket.
    PersonRefused {
        /// Which assignment.
        assignment: AssignmentId,
        /// The service desk's reason.
        detail: String,
    },
    /// The service desk does not let the ticket be given to anybody, or it could not be done in time.
    AssignFailed {
        /// Which assignment.
        assignment: AssignmentId,
        /// Why.
        failure: Failure,
        /// The service desk's reason, without secrets.
        detail: String,
    },
    /// It is time to read services, people and groups.
    ImportDue,
    /// Somebody has them read now.
    ImportAsked {
        /// Who.
        by: String,
    },
    /// Services, people and groups were read, all of them.
    CatalogueRead {
        /// What was read.
        catalogue: Box<Catalogue>,
    },
    /// They could not be read, or not all of them.
    CatalogueFailed {
        /// Why.
        failure: Failure,
        /// The service desk's reason, without secrets.
        detail: String,
    },
    /// A service was put on the carousel or taken off it.
    ServiceSwitched {
        /// Which.
        service: ServiceId,
        /// Whether it goes round from now on.
        enabled: bool,
        /// Who.
        by: String,
    },
    /// Somebody was put on the carousel or taken off it.
    PersonSwitched {
        /// Whom.
        person: EmployeeId,
        /// Whether on it from now on.
        enabled: bool,
        /// Who.
        by: String,
    },
    /// Days away were entered or changed.
    AbsenceKept {
        /// Whose.
        person: EmployeeId,
        /// Which days; number 0 is a new row.
        absence: Absence,
        /// Who.
        by: String,
    },
    /// Days away were taken back.
    AbsenceDropped {
        /// Which row.
        absence: AbsenceId,
        /// Who.
        by: String,
    },
    /// A ticket is to go to somebody else.
    ReassignAsked {
        /// Which.
        ticket: TicketNumber,
        /// To whom.
        to: EmployeeId,
        /// Who wants it.
        by: String,
    },
    /// A parked ticket is to be tried again.
    TicketReleased {
        /// Which.
        ticket: TicketNumber,
        /// Who wants it.
        by: String,
    },
}

impl Fact {
    /// A stable word for logs, counters and the journal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PassDue => "pass_due",
            Self::PassAsked { .. } => "pass_asked",
            Self::Listed { .. } => "tickets_listed",
            Self::ListFailed { .. } => "tickets_not_listed",
            Self::Assigned { .. } => "ticket_assigned",
            Self::Taken { .. } => "ticket_taken",
            Self::Gone { .. } => "ticket_gone",
            Self::PersonRefused { .. } => "executor_refused",
            Self::AssignFailed { .. } => "ticket_not_assigned",
            Self::ImportDue => "import_due",
            Self::ImportAsked { .. } => "import_asked",
            Self::CatalogueRead { .. } => "catalogue_read",
            Self::CatalogueFailed { .. } => "catalogue_not_read",
            Self::ServiceSwitched { .. } => "service_switched",
            Self::PersonSwitched { .. } => "executor_switched",
            Self::AbsenceKept { .. } => "absence_kept",
            Self::AbsenceDropped { .. } => "absence_dropped",
            Self::ReassignAsked { .. } => "reassign_asked",
            Self::TicketReleased { .. } => "ticket_released",
        }
    }

    /// Whether it only says how things are. Whatever tickets a reading leads to are remembered with their reasons.
    #[must_use]
    pub fn is_observation(&self) -> bool {
        matches!(self, Self::PassDue | Self::Listed { .. })
    }

    /// What the carousel hears when one of its effects came to nothing.
    #[must_use]
    pub fn of_failed_effect(effect: &Effect, failure: Failure, detail: &str) -> Self {
        let detail = detail.to_owned();
        match effect {
            Effect::ListUnassigned { service, .. } => Self::ListFailed { service: *service, failure, detail },
            Effect::AssignTicket { assignment, .. } => Self::AssignFailed { assignment: *assignment, failure, detail },
            _ => Self::CatalogueFailed { failure, detail },
        }
    }
}

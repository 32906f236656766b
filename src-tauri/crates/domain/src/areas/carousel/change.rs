//! What a decision does to the carousel.
//!
//! Deliberately not here: rows and columns (the store's).

use serde::{Deserialize, Serialize};

use super::{Absence, AssignmentState, Considered, Difference, Imported, Outcome, Stage, Ticket, Way};
use crate::{AbsenceId, AssignmentId, EmployeeId, Instant, ServiceId, TicketNumber};

/// One change, applied in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Something else is under way for a service.
    Stage {
        /// Which.
        service: ServiceId,
        /// What; nothing until the next pass where absent.
        stage: Option<Stage>,
        /// How many tickets have been ordered in this pass.
        ordered: u32,
        /// Why its tickets could not be read, where that is how it ended.
        trouble: Option<String>,
        /// Since when.
        at: Instant,
    },
    /// These are the tickets of a service that nobody has taken; what is not among them is forgotten.
    List {
        /// Which service.
        service: ServiceId,
        /// In the order they go.
        tickets: Vec<Ticket>,
        /// Whether there are more.
        cut: bool,
        /// When they were read.
        at: Instant,
    },
    /// Somebody is to be given a ticket, or would be.
    Assign {
        /// The number of the assignment.
        id: AssignmentId,
        /// Of which service.
        service: ServiceId,
        /// Which ticket.
        ticket: TicketNumber,
        /// To whom.
        person: EmployeeId,
        /// How it came about.
        way: Way,
        /// Planned, or owed.
        state: AssignmentState,
        /// Whose turn was the last one.
        last: Option<EmployeeId>,
        /// Who was considered.
        considered: Vec<Considered>,
        /// Whose turn it would have been, had nobody been away, full or refused.
        otherwise: Option<EmployeeId>,
        /// Who wanted it, where somebody did.
        by: Option<String>,
        /// When.
        at: Instant,
    },
    /// What an assignment came to.
    Settle {
        /// Which.
        id: AssignmentId,
        /// What it came to.
        outcome: Outcome,
        /// The service desk's reason.
        detail: Option<String>,
        /// When.
        at: Instant,
    },
    /// A service has nobody who may be given a ticket, or somebody again.
    Nobody {
        /// Which.
        service: ServiceId,
        /// Since when it has nobody.
        since: Option<Instant>,
    },
    /// Rehearsed assignments of a service are forgotten.
    ForgetPlans {
        /// Which.
        service: ServiceId,
    },
    /// Whose turn was the last one.
    Turn {
        /// Of which service.
        service: ServiceId,
        /// Who.
        last: EmployeeId,
    },
    /// A ticket waits no more.
    Drop {
        /// Which.
        ticket: TicketNumber,
    },
    /// A ticket could not be given to anybody, or is to be tried again.
    Retry {
        /// Which.
        ticket: TicketNumber,
        /// How often it could not.
        tries: u32,
        /// Not before this; parked where absent.
        next_try: Option<Instant>,
    },
    /// The service desk refused somebody for a ticket.
    Refuse {
        /// Which ticket.
        ticket: TicketNumber,
        /// Whom.
        person: EmployeeId,
    },
    /// The service desk refuses somebody, or does no longer.
    Flag {
        /// Whom.
        person: EmployeeId,
        /// Its reason; taken back where absent.
        reason: Option<String>,
        /// When.
        at: Instant,
    },
    /// A service was put on the carousel or taken off it.
    SwitchService {
        /// Which.
        service: ServiceId,
        /// Whether it goes round.
        enabled: bool,
    },
    /// Somebody was put on the carousel or taken off it.
    SwitchPerson {
        /// Whom.
        person: EmployeeId,
        /// Whether on it.
        enabled: bool,
    },
    /// Days away are kept.
    KeepAbsence {
        /// Whose.
        person: EmployeeId,
        /// Which days; number 0 is a new row.
        absence: Absence,
    },
    /// Days away are no more.
    DropAbsence {
        /// Which row.
        absence: AbsenceId,
    },
    /// The catalogue is being read, or no longer.
    Importing {
        /// Since when.
        since: Option<Instant>,
    },
    /// What is new in the catalogue.
    Import {
        /// What.
        difference: Box<Difference>,
        /// When it was read.
        at: Instant,
    },
    /// How the last reading of the catalogue ended.
    ImportEnded {
        /// How.
        imported: Imported,
    },
}

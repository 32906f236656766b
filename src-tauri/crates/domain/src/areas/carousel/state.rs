//! What the rules of the carousel may look at: a small snapshot, loaded for one fact.
//!
//! Deliberately not here: pages and counts for people (queries of the store).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    SignedDuration,
    civil::{DateTime, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Absence, Catalogue};
use crate::{AssignmentId, EmployeeId, Instant, ServiceId, TicketNumber};

/// Among those who may be given a ticket, who is.
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
    strum::EnumIter,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "CarouselStrategy")]
pub enum Strategy {
    /// Strictly by number, from the one after the last (behaviour/carousel 5.7).
    Turn,
    /// Whoever has waited longest for a ticket of any service.
    RoundRobin,
    /// Whoever has been given the smallest part of a share today; shares go by weight.
    Weighted,
    /// Whoever has been given the fewest tickets today.
    LeastLoaded,
}

/// What is under way for a service; one thing at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "CarouselStage")]
pub enum Stage {
    /// Its tickets without an executor are being read.
    Listing,
    /// A ticket is being given to somebody.
    Assigning,
}

/// A service of the service desk: a queue of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its number there.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// Whether its tickets go round.
    pub enabled: bool,
    /// Whether it is gone there.
    pub removed: bool,
    /// Who was given the last ticket.
    pub last: Option<EmployeeId>,
    /// What is under way.
    pub stage: Option<Stage>,
    /// How many tickets have been ordered in this pass.
    pub ordered: u32,
    /// Whether it was last seen without anybody who may be given a ticket.
    pub nobody: bool,
    /// Everybody of the groups bound to it.
    pub members: BTreeSet<EmployeeId>,
}

/// Somebody who may be given tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The number there.
    pub id: EmployeeId,
    /// The name.
    pub name: String,
    /// Whether on the carousel.
    pub enabled: bool,
    /// Whether gone there.
    pub removed: bool,
    /// Whether the service desk refused this one last time.
    pub flagged: bool,
    /// Days away.
    pub absences: Vec<Absence>,
    /// Tickets given on this day.
    pub given_today: u32,
    /// When the last one was given.
    pub last_given: Option<Instant>,
}

impl Person {
    /// A copy for whoever knows already who is away.
    pub(super) fn without_absences(&self) -> Self {
        let Self { id, enabled, removed, flagged, given_today, last_given, .. } = *self;
        Self { id, name: self.name.clone(), enabled, removed, flagged, absences: vec![], given_today, last_given }
    }

    /// A copy with those absences only that hold at a moment.
    fn as_of(&self, now: DateTime, half_day_at: Time) -> Self {
        let holding = self.absences.iter().filter(|absence| absence.covers(now, half_day_at)).cloned().collect();
        Self { absences: holding, ..self.without_absences() }
    }
}

/// A ticket that nobody has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its number.
    pub ticket: TicketNumber,
    /// Its place in the list, from 0.
    pub place: u32,
    /// How often it could not be given to anybody.
    pub tries: u32,
    /// Not before this.
    pub next_try: Option<Instant>,
    /// Whether nobody tries any more.
    pub parked: bool,
    /// Who was refused for it.
    pub refused: BTreeSet<EmployeeId>,
}

/// How an assignment came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "CarouselWay")]
pub enum Way {
    /// The carousel turned.
    Turn,
    /// Somebody gave the ticket to another person.
    Reassigned,
}

/// Where an assignment stands (behaviour/carousel 3).
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
#[ts(rename = "AssignmentState")]
pub enum AssignmentState {
    /// It would be made: a rehearsal.
    Planned,
    /// It is owed.
    Sent,
    /// The ticket shows it.
    Confirmed,
    /// It came to nothing.
    Failed,
}

/// What an assignment came to.
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
#[ts(rename = "AssignmentOutcome")]
pub enum Outcome {
    /// The ticket shows the person.
    Confirmed,
    /// Somebody took the ticket before.
    Taken,
    /// The ticket is there no more.
    Gone,
    /// The service desk refused the person.
    PersonRefused,
    /// The service desk refused the ticket.
    TicketRefused,
    /// It could not be done in time.
    Failed,
}

/// An assignment as it is kept, while it is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Which.
    pub id: AssignmentId,
    /// Of which service.
    pub service: ServiceId,
    /// Which ticket.
    pub ticket: TicketNumber,
    /// To whom.
    pub person: EmployeeId,
    /// How it came about.
    pub way: Way,
    /// Where it stands.
    pub state: AssignmentState,
}

/// The snapshot for one fact; the parts a fact has no use for are empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// For a pass: every service that is switched on, by number. Otherwise the one the fact is about.
    pub services: Vec<Service>,
    /// The people of these services, and whoever else the fact names.
    pub people: BTreeMap<EmployeeId, Person>,
    /// Tickets of the service that wait, in the order of the list.
    pub waiting: Vec<Waiting>,
    /// Tickets that are being given to somebody at this moment, whatever their service.
    pub open: BTreeSet<TicketNumber>,
    /// The assignment the fact is about; for a wish to reassign, the last one of the ticket.
    pub assignment: Option<Assignment>,
    /// The number the next assignment will get.
    pub next_assignment: i64,
    /// Whose the absence is that the fact names.
    pub absent: Option<EmployeeId>,
    /// For a reading of the catalogue: what is known of it.
    pub catalogue: Option<Catalogue>,
    /// For a reading of the catalogue: whether any service is switched on.
    #[serde(default)]
    pub in_use: bool,
    /// Since when the catalogue is being read.
    pub importing: Option<Instant>,
}

impl Known {
    /// What is kept of it beside a decision, enough to choose again: absences of other days and the catalogue would drown what matters.
    pub(super) fn for_journal(&self, at: Instant, policy: &Policy) -> Self {
        let now = at.to_zoned(policy.zone.clone()).datetime();
        let then = |person: &Person| person.as_of(now, policy.half_day_at);
        Self {
            services: self.services.clone(),
            people: self.people.iter().map(|(id, person)| (*id, then(person))).collect(),
            waiting: self.waiting.clone(),
            open: self.open.clone(),
            assignment: self.assignment.clone(),
            next_assignment: self.next_assignment,
            absent: self.absent,
            catalogue: None,
            in_use: self.in_use,
            importing: self.importing,
        }
    }

    /// The people of a service, by number.
    #[must_use]
    pub fn members(&self, service: &Service) -> Vec<&Person> {
        service.members.iter().filter_map(|id| self.people.get(id)).collect()
    }
}

/// What the administrator settled for the carousel.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Whether it turns.
    pub enabled: bool,
    /// Whether a service desk can be asked.
    pub connected: bool,
    /// Whether it names no services, people and groups: files bring them.
    pub by_file: bool,
    /// From pass to pass.
    pub interval: SignedDuration,
    /// From reading to reading of the catalogue; only when asked where absent.
    pub import_every: Option<SignedDuration>,
    /// Whether the oldest ticket goes first.
    pub oldest_first: bool,
    /// Whether it only shows what it would do.
    pub dry_run: bool,
    /// The most tickets of a service given out in one pass.
    pub max_per_pass: u32,
    /// Who is taken among those who may be.
    pub strategy: Strategy,
    /// The most tickets one person is given in a day.
    pub capacity: Option<u32>,
    /// Shares of people, 1 where none is named.
    pub weights: BTreeMap<EmployeeId, u32>,
    /// Where the halves of a day meet.
    pub half_day_at: Time,
    /// The zone days are counted in.
    pub zone: TimeZone,
    /// Tickets in these states are left alone.
    pub skip_statuses: Vec<i64>,
}

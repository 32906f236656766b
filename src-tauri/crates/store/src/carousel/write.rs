//! Carries out what a decision says about the carousel, and forgets what is old.
//!
//! Deliberately not here: deciding it.

use pult_domain::{
    AbsenceId, EmployeeId, Instant, ServiceId,
    areas::carousel::{Absence, AssignmentState, Change, Difference, Outcome, Ticket},
};
use rusqlite::{Connection, params};

use super::sql;
use crate::{StoreError, millis};

/// What a change touched, for whoever has it on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// A service, its tickets and its assignments.
    Service(ServiceId),
    /// Somebody.
    Person(EmployeeId),
    /// The catalogue as a whole.
    Catalogue,
}

/// Carries out one change, and says what it touched where that shows in a row.
///
/// # Errors
/// When it cannot be written; the transaction it runs in should be rolled back then.
pub fn apply(connection: &Connection, change: &Change) -> Result<Option<Touched>, StoreError> {
    let run = |statement: &str, values: &[&dyn rusqlite::ToSql]| -> Result<(), StoreError> {
        connection.prepare_cached(statement)?.execute(values)?;
        Ok(())
    };
    match change {
        Change::Stage { service, stage, ordered, trouble, at } => {
            let stage = stage.as_ref().map(AsRef::as_ref);
            run(sql::STAGE, params![service.0, stage, ordered, millis(*at), trouble])?;
            Ok(Some(Touched::Service(*service)))
        }
        Change::List { service, tickets, cut, at } => {
            list(connection, *service, tickets)?;
            run(sql::LISTED, params![service.0, millis(*at), cut])?;
            Ok(Some(Touched::Service(*service)))
        }
        Change::Assign { id, service, ticket, person, way, state, last, considered, otherwise, by, at } => {
            run(sql::UNPLAN, params![ticket.0])?;
            let considered = serde_json::to_string(considered)?;
            let (last, otherwise) = (last.map(|p| p.0), otherwise.map(|p| p.0));
            let values = params![
                id.0,
                service.0,
                ticket.0,
                person.0,
                way.as_ref(),
                state.as_ref(),
                last,
                considered,
                otherwise,
                by,
                millis(*at)
            ];
            run(sql::ASSIGN, values)?;
            Ok(Some(Touched::Service(*service)))
        }
        Change::Settle { id, outcome, detail, at } => {
            let state =
                if *outcome == Outcome::Confirmed { AssignmentState::Confirmed } else { AssignmentState::Failed };
            run(sql::SETTLE, params![id.0, state.as_ref(), outcome.as_ref(), detail, millis(*at)])?;
            Ok(None)
        }
        Change::Nobody { service, since } => {
            run(sql::NOBODY, params![service.0, since.map(millis)])?;
            Ok(Some(Touched::Service(*service)))
        }
        Change::ForgetPlans { service } => {
            run(sql::FORGET_PLANS, params![service.0])?;
            Ok(Some(Touched::Service(*service)))
        }
        Change::Turn { service, last } => {
            run(sql::TURN, params![service.0, last.0])?;
            Ok(Some(Touched::Service(*service)))
        }
        Change::Drop { ticket } => {
            run(sql::DROP_TICKET, params![ticket.0])?;
            Ok(None)
        }
        Change::Retry { ticket, tries, next_try } => {
            run(sql::RETRY, params![ticket.0, tries, next_try.map(millis)])?;
            Ok(None)
        }
        Change::Refuse { ticket, person } => {
            run(sql::REFUSE, params![ticket.0, person.0])?;
            Ok(None)
        }
        Change::Flag { person, reason, at } => {
            run(sql::FLAG, params![person.0, reason, reason.as_ref().map(|_| millis(*at))])?;
            Ok(Some(Touched::Person(*person)))
        }
        Change::SwitchService { service, enabled } => {
            run(sql::SWITCH_SERVICE, params![service.0, enabled])?;
            Ok(Some(Touched::Service(*service)))
        }
        Change::SwitchPerson { person, enabled } => {
            run(sql::SWITCH_PERSON, params![person.0, enabled])?;
            Ok(Some(Touched::Person(*person)))
        }
        Change::KeepAbsence { person, absence } => {
            keep(connection, *person, absence)?;
            Ok(Some(Touched::Person(*person)))
        }
        Change::DropAbsence { absence } => {
            run(sql::ABSENCE_DROP, params![absence.0])?;
            Ok(Some(Touched::Catalogue))
        }
        Change::Importing { since } => {
            run(sql::IMPORTING_SINCE, params![since.map(millis)])?;
            Ok(Some(Touched::Catalogue))
        }
        Change::Import { difference, at } => {
            import(connection, difference, *at)?;
            Ok(Some(Touched::Catalogue))
        }
        Change::ImportEnded { imported } => {
            run(sql::IMPORT_ENDED, params![serde_json::to_string(imported)?])?;
            Ok(Some(Touched::Catalogue))
        }
    }
}

fn list(connection: &Connection, service: ServiceId, tickets: &[Ticket]) -> Result<(), StoreError> {
    let numbers: Vec<i64> = tickets.iter().map(|ticket| ticket.number.0).collect();
    connection.prepare_cached(sql::LIST_FORGET)?.execute(params![service.0, serde_json::to_string(&numbers)?])?;
    let mut keep = connection.prepare_cached(sql::LIST_KEEP)?;
    for (place, ticket) in tickets.iter().enumerate() {
        let created = ticket.created_at.map(millis);
        keep.execute(params![ticket.number.0, service.0, place as i64, created, ticket.status])?;
    }
    Ok(())
}

pub(super) fn keep(connection: &Connection, person: EmployeeId, absence: &Absence) -> Result<(), StoreError> {
    let (start, end) = (absence.start.to_string(), absence.end.to_string());
    let half = absence.half.as_ref().map(AsRef::as_ref);
    if absence.id == AbsenceId(0) {
        let source = absence.source.as_ref();
        connection.prepare_cached(sql::ABSENCE_NEW)?.execute(params![
            person.0,
            start,
            end,
            half,
            absence.rrule,
            source
        ])?;
    } else {
        connection.prepare_cached(sql::ABSENCE_KEEP)?.execute(params![
            absence.id.0,
            start,
            end,
            half,
            absence.rrule
        ])?;
    }
    Ok(())
}

/// Everything of one import, in the transaction of its decision: nobody sees half of it.
fn import(connection: &Connection, new: &Difference, at: Instant) -> Result<(), StoreError> {
    let at = millis(at);
    let mut keep = connection.prepare_cached(sql::OFFERING_KEEP)?;
    for (id, service) in &new.services {
        keep.execute(params![id.0, service.name, service.fullname, service.description, at])?;
    }
    let mut keep = connection.prepare_cached(sql::EMPLOYEE_KEEP)?;
    for (id, person) in &new.people {
        keep.execute(params![
            id.0,
            person.name,
            person.firstname,
            person.lastname,
            person.middlename,
            person.email,
            person.username,
            at
        ])?;
    }
    let mut keep = connection.prepare_cached(sql::GROUP_KEEP)?;
    for (id, group) in &new.groups {
        keep.execute(params![id.0, group.name, group.description, at])?;
    }
    each(connection, sql::OFFERING_GONE, new.services_gone.iter().map(|id| [id.0, at]))?;
    each(connection, sql::EMPLOYEE_GONE, new.people_gone.iter().map(|id| [id.0, at]))?;
    each(connection, sql::GROUP_GONE, new.groups_gone.iter().map(|id| [id.0, at]))?;
    each(connection, sql::MEMBER_GONE, new.memberships.1.iter().map(|(g, p)| [g.0, p.0]))?;
    each(connection, sql::MEMBER_NEW, new.memberships.0.iter().map(|(g, p)| [g.0, p.0, at]))?;
    each(connection, sql::BINDING_GONE, new.bindings.1.iter().map(|(s, g)| [s.0, g.0]))?;
    each(connection, sql::BINDING_NEW, new.bindings.0.iter().map(|(s, g)| [s.0, g.0, at]))
}

fn each<const N: usize>(
    connection: &Connection,
    statement: &str,
    rows: impl Iterator<Item = [i64; N]>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    for row in rows {
        statement.execute(rusqlite::params_from_iter(row))?;
    }
    Ok(())
}

/// Forgets a slice of assignments that were settled before an instant; how many there were.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    Ok(connection.prepare_cached(sql::FORGET)?.execute(params![millis(before), most as i64])?)
}

//! The snapshot a rule decides upon.
//!
//! Deliberately not here: anything decided.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use pult_domain::{
    AbsenceId, AssignmentId, EmployeeId, GroupId, Instant, ServiceId, TicketNumber,
    areas::carousel::{
        Absence, Assignment, AssignmentState, Catalogue, Employee, Fact, Group, Known, Offering, Person, Service,
        Source, Waiting, Way,
    },
};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

use super::sql;
use crate::{
    StoreError,
    column::{needed, word},
    from_millis, millis,
};

/// Everything the rule may look at for one fact. `day` is when the present day began where the carousel turns.
///
/// # Errors
/// When it cannot be read.
pub fn load_known(connection: &Connection, fact: &Fact, day: Instant) -> Result<Known, StoreError> {
    let mut known = bare(connection)?;
    match fact {
        Fact::PassDue | Fact::PassAsked { .. } => {
            for id in ids(connection, sql::SERVICES_ON)? {
                add_service(connection, &mut known, ServiceId(id), day)?;
            }
        }
        Fact::Listed { service, .. } | Fact::ListFailed { service, .. } | Fact::ServiceSwitched { service, .. } => {
            add_turn(connection, &mut known, *service, day)?;
        }
        Fact::Assigned { assignment }
        | Fact::Taken { assignment, .. }
        | Fact::Gone { assignment }
        | Fact::PersonRefused { assignment, .. }
        | Fact::AssignFailed { assignment, .. } => {
            known.assignment = assignment_of(connection, sql::ASSIGNMENT, assignment.0)?;
            add_assignment(connection, &mut known, day)?;
        }
        Fact::ReassignAsked { ticket, to, .. } => {
            known.assignment = assignment_of(connection, sql::LAST_OF_TICKET, ticket.0)?;
            add_assignment(connection, &mut known, day)?;
            add_person(connection, &mut known, *to, day)?;
        }
        Fact::TicketReleased { ticket, .. } => {
            let service: Option<i64> =
                connection.prepare_cached(sql::TICKET_SERVICE)?.query_row([ticket.0], |r| r.get(0)).optional()?;
            if let Some(service) = service.map(ServiceId) {
                add_service(connection, &mut known, service, day)?;
                known.waiting = waiting_of(connection, service)?;
            }
        }
        Fact::PersonSwitched { person, .. } => add_person(connection, &mut known, *person, day)?,
        Fact::AbsenceKept { person, absence, .. } => {
            add_person(connection, &mut known, *person, day)?;
            known.absent = owner_of(connection, absence.id)?;
        }
        Fact::AbsenceDropped { absence, .. } => {
            known.absent = owner_of(connection, *absence)?;
            if let Some(person) = known.absent {
                add_person(connection, &mut known, person, day)?;
            }
        }
        Fact::CatalogueRead { .. } => {
            known.catalogue = Some(catalogue(connection)?);
            known.in_use = !ids(connection, sql::SERVICES_ON)?.is_empty();
        }
        Fact::ImportDue | Fact::ImportAsked { .. } | Fact::CatalogueFailed { .. } => {}
    }
    Ok(known)
}

/// One service, its people and the tickets that wait there, for looking at what would become of them.
///
/// # Errors
/// When it cannot be read.
pub fn load_service(connection: &Connection, service: ServiceId, day: Instant) -> Result<Known, StoreError> {
    let mut known = bare(connection)?;
    add_turn(connection, &mut known, service, day)?;
    Ok(known)
}

/// A service and the tickets that wait there.
fn add_turn(connection: &Connection, known: &mut Known, service: ServiceId, day: Instant) -> Result<(), StoreError> {
    add_service(connection, known, service, day)?;
    known.waiting = waiting_of(connection, service)?;
    Ok(())
}

/// Every service and everybody there ever was, for looking at them.
///
/// # Errors
/// When it cannot be read.
pub fn load_all(connection: &Connection, day: Instant) -> Result<Known, StoreError> {
    let mut known = bare(connection)?;
    for id in ids(connection, sql::SERVICES_ALL)? {
        add_service(connection, &mut known, ServiceId(id), day)?;
    }
    for id in ids(connection, sql::PEOPLE_ALL)? {
        add_person(connection, &mut known, EmployeeId(id), day)?;
    }
    Ok(known)
}

fn bare(connection: &Connection) -> Result<Known, StoreError> {
    let since: Option<Option<i64>> =
        connection.prepare_cached(sql::IMPORTING)?.query_row([], |r| r.get(0)).optional()?;
    Ok(Known {
        open: ids(connection, sql::OPEN)?.into_iter().map(TicketNumber).collect(),
        next_assignment: connection.prepare_cached(sql::NEXT)?.query_row([], |r| r.get(0))?,
        importing: since.flatten().map(from_millis),
        ..Known::default()
    })
}

fn ids(connection: &Connection, statement: &str) -> Result<Vec<i64>, StoreError> {
    Ok(connection.prepare_cached(statement)?.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

fn add_service(connection: &Connection, known: &mut Known, id: ServiceId, day: Instant) -> Result<(), StoreError> {
    let found = connection
        .prepare_cached(sql::SERVICE)?
        .query_row([id.0], |r| {
            Ok(Service {
                id,
                name: r.get(0)?,
                enabled: r.get(1)?,
                removed: r.get(2)?,
                last: r.get::<_, Option<i64>>(3)?.map(EmployeeId),
                stage: word(r, 4)?,
                ordered: r.get(5)?,
                nobody: r.get(6)?,
                members: BTreeSet::new(),
            })
        })
        .optional()?;
    let Some(mut service) = found else { return Ok(()) };
    service.members = connection
        .prepare_cached(sql::MEMBERS)?
        .query_map([id.0], |r| r.get(0).map(EmployeeId))?
        .collect::<rusqlite::Result<_>>()?;
    for person in &service.members {
        add_person(connection, known, *person, day)?;
    }
    known.services.push(service);
    Ok(())
}

fn add_assignment(connection: &Connection, known: &mut Known, day: Instant) -> Result<(), StoreError> {
    let Some(kept) = known.assignment.clone() else { return Ok(()) };
    add_service(connection, known, kept.service, day)?;
    add_person(connection, known, kept.person, day)?;
    known.waiting = waiting_of(connection, kept.service)?;
    Ok(())
}

fn add_person(connection: &Connection, known: &mut Known, id: EmployeeId, day: Instant) -> Result<(), StoreError> {
    if known.people.contains_key(&id) {
        return Ok(());
    }
    let found = connection
        .prepare_cached(sql::PERSON)?
        .query_row([id.0], |r| {
            Ok(Person {
                id,
                name: r.get(0)?,
                enabled: r.get(1)?,
                removed: r.get(2)?,
                flagged: r.get(3)?,
                absences: vec![],
                given_today: 0,
                last_given: None,
            })
        })
        .optional()?;
    let Some(mut person) = found else { return Ok(()) };
    person.absences =
        connection.prepare_cached(sql::ABSENCES)?.query_map([id.0], absence)?.collect::<rusqlite::Result<_>>()?;
    person.given_today =
        connection.prepare_cached(sql::GIVEN_SINCE)?.query_row(params![id.0, millis(day)], |r| r.get(0))?;
    let last: Option<i64> = connection.prepare_cached(sql::LAST_GIVEN)?.query_row([id.0], |r| r.get(0))?;
    person.last_given = last.map(from_millis);
    known.people.insert(id, person);
    Ok(())
}

/// Days away, from their row.
fn absence(r: &Row<'_>) -> rusqlite::Result<Absence> {
    Ok(Absence {
        id: AbsenceId(r.get(0)?),
        start: date(r, 1)?,
        end: date(r, 2)?,
        half: word(r, 3)?,
        rrule: r.get(4)?,
        source: word(r, 5)?.unwrap_or(Source::Import),
    })
}

fn date(r: &Row<'_>, column: usize) -> rusqlite::Result<Date> {
    let text: String = r.get(column)?;
    text.parse().map_err(|e: jiff::Error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

fn owner_of(connection: &Connection, absence: AbsenceId) -> Result<Option<EmployeeId>, StoreError> {
    Ok(connection.prepare_cached(sql::ABSENT)?.query_row([absence.0], |r| r.get(0).map(EmployeeId)).optional()?)
}

pub(super) fn waiting_of(connection: &Connection, service: ServiceId) -> Result<Vec<Waiting>, StoreError> {
    let mut statement = connection.prepare_cached(sql::WAITING)?;
    let rows = statement.query_map([service.0], waiting)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A ticket that waits, from the first columns of its row.
pub(super) fn waiting(r: &Row<'_>) -> rusqlite::Result<Waiting> {
    let (tries, next_try): (u32, Option<i64>) = (r.get(2)?, r.get(3)?);
    Ok(Waiting {
        ticket: TicketNumber(r.get(0)?),
        place: r.get(1)?,
        tries,
        next_try: next_try.map(from_millis),
        parked: tries > 0 && next_try.is_none(),
        refused: needed::<Vec<i64>>(r, 4)?.into_iter().map(EmployeeId).collect(),
    })
}

fn assignment_of(connection: &Connection, statement: &str, id: i64) -> Result<Option<Assignment>, StoreError> {
    let found = connection.prepare_cached(statement)?.query_row([id], |r| {
        Ok(Assignment {
            id: AssignmentId(r.get(0)?),
            service: ServiceId(r.get(1)?),
            ticket: TicketNumber(r.get(2)?),
            person: EmployeeId(r.get(3)?),
            way: word(r, 4)?.unwrap_or(Way::Reassigned),
            // A word of another version: nothing more is done about such a row.
            state: word(r, 5)?.unwrap_or(AssignmentState::Failed),
        })
    });
    Ok(found.optional()?)
}

/// Services, people and groups as they are known, without those that are gone.
///
/// # Errors
/// When it cannot be read.
pub fn catalogue(connection: &Connection) -> Result<Catalogue, StoreError> {
    fn rows<T, C: FromIterator<T>>(
        connection: &Connection,
        statement: &str,
        of: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<C, StoreError> {
        Ok(connection.prepare_cached(statement)?.query_map([], of)?.collect::<rusqlite::Result<_>>()?)
    }
    let pair = |r: &Row<'_>| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?));
    let memberships: Vec<(i64, i64)> = rows(connection, sql::MEMBERSHIPS, pair)?;
    let bindings: Vec<(i64, i64)> = rows(connection, sql::BINDINGS, pair)?;
    Ok(Catalogue {
        services: rows::<_, BTreeMap<_, _>>(connection, sql::OFFERINGS, |r| {
            Ok((ServiceId(r.get(0)?), Offering { name: r.get(1)?, fullname: r.get(2)?, description: r.get(3)? }))
        })?,
        people: rows(connection, sql::EMPLOYEES, |r| {
            let (name, firstname, lastname) = (r.get(1)?, r.get(2)?, r.get(3)?);
            let (middlename, email, username) = (r.get(4)?, r.get(5)?, r.get(6)?);
            Ok((EmployeeId(r.get(0)?), Employee { name, firstname, lastname, middlename, email, username }))
        })?,
        groups: rows(connection, sql::GROUPS, |r| {
            Ok((GroupId(r.get(0)?), Group { name: r.get(1)?, description: r.get(2)? }))
        })?,
        memberships: memberships.into_iter().map(|(group, person)| (GroupId(group), EmployeeId(person))).collect(),
        bindings: bindings.into_iter().map(|(service, group)| (ServiceId(service), GroupId(group))).collect(),
    })
}

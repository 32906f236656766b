//! What people look at: services, people and groups as they are, tickets that wait, and the log of who was given which.
//!
//! Deliberately not here: whose turn is next and who is away now (`pult_domain::areas::carousel` says so of a snapshot).

use std::collections::BTreeSet;

use pult_domain::{
    AssignmentId, EmployeeId, GroupId, Instant, ServiceId, TicketNumber,
    areas::carousel::{AssignmentState, Considered, Imported, Outcome, Place, Stage, Way, lab::Given},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{known, sql};
use crate::{
    StoreError,
    column::{json, needed, word},
    from_millis, millis,
};

/// The ticket nobody has that was written first, of all services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "OldestUnassigned")]
pub struct Oldest {
    /// The service desk's number.
    pub ticket: TicketNumber,
    /// Of which service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// When it was written, milliseconds UTC, as far as the service desk says.
    #[ts(type = "number | null")]
    pub created_at: Option<i64>,
    /// How many wait in all.
    pub waiting: u32,
}

/// The oldest ticket nobody has; `None` where none waits.
///
/// # Errors
/// When it cannot be read.
pub fn oldest(connection: &Connection) -> Result<Option<Oldest>, StoreError> {
    crate::query::one(connection, sql::OLDEST, [], |r| {
        Ok(Oldest {
            ticket: TicketNumber(r.get(0)?),
            service: ServiceId(r.get(1)?),
            service_name: r.get(2)?,
            created_at: r.get(3)?,
            waiting: r.get(4)?,
        })
    })
}

/// Assignments of a page at most.
pub const LONGEST_PAGE: usize = 500;

/// A service. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CarouselServiceRow")]
pub struct ServiceRow {
    /// The service desk's number.
    pub id: ServiceId,
    /// Whether its tickets go round.
    pub enabled: bool,
    /// Its name.
    pub name: String,
    /// Its name with those above it.
    pub fullname: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Who was given the last ticket.
    pub last: Option<EmployeeId>,
    /// What is under way.
    pub stage: Option<Stage>,
    /// Since when, or when the last pass ended.
    #[ts(type = "number | null")]
    pub stage_at: Option<i64>,
    /// Since when nobody may be given its tickets.
    #[ts(type = "number | null")]
    pub nobody_since: Option<i64>,
    /// Why its last pass came to nothing.
    pub trouble: Option<String>,
    /// When its tickets were last read.
    #[ts(type = "number | null")]
    pub listed_at: Option<i64>,
    /// Whether there were more than were read.
    pub cut: bool,
    /// When it was found gone there.
    #[ts(type = "number | null")]
    pub removed_at: Option<i64>,
    /// Tickets that wait, as last read.
    pub waiting: u32,
    /// Those of them nobody tries any more.
    pub parked: u32,
    /// Groups bound to it.
    pub groups: Vec<GroupId>,
}

/// An employee of the service desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CarouselEmployeeRow")]
pub struct EmployeeRow {
    /// The service desk's number.
    pub id: EmployeeId,
    /// Whether on the carousel.
    pub enabled: bool,
    /// The name.
    pub name: String,
    /// First name.
    pub firstname: Option<String>,
    /// Last name.
    pub lastname: Option<String>,
    /// Patronymic.
    pub middlename: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Name for signing in there.
    pub username: Option<String>,
    /// When the service desk refused this one.
    #[ts(type = "number | null")]
    pub flagged_at: Option<i64>,
    /// Its reason.
    pub flag: Option<String>,
    /// When found gone there.
    #[ts(type = "number | null")]
    pub removed_at: Option<i64>,
    /// Groups this one belongs to.
    pub groups: Vec<GroupId>,
}

/// A group of employees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CarouselGroupRow")]
pub struct GroupRow {
    /// The service desk's number.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was found gone there.
    #[ts(type = "number | null")]
    pub removed_at: Option<i64>,
}

/// A ticket that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CarouselTicketRow")]
pub struct TicketRow {
    /// Its number.
    pub ticket: TicketNumber,
    /// When it was made.
    #[ts(type = "number | null")]
    pub created_at: Option<i64>,
    /// The service desk's number of its state.
    #[ts(type = "number | null")]
    pub status: Option<i64>,
    /// How often it could not be given to anybody.
    pub tries: u32,
    /// Not before this.
    #[ts(type = "number | null")]
    pub next_try: Option<i64>,
    /// Whether nobody tries any more.
    pub parked: bool,
    /// Who was refused for it.
    pub refused: Vec<EmployeeId>,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "AssignmentRow")]
pub struct AssignmentRow {
    /// Its id.
    pub id: AssignmentId,
    /// Of which service.
    pub service: ServiceId,
    /// The service's name.
    pub service_name: String,
    /// Which ticket.
    pub ticket: TicketNumber,
    /// To whom.
    pub person: EmployeeId,
    /// The name.
    pub person_name: String,
    /// How it came about.
    pub way: Way,
    /// Where it stands.
    pub state: AssignmentState,
    /// What it came to.
    pub outcome: Option<Outcome>,
    /// The service desk's reason.
    pub detail: Option<String>,
    /// Whose turn was the last one then.
    pub last: Option<EmployeeId>,
    /// Everybody of the service, and why or why not.
    pub considered: Vec<Considered>,
    /// Whose turn it would have been, had nobody been away, full or refused.
    pub otherwise: Option<EmployeeId>,
    /// Who wanted it, where somebody did.
    pub by: Option<String>,
    /// When it was decided.
    #[ts(type = "number")]
    pub created_at: i64,
    /// When it was settled, or decided.
    #[ts(type = "number")]
    pub updated_at: i64,
}

/// A choice among the lines of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
#[ts(rename = "AssignmentFilter")]
pub struct LogFilter {
    /// Only of this service.
    pub service: Option<ServiceId>,
    /// Only of this person.
    pub person: Option<EmployeeId>,
    /// Only of this ticket.
    pub ticket: Option<TicketNumber>,
}

/// A page of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "AssignmentPage")]
pub struct LogPage {
    /// The lines.
    pub rows: Vec<AssignmentRow>,
    /// Before which line the next page begins; absent on the last.
    pub next: Option<AssignmentId>,
}

/// All services, also those that are gone.
///
/// # Errors
/// When they cannot be read.
pub fn services(connection: &Connection) -> Result<Vec<ServiceRow>, StoreError> {
    let mut rows: Vec<ServiceRow> =
        connection.prepare_cached(sql::SERVICE_ROWS)?.query_map([], service)?.collect::<rusqlite::Result<_>>()?;
    let mut counts = connection.prepare_cached(sql::WAITING_COUNT)?;
    for row in &mut rows {
        (row.waiting, row.parked) = counts.query_row([row.id.0], |r| Ok((r.get(0)?, r.get(1)?)))?;
        row.groups = groups_of(connection, sql::SERVICE_GROUPS, row.id.0)?;
    }
    Ok(rows)
}

/// All employees, also those who are gone.
///
/// # Errors
/// When they cannot be read.
pub fn employees(connection: &Connection) -> Result<Vec<EmployeeRow>, StoreError> {
    let mut rows: Vec<EmployeeRow> =
        connection.prepare_cached(sql::EMPLOYEE_ROWS)?.query_map([], employee)?.collect::<rusqlite::Result<_>>()?;
    for row in &mut rows {
        row.groups = groups_of(connection, sql::EMPLOYEE_GROUPS, row.id.0)?;
    }
    Ok(rows)
}

/// All groups, also those that are gone.
///
/// # Errors
/// When they cannot be read.
pub fn groups(connection: &Connection) -> Result<Vec<GroupRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql::GROUP_ROWS)?;
    let rows = statement.query_map([], |r| {
        Ok(GroupRow { id: GroupId(r.get(0)?), name: r.get(1)?, description: r.get(2)?, removed_at: r.get(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn groups_of(connection: &Connection, statement: &str, id: i64) -> Result<Vec<GroupId>, StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    let rows = statement.query_map([id], |r| r.get(0).map(GroupId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Tickets of a service that wait, in their order.
///
/// # Errors
/// When they cannot be read.
pub fn waiting(connection: &Connection, service: ServiceId) -> Result<Vec<TicketRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql::WAITING)?;
    let rows = statement.query_map([service.0], |r| {
        let kept = known::waiting(r)?;
        Ok(TicketRow {
            ticket: kept.ticket,
            created_at: r.get(5)?,
            status: r.get(6)?,
            tries: kept.tries,
            next_try: kept.next_try.map(millis),
            parked: kept.parked,
            refused: kept.refused.into_iter().collect(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How the last reading of the catalogue ended.
///
/// # Errors
/// When it cannot be read.
pub fn imported(connection: &Connection) -> Result<Option<Imported>, StoreError> {
    let found = connection.prepare_cached(sql::IMPORTING)?.query_row([], |r| json(r, 1)).optional()?;
    Ok(found.flatten())
}

/// A page of the log before one of its lines.
///
/// # Errors
/// When it cannot be read.
pub fn log(
    connection: &Connection,
    filter: &LogFilter,
    before: Option<AssignmentId>,
    limit: usize,
) -> Result<LogPage, StoreError> {
    let limit = limit.clamp(1, LONGEST_PAGE);
    let mut rows: Vec<AssignmentRow> = connection
        .prepare_cached(&statement(filter))?
        .query_map(
            params![
                before.map_or(i64::MAX, |b| b.0),
                limit as i64 + 1,
                filter.service.map(|id| id.0),
                filter.person.map(|id| id.0),
                filter.ticket.map(|id| id.0)
            ],
            assignment,
        )?
        .collect::<rusqlite::Result<_>>()?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    Ok(LogPage { rows, next })
}

/// The statement of a filter; parameters are numbered the same in all of them.
pub(super) fn statement(filter: &LogFilter) -> String {
    let columns = sql::LOG_OF_ID.trim_end_matches(" WHERE a.id = ?1");
    // Every number is mentioned, so that all of them may be bound.
    let one =
        |column: &str, n: u8, wanted: bool| if wanted { format!("{column} = ?{n}") } else { format!("?{n} IS NULL") };
    let service = one("a.service_id", 3, filter.service.is_some());
    let person = one("a.user_id", 4, filter.person.is_some());
    let ticket = one("a.ticket_number", 5, filter.ticket.is_some());
    format!("{columns} WHERE a.id < ?1 AND {service} AND {person} AND {ticket} ORDER BY a.id DESC LIMIT ?2")
}

/// Lines of the log by id.
///
/// # Errors
/// When they cannot be read.
pub fn log_of_ids(connection: &Connection, ids: &[AssignmentId]) -> Result<Vec<AssignmentRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql::LOG_OF_ID)?;
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(statement.query_row([id.0], assignment).optional()?);
    }
    Ok(rows)
}

/// Tickets the carousel gave to somebody in a period, oldest first, and whether there were more than `most`.
///
/// # Errors
/// When they cannot be read.
pub fn given(
    connection: &Connection,
    from: Instant,
    to: Instant,
    most: usize,
) -> Result<(Vec<Given>, bool), StoreError> {
    let mut statement = connection.prepare_cached(sql::GIVEN)?;
    let rows = statement.query_map(params![millis(from), millis(to), most as i64 + 1], |r| {
        let considered: Vec<Considered> = needed(r, 2)?;
        let eligible = considered.iter().filter(|c| matches!(c.place, Place::Turn | Place::Later)).map(|c| c.person);
        Ok(Given {
            service: ServiceId(r.get(0)?),
            person: EmployeeId(r.get(1)?),
            eligible: eligible.collect::<BTreeSet<_>>(),
            at: from_millis(r.get(3)?),
            last: r.get::<_, Option<i64>>(4)?.map(EmployeeId),
        })
    })?;
    let mut rows: Vec<Given> = rows.collect::<rusqlite::Result<_>>()?;
    let more = rows.len() > most;
    rows.truncate(most);
    Ok((rows, more))
}

fn service(r: &Row<'_>) -> rusqlite::Result<ServiceRow> {
    Ok(ServiceRow {
        id: ServiceId(r.get(0)?),
        enabled: r.get(1)?,
        name: r.get(2)?,
        fullname: r.get(3)?,
        description: r.get(4)?,
        last: r.get::<_, Option<i64>>(5)?.map(EmployeeId),
        stage: word(r, 6)?,
        stage_at: r.get(7)?,
        nobody_since: r.get(8)?,
        trouble: r.get(9)?,
        listed_at: r.get(10)?,
        cut: r.get(11)?,
        removed_at: r.get(12)?,
        waiting: 0,
        parked: 0,
        groups: vec![],
    })
}

fn employee(r: &Row<'_>) -> rusqlite::Result<EmployeeRow> {
    Ok(EmployeeRow {
        id: EmployeeId(r.get(0)?),
        enabled: r.get(1)?,
        name: r.get(2)?,
        firstname: r.get(3)?,
        lastname: r.get(4)?,
        middlename: r.get(5)?,
        email: r.get(6)?,
        username: r.get(7)?,
        flagged_at: r.get(8)?,
        flag: r.get(9)?,
        removed_at: r.get(10)?,
        groups: vec![],
    })
}

fn assignment(r: &Row<'_>) -> rusqlite::Result<AssignmentRow> {
    let (service, person): (i64, i64) = (r.get(1)?, r.get(4)?);
    Ok(AssignmentRow {
        id: AssignmentId(r.get(0)?),
        service: ServiceId(service),
        service_name: r.get::<_, Option<String>>(2)?.unwrap_or_else(|| service.to_string()),
        ticket: TicketNumber(r.get(3)?),
        person: EmployeeId(person),
        person_name: r.get::<_, Option<String>>(5)?.unwrap_or_else(|| person.to_string()),
        way: word(r, 6)?.unwrap_or(Way::Turn),
        state: word(r, 7)?.unwrap_or(AssignmentState::Failed),
        outcome: word(r, 8)?,
        detail: r.get(9)?,
        last: r.get::<_, Option<i64>>(10)?.map(EmployeeId),
        considered: needed(r, 11)?,
        otherwise: r.get::<_, Option<i64>>(12)?.map(EmployeeId),
        by: r.get(13)?,
        created_at: r.get(14)?,
        updated_at: r.get(15)?,
    })
}

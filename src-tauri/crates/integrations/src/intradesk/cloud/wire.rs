//! The cloud's words: tickets, services, people and groups as it lists them, and the change that gives a ticket to somebody.
//!
//! Keys come in three cases, and are read without regard to it. Deliberately not here: refusals (`trouble`) and pages (`pages`).

use jiff::tz::TimeZone;
use pult_domain::{
    EmployeeId, GroupId, ServiceId, TicketNumber,
    areas::carousel::{Employee, Group, Offering, Ticket},
};
use serde::Serialize;
use serde_json::Value;

use crate::CallError;

use super::super::{
    desk::Holders,
    loose::{self, field, flag, has, id, id_within, instant, number, text},
    trouble::{refused, strange},
};

/// The most characters of a name or an address.
const MAX_TEXT: usize = 500;
/// The most characters of a description.
const MAX_DESCRIPTION: usize = 4000;
/// The kind of a user who is a client's.
const CLIENT: i64 = 20;

/// Tickets that nobody has. One that shows somebody, or another service, is not meant, whatever it was asked by; a row without a
/// number is no ticket, unless no row has one.
pub(super) fn tickets(rows: &[Value], service: ServiceId) -> Result<Vec<Ticket>, CallError> {
    if !rows.is_empty() && rows.iter().all(|row| id(field(row, "tasknumber")).is_none()) {
        return Err(strange("no row of the list has a number"));
    }
    let of_service = |row: &&Value| id_within(field(row, "service")).is_none_or(|other| other == service.0);
    let waiting = rows.iter().filter(|row| loose::holders(field(row, "executor")).is_nobody()).filter(of_service);
    Ok(waiting.filter_map(ticket).collect())
}

fn ticket(row: &Value) -> Option<Ticket> {
    let number = TicketNumber(id(field(row, "tasknumber"))?);
    let created_at = instant(field(row, "createdat"), &TimeZone::UTC);
    Some(Ticket { number, created_at, status: id_within(field(row, "status")) })
}

/// Who has a ticket among the rows a search for its number found.
pub(super) fn holders(rows: &[Value], ticket: TicketNumber) -> Result<Option<Holders>, CallError> {
    let found = rows.iter().find(|row| id(field(row, "tasknumber")) == Some(ticket.0));
    match found {
        Some(row) => Ok(Some(loose::holders(field(row, "executor")))),
        None if rows.is_empty() => Ok(None),
        // Never taken for the ticket: it would be changed though somebody has it.
        None => Err(strange("the answer is not the ticket asked for")),
    }
}

#[derive(Serialize)]
struct Change {
    number: i64,
    blocks: Blocks,
}

#[derive(Serialize)]
struct Blocks {
    /// A JSON text within the text.
    executor: String,
}

#[derive(Serialize)]
struct Block<T> {
    value: T,
}

#[derive(Serialize)]
struct User {
    userid: i64,
}

/// The body of the change that gives a ticket to somebody.
pub(super) fn assignment(ticket: TicketNumber, person: EmployeeId) -> Result<String, CallError> {
    let executor = Block { value: User { userid: person.0 } };
    let body = serde_json::to_string(&executor)
        .and_then(|executor| serde_json::to_string(&Change { number: ticket.0, blocks: Blocks { executor } }));
    body.map_err(|error| refused(error.to_string()))
}

/// The body of the question for services.
pub(super) const SERVICES_QUESTION: &str = r#"{"chainName":"ShowServiceListChainV2"}"#;

fn list<'v>(value: &'v Value, what: &str) -> Result<&'v [Value], CallError> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| refused(format!("the answer holds no list of {what}")))
}

fn number_of(row: &Value, what: &str) -> Result<i64, CallError> {
    // Left out, it would look as if it were gone.
    id(field(row, "id")).ok_or_else(|| refused(format!("a row of the list of {what} has no id")))
}

fn name_of(row: &Value) -> String {
    text(field(row, "name"), MAX_TEXT).unwrap_or_default()
}

/// The services in the answer to [`SERVICES_QUESTION`]. A list that is missing at its place is no empty list.
pub(super) fn services_of_rules(content: &Value) -> Result<Vec<(ServiceId, Offering)>, CallError> {
    services(field(field(content, "r_servicelist"), "services"))
}

/// The services in the list of those one may choose.
pub(super) fn services_of_changes(content: &Value) -> Result<Vec<(ServiceId, Offering)>, CallError> {
    services(if content.is_array() { content } else { field(content, "value") })
}

fn services(rows: &Value) -> Result<Vec<(ServiceId, Offering)>, CallError> {
    let offering = |row: &Value| {
        let fullname = text(field(row, "fullname"), MAX_TEXT);
        let description = text(field(row, "description"), MAX_DESCRIPTION);
        Ok((ServiceId(number_of(row, "services")?), Offering { name: name_of(row), fullname, description }))
    };
    list(rows, "services")?.iter().map(offering).collect()
}

/// An employee, and what the carousel has to know besides.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) id: EmployeeId,
    pub(super) employee: Employee,
    pub(super) groups: Vec<GroupId>,
    /// Neither archived, nor blocked, nor a client.
    pub(super) works: bool,
}

/// A page of employees.
pub(super) fn employees(rows: &[Value]) -> Result<Vec<Listed>, CallError> {
    let listed = |row: &Value| {
        let of = |name: &str| text(field(row, name), MAX_TEXT);
        // `isBlocked` is not documented; an account that shows it means it.
        let away = flag(field(row, "isArchived")) || flag(field(row, "isBlocked"));
        Ok(Listed {
            id: EmployeeId(number_of(row, "employees")?),
            groups: memberships(field(row, "groups"))?,
            works: !away && number(field(row, "type")) != Some(CLIENT),
            employee: Employee {
                name: name_of(row),
                firstname: of("firstName"),
                lastname: of("lastName"),
                middlename: of("middleName"),
                email: of("email"),
                username: of("userName"),
            },
        })
    };
    rows.iter().map(listed).collect()
}

/// The groups a person is in; none where the list is null.
fn memberships(groups: &Value) -> Result<Vec<GroupId>, CallError> {
    if groups.is_null() {
        return Ok(vec![]);
    }
    let group = |row: &Value| {
        let named = id(field(row, "userGroupId")).or_else(|| id_within(field(row, "userGroup")));
        named.map(GroupId).ok_or_else(|| refused("a membership names no group"))
    };
    list(groups, "memberships")?.iter().map(group).collect()
}

/// A page of groups, without archived ones.
pub(super) fn groups(rows: &[Value]) -> Result<Vec<(GroupId, Group)>, CallError> {
    let group = |row: &Value| {
        let description = text(field(row, "description"), MAX_DESCRIPTION);
        Ok((GroupId(number_of(row, "groups")?), Group { name: name_of(row), description }))
    };
    rows.iter().filter(|row| !flag(field(row, "isArchived"))).map(group).collect()
}

/// The groups that serve a service; none where the list is null.
pub(super) fn serving_groups(content: &Value) -> Result<Vec<GroupId>, CallError> {
    const KEY: &str = "employeesUserGroups";
    let groups = field(content, KEY);
    if has(content, KEY) && groups.is_null() {
        return Ok(vec![]);
    }
    list(groups, "groups")?.iter().map(|row| number_of(row, "groups").map(GroupId)).collect()
}

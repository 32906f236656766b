//! The classic product's words: tickets in three wrappers, lists of ids as text, times without a zone.
//!
//! Deliberately not here: refusals (`trouble`).

use jiff::tz::TimeZone;
use pult_domain::{EmployeeId, ServiceId, TicketNumber, areas::carousel::Ticket};
use serde_json::{Value, json};

use crate::CallError;

use super::super::{
    desk::Holders,
    loose::{self, field, flag, has, id, instant, number as whole, text},
    trouble::strange,
};

/// The most characters of a name.
const MAX_TEXT: usize = 500;

/// One page of tickets.
pub(super) struct Page<'a> {
    pub(super) rows: &'a [Value],
    /// How many rows there are in all.
    pub(super) count: Option<usize>,
}

/// A page as it came: `Tasks` with a `Paginator`, the same inside `TaskList`, or a bare list.
pub(super) fn page(content: &Value) -> Result<Page<'_>, CallError> {
    let inner = match field(content, "TaskList") {
        Value::Null => content,
        list => list,
    };
    let rows = inner.as_array().or_else(|| field(inner, "Tasks").as_array());
    let rows = rows.ok_or_else(|| strange("the answer holds no list of tickets"))?;
    let paginator = [inner, content].into_iter().map(|at| field(at, "Paginator")).find(|found| !found.is_null());
    let count = paginator.and_then(|found| whole(field(found, "Count"))).and_then(|count| usize::try_from(count).ok());
    Ok(Page { rows, count })
}

/// The number of a row.
pub(super) fn number(row: &Value) -> Option<i64> {
    id(field(row, "Id"))
}

/// Tickets that nobody has. One of another service is not meant, whatever it was asked by; a row without a number is no ticket,
/// unless no row has one.
pub(super) fn tickets(rows: &[Value], service: ServiceId, zone: &TimeZone) -> Result<Vec<Ticket>, CallError> {
    if !rows.is_empty() && rows.iter().all(|row| number(row).is_none()) {
        return Err(strange("no row of the list has a number"));
    }
    let of_service = |row: &&Value| id(field(row, "ServiceId")).is_none_or(|other| other == service.0);
    let waiting = rows.iter().filter(|row| executors(row).is_nobody()).filter(of_service);
    let ticket = |row: &Value| {
        let created_at = instant(field(row, "Created"), zone);
        Some(Ticket { number: TicketNumber(number(row)?), created_at, status: id(field(row, "StatusId")) })
    };
    Ok(waiting.filter_map(ticket).collect())
}

fn executors(row: &Value) -> Holders {
    loose::holders(field(row, "ExecutorIds"))
}

/// Who has the ticket that was read: wrapped in `Task`, bare, or the first of `Tasks`.
pub(super) fn holders(content: &Value, ticket: TicketNumber) -> Result<Holders, CallError> {
    let listed = field(content, "Tasks").as_array().and_then(|tasks| tasks.first());
    let row = Some(field(content, "Task")).filter(|task| task.is_object()).or(listed).unwrap_or(content);
    // Never taken for the ticket: it would be changed though somebody has it.
    if number(row) == Some(ticket.0) {
        Ok(executors(row))
    } else {
        Err(strange("the answer is not the ticket asked for"))
    }
}

/// The path of a ticket.
pub(super) fn path(ticket: TicketNumber) -> String {
    format!("{}/{ticket}", super::TASKS)
}

/// The body of the change that gives a ticket to somebody.
pub(super) fn assignment(person: EmployeeId) -> String {
    json!({ "ExecutorIds": person.to_string() }).to_string()
}

/// The states of a list of them, wrapped or bare.
pub(super) fn states(content: &Value) -> &[Value] {
    let wrapped = ["Statuses", "TaskStatuses"].into_iter().find_map(|key| field(content, key).as_array());
    content.as_array().or(wrapped).map_or(&[], Vec::as_slice)
}

/// The ids of states that are not final, as the list of tickets takes them; `None` where no state is known to be final.
pub(super) fn open_statuses(content: &Value) -> Option<String> {
    let rows = states(content);
    let is_final = |row: &Value| has(row, "IsFinal") && flag(field(row, "IsFinal"));
    if !rows.iter().any(is_final) {
        return None;
    }
    let open = rows.iter().filter(|row| !is_final(row)).filter_map(number).map(|id| id.to_string());
    Some(open.collect::<Vec<_>>().join(",")).filter(|open| !open.is_empty())
}

/// Who we are, for a person. The wrapper is misspelt by some releases.
pub(super) fn current_user(content: &Value) -> String {
    let wrapped = ["CurrentUserInfo", "CurrenUserInfo", "User"].into_iter().map(|key| field(content, key));
    let user = wrapped.into_iter().find(|found| found.is_object()).unwrap_or(content);
    let name = text(field(user, "Name"), MAX_TEXT).unwrap_or_else(|| "the password is accepted".to_owned());
    match id(field(user, "Id")) {
        Some(id) => format!("{name} (user {id})"),
        None => name,
    }
}

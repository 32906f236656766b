//! What stands beside tickets: the tracker's lists, who of the console is who there, and choices people keep under a name.
//!
//! Deliberately not here: the tickets (`page`, `read`).

use pult_domain::{
    Instant,
    areas::tickets::{Dictionary, Priority, Project, Reader, Status, TicketUser},
};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use ts_rs::TS;

use super::{TicketFilter, sql};
use crate::{
    StoreError, accounts,
    column::needed,
    millis,
    notices::{self, ReaderRow},
    people::folded,
    query,
};

/// Choices one person keeps at most.
const MOST_FILTERS: i64 = 50;

/// A choice among tickets under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "TicketKeptFilter")]
pub struct KeptFilter {
    /// Its name, 1 to 60 characters.
    pub name: String,
    /// Which tickets.
    pub filter: TicketFilter,
}

/// One list of the tracker; empty before it was read.
pub(super) fn list<T: DeserializeOwned>(connection: &Connection, kind: &str) -> Result<Vec<T>, StoreError> {
    Ok(query::one(connection, sql::LIST, [kind], |r| needed(r, 0))?.unwrap_or_default())
}

/// The tracker's lists as they were last read, but for its people.
///
/// # Errors
/// When they cannot be read.
pub fn lists(connection: &Connection) -> Result<Dictionary, StoreError> {
    Ok(Dictionary {
        statuses: list::<Status>(connection, "statuses")?,
        priorities: list::<Priority>(connection, "priorities")?,
        projects: list::<Project>(connection, "projects")?,
        users: vec![],
        fields: list::<(i64, String)>(connection, "fields")?.into_iter().collect(),
    })
}

/// Keeps the tracker's lists. One that came empty stays as it was: a tracker without that list teaches it by its tickets.
pub(super) fn keep(connection: &Connection, lists: &Dictionary, at: Instant) -> Result<(), StoreError> {
    let fields: Vec<_> = lists.fields.iter().collect();
    for (kind, empty, content) in [
        ("statuses", lists.statuses.is_empty(), serde_json::to_string(&lists.statuses)?),
        ("priorities", lists.priorities.is_empty(), serde_json::to_string(&lists.priorities)?),
        ("projects", lists.projects.is_empty(), serde_json::to_string(&lists.projects)?),
        ("fields", fields.is_empty(), serde_json::to_string(&fields)?),
    ] {
        if !empty {
            connection.prepare_cached(sql::KEEP_LIST)?.execute(params![kind, content, millis(at)])?;
        }
    }
    let members = lists.projects.iter().flat_map(|project| &project.members);
    let members = members.map(|m| TicketUser { id: m.id, login: None, name: m.name.clone(), email: None });
    for user in lists.users.iter().cloned().chain(members) {
        let values = params![user.id, user.login, user.name, user.email];
        connection.prepare_cached(sql::KEEP_USER)?.execute(values)?;
    }
    Ok(())
}

/// The tracker's number of a person of the console: of the account they connected at `source`, else of whoever has their address there.
///
/// # Errors
/// When it cannot be read.
pub fn own_number(
    connection: &Connection,
    source: &str,
    login: &str,
    email: Option<&str>,
) -> Result<Option<i64>, StoreError> {
    let connected = accounts::get(connection, login, source)?.and_then(|account| account.parse().ok());
    match (connected, email) {
        (Some(number), _) => Ok(Some(number)),
        (None, Some(email)) => query::one(connection, sql::USER_OF_EMAIL, [folded(email)], |r| r.get(0)),
        (None, None) => Ok(None),
    }
}

/// Everybody of the console who may be told of tickets.
pub(super) fn readers(connection: &Connection, source: &str) -> Result<Vec<Reader>, StoreError> {
    let reader = |row: ReaderRow| {
        let user = own_number(connection, source, &row.login, row.email.as_deref())?;
        Ok(Reader { user, login: row.login, email: row.email, scope: row.scope })
    };
    notices::readers(connection)?.into_iter().map(reader).collect()
}

/// The choices somebody keeps.
///
/// # Errors
/// When they cannot be read.
pub fn filters(connection: &Connection, login: &str) -> Result<Vec<KeptFilter>, StoreError> {
    query::many(connection, sql::FILTERS, [login], |r| Ok(KeptFilter { name: r.get(0)?, filter: needed(r, 1)? }))
}

/// Keeps a choice under its name, in place of the one before; false where there are too many.
///
/// # Errors
/// When it cannot be written.
pub fn keep_filter(connection: &Connection, login: &str, kept: &KeptFilter) -> Result<bool, StoreError> {
    let others: i64 =
        query::one(connection, sql::COUNT_FILTERS, [login, &kept.name], |r| r.get(0))?.unwrap_or_default();
    if others >= MOST_FILTERS {
        return Ok(false);
    }
    let filter = serde_json::to_string(&kept.filter)?;
    connection.prepare_cached(sql::KEEP_FILTER)?.execute(params![login, kept.name, filter])?;
    Ok(true)
}

/// Forgets a choice.
///
/// # Errors
/// When it cannot be written.
pub fn remove_filter(connection: &Connection, login: &str, name: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql::REMOVE_FILTER)?.execute([login, name])?;
    Ok(())
}

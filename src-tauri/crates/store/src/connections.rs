//! What is remembered of each connection between restarts: its cursor, its pause, its trouble, its last signs of life.
//!
//! Deliberately not here: settings and secrets.

use pult_domain::Instant;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use crate::{StoreError, millis};

/// A connection's memory. All absent for one that was never used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ConnectionRow {
    /// Where its poll goes on from.
    #[serde(skip)]
    pub cursor: Option<String>,
    /// Who has paused it.
    pub paused_by: Option<String>,
    /// When it was paused, milliseconds UTC.
    #[ts(type = "number | null")]
    pub paused_at: Option<i64>,
    /// When its newest record came, milliseconds UTC.
    #[ts(type = "number | null")]
    pub last_in_at: Option<i64>,
    /// When its newest call succeeded, milliseconds UTC.
    #[ts(type = "number | null")]
    pub last_out_at: Option<i64>,
    /// What a person has to mend.
    pub trouble: Option<String>,
}

/// What is remembered of an integration.
///
/// # Errors
/// When it cannot be read.
pub fn get(connection: &Connection, integration: &str) -> Result<ConnectionRow, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT cursor, paused_by, paused_at, last_in_at, last_out_at, trouble FROM connection WHERE integration = ?1",
        )?
        .query_row([integration], |r| {
            Ok(ConnectionRow {
                cursor: r.get(0)?,
                paused_by: r.get(1)?,
                paused_at: r.get(2)?,
                last_in_at: r.get(3)?,
                last_out_at: r.get(4)?,
                trouble: r.get(5)?,
            })
        })
        .optional()?
        .unwrap_or_default())
}

fn set(
    connection: &Connection,
    column: &str,
    integration: &str,
    value: &dyn rusqlite::ToSql,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(&format!(
            "INSERT INTO connection (integration, {column}) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET {column} = ?2"
        ))?
        .execute(params![integration, value])?;
    Ok(())
}

/// Moves a poll on; in the transaction of the records it brought.
///
/// # Errors
/// When it cannot be written.
pub fn set_cursor(connection: &Connection, integration: &str, cursor: &str) -> Result<(), StoreError> {
    set(connection, "cursor", integration, &cursor)
}

/// Pauses an integration, or lets it go on.
///
/// # Errors
/// When it cannot be written.
pub fn set_paused(connection: &Connection, integration: &str, by: Option<(&str, Instant)>) -> Result<(), StoreError> {
    set(connection, "paused_by", integration, &by.map(|b| b.0))?;
    set(connection, "paused_at", integration, &by.map(|b| millis(b.1)))
}

/// Notes trouble a person has to mend, or that it is over.
///
/// # Errors
/// When it cannot be written.
pub fn set_trouble(connection: &Connection, integration: &str, trouble: Option<&str>) -> Result<(), StoreError> {
    set(connection, "trouble", integration, &trouble)
}

/// Notes a sign of life from them.
///
/// # Errors
/// When it cannot be written.
pub fn heard(connection: &Connection, integration: &str, at: Instant) -> Result<(), StoreError> {
    set(connection, "last_in_at", integration, &millis(at))
}

/// Notes a call that succeeded.
///
/// # Errors
/// When it cannot be written.
pub fn reached(connection: &Connection, integration: &str, at: Instant) -> Result<(), StoreError> {
    set(connection, "last_out_at", integration, &millis(at))
}

//! What is remembered of the staff register's word about a password, for when it cannot be asked (contracts/erp_auth 3).
//!
//! Deliberately not here: how long it is good for (the engine's).

use pult_domain::Instant;
use rusqlite::{Connection, Row, params};

use super::{PersonId, found};
use crate::{StoreError, from_millis, millis};

/// A password that the register found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its hash.
    pub hash: String,
    /// When it was found right.
    pub at: Instant,
}

/// The two columns from this one on.
pub(super) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Checked>> {
    let (hash, at): (Option<String>, Option<i64>) = (row.get(first)?, row.get(first + 1)?);
    Ok(hash.zip(at).map(|(hash, at)| Checked { hash, at: from_millis(at) }))
}

/// Remembers a password that was found right just now.
///
/// # Errors
/// When there is no such person.
pub fn keep(connection: &Connection, id: PersonId, hash: &str, at: Instant) -> Result<(), StoreError> {
    found(
        connection
            .prepare_cached("UPDATE person SET staff_hash = ?2, staff_checked_at = ?3 WHERE id = ?1")?
            .execute(params![id.0, hash, millis(at)])?,
    )
}

/// Forgets what was remembered; where a hash is named, only if it is still that one. Says whether there was anything to forget.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, id: PersonId, hash: Option<&str>) -> Result<bool, StoreError> {
    let forgotten = connection
        .prepare_cached(
            "UPDATE person SET staff_hash = NULL WHERE id = ?1 AND staff_hash IS NOT NULL AND staff_hash = coalesce(?2, staff_hash)",
        )?
        .execute(params![id.0, hash])?;
    Ok(forgotten > 0)
}

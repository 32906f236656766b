//! Keys by which programs are let in: named, hashed, bounded to a role and to routes.
//!
//! Deliberately not here: the keys themselves, which are shown once and kept nowhere.

use pult_domain::Instant;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    StoreError, coded, millis,
    people::{Grant, Role, folded, list},
};

/// A row of `api_key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(as = "f64")]
pub struct ApiKeyId(pub i64);

/// What a key lets its holder do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeyScope {
    /// The most it may do.
    pub role: Role,
    /// Rights beside the role.
    #[serde(default)]
    pub grants: Vec<Grant>,
    /// The names of the routes where it may; `*` is all of them.
    pub routes: Vec<String>,
}

/// A key as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ApiKeyRow {
    /// Its id.
    pub id: ApiKeyId,
    /// Its name.
    pub name: String,
    /// What it lets its holder do.
    #[serde(flatten)]
    pub scope: KeyScope,
    /// Who made it.
    pub created_by: String,
    /// When, milliseconds UTC.
    #[ts(type = "number")]
    pub created_at: i64,
    /// When it was last used, to the minute, milliseconds UTC.
    #[ts(type = "number | null")]
    pub used_at: Option<i64>,
    /// When it was taken back, milliseconds UTC.
    #[ts(type = "number | null")]
    pub revoked_at: Option<i64>,
}

const ROW: &str = "SELECT id, name, role, grants, routes, created_by, created_at, used_at, revoked_at FROM api_key";

fn row(row: &Row<'_>) -> rusqlite::Result<ApiKeyRow> {
    Ok(ApiKeyRow {
        id: ApiKeyId(row.get(0)?),
        name: row.get(1)?,
        scope: KeyScope {
            role: coded(row, 2, &Role::ALL)?,
            grants: list(row.get_ref(3)?.as_str()?),
            routes: list(row.get_ref(4)?.as_str()?),
        },
        created_by: row.get(5)?,
        created_at: row.get(6)?,
        used_at: row.get(7)?,
        revoked_at: row.get(8)?,
    })
}

/// Keeps a key's hash.
///
/// # Errors
/// When a key of that name exists, even one that was taken back: the audit trail names keys.
pub fn insert(
    connection: &Connection,
    name: &str,
    key_hash: &[u8],
    scope: &KeyScope,
    created_by: &str,
    now: Instant,
) -> Result<ApiKeyId, StoreError> {
    let added = connection
        .prepare_cached(
            "INSERT INTO api_key (name, name_key, key_hash, role, grants, routes, created_by, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (name_key) DO NOTHING",
        )?
        .execute(params![
            name.trim(),
            folded(name),
            key_hash,
            scope.role as i64,
            serde_json::to_string(&scope.grants)?,
            serde_json::to_string(&scope.routes)?,
            created_by,
            millis(now),
        ])?;
    match added {
        0 => Err(StoreError::Conflict("a key of this name exists")),
        _ => Ok(ApiKeyId(connection.last_insert_rowid())),
    }
}

/// The key of a hash, unless it was taken back.
///
/// # Errors
/// When it cannot be read.
pub fn find(connection: &Connection, key_hash: &[u8]) -> Result<Option<ApiKeyRow>, StoreError> {
    Ok(connection
        .prepare_cached(&format!("{ROW} WHERE key_hash = ?1 AND revoked_at IS NULL"))?
        .query_row([key_hash], row)
        .optional()?)
}

/// One key.
///
/// # Errors
/// When there is none of that id.
pub fn get(connection: &Connection, id: ApiKeyId) -> Result<ApiKeyRow, StoreError> {
    connection
        .prepare_cached(&format!("{ROW} WHERE id = ?1"))?
        .query_row([id.0], row)
        .optional()?
        .ok_or(StoreError::NotFound("key"))
}

/// All keys by name, those taken back among them.
///
/// # Errors
/// When they cannot be read.
pub fn all(connection: &Connection) -> Result<Vec<ApiKeyRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{ROW} ORDER BY name_key"))?;
    let rows = statement.query_map([], row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes that a key was used.
///
/// # Errors
/// When it cannot be written.
pub fn touch(connection: &Connection, id: ApiKeyId, now: Instant) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE api_key SET used_at = ?2 WHERE id = ?1")?.execute(params![id.0, millis(now)])?;
    Ok(())
}

/// Takes a key back for good.
///
/// # Errors
/// When there is none of that id that still works.
pub fn revoke(connection: &Connection, id: ApiKeyId, now: Instant) -> Result<(), StoreError> {
    let changed = connection
        .prepare_cached("UPDATE api_key SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL")?
        .execute(params![id.0, millis(now)])?;
    if changed == 0 { Err(StoreError::NotFound("key")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::in_memory;

    #[test]
    fn a_key_is_found_until_it_is_taken_back() {
        let db = in_memory().unwrap();
        let now = Instant::UNIX_EPOCH;
        let scope =
            KeyScope { role: Role::Viewer, grants: vec![Grant::CallsMoscow], routes: vec!["calls.page".into()] };
        let id = insert(&db, "Касса", &[7; 32], &scope, "ann", now).unwrap();
        let again = insert(&db, " касса", &[8; 32], &scope, "ann", now);
        assert_eq!(again, Err(StoreError::Conflict("a key of this name exists")));
        assert_eq!(find(&db, &[7; 32]).unwrap().unwrap().scope, scope);
        assert_eq!(find(&db, &[8; 32]).unwrap(), None);
        touch(&db, id, Instant::from_millisecond(5).unwrap()).unwrap();
        assert_eq!(get(&db, id).unwrap().used_at, Some(5));
        revoke(&db, id, now).unwrap();
        assert_eq!(find(&db, &[7; 32]).unwrap(), None);
        assert_eq!(revoke(&db, id, now), Err(StoreError::NotFound("key")));
        assert_eq!(all(&db).unwrap().len(), 1);
    }
}

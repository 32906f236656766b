//! People: who they are, what they may do, and the hash of their password.
//!
//! Deliberately not here: sessions, keys and failed sign-ins (files of their own), the staff file (`staff`), and any judgement
//! about a password (the engine's).

pub mod checks;
mod words;

use pult_domain::Instant;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{StoreError, coded, millis, sessions};

pub use checks::Checked;
pub use words::{BlockedBy, Grant, PersonId, Profile, Rights, Role};

/// A person as a list shows them.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PersonRow {
    /// The id.
    pub id: PersonId,
    /// What they sign in with.
    pub login: String,
    /// Who they are.
    #[serde(flatten)]
    pub profile: Profile,
    /// What they may do.
    #[serde(flatten)]
    pub rights: Rights,
    /// Whether they have a password of ours.
    pub has_password: bool,
    /// When the staff register last found their password right, milliseconds UTC.
    #[ts(type = "number | null")]
    pub checked_at: Option<i64>,
    /// Who keeps them out.
    pub blocked_by: Option<BlockedBy>,
    /// Locked after failed sign-ins until, milliseconds UTC; may have passed.
    #[ts(type = "number | null")]
    pub locked_until: Option<i64>,
    /// When the account was made, milliseconds UTC.
    #[ts(type = "number")]
    pub created_at: i64,
    /// When they last did anything here, milliseconds UTC.
    #[ts(type = "number | null")]
    pub seen_at: Option<i64>,
}

/// Which people a list shows, by login.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(default)]
pub struct PersonFilter {
    /// A part of a login, name, address, department or position.
    pub search: Option<String>,
    /// Of one role.
    pub role: Option<Role>,
    /// Only those kept out, or only those who are not.
    pub blocked: Option<bool>,
    /// After this login: the next page.
    pub after: Option<String>,
}

/// What a sign-in needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Whose.
    pub id: PersonId,
    /// The login as it is spelt in the account.
    pub login: String,
    /// The hash, when there is a password.
    pub password_hash: Option<String>,
    /// Who keeps them out.
    pub blocked_by: Option<BlockedBy>,
    /// What the staff register last found right.
    pub checked: Option<Checked>,
}

/// The form in which logins, addresses and names of keys are compared: small letters of any alphabet, no margins.
#[must_use]
pub fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

pub(crate) fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|t| !t.is_empty())
}

fn words(login: &str, profile: &Profile) -> String {
    let parts = [&profile.email, &profile.department, &profile.position];
    let mut words = format!("{login}\n{}", profile.full_name);
    for part in parts.into_iter().flatten() {
        words.push('\n');
        words.push_str(part);
    }
    folded(&words)
}

/// Whether anybody has an account.
///
/// # Errors
/// When it cannot be read.
pub fn any(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM person)")?.query_row([], |r| r.get(0))?)
}

/// Makes an account without a password.
///
/// # Errors
/// When the login or the address is somebody's already.
pub fn insert(
    connection: &Connection,
    login: &str,
    profile: &Profile,
    rights: &Rights,
    now: Instant,
) -> Result<PersonId, StoreError> {
    let login = login.trim();
    let email = said(profile.email.as_deref());
    connection
        .prepare_cached(
            "INSERT INTO person (login, login_key, full_name, email, email_key, office, department, position, phone, vpn,
                 vpn_end_date, words, role, grants, teams, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            login,
            folded(login),
            profile.full_name.trim(),
            email,
            email.map(folded),
            said(profile.office.as_deref()),
            said(profile.department.as_deref()),
            said(profile.position.as_deref()),
            said(profile.phone.as_deref()),
            profile.vpn,
            said(profile.vpn_end_date.as_deref()),
            words(login, profile),
            rights.role as i64,
            serde_json::to_string(&rights.grants)?,
            serde_json::to_string(&rights.teams)?,
            millis(now),
        ])
        .map_err(taken)?;
    Ok(PersonId(connection.last_insert_rowid()))
}

/// Which of the two unique things was taken.
fn taken(error: rusqlite::Error) -> StoreError {
    match &error {
        rusqlite::Error::SqliteFailure(code, Some(text))
            if code.code == rusqlite::ErrorCode::ConstraintViolation && text.contains("login_key") =>
        {
            StoreError::Conflict("somebody has this login")
        }
        rusqlite::Error::SqliteFailure(code, Some(text))
            if code.code == rusqlite::ErrorCode::ConstraintViolation && text.contains("email_key") =>
        {
            StoreError::Conflict("somebody has this e-mail address")
        }
        _ => error.into(),
    }
}

/// Rewrites what is known of a person.
///
/// # Errors
/// When there is no such person, or the address is somebody else's.
pub fn set_profile(connection: &Connection, id: PersonId, profile: &Profile) -> Result<(), StoreError> {
    let login: String = connection
        .prepare_cached("SELECT login FROM person WHERE id = ?1")?
        .query_row([id.0], |r| r.get(0))
        .optional()?
        .ok_or(StoreError::NotFound("person"))?;
    let email = said(profile.email.as_deref());
    connection
        .prepare_cached(
            "UPDATE person SET full_name = ?2, email = ?3, email_key = ?4, office = ?5, department = ?6, position = ?7,
                 phone = ?8, vpn = ?9, vpn_end_date = ?10, words = ?11
             WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            profile.full_name.trim(),
            email,
            email.map(folded),
            said(profile.office.as_deref()),
            said(profile.department.as_deref()),
            said(profile.position.as_deref()),
            said(profile.phone.as_deref()),
            profile.vpn,
            said(profile.vpn_end_date.as_deref()),
            words(&login, profile),
        ])
        .map_err(taken)?;
    Ok(())
}

/// Gives a person other rights.
///
/// # Errors
/// When there is no such person, or nobody could administer Pult any more.
pub fn set_rights(connection: &Connection, id: PersonId, rights: &Rights) -> Result<(), StoreError> {
    if rights.role != Role::Admin {
        keep_one_admin(connection, id)?;
    }
    let changed = connection
        .prepare_cached("UPDATE person SET role = ?2, grants = ?3, teams = ?4 WHERE id = ?1")?
        .execute(params![
            id.0,
            rights.role as i64,
            serde_json::to_string(&rights.grants)?,
            serde_json::to_string(&rights.teams)?
        ])?;
    found(changed)
}

/// Sets the hash of a password, or takes the password away. The person's sessions end: whoever knew the old one is out, and so is
/// whoever was let in by the staff register.
///
/// # Errors
/// When there is no such person.
pub fn set_password(connection: &Connection, id: PersonId, hash: Option<&str>) -> Result<(), StoreError> {
    sessions::revoke_all(connection, id, None)?;
    found(
        connection
            .prepare_cached("UPDATE person SET password_hash = ?2, staff_hash = NULL WHERE id = ?1")?
            .execute(params![id.0, hash])?,
    )
}

/// Keeps a person out and ends their sessions. An administrator's block is not weakened by the staff register's; what that once found
/// right is worth nothing after its own.
///
/// # Errors
/// When there is no such person, or nobody could administer Pult any more.
pub fn block(connection: &Connection, id: PersonId, by: BlockedBy) -> Result<(), StoreError> {
    keep_one_admin(connection, id)?;
    sessions::revoke_all(connection, id, None)?;
    if by == BlockedBy::Staff {
        checks::forget(connection, id, None)?;
    }
    found(
        connection
            .prepare_cached("UPDATE person SET blocked_by = min(coalesce(blocked_by, ?2), ?2) WHERE id = ?1")?
            .execute(params![id.0, by as i64])?,
    )
}

/// Lets a person in again, unless somebody mightier keeps them out; says whether anything changed.
///
/// # Errors
/// When there is no such person.
pub fn unblock(connection: &Connection, id: PersonId, by: BlockedBy) -> Result<bool, StoreError> {
    let blocked: Option<i64> = connection
        .prepare_cached("SELECT blocked_by FROM person WHERE id = ?1")?
        .query_row([id.0], |r| r.get(0))
        .optional()?
        .ok_or(StoreError::NotFound("person"))?;
    if blocked.is_none_or(|b| b < by as i64) {
        return Ok(false);
    }
    connection.prepare_cached("UPDATE person SET blocked_by = NULL WHERE id = ?1")?.execute([id.0])?;
    Ok(true)
}

/// Whether the person is the only one left who can administer Pult.
///
/// # Errors
/// When it cannot be read.
pub fn is_last_admin(connection: &Connection, id: PersonId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM person WHERE id = ?1 AND role = 3 AND blocked_by IS NULL)
                AND NOT EXISTS (SELECT 1 FROM person WHERE id <> ?1 AND role = 3 AND blocked_by IS NULL)",
        )?
        .query_row([id.0], |r| r.get(0))?)
}

/// How many can administer Pult.
///
/// # Errors
/// When it cannot be read.
pub fn count_admins(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM person WHERE role = 3 AND blocked_by IS NULL")?
        .query_row([], |r| r.get(0))?)
}

/// What those who can administer Pult sign in with.
///
/// # Errors
/// When they cannot be read.
pub fn admins(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT login FROM person WHERE role = 3 AND blocked_by IS NULL ORDER BY login_key")?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Who has this address.
///
/// # Errors
/// When it cannot be read.
pub fn find_by_email(connection: &Connection, email: &str) -> Result<Option<PersonId>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT id FROM person WHERE email_key = ?1")?
        .query_row([folded(email)], |r| r.get(0))
        .optional()?
        .map(PersonId))
}

fn keep_one_admin(connection: &Connection, id: PersonId) -> Result<(), StoreError> {
    match is_last_admin(connection, id)? {
        true => Err(StoreError::Conflict("this is the last administrator: make somebody else one first")),
        false => Ok(()),
    }
}

fn found(changed: usize) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::NotFound("person")) } else { Ok(()) }
}

/// What a sign-in needs to know of whoever has this login.
///
/// # Errors
/// When it cannot be read.
pub fn credentials(connection: &Connection, login: &str) -> Result<Option<Credentials>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT id, login, password_hash, blocked_by, staff_hash, staff_checked_at FROM person WHERE login_key = ?1",
        )?
        .query_row([folded(login)], |r| {
            Ok(Credentials {
                id: PersonId(r.get(0)?),
                login: r.get(1)?,
                password_hash: r.get(2)?,
                blocked_by: blocked_by(r, 3)?,
                checked: checks::read(r, 4)?,
            })
        })
        .optional()?)
}

fn blocked_by(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<BlockedBy>> {
    match row.get::<_, Option<i64>>(column)? {
        None => Ok(None),
        Some(_) => coded(row, column, &BlockedBy::ALL).map(Some),
    }
}

/// The rights in three neighbouring columns: role, grants, teams.
pub(crate) fn rights(row: &Row<'_>, first: usize) -> rusqlite::Result<Rights> {
    Ok(Rights {
        role: coded(row, first, &Role::ALL)?,
        // A grant this version does not know grants nothing.
        grants: list(row.get_ref(first + 1)?.as_str()?),
        teams: serde_json::from_str(row.get_ref(first + 2)?.as_str()?).unwrap_or_default(),
    })
}

pub(crate) fn list<T: serde::de::DeserializeOwned>(json: &str) -> Vec<T> {
    let values: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    values.into_iter().filter_map(|v| serde_json::from_value(v).ok()).collect()
}

const ROW: &str = "SELECT p.id, p.login, p.full_name, p.email, p.office, p.department, p.position, p.phone, p.vpn,
    p.vpn_end_date, p.role, p.grants, p.teams, p.password_hash IS NOT NULL, p.blocked_by, s.locked_until, p.created_at,
    p.seen_at, p.staff_checked_at FROM person p LEFT JOIN sign_in s ON s.login_key = p.login_key";

fn row(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    Ok(PersonRow {
        id: PersonId(row.get(0)?),
        login: row.get(1)?,
        profile: Profile {
            full_name: row.get(2)?,
            email: row.get(3)?,
            office: row.get(4)?,
            department: row.get(5)?,
            position: row.get(6)?,
            phone: row.get(7)?,
            vpn: row.get(8)?,
            vpn_end_date: row.get(9)?,
        },
        rights: rights(row, 10)?,
        has_password: row.get(13)?,
        blocked_by: blocked_by(row, 14)?,
        locked_until: row.get(15)?,
        created_at: row.get(16)?,
        seen_at: row.get(17)?,
        checked_at: row.get(18)?,
    })
}

/// One person.
///
/// # Errors
/// When there is none of that id.
pub fn get(connection: &Connection, id: PersonId) -> Result<PersonRow, StoreError> {
    connection
        .prepare_cached(&format!("{ROW} WHERE p.id = ?1"))?
        .query_row([id.0], row)
        .optional()?
        .ok_or(StoreError::NotFound("person"))
}

/// The telephones of everybody, as they were written.
///
/// # Errors
/// When they cannot be read.
pub fn telephones(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT phone FROM person WHERE phone IS NOT NULL")?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The person of a login, whatever its letters' size.
///
/// # Errors
/// When it cannot be read.
pub fn find(connection: &Connection, login: &str) -> Result<Option<PersonRow>, StoreError> {
    Ok(connection
        .prepare_cached(&format!("{ROW} WHERE p.login_key = ?1"))?
        .query_row([folded(login)], row)
        .optional()?)
}

/// A page of people, by login.
///
/// # Errors
/// When they cannot be read.
pub fn page(connection: &Connection, filter: &PersonFilter, limit: usize) -> Result<Vec<PersonRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "{ROW} WHERE p.login_key > ?1 AND (?2 IS NULL OR instr(p.words, ?2) > 0) AND (?3 IS NULL OR p.role = ?3)
         AND (?4 IS NULL OR (p.blocked_by IS NOT NULL) = ?4) ORDER BY p.login_key LIMIT ?5"
    ))?;
    let search = filter.search.as_deref().map(folded).filter(|s| !s.is_empty());
    let after = filter.after.as_deref().map(folded).unwrap_or_default();
    let rows = statement
        .query_map(params![after, search, filter.role.map(|r| r as i64), filter.blocked, limit as i64], row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests;

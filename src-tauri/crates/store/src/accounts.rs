//! Which account of another system a person of the console acts with there.
//!
//! Deliberately not here: the account's password (a secret).

use pult_domain::Instant;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{StoreError, millis};

/// The account a person has connected.
///
/// # Errors
/// When it cannot be read.
pub fn get(connection: &Connection, login: &str, integration: &str) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT account FROM person_account WHERE login = ?1 AND integration = ?2")?
        .query_row([login, integration], |r| r.get(0))
        .optional()?)
}

/// Connects an account, in place of the one before.
///
/// # Errors
/// When it cannot be written.
pub fn put(
    connection: &Connection,
    login: &str,
    integration: &str,
    account: &str,
    now: Instant,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO person_account (login, integration, account, since) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET account = excluded.account, since = excluded.since",
        )?
        .execute(params![login, integration, account, millis(now)])?;
    Ok(())
}

/// Disconnects a person's account; true when nobody else is connected to it, so that its password can go.
///
/// # Errors
/// When it cannot be written.
pub fn remove(connection: &Connection, login: &str, integration: &str, account: &str) -> Result<bool, StoreError> {
    connection
        .prepare_cached("DELETE FROM person_account WHERE login = ?1 AND integration = ?2")?
        .execute([login, integration])?;
    Ok(!connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM person_account WHERE integration = ?1 AND account = ?2)")?
        .query_row([integration, account], |r| r.get::<_, bool>(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_goes_with_the_last_person_who_used_it() {
        let db = crate::migrations::in_memory().unwrap();
        let now = Instant::UNIX_EPOCH;
        for login in ["anna", "boris"] {
            put(&db, login, "platform", "70411", now).unwrap();
        }
        assert_eq!(get(&db, "anna", "platform").unwrap().as_deref(), Some("70411"));
        assert!(!remove(&db, "anna", "platform", "70411").unwrap());
        assert!(remove(&db, "boris", "platform", "70411").unwrap());
        assert_eq!(get(&db, "boris", "platform").unwrap(), None);
    }
}

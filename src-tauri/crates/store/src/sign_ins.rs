//! Failed sign-ins and the lock that follows, by login.
//!
//! A login nobody has is counted like any other, so that the lock tells nothing. Deliberately not here: passwords.

use data_encoding::HEXLOWER;
use pult_domain::Instant;
use rusqlite::{Connection, OptionalExtension, params};

use sha2::{Digest, Sha256};

use crate::{StoreError, from_millis, millis, people::folded};

/// Failures that lock a login (behaviour/helpdesk 9).
pub const FAILURES: u32 = 5;
/// How long it stays locked, and how long a failure is remembered, milliseconds.
pub const LOCK_MS: i64 = 15 * 60 * 1000;
/// Logins remembered at most: past that the oldest are forgotten, for the list is only as long as somebody's patience to guess.
const REMEMBERED: i64 = 10_000;

/// Whether a try may go ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may, and is counted as a failure until [`clear`] or [`forgive`] says otherwise: many tries at once cannot outrun
    /// the count.
    Counted {
        /// Failures with this one.
        failures: u32,
    },
    /// It may not.
    Locked {
        /// When it may again.
        until: Instant,
    },
}

/// What stands for a login: what was typed may well have been a password, so its text is kept nowhere.
fn key_of(login: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(folded(login)))
}

/// Counts a try before its password is looked at.
///
/// # Errors
/// When it cannot be written.
pub fn begin(connection: &Connection, login: &str, now: Instant) -> Result<Admission, StoreError> {
    let (key, now) = (key_of(login), millis(now));
    let known: Option<(u32, i64, Option<i64>)> = connection
        .prepare_cached("SELECT failures, last_at, locked_until FROM sign_in WHERE login_key = ?1")?
        .query_row([&key], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()?;
    let before = match known {
        Some((_, _, Some(until))) if until > now => return Ok(Admission::Locked { until: from_millis(until) }),
        // A lock that has passed, or a failure long ago, starts the count afresh.
        Some((_, _, Some(_))) | None => 0,
        Some((failures, last, None)) => {
            if last + LOCK_MS > now {
                failures
            } else {
                0
            }
        }
    };
    let failures = before + 1;
    let locked = (failures >= FAILURES).then_some(now + LOCK_MS);
    connection
        .prepare_cached(
            "INSERT INTO sign_in (login_key, failures, last_at, locked_until) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET failures = ?2, last_at = ?3, locked_until = ?4",
        )?
        .execute(params![key, failures, now, locked])?;
    forget(connection, now)?;
    Ok(Admission::Counted { failures })
}

/// Forgets a few of those that mean nothing any more, and the oldest when there are too many.
fn forget(connection: &Connection, now: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "DELETE FROM sign_in WHERE login_key IN
                 (SELECT login_key FROM sign_in WHERE last_at < ?1 ORDER BY last_at LIMIT 16)",
        )?
        .execute([now - LOCK_MS])?;
    let count: i64 = connection.prepare_cached("SELECT count(*) FROM sign_in")?.query_row([], |r| r.get(0))?;
    if count > REMEMBERED {
        connection
            .prepare_cached(
                "DELETE FROM sign_in WHERE login_key = (SELECT login_key FROM sign_in ORDER BY last_at LIMIT 1)",
            )?
            .execute([])?;
    }
    Ok(())
}

/// The password was right: the count starts afresh and any lock is lifted. Also what an administrator does to lift a lock.
///
/// # Errors
/// When it cannot be written.
pub fn clear(connection: &Connection, login: &str) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM sign_in WHERE login_key = ?1")?.execute([key_of(login)])?;
    Ok(())
}

/// The try was refused for another reason than a wrong password: it does not count.
///
/// # Errors
/// When it cannot be written.
pub fn forgive(connection: &Connection, login: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE sign_in SET failures = failures - 1, locked_until = NULL WHERE login_key = ?1 AND failures > 0",
        )?
        .execute([key_of(login)])?;
    Ok(())
}

/// The password was wrong: the time of the failure is noted.
///
/// # Errors
/// When it cannot be written.
pub fn fail(connection: &Connection, login: &str, now: Instant) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE sign_in SET last_at = max(last_at, ?2) WHERE login_key = ?1")?
        .execute(params![key_of(login), millis(now)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::in_memory;

    fn at(ms: i64) -> Instant {
        Instant::from_millisecond(1_000_000 + ms).unwrap()
    }

    #[test]
    fn the_fifth_failure_locks_for_a_quarter_of_an_hour() {
        let db = in_memory().unwrap();
        for n in 1..=5 {
            assert_eq!(begin(&db, "Вера", at(0)).unwrap(), Admission::Counted { failures: n });
        }
        let locked = Admission::Locked { until: at(LOCK_MS) };
        assert_eq!(begin(&db, "вера ", at(1)).unwrap(), locked, "another spelling of the same login");
        assert_eq!(begin(&db, "вера", at(LOCK_MS - 1)).unwrap(), locked, "tries while locked do not prolong it");
        assert_eq!(begin(&db, "other", at(1)).unwrap(), Admission::Counted { failures: 1 });
        assert_eq!(begin(&db, "вера", at(LOCK_MS)).unwrap(), Admission::Counted { failures: 1 });
    }

    #[test]
    fn old_failures_do_not_add_up() {
        let db = in_memory().unwrap();
        for n in 0..10 {
            assert_eq!(begin(&db, "ann", at(n * LOCK_MS)).unwrap(), Admission::Counted { failures: 1 });
        }
    }

    #[test]
    fn a_right_password_starts_afresh_and_a_block_does_not_count() {
        let db = in_memory().unwrap();
        for _ in 0..4 {
            begin(&db, "ann", at(0)).unwrap();
        }
        clear(&db, "ANN").unwrap();
        assert_eq!(begin(&db, "ann", at(1)).unwrap(), Admission::Counted { failures: 1 });
        for _ in 0..20 {
            forgive(&db, "ann").unwrap();
            assert_eq!(begin(&db, "ann", at(2)).unwrap(), Admission::Counted { failures: 1 });
        }
    }

    #[test]
    fn what_means_nothing_any_more_is_forgotten() {
        let db = in_memory().unwrap();
        for n in 0..40 {
            begin(&db, &format!("guess{n}"), at(0)).unwrap();
        }
        for n in 0..4 {
            begin(&db, "ann", at(LOCK_MS + 1 + n)).unwrap();
        }
        let left: i64 = db.query_row("SELECT count(*) FROM sign_in", [], |r| r.get(0)).unwrap();
        assert_eq!(left, 1);
    }
}

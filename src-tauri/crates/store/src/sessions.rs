//! Sessions: who is signed in, from where, until when.
//!
//! Deliberately not here: tokens (only their hashes come this far) and cookies (the server's).

use pult_domain::Instant;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    StoreError, millis,
    people::{PersonId, Rights, rights},
};

/// Open sessions of one person at most: the next one ends the oldest.
pub const PER_PERSON: usize = 20;
/// The longest name of a browser kept, characters.
const AGENT: usize = 200;

/// A row of `session`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(as = "f64")]
pub struct SessionId(pub i64);

/// A session to be opened.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// SHA-256 of its token.
    pub token_hash: &'a [u8],
    /// Whose.
    pub person: PersonId,
    /// What forms must repeat.
    pub csrf: &'a str,
    /// When it ends unless it is used.
    pub expires_at: Instant,
    /// Where it was opened from.
    pub address: &'a str,
    /// The browser's own name.
    pub agent: &'a str,
    /// Whether the password was found right by what is remembered, the staff register being away.
    pub checked_offline: bool,
}

/// An open session with whoever it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// Their login.
    pub login: String,
    /// Their name.
    pub full_name: String,
    /// What they may do now, whatever it was when they signed in.
    pub rights: Rights,
    /// What forms must repeat.
    pub csrf: String,
    /// When it was opened, milliseconds UTC.
    pub created_at: i64,
    /// When its use was last noted, milliseconds UTC.
    pub seen_at: i64,
    /// When it ends, milliseconds UTC.
    pub expires_at: i64,
    /// Whether they have a password of ours.
    pub has_password: bool,
    /// Whether their password was found right by what is remembered, the staff register being away.
    pub checked_offline: bool,
    /// When such a session ends because the register answers again, milliseconds UTC.
    pub ask_again_at: Option<i64>,
}

/// A session as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// When it was opened, milliseconds UTC.
    #[ts(type = "number")]
    pub created_at: i64,
    /// When its use was last noted, milliseconds UTC.
    #[ts(type = "number")]
    pub seen_at: i64,
    /// When it ends, milliseconds UTC.
    #[ts(type = "number")]
    pub expires_at: i64,
    /// Where it was opened from.
    pub address: String,
    /// The browser's own name.
    pub agent: String,
}

/// Opens a session.
///
/// # Errors
/// When it cannot be written.
pub fn insert(connection: &Connection, session: &NewSession<'_>, now: Instant) -> Result<SessionId, StoreError> {
    let agent: String = session.agent.chars().take(AGENT).collect();
    connection
        .prepare_cached(
            "INSERT INTO session (token_hash, person_id, csrf, created_at, expires_at, seen_at, address, agent, checked_offline)
             VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?6, ?7, ?8)",
        )?
        .execute(params![
            session.token_hash,
            session.person.0,
            session.csrf,
            millis(now),
            millis(session.expires_at),
            session.address,
            agent,
            session.checked_offline
        ])?;
    let id = connection.last_insert_rowid();
    connection
        .prepare_cached(
            "DELETE FROM session WHERE person_id = ?1 AND id <=
                 (SELECT id FROM session WHERE person_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        )?
        .execute(params![session.person.0, PER_PERSON as i64])?;
    connection
        .prepare_cached("UPDATE person SET seen_at = ?2 WHERE id = ?1")?
        .execute(params![session.person.0, millis(now)])?;
    Ok(SessionId(id))
}

/// The open session of a token's hash. One that has ended, or whose person is kept out, is as good as none.
///
/// # Errors
/// When it cannot be read.
pub fn find(connection: &Connection, token_hash: &[u8], now: Instant) -> Result<Option<OpenSession>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT s.id, p.id, p.login, p.full_name, p.role, p.grants, p.teams, s.csrf, s.created_at, s.seen_at, s.expires_at,
                 p.password_hash IS NOT NULL, s.checked_offline, s.ask_again_at
             FROM session s JOIN person p ON p.id = s.person_id
             WHERE s.token_hash = ?1 AND s.expires_at > ?2 AND p.blocked_by IS NULL",
        )?
        .query_row(params![token_hash, millis(now)], |r| {
            Ok(OpenSession {
                id: SessionId(r.get(0)?),
                person: PersonId(r.get(1)?),
                login: r.get(2)?,
                full_name: r.get(3)?,
                rights: rights(r, 4)?,
                csrf: r.get(7)?,
                created_at: r.get(8)?,
                seen_at: r.get(9)?,
                expires_at: r.get(10)?,
                has_password: r.get(11)?,
                checked_offline: r.get(12)?,
                ask_again_at: r.get(13)?,
            })
        })
        .optional()?)
}

/// The staff register answers again: sessions opened without it end at that instant, those told so before at theirs. Says how many were
/// told now.
///
/// # Errors
/// When it cannot be written.
pub fn ask_again(connection: &Connection, at: Instant) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached(
            "UPDATE session SET ask_again_at = ?1, expires_at = min(expires_at, ?1)
             WHERE checked_offline = 1 AND ask_again_at IS NULL",
        )?
        .execute([millis(at)])?)
}

/// The staff register has found a person's password right: their sessions opened without it are like any other.
///
/// # Errors
/// When it cannot be written.
pub fn confirm(connection: &Connection, person: PersonId) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE session SET checked_offline = 0, ask_again_at = NULL WHERE person_id = ?1")?
        .execute([person.0])?;
    Ok(())
}

/// Ends a person's sessions that were opened without the staff register.
///
/// # Errors
/// When it cannot be written.
pub fn end_offline(connection: &Connection, person: PersonId) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("DELETE FROM session WHERE person_id = ?1 AND checked_offline = 1")?
        .execute([person.0])?)
}

/// Notes that a session is in use and moves its end on.
///
/// # Errors
/// When it cannot be written.
pub fn touch(connection: &Connection, id: SessionId, expires_at: Instant, now: Instant) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE session SET seen_at = ?2, expires_at = ?3 WHERE id = ?1")?.execute(params![
        id.0,
        millis(now),
        millis(expires_at)
    ])?;
    connection
        .prepare_cached("UPDATE person SET seen_at = ?2 WHERE id = (SELECT person_id FROM session WHERE id = ?1)")?
        .execute(params![id.0, millis(now)])?;
    Ok(())
}

/// Ends one session of a person; says whether there was one.
///
/// # Errors
/// When it cannot be written.
pub fn revoke(connection: &Connection, person: PersonId, id: SessionId) -> Result<bool, StoreError> {
    let ended = connection
        .prepare_cached("DELETE FROM session WHERE id = ?1 AND person_id = ?2")?
        .execute(params![id.0, person.0])?;
    Ok(ended > 0)
}

/// Ends a person's sessions but for one; says how many.
///
/// # Errors
/// When it cannot be written.
pub fn revoke_all(connection: &Connection, person: PersonId, but: Option<SessionId>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("DELETE FROM session WHERE person_id = ?1 AND id <> ?2")?
        .execute(params![person.0, but.map_or(0, |s| s.0)])?)
}

const OF_PERSON: &str = "SELECT id, created_at, seen_at, expires_at, address, agent FROM session
     WHERE person_id = ?1 AND expires_at > ?2 ORDER BY id DESC";

/// A person's open sessions, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn of_person(connection: &Connection, person: PersonId, now: Instant) -> Result<Vec<SessionRow>, StoreError> {
    let mut statement = connection.prepare_cached(OF_PERSON)?;
    let rows = statement.query_map(params![person.0, millis(now)], |r| {
        Ok(SessionRow {
            id: SessionId(r.get(0)?),
            created_at: r.get(1)?,
            seen_at: r.get(2)?,
            expires_at: r.get(3)?,
            address: r.get(4)?,
            agent: r.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        migrations::in_memory,
        people::{self, BlockedBy, Profile, Role},
        plan_of,
    };

    fn at(ms: i64) -> Instant {
        Instant::from_millisecond(ms).unwrap()
    }

    fn person(db: &Connection, login: &str) -> PersonId {
        people::insert(db, login, &Profile::default(), &Rights::of(Role::Viewer), at(0)).unwrap()
    }

    fn open(db: &Connection, person: PersonId, token: u8, expires: i64) -> SessionId {
        let session = NewSession {
            token_hash: &[token; 32],
            person,
            csrf: "c",
            expires_at: at(expires),
            address: "::1",
            agent: "browser",
            checked_offline: token >= 100,
        };
        insert(db, &session, at(10)).unwrap()
    }

    #[test]
    fn a_session_ends_by_time_by_revocation_and_by_a_block() {
        let db = in_memory().unwrap();
        let ann = person(&db, "ann");
        let first = open(&db, ann, 1, 100);
        let found = find(&db, &[1; 32], at(99)).unwrap().unwrap();
        assert_eq!(
            (found.id, found.person, found.login.as_str(), found.rights.role),
            (first, ann, "ann", Role::Viewer)
        );
        assert_eq!(find(&db, &[1; 32], at(100)).unwrap(), None, "ended by time");
        touch(&db, first, at(300), at(150)).unwrap();
        assert_eq!(find(&db, &[1; 32], at(299)).unwrap().unwrap().seen_at, 150);
        assert_eq!(people::get(&db, ann).unwrap().seen_at, Some(150));

        let second = open(&db, ann, 2, 1_000);
        let bob = person(&db, "bob");
        assert!(!revoke(&db, bob, second).unwrap(), "nobody ends another's session by its number");
        assert!(revoke(&db, ann, first).unwrap());
        assert_eq!(of_person(&db, ann, at(10)).unwrap().iter().map(|s| s.id).collect::<Vec<_>>(), [second]);
        people::block(&db, ann, BlockedBy::Admin).unwrap();
        assert_eq!(find(&db, &[2; 32], at(20)).unwrap(), None);
        people::unblock(&db, ann, BlockedBy::Admin).unwrap();
        assert_eq!(find(&db, &[2; 32], at(20)).unwrap(), None, "a session does not come back with its person");
    }

    #[test]
    fn a_new_password_ends_sessions_and_the_oldest_makes_room() {
        let db = in_memory().unwrap();
        let (ann, bob) = (person(&db, "ann"), person(&db, "bob"));
        let theirs = open(&db, bob, 200, 1_000);
        let ids: Vec<_> = (0..PER_PERSON + 3).map(|n| open(&db, ann, n as u8, 1_000)).collect();
        let mut left: Vec<_> = of_person(&db, ann, at(10)).unwrap().iter().map(|s| s.id).collect();
        left.reverse();
        assert_eq!(left, ids[3..]);
        assert_eq!(revoke_all(&db, ann, Some(ids[5])).unwrap(), PER_PERSON - 1);
        people::set_password(&db, ann, Some("hash")).unwrap();
        assert!(of_person(&db, ann, at(10)).unwrap().is_empty());
        assert_eq!(of_person(&db, bob, at(10)).unwrap()[0].id, theirs);
    }

    #[test]
    fn sessions_opened_without_the_register_end_once_it_answers_unless_it_says_yes() {
        let db = in_memory().unwrap();
        let (ann, bob, eve) = (person(&db, "ann"), person(&db, "bob"), person(&db, "eve"));
        open(&db, ann, 1, 900);
        open(&db, ann, 101, 900);
        open(&db, bob, 102, 900);
        open(&db, eve, 103, 30);
        assert_eq!(ask_again(&db, at(50)).unwrap(), 3);
        assert_eq!(ask_again(&db, at(90)).unwrap(), 0, "the first word holds");
        let ends = |token: u8, now| find(&db, &[token; 32], at(now)).unwrap().map(|s| (s.expires_at, s.ask_again_at));
        assert_eq!(ends(1, 49), Some((900, None)));
        assert_eq!(ends(101, 49), Some((50, Some(50))));
        assert_eq!(ends(103, 29), Some((30, Some(50))), "no session is made longer by it");
        confirm(&db, ann).unwrap();
        assert_eq!(ends(101, 49), Some((50, None)), "used again, it goes on");
        assert_eq!(end_offline(&db, ann).unwrap(), 0);
        assert_eq!(end_offline(&db, bob).unwrap(), 1);
        assert_eq!(ends(102, 49), None);
    }

    #[test]
    fn listing_and_opening_use_indexes() {
        let db = in_memory().unwrap();
        let plan = plan_of(&db, OF_PERSON);
        assert!(plan.contains("session_person") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

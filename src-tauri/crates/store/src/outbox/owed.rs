//! What is owed, as the lanes ask for it: in order, by subject, and by when its time ends.
//!
//! Deliberately not here: which of it may begin (the engine's lanes).

use pult_domain::{EffectId, EffectKey, Instant, Subject};
use rusqlite::{Connection, Params, Row, params};

use super::EffectState;
use crate::{StoreError, from_millis};

/// An effect still owed, as a lane takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Owed {
    /// Its id.
    pub id: EffectId,
    /// Its key.
    pub key: EffectKey,
    /// Who waits for whom.
    pub subject: Subject,
    /// What to do.
    pub effect: pult_domain::Effect,
    /// Ahead of the others.
    pub urgent: bool,
    /// When it was ordered.
    pub created_at: Instant,
    /// Not before.
    pub next_at: Instant,
    /// Never after.
    pub not_after: Option<Instant>,
    /// Whether it was being carried out when last seen: its outcome is unknown.
    pub in_flight: bool,
    /// Tries so far.
    pub attempts: u32,
}

const OWED: &str = "SELECT id, effect_key, subject, effect, urgent, created_at, next_at, not_after, state, attempts
     FROM outbox WHERE state < 2 AND integration = ?1 ORDER BY urgent DESC, id LIMIT ?2";

/// From one subject to the next by the index, so that a subject costs the same whether it owes one effect or a thousand.
const HEADS: &str = "WITH RECURSIVE owing(subject) AS (
         VALUES ((SELECT subject FROM outbox WHERE state < 2 AND integration = ?1 AND subject >= ?2 ORDER BY subject LIMIT 1))
         UNION ALL SELECT (SELECT n.subject FROM outbox n WHERE n.state < 2 AND n.integration = ?1 AND n.subject > owing.subject
             ORDER BY n.subject LIMIT 1) FROM owing WHERE owing.subject IS NOT NULL LIMIT ?3)
     SELECT o.id, o.effect_key, o.subject, o.effect, o.urgent, o.created_at, o.next_at, o.not_after, o.state, o.attempts
     FROM owing CROSS JOIN outbox o ON o.id = (SELECT h.id FROM outbox h
         WHERE h.state < 2 AND h.integration = ?1 AND h.subject = owing.subject ORDER BY h.urgent DESC, h.id LIMIT 1)";

const ENDING: &str = "SELECT id, effect_key, subject, effect, urgent, created_at, next_at, not_after, state, attempts
     FROM outbox WHERE state < 2 AND state = 0 AND integration = ?1 AND not_after IS NOT NULL ORDER BY not_after LIMIT ?2";

/// What an integration owes, urgent first, then in order.
///
/// # Errors
/// When it cannot be read.
pub fn owed(connection: &Connection, integration: &str, limit: usize) -> Result<Vec<Owed>, StoreError> {
    read(connection, OWED, params![integration, limit as i64])
}

/// What an integration owes each subject first, by subject, from one on; the least subject of all is the empty one.
///
/// # Errors
/// When it cannot be read.
pub fn heads(connection: &Connection, integration: &str, from: &str, limit: usize) -> Result<Vec<Owed>, StoreError> {
    read(connection, HEADS, params![integration, from, limit as i64])
}

/// What an integration has not begun and may do only until an instant, by that instant.
///
/// # Errors
/// When it cannot be read.
pub fn ending(connection: &Connection, integration: &str, limit: usize) -> Result<Vec<Owed>, StoreError> {
    read(connection, ENDING, params![integration, limit as i64])
}

/// How many effects an integration owes.
///
/// # Errors
/// When it cannot be read.
pub fn count_owed(connection: &Connection, integration: &str) -> Result<usize, StoreError> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM outbox WHERE state < 2 AND integration = ?1")?
        .query_row([integration], |r| r.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

fn read(connection: &Connection, sql: &str, values: impl Params) -> Result<Vec<Owed>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut owed = Vec::new();
    while let Some(row) = rows.next()? {
        owed.push(of_row(row)?);
    }
    Ok(owed)
}

fn of_row(row: &Row<'_>) -> Result<Owed, StoreError> {
    Ok(Owed {
        id: EffectId(row.get(0)?),
        key: EffectKey(row.get(1)?),
        subject: Subject(row.get(2)?),
        effect: serde_json::from_str(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?)?,
        urgent: row.get(4)?,
        created_at: from_millis(row.get(5)?),
        next_at: from_millis(row.get(6)?),
        not_after: row.get::<_, Option<i64>>(7)?.map(from_millis),
        in_flight: row.get::<_, i64>(8)? == EffectState::InFlight as i64,
        attempts: row.get(9)?,
    })
}

#[cfg(test)]
mod tests {
    use pult_domain::{AgencyId, CallId, Effect, EffectOrder, JournalId, PhoneNumber};

    use super::*;
    use crate::{migrations::in_memory, outbox, plan_of};

    fn at(second: i64) -> Instant {
        Instant::from_second(second).unwrap()
    }

    /// Orders one effect of a call, told apart by `n`.
    fn order(db: &Connection, call: i64, n: i64, urgent: bool, not_after: Option<i64>) -> EffectId {
        let phone = PhoneNumber::digits_of("37060011122").unwrap();
        let order = EffectOrder {
            subject: Subject::call(CallId(call)),
            not_after: not_after.map(at),
            urgent,
            effect: Effect::LookUpAgency { call: CallId(call), agency: AgencyId(9), phone },
        };
        let key = EffectKey(format!("{call}/{n}/look_up_agency/0"));
        outbox::insert(db, &key, "okna", &order, JournalId(1), at(n)).unwrap().unwrap()
    }

    fn ids(owed: Vec<Owed>) -> Vec<EffectId> {
        owed.into_iter().map(|effect| effect.id).collect()
    }

    #[test]
    fn each_subject_shows_its_first_effect_however_many_stand_behind_it() {
        let db = in_memory().unwrap();
        let first: Vec<EffectId> = (0..20).map(|n| order(&db, 1, n, false, None)).collect();
        let second = order(&db, 2, 0, false, None);
        order(&db, 3, 1, false, None);
        let urgent = order(&db, 3, 2, true, None);
        assert_eq!(ids(heads(&db, "okna", "", 10).unwrap()), [first[0], second, urgent]);
        assert_eq!(ids(heads(&db, "okna", "", 2).unwrap()), [first[0], second]);
        assert_eq!(ids(heads(&db, "okna", "call:1\0", 10).unwrap()), [second, urgent]);
        outbox::settle(&db, first[0], EffectState::Done, None, at(1)).unwrap();
        outbox::begin(&db, first[1]).unwrap();
        assert_eq!(ids(heads(&db, "okna", "", 1).unwrap()), [first[1]]);
        outbox::settle(&db, second, EffectState::Refused, None, at(1)).unwrap();
        assert_eq!(ids(heads(&db, "okna", "call:2", 10).unwrap()), [urgent]);
        assert_eq!(heads(&db, "another", "", 10).unwrap(), []);
    }

    #[test]
    fn what_ends_first_is_told_first() {
        let db = in_memory().unwrap();
        order(&db, 1, 1, false, None);
        let (late, soon, begun) =
            (order(&db, 1, 2, false, Some(90)), order(&db, 2, 1, false, Some(60)), order(&db, 3, 1, false, Some(30)));
        outbox::begin(&db, begun).unwrap();
        assert_eq!(ids(ending(&db, "okna", 10).unwrap()), [soon, late]);
    }

    #[test]
    fn a_lane_never_reads_what_others_owe_or_what_is_settled() {
        let db = in_memory().unwrap();
        for (sql, index) in [(OWED, "outbox_owed"), (HEADS, "outbox_subject"), (ENDING, "outbox_ending")] {
            let plan = plan_of(&db, sql);
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
            let whole = plan
                .lines()
                .find(|step| step.contains("SCAN") && !step.contains("owing") && *step != "SCAN CONSTANT ROW");
            assert_eq!(whole, None, "{sql}\n{plan}");
        }
    }
}

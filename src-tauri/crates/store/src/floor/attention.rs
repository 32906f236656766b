//! Operators past a limit whom somebody deals with, or has put off: for everybody, and for the stretch of their state that goes on.
//!
//! Deliberately not here: who is past a limit (the domain's rules), and that an act is audited (whoever calls).

use std::collections::BTreeMap;

use pult_domain::{Instant, IntervalId, OperatorId};
use rusqlite::{Connection, params};
use serde::Serialize;
use ts_rs::TS;

use crate::{StoreError, millis, query::many};

/// Who deals with somebody's stretch, and until when it is out of sight.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Attention {
    /// Who has taken it on: their login.
    pub taken_by: Option<String>,
    /// When, milliseconds UTC.
    #[ts(type = "number | null")]
    pub taken_at: Option<i64>,
    /// Who has put it off: their login.
    pub snoozed_by: Option<String>,
    /// Until when, milliseconds UTC.
    #[ts(type = "number | null")]
    pub snoozed_until: Option<i64>,
}

impl Attention {
    /// Whether it needs nobody else at an instant, milliseconds UTC.
    #[must_use]
    pub fn is_settled(&self, now: i64) -> bool {
        self.taken_by.is_some() || self.snoozed_until.is_some_and(|until| until > now)
    }
}

/// What was said of the stretches that go on. One row an operator, so the table is as small as the floor.
///
/// # Errors
/// When it cannot be read.
pub fn attentions(connection: &Connection) -> Result<BTreeMap<(OperatorId, IntervalId), Attention>, StoreError> {
    let sql = "SELECT operator, interval_id, taken_by, taken_at, snoozed_by, snoozed_until FROM floor_attention";
    let rows = many(connection, sql, [], |r| {
        let of = (OperatorId(r.get(0)?), IntervalId(r.get(1)?));
        let kept =
            Attention { taken_by: r.get(2)?, taken_at: r.get(3)?, snoozed_by: r.get(4)?, snoozed_until: r.get(5)? };
        Ok((of, kept))
    })?;
    Ok(rows.into_iter().collect())
}

/// Notes who takes an operator's stretch on, or that nobody does any more.
///
/// # Errors
/// [`StoreError::Conflict`] when it is not the stretch that goes on past a limit; else when it cannot be written.
pub fn take_on(
    connection: &Connection,
    operator: OperatorId,
    interval: IntervalId,
    by: Option<&str>,
    now: Instant,
) -> Result<(), StoreError> {
    begin(connection, operator, interval)?;
    let sql = "UPDATE floor_attention SET taken_by = ?2, taken_at = ?3 WHERE operator = ?1";
    connection.prepare_cached(sql)?.execute(params![operator.0, by, by.map(|_| millis(now))])?;
    Ok(())
}

/// Puts an operator's stretch out of everybody's sight until an instant, or brings it back.
///
/// # Errors
/// As [`take_on`].
pub fn put_off(
    connection: &Connection,
    operator: OperatorId,
    interval: IntervalId,
    until: Option<(&str, Instant)>,
) -> Result<(), StoreError> {
    begin(connection, operator, interval)?;
    let sql = "UPDATE floor_attention SET snoozed_by = ?2, snoozed_until = ?3 WHERE operator = ?1";
    let values = params![operator.0, until.map(|until| until.0), until.map(|until| millis(until.1))];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// The row of a stretch. What was said of the one before is over with it.
fn begin(connection: &Connection, operator: OperatorId, interval: IntervalId) -> Result<(), StoreError> {
    let rows = connection
        .prepare_cached(
            "INSERT INTO floor_attention (operator, interval_id)
             SELECT id, interval_id FROM floor_operator WHERE id = ?1 AND interval_id = ?2 AND alarm > 0
             ON CONFLICT (operator) DO UPDATE SET
                 taken_by = CASE WHEN interval_id = excluded.interval_id THEN taken_by END,
                 taken_at = CASE WHEN interval_id = excluded.interval_id THEN taken_at END,
                 snoozed_by = CASE WHEN interval_id = excluded.interval_id THEN snoozed_by END,
                 snoozed_until = CASE WHEN interval_id = excluded.interval_id THEN snoozed_until END,
                 interval_id = excluded.interval_id",
        )?
        .execute([operator.0, interval.0])?;
    if rows == 0 { Err(StoreError::Conflict("the operator is in another state by now")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::in_memory;

    fn house() -> Connection {
        let db = in_memory().unwrap();
        db.execute_batch(
            "INSERT INTO floor_operator (id, login_id, name, state, interval_id, alarm)
                 VALUES (10, 'a', 'Анна', 'not_ready', 7, 2), (11, 'b', 'Борис', 'ready', 8, 0);",
        )
        .unwrap();
        db
    }

    #[test]
    fn what_is_said_of_a_stretch_ends_with_it() {
        let db = house();
        let (anna, now) = (OperatorId(10), Instant::from_millisecond(5_000).unwrap());
        let kept = |interval| attentions(&db).unwrap().remove(&(anna, IntervalId(interval)));
        take_on(&db, anna, IntervalId(7), Some("vera"), now).unwrap();
        put_off(&db, anna, IntervalId(7), Some(("boris", now))).unwrap();
        let both = Attention {
            taken_by: Some("vera".to_owned()),
            taken_at: Some(5_000),
            snoozed_by: Some("boris".to_owned()),
            snoozed_until: Some(5_000),
        };
        assert_eq!(kept(7), Some(both));
        take_on(&db, anna, IntervalId(7), None, now).unwrap();
        assert!(
            kept(7).is_some_and(|kept| kept.taken_by.is_none() && kept.is_settled(4_999) && !kept.is_settled(5_000))
        );
        db.execute("UPDATE floor_operator SET interval_id = 9 WHERE id = 10", []).unwrap();
        assert_eq!(take_on(&db, anna, IntervalId(7), Some("vera"), now).unwrap_err(), over());
        take_on(&db, anna, IntervalId(9), Some("vera"), now).unwrap();
        assert!(kept(9).is_some_and(|kept| kept.snoozed_until.is_none()) && kept(7).is_none());
    }

    #[test]
    fn whoever_is_within_the_limits_is_not_taken_on() {
        let db = house();
        let refused = take_on(&db, OperatorId(11), IntervalId(8), Some("vera"), Instant::UNIX_EPOCH);
        assert_eq!(refused.unwrap_err(), over());
        assert!(attentions(&db).unwrap().is_empty());
    }

    fn over() -> StoreError {
        StoreError::Conflict("the operator is in another state by now")
    }
}

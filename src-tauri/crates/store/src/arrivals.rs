//! How many records an integration brought in a stretch of the past, without an index by time of its own.
//!
//! Records are numbered as they come, so an instant is found among the numbers by halving. A clock that was put back makes
//! the answer a little off, never slow. Deliberately not here: what a number of records means (the engine's `pace`).

use pult_domain::Instant;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{StoreError, from_millis, millis};

/// A stretch of records, the first inside and the last outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    from: i64,
    to: i64,
}

const NEXT: &str = "SELECT received_at FROM inbox WHERE id >= ?1 ORDER BY id LIMIT 1";
const COUNT: &str =
    "SELECT count(*) FROM (SELECT 1 FROM inbox WHERE integration = ?1 AND id >= ?2 AND id < ?3 ORDER BY id LIMIT ?4)";

/// When the oldest record kept came; `None` when there is none.
///
/// # Errors
/// When it cannot be read.
pub fn oldest(connection: &Connection) -> Result<Option<Instant>, StoreError> {
    Ok(connection.prepare_cached(NEXT)?.query_row([i64::MIN], |r| r.get(0)).optional()?.map(from_millis))
}

/// The records that came from one instant to another, of all integrations.
///
/// # Errors
/// When they cannot be read.
pub fn span(connection: &Connection, from: Instant, to: Instant) -> Result<Span, StoreError> {
    Ok(Span { from: first_since(connection, from)?, to: first_since(connection, to)? })
}

/// The number of the first record that came at `at` or later; the next one to be given when there is none.
fn first_since(connection: &Connection, at: Instant) -> Result<i64, StoreError> {
    // Each end is one step into the table only when it is asked for alone.
    let end = |sql| connection.prepare_cached(sql)?.query_row([], |r| r.get::<_, Option<i64>>(0));
    let (mut low, mut high) =
        (end("SELECT min(id) FROM inbox")?.unwrap_or(0), end("SELECT max(id) FROM inbox")?.map_or(0, |last| last + 1));
    let mut next = connection.prepare_cached(NEXT)?;
    while low < high {
        let middle = low + (high - low) / 2;
        let received: Option<i64> = next.query_row([middle], |r| r.get(0)).optional()?;
        if received.is_none_or(|received| received >= millis(at)) { high = middle } else { low = middle + 1 }
    }
    Ok(low)
}

/// How many of them one integration brought, counted up to `most`.
///
/// # Errors
/// When they cannot be read.
pub fn count(connection: &Connection, integration: &str, span: Span, most: usize) -> Result<usize, StoreError> {
    let count: i64 = connection
        .prepare_cached(COUNT)?
        .query_row(params![integration, span.from, span.to, most as i64], |r| r.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn at(minute: i64) -> Instant {
        Instant::UNIX_EPOCH + minute.minutes()
    }

    fn database(records: &[(&str, i64)]) -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("../../../../migrations/0001_engine.sql")).unwrap();
        for (integration, minute) in records {
            conn.execute(
                "INSERT INTO inbox (integration, kind, route, received_at, source, verdict, request)
                 VALUES (?1, 0, 'entry', ?2, '', '{}', '{}')",
                params![integration, millis(at(*minute))],
            )
            .unwrap();
        }
        conn
    }

    #[test]
    fn records_of_a_stretch_are_counted_for_one_integration() {
        let conn = database(&[("a", 1), ("b", 2), ("a", 3), ("a", 5), ("b", 6), ("a", 9)]);
        // What retention has taken leaves a gap in the numbers.
        conn.execute("DELETE FROM inbox WHERE id = 2", []).unwrap();
        let within = |from, to| count(&conn, "a", span(&conn, at(from), at(to)).unwrap(), 10).unwrap();
        assert_eq!(within(0, 10), 4);
        assert_eq!(within(1, 3), 1, "the end is outside");
        assert_eq!(within(3, 6), 2);
        assert_eq!(within(6, 9), 0);
        assert_eq!(within(10, 20), 0);
        assert_eq!(count(&conn, "a", span(&conn, at(0), at(10)).unwrap(), 3).unwrap(), 3, "no further than asked");
        assert_eq!(oldest(&conn).unwrap(), Some(at(1)));
    }

    #[test]
    fn an_empty_inbox_has_nothing() {
        let conn = database(&[]);
        assert_eq!(oldest(&conn).unwrap(), None);
        assert_eq!(count(&conn, "a", span(&conn, at(0), at(10)).unwrap(), 10).unwrap(), 0);
    }

    #[test]
    fn neither_question_walks_through_the_inbox() {
        let conn = database(&[]);
        for (sql, wanted) in
            [(NEXT, "INTEGER PRIMARY KEY (rowid>?)"), (COUNT, "inbox_integration (integration=? AND id>?")]
        {
            let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps: Vec<String> = explain.raw_query().mapped(|r| r.get(3)).collect::<Result<_, _>>().unwrap();
            assert!(steps.iter().any(|step| step.contains(wanted)), "{sql}: {steps:?}");
        }
    }
}

//! What a shift is told of at its end: counts and lists of a period that are nobody else's question.
//!
//! Deliberately not here: what each area shows of itself (its own module), and the words (the engine's).

use std::collections::BTreeMap;

use pult_domain::{Instant, NoticeClass, NoticeId, OperatorId, Subject, areas::calls::codes::Badge};
use rusqlite::{Connection, named_params, params};
use serde::Serialize;
use ts_rs::TS;

use crate::{
    StoreError,
    calls::Sight,
    column::needed,
    millis,
    people::folded,
    query::{many, one},
    tickets::Viewer,
};

/// Notes looked through at most, from the newest down.
const NOTES: i64 = 500;

pub(crate) const CALLS: &str = "SELECT result, count(*) FROM calls WHERE started_at >= ?1 AND started_at < ?2
     AND (?3 OR centre = 1) AND (?4 IS NULL OR operator_id IS NULL OR operator_id IN (SELECT value FROM json_each(?4)))
     GROUP BY result";
pub(crate) const TICKETS: &str = "SELECT count(*), coalesce(sum(created_on >= :from), 0), coalesce(sum(closed = 1 AND closed_on >= :from), 0)
     FROM ticket t WHERE t.updated_on >= :from AND t.followed = 1 AND (:all OR t.author_id = :number OR t.assignee_id = :number
        OR EXISTS (SELECT 1 FROM ticket_email e WHERE e.email = :email AND e.ticket_id = t.id))";
pub(crate) const STILL: &str =
    "SELECT count(*) FROM ticket t WHERE t.closed = 0 AND t.updated_on < :before AND t.followed = 1
     AND (:all OR t.author_id = :number OR t.assignee_id = :number
        OR EXISTS (SELECT 1 FROM ticket_email e WHERE e.email = :email AND e.ticket_id = t.id))";
pub(crate) const ASSIGNMENTS: &str =
    "SELECT state, count(*) FROM desk_assignment WHERE updated_at >= ?1 AND updated_at < ?2 GROUP BY state";
pub(crate) const RAISED: &str =
    "SELECT id, subject, code, detail, raised_at, cleared_at, level FROM notice INDEXED BY notice_raised
     WHERE raised_at >= ?1 AND raised_at < ?2 AND class = ?3 ORDER BY raised_at, id LIMIT ?4";
pub(crate) const NOTES_OF_FLOOR: &str = "SELECT n.operator, o.name, n.text, n.by, n.at FROM floor_note n
     JOIN floor_operator o ON o.id = n.operator ORDER BY n.id DESC LIMIT ?1";

/// Calls of a period by how they came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ShiftCalls")]
pub struct Calls {
    /// All of them.
    pub total: u32,
    /// Dealt with.
    pub handled: u32,
    /// The caller hung up.
    pub hung_up: u32,
    /// Lost: the line, the sound.
    pub failed: u32,
    /// Nobody said.
    pub no_result: u32,
}

/// The calls that began in a period, as far as somebody may see.
///
/// # Errors
/// When they cannot be counted.
pub fn calls(connection: &Connection, sight: &Sight, from: Instant, until: Instant) -> Result<Calls, StoreError> {
    let values = params![millis(from), millis(until), sight.has_moscow(), sight.ids()];
    let rows: Vec<(Option<i64>, u32)> = many(connection, CALLS, values, |r| Ok((r.get(0)?, r.get(1)?)))?;
    let mut calls = Calls::default();
    for (result, count) in rows {
        calls.total += count;
        match Badge::of(result) {
            Badge::Success => calls.handled += count,
            Badge::Dropped => calls.hung_up += count,
            Badge::NoInternet | Badge::Failed => calls.failed += count,
            Badge::Unknown => calls.no_result += count,
        }
    }
    Ok(calls)
}

/// Tickets of a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ShiftTickets")]
pub struct Tickets {
    /// Changed in it, new and closed ones among them.
    pub changed: u32,
    /// Written in it.
    pub opened: u32,
    /// Closed in it.
    pub closed: u32,
    /// Not over, and unchanged for long.
    pub still: u32,
}

/// The tickets of a period that somebody may see, and those of any age that nobody has touched since `before`.
///
/// # Errors
/// When they cannot be counted.
pub fn tickets(
    connection: &Connection,
    viewer: &Viewer,
    from: Instant,
    before: Instant,
) -> Result<Tickets, StoreError> {
    let email = viewer.email.as_deref().map(folded);
    let values = named_params! { ":from": millis(from), ":all": viewer.all, ":number": viewer.number, ":email": email };
    let found = one(connection, TICKETS, values, |r| {
        Ok(Tickets { changed: r.get(0)?, opened: r.get(1)?, closed: r.get(2)?, still: 0 })
    })?;
    let values =
        named_params! { ":before": millis(before), ":all": viewer.all, ":number": viewer.number, ":email": email };
    let still = one(connection, STILL, values, |r| r.get(0))?.unwrap_or_default();
    Ok(Tickets { still, ..found.unwrap_or_default() })
}

/// How many assignments of the carousel came to which state in a period.
///
/// # Errors
/// When they cannot be counted.
pub fn assignments(
    connection: &Connection,
    from: Instant,
    until: Instant,
) -> Result<BTreeMap<String, u32>, StoreError> {
    let rows = many(connection, ASSIGNMENTS, params![millis(from), millis(until)], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.into_iter().collect())
}

/// A notice as it was raised.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// Which.
    pub id: NoticeId,
    /// What it is about.
    pub subject: Subject,
    /// The sentence, as a code.
    pub code: String,
    /// Values for the sentence.
    pub values: serde_json::Map<String, serde_json::Value>,
    /// When, milliseconds UTC.
    pub raised_at: i64,
    /// When it ceased to hold, milliseconds UTC.
    pub cleared_at: Option<i64>,
    /// It presses at least as much as a warning.
    pub presses: bool,
}

/// The notices of a class that were raised in a period, the oldest first, `most` at most.
///
/// # Errors
/// When they cannot be read.
pub fn raised(
    connection: &Connection,
    class: NoticeClass,
    from: Instant,
    until: Instant,
    most: usize,
) -> Result<Vec<Raised>, StoreError> {
    many(connection, RAISED, params![millis(from), millis(until), class.as_ref(), most as i64], |r| {
        let level: String = r.get(6)?;
        Ok(Raised {
            id: NoticeId(r.get(0)?),
            subject: Subject(r.get(1)?),
            code: r.get(2)?,
            values: needed(r, 3)?,
            raised_at: r.get(4)?,
            cleared_at: r.get(5)?,
            presses: level != "info",
        })
    })
}

/// A note about an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ShiftNote")]
pub struct Note {
    /// About whom.
    pub operator: OperatorId,
    /// The name.
    pub name: String,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
}

/// The notes about operators of a period, the oldest first; of the newest [`NOTES`] there are.
///
/// # Errors
/// When they cannot be read.
pub fn notes(connection: &Connection, from: Instant, until: Instant) -> Result<Vec<Note>, StoreError> {
    let mut notes = many(connection, NOTES_OF_FLOOR, [NOTES], |r| {
        Ok(Note { operator: OperatorId(r.get(0)?), name: r.get(1)?, text: r.get(2)?, by: r.get(3)?, at: r.get(4)? })
    })?;
    notes.retain(|note| (millis(from)..millis(until)).contains(&note.at));
    notes.reverse();
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{from_millis, migrations, plan_of};

    #[test]
    fn no_question_of_a_shift_walks_through_a_table_that_grows() {
        let db = migrations::in_memory().unwrap();
        for sql in [CALLS, TICKETS, STILL, ASSIGNMENTS, RAISED] {
            let plan = plan_of(&db, sql);
            // A list that is handed over is gone through as a whole.
            let walks = plan.lines().any(|step| step.starts_with("SCAN") && !step.starts_with("SCAN json_each "));
            assert!(!walks, "{sql}\n{plan}");
        }
        // From the newest down, as many as are asked for.
        let notes = plan_of(&db, NOTES_OF_FLOOR);
        assert!(!notes.contains("TEMP B-TREE"), "{notes}");
    }

    #[test]
    fn a_period_has_what_happened_in_it_and_nothing_else() {
        let db = migrations::in_memory().unwrap();
        db.execute_batch(
            "INSERT INTO calls (centre, source_key, day, started_at, state, result) VALUES
                 (0, 'a', 20251105, 99, 1, 1), (0, 'b', 20251105, 100, 1, 1), (0, 'c', 20251105, 150, 1, 2),
                 (0, 'd', 20251105, 199, 1, 6), (0, 'e', 20251105, 160, 0, NULL), (0, 'f', 20251105, 200, 1, 1);
             INSERT INTO floor_operator (id, login_id, name, state) VALUES (7, 'a', 'Анна', 'ready');
             INSERT INTO floor_note (operator, text, by, at) VALUES (7, 'рано', 'vera', 99), (7, 'раз', 'vera', 100), (7, 'два', 'vera', 150);
             INSERT INTO ticket (id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority, subject,
                 description, done_ratio, private, emails, custom, created_on, updated_on, closed_on, followed, status_at, looked_at, assignee_id)
             VALUES (1, 1, '', 1, '', 1, '', 0, 1, '', '', '', 0, 0, '', '', 10, 20, NULL, 1, 10, 10, 5),
                    (2, 1, '', 1, '', 1, '', 0, 1, '', '', '', 0, 0, '', '', 120, 120, NULL, 1, 10, 10, 6),
                    (3, 1, '', 1, '', 1, '', 1, 1, '', '', '', 0, 0, '', '', 10, 130, 130, 1, 10, 10, 5);",
        )
        .unwrap();
        let (from, until) = (from_millis(100), from_millis(200));
        let counted = calls(&db, &Sight::default(), from, until).unwrap();
        assert_eq!(counted, Calls { total: 4, handled: 1, hung_up: 1, failed: 1, no_result: 1 });
        assert_eq!(calls(&db, &Sight::of(false, None), from, until).unwrap(), Calls::default());
        let of_anna = Sight::of(true, Some(vec![(5, "Анна".to_owned())]));
        assert_eq!(calls(&db, &of_anna, from, until).unwrap().total, 4, "nobody took them");
        db.execute_batch("INSERT INTO operators (id, name) VALUES (6, 'Борис'); UPDATE calls SET operator_id = 6")
            .unwrap();
        assert_eq!(calls(&db, &of_anna, from, until).unwrap(), Calls::default());
        let texts: Vec<_> = notes(&db, from, until).unwrap().into_iter().map(|note| note.text).collect();
        assert_eq!(texts, ["раз", "два"]);
        let all = Viewer { number: None, email: None, all: true };
        let found = tickets(&db, &all, from, from_millis(50)).unwrap();
        assert_eq!(found, Tickets { changed: 2, opened: 1, closed: 1, still: 1 });
        let own = Viewer { number: Some(5), email: None, all: false };
        let found = tickets(&db, &own, from, from_millis(50)).unwrap();
        assert_eq!(found, Tickets { changed: 1, opened: 0, closed: 1, still: 1 });
    }
}

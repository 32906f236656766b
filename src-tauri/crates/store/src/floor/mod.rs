//! The floor in SQLite: operators as they are, every stretch of time they were in one state, queues, requests and notes.
//!
//! Deliberately not here: deciding any of it (the domain's rules).

mod apply;
mod attention;
mod board;
mod evidence;
mod history;
mod known;
mod moment;
mod notes;
mod presence;
mod watch;

pub use apply::apply;
pub use attention::{Attention, attentions, put_off, take_on};
pub use board::{
    Board, CommandRow, NoteSign, OperatorRow, QueueOrigin, QueueRow, TeamRow, board, by_ids, id_of_login, in_journal,
    members, name_of_login, queues, teams, teams_named,
};
pub use history::{OperatorTimes, Stretch, StretchPage, commands_of, operator_of, stretches, totals};
pub use known::{load_known, teams_of};
pub use moment::{Moment, MomentCall, moment};
pub use notes::{NoteChange, NoteRow, add_note, change_note, notes_of};
pub use presence::{OperatorMessenger, messenger_of, set_messenger};
pub(crate) use presence::{erase as erase_presence, heard as presence_heard, unheard as presence_unheard};
pub use watch::{close_all as close_watches, extend as extend_watches};

use pult_domain::{
    Instant,
    areas::floor::{OperatorState, Reason},
};
use rusqlite::{Connection, Result, Row};

use crate::{StoreError, millis};

/// The id the next row of a table will get. Valid until the next row is written, so take it and use it in one transaction.
fn next_id(connection: &Connection, table: &str) -> Result<i64> {
    connection
        .prepare_cached("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?1), 0) + 1")?
        .query_row([table], |r| r.get(0))
}

fn instant(row: &Row<'_>, column: usize) -> Result<Option<Instant>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(crate::from_millis))
}

fn state(row: &Row<'_>, column: usize) -> Result<OperatorState> {
    Ok(OperatorState::of_word(&row.get::<_, String>(column)?))
}

/// A reason kept as JSON; one that cannot be read any more counts as none.
fn reason(row: &Row<'_>, column: usize) -> Result<Option<Reason>> {
    Ok(row.get::<_, Option<String>>(column)?.and_then(|text| serde_json::from_str(&text).ok()))
}

fn json_of(reason: Option<&Reason>) -> std::result::Result<Option<String>, StoreError> {
    Ok(reason.map(serde_json::to_string).transpose()?)
}

const FORGET: [&str; 6] = [
    "DELETE FROM floor_interval WHERE id IN
         (SELECT id FROM floor_interval WHERE began < ?1 AND ended < ?1 ORDER BY began LIMIT ?2)",
    "DELETE FROM floor_command WHERE id IN (SELECT id FROM floor_command WHERE asked_at < ?1 ORDER BY asked_at LIMIT ?2)",
    "DELETE FROM floor_note WHERE id IN (SELECT id FROM floor_note WHERE at < ?1 ORDER BY at LIMIT ?2)",
    "DELETE FROM floor_presence WHERE id IN (SELECT id FROM floor_presence WHERE ended < ?1 LIMIT ?2)",
    "DELETE FROM floor_left WHERE (team, operator) IN (SELECT team, operator FROM floor_left WHERE until < ?1 LIMIT ?2)",
    // By team, for that is how watch times are found: one that ended before an instant began before it.
    "DELETE FROM floor_watch WHERE id IN (SELECT w.id FROM floor_team t CROSS JOIN floor_watch w ON w.team = t.id
         WHERE w.began < ?1 AND w.open = 0 AND w.upto < ?1 LIMIT ?2)",
];

/// Forgets stretches, requests, notes, presence and watch times of before an instant, a bounded slice.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> std::result::Result<usize, StoreError> {
    let (before, most) = (millis(before), most as i64);
    for sql in FORGET {
        let rows = connection.prepare_cached(sql)?.execute([before, most])?;
        if rows > 0 {
            return Ok(rows);
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests;

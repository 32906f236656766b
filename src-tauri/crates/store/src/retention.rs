//! Forgetting what is past its time, a bounded slice a transaction.
//!
//! Tables that only grow are taken from their oldest end, so that a slice costs the same whatever is kept. Their order is the
//! order of arrival: when one row is past its time, so are those before it, even where a clock that jumped dated them later.
//! Deliberately not here: how long things are kept (configuration), and erasing one person on request (each table's own file).

use jiff::civil::Date;
use pult_domain::{Instant, RecordId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    StoreError, blobs,
    calls::{self, Zones},
    carousel, cases, chat_link, erp, floor, inbox, incidents, messages, millis, network, notices, ratings, tickets,
};

/// Rows dealt with in one transaction at most.
pub const SLICE: usize = 1_000;

/// The instants before which each kind is forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// What was said with others: bodies, headers and queries of records, and deliveries that are settled, with their tries.
    pub records: Instant,
    /// The journal, and that a record came and what became of it.
    pub journal: Instant,
    /// Calls of all centres.
    pub calls: Instant,
    /// States of operators as they were, and notices that ceased to hold.
    pub floor: Instant,
    /// How the network's targets answered.
    pub network: network::Limits,
    /// Ratings that were given, or not wanted any more.
    pub ratings: Instant,
    /// ERP documents that are settled.
    pub erp: Instant,
    /// Who was given which ticket by the carousel.
    pub carousel: Instant,
    /// What was copied between conversations and issues.
    pub chat_link: Instant,
    /// Tickets that are over, and changes people asked for.
    pub tickets: Instant,
    /// What people wrote to each other.
    pub messages: Instant,
    /// Who did what in the console, imports with their rejected rows among it.
    pub audit: Instant,
}

/// Forgets a slice of whatever is past its time and says how many rows it dealt with; nothing left is 0.
///
/// # Errors
/// When it cannot be written.
pub fn forget_some(connection: &Connection, limits: &Limits, zones: &Zones, now: Instant) -> Result<usize, StoreError> {
    // What was said by hand holds as long as anything it may be about is kept.
    let said = [limits.calls, limits.tickets, limits.chat_link, limits.ratings, limits.erp].into_iter().min();
    let steps: [&dyn Fn() -> Result<usize, StoreError>; 20] = [
        &|| erase_bodies(connection, limits.records, SLICE),
        &|| delete_deliveries(connection, limits.records, SLICE),
        &|| delete_records(connection, limits.journal.min(limits.records), SLICE),
        &|| delete_entries(connection, limits.journal, SLICE),
        &|| delete_calls(connection, limits.calls, zones, SLICE),
        &|| floor::forget(connection, limits.floor, SLICE),
        &|| notices::forget(connection, limits.floor, SLICE),
        &|| incidents::forget(connection, limits.floor, SLICE),
        &|| ratings::forget(connection, limits.ratings, SLICE),
        &|| erp::forget(connection, limits.erp, SLICE),
        &|| carousel::forget(connection, limits.carousel, SLICE),
        &|| chat_link::forget(connection, limits.chat_link, SLICE),
        &|| tickets::forget(connection, limits.tickets, SLICE),
        &|| messages::forget(connection, limits.messages, SLICE),
        &|| tickets::forget_uploads(connection, now.checked_sub(tickets::UPLOAD_LIFE).unwrap_or(now), SLICE),
        &|| said.map_or(Ok(0), |before| cases::forget(connection, before, SLICE)),
        &|| network::forget_some(connection, &limits.network, SLICE, now),
        &|| delete_audit(connection, limits.audit, SLICE),
        &|| delete_imports(connection, limits.audit, SLICE),
        &|| delete_sessions(connection, now, SLICE),
    ];
    for step in steps {
        let rows = step()?;
        if rows > 0 {
            return Ok(rows);
        }
    }
    Ok(0)
}

/// How far the clean-up of a kind has come.
fn upto(connection: &Connection, kind: &str) -> Result<i64, StoreError> {
    Ok(connection
        .prepare_cached("SELECT upto FROM retention WHERE kind = ?1")?
        .query_row([kind], |r| r.get(0))
        .optional()?
        .unwrap_or_default())
}

/// Erases bodies, headers and queries of records received before an instant; a record that still waits to be decided is left
/// whole, and so are those after it until it has been.
///
/// # Errors
/// When it cannot be written.
pub fn erase_bodies(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let after = upto(connection, "inbox_bodies")?;
    let rows: Vec<(i64, i64, bool)> = connection
        .prepare_cached("SELECT id, received_at, state = 0 FROM inbox WHERE id > ?1 ORDER BY id LIMIT ?2")?
        .query_map(params![after, most as i64], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let decided = rows.iter().take_while(|(_, _, waits)| !waits).count();
    let old = rows[..decided].iter().rposition(|(_, at, _)| *at < millis(before)).map_or(0, |last| last + 1);
    for (id, _, _) in &rows[..old] {
        inbox::erase_body(connection, RecordId(*id))?;
    }
    if let Some((last, _, _)) = rows[..old].last() {
        connection
            .prepare_cached(
                "INSERT INTO retention (kind, upto) VALUES ('inbox_bodies', ?1) ON CONFLICT DO UPDATE SET upto = ?1",
            )?
            .execute([last])?;
    }
    Ok(old)
}

/// Deletes records received before an instant, but for those that still wait to be decided.
///
/// # Errors
/// When it cannot be written.
pub fn delete_records(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let Some(last) = last_old(connection, "inbox", "received_at", before, most)? else { return Ok(0) };
    let released: Vec<String> = connection
        .prepare_cached("SELECT blob FROM inbox WHERE id <= ?1 AND state <> 0 AND blob IS NOT NULL")?
        .query_map([last], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for hash in released {
        blobs::release(connection, &hash)?;
    }
    Ok(connection.prepare_cached("DELETE FROM inbox WHERE id <= ?1 AND state <> 0")?.execute([last])?)
}

/// Deletes journal entries decided before an instant.
///
/// # Errors
/// When it cannot be written.
pub fn delete_entries(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let Some(last) = last_old(connection, "journal", "decided_at", before, most)? else { return Ok(0) };
    Ok(connection.prepare_cached("DELETE FROM journal WHERE id <= ?1")?.execute([last])?)
}

/// Deletes audit rows of before an instant.
///
/// # Errors
/// When it cannot be written.
pub fn delete_audit(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let Some(last) = last_old(connection, "audit", "at", before, most)? else { return Ok(0) };
    Ok(connection.prepare_cached("DELETE FROM audit WHERE id <= ?1")?.execute([last])?)
}

/// The statement of [`last_old`]; apart so that the planner test sees what is really asked.
fn last_old_sql(table: &str, column: &str) -> String {
    format!("SELECT max(id) FROM (SELECT id, {column} AS at FROM {table} ORDER BY id LIMIT ?2) WHERE at < ?1")
}

/// The last row past its time among the oldest of a table.
fn last_old(
    connection: &Connection,
    table: &str,
    column: &str,
    before: Instant,
    most: usize,
) -> Result<Option<i64>, StoreError> {
    Ok(connection
        .prepare_cached(&last_old_sql(table, column))?
        .query_row(params![millis(before), most as i64], |r| r.get(0))?)
}

const SETTLED: &str =
    "SELECT id FROM outbox WHERE settled_at IS NOT NULL AND settled_at < ?1 ORDER BY settled_at LIMIT ?2";

/// Deletes deliveries settled before an instant, with their tries. What is still owed stays, however old.
///
/// # Errors
/// When it cannot be written.
pub fn delete_deliveries(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let ids: Vec<i64> = connection
        .prepare_cached(SETTLED)?
        .query_map(params![millis(before), most as i64], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut rows = 0;
    for id in ids {
        // A delivery tried all day long has many tries: they count as rows of the slice too.
        let tries = connection
            .prepare_cached(
                "DELETE FROM attempt WHERE id IN (SELECT id FROM attempt WHERE effect_id = ?1 ORDER BY id LIMIT ?2)",
            )?
            .execute(params![id, (most - rows) as i64])?;
        rows += tries;
        if rows >= most {
            break;
        }
        rows += connection.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute([id])?;
        if rows >= most {
            break;
        }
    }
    Ok(rows)
}

/// Deletes calls of days that were over before an instant, in the zone of either centre.
///
/// # Errors
/// When it cannot be written.
pub fn delete_calls(connection: &Connection, before: Instant, zones: &Zones, most: usize) -> Result<usize, StoreError> {
    let day = |zone: &jiff::tz::TimeZone| -> Date { before.to_zoned(zone.clone()).date() };
    Ok(calls::delete_before(connection, day(&zones.moscow).min(day(&zones.vilnius)), most)?)
}

/// Deletes imports that ended before an instant, their rejected rows first. One that goes on stays.
///
/// # Errors
/// When it cannot be written.
pub fn delete_imports(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let oldest: Option<i64> = connection
        .prepare_cached(
            "SELECT id FROM (SELECT id, state, coalesce(finished_at, started_at) AS at FROM import ORDER BY id LIMIT ?2)
             WHERE state <> 0 AND at < ?1 ORDER BY id LIMIT 1",
        )?
        .query_row(params![millis(before), most as i64], |r| r.get(0))
        .optional()?;
    let Some(id) = oldest else { return Ok(0) };
    let rejected = connection
        .prepare_cached(
            "DELETE FROM import_rejected WHERE import_id = ?1 AND row IN
                 (SELECT row FROM import_rejected WHERE import_id = ?1 ORDER BY row LIMIT ?2)",
        )?
        .execute(params![id, most as i64])?;
    if rejected > 0 {
        return Ok(rejected);
    }
    Ok(connection.prepare_cached("DELETE FROM import WHERE id = ?1")?.execute([id])?)
}

const ENDED: &str = "SELECT id FROM session WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2";

/// Deletes sessions that ended before an instant.
///
/// # Errors
/// When it cannot be written.
pub fn delete_sessions(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached(&format!("DELETE FROM session WHERE id IN ({ENDED})"))?
        .execute(params![millis(before), most as i64])?)
}

#[cfg(test)]
mod tests;

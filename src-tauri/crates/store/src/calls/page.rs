//! Pages, counts and streams of the journal.
//!
//! Deliberately not here: how a filter finds its index (`search`).

use std::ops::ControlFlow;

use pult_domain::{AgencyId, CallId};
use rusqlite::{Connection, OptionalExtension, Result, params_from_iter};

use super::{
    CallRow, Count, Cursor, Filter, Page, Sight, Zones, read,
    search::{PARTS_STRIDE, STRIDE, Search},
    sql,
};

/// The longest page.
pub const LONGEST_PAGE: usize = 500;
/// Counting stops here.
pub const COUNT_AT_MOST: i64 = 10_000;

/// Which way a page goes on from its cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To calls that began earlier.
    Older,
    /// To calls that began later.
    Newer,
}

/// A page of the journal, newest first, from the cursor (not included) in the given direction; without a cursor from the end
/// of the journal that lies opposite to the direction. At most [`LONGEST_PAGE`] rows.
///
/// A search its index cannot bound goes on in strides: the page then may hold fewer rows than asked for, and `next` says
/// where to go on. Parts of a number over more than some days are found in the order of call ids, which is that of time
/// except for imported history.
///
/// # Errors
/// The database's own.
pub fn day_page(
    conn: &Connection,
    filter: &Filter,
    cursor: Option<Cursor>,
    direction: Direction,
    limit: usize,
    zones: &Zones,
) -> Result<Page> {
    let older = direction == Direction::Older;
    let limit = limit.clamp(1, LONGEST_PAGE);
    let mut searches = Search::of(conn, filter, zones)?;
    if !older {
        searches.reverse();
    }
    let (mut rows, mut next) = (Vec::<CallRow>::new(), None);
    for search in &searches {
        let (low, high) = from_cursor(search, cursor, older);
        let (low, high, stopped) = stride(conn, search, low, high, older)?;
        let tail = format!("{} LIMIT {}", search.order(older), limit - rows.len());
        let (sql, values) = search.between(sql::ROW, low, high, &tail);
        for row in conn.prepare_cached(&sql)?.query_map(params_from_iter(values), read::row)? {
            rows.push(row?);
        }
        let full = rows.last().filter(|_| rows.len() == limit);
        next = full.map(|r| Cursor { started_at: r.started_at, id: r.id }).or(stopped);
        if next.is_some() {
            break;
        }
    }
    if !older {
        rows.reverse();
    }
    Ok(Page { rows, next })
}

/// How many calls fit, counted no further than [`COUNT_AT_MOST`] and no deeper than one stride.
///
/// # Errors
/// The database's own.
pub fn count(conn: &Connection, filter: &Filter, zones: &Zones) -> Result<Count> {
    let (mut calls, mut at_least) = (0, false);
    for search in Search::of(conn, filter, zones)? {
        let (low, high) = search.edges();
        let (low, high, stopped) = stride(conn, &search, low, high, true)?;
        let (inner, values) = search.between("1", low, high, &format!(" LIMIT {}", COUNT_AT_MOST + 1));
        calls += conn
            .prepare_cached(&format!("SELECT count(*) FROM ({inner})"))?
            .query_row(params_from_iter(values), |r| r.get::<_, i64>(0))?;
        at_least |= calls > COUNT_AT_MOST || stopped.is_some();
    }
    Ok(Count { calls: calls.min(COUNT_AT_MOST), at_least })
}

/// Hands every call that fits to `each`, newest first, one at a time, until it says to stop. For exports: as long as there are rows.
///
/// # Errors
/// The database's own.
pub fn for_each_row(
    conn: &Connection,
    filter: &Filter,
    zones: &Zones,
    mut each: impl FnMut(CallRow) -> ControlFlow<()>,
) -> Result<()> {
    for search in Search::of(conn, filter, zones)? {
        let (low, high) = search.edges();
        let (sql, values) = search.between(sql::ROW, low, high, search.order(true));
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if each(read::row(row)?).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The edges of a search that goes on from a cursor.
fn from_cursor(search: &Search, cursor: Option<Cursor>, older: bool) -> (Cursor, Cursor) {
    let (low, high) = search.edges();
    match cursor {
        None => (low, high),
        Some(at) if older => (low, if search.place(at) < search.place(high) { at } else { high }),
        Some(at) => {
            let after = Cursor { id: CallId(at.id.0.saturating_add(1)), ..at };
            (if search.place(after) > search.place(low) { after } else { low }, high)
        }
    }
}

/// Draws the far edge nearer where the search could pass over rows without end. The third value is the cursor that goes on there.
fn stride(
    conn: &Connection,
    search: &Search,
    low: Cursor,
    high: Cursor,
    older: bool,
) -> Result<(Cursor, Cursor, Option<Cursor>)> {
    if !search.strides {
        return Ok((low, high, None));
    }
    if search.by_id {
        let end = super::next_id(conn)?.0;
        let (low_id, high_id) = (low.id.0.max(0), high.id.0.min(end));
        let far = if older { high_id - PARTS_STRIDE } else { low_id + PARTS_STRIDE };
        let at = Cursor { started_at: 0, id: CallId(far) };
        return Ok(match older {
            true if far > low_id => (at, high, Some(at)),
            // Going up, the edge itself is not included any more: the cursor stands on the last row that was.
            false if far < high_id => (low, at, Some(Cursor { id: CallId(far - 1), ..at })),
            _ => (low, high, None),
        });
    }
    let tail = format!("{} LIMIT 1 OFFSET {STRIDE}", search.order(older));
    let (sql, values) = search.unchecked_between("c.started_at, c.id", low, high, &tail);
    let at = conn
        .prepare_cached(&sql)?
        .query_row(params_from_iter(values), |r| Ok(Cursor { started_at: r.get(0)?, id: CallId(r.get(1)?) }))
        .optional()?;
    Ok(match at {
        Some(at) if older => (at, high, Some(at)),
        Some(at) => (low, at, Some(Cursor { id: CallId(at.id.0.saturating_sub(1)), ..at })),
        None => (low, high, None),
    })
}

/// Calls of an agency before and after the given one that somebody may see, newest first, without it. Number 0 is no agency's.
///
/// # Errors
/// The database's own.
pub fn history_of_agency(
    conn: &Connection,
    sight: &Sight,
    agency: AgencyId,
    skip: CallId,
    most: usize,
    zones: &Zones,
) -> Result<Vec<CallRow>> {
    if agency.0 <= 0 {
        return Ok(vec![]);
    }
    let filter = Filter { agency: Some(agency), sight: sight.clone(), ..Filter::default() };
    // One more than is shown: the call itself may be among them.
    let mut rows = day_page(conn, &filter, None, Direction::Older, most + 1, zones)?.rows;
    rows.retain(|row| row.id != skip);
    rows.truncate(most);
    Ok(rows)
}

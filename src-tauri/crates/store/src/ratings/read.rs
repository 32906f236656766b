//! What people look at: pages of requests, and the figures of a period.
//!
//! Deliberately not here: what a figure is called, and satisfaction as a share of them (whoever shows it).

use pult_domain::{
    IssueId, RatingId,
    areas::ratings::{Ending, Lack, Origin, Rate, State},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::sql;
use crate::{StoreError, column::word};

/// Requests of a page at most.
pub const LONGEST_PAGE: usize = 500;

/// One request as the console shows it. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RatingRow {
    /// Its id.
    pub id: RatingId,
    /// Of which issue.
    pub issue: IssueId,
    /// The issue's title.
    pub title: String,
    /// The service desk's number of the author.
    #[ts(type = "number")]
    pub author: i64,
    /// The author's name, once known.
    pub author_name: Option<String>,
    /// The author's address, once known.
    pub email: Option<String>,
    /// When the issue was closed.
    #[ts(type = "number")]
    pub closed_at: i64,
    /// When the time for an answer is over.
    #[ts(type = "number")]
    pub deadline_at: i64,
    /// Where it stands.
    pub state: State,
    /// The rating chosen; of a cancelled request, the one seen at the service desk.
    pub rate: Option<Rate>,
    /// Whose it is.
    pub origin: Option<Origin>,
    /// Which supervisor's.
    pub rated_by: Option<String>,
    /// Why the service desk does not take the rating.
    pub refusal: Option<String>,
    /// Since when a supervisor has stopped the clock.
    #[ts(type = "number | null")]
    pub held_at: Option<i64>,
    /// Who.
    pub held_by: Option<String>,
    /// Why.
    pub hold_reason: Option<String>,
    /// When the question went out.
    #[ts(type = "number | null")]
    pub asked_at: Option<i64>,
    /// Why the author could not be asked.
    pub lack: Option<Lack>,
    /// In the other side's words; may be empty.
    pub lack_detail: Option<String>,
    /// Why it ended without a rating of ours.
    pub ending: Option<Ending>,
    /// A supervisor's reason.
    pub ending_reason: Option<String>,
    /// The supervisor.
    pub ending_by: Option<String>,
    /// When we learnt of the closing.
    #[ts(type = "number")]
    pub created_at: i64,
    /// When it was rated or cancelled.
    #[ts(type = "number | null")]
    pub ended_at: Option<i64>,
    /// When the closing was found by asking again; absent where the service desk told of it by itself.
    #[ts(type = "number | null")]
    pub recovered_at: Option<i64>,
}

/// Which requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "RatingWhich")]
pub enum Which {
    /// Not over yet, what is due first before the rest.
    #[default]
    Pending,
    /// Rated or cancelled, newest first.
    Ended,
    /// The author was not asked and nothing has come of it since, newest first.
    NotAsked,
}

/// A choice among the requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
#[ts(rename = "RatingFilter")]
pub struct Filter {
    /// Which.
    pub which: Which,
    /// Only of this issue.
    pub issue: Option<IssueId>,
    /// Only with this rating.
    pub rate: Option<Rate>,
    /// Only whose rating is from here.
    pub origin: Option<Origin>,
    /// Only with this outcome: `rated` or `cancelled`.
    pub outcome: Option<State>,
    /// Only closed at or after this instant, milliseconds UTC.
    #[ts(type = "number | null")]
    pub closed_from: Option<i64>,
    /// Only closed before this instant, milliseconds UTC.
    #[ts(type = "number | null")]
    pub closed_until: Option<i64>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "RatingPage")]
pub struct Page {
    /// The requests.
    pub rows: Vec<RatingRow>,
    /// Where the next page begins; absent on the last.
    pub next: Option<PageKey>,
}

/// A place in the list: the order's value and the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PageKey {
    /// The deadline for pending ones, else the id.
    #[ts(type = "number")]
    pub at: i64,
    /// The id.
    pub id: RatingId,
}

/// A page of requests after a place.
///
/// # Errors
/// When it cannot be read.
pub fn page(
    connection: &Connection,
    filter: &Filter,
    after: Option<PageKey>,
    limit: usize,
) -> Result<Page, StoreError> {
    let limit = limit.clamp(1, LONGEST_PAGE);
    let statement = statement(filter);
    let after = match (after, filter.which) {
        (Some(key), _) => key,
        (None, Which::Pending) => PageKey { at: i64::MIN, id: RatingId(0) },
        (None, _) => PageKey { at: i64::MAX, id: RatingId(i64::MAX) },
    };
    let rows: Vec<RatingRow> = connection
        .prepare_cached(&statement)?
        .query_map(
            params![
                after.at,
                after.id.0,
                limit as i64 + 1,
                filter.issue.map(|i| i.0),
                filter.rate.map(|r| r.as_ref().to_owned()),
                filter.origin.map(|o| o.as_ref().to_owned()),
                filter.outcome.map(|o| o.as_ref().to_owned()),
                filter.closed_from,
                filter.closed_until,
            ],
            row,
        )?
        .collect::<rusqlite::Result<_>>()?;
    let more = rows.len() > limit;
    let mut rows = rows;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| match filter.which {
        Which::Pending => PageKey { at: last.deadline_at, id: last.id },
        _ => PageKey { at: last.id.0, id: last.id },
    });
    Ok(Page { rows, next })
}

/// The statement of a filter; parameters are numbered the same in all of them.
pub(super) fn statement(filter: &Filter) -> String {
    let columns = sql::ROW_OF_ID.trim_end_matches(" WHERE id = ?1");
    let (which, order) = match filter.which {
        Which::Pending => ("state NOT IN ('rated', 'cancelled') AND (deadline_at, id) > (?1, ?2)", "deadline_at, id"),
        Which::Ended => ("id < ?2 AND ?1 IS NOT NULL AND +state IN ('rated', 'cancelled')", "id DESC"),
        Which::NotAsked => ("id < ?2 AND ?1 IS NOT NULL AND state = 'undeliverable'", "id DESC"),
    };
    let conditions = [
        ("?4", filter.issue.is_some(), "issue_id = ?4"),
        ("?5", filter.rate.is_some(), "rate = ?5"),
        ("?6", filter.origin.is_some(), "rated_by = ?6"),
        // The order is the id's: no other index may be taken for these.
        ("?7", filter.outcome.is_some(), "+state = ?7"),
        ("?8", filter.closed_from.is_some(), "+closed_at >= ?8"),
        ("?9", filter.closed_until.is_some(), "+closed_at < ?9"),
    ];
    let mut text = format!("{columns} WHERE {which}");
    for (number, wanted, condition) in conditions {
        // Every number is mentioned, so that all of them may be bound.
        let condition = if wanted { condition.to_owned() } else { format!("{number} IS NULL") };
        text.push_str(" AND ");
        text.push_str(&condition);
    }
    text.push_str(" ORDER BY ");
    text.push_str(order);
    text.push_str(" LIMIT ?3");
    text
}

/// Requests by id.
///
/// # Errors
/// When they cannot be read.
pub fn by_ids(connection: &Connection, ids: &[RatingId]) -> Result<Vec<RatingRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql::ROW_OF_ID)?;
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(statement.query_row([id.0], row).optional()?);
    }
    Ok(rows)
}

/// Requests about one issue, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn of_issue(connection: &Connection, issue: IssueId, limit: usize) -> Result<Vec<RatingRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql::ROWS_OF_ISSUE)?;
    let rows = statement.query_map(params![issue.0, limit as i64], row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How the closings of a period came out. A person's answer and a silence are never added up here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Counts {
    /// Answers of authors: good, normal, bad.
    pub by_user: [u32; 3],
    /// Silences.
    pub by_auto: [u32; 3],
    /// Ratings by supervisors.
    pub by_supervisor: [u32; 3],
    /// Authors who could not be asked.
    pub not_asked: u32,
    /// Questions without an answer so far, and closings on their way to one.
    pub pending: u32,
    /// Closings that came to nothing: opened again, rated elsewhere, taken back.
    pub cancelled: u32,
}

/// Counts the closings of a period, milliseconds UTC, its end not included.
///
/// # Errors
/// When it cannot be read.
pub fn counts(connection: &Connection, from: i64, until: i64) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    let mut statement = connection.prepare_cached(sql::COUNTS)?;
    let mut rows = statement.query([from, until])?;
    while let Some(r) = rows.next()? {
        let (state, rate, origin) = (word::<State>(r, 0)?, word::<Rate>(r, 1)?, word::<Origin>(r, 2)?);
        let number = u32::try_from(r.get::<_, i64>(3)?).unwrap_or(u32::MAX);
        match (state, rate, origin) {
            (Some(State::Rated), Some(rate), Some(origin)) => {
                let of = match origin {
                    Origin::User => &mut counts.by_user,
                    Origin::Auto => &mut counts.by_auto,
                    Origin::Supervisor => &mut counts.by_supervisor,
                };
                let place = match rate {
                    Rate::Good => 0,
                    Rate::Normal => 1,
                    Rate::Bad => 2,
                };
                of[place] += number;
            }
            (Some(State::Undeliverable), ..) => counts.not_asked += number,
            (Some(State::Cancelled), ..) => counts.cancelled += number,
            _ => counts.pending += number,
        }
    }
    Ok(counts)
}

/// Ratings of the closings of a period: when they were closed, to a quarter of an hour, how and by whom they were rated, and how many.
/// Days of any zone can be made of it.
///
/// # Errors
/// When it cannot be read.
pub fn course(
    connection: &Connection,
    from: i64,
    until: i64,
) -> Result<Vec<(pult_domain::Instant, Rate, Origin, u32)>, StoreError> {
    let mut found = Vec::new();
    let mut statement = connection.prepare_cached(sql::COURSE)?;
    let mut rows = statement.query([from, until])?;
    while let Some(r) = rows.next()? {
        let (Some(rate), Some(origin)) = (word::<Rate>(r, 1)?, word::<Origin>(r, 2)?) else { continue };
        let number = u32::try_from(r.get::<_, i64>(3)?).unwrap_or(u32::MAX);
        found.push((crate::from_millis(r.get::<_, i64>(0)? * 900_000), rate, origin, number));
    }
    Ok(found)
}

fn row(r: &Row<'_>) -> rusqlite::Result<RatingRow> {
    Ok(RatingRow {
        id: RatingId(r.get(0)?),
        issue: IssueId(r.get(1)?),
        title: r.get(2)?,
        author: r.get(3)?,
        author_name: r.get(4)?,
        email: r.get(5)?,
        closed_at: r.get(6)?,
        deadline_at: r.get(7)?,
        state: word(r, 8)?.unwrap_or(State::Cancelled),
        rate: word(r, 9)?,
        origin: word(r, 10)?,
        rated_by: r.get(11)?,
        refusal: r.get(12)?,
        held_at: r.get(13)?,
        held_by: r.get(14)?,
        hold_reason: r.get(15)?,
        asked_at: r.get(16)?,
        lack: word(r, 17)?,
        lack_detail: r.get(18)?,
        ending: word(r, 19)?,
        ending_reason: r.get(20)?,
        ending_by: r.get(21)?,
        created_at: r.get(22)?,
        ended_at: r.get(23)?,
        recovered_at: r.get(24)?,
    })
}

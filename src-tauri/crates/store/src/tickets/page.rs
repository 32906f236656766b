//! Lists of tickets: whose, which, in pages, and how many there are of each status.
//!
//! Deliberately not here: one ticket with its history (`read`).

use pult_domain::{TicketId, areas::tickets::Named};
use rusqlite::{Connection, Row, ToSql, named_params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{StoreError, people::folded, query::many};

/// Tickets of a page at most: a board shows so many at once (behaviour/helpdesk 7).
pub const LONGEST_PAGE: usize = 500;

/// A ticket in a list. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TicketRow {
    /// Its number.
    pub id: TicketId,
    /// Its title.
    pub subject: String,
    /// Where it belongs.
    pub project: Named,
    /// What kind it is.
    pub tracker: Named,
    /// Where it stands.
    pub status: Named,
    /// Whether that status ends it.
    pub closed: bool,
    /// How much it presses.
    pub priority: Named,
    /// Who wrote it.
    pub author: Option<Named>,
    /// Who works on it.
    pub assignee: Option<Named>,
    /// Only some may see it there.
    pub private: bool,
    /// How much is done, percent.
    pub done_ratio: u8,
    /// When it is due, `YYYY-MM-DD`.
    pub due_date: Option<String>,
    /// When it was written.
    #[ts(type = "number")]
    pub created_on: i64,
    /// When it was last changed.
    #[ts(type = "number")]
    pub updated_on: i64,
    /// Since when it has its status, as far as is known.
    #[ts(type = "number")]
    pub status_at: i64,
    /// Since when it is no longer visible at the tracker.
    #[ts(type = "number | null")]
    pub gone_at: Option<i64>,
}

/// Whose tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TicketWhose {
    /// Those the person who looks wrote, or is named in as the one who asks.
    #[default]
    Mine,
    /// Those they work on.
    Assigned,
    /// All that are followed; for supervisors.
    All,
}

/// A choice among tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct TicketFilter {
    /// Whose.
    pub whose: TicketWhose,
    /// Only those that are over, or only those that are not.
    pub closed: Option<bool>,
    /// Of these statuses; of any where it is empty.
    #[ts(type = "Array<number>")]
    pub statuses: Vec<i64>,
    /// Of one project.
    #[ts(type = "number | null")]
    pub project: Option<i64>,
    /// Of one priority.
    #[ts(type = "number | null")]
    pub priority: Option<i64>,
    /// Of one assignee; 0 for nobody.
    #[ts(type = "number | null")]
    pub assignee: Option<i64>,
    /// With these words in title, project or names; or with this number.
    pub search: Option<String>,
}

/// A place in a list: its last ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TicketPageKey {
    /// When it was last changed, milliseconds UTC.
    #[ts(type = "number")]
    pub updated_on: i64,
    /// Its number.
    pub id: TicketId,
}

/// A page of tickets, the last changed first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TicketPage {
    /// The tickets.
    pub rows: Vec<TicketRow>,
    /// Where the next page begins; absent on the last.
    pub next: Option<TicketPageKey>,
}

/// How many tickets have a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "TicketStatusCount")]
pub struct StatusCount {
    /// The status.
    pub status: Named,
    /// Whether it ends a ticket.
    pub closed: bool,
    /// How many.
    pub count: u32,
}

/// How many tickets there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct TicketCounts {
    /// All of them.
    pub total: u32,
    /// By status, the most frequent first.
    pub statuses: Vec<StatusCount>,
}

/// Who looks, and how far they may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The tracker's number of them.
    pub number: Option<i64>,
    /// Their address.
    pub email: Option<String>,
    /// They may see all tickets, and not only those they have to do with.
    pub all: bool,
}

pub(super) const COLUMNS: &str =
    "t.id, t.subject, t.project_id, t.project, t.tracker_id, t.tracker, t.status_id, t.status, t.closed, t.priority_id, t.priority,
     t.author_id, t.author, t.assignee_id, t.assignee, t.private, t.done_ratio, t.due_date, t.created_on, t.updated_on, t.status_at, t.gone_at";

/// What somebody has to do with: they wrote it, work on it, or their address stands in it.
const THEIRS: &str = "(t.author_id = :number OR t.assignee_id = :number
     OR EXISTS (SELECT 1 FROM ticket_email e WHERE e.email = :email AND e.ticket_id = t.id))";

/// Whether a choice is found by what somebody has to do with, or by words: it is small, and sorted when it is found. All others are
/// read in the order of an index.
fn is_small(filter: &TicketFilter, all: bool) -> bool {
    let theirs = match filter.whose {
        TicketWhose::Mine => true,
        TicketWhose::Assigned => false,
        TicketWhose::All => !all,
    };
    theirs || !matches!(Search::of(filter), Search::None)
}

/// The part of a statement after `SELECT …`; its parameters are the same in all of them.
pub(super) fn from(filter: &TicketFilter, all: bool) -> String {
    let whose = match filter.whose {
        TicketWhose::Mine => {
            "t.id IN (SELECT id FROM ticket WHERE author_id = :number
                UNION ALL SELECT ticket_id FROM ticket_email WHERE email = :email)"
        }
        TicketWhose::Assigned => "t.assignee_id = :number",
        TicketWhose::All if all => "t.followed = 1",
        TicketWhose::All => {
            "t.id IN (SELECT id FROM ticket WHERE author_id = :number UNION ALL SELECT id FROM ticket WHERE assignee_id = :number
                UNION ALL SELECT ticket_id FROM ticket_email WHERE email = :email)"
        }
    };
    // An index of many must not be taken instead of the few that are found, or instead of one that is in order.
    let few = if is_small(filter, all) || filter.whose == TicketWhose::Assigned { "+" } else { "" };
    let closed = match filter.closed {
        Some(closed) => format!("{few}t.closed = {}", u8::from(closed)),
        None => "1".to_owned(),
    };
    let statuses = match filter.statuses.is_empty() {
        true => "1",
        false => "+t.status_id IN (SELECT value FROM json_each(:statuses))",
    };
    let assignee = match filter.assignee {
        None => "1".to_owned(),
        Some(0) => format!("{few}t.assignee_id IS NULL"),
        Some(_) => format!("{few}t.assignee_id = :assignee"),
    };
    let priority = if filter.priority.is_some() { "t.priority_id = :priority" } else { "1" };
    let project = match filter.project {
        None => "1".to_owned(),
        Some(_) => format!("{few}t.project_id = :project"),
    };
    let search = match Search::of(filter) {
        Search::None => "1",
        Search::Number(_) => "t.id = :words",
        Search::Words(_) => "t.id IN (SELECT rowid FROM ticket_words WHERE ticket_words MATCH :words)",
    };
    format!(
        "FROM ticket t WHERE {whose} AND {closed} AND {statuses} AND {assignee} AND {search} AND {project} AND {priority}
            AND (:priority IS NULL OR 1) AND (:project IS NULL OR 1) AND (:number IS NULL OR 1) AND (:email IS NULL OR 1) AND (:statuses IS NULL OR 1) AND (:assignee IS NULL OR 1)
            AND (:words IS NULL OR 1)"
    )
}

/// What a search is for.
enum Search {
    None,
    Number(i64),
    Words(String),
}

impl Search {
    fn of(filter: &TicketFilter) -> Self {
        let Some(search) = filter.search.as_deref().map(str::trim).filter(|s| !s.is_empty()) else { return Self::None };
        if let Ok(number) = search.trim_start_matches('#').parse() {
            return Self::Number(number);
        }
        // Each word must be there; what is shorter than three letters cannot be looked for.
        let words = search.split(|letter: char| letter.is_whitespace() || letter.is_control());
        let words: Vec<_> = words.filter(|word| word.chars().count() >= 3).collect();
        if words.is_empty() {
            return Self::None;
        }
        Self::Words(words.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect::<Vec<_>>().join(" "))
    }
}

/// The statement of a page.
pub(super) fn statement(filter: &TicketFilter, all: bool) -> String {
    let (from, few) = (from(filter, all), if is_small(filter, all) { "+" } else { "" });
    format!(
        "SELECT {COLUMNS} {from} AND ({few}t.updated_on, {few}t.id) < (:updated_on, :id)
            ORDER BY {few}t.updated_on DESC, {few}t.id DESC LIMIT :limit"
    )
}

/// A page of tickets after a place.
///
/// # Errors
/// When it cannot be read.
pub fn page(
    connection: &Connection,
    viewer: &Viewer,
    filter: &TicketFilter,
    after: Option<TicketPageKey>,
    limit: usize,
) -> Result<TicketPage, StoreError> {
    let limit = limit.clamp(1, LONGEST_PAGE);
    let after = after.unwrap_or(TicketPageKey { updated_on: i64::MAX, id: TicketId(i64::MAX) });
    let most = limit as i64 + 1;
    let mut rows = chosen(
        connection,
        &statement(filter, viewer.all),
        viewer,
        filter,
        &[(":updated_on", &after.updated_on), (":id", &after.id.0), (":limit", &most)],
        row,
    )?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| TicketPageKey { updated_on: last.updated_on, id: last.id });
    Ok(TicketPage { rows, next })
}

/// How many tickets there are of each status; the statuses of the filter itself do not matter.
///
/// # Errors
/// When they cannot be counted.
pub fn counts(connection: &Connection, viewer: &Viewer, filter: &TicketFilter) -> Result<TicketCounts, StoreError> {
    let filter = TicketFilter { statuses: vec![], ..filter.clone() };
    let statement = counting(&filter, viewer.all);
    let statuses = chosen(connection, &statement, viewer, &filter, &[], |r| {
        let status = Named { id: r.get(0)?, name: r.get(1)? };
        Ok(StatusCount { status, closed: r.get(2)?, count: r.get(3)? })
    })?;
    Ok(TicketCounts { total: statuses.iter().map(|status| status.count).sum(), statuses })
}

/// The statement of the figures.
pub(super) fn counting(filter: &TicketFilter, all: bool) -> String {
    let from = from(filter, all);
    format!("SELECT t.status_id, max(t.status), max(t.closed), count(*) {from} GROUP BY t.status_id ORDER BY 4 DESC")
}

/// The statement of one ticket that somebody may see: whoever watches one may as well, though their lists do not show it.
pub(super) fn by_id() -> String {
    let watched = "EXISTS (SELECT 1 FROM json_each(t.watchers) w WHERE w.value = :number)";
    format!("SELECT {COLUMNS} FROM ticket t WHERE t.id = :id AND (:all OR {THEIRS} OR {watched})")
}

/// Those of some tickets that somebody may see.
///
/// # Errors
/// When they cannot be read.
pub fn by_ids(connection: &Connection, viewer: &Viewer, ids: &[TicketId]) -> Result<Vec<TicketRow>, StoreError> {
    let statement = by_id();
    let mut rows = vec![];
    for id in ids {
        let email = viewer.email.as_deref().map(folded);
        let values = named_params! { ":id": id.0, ":all": viewer.all, ":number": viewer.number, ":email": email };
        rows.extend(many(connection, &statement, values, row)?);
    }
    Ok(rows)
}

fn chosen<T>(
    connection: &Connection,
    statement: &str,
    viewer: &Viewer,
    filter: &TicketFilter,
    more: &[(&str, &dyn ToSql)],
    of: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let statuses = serde_json::to_string(&filter.statuses)?;
    let email = viewer.email.as_deref().map(folded);
    let (number, words): (Option<i64>, Option<String>) = match Search::of(filter) {
        Search::None => (None, None),
        Search::Number(number) => (Some(number), None),
        Search::Words(words) => (None, Some(words)),
    };
    let words: &dyn ToSql = if number.is_some() { &number } else { &words };
    let mut values: Vec<(&str, &dyn ToSql)> = vec![
        (":number", &viewer.number),
        (":email", &email),
        (":statuses", &statuses),
        (":assignee", &filter.assignee),
        (":project", &filter.project),
        (":priority", &filter.priority),
        (":words", words),
    ];
    values.extend_from_slice(more);
    many(connection, statement, values.as_slice(), of)
}

pub(super) fn row(r: &Row<'_>) -> rusqlite::Result<TicketRow> {
    let reference = |column: usize| Ok::<_, rusqlite::Error>(Named { id: r.get(column)?, name: r.get(column + 1)? });
    let person = |column: usize| {
        let (id, name): (Option<i64>, Option<String>) = (r.get(column)?, r.get(column + 1)?);
        Ok::<_, rusqlite::Error>(id.map(|id| Named { id, name: name.unwrap_or_default() }))
    };
    Ok(TicketRow {
        id: TicketId(r.get(0)?),
        subject: r.get(1)?,
        project: reference(2)?,
        tracker: reference(4)?,
        status: reference(6)?,
        closed: r.get(8)?,
        priority: reference(9)?,
        author: person(11)?,
        assignee: person(13)?,
        private: r.get(15)?,
        done_ratio: r.get(16)?,
        due_date: r.get(17)?,
        created_on: r.get(18)?,
        updated_on: r.get(19)?,
        status_at: r.get(20)?,
        gone_at: r.get(21)?,
    })
}

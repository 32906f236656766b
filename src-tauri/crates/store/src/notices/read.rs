//! Reading somebody's notices: a page of them, by id, how many are unread, what is new.
//!
//! What names a person and what is for everybody are two lists, each walked along an index from the newest down and put together here.
//! A walk has an end: what is for everybody counts as unread only among the newest [`REACH`], and a page says where to go on.
//! Deliberately not here: acts (`acts`), and where a notice stands (`choose`).

use std::collections::BTreeSet;

use pult_domain::{Instant, JournalId, Level, NoticeClass, NoticeId, TroubleId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use ts_rs::TS;

use super::{Eyes, NoticeRow, Sight, Which, choose::Facts, mutes, preferences};
use crate::{StoreError, floor, millis, people::folded};

/// Notices of a page at most.
pub const LONGEST_PAGE: usize = 500;
/// Of the notices for everybody, so many of the newest can be unread: an older one nobody looked at is history.
const REACH: i64 = 2_000;
/// Notices looked at for one page at most.
const LOOKED_AT: usize = 5_000;
/// Notices read at a time.
const STRIDE: usize = 500;
/// Notices of one subject counted at most.
const COUNTED_OF_SUBJECT: i64 = 100;

/// Which notices a page has.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Where they stand.
    pub which: Which,
    /// Of one class.
    pub class: Option<NoticeClass>,
    /// About one subject.
    pub subject: Option<String>,
    /// With this text.
    pub search: Option<String>,
    /// Before this one.
    pub before: Option<NoticeId>,
    /// How many at most.
    pub limit: usize,
}

/// How many notices there are about a subject of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "NoticeGroup")]
pub struct Group {
    /// The subject.
    pub subject: String,
    /// How many there are, wherever they stand, counted up to 100.
    pub count: u32,
    /// How many of these are unread.
    pub unread: u32,
}

/// A page of notices, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The notices.
    pub rows: Vec<NoticeRow>,
    /// The subjects of the page, in the order in which they first appear.
    pub groups: Vec<Group>,
    /// Where to go on; absent when there are no more.
    pub next: Option<NoticeId>,
}

/// How many notices there are, each counted as far as was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "NoticeCounts")]
pub struct Counts {
    /// Not read.
    pub unread: usize,
    /// Read, and not put aside.
    pub read: usize,
    /// Out of sight until later.
    pub snoozed: usize,
    /// Of subjects and classes they do not want to hear of.
    pub muted: usize,
}

const COLUMNS: &str = "n.id, n.class, n.level, n.subject, n.code, n.detail, n.journal_id, n.raised_at, n.updated_at, n.cleared_at, n.times,
    n.everyone, t.why, t.read_at IS NOT NULL, t.done_at IS NOT NULL, t.snoozed_until, n.words,
    (SELECT m.incident_id FROM incident_member m WHERE m.notice_id = n.id AND m.told = 0)";
const FROM: &str = "FROM notice n LEFT JOIN notice_to t ON t.login = ?1 AND t.notice_id = n.id";
/// One notice, for whoever may see it.
pub(super) const ONE: &str = "WHERE n.id = ?2 AND ((n.everyone AND ?3) OR t.why IS NOT NULL)";

/// The newest notice for everybody that is too old to be unread.
pub(super) const HORIZON: &str = "SELECT id FROM notice WHERE everyone = 1 ORDER BY id DESC LIMIT 1 OFFSET ?1";

/// The walks of a list: notices that have a row of this person, and those for everybody, from the newest down.
/// Parameters: login, before, how many, horizon, subject.
pub(super) fn walks(which: Which, of_subject: bool) -> [Option<String>; 2] {
    if of_subject {
        let sql = "SELECT id FROM notice WHERE subject = ?5 AND id < ?2 ORDER BY id DESC LIMIT ?3";
        return [Some(sql.to_owned()), None];
    }
    let own = match which {
        Which::Unread => "t.read_at IS NULL AND t.done_at IS NULL",
        Which::Read => "t.done_at IS NULL AND t.read_at IS NOT NULL",
        Which::Open | Which::Muted => "t.done_at IS NULL",
        Which::Snoozed => "t.snoozed_until IS NOT NULL",
        Which::Done | Which::Standing | Which::All => "1",
    };
    let own = format!(
        "SELECT t.notice_id FROM notice_to t WHERE t.login = ?1 AND t.notice_id < ?2 AND {own}
         ORDER BY t.notice_id DESC LIMIT ?3"
    );
    let untouched = "id > ?4 AND NOT EXISTS (SELECT 1 FROM notice_to t WHERE t.login = ?1 AND t.notice_id = notice.id
         AND (t.read_at IS NOT NULL OR t.done_at IS NOT NULL))";
    let all = match which {
        // Somebody did something with those: they have a row.
        Which::Read | Which::Snoozed => return [Some(own), None],
        Which::Unread | Which::Open | Which::Muted => untouched,
        Which::Standing => "cleared_at IS NULL",
        Which::Done | Which::All => "1",
    };
    let all = format!("SELECT id FROM notice WHERE everyone = 1 AND id < ?2 AND {all} ORDER BY id DESC LIMIT ?3");
    [Some(own), Some(all)]
}

/// What somebody settled, and the present.
///
/// # Errors
/// When it cannot be read.
pub fn sight(connection: &Connection, eyes: &Eyes, now: Instant) -> Result<Sight, StoreError> {
    let preferences = preferences(connection, &eyes.login)?;
    let teams = floor::teams_named(connection, &eyes.teams)?;
    let operators = teams.map(|teams| floor::members(connection, &teams)).transpose()?;
    Ok(Sight { preferences, mutes: mutes(connection, &eyes.login, now)?, operators, now })
}

struct Walk<'a> {
    connection: &'a Connection,
    eyes: &'a Eyes,
    sight: &'a Sight,
    filter: &'a Filter,
    horizon: i64,
    search: Option<String>,
}

impl<'a> Walk<'a> {
    fn new(
        connection: &'a Connection,
        eyes: &'a Eyes,
        sight: &'a Sight,
        filter: &'a Filter,
    ) -> Result<Self, StoreError> {
        let horizon = connection.prepare_cached(HORIZON)?.query_row([REACH], |r| r.get(0)).optional()?.unwrap_or(0);
        let search = filter.search.as_deref().map(folded).filter(|text| !text.is_empty());
        Ok(Self { connection, eyes, sight, filter, horizon, search })
    }

    /// Ids before one, from the newest down; `None` when there are no more.
    fn ids(&self, before: i64) -> Result<Option<Vec<i64>>, StoreError> {
        let mut ids = BTreeSet::new();
        let mut floor = i64::MIN;
        let [own, all] = walks(self.filter.which, self.filter.subject.is_some());
        for sql in [own, all.filter(|_| self.eyes.everyone)].into_iter().flatten() {
            let mut statement = self.connection.prepare_cached(&sql)?;
            // Not every walk knows every value.
            let (login, stride) = (&self.eyes.login, STRIDE as i64);
            let values: [&dyn rusqlite::ToSql; 5] = [login, &before, &stride, &self.horizon, &self.filter.subject];
            for (n, value) in values.iter().enumerate().take(statement.parameter_count()) {
                statement.raw_bind_parameter(n + 1, value)?;
            }
            let found: Vec<i64> = statement.raw_query().mapped(|r| r.get(0)).collect::<rusqlite::Result<_>>()?;
            // Where a walk was cut short, the other must not run ahead of it.
            if let (true, Some(last)) = (found.len() == STRIDE, found.last()) {
                floor = floor.max(*last);
            }
            ids.extend(found);
        }
        if ids.is_empty() {
            return Ok(None);
        }
        Ok(Some(ids.into_iter().rev().filter(|id| *id >= floor).collect()))
    }

    /// Calls for each notice that fits, until told to stop; returns where to go on.
    fn each(&self, mut take: impl FnMut(NoticeRow) -> bool) -> Result<Option<NoticeId>, StoreError> {
        let mut one = self.connection.prepare_cached(&format!("SELECT {COLUMNS} {FROM} {ONE}"))?;
        let (mut before, mut looked_at) = (self.filter.before.map_or(i64::MAX, |id| id.0), 0);
        while let Some(ids) = self.ids(before)? {
            for id in ids {
                before = id;
                looked_at += 1;
                let found = one
                    .query_row(params![self.eyes.login, id, self.eyes.everyone], |r| self.fitting(r))
                    .optional()?
                    .flatten();
                if found.is_some_and(|row| !take(row)) || looked_at >= LOOKED_AT {
                    return Ok(Some(NoticeId(before)));
                }
            }
        }
        Ok(None)
    }

    fn fitting(&self, r: &Row<'_>) -> rusqlite::Result<Option<NoticeRow>> {
        let Some(row) = row(r, self.sight)? else { return Ok(None) };
        let standing = row.cleared_at.is_none();
        let facts = Facts {
            class: row.class,
            level: row.level,
            subject: &row.subject,
            standing,
            read: row.read,
            done: row.done,
            snoozed_until: row.snoozed_until,
        };
        let said = |text: &String| Ok::<bool, rusqlite::Error>(r.get_ref(16)?.as_str()?.contains(text.as_str()));
        let fits = self.sight.wants(self.filter.which, &facts)
            && self.filter.class.is_none_or(|class| class == row.class)
            && self.search.as_ref().map_or(Ok(true), said)?;
        Ok(fits.then_some(row))
    }
}

/// A page of somebody's notices, newest first.
///
/// # Errors
/// When it cannot be read.
pub fn page(connection: &Connection, eyes: &Eyes, filter: &Filter, now: Instant) -> Result<Page, StoreError> {
    let sight = sight(connection, eyes, now)?;
    let (limit, mut rows) = (filter.limit.clamp(1, LONGEST_PAGE), Vec::new());
    let next = Walk::new(connection, eyes, &sight, filter)?.each(|row| {
        rows.push(row);
        rows.len() < limit
    })?;
    let mut groups: Vec<Group> = Vec::new();
    for row in &rows {
        if !groups.iter().any(|group| group.subject == row.subject) {
            groups.push(group(connection, eyes, &row.subject)?);
        }
    }
    Ok(Page { rows, groups, next })
}

pub(super) const OF_SUBJECT: &str = "SELECT count(*), coalesce(sum(unread), 0) FROM (
        SELECT t.read_at IS NULL AND t.done_at IS NULL AS unread
        FROM notice n LEFT JOIN notice_to t ON t.login = ?1 AND t.notice_id = n.id
        WHERE n.subject = ?2 AND ((n.everyone AND ?3) OR t.why IS NOT NULL) LIMIT ?4)";

fn group(connection: &Connection, eyes: &Eyes, subject: &str) -> Result<Group, StoreError> {
    let (count, unread) = connection
        .prepare_cached(OF_SUBJECT)?
        .query_row(params![eyes.login, subject, eyes.everyone, COUNTED_OF_SUBJECT], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(Group { subject: subject.to_owned(), count, unread })
}

/// Somebody's notices by id; those that are not theirs are left out.
///
/// # Errors
/// When they cannot be read.
pub fn by_ids(
    connection: &Connection,
    eyes: &Eyes,
    ids: &[NoticeId],
    now: Instant,
) -> Result<Vec<NoticeRow>, StoreError> {
    let sight = sight(connection, eyes, now)?;
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} {FROM} {ONE}"))?;
    let mut rows = Vec::new();
    for id in ids {
        let found = statement.query_row(params![eyes.login, id.0, eyes.everyone], |r| row(r, &sight)).optional()?;
        rows.extend(found.flatten());
    }
    Ok(rows)
}

/// One of somebody's notices.
///
/// # Errors
/// When it is not there, or not theirs.
pub fn get(connection: &Connection, eyes: &Eyes, id: NoticeId, now: Instant) -> Result<NoticeRow, StoreError> {
    by_ids(connection, eyes, &[id], now)?.pop().ok_or(StoreError::NotFound("notice"))
}

/// How many notices somebody has not read, counted up to `most`.
///
/// # Errors
/// When they cannot be counted.
pub fn count_unread(connection: &Connection, eyes: &Eyes, most: usize, now: Instant) -> Result<usize, StoreError> {
    let (sight, filter) = (sight(connection, eyes, now)?, Filter::default());
    let mut count = 0;
    Walk::new(connection, eyes, &sight, &filter)?.each(|_| {
        count += 1;
        count < most
    })?;
    Ok(count)
}

/// How many of somebody's notices stand where, each counted up to `most`.
///
/// # Errors
/// When they cannot be counted.
pub fn counts(connection: &Connection, eyes: &Eyes, most: usize, now: Instant) -> Result<Counts, StoreError> {
    let sight = sight(connection, eyes, now)?;
    let count = |which| {
        let filter = Filter { which, ..Filter::default() };
        let mut count = 0;
        Walk::new(connection, eyes, &sight, &filter)?.each(|_| {
            count += 1;
            count < most
        })?;
        Ok::<_, StoreError>(count)
    };
    Ok(Counts {
        unread: count(Which::Unread)?,
        read: count(Which::Read)?,
        snoozed: count(Which::Snoozed)?,
        muted: if sight.mutes.is_empty() { 0 } else { count(Which::Muted)? },
    })
}

pub(super) const BACK: &str =
    "SELECT notice_id FROM notice_to WHERE login = ?1 AND back_at > ?2 ORDER BY back_at LIMIT ?3";

/// What is new to somebody since they were told last: raised after a notice, or back in sight after an instant (milliseconds UTC). The
/// oldest first, `most` at most; muted ones among them.
///
/// # Errors
/// When it cannot be read.
pub fn fresh(
    connection: &Connection,
    eyes: &Eyes,
    after: NoticeId,
    since: i64,
    most: usize,
    now: Instant,
) -> Result<Vec<NoticeRow>, StoreError> {
    let sight = sight(connection, eyes, now)?;
    let mut rows = newest_while(connection, eyes, &sight, most, |row| row.id > after)?;
    let back: Vec<i64> = connection
        .prepare_cached(BACK)?
        .query_map(params![eyes.login, since, most as i64], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let back: Vec<NoticeId> = back.into_iter().map(NoticeId).filter(|id| *id <= after).collect();
    rows.extend(by_ids(connection, eyes, &back, now)?);
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Somebody's notices that were raised after an instant, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn recent(
    connection: &Connection,
    eyes: &Eyes,
    after: Instant,
    most: usize,
    now: Instant,
) -> Result<Vec<NoticeRow>, StoreError> {
    let sight = sight(connection, eyes, now)?;
    newest_while(connection, eyes, &sight, most, |row| row.raised_at > after.as_millisecond())
}

/// Somebody's notices from the newest down, as long as they are wanted, `most` at most.
fn newest_while(
    connection: &Connection,
    eyes: &Eyes,
    sight: &Sight,
    most: usize,
    wanted: impl Fn(&NoticeRow) -> bool,
) -> Result<Vec<NoticeRow>, StoreError> {
    let filter = Filter { which: Which::All, ..Filter::default() };
    let mut rows = Vec::new();
    Walk::new(connection, eyes, sight, &filter)?.each(|row| {
        let wanted = wanted(&row);
        if wanted {
            rows.push(row);
        }
        wanted && rows.len() < most
    })?;
    Ok(rows)
}

/// The newest notice there is.
///
/// # Errors
/// When it cannot be read.
pub fn newest(connection: &Connection) -> Result<NoticeId, StoreError> {
    let id: Option<i64> = connection.prepare_cached("SELECT max(id) FROM notice")?.query_row([], |r| r.get(0))?;
    Ok(NoticeId(id.unwrap_or_default()))
}

/// A notice as somebody sees it; nothing where it is for everybody else. One that names them is theirs, whomever it is about.
fn row(r: &Row<'_>, sight: &Sight) -> rusqlite::Result<Option<NoticeRow>> {
    let why: Option<String> = r.get(12)?;
    if why.is_none() && !sight.covers(r.get_ref(3)?.as_str()?) {
        return Ok(None);
    }
    let (class, level, values): (String, String, String) = (r.get(1)?, r.get(2)?, r.get(5)?);
    let class = class.parse().unwrap_or(NoticeClass::Other);
    let (subject, snoozed_until): (String, Option<i64>) = (r.get(3)?, r.get(15)?);
    Ok(Some(NoticeRow {
        id: NoticeId(r.get(0)?),
        class,
        level: level.parse().unwrap_or(Level::Info),
        muted: sight.is_muted(class, &subject),
        subject,
        code: r.get(4)?,
        values: serde_json::from_str(&values).unwrap_or_default(),
        decision: r.get::<_, Option<i64>>(6)?.map(JournalId),
        raised_at: r.get(7)?,
        updated_at: r.get(8)?,
        cleared_at: r.get(9)?,
        times: r.get(10)?,
        everyone: r.get(11)?,
        why,
        read: r.get(13)?,
        done: r.get(14)?,
        // A snooze that is over is none, also before it has been lifted.
        snoozed_until: snoozed_until.filter(|until| *until > millis(sight.now)),
        part_of: r.get::<_, Option<i64>>(17)?.map(TroubleId),
    }))
}

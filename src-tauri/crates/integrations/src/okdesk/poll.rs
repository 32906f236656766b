//! Looks for closings nobody told us: hooks come at most once, and none comes while we are off (contracts/okdesk 5).
//!
//! A look walks through the closed issues changed since the day before its mark, oldest first. A row that is changed meanwhile
//! moves to the end and pulls its followers a place forward, past the page already read; therefore a mark moves on only when
//! its days were walked twice. Deliberately not here: whether a closing is news (the rules of ratings).

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{ToSpan, tz::TimeZone};
use pult_domain::{Failure, Instant, IssueId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{CallError, Page, Poll, StoredRequest};

use super::{
    Okdesk,
    trouble::strange,
    wire::{self, Listed},
};

/// The route of records made from the list.
pub(super) const FOUND: &str = "poll";
/// Rows of a page, the most the service desk gives.
const PAGE: usize = 50;
/// Pages of one walk: a server that always answers a full page must not keep us for ever.
const MAX_PAGES: u32 = 200;
/// Looks remembered as told; forgetting them costs a few repeats.
const MAX_TOLD: usize = 20_000;

/// How far the list has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    /// The mark of this walk: changes before it have been seen twice.
    from: Instant,
    /// The mark of the next walk: the latest change the last one saw.
    next: Instant,
    /// The latest change seen.
    latest: Instant,
    /// The page to read now, from 1.
    page: u32,
    /// Records made so far: by this a commit is recognised.
    told: u64,
}

impl Cursor {
    /// Closings of before the first look were never asked about, and their authors are not surprised now.
    fn first(now: Instant) -> Self {
        Self { from: now, next: now, latest: now, page: 1, told: 0 }
    }

    /// The first day of the walk as the service desk writes it. The filter has days only, in a zone we do not know.
    fn since(&self) -> String {
        let day = self.from.to_zoned(TimeZone::UTC).date();
        day.checked_sub(1.day()).unwrap_or(day).strftime("%d-%m-%Y").to_string()
    }

    fn after(self, rows: usize) -> (Self, bool) {
        if rows >= PAGE && self.page < MAX_PAGES {
            return (Self { page: self.page + 1, ..self }, true);
        }
        (Self { from: self.next, next: self.latest, page: 1, ..self }, false)
    }
}

/// Issues as they looked when they became records: the same days are walked every time, and a repeat each time would fill the
/// inbox. Lost at a restart, which does no harm, because a repeated record is recognised by its fact's key.
#[derive(Default)]
pub(super) struct Told(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    committed: BTreeSet<String>,
    /// What was handed out last, and [`Cursor::told`] after it.
    handed: Option<(u64, BTreeSet<String>)>,
}

impl Told {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of how far the engine has come: what was handed out last is told only if that was committed.
    fn reached(&self, told: u64) {
        let mut memory = self.memory();
        if let Some((_, looks)) = memory.handed.take().filter(|(after, _)| *after == told) {
            if memory.committed.len() > MAX_TOLD {
                memory.committed.clear();
            }
            memory.committed.extend(looks);
        }
    }

    fn knows(&self, look: &str) -> bool {
        self.memory().committed.contains(look)
    }

    fn hand_out(&self, told: u64, looks: BTreeSet<String>) {
        self.memory().handed = (!looks.is_empty()).then_some((told, looks));
    }
}

#[async_trait]
impl Poll for Okdesk {
    fn every(&self) -> Duration {
        Duration::from_secs(60) * self.settings.poll_minutes.max(1)
    }

    async fn fetch(&self, cursor: Option<&str>, now: Instant) -> Result<Page, CallError> {
        // A cursor that cannot be read is one of another version: its days cannot be told.
        let cursor = cursor.and_then(|cursor| serde_json::from_str(cursor).ok());
        let mut cursor: Cursor = cursor.unwrap_or_else(|| Cursor::first(now));
        self.told.reached(cursor.told);
        let rows = self.list(&cursor).await?;
        let count = rows.len();
        let (mut records, mut ids, mut looks) = (vec![], BTreeSet::new(), BTreeSet::new());
        for row in rows {
            let issue = match wire::listed(&row) {
                Ok(issue) => issue,
                Err(error) => {
                    tracing::warn!(%error, "an issue of the list could not be read and is passed over");
                    continue;
                }
            };
            // Not ahead of our own clock, or the next walk would begin in days to come.
            cursor.latest = issue.updated_at.map_or(cursor.latest, |at| cursor.latest.max(at.min(now)));
            let look = issue.look();
            if !self.awaits(&issue) || self.told.knows(&look) || !ids.insert(issue.id.0) {
                continue;
            }
            if let Some(whole) = self.whole(row, issue.id).await? {
                records.push(record(issue.id.0, &whole));
                looks.insert(look);
            }
        }
        cursor.told = cursor.told.saturating_add(looks.len() as u64);
        self.told.hand_out(cursor.told, looks);
        let (next, more) = cursor.after(count);
        let next_cursor = serde_json::to_string(&next).map_err(|e| strange(&e.to_string()))?;
        Ok(Page { records, next_cursor: Some(next_cursor), more })
    }
}

impl Okdesk {
    fn awaits(&self, issue: &Listed) -> bool {
        self.is_closed(&issue.status) && !issue.is_rated
    }

    /// The issue with the times of its statuses, for which it is read where the list leaves them out: they tell when it was
    /// closed, and one closing from the next. `None` when it awaits no rating any more.
    async fn whole(&self, row: Value, id: IssueId) -> Result<Option<Value>, CallError> {
        if row.get("status_times").is_some() {
            return Ok(Some(row));
        }
        let whole = match self.client.get(&["issues", &id.to_string()], &[], &mut vec![]).await {
            Err(CallError::Refused { why: Failure::DoesNotExist, .. }) => return Ok(None),
            read => read?,
        };
        match wire::listed(&whole) {
            Ok(issue) if issue.id == id => Ok(self.awaits(&issue).then_some(whole)),
            _ => Err(strange("the answer is not the issue asked for")),
        }
    }

    async fn list(&self, cursor: &Cursor) -> Result<Vec<Value>, CallError> {
        let (since, number, size) = (cursor.since(), cursor.page.to_string(), PAGE.to_string());
        let mut query: Vec<(&str, &str)> =
            self.settings.closed_codes.iter().map(|code| ("status_codes[]", code.as_str())).collect();
        query.extend([
            ("updated_since", since.as_str()),
            ("page[number]", &number),
            ("page[size]", &size),
            ("sorting[field]", "updated_at"),
            ("sorting[direction]", "forward"),
        ]);
        match self.client.get(&["issues", "list"], &query, &mut vec![]).await? {
            Value::Array(rows) => Ok(rows),
            _ => Err(strange("the answer is not a list of issues")),
        }
    }
}

fn record(issue: i64, row: &Value) -> StoredRequest {
    StoredRequest {
        route: FOUND.to_owned(),
        method: "GET".to_owned(),
        path: "issues/list".to_owned(),
        query: vec![("issue".to_owned(), issue.to_string())],
        headers: vec![],
        body: row.to_string().into(),
    }
}

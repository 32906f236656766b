//! Looks for changes no hook told of: hooks may be lost, and none comes while we are off (contracts/yandex_tracker 6).
//!
//! A look walks through the issues changed since the day before its mark, because a query has days in a zone we do not know. A row that is
//! changed meanwhile moves to the end and pulls its followers a place forward, past the page already read; therefore a mark moves on only
//! when its time was walked through twice. Deliberately not here: which change is news (the rule's).

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use jiff::{SignedDuration, ToSpan, tz::TimeZone};
use pult_domain::{Instant, Observed};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{CallError, Page, ParseError, Poll, StoredRequest, reason};

use super::{
    Tracker,
    client::PAGE,
    intake,
    loose::{at, instant, is_key, text},
    trouble::strange,
    wire,
};

/// The route of records made from the search.
pub(super) const FOUND: &str = "poll";
/// Pages of one walk: the search gives no more rows without being scrolled.
const MAX_PAGES: u32 = 100;
/// How late the search may learn of a change.
const LAG: SignedDuration = SignedDuration::from_mins(2);
/// The most issues remembered as told; forgetting them costs a few repeats.
const MAX_TOLD: usize = 5_000;

/// How far changes have been looked through.
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
    /// Changes since the mark that became records, by their issues: they are seen again in every walk.
    told: BTreeMap<String, Instant>,
}

impl Cursor {
    fn first(now: Instant) -> Self {
        Self { from: now, next: now, latest: now, page: 1, told: BTreeMap::new() }
    }

    /// From when on changes count.
    fn since(&self) -> Instant {
        self.from.checked_sub(LAG).unwrap_or(self.from)
    }

    /// The first day of the walk.
    fn day(&self) -> String {
        let day = self.since().to_zoned(TimeZone::UTC).date();
        day.checked_sub(1.day()).unwrap_or(day).to_string()
    }

    fn after(mut self, more: bool) -> Self {
        if more {
            self.page += 1;
            return self;
        }
        (self.from, self.next, self.page) = (self.next, self.latest, 1);
        let since = self.since();
        self.told.retain(|_, changed| *changed >= since);
        self
    }
}

#[async_trait]
impl Poll for Tracker {
    fn every(&self) -> Duration {
        Duration::from_secs(60) * self.settings.poll_minutes.max(1)
    }

    async fn fetch(&self, cursor: Option<&str>, now: Instant) -> Result<Page, CallError> {
        // A cursor that cannot be read is one of another version: its time cannot be told.
        let cursor: Option<Cursor> = cursor.and_then(|cursor| serde_json::from_str(cursor).ok());
        let (records, cursor, more) = match cursor {
            Some(cursor) => self.walk_on(cursor, now).await?,
            None => (vec![], Cursor::first(now), false),
        };
        let next_cursor = serde_json::to_string(&cursor).map_err(|e| strange(&e.to_string()))?;
        Ok(Page { records, next_cursor: Some(next_cursor), more })
    }
}

impl Tracker {
    async fn walk_on(&self, mut cursor: Cursor, now: Instant) -> Result<(Vec<StoredRequest>, Cursor, bool), CallError> {
        let queue = self.settings.queue_key.trim();
        let query = format!("Queue: {queue} Updated: >= \"{}\" \"Sort By\": Updated ASC", cursor.day());
        let found = self.client.search(&json!({ "query": query }), cursor.page, &mut vec![]).await?;
        let mut records = vec![];
        for row in &found.rows {
            let Some((key, changed)) = wire::key(row).zip(instant(at(row, &["updatedAt"]))) else {
                tracing::warn!("an issue of the search could not be read and is passed over");
                continue;
            };
            // Not ahead of our own clock, or the next walk would begin in days to come.
            cursor.latest = cursor.latest.max(changed.min(now));
            if changed < cursor.since() || cursor.told.get(&key) == Some(&changed) || !self.is_ours(row) {
                continue;
            }
            let since = self.conversation(row).map(|_| cursor.since());
            records.push(record(&key, changed, since));
            if cursor.told.len() >= MAX_TOLD {
                cursor.told.clear();
            }
            cursor.told.insert(key, changed);
        }
        let told_more = found.pages.is_none_or(|pages| u64::from(cursor.page) < pages);
        let more = found.rows.len() >= PAGE && told_more && cursor.page < MAX_PAGES;
        Ok((records, cursor.after(more), more))
    }
}

/// `since`: where the issue names a conversation, from when on nobody may have told of what was said of it.
fn record(key: &str, changed: Instant, since: Option<Instant>) -> StoredRequest {
    StoredRequest {
        route: FOUND.to_owned(),
        method: "POST".to_owned(),
        path: "issues/_search".to_owned(),
        query: vec![],
        headers: vec![],
        body: json!({"key": key, "updatedAt": changed, "since": since}).to_string().into(),
    }
}

/// What a record made from the search tells.
pub(super) fn found(record: &StoredRequest, received_at: Instant) -> Result<Observed, ParseError> {
    let row: serde_json::Value =
        serde_json::from_slice(&record.body).map_err(|_| ParseError::at("body", reason!("not JSON")))?;
    let key = text(at(&row, &["key"]), 64).filter(|key| is_key(key));
    let key = key.ok_or_else(|| ParseError::at("key", reason!("an issue's key is required")))?;
    let changed =
        text(at(&row, &["updatedAt"]), 64).ok_or_else(|| ParseError::at("updatedAt", reason!("a time is required")))?;
    let since = text(at(&row, &["since"]), 64).and_then(|since| since.parse().ok());
    Ok(intake::found(format!("{key}@{changed}"), key, since, received_at))
}

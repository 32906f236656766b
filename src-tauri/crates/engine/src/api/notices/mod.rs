//! Commands of notices: the list, and what a person does with their own.
//!
//! Everybody acts on what is theirs; another's notice is not there. Deliberately not here: raising one (the rules'), what somebody wants
//! to hear of (`wishes`), and what is new (`news`).

pub mod news;
pub mod wishes;

use pult_domain::{Area, Instant, NoticeClass, NoticeId};
use pult_store::{
    Connection, StoreError,
    notices::{self, Counts, Eyes, Filter, Group, NoticeRow, Which},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{
    Engine,
    auth::{Actor, Role},
    error::ApiError,
};

/// Unread notices counted at most: the badge says `99+` long before.
const COUNTED: usize = 1_000;

/// Some notices, newest first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoticesRequest {
    /// Where they stand.
    #[serde(default)]
    pub which: Which,
    /// Of one class.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub class: Option<NoticeClass>,
    /// About one subject.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub subject: Option<String>,
    /// With this text.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub search: Option<String>,
    /// Where to go on: notices before this one.
    #[serde(default)]
    pub before: Option<NoticeId>,
    /// How many, up to 500.
    pub limit: usize,
}

/// Some notices, and how many are unread.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Notices {
    /// Newest first.
    pub rows: Vec<NoticeRow>,
    /// Their subjects, in the order in which they first appear, with how many notices there are about each.
    pub groups: Vec<Group>,
    /// Where to go on; absent when there are no more. Fewer rows than asked for do not mean that.
    pub next: Option<NoticeId>,
    /// How many the person has not read, counted up to 1,000.
    pub unread: usize,
}

/// Some notices by id.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoticeIds {
    /// Up to 500.
    pub ids: Vec<NoticeId>,
}

/// Marks notices read, or unread again.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MarkNotices {
    /// Which, up to 500; empty for all that are unread.
    pub ids: Vec<NoticeId>,
    /// Read, or not.
    pub read: bool,
}

/// Puts notices aside for good, or takes them back.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FinishNotices {
    /// Which, up to 500.
    pub ids: Vec<NoticeId>,
    /// Aside, or back.
    pub done: bool,
}

/// Takes notices out of sight for a while.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SnoozeNotices {
    /// Which, up to 500.
    pub ids: Vec<NoticeId>,
    /// Until, milliseconds UTC, a year ahead at most; absent brings them back now.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
}

/// What was changed.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Marked {
    /// The notices that were changed, for undoing it.
    pub ids: Vec<NoticeId>,
    /// How many are unread now, counted up to 1,000.
    pub unread: usize,
}

/// What emptying the list came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Emptied {
    /// How many were put aside, or taken back.
    pub removed: usize,
    /// How many are unread now, counted up to 1,000.
    pub unread: usize,
}

impl Actor {
    /// What they see of the notices: those for everybody are about what viewers see, and about operators of their teams.
    #[must_use]
    pub fn eyes(&self) -> Eyes {
        let (login, teams) = (self.login.clone(), self.rights.teams.clone());
        Eyes { login, everyone: self.rights.role >= Role::Viewer, teams }
    }
}

fn bounded(ids: &[NoticeId]) -> Result<(), ApiError> {
    match ids.len() > notices::LONGEST_PAGE {
        true => Err(ApiError::field("ids", format!("at most {}", notices::LONGEST_PAGE))),
        false => Ok(()),
    }
}

/// An instant a person chose.
pub(super) fn ahead(until: Option<i64>, now: Instant) -> Result<Option<Instant>, ApiError> {
    let Some(until) = until else { return Ok(None) };
    let year = jiff::SignedDuration::from_hours(366 * 24);
    let until = Instant::from_millisecond(until).ok().filter(|at| *at > now && at.duration_since(now) <= year);
    until.map(Some).ok_or_else(|| ApiError::field("until", "from now to a year ahead"))
}

pub(super) async fn list(engine: &Engine, actor: &Actor, request: NoticesRequest) -> Result<Notices, ApiError> {
    if request.limit == 0 || request.limit > notices::LONGEST_PAGE {
        return Err(ApiError::field("limit", format!("1 to {}", notices::LONGEST_PAGE)));
    }
    let (eyes, now) = (actor.eyes(), engine.clock().now());
    let NoticesRequest { which, class, subject, search, before, limit } = request;
    let filter = Filter { which, class, subject, search, before, limit };
    let read = move |c: &Connection| {
        let page = notices::page(c, &eyes, &filter, now)?;
        let unread = notices::count_unread(c, &eyes, COUNTED, now)?;
        Ok(Notices { rows: page.rows, groups: page.groups, next: page.next, unread })
    };
    Ok(engine.store().read(read).await?)
}

pub(super) async fn rows(engine: &Engine, actor: &Actor, request: NoticeIds) -> Result<Notices, ApiError> {
    bounded(&request.ids)?;
    let (eyes, now) = (actor.eyes(), engine.clock().now());
    let read = move |c: &Connection| {
        let rows = notices::by_ids(c, &eyes, &request.ids, now)?;
        let unread = notices::count_unread(c, &eyes, COUNTED, now)?;
        Ok(Notices { rows, groups: vec![], next: None, unread })
    };
    Ok(engine.store().read(read).await?)
}

pub(super) async fn unread(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Marked, ApiError> {
    let (eyes, now) = (actor.eyes(), engine.clock().now());
    let unread = engine.store().read(move |c| notices::count_unread(c, &eyes, COUNTED, now)).await?;
    Ok(Marked { ids: vec![], unread })
}

pub(super) async fn counts(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Counts, ApiError> {
    let (eyes, now) = (actor.eyes(), engine.clock().now());
    Ok(engine.store().read(move |c| notices::counts(c, &eyes, COUNTED, now)).await?)
}

/// Does something with somebody's notices and tells all their windows.
async fn act(
    engine: &Engine,
    actor: &Actor,
    ids: Vec<NoticeId>,
    act: impl FnOnce(&Connection, &Eyes, &mut Vec<NoticeId>, Instant) -> Result<(), StoreError> + Send + 'static,
) -> Result<Marked, ApiError> {
    bounded(&ids)?;
    let (eyes, now, mut ids) = (actor.eyes(), engine.clock().now(), ids);
    let write = move |c: &Connection| {
        act(c, &eyes, &mut ids, now)?;
        Ok(Marked { unread: notices::count_unread(c, &eyes, COUNTED, now)?, ids })
    };
    let marked = engine.store().write(write).await?;
    engine.bus().changed(Area::Notices, marked.ids.iter().map(|id| id.0).collect());
    Ok(marked)
}

pub(super) async fn mark(engine: &Engine, actor: &Actor, request: MarkNotices) -> Result<Marked, ApiError> {
    let MarkNotices { ids, read } = request;
    act(engine, actor, ids, move |c, eyes, ids, now| {
        if ids.is_empty() && read {
            let filter = Filter { limit: notices::LONGEST_PAGE, ..Filter::default() };
            ids.extend(notices::page(c, eyes, &filter, now)?.rows.into_iter().map(|row| row.id));
        }
        notices::mark(c, eyes, ids, read, now)
    })
    .await
}

pub(super) async fn finish(engine: &Engine, actor: &Actor, request: FinishNotices) -> Result<Marked, ApiError> {
    let FinishNotices { ids, done } = request;
    act(engine, actor, ids, move |c, eyes, ids, now| notices::done(c, eyes, ids, done, now)).await
}

pub(super) async fn snooze(engine: &Engine, actor: &Actor, request: SnoozeNotices) -> Result<Marked, ApiError> {
    let until = ahead(request.until, engine.clock().now())?;
    act(engine, actor, request.ids, move |c, eyes, ids, now| notices::snooze(c, eyes, ids, until, now)).await
}

pub(super) async fn empty(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Emptied, ApiError> {
    engine.empty_notices(actor, None, None).await
}

pub(super) async fn undo_empty(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Emptied, ApiError> {
    let (eyes, now) = (actor.eyes(), engine.clock().now());
    let write = move |c: &Connection| {
        let removed = notices::undo_empty(c, &eyes.login, now)?.len();
        Ok(Emptied { removed, unread: notices::count_unread(c, &eyes, COUNTED, now)? })
    };
    let emptied = engine.store().write(write).await?;
    engine.bus().changed(Area::Notices, vec![]);
    Ok(emptied)
}

impl Engine {
    /// Empties somebody's list, of notices of one class and with these codes where they are named; it can be taken back for ten seconds.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn empty_notices(
        &self,
        actor: &Actor,
        class: Option<NoticeClass>,
        codes: Option<&'static [&'static str]>,
    ) -> Result<Emptied, ApiError> {
        let (eyes, now) = (actor.eyes(), self.clock().now());
        let write = move |c: &Connection| {
            let removed = notices::empty(c, &eyes, class, codes, now)?.len();
            Ok(Emptied { removed, unread: notices::count_unread(c, &eyes, COUNTED, now)? })
        };
        let emptied = self.store().write(write).await?;
        self.bus().changed(Area::Notices, vec![]);
        Ok(emptied)
    }
}

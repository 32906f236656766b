//! Commands of notices: the list, and what a person has read.
//!
//! Deliberately not here: raising one (the rules'), and showing it outside the console (the window's toasts and tray).

use pult_domain::NoticeId;
use pult_store::notices::{self, NoticeRow, Which};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{Engine, auth::Actor, error::ApiError};

/// Unread notices counted at most: the badge says `99+` long before.
const COUNTED: usize = 1_000;

/// Some notices, newest first.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoticesRequest {
    /// Which.
    #[serde(default)]
    pub which: Which,
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

/// What was changed.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Marked {
    /// The notices that were changed, for undoing it.
    pub ids: Vec<NoticeId>,
    /// How many are unread now, counted up to 1,000.
    pub unread: usize,
}

pub(super) async fn list(engine: &Engine, actor: &Actor, request: NoticesRequest) -> Result<Notices, ApiError> {
    if request.limit == 0 || request.limit > notices::LONGEST_PAGE {
        return Err(ApiError::field("limit", format!("1 to {}", notices::LONGEST_PAGE)));
    }
    let login = actor.login.clone();
    Ok(engine
        .store()
        .read(move |c| {
            Ok(Notices {
                rows: notices::page(c, &login, request.which, request.before, request.limit)?,
                unread: notices::count_unread(c, &login, COUNTED)?,
            })
        })
        .await?)
}

pub(super) async fn rows(engine: &Engine, actor: &Actor, request: NoticeIds) -> Result<Notices, ApiError> {
    if request.ids.len() > notices::LONGEST_PAGE {
        return Err(ApiError::field("ids", format!("at most {}", notices::LONGEST_PAGE)));
    }
    let login = actor.login.clone();
    Ok(engine
        .store()
        .read(move |c| {
            Ok(Notices {
                rows: notices::by_ids(c, &login, &request.ids)?,
                unread: notices::count_unread(c, &login, COUNTED)?,
            })
        })
        .await?)
}

pub(super) async fn unread(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Marked, ApiError> {
    let login = actor.login.clone();
    let unread = engine.store().read(move |c| notices::count_unread(c, &login, COUNTED)).await?;
    Ok(Marked { ids: vec![], unread })
}

pub(super) async fn mark(engine: &Engine, actor: &Actor, request: MarkNotices) -> Result<Marked, ApiError> {
    if request.ids.len() > notices::LONGEST_PAGE {
        return Err(ApiError::field("ids", format!("at most {}", notices::LONGEST_PAGE)));
    }
    let (login, now) = (actor.login.clone(), engine.clock().now());
    let marked = engine
        .store()
        .write(move |c| {
            let mut ids = request.ids;
            if ids.is_empty() && request.read {
                let unread = notices::page(c, &login, Which::Unread, None, notices::LONGEST_PAGE)?;
                ids = unread.into_iter().map(|row| row.id).collect();
            }
            notices::mark(c, &login, &ids, request.read, now)?;
            Ok(Marked { unread: notices::count_unread(c, &login, COUNTED)?, ids })
        })
        .await?;
    engine.bus().changed(pult_domain::Area::Notices, marked.ids.iter().map(|id| id.0).collect());
    Ok(marked)
}

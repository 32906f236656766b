//! Commands of what somebody wants to hear of: preferences, silence for a while, mutes, and why a notice came.
//!
//! Deliberately not here: weighing it (`announce`), and the list.

use pult_domain::{Area, NoticeId};
use pult_store::{
    Connection,
    notices::{self, Mute, MuteId, MuteKind, NoticeRow, NoticeRule, Preferences},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{super::Nothing, ahead};
use crate::{
    Engine,
    announce::{self, Announcement},
    auth::Actor,
    error::ApiError,
};

/// Asks for silence, or ends it.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct HoldBack {
    /// Until, milliseconds UTC, a year ahead at most; absent ends it.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
}

/// Mutes a subject or a class.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MuteRequest {
    /// A subject, or a class.
    pub kind: MuteKind,
    /// Which.
    pub target: String,
    /// Until, milliseconds UTC, a year ahead at most; absent is for good.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
}

/// Lifts a mute.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Unmute {
    /// Which.
    pub id: MuteId,
}

/// What somebody does not want to hear of.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Mutes {
    /// The newest first.
    pub mutes: Vec<Mute>,
}

/// One notice.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoticeRequest {
    /// Which.
    pub id: NoticeId,
}

/// Why somebody got a notice, and whether they would be told of it now.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NoticeWhy {
    /// The notice: `why` says how the person is concerned, `decision` is the one that raised it.
    pub notice: NoticeRow,
    /// What they want of its class.
    pub rule: NoticeRule,
    /// Whether that is the usual, or they settled it.
    pub usual: bool,
    /// Whether they would be told if it came now.
    pub announcement: Announcement,
    /// Their mutes of its subject and class.
    pub mutes: Vec<Mute>,
}

pub(crate) async fn preferences(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Preferences, ApiError> {
    let (login, role) = (actor.login.clone(), actor.rights.role);
    let kept = engine.store().read(move |c| notices::preferences(c, &login)).await?;
    Ok(Preferences { scope: role.scope_within(kept.scope), ..kept })
}

pub(crate) async fn set_preferences(
    engine: &Engine,
    actor: &Actor,
    request: Preferences,
) -> Result<Preferences, ApiError> {
    if let Some((field, reason)) = request.fault() {
        return Err(ApiError::field(field, reason));
    }
    if actor.rights.role.scope_within(request.scope) != request.scope {
        return Err(ApiError::field("scope", "all tickets are for supervisors"));
    }
    let (login, kept) = (actor.login.clone(), request.clone());
    let write = move |c: &Connection| {
        notices::set_preferences(c, &login, &kept)?;
        Ok(notices::readers(c)?.iter().map(|reader| reader.check_seconds).min())
    };
    let shortest = engine.store().write(write).await?;
    engine.registry().ticket_pace().within(shortest.unwrap_or(notices::USUAL_CHECK));
    told(engine);
    Ok(request)
}

pub(crate) async fn hold_back(engine: &Engine, actor: &Actor, request: HoldBack) -> Result<Preferences, ApiError> {
    let (login, until) = (actor.login.clone(), ahead(request.until, engine.clock().now())?);
    let until = until.map(pult_domain::Instant::as_millisecond);
    let preferences = engine.store().write(move |c| notices::hold_back(c, &login, until)).await?;
    told(engine);
    Ok(preferences)
}

pub(crate) async fn mutes(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Mutes, ApiError> {
    let (login, now) = (actor.login.clone(), engine.clock().now());
    Ok(Mutes { mutes: engine.store().read(move |c| notices::mutes(c, &login, now)).await? })
}

pub(crate) async fn mute(engine: &Engine, actor: &Actor, request: MuteRequest) -> Result<Mutes, ApiError> {
    let (login, now) = (actor.login.clone(), engine.clock().now());
    let until = ahead(request.until, now)?;
    let write = move |c: &Connection| {
        notices::mute(c, &login, request.kind, &request.target, until, now)?;
        notices::mutes(c, &login, now)
    };
    let mutes = engine.store().write(write).await?;
    told(engine);
    Ok(Mutes { mutes })
}

pub(crate) async fn unmute(engine: &Engine, actor: &Actor, request: Unmute) -> Result<Mutes, ApiError> {
    let (login, now) = (actor.login.clone(), engine.clock().now());
    let write = move |c: &Connection| {
        notices::unmute(c, &login, request.id)?;
        notices::mutes(c, &login, now)
    };
    let mutes = engine.store().write(write).await?;
    told(engine);
    Ok(Mutes { mutes })
}

pub(crate) async fn why(engine: &Engine, actor: &Actor, request: NoticeRequest) -> Result<NoticeWhy, ApiError> {
    let (eyes, now) = (actor.eyes(), engine.clock().now());
    let read = move |c: &Connection| {
        let (notice, sight) = (notices::get(c, &eyes, request.id, now)?, notices::sight(c, &eyes, now)?);
        // Read or not is beside the point: the question is what the settings say of it.
        let as_new = NoticeRow { read: false, done: false, ..notice.clone() };
        let announcement = announce::announce(&as_new, &sight);
        let rule = sight.preferences.rule(notice.class);
        let about = |mute: &Mute| match mute.kind {
            MuteKind::Subject => mute.target == notice.subject,
            MuteKind::Class => mute.target == notice.class.as_ref(),
        };
        let mutes = sight.mutes.iter().filter(|mute| about(mute)).cloned().collect();
        Ok(NoticeWhy { usual: rule == NoticeRule::usual(notice.class), notice, rule, announcement, mutes })
    };
    Ok(engine.store().read(read).await?)
}

/// All windows of the person read again; so do the others, who find nothing changed.
fn told(engine: &Engine) {
    engine.bus().changed(Area::Notices, vec![]);
}

//! The command that says what is new to somebody and how they are to be told: singly, or a storm in one sentence.
//!
//! Deliberately not here: weighing it (`announce`), and showing it (the console's and the window's).

use pult_domain::NoticeId;
use pult_store::{
    Connection,
    notices::{self, NoticeRow},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Engine,
    announce::{self, Announcement},
    auth::Actor,
    error::ApiError,
};

/// New notices of one answer at most; more are a storm long before.
const MOST: usize = 50;
/// As far as the notices of a storm are counted.
const COUNTED: usize = 1000;

/// What is new since the last answer.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NewsRequest {
    /// `newest` of the last answer; absent asks where to begin, and is told of nothing.
    #[serde(default)]
    pub after: Option<NoticeId>,
    /// `now` of the last answer, milliseconds UTC: what was snoozed and came back since is new as well.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub since: Option<i64>,
}

/// A new notice, and how its reader is told.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NewNotice {
    /// The notice.
    pub notice: NoticeRow,
    /// How they are told.
    pub announcement: Announcement,
}

/// What is new.
#[derive(Debug, Clone, Serialize, TS)]
pub struct News {
    /// The oldest first, 50 at most.
    pub fresh: Vec<NewNotice>,
    /// So many of the last seconds are told in one sentence, and none of them by itself.
    pub storm: Option<usize>,
    /// Whether a toast of the system may say what a notice is about.
    pub private: bool,
    /// For the next request.
    pub newest: NoticeId,
    /// For the next request, milliseconds UTC.
    #[ts(type = "number")]
    pub now: i64,
}

pub(crate) async fn news(engine: &Engine, actor: &Actor, request: NewsRequest) -> Result<News, ApiError> {
    let (eyes, now) = (actor.eyes(), engine.clock().now());
    let read = move |c: &Connection| {
        let (sight, newest) = (notices::sight(c, &eyes, now)?, notices::newest(c)?);
        let since = request.since.unwrap_or(i64::MAX);
        let rows = match request.after {
            Some(after) => notices::fresh(c, &eyes, after, since, COUNTED, now)?,
            None => vec![],
        };
        let mut storm = match rows.is_empty() {
            true => None,
            false => announce::storm(&notices::recent(c, &eyes, now - announce::STORM, COUNTED, now)?, &sight),
        };
        let mut fresh: Vec<NewNotice> = rows
            .into_iter()
            .map(|notice| NewNotice { announcement: announce::announce(&notice, &sight), notice })
            .collect();
        // Whoever was out of reach for a while hears of all that came meanwhile at once, however slowly it came.
        let told = fresh.iter().filter(|new| new.announcement.toast).count();
        storm = storm.max((told > announce::SINGLY).then_some(told));
        fresh.drain(..fresh.len().saturating_sub(MOST));
        Ok(News { fresh, storm, private: sight.preferences.private, newest, now: now.as_millisecond() })
    };
    Ok(engine.store().read(read).await?)
}

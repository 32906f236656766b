//! Notices: what rules raised, whether it still holds, whom it is for, and what each of them did with it.
//!
//! Deliberately not here: the sentence (the console's texts), and whether somebody is told of one now (the engine's).

mod acts;
mod choose;
mod mutes;
#[cfg(test)]
mod planner_tests;
mod preferences;
mod raise;
mod read;
#[cfg(test)]
mod tests;

use pult_domain::{JournalId, Level, NoticeClass, NoticeId, TroubleId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use acts::{EMPTIED_AT_MOST, done, due, empty, mark, next_due, snooze, undo_empty};
pub use choose::{Eyes, Sight};
pub use mutes::{Mute, MuteId, MuteKind, mute, mutes, unmute};
pub use preferences::{
    Corner, NoticeRule, Preferences, QuietHours, ReaderRow, SHORTEST_CHECK, USUAL_CHECK, hold_back, preferences,
    readers, set_preferences, want_duplicates,
};
pub use raise::{News, Raised, Said, apply, forget, is_trouble, said};
pub use read::{
    Counts, Filter, Group, LONGEST_PAGE, Page, by_ids, count_unread, counts, fresh, get, newest, page, recent, sight,
};

/// A notice as somebody sees it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct NoticeRow {
    /// Its id.
    pub id: NoticeId,
    /// What it is about.
    pub class: NoticeClass,
    /// How much it presses.
    pub level: Level,
    /// Where its screen is, for instance `operator:17`.
    pub subject: String,
    /// The sentence, as a code of the console's texts.
    pub code: String,
    /// Values for the sentence.
    #[ts(type = "Record<string, string | number | boolean | null>")]
    pub values: serde_json::Value,
    /// The decision that raised it.
    pub decision: Option<JournalId>,
    /// When it was raised, milliseconds UTC.
    #[ts(type = "number")]
    pub raised_at: i64,
    /// When it was last seen to hold, milliseconds UTC.
    #[ts(type = "number")]
    pub updated_at: i64,
    /// When it ceased to hold, milliseconds UTC; absent while it does.
    #[ts(type = "number | null")]
    pub cleared_at: Option<i64>,
    /// How often it was seen while it stood.
    pub times: u32,
    /// Whether it is for everybody who may see its screen, and not for people by name.
    pub everyone: bool,
    /// Why it is for this person: a code of the console's texts; absent for a notice for everybody.
    pub why: Option<String>,
    /// Whether the person has read it.
    pub read: bool,
    /// Whether they put it aside for good.
    pub done: bool,
    /// Out of their sight until, milliseconds UTC.
    #[ts(type = "number | null")]
    pub snoozed_until: Option<i64>,
    /// Whether they do not want to hear of its subject or class now.
    pub muted: bool,
    /// The incident people were told of already when it came; absent for one that is told by itself.
    pub part_of: Option<TroubleId>,
}

/// Which notices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those the person has not read.
    #[default]
    Unread,
    /// Those they have read and not put aside.
    Read,
    /// Both of these: what a panel shows that keeps what was read.
    Open,
    /// Those they put aside for good.
    Done,
    /// Those that are out of sight until later.
    Snoozed,
    /// Those of subjects and classes they do not want to hear of now, unless put aside.
    Muted,
    /// Those that still hold.
    Standing,
    /// All.
    All,
}

//! How somebody wants to hear of notices, and of which tickets.
//!
//! Deliberately not here: what follows for one notice (the engine's `announce`).

use pult_domain::{
    Level, NoticeClass,
    areas::{messages::Address, tickets::Scope},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{StoreError, coded, column::word, people::Role};

/// The shortest period between two looks for tickets, seconds.
pub const SHORTEST_CHECK: u32 = 10;
/// The longest.
const LONGEST_CHECK: u32 = 600;
/// The usual one.
pub const USUAL_CHECK: u32 = 30;
/// Stretches of quiet hours, and rules, at most.
const MOST: usize = 32;

/// Where the panel of notices opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Corner {
    /// At the bell.
    #[default]
    TopRight,
    /// At the left.
    TopLeft,
    /// Below, at the right.
    BottomRight,
    /// Below, at the left.
    BottomLeft,
}

/// What somebody wants of a class of notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoticeRule {
    /// The class.
    pub class: NoticeClass,
    /// What presses less stays out of the list of unread ones.
    pub least: Level,
    /// Whether a new one is shown at once.
    pub toast: bool,
    /// Whether it sounds.
    pub sound: bool,
    /// Whether it goes to the person's messenger as well.
    pub messenger: bool,
    /// Whether it is told in quiet hours too.
    pub urgent: bool,
}

impl NoticeRule {
    /// What holds for somebody who has settled nothing: everything is shown; what somebody may have to act upon sounds.
    #[must_use]
    pub fn usual(class: NoticeClass) -> Self {
        let sound = matches!(
            class,
            NoticeClass::FloorThreshold
                | NoticeClass::FloorSource
                | NoticeClass::NetworkIncident
                | NoticeClass::Source
                | NoticeClass::Delivery
                | NoticeClass::Rating
                | NoticeClass::Ticket
        );
        Self { class, least: Level::Info, toast: true, sound, messenger: false, urgent: false }
    }
}

/// Hours in which nothing is told, but for what breaks through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Days of the week on which it begins: 1 is Monday, 7 Sunday.
    pub days: Vec<u8>,
    /// From this time of the day, `HH:MM`.
    pub from: String,
    /// Until this one, of the next day when it is not later.
    pub until: String,
}

/// How somebody wants to hear of notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// Whose tickets they are told of.
    #[serde(default)]
    pub scope: Scope,
    /// How often the tracker is asked for them, 10 to 600 seconds.
    #[serde(default = "usual_check")]
    pub check_seconds: u32,
    /// Whether the bell opens a panel; without one it leads to the list.
    #[serde(default = "yes")]
    pub panel: bool,
    /// Where the panel opens.
    #[serde(default)]
    pub position: Corner,
    /// Whether what was read stays in the panel.
    #[serde(default)]
    pub keep_read: bool,
    /// Whether a toast of the system says only that there is something: it may be seen on a locked screen.
    #[serde(default)]
    pub private: bool,
    /// Nothing is told until, milliseconds UTC; may have passed.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub quiet_until: Option<i64>,
    /// The address of the messenger that duplicates go to; without one, the person's e-mail address is taken for it.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub messenger: Option<Address>,
    /// When nothing is told, but for what breaks through.
    #[serde(default)]
    pub quiet_hours: Vec<QuietHours>,
    /// The zone of these hours.
    #[serde(default = "moscow")]
    pub zone: String,
    /// Classes of which they want something else than the usual.
    #[serde(default)]
    pub rules: Vec<NoticeRule>,
}

fn usual_check() -> u32 {
    USUAL_CHECK
}

fn yes() -> bool {
    true
}

fn moscow() -> String {
    "Europe/Moscow".to_owned()
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            scope: Scope::default(),
            check_seconds: USUAL_CHECK,
            panel: true,
            position: Corner::default(),
            keep_read: false,
            private: false,
            quiet_until: None,
            messenger: None,
            quiet_hours: vec![],
            zone: moscow(),
            rules: vec![],
        }
    }
}

impl Preferences {
    /// What they want of a class.
    #[must_use]
    pub fn rule(&self, class: NoticeClass) -> NoticeRule {
        self.rules.iter().find(|rule| rule.class == class).copied().unwrap_or_else(|| NoticeRule::usual(class))
    }

    /// The field at fault and why, where something is.
    #[must_use]
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let time = |text: &str| jiff::civil::Time::strptime("%H:%M", text).is_ok();
        let stretch = |hours: &QuietHours| {
            !hours.days.is_empty()
                && hours.days.len() <= 7
                && hours.days.iter().all(|day| (1..=7).contains(day))
                && time(&hours.from)
                && time(&hours.until)
        };
        if !(SHORTEST_CHECK..=LONGEST_CHECK).contains(&self.check_seconds) {
            Some(("check_seconds", "10 to 600"))
        } else if self.quiet_hours.len() > MOST || !self.quiet_hours.iter().all(stretch) {
            Some(("quiet_hours", "days 1 to 7, times HH:MM, at most 32 stretches"))
        } else if jiff::tz::TimeZone::get(&self.zone).is_err() {
            Some(("zone", "no such zone"))
        } else if self.rules.len() > MOST {
            Some(("rules", "at most 32"))
        } else {
            None
        }
    }
}

const OF: &str = "SELECT scope, check_seconds, rest FROM notice_preference WHERE login = ?1";

/// What somebody settled, or the usual.
///
/// # Errors
/// When it cannot be read.
pub fn preferences(connection: &Connection, login: &str) -> Result<Preferences, StoreError> {
    let found = connection
        .prepare_cached(OF)?
        .query_row([login], |r| Ok((word(r, 0)?, r.get(1)?, r.get::<_, String>(2)?)))
        .optional()?;
    let Some((scope, check_seconds, rest)) = found else { return Ok(Preferences::default()) };
    // What another version wrote in other words counts as unsettled; the rest of a person's inbox must open all the same.
    let rest: Preferences = serde_json::from_str(&rest).unwrap_or_default();
    Ok(Preferences { scope: scope.unwrap_or_default(), check_seconds, ..rest })
}

/// Keeps what somebody settled.
///
/// # Errors
/// When it cannot be written.
pub fn set_preferences(connection: &Connection, login: &str, preferences: &Preferences) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO notice_preference (login, scope, check_seconds, rest, messenger) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET scope = excluded.scope, check_seconds = excluded.check_seconds, rest = excluded.rest,
                 messenger = excluded.messenger",
        )?
        .execute(params![
            login,
            preferences.scope.as_ref(),
            preferences.check_seconds,
            serde_json::to_string(preferences)?,
            preferences.rules.iter().any(|rule| rule.messenger),
        ])?;
    Ok(())
}

/// Sends a class to somebody's messenger as well, unless they have settled something about it.
///
/// # Errors
/// When it cannot be written.
pub fn want_duplicates(connection: &Connection, login: &str, class: NoticeClass) -> Result<(), StoreError> {
    let mut settled = preferences(connection, login)?;
    if settled.rules.iter().any(|rule| rule.class == class) {
        return Ok(());
    }
    settled.rules.push(NoticeRule { messenger: true, ..NoticeRule::usual(class) });
    set_preferences(connection, login, &settled)
}

/// Tells somebody nothing until an instant (milliseconds UTC), or tells again.
///
/// # Errors
/// When it cannot be written.
pub fn hold_back(connection: &Connection, login: &str, until: Option<i64>) -> Result<Preferences, StoreError> {
    let preferences = Preferences { quiet_until: until, ..preferences(connection, login)? };
    set_preferences(connection, login, &preferences)?;
    Ok(preferences)
}

/// Somebody who may be told of tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderRow {
    /// What they sign in with.
    pub login: String,
    /// Their address, in small letters.
    pub email: Option<String>,
    /// Whose tickets they are told of: as they settled it, within what their role lets them see.
    pub scope: Scope,
    /// How often they want the tracker asked, seconds.
    pub check_seconds: u32,
}

/// Everybody who can sign in, and whoever sits at the engine's own window, by login.
///
/// # Errors
/// When they cannot be read.
pub fn readers(connection: &Connection) -> Result<Vec<ReaderRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT p.login, p.email_key, f.scope, f.check_seconds, p.role
         FROM person p LEFT JOIN notice_preference f ON f.login = p.login WHERE p.blocked_by IS NULL
         UNION ALL
         SELECT login, NULL, scope, check_seconds, ?1 FROM notice_preference
         WHERE login = 'window' AND NOT EXISTS (SELECT 1 FROM person WHERE login = 'window')
         ORDER BY 1",
    )?;
    let rows = statement.query_map([Role::Admin as i64], |r| {
        let role: Role = coded(r, 4, &Role::ALL)?;
        Ok(ReaderRow {
            login: r.get(0)?,
            email: r.get(1)?,
            scope: role.scope_within(word(r, 2)?.unwrap_or_default()),
            check_seconds: r.get::<_, Option<u32>>(3)?.unwrap_or(USUAL_CHECK),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

//! Notices as toasts: which are new to the person at this window.
//!
//! Deliberately not here: raising a notice (the rules'), what is said of one (the engine's `sentences`), and who has read it (the
//! console's bell).

use serde::Deserialize;
use serde_json::{Map, Value};

/// How much a notice presses; a word of a newer server presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    Info,
    Warning,
    Critical,
    #[serde(other)]
    Other,
}

/// A notice that holds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct News {
    pub(crate) id: i64,
    pub(crate) level: Level,
    pub(crate) code: String,
    /// What it is about.
    #[serde(default)]
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) values: Map<String, Value>,
}

/// What `notices.news` answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Fresh {
    pub(crate) fresh: Vec<New>,
    /// So many are told in one sentence, and none of them by itself.
    pub(crate) storm: Option<usize>,
    /// A toast says only that there is something.
    pub(crate) private: bool,
    pub(crate) newest: i64,
    pub(crate) now: i64,
}

/// A notice that is new to the person, and whether it is shown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct New {
    pub(crate) notice: News,
    pub(crate) announcement: Announcement,
}

/// How the engine wants the person told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Announcement {
    pub(crate) toast: bool,
}

impl Fresh {
    /// Those that are shown, oldest first.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &News> {
        self.fresh.iter().filter(|new| new.announcement.toast).map(|new| &new.notice)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn news(id: i64, level: Level) -> News {
        let values = json!({ "operator": "Белова О.", "minutes": 30 });
        let (code, values) = ("floor.too_long".to_owned(), values.as_object().cloned().unwrap_or_default());
        News { id, level, code, subject: "operator:17".to_owned(), values }
    }

    #[test]
    fn only_what_the_engine_wants_shown_is_shown() {
        let new = |id, toast| New { notice: news(id, Level::Info), announcement: Announcement { toast } };
        let fresh = Fresh { fresh: vec![new(1, false), new(2, true)], storm: None, private: false, newest: 2, now: 0 };
        assert_eq!(fresh.shown().map(|news| news.id).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn what_the_engine_answers_is_read() {
        let fresh: Fresh = serde_json::from_str(
            r#"{"fresh":[{"notice":{"id":7,"level":"newer","code":"a.b","subject":"ticket:4312","values":{},"class":"ticket"},
                "announcement":{"toast":true,"sound":false,"messenger":false,"why":"new"}}],
                "storm":null,"private":true,"newest":7,"now":9}"#,
        )
        .unwrap();
        let notice = &fresh.fresh[0].notice;
        assert_eq!((fresh.shown().count(), fresh.private, notice.level), (1, true, Level::Other));
        assert_eq!(notice.subject, "ticket:4312");
    }
}

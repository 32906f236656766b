//! Whose side is broken, from what is seen from two places and of the neighbours (product 4.4, 4.6).
//!
//! Deliberately not here: gathering the evidence (the store's and the engine's), and the sentence (the console's).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How many of the others answer, as far as that was seen lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Around {
    /// Those that answer.
    pub up: u32,
    /// Those that do not.
    pub down: u32,
}

impl Around {
    /// Adds one that answers or does not.
    pub fn add(&mut self, up: bool) {
        match up {
            true => self.up += 1,
            false => self.down += 1,
        }
    }

    /// Nothing answers, and something was asked.
    fn all_down(self) -> bool {
        self.up == 0 && self.down > 0
    }
}

/// What is known about one target at one moment; what was not seen lately is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Whether it answers the server.
    pub server: Option<bool>,
    /// Whether it answers this workstation.
    pub workstation: Option<bool>,
    /// Other targets, seen from the server.
    pub server_others: Around,
    /// Other targets, seen from this workstation.
    pub workstation_others: Around,
    /// This target, seen from other workstations.
    pub colleagues: Around,
}

/// Whose side is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Side {
    /// Nobody's.
    Well,
    /// The target itself.
    Target,
    /// The server Pult runs on, or its connection.
    Server,
    /// This workstation, or its connection.
    Workstation,
    /// The network between one of them and the target.
    Between,
    /// It cannot be told.
    Unknown,
}

/// A verdict with the ground it stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "SideVerdict")]
pub struct Verdict {
    /// Whose side.
    pub side: Side,
    /// Why, as a code of the console's texts.
    pub why: &'static str,
}

/// Every ground there is, so that the console's texts can be held against the list.
pub const GROUNDS: &[&str] = &[
    "both_reach",
    "server_reaches_alone",
    "workstation_reaches_alone",
    "not_watched",
    "server_reaches_nothing",
    "server_path",
    "workstation_reaches_nothing",
    "workstation_path",
    "colleagues_too",
    "nobody_reaches",
    "nobody_reaches_anything",
    "server_only",
    "workstation_only",
];

/// Judges.
#[must_use]
pub fn judge(seen: &Evidence) -> Verdict {
    let (side, why) = match (seen.server, seen.workstation) {
        (Some(true), Some(true)) => (Side::Well, "both_reach"),
        (Some(true), None) => (Side::Well, "server_reaches_alone"),
        (None, Some(true)) => (Side::Unknown, "workstation_reaches_alone"),
        (None, None) => (Side::Unknown, "not_watched"),
        // It works, for somebody reaches it: the trouble is on our own way to it.
        (Some(false), Some(true)) if seen.server_others.all_down() => (Side::Server, "server_reaches_nothing"),
        (Some(false), Some(true)) => (Side::Between, "server_path"),
        (Some(true), Some(false)) if seen.workstation_others.all_down() => {
            (Side::Workstation, "workstation_reaches_nothing")
        }
        (Some(true), Some(false)) if seen.colleagues.down > 0 => (Side::Between, "colleagues_too"),
        (Some(true), Some(false)) if seen.workstation_others.up > 0 => (Side::Between, "workstation_path"),
        (Some(true), Some(false)) => (Side::Workstation, "workstation_only"),
        (Some(false), Some(false)) if seen.server_others.all_down() && seen.workstation_others.up == 0 => {
            (Side::Between, "nobody_reaches_anything")
        }
        (Some(false), Some(false)) => (Side::Target, "nobody_reaches"),
        (Some(false), None) if seen.colleagues.up > 0 => match seen.server_others.all_down() {
            true => (Side::Server, "server_reaches_nothing"),
            false => (Side::Between, "server_path"),
        },
        (Some(false), None) if seen.colleagues.down > 0 => (Side::Target, "nobody_reaches"),
        (Some(false), None) if seen.server_others.all_down() => (Side::Server, "server_reaches_nothing"),
        // One place alone cannot tell the target from the way to it.
        (Some(false), None) => (Side::Unknown, "server_only"),
        (None, Some(false)) if seen.workstation_others.all_down() => (Side::Workstation, "workstation_reaches_nothing"),
        (None, Some(false)) => (Side::Unknown, "not_watched"),
    };
    Verdict { side, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(up: u32, down: u32) -> Around {
        Around { up, down }
    }

    #[test]
    fn the_side_follows_from_what_is_seen() {
        let (yes, no) = (Some(true), Some(false));
        let none = around(0, 0);
        // Server, workstation, the server's others, the workstation's others, colleagues.
        let table = [
            (yes, yes, none, none, none, Side::Well, "both_reach"),
            (yes, None, none, none, none, Side::Well, "server_reaches_alone"),
            (None, yes, none, none, none, Side::Unknown, "workstation_reaches_alone"),
            (None, None, around(5, 0), around(5, 0), none, Side::Unknown, "not_watched"),
            (no, yes, around(0, 3), none, none, Side::Server, "server_reaches_nothing"),
            (no, yes, around(1, 3), none, none, Side::Between, "server_path"),
            (no, yes, none, none, none, Side::Between, "server_path"),
            (yes, no, none, around(0, 2), none, Side::Workstation, "workstation_reaches_nothing"),
            (yes, no, none, around(2, 1), around(0, 1), Side::Between, "colleagues_too"),
            (yes, no, none, around(2, 1), none, Side::Between, "workstation_path"),
            (yes, no, none, none, around(3, 0), Side::Workstation, "workstation_only"),
            (no, no, around(4, 0), around(4, 0), none, Side::Target, "nobody_reaches"),
            (no, no, none, none, none, Side::Target, "nobody_reaches"),
            (no, no, around(0, 4), around(0, 4), none, Side::Between, "nobody_reaches_anything"),
            (no, no, around(0, 4), around(1, 0), none, Side::Target, "nobody_reaches"),
            (no, None, around(4, 0), none, around(2, 0), Side::Between, "server_path"),
            (no, None, around(0, 4), none, around(2, 0), Side::Server, "server_reaches_nothing"),
            (no, None, around(4, 0), none, around(0, 2), Side::Target, "nobody_reaches"),
            (no, None, around(0, 4), none, none, Side::Server, "server_reaches_nothing"),
            (no, None, around(4, 0), none, none, Side::Unknown, "server_only"),
            (None, no, none, around(0, 1), none, Side::Workstation, "workstation_reaches_nothing"),
            (None, no, none, none, none, Side::Unknown, "not_watched"),
        ];
        for (server, workstation, server_others, workstation_others, colleagues, side, why) in table {
            let seen = Evidence { server, workstation, server_others, workstation_others, colleagues };
            assert_eq!(judge(&seen), Verdict { side, why }, "{seen:?}");
            assert!(GROUNDS.contains(&why), "{why}");
        }
    }

    #[test]
    fn nobody_is_blamed_where_nothing_was_watched() {
        let judged = judge(&Evidence { server: None, workstation: None, ..Evidence::default() });
        assert_eq!(judged.side, Side::Unknown);
    }
}

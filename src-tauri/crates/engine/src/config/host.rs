//! What Pult keeps on its machine and for how long, what it logs, and how patient its lanes are.
//!
//! Deliberately not here: where these folders are by default (`place`).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::section::section;

section! {
    /// The database, its blobs and their backups.
    pub struct Storage {
        /// Folder of the database. Unset: the user's data folder on a desktop, /var/lib/pult on a server.
        data_dir: Option<PathBuf> = None => any(Kind::Path).restart().sample(r#""/var/lib/pult""#),
    }
    sections {
        /// Online backups.
        backup: Backup,
    }
}

section! {
    /// Online backups, verified after writing.
    pub struct Backup {
        /// Folder of the backups. Unset: `backups` in the data folder; another disk is better.
        dir: Option<PathBuf> = None => any(Kind::Path).sample(r#""/var/backups/pult""#),
        /// Time between two backups.
        every_hours: u32 = 24 => whole(1, 8_760, "hours"),
        /// Backups kept; the oldest goes first.
        keep: u32 = 7 => whole(1, 365, "backups"),
    }
    sections {}
}

section! {
    /// How long things are kept.
    pub struct Retention {
        /// Raw records of hooks, polls and streams, with their bodies.
        records_days: u32 = 30 => whole(1, 3_650, "days"),
        /// The journal of facts and decisions.
        journal_days: u32 = 180 => whole(1, 3_650, "days"),
        /// States of operators as they were, and notices of the past.
        floor_days: u32 = 90 => whole(1, 3_650, "days"),
        /// Calls of all centres.
        calls_days: u32 = 1_825 => whole(1, 36_500, "days"),
        /// Ratings that were given, or not wanted any more.
        ratings_days: u32 = 180 => whole(1, 3_650, "days"),
        /// ERP documents that are settled. One sent again after that makes its tasks anew.
        erp_days: u32 = 180 => whole(1, 3_650, "days"),
        /// Who was given which ticket by the carousel.
        carousel_days: u32 = 365 => whole(1, 3_650, "days"),
        /// What was copied between conversations and issues, and asked there.
        chat_days: u32 = 90 => whole(30, 3_650, "days"),
        /// Tickets that are over, or no longer visible, after their last change, and what people asked for.
        tickets_days: u32 = 730 => whole(30, 3_650, "days"),
        /// What people wrote to each other, and what was written to them of notices.
        messages_days: u32 = 365 => whole(1, 3_650, "days"),
        /// Who did what in the console.
        audit_days: u32 = 365 => whole(30, 36_500, "days"),
    }
    sections {}
}

section! {
    /// The program's own log.
    pub struct Log {
        /// Least severe level written.
        level: Level = Level::Info => choice(<Level as strum::VariantNames>::VARIANTS),
        /// One JSON object a line instead of text for people.
        json: bool = false => any(Kind::Flag).restart(),
        /// Folder for log files. Unset: standard error only.
        dir: Option<PathBuf> = None => any(Kind::Path).restart().sample(r#""/var/log/pult""#),
        /// When a new log file is begun.
        rotation: Rotation = Rotation::Daily => choice(<Rotation as strum::VariantNames>::VARIANTS).restart(),
        /// Log files kept; the oldest goes first.
        keep: u32 = 14 => whole(1, 1_000, "files").restart(),
    }
    sections {}
}

/// Severity of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Level {
    /// Something failed and stays failed.
    Error,
    /// Something failed and will be tried again, or looks wrong.
    Warn,
    /// What a person wants to know the next morning.
    Info,
    /// What a developer wants to know.
    Debug,
    /// Everything.
    Trace,
}

/// When a new log file is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Rotation {
    /// At each full hour, UTC.
    Hourly,
    /// At midnight, UTC.
    Daily,
    /// Never; another program rotates.
    Never,
}

section! {
    /// Patience of the outgoing lanes, for every vendor alike.
    pub struct Lanes {
        /// Failures in a row (transport errors, 5xx, HTML) that open a vendor's breaker.
        breaker_failures: u32 = 5 => whole(1, 100, "failures"),
        /// Pause after the breaker opened, before one call is tried; doubles while the vendor stays down.
        breaker_pause_s: u32 = 15 => whole(1, 3_600, "s"),
        /// Longest such pause.
        breaker_pause_max_s: u32 = 300 => whole(1, 3_600, "s"),
        /// First wait between two tries of one effect; doubles, with jitter.
        backoff_base_ms: u32 = 500 => whole(10, 60_000, "ms"),
        /// Longest wait between two tries.
        backoff_max_s: u32 = 60 => whole(1, 3_600, "s"),
        /// How long a system must be out of reach before people are told; shorter is often over by itself.
        tell_after_s: u32 = 60 => whole(0, 86_400, "s"),
        /// Age at which an undelivered effect is given up, unless its own deadline comes first.
        give_up_hours: u32 = 24 => whole(1, 168, "hours"),
    }
    sections {}
}

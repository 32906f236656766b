//! A document as the accounting system sent it, already checked and in our words (behaviour/erp_tasks 3).
//!
//! Deliberately not here: aliases, limits and encodings of the request (its integration's `wire`), and the content of files, which
//! stays in the inbox.

use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use super::Schedule;
use crate::Instant;

/// A document of which tasks are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The sender's stable id of it.
    pub guid: String,
    /// Its number, as people know it.
    pub number: String,
    /// Its date as it was written; may be absent.
    pub date: Option<String>,
    /// What it is about; the title of its tasks, unless a line has its own.
    pub title: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// Whose it is: an e-mail address or a full name.
    pub author: Option<String>,
    /// Until when; a line's own goes before it.
    pub deadline: Option<Moment>,
    /// One task each; 1 to 50.
    pub lines: Vec<Line>,
    /// Files for every task; 0 to 20.
    pub files: Vec<FileRef>,
}

/// A line of a document: one task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The sender's stable id of it, or `<document>:<name>`; unique within the document.
    pub key: String,
    /// The name of the sub-department whose work it is.
    pub name: String,
    /// A title of its own.
    pub title: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// How long the work takes.
    pub planned_minutes: Option<u32>,
    /// Until when.
    pub deadline: Option<Moment>,
    /// What is to be made.
    pub items: Vec<Item>,
}

/// A row of the table within a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What.
    pub name: String,
    /// How much, as it was written; may be empty.
    pub quantity: String,
    /// In which unit; may be empty.
    pub unit: String,
}

/// A file of a document. Its content is found in the document's record, at its place among the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Its name, without a path, at most 200 characters.
    pub name: String,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// A moment as it was written: with a zone, without one, or only a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", content = "of", rename_all = "snake_case")]
pub enum Moment {
    /// With its zone.
    Exact(Instant),
    /// By the clock of the house.
    Local(DateTime),
    /// A day: its working hours' end.
    Day(Date),
}

impl Moment {
    /// The instant meant, by the house's zone and hours. A time that a change of the clocks leaves out is the one after it.
    #[must_use]
    pub fn instant(self, zone: &TimeZone, schedule: &Schedule) -> Option<Instant> {
        match self {
            Self::Exact(at) => Some(at),
            Self::Local(at) => Some(at.to_zoned(zone.clone()).ok()?.timestamp()),
            Self::Day(day) => Some(schedule.end_of(day).to_zoned(zone.clone()).ok()?.timestamp()),
        }
    }
}

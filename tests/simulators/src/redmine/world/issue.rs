//! Issues, their journals, files and relations, as they are kept: times with their fractions, everything with its id. How they
//! are shown is in `show`.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// An issue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Issue {
    /// Its number.
    pub id: u64,
    /// Its project.
    pub project: u64,
    /// Its tracker.
    pub tracker: u64,
    /// Its status.
    pub status: u64,
    /// Its priority.
    pub priority: u64,
    /// Who made it.
    pub author: u64,
    /// Who works on it.
    pub assigned_to: Option<u64>,
    /// Its category.
    pub category: Option<u64>,
    /// What it is a part of.
    pub parent: Option<u64>,
    /// What it is about.
    pub subject: String,
    /// In full.
    pub description: Option<String>,
    /// When it begins.
    pub start_date: Option<Date>,
    /// When it is to be done.
    pub due_date: Option<Date>,
    /// Percent.
    pub done_ratio: u64,
    /// Seen by its author, its assignee and managers only.
    pub is_private: bool,
    /// Hours.
    pub estimated_hours: Option<f64>,
    /// Values of custom fields.
    pub custom: BTreeMap<u64, String>,
    /// When it was made.
    pub created_on: Timestamp,
    /// When something last happened to it.
    pub updated_on: Timestamp,
    /// When it was last closed.
    pub closed_on: Option<Timestamp>,
    /// Grows with every change; never shown.
    pub lock_version: u64,
    /// Who watches it.
    pub watchers: BTreeSet<u64>,
    /// Address of who asked, in Easy Redmine.
    pub easy_email_to: Option<String>,
    /// Addresses of who else is told, in Easy Redmine.
    pub easy_email_cc: Option<String>,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// `attr`, `cf`, `attachment` or `relation`.
    pub property: &'static str,
    /// Name of the field, or an id.
    pub name: String,
    /// What it was.
    pub old_value: Option<String>,
    /// What it is.
    pub new_value: Option<String>,
}

impl Detail {
    /// A field.
    pub(in crate::redmine) fn attr(name: &str, old_value: Option<String>, new_value: Option<String>) -> Self {
        Self { property: "attr", name: name.to_owned(), old_value, new_value }
    }
}

/// An entry of an issue's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Journal {
    /// Its number, over all issues.
    pub id: u64,
    /// Its issue.
    pub issue: u64,
    /// Whose it is.
    pub user: u64,
    /// What was written.
    pub notes: Option<String>,
    /// Whether only some see it.
    pub private_notes: bool,
    /// What was changed.
    pub details: Vec<Detail>,
    /// When.
    pub created_on: Timestamp,
    /// When the text was last changed.
    pub updated_on: Timestamp,
    /// By whom.
    pub updated_by: Option<u64>,
}

impl Journal {
    /// Whether somebody wrote something.
    pub fn has_notes(&self) -> bool {
        self.notes.as_deref().is_some_and(|text| !text.trim().is_empty())
    }
}

/// A file; of nobody's until it is attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub filename: String,
    /// What it is.
    pub content_type: String,
    /// What was said about it.
    pub description: String,
    /// Who brought it.
    pub author: u64,
    /// When.
    pub created_on: Timestamp,
    /// The issue it is attached to.
    pub issue: Option<u64>,
    /// Its bytes.
    #[serde(skip)]
    pub content: Vec<u8>,
}

impl File {
    /// SHA-256 of its bytes.
    pub fn digest(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.content))
    }

    /// What attaches it, once.
    pub fn token(&self) -> String {
        format!("{}.{}", self.id, self.digest())
    }
}

/// Two issues that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relation {
    /// Its id.
    pub id: u64,
    /// From which issue.
    pub from: u64,
    /// To which.
    pub to: u64,
    /// `relates`, `blocks`, …
    pub kind: String,
}

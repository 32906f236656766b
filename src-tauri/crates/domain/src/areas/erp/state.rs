//! What the rules of documents may look at: a small snapshot, loaded for one fact.
//!
//! Deliberately not here: pages and counts for people (queries of the store).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Directory, Document, Metric, Root,
    directory::{Lives, normal, subtree},
};
use crate::{DocumentId, Instant, RecordId};

/// What has become of a document (behaviour/erp_tasks 7).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "DocumentState")]
pub enum State {
    /// It is being worked on.
    Received,
    /// Some of its tasks could not be created.
    Partial,
    /// Every task is there and up to date.
    Done,
    /// Every task is there; what came after could not be done, and is tried again.
    UpdateFailed,
    /// None of its tasks could be created.
    Error,
}

/// What is under way for a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "DocumentStage")]
pub enum Stage {
    /// It waits for the directory.
    Directory,
    /// How busy people are is being found out.
    Survey,
    /// Its tasks are being created.
    Creation,
    /// Its files are being uploaded.
    Files,
    /// Its tasks are being brought up to date.
    Update,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "DocumentTaskState")]
pub enum TaskState {
    /// Somebody was chosen; it is being created.
    Creating,
    /// It was created; files may still be missing.
    Created,
    /// It was there when the document came again; it is to be brought up to date.
    Stale,
    /// Nothing is to be done about it.
    Done,
    /// The portal does not take it.
    Refused,
    /// It is there; the change was not taken.
    UpdateFailed,
    /// Somebody has completed it.
    Completed,
}

/// Why a document could not be worked on to its end. The sender is told in Russian, the console in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "trouble", rename_all = "snake_case")]
#[ts(rename = "DocumentTrouble")]
pub enum Trouble {
    /// No portal is connected.
    NotConnected,
    /// The department at the top is not there.
    NoRoot {
        /// Its name or id, as the settings have it.
        name: String,
    },
    /// Several departments have the name of the one at the top.
    SeveralRoots {
        /// The name.
        name: String,
        /// The portal's ids.
        #[ts(type = "Array<number>")]
        ids: Vec<i64>,
    },
    /// No sub-department has the name.
    NoDepartment {
        /// The name, as sent.
        name: String,
    },
    /// Several sub-departments have the name.
    SeveralDepartments {
        /// The name, as sent.
        name: String,
        /// The portal's ids.
        #[ts(type = "Array<number>")]
        ids: Vec<i64>,
    },
    /// Nobody works in the sub-department.
    NoStaff {
        /// Its name, as sent.
        name: String,
    },
    /// The project tasks are to be linked to is not there.
    NoProject {
        /// Its name.
        name: String,
    },
    /// Nobody's load in the sub-department could be read.
    LoadsUnknown {
        /// Its name, as sent.
        name: String,
        /// The portal's reason.
        reason: String,
    },
    /// The portal did not create a task.
    LineRefused {
        /// Which line of the document, from 1.
        line: u32,
        /// Its sub-department, as sent.
        name: String,
        /// The portal's reason.
        detail: String,
    },
    /// The portal did not tell what was needed.
    PortalFailed {
        /// Its reason.
        detail: String,
    },
    /// A file could not be uploaded, or a task not be brought up to date.
    UpdateRefused {
        /// The portal's reason.
        detail: String,
    },
}

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which.
    pub id: DocumentId,
    /// What has become of it.
    pub state: State,
    /// What is under way; nothing, once it is settled.
    pub stage: Option<Stage>,
    /// What it says.
    pub document: Document,
    /// The record it came in, where the content of its files is.
    pub record: RecordId,
    /// What it said when it came again while it was being worked on, and in which record.
    pub queued: Option<(Document, RecordId)>,
    /// Its tasks.
    pub tasks: Vec<KeptTask>,
    /// Its files on the portal's disk.
    pub files: Vec<KeptFile>,
    /// How often what failed was tried again by itself.
    pub tries: u32,
    /// Why it was not worked on to its end.
    pub trouble: Option<Trouble>,
}

/// A task as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptTask {
    /// Its key.
    pub key: String,
    /// Where it stands.
    pub state: TaskState,
    /// Whose it is.
    pub responsible: i64,
    /// The portal's id of it, once it is there.
    pub task: Option<i64>,
    /// What is to be created, until it is.
    pub order: Option<super::NewTask>,
    /// Files that were added to it, by the portal's ids.
    pub files: Vec<i64>,
    /// Why it was refused.
    pub detail: Option<String>,
}

/// A file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Which, by its content.
    pub sha256: String,
    /// The portal's id of it; absent where it could not be uploaded.
    pub file: Option<i64>,
}

/// A task of ours that a survey may not show yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserved {
    /// Whose it is.
    pub responsible: i64,
    /// The portal's id of it, once it is there.
    pub task: Option<i64>,
    /// Seconds of work, where they are planned.
    pub estimate_s: Option<u32>,
}

/// The snapshot for one fact; the parts a fact has no use for are empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// The id the next new document will get.
    pub next: DocumentId,
    /// The record of the fact, for a document that comes in.
    pub record: RecordId,
    /// The document the fact names.
    pub document: Option<Kept>,
    /// For a fact about the directory: the documents that wait for it, oldest first.
    pub waiting: Vec<Kept>,
    /// What is known of the house.
    pub directory: Directory,
    /// For a survey: tasks of ours being created, or created since it began.
    pub reserved: Vec<Reserved>,
    /// For a survey: when each person was last given a task.
    pub last_given: BTreeMap<i64, Instant>,
}

impl Known {
    /// What is kept of it beside a decision. The house has hundreds of people; only those a choice was made among matter afterwards.
    pub(super) fn for_journal(&self) -> Self {
        let mut directory =
            Directory { reading: self.directory.reading, failed: self.directory.failed, ..Directory::default() };
        let choosing = self.document.as_ref().is_some_and(|kept| kept.stage == Some(Stage::Survey));
        if choosing {
            directory = self.directory.clone();
            let named: Vec<String> =
                self.document.iter().flat_map(|kept| &kept.document.lines).map(|l| normal(&l.name)).collect();
            if let (Some(departments), Some(people)) = (&self.directory.departments, &mut directory.people) {
                let wanted = departments.value.iter().filter(|d| named.contains(&normal(&d.name)));
                let inside: BTreeSet<i64> = wanted.flat_map(|d| subtree(&departments.value, d.id)).collect();
                people.value.retain(|person| person.departments.iter().any(|d| inside.contains(d)));
            }
        }
        Self { directory, waiting: vec![], ..self.clone() }
    }
}

/// What the administrator settled for documents.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The department at the top.
    pub root: Root,
    /// The name of the project tasks are linked to.
    pub project: String,
    /// Whether there is no task without it.
    pub project_required: bool,
    /// The portal's folder for files; its common disk where none is named.
    pub folder: Option<i64>,
    /// What an open task without an estimate counts.
    pub default_estimate: SignedDuration,
    /// By what people are compared.
    pub metric: Metric,
    /// How long parts of the directory are believed.
    pub lives: Lives,
    /// The zone times are written in.
    pub zone: TimeZone,
    /// Whether a completed task is given anew when its document comes again.
    pub reopen_completed: bool,
    /// Whether the portal can be asked.
    pub portal: bool,
}

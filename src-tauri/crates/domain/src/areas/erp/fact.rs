//! What can happen to a document, and what the portal is asked and told on its way.
//!
//! Deliberately not here: the portal's names of it (its integration's) and consequences (the rule's).

use serde::{Deserialize, Serialize};

use super::{Department, Document, Item, Person, Project, Schedule};
use crate::{DocumentId, Effect, Failure, Instant};

/// Something about a document, or about the house its tasks are given out in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// The accounting system sent a document, for the first time or again.
    Requested {
        /// What it says.
        document: Box<Document>,
    },
    /// Parts of the directory were read.
    DirectoryRead {
        /// What was read.
        reading: Box<Reading>,
    },
    /// The directory could not be read.
    DirectoryFailed {
        /// Why.
        failure: Failure,
        /// The portal's reason, without secrets.
        detail: String,
    },
    /// How busy people are, for one document.
    Surveyed {
        /// For which document.
        document: DocumentId,
        /// What was seen.
        survey: Box<Survey>,
    },
    /// How busy people are could not be found out.
    SurveyFailed {
        /// For which document.
        document: DocumentId,
        /// Why.
        failure: Failure,
        /// The portal's reason, without secrets.
        detail: String,
    },
    /// What became of tasks that were to be created.
    Created {
        /// For which document.
        document: DocumentId,
        /// By the key of each task.
        tasks: Vec<(String, Creation)>,
    },
    /// No task was created.
    CreationFailed {
        /// For which document.
        document: DocumentId,
        /// Why.
        failure: Failure,
        /// The portal's reason, without secrets.
        detail: String,
    },
    /// A file is on the portal's disk.
    Uploaded {
        /// Of which document.
        document: DocumentId,
        /// Which, by its content.
        sha256: String,
        /// The portal's id of it.
        file: i64,
    },
    /// A file is not on the portal's disk.
    UploadFailed {
        /// Of which document.
        document: DocumentId,
        /// Which, by its content.
        sha256: String,
        /// Why.
        failure: Failure,
        /// The portal's reason, without secrets.
        detail: String,
    },
    /// What became of tasks that were to be brought up to date.
    Updated {
        /// Of which document.
        document: DocumentId,
        /// By the key of each task.
        tasks: Vec<(String, Update)>,
    },
    /// No task was brought up to date.
    UpdateFailed {
        /// Of which document.
        document: DocumentId,
        /// Why.
        failure: Failure,
        /// The portal's reason, without secrets.
        detail: String,
    },
    /// It is time to try again what failed after the tasks were there.
    Due {
        /// With which document.
        document: DocumentId,
    },
    /// A supervisor has a document worked on again.
    AskedAgain {
        /// Which.
        document: DocumentId,
        /// Who.
        by: String,
    },
    /// A supervisor has the directory forgotten, so that it is read anew.
    DirectoryForgotten {
        /// Who.
        by: String,
    },
}

impl Fact {
    /// A stable word for logs, counters and the journal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "document_requested",
            Self::DirectoryRead { .. } => "directory_read",
            Self::DirectoryFailed { .. } => "directory_failed",
            Self::Surveyed { .. } => "surveyed",
            Self::SurveyFailed { .. } => "survey_failed",
            Self::Created { .. } => "tasks_created",
            Self::CreationFailed { .. } => "creation_failed",
            Self::Uploaded { .. } => "file_uploaded",
            Self::UploadFailed { .. } => "upload_failed",
            Self::Updated { .. } => "tasks_updated",
            Self::UpdateFailed { .. } => "tasks_update_failed",
            Self::Due { .. } => "document_due",
            Self::AskedAgain { .. } => "document_asked_again",
            Self::DirectoryForgotten { .. } => "directory_forgotten",
        }
    }

    /// What is heard of an effect of documents that came to nothing.
    pub(crate) fn of_failed_effect(effect: &Effect, failure: Failure, detail: &str) -> Self {
        let detail = detail.to_owned();
        match effect {
            Effect::SurveyStaff { document, .. } => Self::SurveyFailed { document: *document, failure, detail },
            Effect::CreateTasks { document, .. } => Self::CreationFailed { document: *document, failure, detail },
            Effect::UpdateTasks { document, .. } => Self::UpdateFailed { document: *document, failure, detail },
            Effect::UploadFile { document, file, .. } => {
                Self::UploadFailed { document: *document, sha256: file.sha256.clone(), failure, detail }
            }
            _ => Self::DirectoryFailed { failure, detail },
        }
    }

    /// The document it is about.
    #[must_use]
    pub fn document(&self) -> Option<DocumentId> {
        match self {
            Self::Surveyed { document, .. }
            | Self::SurveyFailed { document, .. }
            | Self::Created { document, .. }
            | Self::CreationFailed { document, .. }
            | Self::Uploaded { document, .. }
            | Self::UploadFailed { document, .. }
            | Self::Updated { document, .. }
            | Self::UpdateFailed { document, .. }
            | Self::Due { document }
            | Self::AskedAgain { document, .. } => Some(*document),
            Self::Requested { .. }
            | Self::DirectoryRead { .. }
            | Self::DirectoryFailed { .. }
            | Self::DirectoryForgotten { .. } => None,
        }
    }
}

/// Parts of the directory as they were read; what was not asked for is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// All departments.
    pub departments: Option<Vec<Department>>,
    /// Active employees of the root department and all below it; none where the root is not one department.
    pub people: Option<Vec<Person>>,
    /// Active, open projects of exactly the wanted name, or of one that differs in case, spaces or `ё` only.
    pub projects: Option<Vec<Project>>,
    /// Working hours.
    pub schedule: Option<Schedule>,
}

/// By what people are compared.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::AsRefStr,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Metric {
    /// Working time that is left in open tasks.
    #[default]
    RemainingTime,
    /// How many tasks are open.
    OpenCount,
}

/// How busy people are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// When the first question was put: what came later may not be in it.
    pub began: Instant,
    /// The document's author, where exactly one person was found.
    pub author: Option<i64>,
    /// Those asked about.
    pub people: Vec<Surveyed>,
}

/// One person in a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surveyed {
    /// The portal's id.
    pub id: i64,
    /// Whether the person is an active employee still.
    pub active: bool,
    /// Whether the person is away at this moment.
    pub absent: bool,
    /// What there is to do.
    pub load: Load,
}

/// What a person has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "load", rename_all = "snake_case")]
pub enum Load {
    /// It was read.
    Known {
        /// Seconds left in open tasks with an estimate; what was overdrawn counts as nothing left. Absent where tasks were only counted.
        remaining_s: Option<i64>,
        /// Open tasks without an estimate.
        unestimated: u32,
        /// Open tasks.
        open: u32,
        /// The ids of the open tasks, where they were listed: ours among them are not counted twice.
        tasks: Vec<i64>,
    },
    /// It could not be read, which is not the same as nothing to do.
    Unknown {
        /// The portal's reason, without secrets.
        reason: String,
    },
}

/// A task to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTask {
    /// Its key: written to the task, so that it can be recognised there.
    pub key: String,
    /// What it says.
    pub fields: TaskFields,
    /// Whose it is to be.
    pub responsible: i64,
    /// In whose name.
    pub author: Option<i64>,
    /// From when to when the work is planned.
    pub planned: Option<(Instant, Instant)>,
    /// Seconds of work.
    pub estimate_s: Option<u32>,
}

/// What a task says; also what changes when the document is sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFields {
    /// Its title, at most 250 characters.
    pub title: String,
    /// Its text.
    pub text: TaskText,
    /// Until when.
    pub deadline: Option<Instant>,
    /// The project it is linked to.
    pub project: Option<i64>,
}

/// The text of a task in its parts; the portal's integration words them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskText {
    /// The document's words, then the line's.
    pub words: Vec<String>,
    /// What is to be made.
    pub items: Vec<Item>,
    /// The document's number.
    pub number: String,
    /// The document's date as it was written.
    pub date: Option<String>,
}

/// What became of a task that was to be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "became", rename_all = "snake_case")]
pub enum Creation {
    /// It is there.
    Created {
        /// The portal's id of it.
        task: i64,
    },
    /// It was looked for after an outcome in doubt, and is not there: it may be created.
    Missing,
    /// The portal does not take it.
    Refused {
        /// Its reason, without secrets.
        detail: String,
    },
}

/// A task to bring up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskUpdate {
    /// Its key.
    pub key: String,
    /// The portal's id of it.
    pub task: i64,
    /// What it shall say; absent where only files are added.
    pub fields: Option<TaskFields>,
    /// Files to add, by the portal's ids.
    pub files: Vec<i64>,
}

/// What became of a task that was to be brought up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "became", rename_all = "snake_case")]
pub enum Update {
    /// It is as asked.
    Done,
    /// Somebody has completed it, so it was left alone.
    Completed,
    /// It is not there any more.
    Gone,
    /// The portal does not take the change.
    Failed {
        /// Its reason, without secrets.
        detail: String,
    },
}

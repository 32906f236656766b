//! What a decision does to documents and what is kept of the house.
//!
//! Deliberately not here: rows and columns (the store's).

use serde::{Deserialize, Serialize};

use super::{Considered, Document, NewTask, Part, Stage, State, TaskState, Trouble};
use crate::{DocumentId, Instant, RecordId};

/// Somebody was chosen for a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The sub-department, as sent.
    pub name: String,
    /// The portal's id of it.
    pub department: i64,
    /// The task to create.
    pub order: NewTask,
    /// Among whom, and why this one.
    pub considered: Vec<Considered>,
}

/// One change, applied in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A document is known from now on.
    Begin {
        /// Its id.
        id: DocumentId,
        /// What it says.
        document: Box<Document>,
        /// The record it came in.
        record: RecordId,
        /// When.
        at: Instant,
    },
    /// Work on a known document begins anew: what could not be done is forgotten, what is there is to be brought up to date.
    Again {
        /// Which.
        id: DocumentId,
        /// What it says now.
        document: Box<Document>,
        /// The record it came in.
        record: RecordId,
        /// How often it was tried again by itself.
        tries: u32,
        /// When.
        at: Instant,
    },
    /// It came with other words while it was being worked on.
    Queue {
        /// Which.
        id: DocumentId,
        /// What it says now.
        document: Box<Document>,
        /// The record it came in.
        record: RecordId,
    },
    /// Something else is under way.
    Stage {
        /// For which document.
        id: DocumentId,
        /// What.
        stage: Stage,
        /// Since when.
        at: Instant,
    },
    /// Something could not be done; the work goes on.
    Trouble {
        /// For which document.
        id: DocumentId,
        /// What.
        trouble: Trouble,
    },
    /// It is settled.
    Settle {
        /// Which.
        id: DocumentId,
        /// What has become of it.
        state: State,
        /// Why it was not worked on to its end.
        trouble: Option<Trouble>,
        /// Since when.
        at: Instant,
    },
    /// Somebody was chosen for a line.
    Choose {
        /// For which document.
        id: DocumentId,
        /// Who and for what.
        chosen: Box<Chosen>,
        /// When.
        at: Instant,
    },
    /// A task stands elsewhere.
    Task {
        /// Of which document.
        id: DocumentId,
        /// Which.
        key: String,
        /// Where.
        state: TaskState,
        /// The portal's id of it, where it has just become known.
        task: Option<i64>,
        /// Why it was refused.
        detail: Option<String>,
        /// Since when.
        at: Instant,
    },
    /// A task has these files from now on.
    Attached {
        /// Of which document.
        id: DocumentId,
        /// Which.
        key: String,
        /// By the portal's ids.
        files: Vec<i64>,
    },
    /// A task is not ours any more: it is gone, or is given anew.
    Lose {
        /// Of which document.
        id: DocumentId,
        /// Which.
        key: String,
    },
    /// A file is on the portal's disk, or could not be put there.
    File {
        /// Of which document.
        id: DocumentId,
        /// Which, by its content.
        sha256: String,
        /// The portal's id of it.
        file: Option<i64>,
    },
    /// A part of the directory was read.
    Remember {
        /// Which.
        part: Part,
        /// What it holds, as JSON.
        payload: serde_json::Value,
        /// When.
        at: Instant,
    },
    /// A reading of the directory began, or ended.
    Reading {
        /// Since when one is under way.
        since: Option<Instant>,
        /// When one failed last.
        failed: Option<Instant>,
    },
    /// Nothing is known of the house any more.
    ForgetDirectory,
}

//! Issues and what belongs to them. People are named by their logins.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// An issue.
#[derive(Clone, Debug, Serialize)]
pub struct Issue {
    /// 24 hex digits.
    pub id: String,
    /// `DESK-41`.
    pub key: String,
    /// Key of its queue.
    pub queue: String,
    /// Its number in the queue.
    pub number: u64,
    /// From 1; one more with each change.
    pub version: u64,
    /// What it is about.
    pub summary: String,
    /// More of it.
    pub description: Option<String>,
    /// Key of its status.
    pub status: String,
    /// The status before.
    pub previous_status: Option<String>,
    /// When it came into its status.
    pub status_since: Timestamp,
    /// Key of its type.
    pub kind: String,
    /// Key of its priority.
    pub priority: String,
    /// Key of its resolution.
    pub resolution: Option<String>,
    /// Who made it, or for whom it was made.
    pub author: String,
    /// Who changed it last.
    pub editor: String,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Who is told.
    pub followers: Vec<String>,
    /// Who else may see it.
    pub access: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Boards it is on.
    pub boards: Vec<u64>,
    /// The issue above.
    pub parent: Option<String>,
    /// Local fields by their own keys.
    pub locals: BTreeMap<String, Value>,
    /// Files of the issue itself.
    pub files: Vec<u64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed, a comment included.
    pub updated_at: Timestamp,
    /// When the last comment came.
    pub last_comment_at: Option<Timestamp>,
    /// When it was closed.
    pub resolved_at: Option<Timestamp>,
}

/// A comment.
#[derive(Clone, Debug, Serialize)]
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// 24 hex digits.
    pub long_id: String,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// Who changed it last.
    pub editor: String,
    /// Who was called on purpose.
    pub summonees: Vec<String>,
    /// Who was called by an `@login` in the text.
    pub mentioned: Vec<String>,
    /// Its files.
    pub files: Vec<u64>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
    /// From 1.
    pub version: u64,
}

/// A comment that is not there yet.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// Who is called.
    pub summonees: Vec<String>,
    /// Files that are there already.
    pub files: Vec<u64>,
}

impl Draft {
    /// Nothing but text.
    pub fn text(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// An entry of the changelog.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// 24 hex digits, growing.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What it is called.
    pub kind: &'static str,
    /// Field, value before, value after, as issues show them.
    pub fields: Vec<(String, Value, Value)>,
    /// Comments that came with it: number and text.
    pub comments: Vec<(u64, String)>,
}

/// A file.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub mimetype: String,
    /// Its bytes.
    #[serde(skip)]
    pub content: Vec<u8>,
    /// Who brought it.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
    /// Key of its issue; a temporary one has none.
    pub issue: Option<String>,
    /// Number of its comment.
    pub comment: Option<u64>,
}

/// A link as one of its two issues sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Its number, the same for both.
    pub id: u64,
    /// What the other issue is to this one.
    pub relationship: &'static str,
    /// The other issue.
    pub other: String,
    /// Who made it.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
}

/// Relationships, and how the other side calls them.
pub(crate) const RELATIONSHIPS: [(&str, &str); 9] = [
    ("relates", "relates"),
    ("depends on", "is dependent by"),
    ("is dependent by", "depends on"),
    ("is subtask for", "is parent task for"),
    ("is parent task for", "is subtask for"),
    ("duplicates", "is duplicated by"),
    ("is duplicated by", "duplicates"),
    ("is epic of", "has epic"),
    ("has epic", "is epic of"),
];

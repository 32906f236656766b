//! What a fresh Redmine is filled with: statuses, trackers, priorities, roles with their rights and ways between statuses, saved
//! queries; in English or in Russian.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The language the tables were filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tongue {
    /// `New`, `In Progress`.
    #[default]
    English,
    /// `Новая`, `В работе`.
    Russian,
}

impl Tongue {
    fn say<T>(self, english: T, russian: T) -> T {
        match self {
            Self::English => english,
            Self::Russian => russian,
        }
    }
}

/// A row of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// A status that ends an issue.
    pub is_closed: bool,
}

fn rows<const N: usize>(names: [&str; N]) -> Vec<Named> {
    (1..).zip(names).map(|(id, name)| Named { id, name: name.to_owned(), is_closed: false }).collect()
}

/// Status of a new issue.
pub const NEW: u64 = 1;
/// In progress.
pub const IN_PROGRESS: u64 = 2;
/// Resolved, still open.
pub const RESOLVED: u64 = 3;
/// Waits for whoever wrote the issue, still open.
pub const FEEDBACK: u64 = 4;
/// Closed.
pub const CLOSED: u64 = 5;
/// Rejected, which is closed too.
pub const REJECTED: u64 = 6;
/// The priority of an issue of which none is asked.
pub const NORMAL: u64 = 2;

pub(super) fn statuses(tongue: Tongue) -> Vec<Named> {
    let mut all = rows(tongue.say(
        ["New", "In Progress", "Resolved", "Feedback", "Closed", "Rejected"],
        ["Новая", "В работе", "Решена", "Обратная связь", "Закрыта", "Отклонена"],
    ));
    for status in &mut all {
        status.is_closed = matches!(status.id, CLOSED | REJECTED);
    }
    all
}

pub(super) fn trackers(tongue: Tongue) -> Vec<Named> {
    rows(tongue.say(["Bug", "Feature", "Support"], ["Ошибка", "Улучшение", "Поддержка"]))
}

pub(super) fn priorities(tongue: Tongue) -> Vec<Named> {
    rows(tongue.say(
        ["Low", "Normal", "High", "Urgent", "Immediate"],
        ["Низкий", "Нормальный", "Высокий", "Срочный", "Немедленный"],
    ))
}

/// What a role may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See issues.
    ViewIssues,
    /// Make issues.
    AddIssues,
    /// Change their fields.
    EditIssues,
    /// Delete them.
    DeleteIssues,
    /// Write notes.
    AddIssueNotes,
    /// Change everybody's notes.
    EditIssueNotes,
    /// Change one's own notes.
    EditOwnIssueNotes,
    /// See private notes of others.
    ViewPrivateNotes,
    /// Make notes private.
    SetNotesPrivate,
    /// Make issues private.
    SetIssuesPrivate,
    /// Give issues a parent.
    ManageSubtasks,
    /// See who watches.
    ViewIssueWatchers,
    /// Let others watch.
    AddIssueWatchers,
    /// Let others watch no more.
    DeleteIssueWatchers,
    /// See spent time.
    ViewTimeEntries,
}

impl Right {
    const ALL: [Self; 15] = [
        Self::ViewIssues,
        Self::AddIssues,
        Self::EditIssues,
        Self::DeleteIssues,
        Self::AddIssueNotes,
        Self::EditIssueNotes,
        Self::EditOwnIssueNotes,
        Self::ViewPrivateNotes,
        Self::SetNotesPrivate,
        Self::SetIssuesPrivate,
        Self::ManageSubtasks,
        Self::ViewIssueWatchers,
        Self::AddIssueWatchers,
        Self::DeleteIssueWatchers,
        Self::ViewTimeEntries,
    ];
}

/// Roles by their ids.
pub mod role {
    /// Signed in, no member of the project.
    pub const NON_MEMBER: u64 = 1;
    /// Not signed in.
    pub const ANONYMOUS: u64 = 2;
    /// May everything.
    pub const MANAGER: u64 = 3;
    /// Works on issues.
    pub const DEVELOPER: u64 = 4;
    /// Makes issues and writes notes.
    pub const REPORTER: u64 = 5;
}

/// A role.
#[derive(Clone, Debug, Serialize)]
pub struct Role {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it may.
    pub rights: BTreeSet<Right>,
    /// Sees private issues of others too.
    pub sees_all: bool,
    /// From which status to which; of every tracker.
    pub ways: BTreeSet<(u64, u64)>,
}

pub(super) fn roles(tongue: Tongue) -> Vec<Role> {
    let every = || 1..=REJECTED;
    let open = [NEW, IN_PROGRESS, RESOLVED, FEEDBACK];
    let cross = |from: &[u64], to: &[u64]| -> BTreeSet<(u64, u64)> {
        let ways = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
        ways.filter(|(from, to)| from != to).collect()
    };
    let role = |id, name: &str, rights: &[Right], ways| Role {
        id,
        name: name.to_owned(),
        rights: rights.iter().copied().collect(),
        sees_all: id == role::MANAGER,
        ways,
    };
    let all: Vec<u64> = every().collect();
    let reporter = [Right::ViewIssues, Right::AddIssues, Right::AddIssueNotes, Right::ViewTimeEntries];
    let developer = [
        Right::ViewIssues,
        Right::AddIssues,
        Right::EditIssues,
        Right::AddIssueNotes,
        Right::ViewPrivateNotes,
        Right::SetNotesPrivate,
        Right::ManageSubtasks,
        Right::ViewTimeEntries,
    ];
    let mut closing = cross(&open, &[CLOSED]);
    closing.insert((RESOLVED, FEEDBACK));
    let none = BTreeSet::new;
    vec![
        role(role::NON_MEMBER, tongue.say("Non member", "Не участник"), &reporter, none()),
        role(role::ANONYMOUS, tongue.say("Anonymous", "Аноним"), &[Right::ViewIssues, Right::ViewTimeEntries], none()),
        role(role::MANAGER, tongue.say("Manager", "Менеджер"), &Right::ALL, cross(&all, &all)),
        role(
            role::DEVELOPER,
            tongue.say("Developer", "Разработчик"),
            &developer,
            cross(&open, &[IN_PROGRESS, RESOLVED, FEEDBACK, CLOSED]),
        ),
        role(role::REPORTER, tongue.say("Reporter", "Репортёр"), &reporter, closing),
    ]
}

/// A saved query: its name, and what it asks for as a list of issues would be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SavedQuery {
    /// Its id.
    #[serde(default)]
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its project; every project without this.
    #[serde(default)]
    pub project: Option<u64>,
    /// Parameters of the list.
    pub asks: Vec<(String, String)>,
}

pub(super) fn queries() -> Vec<SavedQuery> {
    let query = |id, name: &str, field: &str| SavedQuery {
        id,
        name: name.to_owned(),
        project: None,
        asks: vec![(field.to_owned(), "me".to_owned())],
    };
    vec![
        query(1, "Issues assigned to me", "assigned_to_id"),
        query(2, "Reported issues", "author_id"),
        query(3, "Updated issues", "updated_by"),
        query(4, "Watched issues", "watcher_id"),
    ]
}

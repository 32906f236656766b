//! Everything the server holds, and how a new one is: one private project `desk` with a manager, a developer and a reporter, as
//! the fresh installation that the contract measured. Names are invented.

pub mod issue;
pub mod people;
pub mod tables;

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::{
    issue::{File, Issue, Journal, Relation},
    people::Person,
    tables::{Named, Role, SavedQuery, Tongue, role},
};

/// A project.
#[derive(Clone, Debug, Serialize)]
pub struct Project {
    /// Its id.
    pub id: u64,
    /// Its name in addresses.
    pub identifier: String,
    /// Its name.
    pub name: String,
    /// Seen by who is no member.
    pub public: bool,
    /// Categories by id.
    pub categories: Vec<(u64, String)>,
    /// Who belongs to it.
    pub members: Vec<Member>,
    /// Since when.
    pub created_on: Timestamp,
}

/// Who belongs to a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Id of the membership.
    pub id: u64,
    /// Who.
    pub who: Principal,
    /// As what.
    pub role: u64,
}

/// Whom a membership is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// Somebody.
    User(u64),
    /// A group, which is listed and lets nobody in.
    Group(u64, String),
}

/// A project that is opened, or a change of the one with this identifier.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProjectOrder {
    /// Its name in addresses.
    pub identifier: String,
    /// Its name; the identifier without this.
    pub name: Option<String>,
    /// Seen by who is no member.
    pub public: Option<bool>,
    /// New categories.
    pub categories: Vec<String>,
    /// Logins and their roles from now on; role 0 ends a membership.
    pub members: BTreeMap<String, u64>,
    /// Groups and their roles.
    pub groups: BTreeMap<String, u64>,
}

/// A custom field of issues; it holds text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CustomField {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// Everything.
pub struct World {
    /// Statuses of issues.
    pub statuses: Vec<Named>,
    /// Trackers; every project has them all.
    pub trackers: Vec<Named>,
    /// Priorities.
    pub priorities: Vec<Named>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Saved queries.
    pub queries: Vec<SavedQuery>,
    /// Custom fields of issues.
    pub custom_fields: Vec<CustomField>,
    /// People.
    pub people: Vec<Person>,
    /// Projects.
    pub projects: Vec<Project>,
    /// Issues by number.
    pub issues: BTreeMap<u64, Issue>,
    /// Journals of all issues by number.
    pub journals: BTreeMap<u64, Journal>,
    /// Files by id.
    pub files: BTreeMap<u64, File>,
    /// Relations.
    pub relations: Vec<Relation>,
    pub(super) next_issue: u64,
    next_journal: u64,
    next_file: u64,
    next_member: u64,
    /// Numbers of journals that were taken before and are used up first.
    pub(super) reserved: VecDeque<u64>,
}

/// Id of the project every server begins with.
pub const DESK: u64 = 1;

impl World {
    pub(super) fn new(tongue: Tongue, now: Timestamp) -> Self {
        let names = match tongue {
            Tongue::English => [("Redmine", "Admin"), ("Vera", "Shift"), ("Pavel", "Line"), ("Ilya", "Counter")],
            Tongue::Russian => [("Redmine", "Admin"), ("Вера", "Сменова"), ("Павел", "Линёв"), ("Илья", "Прилавкин")],
        };
        let logins = [(1, people::ADMIN), (5, "sup1"), (6, "agent1"), (7, "rep1")];
        let person =
            |((id, login), (first, last)): ((u64, &str), (&str, &str))| Person::new(id, login, first, last, now);
        let people: Vec<_> = logins.into_iter().zip(names).map(person).collect();
        let mut world = Self {
            statuses: tables::statuses(tongue),
            trackers: tables::trackers(tongue),
            priorities: tables::priorities(tongue),
            roles: tables::roles(tongue),
            queries: tables::queries(),
            custom_fields: Vec::new(),
            people,
            projects: Vec::new(),
            issues: BTreeMap::new(),
            journals: BTreeMap::new(),
            files: BTreeMap::new(),
            relations: Vec::new(),
            next_issue: 1,
            next_journal: 1,
            next_file: 1,
            next_member: 1,
            reserved: VecDeque::new(),
        };
        let name = Some(if tongue == Tongue::English { "Desk" } else { "Служба поддержки" }.to_owned());
        let members = [("sup1", role::MANAGER), ("agent1", role::DEVELOPER), ("rep1", role::REPORTER)];
        world.open(&ProjectOrder { identifier: "desk".to_owned(), name, ..ProjectOrder::default() }, now);
        for (login, role) in members {
            world.join(0, login, role);
        }
        world
    }

    /// Opens a project, or changes it; its id.
    pub(super) fn open(&mut self, order: &ProjectOrder, now: Timestamp) -> u64 {
        let at = self.projects.iter().position(|project| project.identifier == order.identifier);
        let at = at.unwrap_or_else(|| {
            self.projects.push(Project {
                id: self.projects.len() as u64 + 1,
                identifier: order.identifier.clone(),
                name: order.identifier.clone(),
                public: false,
                categories: Vec::new(),
                members: Vec::new(),
                created_on: now,
            });
            self.projects.len() - 1
        });
        let categories: usize = self.projects.iter().map(|project| project.categories.len()).sum();
        let project = &mut self.projects[at];
        if let Some(name) = &order.name {
            project.name.clone_from(name);
        }
        project.public = order.public.unwrap_or(project.public);
        project.categories.extend((categories as u64 + 1..).zip(order.categories.iter().cloned()));
        for (login, role) in &order.members {
            self.join(at, login, *role);
        }
        // Groups are principals as people are, and numbered with them.
        for (group, (name, role)) in (900..).zip(&order.groups) {
            let id = self.member();
            let who = Principal::Group(group, name.clone());
            self.projects[at].members.push(Member { id, who, role: *role });
        }
        self.projects[at].id
    }

    fn join(&mut self, at: usize, login: &str, role: u64) {
        let Some(user) = self.by_login(login).map(|person| person.id) else { return };
        self.projects[at].members.retain(|member| member.who != Principal::User(user));
        if role != 0 {
            let id = self.member();
            self.projects[at].members.push(Member { id, who: Principal::User(user), role });
        }
    }

    fn member(&mut self) -> u64 {
        self.next_member += 1;
        self.next_member - 1
    }

    /// A project by id or identifier.
    pub fn project(&self, named: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.identifier == named || project.id.to_string() == named)
    }

    /// A project by id.
    pub fn project_of(&self, id: u64) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// Whether a status ends an issue.
    pub fn is_closed(&self, status: u64) -> bool {
        self.statuses.iter().any(|known| known.id == status && known.is_closed)
    }

    /// Journals of an issue by number.
    pub fn journals_of(&self, issue: u64) -> impl Iterator<Item = &Journal> {
        self.journals.values().filter(move |journal| journal.issue == issue)
    }

    /// Files of an issue.
    pub fn files_of(&self, issue: u64) -> impl Iterator<Item = &File> {
        self.files.values().filter(move |file| file.issue == Some(issue))
    }

    /// Issues that are part of an issue.
    pub fn children_of(&self, issue: u64) -> impl Iterator<Item = &Issue> {
        self.issues.values().filter(move |child| child.parent == Some(issue))
    }

    /// The number of the next journal.
    pub(super) fn journal_id(&mut self) -> u64 {
        self.reserved.pop_front().unwrap_or_else(|| {
            self.next_journal += 1;
            self.next_journal - 1
        })
    }

    /// The next journals are numbered from here; numbers do not go back.
    pub(super) fn count_journals_from(&mut self, number: u64) {
        self.next_journal = self.next_journal.max(number);
    }

    /// Keeps a file that is attached to nothing yet; its id.
    pub(super) fn keep(
        &mut self,
        filename: &str,
        content_type: &str,
        content: Vec<u8>,
        author: u64,
        now: Timestamp,
    ) -> u64 {
        let id = self.next_file;
        self.next_file += 1;
        let file = File {
            id,
            filename: filename.to_owned(),
            content_type: content_type.to_owned(),
            description: String::new(),
            author,
            created_on: now,
            issue: None,
            content,
        };
        self.files.insert(id, file);
        id
    }
}

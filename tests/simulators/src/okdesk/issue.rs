//! An issue, and how REST shows it: whole, and as a row of a list. The webhook's form is in `hook`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::world::{COMPANY, Contact, Employee, PRIORITIES, RATES, STATUSES, TYPES, World, name_of};
use crate::service::local;

/// Who made or wrote something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// Somebody of the client's, by id.
    Contact(u64),
    /// Somebody of the desk, by id.
    Employee(u64),
}

impl Author {
    pub(super) const fn id(self) -> u64 {
        match self {
            Self::Contact(id) | Self::Employee(id) => id,
        }
    }

    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Contact(_) => "contact",
            Self::Employee(_) => "employee",
        }
    }
}

/// A comment.
#[derive(Clone, Debug, Serialize)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// HTML.
    pub content: String,
    /// Whether the client sees it.
    pub public: bool,
    /// Who wrote it.
    pub author: Author,
    /// When.
    pub at: Timestamp,
}

/// An issue.
#[derive(Clone, Debug, Serialize)]
pub struct Issue {
    /// Its number.
    pub id: u64,
    /// What it is about.
    pub title: String,
    /// HTML.
    pub description: String,
    /// Code of its status.
    pub status: String,
    /// Code of the one before.
    pub old_status: Option<String>,
    /// `bad`, `normal` or `good`.
    pub rate: Option<String>,
    /// Whose trouble it is.
    pub contact: Option<u64>,
    /// Who works on it.
    pub assignee: Option<u64>,
    /// Which group does.
    pub group: Option<u64>,
    /// Who made it.
    pub author: Author,
    /// Code of its priority.
    pub priority: String,
    /// Code of its type.
    pub kind: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything changed last.
    pub updated_at: Timestamp,
    /// When it was solved.
    pub completed_at: Option<Timestamp>,
    /// When it is due.
    pub deadline_at: Option<Timestamp>,
    /// Until when it waits.
    pub delayed_to: Option<Timestamp>,
    /// What was written about it, oldest first.
    pub comments: Vec<Comment>,
    /// When it came into each status it was in.
    pub status_times: BTreeMap<String, Timestamp>,
}

/// An instant as Okdesk writes it.
pub(super) fn stamp(at: Timestamp) -> String {
    local(at).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

impl Issue {
    /// An open one without anybody.
    pub(super) fn new(id: u64, title: &str, author: Author, now: Timestamp) -> Self {
        Self {
            id,
            title: title.to_owned(),
            description: String::new(),
            status: "opened".to_owned(),
            old_status: None,
            rate: None,
            contact: None,
            assignee: None,
            group: None,
            author,
            priority: "normal".to_owned(),
            kind: "incident".to_owned(),
            created_at: now,
            updated_at: now,
            completed_at: None,
            deadline_at: None,
            delayed_to: None,
            comments: Vec::new(),
            status_times: BTreeMap::new(),
        }
    }

    /// Brings it into a status. Solving and closing say when; opening again forgets that, and the rating stays.
    pub(super) fn enter(&mut self, code: &str, now: Timestamp) {
        self.old_status = Some(std::mem::replace(&mut self.status, code.to_owned()));
        self.updated_at = now;
        self.status_times.insert(code.to_owned(), now);
        match code {
            "completed" | "closed" => self.completed_at = self.completed_at.or(Some(now)),
            _ => self.completed_at = None,
        }
        if code != "delayed" {
            self.delayed_to = None;
        }
    }

    /// Whether a status may follow the present one over REST. People may also open what is closed.
    pub(super) fn may_enter(&self, code: &str) -> bool {
        match self.status.as_str() {
            "closed" => false,
            "completed" => matches!(code, "closed" | "opened"),
            now => now != code,
        }
    }

    /// The whole issue.
    pub(super) fn rest(&self, world: &World, status_times: bool) -> Value {
        let at = |instant: Option<Timestamp>| instant.map(stamp);
        let times: BTreeMap<&String, String> =
            self.status_times.iter().filter(|_| status_times).map(|(code, at)| (code, stamp(*at))).collect();
        json!({
            "id": self.id, "title": self.title, "description": self.description,
            "created_at": stamp(self.created_at), "completed_at": at(self.completed_at),
            "deadline_at": at(self.deadline_at), "source": "from_contact", "spent_time_total": 1.5,
            "start_execution_until": null, "planned_execution_in_hours": null, "planned_reaction_at": null,
            "reacted_at": stamp(self.created_at), "updated_at": stamp(self.updated_at),
            "delayed_to": at(self.delayed_to), "company_id": COMPANY, "group_id": self.group, "coexecutors": [],
            "service_object_id": null, "equipment_ids": [], "attachments": [], "status_times": times,
            "parameters": [],
            "comments": { "count": self.comments.len(), "last_at": at(self.comments.last().map(|comment| comment.at)) },
            "parent_id": null, "child_ids": [],
            "type": { "id": 1, "code": self.kind, "name": name_of(&TYPES, &self.kind), "available_for_client": true },
            "priority": coded(&PRIORITIES, &self.priority), "status": coded(&STATUSES, &self.status),
            "old_status": self.old_status.as_deref().map(|code| coded(&STATUSES, code)),
            "rate": self.rate.as_deref().map(rate_object), "address": null, "observers": [], "observer_groups": [],
            "contact": self.contact_row(world), "agreement": null, "assignee": self.assignee_row(world),
            "author": { "id": self.author.id(), "name": world.author_name(self.author) },
        })
    }

    /// A row of a list.
    pub(super) fn row(&self, world: &World) -> Value {
        json!({
            "id": self.id, "title": self.title, "status": coded(&STATUSES, &self.status),
            "priority": coded(&PRIORITIES, &self.priority), "company_id": COMPANY,
            "contact": self.contact_row(world), "assignee": self.assignee_row(world),
            "updated_at": stamp(self.updated_at), "created_at": stamp(self.created_at),
            "rate": self.rate.as_deref().map(rate_object),
        })
    }

    fn contact_row(&self, world: &World) -> Option<Value> {
        let contact = world.contact(self.contact?)?;
        Some(json!({ "id": contact.id, "name": Contact::short(contact) }))
    }

    fn assignee_row(&self, world: &World) -> Option<Value> {
        let employee = world.employee(self.assignee?)?;
        Some(json!({ "id": employee.id, "name": Employee::short(employee) }))
    }
}

/// A code with its name.
pub(super) fn coded(table: &[(&'static str, &'static str)], code: &str) -> Value {
    json!({ "code": code, "name": name_of(table, code) })
}

/// A rating as REST shows it.
pub(super) fn rate_object(rate: &str) -> Value {
    let id = RATES.iter().find(|(value, _)| *value == rate).map(|(_, id)| *id);
    json!({ "id": id, "value": rate })
}

/// A comment as REST shows it.
pub(super) fn comment_object(comment: &Comment, world: &World) -> Value {
    let author = comment.author;
    json!({
        "id": comment.id, "content": comment.content, "public": comment.public, "attachments": [],
        "author": { "id": author.id(), "name": world.author_name(author), "type": author.kind() },
    })
}

//! Documents: issues, journals, files, people, projects as JSON. Times lose their fractions here; empty references are left out.

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{
    rights::Who,
    world::{
        Member, Principal, Project, World,
        issue::{File, Issue, Journal},
        people::Person,
        tables::{Named, Right, Role},
    },
};

/// What stands in the address of a file as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// A time as documents have it: whole seconds.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What a viewer gets to see of an issue.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) world: &'a World,
    pub(super) who: Who,
    /// Where the client came, for addresses of files.
    pub(super) base: &'a str,
    pub(super) modern: bool,
    pub(super) easy: bool,
}

fn named(rows: &[Named], id: u64) -> Value {
    rows.iter().find(|row| row.id == id).map_or(Value::Null, |row| json!({ "id": id, "name": row.name }))
}

pub(super) fn status(row: &Named) -> Value {
    json!({ "id": row.id, "name": row.name, "is_closed": row.is_closed })
}

impl View<'_> {
    fn user(&self, id: u64) -> Value {
        json!({ "id": id, "name": self.world.person(id).map_or_else(|| "Anonymous".to_owned(), Person::name) })
    }

    /// An issue without anything that has to be asked for.
    pub(super) fn issue(&self, issue: &Issue, time_spent: bool) -> Map<String, Value> {
        let world = self.world;
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| {
            shown.insert(name.to_owned(), value);
        };
        let project = world.project_of(issue.project);
        put("id", issue.id.into());
        put("project", json!({ "id": issue.project, "name": project.map(|project| &project.name) }));
        put("tracker", named(&world.trackers, issue.tracker));
        put("status", world.statuses.iter().find(|row| row.id == issue.status).map_or(Value::Null, status));
        put("priority", named(&world.priorities, issue.priority));
        put("author", self.user(issue.author));
        if let Some(to) = issue.assigned_to {
            put("assigned_to", self.user(to));
        }
        let categories = project.map(|project| project.categories.as_slice()).unwrap_or_default();
        if let Some((id, name)) = categories.iter().find(|(id, _)| Some(*id) == issue.category) {
            put("category", json!({ "id": id, "name": name }));
        }
        if let Some(parent) = issue.parent {
            put("parent", json!({ "id": parent }));
        }
        put("subject", issue.subject.clone().into());
        put("description", json!(issue.description));
        put("start_date", json!(issue.start_date));
        put("due_date", json!(issue.due_date));
        put("done_ratio", issue.done_ratio.into());
        put("is_private", issue.is_private.into());
        put("estimated_hours", json!(issue.estimated_hours));
        let parts = world.children_of(issue.id).next().is_some();
        put("total_estimated_hours", json!(if parts { Some(self.estimated(issue)) } else { issue.estimated_hours }));
        if time_spent && world.may(self.who, Right::ViewTimeEntries, issue.project) {
            put("spent_hours", json!(0.0));
            put("total_spent_hours", json!(0.0));
        }
        if !world.custom_fields.is_empty() {
            let field = |field: &super::world::CustomField| {
                let value = issue.custom.get(&field.id).cloned().unwrap_or_default();
                json!({ "id": field.id, "name": field.name, "value": value })
            };
            put("custom_fields", world.custom_fields.iter().map(field).collect());
        }
        put("created_on", time(issue.created_on).into());
        put("updated_on", time(issue.updated_on).into());
        put("closed_on", json!(issue.closed_on.map(time)));
        if self.easy {
            put("easy_external_id", Value::Null);
            put("easy_email_to", json!(issue.easy_email_to));
            put("easy_email_cc", json!(issue.easy_email_cc));
            put("is_favorited", false.into());
            put("activity", json!({ "id": 8, "name": "Support" }));
            put("css_classes", format!("issue status-{}", issue.status).into());
        }
        shown
    }

    fn estimated(&self, issue: &Issue) -> f64 {
        let parts: f64 = self.world.children_of(issue.id).map(|part| self.estimated(part)).sum();
        issue.estimated_hours.unwrap_or_default() + parts
    }

    /// One issue with what is asked for besides.
    pub(super) fn whole(&self, issue: &Issue, include: &[&str]) -> Value {
        let mut shown = self.issue(issue, true);
        let asked = |name: &str| include.contains(&name);
        if asked("children") && self.world.children_of(issue.id).next().is_some() {
            shown.insert("children".to_owned(), self.children(issue.id));
        }
        if asked("attachments") {
            shown.insert("attachments".to_owned(), self.files(issue));
        }
        if asked("relations") {
            let relations = self.relations(issue);
            if relations.as_array().is_some_and(|rows| !rows.is_empty()) {
                shown.insert("relations".to_owned(), relations);
            }
        }
        if asked("journals") {
            shown.insert("journals".to_owned(), self.journals(issue).into());
        }
        if asked("watchers") && self.world.may(self.who, Right::ViewIssueWatchers, issue.project) {
            let watchers = issue.watchers.iter().map(|id| self.user(*id)).collect();
            shown.insert("watchers".to_owned(), watchers);
        }
        if asked("allowed_statuses") {
            let ids = self.world.allowed_statuses(self.who, issue);
            let allowed = self.world.statuses.iter().filter(|row| ids.contains(&row.id)).map(status).collect();
            shown.insert("allowed_statuses".to_owned(), allowed);
        }
        json!({ "issue": shown })
    }

    fn children(&self, of: u64) -> Value {
        let shown = |child: &Issue| {
            let mut shown = json!({
                "id": child.id, "tracker": named(&self.world.trackers, child.tracker), "subject": child.subject,
            });
            if self.world.children_of(child.id).next().is_some() {
                shown["children"] = self.children(child.id);
            }
            shown
        };
        self.world.children_of(of).map(shown).collect()
    }

    /// Journals that are seen: by time, then by number; the other way round for who prefers it.
    fn journals(&self, issue: &Issue) -> Vec<Value> {
        let seen = |journal: &&Journal| self.world.sees_journal(self.who, journal, issue.project);
        let mut all: Vec<_> = self.world.journals_of(issue.id).filter(seen).collect();
        all.sort_by_key(|journal| (journal.created_on, journal.id));
        if self.who.and_then(|id| self.world.person(id)).is_some_and(|person| person.newest_first) {
            all.reverse();
        }
        all.into_iter().map(|journal| self.journal(journal)).collect()
    }

    fn journal(&self, journal: &Journal) -> Value {
        let details: Vec<Value> = journal
            .details
            .iter()
            .filter(|detail| self.world.sees_detail(self.who, detail))
            .map(|detail| {
                json!({
                    "property": detail.property, "name": detail.name, "old_value": detail.old_value,
                    "new_value": detail.new_value,
                })
            })
            .collect();
        let mut shown = json!({
            "id": journal.id, "user": self.user(journal.user), "notes": journal.notes,
            "created_on": time(journal.created_on), "private_notes": journal.private_notes, "details": details,
        });
        if self.modern {
            shown["updated_on"] = time(journal.updated_on).into();
            if let Some(by) = journal.updated_by {
                shown["updated_by"] = self.user(by);
            }
        }
        shown
    }

    /// A journal as webhooks spell it.
    pub(super) fn told(&self, journal: &Journal) -> Value {
        let details: Vec<Value> = journal
            .details
            .iter()
            .filter(|detail| self.world.sees_detail(self.who, detail))
            .map(|detail| {
                json!({
                    "property": detail.property, "prop_key": detail.name, "old_value": detail.old_value,
                    "value": detail.new_value,
                })
            })
            .collect();
        json!({
            "id": journal.id, "created_on": time(journal.created_on), "notes": journal.notes.as_deref().unwrap_or(""),
            "user": self.user(journal.user), "details": details,
        })
    }

    /// Files of an issue.
    pub(super) fn files(&self, issue: &Issue) -> Value {
        self.world.files_of(issue.id).map(|file| self.file(file)).collect()
    }

    /// A file.
    pub(super) fn file(&self, file: &File) -> Value {
        let name = utf8_percent_encode(&file.filename, PLAIN);
        json!({
            "id": file.id, "filename": file.filename, "filesize": file.content.len(),
            "content_type": file.content_type, "description": file.description,
            "content_url": format!("{}/attachments/download/{}/{name}", self.base, file.id),
            "author": self.user(file.author), "created_on": time(file.created_on),
        })
    }

    /// Relations of an issue to what is seen.
    pub(super) fn relations(&self, issue: &Issue) -> Value {
        let seen = |id: u64| self.world.issues.get(&id).is_some_and(|other| self.world.sees(self.who, other));
        let of = self.world.relations.iter().filter(|relation| relation.from == issue.id || relation.to == issue.id);
        of.filter(|relation| seen(relation.from) && seen(relation.to))
            .map(|relation| {
                json!({
                    "id": relation.id, "issue_id": relation.from, "issue_to_id": relation.to,
                    "relation_type": relation.kind, "delay": null,
                })
            })
            .collect()
    }

    /// Somebody; keys are shown to their owner and to administrators.
    pub(super) fn person(&self, person: &Person) -> Value {
        let admin = self.who.and_then(|id| self.world.person(id)).is_some_and(|viewer| viewer.admin);
        let own = self.who == Some(person.id);
        let mut shown = listed(person);
        if let Value::Object(map) = &mut shown {
            for (name, seen) in [("admin", admin || own), ("mail", admin), ("twofa_scheme", admin || own)] {
                if !seen {
                    map.remove(name);
                }
            }
        }
        if admin || own {
            shown["api_key"] = person.key.reveal().into();
        }
        if admin {
            shown["status"] = if person.active { 1 } else { 3 }.into();
        }
        shown
    }

    /// A project.
    pub(super) fn project(&self, project: &Project, homepage: bool, include: &[&str]) -> Value {
        let mut shown = json!({
            "id": project.id, "name": project.name, "identifier": project.identifier, "description": null, "status": 1,
            "is_public": project.public, "inherit_members": false, "created_on": time(project.created_on),
            "updated_on": time(project.created_on),
        });
        if homepage {
            shown["homepage"] = "".into();
        }
        let row = |id: u64, name: &str| json!({ "id": id, "name": name });
        if include.contains(&"trackers") {
            shown["trackers"] = self.world.trackers.iter().map(|tracker| row(tracker.id, &tracker.name)).collect();
        }
        if include.contains(&"issue_categories") {
            shown["issue_categories"] = project.categories.iter().map(|(id, name)| row(*id, name)).collect();
        }
        shown
    }

    /// Where somebody is a member of what is seen, and as what.
    pub(super) fn memberships(&self, person: u64) -> Value {
        let projects = self.world.projects.iter().filter(|project| self.world.sees_project(self.who, project));
        projects
            .flat_map(|project| project.members.iter().map(move |member| (project, member)))
            .filter(|(_, member)| matches!(&member.who, Principal::User(id) if *id == person))
            .map(|(project, member)| {
                let mut shown = self.membership(project, member);
                if let Value::Object(map) = &mut shown {
                    map.remove("user");
                }
                shown
            })
            .collect()
    }

    /// A membership.
    pub(super) fn membership(&self, project: &Project, member: &Member) -> Value {
        let role = self.world.roles.iter().find(|role| role.id == member.role);
        let mut shown = json!({
            "id": member.id, "project": { "id": project.id, "name": project.name },
            "roles": [{ "id": member.role, "name": role.map(|role| &role.name) }],
        });
        match &member.who {
            Principal::User(id) => shown["user"] = self.user(*id),
            Principal::Group(id, name) => shown["group"] = json!({ "id": id, "name": name }),
        }
        shown
    }
}

/// A role and what it may.
pub(super) fn role(role: &Role) -> Value {
    json!({
        "id": role.id, "name": role.name, "assignable": true,
        "issues_visibility": if role.sees_all { "all" } else { "default" }, "permissions": role.rights,
    })
}

/// Somebody as the list of people has them.
pub(super) fn listed(person: &Person) -> Value {
    json!({
        "id": person.id, "login": person.login, "admin": person.admin, "firstname": person.firstname,
        "lastname": person.lastname, "mail": person.mail, "created_on": time(person.created_on),
        "updated_on": time(person.created_on), "last_login_on": null, "passwd_changed_on": time(person.created_on),
        "twofa_scheme": person.twofa.then_some("totp"),
    })
}

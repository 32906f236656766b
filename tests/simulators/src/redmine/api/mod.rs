//! What each call does, once its caller is known: lists, people and projects here; issues and files in their own rooms.

mod files;
mod issues;

use axum::http::header::LOCATION;
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) use self::files::kind_of;
use super::{
    fields::text,
    filter::words,
    front::Asked,
    refused::{Refused, bare},
    rights::Who,
    route::Route,
    show::{self, View, time},
    sort::Page,
    state::{Deed, State},
    world::{
        Project,
        issue::Issue,
        tables::{NORMAL, Right},
    },
};
use crate::service::wire::Answer;

/// An answer, and what was done to be told.
pub(super) type Done = Result<(Answer, Vec<Deed>), Refused>;

/// 204.
fn done() -> Answer {
    Answer::empty(204)
}

fn said(body: Value) -> Done {
    Ok((Answer::new(200, body), Vec::new()))
}

/// A room of the answer with what it needs of the call.
struct Room<'a> {
    state: &'a mut State,
    asked: &'a Asked,
    who: Who,
    base: String,
    now: Timestamp,
}

impl Room<'_> {
    fn view(&self) -> View<'_> {
        let State { world, switches, .. } = &*self.state;
        View { world, who: self.who, base: &self.base, modern: switches.modern, easy: switches.easy }
    }

    fn page(&self) -> Page {
        Page::read(|name| self.asked.parameter(name).map(str::to_owned))
    }

    /// Whoever is signed in.
    fn person(&self) -> Result<u64, Refused> {
        self.who.ok_or(Refused::Denied)
    }

    /// The issue of a path, where it is seen.
    fn issue(&self, id: &str) -> Result<&Issue, Refused> {
        let issue = id.parse().ok().and_then(|id: u64| self.state.world.issues.get(&id)).ok_or(Refused::ABSENT)?;
        if self.state.world.sees(self.who, issue) {
            Ok(issue)
        } else if self.state.switches.hidden_as_absent {
            Err(Refused::ABSENT)
        } else {
            Err(Refused::Denied)
        }
    }

    /// The project of a path, where it is seen.
    fn project(&self, named: &str) -> Result<&Project, Refused> {
        let project = self.state.world.project(named).ok_or(Refused::ABSENT)?;
        if self.state.world.sees_project(self.who, project) { Ok(project) } else { Err(Refused::Denied) }
    }

    fn listed(&self, name: &str, rows: Vec<Value>) -> Done {
        let page = self.page();
        let total = rows.len();
        said(json!({ name: page.of(rows), "total_count": total, "offset": page.offset, "limit": page.limit }))
    }
}

/// Does the call.
pub(super) fn answer(state: &mut State, asked: &Asked, route: &Route, who: Who, now: Timestamp) -> Done {
    // What cannot be read is refused before anything looks at it; a file is not read.
    if route.name != "upload" {
        asked.document()?;
    }
    let base = state.switches.content_base.clone().unwrap_or_else(|| asked.base.clone());
    let room = Room { state, asked, who, base, now };
    let named = |at: usize| route.names.get(at).map(String::as_str).unwrap_or_default();
    match route.name {
        "users_current" => {
            let id = room.person()?;
            let person = room.state.world.person(id).ok_or(Refused::ABSENT)?;
            let mut user = room.view().person(person);
            if asked.include().contains(&"memberships") {
                user["memberships"] = room.view().memberships(id);
            }
            said(json!({ "user": user }))
        }
        "users" => room.users(),
        "user" => room.user(named(0)),
        "issues" => room.issues(asked.parameter("project_id")),
        "project_issues" => room.issues(Some(named(0))),
        "issue" => {
            let include = asked.include();
            said(room.view().whole(room.issue(named(0))?, &include))
        }
        "issue_create" => room.create(),
        "issue_update" => room.update(named(0)),
        "issue_delete" => room.delete(named(0)),
        "watcher_add" => room.watch(named(0), None),
        "watcher_remove" => room.watch(named(0), Some(named(1))),
        "journal_update" => room.edit_note(named(0)),
        "upload" => room.upload(),
        "attach" => room.attach(),
        "attachment" => room.attachment(named(0)),
        "download" => room.download(named(0), route.names.get(1).map(String::as_str)),
        "projects" => {
            let (view, include) = (room.view(), asked.include());
            let seen = room.state.world.projects.iter().filter(|project| view.world.sees_project(who, project));
            let rows = seen.map(|project| view.project(project, false, &include)).collect();
            room.listed("projects", rows)
        }
        "project" => {
            let include = asked.include();
            said(json!({ "project": room.view().project(room.project(named(0))?, true, &include) }))
        }
        "memberships" => {
            let (project, view) = (room.project(named(0))?, room.view());
            let rows = project.members.iter().map(|member| view.membership(project, member)).collect();
            room.listed("memberships", rows)
        }
        "issue_statuses" => {
            let rows: Vec<Value> = room.state.world.statuses.iter().map(show::status).collect();
            said(json!({ "issue_statuses": rows }))
        }
        "trackers" => said(json!({ "trackers": room.trackers() })),
        "issue_priorities" => {
            let row = |row: &super::world::tables::Named| json!({ "id": row.id, "name": row.name, "is_default": row.id == NORMAL, "active": true });
            let rows: Vec<Value> = room.state.world.priorities.iter().map(row).collect();
            said(json!({ "issue_priorities": rows }))
        }
        "queries" => {
            let row = |query: &super::world::tables::SavedQuery| json!({ "id": query.id, "name": query.name, "is_public": true, "project_id": query.project });
            room.listed("queries", room.state.world.queries.iter().map(row).collect())
        }
        "search" => room.search(),
        "role" => {
            room.person()?;
            let role =
                named(0).parse().ok().and_then(|id: u64| room.state.world.roles.iter().find(|role| role.id == id));
            said(json!({ "role": show::role(role.ok_or(Refused::ABSENT)?) }))
        }
        _ => Err(Refused::ABSENT),
    }
}

impl Room<'_> {
    fn users(&self) -> Done {
        let world = &self.state.world;
        if !self.who.and_then(|id| world.person(id)).is_some_and(|person| person.admin) {
            return Err(Refused::Denied);
        }
        let wanted = self.asked.parameter("name").unwrap_or_default().to_lowercase();
        let fits = |text: &str| text.to_lowercase().contains(&wanted);
        let people = world.people.iter().filter(|person| person.active);
        let rows = people
            .filter(|person| fits(&person.login) || fits(&person.name()) || fits(&person.mail))
            .map(show::listed)
            .collect();
        self.listed("users", rows)
    }

    fn user(&self, id: &str) -> Done {
        let person = id.parse().ok().and_then(|id| self.state.world.person(id)).ok_or(Refused::ABSENT)?;
        said(json!({ "user": self.view().person(person) }))
    }

    fn trackers(&self) -> Vec<Value> {
        let world = &self.state.world;
        let first = world.statuses.first().map(|status| json!({ "id": status.id, "name": status.name }));
        let fields = [
            "assigned_to_id",
            "category_id",
            "fixed_version_id",
            "parent_issue_id",
            "start_date",
            "due_date",
            "estimated_hours",
            "done_ratio",
            "description",
        ];
        let row = |tracker: &super::world::tables::Named| {
            json!({
                "id": tracker.id, "name": tracker.name, "default_status": first, "description": null,
                "enabled_standard_fields": fields,
            })
        };
        world.trackers.iter().map(row).collect()
    }

    /// Issues in which every word stands, in their texts or in one of their notes; newest first.
    fn search(&self) -> Done {
        let world = &self.state.world;
        let words: Vec<String> =
            words(self.asked.parameter("q").unwrap_or_default()).iter().map(|word| word.to_lowercase()).collect();
        let says = |text: &str| {
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let mut found: Vec<&Issue> = world
            .issues
            .values()
            .filter(|issue| !words.is_empty() && world.sees(self.who, issue))
            .filter(|issue| {
                let texts = format!("{}\n{}", issue.subject, issue.description.as_deref().unwrap_or_default());
                let seen = |note: &&super::world::issue::Journal| world.sees_journal(self.who, note, issue.project);
                let mut notes = world.journals_of(issue.id).filter(seen).filter_map(|journal| journal.notes.as_deref());
                says(&texts) || notes.any(says)
            })
            .collect();
        found.sort_by_key(|issue| std::cmp::Reverse((issue.created_on, issue.id)));
        let row = |issue: &&Issue| {
            let name = |rows: &[super::world::tables::Named], id: u64| {
                rows.iter().find(|row| row.id == id).map(|row| row.name.clone()).unwrap_or_default()
            };
            let (tracker, status) = (name(&world.trackers, issue.tracker), name(&world.statuses, issue.status));
            let kind = if world.is_closed(issue.status) { "issue-closed" } else { "issue" };
            json!({
                "id": issue.id, "title": format!("{tracker} #{} ({status}): {}", issue.id, issue.subject),
                "type": kind, "url": format!("{}/issues/{}", self.asked.base, issue.id),
                "description": issue.description, "datetime": time(issue.created_on),
            })
        };
        self.listed("results", found.iter().map(row).collect())
    }
}

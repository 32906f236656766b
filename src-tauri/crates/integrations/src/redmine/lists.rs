//! Reads the tracker's lists: statuses, priorities, projects of the scope with who can be given their tickets, and people
//! (contracts/redmine 2, 8).
//!
//! A list that a tracker of this family does not have is empty. Deliberately not here: what is done with them.

use std::collections::BTreeMap;

use pult_domain::{
    Failure,
    areas::tickets::{Dictionary, Member, Named, Priority, Project, Status, TicketUser},
};
use serde_json::Value;

use crate::{CallError, Exchange};

use super::{
    Redmine,
    client::As,
    loose::{MAX_NAME, at, list, named, number, text},
    trouble::strange,
};

/// The most projects whose members are read.
const MAX_MEMBERS_OF: usize = 200;
/// The most members of a project.
const MAX_MEMBERS: usize = 2_000;
/// The most people.
const MAX_USERS: usize = 20_000;

/// The statuses an answer lists.
pub(super) fn statuses(answer: &Value) -> Vec<Status> {
    let status = |row: &Value| {
        let Named { id, name } = named(row)?;
        Some(Status { id, name, closed: at(row, &["is_closed"]).as_bool().unwrap_or_default() })
    };
    list(answer, "issue_statuses").filter_map(status).collect()
}

/// The priorities an answer lists: those that are in use.
pub(super) fn priorities(answer: &Value) -> Vec<Priority> {
    let flag = |row: &Value, name: &str, usual: bool| at(row, &[name]).as_bool().unwrap_or(usual);
    let priority = |row: &Value| {
        let Named { id, name } = named(row)?;
        flag(row, "active", true).then(|| Priority { id, name, default: flag(row, "is_default", false) })
    };
    list(answer, "issue_priorities").filter_map(priority).collect()
}

/// A project; without trackers of its own it has all of them.
pub(super) fn project(row: &Value, trackers: &[Named]) -> Option<Project> {
    let Named { id, name } = named(row)?;
    let own: Vec<Named> = list(row, "trackers").filter_map(named).collect();
    let trackers = if at(row, &["trackers"]).is_array() { own } else { trackers.to_vec() };
    Some(Project { id, name, trackers, members: vec![] })
}

/// Members of a project, by name: people and groups.
pub(super) fn members<'r>(rows: impl Iterator<Item = &'r Value>) -> Vec<Member> {
    let member = |row: &Value| named(at(row, &["user"])).or_else(|| named(at(row, &["group"])));
    let by_id: BTreeMap<i64, String> = rows.filter_map(member).map(|Named { id, name }| (id, name)).collect();
    let mut members: Vec<Member> = by_id.into_iter().map(|(id, name)| Member { id, name }).collect();
    members.sort_by_key(|member| member.name.to_lowercase());
    members
}

/// People an answer lists.
pub(super) fn users<'r>(rows: impl Iterator<Item = &'r Value>) -> Vec<TicketUser> {
    let user = |row: &Value| {
        let said = |name| text(at(row, &[name]), MAX_NAME);
        let login = said("login");
        let names: Vec<String> = ["firstname", "lastname"].into_iter().filter_map(said).collect();
        let id = number(at(row, &["id"]))?;
        let name = if names.is_empty() { login.clone().unwrap_or_else(|| format!("#{id}")) } else { names.join(" ") };
        Some(TicketUser { id, login, name, email: said("mail").map(|mail| mail.to_lowercase()) })
    };
    rows.filter_map(user).collect()
}

impl Redmine {
    /// Every list.
    pub(super) async fn lists(&self, said: &mut Vec<Exchange>) -> Result<Dictionary, CallError> {
        // Where the web service is off, nothing is what it seems: every list would be empty.
        let me = self.owner(As::Engine, said).await?;
        let statuses = statuses(&self.list(&["issue_statuses.json"], "issue_statuses", said).await?);
        let priorities =
            priorities(&self.list(&["enumerations", "issue_priorities.json"], "issue_priorities", said).await?);
        let trackers: Vec<Named> =
            list(&self.list(&["trackers.json"], "trackers", said).await?, "trackers").filter_map(named).collect();
        let rows = self.projects(said).await?;
        let scope = self.learn_scope(&rows)?;
        let mut projects: Vec<Project> = rows.iter().filter_map(|row| project(row, &trackers)).collect();
        projects.retain(|project| scope.holds(project.id));
        projects.sort_by_key(|project| project.name.to_lowercase());
        let mut people = BTreeMap::new();
        for project in projects.iter_mut().take(MAX_MEMBERS_OF) {
            let rows = self.members(project.id, said).await?;
            project.members = members(rows.iter());
            people.extend(rows.iter().filter_map(|row| named(at(row, &["user"]))).map(|who| (who.id, who.name)));
        }
        let members = people.into_iter().map(|(id, name)| TicketUser { id, login: None, name, email: None });
        let users = match me.admin {
            true => match self.pages(&["users.json"], "users", &[("status", "1")], MAX_USERS, said).await {
                Ok(rows) => users(rows.iter()),
                Err(CallError::Refused { .. }) => members.collect(),
                Err(error) => return Err(error),
            },
            false => members.collect(),
        };
        Ok(Dictionary { statuses, priorities, projects, users, fields: self.fields.known() })
    }

    /// A list that comes as a whole; empty where the tracker has none.
    async fn list(&self, path: &[&str], name: &str, said: &mut Vec<Exchange>) -> Result<Value, CallError> {
        match self.client.get(As::Engine, path, &[], said).await {
            Ok(heard) if at(&heard.content, &[name]).is_array() => Ok(heard.content),
            Ok(_) => Err(strange(&format!("the answer holds no {name}"))),
            Err(CallError::Refused { why: Failure::DoesNotExist, .. }) => Ok(Value::Null),
            Err(error) => Err(error),
        }
    }

    /// Members of a project; none where our account may not see them. What was said goes aside: there may be hundreds of projects.
    async fn members(&self, project: i64, said: &mut Vec<Exchange>) -> Result<Vec<Value>, CallError> {
        let (id, mut aside) = (project.to_string(), vec![]);
        match self.pages(&["projects", &id, "memberships.json"], "memberships", &[], MAX_MEMBERS, &mut aside).await {
            Err(CallError::Refused { .. }) => Ok(vec![]),
            Err(error) => {
                said.extend(aside.pop());
                Err(error)
            }
            rows => rows,
        }
    }
}

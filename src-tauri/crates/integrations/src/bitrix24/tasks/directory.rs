//! Reads the directory of the house: departments, people, the project, working hours (behaviour/erp_tasks 5 and 6.1 to 6.4).
//!
//! The portal ignores conditions it does not know, so every row is looked at here as well. Deliberately not here: keeping it, and
//! for how long (the rule's).

use std::collections::BTreeSet;

use pult_domain::areas::erp::{
    Department, Parts, Person, Project, Reading, Root,
    directory::{normal, root_of, subtree},
};
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    super::{
        Bitrix24,
        client::{Command, First, Key, Listing},
        loose::{entry, flag, items, number, text},
    },
    schedule,
};

/// The method that reads departments.
pub(super) const DEPARTMENTS: &str = "department.get";
/// The method that reads people.
pub(super) const PEOPLE: &str = "user.get";
/// The method that reads projects.
pub(super) const PROJECTS: &str = "sonet_group.get";
/// Only these are given tasks; bots, guests and people known by mail are not.
pub(super) const EMPLOYEE: &str = "employee";
/// More rows than any house has.
pub(super) const ROWS: Listing = Listing { under: None, id: "ID", most: 20_000 };

impl Bitrix24 {
    /// The wanted parts. Departments, the project and working hours come together; people once it is known whose.
    pub(super) async fn read_directory(
        &self,
        parts: Parts,
        root: &Root,
        project: &str,
        said: &mut Vec<Exchange>,
    ) -> Result<Reading, CallError> {
        let mut commands = vec![];
        if parts.departments || parts.people {
            commands.push(command(DEPARTMENTS, json!({"sort": "ID", "order": "ASC", "start": 0})));
        }
        if parts.project {
            let params = json!({"ORDER": {"ID": "ASC"}, "FILTER": {"NAME": project}, "start": 0});
            commands.push(command(PROJECTS, params));
        }
        if parts.schedule {
            commands.push(command(schedule::METHOD, json!({})));
        }
        let (mut reading, mut firsts) = (Reading::default(), vec![]);
        for (command, ran) in commands.iter().zip(self.run(&commands, said).await?) {
            let page = ran.outcome()?;
            match command.method {
                schedule::METHOD => reading.schedule = Some(schedule::read(&page.result)),
                _ => firsts.push(First { command: command.clone(), listing: ROWS, page }),
            }
        }
        let methods: Vec<_> = firsts.iter().map(|first| first.command.method).collect();
        for (method, rows) in methods.into_iter().zip(self.client.rest(Key::Tasks, firsts, said).await?) {
            match method {
                DEPARTMENTS => reading.departments = Some(departments(&rows?)),
                _ => reading.projects = Some(projects(&rows?, project)),
            }
        }
        if parts.people {
            let departments = reading.departments.as_deref().unwrap_or_default();
            reading.people = Some(match root_of(departments, root) {
                Ok(top) => self.staff(&subtree(departments, top), said).await?,
                Err(_) => vec![],
            });
        }
        Ok(reading)
    }

    /// Active employees of some departments.
    async fn staff(&self, of: &BTreeSet<i64>, said: &mut Vec<Exchange>) -> Result<Vec<Person>, CallError> {
        let params = json!({
            "FILTER": {"UF_DEPARTMENT": of, "ACTIVE": true, "USER_TYPE": EMPLOYEE},
            "sort": "ID", "order": "ASC", "start": 0,
        });
        let first = command(PEOPLE, params);
        let mut ran = self.run(std::slice::from_ref(&first), said).await?;
        let mut lists = vec![];
        for ran in ran.drain(..) {
            lists.push(First { command: first.clone(), listing: ROWS, page: ran.outcome()? });
        }
        let mut found = vec![];
        for rows in self.client.rest(Key::Tasks, lists, said).await? {
            found.extend(people(&rows?).into_iter().filter(|person| person.departments.iter().any(|d| of.contains(d))));
        }
        Ok(found)
    }
}

fn command(method: &'static str, params: Value) -> Command {
    Command::repeatable(method.replace('.', "_"), method, params)
}

/// Departments; a row without an id is none.
pub(super) fn departments(rows: &[Value]) -> Vec<Department> {
    let department = |row: &Value| {
        let parent = entry(row, "PARENT").and_then(number).filter(|parent| *parent > 0);
        Some(Department { id: id(row)?, name: entry(row, "NAME").and_then(text).unwrap_or_default(), parent })
    };
    rows.iter().filter_map(department).collect()
}

/// Projects that are at work and have the wanted name, or one that differs in case, spaces or `ё` only.
pub(super) fn projects(rows: &[Value], wanted: &str) -> Vec<Project> {
    let project = |row: &Value| {
        let name = entry(row, "NAME").and_then(text)?;
        let works = entry(row, "ACTIVE").is_some_and(flag) && !entry(row, "CLOSED").is_some_and(flag);
        (works && normal(&name) == normal(wanted)).then_some(Project { id: id(row)?, name })
    };
    rows.iter().filter_map(project).collect()
}

/// Active employees among users, with their departments.
pub(super) fn people(rows: &[Value]) -> Vec<Person> {
    let person = |row: &Value| {
        let departments = entry(row, "UF_DEPARTMENT").map(items).unwrap_or_default();
        let departments = departments.into_iter().filter_map(number).collect();
        is_employee(row).then_some(Person { id: id(row)?, name: name(row, ["NAME", "LAST_NAME"]), departments })
    };
    rows.iter().filter_map(person).collect()
}

/// The id of a row.
pub(super) fn id(row: &Value) -> Option<i64> {
    entry(row, "ID").and_then(number)
}

/// Whether a user works here.
pub(super) fn is_employee(row: &Value) -> bool {
    let kind = entry(row, "USER_TYPE").and_then(text);
    entry(row, "ACTIVE").is_some_and(flag) && kind.as_deref() == Some(EMPLOYEE)
}

/// The parts of a user's name that there are.
pub(super) fn name<const N: usize>(row: &Value, parts: [&str; N]) -> String {
    let parts: Vec<_> = parts.into_iter().filter_map(|part| entry(row, part).and_then(text)).collect();
    parts.join(" ")
}

//! The tenant's services, groups, people, statuses and tasks, and who may be given what. Invented throughout.
//!
//! Not here: how any of it looks on a wire.

mod seed;
pub mod task;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::task::Task;

/// A queue of tasks.
#[derive(Clone, Debug, Serialize)]
pub struct Service {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The names from the root of the tree.
    pub fullname: String,
    /// What it is for.
    pub description: Option<String>,
    /// Groups whose people may be given its tasks.
    pub groups: Vec<u64>,
}

/// A group of employees.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is out of use.
    pub archived: bool,
}

/// That somebody is in a group.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Membership {
    /// Its id.
    pub id: u64,
    /// Of this group.
    pub group: u64,
}

/// Somebody who may sign in.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// Their id.
    pub id: u64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Patronymic.
    pub middle_name: Option<String>,
    /// Mail address, which is also the name to sign in with.
    pub email: String,
    /// A client's and not an employee.
    pub client: bool,
    /// Whether they are kept from working.
    pub blocked: bool,
    /// Their groups, the default one first.
    pub groups: Vec<Membership>,
    /// When they were last changed.
    pub updated_at: Timestamp,
}

impl Person {
    /// As lists name them.
    pub fn name(&self) -> String {
        format!("{} {}", self.last_name, self.first_name).trim().to_owned()
    }
}

/// A status of tasks.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether a task that has it is done with.
    pub last: bool,
}

/// A service that is new or changed; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceOrder {
    /// Id of a new one; the next free one without this.
    pub id: Option<u64>,
    /// See [`Service`].
    pub name: Option<String>,
    /// See [`Service`]; follows the name without this.
    pub fullname: Option<String>,
    /// See [`Service`].
    pub description: Option<String>,
    /// See [`Service`].
    pub groups: Option<Vec<u64>>,
}

/// A group that is new or changed; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GroupOrder {
    /// Id of a new one; the next free one without this.
    pub id: Option<u64>,
    /// See [`Group`].
    pub name: Option<String>,
    /// See [`Group`].
    pub description: Option<String>,
    /// See [`Group`].
    pub archived: Option<bool>,
}

/// A person who is new or changed; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersonOrder {
    /// Id of a new one; the next free one without this.
    pub id: Option<u64>,
    /// See [`Person`].
    pub first_name: Option<String>,
    /// See [`Person`].
    pub last_name: Option<String>,
    /// See [`Person`].
    pub middle_name: Option<String>,
    /// See [`Person`].
    pub email: Option<String>,
    /// See [`Person`].
    pub client: Option<bool>,
    /// See [`Person`].
    pub blocked: Option<bool>,
    /// Ids of their groups, the default one first.
    pub groups: Option<Vec<u64>>,
}

/// A status that is new or changed; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StatusOrder {
    /// Id of a new one; the next free one without this.
    pub id: Option<u64>,
    /// See [`Status`].
    pub name: Option<String>,
    /// See [`Status`].
    pub last: Option<bool>,
}

/// Everything there is, by id; tasks by number.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Services.
    pub services: BTreeMap<u64, Service>,
    /// Groups.
    pub groups: BTreeMap<u64, Group>,
    /// People.
    pub people: BTreeMap<u64, Person>,
    /// Statuses; a new task has the first.
    pub statuses: BTreeMap<u64, Status>,
    /// Tasks.
    pub tasks: BTreeMap<u64, Task>,
    memberships: u64,
}

/// Why somebody may not be given a task.
pub(super) const UNAVAILABLE: &str = "Исполнитель недоступен в сервисе";
/// The same of a person who is kept from working.
pub(super) const BLOCKED: &str = "Исполнитель заблокирован";

fn next<T>(all: &BTreeMap<u64, T>, first: u64) -> u64 {
    all.last_key_value().map_or(first, |(id, _)| id + 1)
}

fn set<T: Clone>(field: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        field.clone_from(new);
    }
}

impl World {
    /// The group for whose sake this person may be given a task of this service.
    ///
    /// # Errors
    /// The person is blocked, or of no group of the service, or not of the group that is asked for.
    pub(super) fn may_do(
        &self,
        service: Option<u64>,
        person: u64,
        group: Option<u64>,
    ) -> Result<Option<u64>, &'static str> {
        let person = self.people.get(&person).filter(|person| !person.client).ok_or(UNAVAILABLE)?;
        if person.blocked {
            return Err(BLOCKED);
        }
        let used = |id: &u64| self.groups.get(id).is_some_and(|group| !group.archived);
        let own = person.groups.iter().map(|membership| membership.group).filter(used);
        let own = own.filter(|id| group.is_none_or(|group| group == *id));
        match service {
            // What is not in a service yet may be given to any employee.
            None => match (own.clone().next(), group) {
                (None, Some(_)) => Err(UNAVAILABLE),
                (found, _) => Ok(found),
            },
            Some(service) => {
                let bound = &self.services.get(&service).ok_or(UNAVAILABLE)?.groups;
                own.clone().find(|id| bound.contains(id)).map(Some).ok_or(UNAVAILABLE)
            }
        }
    }

    /// Everybody who may be given a task of this service, by id.
    pub(super) fn able(&self, service: Option<u64>) -> Vec<u64> {
        self.people.keys().copied().filter(|id| self.may_do(service, *id, None).is_ok()).collect()
    }

    /// The task of an id, which is not its number.
    pub(super) fn number_of(&self, id: u64) -> Option<u64> {
        id.checked_sub(task::OFFSET).filter(|number| self.tasks.contains_key(number))
    }

    /// The first status that ends a task.
    pub(super) fn last_status(&self) -> u64 {
        self.statuses.values().find(|status| status.last).map(|status| status.id).unwrap_or_default()
    }

    /// Makes a service, or changes the `known` one; none when there is no such service.
    pub(super) fn order_service(&mut self, known: Option<u64>, order: &ServiceOrder) -> Option<u64> {
        let id = known.unwrap_or_else(|| order.id.unwrap_or_else(|| next(&self.services, 54_001)));
        if known.is_none() {
            let name = format!("Сервис {id}");
            let new = Service { id, fullname: name.clone(), name, description: None, groups: Vec::new() };
            self.services.insert(id, new);
        }
        let service = self.services.get_mut(&id)?;
        set(&mut service.name, order.name.as_ref());
        set(&mut service.fullname, order.fullname.as_ref().or(order.name.as_ref()));
        set(&mut service.groups, order.groups.as_ref());
        service.description = order.description.clone().or(service.description.take());
        Some(id)
    }

    /// Makes a group, or changes the `known` one; none when there is no such group.
    pub(super) fn order_group(&mut self, known: Option<u64>, order: &GroupOrder) -> Option<u64> {
        let id = known.unwrap_or_else(|| order.id.unwrap_or_else(|| next(&self.groups, 176_001)));
        if known.is_none() {
            let new = Group { id, name: format!("Группа {id}"), description: None, archived: false };
            self.groups.insert(id, new);
        }
        let group = self.groups.get_mut(&id)?;
        set(&mut group.name, order.name.as_ref());
        set(&mut group.archived, order.archived.as_ref());
        group.description = order.description.clone().or(group.description.take());
        Some(id)
    }

    /// Makes a person, or changes the `known` one; none when there is nobody of this id.
    pub(super) fn order_person(&mut self, known: Option<u64>, order: &PersonOrder, now: Timestamp) -> Option<u64> {
        let id = known.unwrap_or_else(|| order.id.unwrap_or_else(|| next(&self.people, 583_001)));
        if known.is_none() {
            let new = Person {
                id,
                first_name: "Новый".to_owned(),
                last_name: format!("Сотрудник {id}"),
                middle_name: None,
                email: format!("u{id}@tenant.example"),
                client: false,
                blocked: false,
                groups: Vec::new(),
                updated_at: now,
            };
            self.people.insert(id, new);
        }
        let person = self.people.get_mut(&id)?;
        set(&mut person.first_name, order.first_name.as_ref());
        set(&mut person.last_name, order.last_name.as_ref());
        set(&mut person.email, order.email.as_ref());
        set(&mut person.client, order.client.as_ref());
        set(&mut person.blocked, order.blocked.as_ref());
        person.middle_name = order.middle_name.clone().or(person.middle_name.take());
        person.updated_at = now;
        if let Some(groups) = &order.groups {
            let kept = std::mem::take(&mut person.groups);
            for group in groups {
                let known = kept.iter().find(|membership| membership.group == *group).copied();
                person.groups.push(known.unwrap_or_else(|| {
                    self.memberships += 1;
                    Membership { id: 430_000 + self.memberships, group: *group }
                }));
            }
        }
        Some(id)
    }

    /// Makes a status, or changes the `known` one; none when there is no such status.
    pub(super) fn order_status(&mut self, known: Option<u64>, order: &StatusOrder) -> Option<u64> {
        let id = known.unwrap_or_else(|| order.id.unwrap_or_else(|| next(&self.statuses, 106_939)));
        if known.is_none() {
            self.statuses.insert(id, Status { id, name: format!("Статус {id}"), last: false });
        }
        let status = self.statuses.get_mut(&id)?;
        set(&mut status.name, order.name.as_ref());
        set(&mut status.last, order.last.as_ref());
        Some(id)
    }
}

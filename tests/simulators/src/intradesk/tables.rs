//! What lists can be asked about, in the names of each list.

use super::{
    odata::{Cell, Kind, Property, Table},
    world::{Group, Person, Status, task::Task},
};

/// The task list.
pub(super) static TASKS: Table<Task> = Table {
    properties: &[
        Property { name: "id", kind: Kind::Number, of: |task| Cell::id(task.id) },
        Property { name: "tasknumber", kind: Kind::Number, of: |task| Cell::id(task.number) },
        Property { name: "customerid", kind: Kind::Number, of: |_| Cell::id(CUSTOMER) },
        Property { name: "status", kind: Kind::Number, of: |task| Cell::id(task.status) },
        Property { name: "priority", kind: Kind::Number, of: |task| Cell::id(task.priority) },
        Property { name: "name", kind: Kind::Text, of: |task| Cell::text(&task.name) },
        Property { name: "description", kind: Kind::Text, of: |task| Cell::text(&task.description) },
        Property { name: "service", kind: Kind::Number, of: |task| Cell::some_id(task.service) },
        Property { name: "servicepath", kind: Kind::Text, of: |task| path(task).map_or(Cell::Null, Cell::Text) },
        Property { name: "tasktype", kind: Kind::Number, of: |_| Cell::id(TASK_TYPE) },
        Property { name: "initiator", kind: Kind::Number, of: |task| Cell::id(task.initiator) },
        Property { name: "executor", kind: Kind::Number, of: |task| Cell::some_id(task.executor()) },
        Property { name: "executorgroup", kind: Kind::Number, of: |task| Cell::some_id(task.group) },
        Property { name: "createdat", kind: Kind::Time, of: |task| Cell::Time(task.created_at) },
        Property { name: "updatedat", kind: Kind::Time, of: |task| Cell::Time(task.updated_at) },
    ],
    term: Some(occurs),
};

/// The client's company that every task is of.
pub(super) const CUSTOMER: u64 = 36;
/// The type that every task is of.
pub(super) const TASK_TYPE: u64 = 501;

/// The text that stands for a service; opaque to clients.
pub(super) fn path(task: &Task) -> Option<String> {
    task.service.map(|service| format!("{service}|"))
}

fn occurs(task: &Task, word: &str) -> bool {
    let word = word.to_lowercase();
    task.name.to_lowercase().contains(&word) || task.description.to_lowercase().contains(&word)
}

/// Employees.
pub(super) static EMPLOYEES: Table<Person> = Table {
    properties: &[
        Property { name: "id", kind: Kind::Number, of: |person| Cell::id(person.id) },
        Property { name: "updatedAt", kind: Kind::Time, of: |person| Cell::Time(person.updated_at) },
        Property { name: "name", kind: Kind::Text, of: |person| Cell::Text(person.name()) },
        Property { name: "firstName", kind: Kind::Text, of: |person| Cell::text(&person.first_name) },
        Property { name: "lastName", kind: Kind::Text, of: |person| Cell::text(&person.last_name) },
        Property {
            name: "middleName",
            kind: Kind::Text,
            of: |person| person.middle_name.as_deref().map_or(Cell::Null, Cell::text),
        },
        Property { name: "email", kind: Kind::Text, of: |person| Cell::text(&person.email) },
        Property { name: "userName", kind: Kind::Text, of: |person| Cell::text(&person.email) },
        Property { name: "type", kind: Kind::Number, of: |person| Cell::id(kind(person)) },
        Property { name: "isArchived", kind: Kind::Truth, of: |person| Cell::Truth(person.blocked) },
        Property { name: "workingScheduleId", kind: Kind::Number, of: |_| Cell::Null },
    ],
    term: None,
};

/// An employee, or somebody of a client's.
pub(super) const fn kind(person: &Person) -> u64 {
    if person.client { 20 } else { 10 }
}

/// Groups of employees.
pub(super) static GROUPS: Table<Group> = Table {
    properties: &[
        Property { name: "id", kind: Kind::Number, of: |group| Cell::id(group.id) },
        Property { name: "name", kind: Kind::Text, of: |group| Cell::text(&group.name) },
        Property {
            name: "description",
            kind: Kind::Text,
            of: |group| group.description.as_deref().map_or(Cell::Null, Cell::text),
        },
        Property { name: "isArchived", kind: Kind::Truth, of: |group| Cell::Truth(group.archived) },
        Property { name: "isDefault", kind: Kind::Truth, of: |_| Cell::Truth(false) },
    ],
    term: None,
};

/// Statuses.
pub(super) static STATUSES: Table<Status> = Table {
    properties: &[
        Property { name: "id", kind: Kind::Number, of: |status| Cell::id(status.id) },
        Property { name: "name", kind: Kind::Text, of: |status| Cell::text(&status.name) },
    ],
    term: None,
};

//! The `filter` of a search: equality of fields, any of a list, the functions `Empty()`, `notEmpty()` and `me()`; and the order.
//! A field that nobody knows is refused by its name.

use std::cmp::Ordering;

use serde_json::Value;

use super::{
    refused::Refused,
    world::{
        World,
        issue::Issue,
        queue::{PRIORITIES, RESOLUTIONS, STATUS_TYPES, STATUSES, TYPES, Word, status_type, word},
    },
};

const FIELDS: [&str; 17] = [
    "queue",
    "key",
    "id",
    "status",
    "statusType",
    "type",
    "priority",
    "resolution",
    "assignee",
    "author",
    "createdBy",
    "updatedBy",
    "followers",
    "access",
    "tags",
    "boards",
    "parent",
];

/// What is wanted of one field: any of these.
struct Wanted {
    field: String,
    any: Vec<String>,
}

/// A filter.
pub(super) struct Filter(Vec<Wanted>);

impl Filter {
    pub(super) fn read(world: &World, value: &Value) -> Result<Self, Refused> {
        let map = value.as_object().ok_or_else(|| Refused::field("filter", Refused::KIND))?;
        let one = |(field, value): (&String, &Value)| {
            let local = world.queues.values().any(|queue| queue.field(field).is_some());
            if !local && !FIELDS.contains(&field.as_str()) {
                return Err(Refused::field(field, Refused::UNKNOWN));
            }
            let text = |value: &Value| match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                _ => Err(Refused::field(field, Refused::KIND)),
            };
            let any = match value {
                Value::Array(row) => row.iter().map(text).collect::<Result<_, _>>()?,
                other => vec![text(other)?],
            };
            Ok(Wanted { field: field.clone(), any })
        };
        map.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an issue is wanted by `me`.
    pub(super) fn fits(&self, world: &World, me: &str, issue: &Issue) -> bool {
        self.0.iter().all(|wanted| {
            let values = values(world, issue, &wanted.field);
            wanted.any.iter().any(|one| match one.as_str() {
                "Empty()" => values.is_empty(),
                "notEmpty()" => !values.is_empty(),
                "me()" => values.iter().any(|names| names.iter().any(|name| name == me)),
                text => values.iter().any(|names| names.iter().any(|name| name == text)),
            })
        })
    }
}

/// The values of a field, each with the names it goes by.
fn values(world: &World, issue: &Issue, field: &str) -> Vec<Vec<String>> {
    let coded = |table: &[Word], key: Option<&str>| {
        let of = |(id, key, _): Word| vec![id.to_owned(), key.to_owned()];
        key.and_then(|key| word(table, key)).map(of).into_iter().collect()
    };
    let people = |logins: &[String]| -> Vec<Vec<String>> {
        let of = |login: &String| {
            let uid = world.person(login).map(|person| person.uid().to_string());
            std::iter::once(login.clone()).chain(uid).collect()
        };
        logins.iter().map(of).collect()
    };
    let each = |texts: Vec<String>| texts.into_iter().map(|text| vec![text]).collect();
    match field {
        "queue" => {
            let id = world.queues.get(&issue.queue).map(|queue| queue.id.to_string());
            vec![std::iter::once(issue.queue.clone()).chain(id).collect()]
        }
        "key" => each(vec![issue.key.clone()]),
        "id" => each(vec![issue.id.clone()]),
        "status" => coded(&STATUSES, Some(&issue.status)),
        "statusType" => coded(&STATUS_TYPES, Some(status_type(&issue.status))),
        "type" => coded(&TYPES, Some(&issue.kind)),
        "priority" => coded(&PRIORITIES, Some(&issue.priority)),
        "resolution" => coded(&RESOLUTIONS, issue.resolution.as_deref()),
        "assignee" => people(issue.assignee.as_slice()),
        "author" | "createdBy" => people(std::slice::from_ref(&issue.author)),
        "updatedBy" => people(std::slice::from_ref(&issue.editor)),
        "followers" => people(&issue.followers),
        "access" => people(&issue.access),
        "tags" => each(issue.tags.clone()),
        "boards" => each(issue.boards.iter().map(ToString::to_string).collect()),
        "parent" => each(issue.parent.iter().cloned().collect()),
        local => {
            let known = world.queues.get(&issue.queue).and_then(|queue| queue.field(local));
            let value = known.and_then(|field| issue.locals.get(&field.key));
            each(
                value
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                    .into_iter()
                    .collect(),
            )
        }
    }
}

/// What issues are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Updated,
    Created,
    Key,
}

impl By {
    pub(super) fn of(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "updated" => Some(Self::Updated),
            "created" => Some(Self::Created),
            "key" => Some(Self::Key),
            _ => None,
        }
    }
}

/// A field of the order, and whether it falls.
pub(super) type Sort = (By, bool);

/// `-updated`, `+key`.
pub(super) fn order(value: &Value) -> Result<Sort, Refused> {
    let text = value.as_str().ok_or_else(|| Refused::field("order", Refused::KIND))?;
    let (falls, name) = match text.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    By::of(name).map(|by| (by, falls)).ok_or_else(|| Refused::field("order", Refused::NO_VALUE))
}

/// Which of two issues comes first; the key decides in the end.
pub(super) fn compare(order: &[Sort], one: &Issue, other: &Issue) -> Ordering {
    let key = || (&one.queue, one.number).cmp(&(&other.queue, other.number));
    let of = |(by, falls): &Sort| {
        let plain = match by {
            By::Updated => one.updated_at.cmp(&other.updated_at),
            By::Created => one.created_at.cmp(&other.created_at),
            By::Key => key(),
        };
        if *falls { plain.reverse() } else { plain }
    };
    order.iter().map(of).find(|found| found.is_ne()).unwrap_or_else(key)
}

//! The parameters of the classic product's lists. What is not known, a field that is not there among them, is refused.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::super::world::task::Task;

/// Fields of a task.
pub(super) const FIELDS: [&str; 13] = [
    "Id",
    "Name",
    "Description",
    "StatusId",
    "StatusName",
    "ServiceId",
    "ExecutorIds",
    "ExecutorGroupId",
    "CreatorId",
    "Created",
    "Changed",
    "Deadline",
    "Closed",
];

/// Rows of a page where nothing is asked for.
const PAGE: usize = 25;
/// Most rows of a page.
const LARGEST: usize = 200;

/// What is asked for.
pub(super) struct Wanted {
    executors: Option<Vec<u64>>,
    in_status: Option<Vec<u64>>,
    services: Option<Vec<u64>>,
    search: Option<String>,
    pub(super) statuses: bool,
    pub(super) priorities: bool,
    fields: Option<Vec<String>>,
    sort: (Sort, bool),
    pub(super) page: usize,
    pub(super) size: usize,
    pub(super) count: bool,
}

/// What lists can be sorted by.
#[derive(Clone, Copy)]
enum Sort {
    Id,
    Name,
    Created,
    Changed,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            executors: None,
            in_status: None,
            services: None,
            search: None,
            statuses: false,
            priorities: false,
            fields: None,
            sort: (Sort::Id, false),
            page: 1,
            size: PAGE,
            count: true,
        }
    }
}

/// The ids in a text with commas; none in an empty one.
pub(super) fn ids(text: &str) -> Option<Vec<u64>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    text.split(',').map(|id| id.trim().parse().ok()).collect()
}

impl Wanted {
    /// The parameters of `GET /api/task`.
    pub(super) fn of_list(query: &[(String, String)]) -> Result<Self, String> {
        let mut wanted = Self::default();
        for (index, (name, value)) in query.iter().enumerate() {
            let bad = || format!("{name}: wrong value");
            if query[..index].iter().any(|(other, _)| other == name) {
                return Err(format!("{name} stands twice"));
            }
            let some_ids = || ids(value).filter(|ids| !ids.is_empty()).ok_or_else(bad);
            match name.as_str() {
                "ExecutorIds" => wanted.executors = Some(some_ids()?),
                "StatusIds" => wanted.in_status = Some(some_ids()?),
                "ServiceIds" => wanted.services = Some(some_ids()?),
                "search" => wanted.search = Some(value.to_lowercase()),
                "sort" => wanted.sort = sort(value).ok_or_else(bad)?,
                "page" => wanted.page = value.parse().ok().filter(|page| *page > 0).ok_or_else(bad)?,
                "pagesize" => {
                    wanted.size = value.parse().ok().filter(|size| (1..=LARGEST).contains(size)).ok_or_else(bad)?;
                }
                "count" => wanted.count = value.parse().map_err(|_| bad())?,
                _ => wanted.shape(name, value)?,
            }
        }
        Ok(wanted)
    }

    /// The parameters of `GET /api/task/{id}`.
    pub(super) fn of_one(query: &[(String, String)]) -> Result<Self, String> {
        let mut wanted = Self::default();
        query.iter().try_for_each(|(name, value)| wanted.shape(name, value))?;
        Ok(wanted)
    }

    fn shape(&mut self, name: &str, value: &str) -> Result<(), String> {
        for item in value.split(',').map(str::trim) {
            match (name, item) {
                ("include", "status") => self.statuses = true,
                ("include", "priority") => self.priorities = true,
                ("fields", field) if FIELDS.contains(&field) => {
                    self.fields.get_or_insert_default().push(field.to_owned());
                }
                ("include" | "fields", item) => return Err(format!("{name}: {item} is unknown")),
                _ => return Err(format!("{name}: unknown parameter")),
            }
        }
        Ok(())
    }

    /// Every task that is asked for, in its order.
    pub(super) fn all<'a>(&self, tasks: impl Iterator<Item = &'a Task>) -> Vec<&'a Task> {
        let among = |ids: &Option<Vec<u64>>, id: Option<u64>| {
            ids.as_ref().is_none_or(|ids| id.is_some_and(|id| ids.contains(&id)))
        };
        let fits = |task: &&Task| {
            let of_somebody = self.executors.as_ref();
            of_somebody.is_none_or(|ids| task.executors.iter().any(|person| ids.contains(person)))
                && among(&self.in_status, Some(task.status))
                && among(&self.services, task.service)
                && self.search.as_ref().is_none_or(|word| {
                    task.name.to_lowercase().contains(word) || task.description.to_lowercase().contains(word)
                })
        };
        let mut all: Vec<&Task> = tasks.filter(fits).collect();
        let (by, ascending) = self.sort;
        all.sort_by(|a, b| {
            let order = by.compare(a, b);
            if ascending { order } else { order.reverse() }
        });
        all
    }

    /// A row without the fields that are not asked for.
    pub(super) fn only(&self, row: Map<String, Value>) -> Value {
        let asked = |name: &String| self.fields.as_ref().is_none_or(|fields| fields.contains(name));
        Value::Object(row.into_iter().filter(|(name, _)| asked(name)).collect())
    }
}

impl Sort {
    fn compare(self, a: &Task, b: &Task) -> Ordering {
        match self {
            Self::Id => a.number.cmp(&b.number),
            Self::Name => a.name.cmp(&b.name),
            Self::Created => a.created_at.cmp(&b.created_at),
            Self::Changed => a.updated_at.cmp(&b.updated_at),
        }
    }
}

fn sort(text: &str) -> Option<(Sort, bool)> {
    let (name, direction) = text.split_once(' ').unwrap_or((text, "asc"));
    let by = match name {
        "Id" => Sort::Id,
        "Name" => Sort::Name,
        "Created" => Sort::Created,
        "Changed" => Sort::Changed,
        _ => return None,
    };
    match direction {
        "asc" => Some((by, true)),
        "desc" => Some((by, false)),
        _ => None,
    }
}

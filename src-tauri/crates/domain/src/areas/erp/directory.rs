//! What is known of the house between two readings: departments, people, the project, working hours (behaviour/erp_tasks 5, 6.2, 6.3).
//!
//! Deliberately not here: reading it (the portal's integration), and how busy anybody is, which is never kept.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Trouble;
use crate::Instant;

/// A department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// The portal's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The department it is part of.
    pub parent: Option<i64>,
}

/// An employee of one of the departments that matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The portal's id.
    pub id: i64,
    /// The full name; may be empty.
    pub name: String,
    /// Departments the person belongs to.
    pub departments: Vec<i64>,
}

/// A project that tasks are linked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// The portal's id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// The house's working hours (contracts/bitrix24 6, `calendar.settings.get`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Minute of the day at which work begins.
    pub start: u16,
    /// Minute of the day at which it ends; at most 1440.
    pub end: u16,
    /// Days of the week without work, 1 = Monday.
    pub week_holidays: BTreeSet<i8>,
    /// Days of any year without work, as (month, day).
    pub year_holidays: BTreeSet<(i8, i8)>,
    /// Days of any year with work even at a week's end, as (month, day).
    pub year_workdays: BTreeSet<(i8, i8)>,
}

/// Something kept, and since when it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cached<T> {
    /// What.
    pub value: T,
    /// When it was read.
    pub at: Instant,
}

/// A part of the directory with a life of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Part {
    /// All departments.
    Departments,
    /// People of the root department and all below it.
    People,
    /// Projects of the wanted name.
    Project,
    /// Working hours.
    Schedule,
}

/// Which parts are to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// [`Part::Departments`].
    pub departments: bool,
    /// [`Part::People`]; needs the departments, so it is never asked for without them.
    pub people: bool,
    /// [`Part::Project`].
    pub project: bool,
    /// [`Part::Schedule`].
    pub schedule: bool,
}

/// The department at the top, as the settings name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// By name.
    pub name: String,
    /// By id, which decides where it is given.
    pub id: Option<i64>,
}

/// All that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// All departments.
    pub departments: Option<Cached<Vec<Department>>>,
    /// People of the root and below.
    pub people: Option<Cached<Vec<Person>>>,
    /// Projects of the wanted name.
    pub projects: Option<Cached<Vec<Project>>>,
    /// Working hours.
    pub schedule: Option<Cached<Schedule>>,
    /// Since when a reading is under way.
    pub reading: Option<Instant>,
    /// When a reading failed last.
    pub failed: Option<Instant>,
}

/// How long each part is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lives {
    /// Departments.
    pub departments: SignedDuration,
    /// People.
    pub people: SignedDuration,
    /// The project.
    pub project: SignedDuration,
    /// Working hours.
    pub schedule: SignedDuration,
}

impl Lives {
    /// Every part as long as the longest the portal's silence excuses.
    #[must_use]
    pub fn all(life: SignedDuration) -> Self {
        Self { departments: life, people: life, project: life, schedule: life }
    }
}

fn is_fresh<T>(part: Option<&Cached<T>>, at: Instant, life: SignedDuration) -> bool {
    part.is_some_and(|kept| at.duration_since(kept.at) < life)
}

impl Directory {
    /// The parts that are missing or no longer believed.
    #[must_use]
    pub fn wanting(&self, at: Instant, lives: Lives) -> Parts {
        let departments = !is_fresh(self.departments.as_ref(), at, lives.departments);
        let people = !is_fresh(self.people.as_ref(), at, lives.people);
        Parts {
            departments: departments || people,
            people,
            project: !is_fresh(self.projects.as_ref(), at, lives.project),
            schedule: !is_fresh(self.schedule.as_ref(), at, lives.schedule),
        }
    }

    /// Whether nothing is wanting.
    #[must_use]
    pub fn is_complete(&self, at: Instant, lives: Lives) -> bool {
        self.wanting(at, lives) == Parts::default()
    }

    /// The sub-department of a name, with its people.
    ///
    /// # Errors
    /// What the sender is told: no or several departments of the name, or nobody in it.
    pub fn staff_of(&self, root: &Root, name: &str) -> Result<(i64, Vec<&Person>), Trouble> {
        let departments = self.departments.as_ref().map_or(&[][..], |kept| &kept.value);
        let top = root_of(departments, root)?;
        let below = subtree(departments, top);
        let wanted = normal(name);
        let fits = |d: &&Department| d.id != top && below.contains(&d.id) && normal(&d.name) == wanted;
        let found: Vec<i64> = departments.iter().filter(fits).map(|d| d.id).collect();
        let [department] = found[..] else {
            return Err(match found.is_empty() {
                true => Trouble::NoDepartment { name: name.to_owned() },
                false => Trouble::SeveralDepartments { name: name.to_owned(), ids: found },
            });
        };
        let inside = subtree(departments, department);
        let people = self.people.as_ref().map_or(&[][..], |kept| &kept.value);
        let people: Vec<_> = people.iter().filter(|p| p.departments.iter().any(|d| inside.contains(d))).collect();
        match people.is_empty() {
            true => Err(Trouble::NoStaff { name: name.to_owned() }),
            false => Ok((department, people)),
        }
    }
}

/// The department at the top: the one of the id, else the one of exactly the name, else the one of a name that differs in case,
/// spaces or `ё` only.
///
/// # Errors
/// When there is none, or several.
pub fn root_of(departments: &[Department], root: &Root) -> Result<i64, Trouble> {
    if let Some(id) = root.id {
        let known = departments.iter().any(|d| d.id == id);
        return if known { Ok(id) } else { Err(Trouble::NoRoot { name: id.to_string() }) };
    }
    let ids = |fits: &dyn Fn(&str) -> bool| -> Vec<i64> {
        departments.iter().filter(|d| fits(&d.name)).map(|d| d.id).collect()
    };
    let mut found = ids(&|name| name == root.name);
    if found.is_empty() {
        found = ids(&|name| normal(name) == normal(&root.name));
    }
    match found[..] {
        [only] => Ok(only),
        [] => Err(Trouble::NoRoot { name: root.name.clone() }),
        _ => Err(Trouble::SeveralRoots { name: root.name.clone(), ids: found }),
    }
}

/// A department and all below it. A circle among them, which the portal does not exclude, ends where it closes.
#[must_use]
pub fn subtree(departments: &[Department], top: i64) -> BTreeSet<i64> {
    let mut children: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for department in departments {
        if let Some(parent) = department.parent {
            children.entry(parent).or_default().push(department.id);
        }
    }
    let (mut found, mut next) = (BTreeSet::from([top]), vec![top]);
    while let Some(id) = next.pop() {
        next.extend(children.get(&id).into_iter().flatten().filter(|child| found.insert(**child)));
    }
    found
}

/// A name for comparing: trimmed, spaces collapsed, case folded, `ё` as `е`.
#[must_use]
pub fn normal(name: &str) -> String {
    name.to_lowercase().replace('ё', "е").split_whitespace().collect::<Vec<_>>().join(" ")
}

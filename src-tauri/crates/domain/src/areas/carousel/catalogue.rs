//! What the service desk says of its services, people and groups, and what is new in it (behaviour/carousel 4).
//!
//! Deliberately not here: reading it (an integration's) and switches, absences and turns, which no import touches.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{EmployeeId, GroupId, Instant, ServiceId};

/// A service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offering {
    /// Its name.
    pub name: String,
    /// Its name with those above it.
    pub fullname: Option<String>,
    /// What it is for.
    pub description: Option<String>,
}

/// An employee.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Employee {
    /// The name as shown.
    pub name: String,
    /// First name.
    pub firstname: Option<String>,
    /// Last name.
    pub lastname: Option<String>,
    /// Patronymic.
    pub middlename: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Name for signing in there.
    pub username: Option<String>,
}

/// A group of employees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
}

/// A whole catalogue. Of what is known, only what is not gone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Services by number.
    pub services: BTreeMap<ServiceId, Offering>,
    /// Employees by number.
    pub people: BTreeMap<EmployeeId, Employee>,
    /// Groups by number.
    pub groups: BTreeMap<GroupId, Group>,
    /// Who belongs to which group.
    pub memberships: BTreeSet<(GroupId, EmployeeId)>,
    /// Which groups serve which service.
    pub bindings: BTreeSet<(ServiceId, GroupId)>,
}

/// One list of a catalogue, as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum List {
    /// Services by number.
    Services(BTreeMap<ServiceId, Offering>),
    /// Employees by number.
    People(BTreeMap<EmployeeId, Employee>),
    /// Groups by number.
    Groups(BTreeMap<GroupId, Group>),
    /// Who belongs to which group.
    Memberships(BTreeSet<(GroupId, EmployeeId)>),
    /// Which groups serve which service.
    Bindings(BTreeSet<(ServiceId, GroupId)>),
}

/// What is to be written so that the known becomes the read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// New services, or known ones whose words changed.
    pub services: BTreeMap<ServiceId, Offering>,
    /// The same of employees.
    pub people: BTreeMap<EmployeeId, Employee>,
    /// The same of groups.
    pub groups: BTreeMap<GroupId, Group>,
    /// Services that are gone.
    pub services_gone: BTreeSet<ServiceId>,
    /// Employees who are gone.
    pub people_gone: BTreeSet<EmployeeId>,
    /// Groups that are gone.
    pub groups_gone: BTreeSet<GroupId>,
    /// Memberships that are new, and those that are no more.
    pub memberships: (BTreeSet<(GroupId, EmployeeId)>, BTreeSet<(GroupId, EmployeeId)>),
    /// Bindings that are new, and those that are no more.
    pub bindings: (BTreeSet<(ServiceId, GroupId)>, BTreeSet<(ServiceId, GroupId)>),
}

/// How many of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ImportCounts")]
pub struct Counts {
    /// New, or there again.
    pub inserted: u32,
    /// With other words.
    pub updated: u32,
    /// Gone.
    pub removed: u32,
}

/// How a reading of the catalogue ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "CatalogueImport")]
pub struct Imported {
    /// When it ended.
    #[ts(type = "string | null")]
    pub at: Option<Instant>,
    /// Services.
    pub services: Counts,
    /// Employees.
    pub people: Counts,
    /// Groups.
    pub groups: Counts,
    /// Memberships and bindings together.
    pub bindings: Counts,
    /// Why nothing was changed, where it failed; a code, or the other side's words.
    pub trouble: Option<String>,
}

impl Catalogue {
    /// What is to be written so that this catalogue becomes `read`.
    #[must_use]
    pub fn difference(&self, read: &Self) -> Difference {
        Difference {
            services: changed(&self.services, &read.services),
            people: changed(&self.people, &read.people),
            groups: changed(&self.groups, &read.groups),
            services_gone: gone(&self.services, &read.services),
            people_gone: gone(&self.people, &read.people),
            groups_gone: gone(&self.groups, &read.groups),
            memberships: both_ways(&self.memberships, &read.memberships),
            bindings: both_ways(&self.bindings, &read.bindings),
        }
    }
}

impl Catalogue {
    /// Whether `read` is of somebody else: neither a service nor a person of this catalogue is in it.
    #[must_use]
    pub fn is_anothers(&self, read: &Self) -> bool {
        let strange = |known: usize, shared: usize| known > 0 && shared == 0;
        let services = self.services.keys().filter(|id| read.services.contains_key(id)).count();
        let people = self.people.keys().filter(|id| read.people.contains_key(id)).count();
        strange(self.services.len(), services) && strange(self.people.len(), people)
    }

    /// This catalogue with one list out of a file. What a `whole` file does not name is there no more; of a file with rows that
    /// could not be taken nothing is known to be gone, so that what it does not name stays.
    #[must_use]
    pub fn with(&self, list: List, whole: bool) -> Self {
        let mut read = self.clone();
        match list {
            List::Services(named) => take_in(&mut read.services, named, whole),
            List::People(named) => take_in(&mut read.people, named, whole),
            List::Groups(named) => take_in(&mut read.groups, named, whole),
            List::Memberships(named) => take_in(&mut read.memberships, named, whole),
            List::Bindings(named) => take_in(&mut read.bindings, named, whole),
        }
        read
    }
}

impl Difference {
    /// How many of each kind, given what was known before.
    #[must_use]
    pub fn counts(&self, known: &Catalogue, at: Instant) -> Imported {
        let binds = |(new, old): (usize, usize)| Counts { inserted: count(new), updated: 0, removed: count(old) };
        Imported {
            at: Some(at),
            services: counted(&known.services, &self.services, self.services_gone.len()),
            people: counted(&known.people, &self.people, self.people_gone.len()),
            groups: counted(&known.groups, &self.groups, self.groups_gone.len()),
            bindings: binds((
                self.memberships.0.len() + self.bindings.0.len(),
                self.memberships.1.len() + self.bindings.1.len(),
            )),
            trouble: None,
        }
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn take_in<T, C: Extend<T> + IntoIterator<Item = T>>(known: &mut C, named: C, whole: bool) {
    if whole {
        *known = named;
    } else {
        known.extend(named);
    }
}

fn changed<K: Ord + Copy, V: PartialEq + Clone>(known: &BTreeMap<K, V>, read: &BTreeMap<K, V>) -> BTreeMap<K, V> {
    read.iter().filter(|(id, value)| known.get(id) != Some(*value)).map(|(id, value)| (*id, value.clone())).collect()
}

fn gone<K: Ord + Copy, V>(known: &BTreeMap<K, V>, read: &BTreeMap<K, V>) -> BTreeSet<K> {
    known.keys().filter(|id| !read.contains_key(id)).copied().collect()
}

fn both_ways<T: Ord + Copy>(known: &BTreeSet<T>, read: &BTreeSet<T>) -> (BTreeSet<T>, BTreeSet<T>) {
    (read.difference(known).copied().collect(), known.difference(read).copied().collect())
}

fn counted<K: Ord, V>(known: &BTreeMap<K, V>, written: &BTreeMap<K, V>, removed: usize) -> Counts {
    let updated = written.keys().filter(|id| known.contains_key(id)).count();
    Counts { inserted: count(written.len() - updated), updated: count(updated), removed: count(removed) }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

//! Who is least busy (behaviour/erp_tasks 6.4 to 6.6).
//!
//! Deliberately not here: how busy people are (a survey) and what is ordered then (the rule's).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Load, Metric, Person, Policy, Reserved, Survey};
use crate::Instant;

/// Why somebody was taken or left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "ChoiceReason")]
pub enum Reason {
    /// The least busy.
    Least,
    /// Nobody else is there: taken although away.
    LeastOfAbsent,
    /// Busier than the one taken.
    Busier,
    /// As busy, with more open tasks.
    MoreTasks,
    /// As busy, given a task more lately, or of a higher number.
    LaterTurn,
    /// Away at that moment.
    Absent,
    /// No employee any more.
    Inactive,
    /// How busy could not be read.
    Unknown,
}

/// One of those a choice was made among.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Considered {
    /// The portal's id.
    #[ts(type = "number")]
    pub id: i64,
    /// The name; may be empty.
    pub name: String,
    /// Whether this one was taken.
    pub chosen: bool,
    /// Why or why not.
    pub reason: Reason,
    /// Seconds of work left, tasks without an estimate as the settings count them; unknown where it could not be read.
    #[ts(type = "number | null")]
    pub load_s: Option<i64>,
    /// Open tasks; unknown where they could not be read.
    pub open: Option<u32>,
    /// How many of these tasks are ours and not shown by the portal yet.
    pub reserved: u32,
    /// When this one was last given a task.
    #[ts(type = "string | null")]
    pub last_given: Option<Instant>,
}

/// What a choice is made from.
pub struct Office<'k> {
    survey: &'k Survey,
    policy: &'k Policy,
    reserved: Vec<Reserved>,
    last_given: BTreeMap<i64, Instant>,
}

/// Who was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The portal's id.
    pub id: i64,
    /// Everybody it was made among, by id.
    pub considered: Vec<Considered>,
    /// Who it would be were that one not there; the name, or the id of one without.
    pub next: Option<String>,
}

/// Nobody could be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nobody {
    /// None of them is an employee any more.
    Inactive,
    /// Nobody's load is known.
    Unknown {
        /// The portal's reason for one of them.
        reason: String,
    },
}

impl<'k> Office<'k> {
    /// The office of a survey, with the tasks of ours it may not show.
    #[must_use]
    pub fn new(
        survey: &'k Survey,
        reserved: &[Reserved],
        last_given: &BTreeMap<i64, Instant>,
        policy: &'k Policy,
    ) -> Self {
        Self { survey, policy, reserved: reserved.to_vec(), last_given: last_given.clone() }
    }

    /// Chooses the least busy of these people, and counts the new task at once: the next choice sees it.
    ///
    /// # Errors
    /// Why it can be nobody.
    pub fn choose(&mut self, people: &[&Person], estimate_s: Option<u32>, at: Instant) -> Result<Choice, Nobody> {
        let mut rows: Vec<Considered> = people.iter().map(|person| self.look_at(person)).collect();
        rows.sort_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        let Some((id, reason)) = self.best(&rows, None) else { return Err(self.nobody(&rows)) };
        let next = self.best(&rows, Some(id)).and_then(|(next, _)| rows.iter().find(|row| row.id == next));
        let next = next.map(|row| if row.name.is_empty() { row.id.to_string() } else { row.name.clone() });
        let taken = rows.iter().find(|row| row.id == id).map(|row| (self.load(row), row.open));
        for row in &mut rows {
            if row.id == id {
                (row.chosen, row.reason) = (true, reason);
            } else if row.reason == Reason::Busier
                && let Some((load, open)) = taken
            {
                row.reason = match (self.load(row) > load, row.open > open) {
                    (true, _) => Reason::Busier,
                    (false, true) => Reason::MoreTasks,
                    (false, false) => Reason::LaterTurn,
                };
            }
        }
        self.reserved.push(Reserved { responsible: id, task: None, estimate_s });
        self.last_given.insert(id, at);
        Ok(Choice { id, considered: rows, next })
    }

    /// The one whose turn it is among those looked at, as though `without` were not there.
    fn best(&self, rows: &[Considered], without: Option<i64>) -> Option<(i64, Reason)> {
        let best = |among: Reason| {
            let there = rows.iter().filter(|row| row.reason == among && Some(row.id) != without);
            there.min_by_key(|row| self.turn(row)).map(|row| row.id)
        };
        let present = best(Reason::Busier).map(|id| (id, Reason::Least));
        // The work must not be lost because everybody is away.
        present.or_else(|| best(Reason::Absent).map(|id| (id, Reason::LeastOfAbsent)))
    }

    fn load(&self, row: &Considered) -> Option<i64> {
        match self.policy.metric {
            Metric::RemainingTime => row.load_s,
            Metric::OpenCount => row.open.map(i64::from),
        }
    }

    /// Smaller comes first: less to do, fewer tasks, longer without a new one (never given one is longest), the lower number.
    fn turn(&self, row: &Considered) -> (Option<i64>, Option<u32>, Option<Instant>, i64) {
        (self.load(row), row.open, row.last_given, row.id)
    }

    fn look_at(&self, person: &Person) -> Considered {
        let mut row = Considered {
            id: person.id,
            name: person.name.clone(),
            chosen: false,
            reason: Reason::Unknown,
            load_s: None,
            open: None,
            reserved: 0,
            last_given: self.last_given.get(&person.id).copied(),
        };
        let Some(seen) = self.survey.people.iter().find(|seen| seen.id == person.id) else { return row };
        if !seen.active {
            row.reason = Reason::Inactive;
        } else if let Load::Known { remaining_s, unestimated, open, tasks } = &seen.load {
            let default = self.policy.default_estimate.as_secs();
            let ours = |r: &&Reserved| r.responsible == person.id && r.task.is_none_or(|task| !tasks.contains(&task));
            let ours: Vec<_> = self.reserved.iter().filter(ours).collect();
            let planned: i64 = ours.iter().map(|r| r.estimate_s.map_or(default, i64::from)).sum();
            row.reserved = u32::try_from(ours.len()).unwrap_or(u32::MAX);
            row.load_s = remaining_s.map(|left| left + i64::from(*unestimated) * default + planned);
            row.open = Some(open.saturating_add(row.reserved));
            row.reason = match (self.load(&row), seen.absent) {
                (None, _) => Reason::Unknown,
                (Some(_), true) => Reason::Absent,
                (Some(_), false) => Reason::Busier,
            };
        }
        row
    }

    fn nobody(&self, rows: &[Considered]) -> Nobody {
        if rows.iter().all(|row| row.reason == Reason::Inactive) {
            return Nobody::Inactive;
        }
        let reason = self.survey.people.iter().find_map(|seen| match &seen.load {
            Load::Unknown { reason } if rows.iter().any(|row| row.id == seen.id) => Some(reason.clone()),
            _ => None,
        });
        Nobody::Unknown { reason: reason.unwrap_or_default() }
    }
}

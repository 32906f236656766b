//! Whose turn it is (behaviour/carousel 5.7).
//!
//! Deliberately not here: who belongs to a service and which tickets wait (the snapshot's), and when somebody is away (`absence`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Person, Policy, Strategy};
use crate::{EmployeeId, Instant};

/// Why somebody was given a ticket, or passed over.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumIter,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "CarouselPlace")]
pub enum Place {
    /// It was this one's turn.
    Turn,
    /// Somebody else's turn came first.
    Later,
    /// Away at that moment.
    Off,
    /// Not on the carousel.
    Disabled,
    /// No employee of the service desk any more.
    Removed,
    /// The service desk does not take this one for this ticket.
    Refused,
    /// Has been given as many tickets today as one may be.
    Full,
}

/// One of the people of a service, as a choice saw them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "CarouselConsidered")]
pub struct Considered {
    /// Who.
    pub person: EmployeeId,
    /// The name then.
    pub name: String,
    /// Why or why not.
    pub place: Place,
    /// How many tickets this one had been given that day.
    pub given: u32,
}

/// Whom a ticket goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Who; nobody can be given it where absent.
    pub chosen: Option<EmployeeId>,
    /// Everybody of the service, by number.
    pub considered: Vec<Considered>,
    /// Whose turn it would have been, had nobody been away, full or refused. Absent where that makes no difference.
    pub otherwise: Option<EmployeeId>,
}

/// The next in turn: the smallest number above the last one's, or the smallest of all. The last one need not be among them any more.
#[must_use]
pub fn next_in_turn(last: Option<EmployeeId>, eligible: &BTreeSet<EmployeeId>) -> Option<EmployeeId> {
    let last = last.filter(|last| last.0 != 0);
    let above =
        last.and_then(|last| eligible.range((std::ops::Bound::Excluded(last), std::ops::Bound::Unbounded)).next());
    above.or_else(|| eligible.first()).copied()
}

/// What a strategy goes by, of one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Burden {
    /// Tickets given that day.
    pub given: u32,
    /// When the last one was given, whatever its service.
    pub last: Option<Instant>,
}

/// Chooses one of those who may be given a ticket. Whatever a strategy finds equal is settled by the order of turns.
#[must_use]
pub fn by_strategy(
    strategy: Strategy,
    last: Option<EmployeeId>,
    eligible: &BTreeMap<EmployeeId, Burden>,
    weights: &BTreeMap<EmployeeId, u32>,
) -> Option<EmployeeId> {
    let ids: BTreeSet<EmployeeId> = eligible.keys().copied().collect();
    let among = |best: BTreeSet<EmployeeId>| next_in_turn(last, &best);
    match strategy {
        Strategy::Turn => next_in_turn(last, &ids),
        Strategy::RoundRobin => {
            let longest = eligible.values().map(|burden| burden.last).min()?;
            among(eligible.iter().filter(|(_, b)| b.last == longest).map(|(id, _)| *id).collect())
        }
        Strategy::LeastLoaded => {
            let least = eligible.values().map(|burden| burden.given).min()?;
            among(eligible.iter().filter(|(_, b)| b.given == least).map(|(id, _)| *id).collect())
        }
        Strategy::Weighted => {
            // The share after one more ticket, compared by cross-multiplication so that nothing is rounded.
            let share = |id: &EmployeeId, b: &Burden| (u64::from(b.given) + 1, u64::from(weight(weights, *id)));
            let less = |a: (u64, u64), b: (u64, u64)| (a.0 * b.1).cmp(&(b.0 * a.1));
            let shares: Vec<_> = eligible.iter().map(|(id, b)| (*id, share(id, b))).collect();
            let (_, least) = shares.iter().min_by(|a, b| less(a.1, b.1))?;
            among(shares.iter().filter(|(_, s)| less(*s, *least).is_eq()).map(|(id, _)| *id).collect())
        }
    }
}

fn weight(weights: &BTreeMap<EmployeeId, u32>, id: EmployeeId) -> u32 {
    weights.get(&id).copied().unwrap_or(1).max(1)
}

/// Who of these is away at a moment. Rules that repeat cost something to look at, so this is asked once for a decision.
pub fn away<'a>(people: impl IntoIterator<Item = &'a Person>, now: DateTime, policy: &Policy) -> BTreeSet<EmployeeId> {
    let is_away = |person: &&Person| person.absences.iter().any(|absence| absence.covers(now, policy.half_day_at));
    people.into_iter().filter(is_away).map(|person| person.id).collect()
}

/// Whom a ticket of a service goes to, and why not to the others. `away` is who is away at that moment.
#[must_use]
pub fn choose(
    members: &[&Person],
    last: Option<EmployeeId>,
    refused: &BTreeSet<EmployeeId>,
    away: &BTreeSet<EmployeeId>,
    policy: &Policy,
) -> Choice {
    let place =
        |person: &Person| stands(person, away, policy).or(refused.contains(&person.id).then_some(Place::Refused));
    let pick = |may: &dyn Fn(&Person) -> bool| {
        let eligible = members
            .iter()
            .filter(|p| may(p))
            .map(|p| (p.id, Burden { given: p.given_today, last: p.last_given }))
            .collect();
        by_strategy(policy.strategy, last, &eligible, &policy.weights)
    };
    let chosen = pick(&|person| place(person).is_none());
    let otherwise = pick(&|person| !matches!(stands(person, away, policy), Some(Place::Removed | Place::Disabled)));
    let mut considered: Vec<Considered> = members
        .iter()
        .map(|person| Considered {
            person: person.id,
            name: person.name.clone(),
            place: match place(person) {
                Some(place) => place,
                None if chosen == Some(person.id) => Place::Turn,
                None => Place::Later,
            },
            given: person.given_today,
        })
        .collect();
    considered.sort_by_key(|considered| considered.person);
    considered.dedup_by_key(|considered| considered.person);
    Choice { chosen, considered, otherwise: otherwise.filter(|_| otherwise != chosen) }
}

/// Why somebody cannot be given any ticket now; `None` for those who can.
#[must_use]
pub fn stands(person: &Person, away: &BTreeSet<EmployeeId>, policy: &Policy) -> Option<Place> {
    if person.removed {
        return Some(Place::Removed);
    }
    if !person.enabled {
        return Some(Place::Disabled);
    }
    if away.contains(&person.id) {
        return Some(Place::Off);
    }
    policy.capacity.is_some_and(|capacity| person.given_today >= capacity).then_some(Place::Full)
}

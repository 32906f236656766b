//! The laboratory: how fair the past was, and what other strategies would have made of it (product 10).
//!
//! It runs on the log of assignments as it was, with the people who could have been given each ticket then; what a strategy would have changed
//! afterwards (who was busy, who took what) is not guessed. Deliberately not here: reading the log (the store's).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Strategy,
    turn::{Burden, by_strategy},
};
use crate::{EmployeeId, Instant, ServiceId};

/// One ticket that was given to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// When.
    pub at: Instant,
    /// Of which service.
    pub service: ServiceId,
    /// To whom.
    pub person: EmployeeId,
    /// Whose turn was the last one there when it was given.
    pub last: Option<EmployeeId>,
    /// Who could have been given it.
    pub eligible: BTreeSet<EmployeeId>,
}

/// How one person fared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[ts(rename = "CarouselShare")]
pub struct Share {
    /// Who.
    pub person: EmployeeId,
    /// Tickets given.
    pub given: u32,
    /// Tickets an even hand would have given: for each, one part among those who could have been given it.
    pub even: f64,
}

/// What a strategy makes of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(rename = "CarouselRun")]
pub struct Run {
    /// Which.
    pub strategy: Strategy,
    /// Person by person, by number.
    pub shares: Vec<Share>,
    /// The furthest anybody is from an even hand, tickets.
    pub furthest: f64,
    /// The most tickets one person was given in one day.
    pub busiest_day: u32,
    /// How many tickets went to the same person as in the log.
    pub same: u32,
}

/// How the log itself fared.
#[must_use]
pub fn fairness(log: &[Given]) -> Vec<Share> {
    shares(log, log.iter().map(|given| given.person))
}

/// Runs a strategy over the log, oldest first, with days as that zone counts them. The turn of a service begins where it stood at its first
/// ticket of the log, and is set anew where it was moved by something else than a ticket: it came with an import.
#[must_use]
pub fn back_test(strategy: Strategy, log: &[Given], weights: &BTreeMap<EmployeeId, u32>, zone: &TimeZone) -> Run {
    let mut last: BTreeMap<ServiceId, Option<EmployeeId>> = BTreeMap::new();
    let mut logged: BTreeMap<ServiceId, EmployeeId> = BTreeMap::new();
    let mut days: BTreeMap<(EmployeeId, Date), u32> = BTreeMap::new();
    let mut lately: BTreeMap<EmployeeId, Instant> = BTreeMap::new();
    let mut chosen = Vec::with_capacity(log.len());
    for given in log {
        let day = given.at.to_zoned(zone.clone()).date();
        let burden = |id: &EmployeeId| Burden {
            given: days.get(&(*id, day)).copied().unwrap_or_default(),
            last: lately.get(id).copied(),
        };
        let eligible = given.eligible.iter().map(|id| (*id, burden(id))).collect();
        if logged.insert(given.service, given.person) != given.last {
            last.insert(given.service, given.last);
        }
        let turn = last.get(&given.service).copied().flatten();
        let person = by_strategy(strategy, turn, &eligible, weights).unwrap_or(given.person);
        *days.entry((person, day)).or_default() += 1;
        lately.insert(person, given.at);
        last.insert(given.service, Some(person));
        chosen.push(person);
    }
    let same = chosen.iter().zip(log).filter(|(chosen, given)| **chosen == given.person).count();
    let shares = shares(log, chosen.into_iter());
    Run {
        strategy,
        furthest: shares.iter().map(|share| (f64::from(share.given) - share.even).abs()).fold(0.0, f64::max),
        shares,
        busiest_day: days.values().copied().max().unwrap_or_default(),
        same: u32::try_from(same).unwrap_or(u32::MAX),
    }
}

fn shares(log: &[Given], chosen: impl Iterator<Item = EmployeeId>) -> Vec<Share> {
    let mut all: BTreeMap<EmployeeId, (u32, f64)> = BTreeMap::new();
    for given in log {
        let parts = u32::try_from(given.eligible.len().max(1)).map_or(f64::INFINITY, f64::from);
        for person in &given.eligible {
            all.entry(*person).or_default().1 += 1.0 / parts;
        }
    }
    for person in chosen {
        all.entry(person).or_default().0 += 1;
    }
    all.into_iter().map(|(person, (given, even))| Share { person, given, even }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(count: i64, people: &[i64]) -> Vec<Given> {
        let start: Instant = "2026-11-02T06:00:00Z".parse().unwrap();
        (0..count)
            .map(|n| Given {
                at: start + jiff::SignedDuration::from_mins(n * 7),
                service: ServiceId(1 + n % 3),
                person: EmployeeId(people[0]),
                last: (n >= 3).then_some(EmployeeId(people[0])),
                eligible: people.iter().map(|id| EmployeeId(*id)).collect(),
            })
            .collect()
    }

    #[test]
    fn an_uneven_past_is_seen_and_every_strategy_does_better() {
        let log = log(300, &[3, 7, 9]);
        let actual = fairness(&log);
        assert_eq!(actual.iter().map(|share| share.given).collect::<Vec<_>>(), [300, 0, 0]);
        assert!(actual.iter().all(|share| (share.even - 100.0).abs() < 1e-6));
        for strategy in [Strategy::Turn, Strategy::RoundRobin, Strategy::Weighted, Strategy::LeastLoaded] {
            let run = back_test(strategy, &log, &BTreeMap::new(), &TimeZone::UTC);
            assert!(run.furthest <= 3.0, "{run:?}");
            assert_eq!(run.shares.iter().map(|share| share.given).sum::<u32>(), 300);
            assert_eq!(run.same, run.shares[0].given, "the log gave all of them to the first");
        }
    }

    #[test]
    fn shares_follow_weights() {
        let weights = [(EmployeeId(3), 2)].into();
        let run = back_test(Strategy::Weighted, &log(400, &[3, 7, 9]), &weights, &TimeZone::UTC);
        let given: Vec<u32> = run.shares.iter().map(|share| share.given).collect();
        assert!(given[0].abs_diff(200) <= 4 && given[1].abs_diff(100) <= 4, "{given:?}");
    }

    /// The log of the strict order, whose turns stand at `turns` before it; from the ticket `moved` on, an import has set all of them to 7.
    fn turned(mut turns: [Option<EmployeeId>; 3], moved: usize) -> Vec<Given> {
        let people = [3, 7, 9].map(EmployeeId);
        let mut log = log(30, &[3, 7, 9]);
        for (n, given) in log.iter_mut().enumerate() {
            if n == moved {
                turns = [Some(EmployeeId(7)); 3];
            }
            let place = usize::try_from(given.service.0 - 1).unwrap();
            given.last = turns[place];
            let next = super::super::turn::next_in_turn(turns[place], &people.into()).unwrap();
            (given.person, turns[place]) = (next, Some(next));
        }
        log
    }

    #[test]
    fn the_strict_order_repeats_what_it_did_wherever_its_turn_stood() {
        let some = |id| Some(EmployeeId(id));
        for (turns, moved) in [
            ([None; 3], usize::MAX),
            ([some(7), None, some(9)], usize::MAX),
            ([None; 3], 14),
            ([some(3), some(3), some(9)], 15),
        ] {
            let run = back_test(Strategy::Turn, &turned(turns, moved), &BTreeMap::new(), &TimeZone::UTC);
            assert_eq!(run.same, 30, "{turns:?} {moved}");
        }
    }
}

//! The time that methods use up: ten buckets of a minute for each method, and a ceiling for their sum.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

/// Length of a bucket, seconds.
const BUCKET: i64 = 60;
/// How many there are.
const BUCKETS: i64 = 10;
/// The ceiling that is told, seconds.
const CEILING: f64 = 480.0;
/// What a call usually costs, seconds.
const COST: f64 = 0.02;

/// How a method stands after a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spent {
    /// Seconds in all its buckets.
    pub(super) operating: f64,
    /// Unix seconds at which the oldest leaves.
    pub(super) reset_at: i64,
}

/// The buckets.
#[derive(Debug)]
pub(super) struct Operating {
    pub(super) ceiling: f64,
    pub(super) cost: f64,
    pub(super) costs: BTreeMap<String, f64>,
    used: BTreeMap<String, VecDeque<(i64, f64)>>,
}

impl Default for Operating {
    fn default() -> Self {
        Self { ceiling: CEILING, cost: COST, costs: BTreeMap::new(), used: BTreeMap::new() }
    }
}

impl Operating {
    /// Counts a call of a method; none when its time is used up.
    pub(super) fn spend(&mut self, method: &str, now: Timestamp) -> Option<Spent> {
        let second = now.as_second();
        let minute = second - second.rem_euclid(BUCKET);
        let used = self.used.entry(method.to_owned()).or_default();
        while used.front().is_some_and(|(began, _)| began + BUCKET * BUCKETS <= second) {
            used.pop_front();
        }
        if used.iter().map(|(_, cost)| cost).sum::<f64>() >= self.ceiling {
            return None;
        }
        let cost = self.costs.get(method).copied().unwrap_or(self.cost);
        match used.back_mut() {
            Some((began, sum)) if *began == minute => *sum += cost,
            _ => used.push_back((minute, cost)),
        }
        let operating = used.iter().map(|(_, cost)| cost).sum();
        let reset_at = used.front().map_or(minute, |(began, _)| *began) + BUCKET * BUCKETS;
        Some(Spent { operating, reset_at })
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_method_that_used_its_time_up_waits_for_its_oldest_bucket() {
        let mut operating = Operating { ceiling: 1.0, cost: 0.5, ..Operating::default() };
        let start = Timestamp::from_second(1_800_000_030).unwrap();
        let spent = operating.spend("a", start).unwrap();
        assert_eq!((spent.operating, spent.reset_at), (0.5, 1_800_000_600));
        assert!(operating.spend("a", start + SignedDuration::from_mins(1)).is_some());
        assert!(operating.spend("a", start + SignedDuration::from_mins(2)).is_none());
        assert!(operating.spend("b", start + SignedDuration::from_mins(2)).is_some(), "that method alone");
        assert!(operating.spend("a", Timestamp::from_second(1_800_000_600).unwrap()).is_some());
    }
}

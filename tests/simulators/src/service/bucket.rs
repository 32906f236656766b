//! Leaky buckets, one for each source address: a request pours one unit in, units leak out with the time of the clock.

use std::{collections::HashMap, net::IpAddr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Size of the buckets.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Requests that leak out in a second.
    pub drain: f64,
    /// Requests a bucket holds.
    pub ceiling: f64,
}

/// The buckets; none runs over without a limit.
#[derive(Clone, Debug, Default)]
pub struct Buckets {
    limit: Option<Limit>,
    levels: HashMap<IpAddr, (f64, Timestamp)>,
}

impl Buckets {
    /// Empty ones of this size.
    pub fn new(limit: Option<Limit>) -> Self {
        Self { limit, levels: HashMap::new() }
    }

    /// Another size; the buckets are emptied.
    pub fn set(&mut self, limit: Option<Limit>) {
        *self = Self::new(limit);
    }

    /// Their size.
    pub const fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// Pours a request in; `false` when it does not go in any more.
    pub fn pour(&mut self, source: IpAddr, now: Timestamp) -> bool {
        let Some(limit) = self.limit else { return true };
        let (level, at) = self.levels.entry(source).or_insert((0.0, now));
        // A clock set back leaks nothing.
        let passed = now.duration_since(*at).as_secs_f64().max(0.0);
        *level = (*level - passed * limit.drain).max(0.0);
        *at = now;
        let goes_in = *level + 1.0 <= limit.ceiling;
        if goes_in {
            *level += 1.0;
        }
        goes_in
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_burst_fills_the_bucket_and_time_empties_it() {
        let mut buckets = Buckets::new(Some(Limit { drain: 2.0, ceiling: 50.0 }));
        let (source, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let start = Timestamp::UNIX_EPOCH;
        assert_eq!((0..120).filter(|_| buckets.pour(source, start)).count(), 50);
        assert!(buckets.pour(other, start), "another source has a bucket of its own");
        let later = start + SignedDuration::from_secs(3);
        assert_eq!((0..120).filter(|_| buckets.pour(source, later)).count(), 6);
    }
}

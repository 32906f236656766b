//! Leaky buckets, one for each source address or whatever else is counted apart: a request pours one unit in, units leak out
//! with the time of the clock.

use std::{collections::HashMap, hash::Hash, net::IpAddr};

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
#[derive(Clone, Debug)]
pub struct Buckets<K = IpAddr> {
    limit: Option<Limit>,
    levels: HashMap<K, (f64, Timestamp)>,
}

impl<K: Eq + Hash> Default for Buckets<K> {
    fn default() -> Self {
        Self::new(None)
    }
}

impl<K: Eq + Hash> Buckets<K> {
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
    pub fn pour(&mut self, source: K, now: Timestamp) -> bool {
        let Some(limit) = self.limit else { return true };
        let (level, at) = self.levels.entry(source).or_insert((0.0, now));
        *level = left(limit, *level, *at, now);
        *at = now;
        let goes_in = *level + 1.0 <= limit.ceiling;
        if goes_in {
            *level += 1.0;
        }
        goes_in
    }

    /// Seconds until one more goes in.
    pub fn wait(&self, source: &K, now: Timestamp) -> f64 {
        let (Some(limit), Some((level, at))) = (self.limit, self.levels.get(source)) else { return 0.0 };
        ((left(limit, *level, *at, now) + 1.0 - limit.ceiling) / limit.drain).max(0.0)
    }
}

/// What is in a bucket by now.
fn left(limit: Limit, level: f64, at: Timestamp, now: Timestamp) -> f64 {
    // A clock set back leaks nothing.
    let passed = now.duration_since(at).as_secs_f64().max(0.0);
    (level - passed * limit.drain).max(0.0)
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
        assert!((buckets.wait(&source, start) - 0.5).abs() < 1e-9);
        assert!(buckets.wait(&other, start) < 1e-9);
        let later = start + SignedDuration::from_secs(3);
        assert_eq!((0..120).filter(|_| buckets.pour(source, later)).count(), 6);
    }
}

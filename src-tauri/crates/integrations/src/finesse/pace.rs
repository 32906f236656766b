//! How often a node may be asked: at most four requests in any second, and none while it wants to be left alone.
//!
//! Deliberately not here: how many at once, and waiting (the caller's).

use std::collections::VecDeque;

/// The most requests in any second.
pub(super) const PER_SECOND: usize = 4;
/// A second, and a little: the node's clock and ours do not cut it at the same place.
const SECOND: u64 = 1_050;

/// The requests of the last second. Times are milliseconds of any clock that does not go back.
#[derive(Debug, Default, Clone)]
pub(super) struct Pace {
    sent: VecDeque<u64>,
    hold: u64,
}

impl Pace {
    /// Takes a request's place, or says when to come again.
    pub(super) fn take(&mut self, now: u64) -> Result<(), u64> {
        if now < self.hold {
            return Err(self.hold);
        }
        while self.sent.front().is_some_and(|first| first + SECOND <= now) {
            self.sent.pop_front();
        }
        match self.sent.front() {
            Some(first) if self.sent.len() >= PER_SECOND => Err(first + SECOND),
            _ => {
                self.sent.push_back(now);
                Ok(())
            }
        }
    }

    /// Nothing more before `until`.
    pub(super) fn hold(&mut self, until: u64) {
        self.hold = self.hold.max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_request_waits_for_the_first_to_be_a_second_old() {
        let mut pace = Pace::default();
        for now in [0, 0, 100, 900] {
            assert_eq!(pace.take(now), Ok(()));
        }
        assert_eq!(pace.take(950), Err(SECOND));
        assert_eq!(pace.take(SECOND), Ok(()));
        assert_eq!(pace.take(SECOND), Ok(()));
        assert_eq!(pace.take(SECOND), Err(100 + SECOND));
    }

    #[test]
    fn a_node_that_wants_to_be_left_alone_is() {
        let mut pace = Pace::default();
        pace.hold(5_000);
        pace.hold(3_000);
        assert_eq!(pace.take(4_999), Err(5_000));
        assert_eq!(pace.take(5_000), Ok(()));
    }
}

//! Leaves a vendor alone while it is down: after some failures in a row no call is made for a while, then one, then all.
//!
//! Also holds the vendor's own "come back later". Deliberately not here: errors of single effects (`outcome`).

use std::time::Duration;

use pult_domain::Instant;
use serde::Serialize;
use ts_rs::TS;

use super::{
    outcome::Verdict,
    schedule::{Patience, wait},
};

/// Whether a vendor is taken to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// It is there.
    Closed,
    /// It is left alone.
    Open,
    /// One call finds out whether it is back.
    Trying,
}

#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    /// Times it opened without a success in between.
    opened: u32,
    until: Option<Instant>,
}

impl Breaker {
    /// How many calls may be under way, or until when none may.
    pub(super) fn allows(&self, now: Instant) -> Result<usize, Instant> {
        match self.until {
            Some(until) if until > now => Err(until),
            _ if self.opened > 0 => Ok(1),
            _ => Ok(usize::MAX),
        }
    }

    pub(super) fn state(&self) -> BreakerState {
        match (self.opened, self.until) {
            (0, _) => BreakerState::Closed,
            (_, Some(_)) => BreakerState::Open,
            (_, None) => BreakerState::Trying,
        }
    }

    pub(super) fn closed_until(&self) -> Option<Instant> {
        self.until
    }

    /// A person changed something: the next call shows whether it helps.
    pub(super) fn person_mended_it(&mut self) {
        if self.opened > 0 {
            self.until = None;
        }
    }

    pub(super) fn note(&mut self, verdict: &Verdict, now: Instant, patience: &Patience) {
        let later = |pause: Duration| {
            jiff::SignedDuration::try_from(pause).ok().and_then(|p| now.checked_add(p).ok()).unwrap_or(Instant::MAX)
        };
        match verdict {
            // Whatever the answer was, somebody is there.
            Verdict::Answered => *self = Self::default(),
            Verdict::Asked { after } => {
                (self.failures, self.opened) = (0, 0);
                self.until = after.map(later);
            }
            Verdict::Failed => {
                self.failures = self.failures.saturating_add(1);
                if self.opened > 0 || self.failures >= patience.failures {
                    self.opened = self.opened.saturating_add(1);
                    self.until = Some(later(wait(self.opened, patience.pause, patience.longest_pause, rand::random())));
                }
            }
            Verdict::NotTried => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience() -> Patience {
        Patience {
            failures: 3,
            pause: Duration::from_secs(10),
            longest_pause: Duration::from_secs(60),
            backoff: Duration::from_secs(1),
            longest_backoff: Duration::from_secs(8),
            give_up: Duration::from_secs(100),
            tell_after: Duration::from_secs(60),
        }
    }

    fn at(second: i64) -> Instant {
        Instant::from_second(second).unwrap()
    }

    #[test]
    fn opens_after_failures_in_a_row_tries_one_call_and_closes() {
        let mut breaker = Breaker::default();
        for _ in 0..2 {
            breaker.note(&Verdict::Failed, at(0), &patience());
            assert_eq!(breaker.allows(at(0)), Ok(usize::MAX));
        }
        breaker.note(&Verdict::Failed, at(0), &patience());
        let until = breaker.allows(at(0)).unwrap_err();
        assert!(until >= at(5) && until <= at(10), "{until}");
        assert_eq!(breaker.allows(at(11)), Ok(1));
        breaker.note(&Verdict::Answered, at(11), &patience());
        assert_eq!((breaker.allows(at(11)), breaker.state()), (Ok(usize::MAX), BreakerState::Closed));
    }

    #[test]
    fn a_success_between_failures_keeps_it_closed() {
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            breaker.note(&Verdict::Failed, at(0), &patience());
            breaker.note(&Verdict::Failed, at(0), &patience());
            breaker.note(&Verdict::Answered, at(0), &patience());
        }
        assert_eq!(breaker.allows(at(0)), Ok(usize::MAX));
    }

    #[test]
    fn the_vendors_own_pause_is_kept_and_counts_as_no_failure() {
        let mut breaker = Breaker::default();
        breaker.note(&Verdict::Asked { after: Some(Duration::from_secs(7)) }, at(0), &patience());
        assert_eq!(breaker.allows(at(6)), Err(at(7)));
        assert_eq!((breaker.allows(at(7)), breaker.state()), (Ok(usize::MAX), BreakerState::Closed));
    }
}

//! How often the portal may be asked: a bucket shared by all who ask, and a pause after it said that it is full
//! (contracts/bitrix24 5).
//!
//! Deliberately not here: waiting, and limits of single methods (the client's).

use std::time::Duration;

/// How long the rate is halved after a refusal, milliseconds.
const SLOW: u64 = 60_000;
/// The first and the longest pause after a refusal, milliseconds.
const PAUSE: u64 = 1_000;
const LONGEST_PAUSE: u64 = 60_000;

/// Why a request has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Until this time.
    Until(u64),
    /// Until the one under way has ended.
    Another,
}

/// The bucket. Times are milliseconds of any clock that does not go back.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    /// Requests a second.
    rate: u64,
    /// Requests that may come at once, in thousandths of a request as all tokens are.
    burst: u64,
    tokens: u64,
    filled_at: u64,
    /// Nothing before this.
    hold: u64,
    /// The rate is halved until this.
    slow_until: u64,
    /// Refusals in a row.
    refusals: u32,
    in_flight: u32,
}

impl Pace {
    /// At most `rate` requests a second and `burst` at once; each at least one.
    pub(super) fn new(rate: u32, burst: u32) -> Self {
        let burst = u64::from(burst.max(1)) * 1000;
        Self {
            rate: rate.max(1).into(),
            burst,
            tokens: burst,
            filled_at: 0,
            hold: 0,
            slow_until: 0,
            refusals: 0,
            in_flight: 0,
        }
    }

    /// Requests a second, times 1000; a request is 1000 tokens, so this is tokens a second as well.
    fn rate_at(&self, now: u64) -> u64 {
        if now < self.slow_until { self.rate * 500 } else { self.rate * 1000 }
    }

    fn fill(&mut self, now: u64) {
        let passed = now.saturating_sub(self.filled_at);
        let gained = passed.saturating_mul(self.rate_at(now)) / 1000;
        // What has not made a token yet is not lost.
        if gained > 0 {
            self.tokens = self.tokens.saturating_add(gained).min(self.burst);
            self.filled_at = now;
        }
    }

    /// Takes a request's place, or says what to wait for.
    pub(super) fn take(&mut self, now: u64) -> Result<(), Wait> {
        if now < self.hold {
            return Err(Wait::Until(self.hold));
        }
        // Until one has gone well again, they go one by one.
        if self.refusals > 0 && self.in_flight > 0 {
            return Err(Wait::Another);
        }
        self.fill(now);
        if self.tokens < 1000 {
            let missing = 1000 - self.tokens;
            return Err(Wait::Until(now + (missing * 1000).div_ceil(self.rate_at(now)).max(1)));
        }
        self.tokens -= 1000;
        self.in_flight += 1;
        Ok(())
    }

    /// A request has ended, or was abandoned.
    pub(super) fn ended(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// The portal said that its bucket is full. How long nothing is asked now: 1, 2, 4 s and so on to a minute, of which
    /// between a half and all is waited; `chance` is a random number from 0 to 1.
    pub(super) fn refused(&mut self, now: u64, chance: f64) -> Duration {
        let full = PAUSE.saturating_mul(1 << self.refusals.min(6)).min(LONGEST_PAUSE);
        self.refusals = self.refusals.saturating_add(1);
        self.slow_until = now + SLOW;
        (self.tokens, self.filled_at) = (0, now);
        let pause = Duration::from_millis(full).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        self.hold = self.hold.max(now + u64::try_from(pause.as_millis()).unwrap_or(LONGEST_PAUSE));
        pause
    }

    /// The portal answered something else.
    pub(super) fn answered(&mut self) {
        self.refusals = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The portal's own bucket: drains 2 a second, holds 50.
    struct Portal {
        level: f64,
        at: u64,
        refused: u32,
    }

    impl Portal {
        fn ask(&mut self, now: u64) -> bool {
            self.level = (self.level - (now - self.at) as f64 * 0.002).max(0.0);
            self.at = now;
            let room = self.level + 1.0 <= 50.0;
            if room {
                self.level += 1.0
            } else {
                self.refused += 1
            }
            room
        }
    }

    #[test]
    fn a_burst_of_120_ends_well_in_about_40_s() {
        let (mut pace, mut portal) = (Pace::new(2, 40), Portal { level: 0.0, at: 0, refused: 0 });
        let (mut now, mut done) = (0, 0);
        while done < 120 {
            match pace.take(now) {
                Ok(()) => {
                    if portal.ask(now) {
                        pace.answered();
                        done += 1;
                    } else {
                        pace.refused(now, 1.0);
                    }
                    pace.ended();
                }
                Err(Wait::Until(until)) => now = until,
                Err(Wait::Another) => panic!("none is under way"),
            }
        }
        assert!((35_000..=45_000).contains(&now), "{now} ms");
        assert_eq!(portal.refused, 0);
    }

    #[test]
    fn after_a_refusal_one_goes_at_a_time_and_half_as_often() {
        let mut pace = Pace::new(2, 40);
        assert_eq!((pace.take(0), pace.take(0)), (Ok(()), Ok(())));
        assert_eq!(pace.refused(0, 1.0), Duration::from_secs(1));
        assert_eq!(pace.take(500), Err(Wait::Until(1_000)));
        assert_eq!(pace.take(1_000), Err(Wait::Another), "the other of the two is still under way");
        pace.ended();
        pace.ended();
        assert_eq!(pace.take(1_000), Ok(()));
        assert_eq!(pace.take(1_000), Err(Wait::Another));
        pace.answered();
        pace.ended();
        assert_eq!(pace.take(1_000), Err(Wait::Until(2_000)), "one a second for a minute");
        assert_eq!(pace.take(2_000), Ok(()));
        assert_eq!(pace.take(61_000), Ok(()));
    }

    #[test]
    fn pauses_double_to_a_minute_and_start_anew_after_an_answer() {
        let mut pace = Pace::new(2, 40);
        let pauses: Vec<_> = (0..8).map(|n| pace.refused(n, 1.0).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        pace.answered();
        assert_eq!(pace.refused(100, 0.0), Duration::from_millis(500));
    }
}

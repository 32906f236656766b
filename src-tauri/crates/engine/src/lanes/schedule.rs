//! How long to wait before the next try, and when to give up.
//!
//! Deliberately not here: the try itself and the clock.

use std::time::Duration;

use pult_domain::Instant;

use crate::config;

/// The administrator's patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Failures in a row that open the breaker.
    pub failures: u32,
    /// The first pause of an open breaker.
    pub pause: Duration,
    /// The longest pause of an open breaker.
    pub longest_pause: Duration,
    /// The first wait between two tries of one effect.
    pub backoff: Duration,
    /// The longest wait between two tries of one effect.
    pub longest_backoff: Duration,
    /// How long an effect is tried.
    pub give_up: Duration,
    /// How long a system must be out of reach before people are told.
    pub tell_after: Duration,
}

impl From<&config::Lanes> for Patience {
    fn from(lanes: &config::Lanes) -> Self {
        Self {
            failures: lanes.breaker_failures,
            pause: Duration::from_secs(lanes.breaker_pause_s.into()),
            longest_pause: Duration::from_secs(lanes.breaker_pause_max_s.into()),
            backoff: Duration::from_millis(lanes.backoff_base_ms.into()),
            longest_backoff: Duration::from_secs(lanes.backoff_max_s.into()),
            give_up: Duration::from_secs(u64::from(lanes.give_up_hours) * 3600),
            tell_after: Duration::from_secs(lanes.tell_after_s.into()),
        }
    }
}

/// The wait before try number `attempts + 1`: doubles from `first` to `longest`, of which between a half and all is waited.
/// `chance` is a random number from 0 to 1; equal waits of many effects would come back as a storm.
#[must_use]
pub(super) fn wait(attempts: u32, first: Duration, longest: Duration, chance: f64) -> Duration {
    let full = first.saturating_mul(1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX)).min(longest);
    full.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

/// How long a thing that is locked is left alone after so many tries.
#[must_use]
pub(super) fn unlocked(tries: u32) -> Duration {
    Duration::from_secs(match tries {
        0 | 1 => 5,
        2 => 15,
        _ => 45,
    })
}

/// Whether an effect ordered at `ordered` has been tried for long enough.
#[must_use]
pub(super) fn is_given_up(ordered: Instant, now: Instant, give_up: Duration) -> bool {
    now.duration_since(ordered).try_into().is_ok_and(|age: Duration| age >= give_up)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_wait_stays_within_its_bounds(attempts in 0_u32..10_000, chance in 0.0..=1.0_f64) {
            let (first, longest) = (Duration::from_millis(500), Duration::from_secs(60));
            let wait = wait(attempts, first, longest, chance);
            prop_assert!(wait >= first / 2 && wait <= longest);
        }

        #[test]
        fn waits_grow_with_the_tries(attempts in 1_u32..40) {
            let at = |n| wait(n, Duration::from_millis(500), Duration::from_secs(60), 1.0);
            prop_assert!(at(attempts + 1) >= at(attempts));
        }
    }

    #[test]
    fn what_is_locked_is_left_alone_for_longer_each_time() {
        assert_eq!([1, 2, 3, 4, 40].map(|tries| unlocked(tries).as_secs()), [5, 15, 45, 45, 45]);
    }

    #[test]
    fn a_day_is_enough_and_a_clock_set_back_gives_nothing_up() {
        let (ordered, day) = (Instant::from_second(1_760_000_000).unwrap(), Duration::from_secs(86_400));
        let later = |s: i64| Instant::from_second(1_760_000_000 + s).unwrap();
        assert!(is_given_up(ordered, later(86_400), day));
        assert!(!is_given_up(ordered, later(86_399), day));
        assert!(!is_given_up(ordered, later(-86_400), day));
    }
}

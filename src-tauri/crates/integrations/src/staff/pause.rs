//! When the register is not asked: it wanted to be left alone, or it failed three times in a row (contracts/erp_auth 3).
//!
//! Deliberately not here: what an answer means (`client`).

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::SignedDuration;
use pult_domain::Instant;

/// Failures in a row after which it is left alone.
const FAILURES: u32 = 3;
/// For how long.
const REST: Duration = Duration::from_secs(30);

/// What is remembered of the last calls.
#[derive(Debug, Default)]
pub(super) struct Pause(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    failures: u32,
    /// After failures; a person may ask all the same.
    rest: Option<Instant>,
    /// The register's own wish, which nobody passes over.
    wish: Option<Instant>,
}

fn later(now: Instant, pause: Duration) -> Instant {
    SignedDuration::try_from(pause).ok().and_then(|pause| now.checked_add(pause).ok()).unwrap_or(Instant::MAX)
}

/// Whether an end lies ahead.
fn holds(until: Option<Instant>, now: Instant) -> bool {
    until.is_some_and(|until| until > now)
}

impl Pause {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it may be asked now; `by_hand` after failures as well.
    pub(super) fn allows(&self, by_hand: bool, now: Instant) -> bool {
        let memory = self.memory();
        !holds(memory.wish, now) && (by_hand || !holds(memory.rest, now))
    }

    /// It answered.
    pub(super) fn answered(&self) {
        *self.memory() = Memory::default();
    }

    /// It wants to be left alone for so long.
    pub(super) fn wished(&self, pause: Duration, now: Instant) {
        *self.memory() = Memory { wish: Some(later(now, pause)), ..Memory::default() };
    }

    /// It failed; says whether it is left alone from now on.
    pub(super) fn failed(&self, now: Instant) -> bool {
        let mut memory = self.memory();
        memory.failures = memory.failures.saturating_add(1);
        if memory.failures < FAILURES {
            return false;
        }
        memory.rest = Some(later(now, REST));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn the_third_failure_in_a_row_means_half_a_minute_and_so_does_the_one_after() {
        let pause = Pause::default();
        assert!(!pause.failed(at(0)) && !pause.failed(at(1)));
        pause.answered();
        assert!(!pause.failed(at(2)) && !pause.failed(at(3)) && pause.allows(false, at(3)));
        assert!(pause.failed(at(4)));
        assert!(!pause.allows(false, at(33)) && pause.allows(true, at(33)) && pause.allows(false, at(34)));
        assert!(pause.failed(at(35)) && !pause.allows(false, at(64)), "one more is enough");
        pause.answered();
        assert!(pause.allows(false, at(64)));
    }

    #[test]
    fn the_registers_own_wish_holds_for_everybody() {
        let pause = Pause::default();
        pause.wished(Duration::from_secs(7), at(0));
        assert!(!pause.allows(true, at(6)) && pause.allows(false, at(7)));
        assert!(!pause.failed(at(7)), "a wish is no failure");
    }
}

//! A simulator's clock: another clock shifted, or held still. Whatever a vendor does by the time goes by it; delays of the
//! network do not.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::clock::Clock;

/// What is to be done to the clock, in this order.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockOrder {
    /// Held still, or let go on from where it stands.
    pub freeze: Option<bool>,
    /// Seconds ahead of the machine's clock.
    pub offset: Option<f64>,
    /// Seconds to move on.
    pub advance: Option<f64>,
}

/// The hands.
#[derive(Clone)]
pub struct Hands {
    base: Clock,
    set: Arc<Mutex<Set>>,
}

#[derive(Clone, Copy, Default)]
struct Set {
    offset: SignedDuration,
    frozen: Option<Timestamp>,
}

impl Hands {
    /// As `base` goes.
    pub fn new(base: Clock) -> Self {
        Self { base, set: Arc::default() }
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        let set = *self.set();
        set.frozen.unwrap_or_else(|| moved((self.base)(), set.offset))
    }

    /// As a clock to hand on.
    pub fn clock(&self) -> Clock {
        let hands = self.clone();
        Arc::new(move || hands.now())
    }

    /// Moves the hands.
    pub fn turn(&self, order: ClockOrder) {
        let base = (self.base)();
        let mut set = self.set();
        match (order.freeze, set.frozen) {
            (Some(true), None) => set.frozen = Some(moved(base, set.offset)),
            (Some(false), Some(at)) => {
                set.offset = at.duration_since(base);
                set.frozen = None;
            }
            _ => {}
        }
        if let Some(seconds) = order.offset {
            set.offset = span(seconds);
            set.frozen = set.frozen.map(|_| moved(base, set.offset));
        }
        if let Some(seconds) = order.advance {
            set.offset = set.offset.saturating_add(span(seconds));
            set.frozen = set.frozen.map(|at| moved(at, span(seconds)));
        }
    }

    fn set(&self) -> MutexGuard<'_, Set> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn span(seconds: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(seconds).unwrap_or_default()
}

fn moved(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_clock_moves_only_when_it_is_moved() {
        let hands = Hands::new(crate::clock::system_clock());
        hands.turn(ClockOrder { freeze: Some(true), ..ClockOrder::default() });
        let held = hands.now();
        assert_eq!(hands.now(), held);
        hands.turn(ClockOrder { advance: Some(90.0), ..ClockOrder::default() });
        assert_eq!(hands.now().duration_since(held).as_secs(), 90);
        hands.turn(ClockOrder { freeze: Some(false), ..ClockOrder::default() });
        assert!(hands.now().duration_since(held).as_secs() >= 90);
    }
}

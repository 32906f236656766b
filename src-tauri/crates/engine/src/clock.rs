//! Time as the engine knows it, passed in so that tests turn the hands.
//!
//! Deadlines are instants of the calendar, not running time: a computer that slept, or whose clock was set, must still meet
//! them. Deliberately not here: measuring how long something took (a monotonic clock is right for that).

use std::{sync::Arc, time::Duration};

use pult_domain::Instant;
use tokio::sync::watch;

/// How long the system clock is trusted not to have jumped while we wait.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// A clock. Clones show the same time.
#[derive(Clone)]
pub struct Clock(Arc<Kind>);

enum Kind {
    System,
    Hand(watch::Sender<Instant>),
}

impl Clock {
    /// The computer's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Kind::System))
    }

    /// A clock that shows what [`Self::set`] says.
    #[must_use]
    pub fn hand(now: Instant) -> Self {
        Self(Arc::new(Kind::Hand(watch::Sender::new(now))))
    }

    /// Turns the hands, forward or back; whoever waits looks again. Does nothing to the system's clock.
    pub fn set(&self, now: Instant) {
        if let Kind::Hand(hand) = self.0.as_ref() {
            hand.send_replace(now);
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self.0.as_ref() {
            Kind::System => Instant::now(),
            Kind::Hand(hand) => *hand.borrow(),
        }
    }

    /// Returns once the clock shows `deadline` or later, also when it was set forward or the computer slept meanwhile.
    pub async fn reach(&self, deadline: Instant) {
        match self.0.as_ref() {
            Kind::System => loop {
                let left = deadline.duration_since(Instant::now());
                if !left.is_positive() {
                    return;
                }
                tokio::time::sleep(left.unsigned_abs().min(LOOK_AGAIN)).await;
            },
            Kind::Hand(hand) => {
                // The sender lives as long as this clock, so the wait cannot fail.
                let _ = hand.subscribe().wait_for(|now| *now >= deadline).await;
            }
        }
    }

    /// Returns after `pause` by this clock.
    pub async fn pause(&self, pause: Duration) {
        self.reach(self.after(pause)).await;
    }

    /// The instant `pause` from now; the calendar's end where there is no such instant.
    #[must_use]
    pub fn after(&self, pause: Duration) -> Instant {
        jiff::SignedDuration::try_from(pause).ok().and_then(|p| self.now().checked_add(p).ok()).unwrap_or(Instant::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hand_clock_wakes_waiters_when_turned() {
        let clock = Clock::hand(Instant::UNIX_EPOCH);
        let (theirs, deadline) = (clock.clone(), clock.after(Duration::from_secs(60)));
        let waiter = tokio::spawn(async move { theirs.reach(deadline).await });
        clock.set(deadline);
        waiter.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_system_clock_reaches_what_has_passed_at_once() {
        Clock::system().reach(Instant::UNIX_EPOCH).await;
    }
}

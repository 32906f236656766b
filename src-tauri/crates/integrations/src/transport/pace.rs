//! An account's allowance: requests leave at even distances, whatever they are for.
//!
//! Deliberately not here: how many effects a lane begins (the engine's), and what a vendor's own counter of requests says.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant as Tick;

/// The pace of one account, shared by everything that asks in its name.
#[derive(Debug)]
pub struct Pace {
    /// The time between two requests.
    every: Duration,
    next: Mutex<Tick>,
}

impl Pace {
    /// At most so many requests a second, and at least one.
    #[must_use]
    pub fn new(per_second: u32) -> Self {
        Self { every: Duration::from_secs(1) / per_second.max(1), next: Mutex::new(Tick::now()) }
    }

    /// Waits for this request's turn: an effect is several requests, and others come beside it.
    pub async fn turn(&self) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(Tick::now());
            *next = turn + self.every;
            turn
        };
        tokio::time::sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_come_at_the_pace_of_the_account() {
        let pace = Pace::new(2);
        let began = Tick::now();
        for want in [0, 500, 1000] {
            pace.turn().await;
            assert_eq!(began.elapsed().as_millis(), want);
        }
    }
}

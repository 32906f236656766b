//! Maps the generator's time onto the run's: the generated day begins when the run does and passes `speed` times as
//! fast. What is written down is the run's time, so that no journal gets rows from the future.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::arrivals::later;

/// The mapping of one run.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    generated: Timestamp,
    real: Timestamp,
    began: Instant,
    speed: f64,
}

impl Pace {
    /// A run that begins now, at `real`, with the generator's instant `generated`. A `speed` that is not a positive
    /// number counts as 1.
    pub fn start(generated: Timestamp, real: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { generated, real, began: Instant::now(), speed }
    }

    /// When something generated for `at` is to be done.
    pub fn due(&self, at: Timestamp) -> Instant {
        self.began + self.after(at)
    }

    /// The instant to write down for `at`.
    pub fn stamp(&self, at: Timestamp) -> Timestamp {
        later(self.real, self.after(at))
    }

    fn after(&self, at: Timestamp) -> Duration {
        let since: SignedDuration = at.duration_since(self.generated);
        Duration::try_from(since).unwrap_or_default().div_f64(self.speed)
    }
}

//! Rate limits by key: a call begins only when every limit it falls under has room.
//!
//! Deliberately not here: what the keys stand for.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use governor::{
    DefaultDirectRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
};
use pult_integrations::Limit;

/// How long to wait when a limit is so small that it cannot be expressed.
const NEVER: Duration = Duration::from_secs(3600);

#[derive(Default)]
pub(super) struct Limits {
    by_limit: Mutex<HashMap<Limit, DefaultDirectRateLimiter>>,
}

impl Limits {
    /// Takes room for one call, or says how long to wait. Limits already taken for a call that then has to wait are not
    /// given back: the call is a little later than it could be, and never too early.
    pub(super) fn take(&self, limits: &[Limit]) -> Result<(), Duration> {
        let mut by_limit = self.by_limit.lock().unwrap_or_else(PoisonError::into_inner);
        for limit in limits {
            let limiter =
                by_limit.entry(limit.clone()).or_insert_with(|| DefaultDirectRateLimiter::direct(quota(limit)));
            if let Err(not_until) = limiter.check() {
                return Err(not_until.wait_time_from(DefaultClock::default().now()));
            }
        }
        Ok(())
    }
}

fn quota(limit: &Limit) -> Quota {
    let each = match limit.per_second_milli {
        0 => NEVER,
        milli => Duration::from_secs_f64(1000.0 / f64::from(milli)),
    };
    let burst = NonZeroU32::new(limit.burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(each).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_the_next_waits_for_its_own_key_only() {
        let limits = Limits::default();
        let slow = |key: &str| Limit { key: key.to_owned(), per_second_milli: 10, burst: 2 };
        assert!(limits.take(&[slow("a")]).is_ok() && limits.take(&[slow("a")]).is_ok());
        assert!(limits.take(&[slow("a")]).unwrap_err() > Duration::from_secs(60));
        assert!(limits.take(&[slow("b")]).is_ok());
    }
}

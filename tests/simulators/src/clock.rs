//! The hands of the simulators' clock: passed in everywhere, so that a test may hold them. No sleeping is done here.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the present instant.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The machine's own clock.
pub fn system_clock() -> Clock {
    Arc::new(Timestamp::now)
}

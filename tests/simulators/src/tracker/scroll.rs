//! What is left of a scroll: keys that were found when it began, and the time until which somebody has to ask for more.

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

/// A scroll.
#[derive(Clone, Debug)]
pub(super) struct Scroll {
    pub(super) token: String,
    /// The body it began with.
    pub(super) body: Map<String, Value>,
    pub(super) rest: Vec<String>,
    /// How many there were.
    pub(super) total: usize,
    pub(super) until: Timestamp,
}

impl Scroll {
    /// Id and token of a scroll.
    pub(super) fn names(number: u64) -> (String, String) {
        (BASE64URL_NOPAD.encode(format!("scroll-{number}").as_bytes()), format!("tok-{number}"))
    }

    /// When it ends if nobody asks.
    pub(super) fn until(now: Timestamp, ttl_ms: usize) -> Timestamp {
        let ttl = SignedDuration::from_millis(i64::try_from(ttl_ms).unwrap_or(i64::MAX));
        now.checked_add(ttl).unwrap_or(Timestamp::MAX)
    }
}

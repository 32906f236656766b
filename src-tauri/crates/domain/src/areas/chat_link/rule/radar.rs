//! The loop radar: tells an echo from what a person says, and a storm from a conversation (product 4.9).
//!
//! An echo carries the words of something we copied, shortly after it. The first is let through: people repeat each other. The second
//! pauses its conversation, where everything then waits. Deliberately not here: our own messages and comments, which are known by their
//! ids and never copied.

use jiff::SignedDuration;

use super::super::{Side, Trace};
use crate::{ChatItemId, Instant};

/// An item that has gone round so often is not copied any more.
pub(super) const MOST_HOPS: u32 = 2;
/// An echo comes within this time.
const MEMORY: SignedDuration = SignedDuration::from_mins(10);
/// Words that people repeat to each other all day are no echo.
const SHORTEST_ECHO: usize = 12;
/// More items than this within [`STORM_TIME`] are no conversation.
pub(super) const MOST_AT_ONCE: usize = 30;
const STORM_TIME: SignedDuration = SignedDuration::from_mins(1);

/// How often a text has gone round, and whose echo it is.
pub(super) fn hops(side: Side, text: &str, at: Instant, recent: &[Trace]) -> (u32, Option<ChatItemId>) {
    let text = plain(text);
    if text.chars().count() < SHORTEST_ECHO {
        return (0, None);
    }
    let echoes = recent.iter().filter(|trace| at.duration_since(trace.at) <= MEMORY).filter(|trace| {
        // A person may say the same twice; whoever repeats an echo is one.
        (trace.side != side || trace.hops > 0) && is_echo(&text, &plain(&trace.text))
    });
    echoes.max_by_key(|trace| trace.hops).map_or((0, None), |trace| (trace.hops.saturating_add(1), Some(trace.id)))
}

/// Whether so much is said that no person says it; `beside` is said in the same breath.
pub(super) fn is_storm(at: Instant, recent: &[Trace], beside: usize) -> bool {
    beside + recent.iter().filter(|trace| at.duration_since(trace.at) <= STORM_TIME).count() >= MOST_AT_ONCE
}

fn is_echo(text: &str, before: &str) -> bool {
    before.chars().count() >= SHORTEST_ECHO && text.contains(before)
}

/// Letters and digits alone, in small letters: neither marks nor line breaks hide an echo.
fn plain(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

//! The loop radar: tells an echo from what a person says, and a storm from a conversation (product 4.9).
//!
//! An echo carries the words of something we copied, shortly after it: at the other side, or at the same side under the name that our copy
//! gives them. The first is let through: people repeat each other. The second pauses its conversation, where everything then waits.
//! Deliberately not here: our own messages and comments, which are known by their ids and never copied.

use jiff::SignedDuration;

use super::super::{Item, Trace};
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

/// How often an item has gone round, and whose echo it is. `recent` is what was copied before it, in any order.
pub(super) fn hops<'a>(item: &Item, at: Instant, recent: impl Iterator<Item = &'a Trace>) -> (u32, Option<ChatItemId>) {
    let text = plain(&item.text);
    if text.chars().count() < SHORTEST_ECHO {
        return (0, None);
    }
    recent
        .filter(|trace| at.duration_since(trace.at) <= MEMORY && is_echo(item, &text, trace))
        .max_by_key(|trace| (trace.hops, trace.id))
        .map_or((0, None), |trace| (trace.hops.saturating_add(1), Some(trace.id)))
}

/// Whether so much is said at the time of an item that no person says it.
pub(super) fn is_storm<'a>(item: &Item, recent: impl Iterator<Item = &'a Trace>) -> bool {
    recent.filter(|trace| item.at.duration_since(trace.at).abs() <= STORM_TIME).count() >= MOST_AT_ONCE
}

impl Trace {
    /// An item as those after it see it.
    pub(super) fn of(item: &Item) -> Self {
        let Item { id, side, hops, at, .. } = *item;
        Self { id, side, author: item.author.clone(), text: item.text.clone(), hops, at }
    }
}

fn is_echo(item: &Item, text: &str, trace: &Trace) -> bool {
    let before = plain(&trace.text);
    if before.chars().count() < SHORTEST_ECHO || !text.contains(&before) {
        return false;
    }
    // A person may say the same twice; whoever repeats an echo is one.
    if trace.side != item.side || trace.hops > 0 {
        return true;
    }
    // What another program carried back from our copy: somebody else's words under their name.
    let author = plain(&trace.author);
    !author.is_empty() && trace.author != item.author && text.replacen(&before, "", 1).contains(&author)
}

/// Letters and digits alone, in small letters: neither marks nor line breaks hide an echo.
fn plain(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

//! What of the traffic and its decisions somebody may see who may not see everything.
//!
//! Deliberately not here: who may call the commands at all (the list of commands).

use pult_domain::{Area, Effect, TicketId};
use pult_store::{
    Connection, StoreError,
    journal::EntryRow,
    outbox::EffectRow,
    tickets::{self, Viewer},
};

/// Decisions without those about tickets that somebody may not see. What is about all tickets at once, or about one that is not there yet,
/// is for those who may see every one.
pub(super) fn entries(
    connection: &Connection,
    viewer: &Viewer,
    entries: Vec<EntryRow>,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut seen = Vec::new();
    for entry in entries {
        if viewer.all || entry.area != Area::Tickets.as_ref() || is_seen(connection, viewer, &entry.subject)? {
            seen.push(entry);
        }
    }
    Ok(seen)
}

fn is_seen(connection: &Connection, viewer: &Viewer, subject: &str) -> Result<bool, StoreError> {
    let ticket = subject.strip_prefix("ticket:").and_then(|id| id.parse().ok()).map(TicketId);
    Ok(match ticket {
        Some(ticket) => !tickets::by_ids(connection, viewer, &[ticket])?.is_empty(),
        None => false,
    })
}

/// Calls as somebody sees them: without people's words where they may not see every ticket.
pub(super) fn effects(viewer: &Viewer, mut rows: Vec<EffectRow>) -> Vec<EffectRow> {
    if !viewer.all {
        for row in &mut rows {
            row.effect = Effect::without_words(std::mem::take(&mut row.effect));
        }
    }
    rows
}

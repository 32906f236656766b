//! Commands that rewrite and take away notes of a person's own.
//!
//! A note is whoever's key wrote it: without a key of one's own there is none of one's own. Deliberately not here: what the tracker makes of it
//! (the rule's and the integration's).

use pult_domain::{Subject, TicketId, areas::tickets::Intent};
use pult_store::{StoreError, tickets::TicketChangeRow};
use serde::Deserialize;
use ts_rs::TS;

use super::{LONGEST_TEXT, OneTicket, asked, bounded, detail};
use crate::{
    Engine,
    auth::Actor,
    error::{ApiError, ErrorCode},
};

/// A note of one's own that is to say something else.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct EditNoteRequest {
    /// Which ticket.
    pub id: TicketId,
    /// The tracker's number of the entry of its history.
    #[ts(type = "number")]
    pub entry: i64,
    /// What it said when the person looked; where it says something else meanwhile, nothing is overwritten.
    pub seen: String,
    /// What it is to say, in the tracker's markup; 1 to 60,000 characters.
    pub text: String,
}

/// A note of one's own that is to be taken away.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DeleteNoteRequest {
    /// Which ticket.
    pub id: TicketId,
    /// The tracker's number of the entry of its history.
    #[ts(type = "number")]
    pub entry: i64,
    /// As in the request to edit one.
    pub seen: String,
}

pub(in crate::api) async fn edit(
    engine: &Engine,
    actor: &Actor,
    request: EditNoteRequest,
) -> Result<TicketChangeRow, ApiError> {
    let EditNoteRequest { id, entry, seen, text } = request;
    bounded("text", text.trim(), 1, LONGEST_TEXT)?;
    rewrite(engine, actor, "tickets.edit_note", id, entry, seen, Some(text)).await
}

pub(in crate::api) async fn delete(
    engine: &Engine,
    actor: &Actor,
    request: DeleteNoteRequest,
) -> Result<TicketChangeRow, ApiError> {
    let DeleteNoteRequest { id, entry, seen } = request;
    rewrite(engine, actor, "tickets.delete_note", id, entry, seen, None).await
}

async fn rewrite(
    engine: &Engine,
    actor: &Actor,
    action: &'static str,
    id: TicketId,
    entry: i64,
    seen: String,
    text: Option<String>,
) -> Result<TicketChangeRow, ApiError> {
    // What is read of a note is bounded in bytes, and so is what was seen of it.
    bounded("seen", seen.trim(), 1, 2 * LONGEST_TEXT)?;
    let shown = detail(engine, actor, OneTicket { id }).await?;
    let there = shown.entries.iter().find(|there| there.id == entry).ok_or(StoreError::NotFound("entry"))?;
    let who = engine.ticket_hand(actor).await?;
    if who.account != Some(there.user.id) {
        return Err(ApiError::new(ErrorCode::Forbidden, "only a note of one's own, with a key of one's own"));
    }
    if there.notes.as_deref().is_none_or(|notes| notes.trim().is_empty()) {
        return Err(ApiError::field("entry", "it says nothing"));
    }
    let what = Intent::Rewrite { ticket: id, entry, seen, text, private: there.private };
    asked(engine, actor, action, Subject::ticket(id), who, what).await
}

//! Rewrites a note of the account's own, or takes it away, and believes it only after reading (contracts/redmine 2, 4).
//!
//! The tracker keeps no version of a note and moves nothing when one is edited: what it says now is held against what was seen right before
//! it is written. What is asked says where the note is to stand, so doing it twice is doing it once. Deliberately not here: whose notes
//! somebody may rewrite (the engine's; the tracker has its own word).

use pult_domain::{
    Failure,
    areas::tickets::{Entry, RewriteNote, Ticket},
};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{CallError, Exchange};

use super::{
    Redmine,
    change::Made,
    client::As,
    loose::MAX_TEXT,
    text::{parted, same},
    trouble::{Trouble, refused},
};

/// The bytes by which a text that was cut may be shorter than the bound: a letter takes four at most.
const LETTER: usize = 4;

/// Where a note stands.
#[derive(Debug, PartialEq)]
enum Stands<'t> {
    /// As it is wanted.
    AsWanted,
    /// As whoever wants it saw it.
    AsSeen(&'t Entry),
    /// Somebody else was first.
    Otherwise,
}

fn stands<'t>(rewrite: &RewriteNote, ticket: &'t Ticket) -> Stands<'t> {
    let entry = ticket.entries.iter().find(|entry| entry.id == rewrite.entry);
    let said = entry.and_then(|entry| entry.notes.as_deref()).unwrap_or_default();
    match entry {
        _ if same(said, &rewrite.note.text) => Stands::AsWanted,
        Some(entry) if same(said, &rewrite.seen) => Stands::AsSeen(entry),
        _ => Stands::Otherwise,
    }
}

fn made(ticket: Ticket, left: &[&str]) -> Made {
    Made::Yes { ticket, entries: vec![], left: left.iter().map(|part| (*part).to_owned()).collect() }
}

fn conflict(ticket: Ticket) -> Made {
    Made::Conflict { ticket, fields: vec!["note".to_owned()] }
}

/// What a ticket says of a note of which nobody knows whether it was rewritten; nothing where it was not.
pub(super) fn became(rewrite: &RewriteNote, after: &Ticket) -> Option<Made> {
    match stands(rewrite, after) {
        Stands::AsWanted => Some(made(after.clone(), &[])),
        Stands::AsSeen(_) => None,
        Stands::Otherwise => Some(conflict(after.clone())),
    }
}

impl Redmine {
    /// Rewrites a note, or takes it away.
    pub(super) async fn rewrite(&self, rewrite: &RewriteNote, said: &mut Vec<Exchange>) -> Result<Made, CallError> {
        let (who, id) = (As::account(rewrite.account), rewrite.ticket.0);
        let me = self.acting(rewrite.account, said).await?;
        let before = self.ticket(who, id, said).await?;
        let entry = match stands(rewrite, &before) {
            Stands::AsWanted => return Ok(made(before, &[])),
            Stands::Otherwise => return Ok(conflict(before)),
            Stands::AsSeen(entry) => entry,
        };
        if entry.user.id != me {
            // Some roles may rewrite what others said: nobody does it from here.
            return Err(refused(Failure::Rights, "the note is somebody else's: nothing was written"));
        }
        let body = body(rewrite, entry)?;
        let path = ["journals", &format!("{}.json", rewrite.entry)];
        let outcome = self.client.change(who, Method::PUT, &path, &body, said).await;
        let is_absent = match outcome {
            Ok(_) => false,
            Err(Trouble { error: CallError::Refused { why: Failure::DoesNotExist, .. }, .. }) => true,
            Err(trouble) => return Err(trouble.error),
        };
        // It was done, or the note has gone meanwhile: that it cannot be read now makes it no less so.
        let unknown = |error: CallError| CallError::OutcomeUnknown { detail: error.to_string() };
        let after = self.ticket(who, id, said).await.map_err(unknown)?;
        match (became(rewrite, &after), is_absent) {
            (Some(became), _) => Ok(became),
            (None, false) => Ok(made(after, &["note"])),
            // Before 5.0, and in Easy Redmine, there is no such address.
            (None, true) => {
                Err(refused(Failure::Unsupported, "this tracker does not let notes be rewritten: nothing was written"))
            }
        }
    }
}

/// What is asked of the tracker; an error where a note is longer than what is read of it.
fn body(rewrite: &RewriteNote, entry: &Entry) -> Result<Value, CallError> {
    let now = entry.notes.as_deref().unwrap_or_default();
    let is_gone = rewrite.note.text.is_empty();
    if !is_gone && now.len() + LETTER > MAX_TEXT {
        return Err(refused(Failure::Unsupported, "the note is too long to be rewritten here: nothing was written"));
    }
    let mut journal = Map::new();
    // The line by which the note is found again stays with it.
    let text = if is_gone { String::new() } else { format!("{}{}", rewrite.note.text, parted(now).1) };
    journal.insert("notes".to_owned(), json!(text));
    if entry.private {
        journal.insert("private_notes".to_owned(), json!(true));
    }
    Ok(json!({ "journal": journal }))
}

//! Commands for changes that were not made, or not whole: sending one again as it was asked for, and putting one aside.
//!
//! The engine keeps what was asked, so that neither a closed page nor a restart loses it; words that only some may read it keeps nowhere.
//! Deliberately not here: how a change is asked of the tracker (the rule's and the integration's).

use pult_domain::{
    Area, Subject, TicketChangeId,
    areas::tickets::{Asked, AskedState, Intent, Trouble, Upload, Wanted},
};
use pult_store::{
    StoreError,
    tickets::{self, TicketChangeRow},
};
use serde::Deserialize;
use ts_rs::TS;

use super::{Hand, OneTicket, OneTicketChange, asked, detail, may_change};
use crate::{
    Engine,
    api::Nothing,
    areas::tickets::EVERYTHING,
    auth::Actor,
    error::{ApiError, ErrorCode},
};

/// Sends a change again that was not made, or not whole: of one that was made in part only the rest.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AgainRequest {
    /// Which.
    pub id: TicketChangeId,
    /// What the fields are that the person sees now; where somebody else is first again, nothing is overwritten.
    #[serde(default)]
    pub seen: Wanted,
    /// What the note says that the person sees now, where one was to be rewritten.
    #[serde(default)]
    pub seen_note: Option<String>,
}

pub(in crate::api) async fn again(
    engine: &Engine,
    actor: &Actor,
    request: AgainRequest,
) -> Result<TicketChangeRow, ApiError> {
    let (login, id) = (actor.login.clone(), request.id);
    let kept = engine.store().read(move |c| tickets::asked_by(c, &login, id)).await?;
    let kept = kept.ok_or(StoreError::NotFound("change"))?;
    if matches!(kept.state, AskedState::Sending | AskedState::Done) {
        return Err(ApiError::new(ErrorCode::Conflict, "it is on its way, or made"));
    }
    if let Some(id) = kept.ask.what.ticket() {
        detail(engine, actor, OneTicket { id }).await?;
    }
    let who = engine.ticket_hand(actor).await?;
    let what = what_is_left(engine, actor, &who, &kept, request).await?;
    let about = what.ticket().map_or_else(Subject::tickets, Subject::ticket);
    let row = asked(engine, actor, "tickets.again", about, who, what).await?;
    // The new one takes its place.
    aside(engine, actor, id).await?;
    Ok(row)
}

/// What is to be asked for once more.
async fn what_is_left(
    engine: &Engine,
    actor: &Actor,
    who: &Hand,
    kept: &Asked,
    request: AgainRequest,
) -> Result<Intent, ApiError> {
    Ok(match kept.ask.what.clone() {
        Intent::Change { private: true, note: Some(_), .. } | Intent::Rewrite { private: true, text: Some(_), .. } => {
            return Err(ApiError::field("note", "private words are kept nowhere: write them again"));
        }
        Intent::Change { ticket, wanted, note, private, files, .. } => {
            let left = Left::of(kept);
            let wanted = left.of_fields(&wanted);
            let seen = Wanted {
                status: wanted.status.and(request.seen.status),
                priority: wanted.priority.and(request.seen.priority),
                assignee: wanted.assignee.and(request.seen.assignee),
            };
            may_change(actor, who, &wanted, private)?;
            let note = note.filter(|_| left.has("note"));
            let files = brought(engine, actor, left.of_files(files)?).await?;
            Intent::Change { ticket, wanted, seen, note, private, files }
        }
        Intent::Rewrite { ticket, entry, text, private, .. } => {
            let seen = request.seen_note.ok_or_else(|| ApiError::field("seen_note", "what it says now"))?;
            Intent::Rewrite { ticket, entry, seen, text, private }
        }
        what @ Intent::Watch { .. } => what,
        Intent::New { project, tracker, priority, assignee, subject, description, email, files } => {
            // One that is there without its files is not made a second time.
            if kept.state == AskedState::Partly {
                return Err(ApiError::new(ErrorCode::Conflict, "the ticket is there: attach the files to it"));
            }
            let files = brought(engine, actor, files).await?;
            Intent::New { project, tracker, priority, assignee, subject, description, email, files }
        }
    })
}

/// Files that were to be attached, as far as their bytes are still kept.
async fn brought(engine: &Engine, actor: &Actor, files: Vec<Upload>) -> Result<Vec<Upload>, ApiError> {
    let hashes: Vec<String> = files.into_iter().map(|file| file.sha256).collect();
    engine.ticket_files(actor, &hashes).await
}

/// What of a change was left undone: all of it, or certain parts.
struct Left<'a>(Option<&'a [String]>);

impl<'a> Left<'a> {
    fn of(kept: &'a Asked) -> Self {
        Self(match &kept.trouble {
            Some(Trouble::Left { parts }) => Some(parts.as_slice()),
            _ => None,
        })
    }

    fn has(&self, part: &str) -> bool {
        self.0.is_none_or(|parts| parts.iter().any(|left| left == part))
    }

    fn of_fields(&self, wanted: &Wanted) -> Wanted {
        Wanted {
            status: wanted.status.filter(|_| self.has("status")),
            priority: wanted.priority.filter(|_| self.has("priority")),
            assignee: wanted.assignee.filter(|_| self.has("assignee")),
        }
    }

    /// The files that are not there; an error where it is not known which they are, for the tracker may call them by other names.
    fn of_files(&self, files: Vec<Upload>) -> Result<Vec<Upload>, ApiError> {
        const PARTS: [&str; 4] = ["status", "priority", "assignee", "note"];
        let Some(parts) = self.0 else { return Ok(files) };
        let names: Vec<&String> = parts.iter().filter(|part| !PARTS.contains(&part.as_str())).collect();
        let left: Vec<Upload> = files.into_iter().filter(|file| names.contains(&&file.name)).collect();
        match left.len() >= names.len() {
            true => Ok(left),
            false => Err(ApiError::field("files", "attach them again: which of them are not there is not known")),
        }
    }
}

pub(in crate::api) async fn put_aside(
    engine: &Engine,
    actor: &Actor,
    request: OneTicketChange,
) -> Result<Nothing, ApiError> {
    match aside(engine, actor, request.id).await? {
        true => Ok(Nothing {}),
        false => Err(StoreError::NotFound("change").into()),
    }
}

async fn aside(engine: &Engine, actor: &Actor, id: TicketChangeId) -> Result<bool, ApiError> {
    let login = actor.login.clone();
    let (was, ticket) = engine
        .store()
        .write(move |c| {
            let ticket = tickets::asked_by(c, &login, id)?.and_then(|asked| asked.ticket);
            Ok((tickets::put_aside(c, &login, id)?, ticket))
        })
        .await?;
    engine.bus().changed(Area::Tickets, vec![ticket.map_or(EVERYTHING, |ticket| ticket.0)]);
    Ok(was)
}

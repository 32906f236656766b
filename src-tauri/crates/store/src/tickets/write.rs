//! Keeps what a decision says about tickets, and forgets what is old.
//!
//! Deliberately not here: deciding it.

use std::collections::BTreeSet;

use pult_domain::{
    Instant, TicketChangeId, TicketId,
    areas::{
        cases::Thing,
        tickets::{Asked, Card, Change, Entry, Ticket},
    },
};
use rusqlite::{Connection, ToSql, params};

use super::{known, lists, sql};
use crate::{
    StoreError, cases, millis,
    people::{self, folded},
    query::{many, one},
};

/// The engine's own account among those that may see a ticket.
pub(super) const ENGINE: i64 = 0;
/// Characters of a description that a search looks through.
const SEARCHED: usize = 4000;

/// Carries out one change, and says which ticket it touched, where it touched one.
///
/// # Errors
/// When it cannot be written; the transaction it runs in should be rolled back then.
pub fn apply(connection: &Connection, change: &Change) -> Result<Option<TicketId>, StoreError> {
    match change {
        Change::Card { card, followed } => {
            keep_card(
                connection,
                card,
                &Keeping { followed: *followed, told: *followed, engine: *followed, at: None },
            )?;
            Ok(Some(card.id))
        }
        Change::Ticket { ticket, followed, told, at } => {
            keep_ticket(connection, ticket, *followed, *told, *at)?;
            Ok(Some(ticket.card.id))
        }
        Change::Entries { ticket, entries, told } => {
            for entry in entries {
                keep_entry(connection, ticket.0, entry, open_words(entry), *told)?;
            }
            Ok(Some(*ticket))
        }
        Change::NoteGone { ticket, entry, removed } => {
            connection.prepare_cached(sql::TAKE_NOTE)?.execute(params![entry, removed])?;
            Ok(Some(*ticket))
        }
        Change::Watched { ticket, user, on } => {
            if let Some(kept) = one(connection, sql::TICKET, [ticket.0], known::kept)? {
                let mut watchers = kept.watchers;
                if *on {
                    watchers.insert(*user)
                } else {
                    watchers.remove(user)
                };
                let values = params![ticket.0, serde_json::to_string(&watchers)?];
                connection.prepare_cached(sql::KEEP_WATCHERS)?.execute(values)?;
            }
            Ok(Some(*ticket))
        }
        Change::Unseen { account, ticket } => {
            connection.prepare_cached(sql::FORGET_READER)?.execute([*account, ticket.0])?;
            connection.prepare_cached(sql::FORGET_VIEW)?.execute([*account, ticket.0])?;
            Ok(Some(*ticket))
        }
        Change::View { account, ticket, at } => {
            keep_view(connection, *account, ticket, *at)?;
            Ok(Some(ticket.card.id))
        }
        Change::Looked { ticket, missed, gone_at, at } => {
            let values = params![ticket.0, missed, gone_at.map(millis), millis(*at)];
            connection.prepare_cached(sql::LOOKED)?.execute(values)?;
            Ok(Some(*ticket))
        }
        Change::Dictionary { dictionary, at } => lists::keep(connection, dictionary, *at).map(|()| None),
        Change::Asked { asked } => {
            keep_asked(connection, asked)?;
            Ok(asked.ticket)
        }
    }
}

/// What is known of a card beside what it shows.
struct Keeping {
    /// Its changes are news.
    followed: bool,
    /// Its status is no news any more.
    told: bool,
    /// The engine's account sees it.
    engine: bool,
    /// When it was read.
    at: Option<Instant>,
}

fn keep_card(connection: &Connection, card: &Card, keeping: &Keeping) -> Result<(), StoreError> {
    let id = card.id.0;
    let closed = match card.closed {
        Some(closed) => closed,
        None => known::statuses(connection)?.iter().any(|status| status.id == card.status.id && status.closed),
    };
    connection.prepare_cached(sql::KEEP_TICKET)?.execute(params![
        id,
        card.project.id,
        card.project.name,
        card.tracker.id,
        card.tracker.name,
        card.status.id,
        card.status.name,
        closed,
        card.priority.id,
        card.priority.name,
        card.author.as_ref().map(|who| who.id),
        card.author.as_ref().map(|who| &who.name),
        card.assignee.as_ref().map(|who| who.id),
        card.assignee.as_ref().map(|who| &who.name),
        card.category,
        card.parent.map(|parent| parent.0),
        card.subject,
        card.description,
        card.done_ratio,
        card.private,
        serde_json::to_string(&card.emails)?,
        serde_json::to_string(&card.custom)?,
        card.start_date,
        card.due_date,
        millis(card.created_on),
        millis(card.updated_on),
        card.closed_on.map(millis),
        keeping.followed,
        millis(keeping.at.unwrap_or(card.updated_on)),
        keeping.told,
        keeping.engine,
    ])?;
    connection.prepare_cached(sql::FORGET_EMAILS)?.execute([id])?;
    for email in &card.emails {
        connection.prepare_cached(sql::KEEP_EMAIL)?.execute(params![folded(email), id])?;
    }
    let who = [&card.author, &card.assignee].into_iter().flatten().map(|who| who.name.as_str());
    let about: String = card.description.chars().take(SEARCHED).collect();
    let words: Vec<_> = [card.subject.as_str(), &card.project.name, &about].into_iter().chain(who).collect();
    connection.prepare_cached(sql::FORGET_WORDS)?.execute([id])?;
    connection.prepare_cached(sql::KEEP_WORDS)?.execute(params![id, words.join("\n")])?;
    let fields = card.custom.iter().map(|(_, value)| ("field", value.as_str()));
    let texts: Vec<_> =
        [("title", card.subject.as_str()), ("text", &card.description)].into_iter().chain(fields).collect();
    cases::note(connection, &format!("ticket:{id}"), &Thing::Ticket(card.id), &texts)
}

fn keep_ticket(
    connection: &Connection,
    ticket: &Ticket,
    followed: bool,
    told: bool,
    at: Instant,
) -> Result<(), StoreError> {
    keep_card(connection, &ticket.card, &Keeping { followed, told, engine: true, at: Some(at) })?;
    let id = ticket.card.id.0;
    let watchers: BTreeSet<_> = ticket.watchers.iter().map(|who| who.id).collect();
    connection.prepare_cached(sql::KEEP_HISTORY)?.execute(params![
        id,
        serde_json::to_string(&watchers)?,
        serde_json::to_string(&ticket.children)?,
        millis(at),
    ])?;
    for entry in &ticket.entries {
        keep_entry(connection, id, entry, open_words(entry), told)?;
    }
    // Of a long history only the end is read: what is before it was not removed.
    let first = ticket.entries.first().map_or(i64::MAX, |entry| entry.id);
    let there: BTreeSet<_> = ticket.entries.iter().map(|entry| entry.id).collect();
    for kept in many(connection, sql::ENTRY_IDS, [id, first], |r| r.get::<_, i64>(0))? {
        if !there.contains(&kept) {
            connection.prepare_cached(sql::REMOVE_ENTRY)?.execute([kept])?;
        }
    }
    keep_attachments(connection, ticket)?;
    keep_allowed(connection, ENGINE, ticket, at)
}

fn keep_view(connection: &Connection, account: i64, ticket: &Ticket, at: Instant) -> Result<(), StoreError> {
    let id = ticket.card.id.0;
    connection.prepare_cached(sql::FORGET_READER)?.execute([account, id])?;
    for entry in &ticket.entries {
        keep_entry(connection, id, entry, entry.notes.as_deref(), false)?;
        if entry.private {
            connection.prepare_cached(sql::KEEP_READER)?.execute([account, entry.id])?;
        }
    }
    keep_attachments(connection, ticket)?;
    keep_allowed(connection, account, ticket, at)
}

/// What was said as the engine's own look brings it: what only some may read is kept of those it was shown to, and of nobody else.
fn open_words(entry: &Entry) -> Option<&str> {
    entry.notes.as_deref().filter(|_| !entry.private)
}

fn keep_entry(
    connection: &Connection,
    ticket: i64,
    entry: &Entry,
    notes: Option<&str>,
    told: bool,
) -> Result<(), StoreError> {
    connection.prepare_cached(sql::KEEP_ENTRY)?.execute(params![
        entry.id,
        ticket,
        entry.user.id,
        entry.user.name,
        notes,
        entry.private,
        serde_json::to_string(&entry.details)?,
        millis(entry.created_on),
        entry.updated_on.map(millis),
        told,
    ])?;
    // What only some may read names nothing to anybody.
    let Some(words) = open_words(entry) else { return Ok(()) };
    cases::note(connection, &format!("entry:{}", entry.id), &Thing::Ticket(TicketId(ticket)), &[("comment", words)])
}

fn keep_attachments(connection: &Connection, ticket: &Ticket) -> Result<(), StoreError> {
    let id = ticket.card.id.0;
    connection.prepare_cached(sql::FORGET_ATTACHMENTS)?.execute([id])?;
    for file in &ticket.attachments {
        let size = i64::try_from(file.size).unwrap_or(i64::MAX);
        let values = params![file.id, id, file.name, size, file.content_type, file.author, millis(file.created_on)];
        connection.prepare_cached(sql::KEEP_ATTACHMENT)?.execute(values)?;
    }
    Ok(())
}

fn keep_allowed(connection: &Connection, account: i64, ticket: &Ticket, at: Instant) -> Result<(), StoreError> {
    let allowed = ticket.allowed.as_ref().map(serde_json::to_string).transpose()?;
    let values = params![account, ticket.card.id.0, allowed, millis(at)];
    connection.prepare_cached(sql::KEEP_VIEW)?.execute(values)?;
    Ok(())
}

fn keep_asked(connection: &Connection, asked: &Asked) -> Result<(), StoreError> {
    connection.prepare_cached(sql::KEEP_CHANGE)?.execute(params![
        asked.id.0,
        asked.ticket.map(|ticket| ticket.0),
        asked.ask.by,
        serde_json::to_string(&asked.ask)?,
        asked.state.as_ref(),
        asked.trouble.as_ref().map(serde_json::to_string).transpose()?,
        serde_json::to_string(&asked.entries)?,
        millis(asked.at),
        asked.settled_at.map(millis),
    ])?;
    Ok(())
}

/// Somebody needs to see a settled change of theirs no more; whether there was one.
///
/// # Errors
/// When it cannot be written.
pub fn put_aside(connection: &Connection, login: &str, id: TicketChangeId) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(sql::PUT_ASIDE)?.execute(params![id.0, login])? > 0)
}

/// Forgets a slice of tickets that are over, or no longer visible, and were not changed since an instant, and of changes people asked
/// for before it; how much there was.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let slice = params![millis(before), most as i64];
    let tickets = many(connection, sql::FORGET_TICKETS, slice, |r| r.get::<_, i64>(0))?;
    for ticket in &tickets {
        connection.prepare_cached(sql::FORGET_WORDS)?.execute([ticket])?;
        connection.prepare_cached(sql::FORGET_TICKET)?.execute([ticket])?;
    }
    Ok(tickets.len() + connection.prepare_cached(sql::FORGET_CHANGES)?.execute(slice)?)
}

/// Forgets what somebody with an e-mail address wrote and asked for here, wherever they wrote it; the tracker keeps its own. The
/// tickets it stood in.
///
/// # Errors
/// When it cannot be written.
pub fn erase_author(connection: &Connection, email: &str) -> Result<Vec<TicketId>, StoreError> {
    let email = folded(email);
    let run = |sql: &str, value: &dyn ToSql| Ok::<_, StoreError>(connection.prepare_cached(sql)?.execute([value])?);
    let number: Option<i64> = one(connection, sql::USER_OF_EMAIL, [&email], |r| r.get(0))?;
    let mut tickets: BTreeSet<i64> =
        many(connection, sql::TICKETS_OF_EMAIL, [&email], |r| r.get(0))?.into_iter().collect();
    if let Some(number) = number {
        tickets.extend(many(connection, sql::TICKETS_OF_AUTHOR, [number], |r| r.get::<_, i64>(0))?);
    }
    for ticket in &tickets {
        for statement in
            [sql::ERASE_TICKET, sql::FORGET_EMAILS, sql::FORGET_WORDS, sql::ERASE_ATTACHMENTS, sql::ERASE_CHANGES_OF]
        {
            run(statement, ticket)?;
        }
    }
    if let Some(number) = number {
        // What they said stands in tickets of others as well.
        tickets.extend(many(connection, sql::TICKETS_OF_USER, [number], |r| r.get::<_, i64>(0))?);
        run(sql::ERASE_ENTRIES, &number)?;
        run(sql::ERASE_USER, &number)?;
    }
    if let Some(person) = people::find_by_email(connection, &email)? {
        run(sql::ERASE_CHANGES_BY, &people::get(connection, person)?.login)?;
    }
    Ok(tickets.into_iter().map(TicketId).collect())
}

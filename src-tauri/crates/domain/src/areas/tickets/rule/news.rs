//! What a reading of a ticket brings: the entries nobody has told of yet.
//!
//! An entry is one notice for ever, whatever it holds. Deliberately not here: who is told (`readers`), in which way and whether it is
//! muted (the engine's), and the words (the console's).

use std::cmp::Ordering;

use serde_json::json;

use super::{
    super::{Card, Change, Entry, Kept, Part, Ticket},
    readers::{self, Weighed},
    work::Work,
};
use crate::{Instant, Level, Subject, TicketId};

/// Characters of a comment that a notice carries.
const LONGEST_COMMENT: usize = 2000;

pub(super) fn read(
    work: &mut Work<'_>,
    ticket: &Ticket,
    in_scope: bool,
    from: Option<Instant>,
    many: bool,
) -> &'static str {
    let kept = work.known.kept.get(&ticket.card.id).cloned();
    let followed = in_scope || kept.as_ref().is_some_and(|kept| kept.followed);
    keep(work, ticket, followed, from.is_some());
    if !followed {
        return "tickets.read.not_followed";
    }
    let Some(from) = from else { return "tickets.read.opened" };
    let unknown = |entry: &&Entry| !work.known.known_entries.contains(&entry.id) && entry.created_on >= from;
    let news: Vec<&Entry> = ticket.entries.iter().filter(unknown).filter(|entry| tells(entry)).collect();
    // A reading that was overtaken says nothing of the ticket as it is: the next look does.
    let current = !is_overtaken(work, ticket);
    let is_new = current && kept.as_ref().is_none_or(|kept| kept.told.is_none()) && ticket.card.created_on >= from;
    let moved = kept.as_ref().filter(|kept| current && is_unexplained(work, ticket, kept));
    if many {
        digest(work, ticket, kept.as_ref(), &news, (is_new, moved), from);
        return "tickets.read.many";
    }
    if is_new {
        created(work, ticket);
    }
    for entry in &news {
        told_of(work, ticket, kept.as_ref(), entry);
    }
    if let Some(kept) = moved {
        unexplained(work, ticket, kept);
    }
    "tickets.read"
}

/// A ticket as somebody's own account sees it: what it may do there, and private words it may read.
pub(super) fn seen(work: &mut Work<'_>, account: i64, ticket: &Ticket) -> &'static str {
    view(work, account, ticket);
    "tickets.seen"
}

/// The same, also after a change made with that account.
pub(super) fn view(work: &mut Work<'_>, account: i64, ticket: &Ticket) {
    // The engine's account may see more of the same: only what is newer takes its place, until the next look.
    let older = |kept: &Kept| kept.card.updated_on < ticket.card.updated_on;
    if work.known.kept.get(&ticket.card.id).is_none_or(older) {
        work.changes.push(Change::Card { card: Box::new(ticket.card.clone()), followed: false });
    }
    work.changes.push(Change::View { account, ticket: Box::new(ticket.clone()), at: work.at });
}

/// Keeps what the engine's account saw; of a reading that was overtaken only the entries.
pub(super) fn keep(work: &mut Work<'_>, ticket: &Ticket, followed: bool, told: bool) {
    let id = ticket.card.id;
    if is_overtaken(work, ticket) {
        let unknown = |entry: &&Entry| !work.known.known_entries.contains(&entry.id);
        let entries: Vec<_> = ticket.entries.iter().filter(unknown).cloned().collect();
        if !entries.is_empty() {
            work.changes.push(Change::Entries { ticket: id, entries, told });
        }
        return;
    }
    back(work, id);
    work.changes.push(Change::Ticket { ticket: Box::new(ticket.clone()), followed, told, at: work.at });
}

/// Whether a reading is older than what is kept: two may overtake each other, and the next look brings only what was changed since.
///
/// By its time alone none is older, for the tracker's clock may be set back; and one of the same second that only lacks the last entry is
/// younger than the removal of a note.
fn is_overtaken(work: &Work<'_>, ticket: &Ticket) -> bool {
    let Some(kept) = work.known.kept.get(&ticket.card.id) else { return false };
    let (last, known) = (ticket.entries.last().map(|entry| entry.id), work.known.known_entries.last().copied());
    let other_status = || kept.told.as_ref().is_some_and(|told| told.id != ticket.card.status.id);
    match ticket.card.updated_on.cmp(&kept.card.updated_on) {
        Ordering::Less => last <= known,
        Ordering::Equal => last < known && other_status(),
        Ordering::Greater => false,
    }
}

/// A ticket that was gone is there again.
pub(super) fn back(work: &mut Work<'_>, ticket: TicketId) {
    if work.known.kept.get(&ticket).is_some_and(|kept| kept.gone_at.is_some()) {
        work.clear(gone_key(ticket));
    }
}

pub(super) fn gone_key(ticket: TicketId) -> String {
    format!("tickets:gone/{ticket}")
}

fn created(work: &mut Work<'_>, ticket: &Ticket) {
    let card = &ticket.card;
    let wish = readers::wished(work, card).map(|asked| asked.ask.name.clone());
    let by = wish.or_else(|| card.author.as_ref().map(|author| author.name.clone()));
    let values = json!({ "ticket": card.id.0, "subject": card.subject, "by": by, "project": card.project.name });
    let to = readers::of_creation(work, ticket);
    work.tell(format!("tickets:created/{}", card.id), Level::Info, about(card), "tickets.created", values, to);
}

/// What was said in an entry.
fn said(entry: &Entry) -> Option<&str> {
    entry.notes.as_deref().map(str::trim).filter(|notes| !notes.is_empty())
}

/// Whether people are told of an entry: of a status, an assignee or a comment they are, of other fields they are not.
fn tells(entry: &Entry) -> bool {
    said(entry).is_some() || entry.details.iter().any(|detail| matches!(detail.part, Part::Status | Part::Assignee))
}

fn told_of(work: &mut Work<'_>, ticket: &Ticket, kept: Option<&Kept>, entry: &Entry) {
    let (card, part) = (&ticket.card, |part: Part| entry.details.iter().rev().find(|detail| detail.part == part));
    let status = part(Part::Status).map(|detail| {
        let name = |id: Option<&String>| id.map(|id| work.known.status(id));
        (name(detail.old.as_ref()), name(detail.new.as_ref()))
    });
    let assignee = part(Part::Assignee).map(|detail| {
        let name = |id: Option<&String>| id.map(|id| work.known.person(id));
        (name(detail.old.as_ref()), name(detail.new.as_ref()))
    });
    let said = said(entry);
    let by = readers::ours(work, entry).map_or(&entry.user.name, |asked| &asked.ask.name);
    let to = readers::of_entry(work, ticket, kept, entry);
    // What only some may read never leaves the ticket.
    let comment = said.filter(|_| !entry.private).map(|said| cut(said, LONGEST_COMMENT));
    let values = json!({
        "ticket": card.id.0,
        "entry": entry.id,
        "subject": card.subject,
        "by": by,
        "status": status.is_some(),
        "old_status": status.as_ref().and_then(|(old, _)| old.clone()),
        "new_status": status.as_ref().and_then(|(_, new)| new.clone()),
        "assigned": assignee.is_some(),
        "old_assignee": assignee.as_ref().and_then(|(old, _)| old.clone()),
        "new_assignee": assignee.as_ref().and_then(|(_, new)| new.clone()),
        "commented": said.is_some(),
        "comment": comment,
        "private": entry.private && said.is_some(),
        "at": entry.created_on.as_millisecond(),
    });
    work.tell(format!("tickets:entry/{}", entry.id), Level::Info, about(card), "tickets.entry", values, to);
}

/// Whether a ticket has a status that no entry speaks of (contracts/redmine 6.11).
fn is_unexplained(work: &Work<'_>, ticket: &Ticket, kept: &Kept) -> bool {
    let now = ticket.card.status.id;
    if kept.told.as_ref().is_none_or(|told| told.id == now) {
        return false;
    }
    let fresh = |entry: &&Entry| !work.known.known_entries.contains(&entry.id);
    let mut details = ticket.entries.iter().filter(fresh).flat_map(|entry| &entry.details);
    let spoken = details.any(|d| d.part == Part::Status && d.new.as_ref().is_some_and(|new| *new == now.to_string()));
    let ours = work.known.under_way.iter().any(|asked| asked.ask.what.status() == Some(now));
    !spoken && !ours
}

fn unexplained(work: &mut Work<'_>, ticket: &Ticket, kept: &Kept) {
    let card = &ticket.card;
    let to = readers::of_ticket(work, ticket, kept);
    let values = json!({
        "ticket": card.id.0,
        "subject": card.subject,
        "old_status": kept.told.as_ref().map(|told| &told.name),
        "new_status": card.status.name,
    });
    let key = format!("tickets:status/{}/{}/{}", card.id, card.status.id, card.updated_on.as_second());
    work.tell(key, Level::Info, about(card), "tickets.status_now", values, to);
}

/// One sentence for all that happened while nobody looked: everybody whom any of it concerns gets it once.
fn digest(
    work: &mut Work<'_>,
    ticket: &Ticket,
    kept: Option<&Kept>,
    news: &[&Entry],
    (is_new, moved): (bool, Option<&Kept>),
    from: Instant,
) {
    let created = is_new.then(|| readers::of_creation(work, ticket));
    let moved = moved.map(|kept| readers::of_ticket(work, ticket, kept));
    let said = news.iter().map(|entry| readers::of_entry(work, ticket, kept, entry));
    let to = said.chain(created).chain(moved).fold(Weighed::default(), Weighed::with);
    let values = json!({ "from": from.as_millisecond() });
    work.tell(
        format!("tickets:many/{}", from.as_second()),
        Level::Info,
        Subject::tickets(),
        "tickets.many",
        values,
        to,
    );
}

fn about(card: &Card) -> Subject {
    Subject::ticket(card.id)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

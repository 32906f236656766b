//! What a reading of a ticket brings: the entries nobody has told of yet, and who is told of them.
//!
//! An entry is one notice for ever, whatever it holds. Deliberately not here: in which way somebody is told, and whether it is muted
//! (the engine's), and the words (the console's).

use serde_json::json;

use super::{
    super::{Card, Change, Entry, Kept, Named, Part, Reader, Scope, Ticket},
    work::Work,
};
use crate::{Instant, Level, Subject, TicketId, Told};

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
    let change = Change::Ticket { ticket: Box::new(ticket.clone()), followed, told: from.is_some(), at: work.at };
    work.changes.push(change);
    if kept.as_ref().is_some_and(|kept| kept.gone_at.is_some()) {
        work.clear(gone_key(ticket.card.id));
    }
    if !followed {
        return "tickets.read.not_followed";
    }
    let Some(from) = from else { return "tickets.read.opened" };
    let news: Vec<&Entry> = ticket
        .entries
        .iter()
        .filter(|entry| !work.known.known_entries.contains(&entry.id) && entry.created_on >= from)
        .collect();
    if many {
        if !news.is_empty() {
            digest(work, ticket, kept.as_ref(), &news, from);
        }
        return "tickets.read.many";
    }
    if kept.is_none() && ticket.card.created_on >= from {
        created(work, ticket);
    }
    for entry in &news {
        told_of(work, ticket, kept.as_ref(), entry);
    }
    if let Some(kept) = &kept {
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
    let older = |kept: &Kept| kept.card.updated_on <= ticket.card.updated_on;
    if work.known.kept.get(&ticket.card.id).is_none_or(older) {
        work.changes.push(Change::Card { card: Box::new(ticket.card.clone()), followed: false });
    }
    work.changes.push(Change::View { account, ticket: Box::new(ticket.clone()), at: work.at });
}

pub(super) fn gone_key(ticket: TicketId) -> String {
    format!("tickets:gone/{ticket}")
}

fn created(work: &mut Work<'_>, ticket: &Ticket) {
    let card = &ticket.card;
    let asked = work.known.under_way.iter().find(|asked| asked.ticket == Some(card.id));
    let actor = asked.map(|asked| asked.ask.by.clone());
    let to = readers(work, ticket, None, card.author.as_ref().map(|author| author.id), actor.as_deref());
    let by = card.author.as_ref().map(|author| author.name.as_str());
    let values = json!({ "ticket": card.id.0, "subject": card.subject, "by": by, "project": card.project.name });
    work.tell(format!("tickets:created/{}", card.id), Level::Info, about(card), "tickets.created", values, to);
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
    let said = entry.notes.as_deref().map(str::trim).filter(|notes| !notes.is_empty());
    if status.is_none() && assignee.is_none() && said.is_none() {
        return;
    }
    let asked = ours(work, entry);
    let by = asked.as_ref().map_or_else(|| entry.user.name.clone(), |(_, name)| name.clone());
    let to = readers(work, ticket, kept, Some(entry.user.id), asked.as_ref().map(|(login, _)| login.as_str()));
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

/// A status nobody's entry speaks of (contracts/redmine 6.11).
fn unexplained(work: &mut Work<'_>, ticket: &Ticket, kept: &Kept) {
    let card = &ticket.card;
    let fresh = |entry: &&Entry| !work.known.known_entries.contains(&entry.id);
    let spoken = ticket.entries.iter().filter(fresh).flat_map(|entry| &entry.details).any(|d| d.part == Part::Status);
    let ours = work.known.under_way.iter().any(|asked| asked.ask.what.status() == Some(card.status.id));
    if kept.card.status.id == card.status.id || spoken || ours {
        return;
    }
    let to = readers(work, ticket, Some(kept), None, None);
    let values = json!({
        "ticket": card.id.0,
        "subject": card.subject,
        "old_status": kept.card.status.name,
        "new_status": card.status.name,
    });
    let key = format!("tickets:status/{}/{}/{}", card.id, card.status.id, card.updated_on.as_second());
    work.tell(key, Level::Info, about(card), "tickets.status_now", values, to);
}

fn digest(work: &mut Work<'_>, ticket: &Ticket, kept: Option<&Kept>, news: &[&Entry], from: Instant) {
    let mut to: Vec<Told> = vec![];
    for entry in news {
        let actor = ours(work, entry).map(|(login, _)| login);
        for told in readers(work, ticket, kept, Some(entry.user.id), actor.as_deref()) {
            if !to.iter().any(|known| known.login == told.login) {
                to.push(told);
            }
        }
    }
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

/// Who of the console made an entry through it: login and name.
fn ours(work: &Work<'_>, entry: &Entry) -> Option<(String, String)> {
    let asked = work.known.under_way.iter().find(|asked| {
        let mark = work.policy.mark(asked.id);
        asked.entries.contains(&entry.id) || entry.notes.as_deref().is_some_and(|notes| notes.contains(&mark))
    })?;
    Some((asked.ask.by.clone(), asked.ask.name.clone()))
}

/// Who is told of a ticket, and why: whoever had or has to do with it, but for whoever did it.
fn readers(
    work: &Work<'_>,
    ticket: &Ticket,
    kept: Option<&Kept>,
    actor: Option<i64>,
    login: Option<&str>,
) -> Vec<Told> {
    let own = |reader: &&Reader| {
        Some(reader.login.as_str()) != login && (login.is_some() || reader.user.is_none() || reader.user != actor)
    };
    let told = |reader: &Reader| Some(Told { login: reader.login.clone(), why: why(reader, ticket, kept)?.to_owned() });
    work.known.readers.iter().filter(own).filter_map(told).collect()
}

fn why(reader: &Reader, ticket: &Ticket, kept: Option<&Kept>) -> Option<&'static str> {
    if reader.scope == Scope::Off {
        return None;
    }
    let card = &ticket.card;
    let is = |who: &Option<Named>| reader.user.is_some() && who.as_ref().map(|who| who.id) == reader.user;
    let watches = |id: &i64| Some(*id) == reader.user;
    let addressed = |card: &Card| reader.email.as_ref().is_some_and(|email| card.emails.contains(email));
    if is(&card.assignee) {
        Some("assignee")
    } else if kept.is_some_and(|kept| is(&kept.card.assignee)) {
        Some("was_assignee")
    } else if is(&card.author) {
        Some("author")
    } else if addressed(card) || kept.is_some_and(|kept| addressed(&kept.card)) {
        Some("email")
    } else if ticket.watchers.iter().any(|who| watches(&who.id)) || kept.is_some_and(|k| k.watchers.iter().any(watches))
    {
        Some("watcher")
    } else {
        (reader.scope == Scope::All).then_some("scope")
    }
}

/// Everybody who had to do with a ticket that is no longer visible.
pub(super) fn involved(work: &Work<'_>, kept: &Kept) -> Vec<Told> {
    let watcher = |id: &i64| Named { id: *id, name: String::new() };
    let ticket = Ticket {
        card: kept.card.clone(),
        entries: vec![],
        attachments: vec![],
        watchers: kept.watchers.iter().map(watcher).collect(),
        children: vec![],
        allowed: None,
    };
    readers(work, &ticket, None, None, None)
}

pub(super) fn about(card: &Card) -> Subject {
    Subject::ticket(card.id)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

//! Who is told of a ticket, and why: whoever had or has to do with it, but for whoever did it.
//!
//! Deliberately not here: what they are told (`news`), and whether they want to be told in that way (the engine's).

use super::{
    super::{Asked, Card, Entry, Intent, Kept, Named, Part, Reader, Scope, Ticket, has_mark},
    work::Work,
};
use crate::Told;

/// Everybody who might hear of something, weighed.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    /// Logins of those who are told, each with the reason.
    pub(super) told: Vec<(String, &'static str)>,
    /// Logins of the others, each with the reason.
    pub(super) left: Vec<(String, &'static str)>,
}

impl Weighed {
    /// Somebody who asked for it, and nobody else.
    pub(super) fn only(login: &str, why: &'static str) -> Self {
        Self { told: vec![(login.to_owned(), why)], left: vec![] }
    }

    /// Whoever hears of one of the two hears of both at once; the first reason stands.
    pub(super) fn with(mut self, other: Self) -> Self {
        for (login, why) in other.told {
            if !self.told.iter().any(|(known, _)| *known == login) {
                self.told.push((login, why));
            }
        }
        self.left.extend(other.left);
        self
    }

    pub(super) fn people(self) -> Vec<Told> {
        self.told.into_iter().map(|(login, why)| Told { login, why: why.to_owned() }).collect()
    }
}

/// Those an entry concerns.
pub(super) fn of_entry(work: &Work<'_>, ticket: &Ticket, kept: Option<&Kept>, entry: &Entry) -> Weighed {
    let login = ours(work, entry).map(|asked| asked.ask.by.as_str());
    readers(work, ticket, kept, Some(entry), Some(entry.user.id), login)
}

/// Those a new ticket concerns.
pub(super) fn of_creation(work: &Work<'_>, ticket: &Ticket) -> Weighed {
    let author = ticket.card.author.as_ref().map(|author| author.id);
    let login = wished(work, &ticket.card).map(|asked| asked.ask.by.as_str());
    readers(work, ticket, None, None, author, login)
}

/// Those a change concerns of which nobody knows who made it.
pub(super) fn of_ticket(work: &Work<'_>, ticket: &Ticket, kept: &Kept) -> Weighed {
    readers(work, ticket, Some(kept), None, None, None)
}

/// Everybody who had to do with a ticket that is no longer visible.
pub(super) fn involved(work: &Work<'_>, kept: &Kept) -> Weighed {
    let watcher = |id: &i64| Named { id: *id, name: String::new() };
    let ticket = Ticket {
        card: kept.card.clone(),
        entries: vec![],
        attachments: vec![],
        watchers: kept.watchers.iter().map(watcher).collect(),
        children: vec![],
        allowed: None,
    };
    readers(work, &ticket, None, None, None, None)
}

/// The change of the console that made an entry.
pub(super) fn ours<'w>(work: &Work<'w>, entry: &Entry) -> Option<&'w Asked> {
    let marked = |asked: &Asked| {
        let mark = work.policy.mark(asked.id);
        // Whoever else writes those words made another entry.
        let may = asked.ask.account.is_none_or(|account| account == entry.user.id);
        may && entry.notes.as_deref().is_some_and(|notes| has_mark(notes, &mark))
    };
    work.known.under_way.iter().find(|asked| asked.entries.contains(&entry.id) || marked(asked))
}

/// The wish of the console that made a ticket.
pub(super) fn wished<'w>(work: &Work<'w>, card: &Card) -> Option<&'w Asked> {
    let made = |asked: &&Asked| match asked.ticket {
        Some(ticket) => ticket == card.id,
        None => has_mark(&card.description, &work.policy.mark(asked.id)),
    };
    let new = |asked: &&Asked| matches!(asked.ask.what, Intent::New { .. });
    work.known.under_way.iter().filter(new).find(made)
}

fn readers(
    work: &Work<'_>,
    ticket: &Ticket,
    kept: Option<&Kept>,
    entry: Option<&Entry>,
    actor: Option<i64>,
    login: Option<&str>,
) -> Weighed {
    let held = entry.map(|entry| holders(ticket, entry)).unwrap_or_default();
    let own = |reader: &Reader| match login {
        // It was made through the console: the account there may be everybody's.
        Some(login) => reader.login == login,
        None => reader.user.is_some() && reader.user == actor,
    };
    let mut weighed = Weighed::default();
    for reader in &work.known.readers {
        let login = reader.login.clone();
        match why(reader, ticket, kept, &held) {
            Ok(_) if own(reader) => weighed.left.push((login, "own_act")),
            Ok(why) => weighed.told.push((login, why)),
            Err(why) => weighed.left.push((login, why)),
        }
    }
    weighed
}

/// Who worked on a ticket before an entry and after it, as its history tells: what was read since may have brought the card further.
fn holders(ticket: &Ticket, entry: &Entry) -> Vec<i64> {
    let now = ticket.card.assignee.as_ref().map(|who| who.id);
    let then = |from: i64| {
        let later = ticket.entries.iter().filter(|other| other.id >= from).flat_map(|other| &other.details);
        let handed = later.into_iter().find(|detail| detail.part == Part::Assignee);
        handed.map_or(now, |detail| detail.old.as_ref()?.parse().ok())
    };
    [then(entry.id), then(entry.id.saturating_add(1))].into_iter().flatten().collect()
}

/// Why somebody is concerned, or why not.
fn why(reader: &Reader, ticket: &Ticket, kept: Option<&Kept>, held: &[i64]) -> Result<&'static str, &'static str> {
    let tie = tie(reader, ticket, kept, held);
    match (reader.scope, tie) {
        (Scope::Off, Some(_)) => Err("switched_off"),
        (_, Some(tie)) => Ok(tie),
        (Scope::All, None) => Ok("scope"),
        (_, None) => Err("not_concerned"),
    }
}

/// What ties somebody to a ticket.
fn tie(reader: &Reader, ticket: &Ticket, kept: Option<&Kept>, held: &[i64]) -> Option<&'static str> {
    let card = &ticket.card;
    let is = |who: &Option<Named>| reader.user.is_some() && who.as_ref().map(|who| who.id) == reader.user;
    let watches = |id: &i64| Some(*id) == reader.user;
    let addressed = |card: &Card| reader.email.as_ref().is_some_and(|email| card.emails.contains(email));
    if is(&card.assignee) {
        Some("assignee")
    } else if held.iter().any(watches) || kept.is_some_and(|kept| is(&kept.card.assignee)) {
        Some("was_assignee")
    } else if is(&card.author) {
        Some("author")
    } else if addressed(card) || kept.is_some_and(|kept| addressed(&kept.card)) {
        Some("email")
    } else if ticket.watchers.iter().any(|who| watches(&who.id)) || kept.is_some_and(|k| k.watchers.iter().any(watches))
    {
        Some("watcher")
    } else {
        None
    }
}

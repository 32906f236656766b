//! What somebody wants of a ticket, and what became of it.
//!
//! Nothing is overwritten that was not seen, and a "yes" of the tracker is believed only after reading (contracts/redmine 5).
//! Deliberately not here: who may want it (the engine's), and how the tracker is asked (the integration's).

use serde_json::json;

use super::{
    super::{
        Change, Ticket, Trouble,
        owed::{ChangeTicket, NewTicket, Note, RewriteNote, Wanted, WatchTicket},
        state::{Ask, Asked, AskedState, Intent},
    },
    news,
    readers::Weighed,
    work::Work,
};
use crate::{Answer, Effect, Failure, Level, Subject};

pub(super) fn asked(work: &mut Work<'_>, ask: &Ask) -> &'static str {
    let id = work.known.next;
    let (mark, account, by) = (work.policy.mark(id), ask.account, ask.name.clone());
    let (ticket, effect) = match &ask.what {
        Intent::Change { ticket, wanted, seen, note, private, files } => {
            let note = note.as_deref().map(str::trim).filter(|note| !note.is_empty());
            let mut wanted = differing(wanted, seen);
            let mut seen = seen.clone();
            let closed = work.known.kept.get(ticket).filter(|kept| kept.card.closed == Some(true));
            let says = note.is_some() && wanted.status.is_none();
            if let (Some(open), Some(kept), true) = (&work.policy.reopen, closed, says) {
                wanted.status = Some(open.id);
                // Where somebody opened it meanwhile, nothing of theirs is overwritten.
                seen.status = seen.status.or(Some(kept.card.status.id));
            }
            if wanted.is_empty() && note.is_none() && files.is_empty() {
                work.answer = Some(Answer::Unchanged);
                return "tickets.asked.nothing";
            }
            let note = note.map(|text| Note { text: text.to_owned(), private: *private });
            let (ticket, files) = (*ticket, files.clone());
            let change = ChangeTicket { change: id, ticket, account, by, wanted, seen, note, files, mark };
            (Some(ticket), Effect::ChangeTicket(Box::new(change)))
        }
        Intent::Rewrite { ticket, entry, seen, text, private } => {
            let (seen, text) = (seen.trim().to_owned(), text.as_deref().unwrap_or_default().trim().to_owned());
            if seen == text {
                work.answer = Some(Answer::Unchanged);
                return "tickets.asked.nothing";
            }
            let note = Note { text, private: *private };
            let rewrite = RewriteNote { change: id, ticket: *ticket, account, entry: *entry, seen, note };
            (Some(*ticket), Effect::RewriteTicketNote(Box::new(rewrite)))
        }
        Intent::Watch { ticket, user, on } => {
            let wish = WatchTicket { change: id, ticket: *ticket, account, user: *user, on: *on };
            (Some(*ticket), Effect::WatchTicket(Box::new(wish)))
        }
        Intent::New { project, tracker, priority, assignee, subject, description, email, files } => {
            let new = NewTicket {
                change: id,
                account,
                project: *project,
                tracker: *tracker,
                priority: *priority,
                assignee: *assignee,
                subject: subject.trim().to_owned(),
                description: description.clone(),
                email: email.clone(),
                files: files.clone(),
                mark,
            };
            (None, Effect::CreateTicket(Box::new(new)))
        }
    };
    work.order_now(ticket.map_or_else(|| Subject::new_ticket(id), Subject::ticket), effect);
    // What nobody is asked for would be on its way for ever.
    let lost = (!work.policy.enabled).then(|| Trouble::Refused { detail: "the tracker is not connected".to_owned() });
    let asked = Asked {
        id,
        ticket,
        ask: ask.clone(),
        state: if lost.is_some() { AskedState::Failed } else { AskedState::Sending },
        settled_at: lost.is_some().then_some(work.at),
        trouble: lost,
        entries: vec![],
        at: work.at,
    };
    work.changes.push(Change::Asked { asked: Box::new(asked) });
    work.answer = Some(Answer::TicketAsked { change: id });
    "tickets.asked"
}

/// What is wanted and is not so already, as far as whoever wants it saw.
fn differing(wanted: &Wanted, seen: &Wanted) -> Wanted {
    let other = |wanted: Option<i64>, seen: Option<i64>| wanted.filter(|_| wanted != seen);
    // Nobody is seen as nothing, and wanted as 0.
    let assignee = wanted.assignee.filter(|wanted| *wanted != seen.assignee.unwrap_or_default());
    Wanted { status: other(wanted.status, seen.status), priority: other(wanted.priority, seen.priority), assignee }
}

pub(super) fn changed(work: &mut Work<'_>, ticket: &Ticket, entries: &[i64], left: &[String]) -> &'static str {
    show(work, ticket);
    if left.is_empty() {
        taken_away(work, ticket);
        watched(work);
    }
    let trouble = (!left.is_empty()).then(|| Trouble::Left { parts: left.to_vec() });
    settle(work, None, trouble, entries);
    "tickets.changed"
}

pub(super) fn conflict(work: &mut Work<'_>, ticket: &Ticket, fields: &[String]) -> &'static str {
    show(work, ticket);
    settle(work, None, Some(Trouble::Conflict { fields: fields.to_vec() }), &[]);
    "tickets.conflict"
}

pub(super) fn created(work: &mut Work<'_>, ticket: &Ticket, left: &[String]) -> &'static str {
    show(work, ticket);
    let trouble = (!left.is_empty()).then(|| Trouble::Left { parts: left.to_vec() });
    settle(work, Some(ticket), trouble, &[]);
    "tickets.new"
}

pub(super) fn failed(work: &mut Work<'_>, failure: Failure, detail: &str) -> &'static str {
    let detail: String = detail.chars().take(500).collect();
    let trouble = match failure {
        Failure::DoesNotExist => Trouble::Gone,
        Failure::Rights => Trouble::Rights { detail },
        Failure::TooLate => Trouble::TooLate,
        Failure::State | Failure::Unsupported | Failure::Refused => Trouble::Refused { detail },
    };
    settle(work, None, Some(trouble), &[]);
    "tickets.not_changed"
}

/// The ticket after a change, as the account that made it sees it.
fn show(work: &mut Work<'_>, ticket: &Ticket) {
    // Of a change nobody knows, nobody knows either with whose eyes the ticket was seen.
    let Some(asked) = &work.known.asked else { return };
    match asked.ask.account {
        Some(account) => news::view(work, account, ticket),
        None => news::keep(work, ticket, false, false),
    }
}

/// A note that is no longer there: looks of other accounts would leave what it said where it was.
fn taken_away(work: &mut Work<'_>, ticket: &Ticket) {
    let Some(asked) = &work.known.asked else { return };
    let Intent::Rewrite { entry, text: None, .. } = &asked.ask.what else { return };
    let there = ticket.entries.iter().find(|there| there.id == *entry);
    if there.is_none_or(|there| there.notes.is_none()) {
        work.changes.push(Change::NoteGone { ticket: ticket.card.id, entry: *entry, removed: there.is_none() });
    }
}

/// Who watches, as it is from now on: some accounts are not shown who does.
fn watched(work: &mut Work<'_>) {
    let Some(asked) = &work.known.asked else { return };
    if let Intent::Watch { ticket, user, on } = asked.ask.what {
        work.changes.push(Change::Watched { ticket, user, on });
    }
}

fn settle(work: &mut Work<'_>, new: Option<&Ticket>, trouble: Option<Trouble>, entries: &[i64]) {
    let Some(asked) = work.known.asked.clone().filter(|asked| asked.state == AskedState::Sending) else { return };
    let state = match &trouble {
        None => AskedState::Done,
        Some(Trouble::Left { .. }) => AskedState::Partly,
        Some(Trouble::Conflict { .. }) => AskedState::Conflict,
        Some(_) => AskedState::Failed,
    };
    let ticket = new.map(|new| new.card.id).or(asked.ticket);
    if trouble.is_some() {
        let subject = ticket.map_or_else(|| Subject::new_ticket(asked.id), Subject::ticket);
        let title = ticket.and_then(|ticket| work.known.kept.get(&ticket)).map(|kept| kept.card.subject.clone());
        let title = title.or_else(|| asked.ask.what.subject().map(str::to_owned));
        let values = json!({ "ticket": ticket, "subject": title, "state": state, "trouble": trouble });
        let to = Weighed::only(&asked.ask.by, "asked");
        work.tell(format!("tickets:change/{}", asked.id), Level::Warning, subject, "tickets.not_changed", values, to);
    }
    let (entries, settled_at) = (entries.to_vec(), Some(work.at));
    let asked = Asked { ticket, state, trouble, entries, settled_at, ..asked };
    work.changes.push(Change::Asked { asked: Box::new(asked) });
}

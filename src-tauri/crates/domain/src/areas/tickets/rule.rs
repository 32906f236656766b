//! Rules of tickets: what is news and to whom, how what somebody wants is asked of the tracker, and what is no longer there
//! (behaviour/helpdesk 4 and 7, contracts/redmine 5 and 6).
//!
//! Deliberately not here: which tickets were changed (the integration's poll), and finding the snapshot (the store's).

mod asked;
mod news;
mod otherwise;
mod readers;
mod sweep;
#[cfg(test)]
mod tests;
mod work;

use jiff::SignedDuration;
use serde_json::json;

use super::{Change, Fact, Known, Policy};
use crate::{Decision, Effect, Explanation, Instant, Subject, TimerChange};
use work::Work;

/// The deadline of the next look for tickets that may be gone.
pub const SWEEP: &str = "sweep";
/// The deadline of the next reading of the tracker's lists.
pub const LISTS: &str = "lists";
/// How often it is looked for tickets that may be gone.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// How often the tracker's lists are read.
const LISTS_EVERY: SignedDuration = SignedDuration::from_mins(30);

/// Decides about one fact. `at` is its instant, which is also the only "now" a rule knows.
#[must_use]
pub fn decide(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let mut work = Work::new(at, known, policy);
    let rule = match fact {
        Fact::Listed { cards } => {
            for card in cards {
                news::back(&mut work, card.id);
                work.changes.push(Change::Card { card: Box::new(card.clone()), followed: true });
            }
            "tickets.listed"
        }
        Fact::Read { ticket, in_scope, from, many } => news::read(&mut work, ticket, *in_scope, *from, *many),
        Fact::Stirred { ticket, from } => {
            let effect = Effect::ReadTicket { ticket: *ticket, account: None, from: Some(*from) };
            work.order(Subject::ticket(*ticket), effect);
            "tickets.stirred"
        }
        Fact::Elsewhere { tickets, from } => sweep::elsewhere(&mut work, tickets, *from),
        Fact::Seen { account, ticket } => news::seen(&mut work, *account, ticket),
        Fact::LookedFor { asked, found } => sweep::looked_for(&mut work, asked, found),
        Fact::DictionaryRead { dictionary } => {
            work.changes.push(Change::Dictionary { dictionary: dictionary.clone(), at });
            "tickets.lists_read"
        }
        Fact::Changed { change: _, ticket, entries, left } => asked::changed(&mut work, ticket, entries, left),
        Fact::Conflict { change: _, ticket, fields } => asked::conflict(&mut work, ticket, fields),
        Fact::Created { change: _, ticket, left } => asked::created(&mut work, ticket, left),
        Fact::Failed { what, failure, detail } => sweep::failed(&mut work, what, *failure, detail),
        Fact::Asked(ask) => asked::asked(&mut work, ask),
        Fact::Opened { ticket, account } => {
            let effect = Effect::ReadTicket { ticket: *ticket, account: *account, from: None };
            work.order_now(Subject::ticket(*ticket), effect);
            "tickets.opened"
        }
        Fact::SweepDue {} => sweep::begin(&mut work),
        Fact::DictionaryDue {} => {
            if policy.enabled {
                work.order(Subject::tickets(), Effect::ReadTicketLists {});
                work.timers.extend(timer(LISTS, at, LISTS_EVERY));
            }
            "tickets.lists_due"
        }
    };
    work.decided(Explanation::of(rule, json!(known.for_journal())))
}

/// The deadlines that must always be set under a policy.
#[must_use]
pub fn standing(policy: &Policy) -> Vec<&'static str> {
    if policy.enabled { vec![SWEEP, LISTS] } else { vec![] }
}

/// The fact a deadline stands for.
#[must_use]
pub fn fact_of_timer(key: &str) -> Option<Fact> {
    match key {
        SWEEP => Some(Fact::SweepDue {}),
        LISTS => Some(Fact::DictionaryDue {}),
        _ => None,
    }
}

fn timer(key: &str, at: Instant, after: SignedDuration) -> Option<TimerChange> {
    let due = at.checked_add(after).ok()?;
    Some(TimerChange::Set { key: key.to_owned(), due })
}

//! The snapshot a rule decides upon.
//!
//! Deliberately not here: anything decided.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use pult_domain::{
    Instant, TicketChangeId, TicketId,
    areas::tickets::{Asked, AskedState, Card, Fact, Kept, Known, Named, Part, Status, Ticket, TicketAim},
};
use rusqlite::{Connection, Row, params};

use super::{lists, sql};
use crate::{
    StoreError,
    column::{json, needed, word},
    from_millis, millis,
    query::{many, one},
};

/// A change that was settled so long before what is news began is remembered when its entry is read.
const SETTLED: SignedDuration = SignedDuration::from_mins(10);
/// A ticket that is over is looked for so long after its last change.
const LOOKED_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);
/// A ticket that is gone is looked for so long (contracts/redmine 6.10).
const GONE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Tickets of a sweep at most.
const SWEEP: i64 = 1000;

/// Everything the rule may look at for one fact that happened at an instant. `source` is the name under which the tracker stands among
/// people's own accounts.
///
/// # Errors
/// When it cannot be read.
pub fn load_known(connection: &Connection, fact: &Fact, at: Instant, source: &str) -> Result<Known, StoreError> {
    let next: i64 = one(connection, sql::NEXT_CHANGE, [], |r| r.get(0))?.unwrap_or(1);
    let mut known = Known::nothing_but(TicketChangeId(next));
    match fact {
        Fact::DictionaryRead { .. } | Fact::DictionaryDue {} | Fact::Opened { .. } | Fact::Stirred { .. } => {}
        Fact::Listed { cards } => {
            for card in cards {
                keep(connection, &mut known, card.id)?;
            }
        }
        Fact::Read { ticket, from, .. } => {
            keep(connection, &mut known, ticket.card.id)?;
            known.known_entries = told(connection, ticket)?;
            known.statuses = statuses(connection)?.into_iter().map(|status| (status.id, status.name)).collect();
            known.people = people(connection, ticket)?;
            known.readers = lists::readers(connection, source)?;
            // After a pause what is news is older than now.
            let since = millis(from.unwrap_or(at).min(at).checked_sub(SETTLED).unwrap_or(Instant::MIN));
            known.under_way = many(connection, sql::CHANGES_OF, params![ticket.card.id.0, since], asked)?;
            known.under_way.extend(many(connection, sql::NEW_UNDER_WAY, [], asked)?);
        }
        Fact::Elsewhere { tickets, .. } => {
            for ticket in tickets {
                keep(connection, &mut known, *ticket)?;
            }
        }
        Fact::Seen { ticket, .. } => keep(connection, &mut known, ticket.card.id)?,
        Fact::LookedFor { asked, .. } => {
            for ticket in asked {
                keep(connection, &mut known, *ticket)?;
            }
            known.readers = lists::readers(connection, source)?;
        }
        Fact::Changed { change, ticket, .. }
        | Fact::Conflict { change, ticket, .. }
        | Fact::Created { change, ticket, .. } => {
            known.asked = one(connection, sql::CHANGE, [change.0], asked)?;
            keep(connection, &mut known, ticket.card.id)?;
            known.known_entries = told(connection, ticket)?;
        }
        Fact::Failed { what: TicketAim::Change { change }, .. } => {
            known.asked = one(connection, sql::CHANGE, [change.0], asked)?;
            if let Some(ticket) = known.asked.as_ref().and_then(|asked| asked.ticket) {
                keep(connection, &mut known, ticket)?;
            }
        }
        Fact::Failed { what: TicketAim::Read { ticket, .. }, .. } => {
            keep(connection, &mut known, *ticket)?;
            known.readers = lists::readers(connection, source)?;
        }
        Fact::Failed { what: TicketAim::LookFor { .. } | TicketAim::Dictionary, .. } => {}
        Fact::Asked(ask) => {
            if let Some(ticket) = ask.what.ticket() {
                keep(connection, &mut known, ticket)?;
            }
        }
        Fact::SweepDue {} => {
            let since = millis(at.checked_sub(LOOKED_FOR).unwrap_or(Instant::MIN));
            let gone = millis(at.checked_sub(GONE).unwrap_or(Instant::MIN));
            known.sweep = many(connection, sql::SWEEP, params![since, gone, SWEEP], |r| Ok(TicketId(r.get(0)?)))?;
        }
    }
    Ok(known)
}

fn keep(connection: &Connection, known: &mut Known, ticket: TicketId) -> Result<(), StoreError> {
    if let Some(kept) = one(connection, sql::TICKET, [ticket.0], kept)? {
        known.kept.insert(ticket, kept);
    }
    Ok(())
}

/// Entries of a ticket that are no news any more.
fn told(connection: &Connection, ticket: &Ticket) -> Result<BTreeSet<i64>, StoreError> {
    Ok(many(connection, sql::TOLD_ENTRIES, [ticket.card.id.0], |r| r.get(0))?.into_iter().collect())
}

/// The statuses of the tracker, as its list was last read.
pub(super) fn statuses(connection: &Connection) -> Result<Vec<Status>, StoreError> {
    lists::list(connection, "statuses")
}

/// Names of those the history speaks of as assignees.
fn people(connection: &Connection, ticket: &Ticket) -> Result<BTreeMap<i64, String>, StoreError> {
    let details = ticket.entries.iter().flat_map(|entry| &entry.details).filter(|d| d.part == Part::Assignee);
    let numbers = details.flat_map(|d| [&d.old, &d.new]).flatten().filter_map(|id| id.parse::<i64>().ok());
    let mut people: BTreeMap<i64, String> =
        ticket.entries.iter().map(|entry| (entry.user.id, entry.user.name.clone())).collect();
    people.extend(ticket.card.assignee.iter().map(|who| (who.id, who.name.clone())));
    for number in numbers.collect::<BTreeSet<_>>() {
        if !people.contains_key(&number)
            && let Some(name) = one(connection, sql::USER, [number], |r| r.get(0))?
        {
            people.insert(number, name);
        }
    }
    Ok(people)
}

pub(super) fn kept(r: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        card: card(r)?,
        watchers: needed(r, 27)?,
        followed: r.get(28)?,
        told: named(r, 31)?,
        missed: r.get(29)?,
        gone_at: r.get::<_, Option<i64>>(30)?.map(from_millis),
    })
}

fn named(r: &Row<'_>, column: usize) -> rusqlite::Result<Option<Named>> {
    let (id, name): (Option<i64>, Option<String>) = (r.get(column)?, r.get(column + 1)?);
    Ok(id.map(|id| Named { id, name: name.unwrap_or_default() }))
}

fn reference(r: &Row<'_>, column: usize) -> rusqlite::Result<Named> {
    Ok(Named { id: r.get(column)?, name: r.get(column + 1)? })
}

pub(super) fn card(r: &Row<'_>) -> rusqlite::Result<Card> {
    Ok(Card {
        id: TicketId(r.get(0)?),
        project: reference(r, 1)?,
        tracker: reference(r, 3)?,
        status: reference(r, 5)?,
        closed: Some(r.get(7)?),
        priority: reference(r, 8)?,
        author: named(r, 10)?,
        assignee: named(r, 12)?,
        category: r.get(14)?,
        parent: r.get::<_, Option<i64>>(15)?.map(TicketId),
        subject: r.get(16)?,
        description: r.get(17)?,
        done_ratio: r.get(18)?,
        private: r.get(19)?,
        emails: needed(r, 20)?,
        custom: needed(r, 21)?,
        start_date: r.get(22)?,
        due_date: r.get(23)?,
        created_on: from_millis(r.get(24)?),
        updated_on: from_millis(r.get(25)?),
        closed_on: r.get::<_, Option<i64>>(26)?.map(from_millis),
    })
}

pub(super) fn asked(r: &Row<'_>) -> rusqlite::Result<Asked> {
    Ok(Asked {
        id: TicketChangeId(r.get(0)?),
        ticket: r.get::<_, Option<i64>>(1)?.map(TicketId),
        ask: needed(r, 2)?,
        state: word(r, 3)?.unwrap_or(AskedState::Failed),
        trouble: json(r, 4)?,
        entries: needed(r, 5)?,
        at: from_millis(r.get(6)?),
        settled_at: r.get::<_, Option<i64>>(7)?.map(from_millis),
    })
}

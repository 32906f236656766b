//! What a thing may lead to: everything the rules might join it with. Whether it may be seen and whether it is joined is asked after.
//!
//! Deliberately not here: the rules themselves (`pult_domain::areas::cases`).

use std::collections::BTreeSet;

use pult_domain::{
    ChatLinkId, DocumentId, Instant, IssueId, RatingId, TicketId,
    areas::{
        cases::{Mention, Thing},
        tickets::Named,
    },
};
use rusqlite::{Connection, params};

use super::{
    MOST_BESIDE,
    card::{CaseCard, Found, Sight},
    load::{calls_of, near, operator_of},
    mentions::naming,
    sql,
};
use crate::{
    StoreError,
    column::needed,
    erp, floor,
    query::{many, one},
};

/// States of an operator within one call, at most.
const MOST_STATES: usize = 8;

/// What one thing may lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// The things.
    pub things: BTreeSet<Thing>,
    /// There are more than are looked at.
    pub more: bool,
}

/// Things that may belong to a thing, as far as one look goes.
///
/// # Errors
/// When they cannot be read.
pub fn beside(connection: &Connection, sight: &Sight, found: &Found, now: Instant) -> Result<Beside, StoreError> {
    let piece = &found.piece;
    let (mut things, mut more) = (BTreeSet::new(), false);
    things.extend(found.hand.iter().flat_map(|said| [said.a.clone(), said.b.clone()]));
    let own = match &piece.thing {
        Thing::Phone(number) => {
            let calls = calls_of(connection, sight, number, MOST_BESIDE + 1)?;
            more |= calls.len() > MOST_BESIDE;
            things.extend(calls.into_iter().take(MOST_BESIDE).map(Thing::Call));
            Some(Mention::Phone(number.clone()))
        }
        Thing::Call(_) => {
            things.extend(piece.phone.clone().map(Thing::Phone));
            things.extend(piece.agency.as_ref().map(|(agency, _)| Thing::Agency(*agency)));
            things.extend(states(connection, sight, found, now)?);
            None
        }
        Thing::Ticket(ticket) => {
            things.extend(relatives(connection, *ticket)?.into_iter().map(Thing::Ticket));
            Some(Mention::Number(ticket.0))
        }
        Thing::Pair(_) => piece.key.clone().map(Mention::Key),
        Thing::Rating(_) => {
            things.extend(ratings_of(connection, piece.issue)?);
            piece.issue.map(|issue| Mention::Number(issue.0))
        }
        Thing::Document(document) => {
            let lines = erp::detail(connection, *document)?.lines;
            things.extend(lines.into_iter().filter_map(|line| line.task?.task).map(Thing::Task));
            piece.key.clone().map(Mention::Key)
        }
        Thing::Agency(_) | Thing::Stretch(_) | Thing::Task(_) => None,
    };
    if let Some(own) = own {
        let naming = naming(connection, &own)?;
        more |= naming.len() >= MOST_BESIDE;
        things.extend(naming);
    }
    for mention in piece.written.keys() {
        things.extend(meant(connection, mention)?);
    }
    for address in &piece.addresses {
        things.extend(of_address(connection, address, piece.at)?);
    }
    things.remove(&piece.thing);
    Ok(Beside { things, more })
}

/// What the operator of a call was doing meanwhile.
fn states(connection: &Connection, sight: &Sight, found: &Found, now: Instant) -> Result<Vec<Thing>, StoreError> {
    let (CaseCard::Call(row), Some(spell)) = (&found.card, &found.piece.spell) else { return Ok(vec![]) };
    let operator = match &row.operator {
        Some(name) if sight.floor => operator_of(connection, name)?,
        _ => None,
    };
    let Some((operator, _)) = operator else { return Ok(vec![]) };
    let page = floor::stretches(connection, operator, spell.from, spell.to, now)?;
    Ok(page.stretches.into_iter().take(MOST_STATES).map(|stretch| Thing::Stretch(stretch.id)).collect())
}

fn relatives(connection: &Connection, id: TicketId) -> Result<Vec<TicketId>, StoreError> {
    let found: Option<(Option<i64>, Vec<Named>)> =
        one(connection, sql::TICKET, [id.0], |r| Ok((r.get(0)?, needed(r, 2)?)))?;
    let Some((parent, children)) = found else { return Ok(vec![]) };
    let children = children.into_iter().take(MOST_BESIDE).map(|child| child.id);
    Ok(parent.into_iter().chain(children).map(TicketId).collect())
}

fn ratings_of(connection: &Connection, issue: Option<IssueId>) -> Result<Vec<Thing>, StoreError> {
    let Some(issue) = issue else { return Ok(vec![]) };
    many(connection, sql::RATINGS_OF_ISSUE, params![issue.0, MOST_BESIDE as i64], |r| {
        Ok(Thing::Rating(RatingId(r.get(0)?)))
    })
}

/// What a mention may mean.
pub(super) fn meant(connection: &Connection, mention: &Mention) -> Result<Vec<Thing>, StoreError> {
    match mention {
        Mention::Phone(number) => Ok(vec![Thing::Phone(number.clone())]),
        Mention::Number(number) => {
            let mut things = ratings_of(connection, Some(IssueId(*number)))?;
            things.push(Thing::Ticket(TicketId(*number)));
            Ok(things)
        }
        Mention::Key(key) => {
            let pair = |r: &rusqlite::Row<'_>| Ok(Thing::Pair(ChatLinkId(r.get(0)?)));
            let mut things = many(connection, sql::PAIR_OF_KEY, [key], pair)?;
            things.extend(documents_of(connection, key)?);
            Ok(things)
        }
    }
}

pub(super) fn documents_of(connection: &Connection, number: &str) -> Result<Vec<Thing>, StoreError> {
    many(connection, sql::DOCUMENTS_OF_NUMBER, params![number, MOST_BESIDE as i64], |r| {
        Ok(Thing::Document(DocumentId(r.get(0)?)))
    })
}

fn of_address(connection: &Connection, address: &str, at: Instant) -> Result<Vec<Thing>, StoreError> {
    let (from, to) = near(at);
    let most = MOST_BESIDE as i64;
    let values = (address, from, to, most);
    let mut things = many(connection, sql::TICKETS_OF_ADDRESS, values, |r| Ok(Thing::Ticket(TicketId(r.get(0)?))))?;
    things.extend(many(connection, sql::RATINGS_OF_ADDRESS, values, |r| Ok(Thing::Rating(RatingId(r.get(0)?))))?);
    things.extend(many(connection, sql::PAIRS_OF_ADDRESS, values, |r| Ok(Thing::Pair(ChatLinkId(r.get(0)?))))?);
    Ok(things)
}

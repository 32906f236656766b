//! One thing as somebody may see it: its row, and what the rules look at.
//!
//! Deliberately not here: what it leads to (`beside`), and what happened to it (`story`).

use std::collections::BTreeSet;

use pult_domain::{
    AgencyId, DocumentId, Instant, IntervalId, OperatorId, PhoneNumber,
    areas::cases::{Mention, Piece, Spell, Thing},
};
use rusqlite::{Connection, params};

use super::{
    card::{AgencyCard, CaseCard, Found, Sight, StretchCard, TaskCard},
    hand::hand_of,
    mentions::{is_named, named_by, naming},
    sql,
};
use crate::{
    StoreError, calls, chat_link,
    column::needed,
    erp, floor, from_millis, millis,
    people::folded,
    query::{many, one},
    ratings, tickets,
};

/// A thing, where it is there and may be seen. A number is there when a call came from it; one that a case is to be opened with, also when
/// something that may be seen names it.
///
/// # Errors
/// When it cannot be read.
pub fn load(
    connection: &Connection,
    sight: &Sight,
    thing: &Thing,
    opened: bool,
    now: Instant,
) -> Result<Option<Found>, StoreError> {
    let found = match thing {
        Thing::Phone(number) => phone(connection, sight, number, opened, now)?,
        Thing::Call(_) => call(connection, sight, thing, now)?,
        Thing::Ticket(_) => ticket(connection, sight, thing)?,
        Thing::Pair(_) => pair(connection, sight, thing)?,
        Thing::Rating(_) => rating(connection, sight, thing)?,
        Thing::Document(_) => document(connection, sight, thing)?,
        Thing::Agency(agency) => agency_card(connection, sight, *agency)?,
        Thing::Stretch(interval) => stretch(connection, sight, *interval, now)?,
        Thing::Task(task) => task_card(connection, sight, *task)?,
    };
    let Some((mut piece, card)) = found else { return Ok(None) };
    piece.written = named_by(connection, thing)?;
    let hand = hand_of(connection, thing)?;
    Ok(Some(Found { piece, card, hand }))
}

type Read = Result<Option<(Piece, CaseCard)>, StoreError>;

fn phone(connection: &Connection, sight: &Sight, number: &PhoneNumber, opened: bool, now: Instant) -> Read {
    let newest = calls_of(connection, sight, number, 1)?;
    let newest = calls::by_ids(connection, &newest)?.pop().map(|row| from_millis(row.started_at));
    let mention = Mention::Phone(number.clone());
    let at = match newest {
        Some(at) => at,
        None if opened && is_named(connection, &mention)? => {
            let mut seen = false;
            for thing in naming(connection, &mention)? {
                seen = seen || load(connection, sight, &thing, false, now)?.is_some();
            }
            if !seen {
                return Ok(None);
            }
            now
        }
        None => return Ok(None),
    };
    Ok(Some((
        Piece { phone: Some(number.clone()), ..Piece::of(Thing::Phone(number.clone()), at) },
        CaseCard::Phone(number.clone()),
    )))
}

/// The newest calls from a number that may be seen.
pub(super) fn calls_of(
    connection: &Connection,
    sight: &Sight,
    number: &PhoneNumber,
    most: usize,
) -> Result<Vec<pult_domain::CallId>, StoreError> {
    let Some(seen) = &sight.calls else { return Ok(vec![]) };
    let reversed = calls::backwards(calls::digits(number));
    let values = params![reversed, seen.has_moscow(), most as i64, seen.ids()];
    many(connection, sql::CALLS_OF_NUMBER, values, |r| Ok(pult_domain::CallId(r.get(0)?)))
}

fn call(connection: &Connection, sight: &Sight, thing: &Thing, now: Instant) -> Read {
    let Thing::Call(id) = thing else { return Ok(None) };
    let Some(row) = calls::by_ids(connection, &[*id])?.pop() else { return Ok(None) };
    if !sight.calls.as_ref().is_some_and(|seen| seen.keeps(&row)) {
        return Ok(None);
    }
    let at = from_millis(row.started_at);
    let until = row.ended_at.map(from_millis);
    let operator = match &row.operator {
        Some(name) => operator_of(connection, name)?.map(|(_, name)| name),
        None => None,
    };
    // Of a call that was never told to have ended only its beginning is known.
    let to = until.unwrap_or(if row.state == pult_domain::areas::calls::CallState::Open { now } else { at });
    let piece = Piece {
        phone: row.phone.as_deref().and_then(PhoneNumber::digits_of),
        agency: row.agency_id.filter(|agency| agency.0 > 0).map(|agency| (agency, row.agency_name.clone())),
        spell: operator.map(|operator| Spell { operator, from: at, to, state: None }),
        ..Piece::of(thing.clone(), at)
    };
    Ok(Some((piece, CaseCard::Call(Box::new(row)))))
}

/// The floor's operator of a name or a telephony id.
pub(super) fn operator_of(connection: &Connection, name: &str) -> Result<Option<(OperatorId, String)>, StoreError> {
    let read = |statement| one(connection, statement, [name], |r| Ok((OperatorId(r.get(0)?), r.get(1)?)));
    match read(sql::OPERATOR_OF_LOGIN)? {
        Some(found) => Ok(Some(found)),
        None => read(sql::OPERATOR_OF_NAME),
    }
}

fn ticket(connection: &Connection, sight: &Sight, thing: &Thing) -> Read {
    let (Thing::Ticket(id), Some(viewer)) = (thing, &sight.tickets) else { return Ok(None) };
    let Some(row) = tickets::by_ids(connection, viewer, &[*id])?.pop() else { return Ok(None) };
    let (parent, emails): (Option<i64>, Vec<String>) =
        one(connection, sql::TICKET, [id.0], |r| Ok((r.get(0)?, needed(r, 1)?)))?.unwrap_or_default();
    let piece = Piece {
        parent: parent.map(pult_domain::TicketId),
        addresses: emails.iter().map(|email| folded(email)).collect(),
        ..Piece::of(thing.clone(), from_millis(row.created_on))
    };
    Ok(Some((piece, CaseCard::Ticket(Box::new(row)))))
}

fn pair(connection: &Connection, sight: &Sight, thing: &Thing) -> Read {
    let Thing::Pair(id) = thing else { return Ok(None) };
    if !sight.pairs {
        return Ok(None);
    }
    let Some(lineage) = chat_link::lineage(connection, *id, None, 1)? else { return Ok(None) };
    let row = lineage.pair;
    let asker: Option<String> = one(connection, sql::ASKER_OF_PAIR, [id.0], |r| r.get(0))?.flatten();
    let piece = Piece {
        key: Some(row.issue.to_uppercase()),
        addresses: asker.iter().map(|email| folded(email)).collect(),
        ..Piece::of(thing.clone(), from_millis(row.created_at))
    };
    Ok(Some((piece, CaseCard::Pair(Box::new(row)))))
}

fn rating(connection: &Connection, sight: &Sight, thing: &Thing) -> Read {
    let Thing::Rating(id) = thing else { return Ok(None) };
    if !sight.ratings {
        return Ok(None);
    }
    let Some(row) = ratings::by_ids(connection, &[*id])?.pop() else { return Ok(None) };
    let piece = Piece {
        issue: Some(row.issue),
        addresses: row.email.iter().map(|email| folded(email)).collect(),
        ..Piece::of(thing.clone(), from_millis(row.closed_at))
    };
    Ok(Some((piece, CaseCard::Rating(Box::new(row)))))
}

fn document(connection: &Connection, sight: &Sight, thing: &Thing) -> Read {
    let Thing::Document(id) = thing else { return Ok(None) };
    if !sight.documents {
        return Ok(None);
    }
    let Some(row) = erp::by_ids(connection, &[*id])?.pop() else { return Ok(None) };
    let author = row.author.as_deref().filter(|author| author.contains('@'));
    let addresses: BTreeSet<String> = author.map(folded).into_iter().collect();
    let piece = Piece {
        key: Some(row.number.trim().to_uppercase()),
        addresses,
        ..Piece::of(thing.clone(), from_millis(row.received_at))
    };
    Ok(Some((piece, CaseCard::Document(Box::new(row)))))
}

fn agency_card(connection: &Connection, sight: &Sight, id: AgencyId) -> Read {
    let Some(seen) = &sight.calls else { return Ok(None) };
    let card = one(connection, sql::AGENCY, params![id.0, seen.has_moscow(), seen.ids()], |r| {
        Ok(AgencyCard { id, name: r.get(0)?, manager: r.get(1)?, blacklist: r.get(2)? })
    })?;
    Ok(card.map(|card| (Piece::of(Thing::Agency(id), Instant::UNIX_EPOCH), CaseCard::Agency(card))))
}

fn stretch(connection: &Connection, sight: &Sight, id: IntervalId, now: Instant) -> Read {
    let found = one(connection, sql::STRETCH, [id.0], |r| Ok((OperatorId(r.get(0)?), r.get::<_, i64>(1)?)))?;
    let Some((operator, began)) = found else { return Ok(None) };
    let seen = sight.operators.as_ref().is_none_or(|operators| operators.contains(&operator));
    if !sight.floor || !seen {
        return Ok(None);
    }
    let (from, to) = (from_millis(began), from_millis(began + 1));
    let page = floor::stretches(connection, operator, from, to, now)?;
    let Some(stretch) = page.stretches.into_iter().find(|stretch| stretch.id == id) else { return Ok(None) };
    let name: String = one(connection, sql::OPERATOR, [operator.0], |r| r.get(0))?.unwrap_or_default();
    let spell = Spell {
        operator: name.clone(),
        from,
        to: from_millis(stretch.known_until),
        state: Some(stretch.group.as_ref().to_owned()),
    };
    let piece = Piece { spell: Some(spell), ..Piece::of(Thing::Stretch(id), from) };
    Ok(Some((piece, CaseCard::Stretch(Box::new(StretchCard { operator, name, stretch })))))
}

fn task_card(connection: &Connection, sight: &Sight, task: i64) -> Read {
    if !sight.documents {
        return Ok(None);
    }
    let Some(document) = one(connection, sql::DOCUMENT_OF_TASK, [task], |r| Ok(DocumentId(r.get(0)?)))? else {
        return Ok(None);
    };
    let detail = erp::detail(connection, document)?;
    let line = detail.lines.into_iter().find_map(|line| {
        let task = line.task.filter(|known| known.task == Some(task))?;
        Some((line.name, task))
    });
    let Some((name, known)) = line else { return Ok(None) };
    let card = TaskCard {
        task,
        state: known.state,
        responsible: known.responsible_name,
        name,
        document,
        given_at: known.given_at,
    };
    let piece = Piece { document: Some(document), ..Piece::of(Thing::Task(task), from_millis(known.given_at)) };
    Ok(Some((piece, CaseCard::Task(card))))
}

/// The instants between which two requests of one address may be about the same.
pub(super) fn near(at: Instant) -> (i64, i64) {
    let near = pult_domain::areas::cases::NEAR;
    let from = at.checked_sub(near).unwrap_or(Instant::MIN);
    let to = at.checked_add(near).unwrap_or(Instant::MAX);
    (millis(from), millis(to))
}

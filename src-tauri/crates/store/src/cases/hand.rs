//! Joins and splits by hand: every word that was said, and which is the last one about two things.
//!
//! Deliberately not here: who may say so (the console's commands).

use pult_domain::{
    Instant, PhoneNumber,
    areas::cases::{Hand, Mention, Thing, Verdict, mentions, ordered},
};
use rusqlite::{Connection, Row, params, types::Type};

use super::{MOST_BESIDE, sql};
use crate::{
    StoreError,
    column::word,
    from_millis, millis,
    query::{many, one},
};

/// Rows looked through at a time when somebody is forgotten.
const PAGE: i64 = 500;

fn hand(r: &Row<'_>) -> rusqlite::Result<Hand> {
    let thing = |column: usize| -> rusqlite::Result<Thing> {
        let text: String = r.get(column)?;
        text.parse().map_err(|why: &str| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, why.into()))
    };
    Ok(Hand {
        id: r.get(0)?,
        a: thing(1)?,
        b: thing(2)?,
        // A word of another version joins nothing and parts nothing that this one knows of.
        verdict: word(r, 3)?.ok_or_else(|| rusqlite::Error::InvalidColumnType(3, String::new(), Type::Text))?,
        reason: r.get(4)?,
        by: r.get(5)?,
        at: from_millis(r.get(6)?),
    })
}

/// The last word about a thing and each other that somebody joined it with or split it from.
///
/// # Errors
/// When they cannot be read.
pub fn hand_of(connection: &Connection, thing: &Thing) -> Result<Vec<Hand>, StoreError> {
    let (thing, most) = (thing.to_string(), MOST_BESIDE as i64);
    let mut found = many(connection, sql::HAND_OF_A, params![thing, most], hand)?;
    found.extend(many(connection, sql::HAND_OF_B, params![thing, most], hand)?);
    Ok(found)
}

/// Keeps what somebody said of two things; its id, by which it can be taken back.
///
/// # Errors
/// When it cannot be written.
pub fn keep_hand(
    connection: &Connection,
    things: (&Thing, &Thing),
    verdict: Verdict,
    reason: &str,
    by: &str,
    now: Instant,
) -> Result<i64, StoreError> {
    let (a, b) = ordered(things.0.clone(), things.1.clone());
    connection.prepare_cached(sql::KEEP_HAND)?.execute(params![
        a.to_string(),
        b.to_string(),
        verdict.as_ref(),
        reason,
        by,
        millis(now),
    ])?;
    Ok(connection.last_insert_rowid())
}

/// Takes a word back: the one before it about the same two things holds again. What it was; nothing where there is none, or it was taken
/// back already.
///
/// # Errors
/// When it cannot be written.
pub fn take_back(connection: &Connection, id: i64, now: Instant) -> Result<Option<Hand>, StoreError> {
    let said = one(connection, sql::HAND, [id], hand)?;
    if said.is_some() {
        connection.prepare_cached(sql::TAKE_BACK)?.execute(params![id, millis(now)])?;
    }
    Ok(said)
}

/// Forgets a slice of what was said before an instant; how much there was.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    Ok(connection.prepare_cached(sql::FORGET_HAND)?.execute(params![millis(before), most as i64])?)
}

/// Forgets a caller's number wherever a case keeps it: that texts name it, and what was said by hand of it, or names it. How much
/// there was.
///
/// # Errors
/// When it cannot be written.
pub fn erase_phone(connection: &Connection, phone: &PhoneNumber) -> Result<usize, StoreError> {
    let theirs =
        |mention: &Mention| matches!(mention, Mention::Phone(other) if other.as_str().contains(phone.as_str()));
    let mut gone = 0;
    let named = many(connection, sql::PHONES_NAMED, [], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
    for (part, named) in named {
        if named.contains(phone.as_str()) {
            gone += connection.prepare_cached(sql::ERASE_MENTION)?.execute([part, named])?;
        }
    }
    let mut last = 0;
    loop {
        let page = many(connection, sql::EVERY_HAND, [last, PAGE], |r| {
            Ok((r.get::<_, i64>(0)?, [r.get::<_, String>(1)?, r.get(2)?], r.get::<_, String>(3)?))
        })?;
        let Some((end, ..)) = page.last() else { return Ok(gone) };
        last = *end;
        for (id, things, reason) in page {
            let is =
                |thing: &String| thing.strip_prefix("phone:").is_some_and(|digits| digits.contains(phone.as_str()));
            if things.iter().any(is) || mentions(&reason).iter().any(theirs) {
                gone += connection.prepare_cached(sql::ERASE_HAND)?.execute([id])?;
            }
        }
    }
}

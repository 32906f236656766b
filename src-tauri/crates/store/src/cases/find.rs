//! What somebody may mean by what they typed: a number however it is written, a ticket, a key, a document, or words.
//!
//! Deliberately not here: what belongs to it (`beside`).

use pult_domain::{
    Instant, IssueId, PhoneNumber, TicketId,
    areas::cases::{Mention, Thing},
};
use rusqlite::{Connection, params};

use super::{
    beside::{documents_of, meant},
    card::{CaseCard, Found, Sight},
    load::load,
    sql,
};
use crate::{
    StoreError, calls,
    query::many,
    tickets::{self, TicketFilter, TicketWhose},
};

/// Things found, at most.
const MOST: usize = 12;
/// Numbers that end alike, at most.
const MOST_ENDINGS: usize = 5;
/// Fewer digits end too many numbers to be a question.
const LEAST_ENDING: usize = 5;
/// So many digits at the end tell a number, whatever was dialled before them.
const TELLING: usize = 10;
/// A number of a ticket or of an issue has no more digits.
const LONGEST_NUMBER: usize = 9;

/// What was typed may mean these: what it names exactly before what is only like it. Each with whether it is exact.
///
/// # Errors
/// When it cannot be read.
pub fn find(
    connection: &Connection,
    sight: &Sight,
    text: &str,
    now: Instant,
) -> Result<Vec<(Found, bool)>, StoreError> {
    let text = text.trim();
    let mut exact: Vec<Thing> = vec![];
    let mut like: Vec<Thing> = vec![];
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let lettered = text.chars().any(char::is_alphabetic);
    let bare = text.strip_prefix('#').unwrap_or(text);
    if !bare.is_empty() && bare.len() <= LONGEST_NUMBER && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = bare.parse().unwrap_or_default();
        exact.push(Thing::Ticket(TicketId(number)));
        exact.extend(meant(connection, &Mention::Number(IssueId(number).0))?.into_iter().take(1));
    }
    if !lettered && !text.starts_with('#') {
        exact.extend(PhoneNumber::digits_of(&digits).map(Thing::Phone));
        like.extend(endings(connection, sight, &digits)?);
    }
    if lettered && !digits.is_empty() && !text.contains(char::is_whitespace) {
        exact.extend(meant(connection, &Mention::key(text))?);
    }
    if !digits.is_empty() {
        exact.extend(documents_of(connection, text)?);
    }
    if let (true, Some(viewer)) = (lettered, &sight.tickets) {
        let filter = TicketFilter { whose: TicketWhose::All, search: Some(text.to_owned()), ..TicketFilter::default() };
        // Words too short to be looked for would find everything.
        if text.split_whitespace().any(|word| word.chars().count() >= 3) {
            let page = tickets::page(connection, viewer, &filter, None, MOST)?;
            like.extend(page.rows.into_iter().map(|row| Thing::Ticket(row.id)));
        }
    }
    let mut found: Vec<(Found, bool)> = vec![];
    let exact = exact.into_iter().map(|thing| (thing, true));
    for (thing, exact) in exact.chain(like.into_iter().map(|thing| (thing, false))) {
        if found.len() >= MOST || found.iter().any(|(known, _)| *known.thing() == thing) {
            continue;
        }
        // One issue may have been asked about more than once: the newest stands for all.
        let again = |known: &Found| matches!((&known.card, &thing), (CaseCard::Rating(_), Thing::Rating(_)));
        if found.iter().any(|(known, _)| again(known)) {
            continue;
        }
        found.extend(load(connection, sight, &thing, true, now)?.map(|found| (found, exact)));
    }
    Ok(found)
}

/// Numbers that called and end as what was typed.
fn endings(connection: &Connection, sight: &Sight, digits: &str) -> Result<Vec<Thing>, StoreError> {
    let Some(seen) = sight.calls.as_ref().filter(|_| digits.len() >= LEAST_ENDING) else { return Ok(vec![]) };
    let start = calls::backwards(&digits[digits.len().saturating_sub(TELLING)..]);
    // The character after `9` bounds everything that begins with these digits.
    let end = format!("{start}:");
    let values = params![start, end, seen.has_moscow(), MOST_ENDINGS as i64, seen.ids()];
    let mut numbers =
        many(connection, sql::NUMBERS_ENDING, values, |r| Ok((r.get::<_, i64>(1)?, r.get::<_, String>(0)?)))?;
    numbers.sort_unstable_by(|x, y| y.cmp(x));
    Ok(numbers.iter().filter_map(|(_, number)| PhoneNumber::digits_of(number)).map(Thing::Phone).collect())
}

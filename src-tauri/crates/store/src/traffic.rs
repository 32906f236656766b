//! What somebody looks for in the traffic, by whatever they typed: which records told of it, and which calls were made for it.
//!
//! Found by what decisions were about, never by what bodies say: those are masked, erased and forgotten. Deliberately not here: the lists
//! themselves (`inbox`, `outbox`), and what a text may mean (`cases`).

use pult_domain::{Instant, Subject, areas::cases::Thing};
use rusqlite::{Connection, params};

use crate::{
    StoreError,
    cases::{self, Found, Sight},
    query::many,
};

/// Decisions looked at in all, at most.
const MOST: usize = 2_000;
/// Decisions about one thing, the newest.
const OF_SUBJECT: i64 = 200;
/// The longest number of a row, digits.
const LONGEST_NUMBER: usize = 15;

pub(crate) const OF_SUBJECT_SQL: &str =
    "SELECT id, record_id FROM journal WHERE subject = ?1 AND subject <> '' ORDER BY id DESC LIMIT ?2";
pub(crate) const OF_FACT_SQL: &str = "SELECT id, record_id FROM journal WHERE source = ?1 AND fact_key = ?2";
pub(crate) const EFFECTS_SQL: &str = "SELECT id FROM outbox WHERE journal_id = ?1";
pub(crate) const EFFECT_OF_KEY_SQL: &str = "SELECT id FROM outbox WHERE effect_key = ?1";

/// What has to do with something, by the ids of its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Records, in no order.
    pub records: Vec<i64>,
    /// Calls to the outside world, in no order.
    pub effects: Vec<i64>,
}

/// What a text leads to: a telephone number, a ticket, a key, a document or words as a case is found by them; what a decision was about
/// (`service:11`); the key of a fact at one of `sources`, or that of a call; a row's own number. As far as `sight` goes.
///
/// # Errors
/// When it cannot be read.
pub fn seek(
    connection: &Connection,
    sight: &Sight,
    text: &str,
    sources: &[&str],
    now: Instant,
) -> Result<Sought, StoreError> {
    let text = text.trim();
    let mut entries: Vec<(i64, Option<i64>)> = vec![];
    for subject in subjects(connection, sight, text, now)? {
        entries
            .extend(many(connection, OF_SUBJECT_SQL, params![subject.0, OF_SUBJECT], |r| Ok((r.get(0)?, r.get(1)?)))?);
        if entries.len() >= MOST {
            break;
        }
    }
    for source in sources {
        entries.extend(many(connection, OF_FACT_SQL, params![source, text], |r| Ok((r.get(0)?, r.get(1)?)))?);
    }
    entries.sort_unstable_by(|x, y| y.cmp(x));
    entries.dedup();
    entries.truncate(MOST);
    let mut sought = Sought { records: entries.iter().filter_map(|(_, record)| *record).collect(), effects: vec![] };
    for (entry, _) in &entries {
        sought.effects.extend(many(connection, EFFECTS_SQL, [entry], |r| r.get::<_, i64>(0))?);
    }
    sought.effects.extend(many(connection, EFFECT_OF_KEY_SQL, [text], |r| r.get::<_, i64>(0))?);
    let number = text.strip_prefix(['#', '№']).unwrap_or(text).trim();
    if number.len() <= LONGEST_NUMBER
        && let Ok(number) = number.parse::<i64>()
    {
        sought.records.push(number);
        sought.effects.push(number);
    }
    for list in [&mut sought.records, &mut sought.effects] {
        list.sort_unstable();
        list.dedup();
    }
    Ok(sought)
}

/// What decisions may be about when they are about what was typed. What is named exactly comes without what is only like it.
fn subjects(connection: &Connection, sight: &Sight, text: &str, now: Instant) -> Result<Vec<Subject>, StoreError> {
    if let Ok(thing) = text.parse::<Thing>() {
        let found = cases::load(connection, sight, &thing, true, now)?;
        return found.map_or(Ok(vec![]), |found| of_found(connection, sight, &found, now));
    }
    let mut subjects: Vec<Subject> = named(text).into_iter().collect();
    let found = cases::find(connection, sight, text, now)?;
    let exact = found.iter().any(|(_, exact)| *exact);
    for (found, of_it) in &found {
        if *of_it || !exact {
            subjects.extend(of_found(connection, sight, found, now)?);
        }
    }
    Ok(subjects)
}

/// A subject as the list shows it. What people write to each other is nobody else's, and tickets are found as cases are.
fn named(text: &str) -> Option<Subject> {
    const SHOWN: [&str; 8] =
        ["issue:", "chat_request:", "chat_thread:", "chat_user:", "operator:", "service:", "employee:", "target:"];
    SHOWN.iter().any(|kind| text.starts_with(kind)).then(|| Subject(text.to_owned()))
}

/// A caller is known by their calls, and by what names their number; everything else by itself.
fn of_found(connection: &Connection, sight: &Sight, found: &Found, now: Instant) -> Result<Vec<Subject>, StoreError> {
    let Thing::Phone(_) = found.thing() else { return Ok(cases::subject_of(found).into_iter().collect()) };
    let mut subjects = vec![];
    for thing in cases::beside(connection, sight, found, now)?.things {
        let found = cases::load(connection, sight, &thing, false, now)?;
        subjects.extend(found.as_ref().and_then(cases::subject_of));
    }
    Ok(subjects)
}

#[cfg(test)]
mod tests;

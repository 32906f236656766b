//! Carries out what a decision says about ratings, and forgets what is old.
//!
//! Deliberately not here: deciding it.

use pult_domain::{
    Instant, RatingId,
    areas::{cases::Thing, ratings::Change},
};
use rusqlite::{Connection, ToSql, params};

use super::sql;
use crate::{StoreError, cases, millis};

/// Carries out one change, and says which request it touched.
///
/// # Errors
/// When it cannot be written; the transaction it runs in should be rolled back then.
pub fn apply(connection: &Connection, change: &Change) -> Result<RatingId, StoreError> {
    let run = |statement: &str, request: RatingId, values: &[&dyn ToSql]| -> Result<RatingId, StoreError> {
        let values: Vec<&dyn ToSql> = [&request.0 as &dyn ToSql].into_iter().chain(values.iter().copied()).collect();
        connection.prepare_cached(statement)?.execute(values.as_slice())?;
        Ok(request)
    };
    match change {
        Change::Begin(new) => {
            run(
                sql::BEGIN,
                new.id,
                params![
                    new.issue.0,
                    new.title,
                    new.contact,
                    millis(new.closed_at),
                    millis(new.deadline),
                    millis(new.at)
                ],
            )?;
            cases::note(connection, &format!("rating:{}", new.id), &Thing::Rating(new.id), &[("title", &new.title)])?;
            Ok(new.id)
        }
        Change::LookUpAgain { request } => run(sql::LOOK_UP_AGAIN, *request, params![]),
        Change::Contact { request, name, email } => run(sql::CONTACT, *request, params![name, email]),
        Change::Person { request, user } => run(sql::PERSON, *request, params![user]),
        Change::Undeliverable { request, lack, detail } => {
            run(sql::UNDELIVERABLE, *request, params![lack.as_ref(), detail])
        }
        Change::Asked { request, at, message, deadline } => {
            run(sql::ASKED, *request, params![millis(*at), message.id, message.way, millis(*deadline)])
        }
        Change::Rate { request, rate, origin, by } => {
            run(sql::RATE, *request, params![rate.as_ref(), origin.as_ref(), by])
        }
        Change::Rated { request, at } => run(sql::RATED, *request, params![millis(*at)]),
        Change::Refused { request, detail } => run(sql::REFUSED, *request, params![detail]),
        Change::Hold { request, at, reason, by } => run(sql::HOLD, *request, params![millis(*at), reason, by]),
        Change::Release { request, deadline } => run(sql::RELEASE, *request, params![millis(*deadline)]),
        Change::Cancel { request, ending, rate, reason, by, at } => {
            let rate = rate.map(|rate| rate.as_ref().to_owned());
            run(sql::CANCEL, *request, params![ending.as_ref(), rate, reason, by, millis(*at)])
        }
    }
}

/// Notes that the closing a request began with was found by asking again.
///
/// # Errors
/// When it cannot be written.
pub fn recovered(connection: &Connection, request: RatingId, at: Instant) -> Result<(), StoreError> {
    connection.prepare_cached(sql::RECOVERED)?.execute(params![request.0, millis(at)])?;
    Ok(())
}

/// Forgets a slice of requests that ended before an instant; how many there were.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    Ok(connection.prepare_cached(sql::FORGET)?.execute(params![millis(before), most as i64])?)
}

/// Forgets who wrote the issues of an e-mail address: the ratings stay in the figures without name, address and title, and nobody is
/// waited for any more. Which requests they were.
///
/// # Errors
/// When it cannot be written.
pub fn erase_author(connection: &Connection, email: &str, now: Instant) -> Result<Vec<RatingId>, StoreError> {
    let mut statement = connection.prepare_cached(sql::OF_AUTHOR)?;
    let ids: Vec<i64> = statement.query_map([email], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    for id in &ids {
        connection.prepare_cached(sql::GIVE_UP)?.execute(params![id, millis(now)])?;
        connection.prepare_cached(sql::FORGET_AUTHOR)?.execute([id])?;
    }
    Ok(ids.into_iter().map(RatingId).collect())
}

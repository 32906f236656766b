//! Carries out what a decision says about messages, and forgets what is old or somebody's.
//!
//! Deliberately not here: deciding it, and people's own accounts (`accounts`).

use std::collections::BTreeSet;

use pult_domain::{
    Instant, MessageId, Subject,
    areas::messages::{Account, Address, Change, Contact, NewMessage, Presence},
};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::{account, number, sql};
use crate::{StoreError, floor, millis, query::many};

/// Carries out one change, and says whose screen shows something else.
///
/// # Errors
/// When it cannot be written; the transaction it runs in should be rolled back then.
pub fn apply(connection: &Connection, change: &Change, now: Instant) -> Result<Option<Account>, StoreError> {
    let run = |statement: &str, values: &[&dyn ToSql]| -> Result<(), StoreError> {
        connection.prepare_cached(statement)?.execute(values)?;
        Ok(())
    };
    match change {
        Change::Keep(new) => keep(connection, new, now)?,
        Change::Complete { message, uid, archive, at } => {
            run(sql::COMPLETE, params![message.0, uid, archive, millis(*at)])?;
        }
        Change::Archived { account, id, at } => run(sql::ARCHIVED, params![number(*account), id, millis(*at)])?,
        Change::Read { account, peer, at } => {
            run(sql::READ, params![number(*account), peer.as_str(), millis(*at)])?;
        }
        Change::Became { message, state, failure, detail, returned } => {
            let failure = failure.map(|failure| failure.as_ref().to_owned());
            run(sql::BECAME, params![message.0, state.as_ref(), failure, detail, returned])?;
        }
        Change::Wait { message, until, tries } => run(sql::WAIT, params![message.0, millis(*until), tries])?,
        Change::Again { message, tries } => run(sql::AGAIN, params![message.0, tries])?,
        Change::Contacts { account, contacts } => {
            run(sql::FORGET_CONTACTS, params![number(*account)])?;
            for contact in contacts {
                put_contact(connection, *account, contact, now)?;
            }
            // They were answered in another program.
            run(sql::DROP_ANSWERED, params![number(*account)])?;
        }
        Change::Contact { account, contact } => {
            put_contact(connection, *account, contact, now)?;
            run(sql::DROP_ANSWERED, params![number(*account)])?;
        }
        Change::Presence { account, from, resource, presence, status, at } => {
            match presence {
                Presence::Offline => run(sql::DROP_PRESENCE, params![number(*account), from.as_str(), resource])?,
                _ => run(
                    sql::PUT_PRESENCE,
                    params![number(*account), from.as_str(), resource, presence.as_ref(), status, millis(*at)],
                )?,
            }
            floor::presence_heard(connection, number(*account), from, *at)?;
        }
        Change::Unseen { account } => {
            run(sql::FORGET_PRESENCES, params![number(*account)])?;
            floor::presence_unheard(connection, number(*account), None, now)?;
        }
        Change::Question { account, from, at } => {
            run(sql::ASK, params![number(*account), from.as_str(), millis(*at)])?;
        }
        Change::Answering { account, from } => run(sql::ANSWERING, params![number(*account), from.as_str(), true])?,
        Change::Answered { account, from, done } => match done {
            true => run(sql::DROP_QUESTION, params![number(*account), from.as_str()])?,
            false => run(sql::ANSWERING, params![number(*account), from.as_str(), false])?,
        },
    }
    match change {
        Change::Complete { message, .. }
        | Change::Became { message, .. }
        | Change::Wait { message, .. }
        | Change::Again { message, .. } => account_of(connection, *message),
        Change::Archived { .. } => Ok(None),
        other => Ok(other.account()),
    }
}

fn account_of(connection: &Connection, message: MessageId) -> Result<Option<Account>, StoreError> {
    let number: Option<i64> =
        connection.prepare_cached(sql::ACCOUNT_OF)?.query_row([message.0], |r| r.get(0)).optional()?;
    Ok(number.map(account))
}

fn keep(connection: &Connection, new: &NewMessage, now: Instant) -> Result<(), StoreError> {
    let words = new.words.as_ref().map(serde_json::to_string).transpose()?;
    connection.prepare_cached(sql::KEEP)?.execute(params![
        new.id.0,
        number(new.account),
        new.peer.as_str(),
        new.ours,
        new.uid,
        new.archive,
        new.text,
        words,
        millis(new.at),
        new.state.map(|state| state.as_ref().to_owned()),
        new.by,
        new.notice.map(|notice| notice.0),
        millis(new.at.max(now)),
    ])?;
    connection.prepare_cached(sql::LAST)?.execute(params![number(new.account), new.peer.as_str(), millis(new.at)])?;
    Ok(())
}

fn put_contact(connection: &Connection, account: Account, contact: &Contact, now: Instant) -> Result<(), StoreError> {
    let key = params![number(account), contact.address.as_str()];
    if contact.gone {
        connection.prepare_cached(sql::DROP_CONTACT)?.execute(key)?;
        connection.prepare_cached(sql::DROP_PRESENCES_OF)?.execute(key)?;
        return floor::presence_unheard(connection, number(account), Some(&contact.address), now);
    }
    connection.prepare_cached(sql::PUT_CONTACT)?.execute(params![
        number(account),
        contact.address.as_str(),
        contact.name,
        contact.subscription.as_ref()
    ])?;
    Ok(())
}

/// Forgets how everybody is: nothing was seen before the sessions of this run.
///
/// # Errors
/// When it cannot be written.
pub fn forget_presences(connection: &Connection) -> Result<(), StoreError> {
    connection.execute(sql::FORGET_ALL_PRESENCES, [])?;
    Ok(())
}

/// Forgets a slice of messages that came before an instant, but for those still on their way; how many there were.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let old = many(connection, sql::OLD, params![millis(before), most as i64], found)?;
    delete(connection, &old)?;
    Ok(old.len())
}

/// What was forgotten of somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many messages.
    pub messages: usize,
    /// The conversations they were in.
    pub conversations: Vec<Subject>,
}

/// Forgets everything that was written to an address and from it, what was told of that, and that it was on anybody's list.
///
/// # Errors
/// When it cannot be written.
pub fn erase_author(connection: &Connection, address: &str) -> Result<Erased, StoreError> {
    let Some(address) = Address::read(address) else { return Ok(Erased::default()) };
    let theirs = many(connection, sql::OF_PEER, [address.as_str()], found)?;
    delete(connection, &theirs)?;
    for statement in [sql::CONTACTS_OF_PEER, sql::CONVERSATIONS_OF_PEER].into_iter().chain(sql::SEEN_OF_PEER) {
        connection.prepare_cached(statement)?.execute([address.as_str()])?;
    }
    floor::erase_presence(connection, &address)?;
    let accounts: BTreeSet<i64> = theirs.iter().map(|(_, account, _)| *account).collect();
    let conversations: Vec<Subject> =
        accounts.into_iter().map(|number| Subject::conversation(account(number), &address)).collect();
    for subject in &conversations {
        connection.prepare_cached(sql::NOTICES_OF)?.execute([&subject.0])?;
    }
    Ok(Erased { messages: theirs.len(), conversations })
}

type Found = (i64, i64, String);

fn found(r: &Row<'_>) -> rusqlite::Result<Found> {
    Ok((r.get(0)?, r.get(1)?, r.get(2)?))
}

fn delete(connection: &Connection, messages: &[Found]) -> Result<(), StoreError> {
    let mut conversations = BTreeSet::new();
    for (id, account, peer) in messages {
        connection.prepare_cached(sql::DELETE)?.execute([id])?;
        conversations.insert((account, peer));
    }
    for key in conversations {
        connection.prepare_cached(sql::LAST_ANEW)?.execute(key)?;
        connection.prepare_cached(sql::DROP_EMPTY)?.execute(key)?;
    }
    Ok(())
}

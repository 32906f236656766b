//! People's own accounts of the messenger, and to whom duplicates of notices go.
//!
//! Deliberately not here: passwords (secrets), and whether somebody is told of a notice at all (the engine's `announce`).

use pult_domain::{
    Instant,
    areas::messages::{Account, Address},
};
use rusqlite::{Connection, Row, params};

use super::{WINDOW, WINDOW_LOGIN, known, number, sql};
use crate::{
    StoreError, millis,
    notices::preferences,
    people::{self, Role},
    query::{many, one},
};

/// A person's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    /// What it is called.
    pub address: Address,
    /// Since when it is connected here, milliseconds UTC.
    pub added_at: i64,
}

/// The number by which messages know somebody, by login.
///
/// # Errors
/// When it cannot be read.
pub fn number_of(connection: &Connection, login: &str) -> Result<Option<i64>, StoreError> {
    match people::find(connection, login)? {
        Some(person) => Ok(Some(person.id.0)),
        None => Ok((login == WINDOW_LOGIN).then_some(WINDOW)),
    }
}

/// The account somebody has connected.
///
/// # Errors
/// When it cannot be read.
pub fn own_account(connection: &Connection, person: i64) -> Result<Option<OwnAccount>, StoreError> {
    one(connection, sql::ACCOUNT_OF_PERSON, [person], |r| {
        Ok(OwnAccount { address: super::address(r, 0)?, added_at: r.get(1)? })
    })
}

/// Connects an account, in place of the one before.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody else has connected it.
pub fn connect(connection: &Connection, person: i64, address: &Address, now: Instant) -> Result<(), StoreError> {
    let holder: Option<i64> = one(connection, sql::HOLDER_OF_ADDRESS, [address.as_str()], |r| r.get(0))?;
    if holder.is_some_and(|holder| holder != person) {
        return Err(StoreError::Conflict("somebody else has connected this account"));
    }
    if own_account(connection, person)?.is_some_and(|before| before.address != *address) {
        forget_list(connection, Account::Person(person))?;
    }
    connection.prepare_cached(sql::PUT_ACCOUNT)?.execute(params![person, address.as_str(), millis(now)])?;
    Ok(())
}

/// Disconnects somebody's account. What was said stays; whom it knew and how they are is forgotten.
///
/// # Errors
/// When it cannot be written.
pub fn disconnect(connection: &Connection, person: i64) -> Result<bool, StoreError> {
    forget_list(connection, Account::Person(person))?;
    Ok(connection.prepare_cached(sql::REMOVE_ACCOUNT)?.execute([person])? > 0)
}

fn forget_list(connection: &Connection, account: Account) -> Result<(), StoreError> {
    for statement in [sql::FORGET_CONTACTS, sql::FORGET_PRESENCES, sql::FORGET_QUESTIONS] {
        connection.prepare_cached(statement)?.execute([number(account)])?;
    }
    Ok(())
}

/// Everybody whose account is connected, but for people who are kept out.
///
/// # Errors
/// When it cannot be read.
pub fn mailboxes(connection: &Connection) -> Result<Vec<(i64, Address)>, StoreError> {
    many(connection, sql::HOLDERS, [], |r| Ok((r.get(0)?, super::address(r, 1)?)))
}

/// How far an account's archive has been read: the archive's own id of the newest message seen of it, and when that was written.
///
/// # Errors
/// When it cannot be read.
pub fn read_upto(connection: &Connection, account: Account) -> Result<Option<(String, Instant)>, StoreError> {
    one(connection, sql::ARCHIVE_MARK, [number(account)], known::mark)
}

/// Somebody to whom duplicates of notices may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Their number among the console's people.
    pub person: i64,
    /// What they sign in with.
    pub login: String,
    /// Whether they see notices for everybody, and not only those that name them.
    pub everyone: bool,
    /// The teams they may see, as their rights name them; all of them, where none is named.
    pub teams: Vec<String>,
    /// Where they go.
    pub to: Address,
}

/// Everybody who wants duplicates of any class, is not kept out, and has an address.
///
/// # Errors
/// When they cannot be read.
pub fn receivers(connection: &Connection) -> Result<Vec<Receiver>, StoreError> {
    let logins: Vec<String> = many(connection, sql::WANT_DUPLICATES, [], |r: &Row<'_>| r.get(0))?;
    logins.iter().filter_map(|login| reached(connection, login).transpose()).collect()
}

/// The same of one person.
///
/// # Errors
/// When it cannot be read.
pub fn receiver(connection: &Connection, login: &str) -> Result<Option<Receiver>, StoreError> {
    let wants: bool = connection.prepare_cached(sql::WANTS_DUPLICATES)?.query_row([login], |r| r.get(0))?;
    if wants { reached(connection, login) } else { Ok(None) }
}

fn reached(connection: &Connection, login: &str) -> Result<Option<Receiver>, StoreError> {
    let Some(person) = people::find(connection, login)?.filter(|person| person.blocked_by.is_none()) else {
        return Ok(None);
    };
    let everyone = person.rights.role != Role::Operator;
    let to = address_of(connection, login)?;
    let (person, login, teams) = (person.id.0, person.login, person.rights.teams);
    Ok(to.map(|to| Receiver { person, login, everyone, teams, to }))
}

/// Where somebody's duplicates go: the address they settled, else the e-mail address of their account.
///
/// # Errors
/// When it cannot be read.
pub fn address_of(connection: &Connection, login: &str) -> Result<Option<Address>, StoreError> {
    if let Some(settled) = preferences(connection, login)?.messenger {
        return Ok(Some(settled));
    }
    Ok(email_of(connection, login)?.as_deref().and_then(Address::read))
}

/// The e-mail address of somebody's account.
///
/// # Errors
/// When it cannot be read.
pub fn email_of(connection: &Connection, login: &str) -> Result<Option<String>, StoreError> {
    Ok(people::find(connection, login)?.and_then(|person| person.profile.email))
}

/// Whether a message with this id went to somebody from the engine's own account.
///
/// # Errors
/// When it cannot be read.
pub fn is_duplicated(connection: &Connection, to: &Address, uid: &str) -> Result<bool, StoreError> {
    let values = params![number(Account::Bot), to.as_str(), uid];
    Ok(connection.prepare_cached(sql::IS_OF_NOTICE)?.query_row(values, |r| r.get(0))?)
}

/// The id the next new message will get.
///
/// # Errors
/// When it cannot be read.
pub fn next_message(connection: &Connection) -> Result<pult_domain::MessageId, StoreError> {
    Ok(pult_domain::MessageId(connection.prepare_cached(sql::NEXT)?.query_row([], |r| r.get(0))?))
}

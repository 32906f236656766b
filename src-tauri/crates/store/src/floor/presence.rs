//! How the messengers of operators were: whose address is whose, spans of presence, and what they say of a moment.
//!
//! Only addresses of operators are followed. What no session heard is in no span and unknown. Deliberately not here: what follows from it
//! (the domain's `verdict`), and how contacts are now (`messages`).

use pult_domain::{
    Instant, OperatorId,
    areas::{
        floor::Messenger,
        messages::{Address, Presence},
    },
};
use rusqlite::{Connection, params};
use serde::Serialize;
use ts_rs::TS;

use crate::{
    StoreError, messages, millis, people,
    query::{many, one},
};

/// Where an operator's messenger is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OperatorMessenger {
    /// The address.
    #[ts(type = "string")]
    pub address: Address,
    /// A supervisor settled it; otherwise it is that of the person of the console who signs in by the same name.
    pub settled: bool,
}

/// Where an operator's messenger is, if anybody knows.
///
/// # Errors
/// When it cannot be read.
pub fn messenger_of(connection: &Connection, operator: OperatorId) -> Result<Option<OperatorMessenger>, StoreError> {
    let row: Option<(Option<String>, String, Option<String>)> = one(
        connection,
        "SELECT messenger, login_id, login_name FROM floor_operator WHERE id = ?1",
        [operator.0],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
    )?;
    let Some((settled, login_id, login_name)) = row else { return Ok(None) };
    if let Some(address) = settled.as_deref().and_then(Address::read) {
        return Ok(Some(OperatorMessenger { address, settled: true }));
    }
    for login in login_name.iter().chain([&login_id]) {
        let Some(person) = people::find(connection, login)? else { continue };
        let own = messages::own_account(connection, person.id.0)?.map(|own| own.address);
        let address = own.or_else(|| person.profile.email.as_deref().and_then(Address::read));
        return Ok(address.map(|address| OperatorMessenger { address, settled: false }));
    }
    Ok(None)
}

/// Settles where an operator's messenger is, or takes that back. What is heard from now on counts.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such operator, [`StoreError::Conflict`] when the address is another's.
pub fn set_messenger(
    connection: &Connection,
    operator: OperatorId,
    address: Option<&Address>,
    now: Instant,
) -> Result<(), StoreError> {
    if let Some(address) = address {
        let taken = "SELECT id FROM floor_operator WHERE messenger = ?1 AND id <> ?2";
        if one(connection, taken, params![address.as_str(), operator.0], |r| r.get::<_, i64>(0))?.is_some() {
            return Err(StoreError::Conflict("another operator has this address"));
        }
    }
    let rows = connection
        .prepare_cached("UPDATE floor_operator SET messenger = ?2 WHERE id = ?1")?
        .execute(params![operator.0, address.map(Address::as_str)])?;
    if rows == 0 {
        return Err(StoreError::NotFound("operator"));
    }
    if let Some(messenger) = messenger_of(connection, operator)? {
        let sql = "SELECT DISTINCT account FROM presence WHERE address = ?1";
        for account in many(connection, sql, [messenger.address.as_str()], |r| r.get::<_, i64>(0))? {
            heard(connection, account, &messenger.address, now)?;
        }
    }
    Ok(())
}

/// Whether an address is an operator's.
fn is_operators(connection: &Connection, address: &Address) -> Result<bool, StoreError> {
    let settled = "SELECT EXISTS (SELECT 1 FROM floor_operator WHERE messenger = ?1)";
    if connection.prepare_cached(settled)?.query_row([address.as_str()], |r| r.get(0))? {
        return Ok(true);
    }
    let Some(owner) = messages::owner_of(connection, address)? else { return Ok(false) };
    let signs_in = "SELECT EXISTS (SELECT 1 FROM floor_operator
                        WHERE login_id = ?1 COLLATE NOCASE OR login_name = ?1 COLLATE NOCASE)";
    Ok(connection.prepare_cached(signs_in)?.query_row([owner.login], |r| r.get(0))?)
}

/// An account's session heard of an address: called after the table of presences has been brought up to date.
pub(crate) fn heard(connection: &Connection, account: i64, address: &Address, at: Instant) -> Result<(), StoreError> {
    if !is_operators(connection, address)? {
        return Ok(());
    }
    let programs = many(
        connection,
        "SELECT presence FROM presence WHERE account = ?1 AND address = ?2",
        params![account, address.as_str()],
        |r| r.get::<_, String>(0),
    )?;
    let now = programs.iter().filter_map(|word| word.parse().ok()).max().unwrap_or(Presence::Offline);
    let before: Option<String> = one(connection, OPEN, params![account, address.as_str()], |r| r.get(0))?;
    if before.as_deref() == Some(now.as_ref()) {
        return Ok(());
    }
    unheard(connection, account, Some(address), at)?;
    connection
        .prepare_cached("INSERT INTO floor_presence (account, address, presence, began) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![account, address.as_str(), now.as_ref(), millis(at)])?;
    Ok(())
}

pub(super) const OPEN: &str =
    "SELECT presence FROM floor_presence WHERE account = ?1 AND address = ?2 AND ended IS NULL";

pub(super) const UNHEARD: &str = "UPDATE floor_presence SET ended = max(began, ?3)
     WHERE account = ?1 AND ended IS NULL AND (?2 IS NULL OR address = ?2)";

/// An account's session does not hear an address any more, or nobody at all.
pub(crate) fn unheard(
    connection: &Connection,
    account: i64,
    address: Option<&Address>,
    at: Instant,
) -> Result<(), StoreError> {
    connection.prepare_cached(UNHEARD)?.execute(params![account, address.map(Address::as_str), millis(at)])?;
    Ok(())
}

pub(super) const HEARD: &str = "INSERT INTO floor_presence_heard (account, upto)
     SELECT DISTINCT account, ?1 FROM floor_presence WHERE ended IS NULL
     ON CONFLICT DO UPDATE SET upto = max(upto, excluded.upto)";

/// What is heard still is: called at short intervals.
pub(super) fn extend(connection: &Connection, now: Instant) -> Result<(), StoreError> {
    connection.prepare_cached(HEARD)?.execute([millis(now)])?;
    Ok(())
}

pub(super) const CLOSE_ALL: &str = "UPDATE floor_presence SET ended = max(began, coalesce(
     (SELECT h.upto FROM floor_presence_heard h WHERE h.account = floor_presence.account), began))
     WHERE ended IS NULL";

/// Nothing is heard: called when an engine starts, for what the one before left open.
pub(super) fn close_all(connection: &Connection) -> Result<(), StoreError> {
    connection.prepare_cached(CLOSE_ALL)?.execute([])?;
    Ok(())
}

pub(super) const ERASE: &str = "DELETE FROM floor_presence WHERE address = ?1";

/// Forgets how an address was, and that it is an operator's.
pub(crate) fn erase(connection: &Connection, address: &Address) -> Result<(), StoreError> {
    for statement in [ERASE, "UPDATE floor_operator SET messenger = NULL WHERE messenger = ?1"] {
        connection.prepare_cached(statement)?.execute([address.as_str()])?;
    }
    Ok(())
}

/// A stretch of one presence, as one account's session saw it, milliseconds UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    account: i64,
    presence: Presence,
    began: i64,
    ended: Option<i64>,
}

impl Span {
    fn covers(&self, at: i64) -> bool {
        self.began <= at && self.ended.is_none_or(|ended| at < ended)
    }
}

pub(super) const SPANS: &str = "SELECT account, presence, began, ended FROM floor_presence
     WHERE address = ?1 AND began <= ?3 AND (ended IS NULL OR ended >= ?2) ORDER BY began, id";

/// What an operator's messenger showed when something began, with a look at the window around it.
pub(super) fn seen(
    connection: &Connection,
    operator: OperatorId,
    began: Instant,
    (from, to): (Instant, Instant),
) -> Result<Messenger, StoreError> {
    let Some(messenger) = messenger_of(connection, operator)? else { return Ok(Messenger::NotWatched) };
    let spans = many(connection, SPANS, params![messenger.address.as_str(), millis(from), millis(to)], |r| {
        Ok((r.get(0)?, r.get::<_, String>(1)?, r.get(2)?, r.get(3)?))
    })?;
    let spans: Vec<Span> = spans
        .into_iter()
        .filter_map(|(account, word, began, ended)| Some(Span { account, presence: word.parse().ok()?, began, ended }))
        .collect();
    Ok(read(&spans, millis(began), millis(from), millis(to)))
}

/// What spans say about an instant within a window. Of several who saw, whoever saw them most present is right: another may not be told.
fn read(spans: &[Span], at: i64, from: i64, to: i64) -> Messenger {
    let how = |at: i64| spans.iter().filter(|span| span.covers(at)).map(|span| span.presence).max();
    let went_off = spans.iter().any(|off| {
        let was_on = |before: &Span| {
            before.account == off.account && before.ended == Some(off.began) && before.presence != Presence::Offline
        };
        // Off when it began or right after, and nowhere seen to be on then.
        let then = at.max(off.began);
        off.presence == Presence::Offline
            && (from..=to).contains(&off.began)
            && off.covers(then)
            && how(then) == Some(Presence::Offline)
            && spans.iter().any(was_on)
    });
    match how(at) {
        _ if went_off => Messenger::WentOff,
        None => Messenger::NotWatched,
        Some(Presence::Offline) => Messenger::Off,
        Some(Presence::Away | Presence::FarAway) => Messenger::Away,
        Some(Presence::Busy | Presence::Online | Presence::Chatty) => Messenger::There,
    }
}

#[cfg(test)]
mod tests;

//! What people look at: their conversations, a page of one, their contacts and who asks about them.
//!
//! Deliberately not here: whose they are (whoever asks says so), and sessions (the engine's).

use std::collections::HashMap;

use pult_domain::{
    MessageId,
    areas::messages::{Account, Address, Presence, Subscription},
};
use rusqlite::{Connection, Row, params};

use super::{
    AddressOwner, ColleagueRow, ContactRow, ConversationRow, MessageKey, MessagePage, MessageRow, PresenceRow,
    SubscriptionQuestion, address,
    known::{Owners, unread},
    number, sql,
};
use crate::{
    StoreError,
    column::word,
    query::{many, one},
};

/// Messages of a page at most.
pub const LONGEST_PAGE: usize = 200;
/// Conversations shown at most.
const CONVERSATIONS: i64 = 200;
/// Questions shown at most.
const QUESTIONS: i64 = 200;

/// The newest conversations of an account, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn conversations(connection: &Connection, account: Account) -> Result<Vec<ConversationRow>, StoreError> {
    let of = |r: &Row<'_>| Ok((address(r, 0)?, r.get::<_, Option<i64>>(1)?));
    let found = many(connection, sql::CONVERSATIONS, params![number(account), CONVERSATIONS], of)?;
    let owners = Owners::read(connection)?;
    let mut rows = Vec::with_capacity(found.len());
    for (peer, read_at) in found {
        let key = params![number(account), peer.as_str()];
        let Some(last) = one(connection, sql::LAST_OF, key, |r| row(r, read_at))? else { continue };
        let name: Option<String> = one(connection, sql::CONTACT_NAME, key, |r| r.get(0))?;
        let unread = unread(connection, account, &peer, read_at)?;
        let person = owners.of(connection, &peer)?;
        rows.push(ConversationRow { name: name.unwrap_or_default(), person, last, unread, peer });
    }
    Ok(rows)
}

/// How many messages of an account are not read, counted up to 100 of each conversation.
///
/// # Errors
/// When it cannot be read.
pub fn count_unread(connection: &Connection, account: Account) -> Result<u32, StoreError> {
    let of = |r: &Row<'_>| Ok((address(r, 0)?, r.get::<_, Option<i64>>(1)?));
    let found = many(connection, sql::CONVERSATIONS, params![number(account), CONVERSATIONS], of)?;
    found
        .iter()
        .try_fold(0_u32, |sum, (peer, read_at)| Ok(sum.saturating_add(unread(connection, account, peer, *read_at)?)))
}

/// A page of a conversation, newest first.
///
/// # Errors
/// When it cannot be read.
pub fn page(
    connection: &Connection,
    account: Account,
    peer: &Address,
    before: Option<MessageKey>,
    limit: usize,
) -> Result<MessagePage, StoreError> {
    let limit = limit.clamp(1, LONGEST_PAGE);
    let read_at: Option<i64> =
        one(connection, sql::CONVERSATION, params![number(account), peer.as_str()], |r| r.get(0))?.flatten();
    let MessageKey { at, id } = before.unwrap_or(MessageKey { at: i64::MAX, id: MessageId(i64::MAX) });
    let values = params![number(account), peer.as_str(), at, id.0, limit as i64 + 1];
    let mut rows = many(connection, sql::PAGE, values, |r| row(r, read_at))?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| MessageKey { at: last.at, id: last.id });
    Ok(MessagePage { rows, next })
}

/// Whether a message came back for good.
///
/// # Errors
/// When it cannot be read.
pub fn is_returned(connection: &Connection, id: MessageId) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(sql::IS_RETURNED)?.query_row([id.0], |row| row.get(0))?)
}

/// One message of an account.
///
/// # Errors
/// When it cannot be read.
pub fn get(connection: &Connection, account: Account, id: MessageId) -> Result<Option<MessageRow>, StoreError> {
    let found = one(connection, sql::ONE, params![number(account), id.0], |r| row(r, None))?;
    let Some(message) = found else { return Ok(None) };
    let read_at: Option<i64> =
        one(connection, sql::CONVERSATION, params![number(account), message.peer.as_str()], |r| r.get(0))?.flatten();
    Ok(Some(MessageRow { unread: is_unread(message.ours, message.at, read_at), ..message }))
}

/// An account's contacts, by name; how they are only where that is asked for.
///
/// # Errors
/// When they cannot be read.
pub fn contacts(connection: &Connection, account: Account, heard: bool) -> Result<Vec<ContactRow>, StoreError> {
    let mut seen: HashMap<Address, PresenceRow> = HashMap::new();
    if heard {
        let of = |r: &Row<'_>| {
            let presence = word(r, 1)?.unwrap_or(Presence::Online);
            Ok((address(r, 0)?, PresenceRow { presence, status: r.get(2)?, since: r.get(3)? }))
        };
        for (address, row) in many(connection, sql::PRESENCES, [number(account)], of)? {
            // Of several programs the one that is most there speaks for all.
            match seen.get(&address) {
                Some(known) if known.presence >= row.presence => {}
                _ => {
                    seen.insert(address, row);
                }
            }
        }
    }
    let of = |r: &Row<'_>| Ok((address(r, 0)?, r.get::<_, String>(1)?, word::<Subscription>(r, 2)?));
    let owners = Owners::read(connection)?;
    let mut rows = Vec::new();
    for (address, name, subscription) in many(connection, sql::CONTACTS, [number(account)], of)? {
        let subscription = subscription.unwrap_or(Subscription::None);
        // Whom we may see and do not is not there; of the others nothing is known.
        let visible = heard && matches!(subscription, Subscription::To | Subscription::Both);
        let absent = visible.then(|| PresenceRow { presence: Presence::Offline, status: String::new(), since: 0 });
        let presence = seen.remove(&address).or(absent);
        let person = owners.of(connection, &address)?;
        rows.push(ContactRow { address, name, subscription, presence, person });
    }
    let label = |row: &ContactRow| match (&row.person, row.name.is_empty()) {
        (_, false) => row.name.to_lowercase(),
        (Some(person), true) => person.full_name.to_lowercase(),
        (None, true) => row.address.as_str().to_owned(),
    };
    rows.sort_by_cached_key(label);
    Ok(rows)
}

/// The console's people who can be written to, by name: the account they connected, else the address they settled, else their e-mail address.
///
/// # Errors
/// When they cannot be read.
pub fn colleagues(connection: &Connection) -> Result<Vec<ColleagueRow>, StoreError> {
    let of = |r: &Row<'_>| {
        let addresses: [Option<String>; 3] = [r.get(2)?, r.get(3)?, r.get(4)?];
        let address = addresses.iter().flatten().find_map(|address| Address::read(address));
        let person = AddressOwner { login: r.get(0)?, full_name: r.get(1)? };
        Ok(address.map(|address| ColleagueRow { address, person }))
    };
    Ok(many(connection, sql::COLLEAGUES, [], of)?.into_iter().flatten().collect())
}

/// Who asks to see how an account's person is.
///
/// # Errors
/// When it cannot be read.
pub fn questions(connection: &Connection, account: Account) -> Result<Vec<SubscriptionQuestion>, StoreError> {
    let of = |r: &Row<'_>| Ok((address(r, 0)?, r.get::<_, i64>(1)?, r.get::<_, bool>(2)?));
    let found = many(connection, sql::QUESTIONS, params![number(account), QUESTIONS], of)?;
    let owners = Owners::read(connection)?;
    let mut rows = Vec::with_capacity(found.len());
    for (address, asked_at, answering) in found {
        let person = owners.of(connection, &address)?;
        rows.push(SubscriptionQuestion { address, person, asked_at, answering });
    }
    rows.sort_by_key(|question| question.asked_at);
    Ok(rows)
}

fn is_unread(ours: bool, at: i64, read_at: Option<i64>) -> bool {
    !ours && read_at.is_none_or(|read| at > read)
}

fn row(r: &Row<'_>, read_at: Option<i64>) -> rusqlite::Result<MessageRow> {
    let (ours, at): (bool, i64) = (r.get(2)?, r.get(4)?);
    Ok(MessageRow {
        id: MessageId(r.get(0)?),
        peer: address(r, 1)?,
        ours,
        text: r.get(3)?,
        at,
        state: word(r, 5)?,
        failure: word(r, 6)?,
        detail: r.get(7)?,
        again_at: r.get(8)?,
        unread: is_unread(ours, at, read_at),
    })
}

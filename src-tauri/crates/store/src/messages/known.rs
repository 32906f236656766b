//! The snapshot a rule decides upon.
//!
//! Deliberately not here: anything decided.

use std::collections::HashMap;

use pult_domain::{
    Instant, MessageId,
    areas::messages::{Account, Address, Conversation, Fact, Incoming, Kept, Known, Newest, Peer, Words},
};
use rusqlite::{Connection, Row, params};

use super::{AddressOwner, WINDOW, account, is_duplicated, number, own_account, sql};
use crate::{
    StoreError,
    column::{json, word},
    from_millis,
    query::{many, one},
};

/// Everything the rule may look at for one fact.
///
/// # Errors
/// When it cannot be read.
pub fn load_known(connection: &Connection, fact: &Fact) -> Result<Known, StoreError> {
    let next = MessageId(connection.prepare_cached(sql::NEXT)?.query_row([], |r| r.get(0))?);
    let mut known = Known {
        next,
        owner: None,
        message: None,
        duplicate: false,
        peer: Peer::default(),
        conversation: Conversation::default(),
        asked: false,
        admins: vec![],
    };
    let of_id = |id: MessageId| one(connection, sql::OF_ID, [id.0], kept);
    match fact {
        Fact::Heard(heard) => {
            known.owner = owner(connection, heard.account)?;
            known.message = match &heard.archive {
                Some(archive) => one(connection, sql::OF_ARCHIVE, params![number(heard.account), archive], kept)?,
                None => None,
            };
            if let (None, Some(uid)) = (&known.message, &heard.uid) {
                known.message = of_uid(connection, heard.account, &heard.peer, heard.ours, uid)?;
            }
            known.duplicate = is_duplicate(connection, heard)?;
            known.peer = peer(connection, heard.account, &heard.peer)?;
            known.conversation = conversation(connection, heard.account, &heard.peer, known.owner.as_deref())?;
        }
        Fact::Written { account, to, uid, .. } => {
            known.owner = owner(connection, *account)?;
            known.message = of_uid(connection, *account, to, true, uid)?;
        }
        Fact::Seen { account, peer, upto } => {
            known.owner = owner(connection, *account)?;
            known.message = of_id(*upto)?;
            known.conversation = conversation(connection, *account, peer, known.owner.as_deref())?;
        }
        Fact::Delivered { account, from, uid } | Fact::Returned { account, from, uid, .. } => {
            known.message = of_uid(connection, *account, from, true, uid)?;
            if matches!(fact, Fact::Returned { .. }) {
                for_an_alert(connection, &mut known)?;
            }
        }
        Fact::Sent { message } | Fact::TryAgain { message, .. } => known.message = of_id(*message)?,
        Fact::NotSent { message, .. } => {
            known.message = of_id(*message)?;
            for_an_alert(connection, &mut known)?;
        }
        Fact::PresenceSeen { account, from, .. } => {
            let name: Option<String> =
                one(connection, sql::CONTACT_NAME, params![number(*account), from.as_str()], |r| r.get(0))?;
            known.peer.contact = name.is_some();
        }
        Fact::SubscriptionAsked { account, from } | Fact::SubscriptionDecided { account, from, .. } => {
            known.owner = owner(connection, *account)?;
            known.peer = peer(connection, *account, from)?;
            known.asked = connection
                .prepare_cached(sql::ASKED)?
                .query_row(params![number(*account), from.as_str()], |r| r.get(0))?;
        }
        Fact::ContactsRead { .. }
        | Fact::ContactChanged { .. }
        | Fact::SessionEnded { .. }
        | Fact::SubscriptionAnswered { .. } => {}
    }
    Ok(known)
}

/// Whether the engine wrote it, to the person whose account hears it.
fn is_duplicate(connection: &Connection, heard: &Incoming) -> Result<bool, StoreError> {
    let (Account::Person(person), Some(uid), false) = (heard.account, &heard.uid, heard.ours) else { return Ok(false) };
    match own_account(connection, person)? {
        Some(own) => is_duplicated(connection, &own.address, uid),
        None => Ok(false),
    }
}

/// What an alert of a duplicate that reaches nobody needs: only the engine's own messages have one.
fn for_an_alert(connection: &Connection, known: &mut Known) -> Result<(), StoreError> {
    if let Some(kept) = known.message.as_ref().filter(|kept| kept.account == Account::Bot) {
        known.peer = peer(connection, kept.account, &kept.peer)?;
        known.admins = many(connection, sql::ADMINS, [], |r| r.get(0))?;
    }
    Ok(())
}

fn of_uid(
    connection: &Connection,
    account: Account,
    peer: &Address,
    ours: bool,
    uid: &str,
) -> Result<Option<Kept>, StoreError> {
    one(connection, sql::OF_UID, params![number(account), peer.as_str(), ours, uid], kept)
}

/// What somebody signs in with whose account it is, while it is connected and they are not kept out.
pub(super) fn owner(connection: &Connection, account: Account) -> Result<Option<String>, StoreError> {
    match account {
        Account::Bot => Ok(None),
        Account::Person(WINDOW) => {
            let there: bool = connection.prepare_cached(sql::HAS_ACCOUNT)?.query_row([WINDOW], |r| r.get(0))?;
            Ok(there.then(|| super::WINDOW_LOGIN.to_owned()))
        }
        Account::Person(person) => one(connection, sql::HOLDER, [person], |r| r.get(0)),
    }
}

/// Who of the console has which address.
pub(super) struct Owners(HashMap<String, AddressOwner>);

impl Owners {
    /// Whoever has settled where they are written to.
    pub(super) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let of = |r: &Row<'_>| Ok((r.get(0)?, AddressOwner { login: r.get(1)?, full_name: r.get(2)? }));
        let mut owners = HashMap::new();
        for (address, owner) in many(connection, sql::SETTLED_ADDRESSES, [], of)? {
            owners.entry(address).or_insert(owner);
        }
        Ok(Self(owners))
    }

    /// Whoever connected an address, else who has settled it for what they are written, else whose e-mail address it is.
    pub(super) fn of(&self, connection: &Connection, address: &Address) -> Result<Option<AddressOwner>, StoreError> {
        let of = |r: &Row<'_>| Ok(AddressOwner { login: r.get(0)?, full_name: r.get(1)? });
        if let Some(owner) = one(connection, sql::OWNER_OF_ACCOUNT, [address.as_str()], of)? {
            return Ok(Some(owner));
        }
        match self.0.get(address.as_str()) {
            Some(owner) => Ok(Some(owner.clone())),
            None => one(connection, sql::OWNER_OF_EMAIL, [address.as_str()], of),
        }
    }
}

/// Who of the console has an address.
///
/// # Errors
/// When it cannot be read.
pub fn owner_of(connection: &Connection, address: &Address) -> Result<Option<AddressOwner>, StoreError> {
    Owners::read(connection)?.of(connection, address)
}

fn peer(connection: &Connection, account: Account, address: &Address) -> Result<Peer, StoreError> {
    let key = params![number(account), address.as_str()];
    let name: Option<String> = one(connection, sql::CONTACT_NAME, key, |r| r.get(0))?;
    let owner = owner_of(connection, address)?;
    let written = connection.prepare_cached(sql::WRITTEN)?.query_row(key, |r| r.get(0))?;
    let (contact, person) = (name.is_some(), owner.is_some());
    let named = name.filter(|name| !name.is_empty());
    Ok(Peer { name: named.or(owner.map(|owner| owner.full_name)).unwrap_or_default(), contact, person, written })
}

fn conversation(
    connection: &Connection,
    account: Account,
    peer: &Address,
    owner: Option<&str>,
) -> Result<Conversation, StoreError> {
    let key = params![number(account), peer.as_str()];
    let read_at: Option<i64> = one(connection, sql::CONVERSATION, key, |r| r.get(0))?.flatten();
    let newest = one(connection, sql::NEWEST, key, |r| Ok(Newest { at: from_millis(r.get(0)?), text: r.get(1)? }))?;
    let told = match (account, owner) {
        (Account::Person(person), Some(owner)) => {
            one(connection, sql::TOLD, params![format!("message:{person}/{peer}"), owner], |r| r.get(0))?
        }
        _ => None,
    };
    let unread = unread(connection, account, peer, read_at)?;
    Ok(Conversation { read_at: read_at.map(from_millis), newest, unread, told })
}

/// How many messages of theirs are not read, counted up to 100.
pub(super) fn unread(
    connection: &Connection,
    account: Account,
    peer: &Address,
    read_at: Option<i64>,
) -> Result<u32, StoreError> {
    let values = params![number(account), peer.as_str(), read_at.unwrap_or(i64::MIN)];
    Ok(connection.prepare_cached(sql::UNREAD)?.query_row(values, |r| r.get(0))?)
}

fn kept(r: &Row<'_>) -> rusqlite::Result<Kept> {
    let (ours, text): (bool, String) = (r.get(3)?, r.get(10)?);
    let state = word(r, 7)?;
    let words: Option<Words> = match json(r, 11)? {
        // What a person typed is its own wording; of what was erased nothing is left to say.
        None if state.is_some() && !text.is_empty() => Some(Words::Typed { text }),
        words => words,
    };
    Ok(Kept {
        id: MessageId(r.get(0)?),
        account: account(r.get(1)?),
        peer: super::address(r, 2)?,
        ours,
        uid: r.get(4)?,
        archive: r.get(5)?,
        at: from_millis(r.get(6)?),
        state,
        returned: r.get(12)?,
        tries: r.get(8)?,
        again_at: r.get::<_, Option<i64>>(9)?.map(from_millis),
        words,
    })
}

/// When a mark of an archive was made.
pub(super) fn mark(r: &Row<'_>) -> rusqlite::Result<(String, Instant)> {
    Ok((r.get(0)?, from_millis(r.get(1)?)))
}

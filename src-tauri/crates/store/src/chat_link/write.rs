//! Keeps what a decision says about conversations and issues, and forgets what is old.
//!
//! Deliberately not here: deciding it.

use std::collections::BTreeSet;

use pult_domain::{
    ChatItemId, ChatLinkId, Instant,
    areas::{
        cases::Thing,
        chat_link::{Change, Item, Link, Request, User, Wish},
    },
};
use rusqlite::{Connection, params};

use super::sql;
use crate::{StoreError, cases, millis};

/// Carries out one change, and says which conversation it touched, where it touched one.
///
/// # Errors
/// When it cannot be written; the transaction it runs in should be rolled back then.
pub fn apply(connection: &Connection, change: &Change) -> Result<Option<ChatLinkId>, StoreError> {
    match change {
        Change::Link(link) => keep_link(connection, link).map(|()| Some(link.id)),
        Change::Request(request) => keep_request(connection, request).map(|()| request.link),
        Change::Wish(wish) => keep_wish(connection, wish).map(|()| None),
        Change::Item(item) => keep_item(connection, item).map(|()| item.link),
        Change::User(user) => keep_user(connection, user).map(|()| None),
        Change::Echo { side, external, at } => {
            connection.prepare_cached(sql::KEEP_ECHO)?.execute(params![side.as_ref(), external, millis(*at)])?;
            Ok(None)
        }
    }
}

/// Whether an item is kept.
///
/// # Errors
/// When it cannot be read.
pub fn has_item(connection: &Connection, item: ChatItemId) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(sql::HAS_ITEM)?.exists([item.0])?)
}

/// Notes that an item was found by asking again.
///
/// # Errors
/// When it cannot be written.
pub fn recovered(connection: &Connection, item: ChatItemId, at: Instant) -> Result<(), StoreError> {
    connection.prepare_cached(sql::RECOVERED)?.execute(params![item.0, millis(at)])?;
    Ok(())
}

fn keep_link(connection: &Connection, link: &Link) -> Result<(), StoreError> {
    connection.prepare_cached(sql::KEEP_LINK)?.execute(params![
        link.id.0,
        link.issue,
        link.issue_id,
        link.url,
        link.summary,
        link.status,
        link.over,
        link.chat,
        link.message,
        link.thread,
        link.user,
        link.last_comment,
        link.paused_at.map(millis),
        link.paused_why,
        millis(link.created_at),
    ])?;
    cases::note(connection, &format!("pair:{}", link.id), &Thing::Pair(link.id), &[("title", &link.summary)])
}

fn keep_request(connection: &Connection, request: &Request) -> Result<(), StoreError> {
    connection.prepare_cached(sql::KEEP_REQUEST)?.execute(params![
        request.id.0,
        request.way.as_ref(),
        request.state.as_ref(),
        request.user,
        request.chat,
        request.message,
        request.summary,
        request.subcategory,
        request.text,
        serde_json::to_string(&request.files)?,
        request.name,
        request.login,
        request.department,
        request.link.map(|link| link.0),
        request.digest,
        request.trouble,
        millis(request.at),
    ])?;
    let Some(link) = request.link else { return Ok(()) };
    let texts = [("title", request.summary.as_str()), ("text", request.text.as_str())];
    cases::note(connection, &format!("request:{}", request.id), &Thing::Pair(link), &texts)
}

fn keep_wish(connection: &Connection, wish: &Wish) -> Result<(), StoreError> {
    let press = wish.press.as_ref().map(serde_json::to_string).transpose()?;
    connection.prepare_cached(sql::KEEP_WISH)?.execute(params![
        wish.id.0,
        wish.state.as_ref(),
        wish.user,
        wish.chat,
        press,
        wish.trouble,
        millis(wish.at),
    ])?;
    Ok(())
}

fn keep_item(connection: &Connection, item: &Item) -> Result<(), StoreError> {
    connection.prepare_cached(sql::KEEP_ITEM)?.execute(params![
        item.id.0,
        item.link.map(|link| link.0),
        item.side.as_ref(),
        item.external,
        item.event.as_ref(),
        item.message,
        item.user,
        item.author,
        item.text,
        serde_json::to_string(&item.files)?,
        serde_json::to_string(&item.mentioned)?,
        item.hops,
        item.origin.map(|origin| origin.0),
        item.state.as_ref(),
        item.reason,
        item.copy,
        millis(item.at),
        item.parent,
    ])?;
    let Some(link) = item.link else { return Ok(()) };
    cases::note(connection, &format!("item:{}", item.id), &Thing::Pair(link), &[("message", &item.text)])
}

fn keep_user(connection: &Connection, user: &User) -> Result<(), StoreError> {
    let person = &user.person;
    connection.prepare_cached(sql::KEEP_USER)?.execute(params![
        person.id,
        person.name,
        person.nickname,
        person.email,
        person.login(),
        person.bot,
        person.suspended,
        person.own,
        millis(user.fetched_at),
    ])?;
    Ok(())
}

/// Forgets a slice of what was copied, asked and wished for before an instant; how much there was. Conversations stay: people go on in
/// them whenever they like.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let mut gone = 0;
    let statements =
        [sql::FORGET_ITEMS, sql::FORGET_REQUESTS, sql::FORGET_WISHES, sql::FORGET_ECHOES, sql::FORGET_USERS];
    for statement in statements {
        gone += connection.prepare_cached(statement)?.execute(params![millis(before), most as i64])?;
    }
    Ok(gone)
}

/// Forgets what somebody with an e-mail address said and asked for; that something was said stays. The keys of the issues.
///
/// # Errors
/// When it cannot be written.
pub fn erase_author(connection: &Connection, email: &str) -> Result<Vec<String>, StoreError> {
    let users: Vec<i64> = connection
        .prepare_cached(sql::USERS_OF_EMAIL)?
        .query_map([email], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut issues = BTreeSet::new();
    for user in users {
        let theirs = |r: &rusqlite::Row<'_>| r.get::<_, String>(0);
        for issue in connection.prepare_cached(sql::ISSUES_OF)?.query_map([user], theirs)? {
            issues.insert(issue?);
        }
        connection.prepare_cached(sql::FORGET_ITEMS_OF)?.execute([user])?;
        for statement in [sql::FORGET_REQUESTS_OF, sql::FORGET_LINKS_OF, sql::FORGET_USER] {
            connection.prepare_cached(statement)?.execute([user])?;
        }
    }
    Ok(issues.into_iter().collect())
}

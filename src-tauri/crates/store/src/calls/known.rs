//! The snapshot the rules of calls look at, loaded for one fact.
//!
//! Deliberately not here: anything a rule does not ask for.

use pult_domain::{
    CallId, FactKey, Instant,
    areas::calls::{
        CallState, Fact, Known, OpenCall, Policy, ReportedCall,
        rule::{feed_key, hook_key},
        watched::{reported_of, watched_key},
    },
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::{backwards, catalogue, digits, instant, limit, next_id, said, sql, write::known_operator};
use crate::{agencies::agencies_of_phone, floor};

/// Loads what the rule for this fact may look at; the parts it has no use for stay empty.
///
/// `key` is the fact's own: a call that began with the same fact is found by it.
///
/// # Errors
/// The database's own.
pub fn load_known(conn: &Connection, fact: &Fact, key: &FactKey, policy: &Policy) -> Result<Known> {
    let mut known =
        Known { next_call: next_id(conn)?, open: vec![], call: None, agencies: vec![], twin: None, operator: None };
    match fact {
        Fact::CallStarted { number: Some(number), curator, .. } => {
            known.open = open_calls(conn, curator, digits(number))?;
            known.agencies = agencies_of_phone(conn, number.as_str())?;
            known.call = match id_of_key(conn, &hook_key(key))? {
                Some(id) => call(conn, id)?,
                None => None,
            };
        }
        Fact::ThemeGiven { number: Some(number), curator, .. } => {
            known.open = open_calls(conn, curator, digits(number))?;
            known.call = newest_call(conn, curator, digits(number))?;
        }
        Fact::CallEnded { number: Some(number), curator } => {
            known.open = open_calls(conn, curator, digits(number))?;
        }
        Fact::CallStarted { number: None, .. }
        | Fact::CallEnded { number: None, .. }
        | Fact::ThemeGiven { number: None, .. } => {}
        Fact::CallReported(reported) => {
            let key = feed_key(&reported.source_id);
            known.call = match id_of_key(conn, &key)? {
                Some(id) => call(conn, id)?,
                None => None,
            };
            if known.call.is_none() {
                known.twin = twin(conn, &key, reported, policy)?;
            }
        }
        Fact::CallWatched(dialog) => {
            let key = watched_key(dialog);
            known.operator = floor::name_of_login(conn, &dialog.login_id)?;
            known.call = match id_of_key(conn, &key)? {
                Some(id) => call(conn, id)?,
                None => None,
            };
            if let (None, Some(row)) = (&known.call, reported_of(dialog, known.operator.as_deref(), &policy.wrapup)) {
                known.twin = twin(conn, &key, &row, policy)?;
            }
        }
        Fact::EndNeverReported { call: id }
        | Fact::ThemeSet { call: id, .. }
        | Fact::CalledBack { call: id, .. }
        | Fact::AgencyFound { call: id, .. }
        | Fact::AgencyMissing { call: id, .. } => known.call = call(conn, *id)?,
    }
    Ok(known)
}

/// The call a source's key stands for: its own, or the one it was recognised as.
pub(super) fn id_of_key(conn: &Connection, key: &str) -> Result<Option<CallId>> {
    let own: Option<i64> = conn.prepare_cached(sql::ID_BY_KEY)?.query_row([key], |r| r.get(0)).optional()?;
    let id = match own {
        Some(id) => Some(id),
        None => conn.prepare_cached(sql::ID_BY_ALIAS)?.query_row([key], |r| r.get(0)).optional()?,
    };
    Ok(id.map(CallId))
}

/// The part of a key that names the source, with its stroke.
fn source_of(key: &str) -> &str {
    key.find('/').map_or(key, |end| &key[..=end])
}

fn call(conn: &Connection, id: CallId) -> Result<Option<OpenCall>> {
    conn.prepare_cached(sql::CALL_BY_ID)?.query_row([id.0], open_call).optional()
}

fn open_call(row: &Row<'_>) -> Result<OpenCall> {
    Ok(OpenCall {
        id: CallId(row.get(0)?),
        began: instant(1, row.get(1)?)?,
        state: if row.get(2)? { CallState::Ended } else { CallState::Open },
        theme: row.get(3)?,
        called_back: row.get(4)?,
        has_card: row.get(5)?,
    })
}

/// The operator a telephony id stands for: `Some(None)` for nobody, `None` for one who has never had a call.
fn operator_of(conn: &Connection, curator: &str) -> Result<Option<Option<i64>>> {
    match said(Some(curator), limit::NAME) {
        None => Ok(Some(None)),
        Some(name) => Ok(known_operator(conn, name)?.map(Some)),
    }
}

/// The newest call of an operator with a number, whether it goes on or not.
fn newest_call(conn: &Connection, curator: &str, digits: &str) -> Result<Option<OpenCall>> {
    let Some(operator) = operator_of(conn, curator)? else { return Ok(None) };
    conn.prepare_cached(sql::NEWEST_OF_OPERATOR)?.query_row(params![operator, backwards(digits)], open_call).optional()
}

fn open_calls(conn: &Connection, curator: &str, digits: &str) -> Result<Vec<OpenCall>> {
    let Some(operator) = operator_of(conn, curator)? else { return Ok(vec![]) };
    conn.prepare_cached(sql::OPEN_OF_OPERATOR)?.query_map(params![operator, backwards(digits)], open_call)?.collect()
}

fn twin(conn: &Connection, key: &str, reported: &ReportedCall, policy: &Policy) -> Result<Option<CallId>> {
    let Some(operator) = reported.operator.as_ref() else { return Ok(None) };
    let Some(operator) = catalogue::known_operator(conn, operator)? else { return Ok(None) };
    let Some(phone) = reported.telephone.as_ref() else { return Ok(None) };
    let Some(digits) = catalogue::digits_of(conn, phone)? else { return Ok(None) };
    let began: Instant = reported.datetime;
    let low = began.checked_sub(policy.same_call).unwrap_or(Instant::MIN).as_millisecond();
    let high = began.checked_add(policy.same_call).unwrap_or(Instant::MAX).as_millisecond();
    let source = source_of(key);
    conn.prepare_cached(sql::TWIN)?
        .query_row(params![backwards(&digits), low, high, operator, source, began.as_millisecond()], |r| r.get(0))
        .optional()
        .map(|id| id.map(CallId))
}

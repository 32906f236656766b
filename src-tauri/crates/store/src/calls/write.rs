//! Carries out what a decision says about calls.
//!
//! Deliberately not here: deciding it, and calls of the Moscow journal (`report`).

use pult_domain::{
    CallId, RecordId,
    areas::calls::{AgencyCard, Centre, Change, Lack, NewCall},
};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{Zones, backwards, centre_code, clip, digits, json_error, limit, report, said, sql};

/// Pages written by one step of merging: some milliseconds.
const MERGED_PAGES: i64 = 100;

/// The id the next call will get. Valid until the next call is written, so take it and use it in one transaction.
///
/// # Errors
/// The database's own.
pub fn next_id(conn: &Connection) -> Result<CallId> {
    conn.prepare_cached(sql::NEXT_ID)?.query_row([], |r| r.get(0)).map(CallId)
}

/// Merges pieces of the index of number parts, so that a search walks along few lists. A bounded part of the work; false when
/// nothing is left of it.
///
/// # Errors
/// The database's own.
pub fn merge_phone_parts(conn: &Connection) -> Result<bool> {
    let before = conn.total_changes();
    conn.prepare_cached(sql::MERGE_PHONES)?.execute([MERGED_PAGES])?;
    // The command itself counts as one change.
    Ok(conn.total_changes() - before > 1)
}

/// Carries out one change and says which call it touched; nothing when that call is gone.
///
/// `record` is the record a new call begins with.
///
/// # Errors
/// The database's own; the transaction it runs in should be rolled back then, for part of the change may be written.
pub fn apply(conn: &Connection, change: &Change, record: Option<RecordId>, zones: &Zones) -> Result<Option<CallId>> {
    match change {
        Change::Begin(call) => begin(conn, call, record, zones).map(Some),
        Change::End { call, at } => {
            let at = at.map(|at| at.as_millisecond());
            touched(*call, conn.prepare_cached(sql::END)?.execute(params![call.0, at])?)
        }
        Change::SetTheme { call, theme } => {
            let theme = said(Some(theme), limit::THEME);
            touched(*call, conn.prepare_cached(sql::SET_THEME)?.execute(params![call.0, theme])?)
        }
        Change::SetCalledBack { call, mark } => {
            let (by, at) = mark.as_ref().map(|(by, at)| (clip(by, limit::NAME), at.as_millisecond())).unzip();
            touched(*call, conn.prepare_cached(sql::SET_CALLED_BACK)?.execute(params![call.0, by, at])?)
        }
        Change::KeepCard { call, card } => keep_card(conn, *call, card),
        Change::NoCard { call, lack } => {
            touched(*call, conn.prepare_cached(sql::NO_CARD)?.execute(params![call.0, lack_word(*lack)])?)
        }
        Change::Report { call, source_key, reported } => {
            report::apply(conn, *call, source_key, reported, record, zones)
        }
    }
}

#[allow(clippy::unnecessary_wraps, reason = "closes every branch of `apply`")]
fn touched(call: CallId, rows: usize) -> Result<Option<CallId>> {
    Ok((rows > 0).then_some(call))
}

fn begin(conn: &Connection, call: &NewCall, record: Option<RecordId>, zones: &Zones) -> Result<CallId> {
    let phone = digits(&call.phone);
    conn.prepare_cached(sql::BEGIN)?.execute(params![
        call.id.0,
        call.source_key,
        centre_code(Centre::Vilnius),
        zones.day(Centre::Vilnius, call.at),
        call.at.as_millisecond(),
        phone,
        backwards(phone),
        operator_named(conn, Some(&call.curator))?,
        call.agency.0,
        said(Some(&call.region), limit::REGION),
        i64::from(call.card_asked),
        record.map(|r| r.0),
    ])?;
    Ok(call.id)
}

fn keep_card(conn: &Connection, call: CallId, card: &AgencyCard) -> Result<Option<CallId>> {
    let rows = conn.prepare_cached(sql::KEEP_CARD)?.execute(params![
        call.0,
        serde_json::to_string(card).map_err(json_error)?,
        card.agency_blacklist,
        said(card.agency_name.as_deref(), limit::AGENCY_NAME),
        said(card.agency_contact_person.as_deref(), limit::AGENCY_MANAGER),
    ])?;
    touched(call, rows)
}

/// The operator of this name, made known when new; nobody for an empty name.
pub(super) fn operator_named(conn: &Connection, name: Option<&str>) -> Result<Option<i64>> {
    let Some(name) = said(name, limit::NAME) else { return Ok(None) };
    if let Some(id) = known_operator(conn, name)? {
        return Ok(Some(id));
    }
    conn.prepare_cached(sql::ADD_OPERATOR)?.insert([name]).map(Some)
}

/// The operator of this name, when there is one.
pub(super) fn known_operator(conn: &Connection, name: &str) -> Result<Option<i64>> {
    conn.prepare_cached(sql::OPERATOR_BY_NAME)?.query_row([name], |r| r.get(0)).optional()
}

/// How a lack is written.
pub(super) fn lack_word(lack: Lack) -> &'static str {
    match lack {
        Lack::Unknown => "unknown",
        Lack::Refused => "refused",
        Lack::TooLate => "too_late",
    }
}

/// What a written lack means.
pub(super) fn lack_of(word: &str) -> Option<Lack> {
    [Lack::Unknown, Lack::Refused, Lack::TooLate].into_iter().find(|lack| lack_word(*lack) == word)
}

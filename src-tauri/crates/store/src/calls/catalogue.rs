//! Writes the Moscow centre's catalogue: rows its calls speak of, named by id, by name, or by both.
//!
//! What a later report does not mention stays as it was. A row named without an id is found by its name, else gets an id of our
//! own range, so that nothing is ever written half. Deliberately not here: the calls themselves (`report`) and reading (`legacy`).

use pult_domain::{
    PhoneNumber,
    areas::calls::{CallResultRow, Reference, ReportedAgency, ReportedPhone, ReportedProcessing},
};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{
    catalogue_sql::{self as sql, NamedTable},
    clip, digits, limit, said,
    write::{self, operator_named},
};

/// Ids of rows that came without one begin here: above any source's own, and far below what JavaScript counts exactly.
const OWN_IDS: i64 = 1_000_000_000_000;
/// An agency's telephones.
const TELEPHONES: usize = 7;
/// The calls to agencies that one enquiry may list.
const MOST_RESULTS: usize = 200;

/// The next id of our own range in a table, by the statement that reads its last id.
fn own_id(conn: &Connection, last: &str) -> Result<i64> {
    let last: Option<i64> = conn.prepare_cached(last)?.query_row([], |r| r.get(0))?;
    Ok(last.unwrap_or(0).max(OWN_IDS) + 1)
}

/// The operator a reference means, when we know them.
pub(super) fn known_operator(conn: &Connection, reference: &Reference) -> Result<Option<i64>> {
    if let Some(id) = reference.id {
        let known = conn.prepare_cached(sql::OPERATOR_BY_SOURCE)?.query_row([id], |r| r.get(0)).optional()?;
        if known.is_some() {
            return Ok(known);
        }
    }
    match said(reference.name.as_deref(), limit::NAME) {
        Some(name) => write::known_operator(conn, name),
        None => Ok(None),
    }
}

/// The operator a reference means, made known when new. Somebody with an id and no name yet is called by that id.
pub(super) fn operator(conn: &Connection, reference: &Reference) -> Result<Option<i64>> {
    let name = said(reference.name.as_deref(), limit::NAME);
    let Some(source) = reference.id else { return operator_named(conn, name) };
    let known: Option<i64> =
        conn.prepare_cached(sql::OPERATOR_BY_SOURCE)?.query_row([source], |r| r.get(0)).optional()?;
    let id = match (known, name) {
        (Some(id), None) => return Ok(Some(id)),
        (Some(id), Some(name)) => renamed(conn, id, name)?,
        (None, name) => {
            let Some(id) = operator_named(conn, Some(name.unwrap_or(&source.to_string())))? else { return Ok(None) };
            id
        }
    };
    if known != Some(id) {
        conn.prepare_cached(sql::KEEP_OPERATOR)?.execute(params![source, id])?;
    }
    Ok(Some(id))
}

/// Gives a known operator a new name; where somebody has that name already, or others share the old one, the source's id moves over.
fn renamed(conn: &Connection, id: i64, name: &str) -> Result<i64> {
    let current: String = conn.prepare_cached(sql::OPERATOR_NAME)?.query_row([id], |r| r.get(0))?;
    if current == name {
        return Ok(id);
    }
    if let Some(other) = write::known_operator(conn, name)? {
        return Ok(other);
    }
    let shared: i64 = conn.prepare_cached(sql::OPERATOR_SHARED)?.query_row([id], |r| r.get(0))?;
    if shared > 1 {
        return Ok(operator_named(conn, Some(name))?.unwrap_or(id));
    }
    conn.prepare_cached(sql::RENAME_OPERATOR)?.execute(params![id, name])?;
    Ok(id)
}

/// The id of a row of ids and names, written when it is new or its name is.
fn named(conn: &Connection, [keep, by_name, last]: NamedTable, reference: Option<&Reference>) -> Result<Option<i64>> {
    let Some(reference) = reference else { return Ok(None) };
    let name = said(reference.name.as_deref(), limit::TEXT);
    let id = match (reference.id, name) {
        (None, None) => return Ok(None),
        (Some(id), _) => id,
        (None, Some(name)) => {
            let known: Option<i64> = conn.prepare_cached(by_name)?.query_row([name], |r| r.get(0))?;
            match known {
                Some(id) => return Ok(Some(id)),
                None => own_id(conn, last)?,
            }
        }
    };
    conn.prepare_cached(keep)?.execute(params![id, name])?;
    Ok(Some(id))
}

/// The digits of a reported telephone, which may be known by its id alone.
pub(super) fn digits_of(conn: &Connection, phone: &ReportedPhone) -> Result<Option<String>> {
    let number = match (&phone.number, phone.id) {
        (Some(number), _) => Some(number.clone()),
        (None, Some(id)) => {
            conn.prepare_cached(sql::TELEPHONE_BY_ID)?.query_row([id], |r| r.get(0)).optional()?.flatten()
        }
        (None, None) => None,
    };
    Ok(number.as_deref().and_then(PhoneNumber::digits_of).map(|n| digits(&n).to_owned()))
}

/// Writes a telephone; one without an id is found by its digits.
pub(super) fn telephone(conn: &Connection, phone: &ReportedPhone) -> Result<Option<i64>> {
    let number = said(phone.number.as_deref(), limit::NAME);
    let digits = number.and_then(PhoneNumber::digits_of).map(|n| digits(&n).to_owned());
    let id = match (phone.id, &digits) {
        (Some(id), _) => id,
        (None, None) => return Ok(None),
        (None, Some(digits)) => {
            let known: Option<i64> =
                conn.prepare_cached(sql::TELEPHONE_BY_DIGITS)?.query_row([digits], |r| r.get(0))?;
            match known {
                Some(id) => id,
                None => own_id(conn, sql::LAST_TELEPHONE)?,
            }
        }
    };
    let comment = said(phone.comment.as_deref(), limit::TEXT);
    conn.prepare_cached(sql::KEEP_TELEPHONE)?.execute(params![id, number, digits, comment, phone.time_rezhim_id])?;
    Ok(Some(id))
}

/// Writes a card, the source's tie between a call and a telephone.
pub(super) fn card(conn: &Connection, id: i64, telephone: Option<i64>) -> Result<()> {
    conn.prepare_cached(sql::KEEP_CARD_ROW)?.execute(params![id, telephone]).map(drop)
}

/// Writes an enquiry with the calls made to agencies for it, and says its id. `current` is the enquiry the call has already.
pub(super) fn enquiry(
    conn: &Connection,
    current: Option<i64>,
    id: Option<i64>,
    reported: Option<&ReportedProcessing>,
    results: &[CallResultRow],
) -> Result<Option<i64>> {
    let none = ReportedProcessing::default();
    let id = match id.or_else(|| reported.and_then(|p| p.id)) {
        // Only an id: the row itself may come later, from this source or by import.
        Some(id) if reported.is_none() && results.is_empty() => return Ok(Some(id)),
        Some(id) => id,
        None if reported.is_none() && results.is_empty() => return Ok(current),
        None => match current {
            Some(id) => id,
            None => own_id(conn, sql::LAST_ENQUIRY)?,
        },
    };
    let reported = reported.unwrap_or(&none);
    let listed: Option<String> = conn.prepare_cached(sql::ENQUIRY_RESULTS)?.query_row([id], |r| r.get(0)).optional()?;
    let mut ids = ids_of(reported.calls_results_ids.as_deref().or(listed.as_deref()).unwrap_or_default());
    for result in results {
        let result = call_result(conn, result, &ids)?;
        if !ids.contains(&result) {
            ids.push(result);
        }
    }
    ids.truncate(MOST_RESULTS);
    let joined = ids.iter().map(i64::to_string).collect::<Vec<_>>().join("|");
    conn.prepare_cached(sql::KEEP_ENQUIRY)?.execute(params![
        id,
        joined,
        named(conn, sql::COUNTRY, reported.country.as_ref())?,
        named(conn, sql::METRO, reported.metro.as_ref())?,
        named(conn, sql::NAMES, reported.manager_name.as_ref())?,
        named(conn, sql::NAMES, reported.client_name.as_ref())?,
        named(conn, sql::CITY, reported.client_city.as_ref())?,
        named(conn, sql::ADS, reported.ads.as_ref())?,
    ])?;
    Ok(Some(id))
}

/// The ids in a list joined by `|`; what is not a number in it is left out.
pub(super) fn ids_of(joined: &str) -> Vec<i64> {
    joined.split('|').filter_map(|id| id.trim().parse().ok()).collect()
}

/// Writes a call to an agency; one without an id is the enquiry's call to that telephone at that instant, if there is such.
fn call_result(conn: &Connection, reported: &CallResultRow, listed: &[i64]) -> Result<i64> {
    let phone = match &reported.telephone {
        Some(phone) => telephone(conn, phone)?,
        None => None,
    };
    let at = reported.datetime.map(|at| at.as_millisecond());
    let id = match reported.id {
        Some(id) => id,
        None => match same_result(conn, listed, phone, at)? {
            Some(id) => id,
            None => own_id(conn, sql::LAST_RESULT)?,
        },
    };
    conn.prepare_cached(sql::KEEP_RESULT)?.execute(params![id, phone, reported.result, at])?;
    Ok(id)
}

fn same_result(conn: &Connection, listed: &[i64], phone: Option<i64>, at: Option<i64>) -> Result<Option<i64>> {
    let mut statement = conn.prepare_cached(sql::RESULT_BY_ID)?;
    for id in listed {
        let known: Option<(Option<i64>, Option<i64>)> =
            statement.query_row([id], |r| Ok((r.get(1)?, r.get(3)?))).optional()?;
        if known == Some((phone, at)) {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

/// Writes an agency of the Moscow centre and says its id; one with neither id nor name cannot be told from any other and is left out.
pub(crate) fn agency(conn: &Connection, reported: &ReportedAgency) -> Result<Option<i64>> {
    let name = said(reported.name.as_deref(), limit::AGENCY_NAME);
    let id = match (reported.id, name) {
        (Some(id), _) => id,
        (None, None) => return Ok(None),
        (None, Some(name)) => {
            let known: Option<i64> = conn.prepare_cached(sql::AGENCY_BY_NAME)?.query_row([name], |r| r.get(0))?;
            match known {
                Some(id) => id,
                None => own_id(conn, sql::LAST_AGENCY)?,
            }
        }
    };
    let mut phones = [None; TELEPHONES];
    for (place, phone) in phones.iter_mut().zip(&reported.telephones) {
        *place = telephone(conn, phone)?;
    }
    conn.prepare_cached(sql::KEEP_AGENCY)?.execute(params![
        id,
        name,
        said(reported.english_name.as_deref(), limit::AGENCY_NAME),
        said(reported.adres.as_deref(), limit::TEXT),
        said(reported.comment.as_deref(), limit::TEXT),
        phones[0],
        phones[1],
        phones[2],
        phones[3],
        phones[4],
        phones[5],
        phones[6],
        named(conn, sql::CITY, reported.city.as_ref())?,
        named(conn, sql::METRO, reported.metro.as_ref())?,
        named(conn, sql::DISTRICT, reported.district.as_ref())?,
        named(conn, sql::AREAS, reported.area.as_ref())?,
        named(conn, sql::REGIONS, reported.region.as_ref())?,
        reported.time_zone.as_deref().map(|t| clip(t, limit::NAME)),
        reported.time_rezhim_id,
        reported.english,
        reported.tickets,
        reported.station_not_set,
        reported.switch_msk_agency,
        reported.bank_card,
        reported.stambul,
        reported.austria,
        reported.hidden,
    ])?;
    Ok(Some(id))
}

/// Whether an agency of this id is known.
pub(crate) fn agency_is_known(conn: &Connection, id: i64) -> Result<bool> {
    conn.prepare_cached(sql::AGENCY_NAME)?.exists([id])
}

/// The name an agency has by now.
pub(super) fn agency_name(conn: &Connection, id: i64) -> Result<Option<String>> {
    conn.prepare_cached(sql::AGENCY_NAME)?.query_row([id], |r| r.get(0)).optional().map(Option::flatten)
}

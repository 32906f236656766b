//! Forgetting: one person's calls on request, and old calls when their time is over.
//!
//! Deliberately not here: when that is (configuration), and what inbox and journal keep of the same person (their files).

use std::collections::BTreeSet;

use jiff::civil::Date;
use pult_domain::{CallId, PhoneNumber};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{backwards, catalogue::ids_of, catalogue_sql, day_number, digits, sql};

/// How far apart the world's days begin, at the most, counted from UTC.
const FURTHEST_ZONE_MS: i64 = 14 * 3_600_000;

/// What was forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// Calls that no longer say who called.
    pub calls: Vec<CallId>,
    /// Calls of others without their theme, which named the number.
    pub themes: usize,
    /// Telephones of the catalogue without their number now.
    pub telephones: usize,
    /// Enquiries deleted with the client's name.
    pub enquiries: usize,
    /// Telephones of agencies with this very number, which stay.
    pub kept: usize,
}

/// Forgets the person behind a number: the calls stay as numbers in the totals, without telephone, theme, card or enquiry.
/// A telephone that belongs to an agency stays; it is the agency's. `names` says whether a theme names the number.
///
/// # Errors
/// The database's own.
pub fn erase_phone(conn: &Connection, phone: &PhoneNumber, names: impl Fn(&str) -> bool) -> Result<Erased> {
    let mut erased = Erased::default();
    let mut enquiries = BTreeSet::new();
    let calls: Vec<(i64, Option<i64>)> = conn
        .prepare_cached(sql::CALLS_OF_NUMBER)?
        .query_map([backwards(digits(phone))], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<Result<_>>()?;
    for (id, enquiry) in calls {
        conn.prepare_cached(sql::FORGET_CALLER)?.execute(params![id, digits(phone)])?;
        conn.prepare_cached(sql::FORGET_ALIASES)?.execute(params![id, digits(phone)])?;
        erased.calls.push(CallId(id));
        enquiries.extend(enquiry);
    }
    for enquiry in enquiries {
        erased.enquiries += usize::from(erase_enquiry(conn, enquiry)?);
    }
    let telephones: Vec<i64> = conn
        .prepare_cached(catalogue_sql::TELEPHONES_OF_NUMBER)?
        .query_map([digits(phone)], |r| r.get(0))?
        .collect::<Result<_>>()?;
    for id in telephones {
        let of_agency: bool =
            conn.prepare_cached(catalogue_sql::AGENCY_HAS_TELEPHONE)?.query_row([id], |r| r.get(0))?;
        if of_agency {
            erased.kept += 1;
        } else {
            erased.telephones += conn.prepare_cached(catalogue_sql::FORGET_TELEPHONE)?.execute([id])?;
        }
    }
    let themes: Vec<String> =
        conn.prepare_cached(sql::EVERY_THEME)?.query_map([], |r| r.get(0))?.collect::<Result<_>>()?;
    for theme in themes.iter().filter(|theme| names(theme)) {
        erased.themes += conn.prepare_cached(sql::FORGET_THEME)?.execute([theme])?;
    }
    let imported: u32 = conn.prepare_cached(sql::AGENCY_PHONES)?.query_row([digits(phone)], |r| r.get(0))?;
    erased.kept += imported as usize;
    Ok(erased)
}

/// Deletes an enquiry no call speaks of any more, the calls made for it, and the client's name where nobody else has it.
fn erase_enquiry(conn: &Connection, id: i64) -> Result<bool> {
    if conn.prepare_cached(catalogue_sql::ENQUIRY_USED)?.query_row([id], |r| r.get(0))? {
        return Ok(false);
    }
    let results: Option<String> =
        conn.prepare_cached(catalogue_sql::ENQUIRY_RESULTS)?.query_row([id], |r| r.get(0)).optional()?;
    for result in ids_of(&results.unwrap_or_default()) {
        conn.prepare_cached(catalogue_sql::DELETE_RESULT)?.execute([result])?;
    }
    let client: Option<i64> =
        conn.prepare_cached(catalogue_sql::CLIENT_OF_ENQUIRY)?.query_row([id], |r| r.get(0)).optional()?.flatten();
    let deleted = conn.prepare_cached(catalogue_sql::DELETE_ENQUIRY)?.execute([id])? > 0;
    if let Some(client) = client {
        let used: bool = conn.prepare_cached(catalogue_sql::NAME_USED)?.query_row([client], |r| r.get(0))?;
        if !used {
            conn.prepare_cached(catalogue_sql::DELETE_NAME)?.execute([client])?;
        }
    }
    Ok(deleted)
}

/// Deletes at most `most` calls of days before `day`, the oldest first, and says how many. The totals of those days stay.
///
/// # Errors
/// The database's own.
pub fn delete_before(conn: &Connection, day: Date, most: usize) -> Result<usize> {
    let midnight = day.to_zoned(jiff::tz::TimeZone::UTC).map_or(i64::MAX, |z| z.timestamp().as_millisecond());
    let latest = midnight.saturating_add(FURTHEST_ZONE_MS);
    conn.prepare_cached(sql::DELETE_BEFORE)?.execute(params![latest, day_number(day), most as i64])
}

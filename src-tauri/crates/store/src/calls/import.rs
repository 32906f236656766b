//! Rows of the previous systems, written by the importer in transactions of its own. The same row again is an update.
//!
//! Deliberately not here: reading files and judging their rows (the importer's).

use pult_domain::{
    AgencyId, CallId, Instant, PhoneNumber,
    areas::calls::{Centre, ReportedCall},
};
use rusqlite::{Connection, Result, params};

use super::{
    Zones, backwards, catalogue_sql, centre_code, digits, known::id_of_key, limit, report, said, sql,
    write::operator_named,
};

/// What became of an imported row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It is new.
    Added,
    /// It was known by its key and is as imported now.
    Updated,
}

/// A row of `T_CALL_INFO`, its times already in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field is the column of the same name in behaviour/helpdesk 2.3")]
pub struct HistoryRow {
    pub call_info_id: i64,
    pub time_begin: Instant,
    pub time_end: Option<Instant>,
    pub agency_id: Option<AgencyId>,
    pub phone_number: Option<String>,
    pub currator: Option<String>,
    pub theme: Option<String>,
    pub region: Option<String>,
    pub agency_manager: Option<String>,
    pub agency_name: Option<String>,
}

/// Writes one call of the old Vilnius journal. It gets an id of this journal; its old one is its key.
///
/// An end that is its beginning was never written (behaviour/helpdesk 12.8), so such a call ends unknown.
///
/// # Errors
/// The database's own.
pub fn import_history(conn: &Connection, row: &HistoryRow, zones: &Zones) -> Result<Imported> {
    let key = format!("call_info/{}", row.call_info_id);
    let known = id_of_key(conn, &key)?;
    let number = row.phone_number.as_deref().and_then(PhoneNumber::digits_of);
    let phone = number.as_ref().map(digits);
    let ended = row.time_end.filter(|end| *end > row.time_begin).map(|end| end.as_millisecond());
    conn.prepare_cached(sql::IMPORT_CALL)?.execute(params![
        known.map(|id| id.0),
        key,
        centre_code(Centre::Vilnius),
        zones.day(Centre::Vilnius, row.time_begin),
        row.time_begin.as_millisecond(),
        ended,
        phone,
        phone.map(backwards),
        said(row.phone_number.as_deref(), limit::NAME).filter(|_| phone.is_none()),
        operator_named(conn, row.currator.as_deref())?,
        said(row.theme.as_deref(), limit::THEME),
        row.agency_id.map(|a| a.0),
        said(row.agency_name.as_deref(), limit::AGENCY_NAME),
        said(row.agency_manager.as_deref(), limit::AGENCY_MANAGER),
        said(row.region.as_deref(), limit::REGION),
    ])?;
    Ok(if known.is_some() { Imported::Updated } else { Imported::Added })
}

/// Writes one call of the old Moscow journal under the given key, for instance `calls/4711`.
///
/// # Errors
/// The database's own.
pub fn import_reported(
    conn: &Connection,
    source_key: &str,
    reported: &ReportedCall,
    zones: &Zones,
) -> Result<(CallId, Imported)> {
    let known = id_of_key(conn, source_key)?;
    let written = report::apply(conn, known, source_key, reported, None, zones)?;
    let outcome = if known.is_some() { Imported::Updated } else { Imported::Added };
    // The row was found a moment ago in the same transaction, so it is there.
    written.map(|id| (id, outcome)).ok_or(rusqlite::Error::QueryReturnedNoRows)
}

/// A row of `time_rezhim`: from and to (`HH:MM`) for each day from Monday on; a day off has neither.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The source's id.
    pub id: i64,
    /// Monday to Sunday.
    pub days: [Option<(String, String)>; 7],
}

/// Writes the hours at which telephones are answered.
///
/// # Errors
/// The database's own.
pub fn import_schedule(conn: &Connection, schedule: &Schedule) -> Result<()> {
    let mut statement = conn.prepare_cached(catalogue_sql::KEEP_SCHEDULE)?;
    statement.raw_bind_parameter(1, schedule.id)?;
    for (n, day) in schedule.days.iter().enumerate() {
        let (from, to) = day.as_ref().map(|(from, to)| (from.as_str(), to.as_str())).unzip();
        statement.raw_bind_parameter(2 + n * 2, from)?;
        statement.raw_bind_parameter(3 + n * 2, to)?;
    }
    statement.raw_execute().map(drop)
}

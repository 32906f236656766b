//! Agencies on their own: who owns a number, the Moscow centre's catalogue for reading.
//!
//! Deliberately not here: writing the catalogue from reported calls (`calls::catalogue`).

use pult_domain::AgencyId;
use rusqlite::{Connection, Result};

use crate::calls::catalogue_sql as sql;

/// Agencies that own a number, compared digit by digit, each once, the largest id first.
///
/// # Errors
/// The database's own.
pub fn agencies_of_phone(conn: &Connection, digits: &str) -> Result<Vec<AgencyId>> {
    conn.prepare_cached(sql::AGENCIES_OF_PHONE)?.query_map([digits], |r| r.get(0).map(AgencyId))?.collect()
}

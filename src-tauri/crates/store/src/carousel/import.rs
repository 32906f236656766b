//! Rows of the program before, and of files: services, people and days away (behaviour/carousel 3).
//!
//! Deliberately not here: reading files, and the service desk's own catalogue (a decision like any other).

use pult_domain::{EmployeeId, Instant, ServiceId, areas::carousel::Absence};
use rusqlite::{Connection, params};

use super::sql;
use crate::{StoreError, calls::Imported, millis};

/// A row of `DESK_SERVICES`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceImport {
    /// The service desk's number.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// Its name with those above it.
    pub fullname: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether its tickets go round.
    pub enabled: bool,
    /// Who was given the last ticket.
    pub last: Option<EmployeeId>,
}

/// A row of `DESK_USERS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmployeeImport {
    /// The service desk's number.
    pub id: EmployeeId,
    /// The name.
    pub name: String,
    /// Address.
    pub email: Option<String>,
    /// Name for signing in there.
    pub username: Option<String>,
    /// Whether on the carousel.
    pub enabled: bool,
    /// The pair of days of the program before; replaces the one imported earlier.
    pub off: Option<Absence>,
}

/// Keeps a service as a file has it, its switch and its turn as well.
///
/// # Errors
/// When it cannot be written.
pub fn import_service(connection: &Connection, row: &ServiceImport, at: Instant) -> Result<Imported, StoreError> {
    let there = connection.prepare_cached(sql::SERVICE)?.exists([row.id.0])?;
    let mut keep = connection.prepare_cached(sql::OFFERING_KEEP)?;
    keep.execute(params![row.id.0, row.name, row.fullname, row.description, millis(at)])?;
    connection.prepare_cached(sql::SWITCH_SERVICE)?.execute(params![row.id.0, row.enabled])?;
    if let Some(last) = row.last {
        connection.prepare_cached(sql::TURN)?.execute(params![row.id.0, last.0])?;
    }
    Ok(if there { Imported::Updated } else { Imported::Added })
}

/// Keeps somebody as a file has them, with the switch and the pair of days away.
///
/// # Errors
/// When it cannot be written.
pub fn import_employee(connection: &Connection, row: &EmployeeImport, at: Instant) -> Result<Imported, StoreError> {
    let there = connection.prepare_cached(sql::PERSON)?.exists([row.id.0])?;
    let nothing: Option<String> = None;
    let values = params![row.id.0, row.name, nothing, nothing, nothing, row.email, row.username, millis(at)];
    connection.prepare_cached(sql::EMPLOYEE_KEEP)?.execute(values)?;
    connection.prepare_cached(sql::SWITCH_PERSON)?.execute(params![row.id.0, row.enabled])?;
    connection.prepare_cached(sql::PAIR_DROP)?.execute([row.id.0])?;
    if let Some(off) = &row.off {
        super::write::keep(connection, row.id, off)?;
    }
    Ok(if there { Imported::Updated } else { Imported::Added })
}

/// Keeps days away as a file has them; the same days again are known.
///
/// # Errors
/// When it cannot be written, or nobody has that number.
pub fn import_absence(connection: &Connection, person: EmployeeId, absence: &Absence) -> Result<Imported, StoreError> {
    let half = absence.half.as_ref().map(AsRef::as_ref);
    let same = params![person.0, absence.start.to_string(), absence.end.to_string(), half, absence.rrule];
    if connection.prepare_cached(sql::ABSENCE_SAME)?.exists(same)? {
        return Ok(Imported::Updated);
    }
    super::write::keep(connection, person, absence)?;
    Ok(Imported::Added)
}

//! Rows of the program before, and of files: services, people and days away (behaviour/carousel 3).
//!
//! Deliberately not here: reading files, whole lists of a service desk that names none (a difference like any other), and its own
//! catalogue (a decision like any other).

use pult_domain::{
    EmployeeId, Instant, ServiceId,
    areas::carousel::{Absence, Employee, Offering},
};
use rusqlite::{Connection, params};

use super::sql;
use crate::{StoreError, calls::Imported, millis};

/// A row of `DESK_SERVICES`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceImport {
    /// The service desk's number.
    pub id: ServiceId,
    /// Its words.
    pub offering: Offering,
    /// Whether its tickets go round; as it was where the file does not say, and a new one off.
    pub enabled: Option<bool>,
    /// Who was given the last ticket; as it was where the file does not say.
    pub last: Option<EmployeeId>,
}

/// A row of `DESK_USERS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmployeeImport {
    /// The service desk's number.
    pub id: EmployeeId,
    /// The words.
    pub employee: Employee,
    /// Whether on the carousel; as it was where the file does not say, and somebody new is not.
    pub enabled: Option<bool>,
    /// The pair of days of the program before, which replaces the one imported earlier; left alone where the file has no such
    /// columns.
    pub off: Option<Option<Absence>>,
}

/// Keeps a service as a file has it.
///
/// # Errors
/// When it cannot be written.
pub fn import_service(connection: &Connection, row: &ServiceImport, at: Instant) -> Result<Imported, StoreError> {
    let there = connection.prepare_cached(sql::SERVICE)?.exists([row.id.0])?;
    let Offering { name, fullname, description } = &row.offering;
    let mut keep = connection.prepare_cached(sql::OFFERING_KEEP)?;
    keep.execute(params![row.id.0, name, fullname, description, millis(at)])?;
    settle_service(connection, row)?;
    Ok(if there { Imported::Updated } else { Imported::Added })
}

/// Sets the switch and the turn of a service that is there, where its row says them.
///
/// # Errors
/// When it cannot be written.
pub fn settle_service(connection: &Connection, row: &ServiceImport) -> Result<(), StoreError> {
    if let Some(enabled) = row.enabled {
        connection.prepare_cached(sql::SWITCH_SERVICE)?.execute(params![row.id.0, enabled])?;
    }
    if let Some(last) = row.last {
        connection.prepare_cached(sql::TURN)?.execute(params![row.id.0, last.0])?;
    }
    Ok(())
}

/// Keeps somebody as a file has them.
///
/// # Errors
/// When it cannot be written.
pub fn import_employee(connection: &Connection, row: &EmployeeImport, at: Instant) -> Result<Imported, StoreError> {
    let there = connection.prepare_cached(sql::PERSON)?.exists([row.id.0])?;
    let Employee { name, firstname, lastname, middlename, email, username } = &row.employee;
    let values = params![row.id.0, name, firstname, lastname, middlename, email, username, millis(at)];
    connection.prepare_cached(sql::EMPLOYEE_KEEP)?.execute(values)?;
    settle_employee(connection, row)?;
    Ok(if there { Imported::Updated } else { Imported::Added })
}

/// Sets the switch and the pair of days away of somebody who is there, where their row says them.
///
/// # Errors
/// When it cannot be written.
pub fn settle_employee(connection: &Connection, row: &EmployeeImport) -> Result<(), StoreError> {
    if let Some(enabled) = row.enabled {
        connection.prepare_cached(sql::SWITCH_PERSON)?.execute(params![row.id.0, enabled])?;
    }
    if let Some(off) = &row.off {
        connection.prepare_cached(sql::PAIR_DROP)?.execute([row.id.0])?;
        if let Some(off) = off {
            super::write::keep(connection, row.id, off)?;
        }
    }
    Ok(())
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

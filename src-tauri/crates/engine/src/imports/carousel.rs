//! Rows of the carousel: services and people with their switches, and days away (behaviour/carousel 3).
//!
//! Deliberately not here: the service desk's own catalogue, which is read from it.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use pult_domain::{
    AbsenceId, EmployeeId, Instant, ServiceId,
    areas::carousel::{Absence, Source},
};
use pult_store::{
    Connection, StoreError,
    calls::Imported,
    carousel::{EmployeeImport, ServiceImport, import_absence, import_employee, import_service},
};

use super::{
    Rows, Written,
    cells::{Cells, whole},
    dates,
};

/// The day that stands for "never away" in the program before.
const NEVER: Date = date(2000, 1, 1);

/// Rows of `DESK_SERVICES`.
pub(super) struct Services {
    /// When they are imported.
    pub(super) at: Instant,
}

/// Rows of `DESK_USERS`.
pub(super) struct People {
    /// When they are imported.
    pub(super) at: Instant,
}

/// Days away: person, first and last day, half, rule.
pub(super) struct Absences {
    /// Everybody there is: a row of somebody else is rejected when it is read.
    pub(super) people: BTreeSet<EmployeeId>,
}

impl Rows for Services {
    type Row = ServiceImport;

    fn needs(&self) -> &'static [&'static str] {
        &["ID", "NAME", "ENABLED"]
    }

    fn read(&self, cells: &Cells<'_>) -> Result<ServiceImport, String> {
        let last = cells.said("LAST_USER_ID")?.map(|text| whole("LAST_USER_ID", &text)).transpose()?;
        Ok(ServiceImport {
            id: ServiceId(number(cells, "ID")?),
            name: cells.required("NAME")?,
            fullname: cells.said("FULLNAME")?,
            description: cells.said("DESCRIPTION")?,
            enabled: switch(cells)?,
            last: last.filter(|last| *last > 0).map(EmployeeId),
        })
    }

    fn write(&self, connection: &Connection, row: &ServiceImport) -> Result<Written, StoreError> {
        Ok(written(import_service(connection, row, self.at)?))
    }
}

impl Rows for People {
    type Row = EmployeeImport;

    fn needs(&self) -> &'static [&'static str] {
        &["ID", "NAME", "ENABLED"]
    }

    fn read(&self, cells: &Cells<'_>) -> Result<EmployeeImport, String> {
        Ok(EmployeeImport {
            id: EmployeeId(number(cells, "ID")?),
            name: cells.required("NAME")?,
            email: cells.said("EMAIL")?,
            username: cells.said("USERNAME")?,
            enabled: switch(cells)?,
            off: pair(cells)?,
        })
    }

    fn write(&self, connection: &Connection, row: &EmployeeImport) -> Result<Written, StoreError> {
        Ok(written(import_employee(connection, row, self.at)?))
    }
}

impl Rows for Absences {
    type Row = (EmployeeId, Absence);

    fn needs(&self) -> &'static [&'static str] {
        &["USER_ID", "START", "END"]
    }

    fn read(&self, cells: &Cells<'_>) -> Result<Self::Row, String> {
        let half = match cells.said("HALF")? {
            None => None,
            Some(word) => Some(word.to_lowercase().parse().map_err(|_| "HALF: first or second".to_owned())?),
        };
        let start = dates::day("START", &cells.required("START")?)?;
        let end = dates::day("END", &cells.required("END")?)?;
        let absence = Absence { half, rrule: cells.said("RRULE")?, ..whole_days(start, end) };
        absence.check().map_err(|error| format!("START, END, RRULE: {error}"))?;
        let person = EmployeeId(number(cells, "USER_ID")?);
        if !self.people.contains(&person) {
            return Err("USER_ID: nobody has this number; read the catalogue of the service desk first".to_owned());
        }
        Ok((person, absence))
    }

    fn write(&self, connection: &Connection, (person, absence): &Self::Row) -> Result<Written, StoreError> {
        Ok(written(import_absence(connection, *person, absence)?))
    }
}

fn number(cells: &Cells<'_>, column: &str) -> Result<i64, String> {
    let number = cells.whole(column)?;
    if number > 0 { Ok(number) } else { Err(format!("{column}: 1 or more")) }
}

fn switch(cells: &Cells<'_>) -> Result<bool, String> {
    match cells.required("ENABLED")?.as_str() {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err("ENABLED: 0 or 1".to_owned()),
    }
}

/// The pair of days of the program before: the default pair, and one without an end, are no absence.
fn pair(cells: &Cells<'_>) -> Result<Option<Absence>, String> {
    let day = |column: &str| {
        let text = cells.said(column)?;
        // A time of day was of no meaning there.
        text.map(|text| dates::day(column, text.split([' ', 'T']).next().unwrap_or(&text))).transpose()
    };
    let (Some(start), Some(end)) = (day("OFF_START_DATE")?, day("OFF_END_DATE")?) else { return Ok(None) };
    // One that ends before it begins never kept anybody away.
    Ok((end >= start && (start, end) != (NEVER, NEVER)).then(|| whole_days(start, end)))
}

fn whole_days(start: Date, end: Date) -> Absence {
    Absence { id: AbsenceId(0), start, end, half: None, rrule: None, source: Source::Import }
}

fn written(imported: Imported) -> Written {
    match imported {
        Imported::Added => Written::Added,
        Imported::Updated => Written::Changed,
    }
}

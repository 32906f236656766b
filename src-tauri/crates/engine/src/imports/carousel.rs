//! Rows of the carousel: services and people with their switches, groups, who is in them, what they serve, and days away
//! (behaviour/carousel 3).
//!
//! Deliberately not here: lists as wholes (`desk_lists`), and the catalogue that a service desk tells itself.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use pult_domain::{
    AbsenceId, EmployeeId, GroupId, Instant, ServiceId,
    areas::carousel::{Absence, Employee, Group, Offering, Source},
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
/// The longest name or description, characters.
const TEXT: usize = 2_000;

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
        NAMED
    }

    fn read(&self, cells: &Cells<'_>) -> Result<ServiceImport, String> {
        service(cells)
    }

    fn key(&self, row: &ServiceImport) -> String {
        row.id.0.to_string()
    }

    fn write(&self, connection: &Connection, row: &ServiceImport) -> Result<Written, StoreError> {
        Ok(written(import_service(connection, row, self.at)?))
    }
}

impl Rows for People {
    type Row = EmployeeImport;

    fn needs(&self) -> &'static [&'static str] {
        NAMED
    }

    fn read(&self, cells: &Cells<'_>) -> Result<EmployeeImport, String> {
        employee(cells)
    }

    fn key(&self, row: &EmployeeImport) -> String {
        row.id.0.to_string()
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

    fn key(&self, (person, absence): &Self::Row) -> String {
        format!("{} {} {} {:?} {:?}", person.0, absence.start, absence.end, absence.half, absence.rrule)
    }

    fn write(&self, connection: &Connection, (person, absence): &Self::Row) -> Result<Written, StoreError> {
        Ok(written(import_absence(connection, *person, absence)?))
    }
}

/// Columns of whatever has a number and a name.
pub(super) const NAMED: &[&str] = &["ID", "NAME"];

/// A row of `DESK_SERVICES`; switch and turn may be absent.
pub(super) fn service(cells: &Cells<'_>) -> Result<ServiceImport, String> {
    let last = cells.said("LAST_USER_ID")?.map(|text| whole("LAST_USER_ID", &text)).transpose()?;
    let (fullname, description) = (said(cells, "FULLNAME")?, said(cells, "DESCRIPTION")?);
    Ok(ServiceImport {
        id: ServiceId(number(cells, "ID")?),
        offering: Offering { name: name(cells)?, fullname, description },
        enabled: switch(cells)?,
        last: last.filter(|last| *last > 0).map(EmployeeId),
    })
}

/// A row of `DESK_USERS`; switch and days away may be absent.
pub(super) fn employee(cells: &Cells<'_>) -> Result<EmployeeImport, String> {
    let employee = Employee {
        name: name(cells)?,
        firstname: said(cells, "FIRSTNAME")?,
        lastname: said(cells, "LASTNAME")?,
        middlename: said(cells, "MIDDLENAME")?,
        email: said(cells, "EMAIL")?,
        username: said(cells, "USERNAME")?,
    };
    Ok(EmployeeImport { id: EmployeeId(number(cells, "ID")?), employee, enabled: switch(cells)?, off: pair(cells)? })
}

/// A row of `DESK_USERGROUPS`.
pub(super) fn group(cells: &Cells<'_>) -> Result<(GroupId, Group), String> {
    let group = Group { name: name(cells)?, description: said(cells, "DESCRIPTION")? };
    Ok((GroupId(number(cells, "ID")?), group))
}

/// A row of `DESK_USER_GROUP_BINDS`.
pub(super) fn member(cells: &Cells<'_>) -> Result<(GroupId, EmployeeId), String> {
    Ok((GroupId(number(cells, "USERGROUPID")?), EmployeeId(number(cells, "USERID")?)))
}

/// A row of `DESK_SERVICE_USERGROUP_BINDS`.
pub(super) fn binding(cells: &Cells<'_>) -> Result<(ServiceId, GroupId), String> {
    Ok((ServiceId(number(cells, "SERVICE_ID")?), GroupId(number(cells, "USERGROUP_ID")?)))
}

fn number(cells: &Cells<'_>, column: &str) -> Result<i64, String> {
    let number = cells.whole(column)?;
    if number > 0 { Ok(number) } else { Err(format!("{column}: 1 or more")) }
}

fn said(cells: &Cells<'_>, column: &str) -> Result<Option<String>, String> {
    match cells.said(column)? {
        Some(text) if text.chars().count() > TEXT => Err(format!("{column}: longer than {TEXT} characters")),
        text => Ok(text),
    }
}

fn name(cells: &Cells<'_>) -> Result<String, String> {
    said(cells, "NAME")?.ok_or_else(|| "NAME: required".to_owned())
}

fn switch(cells: &Cells<'_>) -> Result<Option<bool>, String> {
    match cells.cell("ENABLED")?.as_deref() {
        None => Ok(None),
        Some("1" | "true") => Ok(Some(true)),
        Some("0" | "false") => Ok(Some(false)),
        Some(_) => Err("ENABLED: 0 or 1".to_owned()),
    }
}

/// The pair of days of the program before, where there are such columns: the default pair, and one without an end, are no absence.
fn pair(cells: &Cells<'_>) -> Result<Option<Option<Absence>>, String> {
    let (start, end) = (cells.cell("OFF_START_DATE")?, cells.cell("OFF_END_DATE")?);
    if start.is_none() && end.is_none() {
        return Ok(None);
    }
    let day = |column: &str, text: Option<String>| {
        let text = text.filter(|text| !text.is_empty());
        // A time of day was of no meaning there.
        text.map(|text| dates::day(column, text.split([' ', 'T']).next().unwrap_or(&text))).transpose()
    };
    let (start, end) = (day("OFF_START_DATE", start)?, day("OFF_END_DATE", end)?);
    let days = start.zip(end);
    // One that ends before it begins never kept anybody away.
    let kept = days.filter(|(start, end)| end >= start && (*start, *end) != (NEVER, NEVER));
    Ok(Some(kept.map(|(start, end)| whole_days(start, end))))
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

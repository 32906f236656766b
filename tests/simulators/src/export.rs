//! Files for Pult's imports, out of the same catalogue and the same generators as everything else: phones of agencies,
//! staff, and some past calls of Vilnius. Columns are those of the contracts; there is no password column anywhere.

use std::{collections::HashMap, io, path::Path};

use jiff::{Span, Timestamp, tz::TimeZone};

use crate::{
    catalogue::{self, Agency, CURATORS, OPERATORS, Person, SUPERVISORS},
    intradesk::world::World,
    telephony::{
        arrivals::{Profile, later, written},
        vilnius::{self, Caller},
    },
};

/// What is written.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Decides the past calls.
    pub seed: u64,
    /// The past calls begin so many days before `until`.
    pub days: u16,
    /// The past calls end here.
    pub until: Timestamp,
}

/// Rows written to each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// `agency_phone.csv`
    pub phones: usize,
    /// `staff.csv`
    pub staff: usize,
    /// `history.csv`
    pub calls: usize,
    /// `carousel_services.csv`
    pub services: usize,
    /// `carousel_people.csv`
    pub executors: usize,
}

/// Why the files could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder or a file refuses.
    #[error("cannot write the demo files: {0}")]
    Io(#[from] io::Error),
    /// A row refuses.
    #[error("cannot write the demo files: {0}")]
    Csv(#[from] csv::Error),
    /// The machine has no time zone database.
    #[error("the time zone of Vilnius is not known here: {0}")]
    Zone(#[from] jiff::Error),
}

/// Writes `agency_phone.csv`, `staff.csv`, `history.csv`, `carousel_services.csv` and `carousel_people.csv` into `folder`, which is made
/// if it is not there.
///
/// # Errors
/// A file cannot be written, or the time zone is not known.
pub fn write(demo: &Demo, folder: &Path) -> Result<Written, ExportError> {
    std::fs::create_dir_all(folder)?;
    let agencies = catalogue::agencies();
    Ok(Written {
        phones: phones(&agencies, &folder.join("agency_phone.csv"))?,
        staff: staff(&folder.join("staff.csv"))?,
        calls: history(demo, &agencies, &folder.join("history.csv"))?,
        services: services(&folder.join("carousel_services.csv"))?,
        executors: executors(demo, &folder.join("carousel_people.csv"))?,
    })
}

/// Services of the simulated tenant, all but the last one on the carousel.
fn services(path: &Path) -> Result<usize, ExportError> {
    let world = World::demo(Timestamp::UNIX_EPOCH);
    let last = world.services.keys().next_back().copied();
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(["ID", "NAME", "ENABLED"])?;
    for (id, service) in &world.services {
        let enabled = if Some(*id) == last { "0" } else { "1" };
        file.write_record([id.to_string().as_str(), &service.name, enabled])?;
    }
    file.flush()?;
    Ok(world.services.len())
}

/// Its people, all on the carousel, the second one away for a week.
fn executors(demo: &Demo, path: &Path) -> Result<usize, ExportError> {
    let world = World::demo(Timestamp::UNIX_EPOCH);
    let today = demo.until.to_zoned(TimeZone::get("Europe/Moscow")?).date();
    let week = [today.to_string(), today.saturating_add(Span::new().days(6)).to_string()];
    let never = ["2000-01-01".to_owned(), "2000-01-01".to_owned()];
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(["ID", "NAME", "ENABLED", "OFF_START_DATE", "OFF_END_DATE", "EMAIL"])?;
    let employees: Vec<_> = world.people.values().filter(|person| !person.client).collect();
    for (place, person) in employees.iter().enumerate() {
        let [start, end] = if place == 1 { &week } else { &never };
        file.write_record([person.id.to_string().as_str(), &person.name(), "1", start, end, &person.email])?;
    }
    file.flush()?;
    Ok(employees.len())
}

fn phones(agencies: &[Agency], path: &Path) -> Result<usize, ExportError> {
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(["AGENCY_ID", "AGENCY_PHONE"])?;
    let mut rows = 0;
    for agency in agencies {
        for contact in &agency.contacts {
            file.write_record([agency.id.to_string().as_str(), &contact.phone])?;
            rows += 1;
        }
    }
    file.flush()?;
    Ok(rows)
}

fn staff(path: &Path) -> Result<usize, ExportError> {
    const BLOCKED: &str = "Заблокированный сотрудник";
    let mut file = csv::Writer::from_path(path)?;
    file.write_record([
        "login",
        "full_name",
        "email",
        "office",
        "department",
        "position",
        "phone",
        "auth_period_type",
        "vpn",
        "vpn_end_date",
    ])?;
    let mut rows = 0;
    let centres: [(&[Person], &str, &str); 3] = [
        (&CURATORS, "Вильнюс", "Контакт-центр Вильнюс"),
        (&OPERATORS, "Москва", "Контакт-центр Москва"),
        (&SUPERVISORS, "Москва", "Супервайзеры"),
    ];
    for (people, office, department) in centres {
        for person in people {
            let blocked = SUPERVISORS.last().is_some_and(|last| last.login == person.login);
            file.write_record([
                person.login,
                &person.name.to_uppercase(),
                &format!("{}@example.com", person.login),
                office,
                department,
                person.position,
                person.extension,
                if blocked { BLOCKED } else { "Постоянный" },
                if person.extension.ends_with('1') { "1" } else { "0" },
                "",
            ])?;
            rows += 1;
        }
    }
    file.flush()?;
    Ok(rows)
}

fn history(demo: &Demo, agencies: &[Agency], path: &Path) -> Result<usize, ExportError> {
    let zone = TimeZone::get(vilnius::ZONE)?;
    let by_id: HashMap<u32, &Agency> = agencies.iter().map(|agency| (agency.id, agency)).collect();
    // Of the owners of one number the largest id is looked up, so that one is written here too.
    let owner: HashMap<&str, u32> = agencies
        .iter()
        .flat_map(|agency| agency.contacts.iter().map(|contact| (contact.phone.as_str(), agency.id)))
        .collect();
    let start = demo.until.to_zoned(zone.clone()).saturating_sub(Span::new().days(demo.days)).timestamp();
    let plan = vilnius::Plan { seed: demo.seed, profile: Profile::office(22.0) };
    let mut file = csv::Writer::from_path(path)?;
    file.write_record([
        "CALL_INFO_ID",
        "TIME_BEGIN",
        "TIME_END",
        "AGENCY_ID",
        "PHONE_NUMBER",
        "CURRATOR",
        "THEME",
        "REGION",
        "AGENCY_MANAGER",
        "AGENCY_NAME",
    ])?;
    let mut rows = 0;
    for call in plan.from(start, zone).take_while(|call| call.at < demo.until) {
        // A call without a number leaves no row.
        if matches!(call.caller, Caller::Hidden(_)) {
            continue;
        }
        let ani = call.caller.ani();
        let agency = owner.get(ani).and_then(|id| by_id.get(id));
        let contact = agency.and_then(|agency| agency.contacts.iter().find(|contact| contact.phone == ani));
        rows += 1;
        // Where the end was never reported, both times stay the beginning.
        let end = call.ends_after.map_or(call.at, |talk| later(call.at, talk)).min(demo.until);
        file.write_record([
            rows.to_string().as_str(),
            &written(call.at),
            &written(end),
            &agency.map_or_else(|| "0".to_owned(), |agency| agency.id.to_string()),
            ani,
            call.curator,
            call.theme.map_or("", |(_, text)| text),
            "lt",
            contact.map_or("", |contact| &contact.person),
            agency.map_or("", |agency| &agency.name),
        ])?;
    }
    file.flush()?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn read(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
        let mut file = csv::Reader::from_path(path).unwrap();
        let header = file.headers().unwrap().iter().map(str::to_owned).collect();
        (header, file.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect())
    }

    #[test]
    fn the_files_hold_what_the_imports_want() {
        let folder = tempfile::tempdir().unwrap();
        let demo = Demo { seed: 1, days: 3, until: Timestamp::from_second(1_790_000_000).unwrap() };
        let written = write(&demo, folder.path()).unwrap();

        let (_, phones) = read(&folder.path().join("agency_phone.csv"));
        assert_eq!(phones.len(), written.phones);
        assert!(phones.iter().all(|row| row[1].starts_with('+')));

        let (header, staff) = read(&folder.path().join("staff.csv"));
        assert!(!header.iter().any(|column| column.contains("pass")));
        assert_eq!(staff.iter().map(|row| &row[2]).collect::<BTreeSet<_>>().len(), written.staff);
        assert_eq!(staff.iter().filter(|row| row[7] == "Заблокированный сотрудник").count(), 1);

        let (header, calls) = read(&folder.path().join("history.csv"));
        assert_eq!((header.len(), calls.len()), (10, written.calls));
        assert!(written.calls > 100);
        let known: BTreeSet<_> = phones.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
        for row in &calls {
            let (begin, end): (Timestamp, Timestamp) = (row[1].parse().unwrap(), row[2].parse().unwrap());
            assert!(begin <= end && end <= demo.until);
            assert!(row[3] == "0" || known.contains(&(row[3].as_str(), row[4].as_str())));
            assert!(row[4].len() <= 15 && row[6].chars().count() <= 128 && row[8].chars().count() <= 50);
        }
        assert!(calls.iter().any(|row| row[3] == "0"), "strangers called too");
    }

    #[test]
    fn a_shared_number_belongs_to_the_younger_agency() {
        let folder = tempfile::tempdir().unwrap();
        let demo = Demo { seed: 1, days: 30, until: Timestamp::from_second(1_790_000_000).unwrap() };
        write(&demo, folder.path()).unwrap();
        let agencies = catalogue::agencies();
        let shared = &agencies[31].contacts[0].phone;
        let (_, calls) = read(&folder.path().join("history.csv"));
        let owners: BTreeSet<_> = calls.iter().filter(|row| row[4] == *shared).map(|row| row[3].clone()).collect();
        assert_eq!(owners, BTreeSet::from([agencies[31].id.to_string()]));
    }
}

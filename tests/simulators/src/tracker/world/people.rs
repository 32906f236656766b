//! The people of the organization, in Tracker and in the directory alike: its robots, the agents of the desk, everybody of the
//! shared catalogue, and so many more that the directory has three pages of a hundred.

use serde::{Deserialize, Serialize};

use crate::catalogue::{self, CURATORS, OPERATORS, SUPERVISORS};

/// Whoever the token belongs to.
pub const ROBOT: &str = "desk-robot";
/// How many there are in the beginning.
pub const PEOPLE: usize = 214;

/// A person, or a robot.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// What their ids end with.
    pub number: u64,
    /// Local part of their mail.
    pub login: String,
    /// First name.
    pub first: String,
    /// Surname.
    pub last: String,
    /// Mail, in the spelling of whoever wrote it down.
    pub email: String,
    /// Further local parts.
    pub aliases: Vec<String>,
    /// A further address, among the contacts only.
    pub further_mail: Option<String>,
    /// What they do.
    pub position: String,
    /// Department of the directory.
    pub department: u64,
    /// Works on issues.
    pub agent: bool,
    /// No person.
    pub robot: bool,
    /// Has left.
    pub dismissed: bool,
    /// May sign in.
    pub enabled: bool,
}

impl Person {
    /// Id in Tracker.
    pub const fn uid(&self) -> u64 {
        8_000_000_000_000_000 + self.number
    }

    /// Id in the directory.
    pub const fn passport(&self) -> u64 {
        1_130_000_000_000_000 + self.number
    }

    /// First name and surname.
    pub fn display(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// Somebody new, or what is different about somebody; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersonOrder {
    /// Who.
    pub login: String,
    /// See [`Person`]; the login without this.
    pub first: Option<String>,
    /// See [`Person`].
    pub last: Option<String>,
    /// See [`Person`]; the login at `example.com` without this.
    pub email: Option<String>,
    /// See [`Person`]; that of booking without this.
    pub department: Option<u64>,
    /// See [`Person`].
    pub agent: Option<bool>,
    /// See [`Person`].
    pub robot: Option<bool>,
    /// See [`Person`].
    pub dismissed: Option<bool>,
    /// See [`Person`].
    pub enabled: Option<bool>,
}

/// A department of the directory.
#[derive(Clone, Debug, Serialize)]
pub struct Department {
    /// Its id.
    pub id: u64,
    /// The one above; 0 for none.
    pub parent: u64,
    /// Its name.
    pub name: String,
    /// Local part of its mail.
    pub label: String,
}

/// The department where most of the booking is done.
pub const BOOKING: u64 = 5;
/// One after the thirtieth, so that a single page of thirty does not have it.
pub const VISAS: u64 = 33;

const NAMED: [(u64, &str, &str); 6] = [
    (1, "Все сотрудники", ""),
    (2, "Служба поддержки", "support"),
    (3, "Бухгалтерия", "accounts"),
    (4, "Отдел персонала", "staff"),
    (BOOKING, "Бронирование", "booking"),
    (VISAS, "Визовый отдел", "visas"),
];
const DEPARTMENTS: u64 = 34;

pub(super) fn departments() -> Vec<Department> {
    let of = |id| {
        let named = NAMED.iter().find(|(known, ..)| *known == id);
        let (name, label) = named.map_or_else(
            || (format!("Группа {id}"), format!("group{id}")),
            |(_, name, label)| ((*name).to_owned(), (*label).to_owned()),
        );
        Department { id, parent: u64::from(id != 1), name, label }
    };
    (1..=DEPARTMENTS).map(of).collect()
}

fn person(number: u64, login: &str, first: &str, last: &str, position: &str, department: u64) -> Person {
    Person {
        number,
        login: login.to_owned(),
        first: first.to_owned(),
        last: last.to_owned(),
        email: format!("{login}@example.com"),
        aliases: Vec::new(),
        further_mail: None,
        position: position.to_owned(),
        department,
        agent: false,
        robot: false,
        dismissed: false,
        enabled: true,
    }
}

pub(super) fn new(number: u64, login: &str) -> Person {
    person(number, login, login, "", "", BOOKING)
}

const AGENTS: [(u64, &str, &str, &str); 6] = [
    (101, "vera", "Вера", "Смирнова"),
    (102, "petr", "Пётр", "Жданов"),
    (103, "marina", "Марина", "Ольхова"),
    (104, "stepan", "Степан", "Рябинин"),
    (105, "lidia", "Лидия", "Вересова"),
    (106, "gleb", "Глеб", "Тополев"),
];

/// Everybody in the beginning, by number.
pub(super) fn people() -> Vec<Person> {
    let robot = |number, login, first, last| Person { robot: true, ..person(number, login, first, last, "", 1) };
    let mut all = vec![robot(77, ROBOT, "Робот", "поддержки"), robot(78, "mail-robot", "Робот", "почты")];
    all.extend(AGENTS.map(|(number, login, first, last)| Person {
        agent: true,
        ..person(number, login, first, last, "Специалист поддержки", 2)
    }));
    let staff = |from: u64, list: &[catalogue::Person], department| -> Vec<Person> {
        let of = |(number, one): (u64, &catalogue::Person)| {
            let (last, first) = one.name.split_once(' ').unwrap_or((one.name, ""));
            person(number, one.login, first, last, one.position, department)
        };
        (from..).zip(list).map(of).collect()
    };
    let mut curators = staff(201, &CURATORS, BOOKING);
    if let [belova, gavrilov, dronova, ..] = curators.as_mut_slice() {
        belova.aliases.push("belova".to_owned());
        gavrilov.email = "I.Gavrilov@Example.com".to_owned();
        dronova.further_mail = Some("nina.dronova@post.example.com".to_owned());
    }
    let mut supervisors = staff(211, &SUPERVISORS, 1);
    if let Some(last) = supervisors.last_mut() {
        (last.dismissed, last.enabled) = (true, false);
    }
    all.extend(curators);
    all.extend(supervisors);
    // The operators come last, so that they are on the third page of the directory.
    let more = PEOPLE - all.len() - OPERATORS.len();
    all.extend((301..).take(more).map(|number| {
        let name = catalogue::full_name(usize::try_from(number).unwrap_or_default());
        let (last, first) = name.split_once(' ').unwrap_or((&name, ""));
        let one = person(number, &format!("staff{number}"), first, last, "", 6 + number % 28);
        Person { dismissed: number % 17 == 0, enabled: number % 17 != 0 && number % 29 != 0, ..one }
    }));
    all.extend(staff(811, &OPERATORS, VISAS));
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everybody_has_a_login_and_a_number_of_their_own_and_a_department_that_is_there() {
        let all = people();
        assert_eq!(all.len(), PEOPLE);
        assert_eq!(all.iter().map(|one| &one.login).collect::<BTreeSet<_>>().len(), PEOPLE);
        assert!(all.is_sorted_by_key(|one| one.number));
        let known: BTreeSet<u64> = departments().iter().map(|one| one.id).collect();
        assert!(all.iter().all(|one| known.contains(&one.department)));
        assert!(all.iter().all(|one| one.email.to_lowercase() == format!("{}@example.com", one.login)));
        assert!(all[200..].iter().any(|one| one.department == VISAS && one.login == "a.polyakova"));
    }
}

//! The people of the register: everybody of the catalogue, and some with everything that can be unusual about a person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    catalogue::{CURATORS, OPERATORS, SUPERVISORS},
    secret::Secret,
};

/// What the register writes where somebody is kept out.
pub const BLOCKED: &str = "Заблокированный сотрудник";
/// What it writes of everybody else.
pub const PERMANENT: &str = "Постоянный";
/// Somebody whose password has quotation marks and Cyrillic letters in it.
pub const QUOTED: &str = "quoted";
/// Their password.
pub const QUOTED_PASSWORD: &str = "пароль \"с кавычками\" и \\ чертой";
/// Somebody who is answered 423 whatever their password.
pub const LOCKED: &str = "locked";
/// People whose right password is answered with a word that they are kept out, each with another one.
pub const KEPT_OUT: [(&str, Option<&str>); 3] =
    [("blocked.word", Some(BLOCKED)), ("blocked.blank", Some("  ")), ("blocked.null", None)];
/// What may be null.
const FIELDS: [&str; 4] = ["office", "department", "position", "phone"];

/// Somebody.
#[derive(Clone, Serialize)]
pub struct Person {
    /// What they sign in with, as the register writes it.
    pub login: String,
    #[serde(skip)]
    password: Secret,
    /// Their name.
    pub full_name: String,
    /// Their address.
    pub email: String,
    /// Office, department, position, telephone.
    pub known: [Option<String>; 4],
    /// `auth_period_type`.
    pub period: Option<String>,
    /// Answered 423 whatever their password.
    pub locked: bool,
}

impl Person {
    fn new(login: &str, password: &Secret) -> Self {
        Self {
            login: login.to_owned(),
            password: password.clone(),
            full_name: login.to_owned(),
            email: format!("{login}@example.com"),
            known: FIELDS.map(|field| Some(format!("{field} of {login}"))),
            period: Some(PERMANENT.to_owned()),
            locked: false,
        }
    }

    /// What is answered to their password.
    pub(super) fn answer(&self) -> Value {
        let mut answer = json!({
            "login": self.login, "full_name": self.full_name, "email": self.email, "auth_period_type": self.period,
            // Not of the contract: a register may say more.
            "tab_number": 4711,
        });
        for (field, value) in FIELDS.iter().zip(&self.known) {
            answer[field] = json!(value);
        }
        answer
    }
}

/// What is to become of somebody; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersonOrder {
    /// A new password.
    pub password: Option<String>,
    /// `auth_period_type`.
    pub period: Option<String>,
    /// It is null.
    pub no_period: bool,
    /// Answered 423 from now on, or no more.
    pub locked: Option<bool>,
    /// Their name.
    pub full_name: Option<String>,
    /// Their address.
    pub email: Option<String>,
}

impl PersonOrder {
    /// Another password.
    pub fn password(password: &str) -> Self {
        Self { password: Some(password.to_owned()), ..Self::default() }
    }

    /// Another `auth_period_type`.
    pub fn period(period: &str) -> Self {
        Self { period: Some(period.to_owned()), ..Self::default() }
    }
}

/// Everybody, by login in small letters.
pub(super) struct People {
    all: BTreeMap<String, Person>,
    usual: Secret,
}

/// What becomes of a login with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Right,
    Wrong,
    Blocked,
}

impl People {
    pub(super) fn new(usual: &Secret) -> Self {
        let mut people = Self { all: BTreeMap::new(), usual: usual.clone() };
        for person in CURATORS.iter().chain(&OPERATORS).chain(&SUPERVISORS) {
            let known = Person { full_name: person.name.to_owned(), ..Person::new(person.login, usual) };
            people.put(known);
        }
        // Every combination of what may be null.
        for mask in 0..16_usize {
            let mut person = Person::new(&format!("null.{mask:02}"), usual);
            for (place, value) in person.known.iter_mut().enumerate() {
                if mask & (1 << place) != 0 {
                    *value = None;
                }
            }
            people.put(person);
        }
        // Has left (see the catalogue).
        people.change(SUPERVISORS[2].login, &PersonOrder::period(BLOCKED));
        people.put(Person { locked: true, ..Person::new(LOCKED, usual) });
        for (login, period) in KEPT_OUT {
            people.put(Person { period: period.map(str::to_owned), ..Person::new(login, usual) });
        }
        people.put(Person::new(QUOTED, &Secret::new(QUOTED_PASSWORD)));
        people
    }

    fn put(&mut self, person: Person) {
        self.all.insert(person.login.to_lowercase(), person);
    }

    pub(super) fn change(&mut self, login: &str, order: &PersonOrder) {
        let usual = self.usual.clone();
        let person = self.all.entry(login.to_lowercase()).or_insert_with(|| Person::new(login, &usual));
        if let Some(password) = &order.password {
            person.password = Secret::new(password.as_str());
        }
        if let Some(full_name) = &order.full_name {
            person.full_name.clone_from(full_name);
        }
        if let Some(email) = &order.email {
            person.email.clone_from(email);
        }
        person.locked = order.locked.unwrap_or(person.locked);
        if order.no_period {
            person.period = None;
        } else if order.period.is_some() {
            person.period.clone_from(&order.period);
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Person> {
        self.all.values()
    }

    /// Whose password it is. Whoever nobody knows is compared with a password all the same.
    pub(super) fn judge(&self, login: &str, password: &str) -> (Word, Option<&Person>) {
        let person = self.all.get(&login.to_lowercase());
        let fits = is_same(person.map_or("", |person| person.password.reveal()), password);
        match person {
            Some(person) if person.locked => (Word::Blocked, Some(person)),
            Some(person) if fits => (Word::Right, Some(person)),
            _ => (Word::Wrong, None),
        }
    }
}

/// Compares in a time that does not tell where two texts begin to differ.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (Sha256::digest(one), Sha256::digest(other));
    one.iter().zip(other.iter()).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_unusual_is_there() {
        let people = People::new(&Secret::new("usual"));
        let nulls: std::collections::BTreeSet<_> = people
            .all()
            .filter(|person| person.login.starts_with("null."))
            .map(|person| person.known.each_ref().map(Option::is_none))
            .collect();
        assert_eq!(nulls.len(), 16);
        assert_eq!(people.judge("QUOTED", QUOTED_PASSWORD).0, Word::Right);
        assert_eq!(people.judge(QUOTED, "usual").0, Word::Wrong);
        assert_eq!(people.judge("nobody", "").0, Word::Wrong);
        for password in ["usual", "wrong"] {
            assert_eq!(people.judge(LOCKED, password).0, Word::Blocked);
        }
        for (login, period) in KEPT_OUT {
            let (word, person) = people.judge(login, "usual");
            assert_eq!((word, person.unwrap().period.as_deref()), (Word::Right, period));
        }
        assert!(people.all().all(|person| person.answer()["login"] == person.login.as_str()));
    }
}

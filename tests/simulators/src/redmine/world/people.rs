//! People: their keys, what they prefer, and whether they may come in. What they may do stands in their roles (`tables`).

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp, civil::Date, tz};
use serde::{Deserialize, Serialize};

use super::World;
use crate::secret::Secret;

/// The login of the administrator.
pub const ADMIN: &str = "admin";

/// The language somebody is answered in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

/// Somebody.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// Their id.
    pub id: u64,
    /// What they are called at the door.
    pub login: String,
    /// First name.
    pub firstname: String,
    /// Last name.
    pub lastname: String,
    /// Mail address, shown to administrators alone.
    pub mail: String,
    /// May everything everywhere.
    pub admin: bool,
    /// Not locked.
    pub active: bool,
    /// Two factors: no password comes in over REST.
    pub twofa: bool,
    /// Has to change the password first: nothing comes in that way.
    pub must_change_password: bool,
    /// Journals are answered newest first.
    pub newest_first: bool,
    /// Texts of refusals.
    pub language: Language,
    /// Hours ahead of UTC, for dates without a time.
    pub utc_offset: i8,
    /// Since when.
    pub created_on: Timestamp,
    #[serde(skip)]
    pub(in crate::redmine) key: Secret,
    #[serde(skip)]
    pub(in crate::redmine) password: Option<Secret>,
}

/// Somebody new, or a change of somebody known by this login; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersonOrder {
    /// The login.
    pub login: String,
    /// First name.
    pub firstname: Option<String>,
    /// Last name.
    pub lastname: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// See [`Person`].
    pub admin: Option<bool>,
    /// See [`Person`].
    pub active: Option<bool>,
    /// See [`Person`].
    pub twofa: Option<bool>,
    /// See [`Person`].
    pub must_change_password: Option<bool>,
    /// See [`Person`].
    pub newest_first: Option<bool>,
    /// See [`Person`].
    pub language: Option<Language>,
    /// See [`Person`].
    pub utc_offset: Option<i8>,
    /// Another API key; the old one is good no more.
    pub key: Option<String>,
}

/// A key nobody knows yet: forty hexadecimal digits.
pub(super) fn new_key() -> Secret {
    Secret::new(HEXLOWER.encode(&rand::random::<[u8; 20]>()))
}

impl Person {
    pub(in crate::redmine) fn new(id: u64, login: &str, firstname: &str, lastname: &str, now: Timestamp) -> Self {
        Self {
            id,
            login: login.to_owned(),
            firstname: firstname.to_owned(),
            lastname: lastname.to_owned(),
            mail: format!("{login}@example.com"),
            admin: login == ADMIN,
            active: true,
            twofa: false,
            must_change_password: false,
            newest_first: false,
            language: Language::En,
            utc_offset: 0,
            created_on: now,
            key: new_key(),
            password: None,
        }
    }

    /// As issues name them.
    pub fn name(&self) -> String {
        format!("{} {}", self.firstname, self.lastname)
    }

    fn zone(&self) -> tz::TimeZone {
        tz::TimeZone::fixed(tz::Offset::from_hours(self.utc_offset).unwrap_or(tz::Offset::UTC))
    }

    /// The day it is for them.
    pub(in crate::redmine) fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone()).date()
    }

    /// When a day of theirs begins.
    pub(in crate::redmine) fn begins(&self, day: Date) -> Option<Timestamp> {
        day.to_zoned(self.zone()).ok().map(|zoned| zoned.timestamp())
    }

    /// The last instant of a day of theirs, as precise as times are kept.
    pub(in crate::redmine) fn ends(&self, day: Date) -> Option<Timestamp> {
        self.begins(day.tomorrow().ok()?)?.checked_sub(SignedDuration::from_micros(1)).ok()
    }

    fn change(&mut self, order: &PersonOrder) {
        for (field, new) in [
            (&mut self.firstname, &order.firstname),
            (&mut self.lastname, &order.lastname),
            (&mut self.mail, &order.mail),
        ] {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        for (field, new) in [
            (&mut self.admin, order.admin),
            (&mut self.active, order.active),
            (&mut self.twofa, order.twofa),
            (&mut self.must_change_password, order.must_change_password),
            (&mut self.newest_first, order.newest_first),
        ] {
            *field = new.unwrap_or(*field);
        }
        self.language = order.language.unwrap_or(self.language);
        self.utc_offset = order.utc_offset.unwrap_or(self.utc_offset);
        if let Some(key) = &order.key {
            self.key = Secret::new(key.clone());
        }
    }
}

impl World {
    /// Takes somebody on, or changes them; their id.
    pub(in crate::redmine) fn hire(&mut self, order: &PersonOrder, now: Timestamp) -> u64 {
        if let Some(known) = self.people.iter_mut().find(|person| person.login == order.login) {
            known.change(order);
            return known.id;
        }
        let id = self.people.iter().map(|person| person.id).max().unwrap_or_default() + 1;
        let mut new = Person::new(id, &order.login, &order.login, "Example", now);
        new.change(order);
        self.people.push(new);
        id
    }

    /// Somebody by id.
    pub fn person(&self, id: u64) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// Somebody by login.
    pub fn by_login(&self, login: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.login == login)
    }
}

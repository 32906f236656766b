//! What the rules look at of each thing, and what happened to it.
//!
//! Deliberately not here: what a screen shows beside that (the store's rows).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};
use ts_rs::TS;

use super::{Mention, Thing};
use crate::{AgencyId, DocumentId, Instant, IssueId, PhoneNumber, TicketId};

/// A thing as the rules see it; what does not apply to its kind is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Which.
    pub thing: Thing,
    /// When it began.
    pub at: Instant,
    /// The number it came from, or is.
    pub phone: Option<PhoneNumber>,
    /// The agency of that number: its id and name.
    pub agency: Option<(AgencyId, Option<String>)>,
    /// Whose time it took, and when.
    pub spell: Option<Spell>,
    /// The service desk's number of the issue it is about.
    pub issue: Option<IssueId>,
    /// Its own key or number, as people write it in texts, in capitals.
    pub key: Option<String>,
    /// The document it was made of.
    pub document: Option<DocumentId>,
    /// The ticket it is a part of.
    pub parent: Option<TicketId>,
    /// Addresses of who asks, in small letters.
    pub addresses: BTreeSet<String>,
    /// What its texts name, and in which part of it.
    pub written: BTreeMap<Mention, Written>,
}

impl Piece {
    /// A thing of which nothing is known but that it is there.
    #[must_use]
    pub fn of(thing: Thing, at: Instant) -> Self {
        Self {
            thing,
            at,
            phone: None,
            agency: None,
            spell: None,
            issue: None,
            key: None,
            document: None,
            parent: None,
            addresses: BTreeSet::new(),
            written: BTreeMap::new(),
        }
    }
}

/// A stretch of an operator's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// Whose: the floor's name of them.
    pub operator: String,
    /// From.
    pub from: Instant,
    /// To.
    pub to: Instant,
    /// The state's word, where it is a state.
    pub state: Option<String>,
}

/// The part of a thing a text stands in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Written {
    /// `title`, `text`, `comment`, `message`: a code of the console's texts.
    pub place: String,
}

/// Something that happened in a case.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "CaseMoment")]
pub struct Moment {
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    #[ts(type = "number")]
    pub at: Instant,
    /// To what.
    #[ts(type = "string")]
    pub thing: Thing,
    /// What, as a code of the console's texts, for instance `call_began`.
    pub code: String,
    /// Whose doing it was, for people; absent where it is nobody's or not known.
    pub who: Option<String>,
    /// Values for the sentence.
    #[ts(type = "Record<string, string | number | boolean | null>")]
    pub values: Map<String, Value>,
}

impl Moment {
    /// Something without values.
    #[must_use]
    pub fn of(at: Instant, thing: &Thing, code: &str, who: Option<String>) -> Self {
        Self { at, thing: thing.clone(), code: code.to_owned(), who, values: Map::new() }
    }

    /// Adds a value for the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }
}

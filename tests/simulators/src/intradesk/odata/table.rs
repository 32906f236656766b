//! What a list can be asked about: the properties of its rows, their kinds and their values.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::{Wrong, wrong};

/// What values a property has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Number,
    Text,
    Time,
    Truth,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Cell {
    Null,
    Number(i64),
    Text(String),
    Time(Timestamp),
    Truth(bool),
}

impl Cell {
    pub(in super::super) fn id(id: u64) -> Self {
        Self::Number(i64::try_from(id).unwrap_or(i64::MAX))
    }

    pub(in super::super) fn some_id(id: Option<u64>) -> Self {
        id.map_or(Self::Null, Self::id)
    }

    pub(in super::super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// The order of two values of one kind; nothing comes before everything.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => one.cmp(two),
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (Self::Time(one), Self::Time(two)) => one.cmp(two),
            (Self::Truth(one), Self::Truth(two)) => one.cmp(two),
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Less,
            _ => Ordering::Greater,
        }
    }

    /// Whether a property of this kind may be compared with it.
    pub(super) const fn is(&self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Null, _)
                | (Self::Number(_), Kind::Number)
                | (Self::Text(_), Kind::Text)
                | (Self::Time(_), Kind::Time)
                | (Self::Truth(_), Kind::Truth)
        )
    }
}

/// A property of rows.
pub(in super::super) struct Property<T> {
    pub(in super::super) name: &'static str,
    pub(in super::super) kind: Kind,
    pub(in super::super) of: fn(&T) -> Cell,
}

/// What can be asked about rows.
pub(in super::super) struct Table<T: 'static> {
    pub(in super::super) properties: &'static [Property<T>],
    /// Whether a word occurs in a row, where lists can be asked that.
    pub(in super::super) term: Option<fn(&T, &str) -> bool>,
}

impl<T> Table<T> {
    /// A property by its name, in any case.
    pub(super) fn property(&self, name: &str) -> Result<&'static Property<T>, Wrong> {
        match self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name)) {
            Some(property) => Ok(property),
            None => wrong(format!("Could not find a property named '{name}'.")),
        }
    }
}

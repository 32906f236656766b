//! Why two things belong together: the reason, its evidence, and how far it can be relied on.
//!
//! Deliberately not here: finding joins (`rule`) and what follows from them (`assemble`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::Thing;
use crate::Instant;

/// Why two things belong together; the console has a sentence for each.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "CaseReason")]
pub enum Reason {
    /// The call came from this very number.
    SameNumber,
    /// The number belongs to this agency.
    AgencyOfNumber,
    /// What the operator of the call was doing while it went on.
    StateDuringCall,
    /// The caller's number is written in the text, digit by digit.
    NumberInText,
    /// The thing's own number or key is written in the text.
    NamedInText,
    /// A number is written in the text that an issue of the service desk has; whether that one is meant, nobody said.
    IssueNumberInText,
    /// Both are about the same issue.
    SameIssue,
    /// The task was made of the document.
    TaskOfDocument,
    /// One ticket is a part of the other.
    PartOf,
    /// The same person asks, by their address, within a few days.
    SameAddress,
    /// Somebody said so.
    ByHand,
}

/// How far a join can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "CaseStrength")]
pub enum Strength {
    /// It is so: what it leads to leads on.
    Certain,
    /// It may be so: it brings one thing, and that one brings nothing further.
    Likely,
}

/// Two things that belong together, and why. The lesser of the two is `a`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "CaseJoin")]
pub struct Join {
    /// One of them.
    #[ts(type = "string")]
    pub a: Thing,
    /// The other.
    #[ts(type = "string")]
    pub b: Thing,
    /// Why.
    pub reason: Reason,
    /// How far it can be relied on.
    pub strength: Strength,
    /// Values for the sentence: the number, the place it is written in, who said so.
    #[ts(type = "Record<string, string | number | boolean | null>")]
    pub values: Map<String, Value>,
}

impl Join {
    /// A join without values.
    #[must_use]
    pub fn of(one: &Thing, other: &Thing, reason: Reason) -> Self {
        let (a, b) = ordered(one.clone(), other.clone());
        let strength = match reason {
            Reason::SameAddress | Reason::IssueNumberInText => Strength::Likely,
            _ => Strength::Certain,
        };
        Self { a, b, reason, strength, values: Map::new() }
    }

    /// Adds a value for the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// The other end.
    #[must_use]
    pub fn beside(&self, thing: &Thing) -> Option<&Thing> {
        match () {
            () if *thing == self.a => Some(&self.b),
            () if *thing == self.b => Some(&self.a),
            () => None,
        }
    }
}

/// What somebody said of two things.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString, strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "CaseVerdict")]
pub enum Verdict {
    /// They belong together.
    Joined,
    /// They do not, whatever any rule says.
    Split,
}

/// A join or a split by hand, the last word about its two things. The lesser of the two is `a`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CaseHand")]
pub struct Hand {
    /// Its id, by which it is taken back.
    #[ts(type = "number")]
    pub id: i64,
    /// One of them.
    #[ts(type = "string")]
    pub a: Thing,
    /// The other.
    #[ts(type = "string")]
    pub b: Thing,
    /// Which of the two it is.
    pub verdict: Verdict,
    /// Why, in their words.
    pub reason: String,
    /// Who: their login.
    pub by: String,
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    #[ts(type = "number")]
    pub at: Instant,
}

/// Two things in the order in which pairs of them are written.
#[must_use]
pub fn ordered(one: Thing, other: Thing) -> (Thing, Thing) {
    if one <= other { (one, other) } else { (other, one) }
}

//! Whose calls somebody may see: the one question that the journal, its totals and everything beside them ask.
//!
//! Deliberately not here: what a role or a right opens, and who is in which team (the engine says so when it makes one).

use std::collections::BTreeSet;

use pult_domain::areas::calls::Centre;
use rusqlite::{Connection, Result, params};

use super::{CallRow, sql};

/// The part of the journal that somebody may see. What is not in it is not told of, searched or counted for them.
///
/// The default is the whole journal: for the engine itself, and for whoever may see everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    without_moscow: bool,
    takers: Option<Takers>,
}

/// Operators of the journal whose calls may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Takers {
    names: BTreeSet<String>,
    /// Their ids as a JSON list.
    ids: String,
}

impl Sight {
    /// The calls of both centres or of Vilnius alone, and of these operators of the journal (ids with names) where some are given. A call
    /// that nobody took, or whose taker nobody named, is seen whoever the operators are.
    #[must_use]
    pub fn of(moscow: bool, takers: Option<Vec<(i64, String)>>) -> Self {
        let takers = takers.map(|takers| {
            let (ids, names): (Vec<i64>, BTreeSet<String>) = takers.into_iter().unzip();
            Takers { names, ids: serde_json::json!(ids).to_string() }
        });
        Self { without_moscow: !moscow, takers }
    }

    /// Whether it is the whole journal.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.without_moscow && self.takers.is_none()
    }

    /// Whether calls of the Moscow centre are in it. A call whose centre is not known, as one that goes on, counts as one of these.
    #[must_use]
    pub fn has_moscow(&self) -> bool {
        !self.without_moscow
    }

    /// Whether calls of this operator may be seen, as the journal names them.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.takers.as_ref().is_none_or(|takers| takers.names.contains(name))
    }

    /// Whether a call of this centre is in it that was taken by this operator, as the journal names them.
    #[must_use]
    pub fn sees(&self, centre: Centre, operator: Option<&str>) -> bool {
        (centre != Centre::Moscow || self.has_moscow()) && operator.is_none_or(|name| self.takes(name))
    }

    /// Whether a row of the journal is in it.
    #[must_use]
    pub fn keeps(&self, row: &CallRow) -> bool {
        self.sees(row.centre, row.operator.as_deref())
    }

    /// Whether the client of an enquiry may be told of: where a call that is in it led to the enquiry.
    ///
    /// # Errors
    /// The database's own.
    pub fn keeps_enquiry(&self, conn: &Connection, enquiry: i64) -> Result<bool> {
        if self.is_whole() {
            return Ok(true);
        }
        let values = params![enquiry, self.has_moscow(), self.ids()];
        conn.prepare_cached(sql::ENQUIRY_SEEN)?.query_row(values, |r| r.get(0))
    }

    /// Where to look when somebody asks for a centre: nowhere, in one, or in both.
    pub(super) fn centre(&self, asked: Option<Centre>) -> Option<Option<Centre>> {
        match asked {
            Some(Centre::Moscow) if self.without_moscow => None,
            None if self.without_moscow => Some(Some(Centre::Vilnius)),
            asked => Some(asked),
        }
    }

    /// The ids of the operators as a JSON list; absent for everybody's calls.
    pub(crate) fn ids(&self) -> Option<&str> {
        self.takers.as_ref().map(|takers| takers.ids.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_centre_that_may_not_be_seen_is_looked_for_nowhere() {
        let (whole, vilnius) = (Sight::default(), Sight::of(false, None));
        for asked in [None, Some(Centre::Moscow), Some(Centre::Vilnius)] {
            assert_eq!(whole.centre(asked), Some(asked));
        }
        assert_eq!(vilnius.centre(None), Some(Some(Centre::Vilnius)));
        assert_eq!(vilnius.centre(Some(Centre::Vilnius)), Some(Some(Centre::Vilnius)));
        assert_eq!(vilnius.centre(Some(Centre::Moscow)), None);
    }

    #[test]
    fn operators_narrow_it_and_what_nobody_took_is_everybodys() {
        let north = Sight::of(true, Some(vec![(5, "Анна".to_owned())]));
        assert!(north.sees(Centre::Moscow, Some("Анна")) && north.sees(Centre::Vilnius, None));
        assert!(!north.sees(Centre::Vilnius, Some("Борис")));
        assert_eq!(north.ids(), Some("[5]"));
        let both = Sight::of(false, Some(vec![]));
        assert!(!both.sees(Centre::Moscow, None) && both.sees(Centre::Vilnius, None));
        assert!(!both.is_whole() && Sight::of(true, None).is_whole());
    }
}

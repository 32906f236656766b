//! Whether a row that has just changed belongs in a list that is already on a screen.
//!
//! The same questions as a search asks of the database, asked of one row. Deliberately not here: finding rows (`search`).

use super::{CallRow, Filter, Place, Zones};
use pult_domain::areas::calls::CallState;

impl Filter {
    /// The instants between which all calls of the filter's days began, ms; `None` when it names no days.
    #[must_use]
    pub fn edges(&self, zones: &Zones) -> Option<(i64, i64)> {
        self.days.map(|days| days.edges(self.centre, zones))
    }

    /// Whether a row fits every part of the filter.
    #[must_use]
    pub fn lets_through(&self, row: &CallRow, zones: &Zones) -> bool {
        let same =
            |asked: &Option<String>, has: &Option<String>| asked.as_ref().is_none_or(|a| has.as_ref() == Some(a));
        let code = |asked: Option<i64>, has: Option<i64>, greatest: i64| {
            let known = |code: Option<i64>| code.filter(|c| (0..=greatest).contains(c));
            asked.is_none_or(|a| known(Some(a)) == known(has))
        };
        self.centre.is_none_or(|c| c == row.centre)
            && self.days.is_none_or(|days| {
                let (from, to) = days.edges(Some(row.centre), zones);
                (from..to).contains(&row.started_at)
            })
            && self.phone.as_ref().is_none_or(|part| {
                let digits: String = part.digits.chars().filter(char::is_ascii_digit).collect();
                row.phone.as_deref().is_some_and(|phone| match part.place {
                    Place::Anywhere => phone.contains(&digits),
                    Place::End => phone.ends_with(&digits),
                    Place::Whole => phone == digits,
                })
            })
            && same(&self.operator, &row.operator)
            && same(&self.theme, &row.theme)
            && code(self.result, row.result, 6)
            && code(self.type_call, row.type_call, 7)
            && self.agency.is_none_or(|a| row.agency_id == Some(a))
            && (!self.only_open || row.state == CallState::Open)
    }
}

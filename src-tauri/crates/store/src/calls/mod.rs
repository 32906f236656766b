//! The journal of calls of both centres, with the Moscow centre's catalogue around it.
//!
//! Functions take a connection and run inside whatever transaction it is in: only the pump and the importer begin and commit.
//! Deliberately not here: deciding what happens to a call (`pult_domain::areas::calls`), agencies on their own
//! (`crate::agencies`), links to a call (nothing that opens a call is stored).

pub(crate) mod catalogue;
pub(crate) mod catalogue_sql;
mod erase;
mod fits;
mod import;
mod known;
mod legacy;
mod page;
#[cfg(test)]
mod planner_tests;
mod read;
mod report;
mod search;
mod sight;
mod sql;
mod view;
mod write;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use pult_domain::{PhoneNumber, areas::calls::Centre};
use rusqlite::types::Type;

pub use erase::{Erased, delete_before, erase_phone};
pub use import::{HistoryRow, Imported, Schedule, import_history, import_reported, import_schedule};
pub use known::load_known;
pub use legacy::{agency_of_enquiry, client_card, monthly_stats, moscow_day, stats_of_day, today_stats};
pub use page::{COUNT_AT_MOST, Direction, LONGEST_PAGE, count, day_page, for_each_row, history_of_agency};
pub use read::{by_ids, detail, hour_histogram, hours, latest, operator_totals, recent, themes_used};
pub use search::{DayRange, Filter, PhonePart, Place};
pub use sight::Sight;
pub(crate) use sql::statements;
pub use view::{
    AgencyOfEnquiry, CallDetail, CallRow, CardState, ClientCard, Count, Cursor, HourBar, LatestCall, MonthTotal,
    MoscowCall, OperatorTotal, Page, TelephoneLine, TodayStats,
};
pub use write::{apply, merge_phone_parts, next_id};

/// The zones in which the two centres count their days.
#[derive(Debug, Clone)]
pub struct Zones {
    /// Of the Moscow centre.
    pub moscow: TimeZone,
    /// Of the Vilnius centre.
    pub vilnius: TimeZone,
}

impl Zones {
    /// The zone of a centre.
    #[must_use]
    pub fn of(&self, centre: Centre) -> &TimeZone {
        match centre {
            Centre::Moscow => &self.moscow,
            Centre::Vilnius => &self.vilnius,
        }
    }

    /// The day of an instant in a centre's zone, as `yyyymmdd`.
    #[must_use]
    pub fn day(&self, centre: Centre, at: Timestamp) -> i64 {
        day_number(at.to_zoned(self.of(centre).clone()).date())
    }
}

/// A date as the journal keeps it: `yyyymmdd`.
#[must_use]
pub fn day_number(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// The most characters a column keeps (behaviour/helpdesk 2.3).
mod limit {
    pub(super) const PHONE: usize = 15;
    pub(super) const NAME: usize = 128;
    pub(super) const THEME: usize = 128;
    pub(super) const REGION: usize = 3;
    pub(super) const AGENCY_MANAGER: usize = 50;
    pub(super) const AGENCY_NAME: usize = 255;
    /// Free texts of the catalogue, which its source does not limit.
    pub(super) const TEXT: usize = 1_000;
}

/// The first `most` characters of a text.
pub(crate) fn clip(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// A text without its margins and within its limit; nothing when nothing is left.
pub(crate) fn said(text: Option<&str>, most: usize) -> Option<&str> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(|t| clip(t, most).trim_end())
}

/// The digits of a number as the journal keeps and compares them.
pub(crate) fn digits(number: &PhoneNumber) -> &str {
    clip(number.as_str(), limit::PHONE)
}

/// The same text backwards. For digits only: it turns characters round, not what a reader sees as letters.
pub(crate) fn backwards(digits: &str) -> String {
    digits.chars().rev().collect()
}

pub(crate) const fn centre_code(centre: Centre) -> i64 {
    match centre {
        Centre::Moscow => 0,
        Centre::Vilnius => 1,
    }
}

pub(crate) fn centre_of(column: usize, code: i64) -> rusqlite::Result<Centre> {
    match code {
        0 => Ok(Centre::Moscow),
        1 => Ok(Centre::Vilnius),
        _ => Err(unreadable(column, Type::Integer, "a centre is 0 or 1")),
    }
}

pub(crate) fn instant(column: usize, ms: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(ms)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(e)))
}

/// The error of a column that holds what this version never writes.
pub(crate) fn unreadable(column: usize, found: Type, why: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, found, why.into())
}

pub(crate) fn json_error(e: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(e))
}

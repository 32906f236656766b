//! When somebody is away: whole days, half days, and what repeats (behaviour/carousel 3 and 5.3).
//!
//! Days are calendar days where the carousel turns; both ends are days of absence. Deliberately not here: who entered it.

use chrono::TimeZone as _;
use jiff::{
    Span,
    civil::{Date, DateTime, Time},
};
use rrule::RRuleSet;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AbsenceId;

/// The longest stretch one row may cover, days.
pub const LONGEST_DAYS: i32 = 3660;
/// The longest rule that is read, characters.
pub const LONGEST_RULE: usize = 255;
/// The most occurrences that are looked at for one day.
const OCCURRENCES: u16 = 4000;

/// Half of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "AbsenceHalf")]
pub enum Half {
    /// Until the middle of the day.
    First,
    /// From the middle of the day.
    Second,
}

/// Where a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "AbsenceSource")]
pub enum Source {
    /// From a file or from the program before.
    Import,
    /// Entered in the console.
    Manual,
}

/// Days somebody is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Absence {
    /// Which row.
    pub id: AbsenceId,
    /// The first day.
    #[ts(type = "string")]
    pub start: Date,
    /// The last day, a day of absence as well.
    #[ts(type = "string")]
    pub end: Date,
    /// Only this half of each day; whole days where absent.
    pub half: Option<Half>,
    /// How it repeats: an RRULE of RFC 5545 without its name, for instance `FREQ=WEEKLY;BYDAY=FR`. The first day is its beginning.
    pub rrule: Option<String>,
    /// Where it comes from.
    pub source: Source,
}

/// Why a row cannot be kept. Its reader is the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, strum::AsRefStr)]
#[strum(serialize_all = "snake_case")]
pub enum AbsenceError {
    /// It ends before it begins.
    #[error("the last day is before the first")]
    EndsBeforeItBegins,
    /// It is longer than ten years.
    #[error("longer than ten years")]
    TooLong,
    /// Its rule is not an RRULE of days, weeks, months or years.
    #[error("not an RRULE of RFC 5545 that repeats by days, weeks, months or years")]
    Rule,
}

impl Absence {
    /// Checks a row before it is kept.
    ///
    /// # Errors
    /// When the days or the rule make no sense.
    pub fn check(&self) -> Result<(), AbsenceError> {
        if self.end < self.start {
            return Err(AbsenceError::EndsBeforeItBegins);
        }
        if self.days() > LONGEST_DAYS {
            return Err(AbsenceError::TooLong);
        }
        match &self.rrule {
            None => Ok(()),
            // A rule by hours would make one day of many rows and cost as much.
            Some(rule) if rule.len() > LONGEST_RULE || !by_days(rule) => Err(AbsenceError::Rule),
            Some(rule) => self.set(rule).map(|_| ()).ok_or(AbsenceError::Rule),
        }
    }

    /// Whether this row covers a moment there. `half_day_at` divides the halves.
    #[must_use]
    pub fn covers(&self, now: DateTime, half_day_at: Time) -> bool {
        let in_half = match self.half {
            None => true,
            Some(Half::First) => now.time() < half_day_at,
            Some(Half::Second) => now.time() >= half_day_at,
        };
        in_half && self.covers_day(now.date())
    }

    /// Whether a day is one of it, or half of one.
    #[must_use]
    pub fn covers_day(&self, day: Date) -> bool {
        if self.end < self.start || day < self.start {
            return false;
        }
        let Some(rule) = &self.rrule else { return day <= self.end };
        let length = self.days();
        let Ok(earliest) = day.checked_sub(Span::new().days(length)) else { return false };
        let (Some(set), Some(after), Some(before)) = (self.set(rule), noon(earliest), noon(day)) else { return false };
        // Any occurrence that began so lately that it is not over.
        !set.after(after).before(before).all(OCCURRENCES).dates.is_empty()
    }

    /// How many days after its first the last one is.
    fn days(&self) -> i32 {
        self.start.until(self.end).map_or(i32::MAX, |span| span.get_days())
    }

    fn set(&self, rule: &str) -> Option<RRuleSet> {
        format!("DTSTART:{}T120000Z\nRRULE:{rule}", self.start.strftime("%Y%m%d")).parse().ok()
    }
}

fn by_days(rule: &str) -> bool {
    let days = ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"];
    rule.split(';').any(|part| days.contains(&part))
        && !["BYHOUR", "BYMINUTE", "BYSECOND"].iter().any(|p| rule.contains(p))
}

/// A day as the calendar library counts it: noon, so that no zone moves it.
fn noon(day: Date) -> Option<chrono::DateTime<rrule::Tz>> {
    let (month, of_month) = (u32::try_from(day.month()).ok()?, u32::try_from(day.day()).ok()?);
    rrule::Tz::UTC.with_ymd_and_hms(day.year().into(), month, of_month, 12, 0, 0).single()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn row(start: &str, end: &str) -> Absence {
        Absence { id: AbsenceId(1), start: day(start), end: day(end), half: None, rrule: None, source: Source::Manual }
    }

    const MIDDAY: Time = jiff::civil::time(13, 0, 0, 0);

    #[test]
    fn both_ends_are_days_away() {
        let leave = row("2024-05-10", "2024-05-12");
        let away: Vec<bool> = (9..=13).map(|d| leave.covers_day(jiff::civil::date(2024, 5, d))).collect();
        assert_eq!(away, [false, true, true, true, false]);
    }

    #[test]
    fn half_days_end_and_begin_where_the_settings_say() {
        let mut leave = row("2024-05-10", "2024-05-10");
        let at = |hour, minute| jiff::civil::date(2024, 5, 10).at(hour, minute, 0, 0);
        leave.half = Some(Half::First);
        assert!(leave.covers(at(0, 0), MIDDAY) && leave.covers(at(12, 59), MIDDAY) && !leave.covers(at(13, 0), MIDDAY));
        leave.half = Some(Half::Second);
        assert!(
            !leave.covers(at(12, 59), MIDDAY) && leave.covers(at(13, 0), MIDDAY) && leave.covers(at(23, 59), MIDDAY)
        );
    }

    #[test]
    fn a_weekly_rule_comes_every_week_and_lasts_as_long_as_its_first_days() {
        // Friday and Saturday, every other week.
        let leave =
            Absence { rrule: Some("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR".to_owned()), ..row("2026-11-06", "2026-11-07") };
        leave.check().unwrap();
        let away: Vec<i8> = (1..=30).filter(|d| leave.covers_day(jiff::civil::date(2026, 11, *d))).collect();
        assert_eq!(away, [6, 7, 20, 21]);
        assert!(!leave.covers_day(day("2026-10-23")), "not before its beginning");
        let ending = Absence { rrule: Some("FREQ=DAILY;COUNT=3".to_owned()), ..row("2026-11-06", "2026-11-06") };
        assert!(ending.covers_day(day("2026-11-08")) && !ending.covers_day(day("2026-11-09")));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(row("2024-05-12", "2024-05-10").check(), Err(AbsenceError::EndsBeforeItBegins));
        assert!(
            !row("2024-05-12", "2024-05-10").covers_day(day("2024-05-11")),
            "and covers nothing should it ever be there"
        );
        assert_eq!(row("2024-05-12", "2064-05-10").check(), Err(AbsenceError::TooLong));
        for rule in ["", "every friday", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=WEEKLY;BYDAY=XX"] {
            let leave = Absence { rrule: Some(rule.to_owned()), ..row("2024-05-10", "2024-05-10") };
            assert_eq!(leave.check(), Err(AbsenceError::Rule), "{rule}");
        }
    }

    #[test]
    fn a_rule_of_many_years_is_still_read() {
        let leave = Absence { rrule: Some("FREQ=DAILY".to_owned()), ..row("2010-01-01", "2010-01-01") };
        assert!(leave.covers_day(day("2026-11-20")));
    }
}

//! Times in which a target may be silent: once, or every week.
//!
//! Deliberately not here: the clock; a window is asked about an instant.

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Instant, MaintenanceId, TargetId};

/// When.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "repeat", rename_all = "snake_case")]
#[ts(rename = "MaintenanceSchedule")]
pub enum Schedule {
    /// One time.
    Once {
        /// From.
        #[ts(type = "string")]
        from: Instant,
        /// To, not included.
        #[ts(type = "string")]
        until: Instant,
    },
    /// Every week, by the clock of the house's zone.
    Weekly {
        /// Days it begins on, 1 Monday to 7 Sunday.
        days: Vec<u8>,
        /// Minutes after midnight it begins, 0 to 1439.
        minute: u16,
        /// How long it lasts, 1 to 1440 minutes.
        minutes: u16,
    },
}

/// A maintenance as a person sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Maintenance {
    /// For which target; all of them when absent.
    pub target: Option<TargetId>,
    /// When.
    pub schedule: Schedule,
    /// Why, at most 200 characters.
    pub note: String,
}

/// A maintenance that has been set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its id.
    pub id: MaintenanceId,
    /// When.
    pub schedule: Schedule,
}

impl Schedule {
    /// What is wrong with it, in a few words; `None` when nothing is.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Once { from, until } if until <= from => Some("the end comes after the beginning"),
            Self::Once { .. } => None,
            Self::Weekly { days, minute, minutes } => {
                let whole = !days.is_empty() && days.iter().all(|day| (1..=7).contains(day));
                let fits = *minute < 1440 && (1..=1440).contains(minutes);
                (!whole || !fits).then_some("days 1 to 7, beginning within the day, 1 to 1440 minutes long")
            }
        }
    }

    /// The end of the window that covers an instant; `None` when none does.
    #[must_use]
    pub fn covers(&self, at: Instant, zone: &TimeZone) -> Option<Instant> {
        match self {
            Self::Once { from, until } => (*from <= at && at < *until).then_some(*until),
            Self::Weekly { days, minute, minutes } => {
                let today = at.to_zoned(zone.clone()).date();
                // It may have begun yesterday and reach over midnight.
                [today.yesterday().ok(), Some(today)].into_iter().flatten().find_map(|date| {
                    let begins = days.contains(&u8::try_from(date.weekday().to_monday_one_offset()).ok()?);
                    let from = begins.then(|| begin(date, *minute, zone)).flatten()?;
                    let until = from.checked_add(jiff::SignedDuration::from_mins(i64::from(*minutes))).ok()?;
                    (from <= at && at < until).then_some(until)
                })
            }
        }
    }
}

/// A minute of a day as the zone's clock shows it; where the clock leaves it out, the moment it jumps to.
fn begin(date: Date, minute: u16, zone: &TimeZone) -> Option<Instant> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    date.at(hour, minute, 0, 0).to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn zone() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(3))
    }

    #[test]
    fn once_covers_from_its_beginning_up_to_its_end() {
        let window = Schedule::Once { from: at("2026-03-01T10:00:00Z"), until: at("2026-03-01T11:00:00Z") };
        for (instant, covered) in [
            ("2026-03-01T09:59:59Z", false),
            ("2026-03-01T10:00:00Z", true),
            ("2026-03-01T10:59:59Z", true),
            ("2026-03-01T11:00:00Z", false),
        ] {
            assert_eq!(window.covers(at(instant), &zone()).is_some(), covered, "{instant}");
        }
    }

    #[test]
    fn weekly_goes_by_the_clock_of_the_zone_and_over_midnight() {
        // Sundays 23:00 to 01:00 at UTC+3; 1 March 2026 is a Sunday.
        let window = Schedule::Weekly { days: vec![7], minute: 23 * 60, minutes: 120 };
        for (instant, covered) in [
            ("2026-03-01T19:59:00Z", false),
            ("2026-03-01T20:00:00Z", true),
            ("2026-03-01T21:59:00Z", true),
            ("2026-03-01T22:00:00Z", false),
            ("2026-03-02T20:30:00Z", false),
            ("2026-03-08T20:30:00Z", true),
        ] {
            assert_eq!(window.covers(at(instant), &zone()).is_some(), covered, "{instant}");
        }
    }

    #[test]
    fn a_window_that_could_never_be_is_refused() {
        let once = Schedule::Once { from: at("2026-03-01T10:00:00Z"), until: at("2026-03-01T10:00:00Z") };
        let weekly = |days: &[u8], minute, minutes| Schedule::Weekly { days: days.to_vec(), minute, minutes };
        for schedule in [once, weekly(&[], 0, 60), weekly(&[8], 0, 60), weekly(&[1], 1440, 60), weekly(&[1], 0, 0)] {
            assert!(schedule.fault().is_some(), "{schedule:?}");
        }
        assert_eq!(weekly(&[1, 7], 180, 120).fault(), None);
    }
}

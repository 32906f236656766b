//! Arithmetic in working time (behaviour/erp_tasks 6.7): hours of the day, week's ends, holidays, and days worked all the same.
//!
//! Deliberately not here: people's own hours, which the portal may keep besides.

use jiff::{
    SignedDuration,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use super::Schedule;
use crate::Instant;

/// The longest search for working time: a calendar without a working day has none.
const DAYS_AT_MOST: usize = 4 * 366;

impl Schedule {
    /// Nine to six, Monday to Friday: where the portal tells nothing.
    #[must_use]
    pub fn usual() -> Self {
        Self {
            start: 9 * 60,
            end: 18 * 60,
            week_holidays: [6, 7].into(),
            year_holidays: [].into(),
            year_workdays: [].into(),
        }
    }

    /// Whether people work on a day.
    #[must_use]
    pub fn works(&self, day: Date) -> bool {
        let date = (day.month(), day.day());
        if self.year_workdays.contains(&date) {
            return true;
        }
        !self.year_holidays.contains(&date) && !self.week_holidays.contains(&day.weekday().to_monday_one_offset())
    }

    /// When a day's work ends.
    #[must_use]
    pub fn end_of(&self, day: Date) -> DateTime {
        at_minute(day, self.end)
    }

    /// The working hours of a day; none on a holiday.
    fn hours(&self, day: Date, zone: &TimeZone) -> Option<(Instant, Instant)> {
        if !self.works(day) || self.start >= self.end {
            return None;
        }
        let instant = |minute| Some(at_minute(day, minute).to_zoned(zone.clone()).ok()?.timestamp());
        let (start, end) = (instant(self.start)?, instant(self.end)?);
        (start < end).then_some((start, end))
    }

    /// The moment that comes when so much working time has passed from `from`; with nothing to pass, the next working moment.
    /// `None` where the calendar has no working time for years.
    #[must_use]
    pub fn after(&self, from: Instant, work: SignedDuration, zone: &TimeZone) -> Option<Instant> {
        let (mut day, mut left) = (from.to_zoned(zone.clone()).date(), work);
        for _ in 0..DAYS_AT_MOST {
            if let Some((start, end)) = self.hours(day, zone) {
                let start = start.max(from);
                // A piece of work ends with the day it fills, and does not begin at that day's end.
                let room = end.duration_since(start);
                if room > SignedDuration::ZERO && left <= room {
                    return start.checked_add(left).ok();
                }
                if room > SignedDuration::ZERO {
                    left -= room;
                }
            }
            day = day.tomorrow().ok()?;
        }
        None
    }
}

/// A minute of a day; 1440 is the next day's beginning.
fn at_minute(day: Date, minute: u16) -> DateTime {
    let midnight = day.at(0, 0, 0, 0);
    midnight.checked_add(SignedDuration::from_mins(minute.into())).unwrap_or(midnight)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moscow() -> TimeZone {
        TimeZone::get("Europe/Moscow").unwrap()
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn hours(n: i64) -> SignedDuration {
        SignedDuration::from_hours(n)
    }

    #[test]
    fn work_goes_on_the_next_day_and_skips_the_end_of_the_week() {
        let house = Schedule::usual();
        // Friday 16:00, four hours: two today, two on Monday.
        let end = house.after(at("2026-11-20T13:00:00Z"), hours(4), &moscow());
        assert_eq!(end, Some(at("2026-11-23T08:00:00Z")));
        // Exactly to the end of a day is that day.
        assert_eq!(house.after(at("2026-11-20T13:00:00Z"), hours(2), &moscow()), Some(at("2026-11-20T15:00:00Z")));
    }

    #[test]
    fn outside_working_hours_the_next_working_moment_counts() {
        let house = Schedule::usual();
        assert_eq!(house.after(at("2026-11-21T09:00:00Z"), hours(0), &moscow()), Some(at("2026-11-23T06:00:00Z")));
        assert_eq!(house.after(at("2026-11-20T15:00:00Z"), hours(0), &moscow()), Some(at("2026-11-23T06:00:00Z")));
        assert_eq!(house.after(at("2026-11-20T02:00:00Z"), hours(1), &moscow()), Some(at("2026-11-20T07:00:00Z")));
    }

    #[test]
    fn holidays_are_left_out_and_a_working_saturday_is_not() {
        let house =
            Schedule { year_holidays: [(11, 23)].into(), year_workdays: [(11, 21)].into(), ..Schedule::usual() };
        // Friday 17:00, ten hours: one today, nine on the working Saturday.
        assert_eq!(house.after(at("2026-11-20T14:00:00Z"), hours(10), &moscow()), Some(at("2026-11-21T15:00:00Z")));
        // One more goes past Sunday and the holiday.
        assert_eq!(house.after(at("2026-11-20T14:00:00Z"), hours(11), &moscow()), Some(at("2026-11-24T07:00:00Z")));
    }

    #[test]
    fn the_night_of_a_change_of_the_clocks_costs_no_working_hour() {
        let vilnius = TimeZone::get("Europe/Vilnius").unwrap();
        let house = Schedule { start: 0, end: 1440, week_holidays: [].into(), ..Schedule::usual() };
        // 25 October 2026 has 25 hours there.
        let end = house.after(at("2026-10-24T21:00:00Z"), hours(25), &vilnius);
        assert_eq!(end, Some(at("2026-10-25T22:00:00Z")));
    }

    #[test]
    fn a_calendar_without_work_has_no_end() {
        let never = Schedule { week_holidays: (1..=7).collect(), ..Schedule::usual() };
        assert_eq!(never.after(at("2026-11-20T13:00:00Z"), hours(1), &moscow()), None);
        let backwards = Schedule { start: 600, end: 600, ..Schedule::usual() };
        assert_eq!(backwards.after(at("2026-11-20T13:00:00Z"), hours(1), &moscow()), None);
    }

    proptest! {
        #[test]
        fn two_pieces_of_work_take_as_long_as_one_of_both(from in 1_700_000_000i64..1_900_000_000, a in 0i64..400_000, b in 1i64..400_000) {
            let (house, zone) = (Schedule::usual(), moscow());
            let from = Instant::from_second(from).unwrap();
            let between = house.after(from, SignedDuration::from_secs(a), &zone).unwrap();
            let end = house.after(between, SignedDuration::from_secs(b), &zone);
            prop_assert_eq!(end, house.after(from, SignedDuration::from_secs(a + b), &zone));
        }
    }
}

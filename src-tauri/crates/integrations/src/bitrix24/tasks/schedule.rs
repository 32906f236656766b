//! Reads the house's working hours out of the calendar's settings (behaviour/erp_tasks 4).
//!
//! Hours come as `9`, `9.30` or `09:30`, days as `1.01,2.01`. What cannot be read is left out, since a calendar that is filled in
//! carelessly must not stop work. Deliberately not here: arithmetic with them (the domain's).

use pult_domain::areas::erp::Schedule;
use serde_json::Value;

use super::super::loose::{entry, items, text};

/// The method that reads them.
pub(super) const METHOD: &str = "calendar.settings.get";

/// The working hours; the usual ones where the portal names none that make a day.
pub(super) fn read(settings: &Value) -> Schedule {
    let of = |key: &str| entry(settings, key).and_then(text);
    let usual = Schedule::usual();
    let start = of("work_time_start").and_then(|time| minute(&time));
    let end = of("work_time_end").and_then(|time| minute(&time));
    let (start, end) = match (start, end) {
        (Some(start), Some(end)) if start < end => (start, end),
        _ => (usual.start, usual.end),
    };
    let week = entry(settings, "week_holidays").map(words);
    Schedule {
        start,
        end,
        week_holidays: week.map_or(usual.week_holidays, |days| days.iter().filter_map(|day| weekday(day)).collect()),
        year_holidays: entry(settings, "year_holidays").map(dates).unwrap_or_default().into_iter().collect(),
        year_workdays: entry(settings, "year_workdays").map(dates).unwrap_or_default().into_iter().collect(),
    }
}

/// The words of a list, or of a text that holds one.
fn words(value: &Value) -> Vec<String> {
    let texts = match value {
        Value::String(_) => text(value).into_iter().collect(),
        other => items(other).into_iter().filter_map(text).collect::<Vec<_>>(),
    };
    let words = texts.iter().flat_map(|text| text.split([',', ';', '|', ' ']));
    words.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A time of day in minutes; at most the day's end.
fn minute(time: &str) -> Option<u16> {
    let (hours, minutes) = time.split_once(['.', ':']).unwrap_or((time, "0"));
    let minutes = minutes.split(':').next().unwrap_or(minutes);
    let (hours, minutes): (u16, u16) = (hours.trim().parse().ok()?, minutes.trim().parse().ok()?);
    let minute = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}

fn weekday(word: &str) -> Option<i8> {
    const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let place = DAYS.iter().position(|day| word.eq_ignore_ascii_case(day))?;
    i8::try_from(place + 1).ok()
}

/// Days of the year, as (month, day).
fn dates(value: &Value) -> Vec<(i8, i8)> {
    let date = |word: &String| {
        let mut parts = word.split('.');
        let (day, month): (i8, i8) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        // Any leap year has every day there is.
        jiff::civil::Date::new(2024, month, day).ok().map(|date| (date.month(), date.day()))
    };
    words(value).iter().filter_map(date).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hours_are_read_in_every_spelling() {
        for (said, want) in [("9", 540), ("9.30", 570), ("09:30", 570), ("19", 1140), ("24", 1440), ("9:30:00", 570)] {
            assert_eq!(minute(said), Some(want), "{said}");
        }
        for wrong in ["", "x", "25", "9.75", "-1"] {
            assert_eq!(minute(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_calendar_is_read_as_far_as_it_makes_sense() {
        let said = json!({
            "work_time_start": "9.30", "work_time_end": 18, "week_holidays": ["SA", "su", "??"],
            "year_holidays": "1.01,2.01, 31.02,x,29.02", "year_workdays": "31.12",
        });
        let want = Schedule {
            start: 570,
            end: 1080,
            week_holidays: [6, 7].into(),
            year_holidays: [(1, 1), (1, 2), (2, 29)].into(),
            year_workdays: [(12, 31)].into(),
        };
        assert_eq!(read(&said), want);
        assert_eq!(read(&json!([])), Schedule::usual());
        let night = json!({"work_time_start": "19", "work_time_end": "9", "week_holidays": "FR|SA"});
        assert_eq!((read(&night).start, read(&night).end, read(&night).week_holidays), (540, 1080, [5, 6].into()));
    }
}

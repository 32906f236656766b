//! Dates and times as the previous systems wrote them: `dd.mm.yyyy HH:MM[:SS]`, or ISO 8601.
//!
//! Deliberately not here: which zone a file's times are of.

use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};
use pult_domain::Instant;

/// An instant. A time that names no zone is of the given one; in the hour that a clock set back shows twice it is the first.
pub(super) fn instant(column: &str, text: &str, zone: &TimeZone) -> Result<Instant, String> {
    let wrong = || format!("{column}: not a date and time (dd.mm.yyyy HH:MM:SS, or ISO 8601)");
    if let Ok(at) = text.parse::<Instant>() {
        return Ok(at);
    }
    let local = ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"].iter().find_map(|form| DateTime::strptime(form, text).ok());
    // ISO without a time would silently be midnight, so a time is asked for.
    let local = local.or_else(|| text.contains(':').then(|| text.parse::<DateTime>().ok()).flatten());
    let local = local.ok_or_else(wrong)?;
    zone.to_timestamp(local).map_err(|_| wrong())
}

/// A day, `YYYY-MM-DD` or `dd.mm.yyyy`.
pub(super) fn day(column: &str, text: &str) -> Result<Date, String> {
    Date::strptime("%d.%m.%Y", text)
        .or_else(|_| Date::strptime("%Y-%m-%d", text))
        .map_err(|_| format!("{column}: not a date (YYYY-MM-DD or dd.mm.yyyy)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_their_zone() {
        let vilnius = TimeZone::get("Europe/Vilnius").unwrap();
        for (text, want) in [
            ("01.02.2026 10:00", Some("2026-02-01T08:00:00Z")),
            ("01.07.2026 10:00:05", Some("2026-07-01T07:00:05Z")),
            ("2026-02-01T10:00:00", Some("2026-02-01T08:00:00Z")),
            ("2026-02-01 10:00:00", Some("2026-02-01T08:00:00Z")),
            ("2026-02-01T10:00:00Z", Some("2026-02-01T10:00:00Z")),
            ("2026-02-01T10:00:00+03:00", Some("2026-02-01T07:00:00Z")),
            // The clock went back from 04:00 to 03:00 on 26 October 2025: the first of the two half past threes.
            ("26.10.2025 03:30", Some("2025-10-26T00:30:00Z")),
            ("31.02.2026 10:00", None),
            ("2026-02-01", None),
            ("01.02.2026", None),
            ("", None),
            ("10:00", None),
        ] {
            let want = want.map(|w| w.parse::<Instant>().unwrap());
            assert_eq!(instant("x", text, &vilnius).ok(), want, "{text}");
        }
    }

    #[test]
    fn days_are_of_two_forms() {
        let want = jiff::civil::date(2027, 1, 31);
        assert_eq!((day("x", "31.01.2027").unwrap(), day("x", "2027-01-31").unwrap()), (want, want));
        assert!(day("x", "31/01/2027").is_err() && day("x", "2027-02-30").is_err());
    }
}

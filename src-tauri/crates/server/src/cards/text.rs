//! How the card words what it shows: numbers in groups, moments, durations.
//!
//! Deliberately not here: the page around it.

use jiff::tz::TimeZone;
use pult_domain::{Instant, areas::calls::CallState};
use pult_store::calls::CallRow;

const MONTHS: [&str; 12] = ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];

/// How long a call took, in the words behaviour/helpdesk 2.2 step 6 fixes; a dash when its end was never reported.
pub(super) fn duration(row: &CallRow) -> String {
    match (row.state, row.ended_at) {
        (CallState::Open, _) => "In progress".to_owned(),
        (CallState::Ended, None) => "—".to_owned(),
        (CallState::Ended, Some(end)) => {
            let seconds = (end - row.started_at).max(0) / 1000;
            match seconds {
                ..60 => format!("{seconds} seconds"),
                _ => format!("{} minutes {} seconds", seconds / 60, seconds % 60),
            }
        }
    }
}

/// A moment for a reader: the shorter the nearer it is.
pub(super) struct Moment {
    /// For the line.
    pub(super) short: String,
    /// With date and zone, for the hint.
    pub(super) full: String,
    /// For programs.
    pub(super) exact: String,
}

/// The moment of a stored number of milliseconds.
pub(super) fn moment(ms: i64, zone: &TimeZone, now: Instant) -> Moment {
    let at = Instant::from_millisecond(ms).unwrap_or(Instant::UNIX_EPOCH);
    let (there, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let short = if there.date() == today.date() {
        there.strftime("%H:%M:%S").to_string()
    } else if there.year() == today.year() {
        let month = usize::try_from(there.month() - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or_default();
        format!("{} {month}, {}", there.day(), there.strftime("%H:%M"))
    } else {
        there.strftime("%d.%m.%Y %H:%M").to_string()
    };
    Moment { short, full: there.strftime("%d.%m.%Y %H:%M:%S %Z").to_string(), exact: at.to_string() }
}

/// Digits in the groups a person reads them by. The page parts them by space alone, so that what is copied has none.
pub(super) fn groups(digits: &str) -> Vec<&str> {
    let sizes: Vec<usize> = match digits.len() {
        11 if digits.starts_with('7') => vec![1, 3, 3, 2, 2],
        11 if digits.starts_with("370") => vec![3, 3, 2, 3],
        // Groups of three, the odd ones first.
        n => std::iter::once(n % 3).filter(|odd| *odd > 0).chain(std::iter::repeat_n(3, n / 3)).collect(),
    };
    let mut rest = digits;
    let mut cut = |size| {
        let (part, tail) = rest.split_at_checked(size)?;
        rest = tail;
        Some(part)
    };
    sizes.into_iter().filter_map(&mut cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_nothing_is_lost() {
        for (digits, want) in [
            ("74951234567", "7 495 123 45 67"),
            ("37060011222", "370 600 11 222"),
            ("84951", "84 951"),
            ("112", "112"),
            ("1", "1"),
            ("", ""),
            ("4930123456", "4 930 123 456"),
        ] {
            assert_eq!(groups(digits).join(" "), want);
            assert_eq!(groups(digits).concat(), digits);
        }
    }

    #[test]
    fn a_moment_is_as_short_as_it_is_near() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let now: Instant = "2025-11-05T12:30:00Z".parse().unwrap();
        for (at, want) in [
            ("2025-11-05T12:03:22Z", "14:03:22"),
            ("2025-11-04T22:00:00Z", "00:00:00"),
            ("2025-11-04T21:59:59Z", "4 ноя, 23:59"),
            ("2024-05-09T09:00:00Z", "09.05.2024 11:00"),
        ] {
            let at: Instant = at.parse().unwrap();
            assert_eq!(moment(at.as_millisecond(), &zone, now).short, want);
        }
    }
}

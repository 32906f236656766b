//! How often a source is usually heard from at this time, so that its silence can be told from a quiet hour.
//!
//! The measure is the same hour of the same weekday in the weeks before; of a younger database, the same hour of the days
//! before; of one not a day old, the past hour. Deliberately not here: what is drawn (the console's), and waking anybody.

use jiff::SignedDuration;
use pult_domain::Instant;
use pult_store::{
    Connection, StoreError,
    arrivals::{self, Span},
};

/// Half of the stretch looked at around the same time of an earlier day.
const HALF: SignedDuration = SignedDuration::from_mins(30);
/// A day, as the comparison goes: a change of clocks moves it by an hour twice a year, which is less than its blur.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Weeks looked back.
const WEEKS: i32 = 4;
/// Days looked back where there is no week yet.
const DAYS: i32 = 6;
/// Fewer records say nothing about a pace.
const FEW: usize = 5;
/// Records counted of one stretch at most.
const COUNTED: usize = 1000;

/// Silences this many usual gaps long begin to be unusual: one in 150, were records to come by chance.
const LATE: i32 = 5;
/// And these are no chance any more.
const OVERDUE: i32 = 15;
/// No silence shorter than this is late, nor shorter than five times this overdue: batches come in fits.
const LEAST: SignedDuration = SignedDuration::from_mins(1);

/// What is usual for a source at this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The mean time between two records.
    pub(crate) usual: SignedDuration,
    /// A silence that is longer is late.
    pub(crate) late: SignedDuration,
    /// A silence that is longer needs somebody; absent where only the past hour is known, which may end with the working day.
    pub(crate) overdue: Option<SignedDuration>,
}

/// The stretches of the past that are like now.
pub(crate) struct Likeness {
    spans: Vec<Span>,
    /// Their length together.
    length: SignedDuration,
    /// They are of earlier days.
    days: bool,
}

impl Likeness {
    /// Finds them; once for all sources.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn of(connection: &Connection, now: Instant) -> Result<Self, StoreError> {
        let mut likeness = Self { spans: vec![], length: SignedDuration::ZERO, days: true };
        let Some(oldest) = arrivals::oldest(connection)? else { return Ok(likeness) };
        let (stretches, days) = stretches(oldest, now);
        likeness.days = days;
        for (from, to) in stretches {
            likeness.spans.push(arrivals::span(connection, from, to)?);
            likeness.length += to.duration_since(from);
        }
        Ok(likeness)
    }

    /// The pace of one source; `None` where too little is known to call anything usual.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn pace(&self, connection: &Connection, integration: &str) -> Result<Option<Pace>, StoreError> {
        let mut records = 0;
        for span in &self.spans {
            records += arrivals::count(connection, integration, *span, COUNTED)?;
        }
        Ok(pace(records, self.length, self.days))
    }
}

/// Like stretches of the past, and whether they are of earlier days.
fn stretches(oldest: Instant, now: Instant) -> (Vec<(Instant, Instant)>, bool) {
    let before = |days: i32| {
        let at = now.saturating_sub(DAY * days).ok()?;
        let from = at.saturating_sub(HALF).ok()?.max(oldest);
        let to = at.saturating_add(HALF).ok()?;
        (from < to).then_some((from, to))
    };
    let weeks: Vec<_> = (1..=WEEKS).filter_map(|week| before(week * 7)).collect();
    if !weeks.is_empty() {
        return (weeks, true);
    }
    let days: Vec<_> = (1..=DAYS).filter_map(before).collect();
    if !days.is_empty() {
        return (days, true);
    }
    let from = now.saturating_sub(HALF * 2).map_or(oldest, |hour_ago| hour_ago.max(oldest));
    (if from < now { vec![(from, now)] } else { vec![] }, false)
}

fn pace(records: usize, length: SignedDuration, days: bool) -> Option<Pace> {
    let count = i32::try_from(records).ok().filter(|_| records >= FEW)?;
    let usual = length / count;
    Some(Pace { usual, late: (usual * LATE).max(LEAST), overdue: days.then(|| (usual * OVERDUE).max(LEAST * 5)) })
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn now() -> Instant {
        "2025-11-05T11:00:00Z".parse().unwrap()
    }

    fn starts(oldest: Instant) -> (Vec<String>, bool) {
        let (stretches, days) = stretches(oldest, now());
        (
            stretches
                .iter()
                .map(|(from, to)| format!("{} {}", from.strftime("%d %H:%M"), to.strftime("%H:%M")))
                .collect(),
            days,
        )
    }

    #[test]
    fn weekdays_are_compared_with_their_like_as_soon_as_there_is_one() {
        let days = |n: i64| now() - (n * 24).hours();
        assert_eq!(starts(days(100)).0, ["29 10:30 11:30", "22 10:30 11:30", "15 10:30 11:30", "08 10:30 11:30"]);
        assert_eq!(starts(days(9)).0, ["29 10:30 11:30"]);
        assert_eq!(starts(days(2)), (vec!["04 10:30 11:30".to_owned(), "03 11:00 11:30".to_owned()], true));
        assert_eq!(starts(now() - 20.minutes()), (vec!["05 10:40 11:00".to_owned()], false));
        assert_eq!(starts(now()), (vec![], false));
    }

    #[test]
    fn a_pace_is_the_mean_gap_and_few_records_make_none() {
        let (hour, minutes) = (SignedDuration::from_hours(1), SignedDuration::from_mins);
        let known = pace(60, hour, true).unwrap();
        assert_eq!((known.usual, known.late, known.overdue), (minutes(1), minutes(5), Some(minutes(15))));
        assert_eq!(pace(4, hour, true), None);
        assert_eq!(pace(0, SignedDuration::ZERO, true), None);
        let busy = pace(3600, hour, true).unwrap();
        assert_eq!(
            (busy.late, busy.overdue),
            (minutes(1), Some(minutes(5))),
            "a second's gap is nothing to wake anybody for"
        );
        assert_eq!(pace(60, hour, false).unwrap().overdue, None, "an hour does not know when the day ends");
    }
}

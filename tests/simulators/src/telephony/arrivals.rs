//! When calls come (a Poisson process whose intensity follows the hour) and how long they last (log-normal). Pure:
//! randomness comes from a seed and a date. Nothing here knows what a call is about.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Mean number of calls in each hour of the local day.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    hourly: [f64; 24],
}

impl Profile {
    /// An office day: from eight to twenty, with a peak before noon and another after lunch. `busiest` is the mean
    /// number of calls in the busiest hour.
    pub fn office(busiest: f64) -> Self {
        const SHAPE: [f64; 24] = [
            0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.05, 0.25, 0.65, 0.9, 1.0, 0.85, 0.6, 0.8, 0.9, 0.75, 0.6, 0.35, 0.15,
            0.05, 0.0, 0.0, 0.0,
        ];
        Self { hourly: SHAPE.map(|share| share * busiest.max(0.0)) }
    }

    /// The same intensity around the clock: a demo that never goes quiet.
    pub fn flat(per_hour: f64) -> Self {
        Self { hourly: [per_hour.max(0.0); 24] }
    }

    /// Whether nobody ever calls.
    pub fn is_silent(&self) -> bool {
        self.hourly.iter().all(|mean| *mean <= 0.0)
    }

    /// Mean number of calls in the local hour 0 to 23.
    pub fn at(&self, hour: usize) -> f64 {
        self.hourly.get(hour).copied().unwrap_or(0.0)
    }
}

/// The randomness of one day of one centre.
pub fn day_random(seed: u64, centre: &str, date: Date) -> StdRng {
    // FNV-1a over the three: stable over runs and machines, which the standard hasher does not promise to be.
    let text = format!("{seed}/{centre}/{date}");
    let mixed = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    StdRng::seed_from_u64(mixed)
}

/// Instants at which calls arrive on `date` in `zone`, in order. Exact for an intensity that changes by the hour:
/// candidates come at the busiest hour's rate, each is kept with the share its own hour has of that.
pub fn arrivals(random: &mut StdRng, profile: &Profile, date: Date, zone: &TimeZone) -> Vec<Timestamp> {
    let busiest = profile.hourly.iter().copied().fold(0.0, f64::max);
    let (Ok(start), Ok(end)) =
        (date.to_zoned(zone.clone()), date.saturating_add(jiff::Span::new().days(1)).to_zoned(zone.clone()))
    else {
        return Vec::new();
    };
    let mut kept = Vec::new();
    if busiest <= 0.0 {
        return kept;
    }
    let mut at = start.timestamp();
    loop {
        let hours = -(1.0 - random.random::<f64>()).ln() / busiest;
        let Ok(next) = at.checked_add(SignedDuration::from_millis((hours * 3_600_000.0) as i64)) else { return kept };
        at = next;
        if at >= end.timestamp() {
            return kept;
        }
        let hour = usize::try_from(at.to_zoned(zone.clone()).hour()).unwrap_or_default();
        if random.random::<f64>() * busiest < profile.at(hour) {
            kept.push(at);
        }
    }
}

/// A log-normal length around `median`, within `least` and `most`. `spread` is the deviation of its logarithm: at 0.6
/// two of three lie between half and twice the median.
pub fn length(random: &mut StdRng, median: Duration, spread: f64, least: Duration, most: Duration) -> Duration {
    // Box-Muller: one normal deviate out of two uniform ones.
    let (u, v): (f64, f64) = (1.0 - random.random::<f64>(), random.random());
    let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
    let seconds = median.as_secs_f64() * (spread * normal).exp();
    Duration::from_secs_f64(seconds.clamp(least.as_secs_f64(), most.as_secs_f64()))
}

/// `at` plus `by`, or the end of time.
pub fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

/// `at` as journals write it: RFC 3339, UTC, whole seconds, rounded down so that nothing is dated after it was written.
pub fn written(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// Who is on the phone: which of `count` people is free at an instant.
#[derive(Clone, Debug)]
pub struct Lines {
    busy_until: Vec<Timestamp>,
}

impl Lines {
    /// Everybody free.
    pub fn new(count: usize) -> Self {
        Self { busy_until: vec![Timestamp::MIN; count] }
    }

    /// Takes a random free line; `None` when all are on the phone.
    pub fn take(&mut self, random: &mut StdRng, at: Timestamp) -> Option<usize> {
        let free: Vec<_> = (0..self.busy_until.len()).filter(|&line| self.busy_until[line] <= at).collect();
        if free.is_empty() { None } else { Some(free[random.random_range(0..free.len())]) }
    }

    /// Keeps a line busy until then.
    pub fn hold(&mut self, line: usize, until: Timestamp) {
        if let Some(busy) = self.busy_until.get_mut(line) {
            *busy = until;
        }
    }
}

/// One of `weighted`, each with its share; the shares need not add up to anything.
pub fn choose<T: Copy>(random: &mut StdRng, weighted: &[(u32, T)]) -> Option<T> {
    let total: u32 = weighted.iter().map(|(weight, _)| weight).sum();
    if total == 0 {
        return None;
    }
    let mut drawn = random.random_range(0..total);
    for &(weight, item) in weighted {
        if drawn < weight {
            return Some(item);
        }
        drawn -= weight;
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_depends_on_seed_centre_and_date_only() {
        let zone = TimeZone::get("Europe/Vilnius").unwrap();
        let day =
            |seed, centre, date| arrivals(&mut day_random(seed, centre, date), &Profile::office(60.0), date, &zone);
        let first = day(1, "vilnius", date(2026, 3, 2));
        assert_eq!(first, day(1, "vilnius", date(2026, 3, 2)));
        assert_ne!(first, day(2, "vilnius", date(2026, 3, 2)));
        assert_ne!(first, day(1, "moscow", date(2026, 3, 2)));
    }

    #[test]
    fn hours_get_their_rate() {
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let profile = Profile::office(60.0);
        let mut counts = [0_u32; 24];
        for offset in 0..200 {
            let date = date(2026, 1, 1).saturating_add(jiff::Span::new().days(offset));
            for at in arrivals(&mut day_random(7, "moscow", date), &profile, date, &zone) {
                counts[usize::try_from(at.to_zoned(zone.clone()).hour()).unwrap()] += 1;
            }
        }
        for (hour, count) in counts.into_iter().enumerate() {
            // A Poisson count over 200 days: five deviations either way, at a fixed seed.
            let mean = profile.at(hour) * 200.0;
            assert!((f64::from(count) - mean).abs() <= 5.0 * mean.sqrt(), "hour {hour}: {count}, expected {mean}");
        }
    }

    #[test]
    fn a_day_of_twenty_three_hours_is_filled_once() {
        let zone = TimeZone::get("Europe/Vilnius").unwrap();
        let date = date(2026, 3, 29);
        let all = arrivals(&mut day_random(3, "vilnius", date), &Profile::flat(100.0), date, &zone);
        assert!(all.is_sorted());
        assert!(all.iter().all(|at| at.to_zoned(zone.clone()).date() == date));
        assert!(all.iter().all(|at| at.to_zoned(zone.clone()).hour() != 3), "that hour did not exist");
    }

    #[test]
    fn lengths_have_their_median_and_bounds() {
        let mut random = day_random(5, "test", date(2026, 1, 1));
        let (least, most) = (Duration::from_secs(10), Duration::from_secs(1_200));
        let mut all: Vec<_> =
            (0..2_001).map(|_| length(&mut random, Duration::from_secs(180), 0.7, least, most)).collect();
        all.sort();
        assert!((160.0..200.0).contains(&all[1_000].as_secs_f64()), "median {:?}", all[1_000]);
        assert!(all[0] >= least && all[2_000] <= most);
    }

    #[test]
    fn a_busy_line_is_not_taken() {
        let mut random = day_random(5, "test", date(2026, 1, 1));
        let mut lines = Lines::new(2);
        let at = Timestamp::UNIX_EPOCH;
        lines.hold(0, later(at, Duration::from_secs(60)));
        assert!((0..50).all(|_| lines.take(&mut random, at) == Some(1)));
        lines.hold(1, later(at, Duration::from_secs(30)));
        assert_eq!(lines.take(&mut random, at), None);
    }
}

//! The calls of Vilnius: agencies ring their curators. Says who calls, when, and what the telephony client and the
//! curator then do; sends nothing.

use std::time::Duration;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::arrivals::{Lines, Profile, arrivals, choose, day_random, later, length};
use crate::catalogue::{self, Agency, CURATORS, LITHUANIAN, THEMES};

/// Local time of the centre.
pub const ZONE: &str = "Europe/Vilnius";

/// Who rings, as the exchange sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A phone of an agency.
    Agency {
        /// The owner; the last of two.
        id: u32,
        /// `+` and digits.
        phone: String,
    },
    /// A number nobody in the catalogue owns.
    Stranger(String),
    /// No number was presented; the text the exchange sends instead: `unknown` or nothing.
    Hidden(&'static str),
}

impl Caller {
    /// The `ani` of the hook.
    pub fn ani(&self) -> &str {
        match self {
            Self::Agency { phone, .. } | Self::Stranger(phone) => phone,
            Self::Hidden(text) => text,
        }
    }
}

/// One call, from ring to theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `vilnius-<date>-<number>`: the same call has the same key on every run.
    pub key: String,
    /// When `newcall` is sent.
    pub at: Timestamp,
    /// Who rings.
    pub caller: Caller,
    /// `curator_id` of the hook: a login of [`CURATORS`].
    pub curator: &'static str,
    /// When `newcall` is sent again, after the first: a client that lost patience. Mostly none.
    pub repeats: Vec<Duration>,
    /// When `endcall` is sent, after `newcall`; `None` when the line dropped and the client said nothing more.
    pub ends_after: Option<Duration>,
    /// The theme the curator sets, and when, after `newcall`.
    pub theme: Option<(Duration, &'static str)>,
}

/// What the centre is like.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Decides every day together with its date.
    pub seed: u64,
    /// How busy it is.
    pub profile: Profile,
}

impl Plan {
    /// The calls of a local day in the order of their arrival. A call that finds all curators on the phone is not
    /// there: the exchange never passes it on.
    pub fn day(&self, date: Date, zone: &TimeZone) -> Vec<Call> {
        let agencies = catalogue::agencies();
        let mut random = day_random(self.seed, "vilnius", date);
        let mut lines = Lines::new(CURATORS.len());
        let mut calls = Vec::new();
        for at in arrivals(&mut random, &self.profile, date, zone) {
            let Some(line) = lines.take(&mut random, at) else { continue };
            let caller = caller(&mut random, &agencies);
            let talk = length(
                &mut random,
                Duration::from_secs(170),
                0.7,
                Duration::from_secs(8),
                Duration::from_secs(30 * 60),
            );
            lines.hold(line, later(at, talk));
            let repeats = match random.random_range(0..100) {
                0..2 => vec![Duration::from_secs(2), Duration::from_secs(9)],
                2..9 => vec![Duration::from_millis(random.random_range(400..8_000))],
                _ => Vec::new(),
            };
            let ends_after = random.random_bool(0.94).then_some(talk);
            // Most themes are set while talking, some just after; a dropped line leaves little to write down.
            let set = if ends_after.is_some() { random.random_bool(0.6) } else { random.random_bool(0.1) };
            let share = random.random_range(0.3..1.15);
            let theme = THEMES.choose(&mut random).filter(|_| set).map(|&text| (talk.mul_f64(share), text));
            calls.push(Call {
                key: format!("vilnius-{date}-{}", calls.len() + 1),
                at,
                caller,
                curator: CURATORS[line].login,
                repeats,
                ends_after,
                theme,
            });
        }
        calls
    }

    /// All calls from an instant on, without end; none at all where the profile is silent.
    pub fn from(self, from: Timestamp, zone: TimeZone) -> impl Iterator<Item = Call> + Send {
        let mut date = from.to_zoned(zone.clone()).date();
        std::iter::from_fn(move || {
            if self.profile.is_silent() {
                return None;
            }
            let today = date;
            date = date.tomorrow().ok()?;
            Some(self.day(today, &zone))
        })
        .flatten()
        .skip_while(move |call| call.at < from)
    }
}

fn caller(random: &mut StdRng, agencies: &[Agency]) -> Caller {
    // Some agencies ring all day, most now and then: the square of a uniform deviate favours the first.
    let pick = |random: &mut StdRng, from: usize, count: usize| {
        let drawn: f64 = random.random();
        let index = from + ((drawn * drawn) * count as f64) as usize;
        let agency = &agencies[index.min(from + count - 1)];
        let contact = &agency.contacts[random.random_range(0..agency.contacts.len())];
        Caller::Agency { id: agency.id, phone: contact.phone.clone() }
    };
    match choose(random, &[(76, 0), (6, 1), (12, 2), (4, 3), (2, 4)]) {
        Some(0) | None => pick(random, 0, LITHUANIAN),
        Some(1) => pick(random, LITHUANIAN, agencies.len() - LITHUANIAN),
        Some(2) => Caller::Stranger(format!("+3705009{:04}", random.random_range(0..10_000))),
        Some(3) => Caller::Hidden("unknown"),
        Some(_) => Caller::Hidden(""),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get(ZONE).unwrap()
    }

    fn plan(seed: u64) -> Plan {
        Plan { seed, profile: Profile::office(80.0) }
    }

    fn month() -> Vec<Call> {
        let from = date(2026, 2, 1).to_zoned(zone()).unwrap().timestamp();
        let until = date(2026, 3, 1).to_zoned(zone()).unwrap().timestamp();
        plan(42).from(from, zone()).take_while(|call| call.at < until).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_day_and_another_another() {
        let day = date(2026, 2, 2);
        assert_eq!(plan(1).day(day, &zone()), plan(1).day(day, &zone()));
        assert_ne!(plan(1).day(day, &zone()), plan(2).day(day, &zone()));
    }

    #[test]
    fn where_one_starts_does_not_change_what_comes() {
        let noon = date(2026, 2, 2).at(12, 0, 0, 0).to_zoned(zone()).unwrap().timestamp();
        let whole = plan(1).day(date(2026, 2, 2), &zone());
        let rest: Vec<_> = whole.iter().filter(|call| call.at >= noon).cloned().collect();
        let from_noon: Vec<_> = plan(1).from(noon, zone()).take(rest.len()).collect();
        assert_eq!(from_noon, rest);
    }

    #[test]
    fn keys_are_unique_and_order_holds() {
        let calls = month();
        assert_eq!(calls.iter().map(|call| &call.key).collect::<BTreeSet<_>>().len(), calls.len());
        assert!(calls.is_sorted_by_key(|call| call.at));
    }

    #[test]
    fn shares_are_near_what_was_meant() {
        let calls = month();
        let share = |wanted: &dyn Fn(&Call) -> bool| {
            calls.iter().filter(|call| wanted(call)).count() as f64 / calls.len() as f64
        };
        let near = |what: &str, got: f64, meant: f64| assert!((got - meant).abs() < 0.02, "{what}: {got}");
        near("agencies", share(&|call| matches!(call.caller, Caller::Agency { .. })), 0.82);
        near("strangers", share(&|call| matches!(call.caller, Caller::Stranger(_))), 0.12);
        near("`unknown`", share(&|call| call.caller == Caller::Hidden("unknown")), 0.04);
        near("no number", share(&|call| call.caller == Caller::Hidden("")), 0.02);
        near("repeats", share(&|call| !call.repeats.is_empty()), 0.09);
        near("hang-ups", share(&|call| call.ends_after.is_none()), 0.06);
    }

    #[test]
    fn repeats_come_within_seconds_and_never_after_a_minute() {
        let calls = month();
        assert!(calls.iter().flat_map(|call| &call.repeats).all(|after| *after < Duration::from_secs(60)));
    }

    #[test]
    fn curators_talk_at_once_but_never_twice() {
        let calls = month();
        let mut overlaps = 0;
        for (index, call) in calls.iter().enumerate() {
            let Some(talk) = call.ends_after else { continue };
            let end = later(call.at, talk);
            for other in calls[index + 1..].iter().take_while(|other| other.at < end) {
                assert_ne!(other.curator, call.curator, "{} and {}", call.key, other.key);
                overlaps += 1;
            }
        }
        assert!(overlaps > 100);
    }
}

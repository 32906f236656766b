//! When which target is asked next: spread over the period, never twice at once, a wish coming before its time.
//!
//! Deliberately not here: asking, and the clock.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use pult_domain::{Instant, TargetId, areas::network::Definition};
use pult_store::network::Watched;

/// The times of all targets.
pub(super) struct Schedule {
    period: SignedDuration,
    certificates: SignedDuration,
    entries: BTreeMap<TargetId, Entry>,
    /// The first list has been taken.
    begun: bool,
}

struct Entry {
    definition: Definition,
    next: Instant,
    certificate: Instant,
    asking: bool,
}

/// A target whose time has come.
pub(super) struct Due {
    pub(super) target: TargetId,
    pub(super) definition: Definition,
    pub(super) with_certificate: bool,
}

fn later(at: Instant, by: SignedDuration) -> Instant {
    at.checked_add(by).unwrap_or(Instant::MAX)
}

impl Schedule {
    /// An empty schedule with the usual time between two looks, and between two readings of a certificate.
    pub(super) fn new(period: SignedDuration, certificates: SignedDuration) -> Self {
        Self { period, certificates, entries: BTreeMap::new(), begun: false }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn knows(&self, target: TargetId) -> bool {
        self.entries.contains_key(&target)
    }

    fn period_of(&self, definition: &Definition) -> SignedDuration {
        definition.period_s.map_or(self.period, |seconds| SignedDuration::from_secs(seconds.into()))
    }

    /// Takes the list as it is now. Those of the first list begin one a little later than the other; later on those known keep their time,
    /// and those that are new or described anew are asked at once: somebody waits for the first answer.
    pub(super) fn take(&mut self, targets: Vec<Watched>, now: Instant) {
        let mut old = std::mem::take(&mut self.entries);
        let count = i32::try_from(targets.len().max(1)).unwrap_or(i32::MAX);
        for (n, Watched { id, definition }) in targets.into_iter().enumerate() {
            let share = self.period_of(&definition) / count * i32::try_from(n).unwrap_or(i32::MAX);
            let entry = match old.remove(&id) {
                Some(known) if known.definition == definition => known,
                Some(known) => Entry { definition, next: now, certificate: now, asking: known.asking },
                None => {
                    let next = if self.begun { now } else { later(now, share) };
                    Entry { definition, next, certificate: now, asking: false }
                }
            };
            self.entries.insert(id, entry);
        }
        self.begun = true;
    }

    /// Somebody wants an answer now; whether the target is watched. One that is being asked is not asked again.
    pub(super) fn want(&mut self, target: TargetId, now: Instant) -> bool {
        let Some(entry) = self.entries.get_mut(&target) else { return false };
        if !entry.asking {
            entry.next = entry.next.min(now);
        }
        true
    }

    /// The next target whose time has come; it is taken to be asked from now on.
    pub(super) fn next_due(&mut self, now: Instant) -> Option<Due> {
        let usual = self.period;
        let (target, entry) =
            self.entries.iter_mut().filter(|(_, e)| !e.asking && e.next <= now).min_by_key(|(_, e)| e.next)?;
        let period = entry.definition.period_s.map_or(usual, |seconds| SignedDuration::from_secs(seconds.into()));
        let with_certificate = entry.certificate <= now;
        if with_certificate {
            entry.certificate = later(now, self.certificates);
        }
        // Its own rhythm goes on; after a sleep, a jump of the clock or a wish it begins anew.
        let rhythm = later(entry.next, period);
        entry.next = if rhythm > now { rhythm } else { later(now, period) };
        entry.asking = true;
        Some(Due { target: *target, definition: entry.definition.clone(), with_certificate })
    }

    /// The answer has come, or never will.
    pub(super) fn answered(&mut self, target: TargetId) {
        if let Some(entry) = self.entries.get_mut(&target) {
            entry.asking = false;
        }
    }

    /// When the next target that is not being asked is due.
    pub(super) fn next_time(&self) -> Option<Instant> {
        self.entries.values().filter(|e| !e.asking).map(|e| e.next).min()
    }
}

#[cfg(test)]
mod tests {
    use pult_domain::areas::network::ProbeKind;

    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_second(1_760_000_000 + second).unwrap()
    }

    fn target(id: i64, host: &str) -> Watched {
        let definition = Definition {
            key: format!("t{id}"),
            title: format!("T{id}"),
            host: host.to_owned(),
            kind: ProbeKind::Tcp,
            port: None,
            path: None,
            packets: None,
            period_s: None,
            certificate_port: Some(443),
            workstation_url: None,
            parent: None,
            enabled: true,
        };
        Watched { id: TargetId(id), definition }
    }

    fn schedule(targets: Vec<Watched>) -> Schedule {
        let mut schedule = Schedule::new(SignedDuration::from_secs(10), SignedDuration::from_mins(5));
        schedule.take(targets, at(0));
        schedule
    }

    fn due(schedule: &mut Schedule, second: i64) -> Vec<(i64, bool)> {
        std::iter::from_fn(|| schedule.next_due(at(second))).map(|d| (d.target.0, d.with_certificate)).collect()
    }

    #[test]
    fn targets_are_spread_over_the_period() {
        let mut schedule = schedule((0..5).map(|id| target(id, "a.example.com")).collect());
        let begun: Vec<_> = (0..10).map(|second| due(&mut schedule, second).len()).collect();
        assert_eq!(begun, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    }

    #[test]
    fn a_new_target_is_asked_at_once_and_the_others_keep_their_time() {
        let known: Vec<_> = (0..2).map(|id| target(id, "a.example.com")).collect();
        let mut schedule = schedule(known.clone());
        due(&mut schedule, 0);
        schedule.answered(TargetId(0));
        schedule
            .take(known.into_iter().chain([target(2, "b.example.com"), target(3, "c.example.com")]).collect(), at(1));
        assert_eq!(due(&mut schedule, 1), [(2, true), (3, true)]);
        assert_eq!(schedule.next_time(), Some(at(5)));
        // The first target of an empty house as well.
        let mut empty = Schedule::new(SignedDuration::from_secs(10), SignedDuration::from_mins(5));
        empty.take(vec![], at(0));
        empty.take(vec![target(1, "a.example.com"), target(2, "b.example.com")], at(3));
        assert_eq!(due(&mut empty, 3).len(), 2);
    }

    #[test]
    fn a_target_is_not_asked_again_before_it_has_answered() {
        let mut schedule = schedule(vec![target(1, "a.example.com")]);
        assert_eq!(due(&mut schedule, 0), [(1, true)]);
        assert!(schedule.want(TargetId(1), at(1)), "who wants an answer waits for the one on its way");
        assert_eq!((due(&mut schedule, 30), schedule.next_time()), (vec![], None));
        schedule.answered(TargetId(1));
        assert_eq!(due(&mut schedule, 30), [(1, false)]);
    }

    #[test]
    fn a_wish_comes_before_its_time_and_the_rhythm_begins_anew() {
        let mut schedule = schedule(vec![target(1, "a.example.com")]);
        due(&mut schedule, 0);
        schedule.answered(TargetId(1));
        assert!(schedule.want(TargetId(1), at(4)));
        assert_eq!(due(&mut schedule, 4), [(1, false)]);
        schedule.answered(TargetId(1));
        assert_eq!(schedule.next_time(), Some(at(14)));
        assert!(!schedule.want(TargetId(2), at(4)));
    }

    #[test]
    fn a_sleep_is_not_made_up_for() {
        let mut schedule = schedule(vec![target(1, "a.example.com")]);
        due(&mut schedule, 0);
        schedule.answered(TargetId(1));
        assert_eq!(due(&mut schedule, 1_000), [(1, true)], "and the certificate is read once more");
        schedule.answered(TargetId(1));
        assert_eq!((due(&mut schedule, 1_000), schedule.next_time()), (vec![], Some(at(1_010))));
    }

    #[test]
    fn a_target_at_another_address_is_asked_at_once_and_the_others_keep_their_time() {
        let mut schedule = schedule(vec![target(1, "a.example.com"), target(2, "b.example.com")]);
        due(&mut schedule, 0);
        schedule.answered(TargetId(1));
        schedule.take(vec![target(1, "c.example.com"), target(2, "b.example.com")], at(1));
        assert_eq!(due(&mut schedule, 1), [(1, true)]);
        assert_eq!(schedule.next_time(), Some(at(5)));
        schedule.take(vec![], at(2));
        assert_eq!((schedule.len(), schedule.next_time()), (0, None));
    }
}

//! Which of what is owed begins in a round: in order, one per subject, as many as there is room for.
//!
//! Deliberately not here: where what is owed is read from (`Lane`).

use std::collections::HashSet;

use pult_domain::{Effect, EffectId, Instant, Subject};
use pult_store::outbox::Owed;

/// What one round found.
#[derive(Default)]
pub(super) struct Round {
    pub(super) start: Vec<Owed>,
    pub(super) expired: Vec<Owed>,
    /// When something can be started that could not be now.
    pub(super) look_again: Option<Instant>,
}

/// What was found of one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weighed {
    /// A limit has no room for it.
    Limited,
    /// Anything else.
    Told,
}

/// The choice of one round.
pub(super) struct Choice<'a> {
    now: Instant,
    free: usize,
    mine: &'a HashSet<EffectId>,
    /// Subjects of which something is under way, or an earlier effect was seen.
    ahead: HashSet<Subject>,
    pub(super) round: Round,
}

impl<'a> Choice<'a> {
    /// With room for `free` calls besides those under way.
    pub(super) fn new(now: Instant, free: usize, busy: &HashSet<Subject>, mine: &'a HashSet<EffectId>) -> Self {
        Self { now, free, mine, ahead: busy.clone(), round: Round::default() }
    }

    /// Whether anything more can begin.
    pub(super) fn has_room(&self) -> bool {
        self.round.start.len() < self.free
    }

    /// The next look comes no later than this.
    pub(super) fn look_again(&mut self, at: Instant) {
        self.round.look_again = Some(self.round.look_again.map_or(at, |other| other.min(at)));
    }

    /// Takes one effect into account; of each subject they come in their order. `take` takes its room within the limits, or says when
    /// there is some.
    pub(super) fn weigh(&mut self, effect: Owed, take: impl Fn(&Effect) -> Result<(), Instant>) -> Weighed {
        if self.end(&effect) || self.mine.contains(&effect.id) {
            return Weighed::Told;
        }
        let first_of_subject = self.ahead.insert(effect.subject.clone());
        if effect.next_at > self.now {
            self.look_again(effect.next_at);
        }
        if !first_of_subject || !self.has_room() || effect.next_at > self.now {
            return Weighed::Told;
        }
        match take(&effect.effect) {
            Ok(()) => self.round.start.push(effect),
            Err(at) => {
                self.look_again(at);
                return Weighed::Limited;
            }
        }
        Weighed::Told
    }

    /// Whether an effect's time has passed, so that it is never begun; otherwise the next look is when it passes.
    pub(super) fn end(&mut self, effect: &Owed) -> bool {
        let Some(end) = effect.not_after else { return false };
        if end >= self.now {
            if end > self.now {
                self.look_again(end);
            }
            return false;
        }
        if effect.in_flight || self.mine.contains(&effect.id) {
            return false;
        }
        if self.round.expired.iter().all(|other| other.id != effect.id) {
            self.round.expired.push(effect.clone());
        }
        true
    }
}

//! Whose eyes look, and what a notice is to them: unread, read, done, snoozed or muted.
//!
//! One place decides it, for the list, the count and every act. Deliberately not here: SQL.

use std::collections::BTreeSet;

use pult_domain::{Instant, Level, NoticeClass, OperatorId, Subject};

use super::{Mute, MuteKind, Preferences, Which};
use crate::millis;

/// Somebody who looks at notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eyes {
    /// What they sign in with; `window` for whoever sits at the engine's own window.
    pub login: String,
    /// Whether they see notices for everybody, and not only those that name them.
    pub everyone: bool,
    /// The teams they may see, as their rights name them; all of them, where none is named. A notice for everybody about an operator of other
    /// teams is not there for them.
    pub teams: Vec<String>,
}

/// What somebody wants to see, as it is settled now.
#[derive(Debug, Clone)]
pub struct Sight {
    /// Their preferences.
    pub preferences: Preferences,
    /// What they do not want to hear of.
    pub mutes: Vec<Mute>,
    /// The operators they may hear of; all of them, where it is absent.
    pub operators: Option<BTreeSet<OperatorId>>,
    /// Now.
    pub now: Instant,
}

/// What decides where a notice stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) class: NoticeClass,
    pub(super) level: Level,
    pub(super) subject: &'a str,
    pub(super) standing: bool,
    pub(super) read: bool,
    pub(super) done: bool,
    pub(super) snoozed_until: Option<i64>,
}

impl Sight {
    /// Whether a notice for everybody about this subject is for them too.
    pub(super) fn covers(&self, subject: &str) -> bool {
        let of =
            |operators: &BTreeSet<OperatorId>| Subject::operator_of(subject).is_none_or(|id| operators.contains(&id));
        self.operators.as_ref().is_none_or(of)
    }

    /// Whether a subject or a class is muted now.
    #[must_use]
    pub fn is_muted(&self, class: NoticeClass, subject: &str) -> bool {
        let now = millis(self.now);
        self.mutes.iter().any(|mute| {
            mute.until.is_none_or(|until| until > now)
                && match mute.kind {
                    MuteKind::Subject => mute.target == subject,
                    MuteKind::Class => mute.target == class.as_ref(),
                }
        })
    }

    /// Whether a notice presses enough to come into the list of this person.
    #[must_use]
    pub fn presses(&self, class: NoticeClass, level: Level) -> bool {
        level >= self.preferences.rule(class).least
    }

    /// Where a notice stands. One that presses too little stands among those that were dealt with, so that it can be found.
    pub(super) fn place(&self, facts: &Facts<'_>) -> Which {
        if facts.done {
            Which::Done
        } else if facts.snoozed_until.is_some_and(|until| until > millis(self.now)) {
            Which::Snoozed
        } else if self.is_muted(facts.class, facts.subject) {
            Which::Muted
        } else if facts.read {
            Which::Read
        } else if self.presses(facts.class, facts.level) {
            Which::Unread
        } else {
            Which::Done
        }
    }

    pub(super) fn wants(&self, which: Which, facts: &Facts<'_>) -> bool {
        match which {
            Which::All => true,
            Which::Standing => facts.standing,
            Which::Open => matches!(self.place(facts), Which::Unread | Which::Read),
            one => self.place(facts) == one,
        }
    }
}

//! What a decision of this area gathers: changes, effects, and what people are told.
//!
//! Deliberately not here: what a fact means (the modules beside).

use serde_json::{Map, Value};

use super::super::{Change, Known, Policy};
use crate::{
    Answer, Audience, Decision, Effect, EffectOrder, Explanation, Instant, Level, Notice, NoticeChange, NoticeClass,
    Subject, TimerChange, Told,
};

pub(super) struct Work<'a> {
    pub(super) at: Instant,
    pub(super) known: &'a Known,
    pub(super) policy: &'a Policy,
    pub(super) answer: Option<Answer>,
    pub(super) changes: Vec<Change>,
    pub(super) timers: Vec<TimerChange>,
    effects: Vec<EffectOrder>,
    notices: Vec<NoticeChange>,
}

impl<'a> Work<'a> {
    pub(super) fn new(at: Instant, known: &'a Known, policy: &'a Policy) -> Self {
        Self { at, known, policy, answer: None, changes: vec![], timers: vec![], effects: vec![], notices: vec![] }
    }

    pub(super) fn order(&mut self, subject: Subject, effect: Effect) {
        self.owe(subject, effect, false);
    }

    /// Owes what somebody waits for.
    pub(super) fn order_now(&mut self, subject: Subject, effect: Effect) {
        self.owe(subject, effect, true);
    }

    fn owe(&mut self, subject: Subject, effect: Effect, urgent: bool) {
        // Where the tracker is not connected there is nobody to ask.
        if self.policy.enabled {
            let not_after = if urgent { self.at.checked_add(self.policy.patience).ok() } else { None };
            self.effects.push(EffectOrder { subject, not_after, urgent, effect });
        }
    }

    /// Tells people something once; nobody is told nothing.
    pub(super) fn tell(
        &mut self,
        key: String,
        level: Level,
        subject: Subject,
        code: &str,
        values: Value,
        to: Vec<Told>,
    ) {
        if to.is_empty() {
            return;
        }
        let values = if let Value::Object(values) = values { values } else { Map::new() };
        let (class, code, to) = (NoticeClass::Ticket, code.to_owned(), Audience::People(to));
        self.notices.push(NoticeChange::Raise(Notice { key, class, level, subject, code, values, to }));
    }

    pub(super) fn clear(&mut self, key: String) {
        self.notices.push(NoticeChange::Clear { key });
    }

    pub(super) fn decided(self, explanation: Explanation) -> Decision<Change> {
        Decision {
            changes: self.changes,
            effects: self.effects,
            timers: self.timers,
            notices: self.notices,
            answer: self.answer,
            explanation,
        }
    }
}

//! What a decision of this area gathers: changes, effects, and what people are told.
//!
//! Deliberately not here: what a fact means (the modules beside).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    super::{Change, Known, Policy},
    otherwise,
    readers::Weighed,
};
use crate::{
    Answer, Audience, Candidate, Decision, Effect, EffectOrder, Explanation, Instant, Level, Notice, NoticeChange,
    NoticeClass, Subject, TimerChange,
};

/// The most people a decision names; those who are told come first.
const NAMED: usize = 100;

pub(super) struct Work<'a> {
    pub(super) at: Instant,
    pub(super) known: &'a Known,
    pub(super) policy: &'a Policy,
    pub(super) answer: Option<Answer>,
    pub(super) changes: Vec<Change>,
    pub(super) timers: Vec<TimerChange>,
    effects: Vec<EffectOrder>,
    notices: Vec<NoticeChange>,
    /// Everybody who was weighed, by login: whether they are told of anything, and why or why not.
    weighed: BTreeMap<String, (bool, &'static str)>,
}

impl<'a> Work<'a> {
    pub(super) fn new(at: Instant, known: &'a Known, policy: &'a Policy) -> Self {
        Self {
            at,
            known,
            policy,
            answer: None,
            changes: vec![],
            timers: vec![],
            effects: vec![],
            notices: vec![],
            weighed: BTreeMap::new(),
        }
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
    pub(super) fn tell(&mut self, key: String, level: Level, subject: Subject, code: &str, values: Value, to: Weighed) {
        for (login, why) in &to.left {
            self.weighed.entry(login.clone()).or_insert((false, why));
        }
        for (login, why) in &to.told {
            self.weighed.insert(login.clone(), (true, why));
        }
        let to = to.people();
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
        let mut named: Vec<_> = self.weighed.iter().collect();
        named.sort_by_key(|(_, (told, _))| !told);
        let candidate = |(login, (told, why)): (&String, &(bool, &str))| {
            let reason = if *told { format!("told.{why}") } else { format!("left.{why}") };
            Candidate { name: login.clone(), chosen: *told, reason }
        };
        let candidates: Vec<_> = named.into_iter().take(NAMED).map(candidate).collect();
        let otherwise = otherwise::of(&explanation.rule, &candidates);
        let explanation = Explanation { candidates, ..explanation }.had(otherwise);
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

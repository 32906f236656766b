//! Readings: what is wanted and when, two under way, four a second.
//!
//! Deliberately not here: what a reading means (`teams`, `start`).

use std::collections::BTreeMap;

use super::{
    super::{client::AT_ONCE, trouble::Trouble},
    Command, Given, Machine, Now, Reading, Stage,
};

/// Readings wanted and under way.
#[derive(Default)]
pub(super) struct Reads {
    due: BTreeMap<Reading, u64>,
    open: BTreeMap<u64, Reading>,
    /// The node would not be asked before.
    held: u64,
}

impl Reads {
    /// Wants something read at `at`, or earlier where that was wanted already.
    pub(super) fn want(&mut self, what: Reading, at: u64) {
        let due = self.due.entry(what).or_insert(at);
        *due = at.min(*due);
    }

    /// Wants something read at `at`, whatever was wanted before.
    pub(super) fn move_to(&mut self, what: Reading, at: u64) {
        self.due.insert(what, at);
    }

    /// Does not want it any more.
    pub(super) fn forget(&mut self, what: &Reading) {
        self.due.remove(what);
        self.open.retain(|_, open| open != what);
    }

    /// Whether it is being read at this moment.
    pub(super) fn reading(&self, what: &Reading) -> bool {
        self.open.values().any(|open| open == what)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets what is wanted of teams; what is under way goes on.
    pub(super) fn rest(&mut self) {
        self.due.clear();
    }
}

impl Machine {
    /// Whether one more may be under way. One after another while nothing is heard: nobody waits for the answer.
    fn may_read(&self) -> bool {
        let working = matches!(self.stage, Stage::Up | Stage::Signing) && !self.overflowed;
        working && self.reads.open.len() < if self.polling { 1 } else { AT_ONCE }
    }

    /// When the next reading is due.
    pub(super) fn reads_wake(&self) -> Option<u64> {
        let next = self.reads.due.values().min()?;
        self.may_read().then_some((*next).max(self.reads.held))
    }

    /// Reads what is due.
    pub(super) fn send_reads(&mut self, now: Now) {
        while self.may_read() {
            let ripe = self.reads.due.iter().filter(|(_, at)| **at <= now.ms).min_by_key(|(_, at)| **at);
            let Some(what) = ripe.map(|(what, _)| what.clone()) else { return };
            if let Err(until) = self.nodes[self.current].pace.take(now.ms) {
                self.reads.held = until;
                return;
            }
            self.reads.due.remove(&what);
            let ticket = self.id();
            self.reads.open.insert(ticket, what.clone());
            self.out.push(Command::Read { node: self.current, ticket, what });
        }
    }

    /// Something was read, or not. What was asked for before the last change of node or link is nobody's any more.
    pub(super) fn read(&mut self, now: Now, ticket: u64, outcome: Result<Given, Trouble>) {
        let Some(what) = self.reads.open.remove(&ticket) else { return };
        if let Err(Trouble::Later(Some(pause))) = &outcome {
            let pause = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX / 2);
            self.nodes[self.current].pace.hold(now.ms.saturating_add(pause));
        }
        match outcome {
            Ok(Given::Own { user, record }) => self.own(now, Ok((user, record))),
            Ok(Given::Team { members, record }) => {
                if let Reading::Team(id) = what {
                    self.team_read(now, &id, members, record);
                }
            }
            Ok(Given::Queues { ids, record }) => self.queues_read(now, ids, record),
            Ok(Given::Reasons(record)) => self.reasons_read(&what, Some(record)),
            // Any reading may find that the password is good no more.
            Err(trouble) if what == Reading::Own || trouble.is_the_secrets() => self.own(now, Err(trouble)),
            Err(trouble) => self.read_failed(now, &what, &trouble),
        }
    }
}

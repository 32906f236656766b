//! What agents do by themselves, and the plan of everything that is going to happen. Waits are log-normal; with the
//! default 25 teams of 20 there are one to five changes a second.

use std::{cmp::Reverse, time::Duration};

use jiff::Timestamp;
use rand::Rng;

use super::{
    Change, Deployment, Happening, Notice, Verb, World,
    queue::Queue,
    reason::{self, CONFIGURED, LUNCH, SHIFT_END},
    script::Act,
    state::State,
};
use crate::telephony::arrivals::{choose, later, length};

/// How often queues are looked at; they are told only when a figure changed.
const QUEUES_EVERY: Duration = Duration::from_secs(10);

/// Something that is going to happen.
#[derive(Clone, Debug)]
pub(super) struct Due {
    at: Timestamp,
    place: u64,
    step: Step,
}

#[derive(Clone, Debug)]
enum Step {
    /// Somebody's present state ends, unless it changed since this was planned.
    Life {
        who: usize,
        epoch: u32,
    },
    /// Somebody on a call asks for a pause after it.
    Pause {
        who: usize,
        epoch: u32,
    },
    Queues,
    Script(Act),
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.place) == (other.at, other.place)
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.place).cmp(&(other.at, other.place))
    }
}

impl World {
    /// Lets everything happen that was planned up to `now`, each at its own instant.
    pub fn run(&mut self, now: Timestamp) {
        while self.due.peek().is_some_and(|Reverse(due)| due.at <= now) {
            let Some(Reverse(due)) = self.due.pop() else { return };
            match due.step {
                Step::Life { who, epoch } if self.live && self.people[who].epoch == epoch => self.live_on(who, due.at),
                Step::Pause { who, epoch } if self.live && self.people[who].epoch == epoch => {
                    self.intend(who, Some(State::NotReady), None);
                }
                Step::Life { .. } | Step::Pause { .. } => {}
                Step::Queues => self.pass_queues(due.at),
                Step::Script(act) => self.act(act, due.at),
            }
        }
    }

    /// Whether agents do anything by themselves from here on.
    pub fn set_live(&mut self, live: bool, now: Timestamp) {
        self.live = live;
        for who in 0..self.people.len() {
            self.plan_life(who, now);
        }
    }

    pub(super) fn plan_everything(&mut self, now: Timestamp) {
        for who in 0..self.people.len() {
            self.plan_life(who, now);
        }
        if self.deployment == Deployment::Ucce {
            self.plan(now, Step::Queues);
        }
    }

    pub(super) fn plan_act(&mut self, at: Timestamp, act: Act) {
        self.plan(at, Step::Script(act));
    }

    fn plan(&mut self, at: Timestamp, step: Step) {
        self.planned += 1;
        self.due.push(Reverse(Due { at, place: self.planned, step }));
    }

    /// Plans the end of somebody's present state; plans made before are void.
    pub(super) fn plan_life(&mut self, who: usize, at: Timestamp) {
        let person = &mut self.people[who];
        person.epoch += 1;
        if !self.live || !person.listed {
            return;
        }
        let epoch = person.epoch;
        // Median, spread and bounds, seconds.
        let (median, spread, least, most) = match person.state {
            State::Ready => (75, 0.9, 3, 1_200),
            State::Reserved => (6, 0.4, 2, 20),
            State::Talking => (170, 0.8, 8, 2_400),
            State::Hold => (35, 0.6, 5, 300),
            State::Work | State::WorkReady => (25, 0.7, 3, 300),
            State::NotReady if person.reason.is_some_and(|reason| reason.id < 0) => (40, 0.6, 5, 600),
            State::NotReady => (480, 0.7, 30, 3_600),
            State::Logout => (3 * 3_600, 0.8, 600, 12 * 3_600),
            State::Other(_) => (60, 0.5, 5, 600),
        };
        let seconds = Duration::from_secs;
        let wait = length(&mut person.random, seconds(median), spread, seconds(least), seconds(most));
        let pause = person.state == State::Talking && person.random.random_range(0..100) < 6;
        if pause {
            self.plan(later(at, wait / 2), Step::Pause { who, epoch });
        }
        self.plan(later(at, wait), Step::Life { who, epoch });
    }

    /// Ends somebody's present state in one of the usual ways.
    pub(super) fn live_on(&mut self, who: usize, at: Timestamp) {
        let ucce = self.deployment == Deployment::Ucce;
        let person = &mut self.people[who];
        let random = &mut person.random;
        let pause = |random: &mut _| choose(random, &[(5, LUNCH), (8, CONFIGURED[2]), (2, CONFIGURED[1])]);
        let mut drawn = |shares: &[(u32, &'static str)]| choose(random, shares).map_or(State::Ready, State::parse);
        let next = match &person.state {
            State::Ready => drawn(&[(88, "RESERVED"), (10, "NOT_READY"), (2, "LOGOUT")]),
            State::Reserved => drawn(&[(96, "TALKING"), (4, "NOT_READY")]),
            State::Talking => {
                let hold = if ucce { 10 } else { 0 };
                let wrap_ready = if ucce { 25 } else { 0 };
                match person.pending.clone() {
                    Some(pending) => pending,
                    None => drawn(&[(65, "WORK"), (20, "READY"), (hold, "HOLD"), (wrap_ready, "WORK_READY")]),
                }
            }
            State::Hold => State::Talking,
            State::Work | State::WorkReady => drawn(&[(92, "READY"), (8, "NOT_READY")]),
            State::Logout => State::NotReady,
            State::NotReady | State::Other(_) => State::Ready,
        };
        let mut change = Change::to(next, at);
        change.reason = match (&person.state, &change.state) {
            (State::Reserved, State::NotReady) => Some(reason::system(32_763, false)),
            (State::Logout, State::NotReady) => Some(reason::system(32_760, false)),
            (_, State::NotReady) => pause(&mut person.random),
            (_, State::Logout) => Some(SHIFT_END),
            _ => None,
        };
        if change.state == State::Hold {
            change.pending = person.pending.clone();
        }
        self.change(who, change, at, None);
    }

    fn pass_queues(&mut self, at: Timestamp) {
        for queue in &mut self.queues {
            if queue.pass(&self.people, at, &mut self.random) {
                let path = Queue::path(queue.id());
                self.out.push(Happening::Notice(Notice {
                    node: path.clone(),
                    verb: Verb::Put,
                    source: path,
                    data: Some(queue.element(&self.people)),
                    request: None,
                }));
            }
        }
        self.plan(later(at, QUEUES_EVERY), Step::Queues);
    }
}

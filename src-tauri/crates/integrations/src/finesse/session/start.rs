//! From nothing to work: backing off, showing the password once, and taking up the teams.
//!
//! Deliberately not here: which node (`nodes`) and by which way (`link`).

use pult_domain::areas::floor;

use crate::{StoredRequest, StreamOrder};

use super::{
    super::{trouble::Trouble, wire::people::User},
    Command, Machine, Now, Question, Reading, Stage,
    link::Link,
    report::Stop,
};

/// The longest pauses, seconds; the real one is anything up to it.
const PAUSES: [u64; 7] = [0, 1, 2, 4, 8, 15, 30];
/// A link that lasted so long was a good one.
const STABLE: u64 = 60_000;
/// Between two refreshes a person asks for.
const REFRESH_PAUSE: u64 = 5_000;
/// From so many refused passwords on a person has to wait.
const BLOCK_AT: u32 = super::super::attempts::BLOCK_AT;
const BLOCK: u64 = 5 * 60_000;
/// From so many on the person is told that the next one is the last.
const WARN_AT: u32 = BLOCK_AT - 1;
/// The longest good-bye.
const GOODBYE: u64 = 3_000;
/// A clock that went on so much longer than the machine did: it slept.
const SLEPT: i64 = 15_000;
/// How soon the other side has to show itself after a sleep.
const AWAKE: u64 = 3_000;

/// Failed tries since the last good link, and refused passwords.
#[derive(Default)]
pub(super) struct Backoff {
    tries: usize,
    up_since: Option<u64>,
    pub(super) refused: u32,
    pub(super) refused_at: u64,
}

impl Backoff {
    /// A link came up.
    pub(super) fn up(&mut self, now: u64) {
        self.up_since = Some(now);
    }

    /// From when on a password may be tried again after too many wrong ones.
    pub(super) fn blocked_until(&self) -> Option<u64> {
        (self.refused >= BLOCK_AT).then_some(self.refused_at + BLOCK)
    }
}

impl Machine {
    /// What a person asks.
    pub(super) fn ordered(&mut self, now: Now, order: StreamOrder) {
        match (order, &self.stage) {
            (StreamOrder::Connect, Stage::Stopped(stop)) => {
                if *stop == Stop::Credentials
                    && let Some(until) = self.backoff.blocked_until()
                {
                    if now.ms < until {
                        return;
                    }
                    self.backoff.refused = 0;
                }
                self.out.push(Command::Forgive);
                for node in &mut self.nodes {
                    node.certificate = None;
                }
                self.backoff.tries = 0;
                self.cause = None;
                self.stage = Stage::Waiting { until: now.ms };
            }
            (_, Stage::Waiting { .. }) => self.stage = Stage::Waiting { until: now.ms },
            (StreamOrder::Connect, Stage::Up) if self.polling => self.link.retry_now(now.ms),
            (StreamOrder::Refresh, Stage::Up) => {
                let soon = self.refreshed.is_some_and(|at| now.ms < at + REFRESH_PAUSE);
                if !soon && self.outage.is_none() {
                    self.refreshed = Some(now.ms);
                    self.reads.want(Reading::Own, now.ms);
                    self.resync(now);
                }
            }
            _ => {}
        }
    }

    /// Works with a node: the password first.
    pub(super) fn go(&mut self, at: usize) {
        self.current = at;
        self.out.push(Command::MoveTo(at));
        self.switched = self.home.is_some_and(|home| home != at);
        self.reads.clear();
        self.reads.want(Reading::Own, 0);
        self.stage = Stage::Signing;
    }

    /// The own user was read, or not.
    pub(super) fn own(&mut self, now: Now, outcome: Result<(Box<User>, StoredRequest), Trouble>) {
        match outcome {
            Ok((user, record)) => {
                self.backoff.refused = 0;
                match self.stage {
                    Stage::Signing if self.nodes[self.current].info.is_none() => {
                        self.stage = Stage::Verifying { user, record: Box::new(record) };
                        self.nodes[self.current].probed = None;
                        if !self.probe(now, self.current) {
                            self.try_later(now, 0);
                        }
                    }
                    Stage::Signing => self.begin(now, &user, record),
                    Stage::Up => self.adopt(now, &user, record),
                    _ => {}
                }
            }
            Err(Trouble::WrongPassword) => self.dismissed(now),
            Err(trouble @ (Trouble::Stopped | Trouble::NoSecret)) => {
                self.cause = Some((trouble.cause(), trouble.to_string()));
                self.stop(Stop::Credentials);
            }
            Err(trouble) if matches!(self.stage, Stage::Signing) => {
                if let Trouble::Certificate(shown) = &trouble {
                    self.nodes[self.current].certificate = Some(shown.clone());
                }
                self.cause = Some((trouble.cause(), format!("{}: {trouble}", self.nodes[self.current].plan.host)));
                self.try_later(now, 0);
            }
            Err(trouble) => self.read_failed(now, &Reading::Own, &trouble),
        }
    }

    /// The password is good no more: nothing is sent until a person has seen to it, and what is known becomes old.
    pub(super) fn dismissed(&mut self, now: Now) {
        if matches!(self.stage, Stage::Stopped(_) | Stage::Leaving { .. }) {
            return;
        }
        self.refuse(now);
        self.stop(Stop::Credentials);
    }

    /// One more refused password.
    pub(super) fn refuse(&mut self, now: Now) {
        self.backoff.refused += 1;
        self.backoff.refused_at = now.ms;
        let code = match self.backoff.refused {
            BLOCK_AT.. => "sign_in_blocked",
            WARN_AT => "sign_in_last",
            _ => "http_401",
        };
        self.cause = Some((code.to_owned(), format!("wrong user id or password, {} in a row", self.backoff.refused)));
    }

    /// The node has said who it is to somebody it knows.
    pub(super) fn verified(&mut self, now: Now) {
        if !self.nodes[self.current].usable {
            return self.try_later(now, 0);
        }
        if let Stage::Verifying { user, record } = std::mem::replace(&mut self.stage, Stage::Signing) {
            self.begin(now, &user, *record);
        }
    }

    fn begin(&mut self, now: Now, user: &User, record: StoredRequest) {
        self.stage = Stage::Up;
        self.outage = None;
        self.polling = false;
        self.settled = false;
        self.teams.clear();
        self.cause = None;
        self.adopt(now, user, record);
        self.try_ways(now);
    }

    /// Nothing can be done now: everything known becomes old, and it is tried again after a pause.
    pub(super) fn try_later(&mut self, now: Now, more: u64) {
        self.let_go("link");
        if self.backoff.up_since.take().is_some_and(|since| now.ms >= since + STABLE) {
            self.backoff.tries = 0;
        }
        let longest = PAUSES.get(self.backoff.tries).or(PAUSES.last()).copied().unwrap_or_default() * 1000;
        self.backoff.tries += 1;
        let pause = self.random(longest + 1) + more;
        let trusted = self.nodes.iter().filter(|node| node.certificate.is_none());
        // A node is not asked about itself twice within its pause, so waking earlier would be for nothing.
        let from = trusted.map(super::nodes::NodeState::probe_from).min();
        self.stage = Stage::Waiting { until: (now.ms + pause).max(from.unwrap_or(0)) };
        if !self.nodes.iter().any(|node| node.certificate.is_none()) {
            self.stop(Stop::Certificate);
        }
    }

    /// Nothing more until a person asks.
    pub(super) fn stop(&mut self, why: Stop) {
        self.let_go(why.word());
        self.stage = Stage::Stopped(why);
    }

    /// Ends the link and forgets everything that hung on it.
    pub(super) fn let_go(&mut self, why: &str) {
        self.unlink(false);
        self.questions.clear();
        self.reads.clear();
        self.dialogs.clear();
        self.queues = None;
        self.outage = None;
        self.settled = false;
        self.polling = false;
        self.lose(why);
        for team in self.teams.values_mut() {
            team.forget();
        }
    }

    /// What is known can no longer be relied on.
    pub(super) fn lose(&mut self, why: &str) {
        let known = self.teams.values().any(|team| team.fresh) || (self.limited && matches!(self.stage, Stage::Up));
        for team in self.teams.values_mut() {
            team.fresh = false;
        }
        if known {
            self.out.push(Command::Note(floor::Fact::WatchLost { teams: vec![], why: why.to_owned() }));
        }
    }

    /// What was heard found no room.
    pub(super) fn overflow(&mut self) {
        self.overflowed = true;
        self.lose("overflow");
        for (id, team) in &mut self.teams {
            team.buffer.clear();
            // A picture on its way would have gaps before it as well.
            self.reads.forget(&Reading::Team(id.clone()));
        }
    }

    /// There is room again: the whole picture anew.
    pub(super) fn room(&mut self, now: Now) {
        if std::mem::take(&mut self.overflowed) {
            self.resync(now);
        }
    }

    /// The clock went on while nothing else did: whoever we spoke with may be long gone.
    pub(super) fn notice_sleep(&mut self, now: Now) {
        let Some(last) = self.last else { return };
        let went = now.wall.as_millisecond() - last.wall.as_millisecond();
        let lived = i64::try_from(now.ms.saturating_sub(last.ms)).unwrap_or(i64::MAX);
        if went - lived <= SLEPT {
            return;
        }
        match self.stage {
            Stage::Waiting { .. } => self.stage = Stage::Waiting { until: now.ms },
            Stage::Up if matches!(self.link, Link::Up(_)) => self.wake_up(now, AWAKE),
            Stage::Up => self.resync(now),
            _ => {}
        }
    }

    /// Says good-bye: what was subscribed is given up first.
    pub(super) fn leave(&mut self, now: Now) {
        let subscribed = self.subscribed();
        self.reads.clear();
        self.questions.clear();
        let Link::Up(up) = &self.link else { return self.finish() };
        let address = up.address.clone();
        for node in subscribed {
            self.questions.ask(Question::Unsubscribe { node, address: address.clone() }, 0);
        }
        self.stage = Stage::Leaving { until: now.ms + GOODBYE };
    }

    /// Nothing more.
    pub(super) fn finish(&mut self) {
        self.lose("stopped");
        self.unlink(true);
        self.stage = Stage::Finished;
    }
}

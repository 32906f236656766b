//! What one account's session does next: a pure machine of events and commands. When to connect, what to ask after that and in which order,
//! what is told of what comes, when to give up (contracts/xmpp 2, 3, 5, 6, 9).
//!
//! Deliberately not here: connections, the library's stream and the clock ([`super::hold`]), and anything about sending: what is sent needs
//! no decision but whether the session is there.

mod answer;
mod archive;
mod hear;
mod questions;
mod report;
mod start;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use pult_domain::{
    Fact, FactKey, Instant, Observed,
    areas::messages::{self, Account, Address},
};
use tokio_xmpp::Stanza;
use xmpp_parsers::jid::{BareJid, Jid};

use crate::{ArchiveMark, SessionReport};

use super::lost::{Lost, Next};

use self::{archive::Gather, hear::Told, questions::Question, report::Shown, start::Start};

/// The longest wait for the library to get a resource or to resume, milliseconds.
const BIND: u64 = 20_000;
/// The first and the longest pause between tries, milliseconds (contracts/xmpp 6).
const PAUSES: (u64, u64) = (1_000, 60_000);
/// A session that has lived so long counts as a good one: the pauses begin anew. Milliseconds.
const PROVEN: u64 = 60_000;
/// How often another resource is tried before two programs that push each other out are left to a person.
const MOST_CONFLICTS: u32 = 3;
/// The most that is held back until the archive is read.
const MOST_HELD: usize = 1_000;

/// Whose session it is.
pub(super) struct Plan {
    pub(super) account: Account,
    pub(super) address: BareJid,
    pub(super) resource: String,
}

/// The two clocks: milliseconds since the machine began, and the wall's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    pub(super) ms: u64,
    pub(super) wall: Instant,
}

/// Where a connection was had, for people who look closer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) host: String,
    pub(super) way: String,
    pub(super) mechanism: &'static str,
}

/// What has happened.
pub(super) enum Event {
    /// Time passed.
    Tick,
    /// The machine slept, or the clock was set: nobody knows whether the connection still stands.
    Woke,
    /// A person asks to try again.
    Connect,
    /// The end of it.
    Stop,
    /// A connection was made and handed to the library, or was not.
    Dialed(Result<Place, Lost>),
    /// The library has a new session.
    Began { address: Jid, managed: bool },
    /// The library has the session it had.
    Resumed,
    /// The connection broke; whether the server holds the session.
    Broke { lost: Lost, held: bool },
    /// A stanza came.
    Heard(Box<Stanza>),
    /// How far the archive was read.
    Mark(Option<ArchiveMark>),
    /// Somebody asks whether the archive has a message of ours.
    Look(Box<Look>),
}

/// A question about the archive.
#[derive(Debug, Clone)]
pub(super) struct Look {
    /// The asker's number for it.
    pub(super) id: u64,
    pub(super) to: Address,
    pub(super) uid: String,
    pub(super) since: Instant,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Command {
    /// Connect with this resource, and hand the connection to the library.
    Dial { resource: String },
    /// Give the session up for good.
    Drop,
    /// End the connection, so that the library resumes on another.
    Cut,
    /// Say this.
    Say(Box<Stanza>),
    /// Find out how far the archive was read.
    ReadMark,
    /// Tell this.
    Note(Box<Observed>),
    /// Show this.
    Report(Box<SessionReport>),
    /// What the archive has: the message or not; an error where it cannot be asked.
    Looked { id: u64, found: Result<bool, String> },
    /// Nothing more will come.
    Finished,
}

/// How far the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting { until: u64 },
    Dialing,
    Binding { until: u64 },
    Starting,
    Live,
    Stopped,
    Finished,
}

/// The machine.
pub(super) struct Machine {
    plan: Plan,
    phase: Phase,
    start: Start,
    /// Whether there is a session, though perhaps no connection.
    session: bool,
    managed: bool,
    address: Option<Jid>,
    place: Place,
    features: Vec<String>,
    tries: u32,
    conflicts: u32,
    suffix: Option<u64>,
    live_at: u64,
    questions: BTreeMap<String, Question>,
    gathers: BTreeMap<String, Gather>,
    /// Heard before the archive was read: told after it, so that the newest message told is never beyond one that was not.
    held: Vec<Observed>,
    told: Told,
    shown: Option<Shown>,
    notes: u64,
    ids: u64,
    chance: u64,
    out: Vec<Command>,
}

impl Machine {
    /// A machine that connects at once. `chance` keeps programs apart.
    pub(super) fn new(plan: Plan, chance: u64) -> Self {
        Self {
            plan,
            phase: Phase::Waiting { until: 0 },
            start: Start::default(),
            session: false,
            managed: false,
            address: None,
            place: Place::default(),
            features: vec![],
            tries: 0,
            conflicts: 0,
            suffix: None,
            live_at: 0,
            questions: BTreeMap::new(),
            gathers: BTreeMap::new(),
            held: vec![],
            told: Told::default(),
            shown: None,
            notes: 0,
            ids: 0,
            chance,
            out: vec![],
        }
    }

    /// Whether messages can be said now.
    pub(super) fn is_live(&self) -> bool {
        self.phase == Phase::Live
    }

    /// Whether the server tells what it has taken (XEP-0198).
    pub(super) fn is_managed(&self) -> bool {
        self.managed
    }

    /// When something is due by itself, milliseconds.
    pub(super) fn wake(&self) -> Option<u64> {
        let phase = match self.phase {
            Phase::Waiting { until } | Phase::Binding { until } => Some(until),
            _ => None,
        };
        self.questions.values().map(|question| question.until).chain(phase).min()
    }

    /// What follows from an event.
    pub(super) fn on(&mut self, now: Now, event: Event) -> Vec<Command> {
        match event {
            Event::Tick => self.tick(now),
            Event::Woke => self.woke(now),
            Event::Connect => self.connect(now),
            Event::Stop => self.stop(now),
            Event::Dialed(Ok(place)) if self.phase == Phase::Dialing => {
                self.place = place;
                self.phase = Phase::Binding { until: now.ms + BIND };
                self.report(now, None);
            }
            Event::Dialed(Err(lost)) if self.phase == Phase::Dialing => self.lose(now, &lost),
            Event::Began { address, managed } if matches!(self.phase, Phase::Binding { .. }) => {
                self.begin(now, address, managed);
            }
            Event::Resumed if matches!(self.phase, Phase::Binding { .. }) => self.resume(now),
            Event::Broke { lost, held } if self.is_connected() => self.broke(now, &lost, held),
            Event::Heard(stanza) if self.session => self.hear(now, *stanza),
            Event::Mark(mark) => self.marked(now, mark),
            Event::Look(look) => self.look(now, &look),
            Event::Dialed(_) | Event::Began { .. } | Event::Resumed | Event::Broke { .. } | Event::Heard(_) => {}
        }
        std::mem::take(&mut self.out)
    }

    fn is_connected(&self) -> bool {
        matches!(self.phase, Phase::Binding { .. } | Phase::Starting | Phase::Live)
    }

    fn tick(&mut self, now: Now) {
        match self.phase {
            Phase::Waiting { until } if now.ms >= until => {
                self.phase = Phase::Dialing;
                self.out.push(Command::Dial { resource: self.resource() });
                self.report(now, None);
            }
            Phase::Binding { until } if now.ms >= until => {
                self.out.push(Command::Drop);
                self.end_session(now);
                let words = "the server gives no resource in time".to_owned();
                self.lose(now, &Lost::Broken(crate::transport::obstacle::Obstacle::Timeout, words));
            }
            _ => {}
        }
        self.overdue(now);
    }

    fn woke(&mut self, now: Now) {
        match self.phase {
            Phase::Waiting { .. } => self.connect(now),
            Phase::Starting | Phase::Live => self.ping(now),
            _ => {}
        }
    }

    /// Tries at once, where a try is not under way.
    fn connect(&mut self, now: Now) {
        if matches!(self.phase, Phase::Waiting { .. } | Phase::Stopped) {
            (self.tries, self.conflicts) = (0, 0);
            self.phase = Phase::Waiting { until: now.ms };
            self.tick(now);
        }
    }

    fn stop(&mut self, now: Now) {
        self.end_session(now);
        self.phase = Phase::Finished;
        self.out.extend([Command::Drop, Command::Finished]);
    }

    fn broke(&mut self, now: Now, lost: &Lost, held: bool) {
        if !(held && lost.leaves_the_session()) {
            self.out.push(Command::Drop);
            self.end_session(now);
        }
        if now.ms.saturating_sub(self.live_at) > PROVEN && self.phase == Phase::Live {
            (self.tries, self.conflicts) = (0, 0);
        }
        self.lose(now, lost);
    }

    /// Waits, or stops, as the reason wants.
    fn lose(&mut self, now: Now, lost: &Lost) {
        let next = match lost.next() {
            Next::OtherResource if self.conflicts >= MOST_CONFLICTS => Next::Stop(crate::SessionState::Conflict),
            next => next,
        };
        match next {
            Next::Stop(state) => {
                self.out.push(Command::Drop);
                self.end_session(now);
                self.phase = Phase::Stopped;
                self.report_stopped(now, state, lost);
            }
            Next::OtherResource => {
                self.conflicts += 1;
                self.suffix = Some(self.random(0x1_0000));
                tracing::warn!(account = ?self.plan.account, "another program has the resource: going on with another one");
                self.wait(now, 0, lost);
            }
            Next::Again(least) => self.wait(now, least, lost),
        }
    }

    fn wait(&mut self, now: Now, least: u64, lost: &Lost) {
        let pause = PAUSES.0.checked_shl(self.tries).map_or(PAUSES.1, |pause| pause.min(PAUSES.1));
        self.tries = (self.tries + 1).min(16);
        let pause = self.about(pause).max(least);
        self.phase = Phase::Waiting { until: now.ms + pause };
        self.report(now, Some((lost, pause)));
    }

    /// The session is gone with everything that belonged to it.
    fn end_session(&mut self, now: Now) {
        self.questions.clear();
        self.give_up_looks("the session has ended");
        self.release_or_forget();
        if std::mem::take(&mut self.session) && self.plan.account != Account::Bot {
            self.note(now, messages::Fact::SessionEnded { account: self.plan.account });
        }
        self.managed = false;
        self.address = None;
    }

    fn resource(&self) -> String {
        match self.suffix {
            Some(suffix) => format!("{}-{suffix:04x}", self.plan.resource),
            None => self.plan.resource.clone(),
        }
    }

    fn observed(&mut self, now: Now, fact: messages::Fact) -> Observed {
        self.notes += 1;
        let account = match self.plan.account {
            Account::Bot => "bot".to_owned(),
            Account::Person(person) => format!("person-{person}"),
        };
        let key = FactKey(format!("{account}/{}/{}", now.wall.as_millisecond(), self.notes));
        Observed { key, at: now.wall, fact: Fact::Messages(fact) }
    }

    fn note(&mut self, now: Now, fact: messages::Fact) {
        let observed = self.observed(now, fact);
        self.out.push(Command::Note(Box::new(observed)));
    }

    fn say(&mut self, stanza: impl Into<Stanza>) {
        self.out.push(Command::Say(Box::new(stanza.into())));
    }

    /// A number below `below`, by chance.
    fn random(&mut self, below: u64) -> u64 {
        // SplitMix64: small, and good enough to keep programs apart.
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below.max(1)
    }

    /// `ms`, a fifth more or less.
    fn about(&mut self, ms: u64) -> u64 {
        ms - ms / 5 + self.random(ms / 5 * 2 + 1)
    }
}

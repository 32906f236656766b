//! What the session does next: a state machine that is told what happened and says what to do (contracts/finesse 8).
//!
//! Deliberately not here: sockets, requests, timers and chance. All of them are brought in as events and numbers, so that every
//! order of events can be tried.

mod chance;
mod command;
mod link;
mod nodes;
mod outage;
mod questions;
mod reads;
mod report;
mod start;
mod teams;

use std::collections::{BTreeMap, BTreeSet};

use pult_domain::Instant;

use crate::{
    SessionReport, StoredRequest, StreamOrder,
    transport::{tls::Shown, xmpp::Lost},
};

use super::{
    Transport,
    trouble::Trouble,
    wire::{
        SystemInfo,
        people::{TeamName, User},
        update::Told,
    },
};

pub(super) use self::command::Command;
use self::{
    link::Link, nodes::NodeState, outage::Outage, questions::Questions, reads::Reads, report::Stop, start::Backoff,
    teams::Team,
};

/// What the session is to keep to.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The engine's own account.
    pub(super) login: String,
    /// The resource of this installation.
    pub(super) resource: String,
    /// The nodes configured.
    pub(super) nodes: Vec<NodePlan>,
    /// Which ways may be tried.
    pub(super) transport: Transport,
    /// Whether XMPP within TLS may be among them.
    pub(super) direct_tls: bool,
    /// How often a team is read that cannot be heard, milliseconds.
    pub(super) poll_ms: u64,
}

/// A node as configured or learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodePlan {
    /// Its host.
    pub(super) host: String,
    /// The port of requests.
    pub(super) port: u16,
    /// The port of WebSockets on older releases.
    pub(super) old_websocket_port: u16,
    /// The port of XMPP within TLS.
    pub(super) direct_tls_port: u16,
}

/// The moment something happens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Milliseconds of a clock that never goes back and may stand still while the machine sleeps.
    pub(super) ms: u64,
    /// The wall clock.
    pub(super) wall: Instant,
}

/// A way to hear notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// WebSocket on the port of requests.
    Websocket,
    /// WebSocket on the older port.
    OldWebsocket,
    /// XMPP within TLS.
    DirectTls,
}

/// What a session asks the notification service or the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// What the account is subscribed to.
    Subscriptions,
    /// To hear a node.
    Subscribe(String),
    /// Not to hear a node any more.
    Unsubscribe {
        /// The node.
        node: String,
        /// The full address that was subscribed.
        address: String,
    },
    /// Whether anybody is there.
    Ping,
}

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// The own user.
    Own,
    /// A team.
    Team(String),
    /// The supervisor's queues.
    Queues,
    /// The house's reasons of one category.
    Reasons(&'static str),
}

/// What a reading gave.
#[derive(Debug, Clone)]
pub(super) enum Given {
    /// The own user.
    Own {
        /// The person.
        user: Box<User>,
        /// As it came.
        record: StoredRequest,
    },
    /// A team.
    Team {
        /// Everybody in it, with their phones.
        members: Vec<(String, Option<String>)>,
        /// As it came.
        record: StoredRequest,
    },
    /// Queues.
    Queues {
        /// Which.
        ids: Vec<String>,
        /// As it came.
        record: StoredRequest,
    },
    /// Reasons.
    Reasons(StoredRequest),
}

/// Why a link did not come about, or is no more.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Gone {
    /// As the transport says.
    Lost(Lost),
    /// The certificate is not trusted.
    Certificate(Box<Shown>),
}

/// What happened.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// Time went by.
    Tick,
    /// A person asks for something.
    Order(StreamOrder),
    /// A request outside of the session found that the password is good no more.
    Dismissed,
    /// The engine ends.
    Stop,
    /// A node spoke about itself.
    Info {
        /// Which.
        node: usize,
        /// What it said.
        outcome: Result<SystemInfo, Trouble>,
    },
    /// Something was read.
    Read {
        /// The reading's number.
        ticket: u64,
        /// What came of it.
        outcome: Result<Given, Trouble>,
    },
    /// A link has signed in.
    Linked {
        /// Its number.
        link: u64,
        /// The full address it was given.
        address: String,
    },
    /// A link failed or ended.
    Unlinked {
        /// Its number.
        link: u64,
        /// Why.
        why: Gone,
    },
    /// Something was heard on a link.
    Heard {
        /// Its number.
        link: u64,
        /// What.
        what: Heard,
    },
    /// What was to be handed on found no room and was dropped.
    Overflow,
    /// There is room again.
    Room,
}

/// What is heard on a link.
#[derive(Debug, Clone)]
pub(super) enum Heard {
    /// A sign of life.
    Sign,
    /// An item of a notification node.
    Item {
        /// The node.
        node: String,
        /// What it tells; absent when it cannot be understood.
        told: Option<Box<Told>>,
        /// As it came.
        record: Box<StoredRequest>,
    },
    /// What is known from a node is to be read anew.
    Upset {
        /// The node.
        node: String,
    },
    /// Somebody came or went.
    Presence {
        /// Who, in full.
        from: String,
        /// They are there.
        available: bool,
    },
    /// The answer to a question.
    Answer {
        /// Its number.
        id: u64,
        /// Subscriptions as node and address where they were asked for, or the name of the error's condition.
        outcome: Result<Vec<(String, String)>, String>,
    },
}

/// How far it is.
#[derive(Debug)]
enum Stage {
    /// Nothing before that time.
    Waiting { until: u64 },
    /// Nodes are asked about themselves.
    Probing { open: BTreeSet<usize> },
    /// The password is shown at the current node.
    Signing,
    /// The password is right, and the node wants it for its word about itself.
    Verifying { user: Box<User>, record: Box<StoredRequest> },
    /// At work.
    Up,
    /// Nothing more until a person asks.
    Stopped(Stop),
    /// Saying good-bye.
    Leaving { until: u64 },
    /// Done.
    Finished,
}

/// The session.
pub(super) struct Machine {
    plan: Plan,
    nodes: Vec<NodeState>,
    current: usize,
    /// Where it was live last.
    home: Option<usize>,
    switched: bool,
    stage: Stage,
    backoff: Backoff,
    outage: Option<Outage>,
    link: Link,
    questions: Questions,
    reads: Reads,
    teams: BTreeMap<String, Team>,
    /// The account may see only itself.
    limited: bool,
    /// Teams are read at intervals because nothing can be heard.
    polling: bool,
    /// Everything asked for after the teams was asked for.
    settled: bool,
    /// People whose calls are heard.
    dialogs: BTreeSet<String>,
    /// Queues that are heard; absent where the deployment has none.
    queues: Option<BTreeSet<String>>,
    reasons: BTreeMap<&'static str, Option<StoredRequest>>,
    /// When the reasons were read last.
    reasons_at: Option<u64>,
    /// What was to be handed on was dropped, and there is no room yet.
    overflowed: bool,
    refreshed: Option<u64>,
    last: Option<Now>,
    /// Why nothing is reached, for the report.
    cause: Option<(String, String)>,
    said: Option<SessionReport>,
    /// Set by the caller: this release cannot be asked for "not ready".
    pub(super) lacks_not_ready: bool,
    ids: u64,
    chance: u64,
    out: Vec<Command>,
}

impl Machine {
    /// A session that begins at its first event. `seed` is the source of all its chance.
    pub(super) fn new(plan: Plan, seed: u64) -> Self {
        let nodes = plan.nodes.iter().cloned().map(NodeState::new).collect();
        Self {
            plan,
            nodes,
            current: 0,
            home: None,
            switched: false,
            stage: Stage::Waiting { until: 0 },
            backoff: Backoff::default(),
            outage: None,
            link: Link::None,
            questions: Questions::default(),
            reads: Reads::default(),
            teams: BTreeMap::new(),
            limited: false,
            polling: false,
            settled: false,
            dialogs: BTreeSet::new(),
            queues: None,
            reasons: BTreeMap::new(),
            reasons_at: None,
            overflowed: false,
            refreshed: None,
            last: None,
            cause: None,
            said: None,
            lacks_not_ready: false,
            ids: 0,
            chance: seed,
            out: vec![],
        }
    }

    /// Takes in what happened; what is to be done, in order.
    pub(super) fn on(&mut self, now: Now, event: Event) -> Vec<Command> {
        if matches!(self.stage, Stage::Finished) {
            return vec![];
        }
        self.notice_sleep(now);
        match event {
            Event::Tick => {}
            Event::Order(order) => self.ordered(now, order),
            Event::Dismissed => self.dismissed(now),
            Event::Stop => self.leave(now),
            Event::Info { node, outcome } => self.informed(now, node, outcome),
            Event::Read { ticket, outcome } => self.read(now, ticket, outcome),
            Event::Linked { link, address } => self.linked(now, link, address),
            Event::Unlinked { link, why } => self.unlinked(now, link, why),
            Event::Heard { link, what } => self.heard(now, link, what),
            Event::Overflow => self.overflow(),
            Event::Room => self.room(now),
        }
        self.due(now);
        self.tell(now);
        if matches!(self.stage, Stage::Finished) {
            self.out.push(Command::Finished);
        }
        self.last = Some(now);
        std::mem::take(&mut self.out)
    }

    /// Everything whose time has come.
    fn due(&mut self, now: Now) {
        if matches!(self.stage, Stage::Up) {
            self.keep_alive(now);
            self.mind_outage(now);
            self.mind_link(now);
        }
        self.send_questions(now);
        self.send_reads(now);
        // Last: any of the above may have ended in a wait that is over at once.
        match self.stage {
            Stage::Waiting { until } if until <= now.ms => self.probe_all(now),
            Stage::Leaving { until } if until <= now.ms || self.questions.idle() => self.finish(),
            _ => {}
        }
    }

    /// When time alone changes something; `None` when nothing is due.
    pub(super) fn wake(&self) -> Option<u64> {
        let stage = match &self.stage {
            Stage::Waiting { until } | Stage::Leaving { until } => Some(*until),
            Stage::Stopped(_) | Stage::Finished => return None,
            _ => None,
        };
        let node = &self.nodes[self.current];
        let up = matches!(self.stage, Stage::Up);
        let working = [self.link.wake(), self.outage.as_ref().map(Outage::wake), node.probe_at].into_iter().flatten();
        let working = working.filter(|_| up).min();
        let questions = self.questions.wake().filter(|_| matches!(self.link, Link::Up(_)));
        [stage, working, questions, self.reads_wake()].into_iter().flatten().min()
    }

    /// The server's clock.
    fn server_now(&self, now: Now) -> Instant {
        let offset = jiff::SignedDuration::from_millis(self.nodes[self.current].offset_ms);
        now.wall.checked_add(offset).unwrap_or(now.wall)
    }

    /// The names of teams a person supervises, in order.
    fn ids_of(teams: &[TeamName]) -> BTreeSet<String> {
        teams.iter().map(|team| team.id.clone()).collect()
    }
}

#[cfg(test)]
mod tests;

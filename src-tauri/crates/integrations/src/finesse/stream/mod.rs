//! Carries the session out: events in, commands done, and everything handed on in order.
//!
//! Deliberately not here: any decision (`session`).

mod link;
mod tasks;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use pult_domain::{Area, Fact, FactKey, Failure, Observed, areas::floor};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    task::{JoinHandle, JoinSet},
    time::Instant as Tick,
};
use url::Url;

use crate::{Stream, StreamDesk, StreamItem, transport::Clock};

use super::{
    Finesse, NodeSettings,
    client::{As, Client, Node},
    cluster::Cluster,
    session::{Command, Event, Machine, NodePlan, Now, Plan},
    wire::system::Complaint,
};

use self::link::Handle;

/// Events that may wait; a link that finds no room waits, and slows its server down.
const EVENTS: usize = 256;
/// How often the session looks at the wall clock: a machine that slept is noticed by it.
const GLANCE: Duration = Duration::from_secs(2);
/// The longest a link that is given up may take to end.
const ENDING: Duration = Duration::from_secs(3);
/// The shortest and longest interval of reading, seconds.
const POLL: std::ops::RangeInclusive<u32> = 15..=120;

#[async_trait]
impl Stream for Finesse {
    fn area(&self) -> Area {
        Area::Floor
    }

    async fn run(&self, desk: StreamDesk) {
        let plan = Plan {
            login: self.settings.login.clone(),
            resource: self.resource.clone(),
            nodes: self.cluster.nodes().iter().map(|node| plan_of(node)).collect(),
            transport: self.settings.transport,
            direct_tls: self.settings.direct_tls,
            poll_ms: u64::from(self.settings.poll_interval_s.clamp(*POLL.start(), *POLL.end())) * 1000,
        };
        let (events, inbox) = mpsc::channel(EVENTS);
        let driver = Driver {
            machine: Machine::new(plan, rand::random()),
            client: Arc::clone(&self.client),
            cluster: Arc::clone(&self.cluster),
            resource: self.resource.clone(),
            out: desk.out,
            now: desk.now,
            since: Tick::now(),
            events,
            links: BTreeMap::new(),
            ending: None,
            tasks: JoinSet::new(),
            held: VecDeque::new(),
            dropped: false,
            overflowed: false,
            notes: 0,
            finished: false,
        };
        driver.run(inbox, desk.orders, desk.stop).await;
    }
}

fn plan_of(node: &Node) -> NodePlan {
    NodePlan {
        host: node.host.clone(),
        port: node.base.port_or_known_default().unwrap_or(443),
        old_websocket_port: node.old_websocket_port,
        direct_tls_port: node.direct_tls_port,
    }
}

/// Where a node's notifications are heard in a WebSocket.
pub(super) fn websocket_url(node: &Node, port: u16) -> Url {
    let mut url = node.base.clone();
    // An `https` address with a host takes all three.
    let _ = url.set_scheme("wss");
    let _ = url.set_port(Some(port));
    url.set_path("/ws/");
    url
}

struct Driver {
    machine: Machine,
    client: Arc<Client>,
    cluster: Arc<Cluster>,
    resource: String,
    out: mpsc::Sender<StreamItem>,
    now: Clock,
    since: Tick,
    events: mpsc::Sender<Event>,
    links: BTreeMap<u64, Handle>,
    /// The link given up last: the next one waits for its end.
    ending: Option<JoinHandle<()>>,
    tasks: JoinSet<()>,
    /// What must not be lost and found no room.
    held: VecDeque<StreamItem>,
    /// Something heard was lost just now.
    dropped: bool,
    /// Something heard was lost, and there has been no room since.
    overflowed: bool,
    notes: u64,
    finished: bool,
}

impl Driver {
    async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Event>,
        mut orders: mpsc::Receiver<crate::StreamOrder>,
        stop: tokio_util::sync::CancellationToken,
    ) {
        let (mut stopping, mut ordered) = (false, true);
        let mut event = Event::Tick;
        while !self.finished {
            self.take(event);
            if self.finished {
                break;
            }
            let soon = Tick::now() + GLANCE;
            let wake = self.machine.wake().map_or(soon, |at| soon.min(self.since + Duration::from_millis(at)));
            let roomy = self.out.max_capacity().div_ceil(2);
            event = tokio::select! {
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    Event::Stop
                }
                permit = self.out.reserve(), if !self.held.is_empty() => match permit {
                    Ok(permit) => {
                        if let Some(item) = self.held.pop_front() {
                            permit.send(item);
                        }
                        Event::Tick
                    }
                    Err(_) => break,
                },
                room = self.out.reserve_many(roomy), if self.overflowed && self.held.is_empty() => match room {
                    Ok(_) => {
                        self.overflowed = false;
                        Event::Room
                    }
                    Err(_) => break,
                },
                order = orders.recv(), if ordered => match order {
                    Some(order) => Event::Order(order),
                    None => {
                        ordered = false;
                        Event::Tick
                    }
                },
                // Another password may have been set since.
                () = self.client.dismissed.notified() => match self.client.secret(As::Engine) {
                    Ok(_) => Event::Tick,
                    Err(_) => Event::Dismissed,
                },
                Some(event) = inbox.recv() => event,
                Some(_) = self.tasks.join_next() => Event::Tick,
                () = tokio::time::sleep_until(wake) => Event::Tick,
                () = self.out.closed() => break,
            };
        }
        // Nobody waits long for a good-bye.
        if let Some(ending) = self.ending.take() {
            let _ = tokio::time::timeout(ENDING, ending).await;
        }
    }

    fn take(&mut self, event: Event) {
        self.machine.lacks_not_ready = self.cluster.lacks_not_ready.load(std::sync::atomic::Ordering::Relaxed);
        let mut next = Some(event);
        while let Some(event) = next.take() {
            let ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
            let now = Now { ms, wall: (self.now)() };
            for command in self.machine.on(now, event) {
                self.carry_out(command);
            }
            if std::mem::take(&mut self.dropped) && !self.overflowed {
                tracing::warn!("the stream's reader is behind: what was heard is dropped and everything is read anew");
                self.overflowed = true;
                next = Some(Event::Overflow);
            }
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Probe { node, credentials } => self.probe(node, credentials),
            Command::Read { node, ticket, what } => self.read(node, ticket, what),
            Command::Link { node, way, link, domain, pubsub } => self.link(node, way, link, domain, pubsub),
            Command::Unlink { link, leaving } => self.unlink(link, leaving),
            Command::Appear { link } => self.say(link, link::appear()),
            Command::Watch { link, address } => self.say(link, link::watch(&address)),
            Command::Ask { link, id, question } => self.ask(link, id, question),
            Command::Hear(record) => self.hand_on(StreamItem::Heard(record)),
            Command::Note(fact) => self.note(fact),
            Command::Failed { request_id, complaint } => self.failed(&request_id, &complaint),
            Command::Done { request_id } => self.done(&request_id),
            Command::Report(report) => self.hand_on(StreamItem::Session(report)),
            Command::MoveTo(node) => self.cluster.move_to(node),
            Command::Learn(plan) => self.learn(&plan),
            Command::Refused => self.client.engine_refused(),
            Command::Forgive => self.client.attempts.forgive(self.client.login()),
            Command::Finished => self.finished = true,
        }
    }

    /// Hands an item on, or keeps or drops it where there is no room.
    fn hand_on(&mut self, item: StreamItem) {
        let back = if self.held.is_empty() {
            match self.out.try_send(item) {
                Ok(()) => return,
                Err(TrySendError::Full(item)) => item,
                // The loop ends by itself.
                Err(TrySendError::Closed(_)) => return,
            }
        } else {
            item
        };
        match back {
            StreamItem::Heard(_) => self.dropped = true,
            StreamItem::Session(_) => {
                // Only how it is now is worth telling.
                self.held.retain(|held| !matches!(held, StreamItem::Session(_)));
                self.held.push_back(back);
            }
            StreamItem::Noted(_) | StreamItem::Personal(..) => self.held.push_back(back),
        }
    }

    fn note(&mut self, fact: floor::Fact) {
        let at = (self.now)();
        self.notes += 1;
        let key = FactKey(format!("session/{}/{}", at.as_millisecond(), self.notes));
        self.hand_on(StreamItem::Noted(Box::new(Observed { key, at, fact: Fact::Floor(fact) })));
    }

    fn done(&mut self, request_id: &str) {
        let Some(command) = self.cluster.answered(request_id, (self.now)()) else { return };
        self.note(floor::Fact::RequestShown { command });
    }

    fn failed(&mut self, request_id: &str, complaint: &Complaint) {
        let Some(command) = self.cluster.answered(request_id, (self.now)()) else { return };
        let failure = if complaint.is("Invalid State") { Failure::State } else { Failure::Refused };
        self.note(floor::Fact::RequestFailed { command, failure, detail: complaint.words() });
    }

    fn learn(&mut self, plan: &NodePlan) {
        let url = Url::parse(&format!("https://{}:{}", plan.host, plan.port));
        let settings = url.map(|url| NodeSettings {
            old_websocket_port: plan.old_websocket_port,
            direct_tls_port: plan.direct_tls_port,
            ..NodeSettings::new(url)
        });
        let learnt =
            settings.map_err(|e| e.to_string()).and_then(|node| self.cluster.learn(&node).map_err(|e| e.to_string()));
        if let Err(error) = learnt {
            tracing::warn!(host = plan.host, error, "the second node cannot be used");
        }
    }
}

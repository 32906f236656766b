//! What the session, the requests of people and the checks know in common: the nodes, who is in which team, and which requests
//! wait for an answer.
//!
//! Deliberately not here: choosing a node (`session`).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use jiff::SignedDuration;
use pult_domain::{CommandId, Instant};

use crate::transport::http::SetupError;

use super::{NodePin, NodeSettings, Settings, client::Node};

/// How long an answer to a request is recognised.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(60);

/// The common knowledge.
pub(super) struct Cluster {
    nodes: RwLock<Vec<Arc<Node>>>,
    current: AtomicUsize,
    ca: Option<Vec<u8>>,
    pins: Vec<NodePin>,
    teams: Mutex<BTreeMap<String, BTreeSet<String>>>,
    waiting: Mutex<BTreeMap<String, (CommandId, Instant)>>,
    /// Set when the server turned down "not ready" as such: this release cannot be asked for it.
    pub(super) lacks_not_ready: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cluster {
    /// The configured nodes.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub(super) fn new(settings: &Settings, ca: Option<Vec<u8>>) -> Result<Self, SetupError> {
        let pins = settings.pins.as_slice();
        let configured = std::iter::once(&settings.a).chain(&settings.b);
        let nodes: Result<_, _> = configured.map(|node| Node::new(node, ca.as_deref(), pins).map(Arc::new)).collect();
        Ok(Self {
            nodes: RwLock::new(nodes?),
            current: AtomicUsize::default(),
            ca,
            pins: pins.to_vec(),
            teams: Mutex::default(),
            waiting: Mutex::default(),
            lacks_not_ready: AtomicBool::default(),
        })
    }

    /// All nodes, in order.
    pub(super) fn nodes(&self) -> Vec<Arc<Node>> {
        self.nodes.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The node of that place.
    pub(super) fn node(&self, at: usize) -> Option<Arc<Node>> {
        self.nodes.read().unwrap_or_else(PoisonError::into_inner).get(at).cloned()
    }

    /// The node the session is at, for requests of people.
    pub(super) fn current(&self) -> Option<Arc<Node>> {
        self.node(self.current.load(Ordering::Relaxed)).or_else(|| self.node(0))
    }

    /// The session has moved.
    pub(super) fn move_to(&self, at: usize) {
        self.current.store(at, Ordering::Relaxed);
    }

    /// A second node, named by the first.
    ///
    /// # Errors
    /// When it cannot be used.
    pub(super) fn learn(&self, node: &NodeSettings) -> Result<(), SetupError> {
        let node = Node::new(node, self.ca.as_deref(), &self.pins)?;
        self.nodes.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(node));
        Ok(())
    }

    /// A team was read.
    pub(super) fn team_has(&self, team: &str, members: impl Iterator<Item = String>) {
        lock(&self.teams).insert(team.to_owned(), members.collect());
    }

    /// A person came up in a team's news.
    pub(super) fn joined(&self, team: &str, login_id: &str) {
        lock(&self.teams).entry(team.to_owned()).or_default().insert(login_id.to_owned());
    }

    /// A team a person is in.
    pub(super) fn team_of(&self, login_id: &str) -> Option<String> {
        lock(&self.teams).iter().find(|(_, members)| members.contains(login_id)).map(|(team, _)| team.clone())
    }

    /// A request was taken and waits for its outcome.
    pub(super) fn waits(&self, request_id: String, command: CommandId, now: Instant) {
        let mut waiting = lock(&self.waiting);
        waiting.retain(|_, (_, since)| now.duration_since(*since) < REMEMBERED);
        waiting.insert(request_id, (command, now));
    }

    /// The request an outcome belongs to; told once.
    pub(super) fn answered(&self, request_id: &str, now: Instant) -> Option<CommandId> {
        let (command, since) = lock(&self.waiting).remove(request_id)?;
        (now.duration_since(since) < REMEMBERED).then_some(command)
    }
}

//! What all parts of the cluster share, and the one way from the world to the nodes: whatever comes out of the world is
//! handed to the nodes' workers before anybody else gets to see the world again.

use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{
    NodeName,
    accounts::Accounts,
    fault::FaultOrder,
    journal::Journal,
    node::{Node, NodeOrder, Parcel, Stream},
    rest::Order as AgentOrder,
    tls::{Authorities, Identity, Signer, TlsError},
    world::{Deployment, Happening, Notice, Verb, World},
    xml::{Element, Order},
};
use crate::hands::{ClockOrder, Hands};

/// The cluster.
pub struct Core {
    /// What was asked and told.
    pub journal: Arc<Journal>,
    /// Who may sign in.
    pub accounts: Arc<Accounts>,
    /// The clock.
    pub hands: Hands,
    pub(super) deployment: Deployment,
    pub(super) order: Order,
    pub(super) guarded: bool,
    pub(super) member_dialogs: bool,
    pub(super) authorities: Authorities,
    pub(super) identities: [Arc<Identity>; 2],
    /// What the certificates of the nodes are for.
    pub(super) names: [Vec<String>; 2],
    pub(super) nodes: [Node; 2],
    pub(super) world: Mutex<World>,
    pub(super) orders: Mutex<HashMap<usize, VecDeque<AgentOrder>>>,
    pub(super) stop: CancellationToken,
}

impl Core {
    /// A node.
    pub fn node(&self, name: NodeName) -> &Node {
        match name {
            NodeName::A => &self.nodes[0],
            NodeName::B => &self.nodes[1],
        }
    }

    pub(super) fn identity(&self, name: NodeName) -> Arc<Identity> {
        Arc::clone(match name {
            NodeName::A => &self.identities[0],
            NodeName::B => &self.identities[1],
        })
    }

    /// Does something with the world as it is now, and tells what came of it.
    pub fn with_world<T>(&self, act: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.hands.now();
        world.run(now);
        let done = act(&mut world, now);
        for happening in world.take() {
            match happening {
                Happening::Notice(notice) => {
                    let update = notice.update().fragment(self.order);
                    for node in &self.nodes {
                        node.hand(Parcel::Publish { node: notice.node.clone(), update: update.clone() });
                    }
                }
                Happening::Node(name, order) => self.order_node(name, &order),
            }
        }
        done
    }

    /// Changes how a node is, and tells its `SystemInfo` when that changed.
    pub fn order_node(&self, name: NodeName, order: &NodeOrder) {
        let node = self.node(name);
        if node.order(order) {
            let info = node.system_info("systemInfo", false, &self.nodes, self.deployment.word(), self.hands.now());
            let source = "/finesse/api/SystemInfo".to_owned();
            let notice = Notice { node: source.clone(), verb: Verb::Put, source, data: Some(info), request: None };
            node.hand(Parcel::Publish { node: notice.node.clone(), update: notice.update().fragment(self.order) });
        }
    }

    /// Turns the clock; what became due by that happens before this returns.
    pub fn turn_clock(&self, order: ClockOrder) {
        self.hands.turn(order);
        self.with_world(|_, _| ());
    }

    /// Makes things wrong, or right.
    pub fn order_fault(&self, order: &FaultOrder) {
        let on = order.on.map_or(NodeName::BOTH.as_slice(), |name| match name {
            NodeName::A => &NodeName::BOTH[..1],
            NodeName::B => &NodeName::BOTH[1..],
        });
        for node in on.iter().map(|name| self.node(*name)) {
            node.faults.set(order);
            let missing = order.missing.clone().or_else(|| order.heal.then(Vec::new));
            if let (Some(missing), Stream::BuiltIn(hub)) = (missing, &node.stream) {
                hub.miss(&missing);
            }
            if let Some(raw) = &order.raw_notification {
                let team = || self.with_world(|world, _| world.team_node(0));
                let path = order.node.clone().unwrap_or_else(team);
                node.hand(Parcel::Publish { node: path, update: raw.clone() });
            }
            if let Some(raw) = &order.raw_stanza {
                node.hand(Parcel::Raw(raw.clone()));
            }
        }
    }

    /// Shows another certificate to whoever connects to a node from here on, for `names` or for those it had.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn show_certificate(
        &self,
        name: NodeName,
        signer: Signer,
        names: Option<&[String]>,
        expired: bool,
    ) -> Result<(), TlsError> {
        let names = names.unwrap_or(&self.names[name as usize]);
        self.identity(name).show(&self.authorities.issue(signer, names, expired)?)
    }

    /// Gives somebody another password, for requests and for the notification service alike; `false` when there is nobody of this id.
    ///
    /// # Errors
    /// The notification service's own table cannot be written.
    pub fn set_password(&self, id: &str, password: &str) -> io::Result<bool> {
        let found = self.accounts.set_password(id, password);
        for node in self.nodes.iter().filter(|_| found) {
            if let Stream::Prosody(prosody) = &node.stream {
                prosody.set_password(id, password)?;
            }
        }
        Ok(found)
    }

    /// Waits until both nodes have done everything that was handed to them so far.
    pub async fn settled(&self) {
        for node in &self.nodes {
            let (done, told) = oneshot::channel();
            node.hand(Parcel::Done(done));
            // A worker that is gone has nothing left to do.
            let _ = told.await;
        }
    }

    pub(super) fn system_info(&self, node: &Node) -> Element {
        node.system_info("SystemInfo", true, &self.nodes, self.deployment.word(), self.hands.now())
    }

    pub(super) fn orders(&self) -> MutexGuard<'_, HashMap<usize, VecDeque<AgentOrder>>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! A Cisco Finesse cluster of two nodes, written from its contract: REST, the notification service, the people whose
//! states are shown, and a control interface for tests and demos.
//!
//! Each node is one TLS listener with REST and `/ws/`, a listener for the old WebSocket port, one that speaks XMPP from
//! the first byte, and a plain one that answers 301. Notifications are carried by the stream of this crate or by a real
//! Prosody. Both nodes show the same people; each has a health of its own.
//!
//! Not here: single sign-on beyond its name in `SystemInfo`, BOSH, administrators, monitoring, real telephony.

pub mod accounts;
pub mod control;
mod core;
pub mod fault;
pub mod feeds;
mod front;
pub mod journal;
pub mod node;
mod port;
pub mod prosody;
pub mod rest;
mod start;
pub mod world;
pub mod xml;
pub mod xmpp;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

pub use self::{core::Core, start::start};
use self::{prosody::ProsodyError, tls::Pair, tls::TlsError, world::Plan, xml::Order, xmpp::envelope::Shape};
pub use crate::service::tls;
use crate::{clock::Clock, clock::system_clock, secret::Secret};

/// A node of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeName {
    /// The primary.
    A,
    /// The secondary.
    B,
}

impl NodeName {
    /// Both, in order.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// `a` or `b`.
    pub const fn letter(self) -> char {
        match self {
            Self::A => 'a',
            Self::B => 'b',
        }
    }
}

/// Who carries the notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// The stream of this crate.
    #[default]
    BuiltIn,
    /// A Prosody for each node, started and configured by the simulator.
    Prosody,
}

/// Where a node listens and what it is called. Port 0 takes a free port.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The host that `SystemInfo` names; certificates carry it.
    pub host: String,
    /// The XMPP domain; the `pubsub` service is below it.
    pub domain: String,
    /// REST and WebSocket.
    pub front: SocketAddr,
    /// WebSocket on the old port.
    pub notification: Option<SocketAddr>,
    /// XMPP over TLS.
    pub direct: Option<SocketAddr>,
    /// Plain HTTP, which says where to go.
    pub plain: Option<SocketAddr>,
}

impl Seat {
    /// A node at this address of the machine, on free ports, with every listener there is.
    pub fn at(address: IpAddr, domain: &str) -> Self {
        let free = SocketAddr::new(address, 0);
        Self {
            host: address.to_string(),
            domain: domain.to_owned(),
            front: free,
            notification: Some(free),
            direct: Some(free),
            plain: Some(free),
        }
    }
}

/// How the cluster is set up.
pub struct Settings {
    /// Its people, and the product.
    pub plan: Plan,
    /// Who carries the notifications.
    pub backend: Backend,
    /// The password of every account.
    pub password: Secret,
    /// The shape of notifications.
    pub shape: Shape,
    /// The order of elements.
    pub order: Order,
    /// Whether `SystemInfo` wants credentials.
    pub guarded: bool,
    /// Whether supervisors may follow the calls of their agents.
    pub member_dialogs: bool,
    /// The authority to sign with; a new one without this.
    pub authority: Option<Pair>,
    /// The two nodes.
    pub seats: [Seat; 2],
    /// Where the control interface listens; loopback only.
    pub control: SocketAddr,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// 25 living teams of 20 on free loopback ports; node A at 127.0.0.1, node B at 127.0.0.2.
    pub fn new(password: Secret) -> Self {
        let loopback = |last| IpAddr::V4(Ipv4Addr::new(127, 0, 0, last));
        let plan = Plan {
            deployment: world::Deployment::default(),
            teams: 25,
            team_size: 20,
            seed: 1,
            night: false,
            live: true,
        };
        Self {
            plan,
            backend: Backend::default(),
            password,
            shape: Shape::default(),
            order: Order::default(),
            guarded: false,
            member_dialogs: true,
            authority: None,
            seats: [Seat::at(loopback(1), "fin-a.cc.example"), Seat::at(loopback(2), "fin-b.cc.example")],
            control: SocketAddr::new(loopback(1), 0),
            clock: system_clock(),
        }
    }
}

/// Where a node listens.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Addresses {
    /// REST and WebSocket.
    pub front: SocketAddr,
    /// WebSocket on the old port.
    pub notification: Option<SocketAddr>,
    /// XMPP over TLS.
    pub direct: Option<SocketAddr>,
    /// Plain HTTP.
    pub plain: Option<SocketAddr>,
}

/// Why the cluster does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The control interface would be open to the network.
    #[error("the control interface listens on loopback only, not on {0}")]
    ControlExposed(SocketAddr),
    /// No certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No Prosody.
    #[error(transparent)]
    Prosody(#[from] ProsodyError),
}

/// A running cluster. Dropping it stops it; [`Self::stop`] also waits.
pub struct Simulator {
    core: std::sync::Arc<Core>,
    control: SocketAddr,
    authority: String,
    tasks: tokio_util::task::TaskTracker,
    stop: CancellationToken,
}

impl Simulator {
    /// The cluster itself, for tests that give their orders without HTTP.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Where the control interface listens.
    pub const fn control(&self) -> SocketAddr {
        self.control
    }

    /// Where a node listens.
    pub fn addresses(&self, node: NodeName) -> Addresses {
        self.core.node(node).addresses
    }

    /// Certificate of the authority to trust, PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Closes every listener and ends what was started.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

//! How an address of the network is asked: one order, one cycle of several packets.
//!
//! Deliberately not here: the ways of asking (`probes`), when one is due (the engine's), and what an answer means (the rules').

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::areas::network::{Cycle, Definition, ProbeKind};

/// What is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeOrder {
    /// The way.
    pub kind: ProbeKind,
    /// A host name or an IP address.
    pub host: String,
    /// The port; for echo requests the one their fall-back connects to.
    pub port: u16,
    /// The path of a page.
    pub path: String,
    /// How many packets.
    pub packets: u16,
    /// The longest wait for one answer.
    pub limit: Duration,
    /// Where the certificate is read as well, in this cycle.
    pub certificate_port: Option<u16>,
}

impl ProbeOrder {
    /// The order for a target; its certificate is read only `with_certificate`.
    #[must_use]
    pub fn of(definition: &Definition, limit: Duration, with_certificate: bool) -> Self {
        Self {
            kind: definition.kind,
            host: definition.host.clone(),
            port: definition.port_used(),
            path: definition.path.clone().unwrap_or_else(|| "/".to_owned()),
            packets: definition.packets_used(),
            limit,
            certificate_port: definition.certificate_port.filter(|_| with_certificate),
        }
    }
}

/// Asks the network.
#[async_trait]
pub trait Prober: Send + Sync {
    /// One cycle. It ends in bounded time whatever the other side does: [`ProbeOrder::limit`] for each packet.
    async fn cycle(&self, order: &ProbeOrder) -> Cycle;
}

//! Ways of asking an address whether it is there: echo request, TCP, TLS, a page, a name, an XMPP stream, the telephony platform.
//!
//! Everything is asked from this process, natively: no other program is started. Deliberately not here: when to ask, and what to make of it.

mod connect;
mod dns;
mod finesse;
mod http;
mod icmp;
mod tcp;
mod tls;
mod xmpp;

use std::{future::Future, sync::Arc, time::Duration};

use async_trait::async_trait;
use pult_domain::areas::network::{Certificate, Cycle, ProbeKind, Trouble};
use rustls::client::danger::ServerCertVerifier;
use rustls_platform_verifier::Verifier;

use crate::{
    probe::{ProbeOrder, Prober},
    transport::http::SetupError,
};

/// The probes, with what they share.
pub struct Probes {
    icmp: icmp::Echo,
    verifier: Arc<dyn ServerCertVerifier>,
}

impl Probes {
    /// Probes that trust the system's certificates and those of `ca` (PEM).
    ///
    /// # Errors
    /// When the process has not chosen its cryptography, or the certificates cannot be read.
    pub fn new(ca: Option<&[u8]>) -> Result<Self, SetupError> {
        let provider = rustls::crypto::CryptoProvider::get_default().ok_or(SetupError::NoProvider)?.clone();
        let extra = ca.map(tls::certificates).transpose()?.unwrap_or_default();
        let verifier =
            Verifier::new_with_extra_roots(extra, provider).map_err(|e| SetupError::Client(e.to_string()))?;
        Ok(Self { icmp: icmp::Echo::default(), verifier: Arc::new(verifier) })
    }
}

#[async_trait]
impl Prober for Probes {
    async fn cycle(&self, order: &ProbeOrder) -> Cycle {
        let certificate = async {
            match order.certificate_port {
                Some(port) => Some(tls::read_certificate(&self.verifier, &order.host, port, order.limit).await),
                None => None,
            }
        };
        let (mut cycle, read) = tokio::join!(self.ask(order), certificate);
        match read {
            Some(Ok(certificate)) => cycle.certificate = Some(certificate),
            Some(Err(fault)) => {
                cycle.certificate = fault.certificate.or(cycle.certificate);
                if cycle.trouble.is_none() {
                    cycle.trouble = Some(fault.trouble);
                    cycle.detail = fault.detail;
                }
            }
            None => {}
        }
        cycle
    }
}

impl Probes {
    async fn ask(&self, order: &ProbeOrder) -> Cycle {
        match order.kind {
            ProbeKind::Icmp => match self.icmp.cycle(order).await {
                Ok(cycle) => cycle,
                Err(icmp::NotAllowed) => {
                    let mut cycle = tcp::cycle(order, tcp::Refusal::Answers).await;
                    cycle.tcp_instead = true;
                    cycle
                }
            },
            ProbeKind::Tcp => tcp::cycle(order, tcp::Refusal::Fails).await,
            ProbeKind::Dns => dns::cycle(order).await,
            ProbeKind::Tls => several(order, || tls::handshake(&self.verifier, order)).await,
            ProbeKind::Http => several(order, || http::page(&self.verifier, order)).await,
            ProbeKind::Xmpp => several(order, || xmpp::open(order)).await,
            ProbeKind::Platform => several(order, || finesse::in_service(&self.verifier, order)).await,
        }
    }
}

/// An answer to one packet.
#[derive(Debug, Default)]
struct Answered {
    /// How long it took, microseconds.
    us: u32,
    status: Option<u16>,
    certificate: Option<Certificate>,
    detail: String,
}

/// Why a packet had no answer.
#[derive(Debug)]
struct Fault {
    trouble: Trouble,
    detail: String,
    status: Option<u16>,
    certificate: Option<Certificate>,
}

impl Fault {
    fn new(trouble: Trouble, detail: impl Into<String>) -> Self {
        Self { trouble, detail: detail.into(), status: None, certificate: None }
    }

    fn of_io(error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        let trouble = match error.kind() {
            Kind::ConnectionRefused => Trouble::Refused,
            Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::AddrNotAvailable => Trouble::Unreachable,
            Kind::TimedOut => Trouble::Timeout,
            Kind::PermissionDenied => Trouble::NotAllowed,
            _ => Trouble::Strange,
        };
        // Where the trouble says it all, the system's own words in the system's own language add nothing.
        let detail = if trouble == Trouble::Strange { error.to_string() } else { String::new() };
        Self::new(trouble, detail)
    }

    fn timeout(limit: Duration) -> Self {
        Self::new(Trouble::Timeout, format!("no answer in {} ms", limit.as_millis()))
    }
}

/// Asks once for each packet, one after the other, each within the limit.
async fn several<F, A>(order: &ProbeOrder, ask: A) -> Cycle
where
    F: Future<Output = Result<Answered, Fault>>,
    A: Fn() -> F,
{
    let mut times = Vec::new();
    let mut cycle = Cycle::of(order.packets, &[]);
    for _ in 0..order.packets {
        let answer = tokio::time::timeout(order.limit, ask()).await;
        match answer.unwrap_or_else(|_| Err(Fault::timeout(order.limit))) {
            Ok(answered) => {
                times.push(answered.us);
                cycle.status = answered.status.or(cycle.status);
                cycle.certificate = answered.certificate.or(cycle.certificate);
                if cycle.trouble.is_none() {
                    cycle.detail = answered.detail;
                }
            }
            Err(fault) => {
                cycle.status = fault.status.or(cycle.status);
                cycle.certificate = fault.certificate.or(cycle.certificate);
                (cycle.trouble, cycle.detail) = (Some(fault.trouble), fault.detail);
            }
        }
    }
    let Cycle { sent, lost, rtt, .. } = Cycle::of(order.packets, &times);
    Cycle { sent, lost, rtt, ..cycle }
}

/// The time since, microseconds.
fn micros(since: std::time::Instant) -> u32 {
    u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;

//! Where Pult listens: the console, and the address that hooks and legacy routes are sent to.
//!
//! Deliberately not here: the listeners themselves (the server's) and 1C's own listener (its integration's section).

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Serialize;
use url::Url;

use super::section::section;

section! {
    /// The console: screens, their API, metrics and health.
    pub struct Console {
        /// Address and port to listen on. Beyond this machine only with TLS or behind a trusted proxy.
        bind: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8480)) => any(Kind::Address).restart(),
        /// Address under which people open the console; used for the links in messages.
        public_url: Option<Url> = None => any(Kind::Url).sample(r#""https://pult.example.com/""#),
        /// Networks of the reverse proxies in front of the console. Only they may name the real caller and its scheme;
        /// beyond this machine and without TLS nobody else is answered.
        trusted_proxies: Vec<IpNet> = Vec::new() => bounded(Kind::Networks, 0, 32).restart(),
        /// Connections of one source at a time, of 1024 in all; more are closed at once. An IPv6 source is its /64 network; behind a
        /// trusted proxy its requests under way are counted instead.
        connections_per_source: u32 = 768 => whole(1, 1024, "connections").restart(),
        /// How long a session lives unused; seven days at most, however busy.
        session_hours: u32 = 24 => whole(1, 168, "hours"),
    }
    sections {
        /// The certificate the console is served with.
        tls: Tls,
    }
}

section! {
    /// Incoming hooks and the legacy routes.
    pub struct Hooks {
        /// Address and port to listen on.
        bind: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8481)) => any(Kind::Address).restart(),
        /// Address under which other systems reach the hooks; shown to copy. Unset: the listener's own.
        public_url: Option<Url> = None => any(Kind::Url).sample(r#""https://pult.example.com/""#),
        /// Serve plain HTTP on a private address (10.0.0.0/8 and the like). Shown amber; never possible on a public one.
        allow_plain_http: bool = false => any(Kind::Flag).restart(),
        /// Networks of the reverse proxies in front of the hooks, as in the console's section.
        trusted_proxies: Vec<IpNet> = Vec::new() => bounded(Kind::Networks, 0, 32).restart(),
        /// Largest accepted body; more is answered 413.
        max_body_bytes: u64 = 4 << 20 => whole(1 << 10, 16 << 20, "bytes"),
        /// Sustained requests of one source address; more is answered 429.
        rate_per_source: u32 = 50 => whole(1, 1_000_000, "requests/s"),
        /// Requests one source address may send at once before its rate applies.
        burst_per_source: u32 = 200 => whole(1, 1_000_000, "requests"),
        /// Connections open at a time; more wait to be accepted.
        connections: u32 = 1024 => whole(1, 65_536, "connections").restart(),
        /// Connections one source may have of them; more are closed at once. An IPv6 source is its /64 network; behind a trusted
        /// proxy its requests under way are counted instead.
        connections_per_source: u32 = 768 => whole(1, 65_536, "connections").restart(),
        /// Records that may wait for the pump before hooks are answered 503.
        queue_limit: u64 = 200_000 => whole(100, 10_000_000, "records"),
    }
    sections {
        /// The certificate the hooks are served with.
        tls: Tls,
    }
}

section! {
    /// Certificate and key; both or neither.
    pub struct Tls {
        /// PEM file with the certificate chain.
        certificate: Option<PathBuf> = None => any(Kind::Path).restart().sample(r#""/etc/pult/certificate.pem""#),
        /// PEM file with the private key, readable by Pult's user only.
        key: Option<PathBuf> = None => any(Kind::Path).restart().sample(r#""/etc/pult/key.pem""#),
    }
    sections {}
}

impl Tls {
    /// Certificate and key, when this listener speaks TLS itself.
    #[must_use]
    pub fn files(&self) -> Option<(&Path, &Path)> {
        Some((self.certificate.as_deref()?, self.key.as_deref()?))
    }
}

/// How a listener's traffic is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// Pult speaks TLS itself.
    Tls,
    /// Reachable from this machine only.
    Loopback,
    /// Plain HTTP to a reverse proxy; peers outside `trusted_proxies` are not answered.
    Proxied,
    /// Plain HTTP on a private address; the person is shown amber.
    Private,
    /// Plain HTTP on an address anybody may reach.
    Public,
}

impl Exposure {
    fn of(bind: SocketAddr, tls: &Tls, proxies: &[IpNet]) -> Self {
        let address = bind.ip().to_canonical();
        if tls.files().is_some() {
            Self::Tls
        } else if address.is_loopback() {
            Self::Loopback
        } else if !proxies.is_empty() {
            Self::Proxied
        } else if is_private(address) {
            Self::Private
        } else {
            Self::Public
        }
    }
}

impl Console {
    /// How the console's traffic is protected. A loaded configuration is never `Private` or `Public` here.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        Exposure::of(self.bind, &self.tls, &self.trusted_proxies)
    }
}

impl Hooks {
    /// How the hooks' traffic is protected. A loaded configuration is never `Public` here.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        Exposure::of(self.bind, &self.tls, &self.trusted_proxies)
    }
}

/// Addresses that are not routed on the internet. "All addresses" (0.0.0.0) is not one of them.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

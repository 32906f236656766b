//! From an address to a connection that is encrypted and signed in: where the server is, its certificate against the address's domain, and
//! the way in.
//!
//! Deliberately not here: what is said of it to anybody, and another try ([`super::session`]).

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use hickory_resolver::{TokioResolver, proto::rr::RData};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_xmpp::{
    stanzastream::Connection,
    xmlstream::{ReadError, StreamHeader, Timeouts, XmppStream, XmppStreamElement, initiate_stream},
};
use xmpp_parsers::{jid::FullJid, ns, starttls, stream_features::StreamFeatures};

use crate::transport::{
    obstacle::Obstacle,
    tls::{self, Problem, Shown, Trust},
};

use super::{
    Tls,
    guard::{Guard, Watch, broken},
    lost::Lost,
    sign_in::{Login, sign_in},
};

/// The port of connections that begin in clear.
const STARTTLS_PORT: u16 = 5222;
/// The port of connections within TLS from the first byte, as old clients use it.
const DIRECT_PORT: u16 = 5223;
/// The longest wait for a connection without TLS.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest wait for the names of a domain's servers.
const LOOK_UP: Duration = Duration::from_secs(5);
/// The longest it may take from the first byte to being signed in.
const SIGN_IN: Duration = Duration::from_secs(15);
/// The most servers of a domain that are tried.
const MOST_TARGETS: usize = 6;
/// Silence after which the server is asked whether it is there, and the longest it may take to answer (contracts/xmpp 6).
pub(super) const ALIVE: Timeouts =
    Timeouts { read_timeout: Duration::from_secs(60), response_timeout: Duration::from_secs(20) };

/// Where a domain is served, and whom to trust there.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) domain: String,
    /// The host a person has named; else the domain's own records tell.
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) tls: Tls,
    pub(super) trust: Trust,
    pub(super) allow_plain: bool,
}

/// One server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    /// Within TLS from the first byte.
    pub(super) direct: bool,
}

impl Target {
    /// For an administrator, for instance `starttls:5222`.
    pub(super) fn way(&self) -> String {
        format!("{}:{}", if self.direct { "direct_tls" } else { "starttls" }, self.port)
    }
}

/// A connection that is signed in.
pub(super) struct Met {
    pub(super) connection: Connection,
    pub(super) watch: Arc<Watch>,
    pub(super) target: Target,
    pub(super) mechanism: &'static str,
}

type Encrypted = Guard<tokio_rustls::client::TlsStream<TcpStream>>;

/// A connection that is encrypted, and what the server offers on it.
pub(super) struct Open {
    stream: XmppStream<Encrypted>,
    pub(super) features: StreamFeatures,
}

impl Place {
    /// The servers to try, in order.
    pub(super) async fn targets(&self) -> Vec<Target> {
        if let Some(host) = &self.host {
            let direct = match (self.tls, self.port) {
                (Tls::Direct, _) | (Tls::Auto, Some(DIRECT_PORT)) => true,
                (Tls::Starttls | Tls::Auto, _) => false,
            };
            return vec![self.at(host, direct)];
        }
        let direct =
            async { if self.tls == Tls::Starttls { vec![] } else { records("_xmpps-client", &self.domain).await } };
        let clear =
            async { if self.tls == Tls::Direct { vec![] } else { records("_xmpp-client", &self.domain).await } };
        let (direct, clear) = tokio::join!(direct, clear);
        let found = in_order(direct, clear);
        if found.is_empty() { vec![self.at(&self.domain, self.tls == Tls::Direct)] } else { found }
    }

    fn at(&self, host: &str, direct: bool) -> Target {
        let port = self.port.unwrap_or(if direct { DIRECT_PORT } else { STARTTLS_PORT });
        Target { host: host.to_owned(), port, direct }
    }

    /// Signs in at the first server that can be had.
    pub(super) async fn dial(&self, address: &FullJid, password: &str) -> Result<Met, Lost> {
        let mut last = Lost::Broken(Obstacle::Dns, "no server is known".to_owned());
        for target in self.targets().await {
            let met = match self.sign_in(&target, address, password).await {
                // Followed once, and only with the same name in the certificate.
                Err(Lost::Elsewhere(place)) => match elsewhere(&place, &target) {
                    Some(other) => self.sign_in(&other, address, password).await,
                    None => Err(Lost::Elsewhere(place)),
                },
                met => met,
            };
            match met {
                Err(lost @ Lost::Broken(..)) => last = lost,
                met => return met,
            }
        }
        Err(last)
    }

    async fn sign_in(&self, target: &Target, address: &FullJid, password: &str) -> Result<Met, Lost> {
        let watch = Arc::new(Watch::default());
        let signing = async {
            let open = self.open(target, &watch).await?;
            let name = address.node().map(|node| node.as_str()).unwrap_or_default();
            let login = Login { domain: &self.domain, name, password, allow_plain: self.allow_plain };
            let offered = open.features.sasl_mechanisms;
            let (mechanism, features, stream) = sign_in(open.stream, &offered, &login).await?;
            if !features.can_bind() {
                return Err(Lost::Garbled("the server gives no resource".to_owned()));
            }
            let connection = Connection { stream: stream.box_stream(), features, identity: address.clone().into() };
            Ok((mechanism, connection))
        };
        let signed = tokio::time::timeout(SIGN_IN, signing).await;
        let (mechanism, connection) = signed.unwrap_or_else(|_| {
            Err(watch.lost().unwrap_or(Lost::Broken(Obstacle::Timeout, "no answer in time".to_owned())))
        })?;
        Ok(Met { connection, watch, target: target.clone(), mechanism })
    }

    /// Connects, encrypts, and hears what the server offers.
    pub(super) async fn open(&self, target: &Target, watch: &Arc<Watch>) -> Result<Open, Lost> {
        let stream = connect(target).await?;
        let stream = if target.direct { stream } else { self.ask_for_tls(stream).await? };
        // RFC 7590 and XEP-0368: the protocol's own name, where the port is shared with others.
        let protocol = target.direct.then_some(&b"xmpp-client"[..]);
        let stream =
            tls::over(stream, &self.domain, &self.trust, protocol).await.map_err(|refused| self.told(refused))?;
        let (features, stream) = begin(Guard::new(stream, Arc::clone(watch)), &self.domain).await?;
        Ok(Open { stream, features })
    }

    /// Asks in clear for encryption, and says nothing else.
    async fn ask_for_tls(&self, stream: TcpStream) -> Result<TcpStream, Lost> {
        let watch = Arc::new(Watch::default());
        let (features, mut stream) = begin(Guard::new(stream, Arc::clone(&watch)), &self.domain).await?;
        if !features.can_starttls() {
            return Err(Lost::NoTls);
        }
        let request = XmppStreamElement::Starttls(starttls::Nonza::Request(starttls::Request));
        stream.send(&request).await.map_err(|e| broken(&watch, &e))?;
        loop {
            let heard = stream.next().await.map(|element| element.and_then(|element| element.into_read_error()));
            match heard {
                // What came in clear after this word is lost with the buffer, as it must be.
                Some(Ok(XmppStreamElement::Starttls(starttls::Nonza::Proceed(_)))) => {
                    return Ok(stream.into_inner().into_inner());
                }
                Some(Ok(XmppStreamElement::Starttls(_))) => return Err(Lost::NoTls),
                Some(Err(ReadError::SoftTimeout)) => {}
                Some(Err(e)) => return Err(broken(&watch, &e)),
                Some(Ok(_)) | None => return Err(watch.lost().unwrap_or(Lost::NoTls)),
            }
        }
    }

    /// What a failed encryption means: the certificate, where one was shown and not taken.
    fn told(&self, (obstacle, words): (Obstacle, String)) -> Lost {
        match self.trust.seen().and_then(|shown| shown.problem.map(|problem| (shown, problem))) {
            Some((shown, problem)) if obstacle == Obstacle::Tls => Lost::Certificate(not_trusted(&shown, problem)),
            _ => Lost::Broken(obstacle, words),
        }
    }
}

/// What a person decides by, with the fingerprint in full.
fn not_trusted(shown: &Shown, problem: Problem) -> String {
    let names = shown.names.join(", ");
    format!(
        "the certificate is not taken: {}; {}, for {names}, SHA-256 {}",
        problem.as_ref(),
        shown.subject,
        shown.sha256
    )
}

async fn connect(target: &Target) -> Result<TcpStream, Lost> {
    let bare = target.host.trim_start_matches('[').trim_end_matches(']');
    let connecting = async {
        let stream = TcpStream::connect((bare, target.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    };
    match tokio::time::timeout(CONNECT, connecting).await {
        Ok(connected) => connected.map_err(|e: std::io::Error| Lost::Broken(Obstacle::of(&e), e.to_string())),
        Err(_) => Err(Lost::Broken(Obstacle::Timeout, "no connection in time".to_owned())),
    }
}

/// Begins a stream and hears what is offered on it.
async fn begin<S: AsyncRead + AsyncWrite + Unpin>(
    guard: Guard<S>,
    domain: &str,
) -> Result<(StreamFeatures, XmppStream<Guard<S>>), Lost> {
    let watch = Arc::clone(guard.watch());
    let header = StreamHeader { to: Some(domain.into()), from: None, id: None };
    let opened = initiate_stream(guard, ns::JABBER_CLIENT, header, ALIVE).await.map_err(|e| broken(&watch, &e))?;
    opened.recv_features().await.map_err(|e| broken(&watch, &e))
}

/// A server of a domain's records, as they have it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    priority: u16,
    weight: u16,
    host: String,
    port: u16,
}

/// A domain's records; none where there are none or they cannot be had, and then the domain's own address tells.
async fn records(service: &str, domain: &str) -> Vec<Record> {
    let Ok(domain) = url::Host::parse(domain).map(|host| host.to_string()) else { return vec![] };
    let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
    let Ok(resolver) = resolver else { return vec![] };
    let asked = tokio::time::timeout(LOOK_UP, resolver.srv_lookup(format!("{service}._tcp.{domain}."))).await;
    let Ok(Ok(answer)) = asked else { return vec![] };
    let records = answer.answers().iter().filter_map(|record| match &record.data {
        RData::SRV(srv) => Some(Record {
            priority: srv.priority,
            weight: srv.weight,
            host: srv.target.to_utf8().trim_end_matches('.').to_owned(),
            port: srv.port,
        }),
        _ => None,
    });
    records.collect()
}

/// Both kinds of records as one list (XEP-0368): by priority, within TLS from the first byte before the other, the heavier first. A record
/// without a host says that there is no such service.
fn in_order(direct: Vec<Record>, clear: Vec<Record>) -> Vec<Target> {
    let kinds = direct.into_iter().map(|record| (record, true)).chain(clear.into_iter().map(|record| (record, false)));
    let mut all: Vec<_> = kinds.filter(|(record, _)| !record.host.is_empty()).collect();
    all.sort_by_key(|(record, direct)| (record.priority, !direct, u16::MAX - record.weight));
    all.truncate(MOST_TARGETS);
    all.into_iter().map(|(record, direct)| Target { host: record.host, port: record.port, direct }).collect()
}

/// Where a server sends us: `host`, `host:port`, with brackets around an address of many colons (RFC 6120 4.9.3.19).
fn elsewhere(place: &str, from: &Target) -> Option<Target> {
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse().ok()?),
        _ => (place, from.port),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then(|| Target { host: host.to_owned(), port, direct: from.direct })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(priority: u16, weight: u16, host: &str) -> Record {
        Record { priority, weight, host: host.to_owned(), port: 5000 + priority }
    }

    #[test]
    fn records_are_tried_by_priority_then_encryption_then_weight() {
        let direct = vec![record(5, 1, "d5"), record(20, 9, "d20")];
        let clear = vec![record(5, 1, "c5"), record(5, 70, "c5heavy"), record(1, 0, "c1"), record(0, 0, "")];
        let order: Vec<_> = in_order(direct, clear).into_iter().map(|target| (target.host, target.direct)).collect();
        let expected = [("c1", false), ("d5", true), ("c5heavy", false), ("c5", false), ("d20", true)];
        assert_eq!(order, expected.map(|(host, direct)| (host.to_owned(), direct)));
    }

    #[test]
    fn where_a_server_sends_us_is_read_in_all_spellings() {
        let from = Target { host: "a.example".into(), port: 5222, direct: false };
        for (place, expected) in [
            ("b.example", Some(("b.example", 5222))),
            ("b.example:9222", Some(("b.example", 9222))),
            ("[2001:db8::1]:9222", Some(("2001:db8::1", 9222))),
            ("2001:db8::1", Some(("2001:db8::1", 5222))),
            ("b.example:high", None),
            ("", None),
        ] {
            let read = elsewhere(place, &from).map(|target| (target.host, target.port));
            assert_eq!(read, expected.map(|(host, port)| (host.to_owned(), port)), "{place}");
        }
    }
}

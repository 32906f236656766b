//! The built-in notification service: an XMPP server of one domain with PLAIN, bind, presence of `finesse`, publish and
//! subscribe, ping, and nothing else. What a client says is understood in `session` and `pubsub`, carried by `web` and
//! `tcp`; here is what all sessions share.
//!
//! Stricter than Prosody on purpose: more than one element in a frame ends the stream, and a session that is unavailable
//! or has a negative priority gets nothing, by whichever address it subscribed.

pub mod envelope;
mod pubsub;
pub mod reader;
mod session;
pub mod tcp;
pub mod web;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::{Rng, distr::Alphanumeric};
use tokio::sync::mpsc;

use self::envelope::{Envelope, Shape};
pub use self::session::{Inbound, Session};
use super::{
    NodeName,
    accounts::Accounts,
    feeds::Feed,
    journal::{Journal, Kind},
};
use crate::hands::Hands;

/// The user that publishes.
pub const PUBLISHER: &str = "finesse";

/// What goes to a client.
#[derive(Debug)]
pub enum Out {
    /// A frame, or a piece of the stream.
    Text(String),
    /// The connection is closed.
    End,
    /// The WebSocket is closed with this code.
    Refuse(u16, &'static str),
}

/// How a client is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// RFC 7395.
    Web,
    /// A stream of RFC 6120 over TLS.
    Tcp,
}

/// The service of one node.
pub struct Hub {
    name: NodeName,
    domain: String,
    shape: Shape,
    accounts: Arc<Accounts>,
    hands: Hands,
    journal: Arc<Journal>,
    feeds: HashMap<String, Feed>,
    inner: Mutex<Inner>,
}

struct Inner {
    /// Whether the service runs: while it does not, whoever connects is sent away.
    open: bool,
    next: u64,
    /// Everybody who is connected.
    connected: BTreeMap<u64, mpsc::UnboundedSender<Out>>,
    /// Those of them who have an address.
    clients: BTreeMap<u64, Client>,
    /// Addresses by node.
    subscriptions: HashMap<String, BTreeSet<String>>,
    /// Nodes that are not there, though they should be.
    missing: BTreeSet<String>,
    publisher: bool,
}

struct Client {
    out: mpsc::UnboundedSender<Out>,
    carrier: Carrier,
    /// Folded local part.
    local: String,
    resource: String,
    /// `None` while unavailable.
    priority: Option<i8>,
}

impl Hub {
    /// A service that knows these accounts and nodes.
    pub fn new(
        name: NodeName,
        domain: String,
        shape: Shape,
        accounts: Arc<Accounts>,
        hands: Hands,
        journal: Arc<Journal>,
        feeds: &[Feed],
    ) -> Self {
        let mut subscriptions = HashMap::<String, BTreeSet<String>>::new();
        for feed in feeds {
            let bare = |id: &String| format!("{}@{domain}", id.to_ascii_lowercase());
            subscriptions.entry(feed.node.clone()).or_default().extend(feed.automatic.iter().map(bare));
        }
        let feeds = feeds.iter().map(|feed| (feed.node.clone(), feed.clone())).collect();
        let inner = Inner {
            open: true,
            next: 0,
            connected: BTreeMap::new(),
            clients: BTreeMap::new(),
            subscriptions,
            missing: BTreeSet::new(),
            publisher: true,
        };
        Self { name, domain, shape, accounts, hands, journal, feeds, inner: Mutex::new(inner) }
    }

    /// Its domain.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// A session for a client that has just connected, and what is to be sent to it.
    pub fn connect(self: &Arc<Self>, carrier: Carrier) -> (Session, mpsc::UnboundedReceiver<Out>) {
        let (out, outbound) = mpsc::unbounded_channel();
        let mut inner = self.inner();
        inner.next += 1;
        if inner.open {
            let key = inner.next;
            inner.connected.insert(key, out.clone());
        } else {
            let _ = out.send(Out::End);
        }
        (Session::new(Arc::clone(self), inner.next, carrier, out), outbound)
    }

    /// Tells every subscriber of `node`.
    pub fn publish(&self, node: &str, update: &str) {
        let inner = self.inner();
        let there = inner.subscriptions.get(node).filter(|_| !inner.missing.contains(node));
        let Some(subscribers) = there else { return };
        let item = random_text(24);
        for subscriber in subscribers {
            for client in inner.clients.values().filter(|client| client.hears(subscriber, &self.domain)) {
                let envelope =
                    Envelope { domain: &self.domain, node, to: subscriber, item: &item, id: &random_text(5) };
                self.send(client, envelope.write(self.shape, update));
            }
        }
    }

    /// Sends a stanza as it is to every session that can hear; `{to}` stands for its address.
    pub fn raw(&self, stanza: &str) {
        let inner = self.inner();
        for client in inner.clients.values() {
            self.send(client, stanza.replace("{to}", &client.address(&self.domain)));
        }
    }

    /// These nodes are not there; all others are.
    pub fn miss(&self, nodes: &[String]) {
        self.inner().missing = nodes.iter().cloned().collect();
    }

    /// Makes the user `finesse` available or unavailable.
    pub fn presence(&self, up: bool) {
        let mut inner = self.inner();
        inner.publisher = up;
        for client in inner.clients.values().filter(|client| client.priority.is_some()) {
            self.send(client, self.publisher_presence(client, up));
        }
    }

    /// Ends every stream as a server does that is being shut down.
    pub fn shut_down(&self) {
        let mut inner = self.inner();
        inner.open = false;
        for client in std::mem::take(&mut inner.clients).into_values() {
            self.end(&client, "system-shutdown");
        }
        for out in std::mem::take(&mut inner.connected).into_values() {
            // Whoever has been told already takes no notice of being told again.
            let _ = out.send(Out::End);
        }
    }

    /// Takes in clients again.
    pub fn start_again(&self) {
        self.inner().open = true;
    }

    /// Sends every session somewhere else.
    pub fn see_other(&self, place: &str) {
        for client in std::mem::take(&mut self.inner().clients).into_values() {
            match client.carrier {
                Carrier::Web => {
                    let close = format!(
                        "<close xmlns=\"{}\" see-other-uri=\"{}\"/>",
                        session::FRAMING,
                        super::xml::escape(place)
                    );
                    self.send(&client, close);
                }
                Carrier::Tcp => {
                    let place = super::xml::escape(place);
                    let error = format!(
                        "<stream:error><see-other-host xmlns=\"{}\">{place}</see-other-host></stream:error></stream:stream>",
                        session::STREAM_ERRORS
                    );
                    self.send(&client, error);
                }
            }
            let _ = client.out.send(Out::End);
        }
    }

    /// Gives a session its address; the older one of the same address is ended.
    fn bind(&self, key: u64, carrier: Carrier, local: &str, resource: &str, out: &mpsc::UnboundedSender<Out>) {
        let mut inner = self.inner();
        if !inner.connected.contains_key(&key) {
            return;
        }
        let older = inner.clients.iter().find(|(_, client)| client.local == local && client.resource == resource);
        if let Some(older) = older.map(|(key, _)| *key)
            && let Some(client) = inner.clients.remove(&older)
        {
            self.end(&client, "conflict");
        }
        let client = Client {
            out: out.clone(),
            carrier,
            local: local.to_owned(),
            resource: resource.to_owned(),
            priority: None,
        };
        inner.clients.insert(key, client);
    }

    /// Takes note of a session's own presence, and shows it that of the publisher when it has just come.
    fn available(&self, key: u64, priority: Option<i8>) {
        let mut inner = self.inner();
        let publisher = inner.publisher;
        let Some(client) = inner.clients.get_mut(&key) else { return };
        let came = client.priority.is_none() && priority.is_some();
        client.priority = priority;
        if came && publisher {
            let presence = self.publisher_presence(client, true);
            self.send(client, presence);
        }
    }

    /// Shows a session the publisher's presence because it asked to be shown it.
    fn subscribed_to_publisher(&self, key: u64) {
        let inner = self.inner();
        if let Some(client) = inner.clients.get(&key) {
            let to = client.address(&self.domain);
            self.send(
                client,
                format!(
                    "<presence xmlns=\"jabber:client\" type=\"subscribed\" from=\"{PUBLISHER}@{}\" to=\"{to}\"/>",
                    self.domain
                ),
            );
            if inner.publisher {
                self.send(client, self.publisher_presence(client, true));
            }
        }
    }

    fn gone(&self, key: u64) {
        let mut inner = self.inner();
        inner.connected.remove(&key);
        inner.clients.remove(&key);
    }

    fn publisher_presence(&self, client: &Client, up: bool) -> String {
        let kind = if up { "" } else { " type=\"unavailable\"" };
        format!(
            "<presence xmlns=\"jabber:client\" from=\"{PUBLISHER}@{0}/node-{1}\" to=\"{2}@{0}\"{kind}/>",
            self.domain,
            self.name.letter(),
            client.local
        )
    }

    fn end(&self, client: &Client, condition: &str) {
        self.send(client, session::stream_error(condition));
        self.send(client, session::farewell(client.carrier).to_owned());
        let _ = client.out.send(Out::End);
    }

    fn send(&self, client: &Client, text: String) {
        self.journal.stanza(self.name, Kind::Out, Some(client.address(&self.domain)), &text);
        // A client that has just gone hears nothing more.
        let _ = client.out.send(Out::Text(text));
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    fn address(&self, domain: &str) -> String {
        format!("{}@{domain}/{}", self.local, self.resource)
    }

    /// Whether something for this address reaches the session.
    fn hears(&self, address: &str, domain: &str) -> bool {
        let (bare, resource) = split(address);
        self.priority.is_some_and(|priority| priority >= 0)
            && bare == format!("{}@{domain}", self.local)
            && resource.is_none_or(|resource| resource == self.resource)
    }
}

/// An address without its resource, and the resource.
fn split(address: &str) -> (&str, Option<&str>) {
    address.split_once('/').map_or((address, None), |(bare, resource)| (bare, Some(resource)))
}

/// So many letters and digits.
fn random_text(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}

//! One client's stream: what it may say when, and what it is answered. Knows nothing of sockets; what is said comes in
//! parsed, what is answered goes into a channel.

use std::sync::Arc;

use data_encoding::BASE64;
use roxmltree::{Document, Node};
use tokio::sync::mpsc;

use super::{Carrier, Hub, Out, PUBLISHER, random_text, split};
use crate::finesse::{journal::Kind, xml::escape};

pub(super) const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
pub(super) const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
const STREAMS: &str = "http://etherx.jabber.org/streams";
const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";
pub(super) const STANZAS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
const PUBSUB: &str = "http://jabber.org/protocol/pubsub";

/// What a client said.
#[derive(Debug)]
pub enum Inbound<'a> {
    /// A stream begins, for this domain.
    Open(Option<&'a str>),
    /// It ends.
    Close,
    /// A complete element.
    Element(Node<'a, 'a>),
}

/// How far a stream has come.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Greeted,
    /// Signed in; the stream is to begin anew.
    Renewed(String),
    /// Signed in and begun anew.
    Known(String),
    /// Has an address: folded local part and resource.
    Bound(String, String),
    Over,
}

/// A client's stream.
pub struct Session {
    pub(super) hub: Arc<Hub>,
    pub(super) key: u64,
    carrier: Carrier,
    phase: Phase,
    out: mpsc::UnboundedSender<Out>,
}

impl Session {
    pub(super) const fn new(hub: Arc<Hub>, key: u64, carrier: Carrier, out: mpsc::UnboundedSender<Out>) -> Self {
        Self { hub, key, carrier, phase: Phase::Fresh, out }
    }

    /// The address, once there is one.
    pub(super) fn address(&self) -> Option<String> {
        match &self.phase {
            Phase::Bound(local, resource) => Some(format!("{local}@{}/{resource}", self.hub.domain)),
            _ => None,
        }
    }

    /// Takes in one WebSocket frame of text.
    pub fn frame(&mut self, text: &str) {
        if !text.starts_with('<') {
            self.log_in("[a frame that does not begin with an element]");
            let _ = self.out.send(Out::Refuse(1007, "Invalid payload start character, RFC 7395 3.3.3"));
            return;
        }
        // No declaration, no second element: a frame is exactly one element.
        let parsed = if text.starts_with("<?") { None } else { Document::parse(text).ok() };
        let Some(document) = parsed else {
            self.log_in("[a frame that is not one element]");
            return self.fail("not-well-formed");
        };
        let root = document.root_element();
        match (root.tag_name().namespace(), root.tag_name().name()) {
            (Some(FRAMING), "open") => self.receive(Inbound::Open(root.attribute("to")), text),
            (Some(FRAMING), "close") => self.receive(Inbound::Close, text),
            _ => self.receive(Inbound::Element(root), text),
        }
    }

    /// Takes in what was said; `text` is how it was written.
    pub fn receive(&mut self, said: Inbound<'_>, text: &str) {
        if self.phase == Phase::Over {
            return;
        }
        let secret = matches!(&said, Inbound::Element(element) if element.tag_name().namespace() == Some(SASL));
        self.log_in(if secret { "<auth xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\">[secret]</auth>" } else { text });
        match (said, self.phase.clone()) {
            (Inbound::Close, _) => {
                self.send(farewell(self.carrier).to_owned());
                self.finish();
            }
            (Inbound::Open(to), Phase::Fresh) => self.greet(to, Phase::Greeted),
            (Inbound::Open(to), Phase::Renewed(id)) => self.greet(to, Phase::Known(id)),
            (Inbound::Element(element), Phase::Greeted) => self.authenticate(element),
            (Inbound::Element(element), Phase::Known(id)) => self.bind(element, &id),
            (Inbound::Element(element), Phase::Bound(..)) => self.stanza(element),
            (Inbound::Open(_), _) => self.fail("invalid-xml"),
            (Inbound::Element(_), _) => self.fail("not-authorized"),
        }
    }

    /// Ends the stream for what the client did.
    pub fn fail(&mut self, condition: &str) {
        if self.phase == Phase::Fresh {
            self.open();
        }
        self.send(stream_error(condition));
        self.send(farewell(self.carrier).to_owned());
        self.finish();
    }

    /// The connection is gone.
    pub fn gone(&mut self) {
        self.hub.gone(self.key);
        self.phase = Phase::Over;
    }

    fn finish(&mut self) {
        let _ = self.out.send(Out::End);
        self.gone();
    }

    pub(super) fn send(&self, text: String) {
        self.hub.journal.stanza(self.hub.name, Kind::Out, self.address(), &text);
        let _ = self.out.send(Out::Text(text));
    }

    fn log_in(&self, text: &str) {
        self.hub.journal.stanza(self.hub.name, Kind::In, self.address(), text);
    }

    fn open(&self) {
        let (domain, id) = (&self.hub.domain, random_text(16));
        self.send(match self.carrier {
            Carrier::Web => {
                format!("<open xmlns=\"{FRAMING}\" from=\"{domain}\" id=\"{id}\" version=\"1.0\" xml:lang=\"en\"/>")
            }
            Carrier::Tcp => format!(
                "<?xml version='1.0'?><stream:stream xmlns=\"jabber:client\" xmlns:stream=\"{STREAMS}\" \
                 from=\"{domain}\" id=\"{id}\" version=\"1.0\" xml:lang=\"en\">"
            ),
        });
    }

    fn greet(&mut self, to: Option<&str>, next: Phase) {
        if to != Some(self.hub.domain.as_str()) {
            self.open();
            self.phase = next;
            return self.fail(if to.is_some() { "host-unknown" } else { "improper-addressing" });
        }
        self.open();
        let features = match next {
            Phase::Greeted => {
                format!("<mechanisms xmlns=\"{SASL}\"><mechanism>PLAIN</mechanism></mechanisms>")
            }
            _ => format!("<bind xmlns=\"{BIND}\"><required/></bind><session xmlns=\"{SESSION}\"><optional/></session>"),
        };
        self.send(format!("<stream:features xmlns:stream=\"{STREAMS}\">{features}</stream:features>"));
        self.phase = next;
    }

    fn authenticate(&mut self, element: Node<'_, '_>) {
        if element.tag_name().name() != "auth" || element.tag_name().namespace() != Some(SASL) {
            return self.fail("not-authorized");
        }
        let checked = self.check(element);
        match checked {
            Ok(id) => {
                self.send(format!("<success xmlns=\"{SASL}\"/>"));
                self.phase = Phase::Renewed(id);
            }
            Err(condition) => self.send(format!("<failure xmlns=\"{SASL}\"><{condition}/></failure>")),
        }
    }

    fn check(&self, element: Node<'_, '_>) -> Result<String, &'static str> {
        if element.attribute("mechanism") != Some("PLAIN") {
            return Err("invalid-mechanism");
        }
        let text = element.text().unwrap_or_default().trim();
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| "incorrect-encoding")?;
        let text = String::from_utf8(bytes).map_err(|_| "malformed-request")?;
        let mut parts = text.split('\0');
        let (Some(as_whom), Some(id), Some(password), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("malformed-request");
        };
        let hub = &self.hub;
        if !as_whom.is_empty() && as_whom != id && as_whom != format!("{id}@{}", hub.domain) {
            return Err("invalid-authzid");
        }
        hub.accounts.sign_in_stream(id, password, hub.hands.now()).ok_or("not-authorized")
    }

    fn bind(&mut self, element: Node<'_, '_>, id: &str) {
        let request = element.first_element_child().filter(|child| child.has_tag_name((BIND, "bind")));
        let (Some(request), Some("set")) = (request, element.attribute("type")) else {
            return self.fail("not-authorized");
        };
        let wanted = request.first_element_child().and_then(|resource| resource.text()).map(str::trim);
        let resource = wanted.filter(|wanted| !wanted.is_empty()).map_or_else(|| random_text(12), str::to_owned);
        let local = id.to_ascii_lowercase();
        self.hub.bind(self.key, self.carrier, &local, &resource, &self.out);
        self.phase = Phase::Bound(local, resource);
        let jid = self.address().unwrap_or_default();
        self.result(element, &format!("<bind xmlns=\"{BIND}\"><jid>{}</jid></bind>", escape(&jid)));
    }

    fn stanza(&mut self, element: Node<'_, '_>) {
        if element.tag_name().namespace() != Some("jabber:client") {
            // Stream management among them: it is not there and not to be asked for.
            return self.fail("unsupported-stanza-type");
        }
        let address = self.address().unwrap_or_default();
        if element.attribute("from").is_some_and(|from| from != address && from != split(&address).0) {
            return self.fail("invalid-from");
        }
        match element.tag_name().name() {
            "iq" => self.query(element),
            "presence" => self.presence(element),
            "message" if element.attribute("type") != Some("error") => {
                self.error(element, "cancel", "service-unavailable", "");
            }
            "message" => {}
            _ => self.fail("unsupported-stanza-type"),
        }
    }

    fn presence(&mut self, element: Node<'_, '_>) {
        let publisher = format!("{PUBLISHER}@{}", self.hub.domain);
        match (element.attribute("type"), element.attribute("to")) {
            (None, None) => {
                let priority = element.children().find(|child| child.has_tag_name(("jabber:client", "priority")));
                let priority = priority.and_then(|priority| priority.text()).map_or("0", str::trim).parse();
                match priority {
                    Ok(priority) => self.hub.available(self.key, Some(priority)),
                    Err(_) => self.error(element, "modify", "bad-request", ""),
                }
            }
            (Some("unavailable"), None) => self.hub.available(self.key, None),
            (Some("subscribe"), Some(to)) if split(to).0 == publisher => self.hub.subscribed_to_publisher(self.key),
            _ => {}
        }
    }

    fn query(&mut self, element: Node<'_, '_>) {
        let kind = element.attribute("type");
        if element.attribute("id").is_none_or(str::is_empty) {
            return self.error(element, "modify", "bad-request", "");
        }
        let (Some(request), Some("get" | "set")) = (element.first_element_child(), kind) else {
            // Answers to our own questions need no answer.
            if !matches!(kind, Some("result" | "error")) {
                self.error(element, "modify", "bad-request", "");
            }
            return;
        };
        let address = self.address().unwrap_or_default();
        let own = element.attribute("to").is_none_or(|to| to == split(&address).0);
        let domain = self.hub.domain.clone();
        let service = format!("pubsub.{domain}");
        let to = element.attribute("to");
        let name = (request.tag_name().namespace(), request.tag_name().name());
        match name {
            (Some("urn:xmpp:ping"), "ping") if own || to == Some(&domain) || to == Some(&service) => {
                self.result(element, "");
            }
            (Some(PUBSUB), "pubsub") if to == Some(&service) => self.pubsub(element, request),
            (Some(SESSION), "session") if own || to == Some(&domain) => self.result(element, ""),
            (Some("jabber:iq:roster"), "query") if own && kind == Some("get") => {
                let item = format!("<item jid=\"{PUBLISHER}@{domain}\" subscription=\"to\"/>");
                self.result(element, &format!("<query xmlns=\"jabber:iq:roster\">{item}</query>"));
            }
            _ => self.error(element, "cancel", "service-unavailable", ""),
        }
    }

    pub(super) fn result(&self, to: Node<'_, '_>, payload: &str) {
        self.send(format!("<iq xmlns=\"jabber:client\" type=\"result\" {}>{payload}</iq>", self.back(to)));
    }

    /// `more` is what the service says beside the condition.
    pub(super) fn error(&self, to: Node<'_, '_>, kind: &str, condition: &str, more: &str) {
        let name = to.tag_name().name();
        self.send(format!(
            "<{name} xmlns=\"jabber:client\" type=\"error\" {}><error type=\"{kind}\">\
             <{condition} xmlns=\"{STANZAS}\"/>{more}</error></{name}>",
            self.back(to)
        ));
    }

    fn back(&self, stanza: Node<'_, '_>) -> String {
        let mut back = format!("to=\"{}\"", escape(&self.address().unwrap_or_default()));
        for (name, value) in [("id", stanza.attribute("id")), ("from", stanza.attribute("to"))] {
            if let Some(value) = value {
                back.push_str(&format!(" {name}=\"{}\"", escape(value)));
            }
        }
        back
    }
}

pub(super) fn stream_error(condition: &str) -> String {
    format!("<stream:error xmlns:stream=\"{STREAMS}\"><{condition} xmlns=\"{STREAM_ERRORS}\"/></stream:error>")
}

pub(super) const fn farewell(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Web => "<close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>",
        Carrier::Tcp => "</stream:stream>",
    }
}

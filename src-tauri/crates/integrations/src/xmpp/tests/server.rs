//! A chat server for tests, and somebody else's program.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use minidom::Element;
pub(super) use pult_simulators::messenger::{DOMAIN, Terms, link::Link};
use pult_simulators::{messenger, secret::Secret};
use tokio_xmpp::{
    Stanza,
    stanzastream::{Event, StreamEvent},
};
use xmpp_parsers::{
    jid::{FullJid, Jid},
    message::{Id, Lang, Message, MessageType},
    presence::Presence,
};

use super::super::{
    Tls,
    dial::{Met, Place},
    library::Library,
};
use crate::transport::{
    http::tests::provider,
    tls::Trust,
    xmpp::prosody::{PASSWORD, is_installed},
};

/// The accounts: the engine's, two of people's, and somebody else's.
pub(super) const USERS: [&str; 4] = ["desk", "sup1", "sup2", "guest"];
/// How long something may take that happens at once.
pub(super) const SOON: Duration = Duration::from_secs(30);

/// The server.
pub(super) struct Server(messenger::Server);

impl Deref for Server {
    type Target = messenger::Server;

    fn deref(&self) -> &messenger::Server {
        &self.0
    }
}

impl DerefMut for Server {
    fn deref_mut(&mut self) -> &mut messenger::Server {
        &mut self.0
    }
}

impl Server {
    /// Starts it; `None` where it is not installed.
    pub(super) async fn start(terms: Terms) -> Option<Self> {
        if !is_installed() {
            return None;
        }
        provider();
        Some(Self(messenger::Server::start(&USERS, &Secret::new(PASSWORD), terms).await.unwrap()))
    }

    /// Somebody's program, signed in and there.
    pub(super) async fn program(&self, user: &str, resource: &str) -> Program {
        let mut program = self.away(user, resource).await;
        program.say(Presence::available()).await;
        // The server's own copy of it tells that it was taken.
        program.until(|stanza| matches!(stanza, Stanza::Presence(presence) if own(presence, user))).await;
        program
    }

    /// Somebody's program, signed in and not there.
    pub(super) async fn away(&self, user: &str, resource: &str) -> Program {
        let place = Place {
            domain: DOMAIN.to_owned(),
            host: Some("127.0.0.1".to_owned()),
            port: Some(self.direct),
            tls: Tls::Direct,
            trust: Trust::new(Some(self.authority().as_bytes()), vec![]).unwrap(),
            allow_plain: false,
        };
        let address = FullJid::new(&format!("{user}@{DOMAIN}/{resource}")).unwrap();
        let Met { connection, .. } = place.dial(&address, PASSWORD).await.unwrap();
        let mut library = Library::begin();
        library.give(connection);
        let mut program = Program { library };
        while !matches!(program.event().await, Event::Stream(StreamEvent::Reset { .. })) {}
        program
    }
}

fn own(presence: &Presence, user: &str) -> bool {
    presence.from.as_ref().and_then(Jid::node).is_some_and(|node| node.as_str() == user)
}

/// Somebody else's program.
pub(super) struct Program {
    library: Library,
}

impl Program {
    async fn event(&mut self) -> Event {
        tokio::time::timeout(SOON, self.library.next()).await.expect("nothing comes").expect("the stream has ended")
    }

    pub(super) async fn say(&mut self, stanza: impl Into<Stanza>) {
        self.library.say(Box::new(stanza.into())).await;
    }

    /// The next stanza for which that holds; everything before it is left out.
    pub(super) async fn until(&mut self, is: impl Fn(&Stanza) -> bool) -> Stanza {
        loop {
            if let Event::Stanza(stanza) = self.event().await
                && is(&stanza)
            {
                return stanza;
            }
        }
    }

    /// The next message that says something.
    pub(super) async fn message(&mut self) -> Message {
        let said = |stanza: &Stanza| matches!(stanza, Stanza::Message(message) if !message.bodies.is_empty());
        match self.until(said).await {
            Stanza::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    /// All that comes until the server has answered a question asked now, and so has told all it had to tell before.
    pub(super) async fn rest(&mut self) -> Vec<Stanza> {
        let id = format!("rest-{}", rand::random::<u64>());
        let ping = Element::bare("ping", "urn:xmpp:ping");
        self.say(xmpp_parsers::iq::Iq::Get { from: None, to: None, id: id.clone(), payload: ping }).await;
        let mut rest = vec![];
        loop {
            match self.event().await {
                Event::Stanza(Stanza::Iq(iq)) if iq.id() == id => return rest,
                Event::Stanza(stanza) => rest.push(stanza),
                Event::Stream(_) => {}
            }
        }
    }

    pub(super) async fn end(self) {
        self.library.end().await;
    }
}

/// A chat message to somebody.
pub(super) fn chat(to: &str, id: &str, body: &str) -> Message {
    let mut message = Message::new_with_type(MessageType::Chat, Some(Jid::new(to).unwrap()));
    message.id = Some(Id(id.to_owned()));
    message.bodies.insert(Lang::new(), body.to_owned());
    message
}

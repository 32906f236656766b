//! A chat server for tests, a link to it that can be cut, and somebody else's program.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use minidom::Element;
pub(super) use pult_simulators::messenger::{DOMAIN, Terms};
use pult_simulators::{messenger, secret::Secret};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::sync::CancellationToken;
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

/// A link to a server that can be cut, and kept from carrying anything there or back.
pub(super) struct Link {
    pub(super) port: u16,
    cut: Arc<Mutex<CancellationToken>>,
    ways: Arc<Ways>,
    closed: Arc<AtomicBool>,
    connections: watch::Receiver<usize>,
    lost: watch::Receiver<usize>,
}

/// What is carried.
struct Ways {
    deaf: AtomicBool,
    mute: AtomicBool,
    /// Bytes that were not carried there.
    lost: watch::Sender<usize>,
}

impl Link {
    pub(super) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let cut = Arc::new(Mutex::new(CancellationToken::new()));
        let closed = Arc::new(AtomicBool::new(false));
        let (swallowed, lost) = watch::channel(0);
        let ways = Arc::new(Ways { deaf: AtomicBool::default(), mute: AtomicBool::default(), lost: swallowed });
        let (count, connections) = watch::channel(0);
        let link = Self {
            port: own,
            cut: Arc::clone(&cut),
            ways: Arc::clone(&ways),
            closed: Arc::clone(&closed),
            connections,
            lost,
        };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if closed.load(Ordering::SeqCst) {
                    continue;
                }
                count.send_modify(|count| *count += 1);
                let (cut, ways) = (cut.lock().unwrap().clone(), Arc::clone(&ways));
                tokio::spawn(async move {
                    tokio::select! {
                        () = carry(near, port, &ways) => {}
                        () = cut.cancelled() => {}
                    }
                });
            }
        });
        link
    }

    /// Ends every connection as a broken line would; the next ones carry everything.
    pub(super) fn cut(&self) {
        let old = std::mem::take(&mut *self.cut.lock().unwrap());
        old.cancel();
        self.deaf(false);
        self.ways.mute.store(false, Ordering::SeqCst);
    }

    /// Whether what the server says is kept from coming back.
    pub(super) fn deaf(&self, deaf: bool) {
        self.ways.deaf.store(deaf, Ordering::SeqCst);
    }

    /// Keeps what is said from getting there.
    pub(super) fn mute(&mut self) {
        self.lost.borrow_and_update();
        self.ways.mute.store(true, Ordering::SeqCst);
    }

    /// Waits until something was said and did not get there.
    pub(super) async fn lost(&mut self) {
        tokio::time::timeout(SOON, self.lost.changed()).await.expect("nothing was said").unwrap();
    }

    /// Whether new connections are ended at once.
    pub(super) fn closed(&self, closed: bool) {
        self.closed.store(closed, Ordering::SeqCst);
    }

    /// Connections made so far.
    pub(super) fn made(&self) -> usize {
        *self.connections.borrow()
    }
}

async fn carry(near: TcpStream, port: u16, ways: &Ways) {
    let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let there = async {
        let mut piece = [0; 8192];
        while let Ok(read @ 1..) = near_in.read(&mut piece).await {
            if ways.mute.load(Ordering::SeqCst) {
                ways.lost.send_modify(|lost| *lost += read);
            } else if far_out.write_all(&piece[..read]).await.is_err() {
                return;
            }
        }
    };
    let back = async {
        let mut piece = [0; 8192];
        while let Ok(read @ 1..) = far_in.read(&mut piece).await {
            if !ways.deaf.load(Ordering::SeqCst) && near_out.write_all(&piece[..read]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}

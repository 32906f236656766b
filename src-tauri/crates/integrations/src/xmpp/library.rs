//! The library's stream of stanzas, which resumes a broken session by itself and tells what the server has taken (XEP-0198). It asks for a
//! connection whenever it needs one and takes whatever it is given.
//!
//! Deliberately not here: when, where and as whom to connect ([`super::session`], [`super::dial`]).

use std::time::Duration;

use futures_util::StreamExt;
use tokio::{
    io::{AsyncWriteExt, BufStream},
    sync::{mpsc, oneshot},
};
use tokio_xmpp::{
    Stanza,
    stanzastream::{Connection, Event, StanzaStream, StanzaToken},
    xmlstream::{StreamHeader, initiate_stream},
};
use xmpp_parsers::{jid::Jid, ns};

use super::dial::ALIVE;

/// Stanzas that wait on either side of the library.
const DEPTH: usize = 256;
/// The longest good-bye.
const GOODBYE: Duration = Duration::from_secs(3);

type Slot = oneshot::Sender<Connection>;

/// The library's stream and what belongs to it.
pub(super) struct Library {
    stream: StanzaStream,
    /// Where it asks for connections.
    slots: mpsc::UnboundedReceiver<Slot>,
    /// A connection it waits for.
    slot: Option<Slot>,
    /// A connection it has not asked for yet.
    ready: Option<Connection>,
}

impl Library {
    /// A stream that waits for its first connection.
    pub(super) fn begin() -> Self {
        let (ask, slots) = mpsc::unbounded_channel();
        let connector = move |_: Option<String>, slot: Slot| {
            // Whoever lets it go answers what it asks for until its end.
            let _ = ask.send(slot);
        };
        Self { stream: StanzaStream::new(Box::new(connector), DEPTH), slots, slot: None, ready: None }
    }

    /// Gives it a connection, now or as soon as it asks for one.
    pub(super) fn give(&mut self, connection: Connection) {
        self.ready = Some(connection);
        self.hand_over();
    }

    fn hand_over(&mut self) {
        if self.ready.is_none() {
            return;
        }
        if let Some(slot) = self.slot.take()
            && let Some(connection) = self.ready.take()
        {
            // It ends only when it is let go.
            let _ = slot.send(connection);
        }
    }

    /// What it has to tell; `None` once it has ended. May be dropped at any time without losing anything.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                Some(slot) = self.slots.recv() => {
                    self.slot = Some(slot);
                    self.hand_over();
                }
                event = self.stream.next() => return event,
            }
        }
    }

    /// Says a stanza; what becomes of it is told by the token. Panics where the library's own task has.
    pub(super) async fn say(&mut self, stanza: Box<Stanza>) -> StanzaToken {
        self.stream.send(stanza).await
    }

    /// Says good-bye and lets it go. It takes it for a fault of its own when nobody gives it the connection it asks for, so it gets one that
    /// ends.
    pub(super) async fn end(self) {
        let Self { stream, mut slots, slot, ready } = self;
        drop(ready);
        let closing = tokio::time::timeout(GOODBYE, stream.close());
        let answering = async {
            if let Some(slot) = slot {
                answer(slot).await;
            }
            while let Some(slot) = slots.recv().await {
                answer(slot).await;
            }
        };
        let _ = tokio::join!(closing, answering);
    }
}

async fn answer(slot: Slot) {
    if let Some(connection) = ended().await {
        // It may have ended by itself.
        let _ = slot.send(connection);
    }
}

/// A connection on which a server began and said no more.
async fn ended() -> Option<Connection> {
    const BEGINNING: &[u8] = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' \
        from='ended.invalid' id='ended'><stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>";
    let (near, mut far) = tokio::io::duplex(4096);
    far.write_all(BEGINNING).await.ok()?;
    let header = StreamHeader { to: Some("ended.invalid".into()), from: None, id: None };
    let opened = initiate_stream(BufStream::new(near), ns::JABBER_CLIENT, header, ALIVE).await.ok()?;
    let (features, stream) = opened.recv_features().await.ok()?;
    Some(Connection { stream: stream.box_stream(), features, identity: Jid::new("ended.invalid").ok()? })
}

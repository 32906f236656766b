//! Somebody else's program at the server, with the library's own connecting: it signs in, says and hears messages, and comes back by itself
//! when the connection breaks.
//!
//! Deliberately not here: anything that only our client does.

use std::{borrow::Cow, fmt, io, sync::Arc};

use futures_util::StreamExt;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use sasl::common::ChannelBinding;
use tokio::{io::BufStream, net::TcpStream};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_xmpp::{
    Client, Event, Stanza,
    connect::ServerConnector,
    parsers::{
        iq::Iq,
        jid::Jid,
        message::{Id, Lang, Message, MessageType},
        ping::Ping,
        presence::{Presence, Type},
        receipts::{Received, Request},
    },
    xmlstream::{PendingFeaturesRecv, StreamHeader, Timeouts, initiate_stream},
};

use super::{DOMAIN, MessengerError, SOON, Server};
use crate::service::tls::TlsError;

/// The way to the server: TLS from the first byte.
#[derive(Clone)]
struct Door {
    port: u16,
    tls: Arc<ClientConfig>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Door({})", self.port)
    }
}

impl ServerConnector for Door {
    type Stream = BufStream<TlsStream<TcpStream>>;

    async fn connect(
        &self,
        jid: &Jid,
        ns: &'static str,
        timeouts: Timeouts,
    ) -> Result<(PendingFeaturesRecv<Self::Stream>, ChannelBinding), tokio_xmpp::Error> {
        let domain = jid.domain().as_str();
        let name = ServerName::try_from(domain.to_owned()).map_err(io::Error::other)?;
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await?;
        let header = StreamHeader { to: Some(Cow::Borrowed(domain)), from: None, id: None };
        Ok((initiate_stream(BufStream::new(stream), ns, header, timeouts).await?, ChannelBinding::None))
    }
}

/// A message that somebody said to the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Whose: `name@domain`.
    pub from: String,
    /// Its id.
    pub id: String,
    /// What it says.
    pub body: String,
    /// Whether the server has kept it for a while.
    pub delayed: bool,
}

/// Somebody's program.
pub struct Program {
    client: Client,
    there: bool,
    questions: u32,
}

impl Program {
    /// Signs in, without being there yet: what is said to its person is kept by the server.
    ///
    /// # Errors
    /// It is not let in.
    pub async fn away(server: &Server, user: &str, resource: &str) -> Result<Self, MessengerError> {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(server.authority().as_bytes()).map_err(TlsError::from)?;
        roots.add(authority).map_err(TlsError::from)?;
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(TlsError::from)?;
        let tls = Arc::new(builder.with_root_certificates(roots).with_no_client_auth());
        let address = Jid::new(&format!("{user}@{DOMAIN}/{resource}")).map_err(io::Error::other)?;
        let (door, password) = (Door { port: server.direct, tls }, server.password().reveal().to_owned());
        let mut client = Client::new_with_connector(address, password, door, Timeouts::default());
        let online = async {
            while let Some(event) = client.next().await {
                if event.is_online() {
                    return Ok(());
                }
            }
            Err(MessengerError::Ended)
        };
        let silent = |_| MessengerError::Silent(format!("{user} is not let in"));
        tokio::time::timeout(SOON, online).await.map_err(silent)??;
        Ok(Self { client, there: false, questions: 0 })
    }

    /// Signs in and is there.
    ///
    /// # Errors
    /// It is not let in.
    pub async fn open(server: &Server, user: &str, resource: &str) -> Result<Self, MessengerError> {
        let mut program = Self::away(server, user, resource).await?;
        program.be_there().await?;
        Ok(program)
    }

    async fn be_there(&mut self) -> Result<(), MessengerError> {
        self.there = true;
        self.client.send_stanza(Presence::available().into()).await?;
        Ok(())
    }

    /// Says something to somebody, and gives the message an id.
    ///
    /// # Errors
    /// It is not said.
    pub async fn say(&mut self, to: &str, id: &str, body: &str) -> Result<(), MessengerError> {
        self.say_with(to, id, body, &[]).await
    }

    /// The same with elements beside the words, each as XML; without words where there are none.
    ///
    /// # Errors
    /// It is not said, or what is to stand beside it is no XML.
    pub async fn say_with(&mut self, to: &str, id: &str, body: &str, beside: &[&str]) -> Result<(), MessengerError> {
        let to = Jid::new(to).map_err(io::Error::other)?;
        let mut message = Message::new_with_type(MessageType::Chat, Some(to));
        message.id = Some(Id(id.to_owned()));
        if !body.is_empty() {
            message.bodies.insert(Lang::new(), body.to_owned());
        }
        for element in beside {
            message.payloads.push(element.parse().map_err(io::Error::other)?);
        }
        self.client.send_stanza(message.into()).await?;
        Ok(())
    }

    /// Asks to see how somebody is; whoever asks the same is let.
    ///
    /// # Errors
    /// It is not said.
    pub async fn ask_to_see(&mut self, whom: &str) -> Result<(), MessengerError> {
        self.presence(Type::Subscribe, Jid::new(whom).map_err(io::Error::other)?).await
    }

    async fn presence(&mut self, kind: Type, to: Jid) -> Result<(), MessengerError> {
        self.client.send_stanza(Presence::new(kind).with_to(to).into()).await?;
        Ok(())
    }

    /// The next message that says something; whoever asked hears that it came.
    ///
    /// # Errors
    /// None comes in time.
    pub async fn message(&mut self) -> Result<Heard, MessengerError> {
        let said = async {
            loop {
                if let Stanza::Message(message) = self.stanza().await?
                    && let Some(heard) = self.heard(message).await?
                {
                    return Ok(heard);
                }
            }
        };
        tokio::time::timeout(SOON, said).await.map_err(|_| MessengerError::Silent("a message".to_owned()))?
    }

    /// The id of the next message that somebody tells to have.
    ///
    /// # Errors
    /// Nobody does in time.
    pub async fn receipt(&mut self) -> Result<String, MessengerError> {
        let told = async {
            loop {
                if let Stanza::Message(message) = self.stanza().await?
                    && let Some(id) = message.payloads.into_iter().find_map(|told| Received::try_from(told).ok())
                {
                    return Ok(id.id);
                }
            }
        };
        tokio::time::timeout(SOON, told).await.map_err(|_| MessengerError::Silent("a receipt".to_owned()))?
    }

    /// The next message, however long it takes; `None` for anything else that comes. May be dropped at any time while it waits.
    ///
    /// # Errors
    /// The stream has ended.
    pub async fn next(&mut self) -> Result<Option<Heard>, MessengerError> {
        match self.stanza().await? {
            Stanza::Message(message) => self.heard(message).await,
            Stanza::Presence(_) | Stanza::Iq(_) => Ok(None),
        }
    }

    /// Every message that comes until the server has answered a question asked now, and so has told all it had to tell before.
    ///
    /// # Errors
    /// It does not answer in time.
    pub async fn rest(&mut self) -> Result<Vec<Heard>, MessengerError> {
        self.questions += 1;
        let id = format!("rest-{}", self.questions);
        let ping = Iq::Get { from: None, to: None, id: id.clone(), payload: Ping.into() };
        self.client.send_stanza(ping.into()).await?;
        let mut rest = vec![];
        let answered = async {
            loop {
                match self.stanza().await? {
                    Stanza::Iq(iq) if *iq.id() == id => return Ok(rest),
                    Stanza::Message(message) => rest.extend(self.heard(message).await?),
                    Stanza::Presence(_) | Stanza::Iq(_) => {}
                }
            }
        };
        tokio::time::timeout(SOON, answered).await.map_err(|_| MessengerError::Silent("an answer".to_owned()))?
    }

    /// Says good-bye.
    pub async fn end(self) {
        // A server that is gone answers no good-bye.
        let _ = tokio::time::timeout(SOON, self.client.send_end()).await;
    }

    async fn stanza(&mut self) -> Result<Stanza, MessengerError> {
        loop {
            match self.client.next().await.ok_or(MessengerError::Ended)? {
                Event::Stanza(Stanza::Presence(Presence { type_: Type::Subscribe, from: Some(who), .. })) => {
                    self.presence(Type::Subscribed, who.to_bare().into()).await?;
                }
                Event::Stanza(stanza) => return Ok(stanza),
                Event::Online { resumed: false, .. } if self.there => self.be_there().await?,
                Event::Online { .. } | Event::Disconnected(_) => {}
            }
        }
    }

    async fn heard(&mut self, mut message: Message) -> Result<Option<Heard>, MessengerError> {
        let (Some(from), Some(body)) = (message.from.take(), message.bodies.values().next().cloned()) else {
            return Ok(None);
        };
        if message.type_ == MessageType::Error {
            return Ok(None);
        }
        let id = message.id.take().map(|id| id.0).unwrap_or_default();
        let is = |name: &str, ns: &str| message.payloads.iter().any(|payload| payload.is(name, ns));
        let delayed = is("delay", "urn:xmpp:delay");
        if message.payloads.iter().any(|payload| Request::try_from(payload.clone()).is_ok()) {
            let mut receipt = Message::new_with_type(MessageType::Chat, Some(from.clone()));
            receipt.payloads.push(Received { id: id.clone() }.into());
            self.client.send_stanza(receipt.into()).await?;
        }
        Ok(Some(Heard { from: from.to_bare().to_string(), id, body, delayed }))
    }
}

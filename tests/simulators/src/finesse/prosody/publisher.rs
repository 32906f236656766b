//! The user `finesse` on a Prosody: an XMPP session that publishes and shows itself available. It speaks over the loopback
//! port without TLS.

use std::{io, net::SocketAddr, time::Duration};

use data_encoding::BASE64;
use roxmltree::Document;
use tokio::{
    io::{AsyncWriteExt, ReadHalf, WriteHalf, split},
    net::TcpStream,
    sync::mpsc,
    task::JoinHandle,
    time::timeout,
};

use super::ProsodyError;
use crate::finesse::{
    xml::escape,
    xmpp::{
        PUBLISHER,
        reader::{self, Piece},
    },
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The session.
pub(super) struct Publisher {
    domain: String,
    to: WriteHalf<TcpStream>,
    pieces: mpsc::Receiver<Piece>,
    reading: JoinHandle<()>,
    last: u64,
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Publisher {
    /// Signs in; nobody sees it yet.
    pub(super) async fn connect(
        address: SocketAddr,
        domain: &str,
        resource: &str,
        password: &str,
    ) -> Result<Self, ProsodyError> {
        let (from, to): (ReadHalf<TcpStream>, _) = split(TcpStream::connect(address).await?);
        let (sender, pieces) = mpsc::channel(64);
        let reading = tokio::spawn(reader::read(from, sender));
        let mut publisher = Self { domain: domain.to_owned(), to, pieces, reading, last: 0 };
        publisher.header().await?;
        publisher.expect("features").await?;
        let secret = BASE64.encode(format!("\0{PUBLISHER}\0{password}").as_bytes());
        let auth = format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>");
        publisher.send(&auth).await?;
        publisher.expect("success").await?;
        publisher.header().await?;
        publisher.expect("features").await?;
        let bind = format!(
            "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{resource}</resource>\
             </bind></iq>"
        );
        publisher.send(&bind).await?;
        publisher.expect("iq").await?;
        Ok(publisher)
    }

    /// Shows itself available or not.
    pub(super) async fn presence(&mut self, up: bool) -> io::Result<()> {
        self.send(if up { "<presence><priority>-1</priority></presence>" } else { "<presence type='unavailable'/>" })
            .await
    }

    /// Publishes one notification.
    pub(super) async fn publish(&mut self, node: &str, update: &str) -> Result<(), ProsodyError> {
        let request = format!(
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='{}'><item>\
             <notification xmlns='http://jabber.org/protocol/pubsub'>{}</notification></item></publish></pubsub>",
            escape(node),
            escape(update)
        );
        self.ask(&request).await?;
        // Answers to earlier ones; a refusal is for the log of whoever runs the simulator.
        while let Ok(piece) = self.pieces.try_recv() {
            if let Some((id, true)) = outcome(&piece) {
                tracing::warn!("Prosody refused to publish, request {id}");
            }
        }
        Ok(())
    }

    /// Waits until everything published so far has been answered.
    pub(super) async fn settle(&mut self) -> Result<(), ProsodyError> {
        self.last += 1;
        let id = format!("settle-{}", self.last);
        let ping = format!("<iq type='get' id='{id}' to='pubsub.{}'><ping xmlns='urn:xmpp:ping'/></iq>", self.domain);
        self.send(&ping).await?;
        while self.answer().await?.0 != id {}
        Ok(())
    }

    async fn ask(&mut self, request: &str) -> io::Result<String> {
        self.last += 1;
        let id = format!("p{}", self.last);
        self.send(&format!("<iq type='set' id='{id}' to='pubsub.{}'>{request}</iq>", self.domain)).await?;
        Ok(id)
    }

    /// The next answer: its id, and whether it is a refusal.
    async fn answer(&mut self) -> Result<(String, bool), ProsodyError> {
        loop {
            let piece = timeout(PATIENCE, self.pieces.recv()).await.ok().flatten().ok_or(ProsodyError::Silent)?;
            if let Some(answer) = outcome(&piece) {
                return Ok(answer);
            }
        }
    }

    async fn expect(&mut self, name: &str) -> Result<(), ProsodyError> {
        loop {
            let piece = timeout(PATIENCE, self.pieces.recv()).await.ok().flatten().ok_or(ProsodyError::Silent)?;
            let Piece::Element(text) = piece else { continue };
            let wrapped = Piece::wrapped(&text);
            let document = Document::parse(&wrapped).ok();
            let element = document.as_ref().and_then(|document| document.root_element().first_element_child());
            if element.is_some_and(|element| element.tag_name().name() == name) {
                return Ok(());
            }
            return Err(ProsodyError::Refused(name.to_owned()));
        }
    }

    async fn header(&mut self) -> io::Result<()> {
        let header = format!(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams' to='{}' version='1.0'>",
            self.domain
        );
        self.send(&header).await
    }

    async fn send(&mut self, text: &str) -> io::Result<()> {
        self.to.write_all(text.as_bytes()).await?;
        self.to.flush().await
    }
}

/// Id of an answer, and whether it is a refusal.
fn outcome(piece: &Piece) -> Option<(String, bool)> {
    let Piece::Element(text) = piece else { return None };
    let wrapped = Piece::wrapped(text);
    let document = Document::parse(&wrapped).ok()?;
    let iq = document
        .root_element()
        .first_element_child()
        .filter(|element| element.has_tag_name(("jabber:client", "iq")))?;
    let refused = match iq.attribute("type")? {
        "result" => false,
        "error" => true,
        _ => return None,
    };
    Some((iq.attribute("id")?.to_owned(), refused))
}

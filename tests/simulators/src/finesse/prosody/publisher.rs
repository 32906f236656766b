//! The user `finesse` on a Prosody: an XMPP session that makes nodes, subscribes people to them, publishes and shows
//! itself available. It speaks over the loopback port without TLS.

use std::{collections::HashMap, io, net::SocketAddr, time::Duration};

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
    feeds::Feed,
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
    /// Signs in and becomes available.
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
        publisher.presence(true).await?;
        Ok(publisher)
    }

    /// Shows itself available or not.
    pub(super) async fn presence(&mut self, up: bool) -> io::Result<()> {
        self.send(if up { "<presence><priority>-1</priority></presence>" } else { "<presence type='unavailable'/>" })
            .await
    }

    /// Makes the nodes, says who may subscribe, subscribes whoever need not ask. Waits for every answer.
    pub(super) async fn seed(&mut self, feeds: &[Feed]) -> Result<(), ProsodyError> {
        let mut asked = Vec::new();
        for feed in feeds {
            let node = escape(&feed.node).into_owned();
            let access = if feed.only.is_some() { "whitelist" } else { "open" };
            asked.push(format!(
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'><create node='{node}'/><configure>\
                 <x xmlns='jabber:x:data' type='submit'>\
                 <field var='FORM_TYPE'><value>http://jabber.org/protocol/pubsub#node_config</value></field>\
                 <field var='pubsub#persist_items'><value>0</value></field>\
                 <field var='pubsub#access_model'><value>{access}</value></field>\
                 </x></configure></pubsub>"
            ));
            let members = feed
                .only
                .iter()
                .flatten()
                .map(|id| format!("<affiliation jid='{}' affiliation='member'/>", self.address(id)));
            let members: String = members.collect();
            if !members.is_empty() {
                asked.push(format!(
                    "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><affiliations node='{node}'>{members}\
                     </affiliations></pubsub>"
                ));
            }
            let subscribed: String = feed
                .automatic
                .iter()
                .map(|id| format!("<subscription jid='{}' subscription='subscribed'/>", self.address(id)))
                .collect();
            if !subscribed.is_empty() {
                asked.push(format!(
                    "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><subscriptions node='{node}'>{subscribed}\
                     </subscriptions></pubsub>"
                ));
            }
        }
        // In bunches, so that neither side waits for the other to read.
        for bunch in asked.chunks(50) {
            let mut waiting = HashMap::new();
            for request in bunch {
                waiting.insert(self.ask(request).await?, request);
            }
            while !waiting.is_empty() {
                let (id, refused) = self.answer().await?;
                if let (Some(request), true) = (waiting.remove(&id), refused) {
                    return Err(ProsodyError::Refused(request.clone()));
                }
            }
        }
        Ok(())
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

    fn address(&self, id: &str) -> String {
        format!("{}@{}", escape(&id.to_ascii_lowercase()), self.domain)
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

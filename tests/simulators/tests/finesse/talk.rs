//! Somebody who talks to the notification service by hand: a frame at a time over a WebSocket, or bytes over TLS.

use std::{collections::VecDeque, time::Duration};

use data_encoding::BASE64;
use futures_util::{SinkExt, StreamExt};
use pult_simulators::finesse::NodeName;
use roxmltree::Document;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

use crate::house::{House, PASSWORD, SUPERVISOR};

/// How long an answer may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const OPEN: &str = "urn:ietf:params:xml:ns:xmpp-framing";

/// A WebSocket to node A.
pub(crate) struct Talk {
    socket: WebSocketStream<TlsStream<TcpStream>>,
    /// Heard, but not what was waited for.
    pub(crate) aside: VecDeque<String>,
}

pub(crate) async fn tls(house: &House, address: std::net::SocketAddr) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(address).await.unwrap();
    TlsConnector::from(house.tls()).connect(ServerName::from(address.ip()), stream).await.unwrap()
}

impl Talk {
    /// Upgrades, naming this sub-protocol.
    pub(crate) async fn upgrade(house: &House, protocol: Option<&str>) -> Result<Self, tungstenite::Error> {
        let address = house.cluster.addresses(NodeName::A).front;
        Self::upgrade_at(house, address, protocol).await
    }

    pub(crate) async fn upgrade_at(
        house: &House,
        address: std::net::SocketAddr,
        protocol: Option<&str>,
    ) -> Result<Self, tungstenite::Error> {
        let mut request = format!("wss://{address}/ws/").into_client_request()?;
        if let Some(protocol) = protocol {
            request.headers_mut().insert("Sec-WebSocket-Protocol", protocol.parse().unwrap());
        }
        let (socket, response) = client_async(request, tls(house, address).await).await?;
        if protocol.is_some() {
            assert_eq!(response.headers()["Sec-WebSocket-Protocol"], "xmpp");
        }
        Ok(Self { socket, aside: VecDeque::new() })
    }

    /// Upgrades and says hello; the features come back.
    pub(crate) async fn greet(house: &House) -> (Self, String) {
        let mut talk = Self::upgrade(house, Some("xmpp")).await.unwrap();
        let features = talk.open().await;
        (talk, features)
    }

    pub(crate) async fn open(&mut self) -> String {
        self.say(&format!("<open xmlns=\"{OPEN}\" to=\"fin-a.cc.example\" version=\"1.0\"/>")).await;
        let open = self.hear().await;
        let document = Document::parse(&open).unwrap();
        assert!(document.root_element().has_tag_name((OPEN, "open")), "{open}");
        self.hear().await
    }

    pub(crate) async fn authenticate(&mut self, id: &str, password: &str) -> String {
        let secret = BASE64.encode(format!("\0{id}\0{password}").as_bytes());
        self.say(&format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>")).await;
        self.hear().await
    }

    /// All the way to an address; not yet available.
    pub(crate) async fn bound(house: &House, id: &str, resource: &str) -> Self {
        let (mut talk, _) = Self::greet(house).await;
        let success = talk.authenticate(id, PASSWORD).await;
        assert!(success.contains("<success"), "{success}");
        talk.open().await;
        talk.say(&format!(
            "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
             <resource>{resource}</resource></bind></iq>"
        ))
        .await;
        let bound = talk.hear_with("urn:ietf:params:xml:ns:xmpp-bind").await;
        assert!(bound.contains(&format!("/{resource}</jid>")), "{bound}");
        talk
    }

    /// The supervisor, available.
    pub(crate) async fn supervisor(house: &House) -> Self {
        let mut talk = Self::bound(house, SUPERVISOR, "console-1").await;
        talk.available(0).await;
        talk
    }

    /// Becomes available, and waits until that is known.
    pub(crate) async fn available(&mut self, priority: i8) {
        self.say(&format!("<presence xmlns='jabber:client'><priority>{priority}</priority></presence>")).await;
        self.ping("fin-a.cc.example").await;
    }

    pub(crate) async fn ping(&mut self, to: &str) {
        self.say(&format!(
            "<iq xmlns='jabber:client' type='get' id='ping' to='{to}'><ping xmlns='urn:xmpp:ping'/></iq>"
        ))
        .await;
        self.hear_where(|text| text.starts_with("<iq") && attribute(text, "id") == "ping").await;
    }

    /// Asks the pubsub service; the answer is a result, or the condition of a refusal.
    pub(crate) async fn ask(&mut self, kind: &str, request: &str) -> Result<String, String> {
        self.say(&format!(
            "<iq xmlns='jabber:client' type='{kind}' id='q' to='pubsub.fin-a.cc.example'>\
             <pubsub xmlns='http://jabber.org/protocol/pubsub'>{request}</pubsub></iq>"
        ))
        .await;
        let answer = self.hear_where(|text| text.starts_with("<iq") && attribute(text, "id") == "q").await;
        let document = Document::parse(&answer).unwrap();
        if document.root_element().attribute("type") == Some("result") {
            return Ok(answer);
        }
        let error = document.descendants().find(|node| node.tag_name().name() == "error").unwrap();
        Err(error.first_element_child().unwrap().tag_name().name().to_owned())
    }

    pub(crate) async fn subscribe(&mut self, node: &str, jid: &str) -> Result<String, String> {
        self.ask("set", &format!("<subscribe node='{node}' jid='{jid}'/>")).await
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next frame.
    pub(crate) async fn hear(&mut self) -> String {
        match self.next().await {
            Ok(text) => text,
            Err(code) => panic!("the socket was closed: {code:?}"),
        }
    }

    /// The next frame, or the code with which the socket was closed.
    pub(crate) async fn next(&mut self) -> Result<String, Option<u16>> {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("nothing came") {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    pub(crate) async fn hear_where(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        loop {
            let text = self.hear().await;
            if wanted(&text) {
                return text;
            }
            self.aside.push_back(text);
        }
    }

    pub(crate) async fn hear_with(&mut self, part: &str) -> String {
        self.hear_where(|text| text.contains(part)).await
    }

    /// The `Update` of the next notification.
    pub(crate) async fn update(&mut self) -> String {
        let message = self.hear_where(|text| text.starts_with("<message")).await;
        notification(&message)
    }
}

/// The text of the notification in a message.
pub(crate) fn notification(message: &str) -> String {
    let document = Document::parse(message).unwrap();
    let found = document
        .descendants()
        .find(|node| node.has_tag_name(("http://jabber.org/protocol/pubsub", "notification")))
        .unwrap_or_else(|| panic!("no notification in {message}"));
    found.text().unwrap_or_default().to_owned()
}

pub(crate) fn attribute(element: &str, name: &str) -> String {
    Document::parse(element).unwrap().root_element().attribute(name).unwrap_or_default().to_owned()
}

/// XMPP over TLS, by hand.
pub(crate) struct Wire {
    stream: TlsStream<TcpStream>,
    heard: String,
}

impl Wire {
    pub(crate) async fn connect(house: &House) -> Self {
        let address = house.cluster.addresses(NodeName::A).direct.unwrap();
        Self { stream: tls(house, address).await, heard: String::new() }
    }

    pub(crate) async fn open(&mut self) {
        self.say(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams' to='fin-a.cc.example' version='1.0'>",
        )
        .await;
        self.until("</stream:features>").await;
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Everything up to this text and with it.
    pub(crate) async fn until(&mut self, text: &str) -> String {
        let mut buffer = [0; 4096];
        loop {
            if let Some(at) = self.heard.find(text) {
                let rest = self.heard.split_off(at + text.len());
                return std::mem::replace(&mut self.heard, rest);
            }
            let read = timeout(PATIENCE, self.stream.read(&mut buffer)).await.expect("nothing came").unwrap();
            assert_ne!(read, 0, "the connection ended after {}", self.heard);
            self.heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }
}

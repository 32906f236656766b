//! XMPP in a WebSocket within TLS (RFC 7395): one stanza a message, framed by `<open/>` and `<close/>`.
//!
//! Deliberately not here: signing in ([`super::xmpp`]), and a white-space keepalive, which the RFC forbids.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderValue, header};
use minidom::Element;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};
use url::Url;

use super::{
    obstacle::Obstacle,
    tls::{self, Trust},
    xmpp::{
        Frames, Lost,
        frame::{self, MAX_STANZA},
        stanza::{self, Build},
    },
};

const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
/// How long the other side may take to say good-bye.
const GOODBYE: Duration = Duration::from_secs(2);

/// A WebSocket that speaks XMPP.
pub struct WebSocket {
    socket: WebSocketStream<TlsStream<TcpStream>>,
}

impl WebSocket {
    /// Connects to a `wss` address.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn connect(url: &Url, trust: &Trust) -> Result<Self, Lost> {
        let not_spoken = |what: &str| Lost::NotSpoken(what.to_owned());
        let (Some(host), Some(port), "wss") = (url.host_str(), url.port_or_known_default(), url.scheme()) else {
            return Err(not_spoken("not a wss address"));
        };
        // Two protocols share the port, and only this one has WebSockets everywhere.
        let stream = tls::connect(host, port, trust, Some(b"http/1.1"))
            .await
            .map_err(|(obstacle, words)| Lost::Broken(obstacle, words))?;
        let mut request = url.as_str().into_client_request().map_err(|_| not_spoken("not an address"))?;
        request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("xmpp"));
        let bounds = WebSocketConfig::default().max_message_size(Some(MAX_STANZA)).max_frame_size(Some(MAX_STANZA));
        let (socket, answer) =
            tokio_tungstenite::client_async_with_config(request, stream, Some(bounds)).await.map_err(lost)?;
        let agreed = answer.headers().get(header::SEC_WEBSOCKET_PROTOCOL);
        if agreed.is_none_or(|agreed| !agreed.as_bytes().eq_ignore_ascii_case(b"xmpp")) {
            return Err(not_spoken("the sub-protocol xmpp was not agreed"));
        }
        Ok(Self { socket })
    }

    async fn receive(&mut self) -> Result<Element, Lost> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(frame::read(&text)?),
                Some(Ok(Message::Binary(_))) => return Err(Lost::Garbled(frame::Garbled::Malformed)),
                Some(Ok(Message::Close(_))) | None => return Err(Lost::Closed),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(lost(error)),
            }
        }
    }
}

#[async_trait]
impl Frames for WebSocket {
    async fn open(&mut self, domain: &str) -> Result<(), Lost> {
        self.send(&Element::bare("open", FRAMING).with("to", domain).with("version", "1.0")).await?;
        let reply = self.next().await?;
        if reply.is("open", FRAMING) { Ok(()) } else { Err(Lost::Garbled(frame::Garbled::Malformed)) }
    }

    async fn send(&mut self, element: &Element) -> Result<(), Lost> {
        self.socket.send(Message::text(stanza::write(element)?)).await.map_err(lost)
    }

    async fn next(&mut self) -> Result<Element, Lost> {
        let stanza = self.receive().await?;
        if !stanza.is("close", FRAMING) {
            return Ok(stanza);
        }
        Err(stanza.attr("see-other-uri").map_or(Lost::Closed, |uri| Lost::SeeOther(uri.to_owned())))
    }

    async fn close(&mut self) {
        let goodbye = async {
            self.send(&Element::bare("close", FRAMING)).await?;
            while self.next().await.is_ok() {}
            self.socket.close(None).await.map_err(lost)
        };
        // The line may already be dead; whoever is there has seen its end either way.
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }
}

fn lost(error: tungstenite::Error) -> Lost {
    match error {
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => Lost::Closed,
        tungstenite::Error::Http(answer) => Lost::NotSpoken(format!("HTTP {}", answer.status().as_u16())),
        tungstenite::Error::Capacity(_) => Lost::Garbled(frame::Garbled::TooLarge),
        tungstenite::Error::Protocol(error) => Lost::NotSpoken(error.to_string()),
        tungstenite::Error::Io(error) => Lost::Broken(Obstacle::of(&error), error.to_string()),
        other => Lost::Broken(Obstacle::of(&other), "the WebSocket failed".to_owned()),
    }
}

//! XMPP on a connection that is within TLS from its first byte: one endless document, each child of which is a stanza.
//!
//! Deliberately not here: signing in ([`super::xmpp`]), and TLS begun within a plain stream.

use std::time::Duration;

use async_trait::async_trait;
use bytes::{Buf, BytesMut};
use minidom::Element;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use super::{
    obstacle::Obstacle,
    tls::{self, Trust},
    xmpp::{
        Frames, Lost,
        frame::{Garbled, Piece, Splitter},
        stanza,
    },
};

/// How long the other side may take to say good-bye.
const GOODBYE: Duration = Duration::from_secs(2);

/// A connection that speaks XMPP.
pub struct DirectTls {
    stream: TlsStream<TcpStream>,
    splitter: Splitter,
    buffer: BytesMut,
}

impl DirectTls {
    /// Connects to a host and port.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn connect(host: &str, port: u16, trust: &Trust) -> Result<Self, Lost> {
        // RFC 7590 and XEP-0368: the protocol's own name, where the port is shared with others.
        let stream = tls::connect(host, port, trust, Some(b"xmpp-client")).await;
        let stream = stream.map_err(|(obstacle, words)| Lost::Broken(obstacle, words))?;
        Ok(Self { stream, splitter: Splitter::default(), buffer: BytesMut::new() })
    }

    async fn write(&mut self, text: &str) -> Result<(), Lost> {
        self.stream.write_all(text.as_bytes()).await.map_err(broken)?;
        self.stream.flush().await.map_err(broken)
    }

    async fn piece(&mut self) -> Result<Piece, Lost> {
        loop {
            let mut rest = &self.buffer[..];
            let found = self.splitter.next(&mut rest)?;
            let used = self.buffer.len() - rest.len();
            self.buffer.advance(used);
            if let Some(piece) = found {
                return Ok(piece);
            }
            if self.stream.read_buf(&mut self.buffer).await.map_err(broken)? == 0 {
                return Err(Lost::Closed);
            }
        }
    }
}

#[async_trait]
impl Frames for DirectTls {
    async fn open(&mut self, domain: &str) -> Result<(), Lost> {
        self.splitter = Splitter::default();
        self.buffer.clear();
        let to = stanza::escape(domain);
        let head = "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'";
        self.write(&format!("<?xml version='1.0'?><stream:stream to='{to}' {head}>")).await?;
        match self.piece().await? {
            Piece::Opened => Ok(()),
            Piece::Stanza(_) | Piece::Closed => Err(Lost::Garbled(Garbled::Malformed)),
        }
    }

    async fn send(&mut self, element: &Element) -> Result<(), Lost> {
        self.write(&stanza::write(element)?).await
    }

    async fn next(&mut self) -> Result<Element, Lost> {
        match self.piece().await? {
            Piece::Stanza(stanza) => Ok(stanza),
            Piece::Opened => Err(Lost::Garbled(Garbled::Malformed)),
            Piece::Closed => Err(Lost::Closed),
        }
    }

    async fn close(&mut self) {
        let goodbye = async {
            self.write("</stream:stream>").await?;
            while self.next().await.is_ok() {}
            self.stream.shutdown().await.map_err(broken)
        };
        // The line may already be dead; whoever is there has seen its end either way.
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }
}

fn broken(error: std::io::Error) -> Lost {
    Lost::Broken(Obstacle::of(&error), error.to_string())
}

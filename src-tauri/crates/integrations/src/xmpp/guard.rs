//! Watches what a server says before the library takes it apart: stanzas over the bounds end the connection, and the words with which a
//! server ends a stream, refuses a sign-in or a resource are kept, because the library only tells that the stream has ended.
//!
//! Deliberately not here: what those words mean ([`super::lost`]).

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use minidom::Element;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, BufStream, ReadBuf};

use crate::transport::{
    obstacle::Obstacle,
    xmpp::{
        frame::{Bounds, Piece, Splitter},
        stanza,
    },
};

use super::lost::Lost;

/// The largest and deepest stanza taken (contracts/xmpp 6).
const BOUNDS: Bounds = Bounds { size: 512 * 1024, depth: 100 };

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const STREAMS: &str = "http://etherx.jabber.org/streams";
const REASONS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
const MANAGEMENT: &str = "urn:xmpp:sm:3";
/// The id the library gives to its question for a resource.
const BINDING: &str = "resource-binding";

/// What was seen of one connection.
#[derive(Default)]
pub(super) struct Watch {
    seen: Mutex<Seen>,
}

struct Seen {
    splitter: Splitter,
    lost: Option<Lost>,
    managed: bool,
    resumable: bool,
    cut: bool,
    waker: Option<Waker>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            splitter: Splitter::within(BOUNDS),
            lost: None,
            managed: false,
            resumable: false,
            cut: false,
            waker: None,
        }
    }
}

impl Watch {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stream begins anew, as it does after signing in.
    pub(super) fn anew(&self) {
        self.seen().splitter = Splitter::within(BOUNDS);
    }

    /// Why the server let us go, where it said so.
    pub(super) fn lost(&self) -> Option<Lost> {
        self.seen().lost.clone()
    }

    /// Whether the server tells what it has taken (XEP-0198).
    pub(super) fn is_managed(&self) -> bool {
        self.seen().managed
    }

    /// Whether the server has promised to hold the session when the connection breaks.
    pub(super) fn is_resumable(&self) -> bool {
        self.seen().resumable
    }

    /// Ends the connection as a broken line would.
    pub(super) fn cut(&self) {
        let waker = {
            let mut seen = self.seen();
            seen.cut = true;
            seen.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn take(&self, mut bytes: &[u8]) -> io::Result<()> {
        let mut seen = self.seen();
        loop {
            match seen.splitter.next(&mut bytes) {
                Ok(Some(Piece::Stanza(stanza))) => seen.notice(&stanza),
                Ok(Some(Piece::Opened | Piece::Closed)) => {}
                Ok(None) => return Ok(()),
                Err(garbled) => {
                    seen.lost.get_or_insert(Lost::Garbled(garbled.to_string()));
                    return Err(io::Error::new(io::ErrorKind::InvalidData, garbled));
                }
            }
        }
    }
}

impl Seen {
    fn notice(&mut self, stanza: &Element) {
        let lost = if stanza.is("error", STREAMS) {
            ended(stanza)
        } else if stanza.is("failure", SASL) {
            refused(stanza)
        } else if stanza.is("enabled", MANAGEMENT) {
            self.managed = true;
            self.resumable = matches!(stanza.attr("resume"), Some("true" | "1")) && stanza.attr("id").is_some();
            return;
        } else if stanza.is("resumed", MANAGEMENT) {
            (self.managed, self.resumable) = (true, true);
            return;
        } else if stanza.name() == "iq" && stanza.attr("id") == Some(BINDING) && stanza.attr("type") == Some("error") {
            Lost::NotBound(stanza::condition(stanza))
        } else {
            return;
        };
        self.lost.get_or_insert(lost);
    }
}

/// What the server says when it ends a stream.
fn ended(error: &Element) -> Lost {
    let mut conditions = error.children().filter(|child| child.has_ns(REASONS) && child.name() != "text");
    let condition = conditions.next();
    match condition.map_or("undefined-condition", Element::name) {
        "see-other-host" => Lost::Elsewhere(condition.map(Element::text).unwrap_or_default().trim().to_owned()),
        other => Lost::Ended(other.to_owned()),
    }
}

/// What the server says when it lets nobody in. A reason nobody knows counts as a wrong password, so that it is never tried twice.
fn refused(failure: &Element) -> Lost {
    let condition = failure.children().map(Element::name).find(|name| *name != "text");
    match condition.unwrap_or("not-authorized") {
        passing @ ("temporary-auth-failure" | "aborted") => Lost::Later(passing.to_owned()),
        other => Lost::Refused(other.to_owned()),
    }
}

/// A connection that is watched.
pub(super) struct Guard<S: AsyncRead + AsyncWrite> {
    inner: BufStream<S>,
    watch: Arc<Watch>,
    /// Bytes of the buffer that were looked at and not yet taken.
    ahead: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Guard<S> {
    pub(super) fn new(stream: S, watch: Arc<Watch>) -> Self {
        Self { inner: BufStream::new(stream), watch, ahead: 0 }
    }

    /// The connection; what was read ahead of its user is lost.
    pub(super) fn into_inner(self) -> S {
        self.inner.into_inner()
    }

    pub(super) fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncBufRead for Guard<S> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        {
            let mut seen = this.watch.seen();
            if seen.cut {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "given up")));
            }
            seen.waker = Some(cx.waker().clone());
        }
        let filled = ready!(Pin::new(&mut this.inner).poll_fill_buf(cx))?;
        if let Some(new) = filled.get(this.ahead..).filter(|new| !new.is_empty()) {
            this.watch.take(new)?;
            this.ahead = filled.len();
        }
        Poll::Ready(Ok(filled))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.ahead = this.ahead.saturating_sub(amount);
        Pin::new(&mut this.inner).consume(amount);
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guard<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let filled = ready!(self.as_mut().poll_fill_buf(cx))?;
        let amount = filled.len().min(out.remaining());
        out.put_slice(&filled[..amount]);
        self.consume(amount);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

/// What stands behind an error of reading or writing a watched connection.
pub(super) fn broken(watch: &Watch, error: &(dyn std::error::Error + 'static)) -> Lost {
    watch.lost().unwrap_or_else(|| Lost::Broken(Obstacle::of(error), error.to_string()))
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    const OPENED: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

    async fn heard(text: &str) -> (io::Result<usize>, Arc<Watch>) {
        let watch = Arc::new(Watch::default());
        let (near, mut far) = tokio::io::duplex(2_000_000);
        tokio::io::AsyncWriteExt::write_all(&mut far, format!("{OPENED}{text}").as_bytes()).await.unwrap();
        drop(far);
        let read = Guard::new(near, Arc::clone(&watch)).read_to_end(&mut vec![]).await;
        (read, watch)
    }

    #[tokio::test]
    async fn the_servers_reasons_are_kept() {
        let error = |inner: &str| format!("<stream:error>{inner}</stream:error>");
        let conflict = "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";
        let elsewhere = "<see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>b.example:5222</see-other-host>";
        let failure = |inner: &str| format!("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{inner}</failure>");
        let unbound = "<iq type='error' id='resource-binding'><error type='cancel'>\
                       <conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
        for (text, lost) in [
            (error(conflict), Lost::Ended("conflict".to_owned())),
            (error(""), Lost::Ended("undefined-condition".to_owned())),
            (error(elsewhere), Lost::Elsewhere("b.example:5222".to_owned())),
            (failure("<not-authorized/><text>no</text>"), Lost::Refused("not-authorized".to_owned())),
            (failure("<nobody-knows-this/>"), Lost::Refused("nobody-knows-this".to_owned())),
            (failure(""), Lost::Refused("not-authorized".to_owned())),
            (failure("<temporary-auth-failure/>"), Lost::Later("temporary-auth-failure".to_owned())),
            (unbound.to_owned(), Lost::NotBound("conflict".to_owned())),
        ] {
            assert_eq!(heard(&text).await.1.lost(), Some(lost), "{text}");
        }
    }

    #[tokio::test]
    async fn a_stanza_over_the_bounds_ends_the_connection() {
        let large = format!("<message><body>{}</body></message>", "x".repeat(BOUNDS.size + 1));
        let deep = format!("{}{}", "<a>".repeat(BOUNDS.depth + 5), "</a>".repeat(BOUNDS.depth + 5));
        let external = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///x'>]>".to_owned();
        for text in [large, deep, external, "<message><body>&e;</body></message>".to_owned(), "<a></b>".to_owned()] {
            let (read, watch) = heard(&text).await;
            assert!(read.is_err(), "{}", &text[..40.min(text.len())]);
            assert!(matches!(watch.lost(), Some(Lost::Garbled(_))));
        }
        let bearable = format!("<message><body>{}</body></message>", "x".repeat(400_000));
        assert!(heard(&bearable).await.0.is_ok());
    }

    #[tokio::test]
    async fn a_connection_that_is_cut_fails_at_once() {
        let watch = Arc::new(Watch::default());
        let (near, _far) = tokio::io::duplex(100);
        let mut guard = Guard::new(near, Arc::clone(&watch));
        let reading = tokio::spawn(async move { guard.read_u8().await.map_err(|e| e.kind()) });
        tokio::task::yield_now().await;
        watch.cut();
        assert_eq!(reading.await.unwrap(), Err(io::ErrorKind::TimedOut));
    }
}

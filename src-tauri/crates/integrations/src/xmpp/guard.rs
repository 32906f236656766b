//! Watches what a server says before the library takes it apart: the words with which it ends a stream, refuses a sign-in or a resource are
//! kept, because the library only tells that the stream has ended.
//!
//! Deliberately not here: stanzas over the bounds ([`super::sieve`]), and what those words mean ([`super::lost`]).

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, BufStream, ReadBuf};

use crate::transport::obstacle::Obstacle;

use super::{
    lost::Lost,
    sieve::{Brief, Sieve},
};

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const STREAMS: &str = "http://etherx.jabber.org/streams";
const REASONS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
const CONDITIONS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
const MANAGEMENT: &str = "urn:xmpp:sm:3";
/// The id the library gives to its question for a resource.
const BINDING: &str = "resource-binding";

/// What was seen of one connection.
#[derive(Default)]
pub(super) struct Watch {
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    sieve: Sieve,
    lost: Option<Lost>,
    managed: bool,
    resumable: bool,
    cut: bool,
    waker: Option<Waker>,
}

impl Watch {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stream begins anew, as it does after signing in.
    pub(super) fn anew(&self) {
        self.seen().sieve = Sieve::default();
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

    /// Reads on; what may go to the library is appended to `through`.
    fn take(&self, bytes: &[u8], through: &mut Vec<u8>) -> io::Result<()> {
        let mut seen = self.seen();
        let Seen { sieve, lost, managed, resumable, .. } = &mut *seen;
        let taken = sieve.take(bytes, through, |stanza| {
            if stanza.is("enabled", MANAGEMENT) {
                let promised = matches!(stanza.attribute("resume"), Some("true" | "1"));
                (*managed, *resumable) = (true, promised && stanza.attribute("id").is_some());
            } else if stanza.is("resumed", MANAGEMENT) {
                (*managed, *resumable) = (true, true);
            } else if lost.is_none() {
                *lost = reason(stanza);
            }
        });
        taken.map_err(|words| {
            lost.get_or_insert_with(|| Lost::Garbled(words.clone()));
            io::Error::new(io::ErrorKind::InvalidData, words)
        })
    }
}

/// Why the server lets us go, where that is what it says.
fn reason(stanza: &Brief) -> Option<Lost> {
    if stanza.is("error", STREAMS) {
        return Some(match stanza.condition(1, REASONS) {
            Some(("see-other-host", place)) => Lost::Elsewhere(place.trim().to_owned()),
            condition => Lost::Ended(condition.map_or("undefined-condition", |(name, _)| name).to_owned()),
        });
    }
    if stanza.is("failure", SASL) {
        // A reason nobody knows counts as a wrong password, so that it is never tried twice.
        return Some(match stanza.condition(1, SASL).map_or("not-authorized", |(name, _)| name) {
            passing @ ("temporary-auth-failure" | "aborted") => Lost::Later(passing.to_owned()),
            other => Lost::Refused(other.to_owned()),
        });
    }
    let unbound =
        stanza.name == "iq" && stanza.attribute("id") == Some(BINDING) && stanza.attribute("type") == Some("error");
    unbound.then(|| {
        Lost::NotBound(stanza.condition(2, CONDITIONS).map_or("undefined-condition", |(name, _)| name).to_owned())
    })
}

/// A connection that is watched.
pub(super) struct Guard<S: AsyncRead + AsyncWrite> {
    inner: BufStream<S>,
    watch: Arc<Watch>,
    /// What may go to the library, and how much of it has gone.
    through: Vec<u8>,
    gone: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Guard<S> {
    pub(super) fn new(stream: S, watch: Arc<Watch>) -> Self {
        Self { inner: BufStream::new(stream), watch, through: vec![], gone: 0 }
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
        while this.gone == this.through.len() {
            this.through.clear();
            this.gone = 0;
            let filled = ready!(Pin::new(&mut this.inner).poll_fill_buf(cx))?;
            let read = filled.len();
            if read == 0 {
                break;
            }
            this.watch.take(filled, &mut this.through)?;
            Pin::new(&mut this.inner).consume(read);
        }
        Poll::Ready(Ok(&this.through[this.gone..]))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.gone = (this.gone + amount).min(this.through.len());
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
    async fn what_is_no_stream_ends_the_connection() {
        let (read, watch) = heard("<a></b>").await;
        assert!(read.is_err());
        assert!(matches!(watch.lost(), Some(Lost::Garbled(_))));
        let (read, watch) = heard("<message><body>x</body></message>").await;
        assert!(read.is_ok());
        assert_eq!(watch.lost(), None);
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

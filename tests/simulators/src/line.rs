//! A TCP listener whose connections can be cut from inside a handler, so that the peer sees a reset and not a farewell.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// The listener to serve.
pub struct Lines(pub TcpListener);

/// A handler's hold on the connection its request came by.
#[derive(Clone, Debug)]
pub struct Line {
    cut: Arc<AtomicBool>,
}

impl Line {
    /// Makes the next write reset the connection; nothing more reaches the peer.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::Release);
    }
}

/// The connection itself.
pub struct Wire {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
}

impl Wire {
    fn check(&self) -> io::Result<()> {
        if !self.cut.load(Ordering::Acquire) {
            return Ok(());
        }
        // With a zero linger the kernel sends RST when the stream is dropped, which this error brings about.
        self.stream.set_zero_linger()?;
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl Listener for Lines {
    type Io = Wire;
    type Addr = (SocketAddr, Line);

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, peer) = Listener::accept(&mut self.0).await;
        let cut = Arc::new(AtomicBool::new(false));
        (Wire { stream, cut: Arc::clone(&cut) }, (peer, Line { cut }))
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok((self.0.local_addr()?, Line { cut: Arc::default() }))
    }
}

impl Connected<IncomingStream<'_, Lines>> for Line {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.remote_addr().1.clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

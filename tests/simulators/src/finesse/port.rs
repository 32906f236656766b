//! A port of a node: its own for as long as the simulator runs, also while nothing listens there. Without that, whoever
//! asks the system for a free port meanwhile may be given it, and clients of the node find a stranger.

use std::{io, net::SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A port that is taken.
pub(super) struct Port {
    address: SocketAddr,
    /// Bound and never listening: it refuses every connection and keeps the number.
    #[cfg(unix)]
    _kept: TcpSocket,
}

impl Port {
    /// Takes a port; 0 takes a free one.
    pub(super) fn take(address: SocketAddr) -> io::Result<Self> {
        let kept = socket(address)?;
        Ok(Self {
            address: kept.local_addr()?,
            #[cfg(unix)]
            _kept: kept,
        })
    }

    /// Where it is.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens it until the listener is dropped.
    pub(super) fn listen(&self) -> io::Result<TcpListener> {
        socket(self.address)?.listen(BACKLOG)
    }
}

fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Two sockets may have one address as long as only one of them listens. Windows would let a stranger listen too.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

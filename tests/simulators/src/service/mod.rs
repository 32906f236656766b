//! What the simulated HTTP services share: opening their doors, the switch for faults, the journal of calls, limits, forms
//! with files, PHP's bracket keys, tables of paths, signatures, certificates, and the post that carries hooks and events to whoever listens.
//!
//! Not here: anything of a vendor.

pub mod bucket;
pub mod fault;
pub mod journal;
mod loud;
pub mod multipart;
pub mod php;
pub mod post;
pub mod route;
pub mod sign;
pub mod tls;
pub mod wire;

use std::{io, net::SocketAddr};

use jiff::{Timestamp, Zoned, tz};
use serde::{Deserialize, Deserializer, de::Error};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

/// Why a service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The control interface would be open to the network.
    #[error("the control interface listens on loopback only, not on {0}")]
    ControlExposed(SocketAddr),
    /// Hooks and events cannot be sent.
    #[error("no HTTP client for hooks: {0}")]
    Client(#[from] reqwest::Error),
    /// No certificate can be shown.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
}

/// The two listeners of a service.
pub struct Doors {
    /// What the client calls.
    pub front: TcpListener,
    /// What a test or a person calls.
    pub control: TcpListener,
}

impl Doors {
    /// Opens both; port 0 takes a free one.
    ///
    /// # Errors
    /// An address is taken, or the control interface is not on loopback.
    pub async fn open(front: SocketAddr, control: SocketAddr) -> Result<Self, StartError> {
        if !control.ip().is_loopback() {
            return Err(StartError::ControlExposed(control));
        }
        let open = async |at| TcpListener::bind(at).await.map_err(|error| StartError::Listen(at, error));
        Ok(Self { front: open(front).await?, control: open(control).await? })
    }

    /// Where they are.
    ///
    /// # Errors
    /// The system does not say.
    pub fn addresses(&self) -> Result<(SocketAddr, SocketAddr), StartError> {
        let unknown = |error| StartError::Listen(SocketAddr::from(([127, 0, 0, 1], 0)), error);
        Ok((self.front.local_addr().map_err(unknown)?, self.control.local_addr().map_err(unknown)?))
    }
}

/// A service that goes: its addresses and how to end it. Dropping it stops it; [`Self::stop`] also waits.
pub struct Running {
    /// What the client calls.
    pub front: SocketAddr,
    /// What a test or a person calls.
    pub control: SocketAddr,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
}

impl Running {
    /// Closes both listeners and ends what was started.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Reads an address that may be absent.
pub(crate) fn some_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    Option::<String>::deserialize(from)?.map(|text| text.parse().map_err(D::Error::custom)).transpose()
}

/// An instant as the simulated vendors write it: Moscow's offset, all the year.
pub fn local(at: Timestamp) -> Zoned {
    at.to_zoned(tz::TimeZone::fixed(tz::offset(3)))
}

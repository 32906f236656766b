//! Listeners: plain or TLS, a bound on connections, on headers and on how slowly they may come, and a gentle end.
//!
//! Deliberately not here: routes.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    extract::{ConnectInfo, connect_info::IntoMakeServiceWithConnectInfo},
};
use axum_server::{Handle, accept::Accept};
use futures_util::future::BoxFuture;
use ipnet::IpNet;
use pult_engine::{Engine, config::Tls};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    certificate,
    peer::Proxies,
    seats::{Seat, Seats},
};

/// How long a client may take to send its headers.
const HEADERS: Duration = Duration::from_secs(10);
/// How long requests under way may take once the server stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// Headers of a request at most.
const MOST_HEADERS: usize = 64;
/// Bytes of a request's head at most.
const HEAD: usize = 32 << 10;

/// A listener to be opened.
pub(crate) struct Listener<'a> {
    /// What it is called in the engine's health.
    pub(crate) name: &'static str,
    pub(crate) engine: &'a Engine,
    pub(crate) bind: SocketAddr,
    pub(crate) tls: &'a Tls,
    pub(crate) connections: usize,
    /// What one source may have of them. More is closed at once: a seat that somebody else could have is not waited for.
    pub(crate) per_source: Seats,
    /// Whose connections belong to many senders, and are not counted for one.
    pub(crate) proxies: &'a [IpNet],
    /// The only networks answered.
    pub(crate) only_from: Option<Arc<[IpNet]>>,
}

impl Listener<'_> {
    /// Opens it and serves until `stop`; where it really listens.
    pub(crate) async fn open(
        self,
        router: Router,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> anyhow::Result<SocketAddr> {
        let socket = std::net::TcpListener::bind(self.bind)
            .with_context(|| format!("{} cannot be listened on: is another program there?", self.bind))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let gate = Gate {
            name: self.name,
            seats: Arc::new(Semaphore::new(self.connections)),
            per_source: self.per_source,
            proxies: Proxies::new(self.proxies),
            only_from: self.only_from,
        };
        let handle = Handle::new();
        match self.tls.files() {
            Some(files) => {
                let tls = certificate::kept(self.engine, self.name, files)
                    .await
                    .context("the certificate or its key cannot be used")?;
                let acceptor = axum_server::tls_rustls::RustlsAcceptor::new(tls).acceptor(gate);
                serve(axum_server::from_tcp(socket)?.acceptor(acceptor), service, handle.clone(), tasks);
            }
            None => serve(axum_server::from_tcp(socket)?.acceptor(gate), service, handle.clone(), tasks),
        }
        let stop = stop.clone();
        tasks.spawn(async move {
            stop.cancelled().await;
            handle.graceful_shutdown(Some(FAREWELL));
        });
        Ok(address)
    }
}

/// What one connection is served with: the router, told who is at the other end.
type Service = axum::middleware::AddExtension<Router, ConnectInfo<SocketAddr>>;

fn serve<A>(
    mut server: axum_server::Server<SocketAddr, A>,
    service: IntoMakeServiceWithConnectInfo<Router, SocketAddr>,
    handle: Handle<SocketAddr>,
    tasks: &TaskTracker,
) where
    A: Accept<TcpStream, Service> + Clone + Send + Sync + 'static,
    A::Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A::Service: axum_server::service::SendService<axum::http::Request<hyper::body::Incoming>> + Send,
    A::Future: Send,
{
    server
        .http_builder()
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(MOST_HEADERS)
        .max_buf_size(HEAD);
    tasks.spawn(async move {
        if let Err(error) = server.handle(handle).serve(service).await {
            tracing::error!(%error, "a listener ended");
        }
    });
}

/// Lets a connection in when its address is one that is answered, its source has a seat left, and so has the listener.
#[derive(Clone)]
struct Gate {
    name: &'static str,
    seats: Arc<Semaphore>,
    per_source: Seats,
    proxies: Proxies,
    only_from: Option<Arc<[IpNet]>>,
}

impl<S: Send + 'static> Accept<TcpStream, S> for Gate {
    type Stream = Seated;
    type Service = S;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let gate = self.clone();
        Box::pin(async move {
            stream.set_nodelay(true)?;
            let peer = stream.peer_addr()?.ip().to_canonical();
            if gate.only_from.is_some_and(|nets| !nets.iter().any(|net| net.contains(&peer))) {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "only proxies of ours are answered here"));
            }
            // Whoever waits for a seat counts as well, else one source could fill the queue before the door.
            let own = match gate.proxies.trust(peer) {
                true => None,
                false => Some(gate.per_source.take(peer).ok_or_else(|| {
                    metrics::counter!("pult_connections_refused_total", "listener" => gate.name).increment(1);
                    io::Error::new(io::ErrorKind::QuotaExceeded, "too many connections of one source")
                })?),
            };
            let seat = gate.seats.acquire_owned().await.map_err(io::Error::other)?;
            Ok((Seated { stream, _seat: seat, _own: own }, service))
        })
    }
}

pin_project_lite::pin_project! {
    /// A connection and its seats, given up together.
    struct Seated {
        #[pin]
        stream: TcpStream,
        _seat: OwnedSemaphorePermit,
        _own: Option<Seat>,
    }
}

impl AsyncRead for Seated {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        self.project().stream.poll_read(context, buffer)
    }
}

impl AsyncWrite for Seated {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<io::Result<usize>> {
        self.project().stream.poll_write(context, bytes)
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        self.project().stream.poll_flush(context)
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        self.project().stream.poll_shutdown(context)
    }
}

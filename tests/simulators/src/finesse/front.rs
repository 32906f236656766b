//! The listeners of a node: TLS with REST and WebSocket on one port, the old port for WebSocket alone, XMPP from the first
//! byte, and the plain port that only says where to go. What is said on them is left to `rest`, `xmpp` and `prosody`.

use std::{io, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::{FromRequestParts, Request, State, WebSocketUpgrade},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::any,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::{
    node::{Condition, Stream, Xmpp},
    port::Port,
    rest::serve::{Served, api},
    xmpp,
};

/// How long a client may take over the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait before a port that is still held by something is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// A handler's hold on the connection its request came by.
#[derive(Clone)]
pub struct Line {
    cut: CancellationToken,
    /// The end of the simulator: what a stream lasts to that has left the request behind.
    stop: CancellationToken,
}

impl Line {
    /// Ends the connection without another byte.
    pub fn cut(&self) {
        self.cut.cancel();
    }

    /// Waits, unless the connection ends before.
    pub async fn patience(&self, length: Duration) {
        self.cut.run_until_cancelled(tokio::time::sleep(length)).await;
    }
}

/// What a listener is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// REST and WebSocket.
    Front,
    /// WebSocket alone.
    Notification,
    /// XMPP from the first byte.
    Direct,
    /// Says where to go.
    Plain,
}

impl Role {
    fn open(self, condition: &Condition) -> bool {
        match self {
            Self::Front => condition.reachable(),
            Self::Notification | Self::Direct => condition.xmpp != Xmpp::Down,
            Self::Plain => true,
        }
    }
}

/// A listener of a node.
pub(super) struct Door {
    pub(super) role: Role,
    pub(super) port: Port,
    pub(super) served: Served,
    pub(super) tls: Option<Arc<ServerConfig>>,
    pub(super) stop: CancellationToken,
}

impl Door {
    /// Serves until stopped. While the node cannot be reached the port is closed and every connection cut; a stream of
    /// notifications is ended by its service, which says so first.
    pub(super) async fn serve(self, listener: TcpListener) -> io::Result<()> {
        let mut condition = self.served.node().watch();
        let mut listener = Some(listener);
        while !self.stop.is_cancelled() {
            let open = match listener.take() {
                Some(open) => open,
                None => {
                    let opened = condition.wait_for(|condition| self.role.open(condition));
                    if !matches!(self.stop.run_until_cancelled(opened).await, Some(Ok(_))) {
                        return Ok(());
                    }
                    match self.port.listen() {
                        Ok(open) => open,
                        Err(_) => {
                            self.stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await;
                            continue;
                        }
                    }
                }
            };
            let generation = self.stop.child_token();
            tokio::select! {
                () = self.stop.cancelled() => {}
                _ = condition.wait_for(|condition| !self.role.open(condition)) => {}
                () = self.accept(&open, &generation) => {}
            }
            drop(open);
            generation.cancel();
        }
        Ok(())
    }

    async fn accept(&self, listener: &TcpListener, generation: &CancellationToken) {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(AGAIN).await;
                continue;
            };
            // A small answer is not to wait for the acknowledgement of the one before it.
            let _ = stream.set_nodelay(true);
            let (role, served, tls) = (self.role, self.served.clone(), self.tls.clone());
            let line = match role {
                Role::Direct => Line { cut: self.stop.child_token(), stop: self.stop.clone() },
                _ => Line { cut: generation.child_token(), stop: self.stop.clone() },
            };
            tokio::spawn(async move {
                line.cut.clone().run_until_cancelled(connection(role, served, tls, stream, line)).await;
            });
        }
    }
}

async fn connection(role: Role, served: Served, tls: Option<Arc<ServerConfig>>, stream: TcpStream, line: Line) {
    let Some(tls) = tls else { return http(role, served, stream, line).await };
    let condition = served.node().watch();
    if role == Role::Direct
        && let Stream::Prosody(prosody) = &served.node().stream
    {
        // Prosody ends TLS itself on this port, with the certificate it was started with.
        return prosody.carry_direct(stream, condition, line.cut).await;
    }
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, TlsAcceptor::from(tls).accept(stream)).await else { return };
    match (role, &served.node().stream) {
        (Role::Direct, Stream::BuiltIn(hub)) => {
            xmpp::tcp::serve(stream, Arc::clone(hub), condition, line.cut).await;
        }
        _ => http(role, served, stream, line).await,
    }
}

async fn http(role: Role, served: Served, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, line: Line) {
    let routes = match role {
        Role::Plain => Router::new().fallback(elsewhere),
        Role::Front => with_stream(Router::new().route("/finesse/api/{*path}", any(api))),
        Role::Notification | Role::Direct => with_stream(Router::new()),
    };
    let routes = routes.layer(Extension(line)).with_state(served);
    // A connection that ends badly is the client's affair.
    let _ = Builder::new(TokioExecutor::new())
        .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(routes))
        .await;
}

fn with_stream(routes: Router<Served>) -> Router<Served> {
    routes.route("/ws", any(stream)).route("/ws/", any(stream))
}

/// The plain port: everything is somewhere else, and encrypted.
async fn elsewhere(State(served): State<Served>, uri: Uri) -> Response {
    let node = served.node();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let place = format!("https://{}:{}{path}", node.host, node.addresses.front.port());
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, place)]).into_response()
}

async fn stream(State(served): State<Served>, Extension(line): Extension<Line>, request: Request) -> Response {
    let node = served.node();
    let condition: watch::Receiver<Condition> = node.watch();
    let xmpp = condition.borrow().xmpp;
    match (&node.stream, xmpp) {
        (_, Xmpp::Down) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        (Stream::Prosody(prosody), _) => prosody.carry_web(request, condition, line.stop).await,
        (Stream::BuiltIn(hub), _) => {
            let hub = Arc::clone(hub);
            let (mut head, _) = request.into_parts();
            let upgrade = match WebSocketUpgrade::from_request_parts(&mut head, &()).await {
                Ok(upgrade) => upgrade.protocols(["xmpp"]),
                Err(refused) => return refused.into_response(),
            };
            if upgrade.selected_protocol().is_none() {
                return StatusCode::NOT_IMPLEMENTED.into_response();
            }
            upgrade.on_upgrade(move |socket| xmpp::web::serve(socket, hub, condition, line.stop))
        }
    }
}

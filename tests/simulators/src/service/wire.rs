//! From an answer and a fault to bytes on a connection that may be cut on the way.

use std::{convert::Infallible, future::pending, io, net::IpAddr, sync::Arc, time::Duration};

use axum::serve::Listener;
use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::fault::Fault;
use crate::line::{Line, Lines};

/// How long a client may take over the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
const JSON: &str = "application/json; charset=utf-8";

/// An answer before it is bytes.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The document; none for an empty body.
    pub body: Option<Value>,
    /// Bytes in place of a document.
    pub file: Option<Vec<u8>>,
    /// `Retry-After`, seconds.
    pub retry_after: Option<u32>,
    /// `WWW-Authenticate`.
    pub challenge: Option<&'static str>,
    /// `Location`.
    pub location: Option<String>,
    /// Further headers; they win over those above.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Answer {
    /// A document.
    pub const fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            body: Some(body),
            file: None,
            retry_after: None,
            challenge: None,
            location: None,
            headers: Vec::new(),
        }
    }

    /// Nothing but a status.
    pub const fn empty(status: u16) -> Self {
        Self { status, body: None, file: None, retry_after: None, challenge: None, location: None, headers: Vec::new() }
    }

    /// A file.
    pub fn file(content: Vec<u8>) -> Self {
        Self { file: Some(content), ..Self::empty(200) }
    }

    /// The same with another header; a value that no header can hold is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let document = || self.body.as_ref().map(ToString::to_string).unwrap_or_default().into_bytes();
        self.file.clone().unwrap_or_else(document)
    }

    fn response(self) -> Response {
        let mut response = document(self.status, self.bytes().into());
        if self.file.is_some() {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        } else if self.body.is_none() {
            response.headers_mut().remove(header::CONTENT_TYPE);
        }
        if let Some(location) = self.location.and_then(|text| HeaderValue::try_from(text).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Who asks, and over which connection.
pub struct Caller {
    line: Option<Line>,
    /// Address of the client.
    pub source: IpAddr,
}

/// What is behind a connection: its hold, and the peer's address.
#[derive(Clone)]
struct Peer(Line, IpAddr);

impl axum::extract::connect_info::Connected<axum::serve::IncomingStream<'_, Lines>> for Peer {
    fn connect_info(stream: axum::serve::IncomingStream<'_, Lines>) -> Self {
        let (address, line) = stream.remote_addr();
        Self(line.clone(), address.ip())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>();
        let source = peer.map_or(IpAddr::from([127, 0, 0, 1]), |ConnectInfo(Peer(_, source))| *source);
        Ok(Self { line: peer.map(|ConnectInfo(Peer(line, _))| line.clone()), source })
    }
}

/// Serves every path of `listener` with `handler` until `stop`.
pub(crate) async fn serve<S, F>(
    listener: TcpListener,
    shared: Arc<S>,
    stop: CancellationToken,
    handler: impl Fn(Arc<S>, Caller, Request) -> F + Clone + Send + Sync + 'static,
) -> io::Result<()>
where
    S: Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let pages = Router::new()
        .fallback(move |Extension(shared): Extension<Arc<S>>, caller: Caller, request: Request| {
            handler(shared, caller, request)
        })
        .layer(Extension(shared))
        .into_make_service_with_connect_info::<Peer>();
    axum::serve(Lines(listener), pages).with_graceful_shutdown(stop.cancelled_owned()).await
}

/// Serves every path of `listener` with `handler` over TLS until `stop`; a connection also ends with what `life` hands out for it.
pub(crate) async fn serve_tls<S, F>(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    shared: Arc<S>,
    stop: CancellationToken,
    life: impl Fn() -> CancellationToken,
    handler: impl Fn(Arc<S>, Caller, Request) -> F + Clone + Send + Sync + 'static,
) where
    S: Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let pages = Router::new()
        .fallback(move |Extension(shared): Extension<Arc<S>>, caller: Caller, request: Request| {
            handler(shared, caller, request)
        })
        .layer(Extension(shared));
    let mut lines = Lines(listener);
    let accept = async {
        loop {
            let (wire, (peer, line)) = Listener::accept(&mut lines).await;
            let (tls, life) = (TlsAcceptor::from(Arc::clone(&tls)), life());
            let pages = pages.clone().layer(Extension(ConnectInfo(Peer(line, peer.ip()))));
            tokio::spawn(life.run_until_cancelled_owned(async move {
                let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, tls.accept(wire)).await else { return };
                // A connection that ends badly is the client's affair.
                let _ = Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), TowerToHyperService::new(pages))
                    .await;
            }));
        }
    };
    stop.run_until_cancelled(accept).await;
}

/// Answers a call. `act` does it, unless the fault keeps it from being done; `note` learns the status before anything waits.
pub(crate) async fn respond(
    fault: Option<Fault>,
    caller: &Caller,
    stop: &CancellationToken,
    act: impl FnOnce() -> Answer,
    note: impl FnOnce(Option<&Answer>),
) -> Response {
    let cut = || {
        // Without a connection there is nothing to cut.
        if let Some(line) = &caller.line {
            line.cut();
        }
        StatusCode::BAD_GATEWAY.into_response()
    };
    match fault {
        None => {
            let answer = act();
            note(Some(&answer));
            answer.response()
        }
        Some(Fault::Refuse { status, body, retry_after }) => {
            let body = (!body.is_null()).then_some(body);
            let answer = Answer { body, retry_after, ..Answer::empty(status) };
            note(Some(&answer));
            answer.response()
        }
        Some(Fault::Html { status }) => {
            note(Some(&Answer::empty(status)));
            let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            (code, Html(format!("<html><head><title>{code}</title></head><body><h1>{code}</h1><br></body></html>")))
                .into_response()
        }
        Some(Fault::Reset) => {
            note(None);
            cut()
        }
        Some(Fault::DropAfterCommit) => {
            act();
            note(None);
            cut()
        }
        Some(Fault::Stall) => {
            note(None);
            never(stop).await
        }
        Some(Fault::StallAfterCommit) => {
            act();
            note(None);
            never(stop).await
        }
        Some(Fault::Delay { ms }) => {
            let answer = act();
            note(Some(&answer));
            stop.run_until_cancelled(tokio::time::sleep(Duration::from_millis(ms))).await;
            answer.response()
        }
        Some(Fault::TruncatedJson) => {
            let answer = act();
            note(Some(&answer));
            document(answer.status, half(answer.bytes()).into())
        }
        Some(Fault::HalfAnswer) => {
            let answer = act();
            note(None);
            let bytes = answer.bytes();
            let whole = bytes.len();
            let mut response = document(answer.status, broken(half(bytes)));
            response.headers_mut().insert(header::CONTENT_LENGTH, whole.into());
            response
        }
    }
}

async fn never(stop: &CancellationToken) -> Response {
    let () = stop.run_until_cancelled(pending()).await.unwrap_or_default();
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

fn document(status: u16, body: Body) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, JSON)], body).into_response()
}

fn half(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// These bytes, and then a connection that breaks.
fn broken(bytes: Vec<u8>) -> Body {
    let first = stream::once(async { Ok(Bytes::from(bytes)) });
    let cut = stream::once(async {
        // The server sends what it has when it has to wait for more; an error at once would take the half with it.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    });
    Body::from_stream(first.chain(cut))
}

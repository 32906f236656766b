//! Carries a client's bytes to Prosody and back: the upgraded WebSocket behind the front, and the port that speaks TLS
//! itself. Nothing is looked at; while the node hangs, nothing moves.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split},
    net::TcpStream,
    sync::watch,
};
use tokio_util::sync::CancellationToken;

use crate::finesse::node::{Condition, Xmpp};

type Follow = watch::Receiver<Condition>;

/// Hands a request on, and with it the connection when it is upgraded.
pub(super) async fn web(mut request: Request, to: SocketAddr, follow: Follow, cut: CancellationToken) -> Response {
    let client = hyper::upgrade::on(&mut request);
    let Ok(stream) = TcpStream::connect(to).await else { return StatusCode::BAD_GATEWAY.into_response() };
    let Ok((mut sender, connection)) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    tokio::spawn(cut.clone().run_until_cancelled_owned(connection.with_upgrades()));
    let mut onward = Request::builder().method(request.method()).uri(request.uri().path());
    if let Some(headers) = onward.headers_mut() {
        headers.clone_from(request.headers());
        headers.extend(HeaderValue::from_str(&to.to_string()).ok().map(|host| (header::HOST, host)));
    }
    let Ok(onward) = onward.body(Body::empty()) else { return StatusCode::BAD_REQUEST.into_response() };
    let Ok(mut answer) = sender.send_request(onward).await else { return StatusCode::BAD_GATEWAY.into_response() };
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        let server = hyper::upgrade::on(&mut answer);
        tokio::spawn(async move {
            let both = async { tokio::try_join!(client, server) };
            if let Some(Ok((client, server))) = cut.run_until_cancelled(both).await {
                between(TokioIo::new(client), TokioIo::new(server), follow, cut).await;
            }
        });
    }
    answer.map(Body::new).into_response()
}

/// Hands a connection on.
pub(super) async fn direct(client: TcpStream, to: SocketAddr, follow: Follow, cut: CancellationToken) {
    if let Ok(server) = TcpStream::connect(to).await {
        between(client, server, follow, cut).await;
    }
}

async fn between(
    client: impl AsyncRead + AsyncWrite + Unpin,
    server: impl AsyncRead + AsyncWrite + Unpin,
    follow: Follow,
    cut: CancellationToken,
) {
    let ((from_client, to_client), (from_server, to_server)) = (split(client), split(server));
    tokio::select! {
        () = cut.cancelled() => {}
        () = one_way(from_client, to_server, follow.clone()) => {}
        () = one_way(from_server, to_client, follow) => {}
    }
}

async fn one_way(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut follow: Follow) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            changed = follow.changed() => {
                if changed.is_err() {
                    return;
                }
                if follow.wait_for(|condition| condition.xmpp != Xmpp::Hang).await.is_err() {
                    return;
                }
                continue;
            }
        };
        let Ok(length @ 1..) = read else {
            // The other side is told as far as it still listens.
            let _ = to.shutdown().await;
            return;
        };
        if follow.wait_for(|condition| condition.xmpp != Xmpp::Hang).await.is_err()
            || to.write_all(&buffer[..length]).await.is_err()
            || to.flush().await.is_err()
        {
            return;
        }
    }
}

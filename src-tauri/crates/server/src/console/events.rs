//! The stream of changes to a browser: what the bus says, as it says it.
//!
//! Deliberately not here: content. A change names an area and ids; what is behind them is read by a command, with its rights.

use std::time::Duration;

use axum::{
    extract::{
        State,
        ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, StatusCode},
    response::Response,
};
use pult_domain::Area;
use pult_engine::{auth::session, bus::Change};

use super::{
    Visitor,
    doors::same_origin,
    visitor::{COOKIE, cookie},
};
use crate::{App, pages};

/// How often the other end is asked whether it is there, and the session whether it still is one.
const PULSE: Duration = Duration::from_secs(20);

/// Opens the stream for whoever is signed in, from a page of ours.
pub(super) async fn stream(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(refusal) = visitor.actor() {
        return refusal;
    }
    if !same_origin(&headers) {
        return pages::error(StatusCode::FORBIDDEN, "forbidden", None, "another page asks");
    }
    let token = cookie(&headers, COOKIE).map(str::to_owned);
    let address = visitor.address.clone();
    upgrade.max_message_size(1024).on_upgrade(move |socket| speak(app, socket, token, address))
}

async fn speak(app: App, mut socket: WebSocket, token: Option<String>, address: String) {
    let mut listener = app.engine.bus().listen();
    let mut pulse = tokio::time::interval(PULSE);
    let stop = app.engine.stop_signal().clone();
    loop {
        let message = tokio::select! {
            change = listener.next() => match change {
                // Somebody's session may have been ended: the holder of this one hears of it no later than of the change.
                Some(Change::Changed { area: Area::People, .. }) if !still_in(&app, token.as_deref(), &address).await => break,
                Some(change) => text(&change),
                None => break,
            },
            _ = pulse.tick() => {
                if !still_in(&app, token.as_deref(), &address).await {
                    break;
                }
                Message::Ping(axum::body::Bytes::new())
            }
            heard = socket.recv() => match heard {
                // Nothing is expected from there but answers to pings.
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => break,
            },
            () = stop.cancelled() => break,
        };
        if socket.send(message).await.is_err() {
            break;
        }
    }
    // The other end may be gone already.
    let _ = socket.send(Message::Close(None)).await;
}

fn text(change: &Change) -> Message {
    Message::Text(Utf8Bytes::from(serde_json::to_string(change).unwrap_or_else(|_| r#"{"kind":"resync"}"#.to_owned())))
}

/// A revoked session hears nothing more. A program's key was checked when the stream opened and lives for the stream.
async fn still_in(app: &App, token: Option<&str>, address: &str) -> bool {
    match token {
        None => true,
        Some(token) => {
            let (engine, now) = (&app.engine, app.engine.clock().now());
            session::resume(engine.store(), token, address, engine.session_idle(), now).await.ok().flatten().is_some()
        }
    }
}

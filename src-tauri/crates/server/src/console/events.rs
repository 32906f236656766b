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
use pult_engine::{api::routes, bus::Change};

use super::{Visitor, doors::same_origin, visitor};
use crate::{App, pages};

/// How often the other end is asked whether it is there, and its session or key whether it still opens the stream.
const PULSE: Duration = Duration::from_secs(20);

/// Opens the stream for whoever is signed in, from a page of ours, and for programs whose key names it.
pub(super) async fn stream(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(refusal) = visitor.may(routes::EVENTS.name, routes::EVENTS.role) {
        return refusal;
    }
    if !same_origin(&headers) {
        return pages::error(StatusCode::FORBIDDEN, "forbidden", None, "another page asks");
    }
    let address = visitor.address;
    upgrade.max_message_size(1024).on_upgrade(move |socket| speak(app, socket, headers, address))
}

async fn speak(app: App, mut socket: WebSocket, headers: HeaderMap, address: String) {
    let still_in = || visitor::still_in(&app, &headers, &address, &routes::EVENTS);
    let mut listener = app.engine.bus().listen();
    let mut pulse = tokio::time::interval(PULSE);
    let stop = app.engine.stop_signal().clone();
    loop {
        let message = tokio::select! {
            change = listener.next() => match change {
                // A session may have been ended or a key taken back: whoever holds it hears nothing after that.
                Some(Change::Changed { area: Area::People, .. }) if !still_in().await => break,
                Some(change) => text(&change),
                None => break,
            },
            _ = pulse.tick() => {
                if !still_in().await {
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

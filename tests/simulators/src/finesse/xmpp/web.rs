//! Carries a session over a WebSocket.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Carrier, Hub, Out};
use crate::finesse::node::{Condition, Xmpp};

/// Serves one client to its end, or until `cut`.
pub async fn serve(
    mut socket: WebSocket,
    hub: Arc<Hub>,
    mut condition: watch::Receiver<Condition>,
    cut: CancellationToken,
) {
    let (mut session, mut outbound) = hub.connect(Carrier::Web);
    let carried = async {
        loop {
            // While the node hangs nothing moves, in either direction.
            if condition.wait_for(|condition| condition.xmpp != Xmpp::Hang).await.is_err() {
                return;
            }
            tokio::select! {
                changed = condition.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                out = outbound.recv() => match out {
                    Some(Out::Text(text)) => {
                        if socket.send(Message::text(text)).await.is_err() {
                            return;
                        }
                    }
                    Some(Out::End) | None => {
                        return close(&mut socket, close_code::NORMAL, "Stream closed").await;
                    }
                    Some(Out::Refuse(code, reason)) => return close(&mut socket, code, reason).await,
                },
                said = socket.recv() => match said {
                    Some(Ok(Message::Text(text))) => session.frame(&text),
                    Some(Ok(Message::Binary(_))) => {
                        let reason = "Only text frames are supported, RFC 7395 3.2";
                        return close(&mut socket, close_code::UNSUPPORTED, reason).await;
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                },
            }
        }
    };
    cut.run_until_cancelled(carried).await;
    session.gone();
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    // Whoever has hung up already needs no farewell.
    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
}

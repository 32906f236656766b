//! The stream of changes of a server, opened again whenever it breaks.
//!
//! Deliberately not here: commands (`attach`).

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use pult_engine::bus::Change;
use rand::Rng;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{
        self, Message, client::IntoClientRequest, http::StatusCode, http::header::COOKIE, protocol::WebSocketConfig,
    },
};

use crate::{attach::Attached, desk::Reach};

/// The server asks every 20 s whether we are there; three times that without a word is a dead line.
const SILENCE: Duration = Duration::from_secs(60);
/// How long opening may take.
const OPENING: Duration = Duration::from_secs(15);
/// The first pause before the next try, ms.
const FIRST: u64 = 500;
/// The longest, ms.
const LONGEST: u64 = 30_000;
/// The largest message taken, bytes; a change names at most 200 ids.
const MESSAGE: usize = 64 << 10;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

enum OpenError {
    /// The session is over.
    SignedOut,
    /// Anything that may pass.
    Failed(String),
}

/// Listens while somebody is signed in, for as long as the program runs.
pub(crate) async fn run(server: Arc<Attached>) {
    let mut token = server.token();
    let mut attempt = 0;
    let mut had_stream = false;
    loop {
        if token.borrow_and_update().is_none() {
            server.reach.send_replace(Reach::SignedOut);
            (attempt, had_stream) = (0, false);
            if token.changed().await.is_err() {
                return;
            }
            server.reach.send_replace(Reach::Connecting);
            continue;
        }
        match open(&server).await {
            Ok(socket) => {
                attempt = 0;
                server.reach.send_replace(Reach::Connected);
                if had_stream {
                    let _ = server.heard.send(Change::Resync);
                }
                had_stream = true;
                tokio::select! {
                    () = listen(socket, &server) => {}
                    _ = token.changed() => continue,
                }
            }
            Err(OpenError::SignedOut) => {
                tracing::info!("the server wants somebody to sign in");
                server.forget().await;
                continue;
            }
            Err(OpenError::Failed(error)) => tracing::debug!(%error, "the stream of changes does not open"),
        }
        if server.reach.send_replace(Reach::Lost) != Reach::Lost {
            tracing::warn!(server = server.address(), "no news from the server; tries go on");
        }
        let wait = pause(attempt, rand::rng().random());
        attempt += 1;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = token.changed() => {}
        }
    }
}

async fn open(server: &Attached) -> Result<Socket, OpenError> {
    let failed = |error: &dyn std::fmt::Display| OpenError::Failed(error.to_string());
    let mut url = server.api("events").map_err(|e| failed(&e))?;
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    if url.set_scheme(scheme).is_err() {
        return Err(OpenError::Failed("the address takes no stream".to_owned()));
    }
    let mut request = url.as_str().into_client_request().map_err(|e| failed(&e))?;
    let cookie = server.cookie().ok_or(OpenError::SignedOut)?;
    request.headers_mut().insert(COOKIE, cookie);
    let limits = WebSocketConfig::default().max_message_size(Some(MESSAGE)).max_frame_size(Some(MESSAGE));
    match timeout(OPENING, connect_async_with_config(request, Some(limits), true)).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(tungstenite::Error::Http(answer))) if answer.status() == StatusCode::UNAUTHORIZED => {
            Err(OpenError::SignedOut)
        }
        Ok(Err(error)) => Err(failed(&error)),
        Err(late) => Err(failed(&late)),
    }
}

/// Passes on what the server says until the line breaks.
async fn listen(mut socket: Socket, server: &Attached) {
    loop {
        let text = match timeout(SILENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => text,
            // Answers to pings are written by the library when it is flushed.
            Ok(Some(Ok(Message::Ping(_)))) => match socket.flush().await {
                Ok(()) => continue,
                Err(_) => return,
            },
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => return,
            Ok(Some(Ok(_))) => continue,
        };
        // A newer server may tell of areas that no screen of this window shows.
        if let Ok(change) = serde_json::from_str::<Change>(&text) {
            // Nobody looks while the window is closed.
            let _ = server.heard.send(change);
        }
    }
}

/// The pause doubles up to half a minute, half of it by chance, so that a hundred windows do not come back at once.
fn pause(attempt: u32, chance: f64) -> Duration {
    let step = FIRST.saturating_mul(1 << attempt.min(16)).min(LONGEST);
    Duration::from_millis(step / 2) + Duration::from_millis(step / 2).mul_f64(chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_half_a_minute() {
        let longest: Vec<u128> = [0, 1, 2, 20, u32::MAX].map(|a| pause(a, 1.0).as_millis()).to_vec();
        assert_eq!(longest, [500, 1000, 2000, 30_000, 30_000]);
        assert_eq!(pause(3, 0.0).as_millis(), 2000);
    }
}

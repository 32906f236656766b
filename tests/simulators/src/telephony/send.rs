//! Sends one request until it is answered for good: waits as `Retry-After` says on 429 and 5xx, backs off on a broken
//! connection, stops when told to. What an answer means is the caller's affair.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::{RequestBuilder, Response, StatusCode, header::RETRY_AFTER};
use tokio_util::sync::CancellationToken;

use super::tally::Tally;

/// The longest pause between two tries, whatever the other side asks for.
const LONGEST: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// All tries failed.
    GaveUp,
    /// The run was told to stop.
    Stopped,
}

/// The shared tally of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedTally(Arc<Mutex<Tally>>);

impl SharedTally {
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Tally) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Sends what `build` makes, anew for each try, at most `tries` times. A request in flight is let finish when `stop`
/// comes: whether it was acknowledged must stay known.
pub(super) async fn send(
    build: impl Fn() -> RequestBuilder,
    tries: u32,
    tally: &SharedTally,
    stop: &CancellationToken,
) -> Result<Response, Silence> {
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=tries.max(1) {
        if stop.is_cancelled() {
            return Err(Silence::Stopped);
        }
        let wait = match build().send().await {
            Ok(response) if !is_passing(response.status()) => return Ok(response),
            Ok(response) => {
                tracing::debug!(status = response.status().as_u16(), attempt, "not now");
                asked_pause(&response).unwrap_or(pause)
            }
            Err(error) => {
                // The address of a legacy hook holds the key.
                tracing::debug!(error = %error.without_url(), attempt, "no answer");
                pause
            }
        };
        if attempt == tries.max(1) {
            break;
        }
        tally.with(|tally| tally.retries += 1);
        if stop.run_until_cancelled(tokio::time::sleep(wait.min(LONGEST))).await.is_none() {
            return Err(Silence::Stopped);
        }
        pause = (pause * 2).min(LONGEST / 2);
    }
    tally.with(|tally| tally.lost += 1);
    Err(Silence::GaveUp)
}

fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

fn asked_pause(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

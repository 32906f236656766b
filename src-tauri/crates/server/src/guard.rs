//! Keeps one source from crowding out the others: a rate per address, a bounded memory of addresses, a time for every answer.
//!
//! Deliberately not here: limits of connections and headers (`listen`) and of bodies (each route's own).

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock};

use crate::{Edge, pages, seats};

/// Addresses remembered before idle ones are forgotten.
const REMEMBERED: usize = 10_000;
/// The longest an answer may take at the listeners every server has.
pub(crate) const ANSWER: Duration = Duration::from_secs(60);

/// A rate per source.
pub(crate) struct Guard {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
}

impl Guard {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst));
        Self { limiter: DefaultKeyedRateLimiter::keyed(quota) }
    }

    /// Lets one request of a source pass, or says how long it has to wait.
    fn pass(&self, source: IpAddr) -> Result<(), Duration> {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        self.limiter
            .check_key(&seats::source(source))
            .map_err(|until| until.wait_time_from(governor::clock::DefaultClock::default().now()))
    }
}

/// The sender's address, for handlers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sender(pub(crate) IpAddr);

/// Middleware: finds the sender, applies the rate, bounds the time.
pub(crate) async fn limit(
    State((edge, listener)): State<(Arc<Edge>, &'static str)>,
    ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let sender = edge.proxies.sender(peer, request.headers());
    request.extensions_mut().insert(Sender(sender));
    let by_proxy = edge.proxies.trust(peer.ip().to_canonical());
    let seat = by_proxy.then(|| edge.forwarded.take(sender));
    let passed = match seat {
        Some(None) => Err(Duration::from_secs(1)),
        _ => edge.guard.pass(sender),
    };
    let answer = match passed {
        Err(wait) => {
            metrics::counter!("pult_http_limited_total", "listener" => listener).increment(1);
            let mut answer =
                pages::error(StatusCode::TOO_MANY_REQUESTS, "busy", None, "too many requests from this address");
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
            answer
        }
        Ok(()) => tokio::time::timeout(edge.answer, next.run(request)).await.unwrap_or_else(|_| {
            pages::error(StatusCode::SERVICE_UNAVAILABLE, "busy", None, "no answer in time").into_response()
        }),
    };
    // Whatever shape it has, and whoever made it.
    let answer = pages::later(answer);
    metrics::counter!("pult_http_answers_total", "listener" => listener, "status" => answer.status().as_str().to_owned())
        .increment(1);
    answer
}

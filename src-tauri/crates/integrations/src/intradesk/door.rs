//! One request to the service desk: at the account's pace, its address written once for both products.
//!
//! Deliberately not here: who asks (the two products'), and what an answer means (`trouble`).

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, RequestBuilder};
use url::Url;

use crate::{
    CallError, Exchange,
    transport::{
        http::{self as web, Answer},
        mask::Mask,
        pace::Pace,
    },
};

use super::trouble;

/// The way out, shared by everything that asks.
pub(super) struct Door {
    http: web::Client,
    pace: Pace,
}

/// What came of a request.
pub(super) struct Heard {
    /// The answer, or what to do next.
    pub(super) answer: Result<Answer, CallError>,
    /// Whether somebody there began to answer.
    pub(super) answered: bool,
}

impl Heard {
    /// What came of a request that changes nothing, whatever its method: it is never in doubt.
    pub(super) fn of_reading(self) -> Result<Answer, CallError> {
        self.answer.map_err(|error| match error {
            CallError::OutcomeUnknown { detail } => CallError::Unreachable { detail },
            other => other,
        })
    }
}

impl Door {
    pub(super) fn new(http: web::Client, pace: Pace) -> Self {
        Self { http, pace }
    }

    /// A request to be filled in and [sent](Self::send).
    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends a request once, in its turn.
    pub(super) async fn send(&self, request: RequestBuilder, mask: &Mask, said: &mut Vec<Exchange>) -> Heard {
        let Ok(request) = request.build() else {
            return Heard { answer: Err(trouble::refused("the address cannot be asked")), answered: false };
        };
        self.pace.turn().await;
        let spoken = self.http.send(request, mask).await;
        let answered = spoken.exchange.status.is_some();
        said.push(spoken.exchange);
        Heard { answer: spoken.outcome, answered }
    }
}

/// An address below `base`.
pub(super) fn address(base: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    let pairs: Vec<String> = query.iter().map(|(name, value)| pair(name, value)).collect();
    url.set_query((!pairs.is_empty()).then(|| pairs.join("&")).as_deref());
    url.set_fragment(None);
    url
}

/// A pair of a query. Names are plain, and their `$` stays as it is; a blank in a value is `%20`, because not every reader of
/// expressions takes `+` for one.
pub(super) fn pair(name: &str, value: &str) -> String {
    format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
}

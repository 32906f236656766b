//! The second place to look from: tries an address from this workstation's own process, which sees a status code where a page
//! sees none.
//!
//! Deliberately not here: which addresses and when (the page asks), and whose side is broken (the engine says).

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use pult_domain::areas::network::Trouble;
use reqwest::{Client, Method, redirect};
use serde::Serialize;
use url::Url;

/// How long an answer is waited for (behaviour/helpdesk 6).
const LIMIT: Duration = Duration::from_secs(3);

/// How an address answered.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Look {
    reached: bool,
    time_ms: Option<f64>,
    status: Option<u16>,
    trouble: Option<Trouble>,
}

impl Look {
    fn failed(trouble: Trouble) -> Self {
        Self { reached: false, time_ms: None, status: None, trouble: Some(trouble) }
    }
}

/// Tries an https address once. Whatever answers counts, also a refusal.
pub(crate) async fn look(url: &str) -> Look {
    // Anything but https could be made to speak with a neighbour that never expected it.
    let Some(url) = Url::parse(url).ok().filter(|url| url.scheme() == "https") else {
        return Look::failed(Trouble::NotAllowed);
    };
    let Some(client) = client() else { return Look::failed(Trouble::NotAllowed) };
    let began = Instant::now();
    match client.request(Method::HEAD, url).send().await {
        Ok(answer) => Look {
            reached: true,
            time_ms: Some(began.elapsed().as_secs_f64() * 1_000.0),
            status: Some(answer.status().as_u16()),
            trouble: None,
        },
        Err(error) => Look::failed(trouble(&error)),
    }
}

/// One client for the life of the program; every try is a connection of its own, so that its time says something.
fn client() -> Option<&'static Client> {
    static CLIENT: OnceLock<Option<Client>> = OnceLock::new();
    let made = CLIENT.get_or_init(|| {
        Client::builder()
            .timeout(LIMIT)
            .pool_max_idle_per_host(0)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("pult/", env!("CARGO_PKG_VERSION")))
            .build()
            .inspect_err(|error| tracing::error!(%error, "this workstation cannot look at the network"))
            .ok()
    });
    made.as_ref()
}

fn trouble(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() {
        return Trouble::Timeout;
    }
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let wrapped = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is::<rustls::Error>() || wrapped.is_some_and(|e| e.is::<rustls::Error>()) {
            return Trouble::Tls;
        }
        cause = inner.source();
    }
    Trouble::Unreachable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_https_addresses_are_tried() {
        for url in ["http://127.0.0.1/", "file:///etc/hosts", "no address"] {
            assert_eq!(look(url).await, Look::failed(Trouble::NotAllowed), "{url}");
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_out_of_reach() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        assert_eq!(look(&format!("https://127.0.0.1:{port}/")).await, Look::failed(Trouble::Unreachable));
    }
}

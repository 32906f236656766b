//! The telephony platform as it is set up, and certificates that people have accepted.
//!
//! Deliberately not here: its session (`streams`).

use std::sync::Arc;

use pult_integrations::{Shared, finesse, transport::tls::Pin};

use super::Outside;
use crate::config::{self, FinesseTransport};

/// Connects the platform, or keeps the connection there is.
pub(super) fn connect(config: &config::Finesse, outside: &Outside) -> Option<Shared> {
    let Outside { credentials, clock, installation, held, .. } = outside;
    held.platform.of(settings(config), config.ca.as_ref(), |settings| {
        let (clock, resource) = (clock.clone(), format!("console-{installation}"));
        let now = Arc::new(move || clock.now());
        match finesse::Finesse::new(settings, credentials.clone(), now, resource, held.attempts.clone()) {
            Ok(finesse) => Some(Arc::new(finesse)),
            Err(error) => {
                tracing::error!(%error, "the telephony platform cannot be connected as it is set up");
                None
            }
        }
    })
}

/// The platform's settings, once the address and the account are named.
fn settings(finesse: &config::Finesse) -> Option<finesse::Settings> {
    let config::Finesse { enabled: true, url: Some(url), login: Some(login), .. } = finesse else { return None };
    let pins: Vec<Pin> = finesse.pins.iter().filter_map(|pin| pin_of(pin)).collect();
    let node = |url: &url::Url| finesse::NodeSettings { pins: pins.clone(), ..finesse::NodeSettings::new(url.clone()) };
    Some(finesse::Settings {
        a: node(url),
        b: finesse.second_url.as_ref().map(node),
        ca: finesse.ca.clone(),
        transport: match finesse.transport {
            FinesseTransport::Auto => finesse::Transport::Auto,
            FinesseTransport::Websocket => finesse::Transport::Websocket,
            FinesseTransport::DirectTls => finesse::Transport::DirectTls,
            FinesseTransport::Polling => finesse::Transport::Polling,
        },
        direct_tls: finesse.direct_tls,
        poll_interval_s: finesse.poll_interval_s,
        ..finesse::Settings::new(url.clone(), login)
    })
}

/// A fingerprint with what a person has accepted besides.
pub(super) fn pin_of(text: &str) -> Option<Pin> {
    let mut words = text.split_whitespace();
    let sha256 = words.next()?.to_owned();
    let accepted: Vec<&str> = words.collect();
    Some(Pin { sha256, expired: accepted.contains(&"expired"), other_name: accepted.contains(&"other-name") })
}

//! The telephony platform as it is set up, and certificates that people have accepted.
//!
//! Deliberately not here: its session (`streams`).

use std::sync::Arc;

use pult_integrations::{
    Shared,
    finesse::{self, NodePin},
    transport::tls::Pin,
};

use super::Outside;
use crate::config::{self, Config, FinesseTransport};

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
    let first = url.host_str().unwrap_or_default();
    Some(finesse::Settings {
        b: finesse.second_url.clone().map(finesse::NodeSettings::new),
        ca: finesse.ca.clone(),
        pins: finesse.pins.iter().filter_map(|pin| node_pin_of(pin, first)).collect(),
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

/// A node, the fingerprint, and what a person has accepted besides. Without a node's name it is that of the first one: one
/// certificate is never good for both.
fn node_pin_of(text: &str, first: &str) -> Option<NodePin> {
    let (node, rest) = match text.split_whitespace().next() {
        Some(node) if !is_fingerprint(node) => (node, text.trim_start().strip_prefix(node)?),
        _ => (first, text),
    };
    Some(NodePin { node: node.to_owned(), pin: pin_of(rest)? })
}

/// Certificates accepted node by node, as they stand in the settings.
pub(crate) struct Pins<'a> {
    /// The setting they are kept in.
    pub(crate) path: &'static str,
    /// What is kept.
    pub(crate) pins: &'a [String],
    /// The host of the first node, once it is set.
    pub(crate) first: Option<&'a str>,
}

/// The accepted certificates of an integration; none where they are not accepted node by node.
pub(crate) fn pins<'a>(config: &'a Config, integration: &str) -> Option<Pins<'a>> {
    let platform = &config.integrations.finesse;
    (integration == finesse::NAME).then(|| Pins {
        path: "integrations.finesse.pins",
        pins: &platform.pins,
        first: platform.url.as_ref().and_then(|url| url.host_str()),
    })
}

/// The pins as they are once a person has accepted a certificate of that node: one takes the place of all the node had before.
/// `first` is the host of the first node.
pub(crate) fn accepted(pins: &[String], first: &str, node: &str, pin: &Pin) -> Vec<String> {
    let others = pins.iter().filter(|text| {
        let known = node_pin_of(text, first);
        known.is_none_or(|known| !known.node.eq_ignore_ascii_case(node))
    });
    let (expired, other_name) =
        (if pin.expired { " expired" } else { "" }, if pin.other_name { " other-name" } else { "" });
    let fresh = format!("{node} {}{expired}{other_name}", pin.sha256);
    others.cloned().chain([fresh]).collect()
}

/// Whether it is a SHA-256 in hexadecimal, with colons or without.
pub(crate) fn is_fingerprint(word: &str) -> bool {
    let digits: Vec<char> = word.chars().filter(|c| *c != ':').collect();
    digits.len() == 64 && digits.iter().all(char::is_ascii_hexdigit)
}

/// A fingerprint with what a person has accepted besides.
pub(super) fn pin_of(text: &str) -> Option<Pin> {
    let mut words = text.split_whitespace();
    let sha256 = words.next()?.to_owned();
    let accepted: Vec<&str> = words.collect();
    Some(Pin { sha256, expired: accepted.contains(&"expired"), other_name: accepted.contains(&"other-name") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(node: &str, digit: &str) -> String {
        format!("{node} {}", digit.repeat(64))
    }

    #[test]
    fn an_accepted_certificate_is_that_of_one_node() {
        let bare = "a".repeat(64);
        let pin = node_pin_of(&bare, "fin-a.cc.example").unwrap();
        assert_eq!((pin.node.as_str(), pin.pin.sha256), ("fin-a.cc.example", bare));
        let pin =
            node_pin_of(&format!("{} expired other-name", named("fin-b.cc.example", "b")), "fin-a.cc.example").unwrap();
        assert_eq!((pin.node.as_str(), pin.pin.expired, pin.pin.other_name), ("fin-b.cc.example", true, true));
        let spelt = ["AB"; 32].join(":");
        assert_eq!(node_pin_of(&spelt, "fin-a.cc.example").unwrap().node, "fin-a.cc.example");
        assert!(node_pin_of("fin-b.cc.example", "fin-a.cc.example").is_none(), "a name without a fingerprint");
    }

    #[test]
    fn a_newly_accepted_certificate_takes_the_place_of_the_node_s_old_one_only() {
        let known = ["c".repeat(64), named("FIN-B.cc.example", "b")];
        let fresh = Pin { sha256: "d".repeat(64), expired: true, other_name: false };
        let after = accepted(&known, "fin-a.cc.example", "fin-b.cc.example", &fresh);
        assert_eq!(after, ["c".repeat(64), format!("{} expired", named("fin-b.cc.example", "d"))]);
        let after = accepted(&known, "fin-a.cc.example", "fin-a.cc.example", &fresh);
        assert_eq!(after, [named("FIN-B.cc.example", "b"), format!("{} expired", named("fin-a.cc.example", "d"))]);
    }
}

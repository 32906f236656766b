//! The messenger by which people are told of notices and write to each other, as it is set up.
//!
//! Deliberately not here: holding its sessions (`streams`).

use std::sync::Arc;

use pult_integrations::{Shared, xmpp};

use super::{Outside, platform::pin_of};
use crate::config::{self, MessengerTls};

/// Connects the messenger, once the engine's own account is named.
pub(super) fn connect(config: &config::Xmpp, outside: &Outside) -> Option<Shared> {
    let config::Xmpp { enabled: true, jid: Some(jid), .. } = config else { return None };
    let settings = xmpp::Settings {
        host: config.host.clone(),
        port: config.port,
        tls: match config.tls {
            MessengerTls::Auto => xmpp::Tls::Auto,
            MessengerTls::Starttls => xmpp::Tls::Starttls,
            MessengerTls::Direct => xmpp::Tls::Direct,
        },
        ca: config.ca.clone(),
        pins: config.pins.iter().filter_map(|pin| pin_of(pin)).collect(),
        allow_plain: config.allow_plain,
        xhtml: config.xhtml,
        headlines: config.headlines,
        ..xmpp::Settings::new(jid)
    };
    let Outside { credentials, clock, installation, mailboxes, .. } = outside;
    let (clock, resource) = (clock.clone(), format!("console-{installation}"));
    match xmpp::Xmpp::new(settings, credentials.clone(), mailboxes.clone(), Arc::new(move || clock.now()), resource) {
        Ok(messenger) => Some(Arc::new(messenger)),
        Err(error) => {
            tracing::error!(%error, "the messenger of notices cannot be connected as it is set up");
            None
        }
    }
}

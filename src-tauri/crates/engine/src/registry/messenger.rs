//! The messenger by which people are told of notices and write to each other, as it is set up.
//!
//! Deliberately not here: holding its sessions (`streams`).

use std::sync::Arc;

use pult_integrations::{Shared, xmpp};

use super::{Outside, platform::pin_of};
use crate::config::{self, MessengerTls};

/// Connects the messenger, or keeps the connection there is.
pub(super) fn connect(config: &config::Xmpp, outside: &Outside) -> Option<Shared> {
    let Outside { credentials, clock, installation, mailboxes, held, .. } = outside;
    held.messenger.of(settings(config), config.ca.as_ref(), |settings| {
        let (clock, resource) = (clock.clone(), format!("console-{installation}"));
        let now = Arc::new(move || clock.now());
        match xmpp::Xmpp::new(settings, credentials.clone(), mailboxes.clone(), now, resource) {
            Ok(messenger) => Some(Arc::new(messenger)),
            Err(error) => {
                tracing::error!(%error, "the messenger of notices cannot be connected as it is set up");
                None
            }
        }
    })
}

/// The messenger's settings, once the engine's own account is named.
fn settings(config: &config::Xmpp) -> Option<xmpp::Settings> {
    let config::Xmpp { enabled: true, jid: Some(jid), .. } = config else { return None };
    Some(xmpp::Settings {
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
    })
}

//! A messenger that speaks XMPP: the engine's own account tells people of notices, and people's own accounts are heard (contracts/xmpp,
//! behaviour/helpdesk 5).
//!
//! Deliberately not here: which notices go to whom, and what is kept of messages (the rules'), and the library's own connecting, which tries
//! a wrong password for ever, takes a server without its proof and falls back to a password in clear.

mod check;
mod delivery;
mod dial;
mod guard;
mod hold;
mod library;
mod lines;
mod lost;
mod say;
mod session;
mod sieve;
mod sign_in;
mod stream;
mod words;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use pult_domain::{
    Instant,
    areas::messages::{Account, Address},
};
use serde::{Deserialize, Serialize};
use xmpp_parsers::jid::BareJid;

use crate::{
    CheckStep, Completeness, Credentials, Delivery, Integration, Mailboxes, ParseError, Parsed, StoredRequest, Stream,
    reason,
    transport::{
        Clock,
        http::SetupError,
        tls::{Pin, Trust},
    },
};

use self::{dial::Place, lines::Lines, say::Manner};

/// The integration's name.
pub const NAME: &str = "xmpp";

/// Settings, without secrets. The password of [`Settings::jid`] is the secret `xmpp.password`, that of a person's own account
/// `xmpp.person.<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether it is connected.
    #[serde(default)]
    pub enabled: bool,
    /// The engine's own account, `local@domain`.
    pub jid: String,
    /// The host of that domain's server; where it is left out the domain's records tell, or the domain itself.
    #[serde(default)]
    pub host: Option<String>,
    /// The port at that host, or at the domain where it has no records; the usual one where it is left out.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is encrypted. There is no way without.
    #[serde(default)]
    pub tls: Tls,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// Certificates a person has accepted for that domain's server.
    #[serde(default)]
    pub pins: Vec<Pin>,
    /// Whether the password may be shown as it is, within TLS, to a server that takes it in no other way.
    #[serde(default)]
    pub allow_plain: bool,
    /// Whether notices also have a body of XHTML, for old programs.
    #[serde(default)]
    pub xhtml: bool,
    /// Whether notices of neither a status nor a comment go as headlines, which are not kept for those who are away.
    #[serde(default)]
    pub headlines: bool,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// As the domain's records say; at a host named in the settings by STARTTLS, on port 5223 from the first byte.
    #[default]
    Auto,
    /// Begun within a connection in clear, on which nothing else is said (STARTTLS).
    Starttls,
    /// From the first byte.
    Direct,
}

impl Settings {
    /// The usual terms for an account.
    #[must_use]
    pub fn new(jid: impl Into<String>) -> Self {
        Self {
            enabled: true,
            jid: jid.into(),
            host: None,
            port: None,
            tls: Tls::Auto,
            ca: None,
            pins: vec![],
            allow_plain: false,
            xhtml: false,
            headlines: false,
        }
    }
}

/// The connection to the messenger.
pub struct Xmpp {
    settings: Settings,
    bot: BareJid,
    ca: Option<Vec<u8>>,
    credentials: Arc<dyn Credentials>,
    mailboxes: Arc<dyn Mailboxes>,
    clock: Clock,
    resource: String,
    lines: Lines,
}

impl Xmpp {
    /// A connection. Passwords are read from `credentials` at each sign-in. `resource` names this installation among an account's sessions
    /// and has to stay the same: `console-` and 4 to 8 hexadecimal digits.
    ///
    /// # Errors
    /// When the account is no address, or the certificates cannot be read.
    pub fn new(
        settings: Settings,
        credentials: Arc<dyn Credentials>,
        mailboxes: Arc<dyn Mailboxes>,
        clock: Clock,
        resource: impl Into<String>,
    ) -> Result<Self, SetupError> {
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let ca = ca.map_err(|e| SetupError::Ca(e.to_string()))?;
        let bot = Address::read(&settings.jid).and_then(|address| stream::read(&address));
        let bot = bot.ok_or_else(|| SetupError::Client(format!("{}: not an address", settings.jid)))?;
        let (resource, lines) = (resource.into(), Lines::default());
        let made = Self { settings, bot, ca, credentials, mailboxes, clock, resource, lines };
        // Tells now what would otherwise be told by every session.
        made.place_of(&made.bot)?;
        Ok(made)
    }

    /// Where an address is served. The host, the port and the accepted certificates are those of the engine's own domain.
    fn place_of(&self, address: &BareJid) -> Result<Place, SetupError> {
        let settings = &self.settings;
        let own = address.domain() == self.bot.domain();
        let pins = if own { settings.pins.clone() } else { vec![] };
        Ok(Place {
            domain: address.domain().as_str().to_owned(),
            host: settings.host.clone().filter(|_| own),
            port: settings.port.filter(|_| own),
            tls: settings.tls,
            trust: Trust::new(self.ca.as_deref(), pins)?,
            allow_plain: settings.allow_plain,
        })
    }

    /// The name of an account's session: one account may be the engine's own and a person's at once.
    fn resource_of(&self, account: Account) -> String {
        match account {
            Account::Bot => format!("{}-bot", self.resource),
            Account::Person(person) => format!("{}-{person}", self.resource),
        }
    }

    fn manner(&self) -> Manner {
        Manner { xhtml: self.settings.xhtml, headlines: self.settings.headlines }
    }
}

/// The name of an account's password.
fn secret_of(account: Account) -> String {
    match account {
        Account::Bot => "xmpp.password".to_owned(),
        Account::Person(person) => format!("xmpp.person.{person}"),
    }
}

#[async_trait]
impl Integration for Xmpp {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Nothing is stored to be understood later: the sessions tell what they heard as it is.
    fn parse(&self, _record: &StoredRequest, _received_at: Instant) -> Result<Parsed, ParseError> {
        Err(ParseError::at("body", reason!("the messenger keeps no records")))
    }

    /// What was said meanwhile is read from the server's archive.
    fn completeness(&self) -> Completeness {
        Completeness::Asked
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }

    fn delivery(&self) -> Option<&dyn Delivery> {
        Some(self)
    }

    async fn check(&self) -> Vec<CheckStep> {
        self.check_steps().await
    }
}

#[cfg(test)]
mod tests;

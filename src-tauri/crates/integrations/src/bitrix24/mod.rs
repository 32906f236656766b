//! The portal people work in: finds who is to be asked, puts the question about a closed issue into their chat, and hears the answer
//! (contracts/bitrix24, behaviour/ratings); makes tasks of the accounting system's documents (behaviour/erp_tasks).
//!
//! Deliberately not here: whether somebody is asked and what an answer counts for (the rules of ratings), the page a link opens, and
//! who is given a task (the rule of documents).

mod bot;
mod check;
pub mod client;
mod delivery;
mod events;
mod form;
mod intake;
mod loose;
mod message;
mod people;
mod poll;
mod tasks;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    CheckStep, Credentials, Delivery, Integration, ParseError, Parsed, Poll, StoredRequest, Webhook,
    rating_links::RatingLinks,
    transport::{Clock, http::SetupError},
};

pub use self::tasks::Contents;

use self::{bot::Known, client::Client, message::Way, tasks::Desk};

/// The integration's name.
pub const NAME: &str = "bitrix24";

/// The secret that the portal's events carry.
const APPLICATION_TOKEN: &str = "bitrix24.application_token";
/// The secret of our bot, at most 40 characters: any text, the same for as long as the bot lives.
const BOT_TOKEN: &str = "bitrix24.bot_token";

/// Settings, without secrets. The keys of the webhooks are the secrets `ratings.bitrix_user_key` and `ratings.bitrix_message_key`, the
/// whole address of that of tasks is the secret `erp.bitrix_webhook`; events are known by `bitrix24.application_token`, our bot by
/// `bitrix24.bot_token`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `https://<portal>/rest/<user id>/`: the webhooks' address without the key.
    pub base: Url,
    /// By which methods questions are sent.
    #[serde(default)]
    pub message_method: MessageMethod,
    /// The bot to send as; where it is left out ours is registered, and its id found, when it is first needed.
    #[serde(default)]
    pub bot_id: Option<i64>,
    /// The text that the older bot methods know us by; they want one.
    #[serde(default)]
    pub client_id: Option<String>,
    /// The address under which people's browsers reach us: set, the buttons are links; left out, they are commands of the bot.
    #[serde(default)]
    pub public_url: Option<Url>,
    /// The kinds of users that may be asked: `employee`, `extranet`, `email`.
    #[serde(default = "employees")]
    pub user_types: Vec<String>,
    /// The most requests a second, all areas together: 2, with the vendor's dearest plan 5.
    #[serde(default = "two")]
    pub rate_per_second: u32,
    /// The most requests at once: 40, with the vendor's dearest plan 240.
    #[serde(default = "forty")]
    pub burst: u32,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

/// By which methods questions are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageMethod {
    /// As our bot where it has a token, otherwise by the older bot methods.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// As our bot.
    #[serde(rename = "imbot.v2")]
    ImbotV2,
    /// By the older bot methods, which the vendor is about to drop.
    #[serde(rename = "imbot")]
    Imbot,
    /// In the name of the webhook's owner, without a bot.
    #[serde(rename = "im")]
    Im,
}

fn employees() -> Vec<String> {
    vec!["employee".to_owned()]
}

fn two() -> u32 {
    2
}

fn forty() -> u32 {
    40
}

impl Settings {
    /// The address of a task's page for people, on the portal the webhooks belong to.
    #[must_use]
    pub fn task_page(&self) -> String {
        format!("{}/company/personal/user/{{person}}/tasks/task/view/{{id}}/", self.base.origin().ascii_serialization())
    }

    /// The usual terms for a portal at `base`.
    #[must_use]
    pub fn new(base: Url) -> Self {
        Self {
            base,
            message_method: MessageMethod::Auto,
            bot_id: None,
            client_id: None,
            public_url: None,
            user_types: employees(),
            rate_per_second: two(),
            burst: forty(),
            ca: None,
        }
    }
}

/// The connection to the portal.
pub struct Bitrix24 {
    settings: Settings,
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    client: Client,
    links: RatingLinks,
    known: Known,
    contents: Contents,
    desk: Desk,
}

impl Bitrix24 {
    /// A connection. Secrets are read from `credentials` at each use, files of documents from `contents`.
    ///
    /// # Errors
    /// When an address is not one, the certificates cannot be read, or no client can be made.
    pub fn new(
        settings: Settings,
        credentials: Arc<dyn Credentials>,
        clock: Clock,
        contents: Contents,
    ) -> Result<Self, SetupError> {
        if settings.public_url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
            return Err(SetupError::Client("the public address is not http or https".to_owned()));
        }
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let ca = ca.map_err(|e| SetupError::Ca(e.to_string()))?;
        let pace = (settings.rate_per_second, settings.burst);
        let client = Client::new(settings.base.clone(), pace, ca, Arc::clone(&credentials), Arc::clone(&clock))?;
        let links = RatingLinks::new(Arc::clone(&credentials));
        let (known, desk) = (Known::default(), Desk::default());
        Ok(Self { settings, credentials, clock, client, links, known, contents, desk })
    }

    /// A secret that has been set.
    fn secret(&self, name: &str) -> Option<String> {
        self.credentials.secret(name).filter(|secret| !secret.is_empty())
    }

    /// The way questions go by now.
    fn way(&self) -> Way {
        match self.settings.message_method {
            MessageMethod::ImbotV2 => Way::ImbotV2,
            MessageMethod::Imbot => Way::Imbot,
            MessageMethod::Im => Way::Im,
            MessageMethod::Auto if self.secret(BOT_TOKEN).is_some() => Way::ImbotV2,
            MessageMethod::Auto => Way::Imbot,
        }
    }

    /// Whether answers are fetched: our bot's are, because nobody need reach us for it.
    fn fetches(&self) -> bool {
        self.way() == Way::ImbotV2 && self.secret(BOT_TOKEN).is_some()
    }
}

#[async_trait]
impl Integration for Bitrix24 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn page_of_tasks(&self) -> Option<String> {
        Some(self.settings.task_page())
    }

    fn parse(&self, record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
        events::meaning(record, received_at)
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        Some(self)
    }

    fn poll(&self) -> Option<&dyn Poll> {
        self.fetches().then_some(self)
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

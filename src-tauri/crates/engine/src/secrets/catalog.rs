//! The secrets Pult asks for, given its configuration.
//!
//! Deliberately not here: secrets of single people, whose names are made when they connect an account.

use serde::Serialize;
use ts_rs::TS;

use super::{SecretError, SecretName};
use crate::config::{self, Config, DeskAuth, MessageMethod};

/// A secret some part of Pult asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Expected {
    /// Its name.
    #[ts(type = "string")]
    pub name: SecretName,
    /// What it opens, in English.
    pub about: String,
    /// The section of the configuration it belongs to; empty for keys of our own, which are made when first needed.
    pub section: &'static str,
    /// Whether that section is switched on.
    pub in_use: bool,
}

impl SecretName {
    /// Password of the XML service that knows the agencies.
    pub const AGENCIES_PASSWORD: Self = Self::written("agencies.password");
    /// Key the feed of finished calls presents.
    pub const CALL_FEED_KEY: Self = Self::written("cc.api_key");
    /// Password of the engine's account at the telephony platform.
    pub const FINESSE_PASSWORD: Self = Self::written("finesse.password");
    /// Our own key that signs links by which issues are rated.
    pub const RATING_LINK_KEY: Self = Self::written("ratings.link_key");
    /// The API key of the service desk.
    pub const OKDESK_TOKEN: Self = Self::written("ratings.okdesk_token");
    /// What the service desk's hooks carry.
    pub const OKDESK_WEBHOOK_KEY: Self = Self::written("ratings.webhook_key");
    /// The part of the portal's incoming webhook that is secret, for finding people.
    pub const BITRIX_USER_KEY: Self = Self::written("ratings.bitrix_user_key");
    /// The same, for sending messages.
    pub const BITRIX_MESSAGE_KEY: Self = Self::written("ratings.bitrix_message_key");
    /// What the portal's events carry.
    pub const BITRIX_APPLICATION_TOKEN: Self = Self::written("bitrix24.application_token");
    /// The whole address of the portal's incoming webhook that makes tasks.
    pub const ERP_PORTAL_WEBHOOK: Self = Self::written("erp.bitrix_webhook");
    /// Key the accounting system presents.
    pub const ERP_API_KEY: Self = Self::written("erp.api_key");
    /// The token of our bot at the portal.
    pub const BITRIX_BOT_TOKEN: Self = Self::written("bitrix24.bot_token");
    /// Password of the carousel's bot user at the service desk.
    pub const CAROUSEL_PASSWORD: Self = Self::written("carousel.password");
    /// A key of the service desk's in place of the bot user.
    pub const CAROUSEL_API_KEY: Self = Self::written("carousel.api_key");
    /// Token of our bot in the messenger.
    pub const CHAT_TOKEN: Self = Self::written("ct.pachca_token");
    /// What signs the messenger's webhooks.
    pub const CHAT_WEBHOOK_SECRET: Self = Self::written("ct.webhook_secret");
    /// Token of our account at the tracker.
    pub const TRACKER_TOKEN: Self = Self::written("ct.tracker_token");
    /// Name of our account at the tracker, where it has no token.
    pub const TRACKER_USER: Self = Self::written("ct.tracker_basic_user");
    /// And its password.
    pub const TRACKER_PASSWORD: Self = Self::written("ct.tracker_basic_pass");
    /// Key the tracker's triggers present.
    pub const TRACKER_HOOK_KEY: Self = Self::written("ct.tracker_hook_key");
    /// A second such key, while one takes the place of the other.
    pub const TRACKER_HOOK_KEY_NEXT: Self = Self::written("ct.tracker_hook_key_next");
    /// Token of the directory.
    pub const DIRECTORY_TOKEN: Self = Self::written("ct.y360_token");
    /// Key of our account at the tracker people work in by hand.
    pub const REDMINE_KEY: Self = Self::written("redmine.key");
    /// What signs that tracker's webhooks.
    pub const REDMINE_WEBHOOK_SECRET: Self = Self::written("redmine.webhook_secret");
    /// Our token at the staff register.
    pub const REGISTER_TOKEN: Self = Self::written("erp_auth.token");
    /// Password of the engine's own account of the messenger.
    pub const XMPP_PASSWORD: Self = Self::written("xmpp.password");
    /// Our own key that signs addresses of call cards.
    pub const CARD_SIGNING_KEY: Self = Self::written("cards.signing_key");

    /// Password of a person's own account of the messenger, by their number among the console's people.
    ///
    /// # Errors
    /// [`SecretError::BadName`] for what is nobody's number.
    pub fn messenger_of(person: i64) -> Result<Self, SecretError> {
        format!("xmpp.person.{person}").parse()
    }

    /// Key of one telephony client.
    ///
    /// # Errors
    /// [`SecretError::BadName`] when the client's name is not one the configuration allows.
    pub fn telephony_client(client: &str) -> Result<Self, SecretError> {
        if client.contains('.') { Err(SecretError::BadName) } else { format!("telephony.client.{client}").parse() }
    }
}

/// Whether questions cannot go out without the token of our bot: messages in the name of the webhook's owner and the older bots'
/// interface do without it.
fn wants_bot(portal: &config::Bitrix24) -> bool {
    match portal.message_method {
        MessageMethod::ImbotV2 => true,
        MessageMethod::Auto => portal.client_id.is_none(),
        MessageMethod::Im | MessageMethod::Imbot => false,
    }
}

/// The secrets this configuration asks for, whether set or not.
#[must_use]
pub fn expected(config: &Config) -> Vec<Expected> {
    let vendors = &config.integrations;
    let fixed = [
        (SecretName::CARD_SIGNING_KEY, "Signs addresses of call cards.", "", true),
        (SecretName::RATING_LINK_KEY, "Signs links by which issues are rated.", "", true),
        (
            SecretName::OKDESK_TOKEN,
            "API key of an employee of the service desk who may set ratings.",
            "integrations.okdesk",
            vendors.okdesk.enabled,
        ),
        (
            SecretName::OKDESK_WEBHOOK_KEY,
            "Key at the end of the address the service desk's webhook is given.",
            "integrations.okdesk",
            vendors.okdesk.enabled,
        ),
        (
            SecretName::BITRIX_USER_KEY,
            "Secret part of the incoming webhook that finds people.",
            "integrations.bitrix24",
            vendors.bitrix24.enabled,
        ),
        (
            SecretName::BITRIX_MESSAGE_KEY,
            "Secret part of the incoming webhook that sends messages.",
            "integrations.bitrix24",
            vendors.bitrix24.enabled,
        ),
        (
            SecretName::BITRIX_APPLICATION_TOKEN,
            "Token the portal's events carry.",
            "integrations.bitrix24",
            vendors.bitrix24.enabled,
        ),
        (
            SecretName::BITRIX_BOT_TOKEN,
            "Token of our bot, up to 40 characters of our own choice.",
            "integrations.bitrix24",
            vendors.bitrix24.enabled && wants_bot(&vendors.bitrix24),
        ),
        (
            SecretName::ERP_PORTAL_WEBHOOK,
            "Whole address of the incoming webhook that makes tasks.",
            "integrations.erp",
            vendors.erp.enabled,
        ),
        (
            SecretName::ERP_API_KEY,
            "Key the accounting system presents; needed when it calls from another machine.",
            "integrations.erp",
            vendors.erp.enabled && !vendors.erp.bind.ip().is_loopback(),
        ),
        (
            SecretName::CAROUSEL_PASSWORD,
            "Password of the bot user by whom tickets are given out.",
            "integrations.intradesk",
            vendors.intradesk.enabled && vendors.intradesk.auth == DeskAuth::Password,
        ),
        (
            SecretName::CAROUSEL_API_KEY,
            "Key of the service desk's in place of the bot user.",
            "integrations.intradesk",
            vendors.intradesk.enabled && vendors.intradesk.auth == DeskAuth::Apikey,
        ),
        (SecretName::CHAT_TOKEN, "Token of our bot in the messenger.", "integrations.pachca", vendors.pachca.enabled),
        (
            SecretName::CHAT_WEBHOOK_SECRET,
            "Signing secret of the bot's webhooks.",
            "integrations.pachca",
            vendors.pachca.enabled,
        ),
        (
            SecretName::TRACKER_TOKEN,
            "Token of our account at the tracker.",
            "integrations.tracker",
            vendors.tracker.enabled,
        ),
        (
            SecretName::TRACKER_USER,
            "Name of our account at the tracker, where it has no token.",
            "integrations.tracker",
            false,
        ),
        (SecretName::TRACKER_PASSWORD, "Password of that account.", "integrations.tracker", false),
        (
            SecretName::TRACKER_HOOK_KEY,
            "Key that the tracker's triggers present.",
            "integrations.tracker",
            vendors.tracker.enabled,
        ),
        (
            SecretName::TRACKER_HOOK_KEY_NEXT,
            "A second key of the triggers, while one takes the place of the other.",
            "integrations.tracker",
            false,
        ),
        (
            SecretName::DIRECTORY_TOKEN,
            "Token that may read the directory of people and departments.",
            "integrations.yandex360",
            vendors.yandex360.enabled,
        ),
        (
            SecretName::REDMINE_KEY,
            "Key of our account at the tracker people work in by hand.",
            "integrations.redmine",
            vendors.redmine.enabled,
        ),
        (SecretName::REDMINE_WEBHOOK_SECRET, "What signs that tracker's webhooks.", "integrations.redmine", false),
        (
            SecretName::REGISTER_TOKEN,
            "Our token at the staff register that knows people's passwords.",
            "integrations.staff",
            vendors.staff.enabled,
        ),
        (
            SecretName::XMPP_PASSWORD,
            "Password of the engine's own account of the messenger.",
            "integrations.xmpp",
            vendors.xmpp.enabled,
        ),
        (
            SecretName::AGENCIES_PASSWORD,
            "Password of the XML service that knows the agencies.",
            "integrations.agencies",
            vendors.agencies.enabled,
        ),
        (
            SecretName::CALL_FEED_KEY,
            "Key the feed of finished calls presents.",
            "integrations.call_feed",
            vendors.call_feed.enabled,
        ),
        (
            SecretName::FINESSE_PASSWORD,
            "Password of the engine's account at the telephony platform.",
            "integrations.finesse",
            vendors.finesse.enabled,
        ),
    ];
    let fixed = fixed.into_iter().map(|(name, about, section, in_use)| Expected {
        name,
        about: about.to_owned(),
        section,
        in_use,
    });
    let clients = vendors.telephony.clients.iter().filter_map(|client| {
        Some(Expected {
            name: SecretName::telephony_client(client).ok()?,
            about: format!("Key the telephony client {client} presents."),
            section: "integrations.telephony",
            in_use: vendors.telephony.enabled,
        })
    });
    fixed.chain(clients).collect()
}

//! Settings of the integrations, one section per vendor under the name of its folder. Every integration is off until
//! told otherwise.
//!
//! Deliberately not here: messengers and what is joined with them (`messengers`), passwords and keys (`secrets`), and what a vendor's
//! contract fixes (its folder).

mod messengers;

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

pub use self::messengers::{MessengerTls, Pachca, Tracker, TrackerAuth, Xmpp, Yandex360};
use super::section::section;

section! {
    /// The systems Pult talks with.
    pub struct Integrations {}
    sections {
        /// The telephony client that opens call cards.
        telephony: Telephony,
        /// The XML service that knows the agencies.
        agencies: Agencies,
        /// The feed of finished calls.
        call_feed: CallFeed,
        /// The telephony platform whose operators are watched.
        finesse: Finesse,
        /// The service desk whose closed issues are rated.
        okdesk: Okdesk,
        /// The portal whose messenger asks people, and whose tasks are given out.
        bitrix24: Bitrix24,
        /// The accounting system whose documents become tasks.
        erp: ErpSender,
        /// The service desk whose tickets go round.
        intradesk: Intradesk,
        /// The messenger whose conversations become issues.
        pachca: Pachca,
        /// The tracker whose issues have conversations.
        tracker: Tracker,
        /// The directory that knows people's departments.
        yandex360: Yandex360,
        /// The tracker in which people work with tickets by hand.
        redmine: Redmine,
        /// The staff register that knows people's passwords.
        staff: Staff,
        /// The messenger by which people are told of notices and write to each other.
        xmpp: Xmpp,
    }
}

section! {
    /// The tracker in which people work with tickets by hand. The key of our account is the secret `redmine.key`, the one that signs its
    /// webhooks `redmine.webhook_secret`; people may connect keys of their own.
    pub struct Redmine {
        /// Talk with the tracker.
        enabled: bool = false => any(Kind::Flag),
        /// Its address, with the prefix where it has one.
        base: Option<Url> = None => any(Kind::Url).sample(r#""https://help.example.com/redmine""#),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/redmine-ca.pem""#),
        /// Projects whose tickets are followed, by identifier or number, each with all below it. Empty: all that our account sees.
        projects: Vec<String> = Vec::new() => bounded(Kind::Texts, 0, 100),
        /// How far back each look reaches beyond the last one: slow transactions and clocks that differ.
        overlap_s: u32 = 120 => whole(10, 3_600, "s"),
        /// Closed tickets that were changed in so many days are read in the first look; open ones of any age.
        history_days: u32 = 400 => whole(1, 3_650, "days"),
        /// Whether it is Easy Redmine: found out (`auto`), or settled (`on`, `off`).
        easy: Easy = Easy::Auto => choice(<Easy as strum::VariantNames>::VARIANTS),
    }
    sections {}
}

section! {
    /// The staff register that knows people's passwords: whoever has none of ours signs in by its word. Our token is the secret
    /// `erp_auth.token`.
    pub struct Staff {
        /// Ask it at each sign-in.
        enabled: bool = false => any(Kind::Flag),
        /// Its address; `/verify` is appended to it. `https`, except on this machine.
        base: Option<Url> = None => any(Kind::Url).sample(r#""https://erp.example.com/auth""#),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/staff-ca.pem""#),
        /// Somebody it knows who has no account here gets one at their first sign-in, as a viewer. Otherwise an administrator makes it.
        auto_create: bool = false => any(Kind::Flag),
    }
    sections {}
}

/// Whether the tracker is Easy Redmine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Easy {
    /// It is found out.
    #[default]
    Auto,
    /// It is.
    On,
    /// It is not.
    Off,
}

section! {
    /// The accounting system whose documents become tasks. It has a listener of its own; the key it presents there is the secret
    /// `erp.api_key`. The webhook by which its tasks are made is the secret `erp.bitrix_webhook`, the whole address.
    pub struct ErpSender {
        /// Take documents in.
        enabled: bool = false => any(Kind::Flag),
        /// Address and port to listen on. Beyond this machine only with a key.
        bind: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8000)) => any(Kind::Address),
        /// How long the sender waits for the outcome.
        sync_timeout_s: u32 = 25 => whole(1, 300, "s"),
        /// Largest accepted document with its files; more is answered 413.
        max_body_mb: u32 = 50 => whole(1, 200, "MiB"),
    }
    sections {}
}

section! {
    /// The service desk whose tickets go round. The bot user's password is the secret `carousel.password`, a key instead of it
    /// `carousel.api_key`.
    pub struct Intradesk {
        /// Talk with the service desk.
        enabled: bool = false => any(Kind::Flag),
        /// Which of the two products it is.
        product: DeskProduct = DeskProduct::Intradesk => choice(<DeskProduct as strum::VariantNames>::VARIANTS),
        /// Host of the company's pages there.
        tenant: Option<String> = None => bounded(Kind::Text, 3, 253).sample(r#""company.intradesk.example""#),
        /// How Pult proves who it is: the bot user's password, or a key.
        auth: DeskAuth = DeskAuth::Password => choice(<DeskAuth as strum::VariantNames>::VARIANTS),
        /// The bot user's login name.
        login: Option<String> = None => bounded(Kind::Text, 1, 128).sample(r#""carousel-bot""#),
        /// Where tokens are given. Unset: the vendor's address.
        login_base: Option<Url> = None => any(Kind::Url).sample(r#""https://login.intradesk.example/""#),
        /// The gateway. Unset: the vendor's address.
        api_base: Option<Url> = None => any(Kind::Url).sample(r#""https://apigw.intradesk.example/""#),
        /// Address of the product on one's own machines (`product = "intraservice"`).
        base: Option<Url> = None => any(Kind::Url).sample(r#""https://desk.example.com/""#),
        /// Zone of that product's times, which name none.
        time_zone: String = "Europe/Moscow".to_owned() => any(Kind::Zone),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/desk-ca.pem""#),
        /// Most requests a second.
        rate_per_second: u32 = 5 => whole(1, 50, "requests/s"),
    }
    sections {}
}

impl Integrations {
    /// The hosts an integration is reached at, as far as its settings name them by an address.
    #[must_use]
    pub fn hosts_of(&self, name: &str) -> Vec<String> {
        let all = serde_json::to_value(self).unwrap_or_default();
        let values =
            all.get(name).and_then(serde_json::Value::as_object).into_iter().flat_map(|section| section.values());
        let urls = values.filter_map(|value| Url::parse(value.as_str()?).ok());
        let mut hosts: Vec<String> = urls.filter_map(|url| url.host_str().map(str::to_owned)).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }

    /// Host of the company's pages at the service desk whose tickets go round.
    #[must_use]
    pub fn desk_host(&self) -> Option<&str> {
        // An address left over from the other product is nobody's.
        self.intradesk.tenant.as_deref().filter(|_| !self.desk_lists_by_file())
    }

    /// Whether that service desk names no services, people and groups, so that files bring them.
    #[must_use]
    pub fn desk_lists_by_file(&self) -> bool {
        self.intradesk.product == DeskProduct::Intraservice
    }
}

/// The products of one maker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DeskProduct {
    /// In the cloud.
    #[default]
    Intradesk,
    /// On one's own machines.
    Intraservice,
}

/// How Pult proves who it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DeskAuth {
    /// The bot user's password.
    #[default]
    Password,
    /// A key of the company's.
    Apikey,
}

section! {
    /// The telephony client that opens call cards. Each client has a key of its own: secret `telephony.client.<name>`.
    pub struct Telephony {
        /// Answer the telephony routes.
        enabled: bool = false => any(Kind::Flag),
        /// Networks the clients call from. Empty: the key alone decides.
        allow_addresses: Vec<IpNet> = Vec::new() => bounded(Kind::Networks, 0, 256),
        /// Origins whose pages may call the entry route from a browser.
        cors_origins: Vec<String> = vec!["*".to_owned()] => bounded(Kind::Origins, 0, 64),
        /// Region written to each call.
        region: String = "lt".to_owned() => bounded(Kind::Text, 1, 3),
        /// What stands before a number's digits when it is stored and looked up.
        number_prefix: String = "+".to_owned() => bounded(Kind::Text, 0, 4),
        /// Names of the clients.
        clients: Vec<String> = Vec::new() => bounded(Kind::Names, 0, 64),
    }
    sections {}
}

section! {
    /// The XML service that knows the agencies. Its password is the secret `agencies.password`.
    pub struct Agencies {
        /// Ask the service for each call.
        enabled: bool = false => any(Kind::Flag),
        /// Address of the service; its paths are appended to it.
        base: Option<Url> = None => any(Kind::Url).sample(r#""https://xml.example.com/xmlgate""#),
        /// PEM file of certificates trusted besides the system's, for an address of one's own.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/agencies-ca.pem""#),
        /// Login name.
        login: Option<String> = None => bounded(Kind::Text, 1, 128).sample(r#""desk""#),
        /// Longest wait for one answer.
        timeout_s: u32 = 10 => whole(1, 60, "s"),
        /// How long a login is used before the next.
        session_minutes: u32 = 10 => whole(1, 1_440, "minutes"),
        /// Most requests a second.
        rate_per_second: u32 = 10 => whole(1, 1_000, "requests/s"),
        /// Most requests at a time.
        concurrency: u32 = 4 => whole(1, 64, "requests"),
    }
    sections {}
}

section! {
    /// The feed of finished calls. Its callers present the secret `cc.api_key`.
    pub struct CallFeed {
        /// Accept calls at `POST /api/v1/calls`.
        enabled: bool = false => any(Kind::Flag),
    }
    sections {}
}

section! {
    /// The telephony platform whose operators are watched. Its account's password is the secret `finesse.password`. Certificates are
    /// always verified.
    pub struct Finesse {
        /// Watch the operators.
        enabled: bool = false => any(Kind::Flag),
        /// Address of the first node, by the name in its certificate.
        url: Option<Url> = None => any(Kind::Url).sample(r#""https://fin-a.cc.example:8445""#),
        /// Address of the second node. Unset: it is learnt from the first.
        second_url: Option<Url> = None => any(Kind::Url).sample(r#""https://fin-b.cc.example:8445""#),
        /// User id of the engine's own account: a supervisor of the teams who takes no calls, because the platform may take the end of
        /// our session for that person's leaving.
        login: Option<String> = None => bounded(Kind::Text, 1, 128).sample(r#""pult""#),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/finesse-ca.pem""#),
        /// Certificates accepted by a person: the node's host and its SHA-256 fingerprint, with ` expired` or ` other-name` after
        /// those that need it. Without a host it is that of the first node.
        pins: Vec<String> = Vec::new() => bounded(Kind::Texts, 0, 8),
        /// By which way operators' states are heard.
        transport: FinesseTransport = FinesseTransport::Auto => choice(<FinesseTransport as strum::VariantNames>::VARIANTS),
        /// Whether `auto` may also try XMPP within TLS on port 5223.
        direct_tls: bool = false => any(Kind::Flag),
        /// How often teams are read where states cannot be heard.
        poll_interval_s: u32 = 30 => whole(15, 120, "s"),
    }
    sections {}
}

section! {
    /// The service desk whose closed issues are rated. Its API key is the secret `ratings.okdesk_token`, the key in the address of its
    /// webhook `ratings.webhook_key`.
    pub struct Okdesk {
        /// Talk with the service desk.
        enabled: bool = false => any(Kind::Flag),
        /// Address of the account.
        base: Option<Url> = None => any(Kind::Url).sample(r#""https://desk.example.com""#),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/okdesk-ca.pem""#),
        /// How often closed issues are looked through for those no hook told of. 0: never.
        poll_minutes: u32 = 10 => whole(0, 1_440, "minutes"),
        /// The form in which a rating is sent: `flat` as documented, `nested` for an account that wants it so.
        rate_body: RateBody = RateBody::Flat => choice(<RateBody as strum::VariantNames>::VARIANTS),
        /// Most requests a second.
        rate_per_second: u32 = 2 => whole(1, 50, "requests/s"),
    }
    sections {}
}

section! {
    /// The portal whose messenger asks people, and whose tasks are given out. The secret ends of its incoming webhooks are the secrets
    /// `ratings.bitrix_user_key` and `ratings.bitrix_message_key`.
    pub struct Bitrix24 {
        /// Talk with the portal.
        enabled: bool = false => any(Kind::Flag),
        /// Address of an incoming webhook without its secret end: portal and number of its owner.
        base: Option<Url> = None => any(Kind::Url).sample(r#""https://portal.example.com/rest/1/""#),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/portal-ca.pem""#),
        /// By which interface questions are sent: `auto` takes our bot where there is one, else the older bots' interface.
        message_method: MessageMethod = MessageMethod::Auto => choice(<MessageMethod as strum::VariantNames>::VARIANTS),
        /// Number of our bot at the portal. Unset: one is registered with the first question.
        bot_id: Option<i64> = None => bounded(Kind::Whole, 1, 1_000_000_000).sample("17"),
        /// Our client's name among the older bots: any word of our own.
        client_id: Option<String> = None => bounded(Kind::Text, 1, 64).sample(r#""pult""#),
        /// Most requests a second, all areas together: 2, or 5 on the largest tariff.
        rate_per_second: u32 = 2 => whole(1, 50, "requests/s"),
    }
    sections {}
}

/// The form in which a rating is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RateBody {
    /// `{"rate": …}`, as documented.
    #[default]
    Flat,
    /// `{"issue": {"rate": …}}`.
    Nested,
}

/// An interface for questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum MessageMethod {
    /// Our bot where one is registered, else `imbot`.
    #[default]
    #[serde(rename = "auto")]
    #[strum(serialize = "auto")]
    Auto,
    /// The bots' interface of today.
    #[serde(rename = "imbot.v2")]
    #[strum(serialize = "imbot.v2")]
    ImbotV2,
    /// The bots' interface before that.
    #[serde(rename = "imbot")]
    #[strum(serialize = "imbot")]
    Imbot,
    /// In the name of the webhook's owner.
    #[serde(rename = "im")]
    #[strum(serialize = "im")]
    Im,
}

/// A way to hear operators' states.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FinesseTransport {
    /// WebSocket on the node's port, then on the older one, then XMPP within TLS where that is allowed, then reading at intervals.
    #[default]
    Auto,
    /// WebSockets only, then reading at intervals.
    Websocket,
    /// XMPP within TLS only, then reading at intervals.
    DirectTls,
    /// Reading at intervals only.
    Polling,
}

//! Settings of the messengers, of the tracker whose issues have conversations in one, and of the directory of its people.
//!
//! Deliberately not here: what becomes of a conversation (`areas.chat_link`), passwords and tokens (`secrets`).

use std::path::PathBuf;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::section::section;

section! {
    /// The messenger by which people are told of notices and write to each other. The password of the engine's own account is the secret
    /// `xmpp.password`; people connect accounts of theirs in the console.
    pub struct Xmpp {
        /// Talk with the messenger.
        enabled: bool = false => any(Kind::Flag),
        /// The engine's own account, which tells people of notices.
        jid: Option<String> = None => bounded(Kind::Text, 3, 2_047).sample(r#""pult@chat.example.com""#),
        /// The host of that account's domain. Unset: the domain's records tell it, or it is the domain itself.
        host: Option<String> = None => bounded(Kind::Text, 1, 253).sample(r#""chat.example.com""#),
        /// The port there. Unset: the records tell it, else the usual one.
        port: Option<u16> = None => bounded(Kind::Whole, 1, 65_535).sample("5222"),
        /// When a connection is encrypted: as the domain's records say (`auto`), after a first word in the clear (`starttls`), at once
        /// (`direct`). Without encryption nothing is said.
        tls: MessengerTls = MessengerTls::Auto => choice(<MessengerTls as strum::VariantNames>::VARIANTS),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/messenger-ca.pem""#),
        /// SHA-256 fingerprints of certificates accepted by a person, with ` expired` or ` other-name` after those that need it.
        pins: Vec<String> = Vec::new() => bounded(Kind::Texts, 0, 8),
        /// Whether a password may be shown to a server that knows no better way, within a verified connection.
        allow_plain: bool = false => any(Kind::Flag),
        /// Whether notices are also sent with marked-up text, for programs of old.
        xhtml: bool = false => any(Kind::Flag),
        /// Whether notices of neither a status nor a comment are sent so that they are not kept for those who are away.
        headlines: bool = false => any(Kind::Flag),
    }
    sections {}
}

/// When a connection with the messenger is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessengerTls {
    /// As the domain's records say.
    #[default]
    Auto,
    /// After a first word in the clear.
    Starttls,
    /// At once.
    Direct,
}

section! {
    /// The messenger whose conversations become issues. Its bot's token is the secret `ct.pachca_token`, the secret that signs its webhooks
    /// `ct.webhook_secret`.
    pub struct Pachca {
        /// Talk with the messenger.
        enabled: bool = false => any(Kind::Flag),
        /// Address of its interface. Unset: the vendor's.
        base: Option<Url> = None => any(Kind::Url).sample(r#""https://api.pachca.example/api/shared/v1""#),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/messenger-ca.pem""#),
        /// Domain of the company's addresses: a name that nobody has is looked for as `name@domain`.
        email_domain: Option<String> = None => bounded(Kind::Text, 3, 253).sample(r#""example.com""#),
        /// Greatest distance between the time in a webhook and ours.
        window_s: u32 = 60 => whole(1, 600, "s"),
        /// Networks its webhooks come from. Empty: the signature alone decides.
        allow_addresses: Vec<IpNet> = Vec::new() => bounded(Kind::Networks, 0, 64),
        /// How often the history of events is looked through for those no webhook told of. 0: never.
        poll_s: u32 = 60 => whole(0, 3_600, "s"),
        /// Hosts its files are fetched from, each with all below it, besides those it names itself.
        file_hosts: Vec<String> = Vec::new() => bounded(Kind::Texts, 0, 32),
    }
    sections {}
}

section! {
    /// The tracker whose issues have conversations. Its token is the secret `ct.tracker_token`, the key its triggers present
    /// `ct.tracker_hook_key`.
    pub struct Tracker {
        /// Talk with the tracker.
        enabled: bool = false => any(Kind::Flag),
        /// Address of its interface. Unset: the vendor's.
        base: Option<Url> = None => any(Kind::Url).sample(r#""https://api.tracker.example""#),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/tracker-ca.pem""#),
        /// What kind of token it is. Without one, the secrets `ct.tracker_basic_user` and `ct.tracker_basic_pass` are used.
        auth: TrackerAuth = TrackerAuth::Oauth => choice(<TrackerAuth as strum::VariantNames>::VARIANTS),
        /// The organization of the company's directory.
        org_id: Option<String> = None => bounded(Kind::Text, 1, 64).sample(r#""7654321""#),
        /// The organization of the cloud; used where the other is not set.
        cloud_org_id: Option<String> = None => bounded(Kind::Text, 1, 64).sample(r#""bpf0example""#),
        /// Key of the queue issues are created in.
        queue_key: String = "SERVICEDESK".to_owned() => bounded(Kind::Text, 1, 64),
        /// The queue's number. Unset: the key alone tells our issues.
        queue_id: Option<String> = None => bounded(Kind::Text, 1, 32).sample(r#""29""#),
        /// Tag of issues created here.
        tag: String = "Создана в Пачке".to_owned() => bounded(Kind::Text, 1, 64),
        /// Board issues are put on. Unset: none.
        board_id: Option<i64> = None => bounded(Kind::Whole, 1, 1_000_000_000).sample("1"),
        /// What stands before the queue's own fields. Unset: it is learnt from the queue.
        field_prefix: Option<String> = None => bounded(Kind::Text, 1, 64).sample(r#""66b0c1d2e3f4a5b6c7d8e9f0--""#),
        /// The queue's field that gets the issue's own key.
        key_field: String = "pachcaIssueKey".to_owned() => bounded(Kind::Text, 1, 64),
        /// The queue's field by which an issue is found again; a tag takes its place where the queue has none.
        mark_field: String = "sourceRef".to_owned() => bounded(Kind::Text, 1, 64),
        /// Statuses that end an issue, by their keys.
        closed_statuses: Vec<String> = vec!["closed".to_owned(), "done".to_owned(), "resolved".to_owned()] => bounded(Kind::Texts, 1, 32),
        /// Numbers of the queue's triggers that call us: the check reads what became of their calls.
        trigger_ids: Vec<i64> = Vec::new() => bounded(Kind::Numbers, 0, 16),
        /// How often changed issues are looked through for comments no trigger told of. 0: never.
        poll_minutes: u32 = 5 => whole(0, 1_440, "minutes"),
        /// Where people read issues. Unset: the vendor's.
        people_url: Option<Url> = None => any(Kind::Url).sample(r#""https://tracker.example/""#),
        /// Most requests a second.
        rate_per_second: u32 = 5 => whole(1, 50, "requests/s"),
    }
    sections {}
}

section! {
    /// The directory that knows people's departments. Its token is the secret `ct.y360_token`.
    pub struct Yandex360 {
        /// Look departments up.
        enabled: bool = false => any(Kind::Flag),
        /// Address of its interface. Unset: the vendor's.
        base: Option<Url> = None => any(Kind::Url).sample(r#""https://api360.example""#),
        /// PEM file of certificates trusted besides the system's.
        ca: Option<PathBuf> = None => any(Kind::Path).sample(r#""/etc/pult/directory-ca.pem""#),
        /// The organization.
        org_id: Option<String> = None => bounded(Kind::Text, 1, 64).sample(r#""7654321""#),
    }
    sections {}
}

/// What kind of token the tracker is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TrackerAuth {
    /// A token that lasts.
    #[default]
    Oauth,
    /// A token of the cloud, which lasts for hours.
    Bearer,
}

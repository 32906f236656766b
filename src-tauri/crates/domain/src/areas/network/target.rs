//! What is watched: an address, and the way it is asked.
//!
//! Deliberately not here: whether the name and the parent are free to take (the store's), and how it answered.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TargetId;

/// The way a target is asked.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProbeKind {
    /// Echo requests; TCP connections where this machine may not send them.
    Icmp,
    /// Opening TCP connections.
    Tcp,
    /// A web page, by plain HTTP on port 80 and by HTTPS on any other.
    Http,
    /// A TLS handshake with a verified certificate.
    Tls,
    /// The host's name as this machine resolves it.
    Dns,
    /// The opening of an XMPP stream.
    Xmpp,
    /// The telephony platform's own word that it is in service.
    Platform,
}

impl ProbeKind {
    /// The port when the definition names none; for echo requests the one their fall-back connects to (behaviour/helpdesk 6).
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::Icmp | Self::Platform | Self::Tcp => 8445,
            Self::Http | Self::Tls => 443,
            Self::Dns => 53,
            Self::Xmpp => 5222,
        }
    }

    /// Packets of a cycle when the definition names no number: several where a packet is cheap for the other side.
    #[must_use]
    pub fn packets(self) -> u16 {
        match self {
            Self::Icmp | Self::Tcp => 3,
            Self::Dns => 2,
            Self::Http | Self::Tls | Self::Xmpp | Self::Platform => 1,
        }
    }
}

/// A target as an administrator describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "TargetDefinition")]
pub struct Definition {
    /// The word the address of a request names it by, for instance `finesse`; lower-case letters, digits, `-` and `_`, 1 to 32.
    pub key: String,
    /// What people call it, 1 to 64 characters.
    pub title: String,
    /// A host name or an IP address, at most 253 characters.
    pub host: String,
    /// The way it is asked.
    pub kind: ProbeKind,
    /// The port; the kind's own when absent.
    pub port: Option<u16>,
    /// The path of a web page; `/` when absent.
    pub path: Option<String>,
    /// Packets of a cycle, 1 to 20; the kind's own number when absent.
    pub packets: Option<u16>,
    /// From one cycle to the next, 5 to 3600 s; the setting's when absent.
    pub period_s: Option<u32>,
    /// Where the certificate is read as well, every few minutes; none is when absent.
    pub certificate_port: Option<u16>,
    /// A page a browser at a workstation tries, https only; none is tried when absent.
    pub workstation_url: Option<String>,
    /// What it is reached through: while that does not answer, this one's silence is no news.
    pub parent: Option<TargetId>,
    /// Whether it is watched.
    pub enabled: bool,
}

/// The most characters of a host name.
const HOST: usize = 253;
/// The most characters of a title.
const TITLE: usize = 64;

impl Definition {
    /// The field that cannot be as it is, and what it may be; `None` when all is well.
    #[must_use]
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        let path = |p: &String| p.starts_with('/') && p.len() <= 512 && !p.chars().any(|c| c.is_control() || c == ' ');
        let page = |u: &String| {
            u.starts_with("https://") && u.len() <= 512 && u.is_ascii() && !u.contains([' ', ';', '\'', ','])
        };
        if self.key.is_empty() || self.key.len() > 32 || !self.key.chars().all(name) {
            Some(("key", "1 to 32 characters: a-z, 0-9, - and _"))
        } else if self.title.trim().is_empty()
            || self.title.chars().count() > TITLE
            || self.title.chars().any(char::is_control)
        {
            Some(("title", "1 to 64 characters"))
        } else if self.host.is_empty() || self.host.len() > HOST || !self.host.chars().all(host) {
            Some(("host", "a host name or an IP address without scheme, port and path"))
        } else if self.port == Some(0) || self.certificate_port == Some(0) {
            Some(("port", "1 to 65535"))
        } else if self.path.as_ref().is_some_and(|p| !path(p)) {
            Some(("path", "begins with / and has no spaces, at most 512 characters"))
        } else if self.packets.is_some_and(|n| !(1..=20).contains(&n)) {
            Some(("packets", "1 to 20"))
        } else if self.period_s.is_some_and(|n| !(5..=3600).contains(&n)) {
            Some(("period_s", "5 to 3600 s"))
        } else if self.workstation_url.as_ref().is_some_and(|u| !page(u)) {
            Some(("workstation_url", "an https address, at most 512 characters"))
        } else {
            None
        }
    }

    /// The port it is asked at.
    #[must_use]
    pub fn port_used(&self) -> u16 {
        self.port.unwrap_or(self.kind.port())
    }

    /// Packets of a cycle.
    #[must_use]
    pub fn packets_used(&self) -> u16 {
        self.packets.unwrap_or(self.kind.packets()).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition() -> Definition {
        Definition {
            key: "gate".to_owned(),
            title: "Шлюз".to_owned(),
            host: "gate.example.com".to_owned(),
            kind: ProbeKind::Icmp,
            port: None,
            path: None,
            packets: None,
            period_s: None,
            certificate_port: None,
            workstation_url: None,
            parent: None,
            enabled: true,
        }
    }

    #[test]
    fn a_definition_that_cannot_work_names_its_field() {
        let with = |change: &dyn Fn(&mut Definition)| {
            let mut definition = definition();
            change(&mut definition);
            definition.fault().map(|(field, _)| field)
        };
        assert_eq!(with(&|_| ()), None);
        for (field, change) in [
            ("key", &(|d: &mut Definition| d.key = "Gate".to_owned()) as &dyn Fn(&mut Definition)),
            ("key", &|d| d.key = String::new()),
            ("title", &|d| d.title = "  ".to_owned()),
            ("host", &|d| d.host = "https://gate.example.com".to_owned()),
            ("host", &|d| d.host = String::new()),
            ("port", &|d| d.port = Some(0)),
            ("path", &|d| d.path = Some("status".to_owned())),
            ("packets", &|d| d.packets = Some(21)),
            ("period_s", &|d| d.period_s = Some(4)),
            ("workstation_url", &|d| d.workstation_url = Some("http://gate.example.com/".to_owned())),
            ("workstation_url", &|d| d.workstation_url = Some("https://gate.example.com/; script-src *".to_owned())),
        ] {
            assert_eq!(with(change), Some(field));
        }
        assert_eq!(with(&|d| d.host = "2001:db8::1".to_owned()), None);
        assert_eq!(with(&|d| d.host = "сервер.example.com".to_owned()), None);
    }

    #[test]
    fn the_fall_back_of_an_echo_request_connects_to_8445() {
        assert_eq!(definition().port_used(), 8445);
        assert_eq!(Definition { port: Some(22), ..definition() }.port_used(), 22);
    }
}

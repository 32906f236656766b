//! What is owed to somebody's messenger.
//!
//! Deliberately not here: how it is put into words of the wire, and what became of it (`fact`).

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use ts_rs::TS;

use crate::{Instant, MessageId, TicketId};

/// Whose account speaks and listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "account", content = "person", rename_all = "snake_case")]
#[ts(rename = "MessengerAccount")]
pub enum Account {
    /// The engine's own, which tells people of notices.
    Bot,
    /// A person's, by their number among the console's people.
    Person(#[ts(type = "number")] i64),
}

/// An address without a resource, in small letters: `local@domain`, at most 2 047 bytes (RFC 7622).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The longest, bytes: 1 023 on each side of the sign.
    pub const LONGEST: usize = 2_047;

    /// Reads what a person typed or a system said; a resource is left out. `None` for what is no address of somebody.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bare = text.trim().split('/').next().unwrap_or_default().to_lowercase();
        let (local, domain) = bare.split_once('@')?;
        let side = |side: &str| !side.is_empty() && side.len() <= 1_023;
        let odd = |c: char| c.is_control() || c.is_whitespace() || "\"&'<>@:".contains(c);
        (side(local) && side(domain) && !local.contains(odd) && !domain.contains(odd)).then_some(Self(bare))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the sign.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| D::Error::custom("not an address: name@domain"))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a message says. The wording of notices is the integration's, from these parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "words", rename_all = "snake_case")]
pub enum Words {
    /// What somebody typed.
    Typed {
        /// As typed, 1 to 5 000 characters.
        text: String,
    },
    /// The status of a ticket has changed.
    Status {
        /// Which ticket.
        ticket: TicketId,
        /// What it was; empty where the tracker did not say.
        old: String,
        /// What it is.
        new: String,
        /// What was said in the same entry, in its markup; empty where the reader may not have it; none where nothing was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
        /// The ticket's title.
        subject: String,
        /// Where people read it.
        url: Option<String>,
    },
    /// A ticket was commented on.
    Comment {
        /// Which ticket.
        ticket: TicketId,
        /// The comment in its markup; empty where the reader may not have it.
        text: String,
        /// The ticket's title.
        subject: String,
        /// Where people read it.
        url: Option<String>,
    },
    /// Any other notice: a line of what happened, and where to look.
    Told {
        /// The sentence, in the reader's language.
        line: String,
        /// What it is about; may be empty.
        subject: String,
        /// Where people look.
        url: Option<String>,
    },
}

/// One message, to be said once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMessage {
    /// Ours.
    pub message: MessageId,
    /// Who says it.
    pub from: Account,
    /// To whom.
    pub to: Address,
    /// The id it bears on the wire, the same however often it is tried: letters, digits, `-`, `_`, `.`; 1 to 100 characters.
    pub uid: String,
    /// What.
    pub words: Words,
    /// When it was ordered: no copy of it is older.
    pub since: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_somebody_and_has_no_resource() {
        let kept = |text: &str| serde_json::from_str::<Address>(text).ok().map(|address| address.0);
        assert_eq!(kept(r#""A@Example.com/x""#), Some("a@example.com".to_owned()));
        assert_eq!(kept(r#""nobody""#), None);
        let read = |text: &str| Address::read(text).map(|address| address.0);
        assert_eq!(read(" Sup1@Chat.Example.com/console-4f7a "), Some("sup1@chat.example.com".to_owned()));
        for bad in ["", "chat.example.com", "@chat.example.com", "sup1@", "a b@example.com", "a@b@c", "a<b@example.com"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(read(&format!("{}@example.com", "я".repeat(512))), None, "1 024 bytes");
    }
}

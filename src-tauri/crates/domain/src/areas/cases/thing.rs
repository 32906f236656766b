//! What a case is made of: a reference to one row of some area, or to a caller's number.
//!
//! Deliberately not here: anything known of it (`piece`).

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{AgencyId, CallId, ChatLinkId, DocumentId, IntervalId, PhoneNumber, RatingId, TicketId};

/// One thing of a case. Written as `kind:id`, for instance `call:17` or `phone:37060011122`: so it stands in addresses and in what is
/// kept of joins by hand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A caller's number.
    Phone(PhoneNumber),
    /// A telephone call.
    Call(CallId),
    /// A ticket people work on by hand.
    Ticket(TicketId),
    /// An issue and its conversation.
    Pair(ChatLinkId),
    /// The asking for the rating of an issue.
    Rating(RatingId),
    /// A document of the accounting system.
    Document(DocumentId),
    /// The agency behind a number.
    Agency(AgencyId),
    /// A stretch of an operator's state.
    Stretch(IntervalId),
    /// A task made of a document, by the portal's number of it.
    Task(i64),
}

impl Thing {
    /// The word of its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::Call(_) => "call",
            Self::Ticket(_) => "ticket",
            Self::Pair(_) => "pair",
            Self::Rating(_) => "rating",
            Self::Document(_) => "document",
            Self::Agency(_) => "agency",
            Self::Stretch(_) => "stretch",
            Self::Task(_) => "task",
        }
    }

    /// Whether it says something of one thing of a case and leads to nothing else: an agency has many callers, a state covers many calls,
    /// and through them a case would become the whole house.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        matches!(self, Self::Agency(_) | Self::Stretch(_) | Self::Task(_))
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = self.kind();
        match self {
            Self::Phone(number) => write!(f, "{kind}:{number}"),
            Self::Call(id) => write!(f, "{kind}:{id}"),
            Self::Ticket(id) => write!(f, "{kind}:{id}"),
            Self::Pair(id) => write!(f, "{kind}:{id}"),
            Self::Rating(id) => write!(f, "{kind}:{id}"),
            Self::Document(id) => write!(f, "{kind}:{id}"),
            Self::Agency(id) => write!(f, "{kind}:{id}"),
            Self::Stretch(id) => write!(f, "{kind}:{id}"),
            Self::Task(id) => write!(f, "{kind}:{id}"),
        }
    }
}

impl FromStr for Thing {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WANTED: &str = "a kind and a number: `call:17`, `ticket:4312`, `phone:37060011122`";
        let (kind, id) = text.split_once(':').ok_or(WANTED)?;
        if kind == "phone" {
            let whole = id.bytes().all(|digit| digit.is_ascii_digit());
            return PhoneNumber::digits_of(id).filter(|_| whole).map(Self::Phone).ok_or(WANTED);
        }
        let id: i64 = id.parse().ok().filter(|id| *id > 0).ok_or(WANTED)?;
        Ok(match kind {
            "call" => Self::Call(CallId(id)),
            "ticket" => Self::Ticket(TicketId(id)),
            "pair" => Self::Pair(ChatLinkId(id)),
            "rating" => Self::Rating(RatingId(id)),
            "document" => Self::Document(DocumentId(id)),
            "agency" => Self::Agency(AgencyId(id)),
            "stretch" => Self::Stretch(IntervalId(id)),
            "task" => Self::Task(id),
            _ => return Err(WANTED),
        })
    }
}

impl Serialize for Thing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Thing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

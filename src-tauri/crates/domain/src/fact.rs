//! What happened, in the field's own words: one closed list over all areas.
//!
//! Deliberately not here: the vendor's shape of it (an integration's `wire`) and what follows from it (an area's rule).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Effect, FactKey, Failure, Instant,
    areas::{calls, carousel, chat_link, erp, floor, messages, network, ratings, tickets},
};

/// A part of the product with state, rules and a screen of its own. The same word is used in every crate and in the console.
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
pub enum Area {
    /// Telephone calls of both contact centres.
    Calls,
    /// Operators and their states.
    Floor,
    /// Addresses that are watched, and how they answer.
    Network,
    /// What authors of closed issues think of them.
    Ratings,
    /// Documents of the accounting system, and the tasks made of them.
    Erp,
    /// Tickets nobody took, and whose turn it is to be given one.
    Carousel,
    /// Conversations of the messenger and issues of the tracker.
    ChatLink,
    /// Tickets that people work with by hand.
    Tickets,
    /// What people write to each other, and how they are.
    Messages,
    /// Everything that belongs to one caller or one ticket.
    Cases,
    /// What a person should know.
    Notices,
    /// Records in and calls out: the engine's own traffic.
    Deliveries,
    /// Accounts, sessions, keys and the audit trail.
    People,
    /// Health of the engine and its connections.
    Engine,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "area", content = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// About a telephone call.
    Calls(calls::Fact),
    /// About the floor.
    Floor(floor::Fact),
    /// About the network.
    Network(network::Fact),
    /// About the rating of an issue.
    Ratings(ratings::Fact),
    /// About a document of the accounting system.
    Erp(erp::Fact),
    /// About the carousel.
    Carousel(carousel::Fact),
    /// About a conversation and its issue.
    ChatLink(chat_link::Fact),
    /// About tickets that people work with by hand.
    Tickets(tickets::Fact),
    /// About messages between people.
    Messages(messages::Fact),
}

impl Fact {
    /// The area whose rule decides about it.
    #[must_use]
    pub fn area(&self) -> Area {
        match self {
            Self::Calls(_) => Area::Calls,
            Self::Floor(_) => Area::Floor,
            Self::Network(_) => Area::Network,
            Self::Ratings(_) => Area::Ratings,
            Self::Erp(_) => Area::Erp,
            Self::Carousel(_) => Area::Carousel,
            Self::ChatLink(_) => Area::ChatLink,
            Self::Tickets(_) => Area::Tickets,
            Self::Messages(_) => Area::Messages,
        }
    }

    /// A stable word for logs, counters and the journal, for instance `call_started`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Calls(fact) => fact.kind(),
            Self::Floor(fact) => fact.kind(),
            Self::Network(fact) => fact.kind(),
            Self::Ratings(fact) => fact.kind(),
            Self::Erp(fact) => fact.kind(),
            Self::Carousel(fact) => fact.kind(),
            Self::ChatLink(fact) => fact.kind(),
            Self::Tickets(fact) => fact.kind(),
            Self::Messages(fact) => fact.kind(),
        }
    }

    /// Whether it only says how things are: such a fact leaves a journal entry only when something follows from it.
    #[must_use]
    pub fn is_observation(&self) -> bool {
        match self {
            Self::Calls(_) | Self::Ratings(_) | Self::Erp(_) => false,
            Self::Floor(fact) => fact.is_observation(),
            Self::Network(fact) => fact.is_observation(),
            Self::Carousel(fact) => fact.is_observation(),
            Self::ChatLink(fact) => fact.is_observation(),
            Self::Tickets(fact) => fact.is_observation(),
            Self::Messages(fact) => fact.is_observation(),
        }
    }

    /// What the area that asked for an effect hears when it came to nothing.
    #[must_use]
    pub fn of_failed_effect(effect: &Effect, failure: Failure, detail: &str) -> Self {
        match effect {
            Effect::LookUpAgency { call, agency, .. } => {
                Self::Calls(calls::Fact::AgencyMissing { call: *call, agency: *agency, lack: calls::Lack::of(failure) })
            }
            Effect::ChangeOperatorState { command, .. } => {
                Self::Floor(floor::Fact::RequestFailed { command: *command, failure, detail: detail.to_owned() })
            }
            Effect::LookAtOperator { command, .. } => Self::Floor(floor::Fact::RequestUnsettled { command: *command }),
            Effect::LookUpContact { request, .. } => Self::Ratings(ratings::Fact::ContactMissing {
                request: *request,
                lack: ratings::Lack::of(failure, ratings::Lack::NoContact),
            }),
            Effect::FindPerson { request, .. } => Self::Ratings(ratings::Fact::PersonMissing {
                request: *request,
                lack: ratings::Lack::of(failure, ratings::Lack::NoUser),
            }),
            Effect::AskForRating { request, .. } => {
                Self::Ratings(ratings::Fact::AskFailed { request: *request, failure, detail: detail.to_owned() })
            }
            Effect::SetRating { request, .. } => {
                Self::Ratings(ratings::Fact::RateRefused { request: *request, failure, detail: detail.to_owned() })
            }
            Effect::WithdrawQuestion { request, .. } => {
                Self::Ratings(ratings::Fact::QuestionWithdrawn { request: *request, done: false })
            }
            Effect::ReadDirectory { .. }
            | Effect::SurveyStaff { .. }
            | Effect::CreateTasks { .. }
            | Effect::UploadFile { .. }
            | Effect::UpdateTasks { .. } => Self::Erp(erp::Fact::of_failed_effect(effect, failure, detail)),
            Effect::ListUnassigned { .. } | Effect::AssignTicket { .. } | Effect::ReadCatalogue {} => {
                Self::Carousel(carousel::Fact::of_failed_effect(effect, failure, detail))
            }
            Effect::ReadChatUser { .. }
            | Effect::ReadMessage { .. }
            | Effect::OpenForm(_)
            | Effect::TellChat { .. }
            | Effect::PostAnchor(_)
            | Effect::RenewAnchor { .. }
            | Effect::PostReply(_)
            | Effect::CreateIssue(_)
            | Effect::LinkIssue { .. }
            | Effect::FindIssueOfMessage { .. }
            | Effect::ReadComments { .. }
            | Effect::PostComment(_)
            | Effect::GrantAccess { .. }
            | Effect::ReadIssue { .. }
            | Effect::ChangeIssue { .. }
            | Effect::SearchIssues { .. }
            | Effect::ReadDepartment { .. } => {
                Self::ChatLink(chat_link::Fact::of_failed_effect(effect, failure, detail))
            }
            Effect::ReadTicket { .. }
            | Effect::LookForTickets { .. }
            | Effect::ReadTicketLists {}
            | Effect::ChangeTicket(_)
            | Effect::RewriteTicketNote(_)
            | Effect::WatchTicket(_)
            | Effect::CreateTicket(_) => Self::Tickets(tickets::Fact::of_failed_effect(effect, failure, detail)),
            Effect::SendMessage(_) | Effect::AnswerSubscription { .. } => {
                Self::Messages(messages::Fact::of_failed_effect(effect, failure, detail))
            }
        }
    }
}

/// A fact with its key and the instant it happened (not when we heard of it).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Unique within the source.
    pub key: FactKey,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub fact: Fact,
}

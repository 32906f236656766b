//! One notification: what happened to which resource, and as much of it as the session has to know.
//!
//! Deliberately not here: the stanza around it (`envelope`) and the facts it means (`facts`).

use pult_domain::Instant;
use roxmltree::{Document, Node};

use super::{
    ROOT,
    people::{self, TeamName, User},
    system::{self, Complaint, SystemInfo},
    xml::{self, Fault, child, decoded, is, text},
};

/// A resource, as addresses and notification nodes name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::finesse) enum Place {
    /// A person.
    User(String),
    /// The calls of a person.
    UserDialogs(String),
    /// The queues of a person.
    UserQueues(String),
    /// A team.
    Team(String),
    /// The people of a team, on their notification node.
    TeamUsers(String),
    /// A call.
    Dialog(String),
    /// A queue.
    Queue(String),
    /// The node itself.
    System,
    /// Nothing we follow.
    Other,
}

impl Place {
    /// The place of an address.
    pub(in crate::finesse) fn of(uri: &str) -> Self {
        let trimmed = uri.trim().trim_matches('/');
        let Some(path) = trimmed.strip_prefix(ROOT.trim_matches('/')) else { return Self::Other };
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            ["User", id] => Self::User(decoded(id)),
            ["User", id, "Dialogs"] => Self::UserDialogs(decoded(id)),
            ["User", id, "Queues"] => Self::UserQueues(decoded(id)),
            ["Team", id] => Self::Team(decoded(id)),
            ["Team", id, "Users"] => Self::TeamUsers(decoded(id)),
            ["Dialog", id] => Self::Dialog(decoded(id)),
            ["Queue", id] => Self::Queue(decoded(id)),
            ["SystemInfo"] => Self::System,
            _ => Self::Other,
        }
    }

    /// The name of its notification node: ids as they are, case kept.
    pub(in crate::finesse) fn node(&self) -> Option<String> {
        Some(match self {
            Self::User(id) => format!("{ROOT}User/{id}"),
            Self::UserDialogs(id) => format!("{ROOT}User/{id}/Dialogs"),
            Self::UserQueues(id) => format!("{ROOT}User/{id}/Queues"),
            Self::TeamUsers(id) => format!("{ROOT}Team/{id}/Users"),
            Self::Queue(id) => format!("{ROOT}Queue/{id}"),
            Self::System => format!("{ROOT}SystemInfo"),
            Self::Team(_) | Self::Dialog(_) | Self::Other => return None,
        })
    }
}

/// What happened to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::finesse) enum Happened {
    /// It changed.
    Put,
    /// It is new.
    Post,
    /// It is no more.
    Delete,
}

/// An update within its document.
#[derive(Debug, Clone)]
pub(in crate::finesse) struct Update<'a, 'input> {
    /// What happened.
    pub(in crate::finesse) happened: Happened,
    /// To what.
    pub(in crate::finesse) source: Place,
    /// The request it answers, where there was one.
    pub(in crate::finesse) request_id: Option<String>,
    /// How the resource is now; absent when it is gone.
    pub(in crate::finesse) data: Option<Node<'a, 'input>>,
}

impl<'a, 'input> Update<'a, 'input> {
    /// The update of a document.
    pub(in crate::finesse) fn of(document: &'a Document<'input>) -> Result<Self, Fault> {
        let root = xml::root(document, "Update")?;
        let happened = match text(root, "event").ok_or(Fault::Lacks("event"))?.to_ascii_uppercase().as_str() {
            "PUT" => Happened::Put,
            "POST" => Happened::Post,
            "DELETE" => Happened::Delete,
            _ => return Err(Fault::Lacks("an event we know")),
        };
        Ok(Self {
            happened,
            source: Place::of(&text(root, "source").ok_or(Fault::Lacks("source"))?),
            request_id: text(root, "requestId"),
            data: child(root, "data").and_then(|data| data.children().find(Node::is_element)),
        })
    }

    /// The data, when it is the element of that name.
    pub(in crate::finesse) fn data(&self, name: &str) -> Option<Node<'a, 'input>> {
        self.data.filter(|data| is(data, name))
    }
}

/// What the session has to know of an update.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::finesse) enum Told {
    /// A person is as told, or gone.
    Member {
        /// Who.
        login_id: String,
        /// Their phone.
        extension: Option<String>,
        /// Since when they are so.
        at: Option<Instant>,
        /// They were removed.
        gone: bool,
        /// The teams they supervise, where the whole person was told.
        supervises: Option<Vec<TeamName>>,
        /// The request it came of, where there was one.
        request_id: Option<String>,
    },
    /// A whole team.
    Team {
        /// Which.
        id: String,
        /// Everybody in it, with their phones.
        members: Vec<(String, Option<String>)>,
    },
    /// Calls of a person.
    Calls,
    /// The node's own state.
    System(Box<SystemInfo>),
    /// A queue's figures, or its end.
    Queue {
        /// Which.
        id: String,
        /// It is no more.
        gone: bool,
    },
    /// Queues of the supervisor came or went.
    Queues {
        /// Which.
        ids: Vec<String>,
        /// They went.
        gone: bool,
    },
    /// A request came to nothing.
    Failed {
        /// Which.
        request_id: Option<String>,
        /// Why.
        complaint: Complaint,
    },
    /// Nothing we follow.
    Other,
}

impl Told {
    /// What the text of an update tells.
    pub(in crate::finesse) fn read(text: &str) -> Result<Self, Fault> {
        let document = xml::document(text)?;
        let update = Update::of(&document)?;
        if let Some(errors) = update.data("ApiErrors") {
            let complaint = Complaint::of(errors).unwrap_or_default();
            return Ok(Self::Failed { request_id: update.request_id, complaint });
        }
        let gone = update.happened == Happened::Delete;
        Ok(match &update.source {
            Place::User(id) if gone => {
                let login_id = id.clone();
                Self::Member { login_id, extension: None, at: None, gone, supervises: None, request_id: None }
            }
            Place::User(_) => {
                let data = update.data("User").ok_or(Fault::Lacks("user"))?;
                let user = User::of(data)?;
                let supervises = child(data, "roles").is_some().then_some(user.teams);
                let report = user.report;
                Self::Member {
                    login_id: report.login_id,
                    extension: report.extension,
                    at: report.since,
                    gone,
                    supervises,
                    request_id: update.request_id,
                }
            }
            Place::Team(_) => {
                let team = people::team(update.data("Team").ok_or(Fault::Lacks("team"))?)?;
                let members = team.members.into_iter().map(|member| (member.login_id, member.extension)).collect();
                Self::Team { id: team.id, members }
            }
            Place::UserDialogs(_) | Place::Dialog(_) => Self::Calls,
            Place::System => Self::System(Box::new(update.data("SystemInfo").map(SystemInfo::of).unwrap_or_default())),
            Place::Queue(id) => Self::Queue { id: id.clone(), gone },
            Place::UserQueues(_) => {
                let queues = update.data("Queues").into_iter().flat_map(|queues| queues.children());
                let ids = queues.filter(|node| is(node, "Queue")).filter_map(system::queue).map(|queue| queue.id);
                Self::Queues { ids: ids.collect(), gone }
            }
            Place::TeamUsers(_) | Place::Other => Self::Other,
        })
    }
}

//! What the session wants done.
//!
//! Deliberately not here: doing it (`stream`).

use pult_domain::areas::floor;

use crate::{SessionReport, StoredRequest};

use super::{super::wire::system::Complaint, NodePlan, Question, Reading, Way};

/// What is to be done.
#[derive(Debug, Clone)]
pub(in crate::finesse) enum Command {
    /// Ask a node about itself.
    Probe {
        /// Which.
        node: usize,
        /// It wants to know who asks.
        credentials: bool,
    },
    /// Read something; sends credentials.
    Read {
        /// From which node.
        node: usize,
        /// The reading's number.
        ticket: u64,
        /// What.
        what: Reading,
    },
    /// Connect and sign in; sends credentials.
    Link {
        /// To which node.
        node: usize,
        /// By which way.
        way: Way,
        /// Its number.
        link: u64,
        /// The domain to sign in to.
        domain: String,
        /// The address of the notification service.
        pubsub: String,
    },
    /// End a link.
    Unlink {
        /// Its number.
        link: u64,
        /// The engine ends for good: say that we leave.
        leaving: bool,
    },
    /// Say that we are there.
    Appear {
        /// On which link.
        link: u64,
    },
    /// Ask to be told when the server's own user comes and goes.
    Watch {
        /// On which link.
        link: u64,
        /// Whom.
        address: String,
    },
    /// Ask something.
    Ask {
        /// On which link.
        link: u64,
        /// Its number.
        id: u64,
        /// What.
        question: Question,
    },
    /// Hand on what was heard or read.
    Hear(Box<StoredRequest>),
    /// Hand on what the session itself saw.
    Note(floor::Fact),
    /// A request of a person came to nothing.
    Failed {
        /// Which.
        request_id: String,
        /// Why.
        complaint: Complaint,
    },
    /// A change was told that a person's request has made.
    Done {
        /// Which.
        request_id: String,
    },
    /// Tell how the session is.
    Report(Box<SessionReport>),
    /// Requests of people go to this node from now.
    MoveTo(usize),
    /// There is a second node.
    Learn(NodePlan),
    /// The password was refused while signing in to a link.
    Refused,
    /// A person wants the refused password tried again.
    Forgive,
    /// Nothing more will come.
    Finished,
}

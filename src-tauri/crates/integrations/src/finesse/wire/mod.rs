//! The words of the contact centre's desktop server: documents read by local name, and converted to ours at the bottom.
//!
//! Deliberately not here: requests (`client`), and what follows from any of it (`session`, the rules).

pub(super) mod calls;
pub(super) mod envelope;
mod facts;
pub(super) mod people;
pub(super) mod system;
pub(super) mod update;
pub(super) mod xml;

pub(super) use facts::parse;
pub(super) use system::{Deployment, SystemInfo};

/// Words of the records a session hands on ([`crate::StoredRequest::route`]).
pub(super) mod route {
    /// A team in full.
    pub(in crate::finesse) const TEAM: &str = "team";
    /// One person in full.
    pub(in crate::finesse) const USER: &str = "user";
    /// One item of a notification node; the node is the record's path.
    pub(in crate::finesse) const UPDATE: &str = "update";
    /// The calls of one person, who is in the record's query.
    pub(in crate::finesse) const DIALOGS: &str = "dialogs";
    /// Queues with their figures.
    pub(in crate::finesse) const QUEUES: &str = "queues";
    /// The house's reasons, one or more lists of them in one document.
    pub(in crate::finesse) const REASONS: &str = "reasons";
}

/// Query values of records.
pub(super) mod query {
    /// Whose calls they are.
    pub(in crate::finesse) const LOGIN_ID: &str = "login_id";
    /// The phone that person had when the record came.
    pub(in crate::finesse) const EXTENSION: &str = "extension";
}

/// Where every resource lives.
pub(super) const ROOT: &str = "/finesse/api/";

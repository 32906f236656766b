//! The words in which people and their rights are spoken of.
//!
//! Deliberately not here: rows, and who checks the rights (the engine's).

use pult_domain::areas::tickets::Scope;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A row of `person`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(as = "f64")]
pub struct PersonId(pub i64);

impl PersonId {
    /// How audit rows name the person.
    #[must_use]
    pub fn object(self) -> String {
        format!("person:{}", self.0)
    }
}

/// What somebody may do; each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Own card, own requests.
    Operator,
    /// Reads.
    Viewer,
    /// Acts on calls, people on the floor and deliveries.
    Supervisor,
    /// Settings, people, keys.
    Admin,
}

impl Role {
    pub(crate) const ALL: [Self; 4] = [Self::Operator, Self::Viewer, Self::Supervisor, Self::Admin];

    /// Whether tickets that do not concern them may be seen, and told of.
    #[must_use]
    pub fn sees_every_ticket(self) -> bool {
        self >= Self::Supervisor
    }

    /// Of whose tickets somebody with this role is told who asked for these.
    #[must_use]
    pub fn scope_within(self, wanted: Scope) -> Scope {
        match wanted {
            Scope::All if !self.sees_every_ticket() => Scope::Mine,
            wanted => wanted,
        }
    }
}

/// A right beside the role (behaviour/helpdesk 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Quality reports.
    Quality,
    /// The journal of the Moscow centre.
    CallsMoscow,
    /// The request tracker's reports.
    RedmineReport,
}

/// Who keeps somebody out. Only an administrator takes back an administrator's block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BlockedBy {
    /// An administrator.
    Admin,
    /// The staff register.
    Staff,
}

impl BlockedBy {
    pub(crate) const ALL: [Self; 2] = [Self::Admin, Self::Staff];
}

/// What is known of a person beside their rights. Empty texts are kept as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Profile {
    /// As shown.
    pub full_name: String,
    /// Unique whatever its letters' size.
    pub email: Option<String>,
    /// Where they sit.
    pub office: Option<String>,
    /// Their department.
    pub department: Option<String>,
    /// Their position.
    pub position: Option<String>,
    /// Their own telephone.
    pub phone: Option<String>,
    /// Whether they may work from outside.
    pub vpn: Option<bool>,
    /// Until when, `YYYY-MM-DD`.
    pub vpn_end_date: Option<String>,
}

/// What a person may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Rights {
    /// The role.
    pub role: Role,
    /// Rights beside it.
    #[serde(default)]
    pub grants: Vec<Grant>,
    /// The teams they see; empty is all.
    #[serde(default)]
    pub teams: Vec<String>,
}

impl Rights {
    /// A role and nothing beside it.
    #[must_use]
    pub fn of(role: Role) -> Self {
        Self { role, grants: vec![], teams: vec![] }
    }
}

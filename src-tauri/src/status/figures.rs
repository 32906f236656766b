//! What the tray reads of the engine's answers, and nothing more of them.
//!
//! Deliberately not here: what is made of it (`status`). A word of a newer server is kept as one that is not known.

use serde::Deserialize;

use crate::{
    desk::Reach,
    news::{Fresh, News},
};

/// How a source is; a word of a newer server is taken for "not live".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SourceState {
    Live,
    Paused,
    Down,
    Trouble,
    Silent,
    #[serde(other)]
    Other,
}

/// A source.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) state: SourceState,
    pub(crate) seen_at: Option<i64>,
}

/// A worker of the engine.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Worker {
    pub(crate) name: String,
    pub(crate) state: String,
}

/// What the tray needs of `engine.health`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Health {
    pub(crate) now: i64,
    pub(crate) sources: Vec<Source>,
    pub(crate) workers: Vec<Worker>,
    pub(crate) backlog: usize,
}

/// A count, perhaps cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Count {
    pub(crate) calls: i64,
    #[serde(default)]
    pub(crate) at_least: bool,
}

/// What the tray needs of `floor.counts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Floor {
    pub(super) by_group: Groups,
    pub(super) heard: bool,
}

/// Operators of two groups; one that nobody is in is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Groups {
    #[serde(default)]
    pub(super) ready: u32,
    #[serde(default)]
    pub(super) talking: u32,
}

/// How well an address answers, from best to worst; a word of a newer server is no grade we could compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grade {
    Excellent,
    Good,
    Average,
    Poor,
    Disconnected,
    #[serde(other)]
    Other,
}

/// What the tray needs of `network.list`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Network {
    pub(super) watching: bool,
    pub(super) targets: Vec<Target>,
}

/// An address of the network.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Target {
    pub(super) definition: Definition,
    pub(super) grade: Option<Grade>,
    pub(super) maintenance_until: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Definition {
    pub(super) title: String,
    pub(super) enabled: bool,
}

/// What the tray needs of `now.get`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Now {
    pub(super) sentence: Said,
    pub(super) incidents: Vec<Trouble>,
}

/// The worst there is; a word of a newer server is one we cannot say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Said {
    pub(super) code: String,
    pub(super) level: String,
    pub(super) count: u32,
    pub(super) minutes: Option<i64>,
    pub(super) name: Option<String>,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Trouble {
    pub(super) acknowledged_by: Option<String>,
    pub(super) notices: Vec<News>,
}

/// All that was learnt; what could not be asked is absent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    /// `None` for the engine inside.
    pub(crate) reach: Option<Reach>,
    pub(crate) health: Option<Health>,
    pub(crate) open: Option<Count>,
    pub(crate) today: Option<Count>,
    pub(crate) stuck: Option<usize>,
    /// The worst there is, by the engine's own rule.
    pub(crate) now: Option<Now>,
    pub(crate) floor: Option<Floor>,
    pub(crate) network: Option<Network>,
    /// What is new to the person since they were told last.
    pub(crate) notices: Option<Fresh>,
    /// Notices the person has not read.
    pub(crate) unread: Option<usize>,
    /// Whether hooks can arrive at the engine inside.
    pub(crate) listening: bool,
}

//! One incident instead of many alerts: which of the notices that stand have one cause, and what becomes of an incident as they
//! change.
//!
//! Two pure steps. [`fold`] puts every standing notice of a trouble into exactly one incident; [`follow`] says which of the incidents
//! known so far each of them is. Deliberately not here: raising and clearing notices (the areas' rules and the lanes), what was
//! acknowledged (the store's), and who is told (`pult-engine::announce`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Instant, Level, NoticeClass, NoticeId, Subject, TargetId, TroubleId,
    areas::network::rule::{certificate_key, notice_key},
};

/// How far a target is followed through what it is reached through; a loop, which an edit refuses, would end there too.
const DEPTH: usize = 8;

/// What a notice of a trouble is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum About {
    /// A watched address that answers badly or not at all.
    Target(TargetId),
    /// A certificate that ends.
    Certificate(TargetId),
    /// A connected system, by the name of its integration.
    Source(String),
    /// Calls to a connected system that were given up.
    Deliveries(String),
}

impl About {
    /// What a notice is about; `None` for one that is no trouble of a connection. `floor` is the integration that watches operators.
    #[must_use]
    pub fn of(class: NoticeClass, key: &str, subject: &Subject, floor: Option<&str>) -> Option<Self> {
        let second = || key.split('/').nth(1).map(str::to_owned);
        match class {
            NoticeClass::NetworkIncident => {
                let target = TargetId(subject.0.strip_prefix("target:")?.parse().ok()?);
                match () {
                    () if key == certificate_key(target) => Some(Self::Certificate(target)),
                    () if key == notice_key(target) => Some(Self::Target(target)),
                    () => None,
                }
            }
            NoticeClass::FloorSource => Some(Self::Source(floor.unwrap_or("floor").to_owned())),
            NoticeClass::Source => second().map(Self::Source),
            NoticeClass::Delivery => second().map(Self::Deliveries),
            _ => None,
        }
    }
}

/// A notice that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub notice: NoticeId,
    /// What it is about.
    pub about: About,
    /// How much it presses.
    pub level: Level,
    /// Since when it holds.
    pub since: Instant,
}

/// A watched address, as far as an incident depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub target: TargetId,
    /// Its host name or address.
    pub host: String,
    /// What it is reached through.
    pub parent: Option<TargetId>,
    /// It does not answer, and was not to be silent: it explains what lies behind it.
    pub down: bool,
    /// It is in trouble, whether or not somebody was told.
    pub in_trouble: bool,
}

/// What the causes of troubles are looked for in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// The watched addresses.
    pub places: Vec<Place>,
    /// The connected systems that are switched on, each with the hosts it is reached at, as far as the settings name them.
    pub hosts: BTreeMap<String, Vec<String>>,
}

/// What an incident comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
#[ts(rename = "IncidentCause")]
pub enum Cause {
    /// A watched address: nothing it is reached through is silent.
    Target(TargetId),
    /// A certificate that ends.
    Certificate(TargetId),
    /// A connected system alone.
    Source(String),
    /// Calls that were given up, to a system that is there.
    Deliveries(String),
}

impl Cause {
    /// Whether only a person ends it, by dealing with what was given up.
    fn is_left_over(&self) -> bool {
        matches!(self, Self::Deliveries(_))
    }
}

/// Notices that stand for one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What it comes from.
    pub cause: Cause,
    /// Since when; what was left over from before does not count beside what is broken now.
    pub since: Instant,
    /// The highest among its notices.
    pub level: Level,
    /// The notice that says best what it is.
    pub head: NoticeId,
    /// All its notices, the head among them, in order.
    pub members: BTreeSet<NoticeId>,
}

/// Puts each notice into the incident it belongs to. The oldest incident comes first.
#[must_use]
pub fn fold(standing: &[Standing], around: &Around) -> Vec<Incident> {
    let troubled: BTreeSet<&str> = standing
        .iter()
        .filter_map(|notice| match &notice.about {
            About::Source(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let mut groups: BTreeMap<Cause, Vec<&Standing>> = BTreeMap::new();
    for notice in standing {
        groups.entry(around.cause(&notice.about, &troubled)).or_default().push(notice);
    }
    let mut incidents: Vec<Incident> = groups.into_iter().filter_map(|(cause, of)| incident(cause, &of)).collect();
    incidents.sort_by_key(|incident| (incident.since, incident.head));
    incidents
}

fn incident(cause: Cause, of: &[&Standing]) -> Option<Incident> {
    let rank = |notice: &&&Standing| match (&notice.about, &cause) {
        (About::Target(target), Cause::Target(root)) if target == root => 0,
        (About::Certificate(_), _) => 0,
        (About::Target(_), _) => 1,
        (About::Source(_), _) => 2,
        (About::Deliveries(_), _) => 3,
    };
    let left_over = |notice: &&&Standing| matches!(notice.about, About::Deliveries(_));
    let broken = of.iter().filter(|notice| !left_over(notice)).map(|notice| notice.since).min();
    Some(Incident {
        since: broken.or_else(|| of.iter().map(|notice| notice.since).min())?,
        level: of.iter().map(|notice| notice.level).max()?,
        head: of.iter().min_by_key(|notice| (rank(notice), notice.notice))?.notice,
        members: of.iter().map(|notice| notice.notice).collect(),
        cause,
    })
}

impl Around {
    fn place(&self, target: TargetId) -> Option<&Place> {
        self.places.iter().find(|place| place.target == target)
    }

    /// The farthest silent one among a target and what it is reached through.
    fn root(&self, target: TargetId) -> Option<TargetId> {
        let mut at = self.place(target);
        let mut found = None;
        for _ in 0..=DEPTH {
            let Some(place) = at else { break };
            if place.down {
                found = Some(place.target);
            }
            at = place.parent.and_then(|parent| self.place(parent));
        }
        found
    }

    /// The silent target a connected system lies behind.
    fn root_of_source(&self, name: &str) -> Option<TargetId> {
        let hosts = self.hosts.get(name)?;
        let of_host = |place: &&Place| hosts.iter().any(|host| same_host(host, &place.host));
        self.places.iter().filter(of_host).find_map(|place| self.root(place.target))
    }

    fn cause(&self, about: &About, troubled: &BTreeSet<&str>) -> Cause {
        match about {
            About::Target(target) => Cause::Target(self.root(*target).unwrap_or(*target)),
            About::Certificate(target) => Cause::Certificate(*target),
            About::Source(name) => self.root_of_source(name).map_or_else(|| Cause::Source(name.clone()), Cause::Target),
            About::Deliveries(name) => match self.root_of_source(name) {
                Some(root) => Cause::Target(root),
                None if troubled.contains(name.as_str()) => Cause::Source(name.clone()),
                None => Cause::Deliveries(name.clone()),
            },
        }
    }

    /// Whether the end of an incident's notices is the end of what it came from, and worth a note.
    fn is_over(&self, cause: &Cause) -> bool {
        match cause {
            Cause::Target(target) => self.place(*target).is_some_and(|place| !place.in_trouble),
            // Switched off is not recovered.
            Cause::Source(name) => self.hosts.contains_key(name),
            // A renewed certificate, and deliveries somebody dealt with, are no news to anybody.
            Cause::Certificate(_) | Cause::Deliveries(_) => false,
        }
    }
}

fn same_host(one: &str, other: &str) -> bool {
    let bare = |host: &str| host.trim_end_matches('.').trim_matches(['[', ']']).to_lowercase();
    bare(one) == bare(other)
}

/// An incident known so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Which.
    pub id: TroubleId,
    /// What it came from when it was last looked at.
    pub cause: Cause,
    /// Its notices, those among them that no longer hold.
    pub members: BTreeSet<NoticeId>,
}

/// What becomes of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Begin(Incident),
    /// It is one that is known, as it is now.
    Keep {
        /// Which.
        id: TroubleId,
        /// As it is now.
        now: Incident,
    },
    /// It turned out to be part of another one.
    Merge {
        /// Which.
        id: TroubleId,
        /// Where in the list of the folded ones the other one is.
        into: usize,
    },
    /// Nothing of it holds any more.
    End {
        /// Which.
        id: TroubleId,
        /// Whether what it came from works again, so that people are told.
        recovered: bool,
    },
}

/// Says what becomes of the incidents known so far. The older of two goes on when they turn out to be one; what was left over by
/// an incident that is over begins one of its own.
#[must_use]
pub fn follow(open: &[Open], folded: &[Incident], around: &Around) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut taken: BTreeMap<usize, TroubleId> = BTreeMap::new();
    let mut known: Vec<&Open> = open.iter().collect();
    known.sort_by_key(|open| open.id);
    for before in known {
        match successor(before, folded, around) {
            Some(at) if before.cause.is_left_over() != folded[at].cause.is_left_over() || taken.contains_key(&at) => {
                changes.push(Change::Merge { id: before.id, into: at });
            }
            Some(at) => {
                taken.insert(at, before.id);
            }
            None => changes.push(Change::End { id: before.id, recovered: around.is_over(&before.cause) }),
        }
    }
    changes.extend(folded.iter().enumerate().map(|(at, incident)| match taken.get(&at) {
        Some(id) => Change::Keep { id: *id, now: incident.clone() },
        None => Change::Begin(incident.clone()),
    }));
    changes
}

/// Where an incident goes on.
fn successor(before: &Open, folded: &[Incident], around: &Around) -> Option<usize> {
    let shares = |incident: &Incident| {
        let goes_on = before.cause.is_left_over() || !incident.cause.is_left_over();
        goes_on && !before.members.is_disjoint(&incident.members)
    };
    let same = folded.iter().position(|incident| shares(incident) && incident.cause == before.cause);
    let other = || folded.iter().position(shares);
    // A target whose notice was taken back because what it is reached through fell silent has not recovered.
    let behind = || match &before.cause {
        Cause::Target(target) if around.place(*target).is_some_and(|place| place.in_trouble) => {
            let root = around.root(*target)?;
            folded.iter().position(|incident| incident.cause == Cause::Target(root))
        }
        _ => None,
    };
    same.or_else(other).or_else(behind)
}

#[cfg(test)]
mod tests;

//! The nodes: what each said last, how often it may be asked, and which one to work with.
//!
//! Deliberately not here: an outage of the node in use (`outage`).

use std::collections::BTreeSet;

use crate::transport::tls::Shown;

use super::{
    super::{pace::Pace, trouble::Trouble, wire::SystemInfo},
    Command, Machine, NodePlan, Now, Stage, Way,
    report::Stop,
};

/// Between two questions to one node about itself.
pub(super) const PROBE_PAUSE: u64 = 5_000;

/// What is known of a node.
pub(super) struct NodeState {
    pub(super) plan: NodePlan,
    pub(super) pace: Pace,
    /// What it said of itself, later parts over earlier ones.
    pub(super) info: Option<SystemInfo>,
    /// Its last answer said that it can be worked with.
    pub(super) usable: bool,
    /// It says nothing of itself to strangers.
    pub(super) wants_credentials: bool,
    /// Its certificate is not trusted: nothing is sent there until a person has decided.
    pub(super) certificate: Option<Box<Shown>>,
    /// The way that worked last.
    pub(super) way: Option<Way>,
    /// What its clock shows less what ours does, milliseconds.
    pub(super) offset_ms: i64,
    /// When it was asked last.
    pub(super) probed: Option<u64>,
    /// When it should be asked again.
    pub(super) probe_at: Option<u64>,
}

impl NodeState {
    pub(super) fn new(plan: NodePlan) -> Self {
        Self {
            plan,
            pace: Pace::default(),
            info: None,
            usable: false,
            wants_credentials: false,
            certificate: None,
            way: None,
            offset_ms: 0,
            probed: None,
            probe_at: None,
        }
    }

    /// From when it may be asked about itself again.
    pub(super) fn probe_from(&self) -> u64 {
        self.probed.map_or(0, |at| at + PROBE_PAUSE)
    }

    /// Takes in a word of itself, which may be partial.
    pub(super) fn take(&mut self, now: Now, told: SystemInfo) {
        if let Some(time) = told.time {
            self.offset_ms = time.as_millisecond() - now.wall.as_millisecond();
        }
        let old = self.info.take().unwrap_or_default();
        self.usable = told.in_service();
        self.info = Some(SystemInfo {
            status: told.status,
            reason: told.reason,
            time: told.time,
            deployment: told.deployment.or(old.deployment),
            primary: told.primary.or(old.primary),
            secondary: told.secondary.or(old.secondary),
            auth_mode: told.auth_mode.or(old.auth_mode),
            domain: told.domain.or(old.domain),
            pubsub: told.pubsub.or(old.pubsub),
            maintenance: told.maintenance,
        });
    }
}

impl Machine {
    /// Asks every node that may be asked now about itself.
    pub(super) fn probe_all(&mut self, now: Now) {
        let trusted = |node: &NodeState| node.certificate.is_none();
        if !self.nodes.iter().any(trusted) {
            return self.stop(Stop::Certificate);
        }
        // A round without the one in use would end at another for no better reason than that this one was asked a moment ago.
        let current = &self.nodes[self.current];
        if trusted(current) && now.ms < current.probe_from() {
            self.stage = Stage::Waiting { until: current.probe_from() };
            return;
        }
        let mut open = BTreeSet::new();
        for at in 0..self.nodes.len() {
            self.nodes[at].usable = false;
            if trusted(&self.nodes[at]) && self.probe(now, at) {
                open.insert(at);
            }
        }
        if open.is_empty() {
            let from = self.nodes.iter().filter(|node| trusted(node)).map(NodeState::probe_from).min();
            self.stage = Stage::Waiting { until: from.unwrap_or(0).max(now.ms + 100) };
        } else {
            self.stage = Stage::Probing { open };
        }
    }

    /// Asks one node about itself, unless it was asked a moment ago.
    pub(super) fn probe(&mut self, now: Now, at: usize) -> bool {
        let node = &mut self.nodes[at];
        if now.ms < node.probe_from() || node.pace.take(now.ms).is_err() {
            return false;
        }
        node.probed = Some(now.ms);
        node.probe_at = None;
        // Credentials go only to a node where they were found right in this very session.
        let credentials =
            node.wants_credentials && at == self.current && matches!(self.stage, Stage::Verifying { .. } | Stage::Up);
        self.out.push(Command::Probe { node: at, credentials });
        true
    }

    /// A node spoke, or did not.
    pub(super) fn informed(&mut self, now: Now, at: usize, outcome: Result<SystemInfo, Trouble>) {
        if matches!(self.stage, Stage::Stopped(_) | Stage::Leaving { .. }) || at >= self.nodes.len() {
            return;
        }
        match outcome {
            Ok(info) => {
                let sso = info.wants_sso();
                self.nodes[at].take(now, info);
                self.learn(at);
                if sso {
                    return self.stop(Stop::Sso);
                }
                if !self.nodes[at].usable {
                    let words = self.nodes[at].info.as_ref().map(SystemInfo::words).unwrap_or_default();
                    self.cause = Some(("out_of_service".to_owned(), format!("{}: {words}", self.nodes[at].plan.host)));
                }
            }
            Err(trouble) => {
                let asked_by_nobody = !matches!(self.stage, Stage::Verifying { .. });
                let node = &mut self.nodes[at];
                node.usable = false;
                match &trouble {
                    // Only the own user can tell whether the password is right, so that one is asked first.
                    Trouble::NoRights(_) if asked_by_nobody && !node.wants_credentials => {
                        node.wants_credentials = true;
                        node.usable = true;
                    }
                    Trouble::NoRights(_) if asked_by_nobody => node.usable = true,
                    Trouble::Certificate(shown) => node.certificate = Some(shown.clone()),
                    Trouble::Later(Some(pause)) => {
                        node.pace.hold(now.ms + u64::try_from(pause.as_millis()).unwrap_or(u64::MAX / 2));
                    }
                    _ => {}
                }
                if !node.usable {
                    self.cause = Some((trouble.cause(), format!("{}: {trouble}", self.nodes[at].plan.host)));
                }
            }
        }
        match &mut self.stage {
            Stage::Probing { open } => {
                open.remove(&at);
                self.choose(now);
            }
            Stage::Verifying { .. } if at == self.current => self.verified(now),
            Stage::Up => self.node_spoke(now, at),
            _ => {}
        }
    }

    /// The first usable node, the current one preferred, one that is made ready for a rest last.
    fn choose(&mut self, now: Now) {
        let Stage::Probing { open } = &self.stage else { return };
        let others = (0..self.nodes.len()).filter(|at| *at != self.current);
        let order: Vec<usize> = std::iter::once(self.current).chain(others).collect();
        let resting = |at: usize| self.nodes[at].info.as_ref().is_some_and(|info| info.maintenance);
        for at in order.iter().copied().filter(|at| !resting(*at)) {
            if open.contains(&at) {
                return;
            }
            if self.nodes[at].usable {
                return self.go(at);
            }
        }
        if !open.is_empty() {
            return;
        }
        match order.into_iter().find(|at| self.nodes[*at].usable) {
            Some(at) => self.go(at),
            None => self.try_later(now, 0),
        }
    }

    /// Another node is usable, apart from the current one.
    pub(super) fn other_usable(&self) -> Option<usize> {
        (0..self.nodes.len()).find(|at| *at != self.current && self.nodes[*at].usable)
    }

    /// Learns the second node from the first. Only where one of the two names is the one we know the node by: else an alias would
    /// make two nodes of one.
    fn learn(&mut self, at: usize) {
        let [known] = self.nodes.as_slice() else { return };
        let Some(info) = self.nodes[at].info.as_ref() else { return };
        let (Some(first), Some(second)) = (&info.primary, &info.secondary) else { return };
        let is_known = |host: &str| known.plan.host.eq_ignore_ascii_case(host);
        let other = match (is_known(&first.host), is_known(&second.host)) {
            (true, false) => second,
            (false, true) => first,
            _ => return,
        };
        let plan = NodePlan {
            host: other.host.clone(),
            port: other.https.unwrap_or(known.plan.port),
            old_websocket_port: known.plan.old_websocket_port,
            direct_tls_port: other.xmpp_tls.unwrap_or(known.plan.direct_tls_port),
        };
        self.out.push(Command::Learn(plan.clone()));
        self.nodes.push(NodeState::new(plan));
    }
}

//! The node in use is out of service while the link may well be up: waiting for it, and moving on when another is better
//! (contracts/finesse 8.10).
//!
//! Deliberately not here: a link that broke (`start`).

use super::{Command, Machine, Now, link::Link, nodes::PROBE_PAUSE};

/// How long the node may rest before another one is asked.
const PATIENCE: u64 = 20_000;

/// An outage.
pub(super) struct Outage {
    pub(super) cause: String,
    pub(super) detail: String,
    since: u64,
    /// When the other nodes are asked.
    others_at: u64,
}

impl Outage {
    pub(super) fn wake(&self) -> u64 {
        self.others_at
    }
}

impl Machine {
    /// The node in use is not to be relied on.
    pub(super) fn begin_outage(&mut self, now: Now, cause: &str, detail: &str) {
        match &mut self.outage {
            Some(outage) => {
                outage.cause = cause.to_owned();
                outage.detail = detail.to_owned();
            }
            None => {
                self.outage = Some(Outage {
                    cause: cause.to_owned(),
                    detail: detail.to_owned(),
                    since: now.ms,
                    others_at: now.ms + PATIENCE,
                });
                self.lose("out_of_service");
                self.reads.rest();
                for team in self.teams.values_mut() {
                    team.buffer.clear();
                }
            }
        }
        let node = &mut self.nodes[self.current];
        node.probe_at = Some(node.probe_at.unwrap_or(now.ms + PROBE_PAUSE));
    }

    /// A node spoke while we are at work.
    pub(super) fn node_spoke(&mut self, now: Now, at: usize) {
        if at != self.current {
            let patient = self.outage.as_ref().is_some_and(|outage| now.ms < outage.since + PATIENCE);
            if self.outage.is_some() && !patient && self.nodes[at].usable {
                self.let_go("moved");
                self.go(at);
            }
            return;
        }
        let node = &self.nodes[at];
        if node.usable {
            return self.recover(now);
        }
        // Without a link there is nothing to wait on: the search begins anew.
        if node.certificate.is_some() || !matches!(self.link, Link::Up(_)) {
            return self.try_later(now, 0);
        }
        let (cause, detail) = match &node.info {
            Some(info) if !info.in_service() => ("out_of_service".to_owned(), info.words()),
            _ => self.cause.clone().unwrap_or_else(|| ("out_of_service".to_owned(), String::new())),
        };
        self.begin_outage(now, &cause, &detail);
    }

    /// The node in use is back, if the server's own user is.
    fn recover(&mut self, now: Now) {
        let gone = matches!(&self.link, Link::Up(up) if up.server_user == Some(false));
        if self.outage.is_none() {
            return;
        }
        if gone {
            self.nodes[self.current].probe_at = Some(now.ms + PROBE_PAUSE);
            return;
        }
        self.outage = None;
        self.cause = None;
        // What began and ended meanwhile was told to nobody: everything anew.
        self.resync(now);
    }

    /// What is due about nodes in question.
    pub(super) fn mind_outage(&mut self, now: Now) {
        let current = self.current;
        if self.nodes[current].probe_at.is_some_and(|at| at <= now.ms) && !self.probe(now, current) {
            let node = &mut self.nodes[current];
            node.probe_at = Some(node.probe_from().max(now.ms + 250));
        }
        let due = self.outage.as_ref().is_some_and(|outage| outage.others_at <= now.ms);
        if !due {
            return;
        }
        if let Some(at) =
            self.other_usable().filter(|at| self.nodes[*at].probed.is_some_and(|at| now.ms < at + PROBE_PAUSE))
        {
            return self.node_spoke(now, at);
        }
        for at in (0..self.nodes.len()).filter(|at| *at != current) {
            if self.nodes[at].certificate.is_none() {
                self.nodes[at].usable = false;
                self.probe(now, at);
            }
        }
        if let Some(outage) = &mut self.outage {
            outage.others_at = now.ms + PROBE_PAUSE;
        }
    }

    /// A request suggests that the node is down: it is asked.
    pub(super) fn suspect(&mut self, now: Now) {
        let node = &mut self.nodes[self.current];
        let at = node.probe_from().max(now.ms);
        node.probe_at = Some(node.probe_at.map_or(at, |due| due.min(at)));
    }

    /// Hands a record on.
    pub(super) fn hear(&mut self, record: crate::StoredRequest) {
        if !self.overflowed {
            self.out.push(Command::Hear(Box::new(record)));
        }
    }
}

//! How the session is, for the console.
//!
//! Deliberately not here: the console's words.

use crate::{SessionReport, SessionState};

use super::{super::wire::Deployment, Command, Machine, Now, Stage, Way, link::Link};

/// A figure that moved less is the same, milliseconds.
const SAME: u64 = 1_000;

/// Why nothing is done until a person asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The password was refused, or is missing.
    Credentials,
    /// Another session took over.
    Conflict,
    /// No node's certificate is trusted.
    Certificate,
    /// Another way of signing in is wanted.
    Sso,
}

impl Stop {
    /// A code of the console's texts.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Credentials => "auth_failed",
            Self::Conflict => "conflict",
            Self::Certificate => "cert_problem",
            Self::Sso => "sso_unsupported",
        }
    }

    fn state(self) -> SessionState {
        match self {
            Self::Credentials => SessionState::AuthFailed,
            Self::Conflict => SessionState::Conflict,
            Self::Certificate => SessionState::CertProblem,
            Self::Sso => SessionState::SsoUnsupported,
        }
    }
}

impl Machine {
    fn state(&self) -> SessionState {
        match &self.stage {
            Stage::Waiting { .. } | Stage::Leaving { .. } | Stage::Finished => match &self.cause {
                Some((cause, _)) if cause == "out_of_service" => SessionState::OutOfService,
                _ => SessionState::Offline,
            },
            Stage::Probing { .. } | Stage::Verifying { .. } => SessionState::Probing,
            Stage::Signing => SessionState::Authenticating,
            Stage::Stopped(stop) => stop.state(),
            Stage::Up if self.outage.is_some() => SessionState::OutOfService,
            Stage::Up => match (&self.link, self.polling, self.limited, self.settled) {
                (Link::Up(_), _, true, true) | (_, true, true, true) => SessionState::NoRights,
                (_, true, ..) => SessionState::Polling,
                (Link::Up(_), _, _, true) => SessionState::Live,
                (Link::Up(_), ..) => SessionState::Syncing,
                _ => SessionState::Connecting,
            },
        }
    }

    fn transport(&self) -> Option<String> {
        let plan = &self.nodes[self.current].plan;
        match (&self.link, self.polling) {
            (Link::Up(up), _) => Some(match up.way {
                Way::Websocket => format!("websocket:{}", plan.port),
                Way::OldWebsocket => format!("websocket:{}", plan.old_websocket_port),
                Way::DirectTls => format!("tls:{}", plan.direct_tls_port),
            }),
            (_, true) => Some("polling".to_owned()),
            _ => None,
        }
    }

    fn features(&self) -> Vec<String> {
        let deployment = self.nodes[self.current].info.as_ref().and_then(|info| info.deployment);
        let has = [
            ("express", deployment == Some(Deployment::Express)),
            ("enterprise", deployment == Some(Deployment::Enterprise)),
            ("queues", self.queues.is_some()),
            ("calls", !self.dialogs.is_empty()),
            ("not_ready", !self.lacks_not_ready),
        ];
        has.into_iter().filter(|(_, has)| *has).map(|(name, _)| name.to_owned()).collect()
    }

    fn why(&self) -> (Option<String>, String) {
        let split = |pair: &(String, String)| (Some(pair.0.clone()), pair.1.clone());
        if let Some(outage) = &self.outage {
            return (Some(outage.cause.clone()), outage.detail.clone());
        }
        match &self.stage {
            Stage::Stopped(Stop::Certificate) => {
                let shown =
                    self.nodes.iter().find_map(|node| Some((node.plan.host.as_str(), node.certificate.as_deref()?)));
                let Some((host, shown)) = shown else { return (None, String::new()) };
                let problem = shown.problem.as_ref().map_or("untrusted", |problem| problem.as_ref());
                let names = shown.names.join(", ");
                let until = shown.not_after.map(|until| until.to_string()).unwrap_or_default();
                let accepted = match shown.accepted.as_slice() {
                    [] => String::new(),
                    accepted => format!(" (accepted before: SHA-256 {})", accepted.join(", ")),
                };
                let words = format!(
                    "{host}: {}, issued by {}, for {names}, until {until}, SHA-256 {}{accepted}",
                    shown.subject, shown.issuer, shown.sha256
                );
                (Some(format!("tls_{problem}")), words)
            }
            Stage::Up if self.limited => (Some("no_rights".to_owned()), String::new()),
            Stage::Up if matches!(self.link, Link::Up(_)) => {
                let unheard: Vec<&str> =
                    self.teams.iter().filter(|(_, team)| !team.hears()).map(|(id, _)| id.as_str()).collect();
                let words = if self.settled && !unheard.is_empty() { unheard.join(", ") } else { String::new() };
                ((!words.is_empty()).then(|| "teams_polled".to_owned()), words)
            }
            _ => self.cause.as_ref().map_or((None, String::new()), split),
        }
    }

    /// Tells how it is, when that has changed.
    pub(super) fn tell(&mut self, now: Now) {
        let state = self.state();
        let wall = now.wall.as_millisecond();
        let since = self.said.as_ref().filter(|said| said.state == state).map_or(wall, |said| said.since);
        let (cause, detail) = self.why();
        let until = match self.stage {
            Stage::Waiting { until } => Some(until),
            Stage::Stopped(Stop::Credentials) => self.backoff.blocked_until(),
            _ => None,
        };
        let retry_at = until.and_then(|until| i64::try_from(until.saturating_sub(now.ms)).ok().map(|left| wall + left));
        let report = SessionReport {
            state,
            node: Some(self.nodes[self.current].plan.host.clone()),
            switched: self.switched && matches!(self.stage, Stage::Up),
            transport: self.transport(),
            detail,
            cause,
            retry_at,
            since,
            features: self.features(),
            clock_offset_ms: self.nodes[self.current].offset_ms,
        };
        if self.said.as_ref().is_none_or(|said| differs(said, &report)) {
            self.out.push(Command::Report(Box::new(report.clone())));
            self.said = Some(report);
        }
    }
}

/// Whether a person would see another thing.
fn differs(old: &SessionReport, new: &SessionReport) -> bool {
    let near = |a: i64, b: i64| a.abs_diff(b) < SAME;
    let same_retry = match (old.retry_at, new.retry_at) {
        (Some(a), Some(b)) => near(a, b),
        (a, b) => a == b,
    };
    let rest = SessionReport { retry_at: old.retry_at, clock_offset_ms: old.clock_offset_ms, ..new.clone() };
    !same_retry || !near(old.clock_offset_ms, new.clock_offset_ms) || rest != *old
}

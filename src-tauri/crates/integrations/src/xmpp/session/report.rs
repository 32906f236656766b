//! How the session is, for people.
//!
//! Deliberately not here: the words on the screen (the console's, by codes).

use crate::{SessionReport, SessionState, xmpp::lost::Lost};

use super::{Command, Machine, Now, Phase};

/// What was shown last.
#[derive(Debug, PartialEq)]
pub(super) struct Shown {
    report: SessionReport,
}

impl Machine {
    /// Shows how it is; with why the last try failed and how long the next one is away, milliseconds.
    pub(super) fn report(&mut self, now: Now, lost: Option<(&Lost, u64)>) {
        let state = match self.phase {
            Phase::Waiting { .. } | Phase::Stopped | Phase::Finished => SessionState::Offline,
            Phase::Dialing => SessionState::Authenticating,
            Phase::Binding { .. } => SessionState::Connecting,
            Phase::Starting => SessionState::Syncing,
            Phase::Live => SessionState::Live,
        };
        let detail = match lost {
            Some((lost, _)) => lost.to_string(),
            None => self.standing(),
        };
        let pause = lost.map(|(_, pause)| i64::try_from(pause).unwrap_or(i64::MAX));
        let retry_at = pause.map(|pause| now.wall.as_millisecond().saturating_add(pause));
        self.show(now, state, detail, lost.map(|(lost, _)| lost.cause()), retry_at);
    }

    /// Shows that nothing more is tried by itself.
    pub(super) fn report_stopped(&mut self, now: Now, state: SessionState, lost: &Lost) {
        self.show(now, state, lost.to_string(), Some(lost.cause()), None);
    }

    /// What is to be said of a session that stands.
    fn standing(&self) -> String {
        let Some(address) = &self.address else { return String::new() };
        let other = if self.suffix.is_some() { "; another program has the resource of this one" } else { "" };
        format!("{address} by {}{other}", self.place.mechanism)
    }

    fn show(&mut self, now: Now, state: SessionState, detail: String, cause: Option<String>, retry_at: Option<i64>) {
        let set = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let was = self.shown.as_ref().map(|shown| &shown.report);
        // Each state begins at an instant of its own, however still the clock stands: by it a second refusal is told from the first.
        let since = match was {
            Some(was) if was.state == state => was.since,
            Some(was) => now.wall.as_millisecond().max(was.since + 1),
            None => now.wall.as_millisecond(),
        };
        let report = SessionReport {
            state,
            node: set(&self.place.host),
            switched: false,
            transport: set(&self.place.way),
            detail,
            cause,
            retry_at,
            since,
            features: self.features.clone(),
            clock_offset_ms: 0,
        };
        if was != Some(&report) {
            self.shown = Some(Shown { report: report.clone() });
            self.out.push(Command::Report(Box::new(report)));
        }
    }
}

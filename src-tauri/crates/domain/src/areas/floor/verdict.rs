//! Blameless Not Ready: what an operator's "not ready" was caused by, from the evidence of that moment (product 4.4).
//!
//! The evidence is weighed a little after the fact, when colleagues' news has come, and it is looked for in a window that reaches back by the
//! time the platform needs to notice a lost client. Deliberately not here: gathering the evidence (the store's).

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ReasonKind;
use crate::{Candidate, Explanation, Instant};

/// How long the platform may take to notice that a desktop or its network is gone (contracts/finesse 8.4): the cause lies up to so
/// long before the state changed.
pub const DETECTION: SignedDuration = SignedDuration::from_secs(180);
/// So many colleagues at once are no coincidence.
const MANY: u32 = 3;

/// What a "not ready" was caused by.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// The network between the operator and the platform, or the platform itself.
    Network,
    /// The telephone or its line.
    Phone,
    /// The desktop was closed, or its computer went to sleep.
    DesktopClosed,
    /// The person, or a supervisor on purpose.
    Person,
    /// Nobody can tell, and nobody is blamed.
    Unknown,
}

/// What the probes of the network saw in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Probes {
    /// Nothing was probed then.
    NotWatched,
    /// All was well.
    Good,
    /// Something was lost or slow.
    Bad,
}

/// What speaks for one verdict or another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Evidence {
    /// Where the reason comes from; absent when the source gave none.
    pub reason: Option<ReasonKind>,
    /// Its code.
    #[ts(type = "number | null")]
    pub code: Option<i64>,
    /// Colleagues of the same teams whom something befell in the window.
    pub colleagues: u32,
    /// What the probes saw in the window.
    pub probes: Probes,
    /// The window looked at, back-dated by [`DETECTION`].
    #[ts(type = "string")]
    pub from: Instant,
    /// Its end.
    #[ts(type = "string")]
    pub to: Instant,
}

/// A verdict and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The branch that decided, as a code of the console's texts.
    pub rule: String,
    /// What it rests on.
    pub evidence: Evidence,
}

/// Weighs the evidence. What does not speak clearly stays unknown.
#[must_use]
pub fn weigh(evidence: &Evidence) -> Judgement {
    use ReasonKind::{
        CallFlow, Chosen, ConnectionLost, DidNotAnswer, OtherSystem, PhoneDown, PlatformFailed, Restored, SignedIn,
        Supervisor,
    };
    let many = evidence.colleagues >= MANY;
    let (verdict, rule) = match (evidence.reason, evidence.probes) {
        (Some(Chosen), _) => (Verdict::Person, "verdict.chosen"),
        (Some(Supervisor), _) => (Verdict::Person, "verdict.supervisor"),
        (Some(CallFlow | SignedIn), _) => (Verdict::Person, "verdict.call_flow"),
        (Some(PlatformFailed), _) => (Verdict::Network, "verdict.platform"),
        (Some(ConnectionLost | PhoneDown | DidNotAnswer), _) if many => (Verdict::Network, "verdict.colleagues"),
        (Some(ConnectionLost | PhoneDown | DidNotAnswer), Probes::Bad) => (Verdict::Network, "verdict.probes"),
        (Some(PhoneDown | Restored), _) => (Verdict::Phone, "verdict.phone"),
        (Some(ConnectionLost), Probes::Good) => (Verdict::DesktopClosed, "verdict.desktop"),
        (Some(DidNotAnswer), Probes::Good) => (Verdict::Person, "verdict.did_not_answer"),
        (Some(ConnectionLost | DidNotAnswer), Probes::NotWatched) => (Verdict::Unknown, "verdict.not_watched"),
        (Some(OtherSystem) | None, _) => (Verdict::Unknown, "verdict.no_reason"),
    };
    Judgement { verdict, rule: rule.to_owned(), evidence: evidence.clone() }
}

/// The explanation kept with a judgement.
#[must_use]
pub(super) fn explain(judgement: &Judgement) -> Explanation {
    let evidence = &judgement.evidence;
    let mut why = Explanation::of(&judgement.rule, serde_json::json!(evidence))
        .with("verdict", judgement.verdict.as_ref())
        .with("colleagues", evidence.colleagues)
        .with("probes", evidence.probes.as_ref());
    why.candidates = [Verdict::Network, Verdict::Phone, Verdict::DesktopClosed, Verdict::Person, Verdict::Unknown]
        .into_iter()
        .map(|verdict| Candidate {
            name: verdict.as_ref().to_owned(),
            chosen: verdict == judgement.verdict,
            reason: if verdict == judgement.verdict { "verdict.taken" } else { "verdict.left" }.to_owned(),
        })
        .collect();
    why.otherwise = match (evidence.reason, judgement.verdict) {
        (
            Some(ReasonKind::ConnectionLost | ReasonKind::DidNotAnswer),
            Verdict::DesktopClosed | Verdict::Person | Verdict::Unknown,
        ) => Some("verdict.if_colleagues".to_owned()),
        (Some(ReasonKind::PhoneDown), Verdict::Phone) => Some("verdict.if_colleagues".to_owned()),
        (Some(ReasonKind::ConnectionLost | ReasonKind::PhoneDown | ReasonKind::DidNotAnswer), Verdict::Network) => {
            Some("verdict.if_alone".to_owned())
        }
        _ => None,
    };
    why
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(reason: Option<ReasonKind>, colleagues: u32, probes: Probes) -> Verdict {
        let at = Instant::UNIX_EPOCH;
        weigh(&Evidence { reason, code: None, colleagues, probes, from: at, to: at }).verdict
    }

    #[test]
    fn a_lost_connection_is_the_networks_only_when_something_else_says_so() {
        let lost = Some(ReasonKind::ConnectionLost);
        assert_eq!(verdict(lost, 0, Probes::Good), Verdict::DesktopClosed);
        assert_eq!(verdict(lost, 0, Probes::Bad), Verdict::Network);
        assert_eq!(verdict(lost, 4, Probes::Good), Verdict::Network);
        assert_eq!(verdict(lost, 2, Probes::NotWatched), Verdict::Unknown);
    }

    #[test]
    fn a_dead_phone_is_not_the_persons() {
        assert_eq!(verdict(Some(ReasonKind::PhoneDown), 0, Probes::NotWatched), Verdict::Phone);
        assert_eq!(verdict(Some(ReasonKind::PhoneDown), 9, Probes::NotWatched), Verdict::Network);
    }

    #[test]
    fn an_unanswered_call_is_nobodys_while_the_network_was_not_watched() {
        assert_eq!(verdict(Some(ReasonKind::DidNotAnswer), 0, Probes::NotWatched), Verdict::Unknown);
        assert_eq!(verdict(Some(ReasonKind::DidNotAnswer), 0, Probes::Good), Verdict::Person);
    }

    #[test]
    fn without_a_reason_nobody_is_blamed() {
        assert_eq!(verdict(None, 0, Probes::Good), Verdict::Unknown);
        assert_eq!(verdict(Some(ReasonKind::OtherSystem), 0, Probes::Bad), Verdict::Unknown);
    }
}

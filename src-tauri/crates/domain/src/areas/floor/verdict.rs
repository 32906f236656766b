//! Blameless Not Ready: what an operator's "not ready" was caused by, from the evidence of that moment (product 4.4).
//!
//! The evidence is weighed a little after the fact, when colleagues' news has come, and it is looked for in a window that reaches back by the
//! time the platform needs to notice a lost client. What the operator's own messenger showed may only lead to a harsher verdict by a rule that
//! names it. Deliberately not here: gathering the evidence (the store's).

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ReasonKind;
use crate::{Candidate, Explanation, Instant, TargetId};

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

/// What the operator's own messenger showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "MessengerSeen")]
pub enum Messenger {
    /// Nobody saw it then, or no address of the operator's is known.
    #[default]
    NotWatched,
    /// They were there.
    There,
    /// They were signed in, and away.
    Away,
    /// It went off in the window, and had been on.
    WentOff,
    /// It was off before the window began.
    Off,
}

/// The target whose probes were looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProbedTarget {
    /// Which.
    pub id: TargetId,
    /// What addresses name it by.
    pub key: String,
    /// Its name.
    pub title: String,
    /// How often it was asked in the window.
    pub asked: u32,
    /// How often it answered badly or not at all.
    pub bad: u32,
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
    /// Which target they asked; absent when there is none, and in judgements from before it was kept.
    #[serde(default)]
    pub target: Option<ProbedTarget>,
    /// What the operator's messenger showed.
    #[serde(default)]
    pub messenger: Messenger,
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
    let quiet = !many && evidence.probes != Probes::Bad;
    let (verdict, rule) = match (evidence.reason, evidence.probes, evidence.messenger) {
        (Some(Chosen), ..) => (Verdict::Person, "verdict.chosen"),
        (Some(Supervisor), ..) => (Verdict::Person, "verdict.supervisor"),
        (Some(CallFlow | SignedIn), ..) => (Verdict::Person, "verdict.call_flow"),
        (Some(PlatformFailed), ..) => (Verdict::Network, "verdict.platform"),
        (Some(ConnectionLost | PhoneDown | DidNotAnswer), ..) if many => (Verdict::Network, "verdict.colleagues"),
        (Some(ConnectionLost | PhoneDown | DidNotAnswer), Probes::Bad, _) => (Verdict::Network, "verdict.probes"),
        (Some(PhoneDown | Restored), ..) => (Verdict::Phone, "verdict.phone"),
        // A messenger that goes off while nobody watched the network may have been cut off: that stays unknown.
        (Some(ConnectionLost | DidNotAnswer) | None, Probes::Good, Messenger::WentOff) if quiet => {
            (Verdict::DesktopClosed, "verdict.messenger_off")
        }
        (Some(ConnectionLost), Probes::Good, _) => (Verdict::DesktopClosed, "verdict.desktop"),
        // Whoever is seen to be away is connected: the network need not have been watched.
        (Some(DidNotAnswer) | None, _, Messenger::Away) if quiet => (Verdict::Person, "verdict.messenger_away"),
        (Some(DidNotAnswer), Probes::Good, _) => (Verdict::Person, "verdict.did_not_answer"),
        (Some(ConnectionLost | DidNotAnswer), Probes::NotWatched, _) => (Verdict::Unknown, "verdict.not_watched"),
        (Some(OtherSystem) | None, ..) => (Verdict::Unknown, "verdict.no_reason"),
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
        .with("probes", evidence.probes.as_ref())
        .with("target", evidence.target.as_ref().map_or(String::new(), |target| target.title.clone()))
        .with("messenger", evidence.messenger.as_ref());
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
mod tests;

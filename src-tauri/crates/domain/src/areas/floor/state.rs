//! States of an operator, and the groups a person sees them in.
//!
//! Deliberately not here: colours and words (the console's), and which transitions exist: any state may follow any other
//! (contracts/finesse 6).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What an operator is doing, as contact centres name it. Stored and compared by [`OperatorState::word`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum OperatorState {
    /// Signed in a moment ago.
    SigningIn,
    /// Not at work.
    SignedOut,
    /// At work and taking no calls.
    NotReady,
    /// Waiting for a call.
    Ready,
    /// A call is being offered.
    Reserved,
    /// Held for a call of a campaign.
    ReservedOutbound,
    /// Held for a call of a campaign that the operator looks at first.
    ReservedPreview,
    /// Talking.
    Talking,
    /// The caller is on hold.
    Hold,
    /// After a call; not ready next.
    WrapUp,
    /// After a call; ready next.
    WrapUpReady,
    /// The source itself does not know.
    Unknown,
    /// A word we have no meaning for, kept as it came (at most 64 characters).
    Other(String),
}

/// What a supervisor counts: five groups, and the mark "unknown", which is never counted as signed out.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Group {
    /// In a call, or one is being offered.
    Talking,
    /// Waiting for a call.
    Ready,
    /// After a call.
    WrapUp,
    /// At work and taking no calls.
    NotReady,
    /// Not known.
    Unknown,
    /// Not at work.
    SignedOut,
}

/// Words by state. The other direction falls back to [`OperatorState::Other`].
const WORDS: [(&str, OperatorState); 12] = [
    ("signing_in", OperatorState::SigningIn),
    ("signed_out", OperatorState::SignedOut),
    ("not_ready", OperatorState::NotReady),
    ("ready", OperatorState::Ready),
    ("reserved", OperatorState::Reserved),
    ("reserved_outbound", OperatorState::ReservedOutbound),
    ("reserved_preview", OperatorState::ReservedPreview),
    ("talking", OperatorState::Talking),
    ("hold", OperatorState::Hold),
    ("wrap_up", OperatorState::WrapUp),
    ("wrap_up_ready", OperatorState::WrapUpReady),
    ("unknown", OperatorState::Unknown),
];

impl OperatorState {
    /// A stable word; a state we have no meaning for is its own text after `other:`.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Other(text) => format!("other:{text}"),
            known => WORDS.iter().find(|(_, state)| state == known).map_or("unknown", |(word, _)| word).to_owned(),
        }
    }

    /// The state of a word; one nobody knows is kept as it is.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        match WORDS.iter().find(|(known, _)| *known == word) {
            Some((_, state)) => state.clone(),
            None => Self::Other(word.strip_prefix("other:").unwrap_or(word).chars().take(64).collect()),
        }
    }

    /// The group it is counted in (contracts/finesse 6).
    #[must_use]
    pub fn group(&self) -> Group {
        match self {
            Self::SignedOut => Group::SignedOut,
            Self::SigningIn | Self::NotReady => Group::NotReady,
            Self::Ready => Group::Ready,
            Self::Reserved | Self::ReservedOutbound | Self::ReservedPreview | Self::Talking | Self::Hold => {
                Group::Talking
            }
            Self::WrapUp | Self::WrapUpReady => Group::WrapUp,
            Self::Unknown | Self::Other(_) => Group::Unknown,
        }
    }
}

impl Serialize for OperatorState {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word())
    }
}

impl<'de> Deserialize<'de> for OperatorState {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::of_word(&String::deserialize(deserializer)?))
    }
}

/// What a supervisor may ask an operator's state to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Wanted {
    /// Take calls.
    Ready,
    /// Take no calls.
    NotReady,
    /// Leave.
    SignedOut,
}

impl Wanted {
    /// The state that shows it was done.
    #[must_use]
    pub fn state(self) -> OperatorState {
        match self {
            Self::Ready => OperatorState::Ready,
            Self::NotReady => OperatorState::NotReady,
            Self::SignedOut => OperatorState::SignedOut,
        }
    }

    /// Whether the source is known to turn it down from this state (contracts/finesse 5.9); what is not listed is left to it.
    #[must_use]
    pub fn may_follow(self, state: &OperatorState) -> bool {
        use OperatorState::{NotReady, Ready, SignedOut, Unknown, WrapUp, WrapUpReady};
        match self {
            Self::SignedOut => !matches!(state, SignedOut | Unknown),
            Self::NotReady => matches!(state, Ready | WrapUp | WrapUpReady),
            Self::Ready => matches!(state, NotReady | WrapUp | WrapUpReady),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_leads_back_to_its_state() {
        for (word, state) in WORDS {
            assert_eq!((state.word().as_str(), OperatorState::of_word(word)), (word, state));
        }
    }

    #[test]
    fn a_state_nobody_knows_is_kept_and_counted_as_unknown() {
        let robot = OperatorState::Other("LUNCH_ROBOT".to_owned());
        assert_eq!(robot.group(), Group::Unknown);
        assert_eq!(OperatorState::of_word(&robot.word()), robot);
    }

    #[test]
    fn not_ready_is_asked_only_of_those_who_wait_or_write_up() {
        assert!(Wanted::NotReady.may_follow(&OperatorState::Ready));
        assert!(!Wanted::NotReady.may_follow(&OperatorState::Talking));
        assert!(Wanted::SignedOut.may_follow(&OperatorState::Talking));
        assert!(!Wanted::SignedOut.may_follow(&OperatorState::SignedOut));
    }
}

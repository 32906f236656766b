//! The states an agent can be in and what may be ordered from each. Which state follows which by itself is in `life`.

use std::fmt;

use super::Deployment;

/// A state as the wire writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Signed out.
    Logout,
    /// Signed in, takes no calls.
    NotReady,
    /// Waits for a call.
    Ready,
    /// A call is being offered.
    Reserved,
    /// On a call.
    Talking,
    /// The caller is on hold.
    Hold,
    /// Wraps up, then not ready.
    Work,
    /// Wraps up, then ready.
    WorkReady,
    /// Any other word, kept as it is: `UNKNOWN`, `LOGIN`, `RESERVED_OUTBOUND` and what nobody has heard of.
    Other(String),
}

impl State {
    /// Reads the wire's word; every word is a state.
    pub fn parse(word: &str) -> Self {
        match word {
            "LOGOUT" => Self::Logout,
            "NOT_READY" => Self::NotReady,
            "READY" => Self::Ready,
            "RESERVED" => Self::Reserved,
            "TALKING" => Self::Talking,
            "HOLD" => Self::Hold,
            "WORK" => Self::Work,
            "WORK_READY" => Self::WorkReady,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The wire's word.
    pub fn word(&self) -> &str {
        match self {
            Self::Logout => "LOGOUT",
            Self::NotReady => "NOT_READY",
            Self::Ready => "READY",
            Self::Reserved => "RESERVED",
            Self::Talking => "TALKING",
            Self::Hold => "HOLD",
            Self::Work => "WORK",
            Self::WorkReady => "WORK_READY",
            Self::Other(word) => word,
        }
    }

    /// Whether this is the time after a call.
    pub const fn is_wrap_up(&self) -> bool {
        matches!(self, Self::Work | Self::WorkReady)
    }

    /// Whether a reason goes with this state.
    pub const fn has_reason(&self) -> bool {
        matches!(self, Self::Logout | Self::NotReady)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What follows from an order for an agent's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The agent changes at once.
    Now,
    /// The agent changes when the call is over.
    AfterCall,
    /// The transition is not permitted.
    Refused,
}

/// What becomes of an order of a supervisor (section 5.9 of the contract).
pub fn supervised(from: &State, to: &State) -> Verdict {
    match to {
        State::Logout => match from {
            State::Talking | State::Hold => Verdict::AfterCall,
            State::Logout => Verdict::Refused,
            State::Other(word) if !word.starts_with("RESERVED_OUTBOUND") => Verdict::Refused,
            _ => Verdict::Now,
        },
        State::NotReady if matches!(from, State::Ready) || from.is_wrap_up() => Verdict::Now,
        State::Ready if matches!(from, State::NotReady) || from.is_wrap_up() => Verdict::Now,
        _ => Verdict::Refused,
    }
}

/// What becomes of a person's wish for the own state.
pub fn own(from: &State, to: &State, deployment: Deployment) -> Verdict {
    match (from, to) {
        (State::NotReady, State::Logout | State::Ready | State::NotReady) | (State::Ready, State::NotReady) => {
            Verdict::Now
        }
        (State::Ready, State::Logout) if deployment == Deployment::Uccx => Verdict::Now,
        (State::Work | State::WorkReady, State::NotReady | State::Ready) => Verdict::Now,
        (State::Talking | State::Hold, State::NotReady | State::Ready) => Verdict::AfterCall,
        _ => Verdict::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_supervisor_may_order_what_the_contract_lists() {
        let from = ["READY", "NOT_READY", "RESERVED", "TALKING", "HOLD", "WORK", "WORK_READY", "LOGOUT", "UNKNOWN"];
        let allowed = |to: &str| -> Vec<&str> {
            let to = State::parse(to);
            from.into_iter().filter(|from| supervised(&State::parse(from), &to) != Verdict::Refused).collect()
        };
        assert_eq!(allowed("NOT_READY"), ["READY", "WORK", "WORK_READY"]);
        assert_eq!(allowed("READY"), ["NOT_READY", "WORK", "WORK_READY"]);
        assert_eq!(allowed("LOGOUT"), ["READY", "NOT_READY", "RESERVED", "TALKING", "HOLD", "WORK", "WORK_READY"]);
        assert_eq!(supervised(&State::parse("RESERVED_OUTBOUND_PREVIEW"), &State::Logout), Verdict::Now);
    }

    #[test]
    fn only_one_deployment_lets_a_ready_agent_leave() {
        assert_eq!(own(&State::Ready, &State::Logout, Deployment::Uccx), Verdict::Now);
        assert_eq!(own(&State::Ready, &State::Logout, Deployment::Ucce), Verdict::Refused);
    }
}

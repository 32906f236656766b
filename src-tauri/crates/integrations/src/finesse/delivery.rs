//! What is done for a supervisor: asking for an operator's state, once, and looking at the operator when nobody saw what became of
//! it (contracts/finesse 5.9).
//!
//! Deliberately not here: whether it was done, which shows in the state.

use std::{sync::atomic::Ordering, time::Duration};

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use pult_domain::{
    CommandId, Effect, EffectKey, Fact, FactKey, Failure, Instant, Observed,
    areas::floor::{self, OperatorState, Wanted},
};
use sha2::{Digest, Sha256};

use crate::{Asked, Attempt, CallError, Delivery, LaneTerms, Limit, Method, Settled, transport::http::Answer};

use super::{
    Finesse, NAME,
    client::{AT_ONCE, As, Change, TOTAL},
    pace::PER_SECOND,
    trouble::{self, Trouble, judge_answer},
    wire::{people, system::Complaint},
};

/// Waiting for a place among the requests of a second, on top of the request itself.
const QUEUE: Duration = Duration::from_secs(5);

/// The method that changes a person.
const PUT_USER: &str = "put_user";
/// The method that reads a team.
const GET_TEAM: &str = "get_team";

#[async_trait]
impl Delivery for Finesse {
    fn kinds(&self) -> &'static [&'static str] {
        &["change_operator_state", "look_at_operator"]
    }

    fn methods(&self) -> &'static [Method] {
        &[Method { name: PUT_USER, kind: "change_operator_state" }, Method { name: GET_TEAM, kind: "look_at_operator" }]
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        match (asked.method, asked.effect) {
            (PUT_USER, Effect::ChangeOperatorState { command, wanted, account, .. }) => {
                let who = account.as_deref().map_or(As::Engine, As::Person);
                judge_answer(answer, trouble::Asked::Writing).map_err(|trouble| error(trouble, who, *wanted))?;
                Ok(vec![receipt(*command, asked.key, asked.at)])
            }
            (GET_TEAM, Effect::LookAtOperator { command, .. }) => {
                let seen = judge_answer(answer, trouble::Asked::Reading)
                    .map_err(|trouble| trouble.to_string())
                    .and_then(|()| people::read_team(&answer.body).map_err(|fault| fault.to_string()));
                Ok(looked(*command, asked.key, asked.at, seen.into_iter().collect()))
            }
            (other, _) => {
                Err(CallError::Refused { reason: format!("{other} is not called here"), why: Failure::Unsupported })
            }
        }
    }

    fn terms(&self) -> LaneTerms {
        // A refused person's account is asked about once more.
        LaneTerms { concurrency: AT_ONCE, timeout: (TOTAL + QUEUE) * 2 }
    }

    fn limits(&self, _effect: &Effect) -> Vec<Limit> {
        let burst = u32::try_from(PER_SECOND).unwrap_or(1);
        vec![Limit { key: NAME.to_owned(), per_second_milli: burst * 1000, burst }]
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let (command, login_id, wanted, account) = match effect {
            Effect::ChangeOperatorState { command, login_id, wanted, account } => (command, login_id, wanted, account),
            Effect::LookAtOperator { command, teams, .. } => return self.look(*command, teams, key).await,
            _ => return Attempt::not_ours(effect),
        };
        let who = account.as_deref().map_or(As::Engine, As::Person);
        let (Some(node), Some(state)) = (self.cluster.current(), people::word(&wanted.state())) else {
            return Attempt::not_ours(effect);
        };
        let request_id = request_id(key);
        // Remembered first: the outcome may be told before the answer is read.
        self.cluster.waits(request_id.clone(), *command, (self.clock)());
        let change = Change { login_id, state, request_id: &request_id };
        let (exchanges, outcome) = self.client.put_state(&node, who, &change).await;
        let outcome = match outcome {
            Ok(()) => Ok(vec![receipt(*command, key, (self.clock)())]),
            Err(trouble) => {
                self.mind(who, &trouble);
                let error = error(trouble, who, *wanted);
                if matches!(error, CallError::Refused { why: Failure::Unsupported, .. }) && *wanted == Wanted::NotReady
                {
                    self.cluster.lacks_not_ready.store(true, Ordering::Relaxed);
                }
                Err(error)
            }
        };
        Attempt { exchanges, outcome }
    }

    async fn settle(&self, effect: &Effect, key: &EffectKey) -> Settled {
        let Effect::ChangeOperatorState { command, login_id, wanted, .. } = effect else { return Settled::NotDone };
        let unknown = |detail: &str| Settled::Unknown(CallError::OutcomeUnknown { detail: detail.to_owned() });
        let (Some(node), Some(team)) = (self.cluster.current(), self.cluster.team_of(login_id)) else {
            return unknown("the operator's team is not known");
        };
        let (_, answer) = self.client.get(&node, As::Engine, &["Team", &team], None).await;
        let team = match answer.map(|answer| people::read_team(&answer.body)) {
            Ok(Ok(team)) => team,
            Ok(Err(fault)) => return unknown(&fault.to_string()),
            Err(trouble) => {
                self.mind(As::Engine, &trouble);
                return unknown(&trouble.to_string());
            }
        };
        let member = team.members.iter().find(|member| member.login_id == *login_id);
        let reached = |state: &OperatorState| *state == wanted.state();
        match member {
            Some(member) if reached(&member.state) || member.pending.as_ref().is_some_and(reached) => {
                Settled::Done(vec![receipt(*command, key, (self.clock)())])
            }
            // It may still come: a request that was sent is never sent again.
            _ => unknown("the operator is in another state"),
        }
    }
}

impl Finesse {
    /// Where the engine's own password was found to be refused, its session is told: it may show it no more either.
    fn mind(&self, who: As<'_>, trouble: &Trouble) {
        if matches!(who, As::Engine) && *trouble == Trouble::WrongPassword {
            self.client.dismissed.notify_one();
        }
    }

    /// Reads the operator's teams once. Whatever comes of it, nothing more is tried: the request's outcome stays unknown then.
    async fn look(&self, command: CommandId, teams: &[String], key: &EffectKey) -> Attempt {
        let (mut exchanges, mut seen) = (vec![], vec![]);
        if let Some(node) = self.cluster.current() {
            for team in teams {
                let (said, answer) = self.client.get(&node, As::Engine, &["Team", team], None).await;
                exchanges.extend(said);
                match answer {
                    Ok(answer) => seen.extend(people::read_team(&answer.body)),
                    Err(trouble) => self.mind(As::Engine, &trouble),
                }
            }
        }
        Attempt { exchanges, outcome: Ok(looked(command, key, (self.clock)(), seen)) }
    }
}

fn receipt(command: CommandId, key: &EffectKey, at: Instant) -> Observed {
    Observed { key: FactKey(key.0.clone()), at, fact: Fact::Floor(floor::Fact::RequestTaken { command }) }
}

/// The teams as they were seen, and then that nobody saw the outcome: no news where the teams have shown it.
fn looked(command: CommandId, key: &EffectKey, at: Instant, seen: Vec<floor::TeamReport>) -> Vec<Observed> {
    let teams = seen.into_iter().map(floor::Fact::TeamSeen);
    let facts = teams.chain([floor::Fact::RequestUnsettled { command }]);
    facts
        .enumerate()
        .map(|(n, fact)| Observed { key: FactKey(format!("{key}/{n}")), at, fact: Fact::Floor(fact) })
        .collect()
}

/// What a request's trouble means for it. Only what never reached the server may be tried again.
pub(super) fn error(trouble: Trouble, who: As<'_>, wanted: Wanted) -> CallError {
    let refused = |why: Failure| CallError::Refused { reason: trouble.to_string(), why };
    match &trouble {
        // One person's password is not the engine's: the lane goes on for everybody else.
        secrets if secrets.is_the_secrets() && matches!(who, As::Person(_)) => refused(Failure::Rights),
        Trouble::WrongPassword | Trouble::NoSecret | Trouble::Stopped => {
            CallError::Unauthorized { detail: trouble.to_string() }
        }
        Trouble::NoRights(_) => refused(Failure::Rights),
        Trouble::NotFound => refused(Failure::DoesNotExist),
        Trouble::Unsupported => refused(Failure::Unsupported),
        Trouble::Refused(_, complaint) => refused(refusal(complaint, wanted)),
        // The server was asked, and a supervisor's request is never repeated.
        Trouble::Later(_) | Trouble::OutOfService | Trouble::Failed(_) => refused(Failure::Refused),
        Trouble::Unreachable(..) | Trouble::Certificate(_) => CallError::Unreachable { detail: trouble.to_string() },
        Trouble::Strange(detail) | Trouble::Unknown(detail) => CallError::OutcomeUnknown { detail: detail.clone() },
    }
}

/// What kind of refusal a complaint is.
fn refusal(complaint: &Complaint, wanted: Wanted) -> Failure {
    let now = complaint.data.as_deref().map(people::state);
    if complaint.is("Invalid State") {
        // Where the state would have allowed it, it is the wish itself that this release does not know.
        let allowed = now.is_some_and(|now| wanted.may_follow(&now));
        return if wanted == Wanted::NotReady && allowed { Failure::Unsupported } else { Failure::State };
    }
    match (complaint.is("Invalid Input"), wanted) {
        (true, Wanted::NotReady) => Failure::Unsupported,
        _ => Failure::Refused,
    }
}

/// The id a request is recognised by, in the shape of a random UUID: the same effect has the same.
pub(super) fn request_id(key: &EffectKey) -> String {
    let digest = Sha256::digest(key.0.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = HEXLOWER.encode(&bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

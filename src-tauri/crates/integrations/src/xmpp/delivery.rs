//! What is done by the messenger: saying something to somebody, once, and answering who may see whom (contracts/xmpp 4, 9).
//!
//! Deliberately not here: the session that says it ([`super::hold`]), and what is said ([`super::words`]).

use std::time::Duration;

use async_trait::async_trait;
use minidom::Element;
use pult_domain::{
    Effect, EffectKey, Fact, FactKey, Failure, Instant, Observed,
    areas::messages::{self, Account, Address, SendMessage},
};
use tokio_xmpp::Stanza;

use crate::{
    Asked, Attempt, CallError, Delivery, Exchange, LaneTerms, Limit, Method, SessionState, Settled,
    transport::{
        http::Answer,
        xmpp::{frame, stanza},
    },
};

use super::{
    Xmpp,
    hold::ACKNOWLEDGED,
    lines::{Said, Standing},
    lost::of_condition,
    say,
    session::Look,
    stream,
};

/// Saying something.
const MESSAGE: &str = "message";
/// Saying who may see whom.
const PRESENCE: &str = "presence";
/// The server's word that it has what was said (XEP-0198).
const ACKNOWLEDGEMENT: (&str, &str) = ("a", "urn:xmpp:sm:3");
/// What is kept of an exchange, characters.
const SHOWN: usize = 16_000;
/// What stands for words that are not shown.
const HIDDEN: &str = "***";
/// The longest that anything but the server's word takes.
const REST: Duration = Duration::from_secs(15);
/// Messages under way at once, each in a session of its own or one after another there.
const AT_ONCE: usize = 4;

#[async_trait]
impl Delivery for Xmpp {
    fn kinds(&self) -> &'static [&'static str] {
        &["send_message", "answer_subscription"]
    }

    fn terms(&self) -> LaneTerms {
        // Two stanzas answer who may see whom.
        LaneTerms { concurrency: AT_ONCE, timeout: ACKNOWLEDGED * 2 + REST }
    }

    fn limits(&self, _effect: &Effect) -> Vec<Limit> {
        vec![]
    }

    fn methods(&self) -> &'static [Method] {
        &[Method { name: MESSAGE, kind: "send_message" }, Method { name: PRESENCE, kind: "answer_subscription" }]
    }

    /// Reads one element the server said: its word that it has what was said, or what was said given back as an error.
    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        let receipt = match (asked.method, asked.effect) {
            (MESSAGE, Effect::SendMessage(send)) => sent(send, asked.key, asked.at),
            (PRESENCE, Effect::AnswerSubscription { account, to, .. }) => answered(*account, to, asked.key, asked.at),
            (other, _) => {
                let reason = format!("{other} is not said here");
                return Err(CallError::Refused { reason, why: Failure::Unsupported });
            }
        };
        let unread = |detail: &str| CallError::OutcomeUnknown { detail: detail.to_owned() };
        let text = std::str::from_utf8(&answer.body).map_err(|_| unread("what the server said is no text"))?;
        let said = frame::read(text).map_err(|garbled| unread(&garbled.to_string()))?;
        if said.is(ACKNOWLEDGEMENT.0, ACKNOWLEDGEMENT.1) {
            return Ok(vec![receipt]);
        }
        if said.attr("type") == Some("error") {
            return Err(refused(&said));
        }
        Err(unread("the server's words are neither a receipt nor an error"))
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        match effect {
            Effect::SendMessage(send) => {
                let Some(to) = stream::read(&send.to) else { return Attempt::said_nothing(nobody(&send.to)) };
                let message = say::message(send, to, self.manner());
                let attempt = self.speak(send.from, vec![message.into()], Some(send.uid.clone())).await;
                attempt.with(|at| sent(send, key, at), (self.clock)())
            }
            Effect::AnswerSubscription { account, to, allow } => {
                let Some(address) = stream::read(to) else { return Attempt::said_nothing(nobody(to)) };
                let said = say::subscription(&address, *allow).into_iter().map(Stanza::from).collect();
                let attempt = self.speak(*account, said, None).await;
                attempt.with(|at| answered(*account, to, key, at), (self.clock)())
            }
            _ => Attempt::not_ours(effect),
        }
    }

    async fn settle(&self, effect: &Effect, key: &EffectKey) -> Settled {
        // Saying once more who may see whom changes nothing.
        let Effect::SendMessage(send) = effect else { return Settled::NotDone };
        let look = Look { id: 0, to: send.to.clone(), uid: send.uid.clone(), since: send.since };
        match self.lines.look(send.from, look).await {
            Ok(true) => Settled::Done(vec![sent(send, key, (self.clock)())]),
            // By the contract it is said again with the same id, by which whoever has it already knows it.
            Ok(false) => Settled::NotDone,
            Err(detail) => Settled::Unknown(CallError::Unreachable { detail }),
        }
    }
}

impl Xmpp {
    /// Says stanzas one after another, until one is not taken.
    async fn speak(&self, account: Account, stanzas: Vec<Stanza>, uid: Option<String>) -> Spoken {
        let mut spoken = Spoken { exchanges: vec![], outcome: Ok(()) };
        if let Some(error) = self.not_now(account) {
            spoken.outcome = Err(error);
            return spoken;
        }
        for stanza in stanzas {
            let request = shown(&stanza, account);
            let (response, outcome) = match self.lines.say(account, stanza, uid.clone()).await {
                Said::Taken => ("taken by the server".to_owned(), Ok(())),
                Said::Unsaid(detail) => (String::new(), Err(away(account, detail))),
                Said::Unknown(detail) => (String::new(), Err(CallError::OutcomeUnknown { detail })),
                Said::Refused(reason) => (reason.clone(), Err(CallError::Refused { reason, why: Failure::Refused })),
            };
            spoken.exchanges.push(Exchange { request, status: None, response });
            spoken.outcome = outcome;
            if spoken.outcome.is_err() {
                break;
            }
        }
        spoken
    }

    /// Why nothing can be said by an account now.
    fn not_now(&self, account: Account) -> Option<CallError> {
        let unreachable = |detail: String| Some(away(account, detail));
        match self.lines.standing(account) {
            Some(Standing::Live) => None,
            Some(Standing::Down(detail)) => unreachable(detail),
            None => unreachable("the account has no session".to_owned()),
            Some(Standing::Stopped(SessionState::AuthFailed | SessionState::SsoUnsupported, detail)) => match account {
                Account::Bot => Some(CallError::Unauthorized { detail }),
                // One person's password is not the engine's: the lane goes on for everybody else.
                Account::Person(_) => Some(CallError::Refused { reason: detail, why: Failure::Rights }),
            },
            Some(Standing::Stopped(_, detail)) => unreachable(detail),
        }
    }
}

/// An account that cannot speak now. One person's account that is away is no failure of the messenger: everybody else's words go on.
fn away(account: Account, detail: String) -> CallError {
    match account {
        Account::Bot => CallError::Unreachable { detail },
        Account::Person(_) => CallError::Retry { after: None, detail },
    }
}

/// What was said and what became of it.
struct Spoken {
    exchanges: Vec<Exchange>,
    outcome: Result<(), CallError>,
}

impl Spoken {
    fn with(self, receipt: impl FnOnce(Instant) -> Observed, at: Instant) -> Attempt {
        Attempt { exchanges: self.exchanges, outcome: self.outcome.map(|()| vec![receipt(at)]) }
    }
}

impl Attempt {
    fn said_nothing(error: CallError) -> Self {
        Self { exchanges: vec![], outcome: Err(error) }
    }
}

fn nobody(address: &Address) -> CallError {
    CallError::Refused { reason: format!("{address} is nobody's address"), why: Failure::DoesNotExist }
}

/// What an error given back means for the effect. [`messages::Fact::Returned`] tells the same of one that comes later.
fn refused(stanza: &Element) -> CallError {
    let condition = stanza::condition(stanza);
    let waits = stanza.children().any(|child| child.name() == "error" && child.attr("type") == Some("wait"));
    match of_condition(&condition, waits) {
        (_, true) => CallError::Retry { after: None, detail: condition },
        (why, false) => CallError::Refused { reason: condition, why },
    }
}

fn sent(send: &SendMessage, key: &EffectKey, at: Instant) -> Observed {
    observed(key, at, messages::Fact::Sent { message: send.message })
}

fn answered(account: Account, to: &Address, key: &EffectKey, at: Instant) -> Observed {
    observed(key, at, messages::Fact::SubscriptionAnswered { account, to: to.clone(), done: true })
}

fn observed(key: &EffectKey, at: Instant, fact: messages::Fact) -> Observed {
    Observed { key: FactKey(key.0.clone()), at, fact: Fact::Messages(fact) }
}

/// A stanza as people look at it: what a person says from their own account is for whoever they say it to.
fn shown(stanza: &Stanza, account: Account) -> String {
    let element = match stanza {
        Stanza::Message(message) => {
            let mut message = message.clone();
            if matches!(account, Account::Person(_)) {
                message.bodies.values_mut().for_each(|body| HIDDEN.clone_into(body));
                message.payloads.retain(|payload| payload.name() != "html");
            }
            Element::from(message)
        }
        Stanza::Presence(presence) => Element::from(presence.clone()),
        Stanza::Iq(iq) => Element::from(iq.clone()),
    };
    let text = stanza::write(&element).unwrap_or_default();
    text.chars().take(SHOWN).collect()
}

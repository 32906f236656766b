//! Messages: the snapshot from the store, the rule from the domain, the changes back.
//!
//! What people wrote to each other is left out of what is written down of a decision. Deliberately not here: anything decided.

use pult_domain::{
    Failure, MessageId, Observed, Subject,
    areas::messages::{Account, Change, Fact, Known, MessageState, decide as rule, rule::fact_of_timer as of_timer},
};
use pult_integrations::CallError;
use pult_store::{
    Connection, StoreError,
    messages::{self, number},
    outbox,
};

use super::AreaDecision;
use crate::terms::Terms;

pub(super) fn decide(
    connection: &Connection,
    fact: &Fact,
    observed: &Observed,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    let known = messages::load_known(connection, fact)?;
    let decision = rule(fact, observed.at, &known, &terms.messages);
    let mut touched = Vec::new();
    for change in &decision.changes {
        touched.extend(messages::apply(connection, change, observed.at)?.map(number));
    }
    let before = came_back_before(connection, fact, &known)?;
    for (message, error) in decision.changes.iter().filter_map(given_back).chain(before) {
        outbox::give_back(connection, message, &serde_json::to_string(&error)?)?;
    }
    touched.sort_unstable();
    touched.dedup();
    Ok(AreaDecision {
        subject: about(fact, &known),
        touched,
        changes: serde_json::to_value(&decision.changes)?,
        effects: decision.effects,
        timers: decision.timers,
        notices: decision.notices,
        answer: decision.answer,
        explanation: decision.explanation,
    })
}

/// The message that came back for good by a change: among the deliveries the call that sent it is a refused one.
fn given_back(change: &Change) -> Option<(MessageId, CallError)> {
    let Change::Became { message, state: MessageState::Failed, failure, detail, returned: true } = change else {
        return None;
    };
    Some((*message, refused(detail.as_deref(), *failure)))
}

/// The same of a message that came back before its own call had ended: only now there is a call to be counted as refused.
fn came_back_before(
    connection: &Connection,
    fact: &Fact,
    known: &Known,
) -> Result<Option<(MessageId, CallError)>, StoreError> {
    let (Fact::Sent { message }, Some(kept)) = (fact, &known.message) else { return Ok(None) };
    if !kept.returned || kept.state != Some(MessageState::Failed) {
        return Ok(None);
    }
    let row = messages::get(connection, kept.account, *message)?;
    Ok(row.map(|row| (*message, refused(row.detail.as_deref(), row.failure))))
}

fn refused(detail: Option<&str>, failure: Option<Failure>) -> CallError {
    let reason = detail.unwrap_or("the message was given back").to_owned();
    CallError::Refused { reason, why: failure.unwrap_or(Failure::Refused) }
}

fn about(fact: &Fact, known: &Known) -> Option<Subject> {
    let conversation = |account: Account, peer| Some(Subject::conversation(account, peer));
    match fact {
        Fact::Heard(heard) => conversation(heard.account, &heard.peer),
        Fact::Delivered { account, from, .. } | Fact::Returned { account, from, .. } => conversation(*account, from),
        Fact::Written { account, to, .. } => conversation(*account, to),
        Fact::Seen { account, peer, .. } => conversation(*account, peer),
        Fact::Sent { .. } | Fact::NotSent { .. } | Fact::TryAgain { .. } => {
            known.message.as_ref().and_then(|kept| conversation(kept.account, &kept.peer))
        }
        Fact::ContactsRead { account, .. }
        | Fact::ContactChanged { account, .. }
        | Fact::PresenceSeen { account, .. }
        | Fact::SessionEnded { account }
        | Fact::SubscriptionAsked { account, .. }
        | Fact::SubscriptionDecided { account, .. }
        | Fact::SubscriptionAnswered { account, .. } => Some(Subject::contacts(*account)),
    }
}

pub(super) fn fact_of_timer(key: &str) -> Option<Fact> {
    of_timer(key)
}

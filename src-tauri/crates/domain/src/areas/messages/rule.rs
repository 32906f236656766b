//! Rules of messages: what is kept of what came, who is told of it, and what becomes of what was said.
//!
//! A message may come several ways and in any order: each way adds what it knows, and the outcome is the same. Deliberately not here:
//! finding the snapshot (the store's), and which notices are duplicated (the engine's).

mod heard;
mod otherwise;
mod said;

use serde_json::json;

use super::{Account, Address, Change, Fact, Kept, Known, Policy};
use crate::{Answer, Audience, Decision, Effect, EffectOrder, Explanation, Instant, MessageId, NoticeChange, Subject};

pub use said::{duplicate, of_notice};

/// Decides about one fact. `at` is its instant, which is also the only "now" a rule knows.
#[must_use]
pub fn decide(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    match fact {
        Fact::Heard(incoming) => heard::heard(incoming, at, known, policy),
        Fact::Seen { account, peer, .. } => heard::seen(*account, peer, known),
        Fact::Written { account, to, text, uid, by } => {
            let said = said::Typed { account: *account, to, text, uid, by };
            said::written(&said, at, known, policy)
        }
        Fact::Sent { .. } => said::sent(known),
        Fact::Delivered { .. } => said::delivered(known),
        Fact::Returned { failure, again, detail, .. } => said::returned(*failure, *again, detail, at, known),
        Fact::NotSent { failure, detail, .. } => said::not_sent(*failure, detail, at, known),
        Fact::TryAgain { by, .. } => said::try_again(by.as_deref(), at, known, policy),
        Fact::ContactsRead { account, contacts } => {
            let count = contacts.len();
            let change = Change::Contacts { account: *account, contacts: contacts.clone() };
            change_only(change, explain("messages.contacts_read", known).with("count", count))
        }
        Fact::ContactChanged { account, contact } => change_only(
            Change::Contact { account: *account, contact: contact.clone() },
            explain("messages.contact_changed", known),
        ),
        Fact::PresenceSeen { account, from, resource, presence, status } => match known.peer.contact {
            true => {
                let change = Change::Presence {
                    account: *account,
                    from: from.clone(),
                    resource: resource.clone(),
                    presence: *presence,
                    status: cut(status, LONGEST_STATUS),
                    at,
                };
                change_only(change, explain("messages.presence_seen", known))
            }
            false => Decision::nothing(explain("messages.presence_seen.stranger", known)),
        },
        Fact::SessionEnded { account } => {
            change_only(Change::Unseen { account: *account }, explain("messages.session_ended", known))
        }
        Fact::SubscriptionAsked { account, from } => asked(*account, from, at, known, policy),
        Fact::SubscriptionDecided { account, from, allow, by } => decided(*account, from, *allow, by, known, policy),
        Fact::SubscriptionAnswered { account, to, done } => {
            let change = Change::Answered { account: *account, from: to.clone(), done: *done };
            change_only(change, explain("messages.subscription_answered", known).with("done", *done))
        }
    }
}

/// Characters of somebody's own words about how they are.
const LONGEST_STATUS: usize = 200;

fn explain(rule: &str, known: &Known) -> Explanation {
    Explanation::of(rule, json!(known)).had(otherwise::of(rule).map(str::to_owned))
}

fn answered(answer: Answer, explanation: Explanation) -> Decision<Change> {
    Decision { answer: Some(answer), ..Decision::nothing(explanation) }
}

fn change_only(change: Change, explanation: Explanation) -> Decision<Change> {
    Decision { changes: vec![change], ..answered(Answer::Done, explanation) }
}

/// The key of the notice that somebody wrote to a person.
fn notice_key(account: Account, peer: &Address) -> Option<String> {
    match account {
        Account::Bot => None,
        Account::Person(person) => Some(format!("message:{person}/{peer}")),
    }
}

/// What was told of a conversation has been read where it is held.
fn was_read(account: Account, peer: &Address) -> Vec<NoticeChange> {
    notice_key(account, peer).into_iter().map(|key| NoticeChange::Read { key }).collect()
}

/// Administrators, by name; everybody who may look where there is none.
fn admins(known: &Known) -> Audience {
    match known.admins.is_empty() {
        true => Audience::Everyone,
        false => {
            let told = |login: &String| crate::Told { login: login.clone(), why: "administrator".to_owned() };
            Audience::People(known.admins.iter().map(told).collect())
        }
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

fn again_key(message: MessageId) -> String {
    format!("again/{message}")
}

/// The fact a deadline stands for.
#[must_use]
pub fn fact_of_timer(key: &str) -> Option<Fact> {
    Some(Fact::TryAgain { message: MessageId(key.strip_prefix("again/")?.parse().ok()?), by: None })
}

fn tell(account: Account, to: &Address, allow: bool) -> EffectOrder {
    EffectOrder {
        subject: Subject::contacts(account),
        not_after: None,
        urgent: true,
        effect: Effect::AnswerSubscription { account, to: to.clone(), allow },
    }
}

/// Whether an account is anybody's: the engine's own, or that of somebody who still has it connected.
fn is_ours(account: Account, known: &Known) -> bool {
    account == Account::Bot || known.owner.is_some()
}

fn asked(account: Account, from: &Address, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let explain = |rule: &str| explain(rule, known).with("from", from.as_str());
    if !is_ours(account, known) {
        return Decision::nothing(explain("messages.subscription_asked.nobodys"));
    }
    if (policy.is_staff(from) || known.peer.person) && policy.sender {
        return Decision {
            effects: vec![tell(account, from, true)],
            ..answered(Answer::Done, explain("messages.subscription_asked.staff"))
        };
    }
    if known.asked {
        return answered(Answer::Unchanged, explain("messages.subscription_asked.again"));
    }
    change_only(Change::Question { account, from: from.clone(), at }, explain("messages.subscription_asked"))
}

fn decided(
    account: Account,
    from: &Address,
    allow: bool,
    by: &str,
    known: &Known,
    policy: &Policy,
) -> Decision<Change> {
    let explanation = |rule: &str| explain(rule, known).with("from", from.as_str()).with("allow", allow).with("by", by);
    if !known.asked || !policy.sender {
        return answered(Answer::Unchanged, explanation("messages.subscription_decided.not_asked"));
    }
    Decision {
        effects: vec![tell(account, from, allow)],
        ..change_only(Change::Answering { account, from: from.clone() }, explanation("messages.subscription_decided"))
    }
}

/// The message a fact names, where there is one.
fn named(known: &Known) -> Result<&Kept, Decision<Change>> {
    known.message.as_ref().ok_or_else(|| answered(Answer::Unchanged, explain("messages.no_message", known)))
}

#[cfg(test)]
mod tests;

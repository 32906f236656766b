//! Conversations and issues: the snapshot from the store, the rule from the domain, the changes back.
//!
//! Deliberately not here: anything decided.

use pult_domain::{
    Observed, Subject,
    areas::chat_link::{Change, Fact, decide as rule},
};
use pult_store::{Connection, StoreError, chat_link};

use super::AreaDecision;
use crate::{decide::Source, terms::Terms};

/// Stands for a request that has no conversation yet: no pair has this id, and whoever shows requests reads them again.
const NO_PAIR: i64 = 0;

pub(super) fn decide(
    connection: &Connection,
    fact: &Fact,
    observed: &Observed,
    source: &Source,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    let known = chat_link::load_known(connection, fact, observed.at)?;
    let decision = rule(fact, observed.at, &known, &terms.chat_link);
    let mut touched = Vec::new();
    for change in &decision.changes {
        let begun = match change {
            Change::Item(item) if !chat_link::has_item(connection, item.id)? => Some(item.id),
            _ => None,
        };
        touched.extend(chat_link::apply(connection, change)?);
        if let Some(item) = begun
            && let Some(at) = super::found_at(connection, source)?
        {
            chat_link::recovered(connection, item, at)?;
        }
    }
    touched.sort();
    touched.dedup();
    let mut touched: Vec<_> = touched.into_iter().map(|id| id.0).collect();
    if touched.is_empty() && decision.changes.iter().any(|change| matches!(change, Change::Request(_))) {
        touched.push(NO_PAIR);
    }
    Ok(AreaDecision {
        subject: about(&known, &decision.changes),
        touched,
        changes: serde_json::to_value(&decision.changes)?,
        effects: decision.effects,
        timers: decision.timers,
        notices: decision.notices,
        answer: decision.answer,
        explanation: decision.explanation,
    })
}

/// The issue, where there is one by now; else the request or the person.
fn about(known: &pult_domain::areas::chat_link::Known, changes: &[Change]) -> Option<Subject> {
    let of = |change: &Change| match change {
        Change::Link(link) => Some(Subject::issue(&link.issue)),
        _ => None,
    };
    let begun = |change: &Change| match change {
        Change::Request(request) => Some(Subject::chat_request(request.id)),
        Change::Wish(wish) => Some(Subject::chat_user(wish.user)),
        Change::User(user) => Some(Subject::chat_user(user.person.id)),
        Change::Link(_) | Change::Item(_) | Change::Echo { .. } => None,
    };
    let known = known.link.as_ref().map(|link| Subject::issue(&link.issue));
    known.or_else(|| changes.iter().find_map(of)).or_else(|| changes.iter().find_map(begun))
}

//! What is done to an issue: people are let in, somebody takes it, it goes the way of a transition (contracts/yandex_tracker 2, 3).
//!
//! Deliberately not here: who may do so (the rule's).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use pult_domain::{
    Failure,
    areas::chat_link::{IssueCard, owed::IssueChange},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    Tracker,
    client::{Call, TOTAL},
    loose::{at, single, text},
    people::login,
    trouble::{Intent, strange},
    wire,
};

/// The most transitions remembered.
const REMEMBERED: usize = 5_000;

/// Where the transitions of issues lead, as they were last seen: once an issue has gone one, it is not shown any more.
#[derive(Default)]
pub(super) struct Ways(Mutex<HashMap<(String, String), String>>);

impl Ways {
    fn note(&self, issue: &str, transition: String, status: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert((issue.to_owned(), transition), status);
    }

    fn of(&self, issue: &str, transition: &str) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(issue.to_owned(), transition.to_owned())).cloned()
    }
}

/// An issue with the ways it can go.
struct Whole {
    card: IssueCard,
    /// As it came.
    issue: Value,
}

/// Whose an issue is: author, assignee, followers (behaviour/chat_tracker 5.4).
const THEIRS: [&str; 3] = ["createdBy", "assignee", "followers"];

impl Tracker {
    /// An issue with the ways it can go and the people who have to do with it.
    pub(super) async fn whole(&self, key: &str, said: &mut Vec<Exchange>) -> Result<IssueCard, CallError> {
        Ok(self.look(key, said).await?.card)
    }

    async fn look(&self, key: &str, said: &mut Vec<Exchange>) -> Result<Whole, CallError> {
        let answer = self.client.get(&["issues", key], &[("expand", "transitions")], said).await?;
        let mut issue = single(&answer).cloned().ok_or_else(|| strange("the answer is not an issue"))?;
        if !at(&issue, &["transitions"]).is_array() {
            issue["transitions"] = self.client.get(&["issues", key, "transitions"], &[], said).await?;
        }
        self.know_people(&issue, &["assignee", "followers", "access"], said).await?;
        let ways = at(&issue, &["transitions"]).as_array().into_iter().flatten();
        for (transition, status) in ways.filter_map(|row| wire::transition(&self.settings, row)) {
            self.ways.note(key, transition.id, status);
        }
        Ok(Whole { card: self.card(&issue)?, issue })
    }

    /// Lets people read an issue, besides those who may already; who was added. Nobody, and `None`, where it is to be done only for
    /// somebody who is neither its author nor its assignee nor one of its followers.
    pub(super) async fn grant(
        &self,
        key: &str,
        logins: &[String],
        only_for: Option<&str>,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<Vec<String>>, CallError> {
        let answer = self.client.get(&["issues", key], &[], said).await?;
        self.know_people(&answer, &["access"], said).await?;
        if let Some(namer) = only_for {
            self.know_people(&answer, &THEIRS, said).await?;
            if !self.is_one_of(&answer, &THEIRS, namer) {
                return Ok(None);
            }
        }
        let card = self.card(&answer)?;
        let mut missing: Vec<String> = vec![];
        for login in logins.iter().map(|login| login.trim()).filter(|login| !login.is_empty()) {
            let same = |other: &String| other.to_lowercase() == login.to_lowercase();
            if !card.access.iter().any(same) && !missing.iter().any(same) {
                missing.push(login.to_owned());
            }
        }
        if missing.is_empty() {
            return Ok(Some(missing));
        }
        match self.let_in(key, &missing, said).await {
            Err(CallError::Refused { why: Failure::Refused | Failure::DoesNotExist, .. }) if missing.len() > 1 => {}
            outcome => return outcome.map(|()| Some(missing)),
        }
        // One of them is nobody there, which must not keep out the others.
        let (mut added, mut refusal) = (vec![], None);
        for login in missing {
            match self.let_in(key, std::slice::from_ref(&login), said).await {
                Ok(()) => added.push(login),
                Err(error @ CallError::Refused { .. }) => refusal = Some(error),
                Err(error) => return Err(error),
            }
        }
        match refusal {
            Some(error) if added.is_empty() => Err(error),
            _ => Ok(Some(added)),
        }
    }

    async fn let_in(&self, key: &str, logins: &[String], said: &mut Vec<Exchange>) -> Result<(), CallError> {
        self.client.patch(key, &json!({"access": {"add": logins}}), said).await?;
        Ok(())
    }

    /// Does something to an issue, and reads it again.
    pub(super) async fn change(
        &self,
        key: &str,
        change: &IssueChange,
        said: &mut Vec<Exchange>,
    ) -> Result<IssueCard, CallError> {
        let before = self.look(key, said).await?;
        match change {
            IssueChange::Assign { login: wanted } => {
                let has = login(at(&before.issue, &["assignee"]), &self.people);
                if has.is_some_and(|has| has.eq_ignore_ascii_case(wanted)) {
                    return Ok(before.card);
                }
                self.client.patch(key, &json!({"assignee": wanted}), said).await?;
            }
            IssueChange::Move { transition } => {
                let to = self.ways.of(key, transition).filter(|to| !to.is_empty());
                if to.as_ref() == Some(&before.card.status) {
                    return Ok(before.card);
                }
                if !before.card.transitions.iter().any(|way| way.id == *transition) {
                    return Err(CallError::Refused {
                        reason: format!("«{}» → {transition}: такого перехода сейчас нет", before.card.status_name),
                        why: Failure::State,
                    });
                }
                self.go(key, transition, to.as_deref(), said).await?;
            }
        }
        // It was done: that it cannot be read now makes it no less so.
        self.whole(key, said).await.map_err(|error| match error {
            CallError::Unreachable { detail } => CallError::OutcomeUnknown { detail },
            other => other,
        })
    }

    /// Executes a transition. Where the answer was lost, the issue is read at once.
    async fn go(
        &self,
        key: &str,
        transition: &str,
        to: Option<&str>,
        said: &mut Vec<Exchange>,
    ) -> Result<(), CallError> {
        let call = Call {
            method: Method::POST,
            path: &["issues", key, "transitions", transition, "_execute"],
            query: &[],
            body: Some(&json!({})),
            intent: Intent::Once,
            within: TOTAL,
        };
        let doubt = match self.client.call(&call, said).await {
            Ok(_) => return Ok(()),
            Err(trouble) => trouble.error,
        };
        if !matches!(doubt, CallError::OutcomeUnknown { .. }) {
            return Err(doubt);
        }
        let shown = self.client.get(&["issues", key], &[], said).await.and_then(|answer| self.card(&answer));
        if shown.is_ok_and(|card| to == Some(card.status.as_str())) { Ok(()) } else { Err(doubt) }
    }

    /// What became of a change that nobody saw; `None` where it was not made.
    pub(super) async fn settle_change(
        &self,
        key: &str,
        change: &IssueChange,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<IssueCard>, CallError> {
        let IssueChange::Move { transition } = change else {
            // The same person is assigned again without harm.
            return Ok(None);
        };
        let card = self.whole(key, said).await?;
        // A way that is not open any more was gone, by us or by somebody else: the issue shows where it is now.
        let gone = !card.transitions.iter().any(|way| way.id == *transition);
        let arrived = self.ways.of(key, transition).is_some_and(|to| to == card.status);
        Ok((gone || arrived).then_some(card))
    }
}

/// Whether the answer to a change shows that it was made.
pub(super) fn executed(answer: &Value) -> Result<(), CallError> {
    match answer {
        Value::Array(_) | Value::Null => Ok(()),
        other => {
            text(at(other, &["id"]), 200).map(|_| ()).ok_or_else(|| strange("the answer is not a list of transitions"))
        }
    }
}

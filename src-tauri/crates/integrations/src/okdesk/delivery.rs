//! What is done at the service desk: reading who wrote an issue, and setting a rating where there is none (contracts/okdesk 4).
//!
//! Deliberately not here: which rating, and when.

use std::{str::FromStr, time::Duration};

use async_trait::async_trait;
use pult_domain::{
    Effect, EffectKey, Fact, FactKey, Failure, Instant, IssueId, Observed, RatingId,
    areas::ratings::{self, Rate},
};
use serde_json::{Value, json};

use crate::{
    Asked, Attempt, CallError, Delivery, Exchange, LaneTerms, Limit, Method, Settled, transport::http::Answer,
};

use super::{
    NAME, Okdesk, RateBody,
    client::Posted,
    trouble::{self, judge},
    wire,
};

/// The method that searches people.
const CONTACTS: &str = "contacts";
/// The method that rates an issue.
const RATES: &str = "issues/rates";
/// The method that reads an issue; it stands last because it brings the receipt.
const ISSUE: &str = "issues";

/// The most requests of one attempt: two ratings that clash, each between two readings.
const REQUESTS: u32 = 5;

#[async_trait]
impl Delivery for Okdesk {
    fn kinds(&self) -> &'static [&'static str] {
        &["look_up_contact", "set_rating"]
    }

    fn terms(&self) -> LaneTerms {
        let waits = Duration::from_secs(self.settings.timeout_s.max(1).into()) + Duration::from_secs(1);
        LaneTerms { concurrency: 2, timeout: waits * REQUESTS }
    }

    fn limits(&self, _effect: &Effect) -> Vec<Limit> {
        let rate = self.settings.rate_per_second.max(1);
        vec![Limit { key: NAME.to_owned(), per_second_milli: rate.saturating_mul(1000), burst: rate }]
    }

    fn methods(&self) -> &'static [Method] {
        &[
            Method { name: CONTACTS, kind: "look_up_contact" },
            Method { name: RATES, kind: "set_rating" },
            Method { name: ISSUE, kind: "set_rating" },
        ]
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        let mask = self.client.mask();
        match (asked.method, asked.effect) {
            (CONTACTS, Effect::LookUpContact { request, contact }) => {
                let content = judge(answer, trouble::Asked::Reading, &mask)?;
                Ok(vec![looked_up(*request, *contact, &content, asked.key, asked.at)])
            }
            (RATES, Effect::SetRating { .. }) => judge(answer, trouble::Asked::Writing, &mask).map(|_| vec![]),
            (ISSUE, Effect::SetRating { request, issue, .. }) => {
                let content = judge(answer, trouble::Asked::Reading, &mask)?;
                let shown = wire::shown(&content, *issue)?.map(known).transpose()?;
                Ok(shown.map(|rate| kept(*request, rate, asked.key, asked.at)).into_iter().collect())
            }
            (other, _) => {
                Err(CallError::Refused { reason: format!("{other} is not called here"), why: Failure::Unsupported })
            }
        }
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let mut exchanges = vec![];
        let outcome = match effect {
            Effect::LookUpContact { request, contact } => self
                .client
                // The trailing slash is the contract's.
                .get(&["contacts", ""], &[("id", &contact.to_string())], &mut exchanges)
                .await
                .map(|content| looked_up(*request, *contact, &content, key, (self.clock)())),
            Effect::SetRating { request, issue, rate } => self
                .set(*issue, *rate, &mut exchanges)
                .await
                .and_then(known)
                .map(|rate| kept(*request, rate, key, (self.clock)())),
            _ => return Attempt::not_ours(effect),
        };
        Attempt { exchanges, outcome: outcome.map(|receipt| vec![receipt]) }
    }

    async fn settle(&self, effect: &Effect, key: &EffectKey) -> Settled {
        let Effect::SetRating { request, issue, .. } = effect else { return Settled::NotDone };
        match self.shown(*issue, &mut vec![]).await.and_then(|shown| shown.map(known).transpose()) {
            Ok(Some(rate)) => Settled::Done(vec![kept(*request, rate, key, (self.clock)())]),
            Ok(None) => Settled::NotDone,
            Err(error) => Settled::Unknown(error),
        }
    }
}

impl Okdesk {
    /// Sets the rating unless there is one, and returns what the issue shows then.
    async fn set(&self, issue: IssueId, rate: Rate, said: &mut Vec<Exchange>) -> Result<String, CallError> {
        if let Some(shown) = self.shown(issue, said).await? {
            return Ok(shown);
        }
        let word = rate.as_ref();
        let body = match self.settings.rate_body {
            RateBody::Flat => json!({ "rate": word }),
            RateBody::Nested => json!({ "issue": { "rate": word } }),
        };
        let mut clash = None;
        for _ in 0..2 {
            clash = match self.client.post(&["issues", &issue.to_string(), "rates"], &body, said).await? {
                Posted::Taken => None,
                Posted::Conflict(error) => Some(error),
            };
            let seen = self.shown(issue, said).await.map_err(|error| match error {
                // It was sent: only that it cannot be seen.
                CallError::Unreachable { detail } => CallError::OutcomeUnknown { detail },
                other => other,
            });
            match (seen?, &clash) {
                (Some(shown), _) => return Ok(shown),
                (None, Some(_)) => {}
                (None, None) => {
                    let detail = "the rating was taken, and the issue does not show it yet".to_owned();
                    return Err(CallError::OutcomeUnknown { detail });
                }
            }
        }
        Err(clash.unwrap_or_else(|| trouble::strange("the rating clashed with another change")))
    }

    /// The rating the issue shows now.
    async fn shown(&self, issue: IssueId, said: &mut Vec<Exchange>) -> Result<Option<String>, CallError> {
        let content = self.client.get(&["issues", &issue.to_string()], &[], said).await?;
        wire::shown(&content, issue)
    }
}

/// A rating in our three steps. Another word was set there by another hand, and is not ours to overwrite.
fn known(shown: String) -> Result<Rate, CallError> {
    Rate::from_str(&shown).map_err(|_| CallError::Refused {
        reason: format!("the issue is rated «{shown}» already"),
        why: Failure::State,
    })
}

fn receipt(key: &EffectKey, at: Instant, fact: ratings::Fact) -> Observed {
    Observed { key: FactKey(key.0.clone()), at, fact: Fact::Ratings(fact) }
}

fn kept(request: RatingId, rate: Rate, key: &EffectKey, at: Instant) -> Observed {
    receipt(key, at, ratings::Fact::RateKept { request, rate })
}

fn looked_up(request: RatingId, contact: i64, content: &Value, key: &EffectKey, at: Instant) -> Observed {
    let fact = match wire::author(content, contact) {
        Ok(contact) => ratings::Fact::ContactFound { request, contact },
        Err(lack) => ratings::Fact::ContactMissing { request, lack },
    };
    receipt(key, at, fact)
}

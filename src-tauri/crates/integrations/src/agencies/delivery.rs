//! The one effect performed here: reading an agency's card.
//!
//! Deliberately not here: the conversation (`client`).

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::{
    AgencyId, CallId, Effect, EffectKey, Fact, FactKey, Failure, Instant, Observed,
    areas::calls::{self, Lack},
};

use crate::{Asked, Attempt, CallError, Delivery, LaneTerms, Limit, Method, Settled, transport::http::Answer};

use super::{
    Agencies, NAME,
    client::{self, Reading},
};

#[async_trait]
impl Delivery for Agencies {
    fn kinds(&self) -> &'static [&'static str] {
        &["look_up_agency"]
    }

    fn terms(&self) -> LaneTerms {
        // An attempt is two sign-ins and two readings at the worst, one of them preceded by a try of https.
        let answers = Duration::from_secs(self.settings.timeout_s.into()) * 5;
        LaneTerms { concurrency: self.settings.concurrency.max(1) as usize, timeout: answers }
    }

    fn limits(&self, _effect: &Effect) -> Vec<Limit> {
        let rate = self.settings.rate_per_second.max(1);
        vec![Limit { key: NAME.to_owned(), per_second_milli: rate.saturating_mul(1000), burst: rate }]
    }

    fn methods(&self) -> &'static [Method] {
        &[
            Method { name: client::SIGN_IN, kind: "look_up_agency" },
            Method { name: client::VIEW, kind: "look_up_agency" },
        ]
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        let Effect::LookUpAgency { call, agency, phone } = asked.effect else {
            return Err(CallError::not_ours(asked.effect));
        };
        answer.worth_reading()?;
        match asked.method {
            client::SIGN_IN => client::session(answer).map(|_| vec![]),
            client::VIEW => Ok(vec![receipt(*call, *agency, asked.key, asked.at, client::reading(answer, phone)?)]),
            other => {
                Err(CallError::Refused { reason: format!("{other} is not called here"), why: Failure::Unsupported })
            }
        }
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let Effect::LookUpAgency { call, agency, phone } = effect else { return Attempt::not_ours(effect) };
        let (exchanges, outcome) = self.gate.read(*agency, phone).await;
        let outcome = outcome.map(|reading| vec![receipt(*call, *agency, key, (self.clock)(), reading)]);
        Attempt { exchanges, outcome }
    }

    async fn settle(&self, _effect: &Effect, _key: &EffectKey) -> Settled {
        Settled::NotDone
    }
}

fn receipt(call: CallId, agency: AgencyId, key: &EffectKey, at: Instant, reading: Reading) -> Observed {
    let fact = match reading {
        Reading::Card(card) => calls::Fact::AgencyFound { call, card },
        Reading::Unknown => calls::Fact::AgencyMissing { call, agency, lack: Lack::Unknown },
    };
    Observed { key: FactKey(key.0.clone()), at, fact: Fact::Calls(fact) }
}

//! The one effect performed here: reading an agency's card.
//!
//! Deliberately not here: the conversation (`client`).

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::{
    Effect, EffectKey, Fact, FactKey, Observed,
    areas::calls::{self, Lack},
};

use crate::{Attempt, Delivery, LaneTerms, Limit, Settled};

use super::{Agencies, NAME, client::Reading};

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

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let Effect::LookUpAgency { call, agency, phone } = effect else { return Attempt::not_ours(effect) };
        let (exchanges, outcome) = self.gate.read(*agency, phone).await;
        let outcome = outcome.map(|reading| {
            let fact = match reading {
                Reading::Card(card) => calls::Fact::AgencyFound { call: *call, card },
                Reading::Unknown => calls::Fact::AgencyMissing { call: *call, agency: *agency, lack: Lack::Unknown },
            };
            vec![Observed { key: FactKey(key.0.clone()), at: (self.clock)(), fact: Fact::Calls(fact) }]
        });
        Attempt { exchanges, outcome }
    }

    async fn settle(&self, _effect: &Effect, _key: &EffectKey) -> Settled {
        Settled::NotDone
    }
}

//! What is done at the service desk: looking for tickets nobody has, giving one to somebody, and reading the catalogue.
//!
//! Deliberately not here: how each product is asked (`cloud`, `classic`).

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::{AssignmentId, Effect, EffectKey, Fact, FactKey, Failure, Instant, Observed, areas::carousel};

use crate::{
    Asked, Attempt, CallError, Delivery, Exchange, LaneTerms, Limit, Method, Settled, transport::http::Answer,
};

use super::{
    Intradesk, NAME,
    assign::{self, End, Order},
    desk::{Reading, Written},
    trouble,
};

/// Effects under way at once; one per service is the lane's own.
const AT_ONCE: usize = 4;
/// The most one attempt may take. A reading of the catalogue is a request for each service, and more; each of them has its own, much
/// shorter limit.
const ATTEMPT: Duration = Duration::from_secs(5 * 60);
/// The most exchanges kept of the beginning, and of the end, of one attempt.
const KEPT: usize = 12;

#[async_trait]
impl Delivery for Intradesk {
    fn kinds(&self) -> &'static [&'static str] {
        &["list_unassigned", "assign_ticket", "read_catalogue"]
    }

    fn terms(&self) -> LaneTerms {
        LaneTerms { concurrency: AT_ONCE, timeout: ATTEMPT }
    }

    fn limits(&self, _effect: &Effect) -> Vec<Limit> {
        let rate = self.settings.rate_per_second.max(1);
        vec![Limit { key: NAME.to_owned(), per_second_milli: rate.saturating_mul(1000), burst: rate }]
    }

    fn methods(&self) -> &'static [Method] {
        self.desk.methods()
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        let fact = match (self.desk.understand(asked, answer)?, asked.effect) {
            (Reading::Tickets(listing), Effect::ListUnassigned { service, .. }) => {
                Some(carousel::Fact::Listed { service: *service, listing })
            }
            (Reading::Ticket(holders), effect) => match order(effect) {
                Some((id, order)) => assign::seen(&order, holders.as_ref()).map(|end| fact(id, end)),
                None => None,
            },
            (Reading::Written(written), effect) => match written {
                Written::Gone => order(effect).map(|(id, _)| fact(id, End::Gone)),
                Written::Refused(reason) => return Err(trouble::refused(reason)),
                Written::Clash(reason) => return Err(CallError::Refused { reason, why: Failure::State }),
                Written::Perhaps | Written::Failed(_) => None,
            },
            (Reading::Tickets(_) | Reading::Step, _) => None,
        };
        Ok(fact.map(|fact| receipt(asked.key, asked.at, fact)).into_iter().collect())
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let mut said = vec![];
        let outcome = match effect {
            Effect::ListUnassigned { service, oldest_first } => {
                let listing = self.desk.unassigned(*service, *oldest_first, &mut said).await;
                listing.map(|listing| carousel::Fact::Listed { service: *service, listing })
            }
            Effect::ReadCatalogue {} => {
                let catalogue = self.desk.catalogue(&mut said).await;
                catalogue.map(|catalogue| carousel::Fact::CatalogueRead { catalogue: Box::new(catalogue) })
            }
            effect => match order(effect) {
                Some((id, order)) => assign::give(self.desk.as_ref(), &order, &mut said).await.map(|end| fact(id, end)),
                None => return Attempt::not_ours(effect),
            },
        };
        let outcome = outcome.map(|fact| vec![receipt(key, (self.clock)(), fact)]);
        Attempt { exchanges: bounded(said), outcome }
    }

    async fn settle(&self, effect: &Effect, key: &EffectKey) -> Settled {
        let Some((id, order)) = order(effect) else { return Settled::NotDone };
        match assign::look(self.desk.as_ref(), &order, &mut vec![]).await {
            Ok(Some(end)) => Settled::Done(vec![receipt(key, (self.clock)(), fact(id, end))]),
            Ok(None) => Settled::NotDone,
            Err(error) => Settled::Unknown(error),
        }
    }
}

/// The order that an effect holds, and the assignment it belongs to.
fn order(effect: &Effect) -> Option<(AssignmentId, Order)> {
    let Effect::AssignTicket { assignment, service, ticket, person, instead_of, .. } = effect else { return None };
    Some((*assignment, Order { ticket: *ticket, service: *service, person: *person, instead_of: *instead_of }))
}

fn fact(assignment: AssignmentId, end: End) -> carousel::Fact {
    match end {
        End::Assigned => carousel::Fact::Assigned { assignment },
        End::Taken(by) => carousel::Fact::Taken { assignment, by },
        End::Gone => carousel::Fact::Gone { assignment },
        End::PersonRefused(detail) => carousel::Fact::PersonRefused { assignment, detail },
    }
}

fn receipt(key: &EffectKey, at: Instant, fact: carousel::Fact) -> Observed {
    Observed { key: FactKey(key.0.clone()), at, fact: Fact::Carousel(fact) }
}

/// A reading of hundreds of requests is kept by its beginning and its end, where the failure is.
fn bounded(mut said: Vec<Exchange>) -> Vec<Exchange> {
    if said.len() > 2 * KEPT {
        said.drain(KEPT..said.len() - KEPT);
    }
    said
}

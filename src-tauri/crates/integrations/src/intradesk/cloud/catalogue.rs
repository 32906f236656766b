//! Reading all services, people and groups: in parts, of which none may be missing, and the parts fitted together.
//!
//! Deliberately not here: what is new in it (the rules of the carousel).

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use pult_domain::{
    Failure, GroupId, ServiceId,
    areas::carousel::{Catalogue, Offering},
};
use serde_json::Value;

use crate::{CallError, Exchange};

use super::{
    super::trouble::refused,
    Cloud, EMPLOYEES, GROUPS, RULES, SERVICE_USERS, SERVICES,
    pages::Pages,
    wire::{self, Listed},
};

/// Services asked about at once.
const AT_ONCE: usize = 4;
/// The most rows of each part.
const MOST: usize = 50_000;

impl Cloud {
    pub(super) async fn read_catalogue(&self, said: &mut Vec<Exchange>) -> Result<Catalogue, CallError> {
        let services = self.services(said).await?;
        let people = wire::employees(&self.rows(EMPLOYEES, said).await?)?;
        let groups = wire::groups(&self.rows(GROUPS, said).await?)?;
        let mut bindings = BTreeSet::new();
        // Named first: a stream of borrowed futures made on the way is more than the compiler can follow.
        let asking: Vec<_> = services.keys().map(|service| self.serving(*service)).collect();
        let mut asking = stream::iter(asking).buffer_unordered(AT_ONCE);
        while let Some((service, exchanges, serving)) = asking.next().await {
            said.extend(exchanges);
            bindings.extend(serving?.into_iter().map(|group| (service, group)));
        }
        Ok(fitted(services, people, groups.into_iter().collect(), bindings))
    }

    /// The services, as the vendor's own pages are told them, or by the plain list where the account may not ask that way.
    async fn services(&self, said: &mut Vec<Exchange>) -> Result<BTreeMap<ServiceId, Offering>, CallError> {
        let asked = self.client.post(RULES, wire::SERVICES_QUESTION.to_owned(), said).await;
        let services = match asked {
            Err(CallError::Refused { why: Failure::Rights | Failure::DoesNotExist, .. }) => {
                wire::services_of_changes(&self.client.get(SERVICES, &[], said).await?)
            }
            answer => wire::services_of_rules(&answer?),
        };
        let services = services?;
        if services.len() > MOST {
            return Err(too_many(RULES));
        }
        Ok(services.into_iter().collect())
    }

    async fn rows(&self, path: &str, said: &mut Vec<Exchange>) -> Result<Vec<Value>, CallError> {
        let wanted = Pages { path, query: &[("$orderby", "id asc")], id: "id", most: MOST };
        let found = self.client.pages(&wanted, said).await?;
        match found.complete {
            true => Ok(found.rows),
            false if found.rows.len() >= MOST => Err(too_many(path)),
            false => Err(refused(format!("{path} did not give all of its rows"))),
        }
    }

    async fn serving(&self, service: ServiceId) -> (ServiceId, Vec<Exchange>, Result<Vec<GroupId>, CallError>) {
        let mut said = vec![];
        let groups = self.serving_groups(service, &mut said).await;
        (service, said, groups)
    }

    /// The groups that serve a service.
    pub(super) async fn serving_groups(
        &self,
        service: ServiceId,
        said: &mut Vec<Exchange>,
    ) -> Result<Vec<GroupId>, CallError> {
        let content = self.client.get(&format!("{SERVICE_USERS}/{service}"), &[], said).await?;
        wire::serving_groups(&content)
    }
}

fn too_many(path: &str) -> CallError {
    refused(format!("{path} has more than {MOST} rows"))
}

/// The parts together: whoever does not work there is left out, and so is what speaks of people or groups that are not listed.
fn fitted(
    services: BTreeMap<ServiceId, Offering>,
    people: Vec<Listed>,
    groups: BTreeMap<GroupId, pult_domain::areas::carousel::Group>,
    mut bindings: BTreeSet<(ServiceId, GroupId)>,
) -> Catalogue {
    let mut catalogue = Catalogue { services, groups, ..Catalogue::default() };
    for listed in people.into_iter().filter(|listed| listed.works) {
        let known = listed.groups.iter().filter(|group| catalogue.groups.contains_key(group));
        catalogue.memberships.extend(known.map(|group| (*group, listed.id)));
        catalogue.people.insert(listed.id, listed.employee);
    }
    bindings.retain(|(_, group)| catalogue.groups.contains_key(group));
    catalogue.bindings = bindings;
    catalogue
}

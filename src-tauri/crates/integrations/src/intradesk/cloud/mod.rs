//! IntraDesk in the cloud: what is asked of the gateway, and how its answers are read.
//!
//! Deliberately not here: signing in (`token`), pages (`pages`), and the order of reading and writing (`assign`).

mod catalogue;
mod check;
mod client;
mod pages;
mod token;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use pult_domain::{
    Effect, EmployeeId, Failure, ServiceId, TicketNumber,
    areas::carousel::{Catalogue, Listing},
};
use url::Url;

use crate::{
    Asked, CallError, CheckStep, Exchange, Method,
    transport::{Clock, http::Answer},
};

use super::{
    Auth, Settings,
    desk::{Desk, Holders, Reading, Written},
    door::Door,
    secret::Secret,
    trouble::{Intent, judge},
};

use self::{
    client::{Client, Pass},
    pages::Pages,
    token::{Account, Tokens},
};

/// Gives tokens.
const TOKEN: &str = "connect/token";
/// Lists tickets.
const TASKS: &str = "tasklist/odata/tasks";
/// Changes a ticket.
const CHANGES: &str = "changes/tasks";
/// Lists services, as the vendor's own pages ask for them.
const RULES: &str = "rules/api/rules";
/// The same, where the account may not ask that way.
const SERVICES: &str = "changes/api/Services";
/// Lists employees.
const EMPLOYEES: &str = "settings/odata/Employees";
/// Lists the states of tickets.
const STATUSES: &str = "settings/odata/statuses";
/// Lists groups of employees.
const GROUPS: &str = "settings/odata/v2/EmployeeGroups";
/// Names the groups that serve a service.
const SERVICE_USERS: &str = "settings/api/serviceusers";

const LOOK: &str = "list_unassigned";
const ASSIGN: &str = "assign_ticket";
const CATALOGUE: &str = "read_catalogue";

/// Where the cloud is.
pub(super) struct Bases {
    pub(super) login: Url,
    pub(super) api: Url,
}

/// The cloud as one tenant sees it.
pub(super) struct Cloud {
    client: Client,
    tenant: String,
    max_tickets: usize,
}

impl Cloud {
    pub(super) fn new(bases: Bases, settings: &Settings, secret: Secret, door: Arc<Door>, clock: Clock) -> Self {
        let tenant = settings.tenant_host();
        let pass = match &settings.auth {
            Auth::Password { login } => {
                let account = Account { login: login.clone(), tenant: tenant.clone(), password: secret };
                Pass::Token(Box::new(Tokens::new(Arc::clone(&door), &bases.login, account, clock)))
            }
            Auth::ApiKey => Pass::Key(secret),
        };
        let client = Client::new(door, bases.api, pass);
        Self { client, tenant, max_tickets: settings.max_tickets.max(1) as usize }
    }
}

#[async_trait]
impl Desk for Cloud {
    fn methods(&self) -> &'static [Method] {
        &[
            Method { name: TOKEN, kind: LOOK },
            Method { name: TASKS, kind: LOOK },
            Method { name: CHANGES, kind: ASSIGN },
            Method { name: TASKS, kind: ASSIGN },
            Method { name: RULES, kind: CATALOGUE },
            Method { name: SERVICES, kind: CATALOGUE },
            Method { name: GROUPS, kind: CATALOGUE },
            Method { name: SERVICE_USERS, kind: CATALOGUE },
            Method { name: EMPLOYEES, kind: CATALOGUE },
        ]
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Reading, CallError> {
        if asked.method == TOKEN {
            return token::read(answer).map(|_| Reading::Step);
        }
        let read = || judge(answer, Intent::Reading, &self.client.mask());
        match (asked.method, asked.effect) {
            (TASKS, Effect::ListUnassigned { service, .. }) => {
                let content = read()?;
                let page = pages::page(&content)?;
                let tickets = wire::tickets(page.rows, *service)?;
                let cut = page.next.is_some() || page.count.is_some_and(|count| count > page.rows.len());
                Ok(Reading::Tickets(Listing { tickets, cut }))
            }
            (TASKS, Effect::AssignTicket { ticket, .. }) => {
                Ok(Reading::Ticket(wire::holders(pages::page(&read()?)?.rows, *ticket)?))
            }
            (CHANGES, Effect::AssignTicket { .. }) => {
                Written::of(judge(answer, Intent::Writing, &self.client.mask())).map(Reading::Written)
            }
            (RULES, _) => wire::services_of_rules(&read()?).map(|_| Reading::Step),
            (SERVICES, _) => wire::services_of_changes(&read()?).map(|_| Reading::Step),
            (EMPLOYEES, _) => wire::employees(pages::page(&read()?)?.rows).map(|_| Reading::Step),
            (GROUPS, _) => wire::groups(pages::page(&read()?)?.rows).map(|_| Reading::Step),
            (SERVICE_USERS, _) => wire::serving_groups(&read()?).map(|_| Reading::Step),
            (other, _) => {
                Err(CallError::Refused { reason: format!("{other} is not called here"), why: Failure::Unsupported })
            }
        }
    }

    async fn unassigned(
        &self,
        service: ServiceId,
        oldest_first: bool,
        said: &mut Vec<Exchange>,
    ) -> Result<Listing, CallError> {
        let filter = format!("service eq {service} and contains('_isnotfilled','executor')");
        let order = if oldest_first { "createdat asc, tasknumber asc" } else { "createdat desc, tasknumber desc" };
        let wanted = Pages {
            path: TASKS,
            query: &[("$filter", &filter), ("$orderby", order)],
            id: "tasknumber",
            most: self.max_tickets,
        };
        let found = self.client.pages(&wanted, said).await?;
        Ok(Listing { tickets: wire::tickets(&found.rows, service)?, cut: !found.complete })
    }

    async fn holders(&self, ticket: TicketNumber, said: &mut Vec<Exchange>) -> Result<Option<Holders>, CallError> {
        let filter = format!("tasknumber eq {ticket}");
        let content = self.client.get(TASKS, &[("$filter", &filter)], said).await?;
        wire::holders(pages::page(&content)?.rows, ticket)
    }

    async fn write(
        &self,
        ticket: TicketNumber,
        person: EmployeeId,
        said: &mut Vec<Exchange>,
    ) -> Result<Written, CallError> {
        self.client.put(CHANGES, wire::assignment(ticket, person)?, said).await
    }

    async fn is_barred(
        &self,
        person: EmployeeId,
        service: ServiceId,
        said: &mut Vec<Exchange>,
    ) -> Result<bool, CallError> {
        let filter = format!("id eq {person}");
        let content = self.client.get(EMPLOYEES, &[("$filter", &filter)], said).await?;
        let rows = pages::page(&content)?.rows;
        if rows.is_empty() {
            return Ok(true);
        }
        let people = wire::employees(rows)?;
        // Rows of others say that the filter was not understood, and nothing of this person.
        let Some(found) = people.into_iter().find(|found| found.id == person) else { return Ok(false) };
        if !found.works {
            return Ok(true);
        }
        let serving = self.serving_groups(service, said).await?;
        Ok(!serving.is_empty() && !serving.iter().any(|group| found.groups.contains(group)))
    }

    async fn catalogue(&self, said: &mut Vec<Exchange>) -> Result<Catalogue, CallError> {
        self.read_catalogue(said).await
    }

    async fn check(&self) -> Vec<CheckStep> {
        self.check_steps().await
    }
}

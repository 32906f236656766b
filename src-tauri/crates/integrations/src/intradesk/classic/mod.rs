//! The classic IntraService of one's own: what it is asked, and how its answers are read (contracts/intradesk 7).
//!
//! Its vendor names no lists of services, people and groups, so the catalogue is not read here: an administrator imports it from a
//! file. For the same reason nothing shows whether a refused change concerns the person. Deliberately not here: the order of reading
//! and writing (`assign`).

mod client;
mod wire;

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use jiff::tz::TimeZone;
use pult_domain::{
    Effect, EmployeeId, Failure, ServiceId, TicketNumber,
    areas::carousel::{Catalogue, Listing},
};
use url::Url;

use crate::{Asked, CallError, CheckStep, Exchange, Method, transport::http::Answer};

use super::{
    desk::{self, Desk, Holders, Reading, Written},
    door::Door,
    secret::Secret,
    trouble::{Intent, judge},
};

use self::client::Client;

/// Lists tickets.
const TASKS: &str = "api/task";
/// Reads one ticket.
const TASK: &str = "api/task/{id}";
/// Changes one.
const CHANGE: &str = "PUT api/task/{id}";
/// Lists states of tickets.
const STATUSES: &str = "api/taskstatus";

const LOOK: &str = "list_unassigned";
const ASSIGN: &str = "assign_ticket";

/// Tickets asked for at once.
const PAGE: &str = "200";
/// The most pages of one look: tickets that somebody has are on them as well.
const MOST_PAGES: usize = 25;

/// The classic product as one account sees it.
pub(super) struct Classic {
    client: Client,
    zone: TimeZone,
    max_tickets: usize,
}

impl Classic {
    pub(super) fn new(
        base: Url,
        login: &str,
        password: Secret,
        door: Arc<Door>,
        zone: TimeZone,
        max_tickets: u32,
    ) -> Self {
        let client = Client::new(base, login.to_owned(), password, door);
        Self { client, zone, max_tickets: max_tickets.max(1) as usize }
    }

    /// The states a ticket is still worked on in, where the product tells which are final; `None` where it does not.
    async fn open_statuses(&self, said: &mut Vec<Exchange>) -> Result<Option<String>, CallError> {
        match self.client.get(STATUSES, &[], said).await {
            Ok(content) => Ok(wire::open_statuses(&content)),
            Err(CallError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn unsupported(reason: &str) -> CallError {
    CallError::Refused { reason: reason.to_owned(), why: Failure::Unsupported }
}

#[async_trait]
impl Desk for Classic {
    fn methods(&self) -> &'static [Method] {
        &[
            Method { name: STATUSES, kind: LOOK },
            Method { name: TASKS, kind: LOOK },
            Method { name: CHANGE, kind: ASSIGN },
            Method { name: TASK, kind: ASSIGN },
        ]
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Reading, CallError> {
        let mask = self.client.mask();
        let read = || judge(answer, Intent::Reading, &mask);
        match (asked.method, asked.effect) {
            (STATUSES, _) => read().map(|_| Reading::Step),
            (TASKS, Effect::ListUnassigned { service, .. }) => {
                let content = read()?;
                let page = wire::page(&content)?;
                let tickets = wire::tickets(page.rows, *service, &self.zone)?;
                let cut = page.count.is_some_and(|count| count > page.rows.len());
                Ok(Reading::Tickets(Listing { tickets, cut }))
            }
            (TASK, Effect::AssignTicket { ticket, .. }) => holders(read(), *ticket).map(Reading::Ticket),
            (CHANGE, Effect::AssignTicket { .. }) => {
                Written::of(judge(answer, Intent::Writing, &mask)).map(Reading::Written)
            }
            (other, _) => Err(unsupported(&format!("{other} is not called here"))),
        }
    }

    async fn unassigned(
        &self,
        service: ServiceId,
        oldest_first: bool,
        said: &mut Vec<Exchange>,
    ) -> Result<Listing, CallError> {
        let (open, service_id) = (self.open_statuses(said).await?, service.to_string());
        let mut query = vec![("ServiceIds", service_id.as_str())];
        query.extend(open.as_deref().map(|open| ("StatusIds", open)));
        query.extend([("sort", if oldest_first { "Created asc" } else { "Created desc" }), ("pagesize", PAGE)]);
        let mut listing = Listing::default();
        let (mut seen, mut listed) = (HashSet::new(), 0);
        for number in 1..=MOST_PAGES {
            let number = number.to_string();
            let content = self.client.get(TASKS, &[query.as_slice(), &[("page", &number)]].concat(), said).await?;
            let page = wire::page(&content)?;
            let tickets = wire::tickets(page.rows, service, &self.zone)?;
            let before = seen.len();
            seen.extend(page.rows.iter().filter_map(wire::number));
            let new = tickets.into_iter().filter(|ticket| !listing.tickets.iter().any(|t| t.number == ticket.number));
            listing.tickets.extend(new.collect::<Vec<_>>());
            if listing.tickets.len() > self.max_tickets {
                listing.tickets.truncate(self.max_tickets);
                return Ok(Listing { cut: true, ..listing });
            }
            listed += page.rows.len();
            let all = page.count.is_none_or(|count| seen.len() >= count);
            if seen.len() == before || page.count.is_some_and(|count| listed >= count) {
                return Ok(Listing { cut: !all, ..listing });
            }
        }
        Ok(Listing { cut: true, ..listing })
    }

    async fn holders(&self, ticket: TicketNumber, said: &mut Vec<Exchange>) -> Result<Option<Holders>, CallError> {
        holders(self.client.get(&wire::path(ticket), &[], said).await, ticket)
    }

    async fn write(
        &self,
        ticket: TicketNumber,
        person: EmployeeId,
        said: &mut Vec<Exchange>,
    ) -> Result<Written, CallError> {
        self.client.put(&wire::path(ticket), wire::assignment(person), said).await
    }

    async fn is_barred(
        &self,
        _person: EmployeeId,
        _service: ServiceId,
        _said: &mut Vec<Exchange>,
    ) -> Result<bool, CallError> {
        Ok(false)
    }

    async fn catalogue(&self, _said: &mut Vec<Exchange>) -> Result<Catalogue, CallError> {
        Err(unsupported("the classic product lists no services, people and groups: import them from a file"))
    }

    async fn check(&self) -> Vec<CheckStep> {
        let mut steps = vec![if self.client.is_secure() {
            CheckStep::good("tls", "https")
        } else {
            CheckStep::bad("tls", "plain http: the password and the tickets can be read on their way")
        }];
        self.client.forgive();
        let said = &mut vec![];
        let me = self.client.get("api/user", &[("getcurrentuserinfo", "true")], said).await;
        match &me {
            Ok(content) => steps.push(CheckStep::good("sign_in", wire::current_user(content))),
            // Who we are may be closed to us; the password is right all the same.
            Err(CallError::Refused { reason, .. }) => {
                steps.push(CheckStep::good(
                    "sign_in",
                    format!("the password is accepted; who we are is not told: {reason}"),
                ));
            }
            Err(error) => {
                steps.push(CheckStep::bad("sign_in", error.to_string()));
                return steps;
            }
        }
        let tickets = self.client.get(TASKS, &[("pagesize", "1"), ("page", "1")], said).await;
        steps.push(match tickets.and_then(|content| wire::page(&content).map(|_| ())) {
            Ok(()) => CheckStep::good("rights", "tickets can be read"),
            Err(error) => CheckStep::bad("rights", format!("tickets: {error}")),
        });
        let states = self.client.get(STATUSES, &[], said).await;
        steps.push(match &states {
            Ok(content) if wire::open_statuses(content).is_some() => {
                CheckStep::good("statuses", "tickets in final states are left out")
            }
            Ok(_) | Err(CallError::Refused { .. }) => {
                CheckStep::good("statuses", "which states are final is not told: tickets in any state are given out")
            }
            Err(error) => CheckStep::bad("statuses", error.to_string()),
        });
        if let Ok(content) = &states {
            steps.push(desk::states(Ok(desk::choices(wire::states(content)))));
        }
        steps
    }
}

/// Who has the ticket that was read; `None` where there is no such ticket.
fn holders(read: Result<serde_json::Value, CallError>, ticket: TicketNumber) -> Result<Option<Holders>, CallError> {
    match read {
        Ok(content) => wire::holders(&content, ticket).map(Some),
        Err(CallError::Refused { why: Failure::DoesNotExist, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

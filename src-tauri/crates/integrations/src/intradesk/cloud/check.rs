//! The "Check" button for the cloud: the password or the key, what may be read with it, and whose tenant answers.
//!
//! Deliberately not here: anything that changes a ticket; whether one may be given away shows with the first.

use crate::{CallError, CheckChoice, CheckStep, Exchange};

use super::{
    super::desk,
    Cloud, EMPLOYEES, STATUSES, TASKS,
    client::Pass,
    pages::{self, Page, Pages},
    wire,
};

/// How many names tell a tenant from another.
const NAMES: usize = 3;
/// The most states offered to choose from.
const STATES: usize = 500;

impl Cloud {
    pub(super) async fn check_steps(&self) -> Vec<CheckStep> {
        let mut steps = vec![if self.client.is_secure() {
            CheckStep::good("tls", "https")
        } else {
            CheckStep::bad("tls", "plain http, within this machine only")
        }];
        let (said, way) = (&mut vec![], if matches!(self.client.pass, Pass::Key(_)) { "the key" } else { "the token" });
        match &self.client.pass {
            Pass::Token(tokens) => {
                if let Err(error) = tokens.sign_in(said).await {
                    steps.push(CheckStep::bad("sign_in", error.to_string()));
                    return steps;
                }
            }
            Pass::Key(secret) => secret.forgive(),
        }
        let people =
            self.client.get(EMPLOYEES, &[("$orderby", "id asc"), ("$top", "100"), ("$count", "true")], said).await;
        match &people {
            Ok(_) => steps.push(CheckStep::good("sign_in", format!("{way} is accepted"))),
            Err(CallError::Refused { .. }) => {
                steps.push(CheckStep::good("sign_in", format!("{way} is accepted")));
                steps.push(rights("employees", people.as_ref().err()));
            }
            Err(error) => {
                steps.push(CheckStep::bad("sign_in", error.to_string()));
                return steps;
            }
        }
        let tickets =
            self.client.get(TASKS, &[("$top", "1")], said).await.and_then(|content| pages::page(&content).map(|_| ()));
        steps.push(rights("tickets", tickets.as_ref().err()));
        if let Ok(content) = &people {
            steps.push(match pages::page(content) {
                Ok(page) => self.tenant_step(&page),
                Err(error) => CheckStep::bad("rights", format!("employees: {error}")),
            });
        }
        steps.push(desk::states(self.states(said).await));
        steps
    }

    /// The states a ticket can be in, which differ from tenant to tenant.
    async fn states(&self, said: &mut Vec<Exchange>) -> Result<Vec<CheckChoice>, CallError> {
        let wanted = Pages { path: STATUSES, query: &[("$orderby", "id asc")], id: "id", most: STATES };
        Ok(desk::choices(&self.client.pages(&wanted, said).await?.rows))
    }

    /// A right token of another tenant shows another tenant's people: their names tell a person which it is.
    fn tenant_step(&self, page: &Page<'_>) -> CheckStep {
        let people = match wire::employees(page.rows) {
            Ok(people) => people,
            Err(error) => return CheckStep::bad("tenant", format!("employees: {error}")),
        };
        let count = page.count.unwrap_or(people.len());
        let names: Vec<_> = people.iter().filter(|listed| listed.works).map(|l| l.employee.name.as_str()).collect();
        let names = names.into_iter().take(NAMES).collect::<Vec<_>>().join(", ");
        let whose = if matches!(self.client.pass, Pass::Key(_)) { "of the key" } else { self.tenant.as_str() };
        match names.is_empty() {
            true => CheckStep::bad("tenant", format!("{whose}: no employees are shown")),
            false => CheckStep::good("tenant", format!("{whose}: {count} users, the first are {names}")),
        }
    }
}

fn rights(what: &str, error: Option<&CallError>) -> CheckStep {
    match error {
        None => CheckStep::good("rights", format!("{what} can be read")),
        Some(error) => CheckStep::bad("rights", format!("{what}: {error}")),
    }
}

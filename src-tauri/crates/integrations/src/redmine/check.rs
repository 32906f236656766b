//! The "Check" button: the address, whose key it is, whether filters are listened to, the projects, private notes, the clocks, and the secret of
//! hooks.
//!
//! Deliberately not here: anything that changes a ticket.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::{CallError, CheckStep, Exchange};

use super::{
    Redmine,
    client::As,
    loose::{MAX_NAME, at, list, number, text},
    query::{Style, Tickets},
    scope::is_named,
    start::Me,
};

/// How far clocks may differ before somebody should look at them.
const APART: SignedDuration = SignedDuration::from_mins(5);
/// The most roles that are looked at.
const MAX_ROLES: usize = 20;
/// The right to read what only some may read.
const PRIVATE: &str = "view_private_notes";

impl Redmine {
    pub(super) async fn check_steps(&self) -> Vec<CheckStep> {
        let mut steps = vec![if self.client.is_secure() {
            CheckStep::good("tls", "https")
        } else {
            CheckStep::bad("tls", "plain http, within this machine only")
        }];
        self.account_steps(&mut steps).await;
        steps.push(match self.hook_secret() {
            None => CheckStep::good(
                "webhook_key",
                "no secret has been set: the tracker's calls are turned away, looks go on",
            ),
            Some(_) => CheckStep::good("webhook_key", "a secret has been set"),
        });
        steps
    }

    async fn account_steps(&self, steps: &mut Vec<CheckStep>) {
        let said = &mut vec![];
        let me = match self.owner(As::Engine, said).await {
            Ok(me) => me,
            Err(error) => {
                let off = said.last().and_then(|exchange| exchange.status) == Some(403);
                steps.push(CheckStep::bad(if off { "rest" } else { "sign_in" }, error.to_string()));
                return;
            }
        };
        let kind = if me.admin { "an administrator" } else { "not an administrator" };
        steps.push(CheckStep::good("rest", "the REST web service is on"));
        steps.push(CheckStep::good("sign_in", format!("{} ({}, {}), {kind}", me.name, me.login, me.id)));
        let style = self.filter_step(steps, said).await;
        self.project_step(steps, said).await;
        self.private_step(&me, steps, said).await;
        self.clock_step(style, steps, said).await;
    }

    async fn filter_step(&self, steps: &mut Vec<CheckStep>, said: &mut Vec<Exchange>) -> Style {
        for style in self.styles() {
            match self.honours(*style, said).await {
                Ok(true) => {
                    steps.push(CheckStep::good("filter", style.as_ref()));
                    return *style;
                }
                Ok(false) => {}
                Err(error) => {
                    steps.push(CheckStep::bad("filter", error.to_string()));
                    return Style::Plain;
                }
            }
        }
        let detail = "the filter by time is passed over: the list is read from its newest end, which takes longer";
        steps.push(CheckStep::bad("filter", detail));
        Style::Descending
    }

    async fn project_step(&self, steps: &mut Vec<CheckStep>, said: &mut Vec<Exchange>) {
        let projects = match self.projects(said).await {
            Ok(projects) => projects,
            Err(error) => return steps.push(CheckStep::bad("projects", error.to_string())),
        };
        let wanted = self.wanted_projects();
        let missing: Vec<&str> = wanted
            .iter()
            .filter(|wanted| !projects.iter().any(|project| is_named(project, wanted)))
            .map(String::as_str)
            .collect();
        steps.push(match (wanted.is_empty(), missing.is_empty()) {
            (true, _) => CheckStep::good("projects", format!("all that the account sees: {}", projects.len())),
            (false, true) => CheckStep::good("projects", wanted.join(", ")),
            (false, false) => CheckStep::bad("projects", format!("the account does not see: {}", missing.join(", "))),
        });
    }

    /// Whether our account sees what only some may read: by its roles.
    async fn private_step(&self, me: &Me, steps: &mut Vec<CheckStep>, said: &mut Vec<Exchange>) {
        let sees = if me.admin { Ok(true) } else { self.sees_private(said).await };
        steps.push(match sees {
            Ok(true) => CheckStep::good("private_notes", "private notes are visible to this key"),
            Ok(false) => {
                CheckStep::good("private_notes", "private notes are not visible to this key: nobody is told of them")
            }
            Err(error) => CheckStep::good("private_notes", format!("it cannot be told: {error}")),
        });
    }

    async fn sees_private(&self, said: &mut Vec<Exchange>) -> Result<bool, CallError> {
        let path = ["users", "current.json"];
        let answer = self.client.get(As::Engine, &path, &[("include", "memberships")], said).await?.content;
        let roles: BTreeSet<i64> = list(at(&answer, &["user"]), "memberships")
            .flat_map(|membership| list(membership, "roles"))
            .filter_map(|role| number(at(role, &["id"])))
            .take(MAX_ROLES)
            .collect();
        for role in roles {
            let answer = self.client.get(As::Engine, &["roles", &format!("{role}.json")], &[], said).await?.content;
            let mut rights = list(at(&answer, &["role"]), "permissions").filter_map(|right| text(right, MAX_NAME));
            if rights.any(|right| right == PRIVATE) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn clock_step(&self, style: Style, steps: &mut Vec<CheckStep>, said: &mut Vec<Exchange>) {
        let listed = self.client.tickets(As::Engine, style, &Tickets { limit: 1, ..Tickets::ALL }, said).await;
        steps.push(match listed.map(|listed| listed.date) {
            Ok(Some(date)) => {
                let apart = date.duration_since((self.clock)());
                let detail = format!("the tracker's clock differs from ours by {} s", apart.as_secs());
                if apart.abs() > APART { CheckStep::bad("clock", detail) } else { CheckStep::good("clock", detail) }
            }
            Ok(None) => {
                CheckStep::good("clock", "the tracker tells no time: that of its latest change takes its place")
            }
            Err(error) => CheckStep::bad("clock", error.to_string()),
        });
    }
}

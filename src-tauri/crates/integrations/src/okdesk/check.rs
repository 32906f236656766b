//! The "Check" button: the token, its rights, the statuses that count as closed, and the key the service desk calls with.
//!
//! Deliberately not here: anything that changes an issue.

use pult_domain::Failure;

use crate::{CallError, CheckStep};

use super::{Okdesk, wire};

impl Okdesk {
    pub(super) async fn check_steps(&self) -> Vec<CheckStep> {
        let mut steps = vec![if self.client.is_secure() {
            CheckStep::good("tls", "https")
        } else {
            CheckStep::bad("tls", "plain http, within this machine only")
        }];
        let statuses = self.client.get(&["issues", "statuses"], &[], &mut vec![]).await;
        let refused = |error: &CallError| matches!(error, CallError::Refused { why: Failure::Rights, .. });
        match &statuses {
            Ok(_) => steps.push(CheckStep::good("sign_in", "the token is accepted")),
            Err(error) if refused(error) => {
                steps.push(CheckStep::good("sign_in", "the token is accepted"));
                steps.push(CheckStep::bad("rights", format!("statuses: {error}")));
            }
            Err(error) => steps.push(CheckStep::bad("sign_in", error.to_string())),
        }
        if let Ok(content) = &statuses {
            let listed =
                self.client.get(&["issues", "list"], &[("page[number]", "1"), ("page[size]", "1")], &mut vec![]).await;
            steps.push(match listed {
                Ok(_) => {
                    CheckStep::good("rights", "issues can be read; whether they can be rated shows with the first")
                }
                Err(error) => CheckStep::bad("rights", format!("issues: {error}")),
            });
            steps.push(self.closed_step(&wire::status_codes(content)));
        }
        steps.push(match self.webhook_key() {
            Some(_) => CheckStep::good("webhook_key", "a key has been set"),
            None => CheckStep::bad("webhook_key", "no key has been set: what the service desk tells is turned away"),
        });
        steps
    }

    fn closed_step(&self, known: &[String]) -> CheckStep {
        let closed = &self.settings.closed_codes;
        let strange: Vec<_> = closed.iter().filter(|code| !known.contains(code)).map(String::as_str).collect();
        if closed.is_empty() {
            CheckStep::bad("closed_codes", "no status counts as closed")
        } else if strange.is_empty() {
            CheckStep::good("closed_codes", closed.join(", "))
        } else {
            let (strange, known) = (strange.join(", "), known.join(", "));
            CheckStep::bad("closed_codes", format!("the account has no status {strange}; it has {known}"))
        }
    }
}

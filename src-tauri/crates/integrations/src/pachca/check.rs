//! The "Check" button: whose token it is, the scopes it lacks, whether people can be read, and the secret events are signed with.
//!
//! Deliberately not here: anything that is written there.

use crate::CheckStep;

use super::Pachca;

/// The scopes of what is done here.
const SCOPES: [&str; 8] = [
    "messages:create",
    "messages:read",
    "messages:update",
    "threads:create",
    "users:read",
    "views:write",
    "uploads:write",
    // Whether a private message whose answer was lost has arrived can be seen in its chat alone.
    "chats:read",
];
/// The scope of the history.
const HISTORY: &str = "webhooks:events:read";

impl Pachca {
    pub(super) async fn check_steps(&self) -> Vec<CheckStep> {
        let mut steps = vec![if self.client.is_secure() {
            CheckStep::good("tls", "https")
        } else {
            CheckStep::bad("tls", "plain http, within this machine only")
        }];
        match self.token_info(&mut vec![]).await {
            Ok((own, scopes)) => {
                steps.push(CheckStep::good("sign_in", format!("the token is that of user {own}")));
                steps.push(self.scopes_step(scopes.as_deref()));
                steps.push(match self.read_user(own, &mut vec![]).await {
                    Ok(user) => CheckStep::good("rights", format!("{} can be read", user.name)),
                    Err(error) => CheckStep::bad("rights", format!("people: {error}")),
                });
            }
            Err(error) => steps.push(CheckStep::bad("sign_in", error.to_string())),
        }
        steps.push(match self.webhook_secret() {
            Some(_) => CheckStep::good("webhook_secret", "a secret has been set"),
            None => CheckStep::bad(
                "webhook_secret",
                "no ct.webhook_secret has been set: what the messenger tells is turned away",
            ),
        });
        steps
    }

    fn scopes_step(&self, scopes: Option<&[String]>) -> CheckStep {
        let Some(scopes) = scopes else { return CheckStep::good("scopes", "the messenger does not tell them") };
        let wanted = SCOPES.into_iter().chain((self.settings.poll_s > 0).then_some(HISTORY));
        let missing: Vec<_> = wanted.filter(|scope| !scopes.iter().any(|known| known == scope)).collect();
        if missing.is_empty() {
            CheckStep::good("scopes", "all that are needed")
        } else {
            CheckStep::bad("scopes", format!("the token lacks {}", missing.join(", ")))
        }
    }
}

//! The "Check" button: whose token it is, the scopes it lacks, whether people can be read, and the secret events are signed with.
//!
//! Deliberately not here: anything that is written there.

use crate::{CallError, CheckChoice, CheckStep};

use super::{Pachca, client::Call, people::strange, wire};

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
/// The most pages of chats offered to choose from, 50 on each.
const PAGES: usize = 20;
/// How many names a step shows.
const NAMES: usize = 5;
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
                steps.push(match self.chats().await {
                    Ok(chats) => chats_step(chats),
                    Err(error) => CheckStep::bad("chats", error.to_string()),
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

    /// The chats the bot is in, but for those with one person.
    async fn chats(&self) -> Result<Vec<CheckChoice>, CallError> {
        let (mut chats, mut cursor) = (vec![], None::<String>);
        for _ in 0..PAGES {
            let call = Call::get("chats").with("limit", 50);
            let call = if let Some(cursor) = &cursor { call.with("cursor", cursor) } else { call };
            let answer = self.client.call(&call, &mut vec![]).await?;
            if !wire::data(&answer).is_array() {
                return Err(strange("a list of chats"));
            }
            let found = wire::rows(&answer).iter().filter_map(wire::named_chat);
            for (value, name) in found {
                if !chats.iter().any(|known: &CheckChoice| known.value == value) {
                    chats.push(CheckChoice { value, name });
                }
            }
            match wire::next_page(&answer, 0) {
                Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
                _ => break,
            }
        }
        Ok(chats)
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

fn chats_step(chats: Vec<CheckChoice>) -> CheckStep {
    if chats.is_empty() {
        return CheckStep::good("chats", "the bot is in no chat yet: add it to the chat of the service desk");
    }
    let names: Vec<_> = chats.iter().take(NAMES).map(|chat| chat.name.as_str()).collect();
    let detail = format!("{} chats to choose from: {}", chats.len(), names.join(", "));
    CheckStep::good("chats", detail).with_choices(chats)
}

//! The "Check" button: the organization, the token and its account, the queue, each of its local fields, and the key its triggers call with.
//!
//! Deliberately not here: anything that changes an issue.

use crate::{CallError, CheckStep};

use super::{
    Tracker,
    fields::NEEDED,
    loose::{at, single, text},
    people,
};

impl Tracker {
    pub(super) async fn check_steps(&self) -> Vec<CheckStep> {
        let mut steps = vec![if self.client.is_secure() {
            CheckStep::good("tls", "https")
        } else {
            CheckStep::bad("tls", "plain http, within this machine only")
        }];
        match self.client.organization() {
            Ok((header, id)) => {
                steps.push(CheckStep::good("organization", format!("{header}: {id}")));
                self.account_steps(&mut steps).await;
            }
            Err(CallError::Refused { reason, .. }) => steps.push(CheckStep::bad("organization", reason)),
            Err(error) => steps.push(CheckStep::bad("organization", error.to_string())),
        }
        steps.push(match self.hook_keys().len() {
            0 => CheckStep::bad("webhook_key", "no key has been set: what the queue's triggers tell is turned away"),
            1 => CheckStep::good("webhook_key", "a key has been set"),
            _ => CheckStep::good(
                "webhook_key",
                "two keys hold: take the old one away once every trigger has the new one",
            ),
        });
        steps
    }

    async fn account_steps(&self, steps: &mut Vec<CheckStep>) {
        let said = &mut vec![];
        let own = self.client.get(&["myself"], &[], said).await.and_then(|answer| people::own(&answer));
        match own {
            Ok(own) => {
                steps.push(CheckStep::good("sign_in", format!("{} ({})", own.login, own.uid)));
                steps.push(match own.licensed {
                    true => CheckStep::good("license", "the account may change issues"),
                    false => CheckStep::bad("license", "the account has no licence: it can only read"),
                });
            }
            Err(error) => {
                steps.push(CheckStep::bad("sign_in", error.to_string()));
                return;
            }
        }
        let key = self.settings.queue_key.trim();
        match self.client.get(&["queues", key], &[], said).await {
            Ok(answer) => {
                let queue = single(&answer).cloned().unwrap_or_default();
                let (id, name) = (text(at(&queue, &["id"]), 100), text(at(&queue, &["name"]), 200));
                let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
                let wanted = self.settings.queue_id.trim();
                steps.push(match wanted.is_empty() || wanted == id {
                    true => CheckStep::good("queue", format!("{key}: {name} (id {id})")),
                    false => CheckStep::bad("queue", format!("{key} has the id {id}, and the settings say {wanted}")),
                });
            }
            Err(error) => {
                steps.push(CheckStep::bad("queue", format!("{key}: {error}")));
                return;
            }
        }
        match self.learn_fields(said).await {
            Ok(fields) => {
                steps.extend(NEEDED.map(|name| match fields.need(name) {
                    Ok(field) => CheckStep::good("local_field", format!("{name}: {}", field.id)),
                    Err(CallError::Refused { reason, .. }) => CheckStep::bad("local_field", reason),
                    Err(error) => CheckStep::bad("local_field", error.to_string()),
                }));
                let spare = [
                    (&self.settings.key_field, "the queue has none, and the issue's own key is not written"),
                    (&self.settings.mark_field, "the queue has none, and a tag takes its place"),
                ];
                for (name, without) in spare.into_iter().filter(|(name, _)| !name.trim().is_empty()) {
                    let found = fields.get(name).map_or_else(|| without.to_owned(), |field| field.id);
                    steps.push(CheckStep::good("local_field", format!("{name}: {found}")));
                }
            }
            Err(error) => steps.push(CheckStep::bad("local_field", error.to_string())),
        }
    }
}

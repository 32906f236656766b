//! The "Check" button: the organization, the token and its account, the queue, each of its local fields, and the key its triggers call with.
//!
//! Deliberately not here: anything that changes an issue.

use pult_domain::Instant;
use serde_json::Value;

use crate::{CallError, CheckStep};

use super::{
    Tracker,
    fields::NEEDED,
    loose::{at, instant, number, single, text},
    people,
};

/// Calls of a trigger that are looked at; the tracker gives no more.
const LOG: &str = "100";
/// The most characters of a reason.
const MAX_REASON: usize = 200;

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
        for trigger in &self.settings.trigger_ids {
            let number = trigger.to_string();
            let path = ["queues", key, "triggers", &number, "webhooks", "log"];
            let log = self.client.get(&path, &[("limit", LOG)], said).await;
            steps.push(match log.as_ref().map(Value::as_array) {
                Ok(Some(rows)) => trigger_step(*trigger, rows),
                Ok(None) => {
                    CheckStep::bad("trigger_log", format!("trigger {trigger}: the answer is not a log of calls"))
                }
                Err(error) => CheckStep::bad("trigger_log", format!("trigger {trigger}: {error}")),
            });
        }
    }
}

/// A call of a trigger as the tracker remembers it.
struct Sent {
    at: Option<Instant>,
    /// Why it was not taken.
    lost: Option<String>,
}

fn sent(row: &Value) -> Sent {
    let status = number(at(row, &["response", "status"]));
    let lost = match (status, text(at(row, &["error"]), MAX_REASON)) {
        (Some(200..=299), _) => None,
        (Some(status), _) => Some(format!("HTTP {status}")),
        (None, Some(error)) => Some(error),
        (None, None) => Some("no answer".to_owned()),
    };
    Sent { at: instant(at(row, &["startTime"])), lost }
}

/// What became of the latest calls of a trigger. What was lost is found by looking; that the newest was shows that something is wrong now.
fn trigger_step(trigger: i64, rows: &[Value]) -> CheckStep {
    let mut calls: Vec<Sent> = rows.iter().map(sent).collect();
    calls.sort_by_key(|call| std::cmp::Reverse(call.at));
    let (all, lost) = (calls.len(), calls.iter().filter(|call| call.lost.is_some()).count());
    match calls.first() {
        None => CheckStep::good("trigger_log", format!("trigger {trigger}: it has sent nothing lately")),
        Some(Sent { lost: None, .. }) if lost == 0 => {
            CheckStep::good("trigger_log", format!("trigger {trigger}: the last {all} calls were taken"))
        }
        Some(Sent { lost: None, .. }) => CheckStep::good(
            "trigger_log",
            format!("trigger {trigger}: {lost} of the last {all} calls were not taken, the newest was"),
        ),
        Some(Sent { lost: Some(why), at }) => {
            let at = at.map_or_else(|| "time unknown".to_owned(), |at| format!("{at:.0}"));
            CheckStep::bad(
                "trigger_log",
                format!(
                    "trigger {trigger}: {lost} of the last {all} calls were not taken, the newest neither ({at}): {why}"
                ),
            )
        }
    }
}

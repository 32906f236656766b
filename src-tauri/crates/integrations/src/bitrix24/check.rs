//! What the "Check" button finds: whose the webhooks are, what they may do, and whether an answer could reach us.
//!
//! Nothing is sent and no bot is registered. Deliberately not here: mending it.

use serde_json::{Value, json};

use crate::{CheckStep, rating_links};

use super::{
    APPLICATION_TOKEN, BOT_TOKEN, Bitrix24,
    client::{Command, Key, Ran},
    loose::{entry, flag, items, text},
    message::Way,
};

/// What the webhook of tasks needs.
const TASK_SCOPES: &[&[&str]] =
    &[&["task"], &["disk"], &["sonet_group", "sonet"], &["department"], &["user", "user_basic"], &["calendar"]];

impl Bitrix24 {
    pub(super) async fn check_steps(&self) -> Vec<CheckStep> {
        let mut steps = vec![match self.settings.base.scheme() {
            "https" => CheckStep::good("tls", "https"),
            _ => CheckStep::bad("tls", "plain http: the webhook's key can be read on its way"),
        }];
        steps.extend(self.webhook(Key::Users, &[&["user", "user_basic"]]).await);
        let sends = if self.way() == Way::Im { "im" } else { "imbot" };
        steps.extend(self.webhook(Key::Messages, &[&[sends]]).await);
        if self.secret(Key::Tasks.secret()).is_some() {
            steps.extend(self.webhook(Key::Tasks, TASK_SCOPES).await);
        }
        steps.push(self.bot_step().await);
        steps.push(self.answers_step());
        steps
    }

    /// Whose a webhook is, and which of the scopes it needs are missing; any one of a group is enough.
    async fn webhook(&self, key: Key, needed: &[&[&str]]) -> Vec<CheckStep> {
        let (step, scopes) = match key {
            Key::Users => ("user_webhook", "user_scopes"),
            Key::Messages => ("message_webhook", "message_scopes"),
            Key::Tasks => ("task_webhook", "task_scopes"),
        };
        let command = |method: &'static str| Command::repeatable(method.to_owned(), method, json!({}));
        let ran = self.client.batch(key, &[command("profile"), command("scope")], false, &mut vec![]).await;
        let ran = match ran.as_deref() {
            Ok([profile, scope]) => [profile.clone(), scope.clone()],
            Ok(_) => return vec![],
            Err(trouble) => return vec![CheckStep::bad(step, trouble.to_string())],
        };
        let [profile, scope] = ran.map(|ran| match ran {
            Ran::Done(success) => Ok(success.result),
            Ran::Failed(trouble) => Err(trouble.to_string()),
            Ran::NotRun => Err("it was not carried out".to_owned()),
        });
        let owner = match profile {
            Ok(profile) => owner(step, key, &profile),
            Err(words) => CheckStep::bad(step, words),
        };
        let granted = match scope {
            Ok(scope) => granted(scopes, &scope, needed),
            Err(words) => CheckStep::bad(scopes, words),
        };
        vec![owner, granted]
    }

    async fn bot_step(&self) -> CheckStep {
        let token = self.secret(BOT_TOKEN);
        match (self.way(), self.known_bot().await) {
            (Way::Im, _) => CheckStep::good("bot", "none: messages go in the name of the webhook's owner"),
            (Way::ImbotV2, _) if token.is_none() => CheckStep::bad("bot", "no bitrix24.bot_token has been set"),
            (Way::ImbotV2, _) if token.is_some_and(|token| token.chars().count() > 40) => {
                CheckStep::bad("bot", "bitrix24.bot_token is longer than 40 characters")
            }
            (Way::ImbotV2, Some(id)) => CheckStep::good("bot", format!("bot_id {id}")),
            (Way::ImbotV2, None) => CheckStep::good("bot", "it will be registered when it is first needed"),
            (Way::Imbot, _) if self.settings.client_id.is_none() => {
                CheckStep::bad("bot", "neither bitrix24.bot_token nor client_id has been set")
            }
            (Way::Imbot, Some(id)) => {
                CheckStep::good("bot", format!("bot_id {id}, by methods the vendor is about to drop"))
            }
            (Way::Imbot, None) => CheckStep::good("bot", "by client_id, by methods the vendor is about to drop"),
        }
    }

    /// How an answer reaches us.
    fn answers_step(&self) -> CheckStep {
        let by_push = || match self.secret(APPLICATION_TOKEN) {
            Some(_) => CheckStep::good("answers", "commands, pushed to us by the portal"),
            None => CheckStep::bad(
                "answers",
                "no bitrix24.application_token has been set: the portal's events are turned away",
            ),
        };
        match (&self.settings.public_url, self.way()) {
            (Some(url), _) if self.secret(rating_links::KEY).is_some() => {
                CheckStep::good("answers", format!("links to {url}"))
            }
            (Some(_), _) => CheckStep::bad("answers", "no ratings.link_key has been set: links cannot be signed"),
            (None, Way::ImbotV2) => CheckStep::good("answers", "commands, fetched every few seconds"),
            (None, Way::Imbot) => by_push(),
            (None, Way::Im) if self.settings.bot_id.is_some() => by_push(),
            (None, Way::Im) => CheckStep::bad("answers", "neither public_url nor a bot has been set"),
        }
    }
}

fn owner(step: &'static str, key: Key, profile: &Value) -> CheckStep {
    let of = |key: &str| entry(profile, key).and_then(text);
    let Some(id) = of("ID") else {
        return CheckStep::bad(step, "the webhook's owner is not active any more");
    };
    let name: Vec<_> = [of("NAME"), of("LAST_NAME")].into_iter().flatten().collect();
    let name = name.join(" ");
    match (entry(profile, "ADMIN").is_some_and(flag), key) {
        (true, _) => CheckStep::good(step, format!("{name} (user {id}), an administrator")),
        (false, Key::Tasks) => CheckStep::bad(
            step,
            format!(
                "{name} (user {id}) is not an administrator and does not see other people's tasks: everybody would look \
                 idle; have an administrator make the webhook"
            ),
        ),
        (false, Key::Users | Key::Messages) => {
            CheckStep::good(step, format!("{name} (user {id}), not an administrator"))
        }
    }
}

fn granted(step: &'static str, scope: &Value, needed: &[&[&str]]) -> CheckStep {
    let granted: Vec<_> = items(scope).into_iter().filter_map(text).collect();
    let has = |scope: &&&str| granted.iter().any(|granted| granted == **scope);
    let lacking = needed.iter().filter(|any| !any.iter().any(|scope| has(&scope)));
    let lacking: Vec<_> = lacking.map(|any| any.join(" or ")).collect();
    match lacking.is_empty() {
        true => CheckStep::good(step, granted.join(", ")),
        false => CheckStep::bad(step, format!("lacks {}; has {}", lacking.join(", "), granted.join(", "))),
    }
}

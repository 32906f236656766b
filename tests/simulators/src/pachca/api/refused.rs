//! Why a call is refused, in the vendor's two forms: a list of errors with codes, and that of OAuth.

use serde_json::{Value, json};

use crate::service::wire::Answer;

/// A refusal.
#[derive(Clone, Debug)]
pub(in crate::pachca) struct Refused {
    status: u16,
    body: Value,
    retry_after: Option<u32>,
}

fn message(code: &str) -> &'static str {
    match code {
        "blank" | "required" => "не может быть пустым",
        "too_long" => "слишком длинное значение",
        "inclusion" => "имеет непредусмотренное значение",
        "not_found" => "не найдено",
        "taken" => "уже существует",
        "trigger_not_found" => "Событие не найдено",
        "trigger_expired" => "Время жизни истекло",
        "thread_message" => "Нельзя создать тред в треде",
        "access_denied" => "Недостаточно прав",
        "invalid_webhook_url" => "Недопустимый адрес вебхука",
        "payment_required" => "Недоступно на тарифе",
        "wrong_params" => "Запрос не разобран",
        _ => "имеет неверное значение",
    }
}

fn error(key: &str, value: &Value, code: &str) -> Value {
    let shown = match value {
        Value::Null => Value::Null,
        Value::String(text) => text.clone().into(),
        other => other.to_string().into(),
    };
    json!({ "key": key, "value": shown, "message": message(code), "code": code, "payload": null })
}

impl Refused {
    /// One error about a key.
    pub(in crate::pachca) fn one(status: u16, key: &str, value: impl Into<Value>, code: &str) -> Self {
        Self { status, body: json!({ "errors": [error(key, &value.into(), code)] }), retry_after: None }
    }

    /// Something by id that is not there, or not for the bot.
    pub(in crate::pachca) fn missing(what: &str, id: impl ToString) -> Self {
        let mut refused = Self::one(404, "id", id.to_string(), "not_found");
        refused.body["errors"][0]["message"] = what.into();
        refused
    }

    /// No such path.
    pub(super) fn nowhere() -> Self {
        Self::one(404, "base", Value::Null, "not_found")
    }

    /// The token is not good.
    pub(super) fn token(description: &str) -> Self {
        Self::oauth(401, "invalid_token", description)
    }

    /// The token may not.
    pub(super) fn scope(scope: &str) -> Self {
        Self::oauth(403, "insufficient_scope", scope)
    }

    fn oauth(status: u16, error: &str, description: &str) -> Self {
        Self { status, body: json!({ "error": error, "error_description": description }), retry_after: None }
    }

    /// Too many calls; how long to wait.
    pub(super) fn busy(seconds: f64) -> Self {
        // At least a second, and a whole one: `Retry-After` knows no others. Waits are far below what does not fit.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seconds = seconds.ceil().max(1.0) as u32;
        Self { status: 429, body: Value::Null, retry_after: Some(seconds) }
    }

    /// What the vendor says with a status that somebody ordered without a body.
    pub(super) fn ordered(status: u16) -> Value {
        match status {
            401 => Self::token("Access token is invalid").body,
            402 => Self::one(402, "base", Value::Null, "payment_required").body,
            403 => Self::one(403, "base", Value::Null, "access_denied").body,
            404 => Self::nowhere().body,
            410 => Self::one(410, "trigger_id", Value::Null, "trigger_expired").body,
            409 | 422 => Self::one(status, "base", Value::Null, "invalid").body,
            _ => Value::Null,
        }
    }

    pub(super) fn answer(self) -> Answer {
        let body = (!self.body.is_null()).then_some(self.body);
        Answer { body, retry_after: self.retry_after, ..Answer::empty(self.status) }
    }
}

/// What is wrong with the fields of a body: all of it at once.
#[derive(Default)]
pub(super) struct Problems(Vec<Value>);

impl Problems {
    pub(super) fn add(&mut self, key: &str, value: &Value, code: &str) {
        self.0.push(error(key, value, code));
    }

    /// A text that has to be there, and is not longer than so many characters.
    pub(super) fn text(&mut self, of: &Value, key: &str, longest: usize) {
        match &of[key] {
            value @ Value::String(text) if text.trim().is_empty() => self.add(key, value, "blank"),
            Value::Null => self.add(key, &Value::Null, "blank"),
            _ => self.optional(of, key, longest),
        }
    }

    /// A text that may be missing.
    pub(super) fn optional(&mut self, of: &Value, key: &str, longest: usize) {
        match &of[key] {
            Value::Null => {}
            value @ Value::String(text) if text.chars().count() > longest => self.add(key, value, "too_long"),
            Value::String(_) => {}
            value => self.add(key, value, "invalid"),
        }
    }

    /// Refuses when there is anything.
    pub(super) fn none(self) -> Result<(), Refused> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Refused { status: 422, body: json!({ "errors": self.0 }), retry_after: None })
    }
}

//! How Tracker says no: fields with their texts, texts of their own, a status. The texts are ours; nobody may compare them.

use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use crate::service::wire::Answer;

/// `Content-Type` of documents, as Tracker spells it.
pub(super) const JSON: &str = "application/json;charset=utf-8";

/// A refusal.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    status: u16,
    errors: Map<String, Value>,
    messages: Vec<String>,
}

impl Refused {
    pub(super) const REQUIRED: &str = "Поле обязательно для заполнения.";
    pub(super) const UNKNOWN: &str = "Поле не существует.";
    pub(super) const KIND: &str = "Значение имеет неверный тип.";
    pub(super) const NOBODY: &str = "Пользователь не существует.";
    pub(super) const NO_VALUE: &str = "Значение не существует.";

    /// One text.
    pub(super) fn text(status: u16, text: &str) -> Self {
        Self { status, errors: Map::new(), messages: vec![text.to_owned()] }
    }

    /// 422 about a field.
    pub(super) fn field(name: &str, text: &str) -> Self {
        let errors = [(name.to_owned(), json!(text))].into_iter().collect();
        Self { status: 422, errors, messages: Vec::new() }
    }

    pub(super) fn no_issue() -> Self {
        Self::text(404, "Задача не существует.")
    }

    pub(super) fn answer(self) -> Answer {
        let body = json!({ "errors": self.errors, "errorMessages": self.messages, "statusCode": self.status });
        Answer::new(self.status, body).with(CONTENT_TYPE, JSON)
    }
}

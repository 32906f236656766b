//! A space for a test, whose clock stands at the time of the contract's samples, and who asks it over HTTP.

use std::sync::Arc;

use pult_simulators::{
    pachca::{Settings, Simulator, Space, start},
    secret::Secret,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    kit::{Answer, Control, client, send},
    receiver::{Received, Receiver},
};

pub(crate) const TOKEN: &str = "PACHCA_TOKEN";
pub(crate) const SECRET: &str = "sim-signing-secret-01";
pub(crate) const NOW: &str = "2026-11-20T09:15:02Z";

/// A running space.
pub(crate) struct House {
    pub(crate) simulator: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) control: Control,
}

/// Without limits: a clock that stands gives nothing back.
pub(crate) fn settings() -> Settings {
    let now = NOW.parse().unwrap();
    let settings = Settings::new(Secret::new(TOKEN), Secret::new(SECRET));
    assert_eq!(settings.limit_scale, Some(1.0));
    Settings { clock: Arc::new(move || now), limit_scale: None, ..settings }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(settings()).await
    }

    /// With somebody who receives webhooks.
    pub(crate) async fn heard() -> (Self, Receiver) {
        let receiver = Receiver::open().await;
        let settings = Settings { hook_url: Some(receiver.url().parse().unwrap()), ..settings() };
        (Self::with(settings).await, receiver)
    }

    async fn with(settings: Settings) -> Self {
        let simulator = start(settings).await.unwrap();
        let http = client();
        let control = Control { http: http.clone(), at: simulator.control() };
        Self { simulator, http, control }
    }

    pub(crate) fn space(&self) -> &Space {
        self.simulator.space()
    }

    /// A request with the token; `path` is below the base and may hold a query.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.simulator.base())).bearer_auth(TOKEN)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path);
        send(if body.is_null() { request } else { request.json(&body) }).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PUT, path).json(&body)).await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await.unwrap()
    }

    /// The bot writes; answers the message.
    pub(crate) async fn bot_writes(&self, message: Value) -> Value {
        let answer = self.post("/messages", json!({ "message": message })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["data"].clone()
    }

    /// What the bot is refused with: status, and keys with codes.
    pub(crate) async fn refusal(&self, message: Value) -> (u16, Vec<(String, String)>) {
        problems(&self.post("/messages", json!({ "message": message })).await)
    }
}

/// Status, and keys with codes.
pub(crate) fn problems(answer: &Answer) -> (u16, Vec<(String, String)>) {
    let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (answer.status, errors.iter().map(|error| (text(&error["key"]), text(&error["code"]))).collect())
}

/// One refusal as [`problems`] tells it.
pub(crate) fn one(status: u16, key: &str, code: &str) -> (u16, Vec<(String, String)>) {
    (status, vec![(key.to_owned(), code.to_owned())])
}

/// What a webhook says.
pub(crate) fn said(got: &Received) -> Value {
    serde_json::from_str(&got.body).unwrap()
}

/// The ids of a list.
pub(crate) fn ids(list: &Value) -> Vec<u64> {
    list["data"].as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

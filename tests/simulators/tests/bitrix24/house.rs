//! A portal for a test, and who asks it over HTTP.

use pult_simulators::{
    bitrix24::{Settings, Simulator, start},
    secret::Secret,
};
use serde_json::Value;

use crate::{
    kit::{Answer, Control, client, send},
    receiver::Receiver,
};

pub(crate) const SECRET: &str = "tulip";
pub(crate) const TOKEN: &str = "APP_TOKEN";

/// A running portal.
pub(crate) struct House {
    pub(crate) portal: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) control: Control,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::new(Secret::new(SECRET), Secret::new(TOKEN))).await
    }

    /// With somebody who receives what becomes of tasks.
    pub(crate) async fn heard() -> (Self, Receiver) {
        let receiver = Receiver::open().await;
        let settings = Settings {
            hook_url: Some(receiver.url().parse().unwrap()),
            ..Settings::new(Secret::new(SECRET), Secret::new(TOKEN))
        };
        (Self::with(settings).await, receiver)
    }

    async fn with(settings: Settings) -> Self {
        let portal = start(settings).await.unwrap();
        let http = client();
        let control = Control { http: http.clone(), at: portal.control() };
        Self { portal, http, control }
    }

    pub(crate) fn url(&self, method: &str) -> String {
        format!("{}{SECRET}/{method}", self.portal.base())
    }

    /// Calls a method with JSON.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Answer {
        send(self.http.post(self.url(method)).json(&params)).await.unwrap()
    }

    /// What a method answers, which has to go well.
    pub(crate) async fn result(&self, method: &str, params: Value) -> Value {
        let answer = self.call(method, params).await;
        assert_eq!(answer.status, 200, "{method}: {}", answer.text);
        answer.json()["result"].clone()
    }

    /// Status and code of a refusal.
    pub(crate) async fn refusal(&self, method: &str, params: Value) -> (u16, String) {
        let answer = self.call(method, params).await;
        (answer.status, answer.json()["error"].as_str().unwrap_or("none").to_owned())
    }
}

/// A refusal as it is expected.
pub(crate) fn no(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

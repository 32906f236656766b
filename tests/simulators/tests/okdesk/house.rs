//! An account for a test, and who asks it over HTTP.

use pult_simulators::{
    okdesk::{Settings, Simulator, start},
    secret::Secret,
};
use reqwest::Method;
use serde_json::Value;

use crate::{
    kit::{Answer, Control, client, send},
    receiver::{Received, Receiver},
};

pub(crate) const TOKEN: &str = "tulip&co";
pub(crate) const HOOK_KEY: &str = "hook key";

/// A running account.
pub(crate) struct House {
    pub(crate) account: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) control: Control,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::new(Secret::new(TOKEN))).await
    }

    /// With somebody who receives webhooks.
    pub(crate) async fn heard() -> (Self, Receiver) {
        let receiver = Receiver::open().await;
        let settings = Settings {
            hook_url: Some(receiver.url().parse().unwrap()),
            hook_key: Some(Secret::new(HOOK_KEY)),
            ..Settings::new(Secret::new(TOKEN))
        };
        (Self::with(settings).await, receiver)
    }

    async fn with(settings: Settings) -> Self {
        let account = start(settings).await.unwrap();
        let http = client();
        let control = Control { http: http.clone(), at: account.control() };
        Self { account, http, control }
    }

    /// A request with the token; `path` is below the base and may hold a query.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.account.base())).query(&[("api_token", TOKEN)])
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await.unwrap()
    }
}

/// What a webhook says.
pub(crate) fn said(got: &Received) -> Value {
    serde_json::from_str(&got.body).unwrap()
}

//! An organization for a test, and who asks it over HTTP.

use pult_simulators::{
    secret::Secret,
    tracker::{Settings, Simulator, Tracker, start},
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    kit::{Answer, Control, client, send},
    receiver::{Received, Receiver},
};

pub(crate) const TOKEN: &str = "TRACKER_TOKEN";
pub(crate) const DIRECTORY: &str = "Y360_TOKEN";
pub(crate) const ORG: &str = "7654321";
pub(crate) const HOOK_KEY: &str = "c0ffee00112233445566778899aabbccddeeff00112233445566778899aabbcc";
pub(crate) const REF: &str = "66b0c1d2e3f4a5b6c7d8e9f0--sourceRef";

/// A running organization.
pub(crate) struct House {
    pub(crate) organization: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) control: Control,
}

pub(crate) fn settings() -> Settings {
    Settings { directory_token: Some(Secret::new(DIRECTORY)), ..Settings::new(Secret::new(TOKEN)) }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(settings()).await
    }

    /// With somebody who receives hooks.
    pub(crate) async fn heard() -> (Self, Receiver) {
        let receiver = Receiver::open().await;
        let hook_url = Some(receiver.url().parse().unwrap());
        let settings = Settings { hook_url, hook_key: Some(Secret::new(HOOK_KEY)), ..settings() };
        (Self::with(settings).await, receiver)
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let organization = start(settings).await.unwrap();
        let http = client();
        let control = Control { http: http.clone(), at: organization.control() };
        Self { organization, http, control }
    }

    pub(crate) fn tracker(&self) -> &Tracker {
        self.organization.tracker()
    }

    /// A request without any header; `path` begins with a slash and may hold a query.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.organization.base()))
    }

    /// A request with the token and the organization; `path` is below `/v3/`.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.bare(method, &format!("/v3/{path}"));
        request.header("Authorization", format!("OAuth {TOKEN}")).header("X-Org-ID", ORG)
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        send(if body.is_null() { request } else { request.json(&body) }).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, body).await
    }

    /// Makes an issue of the desk with these fields besides; its key.
    pub(crate) async fn issue(&self, fields: Value) -> String {
        let mut body = json!({ "queue": "DESK", "summary": "Нет гудка" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let made = self.post("issues/", body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()["key"].as_str().unwrap().to_owned()
    }

    /// Keys of the issues that a search finds.
    pub(crate) async fn find(&self, body: Value) -> Vec<String> {
        let answer = self.post("issues/_search", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        keys(&answer.json())
    }

    pub(crate) async fn switch(&self, order: Value) {
        self.control.order("/sim/switches", order).await;
    }

    /// The clock stands, and the search knows everything at once.
    pub(crate) async fn still(&self) {
        self.control.order("/sim/clock", json!({ "freeze": true })).await;
        self.switch(json!({ "index_lag_ms": 0 })).await;
    }

    pub(crate) async fn pass(&self, seconds: f64) {
        self.control.order("/sim/clock", json!({ "advance": seconds })).await;
    }
}

pub(crate) fn keys(rows: &Value) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
}

/// What an answer refuses: its status, and the fields or texts it names.
pub(crate) fn refused(answer: &Answer) -> (u16, Value) {
    let body = answer.json();
    assert_eq!(body["statusCode"], answer.status, "{body}");
    let fields: Vec<_> = body["errors"].as_object().unwrap().keys().cloned().collect();
    assert!(fields.is_empty() == body["errorMessages"].as_array().is_some_and(|texts| !texts.is_empty()), "{body}");
    (answer.status, json!(fields))
}

/// A form with one file.
pub(crate) fn form(request: RequestBuilder, name: &str, kind: &str, content: &str) -> RequestBuilder {
    let body = format!(
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n\
         {content}\r\n--B--\r\n"
    );
    request.header("Content-Type", "multipart/form-data; boundary=B").body(body)
}

/// What a hook says.
pub(crate) fn said(got: &Received) -> Value {
    serde_json::from_str(&got.body).unwrap()
}

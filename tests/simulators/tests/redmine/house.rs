//! A server for a test, and who asks it over HTTP: a request is of somebody's, by their login.

use pult_simulators::{
    redmine::{Redmine, Settings, Simulator, start},
    secret::Secret,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    kit::{Answer, Control, client, send},
    receiver::{Received, Receiver},
};

pub(crate) const PASSWORD: &str = "Passw0rd-test";
pub(crate) const HOOK_SECRET: &str = "sim-redmine-secret";
pub(crate) const PREFIX: &str = "/redmine";

/// The key of somebody who is there at the beginning.
pub(crate) fn key(login: &str) -> String {
    let digit = match login {
        "admin" => "a",
        "sup1" => "b",
        "agent1" => "c",
        _ => "d",
    };
    digit.repeat(40)
}

/// A running server.
pub(crate) struct House {
    pub(crate) server: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) control: Control,
}

pub(crate) fn settings() -> Settings {
    let keys = ["admin", "sup1", "agent1", "rep1"].map(|login| (login, Secret::new(key(login))));
    Settings { password: Some(Secret::new(PASSWORD)), prefix: PREFIX.to_owned(), ..Settings::new(keys) }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(settings()).await
    }

    /// With a clock that stands at this instant until it is moved.
    pub(crate) async fn at(instant: &str) -> Self {
        let instant: jiff::Timestamp = instant.parse().unwrap();
        Self::with(Settings { clock: std::sync::Arc::new(move || instant), ..settings() }).await
    }

    /// With somebody who receives webhooks.
    pub(crate) async fn heard() -> (Self, Receiver) {
        let receiver = Receiver::open().await;
        let hook_url = Some(receiver.url().parse().unwrap());
        let settings = Settings { hook_url, hook_secret: Some(Secret::new(HOOK_SECRET)), ..settings() };
        let house = Self::with(settings).await;
        house.switch(json!({ "modern": true })).await;
        (house, receiver)
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let server = start(settings).await.unwrap();
        let http = client();
        let control = Control { http: http.clone(), at: server.control() };
        Self { server, http, control }
    }

    pub(crate) fn redmine(&self) -> &Redmine {
        self.server.redmine()
    }

    /// A request without any header; `path` begins with a slash and may hold a query.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.server.base()))
    }

    /// A request of somebody's.
    pub(crate) fn request(&self, login: &str, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("X-Redmine-API-Key", key(login))
    }

    pub(crate) async fn call(&self, login: &str, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(login, method, path);
        send(if body.is_null() { request } else { request.json(&body) }).await.unwrap()
    }

    pub(crate) async fn get(&self, login: &str, path: &str) -> Answer {
        self.call(login, Method::GET, path, Value::Null).await
    }

    pub(crate) async fn put(&self, login: &str, path: &str, body: Value) -> Answer {
        self.call(login, Method::PUT, path, body).await
    }

    pub(crate) async fn post(&self, login: &str, path: &str, body: Value) -> Answer {
        self.call(login, Method::POST, path, body).await
    }

    /// Changes an issue, which has to be let in.
    pub(crate) async fn change(&self, login: &str, id: u64, fields: Value) {
        let answer = self.put(login, &format!("/issues/{id}.json"), json!({ "issue": fields })).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    }

    /// An issue of the manager's with these fields; its number.
    pub(crate) async fn issue(&self, fields: Value) -> u64 {
        let mut body = json!({ "project_id": "desk", "tracker_id": 3, "subject": "Printer off" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let made = self.post("sup1", "/issues.json", json!({ "issue": body })).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()["issue"]["id"].as_u64().unwrap()
    }

    /// An issue as somebody sees it, with its journals.
    pub(crate) async fn seen(&self, login: &str, id: u64) -> Value {
        let answer = self.get(login, &format!("/issues/{id}.json?include=journals,attachments,children")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["issue"].clone()
    }

    /// Numbers of the issues of a list, and how many there are in all.
    pub(crate) async fn list(&self, login: &str, query: &str) -> (Vec<u64>, u64) {
        let answer = self.get(login, &format!("/issues.json?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text);
        (ids(&answer.json()["issues"]), answer.json()["total_count"].as_u64().unwrap())
    }

    pub(crate) async fn switch(&self, order: Value) {
        self.control.order("/sim/switches", order).await;
    }

    pub(crate) async fn pass(&self, seconds: f64) {
        self.control.order("/sim/clock", json!({ "advance": seconds })).await;
    }
}

pub(crate) fn ids(rows: &Value) -> Vec<u64> {
    rows.as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

/// What a webhook says.
pub(crate) fn said(got: &Received) -> Value {
    serde_json::from_str(&got.body).unwrap()
}

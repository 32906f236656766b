//! A tenant for a test, whose clock stands at nine of the contract's day, and who asks it over HTTP.

use std::sync::Arc;

use pult_simulators::{
    intradesk::{Settings, Simulator, Tenant, start, world::task::TaskOrder},
    secret::Secret,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::kit::{Answer, Control, client, send};

pub(crate) const TENANT: &str = "TENANT.intradesk.ru";
pub(crate) const LOGIN: &str = "bot@tenant.example";
pub(crate) const PASSWORD: &str = "PASSWORD";
pub(crate) const KEY: &str = "API_KEY";
pub(crate) const SCOPE: &str = "openid profile email custom.profile api offline_access";

/// A running tenant.
pub(crate) struct House {
    pub(crate) desk: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) control: Control,
}

/// The form of a password.
pub(crate) fn password_form() -> Vec<(&'static str, String)> {
    [
        ("grant_type", "password"),
        ("client_id", "resourceowner"),
        ("scope", SCOPE),
        ("username", LOGIN),
        ("password", PASSWORD),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into_iter()
    .chain([("acr_values", format!("tenant:{TENANT}"))])
    .collect()
}

impl House {
    pub(crate) async fn new() -> Self {
        let settings = Settings {
            api_key: Some(Secret::new(KEY)),
            clock: Arc::new(|| "2026-10-28T09:00:00Z".parse().unwrap()),
            ..Settings::new(TENANT, LOGIN, Secret::new(PASSWORD))
        };
        let desk = start(settings).await.unwrap();
        let http = client();
        let control = Control { http: http.clone(), at: desk.control() };
        Self { desk, http, control }
    }

    /// With so many tasks in service 54001, from number 170900, a minute apart from twenty past eight.
    pub(crate) async fn with_tasks(count: u64) -> Self {
        let house = Self::new().await;
        house.tasks(54_001, 170_900, count);
        house
    }

    pub(crate) fn tasks(&self, service: u64, number: u64, count: u64) {
        self.tenant().make(&TaskOrder {
            number: Some(number),
            service: Some(service),
            created: Some("2026-10-28T08:20:00Z".parse().unwrap()),
            count: Some(count),
            ..TaskOrder::default()
        });
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        self.desk.tenant()
    }

    pub(crate) async fn pass(&self, seconds: u32) {
        self.control.order("/sim/clock", json!({ "advance": seconds })).await;
    }

    pub(crate) async fn switch(&self, order: Value) {
        self.control.order("/sim/switches", order).await;
    }

    pub(crate) async fn fault(&self, fault: Value, on: &str, times: u32) {
        self.control.order("/sim/fault", json!({ "fault": fault, "on": on, "times": times })).await;
    }

    pub(crate) async fn form(&self, form: &[(&str, String)]) -> Answer {
        send(self.http.post(format!("{}/connect/token", self.desk.login_base())).form(form)).await.unwrap()
    }

    /// A token for the password.
    pub(crate) async fn token(&self) -> String {
        let answer = self.form(&password_form()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A call of the gateway, with the key.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.desk.api_base())).query(&[("ApiKey", KEY)])
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        send(self.request(Method::GET, path).query(query)).await.unwrap()
    }

    /// A list of tasks; the numbers on its page.
    pub(crate) async fn numbers(&self, query: &[(&str, &str)]) -> Vec<u64> {
        let answer = self.get("/tasklist/odata/tasks", query).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["value"].as_array().unwrap().iter().map(|row| row["tasknumber"].as_u64().unwrap()).collect()
    }

    pub(crate) async fn filtered(&self, filter: &str) -> Vec<u64> {
        self.numbers(&[("$filter", filter), ("$orderby", "tasknumber"), ("$top", "100")]).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PUT, path).json(&body)).await.unwrap()
    }

    /// Gives a task to somebody.
    pub(crate) async fn assign(&self, number: u64, person: u64) -> Answer {
        self.put("/changes/tasks", assignment(number, person)).await
    }

    /// Who has a task.
    pub(crate) fn executor(&self, number: u64) -> Option<u64> {
        self.tenant().world(|world| world.tasks[&number].executor())
    }

    /// A call of the classic product.
    pub(crate) fn classic(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.desk.classic_base()));
        request.basic_auth(LOGIN, Some(PASSWORD)).header("Accept", "application/json")
    }
}

/// What gives a task to somebody.
pub(crate) fn assignment(number: u64, person: u64) -> Value {
    let text = json!({ "value": { "userid": person } }).to_string();
    json!({ "number": number, "blocks": { "executor": text } })
}

//! A Redmine for a list of facts, and who asks it over HTTP: nobody follows a redirect, and nobody knows what stands behind.

use std::net::SocketAddr;

use pult_simulators::redmine_server::PROJECT;
use reqwest::{Client, Method, RequestBuilder, header::HeaderMap, redirect::Policy};
use serde_json::{Value, json};

use crate::back::Back;

/// Everything one issue can be read with.
const ALL: &str = "include=journals,attachments,children,relations,watchers,allowed_statuses";

/// Statuses of Redmine's default data.
pub(crate) const NEW: u64 = 1;
pub(crate) const IN_PROGRESS: u64 = 2;
pub(crate) const CLOSED: u64 = 5;
pub(crate) const REJECTED: u64 = 6;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text))
    }

    /// The texts of a refusal.
    pub(crate) fn errors(&self) -> Vec<String> {
        serde_json::from_value(self.json()["errors"].clone()).unwrap()
    }

    /// Is there nothing to read? Redmine writes one space where it has nothing to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// A running Redmine with the people and the project of the contract. What REST cannot do is in `back`.
pub(crate) struct House {
    pub(crate) back: Back,
    base: String,
    http: Client,
}

impl House {
    pub(crate) fn on(back: Back) -> Self {
        // Whichever test comes first installs it for all.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { base: back.base(), back, http }
    }

    pub(crate) fn key(&self, login: &str) -> String {
        self.back.key(login)
    }

    pub(crate) fn id(&self, login: &str) -> u64 {
        self.back.id(login)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.base.trim_start_matches("http://").parse().unwrap()
    }

    /// A request with nobody's key.
    pub(crate) fn open(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// A request with somebody's key; `path` is below the base and may hold a query.
    pub(crate) fn request(&self, login: &str, method: Method, path: &str) -> RequestBuilder {
        self.open(method, path).header("X-Redmine-API-Key", self.key(login))
    }

    pub(crate) async fn get(&self, login: &str, path: &str) -> Answer {
        send(self.request(login, Method::GET, path)).await
    }

    pub(crate) async fn post(&self, login: &str, path: &str, body: Value) -> Answer {
        send(self.request(login, Method::POST, path).json(&body)).await
    }

    pub(crate) async fn put(&self, login: &str, path: &str, body: Value) -> Answer {
        send(self.request(login, Method::PUT, path).json(&body)).await
    }

    pub(crate) async fn delete(&self, login: &str, path: &str) -> Answer {
        send(self.request(login, Method::DELETE, path)).await
    }

    /// A new issue of the project, with `more` in it; answers its id.
    pub(crate) async fn issue(&self, login: &str, more: Value) -> u64 {
        let mut issue = json!({ "project_id": PROJECT, "tracker_id": 3, "subject": "Printer off" });
        issue.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.post(login, "/issues.json", json!({ "issue": issue })).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()["issue"]["id"].as_u64().unwrap()
    }

    /// Changes an issue, which has to be taken without a word.
    pub(crate) async fn change(&self, login: &str, issue: u64, change: Value) {
        let answer = self.try_change(login, issue, change).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "issue {issue}");
    }

    pub(crate) async fn try_change(&self, login: &str, issue: u64, change: Value) -> Answer {
        self.put(login, &format!("/issues/{issue}.json"), json!({ "issue": change })).await
    }

    /// An issue as somebody sees it, with everything.
    pub(crate) async fn read(&self, login: &str, issue: u64) -> Value {
        let answer = self.get(login, &format!("/issues/{issue}.json?{ALL}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["issue"].clone()
    }

    /// The journals somebody sees, by id.
    pub(crate) async fn journals(&self, login: &str, issue: u64) -> Vec<Value> {
        let mut journals = self.read(login, issue).await["journals"].as_array().unwrap().clone();
        journals.sort_by_key(|journal| journal["id"].as_u64());
        journals
    }

    /// The ids of a list in their order, as `login` gets it.
    pub(crate) async fn listed(&self, login: &str, query: &str) -> Vec<u64> {
        let answer = self.get(login, &format!("/issues.json?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text);
        ids(&answer.json()["issues"])
    }

    /// A file, uploaded and not yet bound to anything; answers its token.
    pub(crate) async fn upload(&self, login: &str, name: &str, content: &str) -> String {
        let asked = self.request(login, Method::POST, &format!("/uploads.json?filename={name}"));
        let answer = send(asked.header("Content-Type", "application/octet-stream").body(content.to_owned())).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["upload"]["token"].as_str().unwrap().to_owned()
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

/// The ids of rows, in their order.
pub(crate) fn ids(rows: &Value) -> Vec<u64> {
    rows.as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

/// The row of that id.
pub(crate) fn row(rows: &Value, id: u64) -> Value {
    rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("no {id} in {rows}")).clone()
}

/// Is it a time as Redmine writes it: UTC, whole seconds?
pub(crate) fn is_time(value: &Value) -> bool {
    let shape = "dddd-dd-ddTdd:dd:ddZ";
    let text = value.as_str().unwrap_or_default();
    text.len() == shape.len()
        && text.chars().zip(shape.chars()).all(|(one, wanted)| match wanted {
            'd' => one.is_ascii_digit(),
            wanted => one == wanted,
        })
}

/// A list of facts: `all` asks them one after the other and answers the names of those that do not hold.
macro_rules! facts {
    ($($name:ident),+ $(,)?) => {
        pub(crate) async fn all(house: &crate::house::House) -> Vec<&'static str> {
            use futures_util::FutureExt;
            let mut failed = Vec::new();
            $(if std::panic::AssertUnwindSafe($name(house)).catch_unwind().await.is_err() {
                failed.push(concat!(module_path!(), "::", stringify!($name)));
            })+
            failed
        }
    };
}
pub(crate) use facts;

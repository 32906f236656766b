//! Somebody who speaks HTTP with Pult: a person with a session, a program with a key, or nobody in particular.
//!
//! Every answer is looked at for traces of the program's insides on its way. Deliberately not here: what the systems around
//! Pult send (`senders`).

use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::{Method, RequestBuilder, header::HeaderMap, redirect};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest as _},
};

use crate::house::{PATIENCE, trust_ring};

/// Words that only a program's insides have.
const INSIDES: &[&str] = &[
    "panicked at",
    "stack backtrace",
    "RUST_BACKTRACE",
    ".rs:",
    "src-tauri/",
    "rusqlite",
    "SqliteFailure",
    "unwrap()",
];

/// A caller of one listener.
#[derive(Clone)]
pub(crate) struct Caller {
    http: reqwest::Client,
    base: String,
    cookie: Option<String>,
    csrf: Option<String>,
    key: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    async fn read(answer: reqwest::Response) -> reqwest::Result<Self> {
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let seen = Self { status, headers, body: answer.bytes().await?.to_vec() };
        let text = String::from_utf8_lossy(&seen.body);
        for word in INSIDES {
            assert!(!text.contains(word), "an answer shows the program's insides ({word}): {text}");
        }
        Ok(seen)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON ({}): {}", self.status, self.text()))
    }

    /// A header, empty when absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The error's code and field.
    pub(crate) fn error(&self) -> (String, Option<String>) {
        let error = &self.json()["error"];
        (error["code"].as_str().unwrap_or_default().to_owned(), error["field"].as_str().map(str::to_owned))
    }
}

impl Caller {
    pub(crate) fn new(base: &str) -> Self {
        trust_ring();
        let http = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().timeout(PATIENCE);
        Self::with(base, http.build().unwrap())
    }

    /// With a client made elsewhere.
    pub(crate) fn with(base: &str, http: reqwest::Client) -> Self {
        Self { http, base: base.to_owned(), cookie: None, csrf: None, key: None }
    }

    /// A program with a key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self { cookie: None, csrf: None, key: Some(key.to_owned()), ..self.clone() }
    }

    /// The same person, whose page has lost its token.
    pub(crate) fn without_csrf(&self) -> Self {
        Self { csrf: None, ..self.clone() }
    }

    /// The same person with another cookie.
    pub(crate) fn with_cookie(&self, cookie: &str) -> Self {
        Self { cookie: Some(cookie.to_owned()), ..self.clone() }
    }

    pub(crate) fn cookie(&self) -> &str {
        self.cookie.as_deref().unwrap_or_default()
    }

    /// A request to be completed and sent with [`Self::send`].
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-pult-csrf", csrf);
        }
        if let Some(key) = &self.key {
            request = request.header("x-api-key", key);
        }
        request
    }

    /// Sends a request that has to be answered.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.unwrap()
    }

    /// Sends a request; the connection may break off.
    pub(crate) async fn try_send(&self, request: RequestBuilder) -> reqwest::Result<Answer> {
        Answer::read(request.send().await?).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// Signs in; cookie and token are kept for all that follows.
    pub(crate) async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let answer = self.post("/api/console/sign-in", &json!({ "login": login, "password": password })).await;
        if answer.status == 204 {
            let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
            self.cookie = Some(cookie);
            let session = self.get("/api/console/session").await.json();
            self.csrf = Some(session["csrf"].as_str().unwrap().to_owned());
        }
        answer
    }

    /// Gives a command of the console.
    pub(crate) async fn give(&self, command: &str, request: Value) -> Answer {
        self.post(&format!("/api/console/call/{command}"), &request).await
    }

    /// Gives a command that has to work.
    pub(crate) async fn must(&self, command: &str, request: Value) -> Value {
        let answer = self.give(command, request).await;
        assert_eq!(answer.status, 200, "{command}: {}", answer.text());
        answer.json()
    }

    /// The text of the CSV file that a command makes of what a filter lets through.
    pub(crate) async fn file(&self, command: &str, filter: Value) -> String {
        let file = self.must(command, json!({ "filter": filter, "format": "csv" })).await;
        let bytes = data_encoding::BASE64.decode(file["content_base64"].as_str().unwrap().as_bytes()).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Opens the stream of changes, or says with which status it was refused.
    pub(crate) async fn listen_as(&self, origin: Option<&str>) -> Result<Events, u16> {
        let mut request =
            format!("{}/api/console/events", self.base.replacen("http", "ws", 1)).into_client_request().unwrap();
        let headers = request.headers_mut();
        for (name, value) in
            [("cookie", self.cookie.as_deref()), ("x-api-key", self.key.as_deref()), ("origin", origin)]
        {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Events(socket)),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("no stream and no answer: {error}"),
        }
    }

    /// Opens the stream of changes.
    pub(crate) async fn listen(&self) -> Events {
        self.listen_as(None).await.unwrap_or_else(|status| panic!("no stream: {status}"))
    }

    /// Looks again after every change until `look` finds what it is after.
    pub(crate) async fn until<T>(&self, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        // Before the first look, so that no change falls between.
        let mut events = self.listen().await;
        let wait = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                events.next().await.expect("the stream of changes ended");
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("it never came to be")
    }

    /// The newest calls of both centres.
    pub(crate) async fn calls(&self) -> Vec<Value> {
        self.calls_of(json!({})).await
    }

    /// The newest calls that a filter lets through.
    pub(crate) async fn calls_of(&self, mut filter: Value) -> Vec<Value> {
        let empty = json!({
            "centre": null, "days": null, "phone": null, "operator": null, "result": null, "type_call": null,
            "theme": null, "agency": null, "only_open": false
        });
        for (name, value) in empty.as_object().unwrap() {
            filter.as_object_mut().unwrap().entry(name).or_insert_with(|| value.clone());
        }
        let page = self.must("calls.page", json!({ "filter": filter, "limit": 500 })).await;
        page["rows"].as_array().unwrap().clone()
    }

    /// Waits until nothing waits for a decision and no call to the outside is owed.
    pub(crate) async fn until_settled(&self) {
        self.until(async || {
            let summary = self.must("deliveries.summary", json!({})).await;
            let owed = summary["integrations"].as_array().unwrap().iter().map(|i| i["owed"].as_u64().unwrap());
            (summary["waiting"] == 0 && owed.sum::<u64>() == 0).then_some(())
        })
        .await;
    }
}

/// The stream of changes.
pub(crate) struct Events(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Events {
    /// The next change; nothing once the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        let next = async {
            loop {
                match self.0.next().await? {
                    Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                    Ok(Message::Close(_)) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("no change and no end")
    }

    /// The ids of the next change of an area.
    pub(crate) async fn ids_of(&mut self, area: &str) -> Vec<i64> {
        loop {
            let change = self.next().await.expect("the stream of changes ended");
            if change["area"] == area {
                return change["ids"].as_array().unwrap().iter().map(|id| id.as_i64().unwrap()).collect();
            }
        }
    }
}

/// Looks again and again at what tells nobody of its changes: a folder, or the journal of a simulated system.
pub(crate) async fn look_until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let wait = async {
        let mut again = tokio::time::interval(Duration::from_millis(50));
        loop {
            again.tick().await;
            if let Some(found) = look() {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it never showed")
}

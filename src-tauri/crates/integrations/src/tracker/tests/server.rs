//! A tracker of ours that answers as each test wrote down, and remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, StatusCode, Uri},
    routing::any,
};
use futures_util::stream;

use super::*;
use crate::{
    Attempt, Delivery,
    transport::http::tests::{provider, serve},
};

/// One answer.
#[derive(Clone)]
pub(super) struct Line {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    breaks: bool,
}

impl Line {
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

pub(super) fn line(status: u16, body: impl Into<String>) -> Line {
    Line { status, headers: vec![], body: body.into(), breaks: false }
}

pub(super) fn good(body: Value) -> Line {
    line(200, body.to_string())
}

/// A refusal that complains of a field.
pub(super) fn complaint(status: u16, field: &str, text: &str) -> Line {
    line(status, json!({"errors": {field: text}, "errorMessages": [], "statusCode": status}).to_string())
}

/// What is done, and the answer lost.
pub(super) fn lost() -> Line {
    Line { breaks: true, ..line(201, "{") }
}

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// `METHOD /path?query`, decoded.
    pub(super) line: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Default)]
pub(super) struct Journal {
    script: VecDeque<Line>,
    asked: Vec<Asked>,
}

#[derive(Clone, Default)]
pub(super) struct Vendor(Arc<Mutex<Journal>>);

impl Vendor {
    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.0.lock().unwrap()
    }

    /// What was asked so far, as lines.
    pub(super) fn lines(&self) -> Vec<String> {
        self.journal().asked.iter().map(|asked| asked.line.clone()).collect()
    }

    pub(super) fn asked(&self, number: usize) -> Asked {
        self.journal().asked[number].clone()
    }

    pub(super) fn go_on(&self, script: impl IntoIterator<Item = Line>) {
        self.journal().script.extend(script);
    }

    /// Whether everything written down was asked for.
    pub(super) fn is_done(&self) -> bool {
        self.journal().script.is_empty()
    }

    /// The tracker, and a connection to it that waits for nobody.
    pub(super) async fn with(script: impl IntoIterator<Item = Line>) -> (Self, Tracker) {
        Self::with_settings(script, secrets(), |_| {}).await
    }

    pub(super) async fn with_settings(
        script: impl IntoIterator<Item = Line>,
        secrets: BTreeMap<String, String>,
        change: impl FnOnce(&mut Settings),
    ) -> (Self, Tracker) {
        provider();
        let vendor = Self::default();
        vendor.go_on(script);
        let base = serve(Router::new().fallback(any(answer)).with_state(vendor.clone())).await;
        let mut settings = Settings { base: Some(base), rate_per_second: 1_000_000, ..settings() };
        change(&mut settings);
        (vendor, connected(settings, secrets))
    }
}

/// What came of an effect; nothing that was said holds the token.
pub(super) async fn perform(tracker: &Tracker, effect: &Effect) -> Result<Vec<Observed>, CallError> {
    let Attempt { exchanges, outcome } = tracker.perform(effect, &key()).await;
    let said = format!("{exchanges:?} {outcome:?}");
    assert!(!said.contains(SECRET_TOKEN), "{said}");
    outcome
}

async fn answer(
    State(vendor): State<Vendor>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut journal = vendor.journal();
    let query: Vec<_> = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let body = String::from_utf8_lossy(&body).into_owned();
    journal.asked.push(Asked { line: format!("{method} {}{query}", uri.path()), headers, body });
    let found = journal.script.pop_front().unwrap_or_else(|| line(418, "nobody wrote that down"));
    let mut response = Response::builder().status(StatusCode::from_u16(found.status).unwrap());
    for (name, value) in found.headers {
        response = response.header(name, value);
    }
    let body = match found.breaks {
        false => Body::from(found.body),
        true => Body::from_stream(stream::iter([Ok(Bytes::from(found.body)), Err(std::io::Error::other("torn"))])),
    };
    response.body(body).unwrap()
}

//! A tracker of ours that answers as each test wrote down, else as its [`Desk`] stands, and remembers what it was asked.

use std::{collections::VecDeque, sync::MutexGuard};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, StatusCode, Uri},
    routing::any,
};
use futures_util::stream;

use super::{desk::Desk, *};
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
    /// Only to requests that begin so.
    to: &'static str,
}

impl Line {
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// For requests that begin so; the others pass it by.
    pub(super) fn to(self, to: &'static str) -> Self {
        Self { to, ..self }
    }
}

pub(super) fn line(status: u16, body: impl Into<String>) -> Line {
    Line { status, headers: vec![], body: body.into(), breaks: false, to: "" }
}

pub(super) fn good(body: Value) -> Line {
    line(200, body.to_string())
}

pub(super) fn shown(issue: Value) -> Line {
    good(json!({ "issue": issue }))
}

/// A refusal with its texts.
pub(super) fn complaint(texts: &[&str]) -> Line {
    line(422, json!({ "errors": texts }).to_string())
}

/// What is done, and the answer lost.
pub(super) fn lost() -> Line {
    Line { breaks: true, ..line(201, "{") }
}

pub(super) fn myself() -> Line {
    good(json!({"user": {"id": ME, "login": "pult", "firstname": "Pult", "lastname": "Robot", "admin": false, "api_key": SECRET}}))
        .to("GET /users/current.json")
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
    pub(super) desk: Option<Desk>,
}

#[derive(Clone, Default)]
pub(super) struct Vendor(Arc<Mutex<Journal>>);

impl Vendor {
    pub(super) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.0.lock().unwrap()
    }

    /// Changes what stands there.
    pub(super) fn desk<T>(&self, change: impl FnOnce(&mut Desk) -> T) -> T {
        change(self.journal().desk.as_mut().unwrap())
    }

    /// What was asked so far, as lines.
    pub(super) fn lines(&self) -> Vec<String> {
        self.journal().asked.iter().map(|asked| asked.line.clone()).collect()
    }

    /// What was asked since the last time.
    pub(super) fn news(&self) -> Vec<String> {
        self.journal().asked.drain(..).map(|asked| asked.line).collect()
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
    pub(super) async fn with(script: impl IntoIterator<Item = Line>) -> (Self, Redmine) {
        Self::with_settings(script, secrets(), |_| {}).await
    }

    pub(super) async fn with_settings(
        script: impl IntoIterator<Item = Line>,
        secrets: BTreeMap<String, String>,
        change: impl FnOnce(&mut Settings),
    ) -> (Self, Redmine) {
        provider();
        let vendor = Self::default();
        vendor.go_on(script);
        let base = serve(Router::new().fallback(any(answer)).with_state(vendor.clone())).await;
        let mut settings = settings(base.as_str());
        change(&mut settings);
        (vendor, connected(settings, secrets))
    }

    /// A tracker at which tickets stand, and a connection to it.
    pub(super) async fn standing(desk: Desk, change: impl FnOnce(&mut Settings)) -> (Self, Redmine) {
        let (vendor, tracker) = Self::with_settings([], secrets(), change).await;
        vendor.journal().desk = Some(desk);
        (vendor, tracker)
    }
}

/// What came of an effect; nothing that was said holds a key.
pub(super) async fn perform(tracker: &Redmine, effect: &Effect) -> Result<Vec<Observed>, CallError> {
    let Attempt { exchanges, outcome } = tracker.perform(effect, &key()).await;
    let said = format!("{exchanges:?} {outcome:?}");
    assert!(!said.contains(SECRET) && !said.contains(PERSON_KEY), "{said}");
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
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let shown: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let shown = if shown.is_empty() { String::new() } else { format!("?{}", shown.join("&")) };
    let line = format!("{method} {}{shown}", uri.path());
    let body = String::from_utf8_lossy(&body).into_owned();
    journal.asked.push(Asked { line: line.clone(), headers, body });
    let place = journal.script.iter().position(|written| line.starts_with(written.to));
    let found = match place.and_then(|place| journal.script.remove(place)) {
        Some(found) => found,
        None => match &mut journal.desk {
            Some(desk) => desk.answer(uri.path(), &query),
            None => self::line(418, "nobody wrote that down"),
        },
    };
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

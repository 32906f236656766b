//! A messenger of ours that answers as each test wrote down, and remembers what it was asked. Whose token it is, it tells by itself.

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
use serde_json::Value;

use super::{samples::answered, *};
use crate::transport::http::tests::{provider, serve};

/// One answer.
#[derive(Clone)]
pub(super) enum Line {
    /// Its status, a pause it asks for, and its body.
    Says(u16, Option<&'static str>, String),
    /// None: the connection breaks.
    Breaks,
}

pub(super) fn line(status: u16, body: impl ToString) -> Line {
    Line::Says(status, None, body.to_string())
}

/// A sample's answer.
pub(super) fn like(status: u16, sample: &str) -> Line {
    line(status, answered(sample))
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heard {
    /// Method and path below the base.
    pub(super) line: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) authorization: Option<String>,
}

impl Heard {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
pub(super) struct Journal {
    script: VecDeque<Line>,
    heard: Vec<Heard>,
}

#[derive(Clone, Default)]
pub(super) struct Chat(Arc<Mutex<Journal>>);

const BASE: &str = "/api/shared/v1/";

impl Chat {
    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.0.lock().unwrap()
    }

    /// The requests so far but those for whose token it is.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.journal().heard.iter().filter(|heard| heard.line != "GET oauth/token/info").cloned().collect()
    }

    /// The same, as `METHOD path`.
    pub(super) fn lines(&self) -> Vec<String> {
        self.heard().into_iter().map(|heard| heard.line).collect()
    }

    pub(super) fn go_on(&self, script: impl IntoIterator<Item = Line>) {
        self.journal().script.extend(script);
    }

    /// The messenger, and a connection to it that waits for nobody.
    pub(super) async fn with(script: impl IntoIterator<Item = Line>) -> (Self, Pachca) {
        Self::with_settings(script, |_| {}).await
    }

    pub(super) async fn with_settings(
        script: impl IntoIterator<Item = Line>,
        change: impl FnOnce(&mut Settings),
    ) -> (Self, Pachca) {
        Self::at(script, change, Arc::new(now)).await
    }

    pub(super) async fn at(
        script: impl IntoIterator<Item = Line>,
        change: impl FnOnce(&mut Settings),
        clock: Clock,
    ) -> (Self, Pachca) {
        provider();
        let chat = Self::default();
        chat.go_on(script);
        let base = serve(Router::new().fallback(any(answer)).with_state(chat.clone())).await;
        let mut settings = Settings::new(base.join(BASE).unwrap());
        settings.read_rate_per_second = 1_000_000;
        change(&mut settings);
        (chat, connected_at(settings, secrets(), clock))
    }
}

async fn answer(State(chat): State<Chat>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let line = {
        let mut journal = chat.journal();
        let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let path = uri.path().strip_prefix(BASE).unwrap_or_else(|| uri.path());
        let heard = Heard {
            line: format!("{method} {path}"),
            query,
            body: String::from_utf8_lossy(&body).into_owned(),
            authorization: headers
                .get("authorization")
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        };
        let token = heard.line == "GET oauth/token/info";
        journal.heard.push(heard);
        match token {
            true => like(200, "token_info"),
            false => journal.script.pop_front().unwrap_or_else(|| self::line(418, "nobody wrote that down")),
        }
    };
    match line {
        // Ends the connection's task without a word, to the other side as well as to whoever reads the tests' output.
        Line::Breaks => std::panic::resume_unwind(Box::new(())),
        Line::Says(status, pause, body) => {
            // A body may have to name the server itself.
            let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
            let body = body.replace("HERE", &format!("http://{host}"));
            let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
            if let Some(pause) = pause {
                response = response.header("retry-after", pause);
            }
            response.body(Body::from(body)).unwrap()
        }
    }
}

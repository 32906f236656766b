//! A service desk of ours that answers as each test wrote down, and remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{Method, Response, StatusCode, Uri},
    routing::any,
};

use super::*;
use crate::transport::http::tests::{provider, serve};

/// One answer: its status, a pause it asks for, and its body.
pub(super) type Line = (u16, Option<&'static str>, String);

pub(super) fn line(status: u16, body: impl Into<String>) -> Line {
    (status, None, body.into())
}

#[derive(Default)]
pub(super) struct Journal {
    script: VecDeque<Line>,
    /// Method and path, query and body of each request.
    pub(super) asked: Vec<(String, Vec<(String, String)>, String)>,
}

#[derive(Clone, Default)]
pub(super) struct Desk(Arc<Mutex<Journal>>);

impl Desk {
    pub(super) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.0.lock().unwrap()
    }

    /// The requests so far, as `METHOD /path`.
    pub(super) fn lines(&self) -> Vec<String> {
        self.journal().asked.iter().map(|(line, ..)| line.clone()).collect()
    }

    pub(super) fn go_on(&self, script: impl IntoIterator<Item = Line>) {
        self.journal().script.extend(script);
    }

    /// The desk, and a connection to it that waits for nobody.
    pub(super) async fn with(script: impl IntoIterator<Item = Line>) -> (Self, Okdesk) {
        Self::with_settings(script, |_| {}).await
    }

    pub(super) async fn with_settings(
        script: impl IntoIterator<Item = Line>,
        change: impl FnOnce(&mut Settings),
    ) -> (Self, Okdesk) {
        provider();
        let desk = Self::default();
        desk.go_on(script);
        let base = serve(Router::new().fallback(any(answer)).with_state(desk.clone())).await;
        let mut settings = Settings { rate_per_second: 1_000_000, ..Settings::new(base) };
        change(&mut settings);
        (desk, connected(settings, secrets()))
    }
}

async fn answer(State(desk): State<Desk>, method: Method, uri: Uri, body: Bytes) -> Response<Body> {
    let mut journal = desk.journal();
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let body = String::from_utf8(body.to_vec()).unwrap();
    journal.asked.push((format!("{method} {}", uri.path()), query, body));
    let (status, pause, body) = journal.script.pop_front().unwrap_or_else(|| line(418, "nobody wrote that down"));
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    if let Some(pause) = pause {
        response = response.header("retry-after", pause);
    }
    response.body(Body::from(body)).unwrap()
}

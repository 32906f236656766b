//! A service desk of ours that answers as each test wrote down, and remembers what it was asked. It gives tokens by itself.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::MutexGuard,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, StatusCode, Uri},
    routing::any,
};
use futures_util::stream;
use serde_json::{Value, json};

use super::*;
use crate::transport::http::tests::{provider, serve};

/// One answer.
#[derive(Debug, Clone)]
pub(super) struct Line {
    status: u16,
    header: Option<(&'static str, String)>,
    body: String,
    /// Whether the connection breaks before the end.
    breaks: bool,
}

impl Line {
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.header = Some((name, value.into()));
        self
    }

    pub(super) fn breaks(mut self) -> Self {
        self.breaks = true;
        self
    }
}

pub(super) fn line(status: u16, body: impl Into<String>) -> Line {
    Line { status, header: None, body: body.into(), breaks: false }
}

pub(super) fn good(body: Value) -> Line {
    line(200, body.to_string())
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Method and path.
    pub(super) line: String,
    pub(super) query: BTreeMap<String, String>,
    /// The query as it was written.
    pub(super) raw_query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Default)]
pub(super) struct Journal {
    script: VecDeque<Line>,
    /// What a method and path is always answered.
    pub(super) by_path: BTreeMap<String, Line>,
    /// What sign-ins are answered instead of a token.
    pub(super) sign_ins: VecDeque<Line>,
    pub(super) asked: Vec<Request>,
    given: u32,
    /// Tokens the gateway does not know any more.
    pub(super) forgotten: Vec<String>,
    /// Requests under way, and the most there were.
    at_once: (usize, usize),
}

/// The service desk, and a clock that is moved by hand.
#[derive(Clone, Default)]
pub(super) struct Vendor {
    journal: Arc<Mutex<Journal>>,
    seconds: Arc<AtomicI64>,
}

impl Vendor {
    pub(super) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap()
    }

    /// The requests so far, sign-ins left out.
    pub(super) fn asked(&self) -> Vec<Request> {
        self.journal().asked.iter().filter(|request| request.line != "POST /connect/token").cloned().collect()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|request| request.line).collect()
    }

    /// The forms of the sign-ins so far.
    pub(super) fn sign_ins(&self) -> Vec<BTreeMap<String, String>> {
        let journal = self.journal();
        let forms = journal.asked.iter().filter(|request| request.line == "POST /connect/token");
        forms.map(|request| url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect()).collect()
    }

    pub(super) fn go_on(&self, script: impl IntoIterator<Item = Line>) {
        self.journal().script.extend(script);
    }

    pub(super) fn always(&self, line: &str, answer: Line) {
        self.journal().by_path.insert(line.to_owned(), answer);
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.journal().at_once.1
    }

    /// Some time passes.
    pub(super) fn wait(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.seconds);
        Arc::new(move || start().checked_add(jiff::SignedDuration::from_secs(seconds.load(Ordering::SeqCst))).unwrap())
    }

    async fn open(script: impl IntoIterator<Item = Line>) -> (Self, Url) {
        provider();
        let vendor = Self::default();
        vendor.go_on(script);
        let base = serve(Router::new().fallback(any(answer)).with_state(vendor.clone())).await;
        (vendor, base)
    }

    /// A connection to it that waits for nobody.
    pub(super) fn connected(&self, settings: Settings, credentials: Arc<dyn Credentials>) -> Intradesk {
        let settings = Settings { rate_per_second: 1_000_000, ..settings };
        Intradesk::new(settings, credentials, self.clock()).unwrap()
    }

    pub(super) async fn cloud(script: impl IntoIterator<Item = Line>) -> (Self, Intradesk) {
        Self::cloud_by(by_password(), script).await
    }

    pub(super) async fn keyed(script: impl IntoIterator<Item = Line>) -> (Self, Intradesk) {
        Self::cloud_by(Auth::ApiKey, script).await
    }

    pub(super) async fn cloud_by(auth: Auth, script: impl IntoIterator<Item = Line>) -> (Self, Intradesk) {
        let (vendor, base) = Self::open(script).await;
        let settings = Settings {
            login_base: Some(base.clone()),
            api_base: Some(base),
            max_tickets: 5,
            ..Settings::new("company", auth)
        };
        let intradesk = vendor.connected(settings, credentials());
        (vendor, intradesk)
    }

    pub(super) async fn classic(script: impl IntoIterator<Item = Line>) -> (Self, Intradesk) {
        let (vendor, base) = Self::open(script).await;
        let zone = "Europe/Moscow".to_owned();
        let settings = Settings { zone, max_tickets: 3, ..Settings::classic(base, "bot") };
        let intradesk = vendor.connected(settings, credentials());
        (vendor, intradesk)
    }
}

async fn answer(
    State(vendor): State<Vendor>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let found = {
        let mut journal = vendor.journal();
        let request = Request {
            line: format!("{method} {}", uri.path()),
            query: url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
            raw_query: uri.query().unwrap_or_default().to_owned(),
            headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        journal.asked.push(request.clone());
        journal.at_once.0 += 1;
        journal.at_once.1 = journal.at_once.1.max(journal.at_once.0);
        let token = request.header("authorization").trim_start_matches("Bearer ").to_owned();
        if request.line == "POST /connect/token" {
            sign_in(&mut journal)
        } else if journal.forgotten.contains(&token) {
            line(401, "").with("www-authenticate", "Bearer error=\"invalid_token\"")
        } else if let Some(always) = journal.by_path.get(&request.line) {
            always.clone()
        } else {
            journal.script.pop_front().unwrap_or_else(|| line(418, "nobody wrote that down"))
        }
    };
    // Whoever comes at the same time is seen together.
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    vendor.journal().at_once.0 -= 1;
    let mut response = Response::builder().status(StatusCode::from_u16(found.status).unwrap());
    if let Some((name, value)) = found.header {
        response = response.header(name, value);
    }
    let body = match found.breaks {
        false => Body::from(found.body),
        true => Body::from_stream(stream::iter([Ok(Bytes::from(found.body)), Err(std::io::Error::other("torn"))])),
    };
    response.body(body).unwrap()
}

fn sign_in(journal: &mut Journal) -> Line {
    journal.sign_ins.pop_front().unwrap_or_else(|| {
        journal.given += 1;
        token(journal.given, 3600)
    })
}

/// The answer that gives the token of a number.
pub(super) fn token(number: u32, life: u32) -> Line {
    good(json!({
        "access_token": format!("ACCESS-{number}"),
        "expires_in": life,
        "token_type": "Bearer",
        "refresh_token": format!("REFRESH-{number}"),
    }))
}

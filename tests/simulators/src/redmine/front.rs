//! The listener of the API: reads a call, lets it meet its fault and its limit, and dates the answer by the simulated clock. What
//! calls do is in `api`; who may come in, in `door`.

use std::{io, sync::Arc};

use axum::{
    body::to_bytes,
    extract::Request,
    http::{
        HeaderValue, Method,
        header::{AUTHORIZATION, CONTENT_TYPE, DATE, HOST, LOCATION},
    },
    response::Response,
};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;

use super::{
    Redmine, api, door,
    refused::{Refused, bare, page},
    rights::Who,
    route::{Route, exists, route},
};
use crate::service::{
    fault::Fault,
    route::Astray,
    wire::{self, Answer, Caller},
};

/// Largest body read, bytes.
const LARGEST: usize = 64 << 20;

/// A call as it came.
pub(super) struct Asked {
    method: Method,
    path: String,
    /// The path without the prefix.
    pub(super) below: String,
    pub(super) query: Vec<(String, String)>,
    /// `X-Redmine-API-Key`.
    pub(super) key: Option<String>,
    /// The parameter `key`.
    pub(super) query_key: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) switch_user: Option<String>,
    content_type: String,
    /// Where the client came, with the prefix.
    pub(super) base: String,
    /// Empty when it is too large to be read.
    pub(super) body: Vec<u8>,
}

impl Asked {
    async fn read(request: Request, prefix: &str) -> Self {
        let (head, body) = request.into_parts();
        let header = |name: &str| {
            let value = head.headers.get(name).and_then(|value| value.to_str().ok());
            value.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let all: Vec<(String, String)> =
            form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        // A key does not go further than this.
        let (keys, query): (Vec<_>, Vec<_>) = all.into_iter().partition(|(name, _)| name == "key");
        let host = header(HOST.as_str()).unwrap_or_else(|| "localhost".to_owned());
        let path = head.uri.path().to_owned();
        Self {
            below: path.strip_prefix(prefix).unwrap_or(&path).to_owned(),
            path,
            query,
            query_key: keys.into_iter().map(|(_, key)| key).find(|key| !key.is_empty()),
            key: header("x-redmine-api-key"),
            authorization: header(AUTHORIZATION.as_str()),
            switch_user: header("x-redmine-switch-user"),
            content_type: header(CONTENT_TYPE.as_str()).unwrap_or_default(),
            base: format!("http://{host}{prefix}"),
            method: head.method,
            body: to_bytes(body, LARGEST).await.map(|bytes| bytes.to_vec()).unwrap_or_default(),
        }
    }

    /// The last parameter of a name.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What is asked for besides.
    pub(super) fn include(&self) -> Vec<&str> {
        self.parameter("include").unwrap_or_default().split(',').map(str::trim).collect()
    }

    /// `Content-Type` without its parameters.
    pub(super) fn kind(&self) -> String {
        self.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// A part of the body by its name; what is not announced as JSON is not read.
    pub(super) fn part(&self, name: &str) -> Map<String, Value> {
        self.document().ok().and_then(|body| body.get(name)?.as_object().cloned()).unwrap_or_default()
    }

    /// The body: nothing where it is not announced as JSON.
    pub(super) fn document(&self) -> Result<Value, Refused> {
        if self.kind() != "application/json" || self.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).map_err(|_| Refused::Bare(400))
    }

    fn shown(&self, who: Option<&str>) -> Value {
        let body = self.document().ok().filter(|body| !body.is_null());
        let body = body.unwrap_or_else(|| json!({ "bytes": self.body.len() }));
        json!({ "query": self.query, "switch_user": self.switch_user, "who": who, "body": body })
    }
}

pub(super) async fn serve(listener: TcpListener, redmine: Arc<Redmine>, stop: CancellationToken) -> io::Result<()> {
    let waits = stop.clone();
    wire::serve(listener, redmine, stop, move |redmine, caller, request| {
        let stop = waits.clone();
        async move { answer(&redmine, caller, request, &stop).await }
    })
    .await
}

async fn answer(redmine: &Redmine, caller: Caller, request: Request, stop: &CancellationToken) -> Response {
    let asked = Asked::read(request, &redmine.prefix).await;
    let route = route(&asked.method, &asked.path, &redmine.prefix);
    let mut names = vec!["unknown".to_owned()];
    if let Ok(Route { name, names: of }) = &route {
        names = vec![(*name).to_owned()];
        names.extend(of.first().map(|first| format!("{name}/{first}")));
    }
    let fault = redmine.faults.next_of(&names, |_| true);
    let who = redmine.caller(&asked);
    let request = json!({ "asked": asked.shown(who.as_deref()), "fault": fault.as_ref().map(Fault::kind) });
    let note = |answer: Option<&Answer>| {
        let errors = answer.and_then(|answer| answer.body.as_ref()?.get("errors")).map(Value::to_string);
        let leaked = asked.query_key.is_some().then(|| "the key stands in the address".to_owned());
        let line = format!("{} {}", asked.method, asked.path);
        redmine.journal.put(&names[0], line, request, answer.map(|answer| answer.status), leaked.or(errors));
    };
    let mut response = wire::respond(fault, &caller, stop, || answer_to(redmine, &asked, &route, &caller), note).await;
    if response.status() == 302 && !response.headers().contains_key(LOCATION) {
        // A redirect that is played as a fault goes where all of them go.
        if let Ok(login) = HeaderValue::try_from(format!("{}/login", asked.base)) {
            response.headers_mut().insert(LOCATION, login);
        }
    }
    let date = if redmine.state().switches.no_date { None } else { written(redmine.hands.now()) };
    response.headers_mut().insert(DATE, date.unwrap_or(HeaderValue::from_static("")));
    response
}

fn written(now: Timestamp) -> Option<HeaderValue> {
    let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).ok()?;
    HeaderValue::try_from(text).ok()
}

fn answer_to(redmine: &Redmine, asked: &Asked, route: &Result<Route, Astray>, caller: &Caller) -> Answer {
    let now = redmine.hands.now();
    let mut state = redmine.state();
    if !state.buckets.pour(caller.source, now) {
        return Answer { retry_after: state.switches.retry_after, ..page(429, "Too Many Requests") };
    }
    let easy = state.switches.easy;
    let Some(route) = route.as_ref().ok().filter(|route| exists(route.name, easy)) else {
        return page(404, "Page not found");
    };
    let served = route.name == "download";
    let who = match door::enter(&state, asked, served) {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    if state.switches.forbidden.iter().any(|name| name == route.name) {
        return bare(403);
    }
    let language = who.and_then(|id| state.world.person(id)).map(|person| person.language).unwrap_or_default();
    match api::answer(&mut state, asked, route, who, now) {
        Ok((answer, deeds)) => {
            redmine.tell(&state, &deeds);
            answer
        }
        Err(Refused::Bare(404)) if served => page(404, "404"),
        Err(Refused::Denied) if served && who.is_some() => page(403, "403"),
        Err(refused) => refused.answer(who.is_some(), language, easy),
    }
}

impl Redmine {
    /// The login of who calls, for the journal.
    fn caller(&self, asked: &Asked) -> Option<String> {
        let state = self.state();
        let who: Who = door::enter(&state, asked, false).ok().flatten();
        who.and_then(|id| state.world.person(id)).map(|person| person.login.clone())
    }
}

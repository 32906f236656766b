//! The interface over HTTP: paths, methods, the token, limits and faults, and everything a refusal looks like. What calls do
//! is in `act`.

mod act;

use std::{io, sync::Arc};

use axum::{
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, Method, Uri, header},
    response::Response,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Desk;
use crate::service::{
    fault::Fault,
    php,
    wire::{self, Answer, Caller},
};

/// Largest body read, bytes.
const LARGEST: usize = 1 << 20;
const BASE: &str = "/api/v1/";

/// Why the account says no.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    status: u16,
    errors: Value,
}

impl Refused {
    pub(super) const ABSENT: &str = "отсутствует";
    pub(super) const UNFORESEEN: &str = "имеет непредусмотренное значение";
    pub(super) const KIND: &str = "имеет неверный тип";
    pub(super) const UNKNOWN: &str = "не найден";

    fn list(status: u16, text: &str) -> Self {
        Self { status, errors: json!([text]) }
    }

    /// 422 about a field, which may lie within others.
    pub(super) fn value(path: &[&str], text: &str) -> Self {
        let mut errors = json!([text]);
        for step in path.iter().rev() {
            errors = json!({ *step: errors });
        }
        Self { status: 422, errors }
    }

    fn answer(self) -> Answer {
        Answer::new(self.status, json!({ "errors": self.errors }))
    }
}

/// A call that was understood.
struct Asked {
    route: Option<Route>,
    method: Method,
    query: Value,
    json: bool,
    body: Vec<u8>,
}

/// A path that exists.
#[derive(Clone, Copy, Debug)]
struct Route {
    /// Its name in the journal, in faults and among what is forbidden.
    name: &'static str,
    methods: &'static [Method],
    id: u64,
}

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const PATCH: &[Method] = &[Method::PATCH];
const BOTH: &[Method] = &[Method::GET, Method::POST];

fn route(path: &str) -> Option<Route> {
    let steps: Vec<&str> = path.strip_prefix(BASE)?.trim_end_matches('/').split('/').collect();
    let of = |name, methods| Some(Route { name, methods, id: 0 });
    let with = |route: Option<Route>, id: &str| {
        let id = id.parse().ok()?;
        route.map(|route| Route { id, ..route })
    };
    match steps.as_slice() {
        ["issues"] => of("issues", POST),
        ["issues", "list"] => of("issues/list", GET),
        ["issues", "count"] => of("issues/count", GET),
        ["issues", "statuses"] => of("issues/statuses", GET),
        ["issues", "priorities"] => of("issues/priorities", GET),
        ["contacts"] => of("contacts", GET),
        ["employees", "list"] => of("employees/list", GET),
        ["companies", "list"] => of("companies/list", GET),
        ["maintenance_entities", "list"] => of("maintenance_entities/list", GET),
        ["contacts", id] => with(of("contact", GET), id),
        ["issues", id] => with(of("issue", GET), id),
        ["issues", id, "rates"] => with(of("rates", POST), id),
        ["issues", id, "comments"] => with(of("comments", BOTH), id),
        ["issues", id, "statuses"] => with(of("statuses", POST), id),
        ["issues", id, "assignees"] => with(of("assignees", PATCH), id),
        ["issues", id, "deadlines"] => with(of("deadlines", PATCH), id),
        ["issues", id, "types"] => with(of("types", PATCH), id),
        ["issues", id, "parameters"] => with(of("parameters", PATCH), id),
        // No issue has a file, so that any number is that of none.
        ["issues", id, "attachments", _] => with(of("attachments", GET), id),
        _ => None,
    }
}

pub(super) async fn serve(listener: TcpListener, desk: Arc<Desk>, stop: CancellationToken) -> io::Result<()> {
    let waits = stop.clone();
    wire::serve(listener, desk, stop, move |desk, caller, request| {
        let stop = waits.clone();
        async move { answer(&desk, caller, request, &stop).await }
    })
    .await
}

async fn answer(desk: &Desk, caller: Caller, request: Request, stop: &CancellationToken) -> Response {
    let (head, body) = request.into_parts();
    let asked = Asked {
        route: route(head.uri.path()),
        method: head.method,
        query: php::tree(&php::pairs(head.uri.query().unwrap_or_default())),
        json: is_json(&head.headers),
        body: to_bytes(body, LARGEST).await.map(|bytes| bytes.to_vec()).unwrap_or_default(),
    };
    let name = asked.route.map_or("unknown", |route| route.name);
    let fault = desk.faults.next(name, |_| true).map(filled);
    let note = |answer: Option<&Answer>| {
        let error = answer.and_then(|answer| answer.body.as_ref()).and_then(|body| body.get("errors"));
        let line = line(&asked.method, &head.uri);
        let status = answer.map(|answer| answer.status);
        desk.journal.put(name, line, shown(&asked), status, error.map(ToString::to_string));
    };
    wire::respond(fault, &caller, stop, || answer_to(desk, &asked, &caller), note).await
}

/// A refusal without a body has the one of the contract.
fn filled(fault: Fault) -> Fault {
    match fault {
        Fault::Refuse { status, body: Value::Null, retry_after } => {
            let text = match status {
                401 => "Неверный ключ авторизации",
                403 => "Недостаточно прав",
                429 => "Too many requests",
                _ => "Ошибка",
            };
            Fault::Refuse { status, body: json!({ "errors": [text] }), retry_after }
        }
        other => other,
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Method and path: the query holds the token.
fn line(method: &Method, uri: &Uri) -> String {
    format!("{method} {}", uri.path())
}

fn shown(asked: &Asked) -> Value {
    let mut query = asked.query.clone();
    if let Value::Object(query) = &mut query {
        query.remove("api_token");
    }
    json!({ "query": query, "body": serde_json::from_slice::<Value>(&asked.body).ok() })
}

fn answer_to(desk: &Desk, asked: &Asked, caller: &Caller) -> Answer {
    check(desk, asked, caller).and_then(|route| act::act(desk, asked, route)).unwrap_or_else(Refused::answer)
}

fn check(desk: &Desk, asked: &Asked, caller: &Caller) -> Result<Route, Refused> {
    let now = desk.hands.now();
    let mut state = desk.state();
    if !state.buckets.pour(caller.source, now) {
        return Err(Refused::list(429, "Too many requests"));
    }
    if asked.query["api_token"].as_str() != Some(desk.token.reveal()) {
        return Err(Refused::list(401, "Неверный ключ авторизации"));
    }
    let route = asked.route.ok_or_else(|| Refused::list(404, "Не найдено"))?;
    if !route.methods.contains(&asked.method) {
        return Err(Refused::list(405, "Метод не поддерживается"));
    }
    if state.switches.forbidden.iter().any(|name| name == route.name) {
        return Err(Refused::list(403, "Недостаточно прав"));
    }
    Ok(route)
}

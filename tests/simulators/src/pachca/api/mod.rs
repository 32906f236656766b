//! The interface over HTTP: paths, the token, scopes, limits, faults, the journal. What calls do is in the files of their
//! subjects; what a refusal looks like is in `refused`.

mod buttons;
mod chats;
mod files;
mod hooks;
mod messages;
mod refused;
mod threads;
mod views;

use std::{io, sync::Arc};

use axum::{
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, Method, header},
    response::Response,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub(super) use self::refused::Refused;
use super::{
    Space,
    space::State,
    switches::Class,
    world::{BOT, stamp},
};
use crate::service::{
    fault::Fault,
    php,
    wire::{self, Answer, Caller},
};

/// Where the interface begins.
pub(super) const BASE: &str = "/api/shared/v1";
/// Where forms with files go.
const UPLOAD: &str = "/api/v3/direct_upload";
/// Largest body read, bytes.
const LARGEST: usize = 64 << 20;

type Done = Result<Answer, Refused>;

/// A call that was understood.
struct Asked {
    query: Vec<(String, String)>,
    content_type: String,
    authorization: Option<String>,
    body: Vec<u8>,
}

impl Asked {
    fn is_json(&self) -> bool {
        self.content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    }

    /// The body as an object; an empty one when it is not announced as JSON.
    fn json(&self) -> Result<Value, Refused> {
        if !self.is_json() || self.body.is_empty() {
            return Ok(json!({}));
        }
        let body = serde_json::from_slice::<Value>(&self.body).ok().filter(Value::is_object);
        body.ok_or_else(|| Refused::one(400, "base", Value::Null, "wrong_params"))
    }

    /// What is wrapped in the body under this name.
    fn wrapped(&self, name: &str) -> Result<Value, Refused> {
        match &self.json()?[name] {
            inner @ Value::Object(_) => Ok(inner.clone()),
            Value::Null => Err(Refused::one(422, name, Value::Null, "blank")),
            other => Err(Refused::one(422, name, other.clone(), "invalid")),
        }
    }

    fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A path that exists.
#[derive(Clone, Debug)]
struct Route {
    /// Its name in the journal and in faults.
    name: &'static str,
    /// What a token needs for it; nothing for what needs no token, or any token.
    scope: Option<&'static str>,
    /// The id in the path, as it stands there.
    id: String,
}

impl Route {
    /// The id as a number; what is none is not there.
    fn number(&self, what: &str) -> Result<u64, Refused> {
        self.id.parse().map_err(|_| Refused::missing(what, &self.id))
    }
}

fn route(method: &Method, path: &str) -> Option<Route> {
    let of = |name, scope, id: &str| Some(Route { name, scope: Some(scope), id: id.to_owned() });
    let free = |name, id: &str| Some(Route { name, scope: None, id: id.to_owned() });
    if path == UPLOAD {
        return (method == Method::POST).then(|| free("upload_file", ""))?;
    }
    if let Some(id) = path.strip_prefix("/files/").and_then(|rest| rest.split('/').next()) {
        return (method == Method::GET).then(|| free("file", id))?;
    }
    let steps: Vec<&str> = path.strip_prefix(BASE)?.trim_matches('/').split('/').collect();
    match (method.as_str(), steps.as_slice()) {
        ("GET", ["oauth", "token", "info"]) => free("token_info", ""),
        ("POST", ["messages"]) => of("message_create", "messages:create", ""),
        ("GET", ["messages"]) => of("message_list", "messages:read", ""),
        ("GET", ["messages", id]) => of("message_read", "messages:read", id),
        ("PUT", ["messages", id]) => of("message_update", "messages:update", id),
        ("DELETE", ["messages", id]) => of("message_delete", "messages:delete", id),
        ("POST", ["messages", id, "thread"]) => of("thread_create", "threads:create", id),
        ("POST", ["messages", id, "reactions"]) => of("reaction_add", "reactions:write", id),
        ("POST", ["threads"]) => of("thread_new", "threads:create", ""),
        ("GET", ["threads"]) => of("thread_list", "threads:read", ""),
        ("GET", ["threads", id]) => of("thread_read", "threads:read", id),
        ("GET", ["users"]) => of("user_list", "users:read", ""),
        ("GET", ["users", id]) => of("user_read", "users:read", id),
        ("GET", ["chats"]) => of("chat_list", "chats:read", ""),
        ("GET", ["chats", id]) => of("chat_read", "chats:read", id),
        ("GET", ["chats", id, "members"]) => of("member_list", "chat_members:read", id),
        ("POST", ["chats", id, "members"]) => of("member_add", "chat_members:write", id),
        ("POST", ["views", "open"]) => of("view_open", "views:write", ""),
        ("POST", ["uploads"]) => of("upload_new", "uploads:write", ""),
        ("PUT", ["bot", "webhook"]) => of("webhook_set", "bot_self:webhook:write", ""),
        ("GET", ["webhooks", "events"]) => of("event_list", "webhooks:events:read", ""),
        ("DELETE", ["webhooks", "events", id]) => of("event_delete", "webhooks:events:delete", id),
        _ => None,
    }
}

pub(super) async fn serve(listener: TcpListener, space: Arc<Space>, stop: CancellationToken) -> io::Result<()> {
    let waits = stop.clone();
    wire::serve(listener, space, stop, move |space, caller, request| {
        let stop = waits.clone();
        async move { answer(&space, caller, request, &stop).await }
    })
    .await
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn answer(space: &Space, caller: Caller, request: Request, stop: &CancellationToken) -> Response {
    let (head, body) = request.into_parts();
    let asked = Asked {
        query: php::pairs(head.uri.query().unwrap_or_default()),
        content_type: text(&head.headers, header::CONTENT_TYPE).unwrap_or_default(),
        authorization: text(&head.headers, header::AUTHORIZATION),
        body: to_bytes(body, LARGEST).await.map(|bytes| bytes.to_vec()).unwrap_or_default(),
    };
    let route = route(&head.method, head.uri.path());
    let name = route.as_ref().map_or("unknown", |route| route.name);
    let mut names = vec![name.to_owned()];
    names.extend(subject(route.as_ref(), &asked).map(|id| format!("{name}/{id}")));
    let fault = space.faults.next_of(&names, |_| true).map(filled);
    let note = |answer: Option<&Answer>| {
        let error = answer.and_then(|answer| answer.body.as_ref());
        let error = error.and_then(|body| body.get("errors").or_else(|| body.get("error"))).map(Value::to_string);
        // The query of a file's link is its secret.
        let line = format!("{} {}", head.method, head.uri.path());
        space.journal.put(name, line, shown(name, &asked), answer.map(|answer| answer.status), error);
    };
    wire::respond(fault, &caller, stop, || answer_to(space, &asked, route.as_ref()), note).await
}

/// What a fault may be for alone: the id in the path, or the one a message goes to.
fn subject(route: Option<&Route>, asked: &Asked) -> Option<String> {
    let route = route?;
    if route.name == "message_create" {
        return asked.json().ok().map(|body| body["message"]["entity_id"].to_string());
    }
    (!route.id.is_empty()).then(|| route.id.clone())
}

/// A refusal without a body has the one of the contract.
fn filled(fault: Fault) -> Fault {
    match fault {
        Fault::Refuse { status, body: Value::Null, retry_after } => {
            Fault::Refuse { status, body: Refused::ordered(status), retry_after }
        }
        other => other,
    }
}

/// What was asked for, without secrets: no query of a file's link, no form of an upload, nothing of what nobody knows.
fn shown(name: &str, asked: &Asked) -> Value {
    if matches!(name, "file" | "upload_file" | "unknown") {
        return json!({ "bytes": asked.body.len() });
    }
    json!({ "query": asked.query, "body": serde_json::from_slice::<Value>(&asked.body).ok() })
}

fn answer_to(space: &Space, asked: &Asked, route: Option<&Route>) -> Answer {
    let now = space.hands.now();
    space.act(|state| {
        if state.switches.redirect {
            let location = route.map(|route| format!("https://api.pachca.com{BASE}/{}", route.name));
            return Answer { location, ..Answer::empty(301) };
        }
        act(space, state, asked, route, now).unwrap_or_else(Refused::answer)
    })
}

fn act(space: &Space, state: &mut State, asked: &Asked, route: Option<&Route>, now: Timestamp) -> Done {
    match route.map(|route| route.name) {
        Some("upload_file") => return files::take(state, asked),
        Some("file") => return files::give(space, state, asked, route, now),
        _ => {}
    }
    let shown = asked.authorization.as_deref().and_then(|text| text.strip_prefix("Bearer "));
    match shown.map(str::trim) {
        None | Some("") => return Err(Refused::token("Access token is missing")),
        Some(_) if state.switches.revoked => return Err(Refused::token("Access token was revoked")),
        Some(token) if token != space.token.reveal() => return Err(Refused::token("Access token is invalid")),
        Some(_) => {}
    }
    let route = route.ok_or_else(Refused::nowhere)?;
    let class = class(state, asked, route);
    if let Some(seconds) = state.limits.pour(class, now) {
        return Err(Refused::busy(seconds));
    }
    if let Some(scope) = route.scope.filter(|scope| !state.switches.scopes.iter().any(|held| held == scope)) {
        return Err(Refused::scope(scope));
    }
    match route.name {
        "token_info" => Ok(data(200, token_info(space, state, now))),
        "message_create" => messages::create(space, state, asked, now),
        "message_list" => messages::list(space, state, asked, now),
        "message_read" => messages::read_by(space, state, route, now),
        "message_update" => messages::update(space, state, asked, route, now),
        "message_delete" => messages::delete(space, state, route, now),
        "reaction_add" => messages::react(space, state, asked, route, now),
        "thread_create" => threads::create(state, route, now),
        "thread_new" => Ok(threads::new(state, now)),
        "thread_list" => threads::list(state, asked),
        "thread_read" => threads::read(state, route),
        "user_list" => chats::users(state, asked, now),
        "user_read" => chats::user(state, route, now),
        "chat_list" => chats::list(state, asked),
        "chat_read" => chats::read(state, route),
        "member_list" => chats::members(state, asked, route, now),
        "member_add" => chats::add(space, state, asked, route, now),
        "view_open" => views::open(state, asked, now),
        "upload_new" => Ok(files::announce(space, state, now)),
        "webhook_set" => hooks::set(state, asked),
        "event_list" => hooks::list(state, asked),
        _ => hooks::delete(state, route),
    }
}

fn class(state: &State, asked: &Asked, route: &Route) -> Class {
    let chat = |id: &str| id.parse().ok().and_then(|id| state.world.messages.get(&id)).map(|message| message.chat);
    match route.name {
        "message_create" => {
            let target = asked.json().ok().and_then(|body| messages::target(state, &body["message"]));
            target.map_or(Class::Other, Class::Write)
        }
        "message_update" | "message_delete" => chat(&route.id).map_or(Class::Other, Class::Write),
        "message_read" | "message_list" => Class::Read,
        "event_list" => Class::Events,
        _ => Class::Other,
    }
}

/// A document in the vendor's wrapper.
fn data(status: u16, data: Value) -> Answer {
    Answer::new(status, json!({ "data": data }))
}

fn token_info(space: &Space, state: &State, now: Timestamp) -> Value {
    json!({
        "id": 4410, "token": space.token.reveal(), "name": "Desk bot", "user_id": BOT, "scopes": state.switches.scopes,
        "created_at": "2026-10-01T08:00:00.000Z", "revoked_at": null, "expires_in": null, "last_used_at": stamp(now),
    })
}

//! The interface over HTTP: the webhook's address, bodies of three kinds, limits, faults, the envelope, the journal.

use std::{fmt, io, sync::Arc};

use axum::{
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, Method, header},
    response::Response,
};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    OWNER, Portal,
    answer::{Refusal, time},
    methods,
    params::{Params, text},
    upload,
};
use crate::service::{
    php,
    wire::{self, Answer, Caller},
};

/// Largest body read, bytes: a file of 40 MiB in base64.
const LARGEST: usize = 56 << 20;

pub(super) async fn serve(listener: TcpListener, portal: Arc<Portal>, stop: CancellationToken) -> io::Result<()> {
    let waits = stop.clone();
    wire::serve(listener, portal, stop, move |portal, caller, request| {
        let stop = waits.clone();
        async move { answer(&portal, caller, request, &stop).await }
    })
    .await
}

/// A call that was understood.
struct Asked {
    /// The webhook is the right one.
    known: bool,
    /// The method in lower case.
    name: String,
    /// Parameters; none when the body cannot be read.
    params: Option<Params>,
    /// The commands of a batch, in their order.
    commands: Vec<(String, String)>,
}

async fn answer(portal: &Portal, caller: Caller, request: Request, stop: &CancellationToken) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.map(|bytes| bytes.to_vec()).unwrap_or_default();
    let query = head.uri.query().unwrap_or_default();
    let path = head.uri.path().trim_matches('/');
    if path == "rest/upload.json" {
        let token = php::tree(&php::pairs(query))["token"].as_str().unwrap_or_default().to_owned();
        let fault = portal.faults.next("upload", |_| true);
        let act = || upload::take(portal, &token, &content_type(&head.headers), &body);
        return wire::respond(fault, &caller, stop, act, |answer| {
            let request = json!({ "bytes": body.len() });
            note(portal, "upload", &head.method, "/rest/upload.json", request, answer);
        })
        .await;
    }
    let steps: Vec<&str> = path.split('/').collect();
    let (known, method, shown) = match steps.as_slice() {
        ["rest", user, secret, method] if *user != "api" => {
            let known = *user == OWNER.to_string() && *secret == portal.secret.reveal();
            (known, *method, format!("/rest/{user}/[secret]/{method}"))
        }
        _ => (true, "", "/[elsewhere]".to_owned()),
    };
    let name = method.to_lowercase();
    let name = name.strip_suffix(".json").unwrap_or(&name).to_owned();
    let (params, commands) = read(query, &content_type(&head.headers), &body);
    let asked = Asked { known, name, params, commands };
    let fault = portal.faults.next(&asked.name, |fault| !fault.is_refusal());
    let request = asked.params.as_ref().map(|params| without_secrets(&params.0)).unwrap_or_default();
    let note = |answer: Option<&Answer>| note(portal, &asked.name, &head.method, &shown, request, answer);
    wire::respond(fault, &caller, stop, || answer_to(portal, &asked, &caller), note).await
}

fn note(portal: &Portal, name: &str, method: &Method, path: &str, request: Value, answer: Option<&Answer>) {
    let error = answer.and_then(|answer| answer.body.as_ref()).and_then(|body| body.get("error"));
    let error = error.and_then(Value::as_str).map(str::to_owned);
    portal.journal.put(name, format!("{method} {path}"), request, answer.map(|answer| answer.status), error);
}

fn content_type(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.unwrap_or_default().to_owned()
}

/// Parameters out of the query and the body, which wins; and the commands of a batch in the order they stand in.
fn read(query: &str, content_type: &str, body: &[u8]) -> (Option<Params>, Vec<(String, String)>) {
    let mut pairs = php::pairs(query);
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" && !body.is_empty() {
        let Ok(Value::Object(over)) = serde_json::from_slice(body) else { return (None, Vec::new()) };
        let mut params = match php::tree(&pairs) {
            Value::Object(params) => params,
            _ => Map::new(),
        };
        params.extend(over);
        let commands = serde_json::from_slice::<Batch>(body).map(|batch| batch.0).unwrap_or_default();
        return (Some(Params(params.into())), commands);
    }
    if kind == "application/x-www-form-urlencoded" {
        pairs.extend(php::pairs(&String::from_utf8_lossy(body)));
    }
    let commands = pairs.iter().filter_map(|(key, value)| match php::path(key).as_slice() {
        ["cmd", key] => Some(((*key).to_owned(), value.clone())),
        _ => None,
    });
    (Some(Params(php::tree(&pairs))), commands.collect())
}

/// The commands of a batch in JSON, in the order they stand in: a map would sort them.
struct Batch(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Outer)
    }
}

struct Outer;

impl<'de> Visitor<'de> for Outer {
    type Value = Batch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parameters of a batch")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Batch, M::Error> {
        let mut commands = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if key.eq_ignore_ascii_case("cmd") {
                commands = map.next_value::<Commands>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Batch(commands))
    }
}

struct Commands(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Commands {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Inner)
    }
}

struct Inner;

impl<'de> Visitor<'de> for Inner {
    type Value = Commands;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("commands by key, or a list of them")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Commands, M::Error> {
        let mut all = Vec::new();
        while let Some((key, command)) = map.next_entry::<String, String>()? {
            all.push((key, command));
        }
        Ok(Commands(all))
    }

    fn visit_seq<S: serde::de::SeqAccess<'de>>(self, mut row: S) -> Result<Commands, S::Error> {
        let mut all = Vec::new();
        while let Some(command) = row.next_element::<String>()? {
            all.push((all.len().to_string(), command));
        }
        Ok(Commands(all))
    }
}

fn answer_to(portal: &Portal, asked: &Asked, caller: &Caller) -> Answer {
    let now = portal.hands.now();
    let refuse = |refusal: Refusal| Answer::new(refusal.status, refusal.body());
    let mut state = portal.state();
    if !asked.known || state.switches.revoked {
        return refuse(Refusal::new(401, "NO_AUTH_FOUND", "Wrong authorization data"));
    }
    if !state.buckets.pour(caller.source, now) {
        return refuse(Refusal::new(503, "QUERY_LIMIT_EXCEEDED", "Too many requests"));
    }
    let Some(params) = &asked.params else {
        return refuse(Refusal::bad("INVALID_REQUEST", "The request body is not a JSON object"));
    };
    let (done, spent) = if asked.name == "batch" {
        match methods::refused(portal, "batch") {
            Some(refusal) => (Err(refusal), None),
            None => {
                let spent = state.operating.spend("batch", now);
                let spent = spent.filter(|_| !state.switches.hide_operating);
                (methods::batch::run(portal, &mut state, params, &asked.commands), spent)
            }
        }
    } else {
        methods::call(portal, &mut state, &asked.name, params)
    };
    match done {
        Ok(reply) => {
            let mut body = reply.envelope();
            body["time"] = time(now, spent);
            Answer::new(200, body)
        }
        Err(refusal) => refuse(refusal),
    }
}

/// Parameters as the journal may show them: no tokens, and of a file's content the length alone.
pub(super) fn without_secrets(params: &Value) -> Value {
    match params {
        Value::Object(map) => {
            let shown = map.iter().map(|(key, value)| {
                let shown = match key.to_lowercase().as_str() {
                    "bottoken" | "client_id" | "auth" => json!("[secret]"),
                    "filecontent" => {
                        json!([value[0], text(&value[1]).map(|content| format!("{} characters", content.len()))])
                    }
                    _ => without_secrets(value),
                };
                (key.clone(), shown)
            });
            Value::Object(shown.collect())
        }
        Value::Array(row) => row.iter().map(without_secrets).collect(),
        // A command of a batch carries its parameters as text.
        Value::String(text) if text.to_lowercase().contains("token") || text.to_lowercase().contains("client_id") => {
            json!("[may hold a secret]")
        }
        other => other.clone(),
    }
}

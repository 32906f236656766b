//! `POST /auth/verify`: what is refused, what is answered, and what is written down of it. No password and no token is.

use std::sync::Arc;

use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use rustls::ServerConfig;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    BASE, Register,
    people::{Word, is_same},
};
use crate::service::wire::{self, Answer, Caller};

/// The largest question, bytes.
const MAX_QUESTION: usize = 16 * 1024;
/// The longest login and password, characters.
const LONGEST: [(&str, usize); 2] = [("login", 64), ("password", 256)];
/// Name of the call in the journal and in orders of faults.
const NAME: &str = "verify";

pub(super) async fn serve(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    register: Arc<Register>,
    stop: CancellationToken,
) {
    let lives = Arc::clone(&register);
    wire::serve_tls(listener, tls, register, stop, move || lives.life(), answer).await;
}

/// A question as it may be asked, or the refusal.
fn question(
    register: &Register,
    path: &str,
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(String, String), Answer> {
    let refuse = |status, what: &str| Err(Answer::new(status, json!({ "error": what })));
    if path != format!("{BASE}/verify") {
        return refuse(404, "no such path");
    }
    if method != Method::POST {
        return refuse(405, "POST only").map_err(|answer: Answer| answer.with(header::ALLOW, "POST"));
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = text(header::AUTHORIZATION).strip_prefix("Bearer ").unwrap_or_default();
    if !is_same(token, register.token.reveal()) {
        return refuse(403, "the token is not known");
    }
    let kind = text(header::CONTENT_TYPE).to_ascii_lowercase();
    if kind.split(';').map(str::trim).collect::<Vec<_>>() != ["application/json", "charset=utf-8"] {
        return refuse(415, "application/json; charset=utf-8 only");
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return refuse(400, "a JSON object is needed") };
    if fields.len() != LONGEST.len() {
        return refuse(400, "login and password and nothing else");
    }
    let mut read = [String::new(), String::new()];
    for ((name, longest), into) in LONGEST.into_iter().zip(&mut read) {
        match fields.get(name).and_then(Value::as_str) {
            Some(text) if !text.is_empty() && text.chars().count() <= longest => text.clone_into(into),
            _ => return refuse(400, &format!("{name}: text of 1 to {longest} characters")),
        }
    }
    let [login, password] = read;
    if login.trim() != login {
        return refuse(400, "login: without margins");
    }
    Ok((login, password))
}

async fn answer(register: Arc<Register>, caller: Caller, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_QUESTION).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let asked = question(&register, head.uri.path(), &head.method, &head.headers, &body);
    let line = format!("{} {}", head.method, head.uri.path());
    let login = asked.as_ref().map(|(login, _)| login.clone()).ok();
    let act = || {
        let (login, password) = match asked {
            Ok(asked) => asked,
            Err(refusal) => return refusal,
        };
        let state = register.state();
        match state.people.judge(&login, &password) {
            (Word::Right, Some(person)) => {
                let mut answer = person.answer();
                if state.foreign_login {
                    answer["login"] = json!("somebody.else");
                }
                Answer::new(200, answer)
            }
            (Word::Blocked, _) => Answer::new(423, json!({ "error": "blocked" })),
            _ => Answer::new(401, json!({ "error": "wrong login or password" })),
        }
    };
    let note = |answer: Option<&Answer>| {
        let status = answer.map(|answer| answer.status);
        let verdict = match (status, answer.and_then(|answer| answer.body.as_ref())) {
            (Some(200), Some(body)) if body.get("login").is_some() => "right",
            (Some(401), _) => "wrong",
            (Some(423), _) => "blocked",
            _ => "none",
        };
        register.journal.put(NAME, line, json!({ "login": login, "verdict": verdict }), status, None);
    };
    let fault = register.faults.next(NAME, |_| true);
    wire::respond(fault, &caller, &register.stop, act, note).await
}

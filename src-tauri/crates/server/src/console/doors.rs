//! Signing in and out, and making the first administrator.
//!
//! Deliberately not here: passwords and lock-outs (the engine's).

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use pult_engine::{
    api::{Me, Session},
    auth::{Attempt, SignInError, first_run, session},
};
use pult_store::people;
use serde::Deserialize;

use super::visitor::{COOKIE, Visitor, Who};
use crate::{App, guard::Sender, pages};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    login: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FirstRun {
    code: String,
    login: String,
    full_name: String,
    password: String,
}

/// Who looks, and whether anybody can sign in yet.
pub(super) async fn session(State(app): State<App>, visitor: Visitor) -> Response {
    let setup_needed = match app.engine.store().read(people::any).await {
        Ok(any) => !any,
        Err(error) => return pages::api_error(error.into()),
    };
    let (csrf, me) = match &visitor.who {
        Who::Person(session) => (session.csrf.clone(), Some(me(session))),
        Who::Nobody | Who::Program(_) => (String::new(), None),
        Who::Unknown => return pages::error(StatusCode::SERVICE_UNAVAILABLE, "busy", None, "try again"),
    };
    Json(Session { csrf, me, setup_needed, version: env!("CARGO_PKG_VERSION").to_owned() }).into_response()
}

fn me(session: &pult_engine::auth::Session) -> Me {
    Me {
        login: session.actor.login.clone(),
        full_name: session.full_name.clone(),
        rights: session.actor.rights.clone(),
        has_account: session.has_password,
        checked_offline: session.checked_offline,
        ask_again_at: session.ask_again_at.map(|at| at.as_millisecond()),
    }
}

/// Lets somebody in.
pub(super) async fn sign_in(
    State(app): State<App>,
    axum::Extension(sender): axum::Extension<Sender>,
    headers: HeaderMap,
    request: Result<Json<SignIn>, JsonRejection>,
) -> Response {
    let Ok(Json(SignIn { login, password })) = request else { return not_a_form() };
    if !same_origin(&headers) {
        return pages::error(StatusCode::FORBIDDEN, "forbidden", None, "another page asks");
    }
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let engine = &app.engine;
    let attempt = Attempt { login, password, address: sender.0.to_string(), agent, idle: engine.session_idle() };
    match engine.sign_in(attempt).await {
        Ok(signed_in) => {
            let mut answer = StatusCode::NO_CONTENT.into_response();
            set_cookie(&mut answer, Some(&signed_in.token.token), app.console.secure);
            answer
        }
        Err(error) => refused(&error),
    }
}

fn refused(error: &SignInError) -> Response {
    let status = match error {
        SignInError::WrongPassword => StatusCode::UNAUTHORIZED,
        SignInError::Blocked | SignInError::NoAccount => StatusCode::FORBIDDEN,
        SignInError::Locked { .. } => StatusCode::TOO_MANY_REQUESTS,
        SignInError::Busy | SignInError::Unavailable | SignInError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    pages::error(status, error.code(), None, &error.to_string())
}

/// Ends the session.
pub(super) async fn sign_out(State(app): State<App>, visitor: Visitor) -> Response {
    let actor = match visitor.acting() {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    if let Err(error) = session::sign_out(app.engine.store(), actor, app.engine.clock().now()).await {
        return pages::api_error(error.into());
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut answer, None, app.console.secure);
    answer
}

/// Makes the first administrator, once.
pub(super) async fn first_run(
    State(app): State<App>,
    axum::Extension(sender): axum::Extension<Sender>,
    headers: HeaderMap,
    request: Result<Json<FirstRun>, JsonRejection>,
) -> Response {
    let Ok(Json(FirstRun { code, login, full_name, password })) = request else { return not_a_form() };
    if !same_origin(&headers) {
        return pages::error(StatusCode::FORBIDDEN, "forbidden", None, "another page asks");
    }
    let engine = &app.engine;
    let first = first_run::FirstAdmin { login, full_name, email: None, password, address: sender.0.to_string() };
    match first_run::create_admin(engine.store(), engine.passwords(), &code, first, engine.clock().now()).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(first_run::SetUpError::WrongCode) => {
            pages::error(StatusCode::FORBIDDEN, "wrong_code", Some("code"), "the code is another one")
        }
        Err(error @ first_run::SetUpError::Done) => {
            pages::error(StatusCode::CONFLICT, "conflict", None, &error.to_string())
        }
        Err(first_run::SetUpError::Account(error)) => pages::api_error(error.into()),
        Err(error @ first_run::SetUpError::File { .. }) => {
            tracing::error!(%error, "the set-up code cannot be used");
            pages::error(StatusCode::INTERNAL_SERVER_ERROR, "internal", None, "the set-up code cannot be read")
        }
    }
}

fn not_a_form() -> Response {
    pages::error(StatusCode::BAD_REQUEST, "bad_field", Some("request"), "not what this address expects")
}

/// Before there is a session nothing else tells our page from another: a browser names the page that asks.
pub(super) fn same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|v| v.to_str().ok()) else { return true };
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, named)| named.eq_ignore_ascii_case(host))
}

fn set_cookie(answer: &mut Response, token: Option<&str>, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    // The session itself ends by the server's clock; the cookie only lives as long as it could.
    let cookie = match token {
        Some(token) => format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800{secure}"),
        None => format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}"),
    };
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_page_is_told_from_ours_by_its_origin() {
        for (origin, host, same) in [
            (None, "pult.example.com", true),
            (Some("https://pult.example.com"), "pult.example.com", true),
            (Some("http://127.0.0.1:8480"), "127.0.0.1:8480", true),
            (Some("https://evil.example.com"), "pult.example.com", false),
            (Some("null"), "pult.example.com", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(same_origin(&headers), same, "{origin:?}");
        }
    }
}

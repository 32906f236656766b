//! The floor at its old addresses (behaviour/helpdesk 3): answered from the floor's own state, without a call to the platform.
//!
//! Signing in here connects the visitor's own account; a change of state is asked for like any other and never repeated. Deliberately
//! not here: the legacy token sessions and the call transfer with fixed credentials, which nothing used any more.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use pult_domain::areas::floor::{Group, OperatorState, Wanted};
use pult_engine::{
    api::{accounts::FloorAccount, floor::FloorBoard, routes},
    auth::Actor,
};
use pult_integrations::{SessionState, SignInRefusal};
use pult_store::floor::OperatorRow;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{failed, refuse};
use crate::{App, console::Visitor, pages};

/// Characters of a user id, and of a password, at most.
const LONGEST: usize = 128;

#[derive(Deserialize)]
struct SignIn {
    username: String,
    password: String,
}

#[derive(Deserialize)]
struct NewState {
    state: String,
}

/// `POST /finesse/login`.
pub(super) async fn login(State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    let actor = match acting(&visitor, routes::FLOOR_LOGIN) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    let given = serde_json::from_slice::<SignIn>(&body).ok();
    let Some(given) =
        given.filter(|g| [&g.username, &g.password].iter().all(|t| !t.is_empty() && t.chars().count() <= LONGEST))
    else {
        return refused(StatusCode::BAD_REQUEST, "Укажите имя пользователя и пароль");
    };
    match app.engine.floor_sign_in(actor, given.username.trim(), &given.password).await {
        Ok(Ok(user)) => {
            let role = if user.supervisor { "Supervisor" } else { "Agent" };
            let report = &user.report;
            Json(json!({ "success": true, "user": {
                "username": report.login_id,
                "displayName": report.display_name(),
                "extension": report.extension.clone().unwrap_or_default(),
                "role": role,
            } }))
            .into_response()
        }
        Ok(Err(SignInRefusal::Wrong { .. } | SignInRefusal::Unknown)) => {
            refused(StatusCode::UNAUTHORIZED, "Неверный логин или пароль")
        }
        Ok(Err(SignInRefusal::Blocked { .. })) => {
            refused(StatusCode::UNAUTHORIZED, "Слишком много неверных попыток: подождите 5 минут")
        }
        Ok(Err(SignInRefusal::NotAsked { .. })) => {
            refused(StatusCode::INTERNAL_SERVER_ERROR, "Нет связи с Finesse (VPN?)")
        }
        Err(error) => pages::api_error(error),
    }
}

/// `POST /finesse/logout`.
pub(super) async fn logout(State(app): State<App>, visitor: Visitor) -> Response {
    match acting(&visitor, routes::FLOOR_LOGIN) {
        Ok(actor) => match app.engine.floor_sign_out(actor).await {
            Ok(()) => Json(json!({ "success": true, "message": "Выход выполнен успешно" })).into_response(),
            Err(error) => pages::api_error(error),
        },
        Err(refusal) => refusal,
    }
}

/// `GET /finesse/session`.
pub(super) async fn session(State(app): State<App>, visitor: Visitor) -> Response {
    let (row, team) = match own(&app, &visitor).await {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    Json(json!({ "authenticated": true, "user": {
        "loginId": row.login_id,
        "firstName": row.first_name.clone().unwrap_or_default(),
        "lastName": row.last_name.clone().unwrap_or_default(),
        "extension": row.extension.clone().unwrap_or_default(),
        "state": wire_state(&row.state),
        "stateChangeTime": since(&row),
        "team": named(team),
    } }))
    .into_response()
}

/// `GET /finesse/agent/state`.
pub(super) async fn state(State(app): State<App>, visitor: Visitor) -> Response {
    match own(&app, &visitor).await {
        Ok((row, _)) => {
            Json(json!({ "success": true, "state": wire_state(&row.state), "stateChangeTime": since(&row) }))
                .into_response()
        }
        Err(refusal) => refusal,
    }
}

/// `POST /finesse/agent/state`: the visitor's own state. It is asked for and not waited for.
pub(super) async fn set_state(State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    let actor = match acting(&visitor, routes::FLOOR_SET_STATE) {
        Ok(actor) => actor.clone(),
        Err(refusal) => return refusal,
    };
    let Ok(asked) = serde_json::from_slice::<NewState>(&body) else {
        return refused(StatusCode::BAD_REQUEST, "Не указано состояние");
    };
    let wanted = match asked.state.as_str() {
        "READY" => Wanted::Ready,
        "NOT_READY" => Wanted::NotReady,
        "LOGOUT" => Wanted::SignedOut,
        _ => return refused(StatusCode::BAD_REQUEST, "Допустимы READY, NOT_READY и LOGOUT"),
    };
    let operator = match app.engine.floor_account(&actor).await {
        Ok(FloorAccount { operator: Some(operator), .. }) => operator,
        Ok(_) => return sign_in_needed(),
        Err(error) => return pages::api_error(error),
    };
    match app.engine.ask_own_state(&actor, operator, wanted).await {
        Ok(true) => {
            Json(json!({ "success": true, "message": format!("Статус изменен на {}", asked.state) })).into_response()
        }
        Ok(false) => refused(StatusCode::CONFLICT, "Из текущего состояния это невозможно"),
        Err(error) => pages::api_error(error),
    }
}

/// `GET /finesse/agents/status`: everybody the visitor may see, by the name shown. Nobody is left out for lacking a phone.
pub(super) async fn agents(State(app): State<App>, visitor: Visitor) -> Response {
    let actor = match refuse(&visitor, routes::FLOOR_AGENTS).map_or_else(|| visitor.actor(), Err) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    match app.engine.floor_board(actor).await {
        Ok(board) => {
            let mut rows: Vec<&OperatorRow> = board.operators.iter().collect();
            rows.sort_by(|a, b| a.name.cmp(&b.name));
            Json(rows.into_iter().map(|row| agent(row, &board)).collect::<Vec<_>>()).into_response()
        }
        Err(error) => failed(&error, None),
    }
}

/// `GET /finesse/health-check`: always 200.
pub(super) async fn health(State(app): State<App>, visitor: Visitor) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::FLOOR_HEALTH) {
        return refusal;
    }
    let (ok, message) = connection(&app);
    Json(json!({ "status": if ok { "ok" } else { "error" }, "message": message })).into_response()
}

/// `HEAD` and `GET /finesse/check-connection`: how the connection really is.
pub(super) async fn check(State(app): State<App>, visitor: Visitor) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::FLOOR_HEALTH) {
        return refusal;
    }
    match connection(&app) {
        (true, message) => Json(json!({ "success": true, "message": message })).into_response(),
        (false, message) => refused(StatusCode::SERVICE_UNAVAILABLE, message),
    }
}

/// Whether the floor is watched, in words.
fn connection(app: &App) -> (bool, &'static str) {
    let Some(session) = app.engine.floor_session() else {
        return (false, "Подключение к Finesse выключено");
    };
    match session.state {
        SessionState::Live => (true, "Связь с Finesse есть"),
        SessionState::Polling => (true, "Связь с Finesse есть, режим опроса"),
        SessionState::NoRights => (true, "Ограниченный доступ Finesse: отображается только ваш статус оператора"),
        SessionState::AuthFailed => (false, "Неверный логин или пароль"),
        SessionState::OutOfService => (false, "Узел Finesse вне обслуживания"),
        SessionState::CertProblem => (false, "Сертификат узла не доверен"),
        SessionState::Conflict => (false, "Сеанс занят другой консолью"),
        SessionState::SsoUnsupported => (false, "Единый вход Finesse не поддерживается"),
        SessionState::Offline
        | SessionState::Probing
        | SessionState::Authenticating
        | SessionState::Connecting
        | SessionState::Syncing => (false, "Нет связи с Finesse (VPN?)"),
    }
}

/// Who acts; a browser must prove that the page that asks is ours.
fn acting(visitor: &Visitor, route: routes::KeyRoute) -> Result<&Actor, Response> {
    match refuse(visitor, route) {
        None => visitor.acting(),
        Some(refusal) => Err(refusal),
    }
}

/// The visitor's own row on the floor, and their team.
async fn own(app: &App, visitor: &Visitor) -> Result<(OperatorRow, Option<String>), Response> {
    if let Some(refusal) = refuse(visitor, routes::FLOOR_OWN) {
        return Err(refusal);
    }
    let actor = visitor.actor()?;
    let account = app.engine.floor_account(actor).await.map_err(pages::api_error)?;
    let Some(operator) = account.operator else { return Err(sign_in_needed()) };
    let own = app.engine.floor_own(operator).await.map_err(|error| failed(&error, None))?;
    own.ok_or_else(sign_in_needed)
}

fn sign_in_needed() -> Response {
    refused(StatusCode::UNAUTHORIZED, "Требуется авторизация Finesse")
}

fn refused(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "success": false, "error": words }))).into_response()
}

fn agent(row: &OperatorRow, board: &FloorBoard) -> Value {
    json!({
        "loginId": row.login_id,
        "firstName": row.first_name.clone().unwrap_or_default(),
        "lastName": row.last_name.clone().unwrap_or_default(),
        "displayName": row.name,
        "extension": row.extension.clone().unwrap_or_else(|| "не указан".to_owned()),
        "status": wire_state(&row.state),
        "label": label(row.group),
        "team": team(row, board),
        "lastStateChange": since(row),
    })
}

fn team(row: &OperatorRow, board: &FloorBoard) -> String {
    named(row.teams.first().and_then(|id| board.teams.iter().find(|t| t.id == *id)).map(|t| t.name.clone()))
}

fn named(team: Option<String>) -> String {
    team.unwrap_or_else(|| "Без команды".to_owned())
}

fn since(row: &OperatorRow) -> Option<String> {
    Some(jiff::Timestamp::from_millisecond(row.since?).ok()?.to_string())
}

fn label(group: Group) -> &'static str {
    match group {
        Group::Ready => "Готов",
        Group::NotReady => "Не готов",
        Group::Talking => "Разговор",
        Group::WrapUp => "Постобработка",
        Group::SignedOut => "Выход",
        Group::Unknown => "Неизвестно",
    }
}

/// The state in the words these addresses have always used.
fn wire_state(state: &OperatorState) -> String {
    match state {
        OperatorState::SigningIn => "LOGIN",
        OperatorState::SignedOut => "LOGOUT",
        OperatorState::NotReady => "NOT_READY",
        OperatorState::Ready => "READY",
        OperatorState::Reserved => "RESERVED",
        OperatorState::ReservedOutbound => "RESERVED_OUTBOUND",
        OperatorState::ReservedPreview => "RESERVED_OUTBOUND_PREVIEW",
        OperatorState::Talking => "TALKING",
        OperatorState::Hold => "HOLD",
        OperatorState::WrapUp => "WORK",
        OperatorState::WrapUpReady => "WORK_READY",
        OperatorState::Unknown => "UNKNOWN",
        OperatorState::Other(text) => text,
    }
    .to_owned()
}

//! Tickets at their old addresses (behaviour/helpdesk 7): one's own requests, tasks given to somebody, one task and what is done to it.
//!
//! Unlike before, nothing is done by a mere look, what the tracker refuses keeps its status (403, 404, 422) instead of becoming 500, and a
//! change that has no outcome in time is said to be on its way. Deliberately not here: who may see and do what (the commands of the console,
//! which these addresses call), and one's own figures (`reports`).

mod acts;
mod form;
mod lists;

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use pult_engine::{
    api::{self, routes::KeyRoute},
    auth::Actor,
    error::{ApiError, ErrorCode},
};
use serde_json::{Value, json};

use super::refuse;
use crate::{App, console::Visitor};

/// The largest form with its files, bytes.
const FORM: usize = 64 << 20;

/// What is said of a change without an outcome yet.
const ON_ITS_WAY: &str = "Изменение принято и ещё отправляется, трекер его не подтвердил";

type Names = &'static [(&'static str, &'static str)];

/// Parameters of the table of one's own requests.
pub(super) const TABLE: Names = &[
    ("draw", "A number that is given back"),
    ("start", "How many to pass over, 0 by default"),
    ("length", "How many, 1 to 100; 10 by default"),
    ("search[value]", "Words of the title, or a number"),
    ("status_id", "Of one status"),
    ("order[0][column]", "0 number, 1 last change, 2 title, 3 status; the last change by default"),
    ("order[0][dir]", "asc or desc; desc by default"),
];
/// Parameters of a short list of one's own requests.
pub(super) const OVERVIEW: Names =
    &[("search", "Words of the title, or a number"), ("status", "The number of a status")];
/// Parameters of the list of tasks.
pub(super) const TASKS: Names = &[
    ("draw", "A number that is given back"),
    ("start", "How many to pass over, 0 by default"),
    ("length", "How many, 1 to 500; 25 by default"),
    ("search", "Words of the title, or a number"),
    ("status_id", "Of one status"),
    ("project_id", "Of one project"),
    ("priority_id", "Of one priority"),
];

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/get-my-issues", get(lists::mine))
        .route("/get-my-issues-overview", get(lists::overview))
        .route("/get-my-issues-summary", get(lists::summary))
        .route("/get-my-issues-datatable", get(lists::table))
        .route("/my-issues/{id}", get(lists::screen).post(acts::comment_form))
        .route("/my-issues/new", post(acts::create_form).layer(DefaultBodyLimit::max(FORM)))
        .route("/tasks/get-my-tasks-paginated", get(lists::tasks))
        .route("/tasks/api/task/{id}", get(lists::task_page))
        .route("/tasks/api/task/{id}/statuses", get(lists::statuses))
        .route("/tasks/api/task/{id}/priorities", get(lists::priorities))
        .route("/tasks/api/users", get(lists::users))
        .route("/tasks/api/task/{id}/status", put(acts::status))
        .route("/tasks/api/task/{id}/priority", put(acts::priority))
        .route("/tasks/api/task/{id}/assignee", put(acts::assignee))
        .route("/tasks/api/task/{id}/comment", post(acts::comment))
        .route("/tasks/api/task/{id}/comment/{journal}/edit", put(acts::edit_comment))
        .route("/tasks/api/task/{id}/comment/{journal}/delete", delete(acts::delete_comment))
}

/// The commands these addresses are made of.
const LOOKING: &[&str] = &["tickets.desk", "tickets.page", "tickets.counts", "tickets.detail"];
const ACTING: &[&str] = &[
    "tickets.desk",
    "tickets.detail",
    "tickets.change",
    "tickets.upload",
    "tickets.create",
    "tickets.change_state",
    "tickets.edit_note",
    "tickets.delete_note",
];

/// The visitor who looks, where the address is open to them.
fn reading(visitor: &Visitor, route: KeyRoute) -> Result<Actor, Response> {
    match refuse(visitor, route) {
        Some(refusal) => Err(refusal),
        None => Ok(visitor.actor()?.clone().behind(LOOKING)),
    }
}

/// The visitor who acts: a browser must prove that the page that asks is ours.
fn acting(visitor: &Visitor, route: KeyRoute) -> Result<Actor, Response> {
    match refuse(visitor, route) {
        Some(refusal) => Err(refusal),
        None => Ok(visitor.acting()?.clone().behind(ACTING)),
    }
}

/// A command of the console, by its name: what it allows and notes, it does for these addresses as well.
async fn ask(app: &App, actor: &Actor, command: &str, request: Value) -> Result<Value, Response> {
    api::dispatch(&app.engine, actor, command, request).await.map_err(refused)
}

/// The old shape of a refusal, with a status that says which.
fn refused(error: ApiError) -> Response {
    let (status, words) = match error.code {
        ErrorCode::SignInNeeded => (StatusCode::UNAUTHORIZED, "Требуется вход"),
        ErrorCode::Forbidden => (StatusCode::FORBIDDEN, "Доступ запрещен"),
        ErrorCode::NotFound => (StatusCode::NOT_FOUND, "Заявка не найдена"),
        ErrorCode::BadField => (StatusCode::BAD_REQUEST, "Неверный запрос"),
        ErrorCode::Conflict => (StatusCode::CONFLICT, "Уже так"),
        ErrorCode::Unreachable => (StatusCode::BAD_GATEWAY, "Трекер недоступен"),
        ErrorCode::Busy | ErrorCode::DiskFull => (StatusCode::SERVICE_UNAVAILABLE, "Повторите позже"),
        ErrorCode::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Внутренняя ошибка"),
    };
    failure(status, words)
}

fn failure(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "success": false, "error": words }))).into_response()
}

/// The number of a ticket in an address; `None` where it is none.
fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|id| *id > 0)
}

/// The answer to a change: what was done, or that it is on its way. Nothing is said to be done that the tracker has not shown.
fn answered(settled: &Value, done: &str, mut body: Value) -> Value {
    let pending = settled["state"] == "sending";
    body["success"] = true.into();
    body["pending"] = pending.into();
    body["message"] = if pending { ON_ITS_WAY } else { done }.into();
    body
}

/// A change that was made, wholly; anything else with the status that says why. `key_refused`: the tracker no longer takes the key of
/// whoever wanted it.
fn ended(change: Value, key_refused: bool) -> Result<Value, Response> {
    // Its own words, without what kind of refusal they are.
    let detail = || {
        let detail = change["trouble"]["detail"].as_str().unwrap_or_default();
        detail.strip_prefix("refused: ").unwrap_or(detail).to_owned()
    };
    Err(match (change["state"].as_str(), change["trouble"]["trouble"].as_str()) {
        (Some("done" | "sending"), _) => return Ok(change),
        (Some("conflict"), _) => failure(StatusCode::CONFLICT, "Заявку уже изменил кто-то другой"),
        (Some("partly"), _) => failure(StatusCode::UNPROCESSABLE_ENTITY, "Трекер изменил не всё"),
        (_, Some("rights")) if key_refused => failure(StatusCode::UNAUTHORIZED, "Трекер не принимает ваш ключ"),
        (_, Some("rights")) => failure(StatusCode::FORBIDDEN, "Недостаточно прав в трекере"),
        (_, Some("gone")) => failure(StatusCode::NOT_FOUND, "Заявка не найдена"),
        (_, Some("too_late")) => failure(StatusCode::GATEWAY_TIMEOUT, "Трекер не ответил вовремя"),
        _ => failure(StatusCode::UNPROCESSABLE_ENTITY, &format!("Трекер отказал: {}", detail())),
    })
}

/// The tracker does not take our key: the change is kept and goes out once somebody has mended that.
fn shut_out() -> Response {
    let body = json!({
        "success": false, "pending": true,
        "error": "Трекер не принимает ключ Пульта. Изменение сохранено и уйдёт, когда ключ исправят",
    });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

/// Tasks are for people the tracker knows, and for supervisors, who see all of them.
async fn at_the_tracker(app: &App, actor: &Actor) -> Result<Value, Response> {
    let desk = ask(app, actor, "tickets.desk", json!({})).await?;
    match desk["me"].is_number() || desk["all"] == true {
        true => Ok(desk),
        false => Err(failure(StatusCode::FORBIDDEN, "Доступ запрещен")),
    }
}

#[cfg(test)]
mod tests;

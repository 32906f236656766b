//! What is done at the old addresses of tickets. The outcome is waited for: a change is believed when the tracker shows it.
//!
//! Deliberately not here: who may do it, and doing it (the console's commands).

use std::time::Duration;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use data_encoding::BASE64;
use pult_engine::{api::routes, auth::Actor};
use serde_json::{Value, json};

use super::{acting, answered, ask, at_the_tracker, ended, failure, form, number, shut_out};
use crate::{App, console::Visitor};

/// How long an outcome is waited for; then the change is said to be on its way.
const PATIENCE: Duration = Duration::from_secs(20);
/// The project of new requests, unless they name another.
const USUAL_PROJECT: i64 = 1;

/// A part of a task that is set by its number.
#[derive(Clone, Copy)]
struct Part {
    /// The name in the body.
    field: &'static str,
    /// The console's name of it.
    name: &'static str,
    /// What is said when it is so already.
    same: &'static str,
    /// What is said when it is done.
    done: &'static str,
}

impl Part {
    /// The name of what is wanted, by the tracker's lists.
    fn called(self, desk: &Value, wanted: i64) -> Value {
        let members = || desk["projects"].as_array().into_iter().flatten().map(|project| &project["members"]);
        let lists: Vec<&Value> = match self.name {
            "status" => vec![&desk["statuses"]],
            "priority" => vec![&desk["priorities"]],
            _ => members().collect(),
        };
        let mut all = lists.into_iter().filter_map(Value::as_array).flatten();
        all.find(|one| one["id"] == wanted).map(|one| one["name"].clone()).unwrap_or_default()
    }
}

const STATUS: Part = Part {
    field: "status_id",
    name: "status",
    same: "Новый статус совпадает с текущим",
    done: "Статус заявки изменён",
};
const PRIORITY: Part = Part {
    field: "priority_id",
    name: "priority",
    same: "Новый приоритет совпадает с текущим",
    done: "Приоритет заявки изменён",
};
const ASSIGNEE: Part = Part {
    field: "assignee_id",
    name: "assignee",
    same: "Новый исполнитель совпадает с текущим",
    done: "Исполнитель заявки изменён",
};

/// `PUT /tasks/api/task/{id}/status`.
pub(super) async fn status(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, body: Bytes) -> Response {
    said(set(&app, &visitor, &id, &body, STATUS).await)
}

/// `PUT /tasks/api/task/{id}/priority`.
pub(super) async fn priority(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    said(set(&app, &visitor, &id, &body, PRIORITY).await)
}

/// `PUT /tasks/api/task/{id}/assignee`.
pub(super) async fn assignee(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    said(set(&app, &visitor, &id, &body, ASSIGNEE).await)
}

/// `POST /tasks/api/task/{id}/comment`.
pub(super) async fn comment(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, body: Bytes) -> Response {
    let written = async {
        let actor = acting(&visitor, routes::TASKS_SET)?;
        at_the_tracker(&app, &actor).await?;
        let text = words(&body, "comment").ok_or_else(|| failure(StatusCode::BAD_REQUEST, "Комментарий пуст"))?;
        let settled = note(&app, &actor, &id, &text).await?;
        Ok(answered(&settled, "Комментарий добавлен", json!({ "task_id": settled["ticket"] })))
    };
    said(written.await)
}

/// `PUT /tasks/api/task/{id}/comment/{journal}/edit`.
pub(super) async fn edit_comment(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, journal)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let written = async {
        let actor = acting(&visitor, routes::TASKS_SET)?;
        at_the_tracker(&app, &actor).await?;
        let text = words(&body, "comment").ok_or_else(|| failure(StatusCode::BAD_REQUEST, "Комментарий пуст"))?;
        rewrite(&app, &actor, (&id, &journal), Some(&text)).await
    };
    said(written.await)
}

/// `DELETE /tasks/api/task/{id}/comment/{journal}/delete`.
pub(super) async fn delete_comment(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, journal)): Path<(String, String)>,
) -> Response {
    let written = async {
        let actor = acting(&visitor, routes::TASKS_SET)?;
        at_the_tracker(&app, &actor).await?;
        rewrite(&app, &actor, (&id, &journal), None).await
    };
    said(written.await)
}

/// Rewrites a comment of one's own as the console shows it now, or takes it away.
async fn rewrite(app: &App, actor: &Actor, (id, journal): (&str, &str), text: Option<&str>) -> Result<Value, Response> {
    let ticket = ticket(app, actor, id).await?;
    let none = || failure(StatusCode::NOT_FOUND, "Комментарий не найден");
    let journal = number(journal).ok_or_else(none)?;
    let entries = ticket["entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    let entry = entries.iter().find(|entry| entry["id"] == journal).ok_or_else(none)?;
    if entry["hidden"] == true {
        return Err(failure(StatusCode::FORBIDDEN, "Доступ запрещен"));
    }
    let seen = entry["notes"].as_str().map(str::trim).filter(|notes| !notes.is_empty()).ok_or_else(none)?;
    let mut request = json!({ "id": ticket["ticket"]["id"], "entry": journal, "seen": seen });
    let (command, done) = match text {
        Some(text) => {
            request["text"] = text.into();
            ("tickets.edit_note", "Комментарий изменён")
        }
        None => ("tickets.delete_note", "Комментарий удалён"),
    };
    let asked = ask(app, actor, command, request).await?;
    let settled = outcome(app, actor, asked).await?;
    Ok(answered(&settled, done, json!({ "task_id": ticket["ticket"]["id"], "journal_id": journal })))
}

/// `POST /my-issues/{id}`: the comment of a form; leads back to the ticket.
pub(super) async fn comment_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let written = async {
        let actor = acting(&visitor, routes::OWN_TICKETS_SET)?;
        let form = form::read(&headers, body).await.ok_or_else(unreadable)?;
        let text = ["comment", "notes", "text"].iter().find_map(|name| form.text(name));
        let text = text.ok_or_else(|| failure(StatusCode::BAD_REQUEST, "Комментарий пуст"))?;
        note(&app, &actor, &id, text).await?;
        Ok(Redirect::to(&format!("/ui/#/tickets?open=ticket:{id}")).into_response())
    };
    written.await.unwrap_or_else(|refusal: Response| refusal)
}

/// `POST /my-issues/new`: a new request by a form, with the files it brings; leads to it, or to the list while it is on its way.
pub(super) async fn create_form(State(app): State<App>, visitor: Visitor, headers: HeaderMap, body: Bytes) -> Response {
    let written = async {
        let actor = acting(&visitor, routes::OWN_TICKETS_SET)?;
        let form = form::read(&headers, body).await.ok_or_else(unreadable)?;
        let subject = form.text("subject").ok_or_else(|| failure(StatusCode::BAD_REQUEST, "Укажите тему"))?;
        let project = match form.text("project_id") {
            Some(id) => {
                number(id).map(Value::from).ok_or_else(|| failure(StatusCode::BAD_REQUEST, "Неверный проект"))?
            }
            None => usual_project(&ask(&app, &actor, "tickets.desk", json!({})).await?),
        };
        let mut files = Vec::new();
        for file in &form.files {
            let upload = json!({
                "name": file.name, "content_type": file.content_type, "content_base64": BASE64.encode(&file.bytes),
            });
            files.push(ask(&app, &actor, "tickets.upload", upload).await?["sha256"].clone());
        }
        let description = form.text("description").unwrap_or_default();
        let request = json!({ "project": project, "subject": subject, "description": description, "files": files });
        let asked = ask(&app, &actor, "tickets.create", request).await?;
        let settled = outcome(&app, &actor, asked).await?;
        let to = match settled["ticket"].as_i64() {
            Some(id) => format!("/ui/#/tickets?open=ticket:{id}"),
            None => "/ui/#/tickets".to_owned(),
        };
        Ok(Redirect::to(&to).into_response())
    };
    written.await.unwrap_or_else(|refusal: Response| refusal)
}

fn unreadable() -> Response {
    failure(StatusCode::BAD_REQUEST, "Форма не читается")
}

/// The project of a request that names none: number 1, as ever, and the first in scope where that one is not.
pub(super) fn usual_project(desk: &Value) -> Value {
    let known = desk["projects"].as_array().map(Vec::as_slice).unwrap_or_default();
    let usual = known.iter().find(|project| project["id"] == USUAL_PROJECT).or(known.first());
    usual.map(|project| project["id"].clone()).unwrap_or_default()
}

fn said(answer: Result<Value, Response>) -> Response {
    match answer {
        Ok(body) if body["pending"] == true => (StatusCode::ACCEPTED, Json(body)).into_response(),
        Ok(body) => Json(body).into_response(),
        Err(refusal) => refusal,
    }
}

/// A text of a JSON body that says something.
fn words(body: &[u8], name: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body.get(name)?.as_str()?.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Sets one part of a task, with a comment where one is given.
async fn set(app: &App, visitor: &Visitor, id: &str, body: &[u8], part: Part) -> Result<Value, Response> {
    let actor = acting(visitor, routes::TASKS_SET)?;
    let desk = at_the_tracker(app, &actor).await?;
    let bad = || failure(StatusCode::BAD_REQUEST, &format!("Укажите {}", part.field));
    let given: Value = serde_json::from_slice(body).map_err(|_| bad())?;
    let whole = |value: &Value| value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    let wanted = given.get(part.field).and_then(whole).ok_or_else(bad)?;
    let ticket = ticket(app, &actor, id).await?;
    let old = ticket["ticket"][part.name].clone();
    let was = old["id"].as_i64().unwrap_or_default();
    if was == wanted {
        return Err(failure(StatusCode::BAD_REQUEST, part.same));
    }
    let comment = words(body, "comment");
    let request = json!({
        "id": ticket["ticket"]["id"], "wanted": { part.name: wanted }, "seen": { part.name: was }, "note": comment,
    });
    let asked = ask(app, &actor, "tickets.change", request).await?;
    let settled = outcome(app, &actor, asked).await?;
    // What is not confirmed yet is not in the ticket.
    let new = match settled["state"] == "sending" {
        true => part.called(&desk, wanted),
        false => self::ticket(app, &actor, id).await?["ticket"][part.name]["name"].clone(),
    };
    let body = json!({
        "task_id": ticket["ticket"]["id"], format!("old_{}", part.field): old["id"],
        format!("new_{}", part.field): wanted, format!("new_{}_name", part.name): new, "comment": comment,
        "updated_at": app.engine.clock().now().to_string(),
    });
    Ok(answered(&settled, part.done, body))
}

async fn ticket(app: &App, actor: &Actor, id: &str) -> Result<Value, Response> {
    let Some(id) = number(id) else { return Err(failure(StatusCode::NOT_FOUND, "Заявка не найдена")) };
    ask(app, actor, "tickets.detail", json!({ "id": id })).await
}

async fn note(app: &App, actor: &Actor, id: &str, text: &str) -> Result<Value, Response> {
    let ticket = ticket(app, actor, id).await?;
    let request = json!({ "id": ticket["ticket"]["id"], "note": text });
    let asked = ask(app, actor, "tickets.change", request).await?;
    outcome(app, actor, asked).await
}

/// What became of a change; one that is still on its way after [`PATIENCE`] is given back as it stands.
async fn outcome(app: &App, actor: &Actor, asked: Value) -> Result<Value, Response> {
    let mut news = app.engine.bus().listen();
    let request = json!({ "id": asked["id"] });
    let settled = async {
        loop {
            let change = ask(app, actor, "tickets.change_state", request.clone()).await?;
            if change["state"] != "sending" {
                return Ok(change);
            }
            if app.engine.tickets_shut_out().await.map_err(super::refused)? {
                return Err(shut_out());
            }
            if news.next().await.is_none() {
                return Ok(change);
            }
        }
    };
    match tokio::time::timeout(PATIENCE, settled).await {
        Ok(Ok(change)) => {
            let rights = change["trouble"]["trouble"] == "rights";
            let key_refused = rights && ask(app, actor, "tickets.desk", json!({})).await?["account"]["good"] == false;
            ended(change, key_refused)
        }
        Ok(Err(refusal)) => Err(refusal),
        Err(_) => Ok(asked),
    }
}

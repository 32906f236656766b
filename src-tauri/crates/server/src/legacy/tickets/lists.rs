//! What is read at the old addresses of tickets.
//!
//! Deliberately not here: changes (`acts`).

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use jiff::tz::TimeZone;
use pult_domain::areas::calls::Centre;
use pult_engine::{api::routes, auth::Actor};
use serde_json::{Value, json};

use super::{ask, at_the_tracker, failure, number, reading};
use crate::{
    App,
    console::Visitor,
    legacy::{notices::harmless, wants_page},
};

/// Tickets that are gone through for a list that is sorted or paged by count; whoever has more narrows it.
const MOST: usize = 5_000;
/// Tickets of one page of the console.
const PAGE: usize = 500;

/// What was asked, name by name; empty values count as none.
struct Asked(Vec<(String, String)>);

impl Asked {
    fn read(query: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned();
        Self(pairs.filter(|(_, value)| !value.trim().is_empty()).collect())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    fn within(&self, name: &str, usual: usize, most: usize) -> usize {
        self.text(name).and_then(|text| text.parse().ok()).unwrap_or(usual).clamp(1, most)
    }

    /// A choice among tickets, in the console's words.
    fn filter(&self, whose: &str, status: &str) -> Value {
        let search = self.text("search[value]").or_else(|| self.text("search"));
        let statuses: Vec<i64> = self.number(status).into_iter().collect();
        json!({
            "whose": whose, "statuses": statuses, "project": self.number("project_id"),
            "priority": self.number("priority_id"), "search": search,
        })
    }
}

fn zone(app: &App) -> TimeZone {
    app.engine.registry().terms().zones.of(Centre::Moscow).clone()
}

/// A time as the tracker's pages of old wrote it.
fn at(ms: &Value, zone: &TimeZone) -> String {
    let at = pult_domain::Instant::from_millisecond(ms.as_i64().unwrap_or_default()).unwrap_or_default();
    at.to_zoned(zone.clone()).strftime("%d.%m.%Y %H:%M").to_string()
}

fn issue(row: &Value, zone: &TimeZone) -> Value {
    json!({
        "id": row["id"], "updated_on": at(&row["updated_on"], zone), "subject": row["subject"],
        "status_name": row["status"]["name"], "status_id": row["status"]["id"],
    })
}

fn task(row: &Value, zone: &TimeZone) -> Value {
    let mut shown = issue(row, zone);
    for (name, value) in [
        ("created_on", json!(at(&row["created_on"], zone))),
        ("project_id", row["project"]["id"].clone()),
        ("project_name", row["project"]["name"].clone()),
        ("priority_id", row["priority"]["id"].clone()),
        ("priority_name", row["priority"]["name"].clone()),
        ("author_name", row["author"]["name"].clone()),
        ("assigned_to_id", row["assignee"]["id"].clone()),
        ("assigned_to_name", row["assignee"]["name"].clone()),
        ("done_ratio", row["done_ratio"].clone()),
        ("is_closed", row["closed"].clone()),
    ] {
        shown[name] = value;
    }
    shown
}

/// All tickets of a choice, the last changed first, up to [`MOST`].
async fn all(app: &App, actor: &Actor, filter: &Value) -> Result<Vec<Value>, Response> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    while rows.len() < MOST {
        let request = json!({ "filter": filter, "after": after, "limit": PAGE });
        let page = ask(app, actor, "tickets.page", request).await?;
        rows.extend(page["rows"].as_array().cloned().unwrap_or_default());
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    Ok(rows)
}

async fn counts(app: &App, actor: &Actor, filter: &Value) -> Result<Value, Response> {
    ask(app, actor, "tickets.counts", json!({ "filter": filter })).await
}

fn said(answer: Result<Value, Response>) -> Response {
    answer.map_or_else(|refusal| refusal, |body| Json(body).into_response())
}

/// `GET /get-my-issues`.
pub(super) async fn mine(State(app): State<App>, visitor: Visitor) -> Response {
    said(own(&app, &visitor, None).await)
}

/// `GET /get-my-issues-overview`.
pub(super) async fn overview(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    said(own(&app, &visitor, query.as_deref()).await)
}

async fn own(app: &App, visitor: &Visitor, query: Option<&str>) -> Result<Value, Response> {
    let actor = reading(visitor, routes::OWN_TICKETS)?;
    let (filter, zone) = (Asked::read(query).filter("mine", "status"), zone(app));
    let statuses = ask(app, &actor, "tickets.desk", json!({})).await?["statuses"].clone();
    let issues: Vec<Value> = all(app, &actor, &filter).await?.iter().map(|row| issue(row, &zone)).collect();
    Ok(json!({ "issues": issues, "statuses": statuses }))
}

/// `GET /get-my-issues-summary`.
pub(super) async fn summary(State(app): State<App>, visitor: Visitor) -> Response {
    let summary = async {
        let actor = reading(&visitor, routes::OWN_TICKETS)?;
        let counts = counts(&app, &actor, &json!({ "whose": "mine" })).await?;
        let statuses = ask(&app, &actor, "tickets.desk", json!({})).await?["statuses"].clone();
        let each = counts["statuses"].as_array().cloned().unwrap_or_default();
        let status =
            |one: &Value| json!({ "id": one["status"]["id"], "name": one["status"]["name"], "count": one["count"] });
        let each: Vec<Value> = each.iter().map(status).collect();
        Ok(json!({ "total": counts["total"], "statuses": statuses, "status_counts": each }))
    };
    said(summary.await)
}

/// `GET /get-my-issues-datatable`.
pub(super) async fn table(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let table = async {
        let actor = reading(&visitor, routes::OWN_TICKETS)?;
        let (asked, zone) = (Asked::read(query.as_deref()), zone(&app));
        let filter = asked.filter("mine", "status_id");
        let mut rows = all(&app, &actor, &filter).await?;
        sort(&mut rows, &asked);
        let total = counts(&app, &actor, &json!({ "whose": "mine" })).await?["total"].clone();
        let filtered = filtered(&app, &actor, &filter).await?;
        Ok(page_of(&rows, &asked, (&total, &filtered), (10, 100), |row| issue(row, &zone)))
    };
    said(table.await)
}

/// Puts rows into the order asked for; equal ones stay the last changed first.
fn sort(rows: &mut [Value], asked: &Asked) {
    let text = |row: &Value, path: &str| row.pointer(path).and_then(Value::as_str).unwrap_or_default().to_lowercase();
    let number = |row: &Value, name: &str| row[name].as_i64().unwrap_or_default();
    match asked.number("order[0][column]") {
        Some(0) => rows.sort_by_key(|row| number(row, "id")),
        Some(2) => rows.sort_by_key(|row| text(row, "/subject")),
        Some(3) => rows.sort_by_key(|row| text(row, "/status/name")),
        _ => rows.sort_by_key(|row| number(row, "updated_on")),
    }
    if asked.text("order[0][dir]") != Some("asc") {
        rows.reverse();
    }
}

/// How many tickets a choice has, also where not all of them are gone through.
async fn filtered(app: &App, actor: &Actor, filter: &Value) -> Result<Value, Response> {
    let counts = counts(app, actor, filter).await?;
    let Some(status) = filter["statuses"].get(0) else { return Ok(counts["total"].clone()) };
    let each = counts["statuses"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = each.iter().find(|one| one["status"]["id"] == *status);
    Ok(found.map_or(json!(0), |one| one["count"].clone()))
}

fn page_of(
    rows: &[Value],
    asked: &Asked,
    (total, filtered): (&Value, &Value),
    (usual, most): (usize, usize),
    shown: impl Fn(&Value) -> Value,
) -> Value {
    let start = asked.text("start").and_then(|text| text.parse().ok()).unwrap_or(0);
    let data: Vec<Value> = rows.iter().skip(start).take(asked.within("length", usual, most)).map(shown).collect();
    json!({
        "draw": asked.number("draw").unwrap_or_default(), "recordsTotal": total, "recordsFiltered": filtered,
        "data": data,
    })
}

/// `GET /tasks/get-my-tasks-paginated`: tasks given to the visitor.
pub(super) async fn tasks(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let tasks = async {
        let actor = reading(&visitor, routes::TASKS)?;
        at_the_tracker(&app, &actor).await?;
        let (asked, zone) = (Asked::read(query.as_deref()), zone(&app));
        let filter = asked.filter("assigned", "status_id");
        let rows = all(&app, &actor, &filter).await?;
        let total = counts(&app, &actor, &json!({ "whose": "assigned" })).await?["total"].clone();
        let filtered = filtered(&app, &actor, &filter).await?;
        let mut page = page_of(&rows, &asked, (&total, &filtered), (25, PAGE), |row| task(row, &zone));
        page["success"] = true.into();
        Ok(page)
    };
    said(tasks.await)
}

async fn detail(app: &App, visitor: &Visitor, id: &str) -> Result<(Actor, Value), Response> {
    let actor = reading(visitor, routes::TASKS)?;
    at_the_tracker(app, &actor).await?;
    let Some(id) = number(id) else { return Err(failure(StatusCode::NOT_FOUND, "Заявка не найдена")) };
    let ticket = ask(app, &actor, "tickets.detail", json!({ "id": id })).await?;
    Ok((actor, ticket))
}

/// `GET /tasks/api/task/{id}`: with its history, the newest entry first, and its files.
async fn task_of(app: &App, visitor: &Visitor, id: &str) -> Result<Value, Response> {
    let (_, ticket) = detail(app, visitor, id).await?;
    let zone = zone(app);
    let mut shown = task(&ticket["ticket"], &zone);
    shown["description"] = harmless(&ticket["description"]);
    let entry = |entry: &Value| {
        json!({
            "id": entry["id"], "user": entry["user"], "notes": harmless(&entry["notes"]), "private_notes": entry["private"],
            "created_on": at(&entry["created_on"], &zone), "details": entry["parts"],
        })
    };
    let entries = ticket["entries"].as_array().cloned().unwrap_or_default();
    shown["journals"] = entries.iter().rev().map(entry).collect();
    let file = |file: &Value| json!({ "id": file["id"], "filename": file["name"], "filesize": file["size"], "content_type": file["content_type"] });
    let files = ticket["attachments"].as_array().cloned().unwrap_or_default();
    shown["attachments"] = files.iter().map(file).collect();
    Ok(json!({ "success": true, "task": shown }))
}

/// `GET /tasks/api/task/{id}`.
pub(super) async fn task_page(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Response {
    said(task_of(&app, &visitor, &id).await)
}

/// `GET /tasks/api/task/{id}/statuses`: those the visitor may set.
pub(super) async fn statuses(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let statuses = async {
        let (_, ticket) = detail(&app, &visitor, &id).await?;
        let known = ticket["statuses"].as_array().cloned().unwrap_or_default();
        let status = |one: &Value| json!({ "id": one["id"], "name": one["name"], "original_name": one["name"] });
        let all: Vec<Value> = known.iter().map(status).collect();
        Ok(json!({
            "success": true, "task_id": ticket["ticket"]["id"], "current_status": ticket["ticket"]["status"],
            "total_available": all.len(), "available_statuses": all,
        }))
    };
    said(statuses.await)
}

/// `GET /tasks/api/task/{id}/priorities`.
pub(super) async fn priorities(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let priorities = async {
        let (actor, ticket) = detail(&app, &visitor, &id).await?;
        let all = ask(&app, &actor, "tickets.desk", json!({})).await?["priorities"].clone();
        Ok(json!({
            "success": true, "task_id": ticket["ticket"]["id"], "current_priority": ticket["ticket"]["priority"],
            "priorities": all,
        }))
    };
    said(priorities.await)
}

/// `GET /tasks/api/users`: members of the projects in scope, by name.
pub(super) async fn users(State(app): State<App>, visitor: Visitor) -> Response {
    let users = async {
        let actor = reading(&visitor, routes::TASKS)?;
        let desk = at_the_tracker(&app, &actor).await?;
        let projects = desk["projects"].as_array().cloned().unwrap_or_default();
        let members = projects.iter().flat_map(|project| project["members"].as_array().cloned().unwrap_or_default());
        let mut users: Vec<Value> = members.map(|one| json!({ "id": one["id"], "name": one["name"] })).collect();
        users.sort_by_key(|one| (one["name"].as_str().unwrap_or_default().to_owned(), one["id"].as_i64()));
        users.dedup();
        Ok(json!({ "success": true, "users": users }))
    };
    said(users.await)
}

/// `GET /my-issues/{id}`: leads to the ticket in the console. Whoever has not signed in does so there.
pub(super) async fn screen(visitor: Visitor, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let Some(id) = number(&id) else { return failure(StatusCode::NOT_FOUND, "Заявка не найдена") };
    let to = || Redirect::to(&format!("/ui/#/tickets?open=ticket:{id}")).into_response();
    match reading(&visitor, routes::OWN_TICKETS) {
        Ok(_) => to(),
        Err(refusal) if refusal.status() == StatusCode::UNAUTHORIZED && wants_page(&headers) => to(),
        Err(refusal) => refusal,
    }
}

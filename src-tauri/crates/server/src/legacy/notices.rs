//! Notices of tickets at their old addresses (behaviour/helpdesk 4.3), with exactly their shapes.
//!
//! Unlike before, a row is its reader's own: another's is not there. Clearing empties the panel, can be taken back for a while, leaves
//! everything in the history and notices of other classes as they are. Deliberately not here: those other notices, which nothing asked
//! for at these addresses.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use pult_domain::{Instant, NoticeClass, NoticeId, areas::calls::Centre};
use pult_engine::{
    api::routes::{self, KeyRoute},
    auth::Actor,
    error::{ApiError, ErrorCode},
};
use pult_store::{
    Connection, StoreError,
    notices::{self, Eyes, Filter, NoticeRow, Preferences, Which},
};
use serde_json::{Map, Value, json};

use super::refuse;
use crate::{App, console::Visitor, pages};

/// Notices of one answer at most; whoever has more sees the newest.
const MOST: usize = 5_000;
/// What used to be a queue of its own: tickets that were made.
const CREATED: &[&str] = &["tickets.created"];

fn reading(visitor: &Visitor, route: KeyRoute) -> Result<Actor, Response> {
    match refuse(visitor, route) {
        Some(refusal) => Err(refusal),
        None => visitor.actor().cloned(),
    }
}

/// The same for what changes something: a browser must prove that the page that asks is ours.
fn acting(visitor: &Visitor, route: KeyRoute) -> Result<Actor, Response> {
    match refuse(visitor, route) {
        Some(refusal) => Err(refusal),
        None => visitor.acting().cloned(),
    }
}

/// Somebody's notices of tickets, newest first.
async fn rows(app: &App, actor: &Actor, which: Which) -> Result<Vec<NoticeRow>, StoreError> {
    let (eyes, now) = (actor.eyes(), app.engine.clock().now());
    app.engine.store().read(move |c| all(c, &eyes, which, now)).await
}

/// Page by page.
fn all(connection: &Connection, eyes: &Eyes, which: Which, now: Instant) -> Result<Vec<NoticeRow>, StoreError> {
    let (mut rows, mut before) = (Vec::new(), None);
    while rows.len() < MOST {
        let class = Some(NoticeClass::Ticket);
        let filter = Filter { which, class, before, limit: notices::LONGEST_PAGE, ..Filter::default() };
        let page = notices::page(connection, eyes, &filter, now)?;
        rows.extend(page.rows);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    Ok(rows)
}

fn lists(rows: &[NoticeRow], user: i64, zone: &TimeZone) -> Map<String, Value> {
    let value = |row: &NoticeRow, name: &str| row.values.get(name).cloned().unwrap_or_default();
    let yes = |row: &NoticeRow, name: &str| row.values.get(name).and_then(Value::as_bool) == Some(true);
    let date = |row: &NoticeRow| {
        let ms = row.values.get("at").and_then(Value::as_i64).unwrap_or(row.raised_at);
        let at = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
        at.to_zoned(zone.clone()).strftime("%d.%m.%Y %H:%M").to_string()
    };
    let (mut status, mut comments, mut created) = (vec![], vec![], vec![]);
    for row in rows {
        if row.code == "tickets.status_now" || (row.code == "tickets.entry" && yes(row, "status")) {
            status.push(json!({
                "id": row.id, "issue_id": value(row, "ticket"), "old_status": value(row, "old_status"),
                "new_status": value(row, "new_status"), "old_subj": value(row, "subject"), "date_created": date(row),
                "user_id": user,
            }));
        }
        if row.code == "tickets.entry" && yes(row, "commented") {
            comments.push(json!({
                "id": row.id, "issue_id": value(row, "ticket"), "author": value(row, "by"), "notes": harmless(&value(row, "comment")),
                "date_created": date(row), "user_id": user,
            }));
        }
        if CREATED.contains(&row.code.as_str()) {
            created.push(json!({
                "id": row.id, "user_id": user, "redmine_issue_id": value(row, "ticket"),
                "issue_subject": value(row, "subject"), "issue_description": Value::Null, "created_at": date(row),
                "group_name": value(row, "project"), "author_email": Value::Null, "is_read": i32::from(row.read),
            }));
        }
    }
    let mut lists = Map::new();
    lists.insert("status_notifications".to_owned(), Value::Array(status));
    lists.insert("comment_notifications".to_owned(), Value::Array(comments));
    lists.insert("redmine_notifications".to_owned(), Value::Array(created));
    lists
}

/// What somebody wrote, for a page that draws it as HTML: nothing in it acts.
pub(super) fn harmless(words: &Value) -> Value {
    words.as_str().map_or(Value::Null, |words| ammonia::clean(words).into())
}

/// `GET /api/notifications/poll`: what is unread. A failure has the same shape, empty.
pub(super) async fn poll(State(app): State<App>, visitor: Visitor) -> Response {
    let actor = match reading(&visitor, routes::NOTIFICATIONS) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    let zone = app.engine.registry().terms().zones.of(Centre::Moscow).clone();
    let now = app.engine.clock().now().to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let (status, rows) = match rows(&app, &actor, Which::Unread).await {
        Ok(rows) => (StatusCode::OK, rows),
        Err(error) => {
            tracing::error!(%error, "notices cannot be read");
            (StatusCode::INTERNAL_SERVER_ERROR, vec![])
        }
    };
    let lists = lists(&rows, actor.person.map_or(0, |person| person.0), &zone);
    let count: usize = lists.values().filter_map(Value::as_array).map(Vec::len).sum();
    let body = json!({
        "success": status.is_success(), "notifications": lists, "timestamp": now, "total_count": count,
    });
    (status, Json(body)).into_response()
}

/// `GET /get-notification-count`: all, those that were read among them.
pub(super) async fn count(State(app): State<App>, visitor: Visitor) -> Response {
    match reading(&visitor, routes::NOTIFICATIONS) {
        Ok(actor) => match rows(&app, &actor, Which::Open).await {
            Ok(rows) => Json(json!({ "count": rows.len() })).into_response(),
            Err(error) => super::failed(&error, None),
        },
        Err(refusal) => refusal,
    }
}

async fn wishes(app: &App, actor: &Actor) -> Result<Preferences, StoreError> {
    let login = actor.login.clone();
    app.engine.store().read(move |c| notices::preferences(c, &login)).await
}

/// `GET /api/notifications/widget/status`: the person's settings of the panel.
pub(super) async fn widget_status(State(app): State<App>, visitor: Visitor) -> Response {
    match reading(&visitor, routes::NOTIFICATIONS) {
        Ok(actor) => match wishes(&app, &actor).await {
            Ok(wishes) => Json(json!({
                "success": true, "enabled": wishes.panel, "polling_interval": u64::from(wishes.check_seconds) * 1000,
                "position": wishes.position,
            }))
            .into_response(),
            Err(error) => super::failed(&error, None),
        },
        Err(refusal) => refusal,
    }
}

/// `GET /api/notifications/status`: whether the person is told of new ones at once.
pub(super) async fn status(State(app): State<App>, visitor: Visitor) -> Response {
    match reading(&visitor, routes::NOTIFICATIONS) {
        Ok(actor) => match wishes(&app, &actor).await {
            Ok(wishes) => {
                Json(json!({ "success": true, "enabled": wishes.rule(NoticeClass::Ticket).toast })).into_response()
            }
            Err(error) => super::failed(&error, None),
        },
        Err(refusal) => refusal,
    }
}

/// Turns one of the person's settings round, or to what the body says.
async fn toggle(
    app: App,
    visitor: Visitor,
    body: Bytes,
    read: fn(&Preferences) -> bool,
    write: fn(&mut Preferences, bool),
) -> Response {
    let actor = match acting(&visitor, routes::NOTIFICATIONS_SET) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    let wanted = serde_json::from_slice::<Value>(&body).ok().and_then(|body| body.get("enabled")?.as_bool());
    let login = actor.login.clone();
    let kept = app
        .engine
        .store()
        .write(move |c| {
            let mut wishes = notices::preferences(c, &login)?;
            let enabled = wanted.unwrap_or(!read(&wishes));
            write(&mut wishes, enabled);
            notices::set_preferences(c, &login, &wishes)?;
            Ok(enabled)
        })
        .await;
    match kept {
        Ok(enabled) => {
            app.engine.bus().changed(pult_domain::Area::Notices, vec![]);
            Json(json!({ "success": true, "enabled": enabled })).into_response()
        }
        Err(error) => super::failed(&error, None),
    }
}

/// `POST /api/notifications/widget/toggle`.
pub(super) async fn toggle_widget(State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    toggle(app, visitor, body, |wishes| wishes.panel, |wishes, enabled| wishes.panel = enabled).await
}

/// `POST /api/notifications/toggle`.
pub(super) async fn toggle_toasts(State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    toggle(
        app,
        visitor,
        body,
        |wishes| wishes.rule(NoticeClass::Ticket).toast,
        |wishes, enabled| {
            let mut rule = wishes.rule(NoticeClass::Ticket);
            rule.toast = enabled;
            wishes.rules.retain(|known| known.class != rule.class);
            wishes.rules.push(rule);
        },
    )
    .await
}

/// The old answers to acts: how many rows, or what was in the way.
fn outcome(result: Result<usize, ApiError>) -> Response {
    match result {
        Ok(count) => Json(json!({ "success": true, "deleted": count })).into_response(),
        Err(error) if error.code == ErrorCode::NotFound => {
            let body = json!({ "success": false, "deleted": 0, "error": "Уведомление не найдено" });
            (StatusCode::NOT_FOUND, Json(body)).into_response()
        }
        Err(error) => pages::api_error(error),
    }
}

/// The number of a notice as it was written at these addresses: `12`, `"12"`, `"status_12"`.
fn number(value: &Value) -> Option<NoticeId> {
    let digits = |text: &str| text.rsplit('_').next().and_then(|digits| digits.parse().ok());
    value.as_i64().or_else(|| value.as_str().and_then(digits)).map(NoticeId)
}

/// Marks one of the person's notices.
async fn mark(app: &App, actor: &Actor, id: NoticeId, done: bool) -> Response {
    let (eyes, now) = (actor.eyes(), app.engine.clock().now());
    let act = move |c: &Connection| match done {
        true => notices::done(c, &eyes, &[id], true, now),
        false => notices::mark(c, &eyes, &[id], true, now),
    };
    let written = app.engine.store().write(act).await;
    if written.is_ok() {
        app.engine.bus().changed(pult_domain::Area::Notices, vec![id.0]);
    }
    outcome(written.map(|()| 1).map_err(ApiError::from))
}

/// `POST /api/notifications/mark-read`, and the same for what was a queue of its own.
pub(super) async fn mark_read(State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    let actor = match acting(&visitor, routes::NOTIFICATIONS_SET) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    let given = serde_json::from_slice::<Value>(&body).ok();
    match given.as_ref().and_then(|body| number(body.get("notification_id")?)) {
        Some(id) => mark(&app, &actor, id, false).await,
        None => {
            let body = json!({ "success": false, "error": "Укажите notification_id" });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

/// `POST /api/notifications/mark-all-read`.
pub(super) async fn mark_all_read(State(app): State<App>, visitor: Visitor) -> Response {
    let actor = match acting(&visitor, routes::NOTIFICATIONS_SET) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    let (eyes, now) = (actor.eyes(), app.engine.clock().now());
    let act = move |c: &Connection| {
        let ids: Vec<NoticeId> = all(c, &eyes, Which::default(), now)?.into_iter().map(|row| row.id).collect();
        notices::mark(c, &eyes, &ids, true, now)?;
        Ok(ids.len())
    };
    let marked = app.engine.store().write(act).await;
    app.engine.bus().changed(pult_domain::Area::Notices, vec![]);
    outcome(marked.map_err(ApiError::from))
}

async fn empty(app: App, visitor: Visitor, codes: Option<&'static [&'static str]>) -> Response {
    match acting(&visitor, routes::NOTIFICATIONS_SET) {
        Ok(actor) => outcome(
            app.engine.empty_notices(&actor, Some(NoticeClass::Ticket), codes).await.map(|emptied| emptied.removed),
        ),
        Err(refusal) => refusal,
    }
}

/// `POST /api/notifications/clear`, `/api/notifications/widget/clear` and `/clear-notifications`.
pub(super) async fn clear(State(app): State<App>, visitor: Visitor) -> Response {
    empty(app, visitor, None).await
}

/// `POST /api/notifications/redmine/clear`.
pub(super) async fn clear_created(State(app): State<App>, visitor: Visitor) -> Response {
    empty(app, visitor, Some(CREATED)).await
}

/// `POST /delete_notification_status/{id}` and its two neighbours: the notice is done and stays in the history.
pub(super) async fn delete(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Response {
    match acting(&visitor, routes::NOTIFICATIONS_SET) {
        Ok(actor) => match number(&Value::String(id)) {
            Some(id) => mark(&app, &actor, id, true).await,
            None => outcome(Err(ApiError::new(ErrorCode::NotFound, "no such notice"))),
        },
        Err(refusal) => refusal,
    }
}

#[cfg(test)]
mod tests;

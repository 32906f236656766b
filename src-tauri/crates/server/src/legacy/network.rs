//! The network monitor at its old addresses (behaviour/helpdesk 6): asking a target, its history, and how all of them are.
//!
//! Unlike before, `/api/status` asks nobody and says what was seen last, and a page that refreshes itself costs no second packet.
//! Deliberately not here: the screen, which the console shows.

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use pult_domain::{Instant, areas::network::Trouble};
use pult_engine::{api::routes, probing::NoAnswer};
use pult_store::{
    StoreError,
    network::{self, CycleRow, LONGEST_HISTORY, TargetRow},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{failed, refuse, wants_page};
use crate::{App, console::Visitor};

/// Results in a history when the request names no number.
const USUAL: i64 = 50;

#[derive(Deserialize)]
pub(super) struct Asked {
    target: Option<String>,
    limit: Option<String>,
}

/// The target of this key; the default one when it is missing or nobody knows it.
async fn find(app: &App, key: Option<String>) -> Result<TargetRow, StoreError> {
    let now = app.engine.clock().now();
    app.engine
        .store()
        .read(move |c| {
            let mut rows = network::targets(c, now)?;
            let named = rows.iter().position(|t| key.as_ref() == Some(&t.definition.key));
            let found = named.or_else(|| rows.iter().position(|t| t.is_default));
            found.map(|n| rows.swap_remove(n)).ok_or(StoreError::NotFound("target"))
        })
        .await
}

/// `GET /api/ping`: asks a target now.
pub(super) async fn ping(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::PING) {
        return refusal;
    }
    let target = match find(&app, asked.target).await {
        Ok(target) => target,
        Err(error) => return failed(&error, None),
    };
    let host = target.definition.host;
    match app.engine.probing().ask(target.id).await {
        Ok(()) => {}
        Err(NoAnswer::NotWatched) => return Json(without_answer(&app, &host, "Цель не наблюдается")).into_response(),
        Err(NoAnswer::Busy) => return failed(&StoreError::Busy, None),
    }
    match app.engine.store().read(move |c| network::history(c, target.id, 1)).await {
        Ok(last) => match last.first() {
            Some(cycle) => Json(result(&app, &host, cycle)).into_response(),
            None => Json(without_answer(&app, &host, "Цель не наблюдается")).into_response(),
        },
        Err(error) => failed(&error, None),
    }
}

/// `GET /api/ping-history`: the last results of a target, the oldest first.
pub(super) async fn history(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::PING_HISTORY) {
        return refusal;
    }
    let limit = asked.limit.and_then(|text| text.trim().parse::<i64>().ok()).unwrap_or(USUAL);
    let most = usize::try_from(limit).ok().filter(|n| *n > 0).unwrap_or(LONGEST_HISTORY);
    let target = match find(&app, asked.target).await {
        Ok(target) => target,
        Err(error) => return failed(&error, Some("history")),
    };
    let (key, host) = (target.definition.key, target.definition.host);
    match app.engine.store().read(move |c| network::history(c, target.id, most)).await {
        Ok(cycles) => {
            let history: Vec<Value> = cycles.iter().map(|cycle| result(&app, &host, cycle)).collect();
            Json(json!({ "target": key, "host": host, "history": history })).into_response()
        }
        Err(error) => failed(&error, Some("history")),
    }
}

/// `GET /api/status`: what was seen last of every target that is watched.
pub(super) async fn status(State(app): State<App>, visitor: Visitor) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::NETWORK_STATUS) {
        return refusal;
    }
    let now = app.engine.clock().now();
    let rows = match app.engine.store().read(move |c| network::targets(c, now)).await {
        Ok(rows) => rows,
        Err(error) => return failed(&error, None),
    };
    let targets: Map<String, Value> = rows
        .into_iter()
        .filter(|target| target.definition.enabled)
        .map(|target| {
            // What was not watched lately has no grade, and is not called disconnected.
            let grade = target.grade.as_ref().map_or("unknown", AsRef::as_ref);
            let last = target.last.filter(|_| target.grade.is_some()).map(|last| last.cycle);
            let seen = json!({
                "status": grade,
                "time_ms": last.as_ref().and_then(|c| c.median_ms).unwrap_or(-1.0),
                "timestamp": last.as_ref().map(|c| at(&app, c.at)),
                "success": last.as_ref().is_some_and(|c| c.median_ms.is_some()),
            });
            (target.definition.key, seen)
        })
        .collect();
    Json(json!({ "status": "ok", "timestamp": at(&app, now.as_millisecond()), "targets": targets })).into_response()
}

/// `GET /network-monitor`: the console's screen. A person who has not signed in is led to where they can.
pub(super) async fn screen(visitor: Visitor, headers: HeaderMap) -> Response {
    match refuse(&visitor, routes::NETWORK_MONITOR) {
        None => Redirect::to("/ui/#/network").into_response(),
        Some(refusal) if refusal.status() == StatusCode::UNAUTHORIZED && wants_page(&headers) => {
            Redirect::to("/ui/#/network").into_response()
        }
        Some(refusal) => refusal,
    }
}

/// A time as the old monitor wrote it, in the zone of the network's settings.
fn at(app: &App, ms: i64) -> String {
    let zone = app.engine.registry().terms().network.zone.clone();
    let at = Instant::from_millisecond(ms).unwrap_or(Instant::UNIX_EPOCH);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn result(app: &App, host: &str, cycle: &CycleRow) -> Value {
    json!({
        "timestamp": at(app, cycle.at),
        "target": host,
        "success": cycle.median_ms.is_some(),
        "time_ms": cycle.median_ms.unwrap_or(-1.0),
        "error": cycle.median_ms.is_none().then(|| words(cycle.trouble)),
    })
}

fn without_answer(app: &App, host: &str, why: &str) -> Value {
    let now = at(app, app.engine.clock().now().as_millisecond());
    json!({ "timestamp": now, "target": host, "success": false, "time_ms": -1, "error": why })
}

/// Why nothing answered, for a person.
fn words(trouble: Option<Trouble>) -> &'static str {
    match trouble {
        Some(Trouble::Timeout) | None => "Таймаут",
        Some(Trouble::Refused) => "Соединение отклонено",
        Some(Trouble::Unreachable) => "Узел недоступен",
        Some(Trouble::Name) => "Имя узла не разрешается",
        Some(Trouble::Tls) => "Ошибка TLS",
        Some(Trouble::CertificateExpired) => "Срок сертификата истёк",
        Some(Trouble::CertificateName) => "Сертификат выдан другому узлу",
        Some(Trouble::CertificateUntrusted) => "Сертификату нет доверия",
        Some(Trouble::Status) => "Сервер ответил ошибкой",
        Some(Trouble::NotInService) => "Служба не работает",
        Some(Trouble::Strange) => "Неожиданный ответ",
        Some(Trouble::NotAllowed) => "Нет прав на проверку",
    }
}

#[cfg(test)]
mod tests;

//! The journal of calls at its old addresses.
//!
//! Deliberately not here: clients and agencies (`agencies`), the Vilnius page (`vilnius`).

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use pult_domain::areas::calls::Centre;
use pult_engine::api::routes;
use pult_store::calls::{self, DayRange, Filter};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{day, failed, refuse, words};
use crate::{App, console::Visitor};

#[derive(Deserialize)]
pub(super) struct OfDay {
    date: Option<String>,
}

/// `GET /api/moscow-calls`.
pub(super) async fn moscow_calls(State(app): State<App>, visitor: Visitor, Query(of): Query<OfDay>) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::MOSCOW_CALLS) {
        return refusal;
    }
    let (day, terms) = (day(&app, of.date.as_deref()), app.engine.registry().terms());
    match app.engine.store().read(move |c| Ok(calls::moscow_day(c, day, &terms.zones)?)).await {
        Ok(calls) => Json(json!({ "success": true, "calls": calls })).into_response(),
        Err(error) => failed(&error, Some("calls")),
    }
}

/// `GET /api/moscow-operator-stats`.
pub(super) async fn moscow_operator_stats(
    State(app): State<App>,
    visitor: Visitor,
    Query(of): Query<OfDay>,
) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::MOSCOW_OPERATOR_STATS) {
        return refusal;
    }
    let (day, terms) = (day(&app, of.date.as_deref()), app.engine.registry().terms());
    let filter = Filter { centre: Some(Centre::Moscow), days: Some(DayRange::day(day)), ..Filter::default() };
    match app.engine.store().read(move |c| Ok(calls::operator_totals(c, &filter, &terms.zones)?)).await {
        Ok(totals) => {
            let stats: Vec<Value> = totals
                .into_iter()
                .filter_map(|t| Some(json!({ "operator_name": t.operator?, "call_count": t.calls })))
                .collect();
            Json(json!({ "success": true, "stats": stats })).into_response()
        }
        Err(error) => failed(&error, Some("stats")),
    }
}

/// `GET /api/moscow-calls-monthly-stats`.
pub(super) async fn moscow_monthly_stats(State(app): State<App>, visitor: Visitor) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::MOSCOW_MONTHLY_STATS) {
        return refusal;
    }
    match app.engine.store().read(|c| Ok(calls::monthly_stats(c)?)).await {
        Ok(stats) => Json(json!({ "success": true, "stats": stats })).into_response(),
        Err(error) => failed(&error, Some("stats")),
    }
}

/// `GET /api/call_stats`: of both centres, because only one of them knows when its calls end.
pub(super) async fn call_stats(State(app): State<App>, visitor: Visitor) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::CALL_STATS) {
        return refusal;
    }
    let today = day(&app, None);
    match app.engine.store().read(move |c| Ok(calls::today_stats(c, today, None)?)).await {
        Ok(stats) => {
            let seconds = stats.mean_seconds.unwrap_or(0.0).round() as i64;
            let avg_time = format!("{}:{:02}", seconds / 60, seconds % 60);
            Json(json!({ "total_calls": stats.calls, "avg_time": avg_time })).into_response()
        }
        Err(error) => no_stats(&error),
    }
}

/// Figures that cannot be had are not made up.
pub(super) fn no_stats(error: &pult_store::StoreError) -> Response {
    tracing::error!(%error, "the figures of today cannot be read");
    let mut answer = (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": words(error) }))).into_response();
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    answer
}

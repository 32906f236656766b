//! The journal of calls at its old addresses.
//!
//! Deliberately not here: clients and agencies (`agencies`), the Vilnius page (`vilnius`).

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use pult_domain::areas::calls::Centre;
use pult_engine::api::routes;
use pult_store::{
    Connection,
    calls::{self, DayRange, Filter, Sight},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{day, failed, read_seen, words};
use crate::{App, console::Visitor, pages};

#[derive(Deserialize)]
pub(super) struct OfDay {
    date: Option<String>,
}

/// `GET /api/moscow-calls`.
pub(super) async fn moscow_calls(State(app): State<App>, visitor: Visitor, Query(of): Query<OfDay>) -> Response {
    let (day, terms) = (day(&app, of.date.as_deref()), app.engine.registry().terms());
    let read = move |c: &Connection, sight: &Sight| {
        let mut calls = calls::moscow_day(c, day, &terms.zones)?;
        calls.retain(|call| sight.sees(Centre::Moscow, call.operator.as_deref()));
        Ok(calls)
    };
    match read_seen(&app, &visitor, routes::MOSCOW_CALLS, read).await {
        Ok(Ok(calls)) => Json(json!({ "success": true, "calls": calls })).into_response(),
        Ok(Err(error)) => failed(&error, Some("calls")),
        Err(refusal) => refusal,
    }
}

/// `GET /api/moscow-operator-stats`.
pub(super) async fn moscow_operator_stats(
    State(app): State<App>,
    visitor: Visitor,
    Query(of): Query<OfDay>,
) -> Response {
    let (day, terms) = (day(&app, of.date.as_deref()), app.engine.registry().terms());
    let read = move |c: &Connection, sight: &Sight| {
        let (centre, days) = (Some(Centre::Moscow), Some(DayRange::day(day)));
        let filter = Filter { centre, days, sight: sight.clone(), ..Filter::default() };
        Ok(calls::operator_totals(c, &filter, &terms.zones)?)
    };
    match read_seen(&app, &visitor, routes::MOSCOW_OPERATOR_STATS, read).await {
        Ok(Ok(totals)) => {
            let stats: Vec<Value> = totals
                .into_iter()
                .filter_map(|t| Some(json!({ "operator_name": t.operator?, "call_count": t.calls })))
                .collect();
            Json(json!({ "success": true, "stats": stats })).into_response()
        }
        Ok(Err(error)) => failed(&error, Some("stats")),
        Err(refusal) => refusal,
    }
}

/// `GET /api/moscow-calls-monthly-stats`.
pub(super) async fn moscow_monthly_stats(State(app): State<App>, visitor: Visitor) -> Response {
    let read = |c: &Connection, sight: &Sight| Ok(calls::monthly_stats(c, sight)?);
    match read_seen(&app, &visitor, routes::MOSCOW_MONTHLY_STATS, read).await {
        Ok(Ok(stats)) => Json(json!({ "success": true, "stats": stats })).into_response(),
        Ok(Err(error)) => failed(&error, Some("stats")),
        Err(refusal) => refusal,
    }
}

/// `GET /api/call_stats`: of both centres, because only one of them knows when its calls end, as far as the visitor may see.
pub(super) async fn call_stats(State(app): State<App>, visitor: Visitor) -> Response {
    let (today, terms) = (day(&app, None), app.engine.registry().terms());
    let read = move |c: &Connection, sight: &Sight| Ok(calls::stats_of_day(c, today, None, sight, &terms.zones)?);
    match read_seen(&app, &visitor, routes::CALL_STATS, read).await {
        Ok(Ok(stats)) => {
            let seconds = stats.mean_seconds.unwrap_or(0.0).round() as i64;
            let avg_time = format!("{}:{:02}", seconds / 60, seconds % 60);
            Json(json!({ "total_calls": stats.calls, "avg_time": avg_time })).into_response()
        }
        Ok(Err(error)) => no_stats(&error),
        Err(refusal) => refusal,
    }
}

/// Figures that cannot be had are not made up.
pub(super) fn no_stats(error: &pult_store::StoreError) -> Response {
    tracing::error!(%error, "the figures of today cannot be read");
    let answer = (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": words(error) }))).into_response();
    pages::later(answer)
}

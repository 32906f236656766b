//! What machines ask of a server: is it alive, can it take work, how much of everything.
//!
//! Deliberately not here: health for people (the `engine.health` command).

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use pult_engine::api::routes;
use pult_store::connections;
use serde_json::json;

use crate::{App, console::Visitor, pages};

/// `/healthz` and `/readyz`, on both listeners and open to all: they tell nothing but yes or no.
pub(crate) fn health() -> Router<App> {
    Router::new().route("/healthz", get(|| async { Json(json!({ "status": "ok" })) })).route("/readyz", get(ready))
}

/// `/metrics`, for a viewer or a key that opens `metrics`.
pub(crate) fn metrics() -> Router<App> {
    Router::new().route("/metrics", get(show_metrics))
}

/// Ready means: a row can be committed now, and the queue has room.
async fn ready(State(app): State<App>) -> Response {
    let engine = &app.engine;
    let now = engine.clock().now();
    let committed = engine.store().write(move |c| connections::heard(c, "self", now)).await;
    let room = engine.backlog() < engine.queue_limit();
    match (committed, room) {
        (Ok(()), true) => Json(json!({ "status": "ready" })).into_response(),
        (Err(error), _) => {
            tracing::warn!(%error, "not ready: nothing can be committed");
            not_ready("cannot commit")
        }
        (Ok(()), false) => not_ready("the queue is full"),
    }
}

fn not_ready(reason: &str) -> Response {
    let body = Json(json!({ "status": "not ready", "reason": reason }));
    pages::later((StatusCode::SERVICE_UNAVAILABLE, body).into_response())
}

async fn show_metrics(State(app): State<App>, visitor: Visitor) -> Response {
    if let Err(refusal) = visitor.may_see(routes::METRICS.name) {
        return refusal;
    }
    metrics::gauge!("pult_backlog_records").set(app.engine.backlog() as f64);
    metrics::gauge!("pult_write_queue_acts").set(app.engine.store().write_queue() as f64);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render()).into_response()
}

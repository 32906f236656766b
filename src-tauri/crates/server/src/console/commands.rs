//! Commands over HTTP: one address for all of them.
//!
//! Deliberately not here: any command by name.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use pult_engine::{api, error::ApiError};

use super::Visitor;
use crate::{App, pages};

/// Gives a command.
pub(super) async fn call(State(app): State<App>, visitor: Visitor, Path(name): Path<String>, body: Bytes) -> Response {
    let actor = match visitor.acting() {
        Ok(actor) => actor.clone(),
        Err(refusal) => return refusal,
    };
    let request = if body.is_empty() { Ok(serde_json::Value::Null) } else { serde_json::from_slice(&body) };
    let Ok(request) = request else { return pages::api_error(ApiError::field("request", "not JSON")) };
    match api::dispatch(&app.engine, &actor, &name, request).await {
        Ok(response) => Json(response).into_response(),
        Err(error) => pages::api_error(error),
    }
}

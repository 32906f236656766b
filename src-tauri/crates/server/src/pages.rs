//! Answers that belong to no subject: errors, and the headers that keep pages harmless.
//!
//! Deliberately not here: pages with content (`cards`, `legacy`, the console's own).

use std::any::Any;

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use pult_engine::error::{ApiError, ErrorCode};
use serde_json::json;

/// An error in the shape every API of ours uses; `message` is for a developer and never repeats what was sent.
pub(crate) fn error(status: StatusCode, code: &str, field: Option<&str>, message: &str) -> Response {
    let body = json!({ "error": { "code": code, "field": field, "message": message, "retry_after_ms": null } });
    (status, Json(body)).into_response()
}

/// An error of a console command.
pub(crate) fn api_error(error: ApiError) -> Response {
    let status = match error.code {
        ErrorCode::SignInNeeded => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::BadField => StatusCode::BAD_REQUEST,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::Busy | ErrorCode::DiskFull => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Unreachable => StatusCode::BAD_GATEWAY,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let retry = error.retry_after_ms;
    let mut answer = (status, Json(json!({ "error": error }))).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = retry.unwrap_or(5000).div_ceil(1000).max(1);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            answer.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
    answer
}

/// For addresses nobody answers to.
pub(crate) async fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, "not_found", None, "no such address")
}

/// For a handler that panicked: the log has the rest.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    error(StatusCode::INTERNAL_SERVER_ERROR, "internal", None, "internal error")
}

/// Headers of every page: nothing from elsewhere, no framing, no guessing of types, no address of ours in a referrer.
pub(crate) fn page_headers(csp: &'static str) -> [(HeaderName, HeaderValue); 5] {
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(csp)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

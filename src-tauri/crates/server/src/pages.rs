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

/// How long whoever is told "not now" is asked to wait when nobody knows better, seconds.
const WAIT: u64 = 5;

/// An error in the shape every API of ours uses; `message` is for a developer and never repeats what was sent.
pub(crate) fn error(status: StatusCode, code: &str, field: Option<&str>, message: &str) -> Response {
    let wait = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(WAIT * 1000);
    let body = json!({ "error": { "code": code, "field": field, "message": message, "retry_after_ms": wait } });
    later((status, Json(body)).into_response())
}

/// The answer; one that says "not now" says when, unless it does so already.
pub(crate) fn later(mut answer: Response) -> Response {
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().entry(header::RETRY_AFTER).or_insert(HeaderValue::from(WAIT));
    }
    answer
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
    if let (StatusCode::SERVICE_UNAVAILABLE, Some(ms)) = (status, retry) {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1000).max(1)));
    }
    later(answer)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(answer: &Response) -> Option<&str> {
        answer.headers().get(header::RETRY_AFTER)?.to_str().ok()
    }

    #[test]
    fn whoever_is_sent_away_for_a_while_is_told_for_how_long() {
        assert_eq!(wait(&error(StatusCode::SERVICE_UNAVAILABLE, "busy", None, "try again")), Some("5"));
        assert_eq!(wait(&error(StatusCode::FORBIDDEN, "forbidden", None, "no")), None);
        let busy = |ms| ApiError { retry_after_ms: ms, ..ApiError::new(ErrorCode::Busy, "full") };
        assert_eq!(wait(&api_error(busy(None))), Some("5"));
        assert_eq!(wait(&api_error(busy(Some(1500)))), Some("2"));
        assert_eq!(
            wait(&later((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "9")]).into_response())),
            Some("9")
        );
        assert_eq!(wait(&later(StatusCode::OK.into_response())), None);
    }
}

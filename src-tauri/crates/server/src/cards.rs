//! temp
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
pub(crate) fn router() -> axum::Router<crate::App> {
    axum::Router::new()
}
pub(crate) fn see_card(id: &str) -> Response {
    Redirect::to(&format!("/call-card/{id}")).into_response()
}
pub(crate) fn not_recorded(ani: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, ani.to_owned()).into_response()
}

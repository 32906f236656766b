//! The console's page, built by the front end and packed into the program.
//!
//! Deliberately not here: content. Everything a page shows it asks for by commands.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::RustEmbed;

use crate::{App, pages};

/// Everything from here, nothing from elsewhere; the page itself may also try the network's targets (see [`index`]).
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                   connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The part of it that says whom a page may connect to.
const CONNECT: &str = "connect-src 'self'";

#[derive(RustEmbed)]
#[folder = "../../../ui/dist"]
struct Built;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/ui/") }))
        .route("/ui", get(|| async { Redirect::to("/ui/") }))
        .route("/ui/", get(index))
        .route("/ui/{*path}", get(|Path(path): Path<String>| async move { file(&path) }))
        .layer(tower_http::compression::CompressionLayer::new().gzip(true))
}

/// The page. It may connect to the targets that workstations try, and to nobody else besides us.
async fn index(State(app): State<App>) -> Response {
    let mut answer = file("index.html");
    match app.engine.workstation_origins().await {
        Ok(origins) if !origins.is_empty() => {
            let policy = CSP.replace(CONNECT, &format!("{CONNECT} {}", origins.join(" ")));
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            }
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the targets could not be read: the page may not try them"),
    }
    answer
}

fn file(path: &str) -> Response {
    let Some(found) = Built::get(path) else {
        return pages::error(StatusCode::NOT_FOUND, "not_found", None, "no such file");
    };
    let kind = found.metadata.mimetype().to_owned();
    let mut answer = (pages::page_headers(CSP), found.data.into_owned()).into_response();
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    if path.starts_with("assets/") {
        // Names of built files change with their content.
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        answer.headers_mut().insert(header::CACHE_CONTROL, forever);
    }
    answer
}

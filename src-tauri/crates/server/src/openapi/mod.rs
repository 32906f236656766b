//! What other programs may ask of this server, as an OpenAPI 3.1 document and as a page.
//!
//! It is put together from the lists the routers and the engine go by, so that an address cannot be served and missing here.
//! It is the same on every installation and tells nothing of one. Deliberately not here: what any address does.

mod document;
mod parts;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use utoipa::openapi::{OpenApi, path::Operation};

use crate::{App, cards, pages};

/// The document as it is sent.
pub(crate) static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(document::document);

pub(crate) fn router() -> Router<App> {
    Router::new().route("/api/docs", get(page)).route("/api/docs/openapi.json", get(json))
}

async fn json(State(_): State<App>) -> Response {
    match DOCUMENT.to_pretty_json() {
        Ok(text) => {
            let kind = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the OpenAPI document cannot be written");
            pages::error(StatusCode::INTERNAL_SERVER_ERROR, "internal", None, "the document cannot be written")
        }
    }
}

async fn page(State(_): State<App>) -> Response {
    cards::respond(StatusCode::OK, &reading())
}

/// The document for a person.
fn reading() -> Markup {
    let body = html! {
        body { main {
            h1 { (DOCUMENT.info.title) }
            @if let Some(about) = &DOCUMENT.info.description { p.muted { (about) } }
            p { a href="/api/docs/openapi.json" { "openapi.json" } }
            @for tag in DOCUMENT.tags.iter().flatten() {
                section {
                    h2 { (tag.name) }
                    @if let Some(about) = &tag.description { p.muted { (about) } }
                    table {
                        thead { tr {
                            th scope="col" { "Method" } th scope="col" { "Path" } th scope="col" { "What it does" }
                        } }
                        tbody {
                            @for (method, path, operation) in operations(&DOCUMENT) {
                                @if operation.tags.iter().flatten().any(|t| *t == tag.name) {
                                    tr {
                                        td { (method) }
                                        td { (path) }
                                        td {
                                            (operation.summary.as_deref().unwrap_or_default())
                                            @if let Some(about) = &operation.description { p.muted { (about) } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        } }
    };
    cards::document(&DOCUMENT.info.title, &html! {}, &body)
}

/// Every operation with its method and path.
fn operations(document: &OpenApi) -> impl Iterator<Item = (&'static str, &str, &Operation)> {
    document.paths.paths.iter().flat_map(|(path, item)| {
        let methods = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("DELETE", &item.delete),
            ("OPTIONS", &item.options),
        ];
        methods.into_iter().filter_map(move |(method, operation)| Some((method, path.as_str(), operation.as_ref()?)))
    })
}

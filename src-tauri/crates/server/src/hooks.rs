//! Requests of other systems: finds the route among the integrations, bounds the body, verifies, and hands over to the engine.
//!
//! An integration with a listener of its own is found there alone, and finds nobody else there. Deliberately not here: what a request means, and any vendor's name.

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use pult_integrations::{Doorway, HttpAnswer, Route, Shared, Unverified};
use sha2::{Digest, Sha256};

use crate::{App, cards, guard::Sender, links::Card, pages, rating_page};

/// At which listener a request comes.
#[derive(Debug, Clone, Copy)]
enum Door {
    /// Where all hooks come.
    Shared,
    /// At the listener of one integration's own.
    Own(&'static str),
}

/// Any request at the hooks' listener that is not a card or a health check.
pub(crate) async fn receive(State(app): State<App>, request: Request) -> Response {
    serve(&app, Door::Shared, request).await
}

/// Any request at the listener of an integration's own.
pub(crate) async fn receive_own(name: &'static str, State(app): State<App>, request: Request) -> Response {
    serve(&app, Door::Own(name), request).await
}

async fn serve(app: &App, door: Door, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let (routes, method) = (find(app, door, &path), request.method().clone());
    if routes.is_empty() {
        return pages::not_found().await;
    }
    if method == Method::OPTIONS
        && let Some((integration, _)) = routes.iter().find(|(_, r)| r.cors)
    {
        return with_cors(StatusCode::NO_CONTENT.into_response(), integration, request.headers().get(header::ORIGIN));
    }
    let Some((integration, route)) = routes.into_iter().find(|(_, r)| r.method == method.as_str()) else {
        return pages::error(StatusCode::METHOD_NOT_ALLOWED, "method", None, "this address takes another method");
    };
    let origin = request.headers().get(header::ORIGIN).cloned();
    let answer = take(app, &integration, route, path, request).await;
    if route.cors { with_cors(answer, &integration, origin.as_ref()) } else { answer }
}

async fn take(app: &App, integration: &Shared, route: Route, path: String, request: Request) -> Response {
    let Some(webhook) = integration.webhook() else { return pages::not_found().await };
    let peer = request.extensions().get::<Sender>().map(|s| s.0);
    let Some(peer) = peer else {
        return pages::error(StatusCode::INTERNAL_SERVER_ERROR, "internal", None, "no sender");
    };
    let most = match webhook.doorway() {
        Doorway::Shared => usize::try_from(app.engine.config().hooks.max_body_bytes).unwrap_or(usize::MAX),
        Doorway::Own { max_body, .. } => max_body,
    };
    let most = most.min(route.max_body);
    let english = rating_page::wants_english(request.headers());
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, most).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            return pages::error(StatusCode::PAYLOAD_TOO_LARGE, "too_large", Some("body"), "the body is too large");
        }
        Err(_) => return pages::error(StatusCode::BAD_REQUEST, "bad_field", Some("body"), "the body broke off"),
    };
    let unverified = Unverified {
        route,
        method: parts.method,
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        peer,
    };
    let answer = match unverified.accept(webhook, app.engine.clock().now()) {
        Ok(verified) => app.engine.receive(integration, &verified).await,
        Err(rejection) => {
            metrics::counter!("pult_hooks_rejected_total", "integration" => integration.name()).increment(1);
            tracing::warn!(integration = integration.name(), route = route.name, %peer, %rejection, "a request was turned away");
            webhook.turn_away(&route, &rejection)
        }
    };
    respond(app, answer, english).await
}

/// The integrations' routes at a listener that a path fits.
fn find(app: &App, door: Door, path: &str) -> Vec<(Shared, Route)> {
    app.engine.registry().among(|integrations| {
        let mut found = Vec::new();
        for integration in integrations {
            let Some(webhook) = integration.webhook() else { continue };
            let routes = match (door, webhook.doorway()) {
                (Door::Shared, Doorway::Shared) => webhook.routes(),
                (Door::Own(name), Doorway::Own { .. }) if integration.name() == name => webhook.routes(),
                _ => &[],
            };
            found.extend(routes.iter().filter(|r| fits(r.path, path)).map(|route| (integration.clone(), *route)));
        }
        found
    })
}

/// Whether a path has the pattern's segments; `{name}` takes any one that is not empty.
pub(crate) fn fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(w), Some(g)) if w == g || (w.starts_with('{') && w.ends_with('}') && !g.is_empty()) => {}
            _ => return false,
        }
    }
}

pub(crate) async fn respond(app: &App, answer: HttpAnswer, english: bool) -> Response {
    let now = app.engine.clock().now();
    match answer {
        HttpAnswer::Json { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            pages::later((status, Json(body)).into_response())
        }
        HttpAnswer::Raw { status, content_type, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            pages::later((status, [(header::CONTENT_TYPE, content_type)], body).into_response())
        }
        HttpAnswer::Page { status, html, style, script } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            alone(status, html, style, script)
        }
        HttpAnswer::Rating { status, page } => rating_page::respond(status, &page, english),
        HttpAnswer::OpenCard { record } => cards::see_card(&app.links.seal(&Card::Record(record), now)),
        HttpAnswer::OpenNumber { ani } => cards::see_card(&app.links.seal(&Card::Number(ani), now)),
        HttpAnswer::CardNotRecorded { ani } => cards::not_recorded(&ani),
    }
}

/// A page that needs nothing besides itself: its policy names its own style and script by their content.
fn alone(status: StatusCode, html: bytes::Bytes, style: &str, script: &str) -> Response {
    const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text.as_bytes())));
    let policy = format!("{NOTHING}; style-src {}; script-src {}", hash(style), hash(script));
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    let mut answer = (status, pages::page_headers(NOTHING), kind, html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// The answer with what a browser page of another origin needs; never with credentials (behaviour/helpdesk 2.1).
fn with_cors(mut answer: Response<Body>, integration: &Shared, origin: Option<&HeaderValue>) -> Response {
    let allowed = integration.webhook().map_or(&[][..], |w| w.cors_origins());
    let any = allowed.iter().any(|o| o == "*");
    let named = origin.filter(|o| allowed.iter().any(|a| a.as_bytes() == o.as_bytes()));
    let value = match (any, named) {
        (true, _) => HeaderValue::from_static("*"),
        (false, Some(origin)) => origin.clone(),
        (false, None) => return answer,
    };
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Authorization, Accept"),
        (header::VARY, "Origin"),
    ] as [(HeaderName, &'static str); 3]
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_pattern_fits_whole_segments_only() {
        for (pattern, path, want) in [
            ("/a/{x}/", "/a/1/", true),
            ("/a/{x}/", "/a/1", false),
            ("/a/{x}/", "/a//", false),
            ("/a/{x}", "/a/1/2", false),
            ("/a/", "/a/", true),
            ("/a/", "/a", false),
            ("/a", "/b", false),
        ] {
            assert_eq!(fits(pattern, path), want, "{pattern} {path}");
        }
    }
}

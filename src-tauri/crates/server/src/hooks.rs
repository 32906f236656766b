//! The hook listener: finds the route among the integrations, bounds the body, verifies, and hands over to the engine.
//!
//! Deliberately not here: what a request means, and any vendor's name.

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use pult_integrations::{HttpAnswer, Route, Shared, Unverified};

use crate::{App, cards, guard::Sender, links::Card, pages, rating_page};

/// Any request that is not a card or a health check.
pub(crate) async fn receive(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let (routes, method) = (find(&app, &path), request.method().clone());
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
    let answer = take(&app, &integration, route, path, request).await;
    if route.cors { with_cors(answer, &integration, origin.as_ref()) } else { answer }
}

async fn take(app: &App, integration: &Shared, route: Route, path: String, request: Request) -> Response {
    let Some(webhook) = integration.webhook() else { return pages::not_found().await };
    let peer = request.extensions().get::<Sender>().map(|s| s.0);
    let Some(peer) = peer else {
        return pages::error(StatusCode::INTERNAL_SERVER_ERROR, "internal", None, "no sender");
    };
    let most = usize::try_from(app.engine.config().hooks.max_body_bytes).unwrap_or(usize::MAX).min(route.max_body);
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

/// The integrations' routes that a path fits.
fn find(app: &App, path: &str) -> Vec<(Shared, Route)> {
    let mut found = Vec::new();
    for integration in app.engine.registry().all() {
        let routes = integration.webhook().map_or(&[][..], |w| w.routes());
        for route in routes.iter().filter(|r| fits(r.path, path)) {
            found.push((integration.clone(), *route));
        }
    }
    found
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

async fn respond(app: &App, answer: HttpAnswer, english: bool) -> Response {
    let now = app.engine.clock().now();
    match answer {
        HttpAnswer::Json { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut answer = (status, Json(body)).into_response();
            if matches!(status, StatusCode::SERVICE_UNAVAILABLE) {
                answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            answer
        }
        HttpAnswer::Raw { status, content_type, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
        }
        HttpAnswer::Rating { status, page } => rating_page::respond(status, &page, english),
        HttpAnswer::OpenCard { record } => cards::see_card(&app.links.seal(&Card::Record(record), now)),
        HttpAnswer::OpenNumber { ani } => cards::see_card(&app.links.seal(&Card::Number(ani), now)),
        HttpAnswer::CardNotRecorded { ani } => cards::not_recorded(&ani),
    }
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

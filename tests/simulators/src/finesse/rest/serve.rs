//! The interface over HTTP: reads requests, lets faults take the place of answers, writes everything down.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use data_encoding::BASE64;
use rand::Rng;

use super::{Answer, Asked, answer};
use crate::finesse::{
    Core, NodeName,
    fault::RestFault,
    front::Line,
    node::{Node, Rest},
};

/// Largest body read, bytes.
const LARGEST: usize = 64 * 1024;
/// How long a slow application takes.
const SLOW: Duration = Duration::from_secs(5);

/// What every request is served with.
#[derive(Clone)]
pub struct Served {
    /// The cluster.
    pub core: Arc<Core>,
    /// At which node.
    pub name: NodeName,
}

impl Served {
    /// The node.
    pub fn node(&self) -> &Node {
        self.core.node(self.name)
    }
}

/// Answers one request.
pub async fn api(State(served): State<Served>, Extension(line): Extension<Line>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let text = |name: header::HeaderName| text(&head.headers, name.as_str());
    let mut asked = Asked {
        method: head.method.to_string(),
        target: head.uri.path_and_query().map_or_else(|| head.uri.path().to_owned(), ToString::to_string),
        credentials: text(header::AUTHORIZATION).and_then(|value| credentials(&value)),
        content_type: text(header::CONTENT_TYPE).unwrap_or_default(),
        request_id: self::text(&head.headers, "requestId"),
        body: String::new(),
    };
    let read = to_bytes(body, LARGEST).await.ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    let condition = served.node().condition().rest;
    let response = match (condition, served.node().faults.rest(&asked.target), read) {
        (Rest::Down, _, _) => {
            note(&served, &asked, None);
            line.cut();
            // The connection is dropped while it waits for this.
            return std::future::pending().await;
        }
        (Rest::Broken, _, _) => xml(&served, Answer::error(500, "Internal Server Error", "RUNTIME_EXCEPTION", "")),
        (_, Some(fault), _) => replaced(&served, &fault),
        (_, None, None) => xml(&served, Answer::error(400, "Bad Request", "The body cannot be read", "")),
        (condition, None, Some(body)) => {
            asked.body = body;
            if condition == Rest::Slow {
                line.patience(SLOW).await;
            }
            xml(&served, answer(&served.core, served.node(), &asked))
        }
    };
    note(&served, &asked, Some(response.status().as_u16()));
    response
}

fn note(served: &Served, asked: &Asked, status: Option<u16>) {
    let who = asked.credentials.as_ref().map(|(id, _)| id.clone());
    let line = format!("{} {}", asked.method, asked.target);
    served.core.journal.rest(served.name, who, line, status, asked.request_id.clone());
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn credentials(header: &str) -> Option<(String, String)> {
    let (scheme, token) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64.decode(token.trim().as_bytes()).ok()?).ok()?;
    let (id, password) = text.split_once(':')?;
    Some((id.to_owned(), password.to_owned()))
}

fn xml(served: &Served, answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = answer.body.map(|body| body.document(served.core.order));
    let kind = body.is_some().then(|| HeaderValue::from_static("application/xml;charset=UTF-8"));
    let mut response = (status, body.map_or_else(Body::empty, Body::from)).into_response();
    let headers = response.headers_mut();
    // Without a document there is no kind of document either.
    headers.remove(header::CONTENT_TYPE);
    headers.extend(kind.map(|kind| (header::CONTENT_TYPE, kind)));
    if answer.challenge {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Finesse\""));
    }
    let session = format!("JSESSIONID={:032X}; Path=/finesse; Secure; HttpOnly", rand::rng().random::<u128>());
    let date = served.core.hands.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (name, value) in [(header::SET_COOKIE, session), (header::DATE, date)] {
        headers.extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
    }
    response
}

fn replaced(served: &Served, fault: &RestFault) -> Response {
    let mut response = if fault.html {
        let page = "<html><head><title>Error</title></head><body><h1>Proxy error</h1><br></body></html>";
        let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::BAD_GATEWAY);
        (status, Html(page)).into_response()
    } else {
        let kind = match (fault.error_type.as_str(), fault.status) {
            ("", 429) => "Too Many Requests",
            ("", 503) => "Service Unavailable",
            ("", _) => "Internal Server Error",
            (kind, _) => kind,
        };
        xml(served, Answer::error(fault.status, kind, "FAULT", ""))
    };
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

//! A call before it is known what it is: where it goes, what it carries, who it says it is from.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderName, Method, header, request::Parts},
};
use serde_json::{Map, Value};

use crate::service::php;

/// Largest body read, bytes.
const LARGEST: usize = 1 << 20;

/// The key of the gateway among the parameters.
pub(super) const API_KEY: &str = "ApiKey";

/// A call.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) authorization: Option<String>,
    pub(super) accept: String,
    /// In lower case, without its parameters.
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

impl Asked {
    pub(super) async fn read(head: Parts, body: Body) -> Self {
        let kind = header(&head.headers, header::CONTENT_TYPE).unwrap_or_default();
        Self {
            path: head.uri.path().to_owned(),
            query: php::pairs(head.uri.query().unwrap_or_default()),
            authorization: header(&head.headers, header::AUTHORIZATION),
            accept: header(&head.headers, header::ACCEPT).unwrap_or_default(),
            content_type: kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
            method: head.method,
            body: to_bytes(body, LARGEST).await.map(|bytes| bytes.to_vec()).unwrap_or_default(),
        }
    }

    /// A parameter that stands once.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// The object in the body, if that is announced as JSON and is one.
    pub(super) fn object(&self) -> Option<Map<String, Value>> {
        if self.content_type != "application/json" {
            return None;
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// Parameters and body as the journal may show them: neither the key nor anything of a form but its grant.
    pub(super) fn shown(&self) -> (Value, Value) {
        let shown = self.query.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(API_KEY));
        let query = shown.map(|(name, value)| (name.clone(), value.clone().into())).collect();
        let body = if self.content_type == "application/json" {
            serde_json::from_slice(&self.body).unwrap_or_default()
        } else {
            let pairs = php::pairs(&String::from_utf8_lossy(&self.body));
            let grant = pairs.into_iter().find(|(name, _)| name == "grant_type");
            grant.map(|(name, value)| Value::Object(Map::from_iter([(name, value.into())]))).unwrap_or_default()
        };
        (Value::Object(query), body)
    }
}

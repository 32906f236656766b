//! Reads the samples of `tests/fixtures` and takes them through an integration the way the engine does.
//!
//! Deliberately not here: any vendor's expectations (each folder's tests).

use std::{collections::BTreeMap, path::PathBuf};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use pult_domain::Instant;
use serde::Deserialize;
use serde_json::json;

use crate::{Admission, Credentials, Integration, StoredRequest, Unverified, Webhook};

/// A folder of fixtures.
pub(crate) fn folder(vendor: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures").join(vendor)
}

/// The text of one fixture.
pub(crate) fn text(vendor: &str, file: &str) -> String {
    let path = folder(vendor).join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Secrets by name.
#[derive(Default)]
pub(crate) struct Secrets(pub(crate) BTreeMap<String, String>);

impl Credentials for Secrets {
    fn secret(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// The secrets of one name.
pub(crate) fn secrets(name: &str, value: &str) -> std::sync::Arc<Secrets> {
    std::sync::Arc::new(Secrets(BTreeMap::from([(name.to_owned(), value.to_owned())])))
}

/// A sample of kind `webhook`.
#[derive(Deserialize)]
pub(crate) struct Sample {
    pub(crate) sample: String,
    pub(crate) secret: String,
    now: i64,
    delivery: Delivery,
    expected: Expected,
}

#[derive(Deserialize)]
struct Delivery {
    method: String,
    path: String,
    #[serde(default)]
    query: String,
    headers: BTreeMap<String, String>,
    #[serde(default)]
    raw_body: String,
    #[serde(default)]
    peer: Option<String>,
}

#[derive(Deserialize)]
struct Expected {
    http_status: u16,
}

/// All samples of a vendor, by name.
pub(crate) fn samples(vendor: &str) -> Vec<Sample> {
    let mut files: Vec<_> = std::fs::read_dir(folder(vendor)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "json"));
    files.sort();
    assert!(!files.is_empty());
    files.iter().map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    let same = |(p, s): (&&str, &&str)| p == s || (p.starts_with('{') && !s.is_empty());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(same)
}

impl Sample {
    /// When it arrives.
    pub(crate) fn now(&self) -> Instant {
        Instant::from_second(self.now).unwrap()
    }

    /// The request, by the route a listener would choose.
    pub(crate) fn request(&self, webhook: &dyn Webhook) -> Unverified {
        let d = &self.delivery;
        let route = webhook.routes().iter().find(|r| r.method == d.method && fits(r.path, &d.path));
        let mut headers = HeaderMap::new();
        for (name, value) in &d.headers {
            headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        Unverified {
            route: *route.unwrap_or_else(|| panic!("no route for {}", d.path)),
            method: d.method.parse().unwrap(),
            path: d.path.clone(),
            query: d.query.clone(),
            headers,
            body: Bytes::from(d.raw_body.clone()),
            peer: d.peer.as_deref().unwrap_or("198.51.100.9").parse().unwrap(),
        }
    }

    /// What becomes of it up to its facts. A request that is turned away must be answered with the expected status, and no
    /// other may be expected to be.
    pub(crate) fn take_in(&self, integration: &dyn Integration) -> serde_json::Value {
        let webhook = integration.webhook().unwrap();
        let request = self.request(webhook);
        let route = request.route;
        let verified = match request.accept(webhook, self.now()) {
            Ok(verified) => verified,
            Err(rejection) => {
                let answer = webhook.turn_away(&route, &rejection);
                let crate::HttpAnswer::Json { status, body } = answer else { panic!("{answer:?}") };
                assert_eq!(status, self.expected.http_status, "{}", self.sample);
                return json!({"turned_away": status, "body": body});
            }
        };
        assert!(self.expected.http_status < 400, "{} was let in", self.sample);
        if let Admission::Glance(answer) = webhook.admit(&verified) {
            return json!({"glance": format!("{answer:?}")});
        }
        let stored = webhook.redact(&verified);
        assert!(!leaks(&stored, &self.secret), "{} keeps its secret", self.sample);
        let meaning = match integration.parse(&stored, self.now()) {
            Ok(parsed) => json!({"facts": parsed.facts, "rejected": parsed.rejected}),
            Err(error) => json!({"not_understood": error}),
        };
        json!({"verdict": verified.verdict(), "stored": stored, "reply": format!("{:?}", webhook.reply(&stored)), "meaning": meaning})
    }
}

fn leaks(stored: &StoredRequest, secret: &str) -> bool {
    let kept = serde_json::to_string(stored).unwrap() + &String::from_utf8_lossy(&stored.body);
    kept.contains(secret)
}

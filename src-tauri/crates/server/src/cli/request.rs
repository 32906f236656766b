//! What a preview looks at, from a file: bare bytes, or a sample that brings everything with it.
//!
//! A sample is a JSON object with `sample` and either `delivery`, a request that comes to us, or `request` and `response`, a
//! call of ours. Deliberately not here: judging it (`verdict`).

use std::{collections::BTreeMap, net::IpAddr, path::Path};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use pult_domain::Instant;
use pult_integrations::{Route, Unverified};
use serde::Deserialize;
use serde_json::Value;

use super::exit::Failure;
use crate::hooks::fits;

/// The largest file read, bytes.
const LARGEST: u64 = 64 << 20;
/// Where a request comes from when its file does not say: an address of documentations (RFC 5737).
const SENDER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 9));

/// An answer of a vendor, as it came.
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
enum Holds {
    /// Bytes without a word about themselves.
    #[default]
    Bare,
    /// A request that comes to us.
    Delivery,
    /// A call of ours, and how it was answered where the sample says so.
    Call(Option<StatusCode>),
}

/// What a file tells.
#[derive(Debug, Default)]
pub(super) struct Given {
    holds: Holds,
    /// When it came.
    pub(super) now: Option<Instant>,
    /// What it is judged by.
    pub(super) secret: Option<String>,
    delivery: Delivery,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Debug, Deserialize)]
struct Sample {
    // Its presence tells a sample from a body that happens to be an object.
    #[serde(rename = "sample")]
    _name: String,
    secret: Option<String>,
    /// A header's name and value, where that is what the sender proves itself by.
    secret_header: Option<(String, String)>,
    now: Option<Value>,
    delivery: Option<Delivery>,
    response: Option<Response>,
}

#[derive(Debug, Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(alias = "body_raw")]
    raw_body: Option<String>,
    body: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Delivery {
    method: Option<String>,
    path: Option<String>,
    query: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(alias = "body_raw")]
    raw_body: Option<String>,
    body: Option<Value>,
    peer: Option<IpAddr>,
}

/// The text of a small file.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| Failure::failed(format!("{}: {e}", path.display())))
}

/// Reads a request's file and that of its headers.
pub(super) fn read(file: &Path, headers: Option<&Path>) -> Result<Given, Failure> {
    let fail = |e: std::io::Error| Failure::failed(format!("{}: {e}", file.display()));
    if std::fs::metadata(file).map_err(fail)?.len() > LARGEST {
        return Err(Failure::usage(format!("{} is larger than 64 MiB", file.display())));
    }
    let bytes = std::fs::read(file).map_err(fail)?;
    let mut given = match serde_json::from_slice::<Value>(&bytes) {
        Ok(value) if is_sample(&value) => {
            let sample = serde_json::from_value(value);
            of_sample(sample.map_err(|e| Failure::usage(format!("{} is a sample not as known: {e}", file.display())))?)?
        }
        _ => Given { body: bytes.into(), ..Given::default() },
    };
    if let Some(path) = headers {
        for line in text(path)?.lines().filter(|l| !l.trim().is_empty()) {
            let (name, value) =
                line.split_once(':').ok_or_else(|| Failure::usage("headers are lines `Name: value`"))?;
            add(&mut given.headers, name.trim(), value.trim())?;
        }
    }
    Ok(given)
}

/// Tells a sample from a body that happens to be an object.
fn is_sample(value: &Value) -> bool {
    value["sample"].is_string() && ["delivery", "request", "response"].iter().any(|part| value[part].is_object())
}

fn of_sample(sample: Sample) -> Result<Given, Failure> {
    let now = match &sample.now {
        None => None,
        Some(Value::Number(seconds)) => seconds.as_i64().and_then(|s| Instant::from_second(s).ok()),
        Some(other) => other.as_str().and_then(|t| t.parse().ok()),
    };
    if now.is_none() && sample.now.is_some() {
        return Err(Failure::usage("the sample's `now` is neither seconds since 1970 nor an instant"));
    }
    let secret = sample.secret.or(sample.secret_header.map(|(_, value)| value));
    let (holds, headers, raw, body) = match (&sample.delivery, sample.response) {
        (Some(delivery), _) => {
            (Holds::Delivery, delivery.headers.clone(), delivery.raw_body.clone(), delivery.body.clone())
        }
        (None, Some(response)) => {
            let status = StatusCode::from_u16(response.status);
            let status = status.map_err(|_| Failure::usage("the sample's status is none of HTTP's"))?;
            (Holds::Call(Some(status)), response.headers, response.raw_body, response.body)
        }
        (None, None) => (Holds::Call(None), BTreeMap::new(), None, None),
    };
    let mut sent = HeaderMap::new();
    for (name, value) in &headers {
        add(&mut sent, name, value)?;
    }
    // What was signed is the raw text; the value beside it is for people.
    let body = match (raw, body) {
        (Some(raw), _) => raw,
        (None, Some(Value::String(text))) if !is_json(&sent) => text,
        (None, Some(value)) => serde_json::to_string(&value)?,
        (None, None) => String::new(),
    };
    Ok(Given { holds, now, secret, delivery: sample.delivery.unwrap_or_default(), headers: sent, body: body.into() })
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|v| v.starts_with("application/json"))
}

fn add(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Failure> {
    let wrong = || Failure::usage(format!("{name:?} is not a header that can be sent"));
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    headers.append(name, HeaderValue::from_str(value).map_err(|_| wrong())?);
    Ok(())
}

impl Given {
    /// Whether it is a sample of a call that we make.
    pub(super) fn is_outgoing(&self) -> bool {
        matches!(self.holds, Holds::Call(_))
    }

    /// The content, where the file is not a sample.
    pub(super) fn content(&self) -> Option<&[u8]> {
        (self.holds == Holds::Bare).then_some(&self.body)
    }

    /// The answer of a vendor; a sample's own status comes first.
    pub(super) fn answer(self, status: StatusCode) -> Result<Answered, Failure> {
        let status = match self.holds {
            Holds::Bare => status,
            Holds::Call(Some(status)) => status,
            Holds::Call(None) => return Err(Failure::usage("this sample holds no answer, only what was asked")),
            Holds::Delivery => return Err(Failure::usage("this sample is a request that comes to us, not an answer")),
        };
        Ok(Answered { status, headers: self.headers, body: self.body })
    }

    /// The request as a listener would hand it over; a sample's own method and address come first.
    pub(super) fn request(self, routes: &[Route], method: &str, address: Option<&str>) -> Result<Unverified, Failure> {
        let method = self.delivery.method.as_deref().unwrap_or(method).to_ascii_uppercase();
        let (path, query) = match (&self.delivery.path, address) {
            (Some(path), _) => (Some(path.clone()), self.delivery.query.clone()),
            (None, Some(address)) => match address.split_once('?') {
                Some((path, query)) => (Some(path.to_owned()), Some(query.to_owned())),
                None => (Some(address.to_owned()), None),
            },
            (None, None) => (None, None),
        };
        let of_method: Vec<&Route> = routes.iter().filter(|r| r.method == method).collect();
        let route = match (&path, of_method.as_slice()) {
            (Some(path), _) => of_method.iter().find(|r| fits(r.path, path)).copied(),
            (None, [only]) => Some(*only),
            (None, _) => None,
        };
        let Some(route) = route else {
            let known: Vec<String> = routes.iter().map(|r| format!("  {} {}", r.method, r.path)).collect();
            return Err(Failure::usage(format!(
                "say which address it calls, with --method and --path; there are\n{}",
                known.join("\n")
            )));
        };
        Ok(Unverified {
            route: *route,
            method: method.parse().map_err(|_| Failure::usage("this is not a method"))?,
            path: path.unwrap_or_else(|| route.path.to_owned()),
            query: query.unwrap_or_default(),
            headers: self.headers,
            body: self.body,
            peer: self.delivery.peer.unwrap_or(SENDER),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(sample: Value) -> Given {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), sample.to_string()).unwrap();
        read(file.path(), None).unwrap_or_else(|failure| panic!("{failure}: {sample}"))
    }

    #[test]
    fn a_sample_of_a_delivery_brings_its_headers_body_secret_and_time() {
        let delivery = |body: Value| {
            let mut sample = json!({
                "sample": "s", "secret_header": ["X-Hook", "words"], "now": 1_795_166_164,
                "delivery": { "method": "POST", "headers": { "Content-Type": "application/json", "X-Hook": "words" } },
            });
            for (name, value) in body.as_object().unwrap() {
                sample["delivery"][name] = value.clone();
            }
            of(sample)
        };
        for (body, bytes) in [
            (json!({ "raw_body": "{ \"a\" :1}\n", "body": { "a": 1 } }), "{ \"a\" :1}\n"),
            (json!({ "raw_body": "not {json", "body": null }), "not {json"),
            (json!({ "body_raw": "event=ADD&data%5BID%5D=7" }), "event=ADD&data%5BID%5D=7"),
            (json!({ "body": { "event": "closed" } }), "{\"event\":\"closed\"}"),
            (json!({ "body": null }), ""),
        ] {
            let given = delivery(body);
            assert_eq!((given.holds, &given.body[..]), (Holds::Delivery, bytes.as_bytes()));
            assert_eq!(
                (given.secret.as_deref(), given.headers["x-hook"].to_str().ok()),
                (Some("words"), Some("words"))
            );
            assert_eq!(given.now.map(|now| now.as_second()), Some(1_795_166_164));
        }
    }

    #[test]
    fn a_sample_of_a_call_is_ours_and_brings_its_answer() {
        let call = |response: Value| {
            let request = json!({ "method": "GET", "path": "/issues", "query": [["token", "t"]], "host": "api" });
            of(json!({ "sample": "s", "kind": "call", "request": request, "response": response }))
        };
        let json = json!({ "Content-Type": "application/json; charset=utf-8", "Retry-After": "3" });
        for (response, status, bytes) in [
            (json!({ "status": 200, "headers": json, "body": { "id": 1 } }), 200, "{\"id\":1}"),
            (json!({ "status": 200, "headers": json, "body": [] }), 200, "[]"),
            (json!({ "status": 200, "headers": json, "body": "text" }), 200, "\"text\""),
            (
                json!({ "status": 401, "headers": { "Content-Type": "text/plain" }, "body": "Unauthorized" }),
                401,
                "Unauthorized",
            ),
            (json!({ "status": 503, "headers": {}, "body_raw": "<html>Later</html>" }), 503, "<html>Later</html>"),
            (json!({ "status": 429, "headers": json, "body": null }), 429, ""),
        ] {
            let given = call(response);
            assert!(given.is_outgoing() && given.content().is_none());
            let answered = given.answer(StatusCode::OK).unwrap_or_else(|failure| panic!("{failure}"));
            assert_eq!((answered.status.as_u16(), &answered.body[..]), (status, bytes.as_bytes()));
        }
    }

    #[test]
    fn a_body_that_happens_to_name_a_sample_is_a_body() {
        let given = of(json!({ "sample": "blood", "id": 3 }));
        assert!(!given.is_outgoing());
        assert_eq!(given.content(), Some(&br#"{"id":3,"sample":"blood"}"#[..]));
    }
}

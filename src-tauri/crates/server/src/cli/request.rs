//! A request from a file: its bytes, or a sample that brings everything with it.
//!
//! Deliberately not here: judging it (`preview`).

use std::{collections::BTreeMap, net::IpAddr, path::Path};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
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

/// What a file tells of a request.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// A sample of a request that we send.
    pub(super) is_outgoing: bool,
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
    now: Option<Value>,
    delivery: Option<Delivery>,
}

#[derive(Debug, Default, Deserialize)]
struct Delivery {
    method: Option<String>,
    path: Option<String>,
    query: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
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
    let mut given = match serde_json::from_slice::<Sample>(&bytes) {
        Ok(sample) => of_sample(sample)?,
        Err(_) => Given { body: bytes.into(), ..Given::default() },
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

fn of_sample(sample: Sample) -> Result<Given, Failure> {
    let Some(delivery) = sample.delivery else { return Ok(Given { is_outgoing: true, ..Given::default() }) };
    let now = match &sample.now {
        None => None,
        Some(Value::Number(seconds)) => seconds.as_i64().and_then(|s| Instant::from_second(s).ok()),
        Some(other) => other.as_str().and_then(|t| t.parse().ok()),
    };
    if now.is_none() && sample.now.is_some() {
        return Err(Failure::usage("the sample's `now` is neither seconds since 1970 nor an instant"));
    }
    // What was signed is the raw text; the value beside it is for people.
    let body = match (&delivery.raw_body, &delivery.body) {
        (Some(raw), _) => raw.clone(),
        (None, Some(Value::String(text))) => text.clone(),
        (None, Some(value)) => serde_json::to_string(value)?,
        (None, None) => String::new(),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &delivery.headers {
        add(&mut headers, name, value)?;
    }
    Ok(Given { is_outgoing: false, now, secret: sample.secret, delivery, headers, body: body.into() })
}

fn add(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Failure> {
    let wrong = || Failure::usage(format!("{name:?} is not a header that can be sent"));
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    headers.append(name, HeaderValue::from_str(value).map_err(|_| wrong())?);
    Ok(())
}

impl Given {
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

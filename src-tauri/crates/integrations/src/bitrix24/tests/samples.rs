//! The samples of answers, and what each means to the client.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::super::{
    NAME,
    client::{Intent, read},
};
use crate::{
    samples::{folder, text},
    transport::http::Answer,
};

/// A sample of kind `call`.
#[derive(Deserialize)]
struct Sample {
    kind: String,
    #[serde(default)]
    request: Option<Request>,
    #[serde(default)]
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Request {
    path: String,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Value,
    #[serde(default)]
    body_raw: Option<String>,
}

/// The samples' names, in order.
pub(super) fn names(prefix: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder(NAME)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = files.filter_map(|file| Some(file.strip_suffix(".json")?.to_owned())).collect();
    names.retain(|name| name.starts_with(prefix));
    names.sort();
    assert!(!names.is_empty());
    names
}

/// The method and the answer of a sample of kind `call`.
pub(super) fn call(name: &str) -> Option<(String, Answer)> {
    let sample: Sample = serde_json::from_str(&text(NAME, &format!("{name}.json"))).unwrap();
    if sample.kind != "call" {
        return None;
    }
    let response = sample.response.unwrap();
    let headers: HeaderMap =
        (&response.headers.into_iter().collect::<std::collections::HashMap<_, _>>()).try_into().unwrap();
    let body = response.body_raw.unwrap_or_else(|| response.body.to_string());
    let answer = Answer { status: StatusCode::from_u16(response.status).unwrap(), headers, body: body.into() };
    let method = sample.request.unwrap().path.rsplit('/').next().unwrap().to_owned();
    Some((method, answer))
}

#[test]
fn answers_mean_what_their_snapshots_say() {
    for name in names("") {
        let Some((method, answer)) = call(&name) else { continue };
        let meaning = match read(&answer, &method, Intent::Once) {
            Ok(success) => {
                let result = success.result.to_string();
                let shown: String = result.chars().take(300).collect();
                format!(
                    "total {:?}, next {:?}, reset in {:?}\n{shown}{}",
                    success.total,
                    success.next,
                    success.reset_in,
                    if shown.len() < result.len() { " and so on" } else { "" },
                )
            }
            Err(trouble) => format!("{trouble:#?}"),
        };
        insta::assert_snapshot!(format!("answer_{name}"), meaning);
    }
}

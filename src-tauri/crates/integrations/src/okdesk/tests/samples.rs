//! What each sample of the contract means.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{hooks::hook, *};
use crate::{
    HttpAnswer, Outcome,
    okdesk::trouble::{Asked, judge},
    samples::folder,
    transport::{http::Answer, mask::Mask},
};

#[derive(Deserialize)]
struct Sample {
    sample: String,
    delivery: Option<Delivery>,
    request: Option<Request>,
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Delivery {
    body: Value,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    path: String,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    body: Value,
    body_raw: Option<String>,
}

impl Response {
    fn text(&self) -> String {
        self.body_raw.clone().unwrap_or_else(|| self.body.to_string())
    }
}

fn samples() -> Vec<Sample> {
    let mut files: Vec<_> = std::fs::read_dir(folder(NAME)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

/// The body of a sample: of a hook, or of the answer to a call.
pub(super) fn body(sample: &str) -> String {
    let sample = samples().into_iter().find(|s| s.sample == sample).unwrap_or_else(|| panic!("no sample {sample}"));
    match sample.delivery {
        Some(delivery) => delivery.body.to_string(),
        None => sample.response.unwrap().text(),
    }
}

/// What the service desk is answered, and what we take it to have said.
fn told(delivery: &Delivery) -> Value {
    let okdesk = okdesk();
    let stored = hook(&okdesk, &delivery.body.to_string());
    let HttpAnswer::Json { status, body } =
        okdesk.answer(&stored, &Outcome::Committed { record: pult_domain::RecordId(1) })
    else {
        panic!("a hook is answered by JSON")
    };
    let meaning = match okdesk.parse(&stored, now()) {
        Ok(parsed) => json!({"facts": parsed.facts}),
        Err(error) => json!({"not_understood": error}),
    };
    json!({"status": status, "answer": body, "order": okdesk.order_of(&stored), "meaning": meaning})
}

/// What an answer is taken to say. Those to calls we do not make show how they are judged.
fn heard(request: &Request, response: &Response) -> String {
    let asked = if request.method == "GET" { Asked::Reading } else { Asked::Writing };
    let status = StatusCode::from_u16(response.status).unwrap();
    let answer = Answer { status, headers: HeaderMap::new(), body: response.text().into() };
    let content = match judge(&answer, asked, &Mask::default()) {
        Ok(content) => content,
        Err(error) => return format!("{error:#?}"),
    };
    let path: Vec<_> = request.path.trim_start_matches("/api/v1/").split('/').collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["contacts", ..]) => {
            format!("{:#?}", wire::author(&content, content["id"].as_i64().unwrap_or(909_090)))
        }
        ("GET", ["issues", "list"]) => {
            let issues: Vec<_> = content.as_array().unwrap().iter().map(|row| wire::listed(row).unwrap()).collect();
            let first = wire::found(content[0].to_string().as_bytes(), now());
            format!("{} issues; {:#?}\n{first:#?}", issues.len(), issues[0])
        }
        ("GET", ["issues", "statuses"]) => format!("{:#?}", wire::status_codes(&content)),
        ("GET", ["issues", id]) if *id != "count" => {
            format!("{:#?}", wire::shown(&content, pult_domain::IssueId(id.parse().unwrap())))
        }
        _ => "taken".to_owned(),
    }
}

#[test]
fn samples_mean_what_their_snapshots_say() {
    let samples = samples();
    assert_eq!(samples.len(), 38);
    for sample in samples {
        match (&sample.delivery, &sample.request, &sample.response) {
            (Some(delivery), ..) => insta::assert_json_snapshot!(sample.sample.as_str(), told(delivery)),
            (_, Some(request), Some(response)) => {
                insta::assert_snapshot!(sample.sample.as_str(), heard(request, response));
            }
            _ => panic!("{} is of a new kind: say what it means", sample.sample),
        }
    }
}

//! What each sample of the contract means.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::*;
use crate::{
    Asked, Delivery, Webhook,
    samples::folder,
    tracker::trouble::{Intent, judge},
    transport::{http::Answer, mask::Mask},
};

#[derive(Deserialize)]
struct Sample {
    sample: String,
    delivery: Option<Told>,
    expected: Option<Expected>,
    request: Option<Request>,
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Told {
    headers: BTreeMap<String, String>,
    raw_body: String,
}

#[derive(Deserialize)]
struct Expected {
    http_status: u16,
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
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Value,
}

impl Response {
    fn answer(&self) -> Answer {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.insert(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        let body = match &self.body {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        Answer { status: StatusCode::from_u16(self.status).unwrap(), headers, body: body.into() }
    }
}

fn samples() -> Vec<Sample> {
    let mut files: Vec<_> = std::fs::read_dir(folder(NAME)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let samples = files.iter().map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap());
    samples.filter(|sample: &Sample| !sample.sample.starts_with("y360_")).collect()
}

/// What becomes of a hook.
fn taken_in(tracker: &Tracker, told: &Told, expected: &Expected) -> Value {
    let headers: Vec<_> = told.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let request = hooks::request(tracker, &headers, told.raw_body.as_bytes());
    let route = request.route;
    match request.accept(tracker, now()) {
        Err(rejection) => {
            let answer = tracker.turn_away(&route, &rejection);
            let crate::HttpAnswer::Json { status, .. } = answer else { panic!("{answer:?}") };
            assert_eq!(status, expected.http_status);
            json!({"turned_away": status, "why": rejection.to_string()})
        }
        Ok(verified) => {
            assert_eq!(expected.http_status, 200);
            let stored = tracker.redact(&verified);
            let meaning = tracker.parse(&stored, now()).map(|parsed| parsed.facts).map_err(|error| error.to_string());
            json!({"order": tracker.order_of(&stored), "stored": stored, "meaning": meaning})
        }
    }
}

/// The method of ours that a sample is an answer to, and an effect it may have been asked for.
fn asked(request: &Request) -> Option<(&'static str, &'static str)> {
    let path: Vec<_> = request.path.trim_start_matches("/v3/").trim_end_matches('/').split('/').collect();
    Some(match (request.method.as_str(), path.as_slice()) {
        ("GET", ["myself"]) => ("GET myself", "read_comments"),
        ("GET", ["queues", _, "localFields"]) => ("GET queues/{key}/localFields", "link_issue"),
        ("POST", ["issues"]) => ("POST issues", "create_issue"),
        ("GET", ["issues", _]) => ("GET issues/{key}", "read_issue"),
        ("PATCH", ["issues", _]) => ("PATCH issues/{key}", "link_issue"),
        ("POST", ["issues", "_search"]) => ("POST issues/_search", "search_issues"),
        ("GET", ["issues", _, "comments"]) => ("GET issues/{key}/comments", "read_comments"),
        ("POST", ["issues", _, "comments"]) => ("POST issues/{key}/comments", "post_comment"),
        ("GET", ["issues", _, "transitions"]) => ("GET issues/{key}/transitions", "read_issue"),
        ("POST", ["issues", _, "transitions", _, "_execute"]) => {
            ("POST issues/{key}/transitions/{id}/_execute", "change_issue")
        }
        _ => return None,
    })
}

/// What an answer is taken to say, in a receipt and in its parts.
fn heard(tracker: &Tracker, request: &Request, response: &Response) -> String {
    let answer = response.answer();
    let Some((method, kind)) = asked(request) else {
        return format!("not called: {:#?}", judge(&answer, Intent::Reading, &Mask::default()).map(|_| ()));
    };
    let (effect, key) = (Effect::example(kind).unwrap(), key());
    let asked = Asked { method, effect: &effect, key: &key, at: now() };
    let said = format!("{:#?}", tracker.understand(&asked, &answer));
    let Ok(content) = judge(&answer, Intent::Reading, &Mask::default()) else { return said };
    let parts = match method {
        "GET issues/{key}/comments" => {
            let rows = content.as_array().unwrap().iter();
            let own = "8000000000000077";
            format!("{:#?}", rows.map(|row| wire::comment(row, own, &BTreeMap::new())).collect::<Vec<_>>())
        }
        "GET issues/{key}/transitions" => {
            let rows = content.as_array().unwrap().iter();
            format!("{:#?}", rows.map(|row| wire::transition(&tracker.settings, row)).collect::<Vec<_>>())
        }
        "GET myself" => format!("{:#?}", people::own(&content)),
        "GET queues/{key}/localFields" => format!("{:#?}", fields::Fields::of("DESK", &content, "")),
        _ => return said,
    };
    format!("{said}\n{parts}")
}

#[test]
fn samples_mean_what_their_snapshots_say() {
    let tracker = tracker();
    let samples = samples();
    assert_eq!(samples.len(), 28);
    for sample in samples {
        match (&sample.delivery, &sample.expected, &sample.request, &sample.response) {
            (Some(told), Some(expected), ..) => {
                insta::assert_json_snapshot!(sample.sample.as_str(), taken_in(&tracker, told, expected));
            }
            (_, _, Some(request), Some(response)) => {
                insta::assert_snapshot!(sample.sample.as_str(), heard(&tracker, request, response));
            }
            _ => panic!("{} is of a new kind: say what it means", sample.sample),
        }
    }
}

/// The body of a sample's request.
fn sent(name: &str) -> Value {
    let text = std::fs::read_to_string(folder(NAME).join(format!("{name}.json"))).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["request"]["body"].clone()
}

#[tokio::test]
async fn we_search_for_our_mark_as_the_sample_does() {
    let fields = server::good(local_fields(&["name", "sourceRef"]));
    let (vendor, tracker) = server::Vendor::with([fields, server::good(json!([]))]).await;
    assert!(tracker.find_created("console:a1:5f0c2d7e", &mut vec![]).await.unwrap().is_none());
    assert_eq!(vendor.asked(1).json(), sent("search_by_ref"));
}

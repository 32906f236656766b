//! What each sample of the contract means.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::{
    Asked,
    samples::folder,
    transport::{http::Answer, mask::Mask},
};

#[derive(Deserialize)]
struct Sample {
    sample: String,
    request: Request,
    response: Response,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    host: String,
    path: String,
    #[serde(default)]
    query: Vec<(String, String)>,
    #[serde(default)]
    form: Option<Value>,
    #[serde(default)]
    body: Value,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    body: Value,
    body_raw: Option<String>,
}

impl Response {
    fn answer(&self) -> Answer {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.insert(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        let body = self.body_raw.clone().unwrap_or_else(|| self.body.to_string());
        Answer { status: StatusCode::from_u16(self.status).unwrap(), headers, body: body.into() }
    }
}

fn samples() -> Vec<Sample> {
    let mut files: Vec<_> = std::fs::read_dir(folder(NAME)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

fn sample(name: &str) -> Sample {
    samples().into_iter().find(|s| s.sample == name).unwrap_or_else(|| panic!("no sample {name}"))
}

/// The answer of a sample.
pub(super) fn answered(name: &str) -> server::Line {
    let answer = sample(name).response.answer();
    let line = server::line(answer.status.as_u16(), String::from_utf8(answer.body.to_vec()).unwrap());
    match answer.headers.get("retry-after") {
        Some(pause) => line.with("retry-after", pause.to_str().unwrap()),
        None => line,
    }
}

/// The body of a sample's request.
pub(super) fn sent(name: &str) -> Value {
    sample(name).request.body
}

/// The form of a sample's sign-in.
pub(super) fn form(name: &str) -> std::collections::BTreeMap<String, String> {
    serde_json::from_value(sample(name).request.form.unwrap()).unwrap()
}

/// The method of ours that a sample is an answer to, and an effect it may have been asked for.
fn asked(request: &Request) -> Option<(&'static str, Effect)> {
    let catalogue = Effect::ReadCatalogue {};
    let filter = request.query.iter().find(|(name, _)| name == "$filter").map_or("", |(_, value)| value);
    Some(match (request.method.as_str(), request.path.trim_start_matches('/')) {
        ("POST", "connect/token") => ("connect/token", look()),
        ("GET", "tasklist/odata/tasks") if filter.starts_with("tasknumber") => ("tasklist/odata/tasks", give()),
        ("GET", path) if path.starts_with("tasklist/odata/") => ("tasklist/odata/tasks", look()),
        ("PUT", "changes/tasks" | "changes/v3/tasks") => ("changes/tasks", give()),
        ("POST", "rules/api/rules") => ("rules/api/rules", catalogue),
        ("GET", "changes/api/Services") => ("changes/api/Services", catalogue),
        ("GET", path) if path.ends_with("Employees") => ("settings/odata/Employees", catalogue),
        ("GET", path) if path.ends_with("EmployeeGroups") => ("settings/odata/v2/EmployeeGroups", catalogue),
        ("GET", path) if path.contains("serviceusers") => ("settings/api/serviceusers", catalogue),
        ("GET", "api/task") => ("api/task", Effect::ListUnassigned { service: ServiceId(5), oldest_first: true }),
        ("GET", path) if path.starts_with("api/task/") => {
            let Effect::AssignTicket { assignment, service, person, since, .. } = give() else { panic!() };
            let ticket = TicketNumber(90_101);
            ("api/task/{id}", Effect::AssignTicket { assignment, service, ticket, person, since, instead_of: None })
        }
        _ => return None,
    })
}

#[test]
fn samples_mean_what_their_snapshots_say() {
    crate::transport::http::tests::provider();
    let connected = |settings| Intradesk::new(settings, credentials(), Arc::new(start)).unwrap();
    let cloud = connected(Settings::new("company", by_password()));
    let classic = connected(Settings::classic("https://desk.example.com/".parse().unwrap(), "bot"));
    let samples = samples();
    assert_eq!(samples.len(), 32);
    for sample in samples {
        let answer = sample.response.answer();
        let desk = if sample.request.host == "classic" { &classic } else { &cloud };
        let meaning = match asked(&sample.request) {
            Some((method, effect)) => {
                let key = key();
                let asked = Asked { method, effect: &effect, key: &key, at: start() };
                // What is read of it, and what that means in a word.
                format!("{:#?}\n{}", desk.desk.understand(&asked, &answer), word(&desk.understand(&asked, &answer)))
            }
            None => format!("{:#?}", trouble::judge(&answer, trouble::Intent::Writing, &Mask::default())),
        };
        insta::assert_snapshot!(sample.sample.as_str(), meaning);
    }
}

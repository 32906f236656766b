//! What the tests of the HTTP services share: samples of the contracts, a comparison of shapes, and who talks to a service.
//! Expectations come from the contracts, never from a client. Somebody who receives hooks is in `receiver`.

use std::{fs, net::SocketAddr, path::Path};

use reqwest::{Client, Method, header::HeaderMap, redirect::Policy};
use serde_json::Value;

/// The samples of a vendor, by name.
pub(crate) fn samples(vendor: &str) -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(vendor);
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    let read = |path: &Path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    all.iter().map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(path))).collect()
}

/// One sample.
pub(crate) fn sample(vendor: &str, name: &str) -> Value {
    samples(vendor).into_iter().find(|(known, _)| known == name).unwrap().1
}

/// Where two documents are not of one shape. Anything fits nothing; of a list the first elements are compared; keys that
/// are `more` may stand in `answer` alone.
pub(crate) fn differences(sample: &Value, answer: &Value, more: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    compare("", sample, answer, more, &mut found);
    found
}

fn compare(path: &str, sample: &Value, answer: &Value, more: &[&str], found: &mut Vec<String>) {
    match (sample, answer) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(wanted), Value::Object(got)) => {
            for (key, value) in wanted {
                match got.get(key) {
                    Some(other) => compare(&format!("{path}.{key}"), value, other, more, found),
                    None => found.push(format!("{path}.{key} is missing")),
                }
            }
            let new = got.keys().filter(|key| !wanted.contains_key(*key) && !more.contains(&key.as_str()));
            found.extend(new.map(|key| format!("{path}.{key} is new")));
        }
        (Value::Array(wanted), Value::Array(got)) => {
            if let (Some(first), Some(other)) = (wanted.first(), got.first()) {
                compare(&format!("{path}[0]"), first, other, more, found);
            }
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => {}
        _ => found.push(format!("{path}: {sample} is not like {answer}")),
    }
}

/// An HTTP client without habits; it goes where it is sent and no further.
pub(crate) fn client() -> Client {
    // Whichever test comes first installs it for all.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().redirect(Policy::none()).pool_max_idle_per_host(0).build().unwrap()
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer { status, headers, text: response.text().await? })
}

/// A control interface and who talks to it.
pub(crate) struct Control {
    pub(crate) http: Client,
    pub(crate) at: SocketAddr,
}

impl Control {
    /// An order, which has to be taken without a word.
    pub(crate) async fn order(&self, path: &str, order: Value) {
        let answer = self.ask(Method::POST, path, order).await;
        assert_eq!(answer.status, 204, "{path}: {}", answer.text);
    }

    /// An order that is answered with something.
    pub(crate) async fn make(&self, path: &str, order: Value) -> Value {
        let answer = self.ask(Method::POST, path, order).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, Value::Null).await.json()
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.http.request(method, format!("http://{}{path}", self.at));
        send(if body.is_null() { request } else { request.json(&body) }).await.unwrap()
    }
}

//! Requests to the messenger: with the token, at its pace, none while it asked for patience, and told without secrets.
//!
//! Deliberately not here: what is asked for, and another attempt (the lane's).

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::StatusCode;
use pult_domain::Failure;
use reqwest::Method;
use serde_json::Value;
use tokio::time::Instant as Tick;
use url::Url;

use crate::{
    CallError, Credentials, Exchange,
    transport::{
        http as web,
        mask::{HIDDEN, Mask},
        obstacle::Obstacle,
        pace::Pace,
    },
};

use super::{
    Settings, TOKEN,
    trouble::{Intent, Trouble, judge, refused, unanswered},
};

/// The longest a request about messages may take.
const MESSAGE: Duration = Duration::from_secs(8);
/// The longest a request about people and forms may take.
pub(super) const SHORT: Duration = Duration::from_secs(6);
/// The longest a request may take that carries a file.
pub(super) const LONGEST: Duration = Duration::from_secs(60);
/// Looks into the history a second.
const HISTORY: u32 = 2;
/// The longest pause of our own after a limit without a word of how long.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    intent: Intent,
    total: Duration,
}

impl Call {
    fn new(method: Method, path: impl Into<String>, body: Option<Value>, intent: Intent) -> Self {
        Self { method, path: path.into(), query: vec![], body, intent, total: MESSAGE }
    }

    /// Reads something.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, None, Intent::Repeatable)
    }

    /// Changes something so that doing it twice changes nothing more.
    pub(super) fn put(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::PUT, path, Some(body), Intent::Repeatable)
    }

    /// Makes something that is there only once however often it is made.
    pub(super) fn make(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path, None, Intent::Repeatable)
    }

    /// Does something that done twice is two things.
    pub(super) fn once(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::POST, path, Some(body), Intent::Once)
    }

    /// With a parameter.
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Which may take so long.
    pub(super) fn within(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }
}

/// The messenger's wish to be left alone.
#[derive(Debug, Default)]
struct Hold {
    until: Option<Tick>,
    /// Wishes in a row.
    times: u32,
}

/// The API behind its address.
pub(super) struct Client {
    http: web::Client,
    base: Url,
    credentials: Arc<dyn Credentials>,
    reads: Pace,
    history: Pace,
    hold: Mutex<Hold>,
}

impl Client {
    pub(super) fn new(http: web::Client, settings: &Settings, credentials: Arc<dyn Credentials>) -> Self {
        let mut base = settings.base.clone();
        base.set_query(None);
        base.set_fragment(None);
        let (reads, history) = (Pace::new(settings.read_rate_per_second), Pace::new(HISTORY));
        Self { http, base, credentials, reads, history, hold: Mutex::default() }
    }

    /// Whether nobody on the way can read what is said.
    pub(super) fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The token.
    ///
    /// # Errors
    /// [`CallError::Unauthorized`] where none has been set.
    pub(super) fn token(&self) -> Result<String, CallError> {
        let token = self.credentials.secret(TOKEN).filter(|token| !token.is_empty());
        token.ok_or_else(|| CallError::Unauthorized { detail: format!("no {TOKEN} has been set") })
    }

    /// What must not be seen in anything kept.
    pub(super) fn mask(&self) -> Mask {
        Mask::new(self.token().ok().as_deref())
    }

    /// Calls once; what was said is added to `said`.
    ///
    /// # Errors
    /// What to do next. What was not sent is never said to be in doubt.
    pub(super) async fn call(&self, call: &Call, said: &mut Vec<Exchange>) -> Result<Value, Trouble> {
        if call.method == Method::GET {
            self.pace(&call.path).turn().await;
        }
        self.is_free()?;
        let token = self.token().map_err(Trouble::of)?;
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(call.path.split('/'));
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut request = self.http.request(call.method.clone(), url).timeout(call.total).bearer_auth(&token);
        request = request.header(reqwest::header::CONTENT_TYPE, "application/json; charset=utf-8");
        if let Some(body) = &call.body {
            request = request.body(body.to_string());
        }
        let request = request.build();
        let request =
            request.map_err(|_| Trouble::of(refused(Failure::Refused, "the address cannot be asked".to_owned())))?;
        let mask = Mask::new([token.as_str()]);
        let mut spoken = self.http.send(request, &mask).await;
        let status = spoken.exchange.status.and_then(|status| StatusCode::from_u16(status).ok());
        spoken.exchange.response = without_secrets(std::mem::take(&mut spoken.exchange.response));
        said.push(spoken.exchange);
        let outcome = match (spoken.whole, spoken.outcome) {
            (Some(answer), _) | (None, Ok(answer)) => judge(&answer, call.intent),
            (None, Err(error)) => {
                let lost = matches!(error, CallError::OutcomeUnknown { .. });
                let broke = lost && status.is_none() && spoken.obstacle == Some(Obstacle::Broken);
                let error = unanswered(error, status, call.intent);
                Err(Trouble { broke, status: status.map(|status| status.as_u16()), ..Trouble::of(error) })
            }
        };
        self.heed(outcome).map_err(|trouble| trouble.hidden(&mask))
    }

    fn pace(&self, path: &str) -> &Pace {
        if path == super::poll::EVENTS { &self.history } else { &self.reads }
    }

    fn hold(&self) -> MutexGuard<'_, Hold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the messenger may be asked at all: its limit is the token's, whatever was asked when it was reached.
    fn is_free(&self) -> Result<(), Trouble> {
        let left = self.hold().until.and_then(|until| until.checked_duration_since(Tick::now()));
        match left.filter(|left| !left.is_zero()) {
            None => Ok(()),
            Some(left) => Err(Trouble::of(CallError::Retry {
                after: Some(left),
                detail: "the messenger asked to be left alone; nothing was sent".to_owned(),
            })),
        }
    }

    /// Takes note of a limit, and says how long it is heeded.
    fn heed<T>(&self, outcome: Result<T, Trouble>) -> Result<T, Trouble> {
        let mut hold = self.hold();
        match outcome {
            Err(Trouble { error: CallError::Retry { after, detail }, code, status, broke }) => {
                let pause = after.unwrap_or_else(|| pause(hold.times, rand::random()));
                hold.times = hold.times.saturating_add(1);
                hold.until = Tick::now().checked_add(pause).max(hold.until);
                Err(Trouble { code, status, broke, error: CallError::Retry { after: Some(pause), detail } })
            }
            Ok(_) | Err(Trouble { error: CallError::Refused { .. }, .. }) => {
                hold.times = 0;
                outcome
            }
            Err(_) => outcome,
        }
    }
}

/// How long to wait for a limit of unknown length: 1, 2, 4 s and so on, half as long again at most; `chance` is from 0 to 1.
fn pause(times: u32, chance: f64) -> Duration {
    let seconds = 1_u64.checked_shl(times.min(6)).unwrap_or(64);
    Duration::from_secs(seconds).mul_f64(0.5 + chance.clamp(0.0, 1.0)).min(LONGEST_PAUSE)
}

/// An answer as it is kept: without the token it repeats, what an upload is signed with, and the links by which anybody could fetch a
/// file. The head ends at the first empty line.
fn without_secrets(response: String) -> String {
    let Some((head, body)) = response.split_once("\n\n") else { return response };
    let kept = match serde_json::from_str::<Value>(body) {
        Ok(mut content) => match hide(&mut content) {
            true => content.to_string(),
            false => return response,
        },
        // Cut off somewhere: what is secret cannot be told from the rest.
        Err(_) if ["token", "policy", "ignature", "url"].iter().any(|word| body.contains(word)) => HIDDEN.to_owned(),
        Err(_) => return response,
    };
    format!("{head}\n\n{kept}")
}

fn hide(content: &mut Value) -> bool {
    match content {
        Value::Array(rows) => rows.iter_mut().fold(false, |found, row| hide(row) | found),
        Value::Object(fields) => fields.iter_mut().fold(false, |found, (name, value)| {
            let name = name.to_ascii_lowercase();
            if name == "token" || name == "policy" || name.starts_with("x-amz-") {
                *value = HIDDEN.into();
                return true;
            }
            match value.as_str().and_then(|text| text.split_once('?')) {
                Some((address, query)) if name.ends_with("url") && query.contains("ignature") => {
                    *value = format!("{address}?{HIDDEN}").into();
                    true
                }
                _ => hide(value) | found,
            }
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_are_never_the_same_for_all() {
        let bounds: Vec<_> =
            (0..8).map(|times| (pause(times, 0.0).as_millis(), pause(times, 1.0).as_millis())).collect();
        assert_eq!(bounds[..3], [(500, 1500), (1000, 3000), (2000, 6000)]);
        assert_eq!(bounds[6..], [(32_000, 60_000), (32_000, 60_000)]);
    }

    #[test]
    fn what_others_could_use_is_not_kept() {
        for body in [
            r#"{"data":{"id":1,"token":"hush"}}"#,
            r#"{"data":{"id":1,"\u0074oken":{"a":"hush"}}}"#,
            r#"{"policy":"hush","x-amz-signature":"hush","X-Amz-Credential":"hush"}"#,
            r#"{"data":[{"files":[{"url":"https://f.example.com/1?a=1&X-Amz-Signature=hush"}]}]}"#,
            r#"{"data":{"token":"hush","na"#,
        ] {
            let kept = without_secrets(format!("200 OK\na: b\n\n{body}"));
            assert!(kept.starts_with("200 OK\na: b\n\n") && kept.contains("***") && !kept.contains("hush"), "{kept}");
        }
        for response in
            ["", "200 OK\n\n", "200 OK\n\n{\"b\": 1, \"url\":\"https://a.example.com/?x=1\"}", "502\n\n<html>"]
        {
            assert_eq!(without_secrets(response.to_owned()), response);
        }
    }
}

//! Requests to the tracker: with the key of whoever asks, two at once, at an even pace, and told without keys (contracts/redmine 1).
//!
//! Deliberately not here: another attempt (the lanes'), and what is asked for (the modules beside).

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use jiff::fmt::rfc2822;
use pult_domain::{Failure, Instant};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tokio::sync::Semaphore;
use url::Url;

use crate::{
    CallError, Credentials, Exchange,
    transport::{
        http::{self as web, Answer},
        mask::{HIDDEN, Mask},
        pace::Pace,
    },
};

use super::{
    KEY,
    loose::{at, digest},
    persons::{Persons, secret_name},
    query::{Style, Tickets},
    trouble::{Intent, Trouble, judge, refused, strange, without_answer},
};

/// The longest wait for a connection.
pub(super) const CONNECT: Duration = Duration::from_secs(5);
/// Requests under way at once.
pub(super) const AT_ONCE: usize = 2;
/// Requests a second.
pub(super) const PER_SECOND: u32 = 10;
const API_KEY: &str = "x-redmine-api-key";
/// What a person's key is called where the tracker shows it.
const SHOWN_KEY: &str = "\"api_key\":\"";
/// By which words are known that only some may read.
const PRIVATE: &str = "\"private_notes\":true";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As<'a> {
    /// The engine's own account.
    Engine,
    /// A person's own account, by the tracker's number.
    Person(i64),
    /// A key just typed in.
    Typed(&'a str),
}

impl As<'_> {
    /// The account an effect names.
    pub(super) fn account(account: Option<i64>) -> Self {
        account.map_or(Self::Engine, Self::Person)
    }
}

/// The tracker behind its address.
pub(super) struct Client {
    http: web::Client,
    base: Url,
    total: Duration,
    file: Duration,
    credentials: Arc<dyn Credentials>,
    pub(super) persons: Persons,
    at_once: Semaphore,
    pace: Pace,
}

/// How long a request may take.
pub(super) struct Bounds {
    pub(super) total: Duration,
    pub(super) file: Duration,
    pub(super) per_second: u32,
}

/// A good answer.
pub(super) struct Heard {
    pub(super) content: Value,
    /// The tracker's clock, where it tells.
    pub(super) date: Option<Instant>,
}

/// A page of a list.
pub(super) struct Listed {
    pub(super) rows: Vec<Value>,
    /// How many there are in all, where it is told.
    pub(super) total: Option<u64>,
    /// How many a page holds.
    pub(super) limit: u64,
    pub(super) date: Option<Instant>,
}

/// A key and what hides it.
struct Pass {
    key: String,
    header: HeaderValue,
    mask: Mask,
}

impl Client {
    pub(super) fn new(http: web::Client, base: Url, credentials: Arc<dyn Credentials>, bounds: &Bounds) -> Self {
        Self {
            http,
            base,
            total: bounds.total,
            file: bounds.file,
            credentials,
            persons: Persons::default(),
            at_once: Semaphore::new(AT_ONCE),
            pace: Pace::new(bounds.per_second),
        }
    }

    /// Whether nobody on the way can read what is said.
    pub(super) fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// By which this tracker is told from another.
    pub(super) fn place(&self) -> String {
        digest(self.base.as_str().as_bytes())
    }

    /// By which the engine's key is told from another; nothing where there is none.
    pub(super) fn account(&self) -> String {
        self.secret(As::Engine).map(|key| digest(key.as_bytes())).unwrap_or_default()
    }

    /// What must not be seen in anything kept.
    pub(super) fn mask(&self) -> Mask {
        Mask::new(self.secret(As::Engine).as_deref())
    }

    /// The key of an account as it is kept.
    pub(super) fn secret(&self, who: As<'_>) -> Option<String> {
        let kept = match who {
            As::Engine => self.credentials.secret(KEY),
            As::Person(id) => self.credentials.secret(&secret_name(id)),
            As::Typed(key) => Some(key.to_owned()),
        };
        kept.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty())
    }

    fn pass(&self, who: As<'_>) -> Result<Pass, CallError> {
        let lacks = |what: &str| match who {
            As::Person(id) => refused(Failure::Rights, format!("the key of the account {id}: {what}")),
            As::Engine | As::Typed(_) => CallError::Unauthorized { detail: what.to_owned() },
        };
        let key = self.secret(who).ok_or_else(|| lacks("no key has been set"))?;
        if let As::Person(id) = who
            && self.persons.is_refused(id, &key)
        {
            return Err(lacks("it was refused and is still the same: the person gives a new one"));
        }
        let mut header = HeaderValue::from_str(&key).map_err(|_| lacks("the key holds what no key can hold"))?;
        header.set_sensitive(true);
        Ok(Pass { header, mask: Mask::new([key.as_str()]), key })
    }

    fn address(&self, path: &[&str], query: &[(String, String)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Reads something.
    pub(super) async fn get(
        &self,
        who: As<'_>,
        path: &[&str],
        query: &[(&str, &str)],
        said: &mut Vec<Exchange>,
    ) -> Result<Heard, CallError> {
        let query: Vec<_> = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = self.http.request(Method::GET, self.address(path, &query)).timeout(self.total);
        Ok(self.ask(who, request, Intent::Reading, said).await?)
    }

    /// A page of the list of tickets.
    pub(super) async fn tickets(
        &self,
        who: As<'_>,
        style: Style,
        wanted: &Tickets<'_>,
        said: &mut Vec<Exchange>,
    ) -> Result<Listed, CallError> {
        let url = self.address(&["issues.json"], &wanted.query(style));
        let request = self.http.request(Method::GET, url).timeout(self.total);
        let heard = self.ask(who, request, Intent::Reading, said).await?;
        listed(heard, "issues")
    }

    /// Changes something.
    pub(super) async fn change(
        &self,
        who: As<'_>,
        method: Method,
        path: &[&str],
        body: &Value,
        said: &mut Vec<Exchange>,
    ) -> Result<Value, Trouble> {
        let request = self.http.request(method, self.address(path, &[])).timeout(self.total);
        // Without this header the body is not read there.
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        Ok(self.ask(who, request, Intent::Once, said).await?.content)
    }

    /// Puts a file there for a ticket or a note to come.
    pub(super) async fn upload(
        &self,
        who: As<'_>,
        name: &str,
        content: Bytes,
        said: &mut Vec<Exchange>,
    ) -> Result<Value, Trouble> {
        let url = self.address(&["uploads.json"], &[("filename".to_owned(), name.to_owned())]);
        let request = self.http.request(Method::POST, url).timeout(self.file);
        let request = request.header(header::CONTENT_TYPE, "application/octet-stream").body(content);
        // A file that nobody takes is thrown away there.
        Ok(self.ask(who, request, Intent::Repeatable, said).await?.content)
    }

    /// The content of a file, by its path below the tracker's address. What comes without a name for it is a page in its place.
    pub(super) async fn download(&self, path: &str, at_most: u64) -> Result<Bytes, CallError> {
        let no_file = |why: &str| refused(Failure::Refused, why);
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        let pass = self.pass(As::Engine)?;
        let request = self.http.request(Method::GET, url).timeout(self.file).header(API_KEY, pass.header);
        let request = request.build().map_err(|_| no_file("the address cannot be asked"))?;
        let bound = usize::try_from(at_most).unwrap_or(usize::MAX);
        let spoken = {
            let _place = self.at_once.acquire().await.map_err(|_| strange("no place for a request"))?;
            self.pace.turn().await;
            self.http.of_at_most(bound).send(request, &pass.mask).await
        };
        match spoken.whole {
            Some(answer) if answer.status.is_success() => {
                let is_page = answer.worth_reading().is_err();
                match is_page && !answer.headers.contains_key(header::CONTENT_DISPOSITION) {
                    true => Err(no_file("the answer is a page and no file")),
                    false => Ok(answer.body),
                }
            }
            Some(answer) => match judge(&answer, Intent::Reading, &pass.mask) {
                Ok(_) => Err(no_file("the answer is no file")),
                Err(trouble) => Err(trouble.error),
            },
            None => Err(spoken.outcome.err().unwrap_or_else(|| strange("the answer is no file"))),
        }
    }

    async fn ask(
        &self,
        who: As<'_>,
        request: RequestBuilder,
        intent: Intent,
        said: &mut Vec<Exchange>,
    ) -> Result<Heard, Trouble> {
        let pass = self.pass(who).map_err(Trouble::of)?;
        let request = request.header(API_KEY, pass.header).build();
        let request =
            request.map_err(|_| Trouble::of(refused(Failure::Refused, "the address cannot be said in a request")))?;
        let mut spoken = {
            let place = self.at_once.acquire().await;
            let _place = place.map_err(|_| Trouble::of(strange("no place for a request")))?;
            self.pace.turn().await;
            self.http.send(request, &pass.mask).await
        };
        spoken.exchange.request = without_private(spoken.exchange.request);
        spoken.exchange.response = without_private(without_keys(spoken.exchange.response));
        let status = spoken.exchange.status.and_then(|status| StatusCode::from_u16(status).ok());
        said.push(spoken.exchange);
        // A page for people means by its status what the tracker itself would mean.
        let outcome = match (spoken.whole, spoken.outcome) {
            (Some(answer), _) | (None, Ok(answer)) => {
                judge(&answer, intent, &pass.mask).map(|content| Heard { content, date: date(&answer) })
            }
            (None, Err(error)) => {
                Err(Trouble { error: without_answer(error, status.is_some(), intent), status, wordless: false })
            }
        };
        outcome.map_err(|trouble| match (who, trouble.error) {
            // One person's key is not the engine's: the lane goes on for everybody else.
            (As::Person(id), CallError::Unauthorized { detail }) => {
                self.persons.refuse(id, &pass.key);
                let reason = format!("the key of the account {id} was refused: {detail}");
                Trouble { error: refused(Failure::Rights, reason), ..trouble_of(trouble.status) }
            }
            (_, error) => Trouble { error, ..trouble },
        })
    }
}

fn trouble_of(status: Option<StatusCode>) -> Trouble {
    Trouble { error: strange(""), status, wordless: false }
}

/// The rows of a page under their name.
pub(super) fn listed(heard: Heard, name: &str) -> Result<Listed, CallError> {
    let Heard { mut content, date } = heard;
    let count = |name| at(&content, &[name]).as_u64();
    let (total, limit) = (count("total_count"), count("limit"));
    match content.get_mut(name).map(Value::take) {
        Some(Value::Array(rows)) => {
            let limit = limit.filter(|limit| *limit > 0).unwrap_or(rows.len() as u64);
            Ok(Listed { rows, total, limit, date })
        }
        _ => Err(strange(&format!("the answer holds no {name}"))),
    }
}

fn date(answer: &Answer) -> Option<Instant> {
    let date = answer.headers.get(header::DATE)?.to_str().ok()?;
    rfc2822::DateTimeParser::new().parse_timestamp(date.trim()).ok()
}

/// What was said as it is kept: without its body where that holds words that only some may read.
fn without_private(said: String) -> String {
    match (said.contains(PRIVATE), said.find('{')) {
        (true, Some(body)) => format!("{}{{…}}", &said[..body]),
        _ => said,
    }
}

/// An answer as it is kept: without keys of whoever it shows.
fn without_keys(response: String) -> String {
    if !response.contains(SHOWN_KEY) {
        return response;
    }
    let mut parts = response.split(SHOWN_KEY);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(SHOWN_KEY);
        kept.push_str(HIDDEN);
        // Cut off somewhere: what is left of a key is a key's.
        kept.push_str(part.find('"').map_or("", |end| &part[end..]));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_words_are_not_kept() {
        let open = "PUT /issues/1.json\n\n{\"issue\":{\"notes\":\"a\",\"private_notes\":false}}";
        assert_eq!(without_private(open.to_owned()), open);
        assert_eq!(without_private(open.replace("false", "true")), "PUT /issues/1.json\n\n{…}");
    }

    #[test]
    fn keys_of_whoever_is_shown_are_not_kept() {
        for (answer, kept) in [
            (
                r#"{"users":[{"id":1,"api_key":"abc","x":1},{"api_key":"de"}]}"#,
                r#"{"users":[{"id":1,"api_key":"***","x":1},{"api_key":"***"}]}"#,
            ),
            (r#"{"user":{"api_key":"ab"#, r#"{"user":{"api_key":"***"#),
            ("nothing", "nothing"),
        ] {
            assert_eq!(without_keys(answer.to_owned()), kept);
        }
    }
}

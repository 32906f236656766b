//! How a trigger of the queue calls us (contracts/yandex_tracker 6).
//!
//! The body is not signed, so it is only a hint: an issue's key and a comment's id, from our template, from the older program's, or from
//! what a quotation mark in a comment left of either. Deliberately not here: reading what the hint speaks of.

use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER};
use http::{HeaderMap, header};
use jiff::SignedDuration;
use pult_domain::{Fact, FactKey, Instant, Observed, areas::chat_link};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    HttpAnswer, Outcome, ParseError, Rejection, Reply, Route, StoredRequest, Unverified, Verdict, Verified, Webhook,
    reason,
    transport::{
        mask::{HIDDEN, Mask},
        proof,
    },
};

use super::{
    HOOK_KEY, HOOK_KEY_NEXT, NAME, Tracker,
    loose::{at, is_key, text},
};

/// What was sent longer ago came late (contracts/yandex_tracker 6).
const LATE: SignedDuration = SignedDuration::from_mins(10);
const KEY_HEADER: &str = "x-hook-secret";
/// Headers worth keeping.
const KEPT: [&str; 3] = ["content-type", "user-agent", "x-startrek-transport"];
/// A key shorter than this could be a part of any text, so it is not looked for in what is told.
const TELLING: usize = 8;

const ROUTES: &[Route] = &[Route {
    method: "POST",
    path: "/hooks/tracker",
    name: "hook",
    summary: "The tracker says that something happened to an issue",
    max_body: 1024 * 1024,
    cors: false,
}];

/// What a body speaks of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hint {
    pub(super) issue: String,
    pub(super) comment: Option<String>,
}

/// The issue and the comment that a body names, where it names an issue.
pub(super) fn hint(body: &[u8]) -> Option<Hint> {
    let Ok(content) = serde_json::from_slice::<Value>(body) else { return torn(&String::from_utf8_lossy(body)) };
    let of = |paths: &[&[&str]]| paths.iter().find_map(|path| text(at(&content, path), 64));
    let issue = of(&[&["key"], &["issue", "key"], &["issue", "issueKey"], &["issueKey"]]).filter(|key| is_key(key))?;
    let comment = of(&[&["comment", "id"], &["comment", "commentId"], &["comment", "key"]]);
    Some(Hint { issue, comment: comment.filter(|id| is_id(id)) })
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The same for a body that is not JSON, because somebody's words in it were not escaped.
fn torn(body: &str) -> Option<Hint> {
    let mut values = ["key", "issueKey"].iter().flat_map(|name| values(body, name));
    let issue = values.find(|value| is_key(value))?.to_owned();
    // Behind the word, so that no other number is taken for it.
    let comment = body.split_once("\"comment\"").map_or("", |(_, rest)| rest);
    let id = ["id", "commentId"].iter().flat_map(|name| self::values(comment, name)).next();
    Some(Hint { issue, comment: id.filter(|id| is_id(id) && id.len() <= 64).map(str::to_owned) })
}

/// The values that stand behind a name, texts or numbers.
fn values<'b>(body: &'b str, name: &str) -> impl Iterator<Item = &'b str> {
    let name = format!("\"{name}\"");
    let places: Vec<usize> = body.match_indices(&name).map(|(place, _)| place + name.len()).take(100).collect();
    places.into_iter().filter_map(|place| {
        let value = body.get(place..)?.trim_start().strip_prefix(':')?.trim_start();
        let value = value.strip_prefix('"').unwrap_or(value);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(value.len());
        value.get(..end)
    })
}

/// What a hook tells.
pub(super) fn told(record: &StoredRequest, received_at: Instant) -> Result<Observed, ParseError> {
    let hint = hint(&record.body)
        .ok_or_else(|| ParseError::at("key", reason!("an issue's key is required, for instance DESK-41")))?;
    let key = match &hint.comment {
        Some(comment) => format!("{}:{comment}", hint.issue),
        // Nothing tells one change from the next: the issue is read again each time.
        None => {
            let digest = HEXLOWER.encode(&Sha256::digest(&record.body));
            format!("{}:{}:{received_at}", hint.issue, digest.get(..16).unwrap_or_default())
        }
    };
    let late = sent_at(&record.body).is_some_and(|sent| received_at.duration_since(sent) > LATE);
    let fact = chat_link::Fact::IssueStirred { issue: hint.issue, comment: hint.comment, since: None, late };
    Ok(Observed { key: FactKey(key), at: received_at, fact: Fact::ChatLink(fact) })
}

/// When a body of our template says it was sent.
fn sent_at(body: &[u8]) -> Option<Instant> {
    let content = serde_json::from_slice::<Value>(body).ok()?;
    let seconds = text(at(&content, &["sentAt"]), 32)?.trim().parse::<i64>().ok()?;
    Instant::from_second(seconds).ok()
}

/// Something happened to an issue, found by looking.
pub(super) fn found(key: String, issue: String, since: Option<Instant>, at: Instant) -> Observed {
    let fact = chat_link::Fact::IssueStirred { issue, comment: None, since, late: false };
    Observed { key: FactKey(key), at, fact: Fact::ChatLink(fact) }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// What the header of an authorization holds: a token, or the password behind a name.
fn authorized(headers: &HeaderMap) -> Option<String> {
    let (scheme, said) = header(headers, header::AUTHORIZATION.as_str())?.trim().split_once(' ')?;
    let said = said.trim();
    if ["oauth", "bearer"].iter().any(|token| scheme.eq_ignore_ascii_case(token)) {
        return Some(said.to_owned());
    }
    let pair = scheme.eq_ignore_ascii_case("basic").then(|| BASE64.decode(said.as_bytes()).ok()).flatten()?;
    String::from_utf8(pair).ok()?.split_once(':').map(|(_, password)| password.to_owned())
}

impl Tracker {
    /// The keys that hold now; two while one takes the other's place.
    pub(super) fn hook_keys(&self) -> Vec<String> {
        let keys = [HOOK_KEY, HOOK_KEY_NEXT].into_iter().filter_map(|name| self.credentials.secret(name));
        keys.filter(|key| !key.is_empty()).collect()
    }
}

impl Webhook for Tracker {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn verify(&self, request: &Unverified, _now: Instant) -> Result<Verdict, Rejection> {
        let keys = self.hook_keys();
        if !self.settings.enabled || keys.is_empty() {
            return Err(Rejection::NotSetUp);
        }
        let in_header = header(&request.headers, KEY_HEADER).map(str::to_owned);
        let given: Vec<String> =
            [in_header, authorized(&request.headers)].into_iter().flatten().filter(|given| !given.is_empty()).collect();
        if given.is_empty() {
            return Err(Rejection::Missing);
        }
        // All are compared, so that the time taken does not tell which one fitted.
        let pairs = given.iter().flat_map(|given| keys.iter().map(move |key| (given, key)));
        match pairs.fold(false, |fits, (given, key)| fits | proof::same_secret(given, key)) {
            true => Ok(Verdict::Key { client: NAME.to_owned() }),
            false => Err(Rejection::Wrong),
        }
    }

    fn redact(&self, request: &Verified) -> StoredRequest {
        let request = request.request();
        let keys = self.hook_keys();
        let mask = Mask::new(keys.iter().map(String::as_str).filter(|key| key.len() >= TELLING));
        let kept = KEPT.iter().filter_map(|name| {
            header(&request.headers, name).map(|value| ((*name).to_owned(), mask.hide(value).into_owned()))
        });
        let hidden =
            [KEY_HEADER, header::AUTHORIZATION.as_str()].into_iter().filter(|name| request.headers.contains_key(*name));
        StoredRequest {
            route: request.route.name.to_owned(),
            method: request.method.to_string(),
            path: request.path.clone(),
            // The contract knows nothing there.
            query: vec![],
            headers: kept.chain(hidden.map(|name| (name.to_owned(), HIDDEN.to_owned()))).collect(),
            body: match std::str::from_utf8(&request.body) {
                Ok(text) => mask.hide(text).into_owned().into(),
                Err(_) => request.body.clone(),
            },
        }
    }

    fn reply(&self, _record: &StoredRequest) -> Reply {
        Reply::AtCommit
    }

    /// Whatever was said: the tracker could not say it better a second time.
    fn answer(&self, _record: &StoredRequest, outcome: &Outcome) -> HttpAnswer {
        match outcome {
            Outcome::NotRecorded => refusal(503, "the event was not recorded; send it again"),
            _ => HttpAnswer::Raw {
                status: 200,
                content_type: "text/plain; charset=utf-8",
                body: Bytes::from_static(b"ok"),
            },
        }
    }

    fn turn_away(&self, _route: &Route, rejection: &Rejection) -> HttpAnswer {
        let status = match rejection {
            Rejection::NotSetUp if !self.settings.enabled => 503,
            // Without a key nobody can be let in, and nobody outside has to know why.
            Rejection::NotSetUp | Rejection::Missing | Rejection::Wrong | Rejection::Stale => 401,
            Rejection::BadField { .. } => 400,
        };
        refusal(status, &rejection.to_string())
    }
}

fn refusal(status: u16, detail: &str) -> HttpAnswer {
    HttpAnswer::Json { status, body: json!({ "detail": detail }) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hint_is_found_in_every_shape() {
        let hint_of = |issue: &str, comment: Option<&str>| {
            Some(Hint { issue: issue.to_owned(), comment: comment.map(str::to_owned) })
        };
        for (body, want) in [
            (r#"{"key":"DESK-41","comment":{"id":"13"}}"#, hint_of("DESK-41", Some("13"))),
            (r#"{"key":"DESK-41","comment":{"id":13}}"#, hint_of("DESK-41", Some("13"))),
            (r#"{"issue":{"issueKey":"DESK-41"},"comment":{"commentId":"13"}}"#, hint_of("DESK-41", Some("13"))),
            (r#"{"issue":{"key":"DESK-41"},"comment":{"key":"13","text":"x"}}"#, hint_of("DESK-41", Some("13"))),
            (r#"{"key":"DESK-41","comment":{"id":""}}"#, hint_of("DESK-41", None)),
            (r#"{"key":"DESK-41","comment":{"id":"../1"}}"#, hint_of("DESK-41", None)),
            (r#"{"key": "DESK-41","comment":{"text":"a "b"","id":"13"}}"#, hint_of("DESK-41", Some("13"))),
            (r#"{"id":"9","key" : "DESK-41","text":"a "b""}"#, hint_of("DESK-41", None)),
            (r#"{"key":"no key","issueKey":"DESK-41" x"#, hint_of("DESK-41", None)),
            (r#"{"key":"desk-41"}"#, None),
            (r#"{"key":["DESK-41"]}"#, None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(hint(body.as_bytes()), want, "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(\"key\"|\"comment\"|\"id\"|:|\"|A-1|\\{|\\PC){0,40}") {
            let _ = hint(&bytes);
            let _ = hint(text.as_bytes());
        }
    }
}

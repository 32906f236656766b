//! The service desk's words: what it tells us, issues and contacts as it lists them. What they mean to us stands at the bottom.
//!
//! Hooks and the API write the same things in two shapes: ids as text or numbers, a rating as a word or an object, the contact
//! in one of three places (contracts/okdesk 3, 5). Both are read by the same functions. Deliberately not here: who may say it
//! (`intake`), and refusals (`trouble`).

use std::str::FromStr;

use data_encoding::HEXLOWER;
use pult_domain::{
    Fact, FactKey, Instant, IssueId, Observed, RatingId,
    areas::ratings::{self, Contact, Lack, Rate, Sighting, StatusChange, Voice},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{CallError, ParseError, StoredRequest, reason};

use super::{intake, trouble::strange};

/// The most characters of a title, a name.
const MAX_TEXT: usize = 500;
/// The most characters of a code or a word.
const MAX_CODE: usize = 128;
/// The event of another status, by the contract's name and one that is seen as well.
const STATUS: [&str; 2] = ["new_ticket_status", "issue.status_changed"];
/// The event of a rating.
const RATED: &str = "new_csat_rate";

fn at<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().fold(value, |value, name| value.get(name).unwrap_or(&Value::Null))
}

/// An id: a number, or its digits as text.
fn id(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|id| *id > 0)
}

/// A text that says something, cut to `most` characters.
fn text(value: &Value, most: usize) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(|text| text.chars().take(most).collect())
}

fn instant(value: &Value) -> Option<Instant> {
    value.as_str()?.trim().parse().ok()
}

/// The rating an issue has: a word, or an object with one.
fn rate(issue: &Value) -> Option<String> {
    let rate = at(issue, &["rate"]);
    text(rate, MAX_CODE).or_else(|| text(at(rate, &["value"]), MAX_CODE))
}

/// Who wrote an issue, where the person is one of the clients'.
fn contact(issue: &Value) -> Option<i64> {
    id(at(issue, &["client", "contact", "id"])).or_else(|| id(at(issue, &["contact", "id"]))).or_else(|| {
        let author = at(issue, &["author"]);
        id(at(author, &["id"])).filter(|_| at(author, &["type"]) == "contact")
    })
}

fn change(issue: &Value, status: String, sighting: Sighting) -> Result<Box<StatusChange>, ParseError> {
    Ok(Box::new(StatusChange {
        issue: issue_id(issue)?,
        title: text(at(issue, &["title"]), MAX_TEXT).unwrap_or_default(),
        status,
        contact: contact(issue),
        rate: rate(issue),
        sighting,
    }))
}

fn issue_id(issue: &Value) -> Result<IssueId, ParseError> {
    id(at(issue, &["id"]))
        .map(IssueId)
        .ok_or_else(|| ParseError::at("issue.id", reason!("a positive number is required")))
}

fn object(body: &[u8]) -> Result<Value, ParseError> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|e| ParseError::at("body", reason!("not JSON (line {}, column {})", e.line(), e.column())))?;
    if body.is_object() { Ok(body) } else { Err(ParseError::at("body", reason!("must be an object"))) }
}

/// What a hook tells.
#[derive(Debug)]
pub(super) enum News {
    /// An issue has another status.
    Status(Box<StatusChange>, FactKey),
    /// An issue was rated there.
    Rated(IssueId, Option<Rate>, FactKey),
    /// Something that is not ours to know, by its name there.
    Other(String),
}

/// Reads a hook's body.
pub(super) fn news(body: &[u8]) -> Result<News, ParseError> {
    let body = object(body)?;
    let (event, issue) = (at(&body, &["event"]), at(&body, &["issue"]));
    if !event.is_object() {
        return Err(ParseError::at("event", reason!("must be an object")));
    }
    let new_status = at(event, &["new_status", "code"]);
    let kind = match at(event, &["event_type"]) {
        Value::String(kind) => kind.as_str(),
        // The contract of old names no event: a new status says enough.
        Value::Null if !new_status.is_null() => STATUS[0],
        _ => return Err(ParseError::at("event.event_type", reason!("a text is required"))),
    };
    if kind != RATED && !STATUS.contains(&kind) {
        return Ok(News::Other(kind.chars().take(MAX_CODE).collect()));
    }
    if !issue.is_object() {
        return Err(ParseError::at("issue", reason!("must be an object")));
    }
    if kind == RATED {
        let word = text(at(event, &["rate"]), MAX_CODE).or_else(|| rate(issue));
        let key = key(RATED, issue, &[word.as_deref().unwrap_or_default()])?;
        return Ok(News::Rated(issue_id(issue)?, word.and_then(|word| Rate::from_str(&word).ok()), key));
    }
    let status = text(new_status, MAX_CODE).or_else(|| text(at(issue, &["status", "code"]), MAX_CODE));
    let status = status.ok_or_else(|| ParseError::at("event.new_status.code", reason!("a text is required")))?;
    let before = text(at(event, &["old_status", "code"]), MAX_CODE).unwrap_or_default();
    let key = key(STATUS[0], issue, &[&before, &status])?;
    Ok(News::Status(change(issue, status, Sighting::Told)?, key))
}

/// The issue a body speaks of, where one can be made out.
pub(super) fn issue_of(body: &[u8]) -> Option<i64> {
    let body: Value = serde_json::from_slice(body).ok()?;
    id(at(&body, &["issue", "id"])).or_else(|| id(at(&body, &["id"])))
}

/// By what a repeated hook is known: the service desk numbers none of them (contracts/okdesk 5).
fn key(kind: &str, issue: &Value, more: &[&str]) -> Result<FactKey, ParseError> {
    let issue_id = issue_id(issue)?;
    let completed = at(issue, &["completed_at"]).as_str().unwrap_or_default();
    let mut digest = Sha256::new();
    for part in more.iter().chain([&completed]) {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    Ok(FactKey(format!("{kind}/{issue_id}/{}", HEXLOWER.encode(&digest.finalize()[..16]))))
}

/// An issue of a list.
#[derive(Debug)]
pub(super) struct Listed {
    /// By what its closing is known.
    pub(super) key: FactKey,
    /// Its number.
    pub(super) id: IssueId,
    /// The code of its status.
    pub(super) status: String,
    /// Whether it has a rating.
    pub(super) is_rated: bool,
    /// When something of it was last changed.
    pub(super) updated_at: Option<Instant>,
}

impl Listed {
    /// Changes with every change of the issue.
    pub(super) fn look(&self) -> String {
        format!("{}/{}", self.id, self.updated_at.map(|at| at.to_string()).unwrap_or_default())
    }
}

/// Reads an issue of a list.
pub(super) fn listed(issue: &Value) -> Result<Listed, ParseError> {
    let id = issue_id(issue)?;
    let status = text(at(issue, &["status", "code"]), MAX_CODE);
    let status = status.ok_or_else(|| ParseError::at("status.code", reason!("a text is required")))?;
    // A closing without a time is still told apart by the solving before it, which a later change leaves as it is.
    let solved = at(issue, &["completed_at"]).as_str().unwrap_or_default().to_owned();
    let closing = closed_at(issue, &status).map_or(solved, |at| at.to_string());
    Ok(Listed {
        key: FactKey(format!("found/{id}/{closing}")),
        id,
        status,
        is_rated: rate(issue).is_some(),
        updated_at: instant(at(issue, &["updated_at"])),
    })
}

fn closed_at(issue: &Value, status: &str) -> Option<Instant> {
    instant(at(issue, &["status_times", status]))
}

/// The codes of the statuses an account has.
pub(super) fn status_codes(content: &Value) -> Vec<String> {
    let rows = content.as_array().map_or(&[][..], Vec::as_slice);
    rows.iter().filter_map(|row| text(at(row, &["code"]), MAX_CODE)).collect()
}

/// The rating an issue shows.
pub(super) fn shown(content: &Value, issue: IssueId) -> Result<Option<String>, CallError> {
    match id(at(content, &["id"])) {
        Some(id) if id == issue.0 => Ok(rate(content)),
        // Its rating would be taken for absent, and another one set over it.
        _ => Err(strange("the answer is not the issue asked for")),
    }
}

/// The author of an issue among what a search for the id found: an object, a list of them, or an empty container.
pub(super) fn author(content: &Value, wanted: i64) -> Result<Contact, Lack> {
    let hits = content.as_array().map_or_else(|| std::slice::from_ref(content), Vec::as_slice);
    let hit = hits.iter().find(|hit| id(at(hit, &["id"])) == Some(wanted)).ok_or(Lack::NoContact)?;
    let email = text(at(hit, &["email"]), MAX_TEXT).ok_or(Lack::NoEmail)?;
    let name = text(at(hit, &["name"]), MAX_TEXT).unwrap_or_else(|| {
        let parts = ["last_name", "first_name", "patronymic"].map(|part| text(at(hit, &[part]), MAX_TEXT));
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    Ok(Contact { name, email })
}

fn observed(key: FactKey, at: Instant, fact: ratings::Fact) -> Observed {
    Observed { key, at, fact: Fact::Ratings(fact) }
}

impl News {
    /// What it means to us.
    pub(super) fn facts(self, received_at: Instant) -> Vec<Observed> {
        match self {
            Self::Status(change, key) => vec![observed(key, received_at, ratings::Fact::StatusChanged(change))],
            Self::Rated(issue, rate, key) => {
                vec![observed(key, received_at, ratings::Fact::RatedElsewhere { issue, rate })]
            }
            Self::Other(_) => vec![],
        }
    }
}

/// What a record of a listed issue means.
pub(super) fn found(body: &[u8], received_at: Instant) -> Result<Observed, ParseError> {
    let issue = object(body)?;
    let listed = listed(&issue)?;
    let closed_at = closed_at(&issue, &listed.status);
    let change = change(&issue, listed.status, Sighting::Found { closed_at })?;
    Ok(observed(listed.key, closed_at.unwrap_or(received_at), ratings::Fact::StatusChanged(change)))
}

/// What the record of a followed and confirmed link means. Every confirmation is an act of its own, so the key is left to the
/// engine: whoever comes second is to hear that it was rated already.
pub(super) fn answered(record: &StoredRequest, received_at: Instant) -> Result<Observed, ParseError> {
    let number = |field: &str| -> Result<i64, ParseError> {
        let value = record.query_value(field).and_then(|value| value.parse().ok());
        value.ok_or_else(|| ParseError::at(field, reason!("a number is required")))
    };
    let rate = record.query_value(intake::RATE).and_then(|word| Rate::from_str(word).ok());
    let fact = ratings::Fact::Answered {
        request: Some(RatingId(number(intake::REQUEST)?)),
        issue: Some(IssueId(number(intake::ISSUE)?)),
        rate: rate.ok_or_else(|| ParseError::at(intake::RATE, reason!("good, normal or bad")))?,
        voice: Voice::Link,
    };
    Ok(observed(FactKey::from(""), received_at, fact))
}

//! The tracker's words: issues, comments and their files as it shows them. What they mean to us stands at the bottom of each.
//!
//! Empty fields are absent there, references have an id and mostly a key (contracts/yandex_tracker 1, 2). Deliberately not here: asking
//! for them, and refusals (`trouble`).

use std::collections::BTreeMap;

use pult_domain::areas::chat_link::{Comment, FileLink, IssueCard, IssueRow, Transition, shown::Conversation};
use serde_json::Value;

use crate::CallError;

use super::{
    Settings, Tracker,
    fields::{self, held},
    loose::{at, cut, instant, is_key, number, single, text},
    people::login,
    trouble::strange,
};

/// The most characters of a title.
const MAX_TITLE: usize = 1_000;
/// The most characters of a name, a code or an id.
const MAX_NAME: usize = 200;
/// The most characters of a comment.
const MAX_TEXT: usize = 100_000;
/// The most characters of an address.
const MAX_LINK: usize = 2_000;
/// The most files of a comment, transitions and people of an issue.
const MANY: usize = 200;
/// Who wrote what nobody signed.
const UNKNOWN: &str = "Неизвестный";
/// Types of statuses that end an issue.
const ENDS: [&str; 2] = ["done", "closed"];

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten().take(MANY)
}

/// Whether a status ends an issue. `kind` is its type, which is told with the issue or with the status.
fn ends(settings: &Settings, status: &Value, kind: &Value) -> bool {
    let word = |value: &Value| text(at(value, &["key"]), MAX_NAME).unwrap_or_default().to_lowercase();
    let key = word(status);
    settings.closed_statuses.iter().any(|closed| closed.trim().to_lowercase() == key)
        || [kind, at(status, &["statusType"])].iter().any(|kind| ENDS.contains(&word(kind).as_str()))
}

fn is_over(settings: &Settings, issue: &Value) -> bool {
    ends(settings, at(issue, &["status"]), at(issue, &["statusType"]))
}

fn name(reference: &Value) -> Option<String> {
    text(at(reference, &["display"]), MAX_NAME).or_else(|| text(at(reference, &["id"]), MAX_NAME))
}

/// Who wrote a comment, for people (behaviour/chat_tracker 2).
fn author_name(author: &Value) -> String {
    let told = ["display", "displayName", "name", "login", "email"];
    let name = told.into_iter().find_map(|key| text(at(author, &[key]), MAX_NAME));
    name.or_else(|| text(author, MAX_NAME)).unwrap_or_else(|| UNKNOWN.to_owned())
}

/// The key of an issue.
pub(super) fn key(issue: &Value) -> Option<String> {
    text(at(issue, &["key"]), MAX_NAME).filter(|key| is_key(key))
}

fn status_name(issue: &Value) -> String {
    let status = at(issue, &["status"]);
    text(at(status, &["display"]), MAX_NAME).or_else(|| text(at(status, &["key"]), MAX_NAME)).unwrap_or_default()
}

/// A way an issue can go, and the status it leads to.
pub(super) fn transition(settings: &Settings, row: &Value) -> Option<(Transition, String)> {
    let id = text(at(row, &["id"]), MAX_NAME)?;
    let to = at(row, &["to"]);
    let shown = |value: &Value| text(at(value, &["display"]), MAX_NAME);
    let name = shown(row).or_else(|| shown(to)).unwrap_or_else(|| id.clone());
    let ends = ends(settings, to, &Value::Null);
    Some((Transition { id, name, ends }, text(at(to, &["key"]), MAX_NAME).unwrap_or_default()))
}

/// A line of a list.
pub(super) fn row(settings: &Settings, issue: &Value) -> Option<IssueRow> {
    let key = key(issue)?;
    Some(IssueRow {
        url: settings.page(&key),
        summary: text(at(issue, &["summary"]), MAX_TITLE).unwrap_or_default(),
        status: status_name(issue),
        assignee: name(at(issue, &["assignee"])),
        over: is_over(settings, issue),
        key,
    })
}

/// The addresses of an issue's files by their ids.
pub(super) fn addresses(issue: &Value) -> BTreeMap<String, Value> {
    let files = at(issue, &["attachments"]).as_array().into_iter().flatten();
    files.filter_map(|file| Some((text(at(file, &["id"]), MAX_NAME)?, file.clone()))).collect()
}

/// A file of a comment. What the comment leaves out of it stands with the issue.
fn file(shown: &Value, addresses: &BTreeMap<String, Value>) -> Option<FileLink> {
    let whole = text(at(shown, &["id"]), MAX_NAME).and_then(|id| addresses.get(&id)).unwrap_or(&Value::Null);
    let said = |names: &[&str], most| {
        names.iter().find_map(|name| text(at(shown, &[name]), most).or_else(|| text(at(whole, &[name]), most)))
    };
    Some(FileLink {
        name: said(&["name", "display"], MAX_NAME)?,
        size: number(at(shown, &["size"]))
            .or_else(|| number(at(whole, &["size"])))
            .and_then(|size| size.try_into().ok()),
        source: said(&["content", "self"], MAX_LINK)?,
        page: None,
    })
}

/// A comment; `ours` is our own id.
pub(super) fn comment(row: &Value, ours: &str, addresses: &BTreeMap<String, Value>) -> Option<Comment> {
    let author = at(row, &["createdBy"]);
    Some(Comment {
        id: text(at(row, &["id"]), MAX_NAME)?,
        author: author_name(author),
        own: text(at(author, &["id"]), MAX_NAME).is_some_and(|id| id == ours),
        text: at(row, &["text"]).as_str().map(|text| cut(text, MAX_TEXT)).unwrap_or_default(),
        at: instant(at(row, &["createdAt"])),
        files: list(at(row, &["attachments"])).filter_map(|shown| file(shown, addresses)).collect(),
    })
}

impl Tracker {
    /// The issue an answer shows.
    pub(super) fn card(&self, answer: &Value) -> Result<IssueCard, CallError> {
        let issue = single(answer).ok_or_else(|| strange("the answer is not an issue"))?;
        let key = key(issue).ok_or_else(|| strange("the answer is an issue without a key"))?;
        let people = |name| list(at(issue, &[name])).filter_map(|person| login(person, &self.people)).collect();
        let transitions = list(at(issue, &["transitions"])).filter_map(|row| transition(&self.settings, row));
        Ok(IssueCard {
            id: text(at(issue, &["id"]), MAX_NAME).unwrap_or_default(),
            url: self.settings.page(&key),
            summary: text(at(issue, &["summary"]), MAX_TITLE).unwrap_or_default(),
            status: text(at(issue, &["status", "key"]), MAX_NAME).unwrap_or_default(),
            status_name: status_name(issue),
            over: is_over(&self.settings, issue),
            assignee: name(at(issue, &["assignee"])),
            followers: people("followers"),
            access: people("access"),
            transitions: transitions.map(|(transition, _)| transition).collect(),
            conversation: self.conversation(issue),
            key,
        })
    }

    /// The conversation an issue names, where it names both the chat and the message.
    pub(super) fn conversation(&self, issue: &Value) -> Option<Conversation> {
        let held = |key| held(issue, key, self.prefix())?.parse().ok();
        Some(Conversation { user: held(fields::USER), chat: held(fields::CHAT)?, message: held(fields::MESSAGE)? })
    }

    /// Whether an issue is one of our queue.
    pub(super) fn is_ours(&self, issue: &Value) -> bool {
        let said = |name| text(at(issue, &["queue", name]), MAX_NAME);
        let id = self.settings.queue_id.trim();
        said("key").as_deref() == Some(self.settings.queue_key.trim())
            || !id.is_empty() && said("id").as_deref() == Some(id)
    }
}

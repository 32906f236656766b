//! The tracker's words: tickets, their history, files and people as it shows them, and what they mean to us (contracts/redmine 3, 4, 8).
//!
//! Empty references are absent there. All of it is bounded: whoever writes a ticket decides how long it is. Deliberately not here: asking for
//! them, and refusals (`trouble`).

use std::collections::BTreeSet;

use pult_domain::{
    Instant, TicketId,
    areas::tickets::{Attachment, Card, Detail, Entry, Named, Part, Ticket},
};
use serde_json::Value;

use super::loose::{MAX_NAME, MAX_TEXT, at, cut, instant, list, long, named, number, text};

/// The most entries of a history, the last of them.
const MAX_ENTRIES: usize = 500;
/// The most of anything else that a ticket has many of.
const MANY: usize = 500;
/// The most addresses of a ticket.
const MAX_EMAILS: usize = 50;
/// The most characters of a value of a field.
const MAX_VALUE: usize = 2_000;
/// Fields in which some trackers keep addresses.
const EMAILS: [&str; 2] = ["easy_email_to", "easy_email_cc"];

/// The ticket of an answer that shows one.
pub(super) fn issue(answer: &Value) -> Option<&Value> {
    answer.get("issue").filter(|issue| issue.is_object())
}

/// The number, the project and the last change of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) project: i64,
    pub(super) changed: Instant,
}

/// What the poll has to know of a row.
pub(super) fn row(issue: &Value) -> Option<Row> {
    let (id, project) = (number(at(issue, &["id"]))?, number(at(issue, &["project", "id"]))?);
    Some(Row { id, project, changed: instant(at(issue, &["updated_on"]))? })
}

/// A ticket without its history; the name of the field that is missing otherwise.
pub(super) fn card(issue: &Value) -> Result<Card, &'static str> {
    let person = |name| named(at(issue, &[name]));
    let day = |name| text(at(issue, &[name]), 10);
    let created_on = instant(at(issue, &["created_on"])).ok_or("created_on")?;
    Ok(Card {
        id: TicketId(number(at(issue, &["id"])).ok_or("id")?),
        project: person("project").ok_or("project")?,
        tracker: person("tracker").unwrap_or(Named { id: 0, name: String::new() }),
        status: person("status").ok_or("status")?,
        closed: at(issue, &["status", "is_closed"]).as_bool(),
        priority: person("priority").unwrap_or(Named { id: 0, name: String::new() }),
        author: person("author"),
        assignee: person("assigned_to"),
        category: text(at(issue, &["category", "name"]), MAX_NAME),
        parent: number(at(issue, &["parent", "id"])).map(TicketId),
        subject: text(at(issue, &["subject"]), MAX_NAME).unwrap_or_default(),
        description: long(at(issue, &["description"])).to_owned(),
        done_ratio: number(at(issue, &["done_ratio"])).unwrap_or_default().clamp(0, 100).try_into().unwrap_or_default(),
        private: at(issue, &["is_private"]).as_bool().unwrap_or_default(),
        emails: emails(issue),
        custom: list(issue, "custom_fields").take(MANY).filter_map(custom).collect(),
        start_date: day("start_date"),
        due_date: day("due_date"),
        created_on,
        updated_on: instant(at(issue, &["updated_on"])).unwrap_or(created_on),
        closed_on: instant(at(issue, &["closed_on"])),
    })
}

/// A ticket with its history; the name of the field that is missing otherwise.
pub(super) fn ticket(issue: &Value) -> Result<Ticket, &'static str> {
    let mut entries: Vec<Entry> = list(issue, "journals").filter_map(entry).collect();
    // The order is a taste of whoever asks.
    entries.sort_by_key(|entry| entry.id);
    entries.drain(..entries.len().saturating_sub(MAX_ENTRIES));
    let names = |name| list(issue, name).take(MANY).filter_map(named);
    let child = |child: &Value| {
        let name = text(at(child, &["subject"]), MAX_NAME).unwrap_or_default();
        Some(Named { id: number(at(child, &["id"]))?, name })
    };
    Ok(Ticket {
        card: card(issue)?,
        entries,
        attachments: list(issue, "attachments").take(MANY).filter_map(attachment).collect(),
        watchers: names("watchers").collect(),
        children: list(issue, "children").take(MANY).filter_map(child).collect(),
        allowed: at(issue, &["allowed_statuses"]).is_array().then(|| names("allowed_statuses").collect()),
    })
}

fn entry(journal: &Value) -> Option<Entry> {
    let said = long(at(journal, &["notes"]));
    Some(Entry {
        id: number(at(journal, &["id"]))?,
        user: named(at(journal, &["user"])).unwrap_or(Named { id: 0, name: String::new() }),
        notes: (!said.trim().is_empty()).then(|| said.to_owned()),
        private: at(journal, &["private_notes"]).as_bool().unwrap_or_default(),
        details: list(journal, "details").take(MANY).map(detail).collect(),
        created_on: instant(at(journal, &["created_on"]))?,
        updated_on: instant(at(journal, &["updated_on"])),
    })
}

fn detail(detail: &Value) -> Detail {
    let name = text(at(detail, &["name"]), MAX_NAME).unwrap_or_default();
    let property = at(detail, &["property"]).as_str().unwrap_or_default();
    let part = part(property, &name);
    // What was written before, and is written now, stands in the ticket.
    let value = |side| text(at(detail, &[side]), MAX_VALUE).filter(|_| part != Part::Description);
    Detail { part, old: value("old_value"), new: value("new_value"), name }
}

/// What a changed field is to us (contracts/redmine 4).
fn part(property: &str, name: &str) -> Part {
    match (property, name) {
        ("attr", "status_id") => Part::Status,
        ("attr", "assigned_to_id") => Part::Assignee,
        ("attr", "priority_id") => Part::Priority,
        ("attr", "done_ratio") => Part::DoneRatio,
        ("attr", "subject") => Part::Subject,
        ("attr", "description") => Part::Description,
        ("attr", "project_id") => Part::Project,
        ("attr", "tracker_id") => Part::Tracker,
        ("attr", "parent_id" | "child_id") => Part::Relative,
        ("attr", "due_date") => Part::DueDate,
        ("cf", _) => Part::Custom,
        ("attachment", _) => Part::Attachment,
        ("relation", _) => Part::Relation,
        _ => Part::Other,
    }
}

fn attachment(file: &Value) -> Option<Attachment> {
    Some(Attachment {
        id: number(at(file, &["id"]))?,
        name: text(at(file, &["filename"]), MAX_NAME)?,
        size: number(at(file, &["filesize"])).and_then(|size| size.try_into().ok()).unwrap_or_default(),
        content_type: text(at(file, &["content_type"]), MAX_NAME),
        author: text(at(file, &["author", "name"]), MAX_NAME),
        created_on: instant(at(file, &["created_on"]))?,
    })
}

/// A field of the tracker's own with its value as text.
fn custom(field: &Value) -> Option<(String, String)> {
    let name = text(at(field, &["name"]), MAX_NAME)?;
    let value = match at(field, &["value"]) {
        Value::Array(values) => {
            values.iter().take(MANY).filter_map(|value| text(value, MAX_VALUE)).collect::<Vec<_>>().join(", ")
        }
        value => text(value, MAX_VALUE)?,
    };
    (!value.is_empty()).then(|| (name, cut(&value, MAX_VALUE)))
}

/// The names of the tracker's own fields that a ticket has, by number.
pub(super) fn fields(issue: &Value) -> impl Iterator<Item = (i64, String)> {
    list(issue, "custom_fields")
        .take(MANY)
        .filter_map(|field| Some((number(at(field, &["id"]))?, text(at(field, &["name"]), MAX_NAME)?)))
}

/// The addresses of who asks and of who is told: lists of addresses, with or without names.
fn emails(issue: &Value) -> Vec<String> {
    let mut found = BTreeSet::new();
    for field in EMAILS {
        let lists = long(at(issue, &[field]));
        for word in lists.split(|c: char| c.is_whitespace() || ",;<>\"'()".contains(c)) {
            let is_address = word.len() <= MAX_NAME
                && word.split_once('@').is_some_and(|(who, at)| !who.is_empty() && !at.is_empty());
            if is_address && found.len() < MAX_EMAILS {
                found.insert(word.to_lowercase());
            }
        }
    }
    found.into_iter().collect()
}

/// Stands for words that only some may read: that something was said is known, what is not.
pub(super) const SAID: &str = "…";

/// A ticket as its record keeps it: bounded, and without words that only some may read, because records are read by people who may not.
pub(super) fn kept(issue: Value) -> Value {
    let mut issue = bounded(issue);
    let journals = issue.get_mut("journals").and_then(Value::as_array_mut);
    for journal in journals.into_iter().flatten().filter(|journal| journal["private_notes"] == true) {
        let said = journal["notes"].as_str().is_some_and(|notes| !notes.trim().is_empty());
        journal["notes"] = if said { SAID.into() } else { Value::Null };
    }
    issue
}

/// A ticket as it came, without what goes beyond our bounds.
pub(super) fn bounded(mut issue: Value) -> Value {
    let cut = |value: &mut Value| {
        if value.as_str().is_some_and(|text| text.len() > MAX_TEXT) {
            *value = long(value).into();
        }
    };
    issue.get_mut("description").into_iter().for_each(cut);
    let Some(journals) = issue.get_mut("journals").and_then(Value::as_array_mut) else { return issue };
    journals.sort_by_key(|journal| number(at(journal, &["id"])));
    journals.drain(..journals.len().saturating_sub(MAX_ENTRIES));
    for journal in journals {
        journal.get_mut("notes").into_iter().for_each(cut);
        let details = journal.get_mut("details").and_then(Value::as_array_mut);
        for detail in details.into_iter().flatten().filter(|detail| detail["name"] == "description") {
            (detail["old_value"], detail["new_value"]) = (Value::Null, Value::Null);
        }
    }
    issue
}

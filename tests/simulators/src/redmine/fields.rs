//! What a call or a person asks of an issue: fields that count, fields that are dropped without a word, fields that are refused.
//! Saving it, with its journal, is in `state`.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    refused::{Fault, Wrong},
    rights::Who,
    world::{
        World,
        issue::{Detail, Issue},
        tables::Right,
    },
};

/// The text of a value; numbers and texts are one to Redmine.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(u8::from(*flag).to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn number(value: &Value) -> Option<u64> {
    text(value)?.trim().parse().ok()
}

/// Whether a value is a yes.
pub(super) fn truth(value: &Value) -> bool {
    matches!(text(value).as_deref(), Some("1" | "true"))
}

/// Whether an issue has open or closed parts, from which some of its fields follow.
fn derived(world: &World, issue: &Issue) -> bool {
    issue.id != 0 && world.children_of(issue.id).next().is_some()
}

/// Puts what is asked into `new`. Project, tracker and status go first: the rest depends on them. What may not be changed, or has
/// no sense, is passed over; what is answered with are the refusals.
pub(super) fn write(world: &World, who: Who, old: &Issue, new: &mut Issue, asked: &Map<String, Value>) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let fresh = old.id == 0;
    if !fresh && !world.may(who, Right::EditIssues, old.project) {
        return wrong;
    }
    if !fresh && let Some(value) = asked.get("project_id") {
        relocate(world, who, new, value);
    }
    let tracker = asked.get("tracker_id").and_then(number);
    if let Some(tracker) = tracker.filter(|id| world.trackers.iter().any(|known| known.id == *id)) {
        new.tracker = tracker;
    }
    let status = asked.get("status_id").and_then(number).filter(|_| !fresh);
    if let Some(status) = status.filter(|id| world.allowed_statuses(who, new).contains(id)) {
        new.status = status;
    }
    if let Some(value) = asked.get("assigned_to_id").and_then(text) {
        new.assigned_to = if value == "me" { who } else { value.trim().parse().ok() };
    }
    let derived = derived(world, old);
    if let Some(value) = asked.get("priority_id").filter(|_| !derived) {
        match number(value).filter(|id| world.priorities.iter().any(|known| known.id == *id)) {
            Some(priority) => new.priority = priority,
            None => wrong.push(Wrong::new("priority_id", Fault::Blank)),
        }
    }
    simple(world, new, asked);
    if let Some(value) = asked.get("done_ratio").filter(|_| !derived) {
        match number(value).filter(|ratio| *ratio <= 100) {
            Some(ratio) => new.done_ratio = ratio,
            None => wrong.push(Wrong::new("done_ratio", Fault::NotIncluded)),
        }
    }
    if !derived {
        for (field, date) in [("start_date", &mut new.start_date), ("due_date", &mut new.due_date)] {
            let Some(value) = asked.get(field).and_then(text) else { continue };
            match value.parse::<Date>() {
                Ok(day) => *date = Some(day),
                Err(_) if value.is_empty() => *date = None,
                Err(_) => wrong.push(Wrong::new(field, Fault::NotADate)),
            }
        }
    }
    let may = |right: Right| world.may(who, right, new.project);
    let (hides, parts) = (may(Right::SetIssuesPrivate), may(Right::ManageSubtasks));
    if let Some(value) = asked.get("is_private").filter(|_| hides) {
        new.is_private = truth(value);
    }
    if let Some(value) = asked.get("parent_issue_id").filter(|_| parts).and_then(text) {
        match parent(world, who, new, value.trim_start_matches('#')) {
            Some(parent) => new.parent = parent,
            None => wrong.push(Wrong::new("parent_issue_id", Fault::Invalid)),
        }
    }
    wrong
}

/// Fields that take anything.
fn simple(world: &World, new: &mut Issue, asked: &Map<String, Value>) {
    if let Some(subject) = asked.get("subject").and_then(text) {
        new.subject = subject;
    }
    if let Some(value) = asked.get("description") {
        // Line ends are kept the way mail has them.
        let lines = |text: String| text.replace("\r\n", "\n").replace(['\r', '\n'], "\r\n");
        new.description = text(value).filter(|_| !value.is_null()).map(lines);
    }
    if let Some(value) = asked.get("category_id").and_then(text) {
        let known = world.project_of(new.project).map(|project| project.categories.as_slice()).unwrap_or_default();
        let id = value.parse().ok();
        new.category = id.filter(|id| known.iter().any(|(category, _)| category == id));
    }
    if let Some(value) = asked.get("estimated_hours").and_then(text) {
        new.estimated_hours = value.parse().ok();
    }
    for field in asked.get("custom_fields").and_then(Value::as_array).into_iter().flatten() {
        let id = field.get("id").and_then(number);
        let Some(id) = id.filter(|id| world.custom_fields.iter().any(|known| known.id == *id)) else { continue };
        let value = field.get("value").and_then(text).unwrap_or_default();
        new.custom.insert(id, value);
    }
    for (name, field) in [("easy_email_to", &mut new.easy_email_to), ("easy_email_cc", &mut new.easy_email_cc)] {
        if let Some(value) = asked.get(name) {
            *field = text(value).filter(|_| !value.is_null());
        }
    }
}

/// Another project, where issues may be made; nothing of the old one is kept that the new one has not.
fn relocate(world: &World, who: Who, new: &mut Issue, to: &Value) {
    let Some(project) = text(to).and_then(|named| world.project(&named)) else { return };
    if project.id == new.project || !world.may(who, Right::AddIssues, project.id) {
        return;
    }
    let before = world.project_of(new.project).map(|project| project.categories.as_slice()).unwrap_or_default();
    let name = new.category.and_then(|id| before.iter().find(|(known, _)| *known == id)).map(|(_, name)| name);
    new.category = name.and_then(|name| project.categories.iter().find(|(_, known)| known == name)).map(|(id, _)| *id);
    new.parent = None;
    new.project = project.id;
}

/// The parent of a number, or none for an empty one; nothing where it cannot be.
fn parent(world: &World, who: Who, new: &Issue, named: &str) -> Option<Option<u64>> {
    if named.is_empty() {
        return Some(None);
    }
    let parent = world.issues.get(&named.parse().ok()?)?;
    let mut above = Some(parent.id);
    while let Some(id) = above {
        if id == new.id {
            return None;
        }
        above = world.issues.get(&id).and_then(|issue| issue.parent);
    }
    (parent.project == new.project && world.sees(who, parent)).then_some(Some(parent.id))
}

/// What is wrong with an issue as a whole, in the order it is told.
pub(super) fn validate(world: &World, old: &Issue, new: &Issue, mut wrong: Vec<Wrong>) -> Vec<Wrong> {
    let mut first = Vec::new();
    if new.subject.trim().is_empty() {
        first.push(Wrong::new("subject", Fault::Blank));
    } else if new.subject.chars().count() > 255 {
        first.push(Wrong::new("subject", Fault::TooLong));
    }
    let dates = |issue: &Issue| (issue.start_date, issue.due_date);
    if dates(old) != dates(new) && new.start_date.zip(new.due_date).is_some_and(|(start, due)| due < start) {
        wrong.push(Wrong::new("due_date", Fault::BeforeStart));
    }
    let before = (old.id != 0).then_some(old.assigned_to).flatten();
    if new.assigned_to != before && new.assigned_to.is_some_and(|to| !world.is_assignable(new, before, to)) {
        wrong.push(Wrong::new("assigned_to_id", Fault::Invalid));
    }
    first.extend(wrong);
    first
}

/// What changed between two states, as the history tells it: in the order of the table's columns.
pub(super) fn differences(old: &Issue, new: &Issue) -> Vec<Detail> {
    let id = |value: Option<u64>| value.map(|id| id.to_string());
    let day = |value: Option<Date>| value.map(|day| day.to_string());
    let flag = |value: bool| Some(u8::from(value).to_string());
    let hours = |value: Option<f64>| value.map(|hours| format!("{hours:?}"));
    let of = |issue: &Issue| {
        [
            ("tracker_id", id(Some(issue.tracker))),
            ("project_id", id(Some(issue.project))),
            ("subject", Some(issue.subject.clone())),
            ("description", issue.description.clone()),
            ("due_date", day(issue.due_date)),
            ("category_id", id(issue.category)),
            ("status_id", id(Some(issue.status))),
            ("assigned_to_id", id(issue.assigned_to)),
            ("priority_id", id(Some(issue.priority))),
            ("start_date", day(issue.start_date)),
            ("done_ratio", id(Some(issue.done_ratio))),
            ("estimated_hours", hours(issue.estimated_hours)),
            ("parent_id", id(issue.parent)),
            ("is_private", flag(issue.is_private)),
            ("easy_email_to", issue.easy_email_to.clone()),
            ("easy_email_cc", issue.easy_email_cc.clone()),
        ]
    };
    let blank = |value: &Option<String>| value.as_deref().is_none_or(|text| text.trim().is_empty());
    let pairs = of(old).into_iter().zip(of(new));
    let changed = pairs.filter(|((_, was), (_, is))| was != is && !(blank(was) && blank(is)));
    let mut found: Vec<Detail> = changed.map(|((name, was), (_, is))| Detail::attr(name, was, is)).collect();
    let ids: BTreeSet<_> = old.custom.keys().chain(new.custom.keys()).collect();
    for id in ids {
        let (was, is) = (old.custom.get(id).cloned(), new.custom.get(id).cloned());
        if was != is && !(blank(&was) && blank(&is)) {
            found.push(Detail { property: "cf", name: id.to_string(), old_value: was, new_value: is });
        }
    }
    found
}

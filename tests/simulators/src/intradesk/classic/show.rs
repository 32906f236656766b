//! A task as the classic product shows it: Pascal case, ids as text with commas, instants in one of three forms.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    super::{
        switches::DateForm,
        world::{World, task::Task},
    },
    list::FIELDS,
};
use crate::service::local;

/// The whole task.
pub(super) fn task(task: &Task, world: &World, dates: DateForm) -> Map<String, Value> {
    let executors: Vec<String> = task.executors.iter().map(ToString::to_string).collect();
    let status = world.statuses.get(&task.status).map(|status| status.name.clone());
    let value = |name: &str| match name {
        "Id" => json!(task.number),
        "Name" => json!(task.name),
        "Description" => json!(html(&task.description)),
        "StatusId" => json!(task.status),
        "StatusName" => json!(status),
        "ServiceId" => json!(task.service),
        "ExecutorIds" => json!(executors.join(", ")),
        "ExecutorGroupId" => json!(task.group),
        "CreatorId" => json!(task.initiator),
        "Created" => json!(date(task.created_at, dates)),
        "Changed" => json!(date(task.updated_at, dates)),
        "Closed" => json!(task.closed_at.map(|at| date(at, dates))),
        // Nobody sets a deadline here.
        _ => Value::Null,
    };
    FIELDS.iter().map(|name| ((*name).to_owned(), value(name))).collect()
}

fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>");
    if text.is_empty() { text } else { format!("<p>{text}</p>") }
}

fn date(at: Timestamp, form: DateForm) -> String {
    match form {
        DateForm::Iso => local(at).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        DateForm::Dotted => local(at).strftime("%d.%m.%Y %H:%M:%S").to_string(),
        DateForm::Milliseconds => format!("/Date({})/", at.as_millisecond()),
    }
}

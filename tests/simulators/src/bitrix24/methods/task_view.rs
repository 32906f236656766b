//! How a task looks: keys in camelCase, every scalar text, `[]` for no group.

use serde_json::{Map, Value, json};

use crate::bitrix24::{
    answer::stamp,
    params::text,
    world::{staff::Staff, tasks::Task},
};

/// What is answered after a task was made or changed; its group is a number alone.
pub(super) fn whole(task: &Task) -> Value {
    let names = [
        "ID",
        "PARENT_ID",
        "TITLE",
        "DESCRIPTION",
        "PRIORITY",
        "CREATED_BY",
        "CREATED_DATE",
        "RESPONSIBLE_ID",
        "DEADLINE",
        "STATUS",
        "GROUP_ID",
        "XML_ID",
        "CLOSED_DATE",
        "AUDITORS",
        "ACCOMPLICES",
    ];
    let mut shown = of(task, &names);
    shown.insert("group".to_owned(), json!([]));
    shown.into()
}

/// What was selected of it; all but files without a selection. The id alone when only that was selected. Its group is named
/// in a list always, elsewhere when it was selected.
pub(super) fn chosen(task: &Task, select: &Value, staff: &Staff, listed: bool) -> Value {
    let wanted: Vec<String> = match select {
        Value::Array(row) => row.iter().filter_map(text).map(|name| name.to_uppercase()).collect(),
        Value::Object(map) => map.values().filter_map(text).map(|name| name.to_uppercase()).collect(),
        _ => Vec::new(),
    };
    if wanted == ["ID"] {
        return json!({ "id": task.id.to_string() });
    }
    let everything = wanted.is_empty() || wanted.iter().any(|name| name == "*");
    let mut names: Vec<&str> = wanted.iter().map(String::as_str).filter(|name| *name != "*").collect();
    if everything {
        names.extend(USUAL);
    }
    names.push("ID");
    if listed && task.group.is_some() {
        names.push("GROUP_ID");
    }
    let mut shown = of(task, &names);
    let group = if shown.contains_key("groupId") { group(task, staff) } else { json!([]) };
    shown.insert("group".to_owned(), group);
    shown.into()
}

/// What is shown when nothing is selected.
const USUAL: [&str; 19] = [
    "PARENT_ID",
    "TITLE",
    "DESCRIPTION",
    "PRIORITY",
    "STATUS",
    "RESPONSIBLE_ID",
    "CREATED_BY",
    "CREATED_DATE",
    "CHANGED_DATE",
    "CLOSED_DATE",
    "DEADLINE",
    "START_DATE_PLAN",
    "END_DATE_PLAN",
    "GROUP_ID",
    "XML_ID",
    "TIME_ESTIMATE",
    "TIME_SPENT_IN_LOGS",
    "AUDITORS",
    "ACCOMPLICES",
];

fn group(task: &Task, staff: &Staff) -> Value {
    let group = task.group.and_then(|id| staff.group(id));
    group.map_or_else(|| json!([]), |group| json!({ "id": group.id.to_string(), "name": group.name }))
}

fn of(task: &Task, names: &[&str]) -> Map<String, Value> {
    let id = |id: Option<u64>| json!(id.map(|id| id.to_string()));
    let people = |ids: &[u64]| json!(ids.iter().map(u64::to_string).collect::<Vec<_>>());
    let mut shown = Map::new();
    for name in names {
        let (key, value) = match *name {
            "ID" => ("id", id(Some(task.id))),
            "PARENT_ID" => ("parentId", id(task.parent)),
            "TITLE" => ("title", json!(task.title)),
            "DESCRIPTION" => ("description", json!(task.description)),
            "PRIORITY" => ("priority", json!(task.priority.to_string())),
            // Both are shown as the real one.
            "STATUS" | "REAL_STATUS" => ("status", json!(task.status.to_string())),
            "RESPONSIBLE_ID" => ("responsibleId", id(Some(task.responsible))),
            "CREATED_BY" => ("createdBy", id(Some(task.created_by))),
            "CREATED_DATE" => ("createdDate", json!(stamp(task.created_at))),
            "CHANGED_DATE" => ("changedDate", json!(stamp(task.changed_at))),
            "CLOSED_DATE" => ("closedDate", json!(task.closed_at.map(stamp))),
            "DEADLINE" => ("deadline", json!(task.deadline.map(stamp))),
            "START_DATE_PLAN" => ("startDatePlan", json!(task.plan.map(|(start, _)| stamp(start)))),
            "END_DATE_PLAN" => ("endDatePlan", json!(task.plan.map(|(_, end)| stamp(end)))),
            "GROUP_ID" => ("groupId", json!(task.group.unwrap_or_default().to_string())),
            "XML_ID" => ("xmlId", json!(task.xml_id)),
            "TIME_ESTIMATE" => ("timeEstimate", json!(task.time_estimate.to_string())),
            // Nothing where nobody logged anything.
            "TIME_SPENT_IN_LOGS" => {
                ("timeSpentInLogs", json!((task.time_spent > 0).then(|| task.time_spent.to_string())))
            }
            "AUDITORS" => ("auditors", people(&task.auditors)),
            "ACCOMPLICES" => ("accomplices", people(&task.accomplices)),
            "UF_TASK_WEBDAV_FILES" => {
                let numbers = task.files.iter().map(|(attachment, _)| *attachment).collect::<Vec<_>>();
                ("ufTaskWebdavFiles", json!(numbers))
            }
            _ => continue,
        };
        shown.insert(key.to_owned(), value);
    }
    shown
}

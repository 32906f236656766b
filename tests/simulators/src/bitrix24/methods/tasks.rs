//! `tasks.task.*`: adding, changing, reading, attaching, counters. Lists are in `task_list`, how a task looks in `task_view`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Call, Method, task_list,
    task_view::{chosen, whole},
};
use crate::bitrix24::{
    OWNER,
    answer::{Done, Refusal, Reply},
    events,
    params::{Params, id, ids, integer, text},
    switches::MissingTask,
    world::tasks::Task,
};

/// Most characters of a title.
const LONGEST_TITLE: usize = 250;
const SCOPE: &[&str] = &["task"];

pub(super) const METHODS: &[Method] = &[
    Method::new("tasks.task.add", SCOPE, add),
    Method::new("tasks.task.update", SCOPE, update),
    Method::new("tasks.task.get", SCOPE, get),
    Method::new("tasks.task.list", SCOPE, task_list::list),
    Method::new("tasks.task.files.attach", SCOPE, attach),
    Method::new("tasks.task.counters.get", SCOPE, counters),
];

fn add(call: &mut Call<'_>, params: &Params) -> Done {
    let fields = params.get("fields");
    if !fields.is_object() {
        return Err(Refusal::parameter("fields"));
    }
    let title = text(&fields["TITLE"]).filter(|title| !title.trim().is_empty());
    let title = title.ok_or_else(|| Refusal::core("Task title is not specified"))?;
    let responsible = id(&fields["RESPONSIBLE_ID"]).filter(|id| call.world.staff.user(*id).is_some());
    let responsible =
        responsible.ok_or_else(|| Refusal::core("User specified in the \"Responsible\" field not found"))?;
    if call.switches.reject_tags && !fields["TAGS"].is_null() {
        return Err(Refusal::core("Field \"TAGS\" is not allowed"));
    }
    let mut task = Task::new(0, &title, responsible, call.now);
    fill(call, &mut task, fields)?;
    let number = call.world.tasks.put(task);
    call.told.push(events::task("ONTASKADD", number, call.now));
    show(call, number)
}

fn update(call: &mut Call<'_>, params: &Params) -> Done {
    let number = number(params)?;
    let fields = params.get("fields");
    if !fields.is_object() {
        return Err(Refusal::parameter("fields"));
    }
    if fields.as_object().is_some_and(serde_json::Map::is_empty) {
        return Err(Refusal::zero("No fields to update"));
    }
    let mut task = visible(call, number).cloned().ok_or_else(missing)?;
    if !call.switches.admin && task.created_by != OWNER {
        return Err(Refusal::zero("Action on the task is not allowed"));
    }
    if !fields["TITLE"].is_null() {
        let title = text(&fields["TITLE"]).filter(|title| !title.trim().is_empty());
        task.title = title.ok_or_else(|| Refusal::core("Task title is not specified"))?;
    }
    if !fields["RESPONSIBLE_ID"].is_null() {
        let responsible = id(&fields["RESPONSIBLE_ID"]).filter(|id| call.world.staff.user(*id).is_some());
        task.responsible =
            responsible.ok_or_else(|| Refusal::core("User specified in the \"Responsible\" field not found"))?;
    }
    fill(call, &mut task, fields)?;
    task.changed_at = call.now;
    call.world.tasks.all.insert(number, task);
    call.told.push(events::task("ONTASKUPDATE", number, call.now));
    show(call, number)
}

fn show(call: &mut Call<'_>, number: u64) -> Done {
    let task = call.world.tasks.all.get(&number).ok_or_else(missing)?;
    Ok(Reply::new(json!({ "task": whole(task) })))
}

/// Takes what the fields say, but for the title and who does it. What is not named stays; what nobody knows is ignored.
fn fill(call: &mut Call<'_>, task: &mut Task, fields: &Value) -> Result<(), Refusal> {
    if task.title.chars().count() > LONGEST_TITLE {
        return Err(Refusal::core("Task title is too long"));
    }
    if let Some(description) = text(&fields["DESCRIPTION"]) {
        task.description = description;
    }
    if !fields["CREATED_BY"].is_null() {
        let who = id(&fields["CREATED_BY"]).filter(|id| call.world.staff.user(*id).is_some());
        task.created_by = who.ok_or_else(|| Refusal::core("User specified in the \"Creator\" field not found"))?;
    }
    if let Some(group) = integer(&fields["GROUP_ID"]) {
        let known = id(&fields["GROUP_ID"]).filter(|id| call.world.staff.group(*id).is_some());
        if group != 0 && known.is_none() {
            return Err(Refusal::core("Workgroup not found"));
        }
        task.group = known;
    }
    if let Some(parent) = id(&fields["PARENT_ID"]) {
        if !call.world.tasks.all.contains_key(&parent) {
            return Err(Refusal::core("Parent task not found"));
        }
        task.parent = Some(parent);
    }
    if !fields["PRIORITY"].is_null() {
        let priority = integer(&fields["PRIORITY"]).and_then(|number| u8::try_from(number).ok());
        task.priority = priority.filter(|number| *number <= 2).ok_or_else(|| Refusal::core("Wrong priority"))?;
    }
    if let Some(status) = integer(&fields["STATUS"]) {
        let status = u8::try_from(status).ok().filter(|status| (2..=6).contains(status));
        task.enter(status.ok_or_else(|| Refusal::core("Wrong status"))?, call.now);
    }
    if !fields["DEADLINE"].is_null() {
        task.deadline = instant(fields, "DEADLINE")?;
    }
    match (instant(fields, "START_DATE_PLAN")?, instant(fields, "END_DATE_PLAN")?) {
        (None, None) => {}
        (Some(start), Some(end)) if start < end => task.plan = Some((start, end)),
        (Some(_), Some(_)) => return Err(Refusal::core("The planned end date is earlier than the start date")),
        _ => return Err(Refusal::core("The planned start and end dates are given both or not at all")),
    }
    if let Some(seconds) = integer(&fields["TIME_ESTIMATE"]) {
        task.time_estimate = u64::try_from(seconds).map_err(|_| Refusal::core("Wrong time estimate"))?;
    }
    if let Some(mark) = text(&fields["XML_ID"]) {
        task.xml_id = Some(mark);
    }
    for (name, field) in [("ACCOMPLICES", &mut task.accomplices), ("AUDITORS", &mut task.auditors)] {
        if !fields[name].is_null() {
            *field = ids(&fields[name]);
        }
    }
    if let Some(tags) = fields["TAGS"].as_array() {
        task.tags = tags.iter().filter_map(text).collect();
    }
    if !fields["UF_TASK_WEBDAV_FILES"].is_null() {
        task.files = files(call, &task.files, &fields["UF_TASK_WEBDAV_FILES"])?;
    }
    Ok(())
}

/// The files of a task, anew: `n7751` is an object of the disk, a bare number a file that is attached already.
fn files(call: &mut Call<'_>, known: &[(u64, u64)], value: &Value) -> Result<Vec<(u64, u64)>, Refusal> {
    let row = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let mut files = Vec::new();
    for entry in row.iter().filter_map(text).filter(|entry| !entry.is_empty()) {
        let file = match entry.strip_prefix('n').and_then(|number| number.parse().ok()) {
            Some(object) if is_file(call, object) => Some((call.world.tasks.attachment(), object)),
            Some(_) => None,
            None => entry.parse().ok().and_then(|number: u64| known.iter().find(|(one, _)| *one == number).copied()),
        };
        files.push(file.ok_or_else(|| Refusal::core("File not found"))?);
    }
    Ok(files)
}

fn is_file(call: &Call<'_>, object: u64) -> bool {
    call.world.disk.objects.get(&object).is_some_and(|object| object.file.is_some())
}

/// ISO 8601 with an offset; empty for none.
fn instant(fields: &Value, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = text(&fields[name]).filter(|text| !text.is_empty()) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Refusal::core(&format!("Wrong date in {name}")))
}

fn number(params: &Params) -> Result<u64, Refusal> {
    id(params.get("taskId")).ok_or_else(|| Refusal::parameter("taskId"))
}

fn missing() -> Refusal {
    Refusal::zero("Task not found or not accessible")
}

/// A task that the webhook's owner may see.
fn visible<'a>(call: &'a Call<'_>, number: u64) -> Option<&'a Task> {
    call.world.tasks.all.get(&number).filter(|task| call.switches.admin || task.concerns(OWNER))
}

fn get(call: &mut Call<'_>, params: &Params) -> Done {
    let number = number(params)?;
    let Some(task) = visible(call, number) else {
        return match call.switches.missing_task {
            MissingTask::Error => Err(missing()),
            MissingTask::Empty => Ok(Reply::new(json!([]))),
        };
    };
    Ok(Reply::new(json!({ "task": chosen(task, params.get("select"), &call.world.staff, false) })))
}

fn attach(call: &mut Call<'_>, params: &Params) -> Done {
    let number = number(params)?;
    let file = id(params.get("fileId")).ok_or_else(|| Refusal::parameter("fileId"))?;
    visible(call, number).ok_or_else(missing)?;
    if !is_file(call, file) {
        return Err(Refusal::zero("File not found"));
    }
    let attachment = call.world.tasks.attachment();
    if let Some(task) = call.world.tasks.all.get_mut(&number) {
        task.files.push((attachment, file));
        task.changed_at = call.now;
    }
    call.told.push(events::task("ONTASKUPDATE", number, call.now));
    Ok(Reply::new(json!({ "attachmentId": attachment })))
}

/// Expired tasks and new comments: no measure of a load.
fn counters(call: &mut Call<'_>, params: &Params) -> Done {
    let user = id(params.get("userId")).unwrap_or(OWNER);
    let one = |result| Ok(Reply { result, total: Some(1), next: None });
    if call.world.staff.user(user).is_none() || (!call.switches.admin && user != OWNER) {
        return one(json!([]));
    }
    let late = |task: &&Task| {
        task.responsible == user && task.status < 4 && task.deadline.is_some_and(|deadline| deadline < call.now)
    };
    let expired = call.world.tasks.all.values().filter(late).count();
    one(json!({
        "expired": { "counter": expired, "code": 6_291_456 }, "new_comments": { "counter": 0, "code": 12_582_912 },
    }))
}

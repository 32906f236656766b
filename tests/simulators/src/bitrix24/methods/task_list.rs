//! `tasks.task.list`: filter, order, page, and who may see what.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::{Call, task_view::chosen};
use crate::bitrix24::{
    OWNER,
    answer::{Done, Refusal, Reply, stamp},
    params::{Params, fits, ids, page, text},
    world::tasks::Task,
};

/// Keys of `order`.
const ORDERS: [&str; 12] = [
    "ID",
    "TITLE",
    "DATE_START",
    "CREATED_DATE",
    "CHANGED_DATE",
    "CLOSED_DATE",
    "DEADLINE",
    "PRIORITY",
    "REAL_STATUS",
    "STATUS",
    "TIME_ESTIMATE",
    "GROUP_ID",
];

pub(super) fn list(call: &mut Call<'_>, params: &Params) -> Done {
    let mut filter = params.get("filter").as_object().cloned().unwrap_or_default();
    let asked = filter.iter().filter(|(key, _)| key.trim_start_matches(['=', '@']) == "RESPONSIBLE_ID");
    if asked.flat_map(|(_, who)| ids(who)).any(|user| call.switches.unreadable.contains(&user)) {
        return Err(Refusal::insufficient_scope());
    }
    if call.switches.ignore_filters.iter().any(|name| name == call.name) {
        filter.clear();
    }
    let order = order(params.get("order"))?;
    let visible = |task: &&Task| call.switches.admin || task.concerns(OWNER);
    let mut tasks: Vec<&Task> =
        call.world.tasks.all.values().filter(visible).filter(|task| fit(call, &filter, task)).collect();
    // A later key decides where the earlier ones do not; the id at the end of all.
    tasks.sort_by(|one, other| {
        let by = |(key, down): &(String, bool)| {
            let ordering = rank(one, key).cmp(&rank(other, key));
            if *down { ordering.reverse() } else { ordering }
        };
        order.iter().map(by).find(|ordering| ordering.is_ne()).unwrap_or_else(|| one.id.cmp(&other.id))
    });
    let (tasks, total, next) = page(tasks, params.start());
    let row = |task: &&Task| chosen(task, params.get("select"), &call.world.staff, true);
    Ok(Reply { result: json!({ "tasks": tasks.iter().map(row).collect::<Vec<_>>() }), total, next })
}

fn order(value: &Value) -> Result<Vec<(String, bool)>, Refusal> {
    let Some(map) = value.as_object().filter(|map| !map.is_empty()) else {
        return Ok(vec![("ID".to_owned(), true)]);
    };
    let key = |(key, way): (&String, &Value)| {
        let key = key.to_uppercase();
        let down = text(way).is_some_and(|way| way.to_lowercase().starts_with("desc"));
        ORDERS.contains(&key.as_str()).then_some((key, down))
    };
    map.iter().map(key).collect::<Option<Vec<_>>>().ok_or_else(|| Refusal::zero("Invalid sorting key"))
}

fn rank(task: &Task, key: &str) -> (i128, String) {
    let at = |at: Option<jiff::Timestamp>| at.map_or(i128::MAX, jiff::Timestamp::as_nanosecond);
    let number = match key {
        "TITLE" => return (0, task.title.clone()),
        "CREATED_DATE" => at(Some(task.created_at)),
        "CHANGED_DATE" => at(Some(task.changed_at)),
        "CLOSED_DATE" => at(task.closed_at),
        "DEADLINE" => at(task.deadline),
        "DATE_START" => at(task.plan.map(|(start, _)| start)),
        "PRIORITY" => task.priority.into(),
        "REAL_STATUS" | "STATUS" => task.status.into(),
        "TIME_ESTIMATE" => task.time_estimate.into(),
        "GROUP_ID" => task.group.unwrap_or_default().into(),
        _ => task.id.into(),
    };
    (number, String::new())
}

fn fit(call: &Call<'_>, filter: &Map<String, Value>, task: &Task) -> bool {
    fits(filter, |key| {
        let one = |text: String| Some(vec![text]);
        let id = |id: Option<u64>| Some(vec![id.unwrap_or_default().to_string()]);
        let people = |ids: &[u64]| Some(ids.iter().map(u64::to_string).collect());
        let at = |at: Option<jiff::Timestamp>| Some(vec![at.map(stamp).unwrap_or_default()]);
        match key {
            "ID" => id(Some(task.id)),
            "PARENT_ID" => id(task.parent),
            "GROUP_ID" => id(task.group),
            "CREATED_BY" => id(Some(task.created_by)),
            "RESPONSIBLE_ID" => id(Some(task.responsible)),
            "TITLE" => one(task.title.clone()),
            "PRIORITY" => one(task.priority.to_string()),
            "REAL_STATUS" => one(task.status.to_string()),
            "STATUS" => Some(statuses(call, task)),
            "ACCOMPLICE" => people(&task.accomplices),
            "AUDITOR" => people(&task.auditors),
            "TAG" => Some(task.tags.clone()),
            "CREATED_DATE" => at(Some(task.created_at)),
            "CHANGED_DATE" => at(Some(task.changed_at)),
            "CLOSED_DATE" => at(task.closed_at),
            "DEADLINE" => at(task.deadline),
            "XML_ID" if call.switches.xml_id_filters => one(task.xml_id.clone().unwrap_or_default()),
            _ => None,
        }
    })
}

/// The real status, and -1 for overdue, -3 for nearly so.
fn statuses(call: &Call<'_>, task: &Task) -> Vec<String> {
    let mut all = vec![task.status.to_string()];
    if let Some(deadline) = task.deadline.filter(|_| task.status < 4) {
        if deadline < call.now {
            all.push("-1".to_owned());
        } else if deadline < call.now + SignedDuration::from_hours(24) {
            all.push("-3".to_owned());
        }
    }
    all
}

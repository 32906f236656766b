//! What the gateway tells: tasks in lower case, settings in camel case, each with what else may be null.

use serde_json::{Value, json};

use super::{
    Tenant,
    asked::{API_KEY, Asked},
    front::Reply,
    odata::{Options, Picked, Table, Wrong},
    rival::Moment,
    switches::{ExecutorForm, NoGroups, NobodyForm, Switches},
    tables,
    world::{Group, Person, Service, Status, task::Task},
};
use crate::service::wire::Answer;

/// The chain that lists services.
const CHAIN: &str = "ShowServiceListChainV2";

/// 400 about a query.
fn not_valid(Wrong(text): Wrong) -> Answer {
    let message = format!("The query specified in the URI is not valid. {text}");
    Answer::new(400, json!({ "error": { "code": "", "message": message } }))
}

fn options<T>(table: &'static Table<T>, asked: &Asked) -> Result<Options<T>, Answer> {
    Options::read(table, &asked.query).map_err(not_valid)
}

/// A page of a list.
fn list<'a, T>(
    tenant: &Tenant,
    asked: &Asked,
    options: &Options<T>,
    rows: impl Iterator<Item = &'a T>,
    next_link: bool,
    show: impl Fn(&T) -> Value,
) -> (Value, Picked<'a, T>) {
    let picked = options.pick(rows);
    let mut body = json!({ "value": picked.rows.iter().map(|row| show(row)).collect::<Vec<_>>() });
    if options.count {
        body["@odata.count"] = picked.total.into();
    }
    if next_link && picked.more {
        body["@odata.nextLink"] = next(tenant, asked, options.skip + options.top).into();
    }
    (body, picked)
}

/// Where the list goes on. Whoever comes with a key brings it along.
fn next(tenant: &Tenant, asked: &Asked, skip: usize) -> String {
    let kept = asked.query.iter().filter(|(name, _)| name != "$skip" && name != API_KEY);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept).append_pair("$skip", &skip.to_string());
    format!("{}{}?{}", tenant.base(), asked.path, query.finish())
}

fn truth(asked: &Asked, name: &str, values: [&str; 2]) -> Result<bool, Answer> {
    match asked.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()) {
        None => Ok(false),
        Some(value) if value == values[0] => Ok(true),
        Some(value) if value == values[1] => Ok(false),
        Some(_) => Err(not_valid(Wrong(format!("{name} is {} or {}.", values[0], values[1])))),
    }
}

pub(super) fn tasks(tenant: &Tenant, asked: &Asked, v3: bool) -> Reply {
    let now = tenant.now();
    truth(asked, "searchStringMode", ["fast", "slow"])?;
    let lifetime = !truth(asked, "excludelifetime", ["true", "false"])? && v3;
    let options = options(&tables::TASKS, asked)?;
    let mut state = tenant.state();
    let switches = &state.switches;
    // Newest first where nothing else is asked for: whoever wants the oldest has to say so.
    let rows = state.world.tasks.values().rev();
    let show = |task: &Task| row(task, switches, lifetime);
    let (mut body, picked) = list(tenant, asked, &options, rows, switches.next_link, show);
    if body.get("@odata.count").is_some() {
        body["@odata.countrelation"] = 1.into();
    }
    let told: Vec<u64> = picked.rows.iter().map(|task| task.number).collect();
    let of_one = options.filter.is_some_and(|filter| filter.pinned("tasknumber").or(filter.pinned("id")).is_some());
    if !of_one {
        for number in told {
            state.rival(Moment::AfterList, number, now);
        }
    }
    Ok(Answer::new(200, body))
}

fn row(task: &Task, switches: &Switches, lifetime: bool) -> Value {
    let mut row = json!({
        "id": task.id, "tasknumber": task.number, "customerid": tables::CUSTOMER, "status": task.status,
        "priority": task.priority, "name": task.name, "description": task.description, "service": task.service,
        "servicepath": tables::path(task), "tasktype": tables::TASK_TYPE, "initiator": task.initiator,
        "executorgroup": task.group, "createdat": task.created_at, "updatedat": task.updated_at,
    });
    let executor = match (task.executor(), switches.executor, switches.nobody) {
        (Some(id), ExecutorForm::Number, _) => Some(json!(id)),
        (Some(id), ExecutorForm::Text, _) => Some(json!(id.to_string())),
        (Some(id), ExecutorForm::ObjectId, _) => Some(json!({ "id": id })),
        (Some(id), ExecutorForm::ObjectUserId, _) => Some(json!({ "userid": id })),
        (None, _, NobodyForm::Null) => Some(Value::Null),
        (None, _, NobodyForm::Zero) => Some(json!(0)),
        (None, _, NobodyForm::Missing) => None,
    };
    if let Some(executor) = executor {
        row["executor"] = executor;
    }
    if lifetime {
        let changed = |(block, text): &(String, String), by: u64| json!({ "blockname": block, "stringvalue": text, "changedby": format!("user_{by}") });
        let events = task.lifetime.iter().map(|event| {
            let blocks: Vec<Value> = event.blocks.iter().map(|block| changed(block, event.by)).collect();
            json!({ "eventat": event.at, "events": { "data": blocks } })
        });
        row["lifetime"] = json!({ "data": events.collect::<Vec<_>>() });
    }
    row
}

pub(super) fn employees(tenant: &Tenant, asked: &Asked) -> Reply {
    let state = tenant.state();
    let name = |id: u64| state.world.groups.get(&id).map(|group| group.name.clone());
    let show = |person: &Person| employee_row(person, &name);
    let rows = state.world.people.values();
    let (body, _) = list(tenant, asked, &options(&tables::EMPLOYEES, asked)?, rows, state.switches.next_link, show);
    Ok(Answer::new(200, body))
}

pub(super) fn employee(tenant: &Tenant, id: u64) -> Reply {
    tenant.world(|world| {
        let name = |id: u64| world.groups.get(&id).map(|group| group.name.clone());
        let person = world.people.get(&id).ok_or_else(|| Answer::empty(404))?;
        Ok(Answer::new(200, employee_row(person, &name)))
    })
}

fn employee_row(person: &Person, name: &impl Fn(u64) -> Option<String>) -> Value {
    let groups: Vec<Value> = person
        .groups
        .iter()
        .enumerate()
        .map(|(index, membership)| {
            let group = membership.group;
            json!({
                "id": membership.id, "userGroupId": group, "userId": person.id,
                "userGroup": { "id": group, "name": name(group) }, "isDefault": index == 0,
            })
        })
        .collect();
    json!({
        "id": person.id, "updatedAt": person.updated_at, "name": person.name(), "firstName": person.first_name,
        "lastName": person.last_name, "middleName": person.middle_name, "email": person.email,
        "userName": person.email, "type": tables::kind(person), "isArchived": person.blocked,
        "roles": [{ "roleId": 145_001 }], "groups": if groups.is_empty() { Value::Null } else { groups.into() },
        "userTags": [],
    })
}

pub(super) fn groups(tenant: &Tenant, asked: &Asked) -> Reply {
    let state = tenant.state();
    let show = |group: &Group| {
        json!({
            "id": group.id, "name": group.name, "description": group.description, "isArchived": group.archived,
            "isDefault": false,
        })
    };
    let (body, _) = list(
        tenant,
        asked,
        &options(&tables::GROUPS, asked)?,
        state.world.groups.values(),
        state.switches.next_link,
        show,
    );
    Ok(Answer::new(200, body))
}

fn status_row(status: &Status) -> Value {
    json!({ "id": status.id, "name": status.name })
}

pub(super) fn statuses(tenant: &Tenant, asked: &Asked) -> Reply {
    let state = tenant.state();
    let rows = state.world.statuses.values();
    let (body, _) =
        list(tenant, asked, &options(&tables::STATUSES, asked)?, rows, state.switches.next_link, status_row);
    Ok(Answer::new(200, body))
}

pub(super) fn form_statuses(tenant: &Tenant) -> Answer {
    Answer::new(200, tenant.world(|world| world.statuses.values().map(status_row).collect()))
}

pub(super) fn service_users(tenant: &Tenant, id: u64) -> Reply {
    let state = tenant.state();
    let service = state.world.services.get(&id).ok_or_else(|| Answer::empty(404))?;
    let bound = service.groups.iter().filter_map(|id| state.world.groups.get(id));
    let bound: Vec<Value> = bound.map(|group| json!({ "id": group.id, "name": group.name })).collect();
    let none = bound.is_empty() && state.switches.no_groups == NoGroups::Null;
    let groups = if none { Value::Null } else { bound.into() };
    Ok(Answer::new(200, json!({ "employeesUserGroups": groups })))
}

pub(super) fn rules(tenant: &Tenant, asked: &Asked) -> Reply {
    let object = asked.object().ok_or_else(|| Answer::empty(400))?;
    if object.get("chainName").and_then(Value::as_str) != Some(CHAIN) || object.len() != 1 {
        return Err(Answer::empty(400));
    }
    let row = |service: &Service| {
        json!({
            "id": service.id, "name": service.name, "fullname": service.fullname, "description": service.description,
        })
    };
    let services: Vec<Value> = tenant.world(|world| world.services.values().map(row).collect());
    Ok(Answer::new(200, json!({ "r_servicelist": { "services": services } })))
}

pub(super) fn services(tenant: &Tenant) -> Answer {
    let row = |service: &Service| json!({ "id": service.id, "name": service.name });
    Answer::new(200, tenant.world(|world| world.services.values().map(row).collect()))
}

pub(super) fn executors(tenant: &Tenant, asked: &Asked) -> Reply {
    let word = asked.parameter("str").unwrap_or_default().to_lowercase();
    let top: usize = match asked.parameter("top").map(str::parse) {
        None => 25,
        Some(Ok(top @ 1..=1_000)) => top,
        Some(_) => return Err(Answer::empty(400)),
    };
    let fits = |person: &&Person| !person.blocked && !person.client && person.name().to_lowercase().contains(&word);
    let row = |person: &Person| json!({ "id": person.id, "name": person.name() });
    let found: Value = tenant.world(|world| world.people.values().filter(fits).take(top).map(row).collect());
    Ok(Answer::new(200, found))
}

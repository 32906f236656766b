//! The classic product on its own premises, over the same tasks and people: HTTP Basic, Pascal case, lists of ids as text with
//! commas. A task's `Id` is its number in the cloud. What asks for anything but JSON gets 406.
//!
//! Not here: what the contract does not name, such as services, history and files.

mod list;
mod show;

use std::collections::BTreeSet;

use data_encoding::BASE64;
use serde_json::{Value, json};

use self::list::Wanted;
use super::{
    Tenant,
    asked::Asked,
    front::Reply,
    rival::Moment,
    switches::{ListWrapper, TaskWrapper, UserWrapper},
    tenant::{By, State},
    world::task::{BOT, Task},
};
use crate::service::wire::Answer;

/// The account's name and password, and then JSON.
pub(super) fn enter(tenant: &Tenant, asked: &Asked) -> Result<(), Answer> {
    let given = asked.authorization.as_deref().and_then(|text| text.strip_prefix("Basic "));
    let given = given.and_then(|text| BASE64.decode(text.as_bytes()).ok());
    let right = format!("{}:{}", tenant.settings.login, tenant.settings.password.reveal());
    if given.as_deref() != Some(right.as_bytes()) {
        return Err(Answer { challenge: Some("Basic realm=\"IntraService\""), ..Answer::empty(401) });
    }
    let kinds = asked.accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    if kinds.into_iter().any(|kind| kind.eq_ignore_ascii_case("application/json")) {
        Ok(())
    } else {
        Err(Answer::empty(406))
    }
}

fn refused(message: &str) -> Answer {
    Answer::new(400, json!({ "Message": message }))
}

fn missing() -> Answer {
    Answer::new(404, json!({ "Message": "Заявка не найдена" }))
}

/// The tables of names that tasks are shown with.
fn include(body: &mut Value, state: &State, wanted: &Wanted, tasks: &[&Task]) {
    if wanted.statuses {
        let used: BTreeSet<u64> = tasks.iter().map(|task| task.status).collect();
        let rows = state.world.statuses.values().filter(|status| used.contains(&status.id));
        body["Statuses"] = rows.map(|status| json!({ "Id": status.id, "Name": status.name })).collect();
    }
    if wanted.priorities {
        let used: BTreeSet<u64> = tasks.iter().map(|task| task.priority).collect();
        body["Priorities"] = used.iter().map(|id| json!({ "Id": id, "Name": format!("Приоритет {id}") })).collect();
    }
}

/// `GET /api/task`.
pub(super) fn tasks(tenant: &Tenant, asked: &Asked) -> Reply {
    let now = tenant.now();
    let wanted = Wanted::of_list(&asked.query).map_err(|text| refused(&text))?;
    let mut state = tenant.state();
    let switches = &state.switches;
    let all: Vec<&Task> = wanted.all(state.world.tasks.values());
    let page: Vec<&Task> = all.iter().skip((wanted.page - 1) * wanted.size).take(wanted.size).copied().collect();
    let rows = page.iter().map(|task| show::task(task, &state.world, switches.classic_dates));
    let rows: Value = rows.map(|row| wanted.only(row)).collect();
    let mut body = json!({ "Tasks": rows });
    include(&mut body, &state, &wanted, &page);
    let mut paginator = json!({ "Page": wanted.page, "PageSize": wanted.size, "CountOnPage": page.len() });
    if wanted.count {
        paginator["Count"] = all.len().into();
        paginator["PageCount"] = all.len().div_ceil(wanted.size).into();
    }
    body["Paginator"] = paginator;
    let body = match switches.classic_list {
        ListWrapper::Tasks => body,
        ListWrapper::TaskList => json!({ "TaskList": body }),
        ListWrapper::Array => body["Tasks"].take(),
    };
    let told: Vec<u64> = page.iter().map(|task| task.number).collect();
    for number in told {
        state.rival(Moment::AfterList, number, now);
    }
    Ok(Answer::new(200, body))
}

fn one(state: &State, wanted: &Wanted, number: u64) -> Reply {
    let task = state.world.tasks.get(&number).ok_or_else(missing)?;
    let row = wanted.only(show::task(task, &state.world, state.switches.classic_dates));
    let mut body = match state.switches.classic_task {
        TaskWrapper::Task => json!({ "Task": row }),
        TaskWrapper::Bare => return Ok(Answer::new(200, row)),
        TaskWrapper::Tasks => json!({ "Tasks": [row] }),
    };
    include(&mut body, state, wanted, &[task]);
    Ok(Answer::new(200, body))
}

/// `GET /api/task/{id}`.
pub(super) fn task(tenant: &Tenant, asked: &Asked, number: u64) -> Reply {
    let wanted = Wanted::of_one(&asked.query).map_err(|text| refused(&text))?;
    one(&tenant.state(), &wanted, number)
}

/// `PUT /api/task/{id}` with `ExecutorIds` as text; answered like the reading of it.
pub(super) fn change(tenant: &Tenant, asked: &Asked, number: u64) -> Reply {
    let now = tenant.now();
    let body = asked.object().ok_or_else(|| refused("a JSON object is expected"))?;
    if let Some(name) = body.keys().find(|name| *name != "ExecutorIds") {
        return Err(refused(&format!("{name}: unknown field")));
    }
    let text = body.get("ExecutorIds").and_then(Value::as_str);
    let people = text.and_then(list::ids).ok_or_else(|| refused("ExecutorIds: ids in a text expected"))?;
    let mut state = tenant.state();
    let service = state.world.tasks.get(&number).ok_or_else(missing)?.service;
    state.rival(Moment::BeforeWrite, number, now);
    for person in &people {
        state.world.may_do(service, *person, None).map_err(refused)?;
    }
    state.take(number, people, None, By::Classic, BOT, now);
    let answer = one(&state, &Wanted::default(), number);
    state.rival(Moment::AfterWrite, number, now);
    answer
}

/// `GET /api/taskstatus`.
pub(super) fn statuses(tenant: &Tenant, asked: &Asked) -> Reply {
    if let Some((name, _)) = asked.query.first() {
        return Err(refused(&format!("{name}: unknown parameter")));
    }
    let rows = tenant.world(|world| {
        let row = |status: &super::world::Status| {
            json!({ "Id": status.id, "Name": status.name, "IsFixed": true, "IsFinal": status.last })
        };
        world.statuses.values().map(row).collect()
    });
    Ok(Answer::new(200, rows))
}

/// `GET /api/user?getcurrentuserinfo=true`.
pub(super) fn user(tenant: &Tenant, asked: &Asked) -> Reply {
    let [(name, value)] = asked.query.as_slice() else { return Err(refused("getcurrentuserinfo=true is expected")) };
    if !name.eq_ignore_ascii_case("getcurrentuserinfo") || value != "true" {
        return Err(refused("getcurrentuserinfo=true is expected"));
    }
    let user = json!({ "Id": BOT, "Name": tenant.settings.login, "Login": tenant.settings.login });
    let wrapper = match tenant.state().switches.classic_user {
        UserWrapper::Current => "CurrentUserInfo",
        UserWrapper::Curren => "CurrenUserInfo",
    };
    Ok(Answer::new(200, json!({ wrapper: user })))
}

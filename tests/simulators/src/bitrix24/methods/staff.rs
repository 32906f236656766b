//! `profile`, `scope`, `user.*`, `department.get`, `sonet_group.get`.

use serde_json::{Map, Value, json};

use super::{Call, Method};
use crate::bitrix24::{
    OWNER,
    answer::{Done, Refusal, Reply},
    params::{Params, any, fits, flag, page, paged, text},
    world::staff::{Department, Group, Kind, User},
};

const USERS: &[&str] = &["user", "user_basic", "user_brief"];

pub(super) const METHODS: &[Method] = &[
    Method::new("profile", &[], profile),
    Method::new("scope", &[], scope),
    Method::new("user.current", USERS, current),
    Method::new("user.get", USERS, get),
    Method::new("user.search", USERS, get),
    Method::new("department.get", &["department"], departments),
    Method::new("sonet_group.get", &["sonet", "sonet_group"], groups),
];

/// Parameters of `user.*` and `department.get` that are no keys of a filter.
const CONTROLS: [&str; 8] = ["SORT", "ORDER", "START", "SELECT", "FILTER", "ADMIN_MODE", "FIND", "AUTH"];

fn profile(call: &mut Call<'_>, _: &Params) -> Done {
    let Some(owner) = call.world.staff.user(OWNER).filter(|owner| owner.active) else {
        return Ok(Reply::new(json!({})));
    };
    Ok(Reply::new(json!({
        "ID": OWNER.to_string(), "ADMIN": call.switches.admin, "NAME": owner.name, "LAST_NAME": owner.last_name,
        "PERSONAL_GENDER": "", "TIME_ZONE": "Europe/Moscow",
    })))
}

fn scope(call: &mut Call<'_>, params: &Params) -> Done {
    let all = ["basic", "user_brief", "user_basic", "user.userfield", "sonet_group", "crm", "telephony"];
    let more = all.iter().filter(|_| flag(params.any("full"))).map(|scope| (*scope).to_owned());
    Ok(Reply::new(call.switches.scopes.iter().cloned().chain(more).collect()))
}

/// Without a wider scope the mail address is not shown.
fn brief(call: &Call<'_>) -> bool {
    let wide = |scope: &String| matches!(scope.as_str(), "user" | "user_basic");
    !call.switches.scopes.iter().any(wide)
}

fn current(call: &mut Call<'_>, _: &Params) -> Done {
    let brief = brief(call);
    let owner = call.world.staff.user(OWNER);
    owner.map(|owner| Reply::new(owner.row(brief))).ok_or_else(|| Refusal::bad("USER_NOT_FOUND", "User not found"))
}

/// The filter, or the other parameters in its place.
fn filter(params: &Params) -> Map<String, Value> {
    match params.any("FILTER") {
        Value::Object(filter) => filter.clone(),
        _ => {
            let mut filter = params.map();
            filter.retain(|key, _| !CONTROLS.iter().any(|control| key.eq_ignore_ascii_case(control)));
            filter
        }
    }
}

fn get(call: &mut Call<'_>, params: &Params) -> Done {
    let search = call.name == "user.search";
    let mut filter = filter(params);
    if call.switches.ignore_filters.iter().any(|name| name == call.name) {
        filter.clear();
    }
    let word = text(params.any("FIND")).or_else(|| text(any(params.any("FILTER"), "FIND"))).filter(|_| search);
    let shown = |user: &&User| match user.kind {
        Kind::Bot => false,
        Kind::Email => search,
        Kind::Employee | Kind::Extranet => true,
    };
    let names = |user: &User| {
        let departments = call.world.staff.departments.iter().filter(|one| user.departments.contains(&one.id));
        departments.map(|department| department.name.clone()).collect::<Vec<_>>()
    };
    let fitting = |user: &&User| match &word {
        // It stands alone; other keys beside it count for nothing.
        Some(word) => format!("{} {}", user.full(), user.email).to_lowercase().contains(&word.to_lowercase()),
        None => fits(&filter, |key| match key {
            "UF_DEPARTMENT_NAME" if search => Some(names(user)),
            key => user.value(key),
        }),
    };
    let mut users: Vec<&User> = call.world.staff.users.iter().filter(shown).filter(fitting).collect();
    if text(params.any("sort")).is_some_and(|sort| sort.eq_ignore_ascii_case("LAST_NAME")) {
        users.sort_by(|one, other| one.last_name.cmp(&other.last_name));
    }
    if descends(params.any("order")) {
        users.reverse();
    }
    let brief = brief(call);
    let (users, total, next) = page(users, params.start());
    Ok(Reply { result: users.iter().map(|user| user.row(brief)).collect(), total, next })
}

fn descends(order: &Value) -> bool {
    text(order).is_some_and(|order| order.eq_ignore_ascii_case("desc"))
}

fn departments(call: &mut Call<'_>, params: &Params) -> Done {
    let mut filter = filter(params);
    if call.switches.ignore_filters.iter().any(|name| name == call.name) {
        filter.clear();
    }
    let value = |department: &Department, key: &str| {
        let id = |id: Option<u64>| Some(vec![id.map(|id| id.to_string()).unwrap_or_default()]);
        match key {
            "ID" => id(Some(department.id)),
            "NAME" => Some(vec![department.name.clone()]),
            "PARENT" => id(department.parent),
            "UF_HEAD" => id(department.head),
            _ => None,
        }
    };
    let all = call.world.staff.departments.iter();
    let mut rows: Vec<&Department> = all.filter(|one| fits(&filter, |key| value(one, key))).collect();
    match text(params.any("sort")).unwrap_or_default().to_uppercase().as_str() {
        "NAME" => rows.sort_by(|one, other| one.name.cmp(&other.name)),
        "SORT" => rows.sort_by_key(|department| department.sort),
        _ => rows.sort_by_key(|department| department.id),
    }
    if descends(params.any("order")) {
        rows.reverse();
    }
    let row = |department: &&Department| {
        let mut row = json!({ "ID": department.id.to_string(), "NAME": department.name, "SORT": department.sort });
        if let Some(parent) = department.parent {
            row["PARENT"] = parent.to_string().into();
        }
        if let Some(head) = department.head {
            row["UF_HEAD"] = head.to_string().into();
        }
        row
    };
    Ok(paged(rows.iter().map(row).collect(), params.start()))
}

fn groups(call: &mut Call<'_>, params: &Params) -> Done {
    let mut filter = match params.any("FILTER") {
        Value::Object(filter) => filter.clone(),
        _ => Map::new(),
    };
    if call.switches.ignore_filters.iter().any(|name| name == call.name) {
        filter.clear();
    }
    let word = |truth: bool| if truth { "Y" } else { "N" };
    let value = |group: &Group, key: &str| {
        let one = |text: &str| Some(vec![text.to_owned()]);
        match key {
            "ID" => one(&group.id.to_string()),
            "NAME" => one(&group.name),
            "ACTIVE" => one(word(group.active)),
            "CLOSED" => one(word(group.closed)),
            _ => None,
        }
    };
    let row = |group: &Group| {
        json!({
            "ID": group.id.to_string(), "SITE_ID": "s1", "NAME": group.name, "DESCRIPTION": null,
            "DATE_CREATE": "2026-01-12T10:00:00+03:00", "DATE_UPDATE": "2026-09-01T10:00:00+03:00",
            "ACTIVE": word(group.active), "VISIBLE": "Y", "OPENED": "N", "CLOSED": word(group.closed),
            "SUBJECT_ID": "1", "OWNER_ID": OWNER.to_string(), "KEYWORDS": null, "NUMBER_OF_MEMBERS": "9",
            "DATE_ACTIVITY": "2026-10-27T10:00:00+03:00", "SUBJECT_NAME": "Рабочие группы", "PROJECT": "Y",
            "IS_EXTRANET": "N",
        })
    };
    let rows = call.world.staff.groups.iter().filter(|group| fits(&filter, |key| value(group, key)));
    Ok(paged(rows.map(row).collect(), params.start()))
}

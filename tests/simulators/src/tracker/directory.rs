//! The directory of Yandex 360: the people and departments of the organization, by pages, for who has a token of its own.

use axum::http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::{
    Tracker,
    front::{Asked, too_many},
    refused::JSON,
    route::Route,
    world::{
        World,
        people::{Department, Person},
    },
};
use crate::service::wire::{Answer, Caller};

/// Rows of a page where the call does not say.
const PAGE: usize = 10;
/// Most rows of a page.
const LARGEST: usize = 1_000;

/// How the directory says no.
pub(super) fn refusal(status: u16) -> Value {
    let (code, message) = match status {
        400 => (3, "Invalid argument"),
        401 => (16, "Unauthorized"),
        403 => (7, "No required scope"),
        404 => (5, "Not found"),
        429 => (8, "Too many requests"),
        _ => (13, "Internal error"),
    };
    json!({ "code": code, "message": message, "details": [] })
}

fn no(status: u16) -> Answer {
    Answer::new(status, refusal(status)).with(CONTENT_TYPE, JSON)
}

pub(super) fn answer(tracker: &Tracker, asked: &Asked, route: &Route, caller: &Caller) -> Answer {
    let mut state = tracker.state();
    let token = asked.authorization.as_deref().and_then(|text| text.strip_prefix("OAuth "));
    if token.is_none() || token != tracker.directory_token.as_ref().map(|token| token.reveal()) {
        return no(401);
    }
    if !state.buckets.pour(caller.source, tracker.hands.now()) {
        return too_many(state.switches.retry_after);
    }
    if !state.switches.directory_scope || state.switches.forbidden.iter().any(|name| name == route.name) {
        return no(403);
    }
    if route.names.first() != Some(&tracker.org) {
        return no(404);
    }
    let (Ok(page), Ok(size)) = (asked.number("page", 1, usize::MAX), asked.number("perPage", PAGE, LARGEST)) else {
        return no(400);
    };
    let world = &state.world;
    let (name, rows): (_, Vec<Value>) = match route.name {
        "directory_users" => ("users", world.people.iter().map(person).collect()),
        _ => ("departments", world.departments.iter().map(|one| department(world, one)).collect()),
    };
    let (total, pages) = (rows.len(), rows.len().div_ceil(size));
    let shown: Vec<_> = rows.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    let body = json!({ name: shown, "page": page, "pages": pages, "perPage": size, "total": total });
    Answer::new(200, body).with(CONTENT_TYPE, JSON)
}

fn person(person: &Person) -> Value {
    let mail = |value: &str, main: bool| json!({ "type": "email", "value": value, "main": main, "alias": false, "synthetic": main });
    let contacts: Vec<_> = std::iter::once(mail(&person.email, true))
        .chain(person.further_mail.iter().map(|one| mail(one, false)))
        .collect();
    json!({
        "id": person.passport().to_string(), "nickname": person.login, "departmentId": person.department,
        "email": person.email, "name": { "first": person.first, "last": person.last, "middle": "" }, "gender": "",
        "position": person.position, "isEnabled": person.enabled, "isDismissed": person.dismissed,
        "isRobot": person.robot, "isAdmin": false, "aliases": person.aliases, "contacts": contacts, "groups": [],
        "timezone": "Europe/Moscow", "language": "ru", "createdAt": "2026-01-15T10:00:00Z",
        "updatedAt": "2026-06-01T10:00:00Z",
    })
}

fn department(world: &World, department: &Department) -> Value {
    let here = |person: &&Person| department.parent == 0 || person.department == department.id;
    let members = world.people.iter().filter(here).count();
    let email = if department.label.is_empty() { String::new() } else { format!("{}@example.com", department.label) };
    json!({
        "id": department.id, "parentId": department.parent, "name": department.name, "label": department.label,
        "description": "", "headId": "0", "membersCount": members, "aliases": [], "email": email, "externalId": "",
        "createdAt": "2026-01-01T00:00:00Z",
    })
}

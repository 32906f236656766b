//! How things look on the wire. Empty fields are absent. Addresses begin with a mark that is replaced when the answer goes out,
//! because only then it is known by which name and version the client came.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::world::{
    World,
    issue::{Change, Comment, File, Issue, Link},
    people::Person,
    queue::{Kind, LocalField, PRIORITIES, Queue, RESOLUTIONS, STATUS_TYPES, STATUSES, TYPES, Word, status_type, word},
};

/// What addresses begin with until they go out.
const MARK: &str = "tracker:";

/// What is shown besides.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct More {
    pub(super) transitions: bool,
    pub(super) attachments: bool,
    pub(super) status_type: bool,
}

/// A time: UTC, the offset without a colon.
pub(super) fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string()
}

fn at(path: &str) -> String {
    format!("{MARK}/{path}")
}

/// Puts the client's address for the marks.
pub(super) fn addressed(value: &mut Value, base: &str) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                match inner {
                    Value::String(text) if key == "self" || key == "content" => {
                        if let Some(path) = text.strip_prefix(MARK) {
                            *inner = format!("{base}{path}").into();
                        }
                    }
                    other => addressed(other, base),
                }
            }
        }
        Value::Array(row) => row.iter_mut().for_each(|inner| addressed(inner, base)),
        _ => {}
    }
}

/// A reference to somebody.
pub(super) fn user(world: &World, login: &str) -> Value {
    world.person(login).map_or(Value::Null, |person| {
        let uid = person.uid().to_string();
        json!({ "self": at(&format!("users/{uid}")), "id": uid, "display": person.display() })
    })
}

/// Somebody whole.
pub(super) fn person(person: &Person, licence: bool) -> Value {
    json!({
        "self": at(&format!("users/{}", person.uid())), "uid": person.uid(), "login": person.login,
        "trackerUid": person.uid(), "passportUid": person.passport(), "firstName": person.first,
        "lastName": person.last, "display": person.display(), "email": person.email, "external": false,
        "hasLicense": licence, "dismissed": person.dismissed, "useNewFilters": true, "disableNotifications": false,
    })
}

fn coded(folder: &str, table: &[Word], key: &str) -> Value {
    let (id, key, display) = word(table, key).unwrap_or(("0", "", ""));
    json!({ "self": at(&format!("{folder}/{key}")), "id": id, "key": key, "display": display })
}

pub(super) fn status(key: &str) -> Value {
    coded("statuses", &STATUSES, key)
}

pub(super) fn queue_reference(queue: &Queue) -> Value {
    json!({
        "self": at(&format!("queues/{}", queue.key)), "id": queue.id.to_string(), "key": queue.key,
        "display": queue.name,
    })
}

pub(super) fn issue_reference(issue: &Issue) -> Value {
    json!({
        "self": at(&format!("issues/{}", issue.key)), "id": issue.id, "key": issue.key, "display": issue.summary,
    })
}

/// An issue.
pub(super) fn issue(world: &World, issue: &Issue, more: More) -> Value {
    let queue = world.queues.get(&issue.queue);
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty = match &value {
            Value::Null => true,
            Value::Array(row) => row.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => false,
        };
        if !empty {
            map.insert(key.to_owned(), value);
        }
    };
    let users = |logins: &[String]| logins.iter().map(|login| user(world, login)).collect::<Value>();
    put("self", at(&format!("issues/{}", issue.key)).into());
    put("id", issue.id.clone().into());
    put("key", issue.key.clone().into());
    put("version", issue.version.into());
    put("summary", issue.summary.clone().into());
    put("description", json!(issue.description));
    put("queue", queue.map_or(Value::Null, queue_reference));
    put("status", status(&issue.status));
    put("previousStatus", issue.previous_status.as_deref().map_or(Value::Null, status));
    if more.status_type {
        put("statusType", coded("statusTypes", &STATUS_TYPES, status_type(&issue.status)));
    }
    put("type", coded("issuetypes", &TYPES, &issue.kind));
    put("priority", coded("priorities", &PRIORITIES, &issue.priority));
    let resolution = issue.resolution.as_deref().map(|key| coded("resolutions", &RESOLUTIONS, key));
    put("resolution", json!(resolution));
    put("createdBy", user(world, &issue.author));
    put("updatedBy", user(world, &issue.editor));
    put("assignee", issue.assignee.as_deref().map_or(Value::Null, |login| user(world, login)));
    put("followers", users(&issue.followers));
    put("access", users(&issue.access));
    put("tags", json!(issue.tags));
    let boards = queue.map(|queue| &queue.boards).into_iter().flatten().filter(|(id, _)| issue.boards.contains(id));
    put("boards", boards.map(|(id, name)| json!({ "id": id, "name": name })).collect());
    put("parent", json!(issue.parent.as_deref().and_then(|key| world.issue(key)).map(issue_reference)));
    put("createdAt", time(issue.created_at).into());
    put("updatedAt", time(issue.updated_at).into());
    put("lastCommentUpdatedAt", json!(issue.last_comment_at.map(time)));
    put("resolvedAt", json!(issue.resolved_at.map(time)));
    put("votes", 0.into());
    put("favorite", false.into());
    for (key, value) in &issue.locals {
        if let Some(queue) = queue.filter(|queue| queue.fields.iter().any(|field| field.key == *key)) {
            put(&queue.full_key(key), value.clone());
        }
    }
    if more.transitions {
        put("transitions", queue.map_or(Value::Null, |queue| transitions(queue, issue)));
    }
    if more.attachments {
        let files = world.files.values().filter(|file| file.issue.as_deref() == Some(&issue.key));
        put("attachments", files.map(file_reference).collect());
    }
    Value::Object(map)
}

/// The transitions that are open.
pub(super) fn transitions(queue: &Queue, issue: &Issue) -> Value {
    let open = queue.open(&issue.status).map(|one| {
        let mut shown = json!({
            "self": at(&format!("issues/{}/transitions/{}", issue.key, one.id)), "id": one.id, "display": one.display,
            "to": status(&one.to),
        });
        if let Some(screen) = &one.screen {
            shown["screen"] = json!({ "self": at(&format!("screens/{screen}")), "id": screen });
        }
        shown
    });
    open.collect()
}

/// A comment.
pub(super) fn comment(world: &World, key: &str, comment: &Comment, files: bool) -> Value {
    let mut shown = json!({
        "self": at(&format!("issues/{key}/comments/{}", comment.id)), "id": comment.id, "longId": comment.long_id,
        "text": comment.text, "createdBy": user(world, &comment.author), "updatedBy": user(world, &comment.editor),
        "createdAt": time(comment.created_at), "updatedAt": time(comment.updated_at), "version": comment.version,
        "type": "standard", "transport": "internal",
    });
    if !comment.summonees.is_empty() {
        shown["summonees"] = comment.summonees.iter().map(|login| user(world, login)).collect();
    }
    let attached: Vec<Value> = comment.files.iter().filter_map(|id| world.files.get(id)).map(file_reference).collect();
    if files && !attached.is_empty() {
        shown["attachments"] = attached.into();
    }
    shown
}

fn file_path(file: &File) -> String {
    let id = file.id;
    file.issue.as_ref().map_or_else(|| format!("attachments/{id}"), |key| format!("issues/{key}/attachments/{id}"))
}

fn file_reference(file: &File) -> Value {
    json!({ "self": at(&file_path(file)), "id": file.id.to_string(), "display": file.name })
}

/// A file, without its bytes; `content` is where they are.
pub(super) fn file(world: &World, file: &File) -> Value {
    let path = file_path(file);
    let name = percent_encoding::utf8_percent_encode(&file.name, percent_encoding::NON_ALPHANUMERIC);
    let mut shown = json!({
        "self": at(&path), "id": file.id.to_string(), "name": file.name, "content": at(&format!("{path}/{name}")),
        "createdBy": user(world, &file.author), "createdAt": time(file.created_at), "mimetype": file.mimetype,
        "size": file.content.len(),
    });
    if let Some(comment) = file.comment {
        shown["commentId"] = comment.to_string().into();
    }
    shown
}

/// An entry of a changelog.
pub(super) fn change(world: &World, issue: &Issue, change: &Change) -> Value {
    let fields = change.fields.iter().map(|(field, from, to)| {
        let mut shown = json!({
            "field": { "self": at(&format!("fields/{field}")), "id": field, "display": field_name(field) },
        });
        for (key, value) in [("from", from), ("to", to)] {
            shown[key] = value.clone();
        }
        shown
    });
    let mut shown = json!({
        "id": change.id, "self": at(&format!("issues/{}/changelog/{}", issue.key, change.id)),
        "issue": issue_reference(issue), "updatedAt": time(change.at), "updatedBy": user(world, &change.by),
        "type": change.kind, "transport": "front", "fields": fields.collect::<Value>(),
    });
    if !change.comments.is_empty() {
        let added = change.comments.iter().map(|(id, text)| {
            let path = format!("issues/{}/comments/{id}", issue.key);
            json!({ "self": at(&path), "id": id.to_string(), "display": text })
        });
        shown["comments"] = json!({ "added": added.collect::<Value>() });
    }
    shown
}

fn field_name(field: &str) -> &str {
    match field {
        "status" => "Статус",
        "statusStartTime" => "Статус обновлён",
        "summary" => "Задача",
        "assignee" => "Исполнитель",
        "followers" => "Наблюдатели",
        "resolution" => "Резолюция",
        other => other,
    }
}

/// A local field.
pub(super) fn local_field(queue: &Queue, order: usize, field: &LocalField) -> Value {
    let kind = match field.kind {
        Kind::String => "string",
        Kind::Integer => "integer",
    };
    json!({
        "self": at(&format!("queues/{}/localFields/{}", queue.key, field.key)), "id": queue.full_key(&field.key),
        "name": field.name.as_deref().unwrap_or(&field.key), "key": field.key, "version": 1,
        "schema": { "type": kind, "required": field.required }, "readonly": false, "options": false,
        "suggest": false, "order": order, "type": "local", "queue": queue_reference(queue),
    })
}

/// A queue.
pub(super) fn queue(world: &World, queue: &Queue) -> Value {
    json!({
        "self": at(&format!("queues/{}", queue.key)), "id": queue.id, "key": queue.key, "version": 1,
        "name": queue.name, "lead": user(world, &queue.lead), "assignAuto": false,
        "defaultType": coded("issuetypes", &TYPES, "task"), "defaultPriority": coded("priorities", &PRIORITIES, "normal"),
        "denyVoting": false,
    })
}

/// A link as one of its issues sees it.
pub(super) fn link(world: &World, key: &str, link: &Link) -> Value {
    json!({
        "self": at(&format!("issues/{key}/links/{}", link.id)), "id": link.id,
        "type": { "id": link.relationship, "inward": link.relationship, "outward": link.relationship },
        "direction": "outward", "object": world.issue(&link.other).map(issue_reference),
        "createdBy": user(world, &link.author), "updatedBy": user(world, &link.author),
        "createdAt": time(link.created_at), "updatedAt": time(link.created_at),
    })
}

//! What creating, changing and moving write into an issue: scalars as they are, lists with `add`, `remove`, `set` and `replace`,
//! null that clears. A field that nobody knows is refused by its name.

use serde_json::{Map, Value};

use super::{
    refused::Refused,
    switches::Switches,
    world::{
        World,
        issue::Issue,
        queue::{Kind, LocalField, PRIORITIES, RESOLUTIONS, TYPES, Word, word},
    },
};

/// Which call writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Create,
    Change,
    Move,
}

/// Writes fields into an issue; the first that cannot be written is told.
pub(super) fn write(
    world: &World,
    switches: &Switches,
    issue: &mut Issue,
    body: &Map<String, Value>,
    call: Call,
) -> Result<(), Refused> {
    body.iter().try_for_each(|(name, value)| one(world, switches, issue, name, value, call))
}

fn one(
    world: &World,
    switches: &Switches,
    issue: &mut Issue,
    name: &str,
    value: &Value,
    call: Call,
) -> Result<(), Refused> {
    let wrong = || Refused::field(name, Refused::KIND);
    let person = |value: &Value| {
        let found = world.who(value).filter(|person| !person.dismissed);
        found.map(|person| person.login.clone()).ok_or_else(|| Refused::field(name, Refused::NOBODY))
    };
    match name {
        "summary" => {
            let text = value.as_str().ok_or_else(wrong)?.trim();
            issue.summary = Some(text.to_owned()).filter(|text| !text.is_empty()).ok_or_else(|| required(name))?;
        }
        "description" => issue.description = text_or_null(value).ok_or_else(wrong)?,
        "type" => issue.kind = coded(&TYPES, name, value)?,
        "priority" => issue.priority = coded(&PRIORITIES, name, value)?,
        "resolution" if call == Call::Move => issue.resolution = Some(coded(&RESOLUTIONS, name, value)?),
        "assignee" => issue.assignee = if value.is_null() { None } else { Some(person(value)?) },
        "author" if call == Call::Create => issue.author = person(value)?,
        "followers" => issue.followers = list(name, &issue.followers, value, person)?,
        "access" => issue.access = list(name, &issue.access, value, person)?,
        "tags" => {
            let bare = value.as_str().filter(|_| switches.bare_tags).map(|text| vec![Value::from(text)]);
            let value = &bare.map_or_else(|| value.clone(), Value::Array);
            let tag = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(wrong);
            issue.tags = list(name, &issue.tags, value, tag)?;
        }
        "boards" => {
            let known = world.queues.get(&issue.queue).map(|queue| queue.boards.as_slice()).unwrap_or_default();
            let board = |value: &Value| {
                let id = value.get("id").unwrap_or(value).as_u64().ok_or_else(wrong)?;
                let found = known.iter().any(|(board, _)| *board == id);
                found.then_some(id).ok_or_else(|| Refused::field(name, Refused::NO_VALUE))
            };
            issue.boards = list(name, &issue.boards, value, board)?;
        }
        "parent" if value.is_null() => issue.parent = None,
        "parent" => {
            let named = value.as_str().or_else(|| value.get("key").or(value.get("id"))?.as_str()).ok_or_else(wrong)?;
            let parent = world.issue(named).ok_or_else(|| Refused::field(name, "Задача не существует."))?;
            issue.parent = Some(parent.key.clone());
        }
        "status" => return Err(Refused::field(name, "Статус меняют переходами.")),
        local => {
            let field = world.queues.get(&issue.queue).and_then(|queue| queue.field(local));
            let field = field.ok_or_else(|| Refused::field(name, Refused::UNKNOWN))?;
            match local_value(field, value, switches.loose_kinds).ok_or_else(wrong)? {
                Value::Null => issue.locals.remove(&field.key),
                value => issue.locals.insert(field.key.clone(), value),
            };
        }
    }
    Ok(())
}

fn required(name: &str) -> Refused {
    Refused::field(name, Refused::REQUIRED)
}

fn text_or_null(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        _ => None,
    }
}

fn local_value(field: &LocalField, value: &Value, loose: bool) -> Option<Value> {
    match (field.kind, value) {
        (_, Value::Null) => Some(Value::Null),
        (Kind::String, Value::String(_)) => Some(value.clone()),
        (Kind::Integer, Value::Number(number)) if number.is_i64() => Some(value.clone()),
        (Kind::String, Value::Number(number)) if loose => Some(number.to_string().into()),
        (Kind::Integer, Value::String(text)) if loose => text.parse::<i64>().ok().map(Value::from),
        _ => None,
    }
}

/// A key, or an object with a key or an id.
fn coded(table: &[Word], name: &str, value: &Value) -> Result<String, Refused> {
    let text = value.as_str().or_else(|| value.get("key").or(value.get("id"))?.as_str());
    let text = text.ok_or_else(|| Refused::field(name, Refused::KIND))?;
    let found = word(table, text).ok_or_else(|| Refused::field(name, Refused::NO_VALUE))?;
    Ok(found.1.to_owned())
}

/// A list after what is to be done to it.
fn list<T: Clone + PartialEq>(
    name: &str,
    old: &[T],
    value: &Value,
    read: impl Fn(&Value) -> Result<T, Refused>,
) -> Result<Vec<T>, Refused> {
    let wrong = || Refused::field(name, Refused::KIND);
    let several = |value: &Value| -> Result<Vec<T>, Refused> {
        let mut all: Vec<T> = Vec::new();
        for value in value.as_array().ok_or_else(wrong)? {
            let item = read(value)?;
            if !all.contains(&item) {
                all.push(item);
            }
        }
        Ok(all)
    };
    let orders = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(_) => return several(value),
        Value::Object(orders) if !orders.is_empty() => orders,
        _ => return Err(wrong()),
    };
    let mut new = old.to_vec();
    for (order, value) in orders {
        match order.as_str() {
            "set" => new = several(value)?,
            "add" => {
                let more = several(value)?;
                new.extend(more.into_iter().filter(|item| !old.contains(item)));
            }
            "remove" => {
                let less = several(value)?;
                new.retain(|item| !less.contains(item));
            }
            "replace" => {
                for pair in value.as_array().ok_or_else(wrong)? {
                    let (target, other) = (read(&pair["target"])?, read(&pair["replacement"])?);
                    for item in new.iter_mut().filter(|item| **item == target) {
                        *item = other.clone();
                    }
                }
            }
            _ => return Err(wrong()),
        }
    }
    Ok(new)
}

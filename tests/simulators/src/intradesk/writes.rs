//! What the gateway lets be written: tasks, by blocks whose values are texts that hold JSON. A call is done whole or not at all.
//!
//! Not here: files. Attachments are looked at and forgotten, and so are ratings.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    Tenant,
    asked::Asked,
    front::Reply,
    rival::Moment,
    tenant::{By, State},
    world::{
        World,
        task::{BOT, Task, TaskOrder},
    },
};
use crate::service::wire::Answer;

const NO_TASK: &str = "Заявка не найдена";
const NO_STATUS: &str = "Статус не найден";
const NO_GROUP: &str = "Группа не найдена";

/// A block that was understood.
enum Block {
    Name(String),
    Description(String),
    Comment(String),
    Tags(Vec<u64>),
    Priority(u64),
    Status(u64),
    Executor {
        group: Option<u64>,
        user: u64,
    },
    Initiator {
        group: Option<u64>,
        user: u64,
    },
    /// Taken, and kept nowhere.
    Forgotten(&'static str),
}

/// How an answer writes its keys.
#[derive(Clone, Copy)]
struct Style {
    v3: bool,
}

impl Style {
    /// A refusal; 10 is about what is there, 20 about how it was asked for.
    fn no(self, status: u16, message: &str, kind: u16) -> Answer {
        let body = if self.v3 {
            json!({ "IsSuccess": false, "Message": message, "ErrorType": kind })
        } else {
            json!({ "isSuccess": false, "message": message, "errorType": kind })
        };
        Answer::new(status, body)
    }

    fn malformed(self, message: &str) -> Answer {
        self.no(400, message, 20)
    }

    /// A refusal with the status of success.
    fn rejected(self, message: &str, number: u64) -> Answer {
        let mut answer = self.no(200, message, 10);
        if let (Some(body), false) = (&mut answer.body, self.v3) {
            body["id"] = Value::Null;
            body["number"] = number.into();
        }
        answer
    }

    fn done(self, task: &Task) -> Answer {
        let at = stamp(task.updated_at);
        let body = if self.v3 {
            json!({ "Id": task.id, "Number": task.number, "UpdatedAt": at, "Fields": { "status": task.status } })
        } else {
            json!({
                "isSuccess": true, "message": null, "errorType": null, "id": task.id, "number": task.number,
                "updatedAt": at, "data": {},
            })
        };
        Answer::new(200, body)
    }
}

fn stamp(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The number of the task that a body names, if there is one.
pub(super) fn number(world: &World, body: &Map<String, Value>, v3: bool) -> Option<u64> {
    if v3 { world.number_of(body.get("id")?.as_u64()?) } else { body.get("number")?.as_u64() }
}

/// The body with its blocks, each name known and each text read.
fn read(asked: &Asked, style: Style, key: Option<&str>) -> Result<(Map<String, Value>, Vec<Block>), Answer> {
    let body = asked.object().ok_or_else(|| style.malformed("body: JSON object expected"))?;
    let known = |name: &str| Some(name) == key || matches!(name, "blocks" | "Channel" | "clientId");
    if let Some(name) = body.keys().find(|name| !known(name)) {
        return Err(style.malformed(&format!("{name}: unknown field")));
    }
    if let Some(key) = key.filter(|key| !body.get(*key).is_some_and(Value::is_u64)) {
        return Err(style.malformed(&format!("{key}: integer expected")));
    }
    if body.get("Channel").is_some_and(|channel| !channel.is_string()) {
        return Err(style.malformed("Channel: string expected"));
    }
    let blocks = body.get("blocks").and_then(Value::as_object).filter(|blocks| !blocks.is_empty());
    let blocks = blocks.ok_or_else(|| style.malformed("blocks: object expected"))?;
    let read = blocks.iter().map(|(name, text)| {
        let text = text.as_str().ok_or_else(|| style.malformed(&format!("blocks.{name}: string expected")))?;
        let inner = serde_json::from_str::<Map<String, Value>>(text);
        let inner = inner.map_err(|_| style.malformed(&format!("blocks.{name}: JSON object in a string expected")))?;
        block(name, &inner).ok_or_else(|| style.malformed(&format!("blocks.{name}: wrong value")))
    });
    let read = read.collect::<Result<_, _>>()?;
    Ok((body, read))
}

fn block(name: &str, inner: &Map<String, Value>) -> Option<Block> {
    let value = inner.get("value")?;
    let beside = |extra: &[&str]| inner.keys().all(|key| key == "value" || extra.contains(&key.as_str()));
    if !beside(if name == "evaluation" { &["text"] } else { &[] }) {
        return None;
    }
    let text = || value.as_str().map(str::to_owned);
    let ids = |value: &Value| value.as_array()?.iter().map(Value::as_u64).collect::<Option<Vec<_>>>();
    Some(match name {
        "name" => Block::Name(text().filter(|text| !text.is_empty())?),
        "description" => Block::Description(text()?),
        "comment" => Block::Comment(text()?),
        "tags" => Block::Tags(ids(value)?),
        "priority" => Block::Priority(value.as_u64()?),
        "status" => Block::Status(value.as_u64()?),
        "executor" => {
            let (group, user) = person(value)?;
            Block::Executor { group, user }
        }
        "initiator" => {
            let (group, user) = person(value)?;
            Block::Initiator { group, user }
        }
        "attachments" => {
            let (added, gone) = (value.get("addFiles")?.as_array()?, ids(value.get("deleteFileIds")?)?);
            let whole = |file: &Value| matches!(file["target"].as_u64(), Some(20 | 30)) && file["id"].is_u64();
            (added.iter().all(whole) && gone.len() < 1_000).then_some(Block::Forgotten("attachments"))?
        }
        "evaluation" => value.as_u64().map(|_| Block::Forgotten("evaluation"))?,
        _ => return None,
    })
}

/// `{"userid":…}`, with `groupid` at will.
fn person(value: &Value) -> Option<(Option<u64>, u64)> {
    let object = value.as_object()?;
    if object.keys().any(|key| key != "userid" && key != "groupid") {
        return None;
    }
    let group = match object.get("groupid") {
        None => None,
        Some(group) => Some(group.as_u64()?),
    };
    Some((group, object.get("userid")?.as_u64()?))
}

/// Whether every block may be done to a task of this service.
fn check(world: &World, service: Option<u64>, blocks: &[Block]) -> Result<(), &'static str> {
    for block in blocks {
        match block {
            Block::Status(status) if !world.statuses.contains_key(status) => return Err(NO_STATUS),
            Block::Initiator { group: Some(group), .. } if !world.groups.contains_key(group) => return Err(NO_GROUP),
            Block::Executor { group, user } => {
                world.may_do(service, *user, *group)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn apply(state: &mut State, number: u64, blocks: Vec<Block>, now: Timestamp) {
    for block in blocks {
        let World { tasks, .. } = &mut state.world;
        let Some(task) = tasks.get_mut(&number) else { return };
        let mut note = |name: &str, text: String| task.note(BOT, vec![(name.to_owned(), text)], now);
        match block {
            Block::Comment(text) => note("comment", text),
            Block::Forgotten(name) => note(name, String::new()),
            Block::Name(text) => {
                note("name", text.clone());
                task.name = text;
            }
            Block::Description(text) => {
                note("description", text.clone());
                task.description = text;
            }
            Block::Tags(tags) => {
                note("tags", format!("{tags:?}"));
                task.tags = tags;
            }
            Block::Priority(priority) => {
                note("priority", priority.to_string());
                task.priority = priority;
            }
            Block::Initiator { user, .. } => {
                note("initiator", user.to_string());
                task.initiator = user;
            }
            Block::Status(status) => {
                state.world.enter(number, status, BOT, now);
            }
            Block::Executor { group, user } => {
                state.take(number, vec![user], group, By::Gateway, BOT, now);
            }
        }
    }
}

/// `PUT /changes/tasks` by `number`, `PUT /changes/v3/tasks` by `id`.
pub(super) fn change(tenant: &Tenant, asked: &Asked, v3: bool) -> Reply {
    let (now, style) = (tenant.now(), Style { v3 });
    let (body, blocks) = read(asked, style, Some(if v3 { "id" } else { "number" }))?;
    let mut state = tenant.state();
    let missing = || style.no(404, NO_TASK, 10);
    let number = number(&state.world, &body, v3).ok_or_else(missing)?;
    let service = state.world.tasks.get(&number).ok_or_else(missing)?.service;
    let assigns = blocks.iter().any(|block| matches!(block, Block::Executor { .. }));
    if assigns {
        state.rival(Moment::BeforeWrite, number, now);
    }
    check(&state.world, service, &blocks).map_err(|message| style.rejected(message, number))?;
    apply(&mut state, number, blocks, now);
    let answer = state.world.tasks.get(&number).map(|task| style.done(task)).ok_or_else(missing);
    if assigns {
        state.rival(Moment::AfterWrite, number, now);
    }
    answer
}

/// `POST /changes/tasks` and `POST /changes/v3/tasks`, which answer alike.
pub(super) fn create(tenant: &Tenant, asked: &Asked) -> Reply {
    let (now, style) = (tenant.now(), Style { v3: true });
    let (_, blocks) = read(asked, style, None)?;
    if !blocks.iter().any(|block| matches!(block, Block::Name(_))) {
        return Err(style.malformed("blocks.name: string expected"));
    }
    let mut state = tenant.state();
    check(&state.world, None, &blocks).map_err(|message| style.no(200, message, 10))?;
    let number = state.world.make(&TaskOrder::default(), now);
    apply(&mut state, number, blocks, now);
    state.world.tasks.get(&number).map(|task| style.done(task)).ok_or_else(|| style.no(404, NO_TASK, 10))
}

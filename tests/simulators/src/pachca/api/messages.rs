//! Messages over REST: written, read, listed, changed, deleted, reacted to.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Asked, Done, Refused, Route, buttons, data, files, refused::Problems};
use crate::{
    pachca::{
        Space, hook,
        paging::{Key, Page},
        space::State,
        world::{BOT, chat::Message, stamp},
    },
    service::wire::Answer,
};

const MISSING: &str = "Сообщение не найдено";
/// Longest name and address of a picture, in characters.
const LONGEST: usize = 255;

/// A message that the bot may see.
pub(super) fn seen(state: &State, id: u64) -> Result<&Message, Refused> {
    let message = state.world.message(id).filter(|message| state.world.is_member(message.chat, BOT));
    message.ok_or_else(|| Refused::missing(MISSING, id))
}

fn own(state: &State, route: &Route) -> Result<u64, Refused> {
    let message = seen(state, route.number(MISSING)?)?;
    if message.user != BOT {
        return Err(Refused::one(403, "base", Value::Null, "access_denied"));
    }
    Ok(message.id)
}

fn rest(space: &Space, state: &State, message: &Message, now: Timestamp) -> Value {
    message.rest(&state.world, &|file| space.link(state, file, now))
}

/// The chat that a new message is for, when the bot may write there. A chat with one person is made by writing into it.
pub(super) fn target(state: &State, fields: &Value) -> Option<u64> {
    let id = fields["entity_id"].as_u64()?;
    let chat = match fields["entity_type"].as_str().unwrap_or("discussion") {
        "thread" => state.world.threads.get(&id)?.chat,
        "user" => {
            let direct =
                |id: &u64| state.world.entity(*id) == ("user", fields["entity_id"].as_u64().unwrap_or_default());
            return state.world.chats.keys().copied().find(direct);
        }
        _ => id,
    };
    state.world.is_member(chat, BOT).then_some(chat)
}

pub(super) fn create(space: &Space, state: &mut State, asked: &Asked, now: Timestamp) -> Done {
    let fields = asked.wrapped("message")?;
    let mut problems = Problems::default();
    let kind = match &fields["entity_type"] {
        Value::Null => "discussion",
        Value::String(kind) if matches!(kind.as_str(), "discussion" | "thread" | "user") => kind,
        other => {
            problems.add("entity_type", other, "inclusion");
            "discussion"
        }
    };
    match &fields["entity_id"] {
        Value::Null => problems.add("entity_id", &Value::Null, "blank"),
        given if given.as_u64().is_none() => problems.add("entity_id", given, "invalid"),
        _ => {}
    }
    problems.text(&fields, "content", state.switches.longest_content);
    let wanted = read(state, &fields, &mut problems);
    problems.none()?;
    let id = fields["entity_id"].as_u64().unwrap_or_default();
    let chat = match (target(state, &fields), kind) {
        (Some(chat), _) => chat,
        (None, "user") if state.world.users.contains_key(&id) && id != BOT => state.world.direct(id, now),
        _ => return Err(Refused::one(404, "entity_id", id, "not_found")),
    };
    let parent = fields["parent_message_id"].as_u64();
    if parent.is_some_and(|id| state.world.message(id).is_none_or(|quoted| quoted.chat != chat)) {
        return Err(Refused::one(404, "parent_message_id", parent, "not_found"));
    }
    let content = fields["content"].as_str().unwrap_or_default();
    let mut message = Message::new(state.world.next_message(), chat, BOT, content, now);
    message.parent = parent;
    apply(state, &mut message, wanted);
    let number = message.id;
    let silent = fields["skip_invite_mentions"].as_bool().unwrap_or_default();
    let came = state.world.post(message, silent);
    tell(space, state, "new", number, now);
    if !came.is_empty() {
        let told = hook::members("add", chat, &came, &state.world, now);
        space.tell(state, told);
    }
    Ok(data(201, rest(space, state, seen(state, number)?, now)))
}

/// What may be set when a message is written and when it is changed; absent is as it was.
struct Wanted {
    files: Option<Vec<files::Wanted>>,
    buttons: Option<Vec<Vec<crate::pachca::world::chat::Button>>>,
    name: Option<String>,
    picture: Option<String>,
}

fn read(state: &State, fields: &Value, problems: &mut Problems) -> Wanted {
    problems.optional(fields, "display_name", LONGEST);
    problems.optional(fields, "display_avatar_url", LONGEST);
    if !matches!(&fields["parent_message_id"], Value::Null) && fields["parent_message_id"].as_u64().is_none() {
        problems.add("parent_message_id", &fields["parent_message_id"], "invalid");
    }
    Wanted {
        files: files::read(state, fields, problems),
        buttons: buttons::read(fields, problems),
        name: fields["display_name"].as_str().map(str::to_owned),
        picture: fields["display_avatar_url"].as_str().map(str::to_owned),
    }
}

fn apply(state: &mut State, message: &mut Message, wanted: Wanted) {
    if let Some(files) = wanted.files {
        message.files = files.into_iter().map(|file| file.keep(state)).collect();
    }
    message.buttons = wanted.buttons.unwrap_or_else(|| std::mem::take(&mut message.buttons));
    message.display_name = wanted.name.or_else(|| message.display_name.take());
    message.display_avatar_url = wanted.picture.or_else(|| message.display_avatar_url.take());
}

fn tell(space: &Space, state: &mut State, event: &str, message: u64, now: Timestamp) {
    let Some(message) = state.world.messages.get(&message) else { return };
    let told = hook::message(event, message, &state.world, now);
    space.tell(state, told);
}

pub(super) fn read_by(space: &Space, state: &State, route: &Route, now: Timestamp) -> Done {
    shown(space, state, route.number(MISSING)?, now)
}

fn shown(space: &Space, state: &State, id: u64, now: Timestamp) -> Done {
    Ok(data(200, rest(space, state, seen(state, id)?, now)))
}

pub(super) fn list(space: &Space, state: &State, asked: &Asked, now: Timestamp) -> Done {
    let page = Page::of(&asked.query)?;
    let chat = asked.param("chat_id").ok_or_else(|| Refused::one(422, "chat_id", Value::Null, "blank"))?;
    if let Some(sort) = asked.param("sort").filter(|sort| *sort != "id") {
        return Err(Refused::one(422, "sort", sort, "inclusion"));
    }
    let descending = match asked.param("order") {
        None | Some("desc") => true,
        Some("asc") => false,
        Some(other) => return Err(Refused::one(422, "order", other, "inclusion")),
    };
    let id = chat.parse().ok().filter(|id| state.world.is_member(*id, BOT));
    let id = id.ok_or_else(|| Refused::one(404, "chat_id", chat, "not_found"))?;
    let mut rows: Vec<_> = state.world.in_chat(id).map(|message| (Key::Number(message.id), message)).collect();
    if descending {
        rows.reverse();
    }
    Ok(Answer::new(200, page.cut(rows, descending).body(|message| rest(space, state, message, now))))
}

pub(super) fn update(space: &Space, state: &mut State, asked: &Asked, route: &Route, now: Timestamp) -> Done {
    let id = own(state, route)?;
    let fields = asked.wrapped("message")?;
    let mut problems = Problems::default();
    if fields.get("content").is_some() {
        problems.text(&fields, "content", state.switches.longest_content);
    }
    let wanted = read(state, &fields, &mut problems);
    problems.none()?;
    let mut message = seen(state, id)?.clone();
    if let Some(content) = fields["content"].as_str() {
        content.clone_into(&mut message.content);
    }
    apply(state, &mut message, wanted);
    message.changed_at = now;
    state.world.messages.insert(id, message);
    tell(space, state, "update", id, now);
    shown(space, state, id, now)
}

pub(super) fn delete(space: &Space, state: &mut State, route: &Route, now: Timestamp) -> Done {
    let id = own(state, route)?;
    tell(space, state, "delete", id, now);
    if let Some(message) = state.world.messages.get_mut(&id) {
        message.deleted_at = Some(now);
    }
    Ok(Answer::empty(204))
}

pub(super) fn react(space: &Space, state: &mut State, asked: &Asked, route: &Route, now: Timestamp) -> Done {
    let id = seen(state, route.number(MISSING)?)?.id;
    let body = asked.json()?;
    let mut problems = Problems::default();
    problems.text(&body, "code", LONGEST);
    problems.optional(&body, "name", LONGEST);
    problems.none()?;
    let code = body["code"].as_str().unwrap_or_default().to_owned();
    let reaction = (BOT, code.clone());
    if let Some(message) = state.world.messages.get_mut(&id).filter(|message| !message.reactions.contains(&reaction)) {
        message.reactions.push(reaction);
        let told = hook::reaction("new", message, BOT, &code, now);
        space.tell(state, told);
    }
    let name = body["name"].as_str().unwrap_or("reaction");
    Ok(Answer::new(201, json!({ "user_id": BOT, "created_at": stamp(now), "code": code, "name": name })))
}

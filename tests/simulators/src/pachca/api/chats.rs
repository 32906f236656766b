//! People and chats over REST.

use jiff::Timestamp;
use serde_json::Value;

use super::{Asked, Done, Refused, Route, data};
use crate::{
    pachca::{
        Space, hook,
        paging::{Key, Page},
        space::State,
        world::{
            BOT,
            chat::{Chat, Kind},
            people::User,
        },
    },
    service::wire::Answer,
};

const NOBODY: &str = "Пользователь не найден";
const MISSING: &str = "Чат не найден";

pub(super) fn users(state: &State, asked: &Asked, now: Timestamp) -> Done {
    let page = Page::of(&asked.query)?;
    let all = state.world.users.values().map(|user| (Key::Number(user.id), user));
    let Some(text) = asked.param("query") else {
        return Ok(Answer::new(200, page.cut(all.collect(), false).body(|user| user.rest(now))));
    };
    let found: Vec<(Key, &User)> = all.filter(|(_, user)| user.is_found_by(text)).collect();
    let total = found.len();
    Ok(Answer::new(200, page.cut(found, false).found(total, |user| user.rest(now))))
}

pub(super) fn user(state: &State, route: &Route, now: Timestamp) -> Done {
    let id = route.number(NOBODY)?;
    let user = state.world.users.get(&id).ok_or_else(|| Refused::missing(NOBODY, id))?;
    Ok(data(200, user.rest(now)))
}

pub(super) fn list(state: &State, asked: &Asked) -> Done {
    let page = Page::of(&asked.query)?;
    let personal = match asked.param("personal") {
        None => None,
        Some(text) => Some(text.parse::<bool>().map_err(|_| Refused::one(422, "personal", text, "invalid"))?),
    };
    let after = match asked.param("last_message_at_after") {
        None => None,
        Some(text) => {
            let after: Option<Timestamp> = text.parse().ok();
            Some(after.ok_or_else(|| Refused::one(422, "last_message_at_after", text, "invalid"))?)
        }
    };
    let fits = |chat: &&Chat| {
        let of_kind = personal.is_none_or(|personal| personal == matches!(chat.kind, Kind::Direct(_)));
        let late = after.is_none_or(|after| chat.last_message_at >= after);
        !matches!(chat.kind, Kind::Thread(_)) && chat.members.contains(&BOT) && of_kind && late
    };
    let rows = state.world.chats.values().rev().filter(fits).map(|chat| (Key::Number(chat.id), chat));
    Ok(Answer::new(200, page.cut(rows.collect(), true).body(Chat::rest)))
}

fn seen<'a>(state: &'a State, route: &Route) -> Result<&'a Chat, Refused> {
    let id = route.number(MISSING)?;
    let chat = state.world.chats.get(&id).filter(|chat| chat.members.contains(&BOT));
    chat.ok_or_else(|| Refused::missing(MISSING, id))
}

pub(super) fn read(state: &State, route: &Route) -> Done {
    Ok(data(200, seen(state, route)?.rest()))
}

pub(super) fn members(state: &State, asked: &Asked, route: &Route, now: Timestamp) -> Done {
    let page = Page::of(&asked.query)?;
    let chat = seen(state, route)?;
    let rows = chat.members.iter().filter_map(|id| state.world.users.get(id)).map(|user| (Key::Number(user.id), user));
    Ok(Answer::new(200, page.cut(rows.collect(), false).body(|user| user.rest(now))))
}

pub(super) fn add(space: &Space, state: &mut State, asked: &Asked, route: &Route, now: Timestamp) -> Done {
    let chat = seen(state, route)?.id;
    let body = asked.json()?;
    let given = body["member_ids"].as_array().filter(|ids| !ids.is_empty());
    let given = given.ok_or_else(|| Refused::one(422, "member_ids", body["member_ids"].clone(), "blank"))?;
    let mut new = Vec::new();
    for value in given {
        let id = value.as_u64().filter(|id| state.world.users.contains_key(id));
        new.push(id.ok_or_else(|| Refused::one(422, "member_ids", value.clone(), "not_found"))?);
    }
    if !matches!(body["silent"], Value::Null | Value::Bool(_)) {
        return Err(Refused::one(422, "silent", body["silent"].clone(), "invalid"));
    }
    let Some(members) = state.world.chats.get_mut(&chat).map(|chat| &mut chat.members) else {
        return Err(Refused::missing(MISSING, chat));
    };
    new.retain(|id| members.insert(*id));
    if !new.is_empty() {
        let told = hook::members("add", chat, &new, &state.world, now);
        space.tell(state, told);
    }
    Ok(Answer::empty(204))
}

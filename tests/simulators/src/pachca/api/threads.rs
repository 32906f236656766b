//! Threads over REST.

use jiff::Timestamp;
use serde_json::Value;

use super::{Asked, Done, Refused, Route, data, messages::seen};
use crate::{
    pachca::{
        paging::{Key, Page},
        space::State,
        world::{BOT, chat::Thread},
    },
    service::wire::Answer,
};

const MISSING: &str = "Тред не найден";

fn rest(state: &State, id: u64) -> Value {
    state.world.threads.get(&id).map(Thread::rest).unwrap_or_default()
}

pub(super) fn create(state: &mut State, route: &Route, now: Timestamp) -> Done {
    let message = seen(state, route.number("Сообщение не найдено")?)?;
    let id = message.id;
    if state.world.thread_of_chat(message.chat).is_some() {
        return Err(Refused::one(400, "base", Value::Null, "thread_message"));
    }
    let thread = state.world.make_thread(Some(id), BOT, now);
    Ok(data(201, rest(state, thread)))
}

pub(super) fn new(state: &mut State, now: Timestamp) -> Answer {
    let thread = state.world.make_thread(None, BOT, now);
    data(201, rest(state, thread))
}

pub(super) fn read(state: &State, route: &Route) -> Done {
    let id = route.number(MISSING)?;
    let thread = state.world.threads.get(&id).filter(|thread| state.world.is_member(thread.chat, BOT));
    thread.map(|thread| data(200, thread.rest())).ok_or_else(|| Refused::missing(MISSING, id))
}

pub(super) fn list(state: &State, asked: &Asked) -> Done {
    let page = Page::of(&asked.query)?;
    let bound = |name: &str| match asked.param(name) {
        None => Ok(None),
        Some(text) => {
            text.parse::<Timestamp>().map(Some).map_err(|_| Refused::one(422, name, text, "invalid_date_range"))
        }
    };
    let (after, before) = (bound("last_message_at_after")?, bound("last_message_at_before")?);
    let fits = |thread: &&Thread| {
        after.is_none_or(|after| thread.updated_at >= after)
            && before.is_none_or(|before| thread.updated_at <= before)
            && state.world.is_member(thread.chat, BOT)
    };
    let rows = state.world.threads.values().rev().filter(fits).map(|thread| (Key::Number(thread.id), thread));
    Ok(Answer::new(200, page.cut(rows.collect(), true).body(Thread::rest)))
}

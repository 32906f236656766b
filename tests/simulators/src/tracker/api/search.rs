//! Search: one of four ways to say what is wanted, pages that are made anew at each call, scrolls that are not, and counting.

use axum::http::{HeaderName, header::LINK};
use serde_json::{Map, Value, json};

use super::{Call, LARGEST_PAGE, PAGE, Reply, document, issues::shown};
use crate::{
    service::wire::Answer,
    tracker::{
        filter,
        query::Query,
        refused::Refused,
        scroll::Scroll,
        state::State,
        world::{issue::Issue, people::ROBOT},
    },
};

/// Rows that pages reach; beyond them is the scroll's.
const REACH: usize = 10_000;
const WAYS: [&str; 4] = ["queue", "keys", "filter", "query"];

const TOTAL: HeaderName = HeaderName::from_static("x-total-count");
const PAGES: HeaderName = HeaderName::from_static("x-total-pages");
const SCROLL_ID: HeaderName = HeaderName::from_static("x-scroll-id");
const SCROLL_TOKEN: HeaderName = HeaderName::from_static("x-scroll-token");

/// Keys of what is wanted, in its order.
fn select(call: &Call<'_>, state: &mut State, body: &Map<String, Value>) -> Result<Vec<String>, Refused> {
    let ways: Vec<&str> = WAYS.into_iter().filter(|way| body.contains_key(*way)).collect();
    let [way] = ways.as_slice() else {
        return Err(Refused::text(400, "You can only use keys, a queue, or a search query"));
    };
    if let Some(unknown) = body.keys().find(|key| *key != way && *key != "order") {
        return Err(Refused::field(unknown, Refused::UNKNOWN));
    }
    let known = state.known(call.now);
    state.world.forget(known);
    let (world, value) = (&state.world, &body[*way]);
    let wrong = || Refused::field(way, Refused::KIND);
    let mut order = Vec::new();
    let mut found: Vec<&Issue> = match *way {
        "queue" => {
            let key = value.as_str().ok_or_else(wrong)?;
            let queue = world.queues.get(key).ok_or_else(super::no_queue)?;
            world.indexed(known).filter(|issue| issue.queue == queue.key).collect()
        }
        "keys" => {
            let keys = match value {
                Value::String(key) => vec![key.as_str()],
                Value::Array(row) => row.iter().map(Value::as_str).collect::<Option<_>>().ok_or_else(wrong)?,
                _ => return Err(wrong()),
            };
            world.indexed(known).filter(|issue| keys.contains(&issue.key.as_str())).collect()
        }
        "filter" => {
            let wanted = filter::Filter::read(world, value)?;
            if let Some(text) = body.get("order") {
                order.push(filter::order(text)?);
            }
            world.indexed(known).filter(|issue| wanted.fits(world, ROBOT, issue)).collect()
        }
        _ => {
            let query = Query::read(value.as_str().ok_or_else(wrong)?)?;
            order.clone_from(&query.order);
            world.indexed(known).filter(|issue| query.fits(issue)).collect()
        }
    };
    found.sort_by(|one, other| filter::compare(&order, one, other));
    Ok(found.into_iter().map(|issue| issue.key.clone()).collect())
}

fn rows(call: &Call<'_>, state: &State, keys: &[String]) -> Value {
    keys.iter().filter_map(|key| state.world.issue(key)).map(|issue| shown(call, state, issue)).collect()
}

pub(super) fn search(call: &Call<'_>) -> Reply {
    let body = call.asked.object()?;
    let mut state = call.tracker.state();
    if call.asked.parameter("scrollId").is_some() || call.asked.parameter("scrollType").is_some() {
        return scroll(call, &mut state, body);
    }
    let size = call.asked.number("perPage", PAGE, LARGEST_PAGE)?;
    let page = call.asked.number("page", 1, usize::MAX)?;
    let skip = (page - 1).saturating_mul(size);
    if skip >= REACH {
        return Err(Refused::text(400, "За десятитысячной задачей нужна прокрутка."));
    }
    let keys = select(call, &mut state, &body)?;
    let (total, pages) = (keys.len(), keys.len().div_ceil(size));
    let shown = &keys[skip.min(total)..(skip + size).min(total)];
    let mut links = vec![("first", 1)];
    links.extend((page > 1).then(|| ("prev", page - 1)));
    links.extend((page < pages).then(|| ("next", page + 1)));
    links.push(("last", pages.max(1)));
    let of =
        |(name, page): (&str, usize)| format!("<{}>; rel=\"{name}\"", call.asked.address("page", &page.to_string()));
    let links: Vec<_> = links.into_iter().map(of).collect();
    let answer = document(200, rows(call, &state, shown));
    Ok(answer.with(TOTAL, &total.to_string()).with(PAGES, &pages.to_string()).with(LINK, &links.join(", ")))
}

fn scroll(call: &Call<'_>, state: &mut State, body: Map<String, Value>) -> Reply {
    if body.contains_key("queue") || body.contains_key("keys") {
        return Err(Refused::text(400, "Scroll is not supported"));
    }
    let size = call.asked.number("perScroll", 100, LARGEST_PAGE)?;
    let ttl = call.asked.number("scrollTTLMillis", 60_000, usize::MAX)?;
    let (id, mut scroll) = match call.asked.parameter("scrollId") {
        Some(id) => {
            let found = state.scrolls.remove(id).filter(|scroll| scroll.until >= call.now);
            let found = found.ok_or_else(|| Refused::text(400, "Прокрутка окончена или не начата."))?;
            if found.body != body {
                state.scrolls.insert(id.to_owned(), found);
                return Err(Refused::text(400, "Прокрутка начата с другим запросом."));
            }
            (id.to_owned(), found)
        }
        None => {
            if !matches!(call.asked.parameter("scrollType"), Some("sorted" | "unsorted")) {
                return Err(Refused::text(400, "Недопустимое значение параметра scrollType."));
            }
            let rest = select(call, state, &body)?;
            state.scrolled += 1;
            let (id, token) = Scroll::names(state.scrolled);
            (id, Scroll { total: rest.len(), rest, token, body, until: call.now })
        }
    };
    let left = scroll.rest.split_off(size.min(scroll.rest.len()));
    let shown = std::mem::replace(&mut scroll.rest, left);
    let mut answer = document(200, rows(call, state, &shown)).with(TOTAL, &scroll.total.to_string());
    if !scroll.rest.is_empty() {
        answer = answer.with(SCROLL_ID, &id).with(SCROLL_TOKEN, &scroll.token);
        scroll.until = Scroll::until(call.now, ttl);
        state.scrolls.insert(id, scroll);
    }
    Ok(answer)
}

/// Ends scrolls, each named with its token; all of them or none.
pub(super) fn clear(call: &Call<'_>) -> Reply {
    let body = call.asked.object()?;
    let mut state = call.tracker.state();
    let right = |(id, token): (&String, &Value)| {
        state.scrolls.get(id).is_some_and(|scroll| token.as_str() == Some(&scroll.token))
    };
    if !body.iter().all(right) {
        return Err(Refused::text(404, "Прокрутка окончена или не начата."));
    }
    state.scrolls.retain(|id, _| !body.contains_key(id));
    Ok(Answer::empty(204))
}

pub(super) fn count(call: &Call<'_>) -> Reply {
    let body = call.asked.object()?;
    if let Some(other) = body.keys().find(|key| *key != "filter" && *key != "query") {
        return Err(Refused::field(other, Refused::UNKNOWN));
    }
    let mut state = call.tracker.state();
    let found = select(call, &mut state, &body)?.len();
    Ok(document(200, json!(found)))
}

//! The bot's own webhook, and the history of its events.

use serde_json::{Value, json};
use url::{Host, Url};

use super::{Asked, Done, Refused, Route, data};
use crate::{
    pachca::{
        paging::{Key, Page},
        space::State,
        world::{BOT, stamp},
    },
    service::wire::Answer,
};

pub(super) fn set(state: &mut State, asked: &Asked) -> Done {
    let fields = asked.wrapped("webhook")?;
    let given = fields["outgoing_url"].as_str();
    let given = given.ok_or_else(|| Refused::one(422, "outgoing_url", fields["outgoing_url"].clone(), "blank"))?;
    state.hook_url = if given.is_empty() {
        None
    } else {
        let url = Url::parse(given).ok().filter(is_allowed);
        Some(url.ok_or_else(|| Refused::one(422, "outgoing_url", given, "invalid_webhook_url"))?)
    };
    let switches = &state.switches;
    let webhook = json!({
        "name": "Desk bot", "nickname": "desk.bot", "outgoing_url": state.hook_url.as_ref().map(Url::as_str), "events": switches.events,
        "trigger_on": if switches.commands_only { "commands" } else { "all" }, "commands": [],
        "scopes": switches.scopes, "template": null, "template_engine": "liquid", "challenge_key": null,
        "link_preview_enabled": false, "ignore_self_messages": switches.ignore_own,
        "events_history_enabled": switches.keep_history, "single_chat": false, "can_edit": ["admin"],
        "who_can_add": "creator",
    });
    Ok(data(200, json!({ "id": BOT, "webhook": webhook })))
}

/// Receivers on this machine have no certificate.
fn is_allowed(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

pub(super) fn list(state: &State, asked: &Asked) -> Done {
    let page = Page::of(&asked.query)?;
    let rows = state.world.history.iter().rev().map(|event| (Key::Text(event.id.clone()), event));
    let body = page.cut(rows.collect(), true).body(|event| {
        json!({
            "id": event.id, "event_type": event.event_type, "payload": event.payload,
            "created_at": stamp(event.created_at),
        })
    });
    Ok(Answer::new(200, body))
}

pub(super) fn delete(state: &mut State, route: &Route) -> Done {
    let history = &mut state.world.history;
    let Some(index) = history.iter().position(|event| event.id == route.id) else {
        return Err(Refused::one(404, "id", Value::from(route.id.as_str()), "not_found"));
    };
    history.remove(index);
    Ok(Answer::empty(204))
}

//! The REST interface of a node: who may ask what, and what is answered. Everything unknown is refused.
//!
//! What the contract leaves open is decided here and is part of this simulator's face:
//! * A path that is not there is 404, a method that is not there 405 with an empty body.
//! * Of a call only HOLD, RETRIEVE, DROP and TRANSFER_SST can be asked, by the agent or a supervisor; a transfer ends the
//!   agent's part of it. `POST …/Dialogs` (monitoring) is 501.
//! * Nobody signs in through it: the state LOGIN is refused with `Invalid Input`.

mod answer;
mod dialog;
mod order;
pub mod serve;

use std::{collections::HashMap, sync::Arc};

use percent_encoding::percent_decode_str;

pub use self::{answer::Answer, order::Order};
use super::{
    Core,
    node::Node,
    world::{Deployment, World, state::State},
};

/// A request, read.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// Path and query, as they came.
    pub target: String,
    /// Id and password.
    pub credentials: Option<(String, String)>,
    /// `Content-Type`.
    pub content_type: String,
    /// The client's name for it.
    pub request_id: Option<String>,
    /// The body.
    pub body: String,
}

impl Asked {
    fn path(&self) -> Vec<String> {
        let path = self.target.split('?').next().unwrap_or_default();
        let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        path.trim_matches('/').split('/').map(decode).collect()
    }

    fn query(&self) -> HashMap<String, String> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}

/// Answers a request at `node`.
pub fn answer(core: &Arc<Core>, node: &Node, asked: &Asked) -> Answer {
    let path = asked.path();
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let ["finesse", "api", parts @ ..] = parts.as_slice() else { return Answer::not_found("Not Found", "") };
    if let ("GET", ["SystemInfo"]) = (asked.method.as_str(), parts) {
        if core.guarded && signed_in(core, asked).is_none() {
            return Answer::unauthorized("");
        }
        return Answer::ok(core.system_info(node));
    }
    if !node.condition().in_service() {
        return Answer::out_of_service();
    }
    let Some(who) = signed_in(core, asked) else {
        return Answer::unauthorized(asked.credentials.as_ref().map_or("", |(id, _)| id));
    };
    match (asked.method.as_str(), parts) {
        ("GET", _) => core.with_world(|world, _| read(core, world, who, parts, asked)),
        ("PUT", ["User", id]) => order::user(core, node, who, id, asked),
        ("PUT", ["Dialog", id]) => dialog::put(core, who, id, asked),
        ("POST", ["User", _, "Dialogs"]) => Answer::error(501, "Not Implemented", "Monitoring is not available", ""),
        _ => Answer::empty(405),
    }
}

fn signed_in(core: &Core, asked: &Asked) -> Option<usize> {
    let (id, password) = asked.credentials.as_ref()?;
    if !core.accounts.sign_in(id, password, core.hands.now()) {
        return None;
    }
    core.with_world(|world, _| world.find(id))
}

fn read(core: &Core, world: &World, who: usize, parts: &[&str], asked: &Asked) -> Answer {
    let me = &world.people[who];
    // A name instead of an id is understood by one of the products.
    let find = |id: &str| {
        let by_name = || world.people.iter().position(|person| person.login_name == id);
        let named = if world.deployment == Deployment::Ucce { by_name() } else { None };
        world.find(id).or(named)
    };
    let own = |id: &str| match find(id) {
        None => Err(Answer::not_found("User Not Found", id)),
        Some(found) if found == who => Ok(()),
        Some(_) => Err(Answer::error(401, "Invalid Authorization User Specified", "UNAUTHORIZED", id)),
    };
    let answer = || match parts {
        ["User", id] => own(id).map(|()| Answer::ok(world.user("User", who))),
        ["User", id, "ReasonCodes"] => {
            own(id)?;
            match asked.query().get("category").map(String::as_str) {
                Some("NOT_READY") => Ok(Answer::ok(world.reasons(&State::NotReady))),
                Some("LOGOUT") => Ok(Answer::ok(world.reasons(&State::Logout))),
                Some(other) => Err(Answer::error(400, "Invalid Input", "Unknown category", other)),
                None => Err(Answer::error(400, "Parameter Missing", "category is mandatory", "category")),
            }
        }
        ["User", id, "Dialogs"] => {
            let of = find(id).ok_or_else(|| Answer::not_found("User Not Found", id))?;
            if of != who && !(core.member_dialogs && world.is_over(who, of)) {
                return Err(Answer::unauthorized(&me.id));
            }
            Ok(Answer::ok(world.dialogs(of)))
        }
        ["User", _, "Queues"] | ["Queue", _] if world.deployment == Deployment::Uccx => {
            Err(Answer::error(501, "Not Implemented", "Queues are not available in this deployment", ""))
        }
        ["User", id, "Queues"] => own(id).map(|()| Answer::ok(world.queues_of(who))),
        ["Queue", id] => {
            let queue = id.parse().ok().and_then(|id| world.queue(id));
            queue.map(Answer::ok).ok_or_else(|| Answer::not_found("Not Found", id))
        }
        ["Team", id] => {
            if !me.supervisor {
                return Err(Answer::unauthorized(&me.id));
            }
            let team = id.parse().ok().and_then(|id| world.find_team(id));
            let team = team.ok_or_else(|| Answer::not_found("Not Found", id))?;
            if !me.supervises.contains(&team) {
                return Err(Answer::unauthorized(&me.id));
            }
            Ok(Answer::ok(world.team("Team", team)))
        }
        // For administrators, whom this cluster has none of.
        ["Users" | "Teams"] | ["ReasonCode", _] => Err(Answer::unauthorized(&me.id)),
        ["Dialog", _] => Err(Answer::empty(405)),
        _ => Err(Answer::not_found("Not Found", "")),
    };
    answer().unwrap_or_else(|refused: Answer| refused)
}

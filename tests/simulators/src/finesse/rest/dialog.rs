//! `PUT /finesse/api/Dialog/{id}`: the least of what can be asked of a call. Its outcome follows as notifications.

use super::{Answer, Asked, order::fields};
use crate::finesse::{
    Core,
    world::{Change, World, call::Leg, state::State},
};

pub(super) fn put(core: &Core, by: usize, id: &str, asked: &Asked) -> Answer {
    let known = ["requestedAction", "targetMediaAddress", "toAddress"];
    fields(asked, "Dialog", &known)
        .and_then(|fields| act(core, by, id, asked, &fields))
        .unwrap_or_else(|refused| refused)
}

fn act(core: &Core, by: usize, id: &str, asked: &Asked, fields: &[(String, String)]) -> Result<Answer, Answer> {
    let required = |name: &str| {
        let found = fields.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str()).ok_or_else(|| Answer::error(400, "Parameter Missing", name, name))
    };
    core.with_world(|world, now| {
        let number = id.parse::<u64>().ok();
        let of = |call: &Option<_>| {
            call.as_ref().is_some_and(|call: &crate::finesse::world::call::Call| Some(call.id) == number)
        };
        let who = world.people.iter().position(|person| of(&person.call));
        let who = who.ok_or_else(|| Answer::not_found("Dialog Not Found", id))?;
        if by != who && !world.is_over(by, who) {
            return Err(Answer::unauthorized(&world.people[by].id));
        }
        let action = required("requestedAction")?;
        if required("targetMediaAddress")? != world.people[who].extension() {
            return Err(Answer::error(400, "Invalid Destination", "No participant at this address", id));
        }
        let leg = world.people[who].call.as_ref().map(|call| call.leg);
        let next = match (action, leg) {
            ("HOLD", Some(Leg::Active)) => State::Hold,
            ("RETRIEVE", Some(Leg::Held)) => State::Talking,
            ("DROP", Some(Leg::Active | Leg::Held)) => State::Work,
            ("TRANSFER_SST", Some(Leg::Active)) => {
                required("toAddress")?;
                State::Work
            }
            ("HOLD" | "RETRIEVE" | "DROP" | "TRANSFER_SST", _) => {
                return Err(Answer::error(400, "Invalid State", "The call does not permit it", action));
            }
            _ => return Err(Answer::error(400, "Invalid Input", "Unknown action", action)),
        };
        carry_out(world, who, next, now, asked.request_id.as_deref());
        Ok(Answer::empty(202))
    })
}

fn carry_out(world: &mut World, who: usize, next: State, now: jiff::Timestamp, request: Option<&str>) {
    let mut change = Change::to(next, now);
    change.pending = world.people[who].pending.clone().filter(|_| matches!(change.state, State::Hold | State::Talking));
    world.change(who, change, now, request);
}

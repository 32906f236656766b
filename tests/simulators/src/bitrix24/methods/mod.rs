//! The list of methods: what each is called, which scope it needs, whether a batch may hold it; and the one way to call one.

pub(super) mod batch;
mod bots;
mod bots_new;
mod disk;
mod messages;
mod office;
mod staff;
mod task_list;
mod task_view;
mod tasks;

use std::net::SocketAddr;

use jiff::Timestamp;

pub(super) use self::disk::row as file_row;
use super::{
    answer::{Done, Refusal},
    events::Told,
    operating::Spent,
    params::Params,
    portal::{Portal, State},
    switches::Switches,
    world::World,
};

/// What a method has at hand.
pub(super) struct Call<'a> {
    pub(super) world: &'a mut World,
    pub(super) switches: &'a Switches,
    pub(super) now: Timestamp,
    pub(super) front: SocketAddr,
    /// The method's name, in lower case.
    pub(super) name: &'a str,
    pub(super) told: &'a mut Vec<Told>,
}

/// A method.
pub(super) struct Method {
    /// Its name in lower case.
    name: &'static str,
    /// Scopes of which one is enough; none is needed when there is none.
    scopes: &'static [&'static str],
    /// Whether a batch may hold it.
    batched: bool,
    run: fn(&mut Call<'_>, &Params) -> Done,
}

impl Method {
    const fn new(name: &'static str, scopes: &'static [&'static str], run: fn(&mut Call<'_>, &Params) -> Done) -> Self {
        Self { name, scopes, batched: true, run }
    }

    /// Refused in a batch.
    const fn alone(self) -> Self {
        Self { batched: false, ..self }
    }
}

fn find(name: &str) -> Option<&'static Method> {
    let lists: [&[Method]; 7] = [
        staff::METHODS,
        messages::METHODS,
        bots::METHODS,
        bots_new::METHODS,
        tasks::METHODS,
        disk::METHODS,
        office::METHODS,
    ];
    lists.into_iter().flatten().find(|method| method.name == name)
}

/// Whether a batch may hold the method; what nobody knows is refused later.
fn batched(name: &str) -> bool {
    name != "batch" && find(name).is_none_or(|method| method.batched)
}

/// Calls a method by its name in lower case.
pub(super) fn call(portal: &Portal, state: &mut State, name: &str, params: &Params) -> (Done, Option<Spent>) {
    let now = portal.hands.now();
    if let Some(refusal) = refused(portal, name) {
        return (Err(refusal), None);
    }
    let Some(method) = find(name) else {
        return (Err(Refusal::new(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")), None);
    };
    let granted = |scope: &&str| state.switches.scopes.iter().any(|granted| granted == scope);
    if !method.scopes.is_empty() && !method.scopes.iter().any(granted) {
        return (Err(Refusal::insufficient_scope()), None);
    }
    let Some(spent) = state.operating.spend(name, now) else {
        return (Err(time_is_up()), None);
    };
    let mut told = Vec::new();
    let mut call =
        Call { world: &mut state.world, switches: &state.switches, now, front: portal.front, name, told: &mut told };
    let done = (method.run)(&mut call, params);
    portal.tell(state, told);
    (done, Some(spent).filter(|_| !state.switches.hide_operating))
}

/// 429.
pub(super) fn time_is_up() -> Refusal {
    Refusal::new(429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.")
}

/// The refusal that a fault puts in the place of the method.
pub(super) fn refused(portal: &Portal, name: &str) -> Option<Refusal> {
    let fault = portal.faults.next(name, crate::service::fault::Fault::is_refusal)?;
    let crate::service::fault::Fault::Refuse { status, body, .. } = fault else { return None };
    let usual = match status {
        401 => Refusal::new(401, "NO_AUTH_FOUND", "Wrong authorization data"),
        403 => Refusal::insufficient_scope(),
        429 => time_is_up(),
        503 => Refusal::new(503, "QUERY_LIMIT_EXCEEDED", "Too many requests"),
        400 => Refusal::zero("Action on the task is not allowed"),
        status => Refusal::new(status, "INTERNAL_SERVER_ERROR", "Internal server error"),
    };
    let said = |key: &str| body[key].as_str().map(str::to_owned);
    Some(Refusal {
        status,
        error: said("error").unwrap_or(usual.error),
        description: said("error_description").unwrap_or(usual.description),
    })
}

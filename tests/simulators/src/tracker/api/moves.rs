//! Transitions of an issue, and its changelog.

use serde_json::Map;

use super::{Call, Reply, document};
use crate::tracker::{
    refused::Refused,
    show,
    state::State,
    world::{issue::Issue, people::ROBOT, queue::Queue},
};

fn queue<'a>(state: &'a State, issue: &Issue) -> Result<&'a Queue, Refused> {
    state.world.queues.get(&issue.queue).ok_or_else(Refused::no_issue)
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    Ok(document(200, show::transitions(queue(&state, &issue)?, &issue)))
}

pub(super) fn execute(call: &Call<'_>) -> Reply {
    // A body may be left out.
    let empty = call.asked.body.as_ref().is_some_and(Vec::is_empty);
    let body = if empty { Map::new() } else { call.asked.object()? };
    let mut state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    let deed = state.execute(&issue.key, call.name(1), &body, ROBOT, call.now)?;
    call.tell(&mut state, &deed);
    let issue = call.issue(&state.world)?;
    Ok(document(200, show::transitions(queue(&state, &issue)?, &issue)))
}

pub(super) fn changelog(call: &Call<'_>) -> Reply {
    let state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    let mut rows = state.world.changes.get(&issue.key).cloned().unwrap_or_default();
    if let Some(after) = call.asked.parameter("id") {
        // Ids grow, so that one which is not there has its place too.
        rows.retain(|change| change.id.as_str() > after);
    }
    if let Some(field) = call.asked.parameter("field") {
        rows.retain(|change| change.fields.iter().any(|(name, ..)| name == field));
    }
    if let Some(kind) = call.asked.parameter("type") {
        rows.retain(|change| change.kind == kind);
    }
    call.page(&rows, |row| show::change(&state.world, &issue, row), |row| row.id.clone())
}

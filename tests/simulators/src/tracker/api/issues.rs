//! Issues themselves: made, read, changed, linked.

use serde_json::Value;

use super::{Call, Reply, document, listed};
use crate::tracker::{
    fields::{self, Call as Written},
    refused::Refused,
    show::{self, More},
    state::State,
    world::{
        issue::{Issue, RELATIONSHIPS},
        people::ROBOT,
    },
};

/// An issue as this call wants it shown.
pub(super) fn shown(call: &Call<'_>, state: &State, issue: &Issue) -> Value {
    let more = More {
        transitions: call.asked.expands("transitions"),
        attachments: call.asked.expands("attachments"),
        status_type: state.switches.status_type,
    };
    show::issue(&state.world, issue, more)
}

pub(super) fn create(call: &Call<'_>) -> Reply {
    let body = call.asked.object()?;
    let mut state = call.tracker.state();
    let deed = state.create(&body, ROBOT, call.now)?;
    call.tell(&mut state, &deed);
    let issue = state.world.issue(&deed.key).ok_or_else(Refused::no_issue)?;
    Ok(document(201, listed(shown(call, &state, issue), state.switches.issue_list)))
}

pub(super) fn read(call: &Call<'_>) -> Reply {
    let state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    Ok(document(200, shown(call, &state, &issue)))
}

pub(super) fn change(call: &Call<'_>) -> Reply {
    let mut body = call.asked.object()?;
    let mut state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    let version = |text: &str| text.trim().trim_matches('"').parse::<u64>().ok();
    if let Some(text) = call.asked.parameter("version") {
        match version(text) {
            Some(known) if known == issue.version => {}
            Some(_) => return Err(Refused::text(409, "Конфликт версий")),
            None => return Err(Refused::text(400, "Недопустимое значение параметра version.")),
        }
    }
    if call.asked.if_match.as_deref().is_some_and(|text| version(text) != Some(issue.version)) {
        return Err(Refused::text(412, "Конфликт версий"));
    }
    let files = state.temporary(body.remove("attachmentIds").as_ref())?;
    let deed = state.change(&issue.key, ROBOT, call.now, &[], |world, switches, issue| {
        fields::write(world, switches, issue, &body, Written::Change)?;
        issue.files.extend(&files);
        Ok(())
    })?;
    state.attach(&files, &issue.key, None);
    call.tell(&mut state, &deed);
    let issue = call.issue(&state.world)?;
    Ok(document(200, shown(call, &state, &issue)))
}

pub(super) fn links(call: &Call<'_>) -> Reply {
    let state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    let links = state.world.links.get(&issue.key).map(Vec::as_slice).unwrap_or_default();
    Ok(document(200, links.iter().map(|link| show::link(&state.world, &issue.key, link)).collect()))
}

pub(super) fn link(call: &Call<'_>) -> Reply {
    let body = call.asked.object()?;
    let mut state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    let text = |name: &str| {
        let value = body.get(name).ok_or_else(|| Refused::field(name, Refused::REQUIRED))?;
        value.as_str().ok_or_else(|| Refused::field(name, Refused::KIND))
    };
    let wanted = text("relationship")?;
    let known = RELATIONSHIPS.iter().find(|(name, _)| *name == wanted);
    let known = *known.ok_or_else(|| Refused::field("relationship", Refused::NO_VALUE))?;
    let other = state.world.issue(text("issue")?).ok_or_else(Refused::no_issue)?.key.clone();
    let links = state.world.links.get(&issue.key).map(Vec::as_slice).unwrap_or_default();
    if other == issue.key || links.iter().any(|link| link.other == other && link.relationship == known.0) {
        return Err(Refused::field("issue", "Такая связь невозможна или уже есть."));
    }
    state.world.link(&issue.key, &other, known, ROBOT, call.now);
    let links = state.world.links.get(&issue.key).and_then(|links| links.last());
    Ok(document(201, links.map(|link| show::link(&state.world, &issue.key, link)).unwrap_or_default()))
}

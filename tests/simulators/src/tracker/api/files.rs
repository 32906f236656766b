//! Files: attached to an issue, kept for a while until a comment or an issue takes them, described, and read.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::{Call, Reply, document};
use crate::{
    service::{multipart, wire::Answer},
    tracker::{
        refused::Refused,
        show,
        state::State,
        world::{issue::File, people::ROBOT},
    },
};

/// Keeps the file of a form.
fn take(call: &Call<'_>, state: &mut State) -> Result<u64, Refused> {
    let too_large = || Refused::text(413, "Файл слишком велик.");
    let body = call.asked.body.as_deref().ok_or_else(too_large)?;
    let mut parts = multipart::parts(&call.asked.content_type, body).unwrap_or_default().into_iter();
    let part = parts.find(|part| part.name == "file").and_then(|part| Some((part.filename.clone()?, part)));
    let (filename, part) = part.ok_or_else(|| Refused::text(400, "В форме нет файла file."))?;
    if part.content.len() > state.switches.largest_file {
        return Err(too_large());
    }
    let name = call.asked.parameter("filename").unwrap_or(&filename);
    let kind = part.content_type.as_deref().unwrap_or("application/octet-stream");
    Ok(state.world.keep(name, kind, part.content, ROBOT, call.now))
}

fn shown(state: &State, id: u64) -> Reply {
    let file = state.world.files.get(&id).ok_or_else(no_file)?;
    Ok(document(201, show::file(&state.world, file)))
}

fn no_file() -> Refused {
    Refused::text(404, "Файл не существует.")
}

pub(super) fn attach_temporary(call: &Call<'_>) -> Reply {
    let mut state = call.tracker.state();
    let id = take(call, &mut state)?;
    shown(&state, id)
}

pub(super) fn attach(call: &Call<'_>) -> Reply {
    let mut state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    let id = take(call, &mut state)?;
    state.attach(&[id], &issue.key, None);
    let deed = state.change(&issue.key, ROBOT, call.now, &[], |_, _, issue| {
        issue.files.push(id);
        Ok(())
    })?;
    call.tell(&mut state, &deed);
    shown(&state, id)
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    let files = state.world.files.values().filter(|file| file.issue.as_deref() == Some(&issue.key));
    Ok(document(200, files.map(|file| show::file(&state.world, file)).collect()))
}

/// The file that the path names: an issue and a number, or the number of a temporary one.
fn find<'a>(call: &Call<'_>, state: &'a State, of_issue: bool) -> Result<&'a File, Refused> {
    let (issue, id) = if of_issue { (Some(call.issue(&state.world)?.key), call.name(1)) } else { (None, call.name(0)) };
    let found = id.parse().ok().and_then(|id: u64| state.world.files.get(&id));
    found.filter(|file| file.issue == issue).ok_or_else(no_file)
}

pub(super) fn read(call: &Call<'_>) -> Reply {
    let state = call.tracker.state();
    let file = find(call, &state, call.names.len() == 2)?;
    Ok(document(200, show::file(&state.world, file)))
}

/// The bytes; the name behind the number is not looked at.
pub(super) fn download(call: &Call<'_>) -> Reply {
    let state = call.tracker.state();
    let file = find(call, &state, call.names.len() == 3)?;
    let answer = Answer::file(file.content.clone());
    Ok(answer.with(CONTENT_TYPE, &file.mimetype).with(CONTENT_DISPOSITION, "attachment"))
}

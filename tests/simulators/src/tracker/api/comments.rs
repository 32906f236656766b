//! Comments of an issue. They are the author's own: nobody else changes or deletes them.

use serde_json::{Map, Value};

use super::{Call, Reply, document, listed};
use crate::{
    service::wire::Answer,
    tracker::{
        refused::Refused,
        show,
        state::State,
        world::{
            issue::{Comment, Draft, Issue},
            people::ROBOT,
        },
    },
};

fn with_files(call: &Call<'_>, state: &State) -> bool {
    state.switches.comment_files || call.asked.expands("attachments") || call.asked.expands("all")
}

fn no_comment() -> Refused {
    Refused::text(404, "Комментарий не существует.")
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    let mut rows = state.world.comments_of(&issue.key);
    if let Some(after) = call.asked.parameter("id") {
        let known = rows.iter().position(|comment| comment.long_id == after).map(|index| index + 1);
        let start = match (known, after.parse::<u64>()) {
            (Some(start), _) => start,
            (None, Ok(number)) => rows.iter().position(|comment| comment.id > number).unwrap_or(rows.len()),
            (None, Err(_)) => return Err(no_comment()),
        };
        rows = &rows[start..];
    }
    let files = with_files(call, &state);
    call.page(rows, |row| show::comment(&state.world, &issue.key, row, files), |row| row.id.to_string())
}

fn find<'a>(call: &Call<'_>, state: &'a State) -> Result<(Issue, &'a Comment), Refused> {
    let issue = call.issue(&state.world)?;
    let name = call.name(1);
    let comments = state.world.comments_of(&issue.key).iter();
    let found = comments.into_iter().find(|comment| comment.id.to_string() == name || comment.long_id == name);
    Ok((issue, found.ok_or_else(no_comment)?))
}

pub(super) fn read(call: &Call<'_>) -> Reply {
    let state = call.tracker.state();
    let (issue, comment) = find(call, &state)?;
    Ok(document(200, show::comment(&state.world, &issue.key, comment, with_files(call, &state))))
}

fn text(body: &Map<String, Value>) -> Result<String, Refused> {
    let text = match body.get("text") {
        Some(Value::String(text)) => text,
        None | Some(Value::Null) => return Err(Refused::field("text", Refused::REQUIRED)),
        Some(_) => return Err(Refused::field("text", Refused::KIND)),
    };
    if text.trim().is_empty() { Err(Refused::field("text", Refused::REQUIRED)) } else { Ok(text.clone()) }
}

pub(super) fn add(call: &Call<'_>) -> Reply {
    let body = call.asked.object()?;
    let mut state = call.tracker.state();
    let issue = call.issue(&state.world)?;
    let known = ["text", "attachmentIds", "summonees", "maillistSummonees"];
    if let Some(unknown) = body.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Refused::field(unknown, Refused::UNKNOWN));
    }
    let list = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(&[][..]),
        Some(Value::Array(row)) => Ok(row.as_slice()),
        Some(_) => Err(Refused::field(name, Refused::KIND)),
    };
    let called = list("summonees")?.iter().map(|value| {
        let person = state.world.who(value).filter(|person| !person.dismissed);
        person.map(|person| person.login.clone()).ok_or_else(|| Refused::field("summonees", Refused::NOBODY))
    });
    let summonees = called.collect::<Result<Vec<_>, _>>()?;
    list("maillistSummonees")?;
    let draft = Draft { text: text(&body)?, summonees, files: state.temporary(body.get("attachmentIds"))? };
    let follows = call.asked.parameter("isAddToFollowers") != Some("false");
    let deed = state.change(&issue.key, ROBOT, call.now, &[draft], |_, _, issue| {
        if follows && !issue.followers.iter().any(|login| login == ROBOT) {
            issue.followers.push(ROBOT.to_owned());
        }
        Ok(())
    })?;
    call.tell(&mut state, &deed);
    let comment = state.world.comments_of(&issue.key).last().ok_or_else(no_comment)?;
    let shown = show::comment(&state.world, &issue.key, comment, with_files(call, &state));
    Ok(document(201, listed(shown, state.switches.comment_list)))
}

/// The comment, which has to be the robot's.
fn own(call: &Call<'_>, state: &State) -> Result<(String, u64), Refused> {
    let (issue, comment) = find(call, state)?;
    if comment.author != ROBOT {
        return Err(Refused::text(403, "Комментарий меняет только его автор."));
    }
    Ok((issue.key, comment.id))
}

pub(super) fn change(call: &Call<'_>) -> Reply {
    let body = call.asked.object()?;
    let mut state = call.tracker.state();
    let (key, id) = own(call, &state)?;
    let text = text(&body)?;
    let comments = state.world.comments.get_mut(&key).into_iter().flatten();
    for comment in comments.filter(|comment| comment.id == id) {
        comment.text.clone_from(&text);
        comment.version += 1;
        comment.updated_at = call.now;
    }
    let (_, comment) = find(call, &state)?;
    Ok(document(200, show::comment(&state.world, &key, comment, with_files(call, &state))))
}

pub(super) fn delete(call: &Call<'_>) -> Reply {
    let mut state = call.tracker.state();
    let (key, id) = own(call, &state)?;
    if let Some(comments) = state.world.comments.get_mut(&key) {
        comments.retain(|comment| comment.id != id);
    }
    Ok(Answer::empty(204))
}

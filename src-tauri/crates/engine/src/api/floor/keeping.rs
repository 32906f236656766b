//! What supervisors keep about an operator by hand: notes, and where their messenger is. Each act is audited.
//!
//! Deliberately not here: what is decided from it.

use pult_domain::{Area, Instant, OperatorId, Subject, areas::messages::Address};
use pult_store::{
    Connection, StoreError,
    floor::{self, NoteChange},
};
use serde_json::{Value, json};

use super::{
    MessengerRequest, NoteEdit, NoteRemoval, NoteRequest, OperatorPanel, OperatorRequest, panel, scope, words,
};
use crate::{Engine, auth::Actor, error::ApiError};

pub(in crate::api) async fn note(
    engine: &Engine,
    actor: &Actor,
    request: NoteRequest,
) -> Result<OperatorPanel, ApiError> {
    let (operator, text, who) = (request.operator, words("text", &request.text, 1)?, actor.login.clone());
    let add = move |c: &Connection, now| floor::add_note(c, operator, &text, &who, now);
    keep(engine, actor, operator, ("floor.note", json!({})), add).await
}

pub(in crate::api) async fn edit_note(
    engine: &Engine,
    actor: &Actor,
    request: NoteEdit,
) -> Result<OperatorPanel, ApiError> {
    let NoteEdit { operator, note, text } = request;
    let (change, who) = (NoteChange::Edit(words("text", &text, 1)?), actor.login.clone());
    let edit = move |c: &Connection, now| floor::change_note(c, operator, note, &who, &change, now);
    keep(engine, actor, operator, ("floor.note_edit", json!({ "note": note })), edit).await
}

pub(in crate::api) async fn remove_note(
    engine: &Engine,
    actor: &Actor,
    request: NoteRemoval,
) -> Result<OperatorPanel, ApiError> {
    let (NoteRemoval { operator, note }, who) = (request, actor.login.clone());
    let remove = move |c: &Connection, now| floor::change_note(c, operator, note, &who, &NoteChange::Remove, now);
    keep(engine, actor, operator, ("floor.note_remove", json!({ "note": note })), remove).await
}

pub(in crate::api) async fn messenger(
    engine: &Engine,
    actor: &Actor,
    request: MessengerRequest,
) -> Result<OperatorPanel, ApiError> {
    let read = |text: &String| Address::read(text).ok_or_else(|| ApiError::field("address", "name@domain".to_owned()));
    let (operator, address) = (request.operator, request.address.as_ref().map(read).transpose()?);
    let detail = json!({ "settled": address.is_some() });
    let set = move |c: &Connection, now| floor::set_messenger(c, operator, address.as_ref(), now);
    keep(engine, actor, operator, ("floor.messenger", detail), set).await
}

/// Writes something about an operator whom the actor may see, with its audit, and answers with how they are shown now.
async fn keep(
    engine: &Engine,
    actor: &Actor,
    operator: OperatorId,
    (act, detail): (&'static str, Value),
    write: impl FnOnce(&Connection, Instant) -> Result<(), StoreError> + Send + 'static,
) -> Result<OperatorPanel, ApiError> {
    scope::check(engine, actor, &[operator]).await?;
    let (who, now) = (actor.clone(), engine.clock().now());
    engine
        .store()
        .write(move |c| {
            write(c, now)?;
            who.note(c, act, &Subject::operator(operator).0, detail, now)
        })
        .await?;
    engine.bus().changed(Area::Floor, vec![operator.0]);
    panel(engine, actor, OperatorRequest { id: operator }).await
}

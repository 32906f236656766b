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
    keep(engine, actor, operator, "floor.note", json!({}), move |c, now| floor::add_note(c, operator, &text, &who, now))
        .await
}

pub(in crate::api) async fn edit_note(
    engine: &Engine,
    actor: &Actor,
    request: NoteEdit,
) -> Result<OperatorPanel, ApiError> {
    let change = NoteChange::Edit(words("text", &request.text, 1)?);
    change_note(engine, actor, request.operator, request.note, "floor.note_edit", change).await
}

pub(in crate::api) async fn remove_note(
    engine: &Engine,
    actor: &Actor,
    request: NoteRemoval,
) -> Result<OperatorPanel, ApiError> {
    change_note(engine, actor, request.operator, request.note, "floor.note_remove", NoteChange::Remove).await
}

async fn change_note(
    engine: &Engine,
    actor: &Actor,
    operator: OperatorId,
    note: i64,
    act: &'static str,
    change: NoteChange,
) -> Result<OperatorPanel, ApiError> {
    let who = actor.login.clone();
    keep(engine, actor, operator, act, json!({ "note": note }), move |c, now| {
        floor::change_note(c, operator, note, &who, &change, now)
    })
    .await
}

pub(in crate::api) async fn messenger(
    engine: &Engine,
    actor: &Actor,
    request: MessengerRequest,
) -> Result<OperatorPanel, ApiError> {
    let read = |text: &String| Address::read(text).ok_or_else(|| ApiError::field("address", "name@domain".to_owned()));
    let (operator, address) = (request.operator, request.address.as_ref().map(read).transpose()?);
    let detail = json!({ "settled": address.is_some() });
    keep(engine, actor, operator, "floor.messenger", detail, move |c, now| {
        floor::set_messenger(c, operator, address.as_ref(), now)
    })
    .await
}

/// Writes something about an operator whom the actor may see, with its audit, and answers with how they are shown now.
async fn keep(
    engine: &Engine,
    actor: &Actor,
    operator: OperatorId,
    act: &'static str,
    detail: Value,
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

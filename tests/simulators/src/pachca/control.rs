//! The control interface, on a loopback port of its own:
//!
//! * `GET /sim/state`: the time, the switches, the limits, the manner of webhooks, counts of calls.
//! * `GET /sim/users`, `…/chats`, `…/threads`, `…/messages?chat=51840`, `…/views`, `…/files`, `…/events`: the world and the history.
//! * `POST /sim/users`, `POST /sim/users/{id}`: a [`UserOrder`]; the first answers `{"id":818}`.
//! * `POST /sim/chats` `{"name":"Склад","members":[811,90210]}` answers `{"id":…}`;
//!   `POST /sim/chats/{id}/members` `{"add":[812],"remove":[814]}`.
//! * `POST /sim/messages`: a [`SayOrder`]; answers `{"id":…}`.
//! * `POST /sim/messages/{id}/edit` `{"text":"…"}`, `…/delete`, `…/react` `{"user":811,"code":"👍"}`, again to take it back;
//!   `…/press` `{"user":811,"button":"v1:form:7Qk2"}`, by its data or else its text, answers `{"trigger":"…"}` or
//!   `{"link":"…"}`.
//! * `POST /sim/views/{id}/submit` `{"data":{"topic":"phone"},"files":{"files":[{"name":"a.txt","content":"…"}]}}` answers an
//!   [`Outcome`](super::Outcome); `POST /sim/views/{id}/close`.
//! * `POST /sim/switches`: a [`SwitchOrder`]. `POST /sim/fault`: a [`FaultOrder`] with calls named as in the journal, also with
//!   the id of their path, or of the entity that a message is for: `message_create/51840`.
//! * `POST /sim/hooks`: a [`MannerOrder`]. `GET /sim/hooks`: how each was met. `POST /sim/hooks/raw`: any bytes, signed and
//!   sent as they are. `POST /sim/hooks/event` `{"event_type":"message_link_shared","payload":{…}}`.
//! * `POST /sim/clock` `{"offset":3600}`, `{"freeze":true}`, `{"advance":60}`.
//! * `GET /sim/log?since=17`: the journal after that entry. `DELETE /sim/log` empties it.
//!
//! An order is answered, with 204 where nothing is said, when its webhooks were answered or given up; what nobody can do is
//! answered with 409.

use std::{collections::BTreeMap, io, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    Space,
    deeds::{Attached, Impossible, SayOrder},
    switches::SwitchOrder,
    world::people::UserOrder,
};
use crate::{
    hands::ClockOrder,
    service::{
        fault::FaultOrder,
        journal::Entry,
        post::{Delivery, MannerOrder},
    },
};

/// The pages.
pub fn router(space: Arc<Space>) -> Router {
    Router::new()
        .route("/sim/state", get(state))
        .route("/sim/users", get(users).post(new_user))
        .route("/sim/users/{id}", post(change_user))
        .route("/sim/chats", get(chats).post(new_chat))
        .route("/sim/chats/{id}/members", post(members))
        .route("/sim/threads", get(async |State(space): Of| shown(space.world(|world| json!(world.threads)))))
        .route("/sim/messages", get(messages).post(write))
        .route("/sim/messages/{id}/{deed}", post(deed))
        .route("/sim/views", get(async |State(space): Of| shown(space.world(|world| json!(world.views)))))
        .route("/sim/views/{id}/submit", post(submit))
        .route("/sim/views/{id}/close", post(close))
        .route("/sim/files", get(async |State(space): Of| shown(space.world(|world| json!(world.files)))))
        .route("/sim/events", get(async |State(space): Of| shown(json!(space.history()))))
        .route("/sim/switches", post(switch))
        .route("/sim/fault", post(fault))
        .route("/sim/hooks", get(hooks).post(manner))
        .route("/sim/hooks/raw", post(raw))
        .route("/sim/hooks/event", post(event))
        .route("/sim/clock", post(clock))
        .route("/sim/log", get(log).delete(forget))
        .with_state(space)
}

pub(super) async fn serve(listener: TcpListener, space: Arc<Space>, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router(space)).with_graceful_shutdown(stop.cancelled_owned()).await
}

type Of = State<Arc<Space>>;

fn shown(what: Value) -> Json<Value> {
    Json(what)
}

async fn state(State(space): Of) -> Json<Value> {
    let (switches, scale, hooks) = {
        let state = space.state();
        (json!(state.switches), state.limits.scale(), state.hook_url.is_some())
    };
    Json(json!({
        "now": space.hands.now(), "switches": switches, "limit_scale": scale, "hooks": hooks,
        "manner": space.post.manner(), "calls": space.journal.counts(),
    }))
}

async fn users(State(space): Of) -> Json<Value> {
    shown(space.world(|world| json!(world.users)))
}

async fn new_user(State(space): Of, Json(order): Json<UserOrder>) -> Response {
    let id = space.order_user(None, &order);
    told(&space, json!({ "id": id })).await
}

async fn change_user(State(space): Of, Path(id): Path<u64>, Json(order): Json<UserOrder>) -> Response {
    done(&space, space.order_user(Some(id), &order).map(|_| ()).ok_or(Impossible::Nobody)).await
}

async fn chats(State(space): Of) -> Json<Value> {
    shown(space.world(|world| json!(world.chats)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatOrder {
    name: String,
    members: Vec<u64>,
}

async fn new_chat(State(space): Of, Json(order): Json<ChatOrder>) -> Response {
    let id = space.make_chat(&order.name, &order.members);
    told(&space, json!({ "id": id })).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberOrder {
    #[serde(default)]
    add: Vec<u64>,
    #[serde(default)]
    remove: Vec<u64>,
}

async fn members(State(space): Of, Path(chat): Path<u64>, Json(order): Json<MemberOrder>) -> Response {
    let mut result = Ok(());
    if !order.add.is_empty() {
        result = space.add_members(chat, &order.add);
    }
    if !order.remove.is_empty() {
        result = result.and_then(|()| space.remove_members(chat, &order.remove));
    }
    done(&space, result).await
}

#[derive(Deserialize)]
struct InChat {
    chat: Option<u64>,
}

async fn messages(State(space): Of, Query(InChat { chat }): Query<InChat>) -> Json<Value> {
    shown(match chat {
        Some(chat) => json!(space.messages(chat)),
        None => space.world(|world| json!(world.messages.values().collect::<Vec<_>>())),
    })
}

async fn write(State(space): Of, Json(order): Json<SayOrder>) -> Response {
    match space.write(&order) {
        Ok(id) => told(&space, json!({ "id": id })).await,
        Err(impossible) => refused(&impossible),
    }
}

/// What can be done to a message.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    Edit,
    Delete,
    React,
    Press,
}

/// How.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeedOrder {
    user: u64,
    text: String,
    code: String,
    button: String,
}

async fn deed(State(space): Of, Path((id, deed)): Path<(u64, Deed)>, order: Option<Json<DeedOrder>>) -> Response {
    let order = order.map(|Json(order)| order).unwrap_or_default();
    match deed {
        Deed::Edit => done(&space, space.edit(id, &order.text)).await,
        Deed::Delete => done(&space, space.delete(id)).await,
        Deed::React => done(&space, space.react(order.user, id, &order.code)).await,
        Deed::Press => match space.press(order.user, id, &order.button) {
            Ok(pressed) => told(&space, json!(pressed)).await,
            Err(impossible) => refused(&impossible),
        },
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubmitOrder {
    #[serde(default)]
    data: Value,
    #[serde(default)]
    files: BTreeMap<String, Vec<Attached>>,
}

async fn submit(State(space): Of, Path(view): Path<u64>, Json(order): Json<SubmitOrder>) -> Response {
    match space.submit_with(view, &order.data, &order.files).await {
        Ok(outcome) => Json(outcome).into_response(),
        Err(impossible) => refused(&impossible),
    }
}

async fn close(State(space): Of, Path(view): Path<u64>) -> Response {
    done(&space, space.close_view(view)).await
}

async fn switch(State(space): Of, Json(order): Json<SwitchOrder>) -> StatusCode {
    space.switch(&order);
    StatusCode::NO_CONTENT
}

async fn fault(State(space): Of, Json(order): Json<FaultOrder>) -> StatusCode {
    space.faults.set(order);
    StatusCode::NO_CONTENT
}

async fn hooks(State(space): Of) -> Json<Vec<Delivery>> {
    Json(space.post.delivered())
}

async fn manner(State(space): Of, Json(order): Json<MannerOrder>) -> Response {
    space.post.order(order);
    done(&space, Ok(())).await
}

async fn raw(State(space): Of, body: Bytes) -> Response {
    space.tell_raw(body.to_vec());
    done(&space, Ok(())).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventOrder {
    event_type: String,
    payload: Value,
}

async fn event(State(space): Of, Json(order): Json<EventOrder>) -> Response {
    space.tell_event(&order.event_type, &order.payload);
    done(&space, Ok(())).await
}

async fn clock(State(space): Of, Json(order): Json<ClockOrder>) -> StatusCode {
    space.turn_clock(order);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(State(space): Of, Query(Since { since }): Query<Since>) -> Json<Vec<Entry>> {
    Json(space.journal.since(since))
}

async fn forget(State(space): Of) -> StatusCode {
    space.journal.clear();
    StatusCode::NO_CONTENT
}

fn refused(impossible: &Impossible) -> Response {
    (StatusCode::CONFLICT, impossible.to_string()).into_response()
}

async fn told(space: &Space, answer: Value) -> Response {
    space.settled().await;
    Json(answer).into_response()
}

async fn done(space: &Space, result: Result<(), Impossible>) -> Response {
    if let Err(impossible) = result {
        return refused(&impossible);
    }
    space.settled().await;
    StatusCode::NO_CONTENT.into_response()
}

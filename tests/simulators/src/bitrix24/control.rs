//! The control interface, on a loopback port of its own:
//!
//! * `GET /sim/state`: the time, the switches, the manner of events, counts of calls.
//! * `GET /sim/users`, `…/departments`, `…/messages`, `…/notifications`, `…/bots`, `…/tasks`, `…/files`: the world.
//! * `POST /sim/users`, `POST /sim/users/{id}`: a [`UserOrder`]. `POST /sim/departments` `{"name":"Сборка","parent":10}`.
//!   `POST /sim/absences`: an [`Absence`]; `DELETE /sim/absences`: everybody is back.
//! * `POST /sim/tasks`, `POST /sim/tasks/{id}`: a [`TaskOrder`], told to the outgoing webhook; the first answers `{"id":…}`.
//! * `POST /sim/messages/{id}/press`: a [`Press`]; answers `{"link":"…"}`, `{"event":"…"}` or `{"action":"…"}`, 409 when the
//!   button is not there or blocked. `POST /sim/messages`: a [`WriteOrder`]; answers `{"id":…}`.
//! * `POST /sim/switches`: a [`SwitchOrder`]. `POST /sim/fault`: a [`FaultOrder`] with methods in any case; `upload` is the
//!   second step of an upload.
//! * `POST /sim/hooks`: a [`MannerOrder`]. `GET /sim/hooks`: how each event was met. `POST /sim/hooks/task`
//!   `{"event":"ONTASKUPDATE","id":20417}`.
//! * `POST /sim/clock` `{"offset":3600}`, `{"freeze":true}`, `{"advance":60}`.
//! * `GET /sim/log?since=17`: the journal after that entry. `DELETE /sim/log` empties it.
//!
//! An order is answered, with 204 where nothing is said, when its events were answered or given up.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    Portal, Press, WriteOrder, events,
    switches::SwitchOrder,
    world::{
        World,
        staff::{Absence, DepartmentOrder, UserOrder},
        tasks::TaskOrder,
    },
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
pub fn router(portal: Arc<Portal>) -> Router {
    Router::new()
        .route("/sim/state", get(state))
        .route("/sim/users", show("users").post(new_user))
        .route("/sim/users/{id}", post(change_user))
        .route("/sim/departments", show("departments").post(new_department))
        .route("/sim/absences", post(new_absence).delete(everybody_back))
        .route("/sim/tasks", show("tasks").post(new_task))
        .route("/sim/tasks/{id}", post(change_task))
        .route("/sim/messages", show("messages").post(write))
        .route("/sim/messages/{id}/press", post(press))
        .route("/sim/switches", post(switch))
        .route("/sim/fault", post(fault))
        .route("/sim/hooks", get(hooks).post(manner))
        .route("/sim/hooks/task", post(task_event))
        .route("/sim/clock", post(clock))
        .route("/sim/log", get(log).delete(forget))
        .route("/sim/notifications", show("notifications"))
        .route("/sim/bots", show("bots"))
        .route("/sim/files", show("files"))
        .with_state(portal)
}

pub(super) async fn serve(listener: TcpListener, portal: Arc<Portal>, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router(portal)).with_graceful_shutdown(stop.cancelled_owned()).await
}

type Of = State<Arc<Portal>>;

async fn state(State(portal): Of) -> Json<Value> {
    let (switches, limit, hooks) = {
        let state = portal.state();
        (json!(state.switches), state.buckets.limit(), state.hook_url.is_some())
    };
    Json(json!({
        "now": portal.hands.now(), "switches": switches, "limit": limit, "hooks": hooks,
        "manner": portal.post.manner(), "calls": portal.journal.counts(),
    }))
}

/// A part of the world, to be looked at.
fn show(what: &'static str) -> MethodRouter<Arc<Portal>> {
    get(async move |State(portal): Of| {
        Json(portal.world(|world| match what {
            "users" => json!(world.staff.users),
            "departments" => json!(world.staff.departments),
            "messages" => json!(world.chat.messages),
            "notifications" => json!(world.chat.notifications),
            "bots" => json!(world.bots.all),
            "tasks" => world.tasks.all.values().map(|task| json!(task)).collect(),
            _ => files(world),
        }))
    })
}

fn files(world: &World) -> Value {
    let files = world.disk.objects.values().filter(|object| object.parent.is_some());
    let file = |object: &super::world::disk::Object| {
        let mut shown = json!(object);
        shown["size"] = object.content.len().into();
        shown["sha256"] = HEXLOWER.encode(&Sha256::digest(&object.content)).into();
        shown
    };
    files.map(file).collect()
}

async fn new_user(State(portal): Of, Json(order): Json<UserOrder>) -> Json<Value> {
    Json(json!({ "id": portal.world(|world| world.staff.order_user(None, &order)) }))
}

async fn change_user(State(portal): Of, Path(id): Path<u64>, Json(order): Json<UserOrder>) -> Response {
    let found = portal.world(|world| world.staff.order_user(Some(id), &order)).is_some();
    done(&portal, found).await
}

async fn new_department(State(portal): Of, Json(order): Json<DepartmentOrder>) -> Json<Value> {
    Json(json!({ "id": portal.world(|world| world.staff.add_department(order)) }))
}

async fn new_absence(State(portal): Of, Json(absence): Json<Absence>) -> Response {
    let found = portal.world(|world| {
        let known = world.staff.user(absence.user).is_some();
        world.staff.absences.extend(Some(absence).filter(|_| known));
        known
    });
    done(&portal, found).await
}

async fn everybody_back(State(portal): Of) -> StatusCode {
    portal.world(|world| world.staff.absences.clear());
    StatusCode::NO_CONTENT
}

async fn new_task(State(portal): Of, Json(order): Json<TaskOrder>) -> Json<Value> {
    let id = portal.order_task(None, &order);
    portal.settled().await;
    Json(json!({ "id": id }))
}

async fn change_task(State(portal): Of, Path(id): Path<u64>, Json(order): Json<TaskOrder>) -> Response {
    let found = portal.order_task(Some(id), &order).is_some();
    done(&portal, found).await
}

async fn write(State(portal): Of, Json(order): Json<WriteOrder>) -> Response {
    let written = portal.write(&order);
    portal.settled().await;
    match written {
        Ok(id) => Json(json!({ "id": id })).into_response(),
        Err(error) => (StatusCode::CONFLICT, error.to_string()).into_response(),
    }
}

async fn press(State(portal): Of, Path(id): Path<u64>, Json(order): Json<Press>) -> Response {
    let pressed = portal.press(id, &order);
    portal.settled().await;
    match pressed {
        Ok(pressed) => Json(pressed).into_response(),
        Err(error) => (StatusCode::CONFLICT, error.to_string()).into_response(),
    }
}

async fn switch(State(portal): Of, Json(order): Json<SwitchOrder>) -> StatusCode {
    portal.switch(&order);
    StatusCode::NO_CONTENT
}

async fn fault(State(portal): Of, Json(order): Json<FaultOrder>) -> StatusCode {
    portal.faults.set(order);
    StatusCode::NO_CONTENT
}

async fn hooks(State(portal): Of) -> Json<Vec<Delivery>> {
    Json(portal.post.delivered())
}

async fn manner(State(portal): Of, Json(order): Json<MannerOrder>) -> Response {
    portal.post.order(order);
    done(&portal, true).await
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum TaskEvent {
    #[serde(rename = "ONTASKADD")]
    Add,
    #[serde(rename = "ONTASKUPDATE")]
    Update,
    #[serde(rename = "ONTASKDELETE")]
    Delete,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaskEventOrder {
    event: TaskEvent,
    id: u64,
}

async fn task_event(State(portal): Of, Json(order): Json<TaskEventOrder>) -> Response {
    let event = match order.event {
        TaskEvent::Add => "ONTASKADD",
        TaskEvent::Update => "ONTASKUPDATE",
        TaskEvent::Delete => "ONTASKDELETE",
    };
    portal.tell(&portal.state(), vec![events::task(event, order.id, portal.hands.now())]);
    done(&portal, true).await
}

async fn clock(State(portal): Of, Json(order): Json<ClockOrder>) -> StatusCode {
    portal.turn_clock(order);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(State(portal): Of, Query(Since { since }): Query<Since>) -> Json<Vec<Entry>> {
    Json(portal.journal.since(since))
}

async fn forget(State(portal): Of) -> StatusCode {
    portal.journal.clear();
    StatusCode::NO_CONTENT
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "there is none of this id").into_response()
}

async fn done(portal: &Portal, found: bool) -> Response {
    if !found {
        return missing();
    }
    portal.settled().await;
    StatusCode::NO_CONTENT.into_response()
}

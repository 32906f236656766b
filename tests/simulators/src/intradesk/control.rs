//! The control interface, on a loopback port of its own:
//!
//! * `GET /sim/state`: the time, the switches, counts of calls, of lists by service, of tokens, of writes under way and at most.
//! * `GET /sim/tasks`, `GET /sim/tasks/{number}`, `…/services`, `…/groups`, `…/people`, `…/statuses`: the world.
//!   `GET /sim/assignments`: who was given what, in order.
//! * `POST /sim/tasks`: a [`TaskOrder`]; answers `{"id":170900}`, the number of the last. `DELETE /sim/tasks/{number}`.
//! * `POST /sim/tasks/{number}/take` `{"person":583002}`, `…/release`, `…/close`, `…/status` `{"status":106948}`.
//! * `POST /sim/services`, `…/groups`, `…/people`, `…/statuses`: a [`ServiceOrder`], [`GroupOrder`], [`PersonOrder`],
//!   [`StatusOrder`]; answers `{"id":…}`. The same under `/{id}` changes one, `DELETE` removes it. Bindings are the `groups` of a
//!   service and of a person; somebody is kept from working by `{"blocked":true}`.
//! * `POST /sim/switches`: a [`SwitchOrder`]. `POST /sim/fault`: a [`FaultOrder`]. Calls are named in the journal `token`, `tasks`,
//!   `change`, `create`, `employees`, `employee`, `groups`, `statuses`, `serviceusers`, `rules`, `services`, `executors`,
//!   `classic/tasks`, `classic/task`, `classic/change`, `classic/statuses`, `classic/user`; for faults they go by `list/54001` (a
//!   service's tasks), `read/170900` (one task), `change/170900` (a write), `task/170900` (both), `employees/page2` (a page of
//!   any list) and `serviceusers/54001` as well.
//! * `POST /sim/rivals`: a [`RivalOrder`], a second writer. `DELETE /sim/rivals` sends all of them home.
//! * `POST /sim/hold` `{"writes":true}`: writes wait, before anything is done, until they are let go.
//! * `POST /sim/tokens` `{"expire":true}`, `{"forget_refresh":true}`.
//! * `POST /sim/clock` `{"offset":3600}`, `{"freeze":true}`, `{"advance":60}`.
//! * `GET /sim/log?since=17`: the journal after that entry. `DELETE /sim/log` empties it.
//!
//! An order is answered with 204 where nothing is said, and with 404 where there is nothing of that id.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    Assignment, Tenant,
    login::TokenOrder,
    rival::RivalOrder,
    switches::SwitchOrder,
    world::{
        GroupOrder, PersonOrder, ServiceOrder, StatusOrder, World,
        task::{Task, TaskOrder},
    },
};
use crate::{
    hands::ClockOrder,
    service::{fault::FaultOrder, journal::Entry},
};

/// The pages.
pub fn router(tenant: Arc<Tenant>) -> Router {
    let (all, one) = things::<ServiceOrder>(
        Tenant::order_service,
        |world| world.services.values().map(|one| json!(one)).collect(),
        |world, id| world.services.remove(&id).is_some(),
    );
    let router = Router::new().route("/sim/services", all).route("/sim/services/{id}", one);
    let (all, one) = things::<GroupOrder>(
        Tenant::order_group,
        |world| world.groups.values().map(|one| json!(one)).collect(),
        |world, id| world.groups.remove(&id).is_some(),
    );
    let router = router.route("/sim/groups", all).route("/sim/groups/{id}", one);
    let (all, one) = things::<PersonOrder>(
        Tenant::order_person,
        |world| world.people.values().map(|one| json!(one)).collect(),
        |world, id| world.people.remove(&id).is_some(),
    );
    let router = router.route("/sim/people", all).route("/sim/people/{id}", one);
    let (all, one) = things::<StatusOrder>(
        Tenant::order_status,
        |world| world.statuses.values().map(|one| json!(one)).collect(),
        |world, id| world.statuses.remove(&id).is_some(),
    );
    let router = router.route("/sim/statuses", all).route("/sim/statuses/{id}", one);
    router
        .route("/sim/state", get(state))
        .route("/sim/tasks", get(tasks).post(make))
        .route("/sim/tasks/{number}", get(task).delete(remove))
        .route("/sim/tasks/{number}/{deed}", post(deed))
        .route("/sim/assignments", get(assignments))
        .route("/sim/switches", post(switch))
        .route("/sim/fault", post(fault))
        .route("/sim/rivals", post(rival).delete(no_rivals))
        .route("/sim/hold", post(hold))
        .route("/sim/tokens", post(tokens))
        .route("/sim/clock", post(clock))
        .route("/sim/log", get(log).delete(forget))
        .with_state(tenant)
}

pub(super) async fn serve(listener: TcpListener, tenant: Arc<Tenant>, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router(tenant)).with_graceful_shutdown(stop.cancelled_owned()).await
}

type Of = State<Arc<Tenant>>;
type Pages = MethodRouter<Arc<Tenant>>;

/// Listing and making things of a kind, and changing and removing one.
fn things<O: DeserializeOwned + Send + 'static>(
    order: fn(&Tenant, Option<u64>, &O) -> Option<u64>,
    list: fn(&World) -> Value,
    remove: fn(&mut World, u64) -> bool,
) -> (Pages, Pages) {
    let all = get(async move |State(tenant): Of| Json(tenant.world(list)))
        .post(async move |State(tenant): Of, Json(new): Json<O>| Json(json!({ "id": order(&tenant, None, &new) })));
    let one = post(async move |State(tenant): Of, Path(id): Path<u64>, Json(change): Json<O>| {
        done(order(&tenant, Some(id), &change).is_some())
    })
    .delete(async move |State(tenant): Of, Path(id): Path<u64>| done(tenant.change(|world| remove(world, id))));
    (all, one)
}

async fn state(State(tenant): Of) -> Json<Value> {
    let (switches, locked) = {
        let state = tenant.state();
        (json!(state.switches), state.tokens.locked)
    };
    Json(json!({
        "now": tenant.hands.now(), "switches": switches, "locked": locked, "held": tenant.is_held(),
        "calls": tenant.journal.counts(), "lists": tenant.lists(), "tokens": tenant.tokens(),
        "in_flight": tenant.in_flight(),
    }))
}

async fn tasks(State(tenant): Of) -> Json<Vec<Task>> {
    Json(tenant.world(|world| world.tasks.values().cloned().collect()))
}

async fn task(State(tenant): Of, Path(number): Path<u64>) -> Response {
    let found = tenant.world(|world| world.tasks.get(&number).cloned());
    found.map_or_else(|| done(false), |task| Json(task).into_response())
}

async fn make(State(tenant): Of, Json(order): Json<TaskOrder>) -> Json<Value> {
    Json(json!({ "id": tenant.make(&order) }))
}

async fn remove(State(tenant): Of, Path(number): Path<u64>) -> Response {
    done(tenant.delete(number))
}

async fn assignments(State(tenant): Of) -> Json<Vec<Assignment>> {
    Json(tenant.assignments())
}

/// What can be done to a task.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    Take,
    Release,
    Close,
    Status,
}

/// How.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeedOrder {
    person: Option<u64>,
    status: Option<u64>,
}

async fn deed(State(tenant): Of, Path((number, deed)): Path<(u64, Deed)>, order: Option<Json<DeedOrder>>) -> Response {
    let DeedOrder { person, status } = order.map(|Json(order)| order).unwrap_or_default();
    let lacks = |what: &str| (StatusCode::UNPROCESSABLE_ENTITY, format!("say which {what}")).into_response();
    match deed {
        Deed::Take if person.is_none() => lacks("person"),
        Deed::Take => done(tenant.take(number, person)),
        Deed::Release => done(tenant.take(number, None)),
        Deed::Close => done(tenant.enter(number, None)),
        Deed::Status if status.is_none() => lacks("status"),
        Deed::Status => done(tenant.enter(number, status)),
    }
}

async fn switch(State(tenant): Of, Json(order): Json<SwitchOrder>) -> StatusCode {
    tenant.switch(&order);
    StatusCode::NO_CONTENT
}

async fn fault(State(tenant): Of, Json(order): Json<FaultOrder>) -> StatusCode {
    tenant.faults.set(order);
    StatusCode::NO_CONTENT
}

async fn rival(State(tenant): Of, Json(order): Json<RivalOrder>) -> StatusCode {
    tenant.order_rival(order);
    StatusCode::NO_CONTENT
}

async fn no_rivals(State(tenant): Of) -> StatusCode {
    tenant.no_rivals();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldOrder {
    writes: bool,
}

async fn hold(State(tenant): Of, Json(order): Json<HoldOrder>) -> StatusCode {
    tenant.hold(order.writes);
    StatusCode::NO_CONTENT
}

async fn tokens(State(tenant): Of, Json(order): Json<TokenOrder>) -> StatusCode {
    tenant.order_tokens(order);
    StatusCode::NO_CONTENT
}

async fn clock(State(tenant): Of, Json(order): Json<ClockOrder>) -> StatusCode {
    tenant.turn_clock(order);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(State(tenant): Of, Query(Since { since }): Query<Since>) -> Json<Vec<Entry>> {
    Json(tenant.journal.since(since))
}

async fn forget(State(tenant): Of) -> StatusCode {
    tenant.journal.clear();
    StatusCode::NO_CONTENT
}

fn done(found: bool) -> Response {
    if found {
        return StatusCode::NO_CONTENT.into_response();
    }
    (StatusCode::NOT_FOUND, "there is none of this id").into_response()
}

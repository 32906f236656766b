//! The control interface, on a loopback port of its own:
//!
//! * `GET /sim/state`: the time, the switches, the manner of webhooks, counts of calls.
//! * `GET /sim/issues`, `GET /sim/issues/{id}`, `GET /sim/ratings`, `GET /sim/contacts`: the world.
//! * `POST /sim/issues`: an [`IssueOrder`]; answers `{"id":6001}`.
//! * `POST /sim/issues/{id}/close`, `…/reopen`, `…/delete`; `…/status` `{"code":"completed","silent":false}`;
//!   `…/rate` `{"rate":"good","silent":false}` is the contact's, given elsewhere; `…/comment`
//!   `{"content":"…","contact":208,"public":true}`, by employee 15 without `contact`; `…/event` `{"event_type":"new_files"}`.
//! * `POST /sim/contacts`, `POST /sim/contacts/{id}`: a [`ContactOrder`]; the first answers `{"id":214}`.
//! * `POST /sim/switches`: a [`SwitchOrder`]. `POST /sim/fault`: a [`FaultOrder`] with calls named as in the journal.
//! * `POST /sim/hooks`: a [`MannerOrder`]. `POST /sim/hooks/raw`: any JSON, sent as it is. `GET /sim/hooks`: how each was met.
//! * `POST /sim/clock` `{"offset":3600}`, `{"freeze":true}`, `{"advance":60}`.
//! * `GET /sim/log?since=17`: the journal after that entry. `DELETE /sim/log` empties it.
//!
//! An order is answered, with 204 where nothing is said, when its webhooks were answered or given up.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
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
    Desk, IssueOrder,
    issue::{Author, Issue},
    switches::SwitchOrder,
    world::{ContactOrder, Rating, STATUSES},
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
pub fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/sim/state", get(state))
        .route("/sim/issues", get(issues).post(make))
        .route("/sim/issues/{id}", get(issue))
        .route("/sim/issues/{id}/{deed}", post(deed))
        .route("/sim/ratings", get(ratings))
        .route("/sim/contacts", get(contacts).post(new_contact))
        .route("/sim/contacts/{id}", post(change_contact))
        .route("/sim/switches", post(switch))
        .route("/sim/fault", post(fault))
        .route("/sim/hooks", get(hooks).post(manner))
        .route("/sim/hooks/raw", post(raw))
        .route("/sim/clock", post(clock))
        .route("/sim/log", get(log).delete(forget))
        .with_state(desk)
}

pub(super) async fn serve(listener: TcpListener, desk: Arc<Desk>, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router(desk)).with_graceful_shutdown(stop.cancelled_owned()).await
}

type Of = State<Arc<Desk>>;

async fn state(State(desk): Of) -> Json<Value> {
    let (switches, limit, hooks) = {
        let state = desk.state();
        (json!(state.switches), state.buckets.limit(), state.hook_url.is_some())
    };
    Json(json!({
        "now": desk.hands.now(), "switches": switches, "limit": limit, "hooks": hooks,
        "manner": desk.post.manner(), "calls": desk.journal.counts(),
    }))
}

async fn issues(State(desk): Of) -> Json<Vec<Issue>> {
    Json(desk.world(|world| world.issues.values().cloned().collect()))
}

async fn issue(State(desk): Of, Path(id): Path<u64>) -> Response {
    let found = desk.world(|world| world.issues.get(&id).cloned());
    found.map_or_else(missing, |issue| Json(issue).into_response())
}

async fn ratings(State(desk): Of) -> Json<Vec<Rating>> {
    Json(desk.ratings())
}

async fn contacts(State(desk): Of) -> Json<Value> {
    Json(desk.world(|world| json!(world.contacts)))
}

async fn make(State(desk): Of, Json(order): Json<IssueOrder>) -> Response {
    if order.status.as_deref().is_some_and(|code| !is_status(code)) {
        return (StatusCode::UNPROCESSABLE_ENTITY, "there is no such status").into_response();
    }
    let id = desk.make(&order);
    desk.settled().await;
    Json(json!({ "id": id })).into_response()
}

fn is_status(code: &str) -> bool {
    STATUSES.iter().any(|(known, _)| *known == code)
}

/// What can be done to an issue.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    Close,
    Reopen,
    Delete,
    Status,
    Rate,
    Comment,
    Event,
}

/// How.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeedOrder {
    code: String,
    rate: String,
    content: String,
    contact: Option<u64>,
    public: bool,
    event_type: String,
    silent: bool,
}

async fn deed(State(desk): Of, Path((id, deed)): Path<(u64, Deed)>, order: Option<Json<DeedOrder>>) -> Response {
    let order = order.map(|Json(order)| order).unwrap_or_default();
    let author = order.contact.map(Author::Contact);
    if matches!(deed, Deed::Status) && !is_status(&order.code) {
        return (StatusCode::UNPROCESSABLE_ENTITY, "there is no such status").into_response();
    }
    let found = match deed {
        Deed::Close => desk.enter(id, "closed", author, order.silent),
        Deed::Reopen => desk.reopen(id),
        Deed::Delete => desk.delete(id),
        Deed::Status => desk.enter(id, &order.code, author, order.silent),
        Deed::Rate => desk.rate_elsewhere(id, &order.rate, order.silent),
        Deed::Comment => desk.comment(id, &order.content, author.unwrap_or(Author::Employee(15)), order.public),
        Deed::Event => desk.tell_event(id, &order.event_type),
    };
    done(&desk, found).await
}

async fn new_contact(State(desk): Of, Json(order): Json<ContactOrder>) -> Json<Value> {
    Json(json!({ "id": desk.state().world.order_contact(None, &order) }))
}

async fn change_contact(State(desk): Of, Path(id): Path<u64>, Json(order): Json<ContactOrder>) -> Response {
    let found = desk.state().world.order_contact(Some(id), &order).is_some();
    done(&desk, found).await
}

async fn switch(State(desk): Of, Json(order): Json<SwitchOrder>) -> StatusCode {
    desk.switch(&order);
    StatusCode::NO_CONTENT
}

async fn fault(State(desk): Of, Json(order): Json<FaultOrder>) -> StatusCode {
    desk.faults.set(order);
    StatusCode::NO_CONTENT
}

async fn hooks(State(desk): Of) -> Json<Vec<Delivery>> {
    Json(desk.post.delivered())
}

async fn manner(State(desk): Of, Json(order): Json<MannerOrder>) -> Response {
    desk.post.order(order);
    done(&desk, true).await
}

async fn raw(State(desk): Of, Json(body): Json<Value>) -> Response {
    desk.tell_raw(&body);
    done(&desk, true).await
}

async fn clock(State(desk): Of, Json(order): Json<ClockOrder>) -> StatusCode {
    desk.turn_clock(order);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(State(desk): Of, Query(Since { since }): Query<Since>) -> Json<Vec<Entry>> {
    Json(desk.journal.since(since))
}

async fn forget(State(desk): Of) -> StatusCode {
    desk.journal.clear();
    StatusCode::NO_CONTENT
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "there is none of this id").into_response()
}

async fn done(desk: &Desk, found: bool) -> Response {
    if !found {
        return missing();
    }
    desk.settled().await;
    StatusCode::NO_CONTENT.into_response()
}

//! The control interface, on a loopback port of its own:
//!
//! * `GET /sim/state`: the time, the switches, the manner of hooks, counts of calls.
//! * `GET /sim/issues`, `GET /sim/issues/{id}` (with journals, private ones too, and files), `GET /sim/people`, `GET /sim/projects`,
//!   `GET /sim/roles`.
//! * `POST /sim/issues`: an [`IssueOrder`]; answers `{"id":41}`.
//! * `POST /sim/issues/{id}/update` `{"person":"agent1","fields":{"status_id":2,"notes":"…","private_notes":true}}` answers
//!   `{"journals":[904,905]}`; with `"late":true` it is kept back until `POST /sim/commit`, which answers `{"journals":2}`.
//! * `POST /sim/issues/{id}/comment` `{"person":"agent1","text":"…","private":true,"file":{"name":"a.txt","text":"…"}}`;
//!   `…/status` `{"person":"agent1","status":2}`; `…/assign` `{"person":"sup1","to":"agent1"}`; `…/priority` `{"priority":4}`;
//!   `…/move` `{"project":"second"}`; `…/watch` `{"watches":true}`; `…/relate` `{"to":42,"kind":"relates"}`. Without a person it is
//!   `sup1`. `DELETE /sim/issues/{id}` deletes it, as `sup1`.
//! * `POST /sim/journals/{id}` `{"person":"sup1","text":"…"}` changes a text. `POST /sim/journals/from` `{"number":900}`.
//! * `POST /sim/people`: a [`PersonOrder`]; answers `{"id":8}`. `POST /sim/people/{login}/key` answers their key: `{"key":"…"}`.
//! * `POST /sim/projects`: a [`ProjectOrder`]; answers `{"id":2}`. `POST /sim/queries`: a [`SavedQuery`]; answers its id.
//! * `POST /sim/roles/{id}/right` `{"right":"view_private_notes","allowed":false}`; `…/way` `{"from":1,"to":6,"allowed":true}`.
//! * `POST /sim/fields`: a [`CustomField`].
//! * `POST /sim/switches`: a [`SwitchOrder`]. `POST /sim/fault`: a [`FaultOrder`] with calls named as in the journal, the number of
//!   the issue behind a slash at will (`issue_update/41`); `refuse` with 302 leads to the login page.
//! * `POST /sim/hooks`: a [`MannerOrder`]. `GET /sim/hooks`: how each was met.
//! * `POST /sim/clock` `{"offset":3600}`, `{"freeze":true}`, `{"advance":60}`.
//! * `GET /sim/log?since=17`: the journal of calls after that entry. `DELETE /sim/log` empties it.
//!
//! An order is answered, with 204 where nothing is said, when its hooks were answered, lost or given up.

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
    IssueOrder, NotDone, Redmine,
    switches::SwitchOrder,
    world::{
        CustomField, ProjectOrder,
        issue::Issue,
        people::PersonOrder,
        tables::{Right, SavedQuery},
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
pub fn router(redmine: Arc<Redmine>) -> Router {
    Router::new()
        .route("/sim/state", get(state))
        .route("/sim/issues", get(issues).post(make))
        .route("/sim/issues/{id}", get(issue).delete(remove))
        .route("/sim/issues/{id}/{deed}", post(deed))
        .route("/sim/commit", post(commit))
        .route("/sim/journals/from", post(number))
        .route("/sim/journals/{id}", post(edit))
        .route("/sim/people", get(people).post(hire))
        .route("/sim/people/{login}/key", post(key))
        .route("/sim/projects", get(projects).post(open))
        .route("/sim/queries", post(query))
        .route("/sim/roles", get(roles))
        .route("/sim/roles/{id}/right", post(right))
        .route("/sim/roles/{id}/way", post(way))
        .route("/sim/fields", post(field))
        .route("/sim/switches", post(switch))
        .route("/sim/fault", post(fault))
        .route("/sim/hooks", get(hooks).post(manner))
        .route("/sim/clock", post(clock))
        .route("/sim/log", get(log).delete(forget))
        .with_state(redmine)
}

pub(super) async fn serve(listener: TcpListener, redmine: Arc<Redmine>, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router(redmine)).with_graceful_shutdown(stop.cancelled_owned()).await
}

type Of = State<Arc<Redmine>>;

/// What is answered to an order, once its hooks were carried.
async fn told(redmine: &Redmine, done: Result<Value, NotDone>) -> Response {
    redmine.settled().await;
    match done {
        Ok(Value::Null) => StatusCode::NO_CONTENT.into_response(),
        Ok(body) => Json(body).into_response(),
        Err(error) => {
            let status = match error {
                NotDone::Nobody | NotDone::Absent => StatusCode::NOT_FOUND,
                NotDone::Denied => StatusCode::FORBIDDEN,
                NotDone::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            };
            (status, error.to_string()).into_response()
        }
    }
}

fn found(known: bool) -> Result<Value, NotDone> {
    if known { Ok(Value::Null) } else { Err(NotDone::Absent) }
}

async fn state(State(redmine): Of) -> Json<Value> {
    let (switches, limit, hooks, held) = {
        let state = redmine.state();
        (json!(state.switches), state.buckets.limit(), state.hook.is_some(), state.held.len())
    };
    Json(json!({
        "now": redmine.hands.now(), "switches": switches, "limit": limit, "hooks": hooks, "held": held,
        "manner": redmine.post.manner(), "calls": redmine.journal.counts(),
    }))
}

async fn issues(State(redmine): Of) -> Json<Vec<Issue>> {
    Json(redmine.issues())
}

async fn issue(State(redmine): Of, Path(id): Path<u64>) -> Response {
    let whole = redmine
        .issue(id)
        .map(|issue| json!({ "issue": issue, "journals": redmine.journals(id), "files": redmine.files(id) }));
    told(&redmine, whole.ok_or(NotDone::Absent)).await
}

async fn make(State(redmine): Of, Json(order): Json<IssueOrder>) -> Response {
    let made = redmine.make(&order).map(|id| json!({ "id": id }));
    told(&redmine, made).await
}

async fn remove(State(redmine): Of, Path(id): Path<u64>) -> Response {
    let done = redmine.delete("sup1", id).map(|()| Value::Null);
    told(&redmine, done).await
}

/// What can be done to an issue.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    Update,
    Comment,
    Status,
    Assign,
    Priority,
    Move,
    Watch,
    Relate,
}

/// How.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeedOrder {
    person: Option<String>,
    fields: Value,
    late: bool,
    text: String,
    private: bool,
    file: Option<FileOrder>,
    status: u64,
    to: Value,
    kind: Option<String>,
    priority: u64,
    project: String,
    watches: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOrder {
    name: String,
    text: String,
}

async fn deed(State(redmine): Of, Path((id, deed)): Path<(u64, Deed)>, Json(order): Json<DeedOrder>) -> Response {
    let person = order.person.as_deref().unwrap_or("sup1");
    let done = match deed {
        Deed::Update if order.late => redmine.update_late(person, id, &order.fields).map(|journal| vec![journal]),
        Deed::Update => redmine.update(person, id, &order.fields),
        Deed::Comment => match &order.file {
            Some(file) => redmine.attach(person, id, &file.name, file.text.as_bytes(), &order.text),
            None => redmine.comment(person, id, &order.text, order.private),
        },
        Deed::Status => redmine.set_status(person, id, order.status),
        Deed::Assign => redmine.assign(person, id, order.to.as_str()),
        Deed::Priority => redmine.update(person, id, &json!({ "priority_id": order.priority })),
        Deed::Move => redmine.update(person, id, &json!({ "project_id": order.project })),
        Deed::Watch => return told(&redmine, redmine.watch(person, id, order.watches).map(|()| Value::Null)).await,
        Deed::Relate => {
            let (to, kind) = (order.to.as_u64().unwrap_or_default(), order.kind.as_deref().unwrap_or("relates"));
            return told(&redmine, redmine.relate(person, id, to, kind).map(|()| Value::Null)).await;
        }
    };
    told(&redmine, done.map(|journals| json!({ "journals": journals }))).await
}

async fn commit(State(redmine): Of) -> Response {
    let journals = redmine.commit();
    told(&redmine, Ok(json!({ "journals": journals }))).await
}

#[derive(Deserialize)]
struct Number {
    number: u64,
}

async fn number(State(redmine): Of, Json(Number { number }): Json<Number>) -> StatusCode {
    redmine.count_journals_from(number);
    StatusCode::NO_CONTENT
}

async fn edit(State(redmine): Of, Path(id): Path<u64>, Json(order): Json<DeedOrder>) -> Response {
    let person = order.person.as_deref().unwrap_or("sup1");
    let done = redmine.edit_note(person, id, &order.text).map(|()| Value::Null);
    told(&redmine, done).await
}

async fn people(State(redmine): Of) -> Json<Value> {
    Json(json!(redmine.people()))
}

async fn hire(State(redmine): Of, Json(order): Json<PersonOrder>) -> Response {
    if order.login.is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, "nobody is named").into_response();
    }
    Json(json!({ "id": redmine.hire(&order) })).into_response()
}

async fn key(State(redmine): Of, Path(login): Path<String>) -> Response {
    let key = redmine.key(&login).map(|key| json!({ "key": key.reveal() }));
    told(&redmine, key.ok_or(NotDone::Nobody)).await
}

async fn projects(State(redmine): Of) -> Json<Value> {
    Json(redmine.world(|world| json!(world.projects)))
}

async fn open(State(redmine): Of, Json(order): Json<ProjectOrder>) -> Json<Value> {
    Json(json!({ "id": redmine.open_project(&order) }))
}

async fn query(State(redmine): Of, Json(query): Json<SavedQuery>) -> Json<Value> {
    Json(json!({ "id": redmine.save_query(query) }))
}

async fn roles(State(redmine): Of) -> Json<Value> {
    Json(redmine.world(|world| json!(world.roles)))
}

#[derive(Deserialize)]
struct RightOrder {
    right: Right,
    allowed: bool,
}

async fn right(State(redmine): Of, Path(role): Path<u64>, Json(order): Json<RightOrder>) -> Response {
    let known = redmine.allow(role, order.right, order.allowed);
    told(&redmine, found(known)).await
}

#[derive(Deserialize)]
struct WayOrder {
    from: u64,
    to: u64,
    allowed: bool,
}

async fn way(State(redmine): Of, Path(role): Path<u64>, Json(order): Json<WayOrder>) -> Response {
    let known = redmine.allow_way(role, order.from, order.to, order.allowed);
    told(&redmine, found(known)).await
}

async fn field(State(redmine): Of, Json(field): Json<CustomField>) -> StatusCode {
    redmine.add_field(field);
    StatusCode::NO_CONTENT
}

async fn switch(State(redmine): Of, Json(order): Json<SwitchOrder>) -> StatusCode {
    redmine.switch(&order);
    StatusCode::NO_CONTENT
}

async fn fault(State(redmine): Of, Json(order): Json<FaultOrder>) -> StatusCode {
    redmine.faults.set(order);
    StatusCode::NO_CONTENT
}

async fn hooks(State(redmine): Of) -> Json<Vec<Delivery>> {
    Json(redmine.post.delivered())
}

async fn manner(State(redmine): Of, Json(order): Json<MannerOrder>) -> Response {
    redmine.post.order(order);
    told(&redmine, Ok(Value::Null)).await
}

async fn clock(State(redmine): Of, Json(order): Json<ClockOrder>) -> StatusCode {
    redmine.turn_clock(order);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(State(redmine): Of, Query(Since { since }): Query<Since>) -> Json<Vec<Entry>> {
    Json(redmine.journal.since(since))
}

async fn forget(State(redmine): Of) -> StatusCode {
    redmine.journal.clear();
    StatusCode::NO_CONTENT
}

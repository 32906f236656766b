//! The control interface, on a loopback port of its own:
//!
//! * `GET /sim/state`: the time, the switches, the manner of hooks, counts of calls.
//! * `GET /sim/issues`, `GET /sim/issues/{key}` (with comments, changes, links and files), `GET /sim/people`, `GET /sim/queues`.
//! * `POST /sim/issues`: an [`IssueOrder`]; answers `{"key":"DESK-41"}`.
//! * `POST /sim/issues/{key}/comment` `{"person":"vera","text":"…","more":["…"],"file":{"name":"a.txt","text":"…"}}` answers
//!   `{"ids":[12]}`; `…/move` `{"person":"vera","status":"inProgress"}`; `…/assign` `{"person":"vera","to":"petr"}`;
//!   `…/change` `{"person":"vera","fields":{"tags":["a"]}}`. Without a person it is `vera`.
//! * `POST /sim/people`: a [`PersonOrder`].
//! * `POST /sim/queues/{key}/fields`: a [`LocalField`]; `DELETE /sim/queues/{key}/fields/{field}`.
//! * `POST /sim/queues/{key}/transitions`: all its [`Transition`]s. `POST /sim/queues/{key}/triggers`: a [`Trigger`];
//!   `DELETE /sim/queues/{key}/triggers/{id}`; `POST /sim/queues/{key}/triggers/{id}/raw` sends the body as it is.
//! * `POST /sim/switches`: a [`SwitchOrder`]. `POST /sim/fault`: a [`FaultOrder`] with calls named as in the journal, the key of
//!   the issue or queue behind a slash at will (`comment_add/DESK-41`).
//! * `POST /sim/hooks`: a [`MannerOrder`]. `GET /sim/hooks`: how each was met.
//! * `POST /sim/clock` `{"offset":3600}`, `{"freeze":true}`, `{"advance":60}`.
//! * `GET /sim/log?since=17`: the journal after that entry. `DELETE /sim/log` empties it.
//!
//! An order is answered, with 204 where nothing is said, when its hooks were answered, lost or given up.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    IssueOrder, NewFile, Tracker,
    switches::SwitchOrder,
    trigger::Trigger,
    world::{
        issue::Issue,
        people::PersonOrder,
        queue::{LocalField, Transition},
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
pub fn router(tracker: Arc<Tracker>) -> Router {
    Router::new()
        .route("/sim/state", get(state))
        .route("/sim/issues", get(issues).post(make))
        .route("/sim/issues/{key}", get(issue))
        .route("/sim/issues/{key}/{deed}", post(deed))
        .route("/sim/people", get(people).post(hire))
        .route("/sim/queues", get(queues))
        .route("/sim/queues/{key}/fields", post(add_field))
        .route("/sim/queues/{key}/fields/{field}", delete(remove_field))
        .route("/sim/queues/{key}/transitions", post(transitions))
        .route("/sim/queues/{key}/triggers", post(set_trigger))
        .route("/sim/queues/{key}/triggers/{id}", delete(remove_trigger))
        .route("/sim/queues/{key}/triggers/{id}/raw", post(raw))
        .route("/sim/switches", post(switch))
        .route("/sim/fault", post(fault))
        .route("/sim/hooks", get(hooks).post(manner))
        .route("/sim/clock", post(clock))
        .route("/sim/log", get(log).delete(forget))
        .with_state(tracker)
}

pub(super) async fn serve(listener: TcpListener, tracker: Arc<Tracker>, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router(tracker)).with_graceful_shutdown(stop.cancelled_owned()).await
}

type Of = State<Arc<Tracker>>;

async fn state(State(tracker): Of) -> Json<Value> {
    let (switches, limit, hooks) = {
        let state = tracker.state();
        (json!(state.switches), state.buckets.limit(), state.hook_url.is_some())
    };
    Json(json!({
        "now": tracker.hands.now(), "switches": switches, "limit": limit, "hooks": hooks,
        "manner": tracker.post.manner(), "calls": tracker.journal.counts(),
    }))
}

async fn issues(State(tracker): Of) -> Json<Vec<Issue>> {
    Json(tracker.issues())
}

async fn issue(State(tracker): Of, Path(key): Path<String>) -> Response {
    let whole = tracker.world(|world| {
        let issue = world.issue(&key)?;
        let files: Vec<_> = world.files.values().filter(|file| file.issue.as_deref() == Some(&issue.key)).collect();
        Some(json!({
            "issue": issue, "comments": world.comments_of(&issue.key), "changes": world.changes.get(&issue.key),
            "links": world.links.get(&issue.key), "files": files,
        }))
    });
    whole.map_or_else(missing, |whole| Json(whole).into_response())
}

async fn make(State(tracker): Of, Json(order): Json<IssueOrder>) -> Response {
    let made = tracker.make(&order);
    tracker.settled().await;
    match made {
        Some(key) => Json(json!({ "key": key })).into_response(),
        None => (StatusCode::UNPROCESSABLE_ENTITY, "a person, the queue or a field is not known").into_response(),
    }
}

/// What can be done to an issue.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    Comment,
    Move,
    Assign,
    Change,
}

/// How.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeedOrder {
    person: Option<String>,
    text: String,
    more: Vec<String>,
    file: Option<FileOrder>,
    status: String,
    to: Option<String>,
    fields: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOrder {
    name: String,
    text: String,
}

async fn deed(State(tracker): Of, Path((key, deed)): Path<(String, Deed)>, Json(order): Json<DeedOrder>) -> Response {
    let person = order.person.as_deref().unwrap_or("vera");
    let found = match deed {
        Deed::Comment => {
            let ids = match &order.file {
                Some(file) => {
                    let file = NewFile { name: &file.name, mimetype: "text/plain", content: file.text.as_bytes() };
                    tracker.comment_with_file(person, &key, &order.text, &file).into_iter().collect()
                }
                None => {
                    let texts: Vec<&str> =
                        std::iter::once(&order.text).chain(&order.more).map(String::as_str).collect();
                    tracker.comment_several(person, &key, &texts)
                }
            };
            tracker.settled().await;
            return if ids.is_empty() { missing() } else { Json(json!({ "ids": ids })).into_response() };
        }
        Deed::Move => tracker.move_to(person, &key, &order.status),
        Deed::Assign => tracker.assign(person, &key, order.to.as_deref()),
        Deed::Change => tracker.change(person, &key, &order.fields),
    };
    done(&tracker, found).await
}

async fn people(State(tracker): Of) -> Json<Value> {
    Json(tracker.world(|world| json!(world.people)))
}

async fn hire(State(tracker): Of, Json(order): Json<PersonOrder>) -> Response {
    if order.login.is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, "nobody is named").into_response();
    }
    tracker.hire(&order);
    StatusCode::NO_CONTENT.into_response()
}

async fn queues(State(tracker): Of) -> Json<Value> {
    Json(tracker.world(|world| json!(world.queues)))
}

async fn add_field(State(tracker): Of, Path(queue): Path<String>, Json(field): Json<LocalField>) -> Response {
    done(&tracker, tracker.add_local_field(&queue, field)).await
}

async fn remove_field(State(tracker): Of, Path((queue, field)): Path<(String, String)>) -> Response {
    done(&tracker, tracker.remove_local_field(&queue, &field)).await
}

async fn transitions(State(tracker): Of, Path(queue): Path<String>, Json(all): Json<Vec<Transition>>) -> Response {
    done(&tracker, tracker.set_transitions(&queue, all)).await
}

async fn set_trigger(State(tracker): Of, Path(queue): Path<String>, Json(trigger): Json<Trigger>) -> Response {
    done(&tracker, tracker.set_trigger(&queue, trigger)).await
}

async fn remove_trigger(State(tracker): Of, Path((queue, id)): Path<(String, u64)>) -> Response {
    done(&tracker, tracker.remove_trigger(&queue, id)).await
}

async fn raw(State(tracker): Of, Path((queue, id)): Path<(String, u64)>, body: String) -> Response {
    done(&tracker, tracker.tell_raw(&queue, id, &body)).await
}

async fn switch(State(tracker): Of, Json(order): Json<SwitchOrder>) -> StatusCode {
    tracker.switch(&order);
    StatusCode::NO_CONTENT
}

async fn fault(State(tracker): Of, Json(order): Json<FaultOrder>) -> StatusCode {
    tracker.faults.set(order);
    StatusCode::NO_CONTENT
}

async fn hooks(State(tracker): Of) -> Json<Vec<Delivery>> {
    Json(tracker.post.delivered())
}

async fn manner(State(tracker): Of, Json(order): Json<MannerOrder>) -> Response {
    tracker.post.order(order);
    done(&tracker, true).await
}

async fn clock(State(tracker): Of, Json(order): Json<ClockOrder>) -> StatusCode {
    tracker.turn_clock(order);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(State(tracker): Of, Query(Since { since }): Query<Since>) -> Json<Vec<Entry>> {
    Json(tracker.journal.since(since))
}

async fn forget(State(tracker): Of) -> StatusCode {
    tracker.journal.clear();
    StatusCode::NO_CONTENT
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "there is none of this name, or it cannot be done").into_response()
}

async fn done(tracker: &Tracker, found: bool) -> Response {
    if !found {
        return missing();
    }
    tracker.settled().await;
    StatusCode::NO_CONTENT.into_response()
}

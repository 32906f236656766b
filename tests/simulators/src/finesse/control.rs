//! The control interface, on a loopback port of its own:
//!
//! * `GET /sim/agents`: everybody, as they are. `GET /sim/state`: addresses, accounts of note, health of both nodes.
//! * `POST /sim/agents/{id}/state` `{"state":"NOT_READY","reason":21,"pending":"LOGOUT","at":"2026-03-17T08:00:00Z"}`;
//!   `at` empty: nobody knows since when; absent: now, or the old time when the state stays as it is.
//! * `POST /sim/agents/{id}/remove`: the agent is gone from the team, told by a DELETE.
//! * `POST /sim/teams/{id}/snapshot`: the whole team is told on its node.
//! * `POST /sim/scenario/{name}`: `login-storm`, `storm`, `failover`, `lunch`, `network-break`, `quiet`, `life`;
//!   optional body `{"seconds":10,"rate":200}`.
//! * `POST /sim/clock` `{"offset":3600}`, `{"freeze":true}`, `{"advance":60}`.
//! * `POST /sim/node/{a|b}`: a [`NodeOrder`]. `POST /sim/fault`: a [`FaultOrder`].
//! * `POST /sim/tls/{a|b}` `{"signer":"second","names":["other.example"],"expired":true}`; later connections see it.
//! * `POST /sim/accounts/{id}` `{"password":"…"}`.
//! * `GET /sim/log?since=17`: the journal after that entry. `DELETE /sim/log` empties it.
//!
//! An order is answered (204) when the nodes have done it.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    Addresses, Core, NodeName,
    fault::FaultOrder,
    journal::Entry,
    node::{Condition, NodeOrder},
    tls::Signer,
    world::{
        Change,
        people::{ENGINE, SUPERVISOR, TEAMLESS},
        reason,
        script::{Measure, Scenario},
        state::State as AgentState,
    },
};
use crate::hands::ClockOrder;

/// The pages.
pub fn router(core: Arc<Core>) -> Router {
    Router::new()
        .route("/sim/agents", get(agents))
        .route("/sim/state", get(state))
        .route("/sim/agents/{id}/state", post(set_state))
        .route("/sim/agents/{id}/remove", post(remove))
        .route("/sim/teams/{id}/snapshot", post(snapshot))
        .route("/sim/scenario/{name}", post(scenario))
        .route("/sim/clock", post(clock))
        .route("/sim/node/{name}", post(node))
        .route("/sim/fault", post(fault))
        .route("/sim/tls/{name}", post(tls))
        .route("/sim/accounts/{id}", post(account))
        .route("/sim/log", get(log).delete(forget))
        .layer(from_fn_with_state(Arc::clone(&core), note))
        .with_state(core)
}

pub(super) async fn serve(listener: TcpListener, core: Arc<Core>, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router(core)).with_graceful_shutdown(stop.cancelled_owned()).await
}

async fn note(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path != "/sim/log" {
        core.journal.control(format!("{} {path}", request.method()));
    }
    next.run(request).await
}

/// Somebody, as they are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    id: String,
    name: String,
    extension: String,
    supervisor: bool,
    /// Numbers of the teams the person is a member of.
    teams: Vec<u32>,
    supervises: Vec<u32>,
    state: String,
    since: Option<Timestamp>,
    pending: Option<String>,
    reason: Option<u32>,
    dialog: Option<u64>,
}

async fn agents(State(core): State<Arc<Core>>) -> Json<Vec<Shown>> {
    Json(core.with_world(|world, _| {
        let number = |team: usize| world.teams[team].id;
        let show = |person: &super::world::people::Person| Shown {
            id: person.id.clone(),
            name: format!("{} {}", person.first, person.last),
            extension: person.extension().to_owned(),
            supervisor: person.supervisor,
            teams: person.teams().map(number).collect(),
            supervises: person.supervises.iter().copied().map(number).collect(),
            state: person.state.word().to_owned(),
            since: person.since,
            pending: person.pending.as_ref().map(|state| state.word().to_owned()),
            reason: person.reason.map(|reason| reason.code),
            dialog: person.call.as_ref().map(|call| call.id),
        };
        world.people.iter().map(show).collect()
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClusterState {
    now: Timestamp,
    supervisor: &'static str,
    engine: &'static str,
    without_teams: &'static str,
    nodes: [NodeState; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeState {
    host: String,
    domain: String,
    addresses: Addresses,
    condition: Condition,
}

async fn state(State(core): State<Arc<Core>>) -> Json<ClusterState> {
    let node = |name| {
        let node = core.node(name);
        NodeState {
            host: node.host.clone(),
            domain: node.domain.clone(),
            addresses: node.addresses,
            condition: node.condition(),
        }
    };
    Json(ClusterState {
        now: core.hands.now(),
        supervisor: SUPERVISOR,
        engine: ENGINE,
        without_teams: TEAMLESS,
        nodes: NodeName::BOTH.map(node),
    })
}

/// A new state for somebody.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateOrder {
    /// The state, any word.
    pub state: String,
    /// Code of the reason.
    pub reason: Option<u32>,
    /// What follows; empty for nothing.
    #[serde(default)]
    pub pending: String,
    /// Since when; empty when nobody knows.
    pub at: Option<String>,
}

impl Core {
    /// Puts somebody into a state and tells it; `false` when there is nobody of this id.
    ///
    /// # Errors
    /// `at` is not an instant.
    pub fn set_state(&self, id: &str, order: &StateOrder) -> Result<bool, jiff::Error> {
        let at = match order.at.as_deref() {
            None => None,
            Some("") => Some(None),
            Some(text) => Some(Some(text.parse::<Timestamp>()?)),
        };
        Ok(self.with_world(|world, now| {
            let Some(who) = world.find(id) else { return false };
            let state = AgentState::parse(&order.state);
            let person = &world.people[who];
            let same = person.state == state;
            let since = at.unwrap_or(if same { person.since } else { Some(now) });
            let reason = order.reason.map(|code| reason::of_code(code, &state));
            let pending = Some(order.pending.as_str()).filter(|word| !word.is_empty()).map(AgentState::parse);
            world.change(who, Change { state, since, reason, pending }, since.unwrap_or(now), None);
            true
        }))
    }
}

async fn set_state(State(core): State<Arc<Core>>, Path(id): Path<String>, Json(order): Json<StateOrder>) -> Response {
    match core.set_state(&id, &order) {
        Ok(found) => done(&core, found).await,
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

async fn remove(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Response {
    let found = core.with_world(|world, now| world.find(&id).map(|who| world.remove(who, now)).is_some());
    done(&core, found).await
}

async fn snapshot(State(core): State<Arc<Core>>, Path(id): Path<u32>) -> Response {
    let found = core.with_world(|world, _| world.find_team(id).map(|team| world.tell_team(team)).is_some());
    done(&core, found).await
}

async fn scenario(
    State(core): State<Arc<Core>>,
    Path(scenario): Path<Scenario>,
    body: Option<Json<Measure>>,
) -> Response {
    let measure = body.map(|Json(measure)| measure).unwrap_or_default();
    core.with_world(|world, now| world.play(scenario, measure, now));
    done(&core, true).await
}

async fn clock(State(core): State<Arc<Core>>, Json(order): Json<ClockOrder>) -> Response {
    core.turn_clock(order);
    done(&core, true).await
}

async fn node(State(core): State<Arc<Core>>, Path(name): Path<NodeName>, Json(order): Json<NodeOrder>) -> Response {
    core.order_node(name, &order);
    done(&core, true).await
}

async fn fault(State(core): State<Arc<Core>>, Json(order): Json<FaultOrder>) -> Response {
    core.order_fault(&order);
    done(&core, true).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TlsOrder {
    #[serde(default)]
    signer: Signer,
    names: Option<Vec<String>>,
    #[serde(default)]
    expired: bool,
}

async fn tls(State(core): State<Arc<Core>>, Path(name): Path<NodeName>, Json(order): Json<TlsOrder>) -> Response {
    match core.show_certificate(name, order.signer, order.names.as_deref(), order.expired) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountOrder {
    password: String,
}

async fn account(State(core): State<Arc<Core>>, Path(id): Path<String>, Json(order): Json<AccountOrder>) -> Response {
    match core.set_password(&id, &order.password) {
        Ok(found) => done(&core, found).await,
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(State(core): State<Arc<Core>>, Query(Since { since }): Query<Since>) -> Json<Vec<Entry>> {
    Json(core.journal.since(since))
}

async fn forget(State(core): State<Arc<Core>>) -> StatusCode {
    core.journal.clear();
    StatusCode::NO_CONTENT
}

async fn done(core: &Core, found: bool) -> Response {
    if !found {
        return (StatusCode::NOT_FOUND, "there is none of this id").into_response();
    }
    core.settled().await;
    StatusCode::NO_CONTENT.into_response()
}

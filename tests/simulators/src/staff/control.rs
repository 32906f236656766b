//! The control interface, on a loopback port of its own:
//!
//! * `GET /sim/state`: counts of calls. `GET /sim/people`: everybody, without passwords.
//! * `POST /sim/people/{login}`: a [`PersonOrder`], for instance `{"password":"…"}` or `{"period":"Заблокированный сотрудник"}`; whoever
//!   is not there is made.
//! * `POST /sim/switches`: a [`SwitchOrder`]. `POST /sim/fault`: a [`FaultOrder`]; the one call is `verify`.
//! * `GET /sim/log?since=17`: the journal after that entry. `DELETE /sim/log` empties it.
//!
//! An order is answered with 204 where nothing is said.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    Register, SwitchOrder,
    people::{Person, PersonOrder},
};
use crate::service::{fault::FaultOrder, journal::Entry};

/// The pages.
pub fn router(register: Arc<Register>) -> Router {
    Router::new()
        .route("/sim/state", get(state))
        .route("/sim/people", get(people))
        .route("/sim/people/{login}", post(person))
        .route("/sim/switches", post(switch))
        .route("/sim/fault", post(fault))
        .route("/sim/log", get(log).delete(forget))
        .with_state(register)
}

pub(super) async fn serve(listener: TcpListener, register: Arc<Register>, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router(register)).with_graceful_shutdown(stop.cancelled_owned()).await
}

type Of = State<Arc<Register>>;

async fn state(State(register): Of) -> Json<Value> {
    let foreign_login = register.state().foreign_login;
    Json(json!({ "foreign_login": foreign_login, "calls": register.journal.counts() }))
}

async fn people(State(register): Of) -> Json<Vec<Person>> {
    Json(register.state().people.all().cloned().collect())
}

async fn person(State(register): Of, Path(login): Path<String>, Json(order): Json<PersonOrder>) -> StatusCode {
    register.person(&login, &order);
    StatusCode::NO_CONTENT
}

async fn switch(State(register): Of, Json(order): Json<SwitchOrder>) -> StatusCode {
    match register.switch(order) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn fault(State(register): Of, Json(order): Json<FaultOrder>) -> StatusCode {
    register.fault(order);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(State(register): Of, Query(Since { since }): Query<Since>) -> Json<Vec<Entry>> {
    Json(register.journal.since(since))
}

async fn forget(State(register): Of) -> StatusCode {
    register.journal.clear();
    StatusCode::NO_CONTENT
}

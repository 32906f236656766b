//! The console in a browser: its page, its commands, its stream of changes, signing in.
//!
//! Deliberately not here: what a command does and who may give it (the engine's list).

mod commands;
mod doors;
mod events;
mod page;
mod visitor;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::App;

pub(crate) use visitor::{Visitor, cookie};

/// The largest command, bytes: an import's file is the largest thing a command carries.
const COMMAND: usize = 64 << 20;
/// The largest sign-in, bytes.
const DOOR: usize = 16 << 10;

pub(crate) fn router() -> Router<App> {
    let doors = Router::new()
        .route("/api/console/sign-in", post(doors::sign_in))
        .route("/api/console/sign-out", post(doors::sign_out))
        .route("/api/console/first-run", post(doors::first_run))
        .layer(DefaultBodyLimit::max(DOOR));
    Router::new()
        .route("/api/console/session", get(doors::session))
        .route("/api/console/call/{name}", post(commands::call).layer(DefaultBodyLimit::max(COMMAND)))
        .route("/api/console/events", get(events::stream))
        .merge(doors)
        .merge(page::router())
}

#[cfg(test)]
mod tests;

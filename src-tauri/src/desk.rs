//! Whichever engine the window shows: the one inside, or a server's. Everybody else here asks it and need not know.
//!
//! Deliberately not here: what a command does.

use std::sync::Arc;

use pult_engine::{
    Engine,
    api::{self, Me},
    auth::Actor,
    bus::{Change, Listener},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{broadcast, watch};

use crate::{attach::Attached, refusal::Refusal};

/// The engine behind the window. Clones are the same desk.
#[derive(Clone)]
pub(crate) enum Desk {
    /// The engine runs in this program.
    Alone(Engine),
    /// The engine runs on a server.
    Attached(Arc<Attached>),
}

/// Whether news comes from the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reach {
    /// The first try is under way.
    Connecting,
    /// News comes.
    Connected,
    /// The server does not answer; tries go on.
    Lost,
    /// The server wants somebody to sign in.
    SignedOut,
}

/// The first administrator of a server.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstAdministrator {
    pub(crate) code: String,
    pub(crate) login: String,
    pub(crate) full_name: String,
    pub(crate) password: String,
}

impl Desk {
    /// Who looks.
    pub(crate) async fn session(&self) -> Result<Value, Refusal> {
        match self {
            Self::Alone(_) => write(&local_session()),
            Self::Attached(server) => server.session().await,
        }
    }

    /// Gives a command of the console.
    pub(crate) async fn call(&self, name: &str, request: Value) -> Result<Value, Refusal> {
        match self {
            Self::Alone(engine) => Ok(api::dispatch(engine, &Actor::local_window(), name, request).await?),
            Self::Attached(server) => server.call(name, &request).await,
        }
    }

    /// Signs in at the server.
    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Result<(), Refusal> {
        self.server()?.sign_in(login, password).await
    }

    /// Signs out at the server.
    pub(crate) async fn sign_out(&self) -> Result<(), Refusal> {
        self.server()?.sign_out().await
    }

    /// Makes the server's first administrator.
    pub(crate) async fn first_run(&self, person: &FirstAdministrator) -> Result<(), Refusal> {
        self.server()?.first_run(person).await
    }

    /// The server, where there is one.
    pub(crate) fn server(&self) -> Result<&Arc<Attached>, Refusal> {
        match self {
            Self::Attached(server) => Ok(server),
            Self::Alone(_) => Err(Refusal::new("not_found", "nobody signs in at the engine's own window")),
        }
    }

    /// Hears what changes from now on.
    pub(crate) fn changes(&self) -> Changes {
        match self {
            Self::Alone(engine) => Changes::Bus(engine.bus().listen()),
            Self::Attached(server) => Changes::Stream(server.changes()),
        }
    }

    /// Whether news comes, now and whenever it turns; `None` for the engine inside, which cannot be out of reach.
    pub(crate) fn reach(&self) -> Option<watch::Receiver<Reach>> {
        match self {
            Self::Alone(_) => None,
            Self::Attached(server) => Some(server.reach()),
        }
    }
}

/// The stream of changes.
pub(crate) enum Changes {
    Bus(Listener),
    Stream(broadcast::Receiver<Change>),
}

impl Changes {
    /// The next change; `None` when there will be no more.
    pub(crate) async fn next(&mut self) -> Option<Change> {
        match self {
            Self::Bus(listener) => listener.next().await,
            Self::Stream(receiver) => match receiver.recv().await {
                Ok(change) => Some(change),
                Err(broadcast::error::RecvError::Lagged(_)) => Some(Change::Resync),
                Err(broadcast::error::RecvError::Closed) => None,
            },
        }
    }
}

fn local_session() -> api::Session {
    let actor = Actor::local_window();
    let named = ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let me = Me {
        full_name: named.filter(|n| !n.is_empty()).unwrap_or_else(|| actor.login.clone()),
        login: actor.login,
        rights: actor.rights,
        has_account: false,
        checked_offline: false,
        ask_again_at: None,
    };
    api::Session {
        csrf: String::new(),
        me: Some(me),
        // The computer's own sign-in has let them in; accounts are for the browser and are made in the settings.
        setup_needed: false,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn write<T: Serialize>(answer: &T) -> Result<Value, Refusal> {
    serde_json::to_value(answer).map_err(|error| Refusal::new("internal", error.to_string()))
}

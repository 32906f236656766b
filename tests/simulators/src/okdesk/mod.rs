//! Okdesk, written from its contract: the REST interface of one account, its webhooks, and a control interface from which a
//! test or a person acts as the service desk.
//!
//! What the contract leaves open is decided here, mostly by a switch (see [`switches`]): the strict side is the default.
//! * Fields that are missing or of the wrong kind are refused with 422 and a map. A body that is not announced as JSON is
//!   not read, so that everything in it is missing.
//! * 404, 405, 401 and 403 carry `{"errors":["text"]}`.
//! * Rows of `issues/list` are the short ones of the samples; the whole issue is read by its id.
//! * What is changed over REST sends webhooks like what people do; `skip_options` of a status keeps them back.
//!
//! Not here: files (`multipart/form-data`), custom parameters beyond being taken, service objects beyond their list.

mod api;
pub mod control;
mod desk;
mod filter;
mod hook;
mod issue;
pub mod switches;
pub mod world;

use std::{net::SocketAddr, sync::Arc};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

pub use self::desk::{Desk, IssueOrder};
use crate::{
    clock::{Clock, system_clock},
    secret::Secret,
    service::{Doors, Running, StartError},
};

/// How the account is set up.
#[derive(Clone)]
pub struct Settings {
    /// Its `api_token`.
    pub token: Secret,
    /// Where webhooks go; nowhere without this.
    pub hook_url: Option<Url>,
    /// Value of the query key `key` that webhooks carry.
    pub hook_key: Option<Secret>,
    /// Where the interface listens.
    pub front: SocketAddr,
    /// Where the control interface listens; loopback only.
    pub control: SocketAddr,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// On free loopback ports, without webhooks.
    pub fn new(token: Secret) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { token, hook_url: None, hook_key: None, front: free, control: free, clock: system_clock() }
    }
}

/// A running account. Dropping it stops it; [`Self::stop`] also waits.
pub struct Simulator {
    desk: Arc<Desk>,
    running: Running,
}

impl Simulator {
    /// The account itself, for tests that act without HTTP.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The base address for a client's settings; it ends with `/api/v1/`.
    pub fn base(&self) -> String {
        format!("http://{}/api/v1/", self.running.front)
    }

    /// Where the control interface listens.
    pub const fn control(&self) -> SocketAddr {
        self.running.control
    }

    /// Closes both listeners and ends what was started.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// Starts an account; both listeners are open when this returns.
///
/// # Errors
/// An address is taken, or the control interface is not on loopback.
pub async fn start(settings: Settings) -> Result<Simulator, StartError> {
    let doors = Doors::open(settings.front, settings.control).await?;
    let (front, control) = doors.addresses()?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let desk = Arc::new(Desk::new(settings, &tasks, stop.clone())?);
    tasks.spawn(api::serve(doors.front, Arc::clone(&desk), stop.clone()));
    tasks.spawn(control::serve(doors.control, Arc::clone(&desk), stop.clone()));
    Ok(Simulator { desk, running: Running { front, control, tasks, stop } })
}

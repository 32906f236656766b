//! A Bitrix24 portal, written from its contract: the REST interface of one incoming webhook, bots of both generations, events
//! by push and by queue, and a control interface from which a test or a person acts as the portal's people.
//!
//! What the contract leaves open is decided here, mostly by a switch (see [`switches`]): the strict side is the default.
//! * Unknown filter keys are ignored, and `XML_ID` is one of them in `tasks.task.list`. `select` of `user.*` is ignored.
//! * Names of parameters are as documented for tasks, disk and `imbot.v2`, and of any case for the older modules.
//! * A body announced as JSON that is not an object is 400 `INVALID_REQUEST`; other kinds of body than JSON and forms are
//!   not read. Success has a `time` block, refusals have not.
//!
//! Not here: REST 3.0, OAuth, events of other subscriptions than bots and tasks, what `humanresources.*` knows.

mod answer;
pub mod control;
mod events;
mod keyboard;
mod methods;
mod operating;
mod params;
mod people;
mod portal;
mod serve;
pub mod switches;
mod upload;
pub mod world;

use std::{net::SocketAddr, sync::Arc};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

pub use self::{
    people::{Press, Pressed, WriteOrder},
    portal::Portal,
};
use crate::{
    clock::{Clock, system_clock},
    secret::Secret,
    service::{Doors, Running, StartError},
};

/// The user whose webhook it is.
pub const OWNER: u64 = 7;

/// How the portal is set up.
#[derive(Clone)]
pub struct Settings {
    /// Secret of the incoming webhook, which belongs to user [`OWNER`].
    pub secret: Secret,
    /// The `application_token` that events carry.
    pub application_token: Secret,
    /// Where the outgoing webhook sends what becomes of tasks; nowhere without this.
    pub hook_url: Option<Url>,
    /// Where the interface listens.
    pub front: SocketAddr,
    /// Where the control interface listens; loopback only.
    pub control: SocketAddr,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// On free loopback ports, without an outgoing webhook.
    pub fn new(secret: Secret, application_token: Secret) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { secret, application_token, hook_url: None, front: free, control: free, clock: system_clock() }
    }
}

/// A running portal. Dropping it stops it; [`Self::stop`] also waits.
pub struct Simulator {
    portal: Arc<Portal>,
    running: Running,
}

impl Simulator {
    /// The portal itself, for tests that act without HTTP.
    pub fn portal(&self) -> &Portal {
        &self.portal
    }

    /// The address of the webhook without its secret; it ends with a slash.
    pub fn base(&self) -> String {
        format!("http://{}/rest/{OWNER}/", self.running.front)
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

/// Starts a portal; both listeners are open when this returns.
///
/// # Errors
/// An address is taken, or the control interface is not on loopback.
pub async fn start(settings: Settings) -> Result<Simulator, StartError> {
    let doors = Doors::open(settings.front, settings.control).await?;
    let (front, control) = doors.addresses()?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let portal = Arc::new(Portal::new(settings, front, &tasks, stop.clone())?);
    tasks.spawn(serve::serve(doors.front, Arc::clone(&portal), stop.clone()));
    tasks.spawn(control::serve(doors.control, Arc::clone(&portal), stop.clone()));
    Ok(Simulator { portal, running: Running { front, control, tasks, stop } })
}

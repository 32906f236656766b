//! A Pachca space, written from its contract: the REST interface of one bot, its webhooks with their history, forms, files, and
//! a control interface from which a test or a person acts as the space's people.
//!
//! What the contract leaves open is decided here, mostly by a switch (see [`switches`]): the strict side is the default.
//! * A body that is not announced as JSON is not read, so that everything in it is missing; one that is and is not JSON is 400.
//! * Keys nobody knows are ignored, `link_preview` within `message` among them.
//! * The bot is in a thread when it made or asked for it, when its message is the parent, when it wrote in it, was added or
//!   mentioned. What is outside its chats and threads is 404.
//! * Messages that are deleted are 404, and left out of lists. Somebody else's are 403 `access_denied` to change.
//! * The history and messages come newest first, people by their ids.
//! * `outgoing_url` is HTTPS, or HTTP on loopback.
//! * A trigger is tried before the rest of a form. One that is refused for another reason may be used again.
//! * Links to files do not take a bearer beside their own signature, as S3 does not.
//! * Webhooks that are not answered with 2xx are sent again after 1, 5 and 25 seconds as they were.
//!
//! Not here: tags, tasks, search, profiles, calls, link previews, and what administrators do.

mod api;
pub mod control;
pub mod day;
mod deeds;
mod forms;
pub mod hook;
mod paging;
mod space;
pub mod switches;
pub mod world;

use std::{net::SocketAddr, sync::Arc};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

pub use self::{
    deeds::{Attached, Impossible, Pressed, SayOrder},
    forms::Outcome,
    space::Space,
};
use crate::{
    clock::{Clock, system_clock},
    secret::Secret,
    service::{Doors, Running, StartError},
};

/// How the space is set up.
#[derive(Clone)]
pub struct Settings {
    /// The bot's token.
    pub token: Secret,
    /// The bot's signing secret.
    pub secret: Secret,
    /// What the token may do; everything at the beginning.
    pub scopes: Vec<String>,
    /// The bot's `outgoing_url`; webhooks go nowhere without this.
    pub hook_url: Option<Url>,
    /// How many times wider the limits are than the vendor's; none without this.
    pub limit_scale: Option<f64>,
    /// Where the interface listens.
    pub front: SocketAddr,
    /// Where the control interface listens; loopback only.
    pub control: SocketAddr,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// On free loopback ports, with the vendor's limits and every scope, without webhooks.
    pub fn new(token: Secret, secret: Secret) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            token,
            secret,
            scopes: switches::SCOPES.map(str::to_owned).to_vec(),
            hook_url: None,
            limit_scale: Some(1.0),
            front: free,
            control: free,
            clock: system_clock(),
        }
    }
}

/// A running space. Dropping it stops it; [`Self::stop`] also waits.
pub struct Simulator {
    space: Arc<Space>,
    running: Running,
}

impl Simulator {
    /// The space itself, for tests that act without HTTP.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// The base address for a client's settings, without a slash at its end.
    pub fn base(&self) -> String {
        format!("http://{}{}", self.running.front, api::BASE)
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

/// Starts a space; both listeners are open when this returns.
///
/// # Errors
/// An address is taken, or the control interface is not on loopback.
pub async fn start(settings: Settings) -> Result<Simulator, StartError> {
    let doors = Doors::open(settings.front, settings.control).await?;
    let (front, control) = doors.addresses()?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let space = Arc::new(Space::new(settings, front, &tasks, stop.clone())?);
    tasks.spawn(api::serve(doors.front, Arc::clone(&space), stop.clone()));
    tasks.spawn(control::serve(doors.control, Arc::clone(&space), stop.clone()));
    Ok(Simulator { space, running: Running { front, control, tasks, stop } })
}

//! Yandex Tracker and the directory of Yandex 360, written from their contract: one organization behind one address, its triggers'
//! hooks, and a control interface from which a test or a person acts as the people of the desk.
//!
//! What the contract leaves open is decided here, mostly by a switch (see [`switches`]): the strict side is the default.
//! * `/v2/` answers like `/v3/`, and is written down in the journal as an error.
//! * No organization header is 403, both are 400, one of the wrong kind is 403, an organization nobody knows is 404. An IAM token
//!   comes with `X-Cloud-Org-ID` only.
//! * A body that is not announced as JSON is 415. Fields nobody knows, a status in a change, numbers for texts, a bare text for
//!   tags and people who have left are 422 with the field named; an unknown queue is 404.
//! * `unique` counts in the whole organization. A create that is refused for another reason does not use it up.
//! * A change that changes nothing leaves the version alone; a comment leaves it alone too, but moves `updatedAt`.
//! * The search knows an issue as it was before its lag. `filter` takes equality only and `query` the forms of the contract; a
//!   page of more than 1000 rows and rows after the ten thousandth are 400. The order without one is by key.
//! * A comment shows its files with `expand=attachments` (or `all`); a file's `content` needs the token.
//! * Comments are changed and deleted by their author only. A transition that is not open is 404.
//!
//! Not here: texts in another language, wiki marks, rights of single queues, webhooks of automations other than triggers.

mod api;
pub mod control;
pub mod day;
mod directory;
mod fields;
mod filter;
mod front;
mod organization;
mod query;
mod refused;
mod route;
mod scroll;
mod show;
mod state;
pub mod switches;
pub mod trigger;
pub mod world;

use std::{net::SocketAddr, sync::Arc};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

pub use self::organization::{IssueOrder, NewFile, Tracker};
use crate::{
    clock::{Clock, system_clock},
    secret::Secret,
    service::{Doors, Running, StartError},
};

/// How the organization is set up.
#[derive(Clone)]
pub struct Settings {
    /// The OAuth token of the robot, for Tracker.
    pub token: Secret,
    /// An IAM token of the robot that is good at the beginning.
    pub iam: Option<Secret>,
    /// The token for the directory; nobody comes in without this.
    pub directory_token: Option<Secret>,
    /// The organization of Yandex 360, as `X-Org-ID` and the directory name it.
    pub org: String,
    /// The organization of Yandex Cloud, as `X-Cloud-Org-ID` names it; none without this.
    pub cloud_org: Option<String>,
    /// Where triggers send; nowhere without this.
    pub hook_url: Option<Url>,
    /// What they send in the header `X-Hook-Secret`.
    pub hook_key: Option<Secret>,
    /// Where the interface listens.
    pub front: SocketAddr,
    /// Where the control interface listens; loopback only.
    pub control: SocketAddr,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// On free loopback ports, organization 7654321, without hooks and without a directory.
    pub fn new(token: Secret) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            token,
            iam: None,
            directory_token: None,
            org: "7654321".to_owned(),
            cloud_org: None,
            hook_url: None,
            hook_key: None,
            front: free,
            control: free,
            clock: system_clock(),
        }
    }
}

/// A running organization. Dropping it stops it; [`Self::stop`] also waits.
pub struct Simulator {
    tracker: Arc<Tracker>,
    running: Running,
}

impl Simulator {
    /// The organization itself, for tests that act without HTTP.
    pub fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// The base address for a client's settings, of Tracker and of the directory; it does not end with a slash.
    pub fn base(&self) -> String {
        format!("http://{}", self.running.front)
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

/// Starts an organization; both listeners are open when this returns.
///
/// # Errors
/// An address is taken, or the control interface is not on loopback.
pub async fn start(settings: Settings) -> Result<Simulator, StartError> {
    let doors = Doors::open(settings.front, settings.control).await?;
    let (front, control) = doors.addresses()?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let tracker = Arc::new(Tracker::new(settings, &tasks, stop.clone())?);
    tasks.spawn(front::serve(doors.front, Arc::clone(&tracker), stop.clone()));
    tasks.spawn(control::serve(doors.control, Arc::clone(&tracker), stop.clone()));
    Ok(Simulator { tracker, running: Running { front, control, tasks, stop } })
}

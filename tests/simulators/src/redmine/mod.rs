//! Redmine, written from its contract: the REST interface of one server, webhooks of its newest versions, the differences of Easy
//! Redmine, and a control interface from which a test or a person acts as the people of the desk.
//!
//! What the contract leaves open was looked up on a real 5.0.4, or is a switch (see [`switches`]):
//! * An issue that is there and hidden is 403, not 404. Every change that is let in moves `updated_on`, one that changes nothing too.
//! * With REST off every call is 403, and a file is the way to the login page. Bare refusals have no body.
//! * A parent's priority, dates and progress follow from its parts, without a journal; it is not closed while a part is open.
//! * Line ends of descriptions become those of mail; private notes without the right to them become public ones.
//! * Texts of refusals are in the language of the key's owner.
//! * Easy Redmine whose filters are not heard answers everything. Its paths for statuses, trackers and journals are 404.
//! * Behind a server that sends no `Date` the header is there and empty: the library that serves would put in its own.
//!
//! Not here: HTML pages beyond refusals, XML, OAuth, groups that let people in, versions, time entries, relations over REST,
//! rights of single trackers, required and read-only fields of the workflow.

mod api;
pub mod control;
pub mod day;
mod door;
mod fields;
mod filter;
mod front;
pub mod hook;
mod refused;
mod rights;
mod route;
mod server;
mod show;
mod sort;
mod state;
pub mod switches;
pub mod world;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

pub use self::server::{IssueOrder, NotDone, Redmine};
use self::{switches::Switches, world::tables::Tongue};
use crate::{
    clock::{Clock, system_clock},
    secret::Secret,
    service::{Doors, Running, StartError},
};

/// How the server is set up.
#[derive(Clone)]
pub struct Settings {
    /// API keys by login; who has none here has one that nobody knows.
    pub keys: BTreeMap<String, Secret>,
    /// The password of everybody who is there at the beginning; none comes in that way without this.
    pub password: Option<Secret>,
    /// What the path begins with: empty, or `/redmine`.
    pub prefix: String,
    /// The language of statuses, trackers, priorities and roles, and of names.
    pub tongue: Tongue,
    /// How it is at the beginning.
    pub switches: Switches,
    /// Where webhooks go, in a modern version; nowhere without this.
    pub hook_url: Option<Url>,
    /// What signs them.
    pub hook_secret: Option<Secret>,
    /// Where the interface listens.
    pub front: SocketAddr,
    /// Where the control interface listens; loopback only.
    pub control: SocketAddr,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// On free loopback ports, in English, without a prefix and without webhooks. People who are there: `admin`, `sup1` (a
    /// manager), `agent1` (a developer), `rep1` (a reporter).
    pub fn new<'a>(keys: impl IntoIterator<Item = (&'a str, Secret)>) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            keys: keys.into_iter().map(|(login, key)| (login.to_owned(), key)).collect(),
            password: None,
            prefix: String::new(),
            tongue: Tongue::English,
            switches: Switches::default(),
            hook_url: None,
            hook_secret: None,
            front: free,
            control: free,
            clock: system_clock(),
        }
    }
}

/// A running server. Dropping it stops it; [`Self::stop`] also waits.
pub struct Simulator {
    redmine: Arc<Redmine>,
    running: Running,
}

impl Simulator {
    /// The server itself, for tests that act without HTTP.
    pub fn redmine(&self) -> &Redmine {
        &self.redmine
    }

    /// The base address for a client's settings, with the prefix; it does not end with a slash.
    pub fn base(&self) -> String {
        format!("http://{}{}", self.running.front, self.redmine.prefix)
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

/// Starts a server; both listeners are open when this returns.
///
/// # Errors
/// An address is taken, or the control interface is not on loopback.
pub async fn start(settings: Settings) -> Result<Simulator, StartError> {
    let doors = Doors::open(settings.front, settings.control).await?;
    let (front, control) = doors.addresses()?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let redmine = Arc::new(Redmine::new(settings, &tasks, stop.clone())?);
    tasks.spawn(front::serve(doors.front, Arc::clone(&redmine), stop.clone()));
    tasks.spawn(control::serve(doors.control, Arc::clone(&redmine), stop.clone()));
    Ok(Simulator { redmine, running: Running { front, control, tasks, stop } })
}

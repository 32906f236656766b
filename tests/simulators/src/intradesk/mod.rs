//! IntraDesk (cloud) and classic IntraService, written from their contract: the token service, the gateway and the classic product
//! over one world, and a control interface from which a test or a person acts as the service desk.
//!
//! What the contract leaves open is decided here, mostly by a switch (see [`switches`]): the strict side is the default.
//! * One listener serves all three; their paths tell them apart, so that every base is the same address.
//! * Fields, blocks and `$` options that the contract does not name are refused. Parameters without a dollar that nobody knows
//!   are ignored by the gateway and refused by the classic product.
//! * Where no order is asked for, tasks come newest first and everything else by id. A page is of 25 rows, of 100 at most.
//! * An executor who is blocked or in none of the service's groups is refused with 200 and `isSuccess: false`; a task that is
//!   in no service may be given to any employee. A write over somebody else's choice is done: there is no compare-and-set.
//! * Answers by `id` are in Pascal case, refusals too. Creating is answered in Pascal case on both paths.
//!
//! Not here: clients, files, history, ratings, the authorisation-code flow.

mod asked;
mod classic;
pub mod control;
pub mod day;
pub mod flight;
mod front;
pub mod login;
mod odata;
mod reads;
pub mod rival;
mod route;
pub mod switches;
mod tables;
mod tenant;
pub mod world;
mod writes;

use std::{net::SocketAddr, sync::Arc};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::tenant::{Assignment, By, Tenant};
use crate::{
    clock::{Clock, system_clock},
    secret::Secret,
    service::{Doors, Running, StartError},
};

/// How the tenant is set up.
#[derive(Clone)]
pub struct Settings {
    /// Its host, as `acr_values` names it behind `tenant:`.
    pub tenant: String,
    /// Name of the bot user, of the classic product's account too.
    pub login: String,
    /// Its password.
    pub password: Secret,
    /// The gateway's `ApiKey`; there is none without this.
    pub api_key: Option<Secret>,
    /// With the demo's services and people, and not empty but for its statuses.
    pub demo: bool,
    /// Where the interface listens.
    pub front: SocketAddr,
    /// Where the control interface listens; loopback only.
    pub control: SocketAddr,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// The demo's tenant on free loopback ports, without an `ApiKey`.
    pub fn new(tenant: impl Into<String>, login: impl Into<String>, password: Secret) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            tenant: tenant.into(),
            login: login.into(),
            password,
            api_key: None,
            demo: true,
            front: free,
            control: free,
            clock: system_clock(),
        }
    }
}

/// A running tenant. Dropping it stops it; [`Self::stop`] also waits.
pub struct Simulator {
    tenant: Arc<Tenant>,
    running: Running,
}

impl Simulator {
    /// The tenant itself, for tests that act without HTTP.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The address of the token service for a client's settings, without a slash at its end.
    pub fn login_base(&self) -> String {
        self.tenant.base()
    }

    /// The address of the gateway.
    pub fn api_base(&self) -> String {
        self.tenant.base()
    }

    /// The address of the classic product.
    pub fn classic_base(&self) -> String {
        self.tenant.base()
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

/// Starts a tenant; both listeners are open when this returns.
///
/// # Errors
/// An address is taken, or the control interface is not on loopback.
pub async fn start(settings: Settings) -> Result<Simulator, StartError> {
    let doors = Doors::open(settings.front, settings.control).await?;
    let (front, control) = doors.addresses()?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let tenant = Arc::new(Tenant::new(Settings { front, ..settings }));
    tasks.spawn(front::serve(doors.front, Arc::clone(&tenant), stop.clone()));
    tasks.spawn(control::serve(doors.control, Arc::clone(&tenant), stop.clone()));
    Ok(Simulator { tenant, running: Running { front, control, tasks, stop } })
}

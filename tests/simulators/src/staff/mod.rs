//! The staff register of an accounting system, written from its contract: whether a password is somebody's, over TLS with an authority
//! of its own, and a control interface from which a test or a person acts as the accounting system.
//!
//! It is strict: what the contract does not have in a question is refused, and refusals come in its order (path, method, token, kind
//! of body, body). Not here: a register of another shape, and locking people out, which is the console's.

pub mod control;
pub mod people;
mod serve;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Deserialize;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::people::{People, PersonOrder};
use crate::{
    clock::{Clock, system_clock},
    secret::Secret,
    service::{
        Doors, Running, StartError,
        fault::{FaultOrder, Switchboard},
        journal::Journal,
        tls::{Authorities, Authority, Identity, Signer, TlsError, config},
    },
};

/// Path of the register; `/verify` is below it.
const BASE: &str = "/auth";

/// How the register is set up.
#[derive(Clone)]
pub struct Settings {
    /// The token the console presents.
    pub token: Secret,
    /// The password of everybody who has no other.
    pub password: Secret,
    /// Where it listens.
    pub front: SocketAddr,
    /// Where the control interface listens; loopback only.
    pub control: SocketAddr,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// On free loopback ports.
    pub fn new(token: Secret, password: Secret) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { token, password, front: free, control: free, clock: system_clock() }
    }
}

/// What can be changed while it runs; absent is as it was.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchOrder {
    /// Answers are about somebody else.
    pub foreign_login: Option<bool>,
    /// Who signed the certificate it shows; connections that are open end.
    pub certificate: Option<Signer>,
}

/// The register.
pub struct Register {
    token: Secret,
    state: Mutex<State>,
    /// What goes wrong.
    pub faults: Switchboard,
    /// What came in.
    pub journal: Journal,
    authorities: Authorities,
    identity: Arc<Identity>,
    names: Vec<String>,
    stop: CancellationToken,
}

struct State {
    people: People,
    foreign_login: bool,
    /// Ends with the certificate that the connections were shown.
    connections: CancellationToken,
}

impl Register {
    fn new(settings: &Settings, front: SocketAddr, stop: CancellationToken) -> Result<Self, TlsError> {
        let authorities =
            Authorities { first: Authority::new("Staff test CA")?, second: Authority::new("Another test CA")? };
        let names = vec![front.ip().to_string(), "localhost".to_owned()];
        let identity = Arc::new(Identity::default());
        identity.show(&authorities.issue(Signer::First, &names, false)?)?;
        let people = People::new(&settings.password);
        let state = State { people, foreign_login: false, connections: stop.child_token() };
        Ok(Self {
            token: settings.token.clone(),
            state: Mutex::new(state),
            faults: Switchboard::default(),
            journal: Journal::new(settings.clock.clone()),
            authorities,
            identity,
            names,
            stop,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes something go wrong, or right again.
    pub fn fault(&self, order: FaultOrder) {
        self.faults.set(order);
    }

    /// Changes somebody, or makes them; a change of nothing but a login makes somebody with the usual password.
    pub fn person(&self, login: &str, order: &PersonOrder) {
        self.state().people.change(login, order);
    }

    /// Throws a switch.
    ///
    /// # Errors
    /// No certificate could be made.
    pub fn switch(&self, order: SwitchOrder) -> Result<(), TlsError> {
        if let Some(signer) = order.certificate {
            self.identity.show(&self.authorities.issue(signer, &self.names, false)?)?;
        }
        let mut state = self.state();
        state.foreign_login = order.foreign_login.unwrap_or(state.foreign_login);
        if order.certificate.is_some() {
            state.connections.cancel();
            state.connections = self.stop.child_token();
        }
        Ok(())
    }

    /// What a new connection lives as long as.
    fn life(&self) -> CancellationToken {
        self.state().connections.child_token()
    }
}

/// A running register. Dropping it stops it; [`Self::stop`] also waits.
pub struct Simulator {
    register: Arc<Register>,
    running: Running,
}

impl Simulator {
    /// The register itself, for tests that act without HTTP.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// The base address for a client's settings.
    pub fn base(&self) -> String {
        format!("https://{}{BASE}", self.running.front)
    }

    /// The certificate of the authority that signed its own.
    pub fn authority(&self) -> &str {
        self.register.authorities.first.pem()
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

/// Starts a register; both listeners are open when this returns.
///
/// # Errors
/// An address is taken, a certificate cannot be made, or the control interface is not on loopback.
pub async fn start(settings: Settings) -> Result<Simulator, StartError> {
    let doors = Doors::open(settings.front, settings.control).await?;
    let (front, control) = doors.addresses()?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let register = Arc::new(Register::new(&settings, front, stop.clone())?);
    let tls = config(Arc::clone(&register.identity), &["http/1.1"])?;
    tasks.spawn(serve::serve(doors.front, tls, Arc::clone(&register), stop.clone()));
    tasks.spawn(control::serve(doors.control, Arc::clone(&register), stop.clone()));
    Ok(Simulator { register, running: Running { front, control, tasks, stop } })
}

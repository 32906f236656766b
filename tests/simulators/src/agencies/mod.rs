//! The agency service: an old XML gate with a login page and a card page (behaviour of the help desk, section 2.4).
//!
//! What the contract leaves open is decided here and is part of this simulator's face:
//! * A refusal is the document `<error><code>…</code><text>…</text></error>`. Wrong credentials, an unknown or expired
//!   session and an unknown agency come with HTTP 200, as such gates do; a missing or malformed parameter with 400.
//! * Codes: `LOGIN_FAILED`, `SESSION_INVALID`, `AGENCY_NOT_FOUND`, `PARAMETER_MISSING`, `PARAMETER_BAD`.
//! * Parameters the gate does not know are ignored. Elements of which nothing is known are absent or empty.
//! * `/_sim/…` (see [`routes`]) belongs to the simulator, not to the gate.
//!
//! Not here: TLS (the real gate speaks plain HTTP) and any memory of passwords or session ids outside the gate's state.

pub mod fault;
pub mod journal;
pub mod routes;
pub mod xml;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use rand::Rng;

use self::{
    fault::{Fault, Page, Switch},
    journal::{Journal, Outcome},
};
use crate::{
    catalogue::{self, Agency},
    clock::{Clock, system_clock},
    secret::Secret,
};

/// Sessions the gate remembers; the oldest is forgotten first.
const SESSIONS: usize = 1_000;

/// Where the agency element stands in the answer; both forms are met in the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Root {
    /// `<agency>` is the root.
    #[default]
    Bare,
    /// `<response><agency>…</agency></response>`.
    Wrapped,
}

/// How the gate is set up.
#[derive(Clone)]
pub struct Settings {
    /// The one account it knows.
    pub login: String,
    /// That account's password.
    pub password: Secret,
    /// How long a session lives after its login, however much it is used.
    pub session_life: Duration,
    /// Shape of the card answer.
    pub root: Root,
    /// The agencies it knows.
    pub agencies: Vec<Agency>,
    /// Ages the sessions.
    pub clock: Clock,
}

impl Settings {
    /// The catalogue's agencies behind one account; sessions of 20 minutes by the machine's clock.
    pub fn new(login: impl Into<String>, password: Secret) -> Self {
        Self {
            login: login.into(),
            password,
            session_life: Duration::from_secs(20 * 60),
            root: Root::default(),
            agencies: catalogue::agencies(),
            clock: system_clock(),
        }
    }
}

/// The running gate; clones share it. A test holds one to set faults and to read the journal.
#[derive(Clone)]
pub struct Gate {
    inner: Arc<Inner>,
}

struct Inner {
    login: String,
    password: Secret,
    session_life: Duration,
    agencies: Vec<Agency>,
    clock: Clock,
    state: Mutex<State>,
}

struct State {
    root: Root,
    sessions: VecDeque<(String, Timestamp)>,
    switch: Switch,
    journal: Journal,
}

/// Why the gate says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Wrong login or password; it does not say which.
    LoginFailed,
    /// The session is unknown or has expired.
    SessionInvalid,
    /// No such agency.
    AgencyNotFound,
    /// A required parameter is absent or empty.
    ParameterMissing(&'static str),
    /// A parameter is not of its kind.
    ParameterBad(&'static str),
}

impl Gate {
    /// Sets the gate up; it answers once its [`routes::router`] is served.
    pub fn new(settings: Settings) -> Self {
        let state = State {
            root: settings.root,
            sessions: VecDeque::new(),
            switch: Switch::default(),
            journal: Journal::default(),
        };
        Self {
            inner: Arc::new(Inner {
                login: settings.login,
                password: settings.password,
                session_life: settings.session_life,
                agencies: settings.agencies,
                clock: settings.clock,
                state: Mutex::new(state),
            }),
        }
    }

    /// Switches a fault on for one page or both, for `times` calls or until healed.
    pub fn set_fault(&self, fault: Fault, page: Page, times: Option<u32>) {
        self.state().switch.set(fault, page, times);
    }

    /// Ends any fault. Answers that are stalled or dripping already stay so.
    pub fn heal(&self) {
        self.state().switch.heal();
    }

    /// Forgets every session, as a restart of the real gate does.
    pub fn expire_sessions(&self) {
        self.state().sessions.clear();
    }

    /// Changes the shape of later card answers.
    pub fn set_root(&self, root: Root) {
        self.state().root = root;
    }

    /// What has been asked so far.
    pub fn journal(&self) -> Journal {
        self.state().journal.clone()
    }

    fn log_in(&self, login: &str, password: &str) -> Result<String, Refusal> {
        if login != self.inner.login || password != self.inner.password.reveal() {
            return Err(Refusal::LoginFailed);
        }
        let id = format!("{:032X}", rand::rng().random::<u128>());
        let mut state = self.state();
        if state.sessions.len() == SESSIONS {
            state.sessions.pop_front();
        }
        state.sessions.push_back((id.clone(), (self.inner.clock)()));
        Ok(id)
    }

    fn view(&self, agency_id: u32, session: &str) -> Result<String, Refusal> {
        let now = (self.inner.clock)();
        let state = self.state();
        let (_, opened) = state.sessions.iter().find(|(id, _)| id == session).ok_or(Refusal::SessionInvalid)?;
        // A clock set back makes a session young, never old.
        let age = Duration::try_from(now.duration_since(*opened)).unwrap_or_default();
        if age >= self.inner.session_life {
            return Err(Refusal::SessionInvalid);
        }
        let agency = self.inner.agencies.iter().find(|agency| agency.id == agency_id);
        agency.map(|agency| xml::card(agency, state.root)).ok_or(Refusal::AgencyNotFound)
    }

    fn record(&self, page: Page, agency_id: Option<u32>, outcome: Outcome) {
        let at = (self.inner.clock)();
        self.state().journal.record(page, agency_id, outcome, at);
    }

    fn next_fault(&self, page: Page) -> Option<Fault> {
        self.state().switch.next(page)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock; were it to, the state is still whole.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The engine behind the console: pump, lanes, timers, workers, settings, secrets and the list of console commands.
//!
//! Deliberately not here: sockets that listen (the server's), windows (the desktop's), SQL (the store's).

pub mod aftermath;
pub mod announce;
pub mod api;
pub mod areas;
pub mod auth;
pub mod bodies;
pub mod bus;
pub mod certificates;
pub mod clock;
pub mod config;
pub mod decide;
pub mod duplicates;
pub mod error;
pub mod export;
pub mod imports;
pub mod installation;
pub mod intake;
pub mod lanes;
pub mod mailboxes;
mod pace;
mod peers;
pub mod polls;
pub mod probing;
pub mod pump;
pub mod registry;
pub mod replay;
pub mod secrets;
pub mod sentences;
pub mod standing;
pub mod streams;
pub mod supervisor;
pub mod terms;
pub mod timers;
mod troubles;
pub mod upkeep;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use pult_domain::Instant;
use pult_store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use aftermath::Aftermath;
use auth::{Actor, Passwords};
use bus::Bus;
use certificates::OwnCertificates;
use clock::Clock;
use config::{Config, ConfigFile};
use error::ApiError;
use lanes::{Lane, LaneHealth};
use pump::{Pump, PumpParts};
use registry::Registry;
use secrets::{FromSecrets, SecretStore};
use standing::Standing;
use streams::Sessions;
use supervisor::Supervisor;

/// What an engine is started with. Everything that touches the outside is passed in, so that tests hold it.
pub struct Parts {
    /// The settings as loaded.
    pub config: Config,
    /// Where changed settings are written.
    pub config_file: ConfigFile,
    /// The open database.
    pub store: Store,
    /// Where secrets come from.
    pub secrets: SecretStore,
    /// The clock.
    pub clock: Clock,
    /// The signal to stop.
    pub stop: CancellationToken,
}

/// A running engine. Clones speak to the same one.
#[derive(Clone)]
pub struct Engine {
    parts: Arc<PumpParts>,
    pump: Pump,
    supervisor: Supervisor,
    secrets: SecretStore,
    config: Arc<watch::Sender<Arc<Config>>>,
    config_file: Arc<ConfigFile>,
    lanes: Arc<HashMap<&'static str, watch::Receiver<Option<LaneHealth>>>>,
    sessions: Sessions,
    probing: probing::Desk,
    heard: Arc<Mutex<HashMap<&'static str, Instant>>>,
    passwords: Passwords,
    imports: api::imports::Running,
    acts: Arc<AtomicU64>,
    started_with: Arc<Config>,
    started_at: Instant,
    certificates: OwnCertificates,
}

impl Engine {
    /// Starts the workers.
    #[must_use]
    pub fn start(parts: Parts) -> Self {
        let Parts { config, config_file, store, secrets, clock, stop } = parts;
        let bus = Bus::default();
        let installation = installation::name(store.folder()).unwrap_or_else(|error| {
            tracing::warn!(%error, "this installation's name cannot be kept; sessions of it have one for this run");
            format!("{:08x}", rand::random::<u32>())
        });
        let credentials = Arc::new(FromSecrets::new(secrets.clone()));
        let (records, standing) = (Arc::new(bodies::Kept(store.clone())), Standing::default());
        let registry =
            Registry::of_installation(&config, credentials, clock.clone(), installation, records, standing.clone());
        let started_with = Arc::new(config);
        let config = Arc::new(watch::Sender::new(started_with.clone()));
        let names = pult_integrations::names();
        let aftermath = Aftermath::new(bus.clone(), names.iter().copied());
        let supervisor = Supervisor::new(clock.clone(), bus, stop.clone());
        let started_at = clock.now();
        let parts = Arc::new(PumpParts { store, clock, registry, standing, aftermath, stop });
        let pump = Pump::default();

        let (theirs, pumping, settings) = (parts.clone(), pump.clone(), config.subscribe());
        supervisor.start("pump", move || pumping.clone().run(theirs.clone(), settings.clone()));
        let theirs = parts.clone();
        supervisor.start("timers", move || timers::run(theirs.clone()));
        let sessions = Sessions::default();
        let mut lanes = HashMap::new();
        for name in names.iter().copied() {
            // A lane or poll of an integration that is switched off idles, so that switching it on needs no restart.
            let (tell, health) = watch::channel(None);
            let theirs = parts.clone();
            supervisor
                .start(format!("lane.{name}"), move || Arc::new(Lane::new(name, theirs.clone(), tell.clone())).run());
            lanes.insert(name, health);
            let (theirs, feeding) = (parts.clone(), pump.clone());
            supervisor.start(format!("poll.{name}"), move || polls::run(name, theirs.clone(), feeding.clone()));
            let (theirs, held) = (parts.clone(), sessions.clone());
            supervisor.start(format!("stream.{name}"), move || streams::run(name, theirs.clone(), held.clone()));
        }
        let probing = probing::Desk::default();
        let (theirs, settings, desk) = (parts.clone(), config.subscribe(), probing.clone());
        supervisor.start("network", move || probing::run(theirs.clone(), settings.clone(), desk.clone()));
        let theirs = parts.clone();
        supervisor.start("watch", move || upkeep::watch(theirs.clone()));
        let theirs = parts.clone();
        supervisor.start("snoozed", move || upkeep::bring_back(theirs.clone()));
        let config_file = Arc::new(config_file);
        let (theirs, settings, file) = (parts.clone(), config.subscribe(), config_file.clone());
        supervisor.start("backups", move || upkeep::backups(theirs.clone(), settings.clone(), file.clone()));
        let (theirs, settings) = (parts.clone(), config.subscribe());
        supervisor.start("retention", move || upkeep::forget(theirs.clone(), settings.clone()));

        Self {
            parts,
            pump,
            supervisor,
            secrets,
            config,
            config_file,
            lanes: Arc::new(lanes),
            sessions,
            probing,
            heard: Arc::default(),
            passwords: Passwords::default(),
            imports: api::imports::Running::default(),
            acts: Arc::default(),
            started_with,
            started_at,
            certificates: OwnCertificates::default(),
        }
    }

    /// Stops the workers; calls under way are finished, what is queued stays queued.
    pub async fn stop(&self) {
        self.supervisor.stop().await;
    }

    /// The signal that the engine stops.
    #[must_use]
    pub fn stop_signal(&self) -> &CancellationToken {
        &self.parts.stop
    }

    /// The settings in force.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.config.borrow().clone()
    }

    /// Takes changed settings and hands them to everybody.
    pub(crate) fn reconfigure(&self, config: Config) {
        self.parts.registry.reconfigure(&config);
        self.config.send_replace(Arc::new(config));
        self.mended();
    }

    /// A person changed settings or secrets: every lane tries again.
    pub(crate) fn mended(&self) {
        for name in pult_integrations::names() {
            self.parts.aftermath.wake_lane(name);
        }
        self.bus().changed(pult_domain::Area::Engine, vec![]);
    }

    /// Settings that were changed and take effect at the next start.
    pub(crate) fn waiting_for_restart(&self) -> Vec<String> {
        let json = |c: &Config| serde_json::to_value(c).unwrap_or_default();
        let (then, now) = (json(&self.started_with), json(&self.config()));
        let at = |all: &serde_json::Value, path: &str| {
            path.split('.').try_fold(all, |at, part| at.get(part)).cloned().unwrap_or_default()
        };
        Config::describe()
            .into_iter()
            .filter(|f| f.needs_restart && at(&then, &f.path) != at(&now, &f.path))
            .map(|f| f.path)
            .collect()
    }

    /// Where other systems reach the hooks: the public address where one is set, else the listener's own.
    pub(crate) fn hook_base(&self) -> String {
        let config = self.config();
        match &config.hooks.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => {
                let scheme = if config.hooks.tls.files().is_some() { "https" } else { "http" };
                format!("{scheme}://{}", config.hooks.bind)
            }
        }
    }

    /// A key for an act of a person: what tells it from the same act done again.
    pub(crate) fn next_act(&self) -> String {
        let n = self.acts.fetch_add(1, Ordering::Relaxed);
        format!("{}-{n}", self.started_at.as_millisecond())
    }

    /// Notes an act that changes no state of an area.
    pub(crate) async fn note(&self, actor: &Actor, action: &'static str, object: &str) -> Result<(), ApiError> {
        let (actor, object, now) = (actor.clone(), object.to_owned(), self.clock().now());
        Ok(self.store().write(move |c| actor.note(c, action, &object, serde_json::json!({}), now)).await?)
    }

    /// Tells what decisions led to, once they are committed.
    pub(crate) fn tell(&self, decided: &[decide::Decided]) {
        self.parts.aftermath.tell(decided);
    }

    /// How long a session lives unused.
    #[must_use]
    pub fn session_idle(&self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_hours(self.config.borrow().console.session_hours.into())
    }

    /// Hashes and compares passwords.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// The file of the settings.
    #[must_use]
    pub fn config_file(&self) -> &Arc<ConfigFile> {
        &self.config_file
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.parts.clock
    }

    /// The integrations at work.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.parts.registry
    }

    /// The secrets.
    #[must_use]
    pub fn secrets(&self) -> &SecretStore {
        &self.secrets
    }

    /// Who asks the network.
    #[must_use]
    pub fn probing(&self) -> &probing::Desk {
        &self.probing
    }

    /// The bus.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        self.parts.aftermath.bus()
    }

    /// The workers.
    #[must_use]
    pub fn supervisor(&self) -> &Supervisor {
        &self.supervisor
    }

    /// The certificates of our own listeners.
    #[must_use]
    pub fn own_certificates(&self) -> &OwnCertificates {
        &self.certificates
    }

    /// The sessions that are held open.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// How each lane is; those that have not said yet are left out.
    #[must_use]
    pub fn lanes(&self) -> Vec<LaneHealth> {
        let mut lanes: Vec<LaneHealth> = self.lanes.values().filter_map(|l| l.borrow().clone()).collect();
        lanes.sort_by(|a, b| a.integration.cmp(&b.integration));
        lanes
    }

    /// Records that wait for a decision.
    #[must_use]
    pub fn backlog(&self) -> usize {
        self.pump.backlog()
    }

    /// Records that may wait before intake says "come back later".
    #[must_use]
    pub fn queue_limit(&self) -> usize {
        usize::try_from(self.config.borrow().hooks.queue_limit).unwrap_or(usize::MAX)
    }

    /// When the engine was started.
    #[must_use]
    pub fn started_at(&self) -> Instant {
        self.started_at
    }

    /// The folder of the database.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.parts.store.folder().to_owned()
    }
}

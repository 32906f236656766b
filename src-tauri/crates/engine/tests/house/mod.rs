//! What the tests of the console's commands share: an engine in a folder of its own.
//!
//! Deliberately not here: what stands in its database, which is each test's own.

// Each test asks for some of it.
#![allow(dead_code)]

use pult_domain::Instant;
use pult_engine::{
    Engine, Parts,
    api::dispatch,
    auth::Actor,
    clock::Clock,
    config::{Config, ConfigFile},
    error::ApiError,
    secrets::SecretStore,
};
use pult_store::{Connection, Store, StoreError};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// A running engine that ends with the test.
pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl House {
    /// Without any connection, at a moment.
    pub(crate) fn start(now: Instant) -> Self {
        Self::with("", Clock::hand(now))
    }

    /// With settings and a clock.
    pub(crate) fn with(settings: &str, clock: Clock) -> Self {
        // Another test of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (folder, stop) = (tempfile::tempdir().unwrap(), CancellationToken::new());
        let engine = Engine::start(Parts {
            config: Config::parse(settings).unwrap(),
            config_file: ConfigFile::new(folder.path().join("pult.toml")),
            store: Store::open(folder.path()).unwrap(),
            secrets: SecretStore::with_file(folder.path(), |_| None),
            clock: clock.clone(),
            stop: stop.clone(),
        });
        Self { engine, clock, stop, _folder: folder }
    }

    /// Writes what the test begins with.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.engine.store().write(write).await.unwrap()
    }

    /// What a command answers to somebody.
    pub(crate) async fn ask(&self, actor: &Actor, name: &str, request: Value) -> Result<Value, ApiError> {
        dispatch(&self.engine, actor, name, request).await
    }

    /// The answer of a command that is not refused.
    pub(crate) async fn must(&self, actor: &Actor, name: &str, request: Value) -> Value {
        self.ask(actor, name, request).await.unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }
}

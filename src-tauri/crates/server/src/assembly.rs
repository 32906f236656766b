//! Puts an engine together from what lies on a computer: settings, secrets, database, clock.
//!
//! Deliberately not here: listeners and windows, which are handed the engine.

use std::path::{Path, PathBuf};

use anyhow::Context;
use pult_engine::{
    Engine, Parts,
    auth::first_run,
    clock::Clock,
    config::{Config, ConfigError, ConfigFile, Place, quoted},
    secrets::SecretStore,
};
use pult_store::{OpenError, Store, backup, imports};
use tokio_util::sync::CancellationToken;

/// Settings and where they and the data are.
pub struct Site {
    /// The settings.
    pub config: Config,
    /// Their file; it need not exist yet.
    pub config_path: PathBuf,
    /// The folder of the database.
    pub data_dir: PathBuf,
    /// Whose settings and data they are.
    pub place: Place,
}

/// What helps against a damaged database here, beyond what the store can know.
pub struct Remedy {
    place: Place,
    config: PathBuf,
    backups: PathBuf,
}

impl Remedy {
    /// The whole command that mends this error, in a sentence; nothing where there is none.
    #[must_use]
    pub fn words(&self, error: &anyhow::Error) -> Option<String> {
        let Some(OpenError::Damaged { .. }) = error.downcast_ref::<OpenError>() else { return None };
        let backup = quoted(&backup::newest(&self.backups)?);
        Some(format!("Restore it with: {}", self.place.command(&self.config, &format!("restore {backup}"))))
    }
}

impl Site {
    /// Finds and reads the settings. A missing file means defaults, unless it was named.
    ///
    /// # Errors
    /// When the file does not fit, or there is no place for data.
    pub fn find(given: Option<&Path>, place: Place) -> anyhow::Result<Self> {
        let config_path = place
            .config_file(given, |name| std::env::var_os(name))
            .context("no place for settings: name a file with --config")?;
        let config = match Config::load(&config_path) {
            Ok(config) => config,
            Err(ConfigError::Missing { .. }) if given.is_none() => Config::default(),
            Err(error) => return Err(error.into()),
        };
        let data_dir = config.storage.data_dir(place).context("no place for data: set storage.data_dir")?;
        Ok(Self { config, config_path, data_dir, place })
    }

    /// What helps against a damaged database here.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        let backups = self.config.storage.backup.dir(&self.data_dir);
        Remedy { place: self.place, config: self.config_path.clone(), backups }
    }

    /// Opens the database and starts the engine.
    ///
    /// # Errors
    /// When the database cannot be opened, or the set-up code cannot be written.
    pub async fn start(self, secrets: SecretStore, clock: Clock, stop: CancellationToken) -> anyhow::Result<Engine> {
        let store = self.open(&clock).await?;
        if let Some(code) = first_run::prepare(&store).await? {
            tracing::warn!(file = %code.display(), "nobody has an account yet: open the console and use the code in this file");
        }
        Ok(self.engine(store, secrets, clock, stop))
    }

    /// Opens the database with an engine that does no work: for commands that act on the data while no engine runs.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn at_rest(self, secrets: SecretStore, clock: Clock) -> anyhow::Result<Engine> {
        let store = self.open(&clock).await?;
        let stop = CancellationToken::new();
        stop.cancel();
        Ok(self.engine(store, secrets, clock, stop))
    }

    async fn open(&self, clock: &Clock) -> anyhow::Result<Store> {
        let (folder, now) = (self.data_dir.clone(), clock.now());
        let store = tokio::task::spawn_blocking(move || Store::open(&folder)).await??;
        // The data are ours alone now, so an import that seems to be under way ended with its engine.
        store.write(move |c| imports::interrupt_all(c, now)).await?;
        Ok(store)
    }

    fn engine(self, store: Store, secrets: SecretStore, clock: Clock, stop: CancellationToken) -> Engine {
        Engine::start(Parts {
            config: self.config,
            config_file: ConfigFile::new(self.config_path).of(self.place),
            store,
            secrets,
            clock,
            stop,
        })
    }
}

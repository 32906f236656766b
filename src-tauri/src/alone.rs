//! The engine inside the window, with its listeners for hooks and browsers.
//!
//! Deliberately not here: putting an engine together (the server's `assembly`), and the window.

use std::{path::Path, time::Duration};

use anyhow::{Context, anyhow, bail};
use metrics_exporter_prometheus::PrometheusBuilder;
use pult_engine::{Engine, clock::Clock, secrets::SecretName};
use pult_server::{Server, assembly::Site, cli::control};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{Note, Notes},
    dialogs,
    vault::{self, VaultError},
};

/// How often a locked keyring is asked again.
const AGAIN: Duration = Duration::from_secs(30);

/// Starts the engine of these settings.
///
/// # Errors
/// When the database cannot be opened or belongs to a running engine, or the person would not go on without the keyring.
pub(crate) async fn start(site: Site, notes: &Notes) -> anyhow::Result<Engine> {
    let folder = site.data_dir.clone();
    let (secrets, note) = tokio::task::spawn_blocking(move || secrets(&folder)).await??;
    if let Some(note) = note {
        notes.add(note);
    }
    let remedy = site.remedy();
    site.start(secrets, Clock::system(), CancellationToken::new()).await.map_err(|error| match remedy.words(&error) {
        Some(words) => anyhow!("{error:#}\n\n{words}"),
        None => error,
    })
}

fn secrets(folder: &Path) -> anyhow::Result<(pult_engine::secrets::SecretStore, Option<Note>)> {
    match vault::open(folder) {
        Ok(opened) => Ok(opened),
        Err(VaultError::Mark(error)) => Err(error).with_context(|| format!("{} cannot be used", folder.display())),
        Err(VaultError::Away(error)) => {
            if !dialogs::go_on_without_keyring(&error) {
                bail!("the keyring that holds the secrets does not answer: {error}");
            }
            vault::give_up_keyring(folder)?;
            vault::open(folder).map_err(|_| anyhow::anyhow!("the secrets of {} cannot be kept", folder.display()))
        }
    }
}

/// Opens the listeners, as far as they can be: without them hooks do not arrive, but everything else works.
pub(crate) async fn listen(engine: &Engine, notes: &Notes) -> Option<Server> {
    let metrics = match PrometheusBuilder::new().install_recorder() {
        Ok(metrics) => metrics,
        Err(error) => {
            tracing::error!(%error, "nothing is measured, so the listeners stay closed");
            notes.add(Note::NotListening(error.to_string()));
            return None;
        }
    };
    // Commands of `pultd` on this computer act through the engine that runs, as they do with the server's.
    if let Err(error) = control::open(engine, engine.clock().clone()) {
        tracing::warn!(%error, "commands on this computer cannot reach the engine while it runs");
    }
    wait_for_keys(engine, notes).await;
    match Server::start(engine.clone(), metrics).await {
        Ok(server) => {
            tracing::info!(console = %server.console, hooks = %server.hooks, "listening");
            Some(server)
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the listeners stay closed: hooks do not arrive");
            notes.add(Note::NotListening(format!("{error:#}")));
            None
        }
    }
}

/// The listeners sign call cards with a key from the vault. A keyring that is locked may be unlocked later.
async fn wait_for_keys(engine: &Engine, notes: &Notes) {
    let mut told = false;
    while let Err(error) = engine.secrets().blocking(|s| s.get_or_create(&SecretName::CARD_SIGNING_KEY, 32)).await {
        if !told {
            tracing::error!(%error, "the listeners wait for the keyring: hooks do not arrive");
            notes.add(Note::NotListening(error.to_string()));
            told = true;
        }
        if engine.stop_signal().run_until_cancelled(tokio::time::sleep(AGAIN)).await.is_none() {
            return;
        }
    }
    notes.listen_again();
}

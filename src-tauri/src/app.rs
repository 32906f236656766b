//! Puts the window's parts together and takes them apart again at the end.
//!
//! Deliberately not here: what the parts do.

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use pult_engine::config::{Log, Place};
use pult_server::{Server, assembly::Site, logging};
use tauri::{AppHandle, Manager, RunEvent};
use tokio::sync::Notify;
use url::Url;

use crate::{
    alone,
    arguments::Arguments,
    attach::Attached,
    attach_stream,
    desk::Desk,
    ipc,
    places::Wanted,
    tray::Tray,
    vault,
    voice::Voice,
    wall, watch, window,
    words::{Words, fill},
};

/// How long calls under way may take to end when the program is closed.
const LAST_CALLS: Duration = Duration::from_secs(20);

/// Something that did not start as it should; everything else works.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// There is no keyring, so secrets are in this file.
    SecretsInFile(PathBuf),
    /// The listeners are closed, and why.
    NotListening(String),
}

/// The notes. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    all: Arc<Mutex<Vec<Note>>>,
    added: Arc<Notify>,
}

impl Notes {
    /// Adds a note.
    pub(crate) fn add(&self, note: Note) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(note);
        self.added.notify_one();
    }

    /// What kept the listeners closed is over.
    pub(crate) fn listen_again(&self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|note| !matches!(note, Note::NotListening(_)));
        self.added.notify_one();
    }

    /// Waits for the next change.
    pub(crate) async fn changed(&self) {
        self.added.notified().await;
    }

    /// Whether hooks can arrive.
    pub(crate) fn listening(&self) -> bool {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        !all.iter().any(|note| matches!(note, Note::NotListening(_)))
    }

    /// All of them in words.
    pub(crate) fn words(&self, words: &Words) -> Vec<String> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let word = |note: &Note| match note {
            Note::SecretsInFile(file) => fill(words.secrets_in_file, &[&file.display()]),
            Note::NotListening(reason) => fill(words.ports_closed, &[reason]),
        };
        all.iter().map(word).collect()
    }
}

/// What the window shows.
enum Source {
    Here(Box<Site>),
    Server(Url),
}

/// What goes on behind the window.
#[derive(Default)]
struct Running {
    server: Arc<tokio::sync::Mutex<Option<Server>>>,
}

/// Opens the window and stays until the program is closed.
///
/// # Errors
/// When the settings do not fit, the data cannot be used, or the system gives no window.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let (source, log) = match &arguments.attach {
        Some(server) => (Source::Server(server.clone()), Log::default()),
        None => {
            let site = Site::find(arguments.config.as_deref(), Place::Desktop)?;
            let log = site.config.log.clone();
            (Source::Here(Box::new(site)), log)
        }
    };
    let _log = logging::start(&log)?;
    // A second one in the same process (there is none) would find it installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    tauri::async_runtime::set(runtime.handle().clone());

    let in_tray = arguments.tray;
    let app = tauri::Builder::default()
        // First, so that a second start does nothing but call the first.
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(identity(&arguments))
                .callback(|app, _, _| window::open(app))
                .build(),
        )
        .plugin(window::memory())
        .invoke_handler(wall::guarded(tauri::generate_handler![
            ipc::place,
            ipc::speak,
            ipc::wanted,
            ipc::session,
            ipc::console,
            ipc::sign_in,
            ipc::sign_out,
            ipc::first_run,
            ipc::save_file,
            ipc::open_external,
            ipc::look,
            ipc::open_wall,
            ipc::leave_wall,
            ipc::fill_wall
        ]))
        .on_window_event(window::on_event)
        .setup(move |app| Ok(tauri::async_runtime::block_on(set_up(app.handle(), source, in_tray))?))
        .build(tauri::generate_context!())?;
    let code = app.run_return(|app, event| match event {
        // Without a window the tray icon goes on; the program ends when somebody says so.
        RunEvent::ExitRequested { api, code: None, .. } if window::hides(app) => api.prevent_exit(),
        RunEvent::Exit => tauri::async_runtime::block_on(wind_up(app)),
        _ => {}
    });
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

/// One window for one engine: those of other settings or servers are other programs to the person.
fn identity(arguments: &Arguments) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let named = match (&arguments.config, &arguments.attach) {
        (None, None) => return "io.pult.console".to_owned(),
        (Some(file), _) => std::path::absolute(file).unwrap_or_else(|_| file.clone()).display().to_string(),
        (None, Some(server)) => server.to_string(),
    };
    let mut hasher = DefaultHasher::new();
    named.hash(&mut hasher);
    format!("io.pult.console.of{:016x}", hasher.finish())
}

async fn set_up(app: &AppHandle, source: Source, in_tray: bool) -> anyhow::Result<()> {
    let notes = Notes::default();
    let running = Running::default();
    let desk = match source {
        Source::Here(site) => {
            let engine = alone::start(*site, &notes).await?;
            let (theirs, server, noted) = (engine.clone(), running.server.clone(), notes.clone());
            // The keyring may ask the person first, and the window need not wait for that.
            tokio::spawn(async move {
                *server.lock().await = alone::listen(&theirs, &noted).await;
            });
            Desk::Alone(engine)
        }
        Source::Server(address) => {
            let folder = app.path().app_local_data_dir()?;
            let server = tokio::task::spawn_blocking(move || attach(address, &folder)).await??;
            tokio::spawn(attach_stream::run(server.clone()));
            Desk::Attached(server)
        }
    };
    app.manage(desk.clone());
    app.manage(Voice::remembered(app.path().app_local_data_dir().ok().as_deref()));
    app.manage(notes.clone());
    app.manage(running);
    app.manage(Wanted::default());
    let tray = Tray::make(app);
    app.manage(window::Closing { hides: tray.is_some() });
    tokio::spawn(watch::pass_on(app.clone(), desk.clone()));
    tokio::spawn(watch::pass_reach_on(app.clone(), desk.clone()));
    let in_tray = in_tray && tray.is_some();
    tokio::spawn(watch::figures(app.clone(), desk, notes, tray));
    tokio::spawn(quit_on_signal(app.clone()));
    if !in_tray {
        window::open(app);
    }
    Ok(())
}

fn attach(address: Url, folder: &std::path::Path) -> anyhow::Result<Arc<Attached>> {
    let secrets = match vault::open(folder) {
        Ok((secrets, _)) => secrets,
        Err(vault::VaultError::Away(error)) => {
            // Only a session is at stake: it is signed in anew.
            tracing::warn!(%error, "the keyring does not answer, so the last session is not taken up");
            vault::in_file(folder)
        }
        Err(vault::VaultError::Mark(error)) => return Err(error.into()),
    };
    Attached::new(address, secrets)
}

/// Ends what runs behind the window: calls under way are finished, what is queued stays queued.
async fn wind_up(app: &AppHandle) {
    let (Some(desk), Some(running)) = (app.try_state::<Desk>(), app.try_state::<Running>()) else { return };
    let Desk::Alone(engine) = desk.inner() else { return };
    tracing::info!("stopping: what is under way is finished first");
    engine.stop_signal().cancel();
    let ended = tokio::time::timeout(LAST_CALLS, async {
        if let Some(server) = &*running.server.lock().await {
            server.stopped().await;
        }
        engine.stop().await;
    });
    match ended.await {
        Ok(()) => tracing::info!("stopped"),
        Err(_) => tracing::warn!("stopped; a call under way did not end in time and is settled at the next start"),
    }
}

/// The end of the person's session, or Ctrl-C in a terminal.
async fn quit_on_signal(app: AppHandle) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).inspect_err(|error| tracing::warn!(%error, "a signal cannot be heard"));
        let (Ok(mut terminate), Ok(mut interrupt)) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()))
        else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    app.exit(0);
}

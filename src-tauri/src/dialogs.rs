//! The system's dialogs: where to save, and what must be said before there is a window.
//!
//! Deliberately not here: dialogs of the page.

use std::{path::PathBuf, process::ExitCode};

use pult_engine::secrets::SecretError;
use rfd::{AsyncFileDialog, MessageButtons, MessageDialog, MessageDialogResult, MessageLevel};
use tauri::{AppHandle, Manager};

use crate::{
    voice::Voice,
    words::{Words, fill, language_of_the_system},
};

/// Says why the program does not start, on the screen and on the terminal.
pub(crate) fn cannot_start(error: &impl std::fmt::Display) -> ExitCode {
    let words = Words::of(language_of_the_system());
    #[allow(clippy::print_stderr)]
    {
        eprintln!("pult: {error:#}");
    }
    MessageDialog::new()
        .set_level(MessageLevel::Error)
        .set_title(words.title)
        .set_description(format!("{}\n\n{error:#}", words.cannot_start))
        .show();
    ExitCode::FAILURE
}

/// Asks whether to go on without the keyring that holds the secrets. Blocks until answered.
pub(crate) fn go_on_without_keyring(error: &SecretError) -> bool {
    let words = Words::of(language_of_the_system());
    let answer = MessageDialog::new()
        .set_level(MessageLevel::Warning)
        .set_title(words.keyring_away)
        .set_description(fill(words.keyring_away_text, &[error]))
        .set_buttons(MessageButtons::YesNo)
        .show();
    answer == MessageDialogResult::Yes
}

/// Asks where to put a file; `None` when the person would not have it.
pub(crate) async fn where_to_save(app: &AppHandle, name: String, folder: Option<PathBuf>) -> Option<PathBuf> {
    let words = app.state::<Voice>().words();
    let mut dialog = AsyncFileDialog::new().set_title(words.save_as).set_file_name(name);
    if let Some(folder) = folder {
        dialog = dialog.set_directory(folder);
    }
    if let Some((_, window)) = app.webview_windows().into_iter().next() {
        dialog = dialog.set_parent(&window);
    }
    dialog.save_file().await.map(|file| file.path().to_owned())
}

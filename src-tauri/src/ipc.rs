//! What the page may ask of the window. Names and shapes are those of `ui/src/backend/tauri.ts`.
//!
//! Deliberately not here: any command of the console by name, and any decision.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tauri::{AppHandle, Manager, State, Webview, WebviewWindow};

use crate::{
    app::Notes,
    desk::{Desk, FirstAdministrator, Reach},
    dialogs, look,
    places::Wanted,
    refusal::Refusal,
    voice::Voice,
    wall, window,
    words::Language,
};

type Answer<T> = Result<T, Refusal>;

/// A file the page made or got from a command.
#[derive(Deserialize)]
pub(crate) struct FileToSave {
    name: String,
    content_base64: String,
}

/// Where the page is.
#[derive(Serialize)]
pub(crate) struct Place {
    /// The server behind the window; absent when the engine is inside.
    server: Option<String>,
    /// Whether news comes.
    reach: Reach,
    /// The language of what speaks beside the page: tray, toasts, dialogs.
    language: Language,
    /// What did not start as it should, in words for the person.
    notes: Vec<String>,
    /// The page is the wallboard in its own window.
    wall: bool,
}

/// Tells the page where it is.
#[tauri::command]
pub(crate) fn place(
    webview: Webview,
    desk: State<'_, Desk>,
    notes: State<'_, Notes>,
    voice: State<'_, Voice>,
) -> Place {
    Place {
        server: desk.server().ok().map(|server| server.address().to_owned()),
        reach: desk.reach().map_or(Reach::Connected, |reach| *reach.borrow()),
        language: voice.words().language,
        notes: notes.words(voice.words()),
        wall: webview.label() == wall::WALL.label,
    }
}

/// Takes the language that the page speaks: window, tray and toasts speak it too.
#[tauri::command]
pub(crate) fn speak(app: AppHandle, voice: State<'_, Voice>, language: String) {
    voice.choose(&language);
    window::entitle(&app, voice.words());
}

/// The address somebody wants to see who pressed a toast or a line of the tray; each is told once.
#[tauri::command]
pub(crate) fn wanted(wanted: State<'_, Wanted>) -> Option<String> {
    wanted.take()
}

/// Opens the wallboard in its own window.
#[tauri::command]
pub(crate) fn open_wall(app: AppHandle) {
    wall::open(&app);
}

/// Closes the wallboard that asks.
#[tauri::command]
pub(crate) fn leave_wall(window: WebviewWindow) -> Answer<()> {
    wall::leave(&window).map_err(|error| Refusal::new("internal", error.to_string()))
}

/// Fills the monitor with the wallboard that asks, or gives the rest back.
#[tauri::command]
pub(crate) fn fill_wall(window: WebviewWindow) -> Answer<()> {
    wall::fill(&window).map_err(|error| Refusal::new("internal", error.to_string()))
}

/// Who looks.
#[tauri::command]
pub(crate) async fn session(desk: State<'_, Desk>) -> Answer<Value> {
    desk.session().await
}

/// Gives a command of the console.
#[tauri::command]
pub(crate) async fn console(webview: Webview, desk: State<'_, Desk>, name: String, request: Value) -> Answer<Value> {
    if !wall::may_ask(webview.label(), &name) {
        return Err(Refusal::new("forbidden", format!("the wallboard does not ask {name}")));
    }
    desk.call(&name, request).await
}

/// Signs in at the server.
#[tauri::command]
pub(crate) async fn sign_in(desk: State<'_, Desk>, login: String, password: String) -> Answer<()> {
    desk.sign_in(&login, &password).await
}

/// Signs out at the server.
#[tauri::command]
pub(crate) async fn sign_out(desk: State<'_, Desk>) -> Answer<()> {
    desk.sign_out().await
}

/// Makes the server's first administrator.
#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn first_run(
    desk: State<'_, Desk>,
    code: String,
    login: String,
    full_name: String,
    password: String,
) -> Answer<()> {
    desk.first_run(&FirstAdministrator { code, login, full_name, password }).await
}

/// Asks where to put a file and writes it there. Closing the dialog is an answer too: nothing is written.
#[tauri::command]
pub(crate) async fn save_file(app: AppHandle, file: FileToSave) -> Answer<()> {
    let bytes = BASE64
        .decode(file.content_base64.as_bytes())
        .map_err(|error| Refusal::new("bad_field", format!("the file is not Base64: {error}")))?;
    let downloads = app.path().download_dir().ok();
    let Some(place) = dialogs::where_to_save(&app, bare_name(&file.name), downloads).await else { return Ok(()) };
    tokio::fs::write(&place, bytes)
        .await
        .map_err(|error| Refusal::new("internal", format!("{} cannot be written: {error}", place.display())))
}

/// A name without folders: what is proposed stays in the folder that is proposed.
fn bare_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim_matches('.');
    if name.is_empty() { "pult".to_owned() } else { name.to_owned() }
}

/// Tries an address of the network from this workstation.
#[tauri::command]
pub(crate) async fn look(url: String) -> look::Look {
    look::look(&url).await
}

/// Opens an address in the person's browser.
#[tauri::command]
pub(crate) async fn open_external(url: String) -> Answer<()> {
    let url = url::Url::parse(&url).ok().filter(|url| url.scheme() == "https");
    // Anything else could start a program instead of showing a page.
    let Some(url) = url else { return Err(Refusal::new("bad_field", "only https addresses are opened")) };
    tokio::task::spawn_blocking(move || open::that_detached(url.as_str()))
        .await
        .map_err(|error| Refusal::new("internal", error.to_string()))?
        .map_err(|error| Refusal::new("internal", format!("no browser could be started: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposed_name_has_no_folders() {
        for (given, bare) in [
            ("calls.csv", "calls.csv"),
            ("../../.bashrc", "bashrc"),
            ("C:\\Windows\\a.xlsx", "a.xlsx"),
            ("..", "pult"),
            ("", "pult"),
        ] {
            assert_eq!(bare_name(given), bare, "{given}");
        }
    }
}

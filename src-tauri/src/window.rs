//! The windows: opened when somebody wants to see them, gone with their web views when they close them.
//!
//! Deliberately not here: what is in them (the page), and what the wallboard may do (`wall`).

use tauri::{
    AppHandle, Emitter, Manager, Theme, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent, Wry,
    plugin::TauriPlugin, window::Color,
};
use tauri_plugin_window_state::{AppHandleExt, StateFlags};

use crate::{places::Wanted, voice::Voice, wall, words::Words};

/// A kind of window; there is one of each at most.
pub(crate) struct Pane {
    /// Its name, which its permissions are given to.
    pub(crate) label: &'static str,
    /// The address of the page in it.
    pub(crate) page: &'static str,
    /// Width and height of the first time, in logical pixels.
    pub(crate) size: (f64, f64),
    /// The smallest it may become, in logical pixels.
    pub(crate) least: (f64, f64),
    pub(crate) title: fn(&Words) -> &'static str,
}

/// The console.
const MAIN: Pane = Pane {
    label: "main",
    page: "index.html",
    size: (1280.0, 800.0),
    least: (1024.0, 700.0),
    title: |words| words.title,
};

/// The event that tells the page that it is wanted elsewhere.
const WANTED: &str = "pult://wanted";
/// The page's background before the page has drawn it, as in the page's own tokens.
const LIGHT: Color = Color(0xF7, 0xF8, 0xFA, 0xFF);
const DARK: Color = Color(0x0E, 0x11, 0x16, 0xFF);

/// What closing the window means.
pub(crate) struct Closing {
    /// The program goes on in the tray. Without a tray nobody could call it back, and closing ends it.
    pub(crate) hides: bool,
}

/// Whether the program goes on without a window.
pub(crate) fn hides(app: &AppHandle) -> bool {
    app.try_state::<Closing>().is_some_and(|closing| closing.hides)
}

/// Remembers where each window was, how large, and whether it filled its monitor.
pub(crate) fn memory() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new().with_state_flags(remembered()).build()
}

fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN
}

/// Opens the console, or brings it to the front. May be called from any thread; returns before the window is there.
pub(crate) fn open(app: &AppHandle) {
    open_pane(app, &MAIN);
}

/// As [`open`], for a window of any kind.
pub(crate) fn open_pane(app: &AppHandle, pane: &'static Pane) {
    let app = app.clone();
    // Some systems cannot make a window from within an event of the same loop.
    tauri::async_runtime::spawn(async move {
        if let Err(error) = show(&app, pane) {
            tracing::error!(%error, window = pane.label, "the window could not be opened");
        }
    });
}

/// As [`open`], at an address of the page. A page that is there is told at once, one that is still to come asks for it.
pub(crate) fn open_at(app: &AppHandle, address: &str) {
    app.state::<Wanted>().put(address.to_owned());
    open(app);
    if let Err(error) = app.emit(WANTED, ()) {
        tracing::warn!(%error, "the page could not be led to its place");
    }
}

fn show(app: &AppHandle, pane: &Pane) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(pane.label) {
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    let window = WebviewWindowBuilder::new(app, pane.label, WebviewUrl::App(pane.page.into()))
        .title((pane.title)(app.state::<Voice>().words()))
        .inner_size(pane.size.0, pane.size.1)
        .min_inner_size(pane.least.0, pane.least.1)
        .background_color(LIGHT)
        // The page is ours and stays; whatever else it is led to is for the person's browser.
        .on_navigation(|url| matches!(url.scheme(), "tauri") || url.host_str() == Some("tauri.localhost"))
        .build()?;
    if window.theme().is_ok_and(|theme| theme == Theme::Dark) {
        window.set_background_color(Some(DARK))?;
    }
    window.set_focus()
}

/// Writes the titles anew.
pub(crate) fn entitle(app: &AppHandle, words: &Words) {
    for pane in [&MAIN, &wall::WALL] {
        let Some(window) = app.get_webview_window(pane.label) else { continue };
        if let Err(error) = window.set_title((pane.title)(words)) {
            tracing::warn!(%error, window = pane.label, "the window's title could not be changed");
        }
    }
}

/// Keeps the window's place when it is closed: by the time the program ends it is long gone.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { .. } = event
        && let Err(error) = window.app_handle().save_window_state(remembered())
    {
        tracing::warn!(%error, "the window's place is not remembered");
    }
}

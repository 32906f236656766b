//! The wallboard's own window, for a monitor on a wall: what its page may ask, and how it is opened and left.
//!
//! Deliberately not here: what the wallboard shows (the page), and the window it shares its making with (`window`).

use tauri::{AppHandle, WebviewWindow, Wry, ipc::Invoke};

use crate::window::{self, Pane};

/// The wallboard among windows; its permissions go by this name.
pub(crate) const WALL: Pane = Pane {
    label: "wallboard",
    page: "index.html#/floor/wallboard",
    size: (1280.0, 720.0),
    least: (640.0, 400.0),
    title: |words| words.wall,
};

/// What its page gives of the window's own commands. It saves no files, opens no addresses and is led nowhere.
const COMMANDS: [&str; 7] = ["place", "speak", "session", "console", "sign_in", "leave_wall", "fill_wall"];

/// What its page asks of the engine: readings alone.
const READINGS: [&str; 5] = ["engine.health", "floor.board", "floor.queues", "floor.rows", "floor.totals"];

/// Opens the wallboard, or brings it to the front: there is one at most.
pub(crate) fn open(app: &AppHandle) {
    window::open_pane(app, &WALL);
}

/// Closes the wallboard; the program goes on with whatever else is open.
///
/// # Errors
/// When the system does not close it.
pub(crate) fn leave(window: &WebviewWindow) -> tauri::Result<()> {
    window.close()
}

/// Fills the monitor with the wallboard, or gives the rest of the monitor back.
///
/// # Errors
/// When the system does not say or take it.
pub(crate) fn fill(window: &WebviewWindow) -> tauri::Result<()> {
    window.set_fullscreen(!window.is_fullscreen()?)
}

/// Whether the window with this name may give one of the window's own commands.
fn may_give(label: &str, command: &str) -> bool {
    match label == WALL.label {
        true => COMMANDS.contains(&command),
        false => !matches!(command, "leave_wall" | "fill_wall"),
    }
}

/// Whether the window with this name may ask the engine this.
pub(crate) fn may_ask(label: &str, name: &str) -> bool {
    label != WALL.label || READINGS.contains(&name)
}

/// Refuses what a window may not give before the command is looked at.
pub(crate) fn guarded(
    commands: impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    move |invoke| {
        let (label, command) = (invoke.message.webview_ref().label(), invoke.message.command());
        if may_give(label, command) {
            return commands(invoke);
        }
        let refused = format!("{command} is not allowed in the window {label}");
        invoke.resolver.reject(refused);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wallboard_reads_the_floor_and_nothing_more() {
        let may = |label, command, name| (may_give(label, command), may_ask(label, name));
        assert_eq!(may("wallboard", "console", "floor.board"), (true, true));
        assert_eq!(may("wallboard", "save_file", "floor.ask"), (false, false));
        assert_eq!(may("wallboard", "open_wall", "settings.save"), (false, false));
        assert_eq!(may("main", "save_file", "settings.save"), (true, true));
        assert_eq!(may("main", "leave_wall", "floor.board"), (false, true));
    }
}

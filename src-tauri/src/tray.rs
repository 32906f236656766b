//! The tray icon: its shape tells the state, its menu begins with what there is to know.
//!
//! Deliberately not here: the words of the lines (`status`).

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
};

use tauri::{
    AppHandle, Manager, Wry,
    image::Image,
    menu::{Menu, MenuItem, PredefinedMenuItem},
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};

use crate::{
    places,
    status::{self, Figures, LINES, State, Status},
    voice::Voice,
    wall, window,
    words::Words,
};

/// Before the number of a line.
const LINE: &str = "line-";
const OPEN: &str = "open";
const WALL: &str = "wall";
const QUIT: &str = "quit";

/// The icon and its menu. Clones are the same icon.
#[derive(Clone)]
pub(crate) struct Tray {
    icon: TrayIcon<Wry>,
    lines: [MenuItem<Wry>; LINES],
    /// To open the window, to open the wallboard, and to quit.
    acts: [MenuItem<Wry>; 3],
    shown: Arc<Mutex<Option<Status>>>,
}

impl Tray {
    /// Makes the icon; `None` where the session has no place for one. The log then says what closing the window means.
    pub(crate) fn make(app: &AppHandle) -> Option<Self> {
        if !has_session_bus() {
            tracing::warn!("no session bus here, so there is no tray icon: closing the window ends the program");
            return None;
        }
        // The library that draws the icon is loaded by name, and its loader panics where it is not installed.
        match catch_unwind(AssertUnwindSafe(|| Self::build(app))) {
            Ok(Ok(tray)) => return Some(tray),
            Ok(Err(error)) => tracing::warn!(%error, "no tray icon: closing the window ends the program"),
            Err(_) => tracing::warn!(
                "no tray icon, because libayatana-appindicator3 is not installed: closing the window ends the program"
            ),
        }
        None
    }

    fn build(app: &AppHandle) -> tauri::Result<Self> {
        let words = app.state::<Voice>().words();
        let first = status::of(&Figures { listening: true, ..Figures::default() }, words);
        let line = |at: usize| MenuItem::with_id(app, format!("{LINE}{at}"), &first.lines[at], true, None::<&str>);
        let lines = [line(0)?, line(1)?, line(2)?, line(3)?, line(4)?, line(5)?, line(6)?, line(7)?, line(8)?];
        let menu = Menu::new(app)?;
        for line in &lines {
            menu.append(line)?;
        }
        menu.append(&PredefinedMenuItem::separator(app)?)?;
        let acts = [
            MenuItem::with_id(app, OPEN, words.open, true, None::<&str>)?,
            MenuItem::with_id(app, WALL, words.open_wall, true, None::<&str>)?,
            MenuItem::with_id(app, QUIT, words.quit, true, None::<&str>)?,
        ];
        for act in &acts {
            menu.append(act)?;
        }
        let mut icon = TrayIconBuilder::with_id("pult")
            .icon(image(first.state, on_dark(app))?)
            .menu(&menu)
            .show_menu_on_left_click(cfg!(target_os = "linux"))
            .on_menu_event(|app, event| match event.id().as_ref() {
                QUIT => app.exit(0),
                WALL => wall::open(app),
                // Every line leads to what it speaks of; to open is to go on where the page was left.
                id => match line_of(id).and_then(places::of_line) {
                    Some(address) => window::open_at(app, address),
                    None => window::open(app),
                },
            })
            .on_tray_icon_event(|icon, event| {
                let pressed = matches!(
                    event,
                    TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. }
                );
                if pressed && !cfg!(target_os = "linux") {
                    window::open(icon.app_handle());
                }
            });
        // The icon is handed over as a file; a folder of the person's own is out of reach of others.
        if let Ok(folder) = app.path().app_cache_dir() {
            icon = icon.temp_dir_path(folder.join("tray"));
        }
        Ok(Self { icon: icon.build(app)?, lines, acts, shown: Arc::default() })
    }

    /// Names the acts of the menu anew; its lines come with the next [`Tray::show`].
    pub(crate) fn speak(&self, words: &Words) {
        for (act, name) in self.acts.iter().zip([words.open, words.open_wall, words.quit]) {
            if let Err(error) = act.set_text(name) {
                tracing::warn!(%error, "the tray's menu could not be renamed");
            }
        }
    }

    /// Shows a state; only what has changed is touched, because a menu that is open would flicker.
    pub(crate) fn show(&self, app: &AppHandle, status: &Status) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.draw(app, status, shown.as_ref()) {
            tracing::warn!(%error, "the tray could not be drawn");
        }
        *shown = Some(status.clone());
    }

    fn draw(&self, app: &AppHandle, status: &Status, shown: Option<&Status>) -> tauri::Result<()> {
        for (at, line) in self.lines.iter().enumerate() {
            if shown.is_none_or(|shown| shown.lines[at] != status.lines[at]) {
                line.set_text(&status.lines[at])?;
            }
        }
        if shown.is_none_or(|shown| shown.state != status.state) {
            self.icon.set_icon(Some(image(status.state, on_dark(app))?))?;
        }
        if shown.is_none_or(|shown| shown.lines[0] != status.lines[0]) {
            self.icon.set_tooltip(Some(&status.lines[0]))?;
        }
        Ok(())
    }
}

/// The number of a line by its entry's name.
fn line_of(id: &str) -> Option<usize> {
    id.strip_prefix(LINE)?.parse().ok()
}

/// Whether the panel is dark. GNOME's and its kin's is in every theme; elsewhere it goes with the theme, which is known
/// once there was a window.
fn on_dark(app: &AppHandle) -> bool {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default().to_ascii_lowercase();
    if ["gnome", "unity", "cinnamon", "pantheon"].iter().any(|dark| desktop.contains(dark)) {
        return true;
    }
    let window = app.webview_windows().into_values().next();
    window.is_some_and(|window| window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark))
}

fn image(state: State, on_dark: bool) -> tauri::Result<Image<'static>> {
    macro_rules! drawn {
        ($name:literal) => {
            match on_dark {
                true => include_bytes!(concat!("../../assets/icons/tray/", $name, "-on-dark.png")).as_slice(),
                false => include_bytes!(concat!("../../assets/icons/tray/", $name, "-on-light.png")).as_slice(),
            }
        };
    }
    Image::from_bytes(match state {
        State::Ok => drawn!("ok"),
        State::Attention => drawn!("attention"),
        State::Trouble => drawn!("trouble"),
        State::Offline => drawn!("offline"),
    })
}

/// Whether there is a bus to put an icon on. Asked beforehand, because without one the icon is made and never seen.
fn has_session_bus() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    set("DBUS_SESSION_BUS_ADDRESS").is_some()
        || set("XDG_RUNTIME_DIR").is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn every_line_leads_to_the_screen_of_what_it_tells() {
        let status = status::of(&Figures { listening: true, ..Figures::default() }, Words::of(Language::En));
        let leads = |at: usize| line_of(&format!("{LINE}{at}")).and_then(places::of_line);
        let lines: Vec<_> = status.lines.iter().enumerate().map(|(at, line)| (line.as_str(), leads(at))).collect();
        assert_eq!(
            lines,
            [
                ("No data", Some("#/now")),
                ("Operators: — ready, — talking", Some("#/floor")),
                ("Notices: — unread", Some("#/inbox")),
                ("Network: —", Some("#/network")),
                ("Deliveries: — stuck", Some("#/deliveries?tab=out&failed=1")),
                ("Data: —", Some("#/deliveries")),
                ("Calls: — now, — today", Some("#/calls")),
                ("Sources: — of — live", Some("#/deliveries")),
                ("Backlog: —", Some("#/deliveries?state=waiting")),
            ]
        );
        assert_eq!(
            [leads(LINES).is_none(), line_of(OPEN).is_none(), line_of(WALL).is_none(), line_of(QUIT).is_none()],
            [true; 4]
        );
    }
}

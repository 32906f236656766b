//! A toast on the person's desktop, and what a press on it does.
//!
//! On D-Bus it has its acts as buttons as far as the desktop draws any, a press on it opens its subject, and a storm that goes on stays one
//! toast. Windows and macOS are asked for the same acts through the same library; nobody has seen it there. Deliberately not here: what a
//! toast says, and which there are (`toasts`).

use std::sync::{Arc, Mutex, PoisonError};

use notify_rust::{Notification, NotificationHandle, NotificationResponse, error::Result as Shown};
use serde_json::{Value, json};
use tauri::AppHandle;

use crate::{desk::Desk, toasts::Toast, window, words::Words};

/// What can be pressed on a toast; the first is the toast itself.
const OPEN: &str = "default";
const DONE: &str = "done";
const SNOOZE: &str = "snooze";
/// The program's name to Windows, as in `tauri.conf.json`.
#[cfg(all(target_os = "windows", not(debug_assertions)))]
const IDENTIFIER: &str = "io.pult.console";
/// How long a notice is put off from a toast.
const HOUR_MS: i64 = 3_600_000;

/// Shows toasts. Clones share what is on the screen.
#[derive(Clone)]
pub(crate) struct Notifier {
    app: AppHandle,
    desk: Desk,
    /// The desktop's number of the toast about the last storm, while it is there.
    storm: Arc<Mutex<Option<u32>>>,
}

impl Notifier {
    pub(crate) fn new(app: AppHandle, desk: Desk) -> Self {
        Self { app, desk, storm: Arc::default() }
    }

    /// Shows a toast and waits for a press beside. Where nothing shows toasts, the log has it.
    pub(crate) fn show(&self, words: &'static Words, toast: Toast) {
        let this = self.clone();
        // Waiting for a press blocks for as long as the toast is there.
        let waiting = std::thread::Builder::new().name("toast".to_owned()).spawn(move || {
            if let Err(error) = this.put(&mut drawn(words, &toast), &toast) {
                tracing::warn!(%error, title = toast.title, text = toast.text, "a toast could not be shown");
            }
        });
        if let Err(error) = waiting {
            tracing::warn!(%error, "a toast could not be shown");
        }
    }

    fn put(&self, notification: &mut Notification, toast: &Toast) -> Shown<()> {
        let (shown, number) = self.place(notification, toast.storm)?;
        shown.wait_for_response(|response: &NotificationResponse| self.answered(response, toast))?;
        let mut storm = self.storm.lock().unwrap_or_else(PoisonError::into_inner);
        // It is gone, and the next storm has a toast of its own.
        if number.is_some() && *storm == number {
            *storm = None;
        }
        Ok(())
    }

    /// The next sentence of a storm takes the place of the last, where the desktop numbers its toasts.
    #[cfg(target_os = "linux")]
    fn place(&self, notification: &mut Notification, storm: bool) -> Shown<(NotificationHandle, Option<u32>)> {
        if !storm {
            return Ok((notification.show()?, None));
        }
        let mut last = self.storm.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = *last {
            notification.id(number);
        }
        let shown = notification.show()?;
        *last = Some(shown.id());
        let number = *last;
        Ok((shown, number))
    }

    #[cfg(not(target_os = "linux"))]
    fn place(&self, notification: &mut Notification, _storm: bool) -> Shown<(NotificationHandle, Option<u32>)> {
        Ok((notification.show()?, None))
    }

    fn answered(&self, response: &NotificationResponse, toast: &Toast) {
        let Some(press) = Press::of(response) else { return };
        if press == Press::Open {
            match &toast.address {
                Some(address) => window::open_at(&self.app, address),
                None => window::open(&self.app),
            }
        }
        let Some((name, request)) = toast.notice.map(|notice| press.command(notice, jiff::Timestamp::now())) else {
            return;
        };
        let desk = self.desk.clone();
        tauri::async_runtime::spawn(async move {
            if let Err(refusal) = desk.call(name, request).await {
                let (code, message) = (refusal.code, refusal.message);
                tracing::warn!(name, code, message, "a press on a toast came to nothing");
            }
        });
    }
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Press {
    Open,
    Done,
    Snooze,
}

impl Press {
    /// `None` when the toast only went away. A button that is the toast itself is named so where the desktop draws it.
    fn of(response: &NotificationResponse) -> Option<Self> {
        match response {
            NotificationResponse::Default => Some(Self::Open),
            NotificationResponse::Action(name) => match name.as_str() {
                OPEN => Some(Self::Open),
                DONE => Some(Self::Done),
                SNOOZE => Some(Self::Snooze),
                _ => None,
            },
            NotificationResponse::Reply(_) | NotificationResponse::Closed(_) => None,
        }
    }

    /// What becomes of the notice.
    fn command(self, notice: i64, now: jiff::Timestamp) -> (&'static str, Value) {
        match self {
            Self::Open => ("notices.mark", json!({ "ids": [notice], "read": true })),
            Self::Done => ("notices.finish", json!({ "ids": [notice], "done": true })),
            Self::Snooze => ("notices.snooze", json!({ "ids": [notice], "until": now.as_millisecond() + HOUR_MS })),
        }
    }
}

fn drawn(words: &Words, toast: &Toast) -> Notification {
    let mut notification = Notification::new();
    notification.appname(words.title).summary(&toast.title).body(&body(&toast.text)).icon("pult");
    notification.action(OPEN, words.open);
    if toast.notice.is_some() {
        notification.action(DONE, words.toast_done).action(SNOOZE, words.toast_snooze);
    }
    // The installer makes this name known to Windows; a program that was only built is known by none, and shows toasts as the shell's.
    #[cfg(all(target_os = "windows", not(debug_assertions)))]
    notification.app_id(IDENTIFIER);
    #[cfg(not(target_os = "macos"))]
    if toast.urgent {
        notification.urgency(notify_rust::Urgency::Critical).timeout(notify_rust::Timeout::Never);
    }
    notification
}

/// The text as the desktop wants it: some read it as marked up, and what people wrote is not.
#[cfg(target_os = "linux")]
fn body(text: &str) -> String {
    let reads_marks = notify_rust::get_capabilities().is_ok_and(|can| can.iter().any(|each| each == "body-markup"));
    if reads_marks { unmarked(text) } else { text.to_owned() }
}

#[cfg(not(target_os = "linux"))]
fn body(text: &str) -> String {
    text.to_owned()
}

#[cfg(any(target_os = "linux", test))]
fn unmarked(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use notify_rust::CloseReason;

    use super::*;

    #[test]
    fn a_press_is_known_whether_the_desktop_names_the_toast_or_its_button() {
        let action = |name: &str| NotificationResponse::Action(name.to_owned());
        for (response, press) in [
            (NotificationResponse::Default, Some(Press::Open)),
            (action(OPEN), Some(Press::Open)),
            (action(DONE), Some(Press::Done)),
            (action(SNOOZE), Some(Press::Snooze)),
            (action("newer"), None),
            (NotificationResponse::Reply("done".to_owned()), None),
            (NotificationResponse::Closed(CloseReason::Expired), None),
        ] {
            assert_eq!(Press::of(&response), press, "{response:?}");
        }
    }

    #[test]
    fn each_press_is_a_command_of_the_notice() {
        let now = jiff::Timestamp::from_millisecond(1_000).unwrap();
        let commands = [Press::Open, Press::Done, Press::Snooze].map(|press| press.command(7, now));
        assert_eq!(
            commands,
            [
                ("notices.mark", json!({ "ids": [7], "read": true })),
                ("notices.finish", json!({ "ids": [7], "done": true })),
                ("notices.snooze", json!({ "ids": [7], "until": 3_601_000 })),
            ]
        );
    }

    #[test]
    fn what_people_wrote_is_no_markup() {
        assert_eq!(unmarked("<b>A & B</b> &lt;"), "&lt;b&gt;A &amp; B&lt;/b&gt; &amp;lt;");
    }
}

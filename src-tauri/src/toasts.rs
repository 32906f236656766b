//! Toasts: what the engine wants told, and what only this window knows of: a server out of reach, hooks that cannot arrive.
//!
//! Deliberately not here: whether a notice is told (the engine's), the inbox of notices, and figures (`status`).

use notify_rust::Notification;
use pult_engine::sentences::{line, titled};
use serde_json::json;
use tauri::AppHandle;

use crate::{
    desk::{Desk, Reach},
    news::{Level, News},
    status::Figures,
    window,
    words::{Words, fill},
};

/// Lines of a toast about several notices at most.
const SEVERAL: usize = 3;
/// What can be pressed on a toast; the first is the toast itself.
const OPEN: &str = "default";
const DONE: &str = "done";
const SNOOZE: &str = "snooze";
/// How long a notice is put off from a toast.
const HOUR_MS: i64 = 3_600_000;

/// What a toast says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toast {
    pub(crate) title: String,
    pub(crate) text: String,
    /// It stays until it is seen.
    pub(crate) urgent: bool,
    /// The notice it tells of: it can be put aside or off from here.
    pub(crate) notice: Option<i64>,
}

/// What goes on beside the notices, as far as people were told.
#[derive(Debug, Default)]
pub(crate) struct Incidents {
    server_lost: bool,
    deaf: bool,
}

impl Incidents {
    /// Compares what is with what was told, and says what is new. What was not received ends no incident.
    pub(crate) fn observe(&mut self, figures: &Figures, words: &Words) -> Vec<Toast> {
        let mut toasts = Vec::new();
        self.observe_server(figures, words, &mut toasts);
        self.observe_notices(figures, words, &mut toasts);
        if !figures.listening && !self.deaf {
            toasts.push(Toast::urgent(words.not_listening, String::new()));
        }
        self.deaf = !figures.listening;
        toasts
    }

    fn observe_notices(&self, figures: &Figures, words: &Words, toasts: &mut Vec<Toast>) {
        let Some(fresh) = &figures.notices else { return };
        let shown: Vec<&News> = fresh.shown().collect();
        let urgent = shown.iter().any(|news| news.level == Level::Critical);
        if shown.is_empty() {
            return;
        }
        if let Some(many) = fresh.storm {
            // A burst is one toast.
            let told = if fresh.private { &[][..] } else { &shown[..] };
            let lines: Vec<String> =
                told.iter().take(SEVERAL).map(|news| line(&news.code, &news.values, words.language)).collect();
            let title = fill(words.toast_notices, &[&many]);
            toasts.push(Toast { title, text: lines.join("\n"), urgent, notice: None });
            return;
        }
        for news in shown {
            let said = || (words.toast_notice.to_owned(), line(&news.code, &news.values, words.language));
            let (title, text) = match fresh.private {
                true => (words.toast_notice.to_owned(), String::new()),
                false => titled(&news.code, &news.values, words.language).unwrap_or_else(said),
            };
            toasts.push(Toast { title, text, urgent: news.level == Level::Critical, notice: Some(news.id) });
        }
    }

    fn observe_server(&mut self, figures: &Figures, words: &Words, toasts: &mut Vec<Toast>) {
        let lost = match figures.reach {
            Some(Reach::Lost) => true,
            Some(Reach::Connected) => false,
            Some(Reach::Connecting | Reach::SignedOut) | None => return,
        };
        if lost && !self.server_lost {
            toasts.push(Toast::urgent(words.toast_server_lost, words.toast_server_lost_text.to_owned()));
        } else if !lost && self.server_lost {
            toasts.push(Toast::calm(words.toast_server_back, String::new()));
        }
        self.server_lost = lost;
    }
}

impl Toast {
    fn urgent(title: &str, text: String) -> Self {
        Self { title: title.to_owned(), text, urgent: true, notice: None }
    }

    fn calm(title: &str, text: String) -> Self {
        Self { title: title.to_owned(), text, urgent: false, notice: None }
    }
}

/// Shows a toast; a press on it opens the window, and a notice can be put aside or off from it where the desktop has room for acts.
/// Where nothing shows toasts, the log has it.
pub(crate) fn show(app: &AppHandle, desk: &Desk, words: &'static Words, toast: Toast) {
    let (app, desk) = (app.clone(), desk.clone());
    // Waiting for a press blocks for as long as the toast is there.
    let waiting = std::thread::Builder::new().name("toast".to_owned()).spawn(move || {
        let mut notification = Notification::new();
        notification.appname(words.title).summary(&toast.title).body(&toast.text).icon("pult");
        #[cfg(target_os = "linux")]
        {
            use notify_rust::{Timeout, Urgency};
            notification.action(OPEN, words.open);
            if toast.notice.is_some() {
                notification.action(DONE, words.toast_done).action(SNOOZE, words.toast_snooze);
            }
            if toast.urgent {
                notification.urgency(Urgency::Critical).timeout(Timeout::Never);
            }
        }
        match notification.show() {
            #[cfg(target_os = "linux")]
            Ok(shown) => shown.wait_for_action(|action| acted(&app, &desk, action, toast.notice)),
            #[cfg(not(target_os = "linux"))]
            Ok(_) => drop((app, desk)),
            Err(error) => tracing::warn!(%error, title = toast.title, text = toast.text, "a toast could not be shown"),
        }
    });
    if let Err(error) = waiting {
        tracing::warn!(%error, "a toast could not be shown");
    }
}

/// Does what was pressed on a toast.
#[cfg(target_os = "linux")]
fn acted(app: &AppHandle, desk: &Desk, action: &str, notice: Option<i64>) {
    let (name, request) = match (action, notice) {
        (OPEN, None) => return window::open(app),
        (OPEN, Some(id)) => {
            window::open(app);
            ("notices.mark", json!({ "ids": [id], "read": true }))
        }
        (DONE, Some(id)) => ("notices.finish", json!({ "ids": [id], "done": true })),
        (SNOOZE, Some(id)) => {
            let until = jiff::Timestamp::now().as_millisecond() + HOUR_MS;
            ("notices.snooze", json!({ "ids": [id], "until": until }))
        }
        _ => return,
    };
    let desk = desk.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(refusal) = desk.call(name, request).await {
            tracing::warn!(name, code = refusal.code, message = refusal.message, "a press on a toast came to nothing");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        news::{Announcement, Fresh, New},
        status::Health,
        words::Language,
    };

    fn figures() -> Figures {
        let health = Health { now: 0, sources: vec![], workers: vec![], backlog: 0 };
        Figures { health: Some(health), stuck: Some(0), listening: true, ..Figures::default() }
    }

    fn told(incidents: &mut Incidents, figures: &Figures) -> Vec<String> {
        let toasts = incidents.observe(figures, Words::of(Language::En));
        toasts.into_iter().map(|toast| format!("{}: {}", toast.title, toast.text)).collect()
    }

    fn fresh(count: i64, storm: Option<usize>, private: bool) -> Figures {
        let values = serde_json::Map::from_iter([("title".to_owned(), json!("Филиал"))]);
        let notice = |id| News { id, level: Level::Critical, code: "network.lost".to_owned(), values: values.clone() };
        let new = |id| New { notice: notice(id), announcement: Announcement { toast: true } };
        let fresh = Fresh { fresh: (1..=count).map(new).collect(), storm, private, newest: count, now: 0 };
        Figures { notices: Some(fresh), listening: true, ..Figures::default() }
    }

    #[test]
    fn notices_are_told_singly_and_a_storm_once() {
        let mut incidents = Incidents::default();
        let toasts = incidents.observe(&fresh(2, None, false), Words::of(Language::En));
        assert_eq!(toasts.iter().map(|toast| toast.notice).collect::<Vec<_>>(), [Some(1), Some(2)]);
        assert_eq!(toasts[0].text, "Филиал: no answer");
        let storm = told(&mut incidents, &fresh(9, Some(12), false));
        assert!(storm.len() == 1 && storm[0].starts_with("New notices: 12: Филиал"), "{storm:?}");
    }

    #[test]
    fn a_toast_that_may_be_seen_by_others_names_nobody() {
        let mut incidents = Incidents::default();
        assert_eq!(told(&mut incidents, &fresh(1, None, true)), ["Notice: "]);
        assert_eq!(told(&mut incidents, &fresh(9, Some(9), true)), ["New notices: 9: "]);
    }

    #[test]
    fn a_server_out_of_reach_is_told_once_and_its_return_once() {
        let mut incidents = Incidents::default();
        let lost = Figures { reach: Some(Reach::Lost), listening: true, ..Figures::default() };
        assert_eq!(told(&mut incidents, &lost).len(), 1);
        assert!(told(&mut incidents, &lost).is_empty());
        let back = Figures { reach: Some(Reach::Connected), ..figures() };
        assert_eq!(told(&mut incidents, &back), ["The server is back: "]);
    }
}

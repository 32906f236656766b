//! Toasts: one when something begins to need a person, one when it is over.
//!
//! Deliberately not here: the inbox of notices, and figures (`status`).

use std::collections::BTreeSet;

use notify_rust::Notification;
use tauri::AppHandle;

use crate::{
    desk::Reach,
    news::{self, Level, Told},
    status::{Figures, SourceState},
    window,
    words::{Words, fill},
};

/// Lines of a toast about several notices at most.
const SEVERAL: usize = 3;

/// What a toast says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toast {
    pub(crate) title: String,
    pub(crate) text: String,
    /// It stays until it is seen.
    pub(crate) urgent: bool,
}

/// What goes on, as far as people were told.
#[derive(Debug, Default)]
pub(crate) struct Incidents {
    troubled: BTreeSet<String>,
    stuck: bool,
    server_lost: bool,
    deaf: bool,
    notices: Told,
}

impl Incidents {
    /// Compares what is with what was told, and says what is new. What was not received ends no incident.
    pub(crate) fn observe(&mut self, figures: &Figures, words: &Words) -> Vec<Toast> {
        let mut toasts = Vec::new();
        self.observe_server(figures, words, &mut toasts);
        self.observe_sources(figures, words, &mut toasts);
        self.observe_stuck(figures, words, &mut toasts);
        self.observe_notices(figures, words, &mut toasts);
        if !figures.listening && !self.deaf {
            toasts.push(Toast::urgent(words.not_listening, String::new()));
        }
        self.deaf = !figures.listening;
        toasts
    }

    fn observe_notices(&mut self, figures: &Figures, words: &Words, toasts: &mut Vec<Toast>) {
        let Some(standing) = &figures.notices else { return };
        let fresh = self.notices.fresh(standing);
        let lines: Vec<String> = fresh.iter().take(SEVERAL).map(|news| news::line(news, words.language)).collect();
        let title = match fresh.len() {
            0 => return,
            1 => words.toast_notice.to_owned(),
            // A burst is one toast.
            many => fill(words.toast_notices, &[&many]),
        };
        let urgent = fresh.iter().any(|news| news.level == Level::Critical);
        toasts.push(Toast { title, text: lines.join("\n"), urgent });
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

    fn observe_sources(&mut self, figures: &Figures, words: &Words, toasts: &mut Vec<Toast>) {
        let Some(health) = &figures.health else { return };
        let now: BTreeSet<String> =
            health.sources.iter().filter(|s| s.state == SourceState::Trouble).map(|s| s.name.clone()).collect();
        // Several at once share a toast: they usually share a cause.
        let names = |names: Vec<&String>| names.into_iter().map(|n| words.source(n)).collect::<Vec<_>>().join(", ");
        let (new, over) =
            (names(now.difference(&self.troubled).collect()), names(self.troubled.difference(&now).collect()));
        if !new.is_empty() {
            toasts.push(Toast::urgent(words.toast_trouble, new));
        }
        if !over.is_empty() {
            toasts.push(Toast::calm(words.toast_trouble_over, over));
        }
        self.troubled = now;
    }

    fn observe_stuck(&mut self, figures: &Figures, words: &Words, toasts: &mut Vec<Toast>) {
        let Some(count) = figures.stuck else { return };
        if count > 0 && !self.stuck {
            toasts.push(Toast::urgent(words.toast_stuck, fill(words.toast_stuck_text, &[&count])));
        } else if count == 0 && self.stuck {
            toasts.push(Toast::calm(words.toast_stuck_over, String::new()));
        }
        self.stuck = count > 0;
    }
}

impl Toast {
    fn urgent(title: &str, text: String) -> Self {
        Self { title: title.to_owned(), text, urgent: true }
    }

    fn calm(title: &str, text: String) -> Self {
        Self { title: title.to_owned(), text, urgent: false }
    }
}

/// Shows a toast; a press on it opens the window. Where nothing shows toasts, the log has it.
pub(crate) fn show(app: &AppHandle, words: &'static Words, toast: Toast) {
    let app = app.clone();
    // Waiting for a press blocks for as long as the toast is there.
    let waiting = std::thread::Builder::new().name("toast".to_owned()).spawn(move || {
        let mut notification = Notification::new();
        notification.appname(words.title).summary(&toast.title).body(&toast.text).icon("pult");
        #[cfg(target_os = "linux")]
        {
            use notify_rust::{Timeout, Urgency};
            notification.action("default", words.open);
            if toast.urgent {
                notification.urgency(Urgency::Critical).timeout(Timeout::Never);
            }
        }
        match notification.show() {
            #[cfg(target_os = "linux")]
            Ok(shown) => shown.wait_for_action(|action| {
                if action == "default" {
                    window::open(&app);
                }
            }),
            #[cfg(not(target_os = "linux"))]
            Ok(_) => drop(app),
            Err(error) => tracing::warn!(%error, title = toast.title, text = toast.text, "a toast could not be shown"),
        }
    });
    if let Err(error) = waiting {
        tracing::warn!(%error, "a toast could not be shown");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        status::{Health, Source},
        words::Language,
    };

    fn figures(troubled: &[&str], stuck: usize) -> Figures {
        let source = |name: &&str| Source { name: (*name).to_owned(), state: SourceState::Trouble, seen_at: None };
        let health = Health { now: 0, sources: troubled.iter().map(source).collect(), workers: vec![], backlog: 0 };
        Figures { health: Some(health), stuck: Some(stuck), listening: true, ..Figures::default() }
    }

    fn told(incidents: &mut Incidents, figures: &Figures) -> Vec<String> {
        let toasts = incidents.observe(figures, Words::of(Language::En));
        toasts.into_iter().map(|toast| format!("{}: {}", toast.title, toast.text)).collect()
    }

    #[test]
    fn an_incident_is_told_once_and_its_end_once() {
        let mut incidents = Incidents::default();
        assert_eq!(
            told(&mut incidents, &figures(&["agencies", "telephony"], 0)),
            ["Needs you: Agency directory, Telephony"]
        );
        assert!(told(&mut incidents, &figures(&["agencies", "telephony"], 0)).is_empty());
        assert_eq!(told(&mut incidents, &figures(&["agencies"], 0)), ["Works again: Telephony"]);
        assert_eq!(told(&mut incidents, &figures(&[], 0)), ["Works again: Agency directory"]);
    }

    #[test]
    fn more_stuck_deliveries_are_the_same_incident() {
        let mut incidents = Incidents::default();
        let first = told(&mut incidents, &figures(&[], 2));
        assert!(first.len() == 1 && first[0].starts_with("Deliveries are stuck"), "{first:?}");
        assert!(told(&mut incidents, &figures(&[], 300)).is_empty());
        assert_eq!(told(&mut incidents, &figures(&[], 0)).len(), 1);
    }

    #[test]
    fn silence_ends_no_incident() {
        let mut incidents = Incidents::default();
        told(&mut incidents, &figures(&["agencies"], 1));
        let nothing = Figures { reach: Some(Reach::Lost), listening: true, ..Figures::default() };
        assert_eq!(told(&mut incidents, &nothing).len(), 1, "only the lost server is told");
        let back = Figures { reach: Some(Reach::Connected), ..figures(&["agencies"], 1) };
        assert_eq!(told(&mut incidents, &back), ["The server is back: "]);
    }
}

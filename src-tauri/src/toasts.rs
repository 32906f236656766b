//! Toasts: what the engine wants told, and what only this window knows of: a server out of reach, hooks that cannot arrive.
//!
//! Deliberately not here: whether a notice is told (the engine's), the inbox of notices, figures (`status`), and showing a toast
//! (`notify`).

use pult_engine::sentences::{line, titled};

use crate::{
    desk::Reach,
    news::{Level, News},
    places,
    status::Figures,
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
    /// The notice it tells of: it can be put aside or off from here.
    pub(crate) notice: Option<i64>,
    /// Where in the page it leads; absent leads to the page as it was left.
    pub(crate) address: Option<String>,
    /// It is about a storm, and takes the place of the last one about it.
    pub(crate) storm: bool,
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
            let address = Some(places::INBOX.to_owned());
            toasts.push(Toast { title, text: lines.join("\n"), urgent, notice: None, address, storm: true });
            return;
        }
        for news in shown {
            let said = || (words.toast_notice.to_owned(), line(&news.code, &news.values, words.language));
            let (title, text) = match fresh.private {
                true => (words.toast_notice.to_owned(), String::new()),
                false => titled(&news.code, &news.values, words.language).unwrap_or_else(said),
            };
            let (urgent, notice) = (news.level == Level::Critical, Some(news.id));
            let address = Some(places::of_subject(&news.subject));
            toasts.push(Toast { title, text, urgent, notice, address, storm: false });
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
        Self { urgent: true, ..Self::calm(title, text) }
    }

    fn calm(title: &str, text: String) -> Self {
        Self { title: title.to_owned(), text, urgent: false, notice: None, address: None, storm: false }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
        let notice = |id| News {
            id,
            level: Level::Critical,
            code: "network.lost".to_owned(),
            subject: format!("target:{id}"),
            values: values.clone(),
        };
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
        let storm = told(&mut incidents, &fresh(9, Some(300), false));
        assert!(storm.len() == 1 && storm[0].starts_with("New notices: 300: Филиал"), "{storm:?}");
    }

    #[test]
    fn a_toast_leads_to_its_subject_a_storm_to_the_list_and_the_rest_to_the_window() {
        let leads = |figures: &Figures| {
            let toasts = Incidents::default().observe(figures, Words::of(Language::En));
            toasts.into_iter().map(|toast| (toast.address, toast.storm)).collect::<Vec<_>>()
        };
        let to = |address: &str| Some(address.to_owned());
        // What may not be said may still be opened.
        for private in [false, true] {
            let singly = [(to("#/open/target:1"), false), (to("#/open/target:2"), false)];
            assert_eq!(leads(&fresh(2, None, private)), singly);
            assert_eq!(leads(&fresh(9, Some(300), private)), [(to("#/inbox"), true)]);
        }
        assert_eq!(leads(&Figures { listening: false, ..figures() }), [(None, false)]);
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

//! What the tray says: one state and seven lines, made of what the engine's own commands answer.
//!
//! Deliberately not here: asking (`watch`), drawing (`tray`). A figure that was not received is a dash, never a zero.

use serde::Deserialize;

use crate::{
    desk::Reach,
    news::News,
    words::{Words, fill},
};

/// Records that may wait before it is worth a word: a busy minute of hooks.
const BEHIND: usize = 1000;
/// Lines at the top of the tray's menu.
pub(crate) const LINES: usize = 7;

/// The state of all, from best to worst; each has an icon of its own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum State {
    #[default]
    Ok,
    Attention,
    Trouble,
    Offline,
}

/// How a source is; a word of a newer server is taken for "not live".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SourceState {
    Live,
    Paused,
    Down,
    Trouble,
    Silent,
    #[serde(other)]
    Other,
}

/// A source.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) state: SourceState,
    pub(crate) seen_at: Option<i64>,
}

/// A worker of the engine.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Worker {
    pub(crate) name: String,
    pub(crate) state: String,
}

/// What the tray needs of `engine.health`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Health {
    pub(crate) now: i64,
    pub(crate) sources: Vec<Source>,
    pub(crate) workers: Vec<Worker>,
    pub(crate) backlog: usize,
}

/// A count, perhaps cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Count {
    pub(crate) calls: i64,
    #[serde(default)]
    pub(crate) at_least: bool,
}

/// All that was learnt; what could not be asked is absent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    /// `None` for the engine inside.
    pub(crate) reach: Option<Reach>,
    pub(crate) health: Option<Health>,
    pub(crate) open: Option<Count>,
    pub(crate) today: Option<Count>,
    pub(crate) stuck: Option<usize>,
    /// Notices that hold, the newest ones.
    pub(crate) notices: Option<Vec<News>>,
    /// Notices the person has not read.
    pub(crate) unread: Option<usize>,
    /// Whether hooks can arrive at the engine inside.
    pub(crate) listening: bool,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) state: State,
    pub(crate) lines: [String; LINES],
}

/// Makes the state and the lines.
pub(crate) fn of(figures: &Figures, words: &Words) -> Status {
    let (state, sentence) = sentence(figures, words);
    Status {
        state,
        lines: [
            sentence,
            fill(words.calls, &[&count(figures.open), &count(figures.today)]),
            fill(words.unread, &[&or_dash(figures.unread)]),
            fill(words.deliveries, &[&or_dash(figures.stuck)]),
            sources(figures.health.as_ref(), words),
            data(figures.health.as_ref(), words),
            fill(words.backlog, &[&or_dash(figures.health.as_ref().map(|h| h.backlog))]),
        ],
    }
}

/// The worst there is, in one sentence.
fn sentence(figures: &Figures, words: &Words) -> (State, String) {
    match figures.reach {
        Some(Reach::Lost) => return (State::Offline, words.no_server.to_owned()),
        Some(Reach::SignedOut) => return (State::Offline, words.signed_out.to_owned()),
        Some(Reach::Connecting) => return (State::Offline, words.starting.to_owned()),
        Some(Reach::Connected) | None => {}
    }
    let Some(health) = &figures.health else { return (State::Offline, words.no_figures.to_owned()) };
    let named = |state| {
        let names = health.sources.iter().filter(|s| s.state == state).map(|s| words.source(&s.name));
        names.collect::<Vec<_>>().join(", ")
    };
    let restarting: Vec<&str> =
        health.workers.iter().filter(|w| w.state == "restarting").map(|w| w.name.as_str()).collect();
    let stuck = figures.stuck.unwrap_or(0);
    let (trouble, down, paused) = (named(SourceState::Trouble), named(SourceState::Down), named(SourceState::Paused));
    match () {
        () if !trouble.is_empty() => (State::Trouble, fill(words.needs_you, &[&trouble])),
        () if stuck > 0 => (State::Trouble, fill(words.stuck, &[&stuck])),
        () if !figures.listening => (State::Trouble, words.not_listening.to_owned()),
        () if !restarting.is_empty() => (State::Attention, fill(words.restarting, &[&restarting.join(", ")])),
        () if !down.is_empty() => (State::Attention, fill(words.down, &[&down])),
        () if health.backlog > BEHIND => (State::Attention, fill(words.behind, &[&health.backlog])),
        () if !paused.is_empty() => (State::Attention, fill(words.paused, &[&paused])),
        () => (State::Ok, words.all_well.to_owned()),
    }
}

fn sources(health: Option<&Health>, words: &Words) -> String {
    let Some(health) = health else { return fill(words.sources, &[&"—", &"—"]) };
    if health.sources.is_empty() {
        return words.sources_none.to_owned();
    }
    // A source with nothing to say yet is not known to be live.
    let live = health.sources.iter().filter(|s| s.state == SourceState::Live).count();
    fill(words.sources, &[&live, &health.sources.len()])
}

/// The age of the newest sign of life, by the engine's clock.
fn data(health: Option<&Health>, words: &Words) -> String {
    let Some(health) = health else { return fill(words.data, &[&"—"]) };
    let Some(seen) = health.sources.iter().filter_map(|s| s.seen_at).max() else { return words.data_none.to_owned() };
    let minutes = (health.now - seen).max(0) / 60_000;
    let age = match minutes {
        0 => words.now.to_owned(),
        1..60 => fill(words.minutes_ago, &[&minutes]),
        60..2880 => fill(words.hours_ago, &[&(minutes / 60)]),
        _ => fill(words.days_ago, &[&(minutes / 1440)]),
    };
    fill(words.data, &[&age])
}

fn count(count: Option<Count>) -> String {
    match count {
        Some(Count { calls, at_least: false }) => calls.to_string(),
        Some(Count { calls, at_least: true }) => format!("{calls}+"),
        None => "—".to_owned(),
    }
}

fn or_dash(figure: Option<usize>) -> String {
    figure.map_or_else(|| "—".to_owned(), |figure| figure.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn source(name: &str, state: SourceState) -> Source {
        Source { name: name.to_owned(), state, seen_at: Some(0) }
    }

    fn well() -> Figures {
        let health = Health {
            now: 61_000,
            sources: vec![source("telephony", SourceState::Live), source("agencies", SourceState::Silent)],
            workers: vec![Worker { name: "pump".to_owned(), state: "running".to_owned() }],
            backlog: 3,
        };
        Figures {
            reach: None,
            health: Some(health),
            open: Some(Count { calls: 2, at_least: false }),
            today: Some(Count { calls: 10_000, at_least: true }),
            stuck: Some(0),
            unread: Some(2),
            listening: true,
            notices: None,
        }
    }

    #[test]
    fn seven_lines_of_a_quiet_day() {
        let status = of(&well(), Words::of(Language::En));
        assert_eq!(status.state, State::Ok);
        assert_eq!(
            status.lines,
            [
                "All is well",
                "Calls: 2 now, 10000+ today",
                "Notices: 2 unread",
                "Deliveries: 0 stuck",
                "Sources: 1 of 2 live",
                "Data: 1 min ago",
                "Backlog: 3"
            ]
        );
    }

    #[test]
    fn what_was_not_received_is_a_dash_and_not_a_zero() {
        let status = of(&Figures::default(), Words::of(Language::En));
        assert_eq!(status.state, State::Offline);
        assert_eq!(
            status.lines[1..],
            [
                "Calls: — now, — today",
                "Notices: — unread",
                "Deliveries: — stuck",
                "Sources: — of — live",
                "Data: —",
                "Backlog: —"
            ]
        );
    }

    #[test]
    fn the_worst_is_said_first() {
        let words = Words::of(Language::En);
        let mut figures = well();
        let mut said = vec![];
        let mut say = |figures: &Figures| said.push((of(figures, words).state, of(figures, words).lines[0].clone()));
        if let Some(health) = &mut figures.health {
            health.sources.push(source("call_feed", SourceState::Paused));
        }
        say(&figures);
        if let Some(health) = &mut figures.health {
            health.sources.push(source("newer", SourceState::Down));
        }
        say(&figures);
        if let Some(health) = &mut figures.health {
            health.workers[0].state = "restarting".to_owned();
        }
        say(&figures);
        figures.stuck = Some(4);
        say(&figures);
        if let Some(health) = &mut figures.health {
            health.sources[0].state = SourceState::Trouble;
        }
        say(&figures);
        figures.reach = Some(Reach::Lost);
        say(&figures);
        assert_eq!(
            said.iter().map(|(state, text)| (*state, text.as_str())).collect::<Vec<_>>(),
            [
                (State::Attention, "Paused by hand: Call centre journal"),
                (State::Attention, "Not answering: newer"),
                (State::Attention, "Restarting: pump"),
                (State::Trouble, "Stuck deliveries: 4"),
                (State::Trouble, "Needs you: Telephony"),
                (State::Offline, "No connection to the server"),
            ]
        );
    }

    #[test]
    fn a_word_of_a_newer_server_is_not_taken_for_live() {
        let source: Source = serde_json::from_str(r#"{"name":"x","state":"dreaming","seen_at":null}"#).unwrap();
        assert_eq!(source.state, SourceState::Other);
    }
}

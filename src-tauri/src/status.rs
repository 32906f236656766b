//! What the tray says: one state and nine lines, made of what the engine's own commands answer.
//!
//! Deliberately not here: what is known (`figures`), asking (`watch`), drawing (`tray`). A figure that was not received is a dash,
//! never a zero.

mod figures;
#[cfg(test)]
mod tests;

use pult_engine::sentences::line;

use self::figures::{Count, Floor, Grade, Groups, Network, Now, Said};
pub(crate) use self::figures::{Figures, Health, SourceState};
use crate::{
    desk::Reach,
    words::{Words, fill},
};

/// Records that may wait before it is worth a word: a busy minute of hooks.
const BEHIND: usize = 1000;
/// Lines at the top of the tray's menu.
pub(crate) const LINES: usize = 9;

/// The state of all, from best to worst; each has an icon of its own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum State {
    #[default]
    Ok,
    Attention,
    Trouble,
    Offline,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) state: State,
    pub(crate) lines: [String; LINES],
}

/// Makes the state and the lines. The first six are what a person looks for: how all is, operators, notices, network, deliveries, and
/// how old that is.
pub(crate) fn of(figures: &Figures, words: &Words) -> Status {
    let (state, sentence) = sentence(figures, words);
    Status {
        state,
        lines: [
            sentence,
            operators(figures.floor, words),
            fill(words.unread, &[&or_dash(figures.unread)]),
            network(figures.network.as_ref(), words),
            fill(words.deliveries, &[&or_dash(figures.stuck)]),
            data(figures.health.as_ref(), words),
            fill(words.calls, &[&count(figures.open), &count(figures.today)]),
            sources(figures.health.as_ref(), words),
            fill(words.backlog, &[&or_dash(figures.health.as_ref().map(|h| h.backlog))]),
        ],
    }
}

impl Now {
    /// The engine's own sentence in words, and how bad that is; `None` where all is well, or it is not ours to say.
    fn say(&self, words: &Words) -> Option<(State, String)> {
        let Said { code, level, count, minutes, name } = &self.sentence;
        let state = if level == "trouble" { State::Trouble } else { State::Attention };
        let (minutes, name) = (minutes.unwrap_or_default(), name.as_deref().unwrap_or("—"));
        let what = |taken: bool| {
            let found = self.incidents.iter().find(|incident| incident.acknowledged_by.is_some() == taken);
            found
                .and_then(|incident| incident.notices.first())
                .map(|head| line(&head.code, &head.values, words.language))
        };
        let text = match code.as_str() {
            "incident" => match what(false)? {
                head if *count > 1 => fill(words.incidents, &[&head, &(count - 1)]),
                head => fill(words.incident, &[&head, &minutes]),
            },
            "handled" => fill(words.handled, &[&what(true)?, &name]),
            "red" => fill(words.red, &[count]),
            "amber" => fill(words.amber, &[count]),
            "unassigned" => fill(words.unassigned, &[&name, &minutes]),
            "due" => fill(words.due, &[count, &minutes]),
            "stuck" => fill(words.stuck, &[count]),
            "paused" => fill(words.paused_count, &[count]),
            _ => return None,
        };
        Some((state, text))
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
    let restarting: Vec<String> =
        health.workers.iter().filter(|w| w.state == "restarting").map(|w| words.worker(&w.name)).collect();
    let stuck = figures.stuck.unwrap_or(0);
    let (trouble, down, paused) = (named(SourceState::Trouble), named(SourceState::Down), named(SourceState::Paused));
    let said = figures.now.as_ref().and_then(|now| now.say(words));
    match said {
        // Without hooks the rest is of yesterday.
        Some((State::Trouble, text)) => return (State::Trouble, text),
        Some(said) if figures.listening => return said,
        _ => {}
    }
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

/// Those who are ready and those who talk. The last words of a source that is not heard are no figures of now.
fn operators(floor: Option<Floor>, words: &Words) -> String {
    let groups = floor.filter(|floor| floor.heard).map(|floor| floor.by_group);
    let count = |of: fn(Groups) -> u32| or_dash(groups.map(|groups| of(groups) as usize));
    fill(words.operators, &[&count(|groups| groups.ready), &count(|groups| groups.talking)])
}

/// The worst grade of the addresses that are watched, and whose it is where there is something to do. One in maintenance is left out.
fn network(network: Option<&Network>, words: &Words) -> String {
    let Some(network) = network else { return fill(words.network, &[&"—"]) };
    let watched =
        network.targets.iter().filter(|target| target.definition.enabled && target.maintenance_until.is_none());
    let graded = watched.filter_map(|target| Some((target.grade?, target.definition.title.as_str())));
    match graded.filter(|(grade, _)| *grade != Grade::Other).max_by_key(|(grade, _)| *grade) {
        _ if !network.watching || network.targets.is_empty() => words.network_none.to_owned(),
        None => fill(words.network, &[&"—"]),
        Some((grade @ (Grade::Poor | Grade::Disconnected), title)) => {
            fill(words.network_at, &[&grade_word(grade, words), &title])
        }
        Some((grade, _)) => fill(words.network, &[&grade_word(grade, words)]),
    }
}

fn grade_word(grade: Grade, words: &Words) -> &'static str {
    match grade {
        Grade::Excellent => words.grades[0],
        Grade::Good => words.grades[1],
        Grade::Average => words.grades[2],
        Grade::Poor => words.grades[3],
        Grade::Disconnected => words.grades[4],
        Grade::Other => "—",
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

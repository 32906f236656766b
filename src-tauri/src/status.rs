//! What the tray says: one state and nine lines, made of what the engine's own commands answer.
//!
//! Deliberately not here: asking (`watch`), drawing (`tray`). A figure that was not received is a dash, never a zero.

use serde::Deserialize;

use pult_engine::sentences::line;

use crate::{
    desk::Reach,
    news::{Fresh, News},
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

/// What the tray needs of `floor.counts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Floor {
    by_group: Groups,
    heard: bool,
}

/// Operators of two groups; one that nobody is in is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Groups {
    #[serde(default)]
    ready: u32,
    #[serde(default)]
    talking: u32,
}

/// How well an address answers, from best to worst; a word of a newer server is no grade we could compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grade {
    Excellent,
    Good,
    Average,
    Poor,
    Disconnected,
    #[serde(other)]
    Other,
}

/// What the tray needs of `network.list`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Network {
    watching: bool,
    targets: Vec<Target>,
}

/// An address of the network.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Target {
    definition: Definition,
    grade: Option<Grade>,
    maintenance_until: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Definition {
    title: String,
    enabled: bool,
}

/// What the tray needs of `now.get`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Now {
    sentence: Said,
    incidents: Vec<Trouble>,
}

/// The worst there is; a word of a newer server is one we cannot say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Said {
    code: String,
    level: String,
    count: u32,
    minutes: Option<i64>,
    name: Option<String>,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Trouble {
    acknowledged_by: Option<String>,
    notices: Vec<News>,
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
            "unassigned" => fill(words.unassigned, &[&name, &minutes]),
            "due" => fill(words.due, &[count, &minutes]),
            "stuck" => fill(words.stuck, &[count]),
            "paused" => fill(words.paused_count, &[count]),
            _ => return None,
        };
        Some((state, text))
    }
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
    /// The worst there is, by the engine's own rule.
    pub(crate) now: Option<Now>,
    pub(crate) floor: Option<Floor>,
    pub(crate) network: Option<Network>,
    /// What is new to the person since they were told last.
    pub(crate) notices: Option<Fresh>,
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
            operators(figures.floor, words),
            fill(words.calls, &[&count(figures.open), &count(figures.today)]),
            fill(words.unread, &[&or_dash(figures.unread)]),
            network(figures.network.as_ref(), words),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn source(name: &str, state: SourceState) -> Source {
        Source { name: name.to_owned(), state, seen_at: Some(0) }
    }

    fn target(title: &str, grade: Option<Grade>) -> Target {
        let definition = Definition { title: title.to_owned(), enabled: true };
        Target { definition, grade, maintenance_until: None }
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
            now: None,
            floor: Some(Floor { by_group: Groups { ready: 12, talking: 7 }, heard: true }),
            network: Some(Network {
                watching: true,
                targets: vec![target("Finesse", Some(Grade::Good)), target("VPN", Some(Grade::Excellent))],
            }),
            unread: Some(2),
            listening: true,
            notices: None,
        }
    }

    #[test]
    fn nine_lines_of_a_quiet_day() {
        let status = of(&well(), Words::of(Language::En));
        assert_eq!(status.state, State::Ok);
        assert_eq!(
            status.lines,
            [
                "All is well",
                "Operators: 12 ready, 7 talking",
                "Calls: 2 now, 10000+ today",
                "Notices: 2 unread",
                "Network: good",
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
                "Operators: — ready, — talking",
                "Calls: — now, — today",
                "Notices: — unread",
                "Network: —",
                "Deliveries: — stuck",
                "Sources: — of — live",
                "Data: —",
                "Backlog: —"
            ]
        );
    }

    #[test]
    fn operators_of_a_source_that_is_not_heard_are_not_counted() {
        let words = Words::of(Language::Ru);
        let floor: Floor = serde_json::from_str(r#"{"by_group":{"talking":3,"newer":1},"heard":true}"#).unwrap();
        assert_eq!(operators(Some(floor), words), "Операторы: готовы 0, говорят 3");
        assert_eq!(operators(Some(Floor { heard: false, ..floor }), words), "Операторы: готовы —, говорят —");
    }

    #[test]
    fn the_worst_grade_is_told_and_where_somebody_should_look_whose_it_is() {
        let words = Words::of(Language::Ru);
        let told = |targets: Vec<Target>| network(Some(&Network { watching: true, targets }), words);
        let (good, poor) = (target("Finesse", Some(Grade::Good)), target("VPN", Some(Grade::Poor)));
        assert_eq!(told(vec![good.clone(), target("новый", None)]), "Связь: хорошая");
        assert_eq!(told(vec![poor.clone(), good.clone()]), "Связь: плохая, VPN");
        let lost = target("CRM", Some(Grade::Disconnected));
        assert_eq!(told(vec![poor.clone(), lost.clone(), good.clone()]), "Связь: нет ответа, CRM");
        let off = Target { definition: Definition { title: "VPN".to_owned(), enabled: false }, ..poor };
        let repaired = Target { maintenance_until: Some(1), ..lost };
        assert_eq!(told(vec![off, repaired, good.clone()]), "Связь: хорошая", "nobody waits for these");
        assert_eq!(told(vec![target("новый", None)]), "Связь: —");
        assert_eq!(told(vec![]), "Связь: не наблюдается");
        assert_eq!(network(Some(&Network { watching: false, targets: vec![good] }), words), "Связь: не наблюдается");
    }

    #[test]
    fn the_tray_reads_what_the_engine_answers() {
        let read: Network = serde_json::from_str(
            r#"{"now":1,"watching":true,"period_s":10,"zone":"UTC","maintenance":[],"targets":[{"id":1,"definition":
                {"key":"a","title":"A","enabled":true},"grade":"poor","maintenance_until":null,"side":"unknown"}]}"#,
        )
        .unwrap();
        assert_eq!(network(Some(&read), Words::of(Language::En)), "Network: poor, A");
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
    fn the_sentence_is_the_engines_own_where_it_can_be_said() {
        let words = Words::of(Language::En);
        let said = |sentence: &str, incidents: &str| {
            let now = serde_json::from_str(&format!(r#"{{"sentence":{sentence},"incidents":{incidents}}}"#)).unwrap();
            let status = of(&Figures { now: Some(now), ..well() }, words);
            (status.state, status.lines[0].clone())
        };
        let sentence = |code: &str, level: &str, count: u32| {
            format!(r#"{{"code":"{code}","level":"{level}","count":{count},"minutes":12,"name":"vera"}}"#)
        };
        let lost = r#"{"id":1,"level":"critical","code":"network.lost","values":{"title":"VPN"}}"#;
        let open = format!(r#"[{{"acknowledged_by":null,"notices":[{lost}]}}]"#);
        let one = said(&sentence("incident", "trouble", 1), &open);
        assert_eq!(one, (State::Trouble, "VPN: no answer, for 12 min".to_owned()));
        let two = said(&sentence("incident", "trouble", 2), &open);
        assert_eq!(two.1, "VPN: no answer and more incidents: 1");
        let taken = open.replace("null", "\"vera\"");
        let handled = said(&sentence("handled", "attention", 1), &taken);
        assert_eq!(handled, (State::Attention, "VPN: no answer: taken by vera".to_owned()));
        assert_eq!(said(&sentence("stuck", "attention", 3), "[]").1, "Stuck deliveries: 3");
        assert_eq!(said(&sentence("quiet", "ok", 0), "[]").1, "All is well");
        assert_eq!(said(&sentence("newer", "trouble", 1), "[]").1, "All is well");
    }

    #[test]
    fn a_word_of_a_newer_server_is_not_taken_for_live() {
        let source: Source = serde_json::from_str(r#"{"name":"x","state":"dreaming","seen_at":null}"#).unwrap();
        assert_eq!(source.state, SourceState::Other);
    }
}

//! The lines and the state, from figures made here.

use super::{
    figures::{Definition, Source, Target, Worker},
    *,
};
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
            "Notices: 2 unread",
            "Network: good",
            "Deliveries: 0 stuck",
            "Data: 1 min ago",
            "Calls: 2 now, 10000+ today",
            "Sources: 1 of 2 live",
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
            "Notices: — unread",
            "Network: —",
            "Deliveries: — stuck",
            "Data: —",
            "Calls: — now, — today",
            "Sources: — of — live",
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
            (State::Attention, "Restarting: reading of records"),
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

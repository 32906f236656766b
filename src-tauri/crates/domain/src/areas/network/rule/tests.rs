use super::*;
use crate::{
    IncidentId,
    areas::network::{Certificate, Child, ProbeKind, Schedule, Steadiness, Window},
};

fn at(second: i64) -> Instant {
    Instant::from_second(1_760_000_000 + second).unwrap()
}

fn policy() -> Policy {
    Policy {
        steadiness: Steadiness { cycles: 3, failures: 2, window: 3 },
        period: SignedDuration::from_secs(10),
        certificate_days: 21,
        zone: jiff::tz::TimeZone::UTC,
    }
}

fn definition() -> Definition {
    Definition {
        key: "gate".to_owned(),
        title: "Gate".to_owned(),
        host: "gate.example.com".to_owned(),
        kind: ProbeKind::Icmp,
        port: None,
        path: None,
        packets: None,
        period_s: None,
        certificate_port: None,
        workstation_url: None,
        parent: None,
        enabled: true,
    }
}

fn target(grade: Option<Grade>, recent: &[Grade]) -> TargetState {
    TargetState {
        id: TargetId(3),
        definition: definition(),
        run: Run { grade, recent: recent.to_vec() },
        asked: Some(at(-10)),
        period: SignedDuration::from_secs(10),
        incident: None,
        certificate_told: None,
    }
}

fn known(target: TargetState) -> Known {
    Known {
        next_target: TargetId(9),
        next_maintenance: MaintenanceId(4),
        target: Some(target),
        parents: vec![],
        children: vec![],
        windows: vec![],
    }
}

fn open(grade: Grade, told: bool) -> OpenIncident {
    OpenIncident { id: IncidentId(5), began: at(-60), grade, told }
}

fn seen(cycle: Cycle, known: &Known) -> Decision<Change> {
    decide(&Fact::CycleSeen { target: TargetId(3), cycle: Box::new(cycle) }, at(0), known, &policy())
}

fn lost() -> Cycle {
    Cycle::lost(3, Trouble::Timeout, "")
}

fn fast() -> Cycle {
    Cycle::of(3, &[1_000, 1_100, 900])
}

fn rule_of(decision: &Decision<Change>) -> &str {
    &decision.explanation.rule
}

fn raised(decision: &Decision<Change>) -> Option<(&str, Level)> {
    decision.notices.iter().find_map(|n| match n {
        NoticeChange::Raise(notice) => Some((notice.code.as_str(), notice.level)),
        NoticeChange::Clear { .. } | NoticeChange::Read { .. } => None,
    })
}

fn cleared(decision: &Decision<Change>) -> Vec<&str> {
    decision
        .notices
        .iter()
        .filter_map(|n| match n {
            NoticeChange::Clear { key } | NoticeChange::Read { key } => Some(key.as_str()),
            NoticeChange::Raise(_) => None,
        })
        .collect()
}

const SILENT: [Grade; 2] = [Grade::Good, Grade::Disconnected];

#[test]
fn an_ordinary_cycle_is_recorded_and_nothing_follows() {
    let decision = seen(fast(), &known(target(Some(Grade::Excellent), &[Grade::Excellent])));
    assert_eq!((rule_of(&decision), decision.notices.len(), decision.changes.len()), ("cycle_seen", 0, 1));
    let Change::Record { grade, since, planned, watched_until, .. } = &decision.changes[0] else { panic!() };
    assert_eq!((*grade, *since, *planned, *watched_until), (Grade::Excellent, None, false, at(30)));
}

#[test]
fn the_second_lost_cycle_of_three_raises_one_notice_and_the_third_none() {
    let decision = seen(lost(), &known(target(Some(Grade::Good), &SILENT)));
    assert_eq!((rule_of(&decision), raised(&decision)), ("cycle_seen.lost", Some(("network.lost", Level::Critical))));
    assert!(matches!(&decision.changes[1], Change::OpenIncident { told: true, muted_by: None, .. }));

    let mut after = target(Some(Grade::Disconnected), &[Grade::Disconnected; 2]);
    after.incident = Some(open(Grade::Disconnected, true));
    let decision = seen(lost(), &known(after));
    assert_eq!((rule_of(&decision), decision.notices.len(), decision.changes.len()), ("cycle_seen.still", 0, 1));
}

#[test]
fn an_answer_after_steady_cycles_clears_it_once() {
    let mut back = target(Some(Grade::Disconnected), &[Grade::Disconnected, Grade::Good, Grade::Good]);
    back.incident = Some(open(Grade::Disconnected, true));
    let decision = seen(fast(), &known(back.clone()));
    assert_eq!((rule_of(&decision), cleared(&decision)), ("cycle_seen.recovered", vec!["network/3"]));
    assert_eq!(decision.explanation.values["seconds"], 60);

    back.run.recent = vec![Grade::Disconnected, Grade::Good];
    assert_eq!(rule_of(&seen(fast(), &known(back))), "cycle_seen.still", "two answers are not yet steady");
}

#[test]
fn a_slow_target_is_a_warning_and_becomes_critical_when_it_is_lost() {
    let slow = Cycle::of(3, &[600_000, 700_000, 650_000]);
    let decision = seen(slow, &known(target(Some(Grade::Good), &[Grade::Poor, Grade::Poor])));
    assert_eq!(raised(&decision), Some(("network.poor", Level::Warning)));

    let mut poor = target(Some(Grade::Poor), &[Grade::Poor, Grade::Disconnected]);
    poor.incident = Some(open(Grade::Poor, true));
    let decision = seen(lost(), &known(poor));
    assert_eq!(raised(&decision), Some(("network.lost", Level::Critical)));
    assert!(matches!(&decision.changes[1], Change::KeepIncident { incident: IncidentId(5), told: true, .. }));
}

fn parent(grade: Grade, last_lost: bool) -> Parent {
    Parent { id: TargetId(1), title: "Router".to_owned(), grade: Some(grade), last_lost }
}

#[test]
fn a_child_of_a_silent_parent_raises_nothing_and_says_why() {
    // A parent whose newest cycle was lost is already doubtful, whatever its grade still is.
    for silent in [parent(Grade::Disconnected, true), parent(Grade::Good, true)] {
        let snapshot = Known { parents: vec![silent], ..known(target(Some(Grade::Good), &SILENT)) };
        let decision = seen(lost(), &snapshot);
        assert_eq!((rule_of(&decision), raised(&decision)), ("cycle_seen.parent_silent", None));
        assert!(matches!(
            &decision.changes[1],
            Change::OpenIncident { told: false, muted_by: Some(TargetId(1)), planned: false, .. }
        ));
        assert_eq!(decision.explanation.otherwise.as_deref(), Some("cycle_seen.parent_answers"));
        let chosen: Vec<_> = decision.explanation.candidates.iter().filter(|c| c.chosen).map(|c| &*c.name).collect();
        assert_eq!(chosen, ["Router"]);
        assert!(!decision.notices.is_empty(), "a decision without notices would leave no journal entry");
    }
    let snapshot = Known { parents: vec![parent(Grade::Good, false)], ..known(target(Some(Grade::Good), &SILENT)) };
    assert!(raised(&seen(lost(), &snapshot)).is_some());
}

#[test]
fn a_child_that_stays_silent_when_its_parent_is_back_is_news_then() {
    let mut child = target(Some(Grade::Disconnected), &[Grade::Disconnected; 3]);
    child.incident = Some(open(Grade::Disconnected, false));
    let quiet = Known { parents: vec![parent(Grade::Disconnected, true)], ..known(child.clone()) };
    let decision = seen(lost(), &quiet);
    assert_eq!((rule_of(&decision), decision.notices.len()), ("cycle_seen.still", 0));
    let decision = seen(lost(), &Known { parents: vec![parent(Grade::Good, false)], ..known(child) });
    assert_eq!(raised(&decision), Some(("network.lost", Level::Critical)));
}

#[test]
fn a_parent_that_falls_silent_takes_back_the_notices_of_its_children() {
    let children = vec![Child { id: TargetId(7), incident: IncidentId(2) }];
    let decision = seen(lost(), &Known { children, ..known(target(Some(Grade::Good), &SILENT)) });
    assert!(raised(&decision).is_some());
    assert_eq!(cleared(&decision), ["network/7"]);
    assert!(decision.changes.iter().any(|c| matches!(
        c,
        Change::KeepIncident { incident: IncidentId(2), muted_by: Some(TargetId(3)), told: false, .. }
    )));
}

fn window() -> Window {
    Window { id: MaintenanceId(1), schedule: Schedule::Once { from: at(-100), until: at(100) } }
}

#[test]
fn maintenance_keeps_quiet_and_its_end_tells_what_is_still_silent() {
    let snapshot = Known { windows: vec![window()], ..known(target(Some(Grade::Good), &SILENT)) };
    let decision = seen(lost(), &snapshot);
    assert_eq!((rule_of(&decision), raised(&decision)), ("cycle_seen.planned", None));
    assert!(matches!(&decision.changes[0], Change::Record { planned: true, .. }));

    let mut silent = target(Some(Grade::Disconnected), &[Grade::Disconnected; 3]);
    silent.incident = Some(open(Grade::Disconnected, false));
    assert!(raised(&seen(lost(), &known(silent))).is_some());
}

#[test]
fn maintenance_set_while_a_notice_stands_takes_it_back_at_once() {
    let mut silent = target(Some(Grade::Disconnected), &[Grade::Disconnected; 3]);
    silent.incident = Some(open(Grade::Disconnected, true));
    let maintenance =
        Maintenance { target: Some(TargetId(3)), schedule: window().schedule, note: "Обновление".to_owned() };
    let fact = Fact::MaintenanceSet { maintenance: Box::new(maintenance), by: "admin".to_owned() };
    let decision = decide(&fact, at(0), &known(silent.clone()), &policy());
    assert_eq!(cleared(&decision), ["network/3"]);
    let decision = decide(&fact, at(200), &known(silent), &policy());
    assert!(cleared(&decision).is_empty(), "a window that has passed takes nothing back");
}

#[test]
fn what_was_seen_before_a_long_silence_of_ours_counts_no_more() {
    let mut old = target(Some(Grade::Good), &[Grade::Disconnected]);
    old.asked = Some(at(-31));
    let decision = seen(lost(), &known(old));
    let Change::Record { run, since, .. } = &decision.changes[0] else { panic!() };
    assert_eq!((run.grade, run.recent.len(), *since), (None, 1, Some(at(0))));
}

#[test]
fn a_certificate_is_told_as_its_end_comes_nearer_and_no_more_once_renewed() {
    let with = |days: i64, told: Option<Level>| {
        let until = at(days * 86_400 + 60);
        let certificate = Certificate { until, issuer: "Example CA".to_owned() };
        let mut state = target(Some(Grade::Excellent), &[Grade::Excellent]);
        state.certificate_told = told;
        seen(Cycle { certificate: Some(certificate), ..fast() }, &known(state))
    };
    for (days, told, expected) in [
        (21, None, None),
        (20, None, Some(("network.certificate", Level::Warning))),
        (20, Some(Level::Warning), None),
        (2, Some(Level::Warning), Some(("network.certificate", Level::Critical))),
        (-1, None, Some(("network.certificate_ended", Level::Critical))),
    ] {
        assert_eq!(raised(&with(days, told)), expected, "{days} days, told {told:?}");
    }
    let renewed = with(90, Some(Level::Critical));
    assert_eq!(
        (rule_of(&renewed), cleared(&renewed)),
        ("cycle_seen.certificate_renewed", vec!["network/3/certificate"])
    );
}

#[test]
fn a_target_at_another_address_begins_anew() {
    let mut old = target(Some(Grade::Disconnected), &[Grade::Disconnected; 3]);
    old.incident = Some(open(Grade::Disconnected, true));
    let set = |definition: Definition| {
        let fact =
            Fact::TargetSet { target: Some(TargetId(3)), definition: Box::new(definition), by: "admin".to_owned() };
        decide(&fact, at(0), &known(old.clone()), &policy())
    };
    let moved = set(Definition { host: "other.example.com".to_owned(), ..definition() });
    assert!(matches!(&moved.changes[..], [Change::SetTarget { anew: true, .. }, Change::CloseIncident { .. }]));
    assert!(cleared(&moved).contains(&"network/3"));
    let renamed = set(Definition { title: "Gate 2".to_owned(), ..definition() });
    assert!(matches!(&renamed.changes[..], [Change::SetTarget { anew: false, .. }]));
}

#[test]
fn a_new_target_gets_the_promised_id() {
    let nobody = Known { target: None, ..known(target(None, &[])) };
    let fact = Fact::TargetSet { target: None, definition: Box::new(definition()), by: "admin".to_owned() };
    let decision = decide(&fact, at(0), &nobody, &policy());
    assert!(matches!(&decision.changes[..], [Change::SetTarget { target: TargetId(9), anew: true, .. }]));
}

#[test]
fn a_target_that_is_gone_or_off_records_nothing() {
    let mut off = target(None, &[]);
    off.definition.enabled = false;
    assert!(seen(fast(), &known(off)).changes.is_empty());
    let gone = Known { target: None, ..known(target(None, &[])) };
    assert!(seen(fast(), &gone).changes.is_empty());
}

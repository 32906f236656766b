use jiff::{SignedDuration, tz::TimeZone};
use pult_domain::{
    IncidentId, Instant, MaintenanceId, TargetId,
    areas::network::{
        Certificate, Change, Cycle, Definition, Fact, Grade, Known, Maintenance, Policy, ProbeKind, Schedule,
        Steadiness, Trouble, decide,
    },
};
use rusqlite::Connection;

use super::*;
use crate::{StoreError, migrations::in_memory};

const START: i64 = 1_760_000_040;

fn at(second: i64) -> Instant {
    Instant::from_second(START + second).unwrap()
}

fn ms_at(second: i64) -> i64 {
    at(second).as_millisecond()
}

fn policy() -> Policy {
    Policy {
        steadiness: Steadiness { cycles: 3, failures: 2, window: 3 },
        period: SignedDuration::from_secs(10),
        certificate_days: 21,
        zone: TimeZone::UTC,
    }
}

fn definition(key: &str) -> Definition {
    Definition {
        key: key.to_owned(),
        title: key.to_owned(),
        host: format!("{key}.example.com"),
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

/// Decides about a fact and carries it out, as the engine does.
fn happen(db: &Connection, fact: &Fact, at: Instant) -> (Known, Vec<Change>) {
    let known = load_known(db, fact, at, &policy()).unwrap();
    let decision = decide(fact, at, &known, &policy());
    for change in &decision.changes {
        apply(db, change, at).unwrap();
    }
    (known, decision.changes)
}

fn add(db: &Connection, definition: Definition) -> TargetId {
    let fact = Fact::TargetSet { target: None, definition: Box::new(definition), by: "admin".to_owned() };
    let (known, _) = happen(db, &fact, at(-60));
    known.next_target
}

fn cycle(db: &Connection, target: TargetId, second: i64, cycle: Cycle) {
    happen(db, &Fact::CycleSeen { target, cycle: Box::new(cycle) }, at(second));
}

fn fast() -> Cycle {
    Cycle::of(3, &[1_000, 2_000, 1_500])
}

fn lost() -> Cycle {
    Cycle::lost(3, Trouble::Timeout, "no answer in 1 s")
}

fn row(db: &Connection, id: TargetId, second: i64) -> TargetRow {
    targets(db, at(second)).unwrap().into_iter().find(|t| t.id == id).unwrap()
}

#[test]
fn a_new_database_knows_the_default_target_and_does_not_watch_it() {
    let db = in_memory().unwrap();
    let all = targets(&db, at(0)).unwrap();
    assert_eq!((all.len(), all[0].is_default, all[0].definition.enabled), (1, true, false));
    assert_eq!(default_target(&db).unwrap(), Some(all[0].id));
    assert_eq!(watched(&db).unwrap(), []);
}

#[test]
fn a_cycle_is_kept_with_its_figures_and_shown_as_the_newest() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    let certificate = Certificate { until: at(86_400 * 90), issuer: "Example CA".to_owned() };
    cycle(&db, gate, 0, Cycle { certificate: Some(certificate), tcp_instead: true, ..fast() });
    let shown = row(&db, gate, 5);
    assert_eq!((shown.grade, shown.since), (Some(Grade::Excellent), Some(ms_at(0))));
    assert_eq!(shown.certificate_until, Some(ms_at(86_400 * 90)));
    let last = shown.last.unwrap().cycle;
    assert_eq!(
        (last.min_ms, last.median_ms, last.max_ms, last.jitter_ms),
        (Some(1.0), Some(1.5), Some(2.0), Some(0.75))
    );
    assert!(last.tcp_instead);
    assert_eq!(history(&db, gate, 10).unwrap(), [last]);
}

#[test]
fn what_was_not_watched_has_no_grade_and_belongs_to_no_stretch() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    for second in [0, 10, 20, 300, 310] {
        cycle(&db, gate, second, fast());
    }
    assert_eq!(row(&db, gate, 340).grade, Some(Grade::Excellent));
    assert_eq!(row(&db, gate, 341).grade, None, "three periods without a cycle");
    let span = Span { from: ms_at(-100), until: ms_at(400) };
    let points = chart(&db, gate, span, 10_000, 0).unwrap();
    assert_eq!(points.watched, [(ms_at(0), ms_at(20)), (ms_at(300), ms_at(310))]);
    assert_eq!(availability(&db, gate, span).unwrap().watched_ms, 30_000);
    let cells = beats(&db, gate, ms_at(310), 1, 8).unwrap().cells;
    assert_eq!(cells, "..e....e");
}

#[test]
fn the_end_of_watching_ends_the_stretch_and_a_beginning_forgets_the_grade() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    cycle(&db, gate, 0, fast());
    happen(&db, &Fact::WatchLost { why: "stopped".to_owned() }, at(2));
    assert_eq!(row(&db, gate, 3).grade, None);
    happen(&db, &Fact::WatchBegan { targets: 1 }, at(4));
    cycle(&db, gate, 5, lost());
    assert_eq!(row(&db, gate, 6).grade, None, "one lost packet after a restart says nothing yet");
    let span = Span { from: ms_at(0), until: ms_at(60) };
    assert_eq!(chart(&db, gate, span, 10_000, 0).unwrap().watched, [(ms_at(0), ms_at(0)), (ms_at(5), ms_at(5))]);
}

#[test]
fn a_minute_is_what_its_cycles_add_up_to() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    for (n, one) in [fast(), Cycle::of(3, &[4_000, 500]), lost()].into_iter().enumerate() {
        cycle(&db, gate, n as i64 * 10, one);
    }
    let span = Span { from: ms_at(0), until: ms_at(60) };
    // As if cycles had been forgotten, so that the minutes are drawn.
    let points = chart(&db, gate, span, 10_000, ms_at(1)).unwrap();
    assert_eq!((points.at.len(), points.step_ms), (1, 60_000));
    assert_eq!((points.min_ms[0], points.max_ms[0], points.median_ms[0]), (Some(0.5), Some(4.0), Some(1.88)));
    assert!((points.loss[0] - 4.0 / 9.0).abs() < 1e-9);
    let counted = availability(&db, gate, span).unwrap();
    assert_eq!((counted.cycles, counted.failed, counted.sent, counted.lost), (3, 1, 9, 4));
}

#[test]
fn the_same_instant_twice_counts_once() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    cycle(&db, gate, 0, fast());
    cycle(&db, gate, 0, fast());
    let span = Span { from: ms_at(0), until: ms_at(60) };
    assert_eq!((availability(&db, gate, span).unwrap().cycles, history(&db, gate, 10).unwrap().len()), (1, 1));
}

#[test]
fn an_incident_opens_once_grows_worse_and_closes() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    cycle(&db, gate, 0, fast());
    for second in [10, 20, 30] {
        cycle(&db, gate, second, lost());
    }
    let open = incidents(&db, None, None, 10).unwrap();
    assert_eq!((open.len(), open[0].began_at, open[0].worst), (1, ms_at(20), Grade::Disconnected));
    assert_eq!(open[0].trouble, Some(Trouble::Timeout));
    for second in [40, 50, 60] {
        cycle(&db, gate, second, fast());
    }
    assert_eq!(incidents(&db, None, None, 10).unwrap(), []);
    let past = incidents(&db, Some(gate), None, 10).unwrap();
    assert_eq!((past.len(), past[0].ended_at), (1, Some(ms_at(60))));
    assert_eq!(incidents(&db, Some(gate), Some(IncidentId(past[0].id.0)), 10).unwrap(), []);
}

#[test]
fn a_child_is_muted_by_the_nearest_silent_ancestor() {
    let db = in_memory().unwrap();
    let router = add(&db, definition("router"));
    let switch = add(&db, Definition { parent: Some(router), ..definition("switch") });
    let phone = add(&db, Definition { parent: Some(switch), ..definition("phone") });
    for target in [router, switch, phone] {
        cycle(&db, target, 0, fast());
    }
    // The phone is told about before its router is known to be silent.
    cycle(&db, phone, 10, lost());
    cycle(&db, phone, 20, lost());
    assert_eq!(incidents(&db, None, None, 10).unwrap()[0].muted_by, None);
    cycle(&db, router, 11, lost());
    let (known, _) = happen(&db, &Fact::CycleSeen { target: router, cycle: Box::new(lost()) }, at(21));
    assert_eq!(known.children.iter().map(|c| c.id).collect::<Vec<_>>(), [phone]);
    let muted = incidents(&db, Some(phone), None, 10).unwrap();
    assert_eq!(muted[0].muted_by, Some(router));
    let fact = Fact::CycleSeen { target: phone, cycle: Box::new(lost()) };
    let parents = load_known(&db, &fact, at(30), &policy()).unwrap().parents;
    let named: Vec<_> = parents.iter().map(|p| (p.id, p.last_lost)).collect();
    assert_eq!(named, [(switch, false), (router, true)]);
}

#[test]
fn maintenance_counts_neither_way() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    let schedule = Schedule::Once { from: at(10), until: at(30) };
    let update = Maintenance { target: None, schedule, note: " Обновление ".to_owned() };
    let fact = Fact::MaintenanceSet { maintenance: Box::new(update), by: "admin".to_owned() };
    happen(&db, &fact, at(-10));
    for (second, one) in [(0, fast()), (10, lost()), (20, lost()), (30, fast())] {
        cycle(&db, gate, second, one);
    }
    let span = Span { from: ms_at(0), until: ms_at(60) };
    let counted = availability(&db, gate, span).unwrap();
    assert_eq!((counted.cycles, counted.failed, counted.share), (2, 0, Some(1.0)));
    assert_eq!(beats(&db, gate, ms_at(0), 1, 1).unwrap().cells, "m");
    let listed = maintenances(&db, at(0)).unwrap();
    assert_eq!((listed.len(), listed[0].note.as_str()), (1, "Обновление"));
    assert_eq!(maintenances(&db, at(31)).unwrap(), []);
    happen(&db, &Fact::MaintenanceLifted { maintenance: listed[0].id, by: "admin".to_owned() }, at(5));
    assert_eq!(maintenances(&db, at(5)).unwrap(), []);
    assert_eq!(maintenance(&db, MaintenanceId(1)).unwrap(), None);
}

#[test]
fn a_definition_must_fit_among_the_others() {
    let db = in_memory().unwrap();
    let router = add(&db, definition("router"));
    let switch = add(&db, Definition { parent: Some(router), ..definition("switch") });
    let check = |target, definition: &Definition| check_definition(&db, target, definition);
    assert!(matches!(check(None, &definition("router")), Err(StoreError::Conflict(_))));
    assert_eq!(check(Some(router), &definition("router")), Ok(()));
    let looped = Definition { parent: Some(switch), ..definition("router") };
    assert!(matches!(check(Some(router), &looped), Err(StoreError::Conflict(_))));
    let own = Definition { parent: Some(switch), ..definition("switch") };
    assert!(matches!(check(Some(switch), &own), Err(StoreError::Conflict(_))));
    let orphan = Definition { parent: Some(TargetId(99)), ..definition("new") };
    assert_eq!(check(None, &orphan), Err(StoreError::NotFound("parent")));
    assert_eq!(check(Some(TargetId(99)), &definition("new")), Err(StoreError::NotFound("target")));
}

#[test]
fn a_target_that_goes_leaves_nothing_behind() {
    let db = in_memory().unwrap();
    let router = add(&db, definition("router"));
    let switch = add(&db, Definition { parent: Some(router), ..definition("switch") });
    for second in [0, 10, 20] {
        cycle(&db, router, second, lost());
    }
    happen(&db, &Fact::TargetRemoved { target: router, by: "admin".to_owned() }, at(30));
    assert_eq!(row(&db, switch, 30).definition.parent, None);
    let limits = Limits { cycles: at(-1_000), minutes: at(-1_000) };
    while forget_some(&db, &limits, 2, at(30)).unwrap() > 0 {}
    for table in ["network_cycle", "network_minute", "network_watch", "network_incident", "network_gone"] {
        let left: i64 = db.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[test]
fn cycles_are_forgotten_before_their_minutes() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    for second in [0, 10, 600, 610] {
        cycle(&db, gate, second, fast());
    }
    let limits = Limits { cycles: at(300), minutes: at(-600) };
    assert_eq!(forget_some(&db, &limits, 1_000, at(700)).unwrap(), 2);
    assert_eq!(forget_some(&db, &limits, 1_000, at(700)).unwrap(), 0);
    assert_eq!(history(&db, gate, 10).unwrap().len(), 2);
    let span = Span { from: ms_at(-600), until: ms_at(700) };
    assert_eq!(availability(&db, gate, span).unwrap().cycles, 4);
    assert_eq!(forget_some(&db, &Limits { minutes: at(300), ..limits }, 1_000, at(700)).unwrap(), 1);
}

#[test]
fn more_than_a_hundred_cycles_are_kept_and_a_limit_takes_the_newest() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    for n in 0..120 {
        cycle(&db, gate, n * 10, fast());
    }
    let last = history(&db, gate, 50).unwrap();
    assert_eq!((last.len(), last[0].at, last[49].at), (50, ms_at(700), ms_at(1_190)));
    assert_eq!(history(&db, gate, LONGEST_HISTORY).unwrap().len(), 120);
}

#[test]
fn a_workstation_is_known_by_what_it_saw_last() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    let saw = |reached: bool| Report {
        target: gate,
        station: "s1".to_owned(),
        login: "anna".to_owned(),
        reached,
        time_us: reached.then_some(90_000),
        status: None,
        trouble: (!reached).then_some(Trouble::Timeout),
        browser: true,
    };
    report(&db, &saw(true), at(0)).unwrap();
    report(&db, &saw(true), at(10)).unwrap();
    let seen = reports(&db, at(0)).unwrap();
    assert_eq!((seen.len(), seen[0].since, seen[0].at, seen[0].time_ms), (1, ms_at(0), ms_at(10), Some(90.0)));
    report(&db, &saw(false), at(20)).unwrap();
    assert_eq!(reports(&db, at(0)).unwrap()[0].since, ms_at(20));
    assert_eq!(reports(&db, at(21)).unwrap(), []);
    let nobody = Report { target: TargetId(99), ..saw(true) };
    assert_eq!(report(&db, &nobody, at(0)), Err(StoreError::NotFound("target")));
}

#[test]
fn a_second_of_the_past_has_the_grade_of_the_cycle_before_it_and_is_grey_where_nobody_watched() {
    let db = in_memory().unwrap();
    let gate = add(&db, definition("gate"));
    for (second, answer) in [(0, fast()), (10, lost()), (20, fast()), (300, fast()), (310, lost())] {
        cycle(&db, gate, second, answer);
    }
    let grade = |ms: i64| {
        let all = moment(&db, ms).unwrap();
        all.into_iter().find(|target| target.id == gate).unwrap().grade
    };
    let seconds = [-1, 0, 9, 15, 20, 200, 305, 325, 341].map(|second| grade(ms_at(second)));
    let (well, gone) = (Some(Grade::Excellent), Some(Grade::Disconnected));
    assert_eq!(seconds, [None, well, well, gone, well, None, well, gone, None]);
    // Once the cycles are forgotten the minute stands for each of its seconds.
    db.execute("DELETE FROM network_cycle", []).unwrap();
    assert_eq!((grade(ms_at(9)), grade(ms_at(15)), grade(ms_at(200))), (Some(Grade::Poor), Some(Grade::Poor), None));
    let names: Vec<String> = moment(&db, ms_at(0)).unwrap().into_iter().map(|target| target.key).collect();
    assert_eq!(names, ["gate"], "what is switched off is not shown");
}

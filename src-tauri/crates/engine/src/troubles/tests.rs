use std::collections::{BTreeMap, HashMap};

use pult_domain::{Effect, EffectKey, EffectOrder, Explanation, TargetId, trouble::Cause};
use pult_store::{journal, migrations, outbox::EffectState};

use super::*;
use crate::{config::Config, terms::Pages};

const MINUTE: i64 = 60;

fn at(second: i64) -> Instant {
    Instant::from_second(1_760_000_000 + second).unwrap()
}

fn terms() -> Terms {
    let hosts = [("desk", "desk.example.com"), ("portal", "portal.example.com")];
    let hosts: BTreeMap<_, _> =
        hosts.iter().map(|(name, host)| ((*name).to_owned(), vec![(*host).to_owned()])).collect();
    Terms { hosts, ..Terms::of(&Config::default(), HashMap::new(), "test", Pages::default()) }
}

fn database() -> Connection {
    migrations::in_memory().unwrap()
}

fn tell(db: &Connection, changes: &[NoticeChange], second: i64) {
    decide::notices(db, changes, at(second), &terms()).unwrap();
}

fn notes(db: &Connection) -> Vec<(String, i64)> {
    let eyes = notices::Eyes { login: "vera".to_owned(), everyone: true, teams: vec![] };
    let filter = notices::Filter { which: notices::Which::All, limit: 500, ..notices::Filter::default() };
    let rows = notices::page(db, &eyes, &filter, at(0)).unwrap().rows;
    let notes = rows.into_iter().filter(|row| row.code == "incident.recovered");
    notes.map(|row| (row.subject, row.values["minutes"].as_i64().unwrap())).collect()
}

#[test]
fn a_system_that_is_dead_by_both_ways_is_one_incident_and_one_note_at_its_end() {
    let db = database();
    tell(&db, &[unreachable("desk", Way::Calls)], 0);
    tell(&db, &[unreachable("desk", Way::News)], 20);
    tell(&db, &[unreachable("desk", Way::Calls)], 40);
    let [incident] = incidents::open(&db).unwrap().try_into().unwrap();
    assert_eq!((incident.cause.clone(), incident.members.len()), (Cause::Source("desk".to_owned()), 2));
    tell(&db, &[works("desk", Way::Calls)], 5 * MINUTE);
    assert_eq!((incidents::open(&db).unwrap().len(), notes(&db)), (1, vec![]), "news does not come yet");
    tell(&db, &[works("desk", Way::News)], 12 * MINUTE);
    assert!(incidents::open(&db).unwrap().is_empty());
    assert_eq!(notes(&db), [("source:desk".to_owned(), 12)]);
    tell(&db, &[works("desk", Way::News), works("desk", Way::Calls)], 13 * MINUTE);
    assert_eq!(notes(&db).len(), 1, "what works is no news");
}

#[test]
fn a_system_behind_a_silent_target_is_part_of_its_incident() {
    let db = database();
    db.execute_batch(
        "INSERT INTO network_target (id, key, title, host, kind, enabled) VALUES (50, 'desk', 'Desk', 'DESK.example.com', 'tcp', 1);
         INSERT INTO network_incident (target_id, began_at, grade, worst, planned, told) VALUES (50, 0, 4, 4, 0, 1);",
    )
    .unwrap();
    let lost = NoticeChange::Raise(Notice {
        key: "network/50".to_owned(),
        class: NoticeClass::NetworkIncident,
        level: Level::Critical,
        subject: Subject::target(TargetId(50)),
        code: "network.lost".to_owned(),
        values: serde_json::Map::new(),
        to: Audience::Everyone,
    });
    tell(&db, &[lost], 0);
    tell(&db, &[unreachable("desk", Way::Calls), unreachable("portal", Way::Calls)], 70);
    let open = incidents::open(&db).unwrap();
    let causes: Vec<_> = open.iter().map(|incident| (incident.cause.clone(), incident.members.len())).collect();
    assert_eq!(causes, [(Cause::Target(TargetId(50)), 2), (Cause::Source("portal".to_owned()), 1)]);
    let eyes = notices::Eyes { login: "vera".to_owned(), everyone: true, teams: vec![] };
    let rows = notices::by_ids(&db, &eyes, &open[0].members, at(0)).unwrap();
    assert_eq!(rows.iter().map(|row| row.part_of.is_some()).collect::<Vec<_>>(), [false, true]);
}

fn dead_effect(db: &Connection, n: i64) -> pult_domain::EffectId {
    let effect = Effect::example("look_up_agency").unwrap();
    let explanation = Explanation::of("test", serde_json::Value::Null);
    let key = format!("f{n}");
    let entry = journal::NewEntry {
        at: at(n),
        decided_at: at(n),
        area: "calls",
        kind: "call_started",
        source: "telephony",
        fact_key: &key,
        subject: None,
        record: None,
        effect: None,
        actor: None,
        fact: "{}".to_owned(),
        changes: "[]".to_owned(),
        ordered: vec!["look_up_agency"],
        explanation: &explanation,
    };
    let cause = journal::insert(db, &entry).unwrap();
    let order = EffectOrder { subject: Subject(format!("call:{n}")), effect, urgent: false, not_after: None };
    let id = outbox::insert(db, &EffectKey(key.clone()), "desk", &order, cause, at(n)).unwrap().unwrap();
    outbox::settle(db, id, EffectState::Dead, None, at(n + 1)).unwrap();
    id
}

#[test]
fn given_up_calls_of_a_kind_are_one_notice_with_their_number_until_somebody_deals_with_them() {
    let db = database();
    let ids: Vec<_> = (1..=3)
        .map(|n| {
            let id = dead_effect(&db, n);
            tell(&db, &[given_up(&db, "desk", "look_up_agency").unwrap()], n);
            id
        })
        .collect();
    let standing = incidents::standing(&db).unwrap();
    assert_eq!(standing.len(), 1);
    let said = notices::said(&db, standing[0].id).unwrap().unwrap();
    assert_eq!((said.code.as_str(), said.values["count"].as_i64()), ("deliveries.dead", Some(3)));
    outbox::revive(&db, ids[0], at(9)).unwrap();
    outbox::abandon(&db, ids[1]).unwrap();
    tell(&db, &[given_up(&db, "desk", "look_up_agency").unwrap()], 9);
    assert_eq!(notices::said(&db, standing[0].id).unwrap().unwrap().values["count"], 1);
    outbox::revive(&db, ids[2], at(10)).unwrap();
    tell(&db, &[given_up(&db, "desk", "look_up_agency").unwrap()], 10);
    assert!(incidents::standing(&db).unwrap().is_empty() && incidents::open(&db).unwrap().is_empty());
    assert!(notes(&db).is_empty(), "whoever dealt with them knows");
}

#[test]
fn what_was_forgotten_or_switched_off_stands_no_longer() {
    let db = database();
    let id = dead_effect(&db, 1);
    tell(&db, &[given_up(&db, "desk", "look_up_agency").unwrap(), unreachable("portal", Way::News)], 1);
    assert_eq!(tidy(&db, at(2), &terms()).unwrap().touched, []);
    db.execute("DELETE FROM outbox WHERE id = ?1", [id.0]).unwrap();
    let mut fewer = terms();
    fewer.hosts.remove("portal");
    assert!(!tidy(&db, at(3), &fewer).unwrap().touched.is_empty());
    assert!(incidents::standing(&db).unwrap().is_empty());
    assert!(notes(&db).is_empty());
}

#[test]
fn a_connection_that_was_mended_with_nothing_to_send_is_taken_to_work_and_one_that_owes_is_awaited() {
    let db = database();
    tell(&db, &[refused("desk", Way::Calls)], 1);
    mended(&db, "desk", at(2), &terms()).unwrap();
    assert!(incidents::open(&db).unwrap().is_empty());
    tell(&db, &[refused("desk", Way::Calls)], 3);
    let id = dead_effect(&db, 1);
    outbox::revive(&db, id, at(4)).unwrap();
    mended(&db, "desk", at(5), &terms()).unwrap();
    assert_eq!(incidents::open(&db).unwrap().len(), 1, "the next call tells");
    checked(&db, "desk", at(6), &terms()).unwrap();
    assert!(incidents::open(&db).unwrap().is_empty(), "a check by hand has told");
}

#[test]
fn a_short_silence_and_a_single_failure_are_told_to_nobody() {
    let patience = Duration::from_secs(60);
    let mut silence = Silence::default();
    assert!(!silence.goes_on(at(0), 2, patience), "once may be chance");
    assert!(!silence.goes_on(at(59), 2, patience));
    assert!(silence.goes_on(at(60), 2, patience));
    silence.broken();
    assert!(!silence.goes_on(at(200), 2, patience));
    assert!(Silence::default().goes_on(at(0), 1, Duration::ZERO));
}

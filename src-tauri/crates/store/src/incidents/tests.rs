use pult_domain::{
    Audience, Level, Notice, NoticeChange, NoticeClass, Subject,
    trouble::{Cause, Change, Incident},
};

use super::*;
use crate::{Connection, StoreError, from_millis, migrations, notices};

fn database() -> Connection {
    migrations::in_memory().unwrap()
}

fn raise(db: &Connection, key: &str, class: NoticeClass, at: i64) -> NoticeId {
    let notice = Notice {
        key: key.to_owned(),
        class,
        level: Level::Warning,
        subject: Subject::from(key),
        code: "source.unreachable".to_owned(),
        values: serde_json::Map::new(),
        to: Audience::Everyone,
    };
    notices::apply(db, &NoticeChange::Raise(notice), None, from_millis(at)).unwrap().unwrap().id
}

fn incident(head: NoticeId, members: &[NoticeId], level: Level, since: i64) -> Incident {
    Incident {
        cause: Cause::Source("desk".to_owned()),
        since: from_millis(since),
        level,
        head,
        members: members.iter().copied().collect(),
    }
}

fn part_of(db: &Connection, id: NoticeId) -> Option<TroubleId> {
    let eyes = notices::Eyes { login: "vera".to_owned(), everyone: true, teams: vec![] };
    notices::get(db, &eyes, id, from_millis(0)).unwrap().part_of
}

#[test]
fn only_notices_of_troubles_that_hold_are_looked_at() {
    let db = database();
    let desk = raise(&db, "source/desk/calls", NoticeClass::Source, 1);
    raise(&db, "tickets:entry/1", NoticeClass::Ticket, 2);
    let over = raise(&db, "network/1", NoticeClass::NetworkIncident, 3);
    notices::apply(&db, &NoticeChange::Clear { key: "network/1".to_owned() }, None, from_millis(4)).unwrap();
    let rows = standing(&db).unwrap();
    assert_eq!(rows.iter().map(|row| (row.id, row.class)).collect::<Vec<_>>(), [(desk, NoticeClass::Source)]);
    assert!(notices::is_trouble(&db, over).unwrap());
}

#[test]
fn an_incident_begins_with_one_that_is_told_and_gathers_the_rest() {
    let db = database();
    let (first, second) =
        (raise(&db, "source/a/calls", NoticeClass::Source, 1), raise(&db, "source/b/calls", NoticeClass::Source, 2));
    let begun = incident(first, &[first], Level::Warning, 1);
    apply(&db, &[Change::Begin(begun)], from_millis(2)).unwrap();
    let id = known(&db).unwrap()[0].id;
    snooze(&db, id, Some(("vera", from_millis(900)))).unwrap();
    let now = incident(second, &[first, second], Level::Critical, 1);
    apply(&db, &[Change::Keep { id, now }], from_millis(3)).unwrap();
    assert_eq!((part_of(&db, first), part_of(&db, second)), (None, Some(id)));
    let row = get(&db, id).unwrap();
    assert_eq!((row.level, row.head, row.members), (Level::Critical, second, vec![first, second]));
    assert_eq!(row.snoozed_until, None, "what grows worse is seen again");
    // Its level stays the worst it had.
    apply(&db, &[Change::Keep { id, now: incident(first, &[first], Level::Warning, 1) }], from_millis(4)).unwrap();
    assert_eq!(get(&db, id).unwrap().level, Level::Critical);
    let over = apply(&db, &[Change::End { id, recovered: true }], from_millis(5)).unwrap();
    assert_eq!(over, [id]);
    assert!(known(&db).unwrap().is_empty());
    assert_eq!(between(&db, from_millis(5), from_millis(6)).unwrap().len(), 1);
    assert!(between(&db, from_millis(6), from_millis(7)).unwrap().is_empty());
    assert!(matches!(acknowledge(&db, id, Some("vera"), from_millis(6)), Err(StoreError::Conflict(_))));
    assert!(matches!(acknowledge(&db, TroubleId(99), None, from_millis(6)), Err(StoreError::NotFound(_))));
}

#[test]
fn one_that_turns_out_to_be_part_of_another_hands_its_notices_over_and_is_no_history() {
    let db = database();
    let (first, second) =
        (raise(&db, "source/a/calls", NoticeClass::Source, 1), raise(&db, "source/b/calls", NoticeClass::Source, 2));
    let apart = [first, second].map(|id| Change::Begin(incident(id, &[id], Level::Warning, id.0)));
    apply(&db, &apart, from_millis(2)).unwrap();
    let [one, other] = known(&db).unwrap().try_into().unwrap();
    let now = incident(first, &[first, second], Level::Warning, 1);
    let changes = [Change::Merge { id: other.id, into: 0 }, Change::Keep { id: one.id, now }];
    assert!(apply(&db, &changes, from_millis(3)).unwrap().is_empty());
    let rows = between(&db, from_millis(0), from_millis(9)).unwrap();
    assert_eq!(
        rows.iter().map(|row| (row.id, row.members.clone())).collect::<Vec<_>>(),
        [(one.id, vec![first, second])]
    );
    assert_eq!(part_of(&db, second), None, "it had been told before");
    assert_eq!(forget(&db, from_millis(4), 10).unwrap(), 1);
}

#[test]
fn somebody_takes_an_incident_on_and_lets_it_go() {
    let db = database();
    let first = raise(&db, "source/a/calls", NoticeClass::Source, 1);
    apply(&db, &[Change::Begin(incident(first, &[first], Level::Warning, 1))], from_millis(2)).unwrap();
    let id = known(&db).unwrap()[0].id;
    acknowledge(&db, id, Some("vera"), from_millis(7)).unwrap();
    let row = get(&db, id).unwrap();
    assert_eq!((row.acknowledged_by.as_deref(), row.acknowledged_at), (Some("vera"), Some(7)));
    acknowledge(&db, id, None, from_millis(8)).unwrap();
    assert_eq!(get(&db, id).unwrap().acknowledged_at, None);
}

//! Whom a notice is for, what people do with it, and what they see then.

use pult_domain::{
    Audience, Instant, Level, Notice, NoticeChange, NoticeClass, NoticeId, Subject, Told, areas::tickets::Scope,
};
use rusqlite::Connection;
use serde_json::json;

use super::*;
use crate::{StoreError, migrations, people};

fn open() -> Connection {
    migrations::in_memory().unwrap()
}

fn at(seconds: i64) -> Instant {
    Instant::from_second(seconds).unwrap()
}

fn eyes(login: &str) -> Eyes {
    Eyes { login: login.to_owned(), everyone: true, teams: vec![] }
}

/// Somebody who sees only what names them.
fn operator(login: &str) -> Eyes {
    Eyes { login: login.to_owned(), everyone: false, teams: vec![] }
}

fn threshold(level: Level) -> Notice {
    Notice {
        key: "floor/threshold/17".to_owned(),
        class: NoticeClass::FloorThreshold,
        level,
        subject: Subject("operator:17".to_owned()),
        code: "too_long".to_owned(),
        values: serde_json::Map::new(),
        to: Audience::Everyone,
    }
}

fn entry(id: i64, ticket: i64, people: &[(&str, &str)]) -> Notice {
    let told = |(login, why): &(&str, &str)| Told { login: (*login).to_owned(), why: (*why).to_owned() };
    let values = json!({ "ticket": ticket, "subject": "Не печатает Касса", "comment": "Пришлите СЧЁТ" });
    Notice {
        key: format!("tickets:entry/{id}"),
        class: NoticeClass::Ticket,
        level: Level::Info,
        subject: Subject(format!("ticket:{ticket}")),
        code: "tickets.entry".to_owned(),
        values: values.as_object().cloned().unwrap(),
        to: Audience::People(people.iter().map(told).collect()),
    }
}

fn raised(db: &Connection, notice: &Notice, now: Instant) -> NoticeId {
    apply(db, &NoticeChange::Raise(notice.clone()), None, now).unwrap().unwrap().id
}

fn ids(db: &Connection, eyes: &Eyes, which: Which, now: Instant) -> Vec<NoticeId> {
    let filter = Filter { which, limit: 100, ..Filter::default() };
    page(db, eyes, &filter, now).unwrap().rows.into_iter().map(|row| row.id).collect()
}

#[test]
fn the_same_trouble_is_one_notice_until_it_is_over() {
    let (db, now) = (open(), at(0));
    let first = raised(&db, &threshold(Level::Warning), now);
    assert_eq!(raised(&db, &threshold(Level::Warning), now), first);
    let clear = NoticeChange::Clear { key: "floor/threshold/17".to_owned() };
    assert_eq!(apply(&db, &clear, None, now).unwrap().map(|touched| touched.id), Some(first));
    assert_eq!(apply(&db, &clear, None, now).unwrap(), None);
    assert_ne!(raised(&db, &threshold(Level::Warning), now), first);
}

#[test]
fn what_was_seen_in_another_place_is_read_by_whom_it_is_for_and_what_merely_ended_is_not() {
    let (db, now, anna) = (open(), at(0), eyes("anna"));
    let seen = raised(&db, &entry(1, 4312, &[("anna", "assignee")]), now);
    let ended = raised(&db, &entry(2, 4313, &[("anna", "assignee")]), now);
    snooze(&db, &anna, &[seen], Some(at(600)), now).unwrap();
    let read = NoticeChange::Read { key: "tickets:entry/1".to_owned() };
    assert_eq!(apply(&db, &read, None, at(5)).unwrap(), Some(Raised { id: seen, news: News::Nobody }));
    assert_eq!(apply(&db, &read, None, at(6)).unwrap(), None, "once");
    apply(&db, &NoticeChange::Clear { key: "tickets:entry/2".to_owned() }, None, at(5)).unwrap();
    assert_eq!((ids(&db, &anna, Which::Unread, at(7)), ids(&db, &anna, Which::Read, at(7))), (vec![ended], vec![seen]));
    assert_eq!(ids(&db, &anna, Which::Standing, at(7)), []);
}

#[test]
fn a_notice_that_grows_worse_is_unread_again_whatever_was_done_with_it() {
    let (db, now) = (open(), at(0));
    let (anna, boris) = (eyes("anna"), eyes("boris"));
    let id = raised(&db, &threshold(Level::Warning), now);
    done(&db, &anna, &[id], true, now).unwrap();
    raised(&db, &threshold(Level::Warning), now);
    assert_eq!(
        (count_unread(&db, &anna, 100, now).unwrap(), count_unread(&db, &boris, 100, now).unwrap()),
        (0, 1),
        "the same again is no news"
    );
    raised(&db, &threshold(Level::Critical), now);
    let row = get(&db, &anna, id, now).unwrap();
    assert_eq!((row.level, row.times, row.read, row.done), (Level::Critical, 3, false, false));
}

#[test]
fn a_notice_for_people_is_theirs_alone_and_one_for_everybody_is_hidden_from_operators() {
    let (db, now) = (open(), at(0));
    let all = raised(&db, &threshold(Level::Warning), now);
    let own = raised(&db, &entry(1, 4312, &[("anna", "assignee"), ("olga", "author")]), now);
    assert_eq!(ids(&db, &eyes("anna"), Which::All, now), [own, all]);
    assert_eq!(ids(&db, &eyes("boris"), Which::All, now), [all]);
    assert_eq!(ids(&db, &operator("olga"), Which::Unread, now), [own]);
    assert_eq!(get(&db, &operator("olga"), own, now).unwrap().why.as_deref(), Some("author"));
    // Another's notice is not there, for reading and for every act.
    for (who, id) in [(eyes("boris"), own), (operator("olga"), all)] {
        let gone = |result: Result<(), StoreError>| assert!(matches!(result, Err(StoreError::NotFound("notice"))));
        gone(get(&db, &who, id, now).map(|_| ()));
        gone(mark(&db, &who, &[id], true, now));
        gone(done(&db, &who, &[id], true, now));
        gone(snooze(&db, &who, &[id], Some(at(60)), now));
        assert!(by_ids(&db, &who, &[id], now).unwrap().is_empty());
    }
    assert_eq!(ids(&db, &eyes("anna"), Which::Unread, now), [own, all], "nothing was done by those who may not");
}

#[test]
fn what_is_about_an_operator_of_other_teams_is_there_for_nobody_bound_to_theirs() {
    let (db, now) = (open(), at(0));
    db.execute_batch(
        "INSERT INTO floor_team (id, team_id, name) VALUES (1, '61', 'Север'), (2, '62', 'Юг');
         INSERT INTO floor_operator (id, login_id, name, state) VALUES (17, 'a', 'Анна', 'ready'), (18, 'b', 'Борис', 'ready');
         INSERT INTO floor_member (team, operator) VALUES (1, 17), (2, 18);",
    )
    .unwrap();
    let of_anna = raised(&db, &threshold(Level::Warning), now);
    let bound = |team: &str| Eyes { teams: vec![team.to_owned()], ..eyes("vera") };
    let (north, south) = (bound("Север"), bound("62"));
    let fresh = |eyes: &Eyes| fresh(&db, eyes, NoticeId(0), i64::MAX, 10, now).unwrap().len();
    for (eyes, seen) in [(&north, 1), (&south, 0)] {
        assert_eq!(ids(&db, eyes, Which::Unread, now).len(), seen);
        assert_eq!((count_unread(&db, eyes, 9, now).unwrap(), counts(&db, eyes, 9, now).unwrap().unread), (seen, seen));
        assert_eq!((fresh(eyes), recent(&db, eyes, at(-1), 10, now).unwrap().len()), (seen, seen));
        assert_eq!(by_ids(&db, eyes, &[of_anna], now).unwrap().len(), seen);
    }
    assert!(matches!(mark(&db, &south, &[of_anna], true, now), Err(StoreError::NotFound("notice"))));
    let of_subject = Filter { subject: Some("operator:17".to_owned()), limit: 9, ..Filter::default() };
    assert_eq!(page(&db, &south, &of_subject, now).unwrap().groups, []);
    let named =
        Notice { key: "floor/named".to_owned(), to: entry(1, 1, &[("vera", "asked")]).to, ..threshold(Level::Warning) };
    let named = raised(&db, &named, now);
    assert_eq!(ids(&db, &south, Which::Unread, now), [named], "what names somebody is theirs");
    let about_nobody =
        Notice { key: "other".to_owned(), subject: Subject("floor".to_owned()), ..threshold(Level::Info) };
    raised(&db, &about_nobody, now);
    assert_eq!(count_unread(&db, &south, 9, now).unwrap(), 2);
}

#[test]
fn raised_again_it_is_for_new_people_as_well_and_counts() {
    let (db, now) = (open(), at(0));
    let id = raised(&db, &entry(1, 4312, &[("anna", "assignee")]), now);
    assert_eq!(raised(&db, &entry(1, 4312, &[("anna", "was_assignee"), ("boris", "assignee")]), now), id);
    let told = |login: &str| -> (i64, String) {
        db.query_row("SELECT times, why FROM notice_to WHERE login = ?1", [login], |r| Ok((r.get(0)?, r.get(1)?)))
            .unwrap()
    };
    assert_eq!((told("anna"), told("boris")), ((2, "assignee".to_owned()), (1, "assignee".to_owned())));
}

#[test]
fn a_notice_stands_in_one_place_at_a_time() {
    let (db, now, anna) = (open(), at(0), eyes("anna"));
    let [read, put_aside, later, silent, left]: [NoticeId; 5] = [1, 2, 3, 4, 5].map(|n| {
        let ticket = 4300 + n;
        raised(&db, &entry(n, ticket, &[("anna", "assignee")]), now)
    });
    mark(&db, &anna, &[read], true, now).unwrap();
    done(&db, &anna, &[put_aside], true, now).unwrap();
    snooze(&db, &anna, &[later], Some(at(60)), now).unwrap();
    mute(&db, "anna", MuteKind::Subject, "ticket:4304", None, now).unwrap();
    let places = [Which::Unread, Which::Read, Which::Done, Which::Snoozed, Which::Muted];
    assert_eq!(
        places.map(|which| ids(&db, &anna, which, now)),
        [left, read, put_aside, later, silent].map(|id| vec![id])
    );
    assert_eq!(ids(&db, &anna, Which::Open, now), [left, read]);
    assert_eq!(ids(&db, &anna, Which::All, now).len(), 5);
    assert_eq!(counts(&db, &anna, 100, now).unwrap(), Counts { unread: 1, read: 1, snoozed: 1, muted: 1 });

    mark(&db, &anna, &[read], false, now).unwrap();
    done(&db, &anna, &[put_aside], false, now).unwrap();
    assert_eq!(ids(&db, &anna, Which::Unread, now), [left, read]);
    assert_eq!(ids(&db, &anna, Which::Read, now), [put_aside], "what is taken back was read");
}

#[test]
fn a_snoozed_notice_comes_back_unread_and_is_told_again() {
    let (db, anna) = (open(), eyes("anna"));
    let id = raised(&db, &entry(1, 4312, &[("anna", "assignee")]), at(0));
    mark(&db, &anna, &[id], true, at(1)).unwrap();
    snooze(&db, &anna, &[id], Some(at(60)), at(2)).unwrap();
    assert_eq!((due(&db, at(59)).unwrap(), next_due(&db).unwrap()), (vec![], Some(at(60))));
    assert_eq!(count_unread(&db, &anna, 9, at(59)).unwrap(), 0);
    assert!(fresh(&db, &anna, id, 0, 10, at(59)).unwrap().is_empty());
    // Whoever asks in the moment before the engine lifts it sees it as well.
    assert_eq!(ids(&db, &anna, Which::Unread, at(60)), [id]);
    assert_eq!((due(&db, at(60)).unwrap(), next_due(&db).unwrap()), (vec![id], None));
    assert_eq!(count_unread(&db, &anna, 9, at(60)).unwrap(), 1);
    let back: Vec<_> = fresh(&db, &anna, id, 59_000, 10, at(60)).unwrap().iter().map(|row| row.id).collect();
    assert_eq!(back, [id]);
    assert!(fresh(&db, &anna, id, 60_000, 10, at(61)).unwrap().is_empty(), "once");
}

#[test]
fn a_mute_ends_by_itself_and_what_it_held_back_is_there() {
    let (db, anna) = (open(), eyes("anna"));
    let first = mute(&db, "anna", MuteKind::Class, "ticket", Some(at(60)), at(0)).unwrap();
    assert_eq!(
        mute(&db, "anna", MuteKind::Class, "ticket", Some(at(90)), at(1)).unwrap(),
        first,
        "one mute, made longer"
    );
    let id = raised(&db, &entry(1, 4312, &[("anna", "assignee"), ("boris", "scope")]), at(2));
    assert!(ids(&db, &anna, Which::Unread, at(89)).is_empty());
    assert_eq!(ids(&db, &eyes("boris"), Which::Unread, at(89)), [id], "a mute is one's own");
    assert_eq!(ids(&db, &anna, Which::Unread, at(90)), [id]);
    assert!(matches!(unmute(&db, "boris", first), Err(StoreError::NotFound("mute"))));
    unmute(&db, "anna", first).unwrap();
    assert!(mutes(&db, "anna", at(3)).unwrap().is_empty());
    for (kind, target) in
        [(MuteKind::Class, "tickets"), (MuteKind::Subject, " "), (MuteKind::Subject, &"x".repeat(201))]
    {
        assert!(matches!(mute(&db, "anna", kind, target, None, at(0)), Err(StoreError::NotFound(_))), "{target}");
    }
}

#[test]
fn emptying_leaves_everything_in_the_history_and_can_be_taken_back_for_ten_seconds() {
    let (db, anna) = (open(), eyes("anna"));
    let unread: Vec<NoticeId> =
        (1..=60).map(|n| raised(&db, &entry(n, 4000 + n, &[("anna", "scope")]), at(0))).collect();
    let read = raised(&db, &threshold(Level::Warning), at(0));
    mark(&db, &anna, &[read], true, at(1)).unwrap();
    let later = raised(&db, &entry(61, 4312, &[("anna", "scope"), ("boris", "scope")]), at(0));
    snooze(&db, &anna, &[later], Some(at(9000)), at(1)).unwrap();

    assert_eq!(empty(&db, &anna, None, None, at(10)).unwrap().len(), 61);
    assert!(ids(&db, &anna, Which::Open, at(10)).is_empty());
    assert_eq!(ids(&db, &anna, Which::Done, at(10)).len(), 61);
    assert_eq!(ids(&db, &anna, Which::Snoozed, at(10)), [later]);
    assert_eq!(ids(&db, &eyes("boris"), Which::Unread, at(10)).len(), 2, "everybody empties their own list");

    assert!(matches!(undo_empty(&db, "boris", at(19)), Err(StoreError::Conflict(_))));
    assert_eq!(undo_empty(&db, "anna", at(19)).unwrap().len(), 61);
    assert_eq!(ids(&db, &anna, Which::Read, at(19)), [read], "what had been read is read");
    assert_eq!(ids(&db, &anna, Which::Unread, at(19)).len(), unread.len());

    assert_eq!(empty(&db, &anna, Some(NoticeClass::Ticket), Some(&["too_long"]), at(20)).unwrap(), []);
    assert_eq!(empty(&db, &anna, Some(NoticeClass::FloorThreshold), Some(&["too_long"]), at(20)).unwrap(), [read]);
    assert!(matches!(undo_empty(&db, "anna", at(31)), Err(StoreError::Conflict(_))), "eleven seconds later");
    assert!(get(&db, &anna, read, at(31)).unwrap().done);
}

#[test]
fn a_list_is_narrowed_by_class_subject_and_text_and_goes_on_where_it_ended() {
    let (db, now, anna) = (open(), at(0), eyes("anna"));
    let all = raised(&db, &threshold(Level::Warning), now);
    let own: Vec<NoticeId> =
        (1..=3).map(|n| raised(&db, &entry(n, 4312 + n / 3, &[("anna", "assignee")]), now)).collect();
    let found = |filter: Filter| {
        let page = page(&db, &anna, &Filter { which: Which::All, limit: 100, ..filter }, now).unwrap();
        page.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let text = |text: &str| found(Filter { search: Some(text.to_owned()), ..Filter::default() });
    assert_eq!(found(Filter { class: Some(NoticeClass::FloorThreshold), ..Filter::default() }), [all]);
    assert_eq!(found(Filter { subject: Some("ticket:4312".to_owned()), ..Filter::default() }), [own[1], own[0]]);
    assert_eq!((text("счёт").len(), text("4313"), text("КАССА").len(), text("нет").len()), (3, vec![own[2]], 3, 0));

    let first = page(&db, &anna, &Filter { which: Which::All, limit: 2, ..Filter::default() }, now).unwrap();
    assert_eq!(first.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [own[2], own[1]]);
    let counted: Vec<_> = first.groups.iter().map(|g| (g.subject.as_str(), g.count, g.unread)).collect();
    assert_eq!(counted, [("ticket:4313", 1, 1), ("ticket:4312", 2, 2)], "rows beyond the page count as well");
    assert_eq!(found(Filter { before: first.next, ..Filter::default() }), [own[0], all]);
}

#[test]
fn what_presses_too_little_is_among_those_done() {
    let (db, now, anna) = (open(), at(0), eyes("anna"));
    let id = raised(&db, &entry(1, 4312, &[("anna", "assignee")]), now);
    let rule = NoticeRule { least: Level::Warning, ..NoticeRule::usual(NoticeClass::Ticket) };
    let wanted = Preferences { rules: vec![rule], scope: Scope::All, check_seconds: 60, ..Preferences::default() };
    set_preferences(&db, "anna", &wanted).unwrap();
    assert_eq!(preferences(&db, "anna").unwrap(), wanted);
    assert!(ids(&db, &anna, Which::Open, now).is_empty());
    assert_eq!(ids(&db, &anna, Which::Done, now), [id]);
}

#[test]
fn preferences_that_make_no_sense_are_named() {
    let hours =
        |days: &[u8], from: &str| QuietHours { days: days.to_vec(), from: from.to_owned(), until: "07:00".to_owned() };
    let quiet = |hours| Preferences { quiet_hours: vec![hours], ..Preferences::default() };
    let faults = [
        Preferences { check_seconds: 9, ..Preferences::default() },
        Preferences { check_seconds: 601, ..Preferences::default() },
        quiet(hours(&[], "22:00")),
        quiet(hours(&[8], "22:00")),
        quiet(hours(&[1], "25:00")),
        Preferences { zone: "Mars/Olympus".to_owned(), ..Preferences::default() },
    ]
    .map(|each| each.fault().map(|(field, _)| field));
    let [check, quiet_hours, zone] = ["check_seconds", "quiet_hours", "zone"].map(Some);
    assert_eq!(faults, [check, check, quiet_hours, quiet_hours, quiet_hours, zone]);
    let sound = Preferences { check_seconds: 10, ..quiet(hours(&[1, 7], "22:00")) };
    assert_eq!(sound.fault(), None);
}

#[test]
fn readers_are_those_who_can_sign_in_and_the_window_once_it_settled_something() {
    let (db, now) = (open(), at(0));
    let profile = |email: &str| people::Profile { email: Some(email.to_owned()), ..people::Profile::default() };
    let rights = people::Rights::of(people::Role::Operator);
    people::insert(&db, "Anna", &profile(" Anna@Example.com "), &rights, now).unwrap();
    let boris = people::insert(&db, "boris", &profile("b@example.com"), &rights, now).unwrap();
    set_preferences(&db, "Anna", &Preferences { scope: Scope::Off, check_seconds: 10, ..Preferences::default() })
        .unwrap();
    let row = |login: &str, email: Option<&str>, scope, check_seconds| ReaderRow {
        login: login.to_owned(),
        email: email.map(str::to_owned),
        scope,
        check_seconds,
    };
    let anna = row("Anna", Some("anna@example.com"), Scope::Off, 10);
    assert_eq!(readers(&db).unwrap(), [anna.clone(), row("boris", Some("b@example.com"), Scope::Mine, 30)]);
    let all = Preferences { scope: Scope::All, ..Preferences::default() };
    set_preferences(&db, "boris", &all).unwrap();
    assert_eq!(readers(&db).unwrap()[1].scope, Scope::Mine, "an operator hears of their own tickets at most");
    people::set_rights(&db, boris, &people::Rights::of(people::Role::Supervisor)).unwrap();
    assert_eq!(readers(&db).unwrap()[1].scope, Scope::All);
    people::block(&db, boris, people::BlockedBy::Admin).unwrap();
    set_preferences(&db, "window", &all).unwrap();
    set_preferences(&db, "key:screen", &Preferences::default()).unwrap();
    assert_eq!(readers(&db).unwrap(), [anna, row("window", None, Scope::All, 30)]);
}

#[test]
fn what_happened_once_is_forgotten_by_age_and_what_still_holds_is_not() {
    let (db, now) = (open(), at(0));
    let standing = threshold(Level::Warning);
    let rating = Notice { key: "ratings.bad/7".to_owned(), class: NoticeClass::Rating, ..standing.clone() };
    let document = Notice { key: "erp.document/3".to_owned(), class: NoticeClass::Document, ..rating.clone() };
    for notice in [standing, rating, document, entry(1, 4312, &[("anna", "author")])] {
        raised(&db, &notice, now);
    }
    assert_eq!(forget(&db, now, 10).unwrap(), 0);
    assert_eq!(forget(&db, at(1), 10).unwrap(), 3);
    let left = page(&db, &eyes("anna"), &Filter { which: Which::All, limit: 10, ..Filter::default() }, now).unwrap();
    assert_eq!(left.rows.iter().map(|row| row.class).collect::<Vec<_>>(), [NoticeClass::FloorThreshold]);
    let rows: i64 = db.query_row("SELECT count(*) FROM notice_to", [], |r| r.get(0)).unwrap();
    assert_eq!(rows, 0, "nobody is told of what is forgotten");
}

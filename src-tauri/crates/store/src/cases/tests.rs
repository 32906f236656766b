use pult_domain::{
    CallId, ChatLinkId, Instant, PhoneNumber, TicketId,
    areas::cases::{Hand, Mention, Thing, Verdict},
};
use rusqlite::Connection;

use super::{
    Sight, beside, erase_phone, find, forget, hand_of, keep_hand, load,
    mentions::{named_by, naming, note},
    take_back,
};
use crate::{calls, migrations::in_memory, tickets::Viewer};

fn at(second: i64) -> Instant {
    Instant::from_second(1_790_000_000 + second).unwrap()
}

fn thing(text: &str) -> Thing {
    text.parse().unwrap()
}

/// A house with two calls from one number, one of them of the other centre, and a ticket that names it.
fn house() -> Connection {
    let db = in_memory().unwrap();
    db.execute_batch(
        "INSERT INTO calls (id, source_key, centre, day, started_at, state, phone, phone_rev)
             VALUES (1, 'v/1', 1, 20260101, 1790000000000, 1, '37060011122', '22111006073'),
                    (2, 'm/2', 0, 20260101, 1790000100000, 1, '37060011122', '22111006073'),
                    (3, 'm/3', 0, 20260101, 1790000200000, 1, '74950001122', '22110005947');
         INSERT INTO ticket (id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority, author_id,
             subject, description, done_ratio, private, emails, custom, created_on, updated_on, followed, status_at, looked_at)
             VALUES (7, 1, 'П', 1, 'Т', 1, 'Новая', 0, 4, 'Обычный', 5, 'Нет звука', '', 0, 0, '[]', '[]', 1790000300000,
                 1790000300000, 1, 1790000300000, 1790000300000);
         INSERT INTO ticket_entry (id, ticket_id, user_id, user, notes, private, details, created_on)
             VALUES (70, 7, 5, 'А', 'x', 0, '[]', 1790000300000);",
    )
    .unwrap();
    note(&db, "entry:70", &thing("ticket:7"), &[("comment", "Звонила с +370 600 11122, см. ABC-9")]).unwrap();
    db
}

fn all() -> Sight {
    Sight {
        calls: Some(calls::Sight::default()),
        tickets: Some(Viewer { all: true, ..Viewer::default() }),
        pairs: true,
        ratings: true,
        documents: true,
        floor: true,
        operators: None,
    }
}

fn around(db: &Connection, sight: &Sight, text: &str) -> Vec<String> {
    let Some(found) = load(db, sight, &thing(text), true, at(900)).unwrap() else { return vec![] };
    let around = beside(db, sight, &found, at(900)).unwrap();
    assert!(!around.more);
    around.things.iter().map(ToString::to_string).collect()
}

#[test]
fn a_number_leads_to_its_calls_and_to_whatever_names_it() {
    let db = house();
    assert_eq!(around(&db, &all(), "phone:37060011122"), ["call:1", "call:2", "ticket:7"]);
    assert_eq!(around(&db, &all(), "call:1"), ["phone:37060011122"]);
    assert_eq!(around(&db, &all(), "ticket:7"), ["phone:37060011122"]);
    assert_eq!(around(&db, &all(), "phone:3706001112"), [""; 0], "a part of a number is none");
}

#[test]
fn what_may_not_be_seen_is_not_there() {
    let db = house();
    let vilnius = Sight { calls: Some(calls::Sight::of(false, None)), ..all() };
    assert_eq!(around(&db, &vilnius, "phone:37060011122"), ["call:1", "ticket:7"]);
    assert!(load(&db, &vilnius, &thing("call:2"), true, at(900)).unwrap().is_none());
    assert!(load(&db, &vilnius, &thing("phone:74950001122"), true, at(900)).unwrap().is_none());
    db.execute_batch("INSERT INTO operators (id, name) VALUES (5, 'Анна'), (6, 'Борис'); UPDATE calls SET operator_id = 6 WHERE id < 3")
        .unwrap();
    let of_anna = calls::Sight::of(true, Some(vec![(5, "Анна".to_owned())]));
    let of_anna = Sight { calls: Some(of_anna), ..all() };
    assert_eq!(around(&db, &of_anna, "phone:37060011122"), ["ticket:7"], "somebody else took them");
    assert!(load(&db, &of_anna, &thing("call:1"), true, at(900)).unwrap().is_none());
    assert!(load(&db, &of_anna, &thing("call:3"), true, at(900)).unwrap().is_some(), "nobody took it");
    assert!(
        find(&db, &of_anna, "11122", at(900))
            .unwrap()
            .iter()
            .all(|(found, _)| *found.thing() != thing("phone:37060011122"))
    );
    let nobody = Sight { tickets: Some(Viewer { number: Some(99), ..Viewer::default() }), ..all() };
    assert!(load(&db, &nobody, &thing("ticket:7"), true, at(900)).unwrap().is_none());
    let nothing = Sight::default();
    for text in ["phone:37060011122", "call:1", "ticket:7"] {
        assert!(load(&db, &nothing, &thing(text), true, at(900)).unwrap().is_none(), "{text}");
    }
    assert!(find(&db, &nothing, "37060011122", at(900)).unwrap().is_empty());
    assert!(find(&db, &nothing, "Нет звука", at(900)).unwrap().is_empty());
}

#[test]
fn what_is_typed_is_found_however_it_is_written() {
    let db = house();
    db.execute("INSERT INTO ticket_words (rowid, words) VALUES (7, 'Нет звука')", []).unwrap();
    for (text, want) in [
        ("+370 (600) 11-122", "phone:37060011122!"),
        ("8 600 11122", ""),
        ("11122", "phone:37060011122"),
        ("01122", "phone:74950001122"),
        ("#7", "ticket:7!"),
        ("7", "ticket:7!"),
        ("нет звука", "ticket:7"),
        ("ABC-9", ""),
        ("-", ""),
        ("зв", ""),
    ] {
        let found = find(&db, &all(), text, at(900)).unwrap();
        let found: Vec<_> =
            found.iter().map(|(found, exact)| format!("{}{}", found.thing(), if *exact { "!" } else { "" })).collect();
        assert_eq!(found.join(" "), want, "{text}");
    }
}

#[test]
fn of_two_things_the_last_word_holds_until_it_is_taken_back() {
    let db = house();
    let (one, other) = (thing("ticket:7"), thing("call:1"));
    let last =
        || hand_of(&db, &one).unwrap().into_iter().map(|Hand { verdict, by, .. }| (verdict, by)).collect::<Vec<_>>();
    let joined = keep_hand(&db, (&one, &other), Verdict::Joined, "он сам", "vera", at(1)).unwrap();
    let split = keep_hand(&db, (&other, &one), Verdict::Split, "не он", "anna", at(2)).unwrap();
    assert_eq!(last(), [(Verdict::Split, "anna".to_owned())]);
    assert_eq!(hand_of(&db, &other).unwrap(), hand_of(&db, &one).unwrap());
    assert_eq!(take_back(&db, split, at(3)).unwrap().unwrap().id, split);
    assert_eq!(last(), [(Verdict::Joined, "vera".to_owned())]);
    assert_eq!(take_back(&db, split, at(4)).unwrap(), None, "only once");
    take_back(&db, joined, at(5)).unwrap();
    assert_eq!(last(), []);
    assert_eq!(forget(&db, at(2), 10).unwrap(), 1);
    assert_eq!(forget(&db, at(100), 10).unwrap(), 1);
}

#[test]
fn a_text_that_changes_or_goes_names_nothing_any_more() {
    let db = house();
    let phone = Mention::Phone(PhoneNumber::digits_of("37060011122").unwrap());
    assert_eq!(named_by(&db, &Thing::Ticket(TicketId(7))).unwrap().len(), 2);
    for (statement, left) in [
        ("UPDATE ticket_entry SET notes = notes WHERE id = 70", 1),
        ("UPDATE ticket_entry SET private = 1 WHERE id = 70", 0),
    ] {
        db.execute(statement, []).unwrap();
        assert_eq!(naming(&db, &phone).unwrap().len(), left, "{statement}");
    }
    db.execute_batch(
        "INSERT INTO ct_link (id, issue_key, issue_id, url, summary, status, over, created_at) VALUES (3, 'ABC-3', 'a', '', 's', '', 0, 0);
         INSERT INTO ct_item (id, link_id, side, external_id, event, author, text, files, mentioned, hops, state, at)
             VALUES (9, 3, 'chat', '9', 'written', '', '', '[]', '[]', 0, 'done', 0);",
    )
    .unwrap();
    for (part, of, statement) in [
        ("ticket:7", Thing::Ticket(TicketId(7)), "UPDATE ticket SET description = 'y' WHERE id = 7"),
        ("entry:70", Thing::Ticket(TicketId(7)), "DELETE FROM ticket WHERE id = 7"),
        ("pair:3", Thing::Pair(ChatLinkId(3)), "UPDATE ct_link SET summary = '' WHERE id = 3"),
        ("item:9", Thing::Pair(ChatLinkId(3)), "DELETE FROM ct_item WHERE id = 9"),
    ] {
        note(&db, part, &of, &[("text", "+37060011122")]).unwrap();
        assert_eq!(naming(&db, &phone).unwrap(), [of], "{part}");
        db.execute(statement, []).unwrap();
        assert!(naming(&db, &phone).unwrap().is_empty(), "{statement}");
    }
}

#[test]
fn a_forgotten_number_is_named_by_nothing_and_said_of_nothing() {
    let db = house();
    let phone = thing("phone:37060011122");
    for (one, other, reason) in [
        (phone.clone(), thing("ticket:7"), "звонила"),
        (thing("ticket:7"), Thing::Call(CallId(1)), "номер +370 600 11122"),
        (thing("ticket:7"), Thing::Call(CallId(2)), "он сам"),
    ] {
        keep_hand(&db, (&one, &other), Verdict::Joined, reason, "vera", at(1)).unwrap();
    }
    let taken = keep_hand(&db, (&phone, &thing("call:2")), Verdict::Split, "x", "vera", at(1)).unwrap();
    take_back(&db, taken, at(2)).unwrap();
    let digits = PhoneNumber::digits_of("37060011122").unwrap();
    assert_eq!(erase_phone(&db, &digits).unwrap(), 4);
    assert_eq!(hand_of(&db, &thing("ticket:7")).unwrap().len(), 1);
    let left: i64 = db.query_row("SELECT count(*) FROM case_hand", [], |r| r.get(0)).unwrap();
    assert_eq!(left, 1);
    assert!(naming(&db, &Mention::Phone(digits)).unwrap().is_empty());
    assert!(!naming(&db, &Mention::key("ABC-9")).unwrap().is_empty(), "what else the text names stays");
}

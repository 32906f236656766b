//! The snapshot a rule decides upon is what was kept.

use std::collections::{BTreeMap, BTreeSet};

use pult_domain::{
    Failure,
    areas::tickets::{
        Dictionary, Fact, Kept, Known, Member, Project, Reader, Scope, TicketAim, TicketUser, Trouble, decide,
    },
};

use super::*;

const TRACKER: &str = "redmine";

fn read_of(ticket: Ticket, from: Option<Instant>) -> Fact {
    Fact::Read { ticket: Box::new(ticket), in_scope: true, from, many: false }
}

fn known(connection: &Connection, fact: &Fact, now: i64) -> Known {
    load_known(connection, fact, at(now), TRACKER).unwrap()
}

/// The snapshot for a reading of the first ticket.
fn of_first(connection: &Connection) -> Known {
    known(connection, &read_of(ticket(1, vec![]), None), 200)
}

fn dictionary() -> Dictionary {
    let member = Member { id: 12, name: "Первая линия".to_owned() };
    let user = |id, name: &str, email: Option<&str>| TicketUser {
        id,
        login: Some(format!("u{id}")),
        name: name.to_owned(),
        email: email.map(str::to_owned),
    };
    Dictionary {
        statuses: vec![status(1, "Новая", false), status(5, "Закрыта", true)],
        priorities: vec![],
        projects: vec![Project {
            id: 1, name: "Поддержка".to_owned(), trackers: vec![], members: vec![member]
        }],
        users: vec![user(9, "Лисин Олег", Some("oleg@example.com")), user(3, "Седова Инна", None)],
        fields: [(16, "Что нового".to_owned())].into(),
    }
}

fn lists_read() -> Change {
    Change::Dictionary { dictionary: Box::new(dictionary()), at: at(0) }
}

#[test]
fn a_ticket_is_read_back_as_it_was_kept() {
    let connection = house([read(ticket(1, vec![entry(1, None), entry(2, Some("Смотрю"))]))]);
    let kept = Kept {
        card: card(1),
        watchers: [3, 9].into(),
        followed: true,
        told: Some(named(1, "Новая")),
        missed: 0,
        gone_at: None,
    };
    let known = of_first(&connection);
    assert_eq!((known.kept, known.known_entries), ([(TicketId(1), kept)].into(), [1, 2].into()));
    let bare = Card { author: None, assignee: None, category: None, parent: None, emails: vec![], ..card(2) };
    let bare = Card { custom: vec![], start_date: None, due_date: None, closed_on: None, private: false, ..bare };
    keep(&connection, [listed(bare.clone())]);
    let known = known_of(&connection, 2);
    assert_eq!(known.card, bare);
}

fn known_of(connection: &Connection, id: i64) -> Kept {
    let fact = Fact::Elsewhere { tickets: vec![TicketId(id)], from: at(0) };
    known(connection, &fact, 200).kept[&TicketId(id)].clone()
}

/// What becomes of a ticket by changes, one after the other: followed, the status people know, missed, gone, and entries told of.
#[test]
fn what_each_change_leaves_of_a_ticket_is_what_the_rules_house_has_of_it() {
    type Row = (bool, Option<i64>, u32, Option<Instant>, &'static [i64]);
    let moved = |status: i64, entries| {
        let mut ticket = ticket(1, entries);
        ticket.card.status = named(status, "Другая");
        ticket
    };
    let opened =
        |ticket: Ticket| Change::Ticket { ticket: Box::new(ticket), followed: false, told: false, at: at(100) };
    let looked = |missed, gone_at| Change::Looked { ticket: TicketId(1), missed, gone_at, at: at(100) };
    let own = |ticket: Ticket| Change::Card { card: Box::new(ticket.card), followed: false };
    let gone = || vec![read(ticket(1, vec![])), looked(2, Some(at(90)))];
    let table: Vec<(&str, Vec<Change>, Row)> = vec![
        ("listed", vec![listed(card(1))], (true, Some(1), 0, None, &[])),
        ("read", vec![read(ticket(1, vec![entry(1, None)]))], (true, Some(1), 0, None, &[1])),
        ("opened first", vec![opened(ticket(1, vec![entry(1, None)]))], (false, None, 0, None, &[])),
        (
            "read and then opened",
            vec![read(ticket(1, vec![entry(1, None)])), opened(moved(2, vec![entry(1, None), entry(2, None)]))],
            (true, Some(1), 0, None, &[1]),
        ),
        (
            "opened and then read",
            vec![opened(ticket(1, vec![entry(1, None)])), read(moved(2, vec![entry(1, None)]))],
            (true, Some(2), 0, None, &[1]),
        ),
        (
            "seen by somebody's own account",
            vec![own(ticket(1, vec![])), view(PETR, ticket(1, vec![private(1, "Тихо")]))],
            (false, None, 0, None, &[]),
        ),
        (
            "entries of an older reading",
            vec![
                read(moved(2, vec![entry(2, None)])),
                Change::Entries { ticket: TicketId(1), entries: vec![entry(1, None)], told: true },
            ],
            (true, Some(2), 0, None, &[1, 2]),
        ),
        ("missed once", vec![read(ticket(1, vec![])), looked(1, None)], (true, Some(1), 1, None, &[])),
        ("gone", gone(), (true, Some(1), 2, Some(at(90)), &[])),
        (
            "gone, and seen by somebody's own account",
            gone().into_iter().chain([own(ticket(1, vec![])), view(PETR, ticket(1, vec![]))]).collect(),
            (true, Some(1), 2, Some(at(90)), &[]),
        ),
        ("gone and found", gone().into_iter().chain([looked(0, None)]).collect(), (true, Some(1), 0, None, &[])),
        ("gone and read", gone().into_iter().chain([read(ticket(1, vec![]))]).collect(), (true, Some(1), 0, None, &[])),
        ("gone and listed", gone().into_iter().chain([listed(card(1))]).collect(), (true, Some(1), 0, None, &[])),
    ];
    for (name, changes, (followed, told, missed, gone_at, entries)) in table {
        let connection = house(changes);
        let known = of_first(&connection);
        let kept = &known.kept[&TicketId(1)];
        let row = (kept.followed, kept.told.as_ref().map(|told| told.id), kept.missed, kept.gone_at);
        assert_eq!(row, (followed, told, missed, gone_at), "{name}");
        assert_eq!(known.known_entries, entries.iter().copied().collect::<BTreeSet<_>>(), "{name}");
    }
}

#[test]
fn each_fact_sees_what_it_is_decided_upon() {
    let connection = house([read(ticket(1, vec![entry(1, None)])), wish(asked(1, Some(1))), lists_read()]);
    person(&connection, "maria", None);
    let (one, change) = (TicketId(1), TicketChangeId(1));
    let whole = || Box::new(ticket(1, vec![]));
    let failed = |what| Fact::Failed { what, failure: Failure::State, detail: String::new() };
    let ask = |what| Fact::Asked(Box::new(Ask { what, ..asked(1, Some(1)).ask }));
    // The ticket, its entries, readers, the change, changes under way, the sweep.
    for (fact, parts) in [
        (Fact::Listed { cards: vec![card(1)] }, "ticket"),
        (read_of(ticket(1, vec![]), None), "ticket entries readers under_way"),
        (Fact::Stirred { ticket: one, from: at(0) }, ""),
        (Fact::Elsewhere { tickets: vec![one, TicketId(2)], from: at(0) }, "ticket"),
        (Fact::Seen { account: PETR, ticket: whole() }, "ticket"),
        (Fact::LookedFor { asked: vec![one], found: vec![] }, "ticket readers"),
        (Fact::DictionaryRead { dictionary: Box::new(dictionary()) }, ""),
        (Fact::Changed { change, ticket: whole(), entries: vec![], left: vec![] }, "ticket entries change"),
        (Fact::Conflict { change, ticket: whole(), fields: vec![] }, "ticket entries change"),
        (Fact::Created { change, ticket: whole(), left: vec![] }, "ticket entries change"),
        (failed(TicketAim::Change { change }), "ticket change"),
        (failed(TicketAim::Read { ticket: one, account: None }), "ticket readers"),
        (failed(TicketAim::LookFor { tickets: vec![one] }), ""),
        (failed(TicketAim::Dictionary), ""),
        (ask(asked(1, Some(1)).ask.what), "ticket"),
        (Fact::Opened { ticket: one, account: None }, ""),
        (Fact::SweepDue {}, "sweep"),
        (Fact::DictionaryDue {}, ""),
    ] {
        let known = known(&connection, &fact, 200);
        let seen = [
            ("ticket", !known.kept.is_empty()),
            ("entries", !known.known_entries.is_empty()),
            ("readers", !known.readers.is_empty()),
            ("change", known.asked.is_some()),
            ("under_way", !known.under_way.is_empty()),
            ("sweep", !known.sweep.is_empty()),
        ];
        let seen: Vec<_> = seen.iter().filter(|(_, there)| *there).map(|(part, _)| *part).collect();
        assert_eq!(seen.join(" "), parts, "{}", fact.kind());
        assert_eq!(known.next, TicketChangeId(2));
    }
}

#[test]
fn changes_under_way_are_those_of_the_ticket_that_may_have_made_what_is_news_and_new_tickets() {
    let settled = |asked: Asked, second: i64| Asked { settled_at: Some(at(second)), state: AskedState::Done, ..asked };
    let minutes = |minutes: i64| 10 * HOUR + minutes * 60;
    let connection = house([
        wish(asked(1, Some(1))),
        wish(settled(asked(2, Some(1)), minutes(-11))),
        wish(settled(asked(3, Some(1)), minutes(-9))),
        wish(asked(4, Some(2))),
        wish(asked(5, None)),
        wish(settled(asked(6, None), minutes(-1))),
        wish(settled(asked(7, Some(1)), 0)),
    ]);
    let now = 10 * HOUR;
    let ids = |from: Option<i64>| {
        let known = known(&connection, &read_of(ticket(1, vec![]), from.map(at)), now);
        known.under_way.iter().map(|asked| asked.id.0).collect::<Vec<_>>()
    };
    assert_eq!(ids(None), [1, 3, 5]);
    assert_eq!(ids(Some(now + 60)), [1, 3, 5], "the tracker's clock is ahead");
    assert_eq!(ids(Some(60)), [1, 2, 3, 7, 5], "it was not looked for long");
}

#[test]
fn a_change_is_read_back_as_it_was_asked_and_settled() {
    let wanted = asked(1, Some(1));
    let connection = house([wish(wanted.clone())]);
    let of = |id: i64| {
        let what = TicketAim::Change { change: TicketChangeId(id) };
        known(&connection, &Fact::Failed { what, failure: Failure::State, detail: String::new() }, 0).asked
    };
    assert_eq!(of(1), Some(wanted.clone()));
    let trouble = Some(Trouble::Left { parts: vec!["status".to_owned()] });
    let settled = Asked { state: AskedState::Partly, trouble, entries: vec![3, 4], settled_at: Some(at(9)), ..wanted };
    keep(&connection, [wish(settled.clone())]);
    assert_eq!((of(1), of(2)), (Some(settled), None));
}

#[test]
fn a_sweep_looks_for_what_may_be_gone_the_longest_unlooked_for_first() {
    let now = 60 * DAY;
    let kept = |id: i64, closed: bool, changed: i64, looked: i64| {
        let mut ticket = ticket(id, vec![]);
        (ticket.card.closed, ticket.card.updated_on) = (Some(closed), at(changed));
        Change::Ticket { ticket: Box::new(ticket), followed: true, told: true, at: at(looked) }
    };
    let gone = |id: i64, since: i64, looked: i64| Change::Looked {
        ticket: TicketId(id),
        missed: 2,
        gone_at: Some(at(since)),
        at: at(looked),
    };
    let stranger = Change::Ticket { ticket: Box::new(ticket(9, vec![])), followed: false, told: true, at: at(0) };
    let connection = house([
        kept(1, false, 0, now - 100),
        kept(2, false, 0, now - 300),
        kept(3, true, now - 29 * DAY, now - 200),
        kept(4, true, now - 31 * DAY, now - 500),
        kept(5, false, 0, 0),
        gone(5, now - 6 * DAY, now - 50),
        kept(6, false, 0, 0),
        gone(6, now - 8 * DAY, now - 60),
        kept(7, true, now - DAY, 0),
        gone(7, now - 8 * DAY, now - 60),
        stranger,
    ]);
    let sweep = known(&connection, &Fact::SweepDue {}, now).sweep;
    assert_eq!(sweep, [2, 3, 1, 5].map(TicketId));
    keep(&connection, (1000..2500).map(|id| kept(id, id % 2 == 0, now, now)));
    assert_eq!(known(&connection, &Fact::SweepDue {}, now).sweep.len(), 1000);
}

#[test]
fn people_are_known_at_the_tracker_by_the_account_they_connected_or_by_their_address() {
    let connection = house([lists_read()]);
    person(&connection, "oleg", Some("Oleg@Example.com"));
    person(&connection, "inna", None);
    let both = person(&connection, "anna", Some("anna@example.com"));
    person(&connection, "boris", Some("boris@example.com"));
    accounts::put(&connection, "inna", TRACKER, "3", at(0)).unwrap();
    accounts::put(&connection, "anna", TRACKER, "31", at(0)).unwrap();
    accounts::put(&connection, "boris", "another", "41", at(0)).unwrap();
    let readers = of_first(&connection).readers;
    let reader = |login: &str, user, email: Option<&str>| Reader {
        login: login.to_owned(),
        user,
        email: email.map(str::to_owned),
        scope: Scope::Mine,
    };
    let anna = reader("anna", Some(31), Some("anna@example.com"));
    let others = [
        reader("oleg", Some(9), Some("oleg@example.com")),
        reader("inna", Some(3), None),
        reader("boris", None, Some("boris@example.com")),
    ];
    let [oleg, inna, boris] = others;
    assert_eq!(readers, [anna, boris.clone(), inna.clone(), oleg.clone()]);
    people::block(&connection, both, BlockedBy::Admin).unwrap();
    assert_eq!(of_first(&connection).readers, [boris, inna, oleg], "nobody is told who may not sign in");
}

#[test]
fn statuses_and_people_are_known_by_name() {
    let connection = house([lists_read()]);
    let mut handed = entry(1, None);
    handed.details = vec![Detail {
        part: Part::Assignee,
        name: "assigned_to_id".to_owned(),
        old: Some("9".to_owned()),
        new: Some("12".to_owned()),
    }];
    let known = known(&connection, &read_of(ticket(1, vec![handed]), None), 0);
    assert_eq!(known.statuses, BTreeMap::from([(1, "Новая".to_owned()), (5, "Закрыта".to_owned())]));
    let people = [(PETR, "Жуков Пётр"), (9, "Лисин Олег"), (12, "Первая линия")];
    assert_eq!(known.people, people.map(|(id, name)| (id, name.to_owned())).into());
    // A list that came empty, and a name without its address, take nothing away.
    let bare = TicketUser { id: 9, login: None, name: "Лисин О.".to_owned(), email: None };
    let dictionary = Dictionary { users: vec![bare], ..Dictionary::default() };
    keep(&connection, [Change::Dictionary { dictionary: Box::new(dictionary), at: at(1) }]);
    assert_eq!(lists(&connection).unwrap().statuses.len(), 2);
    assert_eq!(own_number(&connection, TRACKER, "oleg", Some("OLEG@example.com")).unwrap(), Some(9));
}

#[test]
fn whether_a_ticket_is_over_is_known_by_the_list_where_the_tracker_does_not_say() {
    let connection = house([lists_read()]);
    for (id, status, closed) in [(1, 1, false), (2, 5, true), (3, 6, false)] {
        keep(&connection, [listed(Card { closed: None, status: named(status, "?"), ..card(id) })]);
        assert_eq!(known_of(&connection, id).card.closed, Some(closed));
    }
}

#[test]
fn a_reading_that_is_decided_twice_tells_once() {
    let connection = house([listed(card(1))]);
    person(&connection, "oleg", None);
    accounts::put(&connection, "oleg", TRACKER, "9", at(0)).unwrap();
    let policy = pult_domain::areas::tickets::Policy {
        enabled: true,
        tell_gone: true,
        reopen: None,
        patience: jiff::SignedDuration::from_mins(5),
        instance: "7f3a".to_owned(),
    };
    let fact = read_of(ticket(1, vec![entry(1, Some("Смотрю"))]), Some(at(0)));
    let mut raised = vec![];
    for _ in 0..2 {
        let decision = decide(&fact, at(200), &known(&connection, &fact, 200), &policy);
        keep(&connection, decision.changes);
        raised.push(decision.notices.len());
    }
    assert_eq!(raised, [1, 0]);
}

//! What is news of a ticket, and to whom.

use serde_json::json;

use super::*;

#[test]
fn a_status_and_a_comment_of_one_entry_are_one_notice_with_two_parts() {
    let mut house = House::that_knows(vec![]);
    let both = Entry { notes: Some("Смотрю".to_owned()), ..moves(1, PETR, FROM + 5, 1, 2) };
    house.reads(ticket(vec![both]), at(FROM));
    assert_eq!(house.heard(), ["entry/1 maria author", "entry/1 oleg watcher"]);
    let notice = house.notice("entry/1");
    assert_eq!((notice.code.as_str(), &notice.subject), ("tickets.entry", &Subject::ticket(TICKET)));
    let values = serde_json::Value::Object(notice.values.clone());
    assert_eq!(
        values,
        json!({
            "ticket": 4312, "entry": 1, "subject": "Не печатает принтер", "by": "Жуков Пётр",
            "status": true, "old_status": "Новая", "new_status": "В работе",
            "assigned": false, "old_assignee": null, "new_assignee": null,
            "commented": true, "comment": "Смотрю", "private": false, "at": at(FROM + 5).as_millisecond(),
        })
    );
}

#[test]
fn of_a_ticket_seen_for_the_first_time_only_what_is_younger_is_told() {
    let mut house = House::new();
    house.reads(ticket(vec![says(1, PETR, 10, "Давно"), says(2, PETR, FROM, "Сейчас")]), at(FROM));
    assert_eq!(house.heard(), ["entry/2 maria author", "entry/2 oleg watcher"]);
    house.reads(ticket(vec![says(1, PETR, 10, "Давно"), says(2, PETR, FROM, "Сейчас")]), at(0));
    assert_eq!(house.heard(), [""; 0], "what was not told then is not told later either");
}

#[test]
fn an_entry_that_comes_late_with_a_lower_number_is_told_and_nothing_is_told_twice() {
    let mut house = House::that_knows(vec![]);
    let (late, early) = (says(5, PETR, FROM + 1, "Первое"), says(6, PETR, FROM + 1, "Второе"));
    house.reads(ticket(vec![early.clone()]), at(FROM));
    assert_eq!(house.heard(), ["entry/6 maria author", "entry/6 oleg watcher"]);
    house.reads(ticket(vec![late.clone(), early.clone()]), at(FROM));
    assert_eq!(house.heard(), ["entry/5 maria author", "entry/5 oleg watcher"]);
    house.reads(ticket(vec![late, early]), at(FROM));
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn a_new_ticket_is_told_once_and_not_to_whoever_wrote_it() {
    let mut house = House::new();
    let mut new = ticket(vec![]);
    (new.card.created_on, new.card.updated_on) = (at(FROM + 1), at(FROM + 1));
    house.reads(new.clone(), at(FROM));
    assert_eq!(house.heard(), ["created/4312 oleg watcher", "created/4312 petr assignee"]);
    let values = &house.notice("created/4312").values;
    assert_eq!((&values["by"], &values["project"]), (&json!("Орлова Мария"), &json!("Поддержка")));
    house.reads(new, at(FROM));
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn a_new_ticket_that_somebody_saw_before_the_look_is_told_all_the_same() {
    let mut new = ticket(vec![]);
    (new.card.created_on, new.card.updated_on) = (at(FROM + 1), at(FROM + 1));
    let views: [fn(&mut House, Ticket); 2] = [
        |house, new| drop(house.opens(new)),
        |house, new| drop(house.happens(&Fact::Seen { account: INNA, ticket: Box::new(new) })),
    ];
    for view in views {
        let mut house = House::new();
        view(&mut house, new.clone());
        assert_eq!(house.heard(), [""; 0]);
        house.reads(new.clone(), at(FROM));
        assert_eq!(house.heard(), ["created/4312 oleg watcher", "created/4312 petr assignee"]);
    }
}

#[test]
fn the_first_look_through_the_scope_tells_nobody_of_anything() {
    let mut house = House::new();
    let mut young = card();
    young.created_on = at(FROM + 1);
    let decision = house.happens(&Fact::Listed { cards: vec![young.clone()] });
    assert!(decision.effects.is_empty() && decision.notices.is_empty());
    assert!(house.kept[&TICKET].followed);
    let listed = Ticket { card: young, ..ticket(vec![]) };
    house.reads(listed, at(FROM));
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn whoever_worked_on_it_is_told_that_it_was_given_away() {
    let mut house = House::that_knows(vec![]);
    house.reads(ticket(vec![hands(1, MARIA, FROM + 1, Some(PETR), Some(INNA))]), at(FROM));
    assert_eq!(house.heard(), ["entry/1 inna assignee", "entry/1 oleg watcher", "entry/1 petr was_assignee"]);
    let values = &house.notice("entry/1").values;
    assert_eq!((&values["assigned"], &values["old_assignee"]), (&json!(true), &json!("Жуков Пётр")));
    assert_eq!(values["new_assignee"], "#10", "whoever is not known by name is known by number");
}

#[test]
fn that_it_was_given_away_is_told_even_where_somebody_looked_between() {
    let given = || ticket(vec![says(1, MARIA, FROM + 1, "Чужое"), hands(2, MARIA, FROM + 2, Some(PETR), None)]);
    let views: [fn(&mut House, Ticket); 2] = [
        |house, given| drop(house.opens(given)),
        |house, given| drop(house.happens(&Fact::Seen { account: INNA, ticket: Box::new(given) })),
    ];
    for view in views {
        let mut house = House::that_knows(vec![]);
        view(&mut house, given());
        house.reads(given(), at(FROM));
        let petr: Vec<_> = house.heard().into_iter().filter(|heard| heard.contains("petr")).collect();
        assert_eq!(petr, ["entry/1 petr was_assignee", "entry/2 petr was_assignee"]);
    }
}

#[test]
fn an_address_is_compared_whole() {
    let mut house = House::new();
    house.readers = [("a@example.com", "anna"), ("ba@example.com", "boris")]
        .map(|(email, login)| Reader { email: Some(email.to_owned()), ..reader(login, None, Scope::Mine) })
        .into();
    let mut asked = ticket(vec![says(1, PETR, FROM + 1, "Готово")]);
    asked.card.emails = vec!["ba@example.com".to_owned()];
    house.reads(asked.clone(), at(FROM));
    assert_eq!(house.heard(), ["entry/1 boris email"]);
    // Whose address was taken out is told of that look, and of none after it.
    asked.card.emails = vec![];
    asked.entries.push(says(2, PETR, FROM + 2, "Ещё"));
    house.reads(asked.clone(), at(FROM));
    assert_eq!(house.heard(), ["entry/2 boris email"]);
    asked.entries.push(says(3, PETR, FROM + 3, "И ещё"));
    house.reads(asked, at(FROM));
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn a_person_is_told_of_all_tickets_of_their_own_or_of_none_as_they_wish() {
    let mut house = House::that_knows(vec![]);
    house.readers = vec![
        reader("all", None, Scope::All),
        reader("mine", Some(INNA), Scope::Mine),
        reader("off", Some(MARIA), Scope::Off),
    ];
    house.reads(ticket(vec![says(1, PETR, FROM + 1, "Готово")]), at(FROM));
    assert_eq!(house.heard(), ["entry/1 all scope"]);
}

#[test]
fn what_only_some_may_read_is_told_without_its_words() {
    let mut house = House::that_knows(vec![]);
    let private = Entry { private: true, ..says(1, PETR, FROM + 1, "Пароль тот же") };
    house.reads(ticket(vec![private, Entry { private: true, ..moves(2, PETR, FROM + 1, 1, 2) }]), at(FROM));
    let values = &house.notice("entry/1").values;
    assert_eq!(
        (&values["comment"], &values["private"], &values["commented"]),
        (&json!(null), &json!(true), &json!(true))
    );
    assert_eq!(house.notice("entry/2").values["private"], false, "what was changed is no secret");
    assert!(!format!("{:?}", house.raised).contains("Пароль"));
}

#[test]
fn of_other_fields_nobody_is_told() {
    let others = [Part::Priority, Part::DoneRatio, Part::Subject, Part::Relative, Part::Custom, Part::Other];
    let silent = |part| Entry { details: vec![detail(part, Some(1), Some(2))], ..entry(1, PETR, FROM + 1) };
    for entry in others.map(silent).into_iter().chain([says(1, PETR, FROM + 1, " \n"), entry(1, PETR, FROM + 1)]) {
        for many in [false, true] {
            let mut house = House::that_knows(vec![]);
            let ticket = Box::new(ticket(vec![entry.clone()]));
            house.happens(&Fact::Read { ticket, in_scope: true, from: Some(at(FROM)), many });
            assert_eq!(house.heard(), [""; 0], "{entry:?}");
            assert_eq!(house.told_entries(TICKET), [1].into());
        }
    }
}

#[test]
fn a_long_comment_is_cut_between_letters() {
    let mut house = House::that_knows(vec![]);
    house.reads(ticket(vec![says(1, PETR, FROM + 1, &"ы".repeat(2001))]), at(FROM));
    assert_eq!(house.notice("entry/1").values["comment"], format!("{}…", "ы".repeat(2000)));
}

#[test]
fn a_status_of_which_no_entry_speaks_is_told_once() {
    let mut house = House::that_knows(vec![says(1, PETR, FROM + 1, "Смотрю")]);
    let mut moved = ticket(vec![says(1, PETR, FROM + 1, "Смотрю")]);
    (moved.card.status, moved.card.updated_on) = (status(3), at(FROM + 9));
    // Somebody opens it first: what is news then, the next look finds.
    house.opens(moved.clone());
    assert_eq!(house.heard(), [""; 0]);
    house.reads(moved.clone(), at(FROM));
    let key = format!("status/4312/3/{}", at(FROM + 9).as_second());
    let told = ["maria author", "oleg watcher", "petr assignee"].map(|whom| format!("{key} {whom}"));
    assert_eq!(house.heard(), told);
    let values = &house.notice(&key).values;
    assert_eq!((&values["old_status"], &values["new_status"]), (&json!("Новая"), &json!("Решена")));
    house.reads(moved, at(FROM));
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn a_status_that_an_entry_or_a_change_of_ours_explains_is_not_told_apart() {
    let mut house = House::that_knows(vec![]);
    house.reads(ticket(vec![moves(1, PETR, FROM + 1, 1, 2)]), at(FROM));
    assert_eq!(house.heard(), ["entry/1 maria author", "entry/1 oleg watcher"]);
    house.asks("petr", Some(PETR), change(to_status(3), to_status(2), None));
    let mut moved = ticket(vec![moves(1, PETR, FROM + 1, 1, 2)]);
    (moved.card.status, moved.card.updated_on) = (status(3), at(FROM + 9));
    house.reads(moved, at(FROM));
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn a_status_beyond_what_an_entry_says_is_told_beside_it() {
    let mut house = House::that_knows(vec![]);
    let mut moved = ticket(vec![moves(1, PETR, FROM + 1, 1, 2)]);
    moved.card.status = status(3);
    house.reads(moved, at(FROM));
    assert_eq!(house.heard().iter().filter(|heard| heard.starts_with("status/4312/3/")).count(), 3);
}

#[test]
fn much_at_once_is_one_sentence_for_everybody_it_concerns() {
    let mut house = House::that_knows(vec![]);
    house.readers.push(reader("anna", None, Scope::All));
    let mut new = ticket(vec![]);
    (new.card.id, new.card.created_on, new.card.author) = (TicketId(4313), at(FROM + 1), Some(who(INNA)));
    let busy = ticket(vec![says(1, PETR, FROM + 1, "Раз"), says(2, MARIA, FROM + 2, "Два")]);
    let mut silent = busy.clone();
    (silent.card.status, silent.card.updated_on) = (status(2), at(FROM + 9));
    for (ticket, told) in [
        (busy.clone(), vec!["anna scope", "maria author", "oleg watcher", "petr assignee"]),
        (busy, vec![]),
        (new, vec!["anna scope", "oleg watcher", "petr assignee"]),
        (silent, vec!["anna scope", "maria author", "oleg watcher", "petr assignee"]),
    ] {
        let ticket = Box::new(ticket);
        house.happens(&Fact::Read { ticket, in_scope: true, from: Some(at(FROM)), many: true });
        let key = format!("many/{}", at(FROM).as_second());
        assert_eq!(house.heard(), told.iter().map(|whom| format!("{key} {whom}")).collect::<Vec<_>>());
    }
    assert_eq!(house.raised.len(), 1, "one notice: {:?}", house.raised.keys());
    let (key, notice) = house.raised.first_key_value().unwrap();
    assert_eq!(
        (notice.code.as_str(), &notice.subject, key.as_str()),
        ("tickets.many", &Subject::tickets(), notice.key.as_str())
    );
}

#[test]
fn opening_tells_nothing_and_the_next_look_does() {
    let mut house = House::that_knows(vec![]);
    house.opens(ticket(vec![says(1, PETR, FROM + 1, "Готово")]));
    assert_eq!((house.heard(), house.last.as_str()), (vec![], "tickets.read.opened"));
    house.reads(ticket(vec![says(1, PETR, FROM + 1, "Готово")]), at(FROM));
    assert_eq!(house.heard(), ["entry/1 maria author", "entry/1 oleg watcher"]);
}

#[test]
fn outside_the_scope_nobody_is_told_unless_it_was_inside_before() {
    let outside =
        |entries| Fact::Read { ticket: Box::new(ticket(entries)), in_scope: false, from: Some(at(FROM)), many: false };
    let mut house = House::new();
    house.happens(&outside(vec![says(1, PETR, FROM + 1, "Готово")]));
    assert_eq!((house.heard(), house.last.as_str()), (vec![], "tickets.read.not_followed"));
    assert!(!house.kept[&TICKET].followed);
    let mut house = House::that_knows(vec![]);
    house.happens(&outside(vec![says(1, PETR, FROM + 1, "Готово")]));
    assert_eq!(house.heard(), ["entry/1 maria author", "entry/1 oleg watcher"]);
    assert!(house.kept[&TICKET].followed);
}

#[test]
fn whoever_made_an_entry_is_not_told_of_it() {
    let mut house = House::that_knows(vec![]);
    for (id, by, told) in [
        (1, PETR, ["maria author", "oleg watcher"]),
        (2, MARIA, ["oleg watcher", "petr assignee"]),
        (3, OLEG, ["maria author", "petr assignee"]),
    ] {
        house.reads(ticket(vec![says(id, by, FROM + id, "Да")]), at(FROM));
        assert_eq!(house.heard(), told.map(|whom| format!("entry/{id} {whom}")));
    }
}

#[test]
fn whoever_wrote_through_the_engines_account_is_known_by_the_mark_and_by_the_entries_of_the_change() {
    let note = |id: i64, text: &str| ticket(vec![says(id, ENGINE, FROM + 1, text)]);
    // The look comes before the receipt: the mark tells.
    let mut house = House::that_knows(vec![]);
    house.readers.push(reader("engine", Some(ENGINE), Scope::All));
    house.asks("petr", None, change(Wanted::default(), Wanted::default(), Some("Смотрю")));
    house.reads(note(1, "Имя petr: Смотрю\n\n[pult 7f3a-1]"), at(FROM));
    assert_eq!(house.heard(), ["entry/1 engine scope", "entry/1 maria author", "entry/1 oleg watcher"]);
    assert_eq!(house.notice("entry/1").values["by"], "Имя petr");
    // The receipt comes before the look, and the note has no mark: the entries tell.
    let mut house = House::that_knows(vec![]);
    house.asks("petr", None, change(to_status(2), to_status(1), None));
    let ticket = || ticket(vec![moves(1, ENGINE, FROM + 1, 1, 2)]);
    let change = TicketChangeId(1);
    house.happens(&Fact::Changed { change, ticket: Box::new(ticket()), entries: vec![1], left: vec![] });
    house.reads(ticket(), at(FROM));
    assert_eq!(house.heard(), ["entry/1 maria author", "entry/1 oleg watcher"]);
}

#[test]
fn a_change_made_before_a_long_pause_is_still_ours() {
    let mut house = House::that_knows(vec![]);
    house.asks("petr", None, change(to_status(2), to_status(1), None));
    let ticket = || ticket(vec![moves(1, ENGINE, FROM + 1, 1, 2)]);
    let change = TicketChangeId(1);
    house.happens(&Fact::Changed { change, ticket: Box::new(ticket()), entries: vec![1], left: vec![] });
    house.now += SignedDuration::from_hours(30);
    house.reads(ticket(), at(FROM));
    assert_eq!(house.heard(), ["entry/1 maria author", "entry/1 oleg watcher"]);
}

#[test]
fn a_quotation_of_a_note_of_ours_is_somebody_elses_entry() {
    let quotes = [
        (MARIA, "Пётр писал:\n> Смотрю\n> [pult 7f3a-1]\n\nСпасибо"),
        (MARIA, "> [pult 7f3a-1]"),
        (MARIA, "[pult 7f3a-11]"),
    ];
    for (by, text) in quotes {
        let mut house = House::that_knows(vec![]);
        house.asks("petr", None, change(Wanted::default(), Wanted::default(), Some("Смотрю")));
        house.reads(ticket(vec![says(2, by, FROM + 2, text)]), at(FROM));
        assert_eq!(house.heard(), ["entry/2 oleg watcher", "entry/2 petr assignee"], "{text}");
    }
    // With an account of one's own, the mark in somebody else's entry means nothing.
    let mut house = House::that_knows(vec![]);
    house.asks("petr", Some(PETR), change(Wanted::default(), Wanted::default(), Some("Смотрю")));
    house.reads(ticket(vec![says(2, MARIA, FROM + 2, "[pult 7f3a-1]")]), at(FROM));
    assert_eq!(house.heard(), ["entry/2 oleg watcher", "entry/2 petr assignee"]);
}

//! What somebody wants of a ticket, and what becomes of it.

use serde_json::json;

use super::{super::super::ChangeTicket, *};

fn new_ticket() -> Intent {
    Intent::New {
        project: 1,
        tracker: Some(2),
        priority: None,
        assignee: Some(PETR),
        subject: " Нет сети ".to_owned(),
        description: "С утра".to_owned(),
        email: Some("inna@example.com".to_owned()),
        files: vec![],
    }
}

fn owed(house: &House) -> &ChangeTicket {
    match &house.owed.last().unwrap().effect {
        Effect::ChangeTicket(change) => change,
        other => panic!("{other:?}"),
    }
}

fn changed(change: i64, entries: Vec<i64>, left: &[&str]) -> Fact {
    let left = left.iter().map(|part| (*part).to_owned()).collect();
    let ticket = Box::new(ticket(vec![moves(1, ENGINE, FROM + 1, 1, 2)]));
    Fact::Changed { change: TicketChangeId(change), ticket, entries, left }
}

#[test]
fn where_nothing_is_to_be_done_nothing_is_asked() {
    for (wanted, seen, note) in [
        (Wanted::default(), Wanted::default(), None),
        (to_status(1), to_status(1), Some(" \n")),
        (Wanted { assignee: Some(0), ..Wanted::default() }, Wanted::default(), None),
    ] {
        let mut house = House::that_knows(vec![]);
        assert_eq!(house.asks("petr", None, change(wanted, seen, note)), Some(Answer::Unchanged));
        assert!(house.owed.is_empty() && house.asked.is_empty());
    }
}

#[test]
fn only_what_differs_from_what_was_seen_goes_out_with_words_files_and_a_mark_of_its_own() {
    let mut house = House::that_knows(vec![]);
    let wanted = Wanted { status: Some(2), priority: Some(4), assignee: Some(0) };
    let seen = Wanted { status: Some(1), priority: Some(4), assignee: Some(PETR) };
    let file =
        Upload {
            sha256: "a".repeat(64), name: "фото.png".to_owned(), content_type: "image/png".to_owned(), size: 3
        };
    let what = Intent::Change {
        ticket: TICKET,
        wanted,
        seen: seen.clone(),
        note: Some(" Смотрю \n".to_owned()),
        private: true,
        files: vec![file.clone()],
    };
    for number in 1..=2 {
        let answer = house.asks("petr", Some(PETR), what.clone());
        assert_eq!(answer, Some(Answer::TicketAsked { change: TicketChangeId(number) }));
        let order = house.owed.last().unwrap();
        assert_eq!((&order.subject, order.urgent), (&Subject::ticket(TICKET), true));
        assert_eq!(order.not_after, Some(house.now + house.policy.patience));
        let change = owed(&house);
        assert_eq!(change.wanted, Wanted { status: Some(2), priority: None, assignee: Some(0) });
        assert_eq!((&change.seen, change.account, change.by.as_str()), (&seen, Some(PETR), "Имя petr"));
        assert_eq!(change.note.as_ref().map(|note| (note.text.as_str(), note.private)), Some(("Смотрю", true)));
        assert_eq!((&change.files, &change.mark), (&vec![file.clone()], &format!("[pult 7f3a-{number}]")));
    }
    let asked = &house.asked[&TicketChangeId(1)];
    assert_eq!(
        (asked.state, asked.ticket, asked.at, asked.settled_at),
        (AskedState::Sending, Some(TICKET), house.now, None)
    );
}

#[test]
fn a_comment_opens_a_ticket_that_is_over_where_that_is_settled() {
    let closed = || vec![moves(1, PETR, 10, 1, 5)];
    let say = || change(Wanted::default(), Wanted::default(), Some("Опять"));
    let mut house = House::that_knows(closed());
    house.asks("maria", None, say());
    assert_eq!(owed(&house).wanted, Wanted::default(), "it is not settled");
    house.policy.reopen = Some(status(2));
    house.asks("maria", None, say());
    assert_eq!((&owed(&house).wanted, &owed(&house).seen), (&to_status(2), &to_status(5)));
    house.asks("maria", None, change(to_status(3), to_status(5), Some("Опять")));
    assert_eq!(owed(&house).wanted, to_status(3), "what is wanted goes before");
    house.asks("maria", None, change(Wanted { priority: Some(5), ..Wanted::default() }, Wanted::default(), None));
    assert_eq!(owed(&house).wanted.status, None, "nothing is said");
    let mut house = House::that_knows(vec![]);
    house.policy.reopen = Some(status(2));
    house.asks("maria", None, say());
    assert_eq!(owed(&house).wanted, Wanted::default(), "it is not over");
}

#[test]
fn a_change_that_was_made_whole_is_done_and_nobody_is_told() {
    let mut house = House::that_knows(vec![]);
    house.asks("petr", None, change(to_status(2), to_status(1), None));
    house.happens(&changed(1, vec![1], &[]));
    let asked = house.asked[&TicketChangeId(1)].clone();
    assert_eq!((asked.state, &asked.entries[..], asked.settled_at), (AskedState::Done, &[1][..], Some(house.now)));
    assert_eq!((house.heard(), &house.kept[&TICKET].card.status), (vec![], &status(2)));
    // A second receipt, and a failure after it, change nothing.
    house.now += SignedDuration::from_mins(1);
    house.happens(&changed(1, vec![1, 2], &["status"]));
    let what = TicketAim::Change { change: TicketChangeId(1) };
    house.happens(&Fact::Failed { what, failure: Failure::TooLate, detail: String::new() });
    assert_eq!((house.asked[&TicketChangeId(1)].clone(), house.heard()), (asked, vec![]));
}

#[test]
fn what_was_left_undone_is_told_to_whoever_asked() {
    let mut house = House::that_knows(vec![]);
    house.asks("inna", None, change(to_status(2), to_status(1), Some("Да")));
    house.happens(&changed(1, vec![1], &["status"]));
    let asked = &house.asked[&TicketChangeId(1)];
    let trouble = Trouble::Left { parts: vec!["status".to_owned()] };
    assert_eq!((asked.state, &asked.trouble), (AskedState::Partly, &Some(trouble)));
    assert_eq!(house.heard(), ["change/1 inna asked"]);
    let values = serde_json::Value::Object(house.notice("change/1").values.clone());
    let trouble = json!({ "trouble": "left", "parts": ["status"] });
    let subject = "Не печатает принтер";
    assert_eq!(values, json!({ "ticket": 4312, "subject": subject, "state": "partly", "trouble": trouble }));
}

#[test]
fn where_somebody_else_was_first_it_is_told_and_what_they_made_is_shown() {
    let mut house = House::that_knows(vec![]);
    house.asks("inna", None, change(to_status(3), to_status(1), None));
    let (change, fields) = (TicketChangeId(1), vec!["status".to_owned()]);
    let ticket = Box::new(ticket(vec![moves(1, PETR, FROM + 1, 1, 2)]));
    house.happens(&Fact::Conflict { change, ticket: ticket.clone(), fields: fields.clone() });
    let asked = &house.asked[&change];
    assert_eq!((asked.state, &asked.trouble), (AskedState::Conflict, &Some(Trouble::Conflict { fields })));
    assert_eq!(house.heard(), ["change/1 inna asked"]);
    assert_eq!(house.kept[&TICKET].card.status, status(2));
    house.reads(*ticket, at(FROM));
    assert_eq!(house.heard(), ["entry/1 maria author", "entry/1 oleg watcher"], "the look tells of it");
}

#[test]
fn each_failure_is_told_in_its_own_words() {
    let long = "я".repeat(600);
    let cut = || "я".repeat(500);
    for (failure, trouble) in [
        (Failure::DoesNotExist, Trouble::Gone),
        (Failure::Rights, Trouble::Rights { detail: cut() }),
        (Failure::TooLate, Trouble::TooLate),
        (Failure::Refused, Trouble::Refused { detail: cut() }),
        (Failure::State, Trouble::Refused { detail: cut() }),
        (Failure::Unsupported, Trouble::Refused { detail: cut() }),
    ] {
        let mut house = House::that_knows(vec![]);
        house.asks("inna", None, change(to_status(2), to_status(1), None));
        let effect = house.owed.pop().unwrap().effect;
        house.happens(&Fact::of_failed_effect(&effect, failure, &long));
        let asked = &house.asked[&TicketChangeId(1)];
        assert_eq!((asked.state, &asked.trouble), (AskedState::Failed, &Some(trouble)));
        assert_eq!(house.heard(), ["change/1 inna asked"], "{failure:?}");
    }
}

#[test]
fn what_failed_of_an_effect_is_known_by_the_effect() {
    let tickets = vec![TICKET];
    for (effect, aim) in [
        (
            Effect::ReadTicket { ticket: TICKET, account: Some(PETR), from: None },
            TicketAim::Read { ticket: TICKET, account: Some(PETR) },
        ),
        (Effect::LookForTickets { tickets: tickets.clone() }, TicketAim::LookFor { tickets }),
        (Effect::ReadTicketLists {}, TicketAim::Dictionary),
        (Effect::example("create_ticket").unwrap(), TicketAim::Change { change: TicketChangeId(1) }),
    ] {
        let Fact::Failed { what, .. } = Fact::of_failed_effect(&effect, Failure::State, "") else {
            panic!("{effect:?}")
        };
        assert_eq!(what, aim);
    }
}

#[test]
fn a_new_ticket_goes_out_whole_and_is_known_by_its_number_afterwards() {
    let mut house = House::new();
    house.asks("inna", None, new_ticket());
    let order = house.owed[0].clone();
    assert_eq!((&order.subject, order.urgent), (&Subject::new_ticket(TicketChangeId(1)), true));
    let Effect::CreateTicket(new) = order.effect else { panic!("{order:?}") };
    assert_eq!((new.subject.as_str(), new.mark.as_str()), ("Нет сети", "[pult 7f3a-1]"));
    assert_eq!((new.email.as_deref(), new.assignee, new.tracker), (Some("inna@example.com"), Some(PETR), Some(2)));
    let mut made = ticket(vec![]);
    (made.card.created_on, made.card.author) = (at(FROM + 1), Some(who(ENGINE)));
    let change = TicketChangeId(1);
    house.happens(&Fact::Created { change, ticket: Box::new(made.clone()), left: vec![] });
    assert_eq!((house.asked[&change].state, house.asked[&change].ticket), (AskedState::Done, Some(TICKET)));
    assert_eq!(house.heard(), [""; 0]);
    // It is news to all others, and whoever asked for it is named.
    house.reads(made, at(FROM));
    assert_eq!(house.heard(), ["created/4312 oleg watcher", "created/4312 petr assignee"]);
    assert_eq!(house.notice("created/4312").values["by"], "Имя inna");
}

#[test]
fn a_new_ticket_that_is_seen_before_its_receipt_is_known_by_the_mark() {
    let mut house = House::new();
    house.readers[3].scope = Scope::All;
    house.asks("inna", None, new_ticket());
    let mut made = ticket(vec![]);
    (made.card.created_on, made.card.author) = (at(FROM + 1), Some(who(ENGINE)));
    made.card.description = "С утра\n\n[pult 7f3a-1]".to_owned();
    house.reads(made, at(FROM));
    assert_eq!(house.heard(), ["created/4312 oleg watcher", "created/4312 petr assignee"]);
}

#[test]
fn a_change_asked_of_a_new_ticket_does_not_make_its_asker_the_author() {
    let mut house = House::new();
    let mut new = ticket(vec![]);
    new.card.created_on = at(FROM + 1);
    house.opens(new.clone());
    house.asks("petr", Some(PETR), change(to_status(2), to_status(1), None));
    house.reads(new, at(FROM));
    assert_eq!(house.heard(), ["created/4312 oleg watcher", "created/4312 petr assignee"]);
    assert_eq!(house.notice("created/4312").values["by"], "Орлова Мария");
}

#[test]
fn files_of_a_new_ticket_that_stayed_behind_are_told_and_a_new_one_that_failed_is_known_by_its_title() {
    let mut house = House::new();
    house.asks("inna", Some(INNA), new_ticket());
    let (change, left) = (TicketChangeId(1), vec!["план.pdf".to_owned()]);
    house.happens(&Fact::Created { change, ticket: Box::new(ticket(vec![])), left });
    assert_eq!(house.asked[&change].state, AskedState::Partly);
    assert_eq!(house.heard(), ["change/1 inna asked"]);
    assert_eq!(house.notice("change/1").subject, Subject::ticket(TICKET));
    house.asks("inna", None, new_ticket());
    let what = TicketAim::Change { change: TicketChangeId(2) };
    house.happens(&Fact::Failed { what, failure: Failure::Rights, detail: "нет".to_owned() });
    let notice = house.notice("change/2");
    assert_eq!(
        (&notice.subject, &notice.values["subject"]),
        (&Subject::new_ticket(TicketChangeId(2)), &json!(" Нет сети "))
    );
}

#[test]
fn of_a_change_nobody_knows_nothing_is_kept() {
    let mut house = House::that_knows(vec![]);
    let decision = house.happens(&changed(9, vec![1], &["status"]));
    assert!(decision.changes.is_empty() && decision.notices.is_empty());
}

#[test]
fn the_ticket_after_a_change_is_kept_as_the_account_sees_it_that_made_it() {
    let mut house = House::that_knows(vec![]);
    house.asks("petr", Some(PETR), change(to_status(2), to_status(1), None));
    let private = Entry { private: true, ..says(1, PETR, FROM + 1, "Тихо") };
    let made = ticket(vec![private, moves(2, PETR, FROM + 1, 1, 2)]);
    let change = TicketChangeId(1);
    house.happens(&Fact::Changed { change, ticket: Box::new(made.clone()), entries: vec![1, 2], left: vec![] });
    assert_eq!((house.kept[&TICKET].card.status.clone(), house.shown.clone()), (status(2), [(PETR, 1)].into()));
    house.reads(made, at(FROM));
    let told = ["entry/1 maria author", "entry/1 oleg watcher", "entry/2 maria author", "entry/2 oleg watcher"];
    assert_eq!(house.heard(), told);
}

fn rewrite(seen: &str, text: Option<&str>) -> Intent {
    let text = text.map(str::to_owned);
    Intent::Rewrite { ticket: TICKET, entry: 1, seen: seen.to_owned(), text, private: false }
}

#[test]
fn a_note_of_ones_own_goes_out_with_what_was_seen_and_what_it_is_to_say() {
    let mut house = House::that_knows(vec![]);
    assert_eq!(house.asks("petr", Some(PETR), rewrite("Да", Some(" Да "))), Some(Answer::Unchanged));
    for (text, wanted) in [(Some(" Нет\n"), "Нет"), (None, "")] {
        house.asks("petr", Some(PETR), rewrite("Да", text));
        let order = house.owed.last().unwrap();
        assert_eq!((&order.subject, order.urgent), (&Subject::ticket(TICKET), true));
        let Effect::RewriteTicketNote(rewrite) = &order.effect else { panic!("{order:?}") };
        assert_eq!((rewrite.account, rewrite.entry, rewrite.seen.as_str()), (Some(PETR), 1, "Да"));
        assert_eq!(rewrite.note.text, wanted);
    }
}

#[test]
fn what_was_taken_away_is_taken_from_what_is_kept_and_only_then() {
    let said = |notes: Option<&str>| {
        let mut entry = moves(1, PETR, FROM, 1, 2);
        entry.notes = notes.map(str::to_owned);
        entry
    };
    let gone = |removed| vec![Change::NoteGone { ticket: TICKET, entry: 1, removed }];
    for (text, there, left, wanted) in [
        (None, vec![], vec![], gone(true)),
        (None, vec![said(None)], vec![], gone(false)),
        (None, vec![said(Some("Да"))], vec!["note".to_owned()], vec![]),
        (Some("Нет"), vec![said(Some("Нет"))], vec![], vec![]),
    ] {
        let mut house = House::that_knows(vec![]);
        house.asks("petr", Some(PETR), rewrite("Да", text));
        let ticket = Box::new(ticket(there));
        let decision = house.happens(&Fact::Changed { change: TicketChangeId(1), ticket, entries: vec![], left });
        let gone = |change: &&Change| matches!(change, Change::NoteGone { .. });
        assert_eq!(decision.changes.iter().filter(gone).cloned().collect::<Vec<_>>(), wanted, "{text:?}");
    }
}

#[test]
fn whoever_watches_a_ticket_hears_of_it_from_then_on_and_no_longer_when_they_stop() {
    for (on, left, watches) in [(true, &[][..], true), (true, &["watch"], false), (false, &[], false)] {
        let mut house = House::that_knows(vec![]);
        house.kept.get_mut(&TICKET).unwrap().watchers = if on { [].into() } else { [PETR].into() };
        house.asks("petr", Some(PETR), Intent::Watch { ticket: TICKET, user: PETR, on });
        let Effect::WatchTicket(wish) = &house.owed.last().unwrap().effect else { panic!() };
        assert_eq!((wish.account, wish.user, wish.on), (Some(PETR), PETR, on));
        house.happens(&changed(1, vec![], left));
        assert_eq!(house.kept[&TICKET].watchers.contains(&PETR), watches, "{on} {left:?}");
        let state = if left.is_empty() { AskedState::Done } else { AskedState::Partly };
        assert_eq!(house.asked[&TicketChangeId(1)].state, state);
    }
}

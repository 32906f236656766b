//! Which reading is believed, and what somebody's own account adds.

use super::*;

#[test]
fn a_reading_that_was_overtaken_brings_its_entries_and_nothing_else() {
    let mut house = House::that_knows(vec![]);
    let (first, second) = (moves(5, PETR, FROM + 1, 1, 2), moves(6, PETR, FROM + 9, 2, 3));
    let older = ticket(vec![says(4, MARIA, FROM + 1, "Позднее"), first.clone()]);
    house.reads(ticket(vec![first, second]), at(FROM));
    house.heard();
    let decision = house.reads(older, at(FROM));
    assert_eq!(house.kept[&TICKET].card.status, status(3));
    assert_eq!(house.heard(), ["entry/4 oleg watcher", "entry/4 petr assignee"]);
    let [Change::Entries { entries, told: true, .. }] = &decision.changes[..] else { panic!("{decision:?}") };
    assert_eq!(entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [4]);
}

#[test]
fn a_reading_of_a_clock_that_was_set_back_is_believed_by_its_entries() {
    let mut house = House::that_knows(vec![moves(5, PETR, FROM + 30, 1, 2)]);
    let mut back = ticket(vec![moves(5, PETR, FROM + 30, 1, 2), moves(6, PETR, FROM + 10, 2, 3)]);
    back.card.updated_on = at(FROM + 10);
    house.reads(back, at(FROM));
    assert_eq!(house.heard(), ["entry/6 maria author", "entry/6 oleg watcher"]);
    assert_eq!(house.kept[&TICKET].card.status, status(3));
}

#[test]
fn a_reading_that_was_overtaken_within_the_same_second_makes_no_news_of_its_status() {
    let (first, second) = (moves(5, PETR, FROM + 1, 1, 2), moves(6, PETR, FROM + 1, 2, 3));
    let mut house = House::that_knows(vec![first.clone(), second.clone()]);
    house.reads(ticket(vec![first.clone()]), at(FROM));
    assert_eq!((house.heard(), house.kept[&TICKET].card.status.clone()), (vec![], status(3)));
    house.reads(ticket(vec![first, second]), at(FROM));
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn a_reading_of_the_same_second_in_which_only_the_last_note_is_missing_is_believed() {
    let mut house = House::that_knows(vec![says(5, PETR, FROM + 1, "Раз"), says(6, PETR, FROM + 1, "Лишнее")]);
    let decision = house.reads(ticket(vec![says(5, PETR, FROM + 1, "Раз")]), at(FROM));
    assert!(matches!(&decision.changes[..], [Change::Ticket { .. }]), "{decision:?}");
}

#[test]
fn what_an_account_sees_takes_the_place_of_the_card_only_where_it_is_newer() {
    let mut house = House::that_knows(vec![]);
    let mut seen = ticket(vec![Entry { private: true, ..says(1, PETR, FROM + 1, "Тихо") }]);
    seen.card.updated_on = at(0);
    seen.card.custom = vec![("Бюджет".to_owned(), "100".to_owned())];
    let fact = |ticket: &Ticket| Fact::Seen { account: PETR, ticket: Box::new(ticket.clone()) };
    house.happens(&fact(&seen));
    assert!(house.kept[&TICKET].card.custom.is_empty(), "the engine's account saw the same");
    assert_eq!(house.shown, [(PETR, 1)].into());
    seen.card.updated_on = at(FROM + 1);
    house.happens(&fact(&seen));
    assert_eq!(house.kept[&TICKET].card.custom.len(), 1);
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn an_account_that_may_no_longer_see_a_ticket_is_shown_nothing_private_of_it() {
    for (failure, left) in [(Failure::DoesNotExist, 0), (Failure::Rights, 0), (Failure::State, 1)] {
        let mut house = House::that_knows(vec![]);
        let seen = ticket(vec![Entry { private: true, ..says(1, PETR, FROM + 1, "Тихо") }]);
        house.happens(&Fact::Seen { account: PETR, ticket: Box::new(seen) });
        let what = TicketAim::Read { ticket: TICKET, account: Some(PETR) };
        house.happens(&Fact::Failed { what, failure, detail: String::new() });
        assert_eq!(house.shown.len(), left, "{failure:?}");
        assert_eq!(house.kept[&TICKET].missed, 0, "the engine's account sees it");
    }
}

#[test]
fn a_ticket_that_stirred_is_read_and_one_that_was_opened_is_read_at_once() {
    let mut house = House::new();
    house.happens(&Fact::Stirred { ticket: TICKET, from: at(FROM) });
    house.happens(&Fact::Opened { ticket: TICKET, account: Some(PETR) });
    let until = Some(house.now + house.policy.patience);
    let order = |not_after, account, from| EffectOrder {
        subject: Subject::ticket(TICKET),
        not_after,
        urgent: not_after.is_some(),
        effect: Effect::ReadTicket { ticket: TICKET, account, from },
    };
    assert_eq!(house.owed, [order(None, None, Some(at(FROM))), order(until, Some(PETR), None)]);
}

#[test]
fn of_tickets_changed_elsewhere_those_that_are_followed_are_read() {
    let mut house = House::that_knows(vec![]);
    let mut stranger = ticket(vec![]);
    stranger.card.id = TicketId(7);
    let ticket = Box::new(stranger);
    house.happens(&Fact::Read { ticket, in_scope: false, from: Some(at(FROM)), many: false });
    house.happens(&Fact::Elsewhere { tickets: vec![TICKET, TicketId(7), TicketId(8)], from: at(FROM) });
    let [order] = &house.owed[..] else { panic!("{:?}", house.owed) };
    assert_eq!(order.effect, Effect::ReadTicket { ticket: TICKET, account: None, from: Some(at(FROM)) });
}

#[test]
fn two_deadlines_stand_while_the_tracker_is_connected_and_each_sets_itself_again() {
    let mut house = House::new();
    assert_eq!(standing(&house.policy), [SWEEP, LISTS]);
    for (key, minutes) in [(SWEEP, 10), (LISTS, 30)] {
        let due = house.now + SignedDuration::from_mins(minutes);
        let decision = house.happens(&fact_of_timer(key).unwrap());
        assert_eq!(decision.timers, [TimerChange::Set { key: key.to_owned(), due }]);
    }
    assert_eq!(house.owed.iter().map(|order| order.effect.clone()).collect::<Vec<_>>(), [Effect::ReadTicketLists {}]);
    assert_eq!(fact_of_timer("another"), None);
    house.policy.enabled = false;
    assert_eq!(standing(&house.policy), [""; 0]);
    assert!([SWEEP, LISTS].iter().all(|key| house.happens(&fact_of_timer(key).unwrap()).timers.is_empty()));
}

#[test]
fn nothing_is_owed_while_the_tracker_is_not_connected() {
    let mut house = House::that_knows(vec![]);
    house.policy.enabled = false;
    let new = Intent::New {
        project: 1,
        tracker: None,
        priority: None,
        assignee: None,
        subject: "Нет сети".to_owned(),
        description: String::new(),
        email: None,
        files: vec![],
    };
    house.happens(&Fact::Stirred { ticket: TICKET, from: at(FROM) });
    house.happens(&Fact::Opened { ticket: TICKET, account: None });
    house.happens(&Fact::Elsewhere { tickets: vec![TICKET], from: at(FROM) });
    house.happens(&Fact::SweepDue {});
    house.happens(&Fact::DictionaryDue {});
    house.asks("petr", None, change(to_status(2), to_status(1), None));
    house.asks("petr", None, new);
    assert_eq!(house.owed, []);
    assert!(house.asked.values().all(|asked| asked.state == AskedState::Failed && asked.settled_at.is_some()));
}

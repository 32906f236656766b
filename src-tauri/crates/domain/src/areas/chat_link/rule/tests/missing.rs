//! One side is not set up, or switched off: nothing is owed to it, and what needed it says so.

use super::*;

const NO_TRACKER: &str = "трекер не подключён";
const FORM: [(&str, &str); 2] = [("topic_yandex", "Почта"), ("description", "Не открывается")];

fn without(side: Side) -> House {
    let mut house = House::with_issue();
    switch(&mut house, side, false);
    house
}

fn switch(house: &mut House, side: Side, on: bool) {
    match side {
        Side::Chat => house.policy.chat = on,
        Side::Tracker => house.policy.tracker = on,
    }
}

#[test]
fn a_request_without_a_tracker_fails_aloud_and_is_created_when_it_is_tried_again() {
    let mut house = without(Side::Tracker);
    house.happens(&Fact::Submitted(Box::new(submission(MARIA, None, &FORM))));
    house.settle();
    let (id, request) = house.requests.last_key_value().unwrap();
    let id = *id;
    assert_eq!((request.state, request.trouble.as_deref()), (RequestState::Failed, Some(NO_TRACKER)));
    assert!(house.world.words()[0].contains(NO_TRACKER), "whoever asked hears of it");
    switch(&mut house, Side::Tracker, true);
    house.happens(&Fact::RequestAgain { request: id, by: "anna".to_owned() });
    house.settle();
    assert_eq!((house.world.created.len(), house.world.anchors.len()), (1, 1));
    assert!(house.raised.is_empty());
}

#[test]
fn an_issue_without_a_messenger_waits_for_its_first_message() {
    let mut house = House::new();
    house.happens(&Fact::Submitted(Box::new(submission(MARIA, None, &FORM))));
    house.settle_but(|effect| matches!(effect, Effect::PostAnchor(_)).then_some(Failure::Refused));
    switch(&mut house, Side::Chat, false);
    let again = |house: &mut House| {
        house.happens(&Fact::RequestAgain { request: ChatRequestId(1), by: "anna".to_owned() });
        house.settle();
    };
    again(&mut house);
    let request = &house.requests[&ChatRequestId(1)];
    assert_eq!((request.state, request.trouble.as_deref()), (RequestState::Failed, Some("мессенджер не подключён")));
    assert!(request.link.is_some());
    switch(&mut house, Side::Chat, true);
    again(&mut house);
    assert_eq!((house.world.created.len(), house.world.anchors.len()), (1, 1), "and there is no second issue");
}

#[test]
fn what_cannot_be_copied_is_kept_with_the_reason_and_sent_when_both_sides_are_there() {
    // A message for a tracker that is off, and a comment for a messenger that is off.
    for side in [Side::Tracker, Side::Chat] {
        let mut house = without(side);
        match side {
            Side::Tracker => drop(house.replies(MARIA, "Кабинет 12")),
            Side::Chat => house.comments(ISSUE, "Жуков Пётр", "Какой кабинет?"),
        }
        assert_eq!(house.states(), [(ItemState::Failed, Some("not_connected"))], "{side:?}");
        assert_eq!(house.raised.len(), 1);
        switch(&mut house, side, true);
        house.happens(&Fact::ItemSentAgain { item: ChatItemId(1), by: "anna".to_owned() });
        house.settle();
        assert_eq!(house.states(), [(ItemState::Done, None)]);
        assert_eq!(house.world.posted.len() + house.world.replies.len(), 1);
        assert!(house.raised.is_empty());
    }
}

#[test]
fn a_thread_nobody_knows_is_not_looked_for_without_a_tracker() {
    let mut house = House::new();
    house.policy.tracker = false;
    house.says(MARIA, Place::Thread { parent: Some(8_000) }, "Есть кто?");
    assert_eq!(house.states(), [(ItemState::Failed, Some("not_connected"))]);
}

#[test]
fn a_press_without_a_tracker_is_answered_with_the_reason() {
    for (action, words) in [
        (Action::Close, "Не получилось: трекер не подключён"),
        (Action::Active, "Ошибка при запросе задач в Трекере."),
        (Action::Watched, "Ошибка при запросе задач в Трекере."),
    ] {
        let mut house = without(Side::Tracker);
        house.presses(PETR, action.clone());
        house.settle();
        assert_eq!(house.world.words(), [words], "{action:?}");
    }
}

//! A supervisor pauses a conversation, lets it go on, drops what waits, and sends it again.

use super::*;

fn by() -> String {
    "anna".to_owned()
}

fn texts(house: &House) -> Vec<&str> {
    house.world.posted.iter().map(|comment| comment.text.as_str()).collect()
}

fn paused() -> House {
    let mut house = House::with_issue();
    assert_eq!(house.happens(&Fact::PauseAsked { link: LINK, by: by() }).answer, Some(Answer::Done));
    house
}

#[test]
fn a_paused_conversation_keeps_everything_until_it_goes_on() {
    let mut house = paused();
    assert_eq!(house.link().paused_why.as_deref(), Some("anna"));
    assert!(house.raised.is_empty(), "whoever paused it knows");
    assert_eq!(house.happens(&Fact::PauseAsked { link: LINK, by: by() }).answer, Some(Answer::Unchanged));
    house.replies(MARIA, "Один @olisin");
    house.comments(ISSUE, "Жуков Пётр", "Два");
    house.replies(MARIA, "Три");
    assert!(house.world.posted.is_empty() && house.world.replies.is_empty() && house.world.granted.is_empty());
    assert_eq!(house.states(), [(ItemState::Held, Some("paused")); 3]);
    assert_eq!(house.happens(&Fact::ResumeAsked { link: LINK, by: by() }).answer, Some(Answer::Done));
    let order: Vec<_> = house.owed.iter().map(|order| order.effect.kind()).collect();
    assert_eq!(order, ["post_comment", "grant_access", "post_reply", "post_comment"]);
    house.settle();
    assert_eq!(house.happens(&Fact::ResumeAsked { link: LINK, by: by() }).answer, Some(Answer::Unchanged));
    assert_eq!(house.states(), [(ItemState::Done, None); 3]);
}

#[test]
fn what_was_on_its_way_when_a_conversation_is_paused_arrives() {
    let mut house = House::with_issue();
    house.says(MARIA, IN_THREAD, "Один");
    let read = house.owed.pop_front().unwrap();
    house.carry_out(&read, None);
    house.says(MARIA, IN_THREAD, "Два");
    house.happens(&Fact::PauseAsked { link: LINK, by: by() });
    house.settle();
    assert_eq!(house.states(), [(ItemState::Done, None), (ItemState::Held, Some("paused"))]);
}

#[test]
fn another_conversation_goes_on() {
    let mut house = paused();
    house.world.issue("DESK-7", Some((DESK, 8_000, MARIA)));
    house.says(MARIA, Place::Thread { parent: Some(8_000) }, "Один");
    house.settle();
    assert_eq!(house.world.posted[0].issue, "DESK-7");
}

#[test]
fn what_is_dropped_does_not_go_out_and_says_who_dropped_it() {
    let mut house = paused();
    let items = ["Один", "Два", "Три"].map(|text| house.replies(MARIA, text));
    let drop = Fact::ItemDropped { item: items[1], by: by() };
    assert_eq!(house.happens(&drop).answer, Some(Answer::Done));
    assert_eq!(house.happens(&drop).answer, Some(Answer::Unchanged));
    house.happens(&Fact::ResumeAsked { link: LINK, by: by() });
    house.settle();
    assert_eq!(texts(&house), ["Один", "Три"]);
    assert_eq!(house.states()[1], (ItemState::Skipped, Some("dropped: anna")));
    let done = Fact::ItemDropped { item: items[0], by: by() };
    assert_eq!(house.happens(&done).answer, Some(Answer::Unchanged), "it was copied");
}

#[test]
fn what_was_dropped_or_waits_can_be_sent_by_itself() {
    let mut house = paused();
    let items = ["Один", "Два", "Три"].map(|text| house.replies(MARIA, text));
    house.happens(&Fact::ItemDropped { item: items[2], by: by() });
    for item in [items[1], items[2]] {
        let again = Fact::ItemSentAgain { item, by: by() };
        assert_eq!(house.happens(&again).answer, Some(Answer::Done));
        house.settle();
        assert_eq!(house.happens(&again).answer, Some(Answer::Unchanged), "it was copied");
    }
    assert_eq!(texts(&house), ["Два", "Три"]);
    house.happens(&Fact::ResumeAsked { link: LINK, by: by() });
    house.settle();
    assert_eq!(texts(&house), ["Два", "Три", "Один"]);
}

#[test]
fn what_is_ours_or_says_nothing_or_has_no_issue_is_not_sent_by_anybody() {
    let mut house = House::with_issue();
    house.replies(OURSELVES, "Завтра дождь");
    house.replies(ROBOT, "Завтра дождь");
    house.replies(MARIA, " ");
    house.says(MARIA, Place::Thread { parent: Some(8_000) }, "Обедать идём?");
    house.settle();
    let before: Vec<_> = house.items.values().cloned().collect();
    for id in 1..=4 {
        house.happens(&Fact::ItemSentAgain { item: ChatItemId(id), by: by() });
        house.settle();
    }
    assert!(house.world.posted.is_empty());
    let after: Vec<_> = house.items.values().map(|item| (item.state, item.reason.clone())).collect();
    assert_eq!(after, before.into_iter().map(|item| (item.state, item.reason)).collect::<Vec<_>>());
}

#[test]
fn a_failed_item_that_is_dropped_takes_its_notice_along() {
    let mut house = House::with_issue();
    house.says(MARIA, IN_THREAD, "Один");
    house.settle_but(|effect| matches!(effect, Effect::PostComment(_)).then_some(Failure::Refused));
    assert_eq!(house.raised.len(), 1);
    house.happens(&Fact::ItemDropped { item: ChatItemId(1), by: by() });
    assert!(house.raised.is_empty());
}

//! What does not go through: a place that is gone, and one where we have no right to speak or to read.

use super::*;

fn replied(house: &House) -> Vec<&str> {
    house.world.replies.iter().map(|reply| reply.text.as_str()).collect()
}

#[test]
fn a_conversation_whose_place_is_gone_is_told_of_once_and_what_comes_after_waits() {
    let mut house = House::with_issue();
    house.world.gone = true;
    house.comments(ISSUE, "Жуков Пётр", "Один");
    assert_eq!((house.link().paused_why.as_deref(), house.link().thread), (Some("chat_gone"), None));
    assert_eq!(house.raised["chat_link:paused/1"].code, "chat_link.chat_gone");
    house.comments(ISSUE, "Жуков Пётр", "Два");
    house.comments(ISSUE, "Жуков Пётр", "Три");
    assert_eq!(replied(&house), ["Один"], "in the main line once");
    assert_eq!(house.states()[1..], [(ItemState::Held, Some("paused")); 2]);
    // A person has them said all the same.
    house.happens(&Fact::ResumeAsked { link: LINK, by: "anna".to_owned() });
    house.settle();
    assert_eq!(replied(&house), ["Один", "Два", "Три"]);
    assert_eq!(house.link().paused_why.as_deref(), Some("chat_gone"), "and it is as it was");
}

#[test]
fn a_pair_whose_other_end_is_gone_waits_as_a_whole_and_nothing_is_lost() {
    for (side, why) in [(Side::Tracker, "chat_gone"), (Side::Chat, "issue_gone")] {
        let mut house = House::with_issue();
        let gone = |effect: &Effect| {
            matches!(effect, Effect::PostReply(_) | Effect::PostComment(_)).then_some(Failure::DoesNotExist)
        };
        let say = |house: &mut House, text: &str| match side {
            Side::Chat => drop(house.says(MARIA, IN_THREAD, text)),
            Side::Tracker => {
                let comment = Some(house.world.comments(ISSUE, "Жуков Пётр", text, at(0)));
                let issue = ISSUE.to_owned();
                drop(house.happens(&Fact::IssueStirred { issue, comment, since: None, late: false }));
            }
        };
        for text in ["Один", "Два"] {
            say(&mut house, text);
            house.settle_but(gone);
        }
        assert_eq!(house.link().paused_why.as_deref(), Some(why));
        assert_eq!(house.states(), [(ItemState::Held, Some(why)), (ItemState::Held, Some("paused"))]);
        let told: Vec<_> = house.raised.values().map(|notice| notice.code.clone()).collect();
        assert_eq!(told, [format!("chat_link.{why}")]);
        house.happens(&Fact::ResumeAsked { link: LINK, by: "anna".to_owned() });
        house.settle();
        assert_eq!(house.states(), [(ItemState::Done, None); 2]);
        assert!(house.raised.is_empty());
    }
}

#[test]
fn a_place_we_may_not_speak_in_is_told_of_once_until_something_gets_through() {
    for (side, key) in [(Side::Tracker, "chat_link:barred/chat/500"), (Side::Chat, "chat_link:barred/tracker")] {
        let mut house = House::with_issue();
        let say = |house: &mut House, text: &str, failure: Option<Failure>| {
            match side {
                Side::Chat => drop(house.says(MARIA, IN_THREAD, text)),
                Side::Tracker => {
                    let comment = Some(house.world.comments(ISSUE, "Жуков Пётр", text, at(0)));
                    let issue = ISSUE.to_owned();
                    drop(house.happens(&Fact::IssueStirred { issue, comment, since: None, late: false }));
                }
            }
            house.settle_but(|effect| {
                failure.filter(|_| matches!(effect, Effect::PostReply(_) | Effect::PostComment(_)))
            });
        };
        for text in ["Один", "Два", "Три"] {
            say(&mut house, text, Some(Failure::Rights));
        }
        assert_eq!(house.states(), [(ItemState::Failed, Some("HTTP 422: так нельзя")); 3]);
        assert_eq!(house.raised.keys().collect::<Vec<_>>(), [key]);
        assert_eq!(house.raised[key].code, "chat_link.barred");
        say(&mut house, "Четыре", None);
        assert!(house.raised.is_empty());
        house.happens(&Fact::ItemSentAgain { item: ChatItemId(1), by: "anna".to_owned() });
        house.settle_but(|_| Some(Failure::Rights));
        assert_eq!(house.raised.keys().collect::<Vec<_>>(), [key]);
    }
}

#[test]
fn a_conversation_that_may_not_be_read_is_told_of_once() {
    let mut house = House::with_issue();
    for text in ["Один", "Два"] {
        house.says(MARIA, IN_THREAD, text);
        house.settle_but(|effect| matches!(effect, Effect::ReadMessage { .. }).then_some(Failure::Rights));
    }
    assert_eq!(house.raised.keys().collect::<Vec<_>>(), ["chat_link:barred/chat/500/read"]);
    house.replies(MARIA, "Три");
    assert!(house.raised.is_empty());
}

//! Messages go to the issue and comments into the conversation, each once and in order.

use super::{
    super::super::{FileLink, owed::PostComment},
    *,
};

fn photo() -> FileLink {
    FileLink { name: "фото.png".to_owned(), size: Some(12), source: "7".to_owned(), page: None }
}

fn posted(house: &House) -> Vec<(Event, &str)> {
    house.world.posted.iter().map(|comment| (comment.event, comment.text.as_str())).collect()
}

fn replied(house: &House) -> Vec<&str> {
    house.world.replies.iter().map(|reply| reply.text.as_str()).collect()
}

#[test]
fn a_message_in_a_conversation_becomes_a_comment_of_its_author() {
    let mut house = House::with_issue();
    let item = house.replies(OLEG, "Кабинет 12");
    let PostComment { issue, author, user, event, text, .. } = &house.world.posted[0];
    assert_eq!((issue.as_str(), author.as_str(), *user), (ISSUE, "Лисин Олег", OLEG));
    assert_eq!((*event, text.as_str()), (Event::Written, "Кабинет 12"));
    let kept = &house.items[&item];
    assert_eq!((kept.state, kept.hops), (ItemState::Done, 0));
    assert!(house.echoes.contains(&(Side::Tracker, kept.copy.clone().unwrap())));
    assert!(house.users.contains_key(&OLEG), "its author was read with it");
}

#[test]
fn a_message_that_is_told_of_twice_is_copied_once() {
    let mut house = House::with_issue();
    let id = house.world.writes(MARIA, "Кабинет 12");
    let text = "Кабинет 12".to_owned();
    let message = ChatMessage { id, chat: DESK, place: IN_THREAD, user: MARIA, text };
    house.happens(&Fact::Written(message.clone()));
    house.happens(&Fact::Written(message.clone()));
    house.settle();
    house.happens(&Fact::Written(message));
    house.settle();
    assert_eq!((house.world.posted.len(), house.items.len()), (1, 1));
}

#[test]
fn a_thread_nobody_knows_is_looked_for_at_the_tracker_and_then_known() {
    let mut house = House::new();
    house.world.issue("DESK-7", Some((DESK, 8_000, MARIA)));
    let place = Place::Thread { parent: Some(8_000) };
    for text in ["Один", "Два"] {
        house.says(MARIA, place, text);
    }
    let subjects: BTreeSet<_> = house.owed.iter().map(|order| order.subject.clone()).collect();
    assert_eq!(subjects.len(), 1, "one after another");
    house.settle();
    house.says(MARIA, place, "Три");
    house.settle();
    assert_eq!(posted(&house).iter().map(|(_, text)| *text).collect::<Vec<_>>(), ["Один", "Два", "Три"]);
    let link = house.link();
    assert_eq!((house.links.len(), link.message, link.user), (1, Some(8_000), Some(MARIA)));
    assert_eq!(house.world.asked.iter().filter(|kind| **kind == "find_issue_of_message").count(), 2);
}

/// A request whose first message is sent, and nobody knows yet that it stands: its order, and its receipt that is late.
fn unknown_anchor(house: &mut House) -> (EffectOrder, Fact) {
    house.says(MARIA, Place::Chat, "Нет гудка");
    loop {
        let order = house.owed.pop_front().unwrap();
        if matches!(order.effect, Effect::PostAnchor(_)) {
            let receipt = house.world.does(&order.effect, house.now);
            return (order, receipt);
        }
        house.carry_out(&order, None);
    }
}

#[test]
fn what_is_written_in_a_thread_before_its_first_message_is_known_waits_for_it() {
    let mut house = House::new();
    let (_, receipt) = unknown_anchor(&mut house);
    let Fact::AnchorPosted { message, .. } = receipt else { panic!("{receipt:?}") };
    for text in ["Один", "Два"] {
        house.says(MARIA, Place::Thread { parent: Some(message) }, text);
        house.settle();
    }
    house.says(OLEG, Place::Thread { parent: Some(8_000) }, "Обедать идём?");
    house.settle();
    assert_eq!(house.states(), [(ItemState::Finding, Some("no_anchor_yet")); 3]);
    // One is still looked for when the receipt comes, and what is found is late.
    house.says(MARIA, Place::Thread { parent: Some(message) }, "Три");
    house.happens(&receipt);
    house.settle();
    assert_eq!(posted(&house).iter().map(|(_, text)| *text).collect::<Vec<_>>(), ["Один", "Два", "Три"]);
    assert_eq!(house.states()[2], (ItemState::Skipped, Some("no_issue")), "another thread is of no issue after all");
}

#[test]
fn what_waited_for_a_first_message_that_never_came_is_looked_for_once_more() {
    let mut house = House::new();
    let (order, _) = unknown_anchor(&mut house);
    house.says(OLEG, Place::Thread { parent: Some(8_000) }, "Обедать идём?");
    house.settle();
    house.carry_out(&order, Some(Failure::Refused));
    house.settle();
    assert_eq!(house.states(), [(ItemState::Skipped, Some("no_issue"))]);
}

#[test]
fn a_thread_of_no_issue_is_left_alone() {
    let mut house = House::with_issue();
    let message = house.says(MARIA, Place::Thread { parent: Some(8_000) }, "Обедать идём?");
    house.settle();
    let item = house.item_of(message).unwrap();
    assert_eq!((item.state, item.reason.as_deref()), (ItemState::Skipped, Some("no_issue")));
    house.says(MARIA, Place::Thread { parent: None }, "Обедать идём?");
    house.settle();
    assert!(house.world.posted.is_empty() && house.raised.is_empty());
}

#[test]
fn programs_ourselves_and_empty_messages_are_skipped_with_the_reason() {
    for (user, text, known, reason) in [
        (ROBOT, "Завтра дождь", false, Some("program")),
        (OURSELVES, "Завтра дождь", false, Some("ours")),
        (MARIA, " \n", false, Some("empty")),
        // Whoever is known to be a program is not even looked at.
        (ROBOT, "Завтра дождь", true, None),
        (OURSELVES, "Завтра дождь", true, None),
    ] {
        let mut house = House::with_issue();
        if known {
            house.knows(user);
        }
        house.says(user, IN_THREAD, text);
        house.settle();
        let wanted: Vec<_> = reason.map(|reason| (ItemState::Skipped, Some(reason))).into_iter().collect();
        assert_eq!(house.states(), wanted, "{user}");
        assert!(house.world.posted.is_empty());
    }
}

#[test]
fn files_alone_are_copied_with_no_words() {
    let mut house = House::with_issue();
    house.world.files = vec![photo()];
    house.replies(MARIA, "");
    house.comments(ISSUE, "Жуков Пётр", "");
    assert_eq!((house.world.posted[0].files.len(), house.world.replies[0].files.len()), (1, 1));
}

#[test]
fn whoever_is_named_may_read_the_issue_after_the_message_stands_there() {
    let mut house = House::with_issue();
    house.replies(MARIA, "@ozhukov @pzhukov и @olisin, @olisin, посмотрите. @weather");
    let logins = vec!["o.lisin".to_owned(), "p.zhukov".to_owned()];
    assert_eq!(house.world.granted, [(ISSUE.to_owned(), logins)]);
    assert_eq!(house.world.asked, ["read_message", "post_comment", "grant_access"]);
    house.replies(MARIA, "Спасибо всем");
    assert_eq!(house.world.granted.len(), 1, "nobody is named");
}

#[test]
fn a_stranger_to_the_issue_lets_nobody_in_by_naming_them() {
    let mut house = House::with_issue();
    let words = "Те, кого вы упомянули (p.zhukov), не получили доступ к задаче DESK-1: открыть её могут автор, исполнитель, \
                 наблюдатели и агенты.";
    house.replies(OLEG, "@pzhukov, посмотрите");
    assert_eq!((house.world.granted.len(), house.world.words()), (0, vec![words]));
    assert_eq!(house.world.posted.len(), 1, "what they wrote is copied all the same");
    // Who follows the issue may.
    house.world.issues.get_mut(ISSUE).unwrap().followers.push("o.lisin".to_owned());
    house.replies(OLEG, "@pzhukov, посмотрите ещё раз");
    assert_eq!((house.world.granted.len(), house.world.words().len()), (1, 1));
}

#[test]
fn an_agent_lets_people_in_whatever_the_issue_shows() {
    let mut house = House::with_issue();
    house.replies(PETR, "@olisin, посмотрите");
    assert_eq!((house.world.granted.len(), house.world.words().len()), (1, 0));
}

#[test]
fn somebody_without_a_login_lets_nobody_in() {
    let mut house = House::with_issue();
    house.world.people.get_mut(&OLEG).unwrap().email = None;
    house.replies(OLEG, "@pzhukov, посмотрите");
    assert_eq!((house.world.granted.len(), house.world.words().len()), (0, 1));
    assert!(!house.world.asked.contains(&"grant_access"), "{:?}", house.world.asked);
}

#[test]
fn what_cannot_be_done_beside_a_copy_leaves_it_where_it_is() {
    let mut house = House::with_issue();
    house.says(MARIA, IN_THREAD, "@olisin, посмотрите");
    house.settle_but(|effect| matches!(effect, Effect::GrantAccess { .. }).then_some(Failure::Refused));
    assert_eq!(house.states(), [(ItemState::Done, None)]);
    // Whoever named them hears of it, in private.
    let words = "Не удалось дать доступ к задаче DESK-1 тем, кого вы упомянули (o.lisin): HTTP 422: так нельзя.";
    assert_eq!(house.world.words(), [words]);
}

#[test]
fn several_comments_are_copied_at_once_in_their_order() {
    let mut house = House::with_issue();
    let own = house.world.comments(ISSUE, "Пульт", "Комментарий из Пачки", at(0));
    for text in ["Один", "Два", "Три"] {
        house.world.comments(ISSUE, "Жуков Пётр", text, at(0));
    }
    house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment: Some(own), since: None, late: false });
    house.settle();
    house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment: None, since: None, late: false });
    house.settle();
    assert_eq!(replied(&house), ["Один", "Два", "Три"], "and not ours");
    assert_eq!(house.world.replies[0].author, "Жуков Пётр");
    assert_eq!((house.world.replies[0].chat, house.world.replies[0].anchor), (DESK, ANCHOR));
    assert_eq!((house.items.len(), house.link().thread), (3, Some(70)));
}

#[test]
fn comments_that_are_read_twice_are_copied_once() {
    let mut house = House::with_issue();
    for text in ["Один", "Два"] {
        let comment = Some(house.world.comments(ISSUE, "Жуков Пётр", text, at(0)));
        house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment, since: None, late: false });
    }
    house.settle();
    assert_eq!(replied(&house), ["Один", "Два"]);
    let comments: Vec<_> = house.items.values().map(|item| item.external.clone()).collect();
    assert_eq!(comments.len(), 2);
}

#[test]
fn an_issue_that_names_its_conversation_is_known_by_its_next_comment() {
    let mut house = House::new();
    house.world.issue("DESK-7", Some((DESK, 8_000, MARIA)));
    house.world.comments("DESK-7", "Жуков Пётр", "Давно", at(0));
    house.comments("DESK-7", "Жуков Пётр", "Сейчас");
    house.world.comments("DESK-7", "Жуков Пётр", "Потом", at(0));
    house.comments("DESK-7", "Жуков Пётр", "Ещё потом");
    assert_eq!(replied(&house), ["Сейчас", "Потом", "Ещё потом"], "what was before is not told again");
    assert_eq!((house.links.len(), house.link().message), (1, Some(8_000)));
}

#[test]
fn a_comment_that_is_told_of_late_is_copied_as_well() {
    let mut house = House::new();
    house.world.issue("DESK-7", Some((DESK, 8_000, MARIA)));
    let late = house.world.comments("DESK-7", "Жуков Пётр", "Сказано раньше", at(0));
    house.comments("DESK-7", "Жуков Пётр", "Сказано позже");
    for _ in 0..2 {
        house.happens(&Fact::IssueStirred {
            issue: "DESK-7".to_owned(),
            comment: Some(late.clone()),
            since: None,
            late: false,
        });
        house.settle();
    }
    house.comments("DESK-7", "Жуков Пётр", "И ещё");
    assert_eq!(replied(&house), ["Сказано позже", "Сказано раньше", "И ещё"]);
}

#[test]
fn an_issue_without_a_conversation_is_none_of_ours() {
    let mut house = House::new();
    house.world.issue("DESK-8", None);
    house.comments("DESK-8", "Жуков Пётр", "Для своих");
    assert!(house.items.is_empty() && house.links.is_empty());
    house.happens(&Fact::IssueStirred { issue: "DESK-8".to_owned(), comment: None, since: None, late: false });
    assert!(house.owed.is_empty());
}

#[test]
fn an_issue_that_was_moved_to_another_queue_keeps_its_conversation() {
    let mut house = House::with_issue();
    house.comments(ISSUE, "Жуков Пётр", "Один");
    let mut card = house.world.issues.remove(ISSUE).unwrap();
    card.key = "NET-5".to_owned();
    house.world.issues.insert(card.key.clone(), card);
    house.world.comments("NET-5", "Жуков Пётр", "Два", at(0));
    house.comments("NET-5", "Жуков Пётр", "Три");
    house.replies(MARIA, "Четыре");
    assert_eq!(replied(&house), ["Один", "Два", "Три"]);
    assert_eq!((house.links.len(), house.world.posted[0].issue.as_str()), (1, "NET-5"));
}

#[test]
fn a_copy_of_an_issue_does_not_speak_in_its_conversation() {
    let mut house = House::with_issue();
    house.world.issue("DESK-2", Some((DESK, ANCHOR, MARIA)));
    house.comments("DESK-2", "Жуков Пётр", "Для своих");
    assert!(house.items.is_empty() && house.world.replies.is_empty());
    assert_eq!((house.links.len(), house.link().issue.as_str()), (1, ISSUE));
}

#[test]
fn an_empty_comment_is_skipped() {
    let mut house = House::with_issue();
    house.comments(ISSUE, "Жуков Пётр", "  ");
    assert_eq!(house.states(), [(ItemState::Skipped, Some("empty"))]);
}

#[test]
fn the_issues_state_is_seen_with_its_comments() {
    let mut house = House::with_issue();
    let card = house.world.issues.get_mut(ISSUE).unwrap();
    (card.status_name, card.over) = ("Закрыт".to_owned(), true);
    house.comments(ISSUE, "Жуков Пётр", "Готово");
    assert_eq!((house.link().status.as_str(), house.link().over), ("Закрыт", true));
}

#[test]
fn comments_that_cannot_be_read_are_told_of_and_come_with_the_next() {
    let mut house = House::with_issue();
    let comment = Some(house.world.comments(ISSUE, "Жуков Пётр", "Один", at(0)));
    house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment, since: None, late: false });
    house.settle_but(|_| Some(Failure::Rights));
    assert!(house.raised.contains_key("chat_link:unread/1"));
    house.comments(ISSUE, "Жуков Пётр", "Два");
    assert_eq!(replied(&house), ["Один", "Два"]);
    assert!(house.raised.is_empty());
}

#[test]
fn a_copy_that_fails_is_kept_with_the_reason_and_sent_again_by_hand() {
    for (side, kind) in [(Side::Chat, "post_comment"), (Side::Tracker, "post_reply"), (Side::Chat, "read_message")] {
        let mut house = House::with_issue();
        match side {
            Side::Chat => drop(house.says(MARIA, IN_THREAD, "Кабинет 12")),
            Side::Tracker => {
                let comment = Some(house.world.comments(ISSUE, "Жуков Пётр", "Кабинет 12", at(0)));
                drop(house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment, since: None, late: false }));
            }
        }
        house.settle_but(|effect| (effect.kind() == kind).then_some(Failure::Refused));
        assert_eq!(house.states(), [(ItemState::Failed, Some("HTTP 422: так нельзя"))], "{kind}");
        assert!(house.raised.contains_key("chat_link:item/1"));
        let again = Fact::ItemSentAgain { item: ChatItemId(1), by: "anna".to_owned() };
        assert_eq!(house.happens(&again).answer, Some(Answer::Done));
        assert_eq!(house.happens(&again).answer, Some(Answer::Unchanged), "it is on its way");
        house.settle();
        assert_eq!(house.states(), [(ItemState::Done, None)]);
        assert_eq!(house.world.posted.len() + house.world.replies.len(), 1);
        assert!(house.raised.is_empty());
    }
}

#[test]
fn messages_whose_issue_cannot_be_looked_for_are_told_of_together() {
    let mut house = House::new();
    house.world.issue("DESK-7", Some((DESK, 8_000, MARIA)));
    let place = Place::Thread { parent: Some(8_000) };
    house.says(MARIA, place, "Один");
    house.says(MARIA, place, "Два");
    house.settle_but(|_| Some(Failure::Refused));
    assert_eq!(house.states(), [(ItemState::Failed, Some("HTTP 422: так нельзя")); 2]);
    assert_eq!(house.raised.keys().collect::<Vec<_>>(), ["chat_link:unplaced"]);
    house.says(MARIA, place, "Три");
    house.settle();
    assert!(house.raised.is_empty());
}

#[test]
fn a_message_that_is_gone_when_it_is_read_is_not_copied() {
    let mut house = House::with_issue();
    house.says(MARIA, IN_THREAD, "Ой, не сюда");
    house.settle_but(|effect| matches!(effect, Effect::ReadMessage { .. }).then_some(Failure::DoesNotExist));
    assert_eq!(house.states(), [(ItemState::Skipped, Some("deleted"))]);
    assert!(house.raised.is_empty());
}

#[test]
fn what_is_changed_before_it_is_copied_is_copied_as_it_is_now() {
    for edits in [Edits::Note, Edits::Ignore] {
        let mut house = House::with_issue();
        house.policy.edits = edits;
        let message = house.says(MARIA, IN_THREAD, "Кабинет 21");
        house.happens(&Fact::Edited { message, text: "Кабинет 12".to_owned() });
        house.settle();
        assert_eq!(posted(&house), [(Event::Written, "Кабинет 12")], "{edits:?}");
        let message = house.says(MARIA, IN_THREAD, "Ой, не сюда");
        house.happens(&Fact::Deleted { message });
        house.settle();
        assert_eq!(house.world.posted.len(), 1);
        assert_eq!(house.states()[1], (ItemState::Skipped, Some("deleted")));
    }
}

#[test]
fn what_is_changed_after_it_was_copied_is_told_of_where_that_is_settled() {
    for (edits, notes) in [(Edits::Note, 3), (Edits::Ignore, 0)] {
        let mut house = House::with_issue();
        house.policy.edits = edits;
        let message = house.says(MARIA, IN_THREAD, "Кабинет 21");
        // Its copy is on its way.
        let read = house.owed.pop_front().unwrap();
        house.carry_out(&read, None);
        for text in [Some("Кабинет 12"), Some("Кабинет 13"), None] {
            house.now += SignedDuration::from_secs(1);
            match text {
                Some(text) => house.happens(&Fact::Edited { message, text: text.to_owned() }),
                None => house.happens(&Fact::Deleted { message }),
            };
            house.settle();
        }
        let told = [
            (Event::Written, "Кабинет 21"),
            (Event::Edited, "Кабинет 12"),
            (Event::Edited, "Кабинет 13"),
            (Event::Deleted, ""),
        ];
        assert_eq!(posted(&house), told[..=notes], "{edits:?}");
        assert!(house.world.posted.iter().all(|comment| comment.author == "Орлова Мария"));
    }
}

#[test]
fn what_is_changed_while_it_waits_goes_out_as_it_is_then() {
    let mut house = House::with_issue();
    house.happens(&Fact::PauseAsked { link: LINK, by: "anna".to_owned() });
    let messages = ["Раз", "Два", "Три", "Четыре"].map(|text| {
        let message = house.says(MARIA, IN_THREAD, text);
        house.settle();
        message
    });
    house.happens(&Fact::Edited { message: messages[0], text: "Один".to_owned() });
    house.happens(&Fact::Deleted { message: messages[1] });
    house.happens(&Fact::Edited { message: messages[3], text: " ".to_owned() });
    house.happens(&Fact::ResumeAsked { link: LINK, by: "anna".to_owned() });
    house.settle();
    assert_eq!(posted(&house), [(Event::Written, "Один"), (Event::Written, "Три")]);
    assert_eq!(house.states()[1], (ItemState::Skipped, Some("deleted")));
    assert_eq!(house.states()[3], (ItemState::Skipped, Some("empty")));
}

#[test]
fn what_is_changed_after_it_failed_is_sent_again_as_it_is_then_and_never_when_it_is_deleted() {
    let mut house = House::with_issue();
    let messages = ["Раз", "Два"].map(|text| house.says(MARIA, IN_THREAD, text));
    house.settle_but(|effect| matches!(effect, Effect::PostComment(_)).then_some(Failure::Refused));
    house.happens(&Fact::Edited { message: messages[0], text: "Один".to_owned() });
    house.happens(&Fact::Deleted { message: messages[1] });
    assert_eq!(house.raised.keys().collect::<Vec<_>>(), ["chat_link:item/1"]);
    house.happens(&Fact::ItemSentAgain { item: ChatItemId(1), by: "anna".to_owned() });
    house.settle();
    assert_eq!(posted(&house), [(Event::Written, "Один")]);
    assert_eq!(house.states()[1], (ItemState::Skipped, Some("deleted")));
}

#[test]
fn a_failure_that_comes_after_an_item_has_ended_changes_nothing() {
    for failure in [Failure::DoesNotExist, Failure::Refused] {
        let mut house = House::with_issue();
        let message = house.says(MARIA, IN_THREAD, "Ой, не сюда");
        house.happens(&Fact::Deleted { message });
        house.settle_but(|_| Some(failure));
        assert_eq!(house.states(), [(ItemState::Skipped, Some("deleted"))]);
        assert!(house.raised.is_empty());
    }
}

#[test]
fn changes_of_messages_nobody_copied_are_left_alone() {
    let mut house = House::with_issue();
    house.happens(&Fact::Edited { message: 4, text: "Кто здесь?".to_owned() });
    let message = house.says(ROBOT, IN_THREAD, "Завтра дождь");
    house.settle();
    let asked = house.world.asked.len();
    house.happens(&Fact::Edited { message, text: "Завтра снег".to_owned() });
    house.happens(&Fact::Deleted { message });
    house.settle();
    assert_eq!(house.world.asked.len(), asked);
}

#[test]
fn an_issue_nobody_told_of_is_taken_over_with_what_was_said_since_the_last_look() {
    let mut house = House::with_issue();
    house.world.issue("DESK-9", Some((DESK, 700_500, OLEG)));
    house.world.comments("DESK-9", "Жуков Пётр", "Давно", at(0));
    house.world.comments("DESK-9", "Жуков Пётр", "Только что", at(60));
    let found = |since| Fact::IssueStirred { issue: "DESK-9".to_owned(), comment: None, since, late: false };
    // One that names no conversation is told of without it.
    house.happens(&found(None));
    house.settle();
    assert!(replied(&house).is_empty());
    house.happens(&found(Some(at(30))));
    house.settle();
    assert_eq!(replied(&house), ["Только что"]);
    house.happens(&found(Some(at(30))));
    house.settle();
    assert_eq!(replied(&house), ["Только что"], "and once");
}

#[test]
fn a_hook_that_came_late_is_read_like_any_other_and_says_so() {
    let mut house = House::with_issue();
    let comment = Some(house.world.comments(ISSUE, "Жуков Пётр", "Один", at(0)));
    house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment, since: None, late: true });
    assert_eq!(house.last, "chat_link.stirred.late");
    house.settle();
    assert_eq!(replied(&house), ["Один"]);
}

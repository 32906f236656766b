//! A form or a message becomes an issue with a conversation, by short steps.

use super::{super::super::owed::Addressee, *};

const FIELDS: [(&str, &str); 2] = [("topic_yandex", "Почта"), ("description", "Не открывается")];

fn asks(house: &mut House) -> ChatRequestId {
    house.happens(&Fact::Submitted(Box::new(submission(MARIA, None, &FIELDS))));
    *house.requests.keys().last().unwrap()
}

fn again(house: &mut House, request: ChatRequestId) -> Option<Answer> {
    house.happens(&Fact::RequestAgain { request, by: "anna".to_owned() }).answer
}

#[test]
fn a_text_outside_threads_is_answered_with_the_menu_once() {
    let mut house = House::new();
    house.says(MARIA, Place::Private, "Здравствуйте");
    house.settle();
    house.says(MARIA, Place::Private, "Есть кто?");
    house.settle();
    assert_eq!(house.world.words(), ["Выберите действие:"; 2], "one for each text");
    assert_eq!(house.world.told[0].0, Addressee::Chat { chat: 600 + MARIA });
    assert_eq!(house.world.told[0].2, house.policy.menu.buttons());
    assert_eq!(house.world.asked, ["read_chat_user", "tell_chat", "tell_chat"], "Maria is known the second time");
}

#[test]
fn a_program_and_ourselves_are_never_answered() {
    for place in [Place::Private, Place::Chat] {
        for user in [ROBOT, OURSELVES] {
            let mut house = House::new();
            for _ in 0..2 {
                house.says(user, place, "Завтра дождь");
                house.settle();
            }
            assert!(house.world.told.is_empty() && house.world.created.is_empty(), "{user} in {place:?}");
            assert_eq!(house.world.asked, ["read_chat_user"], "they are read once");
        }
    }
}

#[test]
fn what_is_known_by_its_id_to_be_ours_needs_nobody_read() {
    let mut house = House::new();
    house.echoes.insert((Side::Chat, "10001".to_owned()));
    house.says(OURSELVES, Place::Chat, "Выберите действие:");
    assert!(house.owed.is_empty() && house.wishes.is_empty());
}

#[test]
fn somebody_who_cannot_be_read_is_not_answered_and_makes_no_issue() {
    let mut house = House::new();
    house.says(MARIA, Place::Private, "Здравствуйте");
    house.settle_but(|_| Some(Failure::DoesNotExist));
    assert!(house.world.told.is_empty());
    house.says(MARIA, Place::Chat, "Не работает");
    house.settle_but(|effect| matches!(effect, Effect::ReadChatUser { .. }).then_some(Failure::DoesNotExist));
    assert!(house.world.created.is_empty());
    assert_eq!(house.requests[&ChatRequestId(1)].state, RequestState::Failed);
    assert!(house.raised.contains_key("chat_link:request/1"));
}

#[test]
fn the_settings_say_which_messages_are_requests_by_themselves() {
    let other = Place::Chat;
    for (mode, desk_chats, place, created, menus) in [
        (DirectCreate::Chats, vec![DESK], Place::Chat, 1, 0),
        (DirectCreate::Chats, vec![DESK + 1], other, 0, 1),
        (DirectCreate::Chats, vec![600 + MARIA], Place::Private, 0, 1),
        (DirectCreate::Off, vec![DESK], Place::Chat, 0, 1),
        (DirectCreate::All, vec![], Place::Chat, 1, 0),
        (DirectCreate::All, vec![], Place::Private, 1, 0),
    ] {
        let mut house = House::new();
        (house.policy.direct_create, house.policy.desk_chats) = (mode, desk_chats);
        let message = house.says(MARIA, place, "\nНе работает телефон\nСовсем");
        house.settle();
        assert_eq!((house.world.created.len(), house.world.told.len()), (created, menus), "{mode:?} in {place:?}");
        if let Some(new) = house.world.created.first() {
            assert_eq!(
                (new.summary.as_str(), new.text.as_str()),
                ("Не работает телефон", "Не работает телефон\nСовсем")
            );
            assert_eq!(new.subcategory, None);
        }
        // A message that is changed or deleted later is no new request.
        house.happens(&Fact::Edited { message, text: "Работает".to_owned() });
        house.happens(&Fact::Deleted { message });
        house.settle();
        assert_eq!(house.world.created.len(), created);
    }
}

#[test]
fn nothing_in_a_thread_by_a_program_or_without_words_is_a_request() {
    for mode in [DirectCreate::Chats, DirectCreate::Off, DirectCreate::All] {
        for (user, place, text) in [
            (MARIA, Place::Thread { parent: Some(4) }, "Не работает телефон"),
            (MARIA, Place::Thread { parent: None }, "Не работает телефон"),
            (ROBOT, Place::Chat, "Завтра дождь"),
            (OURSELVES, Place::Chat, "Завтра дождь"),
            (MARIA, Place::Chat, " \n"),
        ] {
            let mut house = House::new();
            house.policy.direct_create = mode;
            house.says(user, place, text);
            house.settle();
            assert!(house.world.created.is_empty() && house.world.told.is_empty(), "{mode:?} {user} {place:?}");
        }
    }
}

#[test]
fn a_long_first_line_is_cut_to_a_hundred_characters_and_kept_whole_in_the_text() {
    let mut house = House::new();
    let line = "ы".repeat(150);
    house.says(MARIA, Place::Chat, &line);
    house.settle();
    let new = &house.world.created[0];
    assert_eq!((new.summary.chars().count(), new.text.chars().count()), (100, 150));
}

#[test]
fn a_request_goes_by_its_steps_to_an_issue_with_a_conversation() {
    let mut house = House::new();
    let request = asks(&mut house);
    house.settle();
    assert_eq!(
        house.world.asked,
        ["read_chat_user", "read_department", "create_issue", "post_anchor", "link_issue", "read_comments"]
    );
    let new = &house.world.created[0];
    assert_eq!((new.name.as_str(), new.login.as_deref()), ("Орлова Мария", Some("m.orlova")));
    assert_eq!((new.department.as_deref(), new.unique.as_str()), (Some("Поддержка"), "console:7f3a:1"));
    let anchor = &house.world.anchors[0];
    assert_eq!((anchor.issue.as_str(), anchor.to), ("DESK-100", Addressee::User { user: MARIA }));
    let link = house.link();
    assert_eq!((link.issue.as_str(), link.chat, link.user), ("DESK-100", Some(77), Some(MARIA)));
    assert!(house.echoes.contains(&(Side::Chat, link.message.unwrap().to_string())), "the first message is ours");
    let conversation = house.world.issues["DESK-100"].conversation.unwrap();
    assert_eq!((Some(conversation.chat), Some(conversation.message)), (link.chat, link.message));
    assert_eq!((house.requests[&request].state, house.requests[&request].link), (RequestState::Done, Some(LINK)));
}

#[test]
fn whoever_was_read_in_the_last_hour_is_not_read_again() {
    for (seconds, read) in [(3_599, false), (3_600, true)] {
        let mut house = House::new();
        house.knows(MARIA);
        house.now = at(seconds);
        asks(&mut house);
        house.settle();
        assert_eq!(house.world.asked.contains(&"read_chat_user"), read, "after {seconds} s");
        assert_eq!(house.world.created.len(), 1);
    }
}

#[test]
fn a_department_that_is_missing_or_cannot_be_read_delays_no_issue() {
    for refused in [None, Some(Failure::TooLate), Some(Failure::Rights)] {
        let mut house = House::new();
        house.world.department = None;
        asks(&mut house);
        house.settle_but(|effect| refused.filter(|_| matches!(effect, Effect::ReadDepartment { .. })));
        assert_eq!(house.world.created[0].department, None);
        assert!(house.world.told.is_empty() && house.raised.is_empty());
    }
}

#[test]
fn nobody_looks_for_a_department_without_a_directory_or_an_address() {
    for directory in [true, false] {
        let mut house = House::new();
        house.policy.directory = directory;
        if directory {
            house.world.people.get_mut(&MARIA).unwrap().email = None;
        }
        asks(&mut house);
        house.settle();
        assert!(!house.world.asked.contains(&"read_department"));
        assert_eq!(house.world.created[0].login.is_some(), !directory);
    }
}

#[test]
fn an_issue_that_cannot_be_created_is_told_to_both_and_created_once_when_tried_again() {
    let mut house = House::new();
    let request = asks(&mut house);
    house.settle_but(|effect| matches!(effect, Effect::CreateIssue(_)).then_some(Failure::Refused));
    let told =
        "Не удалось создать задачу в трекере: HTTP 422: так нельзя. Обратитесь в ServiceDesk или попробуйте позже.";
    assert_eq!(house.world.words(), [told]);
    assert_eq!(house.requests[&request].state, RequestState::Failed);
    assert!(house.raised.contains_key("chat_link:request/1"));
    assert_eq!(again(&mut house, request), Some(Answer::Done));
    assert_eq!(again(&mut house, request), Some(Answer::Unchanged), "it is under way");
    house.settle();
    assert_eq!((house.world.created.len(), house.world.anchors.len()), (1, 1));
    assert_eq!(house.world.created[0].unique, "console:7f3a:1");
    assert_eq!(house.requests[&request].state, RequestState::Done);
    assert!(house.raised.is_empty());
    assert_eq!(again(&mut house, request), Some(Answer::Unchanged), "it is there already");
}

#[test]
fn a_first_message_that_cannot_be_posted_is_tried_again_without_a_second_issue() {
    let mut house = House::new();
    let request = asks(&mut house);
    house.settle_but(|effect| matches!(effect, Effect::PostAnchor(_)).then_some(Failure::Rights));
    assert!(house.world.told.is_empty(), "there is an issue: nobody needs to ask again");
    assert_eq!(house.raised["chat_link:request/1"].subject, crate::Subject::issue("DESK-100"));
    // What is said of the issue meanwhile waits for its conversation.
    house.comments("DESK-100", "Жуков Пётр", "Какой кабинет?");
    assert!(house.world.replies.is_empty() && house.items.is_empty());
    again(&mut house, request);
    house.settle();
    assert_eq!((house.world.created.len(), house.world.anchors.len()), (1, 1));
    assert_eq!(house.requests[&request].state, RequestState::Done);
    assert_eq!(house.world.replies[0].text, "Какой кабинет?");
    assert!(house.raised.is_empty());
}

#[test]
fn an_issue_that_cannot_show_its_conversation_has_it_all_the_same() {
    let mut house = House::new();
    asks(&mut house);
    house.settle_but(|effect| matches!(effect, Effect::LinkIssue { .. }).then_some(Failure::Refused));
    assert!(house.raised.contains_key("chat_link:link/1"));
    let message = house.link().message.unwrap();
    house.says(MARIA, Place::Thread { parent: Some(message) }, "Кабинет 12");
    house.settle();
    assert_eq!(house.world.posted[0].issue, "DESK-100");
    house.happens(&Fact::IssueLinked { link: LINK, skipped: vec![] });
    assert!(house.raised.is_empty());
}

#[test]
fn a_field_the_queue_does_not_have_is_told_of_once_until_it_is_there() {
    let mut house = House::with_issue();
    for _ in 0..2 {
        house.happens(&Fact::IssueLinked { link: LINK, skipped: vec!["pachcaIssueKey".to_owned()] });
    }
    assert_eq!(house.raised.keys().collect::<Vec<_>>(), ["chat_link:fields"]);
    house.happens(&Fact::IssueLinked { link: LINK, skipped: vec![] });
    assert!(house.raised.is_empty());
}

#[test]
fn answers_that_come_twice_make_one_conversation() {
    let mut house = House::new();
    let request = asks(&mut house);
    house.settle();
    let issue = Box::new(house.world.issues["DESK-100"].clone());
    house.happens(&Fact::IssueCreated { request, issue });
    house.happens(&Fact::DepartmentRead { request, department: None });
    assert!(house.owed.is_empty());
    assert_eq!(house.links.len(), 1);
}

#[test]
fn switched_off_nothing_begins_and_what_was_begun_is_ended() {
    let mut house = House::with_issue();
    house.presses(MARIA, Action::Form);
    house.settle();
    let open = house.world.opened[0].request;
    asks(&mut house);
    house.policy.enabled = false;
    house.settle();
    assert_eq!(house.world.created.len(), 1, "the form that was sent before");
    let begun = house.world.asked.len();
    house.says(MARIA, Place::Private, "Здравствуйте");
    house.says(MARIA, Place::Chat, "Не работает");
    house.says(MARIA, IN_THREAD, "Не работает");
    house.presses(MARIA, Action::Active);
    house.comments(ISSUE, "Жуков Пётр", "Какой кабинет?");
    house.happens(&Fact::Submitted(Box::new(submission(OLEG, None, &FIELDS))));
    house.settle();
    assert_eq!((house.world.asked.len(), house.last.as_str()), (begun, "chat_link.switched_off"));
    // Nobody's words are lost with the form they were writing.
    house.happens(&Fact::Submitted(Box::new(submission(MARIA, Some(open), &FIELDS))));
    house.settle();
    assert_eq!(house.world.created.len(), 2);
    // Switched on again, the comments of the time between are read.
    house.policy.enabled = true;
    house.comments(ISSUE, "Жуков Пётр", "Ау?");
    let texts: Vec<_> = house.world.replies.iter().map(|reply| reply.text.as_str()).collect();
    assert_eq!(texts, ["Какой кабинет?", "Ау?"]);
}

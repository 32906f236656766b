//! The lists, and what is done to an issue by the buttons of its first message.

use super::{
    super::super::{
        IssueRow,
        owed::{Addressee, IssueChange, List},
    },
    *,
};

fn rows(count: usize, summary: &str) -> Vec<IssueRow> {
    let row = |n: usize| IssueRow {
        key: format!("DESK-{n}"),
        url: format!("https://tracker.example.com/DESK-{n}"),
        summary: summary.to_owned(),
        status: "Открыт".to_owned(),
        assignee: n.is_multiple_of(2).then(|| "Жуков Пётр".to_owned()),
        over: false,
    };
    (1..=count).rev().map(row).collect()
}

#[test]
fn my_tasks_offers_three_lists() {
    let mut house = House::with_issue();
    house.presses(OLEG, Action::Lists);
    house.settle();
    let (to, text, buttons) = &house.world.told[0];
    assert_eq!((*to, text.as_str()), (Addressee::Chat { chat: DESK }, "Выберите, какие задачи показать:"));
    let shown: Vec<_> = buttons.iter().flatten().map(|b| (b.text.as_str(), b.press.action.clone())).collect();
    let wanted =
        [("Активные", Action::Active), ("Закрытые (последние 10)", Action::Closed), ("Наблюдаю", Action::Watched)];
    assert_eq!(shown, wanted);
}

#[test]
fn each_list_asks_for_its_issues_and_has_its_heading_or_says_there_are_none() {
    let own = |over| List::Own { user: MARIA, over };
    let watched = List::Watched { login: "m.orlova".to_owned() };
    for (action, list, head, none) in [
        (Action::Active, own(false), "Открытые задачи:", "Активных задач не найдено ✅"),
        (Action::Closed, own(true), "Закрытые (последние 10):", "Закрытых задач не найдено 📁"),
        (Action::Watched, watched, "Задачи, где я наблюдатель (последние 10):", "Наблюдаемых задач не найдено 📁"),
    ] {
        let mut house = House::new();
        house.presses(MARIA, action.clone());
        house.settle();
        house.world.rows = rows(2, "Нет *гудка*\nсовсем");
        house.presses(MARIA, action);
        house.settle();
        let line = |n: u8, who: &str| {
            format!(
                "[DESK-{n}](https://tracker.example.com/DESK-{n}) — Нет \\*гудка\\* совсем (Открыт)\nИсполнитель: {who}"
            )
        };
        let full = format!("{head}\n\n{}\n\n{}", line(2, "Жуков Пётр"), line(1, "—"));
        assert_eq!(house.world.words(), [none, &full]);
        assert_eq!(house.world.searched, [list.clone(), list]);
    }
}

#[test]
fn a_long_list_is_split_before_3500_characters_and_nothing_of_it_is_lost() {
    let mut house = House::new();
    house.world.rows = rows(120, &"ы".repeat(400));
    house.presses(MARIA, Action::Active);
    house.settle();
    let words = house.world.words();
    assert!(words.len() > 10 && words.iter().all(|text| text.chars().count() <= 3500));
    let found: Vec<_> = words.iter().flat_map(|text| text.split("\n\n")).filter(|line| line.starts_with('[')).collect();
    let keys: Vec<_> = found.iter().map(|line| line[1..].split(']').next().unwrap().to_owned()).collect();
    assert_eq!(keys, (1..=120).rev().map(|n| format!("DESK-{n}")).collect::<Vec<_>>());
}

#[test]
fn no_message_of_a_list_is_longer_however_its_lines_fall() {
    for length in 1..=300 {
        let mut house = House::new();
        house.world.rows = rows(40, &"ы".repeat(length));
        house.presses(MARIA, Action::Active);
        house.settle();
        let lengths: Vec<_> = house.world.words().iter().map(|text| text.chars().count()).collect();
        assert!(lengths.iter().all(|length| *length <= 3500), "{lengths:?}");
        assert!(lengths.windows(2).all(|two| two[0] + 2 + two[1] > 3500), "as few as can be: {lengths:?}");
    }
}

#[test]
fn of_issues_that_are_over_or_followed_the_last_ten_are_shown() {
    for (action, shown) in [(Action::Closed, 10), (Action::Watched, 10), (Action::Active, 25)] {
        let mut house = House::new();
        house.world.rows = rows(25, "Телефония");
        house.presses(MARIA, action);
        house.settle();
        assert_eq!(house.world.words().concat().matches("Исполнитель").count(), shown);
        assert!(house.world.words()[0].contains("[DESK-25]"), "the newest");
    }
}

#[test]
fn a_list_that_cannot_be_had_says_why() {
    for action in [Action::Active, Action::Closed, Action::Watched] {
        let mut house = House::new();
        house.presses(MARIA, action);
        house.settle_but(|effect| matches!(effect, Effect::SearchIssues { .. }).then_some(Failure::Refused));
        assert_eq!(house.world.words(), ["Ошибка при запросе задач в Трекере."]);
    }
    let unknown = "Не удалось определить никнейм пользователя в Пачке.";
    let mut house = House::new();
    house.presses(MARIA, Action::Watched);
    house.settle_but(|effect| matches!(effect, Effect::ReadChatUser { .. }).then_some(Failure::DoesNotExist));
    assert_eq!(house.world.words(), [unknown]);
    house.world.people.get_mut(&MARIA).unwrap().email = None;
    house.presses(MARIA, Action::Watched);
    house.settle();
    assert_eq!(house.world.words(), [unknown; 2]);
}

#[test]
fn the_first_message_has_its_buttons_unless_the_settings_say_otherwise() {
    for wanted in [true, false] {
        let mut house = House::new();
        house.policy.anchor_buttons = wanted;
        house.says(MARIA, Place::Chat, "Не работает");
        house.settle();
        let buttons = house.world.anchors[0].buttons.iter().flatten();
        let shown: Vec<_> = buttons.map(|b| (b.text.as_str(), b.press.link)).collect();
        let all = ["Взять в работу", "Статус", "Закрыть", "Мои задачи"].map(|text| (text, Some(LINK)));
        assert_eq!(shown, if wanted { all.to_vec() } else { vec![] });
    }
}

#[test]
fn rights_are_those_the_tracker_shows_at_the_press() {
    let moved = Action::Move { transition: "start".to_owned() };
    let all = [Action::Take, Action::Status, Action::Close, Action::Reopen, moved];
    for (who, user, follows, may) in [
        ("reporter", MARIA, false, [false, false, true, true, false]),
        ("follower", OLEG, true, [true; 5]),
        ("agent", PETR, false, [true; 5]),
        ("stranger", OLEG, false, [false; 5]),
    ] {
        for (action, may) in all.iter().zip(may) {
            let mut house = House::with_issue();
            let card = house.world.issues.get_mut(ISSUE).unwrap();
            card.followers = if follows { vec!["O.Lisin".to_owned()] } else { vec![] };
            house.presses(user, action.clone());
            house.settle();
            let refused = house.world.words() == ["Нет прав на это действие"];
            assert_eq!(refused, !may, "{who}: {action:?}: {:?}", house.world.words());
            assert_eq!(house.world.told[0].0, Addressee::User { user }, "in private");
            if !may {
                assert!(house.world.changed.is_empty() && house.world.renewed.is_empty());
            }
        }
    }
}

#[test]
fn whoever_takes_an_issue_is_its_assignee_and_the_first_message_is_brought_up_to_date() {
    let mut house = House::with_issue();
    house.presses(PETR, Action::Take);
    house.settle();
    assert_eq!(house.world.changed, [(ISSUE.to_owned(), IssueChange::Assign { login: "p.zhukov".to_owned() })]);
    assert_eq!(house.world.renewed.len(), 1);
    assert_eq!(house.world.words(), ["DESK-1: Открыт. Исполнитель: p.zhukov"]);
}

#[test]
fn close_and_reopen_take_the_place_of_each_other() {
    let mut house = House::with_issue();
    let third = |house: &House| house.world.renewed.last().unwrap()[1][0].text.clone();
    house.presses(MARIA, Action::Close);
    house.settle();
    assert_eq!((third(&house).as_str(), house.link().over), ("Вернуть в работу", true));
    house.presses(MARIA, Action::Reopen);
    house.settle();
    assert_eq!((third(&house).as_str(), house.link().over), ("Закрыть", false));
    let way = |id: &str| (ISSUE.to_owned(), IssueChange::Move { transition: id.to_owned() });
    assert_eq!(house.world.changed, [way("close"), way("reopen")]);
}

#[test]
fn an_issue_that_is_closed_already_only_gets_its_buttons_right() {
    for (over, action) in [(true, Action::Close), (false, Action::Reopen)] {
        let mut house = House::with_issue();
        let card = house.world.issues.get_mut(ISSUE).unwrap();
        (card.over, card.transitions) = (over, world::transitions(over));
        house.presses(MARIA, action);
        house.settle();
        assert!(house.world.changed.is_empty());
        assert_eq!((house.world.renewed.len(), house.link().over), (1, over));
    }
}

#[test]
fn a_way_the_issue_cannot_go_is_told_in_private() {
    for action in [Action::Close, Action::Status, Action::Move { transition: "gone".to_owned() }] {
        let mut house = House::with_issue();
        house.world.issues.get_mut(ISSUE).unwrap().transitions.clear();
        house.presses(PETR, action);
        house.settle();
        assert_eq!(house.world.words(), ["DESK-1: из статуса «Открыт» такого перехода нет."]);
        assert!(house.world.changed.is_empty());
    }
}

#[test]
fn status_offers_the_ways_in_private_and_a_press_goes_one() {
    let mut house = House::with_issue();
    house.presses(PETR, Action::Status);
    house.settle();
    let (to, text, buttons) = house.world.told[0].clone();
    assert_eq!((to, text.as_str()), (Addressee::User { user: PETR }, "DESK-1, сейчас «Открыт». Куда перевести?"));
    assert_eq!(buttons.iter().flatten().map(|b| b.text.as_str()).collect::<Vec<_>>(), ["В работу", "Закрыть"]);
    let press = buttons[0][0].press.clone();
    assert_eq!(Press::read(&press.token()), press);
    house.happens(&Fact::Pressed { user: PETR, chat: None, message: None, trigger: None, press });
    house.settle();
    assert_eq!(house.link().status, "В работе");
}

#[test]
fn what_the_tracker_refuses_is_told_in_its_words_to_whoever_pressed() {
    let mut house = House::with_issue();
    house.presses(PETR, Action::Close);
    house.settle_but(|effect| matches!(effect, Effect::ChangeIssue { .. }).then_some(Failure::Refused));
    assert_eq!(house.world.words(), ["Не получилось: HTTP 422: так нельзя"]);
    assert_eq!(house.world.told[0].0, Addressee::User { user: PETR });
    assert!(house.world.renewed.is_empty());
}

#[test]
fn a_button_of_a_conversation_that_is_not_there_is_told_so() {
    let mut house = House::new();
    house.presses(MARIA, Action::Close);
    house.settle();
    assert_eq!(house.world.words(), ["Обращение больше не найдено."]);
}

#[test]
fn nothing_is_done_about_a_press_two_minutes_later() {
    for (seconds, done) in [(119, true), (121, false)] {
        let mut house = House::with_issue();
        house.presses(PETR, Action::Close);
        house.now = at(seconds);
        house.settle();
        assert_eq!(house.world.changed.len(), usize::from(done), "after {seconds} s");
        let late = house.world.words() == ["Не получилось вовремя - нажми кнопку ещё раз."];
        assert_eq!(late, !done);
    }
}

#[test]
fn several_presses_wait_for_one_person_and_are_all_answered() {
    let mut house = House::with_issue();
    house.presses(MARIA, Action::Watched);
    house.presses(MARIA, Action::Close);
    house.settle();
    assert_eq!(house.world.words(), ["Наблюдаемых задач не найдено 📁", "DESK-1: Закрыт. Исполнитель: —"]);
}

//! What a filled-in form says, and what is wrong with it.

use super::{
    super::super::{FileLink, owed::Addressee},
    *,
};

/// Opens the form for somebody, and says which request it begins.
fn opened(house: &mut House, user: i64) -> ChatRequestId {
    house.presses(user, Action::Form);
    house.settle();
    house.world.opened.last().unwrap().request
}

fn faults(house: &mut House, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let request = opened(house, MARIA);
    let answer = house.happens(&Fact::Submitted(Box::new(submission(MARIA, Some(request), fields)))).answer;
    assert_eq!(house.requests[&request].state, RequestState::Opened, "it stays open");
    let Some(Answer::FormRefused { faults }) = answer else { panic!("{answer:?}") };
    faults.into_iter().map(|fault| (fault.block, fault.text)).collect()
}

fn fault(block: &str, text: &str) -> (String, String) {
    (block.to_owned(), text.to_owned())
}

#[test]
fn a_form_is_opened_at_once_and_within_its_three_seconds() {
    let mut house = House::new();
    house.presses(MARIA, Action::Form);
    let order = &house.owed[0];
    assert!(order.urgent && matches!(order.effect, Effect::OpenForm(_)));
    assert_eq!(order.not_after, Some(at(3)));
    house.now = at(4);
    house.settle();
    let (to, text, buttons) = &house.world.told[0];
    assert_eq!(*to, Addressee::Chat { chat: DESK });
    assert_eq!(text, "Не удалось открыть форму автоматически - нажми кнопку ещё раз.");
    assert_eq!(buttons, &[vec![Button::of("Открыть форму", Action::Form)]]);
    assert!(house.world.opened.is_empty());
}

#[test]
fn a_press_that_brings_nothing_to_open_a_form_with_is_asked_for_again() {
    let mut house = House::new();
    let press = Press { action: Action::Form, link: None };
    house.happens(&Fact::Pressed { user: MARIA, chat: None, message: None, trigger: None, press });
    house.settle();
    assert_eq!(house.world.words(), ["Не удалось открыть форму автоматически - нажми кнопку ещё раз."]);
    assert_eq!(house.world.asked, ["tell_chat"]);
}

#[test]
fn a_filled_in_form_becomes_an_issue_in_the_chat_it_was_opened_in() {
    let mut house = House::new();
    let request = opened(&mut house, MARIA);
    let mut form = submission(MARIA, Some(request), &[("topic_yandex", "Диск"), ("description", "  Не открывается ")]);
    let file = FileLink { name: "фото.png".to_owned(), size: None, source: "7".to_owned(), page: None };
    form.fields.insert("files".to_owned(), Field::Files(vec![file.clone()]));
    assert_eq!(house.happens(&Fact::Submitted(Box::new(form))).answer, Some(Answer::Done));
    house.settle();
    let new = &house.world.created[0];
    assert_eq!((new.summary.as_str(), new.subcategory.as_deref()), ("Проблемы с сервисами", Some("Диск")));
    assert_eq!((new.text.as_str(), &new.files), ("Не открывается", &vec![file]));
    assert_eq!(house.world.anchors[0].to, Addressee::Chat { chat: DESK });
    assert_eq!(house.requests[&request].state, RequestState::Done);
}

#[test]
fn a_topic_without_a_label_gives_the_title_by_its_answer() {
    let mut house = House::new();
    let fields = [("topic_other", "Другая проблема"), ("description", "Скрипит стул")];
    house.happens(&Fact::Submitted(Box::new(submission(MARIA, None, &fields))));
    house.settle();
    assert_eq!(house.world.created[0].summary, "Другая проблема");
}

#[test]
fn two_topics_or_none_leave_the_form_open_with_words_at_each_of_them() {
    let two = [("topic_yandex", "Диск"), ("topic_other", "Другая проблема"), ("description", "Не открывается")];
    for fields in [&two[..], &two[2..]] {
        let one = "Выберите одну тему обращения.";
        let wanted = [fault("topic_yandex", one), fault("topic_other", one)];
        assert_eq!(faults(&mut House::new(), fields), wanted);
    }
}

#[test]
fn a_text_that_is_blank_too_short_or_too_long_leaves_the_form_open() {
    let long = "ы".repeat(3001);
    for (text, words) in [
        (None, "Опишите проблему — это поле обязательно."),
        (Some("  \n "), "Опишите проблему — это поле обязательно."),
        (Some("  Ой  "), "Не меньше 5 символов."),
        (Some(long.as_str()), "Не больше 3000 символов."),
    ] {
        let mut fields = vec![("topic_yandex", "Почта")];
        fields.extend(text.map(|text| ("description", text)));
        assert_eq!(faults(&mut House::new(), &fields), [fault("description", words)]);
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_mended_in_the_same_form() {
    let mut house = House::new();
    assert_eq!(faults(&mut house, &[("description", "Ой")]).len(), 3);
    let request = *house.requests.keys().last().unwrap();
    let fields = [("topic_yandex", "Почта"), ("description", "Не открывается")];
    let form = Fact::Submitted(Box::new(submission(MARIA, Some(request), &fields)));
    assert_eq!(house.happens(&form).answer, Some(Answer::Done));
    house.settle();
    assert_eq!((house.world.created.len(), house.requests.len()), (1, 1));
}

#[test]
fn a_form_of_the_settings_has_names_of_its_own() {
    let mut house = House::new();
    house.policy.form.callback = "desk_new".to_owned();
    house.policy.form.blocks = vec![
        Block::Radio { name: "topic".to_owned(), label: "Тема".to_owned(), options: vec!["Сеть".to_owned()] },
        Block::Input {
            name: "what".to_owned(),
            label: "Что".to_owned(),
            placeholder: String::new(),
            multiline: false,
            required: false,
            min_length: None,
            max_length: None,
        },
    ];
    let mut form = submission(MARIA, None, &[("topic", "Сеть"), ("topic_yandex", "Диск"), ("description", "лишнее")]);
    house.happens(&Fact::Submitted(Box::new(form.clone())));
    house.settle();
    assert!(house.world.created.is_empty(), "another form's callback is none of ours: {}", house.last);
    form.form = Some("desk_new".to_owned());
    house.happens(&Fact::Submitted(Box::new(form)));
    house.settle();
    let new = &house.world.created[0];
    assert_eq!((new.summary.as_str(), new.subcategory.as_deref(), new.text.as_str()), ("Тема", Some("Сеть"), ""));
}

#[test]
fn a_form_without_topics_has_the_title_of_all_requests() {
    let mut house = House::new();
    house.policy.form.blocks.retain(|block| !matches!(block, Block::Radio { .. }));
    house.happens(&Fact::Submitted(Box::new(submission(MARIA, None, &[("description", "Не открывается")]))));
    house.settle();
    assert_eq!(house.world.created[0].summary, "Обращение в ServiceDesk");
    assert_eq!(house.world.created[0].subcategory, None);
}

#[test]
fn the_same_form_sent_twice_is_one_request() {
    let fields = [("topic_yandex", "Почта"), ("description", "Не открывается")];
    for opened_before in [true, false] {
        let mut house = House::new();
        let request = opened_before.then(|| opened(&mut house, MARIA));
        let form = Fact::Submitted(Box::new(submission(MARIA, request, &fields)));
        assert_eq!(house.happens(&form).answer, Some(Answer::Done));
        assert_eq!(house.happens(&form).answer, Some(Answer::Unchanged), "before it is an issue");
        house.settle();
        assert_eq!(house.happens(&form).answer, Some(Answer::Unchanged), "and after");
        house.settle();
        assert_eq!((house.world.created.len(), house.requests.len()), (1, 1));
    }
}

#[test]
fn a_form_sent_with_anothers_metadata_is_the_senders_own_request() {
    let mut house = House::new();
    let marias = opened(&mut house, MARIA);
    let fields = [("topic_yandex", "Почта"), ("description", "Не открывается")];
    house.happens(&Fact::Submitted(Box::new(submission(OLEG, Some(marias), &fields))));
    house.settle();
    assert_eq!(house.requests[&marias].state, RequestState::Opened, "Maria's form is as it was");
    assert_eq!(house.world.created[0].name, "Лисин Олег");
    assert_eq!(house.world.anchors[0].to, Addressee::User { user: OLEG });
}

//! An echo and a storm stop their conversation, and nothing is lost by it.

use super::*;

const WORDS: &str = "Нет гудка на втором телефоне";
const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn resume(house: &mut House) {
    house.happens(&Fact::ResumeAsked { link: LINK, by: "anna".to_owned() });
    house.settle();
}

fn why(house: &House) -> Option<&str> {
    house.link().paused_why.as_deref()
}

fn hops(house: &House) -> Vec<u32> {
    house.items.values().map(|item| item.hops).collect()
}

#[test]
fn our_own_messages_and_comments_are_known_by_their_ids_whatever_they_say() {
    let mut house = House::with_issue();
    house.replies(MARIA, WORDS);
    house.comments(ISSUE, "Жуков Пётр", "Сейчас посмотрю, что там");
    // Both come back by the hooks, and the messenger says a person wrote it.
    let (_, ours) = house.echoes.iter().find(|(side, _)| *side == Side::Chat).unwrap().clone();
    let text = "Сейчас посмотрю, что там".to_owned();
    let (id, user) = (ours.parse().unwrap(), OLEG);
    house.happens(&Fact::Written(ChatMessage { id, chat: DESK, place: IN_THREAD, user, text }));
    house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment: None, since: None, late: false });
    house.settle();
    assert_eq!((house.items.len(), house.world.posted.len(), house.world.replies.len()), (2, 1, 1));
}

#[test]
fn our_message_that_comes_back_before_we_know_it_is_ours_is_not_copied() {
    let mut house = House::with_issue();
    house.world.comments(ISSUE, "Жуков Пётр", WORDS, at(0));
    house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment: None, since: None, late: false });
    let read = house.owed.pop_front().unwrap();
    house.carry_out(&read, None);
    // The messenger tells of our message before it has answered us.
    house.says(OURSELVES, IN_THREAD, WORDS);
    house.settle();
    assert!(house.world.posted.is_empty());
    assert_eq!(house.states()[1], (ItemState::Skipped, Some("ours")));
}

#[test]
fn our_message_that_is_told_of_as_somebody_elses_is_ours_by_its_id() {
    let mut house = House::with_issue();
    let message = house.says(OLEG, IN_THREAD, WORDS);
    house.echoes.insert((Side::Chat, message.to_string()));
    house.settle();
    assert_eq!(house.states(), [(ItemState::Skipped, Some("ours"))]);
}

#[test]
fn a_marker_that_a_person_types_hides_nothing() {
    let mut house = House::with_issue();
    house.replies(MARIA, "🔔 Добавлен комментарий к задаче: а ответа нет");
    assert_eq!(house.world.posted.len(), 1);
}

/// A program that repeats in one system whatever it sees there of the other.
fn echo_bot(house: &mut House) {
    house.replies(MARIA, WORDS);
    for _ in 0..4 {
        house.now += SECOND;
        house.comments(ISSUE, "Эхо", &format!("> {}", WORDS.to_uppercase()));
    }
}

#[test]
fn an_echo_is_stopped_when_it_comes_the_second_time() {
    let mut house = House::with_issue();
    echo_bot(&mut house);
    assert_eq!(hops(&house)[..3], [0, 1, 2]);
    assert_eq!((house.world.replies.len(), why(&house)), (1, Some("echo")));
    assert_eq!(house.items[&ChatItemId(2)].origin, Some(ChatItemId(1)));
    assert_eq!(house.items[&ChatItemId(3)].origin, Some(ChatItemId(2)));
    let held = (ItemState::Held, Some("paused"));
    assert_eq!(house.states()[2..], [(ItemState::Held, Some("echo")), held, held]);
    let notice = &house.raised["chat_link:paused/1"];
    assert_eq!((notice.code.as_str(), &notice.subject), ("chat_link.echo", &crate::Subject::issue(ISSUE)));
}

#[test]
fn what_people_say_of_a_stopped_conversation_waits_and_goes_out_in_its_order() {
    let mut house = House::with_issue();
    echo_bot(&mut house);
    house.replies(MARIA, "Так кто придёт?");
    house.comments(ISSUE, "Жуков Пётр", "Я приду");
    assert_eq!((house.world.posted.len(), house.world.replies.len()), (1, 1));
    resume(&mut house);
    assert!(house.raised.is_empty() && why(&house).is_none());
    assert_eq!(house.world.posted.last().unwrap().text, "Так кто придёт?");
    let said: Vec<_> = house.world.replies.iter().map(|reply| reply.item.0).collect();
    assert_eq!(said, [2, 3, 4, 5, 7]);
    assert!(house.items.values().all(|item| item.state == ItemState::Done));
}

#[test]
fn an_echo_after_the_conversation_goes_on_stops_it_again_and_a_person_does_not() {
    let mut house = House::with_issue();
    echo_bot(&mut house);
    resume(&mut house);
    house.replies(MARIA, "Так кто придёт?");
    assert_eq!(why(&house), None);
    house.comments(ISSUE, "Эхо", WORDS);
    assert_eq!(why(&house), Some("echo"));
    assert!(house.raised.contains_key("chat_link:paused/1"));
}

#[test]
fn echoes_that_are_read_together_stop_as_if_they_came_one_by_one() {
    let mut house = House::with_issue();
    house.replies(MARIA, WORDS);
    for _ in 0..3 {
        house.world.comments(ISSUE, "Эхо", WORDS, at(0));
    }
    house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment: None, since: None, late: false });
    house.settle();
    assert_eq!((hops(&house), house.world.replies.len()), (vec![0, 1, 2, 3], 1));
    assert_eq!(why(&house), Some("echo"));
    assert_eq!(house.link().last_comment, house.items.values().last().map(|item| item.external.clone()));
}

#[test]
fn another_bridge_that_carries_our_copies_back_to_their_own_side_is_stopped() {
    // It reads our message in the thread, and comments with an account that is not ours.
    let mut house = House::with_issue();
    let (mut author, mut text) = ("Жуков Пётр".to_owned(), WORDS.to_owned());
    for _ in 0..6 {
        house.now += SignedDuration::from_secs(20);
        house.comments(ISSUE, &author, &text);
        text = format!("Из чата:\n🔔 Добавлен комментарий:\nАвтор: {author}\n{text}");
        "Второй мост".clone_into(&mut author);
    }
    assert_eq!((hops(&house)[..3].to_vec(), house.world.replies.len()), (vec![0, 1, 2], 2));
    assert_eq!(why(&house), Some("echo"));

    // It reads our comments, and writes into the thread as a person.
    let mut house = House::with_issue();
    let mut text = WORDS.to_owned();
    for user in [MARIA, OLEG, OLEG, OLEG, OLEG] {
        house.now += SignedDuration::from_secs(20);
        house.replies(user, &text);
        let author = &house.world.people[&user].name;
        text = format!("Комментарий из Пачки от {author} (id {user}):\n\n{text} · ref 4f7a2c");
    }
    assert_eq!((hops(&house)[..3].to_vec(), house.world.posted.len()), (vec![0, 1, 2], 2));
    assert_eq!(why(&house), Some("echo"));
}

#[test]
fn people_who_repeat_each_other_are_no_echo() {
    let mut house = House::with_issue();
    for _ in 0..10 {
        house.now += SignedDuration::from_secs(20);
        house.replies(MARIA, "Спасибо!");
        house.comments(ISSUE, "Жуков Пётр", "спасибо");
        // The same at one side, with more of it, by others, and under one's own name.
        house.replies(MARIA, WORDS);
        house.replies(MARIA, &format!("{WORDS}. Орлова Мария"));
        house.replies(OLEG, &format!("Коллеги, у меня тоже: {WORDS}"));
    }
    assert_eq!(house.raised.len(), 0, "{:?}", house.raised);
    assert_eq!((house.world.posted.len(), house.world.replies.len()), (40, 10));
    assert!(hops(&house).iter().all(|hops| *hops == 0));
}

#[test]
fn a_quotation_goes_through() {
    let mut house = House::with_issue();
    house.replies(MARIA, WORDS);
    house.comments(ISSUE, "Жуков Пётр", &format!("> {WORDS}\nА на первом?"));
    house.replies(MARIA, "На первом есть, звонит каждые пять минут");
    house.comments(ISSUE, "Жуков Пётр", &format!("> {WORDS}\nТогда приду завтра"));
    assert_eq!((house.world.replies.len(), why(&house)), (2, None));
}

#[test]
fn the_same_words_after_ten_minutes_are_no_echo() {
    for (seconds, hop) in [(600, 1), (601, 0)] {
        let mut house = House::with_issue();
        house.replies(MARIA, WORDS);
        house.now = at(seconds);
        house.comments(ISSUE, "Жуков Пётр", WORDS);
        assert_eq!(hops(&house), [0, hop], "after {seconds} s");
    }
}

#[test]
fn more_than_thirty_items_in_a_minute_are_a_storm_and_none_of_them_is_lost() {
    let mut house = House::with_issue();
    for n in 0..35 {
        house.now += SECOND;
        house.replies(MARIA, &format!("{n}"));
    }
    assert_eq!((house.world.posted.len(), why(&house)), (30, Some("storm")));
    assert_eq!(house.raised["chat_link:paused/1"].code, "chat_link.storm");
    house.now += SignedDuration::from_mins(2);
    resume(&mut house);
    house.replies(MARIA, "Всё?");
    let texts: Vec<_> = house.world.posted.iter().map(|comment| comment.text.clone()).collect();
    let all: Vec<_> = (0..35).map(|n| n.to_string()).chain(["Всё?".to_owned()]).collect();
    assert_eq!(texts, all);
    assert_eq!(why(&house), None);
}

#[test]
fn thirty_items_in_more_than_a_minute_are_a_conversation() {
    let mut house = House::with_issue();
    for n in 0..60 {
        house.now += SignedDuration::from_millis(2_100);
        house.replies(MARIA, &format!("{n}"));
    }
    assert_eq!((house.world.posted.len(), why(&house)), (60, None));
}

#[test]
fn a_storm_is_counted_by_when_things_were_said_not_by_when_they_were_read() {
    for (every, why_paused, copied) in [(5, None, 40), (1, Some("storm"), 30)] {
        let mut house = House::with_issue();
        for n in 0..40 {
            house.world.comments(ISSUE, "Жуков Пётр", &format!("{n}"), at(n * every));
        }
        house.now = at(3_600);
        house.happens(&Fact::IssueStirred { issue: ISSUE.to_owned(), comment: None, since: None, late: false });
        house.settle();
        assert_eq!((why(&house), house.world.replies.len()), (why_paused, copied), "one every {every} s");
        assert_eq!(house.items.len(), 40);
    }
}

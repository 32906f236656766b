//! Sessions at the messenger that break off or are pushed out, and notices that are kept for nobody: what the real chat server makes of it.
//!
//! The chat server is a real one; where it is not installed these stories say so and are skipped. Deliberately not here: each turn of the
//! protocol (the client's tests), and servers that are hostile or changed (`messages_trouble`).

use pult_simulators::messenger::{Terms, link::Link, program::Program};
use serde_json::{Value, json};

use crate::{
    bridge_house::notices,
    caller::Caller,
    messages_house::{
        BOT, PASSWORD, address, chat, chat_with, comment, desk, desk_set_up, handed_over, sendings, session,
        until_live, with_messenger, with_messenger_at,
    },
};

/// Waits until the message of that number was begun to be said.
async fn until_tried(chief: &Caller, number: usize) {
    let begun = |row: &&Value| row["attempts"].as_u64() > Some(0);
    chief.until(async || sendings(chief).await.get(number - 1).filter(begun).map(drop)).await;
}

/// Scenario 3 of the messenger's contract. It fails when a notice that is neither a status nor a comment goes as a message that the server
/// keeps, when a comment does not, and when a headline that nobody has heard counts as anything but sent.
#[tokio::test]
async fn a_headline_to_somebody_away_is_sent_and_gone_and_what_matters_is_kept() {
    let Some(server) = chat().await else { return };
    let (desk, boris) = desk_set_up(|setup| with_messenger(setup, &server, PASSWORD).and("headlines = true\n")).await;
    let headline = format!("Новый исполнитель заявки #1: Нет звука\n{}/issues/1", desk.tracker.base());
    desk.redmine().assign("sup1", 1, Some("sup1")).unwrap();
    let rows = handed_over(&desk.chief, 1).await;
    assert_eq!((&rows[0]["attempts"], &rows[0]["error"]), (&json!(1), &Value::Null), "{rows:?}");
    let kept = comment(&desk.tracker, "Пока вас не было");
    handed_over(&desk.chief, 2).await;

    // Whoever comes hears what was kept, and nothing else.
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    let told = phone.message().await.unwrap();
    assert_eq!((told.body, told.delayed), (kept, true));
    assert_eq!(phone.rest().await.unwrap(), []);
    // Whoever is there hears both.
    desk.redmine().assign("sup1", 1, Some("agent1")).unwrap();
    let told = phone.message().await.unwrap();
    assert_eq!((told.body, told.delayed), (headline, false));
    let rows = handed_over(&desk.chief, 3).await;
    assert!(rows.iter().all(|row| row["attempts"] == 1), "{rows:?}");
    assert_eq!(notices(&desk.chief).await, Vec::<String>::new());
    assert_eq!(desk.notices(&boris, 1, 3).await.len(), 3, "the notices themselves stand in the console");
    phone.end().await;
}

/// Scenario 6. It fails when a message that was there before the line broke is heard twice, and when one that was not is not heard at all.
#[tokio::test]
async fn a_line_that_breaks_between_a_message_and_the_word_of_it_says_it_once() {
    let Some(mut server) = chat().await else { return };
    let mut link = Link::to(server.clear).await.unwrap();
    let (desk, boris) = desk_set_up(|setup| with_messenger_at(setup, &server, link.port, PASSWORD)).await;
    until_live(&boris).await;
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    link.deaf(true);
    let there = comment(&desk.tracker, "Это дошло");
    assert_eq!(phone.message().await.unwrap().body, there);
    link.cut();
    server.writes("resumed").await.unwrap();
    handed_over(&desk.chief, 1).await;
    assert_eq!(phone.rest().await.unwrap(), []);

    link.mute();
    let lost = comment(&desk.tracker, "А это не дошло");
    until_tried(&desk.chief, 2).await;
    link.lost().await.unwrap();
    link.cut();
    server.writes("resumed").await.unwrap();
    assert_eq!(phone.message().await.unwrap().body, lost);
    handed_over(&desk.chief, 2).await;
    assert_eq!(phone.rest().await.unwrap(), []);
    phone.end().await;
}

/// Scenario 7. It fails when a message whose receipt was lost is said again although the server had it, whether the server still knows how
/// much it had or only its archive tells, and when one that never got there is taken for said.
#[tokio::test]
async fn a_session_taken_up_too_late_says_nothing_twice_and_loses_nothing() {
    let Some(mut server) = chat_with(Terms { held: 1, ..Terms::default() }).await else { return };
    let mut link = Link::to(server.clear).await.unwrap();
    let (desk, boris) = desk_set_up(|setup| with_messenger_at(setup, &server, link.port, PASSWORD)).await;
    until_live(&boris).await;
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();

    // The server has given the session up, and remembers what it had of it.
    link.deaf(true);
    let said = comment(&desk.tracker, "Связь прервётся");
    assert_eq!(phone.message().await.unwrap().body, said);
    link.closed(true);
    link.cut();
    server.writes("Destroying session for hibernating too long").await.unwrap();
    link.closed(false);
    handed_over(&desk.chief, 1).await;
    assert_eq!(phone.rest().await.unwrap(), []);
    until_live(&boris).await;

    // It remembers nothing: its archive has the message.
    link.deaf(true);
    let said = comment(&desk.tracker, "Сервер начнёт заново");
    assert_eq!(phone.message().await.unwrap().body, said);
    phone.end().await;
    server.restart().await.unwrap();
    link.cut();
    let rows = handed_over(&desk.chief, 2).await;
    assert!(rows[1]["attempts"].as_u64() > Some(1), "it was in doubt: {rows:?}");
    assert!(server.written("Archive query") > 0, "the archive was asked");
    let mut phone = Program::open(&server, "boris", "tablet").await.unwrap();
    assert_eq!(phone.rest().await.unwrap(), []);
    until_live(&boris).await;

    // And what it never got is said once.
    link.mute();
    let lost = comment(&desk.tracker, "Этого сервер не слышал");
    until_tried(&desk.chief, 3).await;
    link.lost().await.unwrap();
    link.closed(true);
    link.cut();
    server.writes("Destroying session for hibernating too long").await.unwrap();
    link.closed(false);
    assert_eq!(phone.message().await.unwrap().body, lost);
    handed_over(&desk.chief, 3).await;
    assert_eq!(phone.rest().await.unwrap(), []);
    phone.end().await;
}

/// Scenario 8. It fails when the engine takes the name of its session back from whoever has it now: then either is pushed out by the other
/// again and again, and both sign in more than once.
#[tokio::test]
async fn another_program_with_the_name_of_our_session_keeps_it_and_we_go_on_under_another() {
    let Some(mut server) = chat().await else { return };
    let (desk, boris) = desk(&server, PASSWORD).await;
    until_live(&boris).await;
    let named = session(&desk.chief).await["detail"].as_str().unwrap().to_owned();
    let (own, _) = named.split_once(" by ").unwrap();
    let resource = own.strip_prefix(&format!("{}/", address(BOT))).unwrap().to_owned();
    let sign_in = format!("Authenticated as {}", address(BOT));
    server.written(&sign_in);

    let mut other = Program::away(&server, BOT, &resource).await.unwrap();
    let another = desk
        .chief
        .until(async || Some(session(&desk.chief).await).filter(|now| now["state"] == "live" && now["detail"] != named))
        .await;
    let detail = another["detail"].as_str().unwrap();
    assert!(detail.starts_with(&format!("{own}-")) && detail.contains("another program"), "{detail}");
    // Both are there, and what is to be said is said once.
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    let told = comment(&desk.tracker, "Обе программы на месте");
    assert_eq!(phone.message().await.unwrap().body, told);
    handed_over(&desk.chief, 1).await;
    assert_eq!(other.rest().await.unwrap(), []);
    assert_eq!(phone.rest().await.unwrap(), []);
    assert_eq!(session(&desk.chief).await["since"], another["since"], "it is the same session still");
    assert_eq!(server.written(&sign_in), 2, "the other one and ours, once each");
    for program in [other, phone] {
        program.end().await;
    }
}

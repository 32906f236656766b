//! Messages: what is news in a ticket reaches its people's messengers as they have always known it, once, whatever happens to the engine; and
//! people's own accounts are heard and answered from (contracts/xmpp, behaviour/helpdesk 5).
//!
//! The chat server is a real one; where it is not installed these stories say so and are skipped. Deliberately not here: the protocol's own
//! trouble (the client's tests), and screens.

use pult_simulators::messenger::program::Program;
use serde_json::{Value, json};

use crate::{
    house::Setup,
    messages_house::{
        BOT, PASSWORD, address, bodies, chat, comment, connect, conversation, desk, duplicate_to, sendings, session,
        unread, until_live, with_messenger,
    },
    tickets_house::IN_PROGRESS,
};

#[tokio::test]
async fn a_status_and_a_comment_reach_the_messenger_byte_for_byte_and_once_whenever_the_engine_dies() {
    let Some(server) = chat().await else { return };
    let (desk, _) = desk(&server, PASSWORD).await;
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    desk.redmine().update("agent1", 1, &json!({ "status_id": IN_PROGRESS })).unwrap();
    let page = format!("{}/issues/1", desk.tracker.base());
    let told = phone.message().await.unwrap();
    assert_eq!(told.body, format!("В задаче #1 изменился статус c New на In Progress\nНет звука\n{page}"));
    assert_eq!((told.from, told.delayed), (address(BOT), false));
    desk.redmine().comment("agent1", 1, "<p>Смотрю</p>\n<b>еще</b> раз", false).unwrap();
    let expected = format!("В задачу #1 добавлен новый комментарий\n\nСмотрю\nеще раз\nНет звука\n{page}");
    assert_eq!(phone.message().await.unwrap().body, expected);
    // Both in one entry are one message.
    let both = json!({ "status_id": 3, "notes": "Готово" });
    desk.redmine().update("agent1", 1, &both).unwrap();
    let status = "В задаче #1 изменился статус c In Progress на Resolved\nВ задачу #1 добавлен новый комментарий";
    assert_eq!(phone.message().await.unwrap().body, format!("{status}\n\nГотово\nНет звука\n{page}"));

    // Many at once, and the engine dies while they go out.
    let mut expected: Vec<String> = (0..12).map(|n| comment(&desk.tracker, &format!("Шаг {n}"))).collect();
    let mut heard = bodies(&mut phone, 2).await;
    desk.pultd.kill().await;
    let pultd = desk.house.serve().await;
    let chief = pultd.signed_in("chief").await;
    expected.push(comment(&desk.tracker, "После перерыва"));
    heard.extend(bodies(&mut phone, expected.len() - 2).await);
    chief.until_settled().await;
    heard.extend(phone.rest().await.unwrap().into_iter().map(|said| said.body));
    heard.sort();
    expected.sort();
    assert_eq!(heard, expected, "each once");
    phone.end().await;
}

#[tokio::test]
async fn whoever_is_away_gets_it_once_later() {
    let Some(server) = chat().await else { return };
    let (desk, _) = desk(&server, PASSWORD).await;
    let expected = comment(&desk.tracker, "Пока вас не было");
    desk.chief.until(async || sendings(&desk.chief).await.iter().any(|row| row["state"] == "done").then_some(())).await;
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    let told = phone.message().await.unwrap();
    assert_eq!((told.body, told.delayed), (expected, true));
    assert_eq!(phone.rest().await.unwrap(), []);
    phone.end().await;
    let mut again = Program::open(&server, "boris", "phone").await.unwrap();
    assert_eq!(again.rest().await.unwrap(), []);
    again.end().await;
}

#[tokio::test]
async fn an_account_that_nobody_has_is_told_to_an_administrator_once_with_what_to_do() {
    let Some(server) = chat().await else { return };
    let (desk, boris) = desk(&server, PASSWORD).await;
    duplicate_to(&boris, &address("nobody")).await;
    comment(&desk.tracker, "Раз");
    let undelivered = async || {
        let all = desk.chief.must("notices.list", json!({ "which": "all", "limit": 50 })).await;
        let rows = all["rows"].as_array().unwrap().iter().filter(|row| row["code"] == "messages.undelivered");
        rows.cloned().collect::<Vec<_>>()
    };
    let told = desk.chief.until(async || undelivered().await.pop()).await;
    assert_eq!(
        (&told["values"]["peer"], &told["values"]["failure"]),
        (&json!(address("nobody")), &json!("does_not_exist"))
    );
    assert_eq!(told["subject"], format!("conversation:bot/{}", address("nobody")), "it leads to the deliveries");
    comment(&desk.tracker, "Два");
    desk.chief.until(async || (sendings(&desk.chief).await.len() == 2).then_some(())).await;
    desk.chief.until_settled().await;
    // The server took both, and gave both back: nothing is tried again, and one alert a day says so.
    let rows = sendings(&desk.chief).await;
    assert!(rows.iter().all(|row| row["attempts"] == 1), "{rows:?}");
    // Among the deliveries both are calls that were refused, with the reason.
    let refused = |row: &Value| row["state"] == "refused" && row["error"].as_str().unwrap().contains("does_not_exist");
    assert!(rows.iter().all(refused), "{rows:?}");
    assert_eq!(undelivered().await.len(), 1);
    assert_eq!(desk.notices(&boris, 1, 2).await.len(), 2, "the notices themselves stand in the console");
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_everything_goes_out_after_a_new_one() {
    const TRIES: &str = "Received[c2s_unauthed]: <auth";
    let Some(mut server) = chat().await else { return };
    let (desk, boris) = desk(&server, "a wrong guess").await;
    let stopped =
        boris.until(async || Some(session(&boris).await).filter(|session| session["state"] == "auth_failed")).await;
    assert_eq!((&stopped["cause"], &stopped["retry_at"]), (&json!("not_authorized"), &Value::Null));
    let expected = [comment(&desk.tracker, "Раз"), comment(&desk.tracker, "Два")];
    let trouble = async || {
        let health = desk.chief.must("engine.health", json!({})).await;
        let sources = health["sources"].as_array().unwrap();
        let messenger = sources.iter().find(|source| source["name"] == "xmpp").unwrap();
        (messenger["state"] == "trouble").then_some(())
    };
    desk.chief.until(trouble).await;
    let rows = sendings(&desk.chief).await;
    assert!(rows.iter().all(|row| row["state"] == "queued"), "they wait: {rows:?}");
    assert_eq!(server.written(TRIES), 1, "no password is tried twice");

    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    desk.chief.must("settings.set_secret", json!({ "name": "xmpp.password", "value": "another guess" })).await;
    let again = boris
        .until(async || {
            Some(session(&boris).await).filter(|now| now["state"] == "auth_failed" && now["since"] != stopped["since"])
        })
        .await;
    assert_eq!(again["cause"], "not_authorized", "the second refusal is told as well");
    desk.chief.must("settings.set_secret", json!({ "name": "xmpp.password", "value": PASSWORD })).await;
    until_live(&boris).await;
    assert_eq!(bodies(&mut phone, 2).await, expected);
    desk.chief.until_settled().await;
    assert_eq!(phone.rest().await.unwrap(), []);
    phone.end().await;
    let health = desk.chief.must("engine.health", json!({})).await;
    assert!(!health.to_string().contains("trouble\":\"{"), "{health}");
}

#[tokio::test]
async fn a_message_to_ones_own_account_is_one_notice_read_everywhere_and_answered_from_the_console() {
    let Some(server) = chat().await else { return };
    let house = with_messenger(Setup::new(), &server, PASSWORD).build();
    for login in ["boris", "vera"] {
        house.person(login, "viewer").await;
    }
    let pultd = house.serve().await;
    let (boris, window) = (pultd.signed_in("boris").await, pultd.signed_in("boris").await);
    connect(&boris, "boris").await;
    let vera = pultd.signed_in("vera").await;
    connect(&vera, "vera").await;
    let mut colleague = Program::open(&server, "vera", "phone").await.unwrap();
    for (n, text) in ["Добрый день", "Вы на месте?"].into_iter().enumerate() {
        colleague.say(&address("boris"), &format!("v{n}"), text).await.unwrap();
    }
    let rows = conversation(&boris, "vera", 2).await;
    assert_eq!((&rows[0]["text"], unread(&boris).await), (&json!("Вы на месте?"), 1), "one notice of one conversation");
    // What she wrote on her phone is in her console too, and nothing to be read there.
    assert_eq!(conversation(&vera, "boris", 2).await[0]["ours"], true);
    assert_eq!(unread(&vera).await, 0);
    boris.must("messages.seen", json!({ "peer": address("vera"), "upto": rows[0]["id"] })).await;
    assert_eq!(unread(&window).await, 0, "read here is read there");

    let answer = boris.must("messages.write", json!({ "peer": address("vera"), "text": "Да <тут> & слушаю" })).await;
    let told = colleague.message().await.unwrap();
    assert_eq!((told.body.as_str(), told.from), ("Да <тут> & слушаю", address("boris")));
    boris
        .until(async || {
            let rows = conversation(&boris, "vera", 3).await;
            let row = rows.iter().find(|row| row["id"] == answer["id"]).unwrap();
            (row["state"] == "delivered").then_some(())
        })
        .await;

    // Answered in another program of his: it is read here.
    colleague.say(&address("boris"), "v9", "Перезвоните").await.unwrap();
    boris.until(async || (unread(&boris).await == 1).then_some(())).await;
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    phone.say(&address("vera"), "b1", "Уже звоню").await.unwrap();
    boris.until(async || (unread(&boris).await == 0).then_some(())).await;

    // Everything once, after a hard end as well.
    pultd.kill().await;
    let pultd = house.serve().await;
    colleague.say(&address("boris"), "v10", "Спасибо").await.unwrap();
    let boris = pultd.signed_in("boris").await;
    let rows = conversation(&boris, "vera", 6).await;
    // An archive tells whole seconds: which of two messages of one second was the first is not known.
    assert_eq!(rows.iter().filter(|row| row["text"] == "Спасибо").count(), 1, "{rows:?}");
    colleague.end().await;
    phone.end().await;
}

#[tokio::test]
async fn a_chat_server_that_is_killed_in_the_middle_costs_no_message_and_repeats_none() {
    let Some(mut server) = chat().await else { return };
    let (desk, boris) = desk(&server, PASSWORD).await;
    let vera = desk.pultd.signed_in("vera").await;
    connect(&vera, "vera").await;
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    phone.say(&address("vera"), "b1", "Вы на месте?").await.unwrap();
    conversation(&vera, "boris", 1).await;
    let before = comment(&desk.tracker, "До обрыва");
    assert_eq!(phone.message().await.unwrap().body, before);
    desk.chief.until_settled().await;
    phone.end().await;

    server.kill().await.unwrap();
    let own = async || vera.must("messages.overview", json!({})).await["account"]["session"]["state"].clone();
    vera.until(async || (own().await != "live").then_some(())).await;
    let lost = comment(&desk.tracker, "Пока сервера нет");
    desk.chief
        .until(async || sendings(&desk.chief).await.get(1).filter(|row| row["attempts"].as_u64() > Some(0)).map(drop))
        .await;
    // Said before any session of ours is back: it comes out of what the server kept.
    server.launch().await.unwrap();
    let mut phone = Program::open(&server, "boris", "tablet").await.unwrap();
    phone.say(&address("vera"), "b2", "Сервер вернулся").await.unwrap();

    // The sessions come back by themselves, and everything is said and heard once.
    assert_eq!(phone.message().await.unwrap().body, lost);
    let rows = conversation(&vera, "boris", 2).await;
    assert_eq!(rows.iter().filter(|row| row["text"] == "Сервер вернулся").count(), 1, "{rows:?}");
    until_live(&boris).await;
    vera.until(async || (own().await == "live").then_some(())).await;
    desk.chief.until_settled().await;
    assert_eq!(phone.rest().await.unwrap(), []);
    let rows = sendings(&desk.chief).await;
    assert!(rows.len() == 2 && rows.iter().all(|row| row["state"] == "done"), "{rows:?}");
    let notices = vera.must("notices.list", json!({ "which": "all", "limit": 50 })).await;
    let of_boris = notices["rows"].as_array().unwrap().iter().filter(|row| row["code"] == "messages.heard").count();
    assert_eq!(of_boris, 1, "one notice of one conversation: {notices}");
    conversation(&vera, "boris", 2).await;
    phone.end().await;
}

#[tokio::test]
async fn a_stranger_has_to_ask_first() {
    let Some(server) = chat().await else { return };
    let house = with_messenger(Setup::new(), &server, PASSWORD).build();
    house.person("boris", "viewer").await;
    let pultd = house.serve().await;
    let boris = pultd.signed_in("boris").await;
    connect(&boris, "boris").await;
    let mut stranger = Program::open(&server, "guest", "phone").await.unwrap();
    stranger.say(&address("boris"), "g1", "Дешёвые билеты").await.unwrap();
    stranger.ask_to_see(&address("boris")).await.unwrap();
    let asked = boris
        .until(async || {
            let own = boris.must("messages.overview", json!({})).await;
            own["questions"].get(0).cloned().map(|question| (question, own))
        })
        .await;
    assert_eq!((&asked.0["address"], &asked.1["conversations"]), (&json!(address("guest")), &json!([])));
    let allow = json!({ "peer": address("guest"), "allow": true });
    boris.must("messages.answer_subscription", allow).await;
    boris
        .until(async || {
            // Its side has to be heard for its answer to be given.
            stranger.rest().await.unwrap();
            let own = boris.must("messages.overview", json!({})).await;
            let known = own["contacts"].as_array().unwrap().iter().any(|row| row["subscription"] == "both");
            known.then_some(())
        })
        .await;
    stranger.say(&address("boris"), "g2", "Добрый день").await.unwrap();
    assert_eq!(conversation(&boris, "guest", 1).await[0]["text"], "Добрый день");
    stranger.end().await;
}

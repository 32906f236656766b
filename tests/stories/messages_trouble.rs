//! Messengers that are hostile, changed or old, and people who answer the engine: what the real chat server makes of it.
//!
//! The chat server is a real one; where it is not installed these stories say so and are skipped. Deliberately not here: outages and wrong
//! passwords (`messages`), and each turn of the protocol (the client's tests).

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use pult_simulators::messenger::{DOMAIN, Terms, program::Program};
use serde_json::{Value, json};

use crate::{
    clock::has_a_hand_clock,
    house::Setup,
    messages_house::{
        BOT, PASSWORD, address, bodies, chat, chat_with, comment, connect, conversation, desk, sendings, session,
        unread, until_live, with_messenger,
    },
};

/// A password that is tried, in the server's log.
const TRIES: &str = "Received[c2s_unauthed]: <auth";
/// A server that takes a password in no other way than in clear.
const ONLY_PLAIN: Terms = Terms {
    without: &[],
    more: "disable_sasl_mechanisms = { \"SCRAM-SHA-1\", \"SCRAM-SHA-256\", \"SCRAM-SHA-1-PLUS\", \"SCRAM-SHA-256-PLUS\" }",
    held: 60,
    port: 0,
};

#[tokio::test]
async fn a_reply_to_a_notice_is_heard_by_the_person_of_that_account_and_not_by_the_engine() {
    let Some(server) = chat().await else { return };
    let (desk, boris) = desk(&server, PASSWORD).await;
    // The account the engine speaks from is somebody's own at once.
    let vera = desk.pultd.signed_in("vera").await;
    connect(&vera, BOT).await;
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    let told = comment(&desk.tracker, "Смотрю");
    let notice = phone.message().await.unwrap();
    assert_eq!((notice.body, &notice.from), (told, &address(BOT)));
    for (id, text) in [("b1", "Спасибо"), ("b2", "Уже работает")] {
        phone.say(&notice.from, id, text).await.unwrap();
    }
    let heard = vera
        .until(async || {
            let page = vera.must("messages.list", json!({ "peer": address("boris"), "limit": 50 })).await;
            let rows = page["rows"].as_array().unwrap().iter();
            let theirs: BTreeSet<String> =
                rows.filter(|row| row["ours"] == false).map(|row| row["text"].as_str().unwrap().to_owned()).collect();
            (theirs.len() == 2).then_some(theirs)
        })
        .await;
    assert_eq!(heard, BTreeSet::from(["Спасибо", "Уже работает"].map(str::to_owned)));
    desk.chief.until_settled().await;
    for other in [&desk.chief, &boris] {
        let all = other.must("notices.list", json!({ "which": "all", "limit": 50 })).await;
        assert!(!all.to_string().contains("Уже работает") && !all.to_string().contains("messages.heard"), "{all}");
    }
    phone.end().await;
}

#[tokio::test]
async fn a_hostile_note_is_cleaned_and_cut_and_the_stream_lives() {
    let Some(server) = chat().await else { return };
    let (desk, boris) = desk(&server, PASSWORD).await;
    until_live(&boris).await;
    let before = session(&boris).await;
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    let text = format!("звонок\u{7} ]]> &lt; 😀 {}", "й".repeat(5_000));
    comment(&desk.tracker, &text);
    let told = phone.message().await.unwrap().body;
    assert!(told.contains("звонок ]]> ") && told.contains('😀') && told.contains("йййй"), "{told}");
    assert!(!told.contains('\u{7}') && told.chars().count() <= 5_000, "{} characters", told.chars().count());
    let next = comment(&desk.tracker, "И дальше");
    assert_eq!(phone.message().await.unwrap().body, next);
    assert_eq!(session(&boris).await["since"], before["since"], "it is the same session still");
    phone.end().await;
}

#[tokio::test]
async fn a_server_with_a_strangers_certificate_gets_neither_password_nor_message() {
    let Some(mut server) = chat().await else { return };
    let (desk, boris) = desk(&server, PASSWORD).await;
    until_live(&boris).await;
    let own = server.issue(DOMAIN).unwrap();
    server.kill().await.unwrap();
    server.show(&server.stranger().unwrap()).unwrap();
    server.launch().await.unwrap();
    let stopped =
        boris.until(async || Some(session(&boris).await).filter(|session| session["state"] == "cert_problem")).await;
    assert_eq!((&stopped["cause"], &stopped["retry_at"]), (&json!("certificate"), &Value::Null));
    let waiting = comment(&desk.tracker, "Пока сервер не тот");
    desk.chief.until(async || (sendings(&desk.chief).await.len() == 1).then_some(())).await;
    assert_eq!(sendings(&desk.chief).await[0]["state"], "queued", "it waits");
    assert_eq!(server.written(TRIES), 0, "nobody showed it a password");

    // Its own certificate again: a person lets it be tried, and what waited is said once.
    server.kill().await.unwrap();
    server.show(&own).unwrap();
    server.launch().await.unwrap();
    desk.chief.must("settings.set_secret", json!({ "name": "xmpp.password", "value": PASSWORD })).await;
    until_live(&boris).await;
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    assert_eq!(bodies(&mut phone, 1).await, [waiting]);
    desk.chief.until_settled().await;
    assert_eq!(phone.rest().await.unwrap(), []);
    phone.end().await;
}

#[tokio::test]
async fn a_password_goes_in_clear_only_where_that_is_settled() {
    for (line, state) in [("", "sso_unsupported"), ("allow_plain = true\n", "live")] {
        let Some(mut server) = chat_with(ONLY_PLAIN).await else { return };
        let house = with_messenger(Setup::new(), &server, PASSWORD).and(line).build();
        let (_pultd, chief) = house.open().await;
        let now = chief.until(async || Some(session(&chief).await).filter(|now| now["state"] == state)).await;
        let tried = server.written(TRIES);
        if state == "live" {
            assert_eq!(tried, 1);
        } else {
            assert_eq!((now["cause"].as_str(), tried), (Some("plain_only"), 0), "{now}");
        }
    }
}

#[tokio::test]
async fn a_history_of_200_messages_fills_the_list_and_disturbs_nobody() {
    const ALL: usize = 200;
    let Some(server) = chat().await else { return };
    // He has read them in another program: nothing waits for him but the archive.
    let mut phone = Program::open(&server, "boris", "phone").await.unwrap();
    let mut colleague = Program::open(&server, "vera", "phone").await.unwrap();
    for n in 0..ALL {
        colleague.say(&address("boris"), &format!("h{n}"), &format!("строка {n}")).await.unwrap();
    }
    bodies(&mut phone, ALL).await;
    let house = with_messenger(Setup::new(), &server, PASSWORD).build();
    if !has_a_hand_clock(&house).await {
        return;
    }
    for login in ["boris", "vera"] {
        house.person(login, "viewer").await;
    }
    // Twenty minutes later: what is younger than a quarter of an hour would be news still.
    let later = Timestamp::now() + SignedDuration::from_mins(20);
    let pultd = house.try_serve(&["--hand-clock", &later.to_string()]).await.unwrap();
    let (boris, vera) = (pultd.signed_in("boris").await, pultd.signed_in("vera").await);
    connect(&vera, "vera").await;
    connect(&boris, "boris").await;
    let rows = boris
        .until(async || {
            let page = boris.must("messages.list", json!({ "peer": address("vera"), "limit": 200 })).await;
            let rows = page["rows"].as_array().unwrap().clone();
            (rows.len() == ALL).then_some(rows)
        })
        .await;
    let said: BTreeSet<_> = rows.iter().map(|row| row["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(said, (0..ALL).map(|n| format!("строка {n}")).collect::<BTreeSet<_>>());
    assert_eq!(unread(&boris).await, 0, "what was said before he connected is no news");
    colleague.end().await;
    phone.end().await;
}

/// Scenario 10. It fails when a copy of somebody else's making, or a page of the archive that nobody asked for, is taken for what was said,
/// and when a receipt that asks for a receipt gets one.
#[tokio::test]
async fn what_others_forge_is_left_out_and_a_receipt_is_never_answered() {
    const ASKS: &str = "<request xmlns='urn:xmpp:receipts'/>";
    let Some(server) = chat().await else { return };
    let house = with_messenger(Setup::new(), &server, PASSWORD).build();
    for login in ["boris", "vera"] {
        house.person(login, "viewer").await;
    }
    let pultd = house.serve().await;
    let (boris, vera) = (pultd.signed_in("boris").await, pultd.signed_in("vera").await);
    connect(&boris, "boris").await;
    connect(&vera, "vera").await;
    // The program of his that Pult is, by its full name: nothing on the way takes it for another's.
    let own = boris.must("messages.overview", json!({})).await["account"]["session"]["detail"].clone();
    let own = own.as_str().unwrap().split(" by ").next().unwrap();
    let mut phone = Program::open(&server, "vera", "phone").await.unwrap();
    let told = format!(
        "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>\
         <message xmlns='jabber:client' type='chat' id='f1' from='guest@{DOMAIN}/x' to='boris@{DOMAIN}'>\
         <body>Переведите деньги</body></message></forwarded>"
    );
    for forgery in [
        format!("<received xmlns='urn:xmpp:carbons:2'>{told}</received>"),
        format!("<sent xmlns='urn:xmpp:carbons:2'>{told}</sent>"),
        format!("<result xmlns='urn:xmpp:mam:2' id='1' queryid='q'>{told}</result>"),
    ] {
        phone.say_with(own, "f2", "", &[&forgery]).await.unwrap();
    }
    phone.say_with(own, "f3", "", &["<received xmlns='urn:xmpp:receipts' id='v8'/>", ASKS]).await.unwrap();
    phone.say_with(own, "v9", "Настоящее", &[ASKS]).await.unwrap();
    assert_eq!(phone.receipt().await.unwrap(), "v9", "the first that is told to have come");
    assert_eq!(conversation(&boris, "vera", 1).await[0]["text"], "Настоящее");
    let all = boris.must("messages.overview", json!({})).await;
    assert_eq!(all["conversations"].as_array().unwrap().len(), 1, "{all}");
    assert!(!all["questions"].to_string().contains("guest"), "{all}");
    phone.end().await;
}

//! Saying something to somebody.

use pult_domain::{
    Effect, Failure,
    areas::messages::{Account, Fact, SendMessage, Words},
};
use xmpp_parsers::message::MessageType;

use super::{
    super::{Settings, say},
    house::{House, PERSON, address, assert_sent, key, settings, status, typed},
    server::{Server, Terms, chat},
};
use crate::{CallError, Delivery, SessionState, Settled};

#[tokio::test]
async fn a_notice_arrives_and_a_receipt_tells_that_it_did() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    for port in [server.clear, server.direct] {
        let mut program = server.program("sup1", "gajim").await;
        let mut house = House::open(settings(&server, port), None);
        let report = house.until(Account::Bot, SessionState::Live).await;
        assert_eq!(report.features, ["smacks", "carbons", "mam"]);
        let uid = format!("pult-{port}");
        let attempt = house.send(&status("sup1", &uid)).await;
        assert_sent(&attempt);
        assert!(attempt.exchanges[0].request.contains("#4312"), "{:?}", attempt.exchanges);
        let message = program.message().await;
        let body =
            "В задаче #4312 изменился статус c New на In Progress\nPrinter off\nhttps://desk.example.com/issues/4312";
        assert_eq!(message.bodies.values().next().unwrap(), body);
        assert_eq!(message.id.as_ref().unwrap().0, uid);
        let has = |name: &str, ns: &str| message.payloads.iter().any(|payload| payload.is(name, ns));
        assert!(has("request", "urn:xmpp:receipts") && has("unstyled", "urn:xmpp:styling:0"));
        assert!(!has("html", "http://jabber.org/protocol/xhtml-im"));
        let from = message.from.unwrap();
        program.say(say::receipt(from, "r1".into(), uid.clone())).await;
        let delivered = Fact::Delivered { account: Account::Bot, from: address("sup1"), uid };
        house.fact(|fact| *fact == delivered).await;
        program.end().await;
        house.close().await;
    }
}

#[tokio::test]
async fn a_message_to_nobody_comes_back_for_good() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), None);
    house.until(Account::Bot, SessionState::Live).await;
    assert_sent(&house.send(&status("nobody", "pult-4")).await);
    let returned = house.fact(|fact| matches!(fact, Fact::Returned { .. })).await;
    let expected = Fact::Returned {
        account: Account::Bot,
        from: address("nobody"),
        uid: "pult-4".to_owned(),
        failure: Failure::DoesNotExist,
        again: false,
        detail: "service-unavailable".to_owned(),
    };
    assert_eq!(returned, expected);
    house.close().await;
}

#[tokio::test]
async fn a_headline_to_somebody_who_is_away_is_sent_and_gone() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(Settings { headlines: true, ..settings(&server, server.clear) }, None);
    house.until(Account::Bot, SessionState::Live).await;
    let words = Words::Told { line: "Очередь растёт".to_owned(), subject: String::new(), url: None };
    let ticker = SendMessage { words, ..typed(Account::Bot, "sup1", "pult-3", "") };
    assert_sent(&house.send(&ticker).await);
    let mut program = server.away("sup1", "gajim").await;
    program.say(xmpp_parsers::presence::Presence::available()).await;
    assert!(program.rest().await.iter().all(|stanza| !matches!(stanza, tokio_xmpp::Stanza::Message(_))));
    assert_sent(&house.send(&SendMessage { uid: "pult-4".to_owned(), ..ticker }).await);
    let message = program.message().await;
    assert_eq!((message.type_, message.payloads.len()), (MessageType::Headline, 1));
    program.end().await;
    house.close().await;
}

#[tokio::test]
async fn hostile_characters_are_taken_out_and_the_stream_lives() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut program = server.program("sup1", "gajim").await;
    let mut house = House::open(Settings { xhtml: true, ..settings(&server, server.clear) }, None);
    house.until(Account::Bot, SessionState::Live).await;
    let text = format!("bell\u{7} ]]> &lt; <b> 😀 \u{0}\u{ffff} {}", "й".repeat(5_000));
    assert_sent(&house.send(&typed(Account::Bot, "sup1", "pult-9", &text)).await);
    let message = program.message().await;
    let body = message.bodies.values().next().unwrap();
    assert!(body.starts_with("bell ]]> &lt; <b> 😀  й") && body.ends_with("й…"), "{body}");
    assert_eq!(body.chars().count(), 5_000);
    let SendMessage { words, .. } = status("sup1", "");
    let Words::Status { ticket, new, old, .. } = words else { panic!("a status") };
    let subject = "a\u{1}b ]]> <script>alert('x')</script> & \u{fffe}".to_owned();
    let url = Some("https://desk.example.com/?a='\"<&".to_owned());
    let odd = SendMessage {
        words: Words::Status { ticket, old, new, comment: None, subject, url },
        ..typed(Account::Bot, "sup1", "pult-10", "")
    };
    assert_sent(&house.send(&odd).await);
    let message = program.message().await;
    let html =
        message.payloads.iter().find(|payload| payload.is("html", "http://jabber.org/protocol/xhtml-im")).unwrap();
    let paragraph = html.children().next().unwrap().children().next().unwrap();
    let link = paragraph.children().find(|child| child.name() == "a").unwrap();
    assert_eq!(link.attr("href"), Some("https://desk.example.com/?a='\"<&"));
    let body = message.bodies.values().next().unwrap();
    assert!(body.contains("\nab ]]> <script>alert('x')</script> &\n"), "{body}");
    assert_eq!(paragraph.texts().chain(link.texts()).collect::<String>(), body.replace('\n', ""));
    program.end().await;
    house.close().await;
}

#[tokio::test]
async fn nothing_is_said_where_there_is_no_session() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), None);
    house.until(Account::Bot, SessionState::Live).await;
    let lost = house.send(&typed(PERSON, "guest", "a", "hello")).await.outcome;
    // One person's account that is away is no failure of the messenger.
    assert!(matches!(lost, Err(CallError::Retry { after: None, .. })), "{lost:?}");
    let send = typed(PERSON, "guest", "a", "hello");
    let settled = house.xmpp.settle(&Effect::SendMessage(Box::new(send.clone())), &key(&send)).await;
    assert!(matches!(settled, Settled::Unknown(CallError::Unreachable { .. })), "{settled:?}");
    house.close().await;
}

#[tokio::test]
async fn without_an_archive_a_message_in_doubt_is_said_again() {
    let Some(server) = Server::start(Terms { without: &["mam"], ..Terms::default() }).await else { return };
    let mut house = House::open(settings(&server, server.clear), None);
    assert_eq!(house.until(Account::Bot, SessionState::Live).await.features, ["smacks", "carbons"]);
    let send = status("sup1", "pult-1");
    let effect = Effect::SendMessage(Box::new(send.clone()));
    assert_eq!(house.xmpp.settle(&effect, &key(&send)).await, Settled::NotDone);
    house.close().await;
}

#[tokio::test]
async fn without_stream_management_a_message_counts_once_the_stream_has_stood_after_it() {
    let Some(server) = Server::start(Terms { without: &["smacks"], ..Terms::default() }).await else { return };
    let mut house = House::open(settings(&server, server.clear), None);
    assert_eq!(house.until(Account::Bot, SessionState::Live).await.features, ["carbons", "mam"]);
    let began = std::time::Instant::now();
    assert_sent(&house.send(&status("sup1", "pult-1")).await);
    assert!(began.elapsed() >= std::time::Duration::from_secs(10));
    house.close().await;
}

#[tokio::test]
async fn a_reply_to_a_notice_goes_to_the_person_and_not_to_the_engine() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), Some("desk"));
    house.live(&[Account::Bot, PERSON]).await;
    let mut program = server.program("guest", "gajim").await;
    assert_sent(&house.send(&status("guest", "pult-1")).await);
    let notice = program.message().await;
    let bare = notice.from.unwrap().to_bare();
    program.say(chat(bare.as_str(), "g1", "спасибо")).await;
    program.say(chat(bare.as_str(), "g2", "ещё раз")).await;
    for (uid, body) in [("g1", "спасибо"), ("g2", "ещё раз")] {
        let heard = house.fact(|fact| matches!(fact, Fact::Heard(incoming) if !incoming.ours)).await;
        let Fact::Heard(incoming) = heard else { panic!("a message") };
        assert_eq!((incoming.account, incoming.uid.as_deref(), incoming.body.as_str()), (PERSON, Some(uid), body));
    }
    let to_bot = |fact: &Fact| matches!(fact, Fact::Heard(incoming) if incoming.account == Account::Bot);
    assert!(!house.facts.iter().any(to_bot));
    program.end().await;
    house.close().await;
}

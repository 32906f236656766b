//! Links that break, servers that go: nothing is lost and nothing is said twice.

use std::sync::Arc;

use minidom::{Element, rxml::xml_ncname};
use pult_domain::{
    Effect,
    areas::messages::{Account, Fact, SendMessage},
};
use tokio::task::JoinHandle;
use tokio_xmpp::Stanza;

use super::{
    house::{House, PERSON, assert_sent, key, settings, status},
    server::{Link, Server, Terms, chat},
};
use crate::{Attempt, CallError, Delivery, SessionState, Settled, StreamOrder};

fn sending(house: &House, send: &SendMessage) -> JoinHandle<Attempt> {
    let (xmpp, send) = (Arc::clone(&house.xmpp), send.clone());
    tokio::spawn(async move { xmpp.perform(&Effect::SendMessage(Box::new(send.clone())), &key(&send)).await })
}

async fn settled(house: &House, send: &SendMessage) -> Settled {
    house.xmpp.settle(&Effect::SendMessage(Box::new(send.clone())), &key(send)).await
}

fn is_message(stanza: &Stanza) -> bool {
    matches!(stanza, Stanza::Message(message) if !message.bodies.is_empty())
}

#[tokio::test]
async fn a_line_that_breaks_between_message_and_word_of_it_loses_and_doubles_nothing() {
    let Some(mut server) = Server::start(Terms::default()).await else { return };
    let link = Link::to(server.clear).await.unwrap();
    let mut program = server.program("sup1", "gajim").await;
    let mut house = House::open(settings(&server, link.port), None);
    house.until(Account::Bot, SessionState::Live).await;
    link.deaf(true);
    let attempt = sending(&house, &status("sup1", "pult-6"));
    program.message().await;
    link.cut();
    house.until(Account::Bot, SessionState::Live).await;
    assert_sent(&attempt.await.unwrap());
    server.writes("resumed").await.unwrap();
    assert!(!program.rest().await.iter().any(is_message));
    program.end().await;
    house.close().await;
}

#[tokio::test]
async fn a_message_that_never_got_there_goes_out_when_the_session_is_taken_up_again() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut link = Link::to(server.clear).await.unwrap();
    let mut program = server.program("sup1", "gajim").await;
    let mut house = House::open(settings(&server, link.port), Some("sup2"));
    house.live(&[Account::Bot, PERSON]).await;
    link.mute();
    let attempt = sending(&house, &status("sup1", "pult-6"));
    link.lost().await.unwrap();
    link.cut();
    assert_sent(&attempt.await.unwrap());
    program.message().await;
    assert!(!program.rest().await.iter().any(is_message));
    // A session that is taken up again is the one it was.
    assert!(!house.facts.iter().any(|fact| matches!(fact, Fact::SessionEnded { .. })));
    program.end().await;
    house.close().await;
}

#[tokio::test]
async fn a_session_the_server_has_given_up_says_once_more_only_what_it_never_had() {
    let Some(mut server) = Server::start(Terms { held: 1, ..Terms::default() }).await else { return };
    let mut link = Link::to(server.clear).await.unwrap();
    let mut program = server.program("sup1", "gajim").await;
    let mut house = House::open(settings(&server, link.port), None);
    house.until(Account::Bot, SessionState::Live).await;
    for there in [true, false] {
        let send = status("sup1", if there { "pult-7" } else { "pult-8" });
        let attempt = if there {
            link.deaf(true);
            let attempt = sending(&house, &send);
            program.message().await;
            attempt
        } else {
            link.mute();
            let attempt = sending(&house, &send);
            link.lost().await.unwrap();
            attempt
        };
        link.closed(true);
        link.cut();
        server.writes("Destroying session for hibernating too long").await.unwrap();
        link.closed(false);
        house.order(StreamOrder::Connect).await;
        let attempt = attempt.await.unwrap();
        house.until(Account::Bot, SessionState::Live).await;
        if there {
            // This server still knows how much of the old session it had.
            assert_sent(&attempt);
        } else {
            assert!(matches!(attempt.outcome, Err(CallError::OutcomeUnknown { .. })), "{attempt:?}");
            assert_eq!(settled(&house, &send).await, Settled::NotDone);
            assert_sent(&house.send(&send).await);
            assert_eq!(program.message().await.id.unwrap().0, "pult-8");
        }
        assert!(matches!(settled(&house, &send).await, Settled::Done(_)));
        assert!(!program.rest().await.iter().any(is_message));
    }
    program.end().await;
    house.close().await;
}

#[tokio::test]
async fn a_server_that_has_forgotten_the_session_is_asked_for_the_message() {
    let Some(mut server) = Server::start(Terms::default()).await else { return };
    let link = Link::to(server.clear).await.unwrap();
    let mut program = server.program("sup1", "gajim").await;
    let mut house = House::open(settings(&server, link.port), None);
    house.until(Account::Bot, SessionState::Live).await;
    link.deaf(true);
    let send = status("sup1", "pult-7");
    let attempt = sending(&house, &send);
    program.message().await;
    server.restart().await.unwrap();
    link.cut();
    house.order(StreamOrder::Connect).await;
    let outcome = attempt.await.unwrap().outcome;
    assert!(matches!(outcome, Err(CallError::OutcomeUnknown { .. })), "{outcome:?}");
    house.until(Account::Bot, SessionState::Live).await;
    assert!(matches!(settled(&house, &send).await, Settled::Done(facts) if facts.len() == 1));
    house.close().await;
}

#[tokio::test]
async fn a_stanza_over_the_bounds_keeps_nobody_away() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), Some("sup1"));
    house.live(&[Account::Bot, PERSON]).await;
    let mut guest = server.program("guest", "gajim").await;
    let sup1 = format!("sup1@{}", super::server::DOMAIN);
    let element = || Element::builder("x", "urn:example:x");
    let long = element().attr(xml_ncname!("y").to_owned(), "y".repeat(9_000)).build();
    let deep = (0..120).fold(element().build(), |inner, _| element().append(inner).build());
    for over in [long, deep] {
        let mut message = chat(&sup1, "over", "слишком");
        message.payloads.push(over);
        guest.say(message).await;
    }
    guest.say(chat(&sup1, "next", "следующее")).await;
    assert_eq!(house.heard().await.body, "следующее");
    house.close().await;
    // Out of the archive no more than live.
    let mut house = House::open(settings(&server, server.clear), Some("sup1"));
    house.live(&[PERSON]).await;
    assert_eq!(house.heard().await.body, "следующее");
    guest.end().await;
    house.close().await;
}

#[tokio::test]
async fn without_stream_management_a_line_that_breaks_leaves_the_message_in_doubt() {
    let Some(server) = Server::start(Terms { without: &["smacks"], ..Terms::default() }).await else { return };
    let link = Link::to(server.clear).await.unwrap();
    let mut program = server.program("sup1", "gajim").await;
    let mut house = House::open(settings(&server, link.port), Some("sup2"));
    house.live(&[Account::Bot, PERSON]).await;
    let send = status("sup1", "pult-1");
    let attempt = sending(&house, &send);
    program.message().await;
    link.cut();
    let outcome = attempt.await.unwrap().outcome;
    assert!(matches!(outcome, Err(CallError::OutcomeUnknown { .. })), "{outcome:?}");
    // The session is over, and a new one begins.
    house.fact(|fact| *fact == Fact::SessionEnded { account: PERSON }).await;
    house.until(Account::Bot, SessionState::Live).await;
    assert!(matches!(settled(&house, &send).await, Settled::Done(_)));
    program.end().await;
    house.close().await;
}

#[tokio::test]
async fn a_server_that_is_started_again_is_met_again() {
    let Some(mut server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), Some("sup1"));
    house.live(&[Account::Bot, PERSON]).await;
    server.kill().await.unwrap();
    let report = house.until(Account::Bot, SessionState::Offline).await;
    assert!(report.retry_at.is_some(), "{report:?}");
    let lost = house.send(&status("sup1", "pult-1")).await.outcome;
    assert!(matches!(lost, Err(CallError::Unreachable { .. })), "{lost:?}");
    server.restart().await.unwrap();
    house.order(StreamOrder::Connect).await;
    house.until(Account::Bot, SessionState::Live).await;
    house.fact(|fact| *fact == Fact::SessionEnded { account: PERSON }).await;
    let mut guest = server.program("guest", "gajim").await;
    guest.say(chat(&format!("sup1@{}", super::server::DOMAIN), "g1", "Снова здесь?")).await;
    assert_eq!(house.heard().await.body, "Снова здесь?");
    assert_sent(&house.send(&status("guest", "pult-2")).await);
    guest.message().await;
    guest.end().await;
    house.close().await;
}

//! Getting in, and being kept out.

use pult_domain::areas::messages::Account;

use super::{
    house::{Boxes, House, PERSON, settings, typed, xmpp},
    server::{DOMAIN, Link, Server, Terms},
};
use crate::{
    CallError, Integration, SessionState, StreamOrder, transport::tls::Pin, transport::xmpp::prosody::PASSWORD,
};
use pult_domain::Failure;

use super::super::Settings;

const ONLY_PLAIN: Terms = Terms {
    without: &[],
    port: 0,
    more: "disable_sasl_mechanisms = { \"SCRAM-SHA-1\", \"SCRAM-SHA-256\", \"SCRAM-SHA-1-PLUS\", \"SCRAM-SHA-256-PLUS\" }",
    held: 60,
};

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_not_again_before_a_person_asks() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let link = Link::to(server.clear).await.unwrap();
    let mut house = House::with(settings(&server, link.port), Some("sup1"), "a wrong guess");
    let report = house.until(PERSON, SessionState::AuthFailed).await;
    assert_eq!((report.cause.as_deref(), report.retry_at), (Some("not_authorized"), None));
    house.order(StreamOrder::Refresh).await;
    let refused = house.send(&typed(PERSON, "guest", "a", "hello")).await.outcome;
    assert!(matches!(refused, Err(CallError::Refused { why: Failure::Rights, .. })), "{refused:?}");
    house.order(StreamOrder::Connect).await;
    house.until(Account::Bot, SessionState::AuthFailed).await;
    let refused = house.send(&typed(Account::Bot, "guest", "a", "hello")).await.outcome;
    assert!(matches!(refused, Err(CallError::Unauthorized { .. })), "{refused:?}");
    house.close().await;
    // Two accounts, once each by themselves and at most once more by order.
    assert!((2..=4).contains(&link.made()), "{} tries", link.made());
}

#[tokio::test]
async fn a_password_goes_in_clear_only_by_setting_and_within_tls() {
    let Some(mut server) = Server::start(ONLY_PLAIN).await else { return };
    let mut house = House::open(settings(&server, server.clear), None);
    let report = house.until(Account::Bot, SessionState::SsoUnsupported).await;
    assert_eq!(report.cause.as_deref(), Some("plain_only"));
    assert!(report.detail.contains("allow_plain"), "{}", report.detail);
    house.close().await;
    assert_eq!(server.written("Received[c2s_unauthed]: <auth"), 0);
    let mut house = House::open(Settings { allow_plain: true, ..settings(&server, server.clear) }, None);
    let report = house.until(Account::Bot, SessionState::Live).await;
    assert_eq!(report.detail, format!("desk@{DOMAIN}/console-4f7a-bot by PLAIN"));
    house.close().await;
}

#[tokio::test]
async fn a_stranger_gets_no_password_and_a_changed_certificate_stops_everything() {
    let Some(mut server) = Server::start(Terms::default()).await else { return };
    let own = server.stranger().unwrap();
    server.show(&own).unwrap();
    server.restart().await.unwrap();
    let unknown = Settings { ca: None, ..settings(&server, server.clear) };
    let mut house = House::open(unknown.clone(), None);
    let report = house.until(Account::Bot, SessionState::CertProblem).await;
    assert!(report.detail.contains("untrusted") && report.cause.as_deref() == Some("certificate"), "{report:?}");
    house.close().await;

    // A person looks at the fingerprint and takes it.
    let sha256 = report.detail.rsplit_once("SHA-256 ").unwrap().1.to_owned();
    assert_eq!(sha256.len(), 64);
    let pins = vec![Pin { sha256, expired: false, other_name: false }];
    let mut house = House::open(Settings { pins, ..unknown }, None);
    house.until(Account::Bot, SessionState::Live).await;
    server.show(&server.stranger().unwrap()).unwrap();
    server.restart().await.unwrap();
    let report = house.until(Account::Bot, SessionState::CertProblem).await;
    assert!(report.detail.contains("changed"), "{report:?}");
    assert_eq!(report.retry_at, None);
    assert_eq!(server.written("Authenticated as"), 0);
    house.close().await;
}

#[tokio::test]
async fn a_certificate_is_for_the_domain_of_the_address_and_not_for_the_host() {
    let Some(mut server) = Server::start(Terms::default()).await else { return };
    server.show(&server.issue("127.0.0.1").unwrap()).unwrap();
    server.restart().await.unwrap();
    for port in [server.clear, server.direct] {
        let mut house = House::open(settings(&server, port), None);
        let report = house.until(Account::Bot, SessionState::CertProblem).await;
        assert!(report.detail.contains("other_name"), "{report:?}");
        house.close().await;
    }
}

#[tokio::test]
async fn a_server_that_does_not_know_the_domain_stops_it() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let settings = Settings { jid: "desk@elsewhere.example".to_owned(), ..settings(&server, server.clear) };
    let mut house = House::open(settings, None);
    loop {
        let report = house.until(Account::Bot, SessionState::Offline).await;
        if report.cause.is_some() {
            assert_eq!((report.cause.as_deref(), report.retry_at), (Some("host_unknown"), None));
            break;
        }
    }
    house.close().await;
}

#[tokio::test]
async fn whoever_is_pushed_out_comes_back_under_another_name() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), None);
    house.until(Account::Bot, SessionState::Live).await;
    let mut other = server.away("desk", "console-4f7a-bot").await;
    let report = house.until(Account::Bot, SessionState::Offline).await;
    assert_eq!(report.cause.as_deref(), Some("conflict"));
    let report = house.until(Account::Bot, SessionState::Live).await;
    assert!(report.detail.starts_with(&format!("desk@{DOMAIN}/console-4f7a-bot-")), "{}", report.detail);
    assert!(report.detail.contains("another program"), "{}", report.detail);
    // The other one was left alone.
    other.rest().await;
    other.end().await;
    house.close().await;
}

#[tokio::test]
async fn the_check_shows_each_step_and_what_was_seen() {
    let Some(server) = Server::start(Terms { without: &["mam"], ..Terms::default() }).await else { return };
    let boxes = std::sync::Arc::new(Boxes::default());
    let steps = xmpp(settings(&server, server.clear), &boxes, PASSWORD).check().await;
    let seen: Vec<_> = steps.iter().map(|step| (step.step, step.ok)).collect();
    let all = ["resolve", "tls", "mechanisms", "sign_in", "features"];
    assert_eq!(seen, all.map(|step| (step, true)), "{steps:?}");
    assert_eq!(steps[0].detail, format!("127.0.0.1 starttls:{}", server.clear));
    assert!(steps[1].detail.contains("SHA-256 "), "{:?}", steps[1]);
    assert!(steps[2].detail.contains("SCRAM-SHA-1"), "{:?}", steps[2]);
    assert_eq!(steps[4].detail, "smacks, carbons");

    let steps = xmpp(settings(&server, server.direct), &boxes, "a wrong guess").check().await;
    assert_eq!(steps.last().map(|step| (step.step, step.ok)), Some(("sign_in", false)));
    let unknown = Settings { ca: None, ..settings(&server, server.clear) };
    let steps = xmpp(unknown, &boxes, PASSWORD).check().await;
    let last = steps.last().unwrap();
    assert!(last.step == "tls" && !last.ok && last.detail.contains("SHA-256 "), "{last:?}");
}

//! Saying something to somebody.

use pult_domain::areas::messages::{Account, Fact};

use super::{
    house::{House, address, assert_sent, settings, status},
    server::{Server, Terms},
};
use crate::SessionState;

#[tokio::test]
async fn a_notice_arrives_and_a_receipt_tells_that_it_did() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    for port in [server.clear, server.direct] {
        let mut program = server.program("sup1", "gajim").await;
        let mut house = House::open(settings(&server, port), None);
        let report = house.until(Account::Bot, SessionState::Live).await;
        assert_eq!(report.features, ["smacks", "carbons", "mam"]);
        let uid = format!("pult-{port}");
        assert_sent(&house.send(&status("sup1", &uid)).await);
        let message = program.message().await;
        let body =
            "В задаче #4312 изменился статус c New на In Progress\nPrinter off\nhttps://desk.example.com/issues/4312";
        assert_eq!(message.bodies.values().next().unwrap(), body);
        assert_eq!(message.id.as_ref().unwrap().0, uid);
        assert!(message.payloads.iter().any(|payload| payload.is("request", "urn:xmpp:receipts")));
        let from = message.from.unwrap();
        program.say(super::super::say::receipt(from, "r1".into(), uid.clone())).await;
        let delivered = Fact::Delivered { account: Account::Bot, from: address("sup1"), uid };
        house.fact(|fact| *fact == delivered).await;
        program.end().await;
        house.close().await;
    }
}

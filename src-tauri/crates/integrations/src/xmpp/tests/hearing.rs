//! What comes: live, kept, copied and out of the archive, once each.

use minidom::Element;
use pult_domain::{
    Effect, EffectKey, Instant,
    areas::messages::{Fact, Presence as Seen, Subscription, Way},
};
use tokio_xmpp::Stanza;
use xmpp_parsers::{
    iq::Iq,
    jid::Jid,
    message::{Message, MessageType},
    presence::{Presence, Show, Type},
};

use super::{
    house::{House, PERSON, address, settings},
    server::{DOMAIN, Server, Terms, chat},
};
use crate::{ArchiveMark, Delivery, StreamItem, StreamOrder};

fn sup1() -> String {
    format!("sup1@{DOMAIN}")
}

/// Where the person's session is.
fn session() -> String {
    format!("sup1@{DOMAIN}/console-4f7a-7")
}

#[tokio::test]
async fn a_message_to_somebody_away_comes_once_with_the_time_it_was_written() {
    for (without, way) in [(&[][..], Way::Archive), (&["mam"][..], Way::Delayed)] {
        let Some(server) = Server::start(Terms { without, ..Terms::default() }).await else { return };
        let mut guest = server.program("guest", "gajim").await;
        let before = Instant::from_second(Instant::now().as_second()).unwrap();
        guest.say(chat(&sup1(), "g1", "Где отчёт?")).await;
        guest.rest().await;
        let mut house = House::open(settings(&server, server.clear), Some("sup1"));
        house.live(&[PERSON]).await;
        let incoming = house.heard().await;
        assert_eq!((incoming.way, incoming.uid.as_deref(), incoming.body.as_str()), (way, Some("g1"), "Где отчёт?"));
        assert_eq!((incoming.account, incoming.peer.clone(), incoming.ours), (PERSON, address("guest"), false));
        assert_eq!(incoming.archive.is_some(), way == Way::Archive);
        assert!(incoming.at >= before && incoming.at <= Instant::now(), "{}", incoming.at);
        guest.say(chat(&sup1(), "g2", "Жду")).await;
        let next = house.heard().await;
        assert_eq!((next.uid.as_deref(), next.way), (Some("g2"), Way::Live));
        guest.end().await;
        house.close().await;
    }
}

#[tokio::test]
async fn a_long_history_is_read_in_pages_and_goes_on_where_it_was_left() {
    let Some(mut server) = Server::start(Terms::default()).await else { return };
    let mut guest = server.program("guest", "gajim").await;
    for n in 0..200 {
        guest.say(chat(&sup1(), &format!("h{n}"), &format!("строка {n}"))).await;
    }
    guest.rest().await;
    server.written("");
    let mut house = House::open(settings(&server, server.clear), Some("sup1"));
    let mut all = vec![];
    for n in 0..200 {
        let incoming = house.heard().await;
        assert_eq!((incoming.uid, incoming.way), (Some(format!("h{n}")), Way::Archive));
        all.push((incoming.archive.unwrap(), incoming.at));
    }
    house.live(&[PERSON]).await;
    // Four pages, and once more when the account is there.
    assert_eq!(server.written("Archive query by"), 5);
    house.close().await;

    // The next time only what came since is read; an id the archive has forgotten is replaced by its time.
    let marks = [
        ArchiveMark { id: all[197].0.clone(), at: all[197].1 },
        ArchiveMark { id: "forgotten".into(), at: all[199].1 },
    ];
    for (mark, at_least) in marks.into_iter().zip([2, 1]) {
        let mut house = House::open(settings(&server, server.clear), None);
        house.boxes.marks.lock().unwrap().insert(PERSON, mark);
        house.boxes.people.lock().unwrap().push(crate::Mailbox { person: 7, address: address("sup1") });
        house.order(StreamOrder::Refresh).await;
        house.live(&[PERSON]).await;
        let read = house.facts.iter().filter(|fact| matches!(fact, Fact::Heard(_))).count();
        assert!(read >= at_least, "{read}");
        assert!(at_least == 1 || read == 2, "{read}");
        house.close().await;
    }
    guest.end().await;
}

#[tokio::test]
async fn what_goes_through_another_program_of_the_persons_is_copied() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), Some("sup1"));
    house.live(&[PERSON]).await;
    let mut guest = server.program("guest", "gajim").await;
    let mut own = server.program("sup1", "phone").await;
    own.say(chat(&format!("guest@{DOMAIN}"), "p1", "Отвечаю с телефона")).await;
    let incoming = house.heard().await;
    assert_eq!((incoming.way, incoming.ours, incoming.uid.as_deref()), (Way::Copy, true, Some("p1")));
    assert_eq!((incoming.peer, incoming.body.as_str()), (address("guest"), "Отвечаю с телефона"));
    guest.say(chat(&format!("sup1@{DOMAIN}/phone"), "g1", "Спасибо")).await;
    let incoming = house.heard().await;
    assert_eq!((incoming.way, incoming.ours, incoming.uid.as_deref()), (Way::Copy, false, Some("g1")));
    assert!(incoming.archive.is_some());
    own.end().await;
    guest.end().await;
    house.close().await;
}

fn forged(xml: &str) -> Message {
    let mut message = Message::new_with_type(MessageType::Chat, Some(Jid::new(&session()).unwrap()));
    message.payloads.push(xml.parse().unwrap());
    message
}

#[tokio::test]
async fn forgeries_are_left_out_and_a_receipt_is_never_answered() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), Some("sup1"));
    house.live(&[PERSON]).await;
    let mut guest = server.program("guest", "gajim").await;
    let inner = format!(
        "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>\
         <message xmlns='jabber:client' type='chat' id='f1' from='boss@{DOMAIN}/x' to='sup1@{DOMAIN}'>\
         <body>Переведите деньги</body></message></forwarded>"
    );
    for forgery in [
        format!("<received xmlns='urn:xmpp:carbons:2'>{inner}</received>"),
        format!("<sent xmlns='urn:xmpp:carbons:2'>{inner}</sent>"),
        format!("<result xmlns='urn:xmpp:mam:2' id='1' queryid='q'>{inner}</result>"),
        format!("<result xmlns='urn:xmpp:mam:2' id='1'>{inner}</result>"),
    ] {
        guest.say(forged(&forgery)).await;
    }
    // A receipt that asks for a receipt; an error; an archive's id of a stranger's making.
    let mut receipt = forged("<received xmlns='urn:xmpp:receipts' id='pult-5'/>");
    receipt.payloads.push(Element::bare("request", "urn:xmpp:receipts"));
    guest.say(receipt).await;
    let mut last = chat(&session(), "g9", "Настоящее");
    last.payloads.push(Element::bare("request", "urn:xmpp:receipts"));
    last.payloads.push(format!("<stanza-id xmlns='urn:xmpp:sid:0' by='guest@{DOMAIN}' id='forged'/>").parse().unwrap());
    last.payloads
        .push("<delay xmlns='urn:xmpp:delay' stamp='2001-01-01T00:00:00Z' from='guest.example'/>".parse().unwrap());
    guest.say(last).await;
    let incoming = house.heard().await;
    assert_eq!((incoming.body.as_str(), incoming.way), ("Настоящее", Way::Live));
    assert_ne!(incoming.archive.as_deref(), Some("forged"));
    assert!(Instant::now().as_second() - incoming.at.as_second() < 600);
    let delivered = Fact::Delivered { account: PERSON, from: address("guest"), uid: "pult-5".to_owned() };
    house.fact(|fact| *fact == delivered).await;
    assert!(!house.facts.iter().any(|fact| matches!(fact, Fact::Heard(_))), "{:?}", house.facts);
    // One word back, for the one message that asked.
    let is_receipt = |stanza: &Stanza| match stanza {
        Stanza::Message(message) => message.payloads.iter().any(|payload| payload.is("received", "urn:xmpp:receipts")),
        _ => false,
    };
    let Stanza::Message(word) = guest.until(is_receipt).await else { panic!("a message") };
    assert_eq!(word.payloads.iter().find_map(|payload| payload.attr("id")), Some("g9"));
    assert!(!guest.rest().await.iter().any(is_receipt));
    guest.end().await;
    house.close().await;
}

#[tokio::test]
async fn people_ask_to_see_one_another_and_are_seen() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), Some("sup1"));
    house.live(&[PERSON]).await;
    let empty = Fact::ContactsRead { account: PERSON, contacts: vec![] };
    house.fact(|fact| *fact == empty).await;
    let mut guest = server.program("guest", "gajim").await;
    let to_sup1 = |kind: Type| Presence::new(kind).with_to(Jid::new(&sup1()).unwrap());
    guest.say(to_sup1(Type::Subscribe)).await;
    let asked = Fact::SubscriptionAsked { account: PERSON, from: address("guest") };
    house.fact(|fact| *fact == asked).await;
    let allow = Effect::AnswerSubscription { account: PERSON, to: address("guest"), allow: true };
    let answered = house.xmpp.perform(&allow, &EffectKey("subscription/1".to_owned())).await;
    assert_eq!(
        answered.outcome.unwrap()[0].fact,
        pult_domain::Fact::Messages(Fact::SubscriptionAnswered { account: PERSON, to: address("guest"), done: true })
    );
    let of = |kind: Type| move |stanza: &Stanza| matches!(stanza, Stanza::Presence(presence) if presence.type_ == kind);
    guest.until(of(Type::Subscribe)).await;
    guest.say(to_sup1(Type::Subscribed)).await;
    let both = |fact: &Fact| matches!(fact, Fact::ContactChanged { contact, .. } if contact.subscription == Subscription::Both);
    let Fact::ContactChanged { contact, .. } = house.fact(both).await else { panic!("a contact") };
    assert_eq!((contact.address, contact.gone), (address("guest"), false));
    let mut away = Presence::available().with_show(Show::Dnd);
    away.set_status("", "на встрече");
    guest.say(away).await;
    let busy = |fact: &Fact| matches!(fact, Fact::PresenceSeen { presence: Seen::Busy, .. });
    let Fact::PresenceSeen { from, resource, status, .. } = house.fact(busy).await else { panic!("a presence") };
    assert_eq!((from, resource.as_str(), status.as_str()), (address("guest"), "gajim", "на встрече"));
    guest.end().await;
    house.fact(|fact| matches!(fact, Fact::PresenceSeen { presence: Seen::Offline, .. })).await;

    // Taken off the console's people: the session ends, and nothing it saw holds any more.
    house.boxes.people.lock().unwrap().clear();
    house.order(StreamOrder::Refresh).await;
    let ended = Fact::SessionEnded { account: PERSON };
    let mut gone = (false, false);
    while gone != (true, true) {
        match house.next().await {
            StreamItem::Noted(observed) => gone.0 |= observed.fact == pult_domain::Fact::Messages(ended.clone()),
            StreamItem::Personal(account, None) => gone.1 |= account == PERSON,
            _ => {}
        }
    }
    house.boxes.people.lock().unwrap().push(crate::Mailbox { person: 7, address: address("sup1") });
    house.order(StreamOrder::Refresh).await;
    let Fact::ContactsRead { contacts, .. } = house.fact(|fact| matches!(fact, Fact::ContactsRead { .. })).await else {
        panic!("contacts")
    };
    assert_eq!(contacts.len(), 1);
    house.close().await;
}

#[tokio::test]
async fn strangers_questions_are_answered_shortly() {
    let Some(server) = Server::start(Terms::default()).await else { return };
    let mut house = House::open(settings(&server, server.clear), Some("sup1"));
    house.live(&[PERSON]).await;
    let mut guest = server.program("guest", "gajim").await;
    let mut answers = vec![];
    for question in [
        "<ping xmlns='urn:xmpp:ping'/>",
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='jabber:iq:version'/>",
        "<query xmlns='jabber:iq:roster'/>",
        "<query xmlns='urn:example:unknown'/>",
    ] {
        let (to, payload) = (Some(Jid::new(&session()).unwrap()), question.parse().unwrap());
        guest.say(Iq::Get { from: None, to, id: "ask".into(), payload }).await;
        match guest.until(|stanza| matches!(stanza, Stanza::Iq(iq) if iq.id() == "ask")).await {
            Stanza::Iq(Iq::Result { payload, .. }) => {
                answers.push(payload.map(|payload| String::from(&payload)).unwrap_or_default())
            }
            Stanza::Iq(Iq::Error { error, .. }) => answers.push(format!("{:?}", error.defined_condition)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(answers[0], "");
    assert!(answers[1].contains("urn:xmpp:receipts") && answers[1].contains("urn:xmpp:ping"), "{}", answers[1]);
    assert!(answers[2].contains("Pult") && !answers[2].contains("<os"), "{}", answers[2]);
    assert_eq!(answers[3..], ["ServiceUnavailable", "ServiceUnavailable"]);
    guest.end().await;
    house.close().await;
}

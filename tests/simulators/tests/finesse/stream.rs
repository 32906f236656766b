//! What the notification service says and refuses, the same on both backends unless a test says otherwise.

use pult_simulators::{
    finesse::{Backend, Settings, xmpp::envelope::Shape},
    prosody,
};
use serde_json::json;
use tokio_tungstenite::tungstenite;

use crate::{
    house::{House, PASSWORD, SUPERVISOR, small, text_of},
    talk::{OPEN, Talk, Wire, attribute, notification},
};

const JID: &str = "70400@fin-a.cc.example/console-1";
const TEAM: &str = "/finesse/api/Team/61/Users";
const AGENT: &str = "71003";

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod built_in {
            use super::Backend;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(Backend::BuiltIn).await;
            })+
        }
        mod real {
            use super::{Backend, prosody};
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if prosody::is_installed() {
                    super::$name(Backend::Prosody).await;
                } else {
                    eprintln!("SKIPPED: there is no prosody on this machine");
                }
            })+
        }
    };
}

on_both!(
    the_sub_protocol_is_mandatory,
    only_plain_is_offered_and_only_the_right_password_taken,
    a_wrong_domain_is_told_so,
    subscriptions_are_refused_with_a_condition,
    nobody_else_publishes,
    a_subscriber_hears_of_the_team,
    explicit_subscriptions_are_listed_and_removed,
    a_negative_priority_hears_nothing,
    some_nodes_need_no_subscription,
    the_same_resource_twice_is_a_conflict,
    white_space_closes_the_socket,
    what_is_not_well_formed_ends_the_stream,
    pings_are_answered_and_the_unknown_is_refused,
    the_publisher_comes_and_goes,
    a_shutdown_is_told_and_subscriptions_survive_it,
    a_node_that_hangs_says_nothing_until_it_goes_on,
    a_node_that_goes_down_altogether_says_so_first,
    an_absent_publisher_stays_absent_over_a_restart,
    a_stream_ends_with_a_farewell,
    xmpp_is_spoken_from_the_first_byte,
    a_changed_password_counts_at_the_next_sign_in,
    calls_are_told_to_whoever_may_follow_them,
    broken_notifications_come_through,
    stanzas_are_written_down_and_passwords_are_not,
    both_shapes_can_be_had,
);

async fn the_sub_protocol_is_mandatory(backend: Backend) {
    let house = House::on(backend).await;
    let Err(tungstenite::Error::Http(refused)) = Talk::upgrade(&house, None).await.map(|_| ()) else {
        panic!("let in without a sub-protocol");
    };
    assert_eq!(refused.status(), 501);
    assert!(Talk::upgrade(&house, Some("xmpp")).await.is_ok());
    let old = house.cluster.addresses(pult_simulators::finesse::NodeName::A).notification.unwrap();
    assert!(Talk::upgrade_at(&house, old, Some("xmpp")).await.is_ok(), "on the old port too");
}

async fn only_plain_is_offered_and_only_the_right_password_taken(backend: Backend) {
    let house = House::on(backend).await;
    let (mut talk, features) = Talk::greet(&house).await;
    assert_eq!(features.matches("<mechanism>").count(), 1, "{features}");
    assert!(features.contains("<mechanism>PLAIN</mechanism>"));
    for (id, password) in [(SUPERVISOR, "rose"), ("nobody", PASSWORD)] {
        let failure = talk.authenticate(id, password).await;
        assert!(failure.contains("<failure") && failure.contains("<not-authorized"), "{failure}");
    }
    assert!(talk.authenticate(SUPERVISOR, PASSWORD).await.contains("<success"));
    let features = talk.open().await;
    assert!(features.contains("urn:ietf:params:xml:ns:xmpp-bind"), "{features}");
    assert!(!features.contains("urn:xmpp:sm"), "no stream management");
}

async fn a_wrong_domain_is_told_so(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::upgrade(&house, Some("xmpp")).await.unwrap();
    talk.say(&format!("<open xmlns='{OPEN}' to='elsewhere.example' version='1.0'/>")).await;
    talk.hear_with("host-unknown").await;
    talk.hear_with("<close").await;
}

async fn subscriptions_are_refused_with_a_condition(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    let condition = |answer: Result<String, String>| answer.unwrap_err();
    assert_eq!(condition(talk.subscribe("/finesse/api/Team/9/Users", JID).await), "item-not-found");
    assert_eq!(condition(talk.subscribe("/finesse/api/User/71003", JID).await), "forbidden");
    let other = "akedrov@fin-a.cc.example/console-1";
    assert_eq!(condition(talk.subscribe(TEAM, other).await), "forbidden", "for somebody else");
    assert_eq!(condition(talk.ask("set", &format!("<subscribe jid='{JID}'/>")).await), "bad-request");
    assert_eq!(condition(talk.ask("set", &format!("<subscribe node='{TEAM}'/>")).await), "bad-request");
    let never = format!("<unsubscribe node='{TEAM}' jid='{JID}'/>");
    assert_eq!(condition(talk.ask("set", &never).await), "unexpected-request");

    let mut agent = Talk::bound(&house, AGENT, "console-1").await;
    let own = "71003@fin-a.cc.example/console-1";
    assert_eq!(condition(agent.subscribe(TEAM, own).await), "forbidden", "an agent follows no team");

    let closed = House::with(Settings { backend, member_dialogs: false, ..small() }).await;
    let mut talk = Talk::supervisor(&closed).await;
    assert_eq!(condition(talk.subscribe("/finesse/api/User/71003/Dialogs", JID).await), "forbidden");
}

async fn nobody_else_publishes(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    let item = "<item><notification>&lt;Update/&gt;</notification></item>";
    let publish = format!("<publish node='{TEAM}'>{item}</publish>");
    assert_eq!(talk.ask("set", &publish).await.unwrap_err(), "forbidden");
    assert_eq!(talk.ask("set", "<create node='own'/>").await.unwrap_err(), "forbidden");
}

async fn a_subscriber_hears_of_the_team(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe(TEAM, JID).await.unwrap();
    talk.subscribe(TEAM, JID).await.expect("a second time is no error");
    house.sim("/sim/agents/71003/state", json!({ "state": "NOT_READY", "reason": 37 })).await;
    let message = talk.hear_where(|text| text.starts_with("<message")).await;
    assert_eq!(attribute(&message, "from"), "pubsub.fin-a.cc.example");
    assert_eq!(attribute(&message, "to"), JID);
    let update = notification(&message);
    assert_eq!(text_of(&update, "event").as_deref(), Some("PUT"));
    assert_eq!(text_of(&update, "source").as_deref(), Some("/finesse/api/User/71003"));
    assert_eq!(text_of(&update, "label").as_deref(), Some("1:1 <лид>"), "escaped once for each layer");
    assert!(update.contains("<user>"), "{update}");
    house.sim("/sim/agents/71003/state", json!({ "state": "NOT_READY", "pending": "LOGOUT" })).await;
    assert_eq!(text_of(&talk.update().await, "pendingState").as_deref(), Some("LOGOUT"));
    house.sim("/sim/agents/71003/remove", json!({})).await;
    let update = talk.update().await;
    assert_eq!(text_of(&update, "event").as_deref(), Some("DELETE"));
    assert_eq!(text_of(&update, "data").as_deref(), Some(""));
    assert!(talk.aside.iter().all(|text| !text.starts_with("<message")), "subscribing tells no present value");
}

async fn explicit_subscriptions_are_listed_and_removed(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe(TEAM, JID).await.unwrap();
    let list = talk.ask("get", "<subscriptions/>").await.unwrap();
    assert!(list.contains(TEAM) && list.contains(JID), "{list}");
    assert!(list.contains("/finesse/api/SystemInfo"), "the automatic ones are there too: {list}");
    talk.ask("set", &format!("<unsubscribe node='{TEAM}' jid='{JID}'/>")).await.unwrap();
    let list = talk.ask("get", "<subscriptions/>").await.unwrap();
    assert!(!list.contains(TEAM), "{list}");
}

async fn a_negative_priority_hears_nothing(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::bound(&house, SUPERVISOR, "console-1").await;
    talk.subscribe(TEAM, "70400@fin-a.cc.example").await.unwrap();
    talk.available(-1).await;
    house.put_into(AGENT, "READY").await;
    talk.available(0).await;
    house.put_into(AGENT, "WORK").await;
    assert_eq!(text_of(&talk.update().await, "state").as_deref(), Some("WORK"));
    assert!(talk.aside.iter().all(|text| !text.starts_with("<message")), "{:?}", talk.aside);
}

async fn some_nodes_need_no_subscription(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    house.put_into(SUPERVISOR, "READY").await;
    let message = talk.hear_where(|text| text.starts_with("<message")).await;
    assert!(message.contains("node=\"/finesse/api/User/70400\"") || message.contains("node='/finesse/api/User/70400'"));
    house.sim("/sim/node/a", json!({ "status": "OUT_OF_SERVICE" })).await;
    let update = talk.update().await;
    assert_eq!(text_of(&update, "source").as_deref(), Some("/finesse/api/SystemInfo"));
    assert_eq!(text_of(&update, "status").as_deref(), Some("OUT_OF_SERVICE"));
    assert_eq!(text_of(&update, "statusReason").as_deref(), Some("CTI connection lost"));
}

async fn the_same_resource_twice_is_a_conflict(backend: Backend) {
    let house = House::on(backend).await;
    let mut first = Talk::supervisor(&house).await;
    let mut second = Talk::supervisor(&house).await;
    first.hear_with("<conflict").await;
    second.ping("fin-a.cc.example").await;
    let _other = Talk::bound(&house, SUPERVISOR, "console-2").await;
    second.ping("fin-a.cc.example").await;
}

async fn white_space_closes_the_socket(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.say(" ").await;
    let code = loop {
        if let Err(code) = talk.next().await {
            break code;
        }
    };
    assert_eq!(code, Some(1007));
}

async fn what_is_not_well_formed_ends_the_stream(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.say("<iq xmlns='jabber:client'></presence>").await;
    talk.hear_with("<not-well-formed").await;
}

async fn pings_are_answered_and_the_unknown_is_refused(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.ping("fin-a.cc.example").await;
    talk.say("<iq xmlns='jabber:client' type='get' id='v' to='fin-a.cc.example'><query xmlns='jabber:iq:last'/></iq>")
        .await;
    let answer = talk.hear_where(|text| text.starts_with("<iq") && attribute(text, "id") == "v").await;
    assert!(answer.contains("<service-unavailable"), "{answer}");
}

async fn the_publisher_comes_and_goes(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::bound(&house, SUPERVISOR, "console-1").await;
    talk.say("<presence xmlns='jabber:client'/>").await;
    let of_publisher = |text: &str| {
        text.starts_with("<presence") && attribute(text, "from").starts_with("finesse@fin-a.cc.example/node-a")
    };
    let available = talk.hear_where(of_publisher).await;
    assert_eq!(attribute(&available, "type"), "");
    house.sim("/sim/node/a", json!({ "finessePresence": "down" })).await;
    assert_eq!(attribute(&talk.hear_where(of_publisher).await, "type"), "unavailable");
    house.sim("/sim/node/a", json!({ "finessePresence": "up" })).await;
    assert_eq!(attribute(&talk.hear_where(of_publisher).await, "type"), "");
}

async fn a_shutdown_is_told_and_subscriptions_survive_it(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe(TEAM, JID).await.unwrap();
    house.sim("/sim/node/a", json!({ "xmpp": "down" })).await;
    talk.hear_with("<system-shutdown").await;
    let Err(tungstenite::Error::Http(refused)) = Talk::upgrade(&house, Some("xmpp")).await.map(|_| ()) else {
        panic!("let in while the service is down");
    };
    assert_eq!(refused.status(), 503);
    assert_eq!(house.get("/finesse/api/User/70400").await.status, 200, "REST is another matter");
    house.sim("/sim/node/a", json!({ "xmpp": "up" })).await;
    let mut talk = Talk::supervisor(&house).await;
    house.put_into(AGENT, "WORK").await;
    assert_eq!(text_of(&talk.update().await, "state").as_deref(), Some("WORK"));
}

async fn a_node_that_hangs_says_nothing_until_it_goes_on(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe(TEAM, JID).await.unwrap();
    house.sim("/sim/node/a", json!({ "xmpp": "hang" })).await;
    house.put_into(AGENT, "WORK").await;
    // Nothing is to come, however long one waits; what was sent meanwhile comes when it goes on.
    assert!(tokio::time::timeout(std::time::Duration::from_millis(300), talk.update()).await.is_err());
    house.sim("/sim/node/a", json!({ "xmpp": "up" })).await;
    assert_eq!(text_of(&talk.update().await, "state").as_deref(), Some("WORK"));
}

async fn a_node_that_goes_down_altogether_says_so_first(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    house.sim("/sim/scenario/failover", json!({ "seconds": 0 })).await;
    talk.hear_with("<system-shutdown").await;
    while talk.next().await.is_ok() {}
    // It comes back by itself; the old connection does not.
    loop {
        if let Ok(answer) = house.request(reqwest::Method::GET, "/finesse/api/SystemInfo").send().await
            && answer.text().await.unwrap().contains("<status>IN_SERVICE</status>")
        {
            break;
        }
    }
    house.cluster.core().settled().await;
    Talk::supervisor(&house).await.ping("fin-a.cc.example").await;
}

async fn an_absent_publisher_stays_absent_over_a_restart(backend: Backend) {
    let house = House::on(backend).await;
    house.sim("/sim/node/a", json!({ "finessePresence": "down" })).await;
    house.sim("/sim/node/a", json!({ "xmpp": "down" })).await;
    house.sim("/sim/node/a", json!({ "xmpp": "up" })).await;
    let mut talk = Talk::supervisor(&house).await;
    let available = |text: &str| {
        text.starts_with("<presence")
            && attribute(text, "from").contains("/node-a")
            && attribute(text, "type").is_empty()
    };
    assert!(!talk.aside.iter().any(|text| available(text)), "{:?}", talk.aside);
    house.sim("/sim/node/a", json!({ "finessePresence": "up" })).await;
    talk.hear_where(available).await;
}

async fn a_stream_ends_with_a_farewell(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.say(&format!("<close xmlns='{OPEN}'/>")).await;
    talk.hear_with("<close").await;
    while talk.next().await.is_ok() {}
}

async fn xmpp_is_spoken_from_the_first_byte(backend: Backend) {
    let house = House::on(backend).await;
    let mut wire = Wire::connect(&house).await;
    wire.open().await;
    let secret = data_encoding::BASE64.encode(format!("\0{SUPERVISOR}\0{PASSWORD}").as_bytes());
    wire.say(&format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>")).await;
    wire.until("<success").await;
    wire.open().await;
    wire.say(
        "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>console-1</resource></bind></iq>\
         <presence/>",
    )
    .await;
    wire.until("console-1</jid>").await;
    let subscribe = format!("<subscribe node='{TEAM}' jid='{JID}'/>");
    wire.say(&format!(
        "<iq type='set' id='s' to='pubsub.fin-a.cc.example'><pubsub xmlns='http://jabber.org/protocol/pubsub'>{subscribe}\
         </pubsub></iq>"
    ))
    .await;
    wire.until("subscribed").await;
    // White space keeps this kind of connection alive.
    wire.say(" \n").await;
    house.put_into(AGENT, "WORK").await;
    wire.until("&lt;state&gt;WORK&lt;/state&gt;").await;
    wire.say("</stream:stream>").await;
    wire.until("</stream:stream>").await;
}

async fn a_changed_password_counts_at_the_next_sign_in(backend: Backend) {
    let house = House::on(backend).await;
    house.sim("/sim/accounts/70400", json!({ "password": "rose" })).await;
    let (mut talk, _) = Talk::greet(&house).await;
    assert!(talk.authenticate(SUPERVISOR, PASSWORD).await.contains("<not-authorized"));
    assert!(talk.authenticate(SUPERVISOR, "rose").await.contains("<success"));
    assert_eq!(house.get("/finesse/api/User/70400").await.status, 401, "one table for both");
}

async fn calls_are_told_to_whoever_may_follow_them(backend: Backend) {
    let house = House::on(backend).await;
    house.put_into(AGENT, "READY").await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe("/finesse/api/User/71003/Dialogs", JID).await.unwrap();
    let mut told = Vec::new();
    for state in ["RESERVED", "TALKING", "WORK", "READY"] {
        house.put_into(AGENT, state).await;
        let update = talk.update().await;
        let document = roxmltree::Document::parse(&update).unwrap();
        let leg = document.descendants().find(|node| node.has_tag_name("Participant")).unwrap();
        let leg = leg.children().find(|node| node.has_tag_name("state")).unwrap().text().unwrap().to_owned();
        told.push((text_of(&update, "event").unwrap(), leg));
        if state == "READY" {
            assert_ne!(text_of(&update, "wrapUpReason").as_deref(), Some(""));
            assert_eq!(text_of(&update, "source").as_deref(), Some("/finesse/api/User/71003/Dialogs"));
        }
    }
    let expected = [("POST", "ALERTING"), ("PUT", "ACTIVE"), ("PUT", "WRAP_UP"), ("DELETE", "DROPPED")];
    assert_eq!(told, expected.map(|(event, leg)| (event.to_owned(), leg.to_owned())));
}

async fn broken_notifications_come_through(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe(TEAM, JID).await.unwrap();
    house.sim("/sim/fault", json!({ "malformed": "next" })).await;
    house.put_into(AGENT, "WORK").await;
    let broken = talk.update().await;
    assert!(roxmltree::Document::parse(&broken).is_err(), "the text is broken, the stanza is not: {broken}");
    house.put_into(AGENT, "READY").await;
    assert_eq!(text_of(&talk.update().await, "state").as_deref(), Some("READY"));
    house.sim("/sim/fault", json!({ "rawNotification": "<Update><unclosed>", "node": TEAM, "on": "a" })).await;
    assert_eq!(talk.update().await, "<Update><unclosed>");
    house.sim("/sim/teams/61/snapshot", json!({})).await;
    let update = talk.update().await;
    assert_eq!(text_of(&update, "source").as_deref(), Some("/finesse/api/Team/61"));
    assert_eq!(update.matches("<User>").count(), 10);
}

async fn stanzas_are_written_down_and_passwords_are_not(backend: Backend) {
    let house = House::on(backend).await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe(TEAM, JID).await.unwrap();
    house.get("/finesse/api/User/70400").await;
    let secret = data_encoding::BASE64.encode(format!("\0{SUPERVISOR}\0{PASSWORD}").as_bytes());
    // Prosody's own words arrive a moment after it has acted.
    let log = loop {
        let log = house.sim_get("/sim/log").await.to_string();
        if log.contains("subscription=") && log.contains("GET /finesse/api/User/70400") {
            break log;
        }
    };
    assert!(log.contains("[secret]"), "{log}");
    assert!(!log.contains(PASSWORD) && !log.contains(&secret));
}

async fn both_shapes_can_be_had(backend: Backend) {
    for (shape, kind) in [(Shape::Prosody, "headline"), (Shape::Openfire, "")] {
        let house = House::with(Settings { backend, shape, ..small() }).await;
        let mut talk = Talk::supervisor(&house).await;
        talk.subscribe(TEAM, JID).await.unwrap();
        house.put_into(AGENT, "WORK").await;
        let message = talk.hear_where(|text| text.starts_with("<message")).await;
        assert_eq!(attribute(&message, "type"), kind, "{message}");
        let prefix = "/finesse/api/Team/61/Users__70400@fin-a.cc.example__";
        assert_eq!(attribute(&message, "id").starts_with(prefix), shape == Shape::Openfire, "{message}");
        assert_eq!(text_of(&notification(&message), "state").as_deref(), Some("WORK"));
    }
}

/// Only the built-in stream: Prosody lets two elements in one frame pass.
#[tokio::test]
async fn a_frame_holds_exactly_one_element() {
    let house = House::new().await;
    let mut talk = Talk::supervisor(&house).await;
    talk.say("<presence xmlns='jabber:client'/><presence xmlns='jabber:client'/>").await;
    talk.hear_with("<not-well-formed").await;
}

/// Only the built-in stream: Prosody delivers to the full address of a session whatever its presence is.
#[tokio::test]
async fn an_unavailable_session_hears_nothing_at_all() {
    let house = House::new().await;
    let mut talk = Talk::bound(&house, SUPERVISOR, "console-1").await;
    talk.subscribe(TEAM, JID).await.unwrap();
    house.put_into(AGENT, "READY").await;
    talk.available(0).await;
    house.put_into(AGENT, "WORK").await;
    assert_eq!(text_of(&talk.update().await, "state").as_deref(), Some("WORK"));
}

/// Only the built-in stream.
#[tokio::test]
async fn a_session_is_sent_elsewhere() {
    let house = House::new().await;
    let mut talk = Talk::supervisor(&house).await;
    house.sim("/sim/node/a", json!({ "seeOther": "wss://fin-b.cc.example:8445/ws/" })).await;
    let close = talk.hear_with("<close").await;
    assert_eq!(attribute(&close, "see-other-uri"), "wss://fin-b.cc.example:8445/ws/");
}

/// Only the built-in stream: shapes no Prosody makes, and stanzas as they are.
#[tokio::test]
async fn odd_envelopes_can_be_had() {
    for shape in [Shape::Html, Shape::Unescaped, Shape::Cdata] {
        let house = House::with(Settings { shape, ..small() }).await;
        let mut talk = Talk::supervisor(&house).await;
        talk.subscribe(TEAM, JID).await.unwrap();
        house.sim("/sim/agents/71003/state", json!({ "state": "NOT_READY", "reason": 37 })).await;
        let message = talk.hear_where(|text| text.starts_with("<message")).await;
        assert_eq!(message.contains("type=\"html\""), shape == Shape::Html);
        assert_eq!(message.contains("<![CDATA["), shape == Shape::Cdata);
        let document = roxmltree::Document::parse(&message).unwrap();
        let inherits = document.descendants().any(|node| {
            node.has_tag_name(("http://jabber.org/protocol/pubsub", "label")) && node.text() == Some("1:1 <лид>")
        });
        assert_eq!(inherits, shape == Shape::Unescaped);
        let raw = "<iq xmlns='jabber:client' type='get' id='s1' from='fin-a.cc.example' to='{to}'><ping xmlns='urn:xmpp:ping'/></iq>";
        house.sim("/sim/fault", json!({ "rawStanza": raw })).await;
        assert_eq!(attribute(&talk.hear_with("s1").await, "to"), JID);
    }
}

/// Only the built-in stream: an account that REST has locked is locked here as well.
#[tokio::test]
async fn a_locked_account_is_locked_on_the_stream() {
    let house = House::new().await;
    for _ in 0..5 {
        let wrong = house.request(reqwest::Method::GET, "/finesse/api/User/70400").basic_auth(SUPERVISOR, Some("rose"));
        wrong.send().await.unwrap();
    }
    let (mut talk, _) = Talk::greet(&house).await;
    assert!(talk.authenticate(SUPERVISOR, PASSWORD).await.contains("<not-authorized"));
}

//! Sessions with a real server, by both ways.

use std::time::Duration;

use tokio::sync::mpsc;

use super::{
    prosody::{PASSWORD, PLAIN, PUBSUB, Prosody, SCRAM},
    stanza::CLIENT,
    *,
};
use crate::transport::{http::tests::provider, tls::Trust, xmpp_tls::DirectTls, xmpp_ws::WebSocket};

const NS: &str = "http://jabber.org/protocol/pubsub";
const WAYS: [&str; 2] = ["websocket", "direct"];

async fn frames(server: &Prosody, way: &str) -> Box<dyn Frames> {
    provider();
    let trust = Trust::new(Some(server.authority.as_bytes()), vec![]).unwrap();
    match way {
        "websocket" => {
            let url = format!("wss://localhost:{}/ws/", server.websocket).parse().unwrap();
            Box::new(WebSocket::connect(&url, &trust).await.unwrap())
        }
        _ => Box::new(DirectTls::connect("localhost", server.direct, &trust).await.unwrap()),
    }
}

fn login(domain: &str, name: &str, resource: &str) -> Login {
    Login {
        domain: domain.to_owned(),
        name: name.to_owned(),
        password: PASSWORD.to_owned(),
        resource: resource.to_owned(),
    }
}

/// A session that runs, and the way to speak with it.
struct Session {
    say: mpsc::Sender<Say>,
    heard: mpsc::Receiver<Heard>,
    end: tokio::task::JoinHandle<Lost>,
    address: String,
    asked: u64,
}

impl Session {
    async fn begin(server: &Prosody, way: &str, login: &Login) -> Self {
        let mut frames = frames(server, way).await;
        let address = sign_in(frames.as_mut(), login).await.unwrap();
        let (say, words) = mpsc::channel(10);
        let (hear, heard) = mpsc::channel(10);
        let end = tokio::spawn(Line::new(frames).run(words, hear));
        Self { say, heard, end, address, asked: 0 }
    }

    async fn hear(&mut self) -> Heard {
        tokio::time::timeout(Duration::from_secs(20), self.heard.recv()).await.unwrap().unwrap()
    }

    /// Asks, and waits for that answer; anything else heard meanwhile is skipped.
    async fn ask(&mut self, to: &str, set: bool, payload: Element) -> Result<Option<Element>, String> {
        self.asked += 1;
        self.say.send(Say::Ask { id: self.asked, to: to.to_owned(), set, payload }).await.unwrap();
        loop {
            match self.hear().await {
                Heard::Answer { id, outcome } => {
                    assert_eq!(id, self.asked);
                    return outcome;
                }
                Heard::Stanza(_) | Heard::Sign => {}
            }
        }
    }

    async fn end(self) -> Lost {
        tokio::time::timeout(Duration::from_secs(20), self.end).await.unwrap().unwrap()
    }
}

fn pubsub(child: Element) -> Element {
    Element::bare("pubsub", NS).with_child(child)
}

#[tokio::test]
async fn a_session_signs_in_asks_and_hears_by_both_ways() {
    let Some(server) = Prosody::start().await else { return };
    let mut publisher = Session::begin(&server, "websocket", &login(PLAIN, "publisher", "pub")).await;
    let node = "/team/61/Users";
    publisher.ask(PUBSUB, true, pubsub(Element::bare("create", NS).with("node", node))).await.unwrap();
    for way in WAYS {
        assert_eq!(offers(frames(&server, way).await.as_mut(), PLAIN).await.unwrap(), ["PLAIN"]);
        let mut session = Session::begin(&server, way, &login(PLAIN, "70400", "console-6f2c")).await;
        assert_eq!(session.address, format!("70400@{PLAIN}/console-6f2c"));
        assert_eq!(session.ask(PLAIN, false, Element::bare("ping", "urn:xmpp:ping")).await, Ok(None));
        let unknown = session.ask(PLAIN, false, Element::bare("nothing", "urn:example:none")).await;
        assert_eq!(unknown, Err("service-unavailable".to_owned()));

        let address = session.address.clone();
        let subscribe = |node: &str| pubsub(Element::bare("subscribe", NS).with("node", node).with("jid", &address));
        assert_eq!(session.ask(PUBSUB, true, subscribe("/team/99/Users")).await, Err("item-not-found".to_owned()));
        session.ask(PUBSUB, true, subscribe(node)).await.unwrap();
        let payload = Element::bare("notification", NS).with_text("<Update/> & more");
        let publish =
            Element::bare("publish", NS).with("node", node).with_child(Element::bare("item", NS).with_child(payload));
        publisher.ask(PUBSUB, true, pubsub(publish)).await.unwrap();
        let Heard::Stanza(message) = session.hear().await else { panic!("a message was to come") };
        assert_eq!((message.name(), message.attr("from")), ("message", Some(PUBSUB)));
        assert!(stanza::write(&message).unwrap().contains("&lt;Update/&gt; &amp; more"));

        session.say.send(Say::Close).await.unwrap();
        assert_eq!(session.end().await, Lost::Closed);
    }
}

#[tokio::test]
async fn a_refused_password_is_told_from_everything_else() {
    let Some(server) = Prosody::start().await else { return };
    for way in WAYS {
        let wrong = Login { password: "guess".to_owned(), ..login(PLAIN, "70400", "x") };
        assert_eq!(sign_in(frames(&server, way).await.as_mut(), &wrong).await, Err(Lost::NotAuthorized));
        let strange = sign_in(frames(&server, way).await.as_mut(), &login("elsewhere.example", "70400", "x")).await;
        assert!(matches!(&strange, Err(Lost::Ended(condition)) if condition == "host-unknown"), "{strange:?}");
    }
}

#[tokio::test]
async fn scram_is_used_where_plain_is_not_offered() {
    let Some(server) = Prosody::start().await else { return };
    for way in WAYS {
        let address = sign_in(frames(&server, way).await.as_mut(), &login(SCRAM, "70400", "x")).await;
        assert_eq!(address.as_deref(), Ok("70400@scram.example/x"));
        let wrong = Login { password: "guess".to_owned(), ..login(SCRAM, "70400", "x") };
        assert_eq!(sign_in(frames(&server, way).await.as_mut(), &wrong).await, Err(Lost::NotAuthorized));
    }
}

#[tokio::test]
async fn a_second_session_of_the_same_name_ends_the_first() {
    let Some(server) = Prosody::start().await else { return };
    for way in WAYS {
        let first = Session::begin(&server, way, &login(PLAIN, "70400", "console-1")).await;
        let second = Session::begin(&server, way, &login(PLAIN, "70400", "console-1")).await;
        assert_eq!(second.address, first.address);
        assert_eq!(first.end().await, Lost::Ended("conflict".to_owned()));
    }
}

#[tokio::test]
async fn a_stranger_gets_no_byte_of_ours() {
    let Some(server) = Prosody::start().await else { return };
    provider();
    let trust = Trust::new(None, vec![]).unwrap();
    let url = format!("wss://localhost:{}/ws/", server.websocket).parse().unwrap();
    let lost = WebSocket::connect(&url, &trust).await.err();
    assert!(matches!(lost, Some(Lost::Broken(Obstacle::Tls, _))), "{lost:?}");
    let lost = DirectTls::connect("localhost", server.direct, &trust).await.err();
    assert!(matches!(lost, Some(Lost::Broken(Obstacle::Tls, _))), "{lost:?}");
}

#[tokio::test]
async fn a_web_server_without_xmpp_is_recognised() {
    let Some(server) = Prosody::start().await else { return };
    provider();
    let trust = Trust::new(Some(server.authority.as_bytes()), vec![]).unwrap();
    let url = format!("wss://localhost:{}/elsewhere/", server.websocket).parse().unwrap();
    assert_eq!(WebSocket::connect(&url, &trust).await.err(), Some(Lost::NotSpoken("HTTP 404".to_owned())));
}

/// A server that says what it is told to once it was asked, and keeps what it hears.
struct Script {
    says: std::collections::VecDeque<&'static str>,
    heard: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

#[async_trait]
impl Frames for Script {
    async fn open(&mut self, _domain: &str) -> Result<(), Lost> {
        Ok(())
    }

    async fn send(&mut self, stanza: &Element) -> Result<(), Lost> {
        self.heard.lock().unwrap().push(stanza::write(stanza).unwrap());
        Ok(())
    }

    async fn next(&mut self) -> Result<Element, Lost> {
        if self.heard.lock().unwrap().is_empty() {
            std::future::pending::<()>().await;
        }
        self.says.pop_front().map_or(Err(Lost::Closed), |text| Ok(frame::read(text).unwrap()))
    }

    async fn close(&mut self) {}
}

async fn scripted(says: &[&'static str]) -> (Lost, Vec<Heard>, Vec<String>) {
    let kept = std::sync::Arc::default();
    let script = Script { says: says.iter().copied().collect(), heard: std::sync::Arc::clone(&kept) };
    let (say, words) = mpsc::channel(10);
    let (hear, mut hearing) = mpsc::channel(100);
    say.send(Say::Ask { id: 7, to: PUBSUB.to_owned(), set: false, payload: Element::bare("a", "urn:a") })
        .await
        .unwrap();
    let lost = Line::new(Box::new(script)).run(words, hear).await;
    let mut heard = vec![];
    while let Ok(one) = hearing.try_recv() {
        heard.push(one);
    }
    let kept = kept.lock().unwrap().clone();
    (lost, heard, kept)
}

#[tokio::test]
async fn an_answer_counts_only_from_whom_was_asked() {
    let (_, heard, _) = scripted(&[
        "<iq xmlns='jabber:client' type='result' id='q7' from='mallory@elsewhere.example'/>",
        "<iq xmlns='jabber:client' type='result' id='q8' from='pubsub.cc.example'/>",
        "<iq xmlns='jabber:client' type='result' id='q7' from='PubSub.cc.example'/>",
        "<iq xmlns='jabber:client' type='result' id='q7' from='pubsub.cc.example'/>",
    ])
    .await;
    let answers: Vec<bool> = heard.iter().map(|heard| matches!(heard, Heard::Answer { id: 7, .. })).collect();
    assert_eq!(answers, [false, false, true, false], "{heard:?}");
}

#[tokio::test]
async fn the_servers_questions_are_answered() {
    let (_, heard, said) = scripted(&[
        "<iq xmlns='jabber:client' type='get' id='p1' from='cc.example'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq xmlns='jabber:client' type='set' id='p2'><x xmlns='urn:example:x'/></iq>",
    ])
    .await;
    assert_eq!(heard.len(), 2);
    let of = |text: &str| frame::read(text).unwrap();
    let (pong, refusal) = (of(&said[1]), of(&said[2]));
    assert_eq!((pong.attr("type"), pong.attr("id"), pong.attr("to")), (Some("result"), Some("p1"), Some("cc.example")));
    assert_eq!((refusal.attr("type"), stanza::condition(&refusal).as_str()), (Some("error"), "service-unavailable"));
}

#[tokio::test]
async fn the_servers_reason_for_ending_is_told() {
    let end = "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
               <system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    assert_eq!(scripted(&[end]).await.0, Lost::Ended("system-shutdown".to_owned()));
    assert_eq!(scripted(&[]).await.0, Lost::Closed);
}

#[test]
fn a_local_part_is_escaped_as_the_standard_says() {
    for (name, escaped) in [
        ("70400", "70400"),
        ("o'petrov", "o\\27petrov"),
        ("a b@c", "a\\20b\\40c"),
        ("c:\\net", "c\\3a\\net"),
        ("c:\\5commas", "c\\3a\\5c5commas"),
    ] {
        assert_eq!(stanza::escape_local(name), escaped);
    }
}

#[test]
fn an_element_is_written_with_its_attributes() {
    let element = stanza::iq("get", "1", Some("a'b")).with_child(Element::bare("x", CLIENT).with_text("<&>"));
    let again = frame::read(&stanza::write(&element).unwrap()).unwrap();
    assert_eq!((again.attr("type"), again.attr("id"), again.attr("to")), (Some("get"), Some("1"), Some("a'b")));
    assert_eq!(again.get_child("x", CLIENT).unwrap().text(), "<&>");
    assert!(stanza::write(&Element::bare("x", CLIENT).with_text("\u{0}")).is_err());
}

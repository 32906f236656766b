//! Whole sessions against the small server: what the engine is handed, in order.

use std::{sync::Arc, time::Duration};

use pult_domain::{
    CommandId, Effect, EffectKey, Fact, Failure,
    areas::floor::{self, Wanted},
};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{
    super::{delivery::request_id, wire::route},
    server::{House, PASSWORD},
};
use crate::{
    Delivery, Integration, SessionReport, SessionState, Stream, StreamDesk, StreamItem, StreamOrder, samples::text,
};

/// A session that runs, and what it hands on.
struct Running {
    house: Arc<House>,
    items: mpsc::Receiver<StreamItem>,
    orders: mpsc::Sender<StreamOrder>,
    stop: CancellationToken,
    end: JoinHandle<()>,
    /// Everything handed on so far, as text: no secret may be in it.
    said: String,
}

impl Running {
    fn begin(house: House, room: usize) -> Self {
        let house = Arc::new(house);
        let (out, items) = mpsc::channel(room);
        let (orders, asked) = mpsc::channel(4);
        let stop = CancellationToken::new();
        let now = Arc::clone(&house.finesse.clock);
        let desk = StreamDesk { out, orders: asked, now, stop: stop.clone() };
        let running = Arc::clone(&house);
        let end = tokio::spawn(async move { running.finesse.run(desk).await });
        Self { house, items, orders, stop, end, said: String::new() }
    }

    async fn next(&mut self) -> StreamItem {
        let item =
            tokio::time::timeout(Duration::from_secs(30), self.items.recv()).await.expect("nothing comes").unwrap();
        self.said.push_str(&format!("{item:?}"));
        item
    }

    /// Everything up to the first report of that state.
    async fn until(&mut self, state: SessionState) -> (Vec<StreamItem>, SessionReport) {
        let mut before = vec![];
        loop {
            match self.next().await {
                StreamItem::Session(report) if report.state == state => return (before, *report),
                other => before.push(other),
            }
        }
    }

    /// The next item that is no report.
    async fn news(&mut self) -> StreamItem {
        loop {
            match self.next().await {
                StreamItem::Session(_) | StreamItem::Personal(..) => {}
                other => return other,
            }
        }
    }

    async fn end(mut self) {
        self.stop.cancel();
        while let Some(item) = self.items.recv().await {
            self.said.push_str(&format!("{item:?}"));
        }
        tokio::time::timeout(Duration::from_secs(10), self.end).await.expect("it does not end").unwrap();
        let basic = data_encoding::BASE64.encode(format!("70400:{PASSWORD}").as_bytes());
        let plain = data_encoding::BASE64.encode(format!("\0{}\0{PASSWORD}", "70400").as_bytes());
        for secret in [PASSWORD, &basic, &plain] {
            assert!(!self.said.contains(secret));
        }
    }
}

fn routes(items: &[StreamItem]) -> Vec<String> {
    let route = |item: &StreamItem| match item {
        StreamItem::Heard(record) => Some(record.route.clone()),
        StreamItem::Noted(observed) => Some(observed.fact.kind().to_owned()),
        StreamItem::Session(_) | StreamItem::Personal(..) => None,
    };
    items.iter().filter_map(route).collect()
}

#[tokio::test]
async fn a_session_hands_on_the_picture_and_then_each_change() {
    let mut running = Running::begin(House::new().await, 100);
    let (before, report) = running.until(SessionState::Live).await;
    assert_eq!(routes(&before), ["teams_seen", "team", "watch_began", "team", "watch_began"]);
    assert!(report.transport.is_some_and(|way| way.starts_with("websocket:")));

    let push = running.house.server.push.clone();
    push.send(text("finesse", "15-stanza-team-user-put.xml")).unwrap();
    // Another's word in the same shape counts for nothing.
    push.send(text("finesse", "15-stanza-team-user-put.xml").replace("from=\"pubsub.", "from=\"mallory.")).unwrap();
    push.send(text("finesse", "15-stanza-team-user-put.xml").replace("NOT_READY&lt;/state", "READY&lt;/state"))
        .unwrap();
    let mut states = vec![];
    while states.len() < 2 {
        let StreamItem::Heard(record) = running.news().await else { panic!("only what was heard was to come") };
        if record.route == route::UPDATE {
            let parsed = running.house.finesse.parse(&record, super::samples::now()).unwrap();
            let [observed] = &parsed.facts[..] else { panic!("{parsed:?}") };
            let Fact::Floor(floor::Fact::OperatorSeen { report, team }) = &observed.fact else {
                panic!("{observed:?}")
            };
            assert_eq!((report.login_id.as_str(), team.as_deref()), ("70411", Some("61")));
            states.push(report.state.word());
        }
    }
    assert_eq!(states, ["not_ready", "ready"]);
    let server = running.house.server.clone();
    running.end().await;
    let world = server.world();
    let has = |what: &str| world.stanzas.iter().any(|stanza| stanza.contains(what));
    assert!(has("<unsubscribe") && has("unavailable") && has("<close"));
    assert!(world.seen[0].line.ends_with("SystemInfo") && !world.seen[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_request_that_comes_to_nothing_later_is_told_to_whoever_asked() {
    let mut running = Running::begin(House::new().await, 100);
    running.until(SessionState::Live).await;
    let effect = Effect::ChangeOperatorState {
        command: CommandId(9),
        login_id: "70413".to_owned(),
        wanted: Wanted::NotReady,
        account: None,
    };
    let key = EffectKey("console/asked-9/change_operator_state/0".to_owned());
    assert!(running.house.finesse.perform(&effect, &key).await.outcome.is_ok());
    let update = text("finesse", "21-update-async-error.xml")
        .replace("c0a1f7b2-5d0e-4a55-9a9c-2f6c1d8e7701", &request_id(&key))
        .replace('<', "&lt;");
    let stanza = format!(
        "<message xmlns='jabber:client' from='pubsub.fin-a.cc.example'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
         <items node='/finesse/api/Team/61/Users'><item><notification xmlns='http://jabber.org/protocol/pubsub'>{update}\
         </notification></item></items></event></message>"
    );
    running.house.server.push.send(stanza).unwrap();
    let failed = loop {
        if let StreamItem::Noted(observed) = running.news().await {
            break observed.fact;
        }
    };
    let Fact::Floor(floor::Fact::RequestFailed { command, failure, .. }) = failed else { panic!("{failed:?}") };
    assert_eq!((command, failure), (CommandId(9), Failure::State));
    running.end().await;
}

#[tokio::test]
async fn a_change_that_names_its_request_is_told_to_whoever_asked_once() {
    let mut running = Running::begin(House::new().await, 100);
    running.until(SessionState::Live).await;
    let effect = Effect::ChangeOperatorState {
        command: CommandId(9),
        login_id: "70411".to_owned(),
        wanted: Wanted::SignedOut,
        account: None,
    };
    let key = EffectKey("console/asked-9/change_operator_state/0".to_owned());
    assert!(running.house.finesse.perform(&effect, &key).await.outcome.is_ok());
    let push = running.house.server.push.clone();
    let stanza = text("finesse", "15-stanza-team-user-put.xml");
    // Another's request is nobody's here; ours is told of once, however often it is named.
    push.send(stanza.clone()).unwrap();
    let ours = stanza.replace("c0a1f7b2-5d0e-4a55-9a9c-2f6c1d8e7701", &request_id(&key));
    push.send(ours.clone()).unwrap();
    push.send(ours).unwrap();
    let (mut heard, mut shown) = (0, vec![]);
    while heard < 3 {
        match running.news().await {
            StreamItem::Heard(record) if record.route == route::UPDATE => heard += 1,
            StreamItem::Noted(observed) => shown.push((heard, observed.fact)),
            _ => {}
        }
    }
    let told = Fact::Floor(floor::Fact::RequestShown { command: CommandId(9) });
    assert_eq!(shown, [(2, told)]);
    running.end().await;
}

#[tokio::test]
async fn a_reader_that_is_behind_is_told_so_and_given_the_whole_picture_again() {
    let mut running = Running::begin(House::new().await, 16);
    running.until(SessionState::Live).await;
    let stanza = text("finesse", "15-stanza-team-user-put.xml");
    for _ in 0..100 {
        running.house.server.push.send(stanza.clone()).unwrap();
    }
    // Only when all were pushed and one more thing was asked is anything taken.
    let asked = |running: &Running| running.house.server.lines().iter().filter(|line| line.contains("/Team/")).count();
    let mut lost = false;
    let mut began = 0;
    while began < 2 {
        if let StreamItem::Noted(observed) = running.news().await {
            match observed.fact {
                Fact::Floor(floor::Fact::WatchLost { why, teams }) => {
                    assert_eq!((why.as_str(), teams.len()), ("overflow", 0));
                    lost = true;
                }
                Fact::Floor(floor::Fact::WatchBegan { .. }) => began += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(lost && asked(&running) >= 4);
    running.end().await;
}

#[tokio::test]
async fn a_wrong_password_is_shown_once_and_the_next_one_when_a_person_asks() {
    let house = House::new().await;
    house.server.world().passwords.insert("70400".to_owned(), "changed".to_owned());
    let mut running = Running::begin(house, 100);
    let (_, report) = running.until(SessionState::AuthFailed).await;
    assert_eq!(report.cause.as_deref(), Some("http_401"));
    let credentials = |running: &Running| {
        running.house.server.world().seen.iter().filter(|seen| seen.headers.contains_key("authorization")).count()
    };
    assert_eq!((credentials(&running), running.house.server.world().stanzas.len()), (1, 0));
    running.house.secrets.lock().unwrap().insert("finesse.password".to_owned(), "changed".to_owned());
    running.orders.send(StreamOrder::Connect).await.unwrap();
    running.until(SessionState::Live).await;
    running.end().await;
}

#[tokio::test]
async fn where_nobody_speaks_xmpp_the_teams_are_read() {
    let house = House::with(|settings| {
        settings.transport = super::super::Transport::DirectTls;
        settings.a.direct_tls_port = 1;
    })
    .await;
    let mut running = Running::begin(house, 100);
    let (before, report) = running.until(SessionState::Polling).await;
    assert_eq!(report.transport.as_deref(), Some("polling"));
    let mut told = routes(&before);
    while !told.iter().any(|route| route == "team") {
        told.extend(routes(&[running.news().await]));
    }
    assert_eq!(told[..2], ["teams_seen", "team"]);
    running.end().await;
}

//! The engine's side: an integration with its sessions running, and what it hands on.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use pult_domain::{
    Effect, EffectKey, Fact, Instant, MessageId, TicketId,
    areas::messages::{self, Account, Address, Incoming, SendMessage, Words},
};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{
    super::{NAME, Settings, Tls, Xmpp},
    server::{DOMAIN, SOON, Server},
};
use crate::{
    ArchiveMark, Attempt, Delivery, Integration, Mailbox, Mailboxes, SessionReport, SessionState, Stream, StreamDesk,
    StreamItem, StreamOrder, samples::Secrets, transport::xmpp::prosody::PASSWORD,
};

/// What the engine keeps of accounts.
#[derive(Default)]
pub(super) struct Boxes {
    pub(super) people: Mutex<Vec<Mailbox>>,
    pub(super) marks: Mutex<BTreeMap<Account, ArchiveMark>>,
}

#[async_trait]
impl Mailboxes for Boxes {
    async fn all(&self) -> Vec<Mailbox> {
        self.people.lock().unwrap().clone()
    }

    async fn read_upto(&self, account: Account) -> Option<ArchiveMark> {
        self.marks.lock().unwrap().get(&account).cloned()
    }
}

/// A person of the console.
pub(super) const PERSON: Account = Account::Person(7);

pub(super) fn address(user: &str) -> Address {
    Address::read(&format!("{user}@{DOMAIN}")).unwrap()
}

/// The usual settings for a server on this machine.
pub(super) fn settings(server: &Server, port: u16) -> Settings {
    Settings {
        host: Some("127.0.0.1".to_owned()),
        port: Some(port),
        tls: if port == server.direct { Tls::Direct } else { Tls::Starttls },
        ca: Some(server.ca()),
        ..Settings::new(format!("desk@{DOMAIN}"))
    }
}

/// An integration with the secrets of everybody.
pub(super) fn xmpp(settings: Settings, boxes: &Arc<Boxes>, password: &str) -> Xmpp {
    let secrets =
        ["xmpp.password", "xmpp.person.7", "xmpp.person.8"].map(|name| (name.to_owned(), password.to_owned()));
    let boxes: Arc<dyn Mailboxes> = Arc::<Boxes>::clone(boxes);
    Xmpp::new(settings, Arc::new(Secrets(secrets.into())), boxes, Arc::new(Instant::now), "console-4f7a").unwrap()
}

/// Sessions that run.
pub(super) struct House {
    pub(super) xmpp: Arc<Xmpp>,
    pub(super) boxes: Arc<Boxes>,
    items: mpsc::Receiver<StreamItem>,
    orders: mpsc::Sender<StreamOrder>,
    stop: CancellationToken,
    end: JoinHandle<()>,
    /// Facts that came while something else was waited for.
    pub(super) facts: Vec<messages::Fact>,
    said: String,
}

impl House {
    /// With the engine's own account, and a person's where a user is named.
    pub(super) fn open(settings: Settings, person: Option<&str>) -> Self {
        Self::with(settings, person, PASSWORD)
    }

    pub(super) fn with(settings: Settings, person: Option<&str>, password: &str) -> Self {
        let boxes = Arc::new(Boxes::default());
        boxes.people.lock().unwrap().extend(person.map(|user| Mailbox { person: 7, address: address(user) }));
        let xmpp = Arc::new(xmpp(settings, &boxes, password));
        assert_eq!(xmpp.name(), NAME);
        let (out, items) = mpsc::channel(64);
        let (orders, asked) = mpsc::channel(4);
        let stop = CancellationToken::new();
        let desk = StreamDesk { out, orders: asked, now: Arc::new(Instant::now), stop: stop.clone() };
        let running = Arc::clone(&xmpp);
        let end = tokio::spawn(async move { running.run(desk).await });
        Self { xmpp, boxes, items, orders, stop, end, facts: vec![], said: String::new() }
    }

    pub(super) async fn next(&mut self) -> StreamItem {
        let item = tokio::time::timeout(SOON, self.items.recv()).await;
        let item = item.unwrap_or_else(|_| panic!("nothing comes after:\n{}", self.said)).expect("it has ended");
        self.said.push_str(&format!("{item:?}\n"));
        item
    }

    /// The first report of that state of an account.
    pub(super) async fn until(&mut self, account: Account, state: SessionState) -> SessionReport {
        loop {
            match self.next().await {
                StreamItem::Session(report) if account == Account::Bot && report.state == state => return *report,
                StreamItem::Personal(of, Some(report)) if of == account && report.state == state => return *report,
                StreamItem::Noted(observed) => self.keep(observed.fact),
                _ => {}
            }
        }
    }

    /// That every account is heard.
    pub(super) async fn live(&mut self, accounts: &[Account]) {
        let mut waiting = accounts.to_vec();
        while !waiting.is_empty() {
            match self.next().await {
                StreamItem::Session(report) if report.state == SessionState::Live => {
                    waiting.retain(|of| *of != Account::Bot)
                }
                StreamItem::Personal(account, Some(report)) if report.state == SessionState::Live => {
                    waiting.retain(|of| *of != account);
                }
                StreamItem::Noted(observed) => self.keep(observed.fact),
                _ => {}
            }
        }
    }

    fn keep(&mut self, fact: Fact) {
        match fact {
            Fact::Messages(fact) => self.facts.push(fact),
            other => panic!("not of this area: {other:?}"),
        }
    }

    /// The next fact for which that holds; the others are kept.
    pub(super) async fn fact(&mut self, is: impl Fn(&messages::Fact) -> bool) -> messages::Fact {
        loop {
            if let Some(at) = self.facts.iter().position(&is) {
                return self.facts.remove(at);
            }
            if let StreamItem::Noted(observed) = self.next().await {
                self.keep(observed.fact);
            }
        }
    }

    /// The next message heard.
    pub(super) async fn heard(&mut self) -> Incoming {
        match self.fact(|fact| matches!(fact, messages::Fact::Heard(_))).await {
            messages::Fact::Heard(incoming) => *incoming,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn order(&self, order: StreamOrder) {
        self.orders.send(order).await.unwrap();
    }

    pub(super) async fn send(&self, send: &SendMessage) -> Attempt {
        self.xmpp.perform(&Effect::SendMessage(Box::new(send.clone())), &key(send)).await
    }

    /// Ends it, and looks that no secret was told.
    pub(super) async fn close(self) {
        self.stop.cancel();
        tokio::time::timeout(SOON, self.end).await.expect("it does not end").unwrap();
        assert!(!self.said.contains(PASSWORD), "the password was told");
    }
}

pub(super) fn key(send: &SendMessage) -> EffectKey {
    EffectKey(format!("message/{}", send.message))
}

/// Typed words of an account to a user.
pub(super) fn typed(from: Account, to: &str, uid: &str, text: &str) -> SendMessage {
    let words = Words::Typed { text: text.to_owned() };
    SendMessage { message: MessageId(1), from, to: address(to), uid: uid.to_owned(), words, since: Instant::now() }
}

/// A notice of a status to a user.
pub(super) fn status(to: &str, uid: &str) -> SendMessage {
    let words = Words::Status {
        ticket: TicketId(4312),
        old: "New".to_owned(),
        new: "In Progress".to_owned(),
        comment: None,
        subject: "Printer off".to_owned(),
        url: Some("https://desk.example.com/issues/4312".to_owned()),
    };
    SendMessage { words, ..typed(Account::Bot, to, uid, "") }
}

/// That it was sent.
pub(super) fn assert_sent(attempt: &Attempt) {
    let facts = attempt.outcome.as_ref().unwrap_or_else(|error| panic!("not sent: {error:?}"));
    let sent = Fact::Messages(messages::Fact::Sent { message: MessageId(1) });
    assert!(matches!(&facts[..], [observed] if observed.fact == sent), "{facts:?}");
}

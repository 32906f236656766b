//! Holds one account's session: carries out what its machine wants, with the library's stream, which resumes a broken session by itself
//! and tells what the server has taken (XEP-0198).
//!
//! The library asks for connections and takes whatever it is given; when, where and as whom to connect is ours. It never says why a server
//! has let us go: that is read from the connection ([`super::guard`]). After silence it asks by `<r/>`, where there is stream management,
//! and by a ping otherwise. Deliberately not here: any decision ([`super::session`]).

use std::{
    collections::{BTreeMap, HashMap},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;
use pult_domain::{Instant, areas::messages::Account};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::Instant as Tick,
};
use tokio_util::sync::CancellationToken;
use tokio_xmpp::{
    Stanza,
    stanzastream::{self, StanzaStage, StanzaState, StanzaToken, StreamEvent},
};
use xmpp_parsers::jid::BareJid;

use crate::{
    ArchiveMark, Credentials, Mailboxes, SessionReport, StreamItem,
    transport::{Clock, obstacle::Obstacle},
};

use super::{
    dial::{Met, Place},
    guard::Watch,
    library::Library,
    lines::{Ask, Held, Said, Standing},
    lost::Lost,
    session::{self, Command, Event, Machine, Now, Plan},
};

/// The longest wait for the library to take a stanza.
const TAKE: Duration = Duration::from_secs(5);
/// The longest wait for the server's word that it has a message.
pub(super) const ACKNOWLEDGED: Duration = Duration::from_secs(20);
/// How long a stream must stand after a message where the server gives no such word (contracts/xmpp 4).
const STANDS: Duration = Duration::from_secs(10);
/// The longest wait for the reason of an end that was noticed.
const REASON: Duration = Duration::from_secs(2);
/// The longest good-bye.
const GOODBYE: Duration = Duration::from_secs(3);
/// How often the wall clock is looked at: a machine that slept is noticed by it.
const GLANCE: Duration = Duration::from_secs(2);
/// The clock may go wrong by so much against itself, milliseconds.
const SLEPT: i64 = 10_000;

/// Messages remembered after they were taken, so that none is said again before the archive can be asked.
const REMEMBERED: usize = 200;

/// What a session is given to work with.
pub(super) struct Holding {
    pub(super) account: Account,
    pub(super) address: BareJid,
    pub(super) resource: String,
    /// The name of the password.
    pub(super) secret: String,
    pub(super) place: Place,
    pub(super) credentials: Arc<dyn Credentials>,
    pub(super) mailboxes: Arc<dyn Mailboxes>,
    pub(super) now: Clock,
    pub(super) out: mpsc::Sender<StreamItem>,
    pub(super) connect: mpsc::Receiver<()>,
    pub(super) held: Held,
    pub(super) stop: CancellationToken,
}

struct Driver {
    given: Holding,
    machine: Machine,
    since: Tick,
    library: Option<Library>,
    watch: Option<Arc<Watch>>,
    dialing: Option<JoinHandle<Result<Met, Lost>>>,
    marking: Option<JoinHandle<Option<ArchiveMark>>>,
    /// Why the connection broke last; changes with each break.
    gone: watch::Sender<Option<Lost>>,
    /// What was said and may still be under way, by its id.
    under_way: HashMap<String, StanzaToken>,
    lookers: BTreeMap<u64, oneshot::Sender<Result<bool, String>>>,
    looks: u64,
    goodbye: Option<JoinHandle<()>>,
    finished: bool,
}

/// Something that came in.
enum Turn {
    Event(Box<Event>),
    Ask(Ask),
    Heard(Option<Box<stanzastream::Event>>),
    Met(Box<Met>),
    Nothing,
}

impl From<Event> for Turn {
    fn from(event: Event) -> Self {
        Self::Event(Box::new(event))
    }
}

/// Holds the session until told to stop.
pub(super) async fn hold(given: Holding) {
    let plan = Plan { account: given.account, address: given.address.clone(), resource: given.resource.clone() };
    let driver = Driver {
        machine: Machine::new(plan, rand::random()),
        given,
        since: Tick::now(),
        library: None,
        watch: None,
        dialing: None,
        marking: None,
        gone: watch::Sender::new(None),
        under_way: HashMap::new(),
        lookers: BTreeMap::new(),
        looks: 0,
        goodbye: None,
        finished: false,
    };
    driver.run().await;
}

impl Driver {
    async fn run(mut self) {
        self.take(Event::Tick).await;
        let mut glance = (Tick::now(), (self.given.now)());
        while !self.finished {
            let soon = Tick::now() + GLANCE;
            let wake = self.machine.wake().map_or(soon, |at| soon.min(self.since + Duration::from_millis(at)));
            let turn: Turn = tokio::select! {
                () = self.given.stop.cancelled() => Event::Stop.into(),
                Some(()) = self.given.connect.recv() => Event::Connect.into(),
                Some(ask) = self.given.held.asks.recv() => Turn::Ask(ask),
                met = finished(&mut self.dialing) => match met {
                    Some(Ok(met)) => Turn::Met(Box::new(met)),
                    Some(Err(lost)) => Event::Dialed(Err(lost)).into(),
                    None => Event::Dialed(Err(Lost::Broken(Obstacle::Broken, "the try was broken off".to_owned()))).into(),
                },
                mark = finished(&mut self.marking) => Event::Mark(mark.flatten()).into(),
                heard = next_heard(&mut self.library) => Turn::Heard(heard.map(Box::new)),
                () = tokio::time::sleep_until(wake) => Turn::Nothing,
            };
            match turn {
                Turn::Event(event) => self.take(*event).await,
                Turn::Ask(ask) => self.asked(ask).await,
                Turn::Heard(heard) => {
                    let heard = heard.map(|heard| *heard);
                    let event = self.of_library(heard);
                    self.take(event).await;
                }
                Turn::Met(met) => self.met(*met).await,
                Turn::Nothing => {
                    let woke = self.slept(&mut glance);
                    self.take(if woke { Event::Woke } else { Event::Tick }).await;
                }
            }
        }
        if let Some(goodbye) = self.goodbye.take() {
            // Nobody waits long for a good-bye.
            let _ = tokio::time::timeout(GOODBYE, goodbye).await;
        }
    }

    /// Whether the wall clock went on by more than the runtime's.
    fn slept(&self, glance: &mut (Tick, Instant)) -> bool {
        let (tick, wall) = std::mem::replace(glance, (Tick::now(), (self.given.now)()));
        let went = i64::try_from((glance.0 - tick).as_millis()).unwrap_or(i64::MAX);
        glance.1.as_millisecond().saturating_sub(wall.as_millisecond()) > went.saturating_add(SLEPT)
    }

    async fn take(&mut self, event: Event) {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            let ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
            let now = Now { ms, wall: (self.given.now)() };
            for command in self.machine.on(now, event) {
                if let Some(event) = self.carry_out(command).await {
                    next = Some(event);
                }
            }
        }
    }

    async fn carry_out(&mut self, command: Command) -> Option<Event> {
        match command {
            Command::Dial { resource } => return self.dial(&resource),
            Command::Drop => self.let_go(),
            Command::Cut => {
                if let Some(watch) = &self.watch {
                    watch.cut();
                }
            }
            Command::Say(stanza) => {
                self.speak(stanza).await;
            }
            Command::ReadMark => {
                let (mailboxes, account) = (Arc::clone(&self.given.mailboxes), self.given.account);
                self.marking = Some(tokio::spawn(async move { mailboxes.read_upto(account).await }));
            }
            Command::Note(observed) => self.hand_on(StreamItem::Noted(observed)).await,
            Command::Report(report) => {
                self.given.held.standing.send_replace(standing(&self.machine, &report));
                let account = self.given.account;
                self.hand_on(match account {
                    Account::Bot => StreamItem::Session(report),
                    Account::Person(_) => StreamItem::Personal(account, Some(report)),
                })
                .await;
            }
            Command::Looked { id, found } => {
                if let Some(looker) = self.lookers.remove(&id) {
                    // Whoever asked may have gone.
                    let _ = looker.send(found);
                }
            }
            Command::Finished => self.finished = true,
        }
        None
    }

    /// Hands an item on; one that finds no room waits, and slows the server down. At the end it waits no longer than a good-bye.
    async fn hand_on(&mut self, item: StreamItem) {
        let stop = self.given.stop.clone();
        let patience = async {
            stop.cancelled().await;
            tokio::time::sleep(GOODBYE).await;
        };
        tokio::select! {
            biased;
            sent = self.given.out.send(item) => self.finished |= sent.is_err(),
            () = patience => {}
        }
    }

    /// Begins a connection.
    fn dial(&mut self, resource: &str) -> Option<Event> {
        let Some(password) = self.given.credentials.secret(&self.given.secret).filter(|secret| !secret.is_empty())
        else {
            return Some(Event::Dialed(Err(Lost::NoPassword)));
        };
        let Ok(address) = self.given.address.with_resource_str(resource) else {
            return Some(Event::Dialed(Err(Lost::NotBound("the resource is no name".to_owned()))));
        };
        if self.library.is_none() {
            self.library = Some(Library::begin());
        }
        let place = self.given.place.clone();
        self.dialing = Some(tokio::spawn(async move { place.dial(&address, &password).await }));
        None
    }

    async fn met(&mut self, met: Met) {
        let Met { connection, watch, target, mechanism } = met;
        let way = target.way();
        self.watch = Some(watch);
        self.take(Event::Dialed(Ok(session::Place { host: target.host, way, mechanism }))).await;
        if let Some(library) = &mut self.library {
            library.give(connection);
        }
    }

    fn of_library(&mut self, heard: Option<stanzastream::Event>) -> Event {
        let watch = self.watch.as_ref();
        match heard {
            Some(stanzastream::Event::Stanza(stanza)) => Event::Heard(Box::new(stanza)),
            Some(stanzastream::Event::Stream(StreamEvent::Reset { bound_jid, .. })) => {
                Event::Began { address: bound_jid, managed: watch.is_some_and(|watch| watch.is_managed()) }
            }
            Some(stanzastream::Event::Stream(StreamEvent::Resumed)) => Event::Resumed,
            Some(stanzastream::Event::Stream(StreamEvent::Suspended)) => {
                let broken = || Lost::Broken(Obstacle::Broken, "the connection broke".to_owned());
                let lost = watch.and_then(|watch| watch.lost()).unwrap_or_else(broken);
                let held = watch.is_some_and(|watch| watch.is_resumable());
                self.gone.send_replace(Some(lost.clone()));
                Event::Broke { lost, held }
            }
            None => {
                self.library = None;
                let lost = Lost::Broken(Obstacle::Broken, "the stream has ended".to_owned());
                self.gone.send_replace(Some(lost.clone()));
                Event::Broke { lost, held: false }
            }
        }
    }

    async fn asked(&mut self, ask: Ask) {
        match ask {
            Ask::Say { stanza, uid, done } => self.say(stanza, uid, done).await,
            Ask::Look { mut look, done } => {
                let known = self.under_way.get_mut(&look.uid).map(|token| {
                    token
                        .wait_for(StanzaStage::Acked)
                        .now_or_never()
                        .map(|state| state.map(|state| StanzaStage::from(&state)))
                });
                match known {
                    Some(Some(Some(StanzaStage::Acked))) => drop(done.send(Ok(true))),
                    Some(None) => drop(done.send(Err("it is still under way".to_owned()))),
                    // It was given up, or nobody here remembers: the archive tells.
                    _ => {
                        self.under_way.remove(&look.uid);
                        self.looks += 1;
                        look.id = self.looks;
                        self.lookers.insert(look.id, done);
                        self.take(Event::Look(Box::new(look))).await;
                    }
                }
            }
        }
    }

    async fn say(&mut self, stanza: Box<Stanza>, uid: Option<String>, done: oneshot::Sender<Said>) {
        let pending = self.forget_old();
        let again = uid.as_ref().and_then(|uid| self.under_way.get(uid).cloned());
        let token = match again {
            Some(token) => Some(token),
            None if self.machine.is_live() => self.speak(stanza).await,
            None => None,
        };
        let Some(token) = token else {
            drop(done.send(Said::Unsaid("there is no session to say it with".to_owned())));
            return;
        };
        if let Some(uid) = uid {
            self.under_way.insert(uid, token.clone());
        }
        let alone = pending == 0;
        let (managed, gone) = (self.machine.is_managed(), self.gone.subscribe());
        tokio::spawn(async move {
            let said = became(token, managed, gone, alone).await;
            // Whoever asked may have gone.
            let _ = done.send(said);
        });
    }

    /// Forgets what was given up, and what was taken long ago; how much is still under way.
    fn forget_old(&mut self) -> usize {
        let mut pending = 0;
        let crowded = self.under_way.len() > REMEMBERED;
        self.under_way.retain(|_, token| match token.wait_for(StanzaStage::Acked).now_or_never() {
            None => {
                pending += 1;
                true
            }
            Some(Some(StanzaState::Acked {})) => !crowded,
            Some(_) => false,
        });
        pending
    }

    /// Hands a stanza to the library; `None` where it took none.
    async fn speak(&mut self, stanza: Box<Stanza>) -> Option<StanzaToken> {
        let library = self.library.as_mut()?;
        // The library ends the task that speaks when its own has ended; the end itself is told by what is heard of it.
        let sending = AssertUnwindSafe(library.say(stanza)).catch_unwind();
        tokio::time::timeout(TAKE, sending).await.ok()?.ok()
    }

    /// Lets the library go with everything that belonged to it.
    fn let_go(&mut self) {
        if let Some(dialing) = self.dialing.take() {
            dialing.abort();
        }
        self.marking = None;
        self.watch = None;
        if let Some(library) = self.library.take() {
            self.goodbye = Some(tokio::spawn(library.end()));
        }
    }
}

/// What becomes of a stanza that was handed to the library.
async fn became(mut token: StanzaToken, managed: bool, mut gone: watch::Receiver<Option<Lost>>, alone: bool) -> Said {
    if managed {
        return match tokio::time::timeout(ACKNOWLEDGED, token.wait_for(StanzaStage::Acked)).await {
            Ok(Some(StanzaState::Failed { error })) => Said::Unsaid(error.to_string()),
            Ok(Some(StanzaState::Dropped)) | Ok(None) => {
                let _ = tokio::time::timeout(REASON, gone.changed()).await;
                let lost = gone.borrow().clone();
                match lost {
                    Some(lost) if lost.is_our_fault() && alone => Said::Refused(lost.to_string()),
                    Some(lost) => Said::Unknown(lost.to_string()),
                    None => Said::Unknown("the session has ended".to_owned()),
                }
            }
            Ok(Some(_)) => Said::Taken,
            Err(_) => Said::Unknown("the server has not said in time that it has it".to_owned()),
        };
    }
    match tokio::time::timeout(ACKNOWLEDGED, token.wait_for(StanzaStage::Sent)).await {
        Ok(Some(StanzaState::Failed { error })) => return Said::Unsaid(error.to_string()),
        Ok(Some(_)) => {}
        Ok(None) | Err(_) => return Said::Unknown("it was not written in time".to_owned()),
    }
    match tokio::time::timeout(STANDS, gone.changed()).await {
        Err(_) => Said::Taken,
        Ok(_) => match gone.borrow().as_ref() {
            Some(lost) if lost.is_our_fault() && alone => Said::Refused(lost.to_string()),
            lost => Said::Unknown(lost.map_or_else(|| "the session has ended".to_owned(), ToString::to_string)),
        },
    }
}

fn standing(machine: &Machine, report: &SessionReport) -> Standing {
    let waits = report.retry_at.is_some() || report.cause.is_none();
    match report.state {
        _ if machine.is_live() => Standing::Live,
        _ if waits => Standing::Down(report.detail.clone()),
        state => Standing::Stopped(state, report.detail.clone()),
    }
}

async fn next_heard(library: &mut Option<Library>) -> Option<stanzastream::Event> {
    match library {
        Some(library) => library.next().await,
        None => std::future::pending().await,
    }
}

/// What a task came to, once; `None` where it was broken off.
async fn finished<T>(task: &mut Option<JoinHandle<T>>) -> Option<T> {
    let Some(running) = task else { return std::future::pending().await };
    let result = running.await.ok();
    *task = None;
    result
}

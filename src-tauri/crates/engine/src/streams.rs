//! Keeps the sessions of systems that keep telling us: starts them, decides about what they hand on, knows how each one is.
//!
//! What a session tells is decided at once, in order, many facts a transaction, without a row in the inbox: a picture that can be read
//! anew needs no replay. Deliberately not here: what a session does next (the vendor's), and what news mean (the rules').

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use pult_domain::{Area, FactKey, Observed, areas::messages::Account};
use pult_integrations::{SessionReport, SessionState, Shared, StreamDesk, StreamItem, StreamOrder};
use pult_store::{StoreError, connections, messages::number};
use tokio::{sync::mpsc, time::Instant};

use crate::{
    decide::{self, Source},
    pump::PumpParts,
    troubles,
};

/// Items a session may be ahead of the decisions; beyond that it reads its picture anew.
const AHEAD: usize = 4_096;
/// Facts decided in one transaction.
const ROUND: usize = 256;
/// How often a session is held against the settings.
const STILL_MEANT: Duration = Duration::from_secs(5);
/// How long to wait before looking again at an integration that is switched off.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Between two readings anew that people ask for: a little more than the 5 s a session keeps to itself (contracts/finesse 9), so that it
/// does what it is asked.
const REFRESH_PAUSE: Duration = Duration::from_millis(5_100);

/// How the sessions are, and the way to ask them something. Clones speak of the same ones.
#[derive(Clone, Default)]
pub struct Sessions(Arc<Mutex<HashMap<&'static str, Session>>>);

#[derive(Default)]
struct Session {
    report: Option<SessionReport>,
    personal: HashMap<Account, SessionReport>,
    orders: Option<mpsc::Sender<StreamOrder>>,
    /// When it was last asked to read its picture anew.
    refreshed: Option<Instant>,
}

impl Session {
    /// Whether it would read its picture anew now. One that waits for its next try tries at once instead, however often.
    fn would_refresh(&self, now: Instant) -> bool {
        use SessionState::{Connecting, Live, NoRights, Offline, OutOfService, Polling, Syncing};
        let rested = self.refreshed.is_none_or(|last| now.duration_since(last) >= REFRESH_PAUSE);
        self.report.as_ref().is_some_and(|report| match report.state {
            Offline => true,
            OutOfService => report.retry_at.is_some(),
            Connecting | Syncing | Live | Polling | NoRights => rested,
            _ => false,
        })
    }
}

impl Sessions {
    fn with<T>(&self, name: &'static str, act: impl FnOnce(&mut Session) -> T) -> T {
        act(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default())
    }

    /// How the session with an integration is; nothing while there is none.
    #[must_use]
    pub fn report(&self, name: &str) -> Option<SessionReport> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name)?.report.clone()
    }

    /// How the session of a person's own is, where a stream holds several; nothing while there is none.
    #[must_use]
    pub fn personal(&self, name: &str, account: Account) -> Option<SessionReport> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name)?.personal.get(&account).cloned()
    }

    /// Asks a session something; false when there is none, or it has not taken the last order yet.
    #[must_use]
    pub fn order(&self, name: &str, order: StreamOrder) -> bool {
        let orders =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).and_then(|session| session.orders.clone());
        orders.is_some_and(|orders| orders.try_send(order).is_ok())
    }

    /// Asks a session to read its whole picture anew; false when nothing would come of it: there is none, it waits for a person or has
    /// only begun, it was asked a moment ago, or it has not taken the last order yet.
    #[must_use]
    pub fn refresh(&self, name: &'static str, now: Instant) -> bool {
        self.with(name, |session| {
            let asked = session.would_refresh(now)
                && session.orders.as_ref().is_some_and(|orders| orders.try_send(StreamOrder::Refresh).is_ok());
            if asked {
                session.refreshed = Some(now);
            }
            asked
        })
    }
}

/// Holds the session of one integration until stopped: a worker of the supervisor.
pub async fn run(name: &'static str, parts: Arc<PumpParts>, sessions: Sessions) {
    while !parts.stop.is_cancelled() {
        match at_work(name, &parts).await {
            Some(integration) => hold(name, &integration, &parts, &sessions).await,
            None => {
                tokio::select! {
                    () = parts.clock.pause(LOOK_AGAIN) => {}
                    () = parts.stop.cancelled() => return,
                }
            }
        }
    }
}

/// The integration, when it is switched on, has a stream, and nobody has paused it.
async fn at_work(name: &'static str, parts: &PumpParts) -> Option<Shared> {
    let integration = parts.registry.get(name)?;
    integration.stream()?;
    let memory = parts.store.read(move |c| connections::get(c, name)).await.ok()?;
    memory.paused_by.is_none().then_some(integration)
}

/// One holding: until the engine stops, the connection is set up anew, or somebody pauses it.
async fn hold(name: &'static str, integration: &Shared, parts: &Arc<PumpParts>, sessions: &Sessions) {
    let Some(area) = integration.stream().map(pult_integrations::Stream::area) else { return };
    let (out, mut items) = mpsc::channel(AHEAD);
    let (ask, orders) = mpsc::channel(1);
    let stop = parts.stop.child_token();
    let clock = parts.clock.clone();
    let desk = StreamDesk { out, orders, now: Arc::new(move || clock.now()), stop: stop.clone() };
    sessions.with(name, |session| session.orders = Some(ask));
    let theirs = integration.clone();
    let running = tokio::spawn(async move {
        if let Some(stream) = theirs.stream() {
            stream.run(desk).await;
        }
    });
    let mut count = 0_u64;
    let began = parts.clock.now().as_millisecond();
    let mut look = tokio::time::interval(STILL_MEANT);
    let mut batch = Vec::with_capacity(ROUND);
    let mut heard = false;
    loop {
        tokio::select! {
            got = items.recv_many(&mut batch, ROUND) => {
                if got == 0 {
                    break;
                }
                let Told { mut facts, report, personal } = understand(name, integration, parts, batch.drain(..));
                give_keys(&mut facts, began, &mut count);
                // A loss is told at once. That all is heard is told when what it began with is decided: a board said to be live
                // has its watch.
                let (before, after) = report.map_or((None, None), |report| match report.state.is_heard() {
                    true => (None, Some(report)),
                    false => (Some(report), None),
                });
                let lost = before.is_some();
                publish((name, area), parts, sessions, before);
                decide(name, parts, facts).await;
                let was_heard = heard;
                heard = after.is_some() || (heard && !lost);
                publish((name, area), parts, sessions, after);
                if heard && !was_heard {
                    let_in(name, parts).await;
                }
                publish_personal((name, area), parts, sessions, personal);
            }
            _ = look.tick() => {
                if !is_same(name, integration, parts).await {
                    stop.cancel();
                }
            }
        }
    }
    if running.await.is_err() {
        tracing::error!(integration = name, "a session ended in a panic and will be started again");
    }
    sessions.with(name, |session| *session = Session::default());
    if let Some(lost) = integration.stream().and_then(|s| s.lost(parts.clock.now())) {
        let mut facts = vec![lost];
        give_keys(&mut facts, began, &mut count);
        decide(name, parts, facts).await;
    }
    parts.aftermath.bus().changed(area, vec![]);
}

/// We are let in: what was given up on after a refusal goes out. Whoever has mended it did so at the other side, or the password was tried by
/// the session before a call could be.
async fn let_in(name: &'static str, parts: &Arc<PumpParts>) {
    let (there, now) = (parts.clone(), parts.clock.now());
    let mended = parts.store.write(move |c| match connections::get(c, name)?.trouble {
        Some(_) => Ok(Some(troubles::mended(c, name, now, &there.registry.terms())?)),
        None => Ok(None),
    });
    match mended.await {
        Ok(Some(decided)) => {
            parts.aftermath.tell(&[decided]);
            parts.aftermath.wake_lane(name);
        }
        Ok(None) | Err(StoreError::Closed) => {}
        Err(error) => tracing::warn!(integration = name, %error, "it could not be written that we are let in again"),
    }
}

/// Whether the connection is still set up as it was when the session began.
async fn is_same(name: &'static str, integration: &Shared, parts: &PumpParts) -> bool {
    at_work(name, parts).await.is_some_and(|now| Arc::ptr_eq(&now, integration))
}

/// Lets everybody see how the session is.
fn publish((name, area): (&'static str, Area), parts: &PumpParts, sessions: &Sessions, report: Option<SessionReport>) {
    if let Some(report) = report {
        sessions.with(name, |session| session.report = Some(report));
        parts.aftermath.bus().changed(area, vec![]);
        parts.aftermath.bus().changed(Area::Engine, vec![]);
    }
}

/// Lets people see how their own sessions are.
fn publish_personal(
    (name, area): (&'static str, Area),
    parts: &PumpParts,
    sessions: &Sessions,
    personal: Vec<(Account, Option<SessionReport>)>,
) {
    if personal.is_empty() {
        return;
    }
    let whose = personal.iter().map(|(account, _)| number(*account)).collect();
    sessions.with(name, |session| {
        for (account, report) in personal {
            match report {
                Some(report) => session.personal.insert(account, report),
                None => session.personal.remove(&account),
            };
        }
    });
    parts.aftermath.bus().changed(area, whose);
}

/// What a session handed on.
struct Told {
    facts: Vec<Observed>,
    /// How the session is now.
    report: Option<SessionReport>,
    /// How people's own sessions are now, in the order told.
    personal: Vec<(Account, Option<SessionReport>)>,
}

/// What the items mean, and how the session is after them. An item that cannot be understood is left out: the session has seen that
/// too, and reads its picture anew.
fn understand(
    name: &'static str,
    integration: &Shared,
    parts: &PumpParts,
    items: impl Iterator<Item = StreamItem>,
) -> Told {
    let now = parts.clock.now();
    let (mut facts, mut report, mut personal) = (Vec::new(), None, Vec::new());
    for item in items {
        match item {
            StreamItem::Heard(record) => match integration.parse(&record, now) {
                Ok(parsed) => facts.extend(parsed.facts),
                Err(error) => {
                    metrics::counter!("pult_stream_not_understood_total", "integration" => name).increment(1);
                    tracing::warn!(
                        integration = name,
                        field = error.field,
                        reason = %error.reason,
                        "news could not be understood"
                    );
                }
            },
            StreamItem::Noted(observed) => facts.push(*observed),
            // Only how it is now is worth telling.
            StreamItem::Session(newest) => report = Some(*newest),
            StreamItem::Personal(account, newest) => personal.push((account, newest.map(|newest| *newest))),
        }
    }
    metrics::counter!("pult_stream_facts_total", "integration" => name).increment(facts.len() as u64);
    Told { facts, report, personal }
}

/// What a session hands on needs no key of its own: nothing is told twice within one holding.
fn give_keys(facts: &mut [Observed], began: i64, count: &mut u64) {
    for observed in facts.iter_mut().filter(|o| o.key.0.is_empty()) {
        *count += 1;
        observed.key = FactKey(format!("s{began}/{count}"));
    }
}

/// Decides until it is decided: a picture with a hole in it would be worse than a late one.
async fn decide(name: &'static str, parts: &Arc<PumpParts>, facts: Vec<Observed>) {
    if facts.is_empty() {
        return;
    }
    let facts = Arc::new(facts);
    loop {
        match decide_once(name, parts, facts.clone()).await {
            Ok(()) => return,
            Err(StoreError::Closed) => return,
            Err(error @ (StoreError::Busy | StoreError::DiskFull)) => {
                tracing::warn!(integration = name, %error, "news wait: the store does not take decisions");
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    () = parts.stop.cancelled() => return,
                }
            }
            Err(error) => {
                tracing::error!(integration = name, %error, "news could not be decided and are left to the next reading");
                return;
            }
        }
    }
}

async fn decide_once(name: &'static str, parts: &Arc<PumpParts>, facts: Arc<Vec<Observed>>) -> Result<(), StoreError> {
    let (there, now) = (parts.clone(), parts.clock.now());
    let decided = parts
        .store
        .write(move |connection| {
            let source = Source { name: name.to_owned(), ..Source::default() };
            let terms = there.registry.terms();
            let decided = facts
                .iter()
                .map(|fact| decide::fact(connection, fact, &source, now, &terms))
                .collect::<Result<Vec<_>, _>>()?;
            connections::heard(connection, name, now)?;
            Ok(decided)
        })
        .await?;
    parts.aftermath.tell(&decided);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(state: SessionState, retry_at: Option<i64>) -> SessionReport {
        SessionReport {
            state,
            node: None,
            switched: false,
            transport: None,
            detail: String::new(),
            cause: None,
            retry_at,
            since: 0,
            features: vec![],
            clock_offset_ms: 0,
        }
    }

    #[test]
    fn a_reading_anew_is_promised_only_where_it_comes() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let later = |ms: u64| now + Duration::from_millis(ms);
        assert!(!sessions.refresh("floor", now), "there is none");
        let (ask, mut orders) = mpsc::channel(1);
        sessions.with("floor", |session| session.orders = Some(ask));
        let turn = |state, retry_at| sessions.with("floor", |s| s.report = Some(report(state, retry_at)));
        turn(SessionState::Live, None);
        assert!(sessions.refresh("floor", now));
        assert!(!sessions.refresh("floor", later(6_000)), "the last order was not taken yet");
        assert_eq!(orders.try_recv(), Ok(StreamOrder::Refresh));
        assert!(!sessions.refresh("floor", later(5_000)), "a moment ago");
        assert!(sessions.refresh("floor", later(5_100)));
        assert!(orders.try_recv().is_ok());
        let still =
            [SessionState::AuthFailed, SessionState::Conflict, SessionState::CertProblem, SessionState::Probing];
        for state in still.into_iter().chain([SessionState::OutOfService]) {
            turn(state, None);
            assert!(!sessions.refresh("floor", later(60_000)), "{state:?}");
        }
        assert!(orders.try_recv().is_err());
        // One that waits tries at once, whenever it was asked last.
        for state in [SessionState::Offline, SessionState::OutOfService] {
            turn(state, Some(1));
            assert!(sessions.refresh("floor", later(5_200)), "{state:?}");
            assert!(orders.try_recv().is_ok());
        }
    }
}

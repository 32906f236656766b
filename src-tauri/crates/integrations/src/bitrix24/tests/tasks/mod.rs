//! Documents at the simulated portal, which is written from the contract alone.

mod create;
mod directory;
mod files;
mod survey;
mod update;
mod words;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use data_encoding::BASE64;
use pult_domain::{
    DocumentId, Effect, EffectKey, Fact, Instant, Observed, RecordId,
    areas::erp::{self, NewTask, TaskFields, TaskText},
};
use pult_simulators::{
    bitrix24::{self as simulator, Simulator, switches::SwitchOrder, world::World, world::staff::UserOrder},
    secret::Secret,
    service::fault::{Fault as Wrong, FaultOrder},
};
use serde_json::{Value, json};

use super::{super::*, BOT, KEY};
use crate::{Attempt, Bodies, CallError, Exchange, Settled, samples::Secrets, transport::http::tests::provider};

/// A Thursday, half past ten at the portal.
const NOW: i64 = 1_793_863_800;

/// A simulated portal and a connection to it, which share a clock.
pub(super) struct House {
    portal: Simulator,
    pub(super) bitrix: Bitrix24,
    second: Arc<AtomicI64>,
    records: Arc<Records>,
}

/// Bodies that are lists of files in base64.
#[derive(Default)]
struct Records(Mutex<BTreeMap<i64, Vec<u8>>>);

#[async_trait]
impl Bodies for Records {
    async fn body(&self, record: RecordId) -> Option<Bytes> {
        Some(self.0.lock().unwrap().get(&record.0)?.clone().into())
    }
}

fn file(body: &[u8], place: usize) -> Option<Vec<u8>> {
    let files: Vec<String> = serde_json::from_slice(body).ok()?;
    BASE64.decode(files.get(place)?.as_bytes()).ok()
}

impl House {
    pub(super) async fn open() -> Self {
        provider();
        let second = Arc::new(AtomicI64::new(NOW));
        let hand = Arc::clone(&second);
        let clock: Clock = Arc::new(move || Instant::from_second(hand.load(Ordering::SeqCst)).unwrap());
        let settings = simulator::Settings {
            clock: Arc::clone(&clock),
            ..simulator::Settings::new(Secret::new(KEY), Secret::new("APP"))
        };
        let portal = simulator::start(settings).await.unwrap();
        // Its clock stands still, and so would its bucket.
        portal.portal().switch(&SwitchOrder { no_limit: true, ..SwitchOrder::default() });
        let webhook = format!("{}{KEY}/", portal.base());
        let secrets = Secrets([("erp.bitrix_webhook".to_owned(), webhook)].into());
        let records = Arc::new(Records::default());
        let contents = Contents { records: records.clone(), file };
        let settings = Settings::new(portal.base().parse().unwrap());
        let bitrix = Bitrix24::new(settings, Arc::new(secrets), clock, contents).unwrap();
        Self { portal, bitrix, second, records }
    }

    fn now(&self) -> Instant {
        Instant::from_second(self.second.load(Ordering::SeqCst)).unwrap()
    }

    fn world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.portal.portal().world(act)
    }

    fn switch(&self, order: &SwitchOrder) {
        self.portal.portal().switch(order);
    }

    fn fault(&self, fault: Wrong, on: &str, times: u32) {
        self.portal.portal().faults.set(FaultOrder::new(fault, on, times));
    }

    /// Refuses commands of a method with a code, after some that go well.
    fn refuse(&self, method: &str, (status, code): (u16, &str), after: u32, times: u32) {
        let body = json!({"error": code, "error_description": "not now"});
        let fault = Wrong::Refuse { status, body, retry_after: None };
        let order = FaultOrder { after, ..FaultOrder::new(fault, method, times) };
        self.portal.portal().faults.set(order);
    }

    /// New people of a department.
    fn hire(&self, count: u64, department: u64) {
        let order = UserOrder { count: Some(count), departments: Some(vec![department]), ..UserOrder::default() };
        self.world(|world| world.staff.order_user(None, &order));
    }

    /// How many requests came since this was last asked, whatever they carried.
    fn requests(&self) -> usize {
        let journal = &self.portal.portal().journal;
        let count = journal.since(0).iter().filter(|entry| entry.line.starts_with("POST ")).count();
        journal.clear();
        count
    }

    /// What the last call of a method was called with, alone or in a batch.
    fn asked(&self, method: &str) -> Value {
        let entries = self.portal.portal().journal.since(0);
        entries.into_iter().rfind(|entry| entry.name == method).unwrap().request
    }

    async fn perform(&self, effect: &Effect) -> Result<erp::Fact, CallError> {
        fact(self.bitrix.perform(effect, &key()).await)
    }

    async fn settle(&self, effect: &Effect) -> Settled {
        self.bitrix.settle(effect, &key()).await
    }
}

fn key() -> EffectKey {
    EffectKey::from("erp/1/create_tasks/0")
}

/// The one fact of a receipt, which carries the effect's key.
fn fact(attempt: Attempt) -> Result<erp::Fact, CallError> {
    is_clean(&attempt.exchanges);
    only(attempt.outcome?)
}

fn only(mut facts: Vec<Observed>) -> Result<erp::Fact, CallError> {
    assert_eq!(facts.len(), 1);
    let Observed { key: of, fact: Fact::Erp(fact), .. } = facts.remove(0) else { panic!("{facts:?}") };
    assert_eq!(of.0, key().0);
    Ok(fact)
}

/// What a settled effect came to.
fn settled(settled: Settled) -> erp::Fact {
    match settled {
        Settled::Done(facts) => only(facts).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn is_clean(exchanges: &[Exchange]) {
    super::is_clean(exchanges);
    let kept = serde_json::to_string(exchanges).unwrap();
    assert!(!kept.contains("OPAQUE") && !kept.contains(BOT), "{kept}");
}

const DOCUMENT: DocumentId = DocumentId(1);

/// What a task of the document says.
fn fields(title: &str) -> TaskFields {
    let text = TaskText {
        words: vec!["Срочно".to_owned()],
        items: vec![],
        number: "00-000123".to_owned(),
        date: Some("2026-11-05".to_owned()),
    };
    TaskFields { title: title.to_owned(), text, deadline: None, project: Some(34) }
}

fn task(key: &str, title: &str, responsible: i64) -> NewTask {
    let (author, planned, estimate_s) = (None, None, None);
    NewTask { key: key.to_owned(), fields: fields(title), responsible, author, planned, estimate_s }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

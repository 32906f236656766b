//! The portal in which documents become tasks, simulated, and the address they are taken in at, as all of their stories have them.
//!
//! Deliberately not here: anything that is proved.

use std::net::TcpListener;

use pult_simulators::{
    bitrix24::{self, world::tasks::Task},
    secret::Secret,
    service::fault::{Fault, FaultOrder},
};
use serde_json::{Value, json};

use crate::{
    caller::{Answer, Caller},
    house::{House, Setup, trust_ring},
};

pub(crate) const PORTAL_KEY: &str = "portalkeyofthestory";
const EVENTS: &str = "application token of the story";
const OK: &str = r#"{"message":"ok"}"#;
pub(crate) const UPDATE_FAILED: &str = r#"{"message":"При обновлении задачи произошла ошибка"}"#;

/// A portal, and the address at which documents are taken in.
pub(crate) struct Works {
    pub(crate) portal: bitrix24::Simulator,
    port: u16,
}

impl Works {
    pub(crate) async fn open() -> Self {
        trust_ring();
        let portal = bitrix24::Settings::new(Secret::new(PORTAL_KEY), Secret::new(EVENTS));
        let portal = bitrix24::start(portal).await.unwrap();
        // Free at this moment; nobody else on this machine takes a port that was just given out.
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        Self { portal, port }
    }

    /// A Pult that makes tasks of documents; `areas` and `sender` are further lines of their sections.
    pub(crate) fn house(&self, areas: &str, sender: &str) -> House {
        self.setup(areas, sender).build()
    }

    pub(crate) fn setup(&self, areas: &str, sender: &str) -> Setup {
        let (base, port) = (self.portal.base(), self.port);
        Setup::new().secret("erp.bitrix_webhook", &format!("{base}{PORTAL_KEY}")).and(&format!(
            "[integrations.bitrix24]\nenabled = true\nbase = \"{base}\"\nrate_per_second = 50\n[integrations.erp]\n\
             enabled = true\nbind = \"127.0.0.1:{port}\"\n{sender}\n[areas.erp]\n{areas}\n"
        ))
    }

    /// Where the sender calls.
    pub(crate) fn door(&self) -> Caller {
        Caller::new(&format!("http://127.0.0.1:{}", self.port))
    }

    pub(crate) async fn send(&self, document: &Value) -> Answer {
        self.door().post("/", document).await
    }

    /// Tasks made of documents.
    pub(crate) fn tasks(&self) -> Vec<Task> {
        self.portal.portal().world(|world| world.tasks.all.values().filter(|t| t.xml_id.is_some()).cloned().collect())
    }

    pub(crate) fn task(&self, key: &str) -> Task {
        let mut all: Vec<_> = self.tasks().into_iter().filter(|t| t.xml_id.as_deref() == Some(key)).collect();
        assert_eq!(all.len(), 1, "{key}: {all:?}");
        all.remove(0)
    }

    pub(crate) fn fault(&self, order: FaultOrder) {
        self.portal.portal().faults.set(order);
    }

    pub(crate) fn heal(&self) {
        self.fault(FaultOrder { heal: true, ..FaultOrder::default() });
    }

    pub(crate) fn refuse(&self, method: &str, code: &str, times: Option<u32>) {
        let body = json!({ "error": code, "error_description": "нет" });
        let fault = Fault::Refuse { status: 400, body, retry_after: None };
        self.fault(FaultOrder { times, ..FaultOrder::new(fault, method, 1) });
    }

    /// How often the portal was asked over HTTP: a batch is one.
    pub(crate) fn requests(&self) -> usize {
        let all = self.portal.portal().journal.since(0);
        all.iter().filter(|entry| entry.line.starts_with("POST ")).count()
    }

    pub(crate) fn calls(&self, method: &str) -> u64 {
        self.portal.portal().journal.count(method)
    }
}

/// A document of lines, by key and sub-department.
pub(crate) fn document(id: &str, lines: &[(&str, &str)]) -> Value {
    let lines: Vec<_> = lines.iter().map(|(key, name)| json!({ "id": key, "name": name })).collect();
    json!({ "id": id, "number": "00-000123", "calculations": lines })
}

pub(crate) fn is_ok(answer: &Answer) {
    assert_eq!((answer.status, answer.text().as_str()), (200, OK));
}

pub(crate) fn says(answer: &Answer, status: u16, text: &str) {
    assert_eq!((answer.status, answer.text().as_str()), (status, text));
}

pub(crate) async fn row(chief: &Caller, state: &str) -> Value {
    chief
        .until(async || {
            let page = chief.must("erp.page", json!({ "filter": { "state": state }, "limit": 10 })).await;
            page["rows"].as_array().unwrap().first().cloned()
        })
        .await
}

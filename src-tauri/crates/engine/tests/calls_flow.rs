//! A request becomes a record, a decision, a call to the outside world and its receipt: the whole engine, in one process.
//!
//! The agency service is the simulator. Deliberately not here: listeners and processes (the stories at the root).

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::{path::Path, sync::Arc, time::Duration};

use pult_domain::{Instant, RecordId, areas::calls::Centre};
use pult_engine::{
    Engine, Parts,
    clock::Clock,
    config::{Config, ConfigFile},
    secrets::{Secret, SecretName, SecretStore},
};
use pult_integrations::{HttpAnswer, Shared, Unverified};
use pult_simulators::agencies::{
    Gate, Settings as GateSettings,
    fault::{Fault, Page},
    routes,
};
use pult_store::{
    Store,
    calls::{self, CallRow, CardState, Direction, Filter},
    inbox::{self, RecordFilter, RecordState},
    outbox::{self, EffectFilter, EffectState},
};
use tokio_util::sync::CancellationToken;

const KEY: &str = "a key for the telephony client";
const PASSWORD: &str = "agency password";

struct House {
    engine: Engine,
    gate: Option<Gate>,
    folder: tempfile::TempDir,
    stop: CancellationToken,
}

fn config(base: Option<String>) -> Config {
    let agencies = base.map_or(String::new(), |base| {
        format!("[integrations.agencies]\nenabled = true\nbase = \"{base}\"\nlogin = \"desk\"\n")
    });
    let text = format!(
        "[integrations.telephony]\nenabled = true\nclients = [\"main\"]\n{agencies}[lanes]\nbackoff_base_ms = 10\n"
    );
    Config::parse(&text).unwrap()
}

async fn start(folder: &Path, config: Config, stop: &CancellationToken) -> Engine {
    // Another test of this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let secrets = SecretStore::with_file(folder, |_| None);
    for (name, value) in [("telephony.client.main", KEY), ("agencies.password", PASSWORD)] {
        secrets.set(&name.parse::<SecretName>().unwrap(), &Secret::new(value).unwrap()).unwrap();
    }
    Engine::start(Parts {
        config,
        config_file: ConfigFile::new(folder.join("pult.toml")),
        store: Store::open(folder).unwrap(),
        secrets,
        clock: Clock::system(),
        stop: stop.clone(),
    })
}

impl House {
    async fn with_gate() -> Self {
        let gate = Gate::new(GateSettings::new("desk", pult_simulators::secret::Secret::new(PASSWORD)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/xmlgate", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        tokio::spawn(routes::serve(listener, gate.clone(), stop.clone()));
        let folder = tempfile::tempdir().unwrap();
        let engine = start(folder.path(), config(Some(base)), &stop).await;
        for agency in pult_simulators::catalogue::agencies() {
            for phone in agency.contacts.iter().map(|c| &c.phone) {
                let row = pult_store::agencies::PhoneRow {
                    agency_id: agency.id.into(),
                    agency_phone: phone.clone(),
                    oc_rowid: None,
                    o_rowid: None,
                };
                engine.store().write(move |c| Ok(pult_store::agencies::import_agency_phone(c, &row)?)).await.unwrap();
            }
        }
        Self { engine, gate: Some(gate), folder, stop }
    }

    async fn alone() -> Self {
        let (folder, stop) = (tempfile::tempdir().unwrap(), CancellationToken::new());
        let engine = start(folder.path(), config(None), &stop).await;
        Self { engine, gate: None, folder, stop }
    }

    fn telephony(&self) -> Shared {
        self.engine.registry().get("telephony").unwrap()
    }

    async fn ring(&self, kind: &str, ani: &str, curator: &str) -> HttpAnswer {
        let integration = self.telephony();
        let webhook = integration.webhook().unwrap();
        let route = *webhook.routes().iter().find(|r| r.path == "/contact-center/vilnius/tel/").unwrap();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("type", kind), ("ani", ani), ("curator_id", curator), ("key", KEY)])
            .finish();
        let request = Unverified {
            route,
            method: http::Method::GET,
            path: route.path.to_owned(),
            query,
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
            peer: "127.0.0.1".parse().unwrap(),
        };
        let verified = request.accept(webhook, Instant::now()).unwrap();
        self.engine.receive(&integration, &verified).await
    }

    async fn calls(&self) -> Vec<CallRow> {
        let zones = self.engine.registry().terms().zones.clone();
        self.engine
            .store()
            .read(move |c| Ok(calls::day_page(c, &Filter::default(), None, Direction::Older, 100, &zones)?.rows))
            .await
            .unwrap()
    }

    /// Reads again after every change until `done` says that it is as expected.
    async fn until<T>(&self, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let mut listener = self.engine.bus().listen();
        let wait = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                listener.next().await.expect("the engine stopped");
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("it never came to be")
    }

    async fn effects(&self) -> Vec<outbox::EffectRow> {
        self.engine.store().read(|c| outbox::page(c, &EffectFilter::default(), 100)).await.unwrap()
    }

    async fn close(self) -> tempfile::TempDir {
        self.engine.stop().await;
        self.stop.cancel();
        self.folder
    }
}

fn record_of(answer: &HttpAnswer) -> RecordId {
    match answer {
        HttpAnswer::OpenCard { record } => *record,
        other => panic!("no card: {other:?}"),
    }
}

#[tokio::test]
async fn a_call_gets_its_row_and_then_its_agency_card() {
    let house = House::with_gate().await;
    let agency = pult_simulators::catalogue::agencies().into_iter().next().unwrap();
    record_of(&house.ring("newcall", &agency.contacts[0].phone, "o.belova").await);
    let row =
        house.until(async || house.calls().await.into_iter().find(|row| row.card_state == CardState::Found)).await;
    assert_eq!((row.centre, row.agency_id.map(|a| a.0)), (Centre::Vilnius, Some(i64::from(agency.id))));
    assert_eq!(row.agency_name.as_deref(), Some(agency.name.as_str()));
    let [effect] = house.effects().await.try_into().unwrap();
    assert_eq!((effect.state, effect.attempts), (EffectState::Done, 1));
    house.close().await;
}

#[tokio::test]
async fn a_service_that_is_down_is_asked_again_and_the_call_stays_recorded() {
    let house = House::with_gate().await;
    let gate = house.gate.clone().unwrap();
    gate.set_fault(Fault::Reset, Page::Any, None);
    let agency = pult_simulators::catalogue::agencies().into_iter().next().unwrap();
    house.ring("newcall", &agency.contacts[0].phone, "o.belova").await;
    let tried =
        house.until(async || house.effects().await.into_iter().find(|e| e.attempts > 0 && e.error.is_some())).await;
    assert_eq!(tried.state, EffectState::Queued, "a dead service uses nothing up");
    assert_eq!(house.calls().await.len(), 1);
    gate.heal();
    house.until(async || house.effects().await.into_iter().find(|e| e.state == EffectState::Done)).await;
    house.close().await;
}

#[tokio::test]
async fn two_operators_end_each_their_own_call() {
    let house = House::alone().await;
    for curator in ["first", "second"] {
        house.ring("newcall", "+37060011122", curator).await;
    }
    house.ring("endcall", "+37060011122", "first").await;
    let rows = house.calls().await;
    let open: Vec<_> = rows.iter().filter(|r| r.state == pult_domain::areas::calls::CallState::Open).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(open.iter().map(|r| r.operator.as_deref()).collect::<Vec<_>>(), [Some("second")]);
    house.close().await;
}

#[tokio::test]
async fn a_replay_shows_what_would_happen_and_does_nothing_twice() {
    let house = House::with_gate().await;
    let agency = pult_simulators::catalogue::agencies().into_iter().next().unwrap();
    let record = record_of(&house.ring("newcall", &agency.contacts[0].phone, "o.belova").await);
    house.until(async || house.effects().await.into_iter().find(|e| e.state == EffectState::Done)).await;

    let preview = house.engine.preview(record).await.unwrap();
    assert_eq!(preview.then.steps[0].explanation.rule, "call_started.agency");
    assert_eq!(preview.then.steps[0].effects[0].then[0].kind, "agency_found");
    assert_eq!(preview.now.steps[0].explanation.rule, "call_started.again");

    let again = house.engine.replay(record, "chief").await.unwrap();
    let settled = house
        .until(async || {
            let rows = house.engine.store().read(|c| inbox::page(c, &RecordFilter::default(), 10)).await.unwrap();
            rows.into_iter().find(|r| r.id == again && r.state != RecordState::Waiting)
        })
        .await;
    assert_eq!((settled.state, settled.replay_of), (RecordState::Done, Some(record)));
    assert_eq!((house.calls().await.len(), house.effects().await.len()), (1, 1));
    house.close().await;
}

#[tokio::test]
async fn a_restart_finishes_what_was_begun() {
    let house = House::with_gate().await;
    let gate = house.gate.clone().unwrap();
    gate.set_fault(Fault::Stall, Page::Any, None);
    let agency = pult_simulators::catalogue::agencies().into_iter().next().unwrap();
    house.ring("newcall", &agency.contacts[0].phone, "o.belova").await;
    let config = house.engine.config();
    house.until(async || house.effects().await.into_iter().find(|e| e.state == EffectState::InFlight)).await;
    // The engine is dropped in the middle of the call: its tasks end with the runtime's shutdown of them.
    let data = house.folder.path().to_owned();
    let (engine, folder, stop) = (house.engine, house.folder, house.stop);
    engine.stop_signal().cancel();
    gate.heal();
    engine.stop().await;
    drop((engine, stop));
    let (stop, config) = (CancellationToken::new(), Arc::unwrap_or_clone(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/xmlgate", listener.local_addr().unwrap());
    tokio::spawn(routes::serve(listener, gate.clone(), stop.clone()));
    let mut config = config;
    config.integrations.agencies.base = Some(base.parse().unwrap());
    let engine = start(&data, config, &stop).await;
    let house = House { engine, gate: Some(gate), folder, stop };
    house.until(async || house.effects().await.into_iter().find(|e| e.state == EffectState::Done)).await;
    house.close().await;
}

//! The network is watched from the server: a target that goes and comes back, one that is reached through another, time in which
//! nobody looked, and many who want an answer at once.
//!
//! Needs a `pultd` whose clock can be turned. Deliberately not here: each way of asking (the probes' own tests), and the browser's view.

use std::{
    fs,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    caller::Caller,
    clock::{has_a_hand_clock, set_clock},
    house::{House, Pultd, Setup, trust_ring},
};

const BEGIN: &str = "2026-03-28T12:00:00Z";

/// A house with its clock, or nothing where the clock cannot be turned.
struct Watch {
    house: House,
    pultd: Option<Pultd>,
    chief: Caller,
    now: jiff::Timestamp,
}

impl Watch {
    async fn begin(setup: Setup) -> Option<Self> {
        let house = setup.build();
        has_a_hand_clock(&house).await.then_some(())?;
        house.person("chief", "admin").await;
        let pultd = house.try_serve(&["--hand-clock", BEGIN]).await.unwrap();
        let chief = pultd.signed_in("chief").await;
        Some(Self { house, pultd: Some(pultd), chief, now: BEGIN.parse().unwrap() })
    }

    /// Ends the engine as a power cut would and starts it again later.
    async fn restart(&mut self, later: jiff::SignedDuration) {
        self.now += later;
        if let Some(pultd) = self.pultd.take() {
            pultd.kill().await;
        }
        let pultd = self.house.try_serve(&["--hand-clock", &self.now.to_string()]).await.unwrap();
        self.chief = pultd.signed_in("chief").await;
        self.pultd = Some(pultd);
    }

    /// A target that has been asked once: the worker knows it before the clock is turned.
    async fn target(&self, key: &str, kind: &str, at: SocketAddr, more: Value) -> i64 {
        let id = self.describe(key, kind, at, more).await;
        self.chief.must("network.probe_now", json!({ "targets": [id] })).await;
        id
    }

    async fn describe(&self, key: &str, kind: &str, at: SocketAddr, more: Value) -> i64 {
        describe(&self.chief, key, kind, at, more).await
    }

    async fn targets(&self) -> Vec<Value> {
        self.chief.must("network.list", json!({})).await["targets"].as_array().unwrap().clone()
    }

    async fn one(&self, id: i64) -> Value {
        self.targets().await.into_iter().find(|t| t["id"] == id).unwrap()
    }

    /// Waits until a target has been asked at this very instant of the clock nobody turns.
    async fn asked_now(&self, id: i64) {
        let now = self.now.as_millisecond();
        self.chief.until(async || (self.one(id).await["last"]["at"] == now).then_some(())).await;
    }

    /// Turns the clock by one period and waits until every target has been asked.
    async fn look(&mut self) {
        self.now += jiff::SignedDuration::from_secs(10);
        set_clock(&self.house, &self.now.to_string()).await;
        let now = self.now.as_millisecond();
        self.chief
            .until(async || {
                let targets = self.targets().await;
                let mut watched = targets.iter().filter(|t| t["definition"]["enabled"] == true);
                watched.all(|t| t["last"]["at"] == now).then_some(())
            })
            .await;
    }

    async fn looks(&mut self, count: usize) {
        for _ in 0..count {
            self.look().await;
        }
    }

    /// Every notice of a target there ever was, oldest first, as code and whether it still holds. That an incident is over is said of the
    /// incident (`now`).
    async fn notices(&self) -> Vec<(String, bool)> {
        let page = self.chief.must("notices.list", json!({ "which": "all", "limit": 100 })).await;
        let rows = page["rows"].as_array().unwrap().iter().rev();
        rows.filter(|row| row["code"].as_str().is_some_and(|code| code.starts_with("network.")))
            .map(|row| (row["code"].as_str().unwrap().to_owned(), row["cleared_at"].is_null()))
            .collect()
    }

    /// The rules that decided about a target, oldest first.
    async fn rules(&self, target: i64) -> Vec<String> {
        let asked = json!({ "of": "subject", "subject": format!("target:{target}") });
        let why = self.chief.must("deliveries.why", asked).await;
        let mut rules: Vec<_> = why["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["explanation"]["rule"].as_str().unwrap().to_owned())
            .collect();
        rules.reverse();
        rules
    }
}

/// Sets a target, `more` being what is not as usual about it.
pub(crate) async fn describe(chief: &Caller, key: &str, kind: &str, at: SocketAddr, more: Value) -> i64 {
    let mut definition = json!({
        "key": key, "title": key, "host": at.ip().to_string(), "kind": kind, "port": at.port(), "path": null, "packets": 1,
        "period_s": null, "certificate_port": null, "workstation_url": null, "parent": null, "enabled": true,
    });
    for (name, value) in more.as_object().unwrap() {
        definition[name] = value.clone();
    }
    let list = chief.must("network.set_target", json!({ "target": null, "definition": definition })).await;
    let found = list["targets"].as_array().unwrap().iter().find(|t| t["definition"]["key"] == key).unwrap();
    found["id"].as_i64().unwrap()
}

fn told(code: &str, holds: bool) -> (String, bool) {
    (code.to_owned(), holds)
}

/// Something at a port that can be taken away and put back.
pub(crate) struct Service {
    pub(crate) at: SocketAddr,
    connections: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
    answer: Answer,
}

/// What is done with a connection.
#[derive(Clone)]
pub(crate) enum Answer {
    /// It is closed again.
    Nothing,
    /// A handshake, and a page for whoever asks.
    Secure(TlsAcceptor),
    /// A handshake once a permit is given.
    Held(TlsAcceptor, Arc<Semaphore>),
}

impl Answer {
    async fn give(self, mut stream: TcpStream) {
        let stream = match self {
            Self::Nothing => return drop(stream.shutdown().await),
            Self::Secure(acceptor) => acceptor.accept(stream).await,
            Self::Held(acceptor, gate) => {
                let _go = gate.acquire().await;
                acceptor.accept(stream).await
            }
        };
        let Ok(mut stream) = stream else { return };
        if stream.read(&mut [0_u8; 1024]).await.is_ok_and(|read| read > 0) {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        }
        let _ = stream.shutdown().await;
    }
}

impl Service {
    pub(crate) async fn open(answer: Answer) -> Self {
        let mut service = Self {
            at: SocketAddr::from(([127, 0, 0, 1], 0)),
            connections: Arc::default(),
            serving: tokio::spawn(async {}),
            answer,
        };
        service.back().await;
        service
    }

    async fn back(&mut self) {
        let listener = TcpListener::bind(self.at).await.unwrap();
        self.at = listener.local_addr().unwrap();
        let (connections, answer) = (self.connections.clone(), self.answer.clone());
        self.serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer.clone().give(stream));
            }
        });
    }

    async fn gone(&mut self) {
        self.serving.abort();
        // The port is free once the task is really over.
        let _ = (&mut self.serving).await;
    }

    fn count(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A certificate for this machine that is good for so many days of the story's calendar, and the authority that signed it, PEM.
pub(crate) fn certificate(days: i64) -> (TlsAcceptor, String) {
    trust_ring();
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    // TLS itself goes by the computer's clock: the certificate has to be good by either.
    let until = jiff::Timestamp::now().max(BEGIN.parse().unwrap()).as_second() + days * 86_400;
    params.not_after = (std::time::UNIX_EPOCH + std::time::Duration::from_secs(until.unsigned_abs())).into();
    let signed = params.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![signed.der().clone()], key).unwrap();
    (TlsAcceptor::from(Arc::new(config)), authority.pem())
}

/// Settings that trust an authority.
pub(crate) fn trusting(folder: &tempfile::TempDir, pem: &str) -> Setup {
    let file = folder.path().join("ca.pem");
    fs::write(&file, pem).unwrap();
    Setup::new().and(&format!("[areas.network]\nca = \"{}\"\ntimeout_ms = 10000\n", file.display()))
}

#[tokio::test]
async fn targets_of_a_file_are_watched_and_described_anew_by_their_key() {
    let house = Setup::new().build();
    let file = house.folder().join("targets.json");
    let describe = async |title: &str| {
        let targets = json!([{
            "key": "vpn", "title": title, "host": "127.0.0.1", "kind": "tcp", "port": 9, "path": null, "packets": 1, "period_s": null,
            "certificate_port": null, "workstation_url": null, "parent": null, "enabled": false,
        }]);
        fs::write(&file, targets.to_string()).unwrap();
        house.must(&["targets", file.to_str().unwrap()], "").await;
    };
    describe("VPN").await;
    let (_pultd, chief) = house.open().await;
    let titles = async || {
        let list = chief.must("network.list", json!({})).await;
        let ours = list["targets"].as_array().unwrap().iter().filter(|target| target["definition"]["key"] == "vpn");
        ours.map(|target| target["definition"]["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles().await, ["VPN"]);
    // The engine that runs is asked now, and knows the key.
    describe("VPN офиса").await;
    assert_eq!(titles().await, ["VPN офиса"]);
    fs::write(&file, "[{}]").unwrap();
    assert_ne!(house.run(&["targets", file.to_str().unwrap()]).await.status.code(), Some(0));
}

#[tokio::test]
async fn a_target_that_is_new_is_asked_at_once() {
    let Some(watch) = Watch::begin(Setup::new()).await else { return };
    let there = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let first = watch.describe("first", "tcp", there.local_addr().unwrap(), json!({})).await;
    watch.asked_now(first).await;
    // Beside one that is known as well: nobody turns the clock, and nobody asks for an answer.
    let second = watch.describe("second", "tcp", there.local_addr().unwrap(), json!({})).await;
    watch.asked_now(second).await;
}

#[tokio::test]
async fn a_target_that_goes_and_comes_back_is_one_notice_and_one_recovery() {
    let folder = tempfile::tempdir().unwrap();
    let (acceptor, pem) = certificate(400);
    let Some(mut watch) = Watch::begin(trusting(&folder, &pem)).await else { return };
    let mut plain = Service::open(Answer::Nothing).await;
    let mut secure = Service::open(Answer::Secure(acceptor)).await;
    let mut all = vec![];
    for (key, kind, at) in [("tcp", "tcp", plain.at), ("tls", "tls", secure.at), ("page", "http", secure.at)] {
        all.push(watch.target(key, kind, at, json!({})).await);
    }
    watch.looks(2).await;
    for target in watch.targets().await.iter().filter(|t| t["definition"]["enabled"] == true) {
        assert_eq!((&target["grade"], &target["last"]["lost"]), (&json!("excellent"), &json!(0)), "{target}");
    }
    assert!(watch.one(all[1]).await["certificate_until"].is_i64());
    assert_eq!(watch.one(all[2]).await["last"]["status"], 200);

    plain.gone().await;
    secure.gone().await;
    watch.look().await;
    assert_eq!(watch.notices().await, [], "one lost look is no incident");
    watch.looks(4).await;
    assert_eq!(watch.one(all[0]).await["grade"], "disconnected");
    assert_eq!(watch.notices().await, vec![told("network.lost", true); 3]);

    plain.back().await;
    secure.back().await;
    watch.looks(2).await;
    assert_eq!(watch.one(all[0]).await["grade"], "disconnected", "two answers are not yet steady");
    watch.looks(3).await;
    assert_eq!(watch.notices().await, vec![told("network.lost", false); 3]);
    for id in all {
        let rules = watch.rules(id).await;
        assert_eq!(rules, ["target_set.new", "cycle_seen.lost", "cycle_seen.recovered"], "{id}");
    }
}

#[tokio::test]
async fn time_nobody_watched_is_neither_up_nor_down() {
    let Some(mut watch) = Watch::begin(Setup::new()).await else { return };
    let mut service = Service::open(Answer::Nothing).await;
    let id = watch.target("gate", "tcp", service.at, json!({})).await;
    watch.looks(12).await;
    let seen_until = watch.now.as_millisecond();

    // It goes while nobody looks; what is shown until the first looks is neither the old grade nor a new one.
    service.gone().await;
    watch.restart(jiff::SignedDuration::from_hours(1)).await;
    let began = watch.now.as_millisecond();
    // Neither before the first look after the start nor after that one alone is there a grade.
    assert_eq!(watch.one(id).await["grade"], Value::Null);
    watch.looks(2).await;
    assert_eq!(watch.one(id).await["grade"], "disconnected");
    assert_eq!(watch.notices().await, [told("network.lost", true)]);

    let (from, until) = (seen_until - 200_000, watch.now.as_millisecond() + 10_000);
    let history = watch.chief.must("network.history", json!({ "target": id, "from": from, "until": until })).await;
    let watched = history["points"]["watched"].as_array().unwrap();
    assert_eq!(watched.len(), 2, "{watched:?}");
    assert_eq!(watched[0][1], seen_until);
    assert!(watched[1][0].as_i64().unwrap() >= began);
    // Eleven periods before, two after, and nothing of the hour between.
    assert!(history["availability"]["watched_ms"].as_i64().unwrap() < 200_000, "{}", history["availability"]);
    let cells = watch.one(id).await["beats"]["cells"].as_str().unwrap().to_owned();
    let (before, after) = (cells.find('e').unwrap(), cells.rfind('d').unwrap());
    assert!(cells[before..after].matches('.').count() > 50, "{cells}");
    // Once it is back there is one recovery, of the incident that began when it was first seen to be gone.
    service.back().await;
    watch.looks(3).await;
    assert_eq!(watch.notices().await, [told("network.lost", false)]);
}

#[tokio::test]
async fn a_silent_parent_speaks_for_its_children() {
    let Some(mut watch) = Watch::begin(Setup::new()).await else { return };
    let mut router = Service::open(Answer::Nothing).await;
    let mut phone = Service::open(Answer::Nothing).await;
    let parent = watch.target("router", "tcp", router.at, json!({})).await;
    let child = watch.target("phone", "tcp", phone.at, json!({ "parent": parent })).await;
    watch.looks(2).await;
    router.gone().await;
    phone.gone().await;
    watch.looks(4).await;
    assert_eq!(watch.notices().await, [told("network.lost", true)], "one incident and not two");
    let muted = watch.one(child).await;
    assert_eq!((&muted["grade"], &muted["incident"]["muted_by"]), (&json!("disconnected"), &json!(parent)));
    assert!(watch.rules(child).await.contains(&"cycle_seen.parent_silent".to_owned()));

    // The parent is back and the child is not: now it is news.
    router.back().await;
    watch.looks(4).await;
    assert_eq!(watch.notices().await, [told("network.lost", false), told("network.lost", true)]);
    phone.back().await;
    watch.looks(4).await;
    assert_eq!(watch.notices().await, [told("network.lost", false), told("network.lost", false)]);
}

#[tokio::test]
async fn many_who_want_an_answer_at_once_cost_the_target_one_question() {
    let folder = tempfile::tempdir().unwrap();
    let (acceptor, pem) = certificate(400);
    let Some(watch) = Watch::begin(trusting(&folder, &pem)).await else { return };
    let gate = Arc::new(Semaphore::new(0));
    let service = Service::open(Answer::Held(acceptor, gate.clone())).await;
    let id = watch.describe("gate", "tls", service.at, json!({})).await;
    let asking: Vec<_> = (0..4)
        .map(|_| {
            let chief = watch.chief.clone();
            tokio::spawn(async move { chief.must("network.probe_now", json!({ "targets": [id] })).await })
        })
        .chain((0..4).map(|_| {
            let chief = watch.chief.clone();
            tokio::spawn(async move { chief.get("/api/ping?target=gate").await.json() })
        }))
        .collect();
    // A page that refreshes itself asks nobody.
    for path in ["/api/status", "/api/ping-history?target=gate", "/api/status"] {
        assert_eq!(watch.chief.get(path).await.status, 200);
    }
    watch.targets().await;
    gate.add_permits(1);
    for one in asking {
        let answer = one.await.unwrap();
        assert!(answer["success"] == true || answer["targets"].is_array(), "{answer}");
    }
    // Whoever came after the first answer may have got a second one; nobody got one of their own.
    assert!((1..=2).contains(&service.count()), "{} questions for eight who asked", service.count());
}

#[tokio::test]
async fn a_hundred_targets_are_asked_within_one_period() {
    let Some(mut watch) = Watch::begin(Setup::new()).await else { return };
    let service = Service::open(Answer::Nothing).await;
    for n in 0..100 {
        watch.target(&format!("t{n}"), "tcp", service.at, json!({})).await;
    }
    watch.looks(2).await;
    let list = watch.targets().await;
    let graded = list.iter().filter(|t| t["grade"] == "excellent").count();
    assert_eq!(graded, 100);
}

#[tokio::test]
async fn who_may_look_ask_and_describe() {
    let Some(watch) = Watch::begin(Setup::new()).await else { return };
    let definition = watch.one(1).await["definition"].clone();
    for (role, looks, asks, describes) in [
        ("operator", 200, 403, 403),
        ("viewer", 200, 403, 403),
        ("supervisor", 200, 200, 403),
        ("admin", 200, 200, 200),
    ] {
        let login = format!("a-{role}");
        watch
            .house
            .must(&["user", "add", &login, "--role", role, "--name", role, "--password-stdin"], crate::house::PASSWORD)
            .await;
        let person = watch.pultd.as_ref().unwrap().signed_in(&login).await;
        let status = async |command: &str, request: Value| person.give(command, request).await.status;
        assert_eq!(status("network.list", json!({})).await, looks, "{role} looks");
        assert_eq!(status("network.probe_now", json!({ "targets": [] })).await, asks, "{role} asks");
        let set = json!({ "target": 1, "definition": definition });
        assert_eq!(status("network.set_target", set).await, describes, "{role} describes");
    }
}

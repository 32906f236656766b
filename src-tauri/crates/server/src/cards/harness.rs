//! An engine on a temporary folder with both listeners' routers, for tests of this crate.

use std::{
    ffi::OsString,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use pult_domain::{
    CallId, Fact, FactKey, Instant, Observed, Subject,
    areas::calls::{Fact as CallFact, ReportedCall},
};
use pult_engine::{
    Engine, Parts,
    auth::{Actor, Grant, Role, api_key},
    clock::Clock,
    config::{Config, ConfigFile},
    secrets::SecretStore,
};
use pult_store::{
    Store,
    agencies::{PhoneRow, import_agency_phone},
    api_keys::KeyScope,
    calls,
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{App, Edge, console_router, guard::Guard, hooks_router, links::CardLinks, peer::Proxies};

/// 5 November 2025, 14:00 in Vilnius.
pub(crate) const NOW: &str = "2025-11-05T12:00:00Z";
const KEY: &str = "a-key-of-the-telephony";

pub(crate) struct Site {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    hooks: Router,
    console: Router,
    keys: AtomicU32,
    _folder: TempDir,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// `name=value` of the cookie it sets.
    pub(crate) fn cookie(&self) -> &str {
        self.header(header::SET_COOKIE).split(';').next().unwrap()
    }
}

impl Site {
    pub(crate) fn start() -> Self {
        // The program installs it at its start; a second test finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.integrations.telephony.enabled = true;
        config.integrations.telephony.clients = vec!["desk".to_owned()];
        // Connected without a password: cards are asked for and never come by themselves.
        config.integrations.agencies.enabled = true;
        config.integrations.agencies.base = Some("http://127.0.0.1:9/xmlgate".parse().unwrap());
        config.integrations.agencies.login = Some("desk".to_owned());
        config.areas.calls.themes = vec!["Оплата".to_owned(), "Документы".to_owned()];
        let clock = Clock::hand(NOW.parse().unwrap());
        let engine = Engine::start(Parts {
            config,
            config_file: ConfigFile::new(folder.path().join("pult.toml")),
            store: Store::open(folder.path()).unwrap(),
            secrets: SecretStore::with_file(folder.path(), |name| {
                (name == "PULT_SECRET_TELEPHONY_CLIENT_DESK").then(|| OsString::from(KEY))
            }),
            clock: clock.clone(),
            stop: CancellationToken::new(),
        });
        let edge = || {
            let (proxies, guard) = (Proxies::default(), Guard::new(10_000, 10_000));
            let forwarded = crate::seats::Seats::new(64);
            Arc::new(Edge { proxies, guard, forwarded, secure: false, answer: crate::guard::ANSWER })
        };
        let key = pult_engine::secrets::Secret::new("signs cards in tests").unwrap();
        let app = App(Arc::new(crate::Parts {
            engine,
            links: Arc::new(CardLinks::new(&key)),
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            hooks: edge(),
            console: edge(),
            own: crate::own::Doors::default(),
            own_edge: edge(),
        }));
        let (hooks, console) = (hooks_router(app.clone()), console_router(app.clone()));
        Self { app, clock, hooks, console, keys: AtomicU32::new(0), _folder: folder }
    }

    /// Asks the listener of the hooks.
    pub(crate) async fn hook(&self, request: Request<Body>) -> Answer {
        ask(&self.hooks, request).await
    }

    /// Asks the console's listener.
    pub(crate) async fn console(&self, request: Request<Body>) -> Answer {
        ask(&self.console, request).await
    }

    /// The answer to a GET at the hooks, before its body is read: for streams.
    pub(crate) async fn open(&self, path: &str) -> axum::response::Response {
        self.hooks.clone().oneshot(from_somewhere(get(path))).await.unwrap()
    }

    /// A telephone of an agency.
    pub(crate) async fn agency_phone(&self, agency: i64, phone: &str) {
        let row = PhoneRow { agency_id: agency, agency_phone: phone.to_owned(), oc_rowid: None, o_rowid: None };
        self.app.engine.store().write(move |c| Ok(import_agency_phone(c, &row)?)).await.unwrap();
    }

    /// What the telephony does; the address of the card it is sent to.
    pub(crate) async fn telephony(&self, query: &str) -> String {
        let answer = self.hook(get(&format!("/contact-center/vilnius/tel/?key={KEY}&{query}"))).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.header(header::LOCATION).to_owned()
    }

    /// Begins a call and waits until it is decided; the address of its card.
    pub(crate) async fn call(&self, ani: &str, curator: &str) -> String {
        let mut listener = self.app.engine.bus().listen();
        let card = self.telephony(&format!("type=newcall&ani={ani}&curator_id={curator}")).await;
        while self.hook(get(&card)).await.body.contains("записывается") {
            listener.next().await.unwrap();
        }
        card
    }

    /// The newest call.
    pub(crate) async fn newest(&self) -> CallId {
        let terms = self.app.engine.registry().terms();
        let latest = self
            .app
            .engine
            .store()
            .read(move |c| Ok(calls::latest(c, &calls::Sight::default(), 1, &terms.zones)?))
            .await
            .unwrap();
        latest[0].call_info_id
    }

    /// Decides about a fact as the engine would.
    pub(crate) async fn happens(&self, fact: CallFact) {
        let (actor, subject) = (Actor::local_window(), Subject::from("test"));
        self.app.engine.act(&actor, "test", &subject, Fact::Calls(fact)).await.unwrap();
    }

    /// A fact with an instant of its own, decided as a record's would be.
    pub(crate) async fn reported(&self, reported: ReportedCall) {
        let (now, terms) = (self.clock.now(), self.app.engine.registry().terms());
        let observed = Observed {
            key: FactKey(format!("feed/{}", reported.source_id)),
            at: reported.datetime,
            fact: Fact::Calls(CallFact::CallReported(Box::new(reported))),
        };
        let source = pult_engine::decide::Source { name: "call_feed".to_owned(), ..Default::default() };
        let decided = move |c: &_| pult_engine::decide::fact(c, &observed, &source, now, &terms);
        self.app.engine.store().write(decided).await.unwrap();
    }

    /// A key for a program.
    pub(crate) async fn key(&self, role: Role, grants: &[Grant], routes: &[&str]) -> String {
        let routes: Vec<String> = routes.iter().map(|r| (*r).to_owned()).collect();
        let name = format!("key {}", self.keys.fetch_add(1, Ordering::Relaxed));
        let scope = KeyScope { role, grants: grants.to_vec(), routes };
        let now = self.clock.now();
        api_key::create(self.app.engine.store(), &Actor::local_window(), &name, scope, now).await.unwrap().key
    }

    /// Turns the clock.
    pub(crate) fn at(&self, now: &str) {
        self.clock.set(now.parse::<Instant>().unwrap());
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.app.engine.stop_signal().cancel();
    }
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

pub(crate) fn get_with(path: &str, name: &str, value: &str) -> Request<Body> {
    Request::get(path).header(name, value).body(Body::empty()).unwrap()
}

/// A form with one field, as a browser without scripts sends it.
pub(crate) fn form(path: &str, theme: &str) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("theme={}", encode(theme))))
        .unwrap()
}

fn encode(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let answer = router.clone().oneshot(from_somewhere(request)).await.unwrap();
    let (parts, body) = answer.into_parts();
    // Of a file that is no text the beginning is enough.
    let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
    Answer { status: parts.status, headers: parts.headers, body }
}

fn from_somewhere(mut request: Request<Body>) -> Request<Body> {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 40_000))));
    request
}

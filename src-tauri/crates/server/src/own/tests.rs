//! A real listener of an integration's own beside the other two, on a folder of its own.

use std::{ffi::OsString, net::TcpListener};

use bytes::Bytes;
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use pult_engine::{
    Engine, Parts,
    api::dispatch,
    auth::Actor,
    clock::Clock,
    config::{Config, ConfigFile},
    secrets::SecretStore,
};
use pult_integrations::{HttpAnswer, erp};
use pult_store::{
    Store,
    inbox::{self, RecordFilter, RecordRow},
};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{Server, cards::harness};

const KEY: &str = "tulip-bulb-in-the-cellar";
const NAME: &str = erp::NAME;

struct Site {
    engine: Engine,
    server: Server,
    clock: Clock,
    folder: TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: String,
}

impl Answer {
    fn kind(&self) -> &str {
        self.headers.get(header::CONTENT_TYPE).map_or("", |v| v.to_str().unwrap())
    }
}

impl Site {
    /// With a sender of documents at `bind`, its key, and changes.
    async fn start(bind: &str, key: Option<&'static str>, change: impl FnOnce(&mut Config)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.console.bind = "127.0.0.1:0".parse().unwrap();
        config.hooks.bind = "127.0.0.1:0".parse().unwrap();
        config.integrations.erp.enabled = true;
        config.integrations.erp.bind = bind.parse().unwrap();
        change(&mut config);
        let clock = Clock::hand("2026-11-20T09:00:00Z".parse().unwrap());
        let engine = Engine::start(Parts {
            config,
            config_file: ConfigFile::new(folder.path().join("pult.toml")),
            store: Store::open(folder.path()).unwrap(),
            secrets: SecretStore::with_file(folder.path(), move |name| {
                key.filter(|_| name == "PULT_SECRET_ERP_API_KEY").map(OsString::from)
            }),
            clock: clock.clone(),
            stop: CancellationToken::new(),
        });
        let server = Server::start(engine.clone(), PrometheusBuilder::new().build_recorder().handle()).await.unwrap();
        Self { engine, server, clock, folder }
    }

    /// Where its own listener is.
    fn own(&self) -> SocketAddr {
        let [(NAME, address)] = self.server.own()[..] else { panic!("{:?}", self.server.own()) };
        address
    }

    async fn send(&self, body: impl Into<reqwest::Body>) -> Answer {
        ask(self.own(), Method::POST, "/", &[], body).await
    }

    async fn records(&self) -> Vec<RecordRow> {
        self.engine.store().read(|c| inbox::page(c, &RecordFilter::default(), 100)).await.unwrap()
    }

    /// What its card says a person has to mend.
    async fn trouble(&self) -> Option<String> {
        self.engine.store().read(|c| Ok(connections::get(c, NAME)?.trouble)).await.unwrap()
    }

    async fn command(&self, name: &str, request: Value) {
        dispatch(&self.engine, &Actor::local_window(), name, request).await.unwrap();
    }

    /// Does something, waits until its listener is open, and says where.
    async fn opens(&self, act: impl Future<Output = ()>) -> SocketAddr {
        let mut changes = self.engine.bus().listen();
        act.await;
        while self.server.own().is_empty() {
            changes.next().await.unwrap();
        }
        assert_eq!(self.trouble().await, None, "nothing is left to mend");
        self.own()
    }

    async fn end(self) {
        self.engine.stop_signal().cancel();
        self.server.stopped().await;
        self.engine.stop().await;
        drop(self.folder);
    }
}

async fn ask(
    at: SocketAddr,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<reqwest::Body>,
) -> Answer {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.request(method, format!("http://{at}{path}")).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    Answer { status: answer.status(), headers: answer.headers().clone(), body: answer.text().await.unwrap() }
}

fn document(id: &str) -> String {
    json!({ "id": id, "number": "00-000123", "calculations": "Швейный цех" }).to_string()
}

#[tokio::test]
async fn only_the_integrations_own_addresses_are_answered_there() {
    let site = Site::start("127.0.0.1:0", None, |_| {}).await;
    for (method, path, want) in [
        (Method::GET, "/ping/", 200),
        (Method::GET, "/ping", 200),
        (Method::GET, "/docs", 200),
        (Method::GET, "/", 405),
        (Method::PUT, "/", 405),
        (Method::POST, "/ping/", 405),
        (Method::HEAD, "/ping/", 405),
        (Method::OPTIONS, "/", 405),
        (Method::POST, "/docs", 405),
        (Method::GET, "/docs/", 404),
        (Method::GET, "/healthz", 404),
        (Method::GET, "/metrics", 404),
        (Method::POST, "/hooks/okdesk", 404),
        (Method::POST, "/api/v1/calls", 404),
        (Method::GET, "/ui/", 404),
    ] {
        let answer = ask(site.own(), method.clone(), path, &[], "").await;
        assert_eq!(answer.status.as_u16(), want, "{method} {path}: {}", answer.body);
    }
    let ping = ask(site.own(), Method::GET, "/ping/", &[], "").await;
    assert_eq!((ping.kind(), ping.body.as_str()), ("application/json", r#"{"message":"pong","bitrix":"unknown"}"#));
    assert_eq!(site.records().await.len(), 0);
    site.end().await;
}

#[tokio::test]
async fn a_document_posted_to_another_listener_is_not_taken() {
    let site = Site::start("127.0.0.1:0", None, |config| {
        config.integrations.call_feed.enabled = true;
        config.integrations.telephony.enabled = true;
    })
    .await;
    for at in [site.server.hooks, site.server.console] {
        for (method, path) in
            [(Method::POST, "/"), (Method::GET, "/ping/"), (Method::GET, "/ping"), (Method::GET, "/docs")]
        {
            let answer = ask(at, method.clone(), path, &[], document("d1")).await;
            assert!([404, 405].contains(&answer.status.as_u16()), "{method} {path}: {} {}", answer.status, answer.body);
        }
    }
    assert_eq!(site.records().await.len(), 0, "nothing is stored");
    site.end().await;
}

#[tokio::test]
async fn the_page_runs_its_own_script_and_nothing_else() {
    let site = Site::start("127.0.0.1:0", None, |_| {}).await;
    let page = ask(site.own(), Method::GET, "/docs", &[], "").await;
    assert_eq!(page.kind(), "text/html; charset=utf-8");
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let (_, rest) = page.body.split_once(&open).unwrap();
        let content = rest.split_once(&close).unwrap().0;
        let hash = data_encoding::BASE64.encode(&<sha2::Sha256 as sha2::Digest>::digest(content.as_bytes()));
        assert!(policy.contains(&format!("{directive} 'sha256-{hash}'")), "{policy}");
    }
    site.end().await;
}

#[tokio::test]
async fn a_document_is_recorded_and_its_outcome_told_byte_by_byte() {
    let site = Site::start("127.0.0.1:0", None, |_| {}).await;
    let answer = site.send(document("d1")).await;
    // No portal is connected here, so this is as far as it goes.
    let words = "Портал Битрикс24 не подключён: включите его в настройках Pult и задайте вебхук задач";
    assert_eq!(
        (answer.status.as_u16(), answer.kind(), answer.body.as_str()),
        (500, "text/plain; charset=utf-8", words)
    );
    let wrong = site.send(r#"{"id":"d2","number":"1","calculations":["Цех",{}]}"#).await;
    let want = r#"{"detail":[{"loc":["body","calculations",1,"name"],"msg":"is missing or empty"}]}"#;
    assert_eq!((wrong.status.as_u16(), wrong.kind(), wrong.body.as_str()), (422, "application/json", want));
    assert_eq!(site.records().await.len(), 2, "what is not understood is kept as well");
    let samples: Value = serde_json::from_str(erp::SAMPLES).unwrap();
    for name in ["full", "minimal"] {
        let answer = site.send(samples[name].to_string()).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (500, words), "{name}");
    }
    assert_eq!(site.records().await.len(), 4);
    site.end().await;
}

#[tokio::test]
async fn bytes_that_a_sender_compares_leave_as_they_are() {
    let site = harness::Site::start();
    let told = async |status, content_type, body: &'static str| {
        let answer = HttpAnswer::Raw { status, content_type, body: Bytes::from(body) };
        let (parts, body) = hooks::respond(&site.app, answer, false).await.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        (parts.status.as_u16(), parts.headers, body)
    };
    for body in [r#"{"message":"ok"}"#, r#"{"message":"При обновлении задачи произошла ошибка"}"#]
    {
        let (status, headers, told) = told(200, "application/json", body).await;
        assert_eq!((status, told.as_str()), (200, body));
        assert_eq!(headers.get_all(header::CONTENT_TYPE).iter().collect::<Vec<_>>(), ["application/json"]);
    }
    let (_, headers, _) = told(503, "text/plain; charset=utf-8", "later").await;
    assert_eq!(headers[header::RETRY_AFTER], "5");
}

#[tokio::test]
async fn a_key_that_has_been_set_is_asked_for() {
    let site = Site::start("127.0.0.1:0", Some(KEY), |_| {}).await;
    for (headers, want) in [
        (&[][..], 401),
        (&[("X-Api-Key", "")], 401),
        (&[("X-Api-Key", "wrong")], 401),
        (&[("Authorization", KEY)], 401),
        (&[("x-api-key", KEY)], 500),
    ] {
        let answer = ask(site.own(), Method::POST, "/", headers, document("d1")).await;
        assert_eq!(answer.status.as_u16(), want, "{headers:?}: {}", answer.body);
    }
    assert_eq!(site.records().await.len(), 1, "who is turned away leaves nothing");
    assert_eq!(ask(site.own(), Method::GET, "/ping/", &[], "").await.status, StatusCode::OK);
    site.end().await;
}

#[tokio::test]
async fn a_page_of_a_browser_cannot_post_where_no_key_is_asked_for() {
    let site = Site::start("127.0.0.1:0", None, |_| {}).await;
    let headers = [("Origin", "https://example.com"), ("Content-Type", "text/plain")];
    let answer = ask(site.own(), Method::POST, "/", &headers, document("d1")).await;
    assert_eq!((answer.status.as_u16(), site.records().await.len()), (400, 0));
    site.end().await;
}

#[tokio::test]
async fn the_bound_of_a_body_is_the_integrations_own() {
    let site = Site::start("127.0.0.1:0", None, |config| {
        config.integrations.erp.max_body_mb = 1;
        config.hooks.max_body_bytes = 1 << 10;
    })
    .await;
    let padded = |bytes: usize| {
        let mut body = document("d1");
        body.push_str(&" ".repeat(bytes - body.len()));
        body
    };
    assert_eq!(site.send(padded(1 << 20)).await.status.as_u16(), 500, "the hooks' bound does not apply");
    let answer = site.send(padded((1 << 20) + 1)).await;
    assert_eq!((answer.status, site.records().await.len()), (StatusCode::PAYLOAD_TOO_LARGE, 1));
    site.end().await;
}

#[tokio::test]
async fn where_others_can_reach_it_it_opens_once_there_is_a_key() {
    let site = Site::start("0.0.0.0:0", None, |_| {}).await;
    assert_eq!(site.server.own(), []);
    assert!(site.trouble().await.is_some_and(|why| why.contains("erp.api_key")));
    let console = ask(site.server.console, Method::GET, "/healthz", &[], "").await;
    assert_eq!(console.status, StatusCode::OK, "the others go on");
    let set = site.command("settings.set_secret", json!({ "name": "erp.api_key", "value": KEY }));
    let at = SocketAddr::from(([127, 0, 0, 1], site.opens(set).await.port()));
    assert_eq!(ask(at, Method::POST, "/", &[], document("d1")).await.status, StatusCode::UNAUTHORIZED);
    let answer = ask(at, Method::POST, "/", &[("X-Api-Key", KEY)], document("d1")).await;
    assert_eq!((answer.status.as_u16(), site.records().await.len()), (500, 1));
    site.end().await;
}

#[tokio::test]
async fn a_taken_port_is_said_and_tried_again() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = other.local_addr().unwrap();
    let site = Site::start(&bind.to_string(), None, |_| {}).await;
    assert_eq!(site.server.own(), []);
    assert!(site.trouble().await.is_some_and(|why| why.contains("is another program there?")));
    drop(other);
    let later = async { site.clock.set("2026-11-20T09:00:15Z".parse().unwrap()) };
    assert_eq!(site.opens(later).await, bind);
    assert_eq!(ask(bind, Method::GET, "/ping/", &[], "").await.status, StatusCode::OK);
    site.end().await;
}

#[tokio::test]
async fn it_follows_the_settings_without_a_restart() {
    // Bound, and never listened at: nobody else is given these ports, and ours may listen there.
    let kept = || {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        socket
    };
    let (one, other) = (kept(), kept());
    let (first, second) = (one.local_addr().unwrap(), other.local_addr().unwrap());
    let site = Site::start(&first.to_string(), None, |_| {}).await;
    let alive = async |at: SocketAddr| {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(format!("http://{at}/ping/")).send().await.is_ok()
    };
    assert!(alive(first).await && !alive(second).await);
    let (mut changes, path) = (site.engine.bus().listen(), "integrations.erp.bind");
    // A new settings file says nothing of what this site was started with.
    let everything = json!({ path: second.to_string(), "integrations.erp.enabled": true });
    site.command("settings.write", json!({ "changes": everything })).await;
    while !alive(second).await {
        changes.next().await.unwrap();
    }
    assert!(!alive(first).await, "it has moved");
    site.end().await;
}

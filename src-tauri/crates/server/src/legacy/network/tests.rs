use axum::http::StatusCode;
use pult_domain::areas::network::{Definition, ProbeKind};
use pult_engine::{
    api::dispatch,
    auth::{Actor, Role},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::cards::harness::{Answer, Site, get, get_with};

async fn ask(site: &Site, role: Role, path: &str) -> Answer {
    let key = site.key(role, &[], &["*"]).await;
    site.console(get_with(path, "x-api-key", &key)).await
}

async fn body(site: &Site, role: Role, path: &str) -> Value {
    let answer = ask(site, role, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.json()
}

/// A target at a port of this machine, one connection a cycle.
async fn target(site: &Site, key: &str, port: u16) {
    let definition = Definition {
        key: key.to_owned(),
        title: key.to_owned(),
        host: "127.0.0.1".to_owned(),
        kind: ProbeKind::Tcp,
        port: Some(port),
        path: None,
        packets: Some(1),
        period_s: None,
        certificate_port: None,
        workstation_url: Some(format!("https://{key}.example.com:8445/desktop")),
        parent: None,
        enabled: true,
    };
    let request = json!({ "target": null, "definition": definition });
    dispatch(&site.app.engine, &Actor::local_window(), "network.set_target", request).await.unwrap();
}

#[tokio::test]
async fn a_ping_answers_in_the_old_shape_and_stands_in_the_history() {
    let site = Site::start();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    target(&site, "gate", listener.local_addr().unwrap().port()).await;
    let pong = body(&site, Role::Supervisor, "/api/ping?target=gate").await;
    assert_eq!((&pong["target"], &pong["success"], &pong["error"]), (&json!("127.0.0.1"), &json!(true), &Value::Null));
    assert_eq!(pong["timestamp"], json!("2025-11-05 15:00:00"));
    assert!(pong["time_ms"].as_f64().unwrap() >= 0.0);
    let history = body(&site, Role::Viewer, "/api/ping-history?target=gate").await;
    assert_eq!(history, json!({ "target": "gate", "host": "127.0.0.1", "history": [pong] }));

    let status = body(&site, Role::Viewer, "/api/status").await;
    let seen = &status["targets"]["gate"];
    assert_eq!(
        (&status["status"], &seen["status"], &seen["success"]),
        (&json!("ok"), &json!("excellent"), &json!(true))
    );
    site.at("2025-11-05T12:10:00Z");
    drop(listener);
    let silent = body(&site, Role::Supervisor, "/api/ping?target=gate").await;
    assert_eq!((&silent["success"], &silent["time_ms"]), (&json!(false), &json!(-1.0)));
    assert_eq!(silent["error"], json!("Соединение отклонено"));
}

#[tokio::test]
async fn an_unknown_target_is_the_default_one_and_what_is_not_watched_is_not_called_down() {
    let site = Site::start();
    let known = body(&site, Role::Supervisor, "/api/ping").await;
    assert_eq!(body(&site, Role::Supervisor, "/api/ping?target=nowhere").await, known);
    assert_eq!((&known["success"], &known["error"]), (&json!(false), &json!("Цель не наблюдается")));
    let empty = body(&site, Role::Viewer, "/api/ping-history?target=nowhere&limit=0").await;
    assert_eq!(empty["history"], json!([]));
    assert_eq!(body(&site, Role::Viewer, "/api/status").await["targets"], json!({}));
}

#[tokio::test]
async fn a_viewer_reads_and_does_not_ask_and_a_supervisor_does_not_describe_targets() {
    let site = Site::start();
    for (path, role, status) in [
        ("/api/ping", Role::Viewer, StatusCode::FORBIDDEN),
        ("/api/ping", Role::Supervisor, StatusCode::OK),
        ("/api/status", Role::Viewer, StatusCode::OK),
        ("/api/status", Role::Operator, StatusCode::FORBIDDEN),
        ("/api/ping-history", Role::Viewer, StatusCode::OK),
        ("/network-monitor", Role::Viewer, StatusCode::SEE_OTHER),
    ] {
        assert_eq!(ask(&site, role, path).await.status, status, "{path} {role:?}");
    }
    let mut supervisor = Actor::local_window();
    supervisor.rights.role = Role::Supervisor;
    for command in ["network.set_target", "network.remove_target", "network.set_maintenance"] {
        let refused = dispatch(&site.app.engine, &supervisor, command, json!({})).await.unwrap_err();
        assert_eq!(refused.code, pult_engine::error::ErrorCode::Forbidden, "{command}");
    }
}

#[tokio::test]
async fn a_page_may_connect_to_the_targets_and_to_nobody_else() {
    let site = Site::start();
    let sources = async || {
        let page = site.console(get("/ui/")).await;
        let policy = page.header(axum::http::header::CONTENT_SECURITY_POLICY).to_owned();
        policy.split(';').find_map(|part| part.trim().strip_prefix("connect-src ").map(str::to_owned)).unwrap()
    };
    assert_eq!(sources().await, "'self'");
    target(&site, "gate", 9).await;
    assert_eq!(sources().await, "'self' https://gate.example.com:8445");
}

//! The staff register over its own TLS: what it refuses in which order, what it answers, its faults, and what its journal keeps.

#![allow(clippy::unwrap_used)]

use std::{sync::Once, time::Duration};

use pult_simulators::{
    secret::Secret,
    service::{
        fault::{Fault, FaultOrder},
        tls::Signer,
    },
    staff::{
        Settings, Simulator, SwitchOrder,
        people::{BLOCKED, KEPT_OUT, LOCKED, PersonOrder, QUOTED, QUOTED_PASSWORD},
        start,
    },
};
use reqwest::{Certificate, Client, Method, Response};
use serde_json::{Value, json};

const TOKEN: &str = "token-of-the-console";
const PASSWORD: &str = "usual password";
const JSON: &str = "application/json; charset=utf-8";

async fn register() -> (Simulator, Client) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
    let register = start(Settings::new(Secret::new(TOKEN), Secret::new(PASSWORD))).await.unwrap();
    let authority = Certificate::from_pem(register.authority().as_bytes()).unwrap();
    let client = Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
    (register, client)
}

async fn verify(register: &Simulator, client: &Client, login: &str, password: &str) -> reqwest::Result<Response> {
    let body = json!({ "login": login, "password": password }).to_string();
    let request = client.post(format!("{}/verify", register.base())).bearer_auth(TOKEN);
    request.header("content-type", JSON).body(body).send().await
}

async fn status(register: &Simulator, client: &Client, login: &str, password: &str) -> u16 {
    verify(register, client, login, password).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn refusals_come_in_the_order_of_the_contract() {
    let (register, client) = register().await;
    let good = json!({ "login": "o.belova", "password": PASSWORD }).to_string();
    let long = json!({ "login": "я".repeat(65), "password": "x" }).to_string();
    let wide = json!({ "login": " o.belova", "password": "x" }).to_string();
    let more = json!({ "login": "a", "password": "x", "remember": true }).to_string();
    for (method, path, token, kind, body, want) in [
        (Method::POST, "/verify", TOKEN, JSON, good.as_str(), 200),
        (Method::GET, "/elsewhere", "", "", "", 404),
        (Method::GET, "/verify", "", "", "", 405),
        (Method::POST, "/verify", "", "text/plain", "", 403),
        (Method::POST, "/verify", "another", JSON, good.as_str(), 403),
        (Method::POST, "/verify", TOKEN, "application/json", good.as_str(), 415),
        (Method::POST, "/verify", TOKEN, JSON, "{", 400),
        (Method::POST, "/verify", TOKEN, JSON, "[]", 400),
        (Method::POST, "/verify", TOKEN, JSON, r#"{"login":"a"}"#, 400),
        (Method::POST, "/verify", TOKEN, JSON, r#"{"login":"a","password":""}"#, 400),
        (Method::POST, "/verify", TOKEN, JSON, r#"{"login":1,"password":"x"}"#, 400),
        (Method::POST, "/verify", TOKEN, JSON, more.as_str(), 400),
        (Method::POST, "/verify", TOKEN, JSON, long.as_str(), 400),
        (Method::POST, "/verify", TOKEN, JSON, wide.as_str(), 400),
    ] {
        let text = format!("{method} {path} {kind} {body}");
        let request = client.request(method, format!("{}{path}", register.base())).bearer_auth(token);
        let answer = request.header("content-type", kind).body(body.to_owned()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), want, "{text}");
    }
    let kept = serde_json::to_string(&register.register().journal.since(0)).unwrap();
    assert!(!kept.contains(TOKEN) && !kept.contains(PASSWORD), "{kept}");
    let first = &register.register().journal.since(0)[0];
    assert_eq!((first.status, &first.request), (Some(200), &json!({ "login": "o.belova", "verdict": "right" })));
    register.stop().await;
}

#[tokio::test]
async fn everybody_is_answered_as_they_are() {
    let (register, client) = register().await;
    let answer: Value = verify(&register, &client, "O.BELOVA", PASSWORD).await.unwrap().json().await.unwrap();
    assert_eq!((answer["login"].as_str(), answer["full_name"].as_str()), (Some("o.belova"), Some("Белова Ольга")));
    let nulls: Value = verify(&register, &client, "null.15", PASSWORD).await.unwrap().json().await.unwrap();
    assert!(["office", "department", "position", "phone"].iter().all(|field| nulls[field].is_null()), "{nulls}");
    assert_eq!(status(&register, &client, QUOTED, QUOTED_PASSWORD).await, 200);
    for (login, password, want) in
        [("o.belova", "wrong", 401), ("nobody", PASSWORD, 401), (LOCKED, "wrong", 423), (KEPT_OUT[0].0, PASSWORD, 200)]
    {
        assert_eq!(status(&register, &client, login, password).await, want, "{login}");
    }
    // A change holds at once.
    register.register().person("o.belova", &PersonOrder::password("новый"));
    assert_eq!(status(&register, &client, "o.belova", PASSWORD).await, 401);
    register.register().person("o.belova", &PersonOrder::period(BLOCKED));
    let answer: Value = verify(&register, &client, "o.belova", "новый").await.unwrap().json().await.unwrap();
    assert_eq!(answer["auth_period_type"], BLOCKED);
    register.stop().await;
}

#[tokio::test]
async fn faults_are_met_on_the_wire() {
    let (register, client) = register().await;
    let fault = |fault| register.register().fault(FaultOrder::new(fault, "verify", 1));
    let refuse = |status, retry_after| Fault::Refuse { status, body: Value::Null, retry_after };
    for (wrong, want) in [(refuse(302, None), 302), (refuse(429, Some(7)), 429), (Fault::Html { status: 503 }, 503)] {
        fault(wrong);
        let answer = verify(&register, &client, "o.belova", PASSWORD).await.unwrap();
        assert_eq!(answer.status().as_u16(), want);
        assert_eq!(answer.headers().contains_key("retry-after"), want == 429);
    }
    fault(Fault::Reset);
    assert!(verify(&register, &client, "o.belova", PASSWORD).await.is_err());
    fault(Fault::TruncatedJson);
    assert!(verify(&register, &client, "o.belova", PASSWORD).await.unwrap().json::<Value>().await.is_err());
    fault(Fault::Stall);
    let stalled = verify(&register, &client, "o.belova", PASSWORD);
    assert!(tokio::time::timeout(Duration::from_millis(300), stalled).await.is_err());
    register.register().switch(SwitchOrder { foreign_login: Some(true), ..SwitchOrder::default() }).unwrap();
    let foreign: Value = verify(&register, &client, "o.belova", PASSWORD).await.unwrap().json().await.unwrap();
    assert_eq!(foreign["login"], "somebody.else");
    // A certificate of another authority is shown to open connections too: they end.
    for (signer, trusted) in [(Signer::Second, false), (Signer::First, true)] {
        register.register().switch(SwitchOrder { certificate: Some(signer), ..SwitchOrder::default() }).unwrap();
        // The first may meet the connection that has just ended; the second is a new one.
        let _ = verify(&register, &client, "o.belova", PASSWORD).await;
        assert_eq!(verify(&register, &client, "o.belova", PASSWORD).await.is_ok(), trusted);
    }
    let verdicts: Vec<_> = register
        .register()
        .journal
        .since(0)
        .iter()
        .map(|entry| (entry.status, entry.request["verdict"].clone()))
        .collect();
    assert_eq!(verdicts[3], (None, json!("none")), "a reset is written down too");
    register.stop().await;
}

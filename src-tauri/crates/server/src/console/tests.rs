use pult_engine::{api::dispatch, auth::Actor, error::ErrorCode};
use serde_json::{Value, json};

use crate::cards::harness::Site;

const PINS: &str = "integrations.finesse.pins";

fn of(node: &str, digit: &str, expired: bool) -> Value {
    let sha256 = digit.repeat(64);
    json!({ "integration": "finesse", "node": node, "sha256": sha256, "expired": expired, "other_name": false })
}

#[tokio::test]
async fn an_accepted_certificate_is_kept_for_its_node_and_stands_in_the_audit() {
    let site = Site::start();
    let engine = &site.app.engine;
    let actor = Actor::local_window();
    let call = async |name: &str, request: Value| dispatch(engine, &actor, name, request).await;
    let accept = async |request: Value| call("settings.accept_certificate", request).await;
    let refused = accept(of("fin-a.cc.example", "a", false)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict, "no platform has been set up");
    let platform = json!({ "integrations.finesse.url": "https://fin-a.cc.example:8445" });
    call("settings.write", json!({ "changes": platform })).await.unwrap();

    accept(of("fin-a.cc.example", "a", false)).await.unwrap();
    accept(of("fin-b.cc.example", "b", true)).await.unwrap();
    let kept = accept(of("fin-a.cc.example", "c", false)).await.unwrap();
    let (a, b) = ("c".repeat(64), "b".repeat(64));
    let (a, b) = (format!("fin-a.cc.example {a}"), format!("fin-b.cc.example {b} expired"));
    assert_eq!(kept["values"][PINS], json!([b, a]), "one a node, the newest");
    let audit = call("audit.page", json!({ "filter": {}, "limit": 1 })).await.unwrap().to_string();
    assert!(audit.contains("settings.accept_certificate") && audit.contains(&a), "{audit}");

    let whose = Value::from("telephony");
    for (field, wrong) in [("integration", whose), ("node", "".into()), ("node", "a b".into()), ("sha256", "ab".into())]
    {
        let mut request = of("fin-a.cc.example", "d", false);
        request[field] = wrong;
        assert_eq!(accept(request).await.unwrap_err().field.as_deref(), Some(field));
    }
    assert_eq!(call("settings.read", json!({})).await.unwrap()["values"][PINS], kept["values"][PINS]);
}

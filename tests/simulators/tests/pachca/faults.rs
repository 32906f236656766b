//! The token, its scopes and limits, and what can be wrong with answers.

use pult_simulators::pachca::switches::SCOPES;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, TOKEN},
    kit::send,
};

#[tokio::test]
async fn the_token_is_checked_before_anything_else() {
    let house = House::new().await;
    let bare = async |authorization: Option<&str>| {
        let mut request = house.http.get(format!("{}/nowhere", house.simulator.base()));
        if let Some(text) = authorization {
            request = request.header("Authorization", text);
        }
        let answer = send(request).await.unwrap();
        (answer.status, answer.json()["error"].as_str().map(str::to_owned))
    };
    for wrong in [None, Some("Bearer tulip"), Some("Basic dHVsaXA="), Some("Bearer ")] {
        assert_eq!(bare(wrong).await, (401, Some("invalid_token".to_owned())), "{wrong:?}");
    }
    let right = format!("Bearer {TOKEN}");
    assert_eq!(bare(Some(&right)).await, (404, None), "the path is not there");
    assert_eq!(house.delete("/users/811").await.status, 404, "nor is the method");
    house.control.order("/sim/switches", json!({ "revoked": true })).await;
    assert_eq!(house.get("/oauth/token/info").await.status, 401);
    house.control.order("/sim/switches", json!({ "revoked": false, "redirect": true })).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let moved = send(client.get(format!("{}/users", house.simulator.base())).bearer_auth(TOKEN)).await.unwrap();
    assert_eq!(moved.status, 301);
    assert!(moved.headers["location"].to_str().unwrap().starts_with("https://"));
}

#[tokio::test]
async fn every_call_needs_its_scope() {
    let house = House::new().await;
    let calls = [
        (Method::POST, "/messages", "messages:create"),
        (Method::GET, "/messages", "messages:read"),
        (Method::GET, "/messages/1", "messages:read"),
        (Method::PUT, "/messages/1", "messages:update"),
        (Method::DELETE, "/messages/1", "messages:delete"),
        (Method::POST, "/messages/1/thread", "threads:create"),
        (Method::POST, "/messages/1/reactions", "reactions:write"),
        (Method::POST, "/threads", "threads:create"),
        (Method::GET, "/threads", "threads:read"),
        (Method::GET, "/threads/1", "threads:read"),
        (Method::GET, "/users", "users:read"),
        (Method::GET, "/users/1", "users:read"),
        (Method::GET, "/chats", "chats:read"),
        (Method::GET, "/chats/1", "chats:read"),
        (Method::GET, "/chats/1/members", "chat_members:read"),
        (Method::POST, "/chats/1/members", "chat_members:write"),
        (Method::POST, "/views/open", "views:write"),
        (Method::POST, "/uploads", "uploads:write"),
        (Method::PUT, "/bot/webhook", "bot_self:webhook:write"),
        (Method::GET, "/webhooks/events", "webhooks:events:read"),
        (Method::DELETE, "/webhooks/events/1", "webhooks:events:delete"),
    ];
    assert!(SCOPES.iter().all(|scope| calls.iter().any(|(_, _, needed)| needed == scope)));
    for (method, path, scope) in calls {
        let others: Vec<_> = SCOPES.into_iter().filter(|held| *held != scope).collect();
        house.control.order("/sim/switches", json!({ "scopes": others })).await;
        let answer = send(house.request(method.clone(), path)).await.unwrap();
        let wanted = json!({ "error": "insufficient_scope", "error_description": scope });
        assert_eq!((answer.status, answer.json()), (403, wanted), "{method} {path}");
        house.control.order("/sim/switches", json!({ "scopes": [scope] })).await;
        let answer = send(house.request(method.clone(), path)).await.unwrap();
        assert_ne!(answer.status, 403, "{method} {path}");
    }
    let info = house.get("/oauth/token/info").await.json()["data"].clone();
    assert_eq!((&info["user_id"], &info["scopes"]), (&json!(90_210), &json!(["webhooks:events:delete"])));
}

#[tokio::test]
async fn limits_go_by_the_clock_by_the_kind_of_call_and_by_the_chat() {
    let house = House::new().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    let message = json!({ "message": { "entity_id": 51_840, "content": "x" } });
    let first = house.bot_writes(message["message"].clone()).await["id"].clone();
    // A tenth of the vendor's: 13 at once and then 0.4 in a second; 1 read; 5 others; 1 look at the history.
    house.control.order("/sim/switches", json!({ "limit_scale": 0.1 })).await;
    for turn in 0..13 {
        let status = if turn == 0 {
            house.put(&format!("/messages/{first}"), json!({ "message": { "content": "y" } })).await.status
        } else {
            house.post("/messages", message.clone()).await.status
        };
        assert!(status < 300, "{turn}: {status}");
    }
    let busy = house.post("/messages", message.clone()).await;
    assert_eq!((busy.status, busy.text.as_str(), busy.headers["retry-after"].to_str().unwrap()), (429, "", "3"));
    house.bot_writes(json!({ "entity_type": "user", "entity_id": 811, "content": "x" })).await;
    house.control.order("/sim/clock", json!({ "advance": 2 })).await;
    assert_eq!(house.post("/messages", message.clone()).await.status, 429);
    house.control.order("/sim/clock", json!({ "advance": 1 })).await;
    assert_eq!(house.post("/messages", message.clone()).await.status, 201);
    let read = async || house.get(&format!("/messages/{first}")).await.status;
    assert_eq!((read().await, read().await), (200, 429));
    let look = async || house.get("/webhooks/events").await.status;
    assert_eq!((look().await, look().await), (200, 429));
    let mut others = Vec::new();
    for _ in 0..6 {
        others.push(house.get("/users/811").await.status);
    }
    assert_eq!(others, [200, 200, 200, 200, 200, 429]);
    house.control.order("/sim/switches", json!({ "no_limit": true })).await;
    assert_eq!(
        (read().await, read().await, house.control.get("/sim/state").await["limit_scale"].clone()),
        (200, 200, Value::Null)
    );
}

#[tokio::test]
async fn the_vendors_own_limits_let_a_burst_through() {
    let house = House::new().await;
    house.control.order("/sim/switches", json!({ "limit_scale": 1.0 })).await;
    let mut statuses = Vec::new();
    for n in 0..131 {
        let body = json!({ "message": { "entity_id": 51_840, "content": n.to_string() } });
        statuses.push(house.post("/messages", body).await.status);
    }
    assert!(statuses[..130].iter().all(|status| *status == 201));
    assert_eq!(statuses[130], 429);
}

#[tokio::test]
async fn answers_are_refused_replaced_lost_and_late() {
    let house = House::new().await;
    let fault = async |fault: Value, on: &str| {
        house.control.order("/sim/fault", json!({ "heal": true, "fault": fault, "on": on })).await;
    };
    fault(json!({ "kind": "refuse", "status": 429, "retry_after": 7 }), "message_create/51840").await;
    let write = |id: u64, kind: &str| json!({ "message": { "entity_id": id, "entity_type": kind, "content": "x" } });
    let busy = house.post("/messages", write(51_840, "discussion")).await;
    assert_eq!((busy.status, busy.headers["retry-after"].to_str().unwrap(), busy.text.as_str()), (429, "7", ""));
    assert_eq!(house.post("/messages", write(811, "user")).await.status, 201, "the other chat is free");
    for (status, body) in [
        (401, json!({ "error": "invalid_token", "error_description": "Access token is invalid" })),
        (402, json!("payment_required")),
        (403, json!("access_denied")),
        (404, json!("not_found")),
        (409, json!("invalid")),
        (410, json!("trigger_expired")),
    ] {
        fault(json!({ "kind": "refuse", "status": status }), "user_*").await;
        let refused = house.get("/users/811").await;
        let said = if status == 401 { refused.json() } else { refused.json()["errors"][0]["code"].clone() };
        assert_eq!((refused.status, said), (status, body));
    }
    fault(json!({ "kind": "html", "status": 504 }), "*").await;
    let page = house.get("/users/811").await;
    assert!(page.status == 504 && page.text.starts_with("<html>"));
    fault(json!({ "kind": "html", "status": 200 }), "*").await;
    assert!(house.get("/users/811").await.text.starts_with("<html>"), "a proxy's page");
    fault(json!({ "kind": "delay", "ms": 20 }), "*").await;
    assert_eq!(house.get("/users/811").await.status, 200);
    fault(json!({ "kind": "reset" }), "thread_new").await;
    assert!(send(house.request(Method::POST, "/threads")).await.is_err());
    assert_eq!(house.space().world(|world| world.threads.len()), 0);
    house.control.order("/sim/fault", json!({ "heal": true })).await;
    assert_eq!(house.post("/threads", Value::Null).await.status, 201);
}

#[tokio::test]
async fn a_stalled_call_is_journaled_at_once_and_ends_with_the_space() {
    let house = House::new().await;
    house.control.order("/sim/fault", json!({ "fault": { "kind": "stall_after_commit" } })).await;
    let stalled = tokio::spawn(send(house.request(Method::POST, "/threads")));
    while house.space().journal.count("thread_new") == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.space().world(|world| world.threads.len()), 1);
    house.simulator.stop().await;
    assert_eq!(stalled.await.unwrap().unwrap().status, 503);
}

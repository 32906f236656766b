//! What people do through the control interface, and who there is.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn people_make_take_change_and_move_issues() {
    let house = House::new().await;
    let order = json!({ "person": "o.belova", "summary": "Гаснет экран", "fields": { "tags": ["a"] } });
    let key = house.control.make("/sim/issues", order).await["key"].as_str().unwrap().to_owned();
    let act = async |deed: &str, order: Value| house.control.order(&format!("/sim/issues/{key}/{deed}"), order).await;
    act("assign", json!({ "person": "vera", "to": "petr" })).await;
    act("change", json!({ "person": "petr", "fields": { "priority": "critical" } })).await;
    act("move", json!({ "person": "petr", "status": "closed" })).await;
    let order = json!({ "person": "petr", "text": "Лог", "file": { "name": "log.txt", "text": "line" } });
    assert_eq!(house.control.make(&format!("/sim/issues/{key}/comment"), order).await, json!({ "ids": [12] }));
    let whole = house.control.get(&format!("/sim/issues/{key}")).await;
    let issue = &whole["issue"];
    assert_eq!((&issue["author"], &issue["assignee"]), (&json!("o.belova"), &json!("petr")));
    assert_eq!((&issue["status"], &issue["resolution"]), (&json!("closed"), &json!("fixed")));
    assert_eq!((&issue["priority"], &issue["version"]), (&json!("critical"), &json!(4)));
    assert_eq!((&whole["files"][0]["comment"], whole["changes"].as_array().unwrap().len()), (&json!(12), 5));
    assert_eq!(house.control.get("/sim/issues").await.as_array().unwrap().len(), 1);
    for (path, order) in [
        ("/sim/issues/DESK-9/move", json!({ "status": "closed" })),
        ("/sim/issues/DESK-41/comment", json!({ "person": "nobody", "text": "a" })),
        ("/sim/issues/DESK-41/change", json!({ "fields": { "status": "open" } })),
    ] {
        assert_eq!(house.control.ask(Method::POST, path, order).await.status, 404, "{path}");
    }
    let wrong = json!({ "queue": "NONE" });
    assert_eq!(house.control.ask(Method::POST, "/sim/issues", wrong).await.status, 422);
}

#[tokio::test]
async fn somebody_is_hired_and_leaves() {
    let house = House::new().await;
    let agents: Vec<_> = house.tracker().agents().into_iter().map(|agent| agent.login).collect();
    assert_eq!(agents, ["vera", "petr", "marina", "stepan", "lidia", "gleb"]);
    let order = json!({ "login": "rita", "first": "Рита", "last": "Ланская", "department": 33, "agent": true });
    house.control.order("/sim/people", order).await;
    assert_eq!(house.get("users/rita").await.json()["email"], "rita@example.com");
    assert_eq!(house.tracker().agents().len(), 7);
    house.control.order("/sim/people", json!({ "login": "rita", "dismissed": true })).await;
    assert_eq!(house.get("users/rita").await.json()["dismissed"], true);
    assert_eq!(house.tracker().agents().len(), 6);
    assert_eq!(house.control.ask(Method::POST, "/sim/people", json!({})).await.status, 422);
    assert_eq!(house.control.get("/sim/people").await.as_array().unwrap().len(), 215);
}

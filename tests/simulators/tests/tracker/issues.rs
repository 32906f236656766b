//! Issues: made once, changed with versions and list orders, linked, refused with the field named.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, REF, refused},
    kit::send,
};

#[tokio::test]
async fn what_is_unique_is_made_once_and_a_refused_create_does_not_use_it_up() {
    let house = House::new().await;
    let body = |assignee: &str, queue: &str| json!({ "queue": queue, "summary": "Нет гудка", "assignee": assignee, "unique": "console:a1:1", REF: "r" });
    assert_eq!(refused(&house.post("issues/", body("nobody", "DESK")).await), (422, json!(["assignee"])));
    let made = house.post("issues/", body("vera", "DESK")).await;
    assert_eq!((made.status, &made.json()["key"]), (201, &json!("DESK-41")));
    let again = house.post("issues/", body("vera", "DESK")).await;
    assert_eq!(refused(&again), (409, json!([])));
    assert!(!again.text.contains("DESK"), "the issue is not named");
    let elsewhere = json!({ "queue": "HOUSE", "summary": "a", "unique": "console:a1:1" });
    assert_eq!(refused(&house.post("issues/", elsewhere).await).0, 409, "the whole organization");
    assert_eq!(house.tracker().issues().len(), 1);
}

#[tokio::test]
async fn a_create_takes_what_the_contract_lists() {
    let house = House::new().await;
    let parent = house.issue(json!({})).await;
    let made = house
        .post(
            "issues/",
            json!({
                "queue": { "id": "29" }, "summary": "Нет гудка", "type": { "key": "bug" }, "priority": "critical",
                "author": "o.belova", "assignee": { "login": "petr" }, "followers": ["vera", 8_000_000_000_000_103_u64],
                "boards": [{ "id": 1 }], "parent": parent, "tags": ["Создана в чате"], REF: "x",
                "66b0c1d2e3f4a5b6c7d8e9f0--floor": 3,
            }),
        )
        .await
        .json();
    assert_eq!((&made["type"]["key"], &made["priority"]["key"]), (&json!("bug"), &json!("critical")));
    assert_eq!(
        (&made["createdBy"]["display"], &made["updatedBy"]["id"]),
        (&json!("Ольга Белова"), &json!("8000000000000077"))
    );
    assert_eq!((&made["boards"][0]["id"], &made["parent"]["key"]), (&json!(1), &json!(parent)));
    assert_eq!((&made["followers"][1]["id"], &made["tags"]), (&json!("8000000000000103"), &json!(["Создана в чате"])));
    assert_eq!((&made[REF], &made["66b0c1d2e3f4a5b6c7d8e9f0--floor"]), (&json!("x"), &json!(3)));
    assert!(made.get("description").is_none() && made.get("access").is_none(), "what is empty is absent");
    let id = made["id"].as_str().unwrap();
    assert!(id.len() == 24 && id.chars().all(|digit| digit.is_ascii_hexdigit()));
    assert_eq!(house.get(&format!("issues/{id}")).await.json()["key"], "DESK-42");
    assert!(made["createdAt"].as_str().unwrap().ends_with("+0000"));
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_by_its_name() {
    let house = House::new().await;
    let create = async |fields: Value| {
        let mut body = json!({ "queue": "DESK", "summary": "a" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        refused(&house.post("issues/", body).await)
    };
    for (field, value) in [
        ("summary", json!(" ")),
        ("type", json!("epic")),
        ("priority", json!(1)),
        ("assignee", json!("b.yakunin")),
        ("followers", json!("vera")),
        ("tags", json!("desk-bot")),
        ("boards", json!([7])),
        ("parent", json!("DESK-1")),
        ("attachmentIds", json!(["1"])),
        ("status", json!("closed")),
        ("resolution", json!("fixed")),
        ("colour", json!("red")),
        (REF, json!(700_108)),
        ("66b0c1d2e3f4a5b6c7d8e9f0--floor", json!("3")),
        ("66aa43bfc941f16869268d41--sourceRef", json!("x")),
        ("66b0c1d2e3f4a5b6c7d8e9f0--nothing", json!("x")),
    ] {
        assert_eq!(create(json!({ field: value })).await, (422, json!([field])));
    }
    assert_eq!(refused(&house.post("issues/", json!({ "summary": "a" })).await), (422, json!(["queue"])));
    assert_eq!(refused(&house.post("issues/", json!({ "queue": "DESK" })).await), (422, json!(["summary"])));
    assert_eq!(refused(&house.post("issues/", json!({ "queue": "desk", "summary": "a" })).await), (404, json!([])));
    let bare = house.request(Method::POST, "issues/").body("{\"queue\":\"DESK\",\"summary\":\"a\"}");
    assert_eq!(refused(&send(bare).await.unwrap()).0, 415);
    let broken = house.request(Method::POST, "issues/").header("Content-Type", "application/json").body("{");
    assert_eq!(refused(&send(broken).await.unwrap()).0, 400);
    house.switch(json!({ "bare_tags": true, "loose_kinds": true })).await;
    let loose = json!({ "tags": "desk-bot", REF: 7, "66b0c1d2e3f4a5b6c7d8e9f0--floor": "3" });
    let key = house.issue(loose).await;
    let issue = house.tracker().issue(&key).unwrap();
    assert_eq!((issue.tags.as_slice(), &issue.locals["sourceRef"]), (&["desk-bot".to_owned()][..], &json!("7")));
    assert_eq!(issue.locals["floor"], 3);
}

#[tokio::test]
async fn lists_are_changed_by_orders_and_null_clears() {
    let house = House::new().await;
    let key = house.issue(json!({ "tags": ["a", "b"], "assignee": "vera", REF: "x", "description": "d" })).await;
    let path = format!("issues/{key}");
    let after = async |body: Value| house.patch(&path, body).await.json();
    assert_eq!(after(json!({ "tags": { "add": ["c", "a"], "remove": ["b"] } })).await["tags"], json!(["a", "c"]));
    let swap = json!({ "tags": { "replace": [{ "target": "a", "replacement": "z" }] } });
    assert_eq!(after(swap).await["tags"], json!(["z", "c"]));
    assert_eq!(after(json!({ "tags": { "set": ["q"] } })).await["tags"], json!(["q"]));
    assert_eq!(
        after(json!({ "access": { "add": ["o.belova", "petr"] } })).await["access"].as_array().unwrap().len(),
        2
    );
    let cleared = after(json!({ "tags": [], "assignee": null, REF: null, "description": null, "access": null })).await;
    for gone in ["tags", "assignee", REF, "description", "access"] {
        assert!(cleared.get(gone).is_none(), "{gone}: {cleared}");
    }
    for wrong in [json!({ "append": ["x"] }), json!({ "add": "x" }), json!({}), json!(7)] {
        assert_eq!(refused(&house.patch(&path, json!({ "tags": wrong })).await), (422, json!(["tags"])));
    }
}

#[tokio::test]
async fn a_version_guards_a_change_in_two_ways() {
    let house = House::new().await;
    let key = house.issue(json!({})).await;
    let path = format!("issues/{key}");
    let first = house.patch(&format!("{path}?version=1"), json!({ "summary": "b" })).await.json();
    assert_eq!(first["version"], 2);
    assert_eq!(house.patch(&path, json!({ "summary": "b" })).await.json()["version"], 2, "nothing changed");
    assert_eq!(refused(&house.patch(&format!("{path}?version=1"), json!({ "summary": "c" })).await).0, 409);
    let tagged = |tag: &str| {
        let request = house.request(Method::PATCH, &path).header("If-Match", tag);
        send(request.json(&json!({ "summary": "d" })))
    };
    assert_eq!(tagged("\"1\"").await.unwrap().status, 412);
    assert_eq!(tagged("\"2\"").await.unwrap().json()["version"], 3);
    assert_eq!(refused(&house.patch("issues/DESK-9", json!({})).await).0, 404);
}

#[tokio::test]
async fn a_field_may_be_taken_away_and_given_back() {
    let house = House::new().await;
    let key = house.issue(json!({ REF: "x" })).await;
    let fields = async || house.get("queues/DESK/localFields").await.json();
    assert_eq!(fields().await[0]["id"], REF);
    let answer = house.control.ask(Method::DELETE, "/sim/queues/DESK/fields/sourceRef", Value::Null).await;
    assert_eq!(answer.status, 204);
    assert!(!fields().await.to_string().contains("sourceRef"));
    assert!(house.get(&format!("issues/{key}")).await.json().get(REF).is_none());
    assert_eq!(refused(&house.patch(&format!("issues/{key}"), json!({ REF: "y" })).await), (422, json!([REF])));
    assert!(!house.tracker().remove_local_field("DESK", "sourceRef"));
    house.control.order("/sim/queues/DESK/fields", json!({ "key": "sourceRef", "required": true })).await;
    assert_eq!(house.get(&format!("issues/{key}")).await.json()[REF], "x");
    let without = json!({ "queue": "DESK", "summary": "a" });
    assert_eq!(refused(&house.post("issues/", without).await), (422, json!([REF])));
    assert_eq!(house.get("queues/HOUSE/localFields").await.json(), json!([]));
    assert_eq!(refused(&house.get("queues/desk/localFields").await).0, 404, "keys are case-sensitive");
    assert_eq!(house.get("queues/DESK").await.json()["lead"]["display"], "Вера Смирнова");
}

#[tokio::test]
async fn links_are_seen_from_both_sides() {
    let house = House::new().await;
    let (one, other) = (house.issue(json!({})).await, house.issue(json!({})).await);
    let path = format!("issues/{one}/links");
    let order = json!({ "relationship": "depends on", "issue": other });
    let made = house.post(&path, order.clone()).await;
    assert_eq!((made.status, &made.json()["object"]["key"]), (201, &json!(other)));
    let back = house.get(&format!("issues/{other}/links")).await.json();
    assert_eq!((&back[0]["type"]["id"], &back[0]["object"]["key"]), (&json!("is dependent by"), &json!(one)));
    assert_eq!(refused(&house.post(&path, order).await), (422, json!(["issue"])));
    let wrong = json!({ "relationship": "likes", "issue": other });
    assert_eq!(refused(&house.post(&path, wrong).await), (422, json!(["relationship"])));
    let missing = json!({ "relationship": "relates", "issue": "DESK-9" });
    assert_eq!(refused(&house.post(&path, missing).await).0, 404);
}

#[tokio::test]
async fn some_answers_come_as_arrays_of_one() {
    let house = House::new().await;
    house.switch(json!({ "issue_list": true, "comment_list": true, "myself_list": true, "status_type": true })).await;
    let made = house.post("issues/", json!({ "queue": "DESK", "summary": "a" })).await.json();
    assert_eq!((&made[0]["key"], &made[0]["statusType"]["key"]), (&json!("DESK-41"), &json!("new")));
    assert_eq!(house.post("issues/DESK-41/comments", json!({ "text": "a" })).await.json()[0]["id"], 12);
    assert_eq!(house.get("myself").await.json()[0]["login"], "desk-robot");
    assert_eq!(house.get("users/8000000000000101").await.json()["login"], "vera");
    assert_eq!(house.get("users/o.belova").await.json()["firstName"], "Ольга");
    assert_eq!(refused(&house.get("users/nobody").await).0, 404);
}

//! What REST answers and what it refuses.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, TOKEN},
    kit::send,
};

fn ids(rows: &Value) -> Vec<u64> {
    rows.as_array().unwrap().iter().map(|row| row["id"].as_u64().or(row.as_u64()).unwrap()).collect()
}

#[tokio::test]
async fn paths_and_methods_are_checked() {
    let house = House::new().await;
    assert_eq!(house.get("issues/5120/ratings").await.status, 404);
    assert_eq!(house.get("tickets").await.status, 404);
    assert_eq!(house.get("issues/5120/rates").await.status, 405);
    assert_eq!(house.post("issues/list", json!({})).await.status, 405);
    assert_eq!(house.get("issues/5120/").await.status, 200, "a slash at the end is no other path");
    let base = house.account.base();
    let without = send(house.http.get(format!("{base}issues/5120"))).await.unwrap();
    assert_eq!(without.status, 401);
    let log = house.control.get("/sim/log").await.to_string();
    assert!(!log.contains("tulip"), "{log}");
}

#[tokio::test]
async fn a_rating_is_taken_once_and_only_in_its_flat_form() {
    let house = House::new().await;
    assert_eq!(house.post("issues/5120/rates", json!({ "issue": { "rate": "good" } })).await.status, 422);
    assert_eq!(house.post("issues/5120/rates", json!({ "rate": 5 })).await.status, 422);
    let form = house.request(Method::POST, "issues/5120/rates").body("rate=good");
    assert_eq!(send(form).await.unwrap().status, 422, "what is not announced as JSON is not read");
    let bad = house.request(Method::POST, "issues/5120/rates").header("Content-Type", "application/json").body("{");
    assert_eq!(send(bad).await.unwrap().status, 400);
    assert_eq!(house.post("issues/5120/rates", json!({ "rate": "good" })).await.status, 200);
    assert_eq!(house.get("issues/5120").await.json()["rate"], json!({ "id": 4, "value": "good" }));
    let again = house.post("issues/5120/rates", json!({ "rate": "bad" })).await;
    assert_eq!((again.status, again.json()), (422, json!({ "errors": { "rate": ["уже выставлена"] } })));
    assert_eq!(house.post("issues/1/rates", json!({ "rate": "bad" })).await.status, 404);
    let ratings = house.control.get("/sim/ratings").await;
    assert_eq!(ratings.as_array().unwrap().len(), 1);
    assert_eq!(
        (&ratings[0]["issue"], &ratings[0]["rate"], &ratings[0]["by"]),
        (&json!(5120), &json!("good"), &json!("api"))
    );
}

#[tokio::test]
async fn switches_make_the_account_lenient() {
    let house = House::new().await;
    let switches = json!({ "nested_rate": true, "rated": "overwrite", "rate_answer": "empty" });
    house.control.order("/sim/switches", switches).await;
    let nested = house.post("issues/5121/rates", json!({ "issue": { "rate": "bad" } })).await;
    assert_eq!((nested.status, nested.text.as_str()), (204, ""));
    assert_eq!(house.get("issues/5121").await.json()["rate"]["value"], "bad");
    house.control.order("/sim/switches", json!({ "contact_miss": "null", "contact_hit": "list" })).await;
    assert_eq!(house.get("contacts/?id=1").await.json(), Value::Null);
    assert_eq!(house.get("contacts/?id=208").await.json()[0]["id"], 208);
    assert_eq!(house.control.ask(Method::POST, "/sim/switches", json!({ "rated": "perhaps" })).await.status, 422);
}

#[tokio::test]
async fn a_contact_is_not_found_by_mail() {
    let house = House::new().await;
    assert_eq!(house.get("contacts/?email=n.orlova@client.example").await.json(), json!([]));
    assert_eq!(house.get("contacts/?phone=%2B70000000001").await.json()["id"], 208);
    assert_eq!(house.get("contacts/?phone=+70000000001").await.json(), json!([]), "a plus is a blank");
    assert!(house.get("contacts/208").await.json()["authentication_code"].is_string());
    assert_eq!(house.get("contacts/1").await.status, 404);
    let made = house.control.make("/sim/contacts", json!({ "email": "new@client.example" })).await;
    assert_eq!(house.get(&format!("contacts/?id={}", made["id"])).await.json()["email"], "new@client.example");
    house.control.order("/sim/contacts/208", json!({ "email": "" })).await;
    assert_eq!(house.get("contacts/?id=208").await.json()["email"], "");
}

#[tokio::test]
async fn fifty_seven_issues_take_two_pages() {
    let house = House::new().await;
    let many = json!({ "id": 5944, "count": 57, "contact": 208, "status": "closed", "silent": true });
    house.control.make("/sim/issues", many).await;
    let list = "issues/list?status_codes[]=closed&sorting[field]=updated_at&sorting[direction]=reverse&page[size]=50";
    let first = ids(&house.get(&format!("{list}&page[number]=1")).await.json());
    let second = ids(&house.get(&format!("{list}&page[number]=2")).await.json());
    assert_eq!((first.len(), first[0], second.len()), (50, 6000, 9), "with the two that were there");
    assert_eq!(house.get("issues/list?page[size]=500").await.status, 422);
    assert_eq!(house.get("issues/list?page[number]=0").await.status, 422);
    assert_eq!(house.get("issues/list?status_codes=closed").await.status, 422, "an array is written with brackets");
    assert_eq!(house.get("issues/list?sorting[field]=title").await.status, 422);
    assert_eq!(house.get("issues/list?updated_since=2026-10-28").await.status, 422);
    let today = house.get("issues/list?updated_since=01-01-2020&status_codes[]=delayed").await.json();
    assert_eq!(ids(&today), [5131]);
}

#[tokio::test]
async fn a_count_answers_ids() {
    let house = House::new().await;
    assert_eq!(
        ids(&house.get("issues/count?status_not[]=closed&assignee_ids[]=15").await.json()),
        [5122, 5123, 5130, 5131]
    );
    assert_eq!(ids(&house.get("issues/count?rate[]=0&status[]=closed").await.json()), [5120], "nothing is 0");
    assert_eq!(ids(&house.get("issues/count?opened=1").await.json()), [5122, 5130, 5131]);
    assert_eq!(ids(&house.get("issues/count?created_until=01-01-2020").await.json()), [0_u64; 0]);
}

#[tokio::test]
async fn companies_are_paged_by_key() {
    let house = House::new().await;
    assert_eq!(ids(&house.get("companies/list?page[size]=2").await.json()), [61, 62]);
    assert_eq!(ids(&house.get("companies/list?page[from_id]=62").await.json()), [63]);
    assert_eq!(ids(&house.get("companies/list?page[from_id]=63&page[direction]=reverse").await.json()), [62, 61]);
    assert_eq!(house.get("companies/list?page[size]=101").await.status, 422);
    assert_eq!(house.get("maintenance_entities/list").await.json(), json!([]));
    assert_eq!(ids(&house.get("employees/list?search_string=светлова").await.json()), [16]);
}

#[tokio::test]
async fn required_fields_are_named() {
    let house = House::new().await;
    let errors = async |path: &str, body: Value| house.post(path, body).await.json()["errors"].clone();
    assert_eq!(errors("issues", json!({ "title": "x" })).await, json!({ "title": ["отсутствует"] }));
    assert_eq!(errors("issues/5120/comments", json!({ "comment": {} })).await, json!({ "content": ["отсутствует"] }));
    assert_eq!(errors("issues/5122/statuses", json!({})).await, json!({ "code": ["отсутствует"] }));
    assert_eq!(
        errors("issues/5122/statuses", json!({ "code": "delayed" })).await,
        json!({ "delay_to": ["отсутствует"] })
    );
    assert_eq!(
        errors("issues/5122/statuses", json!({ "code": "gone" })).await["code"],
        json!(["имеет непредусмотренное значение"])
    );
    let bare = json!({ "content": "x", "author_id": 99 });
    assert_eq!(errors("issues/5120/comments", bare).await, json!({ "author_id": ["не найден"] }));
    let made = house.post("issues/", json!({ "issue": { "title": "Новая", "contact_id": 208 } })).await.json();
    assert_eq!((&made["contact"]["id"], &made["status"]["code"]), (&json!(208), &json!("opened")));
    assert_eq!(made["id"], 5132);
}

#[tokio::test]
async fn an_issue_tells_when_it_was_closed_unless_the_account_does_not() {
    let house = House::new().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    house.control.order("/sim/issues/5123/close", json!({})).await;
    let closed = house.get("issues/5123").await.json();
    assert!(closed["status_times"]["closed"].as_str().unwrap().ends_with("+03:00"), "{closed}");
    assert_ne!(closed["status_times"]["closed"], closed["completed_at"], "solved an hour before");
    house.control.order("/sim/clock", json!({ "advance": 7200 })).await;
    house.control.order("/sim/issues/5123/reopen", json!({})).await;
    house.control.order("/sim/switches", json!({ "status_times": false })).await;
    let open = house.get("issues/5123").await.json();
    assert_eq!((&open["status_times"], &open["completed_at"]), (&json!({}), &Value::Null));
    assert_eq!(house.control.ask(Method::POST, "/sim/issues/1/close", json!({})).await.status, 404);
    assert_eq!(house.control.ask(Method::POST, "/sim/issues/5123/status", json!({ "code": "x" })).await.status, 422);
}

#[tokio::test]
async fn the_control_interface_is_on_loopback_alone_and_not_on_the_front() {
    let house = House::new().await;
    let front = house.account.base().replace("/api/v1/", "/sim/state");
    assert_eq!(send(house.http.get(front).query(&[("api_token", TOKEN)])).await.unwrap().status, 404);
    let settings = pult_simulators::okdesk::Settings {
        control: "0.0.0.0:0".parse().unwrap(),
        ..pult_simulators::okdesk::Settings::new(pult_simulators::secret::Secret::new(TOKEN))
    };
    assert!(pult_simulators::okdesk::start(settings).await.is_err());
    house.account.stop().await;
}

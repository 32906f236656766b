//! Lists: both forms of `meta`, cursors, searches, chats and their members.

use serde_json::{Value, json};

use crate::house::{House, ids, one, problems};

#[tokio::test]
async fn pages_are_walked_by_cursors_that_new_rows_do_not_move() {
    let house = House::new().await;
    let mut said: Vec<u64> = (0..7).map(|n| house.space().say(811, 51_840, &n.to_string()).unwrap()).collect();
    said.reverse();
    let page = async |cursor: &Value| {
        let cursor = cursor.as_str().unwrap_or_default();
        house.get(&format!("/messages?chat_id=51840&sort=id&limit=3&cursor={cursor}")).await.json()
    };
    let first = page(&Value::Null).await;
    assert_eq!(ids(&first), said[..3]);
    let flags = |list: &Value| {
        let paginate = &list["meta"]["paginate"];
        (paginate["has_next"].as_bool().unwrap(), paginate["has_prev"].as_bool().unwrap())
    };
    assert_eq!(flags(&first), (true, false));
    let new: Vec<u64> = (0..4).map(|n| house.space().say(812, 51_840, &n.to_string()).unwrap()).collect();
    let second = page(&first["meta"]["paginate"]["next_page"]).await;
    assert_eq!((ids(&second).as_slice(), flags(&second)), (&said[3..6], (true, true)));
    let last = page(&second["meta"]["paginate"]["next_page"]).await;
    assert_eq!((ids(&last).as_slice(), flags(&last)), (&said[6..], (false, true)));
    let empty = page(&last["meta"]["paginate"]["next_page"]).await;
    assert!(ids(&empty).is_empty() && empty["meta"]["paginate"]["next_page"].is_string());
    let newer = page(&first["meta"]["paginate"]["prev_page"]).await;
    assert_eq!((ids(&newer), flags(&newer)), (vec![new[2], new[1], new[0]], (true, true)), "the nearest first");
    let newest = page(&newer["meta"]["paginate"]["prev_page"]).await;
    assert_eq!((ids(&newest), flags(&newest)), (vec![new[3]], (true, false)));
    let upwards = house.get("/messages?chat_id=51840&order=asc&limit=2").await.json();
    assert_eq!(ids(&upwards), [said[6], said[5]]);
}

#[tokio::test]
async fn parameters_of_lists_are_checked() {
    let house = House::new().await;
    for (path, key, code) in [
        ("/messages", "chat_id", "blank"),
        ("/messages?chat_id=51840&limit=51", "limit", "invalid"),
        ("/messages?chat_id=51840&limit=0", "limit", "invalid"),
        ("/messages?chat_id=51840&limit=many", "limit", "invalid"),
        ("/messages?chat_id=51840&cursor=811", "cursor", "invalid"),
        ("/messages?chat_id=51840&sort=created_at", "sort", "inclusion"),
        ("/messages?chat_id=51840&order=up", "order", "inclusion"),
        ("/users?limit=100", "limit", "invalid"),
        ("/webhooks/events?limit=51", "limit", "invalid"),
    ] {
        assert_eq!(problems(&house.get(path).await), one(422, key, code), "{path}");
    }
    for path in ["/messages?chat_id=51841", "/messages?chat_id=1", "/messages?chat_id=x"] {
        assert_eq!(problems(&house.get(path).await), one(404, "chat_id", "not_found"), "{path}");
    }
}

#[tokio::test]
async fn people_are_found_by_any_part_of_a_text() {
    let house = House::new().await;
    let found = house.get("/users?query=IVAN&limit=50").await.json();
    assert_eq!(ids(&found), [811, 812, 813]);
    assert_eq!((&found["meta"]["total"], &found["meta"]["paginate"].get("has_next")), (&json!(3), &None));
    let first = house.get("/users?query=ivan&limit=2").await.json();
    assert_eq!((ids(&first), &first["meta"]["total"]), (vec![811, 812], &json!(3)));
    let next = first["meta"]["paginate"]["next_page"].as_str().unwrap();
    let second = house.get(&format!("/users?query=ivan&limit=2&cursor={next}")).await.json();
    assert_eq!(ids(&second), [813]);
    let end = second["meta"]["paginate"]["next_page"].as_str().unwrap();
    assert_eq!(ids(&house.get(&format!("/users?query=ivan&cursor={end}")).await.json()), [0_u64; 0]);
    assert_eq!(ids(&house.get("/users?query=orlova@").await.json()), [815]);
    assert_eq!(ids(&house.get("/users?query=%D1%81%D0%B2%D0%B5%D1%82%D0%BB").await.json()), [814], "Светл…");
    assert_eq!(house.get("/users?query=nobody").await.json()["meta"]["total"], 0);
    let all = house.get("/users?limit=3").await.json();
    assert_eq!((ids(&all), &all["meta"]["paginate"]["has_next"]), (vec![811, 812, 813], &json!(true)));
    assert!(all["meta"].get("total").is_none());
    assert_eq!(house.get("/users/816").await.json()["data"]["suspended"], true);
    assert_eq!(problems(&house.get("/users/1").await), one(404, "id", "not_found"));
}

#[tokio::test]
async fn chats_are_the_bots_own_and_take_members() {
    let house = House::new().await;
    let direct = house.space().write_to_bot(811, "привет").map(|_| house.space().direct_chat(811).unwrap()).unwrap();
    let list = house.get("/chats").await.json();
    assert_eq!(ids(&list), [direct, 51_840], "neither the kitchen nor threads");
    assert_eq!((&list["data"][0]["personal"], &list["data"][1]["name"]), (&json!(true), &json!("Служба поддержки")));
    assert_eq!(house.get("/chats/51840").await.json()["data"]["id"], 51_840);
    assert_eq!(house.get("/chats/51841").await.status, 404);
    let few = house.get("/chats/51840/members?limit=2").await.json();
    assert_eq!((ids(&few), &few["meta"]["paginate"]["has_next"]), (vec![811, 812], &json!(true)));
    let new = house.control.make("/sim/users", json!({ "nickname": "new", "first_name": "Яна" })).await["id"].clone();
    let added = house.post("/chats/51840/members", json!({ "member_ids": [new, 811], "silent": true })).await;
    assert_eq!((added.status, added.text.as_str()), (204, ""));
    let told = house.space().history().pop().unwrap();
    assert_eq!((told.event_type.as_str(), told.payload.get("user_ids")), ("chat_member_add", Some(&json!([new]))));
    let add = async |body: Value| problems(&house.post("/chats/51840/members", body).await);
    assert_eq!(add(json!({})).await, one(422, "member_ids", "blank"));
    assert_eq!(add(json!({ "member_ids": [1] })).await, one(422, "member_ids", "not_found"));
    assert_eq!(add(json!({ "member_ids": [811], "silent": "yes" })).await, one(422, "silent", "invalid"));
    let message = house.bot_writes(json!({ "entity_id": 51_840, "content": "x" })).await["id"].clone();
    let thread = house.post(&format!("/messages/{message}/thread"), Value::Null).await.json()["data"].clone();
    let path = format!("/chats/{}/members", thread["chat_id"]);
    assert_eq!(house.post(&path, json!({ "member_ids": [814] })).await.status, 204, "a thread's chat takes them too");
    assert_eq!(ids(&house.get(&path).await.json()), [814, 90_210]);
}

//! Comments, transitions and the changelog.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, refused};

#[tokio::test]
async fn comments_are_read_after_a_number_by_pages() {
    let house = House::new().await;
    let key = house.issue(json!({})).await;
    let path = format!("issues/{key}/comments");
    for text in ["a", "b", "c"] {
        assert_eq!(house.post(&path, json!({ "text": text })).await.status, 201);
    }
    let texts = |rows: &Value| -> Vec<String> {
        rows.as_array().unwrap().iter().map(|row| row["text"].as_str().unwrap().to_owned()).collect()
    };
    let all = house.get(&path).await.json();
    assert_eq!(texts(&all), ["a", "b", "c"]);
    assert_eq!((&all[0]["id"], all[0]["longId"].as_str().unwrap().len()), (&json!(12), 24));
    assert_eq!(texts(&house.get(&format!("{path}?id=12")).await.json()), ["b", "c"]);
    let long = all[1]["longId"].as_str().unwrap();
    assert_eq!(texts(&house.get(&format!("{path}?id={long}")).await.json()), ["c"]);
    let page = house.get(&format!("{path}?perPage=2")).await;
    let link = page.headers["link"].to_str().unwrap().to_owned();
    assert_eq!(texts(&page.json()), ["a", "b"]);
    assert!(link.ends_with("/comments?perPage=2&id=13>; rel=\"next\""), "{link}");
    assert_eq!(house.get(&format!("{path}/13")).await.json()["text"], "b");
    assert_eq!(refused(&house.get(&format!("{path}?perPage=0")).await).0, 400);
    assert_eq!(refused(&house.get(&format!("{path}/99")).await).0, 404);
}

#[tokio::test]
async fn a_comment_calls_people_on_purpose_and_is_refused_by_field() {
    let house = House::new().await;
    let key = house.issue(json!({})).await;
    let path = format!("issues/{key}/comments");
    let body = json!({ "text": "Ждём @petr и @nobody.", "summonees": ["vera"] });
    let made = house.post(&format!("{path}?isAddToFollowers=false"), body).await.json();
    assert_eq!(made["summonees"][0]["display"], "Вера Смирнова");
    let written = house.tracker().comments(&key).remove(0);
    assert_eq!((written.summonees, written.mentioned), (vec!["vera".to_owned()], vec!["petr".to_owned()]));
    let issue = house.tracker().issue(&key).unwrap();
    assert_eq!((issue.version, issue.followers.len(), issue.last_comment_at), (1, 0, Some(issue.updated_at)));
    house.post(&path, json!({ "text": "b" })).await;
    assert_eq!(house.tracker().issue(&key).unwrap().followers, ["desk-robot"], "unless it is told not to");
    for (field, body) in [
        ("text", json!({})),
        ("text", json!({ "text": " " })),
        ("text", json!({ "text": 7 })),
        ("summonees", json!({ "text": "a", "summonees": ["nobody"] })),
        ("attachmentIds", json!({ "text": "a", "attachmentIds": [99] })),
        ("author", json!({ "text": "a", "author": "vera" })),
    ] {
        assert_eq!(refused(&house.post(&path, body).await), (422, json!([field])));
    }
    assert_eq!(refused(&house.post("issues/DESK-9/comments", json!({ "text": "a" })).await).0, 404);
}

#[tokio::test]
async fn only_its_author_changes_or_deletes_a_comment() {
    let house = House::new().await;
    let key = house.issue(json!({})).await;
    let hers = house.tracker().comment("vera", &key, "Проверила").unwrap();
    let own = house.post(&format!("issues/{key}/comments"), json!({ "text": "a" })).await.json()["id"].to_string();
    let path = |id: &str| format!("issues/{key}/comments/{id}");
    let changed = house.patch(&path(&own), json!({ "text": "b" })).await.json();
    assert_eq!((&changed["text"], &changed["version"]), (&json!("b"), &json!(2)));
    assert_eq!(refused(&house.patch(&path(&hers.to_string()), json!({ "text": "b" })).await).0, 403);
    assert_eq!(house.call(Method::DELETE, &path(&own), Value::Null).await.status, 204);
    assert_eq!(refused(&house.call(Method::DELETE, &path(&own), Value::Null).await).0, 404);
    assert_eq!(house.tracker().comments(&key).len(), 1);
}

#[tokio::test]
async fn a_transition_wants_its_fields_and_answers_what_is_open_next() {
    let house = House::new().await;
    let key = house.issue(json!({})).await;
    let act = |id: &str| format!("issues/{key}/transitions/{id}/_execute");
    assert_eq!(refused(&house.post(&act("close"), json!({})).await), (422, json!(["resolution"])));
    let wrong = json!({ "resolution": "never" });
    assert_eq!(refused(&house.post(&act("close"), wrong).await), (422, json!(["resolution"])));
    let foreign = json!({ "resolution": "fixed", "summary": "x" });
    assert_eq!(refused(&house.post(&act("close"), foreign).await), (422, json!(["summary"])));
    assert_eq!(refused(&house.post(&act("reopen"), json!({})).await).0, 404, "not open here");
    let next = house.post(&act("close"), json!({ "resolution": { "id": "1" }, "comment": "Готово" })).await;
    assert_eq!((next.status, &next.json()[0]["id"]), (200, &json!("reopen")));
    let closed = house.get(&format!("issues/{key}")).await.json();
    assert_eq!((&closed["status"]["key"], &closed["previousStatus"]["key"]), (&json!("closed"), &json!("open")));
    assert_eq!((&closed["resolution"]["key"], &closed["version"]), (&json!("fixed"), &json!(2)));
    assert!(closed["resolvedAt"].is_string());
    assert_eq!(house.tracker().comments(&key)[0].text, "Готово");
    assert_eq!(house.call(Method::POST, &act("reopen"), Value::Null).await.status, 200, "a body may be left out");
    let open = house.get(&format!("issues/{key}?expand=transitions")).await.json();
    assert!(open.get("resolution").is_none() && open.get("resolvedAt").is_none());
    assert_eq!(open["transitions"], house.get(&format!("issues/{key}/transitions")).await.json());
}

#[tokio::test]
async fn a_queue_has_a_graph_of_its_own() {
    let house = House::new().await;
    let key = house.issue(json!({})).await;
    let graph = json!([{ "id": "away", "display": "Отменить", "from": ["open"], "to": "cancelled" }]);
    house.control.order("/sim/queues/DESK/transitions", graph).await;
    let open = house.get(&format!("issues/{key}/transitions")).await.json();
    assert_eq!((&open[0]["to"]["key"], open.as_array().unwrap().len()), (&json!("cancelled"), 1));
    let order = json!({ "status": "inProgress" });
    assert_eq!(house.control.ask(Method::POST, &format!("/sim/issues/{key}/move"), order).await.status, 404);
    house.control.order(&format!("/sim/issues/{key}/move"), json!({ "status": "cancelled" })).await;
    assert_eq!(house.get(&format!("issues/{key}/transitions")).await.json(), json!([]));
}

#[tokio::test]
async fn the_changelog_is_read_after_an_id_by_pages_and_kinds() {
    let house = House::new().await;
    let key = house.issue(json!({})).await;
    house.tracker().move_to("vera", &key, "inProgress");
    house.tracker().comment("vera", &key, "Взято");
    house.tracker().assign("vera", &key, Some("petr"));
    let path = format!("issues/{key}/changelog");
    let all = house.get(&path).await.json();
    let kinds: Vec<_> = all.as_array().unwrap().iter().map(|row| row["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["IssueCreated", "IssueWorkflow", "IssueCommentAdded", "IssueUpdated"]);
    assert_eq!(all[2]["comments"]["added"][0]["id"], "12", "text here, a number in comments");
    assert_eq!(
        (&all[3]["fields"][0]["from"], &all[3]["fields"][0]["to"]["display"]),
        (&Value::Null, &json!("Пётр Жданов"))
    );
    let second = all[1]["id"].as_str().unwrap();
    assert_eq!(house.get(&format!("{path}?id={second}")).await.json()[0]["type"], "IssueCommentAdded");
    assert_eq!(house.get(&format!("{path}?field=assignee")).await.json()[0]["id"], all[3]["id"]);
    assert_eq!(house.get(&format!("{path}?type=IssueWorkflow")).await.json()[0]["id"], all[1]["id"]);
    let page = house.get(&format!("{path}?perPage=3")).await;
    let link = page.headers["link"].to_str().unwrap().to_owned();
    let next = link.split(['<', '>']).nth(1).unwrap().split_once("/v3/").unwrap().1.to_owned();
    let rest = house.get(&next).await;
    assert_eq!((rest.json()[0]["type"].as_str(), rest.headers.get("link")), (Some("IssueUpdated"), None));
}

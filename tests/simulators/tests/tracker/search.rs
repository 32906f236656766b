//! Search: filters, the query language, pages that move, scrolls that end, the index that lags.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, REF, keys, refused},
    kit::Answer,
};

#[tokio::test]
async fn the_index_knows_a_change_two_seconds_later() {
    let house = House::new().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    let key = house.issue(json!({ REF: "x" })).await;
    let body = json!({ "filter": { "queue": "DESK", REF: "x" }, "order": "-updated" });
    assert_eq!(house.find(body.clone()).await, [""; 0]);
    house.pass(1.9).await;
    assert_eq!(house.find(body.clone()).await, [""; 0]);
    house.pass(0.1).await;
    assert_eq!(house.find(body.clone()).await, [key.as_str()]);
    house.patch(&format!("issues/{key}"), json!({ REF: "y" })).await;
    assert_eq!(house.find(body.clone()).await, [key.as_str()], "as it was");
    house.pass(2.0).await;
    assert_eq!(house.find(body).await, [""; 0]);
    house.switch(json!({ "index_lag_ms": 60_000 })).await;
    house.issue(json!({ REF: "z" })).await;
    house.pass(59.0).await;
    assert_eq!(house.find(json!({ "filter": { REF: "z" } })).await, [""; 0]);
    house.pass(1.0).await;
    assert_eq!(house.find(json!({ "filter": { REF: "z" } })).await.len(), 1);
}

#[tokio::test]
async fn filters_are_equality_lists_and_functions() {
    let house = House::new().await;
    house.still().await;
    let mine = house.issue(json!({ "tags": ["a", "b"], "assignee": "desk-robot", REF: "7" })).await;
    let hers = house.issue(json!({ "tags": ["b"], "assignee": "vera", "author": "o.belova" })).await;
    let free = house.issue(json!({ "followers": ["vera"], "access": ["petr"] })).await;
    house.tracker().move_to("vera", &hers, "closed");
    let other = house.issue(json!({ "queue": "HOUSE" })).await;
    let filter = async |filter: Value| house.find(json!({ "filter": filter, "order": "+key" })).await;
    let desk = [mine.as_str(), &hers, &free];
    assert_eq!(filter(json!({ "queue": "DESK" })).await, desk);
    assert_eq!(filter(json!({ "queue": "29" })).await, desk);
    assert_eq!(filter(json!({ "queue": ["HOUSE"] })).await, [other.as_str()]);
    assert_eq!(filter(json!({ "tags": "b" })).await, [mine.as_str(), &hers]);
    assert_eq!(filter(json!({ "tags": ["a", "z"] })).await, [mine.as_str()]);
    assert_eq!(filter(json!({ "status": ["open", "inProgress"], "queue": "DESK" })).await, [mine.as_str(), &free]);
    assert_eq!(filter(json!({ "statusType": "done" })).await, [hers.as_str()]);
    assert_eq!(filter(json!({ "resolution": "notEmpty()" })).await, [hers.as_str()]);
    assert_eq!(filter(json!({ "assignee": "me()" })).await, [mine.as_str()]);
    assert_eq!(filter(json!({ "assignee": "Empty()", "queue": "DESK" })).await, [free.as_str()]);
    assert_eq!(filter(json!({ "assignee": ["Empty()", "vera"], "queue": "DESK" })).await, [hers.as_str(), &free]);
    assert_eq!(filter(json!({ "assignee": "8000000000000101" })).await, [hers.as_str()]);
    assert_eq!(filter(json!({ "createdBy": "o.belova" })).await, [hers.as_str()]);
    assert_eq!(filter(json!({ "followers": "vera" })).await, [free.as_str()]);
    assert_eq!(filter(json!({ "access": "petr" })).await, [free.as_str()]);
    assert_eq!(filter(json!({ REF: 7 })).await, [mine.as_str()]);
    assert_eq!(filter(json!({ REF: "Empty()", "queue": "DESK" })).await, [hers.as_str(), &free]);
    assert_eq!(house.post("issues/_count", json!({ "filter": { "queue": "DESK" } })).await.text, "3");
    let refuse = async |body: Value| refused(&house.post("issues/_search", body).await);
    assert_eq!(refuse(json!({ "filter": { "unique": "x" } })).await, (422, json!(["unique"])));
    assert_eq!(refuse(json!({ "filter": { "tags": { "a": 1 } } })).await, (422, json!(["tags"])));
    assert_eq!(refuse(json!({ "filter": {}, "order": "-colour" })).await, (422, json!(["order"])));
    assert_eq!(refuse(json!({ "filter": {}, "perPage": 5 })).await, (422, json!(["perPage"])));
    assert_eq!(refuse(json!({})).await, (400, json!([])));
    assert_eq!(refuse(json!({ "queue": "DESK", "filter": {} })).await, (400, json!([])));
    assert_eq!(refused(&house.post("issues/_count", json!({ "queue": "DESK" })).await).0, 422);
}

#[tokio::test]
async fn queues_keys_and_queries_find_too() {
    let house = House::new().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    house.switch(json!({ "index_lag_ms": 0 })).await;
    let old = house.issue(json!({})).await;
    house.pass(86_400.0).await;
    let (new, other) = (house.issue(json!({})).await, house.issue(json!({ "queue": "HOUSE" })).await);
    house.pass(60.0).await;
    house.tracker().comment("vera", &old, "Пишу");
    let query = async |text: String| house.find(json!({ "query": text })).await;
    let day: jiff::Timestamp = house.tracker().issue(&new).unwrap().created_at;
    let (day, second) = (day.strftime("%Y-%m-%d"), day.strftime("%Y-%m-%d %H:%M:%S"));
    assert_eq!(house.find(json!({ "queue": "DESK" })).await, [old.as_str(), &new]);
    assert_eq!(house.find(json!({ "keys": [&other, &new] })).await, [new.as_str(), &other]);
    assert_eq!(house.find(json!({ "keys": &old })).await, [old.as_str()]);
    assert_eq!(query("Queue: DESK".to_owned()).await, [old.as_str(), &new]);
    assert_eq!(
        query("Queue: DESK, HOUSE \"Sort By\": Created DESC, \"Sort By\": Key".replace(", \"Sort By\": Key", ""))
            .await
            .len(),
        3
    );
    let updated = format!("Queue: DESK Updated: >= \"{day}\" \"Sort By\": Updated ASC");
    assert_eq!(query(updated).await, [new.as_str(), &old], "a comment moves it");
    assert_eq!(query(format!("Queue: DESK Created: < \"{day}\"")).await, [old.as_str()]);
    assert_eq!(query(format!("Updated: > \"{second}\"")).await, [old.as_str()]);
    assert_eq!(query(format!("Created: \"{day}\" \"Sort By\": Key DESC")).await, [other.as_str(), &new]);
    assert_eq!(query(format!("Created: <= \"{second}\"")).await.len(), 3);
    for wrong in
        ["Assignee: me()", "Queue", "Queue: \"DESK", "Updated: >= \"soon\"", "\"Sort By\": Colour", "Queue: > DESK"]
    {
        assert_eq!(refused(&house.post("issues/_search", json!({ "query": wrong })).await).0, 400, "{wrong}");
    }
    assert_eq!(house.post("issues/_count", json!({ "query": "Queue: HOUSE" })).await.text, "1");
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn pages_are_made_anew_so_that_a_row_that_leaves_hides_another() {
    let house = House::new().await;
    house.still().await;
    house.control.make("/sim/issues", json!({ "person": "o.belova", "count": 230 })).await;
    let page = async |number: u32| {
        let path = format!("issues/_search?perPage=100&page={number}");
        house.post(&path, json!({ "filter": { "status": "open" }, "order": "+key" })).await
    };
    let first = page(1).await;
    assert_eq!((header(&first, "x-total-count"), header(&first, "x-total-pages")), (Some("230"), Some("3")));
    let link = header(&first, "link").unwrap();
    assert!(link.contains("page=2>; rel=\"next\"") && link.contains("page=3>; rel=\"last\""), "{link}");
    house.tracker().move_to("vera", "DESK-41", "closed");
    let (second, third) = (page(2).await, page(3).await);
    let seen: Vec<_> = [&first, &second, &third].into_iter().flat_map(|page| keys(&page.json())).collect();
    assert_eq!((seen.len(), header(&third, "x-total-count")), (229, Some("229")));
    assert!(!seen.contains(&"DESK-141".to_owned()), "it moved to the first page");
    assert!(!header(&third, "link").unwrap().contains("next"));
    assert_eq!(keys(&page(9).await.json()), [""; 0]);
    assert_eq!(keys(&house.post("issues/_search", json!({ "queue": "DESK" })).await.json()).len(), 50);
    let refuse =
        async |query: &str| house.post(&format!("issues/_search?{query}"), json!({ "queue": "DESK" })).await.status;
    assert_eq!(refuse("perPage=1001").await, 400);
    assert_eq!(refuse("page=0").await, 400);
    assert_eq!(refuse("perPage=100&page=101").await, 400, "beyond the ten thousandth");
    let wide = house.post("issues/_search?expand=transitions", json!({ "keys": ["DESK-42"] })).await.json();
    assert_eq!(wide[0]["transitions"][0]["id"], "start_progress");
}

#[tokio::test]
async fn a_scroll_does_not_move_and_ends() {
    let house = House::new().await;
    house.still().await;
    house.control.make("/sim/issues", json!({ "count": 5 })).await;
    let body = json!({ "filter": { "status": "open" } });
    let scroll = async |query: &str, body: &Value| house.post(&format!("issues/_search?{query}"), body.clone()).await;
    let first = scroll("scrollType=sorted&perScroll=2&scrollTTLMillis=10000", &body).await;
    assert_eq!((keys(&first.json()).len(), header(&first, "x-total-count")), (2, Some("5")));
    let id = header(&first, "x-scroll-id").unwrap().to_owned();
    let next = format!("scrollId={id}&perScroll=2&scrollTTLMillis=10000");
    house.tracker().move_to("vera", "DESK-43", "closed");
    assert_eq!(refused(&scroll(&next, &json!({ "filter": {} })).await).0, 400, "the same body");
    assert_eq!(keys(&scroll(&next, &body).await.json()), ["DESK-43", "DESK-44"]);
    house.pass(10.0).await;
    let last = scroll(&next, &body).await;
    assert_eq!((keys(&last.json()), header(&last, "x-scroll-id")), (vec!["DESK-45".to_owned()], None));
    assert_eq!(scroll(&next, &body).await.status, 400, "it is over");
    let again = scroll("scrollType=unsorted&perScroll=1&scrollTTLMillis=10000", &body).await;
    let (id, token) = (header(&again, "x-scroll-id").unwrap(), header(&again, "x-scroll-token").unwrap());
    house.pass(10.1).await;
    assert_eq!(scroll(&format!("scrollId={id}"), &body).await.status, 400, "too late");
    assert_eq!(house.post("system/search/scroll/_clear", json!({ id: token })).await.status, 404);
    let third = scroll("scrollType=sorted&perScroll=1", &body).await;
    let (id, token) = (header(&third, "x-scroll-id").unwrap(), header(&third, "x-scroll-token").unwrap());
    let clear = async |token: &str| house.post("system/search/scroll/_clear", json!({ id: token })).await.status;
    assert_eq!((clear("another").await, clear(token).await), (404, 204));
    assert_eq!(scroll(&format!("scrollId={id}"), &body).await.status, 400);
    for wrong in ["scrollType=quick", "scrollType=sorted&perScroll=1001"] {
        assert_eq!(scroll(wrong, &body).await.status, 400);
    }
    let refused = scroll("scrollType=sorted", &json!({ "queue": "DESK" })).await;
    assert_eq!((refused.status, &refused.json()["errorMessages"][0]), (400, &json!("Scroll is not supported")));
    assert_eq!(house.call(Method::GET, "issues/_search", Value::Null).await.status, 405);
}

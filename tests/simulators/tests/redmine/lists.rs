//! The list of issues: filters, operators, the order, pages, and times with their fractions.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    house::{House, ids},
    kit::send,
};

#[tokio::test]
async fn open_issues_are_listed_unless_a_status_is_asked_for() {
    let house = House::new().await;
    for status in [1, 2, 5] {
        let id = house.issue(json!({})).await;
        house.change("sup1", id, json!({ "status_id": status })).await;
    }
    assert_eq!(house.list("sup1", "sort=id").await, (vec![1, 2], 2));
    for (asked, wanted) in [
        ("open", vec![1, 2]),
        ("closed", vec![3]),
        ("*", vec![1, 2, 3]),
        ("2", vec![2]),
        ("1%7C5", vec![1, 3]),
        ("!5", vec![1, 2]),
        ("foo", vec![]),
    ] {
        assert_eq!(house.list("sup1", &format!("status_id={asked}&sort=id")).await.0, wanted, "{asked}");
    }
    let blank = house.get("sup1", "/issues.json?status_id=").await;
    assert_eq!((blank.status, blank.json()), (422, json!({ "errors": ["Status cannot be blank"] })));
}

#[tokio::test]
async fn every_filter_of_the_contract_finds_its_issues() {
    let house = House::new().await;
    house.control.order("/sim/fields", json!({ "id": 7, "name": "Floor" })).await;
    let parent = house.issue(json!({ "assigned_to_id": 6, "priority_id": 4, "subject": "Printer on fire" })).await;
    let child = house.issue(json!({ "parent_issue_id": parent, "tracker_id": 1, "watcher_user_ids": [6] })).await;
    let other = house.post("rep1", "/issues.json", json!({ "issue": { "project_id": 1, "subject": "Phone" } })).await;
    let other = other.json()["issue"]["id"].as_u64().unwrap();
    house.change("sup1", other, json!({ "custom_fields": [{ "id": 7, "value": "third" }] })).await;
    let grand = house.issue(json!({ "parent_issue_id": child, "tracker_id": 2 })).await;
    for (who, query, wanted) in [
        ("agent1", "assigned_to_id=me", vec![parent]),
        ("sup1", "assigned_to_id=6", vec![parent]),
        ("sup1", "assigned_to_id=!*", vec![child, other, grand]),
        ("sup1", "assigned_to_id=*", vec![parent]),
        ("rep1", "author_id=me", vec![other]),
        ("sup1", "author_id=!me", vec![other]),
        ("agent1", "watcher_id=me", vec![child]),
        ("sup1", "priority_id=4", vec![]),
        ("sup1", "tracker_id=1%7C2", vec![child, other, grand]),
        ("sup1", "parent_id=1", vec![child]),
        ("sup1", "parent_id=~1", vec![child, grand]),
        ("sup1", "parent_id=!*", vec![parent, other]),
        ("sup1", "issue_id=1,3,99", vec![parent, other]),
        ("sup1", "subject=~fire+PRINTER", vec![parent]),
        ("sup1", "subject=^phone", vec![other]),
        ("sup1", "cf_7=third", vec![other]),
        ("sup1", "cf_8=third", vec![parent, child, other, grand]),
        ("sup1", "project_id=desk", vec![parent, child, other, grand]),
        ("sup1", "project_id=1", vec![parent, child, other, grand]),
        ("sup1", "query_id=2", vec![parent, child, grand]),
        ("sup1", "closed_on=*&status_id=*", vec![]),
        ("sup1", "created_on=t", vec![parent, child, other, grand]),
        ("sup1", "created_on=%3Ct-1", vec![]),
    ] {
        assert_eq!(house.list(who, &format!("{query}&sort=id")).await.0, wanted, "{query}");
    }
    let brackets = "f[]=subject&op[subject]=~&v[subject][]=fire&f[]=status_id&op[status_id]=*";
    assert_eq!(house.list("sup1", brackets).await.0, [parent]);
    for (query, status) in
        [("project_id=nope", 404), ("query_id=77", 404), ("issue_id=a", 422), ("closed_on=%3E%3Dfoo", 422)]
    {
        assert_eq!(house.get("sup1", &format!("/issues.json?{query}")).await.status, status, "{query}");
    }
    let wrong = house.get("sup1", "/issues.json?updated_on=%3E%3D2026-13-45").await;
    assert_eq!(wrong.json(), json!({ "errors": ["Updated is invalid"] }));
}

#[tokio::test]
async fn a_filter_or_an_order_nobody_knows_is_passed_over() {
    let house = House::new().await;
    let id = house.issue(json!({})).await;
    let probe = "status_id=*&limit=1";
    assert_eq!(house.list("sup1", &format!("updated_on=%3E%3D2100-01-01T00:00:00Z&{probe}")).await, (vec![], 0));
    assert_eq!(house.list("sup1", &format!("updatd_on=%3E%3D2100-01-01T00:00:00Z&{probe}")).await, (vec![id], 1));
    let second = house.issue(json!({})).await;
    assert_eq!(house.list("sup1", "sort=nonsense:asc").await.0, [second, id], "the newest number first");
}

#[tokio::test]
async fn a_lower_bound_is_inclusive_and_returns_rows_of_the_second_before() {
    let house = House::at("2026-11-20T09:13:29.4Z").await;
    let early = house.issue(json!({})).await;
    house.pass(0.7).await;
    let late = house.issue(json!({})).await;
    let row = house.get("sup1", &format!("/issues/{early}.json")).await.json();
    assert_eq!(row["issue"]["updated_on"], "2026-11-20T09:13:29Z");
    let from = |from: &str| format!("updated_on=%3E%3D2026-11-20T{from}Z&sort=id");
    assert_eq!(house.list("sup1", &from("09:13:30")).await.0, [early, late], "shown a second older than asked");
    assert_eq!(house.list("sup1", &from("09:13:29")).await.0, [early, late]);
    assert_eq!(house.list("sup1", &from("09:13:31")).await.0, [late]);
    assert_eq!(house.list("sup1", &from("09:13:32")).await.0, [0_u64; 0]);
    let until = |until: &str| format!("updated_on=%3C%3D2026-11-20T{until}Z&sort=id");
    assert_eq!(house.list("sup1", &until("09:13:30")).await.0, [early], "the second's fractions are beyond it");
    let both = "updated_on=%3E%3C2026-11-20T09:13:30Z%7C2026-11-20T09:13:30Z";
    assert_eq!(house.list("sup1", both).await.0, [early]);
}

#[tokio::test]
async fn a_day_is_that_of_the_keys_owner() {
    let house = House::at("2026-11-20T22:30:00Z").await;
    let id = house.issue(json!({})).await;
    assert_eq!(house.list("sup1", "created_on=2026-11-20").await.0, [id]);
    house.control.make("/sim/people", json!({ "login": "sup1", "utc_offset": 3 })).await;
    assert_eq!(house.list("sup1", "created_on=2026-11-20").await.0, [0_u64; 0]);
    assert_eq!(house.list("sup1", "created_on=2026-11-21").await.0, [id]);
    assert_eq!(house.list("sup1", "created_on=%3E%3D2026-11-21").await.0, [id]);
}

#[tokio::test]
async fn pages_are_capped_and_tell_what_they_took() {
    let house = House::new().await;
    house.control.make("/sim/issues", json!({ "count": 250 })).await;
    let page = async |query: &str| {
        let body = house.get("sup1", &format!("/issues.json?sort=id&{query}")).await.json();
        (ids(&body["issues"]), body["offset"].clone(), body["limit"].clone(), body["total_count"].clone())
    };
    let (rows, offset, limit, total) = page("limit=500").await;
    assert_eq!((rows.len(), offset, limit, total), (100, json!(0), json!(100), json!(250)));
    let (rows, offset, limit, _) = page("limit=0").await;
    assert_eq!((rows.len(), offset, limit), (25, json!(0), json!(25)));
    assert_eq!(page("limit=100&offset=200").await.0.len(), 50);
    assert_eq!(page("limit=100&page=3").await.0[0], 201);
    assert_eq!(page("limit=-1&offset=-5").await.0[0], 1);
}

#[tokio::test]
async fn an_order_is_by_its_columns_and_then_by_the_newest() {
    let house = House::at("2026-11-20T09:00:00.1Z").await;
    for priority in [2, 4, 2] {
        house.issue(json!({ "priority_id": priority })).await;
        house.pass(1.0).await;
    }
    house.change("sup1", 1, json!({ "notes": "a" })).await;
    for (sort, wanted) in [
        ("updated_on:asc,id:asc", [2, 3, 1]),
        ("updated_on:desc", [1, 3, 2]),
        ("priority:desc,id", [2, 1, 3]),
        ("created_on", [1, 2, 3]),
        ("", [3, 2, 1]),
    ] {
        assert_eq!(house.list("sup1", &format!("sort={sort}")).await.0, wanted, "{sort}");
    }
}

#[tokio::test]
async fn operators_that_are_not_encoded_are_a_bare_400_of_the_web_server() {
    let house = House::new().await;
    let at = house.server.base().trim_start_matches("http://").replace("/redmine", "");
    let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
    let request = "GET /redmine/issues.json?updated_on=>=2026-11-20 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn lists_show_no_journals_and_what_is_hidden_is_not_counted() {
    let house = House::new().await;
    let id = house.issue(json!({ "is_private": true })).await;
    house.change("sup1", id, json!({ "notes": "a" })).await;
    let body = house.get("sup1", "/issues.json?include=journals,attachments,relations").await.json();
    let row = &body["issues"][0];
    assert_eq!((row.get("journals"), &row["attachments"], &row["relations"]), (None, &json!([]), &json!([])));
    assert_eq!(row.get("assigned_to"), None, "empty references are absent");
    assert_eq!(house.list("rep1", "status_id=*").await, (vec![], 0));
    assert_eq!(house.list("admin", "status_id=*").await, (vec![id], 1));
}

#[tokio::test]
async fn the_servers_clock_is_told_by_the_date_unless_it_tells_none() {
    let house = House::at("2026-11-20T09:15:30.9Z").await;
    let date = async || {
        let answer = send(house.request("sup1", Method::GET, "/issues.json")).await.unwrap();
        answer.headers["date"].to_str().unwrap().to_owned()
    };
    assert_eq!(date().await, "Fri, 20 Nov 2026 09:15:30 GMT");
    house.pass(-30.0).await;
    assert_eq!(date().await, "Fri, 20 Nov 2026 09:15:00 GMT");
    house.switch(json!({ "no_date": true })).await;
    assert_eq!(date().await, "");
    house.control.order("/sim/fault", json!({ "fault": { "kind": "html", "status": 200 } })).await;
    assert_eq!(date().await, "", "faults go by the same clock");
    house.control.ask(Method::POST, "/sim/fault", json!({ "heal": true })).await;
    let log: Value = house.control.get("/sim/log").await;
    assert_eq!(log[0]["at"], "2026-11-20T09:15:30.9Z");
}

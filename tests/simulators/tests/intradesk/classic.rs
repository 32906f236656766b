//! The classic product over the same tasks: its account, its lists, its wrappers and its dates.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, LOGIN},
    kit::{Answer, send},
};

async fn get(house: &House, path: &str, query: &[(&str, &str)]) -> Answer {
    send(house.classic(Method::GET, path).query(query)).await.unwrap()
}

async fn ids(house: &House, query: &[(&str, &str)]) -> Vec<u64> {
    let answer = get(house, "/api/task", query).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["Tasks"].as_array().unwrap().iter().map(|row| row["Id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_wrong_account_is_401_and_anything_but_json_406() {
    let house = House::with_tasks(1).await;
    let url = format!("{}/api/task", house.desk.classic_base());
    let bare = || house.http.get(&url).header("Accept", "application/json");
    let wrong = send(bare().basic_auth(LOGIN, Some("tulip"))).await.unwrap();
    assert_eq!((wrong.status, wrong.text.as_str()), (401, ""));
    assert!(wrong.headers["www-authenticate"].to_str().unwrap().starts_with("Basic"));
    assert_eq!(send(bare()).await.unwrap().status, 401);
    assert_eq!(send(bare().bearer_auth(house.token().await)).await.unwrap().status, 401);
    let xml = house.http.get(&url).basic_auth(LOGIN, Some("PASSWORD"));
    assert_eq!(send(xml).await.unwrap().status, 406);
    assert_eq!(get(&house, "/api/task", &[]).await.status, 200);
}

#[tokio::test]
async fn lists_of_ids_are_texts_with_commas() {
    let house = House::with_tasks(4).await;
    house.tasks(54_003, 171_000, 2);
    house.tenant().take(170_901, Some(583_001));
    house.tenant().take(171_000, Some(583_004));
    house.tenant().enter(170_902, Some(106_948));
    let sorted = ("sort", "Id asc");
    assert_eq!(ids(&house, &[("ExecutorIds", "583001, 583004"), sorted]).await, [170_901, 171_000]);
    assert_eq!(ids(&house, &[("StatusIds", "106948,29")]).await, [170_902]);
    assert_eq!(ids(&house, &[("ServiceIds", "54003"), sorted]).await, [171_000, 171_001]);
    assert_eq!(ids(&house, &[("search", "заявка 170903")]).await, [170_903]);
    assert_eq!(ids(&house, &[("sort", "Created desc"), ("pagesize", "2")]).await, [170_903, 170_902]);
    for (name, value) in [
        ("ExecutorIds", "[7]"),
        ("ExecutorIds", ""),
        ("StatusIds", "open"),
        ("include", "colour"),
        ("fields", "Id,Colour"),
        ("sort", "Colour"),
        ("sort", "Id up"),
        ("page", "0"),
        ("pagesize", "201"),
        ("count", "all"),
        ("$filter", "Id eq 1"),
    ] {
        let answer = get(&house, "/api/task", &[(name, value)]).await;
        assert_eq!(answer.status, 400, "{name}={value}");
        assert!(answer.json()["Message"].as_str().unwrap().contains(name));
    }
    assert_eq!(house.tenant().lists()[&54_003], 1);
}

#[tokio::test]
async fn the_paginator_counts_unless_it_is_told_not_to() {
    let house = House::with_tasks(27).await;
    let last = get(&house, "/api/task", &[("page", "2")]).await.json();
    let expected = json!({ "Count": 27, "Page": 2, "PageCount": 2, "PageSize": 25, "CountOnPage": 2 });
    assert_eq!(last["Paginator"], expected);
    let uncounted = get(&house, "/api/task", &[("count", "false"), ("pagesize", "200")]).await.json();
    assert_eq!(uncounted["Paginator"], json!({ "Page": 1, "PageSize": 200, "CountOnPage": 27 }));
    assert_eq!(ids(&house, &[("page", "3")]).await, [0_u64; 0]);
    let rows = get(&house, "/api/task", &[("fields", "Id,Name"), ("pagesize", "1")]).await.json();
    assert_eq!(rows["Tasks"], json!([{ "Id": 170_926, "Name": "Заявка 170926" }]));
}

#[tokio::test]
async fn wrappers_and_dates_are_as_they_are_switched() {
    let house = House::with_tasks(1).await;
    let list = async || get(&house, "/api/task", &[("include", "status")]).await.json();
    let task = async || get(&house, "/api/task/170900", &[]).await.json();
    let user = async || get(&house, "/api/user", &[("getcurrentuserinfo", "true")]).await.json();
    assert_eq!(list().await["Statuses"], json!([{ "Id": 106_939, "Name": "Открыта" }]));
    assert_eq!(task().await["Task"]["Created"], "2026-10-28T11:20:00");
    assert_eq!(user().await["CurrentUserInfo"]["Login"], LOGIN);
    house
        .switch(json!({
            "classic_list": "task_list", "classic_task": "bare", "classic_user": "curren", "classic_dates": "dotted",
        }))
        .await;
    assert_eq!(list().await["TaskList"]["Tasks"][0]["Id"], 170_900);
    assert_eq!(list().await["TaskList"]["Paginator"]["Count"], 1);
    assert_eq!(task().await["Created"], "28.10.2026 11:20:00");
    assert_eq!(user().await["CurrenUserInfo"]["Login"], LOGIN);
    house.switch(json!({ "classic_list": "array", "classic_task": "tasks", "classic_dates": "milliseconds" })).await;
    assert_eq!(list().await[0]["Id"], 170_900);
    assert_eq!(task().await["Tasks"][0]["Created"], "/Date(1793175600000)/");
    assert_eq!(get(&house, "/api/user", &[]).await.status, 400);
    let statuses = get(&house, "/api/taskstatus", &[]).await.json();
    assert_eq!(statuses[2], json!({ "Id": 106_950, "Name": "Выполнена", "IsFixed": true, "IsFinal": true }));
    assert_eq!(get(&house, "/api/task/1", &[]).await.status, 404);
}

#[tokio::test]
async fn a_task_is_given_to_people_by_their_ids_in_a_text() {
    let house = House::with_tasks(1).await;
    let put = async |number: u64, body: Value| {
        send(house.classic(Method::PUT, &format!("/api/task/{number}")).json(&body)).await.unwrap()
    };
    let given = put(170_900, json!({ "ExecutorIds": "583001, 583002" })).await;
    assert_eq!((given.status, &given.json()["Task"]["ExecutorIds"]), (200, &json!("583001, 583002")));
    let row = house.get("/tasklist/odata/tasks", &[]).await.json()["value"][0].clone();
    assert_eq!(row["executor"], 583_001, "the cloud shows the same task");
    for body in [
        json!({ "ExecutorIds": 583_001 }),
        json!({ "ExecutorIds": "583001;583002" }),
        json!({ "ExecutorIds": "583003" }),
        json!({ "ExecutorIds": "583001", "Comment": "а" }),
        json!({}),
        json!([]),
    ] {
        let answer = put(170_900, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    assert_eq!(put(1, json!({ "ExecutorIds": "583001" })).await.status, 404);
    let freed = put(170_900, json!({ "ExecutorIds": "" })).await;
    assert_eq!((freed.status, house.executor(170_900)), (200, None));
    let taken = house.control.get("/sim/assignments").await;
    assert_eq!((taken.as_array().unwrap().len(), &taken[0]["by"]), (1, &json!("classic")));
    assert_eq!(house.tenant().in_flight().highest[&54_001], 1);
    house.fault(json!({ "kind": "refuse", "status": 500 }), "classic/change/170900", 1).await;
    assert_eq!(put(170_900, json!({ "ExecutorIds": "583001" })).await.status, 500);
}

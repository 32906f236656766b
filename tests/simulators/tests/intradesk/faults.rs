//! What can be wrong, for a call, a task, a service or a page; and how many writes are under way.

use serde_json::{Value, json};

use crate::{
    house::{House, assignment},
    kit::send,
};
use reqwest::Method;

#[tokio::test]
async fn a_write_may_be_done_and_its_answer_lost() {
    let house = House::with_tasks(2).await;
    house.fault(json!({ "kind": "drop_after_commit" }), "change", 1).await;
    let put = |number| send(house.request(Method::PUT, "/changes/tasks").json(&assignment(number, 583_001)));
    assert!(put(170_900).await.is_err());
    assert_eq!(house.executor(170_900), Some(583_001));
    house.fault(json!({ "kind": "reset" }), "change", 1).await;
    assert!(put(170_901).await.is_err());
    assert_eq!(house.executor(170_901), None, "the connection broke before");
    let log = house.control.get("/sim/log").await;
    let shown = |call: &Value| (call["name"].clone(), call["status"].clone(), call["request"]["fault"].clone());
    assert_eq!(shown(&log[0]), (json!("change"), Value::Null, json!("drop_after_commit")));
    assert_eq!(shown(&log[1]), (json!("change"), Value::Null, json!("reset")));
    assert_eq!(log[0]["request"]["body"], assignment(170_900, 583_001));
    assert_eq!(log[0]["line"], "PUT /changes/tasks");
}

#[tokio::test]
async fn answers_are_replaced_by_the_refusals_of_the_contract() {
    let house = House::with_tasks(1).await;
    let path = "/tasklist/odata/tasks";
    house.fault(json!({ "kind": "html", "status": 503 }), "tasks", 1).await;
    let busy = house.get(path, &[]).await;
    assert_eq!((busy.status, busy.headers["content-type"].to_str().unwrap()), (503, "text/html; charset=utf-8"));
    house.fault(json!({ "kind": "refuse", "status": 429, "retry_after": 2 }), "tasks", 1).await;
    let many = house.get(path, &[]).await;
    assert_eq!((many.status, many.text.as_str(), many.headers["retry-after"].to_str().unwrap()), (429, "", "2"));
    house.fault(json!({ "kind": "refuse", "status": 500 }), "list/54001", 1).await;
    assert_eq!(house.get(path, &[("$filter", "service eq 54003")]).await.status, 200);
    assert_eq!(house.get(path, &[("$filter", "service eq 54001")]).await.status, 500);
    house.fault(json!({ "kind": "truncated_json" }), "tasks", 1).await;
    let half = house.get(path, &[]).await;
    assert!(half.status == 200 && serde_json::from_str::<Value>(&half.text).is_err());
    house.fault(json!({ "kind": "delay", "ms": 5 }), "tasks", 1).await;
    assert_eq!(house.get(path, &[]).await.status, 200);
    assert_eq!(house.get(path, &[]).await.status, 200);
}

#[tokio::test]
async fn one_task_fails_so_often_and_its_neighbours_do_not() {
    let house = House::with_tasks(3).await;
    house.fault(json!({ "kind": "refuse", "status": 500 }), "change/170901", 2).await;
    let mut statuses = Vec::new();
    for number in [170_900, 170_901, 170_901, 170_902, 170_901] {
        statuses.push(house.assign(number, 583_001).await.status);
    }
    assert_eq!(statuses, [200, 500, 500, 200, 200]);
    house
        .control
        .order("/sim/fault", json!({ "fault": { "kind": "refuse", "status": 403 }, "on": "task/170900" }))
        .await;
    for _ in 0..3 {
        assert_eq!(house.assign(170_900, 583_002).await.status, 403);
        let by_id = json!({ "id": 4_450_000, "blocks": { "name": "{\"value\":\"а\"}" } });
        assert_eq!(house.put("/changes/v3/tasks", by_id).await.status, 403);
        for filter in ["tasknumber eq 170900", "id eq 4450000"] {
            assert_eq!(house.get("/tasklist/odata/tasks", &[("$filter", filter)]).await.status, 403);
        }
    }
    assert_eq!(house.numbers(&[]).await.len(), 3, "a list is not about one task");
    house.control.order("/sim/fault", json!({ "heal": true })).await;
    assert_eq!(house.assign(170_900, 583_002).await.status, 200);
}

#[tokio::test]
async fn one_page_of_a_list_fails() {
    let house = House::with_tasks(30).await;
    house.fault(json!({ "kind": "refuse", "status": 500 }), "employees/page2", 1).await;
    let page = async |skip: &str| house.get("/settings/odata/Employees", &[("$top", "5"), ("$skip", skip)]).await;
    assert_eq!(page("0").await.status, 200);
    assert_eq!(page("10").await.status, 200);
    assert_eq!(page("5").await.status, 500);
    assert_eq!(page("5").await.status, 200, "only once");
    house.fault(json!({ "kind": "refuse", "status": 500 }), "serviceusers/54003", 1).await;
    assert_eq!(house.get("/settings/api/serviceusers/54001", &[]).await.status, 200);
    assert_eq!(house.get("/settings/api/serviceusers/54003", &[]).await.status, 500);
    house.fault(json!({ "kind": "refuse", "status": 500 }), "tasks/page2", 1).await;
    assert_eq!(house.get("/tasklist/odata/tasks", &[]).await.status, 200);
    assert_eq!(house.get("/tasklist/odata/tasks", &[("$skip", "25")]).await.status, 500);
}

#[tokio::test]
async fn writes_under_way_are_counted_by_service_and_over_all() {
    let house = House::with_tasks(3).await;
    house.tasks(54_004, 171_000, 1);
    house.control.order("/sim/hold", json!({ "writes": true })).await;
    let start = |number, person| {
        let request = house.request(Method::PUT, "/changes/tasks").json(&assignment(number, person));
        tokio::spawn(send(request))
    };
    let wait = async |count: u32| {
        while house.tenant().in_flight().now.values().sum::<u32>() < count {
            tokio::task::yield_now().await;
        }
    };
    let first = [start(170_900, 583_001), start(171_000, 583_008)];
    wait(2).await;
    assert_eq!((house.executor(170_900), house.executor(171_000)), (None, None), "nothing is done while it is held");
    house.control.order("/sim/hold", json!({ "writes": false })).await;
    for write in first {
        assert_eq!(write.await.unwrap().unwrap().json()["isSuccess"], true);
    }
    let counts = house.control.get("/sim/state").await["in_flight"].clone();
    let expected = json!({ "now": {}, "highest": { "54001": 1, "54004": 1 }, "highest_of_all": 2 });
    assert_eq!(counts, expected);
    house.control.order("/sim/hold", json!({ "writes": true })).await;
    let second = [start(170_901, 583_001), start(170_902, 583_001)];
    wait(2).await;
    assert_eq!(house.tenant().in_flight().highest[&54_001], 2, "two of one service are seen");
    house.control.order("/sim/hold", json!({ "writes": false })).await;
    for write in second {
        assert_eq!(write.await.unwrap().unwrap().status, 200);
    }
}

#[tokio::test]
async fn a_write_whose_client_is_gone_is_not_under_way() {
    let house = House::with_tasks(1).await;
    house.control.order("/sim/hold", json!({ "writes": true })).await;
    let request = house.request(Method::PUT, "/changes/tasks").json(&assignment(170_900, 583_001));
    let write = tokio::spawn(send(request));
    while house.tenant().in_flight().now.is_empty() {
        tokio::task::yield_now().await;
    }
    write.abort();
    while !house.tenant().in_flight().now.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.executor(170_900), None);
}

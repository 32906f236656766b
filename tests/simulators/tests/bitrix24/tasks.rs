//! Tasks: adding, changing, finding, and the load of people.

use pult_simulators::service::php;
use serde_json::{Value, json};

use crate::house::{House, no};

async fn add(house: &House, more: Value) -> Value {
    let mut fields = json!({ "TITLE": "Раскрой", "RESPONSIBLE_ID": 61 });
    for (key, value) in more.as_object().unwrap() {
        fields[key] = value.clone();
    }
    house.call("tasks.task.add", json!({ "fields": fields })).await.json()
}

fn ids(result: &Value) -> Vec<u64> {
    let id = |row: &Value| row["id"].as_str().unwrap().parse().unwrap();
    result["tasks"].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn fields_that_contradict_each_other_are_refused() {
    let house = House::new().await;
    let (start, end) = ("2026-11-05T09:00:00+03:00", "2026-11-05T18:00:00+03:00");
    for wrong in [
        json!({ "START_DATE_PLAN": start }),
        json!({ "START_DATE_PLAN": end, "END_DATE_PLAN": start }),
        json!({ "DEADLINE": "05.11.2026" }),
        json!({ "GROUP_ID": 404 }),
        json!({ "CREATED_BY": 404 }),
        json!({ "PRIORITY": 3 }),
        json!({ "UF_TASK_WEBDAV_FILES": ["n19034"] }),
        json!({ "UF_TASK_WEBDAV_FILES": [1881] }),
        json!({ "TITLE": "x".repeat(251) }),
    ] {
        assert_eq!(add(&house, wrong.clone()).await["error"], "ERROR_CORE", "{wrong}");
    }
    assert_eq!(house.control.get("/sim/tasks").await.as_array().unwrap().len(), 9, "nothing was made");
    let good = json!({
        "START_DATE_PLAN": start, "END_DATE_PLAN": end, "DEADLINE": end, "TIME_ESTIMATE": 14_400, "GROUP_ID": "34",
        "ALLOW_TIME_TRACKING": "Y", "MATCH_WORK_TIME": "Y", "TAGS": ["1c"], "XML_ID": "1c:1:1",
    });
    assert_eq!(add(&house, good.clone()).await["result"]["task"]["groupId"], "34");
    house.control.order("/sim/switches", json!({ "reject_tags": true })).await;
    assert_eq!(add(&house, good).await["error"], "ERROR_CORE");
}

#[tokio::test]
async fn a_task_is_found_by_title_group_and_day_and_not_by_its_mark() {
    let house = House::new().await;
    let made = add(&house, json!({ "GROUP_ID": 34, "XML_ID": "1c:1:1" })).await["result"]["task"]["id"].clone();
    add(&house, json!({ "GROUP_ID": 34, "XML_ID": "1c:1:2" })).await;
    let filter = json!({ "GROUP_ID": 34, "TITLE": "Раскрой", ">=CREATED_DATE": "2020-01-01T00:00:00+03:00" });
    let list = json!({ "filter": filter, "select": ["ID", "XML_ID"], "order": { "ID": "asc" } });
    let found = house.result("tasks.task.list", list).await;
    assert_eq!((&found["tasks"][0]["id"], &found["tasks"][0]["xmlId"]), (&made, &json!("1c:1:1")));
    let by_mark = json!({ "filter": { "XML_ID": "1c:1:1" }, "select": ["ID"] });
    assert_eq!(house.call("tasks.task.list", by_mark.clone()).await.json()["total"], 11, "no filter at all");
    house.control.order("/sim/switches", json!({ "xml_id_filters": true })).await;
    assert_eq!(house.call("tasks.task.list", by_mark).await.json()["total"], 1);
    let future = json!({ "filter": { ">=CREATED_DATE": "2100-01-01T00:00:00+03:00" } });
    assert_eq!(ids(&house.result("tasks.task.list", future).await), [0; 0]);
}

#[tokio::test]
async fn the_load_is_what_is_open() {
    let house = House::new().await;
    let list = json!({
        "filter": { "RESPONSIBLE_ID": [61, 62, 63], "REAL_STATUS": [2, 3] }, "start": 0,
        "select": ["ID", "RESPONSIBLE_ID", "STATUS", "TIME_ESTIMATE", "TIME_SPENT_IN_LOGS", "DEADLINE", "END_DATE_PLAN"],
    });
    let rows = house.result("tasks.task.list", list.clone()).await;
    assert_eq!(ids(&rows), [20_406, 20_405, 20_404], "the newest first");
    assert_eq!(
        (&rows["tasks"][2]["timeEstimate"], &rows["tasks"][2]["timeSpentInLogs"]),
        (&json!("7200"), &json!("3600"))
    );
    assert_eq!(rows["tasks"][0]["timeSpentInLogs"], Value::Null, "nobody logged anything");
    house.control.order("/sim/tasks/20406", json!({ "status": 5 })).await;
    house.control.make("/sim/tasks", json!({ "responsible": 63, "time_estimate": 60, "count": 2 })).await;
    assert_eq!(ids(&house.result("tasks.task.list", list.clone()).await), [20_418, 20_417, 20_405, 20_404]);
    house.control.order("/sim/switches", json!({ "unreadable": [62] })).await;
    assert_eq!(house.refusal("tasks.task.list", list).await, no(403, "insufficient_scope"));
    let other = json!({ "filter": { "RESPONSIBLE_ID": 61 } });
    assert_eq!(ids(&house.result("tasks.task.list", other).await), [20_405, 20_404]);
    house.control.order("/sim/switches", json!({ "unreadable": [], "admin": false })).await;
    let idle = json!({ "filter": { "RESPONSIBLE_ID": [61, 62] } });
    assert_eq!(ids(&house.result("tasks.task.list", idle).await), [0; 0], "everybody looks idle");
}

#[tokio::test]
async fn a_task_is_changed_and_a_missing_one_is_missing_in_two_ways() {
    let house = House::new().await;
    let id = add(&house, json!({})).await["result"]["task"]["id"].clone();
    let update = async |task: Value, fields: Value| {
        house.call("tasks.task.update", json!({ "taskId": task, "fields": fields })).await.json()
    };
    let changed = update(id.clone(), json!({ "TITLE": "Раскрой партии", "STATUS": 5 })).await;
    assert_eq!(
        (&changed["result"]["task"]["title"], &changed["result"]["task"]["status"]),
        (&json!("Раскрой партии"), &json!("5"))
    );
    assert!(changed["result"]["task"]["closedDate"].is_string());
    assert_eq!(update(id.clone(), json!({})).await["error"], "0");
    assert_eq!(update(json!(1), json!({ "TITLE": "x" })).await["error"], "0");
    assert_eq!(house.refusal("tasks.task.update", json!({ "fields": { "TITLE": "x" } })).await, no(400, "100"));
    let get = json!({ "taskId": 1 });
    assert_eq!(house.refusal("tasks.task.get", get.clone()).await, no(400, "0"));
    house.control.order("/sim/switches", json!({ "missing_task": "empty" })).await;
    assert_eq!(house.result("tasks.task.get", get).await, json!([]));
    let whole = house.result("tasks.task.get", json!({ "taskId": id })).await["task"].clone();
    assert!(whole.get("ufTaskWebdavFiles").is_none(), "only when selected");
    house.control.order("/sim/switches", json!({ "admin": false })).await;
    assert_eq!(update(json!(20_390), json!({ "TITLE": "x" })).await["error"], "0", "somebody else's");
}

#[tokio::test]
async fn a_method_can_fail_alone_and_in_a_batch() {
    let house = House::new().await;
    let fault = json!({ "fault": { "kind": "refuse", "status": 400 }, "on": "tasks.task.update" });
    house.control.order("/sim/fault", fault).await;
    assert_eq!(
        house.refusal("tasks.task.update", json!({ "taskId": 20_390, "fields": { "TITLE": "x" } })).await,
        no(400, "0")
    );
    let batch = json!({ "halt": 0, "cmd": { "u": "tasks.task.update?taskId=20390&fields[TITLE]=x", "a": "tasks.task.add?fields[TITLE]=x&fields[RESPONSIBLE_ID]=41" } });
    let result = house.result("batch", batch).await;
    assert_eq!(
        (&result["result_error"]["u"]["error"], &result["result"]["a"]["task"]["title"]),
        (&json!("0"), &json!("x"))
    );
    let state = house.control.get("/sim/state").await;
    assert_eq!((&state["calls"]["tasks.task.add"], &state["calls"]["batch"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn what_becomes_of_tasks_is_told() {
    let (house, receiver) = House::heard().await;
    add(&house, json!({})).await;
    house.portal.portal().settled().await;
    house.control.order("/sim/tasks/20417", json!({ "status": 3 })).await;
    house.control.order("/sim/hooks/task", json!({ "event": "ONTASKDELETE", "id": 20_417 })).await;
    let told = receiver.take();
    assert!(told.iter().all(|got| got.uri.path() == "/hook"));
    let told: Vec<Value> = told.iter().map(|got| php::tree(&php::pairs(&got.body))).collect();
    let events: Vec<_> = told.iter().map(|tree| tree["event"].clone()).collect();
    assert_eq!(events, ["ONTASKADD", "ONTASKUPDATE", "ONTASKDELETE"]);
    assert_eq!(told[0]["data"]["FIELDS_AFTER"]["ID"], "20417");
    assert_eq!(
        (&told[0]["data"]["FIELDS_BEFORE"], &told[2]["data"]["FIELDS_AFTER"]),
        (&json!("undefined"), &json!("undefined"))
    );
    let met = house.control.get("/sim/hooks").await;
    assert!(met.as_array().unwrap().iter().all(|one| one["status"] == 200), "{met}");
}

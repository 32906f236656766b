//! What is read: pages, orders and filters over HTTP, the case of names, and what may be null. The language itself has its tests
//! beside it.

use serde_json::{Value, json};

use crate::house::House;

const UNASSIGNED: &str = "service eq 54001 and contains('_isnotfilled','executor')";

#[tokio::test]
async fn a_page_is_of_twenty_five_rows_unless_more_are_asked_for() {
    let house = House::with_tasks(130).await;
    assert_eq!(house.numbers(&[]).await.len(), 25);
    assert_eq!(house.numbers(&[("$top", "100")]).await.len(), 100);
    assert_eq!(house.numbers(&[("$top", "100"), ("$skip", "100")]).await.len(), 30);
    assert_eq!(house.numbers(&[("$skip", "130")]).await, [0_u64; 0]);
    for (option, value) in [("$top", "101"), ("$top", "0"), ("$skip", "-1"), ("$count", "1"), ("$expand", "x")] {
        for path in ["/tasklist/odata/tasks", "/settings/odata/Employees", "/settings/odata/v2/EmployeeGroups"] {
            let answer = house.get(path, &[(option, value)]).await;
            assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!("")), "{path} {option}={value}");
        }
    }
}

#[tokio::test]
async fn twenty_seven_unassigned_tasks_are_two_pages_oldest_first() {
    let house = House::with_tasks(27).await;
    house.tasks(54_003, 171_100, 3);
    house.tenant().take(170_926, Some(583_001));
    house.tasks(54_001, 171_200, 1);
    let page = async |skip: &str| {
        let query = [("$filter", UNASSIGNED), ("$orderby", "createdat asc,tasknumber asc"), ("$skip", skip)];
        house.numbers(&query).await
    };
    // The last was made as early as the first.
    let expected: Vec<u64> = [170_900, 171_200].into_iter().chain(170_901..170_926).collect();
    assert_eq!(page("0").await, expected[..25]);
    assert_eq!(page("25").await, expected[25..]);
    assert_eq!(house.tenant().lists()[&54_001], 2);
    let newest = house.numbers(&[("$filter", UNASSIGNED), ("$orderby", "createdat desc"), ("$top", "1")]).await;
    assert_eq!(newest, [170_925]);
    assert_eq!(house.numbers(&[("$top", "1")]).await, [171_200], "newest numbers first where nothing is said");
}

#[tokio::test]
async fn lists_tell_where_they_go_on_only_when_switched_on() {
    let house = House::with_tasks(30).await;
    let query = [("$filter", UNASSIGNED), ("$orderby", "createdat asc")];
    let plain = house.get("/tasklist/odata/tasks", &query).await.json();
    assert_eq!((&plain["@odata.nextLink"], &plain["@odata.count"]), (&Value::Null, &Value::Null));
    house.switch(json!({ "next_link": true })).await;
    let first = house.get("/tasklist/odata/tasks", &query).await.json();
    let next = first["@odata.nextLink"].as_str().unwrap();
    assert!(!next.contains("API_KEY"), "{next}");
    let token = house.token().await;
    let second = crate::kit::send(house.http.get(next).bearer_auth(token)).await.unwrap().json();
    assert_eq!(second["value"][0]["tasknumber"], 170_925);
    assert_eq!((second["value"].as_array().unwrap().len(), &second["@odata.nextLink"]), (5, &Value::Null));
    let people = house.get("/settings/odata/Employees", &[("$top", "10"), ("$count", "true")]).await.json();
    assert_eq!((people["@odata.count"].as_u64(), people["@odata.nextLink"].is_string()), (Some(14), true));
    assert_eq!(people["@odata.countrelation"], Value::Null, "tasks alone have it");
}

#[tokio::test]
async fn tasks_are_found_by_every_kind_of_filter() {
    let house = House::with_tasks(4).await;
    house.tasks(54_003, 170_910, 2);
    house.tenant().take(170_901, Some(583_001));
    house.tenant().take(170_902, Some(583_002));
    house.tenant().enter(170_903, Some(106_950));
    for (filter, expected) in [
        ("tasknumber eq 170901", &[170_901][..]),
        ("Id eq 4450000", &[170_900]),
        ("executor eq 583001 or executor eq 583002", &[170_901, 170_902]),
        ("service eq 54001 and (executor ne 583001) and executor ne null", &[170_902]),
        ("contains('_isfilled','executor')", &[170_901, 170_902]),
        ("executorgroup eq 176001", &[170_901, 170_902]),
        ("servicepath eq '54003|'", &[170_910, 170_911]),
        ("contains('_term','ЗАЯВКА 170911')", &[170_911]),
        ("status ne 106939", &[170_903]),
        ("createdat gt 2026-10-28T08:21:00Z and service eq 54001", &[170_902, 170_903]),
        ("initiator eq 9101 and tasktype eq 501 and tasknumber lt 170902", &[170_900, 170_901]),
    ] {
        assert_eq!(house.filtered(filter).await, expected, "{filter}");
    }
    for filter in ["service eq", "colour eq 5", "executor eq 'x'", "service = 54001", "tasknumber eq 1 and"] {
        let answer = house.get("/tasklist/odata/v3/Tasks", &[("$filter", filter)]).await;
        assert_eq!(answer.status, 400, "{filter}");
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with("The query specified in the URI is not valid."), "{message}");
    }
    assert_eq!(house.get("/tasklist/odata/tasks", &[("searchStringMode", "quick")]).await.status, 400);
    assert_eq!(house.get("/tasklist/odata/tasks", &[("searchStringMode", "fast")]).await.status, 200);
}

#[tokio::test]
async fn settings_are_filtered_by_names_in_any_case() {
    let house = House::new().await;
    let ids = async |path: &str, filter: &str| -> Vec<u64> {
        let answer = house.get(path, &[("$filter", filter), ("$orderby", "id")]).await;
        assert_eq!(answer.status, 200, "{filter}: {}", answer.text);
        answer.json()["value"].as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
    };
    let employees = "/settings/odata/v2/Employees";
    let working = ids(employees, "(isarchived eq false) and (workingScheduleId eq null)").await;
    assert_eq!(working.len(), 13, "one of fourteen is blocked");
    assert_eq!(ids(employees, "LASTNAME eq 'Дёмин' or id eq 583001").await, [583_001, 583_011]);
    assert_eq!(ids("/settings/odata/v2/EmployeeGroups", "name eq 'Инженеры'").await, [176_002]);
    assert_eq!(ids("/settings/odata/statuses", "id gt 106948").await, [106_950, 106_957]);
    let foreign = house.get(employees, &[("$filter", "contains('_term','Дёмин')")]).await;
    assert_eq!(foreign.status, 400, "the task list alone knows contains");
    assert_eq!(house.get("/settings/api/v1/Employees/583011", &[]).await.json()["middleName"], "Львович");
    assert_eq!(house.get("/settings/api/v1/Employees/1", &[]).await.status, 404);
    let hints = house.get("/hints/api/Hints/executors", &[("str", "громов"), ("top", "1000")]).await.json();
    assert_eq!(hints, json!([{ "id": 583_009, "name": "Громов Никита" }]));
}

#[tokio::test]
async fn what_is_empty_is_null_or_as_it_is_switched() {
    let house = House::with_tasks(2).await;
    house.tenant().take(170_901, Some(583_001));
    let row = async |number: u64| {
        let filter = format!("tasknumber eq {number}");
        house.get("/tasklist/odata/tasks", &[("$filter", &filter)]).await.json()["value"][0].clone()
    };
    assert_eq!((&row(170_900).await["executor"], &row(170_901).await["executor"]), (&Value::Null, &json!(583_001)));
    for (form, shown) in [
        ("text", json!("583001")),
        ("object_id", json!({ "id": 583_001 })),
        ("object_user_id", json!({ "userid": 583_001 })),
        ("number", json!(583_001)),
    ] {
        house.switch(json!({ "executor": form })).await;
        assert_eq!(row(170_901).await["executor"], shown);
        assert_eq!(house.filtered("executor eq 583001").await, [170_901], "filters go by the number all the same");
    }
    house.switch(json!({ "nobody": "zero" })).await;
    assert_eq!(row(170_900).await["executor"], 0);
    house.switch(json!({ "nobody": "missing" })).await;
    assert!(!row(170_900).await.as_object().unwrap().contains_key("executor"));
    let bound = async |service: u64| house.get(&format!("/settings/api/serviceusers/{service}"), &[]).await;
    assert_eq!(bound(54_002).await.json(), json!({ "employeesUserGroups": null }));
    house.switch(json!({ "no_groups": "empty" })).await;
    assert_eq!(bound(54_002).await.json(), json!({ "employeesUserGroups": [] }));
    assert_eq!(bound(1).await.status, 404);
}

#[tokio::test]
async fn the_history_of_a_task_stands_in_the_newer_list_unless_it_is_left_out() {
    let house = House::with_tasks(1).await;
    house.tenant().take(170_900, Some(583_002));
    let rows = async |path: &str, query: &[(&str, &str)]| house.get(path, query).await.json()["value"][0].clone();
    let row = rows("/tasklist/odata/v3/Tasks", &[]).await;
    let change = json!({ "blockname": "executor", "stringvalue": "583002", "changedby": "user_583002" });
    let expected = json!({ "data": [{ "eventat": "2026-10-28T09:00:00Z", "events": { "data": [change] } }] });
    assert_eq!((&row["lifetime"], &row["updatedat"]), (&expected, &json!("2026-10-28T09:00:00Z")));
    let short = rows("/tasklist/odata/v3/Tasks", &[("excludelifetime", "true")]).await;
    assert!(!short.as_object().unwrap().contains_key("lifetime"));
    assert!(!rows("/tasklist/odata/tasks", &[]).await.as_object().unwrap().contains_key("lifetime"));
}

#[tokio::test]
async fn services_are_told_to_whoever_names_the_chain() {
    let house = House::new().await;
    let ask = async |body: Value| {
        crate::kit::send(house.request(reqwest::Method::POST, "/rules/api/rules").json(&body)).await.unwrap()
    };
    assert_eq!(ask(json!({ "chainName": "Another" })).await.status, 400);
    assert_eq!(ask(json!({})).await.status, 400);
    let services = ask(json!({ "chainName": "ShowServiceListChainV2" })).await.json();
    let services = services["r_servicelist"]["services"].as_array().unwrap().clone();
    assert_eq!(services.len(), 6);
    assert_eq!(services[5]["fullname"], "ИТ / Хозяйственные вопросы");
    let statuses = house.get("/taskform/api/Statuses", &[]).await.json();
    assert_eq!(statuses[0], json!({ "id": 106_939, "name": "Открыта" }));
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_asked_wrongly_405() {
    let house = House::new().await;
    assert_eq!(house.get("/tasklist/odata", &[]).await.status, 404);
    assert_eq!(house.get("/settings/api/serviceusers/all", &[]).await.status, 404);
    assert_eq!(house.get("/changes/tasks", &[]).await.status, 405);
    assert_eq!(house.get("/rules/api/rules", &[]).await.status, 405);
    assert_eq!(house.put("/tasklist/odata/tasks", json!({})).await.status, 405);
    let stranger = crate::kit::send(house.http.get(format!("{}/changes/tasks", house.desk.api_base()))).await.unwrap();
    assert_eq!(stranger.status, 401, "strangers are not told what there is");
}

//! The control interface, and that it is told nothing it does not know.

use pult_simulators::{
    intradesk::{Settings, start},
    secret::Secret,
    service::StartError,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{house::House, kit::client};

#[tokio::test]
async fn tasks_are_made_taken_released_closed_and_deleted() {
    let house = House::new().await;
    let order = json!({
        "service": 54_003, "name": "Гаснет экран", "created": "2026-10-28T08:00:00Z", "step": 30, "count": 3,
    });
    assert_eq!(house.control.make("/sim/tasks", order).await, json!({ "id": 170_902 }));
    let task = async |number: u64| house.control.get(&format!("/sim/tasks/{number}")).await;
    assert_eq!(task(170_902).await["created_at"], "2026-10-28T08:01:00Z");
    house.control.order("/sim/tasks/170900/take", json!({ "person": 583_005 })).await;
    assert_eq!(task(170_900).await["executors"], json!([583_005]));
    house.control.order("/sim/tasks/170900/release", Value::Null).await;
    assert_eq!(task(170_900).await["executors"], json!([]));
    house.control.order("/sim/tasks/170901/close", Value::Null).await;
    assert_eq!(
        (&task(170_901).await["status"], &task(170_901).await["closed_at"]),
        (&json!(106_950), &json!("2026-10-28T09:00:00Z"))
    );
    house.control.order("/sim/tasks/170901/status", json!({ "status": 106_939 })).await;
    assert_eq!(task(170_901).await["closed_at"], Value::Null);
    assert_eq!(house.control.ask(Method::DELETE, "/sim/tasks/170902", Value::Null).await.status, 204);
    assert_eq!(house.control.get("/sim/tasks").await.as_array().unwrap().len(), 2);
    for (method, path, body, status) in [
        (Method::POST, "/sim/tasks/170902/close", Value::Null, 404),
        (Method::DELETE, "/sim/tasks/170902", Value::Null, 404),
        (Method::GET, "/sim/tasks/170902", Value::Null, 404),
        (Method::POST, "/sim/tasks/170900/take", json!({}), 422),
        (Method::POST, "/sim/tasks/170900/status", json!({}), 422),
        (Method::POST, "/sim/tasks/170900/sell", json!({}), 400),
        (Method::POST, "/sim/tasks", json!({ "colour": 1 }), 422),
        (Method::POST, "/sim/switches", json!({ "colour": 1 }), 422),
        (Method::POST, "/sim/switches", json!({ "executor": "picture" }), 422),
        (Method::POST, "/sim/rivals", json!({ "task": 1 }), 422),
        (Method::POST, "/sim/services/1", json!({ "name": "а" }), 404),
        (Method::DELETE, "/sim/people/1", Value::Null, 404),
    ] {
        let answer = house.control.ask(method.clone(), path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn services_groups_people_and_bindings_come_go_and_are_renamed() {
    let house = House::new().await;
    let group = house.control.make("/sim/groups", json!({ "name": "Ночная смена" })).await["id"].clone();
    let service = house.control.make("/sim/services", json!({ "name": "Ночь", "groups": [group] })).await["id"].clone();
    let order = json!({ "first_name": "Глеб", "last_name": "Совин", "groups": [group, 176_001] });
    let person = house.control.make("/sim/people", order).await["id"].clone();
    assert_eq!((&group, &service, &person), (&json!(176_006), &json!(54_007), &json!(583_015)));
    let row = async |person: &str| house.get(&format!("/settings/api/v1/Employees/{person}"), &[]).await.json();
    let before = row("583015").await;
    assert_eq!((&before["name"], &before["groups"][0]["userGroupId"]), (&json!("Совин Глеб"), &group));
    house.pass(5).await;
    house.control.order("/sim/people/583015", json!({ "last_name": "Филин", "groups": [176_001] })).await;
    let after = row("583015").await;
    assert_eq!(after["name"], "Филин Глеб");
    assert_eq!(after["groups"][0]["id"], before["groups"][1]["id"], "a membership that stays keeps its id");
    assert_ne!(after["updatedAt"], before["updatedAt"]);
    house.control.order("/sim/services/54007", json!({ "name": "Ночные работы" })).await;
    let services = house.get("/changes/api/Services", &[]).await.json();
    assert_eq!(services[6], json!({ "id": 54_007, "name": "Ночные работы" }));
    for path in ["/sim/services/54007", "/sim/groups/176006", "/sim/people/583015", "/sim/statuses/106957"] {
        assert_eq!(house.control.ask(Method::DELETE, path, Value::Null).await.status, 204, "{path}");
    }
    let count = async |path: &str| house.control.get(path).await.as_array().unwrap().len();
    let counts = [
        count("/sim/services").await,
        count("/sim/groups").await,
        count("/sim/people").await,
        count("/sim/statuses").await,
    ];
    assert_eq!(counts, [6, 5, 14, 3]);
}

#[tokio::test]
async fn the_journal_goes_on_and_can_be_emptied() {
    let house = House::with_tasks(1).await;
    house.filtered("service eq 54001").await;
    house.assign(170_900, 583_001).await;
    let state = house.control.get("/sim/state").await;
    assert_eq!(state["calls"], json!({ "change": 1, "tasks": 1 }));
    assert_eq!((&state["lists"], &state["now"]), (&json!({ "54001": 1 }), &json!("2026-10-28T09:00:00Z")));
    let log = house.control.get("/sim/log?since=1").await;
    assert_eq!((log.as_array().unwrap().len(), &log[0]["name"]), (1, &json!("change")));
    house.control.ask(Method::DELETE, "/sim/log", Value::Null).await;
    assert_eq!(house.control.get("/sim/log").await, json!([]));
}

#[tokio::test]
async fn a_tenant_may_begin_empty_and_its_control_is_for_this_machine_alone() {
    let settings = || Settings { demo: false, ..Settings::new("tenant.example", "bot", Secret::new("tulip")) };
    let desk = start(settings()).await.unwrap();
    desk.tenant().world(|world| {
        assert_eq!((world.services.len(), world.people.len(), world.groups.len(), world.tasks.len()), (0, 0, 0, 0));
        assert_eq!(world.statuses.len(), 4);
    });
    desk.stop().await;
    let open = Settings { control: "0.0.0.0:0".parse().unwrap(), ..settings() };
    assert!(matches!(start(open).await, Err(StartError::ControlExposed(_))));
}

#[tokio::test]
async fn a_tenant_without_a_key_takes_none() {
    let desk = start(Settings::new("tenant.example", "bot", Secret::new("tulip"))).await.unwrap();
    let url = format!("{}/settings/odata/statuses?ApiKey=", desk.api_base());
    assert_eq!(client().get(url).send().await.unwrap().status(), 401);
}

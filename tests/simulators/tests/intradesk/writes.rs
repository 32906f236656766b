//! What is written: blocks, their refusals, and that a call is done whole or not at all.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, assignment},
    kit::{sample, send},
};

#[tokio::test]
async fn blocks_that_are_not_texts_with_json_are_refused() {
    let house = House::with_tasks(1).await;
    for (blocks, message) in [
        (json!({ "executor": { "value": { "userid": 583_001 } } }), "blocks.executor: string expected"),
        (json!({ "executor": "583001 " }), "blocks.executor: JSON object in a string expected"),
        (json!({ "executor": "{\"value\":" }), "blocks.executor: JSON object in a string expected"),
        (json!({ "executor": "{\"userid\":583001}" }), "blocks.executor: wrong value"),
        (json!({ "executor": "{\"value\":583001}" }), "blocks.executor: wrong value"),
        (json!({ "executor": "{\"value\":{\"userid\":\"583001\"}}" }), "blocks.executor: wrong value"),
        (json!({ "executor": "{\"value\":{\"id\":583001}}" }), "blocks.executor: wrong value"),
        (json!({ "executor": "{\"value\":{\"userid\":583001},\"x\":1}" }), "blocks.executor: wrong value"),
        (json!({ "status": "{\"value\":\"106948\"}" }), "blocks.status: wrong value"),
        (json!({ "colour": "{\"value\":1}" }), "blocks.colour: wrong value"),
        (json!({ "comment": "{\"value\":\"a\"}", "tags": "{\"value\":[\"a\"]}" }), "blocks.tags: wrong value"),
        (json!({}), "blocks: object expected"),
        (json!("executor"), "blocks: object expected"),
    ] {
        let answer = house.put("/changes/tasks", json!({ "number": 170_900, "blocks": blocks })).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(answer.json(), json!({ "isSuccess": false, "message": message, "errorType": 20 }));
    }
    let answer = house.put("/changes/v3/tasks", json!({ "id": 4_450_000, "blocks": { "name": 5 } })).await;
    assert_eq!(answer.json()["Message"], "blocks.name: string expected", "Pascal case by id");
    house.tenant().world(|world| assert!(world.tasks[&170_900].lifetime.is_empty(), "nothing was done"));
}

#[tokio::test]
async fn a_body_has_the_fields_of_the_contract_and_is_json() {
    let house = House::with_tasks(1).await;
    let blocks = json!({ "comment": "{\"value\":\"а\"}" });
    for (path, body, message) in [
        ("/changes/tasks", json!({ "id": 4_450_000, "blocks": blocks }), "id: unknown field"),
        ("/changes/v3/tasks", json!({ "number": 170_900, "blocks": blocks }), "number: unknown field"),
        ("/changes/tasks", json!({ "number": "170900", "blocks": blocks }), "number: integer expected"),
        ("/changes/tasks", json!({ "blocks": blocks }), "number: integer expected"),
        ("/changes/tasks", json!({ "number": 170_900, "blocks": blocks, "channel": "web" }), "channel: unknown field"),
        ("/changes/tasks", json!({ "number": 170_900, "blocks": blocks, "Channel": 1 }), "Channel: string expected"),
        ("/changes/tasks", json!([]), "body: JSON object expected"),
    ] {
        let answer = house.put(path, body).await;
        let said = answer.json();
        let said = said.get("message").or(said.get("Message"));
        assert_eq!((answer.status, said), (400, Some(&json!(message))));
    }
    let text = assignment(170_900, 583_001).to_string();
    let plain = send(house.request(Method::PUT, "/changes/tasks").body(text.clone())).await.unwrap();
    assert_eq!(plain.status, 400, "it is not announced as JSON");
    let announced = house.request(Method::PUT, "/changes/tasks").header("Content-Type", "application/json").body(text);
    assert_eq!(send(announced).await.unwrap().json()["isSuccess"], true);
}

#[test]
fn assignments_of_these_tests_are_the_contracts() {
    assert_eq!(assignment(170_900, 583_001), sample("intradesk", "assign_executor_ok")["request"]["body"]);
}

#[tokio::test]
async fn an_unknown_task_is_404() {
    let house = House::with_tasks(1).await;
    let answer = house.assign(1, 583_001).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json(), json!({ "isSuccess": false, "message": "Заявка не найдена", "errorType": 10 }));
    let by_number = house.put("/changes/v3/tasks", json!({ "id": 170_900, "blocks": { "name": "{\"value\":\"а\"}" } }));
    assert_eq!(by_number.await.status, 404, "an id is not a number");
    house.tenant().delete(170_900);
    assert_eq!(house.assign(170_900, 583_001).await.status, 404);
}

#[tokio::test]
async fn an_executor_has_to_be_somebody_of_the_service() {
    let house = House::with_tasks(1).await;
    house.tasks(54_002, 170_950, 1);
    let unavailable = "Исполнитель недоступен в сервисе";
    for (number, person, message) in [
        (170_900, 1, unavailable),
        (170_900, 583_003, unavailable),
        (170_900, 583_005, unavailable),
        (170_900, 583_013, "Исполнитель заблокирован"),
        (170_950, 583_001, unavailable),
    ] {
        let answer = house.assign(number, person).await;
        assert_eq!(answer.status, 200);
        let expected = json!({ "isSuccess": false, "message": message, "errorType": 10, "id": null, "number": number });
        assert_eq!(answer.json(), expected, "{person}");
        assert_eq!(house.executor(number), None);
    }
    assert_eq!(house.assign(170_900, 583_002).await.json()["isSuccess"], true);
    house.control.order("/sim/people/583001", json!({ "blocked": true })).await;
    assert_eq!(house.assign(170_900, 583_001).await.json()["isSuccess"], false);
    house.control.order("/sim/people/583001", json!({ "blocked": false, "groups": [176_002] })).await;
    assert_eq!(house.assign(170_900, 583_001).await.json()["message"], unavailable);
    house.control.order("/sim/services/54001", json!({ "groups": [176_002] })).await;
    assert_eq!(house.assign(170_900, 583_001).await.json()["isSuccess"], true);
    house.control.order("/sim/groups/176002", json!({ "archived": true })).await;
    assert_eq!(house.assign(170_900, 583_004).await.json()["message"], unavailable);
    let log = house.control.get("/sim/log").await;
    assert_eq!((&log[0]["status"], &log[0]["error"]), (&json!(200), &json!(unavailable)));
}

#[tokio::test]
async fn a_group_that_is_named_has_to_be_the_executors_and_the_services() {
    let house = House::with_tasks(1).await;
    let give = async |group: u64, person: u64| {
        let text = json!({ "value": { "groupid": group, "userid": person } }).to_string();
        house.put("/changes/v3/tasks", json!({ "id": 4_450_000, "blocks": { "executor": text } })).await.json()
    };
    assert_eq!(give(176_002, 583_001).await["IsSuccess"], false, "not a group of that person");
    assert_eq!(give(176_002, 583_004).await["IsSuccess"], false, "not a group of the service");
    assert_eq!(give(176_001, 583_004).await["Fields"]["status"], 106_939);
    assert_eq!(house.tenant().world(|world| world.tasks[&170_900].group), Some(176_001));
}

#[tokio::test]
async fn a_call_is_done_whole_or_not_at_all() {
    let house = House::with_tasks(1).await;
    let blocks = json!({ "comment": "{\"value\":\"Передаю\"}", "executor": "{\"value\":{\"userid\":1}}" });
    let answer = house.put("/changes/tasks", json!({ "number": 170_900, "blocks": blocks })).await;
    assert_eq!(answer.json()["isSuccess"], false);
    let blocks = json!({ "comment": "{\"value\":\"Передаю\"}", "status": "{\"value\":1}" });
    let answer = house.put("/changes/tasks", json!({ "number": 170_900, "blocks": blocks })).await;
    assert_eq!(answer.json()["message"], "Статус не найден");
    house.tenant().world(|world| assert!(world.tasks[&170_900].lifetime.is_empty()));
    house.pass(120).await;
    let blocks = json!({
        "comment": "{\"value\":\"Передаю\"}", "executor": "{\"value\":{\"userid\":583001}}",
        "status": "{\"value\":106950}", "priority": "{\"value\":3}", "tags": "{\"value\":[33001]}",
        "initiator": "{\"value\":{\"groupid\":176002,\"userid\":583004}}",
        "evaluation": "{\"value\":5,\"text\":\"Спасибо\"}",
        "attachments": "{\"value\":{\"addFiles\":[{\"id\":1,\"target\":20}],\"deleteFileIds\":[]}}",
    });
    let answer = house.put("/changes/tasks", json!({ "number": 170_900, "blocks": blocks, "Channel": "web" })).await;
    assert_eq!(answer.json()["updatedAt"], "2026-10-28T09:02:00.000Z", "{}", answer.text);
    house.tenant().world(|world| {
        let task = &world.tasks[&170_900];
        assert_eq!((task.executor(), task.status, task.priority), (Some(583_001), 106_950, 3));
        assert_eq!((task.initiator, task.tags.as_slice(), task.group), (583_004, &[33_001][..], Some(176_001)));
        assert!(task.closed_at.is_some());
        let names: Vec<_> = task.lifetime.iter().flat_map(|event| event.blocks.iter().map(|(name, _)| name)).collect();
        assert_eq!(names.len(), 8, "{names:?}");
    });
}

#[tokio::test]
async fn a_new_task_has_the_very_text_it_was_given() {
    let house = House::new().await;
    let name = "Сервер \"Альфа\" \\ строка 1\nстрока 2 🙂";
    let create = async |blocks: Value| {
        send(house.request(Method::POST, "/changes/tasks").json(&json!({ "blocks": blocks, "Channel": "web" })))
            .await
            .unwrap()
    };
    let answer = create(json!({ "name": json!({ "value": name }).to_string() })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let number = answer.json()["Number"].as_u64().unwrap();
    house.tenant().world(|world| {
        assert_eq!(world.tasks[&number].name, name);
        assert_eq!((world.tasks[&number].service, world.tasks[&number].executor()), (None, None));
    });
    let nameless = create(json!({ "description": "{\"value\":\"а\"}" })).await;
    assert_eq!((nameless.status, &nameless.json()["Message"]), (400, &json!("blocks.name: string expected")));
    let with_number = json!({ "number": 5, "blocks": { "name": "{\"value\":\"а\"}" } });
    let answer = send(house.request(Method::POST, "/changes/v3/tasks").json(&with_number)).await.unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(house.tenant().world(|world| world.tasks.len()), 1);
}

#[tokio::test]
async fn a_write_over_somebody_elses_choice_is_done_and_written_down() {
    let house = House::with_tasks(1).await;
    house.control.order("/sim/tasks/170900/take", json!({ "person": 583_002 })).await;
    house.pass(60).await;
    assert_eq!(house.assign(170_900, 583_001).await.json()["isSuccess"], true);
    let given = house.control.get("/sim/assignments").await;
    assert_eq!(given[0]["by"], "person");
    let expected = json!({
        "order": 2, "at": "2026-10-28T09:01:00Z", "task": 170_900, "service": 54_001, "person": 583_001,
        "was": 583_002, "by": "gateway",
    });
    assert_eq!(given[1], expected);
}

//! Every call of the samples is made, and its answer compared: to the letter where this world can be the sample's, in shape
//! otherwise.

use data_encoding::BASE64;
use pult_simulators::{
    intradesk::login::TokenOrder,
    service::fault::{Fault, FaultOrder},
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    house::{House, LOGIN, PASSWORD, password_form},
    kit::{Answer, differences, samples, send},
};

/// The sample's world; answers the fields that the sample leaves out.
async fn prepare(name: &str, house: &House) -> &'static [&'static str] {
    let fail = |fault, on| house.tenant().faults.set(FaultOrder::new(fault, on, 1));
    let refuse = |status, retry_after, on| fail(Fault::Refuse { status, body: Value::Null, retry_after }, on);
    match name {
        "err_401_expired" => house.tenant().order_tokens(TokenOrder { expire: true, ..TokenOrder::default() }),
        "err_403" => refuse(403, None, "change"),
        "err_429" => refuse(429, Some(2), "tasks"),
        "err_503_html" => fail(Fault::Html { status: 503 }, "employees"),
        "employees_no_groups" => {
            for path in ["/sim/people/583001", "/sim/people/583002"] {
                house.control.ask(Method::DELETE, path, Value::Null).await;
            }
        }
        "task_by_number" => {
            house.tenant().take(170_900, Some(583_001));
        }
        "tasks_v3_list_apikey" => {
            let comment = json!({ "number": 170_900, "blocks": { "comment": "{\"value\":\"Принято\"}" } });
            assert_eq!(house.put("/changes/tasks", comment).await.status, 200);
        }
        "classic_task_list" | "classic_task_get_wrapped" | "classic_401" => {
            classic_world(house).await;
            return &[
                "Description",
                "StatusName",
                "ExecutorGroupId",
                "CreatorId",
                "Deadline",
                "Closed",
                "ServiceId",
                "ExecutorIds",
                "Created",
                "Changed",
            ];
        }
        _ => {}
    }
    &[]
}

/// Services, people and statuses by the small ids of the classic product.
async fn classic_world(house: &House) {
    house.control.make("/sim/statuses", json!({ "id": 29, "name": "Открыта" })).await;
    house.control.make("/sim/groups", json!({ "id": 3 })).await;
    house.control.make("/sim/services", json!({ "id": 5, "groups": [3] })).await;
    house.control.make("/sim/people", json!({ "id": 7, "groups": [3] })).await;
    let task = json!({
        "number": 90_101, "service": 5, "name": "Нет сети", "description": "Обрыв", "status": 29, "executor": 7,
        "created": "2026-10-28T06:00:00Z",
    });
    house.control.make("/sim/tasks", task).await;
}

/// The call, with this world's tokens for the sample's.
async fn request(house: &House, name: &str, asked: &Value, tokens: &Value) -> RequestBuilder {
    let base = match asked["host"].as_str().unwrap() {
        "login" => house.desk.login_base(),
        "api" => house.desk.api_base(),
        _ => house.desk.classic_base(),
    };
    let method = Method::from_bytes(asked["method"].as_str().unwrap().as_bytes()).unwrap();
    let mut request = house.http.request(method, format!("{base}{}", asked["path"].as_str().unwrap()));
    let right = if name == "classic_401" { "tulip" } else { PASSWORD };
    let basic = BASE64.encode(format!("{LOGIN}:{right}").as_bytes());
    let own = |text: &str| {
        text.replace("ACCESS_TOKEN", tokens["access_token"].as_str().unwrap())
            .replace("REFRESH_TOKEN", tokens["refresh_token"].as_str().unwrap())
            .replace("BASE64_LOGIN_COLON_PASSWORD", &basic)
    };
    for (key, value) in asked["headers"].as_object().into_iter().flatten() {
        request = request.header(key, own(value.as_str().unwrap()));
    }
    for pair in asked["query"].as_array().into_iter().flatten() {
        request = request.query(&[(pair[0].as_str().unwrap(), pair[1].as_str().unwrap())]);
    }
    if let Some(form) = asked["form"].as_object() {
        let form: Vec<_> = form.iter().map(|(key, value)| (key, own(value.as_str().unwrap()))).collect();
        request = request.form(&form);
    }
    if asked["body"].is_null() { request } else { request.json(&asked["body"]) }
}

/// Samples whose bodies this world has to the letter.
const LETTERS: [&str; 10] = [
    "assign_block_not_string",
    "assign_executor_ok",
    "assign_executor_rejected_200",
    "assign_executor_with_group",
    "err_404_task",
    "service_users",
    "service_users_null",
    "tasks_unassigned_empty",
    "token_bad_client",
    "token_bad_credentials",
];

/// Samples whose lists begin in this world as they do there.
const BEGINNINGS: [&str; 4] = ["services_list_changes", "statuses_list", "employee_groups_list", "services_list_rules"];

fn rows(body: &Value) -> Vec<Value> {
    let found = [&body["value"], &body["r_servicelist"]["services"], body].into_iter().find_map(Value::as_array);
    found.cloned().unwrap_or_default()
}

fn compare(name: &str, wanted: &Value, answer: &Answer, more: &[&str]) {
    for (key, value) in wanted["headers"].as_object().unwrap() {
        let got = answer.headers.get(key).map(|value| value.to_str().unwrap());
        // An empty body is of no type.
        if !answer.text.is_empty() || key != "Content-Type" {
            let value = value.as_str().unwrap();
            assert!(got.is_some_and(|got| got.starts_with(value)), "{name}: {key} is {got:?} and not {value}");
        }
    }
    if let Some(raw) = wanted["body_raw"].as_str() {
        assert_eq!(raw.is_empty(), answer.text.is_empty(), "{name}: {}", answer.text);
        assert_eq!(raw.starts_with("<html>"), answer.text.starts_with("<html>"), "{name}: {}", answer.text);
        return;
    }
    let (body, got) = (&wanted["body"], answer.json());
    assert_eq!(differences(body, &got, more), Vec::<String>::new(), "{name}: {got}");
    if LETTERS.contains(&name) {
        assert_eq!(&got, body, "{name}");
    }
    if BEGINNINGS.contains(&name) {
        assert_eq!(rows(&got)[..rows(body).len()], rows(body), "{name}");
    }
}

#[tokio::test]
async fn every_call_of_the_samples_is_answered_as_they_say() {
    let mut calls = 0;
    for (name, sample) in samples("intradesk") {
        assert_eq!(sample["kind"], "call", "{name}");
        let house = House::with_tasks(27).await;
        let tokens = house.form(&password_form()).await.json();
        let more = prepare(&name, &house).await;
        let answer = send(request(&house, &name, &sample["request"], &tokens).await).await.unwrap();
        let wanted = &sample["response"];
        assert_eq!(json!(answer.status), wanted["status"], "{name}: {}", answer.text);
        compare(&name, wanted, &answer, more);
        calls += 1;
        match name.as_str() {
            "tasks_unassigned_page1" | "tasks_unassigned_page2" => {
                let (got, wanted) = (answer.json(), &wanted["body"]);
                let plain = |rows: Vec<Value>| -> Vec<Value> { rows.into_iter().map(without_change).collect() };
                assert_eq!(plain(rows(&got)), plain(rows(wanted)), "{name}");
                assert_eq!((&got["@odata.count"], &got["@odata.countrelation"]), (&json!(27), &json!(1)));
            }
            "task_by_number" => {
                assert_eq!(
                    without_change(rows(&answer.json())[0].clone()),
                    without_change(rows(&wanted["body"])[0].clone())
                );
            }
            "tasks_v3_list_apikey" => {
                let events = &answer.json()["value"][0]["lifetime"]["data"][0]["events"]["data"];
                assert_eq!(
                    (&events[0]["blockname"], &events[0]["stringvalue"]),
                    (&json!("comment"), &json!("Принято"))
                );
            }
            "employees_list" | "employees_no_groups" => {
                let plain = |mut row: Value| {
                    row["updatedAt"].take();
                    row
                };
                assert_eq!(plain(rows(&answer.json())[0].clone()), plain(rows(&wanted["body"])[0].clone()), "{name}");
            }
            "create_task_v1_ok" => house.tenant().world(|world| {
                let task = &world.tasks[&answer.json()["Number"].as_u64().unwrap()];
                assert_eq!((task.name.as_str(), task.tags.as_slice()), ("Не отвечает сервер \"Альфа\"", &[33_001][..]));
                assert_eq!(task.description, "Строка 1\nСтрока 2");
            }),
            "comment_and_status" => assert_eq!(answer.json()["Fields"], wanted["body"]["Fields"]),
            "classic_task_list" => {
                let (got, wanted) = (answer.json(), &wanted["body"]);
                assert_eq!((&got["Paginator"], &got["Statuses"]), (&wanted["Paginator"], &wanted["Statuses"]));
                for key in ["Id", "Name", "StatusId", "ServiceId", "ExecutorIds", "Created"] {
                    assert_eq!(got["Tasks"][0][key], wanted["Tasks"][0][key], "{key}");
                }
            }
            _ => {}
        }
    }
    assert_eq!(calls, 32);
}

/// A task as it was before anybody touched it.
fn without_change(mut row: Value) -> Value {
    row["updatedat"].take();
    row
}

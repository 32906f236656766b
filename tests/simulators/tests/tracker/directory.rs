//! The directory: three pages of people, departments by pages, and who may not read it.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{DIRECTORY, House, ORG, TOKEN},
    kit::{Answer, send},
};

async fn ask(house: &House, org: &str, path: &str, token: &str) -> Answer {
    let request = house.bare(Method::GET, &format!("/directory/v1/org/{org}/{path}"));
    send(request.header("Authorization", format!("OAuth {token}"))).await.unwrap()
}

async fn rows(house: &House, what: &str, size: usize) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let answer = ask(house, ORG, &format!("{what}?page={page}&perPage={size}"), DIRECTORY).await.json();
        all.extend(answer[what].as_array().unwrap().clone());
        assert_eq!(answer["page"], page);
        if answer["pages"] == page {
            assert_eq!(answer["total"], all.len());
            break;
        }
    }
    all
}

#[tokio::test]
async fn people_are_on_three_pages_with_robots_and_those_who_left() {
    let house = House::new().await;
    let first = ask(&house, ORG, "users?page=1&perPage=100", DIRECTORY).await.json();
    assert_eq!((&first["pages"], &first["total"]), (&json!(3), &json!(214)));
    let all = rows(&house, "users", 100).await;
    assert_eq!(all.iter().map(|one| one["id"].as_str().unwrap()).collect::<BTreeSet<_>>().len(), 214);
    let of = |nickname: &str| all.iter().position(|one| one["nickname"] == nickname).unwrap();
    assert!(of("a.polyakova") >= 200, "on the third page");
    assert_eq!(all[of("a.polyakova")]["departmentId"], 33);
    assert_eq!((&all[of("desk-robot")]["isRobot"], &all[of("b.yakunin")]["isDismissed"]), (&json!(true), &json!(true)));
    assert!(all.iter().any(|one| one["isEnabled"] == false && one["isDismissed"] == false));
    assert_eq!(all[of("i.gavrilov")]["email"], "I.Gavrilov@Example.com");
    assert_eq!(all[of("o.belova")]["aliases"], json!(["belova"]));
    assert_eq!(all[of("n.dronova")]["contacts"][1]["value"], "nina.dronova@post.example.com");
    assert_eq!(ask(&house, ORG, "users?page=4&perPage=100", DIRECTORY).await.json()["users"], json!([]));
    assert_eq!(ask(&house, ORG, "users", DIRECTORY).await.json()["users"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn departments_are_paged_too_and_hold_everybodys() {
    let house = House::new().await;
    let departments = rows(&house, "departments", 30).await;
    assert_eq!((departments.len(), &departments[4]["name"]), (34, &json!("Бронирование")));
    assert_eq!((&departments[32]["id"], &departments[32]["name"]), (&json!(33), &json!("Визовый отдел")));
    assert_eq!((&departments[0]["parentId"], &departments[0]["membersCount"]), (&json!(0), &json!(214)));
}

#[tokio::test]
async fn the_directory_has_a_token_of_its_own_and_scopes() {
    let house = House::new().await;
    let wrong = ask(&house, ORG, "users", TOKEN).await;
    assert_eq!((wrong.status, &wrong.json()["code"]), (401, &json!(16)));
    assert_eq!(house.bare(Method::GET, "/directory/v1/org/7654321/users").send().await.unwrap().status(), 401);
    assert_eq!(ask(&house, "1", "users", DIRECTORY).await.status, 404);
    assert_eq!(ask(&house, ORG, "users?perPage=1001", DIRECTORY).await.status, 400);
    house.switch(json!({ "directory_scope": false })).await;
    let refused = ask(&house, ORG, "departments", DIRECTORY).await;
    assert_eq!(refused.json(), json!({ "code": 7, "message": "No required scope", "details": [] }));
    house.switch(json!({ "directory_scope": true, "forbidden": ["directory_departments"] })).await;
    assert_eq!(ask(&house, ORG, "departments", DIRECTORY).await.status, 403);
    assert_eq!(ask(&house, ORG, "users", DIRECTORY).await.status, 200);
    let fault =
        json!({ "fault": { "kind": "refuse", "status": 429, "retry_after": 2 }, "on": "directory_*", "times": 1 });
    house.control.order("/sim/fault", fault).await;
    assert_eq!(ask(&house, ORG, "users", DIRECTORY).await.headers["retry-after"], "2");
    let down = json!({ "fault": { "kind": "refuse", "status": 503 }, "on": "directory_users", "times": 1 });
    house.control.order("/sim/fault", down).await;
    assert_eq!(ask(&house, ORG, "users", DIRECTORY).await.json()["code"], 13);
    assert_eq!(house.get("myself").await.status, 200, "Tracker goes on");
}

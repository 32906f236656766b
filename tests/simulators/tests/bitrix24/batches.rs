//! Batches: order, references, halting, what they may not hold.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::{house::House, kit::send};

#[tokio::test]
async fn a_later_command_uses_what_an_earlier_one_found() {
    let house = House::new().await;
    // Not in the order of the alphabet.
    let body = r#"{"halt":1,"cmd":{
        "z":"user.get?FILTER[UF_DEPARTMENT]=13&FILTER[ACTIVE]=1&sort=ID",
        "m":"department.get?ID=$result[z][0][UF_DEPARTMENT][0]",
        "a":"tasks.task.list?filter[RESPONSIBLE_ID]=$result[z][1][ID]&select[]=ID"}}"#;
    let request = house.http.post(house.url("batch")).header(CONTENT_TYPE, "application/json").body(body);
    let result = send(request).await.unwrap().json()["result"].clone();
    assert_eq!(result["result"]["m"][0]["NAME"], "Швейный цех");
    assert_eq!(result["result"]["a"], json!({ "tasks": [{ "id": "20406" }] }));
    assert_eq!(result["result_total"], json!({ "z": 3, "m": 1, "a": 1 }));
    assert_eq!((&result["result_error"], &result["result_next"]), (&json!([]), &json!([])));
    let lines: Vec<_> =
        house.control.get("/sim/log").await.as_array().unwrap().iter().map(|call| call["line"].clone()).collect();
    assert_eq!(lines, ["batch z", "batch m", "batch a", "POST /rest/7/[secret]/batch"]);
}

#[tokio::test]
async fn a_form_holds_commands_too() {
    let house = House::new().await;
    let form =
        "halt=0&cmd[b]=profile&cmd[a]=department.get%3FNAME%3D%25D0%259B%25D0%25B8%25D1%2582%25D1%258C%25D1%2591";
    let request =
        house.http.post(house.url("batch")).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
    let result = send(request).await.unwrap().json()["result"].clone();
    assert_eq!(result["result"]["a"][0]["ID"], "11");
    assert_eq!(result["result"]["b"]["ID"], "7");
}

#[tokio::test]
async fn the_first_failure_ends_a_batch_that_halts() {
    let house = House::new().await;
    let commands =
        json!({ "a": "profile", "b": "no.method", "c": "tasks.task.add?fields[TITLE]=x&fields[RESPONSIBLE_ID]=41" });
    let halted = house.result("batch", json!({ "halt": 1, "cmd": commands })).await;
    assert_eq!(halted["result_error"]["b"]["error"], "ERROR_METHOD_NOT_FOUND");
    assert!(halted["result"].get("c").is_none() && halted["result_error"].get("c").is_none(), "{halted}");
    let whole = house.result("batch", json!({ "halt": false, "cmd": commands })).await;
    assert_eq!(whole["result"]["c"]["task"]["id"], "20417");
}

#[tokio::test]
async fn a_batch_knows_its_limits() {
    let house = House::new().await;
    let upload = "disk.folder.uploadFile?id=4410";
    let result = house.result("batch", json!({ "cmd": ["batch?cmd[a]=profile", upload, "profile"] })).await;
    for index in ["0", "1"] {
        assert_eq!(result["result_error"][index.parse::<usize>().unwrap()]["error"], "ERROR_BATCH_METHOD_NOT_ALLOWED");
    }
    let many: Value =
        (0..51).map(|index| (format!("c{index}"), json!("profile"))).collect::<serde_json::Map<_, _>>().into();
    let result = house.result("batch", json!({ "cmd": many })).await;
    assert_eq!(result["result"].as_object().unwrap().len(), 50);
    let late: Vec<_> =
        result["result_error"].as_object().unwrap().values().map(|error| error["error"].clone()).collect();
    assert_eq!(late, ["ERROR_BATCH_LENGTH_EXCEEDED"]);
    assert_eq!(house.call("batch", json!({})).await.json()["error"], "100");
}

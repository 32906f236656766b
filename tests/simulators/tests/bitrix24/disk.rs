//! Folders, uploads in one step and in two, files of tasks.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::{
    house::{House, no},
    kit::send,
};

fn upload(name: &str, unique: bool) -> Value {
    json!({ "id": 4410, "data": { "NAME": name }, "fileContent": [name, "JVBERi0xLjQK"], "generateUniqueName": unique })
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_or_changed() {
    let house = House::new().await;
    let storage =
        house.result("disk.storage.getlist", json!({ "filter": { "ENTITY_TYPE": "group", "ENTITY_ID": 34 } })).await;
    assert_eq!((&storage[0]["ID"], &storage[0]["ROOT_OBJECT_ID"]), (&json!("219"), &json!("4410")));
    assert_eq!(house.result("disk.folder.uploadfile", upload("a.pdf", false)).await["ID"], 7751);
    assert_eq!(house.refusal("disk.folder.uploadfile", upload("A.pdf", false)).await, no(400, "DISK_OBJ_22000"));
    assert_eq!(house.result("disk.folder.uploadfile", upload("a.pdf", true)).await["NAME"], "a (1).pdf");
    let folder = json!({ "id": 4410, "data": { "NAME": "00-000123" } });
    let made = house.result("disk.folder.addsubfolder", folder.clone()).await;
    assert_eq!((&made["TYPE"], &made["PARENT_ID"]), (&json!("folder"), &json!("4410")));
    assert_eq!(house.refusal("disk.folder.addsubfolder", folder).await, no(400, "DISK_OBJ_22000"));
    let folders = json!({ "id": 4410, "filter": { "TYPE": "folder", "NAME": "00-000123" } });
    let found = house.result("disk.folder.getchildren", folders).await;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["ID"]), (1, &json!(made["ID"].to_string())));
    assert_eq!(house.control.get("/sim/files").await[0]["size"], 9);
}

#[tokio::test]
async fn what_cannot_be_saved_is_refused() {
    let house = House::new().await;
    let call = async |params: Value| house.refusal("disk.folder.uploadfile", params).await;
    assert_eq!(call(json!({})).await, no(400, "ERROR_ARGUMENT"));
    assert_eq!(call(json!({ "id": 1 })).await, no(400, "ERROR_NOT_FOUND"));
    assert_eq!(
        call(json!({ "id": 4410, "data": {}, "fileContent": ["a", "YQ=="] })).await,
        no(400, "DISK_BASE_SERVICE_22001")
    );
    assert_eq!(
        call(json!({ "id": 4410, "data": { "NAME": "../a" }, "fileContent": ["a", "YQ=="] })).await,
        no(400, "ERROR_ARGUMENT")
    );
    assert_eq!(
        call(json!({ "id": 4410, "data": { "NAME": "a" }, "fileContent": ["a", "Y!"] })).await,
        no(400, "ERROR_COULD_NOT_SAVE_FILE")
    );
    let storage = json!({ "id": 219, "data": { "NAME": "a.txt" }, "fileContent": ["a.txt", "YQ=="] });
    assert_eq!(house.result("disk.storage.uploadFile", storage).await["PARENT_ID"], "4410");
    assert_eq!(house.refusal("disk.storage.uploadFile", json!({ "id": 219 })).await, no(400, "ERROR_ARGUMENT"));
    let log = house.control.get("/sim/log").await.to_string();
    assert!(!log.contains("YQ=="), "contents are not journaled");
}

#[tokio::test]
async fn an_upload_in_two_steps_is_good_once() {
    let house = House::new().await;
    let first = house.result("disk.folder.uploadFile", json!({ "id": 4410, "generateUniqueName": true })).await;
    assert_eq!(first["field"], "file");
    let url = first["uploadUrl"].as_str().unwrap();
    let body =
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"чертёж.txt\"\r\n\r\nhello\r\n--B--\r\n";
    let second = || house.http.post(url).header(CONTENT_TYPE, "multipart/form-data; boundary=B").body(body);
    let taken = send(second()).await.unwrap().json();
    assert_eq!((&taken["result"]["NAME"], &taken["result"]["SIZE"]), (&json!("чертёж.txt"), &json!("5")));
    assert_eq!(send(second()).await.unwrap().status, 401);
}

#[tokio::test]
async fn files_of_a_task_are_attachments_and_replaced_as_a_whole() {
    let house = House::new().await;
    for name in ["a.pdf", "b.pdf"] {
        house.result("disk.folder.uploadFile", upload(name, false)).await;
    }
    let attach =
        async |file: u64| house.call("tasks.task.files.attach", json!({ "taskId": 20_390, "fileId": file })).await;
    assert_eq!(attach(7751).await.json()["result"]["attachmentId"], 1881);
    assert_eq!(attach(19_034).await.json()["error"], "0", "an inner file is no object of the disk");
    let files = async || {
        let get = json!({ "taskId": 20_390, "select": ["ID", "UF_TASK_WEBDAV_FILES"] });
        house.result("tasks.task.get", get).await["task"]["ufTaskWebdavFiles"].clone()
    };
    assert_eq!(files().await, json!([1881]));
    let update = async |files: Value| {
        let fields = json!({ "UF_TASK_WEBDAV_FILES": files });
        house.result("tasks.task.update", json!({ "taskId": 20_390, "fields": fields })).await;
    };
    update(json!([1881, "n7752"])).await;
    assert_eq!(files().await, json!([1881, 1882]));
    let object = async |attachment: u64| house.result("disk.attachedObject.get", json!({ "id": attachment })).await;
    assert_eq!((&object(1882).await["OBJECT_ID"], &object(1882).await["ENTITY_ID"]), (&json!("7752"), &json!("20390")));
    assert_eq!(house.refusal("disk.attachedObject.get", json!({ "id": 7752 })).await, no(400, "ERROR_NOT_FOUND"));
    update(json!(["n7752"])).await;
    assert_eq!(files().await, json!([1883]));
    assert_eq!(house.refusal("disk.attachedObject.get", json!({ "id": 1882 })).await, no(400, "ERROR_NOT_FOUND"));
}

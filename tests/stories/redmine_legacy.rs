//! Tickets at the addresses of the previous system: what each of them answers, and with which status when the tracker refuses
//! (behaviour/helpdesk 7); and that the time within which somebody wants to hear of changes is in force at once (4).
//!
//! Deliberately not here: what a change is and whom it concerns (`tickets`).

use std::collections::BTreeSet;

use pult_simulators::{redmine::Redmine, service::fault::Fault};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::{
    caller::{Caller, look_until},
    house::PASSWORD,
    tickets_house::{AGENT, Desk, IN_PROGRESS, key, make},
};

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().map(|fields| fields.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn one(redmine: &Redmine) {
    make(redmine, "Нет звука");
}

async fn put(caller: &Caller, path: &str, body: Value) -> (u16, Value) {
    let answer = caller.send(caller.request(Method::PUT, path).json(&body)).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn every_address_answers_in_its_old_shape() {
    let desk = Desk::with("admin", one).await;
    desk.known(1).await;
    let (anna, boris) = (desk.pultd.signed_in("anna").await, desk.pultd.signed_in("boris").await);
    let got = async |caller: &Caller, path: &str| {
        let answer = caller.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    };
    let issue = BTreeSet::from(["id", "updated_on", "subject", "status_name", "status_id"]);
    let own = got(&boris, "/get-my-issues").await;
    assert_eq!((names(&own), names(&own["issues"][0])), (BTreeSet::from(["issues", "statuses"]), issue.clone()));
    assert_eq!((&own["issues"][0]["id"], &own["issues"][0]["status_name"]), (&json!(1), &json!("New")));
    assert!(own["statuses"].as_array().unwrap().iter().any(|status| status["name"] == "In Progress"));
    let none = got(&boris, "/get-my-issues-overview?status=2").await;
    assert_eq!(none["issues"], json!([]));
    let summary = got(&boris, "/get-my-issues-summary").await;
    assert_eq!(names(&summary), BTreeSet::from(["total", "statuses", "status_counts"]));
    assert_eq!(summary["status_counts"], json!([{ "id": 1, "name": "New", "count": 1 }]));
    let table = got(&boris, "/get-my-issues-datatable?draw=4&status_id=2").await;
    assert_eq!(table, json!({ "draw": 4, "recordsTotal": 1, "recordsFiltered": 0, "data": [] }));
    let tasks = got(&anna, "/tasks/get-my-tasks-paginated?draw=5&status_id=1").await;
    assert_eq!((&tasks["success"], &tasks["draw"], &tasks["recordsFiltered"]), (&json!(true), &json!(5), &json!(1)));
    let task = &tasks["data"][0];
    assert!(names(task).is_superset(&issue), "{task}");
    assert_eq!(
        (&task["assigned_to_id"], &task["is_closed"], &task["project_id"]),
        (&json!(AGENT), &json!(false), &json!(1))
    );

    let whole = got(&anna, "/tasks/api/task/1").await;
    assert_eq!((&whole["success"], &whole["task"]["subject"]), (&json!(true), &json!("Нет звука")));
    assert!(names(&whole["task"]).is_superset(&BTreeSet::from(["description", "journals", "attachments"])));
    let statuses = got(&anna, "/tasks/api/task/1/statuses").await;
    let expected = BTreeSet::from(["success", "task_id", "current_status", "available_statuses", "total_available"]);
    assert_eq!((names(&statuses), &statuses["current_status"]["name"]), (expected, &json!("New")));
    let available = statuses["available_statuses"].as_array().unwrap();
    assert_eq!(json!(available.len()), statuses["total_available"]);
    assert_eq!(names(&available[0]), BTreeSet::from(["id", "name", "original_name"]));
    let priorities = got(&anna, "/tasks/api/task/1/priorities").await;
    assert_eq!(names(&priorities), BTreeSet::from(["success", "task_id", "current_priority", "priorities"]));
    let users = got(&anna, "/tasks/api/users").await;
    assert!(users["users"].as_array().unwrap().iter().any(|user| user["id"] == AGENT), "{users}");

    anna.must("tickets.connect", json!({ "key": key("agent1") })).await;
    let said = ["success", "pending", "task_id", "comment", "updated_at", "message"];
    for (part, wanted, done) in [
        ("status", json!(IN_PROGRESS), "Статус заявки изменён"),
        ("priority", priorities["priorities"][0]["id"].clone(), "Приоритет заявки изменён"),
        ("assignee", json!(5), "Исполнитель заявки изменён"),
    ] {
        let path = format!("/tasks/api/task/1/{part}");
        assert_eq!(put(&anna, &path, json!({})).await.0, 400, "{part}");
        let (status, made) = put(&anna, &path, json!({ format!("{part}_id"): wanted })).await;
        let parts = [format!("old_{part}_id"), format!("new_{part}_id"), format!("new_{part}_name")];
        let expected: BTreeSet<&str> = said.into_iter().chain(parts.iter().map(String::as_str)).collect();
        assert_eq!((status, names(&made)), (200, expected), "{made}");
        assert_eq!((&made["pending"], &made["message"], &made[&parts[1]]), (&json!(false), &json!(done), &wanted));
        assert!(made[&parts[2]].is_string(), "{made}");
    }
    // Tasks are for people the tracker knows.
    desk.chief.must("people.create", json!({
        "login": "olga", "profile": { "full_name": "Ольга Без Учётки" }, "rights": { "role": "viewer" }, "password": PASSWORD
    })).await;
    let olga = desk.pultd.signed_in("olga").await;
    let refused = olga.get("/tasks/get-my-tasks-paginated").await;
    assert_eq!((refused.status, &refused.json()["error"]), (403, &json!("Доступ запрещен")));
}

#[tokio::test]
async fn what_the_tracker_refuses_keeps_its_status() {
    let desk = Desk::with("admin", one).await;
    desk.known(1).await;
    let (anna, vera) = (desk.pultd.signed_in("anna").await, desk.pultd.signed_in("vera").await);
    anna.must("tickets.connect", json!({ "key": key("agent1") })).await;
    let refuse = |status: u16| {
        let body = json!({ "errors": ["Тема не может быть пустой"] });
        desk.break_tracker(Fault::Refuse { status, body, retry_after: None }, "issue_update", 1);
    };
    let ask =
        async |caller: &Caller| put(caller, "/tasks/api/task/1/status", json!({ "status_id": IN_PROGRESS })).await;
    for (status, words) in [
        (422, "Трекер отказал: Тема не может быть пустой"),
        (403, "Недостаточно прав в трекере"),
        (404, "Заявка не найдена"),
        (401, "Трекер не принимает ваш ключ"),
    ] {
        refuse(status);
        let (answered, body) = ask(&anna).await;
        assert_eq!((answered, &body["success"], &body["error"]), (status, &json!(false), &json!(words)), "{body}");
    }
    // Pult's own key: the change is kept, and said to wait for a person.
    refuse(401);
    let (answered, body) = ask(&vera).await;
    assert_eq!((answered, &body["success"], &body["pending"]), (401, &json!(false), &json!(true)), "{body}");
    assert_eq!(desk.redmine().issue(1).unwrap().status, 1);
}

#[tokio::test]
async fn a_new_request_of_a_form_brings_its_files_and_is_signed_as_it_is_written() {
    let desk = Desk::with("admin", one).await;
    desk.known(1).await;
    let boris = desk.pultd.signed_in("boris").await;
    let file = Part::bytes(b"\x89PNG\r\n--\r\n".to_vec()).file_name("фото.png").mime_str("image/png").unwrap();
    let form = Form::new()
        .text("subject", "Касса")
        .text("description", "<p>Не печатает</p>")
        .part("files", file)
        .part("files", Part::bytes(vec![]).file_name(""));
    let answer = boris.send(boris.request(Method::POST, "/my-issues/new").multipart(form)).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/ui/#/tickets?open=ticket:2"), "{}", answer.text());
    let made = desk.redmine().issue(2).unwrap();
    assert_eq!((made.project, made.subject.as_str()), (1, "Касса"));
    let description = made.description.unwrap_or_default();
    assert!(description.starts_with("<p>Не печатает</p><br><br>БОРИС ЛИСИН<br>"), "{description}");
    let shown = desk.chief.must("tickets.detail", json!({ "id": 2 })).await;
    let file = &shown["attachments"][0];
    assert_eq!(
        (&file["name"], &file["size"], shown["attachments"].as_array().map(Vec::len)),
        (&json!("фото.png"), &json!(10), Some(1))
    );
    let fetched = desk.chief.must("tickets.attachment", json!({ "id": file["id"] })).await;
    assert_eq!(fetched["content_base64"], "iVBORw0KLS0NCg==");
    for form in
        [Form::new().text("description", "Без темы"), Form::new().text("subject", "Чужой").text("project_id", "99")]
    {
        assert_eq!(boris.send(boris.request(Method::POST, "/my-issues/new").multipart(form)).await.status, 400);
    }
}

/// It fails when a shorter time waits for the end of a pause that began before: that one is five minutes.
#[tokio::test]
async fn a_shorter_time_to_hear_of_changes_is_in_force_at_once() {
    let desk = Desk::with("admin", one).await;
    desk.known(1).await;
    let settle = async |login: &str, seconds: u64| {
        let caller = desk.pultd.signed_in(login).await;
        let mut wishes = caller.must("notices.preferences", json!({})).await;
        wishes["check_seconds"] = seconds.into();
        caller.must("notices.set_preferences", wishes).await;
        caller
    };
    for login in ["chief", "vera", "boris"] {
        settle(login, 600).await;
    }
    let anna = settle("anna", 600).await;
    // The round that begins now is the last for long.
    let asked = desk.redmine().journal.count("issues");
    look_until(|| (desk.redmine().journal.count("issues") > asked).then_some(())).await;
    desk.chief.until_settled().await;
    desk.redmine().comment("sup1", 1, "Смотрю", false).unwrap();
    settle("anna", 10).await;
    desk.notices(&anna, 1, 1).await;
}

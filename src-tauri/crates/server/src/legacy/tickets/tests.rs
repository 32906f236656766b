//! Who gets nothing at the old addresses of tickets, and which requests are bad. What is read and done there is a story of its own.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use pult_engine::auth::Role;
use pult_store::StoreError;
use serde_json::json;

use crate::cards::harness::{Site, get_with};

const TICKET: &str = "INSERT INTO ticket (id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority,
        assignee_id, assignee, subject, description, done_ratio, private, emails, custom, created_on, updated_on, closed_on, followed,
        status_at, looked_at)
    VALUES (102, 1, 'Поддержка', 3, 'Обращение', 1, 'Новая', 0, 4, 'Обычный', 7, 'Жуков Пётр', 'Пропал звук', 'Второй этаж', 0, 0, '[]',
            '[]', 1738357200000, 1738357200000, NULL, 1, 1738357200000, 1738357200000);";

#[tokio::test]
async fn a_bad_request_is_named_and_a_tracker_out_of_reach_is_no_success() {
    let site = Site::start();
    site.app.engine.store().write(|c| c.execute_batch(TICKET).map_err(StoreError::from)).await.unwrap();
    let key = site.key(Role::Supervisor, &[], &["legacy.tasks_set"]).await;
    for (path, body, status) in [
        ("/tasks/api/task/102/status", json!({}), StatusCode::BAD_REQUEST),
        ("/tasks/api/task/102/status", json!({ "status_id": "x" }), StatusCode::BAD_REQUEST),
        ("/tasks/api/task/102/status", json!({ "status_id": 1 }), StatusCode::BAD_REQUEST),
        ("/tasks/api/task/102/priority", json!({ "priority_id": 4 }), StatusCode::BAD_REQUEST),
        ("/tasks/api/task/999/assignee", json!({ "assignee_id": 7 }), StatusCode::NOT_FOUND),
        ("/tasks/api/task/x/assignee", json!({ "assignee_id": 7 }), StatusCode::NOT_FOUND),
        // No tracker is connected here.
        ("/tasks/api/task/102/status", json!({ "status_id": 2 }), StatusCode::BAD_GATEWAY),
    ] {
        let mut request = get_with(path, "x-api-key", &key);
        *request.method_mut() = Method::PUT;
        *request.body_mut() = Body::from(body.to_string());
        let answer = site.console(request).await;
        assert_eq!((answer.status, answer.json()["success"].clone()), (status, json!(false)), "{path} {body}");
    }
    let reading = site.key(Role::Supervisor, &[], &["legacy.tasks"]).await;
    let task = site.console(get_with("/tasks/api/task/102", "x-api-key", &reading)).await;
    assert_eq!((task.status, task.json()["task"]["description"].clone()), (StatusCode::OK, json!("Второй этаж")));
    let mut request = get_with("/tasks/api/task/102/status", "x-api-key", &reading);
    *request.method_mut() = Method::PUT;
    assert_eq!(site.console(request).await.status, StatusCode::FORBIDDEN, "a key to read changes nothing");
}

//! Who gets nothing at the old addresses of tickets, and which requests are bad. What is read and done there is a story of its own.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use pult_engine::auth::Role;
use pult_store::StoreError;
use serde_json::json;

use super::{acts::usual_project, answered, ended, shut_out};
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

#[test]
fn each_outcome_of_the_tracker_has_its_status() {
    let change = |state: &str, trouble: serde_json::Value| json!({ "id": 1, "state": state, "trouble": trouble });
    let of = |kind: &str| json!({ "trouble": kind, "detail": "Тема не может быть пустой" });
    for (state, trouble, key_refused, status) in [
        ("failed", of("rights"), true, StatusCode::UNAUTHORIZED),
        ("failed", of("rights"), false, StatusCode::FORBIDDEN),
        ("failed", of("gone"), false, StatusCode::NOT_FOUND),
        ("failed", of("refused"), false, StatusCode::UNPROCESSABLE_ENTITY),
        ("failed", of("too_late"), false, StatusCode::GATEWAY_TIMEOUT),
        ("conflict", json!({ "trouble": "conflict", "fields": ["status"] }), false, StatusCode::CONFLICT),
        ("partly", json!({ "trouble": "left", "parts": ["status"] }), false, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refused = ended(change(state, trouble.clone()), key_refused).unwrap_err();
        assert_eq!(refused.status(), status, "{state} {trouble}");
    }
    assert_eq!(shut_out().status(), StatusCode::UNAUTHORIZED);
    for state in ["done", "sending"] {
        assert_eq!(ended(change(state, json!(null)), false).unwrap()["state"], state);
    }
}

/// It fails when what is on its way is said to be done.
#[test]
fn what_the_tracker_has_not_shown_is_on_its_way() {
    let done = answered(&json!({ "state": "done" }), "Комментарий добавлен", json!({ "task_id": 102 }));
    assert_eq!(done, json!({ "task_id": 102, "success": true, "pending": false, "message": "Комментарий добавлен" }));
    let sending = answered(&json!({ "state": "sending" }), "Комментарий добавлен", json!({}));
    assert_eq!(sending["pending"], true);
    assert!(!sending["message"].as_str().unwrap().contains("добавлен"), "{sending}");
}

#[test]
fn a_new_request_goes_to_project_1_unless_that_is_not_in_scope() {
    let desk = |ids: &[i64]| json!({ "projects": ids.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>() });
    assert_eq!(usual_project(&desk(&[7, 1, 3])), 1);
    assert_eq!(usual_project(&desk(&[7, 3])), 7);
    assert_eq!(usual_project(&json!({})), json!(null));
}

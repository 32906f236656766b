//! The old addresses of reports with their exact answers.

use axum::http::{StatusCode, header};
use pult_engine::auth::{Grant, Role};
use pult_store::StoreError;
use serde_json::{Value, json};

use super::figures;
use crate::cards::harness::{Answer, Site, get_with};

/// 31 January and 1 February of Moscow, two by the same person; one nobody works on; the site's clock shows 5 November 2025.
const TICKETS: &str = "INSERT INTO ticket (id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority,
        assignee_id, assignee, subject, description, done_ratio, private, emails, custom, created_on, updated_on, closed_on, followed,
        status_at, looked_at)
    VALUES (101, 1, 'Поддержка', 3, 'Обращение', 5, 'Закрыта', 1, 4, 'Обычный', 7, 'Жуков Пётр', 'Нет связи', '', 0, 0, '[]', '[]',
            1738357199000, 1738357199000, 1738443600000, 1, 1738357199000, 1738357199000),
        (102, 1, 'Поддержка', 3, 'Обращение', 1, 'Новая', 0, 4, 'Обычный', 7, 'Жуков Пётр', 'Пропал звук', '', 0, 0, '[]', '[]',
            1738357200000, 1738357200000, NULL, 1, 1738357200000, 1738357200000),
        (103, 1, 'Поддержка', 3, 'Обращение', 1, 'Новая', 0, 4, 'Обычный', NULL, NULL, 'Нужен доступ', '', 0, 0, '[]', '[]',
            1738357200000, 1738357200000, NULL, 1, 1761739200000, 1738357200000);";

async fn site() -> Site {
    let site = Site::start();
    site.app.engine.store().write(|c| c.execute_batch(TICKETS).map_err(StoreError::from)).await.unwrap();
    site
}

async fn ask(site: &Site, path: &str) -> Answer {
    let key = site.key(Role::Viewer, &[Grant::RedmineReport], &["*"]).await;
    site.console(get_with(path, "x-api-key", &key)).await
}

async fn answer(site: &Site, path: &str) -> Value {
    let answer = ask(site, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn groups_have_the_old_shape() {
    let site = site().await;
    let petr = json!({ "id": "7", "name": "Жуков Пётр", "count": 2, "children": [
        { "id": "2025-01", "name": "2025-01", "count": 1, "children": [] },
        { "id": "2025-02", "name": "2025-02", "count": 1, "children": [] },
    ] });
    let nobody = json!({ "id": "unassigned", "name": "Исполнитель не назначен", "count": 1, "children": [
        { "id": "2025-02", "name": "2025-02", "count": 1, "children": [] },
    ] });
    let path = "/redmine-report?project_id=1&group_mode=EXECUTOR_MONTH";
    let all = json!({
        "groups": [petr, nobody], "total_groups": 2, "total_issues": 3, "page": 1, "page_size": 20, "total_pages": 1,
    });
    assert_eq!(answer(&site, path).await, all);
    let second = answer(&site, &format!("{path}&page=2&page_size=1")).await;
    assert_eq!((&second["groups"], &second["total_pages"]), (&json!([nobody]), &json!(2)));
    let february = answer(&site, "/redmine-report?project_id=1&group_mode=MONTH&months[]=2&months%5B%5D=3").await;
    assert_eq!((&february["groups"][0]["id"], &february["total_issues"]), (&json!("2025-02"), &json!(2)));
    let closed = answer(&site, "/redmine-report?project_id=1&period_type=closed&status_filter=is_closed").await;
    assert_eq!(closed["total_issues"], json!(1));
    let of = |query: &'static str| answer(&site, query);
    assert_eq!(of("/redmine-report?project_id=1&executor_id=unassigned&status_filter=1").await["total_issues"], 1);
    assert_eq!(of("/redmine-report?project_id=1&date_from=2025-02-01&report_year=2025").await["total_issues"], 2);
    assert_eq!(of("/redmine-report?project_id=1&date_to=2025-01-31").await["total_issues"], 1);
    let none = answer(&site, "/redmine-report").await;
    assert_eq!((&none["groups"], &none["total_issues"], &none["total_pages"]), (&json!([]), &json!(0), &json!(0)));
}

#[tokio::test]
async fn the_tickets_behind_a_figure_have_the_old_shape() {
    let site = site().await;
    let path = "/redmine-report/details?project_id=1&ctx_executor_id=7&ctx_ym=2025-01";
    assert_eq!(
        answer(&site, path).await,
        json!({
            "issues": [{
                "id": 101, "subject": "Нет связи", "status_name": "Закрыта", "created_on": "31.01.2025 23:59",
                "closed_on": "02.02.2025 00:00", "executor_name": "Жуков Пётр",
            }],
            "total_issues": 1, "page": 1, "page_size": 20, "total_pages": 1,
        })
    );
    let path = "/redmine-report/details?project_id=1&ctx_executor_id=unassigned&detail_page_size=1";
    let nobody = answer(&site, path).await;
    assert_eq!(nobody["issues"][0]["executor_name"], json!("Исполнитель не назначен"));
    assert_eq!((&nobody["issues"][0]["closed_on"], &nobody["page_size"]), (&Value::Null, &json!(1)));
    let path = "/redmine-report/details?project_id=1&detail_page=2&detail_page_size=2";
    let last = answer(&site, path).await;
    assert_eq!((&last["issues"][0]["id"], &last["total_pages"]), (&json!(101), &json!(2)));
}

#[tokio::test]
async fn tickets_that_stand_still_have_the_old_shape() {
    let site = site().await;
    // Seven days by default: 103 has had its status since 29 October, 12:00 UTC, exactly seven days.
    let found = answer(&site, "/redmine-report/stale-tasks?project_id=1").await;
    assert_eq!((&found["total_issues"], &found["page_size"]), (&json!(2), &json!(50)));
    assert_eq!(
        found["issues"][1],
        json!({
            "id": 103, "subject": "Нужен доступ", "status_name": "Новая", "created_on": "01.02.2025 00:00",
            "updated_on": "01.02.2025 00:00", "status_updated_on": "29.10.2025 15:00", "age_days": 277, "stale_days": 7,
            "assigned_to_name": "Исполнитель не назначен",
        })
    );
    assert_eq!(found["issues"][0]["id"], json!(102), "the oldest first");
    let longer = answer(&site, "/redmine-report/stale-tasks?project_id=1&stale_days=8").await;
    assert_eq!((&longer["issues"][0]["id"], &longer["total_issues"]), (&json!(102), &json!(1)));
    let own = answer(&site, "/redmine-report/stale-tasks?project_id=1&executor_id=7&status_id=1").await;
    assert_eq!(own["total_issues"], json!(1));
}

#[tokio::test]
async fn workbooks_are_sent_and_what_makes_no_sense_is_refused() {
    let site = site().await;
    for (path, name) in [
        ("/redmine-report/export?project_id=1", "tickets-2025-11-05.xlsx"),
        ("/redmine-report/stale-tasks/export?project_id=1", "stale-tickets-2025-11-05.xlsx"),
    ] {
        let answer = ask(&site, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert!(answer.header(header::CONTENT_TYPE).ends_with("spreadsheetml.sheet"));
        assert_eq!(answer.header(header::CONTENT_DISPOSITION), format!("attachment; filename=\"{name}\""));
    }
    for path in [
        "/redmine-report/export",
        "/redmine-report/export?project_id=",
        "/redmine-report/details",
        "/redmine-report/stale-tasks",
        "/redmine-report/stale-tasks/export",
    ] {
        let answer = ask(&site, path).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::BAD_REQUEST, "Project required"), "{path}");
    }
    for (path, parameter) in [
        ("/redmine-report?project_id=all", "project_id"),
        ("/redmine-report?project_id=1&group_mode=PROJECT", "group_mode"),
        ("/redmine-report?project_id=1&months[]=13", "months[]"),
        ("/redmine-report?project_id=1&date_from=31.01.2025", "date_from"),
        ("/redmine-report?project_id=1&page_size=501", "page_size"),
        ("/redmine-report/details?project_id=1&ctx_executor_id=nobody", "ctx_executor_id"),
        ("/redmine-report/stale-tasks?project_id=1&stale_days=0", "stale_days"),
    ] {
        let answer = ask(&site, path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.body);
        assert_eq!(answer.body, format!("Bad parameter: {parameter}"));
    }
}

#[tokio::test]
async fn figures_of_ones_own_tasks_have_the_old_shape() {
    let site = site().await;
    let key = site.key(Role::Viewer, &[], &["*"]).await;
    // A key is nobody at the tracker and has no tasks.
    let path = "/tasks/get-my-tasks-statistics-optimized";
    let none = site.console(get_with(path, "x-api-key", &key)).await.json();
    assert_eq!((&none["success"], &none["total_tasks"], &none["status_counts"]), (&json!(true), &json!(0), &json!({})));
    assert_eq!(none["statistics"]["completion_rate"], json!(0.0));

    let counts = [("Новая", false, 3), ("В работе", false, 2), ("Решена", false, 1), ("Закрыта", true, 1)];
    assert_eq!(
        figures(counts.map(|(name, closed, count)| (name.to_owned(), closed, count))),
        json!({
            "success": true, "total_tasks": 7, "open_tasks": 3, "in_progress_tasks": 3, "completed_tasks": 1, "closed_tasks": 1,
            "status_counts": { "В работе": 2, "Закрыта": 1, "Новая": 3, "Решена": 1 },
            "detailed_breakdown": {
                "open_statuses": { "Новая": 3 },
                "in_progress_statuses": { "В работе": 2, "Решена": 1 },
                "completed_statuses": { "Закрыта": 1 },
            },
            "statistics": {
                "total_tasks": 7, "open_tasks": 3, "in_progress_tasks": 3, "completed_tasks": 1, "closed_tasks": 1,
                "completion_rate": 14.3,
            },
        })
    );
}

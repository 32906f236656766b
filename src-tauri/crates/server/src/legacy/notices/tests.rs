//! The notices at their old addresses, with their exact shapes, and whose they are.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use pult_domain::{Audience, Level, Notice, NoticeChange, NoticeClass, NoticeId, Subject, Told};
use pult_engine::auth::{Role, api_key};
use pult_store::notices::{self, Eyes};
use serde_json::{Value, json};

use crate::cards::harness::{Answer, Site, get_with};

/// Somebody with a key of their own, and what they do.
struct Reader<'s> {
    site: &'s Site,
    key: String,
    login: String,
}

impl<'s> Reader<'s> {
    async fn new(site: &'s Site, role: Role) -> Self {
        let key = site.key(role, &[], &["*"]).await;
        let mut keys = api_key::list(site.app.engine.store()).await.unwrap();
        keys.sort_by_key(|key| key.id.0);
        Self { site, key, login: format!("key:{}", keys.last().unwrap().name) }
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.site.console(get_with(path, "x-api-key", &self.key)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.json()
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let mut request = get_with(path, "x-api-key", &self.key);
        *request.method_mut() = Method::POST;
        *request.body_mut() = Body::from(body.to_string());
        self.site.console(request).await
    }

    /// They are told of something about a ticket.
    async fn tell(&self, key: &str, code: &str, values: Value) -> i64 {
        self.tell_of(NoticeClass::Ticket, key, code, values).await
    }

    async fn tell_of(&self, class: NoticeClass, key: &str, code: &str, values: Value) -> i64 {
        let notice = Notice {
            key: key.to_owned(),
            class,
            level: Level::Info,
            subject: Subject("ticket:4312".to_owned()),
            code: code.to_owned(),
            values: values.as_object().cloned().unwrap(),
            to: Audience::People(vec![Told { login: self.login.clone(), why: "author".to_owned() }]),
        };
        let now = self.site.clock.now();
        let raise = move |c: &pult_store::Connection| notices::apply(c, &NoticeChange::Raise(notice), None, now);
        self.site.app.engine.store().write(raise).await.unwrap().unwrap().id.0
    }

    async fn entry(&self, n: i64) -> i64 {
        let values = json!({
            "ticket": 4312, "entry": n, "subject": "Не печатает касса", "by": "Анна", "status": true,
            "old_status": "Новая", "new_status": "В работе", "commented": true, "comment": "<b>Смотрю</b>",
            "private": false, "at": 1_762_340_400_000_i64,
        });
        self.tell(&format!("tickets:entry/{n}"), "tickets.entry", values).await
    }
}

#[tokio::test]
async fn what_is_unread_has_the_old_shape() {
    let site = Site::start();
    let reader = Reader::new(&site, Role::Operator).await;
    let empty = json!({ "status_notifications": [], "comment_notifications": [], "redmine_notifications": [] });
    assert_eq!(
        reader.get("/api/notifications/poll").await,
        json!({ "success": true, "notifications": empty, "timestamp": "2025-11-05T15:00:00", "total_count": 0 })
    );
    let entry = reader.entry(1).await;
    let created = json!({ "ticket": 4313, "subject": "Нет связи", "by": "Борис", "project": "Поддержка" });
    let created = reader.tell("tickets:created/4313", "tickets.created", created).await;
    let body = reader.get("/api/notifications/poll").await;
    assert_eq!(
        body["notifications"],
        json!({
            "status_notifications": [{
                "id": entry, "issue_id": 4312, "old_status": "Новая", "new_status": "В работе",
                "old_subj": "Не печатает касса", "date_created": "05.11.2025 14:00", "user_id": 0,
            }],
            "comment_notifications": [{
                "id": entry, "issue_id": 4312, "author": "Анна", "notes": "<b>Смотрю</b>",
                "date_created": "05.11.2025 14:00", "user_id": 0,
            }],
            "redmine_notifications": [{
                "id": created, "user_id": 0, "redmine_issue_id": 4313, "issue_subject": "Нет связи",
                "issue_description": null, "created_at": "05.11.2025 15:00", "group_name": "Поддержка",
                "author_email": null, "is_read": 0,
            }],
        })
    );
    assert_eq!(body["total_count"], 3);
    assert_eq!(reader.get("/get-notification-count").await, json!({ "count": 2 }));
}

#[tokio::test]
async fn one_reads_and_puts_aside_one_s_own_and_another_s_is_not_there() {
    let site = Site::start();
    let (reader, other) = (Reader::new(&site, Role::Operator).await, Reader::new(&site, Role::Admin).await);
    let (first, second) = (reader.entry(1).await, reader.entry(2).await);
    let read = |id: &Value| json!({ "notification_id": id, "notification_type": "status-change" });
    for id in [json!(first), json!(format!("status_{first}"))] {
        let refused = other.post("/api/notifications/mark-read", &read(&id)).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert_eq!(refused.json()["success"], false);
    }
    let gone = other.post(&format!("/delete_notification_status/{first}"), &json!({})).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(reader.get("/api/notifications/poll").await["total_count"], 4, "nothing was done by the other");

    let answer = reader.post("/api/notifications/mark-read", &read(&json!(format!("status_{first}")))).await;
    assert_eq!(answer.json(), json!({ "success": true, "deleted": 1 }));
    assert_eq!(reader.get("/api/notifications/poll").await["total_count"], 2);
    assert_eq!(reader.get("/get-notification-count").await["count"], 2, "what was read counts");
    let bad = reader.post("/api/notifications/mark-read", &json!({})).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    let aside = reader.post(&format!("/delete_notification_add_notes/{second}"), &json!({})).await;
    assert_eq!(aside.json(), json!({ "success": true, "deleted": 1 }));
    assert_eq!(reader.get("/get-notification-count").await["count"], 1);
    assert_eq!(reader.post("/delete_notification_redmine/none", &json!({})).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn clearing_empties_the_panel_and_says_how_many() {
    let site = Site::start();
    let reader = Reader::new(&site, Role::Operator).await;
    for n in 1..=3 {
        reader.entry(n).await;
    }
    reader.tell("tickets:created/9", "tickets.created", json!({ "ticket": 9 })).await;
    let cleared = reader.post("/api/notifications/redmine/clear", &json!({})).await;
    assert_eq!(cleared.json(), json!({ "success": true, "deleted": 1 }));
    let marked = reader.post("/api/notifications/mark-all-read", &json!({})).await;
    assert_eq!(marked.json(), json!({ "success": true, "deleted": 3 }));
    for (path, count) in
        [("/api/notifications/clear", 3), ("/api/notifications/widget/clear", 0), ("/clear-notifications", 0)]
    {
        let cleared = reader.post(path, &json!({})).await;
        assert_eq!(cleared.json(), json!({ "success": true, "deleted": count }), "{path}");
    }
    assert_eq!(reader.get("/get-notification-count").await["count"], 0);
}

/// It fails when clearing notices of tickets takes anything else with it: these addresses never showed it.
#[tokio::test]
async fn clearing_leaves_notices_that_are_not_about_tickets() {
    let site = Site::start();
    let reader = Reader::new(&site, Role::Operator).await;
    reader.entry(1).await;
    let heard = json!({ "peer": "m@example.com", "name": "Мария", "text": "Добрый день" });
    let other = reader.tell_of(NoticeClass::Message, "messages/1", "messages.heard", heard).await;
    for (path, count) in [("/api/notifications/clear", 1), ("/api/notifications/widget/clear", 0)] {
        assert_eq!(reader.post(path, &json!({})).await.json(), json!({ "success": true, "deleted": count }), "{path}");
    }
    let (eyes, now) = (Eyes { login: reader.login.clone(), everyone: false, teams: vec![] }, site.clock.now());
    let left = site.app.engine.store().read(move |c| notices::get(c, &eyes, NoticeId(other), now)).await.unwrap();
    assert!(!left.done && !left.read, "{left:?}");
}

#[tokio::test]
async fn more_notices_than_a_page_of_the_store_are_all_there() {
    let site = Site::start();
    let reader = Reader::new(&site, Role::Operator).await;
    for n in 0..=notices::LONGEST_PAGE {
        reader.tell(&format!("tickets:created/{n}"), "tickets.created", json!({ "ticket": n })).await;
    }
    let all = notices::LONGEST_PAGE + 1;
    assert_eq!(reader.get("/get-notification-count").await["count"], all);
    assert_eq!(reader.get("/api/notifications/poll").await["total_count"], all);
    let marked = reader.post("/api/notifications/mark-all-read", &json!({})).await;
    assert_eq!(marked.json(), json!({ "success": true, "deleted": all }));
    assert_eq!(reader.get("/api/notifications/poll").await["total_count"], 0);
}

#[tokio::test]
async fn the_settings_of_the_panel_are_the_person_s() {
    let site = Site::start();
    let (reader, other) = (Reader::new(&site, Role::Operator).await, Reader::new(&site, Role::Operator).await);
    let usual = json!({ "success": true, "enabled": true, "polling_interval": 30000, "position": "top-right" });
    assert_eq!(reader.get("/api/notifications/widget/status").await, usual);
    let off = json!({ "success": true, "enabled": false });
    assert_eq!(reader.post("/api/notifications/widget/toggle", &json!({})).await.json(), off);
    assert_eq!(reader.post("/api/notifications/widget/toggle", &json!({ "enabled": false })).await.json(), off);
    assert_eq!(reader.get("/api/notifications/widget/status").await["enabled"], false);
    assert_eq!(reader.post("/api/notifications/toggle", &json!({})).await.json(), off);
    assert_eq!(reader.get("/api/notifications/status").await, off);
    assert_eq!(other.get("/api/notifications/widget/status").await, usual);
}

//! Documents of the accounting system as those around them have them: the sender who compares bytes, the people who get tasks at the
//! portal, and the supervisor who looks. The portal is simulated from its contract.
//!
//! Deliberately not here: who is chosen (`erp_choice`), files (`erp_files`), forms and limits of a document (its integration's tests), and
//! each row of the portal's error table (its integration's).

use std::{collections::BTreeMap, path::Path};

use pult_simulators::{
    bitrix24::{
        switches::SwitchOrder,
        world::{
            staff::{DepartmentOrder, UserOrder},
            tasks::TaskOrder,
        },
    },
    service::fault::{Fault, FaultOrder},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    clock::{has_a_hand_clock, set_clock},
    erp_house::{PORTAL_KEY, UPDATE_FAILED, Works, document, is_ok, row, says},
};

#[tokio::test]
async fn a_document_becomes_a_task_of_the_least_busy_and_its_sender_hears_it_byte_for_byte() {
    let works = Works::open().await;
    let house = works.house("", "");
    let (_pultd, chief) = house.open().await;
    let ping = works.door().get("/ping/").await;
    says(&ping, 200, r#"{"message":"pong","bitrix":"unknown"}"#);
    let answer = works.send(&document("d1", &[("l1", "швейный  ЦЕХ ")])).await;
    is_ok(&answer);
    assert_eq!(answer.header("content-type"), "application/json");
    let task = works.task("l1");
    // Two have three hours of work each; the third's only task is put off; the fourth does not work here any more.
    assert_eq!((task.responsible, task.group, task.title.as_str()), (63, Some(34), "00-000123: швейный ЦЕХ"));
    says(&works.door().get("/ping").await, 200, r#"{"message":"pong","bitrix":"ok"}"#);
    let done = row(&chief, "done").await;
    let detail = chief.must("erp.detail", json!({ "id": done["id"] })).await;
    let text = detail.to_string();
    for word in ["Лекалов", "Иглина", "Ниткина", "least", "busier"] {
        assert!(text.contains(word), "the choice is explained ({word}): {text}");
    }
    assert!(!text.contains(PORTAL_KEY));
}

#[tokio::test]
async fn a_document_that_cannot_be_served_creates_nothing_at_all() {
    let works = Works::open().await;
    let house = works.house("", "");
    let (_pultd, _chief) = house.open().await;
    for (name, text) in [
        ("Литейный двор", "Подотдел \"Литейный двор\" не найден"),
        ("Пустой цех", "В подотделе \"Пустой цех\" нет сотрудников"),
    ] {
        let answer = works.send(&document(name, &[("a", "Швейный цех"), ("b", name)])).await;
        says(&answer, 500, text);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    }
    works.portal.portal().world(|world| {
        world.staff.add_department(DepartmentOrder { name: "ШВЕЙНЫЙ ЦЕХ".to_owned(), parent: Some(12) })
    });
    assert_eq!(works.tasks().len(), 0);
    works.portal.portal().switch(&SwitchOrder { unreadable: Some(vec![51, 52]), ..SwitchOrder::default() });
    let answer = works.send(&document("u", &[("u", "Литьё")])).await;
    assert_eq!(answer.status, 500, "{}", answer.text());
    assert_eq!(works.tasks().len(), 0, "who cannot be looked at is not idle");
    works.portal.portal().switch(&SwitchOrder { unreadable: Some(vec![51]), ..SwitchOrder::default() });
    is_ok(&works.send(&document("u", &[("u", "Литьё")])).await);
    assert_eq!(works.task("u").responsible, 52);
}

#[tokio::test]
async fn a_document_sent_again_changes_its_tasks_and_not_their_people() {
    let works = Works::open().await;
    let house = works.house("", "");
    let (_pultd, _chief) = house.open().await;
    let mut sent = document("d1", &[("l1", "Литьё"), ("l2", "Литьё")]);
    is_ok(&works.send(&sent).await);
    let (first, second) = (works.task("l1"), works.task("l2"));
    assert_ne!(first.responsible, second.responsible, "two lines, two people");
    let order = TaskOrder { responsible: Some(first.responsible), count: Some(30), ..TaskOrder::default() };
    works.portal.portal().order_task(None, &order);
    sent["calculations"][0]["title"] = "Срочно".into();
    is_ok(&works.send(&sent).await);
    assert_eq!(works.task("l1").title, "Срочно");
    assert_eq!((works.task("l1").responsible, works.task("l2").responsible), (first.responsible, second.responsible));
    assert_eq!(works.calls("tasks.task.add"), 2);
}

#[tokio::test]
async fn an_answer_lost_after_the_task_was_made_is_no_second_task() {
    let works = Works::open().await;
    let house = works.house("", "");
    let (_pultd, _chief) = house.open().await;
    is_ok(&works.send(&document("warm", &[("warm", "Швейный цех")])).await);
    // What is known of the house is kept, so one batch looks at people and the next one creates.
    works.fault(FaultOrder { after: 1, ..FaultOrder::new(Fault::DropAfterCommit, "batch", 1) });
    is_ok(&works.send(&document("d1", &[("l1", "Швейный цех"), ("l2", "Литьё")])).await);
    assert_eq!((works.task("l1").status, works.task("l2").status), (2, 2));
    assert_eq!(works.calls("tasks.task.add"), 3, "they were looked for and found");
}

#[tokio::test]
async fn a_hard_end_between_the_answer_and_the_call_loses_and_repeats_nothing() {
    let works = Works::open().await;
    let house = works.house("", "sync_timeout_s = 1\n");
    let (pultd, _chief) = house.open().await;
    works.fault(FaultOrder { fault: Some(Fault::Reset), ..FaultOrder::default() });
    let sent = document("d1", &[("l1", "Швейный цех")]);
    says(&works.send(&sent).await, 500, "Обработка не завершена за 1 с, документ сохранён");
    pultd.kill().await;
    works.heal();
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    row(&chief, "done").await;
    assert_eq!(works.tasks().len(), 1);
    is_ok(&works.send(&sent).await);
    assert_eq!(works.tasks().len(), 1);
}

#[tokio::test]
async fn what_fails_after_the_task_is_told_as_such_and_made_good_by_itself() {
    let works = Works::open().await;
    let house = works.house("", "");
    if !has_a_hand_clock(&house).await {
        return;
    }
    house.person("chief", "admin").await;
    let pultd = house.try_serve(&["--hand-clock", "2026-03-26T09:00:00Z"]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    let sent = document("d1", &[("l1", "Швейный цех")]);
    is_ok(&works.send(&sent).await);
    works.refuse("tasks.task.update", "ERROR_CORE", None);
    says(&works.send(&sent).await, 200, UPDATE_FAILED);
    let failed = row(&chief, "update_failed").await;
    works.heal();
    set_clock(&house, "2026-03-26T09:06:00Z").await;
    let done = row(&chief, "done").await;
    assert_eq!(done["id"], failed["id"]);
    let notices = chief.must("notices.list", json!({ "which": "standing", "limit": 10 })).await;
    assert!(!notices.to_string().contains("erp.document"), "{notices}");
}

#[tokio::test]
async fn files_go_up_once_and_to_every_task() {
    let works = Works::open().await;
    let house = works.house("", "");
    let (_pultd, _chief) = house.open().await;
    let mut sent = document("d1", &[("l1", "Швейный цех"), ("l2", "Литьё")]);
    sent["files"] = json!([
        { "name": "../draft.pdf", "content": "0YfQtdGA0YLRkdC2" },
        { "name": "note.txt", "content": "bm90ZQ==" },
    ]);
    is_ok(&works.send(&sent).await);
    let objects = |ids: &[(u64, u64)]| -> Vec<String> {
        works.portal.portal().world(|world| ids.iter().map(|(_, id)| world.disk.objects[id].name.clone()).collect())
    };
    for key in ["l1", "l2"] {
        assert_eq!(objects(&works.task(key).files), ["draft.pdf", "note.txt"], "{key}");
    }
    assert_eq!(works.calls("disk.folder.uploadfile"), 2);
    is_ok(&works.send(&sent).await);
    assert_eq!((works.calls("disk.folder.uploadfile"), works.task("l1").files.len()), (2, 2));
}

#[tokio::test]
async fn fifty_documents_at_once_are_shared_out_evenly() {
    let works = Works::open().await;
    let house = works.house("", "");
    works.portal.portal().switch(&SwitchOrder { no_limit: true, ..SwitchOrder::default() });
    works.portal.portal().world(|world| {
        let id = world.staff.add_department(DepartmentOrder { name: "Сборка".to_owned(), parent: None });
        let people = UserOrder { id: Some(200), count: Some(5), departments: Some(vec![id]), ..UserOrder::default() };
        world.staff.order_user(None, &people);
    });
    let (_pultd, _chief) = house.open().await;
    let sent: Vec<_> = (0..50).map(|n| document(&format!("d{n}"), &[(&*format!("l{n}"), "Сборка")])).collect();
    let answers = futures_util::future::join_all(sent.iter().map(|document| works.send(document))).await;
    for answer in &answers {
        is_ok(answer);
    }
    let mut given: BTreeMap<u64, usize> = BTreeMap::new();
    for task in works.tasks() {
        *given.entry(task.responsible).or_default() += 1;
    }
    assert_eq!(given.into_iter().collect::<Vec<_>>(), (200..205).map(|id| (id, 10)).collect::<Vec<_>>());
}

#[tokio::test]
async fn fifty_lines_cost_about_ten_requests() {
    let works = Works::open().await;
    let house = works.house("", "");
    let (_pultd, _chief) = house.open().await;
    let keys: Vec<String> = (0..50).map(|n| format!("l{n}")).collect();
    let names = ["Швейный цех", "Литьё", "Мехобработка", "Покраска"];
    let lines: Vec<_> = keys.iter().zip(names.iter().cycle()).map(|(key, name)| (key.as_str(), *name)).collect();
    is_ok(&works.send(&document("d1", &lines)).await);
    assert_eq!(works.tasks().len(), 50);
    assert!(works.requests() <= 12, "{} requests", works.requests());
}

#[tokio::test]
async fn a_portal_that_is_slow_or_full_is_waited_for_and_the_sender_may_ask_again() {
    let works = Works::open().await;
    let house = works.house("", "sync_timeout_s = 1\n");
    let (_pultd, chief) = house.open().await;
    let full = Fault::Refuse {
        status: 503,
        body: json!({ "error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests" }),
        retry_after: None,
    };
    works.fault(FaultOrder { fault: Some(full), ..FaultOrder::default() });
    let sent = document("d1", &[("l1", "Швейный цех")]);
    says(&works.send(&sent).await, 500, "Обработка не завершена за 1 с, документ сохранён");
    works.heal();
    row(&chief, "done").await;
    is_ok(&works.send(&sent).await);
    assert_eq!(works.tasks().len(), 1);
    // A page for people instead of an answer is no answer.
    works.fault(FaultOrder::new(Fault::Html { status: 502 }, "*", 1));
    let other = document("d2", &[("l2", "Литьё")]);
    let _ = works.send(&other).await;
    chief
        .until(async || {
            let page = chief.must("erp.page", json!({ "filter": { "state": "done" }, "limit": 10 })).await;
            (page["rows"].as_array().unwrap().len() == 2).then_some(())
        })
        .await;
    assert_eq!(works.tasks().len(), 2);
}

#[tokio::test]
async fn one_line_the_portal_refuses_is_named_and_a_resend_makes_it_good() {
    let works = Works::open().await;
    let house = works.house("", "");
    let (_pultd, chief) = house.open().await;
    // Both once, because it might be for their tags, and the first line once more.
    works.refuse("tasks.task.add", "ERROR_CORE", Some(3));
    let sent = document("d1", &[("l1", "Швейный цех"), ("l2", "Литьё")]);
    let answer = works.send(&sent).await;
    assert_eq!(answer.status, 500);
    assert!(answer.text().contains("1") && answer.text().contains("Швейный цех"), "{}", answer.text());
    assert_eq!(works.tasks().len(), 1);
    row(&chief, "partial").await;
    is_ok(&works.send(&sent).await);
    assert_eq!((works.task("l1").status, works.task("l2").status), (2, 2));
}

#[tokio::test]
async fn both_shipped_samples_are_taken() {
    let works = Works::open().await;
    let house = works.house("", "");
    let (_pultd, _chief) = house.open().await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/erp_request.json");
    let text = std::fs::read_to_string(file).unwrap();
    let samples: Value = serde_json::from_str(&text).unwrap();
    for name in ["full", "minimal"] {
        is_ok(&works.send(&samples[name]).await);
    }
}

#[tokio::test]
async fn nobody_else_gets_in_and_nothing_else_is_answered_there() {
    let works = Works::open().await;
    let setup = works.setup("", "max_body_mb = 1\n").secret("erp.api_key", "the key of the accounting system");
    let house = setup.build();
    let (pultd, chief) = house.open().await;
    let (door, sent) = (works.door(), document("d1", &[("l1", "Швейный цех")]));
    assert_eq!(door.post("/", &sent).await.status, 401);
    let with_key = |key: &str| door.request(Method::POST, "/").header("x-api-key", key).json(&sent);
    assert_eq!(door.send(with_key("a guess")).await.status, 401);
    assert_eq!(door.get("/metrics").await.status, 404);
    assert_eq!(door.get("/").await.status, 405);
    let large = door.request(Method::POST, "/").header("x-api-key", "the key of the accounting system");
    assert_eq!(door.send(large.body(vec![b' '; 2 << 20])).await.status, 413);
    for other in [pultd.at_hooks(), pultd.at_console()] {
        let answer = other.send(other.request(Method::POST, "/").json(&sent)).await;
        assert!([404, 405].contains(&answer.status), "{}", answer.status);
    }
    let page = chief.must("erp.page", json!({ "filter": {}, "limit": 10 })).await;
    assert_eq!(page["rows"], json!([]));
    is_ok(&door.send(with_key("the key of the accounting system")).await);
    let wrong = door.request(Method::POST, "/").header("x-api-key", "the key of the accounting system");
    let answer = door.send(wrong.json(&json!({ "number": "1" }))).await;
    assert_eq!(answer.status, 422);
    assert!(answer.json()["detail"][0]["loc"].is_array(), "{}", answer.text());
}

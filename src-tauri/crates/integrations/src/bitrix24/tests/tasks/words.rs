//! The webhook's address, what a check says, what single answers mean, and a whole document counted in requests.

use pult_domain::areas::erp::{Fact, Metric, Parts, Root, TaskUpdate};

use super::*;
use crate::{Asked, Delivery, bitrix24::tests::samples::call, transport::http::Answer};

#[tokio::test]
async fn the_webhook_of_tasks_belongs_to_the_same_portal_and_is_never_shown() {
    let house = House::open().await;
    let port = house.portal.base().parse::<url::Url>().unwrap().port().unwrap();
    let effect = Effect::UpdateTasks { document: DOCUMENT, tasks: vec![] };
    let read = Effect::ReadDirectory {
        parts: Parts { schedule: true, ..Parts::default() },
        root: Root { name: String::new(), id: None },
        project: String::new(),
    };
    assert!(house.perform(&effect).await.is_ok(), "nothing is asked where there is nothing to do");
    for (webhook, words) in [
        (format!("http://127.0.0.1:{}/rest/7/{KEY}/", port ^ 1), "another portal"),
        (format!("https://127.0.0.1:{port}/rest/7/{KEY}/"), "another portal"),
        (format!("http://portal.example:{port}/rest/7/{KEY}/"), "another portal"),
        (format!("http://127.0.0.1:{port}/{KEY}"), "not of the form"),
        (format!("http://127.0.0.1:{port}/rest/seven/{KEY}"), "not of the form"),
        (format!("http://127.0.0.1:{port}/rest/7/{KEY}?a=b"), "not of the form"),
        (KEY.to_owned(), "not of the form"),
        (String::new(), "no erp.bitrix_webhook has been set"),
        (format!("http://127.0.0.1:{port}/rest/7/wr0ng{KEY}"), "NO_AUTH_FOUND"),
    ] {
        let secrets = Secrets([("erp.bitrix_webhook".to_owned(), webhook.clone())].into());
        let settings = Settings::new(house.portal.base().parse().unwrap());
        let contents = Contents { records: house.records.clone(), file };
        let bitrix = Bitrix24::new(settings, Arc::new(secrets), super::super::clock().1, contents).unwrap();
        let attempt = bitrix.perform(&read, &key()).await;
        is_clean(&attempt.exchanges);
        let error = attempt.outcome.unwrap_err();
        assert!(matches!(error, CallError::Unauthorized { .. }), "{webhook}: {error:?}");
        let said = error.to_string();
        assert!(said.contains(words) && !said.contains(KEY) && !said.contains("/rest/7"), "{webhook}: {said}");
    }
}

#[tokio::test]
async fn a_check_names_what_the_webhook_of_tasks_lacks() {
    let house = House::open().await;
    let steps = async || {
        let steps = house.bitrix.check().await.into_iter().filter(|step| step.step.starts_with("task_"));
        steps.map(|step| (step.step, step.ok, step.detail)).collect::<Vec<_>>()
    };
    let [(_, true, owner), (_, true, _)] = &steps().await[..] else { panic!("{:?}", steps().await) };
    assert!(owner.contains("(user 7), an administrator"), "{owner}");
    let scopes = Some(["user_basic", "task"].map(str::to_owned).to_vec());
    house.switch(&SwitchOrder { admin: Some(false), scopes, ..SwitchOrder::default() });
    let [(_, false, owner), (_, false, lack)] = &steps().await[..] else { panic!("{:?}", steps().await) };
    assert!(owner.contains("not an administrator") && owner.contains("would look idle"), "{owner}");
    assert!(lack.starts_with("lacks disk, sonet_group or sonet, department, calendar;"), "{lack}");
}

fn example(kind: &str) -> Effect {
    Effect::example(kind).unwrap()
}

#[tokio::test]
async fn an_answer_alone_means_what_its_snapshot_says() {
    let house = House::open().await;
    let key = key();
    for (kind, sample) in [
        ("read_directory", "department_get_children"),
        ("read_directory", "user_get_page2_last"),
        ("read_directory", "sonet_group_get"),
        ("survey_staff", "calendar_accessibility_get"),
        ("survey_staff", "tasks_task_list_page"),
        ("create_tasks", "tasks_task_add_ok"),
        ("create_tasks", "tasks_task_add_bad_responsible"),
        ("upload_file", "disk_storage_getlist"),
        ("upload_file", "disk_folder_uploadfile_direct"),
        ("update_tasks", "tasks_task_get_files"),
        ("update_tasks", "tasks_task_update_forbidden"),
        ("create_tasks", "err_query_limit"),
    ] {
        let (method, answer) = call(sample).unwrap();
        let known = house.bitrix.methods().iter().find(|known| known.name.eq_ignore_ascii_case(&method));
        let method = known.filter(|known| known.kind == kind).map_or("tasks.task.add", |known| known.name);
        let effect = example(kind);
        let asked = Asked { method, effect: &effect, key: &key, at: house.now() };
        insta::assert_debug_snapshot!(format!("alone_{sample}"), house.bitrix.understand(&asked, &answer));
    }
    let (_, answer) = call("department_get_children").unwrap();
    let wrong = Asked { method: "department.get", effect: &example("create_tasks"), key: &key, at: house.now() };
    assert!(house.bitrix.understand(&wrong, &answer).is_err());
    let kinds: Vec<_> = house.bitrix.kinds().to_vec();
    assert!(house.bitrix.methods().iter().all(|method| kinds.contains(&method.kind)), "{kinds:?}");
    let _: &Answer = &answer;
}

#[tokio::test]
async fn a_document_of_fifty_lines_takes_about_ten_requests_and_one_for_each_file() {
    let house = House::open().await;
    house.hire(110, 13);
    let parts = Parts { departments: true, people: true, project: true, schedule: true };
    let root = Root { name: "Производство".to_owned(), id: None };
    let read = Effect::ReadDirectory { parts, root, project: "Задачи из 1с".to_owned() };
    let Fact::DirectoryRead { reading } = house.perform(&read).await.unwrap() else { panic!() };
    let people: Vec<i64> = reading.people.unwrap().iter().map(|person| person.id).collect();
    assert_eq!(people.len(), 120);
    for metric in [Metric::RemainingTime, Metric::OpenCount] {
        let author = Some("Нина Орлова".to_owned());
        let survey = Effect::SurveyStaff { document: DOCUMENT, people: people.clone(), metric, author };
        house.perform(&survey).await.unwrap();
    }
    let tasks: Vec<_> = (0..50).map(|n| task(&format!("line-{n:02}"), "Раскрой", people[n])).collect();
    let create = Effect::CreateTasks { document: DOCUMENT, since: house.now(), tasks };
    let Fact::Created { tasks, .. } = house.perform(&create).await.unwrap() else { panic!() };
    let update = |(n, (key, _)): (i64, (String, _))| TaskUpdate {
        key,
        task: 20_417 + n,
        fields: Some(fields("Раскрой партии")),
        files: vec![],
    };
    let tasks = (0..).zip(tasks).map(update).collect();
    house.perform(&Effect::UpdateTasks { document: DOCUMENT, tasks }).await.unwrap();
    let requests = house.requests();
    assert!(requests <= 11, "{requests} requests, both metrics counted");
}

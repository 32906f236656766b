//! Bringing tasks up to date, and their files.

use pult_domain::areas::erp::{Fact, TaskUpdate, Update};
use pult_simulators::bitrix24::{switches::MissingTask, world::tasks::TaskOrder};

use super::*;

fn change(task: i64, title: Option<&str>, files: &[i64]) -> TaskUpdate {
    let fields = title.map(|title| TaskFields { project: None, ..fields(title) });
    TaskUpdate { key: format!("line-{task}"), task, fields, files: files.to_vec() }
}

fn order(tasks: &[TaskUpdate]) -> Effect {
    Effect::UpdateTasks { document: DOCUMENT, tasks: tasks.to_vec() }
}

impl House {
    async fn update(&self, tasks: &[TaskUpdate]) -> Result<Vec<Update>, CallError> {
        let Fact::Updated { document: DOCUMENT, tasks: became } = self.perform(&order(tasks)).await? else { panic!() };
        let keys: Vec<_> = became.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, tasks.iter().map(|task| &task.key).collect::<Vec<_>>());
        Ok(became.into_iter().map(|(_, update)| update).collect())
    }

    /// Puts files on the disk.
    fn files(&self) -> [i64; 3] {
        self.world(|world| {
            let root = world.disk.objects[&4_410].clone();
            [7_761, 7_762, 7_763].map(|id| {
                let file = pult_simulators::bitrix24::world::disk::Object {
                    id,
                    parent: Some(4_410),
                    file: Some(id),
                    ..root.clone()
                };
                world.disk.objects.insert(id, file);
                id as i64
            })
        })
    }

    /// The files of a task, by what they are on the disk.
    fn attached(&self, task: u64) -> Vec<u64> {
        self.world(|world| world.tasks.all[&task].files.iter().map(|(_, object)| *object).collect())
    }

    fn order_task(&self, task: u64, order: &TaskOrder) {
        assert!(self.portal.portal().order_task(Some(task), order).is_some());
    }
}

fn failed(update: &Update) -> &str {
    match update {
        Update::Failed { detail } => detail,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_a_task_says_changes_and_whose_it_is_does_not() {
    let house = House::open().await;
    let mut with_deadline = change(20_401, Some("Проточка"), &[]);
    with_deadline.fields.as_mut().unwrap().deadline = Some(at("2026-11-20T15:00:00Z"));
    let became = house.update(&[change(20_390, Some("Резка"), &[]), with_deadline]).await.unwrap();
    assert_eq!((became, house.asked("tasks.task.update")["taskId"].clone()), (vec![Update::Done; 2], json!("20401")));
    insta::assert_json_snapshot!("task_update", house.asked("tasks.task.update"));
    house.world(|world| {
        let task = &world.tasks.all[&20_390];
        assert_eq!((task.title.as_str(), task.responsible, task.deadline), ("Резка", 41, None));
        assert!(task.description.contains("Документ 1С № 00-000123"));
        assert_eq!(world.tasks.all[&20_401].deadline, Some(at("2026-11-20T15:00:00Z")));
    });
    assert_eq!(house.requests(), 2);
}

#[tokio::test]
async fn files_are_added_to_those_there_and_none_twice() {
    let house = House::open().await;
    let [a, b, c] = house.files();
    assert_eq!(house.update(&[change(20_390, None, &[a])]).await.unwrap(), [Update::Done]);
    assert_eq!((house.attached(20_390), house.requests()), (vec![a as u64], 2));
    let both = [change(20_390, None, &[a, b]), change(20_391, Some("Наладка"), &[b, c])];
    assert_eq!(house.update(&both).await.unwrap(), [Update::Done, Update::Done]);
    assert_eq!(house.attached(20_390), [a as u64, b as u64]);
    assert_eq!((house.attached(20_391), house.requests()), (vec![b as u64, c as u64], 3));
    // Nothing is left to be done: nothing is changed.
    assert_eq!(house.update(&[change(20_390, None, &[b, a])]).await.unwrap(), [Update::Done]);
    assert_eq!(house.requests(), 2);
}

#[tokio::test]
async fn an_update_in_doubt_is_repeated_without_adding_twice() {
    let house = House::open().await;
    let [a, ..] = house.files();
    let tasks = [change(20_390, Some("Резка"), &[a])];
    let order_fault = FaultOrder { after: 1, ..FaultOrder::new(Wrong::DropAfterCommit, "batch", 1) };
    house.portal.portal().faults.set(order_fault);
    let error = house.update(&tasks).await.unwrap_err();
    assert!(matches!(error, CallError::Unreachable { .. } | CallError::OutcomeUnknown { .. }), "{error:?}");
    assert_eq!(house.settle(&order(&tasks)).await, Settled::NotDone);
    assert_eq!(house.update(&tasks).await.unwrap(), [Update::Done]);
    assert_eq!(house.attached(20_390), [a as u64]);
}

#[tokio::test]
async fn a_completed_task_is_left_alone_and_one_that_is_gone_is_told() {
    for way in [MissingTask::Error, MissingTask::Empty] {
        let house = House::open().await;
        house.switch(&SwitchOrder { missing_task: Some(way), ..SwitchOrder::default() });
        house.order_task(20_391, &TaskOrder { status: Some(5), ..TaskOrder::default() });
        let [a, ..] = house.files();
        let tasks = [change(20_391, Some("x"), &[a]), change(1, Some("x"), &[]), change(20_390, Some("y"), &[])];
        assert_eq!(house.update(&tasks).await.unwrap(), [Update::Completed, Update::Gone, Update::Done]);
        assert_eq!((house.attached(20_391), house.requests()), (vec![], 3));
    }
}

#[tokio::test]
async fn who_does_not_see_all_tasks_calls_none_of_them_gone() {
    let house = House::open().await;
    house.switch(&SwitchOrder { admin: Some(false), ..SwitchOrder::default() });
    let became = house.update(&[change(20_390, Some("x"), &[]), change(1, Some("x"), &[])]).await.unwrap();
    assert!(became.iter().all(|update| failed(update).contains("not an administrator")), "{became:?}");
    // The portal refuses to show a task that is there.
    let house = House::open().await;
    house.refuse("tasks.task.get", (403, "ACCESS_DENIED"), 0, 1);
    let became = house.update(&[change(20_390, Some("x"), &[])]).await.unwrap();
    assert!(failed(&became[0]).contains("ACCESS_DENIED"), "{became:?}");
}

#[tokio::test]
async fn a_change_the_portal_does_not_take_fails_alone() {
    for code in [(400, "0"), (500, "INTERNAL_SERVER_ERROR")] {
        let house = House::open().await;
        house.refuse("tasks.task.update", code, 0, 1);
        let became = house.update(&[change(20_390, Some("x"), &[]), change(20_391, Some("y"), &[])]).await.unwrap();
        assert!(failed(&became[0]).contains("tasks.task.update"), "{became:?}");
        assert_eq!(became[1], Update::Done);
    }
    let house = House::open().await;
    assert!(failed(&house.update(&[change(20_390, None, &[404])]).await.unwrap()[0]).contains("File not found"));
}

#[tokio::test]
async fn a_limit_is_waited_for() {
    for method in ["tasks.task.get", "tasks.task.update"] {
        let house = House::open().await;
        house.refuse(method, (429, "OPERATION_TIME_LIMIT"), 1, 1);
        let tasks = [change(20_390, Some("x"), &[]), change(20_391, Some("y"), &[])];
        let error = house.update(&tasks).await.unwrap_err();
        assert!(matches!(error, CallError::Retry { .. }), "{method}: {error:?}");
    }
}

//! Making tasks, and finding out which of them are there.

use pult_domain::areas::erp::{Creation, Fact, Item};

use super::*;

fn order(house: &House, tasks: Vec<NewTask>) -> Effect {
    Effect::CreateTasks { document: DOCUMENT, since: house.now(), tasks }
}

fn became(fact: Fact) -> Vec<(String, Creation)> {
    match fact {
        Fact::Created { document: DOCUMENT, tasks } => tasks,
        other => panic!("{other:?}"),
    }
}

fn created(key: &str, task: i64) -> (String, Creation) {
    (key.to_owned(), Creation::Created { task })
}

fn missing(key: &str) -> (String, Creation) {
    (key.to_owned(), Creation::Missing)
}

impl House {
    /// The marks of the tasks made since the portal was opened.
    fn made(&self) -> Vec<String> {
        self.world(|world| world.tasks.all.values().filter_map(|task| task.xml_id.clone()).collect())
    }
}

#[tokio::test]
async fn a_task_says_what_its_document_says() {
    let house = House::open().await;
    let mut full = task("line-1", " Заказ [B]123[/B]\n и $result[x] ", 61);
    full.author = Some(41);
    full.planned = Some((at("2026-11-05T08:00:00Z"), at("2026-11-05T12:00:00Z")));
    full.estimate_s = Some(14_400);
    full.fields.deadline = Some(at("2026-11-05T15:00:00Z"));
    full.fields.text.items = [("Фартук [синий]", "2,5", "шт"), ("Нить", "", "")]
        .map(|(name, quantity, unit)| Item { name: name.into(), quantity: quantity.into(), unit: unit.into() })
        .to_vec();
    house.perform(&order(&house, vec![full])).await.unwrap();
    insta::assert_json_snapshot!("task_full", house.asked("tasks.task.add"));
    let mut least = task("line-2", "00-000123: Литьё", 51);
    (least.fields.project, least.fields.text.date, least.fields.text.words) = (None, None, vec![]);
    house.perform(&order(&house, vec![least])).await.unwrap();
    insta::assert_json_snapshot!("task_least", house.asked("tasks.task.add"));
}

#[tokio::test]
async fn fifty_tasks_are_made_with_one_request_and_each_is_judged_by_itself() {
    let house = House::open().await;
    let mut tasks: Vec<_> = (0..50).map(|n| task(&format!("line-{n}"), "Раскрой", 61)).collect();
    let all = became(house.perform(&order(&house, tasks.clone())).await.unwrap());
    let want: Vec<_> = (0..50).map(|n| created(&format!("line-{n}"), 20_417 + n)).collect();
    let mut ids: Vec<_> = all.iter().map(|(_, became)| became.clone()).collect();
    ids.sort_by_key(|became| format!("{became:?}"));
    assert_eq!(ids, want.into_iter().map(|(_, became)| became).collect::<Vec<_>>());
    assert_eq!((house.requests(), house.made().len()), (1, 50));
    tasks.truncate(3);
    tasks[1].responsible = 424_242;
    let all = became(house.perform(&order(&house, tasks)).await.unwrap());
    assert!(matches!(&all[1].1, Creation::Refused { detail } if detail.contains("Responsible")), "{all:?}");
    assert!(matches!((&all[0].1, &all[2].1), (Creation::Created { .. }, Creation::Created { .. })), "{all:?}");
    assert_eq!(house.requests(), 2, "once more without the tag, which might have been to blame");
}

#[tokio::test]
async fn tags_are_left_out_where_the_portal_takes_none() {
    let house = House::open().await;
    house.switch(&SwitchOrder { reject_tags: Some(true), ..SwitchOrder::default() });
    let first = vec![task("a", "Раскрой", 61), task("b", "Раскрой", 62)];
    let all = became(house.perform(&order(&house, first)).await.unwrap());
    assert_eq!((all, house.requests()), (vec![created("a", 20_417), created("b", 20_418)], 2));
    let all = became(house.perform(&order(&house, vec![task("c", "Раскрой", 61)])).await.unwrap());
    assert_eq!((all, house.requests()), (vec![created("c", 20_419)], 1), "it is remembered");
}

#[tokio::test]
async fn tasks_whose_making_is_in_doubt_are_found_by_their_marks_and_not_made_again() {
    for fault in [Wrong::DropAfterCommit, Wrong::TruncatedJson, Wrong::HalfAnswer] {
        let house = House::open().await;
        let mut tasks = vec![task("a", "Раскрой", 61), task("b", "Раскрой", 62), task("c", "Пошив", 62)];
        tasks[2].fields.project = None;
        let effect = order(&house, tasks);
        house.fault(fault.clone(), "batch", 1);
        let error = house.perform(&effect).await.unwrap_err();
        assert!(matches!(error, CallError::OutcomeUnknown { .. }), "{fault:?}: {error:?}");
        let found = became(settled(house.settle(&effect).await));
        assert_eq!(found, [created("a", 20_417), created("b", 20_418), created("c", 20_419)]);
        assert_eq!((house.made().len(), house.requests()), (3, 2));
    }
}

#[tokio::test]
async fn what_was_not_made_is_missing_and_may_be_made() {
    let house = House::open().await;
    let effect = order(&house, vec![task("a", "Раскрой", 61), task("b", "Пошив", 62)]);
    for fault in [Wrong::Reset, Wrong::Html { status: 502 }] {
        house.fault(fault, "batch", 1);
        assert!(matches!(house.perform(&effect).await, Err(CallError::OutcomeUnknown { .. })));
        assert_eq!(house.settle(&effect).await, Settled::NotDone);
    }
    // Somebody else's task of the same title and project is not ours.
    house.perform(&order(&house, vec![task("another", "Раскрой", 61)])).await.unwrap();
    assert_eq!(house.settle(&effect).await, Settled::NotDone);
    house.perform(&order(&house, vec![task("b", "Пошив", 62)])).await.unwrap();
    let found = became(settled(house.settle(&effect).await));
    assert_eq!(found, [missing("a"), created("b", 20_418)]);
}

#[tokio::test]
async fn a_mark_is_found_behind_many_tasks_of_the_same_title() {
    let house = House::open().await;
    for part in 0..2 {
        let tasks = (0..40).map(|n| task(&format!("{part}-{n:02}"), "Раскрой", 61)).collect();
        house.perform(&order(&house, tasks)).await.unwrap();
    }
    house.requests();
    let last = house.settle(&order(&house, vec![task("1-39", "Раскрой", 61)])).await;
    assert!(matches!(&became(settled(last))[..], [(_, Creation::Created { .. })]));
    assert_eq!(house.requests(), 2);
}

#[tokio::test]
async fn a_doubt_stays_one_for_as_long_as_the_portal_cannot_be_asked() {
    let house = House::open().await;
    let effect = order(&house, vec![task("a", "Раскрой", 61)]);
    house.fault(Wrong::Html { status: 502 }, "batch", 1);
    let settled = house.settle(&effect).await;
    assert!(matches!(settled, Settled::Unknown(CallError::OutcomeUnknown { .. })), "{settled:?}");
    for code in [(500, "INTERNAL_SERVER_ERROR"), (403, "insufficient_scope"), (503, "QUERY_LIMIT_EXCEEDED")] {
        house.refuse("tasks.task.list", code, 0, 1);
        let settled = house.settle(&effect).await;
        assert!(matches!(settled, Settled::Unknown(CallError::OutcomeUnknown { .. })), "{settled:?}");
    }
}

#[tokio::test]
async fn a_portal_we_did_not_wait_for_is_given_its_minute() {
    let house = House::open().await;
    let effect = order(&house, vec![task("a", "Раскрой", 61)]);
    let began = house.now();
    house.second.fetch_add(30, Ordering::SeqCst);
    house.bitrix.note_doubt(began);
    let settled = house.settle(&effect).await;
    assert!(matches!(settled, Settled::Unknown(CallError::OutcomeUnknown { .. })), "{settled:?}");
    house.second.fetch_add(30, Ordering::SeqCst);
    assert_eq!(house.settle(&effect).await, Settled::NotDone);
}

#[tokio::test]
async fn a_limit_in_the_middle_leaves_the_rest_to_be_made() {
    let house = House::open().await;
    let tasks = vec![task("a", "Раскрой", 61), task("b", "Пошив", 62), task("c", "Отделка", 63)];
    house.refuse("tasks.task.add", (503, "QUERY_LIMIT_EXCEEDED"), 1, 2);
    let all = became(house.perform(&order(&house, tasks.clone())).await.unwrap());
    assert_eq!(all, [created("a", 20_417), missing("b"), missing("c")]);
    let house = House::open().await;
    house.refuse("tasks.task.add", (429, "OPERATION_TIME_LIMIT"), 0, 3);
    let error = house.perform(&order(&house, tasks)).await.unwrap_err();
    assert!(matches!(error, CallError::Retry { .. }), "{error:?}");
    assert!(house.made().is_empty());
}

#[tokio::test]
async fn a_full_bucket_is_waited_for_and_then_all_is_well() {
    let house = House::open().await;
    let effect = order(&house, vec![task("a", "Раскрой", 61)]);
    house.refuse("batch", (503, "QUERY_LIMIT_EXCEEDED"), 0, 1);
    let error = house.perform(&effect).await.unwrap_err();
    assert!(matches!(error, CallError::Retry { after: Some(_), .. }), "{error:?}");
    assert_eq!(became(house.perform(&effect).await.unwrap()), [created("a", 20_417)]);
}

#[tokio::test]
async fn a_task_the_portal_failed_on_is_looked_for_at_once() {
    let house = House::open().await;
    let tasks = vec![task("a", "Раскрой", 61), task("b", "Пошив", 62)];
    house.refuse("tasks.task.add", (500, "INTERNAL_SERVER_ERROR"), 1, 1);
    let all = became(house.perform(&order(&house, tasks.clone())).await.unwrap());
    assert_eq!((all, house.requests()), (vec![created("a", 20_417), missing("b")], 2));
    house.refuse("tasks.task.add", (500, "INTERNAL_SERVER_ERROR"), 1, 1);
    house.refuse("tasks.task.list", (500, "INTERNAL_SERVER_ERROR"), 0, 1);
    let error = house.perform(&order(&house, tasks)).await.unwrap_err();
    assert!(matches!(error, CallError::OutcomeUnknown { .. }), "{error:?}");
}

//! The second writer, who takes a task between two steps of the client.

use serde_json::json;

use crate::house::House;

const UNASSIGNED: &str = "service eq 54001 and contains('_isnotfilled','executor')";

#[tokio::test]
async fn a_person_takes_a_task_right_after_the_list_told_of_it() {
    let house = House::with_tasks(3).await;
    let order = json!({ "moment": "after_list", "task": 170_901, "person": 583_002, "times": 1 });
    house.control.order("/sim/rivals", order).await;
    assert_eq!(house.filtered("tasknumber eq 170901").await, [170_901]);
    assert_eq!(house.executor(170_901), None, "reading one task is no list");
    assert_eq!(house.filtered(UNASSIGNED).await, [170_900, 170_901, 170_902]);
    assert_eq!(house.executor(170_901), Some(583_002));
    assert_eq!(house.filtered(UNASSIGNED).await, [170_900, 170_902]);
    let taken = house.tenant().assignments();
    assert_eq!((taken.len(), taken[0].person, taken[0].was), (1, 583_002, None));
}

#[tokio::test]
async fn a_person_takes_a_task_right_before_the_write_or_right_after_it() {
    let house = House::with_tasks(2).await;
    house.control.order("/sim/rivals", json!({ "moment": "before_write", "person": 583_002 })).await;
    assert_eq!(house.assign(170_900, 583_001).await.json()["isSuccess"], true);
    let history: Vec<_> = house.tenant().assignments().iter().map(|one| (one.person, one.was)).collect();
    assert_eq!(history, [(583_002, None), (583_001, Some(583_002))], "who writes last has it");
    let gone = house.control.ask(reqwest::Method::DELETE, "/sim/rivals", json!(null)).await;
    assert_eq!(gone.status, 204);
    house.control.order("/sim/rivals", json!({ "moment": "after_write", "times": 1 })).await;
    assert_eq!(house.assign(170_901, 583_001).await.json()["isSuccess"], true);
    assert_eq!(house.executor(170_901), Some(583_002), "somebody else of the service");
    assert_eq!(house.assign(170_901, 583_001).await.json()["isSuccess"], true);
    assert_eq!(house.executor(170_901), Some(583_001), "they came once");
}

#[tokio::test]
async fn so_many_tasks_are_taken_and_no_more() {
    let house = House::with_tasks(5).await;
    house.control.order("/sim/rivals", json!({ "moment": "after_list", "times": 2 })).await;
    house.filtered(UNASSIGNED).await;
    assert_eq!(house.filtered(UNASSIGNED).await, [170_902, 170_903, 170_904]);
    house.tasks(54_002, 171_000, 1);
    house.control.order("/sim/rivals", json!({ "moment": "after_list" })).await;
    house.filtered("service eq 54002").await;
    assert_eq!(house.executor(171_000), None, "nobody is there to take it");
}

//! Departments, people, the project and working hours.

use pult_domain::{
    Failure,
    areas::erp::{Fact, Parts, Reading, Root},
};
use pult_simulators::bitrix24::world::staff::{DepartmentOrder, Group, Kind};

use super::*;

const ALL: Parts = Parts { departments: true, people: true, project: true, schedule: true };

fn ask(parts: Parts, root: &str) -> Effect {
    let root = Root { name: root.to_owned(), id: None };
    Effect::ReadDirectory { parts, root, project: "Задачи из 1с".to_owned() }
}

impl House {
    async fn directory(&self, parts: Parts, root: &str) -> Reading {
        match self.perform(&ask(parts, root)).await.unwrap() {
            Fact::DirectoryRead { reading } => *reading,
            other => panic!("{other:?}"),
        }
    }
}

fn ids(reading: &Reading) -> Vec<i64> {
    reading.people.as_ref().unwrap().iter().map(|person| person.id).collect()
}

#[tokio::test]
async fn a_house_is_read_in_two_requests() {
    let house = House::open().await;
    insta::assert_json_snapshot!("directory", house.directory(ALL, "Производство").await);
    assert_eq!(house.requests(), 2);
    let some = Parts { project: true, ..Parts::default() };
    let reading = house.directory(some, "Производство").await;
    assert!(reading.departments.is_none() && reading.people.is_none() && reading.schedule.is_none());
    assert_eq!((reading.projects.unwrap().len(), house.requests()), (1, 1));
    assert_eq!(house.directory(Parts::default(), "x").await, Reading::default());
    assert_eq!(house.requests(), 0, "nothing was wanted");
}

#[tokio::test]
async fn a_hundred_and_twenty_people_on_three_pages_are_all_read_in_three_requests() {
    let house = House::open().await;
    let before = ids(&house.directory(ALL, "Производство").await).len();
    house.hire(120 - before as u64, 13);
    house.requests();
    let people = ids(&house.directory(ALL, "производство ").await);
    assert_eq!((people.len(), house.requests()), (120, 3));
    assert!(people.is_sorted());
}

#[tokio::test]
async fn departments_on_several_pages_are_all_read() {
    let house = House::open().await;
    for n in 0..120 {
        house.world(|world| {
            world.staff.add_department(DepartmentOrder { name: format!("Участок {n}"), parent: None })
        });
    }
    let last = house.world(|world| world.staff.departments.last().unwrap().id);
    house.hire(1, last);
    let reading = house.directory(ALL, "Производство").await;
    assert_eq!((reading.departments.as_ref().unwrap().len(), house.requests()), (129, 3));
    let person = reading.people.as_ref().unwrap().last().unwrap();
    assert_eq!(person.departments, [last as i64]);
}

#[tokio::test]
async fn a_portal_that_ignores_conditions_shows_nobody_and_nothing_that_was_not_asked_for() {
    let house = House::open().await;
    let order = UserOrder {
        departments: Some(vec![13]),
        active: Some(true),
        kind: Some(Kind::Extranet),
        ..UserOrder::default()
    };
    house.world(|world| world.staff.order_user(None, &order));
    let want = house.directory(ALL, "Производство").await;
    let methods = ["user.get", "sonet_group.get"].map(str::to_owned).to_vec();
    house.switch(&SwitchOrder { ignore_filters: Some(methods), ..SwitchOrder::default() });
    house.hire(60, 20);
    assert_eq!(house.directory(ALL, "Производство").await, want);
}

#[tokio::test]
async fn a_project_is_at_work_and_may_differ_in_case_alone() {
    let house = House::open().await;
    let group = |id, name: &str, active, closed| Group { id, name: name.to_owned(), active, closed };
    house.world(|world| {
        world.staff.groups = vec![
            group(34, "ЗАДАЧИ ИЗ 1С", true, false),
            group(37, "Задачи из 1с", true, true),
            group(38, "Задачи из 1с", false, false),
            group(39, "Задачи из 1с", true, false),
        ];
    });
    let projects = house.directory(ALL, "Производство").await.projects.unwrap();
    assert_eq!(projects.iter().map(|project| project.id).collect::<Vec<_>>(), [34, 39]);
}

#[tokio::test]
async fn nobody_is_read_where_the_root_is_not_one_department() {
    let house = House::open().await;
    for root in ["Нет такого", "Склад"] {
        assert_eq!(ids(&house.directory(ALL, root).await), [0; 0]);
        assert_eq!(house.requests(), 1);
        for _ in 0..2 {
            house.world(|world| {
                world.staff.add_department(DepartmentOrder { name: "Склад".to_owned(), parent: None })
            });
        }
    }
}

#[tokio::test]
async fn a_part_that_cannot_be_read_is_an_error_and_never_an_empty_one() {
    let house = House::open().await;
    let scopes = ["user", "department", "task", "disk", "sonet"].map(str::to_owned).to_vec();
    house.switch(&SwitchOrder { scopes: Some(scopes), ..SwitchOrder::default() });
    let error = house.perform(&ask(ALL, "Производство")).await.unwrap_err();
    assert!(matches!(&error, CallError::Refused { why: Failure::Rights, reason } if reason.contains("scope calendar")));
    let scopes = ["user", "department", "task", "disk", "sonet", "calendar"].map(str::to_owned).to_vec();
    house.switch(&SwitchOrder { scopes: Some(scopes), ..SwitchOrder::default() });
    house.hire(120, 13);
    house.fault(Wrong::Html { status: 502 }, "batch", 1);
    let error = house.perform(&ask(ALL, "Производство")).await.unwrap_err();
    assert!(matches!(error, CallError::Unreachable { .. }), "{error:?}");
    // The second page of people; then the first.
    house.refuse("user.get", (500, "INTERNAL_SERVER_ERROR"), 1, 1);
    let error = house.perform(&ask(ALL, "Производство")).await.unwrap_err();
    assert!(matches!(error, CallError::Unreachable { .. }), "{error:?}");
    house.refuse("user.get", (503, "QUERY_LIMIT_EXCEEDED"), 0, 1);
    let error = house.perform(&ask(ALL, "Производство")).await.unwrap_err();
    assert!(matches!(error, CallError::Retry { .. }), "{error:?}");
    assert_eq!(house.settle(&ask(ALL, "Производство")).await, Settled::NotDone);
}

//! Reading services, people and groups.

use serde_json::{Value, json};

use super::{
    samples::answered,
    server::{Line, Vendor, good, line},
    *,
};

const RULES: &str = "POST /rules/api/rules";
const SERVICES: &str = "GET /changes/api/Services";
const PEOPLE: &str = "GET /settings/odata/Employees";
const GROUPS: &str = "GET /settings/odata/v2/EmployeeGroups";

fn serving(service: i64) -> String {
    format!("GET /settings/api/serviceusers/{service}")
}

/// A service desk that answers every part with its sample.
async fn whole() -> (Vendor, Intradesk) {
    let (vendor, intradesk) = Vendor::cloud([]).await;
    vendor.always(RULES, answered("services_list_rules"));
    vendor.always(SERVICES, answered("services_list_changes"));
    vendor.always(PEOPLE, answered("employees_list"));
    vendor.always(GROUPS, answered("employee_groups_list"));
    vendor.always(&serving(54_001), answered("service_users"));
    vendor.always(&serving(54_002), answered("service_users_null"));
    (vendor, intradesk)
}

async fn read(intradesk: &Intradesk) -> Result<carousel::Catalogue, String> {
    let outcome = intradesk.perform(&Effect::ReadCatalogue {}, &key()).await.outcome;
    match outcome {
        Err(_) => Err(word(&outcome)),
        outcome => match fact(outcome) {
            carousel::Fact::CatalogueRead { catalogue } => Ok(*catalogue),
            other => panic!("{other:?}"),
        },
    }
}

#[tokio::test]
async fn the_parts_make_a_catalogue() {
    let (vendor, intradesk) = whole().await;
    insta::assert_debug_snapshot!("catalogue", read(&intradesk).await.unwrap());
    let asked = vendor.asked();
    let services = asked.iter().find(|request| request.line == RULES).unwrap();
    assert_eq!(services.body, r#"{"chainName":"ShowServiceListChainV2"}"#);
    let people = asked.iter().find(|request| request.line == PEOPLE).unwrap();
    assert_eq!((people.query["$top"].as_str(), people.query["$orderby"].as_str()), ("100", "id asc"));
    // The groups came without a count, and the page after them brought nothing new.
    assert_eq!(asked.iter().filter(|request| request.line == GROUPS).count(), 2);
}

#[tokio::test]
async fn services_are_listed_plainly_where_the_other_way_is_closed() {
    for closed in [403, 404] {
        let (vendor, intradesk) = whole().await;
        vendor.always(RULES, line(closed, ""));
        let services = read(&intradesk).await.unwrap().services;
        let names: Vec<_> = services.values().map(|service| service.name.as_str()).collect();
        assert_eq!(names, ["Оргтехника", "Сеть"]);
        assert!(vendor.lines().contains(&SERVICES.to_owned()));
    }
}

#[tokio::test]
async fn whoever_does_not_work_there_is_left_out_with_what_speaks_of_them() {
    let (vendor, intradesk) = whole().await;
    let member = |group: i64| json!([{"id": 1, "userGroupId": group}]);
    vendor.always(
        PEOPLE,
        good(json!({"@odata.count": 6, "value": [
            {"id": 1, "name": "Работает", "type": 10, "groups": [{"userGroup": {"id": 10}}, {"UserGroupId": "10"}]},
            {"id": 2, "name": "Архив", "isArchived": true, "groups": member(10)},
            {"id": 3, "name": "Клиент", "type": 20, "groups": member(10)},
            {"id": 4, "name": "Без группы", "groups": null},
            {"id": 5, "name": "В архивной группе", "groups": member(20)},
            {"id": 6, "name": "В неизвестной", "groups": member(30), "email": " ", "firstName": "Имя"},
        ]})),
    );
    vendor.always(
        GROUPS,
        good(json!({"@odata.count": 2, "value": [
            {"id": 10, "name": "Линия", "description": " "},
            {"id": 20, "name": "Старая", "isArchived": true},
        ]})),
    );
    let groups = json!({"employeesUserGroups": [{"id": 10}, {"id": 20}, {"id": 30}]});
    vendor.always(&serving(54_001), good(groups.clone()));
    vendor.always(&serving(54_002), good(json!({"employeesUserGroups": []})));
    let catalogue = read(&intradesk).await.unwrap();
    assert_eq!(catalogue.people.keys().map(|id| id.0).collect::<Vec<_>>(), [1, 4, 5, 6]);
    assert_eq!(catalogue.groups.keys().map(|id| id.0).collect::<Vec<_>>(), [10]);
    assert_eq!(catalogue.groups.values().next().unwrap().description, None);
    let pair = |(a, b): (i64, i64)| (pult_domain::GroupId(a), EmployeeId(b));
    assert_eq!(catalogue.memberships, [(10, 1)].map(pair).into());
    assert_eq!(catalogue.bindings, [(ServiceId(54_001), pult_domain::GroupId(10))].into());
    let last = &catalogue.people[&EmployeeId(6)];
    assert_eq!((last.email.as_deref(), last.firstname.as_deref()), (None, Some("Имя")));
}

#[tokio::test]
async fn a_part_that_cannot_be_read_fails_the_whole() {
    let list = |key: &str, rows: Value| good(json!({ key: rows }));
    let html = || line(503, "<html>Service Unavailable</html>");
    let table: Vec<(&str, Line, &str)> = vec![
        (RULES, good(json!({"r_servicelist": {}})), "refused refused"),
        (RULES, good(json!({})), "refused refused"),
        (RULES, good(json!({"r_servicelist": {"services": null}})), "refused refused"),
        (RULES, good(json!({"r_servicelist": {"services": [{"name": "no id"}]}})), "refused refused"),
        (RULES, line(200, "busy"), "unreachable"),
        (RULES, line(200, "").breaks(), "unreachable"),
        (RULES, html(), "unreachable"),
        (RULES, line(401, ""), "unauthorized"),
        (PEOPLE, html(), "unreachable"),
        (PEOPLE, line(403, ""), "refused rights"),
        (PEOPLE, list("value", json!([{"name": "no id"}])), "refused refused"),
        (PEOPLE, list("value", json!([{"id": 1, "groups": [{}]}])), "refused refused"),
        (PEOPLE, list("value", json!([{"id": 1, "groups": "10"}])), "refused refused"),
        (PEOPLE, list("rows", json!([])), "unreachable"),
        // Half of them, and the same half again.
        (PEOPLE, good(json!({"@odata.count": 4, "value": [{"id": 1}, {"id": 2}]})), "refused refused"),
        (GROUPS, html(), "unreachable"),
        (GROUPS, list("value", json!([{"name": "no id"}])), "refused refused"),
        ("GET /settings/api/serviceusers/54001", html(), "unreachable"),
        ("GET /settings/api/serviceusers/54002", line(404, ""), "refused does_not_exist"),
        ("GET /settings/api/serviceusers/54002", good(json!({})), "refused refused"),
        ("GET /settings/api/serviceusers/54002", good(json!({"employeesUserGroups": [{}]})), "refused refused"),
        ("GET /settings/api/serviceusers/54002", line(429, "").with("retry-after", "9"), "retry Some(9s)"),
    ];
    for (path, answer, want) in table {
        let shown = format!("{path}: {answer:?}");
        let (vendor, intradesk) = whole().await;
        vendor.always(path, answer);
        assert_eq!(read(&intradesk).await, Err(want.to_owned()), "{shown}");
    }
}

#[tokio::test]
async fn the_second_page_of_people_counts_as_well() {
    let page = |ids: std::ops::Range<i64>| {
        let rows: Vec<_> = ids.map(|id| json!({"id": id, "name": format!("№ {id}"), "type": 10})).collect();
        good(json!({"@odata.count": 130, "value": rows}))
    };
    for (second, want) in [(page(101..131), Ok(130)), (line(500, ""), Err("unreachable".to_owned()))] {
        let (vendor, intradesk) = whole().await;
        vendor.journal().by_path.remove(PEOPLE);
        vendor.go_on([page(1..101), second]);
        assert_eq!(read(&intradesk).await.map(|catalogue| catalogue.people.len()), want);
        let skips: Vec<_> =
            vendor.asked().iter().filter(|r| r.line == PEOPLE).map(|r| r.query["$skip"].clone()).collect();
        assert_eq!(skips, ["0", "100"]);
    }
}

#[tokio::test]
async fn many_services_are_asked_about_four_at_a_time_and_their_exchanges_are_kept_within_bounds() {
    let (vendor, intradesk) = whole().await;
    let services: Vec<_> = (1..=60).map(|id| json!({"id": id, "name": format!("№ {id}")})).collect();
    vendor.always(RULES, good(json!({"r_servicelist": {"services": services}})));
    for service in 1..=60 {
        vendor.always(&serving(service), good(json!({"employeesUserGroups": [{"id": 176_001}]})));
    }
    let attempt = intradesk.perform(&Effect::ReadCatalogue {}, &key()).await;
    let carousel::Fact::CatalogueRead { catalogue } = fact(attempt.outcome) else { panic!() };
    assert_eq!((catalogue.services.len(), catalogue.bindings.len()), (60, 60));
    assert_eq!(attempt.exchanges.len(), 24);
    let most = vendor.most_at_once();
    assert!((2..=4).contains(&most), "{most} at once");
}

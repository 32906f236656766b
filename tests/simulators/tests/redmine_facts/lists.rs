//! The issue list: its filters, its order, its pages and its rows. Each fact looks at issues of its own.

use pult_simulators::redmine_server::{AGENT, PROJECT, REPORTER, SUPERVISOR};
use serde_json::{Value, json};

use crate::house::{CLOSED, House, IN_PROGRESS, facts, ids, is_time, row};

facts!(
    only_open_issues_are_listed_unless_asked,
    people_filter_by_number_me_and_nobody,
    other_fields_filter_too,
    an_own_field_filters,
    an_unknown_filter_or_order_is_ignored_in_silence,
    pages_have_a_size_within_bounds,
    a_row_leaves_empty_references_out,
    a_row_shows_files_and_relations_and_never_journals,
);

/// Some issues and a filter that finds just them.
async fn some(house: &House, all: Vec<Value>) -> (Vec<u64>, String) {
    let mut made = Vec::new();
    for one in all {
        made.push(house.issue(SUPERVISOR, one).await);
    }
    let list: Vec<String> = made.iter().map(u64::to_string).collect();
    (made, format!("sort=id:asc&issue_id={}", list.join(",")))
}

async fn only_open_issues_are_listed_unless_asked(house: &House) {
    let (made, these) = some(house, vec![json!({}); 3]).await;
    let [new, started, closed] = made[..] else { panic!() };
    house.change(SUPERVISOR, started, json!({ "status_id": IN_PROGRESS })).await;
    house.change(SUPERVISOR, closed, json!({ "status_id": CLOSED })).await;
    for (filter, wanted) in [
        ("", vec![new, started]),
        ("&status_id=open", vec![new, started]),
        ("&status_id=closed", vec![closed]),
        ("&status_id=*", vec![new, started, closed]),
        ("&status_id=2", vec![started]),
        ("&status_id=1%7C5", vec![new, closed]),
        ("&status_id=!5", vec![new, started]),
    ] {
        assert_eq!(house.listed(SUPERVISOR, &format!("{these}{filter}")).await, wanted, "{filter}");
    }
}

async fn people_filter_by_number_me_and_nobody(house: &House) {
    let agent = house.id(AGENT);
    let mine = json!({ "assigned_to_id": agent, "watcher_user_ids": [agent] });
    let (made, these) = some(house, vec![mine, json!({})]).await;
    let by_reporter = house.issue(REPORTER, json!({})).await;
    for (login, filter, wanted) in [
        (AGENT, "assigned_to_id=me".to_owned(), vec![made[0]]),
        (SUPERVISOR, "assigned_to_id=me".to_owned(), vec![]),
        (SUPERVISOR, format!("assigned_to_id={agent}"), vec![made[0]]),
        (SUPERVISOR, "assigned_to_id=!*".to_owned(), vec![made[1]]),
        (AGENT, "watcher_id=me".to_owned(), vec![made[0]]),
        (SUPERVISOR, "author_id=me".to_owned(), made.clone()),
        (AGENT, "author_id=me".to_owned(), vec![]),
    ] {
        assert_eq!(house.listed(login, &format!("{these}&{filter}")).await, wanted, "{login} {filter}");
    }
    assert!(house.listed(REPORTER, "author_id=me&limit=100").await.contains(&by_reporter));
}

async fn other_fields_filter_too(house: &House) {
    let high = json!({ "priority_id": 3, "subject": "Scanner dark" });
    let (made, these) = some(house, vec![high, json!({ "tracker_id": 1 })]).await;
    let child = house.issue(SUPERVISOR, json!({ "parent_issue_id": made[1] })).await;
    for (filter, wanted) in [
        ("priority_id=3", vec![made[0]]),
        ("tracker_id=1", vec![made[1]]),
        ("subject=~canner", vec![made[0]]),
        ("project_id=1", made.clone()),
        (&format!("project_id={PROJECT}"), made.clone()),
        ("closed_on=%3E%3D2000-01-01", vec![]),
        ("created_on=%3E%3D2000-01-01T00:00:00Z", made.clone()),
        ("created_on=%3C%3D2000-01-01T00:00:00Z", vec![]),
    ] {
        assert_eq!(house.listed(SUPERVISOR, &format!("{these}&{filter}")).await, wanted, "{filter}");
    }
    assert_eq!(house.listed(SUPERVISOR, &format!("parent_id={}", made[1])).await, [child]);
}

async fn an_own_field_filters(house: &House) {
    let field = house.back.text_field("Reference").await;
    let own = json!({ "custom_fields": [{ "id": field, "value": "REF-7" }] });
    let (made, these) = some(house, vec![own, json!({})]).await;
    assert_eq!(house.listed(SUPERVISOR, &format!("{these}&cf_{field}=REF-7")).await, [made[0]]);
    let shown = house.read(SUPERVISOR, made[0]).await["custom_fields"].clone();
    assert_eq!(row(&shown, field), json!({ "id": field, "name": "Reference", "value": "REF-7" }));
    house.change(SUPERVISOR, made[0], json!({ "custom_fields": [{ "id": field, "value": "REF-8" }] })).await;
    let details = house.journals(SUPERVISOR, made[0]).await[0]["details"].clone();
    let change = json!({ "property": "cf", "name": field.to_string(), "old_value": "REF-7", "new_value": "REF-8" });
    assert_eq!(details, json!([change]));
}

async fn an_unknown_filter_or_order_is_ignored_in_silence(house: &House) {
    let (made, these) = some(house, vec![json!({}); 2]).await;
    assert_eq!(house.listed(SUPERVISOR, &format!("{these}&updatedon=%3E%3D2100-01-01T00:00:00Z")).await, made);
    let list = these.replace("sort=id:asc", "sort=no_such_column:asc");
    let mut listed = house.listed(SUPERVISOR, &list).await;
    listed.sort_unstable();
    assert_eq!(listed, made);
}

async fn pages_have_a_size_within_bounds(house: &House) {
    let (made, these) = some(house, vec![json!({}); 3]).await;
    for (asked, limit) in [("", 25), ("&limit=0", 25), ("&limit=-4", 25), ("&limit=500", 100), ("&limit=2", 2)] {
        let page = house.get(SUPERVISOR, &format!("/issues.json?{these}{asked}")).await.json();
        let told = (&page["limit"], &page["offset"], &page["total_count"]);
        assert_eq!(told, (&json!(limit), &json!(0), &json!(3)), "{asked}");
        assert_eq!(page["issues"].as_array().unwrap().len(), limit.min(3), "{asked}");
    }
    assert_eq!(house.listed(SUPERVISOR, &format!("{these}&limit=2&offset=1")).await, made[1..]);
    assert_eq!(house.listed(SUPERVISOR, &format!("{these}&limit=2&page=2")).await, made[2..]);
    assert_eq!(house.listed(SUPERVISOR, &format!("{these}&limit=2&offset=9")).await, [0; 0]);
}

async fn a_row_leaves_empty_references_out(house: &House) {
    let (made, these) = some(house, vec![json!({}), json!({ "assigned_to_id": house.id(AGENT) })]).await;
    let child = json!({ "parent_issue_id": made[0] });
    let child = house.issue(SUPERVISOR, child).await;
    let rows = house.get(SUPERVISOR, &format!("/issues.json?{these},{child}")).await.json()["issues"].clone();
    let (bare, assigned, below) = (row(&rows, made[0]), row(&rows, made[1]), row(&rows, child));
    for key in ["assigned_to", "category", "fixed_version", "parent"] {
        assert!(bare.get(key).is_none(), "{key}");
    }
    assert_eq!(assigned["assigned_to"]["id"], house.id(AGENT));
    assert!(assigned["assigned_to"]["name"].is_string());
    assert_eq!(below["parent"], json!({ "id": made[0] }));
    assert_eq!(bare["status"], json!({ "id": 1, "name": "New", "is_closed": false }));
    assert_eq!((&bare["project"]["name"], &bare["author"]["id"]), (&json!("Desk"), &json!(house.id(SUPERVISOR))));
    assert_eq!((&bare["done_ratio"], &bare["is_private"]), (&json!(0), &json!(false)));
    assert!(is_time(&bare["created_on"]) && is_time(&bare["updated_on"]) && bare["closed_on"].is_null(), "{bare}");
    for key in ["tracker", "priority", "subject", "start_date", "due_date", "estimated_hours"] {
        assert!(bare.get(key).is_some(), "{key}");
    }
}

async fn a_row_shows_files_and_relations_and_never_journals(house: &House) {
    let token = house.upload(SUPERVISOR, "a.txt", "hello").await;
    let uploads = json!([{ "token": token, "filename": "a.txt", "content_type": "text/plain" }]);
    let (made, these) = some(house, vec![json!({ "uploads": uploads }), json!({})]).await;
    house.back.relate(made[0], made[1]).await;
    house.change(SUPERVISOR, made[0], json!({ "notes": "seen" })).await;
    let list = house.get(SUPERVISOR, &format!("/issues.json?{these}&include=journals,attachments,relations")).await;
    let first = row(&list.json()["issues"], made[0]);
    assert!(first.get("journals").is_none());
    assert_eq!(first["attachments"][0]["filename"], "a.txt");
    assert_eq!(first["relations"][0]["issue_to_id"], made[1]);
    assert_eq!(ids(&house.get(SUPERVISOR, &format!("/issues.json?{these}")).await.json()["issues"]), made);
}

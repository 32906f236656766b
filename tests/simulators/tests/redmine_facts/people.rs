//! What the key may look up: members, statuses, kinds, priorities, saved filters, and who watches.

use pult_simulators::redmine_server::{ADMIN, AGENT, PROJECT, REPORTER, SUPERVISOR};
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{CLOSED, House, NEW, REJECTED, facts, ids, row, send};

facts!(
    users_are_for_administrators_and_members_for_everybody,
    statuses_tell_which_are_closed,
    kinds_and_priorities_tell_their_defaults,
    a_project_tells_its_kinds_and_categories,
    a_saved_filter_is_a_list_and_an_unknown_one_is_not_found,
    a_project_that_is_not_there_is_not_found,
    watchers_come_and_go,
    search_finds_an_issue_by_its_subject,
    a_stranger_sees_neither_the_project_nor_its_issues,
    everybody_may_look_up_what_their_roles_may,
);

fn text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

async fn users_are_for_administrators_and_members_for_everybody(house: &House) {
    let refused = house.get(SUPERVISOR, "/users.json?name=agent").await;
    assert!(refused.status == 403 && refused.is_empty(), "{refused:?}");
    let found = house.get(ADMIN, "/users.json?name=agent1").await.json();
    assert_eq!(ids(&found["users"]), [house.id(AGENT)]);
    let page = house.get(REPORTER, &format!("/projects/{PROJECT}/memberships.json?limit=2")).await.json();
    assert_eq!((&page["total_count"], &page["limit"], &page["offset"]), (&json!(3), &json!(2), &json!(0)));
    let rest = house.get(REPORTER, &format!("/projects/{PROJECT}/memberships.json?limit=2&offset=2")).await.json();
    let both = page["memberships"].as_array().unwrap().iter().chain(rest["memberships"].as_array().unwrap());
    let mut members: Vec<_> = both.map(|one| (one["user"]["id"].as_u64(), one["roles"][0]["name"].clone())).collect();
    members.sort_by_key(|(id, _)| *id);
    let wanted = [(SUPERVISOR, "Manager"), (AGENT, "Developer"), (REPORTER, "Reporter")];
    assert_eq!(members, wanted.map(|(login, role)| (Some(house.id(login)), json!(role))));
}

async fn statuses_tell_which_are_closed(house: &House) {
    let list = house.get(REPORTER, "/issue_statuses.json").await.json();
    let statuses = list["issue_statuses"].as_array().unwrap();
    assert!(list.get("total_count").is_none() && statuses.iter().all(|one| text(&one["name"])));
    for one in statuses {
        let closed = [CLOSED, REJECTED].into_iter().any(|id| one["id"] == id);
        assert_eq!(one["is_closed"], closed, "{one}");
    }
}

async fn kinds_and_priorities_tell_their_defaults(house: &House) {
    let kinds = house.get(REPORTER, "/trackers.json").await.json();
    assert_eq!(ids(&kinds["trackers"]), [1, 2, 3]);
    for kind in kinds["trackers"].as_array().unwrap() {
        assert_eq!(kind["default_status"]["id"], NEW);
        assert!(kind["enabled_standard_fields"].as_array().unwrap().contains(&json!("assigned_to_id")));
    }
    let priorities = house.get(REPORTER, "/enumerations/issue_priorities.json").await.json();
    let all = priorities["issue_priorities"].as_array().unwrap();
    assert!(all.iter().all(|one| text(&one["name"]) && one["active"] == true), "{priorities}");
    assert_eq!(all.iter().filter(|one| one["is_default"] == true).count(), 1);
}

async fn a_project_tells_its_kinds_and_categories(house: &House) {
    let list = house.get(REPORTER, "/projects.json").await.json();
    assert_eq!((&list["total_count"], &list["projects"][0]["identifier"]), (&json!(1), &json!(PROJECT)));
    let path = format!("/projects/{PROJECT}.json?include=trackers,issue_categories");
    let project = house.get(REPORTER, &path).await.json()["project"].clone();
    assert_eq!(ids(&project["trackers"]), [1, 2, 3]);
    assert_eq!(project["issue_categories"], json!([]));
    assert_eq!(project["is_public"], false);
}

async fn a_saved_filter_is_a_list_and_an_unknown_one_is_not_found(house: &House) {
    let filter = house.back.saved_filter().await;
    let (open, closed) = (house.issue(SUPERVISOR, json!({})).await, house.issue(SUPERVISOR, json!({})).await);
    house.change(SUPERVISOR, closed, json!({ "status_id": CLOSED })).await;
    let list = house.get(AGENT, "/queries.json").await.json();
    assert_eq!(row(&list["queries"], filter)["name"], "Open");
    let found = house.listed(AGENT, &format!("query_id={filter}&limit=100")).await;
    assert!(found.contains(&open) && !found.contains(&closed), "{found:?}");
    assert_eq!(house.get(AGENT, "/issues.json?query_id=999999").await.status, 404);
}

async fn a_project_that_is_not_there_is_not_found(house: &House) {
    for path in ["/issues.json?project_id=no-such-project", "/projects/no-such-project.json", "/issues/9999999.json"] {
        assert_eq!(house.get(SUPERVISOR, path).await.status, 404, "{path}");
    }
}

async fn watchers_come_and_go(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({ "watcher_user_ids": [house.id(SUPERVISOR)] })).await;
    let path = format!("/issues/{issue}/watchers");
    let added = house.post(SUPERVISOR, &format!("{path}.json"), json!({ "user_id": house.id(AGENT) })).await;
    assert_eq!((added.status, added.is_empty()), (204, true));
    let mut watching = ids(&house.read(SUPERVISOR, issue).await["watchers"]);
    watching.sort_unstable();
    assert_eq!(watching, [house.id(SUPERVISOR), house.id(AGENT)]);
    assert!(house.listed(AGENT, "watcher_id=me&limit=100").await.contains(&issue));
    let gone = house.delete(SUPERVISOR, &format!("{path}/{}.json", house.id(AGENT))).await;
    assert_eq!((gone.status, gone.is_empty()), (204, true));
    assert_eq!(ids(&house.read(SUPERVISOR, issue).await["watchers"]), [house.id(SUPERVISOR)]);
}

async fn search_finds_an_issue_by_its_subject(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({ "subject": "Zeppelin over the yard", "description": "d" })).await;
    let found = house.get(SUPERVISOR, "/search.json?q=zeppelin").await.json();
    let one = row(&found["results"], issue);
    assert_eq!((&found["total_count"], &one["type"]), (&json!(1), &json!("issue")));
    assert!(text(&one["title"]) && text(&one["url"]) && text(&one["datetime"]) && one["description"].is_string());
}

async fn a_stranger_sees_neither_the_project_nor_its_issues(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    let path = format!("/issues/{issue}.json");
    let asked = house.request(ADMIN, Method::GET, &path);
    let asked = asked.header("X-Redmine-Switch-User", house.back.stranger().await);
    let refused = send(asked).await;
    assert!(refused.status == 403 && refused.is_empty(), "{refused:?}");
}

async fn everybody_may_look_up_what_their_roles_may(house: &House) {
    for (login, may) in [(SUPERVISOR, true), (REPORTER, false)] {
        let user = house.get(login, "/users/current.json?include=memberships").await.json()["user"].clone();
        assert_eq!(user["admin"], false, "{user}");
        let members = user["memberships"].as_array().unwrap();
        assert_eq!(members.len(), 1);
        assert!(members[0]["project"]["id"].is_u64() && members[0].get("user").is_none(), "{user}");
        let role = members[0]["roles"][0]["id"].as_u64().unwrap();
        let role = house.get(login, &format!("/roles/{role}.json")).await.json()["role"].clone();
        let rights = role["permissions"].as_array().unwrap();
        assert_eq!(rights.contains(&json!("set_notes_private")), may, "{role}");
        assert!(rights.contains(&json!("add_issue_notes")));
    }
    let admin = house.get(ADMIN, "/users/current.json?include=memberships").await.json()["user"].clone();
    assert_eq!((&admin["admin"], &admin["memberships"]), (&json!(true), &json!([])));
    assert_eq!(house.get(REPORTER, "/roles/999999.json").await.status, 404);
}

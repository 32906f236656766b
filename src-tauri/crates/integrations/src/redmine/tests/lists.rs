//! The tracker's lists.

use super::{
    server::{Line, Vendor, good, line, myself, perform},
    *,
};

fn projects() -> Line {
    let rows = json!([
        {"id": 2, "name": "Бета", "identifier": "beta", "parent": {"id": 1}, "trackers": [{"id": 3, "name": "Support"}]},
        {"id": 1, "name": "альфа", "identifier": "alpha"},
        {"id": 3, "name": "Другой", "identifier": "other"},
    ]);
    good(json!({"projects": rows, "total_count": 3, "limit": 100})).to("GET /projects.json")
}

fn lists() -> Vec<Line> {
    vec![
        good(json!({"issue_statuses": [{"id": 1, "name": "New", "is_closed": false}, {"id": 5, "name": "Closed", "is_closed": true}]}))
            .to("GET /issue_statuses.json"),
        good(json!({"issue_priorities": [{"id": 2, "name": "Normal", "is_default": true, "active": true}, {"id": 9, "name": "Old", "active": false}]}))
            .to("GET /enumerations"),
        good(json!({"trackers": [{"id": 1, "name": "Bug"}, {"id": 3, "name": "Support"}]})).to("GET /trackers.json"),
        projects(),
    ]
}

fn members(rows: Value) -> Line {
    let total = rows.as_array().unwrap().len();
    good(json!({"memberships": rows, "total_count": total, "limit": 100}))
}

async fn read(script: Vec<Line>) -> (Vendor, tickets::Dictionary) {
    let (vendor, tracker) =
        Vendor::with_settings(script, secrets(), |settings| settings.projects = vec!["alpha".to_owned()]).await;
    let tickets::Fact::DictionaryRead { dictionary } = fact(perform(&tracker, &Effect::ReadTicketLists {}).await)
    else {
        panic!()
    };
    (vendor, *dictionary)
}

#[tokio::test]
async fn lists_hold_the_projects_of_the_scope_and_who_can_be_given_their_tickets() {
    let group = json!({"group": {"id": 9, "name": "Line 1"}});
    let person = |id: i64, name: &str| json!({"user": {"id": id, "name": name}});
    let script = [
        vec![myself()],
        lists(),
        vec![
            members(json!([person(6, "Pavel"), group, person(5, "Vera"), person(6, "Pavel")])).to("GET /projects/1/"),
            line(403, "").to("GET /projects/2/"),
        ],
    ];
    let (vendor, lists) = read(script.concat()).await;
    assert!(vendor.is_done());
    let shown: Vec<_> = lists
        .projects
        .iter()
        .map(|project| (project.name.as_str(), project.trackers.len(), project.members.len()))
        .collect();
    assert_eq!(shown, [("альфа", 2, 3), ("Бета", 1, 0)]);
    let names: Vec<_> = lists.projects[0].members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["Line 1", "Pavel", "Vera"]);
    assert_eq!(lists.users.iter().map(|user| user.id).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(
        (lists.statuses.len(), lists.statuses[1].closed, lists.priorities.len(), lists.priorities[0].default),
        (2, true, 1, true)
    );
}

#[tokio::test]
async fn an_administrator_sees_everybody_and_a_list_that_is_not_there_is_empty() {
    let admin = good(json!({"user": {"id": 1, "login": "admin", "admin": true}})).to("GET /users/current.json");
    let users = good(
        json!({"users": [{"id": 5, "login": "vera", "firstname": "Vera", "lastname": "Shift", "mail": "Vera@Example.com", "api_key": "hush"}], "total_count": 1, "limit": 100}),
    );
    let none = || members(json!([]));
    let missing =
        ["GET /issue_statuses.json", "GET /enumerations", "GET /trackers.json"].map(|to| line(404, " ").to(to));
    let script = [vec![admin.clone()], missing.to_vec(), vec![projects(), none(), none(), users.to("GET /users.json")]];
    let (vendor, lists) = read(script.concat()).await;
    assert!(lists.statuses.is_empty() && lists.priorities.is_empty() && lists.projects[0].trackers.is_empty());
    assert_eq!(
        (lists.users[0].email.as_deref(), lists.users[0].login.as_deref()),
        (Some("vera@example.com"), Some("vera"))
    );
    assert_eq!(vendor.lines().last().unwrap(), "GET /users.json?status=1&limit=100&offset=0");
    // What may not be seen is taken from the members.
    let refused = [vec![admin], self::lists(), vec![none(), none(), line(403, "").to("GET /users.json")]];
    assert!(read(refused.concat()).await.1.users.is_empty());
}

#[tokio::test]
async fn lists_that_cannot_be_read_fail_as_a_whole() {
    for (fault, want) in [
        (line(403, "").to("GET /issue_statuses.json"), "refused rights"),
        (line(502, "").to("GET /trackers.json"), "unreachable"),
        (good(json!({})).to("GET /projects.json"), "unreachable"),
        (line(502, "").to("GET /projects/1/"), "unreachable"),
    ] {
        let script = [vec![myself(), fault, myself()], lists()];
        let (_, tracker) = Vendor::with(script.concat()).await;
        let outcome = perform(&tracker, &Effect::ReadTicketLists {}).await;
        assert!(word(&outcome).starts_with(want), "{outcome:?}");
    }
}

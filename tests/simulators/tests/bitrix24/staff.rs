//! People, departments, groups, and the ways parameters come in.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::{
    house::{House, SECRET, no},
    kit::send,
};

fn ids(rows: &Value) -> Vec<u64> {
    let id = |row: &Value| row["ID"].as_str().unwrap().parse().unwrap();
    rows.as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn the_address_is_the_key() {
    let house = House::new().await;
    let base = house.portal.base();
    for path in [format!("{base}wrong/profile"), base.replace("/7/", "/1/") + SECRET + "/profile"] {
        let answer = send(house.http.post(path)).await.unwrap();
        assert_eq!((answer.status, answer.json()["error"].clone()), (401, json!("NO_AUTH_FOUND")));
    }
    for method in ["profile", "PROFILE.json", "Profile"] {
        assert_eq!(house.result(method, json!({})).await["ID"], "7");
    }
    assert_eq!(house.refusal("no.such.method", json!({})).await, no(404, "ERROR_METHOD_NOT_FOUND"));
    assert_eq!(house.refusal("humanresources.node.list", json!({})).await.0, 404);
    let log = house.control.get("/sim/log").await.to_string();
    assert!(!log.contains(SECRET) && log.contains("POST /rest/7/[secret]/profile"), "{log}");
    let front = base.replace("/rest/7/", "/sim/state");
    assert_eq!(send(house.http.get(front)).await.unwrap().status, 404);
}

#[tokio::test]
async fn parameters_come_as_json_form_and_query() {
    let house = House::new().await;
    let form = house.http.post(house.url("user.get")).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let form = send(form.body("FILTER%5BUF_DEPARTMENT%5D%5B0%5D=11&sort=ID&order=DESC")).await.unwrap();
    assert_eq!(ids(&form.json()["result"]), [52, 51]);
    let query = send(house.http.get(house.url("user.get?filter[@ID][]=1&filter[@ID][]=2"))).await.unwrap();
    assert_eq!(ids(&query.json()["result"]), [1, 2]);
    let broken = house.http.post(house.url("user.get")).header(CONTENT_TYPE, "application/json").body("{\"a\":");
    assert_eq!(send(broken).await.unwrap().json()["error"], "INVALID_REQUEST");
}

#[tokio::test]
async fn a_look_up_by_mail_may_find_nobody_one_or_two() {
    let house = House::new().await;
    let find = async |mail: &str| ids(&house.result("user.search", json!({ "FILTER": { "EMAIL": mail } })).await);
    assert_eq!(find("n.orlova@CLIENT.example").await, [41]);
    assert_eq!(find("double@client.example").await, [90, 91]);
    assert_eq!(find("k.twice@client.example").await, [92, 93], "one of them is dismissed");
    assert_eq!(find("nobody@client.example").await, [0; 0]);
    let active = json!({ "FILTER": { "EMAIL": "k.twice@client.example", "ACTIVE": true } });
    assert_eq!(ids(&house.result("user.search", active).await), [93]);
    let seed = house.result("user.search", json!({ "email": "n.orlova@client.example" })).await;
    assert_eq!(ids(&seed), [41], "at the top level too");
    let typo = house.result("user.search", json!({ "FILTER": { "EMIAL": "x" } })).await;
    assert!(typo.as_array().unwrap().len() > 10, "an unknown key is no filter");
    house.control.order("/sim/switches", json!({ "ignore_filters": ["User.Search"] })).await;
    assert!(find("n.orlova@client.example").await.len() > 10);
}

#[tokio::test]
async fn a_narrow_scope_hides_mail_and_the_journal_names_the_code() {
    let house = House::new().await;
    house.control.order("/sim/switches", json!({ "scopes": ["user_brief"] })).await;
    let row = house.result("user.search", json!({ "FILTER": { "ID": 41 } })).await[0].clone();
    assert!(row.get("EMAIL").is_none(), "{row}");
    assert_eq!(house.result("scope", json!({})).await, json!(["user_brief"]));
    assert_eq!(house.refusal("department.get", json!({})).await, no(403, "insufficient_scope"));
    house.control.order("/sim/switches", json!({ "admin": false })).await;
    assert_eq!(house.result("profile", json!({})).await["ADMIN"], false);
    let log = house.control.get("/sim/log").await;
    let refused = log.as_array().unwrap().iter().find(|call| call["name"] == "department.get").unwrap();
    assert_eq!((&refused["status"], &refused["error"]), (&json!(403), &json!("insufficient_scope")));
}

#[tokio::test]
async fn fifty_three_people_take_two_pages() {
    let house = House::new().await;
    house.control.make("/sim/users", json!({ "id": 100, "count": 53, "departments": [14] })).await;
    house.control.order("/sim/users/71", json!({ "departments": [20] })).await;
    let page = async |start: i64| {
        let filter = json!({ "ACTIVE": true, "UF_DEPARTMENT": 14 });
        house.call("user.get", json!({ "FILTER": filter, "start": start })).await.json()
    };
    let (first, second, mass) = (page(0).await, page(50).await, page(-1).await);
    assert_eq!((first["total"].clone(), first["next"].clone()), (json!(53), json!(50)));
    assert_eq!((ids(&second["result"]), second.get("next")), (vec![150, 151, 152], None));
    assert_eq!((ids(&mass["result"]).len(), mass.get("total"), mass.get("next")), (50, None, None));
    let after = house.result("user.get", json!({ "FILTER": { ">ID": 149, "UF_DEPARTMENT": 14 }, "start": -1 })).await;
    assert_eq!(ids(&after), [150, 151, 152]);
}

#[tokio::test]
async fn the_workshops_lie_under_production() {
    let house = House::new().await;
    let root = house.result("department.get", json!({ "NAME": "Производство" })).await;
    assert_eq!(ids(&root), [10]);
    let shops = house.result("department.get", json!({ "PARENT": 10, "sort": "SORT", "START": 0 })).await;
    assert_eq!(ids(&shops), [11, 12, 13, 14, 16]);
    assert_eq!(ids(&house.result("department.get", json!({ "PARENT": "12" })).await), [15]);
    assert_eq!(ids(&house.result("department.get", json!({ "NAME": "производств" })).await), [0; 0], "whole names");
    let twin = house.control.make("/sim/departments", json!({ "name": "Швейный цех" })).await;
    let both = house.result("department.get", json!({ "NAME": "Швейный цех" })).await;
    assert_eq!(ids(&both), [13, twin["id"].as_u64().unwrap()]);
    let staff = house.result("user.get", json!({ "FILTER": { "UF_DEPARTMENT": [13] } })).await;
    assert_eq!(ids(&staff), [61, 62, 63, 64], "64 is dismissed");
    let group = house.result("sonet_group.get", json!({ "FILTER": { "NAME": "Задачи из 1С" } })).await;
    assert_eq!((ids(&group), &group[0]["NAME"]), (vec![34], &json!("Задачи из 1с")));
    assert_eq!(
        ids(&house.result("sonet_group.get", json!({ "FILTER": { "ACTIVE": "Y", "CLOSED": "N" } })).await),
        [34]
    );
}

#[tokio::test]
async fn who_is_away_is_told_by_day() {
    let house = House::new().await;
    let busy = json!({
        "user": 44, "from": "2026-10-28T10:00:00+03:00", "to": "2026-10-28T11:00:00+03:00", "accessibility": "busy",
    });
    house.control.order("/sim/absences", busy).await;
    let ask = async |from: &str, to: &str| {
        house.call("calendar.accessibility.get", json!({ "users": [44, 47], "from": from, "to": to })).await
    };
    let found = ask("2026-10-28", "2026-10-28").await.json()["result"].clone();
    assert_eq!((&found["44"][0]["ACCESSIBILITY"], &found["44"][0]["DT_SKIP_TIME"]), (&json!("busy"), &json!("N")));
    assert_eq!(found["44"][0]["DATE_FROM_TS_UTC"], "1793170800");
    assert_eq!(found["47"], json!([]));
    assert_eq!(ask("2026-10-29", "2026-10-30").await.json()["result"]["44"], json!([]));
    assert_eq!(ask("28.10.2026", "2026-10-30").await.status, 400);
    assert_eq!(house.refusal("calendar.accessibility.get", json!({ "from": "2026-10-28" })).await, no(400, ""));
    assert_eq!(house.result("calendar.settings.get", json!({})).await["work_time_start"], "9");
    assert_eq!(house.result("timeman.settings", json!({ "USER_ID": 44 })).await["UF_TIMEMAN"], true);
    assert_eq!(house.refusal("timeman.status", json!({ "USER_ID": 999 })).await, no(400, "USER_NOT_FOUND"));
}

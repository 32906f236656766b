//! Who gets in, what is said to who does not, and in what form anything is said.

use pult_simulators::redmine_server::{ADMIN, AGENT, REPORTER, SUPERVISOR};
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, facts, is_time, send};

const CURRENT: &str = "/users/current.json";

facts!(
    whoever_asks_is_told_who_he_is_and_his_key,
    the_web_server_alone_tells_no_date,
    without_rest_every_call_with_a_key_is_refused_with_nothing,
    a_wrong_key_and_none_are_refused_where_a_login_is_required,
    where_no_login_is_required_nobody_gets_public_data_only,
    a_locked_persons_key_is_refused,
    an_administrator_acts_for_others_and_nobody_else_does,
    what_is_written_for_another_is_the_others,
    a_call_without_its_content_type_has_no_body,
    broken_json_is_refused,
    nobody_is_sent_to_the_login_page_for_an_attachment,
);

async fn whoever_asks_is_told_who_he_is_and_his_key(house: &House) {
    let user = house.get(AGENT, CURRENT).await.json()["user"].clone();
    assert_eq!(user["id"], house.id(AGENT));
    assert_eq!((&user["login"], &user["admin"]), (&json!(AGENT), &json!(false)));
    assert_eq!(user["api_key"], house.key(AGENT));
    let hex = house.key(AGENT).bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(hex && house.key(AGENT).len() == 40);
    for key in ["firstname", "lastname", "last_login_on", "passwd_changed_on", "twofa_scheme"] {
        assert!(user.get(key).is_some(), "{key}");
    }
    assert!(is_time(&user["created_on"]) && is_time(&user["updated_on"]), "{user}");
    assert_eq!(house.get(ADMIN, CURRENT).await.json()["user"]["admin"], true);
}

/// A proxy in front adds it; whoever measures the server's time cannot count on one.
async fn the_web_server_alone_tells_no_date(house: &House) {
    for (path, status) in [(CURRENT, 200), ("/issues/9999999.json", 404)] {
        let answer = house.get(SUPERVISOR, path).await;
        assert_eq!(answer.status, status);
        let date = answer.headers.get("Date").map(|date| date.to_str().unwrap());
        assert!(date.is_none_or(str::is_empty), "{date:?}");
    }
}

async fn without_rest_every_call_with_a_key_is_refused_with_nothing(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    house.back.set_rest(false).await;
    let mut answers = Vec::new();
    for path in [CURRENT.to_owned(), "/issues.json".to_owned(), format!("/issues/{issue}.json")] {
        answers.push(house.get(ADMIN, &path).await);
    }
    answers.push(house.try_change(SUPERVISOR, issue, json!({ "notes": "lost" })).await);
    house.back.set_rest(true).await;
    for answer in answers {
        assert!(answer.status == 403 && answer.is_empty(), "{answer:?}");
    }
    assert_eq!(house.journals(SUPERVISOR, issue).await, [Value::Null; 0]);
}

async fn a_wrong_key_and_none_are_refused_where_a_login_is_required(house: &House) {
    let wrong = "0".repeat(40);
    for path in [CURRENT, "/issues.json"] {
        let answer = send(house.open(Method::GET, path).header("X-Redmine-API-Key", &wrong)).await;
        assert!(answer.status == 401 && answer.is_empty(), "{answer:?}");
        let answer = send(house.open(Method::GET, path)).await;
        assert!(answer.status == 401 && answer.is_empty(), "{answer:?}");
    }
}

async fn where_no_login_is_required_nobody_gets_public_data_only(house: &House) {
    house.issue(SUPERVISOR, json!({})).await;
    house.back.set_login_required(false).await;
    let (list, current) = (house.open(Method::GET, "/issues.json"), house.open(Method::GET, CURRENT));
    let (list, current) = (send(list).await, send(current).await);
    let wrong = house.open(Method::GET, "/issues.json").header("X-Redmine-API-Key", "0".repeat(40));
    let wrong = send(wrong).await;
    house.back.set_login_required(true).await;
    assert_eq!((list.status, &list.json()["total_count"]), (200, &json!(0)), "{}", list.text);
    assert_eq!(current.status, 401);
    assert_eq!((wrong.status, &wrong.json()["total_count"]), (200, &json!(0)), "{}", wrong.text);
}

async fn a_locked_persons_key_is_refused(house: &House) {
    house.back.set_active(REPORTER, false).await;
    let (own, acted) = (house.get(REPORTER, CURRENT).await, as_other(house, ADMIN, REPORTER).await);
    house.back.set_active(REPORTER, true).await;
    assert_eq!((own.status, acted.0), (401, 412));
    assert_eq!(house.get(REPORTER, CURRENT).await.status, 200);
}

/// The status of an answer to `login` who acts for `other`, and for whom it was.
async fn as_other(house: &House, login: &str, other: &str) -> (u16, Value) {
    let answer = send(house.request(login, Method::GET, CURRENT).header("X-Redmine-Switch-User", other)).await;
    let whom = if answer.status == 200 { answer.json()["user"]["login"].clone() } else { Value::Null };
    assert!(answer.status == 200 || answer.is_empty(), "{answer:?}");
    (answer.status, whom)
}

async fn an_administrator_acts_for_others_and_nobody_else_does(house: &House) {
    assert_eq!(as_other(house, ADMIN, SUPERVISOR).await, (200, json!(SUPERVISOR)));
    assert_eq!(as_other(house, ADMIN, "nobody-of-that-name").await, (412, Value::Null));
    assert_eq!(as_other(house, SUPERVISOR, AGENT).await, (200, json!(SUPERVISOR)), "ignored in silence");
    assert_eq!(as_other(house, SUPERVISOR, "nobody-of-that-name").await, (200, json!(SUPERVISOR)));
}

async fn what_is_written_for_another_is_the_others(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    let asked = house.request(ADMIN, Method::PUT, &format!("/issues/{issue}.json"));
    let body = json!({ "issue": { "notes": "by her", "status_id": 6 } });
    let answer = send(asked.header("X-Redmine-Switch-User", AGENT).json(&body)).await;
    assert_eq!(answer.status, 204);
    let [journal] = &house.journals(SUPERVISOR, issue).await[..] else { panic!("one journal") };
    assert_eq!((&journal["user"]["id"], &journal["notes"]), (&json!(house.id(AGENT)), &json!("by her")));
    assert_eq!(journal["details"], json!([]), "with the rights of the other, too");
}

async fn a_call_without_its_content_type_has_no_body(house: &House) {
    let body = json!({ "issue": { "project_id": "desk", "tracker_id": 3, "subject": "Lost" } }).to_string();
    let answer = send(house.request(SUPERVISOR, Method::POST, "/issues.json").body(body)).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.errors().iter().any(|error| error.contains("cannot be blank")), "{}", answer.text);
}

async fn broken_json_is_refused(house: &House) {
    let asked = house.request(SUPERVISOR, Method::POST, "/issues.json").header("Content-Type", "application/json");
    assert_eq!(send(asked.body("{\"issue\":")).await.status, 400);
}

async fn nobody_is_sent_to_the_login_page_for_an_attachment(house: &House) {
    let token = house.upload(SUPERVISOR, "a.txt", "hello").await;
    let uploads = json!([{ "token": token, "filename": "a.txt", "content_type": "text/plain" }]);
    let issue = house.issue(SUPERVISOR, json!({ "uploads": uploads })).await;
    let id = house.read(SUPERVISOR, issue).await["attachments"][0]["id"].clone();
    let answer = send(house.open(Method::GET, &format!("/attachments/download/{id}/a.txt"))).await;
    let place = answer.headers.get("Location").map(|place| place.to_str().unwrap().to_owned()).unwrap_or_default();
    assert!(answer.status == 302 && place.contains("/login"), "{} {place}", answer.status);
}

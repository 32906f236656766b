//! Who comes in and as whom: keys, names with passwords, another's name, REST switched off, the prefix, the journal of calls.

use pult_simulators::redmine::{Settings, start};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, PASSWORD, key, settings},
    kit::send,
};

#[tokio::test]
async fn a_key_opens_and_is_told_to_its_owner_alone() {
    let house = House::new().await;
    let me = house.get("agent1", "/users/current.json").await.json();
    assert_eq!((&me["user"]["id"], &me["user"]["login"]), (&json!(6), &json!("agent1")));
    assert_eq!((&me["user"]["admin"], &me["user"]["api_key"]), (&json!(false), &json!(key("agent1"))));
    assert_eq!(me["user"].get("mail"), None, "hidden from who is no administrator");
    let other = house.get("sup1", "/users/6.json").await.json();
    assert_eq!((other["user"].get("api_key"), other["user"].get("admin")), (None, None));
    let seen = house.get("admin", "/users/6.json").await.json();
    assert_eq!((&seen["user"]["mail"], &seen["user"]["status"]), (&json!("agent1@example.com"), &json!(1)));
}

#[tokio::test]
async fn a_wrong_key_is_401_with_a_challenge_and_no_body() {
    let house = House::new().await;
    for request in [
        house.bare(Method::GET, "/users/current.json"),
        house.bare(Method::GET, "/issues.json").header("X-Redmine-API-Key", "bad"),
        house.bare(Method::GET, "/issues.json").header("Authorization", "Basic !!!"),
    ] {
        let answer = send(request).await.unwrap();
        assert_eq!((answer.status, answer.text.as_str()), (401, ""));
        assert_eq!(answer.headers["www-authenticate"], "Basic realm=\"Redmine API\"");
    }
    house.control.make("/sim/people", json!({ "login": "agent1", "active": false })).await;
    assert_eq!(house.get("agent1", "/users/current.json").await.status, 401, "locked");
}

#[tokio::test]
async fn basic_takes_a_name_with_its_password_and_a_key_for_a_name() {
    let house = House::new().await;
    let status = async |name: &str, password: &str| {
        let request = house.bare(Method::GET, "/users/current.json").basic_auth(name, Some(password));
        send(request).await.unwrap().status
    };
    assert_eq!(status("sup1", PASSWORD).await, 200);
    assert_eq!(status("sup1", "wrong").await, 401);
    assert_eq!(status(&key("sup1"), "anything").await, 200);
    house.control.make("/sim/people", json!({ "login": "sup1", "twofa": true })).await;
    assert_eq!(status("sup1", PASSWORD).await, 401, "two factors");
    assert_eq!(status(&key("sup1"), "anything").await, 200);
    house.control.make("/sim/people", json!({ "login": "sup1", "must_change_password": true })).await;
    assert_eq!(status(&key("sup1"), "anything").await, 403);
    assert_eq!(house.get("sup1", "/users/current.json").await.status, 200, "the header asks for no password");
}

#[tokio::test]
async fn only_an_administrator_speaks_in_anothers_name() {
    let house = House::new().await;
    let login = async |who: &str, as_whom: &str| {
        let request = house.request(who, Method::GET, "/users/current.json").header("X-Redmine-Switch-User", as_whom);
        let answer = send(request).await.unwrap();
        if answer.status == 200 { answer.json()["user"]["login"].clone() } else { json!(answer.status) }
    };
    assert_eq!(login("admin", "agent1").await, "agent1");
    assert_eq!(login("admin", "nobody9").await, 412);
    assert_eq!(login("sup1", "agent1").await, "sup1", "passed over without a word");
    assert_eq!(login("sup1", "nobody9").await, "sup1");
    house.control.make("/sim/people", json!({ "login": "agent1", "active": false })).await;
    assert_eq!(login("admin", "agent1").await, 412);
}

#[tokio::test]
async fn rest_switched_off_is_a_bare_403_until_it_is_on_again() {
    let house = House::new().await;
    house.switch(json!({ "rest": false })).await;
    for path in ["/users/current.json", "/issues.json", "/issues/999.json"] {
        let off = house.get("admin", path).await;
        assert_eq!((off.status, off.text.as_str()), (403, ""), "{path}");
    }
    assert_eq!(house.get("admin", "/attachments/download/1/a.txt").await.status, 302);
    house.switch(json!({ "rest": true })).await;
    assert_eq!(house.get("admin", "/users/current.json").await.status, 200);
}

#[tokio::test]
async fn without_a_key_an_open_server_shows_nothing_and_says_so_with_200() {
    let house = House::new().await;
    house.issue(json!({})).await;
    house.switch(json!({ "login_required": false })).await;
    let list = send(house.bare(Method::GET, "/issues.json?status_id=*")).await.unwrap();
    assert_eq!((list.status, &list.json()["total_count"]), (200, &json!(0)));
    assert_eq!(send(house.bare(Method::GET, "/users/current.json")).await.unwrap().status, 401);
    assert_eq!(send(house.bare(Method::GET, "/issues/1.json")).await.unwrap().status, 401);
    house.control.make("/sim/projects", json!({ "identifier": "desk", "public": true })).await;
    let list = send(house.bare(Method::GET, "/issues.json")).await.unwrap();
    assert_eq!(list.json()["total_count"], 1);
}

#[tokio::test]
async fn everything_is_below_the_prefix_and_pages_of_browsers_are_none_of_it() {
    let house = House::new().await;
    let root = house.server.base().replace("/redmine", "");
    let outside = house.http.get(format!("{root}/issues.json")).header("X-Redmine-API-Key", key("admin"));
    assert_eq!(send(outside).await.unwrap().status, 404);
    for path in ["/issues", "/nope.json", "/issues/1.xml", "/sim/state"] {
        assert_eq!(house.get("admin", path).await.status, 404, "{path}");
    }
    assert_eq!(house.call("admin", Method::PATCH, "/issues/1.json", json!({})).await.status, 404);
    let plain = House::with(Settings { prefix: String::new(), ..settings() }).await;
    assert_eq!(plain.get("admin", "/users/current.json").await.status, 200);
}

#[tokio::test]
async fn the_journal_says_who_called_and_holds_no_key() {
    let house = House::new().await;
    house.get("agent1", "/users/current.json").await;
    let leaking = house.bare(Method::GET, &format!("/issues.json?key={}", key("sup1")));
    assert_eq!(send(leaking).await.unwrap().status, 200);
    let basic = house.bare(Method::GET, "/issues.json").basic_auth(key("rep1"), Some(PASSWORD));
    send(basic).await.unwrap();
    let log = house.control.get("/sim/log").await;
    assert_eq!((&log[0]["name"], &log[0]["request"]["asked"]["who"]), (&json!("users_current"), &json!("agent1")));
    assert!(log[1]["error"].as_str().unwrap().contains("address"), "{log}");
    for secret in [key("agent1"), key("sup1"), key("rep1"), PASSWORD.to_owned()] {
        assert!(!log.to_string().contains(&secret), "{log}");
    }
    let since = house.control.get("/sim/log?since=2").await;
    assert_eq!(since.as_array().unwrap().len(), 1);
    house.control.ask(Method::DELETE, "/sim/log", Value::Null).await;
    assert_eq!(house.control.get("/sim/log").await, json!([]));
}

#[tokio::test]
async fn the_control_interface_is_on_loopback_alone() {
    let open = Settings { control: "0.0.0.0:0".parse().unwrap(), ..settings() };
    assert!(start(open).await.is_err());
    let house = House::new().await;
    let state = house.control.get("/sim/state").await;
    assert_eq!((&state["switches"]["rest"], &state["hooks"], &state["held"]), (&json!(true), &json!(false), &json!(0)));
    let key_of = house.control.make("/sim/people/rep1/key", json!({})).await;
    assert_eq!(key_of["key"], key("rep1"));
    assert!(!house.control.get("/sim/people").await.to_string().contains(&key("rep1")));
    house.server.stop().await;
}

//! The token service: what it refuses, how long tokens are good, and that one to renew with is good once.

use serde_json::{Value, json};

use crate::{
    house::{House, KEY, password_form},
    kit::send,
};

/// The form with one field changed, or without it.
fn form(name: &'static str, value: Option<&str>) -> Vec<(&'static str, String)> {
    let mut form = password_form();
    form.retain(|(known, _)| *known != name);
    form.extend(value.map(|value| (name, value.to_owned())));
    form
}

async fn refusal(house: &House, form: &[(&str, String)]) -> Value {
    let answer = house.form(form).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    answer.json()["error"].clone()
}

#[tokio::test]
async fn every_field_of_the_form_is_looked_at() {
    let house = House::new().await;
    for (name, value, error) in [
        ("grant_type", None, "invalid_request"),
        ("grant_type", Some("client_credentials"), "unsupported_grant_type"),
        ("client_id", None, "invalid_request"),
        ("client_id", Some("nope"), "invalid_client"),
        ("scope", None, "invalid_request"),
        ("scope", Some("openid profile email custom.profile offline_access"), "invalid_scope"),
        ("scope", Some("openid profile email custom.profile api offline_access admin"), "invalid_scope"),
        ("username", None, "invalid_request"),
        ("username", Some("bot"), "invalid_grant"),
        ("password", None, "invalid_request"),
        ("password", Some("password"), "invalid_grant"),
        ("acr_values", None, "invalid_request"),
        ("acr_values", Some("tenant:other.intradesk.ru"), "invalid_grant"),
        ("acr_values", Some("TENANT.intradesk.ru"), "invalid_grant"),
        ("client_secret", Some("x"), "invalid_request"),
    ] {
        assert_eq!(refusal(&house, &form(name, value)).await, error, "{name}: {value:?}");
    }
    let mut twice = password_form();
    twice.push(("username", "bot@tenant.example".to_owned()));
    assert_eq!(refusal(&house, &twice).await, "invalid_request");
    let url = format!("{}/connect/token", house.desk.login_base());
    let as_json: Value = password_form().into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    assert_eq!(send(house.http.post(&url).json(&as_json)).await.unwrap().json()["error"], "invalid_request");
    assert_eq!(send(house.http.get(&url)).await.unwrap().status, 405);
    house.token().await;
    assert_eq!(house.tenant().tokens().password, 1);
    assert_eq!(house.tenant().tokens().refused, 17);
}

#[tokio::test]
async fn a_token_is_good_until_its_life_is_over() {
    let house = House::new().await;
    house.switch(json!({ "token_life": 90 })).await;
    let token = house.token().await;
    let url = format!("{}/tasklist/odata/tasks", house.desk.api_base());
    let ask = async || send(house.http.get(&url).bearer_auth(&token)).await.unwrap();
    assert_eq!(ask().await.status, 200);
    house.pass(89).await;
    assert_eq!(ask().await.status, 200);
    house.pass(1).await;
    let late = ask().await;
    assert_eq!((late.status, late.text.as_str()), (401, ""));
    assert_eq!(late.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
    let token = house.token().await;
    house.control.order("/sim/tokens", json!({ "expire": true })).await;
    assert_eq!(send(house.http.get(&url).bearer_auth(&token)).await.unwrap().status, 401);
}

#[tokio::test]
async fn a_token_to_renew_with_is_good_once() {
    let house = House::new().await;
    let renew = async |token: &Value| {
        let form = [("grant_type", "refresh_token"), ("client_id", "resourceowner")];
        let mut form = form.map(|(name, value)| (name, value.to_owned())).to_vec();
        form.push(("refresh_token", token.as_str().unwrap().to_owned()));
        house.form(&form).await
    };
    let first = house.form(&password_form()).await.json();
    let second = renew(&first["refresh_token"]).await.json();
    assert_ne!(first["access_token"], second["access_token"]);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let again = renew(&first["refresh_token"]).await;
    assert_eq!((again.status, again.json()), (400, json!({ "error": "invalid_grant" })));
    assert_eq!(renew(&second["refresh_token"]).await.status, 200);
    let tally = house.control.get("/sim/state").await["tokens"].clone();
    assert_eq!(tally, json!({ "password": 1, "refresh": 2, "refused": 1 }));
    let third = house.form(&password_form()).await.json();
    house.control.order("/sim/tokens", json!({ "forget_refresh": true })).await;
    assert_eq!(renew(&third["refresh_token"]).await.status, 400);
    house.switch(json!({ "refresh": false })).await;
    assert_eq!(house.form(&password_form()).await.json()["refresh_token"], Value::Null);
}

#[tokio::test]
async fn wrong_passwords_lock_the_account_where_that_is_switched_on() {
    let house = House::new().await;
    let wrong = form("password", Some("tulip"));
    for _ in 0..5 {
        refusal(&house, &wrong).await;
    }
    house.token().await;
    house.switch(json!({ "lock_after": 2 })).await;
    refusal(&house, &wrong).await;
    assert_eq!(house.control.get("/sim/state").await["locked"], false);
    refusal(&house, &wrong).await;
    assert_eq!(house.control.get("/sim/state").await["locked"], true);
    let locked = house.form(&password_form()).await.json();
    assert_eq!(locked, json!({ "error": "invalid_grant", "error_description": "account_is_locked" }));
    house.switch(json!({ "reset": true })).await;
    house.token().await;
}

#[tokio::test]
async fn the_gateway_wants_a_token_or_the_key_and_each_has_to_be_good() {
    let house = House::new().await;
    let url = format!("{}/settings/odata/statuses", house.desk.api_base());
    let token = house.token().await;
    let status = async |key: &[&str], bearer: Option<&str>| {
        let keys: Vec<_> = key.iter().map(|key| ("ApiKey", *key)).collect();
        let request = house.http.get(&url).query(&keys);
        let answer =
            send(bearer.map_or(request.try_clone().unwrap(), |token| request.bearer_auth(token))).await.unwrap();
        assert_eq!(answer.status == 401, answer.headers.contains_key("www-authenticate"));
        answer.status
    };
    assert_eq!(status(&[], None).await, 401);
    assert_eq!(status(&[KEY], None).await, 200);
    assert_eq!(status(&["another"], None).await, 401);
    assert_eq!(status(&[KEY, KEY], None).await, 401);
    assert_eq!(status(&[], Some(&token)).await, 200);
    assert_eq!(status(&[KEY], Some(&token)).await, 200);
    assert_eq!(status(&[KEY], Some("another")).await, 401);
    assert_eq!(status(&["another"], Some(&token)).await, 401);
    let basic = send(house.http.get(&url).basic_auth("bot@tenant.example", Some("PASSWORD"))).await.unwrap();
    assert_eq!(basic.status, 401);
}

#[tokio::test]
async fn nothing_secret_is_written_down() {
    let house = House::new().await;
    let token = house.token().await;
    let refresh = house.form(&password_form()).await.json()["refresh_token"].as_str().unwrap().to_owned();
    house.form(&[("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh.clone())]).await;
    house.get("/settings/odata/statuses", &[("$top", "2")]).await;
    send(house.http.get(format!("{}/settings/odata/statuses", house.desk.api_base())).bearer_auth(&token))
        .await
        .unwrap();
    let log = house.control.get("/sim/log").await;
    assert_eq!(log[3]["request"]["query"], json!({ "$top": "2" }));
    assert_eq!(log[0]["request"]["body"], json!({ "grant_type": "password" }));
    let text = log.to_string();
    for secret in ["PASSWORD", KEY, &token, &refresh] {
        assert!(!text.contains(secret), "{secret}");
    }
}

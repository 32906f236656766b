//! Signing in to the cloud.

use futures_util::future::join_all;
use serde_json::json;

use super::{
    samples::{answered, form},
    server::{Vendor, good, line, token},
    *,
};

fn empty() -> server::Line {
    good(json!({"@odata.count": 0, "value": []}))
}

async fn looks(intradesk: &Intradesk, count: usize) -> Vec<String> {
    let (effect, key) = (look(), key());
    let attempts = join_all((0..count).map(|_| intradesk.perform(&effect, &key))).await;
    attempts.iter().map(|attempt| word(&attempt.outcome)).collect()
}

async fn idle() -> (Vendor, Intradesk) {
    let (vendor, intradesk) = Vendor::cloud([]).await;
    vendor.always("GET /tasklist/odata/tasks", empty());
    (vendor, intradesk)
}

#[tokio::test]
async fn five_callers_share_one_token_got_with_every_field() {
    let (vendor, intradesk) = idle().await;
    assert_eq!(looks(&intradesk, 5).await, ["0 listed"; 5]);
    let forms = vendor.sign_ins();
    assert_eq!(forms.len(), 1);
    let mut want = form("token_password_ok");
    want.insert("password".to_owned(), SECRET_PASSWORD.to_owned());
    want.insert("acr_values".to_owned(), "tenant:company.intradesk.ru".to_owned());
    assert_eq!(forms[0], want);
    assert!(vendor.asked().iter().all(|request| request.header("authorization") == "Bearer ACCESS-1"));
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_it_ends_by_the_short_cut() {
    let (vendor, intradesk) = idle().await;
    looks(&intradesk, 1).await;
    vendor.wait(3539);
    looks(&intradesk, 1).await;
    assert_eq!(vendor.sign_ins().len(), 1);
    vendor.wait(1);
    assert_eq!(looks(&intradesk, 5).await, ["0 listed"; 5]);
    let forms = vendor.sign_ins();
    assert_eq!(forms.len(), 2);
    let mut want = form("token_refresh_ok");
    want.insert("refresh_token".to_owned(), "REFRESH-1".to_owned());
    assert_eq!(forms[1], want);
    assert_eq!(vendor.asked().last().unwrap().header("authorization"), "Bearer ACCESS-2");
    // The rotated one is used next; where none comes with a renewal, the last one is kept.
    vendor.journal().sign_ins.push_back(good(json!({"access_token": "ACCESS-3", "expires_in": 3600})));
    for number in [2, 2] {
        vendor.wait(3600);
        looks(&intradesk, 1).await;
        assert_eq!(vendor.sign_ins().last().unwrap()["refresh_token"], format!("REFRESH-{number}"));
    }
    // A clock set back makes a token old rather than eternal.
    vendor.wait(-1_000_000);
    looks(&intradesk, 1).await;
    assert_eq!(vendor.sign_ins().len(), 5);
}

#[tokio::test]
async fn where_the_short_cut_is_closed_the_password_is_sent_once() {
    for refusal in
        [answered("token_bad_credentials"), line(400, r#"{"error":"unsupported_grant_type"}"#), line(401, "")]
    {
        let (vendor, intradesk) = idle().await;
        looks(&intradesk, 1).await;
        vendor.wait(3600);
        vendor.journal().sign_ins.push_back(refusal);
        assert_eq!(looks(&intradesk, 3).await, ["0 listed"; 3]);
        let grants: Vec<_> = vendor.sign_ins().iter().map(|form| form["grant_type"].clone()).collect();
        assert_eq!(grants, ["password", "refresh_token", "password"]);
    }
    // A token service that fails is not tried again by another way.
    let (vendor, intradesk) = idle().await;
    looks(&intradesk, 1).await;
    vendor.wait(3600);
    vendor.journal().sign_ins.push_back(line(500, ""));
    assert_eq!(looks(&intradesk, 1).await, ["unreachable"]);
    assert_eq!(vendor.sign_ins().len(), 2);
}

#[tokio::test]
async fn a_token_of_a_short_life_is_used_all_the_same() {
    let (vendor, intradesk) = idle().await;
    for life in [30, 0] {
        vendor.journal().sign_ins.push_back(token(9, life));
        vendor.wait(10_000);
        assert_eq!(looks(&intradesk, 1).await, ["0 listed"]);
    }
    let count = vendor.sign_ins().len();
    vendor.journal().sign_ins.push_back(token(9, 30));
    vendor.wait(10_000);
    looks(&intradesk, 1).await;
    vendor.wait(14);
    looks(&intradesk, 1).await;
    assert_eq!(vendor.sign_ins().len(), count + 1);
    // One that names no life lives for some minutes.
    vendor.journal().sign_ins.push_back(good(json!({"access_token": "ACCESS"})));
    vendor.wait(10_000);
    looks(&intradesk, 1).await;
    vendor.wait(239);
    looks(&intradesk, 1).await;
    assert_eq!(vendor.sign_ins().len(), count + 2);
}

#[tokio::test]
async fn a_wrong_password_is_sent_once_and_not_again_until_it_is_another_or_a_person_insists() {
    let (vendor, intradesk) = idle().await;
    vendor.journal().sign_ins.push_back(answered("token_bad_credentials"));
    assert_eq!(looks(&intradesk, 5).await, ["unauthorized"; 5]);
    assert_eq!(looks(&intradesk, 2).await, ["unauthorized"; 2]);
    assert_eq!(vendor.sign_ins().len(), 1);
    assert!(vendor.lines().is_empty());
    let Err(CallError::Unauthorized { detail }) = intradesk.perform(&look(), &key()).await.outcome else { panic!() };
    assert!(detail.contains("carousel.password") && !detail.contains(SECRET_PASSWORD), "{detail}");
    vendor.always("GET /settings/odata/Employees", empty());
    let steps = intradesk.check().await;
    assert!(steps.iter().any(|step| step.step == "sign_in" && step.ok), "{steps:?}");
    assert_eq!(vendor.sign_ins().len(), 2);
    assert_eq!(looks(&intradesk, 1).await, ["0 listed"]);
}

#[tokio::test]
async fn another_password_is_tried_without_a_check() {
    struct Changing(Mutex<String>);
    impl Credentials for Changing {
        fn secret(&self, _name: &str) -> Option<String> {
            Some(self.0.lock().unwrap().clone())
        }
    }
    let (vendor, intradesk) = idle().await;
    let secret = Arc::new(Changing(Mutex::new("old".to_owned())));
    let intradesk = vendor.connected(intradesk.settings.clone(), Arc::clone(&secret) as Arc<dyn Credentials>);
    vendor.journal().sign_ins.push_back(answered("token_bad_credentials"));
    assert_eq!(looks(&intradesk, 2).await, ["unauthorized"; 2]);
    *secret.0.lock().unwrap() = "new".to_owned();
    assert_eq!(looks(&intradesk, 2).await, ["0 listed"; 2]);
    *secret.0.lock().unwrap() = String::new();
    vendor.wait(10_000);
    vendor.journal().sign_ins.push_back(line(400, r#"{"error":"invalid_grant"}"#));
    assert_eq!(looks(&intradesk, 1).await, ["unauthorized"]);
    assert_eq!(vendor.sign_ins().len(), 3, "an empty password is not sent");
}

#[tokio::test]
async fn every_answer_of_the_token_service_says_what_to_do_next() {
    for (answer, want) in [
        (answered("token_bad_credentials"), "unauthorized"),
        (answered("token_bad_client"), "unauthorized"),
        (line(400, r#"{"error":"invalid_scope"}"#), "unauthorized"),
        (line(400, r#"{"error":"unsupported_grant_type"}"#), "unauthorized"),
        (line(401, ""), "unauthorized"),
        (line(403, ""), "unauthorized"),
        (line(404, "{}"), "refused does_not_exist"),
        (line(429, "").with("retry-after", "3"), "retry Some(3s)"),
        (line(500, ""), "unreachable"),
        (line(503, "<html>"), "unreachable"),
        (line(302, ""), "unreachable"),
        (line(200, "busy"), "unreachable"),
        (line(200, "{}"), "unreachable"),
        (line(200, r#"{"access_token":""}"#), "unreachable"),
        (line(200, r#"{"access_"#).breaks(), "unreachable"),
    ] {
        let shown = format!("{answer:?}");
        let (vendor, intradesk) = idle().await;
        vendor.journal().sign_ins.push_back(answer);
        assert_eq!(looks(&intradesk, 1).await, [want], "{shown}");
        assert_eq!((vendor.sign_ins().len(), vendor.lines().len()), (1, 0), "{shown}");
    }
}

#[tokio::test]
async fn a_token_the_gateway_does_not_know_is_renewed_once_for_all() {
    let (vendor, intradesk) = idle().await;
    looks(&intradesk, 1).await;
    vendor.journal().forgotten.push("ACCESS-1".to_owned());
    assert_eq!(looks(&intradesk, 5).await, ["0 listed"; 5]);
    let grants: Vec<_> = vendor.sign_ins().iter().map(|form| form["grant_type"].clone()).collect();
    assert_eq!(grants, ["password", "password"], "what belongs to a token nobody knows is not tried");
}

#[tokio::test]
async fn a_token_that_ends_between_reading_and_writing_loses_no_ticket() {
    let free = || good(json!({"value": [{"tasknumber": 170_900, "executor": null}]}));
    let expired = || answered("err_401_expired");
    let script = [free(), expired(), answered("assign_executor_ok"), answered("task_by_number")];
    let (vendor, intradesk) = Vendor::cloud(script).await;
    assert_eq!(word(&intradesk.perform(&give(), &key()).await.outcome), "ticket_assigned");
    assert_eq!(vendor.lines().iter().filter(|line| line.starts_with("PUT")).count(), 2);
    assert_eq!(vendor.sign_ins().len(), 2);
    let (vendor, intradesk) = Vendor::cloud([free(), expired(), expired()]).await;
    assert_eq!(word(&intradesk.perform(&give(), &key()).await.outcome), "unauthorized");
    assert_eq!((vendor.lines().len(), vendor.sign_ins().len()), (3, 2));
}

#[tokio::test]
async fn with_a_key_nobody_signs_in_and_one_401_is_enough() {
    let (vendor, intradesk) = Vendor::keyed([empty(), answered("err_401_expired")]).await;
    assert_eq!(looks(&intradesk, 1).await, ["0 listed"]);
    let request = &vendor.asked()[0];
    assert_eq!((request.query["ApiKey"].as_str(), request.header("authorization")), (SECRET_KEY, ""));
    assert_eq!(looks(&intradesk, 1).await, ["unauthorized"]);
    assert_eq!((vendor.lines().len(), vendor.sign_ins().len()), (2, 0));
}

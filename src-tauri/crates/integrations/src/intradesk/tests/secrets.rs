//! Neither the password, nor the key, nor a token is seen in anything kept or told.

use std::fmt::{Debug, Write};

use serde_json::json;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use super::{
    samples::answered,
    server::{Vendor, good, line},
    *,
};

const TOKENS: [&str; 4] = ["ACCESS-1", "REFRESH-1", "ACCESS-2", "REFRESH-2"];

/// Every spelling a secret could be kept in.
fn spellings(secret: &str) -> Vec<String> {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let encode = |set| percent_encoding::utf8_percent_encode(secret, set).to_string();
    vec![
        secret.to_owned(),
        form,
        encode(percent_encoding::NON_ALPHANUMERIC),
        encode(percent_encoding::CONTROLS),
        data_encoding::BASE64.encode(secret.as_bytes()),
        data_encoding::BASE64.encode(format!("bot:{secret}").as_bytes()),
    ]
}

fn is_clean(kept: &str) {
    for secret in [SECRET_PASSWORD, SECRET_KEY].into_iter().flat_map(spellings).chain(TOKENS.map(str::to_owned)) {
        assert!(!kept.contains(&secret), "{secret} in {kept}");
    }
}

/// Everything that is logged, whatever its level.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<String>>);

impl Visit for Ear {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = writeln!(self.0.lock().unwrap(), "{}={value:?}", field.name());
    }
}

impl Subscriber for Ear {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn what_a_whole_day_tells_holds_no_secret() {
    let ear = Ear::default();
    let _guard = tracing::subscriber::set_default(ear.clone());
    tracing::trace!("it hears");
    let echo = |request: &str| json!({"message": format!("bad {SECRET_PASSWORD} {SECRET_KEY} ACCESS-1 in {request}")});
    let link = format!("/tasklist/odata/tasks?x=1&apikey={}&y=2", spellings(SECRET_KEY)[3]);
    for auth in [by_password(), Auth::ApiKey] {
        for status in [400, 401, 403, 409, 500] {
            let script = vec![
                good(json!({"value": [{"tasknumber": 1}], "@odata.nextLink": link})),
                line(status, echo("a list").to_string()),
                line(status, echo("a list").to_string()),
            ];
            let (vendor, intradesk) = Vendor::cloud_by(auth.clone(), script).await;
            let attempt = intradesk.perform(&look(), &key()).await;
            assert!(attempt.outcome.is_err());
            // The vendor may repeat only what it was sent.
            let kept = format!("{attempt:?}");
            let sent = if auth == Auth::ApiKey { SECRET_KEY } else { "ACCESS-1" };
            assert!(!kept.contains(sent) && kept.contains("***"), "{kept}");
            for spelling in spellings(SECRET_KEY).iter().filter(|_| auth == Auth::ApiKey) {
                assert!(!kept.contains(spelling), "{spelling} in {kept}");
            }
            drop(vendor);
        }
        let (vendor, intradesk) = Vendor::cloud_by(auth, []).await;
        vendor.always("GET /tasklist/odata/tasks", good(json!({"@odata.count": 0, "value": []})));
        vendor.always("GET /settings/odata/Employees", answered("employees_list"));
        is_clean(&format!("{:?}", intradesk.perform(&look(), &key()).await));
        is_clean(&format!("{:?}", intradesk.perform(&give(), &key()).await));
        vendor.wait(3600);
        is_clean(&format!("{:?}", intradesk.perform(&look(), &key()).await));
        is_clean(&format!("{:?}", intradesk.check().await));
    }
    let (vendor, intradesk) = Vendor::classic([]).await;
    vendor.always("GET /api/task/170900", line(401, format!("no {SECRET_PASSWORD}")));
    is_clean(&format!("{:?}", intradesk.perform(&give(), &key()).await));
    let heard = ear.0.lock().unwrap().clone();
    assert!(heard.contains("it hears"), "{heard}");
    is_clean(&heard);
}

#[tokio::test]
async fn an_answer_with_a_token_is_not_kept_not_even_by_half() {
    for answer in [
        good(json!({"access_token": "ACCESS-1", "refresh_token": "REFRESH-1", "id_token": "a.b.c", "expires_in": 5})),
        line(200, r#"{"id_token": "a.b.c", "access_token": "ACCESS-1"#).breaks(),
        line(200, r#"{"id_token": "a.b.c", "access_token": "ACCESS-1"#),
    ] {
        let (vendor, intradesk) = Vendor::cloud([]).await;
        vendor.journal().sign_ins.push_back(answer);
        let attempt = intradesk.perform(&look(), &key()).await;
        let kept = format!("{:?}", attempt.exchanges[0]);
        assert!(kept.contains("password=***") && kept.contains("grant_type=password"), "{kept}");
        assert!(!kept.contains("ACCESS") && !kept.contains("a.b.c"), "{kept}");
        is_clean(&format!("{attempt:?}"));
    }
}

#[tokio::test]
async fn a_refusal_of_the_token_service_is_kept_in_its_words() {
    let (vendor, intradesk) = Vendor::cloud([]).await;
    let words = json!({"error": "invalid_grant", "error_description": format!("no {SECRET_PASSWORD}")});
    vendor.journal().sign_ins.push_back(line(400, words.to_string()));
    let attempt = intradesk.perform(&look(), &key()).await;
    assert_eq!(attempt.outcome, Err(CallError::Unauthorized { detail: "invalid_grant: no ***".to_owned() }));
    is_clean(&format!("{attempt:?}"));
    assert!(attempt.exchanges[0].response.contains("invalid_grant"));
}

#[tokio::test]
async fn without_a_secret_nothing_is_asked() {
    for (auth, name) in [(by_password(), PASSWORD), (Auth::ApiKey, API_KEY)] {
        let (vendor, intradesk) = Vendor::cloud_by(auth, []).await;
        let mut secrets = credentials();
        Arc::get_mut(&mut secrets).unwrap().0.insert(name.to_owned(), String::new());
        let intradesk = vendor.connected(intradesk.settings.clone(), secrets);
        for effect in [look(), give(), Effect::ReadCatalogue {}] {
            let Err(CallError::Unauthorized { detail }) = intradesk.perform(&effect, &key()).await.outcome else {
                panic!()
            };
            assert_eq!(detail, format!("no {name} has been set"));
        }
        assert!(vendor.journal().asked.is_empty());
    }
}

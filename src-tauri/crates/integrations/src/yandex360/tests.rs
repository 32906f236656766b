//! The samples, and what is asked of a small directory of ours.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, Response, Uri},
    routing::any,
};
use proptest::prelude::*;
use pult_domain::{ChatRequestId, Effect, EffectKey, Fact, FactKey, Observed, areas::chat_link};
use serde_json::{Value, json};

use super::*;
use crate::{
    Asked, CallError, Settled, fuzz,
    samples::{Secrets, text},
    transport::http::{
        Answer,
        tests::{provider, serve},
    },
};

const SECRET: &str = "y0_directory";
/// The samples of the directory lie with those of the same vendor.
const SAMPLES: &str = "tracker";

#[derive(Clone, Default)]
struct Vendor {
    script: Arc<Mutex<VecDeque<(u16, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
    hours: Arc<AtomicI64>,
}

impl Vendor {
    fn lines(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn go_on(&self, script: impl IntoIterator<Item = (u16, Value)>) {
        let script = script.into_iter().map(|(status, body)| (status, body.to_string()));
        self.script.lock().unwrap().extend(script);
    }

    async fn with(script: impl IntoIterator<Item = (u16, Value)>) -> (Self, Yandex360) {
        provider();
        let vendor = Self::default();
        vendor.go_on(script);
        let base = serve(Router::new().fallback(any(answer)).with_state(vendor.clone())).await;
        let settings = Settings { base: Some(base), rate_per_second: 1_000_000, ..Settings::new("7654321") };
        let hours = Arc::clone(&vendor.hours);
        let clock = move || {
            let start: Instant = "2026-11-20T10:00:00Z".parse().unwrap();
            start.checked_add(jiff::SignedDuration::from_hours(hours.load(Ordering::SeqCst))).unwrap()
        };
        (vendor, Yandex360::new(settings, secrets(), Arc::new(clock)).unwrap())
    }
}

async fn answer(State(vendor): State<Vendor>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let pass = headers.get("authorization").map_or("", |value| value.to_str().unwrap());
    assert_eq!(pass, format!("OAuth {SECRET}"));
    vendor.asked.lock().unwrap().push(uri.to_string());
    let (status, body) = vendor.script.lock().unwrap().pop_front().unwrap_or((418, String::new()));
    Response::builder().status(status).body(Body::from(body)).unwrap()
}

fn secrets() -> Arc<Secrets> {
    Arc::new(Secrets(BTreeMap::from([(TOKEN.to_owned(), SECRET.to_owned())])))
}

fn sample(name: &str) -> (u16, Value) {
    let sample: Value = serde_json::from_str(&text(SAMPLES, &format!("{name}.json"))).unwrap();
    (u16::try_from(sample["response"]["status"].as_u64().unwrap()).unwrap(), sample["response"]["body"].clone())
}

fn people(page: u32, pages: u32, users: Value) -> (u16, Value) {
    (200, json!({"users": users, "page": page, "pages": pages, "perPage": 100, "total": 3}))
}

fn person(id: &str, email: &str, department: i64) -> Value {
    json!({"id": id, "email": email, "departmentId": department, "isEnabled": true, "isDismissed": false, "isRobot": false})
}

fn key() -> EffectKey {
    EffectKey::from("form/1/read_department/0")
}

fn effect(email: &str) -> Effect {
    Effect::ReadDepartment { request: ChatRequestId(7), email: email.to_owned() }
}

fn department(facts: &[Observed]) -> Option<String> {
    let [
        Observed {
            key: of,
            fact: Fact::ChatLink(chat_link::Fact::DepartmentRead { request: ChatRequestId(7), department }),
            ..
        },
    ] = facts
    else {
        panic!("{facts:?}")
    };
    assert_eq!(*of, FactKey(key().0));
    department.clone()
}

async fn of(directory: &Yandex360, email: &str) -> Option<String> {
    let attempt = directory.perform(&effect(email), &key()).await;
    let said = format!("{:?}", attempt.exchanges);
    assert!(!said.contains(SECRET), "{said}");
    department(&attempt.outcome.unwrap())
}

#[tokio::test]
async fn somebody_is_found_on_any_page_by_any_address() {
    let mut anna = person("1", "Anna@example.test", 5);
    anna["aliases"] = json!(["a.ivanova", "anna@other.test"]);
    anna["contacts"] = json!([{"type": "email", "value": "Private@example.test"}, {"type": "phone", "value": "+7"}]);
    let (vendor, directory) = Vendor::with([
        people(1, 3, json!([anna])),
        sample("y360_users_page2"),
        people(3, 3, json!([person("9", "last@example.test", 99), person("1", "twice@example.test", 1)])),
        sample("y360_departments"),
    ])
    .await;
    for (email, want) in [
        ("anna@example.test", Some("Бронирование")),
        (" A.Ivanova@Example.test", Some("Бронирование")),
        ("anna@other.test", Some("Бронирование")),
        ("private@example.test", Some("Бронирование")),
        ("ivanov@example.test", Some("Бронирование")),
        // Dismissed, a program, of a department that is not listed, listed twice, unknown.
        ("old@example.test", None),
        ("robot@example.test", None),
        ("last@example.test", None),
        ("twice@example.test", None),
        ("nobody@example.test", None),
    ] {
        assert_eq!(of(&directory, email).await.as_deref(), want, "{email}");
    }
    let path = "/directory/v1/org/7654321";
    let want = ["users?page=1", "users?page=2", "users?page=3", "departments?page=1"];
    assert_eq!(vendor.lines(), want.map(|line| format!("{path}/{line}&perPage=100")));
}

#[tokio::test]
async fn an_own_address_goes_before_somebody_elses_other_one() {
    let mut first = person("1", "a@example.test", 1);
    first["contacts"] = json!([{"type": "email", "value": "b@example.test"}]);
    let (_, directory) =
        Vendor::with([people(1, 1, json!([first, person("2", "b@example.test", 5)])), sample("y360_departments")])
            .await;
    assert_eq!(of(&directory, "b@example.test").await.as_deref(), Some("Бронирование"));
}

#[tokio::test]
async fn the_directory_is_read_again_after_six_hours_and_the_old_one_holds_where_it_cannot_be() {
    let read = || [people(1, 1, json!([person("1", "a@example.test", 5)])), sample("y360_departments")];
    let (vendor, directory) = Vendor::with(read()).await;
    for hour in [0, 5] {
        vendor.hours.store(hour, Ordering::SeqCst);
        assert!(of(&directory, "a@example.test").await.is_some());
    }
    assert_eq!(vendor.lines().len(), 2);
    vendor.hours.store(6, Ordering::SeqCst);
    vendor.go_on([(503, json!({}))]);
    assert!(of(&directory, "a@example.test").await.is_some());
    vendor.go_on(read());
    assert!(of(&directory, "a@example.test").await.is_some());
    assert_eq!(vendor.lines().len(), 5);
}

#[tokio::test]
async fn whatever_fails_is_no_department() {
    for refusal in
        [sample("y360_403"), (401, json!({})), (404, json!({})), (429, json!({})), (500, json!({})), (200, json!([]))]
    {
        let (_, directory) = Vendor::with([refusal.clone()]).await;
        assert_eq!(of(&directory, "a@example.test").await, None, "{refusal:?}");
    }
    let (vendor, directory) = Vendor::with([people(1, 1, json!([])), (403, json!({}))]).await;
    assert_eq!(of(&directory, "a@example.test").await, None);
    assert_eq!(vendor.lines().len(), 2);
    assert!(matches!(directory.settle(&effect("a@example.test"), &key()).await, Settled::NotDone));
}

#[tokio::test]
async fn a_server_that_never_ends_is_left() {
    let endless = (0..600).map(|n| people(1, u32::MAX, json!([person(&n.to_string(), "a@example.test", 5)])));
    let (vendor, directory) = Vendor::with(endless).await;
    assert_eq!(of(&directory, "a@example.test").await, None);
    // The list of departments came next, and was none.
    let count = usize::try_from(directory::MAX_PAGES).unwrap();
    assert_eq!(vendor.lines().len(), count + 1);
}

#[tokio::test]
async fn an_answer_is_understood_as_it_is_performed() {
    let (_, directory) =
        Vendor::with([people(1, 1, json!([person("1", "a@example.test", 5)])), sample("y360_departments")]).await;
    let effect = effect("a@example.test");
    let understood = |directory: &Yandex360, method: &str, (status, body): (u16, Value)| {
        let status = http::StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, headers: HeaderMap::new(), body: body.to_string().into() };
        let key = key();
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        directory.understand(&Asked { method, effect: &effect, key: &key, at }, &answer)
    };
    assert_eq!(understood(&directory, "users", sample("y360_users_page2")), Ok(vec![]));
    assert_eq!(department(&understood(&directory, "users", sample("y360_403")).unwrap()), None);
    assert_eq!(department(&understood(&directory, "departments", sample("y360_departments")).unwrap()), None);
    assert!(of(&directory, "a@example.test").await.is_some());
    let known = department(&understood(&directory, "departments", sample("y360_departments")).unwrap());
    assert_eq!(known.as_deref(), Some("Бронирование"));
    assert!(matches!(understood(&directory, "groups", (200, json!({}))), Err(CallError::Refused { .. })));
    let other = Effect::ReadChatUser { user: 1 };
    assert!(directory.perform(&other, &key()).await.outcome.is_err());
}

#[tokio::test]
async fn the_check_tells_what_is_there_or_what_is_in_the_way() {
    let (_, directory) =
        Vendor::with([people(1, 1, json!([person("1", "a@example.test", 5)])), sample("y360_departments")]).await;
    let steps = directory.check().await;
    assert_eq!(
        (steps[1].step, steps[1].ok, steps[1].detail.as_str()),
        ("directory", true, "1 people in 2 departments")
    );
    let (_, directory) = Vendor::with([sample("y360_403")]).await;
    let steps = directory.check().await;
    assert_eq!((steps[1].ok, steps[1].detail.as_str()), (false, "refused: No required scope"));
}

#[test]
fn settings_that_cannot_work_are_refused_at_once() {
    provider();
    let at = |base: &str| Settings { base: Some(base.parse().unwrap()), ..Settings::new("1") };
    for (settings, good) in [
        (Settings::new("1"), true),
        (Settings::new(" "), false),
        (at("http://localhost:1/"), true),
        (at("http://api.example.com/"), false),
    ] {
        let clock: Clock = Arc::new(|| Instant::UNIX_EPOCH);
        assert_eq!(Yandex360::new(settings.clone(), secrets(), clock).is_ok(), good, "{settings:?}");
    }
    let text = r#"{"enabled": true, "org_id": "1"}"#;
    assert_eq!(serde_json::from_str::<Settings>(text).unwrap(), Settings::new("1"));
}

/// A connection that nothing is asked of.
static CLOSED: LazyLock<Yandex360> = LazyLock::new(|| {
    provider();
    Yandex360::new(Settings::new("7654321"), secrets(), Arc::new(|| Instant::UNIX_EPOCH)).unwrap()
});

proptest! {
    #[test]
    fn no_answer_makes_it_panic(answers in proptest::collection::vec(fuzz::answers(SAMPLES), 1..4)) {
        let (mut directory, mut heard) = (directory::Directory::default(), 0);
        for answer in answers {
            heard += answer.body.len();
            fuzz::understand(&*CLOSED, &answer);
            let Ok(content) = directory::judge(&answer, &CLOSED.mask()) else { continue };
            if let Ok((rows, pages)) = directory::rows(&content, directory::USERS) {
                prop_assert!(pages <= directory::MAX_PAGES);
                directory.add_people(rows);
            }
            if let Ok((rows, _)) = directory::rows(&content, directory::DEPARTMENTS) {
                directory = directory.with_departments(rows);
            }
            prop_assert!(directory.size().0 + directory.size().1 <= heard);
            let _ = directory.department("anna@example.test");
        }
    }
}

//! A portal of these tests, which answers what it is told to and keeps what it was asked.

mod asking;
mod checks;
mod events;
mod fuzz;
mod samples;
mod tasks;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::*;
use crate::{
    Exchange,
    samples::Secrets,
    transport::http::tests::{provider, serve},
};

/// The webhook's secret part.
pub(super) const KEY: &str = "s3cr3tk3y";
/// The token of the portal's events.
pub(super) const APP: &str = "APP_TOKEN";
/// Our bot's token.
pub(super) const BOT: &str = "BOT_TOKEN_MAX_40_CHARS";
/// What the links are signed with.
pub(super) const LINK_KEY: &str = "link-key";

/// A good answer around a result.
pub(super) fn good(result: Value) -> Value {
    json!({"result": result, "time": {"finish": 1000.0, "operating_reset_at": 1600, "operating": 0.1}})
}

#[derive(Default)]
pub(super) struct Seen {
    /// Each call's method and parameters.
    pub(super) calls: Vec<(String, Value)>,
    answers: BTreeMap<String, VecDeque<(u16, String)>>,
}

/// The portal.
#[derive(Clone, Default)]
pub(super) struct Portal(Arc<Mutex<Seen>>);

impl Portal {
    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap()
    }

    /// The next answer to a method. Without one it does not know the method.
    pub(super) fn tell(&self, method: &str, status: u16, answer: &Value) {
        self.tell_text(method, status, &answer.to_string());
    }

    pub(super) fn tell_text(&self, method: &str, status: u16, answer: &str) {
        self.seen().answers.entry(method.to_owned()).or_default().push_back((status, answer.to_owned()));
    }

    /// The methods called so far.
    pub(super) fn methods(&self) -> Vec<String> {
        self.seen().calls.iter().map(|(method, _)| method.clone()).collect()
    }

    /// The parameters of the last call.
    pub(super) fn last(&self) -> Value {
        self.seen().calls.last().unwrap().1.clone()
    }

    /// Where it listens, with the path of a webhook.
    pub(super) async fn open(&self) -> Url {
        provider();
        let router = Router::new().fallback(answer).with_state(self.clone());
        serve(router).await.join("rest/1/").unwrap()
    }
}

async fn answer(State(portal): State<Portal>, uri: Uri, body: Bytes) -> Response {
    let parts: Vec<_> = uri.path().trim_matches('/').split('/').collect();
    let ["rest", "1", key, method] = parts[..] else { return StatusCode::NOT_FOUND.into_response() };
    let method = method.strip_suffix(".json").unwrap();
    let (status, text) = if key == KEY {
        let mut seen = portal.seen();
        seen.calls.push((method.to_owned(), serde_json::from_slice(&body).unwrap()));
        let told = seen.answers.get_mut(method).and_then(VecDeque::pop_front);
        told.unwrap_or_else(|| (404, json!({"error": "ERROR_METHOD_NOT_FOUND"}).to_string()))
    } else {
        (401, json!({"error": "NO_AUTH_FOUND", "error_description": key}).to_string())
    };
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// A clock to be moved by hand.
pub(super) fn clock() -> (Arc<AtomicI64>, Clock) {
    let second = Arc::new(AtomicI64::new(1_790_000_000));
    let hand = Arc::clone(&second);
    (second, Arc::new(move || Instant::from_second(hand.load(Ordering::SeqCst)).unwrap()))
}

/// Everything that can be set.
pub(super) fn all_secrets() -> BTreeMap<String, String> {
    let secrets = [
        ("ratings.bitrix_user_key", KEY),
        ("ratings.bitrix_message_key", KEY),
        (APPLICATION_TOKEN, APP),
        (BOT_TOKEN, BOT),
        (crate::rating_links::KEY, LINK_KEY),
    ];
    secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// A connection to a portal that nobody opened.
pub(super) fn closed(change: impl FnOnce(&mut Settings, &mut BTreeMap<String, String>)) -> Bitrix24 {
    provider();
    connection("http://127.0.0.1:9/rest/1/".parse().unwrap(), change)
}

pub(super) fn connection(base: Url, change: impl FnOnce(&mut Settings, &mut BTreeMap<String, String>)) -> Bitrix24 {
    let (mut settings, mut secrets) = (Settings::new(base), all_secrets());
    change(&mut settings, &mut secrets);
    Bitrix24::new(settings, Arc::new(Secrets(secrets)), clock().1, no_contents()).unwrap()
}

/// No documents.
pub(super) fn no_contents() -> Contents {
    struct Nothing;
    #[async_trait]
    impl crate::Bodies for Nothing {
        async fn body(&self, _record: pult_domain::RecordId) -> Option<Bytes> {
            None
        }
    }
    Contents { records: Arc::new(Nothing), file: |_, _| None }
}

/// A portal and a connection to it.
pub(super) async fn connected(change: impl FnOnce(&mut Settings, &mut BTreeMap<String, String>)) -> (Portal, Bitrix24) {
    let portal = Portal::default();
    let base = portal.open().await;
    (portal, connection(base, change))
}

/// Nothing of what is kept may hold a secret or the webhook's address.
pub(super) fn is_clean(exchanges: &[Exchange]) {
    let kept = serde_json::to_string(exchanges).unwrap();
    for secret in [KEY, BOT, "/rest/", LINK_KEY] {
        assert!(!kept.contains(secret), "{secret} in {kept}");
    }
}

#[test]
fn settings_are_read_with_the_usual_terms() {
    let settings: Settings = serde_json::from_value(json!({"base": "https://portal.example/rest/7/"})).unwrap();
    assert_eq!(settings, Settings::new("https://portal.example/rest/7/".parse().unwrap()));
    assert_eq!(settings.task_page(), "https://portal.example/company/personal/user/{person}/tasks/task/view/{id}/");
    let way = |word: &str| serde_json::from_value::<MessageMethod>(json!(word));
    assert_eq!(way("imbot.v2").unwrap(), MessageMethod::ImbotV2);
    assert!(way("imbot2").is_err());
}

#[test]
fn only_an_https_address_is_one_except_on_this_machine() {
    provider();
    let make = |base: &str| {
        let settings = Settings::new(base.parse().unwrap());
        Bitrix24::new(settings, Arc::new(Secrets::default()), clock().1, no_contents())
    };
    for base in ["https://portal.example/rest/7/", "http://localhost:9/rest/1", "http://[::1]:9/rest/1/"] {
        assert!(make(base).is_ok(), "{base}");
    }
    for base in [
        "http://portal.example/rest/7/",
        "https://portal.example/rest/7/?a=b",
        "https://u@portal.example/",
        "ftp://localhost/rest/7/",
        "https://portal.example/rest/7/s3cr3t/",
        "https://portal.example/",
    ] {
        assert!(make(base).is_err(), "{base}");
    }
}

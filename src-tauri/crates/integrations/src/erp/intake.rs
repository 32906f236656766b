//! The listener's addresses, who may post there, and the answers, which the sender compares byte by byte (behaviour/erp_tasks 2).
//!
//! Deliberately not here: the meaning of a document (`wire`) and its page (`docs`).

use std::time::Duration;

use bytes::Bytes;
use http::header;
use pult_domain::{Answer, Instant};
use serde_json::{Value, json};

use crate::{
    Admission, Doorway, HttpAnswer, Outcome, ParseError, Rejection, Reply, Route, StoredRequest, Unverified, Verdict,
    Verified, Webhook,
    transport::{mask::HIDDEN, proof},
};

use super::{Erp, NAME, docs, words};

/// The route of documents.
pub(super) const DOCUMENT: &str = "document";
const PING: &str = "ping";
/// The same without the last stroke.
const PING_PLAIN: &str = "ping_no_slash";
const DOCS: &str = "docs";
const KEY_HEADER: &str = "x-api-key";
/// What may be set at most; the listener's own limit is the setting.
const LARGEST: usize = 200 << 20;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
/// Every task was created or brought up to date.
const DONE: &str = r#"{"message":"ok"}"#;
/// Every task is there; what came after was refused.
const UPDATE_FAILED: &str = r#"{"message":"При обновлении задачи произошла ошибка"}"#;

const fn look(path: &'static str, name: &'static str, summary: &'static str) -> Route {
    Route { method: "GET", path, name, summary, max_body: 1024, cors: false }
}

const ALIVE: &str = "Whether documents are taken, and how the portal was when it was last used";

const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/",
        name: DOCUMENT,
        summary: "The accounting system sends a document: each of its lines becomes a task",
        max_body: LARGEST,
        cors: false,
    },
    look("/ping/", PING, ALIVE),
    look("/ping", PING_PLAIN, ALIVE),
    look("/docs", DOCS, "What may be sent, with samples to copy"),
];

fn raw(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> HttpAnswer {
    HttpAnswer::Raw { status, content_type, body: body.into() }
}

fn detail(status: u16, text: &str) -> HttpAnswer {
    HttpAnswer::Json { status, body: json!({ "detail": text }) }
}

/// The place of an error as a list: `files[0].content` is `["body", "files", 0, "content"]`.
fn location(field: &str) -> Vec<Value> {
    let parts = field.split(['.', '[']).filter(|part| *part != "body");
    let part = |text: &str| match text.strip_suffix(']').map(str::parse::<u64>) {
        Some(Ok(place)) => Value::from(place),
        _ => Value::from(text),
    };
    std::iter::once("body".into()).chain(parts.map(part)).collect()
}

fn not_understood(error: &ParseError) -> HttpAnswer {
    let body = json!({ "detail": [{ "loc": location(&error.field), "msg": error.reason }] });
    HttpAnswer::Json { status: 422, body }
}

impl Erp {
    fn ping(&self) -> HttpAnswer {
        let portal = match self.standing.of(self.settings.portal) {
            Some(true) => "ok",
            Some(false) => "error",
            None => "unknown",
        };
        raw(200, JSON, format!(r#"{{"message":"pong","bitrix":"{portal}"}}"#))
    }

    fn not_in_time(&self) -> HttpAnswer {
        raw(500, TEXT, words::not_in_time(self.settings.sync_timeout_s))
    }
}

impl Webhook for Erp {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn doorway(&self) -> Doorway {
        let max_body = usize::try_from(self.settings.max_body_mb).unwrap_or(usize::MAX).saturating_mul(1 << 20);
        Doorway::Own { bind: self.settings.bind, max_body: max_body.min(LARGEST) }
    }

    fn may_open(&self) -> Result<(), String> {
        if self.is_local() || self.key().is_some() { Ok(()) } else { Err(self.refusal()) }
    }

    fn verify(&self, request: &Unverified, _now: Instant) -> Result<Verdict, Rejection> {
        if !self.settings.enabled {
            return Err(Rejection::NotSetUp);
        }
        let nobody_in_particular = if self.is_local() { Verdict::Local } else { Verdict::Address };
        if request.route.name != DOCUMENT {
            // Whether we are alive and what may be sent is open to whoever reaches the listener: a browser sends no key.
            return Ok(nobody_in_particular);
        }
        let Some(key) = self.key() else {
            return match () {
                () if !self.is_local() => Err(Rejection::NotSetUp),
                // Without a key, any page open in a browser of this machine could post here. Browsers say whose page it is.
                () if request.headers.contains_key(header::ORIGIN) => {
                    Err(Rejection::BadField { field: "Origin", reason: "pages of browsers are not served".to_owned() })
                }
                () => Ok(nobody_in_particular),
            };
        };
        match request.headers.get(KEY_HEADER).map(|given| String::from_utf8_lossy(given.as_bytes())) {
            None => Err(Rejection::Missing),
            Some(given) if given.is_empty() => Err(Rejection::Missing),
            Some(given) if proof::same_secret(&given, &key) => Ok(Verdict::Key { client: NAME.to_owned() }),
            Some(_) => Err(Rejection::Wrong),
        }
    }

    fn admit(&self, request: &Verified) -> Admission {
        match request.request().route.name {
            PING | PING_PLAIN => Admission::Glance(self.ping()),
            DOCS => Admission::Glance(HttpAnswer::Page {
                status: 200,
                html: self.docs.clone(),
                style: docs::STYLE,
                script: docs::SCRIPT,
            }),
            _ => Admission::Record,
        }
    }

    /// The key stands in a header, which is not kept. The body is, byte by byte: a look for the key in it could hit a file's content.
    fn redact(&self, request: &Verified) -> StoredRequest {
        let request = request.request();
        let kept = |name: &str| {
            let value = request.headers.get(name).and_then(|value| value.to_str().ok());
            value.map(|value| (name.to_owned(), value.to_owned()))
        };
        let mut headers: Vec<_> = ["content-type", "user-agent"].into_iter().filter_map(kept).collect();
        headers.extend(request.headers.contains_key(KEY_HEADER).then(|| (KEY_HEADER.to_owned(), HIDDEN.to_owned())));
        StoredRequest {
            route: request.route.name.to_owned(),
            method: request.method.to_string(),
            path: request.path.clone(),
            // The contract knows nothing there.
            query: vec![],
            headers,
            body: request.body.clone(),
        }
    }

    fn reply(&self, _record: &StoredRequest) -> Reply {
        Reply::AtSettled { limit: Duration::from_secs(self.settings.sync_timeout_s.into()) }
    }

    fn answer(&self, _record: &StoredRequest, outcome: &Outcome) -> HttpAnswer {
        let answers = match outcome {
            Outcome::NotRecorded => return raw(503, TEXT, words::NOT_RECORDED),
            Outcome::NotUnderstood { error, .. } => return not_understood(error),
            Outcome::Committed { .. } => return self.not_in_time(),
            Outcome::Decided { answers, .. } => answers,
        };
        match answers.first() {
            Some(Answer::DocumentDone) => raw(200, JSON, DONE),
            Some(Answer::DocumentUpdateFailed | Answer::DocumentUnderway { all_there: true, .. }) => {
                raw(200, JSON, UPDATE_FAILED)
            }
            Some(Answer::DocumentUnderway { all_there: false, .. }) => self.not_in_time(),
            Some(Answer::DocumentFailed { trouble }) => raw(500, TEXT, self.told(trouble)),
            _ => raw(500, TEXT, words::NO_OUTCOME),
        }
    }

    fn turn_away(&self, _route: &Route, rejection: &Rejection) -> HttpAnswer {
        match rejection {
            Rejection::Missing => detail(401, "Нужен ключ в заголовке X-Api-Key"),
            Rejection::Wrong | Rejection::Stale => detail(401, "Ключ в заголовке X-Api-Key не подходит"),
            Rejection::NotSetUp => detail(503, "Приём документов не настроен: задайте ключ erp.api_key"),
            Rejection::BadField { .. } => detail(400, "Запросы со страниц браузера без ключа не принимаются"),
        }
    }
}

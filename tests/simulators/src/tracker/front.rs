//! One listener for Tracker and the directory, which their paths tell apart: who may come in, limits, faults, the journal, and the
//! addresses in answers. What Tracker's calls do is in `api`, the directory's in `directory`.

use std::{io, sync::Arc};

use axum::{
    body::to_bytes,
    extract::Request,
    http::{
        HeaderMap, Method,
        header::{AUTHORIZATION, CONTENT_TYPE, HOST, IF_MATCH},
    },
    response::Response,
};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;

use super::{
    Tracker, api, directory,
    refused::{JSON, Refused},
    route::{Astray, Route, reads, route},
    show,
};
use crate::service::{
    fault::Fault,
    wire::{self, Answer, Caller},
};

/// Largest body read, bytes.
const LARGEST: usize = 64 << 20;

/// A call as it came.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) authorization: Option<String>,
    org: Option<String>,
    cloud_org: Option<String>,
    pub(super) if_match: Option<String>,
    pub(super) content_type: String,
    host: String,
    /// None when it is too large to be read.
    pub(super) body: Option<Vec<u8>>,
}

impl Asked {
    async fn read(request: Request) -> Self {
        let (head, body) = request.into_parts();
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let query = head.uri.query().unwrap_or_default();
        Self {
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            path: head.uri.path().to_owned(),
            authorization: header(AUTHORIZATION.as_str()),
            org: header("x-org-id"),
            cloud_org: header("x-cloud-org-id"),
            if_match: header(IF_MATCH.as_str()),
            content_type: header(CONTENT_TYPE.as_str()).unwrap_or_default(),
            host: host(&head.headers),
            method: head.method,
            body: to_bytes(body, LARGEST).await.ok().map(|bytes| bytes.to_vec()),
        }
    }

    /// The last parameter of a name.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that is a number from 1 to `most`.
    pub(super) fn number(&self, name: &str, default: usize, most: usize) -> Result<usize, Refused> {
        let Some(text) = self.parameter(name) else { return Ok(default) };
        let number = text.parse().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| Refused::text(400, &format!("Недопустимое значение параметра {name}.")))
    }

    /// Whether a word is among those of a parameter, which commas part.
    pub(super) fn expands(&self, word: &str) -> bool {
        self.parameter("expand").is_some_and(|text| text.split(',').any(|one| one.trim() == word))
    }

    /// The body, which has to be an object.
    pub(super) fn object(&self) -> Result<Map<String, Value>, Refused> {
        let kind = self.content_type.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Refused::text(415, "Тело запроса должно быть в формате JSON."));
        }
        let body = self.body.as_deref().ok_or_else(|| Refused::text(413, "Запрос слишком велик."))?;
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(map),
            _ => Err(Refused::text(400, "Тело запроса не удалось разобрать.")),
        }
    }

    /// The address of this call with another value of a parameter, as `Link` names it.
    pub(super) fn address(&self, name: &str, value: &str) -> String {
        let others = self.query.iter().filter(|(key, _)| key != name);
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(others).append_pair(name, value).finish();
        format!("http://{}{}?{query}", self.host, self.path)
    }

    fn shown(&self) -> Value {
        let body = match &self.body {
            Some(body) if self.content_type.starts_with("multipart/") => json!({ "bytes": body.len() }),
            Some(body) => serde_json::from_slice(body).unwrap_or_default(),
            None => Value::Null,
        };
        json!({ "query": self.query, "org": self.org, "cloudOrg": self.cloud_org, "body": body })
    }
}

fn host(headers: &HeaderMap) -> String {
    headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost").to_owned()
}

pub(super) async fn serve(listener: TcpListener, tracker: Arc<Tracker>, stop: CancellationToken) -> io::Result<()> {
    let waits = stop.clone();
    wire::serve(listener, tracker, stop, move |tracker, caller, request| {
        let stop = waits.clone();
        async move { answer(&tracker, caller, request, &stop).await }
    })
    .await
}

async fn answer(tracker: &Tracker, caller: Caller, request: Request, stop: &CancellationToken) -> Response {
    let asked = Asked::read(request).await;
    let route = route(&asked.method, &asked.path);
    let mut names = vec!["unknown".to_owned()];
    if let Ok(Route { name, names: of, .. }) = &route {
        names = vec![(*name).to_owned()];
        names.extend(of.first().map(|first| format!("{name}/{first}")));
    }
    let fault = tracker.faults.next_of(&names, |_| true).map(|fault| filled(fault, &route));
    let request = json!({ "asked": asked.shown(), "fault": fault.as_ref().map(Fault::kind) });
    let note = |answer: Option<&Answer>| {
        let said = answer.and_then(|answer| complaint(answer.body.as_ref()?));
        let old = matches!(&route, Ok(Route { version: Some("v2"), .. }));
        let error = said.or_else(|| old.then(|| "/v2/ is not the version to be used".to_owned()));
        let line = format!("{} {}", asked.method, asked.path);
        tracker.journal.put(&names[0], line, request, answer.map(|answer| answer.status), error);
    };
    wire::respond(fault, &caller, stop, || answer_to(tracker, &asked, &route, &caller), note).await
}

/// A refusal without a body has the one of the contract; the limit has none.
fn filled(fault: Fault, route: &Result<Route, Astray>) -> Fault {
    match fault {
        Fault::Refuse { status, body: Value::Null, retry_after } if status != 429 => {
            let body = match route {
                Ok(Route { version: None, .. }) => directory::refusal(status),
                _ => json!({ "errors": {}, "errorMessages": ["Ошибка"], "statusCode": status }),
            };
            Fault::Refuse { status, body, retry_after }
        }
        other => other,
    }
}

/// What was said no with.
fn complaint(body: &Value) -> Option<String> {
    let (errors, messages) = (body.get("errors"), body.get("errorMessages"));
    let told = errors.map(|errors| format!("{errors} {}", messages.unwrap_or(&Value::Null)));
    told.or_else(|| body.get("code").and(body.get("message")).and_then(Value::as_str).map(str::to_owned))
}

fn answer_to(tracker: &Tracker, asked: &Asked, route: &Result<Route, Astray>, caller: &Caller) -> Answer {
    let route = match route {
        Ok(route) => route,
        Err(Astray::Path) => return Refused::text(404, "Страница не существует.").answer(),
        Err(Astray::Method) => return Refused::text(405, "Метод не поддерживается.").answer(),
    };
    let Some(version) = route.version else { return directory::answer(tracker, asked, route, caller) };
    let mut answer = enter(tracker, asked, route, caller)
        .and_then(|()| api::answer(tracker, asked, route).map_err(Refused::answer))
        .unwrap_or_else(|refusal| refusal);
    if let Some(body) = &mut answer.body {
        show::addressed(body, &format!("http://{}/{version}", asked.host));
    }
    answer
}

/// The answer of a limit that is reached.
pub(super) fn too_many(retry_after: Option<u32>) -> Answer {
    Answer { retry_after, ..Answer::empty(429) }.with(CONTENT_TYPE, JSON)
}

/// Whether the call may come in.
fn enter(tracker: &Tracker, asked: &Asked, route: &Route, caller: &Caller) -> Result<(), Answer> {
    let now = tracker.hands.now();
    let mut state = tracker.state();
    let (scheme, token) = asked.authorization.as_deref().and_then(|text| text.split_once(' ')).unwrap_or_default();
    let good = match scheme {
        "OAuth" => token == tracker.token.reveal() && !state.switches.revoked,
        "Bearer" => asked.cloud_org.is_some() && state.iam.as_ref().is_some_and(|iam| iam.reveal() == token),
        _ => false,
    };
    if !good {
        let plain = Answer { file: Some(b"Unauthorized".to_vec()), ..Answer::empty(401) };
        return Err(plain.with(CONTENT_TYPE, "text/plain"));
    }
    organization(tracker, asked, state.switches.both_headers).map_err(Refused::answer)?;
    if !state.buckets.pour(caller.source, now) {
        return Err(too_many(state.switches.retry_after));
    }
    let may = (state.switches.licence || reads(route.name))
        && !state.switches.forbidden.iter().any(|name| name == route.name);
    if may { Ok(()) } else { Err(Refused::text(403, "Недостаточно прав.").answer()) }
}

fn organization(tracker: &Tracker, asked: &Asked, both: bool) -> Result<(), Refused> {
    let no = |status| Err(Refused::text(status, "Организация не доступна, не существует или отключена"));
    let (own, other, named) = match (&asked.org, &asked.cloud_org) {
        (None, None) => return no(403),
        (Some(_), Some(_)) if !both => {
            return Err(Refused::text(400, "Нужен один из заголовков X-Org-ID и X-Cloud-Org-ID."));
        }
        (Some(named), _) => (Some(&tracker.org), tracker.cloud_org.as_ref(), named),
        (None, Some(named)) => (tracker.cloud_org.as_ref(), Some(&tracker.org), named),
    };
    if own == Some(named) {
        return Ok(());
    }
    no(if other == Some(named) { 403 } else { 404 })
}

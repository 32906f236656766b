//! How the service desk calls us, and the two addresses behind the links a person rates by (behaviour/ratings 2).
//!
//! Deliberately not here: the meaning of a request (`wire`), and what a page looks like (the server's).

use std::{str::FromStr, time::Duration};

use http::{HeaderMap, header};
use pult_domain::{Answer, Instant, areas::ratings::Rate};
use serde_json::json;

use crate::{
    Admission, HttpAnswer, Outcome, ParseError, RatingPage, Rejection, Reply, Route, StoredRequest, Unverified,
    Verdict, Verified, Webhook,
    rating_links::RatingLink,
    transport::{
        mask::{HIDDEN, Mask},
        proof,
    },
};

use super::{
    NAME, Okdesk,
    wire::{self, News},
};

/// The route of a followed link: it shows the question to confirm.
const PAGE: &str = "rating_page";
/// The route of a confirmed one.
pub(super) const ANSWER: &str = "rating_answer";
/// The parameters of a link; what is kept of the token is the request it names.
pub(super) const RATE: &str = "rate";
pub(super) const ISSUE: &str = "issue_id";
pub(super) const REQUEST: &str = "request";
const TOKEN: &str = "t";

const KEY: &str = "key";
const KEY_HEADER: &str = "x-webhook-key";
/// A key shorter than this could be a part of any text, so it is not looked for in what is told.
const TELLING: usize = 8;
/// How long a person waits for the service desk to keep the rating.
const SAVING: Duration = Duration::from_secs(3);
/// A link of ours is far shorter.
const MAX_LINK: usize = 4 * 1024;

const fn hook(path: &'static str, name: &'static str) -> Route {
    let summary = "The service desk says what happened to an issue";
    Route { method: "POST", path, name, summary, max_body: 1024 * 1024, cors: false }
}

const fn link(method: &'static str, name: &'static str, summary: &'static str) -> Route {
    Route { method, path: "/api/v1/okdesk/change_rate", name, summary, max_body: MAX_LINK, cors: false }
}

const ROUTES: &[Route] = &[
    hook("/hooks/okdesk", "hook"),
    hook("/api/v1/okdesk/create_rate_request", "hook_legacy"),
    link("GET", PAGE, "A link to rate an issue was followed: asks to confirm, changes nothing"),
    link("POST", ANSWER, "A person rates an issue"),
];

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_link(route: &str) -> bool {
    matches!(route, PAGE | ANSWER)
}

fn json(status: u16, name: &str, text: impl Into<String>) -> HttpAnswer {
    HttpAnswer::Json { status, body: json!({ name: text.into() }) }
}

/// A parameter of a link: in the address, or in the form of the page that asks to confirm.
fn said(request: &Unverified, name: &str) -> String {
    let form = || {
        let is_form = header(&request.headers, header::CONTENT_TYPE.as_str())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let mut fields = url::form_urlencoded::parse(&request.body);
        fields.find(|(field, _)| is_form && field == name).map(|(_, value)| value.into_owned())
    };
    request.query_value(name).or_else(form).unwrap_or_default()
}

impl Okdesk {
    fn verify_hook(&self, request: &Unverified) -> Result<Verdict, Rejection> {
        let key = self.webhook_key().ok_or(Rejection::NotSetUp)?;
        let in_query = request.query_value(KEY).filter(|given| !given.is_empty());
        let in_header = header(&request.headers, KEY_HEADER).filter(|given| !given.is_empty());
        if in_query.is_none() && in_header.is_none() {
            return Err(Rejection::Missing);
        }
        let fits = |given: &str| proof::same_secret(given, &key);
        // Both are compared, so that the time taken does not tell which one fitted.
        if in_query.as_deref().is_some_and(fits) | in_header.is_some_and(fits) {
            Ok(Verdict::Key { client: NAME.to_owned() })
        } else {
            Err(Rejection::Wrong)
        }
    }

    fn verify_link(&self, request: &Unverified) -> Result<Verdict, Rejection> {
        if Rate::from_str(&said(request, RATE)).is_err() {
            return Err(Rejection::BadField { field: RATE, reason: "good, normal or bad".to_owned() });
        }
        self.open(request).map(|_| Verdict::Key { client: "rating_link".to_owned() }).ok_or(Rejection::Wrong)
    }

    fn open(&self, request: &Unverified) -> Option<RatingLink> {
        self.links.open(&said(request, RATE), &said(request, ISSUE), &said(request, TOKEN))
    }

    fn redact_link(&self, request: &Unverified) -> StoredRequest {
        let field = |name: &str, value: String| (name.to_owned(), value);
        let mut query = vec![];
        if let Some(link) = self.open(request) {
            query.push(field(RATE, link.rate.as_ref().to_owned()));
            query.push(field(ISSUE, link.issue.to_string()));
            query.push(field(REQUEST, link.request.to_string()));
        }
        // All that matters of it is whether a person looks at the answer.
        let page = header(&request.headers, header::ACCEPT.as_str()).is_some_and(|kinds| kinds.contains("text/html"));
        let accept = if page { "text/html" } else { "application/json" };
        StoredRequest {
            route: request.route.name.to_owned(),
            method: request.method.to_string(),
            path: request.path.clone(),
            query,
            headers: vec![field(header::ACCEPT.as_str(), accept.to_owned())],
            body: bytes::Bytes::new(),
        }
    }

    /// What the service desk is told of its news: the words of old where there were any (behaviour/ratings 2.1).
    fn receipt(&self, body: &[u8]) -> Result<String, ParseError> {
        Ok(match wire::news(body)? {
            News::Status(change, _) if !self.is_closed(&change.status) => {
                format!("code_status was changed to: {}. Skipping", change.status)
            }
            News::Status(change, _) if change.rate.is_some() => {
                format!("issue {} is rated already. Skipping", change.issue)
            }
            News::Status(change, _) if change.contact.is_none() => "... no contact. Skipping".to_owned(),
            News::Status(..) => "Rating request added successfully".to_owned(),
            News::Rated(issue, ..) => format!("issue {issue} was rated. Noted"),
            News::Other(event) => format!("event {event}. Skipping"),
        })
    }

    fn answer_hook(&self, record: &StoredRequest, outcome: &Outcome) -> HttpAnswer {
        match outcome {
            Outcome::NotRecorded => json(503, "detail", "the event was not recorded; send it again"),
            Outcome::NotUnderstood { error, .. } => json(422, "detail", error.to_string()),
            Outcome::Committed { .. } | Outcome::Decided { .. } => match self.receipt(&record.body) {
                Ok(message) => json(200, "message", message),
                Err(error) => json(422, "detail", error.to_string()),
            },
        }
    }
}

/// What became of a confirmed link, and the status it is told with.
fn rated(outcome: &Outcome) -> (u16, RatingPage) {
    match outcome {
        Outcome::NotRecorded => (503, RatingPage::Later),
        Outcome::NotUnderstood { .. } => (403, RatingPage::WrongLink),
        // It is safe, and will be decided.
        Outcome::Committed { .. } => (202, RatingPage::Accepted),
        Outcome::Decided { answers, effects, .. } => match answers.first() {
            Some(Answer::RatedAlready) => (200, RatingPage::Already),
            Some(Answer::RatingNotAwaited) => (404, RatingPage::NotAwaited),
            Some(Answer::NotAsked) => (403, RatingPage::WrongLink),
            _ => match effects.iter().find(|effect| effect.kind == "set_rating").and_then(|effect| effect.done) {
                Some(true) => (200, RatingPage::Thanks),
                // The seed passed the service desk's own status on. Of an effect only its end is known here; 422 is what the
                // service desk says to a rating it does not take, and no 5xx, after which a client would try again.
                Some(false) => (422, RatingPage::NotSaved),
                None => (202, RatingPage::Accepted),
            },
        },
    }
}

/// The same for a client that is no browser.
fn rated_words(status: u16, page: &RatingPage, record: &StoredRequest) -> HttpAnswer {
    let (rate, issue) = (record.query_value(RATE).unwrap_or_default(), record.query_value(ISSUE).unwrap_or_default());
    let text = match page {
        RatingPage::Thanks => format!("Request with id {issue} was rated as {rate}"),
        RatingPage::Accepted => format!("Rating {rate} of request with id {issue} was accepted"),
        RatingPage::Already => format!("Request with id {issue} was rated already"),
        RatingPage::NotAwaited => format!("Request with id {issue} awaits no rating"),
        RatingPage::NotSaved => format!("Rating of request with id {issue} was not taken by the service desk"),
        RatingPage::Later => "The rating was not recorded; send it again".to_owned(),
        RatingPage::WrongLink | RatingPage::WrongRate | RatingPage::Confirm { .. } => {
            "The link is not valid".to_owned()
        }
    };
    json(status, if status < 300 { "message" } else { "detail" }, text)
}

impl Webhook for Okdesk {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn verify(&self, request: &Unverified, _now: Instant) -> Result<Verdict, Rejection> {
        if !self.settings.enabled {
            return Err(Rejection::NotSetUp);
        }
        if is_link(request.route.name) { self.verify_link(request) } else { self.verify_hook(request) }
    }

    fn admit(&self, request: &Verified) -> Admission {
        let request = request.request();
        if request.route.name != PAGE {
            return Admission::Record;
        }
        // Whoever previews a link follows it: that alone must not rate anything.
        Admission::Glance(match self.open(request) {
            Some(link) => {
                let page = RatingPage::Confirm { rate: link.rate, issue: link.issue.to_string() };
                HttpAnswer::Rating { status: 200, page }
            }
            None => HttpAnswer::Rating { status: 403, page: RatingPage::WrongLink },
        })
    }

    fn redact(&self, request: &Verified) -> StoredRequest {
        let request = request.request();
        if is_link(request.route.name) {
            return self.redact_link(request);
        }
        let key = self.webhook_key().filter(|key| key.len() >= TELLING);
        let mask = Mask::new(key.as_deref());
        let mut headers = vec![];
        for name in ["content-type", "user-agent"] {
            headers.extend(header(&request.headers, name).map(|v| (name.to_owned(), mask.hide(v).into_owned())));
        }
        headers.extend(request.headers.contains_key(KEY_HEADER).then(|| (KEY_HEADER.to_owned(), HIDDEN.to_owned())));
        StoredRequest {
            route: request.route.name.to_owned(),
            method: request.method.to_string(),
            path: request.path.clone(),
            // The contract knows nothing there but the key.
            query: vec![],
            headers,
            body: match std::str::from_utf8(&request.body) {
                Ok(text) => mask.hide(text).into_owned().into(),
                Err(_) => request.body.clone(),
            },
        }
    }

    fn reply(&self, record: &StoredRequest) -> Reply {
        if record.route == ANSWER { Reply::AtSettled { limit: SAVING } } else { Reply::AtCommit }
    }

    fn answer(&self, record: &StoredRequest, outcome: &Outcome) -> HttpAnswer {
        if record.route != ANSWER {
            return self.answer_hook(record, outcome);
        }
        let (status, page) = rated(outcome);
        let person = record.headers.iter().any(|(name, kinds)| name == "accept" && kinds == "text/html");
        if person { HttpAnswer::Rating { status, page } } else { rated_words(status, &page, record) }
    }

    /// A link that does not open is told by a page whoever follows it: nothing of the request is known here.
    fn turn_away(&self, route: &Route, rejection: &Rejection) -> HttpAnswer {
        if is_link(route.name) {
            let (status, page) = match rejection {
                Rejection::BadField { .. } => (422, RatingPage::WrongRate),
                Rejection::NotSetUp => (503, RatingPage::Later),
                Rejection::Missing | Rejection::Wrong | Rejection::Stale => (403, RatingPage::WrongLink),
            };
            return HttpAnswer::Rating { status, page };
        }
        let status = match rejection {
            Rejection::Missing => 401,
            Rejection::Wrong | Rejection::Stale => 403,
            Rejection::NotSetUp => 503,
            Rejection::BadField { .. } => 400,
        };
        json(status, "detail", rejection.to_string())
    }
}

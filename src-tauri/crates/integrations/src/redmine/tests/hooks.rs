//! Calls of the tracker: who is let in, what is kept, and what it means.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName};
use pult_domain::RecordId;
use sha2::Sha256;

use super::{
    desk::{Desk, cycle},
    server::Vendor,
    *,
};
use crate::{HttpAnswer, Outcome, Rejection, Reply, Unverified, Verdict};

pub(super) fn request(tracker: &Redmine, headers: &[(&str, &str)], body: &[u8]) -> Unverified {
    let mut kept = HeaderMap::new();
    for (name, value) in headers {
        kept.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    Unverified {
        route: tracker.webhook().unwrap().routes()[0],
        method: http::Method::POST,
        path: "/hooks/redmine".to_owned(),
        query: "secret=in+the+address".to_owned(),
        headers: kept,
        body: Bytes::copy_from_slice(body),
        peer: "198.51.100.9".parse().unwrap(),
    }
}

pub(super) fn signature(body: impl AsRef<[u8]>) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(HOOK_KEY.as_bytes()).unwrap();
    mac.update(body.as_ref());
    format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

fn taken(tracker: &Redmine, body: &str) -> StoredRequest {
    let signed = signature(body);
    let verified =
        request(tracker, &[("X-Redmine-Signature-256", &signed)], body.as_bytes()).accept(tracker, now()).unwrap();
    assert_eq!(*verified.verdict(), Verdict::Signature { client: NAME.to_owned() });
    tracker.redact(&verified)
}

fn let_in(tracker: &Redmine, headers: &[(&str, &str)]) -> Result<Verdict, Rejection> {
    request(tracker, headers, b"{}").accept(tracker, now()).map(|verified| verified.verdict().clone())
}

fn turned_away(tracker: &Redmine, rejection: &Rejection) -> u16 {
    let HttpAnswer::Json { status, .. } = tracker.turn_away(&tracker.routes()[0], rejection) else { panic!() };
    status
}

const UPDATED: &str = r#"{"type":"issue.updated","data":{"issue":{"id":41}}}"#;

#[test]
fn only_a_signature_over_the_very_bytes_lets_in() {
    let tracker = tracker();
    let right = signature("{}");
    let of_others = signature("{} ");
    assert!(let_in(&tracker, &[("x-redmine-signature-256", &right)]).is_ok());
    for (headers, want, status) in [
        (vec![], Rejection::Missing, 401),
        (vec![("x-redmine-signature-256", "")], Rejection::Missing, 401),
        (vec![("x-redmine-signature-256", of_others.as_str())], Rejection::Wrong, 403),
        (vec![("x-redmine-signature-256", &right["sha256=".len()..])], Rejection::Wrong, 403),
        (vec![("x-redmine-signature-256", "sha256=")], Rejection::Wrong, 403),
    ] {
        assert_eq!(let_in(&tracker, &headers), Err(want.clone()));
        assert_eq!(turned_away(&tracker, &want), status);
    }
    for tracker in [
        connected(settings("https://a.example.com"), BTreeMap::new()),
        connected(Settings { enabled: false, ..settings("https://a.example.com") }, secrets()),
    ] {
        assert_eq!(let_in(&tracker, &[("x-redmine-signature-256", &right)]), Err(Rejection::NotSetUp));
        assert_eq!(turned_away(&tracker, &Rejection::NotSetUp), 503);
    }
}

#[tokio::test]
async fn a_call_makes_a_look_come_sooner_once_the_first_look_is_done() {
    let (_, tracker) = Vendor::standing(Desk::new("2026-11-20T09:30:00Z"), |_| {}).await;
    let facts = |stored: &StoredRequest| tracker.parse(stored, now()).unwrap().facts;
    // Before that everything would be taken for told.
    assert!(facts(&taken(&tracker, UPDATED)).is_empty());
    let mut cursor = None;
    cycle(&tracker, &mut cursor).await;
    assert!(facts(&taken(&tracker, UPDATED)).is_empty());
    cycle(&tracker, &mut cursor).await;
    let stored = taken(&tracker, UPDATED);
    assert_eq!(tracker.order_of(&stored).as_deref(), Some("redmine:41"));
    let facts = facts(&stored);
    let [Observed { key, fact: Fact::Tickets(tickets::Fact::Stirred { ticket, from }), .. }] = facts.as_slice() else {
        panic!("{facts:?}")
    };
    assert!(key.0.starts_with("hook:"));
    assert_eq!((*ticket, *from), (TicketId(41), at("2026-11-20T09:28:00Z")));
    for (body, want) in [
        (r#"{"type":"issue.deleted","data":{"issue":{"id":41}}}"#, Ok(1)),
        (r#"{"type":"issue.created","data":{"issue":{"id":"41"}}}"#, Ok(1)),
        (r#"{"type":"issue.updated","data":{}}"#, Ok(0)),
        (r#"{"type":"news.created","data":{"issue":{"id":41}}}"#, Ok(0)),
        ("{}", Err("type")),
        ("x", Err("body")),
    ] {
        let parsed = tracker.parse(&taken(&tracker, body), now());
        assert_eq!(parsed.map(|parsed| parsed.facts.len()).map_err(|error| error.field), want.map_err(str::to_owned));
    }
}

#[test]
fn what_is_kept_holds_no_secret_and_the_answer_is_short() {
    let tracker = tracker();
    let body = format!(r#"{{"type":"issue.updated","text":"{HOOK_KEY} {SECRET}"}}"#);
    let signed = signature(&body);
    let headers = [("x-redmine-signature-256", signed.as_str()), ("user-agent", "Redmine"), ("cookie", "a=b")];
    let verified = request(&tracker, &headers, body.as_bytes()).accept(&tracker, now()).unwrap();
    let stored = tracker.redact(&verified);
    let kept = format!("{stored:?}");
    assert!(
        !kept.contains(HOOK_KEY) && !kept.contains(SECRET) && !kept.contains(&signed) && !kept.contains("in+the"),
        "{kept}"
    );
    assert_eq!(stored.body, r#"{"type":"issue.updated","text":"*** ***"}"#);
    assert_eq!(tracker.reply(&stored), Reply::AtCommit);
    let answered = |outcome: &Outcome| match tracker.answer(&stored, outcome) {
        HttpAnswer::Json { status, .. } => status,
        other => panic!("{other:?}"),
    };
    assert_eq!((answered(&Outcome::Committed { record: RecordId(1) }), answered(&Outcome::NotRecorded)), (200, 503));
}

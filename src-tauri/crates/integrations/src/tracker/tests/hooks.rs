//! What the tracker tells us: who is let in, what is kept, what it means and what is answered.

use http::{HeaderMap, HeaderName, header};
use pult_domain::RecordId;

use super::*;
use crate::{HttpAnswer, Outcome, Rejection, Reply, Unverified, Verdict};

pub(super) fn request(tracker: &Tracker, headers: &[(&str, &str)], body: &[u8]) -> Unverified {
    let mut kept = HeaderMap::new();
    for (name, value) in headers {
        kept.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    Unverified {
        route: tracker.webhook().unwrap().routes()[0],
        method: http::Method::POST,
        path: "/hooks/tracker".to_owned(),
        query: "secret=in+the+address".to_owned(),
        headers: kept,
        body: Bytes::copy_from_slice(body),
        peer: "198.51.100.9".parse().unwrap(),
    }
}

pub(super) fn hook(tracker: &Tracker, body: &str) -> StoredRequest {
    let verified = request(tracker, &[("X-Hook-Secret", KEY)], body.as_bytes()).accept(tracker, now()).unwrap();
    tracker.redact(&verified)
}

fn let_in(tracker: &Tracker, headers: &[(&str, &str)]) -> Result<Verdict, Rejection> {
    request(tracker, headers, b"{}").accept(tracker, now()).map(|verified| verified.verdict().clone())
}

#[test]
fn a_key_is_taken_in_a_header_or_as_an_authorization() {
    let tracker = tracker();
    let in_basic = |pair: String| format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()));
    for (name, value) in [
        ("x-hook-secret", KEY.to_owned()),
        ("Authorization", format!("OAuth {KEY}")),
        ("Authorization", format!("bearer {KEY}")),
        ("Authorization", in_basic(format!("tracker:{KEY}"))),
    ] {
        assert_eq!(let_in(&tracker, &[(name, &value)]), Ok(Verdict::Key { client: NAME.to_owned() }), "{name} {value}");
    }
    let one_off = format!("{}d", &KEY[..63]);
    for (name, value, want) in [
        ("x-hook-secret", String::new(), Rejection::Missing),
        ("x-other", KEY.to_owned(), Rejection::Missing),
        ("Authorization", KEY.to_owned(), Rejection::Missing),
        ("Authorization", "Basic %%%".to_owned(), Rejection::Missing),
        ("Authorization", in_basic("only a name".to_owned()), Rejection::Missing),
        ("x-hook-secret", one_off.clone(), Rejection::Wrong),
        ("x-hook-secret", KEY.to_uppercase(), Rejection::Wrong),
        ("Authorization", format!("OAuth {one_off}"), Rejection::Wrong),
        ("Authorization", in_basic(format!("{KEY}:other")), Rejection::Wrong),
    ] {
        assert_eq!(let_in(&tracker, &[(name, &value)]), Err(want.clone()), "{name} {value}");
        let HttpAnswer::Json { status: 401, .. } = tracker.turn_away(&tracker.routes()[0], &want) else { panic!() };
    }
}

#[test]
fn two_keys_hold_while_one_takes_the_others_place() {
    let mut both = secrets();
    both.insert(HOOK_KEY_NEXT.to_owned(), NEXT_KEY.to_owned());
    let tracker = connected(settings(), both);
    for key in [KEY, NEXT_KEY] {
        assert!(let_in(&tracker, &[("x-hook-secret", key)]).is_ok());
    }
    assert!(let_in(&tracker, &[("x-hook-secret", "x"), ("authorization", &format!("OAuth {NEXT_KEY}"))]).is_ok());
    assert_eq!(let_in(&tracker, &[("x-hook-secret", "x")]), Err(Rejection::Wrong));
}

#[test]
fn without_a_key_nobody_is_let_in() {
    let status = |tracker: &Tracker| {
        let rejection = let_in(tracker, &[("x-hook-secret", "")]).unwrap_err();
        assert_eq!(rejection, Rejection::NotSetUp);
        let HttpAnswer::Json { status, .. } = tracker.turn_away(&tracker.routes()[0], &rejection) else { panic!() };
        status
    };
    assert_eq!(status(&connected(settings(), BTreeMap::from([(HOOK_KEY.to_owned(), String::new())]))), 401);
    assert_eq!(status(&connected(Settings { enabled: false, ..settings() }, secrets())), 503);
}

#[test]
fn what_is_kept_holds_no_key() {
    let tracker = tracker();
    let headers = [
        ("x-hook-secret", KEY),
        ("authorization", "OAuth other"),
        ("x-startrek-transport", "opaque"),
        ("user-agent", KEY),
        ("cookie", "a=b"),
    ];
    let body = format!("{{\"key\":\"DESK-41\",\"text\":\"{KEY}\"}}");
    let verified = request(&tracker, &headers, body.as_bytes()).accept(&tracker, now()).unwrap();
    let stored = tracker.redact(&verified);
    let kept = format!("{stored:?}");
    assert!(!kept.contains(KEY) && !kept.contains("other") && !kept.contains("in+the+address"), "{kept}");
    let names: Vec<_> = stored.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["user-agent", "x-startrek-transport", "x-hook-secret", header::AUTHORIZATION.as_str()]);
    assert_eq!(stored.body, r#"{"key":"DESK-41","text":"***"}"#);
}

#[test]
fn the_answer_is_ok_once_it_is_safe() {
    let tracker = tracker();
    let stored = hook(&tracker, "not even json");
    assert_eq!(tracker.reply(&stored), Reply::AtCommit);
    let HttpAnswer::Raw { status, body, .. } = tracker.answer(&stored, &Outcome::Committed { record: RecordId(1) })
    else {
        panic!()
    };
    assert_eq!((status, body.as_ref()), (200, b"ok".as_slice()));
    assert!(matches!(tracker.answer(&stored, &Outcome::NotRecorded), HttpAnswer::Json { status: 503, .. }));
}

#[test]
fn a_repeated_hook_is_known_and_one_without_a_comment_is_read_again() {
    let tracker = tracker();
    let heard = |body: &str, at: Instant| {
        let stored = hook(&tracker, body);
        let facts = tracker.parse(&stored, at).unwrap().facts;
        assert_eq!(tracker.order_of(&stored).as_deref(), Some("tracker:DESK-41"));
        facts[0].key.0.clone()
    };
    let later = now().checked_add(jiff::SignedDuration::from_secs(2)).unwrap();
    let named = r#"{"key":"DESK-41","comment":{"id":"13"},"sentAt":"1"}"#;
    assert_eq!(heard(named, now()), "DESK-41:13");
    assert_eq!(heard(r#"{"issue":{"key":"DESK-41"},"comment":{"id":13}}"#, later), "DESK-41:13");
    let status = r#"{"type":"issueStatusEvent","key":"DESK-41","status":"open"}"#;
    assert_ne!(heard(status, now()), heard(status, later));
    assert_ne!(heard(status, now()), heard(&status.replace("open", "closed"), now()));
    let error = tracker.parse(&hook(&tracker, "{}"), now()).unwrap_err();
    assert_eq!(error.field, "key");
}

#[test]
fn a_hook_that_was_long_on_its_way_is_taken_and_said_to_be_late() {
    let tracker = tracker();
    for (ago, expected) in [(0, false), (599, false), (601, true), (-3_600, false)] {
        let sent = now().as_second() - ago;
        for sent in [format!("\"{sent}\""), sent.to_string()] {
            let body = format!(r#"{{"key":"DESK-41","comment":{{"id":"13"}},"sentAt":{sent}}}"#);
            let heard = tracker.parse(&hook(&tracker, &body), now()).unwrap().facts.remove(0);
            assert_eq!(heard.key.0, "DESK-41:13");
            let Fact::ChatLink(chat_link::Fact::IssueStirred { late, .. }) = heard.fact else { panic!("{heard:?}") };
            assert_eq!(late, expected, "{body}");
        }
    }
    for body in [r#"{"key":"DESK-41","sentAt":"{{currentDateTime.unixEpoch}}"}"#, r#"{"key":"DESK-41","sentAt":""}"#] {
        assert!(tracker.parse(&hook(&tracker, body), now()).is_ok(), "{body}");
    }
}

//! What each answer of the tracker means (contracts/redmine 9).

use http::{HeaderMap, StatusCode};

use super::{
    server::{Vendor, line, perform},
    *,
};
use crate::{
    Asked, Delivery,
    transport::{http::Answer, mask::Mask},
};
use trouble::{Intent, judge};

pub(super) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut kept = HeaderMap::new();
    for (name, value) in headers {
        kept.insert(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
    }
    Answer { status: StatusCode::from_u16(status).unwrap(), headers: kept, body: body.to_owned().into() }
}

fn judged(answer: &Answer, intent: Intent) -> String {
    match judge(answer, intent, &Mask::default()) {
        Ok(content) => format!("good {content}"),
        Err(trouble) => wrong(&trouble.error),
    }
}

#[test]
fn every_status_says_what_to_do_next() {
    const RIGHT: &str = "refused rights: HTTP 403 (has the account the right, and is the REST web service on?)";
    let (read, again, once) = (Intent::Reading, Intent::Repeatable, Intent::Once);
    let table = [
        (302, "<html>…</html>", once, "unreachable"),
        (400, "", read, "refused refused: HTTP 400"),
        (400, "<html>", once, "refused refused: HTTP 400"),
        (401, " ", read, "unauthorized: HTTP 401"),
        (401, "<html>", once, "unauthorized: HTTP 401"),
        (403, "", once, RIGHT),
        (403, "<html>", read, RIGHT),
        (404, " ", read, "refused does_not_exist: HTTP 404"),
        (404, "<html>", once, "refused does_not_exist: HTTP 404"),
        (406, "", again, "refused refused: HTTP 406"),
        (409, "", once, "refused state: HTTP 409"),
        (412, " ", read, "unauthorized: HTTP 412: no such user to act for"),
        (413, "<html>", again, "refused refused: HTTP 413"),
        (422, r#"{"errors":["Нет темы","И проекта"]}"#, once, "refused refused: Нет темы; И проекта"),
        (
            422,
            r#"{"errors":[{"attribute":"login","messages":["cannot be blank","is short"]}]}"#,
            once,
            "refused refused: login cannot be blank; login is short",
        ),
        (422, r#"{"errors":[]}"#, once, "refused state: somebody else changed it meanwhile"),
        (422, "<html>", once, "refused refused: HTTP 422"),
        (429, "", once, "retry None"),
        (500, "", read, "unreachable"),
        (500, "", again, "unreachable"),
        (500, "", once, "unknown"),
        (502, "<html>", read, "unreachable"),
        (502, "<html>", once, "unknown"),
        (503, "", once, "unknown"),
        (504, "", again, "unreachable"),
        (200, "<html>sign in</html>", read, "unreachable"),
        (200, "<html>sign in</html>", once, "unknown"),
        (200, "busy", read, "unreachable"),
        (200, "", read, "unreachable"),
        (200, " ", once, "good null"),
        (204, "", once, "good null"),
        (201, r#"{"issue":1}"#, once, r#"good {"issue":1}"#),
        (418, "", read, "refused refused: HTTP 418"),
    ];
    for (status, body, intent, want) in table {
        assert_eq!(judged(&answer(status, &[], body), intent), want, "{status} {body} {intent:?}");
    }
    let login = |to: &str| judged(&answer(302, &[("location", to)], ""), read);
    assert!(login("https://help.example.com/redmine/login?back_url=x").starts_with("unauthorized"));
    assert_eq!(login("https://elsewhere.example.com/"), "unreachable");
    assert_eq!(judged(&answer(429, &[("retry-after", "3")], ""), once), "retry Some(3s)");
    assert_eq!(judged(&answer(503, &[("retry-after", "7")], ""), once), "retry Some(7s)");
}

#[test]
fn a_refusal_is_cut_and_holds_no_key() {
    let many: Vec<String> = (0..500).map(|n| format!("ошибка {n}")).collect();
    let body = json!({ "errors": many }).to_string();
    let Err(trouble) = judge(&answer(422, &[], &body), Intent::Once, &Mask::default()) else { panic!() };
    let CallError::Refused { reason, .. } = trouble.error else { panic!() };
    assert!(reason.chars().count() == 1000 && reason.starts_with("ошибка 0; ошибка 1"), "{reason}");
    let body = r#"{"errors":["bad key hush-1"]}"#;
    let Err(trouble) = judge(&answer(422, &[], body), Intent::Once, &Mask::new(["hush-1"])) else { panic!() };
    assert_eq!(wrong(&trouble.error), "refused refused: bad key ***");
}

#[test]
fn an_answer_is_understood_as_it_is_performed() {
    let (tracker, key) = (tracker(), key());
    for method in tracker.methods() {
        let effect = Effect::example(method.kind).unwrap();
        assert!(tracker.kinds().contains(&method.kind));
        let asked = |name| Asked { method: name, effect: &effect, key: &key, at: now() };
        assert_eq!(word(&tracker.understand(&asked(method.name), &answer(401, &[], ""))), "unauthorized: HTTP 401");
        assert!(tracker.understand(&asked("POST something"), &answer(200, &[], "{}")).is_err());
    }
    let ticket = json!({ "issue": issue(4312, json!({"status": {"id": 2, "name": "x"}, "journals": [journal(7, 0, "x\n\n[pult 7f3a-1]", json!([]))]})) });
    // The last method of a kind brings its receipt.
    for (kind, body, want) in [
        ("read_ticket", ticket.clone(), "ticket_read"),
        ("look_for_tickets", json!({"issues": [issue(4312, json!({}))], "total_count": 1}), "tickets_looked_for"),
        ("read_ticket_lists", json!({"projects": [{"id": 1, "name": "Desk"}]}), "ticket_lists_read"),
        ("change_ticket", ticket.clone(), "ticket_changed"),
        ("create_ticket", ticket, "ticket_created"),
    ] {
        let effect = Effect::example(kind).unwrap();
        let last = tracker.methods().iter().rfind(|method| method.kind == kind).unwrap();
        let asked = Asked { method: last.name, effect: &effect, key: &key, at: now() };
        assert_eq!(word(&tracker.understand(&asked, &answer(200, &[], &body.to_string()))), want);
    }
}

#[tokio::test]
async fn nothing_is_done_that_is_not_ours_or_without_a_key() {
    let outcome = perform(&tracker(), &Effect::ReadChatUser { user: 811 }).await;
    assert!(word(&outcome).starts_with("refused unsupported"));
    let read = |account| Effect::ReadTicket { ticket: TicketId(1), account, from: None };
    for (secrets, account, want) in [
        (BTreeMap::new(), None, "unauthorized: no key has been set"),
        (BTreeMap::from([(KEY.to_owned(), " ".to_owned())]), None, "unauthorized: no key has been set"),
        (
            BTreeMap::from([(KEY.to_owned(), "a\nb".to_owned())]),
            None,
            "unauthorized: the key holds what no key can hold",
        ),
        (BTreeMap::new(), Some(7), "refused rights: the key of the account 7: no key has been set"),
    ] {
        let (vendor, tracker) = Vendor::with_settings([], secrets, |_| {}).await;
        let outcome = tracker.perform(&read(account), &key()).await.outcome;
        let word = word(&outcome);
        assert!(word == want || account.is_some() && word.starts_with("unauthorized"), "{word}");
        assert!(vendor.lines().is_empty());
    }
    let terms = tracker().terms();
    assert_eq!((terms.concurrency, tracker().limits(&read(None))[0].per_second_milli), (2, 10_000));
}

#[tokio::test]
async fn a_lack_of_rights_is_told_from_a_web_service_that_is_off() {
    let read = Effect::ReadTicket { ticket: TicketId(1), account: None, from: None };
    let off = || line(403, "").to("GET /users/current.json");
    let (_, tracker) = Vendor::with([line(403, "").to("GET /issues"), off()]).await;
    assert!(word(&perform(&tracker, &read).await).starts_with("unauthorized: HTTP 403: the REST web service is off"));
    let (_, tracker) = Vendor::with([line(403, "").to("GET /issues"), server::myself()]).await;
    assert!(word(&perform(&tracker, &read).await).starts_with("refused rights: HTTP 403"));
}

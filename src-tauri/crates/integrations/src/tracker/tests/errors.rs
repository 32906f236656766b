//! What each answer of the tracker means, and how we say who we are.

use http::{HeaderMap, StatusCode};

use super::{
    server::{Vendor, good, line, perform},
    *,
};
use crate::{
    Asked, Delivery,
    tracker::trouble::{Intent, judge},
    transport::{http::Answer, mask::Mask},
};

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut kept = HeaderMap::new();
    for (name, value) in headers {
        kept.insert(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
    }
    Answer { status: StatusCode::from_u16(status).unwrap(), headers: kept, body: body.to_owned().into() }
}

fn judged(answer: &Answer, intent: Intent) -> String {
    match judge(answer, intent, &Mask::default()) {
        Ok(content) => format!("good {content}"),
        Err(trouble) => word(&Err(trouble.error)),
    }
}

#[test]
fn every_status_says_what_to_do_next() {
    const HINT: &str = "(has the account a right and a licence, and is the organization's id right?)";
    let no = r#"{"errors":{"field":"нет"},"errorMessages":["и ещё"],"statusCode":1}"#;
    let (read, again, once) = (Intent::Reading, Intent::Repeatable, Intent::Once);
    let refused = |why: &str| format!("refused {why}: field: нет; и ещё");
    let text = str::to_owned;
    let table = [
        (400, no, once, refused("refused")),
        (401, no, read, text("unauthorized: field: нет; и ещё")),
        (401, "Unauthorized", read, text("unauthorized: HTTP 401")),
        (401, "<html>", once, text("unauthorized: HTTP 401")),
        (403, no, once, format!("{} {HINT}", refused("rights"))),
        (403, "<html>", read, format!("refused rights: HTTP 403 {HINT}")),
        (404, no, read, refused("does_not_exist")),
        (409, no, once, refused("state")),
        (412, no, again, refused("state")),
        (428, no, again, refused("state")),
        (413, no, again, refused("refused")),
        (413, "<html>", again, text("refused refused: HTTP 413")),
        (422, no, once, refused("refused")),
        (422, "{}", once, text("refused refused: HTTP 422")),
        (423, no, again, text("locked")),
        (429, no, once, text("retry None")),
        (429, "Too many", read, text("retry None")),
        (500, no, read, text("unreachable")),
        (500, no, again, text("unreachable")),
        (500, no, once, text("unknown")),
        (502, "<html>", read, text("unreachable")),
        (502, "<html>", once, text("unknown")),
        (503, "", once, text("unknown")),
        (504, "", again, text("unreachable")),
        (200, "busy", read, text("unreachable")),
        (200, "busy", again, text("unreachable")),
        (201, "busy", once, text("unknown")),
        (200, "[]", read, text("good []")),
        (201, r#"{"id":1}"#, once, text(r#"good {"id":1}"#)),
        (204, "", again, text("good null")),
    ];
    for (status, body, intent, want) in table {
        assert_eq!(judged(&answer(status, &[], body), intent), want, "{status} {body} {intent:?}");
    }
    for (headers, want) in [(("retry-after", "3"), "retry Some(3s)"), (("retry-after", "soon"), "retry None")] {
        assert_eq!(judged(&answer(429, &[headers], ""), once), want);
    }
    assert_eq!(judged(&answer(503, &[("retry-after", "7")], ""), once), "retry Some(7s)");
}

#[test]
fn a_refusal_is_cut_and_holds_no_token_and_no_digits_of_a_set() {
    let many: serde_json::Map<String, Value> = (0..500).map(|n| (format!("{SET}--f{n}"), json!("нет"))).collect();
    let body = json!({"errors": many, "errorMessages": ["x"]}).to_string();
    let Err(trouble) = judge(&answer(422, &[], &body), Intent::Once, &Mask::default()) else { panic!() };
    let CallError::Refused { reason, .. } = trouble.error else { panic!() };
    assert!(reason.chars().count() == 1000 && reason.starts_with("f0: нет; f1: нет"), "{reason}");
    assert_eq!(trouble.fields.len(), 500);
    let body = r#"{"errorMessages":["bad token hush-1"]}"#;
    let Err(trouble) = judge(&answer(401, &[], body), Intent::Once, &Mask::new(["hush-1"])) else { panic!() };
    assert_eq!(trouble.error, CallError::Unauthorized { detail: "bad token ***".to_owned() });
}

fn look() -> Effect {
    Effect::ReadComments { issue: "DESK-41".to_owned(), after: None, named: None, since: None }
}

async fn said_with(secrets: &[(&str, &str)], change: fn(&mut Settings)) -> Result<server::Asked, String> {
    let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (vendor, tracker) = Vendor::with_settings([good(issue("DESK-41", json!({})))], secrets, change).await;
    let outcome = perform(&tracker, &look()).await;
    if vendor.lines().is_empty() { Err(word(&outcome)) } else { Ok(vendor.asked(0)) }
}

#[tokio::test]
async fn we_say_who_we_are_and_of_which_organization() {
    let token = (TOKEN, SECRET_TOKEN);
    let basic = [(BASIC_USER, "robot"), (BASIC_PASS, "p:w")];
    let said = |asked: Result<server::Asked, String>| {
        let asked = asked.unwrap();
        ["authorization", "x-org-id", "x-cloud-org-id"].map(|name| asked.header(name).to_owned())
    };
    let oauth = format!("OAuth {SECRET_TOKEN}");
    assert_eq!(said(said_with(&[token], |_| {}).await), [oauth.as_str(), "7654321", ""]);
    // Both are set: the one of Yandex 360 alone.
    let (all, one) = ([token, basic[0], basic[1]], [token]);
    let both = said_with(&all, |settings| settings.cloud_org_id = "cloud".to_owned());
    assert_eq!(said(both.await), [oauth.as_str(), "7654321", ""]);
    let cloud = said_with(&one, |settings| {
        (settings.org_id, settings.cloud_org_id, settings.auth) = (String::new(), "cloud".to_owned(), Auth::Bearer);
    });
    assert_eq!(said(cloud.await), [format!("Bearer {SECRET_TOKEN}").as_str(), "", "cloud"]);
    assert_eq!(said(said_with(&basic, |_| {}).await), ["Basic cm9ib3Q6cDp3", "7654321", ""]);
}

#[tokio::test]
async fn without_a_token_or_an_organization_nothing_is_asked() {
    let neither = said_with(&[(TOKEN, SECRET_TOKEN)], |settings| settings.org_id = " ".to_owned()).await;
    assert_eq!(neither.unwrap_err(), "refused refused: No TRACKER_ORG_ID or TRACKER_CLOUD_ORG_ID configured");
    for secrets in [&[][..], &[(TOKEN, "")], &[(BASIC_USER, "robot")]] {
        assert_eq!(said_with(secrets, |_| {}).await.unwrap_err(), "unauthorized: no token has been set");
    }
    let torn = said_with(&[(TOKEN, "a\nb")], |_| {}).await;
    assert_eq!(torn.unwrap_err(), "unauthorized: the token holds what no token can hold");
}

#[tokio::test]
async fn a_token_that_was_changed_belongs_to_another_account() {
    let first = connected(settings(), secrets());
    let mut others = secrets();
    others.insert(TOKEN.to_owned(), "another".to_owned());
    let second = connected(settings(), others);
    assert_ne!(first.client.account(), second.client.account());
    assert!(!first.client.account().contains(SECRET_TOKEN));
}

#[test]
fn an_answer_is_understood_as_it_is_performed() {
    let (tracker, key) = (tracker(), key());
    for method in tracker.methods() {
        let effect = Effect::example(method.kind).unwrap();
        assert!(tracker.kinds().contains(&method.kind));
        let asked = |name| Asked { method: name, effect: &effect, key: &key, at: now() };
        let refused = tracker.understand(&asked(method.name), &answer(401, &[], ""));
        assert_eq!(word(&refused), "unauthorized: HTTP 401", "{method:?}");
        assert!(tracker.understand(&asked("POST something"), &answer(200, &[], "{}")).is_err());
    }
    // The last method of a kind brings its receipt.
    for kind in tracker.kinds() {
        let effect = Effect::example(kind).unwrap();
        let last = tracker.methods().iter().rfind(|method| method.kind == *kind).unwrap();
        let asked = Asked { method: last.name, effect: &effect, key: &key, at: now() };
        let body = match *kind {
            "find_issue_of_message" | "search_issues" => json!([]),
            _ => issue("DESK-41", json!({})),
        };
        let heard = tracker.understand(&asked, &answer(200, &[], &body.to_string()));
        assert!(!["a step", "unreachable"].contains(&word(&heard).as_str()), "{kind}: {heard:?}");
    }
}

#[tokio::test]
async fn nothing_is_done_that_is_not_ours() {
    let tracker = tracker();
    let outcome = perform(&tracker, &Effect::ReadChatUser { user: 811 }).await;
    assert!(word(&outcome).starts_with("refused unsupported"));
    assert!(tracker.limits(&look())[0].per_second_milli == 5000);
}

#[tokio::test]
async fn a_version_or_a_prefix_in_the_address_is_understood() {
    for path in ["", "v3", "v2/", "api/v3"] {
        let (vendor, tracker) = Vendor::with_settings([line(404, "{}")], secrets(), |settings| {
            let base = settings.base.take().unwrap();
            settings.base = Some(base.join(path).unwrap());
        })
        .await;
        let _ = perform(&tracker, &look()).await;
        let want = if path == "api/v3" { "GET /api/v3/issues/DESK-41" } else { "GET /v3/issues/DESK-41" };
        assert!(vendor.lines()[0].starts_with(want), "{:?}", vendor.lines());
    }
}

//! What is asked of the service desk, and what its answers lead to.

use http::StatusCode;
use pult_domain::{
    Effect, EffectKey, Fact, IssueId, Observed,
    areas::ratings::{self, Contact, Lack, Rate},
};
use serde_json::json;

use super::{
    samples::body,
    server::{Desk, Line, line},
    *,
};
use crate::{Asked, CallError, Settled, transport::http::Answer};

fn key() -> EffectKey {
    EffectKey::from("okdesk/status/set_rating/0")
}

fn contact() -> Effect {
    Effect::LookUpContact { request: REQUEST, contact: 208 }
}

fn rating() -> Effect {
    Effect::SetRating { request: REQUEST, issue: IssueId(5120), rate: Rate::Good }
}

fn issue(rate: &str) -> Line {
    line(200, json!({"id": 5120, "rate": {"id": 4, "value": rate}}).to_string())
}

fn unrated() -> Line {
    line(200, body("issue_get_closed_unrated"))
}

fn fact(outcome: Result<Vec<Observed>, CallError>) -> ratings::Fact {
    let facts = outcome.unwrap();
    let [Observed { key: of, at, fact: Fact::Ratings(fact) }] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((of.0.as_str(), *at), (key().0.as_str(), now()));
    fact.clone()
}

/// An outcome in a word.
fn word(outcome: &Result<Vec<Observed>, CallError>) -> String {
    match outcome {
        Ok(facts) => match facts.as_slice() {
            [] => "a step".to_owned(),
            [Observed { fact: Fact::Ratings(ratings::Fact::RateKept { rate, .. }), .. }] => {
                format!("kept {}", rate.as_ref())
            }
            [Observed { fact: Fact::Ratings(ratings::Fact::ContactFound { .. }), .. }] => "found".to_owned(),
            [Observed { fact: Fact::Ratings(ratings::Fact::ContactMissing { lack, .. }), .. }] => {
                lack.as_ref().to_owned()
            }
            other => format!("{other:?}"),
        },
        Err(CallError::Refused { why, .. }) => format!("refused {}", why.as_ref()),
        Err(CallError::Unauthorized { .. }) => "unauthorized".to_owned(),
        Err(CallError::Unreachable { .. }) => "unreachable".to_owned(),
        Err(CallError::OutcomeUnknown { .. }) => "unknown".to_owned(),
        Err(CallError::Retry { after, .. }) => format!("retry {after:?}"),
        Err(CallError::Locked { .. }) => "locked".to_owned(),
    }
}

#[tokio::test]
async fn a_contact_is_read_by_its_number() {
    let found = |name: &str| {
        let contact = Contact { name: name.to_owned(), email: "n.orlova@client.example".to_owned() };
        ratings::Fact::ContactFound { request: REQUEST, contact }
    };
    let missing = |lack| ratings::Fact::ContactMissing { request: REQUEST, lack };
    let hit = body("contact_by_id");
    let nameless =
        json!({"id": "208", "first_name": "Нина", "last_name": "Орлова", "email": " n.orlova@client.example "});
    for (answer, want) in [
        (hit.clone(), found("Орлова Нина")),
        (format!("[{{\"id\":1,\"email\":\"a@client.example\"}},{hit}]"), found("Орлова Нина")),
        (nameless.to_string(), found("Орлова Нина")),
        ("[]".to_owned(), missing(Lack::NoContact)),
        ("{}".to_owned(), missing(Lack::NoContact)),
        ("null".to_owned(), missing(Lack::NoContact)),
        (json!({"id": 209, "email": "a@client.example"}).to_string(), missing(Lack::NoContact)),
        (json!({"id": 208, "email": ""}).to_string(), missing(Lack::NoEmail)),
        (json!({"id": 208, "email": null}).to_string(), missing(Lack::NoEmail)),
        (json!({"id": 208}).to_string(), missing(Lack::NoEmail)),
    ] {
        let (desk, okdesk) = Desk::with([line(200, answer)]).await;
        assert_eq!(fact(okdesk.perform(&contact(), &key()).await.outcome), want);
        let journal = desk.journal();
        let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let query = vec![text("api_token", SECRET_TOKEN), text("id", "208")];
        assert_eq!(journal.asked, [("GET /api/v1/contacts/".to_owned(), query, String::new())]);
    }
}

#[tokio::test]
async fn neither_the_token_nor_a_contacts_code_is_kept() {
    let told = json!({"id": 208, "email": "a@client.example", "authentication_code": "hush-77", "x": SECRET_TOKEN});
    let (_, okdesk) = Desk::with([line(200, told.to_string())]).await;
    let attempt = okdesk.perform(&contact(), &key()).await;
    assert!(attempt.outcome.is_ok());
    let kept = serde_json::to_string(&attempt.exchanges).unwrap();
    for secret in ["hush-77", SECRET_TOKEN, "to%26ken", "w%C3%B6rd"] {
        assert!(!kept.contains(secret), "{secret} in {kept}");
    }
    assert!(kept.contains("api_token=***") && kept.contains("a@client.example"), "{kept}");
    let words = json!({"errors": [format!("no rights for {SECRET_TOKEN}")]}).to_string();
    for status in [401, 403, 422] {
        let (_, okdesk) = Desk::with([line(status, words.clone())]).await;
        let attempt = okdesk.perform(&contact(), &key()).await;
        let kept = format!("{attempt:?}");
        assert!(kept.contains("no rights for ***") && !kept.contains(SECRET_TOKEN), "{kept}");
    }
}

#[tokio::test]
async fn a_rating_is_set_between_two_readings() {
    for (shape, sent) in [(RateBody::Flat, r#"{"rate":"good"}"#), (RateBody::Nested, r#"{"issue":{"rate":"good"}}"#)] {
        let script = [unrated(), line(200, body("rates_post_ok")), issue("good")];
        let (desk, okdesk) = Desk::with_settings(script, |settings| settings.rate_body = shape).await;
        let attempt = okdesk.perform(&rating(), &key()).await;
        assert_eq!(fact(attempt.outcome), ratings::Fact::RateKept { request: REQUEST, rate: Rate::Good });
        assert_eq!(attempt.exchanges.len(), 3);
        let read = "GET /api/v1/issues/5120";
        assert_eq!(desk.lines(), [read, "POST /api/v1/issues/5120/rates", read]);
        assert_eq!(desk.journal().asked[1].2, sent);
        assert_eq!(desk.journal().asked[1].1, [("api_token".to_owned(), SECRET_TOKEN.to_owned())]);
    }
}

#[tokio::test]
async fn every_answer_to_a_rating_says_what_to_do_next() {
    let bad = |name: &str, status| line(status, body(name));
    let ok = || line(204, "");
    let gone = || line(502, "<html>Bad Gateway</html>");
    let limited = || (429, Some("7"), "{}".to_owned());
    let table: Vec<(Vec<Line>, &str)> = vec![
        (vec![issue("bad")], "kept bad"),
        (vec![issue("excellent")], "refused state"),
        (vec![bad("err_bad_token", 401)], "unauthorized"),
        (vec![bad("err_forbidden", 403)], "refused rights"),
        (vec![bad("issue_get_missing", 404)], "refused does_not_exist"),
        (vec![bad("err_server_html", 502)], "unreachable"),
        (vec![line(200, "busy")], "unreachable"),
        (vec![line(200, "[]")], "unreachable"),
        (vec![line(200, json!({"id": 5121, "rate": null}).to_string())], "unreachable"),
        (vec![limited()], "retry Some(7s)"),
        (vec![unrated(), ok(), issue("good")], "kept good"),
        (vec![unrated(), line(201, "taken"), issue("good")], "kept good"),
        // Somebody was faster.
        (vec![unrated(), ok(), issue("bad")], "kept bad"),
        (vec![unrated(), ok(), unrated()], "unknown"),
        (vec![unrated(), ok(), gone()], "unknown"),
        (vec![unrated(), gone()], "unknown"),
        (vec![unrated(), line(200, "<html>hello</html>")], "unknown"),
        (vec![unrated(), line(302, "")], "unknown"),
        (vec![unrated(), limited()], "retry Some(7s)"),
        (vec![unrated(), bad("rates_post_invalid", 422)], "refused refused"),
        (vec![unrated(), line(400, "{}")], "refused refused"),
        (vec![unrated(), line(200, r#"{"errors":["no"]}"#)], "refused refused"),
        (vec![unrated(), bad("err_forbidden", 403)], "refused rights"),
        (vec![unrated(), bad("issue_get_missing", 404)], "refused does_not_exist"),
        (vec![unrated(), bad("err_bad_token", 401)], "unauthorized"),
        (vec![unrated(), line(409, "{}"), issue("normal")], "kept normal"),
        (vec![unrated(), line(409, "{}"), unrated(), ok(), issue("good")], "kept good"),
        (vec![unrated(), line(409, "{}"), unrated(), line(409, "{}"), unrated()], "refused state"),
    ];
    for (script, want) in table {
        let (shown, count) = (format!("{script:?}"), script.len());
        let (desk, okdesk) = Desk::with(script).await;
        let attempt = okdesk.perform(&rating(), &key()).await;
        assert_eq!((word(&attempt.outcome).as_str(), desk.lines().len()), (want, count), "{shown}");
        assert_eq!(attempt.exchanges.len(), count);
    }
    let invalid = line(422, body("issues_list_bad_page_size"));
    let (_, okdesk) = Desk::with([unrated(), invalid]).await;
    let Err(CallError::Refused { reason, .. }) = okdesk.perform(&rating(), &key()).await.outcome else { panic!() };
    assert_eq!(reason, "page.size: должно быть меньше или равно 50");
}

#[tokio::test]
async fn an_outcome_in_doubt_is_settled_by_reading_the_issue() {
    let table: Vec<(Line, &str)> = vec![
        (issue("good"), "done kept good"),
        (issue("bad"), "done kept bad"),
        (unrated(), "not done"),
        (issue("excellent"), "refused state"),
        (line(502, ""), "unreachable"),
        (line(404, "{}"), "refused does_not_exist"),
    ];
    for (answer, want) in table {
        let (desk, okdesk) = Desk::with([answer]).await;
        let got = match okdesk.settle(&rating(), &key()).await {
            Settled::Done(facts) => format!("done {}", word(&Ok(facts))),
            Settled::NotDone => "not done".to_owned(),
            Settled::NotYet { .. } => "not yet".to_owned(),
            Settled::Unknown(error) => word(&Err(error)),
        };
        assert_eq!(got, want);
        assert_eq!(desk.lines(), ["GET /api/v1/issues/5120"]);
    }
    // A mere reading is repeated without a look.
    let (desk, okdesk) = Desk::with([]).await;
    assert_eq!(okdesk.settle(&contact(), &key()).await, Settled::NotDone);
    assert!(desk.lines().is_empty());
}

#[tokio::test]
async fn without_a_token_nothing_is_asked_and_a_closed_port_is_told() {
    let (desk, okdesk) = Desk::with([]).await;
    let mut tokenless = secrets();
    Arc::get_mut(&mut tokenless).unwrap().0.insert(TOKEN.to_owned(), String::new());
    let tokenless = connected(okdesk.settings.clone(), tokenless);
    for effect in [contact(), rating()] {
        assert_eq!(word(&tokenless.perform(&effect, &key()).await.outcome), "unauthorized");
    }
    assert!(desk.lines().is_empty());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let nowhere = connected(Settings::new(base), secrets());
    let attempt = nowhere.perform(&rating(), &key()).await;
    assert_eq!(word(&attempt.outcome), "unreachable");
    assert!(!format!("{attempt:?}").contains(SECRET_TOKEN));
}

#[tokio::test]
async fn other_effects_are_not_ours() {
    let (desk, okdesk) = Desk::with([]).await;
    for kind in ["find_person", "ask_for_rating", "look_up_agency"] {
        let effect = Effect::example(kind).unwrap();
        assert!(!okdesk.kinds().contains(&kind));
        assert_eq!(word(&okdesk.perform(&effect, &key()).await.outcome), "refused unsupported");
        assert_eq!(okdesk.settle(&effect, &key()).await, Settled::NotDone);
    }
    assert!(desk.lines().is_empty());
    let limits = connected(Settings::new("https://desk.example.com".parse().unwrap()), secrets()).limits(&rating());
    assert_eq!((limits.len(), limits[0].per_second_milli, limits[0].burst), (1, 2000, 2));
}

#[test]
fn an_answer_alone_means_what_it_means_within_a_delivery() {
    let okdesk = okdesk();
    let of = |id: i64| Effect::SetRating { request: REQUEST, issue: IssueId(id), rate: Rate::Good };
    for (method, effect, status, sample, want) in [
        ("contacts", contact(), 200, "contact_by_id", "found"),
        ("contacts", contact(), 200, "contact_by_id_missing", "no_contact"),
        (
            "contacts",
            Effect::LookUpContact { request: REQUEST, contact: 209 },
            200,
            "contact_without_email",
            "no_email",
        ),
        ("contacts", contact(), 403, "err_forbidden", "refused rights"),
        ("issues", of(5120), 200, "issue_get_closed_unrated", "a step"),
        ("issues", of(5121), 200, "issue_get_rated", "kept normal"),
        ("issues", of(5120), 200, "issue_get_rated", "unreachable"),
        ("issues", of(5120), 401, "err_bad_token", "unauthorized"),
        ("issues/rates", of(5120), 200, "rates_post_ok", "a step"),
        ("issues/rates", of(5120), 422, "rates_post_invalid", "refused refused"),
        ("issues", of(5120), 502, "err_server_html", "unreachable"),
        ("issues/list", of(5120), 200, "issues_list_page1", "refused unsupported"),
        ("contacts", of(5120), 200, "contact_by_id", "refused unsupported"),
    ] {
        let (key, status) = (key(), StatusCode::from_u16(status).unwrap());
        let answer = Answer { status, headers: http::HeaderMap::new(), body: body(sample).into() };
        let asked = Asked { method, effect: &effect, key: &key, at: now() };
        assert_eq!(word(&okdesk.understand(&asked, &answer)), want, "{method} of {sample}");
    }
    for method in okdesk.methods() {
        assert!(okdesk.kinds().contains(&method.kind));
    }
}

#[tokio::test]
async fn a_check_says_what_is_missing() {
    let statuses = || line(200, body("statuses_dict"));
    let table: Vec<(Vec<Line>, &str, &str)> = vec![
        (vec![statuses(), line(200, "[]")], "closed", "-tls +sign_in +rights +closed_codes +webhook_key"),
        (vec![statuses(), line(200, "[]")], "finished", "-tls +sign_in +rights -closed_codes +webhook_key"),
        (vec![statuses(), line(403, "{}")], "closed", "-tls +sign_in -rights +closed_codes +webhook_key"),
        (vec![line(403, "{}")], "closed", "-tls +sign_in -rights +webhook_key"),
        (vec![line(401, "{}")], "closed", "-tls -sign_in +webhook_key"),
        (vec![line(502, "{}")], "closed", "-tls -sign_in +webhook_key"),
    ];
    for (script, code, want) in table {
        let closed = vec![code.to_owned()];
        let (desk, okdesk) = Desk::with_settings(script, |settings| settings.closed_codes = closed).await;
        let steps = okdesk.check().await;
        let sign = |ok| if ok { '+' } else { '-' };
        let got: Vec<_> = steps.iter().map(|step| format!("{}{}", sign(step.ok), step.step)).collect();
        assert_eq!(got.join(" "), want, "{steps:?}");
        assert_eq!(desk.lines()[0], "GET /api/v1/issues/statuses");
        assert!(!format!("{steps:?}").contains(SECRET_TOKEN));
    }
    let (_, okdesk) = Desk::with([statuses(), line(200, "[]")]).await;
    let mut keyless = secrets();
    Arc::get_mut(&mut keyless).unwrap().0.remove(WEBHOOK_KEY);
    let steps = connected(okdesk.settings.clone(), keyless).check().await;
    assert!(steps.iter().any(|step| step.step == "webhook_key" && !step.ok));
}

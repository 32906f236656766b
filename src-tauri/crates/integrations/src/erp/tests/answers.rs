//! Who may post, and what is answered: the sender compares the bytes.

use pult_domain::{Answer, DocumentId, RecordId, areas::erp::Trouble};
use serde_json::json;

use super::*;
use crate::{Admission, Doorway, HttpAnswer, Outcome, ParseError, Rejection, Reply, Verdict};

fn key() -> Verdict {
    Verdict::Key { client: NAME.to_owned() }
}

#[test]
fn the_key_is_asked_for_wherever_one_has_been_set() {
    let everywhere = connected("127.0.0.1:8000", &[(API_KEY, KEY)], None);
    for erp in [with_key(), everywhere] {
        for (headers, want) in [
            (vec![("x-api-key", KEY)], Ok(key())),
            (vec![("x-api-key", KEY), ("origin", "https://example.com")], Ok(key())),
            (vec![], Err(Rejection::Missing)),
            (vec![("x-api-key", "")], Err(Rejection::Missing)),
            (vec![("x-api-key", "wrong")], Err(Rejection::Wrong)),
            (vec![("x-api-key", "ключ")], Err(Rejection::Wrong)),
            (vec![("authorization", KEY)], Err(Rejection::Missing)),
        ] {
            assert_eq!(erp.verify(&request(&erp, "/", &headers, "{}"), now()), want, "{headers:?}");
        }
    }
}

#[test]
fn without_a_key_this_machine_may_post_and_a_browsers_page_may_not() {
    let erp = local();
    assert_eq!(erp.verify(&request(&erp, "/", &[], "{}"), now()), Ok(Verdict::Local));
    let page = erp.verify(&request(&erp, "/", &[("origin", "https://example.com")], "{}"), now());
    assert!(matches!(page, Err(Rejection::BadField { field: "Origin", .. })), "{page:?}");
    let open = connected("0.0.0.0:8000", &[], None);
    assert_eq!(open.verify(&request(&open, "/", &[], "{}"), now()), Err(Rejection::NotSetUp));
    let off = Erp::new(
        Settings { enabled: false, ..settings("127.0.0.1:8000") },
        Arc::new(Secrets::default()),
        Arc::new(Was(None)),
    );
    assert_eq!(off.verify(&request(&off, "/", &[], "{}"), now()), Err(Rejection::NotSetUp));
}

#[test]
fn who_is_turned_away_hears_401_503_or_400() {
    let erp = with_key();
    for (rejection, want) in [
        (Rejection::Missing, 401),
        (Rejection::Wrong, 401),
        (Rejection::NotSetUp, 503),
        (Rejection::BadField { field: "Origin", reason: String::new() }, 400),
    ] {
        let HttpAnswer::Json { status, body } = erp.turn_away(&erp.routes()[0], &rejection) else {
            panic!("{rejection}")
        };
        assert_eq!(status, want);
        assert!(body["detail"].is_string(), "{body}");
    }
}

fn glance(erp: &Erp, path: &str) -> HttpAnswer {
    let verified = request(erp, path, &[], "").accept(erp, now()).unwrap();
    let Admission::Glance(answer) = erp.admit(&verified) else { panic!("{path} is recorded") };
    answer
}

#[test]
fn a_ping_says_how_the_portal_was_and_asks_nobody() {
    for (was, word) in [(Some(true), "ok"), (Some(false), "error"), (None, "unknown")] {
        let erp = connected("192.0.2.1:8000", &[(API_KEY, KEY)], was);
        let want = HttpAnswer::Raw {
            status: 200,
            content_type: "application/json",
            body: format!(r#"{{"message":"pong","bitrix":"{word}"}}"#).into(),
        };
        for path in ["/ping/", "/ping"] {
            assert_eq!(glance(&erp, path), want);
        }
    }
}

#[test]
fn the_page_holds_both_samples_every_name_of_a_field_and_nothing_from_elsewhere() {
    let erp = local();
    let HttpAnswer::Page { status: 200, html, style, script } = glance(&erp, "/docs") else { panic!("no page") };
    let page = String::from_utf8(html.to_vec()).unwrap();
    assert!(
        !page.contains("{{") && !page.contains("src=") && !page.contains("href=") && !page.contains("https:"),
        "{page}"
    );
    assert_eq!(page.matches("<script>").count() + page.matches("<style>").count(), 2);
    assert!(page.contains(&format!("<style>{style}</style>")) && page.contains(&format!("<script>{script}</script>")));
    for name in ["full", "minimal"] {
        let sample = docs::sample(name);
        assert!(sample.starts_with("{\n  \"id\"") && sample.ends_with("\n}"), "{sample}");
        assert!(page.contains(&sample), "{name} is not shown as it is");
    }
    assert!(page.contains("Обработка не завершена за 25 с, документ сохранён") && page.contains("127.0.0.1:8000"));
    let small = page.to_lowercase();
    use crate::erp::{files, wire};
    for key in [
        wire::ID,
        wire::NUMBER,
        wire::DATE,
        wire::TITLE,
        wire::DESCRIPTION,
        wire::AUTHOR,
        wire::DEADLINE,
        wire::LINES,
        wire::FILES,
        wire::NAME,
        wire::LINE_TITLE,
        wire::MINUTES,
        wire::ITEMS,
        wire::ITEM,
        wire::QUANTITY,
        wire::UNIT,
        files::NAME,
        files::CONTENT,
    ] {
        assert!(small.contains(&format!("\"{}\":", key.name())), "{} is not in the schema", key.name());
        for other in &key.0[1..] {
            assert!(small.contains(other), "{other} is not told");
        }
    }
    serde_json::from_str::<serde_json::Value>(include_str!("../schema.json")).unwrap();
}

fn stored(erp: &Erp, body: &str) -> StoredRequest {
    let headers = [("x-api-key", KEY), ("content-type", "application/json"), ("cookie", "secret")];
    let verified = request(erp, "/", &headers, body).accept(erp, now()).unwrap();
    assert_eq!(erp.admit(&verified), Admission::Record);
    erp.redact(&verified)
}

#[test]
fn what_is_kept_is_the_body_and_no_key() {
    let kept = stored(&with_key(), "{\"id\": 1}");
    assert_eq!(kept.body, "{\"id\": 1}");
    let kept = serde_json::to_string(&kept).unwrap();
    assert!(!kept.contains(KEY) && !kept.contains("cookie") && kept.contains("***"), "{kept}");
}

#[test]
fn the_sender_waits_as_long_as_the_settings_say_at_a_listener_of_its_own() {
    let erp = with_key();
    let limit = std::time::Duration::from_secs(25);
    assert_eq!(erp.reply(&stored(&erp, "{}")), Reply::AtSettled { limit });
    assert_eq!(erp.doorway(), Doorway::Own { bind: "192.0.2.1:8000".parse().unwrap(), max_body: 50 << 20 });
}

fn answered(outcome: &Outcome) -> (u16, &'static str, String) {
    let erp = with_key();
    let HttpAnswer::Raw { status, content_type, body } = erp.answer(&stored(&erp, "{}"), outcome) else {
        panic!("{outcome:?}")
    };
    (status, content_type, String::from_utf8(body.to_vec()).unwrap())
}

fn decided(answers: Vec<Answer>) -> (u16, &'static str, String) {
    answered(&Outcome::Decided { record: RecordId(1), answers, rejected: vec![], effects: vec![] })
}

const TEXT: &str = "text/plain; charset=utf-8";
const LATE: &str = "Обработка не завершена за 25 с, документ сохранён";

#[test]
fn the_three_outcomes_are_these_bytes() {
    let underway = |all_there| Answer::DocumentUnderway { document: DocumentId(1), all_there };
    let updating = "{\"message\":\"При обновлении задачи произошла ошибка\"}";
    let json = "application/json";
    assert_eq!(decided(vec![Answer::DocumentDone]), (200, json, "{\"message\":\"ok\"}".to_owned()));
    assert_eq!(decided(vec![Answer::DocumentUpdateFailed]), (200, json, updating.to_owned()));
    assert_eq!(decided(vec![underway(true)]), (200, json, updating.to_owned()));
    assert_eq!(decided(vec![underway(false)]), (500, TEXT, LATE.to_owned()));
    assert_eq!(answered(&Outcome::Committed { record: RecordId(1) }), (500, TEXT, LATE.to_owned()));
    assert_eq!(decided(vec![]).0, 500);
    assert_eq!(answered(&Outcome::NotRecorded).0, 503);
    let failed = Answer::DocumentFailed { trouble: Trouble::NoDepartment { name: "Швейный цех".to_owned() } };
    assert_eq!(decided(vec![failed]), (500, TEXT, "Подотдел \"Швейный цех\" не найден".to_owned()));
}

#[test]
fn every_trouble_is_told_in_words_that_name_it() {
    let (name, ids) = (String::from("Цех"), vec![12, 17]);
    let detail = format!("no answer from {WEBHOOK}tasks.task.add (key q1w2e3r4t5, {KEY})");
    let troubles = [
        Trouble::NotConnected,
        Trouble::NoRoot { name: "Производство".to_owned() },
        Trouble::SeveralRoots { name: "Производство".to_owned(), ids: ids.clone() },
        Trouble::NoDepartment { name: name.clone() },
        Trouble::SeveralDepartments { name: name.clone(), ids },
        Trouble::NoStaff { name: name.clone() },
        Trouble::NoProject { name: "Задачи из 1с".to_owned() },
        Trouble::LoadsUnknown { name: name.clone(), reason: detail.clone() },
        Trouble::LineRefused { line: 3, name, detail: detail.clone() },
        Trouble::PortalFailed { detail: detail.clone() },
        Trouble::UpdateRefused { detail },
        Trouble::PortalFailed { detail: "x".repeat(100_000) },
    ];
    let told: Vec<String> =
        troubles.into_iter().map(|trouble| decided(vec![Answer::DocumentFailed { trouble }]).2).collect();
    assert!(told.iter().all(|text| text.chars().count() <= LONGEST_REASON));
    let told = told[..11].join("\n");
    assert!(!told.contains(KEY) && !told.contains("q1w2e3r4t5"), "{told}");
    insta::assert_snapshot!("troubles", told);
}

#[test]
fn what_is_not_understood_is_422_and_names_its_place() {
    for (field, want) in [
        ("body", json!(["body"])),
        ("number", json!(["body", "number"])),
        ("files[0].content", json!(["body", "files", 0, "content"])),
        ("calculations[2].items[10].name", json!(["body", "calculations", 2, "items", 10, "name"])),
    ] {
        let erp = local();
        let error = ParseError::at(field, crate::reason!("is missing"));
        let answer = erp.answer(&stored(&erp, "{}"), &Outcome::NotUnderstood { record: RecordId(1), error });
        let HttpAnswer::Json { status, body } = answer else { panic!("{answer:?}") };
        assert_eq!(status, 422);
        assert_eq!(body, json!({ "detail": [{ "loc": want, "msg": "is missing" }] }));
    }
}

//! Issues are created once, whatever becomes of the answers.

use chat_link::owed::NewIssue;

use super::{
    server::{Vendor, complaint, good, line, lost, perform},
    *,
};
use crate::Delivery;

const UNIQUE: &str = "console:a1:5f0c2d7e";
const CREATE: &str = "POST /v3/issues/";
const FIELDS: &str = "GET /v3/queues/DESK/localFields";
const SEARCH: &str = "POST /v3/issues/_search?perPage=100&page=1";

fn new_issue() -> NewIssue {
    NewIssue {
        request: ChatRequestId(7),
        unique: UNIQUE.to_owned(),
        summary: "Проблемы с телефонией".to_owned(),
        subcategory: Some("Проблемы с качеством связи".to_owned()),
        text: "Нет *гудка*, спросите @vera".to_owned(),
        direct: false,
        login: Some("m.orlova".to_owned()),
        name: "Мария Орлова".to_owned(),
        department: Some("Бронирование".to_owned()),
        files: vec![],
    }
}

fn effect(change: impl FnOnce(&mut NewIssue)) -> Effect {
    let mut new = new_issue();
    change(&mut new);
    Effect::CreateIssue(Box::new(new))
}

fn created() -> server::Line {
    line(201, issue("DESK-41", json!({})).to_string())
}

#[tokio::test]
async fn an_issue_carries_what_was_asked_and_our_own_mark() {
    let (vendor, tracker) = Vendor::with([good(local_fields(&ALL)), created()]).await;
    let said = fact(perform(&tracker, &effect(|_| {})).await);
    let chat_link::Fact::IssueCreated { request: ChatRequestId(7), issue } = said else { panic!("{said:?}") };
    assert_eq!((issue.key.as_str(), issue.url.as_str()), ("DESK-41", "https://tracker.yandex.ru/DESK-41"));
    assert_eq!(vendor.lines(), [FIELDS, CREATE]);
    let want = json!({
        "queue": "DESK",
        "summary": "Проблемы с телефонией",
        "description": "*Подкатегория:* Проблемы с качеством связи\n*Описание проблемы:* Нет \\*гудка\\*, спросите @\u{200b}vera",
        "tags": ["Создана в Пачке"],
        "author": "m.orlova",
        "boards": [{"id": 1}],
        "unique": UNIQUE,
        "66b0c1d2e3f4a5b6c7d8e9f0--sourceRef": UNIQUE,
        "66b0c1d2e3f4a5b6c7d8e9f0--name": "Мария Орлова",
        "66b0c1d2e3f4a5b6c7d8e9f0--department": "Бронирование",
    });
    assert_eq!(vendor.asked(1).json(), want);
}

#[tokio::test]
async fn what_was_written_in_a_chat_is_described_by_its_own_words_alone() {
    let (vendor, tracker) = Vendor::with([good(local_fields(&ALL)), created()]).await;
    let direct = effect(|new| (new.direct, new.subcategory) = (true, None));
    assert_eq!(word(&perform(&tracker, &direct).await), "issue_created");
    assert_eq!(vendor.asked(1).json()["description"], "Нет \\*гудка\\*, спросите @\u{200b}vera");
}

#[tokio::test]
async fn what_is_not_known_is_left_out() {
    let (vendor, tracker) = Vendor::with_settings([good(local_fields(&["name"])), created()], secrets(), |settings| {
        settings.board_id = 0;
        settings.tag = String::new();
    })
    .await;
    let bare = effect(|new| (new.subcategory, new.login, new.department) = (None, None, None));
    assert_eq!(word(&perform(&tracker, &bare).await), "issue_created");
    let want = json!({
        "queue": "DESK",
        "summary": "Проблемы с телефонией",
        "description": "*Описание проблемы:* Нет \\*гудка\\*, спросите @\u{200b}vera",
        // The queue has no field for the mark.
        "tags": [UNIQUE],
        "unique": UNIQUE,
        "66b0c1d2e3f4a5b6c7d8e9f0--name": "Мария Орлова",
    });
    assert_eq!(vendor.asked(1).json(), want);
}

#[tokio::test]
async fn a_field_that_the_queue_lacks_is_named_before_anything_is_created() {
    for lacking in ["name", "department"] {
        let there: Vec<_> = ALL.into_iter().filter(|key| *key != lacking).collect();
        let (vendor, tracker) = Vendor::with([good(local_fields(&there))]).await;
        let refused = word(&perform(&tracker, &effect(|_| {})).await);
        assert_eq!(
            refused,
            format!(
                "refused refused: the queue DESK has no local field «{lacking}»: add it to the queue in the tracker"
            )
        );
        assert_eq!(vendor.lines(), [FIELDS]);
    }
}

#[tokio::test]
async fn an_issue_that_is_there_already_is_found_by_its_mark() {
    let (vendor, tracker) = Vendor::with([
        good(local_fields(&ALL)),
        line(409, r#"{"errors":{},"errorMessages":["есть"],"statusCode":409}"#),
        good(json!([])),
        good(json!([issue("DESK-40", json!({local("sourceRef"): "console:a1:other"}))])),
        good(json!([issue("DESK-41", json!({local("sourceRef"): UNIQUE}))])),
    ])
    .await;
    let effect = effect(|_| {});
    assert_eq!(word(&perform(&tracker, &effect).await), "unknown");
    // The search learns of it late, and finds others as well: no second one is created.
    for want in ["not yet", "not yet", "done issue_created"] {
        assert_eq!(settled(tracker.settle(&effect, &key()).await), want);
    }
    assert_eq!(vendor.lines(), [FIELDS, CREATE, SEARCH, SEARCH, SEARCH]);
    let want = json!({"filter": {"queue": "DESK", "66b0c1d2e3f4a5b6c7d8e9f0--sourceRef": UNIQUE}, "order": "-updated"});
    assert_eq!(vendor.asked(2).json(), want);
}

#[tokio::test]
async fn an_issue_without_a_field_for_the_mark_is_found_by_a_tag() {
    let (vendor, tracker) = Vendor::with([
        good(local_fields(&["name", "department"])),
        good(json!({"issues": [issue("DESK-41", json!({"tags": ["Создана в Пачке", UNIQUE]}))]})),
    ])
    .await;
    assert_eq!(settled(tracker.settle(&effect(|_| {}), &key()).await), "done issue_created");
    assert_eq!(vendor.asked(1).json()["filter"], json!({"queue": "DESK", "tags": [UNIQUE]}));
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_may_be_repeated_with_the_same_text() {
    let (vendor, tracker) =
        Vendor::with([good(local_fields(&ALL)), lost(), good(json!([])), line(409, "{}"), good(json!([]))]).await;
    let effect = effect(|_| {});
    assert_eq!(word(&perform(&tracker, &effect).await), "unknown");
    assert_eq!(settled(tracker.settle(&effect, &key()).await), "not done");
    assert_eq!(word(&perform(&tracker, &effect).await), "unknown");
    assert_eq!(settled(tracker.settle(&effect, &key()).await), "not yet");
    assert_eq!(vendor.lines(), [FIELDS, CREATE, SEARCH, CREATE, SEARCH]);
    assert_eq!(vendor.asked(1).body, vendor.asked(3).body);
}

#[tokio::test]
async fn a_field_that_was_made_anew_is_learnt_again_once() {
    let moved = json!([{"id": "77b0c1d2e3f4a5b6c7d8e9f0--name", "key": "name"}, {"id": local("department"), "key": "department"}]);
    let refusal = complaint(422, &local("name"), "Такого поля нет.");
    let (vendor, tracker) =
        Vendor::with([good(local_fields(&ALL)), refusal.clone(), good(moved.clone()), created()]).await;
    assert_eq!(word(&perform(&tracker, &effect(|_| {})).await), "issue_created");
    assert_eq!(vendor.lines(), [FIELDS, CREATE, FIELDS, CREATE]);
    assert_eq!(vendor.asked(3).json()["77b0c1d2e3f4a5b6c7d8e9f0--name"], "Мария Орлова");
    // Learnt again, and the same: the refusal stands.
    vendor.go_on([refusal, good(moved)]);
    assert_eq!(word(&perform(&tracker, &effect(|_| {})).await), "refused refused: name: Такого поля нет.");
    assert!(vendor.is_done());
}

#[tokio::test]
async fn somebody_without_an_account_asks_all_the_same() {
    let (vendor, tracker) =
        Vendor::with([good(local_fields(&ALL)), complaint(422, "author", "Нет такого."), created()]).await;
    assert_eq!(word(&perform(&tracker, &effect(|_| {})).await), "issue_created");
    let mut first = vendor.asked(1).json();
    first.as_object_mut().unwrap().remove("author");
    assert_eq!(vendor.asked(2).json(), first);
}

#[tokio::test]
async fn files_go_ahead_and_those_that_cannot_be_had_are_named() {
    let (vendor, tracker) = Vendor::with([
        good(local_fields(&ALL)),
        line(201, r#"{"id": 31, "name": "a"}"#),
        line(413, "<html>too large</html>"),
        created(),
    ])
    .await;
    let files = vec![
        file("../фото 1.png", "1"),
        file("b.bin", "2"),
        file("c*.doc", "gone"),
        FileLink { size: Some(u64::MAX), ..file("d.iso", "3") },
    ];
    assert_eq!(word(&perform(&tracker, &effect(|new| new.files = files)).await), "issue_created");
    assert_eq!(vendor.lines(), [FIELDS, "POST /v3/attachments/", "POST /v3/attachments/", CREATE]);
    let form = vendor.asked(1);
    assert!(form.header("content-type").starts_with("multipart/form-data; boundary="));
    assert!(
        form.body.contains("name=\"file\"; filename=\"фото 1.png\"") && form.body.contains("content of ../фото 1.png"),
        "{}",
        form.body
    );
    let body = vendor.asked(3).json();
    assert_eq!(body["attachmentIds"], json!(["31"]));
    let description = body["description"].as_str().unwrap();
    assert!(description.ends_with(
        "\n\nФайл «b.bin» остался в мессенджере\nФайл «c\\_.doc» остался в мессенджере\nФайл «d.iso» остался в мессенджере"
    ), "{description}");
}

#[tokio::test]
async fn a_messenger_in_trouble_does_not_stop_the_tracker() {
    let (vendor, tracker) = Vendor::with([good(local_fields(&ALL))]).await;
    let locked = effect(|new| new.files = vec![file("a", "locked")]);
    assert_eq!(word(&perform(&tracker, &locked).await), "retry None");
    assert_eq!(vendor.lines(), [FIELDS]);
}

#[tokio::test]
async fn a_prefix_of_the_settings_goes_before_what_was_learnt() {
    let set = |settings: &mut Settings| settings.field_prefix = "66aa43bfc941f16869268d41--".to_owned();
    for list in [good(local_fields(&["name", "department"])), line(403, "{}")] {
        let (vendor, tracker) = Vendor::with_settings([list.clone(), created()], secrets(), set).await;
        assert_eq!(word(&perform(&tracker, &effect(|_| {})).await), "issue_created");
        assert_eq!(vendor.asked(1).json()["66aa43bfc941f16869268d41--name"], "Мария Орлова");
    }
}

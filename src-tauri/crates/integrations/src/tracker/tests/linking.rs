//! Conversations are written into their issues, and issues found by them.

use chat_link::shown::Conversation;

use super::{
    server::{Vendor, complaint, good, line, perform},
    *,
};
use crate::Delivery;

const FIELDS: &str = "GET /v3/queues/DESK/localFields";
const PATCH: &str = "PATCH /v3/issues/DESK-41";

fn link(user: Option<i64>) -> Effect {
    let conversation = Conversation { user, chat: 51_840, message: 700_108 };
    Effect::LinkIssue { link: ChatLinkId(3), issue: "DESK-41".to_owned(), conversation }
}

fn find() -> Effect {
    Effect::FindIssueOfMessage { item: ChatItemId(5), message: 700_108 }
}

fn without(lacking: &str) -> Value {
    local_fields(&ALL.into_iter().filter(|key| *key != lacking).collect::<Vec<_>>())
}

#[tokio::test]
async fn an_issue_shows_its_conversation() {
    let (vendor, tracker) = Vendor::with([good(local_fields(&ALL)), good(issue("DESK-41", json!({})))]).await;
    let said = fact(perform(&tracker, &link(Some(811))).await);
    assert_eq!(said, chat_link::Fact::IssueLinked { link: ChatLinkId(3), skipped: vec![] });
    assert_eq!(vendor.lines(), [FIELDS, PATCH]);
    let want = json!({
        local("pachcaUserId"): "811", local("pachcaMessageId"): "700108", local("pachcaChatId"): "51840",
        local("pachcaIssueKey"): "DESK-41",
    });
    assert_eq!(vendor.asked(1).json(), want);
}

#[tokio::test]
async fn a_field_for_the_key_may_be_missing_and_a_person_unknown() {
    let mut fields = without("pachcaIssueKey");
    fields[1]["schema"]["type"] = json!("integer");
    let (vendor, tracker) = Vendor::with([good(fields), good(issue("DESK-41", json!({})))]).await;
    let said = fact(perform(&tracker, &link(None)).await);
    assert_eq!(said, chat_link::Fact::IssueLinked { link: ChatLinkId(3), skipped: vec!["pachcaIssueKey".to_owned()] });
    assert_eq!(vendor.asked(1).json(), json!({local("pachcaMessageId"): 700_108, local("pachcaChatId"): "51840"}));
}

#[tokio::test]
async fn the_other_fields_must_be_there() {
    for lacking in ["pachcaUserId", "pachcaMessageId", "pachcaChatId"] {
        let (vendor, tracker) = Vendor::with([good(without(lacking))]).await;
        let refused = word(&perform(&tracker, &link(Some(811))).await);
        assert!(
            refused.starts_with(&format!("refused refused: the queue DESK has no local field «{lacking}»")),
            "{refused}"
        );
        assert_eq!(vendor.lines(), [FIELDS]);
    }
}

#[tokio::test]
async fn an_issue_that_changed_meanwhile_is_changed_as_it_is_now() {
    for status in [409, 412, 428] {
        let (vendor, tracker) = Vendor::with([
            good(local_fields(&ALL)),
            line(status, "{}"),
            good(issue("DESK-41", json!({"version": 12}))),
            good(issue("DESK-41", json!({}))),
        ])
        .await;
        assert_eq!(word(&perform(&tracker, &link(Some(811))).await), "issue_linked");
        assert_eq!(vendor.lines()[1..], [PATCH, "GET /v3/issues/DESK-41", "PATCH /v3/issues/DESK-41?version=12"]);
        // Once more, and no more.
        vendor.go_on([line(status, "{}"), good(issue("DESK-41", json!({}))), line(status, "{}")]);
        assert_eq!(word(&perform(&tracker, &link(Some(811))).await), format!("refused state: HTTP {status}"));
        assert!(vendor.is_done());
    }
}

#[tokio::test]
async fn a_field_that_was_made_anew_is_learnt_again() {
    let (vendor, tracker) = Vendor::with([
        good(local_fields(&ALL)),
        complaint(422, &local("pachcaIssueKey"), "Такого поля нет."),
        good(without("pachcaIssueKey")),
        good(issue("DESK-41", json!({}))),
    ])
    .await;
    let said = fact(perform(&tracker, &link(None)).await);
    assert_eq!(said, chat_link::Fact::IssueLinked { link: ChatLinkId(3), skipped: vec!["pachcaIssueKey".to_owned()] });
    assert!(vendor.is_done());
}

#[tokio::test]
async fn the_issue_of_a_message_is_the_one_that_names_it() {
    let ours = |key: &str, message: &str| {
        let chat =
            json!({local("pachcaMessageId"): message, local("pachcaChatId"): 51840, local("pachcaUserId"): "811"});
        issue(key, chat)
    };
    let (vendor, tracker) = Vendor::with([
        good(local_fields(&ALL)),
        good(json!({"data": [ours("DESK-9", "7001081"), ours("DESK-41", "700108"), ours("DESK-7", "700108")]})),
    ])
    .await;
    let chat_link::Fact::IssueOfMessage { item: ChatItemId(5), issue: Some(found) } =
        fact(perform(&tracker, &find()).await)
    else {
        panic!()
    };
    assert_eq!(found.key, "DESK-41");
    assert_eq!(found.conversation, Some(Conversation { user: Some(811), chat: 51_840, message: 700_108 }));
    let filter = json!({"queue": "DESK", "tags": ["Создана в Пачке"], local("pachcaMessageId"): "700108"});
    assert_eq!(vendor.asked(1).json(), json!({"filter": filter, "order": "-updated"}));
}

#[tokio::test]
async fn no_issue_names_a_message() {
    for rows in [json!([]), json!({"items": []}), json!([issue("DESK-1", json!({}))])] {
        let (_, tracker) = Vendor::with([good(local_fields(&ALL)), good(rows)]).await;
        let said = fact(perform(&tracker, &find()).await);
        assert_eq!(said, chat_link::Fact::IssueOfMessage { item: ChatItemId(5), issue: None });
    }
    let (_, tracker) = Vendor::with([good(local_fields(&ALL)), good(json!({"total": 0}))]).await;
    assert_eq!(word(&perform(&tracker, &find()).await), "unreachable");
}

#[tokio::test]
async fn what_only_looks_or_may_be_done_twice_is_never_in_doubt() {
    let tracker = tracker();
    for effect in [
        link(None),
        find(),
        Effect::GrantAccess { issue: "DESK-41".to_owned(), logins: vec![], only_for: None, named_by: None },
    ] {
        assert_eq!(settled(tracker.settle(&effect, &key()).await), "not done");
    }
}

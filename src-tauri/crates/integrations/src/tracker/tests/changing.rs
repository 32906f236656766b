//! What is done to issues: people let in, issues taken and moved.

use chat_link::owed::IssueChange;

use super::{
    server::{Vendor, complaint, good, line, lost, perform},
    *,
};
use crate::Delivery;

const LOOK: &str = "GET /v3/issues/DESK-41?expand=transitions";
const PATCH: &str = "PATCH /v3/issues/DESK-41";
const EXECUTE: &str = "POST /v3/issues/DESK-41/transitions/close/_execute";

fn grant(logins: &[&str]) -> Effect {
    Effect::GrantAccess {
        issue: "DESK-41".to_owned(),
        logins: logins.iter().map(|login| (*login).to_owned()).collect(),
        only_for: None,
        named_by: None,
    }
}

fn added(outcome: Result<Vec<Observed>, CallError>) -> Vec<String> {
    let said = fact(outcome);
    let chat_link::Fact::AccessGranted { issue, added } = said else { panic!("{said:?}") };
    assert_eq!(issue, "DESK-41");
    added
}

fn change(change: IssueChange) -> Effect {
    Effect::ChangeIssue { wish: ChatWishId(2), issue: "DESK-41".to_owned(), change }
}

fn assign() -> Effect {
    change(IssueChange::Assign { login: "vera".to_owned() })
}

fn close() -> Effect {
    change(IssueChange::Move { transition: "close".to_owned() })
}

/// An issue in a status, with the ways it can go.
fn in_status(status: &str, ways: &[(&str, &str)]) -> Value {
    let ways = ways.iter().map(|(id, to)| json!({"id": id, "display": "→", "to": {"key": to, "display": to}}));
    issue("DESK-41", json!({"status": {"key": status, "display": status}, "transitions": ways.collect::<Value>()}))
}

const OPEN: [(&str, &str); 2] = [("start_progress", "inProgress"), ("close", "closed")];

#[tokio::test]
async fn only_those_are_let_in_who_are_not_yet() {
    let access = json!({"access": [{"id": "8000000000000101", "display": "Вера"}, "petr", {"id": "olga"}]});
    let (vendor, tracker) = Vendor::with([
        good(issue("DESK-41", access.clone())),
        good(json!({"uid": 8_000_000_000_000_101_i64, "login": "vera"})),
        good(issue("DESK-41", json!({}))),
    ])
    .await;
    let effect = grant(&["Vera", "anna", "petr", "olga", "anna", " "]);
    assert_eq!(added(perform(&tracker, &effect).await), ["anna"]);
    assert_eq!(vendor.lines(), ["GET /v3/issues/DESK-41", "GET /v3/users/8000000000000101", PATCH]);
    assert_eq!(vendor.asked(2).json(), json!({"access": {"add": ["anna"]}}));
    // All are in: nothing is changed, and who is who is known by now.
    vendor.go_on([good(issue("DESK-41", access))]);
    assert!(added(perform(&tracker, &grant(&["vera", "petr"])).await).is_empty());
    assert_eq!(vendor.lines().len(), 4);
}

#[tokio::test]
async fn people_are_let_in_only_for_those_whose_issue_it_is() {
    let theirs = json!({
        "createdBy": {"login": "robot", "id": "1"},
        "assignee": {"id": "8000000000000101", "display": "Вера"},
        "followers": [{"login": "Petr", "id": "2"}],
    });
    let only = |namer: &str| {
        let Effect::GrantAccess { issue, logins, .. } = grant(&["anna"]) else { panic!() };
        Effect::GrantAccess { issue, logins, only_for: Some(namer.to_owned()), named_by: Some(811) }
    };
    let (vendor, tracker) = Vendor::with([
        good(issue("DESK-41", theirs.clone())),
        good(json!({"uid": 8_000_000_000_000_101_i64, "login": "vera"})),
        good(issue("DESK-41", json!({}))),
    ])
    .await;
    assert_eq!(added(perform(&tracker, &only("Vera")).await), ["anna"]);
    vendor.go_on([good(issue("DESK-41", theirs.clone())), good(issue("DESK-41", json!({})))]);
    assert_eq!(added(perform(&tracker, &only("petr")).await), ["anna"]);
    vendor.go_on([good(issue("DESK-41", theirs))]);
    let said = fact(perform(&tracker, &only("ivan")).await);
    let chat_link::Fact::AccessWithheld { issue, logins, named_by } = said else { panic!("{said:?}") };
    assert_eq!((issue.as_str(), logins, named_by), ("DESK-41", vec!["anna".to_owned()], Some(811)));
    assert!(vendor.is_done(), "nothing is written");
}

#[tokio::test]
async fn one_who_is_nobody_there_does_not_keep_out_the_others() {
    let refusal = || complaint(422, "access", "Нет такого.");
    let fine = || good(issue("DESK-41", json!({})));
    let (vendor, tracker) = Vendor::with([fine(), refusal(), fine(), refusal()]).await;
    assert_eq!(added(perform(&tracker, &grant(&["anna", "nobody"])).await), ["anna"]);
    assert_eq!(vendor.asked(3).json(), json!({"access": {"add": ["nobody"]}}));
    vendor.go_on([fine(), refusal()]);
    assert_eq!(word(&perform(&tracker, &grant(&["nobody"])).await), "refused refused: access: Нет такого.");
    vendor.go_on([fine(), line(403, "{}")]);
    assert!(word(&perform(&tracker, &grant(&["anna", "vera"])).await).starts_with("refused rights"));
    assert!(vendor.is_done());
}

#[tokio::test]
async fn an_issue_is_read_with_its_ways_and_its_people() {
    let mut shown = in_status("open", &OPEN);
    shown["followers"] = json!([{"id": "8000000000000101", "display": "Вера"}, {"id": "8000000000000102"}]);
    shown["assignee"] = json!({"id": "8000000000000101", "display": "Вера Смирнова"});
    let (vendor, tracker) = Vendor::with([good(shown), good(json!([{"login": "vera"}])), line(404, "{}")]).await;
    let said = fact(perform(&tracker, &Effect::ReadIssue { wish: ChatWishId(2), issue: "DESK-41".to_owned() }).await);
    let chat_link::Fact::IssueRead { wish: ChatWishId(2), issue } = said else { panic!("{said:?}") };
    assert_eq!(issue.followers, ["vera", "8000000000000102"]);
    assert_eq!(issue.assignee.as_deref(), Some("Вера Смирнова"));
    let ways: Vec<_> = issue.transitions.iter().map(|way| (way.id.as_str(), way.ends)).collect();
    assert_eq!(ways, [("start_progress", false), ("close", true)]);
    assert_eq!(vendor.lines()[0], LOOK);
}

#[tokio::test]
async fn ways_that_are_not_shown_with_the_issue_are_asked_for() {
    let ways = json!([{"id": "close", "to": {"key": "closed", "display": "Закрыт"}}, {"id": "x", "display": "Дальше"}]);
    let (vendor, tracker) = Vendor::with([good(issue("DESK-41", json!({}))), good(ways)]).await;
    let said = fact(perform(&tracker, &Effect::ReadIssue { wish: ChatWishId(2), issue: "DESK-41".to_owned() }).await);
    let chat_link::Fact::IssueRead { issue, .. } = said else { panic!("{said:?}") };
    let names: Vec<_> = issue.transitions.iter().map(|way| way.name.as_str()).collect();
    assert_eq!(names, ["Закрыт", "Дальше"]);
    assert_eq!(vendor.lines(), [LOOK, "GET /v3/issues/DESK-41/transitions"]);
}

#[tokio::test]
async fn somebody_takes_an_issue() {
    let (vendor, tracker) =
        Vendor::with([good(in_status("open", &OPEN)), good(json!({})), good(in_status("open", &OPEN))]).await;
    assert_eq!(word(&perform(&tracker, &assign()).await), "issue_changed");
    assert_eq!(vendor.lines(), [LOOK, PATCH, LOOK]);
    assert_eq!(vendor.asked(1).json(), json!({"assignee": "vera"}));
    // Who has it already need not take it.
    let mut taken = in_status("open", &OPEN);
    taken["assignee"] = json!({"login": "Vera", "id": "1"});
    vendor.go_on([good(taken)]);
    assert_eq!(word(&perform(&tracker, &assign()).await), "issue_changed");
    vendor.go_on([good(in_status("open", &OPEN)), complaint(422, "assignee", "Нет такого.")]);
    assert_eq!(word(&perform(&tracker, &assign()).await), "refused refused: assignee: Нет такого.");
    assert!(vendor.is_done());
    assert_eq!(settled(tracker.settle(&assign(), &key()).await), "not done");
}

#[tokio::test]
async fn an_issue_goes_a_way_that_is_open() {
    let (vendor, tracker) = Vendor::with([
        good(in_status("open", &OPEN)),
        good(json!([{"id": "reopen", "to": {"key": "open"}}])),
        good(in_status("closed", &[("reopen", "open")])),
    ])
    .await;
    let said = fact(perform(&tracker, &close()).await);
    let chat_link::Fact::IssueChanged { wish: ChatWishId(2), issue } = said else { panic!("{said:?}") };
    assert!(issue.over && issue.transitions[0].id == "reopen");
    assert_eq!(vendor.lines(), [LOOK, EXECUTE, LOOK]);
    assert_eq!(vendor.asked(1).json(), json!({}));
    // Pressed again: it is there already, and nothing is called.
    vendor.go_on([good(in_status("closed", &[("reopen", "open")]))]);
    assert_eq!(word(&perform(&tracker, &close()).await), "issue_changed");
    assert_eq!(vendor.lines().len(), 4);
}

#[tokio::test]
async fn a_way_that_leads_to_where_the_issue_is_need_not_be_gone() {
    let (vendor, tracker) = Vendor::with([good(in_status("closed", &[("close", "closed")]))]).await;
    assert_eq!(word(&perform(&tracker, &close()).await), "issue_changed");
    assert_eq!(vendor.lines(), [LOOK]);
}

#[tokio::test]
async fn a_way_that_is_closed_is_refused_here_and_one_that_wants_more_by_the_tracker() {
    let (_, tracker) = Vendor::with([good(in_status("paused", &[("reopen", "open")]))]).await;
    assert!(word(&perform(&tracker, &close()).await).starts_with("refused state: «paused» → close"));
    for status in [400, 422] {
        let wants = complaint(status, "resolution", "Поле обязательно для заполнения.");
        let (_, tracker) = Vendor::with([good(in_status("open", &OPEN)), wants]).await;
        let refused = word(&perform(&tracker, &close()).await);
        assert_eq!(refused, "refused refused: resolution: Поле обязательно для заполнения.");
    }
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_at_once_and_later() {
    let there = || in_status("closed", &[("reopen", "open")]);
    let (vendor, tracker) = Vendor::with([good(in_status("open", &OPEN)), lost(), good(there()), good(there())]).await;
    assert_eq!(word(&perform(&tracker, &close()).await), "issue_changed");
    assert_eq!(vendor.lines(), [LOOK, EXECUTE, "GET /v3/issues/DESK-41", LOOK]);
    for (later, want) in [
        (good(there()), "done issue_changed"),
        (good(in_status("open", &OPEN)), "not done"),
        (good(in_status("inProgress", &[("stop", "open")])), "done issue_changed"),
        (line(502, ""), "unreachable"),
    ] {
        let (_, tracker) = Vendor::with([good(in_status("open", &OPEN)), lost(), line(502, ""), later]).await;
        assert_eq!(word(&perform(&tracker, &close()).await), "unknown");
        assert_eq!(settled(tracker.settle(&close(), &key()).await), want);
    }
}

#[tokio::test]
async fn what_was_done_and_cannot_be_read_again_is_in_doubt() {
    let (_, tracker) = Vendor::with([good(in_status("open", &OPEN)), good(json!([])), line(500, "")]).await;
    assert_eq!(word(&perform(&tracker, &close()).await), "unknown");
}

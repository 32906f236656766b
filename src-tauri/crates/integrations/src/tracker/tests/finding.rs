//! Lists of issues for a person.

use chat_link::{IssueRow, owed::List};

use super::{
    server::{Line, Vendor, good, perform},
    *,
};

fn list(list: List) -> Effect {
    Effect::SearchIssues { wish: ChatWishId(2), list }
}

fn own(over: bool) -> Effect {
    list(List::Own { user: 811, over })
}

fn rows(outcome: Result<Vec<Observed>, CallError>) -> Vec<IssueRow> {
    let said = fact(outcome);
    let chat_link::Fact::IssuesFound { wish: ChatWishId(2), rows } = said else { panic!("{said:?}") };
    rows
}

fn keys(rows: &[IssueRow]) -> Vec<&str> {
    rows.iter().map(|row| row.key.as_str()).collect()
}

fn with_status(number: usize, status: Value) -> Value {
    issue(&format!("DESK-{number}"), json!({"status": status}))
}

fn open(number: usize) -> Value {
    with_status(number, json!({"key": "open", "display": "Открыт"}))
}

fn closed(number: usize) -> Value {
    with_status(number, json!({"key": "closed", "display": "Закрыт"}))
}

fn page(rows: impl IntoIterator<Item = Value>, pages: usize) -> Line {
    good(rows.into_iter().collect()).with("x-total-pages", pages.to_string())
}

#[tokio::test]
async fn own_issues_are_open_or_over_newest_first() {
    let shown = || {
        let typed = |number, kind| issue(&format!("DESK-{number}"), json!({"statusType": {"key": kind}}));
        let status = |key: &str| json!({"key": key, "display": "x", "statusType": {"key": "done"}});
        let found = [open(9), closed(100), open(10), with_status(11, json!({"key": "RESOLVED"}))];
        page(found.into_iter().chain([typed(12, "closed"), typed(13, "new"), with_status(14, status("any"))]), 1)
    };
    let (vendor, tracker) = Vendor::with([good(local_fields(&ALL)), shown(), shown()]).await;
    assert_eq!(keys(&rows(perform(&tracker, &own(false)).await)), ["DESK-13", "DESK-10", "DESK-9"]);
    assert_eq!(keys(&rows(perform(&tracker, &own(true)).await)), ["DESK-100", "DESK-14", "DESK-12", "DESK-11"]);
    let filter = json!({"queue": "DESK", "tags": ["Создана в Пачке"], local("pachcaUserId"): "811"});
    assert_eq!(vendor.asked(1).json(), json!({"filter": filter, "order": "-updated"}));
    assert_eq!(vendor.asked(1).line, "POST /v3/issues/_search?perPage=100&page=1");
}

#[tokio::test]
async fn a_line_says_what_and_who() {
    let shown = issue("DESK-41", json!({"assignee": {"id": "1", "display": "Вера Смирнова"}}));
    let (_, tracker) = Vendor::with([good(local_fields(&ALL)), good(json!([shown, {"no": "key"}]))]).await;
    let want = IssueRow {
        key: "DESK-41".to_owned(),
        url: "https://tracker.yandex.ru/DESK-41".to_owned(),
        summary: "Нет гудка".to_owned(),
        status: "Открыт".to_owned(),
        assignee: Some("Вера Смирнова".to_owned()),
        over: false,
    };
    assert_eq!(rows(perform(&tracker, &own(false)).await), [want]);
}

#[tokio::test]
async fn all_pages_count_and_a_row_that_comes_twice_counts_once() {
    let (vendor, tracker) = Vendor::with([
        good(local_fields(&ALL)),
        page((1..=100).map(open), 3),
        // One was changed meanwhile and moved to the front.
        page((100..=199).map(open), 3),
        page((200..=230).map(open), 3),
    ])
    .await;
    let found = rows(perform(&tracker, &own(false)).await);
    assert_eq!((found.len(), found[0].key.as_str(), found[229].key.as_str()), (230, "DESK-230", "DESK-1"));
    assert_eq!(vendor.lines().len(), 4);
    assert!(vendor.lines()[3].ends_with("page=3"));
}

#[tokio::test]
async fn of_those_that_are_over_the_last_ten_are_shown_and_pages_end() {
    let full = || good((1..=100).map(closed).collect());
    let script = [good(local_fields(&ALL))].into_iter().chain((0..30).map(|_| full()));
    let (vendor, tracker) = Vendor::with(script).await;
    let found = rows(perform(&tracker, &own(true)).await);
    assert_eq!((found.len(), found[0].key.as_str(), found[9].key.as_str()), (10, "DESK-100", "DESK-91"));
    assert_eq!(vendor.lines().len(), 21);
}

#[tokio::test]
async fn watched_issues_are_those_followed_and_those_open_to_one() {
    let (vendor, tracker) = Vendor::with([
        good(local_fields(&ALL)),
        page((1..=8).map(open), 1),
        good(json!({"issues": (5..=12).map(closed).collect::<Value>()})),
    ])
    .await;
    let found = rows(perform(&tracker, &list(List::Watched { login: "vera".to_owned() })).await);
    let want: Vec<String> = (3..=12).rev().map(|number| format!("DESK-{number}")).collect();
    assert_eq!(keys(&found), want);
    let scope = |name: &str| json!({"queue": "DESK", "tags": ["Создана в Пачке"], name: "vera"});
    assert_eq!(vendor.asked(1).json()["filter"], scope("followers"));
    assert_eq!(vendor.asked(2).json()["filter"], scope("access"));
}

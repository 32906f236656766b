//! Changes no hook told of are found, each once.

use super::{
    server::{Line, Vendor, good, line},
    *,
};
use crate::Page;

fn changed(number: usize, at: &str) -> Value {
    issue(&format!("DESK-{number}"), json!({"updatedAt": at}))
}

fn page(rows: Vec<Value>, pages: usize) -> Line {
    good(json!(rows)).with("x-total-pages", pages.to_string())
}

fn told(tracker: &Tracker, page: &Page) -> Vec<String> {
    let keys = page.records.iter().map(|record| {
        let facts = tracker.parse(record, now()).unwrap().facts;
        let [Observed { key, fact: Fact::ChatLink(chat_link::Fact::IssueStirred { comment: None, issue, .. }), .. }] =
            facts.as_slice()
        else {
            panic!("{facts:?}")
        };
        assert_eq!(tracker.order_of(record), Some(format!("tracker:{issue}")));
        key.0.clone()
    });
    keys.collect()
}

async fn round(tracker: &Tracker, cursor: &mut String, at: &str) -> Vec<String> {
    let page = tracker.poll().unwrap().fetch(Some(cursor), at.parse().unwrap()).await.unwrap();
    *cursor = page.next_cursor.clone().unwrap();
    assert!(!page.more);
    told(tracker, &page)
}

async fn begun(script: impl IntoIterator<Item = Line>) -> (Vendor, Tracker, String) {
    let (vendor, tracker) = Vendor::with(script).await;
    let first = tracker.poll().unwrap().fetch(None, now()).await.unwrap();
    assert!(first.records.is_empty() && !first.more && vendor.lines().is_empty());
    (vendor, tracker, first.next_cursor.unwrap())
}

#[tokio::test]
async fn the_first_look_begins_now_and_the_next_find_what_changed() {
    let old = || changed(1, "2026-11-20T09:57:59.999+0000");
    let late = || changed(2, "2026-11-20T09:58:30.000+0000");
    let new = || changed(3, "2026-11-20T10:04:00.347+0000");
    let (vendor, tracker, mut cursor) =
        begun([good(json!([old(), late(), new()])), good(json!([old(), late(), new()])), good(json!([old()]))]).await;
    let found = round(&tracker, &mut cursor, "2026-11-20T10:05:00Z").await;
    assert_eq!(found, ["DESK-2@2026-11-20T09:58:30Z", "DESK-3@2026-11-20T10:04:00.347Z"]);
    assert!(round(&tracker, &mut cursor, "2026-11-20T10:10:00Z").await.is_empty());
    assert!(round(&tracker, &mut cursor, "2026-11-20T10:15:00Z").await.is_empty());
    let query = "Queue: DESK Updated: >= \"2026-11-19\" \"Sort By\": Updated ASC";
    assert_eq!(vendor.asked(0).json(), json!({"query": query}));
    assert_eq!(vendor.asked(0).line, "POST /v3/issues/_search?perPage=100&page=1");
}

#[tokio::test]
async fn the_same_issue_is_told_again_when_it_changes_again() {
    let (_, tracker, mut cursor) = begun([
        good(json!([changed(1, "2026-11-20T10:01:00.000+0000")])),
        good(json!([changed(1, "2026-11-20T10:01:30.000+0000")])),
    ])
    .await;
    assert_eq!(round(&tracker, &mut cursor, "2026-11-20T10:05:00Z").await.len(), 1);
    assert_eq!(round(&tracker, &mut cursor, "2026-11-20T10:10:00Z").await, ["DESK-1@2026-11-20T10:01:30Z"]);
}

#[tokio::test]
async fn a_row_that_slipped_past_a_page_is_found_by_the_next_walk() {
    let time = |number: usize| format!("2026-11-20T10:0{}:{:02}.000+0000", number / 60, number % 60);
    let rows = |numbers: std::ops::RangeInclusive<usize>| numbers.map(|n| changed(n, &time(n))).collect::<Vec<_>>();
    // Between the pages the first row changes, moves to the end, and row 101 moves to the page already read.
    let mut second = rows(102..=230);
    second.push(changed(1, "2026-11-20T10:04:59.000+0000"));
    let mut rest = rows(2..=230);
    rest.push(changed(1, "2026-11-20T10:04:59.000+0000"));
    let (vendor, tracker, cursor) = begun([
        page(rows(1..=100), 3),
        page(second[..100].to_vec(), 3),
        page(second[100..].to_vec(), 3),
        page(rest[..100].to_vec(), 3),
        page(rest[100..200].to_vec(), 3),
        page(rest[200..].to_vec(), 3),
    ])
    .await;
    let (mut cursor, mut all) = (cursor, vec![]);
    for at in ["2026-11-20T10:05:00Z", "2026-11-20T10:10:00Z"] {
        for number in 1..=3 {
            let page = tracker.poll().unwrap().fetch(Some(&cursor), at.parse().unwrap()).await.unwrap();
            cursor = page.next_cursor.clone().unwrap();
            assert_eq!(page.more, number < 3);
            all.extend(told(&tracker, &page));
        }
    }
    // Every issue, the one that changed twice, and nothing twice.
    let unique: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!((all.len(), unique.len()), (231, 231));
    assert!(vendor.is_done() && vendor.lines()[2].ends_with("page=3"));
}

#[tokio::test]
async fn a_look_that_fails_keeps_its_cursor_and_a_strange_row_is_passed_over() {
    let strange = json!([{"key": "DESK-1"}, {"updatedAt": "2026-11-20T10:01:00.000+0000"}, 5, changed(2, "2026-11-20T10:01:00.000+0000")]);
    let foreign = issue("DESK-3", json!({"queue": {"key": "OTHER"}, "updatedAt": "2026-11-20T10:01:00.000+0000"}));
    let (_, tracker, mut cursor) =
        begun([line(502, ""), good(strange), good(json!([foreign])), good(json!({"x": 1}))]).await;
    assert!(matches!(tracker.poll().unwrap().fetch(Some(&cursor), now()).await, Err(CallError::Unreachable { .. })));
    assert_eq!(round(&tracker, &mut cursor, "2026-11-20T10:05:00Z").await, ["DESK-2@2026-11-20T10:01:00Z"]);
    assert!(round(&tracker, &mut cursor, "2026-11-20T10:10:00Z").await.is_empty());
    assert!(tracker.poll().unwrap().fetch(Some(&cursor), now()).await.is_err());
    assert_eq!(round_of_nothing(&tracker).await, 0);
}

/// A cursor of another version begins anew, without a request.
async fn round_of_nothing(tracker: &Tracker) -> usize {
    tracker.poll().unwrap().fetch(Some("{\"v\":9}"), now()).await.unwrap().records.len()
}

#[test]
fn nothing_is_looked_for_where_it_is_switched_off() {
    assert!(tracker().poll().is_some_and(|poll| poll.every().as_secs() == 300));
    assert!(connected(Settings { poll_minutes: 0, ..settings() }, secrets()).poll().is_none());
    assert!(connected(Settings { enabled: false, ..settings() }, secrets()).poll().is_none());
}

#[tokio::test]
async fn an_issue_that_names_a_conversation_says_from_when_on_its_comments_count() {
    let fields = json!({
        "updatedAt": "2026-11-20T10:04:00.000+0000",
        (local("pachcaChatId")): "51840",
        (local("pachcaMessageId")): "700500",
    });
    let rows = json!([issue("DESK-5", fields), changed(6, "2026-11-20T10:04:00.000+0000")]);
    let (_, tracker, cursor) = begun([good(rows)]).await;
    let page = tracker.poll().unwrap().fetch(Some(&cursor), "2026-11-20T10:05:00Z".parse().unwrap()).await.unwrap();
    let since = |record: &StoredRequest| {
        let facts = tracker.parse(record, now()).unwrap().facts;
        let [Observed { fact: Fact::ChatLink(chat_link::Fact::IssueStirred { since, .. }), .. }] = facts.as_slice()
        else {
            panic!("{facts:?}")
        };
        *since
    };
    // Two minutes before the mark, as the search may learn of a change so late.
    let mark = now() - jiff::SignedDuration::from_mins(2);
    assert_eq!(page.records.iter().map(since).collect::<Vec<_>>(), [Some(mark), None]);
}

//! Looking for closings nobody told us.

use pult_domain::{
    Fact, IssueId,
    areas::ratings::{self, Sighting},
};
use serde_json::{Value, json};

use super::{
    samples::body,
    server::{Desk, line},
    *,
};
use crate::{CallError, Page};

fn row(id: i64, updated_at: &str) -> Value {
    json!({"id": id, "title": "Печать", "status": {"code": "closed"}, "updated_at": updated_at, "rate": null,
        "contact": {"id": 208}, "status_times": {}})
}

fn list(rows: &[Value]) -> server::Line {
    line(200, Value::from(rows).to_string())
}

async fn fetch(okdesk: &Okdesk, cursor: Option<&str>) -> Page {
    okdesk.fetch(cursor, now()).await.unwrap()
}

fn ids(page: &Page) -> Vec<&str> {
    page.records.iter().filter_map(|record| record.query_value("issue")).collect()
}

fn asked(desk: &Desk, name: &str) -> String {
    let journal = desk.journal();
    let query = &journal.asked.last().unwrap().1;
    query.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>().join(",")
}

#[tokio::test]
async fn the_first_look_goes_back_a_day_and_asks_for_closed_issues_only() {
    let codes = vec!["closed".to_owned(), "completed".to_owned()];
    let (desk, okdesk) = Desk::with_settings([list(&[])], |settings| settings.closed_codes = codes).await;
    let page = fetch(&okdesk, None).await;
    assert_eq!((page.records.len(), page.more), (0, false));
    assert_eq!(desk.lines(), ["GET /api/v1/issues/list"]);
    for (name, value) in [
        ("api_token", SECRET_TOKEN),
        ("status_codes[]", "closed,completed"),
        ("updated_since", "27-10-2026"),
        ("page[number]", "1"),
        ("page[size]", "50"),
        ("sorting[field]", "updated_at"),
        ("sorting[direction]", "forward"),
    ] {
        assert_eq!(asked(&desk, name), value, "{name}");
    }
}

/// The list of a sample with what it leaves out.
fn dated(sample: &str) -> String {
    let mut rows: Value = serde_json::from_str(&body(sample)).unwrap();
    rows.as_array_mut().unwrap().iter_mut().for_each(|row| row["status_times"] = json!({}));
    rows.to_string()
}

#[tokio::test]
async fn a_full_page_is_followed_by_the_next_and_nothing_is_recorded_twice() {
    let (one, two) = (dated("issues_list_page1"), dated("issues_list_page2_last"));
    let (desk, okdesk) = Desk::with([line(200, one.clone()), line(200, two.clone())]).await;
    let first = fetch(&okdesk, None).await;
    assert_eq!((first.records.len(), first.more), (50, true));
    let second = fetch(&okdesk, first.next_cursor.as_deref()).await;
    assert_eq!((second.records.len(), second.more), (7, false));
    assert_eq!(
        (asked(&desk, "page[number]"), asked(&desk, "updated_since")),
        ("2".to_owned(), "27-10-2026".to_owned())
    );
    let distinct: std::collections::BTreeSet<_> =
        ids(&first).into_iter().chain(ids(&second)).map(str::to_owned).collect();
    assert_eq!(distinct.len(), 57);

    desk.go_on([line(200, one.clone()), line(200, two)]);
    let third = fetch(&okdesk, second.next_cursor.as_deref()).await;
    let fourth = fetch(&okdesk, third.next_cursor.as_deref()).await;
    assert_eq!((third.records.len(), third.more, fourth.records.len(), fourth.more), (0, true, 0, false));

    // After a restart nothing is remembered, and the records are recognised by their facts.
    desk.go_on([line(200, one)]);
    let restarted = connected(okdesk.settings.clone(), secrets());
    let again = fetch(&restarted, fourth.next_cursor.as_deref()).await;
    let key = |record| restarted.parse(record, now()).unwrap().facts.remove(0).key;
    assert_eq!(again.records.iter().map(key).collect::<Vec<_>>(), first.records.iter().map(key).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_was_not_committed_is_handed_out_again() {
    let rows = [row(1, "2026-10-28T10:00:00Z")];
    let (desk, okdesk) = Desk::with([list(&rows), list(&rows), list(&rows)]).await;
    let lost = fetch(&okdesk, None).await;
    let kept = fetch(&okdesk, None).await;
    assert_eq!((ids(&lost), ids(&kept)), (vec!["1"], vec!["1"]));
    assert_eq!(ids(&fetch(&okdesk, kept.next_cursor.as_deref()).await), Vec::<&str>::new());
    assert_eq!(desk.lines().len(), 3);
}

#[tokio::test]
async fn only_closed_issues_without_a_rating_become_records() {
    let at = "2026-10-28T10:00:00Z";
    let (mut rated, mut open, mut strange) = (row(2, at), row(3, at), row(4, at));
    rated["rate"] = json!({"id": 1, "value": "good"});
    open["status"]["code"] = json!("opened");
    strange["status"] = json!("closed");
    let rows = [row(1, at), rated, open, strange, json!(null), row(1, at), row(5, at)];
    let (_, okdesk) = Desk::with([list(&rows)]).await;
    assert_eq!(ids(&fetch(&okdesk, None).await), ["1", "5"]);
}

#[tokio::test]
async fn a_mark_moves_on_when_its_days_were_walked_twice() {
    let (desk, okdesk) = Desk::with([]).await;
    let mut cursor = json!({"from": "2026-10-20T23:30:00Z", "next": "2026-10-20T23:30:00Z",
        "latest": "2026-10-20T23:30:00Z", "page": 1, "told": 0})
    .to_string();
    // A clock ahead of ours does not lead beyond today.
    let rows = [row(1, "2026-10-27T10:00:00+03:00"), row(2, "2027-01-01T00:00:00Z")];
    for since in ["19-10-2026", "19-10-2026", "27-10-2026", "27-10-2026"] {
        desk.go_on([list(&rows)]);
        let page = fetch(&okdesk, Some(&cursor)).await;
        assert_eq!(asked(&desk, "updated_since"), since);
        cursor = page.next_cursor.unwrap();
    }
    // Quiet: the cursor stays as it is, so nothing is written.
    desk.go_on([list(&rows)]);
    assert_eq!(fetch(&okdesk, Some(&cursor)).await.next_cursor.as_deref(), Some(cursor.as_str()));
}

#[tokio::test]
async fn a_cursor_that_cannot_be_read_begins_anew() {
    let (desk, okdesk) = Desk::with([list(&[])]).await;
    fetch(&okdesk, Some("{\"page\":\"x\"}")).await;
    assert_eq!(
        (asked(&desk, "updated_since"), asked(&desk, "page[number]")),
        ("27-10-2026".to_owned(), "1".to_owned())
    );
}

#[tokio::test]
async fn an_endless_list_ends() {
    let rows: Vec<_> = (0..50).map(|id| row(id + 1, "2026-10-28T10:00:00Z")).collect();
    let (desk, okdesk) = Desk::with([list(&rows), list(&rows)]).await;
    let at = |page: u32| json!({"from": now(), "next": now(), "latest": now(), "page": page, "told": 0}).to_string();
    assert!(fetch(&okdesk, Some(&at(199))).await.more);
    assert!(!fetch(&okdesk, Some(&at(200))).await.more);
    assert_eq!(desk.lines().len(), 2);
}

#[tokio::test]
async fn a_list_that_is_none_says_what_to_do_next() {
    for (status, body, want) in [
        (200, "{}".to_owned(), "unreachable"),
        (200, "<html>".to_owned(), "unreachable"),
        (401, "{}".to_owned(), "unauthorized"),
        (422, body("issues_list_bad_page_size"), "page.size"),
    ] {
        let (_, okdesk) = Desk::with([line(status, body)]).await;
        let got = match okdesk.fetch(None, now()).await {
            Err(CallError::Unreachable { .. }) => "unreachable",
            Err(CallError::Unauthorized { .. }) => "unauthorized",
            Err(CallError::Refused { reason, .. }) if reason.starts_with("page.size: ") => "page.size",
            other => panic!("{other:?}"),
        };
        assert_eq!(got, want);
    }
}

#[tokio::test]
async fn a_row_without_the_times_of_its_statuses_is_read_in_whole() {
    let mut bare = row(9, "2026-10-28T10:00:00Z");
    bare.as_object_mut().unwrap().remove("status_times");
    let mut whole = row(9, "2026-10-28T10:00:00Z");
    whole["status_times"]["closed"] = json!("2026-10-28T09:00:00Z");
    let (mut rated, mut reopened) = (whole.clone(), whole.clone());
    rated["rate"] = json!({"id": 1, "value": "good"});
    reopened["status"]["code"] = json!("opened");
    for (answer, want) in [
        (line(200, whole.to_string()), Ok(1)),
        (line(200, rated.to_string()), Ok(0)),
        (line(200, reopened.to_string()), Ok(0)),
        (line(404, "{}"), Ok(0)),
        (line(200, row(8, "").to_string()), Err("unreachable")),
        (line(200, "{}"), Err("unreachable")),
        (line(429, "{}"), Err("retry")),
    ] {
        let (desk, okdesk) = Desk::with([list(&[bare.clone()]), answer]).await;
        let got = match okdesk.fetch(None, now()).await {
            Ok(page) => {
                let meant = page.records.iter().map(|record| okdesk.parse(record, now()).unwrap().facts.remove(0).at);
                assert!(meant.clone().all(|at| at == "2026-10-28T09:00:00Z".parse().unwrap()));
                Ok(meant.count())
            }
            Err(CallError::Unreachable { .. }) => Err("unreachable"),
            Err(CallError::Retry { .. }) => Err("retry"),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(got, want);
        assert_eq!(desk.lines(), ["GET /api/v1/issues/list", "GET /api/v1/issues/9"]);
    }
}

#[tokio::test]
async fn a_found_closing_says_when_it_was_where_the_list_does() {
    let told = |row: &Value| {
        let row = row.clone();
        async move {
            let (_, okdesk) = Desk::with([list(&[row])]).await;
            let page = fetch(&okdesk, None).await;
            let observed = okdesk.parse(&page.records[0], now()).unwrap().facts.remove(0);
            let Fact::Ratings(ratings::Fact::StatusChanged(change)) = observed.fact else { panic!() };
            assert_eq!((change.issue, change.contact, change.status.as_str()), (IssueId(9), Some(208), "closed"));
            (observed.key, observed.at, change.sighting)
        }
    };
    let mut row = row(9, "2026-10-28T10:00:00Z");
    row["completed_at"] = json!("2026-10-25T10:00:00.000+03:00");
    let bare = told(&row).await;
    assert_eq!((bare.1, bare.2), (now(), Sighting::Found { closed_at: None }), "never the time it was solved");
    let mut changed = row.clone();
    changed["updated_at"] = json!("2026-10-28T11:00:00Z");
    assert_eq!(told(&changed).await.0, bare.0, "the same closing, changed since");

    let closed = "2026-10-28T11:40:02.000+03:00";
    row["status_times"] = json!({"closed": closed, "opened": "2026-10-24T10:00:00Z"});
    let at: Instant = closed.parse().unwrap();
    let dated = told(&row).await;
    assert_eq!((dated.1, dated.2), (at, Sighting::Found { closed_at: Some(at) }));
    row["status_times"]["closed"] = json!("2026-10-28T11:50:00Z");
    assert_ne!(told(&row).await.0, dated.0, "closed again");
    for other in [json!({}), json!([]), json!({"closed": 3600}), json!({"closed": "soon"})] {
        row["status_times"] = other;
        assert_eq!(told(&row).await, bare);
    }
}

#[test]
fn it_is_looked_for_only_where_that_is_wanted() {
    let settings = okdesk().settings.clone();
    assert_eq!(okdesk().poll().unwrap().every(), Duration::from_secs(600));
    for settings in [Settings { poll_minutes: 0, ..settings.clone() }, Settings { enabled: false, ..settings }] {
        assert!(connected(settings, secrets()).poll().is_none());
    }
}

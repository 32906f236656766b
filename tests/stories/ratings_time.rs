//! Time of ratings: what a deadline is counted from, what moves it, and who is first at it.
//!
//! Deliberately not here: the last second of a day and a start after it (`ratings`).
//!
//! Needs a `pultd` built with the feature `hand-clock`; with any other each story says so and is skipped.

use jiff::Timestamp;
use pult_simulators::{
    hands::ClockOrder,
    okdesk::{IssueOrder, switches::SwitchOrder},
    service::fault::{Fault, FaultOrder},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    clock::set_clock,
    ratings_house::{NOON, Vendors, follow, request, until},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn millis(text: &str) -> Value {
    at(text).as_millisecond().into()
}

impl Vendors {
    /// Holds the service desk's clock at an instant.
    fn desk_at(&self, text: &str) {
        let offset = at(text).duration_since(Timestamp::now()).as_secs_f64();
        let order = ClockOrder { freeze: Some(false), offset: Some(offset), advance: None };
        self.desk.desk().turn_clock(order);
        self.desk.desk().turn_clock(ClockOrder { freeze: Some(true), offset: None, advance: None });
    }
}

#[tokio::test]
async fn what_was_solved_days_ago_is_due_a_day_after_it_was_closed() {
    let vendors = Vendors::open().await;
    let Some((house, _pultd, chief)) = vendors.at_noon(vendors.linked("")).await else { return };
    let desk = vendors.desk.desk();
    vendors.desk_at("2026-03-25T12:00:00Z");
    let issue = desk.make(&IssueOrder { contact: Some(208), ..IssueOrder::default() });
    assert!(desk.enter(issue, "completed", None, false));
    vendors.desk_at(NOON);
    assert!(desk.close(issue));
    let row = until(&chief, issue, "asked").await;
    assert_eq!(row["deadline_at"], millis("2026-03-29T12:00:00Z"));
    set_clock(&house, "2026-03-29T11:59:58Z").await;
    chief.until_settled().await;
    assert_eq!(vendors.ratings(issue), []);
    set_clock(&house, "2026-03-29T12:00:05Z").await;
    until(&chief, issue, "rated").await;
    assert_eq!(vendors.ratings(issue), [("good".to_owned(), "api")]);
}

#[tokio::test]
async fn a_question_that_could_not_go_out_in_time_gives_a_day_of_its_own() {
    let vendors = Vendors::open().await;
    let Some((house, _pultd, chief)) = vendors.at_noon(vendors.linked("auto_after_h = 2")).await else { return };
    vendors.portal.portal().faults.set(FaultOrder { fault: Some(Fault::Reset), ..FaultOrder::default() });
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "resolving").await;
    for now in ["2026-03-28T13:00:00Z", "2026-03-28T14:30:00Z"] {
        set_clock(&house, now).await;
        assert_eq!(
            (request(&chief, issue).await.unwrap()["state"].clone(), vendors.ratings(issue)),
            (json!("resolving"), vec![])
        );
    }
    vendors.portal.portal().faults.set(FaultOrder { heal: true, ..FaultOrder::default() });
    set_clock(&house, "2026-03-28T15:00:00Z").await;
    let row = until(&chief, issue, "asked").await;
    assert_eq!(row["deadline_at"], millis("2026-03-28T17:00:00Z"));
    chief.until_settled().await;
    set_clock(&house, "2026-03-28T16:59:58Z").await;
    chief.until_settled().await;
    assert_eq!(vendors.ratings(issue), []);
    set_clock(&house, "2026-03-28T17:00:05Z").await;
    until(&chief, issue, "rated").await;
    assert_eq!(vendors.ratings(issue), [("good".to_owned(), "api")]);
}

#[tokio::test]
async fn a_hold_stops_the_clock_and_a_release_gives_the_time_back() {
    let vendors = Vendors::open().await;
    let Some((house, pultd, chief)) = vendors.at_noon(vendors.linked("")).await else { return };
    let issue = vendors.closed_issue(208).await;
    let row = until(&chief, issue, "asked").await;
    chief.must("ratings.hold", json!({ "id": row["id"], "reason": "спорная заявка" })).await;
    set_clock(&house, "2026-03-30T12:00:00Z").await;
    let chief = pultd.signed_in("chief").await;
    chief.until_settled().await;
    assert_eq!(vendors.ratings(issue), [], "the clock stood");
    chief.must("ratings.release", json!({ "id": row["id"] })).await;
    let row = request(&chief, issue).await.unwrap();
    assert_eq!(row["deadline_at"], millis("2026-03-31T12:00:00Z"), "two days were held");
    set_clock(&house, "2026-03-31T11:59:58Z").await;
    chief.until_settled().await;
    assert_eq!(vendors.ratings(issue), []);
    set_clock(&house, "2026-03-31T12:00:05Z").await;
    until(&chief, issue, "rated").await;
    assert_eq!(vendors.ratings(issue), [("good".to_owned(), "api")]);
}

/// Scenario 8 of the service desk's contract. It fails when the deadline of a question outlives the closing it asked about: then an issue that
/// is worked on again is rated by a silence.
#[tokio::test]
async fn an_issue_that_was_opened_again_is_rated_by_nobodys_silence() {
    let vendors = Vendors::open().await;
    let Some((house, _pultd, chief)) = vendors.at_noon(vendors.linked("")).await else { return };
    vendors.desk_at(NOON);
    let (reopened, closed) = (vendors.closed_issue(208).await, vendors.closed_issue(208).await);
    for issue in [reopened, closed] {
        until(&chief, issue, "asked").await;
    }
    chief.until_settled().await;
    vendors.desk_at("2026-03-28T15:00:00Z");
    set_clock(&house, "2026-03-28T15:00:00Z").await;
    assert!(vendors.desk.desk().reopen(reopened));
    until(&chief, reopened, "cancelled").await;
    chief.until_settled().await;
    assert_eq!(vendors.questions(reopened), Vec::<u64>::new(), "the buttons are gone");
    // A day after the closing, by when the other one is rated, and a day after it was opened again.
    for now in ["2026-03-29T12:00:05Z", "2026-03-29T15:00:05Z"] {
        set_clock(&house, now).await;
        until(&chief, closed, "rated").await;
        chief.until_settled().await;
        assert_eq!((vendors.ratings(closed).len(), vendors.ratings(reopened)), (1, vec![]), "{now}");
        assert_eq!(request(&chief, reopened).await.unwrap()["state"], "cancelled", "{now}");
    }
}

#[tokio::test]
async fn a_click_at_the_deadline_and_one_after_it_leave_one_rating() {
    let vendors = Vendors::open().await;
    let Some((house, pultd, chief)) = vendors.at_noon(vendors.linked("")).await else { return };
    let issues = [vendors.closed_issue(208).await, vendors.closed_issue(208).await, vendors.closed_issue(208).await];
    let mut links = vec![];
    for issue in issues {
        until(&chief, issue, "asked").await;
        links.push(vendors.link(vendors.questions(issue)[0], "Плохо"));
    }
    chief.until_settled().await;
    let hooks = pultd.at_hooks();
    let click = async |link: &str| follow(&hooks, Method::POST, link).await.status;
    let (_, one, other, third) =
        tokio::join!(set_clock(&house, "2026-03-29T12:00:05Z"), click(&links[0]), click(&links[1]), click(&links[2]),);
    assert!([one, other, third].iter().all(|status| [200, 202].contains(status)), "{one} {other} {third}");
    let chief = pultd.signed_in("chief").await;
    for (issue, link) in issues.iter().zip(&links) {
        let row = until(&chief, *issue, "rated").await;
        chief.until_settled().await;
        let given = vendors.ratings(*issue);
        assert_eq!(given.len(), 1, "{given:?}");
        // Whoever was first, the row says who and the desk has the same.
        let expected = if row["origin"] == "auto" { "good" } else { "bad" };
        assert_eq!((given[0].0.as_str(), row["rate"].as_str()), (expected, Some(expected)));
        let late = follow(&hooks, Method::POST, link).await;
        assert_eq!(late.status, 200, "said that it has been rated: {}", late.text());
        assert_eq!(vendors.ratings(*issue).len(), 1);
    }
}

#[tokio::test]
async fn who_could_not_be_asked_is_rated_only_where_that_is_set_and_once() {
    let vendors = Vendors::open().await;
    let Some((house, _pultd, chief)) = vendors.at_noon(vendors.linked("auto_rate_unasked = true")).await else {
        return;
    };
    let issue = vendors.closed_issue(209).await;
    until(&chief, issue, "undeliverable").await;
    set_clock(&house, "2026-03-29T11:59:58Z").await;
    chief.until_settled().await;
    assert_eq!(vendors.ratings(issue), []);
    for now in ["2026-03-29T12:00:05Z", "2026-03-29T18:00:00Z"] {
        set_clock(&house, now).await;
        let row = until(&chief, issue, "rated").await;
        assert_eq!((&row["rate"], &row["origin"]), (&json!("good"), &json!("auto")));
        chief.until_settled().await;
        assert_eq!(vendors.ratings(issue), [("good".to_owned(), "api")]);
    }
}

#[tokio::test]
async fn a_closing_no_hook_told_of_counts_from_when_it_happened_or_else_from_when_it_was_found() {
    for times in [true, false] {
        let vendors = Vendors::open().await;
        let desk = vendors.desk.desk();
        desk.switch(&SwitchOrder { status_times: Some(times), ..SwitchOrder::default() });
        let Some((house, _pultd, chief)) = vendors.at_noon(vendors.linked("")).await else { return };
        // The first look begins the list; what is closed after it is found by the next ones.
        chief.until_settled().await;
        let told = {
            vendors.desk_at(NOON);
            vendors.closed_issue(208).await
        };
        let row = until(&chief, told, "asked").await;
        assert_eq!(row["recovered_at"], Value::Null, "a hook told of this one");
        vendors.desk_at("2026-03-28T12:05:00Z");
        let issue = desk.make(&IssueOrder {
            contact: Some(208),
            status: Some("closed".to_owned()),
            silent: true,
            ..IssueOrder::default()
        });
        set_clock(&house, "2026-03-28T12:20:00Z").await;
        let row = until(&chief, issue, "asked").await;
        let closed = if times { "2026-03-28T12:05:00Z" } else { "2026-03-28T12:20:00Z" };
        assert_eq!(row["closed_at"], millis(closed), "{times}");
        // The row of the list is marked: it was found by asking, and when.
        assert_eq!(row["recovered_at"], millis("2026-03-28T12:20:00Z"));
        // The hook that comes after all begins nothing anew and takes no mark away.
        assert!(desk.tell_event(issue, "new_ticket_status"));
        desk.settled().await;
        chief.until_settled().await;
        let again = request(&chief, issue).await.unwrap();
        assert_eq!((&again["id"], &again["recovered_at"]), (&row["id"], &row["recovered_at"]));
        assert_eq!(vendors.questions(issue).len(), 1);
    }
}

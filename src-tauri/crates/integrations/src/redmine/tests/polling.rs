//! What was changed is found, each change once.

use jiff::SignedDuration;

use super::{
    desk::{Desk, cycle, cycle_at, done, read, told},
    server::{Vendor, line},
    *,
};

/// A tracker whose tickets were looked through.
async fn begun(mut desk: Desk, change: impl FnOnce(&mut Settings)) -> (Vendor, Redmine, Option<String>) {
    desk.put(1, "2026-11-20T09:00:00Z", json!({}));
    let (vendor, tracker) = Vendor::standing(desk, change).await;
    let mut cursor = None;
    cycle(&tracker, &mut cursor).await;
    vendor.news();
    (vendor, tracker, cursor)
}

fn desk() -> Desk {
    Desk::new("2026-11-20T09:30:00Z")
}

#[tokio::test]
async fn the_first_look_goes_through_open_tickets_and_late_closed_ones_and_is_nobodys_news() {
    let mut desk = desk();
    for id in 1..=130 {
        desk.put(id, &format!("2026-11-{:02}T08:00:00Z", id % 20 + 1), json!({}));
    }
    let closed = json!({"status": {"id": 5, "name": "Closed", "is_closed": true}});
    desk.put(201, "2026-11-01T08:00:00Z", closed.clone());
    desk.put(202, "2024-11-01T08:00:00Z", closed);
    desk.put(203, "2019-11-01T08:00:00Z", json!({}));
    let (vendor, tracker) = Vendor::standing(desk, |_| {}).await;
    let mut cursor = None;
    let told = cycle(&tracker, &mut cursor).await;
    let mut cards: Vec<i64> = vec![];
    for (key, fact) in &told {
        let tickets::Fact::Listed { cards: page } = fact else { panic!("{fact:?}") };
        assert!(key.starts_with("page:"));
        cards.extend(page.iter().map(|card| card.id.0));
    }
    cards.sort_unstable();
    assert_eq!(cards, (1..=130).chain([201, 203]).collect::<Vec<_>>());
    assert_eq!(done(&cursor), "2026-11-20T09:30:00Z");
    let lines = vendor.lines();
    assert_eq!(lines[0], "GET /users/current.json");
    assert!(lines[1].contains("updated_on=>=2100-01-01T00:00:00Z") && lines[1].contains("limit=1"));
    assert_eq!(lines[2], "GET /issues.json?status_id=open&sort=updated_on:asc,id:asc&limit=100");
    assert!(lines.last().unwrap().contains("status_id=closed&updated_on=>=2025-10-16T09:30:00Z"), "{lines:?}");
}

#[tokio::test]
async fn the_first_look_goes_through_the_projects_that_are_named() {
    let mut desk = desk();
    desk.projects.push(json!({"id": 2, "name": "Other", "identifier": "other"}));
    desk.put(2, "2026-11-20T08:00:00Z", json!({"project": {"id": 2, "name": "Other"}}));
    let (vendor, tracker, _) =
        begun(desk, |settings| settings.projects = vec![" other ".to_owned(), "1".to_owned()]).await;
    let mut cursor = None;
    let told = cycle(&tracker, &mut cursor).await;
    let cards = |fact: &tickets::Fact| match fact {
        tickets::Fact::Listed { cards } => cards.iter().map(|card| card.id.0).collect(),
        _ => vec![],
    };
    assert_eq!(told.iter().flat_map(|(_, fact)| cards(fact)).collect::<Vec<_>>(), [2, 1]);
    let projects = vendor.lines().iter().filter(|line| line.contains("subproject_id=*")).count();
    assert_eq!(projects, 4);
}

#[tokio::test]
async fn a_look_at_nothing_new_costs_one_call_and_tells_nothing() {
    let (vendor, tracker, mut cursor) = begun(desk(), |_| {}).await;
    vendor.desk(|desk| desk.clock = Some(at("2026-11-20T09:30:15Z")));
    assert!(cycle(&tracker, &mut cursor).await.is_empty());
    let line = "GET /issues.json?status_id=*&updated_on=>=2026-11-20T09:28:00Z&sort=updated_on:asc,id:asc&limit=100";
    assert_eq!(vendor.news(), [line]);
    assert_eq!(done(&cursor), "2026-11-20T09:30:15Z");
}

#[tokio::test]
async fn a_change_is_told_once_and_a_later_journal_of_the_same_second_again() {
    let (vendor, tracker, mut cursor) = begun(desk(), |_| {}).await;
    let put = |journals: Value, hours: f64| {
        let more = json!({"journals": journals, "spent_hours": hours});
        vendor.desk(|desk| desk.put(1, "2026-11-20T09:30:10Z", more));
    };
    let late = || journal(11, 5, "late", json!([]));
    put(json!([journal(12, 5, "first", json!([]))]), 0.0);
    let told = cycle(&tracker, &mut cursor).await;
    let [(first, tickets::Fact::Read { ticket, in_scope: true, from, many: false })] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((ticket.entries.len(), *from), (1, Some(at("2026-11-20T09:28:00Z"))));
    // What moves by itself is no news.
    put(json!([journal(12, 5, "first", json!([]))]), 1.5);
    assert!(cycle(&tracker, &mut cursor).await.is_empty());
    put(json!([journal(12, 5, "first", json!([])), late()]), 1.5);
    let told = cycle(&tracker, &mut cursor).await;
    let [(second, tickets::Fact::Read { ticket, .. })] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(ticket.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [11, 12]);
    assert_ne!(first, second);
    let order = tracker.order_of(&records::issue(1, issue(1, json!({})), true, now(), false));
    assert_eq!(order.as_deref(), Some("redmine:1"));
}

#[tokio::test]
async fn what_was_not_committed_is_told_again_under_the_same_key() {
    let (vendor, tracker, cursor) = begun(desk(), |_| {}).await;
    vendor.desk(|desk| desk.put(1, "2026-11-20T09:30:10Z", json!({"subject": "x"})));
    let (mut lost, mut kept) = (cursor.clone(), cursor);
    let first = cycle(&tracker, &mut lost).await;
    let again = cycle(&tracker, &mut kept).await;
    assert_eq!((first.len(), &first), (1, &again));
    assert!(cycle(&tracker, &mut kept).await.is_empty());
    // Another process remembers nothing, and the key is the same.
    let base = tracker.settings.base.clone();
    let other = connected(Settings::new(base), secrets());
    let told = cycle(&other, &mut kept).await;
    assert_eq!(told[0].0, first[0].0);
}

#[tokio::test]
async fn our_own_clock_does_not_matter() {
    for minutes in [-10, 10] {
        let (vendor, tracker, mut cursor) = begun(desk(), |_| {}).await;
        let now = at("2026-11-20T09:30:00Z") + SignedDuration::from_mins(minutes);
        vendor.desk(|desk| desk.clock = Some(at("2026-11-20T09:30:20Z")));
        vendor.desk(|desk| desk.put(1, "2026-11-20T09:30:10Z", json!({"subject": "x"})));
        assert_eq!(read(&cycle_at(&tracker, &mut cursor, now).await), [1]);
        assert_eq!(done(&cursor), "2026-11-20T09:30:20Z");
        assert!(cycle_at(&tracker, &mut cursor, now).await.is_empty());
    }
}

#[tokio::test]
async fn the_trackers_clock_may_be_set_back() {
    let (vendor, tracker, mut cursor) = begun(desk(), |_| {}).await;
    vendor.desk(|desk| desk.clock = Some(at("2026-11-20T09:29:30Z")));
    vendor.desk(|desk| desk.put(1, "2026-11-20T09:29:29Z", json!({"subject": "x"})));
    assert_eq!(read(&cycle(&tracker, &mut cursor).await), [1]);
    assert_eq!(done(&cursor), "2026-11-20T09:29:30Z");
}

#[tokio::test]
async fn without_the_trackers_clock_its_latest_change_is_the_time() {
    let mut silent = desk();
    silent.clock = None;
    let (vendor, tracker, mut cursor) = begun(silent, |_| {}).await;
    assert_eq!(done(&cursor), "2026-11-20T09:00:00Z");
    vendor.desk(|desk| desk.put(2, "2026-11-20T09:40:00Z", json!({})));
    assert_eq!(read(&cycle(&tracker, &mut cursor).await), [1, 2]);
    assert_eq!(done(&cursor), "2026-11-20T09:40:00Z");
    assert!(cycle(&tracker, &mut cursor).await.is_empty());
    // A ticket that is gone does not take the time back.
    vendor.desk(|desk| desk.issues.remove(&2));
    cycle(&tracker, &mut cursor).await;
    assert_eq!(done(&cursor), "2026-11-20T09:40:00Z");
    let mut empty = desk();
    empty.clock = None;
    let (_, tracker) = Vendor::standing(empty, |_| {}).await;
    let mut cursor = None;
    assert!(cycle(&tracker, &mut cursor).await.is_empty());
    assert_eq!(done(&cursor), "2026-11-19T10:00:00Z");
}

#[tokio::test]
async fn tickets_outside_the_scope_are_only_named() {
    let mut two = desk();
    two.projects.push(json!({"id": 2, "name": "Below", "identifier": "below", "parent": {"id": 1}}));
    two.projects.push(json!({"id": 3, "name": "Other", "identifier": "other"}));
    let (vendor, tracker, mut cursor) = begun(two, |settings| settings.projects = vec!["desk".to_owned()]).await;
    vendor.desk(|desk| {
        desk.clock = Some(at("2026-11-20T09:30:30Z"));
        desk.put(2, "2026-11-20T09:30:10Z", json!({"project": {"id": 2, "name": "Below"}}));
        desk.put(3, "2026-11-20T09:30:11Z", json!({"project": {"id": 3, "name": "Other"}}));
        desk.put(4, "2026-11-20T09:30:29Z", json!({"project": {"id": 4, "name": "Closed"}}));
    });
    let told = cycle(&tracker, &mut cursor).await;
    let elsewhere = |told: &[(String, tickets::Fact)]| match told.iter().find(|(key, _)| key.starts_with("elsewhere:"))
    {
        Some((_, tickets::Fact::Elsewhere { tickets, from })) => (tickets.iter().map(|id| id.0).collect(), Some(*from)),
        _ => (vec![], None),
    };
    assert_eq!(read(&told), [2]);
    assert_eq!(elsewhere(&told), (vec![3, 4], Some(at("2026-11-20T09:28:00Z"))));
    vendor.news();
    // The last second may not be over: what was changed in it is named once more.
    vendor.desk(|desk| desk.clock = Some(at("2026-11-20T09:31:00Z")));
    let told = cycle(&tracker, &mut cursor).await;
    assert_eq!(elsewhere(&told).0, [4]);
    assert!(cycle(&tracker, &mut cursor).await.is_empty());
    // A project that is not in the list is asked about once.
    assert!(!vendor.lines().iter().any(|line| line.contains("projects.json")));
}

#[tokio::test]
async fn other_projects_are_looked_through_first_and_the_time_stands_meanwhile() {
    let mut two = desk();
    two.projects.push(json!({"id": 2, "name": "Other", "identifier": "other"}));
    two.put(2, "2026-11-20T08:00:00Z", json!({"project": {"id": 2, "name": "Other"}}));
    let (vendor, tracker, mut cursor) = begun(two, |settings| settings.projects = vec!["desk".to_owned()]).await;
    vendor.desk(|desk| desk.clock = Some(at("2026-11-20T11:00:00Z")));
    let mut settings = tracker.settings.clone();
    settings.projects.push("other".to_owned());
    let tracker = connected(settings, secrets());
    let told = cycle(&tracker, &mut cursor).await;
    assert!(told.iter().all(|(_, fact)| matches!(fact, tickets::Fact::Listed { .. })) && told.len() == 2);
    assert_eq!(done(&cursor), "2026-11-20T09:30:00Z");
    // Another tracker begins anew.
    let kept = cursor.clone();
    let other =
        connected(Settings { base: "http://127.0.0.1:1/".parse().unwrap(), ..tracker.settings.clone() }, secrets());
    let fetched = other.poll().unwrap().fetch(kept.as_deref(), now()).await;
    assert!(matches!(fetched, Err(CallError::Unreachable { .. })));
}

#[tokio::test]
async fn projects_that_are_not_there_are_told() {
    let (_, tracker) = Vendor::standing(desk(), |settings| settings.projects = vec!["nowhere".to_owned()]).await;
    let error = tracker.poll().unwrap().fetch(None, now()).await.unwrap_err();
    assert_eq!(wrong(&error), "refused does_not_exist: the account sees none of the projects nowhere");
}

#[tokio::test]
async fn a_failure_leaves_the_cursor_and_the_next_look_goes_on() {
    let (vendor, tracker, mut cursor) = begun(desk(), |_| {}).await;
    vendor.desk(|desk| desk.put(1, "2026-11-20T09:30:10Z", json!({"subject": "x"})));
    vendor.desk(|desk| desk.put(2, "2026-11-20T09:30:11Z", json!({})));
    for (fault, want) in [
        (line(502, "").to("GET /issues/2.json"), "unreachable"),
        (line(200, "<html>busy</html>").to("GET /issues.json"), "unreachable"),
        (line(200, "{\"x\":1}").to("GET /issues.json"), "unreachable"),
        (line(429, "").with("retry-after", "7"), "retry Some(7s)"),
        (line(401, " ").to("GET /issues.json"), "unauthorized: HTTP 401"),
        (
            line(302, "").with("location", "https://help.example.com/login?back_url=x"),
            "unauthorized: HTTP 302: sent to the sign-in page",
        ),
    ] {
        vendor.go_on([fault]);
        let error = tracker.poll().unwrap().fetch(cursor.as_deref(), now()).await.unwrap_err();
        assert_eq!(wrong(&error), want);
    }
    // One that is gone meanwhile is passed over.
    vendor.go_on([line(404, " ").to("GET /issues/2.json")]);
    assert_eq!(read(&cycle(&tracker, &mut cursor).await), [1]);
}

#[tokio::test]
async fn a_web_service_that_is_turned_off_stops_everything() {
    let (vendor, tracker, cursor) = begun(desk(), |_| {}).await;
    vendor.go_on([line(403, "").to("GET /issues.json"), line(403, "").to("GET /users/current.json")]);
    let error = tracker.poll().unwrap().fetch(cursor.as_deref(), now()).await.unwrap_err();
    let off = "unauthorized: HTTP 403: the REST web service is off; an administrator of the tracker turns it on";
    assert_eq!(wrong(&error), off);
    vendor.go_on([line(403, "").to("GET /issues.json")]);
    let error = tracker.poll().unwrap().fetch(cursor.as_deref(), now()).await.unwrap_err();
    assert!(wrong(&error).starts_with("refused rights"), "{error:?}");
    // A key nobody knows is not believed, whatever a list says.
    let (vendor, tracker) = Vendor::standing(desk(), |_| {}).await;
    vendor.go_on([line(401, " ")]);
    let error = tracker.poll().unwrap().fetch(None, now()).await.unwrap_err();
    assert_eq!(wrong(&error), "unauthorized: HTTP 401");
    assert_eq!(vendor.lines(), ["GET /users/current.json"]);
}

#[tokio::test]
async fn a_key_is_asked_about_again_now_and_then() {
    let (vendor, tracker, mut cursor) = begun(desk(), |_| {}).await;
    let clock = Arc::new(Mutex::new(now()));
    let ours = Arc::clone(&clock);
    let told = Arc::new(move || *ours.lock().unwrap());
    let credentials = Arc::new(Secrets(secrets()));
    let tracker =
        Redmine::at_pace(tracker.settings.clone(), credentials, Arc::new(Kept), Arc::default(), told, 1_000_000)
            .unwrap();
    for (minutes, asked) in [(0, true), (9, false), (11, true), (12, false)] {
        *clock.lock().unwrap() = now() + SignedDuration::from_mins(minutes);
        cycle(&tracker, &mut cursor).await;
        assert_eq!(vendor.news()[0] == "GET /users/current.json", asked, "{minutes}");
    }
    // A stranger is answered with next to nothing, and is told so before.
    *clock.lock().unwrap() = now() + SignedDuration::from_mins(30);
    vendor.go_on([line(401, " ").to("GET /users/current.json")]);
    let error = tracker.poll().unwrap().fetch(cursor.as_deref(), now()).await.unwrap_err();
    assert_eq!(wrong(&error), "unauthorized: HTTP 401");
}

#[tokio::test]
async fn who_was_away_long_and_missed_much_is_told_in_one_sentence() {
    for (clock, count, want) in [
        ("2026-11-20T11:00:00Z", 201, true),
        ("2026-11-20T11:00:00Z", 200, false),
        ("2026-11-20T09:35:00Z", 201, false),
    ] {
        let (vendor, tracker, mut cursor) = begun(desk(), |_| {}).await;
        vendor.desk(|desk| desk.clock = Some(at(clock)));
        vendor.desk(|desk| (1..=count).for_each(|id| desk.put(id, "2026-11-20T09:34:00Z", json!({}))));
        let told = cycle(&tracker, &mut cursor).await;
        let many = |fact: &tickets::Fact| matches!(fact, tickets::Fact::Read { many: true, .. });
        assert_eq!(told.len(), usize::try_from(count).unwrap());
        assert!(told.iter().all(|(_, fact)| many(fact) == want));
    }
}

#[tokio::test]
async fn a_record_is_understood_by_itself_and_a_strange_one_is_told() {
    let tracker = tracker();
    let record = |route: &str, body: &str| StoredRequest {
        route: route.to_owned(),
        method: "GET".to_owned(),
        path: String::new(),
        query: vec![],
        headers: vec![],
        body: body.to_owned().into(),
    };
    for (route, body, field) in [
        ("issue", "x", "body"),
        ("issue", r#"{"from":"2026-11-20T09:30:10Z","issue":{}}"#, "created_on"),
        ("issue", &json!({"issue": issue(1, json!({}))}).to_string(), "from"),
        ("elsewhere", "{}", "from"),
    ] {
        assert_eq!(tracker.parse(&record(route, body), now()).unwrap_err().field, field);
    }
    let page = json!({"issues": [issue(1, json!({})), {"id": 2}, issue(3, json!({"status": null}))]});
    let parsed = tracker.parse(&record("page", &page.to_string()), now()).unwrap();
    let errors: Vec<_> = parsed.rejected.iter().map(|row| (row.index, row.error.as_str())).collect();
    assert_eq!(errors, [(1, "created_on: it is missing"), (2, "status: it is missing")]);
    assert_eq!(told(&tracker, &[record("page", &page.to_string())]).len(), 1);
}

#[test]
fn the_pause_is_read_anew_each_time() {
    let every = Arc::new(AtomicU32::new(15));
    crate::transport::http::tests::provider();
    let settings = settings("https://help.example.com");
    let new = |settings| {
        Redmine::new(settings, Arc::new(Secrets(secrets())), Arc::new(Kept), Arc::clone(&every), Arc::new(now))
    };
    let tracker = new(settings.clone()).unwrap();
    let seconds = || tracker.poll().unwrap().every().as_secs();
    assert_eq!(seconds(), 15);
    every.store(5, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(seconds(), 5);
    assert!(new(Settings { enabled: false, ..settings }).unwrap().poll().is_none());
}

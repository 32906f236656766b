//! Looking for tickets that nobody has.

use serde_json::{Value, json};

use super::{
    samples::answered,
    server::{Line, Vendor, good, line},
    *,
};

fn row(number: i64) -> Value {
    json!({"tasknumber": number, "service": SERVICE.0, "executor": null, "createdat": "2026-10-28T08:20:00Z", "status": 106_939})
}

fn page(numbers: impl IntoIterator<Item = i64>, count: Option<i64>) -> Line {
    let rows: Vec<_> = numbers.into_iter().map(row).collect();
    match count {
        Some(count) => good(json!({"@odata.count": count, "@odata.countrelation": 1, "value": rows})),
        None => good(json!({ "value": rows })),
    }
}

fn numbers(listing: &carousel::Listing) -> Vec<i64> {
    listing.tickets.iter().map(|ticket| ticket.number.0).collect()
}

#[tokio::test]
async fn two_pages_bring_twenty_seven_tickets_in_the_order_they_were_made() {
    let script = ["tasks_unassigned_page1", "tasks_unassigned_page2"].map(answered);
    let (vendor, intradesk) = Vendor::cloud(script).await;
    let settings = Settings { max_tickets: 500, ..intradesk.settings.clone() };
    let intradesk = vendor.connected(settings, credentials());
    let attempt = intradesk.perform(&look(), &key()).await;
    let listing = listing(attempt.outcome);
    assert_eq!(numbers(&listing), (170_900..=170_926).collect::<Vec<_>>());
    assert!(!listing.cut);
    assert_eq!(listing.tickets[0].created_at, Some("2026-10-28T08:20:00Z".parse().unwrap()));
    assert_eq!(listing.tickets[0].status, Some(106_939));
    let asked = vendor.asked();
    let filter = "service eq 54001 and contains('_isnotfilled','executor')";
    for (request, skip) in asked.iter().zip(["0", "25"]) {
        assert_eq!(request.line, "GET /tasklist/odata/tasks");
        let query = ["$filter", "$orderby", "$top", "$skip", "$count"].map(|name| request.query[name].as_str());
        assert_eq!(query, [filter, "createdat asc, tasknumber asc", "100", skip, "true"]);
        assert!(!request.raw_query.contains('+') && request.raw_query.starts_with("$filter=service%20eq%20"));
        assert_eq!(request.header("authorization"), "Bearer ACCESS-1");
        assert_eq!(request.header("content-type"), "application/json");
    }
    assert_eq!((asked.len(), attempt.exchanges.len()), (2, 3), "a sign-in comes before");
}

#[tokio::test]
async fn the_newest_comes_first_where_that_is_wanted() {
    let (vendor, intradesk) = Vendor::cloud([answered("tasks_unassigned_empty")]).await;
    let effect = Effect::ListUnassigned { service: SERVICE, oldest_first: false };
    assert_eq!(listing(intradesk.perform(&effect, &key()).await.outcome), carousel::Listing::default());
    assert_eq!(vendor.asked()[0].query["$orderby"], "createdat desc, tasknumber desc");
}

#[tokio::test]
async fn the_end_of_a_list_is_found_however_the_gateway_counts() {
    let relation = |n: i64| good(json!({"@odata.count": 1, "@odata.countrelation": n, "value": [row(1)]}));
    // At most five tickets are wanted of each look.
    let table: Vec<(&str, Vec<Line>, Vec<i64>, bool)> = vec![
        ("an exact count ends it", vec![page([1, 2], Some(2))], vec![1, 2], false),
        ("without one an empty page does", vec![page([1, 2], None), page([], None)], vec![1, 2], false),
        ("a small page is no end", vec![page([1, 2], None), page([3], None), page([], None)], vec![1, 2, 3], false),
        ("a count that is not exact is none", vec![relation(2), page([2], None), page([], None)], vec![1, 2], false),
        ("an exact relation", vec![relation(1)], vec![1], false),
        ("rows moved on", vec![page([1, 2], Some(4)), page([2, 3], Some(4))], vec![1, 2, 3], true),
        ("a gateway that does not skip", vec![page([1, 2], Some(4)), page([1, 2], Some(4))], vec![1, 2], true),
        ("the same without a count", vec![page([1, 2], None), page([1, 2], None)], vec![1, 2], false),
        ("as many as are wanted", vec![page(1..=5, Some(5))], (1..=5).collect(), false),
        ("more than are wanted", vec![page(1..=5, Some(6))], (1..=5).collect(), true),
        ("more on one page", vec![page(1..=7, None)], (1..=5).collect(), true),
        ("nobody counted", vec![page(1..=5, None), page([6], None)], (1..=5).collect(), true),
    ];
    for (what, script, want, cut) in table {
        let requests = script.len();
        let (vendor, intradesk) = Vendor::cloud(script).await;
        let listing = listing(intradesk.perform(&look(), &key()).await.outcome);
        assert_eq!((numbers(&listing), listing.cut), (want, cut), "{what}");
        assert_eq!(vendor.lines().len(), requests, "{what}");
    }
}

#[tokio::test]
async fn a_next_link_is_followed_on_the_gateway_only() {
    let linked = |link: &str| good(json!({"value": [row(1)], "@odata.nextLink": link}));
    for link in ["/tasklist/odata/tasks?token=next", "tasklist/odata/tasks?token=next"] {
        let (vendor, intradesk) = Vendor::cloud([linked(link), page([2], None), page([], None)]).await;
        let listing = listing(intradesk.perform(&look(), &key()).await.outcome);
        assert_eq!(numbers(&listing), [1, 2]);
        let asked = vendor.asked();
        assert_eq!(asked[1].raw_query, "token=next");
        assert_eq!(asked[2].query["$skip"], "2");
    }
    for link in
        ["https://elsewhere.example.com/tasklist/odata/tasks", "//elsewhere.example.com/", "ftp://x/", "http://["]
    {
        let (vendor, intradesk) = Vendor::cloud([linked(link), page([2], None), page([], None)]).await;
        let listing = listing(intradesk.perform(&look(), &key()).await.outcome);
        assert_eq!(numbers(&listing), [1, 2], "{link}");
        assert_eq!(vendor.asked()[1].query["$skip"], "1", "{link}");
    }
}

#[tokio::test]
async fn a_row_that_shows_somebody_is_no_unassigned_ticket_whatever_was_asked() {
    let mut rows = vec![];
    let executors = [
        (json!(null), true),
        (json!(0), true),
        (json!(""), true),
        (json!("0"), true),
        (json!({}), true),
        (json!({"userid": null}), true),
        (json!({"id": 0}), true),
        (json!([]), true),
        (json!(583_001), false),
        (json!(583_001.0), false),
        (json!("583001"), false),
        (json!({"id": 583_001}), false),
        (json!({"UserId": "583001", "id": 0}), false),
        (json!({"name": "Жуков"}), false),
        (json!("Жуков"), false),
        (json!(-1), false),
        (json!(true), false),
    ];
    for (number, (executor, _)) in (1..).zip(&executors) {
        rows.push(json!({"TaskNumber": number, "Executor": executor}));
    }
    rows.push(json!({"tasknumber": "100"}));
    rows.push(json!({"tasknumber": 101, "service": {"id": 54_002}}));
    rows.push(json!({"tasknumber": null, "name": "no ticket"}));
    let count = rows.len();
    let (vendor, intradesk) = Vendor::cloud([good(json!({"@odata.count": count, "value": rows}))]).await;
    let intradesk = vendor.connected(Settings { max_tickets: 500, ..intradesk.settings.clone() }, credentials());
    let listing = listing(intradesk.perform(&look(), &key()).await.outcome);
    let free = (1..).zip(&executors).filter(|(_, (_, free))| *free).map(|(number, _)| number);
    assert_eq!(numbers(&listing), free.chain([100]).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_goes_wrong_with_a_reading_says_what_to_do_next() {
    let table: Vec<(Line, &str)> = vec![
        (answered("tasks_bad_filter"), "refused refused"),
        (line(400, "service eq?"), "refused refused"),
        (answered("err_403"), "refused rights"),
        (line(404, "{}"), "refused does_not_exist"),
        (answered("err_429"), "retry Some(2s)"),
        (line(429, ""), "retry None"),
        (answered("err_503_html"), "unreachable"),
        (line(503, "").with("retry-after", "7"), "retry Some(7s)"),
        (line(500, r#"{"error":"no"}"#), "unreachable"),
        (line(502, ""), "unreachable"),
        (line(504, ""), "unreachable"),
        (line(302, "").with("location", "https://elsewhere.example.com/"), "unreachable"),
        (line(200, "<html>sign in</html>"), "unreachable"),
        (line(200, "busy"), "unreachable"),
        (line(200, "").breaks(), "unreachable"),
        (good(json!({"tasks": []})), "unreachable"),
        (good(json!({"value": [{"name": "no number"}]})), "unreachable"),
        (good(json!({"isSuccess": false, "message": "нет"})), "refused refused"),
    ];
    for (answer, want) in table {
        let shown = format!("{answer:?}");
        let (vendor, intradesk) = Vendor::cloud([answer]).await;
        let attempt = intradesk.perform(&look(), &key()).await;
        assert_eq!(word(&attempt.outcome), want, "{shown}");
        assert_eq!(vendor.lines().len(), 1, "{shown}");
    }
    let (_, intradesk) = Vendor::cloud([answered("tasks_bad_filter")]).await;
    let Err(CallError::Refused { reason, .. }) = intradesk.perform(&look(), &key()).await.outcome else { panic!() };
    assert_eq!(reason, "The query specified in the URI is not valid.");
}

#[tokio::test]
async fn a_page_that_fails_fails_the_look() {
    let (_, intradesk) = Vendor::cloud([page([1, 2], Some(4)), line(503, "<html>no</html>")]).await;
    assert_eq!(word(&intradesk.perform(&look(), &key()).await.outcome), "unreachable");
    assert_eq!(settled(intradesk.settle(&look(), &key()).await), "not done");
}

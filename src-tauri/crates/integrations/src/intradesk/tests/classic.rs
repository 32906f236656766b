//! The classic product, by its own words.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    samples::answered,
    server::{Line, Vendor, good, line},
    *,
};

const LIST: &str = "GET /api/task";
const STATUSES: &str = "GET /api/taskstatus";

fn row(id: i64, executors: Value) -> Value {
    json!({"Id": id, "ServiceId": SERVICE.0, "ExecutorIds": executors, "Created": "2026-10-28T09:00:00", "StatusId": 29})
}

fn statuses() -> Line {
    good(json!([{"Id": 29, "IsFinal": false}, {"Id": 31, "IsFinal": false}, {"Id": 30, "IsFinal": true}]))
}

fn no_statuses() -> Line {
    line(404, "{}")
}

fn page(rows: Vec<Value>, count: usize) -> Value {
    json!({"Tasks": rows, "Paginator": {"Count": count, "PageSize": 200}})
}

fn ticket(executors: Value) -> Line {
    good(json!({"Task": row(TICKET.0, executors)}))
}

fn numbers(listing: &carousel::Listing) -> Vec<i64> {
    listing.tickets.iter().map(|ticket| ticket.number.0).collect()
}

#[tokio::test]
async fn tickets_in_states_that_are_not_final_are_listed_the_oldest_first() {
    let rows = vec![row(1, json!("")), row(2, json!("7, 9")), row(3, Value::Null), json!({"Id": 4, "ServiceId": 5})];
    let (vendor, intradesk) = Vendor::classic([statuses(), good(page(rows, 4))]).await;
    let listing = listing(intradesk.perform(&look(), &key()).await.outcome);
    assert_eq!((numbers(&listing), listing.cut), (vec![1, 3], false));
    // Nine o'clock in Moscow.
    assert_eq!(listing.tickets[0].created_at, Some("2026-10-28T06:00:00Z".parse().unwrap()));
    assert_eq!(listing.tickets[0].status, Some(29));
    assert_eq!(vendor.lines(), [STATUSES, LIST]);
    let request = &vendor.asked()[1];
    let query = ["ServiceIds", "StatusIds", "sort", "pagesize", "page"].map(|name| request.query[name].as_str());
    assert_eq!(query, ["54001", "29,31", "Created asc", "200", "1"]);
    assert_eq!(request.header("accept"), "application/json");
    let pair = data_encoding::BASE64.encode(format!("bot:{SECRET_PASSWORD}").as_bytes());
    assert_eq!(request.header("authorization"), format!("Basic {pair}"));
}

#[tokio::test]
async fn where_no_state_is_known_to_be_final_none_is_asked_for() {
    for statuses in [
        line(404, "{}"),
        line(403, "{}"),
        good(json!([{"Id": 29, "Name": "Открыта"}])),
        good(json!({"Statuses": [{"Id": 29, "IsFinal": false}]})),
        good(json!({})),
    ] {
        let (vendor, intradesk) = Vendor::classic([statuses, good(page(vec![], 0))]).await;
        let effect = Effect::ListUnassigned { service: SERVICE, oldest_first: false };
        assert!(listing(intradesk.perform(&effect, &key()).await.outcome).tickets.is_empty());
        let request = &vendor.asked()[1];
        assert!(!request.query.contains_key("StatusIds"));
        assert_eq!(request.query["sort"], "Created desc");
    }
    let (_, intradesk) = Vendor::classic([line(500, "")]).await;
    assert_eq!(word(&intradesk.perform(&look(), &key()).await.outcome), "unreachable");
}

#[tokio::test]
async fn a_list_is_read_in_every_wrapper_and_to_its_end() {
    let free = |ids: std::ops::RangeInclusive<i64>| ids.map(|id| row(id, json!(""))).collect::<Vec<_>>();
    // At most three tickets are wanted of each look.
    let table: Vec<(&str, Vec<Value>, Vec<i64>, bool)> = vec![
        ("plain", vec![page(free(1..=2), 2)], vec![1, 2], false),
        ("inside another", vec![json!({"TaskList": page(free(1..=2), 2)})], vec![1, 2], false),
        ("a list inside", vec![json!({"TaskList": free(1..=2), "Paginator": {"Count": 2}})], vec![1, 2], false),
        ("bare", vec![json!(free(1..=2)), json!([])], vec![1, 2], false),
        ("two pages", vec![page(free(1..=2), 3), page(free(3..=3), 3)], vec![1, 2, 3], false),
        ("a page again", vec![page(free(1..=2), 3), page(free(1..=2), 3)], vec![1, 2], true),
        ("more than are wanted", vec![page(free(1..=4), 4)], vec![1, 2, 3], true),
    ];
    for (what, pages, want, cut) in table {
        let requests = pages.len() + 1;
        let (vendor, intradesk) = Vendor::classic([no_statuses()].into_iter().chain(pages.into_iter().map(good))).await;
        let listing = listing(intradesk.perform(&look(), &key()).await.outcome);
        assert_eq!((numbers(&listing), listing.cut), (want, cut), "{what}");
        assert_eq!(vendor.lines().len(), requests, "{what}");
    }
    let (_, intradesk) = Vendor::classic([no_statuses(), good(json!({"Tasks": null}))]).await;
    assert_eq!(word(&intradesk.perform(&look(), &key()).await.outcome), "unreachable");
    let (_, intradesk) = Vendor::classic([no_statuses(), good(json!({"Tasks": [{"Name": "x"}]}))]).await;
    assert_eq!(word(&intradesk.perform(&look(), &key()).await.outcome), "unreachable");
}

#[tokio::test]
async fn a_list_without_an_end_is_given_up_after_some_pages() {
    let pages = (1..=30).map(|n| good(page(vec![row(n, json!("7"))], 30)));
    let (vendor, intradesk) = Vendor::classic([no_statuses()].into_iter().chain(pages)).await;
    assert!(listing(intradesk.perform(&look(), &key()).await.outcome).cut);
    assert_eq!(vendor.lines().len(), 26);
}

#[tokio::test]
async fn a_ticket_is_read_given_and_read_again() {
    let wrappers: [fn(Value) -> Line; 3] =
        [|row| good(json!({ "Task": row, "Statuses": [] })), good, |row| good(json!({ "Tasks": [row] }))];
    for wrapped in wrappers {
        let free = wrapped(row(TICKET.0, json!("")));
        let ours = wrapped(row(TICKET.0, json!("583001, 9")));
        let (vendor, intradesk) = Vendor::classic([free, line(200, ""), ours]).await;
        assert_eq!(word(&intradesk.perform(&give(), &key()).await.outcome), "ticket_assigned");
        assert_eq!(vendor.lines(), ["GET /api/task/170900", "PUT /api/task/170900", "GET /api/task/170900"]);
        assert_eq!(vendor.asked()[1].body, r#"{"ExecutorIds":"583001"}"#);
        assert_eq!(vendor.asked()[1].header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn every_answer_says_what_became_of_the_ticket() {
    let free = || ticket(json!(""));
    let table: Vec<(Vec<Line>, &str)> = vec![
        (vec![ticket(json!("9, 583001"))], "ticket_assigned"),
        (vec![ticket(json!("9, 7"))], "taken by Some((9))"),
        (vec![line(404, "{}")], "ticket_gone"),
        (vec![good(json!({"Task": {"Id": 7}}))], "unreachable"),
        (vec![line(403, "{}")], "refused rights"),
        (vec![free(), line(404, "{}")], "ticket_gone"),
        (vec![free(), line(403, "{}")], "refused rights"),
        (vec![free(), line(400, r#"{"Message":"нет"}"#)], "refused refused"),
        (vec![free(), line(200, ""), ticket(json!("9"))], "taken by Some((9))"),
        (vec![free(), line(200, ""), free()], "retry None"),
        (vec![free(), line(500, "<html>"), free()], "retry None"),
        (vec![free(), line(500, "<html>"), line(500, "")], "unreachable"),
        (vec![free(), line(200, "").breaks()], "unknown"),
    ];
    for (script, want) in table {
        let (vendor, intradesk) = Vendor::classic(script.clone()).await;
        let outcome = intradesk.perform(&give(), &key()).await.outcome;
        assert_eq!((word(&outcome).as_str(), vendor.lines().len()), (want, script.len()), "{script:?}");
    }
    let (_, intradesk) = Vendor::classic([ticket(json!("583001"))]).await;
    assert_eq!(settled(intradesk.settle(&give(), &key()).await), "done ticket_assigned");
}

#[tokio::test]
async fn a_wrong_password_is_sent_once_whatever_is_asked_at_the_same_time() {
    let (vendor, intradesk) = Vendor::classic([answered("classic_401")]).await;
    let (effect, key) = (give(), key());
    let attempts = join_all((0..4).map(|_| intradesk.perform(&effect, &key))).await;
    assert!(attempts.iter().all(|attempt| word(&attempt.outcome) == "unauthorized"), "{attempts:?}");
    assert_eq!(vendor.lines().len(), 1);
    // A person has it tried again, and it is right now.
    vendor.go_on([good(json!({"CurrenUserInfo": {"Id": 7, "Name": "Робот"}})), good(page(vec![], 0)), statuses()]);
    let steps = intradesk.check().await;
    assert!(steps.iter().any(|step| step.step == "sign_in" && step.ok && step.detail == "Робот (user 7)"), "{steps:?}");
    vendor.go_on([ticket(json!("583001"))]);
    assert_eq!(word(&intradesk.perform(&effect, &key).await.outcome), "ticket_assigned");
}

#[tokio::test]
async fn a_password_that_is_right_is_no_bottleneck() {
    let (vendor, intradesk) = Vendor::classic([]).await;
    vendor.always("GET /api/task/170900", ticket(json!("583001")));
    let (effect, key) = (give(), key());
    intradesk.perform(&effect, &key).await;
    join_all((0..4).map(|_| intradesk.perform(&effect, &key))).await;
    assert!(vendor.most_at_once() > 1);
}

#[tokio::test]
async fn a_catalogue_is_not_read_there() {
    let (vendor, intradesk) = Vendor::classic([]).await;
    let outcome = intradesk.perform(&Effect::ReadCatalogue {}, &key()).await.outcome;
    let Err(CallError::Refused { reason, why: pult_domain::Failure::Unsupported }) = outcome else { panic!() };
    assert!(reason.contains("import them from a file"));
    assert!(vendor.journal().asked.is_empty());
}

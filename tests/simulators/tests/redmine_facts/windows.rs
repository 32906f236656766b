//! Windows of time in the issue list, which polling stands on: what `>=` returns, in what order, and what breaks it.

use pult_simulators::redmine_server::SUPERVISOR;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::house::{House, facts};

facts!(
    nothing_has_changed_after_the_year_2100,
    a_window_is_inclusive_and_reaches_up_to_a_second_further_back,
    a_window_between_two_times_has_both_ends,
    rows_come_in_the_order_of_their_change,
    what_is_no_time_is_refused,
    an_operator_that_is_not_encoded_is_refused_by_the_web_server,
);

async fn nothing_has_changed_after_the_year_2100(house: &House) {
    house.issue(SUPERVISOR, json!({})).await;
    let list = house.get(SUPERVISOR, "/issues.json?status_id=*&updated_on=%3E%3D2100-01-01T00:00:00Z").await.json();
    assert_eq!((&list["total_count"], &list["issues"]), (&json!(0), &json!([])));
}

async fn a_window_is_inclusive_and_reaches_up_to_a_second_further_back(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    house.back.stamp(issue, "2026-11-20T14:29:49.600Z").await;
    assert_eq!(house.read(SUPERVISOR, issue).await["updated_on"], "2026-11-20T14:29:49Z", "whole seconds are shown");
    for (from, found) in [("48", true), ("49", true), ("50", true), ("51", false)] {
        let query = format!("issue_id={issue}&updated_on=%3E%3D2026-11-20T14:29:{from}Z");
        assert_eq!(!house.listed(SUPERVISOR, &query).await.is_empty(), found, "from second {from}");
    }
    house.back.stamp(issue, "2026-11-20T14:29:49.000Z").await;
    for (from, found) in [("49", true), ("50", false)] {
        let query = format!("issue_id={issue}&updated_on=%3E%3D2026-11-20T14:29:{from}Z");
        assert_eq!(!house.listed(SUPERVISOR, &query).await.is_empty(), found, "from second {from}");
    }
}

async fn a_window_between_two_times_has_both_ends(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    house.back.stamp(issue, "2026-11-20T14:29:49.000Z").await;
    for (from, to, found) in [("40", "49", true), ("49", "55", true), ("50", "55", false), ("40", "48", false)] {
        let window = format!("%3E%3C2026-11-20T14:29:{from}Z%7C2026-11-20T14:29:{to}Z");
        let query = format!("issue_id={issue}&updated_on={window}");
        assert_eq!(!house.listed(SUPERVISOR, &query).await.is_empty(), found, "{from} to {to}");
    }
    let query = format!("issue_id={issue}&updated_on=%3C%3D2026-11-20T14:29:49Z");
    assert_eq!(house.listed(SUPERVISOR, &query).await, [issue]);
}

async fn rows_come_in_the_order_of_their_change(house: &House) {
    let mut made = Vec::new();
    for stamp in ["14:00:02.000", "14:00:01.000", "14:00:02.000"] {
        let issue = house.issue(SUPERVISOR, json!({})).await;
        house.back.stamp(issue, &format!("2026-11-20T{stamp}Z")).await;
        made.push(issue);
    }
    let list: Vec<String> = made.iter().map(u64::to_string).collect();
    let these = format!("issue_id={}&sort=updated_on:asc,id:asc", list.join(","));
    assert_eq!(house.listed(SUPERVISOR, &these).await, [made[1], made[0], made[2]]);
    let back = these.replace("updated_on:asc,id:asc", "updated_on:desc,id:desc");
    assert_eq!(house.listed(SUPERVISOR, &back).await, [made[2], made[0], made[1]]);
}

async fn what_is_no_time_is_refused(house: &House) {
    let answer = house.get(SUPERVISOR, "/issues.json?updated_on=%3E%3Dyesterday").await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert_eq!(answer.errors().len(), 1, "{}", answer.text);
}

async fn an_operator_that_is_not_encoded_is_refused_by_the_web_server(house: &House) {
    let mut stream = TcpStream::connect(house.address()).await.unwrap();
    let request = format!(
        "GET /issues.json?updated_on=>=2026-11-20T14:29:49Z HTTP/1.1\r\nHost: {}\r\nX-Redmine-API-Key: {}\r\n\
         Connection: close\r\n\r\n",
        house.address(),
        house.key(SUPERVISOR),
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

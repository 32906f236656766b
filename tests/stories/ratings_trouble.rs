//! Vendors of ratings that misbehave: a portal that shows the wrong people or too little of them, a service desk that refuses a rating
//! or loses it. Nobody is asked in another's place, and nothing is rated twice.
//!
//! Deliberately not here: each row of the vendors' error tables (their integrations' tests).

use pult_simulators::{
    bitrix24::switches::SwitchOrder,
    service::fault::{Fault, FaultOrder},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    bridge_house::notices,
    caller::Caller,
    ratings_house::{TOKEN, Vendors, follow, request, until},
};

/// Calls owed to a vendor, of a kind.
async fn effects(chief: &Caller, kind: &str) -> Vec<Value> {
    let page = chief.must("deliveries.effects", json!({ "filter": { "kind": kind }, "limit": 100 })).await;
    page["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_portal_that_shows_other_people_finds_nobody() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let methods = ["user.search", "user.get"].map(str::to_owned).to_vec();
    vendors.portal.portal().switch(&SwitchOrder { ignore_filters: Some(methods), ..SwitchOrder::default() });
    // Everybody is shown whatever is asked for: one address among them is the very one, and another is nobody's.
    let (nobody, nina) = (vendors.closed_issue(211).await, vendors.closed_issue(208).await);
    let row = until(&chief, nobody, "undeliverable").await;
    assert_eq!(row["lack"], "no_user", "{row}");
    until(&chief, nina, "asked").await;
    let dialogs: Vec<String> =
        vendors.portal.portal().world(|world| world.chat.messages.iter().map(|m| m.dialog.clone()).collect());
    assert_eq!(dialogs, ["41"], "one question, to the one it is for");
}

#[tokio::test]
async fn a_webhook_that_shows_no_addresses_is_named_by_its_scope() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let scopes = ["user_brief", "im", "imbot"].map(str::to_owned).to_vec();
    vendors.portal.portal().switch(&SwitchOrder { scopes: Some(scopes), ..SwitchOrder::default() });
    let issue = vendors.closed_issue(208).await;
    let row = until(&chief, issue, "undeliverable").await;
    assert_ne!(row["lack"], "no_user", "nobody knows whether there is one: {row}");
    let rows = effects(&chief, "find_person").await;
    let error = rows[0]["error"].as_str().unwrap();
    assert!(error.contains("user_brief"), "{error}");
    assert!(vendors.questions(issue).is_empty());
}

#[tokio::test]
async fn a_refused_rating_says_why_and_waits_for_a_person() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "asked").await;
    let body = json!({ "errors": { "page": { "size": ["не больше 50"] }, "observer_ids": [{ "1": ["не найден"] }] } });
    let fault = Fault::Refuse { status: 422, body, retry_after: None };
    vendors.desk.desk().faults.set(FaultOrder::new(fault, "rates", 2));
    let link = vendors.link(vendors.questions(issue)[0], "Отлично");
    let answer = follow(&pultd.at_hooks(), Method::POST, &link).await;
    assert!([202, 422].contains(&answer.status), "not told as kept: {} {}", answer.status, answer.text());
    chief.until_settled().await;
    let row = request(&chief, issue).await.unwrap();
    assert!(row["refusal"].as_str().is_some_and(|words| words.contains("page.size: не больше 50")), "{row}");
    assert_eq!(vendors.ratings(issue), []);
    assert!(notices(&chief).await.contains(&"ratings.refused".to_owned()));
    let owed = effects(&chief, "set_rating").await;
    assert!(owed[0]["state"] == "refused" && !owed[0].to_string().contains(TOKEN), "{owed:?}");
    assert_eq!(vendors.desk.desk().journal.count("rates"), 1, "permanent: it was not tried again");
    for file in [house.log(), house.data().join("pult.db")] {
        let said = std::fs::read(&file).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&said).contains(TOKEN), "{}", file.display());
    }
    // A person may decide now, and then it is kept and the notice gone.
    vendors.desk.desk().faults.set(FaultOrder { heal: true, ..FaultOrder::default() });
    chief.must("ratings.rate", json!({ "id": row["id"], "rate": "good" })).await;
    until(&chief, issue, "rated").await;
    assert_eq!(vendors.ratings(issue), [("good".to_owned(), "api")]);
    assert!(!notices(&chief).await.contains(&"ratings.refused".to_owned()));
}

#[tokio::test]
async fn a_desk_that_fails_or_says_yes_and_keeps_nothing_is_asked_again_until_it_shows_the_rating() {
    for fault in [
        Fault::Refuse { status: 500, body: Value::Null, retry_after: None },
        Fault::Refuse { status: 200, body: json!({ "id": 1 }), retry_after: None },
        Fault::Html { status: 502 },
        Fault::Refuse { status: 429, body: Value::Null, retry_after: Some(1) },
    ] {
        let vendors = Vendors::open().await;
        let house = vendors.linked("");
        let (pultd, chief) = house.open().await;
        vendors.tell(&pultd);
        let issue = vendors.closed_issue(208).await;
        until(&chief, issue, "asked").await;
        vendors.desk.desk().faults.set(FaultOrder::new(fault.clone(), "rates", 1));
        let link = vendors.link(vendors.questions(issue)[0], "Хорошо");
        let answer = follow(&pultd.at_hooks(), Method::POST, &link).await;
        assert!([200, 202].contains(&answer.status), "{fault:?}: {} {}", answer.status, answer.text());
        let row = until(&chief, issue, "rated").await;
        assert_eq!((&row["rate"], &row["origin"]), (&json!("normal"), &json!("user")), "{fault:?}");
        chief.until_settled().await;
        assert_eq!(vendors.ratings(issue), [("normal".to_owned(), "api")], "{fault:?}");
    }
}

#[tokio::test]
async fn an_issue_that_is_gone_is_not_asked_about_any_more() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "asked").await;
    chief.until_settled().await;
    let link = vendors.link(vendors.questions(issue)[0], "Хорошо");
    assert!(vendors.desk.desk().delete(issue));
    follow(&pultd.at_hooks(), Method::POST, &link).await;
    let row = until(&chief, issue, "cancelled").await;
    assert_eq!(row["ending"], "gone", "{row}");
    chief.until_settled().await;
    assert!(vendors.questions(issue).is_empty(), "its buttons are gone");
}

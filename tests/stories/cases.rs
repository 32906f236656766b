//! One case for a caller or a ticket: what belongs to it and why, what people join and split, and who may see it.
//!
//! Deliberately not here: which things belong together in every variety (the rule's tests), and screens.

use serde_json::{Value, json};

use crate::{
    caller::Caller,
    senders::{feed, ring, row},
    tickets_house::{Desk, make},
};

/// The caller, as digits.
const NUMBER: &str = "37060011122";
/// Somebody who called the other centre alone.
const OTHERS: &str = "74957770001";

/// A desk with a ticket in which the caller's number stands, and two calls of theirs.
async fn desk() -> Desk {
    let desk = Desk::with("admin", |redmine| {
        make(redmine, "Не слышно собеседника");
        make(redmine, "Чужая");
        redmine.comment("agent1", 1, "Перезвонить: +370 (600) 11-122", false).unwrap();
        redmine.comment("sup1", 2, "Номер 37060011122, но это секрет", true).unwrap();
    })
    .await;
    for id in [1, 2] {
        desk.known(id).await;
        // What was said in a ticket comes after the list it stands in.
        desk.chief.must("tickets.open", json!({ "id": id })).await;
        desk.chief
            .until(async || {
                let ticket = desk.chief.must("tickets.detail", json!({ "id": id })).await;
                ticket["entries"].as_array().filter(|entries| !entries.is_empty()).map(drop)
            })
            .await;
    }
    let hooks = desk.pultd.at_hooks();
    for _ in 0..2 {
        for kind in ["newcall", "endcall"] {
            ring(&hooks, kind, &format!("+{NUMBER}"), "o.belova").await;
        }
    }
    assert_eq!(feed(&hooks, &[row("m-1", "2026-03-10 10:00:00", OTHERS)]).await.status, 200);
    desk.chief
        .until(async || {
            let calls = desk.chief.calls_of(json!({})).await;
            let over = |call: &Value| call["state"] == "ended";
            (calls.len() == 3 && calls.iter().all(over)).then_some(())
        })
        .await;
    desk
}

async fn case(caller: &Caller, thing: &str) -> Value {
    caller.must("cases.get", json!({ "thing": thing })).await
}

/// The things of a case in their order; calls by their kind alone, for their numbers are given in any order.
fn things(case: &Value) -> Vec<String> {
    let name = |thing: &Value| thing["thing"].as_str().unwrap().to_owned();
    let mut names: Vec<_> = case["things"].as_array().unwrap().iter().map(name).collect();
    names.iter_mut().filter(|name| name.starts_with("call:")).for_each(|name| name.truncate("call".len()));
    names.sort();
    names
}

fn reasons(case: &Value) -> Vec<&str> {
    let mut reasons: Vec<_> =
        case["joins"].as_array().unwrap().iter().map(|join| join["reason"].as_str().unwrap()).collect();
    reasons.sort_unstable();
    reasons
}

/// What typing something leads to: the things, the exact ones marked.
async fn found(caller: &Caller, text: &str) -> Vec<String> {
    let answer = caller.must("cases.find", json!({ "text": text })).await;
    let name =
        |one: &Value| format!("{}{}", one["thing"].as_str().unwrap(), if one["exact"] == true { "!" } else { "" });
    answer["found"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_caller_who_called_twice_and_whose_number_stands_in_a_ticket_is_one_case_with_stated_reasons() {
    let desk = desk().await;
    let vera = desk.pultd.signed_in("vera").await;
    let whole = [&format!("phone:{NUMBER}"), "call", "call", "ticket:1"].map(str::to_owned);
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    for root in ["ticket:1".to_owned(), format!("phone:{NUMBER}")] {
        let case = case(&vera, &root).await;
        assert_eq!(things(&case), sorted(whole.to_vec()), "{case}");
        assert_eq!(reasons(&case), ["number_in_text", "same_number", "same_number"]);
        let joins = case["joins"].as_array().unwrap();
        let named = joins.iter().find(|join| join["reason"] == "number_in_text").unwrap();
        assert_eq!((&named["values"]["named"], &named["values"]["place"]), (&json!("+37060011122"), &json!("comment")));
        let codes: Vec<_> =
            case["timeline"].as_array().unwrap().iter().map(|moment| moment["code"].as_str().unwrap()).collect();
        let count = |code: &str| codes.iter().filter(|found| **found == code).count();
        assert_eq!((count("call_began"), count("call_ended"), count("ticket_comment")), (2, 2, 1), "{codes:?}");
    }
    // Words for some only lead to nothing, even for those who see the ticket.
    assert_eq!(things(&case(&vera, "ticket:2").await), ["ticket:2"]);
}

#[tokio::test]
async fn what_was_split_by_hand_stays_split_after_a_restart_until_it_is_taken_back() {
    let desk = desk().await;
    let vera = desk.pultd.signed_in("vera").await;
    let phone = format!("phone:{NUMBER}");
    let two = json!({ "a": phone, "b": "ticket:1", "reason": "Номер записан по ошибке" });
    let said = vera.must("cases.split", two.clone()).await;
    assert_eq!(vera.give("cases.split", two.clone()).await.status, 409, "it is so already");
    assert!(desk.pultd.stop().await.success());
    let pultd = desk.house.serve().await;
    let (vera, anna) = (pultd.signed_in("vera").await, pultd.signed_in("anna").await);
    let apart = case(&vera, &phone).await;
    assert!(!things(&apart).contains(&"ticket:1".to_owned()), "{apart}");
    assert_eq!(
        (&apart["apart"][0]["thing"], &apart["apart"][0]["said"]["reason"], &apart["apart"][0]["said"]["by"]),
        (&json!("ticket:1"), &json!("Номер записан по ошибке"), &json!("vera"))
    );
    assert_eq!(things(&case(&vera, "ticket:1").await), ["ticket:1"]);
    // Whoever only looks may not say so, and nothing is said without a reason.
    assert_eq!(anna.give("cases.take_back", said.clone()).await.status, 403);
    let without = json!({ "a": phone, "b": "ticket:1", "reason": " " });
    assert_eq!(vera.give("cases.join", without).await.status, 400);

    vera.must("cases.take_back", said.clone()).await;
    assert_eq!(vera.give("cases.take_back", said).await.status, 404, "only once");
    assert!(things(&case(&vera, &phone).await).contains(&"ticket:1".to_owned()));
    // What no rule knows is joined by hand, and leads on.
    vera.must("cases.join", json!({ "a": "ticket:2", "b": "ticket:1", "reason": "Тот же клиент" })).await;
    let joined = case(&vera, "ticket:2").await;
    assert!(things(&joined).contains(&phone) && reasons(&joined).contains(&"by_hand"), "{joined}");
    let asked = json!({ "filter": { "actor": "vera", "object": null, "before": null }, "limit": 50 });
    let audit = pultd.signed_in("chief").await.must("audit.page", asked).await;
    for action in ["cases.split", "cases.take_back", "cases.join"] {
        assert!(audit["rows"].as_array().unwrap().iter().any(|act| act["action"] == action), "{action}: {audit}");
    }
}

#[tokio::test]
async fn who_may_not_see_a_thing_sees_nothing_of_it_in_any_case() {
    let desk = desk().await;
    for (login, role) in [("igor", "viewer"), ("olga", "operator")] {
        desk.house.person(login, role).await;
    }
    let igor = desk.pultd.signed_in("igor").await;
    for thing in ["ticket:1", "ticket:2", "ticket:99", &format!("phone:{OTHERS}")] {
        assert_eq!(igor.give("cases.get", json!({ "thing": thing })).await.status, 404, "{thing}");
    }
    let seen = case(&igor, &format!("phone:{NUMBER}")).await;
    assert_eq!(things(&seen), ["call", "call", &format!("phone:{NUMBER}")]);
    assert!(!seen.to_string().contains("ticket") && !seen.to_string().contains("собеседника"), "{seen}");
    assert!(found(&igor, "#1").await.is_empty());
    assert!(found(&igor, "собеседника").await.is_empty());
    // Calls of the other centre are a right of their own; an administrator has it.
    assert!(found(&igor, OTHERS).await.is_empty());
    assert_eq!(found(&desk.chief, OTHERS).await, [format!("phone:{OTHERS}!")]);
    // A reader of the ticket who may not see other calls than these, and whoever may look at nothing.
    let anna = desk.pultd.signed_in("anna").await;
    assert!(things(&case(&anna, "ticket:1").await).contains(&"ticket:1".to_owned()));
    let olga = desk.pultd.signed_in("olga").await;
    assert_eq!(olga.give("cases.get", json!({ "thing": format!("phone:{NUMBER}") })).await.status, 403);
    assert_eq!(olga.give("cases.find", json!({ "text": NUMBER })).await.status, 403);
    // Nobody joins what they do not see.
    let blind = json!({ "a": "ticket:1", "b": format!("phone:{OTHERS}"), "reason": "Наугад" });
    assert_eq!(desk.pultd.signed_in("vera").await.give("cases.join", blind).await.status, 404);
}

#[tokio::test]
async fn a_number_in_any_spelling_is_found_and_opens_the_case_in_two_steps() {
    let desk = desk().await;
    let vera = desk.pultd.signed_in("vera").await;
    for typed in ["+370 (600) 11-122", NUMBER, "370 600 11122"] {
        let found = found(&vera, typed).await;
        assert_eq!(found, [format!("phone:{NUMBER}!")], "{typed}");
        let opened = case(&vera, found[0].trim_end_matches('!')).await;
        assert!(things(&opened).contains(&"ticket:1".to_owned()), "{opened}");
    }
    assert_eq!(found(&vera, "#1").await, ["ticket:1!"]);
    assert_eq!(found(&vera, "1").await, ["ticket:1!"]);
    assert_eq!(found(&vera, "11122").await, [format!("phone:{NUMBER}")], "it only ends so");
    assert_eq!(found(&vera, "не слышно").await, ["ticket:1"]);
    assert!(found(&vera, "37060011123").await.is_empty());
    assert_eq!(vera.give("cases.find", json!({ "text": " " })).await.status, 400);
    assert_eq!(vera.give("cases.get", json!({ "thing": "people:1" })).await.status, 400);
}

#[tokio::test]
async fn a_forgotten_number_is_in_no_case_and_in_nothing_that_was_said_of_it() {
    let desk = desk().await;
    let vera = desk.pultd.signed_in("vera").await;
    let phone = format!("phone:{NUMBER}");
    vera.must("cases.join", json!({ "a": phone, "b": "ticket:2", "reason": "Звонила она" })).await;
    desk.house.must(&["erase", "--json", "--phone", NUMBER], "").await;
    assert!(found(&vera, NUMBER).await.is_empty());
    assert_eq!(vera.give("cases.get", json!({ "thing": phone })).await.status, 404);
    for ticket in ["ticket:1", "ticket:2"] {
        assert_eq!(things(&case(&vera, ticket).await), [ticket]);
    }
}

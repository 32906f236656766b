//! Ratings as the people around them have them: the author who is asked, the supervisor who looks, and the service desk that keeps
//! what was answered. Both vendors are simulated from their contracts.
//!
//! Deliberately not here: when what counts (`ratings_time`), shapes of what is heard and said (`ratings_words`), vendors that misbehave
//! (`ratings_trouble`), each row of the vendors' error tables (their integrations' tests), and which fact leads to what (the rule's).

use pult_simulators::{
    bitrix24::{self, Press, Pressed},
    service::fault::{Fault, FaultOrder},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    clock::set_clock,
    ratings_house::{Vendors, follow, request, until},
};

#[tokio::test]
async fn an_author_is_asked_once_answers_once_and_the_desk_keeps_it() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    vendors.desk.desk().post.order(serde_json::from_value(json!({ "duplicates": 2 })).unwrap());
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "asked").await;
    chief.until_settled().await;
    let questions = vendors.questions(issue);
    assert_eq!(questions.len(), 1, "told three times, asked once");
    let text =
        vendors.portal.portal().world(|w| w.chat.messages.iter().find(|m| m.id == questions[0]).unwrap().text.clone());
    assert!(text.contains(&issue.to_string()) && text.contains("Не печатает"), "{text}");

    // Following the link, as a preview does, changes nothing; only the button on its page counts.
    let hooks = pultd.at_hooks();
    let link = vendors.link(questions[0], "Хорошо");
    for _ in 0..3 {
        let page = follow(&hooks, Method::GET, &link).await;
        assert!(page.status == 200 && page.text().contains("<form"), "{}", page.text());
    }
    assert_eq!(vendors.ratings(issue), []);
    let (first, second) = tokio::join!(follow(&hooks, Method::POST, &link), follow(&hooks, Method::POST, &link));
    assert!([first.status, second.status].iter().all(|status| [200, 202].contains(status)));
    let row = until(&chief, issue, "rated").await;
    assert_eq!((&row["rate"], &row["origin"]), (&json!("normal"), &json!("user")));
    let other = follow(&hooks, Method::POST, &link.replace("rate=normal", "rate=bad")).await;
    assert_eq!(other.status, 403, "a link for another answer cannot be made from this one");
    assert_eq!(follow(&hooks, Method::POST, &link).await.status, 200, "said once more");
    chief.until_settled().await;
    assert_eq!(vendors.ratings(issue), [("normal".to_owned(), "api")]);
    assert_eq!(vendors.questions(issue), Vec::<u64>::new(), "an answered question has no buttons");
    let figures =
        chief.must("ratings.figures", json!({ "from": 1_700_000_000_000_i64, "until": 1_900_000_000_000_i64 })).await;
    assert_eq!((&figures["satisfaction"], &figures["counts"]["by_user"]), (&json!(1.0), &json!([0, 1, 0])));
}

#[tokio::test]
async fn whoever_does_not_know_the_key_is_turned_away() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    vendors.desk.desk().post.order(serde_json::from_value(json!({ "wrong_secret": true })).unwrap());
    let issue = vendors.closed_issue(208).await;
    let hooks = pultd.at_hooks();
    assert_eq!(hooks.post("/hooks/okdesk", &json!({})).await.status, 401);
    let forged = "event=ONIMCOMMANDADD&auth[application_token]=guess";
    let request = hooks.request(Method::POST, "/hooks/bitrix24").body(forged);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(hooks.send(request).await.status, 403);
    chief.until_settled().await;
    assert_eq!(self::request(&chief, issue).await, None);
    assert!(vendors.questions(issue).is_empty());
}

#[tokio::test]
async fn somebody_who_cannot_be_asked_is_said_so_and_never_rated() {
    let vendors = Vendors::open().await;
    let Some((house, pultd, chief)) = vendors.at_noon(vendors.linked("")).await else { return };
    let mut issues = vec![];
    for (contact, lack) in [(209, "no_email"), (210, "several_users"), (211, "no_user"), (999, "no_contact")] {
        let issue = vendors.closed_issue(contact).await;
        let row = until(&chief, issue, "undeliverable").await;
        assert_eq!(row["lack"], lack, "{row}");
        issues.push(issue);
    }
    set_clock(&house, "2026-03-30T12:00:00Z").await;
    let chief = pultd.signed_in("chief").await;
    chief.until_settled().await;
    for issue in issues {
        assert_eq!(vendors.ratings(issue), [], "never asked is no answer");
        assert!(vendors.questions(issue).is_empty());
    }
    let figures =
        chief.must("ratings.figures", json!({ "from": 1_700_000_000_000_i64, "until": 1_900_000_000_000_i64 })).await;
    assert_eq!((&figures["counts"]["not_asked"], &figures["satisfaction"]), (&json!(4), &Value::Null));
}

#[tokio::test]
async fn a_silence_counts_after_a_day_exactly_once_and_is_marked() {
    let vendors = Vendors::open().await;
    let Some((house, pultd, chief)) = vendors.at_noon(vendors.linked("")).await else { return };
    let (early, held) = (vendors.closed_issue(208).await, vendors.closed_issue(208).await);
    until(&chief, early, "asked").await;
    let row = until(&chief, held, "asked").await;
    chief.must("ratings.hold", json!({ "id": row["id"], "reason": "спорная заявка" })).await;
    set_clock(&house, "2026-03-29T11:59:58Z").await;
    chief.until_settled().await;
    assert_eq!(vendors.ratings(early), [], "a second too early");
    set_clock(&house, "2026-03-29T12:00:05Z").await;
    let row = until(&chief, early, "rated").await;
    assert_eq!((&row["rate"], &row["origin"]), (&json!("good"), &json!("auto")));
    assert_eq!(vendors.ratings(early), [("good".to_owned(), "api")]);
    assert_eq!(vendors.ratings(held), [], "the clock stands");

    // Another one, whose day ends while nobody is at work.
    let slept = vendors.closed_issue(208).await;
    until(&chief, slept, "asked").await;
    chief.until_settled().await;
    pultd.stop().await;
    let pultd = house.try_serve(&["--hand-clock", "2026-03-31T18:00:00Z"]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    until(&chief, slept, "rated").await;
    assert_eq!(vendors.ratings(slept), [("good".to_owned(), "api")]);
    assert_eq!(request(&chief, held).await.unwrap()["state"], "asked");
}

#[tokio::test]
async fn an_issue_opened_again_takes_its_question_back_and_is_asked_anew() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "asked").await;
    let link = vendors.link(vendors.questions(issue)[0], "Плохо");
    assert!(vendors.desk.desk().reopen(issue));
    until(&chief, issue, "cancelled").await;
    chief.until_settled().await;
    assert!(vendors.questions(issue).is_empty(), "the buttons are gone");
    let late = follow(&pultd.at_hooks(), Method::POST, &link).await;
    assert_eq!(late.status, 404, "{}", late.text());
    assert_eq!(vendors.ratings(issue), []);
    assert!(vendors.desk.desk().close(issue));
    until(&chief, issue, "asked").await;
    assert_eq!(vendors.questions(issue).len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_no_second_rating() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "asked").await;
    vendors.desk.desk().faults.set(FaultOrder::new(Fault::DropAfterCommit, "rates", 1));
    let link = vendors.link(vendors.questions(issue)[0], "Отлично");
    let answer = follow(&pultd.at_hooks(), Method::POST, &link).await;
    assert!([200, 202].contains(&answer.status), "{}", answer.text());
    until(&chief, issue, "rated").await;
    assert_eq!(vendors.ratings(issue), [("good".to_owned(), "api")]);
    assert_eq!(vendors.desk.desk().journal.count("rates"), 1, "the issue was read, not rated again");
}

#[tokio::test]
async fn a_hard_end_between_the_answer_and_the_call_loses_and_repeats_nothing() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "asked").await;
    chief.until_settled().await;
    vendors.desk.desk().faults.set(FaultOrder { fault: Some(Fault::Reset), ..FaultOrder::default() });
    let link = vendors.link(vendors.questions(issue)[0], "Плохо");
    let answer = follow(&pultd.at_hooks(), Method::POST, &link).await;
    assert_eq!(answer.status, 202, "the desk is away: {}", answer.text());
    pultd.kill().await;
    vendors.desk.desk().faults.set(FaultOrder { heal: true, ..FaultOrder::default() });
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    let row = until(&chief, issue, "rated").await;
    assert_eq!((&row["rate"], &row["origin"]), (&json!("bad"), &json!("user")));
    assert_eq!(vendors.ratings(issue), [("bad".to_owned(), "api")]);
    let notices = chief.must("notices.list", json!({ "which": "standing", "limit": 10 })).await;
    assert!(notices["rows"].as_array().unwrap().iter().any(|n| n["code"] == "ratings.bad"), "{notices}");
}

#[tokio::test]
async fn a_closing_no_hook_told_of_is_found() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    // Nobody tells this engine anything.
    let issue = vendors.closed_issue(208).await;
    let (_pultd, chief) = house.open().await;
    until(&chief, issue, "asked").await;
    assert_eq!(vendors.questions(issue).len(), 1);
}

#[tokio::test]
async fn a_button_of_the_bot_answers_without_any_address_of_ours() {
    let vendors = Vendors::open().await;
    let house = vendors.house("", "message_method = \"imbot.v2\"");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "asked").await;
    let question = vendors.questions(issue)[0];
    let press = Press { text: Some("Отлично".to_owned()), ..Press::default() };
    let stranger = Press { user: Some(bitrix24::OWNER), force: true, ..press.clone() };
    assert!(matches!(vendors.portal.portal().press(question, &stranger), Ok(Pressed::Event(_))));
    let author = Press { force: true, ..press };
    assert!(matches!(vendors.portal.portal().press(question, &author), Ok(Pressed::Event(_))));
    let row = until(&chief, issue, "rated").await;
    assert_eq!((&row["rate"], &row["origin"]), (&json!("good"), &json!("user")));
    let panel = chief.must("ratings.detail", json!({ "id": row["id"] })).await;
    let rules: Vec<&str> = panel["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|d| d["explanation"]["rule"].as_str())
        .filter(|rule| rule.starts_with("answered"))
        .collect();
    assert_eq!(rules, ["answered", "answered.somebody_else"], "newest first; a stranger's press counts for nothing");
}

#[tokio::test]
async fn a_supervisor_rates_by_hand_and_a_viewer_only_looks() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    house.person("eye", "viewer").await;
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(211).await;
    let row = until(&chief, issue, "undeliverable").await;
    let order = json!({ "id": row["id"], "rate": "normal" });
    let eye = pultd.signed_in("eye").await;
    assert_eq!(eye.give("ratings.rate", order.clone()).await.status, 403);
    chief.must("ratings.rate", order.clone()).await;
    let row = until(&chief, issue, "rated").await;
    assert_eq!((&row["origin"], &row["rated_by"]), (&json!("supervisor"), &json!("chief")));
    assert_eq!(chief.give("ratings.rate", order).await.status, 409, "rated is rated");
    let audit = chief
        .must("audit.page", json!({ "filter": { "actor": null, "object": null, "before": null }, "limit": 100 }))
        .await;
    assert!(audit.to_string().contains("ratings.rate"), "{audit}");
}

#[tokio::test]
async fn a_forgotten_author_is_in_no_file_any_more() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(208).await;
    let row = until(&chief, issue, "asked").await;
    let address = row["email"].as_str().unwrap().to_owned();
    chief.until_settled().await;
    let holding = || {
        let mut files = house.files();
        files.retain(|file| {
            let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).to_lowercase();
            file.starts_with(house.data()) && text.contains(&address.to_lowercase())
        });
        files
    };
    assert!(!holding().is_empty(), "the test looks where the address is");
    let output = house.run(&["erase", "--json", "--email", &address]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let done: Value = serde_json::from_slice(&output.stdout).unwrap();
    // The desk may have had an issue of theirs closed before.
    assert!(done["ratings"].as_u64().unwrap() >= 1 && done["rebuilt"] == "yes", "{done}");
    assert_eq!(holding(), Vec::<std::path::PathBuf>::new());
    let row = until(&chief, issue, "cancelled").await;
    assert_eq!((&row["email"], &row["title"]), (&Value::Null, &json!("")));
}

//! Words of ratings: what the service desk may tell and hears for it, how the question looks by each method, and answers that are typed.
//!
//! Deliberately not here: what becomes of an answer (`ratings`), and every shape of a webhook (its integration's tests).

use std::net::TcpListener;

use pult_simulators::{
    bitrix24::{self, WriteOrder, world::chat::Message},
    okdesk::{
        IssueOrder,
        switches::{HookShape, SwitchOrder},
    },
    service::post::MannerOrder,
};
use serde_json::{Value, json};

use crate::{
    caller::{Caller, look_until},
    ratings_house::{EVENTS, HOOK_KEY, Vendors, request, until},
};

/// The user of the portal who is contact 208 of the service desk.
const AUTHOR: u64 = 41;

impl Vendors {
    /// What the service desk heard for its last webhook.
    async fn heard(&self) -> (Option<u16>, String) {
        self.desk.desk().settled().await;
        let last = self.desk.desk().post.delivered().pop().unwrap();
        (last.status, last.answer)
    }

    /// Our bot: the last one that was registered.
    fn bot(&self) -> u64 {
        self.portal.portal().world(|world| world.bots.all.last().unwrap().id)
    }

    fn question(&self, issue: u64) -> Message {
        let id = self.questions(issue)[0];
        self.portal.portal().world(|world| world.chat.messages.iter().find(|m| m.id == id).unwrap().clone())
    }
}

fn message(text: &str) -> (Option<u16>, String) {
    (Some(200), json!({ "message": text }).to_string())
}

#[tokio::test]
async fn what_the_desk_tells_is_understood_in_both_shapes_and_only_a_closing_asks() {
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let desk = vendors.desk.desk();
    desk.switch(&SwitchOrder { hook_shape: Some(HookShape::Root), ..SwitchOrder::default() });
    let issue = vendors.closed_issue(208).await;
    assert_eq!(vendors.heard().await, message("Rating request added successfully"));
    until(&chief, issue, "asked").await;
    desk.switch(&SwitchOrder { hook_shape: Some(HookShape::Client), ..SwitchOrder::default() });

    // Solved is not closed, other events are none of ours, and who has no contact or has rated already is not asked.
    let solved = desk.make(&IssueOrder { contact: Some(208), ..IssueOrder::default() });
    assert!(desk.enter(solved, "completed", None, false));
    assert_eq!(vendors.heard().await, message("code_status was changed to: completed. Skipping"));
    assert!(desk.tell_event(solved, "new_equipment"));
    assert_eq!(vendors.heard().await, message("event new_equipment. Skipping"));
    let nobodys = desk.make(&IssueOrder::default());
    assert!(desk.close(nobodys));
    assert_eq!(vendors.heard().await, message("... no contact. Skipping"));
    let rated = desk.make(&IssueOrder { contact: Some(208), ..IssueOrder::default() });
    assert!(desk.rate_elsewhere(rated, "normal", true) && desk.close(rated));
    assert_eq!(vendors.heard().await, message(&format!("issue {rated} is rated already. Skipping")));
    let malformed =
        Caller::new(&pultd.hooks).post(&format!("/hooks/okdesk?key={}", escaped(HOOK_KEY)), &json!({})).await;
    assert_eq!(malformed.status, 422, "{}", malformed.text());
    chief.until_settled().await;
    for quiet in [solved, nobodys, rated] {
        assert_eq!(request(&chief, quiet).await, None);
        assert_eq!(vendors.questions(quiet), Vec::<u64>::new());
    }

    // The address of old takes the same and says the same.
    let old = url::Url::parse(&format!("{}/api/v1/okdesk/create_rate_request", pultd.hooks)).unwrap();
    desk.switch(&SwitchOrder { hook_url: Some(old), ..SwitchOrder::default() });
    let issue = vendors.closed_issue(208).await;
    assert_eq!(vendors.heard().await, message("Rating request added successfully"));
    until(&chief, issue, "asked").await;
}

/// A word of an address.
fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The buttons as the portal has to be given them, without what they do.
fn plain_buttons() -> [Value; 3] {
    [("Отлично", "#7CFC00", "#000"), ("Хорошо", "#FFD700", "#000"), ("Плохо", "#DC143C", "#fff")].map(
        |(text, background, colour)| {
            json!({ "TEXT": text, "BG_COLOR": background, "TEXT_COLOR": colour, "DISPLAY": "LINE" })
        },
    )
}

#[tokio::test]
async fn the_question_names_its_issue_and_has_three_buttons_by_every_method() {
    for (method, via) in [("im", "im"), ("imbot.v2", "imbot.v2"), ("auto", "imbot.v2")] {
        for linked in [true, false] {
            // Without an address of ours only a bot hears a press.
            if method == "im" && !linked {
                continue;
            }
            let vendors = Vendors::open().await;
            let url = if linked { "public_url = \"https://hooks.example.com\"" } else { "" };
            let house = vendors.house(url, &format!("message_method = \"{method}\""));
            let (pultd, chief) = house.open().await;
            vendors.tell(&pultd);
            let issue = vendors.closed_issue(208).await;
            until(&chief, issue, "asked").await;
            let question = vendors.question(issue);
            assert_eq!(
                question.text,
                format!("Пожалуйста, оцените уровень обслуживания по заявке № {issue} «Не печатает»")
            );
            assert_eq!((question.via, question.dialog.as_str(), question.url_preview), (via, "41", false), "{method}");
            let rates = ["good", "normal", "bad"];
            for ((button, plain), rate) in question.keyboard.iter().zip(plain_buttons()).zip(rates) {
                let mut shown = button.as_object().unwrap().clone();
                if linked {
                    let link = shown.remove("LINK").unwrap();
                    let begin =
                        format!("https://hooks.example.com/api/v1/okdesk/change_rate?rate={rate}&issue_id={issue}&t=");
                    assert!(link.as_str().unwrap().starts_with(&begin), "{link}");
                } else {
                    assert_eq!(shown.remove("COMMAND"), Some(json!("rate")));
                    assert_eq!(shown.remove("COMMAND_PARAMS"), Some(json!(format!("{issue} {rate}"))));
                }
                assert_eq!(Value::Object(shown), plain);
            }
            assert_eq!(question.keyboard.len(), 3);
        }
    }
}

#[tokio::test]
async fn an_answer_typed_to_the_older_bot_counts_once_however_often_it_is_told_and_never_when_it_is_forged() {
    let vendors = Vendors::open().await;
    // The bot's events come to an address that is known before the engine starts.
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let url = format!("public_url = \"http://127.0.0.1:{port}\"");
    let portal = "message_method = \"imbot\"\nclient_id = \"pult\"";
    let house = vendors.setup(&url, portal, "").hooks(format!("bind = \"127.0.0.1:{port}\"\n")).build();
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "asked").await;
    let question = vendors.question(issue);
    assert_eq!(question.via, "imbot");
    let portal = vendors.portal.portal();
    let bot = vendors.bot();
    let say = |from: u64, text: String| portal.write(&WriteOrder { from, bot, text }).unwrap();
    let told = async || {
        portal.settled().await;
        portal.post.delivered().into_iter().map(|delivery| delivery.status).collect::<Vec<_>>()
    };
    portal.post.order(MannerOrder { wrong_secret: Some(true), ..MannerOrder::default() });
    say(AUTHOR, format!("/rate {issue} bad"));
    assert_eq!(told().await, [Some(403)], "what is forged does not get in");
    portal.post.order(MannerOrder { heal: true, duplicates: Some(1), ..MannerOrder::default() });
    // Neither somebody else nor an issue nobody is asked about nor other words are an answer.
    say(bitrix24::OWNER, format!("/rate {issue} bad"));
    say(AUTHOR, "/rate 99999 bad".to_owned());
    say(AUTHOR, "Всё хорошо, спасибо".to_owned());
    assert_eq!(told().await[1..], [Some(200); 6]);
    chief.until_settled().await;
    assert_eq!(request(&chief, issue).await.unwrap()["state"], "asked");
    say(AUTHOR, format!("/rate {issue} normal"));
    let row = until(&chief, issue, "rated").await;
    assert_eq!((&row["rate"], &row["origin"]), (&json!("normal"), &json!("user")));
    told().await;
    chief.until_settled().await;
    assert_eq!(vendors.ratings(issue), [("normal".to_owned(), "api")]);
    // What the portal proves itself with is nowhere but where it was set.
    let telling = house.files().into_iter().filter(|file| !file.ends_with("secrets.toml"));
    let telling: Vec<_> =
        telling.filter(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).contains(EVENTS)).collect();
    assert_eq!(telling, Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn a_command_typed_to_the_newer_bot_is_an_answer_of_whoever_was_asked() {
    let vendors = Vendors::open().await;
    let house = vendors.house("", "message_method = \"imbot.v2\"");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let issue = vendors.closed_issue(208).await;
    until(&chief, issue, "asked").await;
    let portal = vendors.portal.portal();
    let bot = vendors.bot();
    for (from, text) in [(bitrix24::OWNER, "bad"), (AUTHOR, "excellent"), (AUTHOR, "good")] {
        portal.write(&WriteOrder { from, bot, text: format!("/rate {issue} {text}") }).unwrap();
    }
    let row = until(&chief, issue, "rated").await;
    assert_eq!((&row["rate"], &row["origin"]), (&json!("good"), &json!("user")));
    let kept = look_until(|| Some(vendors.ratings(issue)).filter(|all| !all.is_empty())).await;
    assert_eq!(kept, [("good".to_owned(), "api")]);
}

#[tokio::test]
async fn a_rating_in_the_form_of_old_is_sent_only_where_that_is_set() {
    let vendors = Vendors::open().await;
    let strict = vendors.setup(
        "public_url = \"https://hooks.example.com\"",
        "message_method = \"im\"",
        "rate_body = \"nested\"",
    );
    let house = strict.build();
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    let desk = vendors.desk.desk();
    let issue = vendors.closed_issue(208).await;
    let row = until(&chief, issue, "asked").await;
    // A desk that takes the documented form alone says no; one that knows the other takes it.
    chief.must("ratings.rate", json!({ "id": row["id"], "rate": "bad" })).await;
    chief.until_settled().await;
    assert_eq!(vendors.ratings(issue), []);
    let row = request(&chief, issue).await.unwrap();
    assert!(row["refusal"].as_str().is_some_and(|words| words.contains("rate")), "{row}");
    desk.switch(&SwitchOrder { nested_rate: Some(true), ..SwitchOrder::default() });
    chief.must("ratings.rate", json!({ "id": row["id"], "rate": "normal" })).await;
    until(&chief, issue, "rated").await;
    assert_eq!(vendors.ratings(issue), [("normal".to_owned(), "api")]);
    let bodies: Vec<Value> =
        desk.journal.since(0).into_iter().filter(|entry| entry.name == "rates").map(|entry| entry.request).collect();
    assert!(bodies.iter().all(|body| body.to_string().contains("\"issue\"")), "{bodies:?}");
}

#[tokio::test]
async fn fifty_seven_closed_issues_on_two_pages_are_all_found() {
    let vendors = Vendors::open().await;
    let house = vendors
        .setup("public_url = \"https://hooks.example.com\"", "message_method = \"im\"", "rate_per_second = 50")
        .build();
    let desk = vendors.desk.desk();
    desk.switch(&SwitchOrder { no_limit: true, ..SwitchOrder::default() });
    let order = IssueOrder {
        contact: Some(209),
        status: Some("closed".to_owned()),
        count: Some(57),
        silent: true,
        ..IssueOrder::default()
    };
    let last = desk.make(&order);
    let (_pultd, chief) = house.open().await;
    for issue in [last - 56, last - 30, last] {
        until(&chief, issue, "undeliverable").await;
    }
    chief.until_settled().await;
    let all = chief.must("ratings.page", json!({ "filter": { "which": "pending" }, "limit": 100 })).await;
    let found = all["rows"].as_array().unwrap().iter().filter(|row| row["issue"].as_u64() > Some(last - 57)).count();
    assert_eq!(found, 57);
    let pages: Vec<String> =
        desk.journal.since(0).into_iter().filter(|entry| entry.name == "issues/list").map(|entry| entry.line).collect();
    assert!(pages.iter().any(|line| line.contains('1')) && pages.len() >= 2, "{pages:?}");
}

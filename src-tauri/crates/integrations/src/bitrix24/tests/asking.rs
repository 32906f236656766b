//! Finding a person, asking, and taking the buttons away, against the portal of these tests.

use axum::http::{HeaderMap, StatusCode};
use pult_domain::{Effect, EffectKey, Fact, Failure, IssueId, Observed, RatingId, areas::ratings};

use super::{samples::call, *};
use crate::{Asked, Attempt, CallError, Delivery, Settled, rating_links::RatingLinks, transport::http::Answer};

const REQUEST: RatingId = RatingId(7);

fn key() -> EffectKey {
    EffectKey::from("okdesk/12/ask_for_rating/0")
}

fn find(email: &str) -> Effect {
    Effect::FindPerson { request: REQUEST, email: email.to_owned() }
}

fn ask(title: &str) -> Effect {
    Effect::AskForRating {
        request: REQUEST,
        issue: IssueId(153),
        title: title.to_owned(),
        user: "41".to_owned(),
        deadline: Instant::from_second(1_790_086_400).unwrap(),
    }
}

fn withdraw(way: &str) -> Effect {
    let (user, message) = ("41".to_owned(), "88301".to_owned());
    Effect::WithdrawQuestion { request: REQUEST, issue: IssueId(153), user, message, way: way.to_owned() }
}

/// The one fact of a receipt, which carries the effect's key.
fn receipt(attempt: Attempt) -> Result<ratings::Fact, CallError> {
    is_clean(&attempt.exchanges);
    let mut facts = attempt.outcome?;
    assert_eq!(facts.len(), 1);
    let Observed { key: of, fact: Fact::Ratings(fact), .. } = facts.remove(0) else { panic!("{facts:?}") };
    assert_eq!(of.0, key().0);
    Ok(fact)
}

fn asked(message: &str, way: &str) -> Result<ratings::Fact, CallError> {
    Ok(ratings::Fact::Asked { request: REQUEST, message: message.to_owned(), way: way.to_owned() })
}

fn why(outcome: Result<ratings::Fact, CallError>) -> Failure {
    match outcome {
        Err(CallError::Refused { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

/// A page of users, of whom each is an address, whether active, and a kind.
fn users(rows: &[(&str, Value, &str)]) -> Value {
    let row = |(n, (email, active, kind)): (usize, &(&str, Value, &str))| json!({"ID": (41 + n).to_string(), "EMAIL": email, "ACTIVE": active, "USER_TYPE": kind});
    good(rows.iter().enumerate().map(row).collect::<Vec<_>>().into())
}

#[tokio::test]
async fn a_person_is_the_only_active_employee_with_the_very_address() {
    let (portal, connection) = connected(|_, _| {}).await;
    let (yes, employee) = (json!(true), "employee");
    let table = [
        (vec![("N.Orlova@Client.example ", yes.clone(), employee)], Ok("41")),
        (
            vec![("n.orlova@client.example", json!("Y"), employee), ("other@client.example", yes.clone(), employee)],
            Ok("41"),
        ),
        (
            vec![
                ("n.orlova@client.example", json!("1"), employee),
                ("n.orlova@client.example", json!(false), employee),
            ],
            Ok("41"),
        ),
        (vec![], Err(ratings::Lack::NoUser)),
        (
            vec![("a@client.example", yes.clone(), employee), ("b@client.example", yes.clone(), employee)],
            Err(ratings::Lack::NoUser),
        ),
        (vec![("n.orlova@client.example", yes.clone(), "extranet")], Err(ratings::Lack::NoUser)),
        (vec![("n.orlova@client.example", json!("N"), employee)], Err(ratings::Lack::NoUser)),
        (
            vec![("n.orlova@client.example", yes.clone(), employee), ("N.ORLOVA@client.example", yes, employee)],
            Err(ratings::Lack::SeveralUsers),
        ),
    ];
    for (rows, want) in table {
        portal.tell("user.search", 200, &users(&rows));
        let found = receipt(connection.perform(&find(" n.orlova@client.example"), &key()).await).unwrap();
        let want = match want {
            Ok(user) => ratings::Fact::PersonFound { request: REQUEST, user: user.to_owned() },
            Err(lack) => ratings::Fact::PersonMissing { request: REQUEST, lack },
        };
        assert_eq!(found, want, "{rows:?}");
    }
    let filter = portal.last()["FILTER"].clone();
    assert_eq!(filter, json!({"EMAIL": "n.orlova@client.example", "ACTIVE": true}));
}

#[tokio::test]
async fn a_webhook_that_shows_no_address_is_told_from_an_unknown_person() {
    let (portal, connection) = connected(|_, _| {}).await;
    let (_, answer) = call("user_search_brief_scope").unwrap();
    portal.tell_text("user.search", 200, &String::from_utf8_lossy(&answer.body));
    let outcome = receipt(connection.perform(&find("n.orlova@client.example"), &key()).await);
    assert!(outcome.clone().unwrap_err().to_string().contains("user_brief"), "{outcome:?}");
    assert_eq!(why(outcome), Failure::Rights);
}

#[tokio::test]
async fn the_question_is_what_its_snapshot_says_by_each_method() {
    for (name, method, public) in [
        ("im_links", MessageMethod::Im, true),
        ("imbot_links", MessageMethod::Imbot, true),
        ("imbot_v2_links", MessageMethod::ImbotV2, true),
        ("im_commands", MessageMethod::Im, false),
        ("imbot_commands", MessageMethod::Imbot, false),
        ("imbot_v2_commands", MessageMethod::Auto, false),
    ] {
        let (portal, connection) = connected(|settings, _| {
            settings.message_method = method;
            settings.bot_id = Some(640);
            settings.client_id = Some("pult-client".to_owned());
            settings.public_url = public.then(|| "https://desk.example.com/pult".parse().unwrap());
        })
        .await;
        portal.tell("imbot.v2.Command.register", 200, &good(json!({"command": {"id": 19}})));
        portal.tell("im.message.add", 200, &good(json!(88301)));
        portal.tell("imbot.message.add", 200, &good(json!("88301")));
        portal.tell("imbot.v2.Chat.Message.send", 200, &good(json!({"id": 88301, "uuidMap": []})));
        let attempt = connection.perform(&ask("Не печатает [B]принтер[/B]\n на складе"), &key()).await;
        let kept = serde_json::to_string(&attempt.exchanges).unwrap();
        assert_eq!(receipt(attempt), asked("88301", name.rsplit_once('_').unwrap().0.replace("_v2", ".v2").as_str()));
        let said = portal.last();
        if public {
            let buttons = if said["KEYBOARD"].is_array() { &said["KEYBOARD"] } else { &said["fields"]["keyboard"] };
            for (button, rate) in buttons.as_array().unwrap().iter().zip(["good", "normal", "bad"]) {
                let link: Url = button["LINK"].as_str().unwrap().parse().unwrap();
                let token = link.query_pairs().find(|(name, _)| name == "t").unwrap().1.into_owned();
                assert!(!kept.contains(&token), "{token} in {kept}");
                let opened = RatingLinks::new(Arc::new(Secrets(all_secrets()))).open(rate, "153", &token).unwrap();
                assert_eq!((opened.request, opened.rate.as_ref()), (REQUEST, rate));
            }
        }
        insta::assert_json_snapshot!(format!("question_{name}"), said);
    }
}

#[tokio::test]
async fn a_title_is_bounded_and_may_be_missing() {
    let words = |title: &str| crate::bitrix24::message::question(IssueId(153), title);
    assert_eq!(words(" \t"), "Пожалуйста, оцените уровень обслуживания по заявке № 153");
    assert_eq!(
        words("a[URL=x]b[/URL]\u{0}c"),
        "Пожалуйста, оцените уровень обслуживания по заявке № 153 «a(URL=x)b(/URL) c»"
    );
    assert_eq!(
        words(&"ы".repeat(500)).chars().filter(|c| *c == 'ы').count(),
        200 + words("").chars().filter(|c| *c == 'ы').count()
    );
}

#[tokio::test]
async fn our_bot_is_registered_once_and_again_when_the_portal_forgot_it() {
    let (portal, connection) = connected(|_, _| {}).await;
    let registered = |id: i64| {
        portal.tell("imbot.v2.Bot.register", 200, &good(json!({"bot": {"id": id, "code": "pult_rating"}})));
        portal.tell("imbot.v2.Command.register", 200, &good(json!({"command": {"id": 19}})));
    };
    registered(640);
    for message in [1, 2] {
        portal.tell("imbot.v2.Chat.Message.send", 200, &good(json!({"id": message})));
        assert_eq!(receipt(connection.perform(&ask(""), &key()).await), asked(&message.to_string(), "imbot.v2"));
    }
    let sent = "imbot.v2.Chat.Message.send";
    assert_eq!(portal.methods(), ["imbot.v2.Bot.register", "imbot.v2.Command.register", sent, sent]);
    insta::assert_json_snapshot!("registration", portal.seen().calls[..2].to_vec());
    registered(641);
    portal.tell(sent, 400, &json!({"error": "BOT_NOT_FOUND"}));
    portal.tell(sent, 200, &good(json!({"id": 3})));
    assert_eq!(receipt(connection.perform(&ask(""), &key()).await), asked("3", "imbot.v2"));
    assert_eq!(portal.last()["botId"], 641);
    registered(642);
    for _ in 0..2 {
        portal.tell(sent, 400, &json!({"error": "BOT_NOT_FOUND"}));
    }
    assert_eq!(why(receipt(connection.perform(&ask(""), &key()).await)), Failure::DoesNotExist);
}

#[tokio::test]
async fn an_older_bot_is_registered_where_the_portal_can_reach_us_and_a_person_chose_it() {
    for (method, public, registers) in
        [(MessageMethod::Imbot, true, true), (MessageMethod::Imbot, false, false), (MessageMethod::Auto, true, false)]
    {
        let (portal, connection) = connected(|settings, secrets| {
            settings.message_method = method;
            settings.client_id = Some("pult-client".to_owned());
            settings.public_url = public.then(|| "https://desk.example.com/pult/".parse().unwrap());
            if method == MessageMethod::Auto {
                secrets.remove(BOT_TOKEN);
            }
        })
        .await;
        portal.tell("imbot.register", 200, &good(json!(612)));
        for message in [5, 6] {
            portal.tell("imbot.message.add", 200, &good(json!(message)));
            assert_eq!(receipt(connection.perform(&ask(""), &key()).await), asked(&message.to_string(), "imbot"));
        }
        let registrations = portal.methods().iter().filter(|method| *method == "imbot.register").count();
        assert_eq!((registrations, portal.last().get("BOT_ID").is_some()), (usize::from(registers), registers));
        if registers {
            let handler = portal.seen().calls[0].1["EVENT_HANDLER"].clone();
            assert_eq!(handler, "https://desk.example.com/pult/hooks/bitrix24");
        }
    }
}

#[tokio::test]
async fn without_what_a_question_needs_the_connection_stops_and_keeps_it() {
    type Change = fn(&mut Settings, &mut BTreeMap<String, String>);
    let table: [(Change, &str); 6] = [
        (|_, secrets| _ = secrets.remove("ratings.bitrix_message_key"), "ratings.bitrix_message_key"),
        (
            |settings, secrets| (settings.message_method, _) = (MessageMethod::ImbotV2, secrets.remove(BOT_TOKEN)),
            "bitrix24.bot_token",
        ),
        (|_, secrets| _ = secrets.insert(BOT_TOKEN.to_owned(), "x".repeat(41)), "longer than 40"),
        (|_, secrets| _ = secrets.remove(BOT_TOKEN), "client_id"),
        (|settings, _| settings.message_method = MessageMethod::Im, "public_url"),
        (
            |settings, secrets| {
                settings.message_method = MessageMethod::Im;
                settings.public_url = Some("https://desk.example.com".parse().unwrap());
                secrets.remove(crate::rating_links::KEY);
            },
            "ratings.link_key",
        ),
    ];
    for (change, names) in table {
        let (portal, connection) = connected(change).await;
        let outcome = receipt(connection.perform(&ask(""), &key()).await);
        let Err(CallError::Unauthorized { detail }) = outcome else { panic!("{names}: {outcome:?}") };
        assert!(detail.contains(names), "{detail}");
        assert!(portal.methods().is_empty(), "{names}");
    }
}

#[tokio::test]
async fn a_question_in_doubt_is_never_asked_again() {
    let (portal, connection) = connected(|settings, _| {
        settings.message_method = MessageMethod::Im;
        settings.bot_id = Some(640);
    })
    .await;
    portal.tell_text("im.message.add", 502, "<html><body>Bad Gateway</body></html>");
    let outcome = receipt(connection.perform(&ask(""), &key()).await);
    assert!(matches!(outcome, Err(CallError::OutcomeUnknown { .. })), "{outcome:?}");
    let settled = connection.settle(&ask(""), &key()).await;
    assert!(matches!(settled, Settled::Unknown(CallError::Refused { .. })), "{settled:?}");
    assert_eq!(portal.methods().len(), 1);
    for effect in [find("a@client.example"), withdraw("im")] {
        assert_eq!(connection.settle(&effect, &key()).await, Settled::NotDone);
    }
}

#[tokio::test]
async fn what_the_portal_surely_did_not_do_is_tried_again_or_refused() {
    let (portal, connection) = connected(|settings, _| {
        settings.message_method = MessageMethod::Im;
        settings.bot_id = Some(640);
    })
    .await;
    portal.tell("im.message.add", 400, &json!({"error": "USER_NOT_FOUND", "error_description": "User not found"}));
    assert_eq!(why(receipt(connection.perform(&ask(""), &key()).await)), Failure::DoesNotExist);
    portal.tell("im.message.add", 200, &good(json!(false)));
    assert_eq!(why(receipt(connection.perform(&ask(""), &key()).await)), Failure::Refused);
    portal.tell("im.message.add", 503, &json!({"error": "QUERY_LIMIT_EXCEEDED"}));
    let outcome = receipt(connection.perform(&ask(""), &key()).await);
    assert!(matches!(outcome, Err(CallError::Retry { after: Some(_), .. })), "{outcome:?}");
    let nobody = closed(|settings, _| {
        settings.message_method = MessageMethod::Im;
        settings.bot_id = Some(640);
    });
    let outcome = receipt(nobody.perform(&ask(""), &key()).await);
    assert!(matches!(outcome, Err(CallError::Unreachable { .. })), "{outcome:?}");
}

#[tokio::test]
async fn buttons_are_taken_away_by_the_family_the_question_went_by() {
    let (portal, connection) = connected(|settings, _| {
        settings.bot_id = Some(640);
        settings.client_id = Some("pult-client".to_owned());
    })
    .await;
    portal.tell("imbot.v2.Command.register", 200, &good(json!({"command": {"id": 19}})));
    let done = |done| Ok(ratings::Fact::QuestionWithdrawn { request: REQUEST, done });
    for (way, method, result) in [
        ("im", "im.message.update", json!(true)),
        ("imbot", "imbot.message.update", json!(true)),
        ("imbot.v2", "imbot.v2.Chat.Message.update", json!({"result": true})),
    ] {
        portal.tell(method, 200, &good(result));
        assert_eq!(receipt(connection.perform(&withdraw(way), &key()).await), done(true), "{way}");
        insta::assert_json_snapshot!(format!("withdrawal_{way}"), portal.last());
        portal.tell(method, 200, &good(json!(false)));
        assert_eq!(receipt(connection.perform(&withdraw(way), &key()).await), done(false), "{way}");
        portal.tell(method, 400, &json!({"error": "ERROR_NOT_FOUND"}));
        assert_eq!(receipt(connection.perform(&withdraw(way), &key()).await), done(false), "{way}");
        portal.tell(method, 400, &json!({"error": "CANT_EDIT_MESSAGE"}));
        assert_eq!(why(receipt(connection.perform(&withdraw(way), &key()).await)), Failure::Refused, "{way}");
        portal.tell_text(method, 504, "");
        let outcome = receipt(connection.perform(&withdraw(way), &key()).await);
        assert!(matches!(outcome, Err(CallError::Unreachable { .. })), "{outcome:?}");
    }
    assert_eq!(why(receipt(connection.perform(&withdraw("pigeon"), &key()).await)), Failure::Unsupported);
}

#[test]
fn an_answer_alone_means_what_it_means_within_a_delivery() {
    let connection = closed(|_, _| {});
    let (found, question) = (find("n.orlova@client.example"), ask(""));
    for (sample, effect, want) in [
        ("user_search_by_email_one", &found, "person_found"),
        ("user_search_by_email_none", &found, "person_missing"),
        ("user_search_filter_ignored", &found, "person_missing"),
        ("user_search_brief_scope", &found, "refused Rights"),
        ("im_message_add_keyboard", &question, "asked"),
        ("im_message_add_empty", &question, "refused Refused"),
        ("im_message_add_user_not_found", &question, "refused DoesNotExist"),
        ("imbot_message_add_ok", &question, "asked"),
        ("imbot_message_add_foreign_bot", &question, "refused Refused"),
        ("imbot_v2_message_send", &question, "asked"),
        ("imbot_v2_register_fetch", &question, "a step"),
        ("imbot_register_ok", &question, "a step"),
        ("imbot_register_no_client_id", &question, "refused Rights"),
        ("profile_ok", &question, "refused Unsupported"),
    ] {
        let (method, answer) = call(sample).unwrap();
        let (of, at) = (key(), Instant::UNIX_EPOCH);
        let read = connection.understand(&Asked { method: &method, effect, key: &of, at }, &answer);
        let got = match read.as_deref() {
            Ok([]) => "a step".to_owned(),
            Ok([observed]) => observed.fact.kind().to_owned(),
            Err(CallError::Refused { why, .. }) => format!("refused {why:?}"),
            other => panic!("{sample}: {other:?}"),
        };
        assert_eq!(got, want, "{sample}");
    }
    let (method, effect) = ("imbot.v2.Chat.Message.update", withdraw("imbot.v2"));
    let body = good(json!({"result": true})).to_string().into();
    let answer = Answer { status: StatusCode::OK, headers: HeaderMap::new(), body };
    let read = connection.understand(&Asked { method, effect: &effect, key: &key(), at: Instant::UNIX_EPOCH }, &answer);
    assert_eq!(read.unwrap()[0].fact.kind(), "question_withdrawn");
}

#[test]
fn every_kind_has_an_example_and_a_method_that_brings_its_receipt() {
    let connection = closed(|_, _| {});
    for kind in connection.kinds() {
        assert_eq!(Effect::example(kind).unwrap().kind(), *kind);
        assert!(connection.methods().iter().any(|method| method.kind == *kind), "{kind}");
    }
}

//! What is asked of the messenger for each effect, and what its refusals lead to.

use http::{HeaderMap, StatusCode};
use pult_domain::{
    ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, Effect, EffectKey, Fact, Failure, Observed,
    areas::chat_link::{
        self, Action, Block, Button, Form, Press,
        owed::{Addressee, Anchor, OpenForm},
    },
};
use serde_json::{Value, json};

use super::{
    samples::{answered, asked},
    server::{Chat, Line, like, line},
    *,
};
use crate::{Settled, transport::http::Answer};

pub(super) fn key() -> EffectKey {
    EffectKey::from("pachca/message:new:1/effect/0")
}

pub(super) fn since() -> Instant {
    "2026-11-20T09:15:00Z".parse().unwrap()
}

pub(super) fn fact(outcome: Result<Vec<Observed>, CallError>) -> chat_link::Fact {
    let facts = outcome.unwrap();
    let [Observed { key: of, at, fact: Fact::ChatLink(fact) }] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((of.0.as_str(), *at), (key().0.as_str(), now()));
    fact.clone()
}

fn tell(text: &str) -> Effect {
    let buttons = vec![vec![Button::of("Мои задачи", Action::Lists)], vec![]];
    Effect::TellChat { to: Addressee::Chat { chat: 51_840 }, text: text.to_owned(), buttons, since: since() }
}

fn anchor(to: Addressee) -> Anchor {
    Anchor {
        request: ChatRequestId(7),
        to,
        summary: "Проблемы с рабочим местом (оборудование/ПО)".to_owned(),
        text: "Нет *гудка*".to_owned(),
        issue: "DESK-41".to_owned(),
        url: "https://tracker.example.com/DESK-41".to_owned(),
        buttons: vec![vec![Button {
            text: "Закрыть".to_owned(),
            press: Press { action: Action::Close, link: Some(ChatLinkId(5)) },
        }]],
        since: since(),
    }
}

pub(super) fn message(id: i64, chat: i64, user: i64, content: &str, at: &str) -> Value {
    json!({"id": id, "entity_type": "discussion", "entity_id": chat, "chat_id": chat, "content": content, "user_id": user, "created_at": at})
}

/// An outcome in a word.
fn word(error: &CallError) -> String {
    match error {
        CallError::Refused { why, .. } => format!("refused {}", why.as_ref()),
        CallError::Unauthorized { .. } => "unauthorized".to_owned(),
        CallError::Unreachable { .. } => "unreachable".to_owned(),
        CallError::OutcomeUnknown { .. } => "unknown".to_owned(),
        CallError::Locked { .. } => "locked".to_owned(),
        CallError::Retry { after, .. } => format!("retry {}", after.map_or(-1, |after| after.as_secs() as i64)),
    }
}

fn complaint(code: &str) -> String {
    json!({"errors": [{"key": "base", "value": null, "message": "нет", "code": code, "payload": null}]}).to_string()
}

/// The table of contract section 7: what a reading and a message that is sent once make of each answer.
fn table() -> Vec<(u16, String, &'static str, &'static str)> {
    let scope = answered("err_403_scope");
    vec![
        (301, String::new(), "unauthorized", "unauthorized"),
        (308, String::new(), "unauthorized", "unauthorized"),
        (302, String::new(), "unreachable", "unreachable"),
        (400, complaint("invalid"), "refused refused", "refused refused"),
        (422, complaint("blank"), "refused refused", "refused refused"),
        (401, answered("err_401"), "unauthorized", "unauthorized"),
        (402, complaint("payment_required"), "refused unsupported", "refused unsupported"),
        (403, scope, "refused rights", "refused rights"),
        (403, complaint("access_denied"), "refused rights", "refused rights"),
        (404, answered("message_get_404"), "refused does_not_exist", "refused does_not_exist"),
        (409, complaint("already_exists"), "refused state", "refused state"),
        (410, answered("view_open_expired_410"), "refused too_late", "refused too_late"),
        (410, complaint("trigger_not_found"), "refused state", "refused state"),
        (400, complaint("rate_limit"), "retry -1", "retry -1"),
        (429, String::new(), "retry 7", "retry 7"),
        (500, complaint("unhandled"), "unreachable", "unknown"),
        (502, "<html>Bad Gateway</html>".to_owned(), "unreachable", "unknown"),
        (503, String::new(), "retry 7", "unknown"),
        (504, String::new(), "unreachable", "unknown"),
        (200, "<html>sign in</html>".to_owned(), "unreachable", "unknown"),
        (201, "busy".to_owned(), "unreachable", "unknown"),
        (404, "<html>nothing here</html>".to_owned(), "unreachable", "unreachable"),
        (451, complaint("something_new"), "refused refused", "refused refused"),
    ]
}

#[test]
fn every_status_says_what_to_do_next() {
    for (status, body, reading, sending) in table() {
        let pause = matches!(status, 429 | 503);
        let headers: HeaderMap = pause.then(|| (http::header::RETRY_AFTER, "7".parse().unwrap())).into_iter().collect();
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: body.clone().into() };
        for (intent, want) in [(trouble::Intent::Repeatable, reading), (trouble::Intent::Once, sending)] {
            let got = trouble::judge(&answer, intent).unwrap_err();
            assert_eq!((word(&got.error).as_str(), got.status), (want, Some(status)), "{status} {body} {intent:?}");
        }
    }
    for body in ["", "  ", "null", r#"{"data":{}}"#] {
        let answer = Answer { status: StatusCode::CREATED, headers: HeaderMap::new(), body: body.to_owned().into() };
        assert!(trouble::judge(&answer, trouble::Intent::Once).is_ok(), "{body}");
    }
}

#[tokio::test]
async fn what_is_performed_is_judged_by_the_same_table() {
    for (status, body, reading, sending) in table() {
        let pause = matches!(status, 429 | 503).then_some("7");
        for (effect, want) in
            [(Effect::ReadMessage { item: ChatItemId(1), message: 700_108 }, reading), (tell("x"), sending)]
        {
            // A clash is looked into, and the message sent once more.
            let again = (status == 409 && want == sending && matches!(effect, Effect::TellChat { .. }))
                .then(|| [line(200, json!({"data": []})), line(409, &body)]);
            let script = [Line::Says(status, pause, body.clone())].into_iter().chain(again.into_iter().flatten());
            let (_, pachca) = Chat::with(script).await;
            let error = pachca.perform(&effect, &key()).await.outcome.unwrap_err();
            match want {
                // How long is our own affair then.
                "retry -1" => assert!(word(&error).starts_with("retry "), "{status} {error:?}"),
                want => assert_eq!(word(&error), want, "{status} {body}"),
            }
            assert!(!format!("{error:?}").contains("wörd"));
        }
    }
}

#[tokio::test]
async fn a_limit_keeps_the_whole_token_quiet() {
    let (chat, pachca) = Chat::with([Line::Says(429, Some("7"), String::new())]).await;
    assert_eq!(word(&pachca.perform(&tell("x"), &key()).await.outcome.unwrap_err()), "retry 7");
    for effect in [tell("y"), Effect::RenewAnchor { link: ChatLinkId(1), message: 5, buttons: vec![] }] {
        let error = pachca.perform(&effect, &key()).await.outcome.unwrap_err();
        let CallError::Retry { after: Some(after), .. } = &error else { panic!("{error:?}") };
        assert!(*after <= Duration::from_secs(7) && *after > Duration::from_secs(3), "{after:?}");
    }
    assert!(matches!(pachca.poll().unwrap().fetch(Some("0"), now()).await, Err(CallError::Retry { .. })));
    assert_eq!(chat.lines(), ["POST messages"], "nothing more was sent");
}

#[tokio::test]
async fn something_is_said_with_buttons_and_without_the_token_being_kept() {
    let (chat, pachca) =
        Chat::with([line(201, answered("message_create_buttons").replace("Выберите", SECRET_TOKEN))]).await;
    let attempt = pachca.perform(&tell("Выберите действие:"), &key()).await;
    assert_eq!(fact(attempt.outcome), chat_link::Fact::Told { message: 700_101 });
    let heard = chat.heard();
    let wanted = json!({
        "message": {
            "entity_type": "discussion", "entity_id": 51_840, "content": "Выберите действие:",
            "buttons": [[{"text": "Мои задачи", "data": "v1:my_tasks:"}]], "skip_invite_mentions": true,
        },
        "link_preview": false,
    });
    assert_eq!((heard[0].line.as_str(), heard[0].json()), ("POST messages", wanted));
    assert_eq!(heard[0].authorization.as_deref(), Some(format!("Bearer {SECRET_TOKEN}").as_str()));
    let kept = serde_json::to_string(&attempt.exchanges).unwrap();
    assert!(kept.contains("Мои задачи") && !kept.contains("ken wörd"), "{kept}");
}

#[tokio::test]
async fn nothing_is_asked_without_a_token() {
    let (chat, _) = Chat::with([]).await;
    let settings = Settings::new("http://127.0.0.1:9/".parse().unwrap());
    let pachca = connected(settings, crate::samples::secrets(TOKEN, ""));
    let error = pachca.perform(&tell("x"), &key()).await.outcome.unwrap_err();
    assert_eq!(word(&error), "unauthorized");
    assert!(chat.lines().is_empty());
}

#[tokio::test]
async fn a_first_message_is_posted_and_its_buttons_renewed() {
    let posted = message(700_108, 51_840, 90_210, "x", "2026-11-20T09:15:02.000Z");
    let (chat, pachca) =
        Chat::with([line(201, json!({"data": posted})), like(200, "message_update_remove_buttons")]).await;
    let order = Effect::PostAnchor(Box::new(anchor(Addressee::Chat { chat: 51_840 })));
    let stands = chat_link::Fact::AnchorPosted { request: ChatRequestId(7), message: 700_108, chat: 51_840 };
    assert_eq!(fact(pachca.perform(&order, &key()).await.outcome), stands);
    let renewed = Effect::RenewAnchor { link: ChatLinkId(5), message: 700_108, buttons: vec![] };
    let stands = chat_link::Fact::AnchorRenewed { link: ChatLinkId(5) };
    assert_eq!(fact(pachca.perform(&renewed, &key()).await.outcome), stands);
    let heard = chat.heard();
    assert_eq!(
        heard[0].json()["message"]["content"],
        "📩 Обращение в ServiceDesk\nТема: Проблемы с рабочим местом (оборудование/ПО)\nОписание: Нет \\*гудка\\*\n\
         Ссылка на задачу: https://tracker.example.com/DESK-41"
    );
    assert_eq!(heard[0].json()["message"]["buttons"], json!([[{"text": "Закрыть", "data": "v1:close:5"}]]));
    assert_eq!((heard[1].line.as_str(), heard[1].json()), ("PUT messages/700108", json!({"message": {"buttons": []}})));
}

#[tokio::test]
async fn buttons_that_clash_are_set_once_more_after_a_look() {
    let clash = || line(409, complaint("already_exists"));
    let renewed = Effect::RenewAnchor { link: ChatLinkId(5), message: 700_108, buttons: vec![] };
    let script = [clash(), like(200, "message_get_with_thread"), like(200, "message_update_remove_buttons")];
    let (chat, pachca) = Chat::with(script).await;
    assert!(pachca.perform(&renewed, &key()).await.outcome.is_ok());
    assert_eq!(chat.lines(), ["PUT messages/700108", "GET messages/700108", "PUT messages/700108"]);
    let (chat, pachca) = Chat::with([clash(), like(200, "message_get_with_thread"), clash()]).await;
    assert_eq!(word(&pachca.perform(&renewed, &key()).await.outcome.unwrap_err()), "refused state");
    assert_eq!(chat.lines().len(), 3);
}

#[tokio::test]
async fn a_lost_message_is_looked_for_in_its_chat() {
    let at = "2026-11-20T09:15:02.000Z";
    let ours = |id| message(id, 51_840, 90_210, " Готово\n", at);
    for (rows, want) in [
        (vec![ours(9), message(8, 51_840, 811, "Готово", at), message(7, 51_840, 90_210, "Другое", at)], Some(9)),
        (vec![message(6, 51_840, 90_210, "Готово", "2026-11-20T09:14:54.000Z")], None),
        (vec![message(6, 51_840, 90_210, "Готово", "2026-11-20T09:14:56.000Z")], Some(6)),
        (vec![message(8, 51_840, 811, "Готово", at)], None),
        (vec![], None),
    ] {
        let (chat, pachca) = Chat::with([Line::Breaks, line(200, json!({"data": rows}))]).await;
        assert_eq!(word(&pachca.perform(&tell("Готово"), &key()).await.outcome.unwrap_err()), "unknown");
        match (pachca.settle(&tell("Готово"), &key()).await, want) {
            (Settled::Done(facts), Some(message)) => assert_eq!(fact(Ok(facts)), chat_link::Fact::Told { message }),
            (Settled::NotDone, None) => {}
            (got, want) => panic!("{got:?} instead of {want:?}"),
        }
        let look = &chat.heard()[1];
        assert_eq!(look.line, "GET messages");
        let params = ["chat_id", "sort", "order", "limit"].map(|name| look.param(name).unwrap_or_default());
        assert_eq!(params, ["51840", "id", "desc", "50"]);
    }
    let (_, pachca) = Chat::with([line(502, "")]).await;
    assert!(matches!(pachca.settle(&tell("x"), &key()).await, Settled::Unknown(CallError::Unreachable { .. })));
}

#[tokio::test]
async fn a_lost_private_message_is_looked_for_in_a_chat_that_is_not_known_yet() {
    let to = Addressee::User { user: 811 };
    let told = Effect::TellChat { to, text: "Готово".to_owned(), buttons: vec![], since: since() };
    let at = "2026-11-20T09:15:02.000Z";
    let with =
        |id: i64, members: [i64; 2], personal: bool| json!({"id": id, "personal": personal, "member_ids": members});
    let page = |rows: Vec<Value>, next: Option<&str>| {
        let paginate = json!({"next_page": next.unwrap_or("end"), "has_next": next.is_some()});
        line(200, json!({"data": rows, "meta": {"paginate": paginate}}))
    };
    let script = [
        Line::Breaks,
        page(vec![with(51_898, [90_210, 812], true), with(51_899, [90_210, 811], false)], Some("more")),
        page(vec![with(51_900, [811, 90_210], true)], None),
        line(200, json!({"data": [message(9, 51_900, 90_210, "Готово", at)]})),
    ];
    let (chat, pachca) = Chat::with(script).await;
    assert_eq!(word(&pachca.perform(&told, &key()).await.outcome.unwrap_err()), "unknown");
    let Settled::Done(facts) = pachca.settle(&told, &key()).await else { panic!() };
    assert_eq!(fact(Ok(facts)), chat_link::Fact::Told { message: 9 });
    assert_eq!(chat.lines(), ["POST messages", "GET chats", "GET chats", "GET messages"], "and nothing is sent again");
    let look = &chat.heard()[1];
    let params = ["personal", "limit", "last_message_at_after"].map(|name| look.param(name).unwrap_or_default());
    assert_eq!(params, ["true", "50", "2026-11-20T09:14:55.000Z"]);
    assert_eq!(chat.heard()[2].param("cursor"), Some("more"));
    assert_eq!(chat.heard()[3].param("chat_id"), Some("51900"));
    // A chat in which nothing was said since then has not got it either; where nobody may look, nobody knows.
    let (_, pachca) = Chat::with([page(vec![], None)]).await;
    assert!(matches!(pachca.settle(&told, &key()).await, Settled::NotDone));
    let (_, pachca) = Chat::with([line(403, answered("err_403_scope"))]).await;
    let Settled::Unknown(CallError::Refused { .. }) = pachca.settle(&told, &key()).await else { panic!() };
}

#[tokio::test]
async fn a_private_chat_is_known_once_something_was_said_there() {
    let to = Addressee::User { user: 811 };
    let told = Effect::TellChat { to, text: "Готово".to_owned(), buttons: vec![], since: since() };
    let order = Effect::PostAnchor(Box::new(anchor(to)));
    let (chat, pachca) = Chat::with([]).await;
    let at = "2026-11-20T09:15:02.000Z";
    chat.go_on([line(201, json!({"data": message(1, 51_900, 90_210, "Готово", at)})), line(200, json!({"data": []}))]);
    assert!(pachca.perform(&told, &key()).await.outcome.is_ok());
    assert_eq!(chat.heard()[0].json()["message"]["entity_type"], "user");
    assert!(matches!(pachca.settle(&order, &key()).await, Settled::NotDone));
    assert_eq!(chat.heard()[1].param("chat_id"), Some("51900"));
}

#[tokio::test]
async fn a_form_is_opened_as_the_sample_shows_it() {
    let form = Form {
        callback: "desk_new".to_owned(),
        title: "Обращение в ServiceDesk 2".to_owned(),
        submit: "Отправить".to_owned(),
        close: "Отменить".to_owned(),
        blocks: vec![
            Block::PlainText { text: "Выберите одну тему".to_owned() },
            Block::Divider {},
            Block::Radio {
                name: "topic".to_owned(), label: "Тема".to_owned(), options: vec!["Телефония".to_owned()]
            },
            Block::Input {
                name: "description".to_owned(),
                label: "Что случилось".to_owned(),
                placeholder: String::new(),
                multiline: true,
                required: true,
                min_length: Some(5),
                max_length: Some(9_000),
            },
            Block::FileInput { name: "files".to_owned(), max_files: Some(5) },
        ],
    };
    let trigger = asked("view_open")["trigger_id"].as_str().unwrap().to_owned();
    let order = OpenForm { wish: ChatWishId(3), trigger, request: ChatRequestId(7), form };
    let order = Effect::OpenForm(Box::new(order));
    let (chat, pachca) = Chat::with([line(201, "")]).await;
    assert_eq!(fact(pachca.perform(&order, &key()).await.outcome), chat_link::Fact::FormOpened { wish: ChatWishId(3) });
    let mut want = asked("view_open");
    want["private_metadata"] = json!("7");
    want["view"]["title"] = json!("Обращение в ServiceDesk ");
    let blocks = want["view"]["blocks"].as_array_mut().unwrap();
    blocks[2].as_object_mut().unwrap().remove("required");
    blocks[2]["options"] = json!([{"text": "Телефония", "value": "Телефония"}]);
    blocks[3]["min_length"] = json!(5);
    assert_eq!(chat.heard()[0].json(), want);
    for (script, requests, outcome) in [
        (vec![like(410, "view_open_expired_410")], 1, "refused too_late"),
        (vec![line(410, complaint("trigger_not_found"))], 1, "refused state"),
        (vec![line(502, "")], 1, "refused too_late"),
        (vec![Line::Breaks, line(201, "")], 2, "done"),
        (vec![Line::Breaks, Line::Breaks], 2, "refused too_late"),
        (vec![line(403, answered("err_403_scope"))], 1, "refused rights"),
    ] {
        let (chat, pachca) = Chat::with(script).await;
        let got = pachca.perform(&order, &key()).await.outcome;
        assert_eq!(got.err().map_or_else(|| "done".to_owned(), |error| word(&error)), outcome);
        assert_eq!(chat.lines(), vec!["POST views/open"; requests]);
    }
}

#[tokio::test]
async fn a_reading_is_never_in_doubt_and_what_is_not_ours_is_not_done() {
    let (chat, pachca) = Chat::with([]).await;
    for kind in ["read_chat_user", "read_message", "open_form", "renew_anchor", "create_issue"] {
        assert!(matches!(pachca.settle(&Effect::example(kind).unwrap(), &key()).await, Settled::NotDone), "{kind}");
    }
    let error = pachca.perform(&Effect::example("create_issue").unwrap(), &key()).await.outcome.unwrap_err();
    assert!(matches!(error, CallError::Refused { why: Failure::Unsupported, .. }));
    assert!(chat.lines().is_empty());
}

#[test]
fn every_kind_has_a_method_whose_answer_can_be_looked_at_and_limits_of_its_own() {
    let pachca = pachca();
    for kind in pachca.kinds() {
        let effect = Effect::example(kind).unwrap();
        assert!(pachca.methods().iter().any(|method| method.kind == *kind), "{kind}");
        assert!(!pachca.limits(&effect).is_empty(), "{kind}");
    }
    let chats = |to| pachca.limits(&Effect::TellChat { to, text: String::new(), buttons: vec![], since: since() });
    let [limit] = chats(Addressee::Chat { chat: 5 }).try_into().unwrap();
    assert_eq!((limit.key.as_str(), limit.per_second_milli), ("pachca:chat:5", 3_000));
    assert_ne!(chats(Addressee::Chat { chat: 5 }), chats(Addressee::User { user: 5 }));
}

//! People and messages as they are read, who is meant by a name, and what a check finds.

use pult_domain::{
    ChatItemId, Effect, Failure,
    areas::chat_link::{self, ChatUser, FileLink},
};
use serde_json::{Value, json};

use super::{
    calls::{fact, key},
    people::{By, exact},
    samples::answered,
    server::{Chat, Line, like, line},
    *,
};

fn person(id: i64, nickname: &str, email: Option<&str>) -> ChatUser {
    ChatUser {
        id,
        name: nickname.to_owned(),
        nickname: nickname.to_owned(),
        email: email.map(str::to_owned),
        bot: false,
        suspended: false,
        own: false,
    }
}

fn card(id: i64, nickname: &str) -> Value {
    json!({"id": id, "nickname": nickname, "first_name": "Вера", "last_name": null, "email": null})
}

fn found(rows: &[Value]) -> Line {
    line(200, json!({"data": rows, "meta": {"total": rows.len(), "paginate": {"next_page": "x"}}}))
}

#[tokio::test]
async fn a_person_is_read_by_id_and_ourselves_are_known() {
    let read = |id: i64| Effect::ReadChatUser { user: id };
    let (chat, pachca) =
        Chat::with([line(200, json!({"data": card(811, "vera")})), line(200, json!({"data": card(90_210, "bot")}))])
            .await;
    for (id, own) in [(811, false), (90_210, true)] {
        let chat_link::Fact::ChatUserRead { user } = fact(pachca.perform(&read(id), &key()).await.outcome) else {
            panic!()
        };
        assert_eq!((user.id, user.name.as_str(), user.own), (id, "Вера", own));
    }
    assert_eq!(chat.lines(), ["GET users/811", "GET users/90210"]);
    let (_, pachca) = Chat::with([like(404, "message_get_404")]).await;
    let error = pachca.perform(&read(5), &key()).await.outcome.unwrap_err();
    assert!(matches!(error, CallError::Refused { why: Failure::DoesNotExist, .. }));
    let (_, pachca) = Chat::with([line(200, json!({"data": card(6, "x")}))]).await;
    let error = pachca.perform(&read(5), &key()).await.outcome.unwrap_err();
    assert!(matches!(error, CallError::Unreachable { .. }), "somebody else's card");
}

#[test]
fn a_persons_name_is_the_best_there_is() {
    let name = |card: Value| wire::user(&card, None).unwrap().name;
    assert_eq!(name(json!({"id": 1, "first_name": "Вера", "last_name": "С.", "nickname": "v"})), "Вера С.");
    assert_eq!(name(json!({"id": 1, "first_name": " ", "display_name": "Бот", "nickname": "v"})), "Бот");
    assert_eq!(name(json!({"id": 1, "first_name": null, "nickname": "v"})), "v");
    assert_eq!(name(json!({"id": 1, "nickname": ""})), "user_1");
    assert_eq!(wire::user(&json!({"nickname": "v"}), None), None);
}

#[test]
fn a_name_means_exactly_one_person_or_nobody() {
    let vera = person(1, "vera", Some("v.sokol@example.com"));
    let other = person(2, "vera.s", Some("Vera@example.com"));
    let twin = person(3, "x", Some("v.sokol@example.org"));
    let gone = ChatUser { suspended: true, ..person(4, "petr", None) };
    let program = ChatUser { bot: true, ..person(5, "robot", None) };
    let rows = [vera.clone(), other, twin.clone(), gone, program, vera];
    let who = |name: &str, by| exact(&rows, name, by).map(|user| user.id);
    // The messenger's own names go before addresses; a login may be either, so two are nobody.
    assert_eq!((who("VERA", By::Nickname), who("vera", By::Login)), (Some(1), None));
    assert_eq!((who("v.sokol", By::Nickname), who("v.sokol", By::Login)), (None, None));
    assert_eq!(who("V.Sokol@example.com", By::Login), Some(1));
    assert_eq!(who("v.sokol@example.net", By::Login), None);
    for name in ["ver", "petr", "robot", "", "vera.so"] {
        assert_eq!((who(name, By::Nickname), who(name, By::Login)), (None, None), "{name}");
    }
    assert_eq!(exact(&[twin], "v.sokol", By::Login).map(|user| user.id), Some(3));
}

#[tokio::test]
async fn a_message_is_read_with_its_author_its_files_and_whom_it_names() {
    let shown = |content: &str| {
        let files =
            json!([{"id": 55, "name": "a.png", "size": 7, "url": "https://files.example.com/55?X-Amz-Signature=hush"}]);
        line(
            200,
            json!({"data": {"id": 700_130, "chat_id": 5, "user_id": 811, "content": content, "files": files,
            "url": "https://chat.example.com/chats/5?message=700130"}}),
        )
    };
    let read = Effect::ReadMessage { item: ChatItemId(1), message: 700_130 };
    let script = [
        shown("@ivan, @Ivan. и @ivanov_ — почта i@ivan.example"),
        line(200, json!({"data": card(811, "vera")})),
        line(200, answered("users_query")),
        found(&[card(814, "ivanov")]),
    ];
    let (chat, pachca) = Chat::with(script).await;
    let attempt = pachca.perform(&read, &key()).await;
    let chat_link::Fact::MessageRead { item: ChatItemId(1), author, files, mentioned } = fact(attempt.outcome) else {
        panic!()
    };
    assert_eq!(author.id, 811);
    assert_eq!(
        files,
        [FileLink {
            name: "a.png".to_owned(),
            size: Some(7),
            source: "message:700130/55".to_owned(),
            page: Some("https://chat.example.com/chats/5?message=700130".to_owned())
        }]
    );
    assert_eq!(mentioned.iter().map(|user| user.id).collect::<Vec<_>>(), [812]);
    assert!(!serde_json::to_string(&attempt.exchanges).unwrap().contains("hush"));
    let asked: Vec<_> = chat.heard().iter().filter_map(|heard| heard.param("query").map(str::to_owned)).collect();
    assert_eq!(asked, ["ivan", "ivanov_"]);
    // Everybody is known for an hour.
    chat.go_on([shown("@ivan @ivanov_")]);
    assert!(pachca.perform(&read, &key()).await.outcome.is_ok());
    assert_eq!(chat.lines().len(), 5);
    // Unless something became of somebody.
    let record = StoredRequest {
        route: "event".to_owned(),
        method: String::new(),
        path: String::new(),
        query: vec![],
        headers: vec![],
        body: json!({"type": "company_member", "event": "suspend", "user_ids": [811]}).to_string().into(),
    };
    assert!(pachca.parse(&record, now()).unwrap().facts.is_empty());
    chat.go_on([shown(""), line(200, json!({"data": card(811, "vera")}))]);
    assert!(pachca.perform(&read, &key()).await.outcome.is_ok());
    assert_eq!(chat.lines().last().unwrap(), "GET users/811");
}

#[tokio::test]
async fn what_is_known_of_people_is_good_for_an_hour() {
    let clock = Arc::new(std::sync::Mutex::new(now()));
    let hand = Arc::clone(&clock);
    let (chat, pachca) = Chat::at([], |_| {}, Arc::new(move || *hand.lock().unwrap())).await;
    chat.go_on([found(&[]), found(&[card(5, "vera")])]);
    let who = async || pachca.named("vera", By::Login, &mut vec![]).await.unwrap().map(|user| user.id);
    assert_eq!((who().await, who().await), (None, None));
    *clock.lock().unwrap() += Duration::from_secs(3600);
    assert_eq!((who().await, who().await), (Some(5), Some(5)));
    assert_eq!(chat.lines().len(), 2);
}

#[tokio::test]
async fn a_search_is_read_to_its_end_and_one_without_an_end_finds_nobody() {
    let page = |id: i64, total: usize, next: &str| {
        line(200, json!({"data": [card(id, "vera")], "meta": {"total": total, "paginate": {"next_page": next}}}))
    };
    let (chat, pachca) = Chat::with([page(1, 2, "a"), page(2, 2, "b")]).await;
    assert_eq!(pachca.named("vera", By::Login, &mut vec![]).await, Ok(None), "two are called so");
    assert_eq!(
        chat.heard().iter().map(|heard| heard.param("cursor").map(str::to_owned)).collect::<Vec<_>>(),
        [None, Some("a".to_owned())]
    );
    let (chat, pachca) = Chat::with((0..20).map(|n| page(1, 1_000, &n.to_string()))).await;
    assert_eq!(pachca.named("vera", By::Login, &mut vec![]).await, Ok(None));
    assert_eq!(chat.lines().len(), 10);
}

#[tokio::test]
async fn a_deleted_message_is_not_there() {
    let gone = json!({"data": {"id": 7, "chat_id": 5, "user_id": 811, "content": "", "deleted_at": "2026-11-20T09:15:00.000Z"}});
    let (_, pachca) = Chat::with([line(200, gone)]).await;
    let read = Effect::ReadMessage { item: ChatItemId(1), message: 7 };
    let error = pachca.perform(&read, &key()).await.outcome.unwrap_err();
    assert!(matches!(error, CallError::Refused { why: Failure::DoesNotExist, .. }));
}

#[tokio::test]
async fn a_check_names_the_scopes_that_are_missing_and_changes_nothing() {
    let one = |id: i64, name: &str, personal: bool| json!({"id": id, "name": name, "personal": personal});
    let chats = |rows: Value, next: bool| {
        line(200, json!({"data": rows, "meta": {"paginate": {"next_page": "b", "has_next": next}}}))
    };
    let (chat, pachca) = Chat::with([
        line(200, json!({"data": card(90_210, "desk.bot")})),
        chats(json!([one(51_840, "Стол заявок", false), one(7, "Мария", true)]), true),
        chats(json!([one(51_840, "Стол заявок", false), one(51_841, "", false)]), false),
    ])
    .await;
    let steps = pachca.check().await;
    let seen: Vec<_> = steps.iter().map(|step| (step.step, step.ok)).collect();
    assert_eq!(
        seen,
        [
            ("tls", false),
            ("sign_in", true),
            ("scopes", false),
            ("rights", true),
            ("chats", true),
            ("webhook_secret", true)
        ]
    );
    let told: Vec<_> = steps[4].choices.iter().map(|chat| (chat.value, chat.name.as_str())).collect();
    assert_eq!(told, [(51_840, "Стол заявок"), (51_841, "51841")]);
    assert_eq!(steps[4].detail, "2 chats to choose from: Стол заявок, 51841");
    assert!(steps[1].detail.contains("90210"));
    assert_eq!(steps[2].detail, "the token lacks uploads:write, chats:read");
    assert_eq!(chat.lines(), ["GET users/90210", "GET chats", "GET chats"]);
    let (_, closed) =
        Chat::with([line(200, json!({"data": card(90_210, "desk.bot")})), like(403, "err_403_scope")]).await;
    let steps = closed.check().await;
    assert_eq!((steps[4].step, steps[4].ok, steps[4].choices.len()), ("chats", false, 0));
    let refused = connected(pachca.settings.clone(), crate::samples::secrets(TOKEN, ""));
    let seen: Vec<_> = refused.check().await.iter().map(|step| (step.step, step.ok)).collect();
    assert_eq!(seen, [("tls", false), ("sign_in", false), ("webhook_secret", false)]);
}

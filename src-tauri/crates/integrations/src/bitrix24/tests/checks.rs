//! What a check says of webhooks, bots and the way back.

use super::*;

fn told(profile: Value, scope: Value) -> Value {
    good(json!({"result": {"profile": profile, "scope": scope}, "result_error": [], "result_total": []}))
}

async fn steps(
    answer: Value,
    change: impl FnOnce(&mut Settings, &mut BTreeMap<String, String>),
) -> BTreeMap<&'static str, (bool, String)> {
    let (portal, connection) = connected(change).await;
    for _ in 0..2 {
        portal.tell("batch", 200, &answer);
    }
    let steps = connection.check().await;
    assert!(portal.methods().iter().all(|method| method == "batch"), "a check changes nothing");
    steps.into_iter().map(|step| (step.step, (step.ok, step.detail))).collect()
}

#[tokio::test]
async fn a_check_names_the_owner_the_missing_scopes_and_the_way_of_answers() {
    let profile = json!({"ID": "7", "ADMIN": true, "NAME": "Олег", "LAST_NAME": "Сервисный"});
    let found = steps(told(profile.clone(), json!(["user", "imbot"])), |_, _| {}).await;
    assert_eq!(found["user_webhook"], (true, "Олег Сервисный (user 7), an administrator".to_owned()));
    assert_eq!(found.iter().filter(|(_, (ok, _))| !ok).map(|(step, _)| *step).collect::<Vec<_>>(), ["tls"]);
    assert!(found["answers"].1.contains("fetched") && found["bot"].1.contains("registered"), "{found:?}");
    let found = steps(told(profile, json!(["user_brief", "im"])), |settings, _| settings.bot_id = Some(640)).await;
    assert_eq!(found["user_scopes"], (false, "lacks user or user_basic; has user_brief, im".to_owned()));
    assert_eq!(found["message_scopes"], (false, "lacks imbot; has user_brief, im".to_owned()));
    assert_eq!(found["bot"], (true, "bot_id 640".to_owned()));
    let found = steps(told(json!([]), json!([])), |settings, secrets| {
        settings.message_method = MessageMethod::Im;
        settings.public_url = Some("https://desk.example.com".parse().unwrap());
        secrets.remove(crate::rating_links::KEY);
    })
    .await;
    assert!(!found["message_webhook"].0 && found["message_webhook"].1.contains("not active"));
    assert!(found["message_scopes"].1.starts_with("lacks im;") && !found["answers"].0, "{found:?}");
}

#[tokio::test]
async fn a_wrong_webhook_is_told_by_the_check_without_its_key() {
    let (_, connection) =
        connected(|_, secrets| _ = secrets.insert("ratings.bitrix_user_key".to_owned(), "wr0ng".to_owned())).await;
    let steps = connection.check().await;
    let step = steps.iter().find(|step| step.step == "user_webhook").unwrap();
    assert!(!step.ok && step.detail.contains("NO_AUTH_FOUND") && !step.detail.contains("wr0ng"), "{step:?}");
}

#[tokio::test]
async fn answers_need_a_way_back() {
    type Change = fn(&mut Settings, &mut BTreeMap<String, String>);
    let table: [(Change, bool, bool); 4] = [
        (|settings, _| settings.message_method = MessageMethod::Im, true, false),
        (
            |settings, _| {
                settings.message_method = MessageMethod::Imbot;
                settings.client_id = Some("c".to_owned());
            },
            true,
            true,
        ),
        (
            |settings, secrets| {
                settings.message_method = MessageMethod::Imbot;
                secrets.remove(APPLICATION_TOKEN);
            },
            false,
            false,
        ),
        (
            |settings, secrets| (settings.message_method, _) = (MessageMethod::ImbotV2, secrets.remove(BOT_TOKEN)),
            false,
            true,
        ),
    ];
    for (index, (change, bot, answers)) in table.into_iter().enumerate() {
        let found = steps(told(json!({"ID": 7}), json!([])), change).await;
        assert_eq!((found["bot"].0, found["answers"].0), (bot, answers), "row {index}: {found:?}");
    }
}

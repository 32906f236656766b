//! The console's door: the first administrator, signing in and out, what each role and key may do, and what is written down.
//!
//! Deliberately not here: screens, and what the commands answer.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    house::{CLIENT_KEY, House, PASSWORD, Setup},
};

async fn audit(chief: &Caller, action: &str) -> Vec<Value> {
    let page =
        chief.must("audit.page", json!({ "filter": { "actor": null, "object": null, "before": null }, "limit": 100 }));
    page.await["rows"].as_array().unwrap().iter().filter(|row| row["action"] == action).cloned().collect()
}

#[tokio::test]
async fn the_first_administrator_needs_the_code_of_the_data_folder() {
    let house = House::usual();
    let pultd = house.serve().await;
    let mut caller = pultd.at_console();
    assert_eq!(caller.get("/api/console/session").await.json()["setup_needed"], true);
    let code = std::fs::read_to_string(house.data().join("setup-code")).unwrap();
    let form =
        |code: &str| json!({ "code": code, "login": "chief", "full_name": "Вера Серегина", "password": PASSWORD });
    let wrong = caller.post("/api/console/first-run", &form("AAAA-BBBB")).await;
    assert_eq!((wrong.status, wrong.error()), (403, ("wrong_code".to_owned(), Some("code".to_owned()))));
    assert_eq!(caller.post("/api/console/first-run", &form(code.trim())).await.status, 204);
    assert!(!house.data().join("setup-code").exists(), "a code that was used is worth nothing");
    assert_eq!(caller.post("/api/console/first-run", &form(code.trim())).await.status, 409);
    assert_eq!(caller.sign_in("chief", PASSWORD).await.status, 204);
    let session = caller.get("/api/console/session").await.json();
    assert_eq!((&session["setup_needed"], &session["me"]["login"]), (&json!(false), &json!("chief")));
    assert_eq!(session["me"]["rights"]["role"], "admin");
}

#[tokio::test]
async fn a_session_is_a_cookie_no_script_can_read() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let form = json!({ "login": "chief", "password": PASSWORD });
    let cookie = pultd.at_console().post("/api/console/sign-in", &form).await.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    let out = chief.send(chief.request(Method::POST, "/api/console/sign-out")).await;
    assert_eq!((out.status, out.header("set-cookie").contains("Max-Age=0")), (204, true));
    assert_eq!(chief.give("calls.totals", json!({})).await.status, 401, "the cookie opens nothing any more");
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_account_for_the_right_one_too() {
    let house = House::usual();
    house.person("eye", "viewer").await;
    let (pultd, chief) = house.open().await;
    let mut caller = pultd.at_console();
    for _ in 0..5 {
        let wrong = caller.sign_in("eye", "not the password").await;
        assert_eq!((wrong.status, wrong.error().0.as_str()), (401, "wrong_password"));
    }
    let locked = caller.sign_in("eye", PASSWORD).await;
    assert_eq!((locked.status, locked.error().0.as_str()), (429, "locked"));
    // Nobody learns from the answer whether a login exists.
    for _ in 0..5 {
        assert_eq!(caller.sign_in("nobody", "not the password").await.error().0, "wrong_password");
    }
    assert_eq!(caller.sign_in("nobody", "not the password").await.error().0, "locked");
    assert_eq!(audit(&chief, "sign_in.locked").await.len(), 1);
    house.must(&["user", "unblock", "eye"], "").await;
    assert_eq!(caller.sign_in("eye", PASSWORD).await.status, 204);
}

#[tokio::test]
async fn a_command_needs_the_token_of_our_page() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let forged = chief.without_csrf().give("deliveries.summary", json!({})).await;
    assert_eq!((forged.status, forged.error().0.as_str()), (403, "forbidden"));
    let form = json!({ "login": "chief", "password": PASSWORD });
    let elsewhere = pultd.at_console();
    let elsewhere =
        elsewhere.request(Method::POST, "/api/console/sign-in").header("origin", "https://evil.example.com");
    assert_eq!(chief.send(elsewhere.json(&form)).await.status, 403);
    let own = chief.request(Method::POST, "/api/console/sign-in").header("origin", &pultd.console).json(&form);
    assert_eq!(chief.send(own).await.status, 204);
}

#[tokio::test]
async fn each_role_may_do_its_own_and_no_more() {
    let house = House::usual();
    for role in ["operator", "viewer", "supervisor"] {
        house.person(role, role).await;
    }
    let (pultd, chief) = house.open().await;
    for (role, may) in [("operator", [403, 403, 403]), ("viewer", [200, 403, 403]), ("supervisor", [200, 404, 403])] {
        let caller = pultd.signed_in(role).await;
        let seen = [
            caller.give("deliveries.summary", json!({})).await.status,
            caller.give("calls.set_theme", json!({ "id": 1, "theme": "Оплата" })).await.status,
            caller.give("settings.read", json!({})).await.status,
        ];
        assert_eq!(seen, may, "{role}");
    }
    assert_eq!(chief.give("settings.read", json!({})).await.status, 200);
    let nobody = pultd.at_console().give("deliveries.summary", json!({})).await;
    assert_eq!((nobody.status, nobody.error().0.as_str()), (401, "sign_in_needed"));
    assert_eq!(chief.give("no.such", json!({})).await.status, 404);
    let bad = chief.give("calls.page", json!({ "filter": {}, "limit": 0 })).await;
    assert_eq!((bad.status, bad.error().0.as_str()), (400, "bad_field"));
}

#[tokio::test]
async fn a_key_opens_the_routes_of_its_list_until_it_is_revoked() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let scope = json!({ "role": "viewer", "grants": [], "routes": ["metrics", "deliveries.summary"] });
    let made = chief.must("keys.create", json!({ "name": "wallboard", "scope": scope })).await;
    let program = pultd.at_console().with_key(made["key"].as_str().unwrap());
    let opened = async || {
        let summary = program.give("deliveries.summary", json!({})).await.status;
        (program.get("/metrics").await.status, summary, program.give("engine.health", json!({})).await.status)
    };
    assert_eq!(opened().await, (200, 200, 403));
    let id = made["keys"][0]["id"].clone();
    chief.must("keys.revoke", json!({ "id": id })).await;
    assert_eq!(opened().await, (401, 401, 401));
    assert_eq!((audit(&chief, "api_key.add").await.len(), audit(&chief, "api_key.revoke").await.len()), (1, 1));
}

#[tokio::test]
async fn the_stream_is_for_pages_of_ours_and_ends_with_the_session() {
    let house = House::usual();
    house.person("eye", "viewer").await;
    let (pultd, chief) = house.open().await;
    let eye = pultd.signed_in("eye").await;
    assert_eq!(eye.listen_as(Some("https://evil.example.com")).await.err(), Some(403));
    assert_eq!(pultd.at_console().listen_as(None).await.err(), Some(401));
    let mut events = eye.listen_as(Some(&pultd.console)).await.unwrap_or_else(|status| panic!("{status}"));
    let people = chief.must("people.list", json!({})).await;
    let id = people["people"].as_array().unwrap().iter().find(|p| p["login"] == "eye").unwrap()["id"].clone();
    chief.must("people.end_sessions", json!({ "id": id })).await;
    assert_eq!(eye.give("deliveries.summary", json!({})).await.status, 401);
    while events.next().await.is_some() {}
}

#[tokio::test]
async fn a_key_hears_the_stream_only_if_it_names_it_and_until_it_is_revoked() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    let made = async |name: &str, routes: Value| {
        let scope = json!({ "role": "viewer", "grants": [], "routes": routes });
        let made = chief.must("keys.create", json!({ "name": name, "scope": scope })).await;
        let id = made["keys"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap()["id"].clone();
        (pultd.at_console().with_key(made["key"].as_str().unwrap()), id)
    };
    let (figures, _) = made("figures", json!(["metrics"])).await;
    assert_eq!(figures.get("/metrics").await.status, 200);
    assert_eq!(figures.listen_as(None).await.err(), Some(403));
    let (ear, first) = made("ear", json!(["events"])).await;
    let (everything, second) = made("everything", json!(["*"])).await;
    let mut streams = [ear.listen().await, everything.listen().await];
    crate::senders::ring(&pultd.at_hooks(), "newcall", "+37060011122", "o.belova").await;
    for stream in &mut streams {
        assert!(!stream.ids_of("calls").await.is_empty());
    }
    // Nothing is heard after the key was taken back, and the other one goes on.
    chief.must("keys.revoke", json!({ "id": first })).await;
    let [mut of_first, mut of_second] = streams;
    while of_first.next().await.is_some() {}
    assert_eq!(ear.listen_as(None).await.err(), Some(401));
    crate::senders::ring(&pultd.at_hooks(), "newcall", "+37060011133", "o.belova").await;
    assert!(!of_second.ids_of("calls").await.is_empty());
    chief.must("keys.revoke", json!({ "id": second })).await;
    while of_second.next().await.is_some() {}
}

#[tokio::test]
async fn what_people_do_is_written_down() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    crate::senders::ring(&pultd.at_hooks(), "newcall", "+37060011122", "o.belova").await;
    let call = chief.until(async || chief.calls().await.pop()).await;
    chief.must("calls.set_theme", json!({ "id": call["id"], "theme": "Оплата" })).await;
    let rows = audit(&chief, "calls.set_theme").await;
    assert_eq!((rows.len(), &rows[0]["actor"], &rows[0]["address"]), (1, &json!("chief"), &json!("127.0.0.1")));
    assert_eq!(rows[0]["object"], format!("call:{}", call["id"]));
    assert_eq!(audit(&chief, "sign_in").await.len(), 1);
}

#[tokio::test]
async fn settings_go_to_another_server_as_a_file_without_secrets() {
    let (here, there) = (Setup::new().and("[log]\nlevel = \"debug\"\n").build(), House::usual());
    let (_pultd, chief) = here.open().await;
    let file = chief.must("settings.export", json!({})).await;
    let text = data_encoding::BASE64.decode(file["content_base64"].as_str().unwrap().as_bytes()).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("level = \"debug\"") && text.contains("pultd secret set telephony.client.main"), "{text}");
    assert!(!text.contains(CLIENT_KEY), "a secret is in no file");

    let (_other, boss) = there.open().await;
    let offer = boss.must("settings.compare", json!({ "text": text })).await;
    assert_eq!((&offer["values"]["log.level"], &offer["problems"]), (&json!("debug"), &json!([])));
    // Only what is not the same here is offered, and reading a file changes nothing.
    assert!(offer["values"].get("integrations.telephony.enabled").is_none(), "{offer}");
    assert_eq!(boss.must("settings.read", json!({})).await["values"]["log.level"], "info");
    let saved = boss.must("settings.write", json!({ "changes": { "log.level": offer["values"]["log.level"] } })).await;
    assert_eq!(saved["values"]["log.level"], "debug");
    let broken = boss.must("settings.compare", json!({ "text": "[log]\nlevle = 1\npassword = \"x\"\n" })).await;
    let codes: Vec<_> = broken["problems"].as_array().unwrap().iter().map(|each| &each["code"]).collect();
    assert_eq!((codes, &broken["values"]), (vec![&json!("unknown_key"), &json!("secret_here")], &json!({})));
    assert_eq!(audit(&chief, "settings.export").await.len(), 1);
}

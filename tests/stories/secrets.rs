//! No secret is ever written where it does not belong: not in the database, its log, bodies, logs, diagnostics or answers.
//!
//! Deliberately not here: where secrets come from (the engine's).

use std::{fs, os::unix::process::ExitStatusExt as _, process::Command};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{Gatehouse, House, PASSWORD, Setup, import_phones},
    senders::{ENTRY, signed},
};

const CLIENT: &str = "zq-client-key-7f3a";
const FEED: &str = "zq-feed-key-81bc";
const GATE: &str = crate::house::GATE_PASSWORD;
const MISTYPED: &str = "zq-mistyped-55d0";

#[tokio::test]
async fn no_secret_lies_about() {
    let gatehouse = Gatehouse::open().await;
    let log = tempfile::tempdir().unwrap();
    let setup = Setup::new().agencies(&gatehouse).secret("telephony.client.main", CLIENT).secret("cc.api_key", FEED);
    let house = setup.and(&format!("[log]\nlevel = \"trace\"\ndir = \"{}\"\n", log.path().display())).build();
    import_phones(&house).await;
    let (pultd, chief) = house.open().await;
    let hooks = pultd.at_hooks();
    let known = pult_simulators::catalogue::agencies().swap_remove(4);
    let phone = &known.contacts[0].phone;
    let get = |path: &str, query: &[(&str, &str)]| hooks.request(Method::GET, path).query(query);
    let now = jiff::Timestamp::now().as_second();
    let telling =
        format!("{{\"event\":\"newcall\",\"event_id\":\"{CLIENT}\",\"ani\":\"{CLIENT}\",\"curator_id\":\"{CLIENT}\"}}");
    let mut cards = vec![];
    for request in [
        get(ENTRY, &[("type", "newcall"), ("ani", phone), ("curator_id", "o.belova"), ("key", CLIENT)])
            .header("referer", format!("https://desk.example.com/?key={CLIENT}"))
            .header("cookie", format!("k={CLIENT}"))
            .header("authorization", format!("Bearer {CLIENT}")),
        get(ENTRY, &[("type", "newcall"), ("ani", CLIENT), ("curator_id", CLIENT), ("key", CLIENT)]),
        get(&format!("{ENTRY}{CLIENT}/"), &[("type", "newcall"), ("key", CLIENT)]),
        get(ENTRY, &[("type", "newcall"), ("ani", phone), ("key", MISTYPED)]),
        get(ENTRY, &[("type", MISTYPED), ("ani", phone), ("key", CLIENT)]),
        signed(&hooks, telling.as_bytes(), now, CLIENT),
        signed(&hooks, b"not json at all", now, CLIENT),
        signed(&hooks, b"{}", now, MISTYPED),
        hooks.with_key(FEED).request(Method::POST, "/api/v1/calls").body("not json"),
        hooks
            .with_key(FEED)
            .request(Method::POST, &format!("/api/v1/calls?key={FEED}"))
            .json(&json!({ "calls": [{}] })),
        hooks.with_key(MISTYPED).request(Method::POST, "/api/v1/calls").json(&json!({ "calls": [] })),
        get(&format!("/no/such/{MISTYPED}"), &[("key", MISTYPED)]),
    ] {
        let answer = hooks.send(request).await;
        for secret in [CLIENT, FEED] {
            assert!(
                !answer.text().contains(secret) && !answer.header("location").contains(secret),
                "{}",
                answer.text()
            );
        }
        if answer.status == 303 {
            cards.push(answer.header("location").trim_start_matches("/call-card/").to_owned());
        }
    }
    // The agency service refuses, answers nonsense, and at last answers.
    let mut typing = pultd.at_console();
    assert_eq!(typing.sign_in(MISTYPED, MISTYPED).await.status, 401);
    assert_eq!(typing.sign_in("chief", MISTYPED).await.status, 401);
    let scope = json!({ "role": "viewer", "grants": [], "routes": ["metrics"] });
    let made = chief.must("keys.create", json!({ "name": "wallboard", "scope": scope })).await;
    let key = made["key"].as_str().unwrap().to_owned();
    pultd.at_console().with_key(&key).get("/metrics").await;
    for name in ["telephony.client.main", "cc.api_key", "agencies.password"] {
        let value = format!("zq-new-{name}");
        chief.must("settings.set_secret", json!({ "name": name, "value": value })).await;
    }
    chief.give("settings.check", json!({ "integration": "agencies" })).await;
    chief.must("people.create", json!({
        "login": "new", "profile": { "full_name": "New" }, "rights": { "role": "viewer" }, "password": "zq-password-of-new"
    })).await;
    chief
        .until(async || {
            let rows: Vec<Value> = chief.calls().await;
            rows.iter().all(|row| row["card_state"] != "asked").then_some(())
        })
        .await;
    let diagnostics = house.must(&["diagnostics"], "").await;
    let token = chief.cookie().split('=').nth(1).unwrap().to_owned();
    house.must(&["backup"], "").await;
    // With the engine running there is a write-ahead log to look at; afterwards there is what it left.
    let mut places = vec![("diagnostics".to_owned(), diagnostics.into_bytes())];
    let mut look = || {
        for file in house.files() {
            let kept_on_purpose = file.file_name().is_some_and(|name| name == "secrets.toml");
            if !kept_on_purpose {
                places.push((file.display().to_string(), fs::read(&file).unwrap_or_default()));
            }
        }
        for entry in fs::read_dir(log.path()).unwrap().flatten() {
            places.push((entry.path().display().to_string(), fs::read(entry.path()).unwrap()));
        }
    };
    look();
    assert!(pultd.stop().await.success());
    look();
    let mut secrets = vec![CLIENT, FEED, GATE, MISTYPED, PASSWORD, &key, &token, "zq-new-", "zq-password-of-new"];
    secrets.extend(cards.iter().map(String::as_str));
    assert!(places.len() > 6 && cards.len() > 2);
    let mut found = vec![];
    for (place, bytes) in &places {
        for secret in &secrets {
            if bytes.windows(secret.len()).any(|part| part == secret.as_bytes()) {
                found.push(format!("{secret} in {place}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// A shell that lets whatever it becomes write a core file of any size.
const DUMPING: [&str; 4] = ["sh", "-c", "ulimit -c \"$(ulimit -H -c)\" && exec \"$@\"", "sh"];

#[tokio::test]
async fn a_crash_leaves_no_core_file() {
    let folder = tempfile::tempdir().unwrap();
    let other = Command::new(DUMPING[0])
        .args(&DUMPING[1..])
        .args(["sh", "-c", "kill -ABRT $$"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    if !other.core_dumped() {
        eprintln!("SKIPPED: this machine writes no core files");
        return;
    }
    let house = House::usual().under(&DUMPING);
    let ended = house.serve().await.crash().await;
    assert!(ended.signal().is_some() && !ended.core_dumped(), "{ended:?}");
}

//! People sign in with their ERP password: what the staff register says holds here at once, and what it once said holds for a week
//! while it says nothing (contracts/erp_auth 5).
//!
//! Needs a `pultd` built with the feature `hand-clock` wherever days go by. Deliberately not here: every single answer of the
//! register (the client's and the engine's tests).

use std::fs;

use pult_simulators::{
    secret::Secret,
    service::{
        fault::{Fault, FaultOrder},
        tls::Signer,
    },
    staff::{
        self, Simulator, SwitchOrder,
        people::{BLOCKED, KEPT_OUT, LOCKED, PersonOrder, QUOTED, QUOTED_PASSWORD},
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    caller::{Answer, Caller},
    clock::{has_a_hand_clock, set_clock},
    house::{House, Pultd, Setup},
};

const TOKEN: &str = "zq-token-of-the-register";
const PASSWORD: &str = "zq-пароль ERP";
const VERA: &str = "v.seregina";
const START: &str = "2026-03-01T08:00:00Z";

/// The staff register in this process.
struct Office {
    register: Simulator,
    folder: TempDir,
}

impl Office {
    async fn open() -> Self {
        let settings = staff::Settings::new(Secret::new(TOKEN), Secret::new(PASSWORD));
        let (register, folder) = (staff::start(settings).await.unwrap(), TempDir::new().unwrap());
        fs::write(folder.path().join("ca.pem"), register.authority()).unwrap();
        Self { register, folder }
    }

    /// A Pult that asks it, its log telling everything; accounts are made where nothing else is said.
    fn house(&self, auto_create: bool) -> House {
        let ca = self.folder.path().join("ca.pem");
        let log = self.folder.path().join("log");
        let sections = format!(
            "[log]\nlevel = \"trace\"\ndir = \"{}\"\n[integrations.staff]\nenabled = true\nbase = \"{}\"\nca = \"{}\"\n\
             auto_create = {auto_create}\n",
            log.display(),
            self.register.base(),
            ca.display()
        );
        Setup::new().and(&sections).secret("erp_auth.token", TOKEN).build()
    }

    fn fault(&self, fault: Fault) {
        self.register.register().fault(FaultOrder { fault: Some(fault), ..FaultOrder::default() });
    }

    fn heal(&self) {
        self.register.register().fault(FaultOrder { heal: true, ..FaultOrder::default() });
    }

    fn calls(&self) -> u64 {
        self.register.register().journal.count("verify")
    }

    fn person(&self, login: &str, order: &PersonOrder) {
        self.register.register().person(login, order);
    }
}

/// A Pult with a clock that can be turned, `chief` its administrator with a password of its own.
async fn open(house: &House) -> Option<(Pultd, Caller)> {
    if !has_a_hand_clock(house).await {
        return None;
    }
    house.person("chief", "admin").await;
    let pultd = house.try_serve(&["--hand-clock", START]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    Some((pultd, chief))
}

async fn try_in(pultd: &Pultd, login: &str, password: &str) -> (Caller, Answer) {
    let mut caller = pultd.at_console();
    let answer = caller.sign_in(login, password).await;
    (caller, answer)
}

async fn let_in(pultd: &Pultd, login: &str, password: &str) -> Caller {
    let (caller, answer) = try_in(pultd, login, password).await;
    assert_eq!(answer.status, 204, "{login}: {}", answer.text());
    caller
}

/// The status and the code of a refusal; 204 and nothing where somebody was let in.
async fn refused(pultd: &Pultd, login: &str, password: &str) -> (u16, String) {
    let (_, answer) = try_in(pultd, login, password).await;
    let code = if answer.status == 204 { String::new() } else { answer.error().0 };
    (answer.status, code)
}

fn says(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn me(caller: &Caller) -> Value {
    caller.get("/api/console/session").await.json()["me"].clone()
}

async fn person(chief: &Caller, login: &str) -> Value {
    let people = chief.must("people.list", json!({})).await;
    people["people"].as_array().unwrap().iter().find(|person| person["login"] == login).cloned().unwrap_or_default()
}

/// Codes of the alerts about sign-in, and whether each still stands.
async fn alerts(chief: &Caller) -> Vec<(String, bool)> {
    let list = chief.must("notices.list", json!({ "which": "all", "limit": 50 })).await;
    let rows = list["rows"].as_array().unwrap().iter();
    let alerts = rows.filter(|row| row["code"].as_str().unwrap().starts_with("sign_in."));
    alerts.map(|row| (row["code"].as_str().unwrap().to_owned(), row["cleared_at"].is_null())).collect()
}

#[tokio::test]
async fn a_right_password_lets_in_fills_the_profile_and_is_remembered() {
    let office = Office::open().await;
    let house = office.house(true);
    let Some((pultd, chief)) = open(&house).await else { return };
    let vera = let_in(&pultd, " V.Seregina ", PASSWORD).await;
    let known = me(&vera).await;
    assert_eq!((known["full_name"].as_str(), known["has_account"].as_bool()), (Some("СЕРЕГИНА ВЕРА"), Some(false)));
    assert_eq!((known["rights"]["role"].as_str(), known["checked_offline"].as_bool()), (Some("viewer"), Some(false)));
    let row = person(&chief, VERA).await;
    assert_eq!(row["department"], format!("department of {VERA}"));
    assert_eq!((row["has_password"].as_bool(), row["checked_at"].is_i64()), (Some(false), true));
    let_in(&pultd, QUOTED, QUOTED_PASSWORD).await;
    let_in(&pultd, "null.15", PASSWORD).await;
    assert_eq!(person(&chief, "null.15").await["office"], Value::Null);
    // Nobody asks about whoever has a password of ours.
    let before = office.calls();
    pultd.signed_in("chief").await;
    assert_eq!(office.calls(), before);
    // It is away: the same password lets in, and the session says so.
    office.fault(Fault::Reset);
    let offline = let_in(&pultd, VERA, PASSWORD).await;
    assert_eq!(me(&offline).await["checked_offline"], true);
    // It answers again, about anybody: a quarter of an hour is left.
    office.heal();
    assert_eq!(refused(&pultd, QUOTED, "wrong").await, says(401, "wrong_password"));
    assert!(me(&offline).await["ask_again_at"].is_i64());
    set_clock(&house, "2026-03-01T08:15:01Z").await;
    assert_eq!(me(&offline).await, Value::Null);
    assert!(!me(&vera).await.is_null(), "a session that the register vouched for goes on");
    assert!(pultd.stop().await.success());
    office.register.stop().await;
}

#[tokio::test]
async fn somebody_without_an_account_is_sent_to_the_administrator() {
    let office = Office::open().await;
    let house = office.house(false);
    let (pultd, _) = house.open().await;
    assert_eq!(refused(&pultd, VERA, PASSWORD).await, says(403, "no_account"));
    assert_eq!(refused(&pultd, VERA, "wrong").await, says(401, "wrong_password"));
    assert!(pultd.stop().await.success());
}

#[tokio::test]
async fn five_wrong_passwords_close_the_door_and_the_sixth_asks_nobody() {
    let office = Office::open().await;
    let house = office.house(true);
    let Some((pultd, _)) = open(&house).await else { return };
    for _ in 0..5 {
        assert_eq!(refused(&pultd, VERA, "wrong").await, says(401, "wrong_password"));
    }
    let before = office.calls();
    assert_eq!(refused(&pultd, VERA, PASSWORD).await, says(429, "locked"));
    assert_eq!((before, office.calls()), (5, 5));
    set_clock(&house, "2026-03-01T08:15:00Z").await;
    let_in(&pultd, VERA, PASSWORD).await;
}

#[tokio::test]
async fn somebody_kept_out_there_is_out_here_wherever_they_sit() {
    let office = Office::open().await;
    let house = office.house(true);
    let (pultd, chief) = house.open().await;
    for login in [LOCKED, KEPT_OUT[0].0, KEPT_OUT[1].0, KEPT_OUT[2].0] {
        assert_eq!(refused(&pultd, login, PASSWORD).await, says(403, "blocked"), "{login}");
        assert_eq!(person(&chief, login).await, Value::Null, "and gets no account");
    }
    let at = [VERA, "a.yurin"];
    let orders = [PersonOrder::period(BLOCKED), PersonOrder { locked: Some(true), ..PersonOrder::default() }];
    for (login, order) in at.into_iter().zip(orders) {
        let desk = let_in(&pultd, login, PASSWORD).await;
        office.person(login, &order);
        for _ in 0..6 {
            assert_eq!(refused(&pultd, login, PASSWORD).await, says(403, "blocked"));
        }
        assert_eq!(me(&desk).await, Value::Null, "their session is over");
        assert_eq!(person(&chief, login).await["blocked_by"], "staff");
    }
    let audit = json!({ "filter": { "actor": null, "object": null, "before": null }, "limit": 100 });
    let acts = chief.must("audit.page", audit).await;
    let blocks = acts["rows"].as_array().unwrap().iter().filter(|act| act["action"] == "person.block").count();
    assert_eq!(blocks, 2, "each once: {acts}");
    office.person(VERA, &PersonOrder::period("Постоянный"));
    let_in(&pultd, VERA, PASSWORD).await;
    assert_eq!(person(&chief, VERA).await["blocked_by"], Value::Null);
}

#[tokio::test]
async fn what_the_register_said_holds_for_seven_days_without_it() {
    let office = Office::open().await;
    let house = office.house(true);
    let Some((pultd, chief)) = open(&house).await else { return };
    let_in(&pultd, VERA, PASSWORD).await;
    office.fault(Fault::Refuse { status: 503, body: Value::Null, retry_after: None });
    set_clock(&house, "2026-03-08T07:00:00Z").await;
    let desk = let_in(&pultd, VERA, PASSWORD).await;
    assert_eq!(me(&desk).await["checked_offline"], true);
    assert_eq!(refused(&pultd, VERA, "wrong").await, says(401, "wrong_password"));
    assert_eq!(refused(&pultd, "a.yurin", PASSWORD).await, says(503, "register_away"), "nothing is known of him");
    // That was the third failure in a row: it is left alone, and the administrator hears of it.
    let before = office.calls();
    let_in(&pultd, VERA, PASSWORD).await;
    assert_eq!(office.calls(), before);
    set_clock(&house, "2026-03-08T08:01:00Z").await;
    assert_eq!(refused(&pultd, VERA, PASSWORD).await, says(503, "register_away"));
    assert_eq!(office.calls(), before + 1, "after half a minute it is asked again");
    let chief = match me(&chief).await.is_null() {
        true => pultd.signed_in("chief").await,
        false => chief,
    };
    assert_eq!(alerts(&chief).await, [("sign_in.away".to_owned(), true)]);
}

#[tokio::test]
async fn a_password_changed_there_is_changed_here_and_a_typing_error_costs_nothing() {
    let office = Office::open().await;
    let house = office.house(true);
    let Some((pultd, _)) = open(&house).await else { return };
    let_in(&pultd, VERA, PASSWORD).await;
    let_in(&pultd, "a.yurin", PASSWORD).await;
    office.person(VERA, &PersonOrder::password("новый пароль"));
    assert_eq!(refused(&pultd, VERA, PASSWORD).await, says(401, "wrong_password"));
    assert_eq!(refused(&pultd, "a.yurin", "мимо").await, says(401, "wrong_password"));
    office.fault(Fault::Reset);
    assert_eq!(refused(&pultd, VERA, PASSWORD).await, says(503, "register_away"), "the old one is worth nothing");
    let_in(&pultd, "a.yurin", PASSWORD).await;
    office.heal();
    set_clock(&house, "2026-03-01T08:01:00Z").await;
    let_in(&pultd, VERA, "новый пароль").await;
    office.fault(Fault::Reset);
    let_in(&pultd, VERA, "новый пароль").await;
}

#[tokio::test]
async fn what_is_wrong_with_the_register_is_no_wrong_password_and_one_alert() {
    let office = Office::open().await;
    let house = office.house(true);
    let Some((pultd, chief)) = open(&house).await else { return };
    let mut minute = 0;
    let mut later = async || {
        // So that it is not left alone after what went before.
        minute += 1;
        set_clock(&house, &format!("2026-03-01T08:{minute:02}:00Z")).await;
    };
    let unavailable = says(503, "register_away");
    chief.must("settings.set_secret", json!({ "name": "erp_auth.token", "value": "another" })).await;
    assert_eq!(refused(&pultd, VERA, PASSWORD).await, unavailable);
    assert_eq!(alerts(&chief).await, [("sign_in.token".to_owned(), true)]);
    chief.must("settings.set_secret", json!({ "name": "erp_auth.token", "value": TOKEN })).await;
    for fault in [
        Fault::Html { status: 200 },
        Fault::Refuse { status: 302, body: Value::Null, retry_after: None },
        Fault::TruncatedJson,
        Fault::Delay { ms: 6_000 },
        Fault::Refuse { status: 429, body: Value::Null, retry_after: Some(7) },
        Fault::Refuse { status: 404, body: Value::Null, retry_after: None },
    ] {
        later().await;
        office.fault(fault.clone());
        assert_eq!(refused(&pultd, VERA, PASSWORD).await, unavailable, "{fault:?}");
        office.heal();
    }
    for (on, off) in [
        (
            SwitchOrder { foreign_login: Some(true), ..SwitchOrder::default() },
            SwitchOrder { foreign_login: Some(false), ..SwitchOrder::default() },
        ),
        (
            SwitchOrder { certificate: Some(Signer::Second), ..SwitchOrder::default() },
            SwitchOrder { certificate: Some(Signer::First), ..SwitchOrder::default() },
        ),
    ] {
        later().await;
        office.register.register().switch(on).unwrap();
        assert_eq!(refused(&pultd, VERA, PASSWORD).await, unavailable, "{on:?}");
        office.register.register().switch(off).unwrap();
    }
    let standing = alerts(&chief).await;
    assert!(standing.len() == 1 && standing[0].1, "one alert, whatever went wrong: {standing:?}");
    // The button finds it well, and nobody is locked out by it.
    later().await;
    let report = chief.must("settings.check", json!({ "integration": "staff" })).await;
    assert!(report["steps"].as_array().unwrap().iter().all(|step| step["ok"] == true), "{report}");
    assert!(!alerts(&chief).await[0].1);
    let_in(&pultd, VERA, PASSWORD).await;
    assert!(pultd.stop().await.success());
    // Neither passwords nor the token lie about, however much the log tells.
    let kept = |file: &std::path::Path| file.file_name().is_some_and(|name| name == "secrets.toml");
    let logs = fs::read_dir(office.folder.path().join("log")).unwrap().map(|file| file.unwrap().path());
    let mut looked = 0;
    for file in house.files().into_iter().filter(|file| !kept(file)).chain(logs) {
        let bytes = fs::read(&file).unwrap();
        looked += 1;
        for secret in [TOKEN, PASSWORD] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{}", file.display());
        }
    }
    assert!(looked > 3);
    let journal = serde_json::to_string(&office.register.register().journal.since(0)).unwrap();
    assert!(
        journal.contains(VERA) && !journal.contains(PASSWORD),
        "the journal of the register has people and verdicts"
    );
}

#[tokio::test]
async fn a_staff_file_comes_in_with_the_counts_it_was_shown_with() {
    let office = Office::open().await;
    let house = office.house(false);
    let text = "\u{feff}login;full_name;email;office;auth_period_type\n\
        v.seregina;Серегина Вера;v.seregina@example.com;\"Этаж 1\nкомната 2\";Постоянный\n\
        a.yurin;Юрин Антон;V.Seregina@example.com;;Постоянный\n\
        b.yakunin;Якунин Борис;b.yakunin@example.com;;Заблокированный сотрудник\n";
    let (pultd, chief) = house.open().await;
    let file = house.folder().join("staff.csv");
    let content = |text: &str| json!({ "kind": "staff", "name": "staff.csv", "content_base64": base64(text) });
    let outcome = chief.must("imports.preview_staff", content(text)).await["outcome"].clone();
    let counts = ["added", "changed", "blocked"].map(|name| outcome[name].as_u64().unwrap());
    assert_eq!((counts, &outcome["rejected"]), ([2, 0, 1], &json!([[2, "email: also in row 1"]])), "{outcome}");
    assert_eq!(person(&chief, VERA).await, Value::Null, "a preview writes nothing");
    let bad = text.replace("office", "Пароль");
    assert_eq!(chief.give("imports.preview_staff", content(&bad)).await.status, 400);
    assert_eq!(chief.give("imports.start", content(&bad)).await.status, 400);
    fs::write(&file, text).unwrap();
    house.must(&["import", "staff", file.to_str().unwrap()], "").await;
    let row = person(&chief, VERA).await;
    assert_eq!((row["full_name"].as_str(), row["office"].as_str()), (Some("СЕРЕГИНА ВЕРА"), Some("Этаж 1\nкомната 2")));
    assert_eq!(person(&chief, "b.yakunin").await["blocked_by"], "staff");
    // Whoever the file brought signs in by the register's word.
    let_in(&pultd, VERA, PASSWORD).await;
    assert_eq!(refused(&pultd, "b.yakunin", PASSWORD).await, says(403, "blocked"));
}

fn base64(text: &str) -> String {
    data_encoding::BASE64.encode(text.as_bytes())
}

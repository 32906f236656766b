//! The Vilnius centre at its entry address: which requests become calls, whose they are, and what the operator is shown.
//!
//! Deliberately not here: single rules and the card's drawing, which have tables beside their code.

use pult_simulators::{
    agencies::{
        Root,
        fault::{Fault, Page},
    },
    catalogue::{Agency, agencies},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::{Answer, Caller},
    house::{CLIENT_KEY, Gatehouse, House, Pultd, Setup, import_phones},
    senders::{ENTRY, entry, ring},
};

/// A Pult with telephones imported and an agency service beside it.
struct Vilnius {
    _house: House,
    gatehouse: Gatehouse,
    pultd: Pultd,
    chief: Caller,
    hooks: Caller,
}

impl Vilnius {
    async fn open() -> Self {
        Self::with(Setup::new()).await
    }

    async fn with(setup: Setup) -> Self {
        let gatehouse = Gatehouse::open().await;
        let house = setup
            .agencies(&gatehouse)
            .and("[lanes]\nbackoff_base_ms = 10\nbackoff_max_s = 1\nbreaker_failures = 100\n")
            .build();
        import_phones(&house).await;
        let (pultd, chief) = house.open().await;
        let hooks = pultd.at_hooks();
        Self { _house: house, gatehouse, pultd, chief, hooks }
    }

    /// The only call there is, once it is as wanted.
    async fn call(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        self.chief
            .until(async || {
                let mut rows = self.chief.calls().await;
                assert!(rows.len() < 2, "{rows:?}");
                rows.pop().filter(&wanted)
            })
            .await
    }

    /// The page behind an answer that sends the browser to a card.
    async fn card(&self, answer: &Answer) -> String {
        let page = self.hooks.get(address(answer)).await;
        assert_eq!(page.status, 200);
        page.text()
    }

    async fn card_once(&self, answer: &Answer, part: &str) -> String {
        self.chief.until(async || Some(self.card(answer).await).filter(|page| page.contains(part))).await
    }
}

/// Where a 303 leads: a card, without anything of the request.
fn address(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let address = answer.header("location");
    assert!(address.starts_with("/call-card/") && !address.contains(['?', '&']), "{address}");
    assert!(!address.contains(CLIENT_KEY));
    address
}

fn agency(index: usize) -> Agency {
    agencies().swap_remove(index)
}

fn phone(agency: &Agency) -> &str {
    &agency.contacts[0].phone
}

fn id(row: &Value) -> i64 {
    row["agency_id"].as_i64().unwrap()
}

#[tokio::test]
async fn a_known_number_shows_its_agency() {
    let vilnius = Vilnius::open().await;
    let known = agency(4);
    let answer = ring(&vilnius.hooks, "newcall", phone(&known), "o.belova").await;
    let row = vilnius.call(|row| row["card_state"] == "found").await;
    assert_eq!((id(&row), &row["operator"]), (known.id.into(), &json!("o.belova")));
    assert_eq!((&row["agency_name"], &row["agency_manager"]), (&json!(known.name), &json!(known.contacts[0].person)));
    let page = vilnius.card_once(&answer, &known.name).await;
    assert!(page.contains(&known.curator), "{page}");
    assert_eq!(page.matches(&known.managers[9]).count(), 1);
    assert!(!page.contains(&known.managers[10]), "ten managers are shown");
}

#[tokio::test]
async fn a_name_with_every_special_letter_stays_text() {
    let vilnius = Vilnius::open().await;
    let known = agency(pult_simulators::catalogue::PUNCTUATED);
    let answer = ring(&vilnius.hooks, "newcall", phone(&known), "o.belova").await;
    let row = vilnius.call(|row| row["card_state"] == "found").await;
    assert_eq!(row["agency_name"], json!(known.name));
    let page = vilnius.card(&answer).await;
    assert!(page.contains("&lt;туры") && !page.contains("<туры"), "{page}");
}

#[tokio::test]
async fn an_unknown_number_is_written_with_agency_0() {
    let vilnius = Vilnius::open().await;
    let answer = ring(&vilnius.hooks, "newcall", "+37060011122", "o.belova").await;
    let row = vilnius.call(|_| true).await;
    assert_eq!((id(&row), row["phone"].as_str()), (0, Some("37060011122")));
    let page = vilnius.card(&answer).await;
    assert!(page.contains("370") && !page.contains("не записано"), "{page}");
    assert_eq!(vilnius.gatehouse.gate.journal().views, 0, "nobody is asked about nobody");
}

#[tokio::test]
async fn a_blacklisted_agency_is_marked() {
    let vilnius = Vilnius::open().await;
    let answer = ring(&vilnius.hooks, "newcall", phone(&agency(13)), "o.belova").await;
    let row = vilnius.call(|row| row["card_state"] == "found").await;
    assert_eq!(row["blacklist"], true);
    let page = vilnius.card(&answer).await;
    assert!(page.to_lowercase().contains("чёрн"), "{page}");
}

#[tokio::test]
async fn a_number_of_two_agencies_is_the_younger_ones() {
    let vilnius = Vilnius::open().await;
    ring(&vilnius.hooks, "newcall", phone(&agency(11)), "o.belova").await;
    let row = vilnius.call(|row| row["card_state"] == "found").await;
    assert_eq!(id(&row), i64::from(agency(31).id));
}

#[tokio::test]
async fn what_is_no_number_is_shown_and_not_recorded_as_a_call() {
    let vilnius = Vilnius::open().await;
    for ani in ["1234", "+", "12", "unknown", "anonymous", ""] {
        let answer = ring(&vilnius.hooks, "newcall", ani, "o.belova").await;
        let page = vilnius.card(&answer).await;
        assert!(page.contains(ani), "{ani}: {page}");
    }
    vilnius.chief.until_settled().await;
    assert_eq!(vilnius.chief.calls().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_repeat_by_the_same_operator_adds_no_row_and_by_another_does() {
    let vilnius = Vilnius::open().await;
    for (curator, rows) in [("o.belova", 1), ("o.belova", 1), ("i.gavrilov", 2), ("o.belova", 2)] {
        address(&ring(&vilnius.hooks, "newcall", "+37060011122", curator).await);
        vilnius.chief.until_settled().await;
        assert_eq!(vilnius.chief.calls().await.len(), rows, "{curator}");
    }
    // A call that is over and the same number again: another call.
    ring(&vilnius.hooks, "endcall", "+37060011122", "o.belova").await;
    ring(&vilnius.hooks, "newcall", "+37060011122", "o.belova").await;
    vilnius.chief.until_settled().await;
    assert_eq!(vilnius.chief.calls().await.len(), 3);
}

#[tokio::test]
async fn the_number_may_stand_in_the_path() {
    let vilnius = Vilnius::open().await;
    for (at, path) in ["37060011122/", "37060011123", "%2B37060011124/"].into_iter().enumerate() {
        let query = [("type", "newcall"), ("curator_id", "o.belova")];
        let answer = vilnius.hooks.send(entry(&vilnius.hooks, &format!("{ENTRY}{path}"), &query)).await;
        address(&answer);
        vilnius.chief.until_settled().await;
        let newest = vilnius.chief.calls().await.remove(0);
        assert_eq!(newest["phone"], json!(format!("3706001112{}", at + 2)));
    }
}

#[tokio::test]
async fn a_request_without_a_type_shows_a_card_and_records_nothing() {
    let vilnius = Vilnius::open().await;
    let known = agency(2);
    let answer = vilnius.hooks.send(entry(&vilnius.hooks, ENTRY, &[("ani", phone(&known))])).await;
    let page = vilnius.card(&answer).await;
    assert!(page.contains(&phone(&known)[1..4]), "{page}");
    let records = vilnius.chief.must("deliveries.records", json!({ "filter": {}, "limit": 10 })).await;
    assert_eq!(records["rows"], json!([]));
    assert_eq!(vilnius.chief.calls().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_reload_of_the_card_adds_no_call() {
    let vilnius = Vilnius::open().await;
    let answer = ring(&vilnius.hooks, "newcall", "+37060011122", "o.belova").await;
    for _ in 0..5 {
        vilnius.card(&answer).await;
    }
    vilnius.chief.until_settled().await;
    assert_eq!(vilnius.chief.calls().await.len(), 1);
    let records = vilnius.chief.must("deliveries.records", json!({ "filter": {}, "limit": 10 })).await;
    assert_eq!(records["rows"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_card_is_whole_without_scripts() {
    let vilnius = Vilnius::open().await;
    vilnius.gatehouse.gate.set_fault(Fault::Stall, Page::View, None);
    let known = agency(4);
    let answer = ring(&vilnius.hooks, "newcall", phone(&known), "o.belova").await;
    let waiting = vilnius.card(&answer).await;
    assert!(
        waiting.contains("<noscript>") && waiting.contains("http-equiv=\"refresh\""),
        "it reloads itself: {waiting}"
    );
    assert!(waiting.contains("<form") && waiting.contains("method=\"post\""), "a theme is a plain form: {waiting}");
    let policy = vilnius.hooks.get(address(&answer)).await.header("content-security-policy").to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn a_card_nobody_was_given_is_not_found() {
    let vilnius = Vilnius::open().await;
    let answer = ring(&vilnius.hooks, "newcall", "+37060011122", "o.belova").await;
    let (path, last) = address(&answer).split_at(address(&answer).len() - 1);
    let other = if last == "a" { "b" } else { "a" };
    for id in
        [format!("{path}{other}"), "/call-card/1".to_owned(), "/call-card/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned()]
    {
        assert_eq!(vilnius.hooks.get(&id).await.status, 404, "{id}");
    }
}

#[tokio::test]
async fn two_operators_at_once_each_end_and_name_their_own_call() {
    let vilnius = Vilnius::open().await;
    let (ours, theirs) = ("+37060011122", "+37060033344");
    let answers = tokio::join!(
        ring(&vilnius.hooks, "newcall", ours, "o.belova"),
        ring(&vilnius.hooks, "newcall", theirs, "i.gavrilov")
    );
    for (answer, theme) in [(&answers.0, "Оплата"), (&answers.1, "Документы")] {
        let cookie =
            vilnius.hooks.get(address(answer)).await.header("set-cookie").split(';').next().unwrap().to_owned();
        let browser = vilnius.hooks.with_cookie(&cookie);
        let give = || browser.send(browser.request(Method::POST, "/update_call_theme").form(&[("theme", theme)]));
        let given = give().await;
        assert_eq!((given.status, given.json()), (200, json!({ "status": "success" })));
        let again = give().await.json();
        assert_eq!(again["status"], "warning");
        assert_eq!(again["message"], "Запись не найдена или тема не изменилась");
    }
    ring(&vilnius.hooks, "endcall", ours, "o.belova").await;
    vilnius.chief.until_settled().await;
    let rows = vilnius.chief.calls().await;
    let of = |operator: &str| rows.iter().find(|row| row["operator"] == operator).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((&of("o.belova")["theme"], &of("o.belova")["state"]), (&json!("Оплата"), &json!("ended")));
    assert_eq!((&of("i.gavrilov")["theme"], &of("i.gavrilov")["state"]), (&json!("Документы"), &json!("open")));
    assert_eq!((of("i.gavrilov")["ended_at"].is_null(), of("o.belova")["ended_at"].is_i64()), (true, true));

    let nobody =
        vilnius.hooks.send(vilnius.hooks.request(Method::POST, "/update_call_theme").form(&[("theme", "X")])).await;
    assert_eq!(nobody.status, 400);
    assert_eq!(nobody.json(), json!({ "status": "error", "message": "Запись звонка не найдена" }));
}

#[tokio::test]
async fn an_end_without_a_call_changes_nothing() {
    let vilnius = Vilnius::open().await;
    ring(&vilnius.hooks, "newcall", "+37060011122", "o.belova").await;
    for (ani, curator) in [("+37060011122", "i.gavrilov"), ("+37060099999", "o.belova")] {
        let answer = ring(&vilnius.hooks, "endcall", ani, curator).await;
        assert!(vilnius.card(&answer).await.contains("завершать было нечего"));
    }
    assert_eq!(vilnius.call(|_| true).await["state"], "open");
}

#[tokio::test]
async fn a_service_that_is_down_costs_no_call_and_is_asked_again() {
    let vilnius = Vilnius::open().await;
    let known = agency(4);
    vilnius.gatehouse.gate.set_fault(Fault::Reset, Page::Any, None);
    let answer = ring(&vilnius.hooks, "newcall", phone(&known), "o.belova").await;
    let row = vilnius.call(|_| true).await;
    assert_eq!(id(&row), i64::from(known.id), "recorded all the same");
    let tries = async |at_least: u64| {
        let look = async || {
            let effects = vilnius.chief.must("deliveries.effects", json!({ "filter": {}, "limit": 10 })).await;
            effects["rows"][0]["attempts"].as_u64().filter(|attempts| *attempts >= at_least)
        };
        vilnius.chief.until(look).await
    };
    let mut tried = tries(1).await;
    for fault in [Fault::ServerError, Fault::HalfAnswer, Fault::NotXml, Fault::EntityBomb] {
        vilnius.gatehouse.gate.set_fault(fault, Page::Any, None);
        // The try under way may still have met the fault before.
        tried = tries(tried + 2).await;
    }
    vilnius.gatehouse.gate.heal();
    let page = vilnius.card_once(&answer, &known.name).await;
    assert!(!page.contains("не записано"));
}

#[tokio::test]
async fn an_agency_the_service_does_not_know_is_said_with_its_id() {
    let vilnius = Vilnius::open().await;
    vilnius.gatehouse.gate.set_fault(Fault::AgencyUnknown, Page::View, None);
    let known = agency(4);
    let answer = ring(&vilnius.hooks, "newcall", phone(&known), "o.belova").await;
    vilnius.call(|row| row["card_state"] == "missing").await;
    let page = vilnius.card(&answer).await;
    assert!(page.contains(&format!("Ошибка при получении данных (ID: {})", known.id)), "{page}");
}

#[tokio::test]
async fn an_answer_beyond_all_bounds_is_given_up_and_the_call_stays() {
    let vilnius = Vilnius::open().await;
    vilnius.gatehouse.gate.set_fault(Fault::Oversized, Page::View, None);
    let known = agency(4);
    let answer = ring(&vilnius.hooks, "newcall", phone(&known), "o.belova").await;
    let row = vilnius.call(|row| row["card_state"] == "missing").await;
    assert_eq!(id(&row), i64::from(known.id));
    assert!(vilnius.card(&answer).await.contains(&format!("Ошибка при получении данных (ID: {})", known.id)));
}

#[tokio::test]
async fn a_wrapped_agency_is_read_like_a_bare_one() {
    let vilnius = Vilnius::open().await;
    for (root, index) in [(Root::Wrapped, 4), (Root::Bare, 5)] {
        vilnius.gatehouse.gate.set_root(root);
        let known = agency(index);
        let answer = ring(&vilnius.hooks, "newcall", phone(&known), "o.belova").await;
        vilnius.card_once(&answer, &known.name).await;
    }
    assert_eq!(vilnius.gatehouse.gate.journal().logins, 1, "one session serves both");
}

#[tokio::test]
async fn a_forgotten_session_is_renewed_once() {
    let vilnius = Vilnius::open().await;
    for index in [4, 5] {
        let known = agency(index);
        let answer = ring(&vilnius.hooks, "newcall", phone(&known), "o.belova").await;
        vilnius.card_once(&answer, &known.name).await;
        vilnius.gatehouse.gate.expire_sessions();
    }
    assert_eq!(vilnius.gatehouse.gate.journal().logins, 2);
}

#[tokio::test]
async fn only_the_entry_address_is_open_to_pages_of_others() {
    let setup = |lines: &str| Setup::new().telephony(lines);
    let allowed = "https://desk.example.com";
    for (lines, origin, want) in [
        ("", "https://any.example.com", "*"),
        ("cors_origins = [\"https://desk.example.com\"]\n", allowed, allowed),
        ("cors_origins = [\"https://desk.example.com\"]\n", "https://any.example.com", ""),
    ] {
        let house = setup(lines).build();
        let pultd = house.serve().await;
        let hooks = pultd.at_hooks();
        let ask = |method: Method, path: &str| hooks.send(hooks.request(method, path).header("origin", origin));
        for path in [ENTRY, "/contact-center/vilnius/tel/37060011122/"] {
            let preflight = ask(Method::OPTIONS, path).await;
            assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, want), "{path}");
            assert_eq!(preflight.header("access-control-allow-credentials"), "");
            if !want.is_empty() {
                assert_eq!(preflight.header("access-control-allow-methods"), "GET, POST, OPTIONS");
                assert_eq!(preflight.header("access-control-allow-headers"), "Content-Type, Authorization, Accept");
            }
            let request = entry(&hooks, path, &[("ani", "37060011122"), ("type", "newcall")]).header("origin", origin);
            assert_eq!(hooks.send(request).await.header("access-control-allow-origin"), want);
        }
        for path in ["/hooks/telephony", "/api/v1/calls", "/update_call_theme", "/healthz"] {
            let other = ask(Method::OPTIONS, path).await;
            assert_ne!(other.status, 204, "{path}");
            assert_eq!(other.header("access-control-allow-origin"), "", "{path}");
        }
    }
}

#[tokio::test]
async fn a_wrong_key_opens_nothing() {
    let vilnius = Vilnius::open().await;
    let query = [("type", "newcall"), ("ani", "+37060011122"), ("curator_id", "o.belova")];
    let with = |key: Option<&str>| {
        let request = vilnius.hooks.request(Method::GET, ENTRY).query(&query);
        vilnius.hooks.send(match key {
            Some(key) => request.query(&[("key", key)]),
            None => request,
        })
    };
    assert_eq!(with(None).await.status, 401);
    assert_eq!(with(Some("wrong")).await.status, 403);
    let bad = vilnius.hooks.send(entry(&vilnius.hooks, ENTRY, &[("type", "hold"), ("ani", "37060011122")])).await;
    assert_eq!((bad.status, bad.error()), (400, ("bad_field".to_owned(), Some("type".to_owned()))));
    assert_eq!(vilnius.chief.calls().await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_last_calls_are_listed_and_drawn() {
    let vilnius = Vilnius::open().await;
    let known = agency(4);
    ring(&vilnius.hooks, "newcall", phone(&known), "o.belova").await;
    vilnius.call(|row| row["card_state"] == "found").await;
    let last = vilnius.chief.get("/get_latest_calls").await.json();
    let call = &last["calls"][0];
    assert_eq!((&call["AGENCY_NAME"], &call["CURRATOR"]), (&json!(known.name), &json!("o.belova")));
    assert_eq!((&call["REGION"], &call["AGENCY_MANAGER"]), (&json!("lt"), &json!(known.contacts[0].person)));
    assert!(vilnius.chief.get("/contact-center/vilnius").await.text().contains(&known.name));
    for path in ["/get_latest_calls", "/contact-center/vilnius"] {
        assert_eq!(vilnius.pultd.at_console().get(path).await.status, 401, "{path}");
    }
}

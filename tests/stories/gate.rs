//! An agency service that is there and misbehaves: what is asked of it waits, is shown with the reason, and is caught up on.
//!
//! Deliberately not here: what the card shows meanwhile (`newcall`), and every fault's meaning alone (the integration's tests).

use std::fs;

use pult_simulators::{
    agencies::{
        fault::{Fault, Page},
        journal::Outcome,
        routes,
    },
    catalogue::{Agency, agencies},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    caller::Caller,
    clock::{has_a_hand_clock, set_clock},
    house::{Gatehouse, House, Pultd, Setup, import_phones},
    senders::ring,
};

/// One call at once and hardly any pause between two tries.
const HASTY: &str = "[lanes]\nbackoff_base_ms = 10\nbackoff_max_s = 1\nbreaker_failures = 2\nbreaker_pause_s = 1\n\
                     breaker_pause_max_s = 1\n";

/// The section of the agency service at an address.
fn service(base: &str, more: &str) -> String {
    format!("[integrations.agencies]\nenabled = true\nbase = \"{base}\"\nlogin = \"desk\"\nconcurrency = 1\n{more}")
}

/// A Pult that asks this service, with the catalogue's telephones.
async fn house(base: &str, more: &str) -> House {
    let house = Setup::new().unhurried().and(&service(base, more)).and(HASTY).build();
    import_phones(&house).await;
    house
}

fn digits(agency: &Agency) -> String {
    agency.contacts[0].phone.chars().filter(char::is_ascii_digit).collect()
}

/// A call of an agency's first telephone.
pub(crate) async fn call_of(pultd: &Pultd, agency: &Agency, operator: &str) {
    let answer = ring(&pultd.at_hooks(), "newcall", &format!("+{}", digits(agency)), operator).await;
    assert_eq!(answer.status, 303, "the caller is never kept waiting: {}", answer.text());
}

/// Every call to the outside world, oldest first.
pub(crate) async fn effects(chief: &Caller) -> Vec<Value> {
    let page = chief.must("deliveries.effects", json!({ "filter": {}, "limit": 50 })).await;
    let mut rows = page["rows"].as_array().unwrap().clone();
    rows.reverse();
    rows
}

/// The last error of the only effect, once it has one of this class.
async fn error(chief: &Caller, class: &str) -> String {
    let look = async || {
        let row = effects(chief).await.pop()?;
        let error: Value = serde_json::from_str(row["error"].as_str()?).unwrap();
        (error["error"] == class).then(|| error["detail"].as_str().unwrap().to_owned())
    };
    chief.until(look).await
}

async fn found(chief: &Caller, calls: usize) {
    let look = async || {
        let rows = chief.calls().await;
        (rows.iter().filter(|row| row["card_state"] == "found").count() == calls).then_some(())
    };
    chief.until(look).await;
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_kept() {
    let gatehouse = Gatehouse::open().await;
    let house = house(&gatehouse.base, "").await;
    if !has_a_hand_clock(&house).await {
        return;
    }
    house.person("chief", "admin").await;
    let pultd = house.try_serve(&["--hand-clock", "2026-03-10T12:00:00Z"]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    let known = agencies();
    gatehouse.gate.set_fault(Fault::Busy { after_s: 120 }, Page::View, None);
    call_of(&pultd, &known[4], "o.belova").await;
    assert_eq!(error(&chief, "retry").await, "HTTP 429");
    let row = effects(&chief).await.remove(0);
    let noon = "2026-03-10T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    assert_eq!((&row["state"], &row["next_at"]), (&json!("queued"), &json!(noon + 120_000)));

    // A second before the end another call comes in: nobody is asked about it either.
    set_clock(&house, "2026-03-10T12:01:59Z").await;
    call_of(&pultd, &known[5], "i.gavrilov").await;
    chief.until(async || (effects(&chief).await.len() == 2).then_some(())).await;
    gatehouse.gate.heal();
    set_clock(&house, "2026-03-10T12:02:01Z").await;
    found(&chief, 2).await;
    let outcomes: Vec<_> = gatehouse.gate.journal().entries.iter().map(|entry| (entry.page, entry.outcome)).collect();
    let views: Vec<_> = outcomes.iter().filter(|(page, _)| *page == Page::View).map(|(_, outcome)| *outcome).collect();
    assert_eq!(views, [Outcome::Faulted, Outcome::Answered, Outcome::Answered], "asked once before the pause was over");
    assert!(pultd.stop().await.success());
}

#[tokio::test]
async fn a_slow_drip_is_cut_off_by_the_time_limit() {
    let gatehouse = Gatehouse::open().await;
    let house = house(&gatehouse.base, "timeout_s = 1\n").await;
    let (pultd, chief) = house.open().await;
    // Each byte comes well within the limit, the last of them after minutes.
    gatehouse.gate.set_fault(Fault::Drip { ms: 200 }, Page::View, None);
    call_of(&pultd, &agencies()[4], "o.belova").await;
    assert_eq!(error(&chief, "unreachable").await, "timed out");
    gatehouse.gate.heal();
    found(&chief, 1).await;
}

#[tokio::test]
async fn what_is_no_card_is_shown_and_caught_up_on() {
    for (fault, words) in [
        (Fault::WebPage, "HTTP 200 with a web page for an answer"),
        (Fault::HalfAnswer, "error decoding response body"),
        (Fault::ServerError, "HTTP 500"),
        (Fault::NotXml, "HTTP 200, not a card"),
    ] {
        let gatehouse = Gatehouse::open().await;
        let house = house(&gatehouse.base, "").await;
        let (pultd, chief) = house.open().await;
        gatehouse.gate.set_fault(fault.clone(), Page::View, None);
        let known = &agencies()[2..7];
        for (agency, operator) in known.iter().zip(["a", "b", "c", "d", "e"]) {
            call_of(&pultd, agency, operator).await;
        }
        let broken = async || {
            let summary = chief.must("deliveries.summary", json!({})).await;
            let rows = summary["integrations"].as_array().unwrap().clone();
            let row = rows.into_iter().find(|row| row["name"] == "agencies")?;
            (row["lane"]["breaker"] != "closed" && row["owed"] == 5).then_some(())
        };
        chief.until(broken).await;
        let texts: Vec<_> =
            effects(&chief).await.iter().filter_map(|row| row["error"].as_str().map(str::to_owned)).collect();
        assert!(!texts.is_empty() && texts.iter().all(|text| text.contains(words)), "{fault:?}: {texts:?}");

        gatehouse.gate.heal();
        found(&chief, known.len()).await;
        // What was tried while it was broken comes first; each call's card was read once after that.
        let mut asked: Vec<_> = gatehouse.gate.journal().entries.iter().filter_map(|entry| entry.agency_id).collect();
        let mut last = asked.split_off(asked.len() - known.len());
        last.sort_unstable();
        assert_eq!(last, known.iter().map(|agency| agency.id).collect::<Vec<_>>(), "{fault:?}");
        assert!(pultd.stop().await.success());
    }
}

#[tokio::test]
async fn a_wrong_certificate_is_refused_and_said_to_be() {
    let gatehouse = Gatehouse::open().await;
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let tls = axum_server::tls_rustls::RustlsConfig::from_pem(
        own.cert.pem().into_bytes(),
        own.signing_key.serialize_pem().into_bytes(),
    );
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let pages = routes::router(gatehouse.gate.clone(), CancellationToken::new()).into_make_service();
    let server = axum_server::from_tcp_rustls(listener, tls.await.unwrap()).unwrap();
    tokio::spawn(server.serve(pages));

    let at = |name: &str| format!("https://{name}:{port}{}", routes::BASE);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.pem");
    fs::write(&file, own.cert.pem()).unwrap();
    let trusted = format!("ca = \"{}\"\n", file.display());
    for (base, more, words) in [
        (at("localhost"), "", "this machine does not know who issued it"),
        (at("127.0.0.1"), trusted.as_str(), "it was issued for another name"),
    ] {
        let house = house(&base, more).await;
        let (pultd, chief) = house.open().await;
        call_of(&pultd, &agencies()[4], "o.belova").await;
        let said = error(&chief, "unreachable").await;
        assert!(said.contains("the server's certificate is not accepted") && said.contains(words), "{said}");
        let check = house.run(&["check", "agencies"]).await;
        let shown = String::from_utf8(check.stdout).unwrap();
        assert_eq!((check.status.code(), shown.contains(words)), (Some(1), true), "{shown}");
        assert!(pultd.stop().await.success());
    }
    assert_eq!(gatehouse.gate.journal().logins, 0, "no password was sent to whoever that is");

    let house = house(&at("localhost"), &trusted).await;
    let (pultd, chief) = house.open().await;
    call_of(&pultd, &agencies()[4], "o.belova").await;
    found(&chief, 1).await;
    assert!(pultd.stop().await.success());
}

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use futures_util::future::join_all;
use proptest::prelude::*;
use pult_domain::{AgencyId, CallId, Effect, EffectKey, Fact, Failure, Observed, PhoneNumber, areas::calls};

use super::{client::Reading, wire, *};
use crate::{
    Asked, CallError, Exchange,
    samples::{folder, secrets, text},
    transport::http::{
        Answer,
        tests::{provider, serve},
    },
};

const PASSWORD: &str = "pa&ss wörd";
const SESSION: &str = "SESSION-OF-THE-GATE";

fn phone() -> PhoneNumber {
    PhoneNumber::digits_of("+37060011122").unwrap()
}

#[test]
fn documents_mean_what_their_snapshots_say() {
    let mut files: Vec<_> = std::fs::read_dir(folder(NAME)).unwrap().map(|e| e.unwrap().file_name()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let name = file.into_string().unwrap();
        let body = text(NAME, &name);
        let meaning = if name.starts_with("session") {
            format!("{:#?}", wire::session(body.as_bytes()))
        } else {
            format!("{:#?}", wire::card(body.as_bytes(), &phone()))
        };
        insta::assert_snapshot!(name.trim_end_matches(".xml"), meaning);
    }
}

#[test]
fn a_document_of_bearable_bytes_and_unbearable_nodes_is_refused() {
    let wide = format!("<agency>{}</agency>", "<a/>".repeat(60_000));
    let deep = format!("{}{}", "<a>".repeat(40_000), "</a>".repeat(40_000));
    assert!(matches!(wire::card(wide.as_bytes(), &phone()), Err(wire::Fault::NotXml(_))));
    assert!(wire::card(deep.as_bytes(), &phone()).is_err());
    assert!(wire::session(deep.as_bytes()).is_err());
}

#[test]
fn a_value_is_kept_to_its_bound() {
    let long = format!("<agency><name>{}</name></agency>", "ы".repeat(10_000));
    assert_eq!(wire::card(long.as_bytes(), &phone()).unwrap().agency_name.unwrap().chars().count(), 500);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "(<|/|>|agency|contacts|contact|value|error|&|;|\"|=|!|\\[|\\PC){0,80}") {
        for body in [bytes.as_slice(), text.as_bytes()] {
            let _ = wire::card(body, &phone());
            let _ = wire::session(body);
        }
    }
}

/// How the gate of these tests behaves, and what it was asked.
#[derive(Default)]
struct Behaviour {
    /// The sessions it knows.
    valid: Vec<String>,
    logins: u32,
    views: u32,
    /// What each card request is answered instead of a card.
    instead: Option<fn() -> Response>,
    /// What each sign-in is answered instead of a session.
    no_session: Option<fn() -> Response>,
}

#[derive(Clone)]
struct Fake(Arc<Mutex<Behaviour>>);

impl Fake {
    fn state(&self) -> MutexGuard<'_, Behaviour> {
        self.0.lock().unwrap()
    }

    /// Sign-ins and card requests so far.
    fn counts(&self) -> (u32, u32) {
        let state = self.state();
        (state.logins, state.views)
    }

    /// The gate, and a connection to it whose clock stands at the second it is set to.
    async fn connected() -> (Self, Agencies, Arc<AtomicI64>) {
        let fake = Self(Arc::default());
        let router = Router::new()
            .route("/xmlgate/auth_data.jsp", get(log_in))
            .route("/xmlgate/agency/view", get(view))
            .with_state(fake.clone());
        provider();
        let base = serve(router).await.join("xmlgate").unwrap();
        let second = Arc::new(AtomicI64::new(1_790_000_000));
        let hand = Arc::clone(&second);
        let clock: Clock = Arc::new(move || Instant::from_second(hand.load(Ordering::SeqCst)).unwrap());
        let agencies = Agencies::new(Settings::new(base, "desk"), secrets("agencies.password", PASSWORD), clock);
        (fake, agencies.unwrap(), second)
    }
}

type Parameters = Query<BTreeMap<String, String>>;

async fn log_in(State(fake): State<Fake>, Query(p): Parameters) -> Response {
    let mut state = fake.state();
    state.logins += 1;
    if let Some(answer) = state.no_session {
        return answer();
    }
    let known = p["j_login_request"] == "1" && p["j_login"] == "desk" && p["j_passwd"] == PASSWORD;
    if !known {
        return "<error><code>LOGIN_FAILED</code></error>".into_response();
    }
    let session = format!("{SESSION} {}", state.logins);
    state.valid.push(session.clone());
    format!("<auth><sessionId>{session}</sessionId></auth>").into_response()
}

async fn view(State(fake): State<Fake>, Query(p): Parameters) -> Response {
    let mut state = fake.state();
    state.views += 1;
    if !state.valid.contains(&p["aid"]) {
        return "<error><code>SESSION_INVALID</code></error>".into_response();
    }
    if let Some(answer) = state.instead {
        return answer();
    }
    format!("<agency><name>№ {} for {}</name></agency>", p["agencyId"], p["aid"]).into_response()
}

async fn read(agencies: &Agencies) -> (Vec<Exchange>, Result<Reading, CallError>) {
    agencies.gate.read(AgencyId(90), &phone()).await
}

#[tokio::test]
async fn one_sign_in_serves_everybody_and_leaves_no_secret_behind() {
    let (fake, agencies, _) = Fake::connected().await;
    let answers = join_all((0..4).map(|_| read(&agencies))).await;
    assert!(answers.iter().all(|(_, outcome)| matches!(outcome, Ok(Reading::Card(_)))), "{answers:?}");
    assert_eq!(fake.counts(), (1, 4));
    let exchanges: Vec<_> = answers.into_iter().flat_map(|(exchanges, _)| exchanges).collect();
    assert_eq!(exchanges.len(), 5);
    let kept = serde_json::to_string(&exchanges).unwrap();
    for secret in [PASSWORD, "pa%26ss", SESSION, "SESSION-OF", "w%C3%B6rd"] {
        assert!(!kept.contains(secret), "{secret} in {kept}");
    }
    assert!(kept.contains("j_passwd=***") && kept.contains("aid=***"), "{kept}");
}

#[tokio::test]
async fn a_session_the_gate_forgot_costs_one_more_sign_in() {
    let (fake, agencies, _) = Fake::connected().await;
    read(&agencies).await.1.unwrap();
    fake.state().valid.clear();
    let answers = join_all((0..3).map(|_| read(&agencies))).await;
    assert!(answers.iter().all(|(_, outcome)| outcome.is_ok()), "{answers:?}");
    assert_eq!(fake.state().logins, 2);
}

#[tokio::test]
async fn a_session_is_used_for_ten_minutes() {
    let (fake, agencies, second) = Fake::connected().await;
    for (passed, logins) in [(0, 1), (599, 1), (1, 2), (-3600, 3)] {
        second.fetch_add(passed, Ordering::SeqCst);
        read(&agencies).await.1.unwrap();
        assert_eq!(fake.state().logins, logins, "{passed} s later");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_card_says_what_to_do_next() {
    let table: [(fn() -> Response, u32, &str); 6] = [
        (|| "<error><code>AGENCY_NOT_FOUND</code></error>".into_response(), 1, "unknown agency"),
        (|| "<error><text>session expired</text></error>".into_response(), 2, "unreachable"),
        (|| "<error><text>bad parameter</text></error>".into_response(), 2, "refused"),
        (|| "OK: updating & back <soon".into_response(), 2, "unreachable"),
        (|| Html("<html>try later</html>").into_response(), 1, "unreachable"),
        (|| (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "9")]).into_response(), 1, "retry"),
    ];
    for (index, (instead, logins, want)) in table.into_iter().enumerate() {
        let (fake, agencies, _) = Fake::connected().await;
        fake.state().instead = Some(instead);
        let (_, outcome) = read(&agencies).await;
        let got = match &outcome {
            Ok(Reading::Unknown) => "unknown agency",
            Err(CallError::Unreachable { .. }) => "unreachable",
            Err(CallError::Refused { why: Failure::Refused, .. }) => "refused",
            Err(CallError::Retry { after: Some(_), .. }) => "retry",
            _ => "something else",
        };
        assert_eq!((got, fake.state().logins), (want, logins), "row {index}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_refused_password_is_tried_once_for_all_who_wait() {
    let table: [fn() -> Response; 4] = [
        || "<error><code>LOGIN_FAILED</code></error>".into_response(),
        || "<auth><sessionId/></auth>".into_response(),
        || StatusCode::UNAUTHORIZED.into_response(),
        || StatusCode::FORBIDDEN.into_response(),
    ];
    for answer in table {
        let (fake, agencies, _) = Fake::connected().await;
        fake.state().no_session = Some(answer);
        let answers = join_all((0..4).map(|_| read(&agencies))).await;
        let refused =
            |(_, outcome): &(_, Result<Reading, CallError>)| matches!(outcome, Err(CallError::Unauthorized { .. }));
        assert!(answers.iter().all(refused), "{answers:?}");
        assert_eq!(fake.counts(), (1, 0));
        assert!(!agencies.check().await[0].ok);
    }
}

#[tokio::test]
async fn without_a_password_nothing_is_asked() {
    let (fake, agencies, _) = Fake::connected().await;
    let settings = agencies.settings.clone();
    let keyless = Agencies::new(settings, secrets("agencies.password", ""), Arc::clone(&agencies.clock)).unwrap();
    assert!(matches!(read(&keyless).await.1, Err(CallError::Unauthorized { .. })));
    assert_eq!(fake.state().logins, 0);
}

#[tokio::test]
async fn the_receipt_is_a_fact_with_the_effects_key() {
    let (fake, agencies, _) = Fake::connected().await;
    let effect = Effect::LookUpAgency { call: CallId(5), agency: AgencyId(90), phone: phone() };
    let key = EffectKey::from("telephony/12/look_up_agency/0");
    let found = agencies.perform(&effect, &key).await.outcome.unwrap();
    assert_eq!((found[0].key.0.as_str(), found[0].at.as_second()), (key.0.as_str(), 1_790_000_000));
    let Fact::Calls(calls::Fact::AgencyFound { call: CallId(5), card }) = &found[0].fact else { panic!("{found:?}") };
    assert!(card.agency_name.as_ref().unwrap().starts_with("№ 90"));
    fake.state().instead = Some(|| "<error><code>AGENCY_NOT_FOUND</code></error>".into_response());
    let missing = agencies.perform(&effect, &key).await.outcome.unwrap();
    let want = calls::Fact::AgencyMissing { call: CallId(5), agency: AgencyId(90), lack: calls::Lack::Unknown };
    assert_eq!(missing[0].fact, Fact::Calls(want));
}

#[tokio::test]
async fn a_check_says_that_plain_http_is_readable() {
    let (_, agencies, _) = Fake::connected().await;
    let steps = agencies.check().await;
    assert_eq!(steps.iter().map(|s| (s.step, s.ok)).collect::<Vec<_>>(), [("sign_in", true), ("tls", false)]);
}

#[tokio::test]
async fn an_answer_alone_means_what_it_means_within_a_delivery() {
    let (_, agencies, _) = Fake::connected().await;
    let effect = Effect::LookUpAgency { call: CallId(5), agency: AgencyId(90), phone: phone() };
    let key = EffectKey::from("telephony/12/look_up_agency/0");
    let table = [
        ("auth_data.jsp", "session.xml", "signed in"),
        ("auth_data.jsp", "session_error.xml", "unauthorized"),
        ("auth_data.jsp", "session_empty.xml", "unauthorized"),
        ("agency/view", "card_wrapped.xml", "found"),
        ("agency/view", "card_error_agency.xml", "missing"),
        ("agency/view", "card_absent.xml", "unreachable"),
        ("agency/view", "card_error_other.xml", "refused"),
        ("agency/view", "card_half.xml", "unreachable"),
        ("agency/list", "card_wrapped.xml", "refused"),
    ];
    for (method, file, want) in table {
        let asked = Asked { method, effect: &effect, key: &key, at: Instant::UNIX_EPOCH };
        let body = Bytes::from(text(NAME, file));
        let answer = Answer { status: StatusCode::OK, headers: axum::http::HeaderMap::new(), body };
        let facts = agencies.understand(&asked, &answer);
        let got = match facts.as_deref() {
            Ok([]) => "signed in",
            Ok([Observed { key: of, fact: Fact::Calls(calls::Fact::AgencyFound { call: CallId(5), .. }), .. }])
                if of.0 == key.0 =>
            {
                "found"
            }
            Ok([Observed { fact: Fact::Calls(calls::Fact::AgencyMissing { agency: AgencyId(90), .. }), .. }]) => {
                "missing"
            }
            Err(CallError::Unauthorized { .. }) => "unauthorized",
            Err(CallError::Refused { .. }) => "refused",
            Err(CallError::Unreachable { .. }) => "unreachable",
            _ => "something else",
        };
        assert_eq!(got, want, "{method} of {file}: {facts:?}");
    }
}
